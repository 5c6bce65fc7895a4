import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.share.masking import is_sensitive, masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("password=not-real", "password=[masked]"),
        ('"token": "not real"', '"token": "[masked]"'),
        ("db_password: 'not real' x", "db_password: '[masked]' x"),
        ("Authorization: Bearer not.a.token rest", "Authorization: [masked] rest"),
        (r"{\"api_key\":\"not-real\"}", r"{\"api_key\":\"[masked]\"}"),
        ("postgres://user:not-real@db.example/x", "postgres://[masked]@db.example/x"),
        ("X-Api-Key: not-real", "X-Api-Key: [masked]"),
        ("password=[REDACTED] token=[REDACTED]", "password=[REDACTED] token=[REDACTED]"),
        ("the tokenizer passed: 12", "the tokenizer passed: 12"),
        ("compass = north", "compass = north"),
    ],
)
def test_values_of_sensitive_keys(text, expected):
    assert masked(text) == expected


@given(st.text())
def test_any_text_twice_is_the_same_as_once(text):
    once = masked(text)
    assert masked(once) == once


@pytest.mark.parametrize("piece", ["password", "password=", "_", "a-", "://", "token ", '"', "\\", "key:"])
def test_hostile_text_is_linear(piece):
    assert masked(piece * 20_000)


def test_keys():
    assert [
        key for key in ("token", "user_token", "tokens", "keyboard", "Set-Cookie", "author") if is_sensitive(key)
    ] == [
        "token",
        "user_token",
        "Set-Cookie",
    ]

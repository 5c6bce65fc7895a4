import base64
import random

import pytest

from triage import redact
from triage.redact import masks
from triage.redact.named import examples, values
from triage.redact.named.keys import vocabulary


def read(data, at=0):
    found = values.quoted(data, at)
    return None if found is None else (data[slice(*found[0])], found[1])


@pytest.mark.parametrize(
    ("data", "value", "rest"),
    [
        (b'"hunter2", 1', b"hunter2", b", 1"),
        (b"'it\"s' x", b'it"s', b" x"),
        (b'"a \\"quoted\\" word"', b'a \\"quoted\\" word', b""),
        (b'\\"inner\\"}"', b"inner", b'}"'),
        (b'\\\\\\"deep\\\\\\"', b"deep", b""),
        (b'Some("x1")', b"x1", b")"),
        (b"<str 'x1'>", b"x1", b">"),
        (b'0x7f00 @"x1"', b"x1", b""),
        (b'Secret::new("x1")', b"x1", b")"),
        (b'b"bytes"', b"bytes", b""),
        (b'string(7) "hunter2"', b"hunter2", b""),
    ],
)
def test_a_string_ends_at_its_own_quote(data, value, rest):
    found, end = read(data)
    assert (found, data[end:]) == (value, rest)


def test_a_string_that_does_not_end_ends_with_its_line():
    assert read(b'"cut off\nnext "x"') == (b"cut off", 8)


def test_values_that_lie_in_one_another_are_read_less_far():
    data = b"sid=" * 2_000
    spans = [values.bare(data, at) for at in range(4, len(data) - 4_100, 4)]
    lengths = [end - start for start, end in spans]
    # The text is read some times over, and no further than that but for a little at each place.
    assert lengths[0] == 4_096
    assert sum(lengths) < 20 * len(data) + 130 * len(lengths)
    values.forget()
    assert values.bare(data, 4) == (4, 4 + 4_096)


def test_as_many_long_values_beside_each_other_are_read_whole():
    data = b" ".join(b"x7" * 1_500 for _ in range(200))
    spans = [values.bare(data, at) for at in range(0, len(data), 3_001)]
    assert {end - start for start, end in spans} == {3_000}


def test_no_quote_no_string():
    assert read(b"bare") is None


@pytest.mark.parametrize(
    ("data", "value"), [(b"abc, d", b"abc"), (b"a.b.", b"a.b"), (b"x&y=1", b"x"), (b"x)", b"x"), (b'k"', b"k")]
)
def test_a_bare_value_ends_at_a_blank_or_mark(data, value):
    assert data[slice(*values.bare(data, 0))] == value


@pytest.mark.parametrize("data", [b"", b" x", b"...", b'"x"'])
def test_nothing_is_no_bare_value(data):
    assert values.bare(data, 0) is None


def test_a_sign_that_joins_pairs_is_part_of_a_value_where_no_pair_follows():
    assert values.bare(b"ab12&cd34 x", 0) == (0, 9)
    assert values.bare(b"ab12&name=x", 0) == (0, 4)
    assert values.bare(b"ab12&amp;x", 0) == (0, 4)
    assert values.bare(b"ab12 && x", 0) == (0, 4)


def test_random_text_is_no_name():
    assert values.is_name(b"db_password2")
    assert not values.is_name(b"mUe8LkeawUcOXaziyiBTelCnfphQVsCnBQF5Imeo")


@pytest.mark.parametrize(
    ("data", "words", "value"),
    [
        (b"p@ss, w#rd\nnext", True, b"p@ss, w#rd"),
        (b"p@ss word # why\n", True, b"p@ss word"),
        (b"p@ss word\n", False, b"p@ss"),
        (b"one;Server=two", True, b"one"),
        (b"value;\r\n", True, b"value"),
    ],
)
def test_a_setting_reaches_to_the_end_of_its_line(data, words, value):
    assert data[slice(*values.to_line_end(data, 0, words=words))] == value


@pytest.mark.parametrize(
    "value",
    [b"", b"null", b"None", b"xxxxxxxx", b"${DB_PASSWORD}", b"{{ token }}", b"<your password>", b"[Filtered]", b"%s",
     b"$(cat /run/secret)", b"process.env.TOKEN", b"your-api-key", b"$pw", b"$db_password", b"$(cat x", b"env:KEY",
     b"file:/run/pass.txt",
     b"./secret.txt", b"/etc/app/key.pem", b"!vault", b"%env(DB_PASSWORD)%", b"${{ secrets.DB_PASSWORD }}",
     b"$[variables.dbPassword]", b"ConvertTo-SecureString"],
)  # fmt: skip
def test_placeholders_hold_no_value(value):
    assert values.placeholder(value)


@pytest.mark.parametrize("value", [b"hunter2", b"$ecret", b"correct horse", b"0000-1111", b"$[9s8A]d"])
def test_values_are_no_placeholders(value):
    assert not values.placeholder(value)


@pytest.mark.parametrize(
    ("value", "in_quotes", "holds"),
    [
        (b"hunter2", True, True),
        (b"correct horse battery", True, True),
        (b"Password must not be empty.", True, False),
        (b"required", True, False),
        (b" + name", True, False),
        (b"hunter2", False, True),
        (b"getPassword()", False, False),
        (b"getSession(1).getId()", False, False),
        (b"Store::of(x)->key", False, False),
        (b"hunter(2).9x", False, True),
        (b"user.password", False, False),
        (b"ab", False, False),
        (b"4711", False, True),
        (b"is not valid", False, False),
        (b"=x1", False, False),
    ],
)
def test_secrets_are_told_from_code_and_prose(value, in_quotes, holds):
    assert values.holds_secret(value, in_quotes=in_quotes, assigned=True, after=-1, name=b"password") is holds


def test_a_name_is_no_value_of_itself():
    for value in (b"password", b"PASSWORD", b"_password_"):
        assert not values.holds_secret(value, in_quotes=True, assigned=True, after=-1, name=b"password")


@pytest.mark.parametrize(
    ("value", "random"),
    [(b"a1b2c3d4", True), (b"12345678", False), (b"123456789012", True), (b"abcdefgh", False), (b"a1 b2 c3", False)],
)
def test_what_a_program_made_looks_random(value, random):
    assert values.looks_random(value) is random


def test_user_and_password_in_base64_are_told():
    assert values.names_user_and_password(base64.b64encode(b"plum:orchard7"))
    assert not values.names_user_and_password(base64.b64encode(b"plum orchard7"))
    assert not values.names_user_and_password(b"not base64!!")


@pytest.mark.parametrize(
    "value",
    [b"op://vault/item/password", b"ref+vault://x", b"arn:aws:secretsmanager:eu-west-1:123:secret:x", b"X-Api-Key"],
)
def test_references_hold_no_value(value):
    assert values.placeholder(value)


@pytest.mark.parametrize("value", [b"summer.5fSsnC", b"rlNhOPD2rWFVQDobF3Q"])
def test_three_letters_in_random_text_make_no_name(value):
    assert not values.is_name(value)


def test_a_key_in_base64_is_no_path():
    assert values.mixed(b"/urRunUlLKSZlQR4RH/hcl4Y+2Zdt3Q86QPjxc=", least=8)
    assert not values.mixed(b"/srv/app2/main", least=8)


@pytest.mark.parametrize(("value", "slug"), [
    (b"order_12345678901", True), (b"com.acme.app12", True), (b"HELPDESK-20260203-001", True), (b"a1b2c3d4e5f6", False),
    (b"tok_a1B2c3D4e5", False), (b"hunter2", False),
])  # fmt: skip
def test_names_of_things_are_words_and_numbers_joined(value, slug):
    assert values.is_slug(value) is slug


@pytest.mark.parametrize(
    "frame",
    [
        "at com.example.auth.TokenProvider.refreshToken(TokenProvider.java:88)",
        "Caused by refreshToken(TokenProvider.java:88) ~[auth.jar:1.2]",
        "verify_password(src/auth.c:88)",
        "setSecret(lib/secret.dart:12:3)",
        "com.example.Login.checkPassword(Login.scala:55)",
    ],
)
def test_a_place_in_a_source_file_is_no_secret_of_the_call_before_it(frame):
    assert redact.mask(frame) == frame


WORDS = ("your", "my", "example", "the", "self", "config", "state", "redacted", "masked", "hidden", "Content", "Type")
MARKS = ("env:", "arn:aws", "op://", "ENC[", "${", "}", "{{", "}}", *"$%()#!@<>[]-_./~*")
PIECES = (*WORDS, *MARKS, "x", "xx", "X", "b", "0", "7", "abc", "Pass", "key", "etc")


def test_what_is_told_at_sight_is_what_the_expressions_tell():
    chance = random.Random(4)
    seen = set()
    for _ in range(20_000):
        value = "".join(chance.choices(PIECES, k=chance.randint(1, 5))).encode()
        small = value.lower()
        if small in vocabulary().empty or len(set(small)) == 1:
            continue
        told = bool(masks.FOREIGN.fullmatch(small) or values._REFERENCE.fullmatch(value) or masks.MASK.fullmatch(value))
        told = told or examples.is_example(value)
        assert values.placeholder(value) is told, value
        seen.add(told)
    assert seen == {True, False}


@pytest.mark.parametrize(
    ("value", "password"),
    [
        ("plum@42@git.example.org/a@b", "plum@42"),
        ("p@ss/w0rd@git.example.org/a", "p@ss/w0rd"),
        ("plum@git.example.org:8443", "plum"),
        ("p@ss/w0rd", "p@ss/w0rd"),
        ("plum@localhost/a", "plum"),
        ("plum@db:5432/a", "plum"),
    ],
)
def test_a_password_of_an_address_ends_before_its_host(value, password):
    data = f"https://oauth2:{value}".encode()
    name, span = (8, 14), (15, len(data))
    assert data[slice(*values.before_host(data, name, span))].decode() == password
    assert values.before_host(b"x oauth2:plum@example.org", (2, 8), (9, 25)) == (9, 25)


def test_the_rest_of_a_setting_ends_where_another_pair_begins():
    data = b"password=plum42,ssl=True,abort=False"
    assert data[slice(*values.to_line_end(data, 9, words=False))] == b"plum42"

import pytest

from tests.finding import told
from triage.redact import spans
from triage.redact.named import credentials, extents


def header(text):
    data = text.encode()
    return told(credentials.header(data, None, 0), data)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bearer abc.def-123", ["abc.def-123"]),
        ("Bearer\n  a1b2c3d4e5f6g7", ["a1b2c3d4e5f6g7"]),
        ("Basic cGx1bTpvcmNoYXJkNw==", ["cGx1bTpvcmNoYXJkNw=="]),
        ("token 0123456789abcdef", ["0123456789abcdef"]),
        ("a1b2c3d4e5f6a7b8\r\nHost: x", ["a1b2c3d4e5f6a7b8"]),
        ('Digest username="plum", realm="r", response="6629fae49393a05397450978507c4ef1"',
         ["6629fae49393a05397450978507c4ef1"]),
    ],
)  # fmt: skip
def test_what_follows_the_scheme_is_found(text, found):
    assert header(text) == [(value, "authorization") for value in found]


@pytest.mark.parametrize("text", ["required", "Bearer [Filtered]", "Bearer ${TOKEN}", "none", ""])
def test_a_header_without_credentials_stays(text):
    assert header(text) == []


def test_cookies_are_found_by_name_or_by_looking_made():
    text = b"theme=dark; sessionid=plum77; _x=a1b2c3d4e5f6g7h8; Path=/; Max-Age=3600"
    assert told(credentials.cookies(text, (0, len(text))), text) == [
        ("plum77", "session_id"),
        ("a1b2c3d4e5f6g7h8", "cookie"),
    ]


def test_a_cookie_of_escaped_words_stays():
    text = b"tz=America%2FArgentina%2FBuenos_Aires; consent=ads%3Dfalse%26all%3Dtrue; to=%2Fmy%2Fsettings"
    assert told(credentials.cookies(text, (0, len(text))), text) == []


def test_a_token_without_its_scheme():
    assert credentials.without_scheme(b"Bearer abc", 0, 10) == (7, 10)
    assert credentials.without_scheme(b"abc def", 0, 7) == (0, 7)


def test_a_header_ends_with_its_line_or_quote():
    assert extents.header(b'x a=b; c"} d', 2) == (2, 8)
    assert extents.header(b"x\ny", 1) == (1, 1)


@pytest.mark.parametrize("slash", ["/", "%2F"])
@pytest.mark.parametrize("before", ["Credential=", "X-Amz-Credential=", "AWS4-HMAC-SHA256 Credential="])
def test_of_a_scoped_key_only_the_key_is_a_secret(before, slash):
    key = "AKIA" + "NWIX7M5QHZVP4KTD"
    text = f"{before}{key}{slash}20260203{slash}us-east-1{slash}s3{slash}aws4_request, SignedHeaders=host"
    assert [text[start:end] for start, end, _ in spans(text)] == [key]

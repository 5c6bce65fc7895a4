import pytest

from tests.finding import told
from triage.redact.pii.personal import personal


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("203.0.113.7", "ipv4"),
        ("2001:db8::8a2e:370:7334", "ipv6"),
        ("00:1b:63:84:45:e6", "mac"),
        ("c0:ff:ee:84:45:e6", "mac"),
        ("4111111111111111", "card"),
        ("DE89370400440532013000", "iban"),
        ("+14155550134", "phone"),
        ("219-09-9999", "ssn"),
        ("mara@example.org", "email"),
        ("db-01.prod.internal", "hostname"),
    ],
)
def test_every_room_gets_its_candidates(text, kind):
    assert told(personal(text.encode()), text.encode()) == [(text, kind)]


def test_candidates_one_after_the_other():
    text = "203.0.113.7 /home/mfern/x 4111111111111111 db-01.prod.internal mara@example.org"
    assert [kind for _, kind in told(personal(text.encode()), text.encode())] == [
        "ipv4",
        "username",
        "card",
        "hostname",
        "email",
    ]


@pytest.mark.parametrize("text", ["", "plain words", "1 2 3", "a.b.c", "12:30", "x - y", "::", "~", "@", "+"])
def test_nothing_personal(text):
    assert [*personal(text.encode())] == []

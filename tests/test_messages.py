import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.stacks.messages import parameterise


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("order 48213 for user bob@example.com failed", "order {number} for user {email} failed"),
        ("GET https://shop.example/cart?id=7 timed out after 30 s", "GET {url} timed out after {duration}"),
        ("no row 6f9619ff-8b86-d011-b42d-00c04fc964ff", "no row {uuid}"),
        ("at 2026-01-26T01:25:59.123Z", "at {date}"),
        ("peer 10.0.0.1:8080 gone", "peer {ip} gone"),
        ("read of address 0x7f00dead", "read of address {address}"),
        ("cannot open /var/lib/app/cache.db", "cannot open {path}"),
        (r"cannot open C:\app\cache\data.db", "cannot open {path}"),
        ("commit 3f9c2ab77e01 missing", "commit {hex} missing"),
        ("key 'cart' and \"user\" missing", "key {quoted} and {quoted} missing"),
        ("facade of decades", "facade of decades"),
        (
            "index out of bounds: the len is 3 but the index is 7",
            "index out of bounds: the len is {number} but the index is {number}",
        ),
        ("utf8 sha256 v2", "utf8 sha256 v2"),
        ("token [REDACTED] and [email:3:12]", "token {mask} and {mask}"),
        ("first\n\nsecond\nthird", "first second"),
    ],
)
def test_slots(message, expected):
    assert parameterise(message) == expected


@given(st.text())
def test_any_message_gives_text(message):
    assert isinstance(parameterise(message), str)


@pytest.mark.parametrize("piece", ["a@", "/x", "1.", "0x", "'", "a-", "12:", "http://", "é", "[REDACTED"])
def test_a_hostile_message_is_cut_before_it_costs(piece):
    assert len(parameterise(piece * 200_000)) < 20_000

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.times import LEAST, MOST, epoch, iso, micros, stamp

HALF_PAST_ONE = 1769390759


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("2026-01-26T01:25:59Z", HALF_PAST_ONE * 1_000_000),
        ("2026-01-26T01:25:59.1Z", HALF_PAST_ONE * 1_000_000 + 100_000),
        ("2026-01-26T01:25:59.123456789Z", HALF_PAST_ONE * 1_000_000 + 123_456),
        ("2026-01-26T02:25:59+01:00", HALF_PAST_ONE * 1_000_000),
        ("2026-01-26 01:25:59", HALF_PAST_ONE * 1_000_000),
        ("1969-12-31T23:59:59Z", -1_000_000),
        ("0001-01-01T00:00:00+23:00", None),
        ("not a time", None),
        ("", None),
        (5, None),
        ("2026-02-30T00:00:00Z", None),
    ],
)
def test_iso(text, micros):
    assert iso(text) == micros


@pytest.mark.parametrize(
    ("value", "micros"),
    [
        (HALF_PAST_ONE, HALF_PAST_ONE * 1_000_000),
        ("1769390759.5", HALF_PAST_ONE * 1_000_000 + 500_000),
        (True, None),
        ("x", None),
        (1e300, None),
        (float("nan"), None),
    ],
)
def test_epoch(value, micros):
    assert epoch(value) == micros


@given(st.text() | st.integers() | st.floats() | st.none())
def test_anything_is_a_time_or_none(value):
    assert iso(value) is None or isinstance(iso(value), int)
    assert epoch(value) is None or isinstance(epoch(value), int)


@pytest.mark.parametrize("parts", [1, 1_000, 1_000_000, 1_000_000_000])
def test_the_size_of_a_number_tells_its_unit(parts):
    assert stamp(HALF_PAST_ONE * parts) == epoch(HALF_PAST_ONE * parts, per_second=parts) == HALF_PAST_ONE * 1_000_000


@pytest.mark.parametrize("value", [10**400, -(10**400), 1e308, float("inf"), float("nan"), True, None, "1", [], {}])
def test_a_number_that_is_no_time_is_none(value):
    assert stamp(value) is None


@pytest.mark.parametrize(("text", "expected"), [("0001-01-01", LEAST), ("9999-12-31T23:59:59.999999Z", MOST)])
def test_a_time_that_a_person_gives_may_be_any_of_the_calendar(text, expected):
    assert micros(text) == expected

"""Stamps: zones of every kind, years that are not there, times that no calendar has."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import TriageError
from triage.formats import log_times
from triage.formats.log_times import NO_ZONE, Moment, named_date, placed, read, zone_named

WHEN = 1_769_390_759_000_000  # 2026-01-26 01:25:59 UTC


@pytest.mark.parametrize(
    ("text", "micros", "note"),
    [
        ("2026-01-26T01:25:59Z", WHEN, None),
        ("2026-01-26 02:25:59+0100", WHEN, None),
        ("2026-01-26 02:25:59,123 +01:00", WHEN + 123_000, None),
        ("2026/01/26 01:25:59.000001", WHEN + 1, NO_ZONE),
        ("26-Jan-2026 02:25:59 Europe/Berlin", WHEN, None),
        ("25-Jan-2026 20:25:59 America/New_York", WHEN, None),
        ("26-Jan-2026 01:25:59 UTC", WHEN, None),
        ("26-Jan-2026 01:25:59", WHEN, NO_ZONE),
        ("26-Jan-2026 01:25:59 Mars/Olympus", WHEN, "the zone of the time is not known; taken as UTC"),
        ("26-Jan-2026 01:25:59 ../../etc/passwd", None, "the time is in no form that is known"),
        ("26-Jan-2026 01:25:59 Europe", WHEN, "the zone of the time is not known; taken as UTC"),
        ("26/Jan/2026:01:25:59 +0000", WHEN, None),
        ("Mon Jan 26 01:25:59.250000 2026", WHEN + 250_000, NO_ZONE),
        ("Mon Jan  5 01:25:59 2026", WHEN - 21 * 86_400 * 1_000_000, NO_ZONE),
        ("Jan 26, 2026 1:25:59 AM", WHEN, NO_ZONE),
        ("Jan 26, 2026 12:25:59 AM", WHEN - 3_600_000_000, NO_ZONE),
        ("Jan 26 01:25:59", None, "the time names no year"),
        ("2026-13-26 01:25:59Z", None, "the time is none of the calendar"),
        ("2026-01-26 25:25:59Z", None, "the time is none of the calendar"),
        ("yesterday", None, "the time is in no form that is known"),
    ],
)
def test_stamps_of_every_form(text, micros, note):
    assert read(text) == Moment(micros, note)


def test_an_hour_that_comes_twice_is_told():
    twice = read("25-Oct-2026 02:30:00 Europe/Berlin")
    assert twice.note is not None
    assert "ambiguous" in twice.note
    assert read("25-Oct-2026 04:30:00 Europe/Berlin").note is None


def test_a_zone_that_is_given_is_that_of_times_without_one():
    berlin = zone_named("Europe/Berlin")
    taken = "the time has no zone; taken as Europe/Berlin"
    assert placed(read("26-Jan-2026 02:25:59"), berlin) == Moment(WHEN, taken)
    assert placed(read("2026-07-26 02:25:59.5"), berlin) == Moment(read("2026-07-26T00:25:59.5Z").micros, taken)
    assert placed(read("2026-01-26 03:55:59"), zone_named("+02:30")) == Moment(
        WHEN, "the time has no zone; taken as +02:30"
    )
    for told in ("26-Jan-2026 02:25:59 Europe/Athens", "2026-01-26T01:25:59Z", "Jan 26 01:25:59", "yesterday"):
        assert placed(read(told), berlin) == read(told)
    assert placed(read("26-Jan-2026 02:25:59"), None) == read("26-Jan-2026 02:25:59")
    twice, never = (placed(read(f"{day}-2026 02:30:00"), berlin).note for day in ("25-Oct", "29-Mar"))
    assert twice == f"{taken}; a local time that the change of clocks makes ambiguous"
    assert never == f"{taken}; a local time that the change of clocks leaves out"
    assert placed(read("0001-01-01 00:00:00"), berlin).micros is None


@pytest.mark.parametrize(
    ("name", "told"), [("Europa/Berlin", "did you mean Europe/Berlin"), ("", "give one"), ("../x", "give one"), (3, "")]
)
def test_a_zone_that_there_is_not_is_an_error(name, told):
    with pytest.raises(TriageError, match=f"there is no zone.*{told}"):
        zone_named(name)


@pytest.mark.parametrize(
    ("path", "dated"),
    [
        ("log/syslog-20260126.gz", (2026, 1)),
        ("app.2026-01-26.log.1", (2026, 1)),
        ("2025-12-31/app.log", None),
        ("error.log", None),
        ("build-1202601269.log", None),
    ],
)
def test_the_date_in_a_name(path, dated):
    assert named_date(path) == dated


def test_december_in_a_file_that_was_rotated_in_january():
    late, early = read("Dec 31 23:59:59", (2026, 1)), read("Jan 26 01:25:59", (2026, 1))
    assert late.micros == datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp() * 1_000_000
    assert early.micros == WHEN
    assert "file's name" in (early.note or "")


@given(
    st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2037, 1, 1)),  # noqa: DTZ001 - local times
    st.sampled_from(["Europe/Berlin", "Asia/Kolkata", "America/New_York", "Pacific/Apia"]),
)
def test_zones_of_the_iana_database(local, zone):
    wanted = local.replace(microsecond=0, tzinfo=ZoneInfo(zone)).timestamp()
    assert read(f"{local:%d-%b-%Y %H:%M:%S} {zone}").micros == wanted * 1_000_000


@given(st.text(max_size=60))
def test_no_text_raises(text):
    log_times.read(text)


def test_an_hour_that_clocks_leave_out_is_not_called_ambiguous():
    assert read("26-Mar-2023 02:30:00 Europe/Berlin").note == "a local time that the change of clocks leaves out"

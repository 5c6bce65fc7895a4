"""Stamps: zones of every kind, years that are not there, times that no calendar has."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.formats import log_times
from triage.formats.log_times import NO_ZONE, Moment, named_date, read

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

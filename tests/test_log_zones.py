"""Zones that clocks abbreviate, halves of days, and dates as they are written elsewhere."""

from __future__ import annotations

import pytest

import triage
from triage.formats import log_times
from triage.formats.traces.prefixes import split
from triage.stacks import signature

TRACE = ["Traceback (most recent call last):", '  File "/srv/a.py", line 3, in load_orders', "    x()", "ValueError: x"]


def first(line, **given):
    """The first row of a log of three lines alike, and what is said of the file."""
    case = triage.loads("".join(line.replace("{}", str(at)) + "\n" for at in (1, 2, 3)), **given)
    logs = case.logs()
    assert len(logs) == 3
    row = logs.iloc[0]
    return str(row["ts"]), row["level"], row["message"], case.files()["reason"].iloc[0]


@pytest.mark.parametrize(
    ("line", "ts", "level", "message"),
    [
        (
            "2026-07-01 10:00:0{}.123 EST [4711] ERROR:  deadlock",
            "2026-07-01 15:00:01.123000+00:00",
            "error",
            "deadlock",
        ),
        ("2026-07-01 10:00:0{}.123 +03 [4711] LOG:  ready", "2026-07-01 07:00:01.123000+00:00", "info", "ready"),
        ("2026-07-01 10:00:0{} CEST ERROR deadlock", "2026-07-01 08:00:01+00:00", "error", "deadlock"),
        ("[2026-07-01 10:00:0{} PDT] ERROR no rate", "2026-07-01 17:00:01+00:00", "error", "no rate"),
        ("2026-07-01 10:00:0{} PM UTC ERROR no rate", "2026-07-01 22:00:01+00:00", "error", "no rate"),
        ("2026-07-01 12:00:0{} AM UTC ERROR no rate", "2026-07-01 00:00:01+00:00", "error", "no rate"),
        ("2026-07-01 10:00:0{} MESZ [7] FEHLER:  Verklemmung", "2026-07-01 08:00:01+00:00", "error", "Verklemmung"),
        ("20260701T10000{}Z ERROR no rate", "2026-07-01 10:00:01+00:00", "error", "no rate"),
    ],
)
def test_lines_that_name_their_zone(line, ts, level, message):
    found = first(line)
    assert found[:3] == (ts, level, message)
    assert "zone" not in str(found[3])


@pytest.mark.parametrize(
    ("line", "ts", "message"),
    [
        ("01-Jul-2026 10:00:0{}.123 SEVERE [main] o.a.Core Bad", "2026-07-01 10:00:01.123000+00:00", "o.a.Core Bad"),
        ("01.07.2026 10:00:0{} ERROR no rate", "2026-07-01 10:00:01+00:00", "no rate"),
        ("7/1/2026 9:00:0{} PM ERROR no rate", "2026-07-01 21:00:01+00:00", "no rate"),
        ("2026-07-01 09:00:0{} PM ERROR no rate", "2026-07-01 21:00:01+00:00", "no rate"),
    ],
)  # fmt: skip
def test_lines_that_name_no_zone(line, ts, message):
    assert first(line) == (ts, "error", message, "the time has no zone; taken as UTC")


@pytest.mark.parametrize("zone", ["CST", "IST", "XYZT"])
def test_a_zone_that_may_be_several_or_that_nobody_knows(zone):
    line = f"2026-07-01 10:00:0{{}} {zone} ERROR no rate"
    told = "the zone of the time is not known; taken as "
    assert first(line) == ("2026-07-01 10:00:01+00:00", "error", "no rate", told + "UTC")


def test_the_zone_of_a_person_holds_where_the_one_of_the_line_is_not_known(tmp_path):
    (tmp_path / "a.log").write_text("".join(f"2026-07-01 10:00:0{at} CST ERROR no rate\n" for at in (1, 2, 3)))
    case = triage.load(tmp_path / "a.log", zone="Asia/Shanghai")
    assert str(case.logs()["ts"].iloc[0]) == "2026-07-01 02:00:01+00:00"
    known = triage.load(tmp_path / "a.log").files()["reason"].iloc[0]
    assert known == "the zone of the time is not known; taken as UTC"


@pytest.mark.parametrize("word", ["TEST", "START", "Worker", "DBT"])
def test_words_behind_a_time_are_no_zones(word):
    found = first(f"2026-07-01 10:00:0{{}} {word} number 7")
    assert found[2] == f"{word} number 7"


def test_one_stamped_line_before_a_trace_gives_it_its_time():
    case = triage.loads("2026-07-01 10:00:01.123 EST ERROR payment failed\n" + "\n".join(TRACE) + "\n")
    assert str(case.events()["ts"].iloc[0]) == "2026-07-01 15:00:01.123000+00:00"


def test_a_trace_is_found_behind_such_stamps():
    text = "".join(f"2026-07-01 10:00:01 CEST {line}\n" for line in TRACE)
    assert signature(text) == signature("\n".join(TRACE)) != ""
    assert split("2026-07-01 10:00:01 CEST x").ts == log_times.read("2026-07-01T08:00:01Z").micros

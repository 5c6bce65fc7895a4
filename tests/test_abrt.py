"""Problems as ABRT lists them; the texts are made by hand in the forms of several versions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests.scanned import one, reports, scan_grows, surrounded

OLD = """id a1b2c3d4e5f6
reason:         server killed by SIGSEGV
time:           Fri 23 Jan 2026 01:25:59 AM UTC
cmdline:        ./server --flag
package:        shop-1.2.3-1.fc39
uid:            1000 (x)
count:          3
Directory:      /var/spool/abrt/ccpp-2026-01-23-01:25:59.1-12345"""
PYTHON = """reason:         cart.py:12:pay:ValueError: no rate
time:           2026-01-23 01:25:59 UTC
cmdline:        /usr/bin/python3 /srv/shop.py
component:      shop"""


def test_a_program_that_a_signal_ended():
    report = surrounded(OLD, "abrt").report
    assert (report.signal, report.process, report.release) == ("SIGSEGV", "server", "shop-1.2.3-1.fc39")
    assert dict(report.facts)["count"] == "3"
    (event,) = triage.loads(OLD).events().to_dict("records")
    assert (event["culprit"], str(event["ts"])) == ("server", "2026-01-23 01:25:59+00:00")


def test_an_exception_of_python():
    report = one(PYTHON, "abrt").report
    assert (report.kind, report.error_type, report.error_value) == ("exception", "ValueError", "no rate")
    frame = report.traces[0].frames[0]
    assert (frame.function, frame.file, frame.line) == ("pay", "cart.py", 12)


def test_problems_below_each_other():
    assert len(reports(f"{OLD}\n\n{OLD}", "abrt")) == 2
    assert len(reports(f"{OLD}\n{OLD}", "abrt")) == 2


@pytest.mark.parametrize("text", ["reason: server killed by SIGSEGV", "Reason: unknown\nuid: 1\ncount: 2", "reason "])
def test_what_is_no_problem(text):
    assert not reports(text, "abrt")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*OLD.split("\n"), *PYTHON.split("\n"), ""]) | st.text(max_size=60), max_size=30))
def test_any_lines_are_scanned(lines):
    lines = [line.replace("\n", " ") for line in lines]
    for found in reports("\n".join(lines), "abrt"):
        assert 1 <= found.first <= found.last <= len(lines)


@pytest.mark.parametrize("text", [OLD, "reason: a killed by SIGSEGV\nuid: 1", "reason: " + "x " * 200])
def test_time_is_linear(text):
    scan_grows(text, "abrt")

"""Dumps of py-spy, written by hand in the forms of 0.3 and 0.4."""

from __future__ import annotations

import pytest

from tests.scanned import functions, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
Process 9575: python -m shop serve
Python v3.11.6 (/usr/bin/python3.11)

Thread 9570 (idle): "MainThread"
    wait (threading.py:327)
    main (shop/cli.py:12)
Thread 0x7F01 (active+gil): "worker"
    pay (shop/cart.py:31)
        Arguments:
            id: 3
    <module> (shop/__main__.py:3)
    start_thread (libc.so.6)"""


def test_the_thread_that_runs_comes_first() -> None:
    found = surrounded(TEXT, "py-spy")
    assert functions(found) == ["pay", "<module>", "start_thread"]
    crash, other = found.report.traces
    assert (crash.thread_name, crash.state, crash.thread_id, other.role) == ("worker", "active+gil", 0x7F01, "thread")
    assert (crash.frames[0].file, crash.frames[0].line) == ("shop/cart.py", 31)
    assert (found.report.process_id, found.report.facts) == (9575, (("python", "3.11.6"),))


def test_another_function_is_another_key() -> None:
    assert signature(TEXT) != signature(TEXT.replace("pay", "add")) != ""


@pytest.mark.parametrize(
    "text", ["Python v3.11.6 (x)", "Process 1: x\nPython v3.11.6", "x\n" + TEXT.partition("\n")[2]]
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "py-spy")


@pytest.mark.parametrize("text", [TEXT, "Process 1: x\nPython v3.11.6\nThread 1 (idle)"])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "py-spy")

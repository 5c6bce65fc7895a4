"""Nim's exceptions and signals, written by hand in the forms of 1.0 to 2.2."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded, text_lines

TEXT = """Traceback (most recent call last)
/home/x/shop.nim(10)     shop
/home/x/shop.nim(6)      pay
/usr/lib/nim/system/fatal.nim(53) sysFatal
Error: unhandled exception: index 5 not in 0 .. 2 [IndexDefect]"""


def test_an_exception_that_nobody_caught():
    for found in (surrounded(TEXT, "nim"), prefixed(TEXT, "nim")):
        report = found.report
        assert (report.error_type, report.error_value, report.handled) == (
            "IndexDefect",
            "index 5 not in 0 .. 2",
            False,
        )
        assert functions(found) == ["sysFatal", "pay", "shop"]
    assert text_lines(surrounded(TEXT, "nim")) == [6, 5, 4]
    assert triage.loads(TEXT).events()["culprit"].tolist() == ["pay (shop.nim:6)"]


def test_a_signal_an_assertion_and_a_message_of_lines():
    rows = "\n".join(TEXT.split("\n")[:3])
    fault = one(f"{rows}\nSIGSEGV: Illegal storage access. (Attempt to read from nil?)", "nim").report
    assert (fault.kind, fault.signal, len(fault.traces[0].frames)) == ("crash", "SIGSEGV", 2)
    said = one(f"{rows}\nError: unhandled exception: shop.nim(6, 10) `rate > 0` [AssertionDefect]", "nim").report
    assert said.kind == "assertion"
    lined = one(f"{rows}\nError: unhandled exception: no rate\nfor XTS [ValueError]\nnext", "nim").report
    assert (lined.error_type, lined.error_value) == ("ValueError", "no rate\nfor XTS")
    alone = one("x\nError: unhandled exception: no rate [ValueError]", "nim").report
    assert (alone.error_type, alone.end, alone.traces[0].frames) == ("ValueError", 1, ())


def test_calls_that_are_left_out():
    rows = [*TEXT.split("\n")[:3], "(99 calls omitted) ...", *TEXT.split("\n")[2:]]
    kinds = [frame.frame_kind for frame in one("\n".join(rows), "nim").report.traces[0].frames]
    assert kinds == ["frame", "frame", "elided", "frame", "frame"]


@pytest.mark.parametrize(
    "text", ["shop.nim(6, 10) Error: undeclared identifier", "shop.nim(6)", "shop.nim(6) pay", "nim("]
)
def test_what_is_no_report(text):
    assert not reports(text, "nim")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*TEXT.split("\n"), "", "x"]) | st.text(max_size=60), max_size=40))
def test_lines_in_any_order_are_scanned(lines):
    lines = [line.replace("\n", " ") for line in lines]
    last = 0
    for found in reports("\n".join(lines), "nim"):
        assert last < found.first <= found.last <= len(lines)
        last = found.last


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.split("\n")[1],
        TEXT.split("\n")[4],
        "Error: unhandled exception: x\ny",
        "a.nim(1) b\n[[reraised from:\n]]",
    ],
)
def test_time_is_linear(text):
    scan_grows(text, "nim")

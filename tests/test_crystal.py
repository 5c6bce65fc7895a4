"""Crystal's exceptions and invalid memory accesses, written by hand in the forms of 0.2x to 1."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests.scanned import functions, prefixed, reports, scan_grows, surrounded, text_lines

TEXT = """Unhandled exception: Index out of bounds (IndexError)
  from /usr/share/crystal/src/array.cr:412:7 in '[]'
  from src/shop.cr:5:3 in 'pay'
  from src/shop.cr:9:1 in '__crystal_main'
  from /lib/x86_64-linux-gnu/libc.so.6 in '__libc_start_main'
  from ???"""
CAUSE = """Caused by: no rate
for XTS (Shop::RateError)
  from src/rates.cr:3:1 in 'of'"""
FAULT = """Invalid memory access (signal 11) at address 0x10
[0x55d0c0ff] *Exception::CallStack::print_backtrace:Nil +118 in ./shop
[0x55d0c0aa] pay at src/shop.cr:5:3
[0x7f12] ???"""


def test_an_exception_that_nobody_caught():
    for found in (surrounded(TEXT, "crystal"), prefixed(TEXT, "crystal")):
        assert (found.report.error_type, found.report.error_value) == ("IndexError", "Index out of bounds")
        assert functions(found) == ["[]", "pay", "__crystal_main", "__libc_start_main", None]
    assert text_lines(surrounded(TEXT, "crystal")) == [4, 5, 6, 7, 8]
    assert triage.loads(TEXT).events()["culprit"].tolist() == ["pay (shop.cr:5)"]


def test_causes():
    report = surrounded(f"{TEXT}\n{CAUSE}", "crystal").report
    said = [(trace.role, trace.error_type, trace.error_value) for trace in report.traces]
    assert said == [("crash", "IndexError", "Index out of bounds"), ("cause", "Shop::RateError", "no rate\nfor XTS")]


def test_an_invalid_access():
    found = surrounded(FAULT, "crystal")
    assert (found.report.kind, found.report.signal, found.report.fault_address) == ("crash", "SIGSEGV", 16)
    assert functions(found) == ["Exception::CallStack::print_backtrace:Nil", "pay", None]


@pytest.mark.parametrize("text", [
    "Unhandled exception: x (Y)", "  from src/shop.cr:5:3 in 'pay'", "In src/shop.cr:5:3", "Unhandled exception: 5\nx",
])  # fmt: skip
def test_what_is_no_report(text):
    assert not reports(text, "crystal")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([*[*TEXT.split("\n"), *CAUSE.split("\n"), *FAULT.split("\n")], "", "x"]) | st.text(max_size=60),
        max_size=40,
    )
)
def test_lines_in_any_order_are_scanned(lines):
    lines = [line.replace("\n", " ") for line in lines]
    last = 0
    for found in reports("\n".join(lines), "crystal"):
        assert last < found.first <= found.last <= len(lines)
        last = found.last


@pytest.mark.parametrize(
    "text", [TEXT, FAULT, CAUSE, "Unhandled exception: x", TEXT.split("\n")[2], f"{TEXT}\n{CAUSE}"]
)
def test_time_is_linear(text):
    scan_grows(text, "crystal")

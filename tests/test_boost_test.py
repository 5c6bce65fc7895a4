"""Failures of tests of Boost's, written by hand in the forms of Boost 1.59 to 1.85."""

from __future__ import annotations

import pytest

from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
unknown location(0): fatal error: in "shop/pay_cart": std::out_of_range: no key 9304
/src/shop_test.cpp(842): last checkpoint: "pay_cart" entry."""
CHECK = '/src/shop_test.cpp(31): error: in "shop/pay_cart": check sum == 3 has failed [2 != 3]'
FAULT = 'unknown location(0): fatal error: in "shop/pay_cart": memory access violation at address: 0x10: no mapping'


def test_what_was_thrown() -> None:
    found = surrounded(TEXT, "boost-test")
    report = found.report
    assert (report.kind, report.error_type, report.error_value) == ("exception", "std::out_of_range", "no key 9304")
    assert functions(found) == ["shop/pay_cart"]
    assert (report.traces[0].frames[0].file, report.traces[0].frames[0].line) == ("/src/shop_test.cpp", 842)


def test_what_failed() -> None:
    report = surrounded(CHECK, "boost-test").report
    assert (report.kind, report.error_value) == ("assertion", "check sum == 3 has failed [2 != 3]")


def test_a_fault() -> None:
    report = surrounded(FAULT, "boost-test").report
    assert (report.kind, report.signal) == ("crash", "SIGSEGV")
    assert (
        one(FAULT.replace("memory access violation at", "signal: SIGFPE (x) at"), "boost-test").report.signal
        == "SIGFPE"
    )


def test_places_and_numbers_do_not_count() -> None:
    other = TEXT.replace("9304", "17").replace("(842)", "(850)").replace("/src/", "/home/a/")
    assert signature(other) == signature(TEXT) != ""
    assert signature(TEXT) != signature(TEXT.replace("out_of_range", "logic_error"))
    assert len({signature(text) for text in (TEXT, CHECK, FAULT)}) == 3


@pytest.mark.parametrize(
    "text", ['a.cpp:3: error: in "x": y', "a.cpp(3): error: in x: y", 'a.cpp(3): warning: in "x": y', ': error: in "']
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "boost-test")


def test_time_grows_with_the_text() -> None:
    scan_grows(TEXT, "boost-test")

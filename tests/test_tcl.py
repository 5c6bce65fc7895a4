"""Errors of Tcl, written by hand in the forms of Tcl 8.6."""

from __future__ import annotations

import pytest

from tests.scanned import functions, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
can't read "rate": no such variable
    while executing
"lindex $rate 6"
    (procedure "shop::pay" line 2)
    invoked from within
"shop::pay {
  3
}"
    ("foreach" body line 3)
    invoked from within
"foreach item $cart {..."
    (procedure "shop::main" line 35)
    invoked from within
"shop::main $argv"
    (file "/srv/shop/main.tcl" line 53)"""


def test_an_error_with_its_procedures() -> None:
    found = surrounded(TEXT, "tcl")
    assert found.report.error_value == 'can\'t read "rate": no such variable'
    assert functions(found) == ["shop::pay", "shop::main", None]
    assert found.report.traces[0].frames[2].file == "/srv/shop/main.tcl"


def test_another_procedure_is_another_key() -> None:
    assert signature(TEXT) != signature(TEXT.replace("shop::pay", "shop::add")) != ""


@pytest.mark.parametrize("text", ["    while executing", "x\n    while executing\nthe plan", 'x\nwhile executing\n"a"'])
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "tcl")


@pytest.mark.parametrize("text", [TEXT, 'x\n    while executing\n"a', 'x\n    while executing\n"a"'])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "tcl")

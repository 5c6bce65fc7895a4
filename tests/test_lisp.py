"""Conditions of SBCL, written by hand in the forms of SBCL 1.4 to 2.4."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
Unhandled SIMPLE-ERROR in thread #<SB-THREAD:THREAD "main thread" RUNNING {1001834103}>: no such rate: 987

Backtrace for: #<SB-THREAD:THREAD "main thread" RUNNING {1001834103}>
0: (SB-DEBUG::DEBUGGER-DISABLED-HOOK #<SIMPLE-ERROR "no such rate: ~A" {1004}> #<unused argument> :QUIT T)
1: (INVOKE-DEBUGGER #<SIMPLE-ERROR "no such rate: ~A" {1004}>)
2: (ERROR "no such rate: ~A" 987)
3: (SHOP::PAY 987 :STRICT T)
4: ((LAMBDA (X) :IN SHOP::EACH) 25)
5: ((:METHOD SHOP::TOTAL (T)) 38) [fast-method]
6: ((FLET ROW :IN SHOP::TABLE))
7: (SHOP::MAIN)

unhandled condition in --disable-debugger mode, quitting"""


def test_a_condition_with_its_backtrace() -> None:
    found = surrounded(TEXT, "lisp")
    assert (found.report.error_type, found.report.error_value) == ("SIMPLE-ERROR", "no such rate: 987")
    assert functions(found)[3:] == [
        "SHOP::PAY",
        "(LAMBDA :IN SHOP::EACH)",
        "SHOP::TOTAL",
        "(FLET ROW :IN SHOP::TABLE)",
        "SHOP::MAIN",
    ]
    assert triage.loads(TEXT).events()["culprit"].tolist() == ["SHOP::PAY"]


def test_the_debugger_and_a_message_of_lines() -> None:
    text = TEXT.replace("Unhandled", "debugger invoked on a").replace(
        ": no such rate: 987", ":\n  no such rate:\n  987", 1
    )
    assert one(text, "lisp").report.error_value == "no such rate: 987"


def test_arguments_do_not_count_and_functions_do() -> None:
    assert signature(TEXT) == signature(TEXT.replace("987", "12")) != signature(TEXT.replace("SHOP::PAY", "SHOP::ADD"))


@pytest.mark.parametrize("text", [TEXT.partition("\n")[0], "debugger invoked on a request"])
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "lisp")


@pytest.mark.parametrize("text", [TEXT, TEXT.partition("\n")[0], "Backtrace for: #<SB-THREAD"])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "lisp")

"""Exceptions of Free Pascal and Delphi, written by hand in the forms of Free Pascal 3 and madExcept 4."""

from __future__ import annotations

import pytest

from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
An unhandled exception occurred at $000000000044DFB5:
EAccessViolation: Access violation
  $000000000044DFB5  TCART__PAY,  line 31 of cart.pas
  $0000000000431F3E
  $0000000000487D2B  main,  line 12 of shop.lpr"""
MAD = """\
date/time          : 2026-08-10, 15:47:32, 33ms
executable         : Shop.exe
version            : 2.0.0.262
exception class    : EAccessViolation
exception message  : Access violation at address 00443C50 in module 'Shop.exe'. Read of address 0000005C.

main thread ($3095):
00443c50 +c50 Shop.exe Cart        31 +3 TCart.Pay
00414f8a +f8a Shop.exe Shop        12 +1 initialization
7504818c +019 KERNEL32.DLL               BaseThreadInitThunk

thread $1a2b (TWorker):
77a1818c +00c ntdll.dll                  NtWaitForSingleObject"""


def test_an_exception_of_free_pascal() -> None:
    found = surrounded(TEXT, "pascal")
    assert (found.report.error_type, found.report.error_value) == ("EAccessViolation", "Access violation")
    assert functions(found) == ["TCART__PAY", None, "main"]
    number = one("Runtime error 216 at $0044DFB5\n  $0044DFB5  TCART__PAY,  line 31 of cart.pas", "pascal").report
    assert number.error_type == "EAccessViolation"


def test_a_report_of_madexcept() -> None:
    found = surrounded(MAD, "pascal")
    report = found.report
    assert (report.error_type, report.process, report.release) == ("EAccessViolation", "Shop.exe", "2.0.0.262")
    assert functions(found) == ["TCart.Pay", "initialization", "BaseThreadInitThunk"]
    assert (report.traces[0].frames[0].line, report.traces[0].frames[0].module) == (31, "Shop.exe")
    assert (report.traces[1].thread_name, report.traces[1].role) == ("TWorker", "thread")


def test_another_function_is_another_key() -> None:
    assert signature(TEXT) != signature(TEXT.replace("__PAY", "__ADD")) != ""
    assert signature(MAD) != signature(MAD.replace("TCart.Pay", "TCart.Add")) != ""


@pytest.mark.parametrize("text", ["Runtime error 216 at $0044DFB5", "Runtime error 12", "exception class    : E\n\nx"])
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "pascal")


@pytest.mark.parametrize("text", [TEXT, MAD, "exception class    : E", "main thread ($1):"])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "pascal")

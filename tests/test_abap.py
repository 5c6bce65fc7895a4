"""Short dumps of ABAP, written by hand in the forms of NetWeaver 7.4."""

from __future__ import annotations

import pytest

from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
ABAP Runtime Error COMPUTE_INT_ZERODIVIDE

Category               ABAP Programming Error
Runtime Errors         COMPUTE_INT_ZERODIVIDE
Except.                CX_SY_ZERODIVIDE
ABAP Program           ZCL_SHOP======================CP
Date and Time          30.03.2026 21:56:52

Active Calls/Events

No.   Ty.          Program                             Include                             Line
      Name
    3 METHOD       ZCL_SHOP======================CP            ZCL_SHOP======================CM002    516
      ZCL_SHOP=>PAY_CART
    2 MODULE (PAI) SAPLZSHOP                                   LZSHOPI01                              56
      USER_COMMAND_0100
    1 EVENT        ZRUN_SHOP                                   ZRUN_SHOP                              568
      START-OF-SELECTION"""
RULE = "-" * 98


def framed() -> str:
    rows = [f"|{line:<96}|" for line in TEXT.split("\n")]
    return "\n".join([RULE, *rows[:9], RULE, *rows[10:12], RULE, *rows[12:], RULE])


def test_a_dump() -> None:
    found = surrounded(TEXT, "abap")
    assert functions(found) == ["ZCL_SHOP=>PAY_CART", "USER_COMMAND_0100", "START-OF-SELECTION"]
    report = found.report
    assert (report.error_type, report.error_value) == ("COMPUTE_INT_ZERODIVIDE", "CX_SY_ZERODIVIDE")
    assert (report.traces[0].frames[0].module, report.traces[0].frames[0].line) == ("ZCL_SHOP", 516)


def test_a_dump_in_its_frame() -> None:
    assert functions(one(framed(), "abap")) == functions(one(TEXT, "abap"))
    assert signature(framed()) == signature(TEXT) != ""


def test_lines_and_times_do_not_count() -> None:
    other = TEXT.replace("516", "520").replace("21:56:52", "03:12:00").replace("CM002", "CM004")
    assert signature(other) == signature(TEXT) != signature(TEXT.replace("PAY_CART", "ADD_CART"))


@pytest.mark.parametrize(
    "text",
    ["Active Calls/Events", "the Active Calls/Events", "Active Calls/Events\nNo.   Ty.\n    3 METHOD  A  B  5\n\nx"],
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "abap")


def test_time_grows_with_the_text() -> None:
    scan_grows(TEXT, "abap")

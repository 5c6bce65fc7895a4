"""Visual Studio's call stacks, written by hand in the forms of 2010 to 2022."""

from __future__ import annotations

import pytest

from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

ROWS = """\
>\tShop.exe!shop::Cart::pay(int id=3, const char * name=0x00000000) Line 31\tC++
 \tShop.exe!shop::main_loop() Line 12 + 0x8 bytes\tC++
 \t[External Code]\t
 \tkernel32.dll!00007ffb00070445()\tUnknown"""
HEAD = "Exception thrown at 0x00007FF600D7E8E0 in Shop.exe: 0xC0000005: Access violation reading location 0x00000010."
TEXT = f"{HEAD}\n\n{ROWS}"
CDB = """\
(3bd4.3bf2): Access violation - code c0000005 (first chance)
0:000> k
 # Child-SP          RetAddr               Call Site
00 00000031`35980000 00007ff6`035ffb37     Shop!shop::Cart::pay+0xb37 [C:\\src\\cart.cpp @ 31]
01 00000031`35980060 00007ff6`03633814     Shop!shop::main_loop+0x814 [C:\\src\\main.cpp @ 12]"""


def test_an_exception_with_its_stack() -> None:
    found = surrounded(TEXT, "visual-studio")
    report = found.report
    assert (report.error_type, report.error_code, report.fault_address, report.access, report.process) == (
        "EXCEPTION_ACCESS_VIOLATION",
        0xC0000005,
        0x10,
        "READ",
        "Shop.exe",
    )
    assert functions(found) == ["shop::Cart::pay", "shop::main_loop", None]
    crash = report.traces[0].frames
    assert (crash[0].args, crash[0].line, crash[2].frame_kind, crash[3].address) == (
        "int id=3, const char * name=0x00000000",
        31,
        "note",
        0x7FFB00070445,
    )


def test_the_same_crash_in_windbg_has_the_same_key() -> None:
    assert signature(TEXT) == signature(CDB) != signature(TEXT.replace("Cart::pay", "Cart::add"))


def test_a_stack_alone_is_a_dump_and_a_thrown_exception_has_its_type() -> None:
    assert one(ROWS, "visual-studio").report.kind == "dump"
    head = HEAD.partition("0xC")[0] + "Microsoft C++ exception: shop::Error at memory location 0x000000AB."
    found = one(f"{head}\n{ROWS}", "visual-studio").report
    assert (found.kind, found.error_type) == ("exception", "shop::Error")


@pytest.mark.parametrize("text", ["Shop.cpp\tC++", f"{HEAD}\nnothing", "compiler:\tC++\n a!b\tC"])
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "visual-studio")


@pytest.mark.parametrize("text", [TEXT, HEAD, ROWS.split("\n", maxsplit=1)[0], "\tC++", " \ta!b" + "\t" * 200 + "C++"])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "visual-studio")

"""Crashes under Wine, written by hand in the forms of Wine 4 to 10."""

from __future__ import annotations

import pytest

from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
wine: Unhandled page fault on read access to 00000038 at address 000000014002FF36 (thread 02c6), starting debugger...
Unhandled exception: page fault on read access to 0x0000000000000038 in 64-bit code (0x000000014002ff36).
Register dump:
 rip:000000014002ff36 rsp:00007ffc2c1fcae8 rbp:0000000000000000 eflags:00010246 (  R- --  I  Z- -P- )
 rax:0000000000000000 rbx:0000000000000000 rcx:0000000000000000 rdx:0000000000000000
Stack dump:
0x00007ffc2c1fcae8:  0000000000000000 0000000000000000
Backtrace:
=>0 0x000000014002ff36 cart_pay+0x36(id=0x3, name="a (b)") [/srv/shop/cart.c:31] in shop (0x00007ffc2c1fcae8)
  1 0x000000014004ff9a main+0x9a(argc=1) [/srv/shop/main.c:12] in shop (0x00007ffc2c18b6c8)
  2 0x000000014005d9df in shop (+0x5d9df) (0x00007ffc2c1a0280)
  3 0x00007bcd0001 EntryPoint+0xffffffff in kernel32 (0x00007ffc2c1a0290)"""


def test_a_fault_with_its_stack() -> None:
    found = surrounded(TEXT, "winedbg")
    report = found.report
    assert (report.error_type, report.fault_address, report.access, report.thread_id) == (
        "EXCEPTION_ACCESS_VIOLATION",
        0x38,
        "READ",
        0x2C6,
    )
    assert functions(found) == ["cart_pay", "main", None, None]
    first, *_, last = report.traces[0].frames
    assert (first.file, first.line, first.module, first.symbol_offset) == ("/srv/shop/cart.c", 31, "shop", 0x36)
    assert last.module == "kernel32"


def test_what_winedbg_says_alone_and_other_exceptions() -> None:
    alone = TEXT.partition("\n")[2]
    assert signature(alone) == signature(TEXT) != signature(TEXT.replace("cart_pay", "cart_add"))
    divided = one(alone.replace("page fault on read access to 0x0000000000000038", "divide by zero"), "winedbg")
    assert divided.report.error_type == "EXCEPTION_INT_DIVIDE_BY_ZERO"
    wine = one(TEXT.partition("\n")[0], "winedbg").report
    assert (wine.error_type, wine.complete) == ("EXCEPTION_ACCESS_VIOLATION", False)


@pytest.mark.parametrize("text", ["Unhandled exception: boom (E)", "wine: Unhandled option", "Backtrace:\n=>0 0x0"])
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "winedbg")


@pytest.mark.parametrize(
    "text", [TEXT, TEXT.split("\n", maxsplit=1)[0], TEXT.split("\n")[1], TEXT.split("\n")[1] + "\nStack dump:"]
)
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "winedbg")

"""Panics of ESP chips, written by hand in the forms of ESP-IDF 4 and 5."""

from __future__ import annotations

import pytest

from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
Guru Meditation Error: Core  0 panic'ed (LoadProhibited). Exception was unhandled.

Core  0 register dump:
PC      : 0x400dd685  PS      : 0x00060630  A0      : 0x800d1234  A1      : 0x3ffb7f50
EXCVADDR: 0x0000000c  LBEG    : 0x4000c2e0  LEND    : 0x4000c2f6  LCOUNT  : 0x00000000

Backtrace: 0x400dd685:0x3ffb7f50 0x400d4eec:0x3ffb4720
0x400dd685: cart_pay at /srv/shop/main/cart.c:31 (discriminator 2)
 (inlined by) cart_loop at /srv/shop/main/cart.c:54
0x400d4eec: app_main at /srv/shop/main/main.c:12"""
ASSERT = """\
assert failed: cart_pay cart.c:31 (rate > 0)

Backtrace:0x400dd685:0x3ffb7f50 0x400d4eec:0x3ffb4720 |<-CORRUPTED
--- 0x400dd685: cart_pay at /srv/shop/main/cart.c:31"""


def test_a_panic_with_the_stack_of_the_monitor() -> None:
    found = surrounded(TEXT, "esp-idf")
    report = found.report
    assert (report.error_type, report.signal, report.fault_address) == ("LoadProhibited", "SIGSEGV", 0xC)
    assert functions(found) == ["cart_pay", "cart_loop", "app_main"]
    assert report.traces[0].frames[0].line == 31


def test_other_ends() -> None:
    said = surrounded(ASSERT, "esp-idf").report
    assert (said.kind, said.error_value) == ("assertion", "cart_pay cart.c:31 (rate > 0)")
    stack = "\n".join(ASSERT.split("\n")[1:3])
    aborted = one(f"abort() was called at PC 0x400d1234 on core 0\n{stack}", "esp-idf").report
    assert (aborted.signal, [frame.address for frame in aborted.traces[0].frames]) == (
        "SIGABRT",
        [0x400DD685, 0x400D4EEC],
    )
    over = one(f"***ERROR*** A stack overflow in task main has been detected.\n{stack}", "esp-idf").report
    assert over.error_type == "stack overflow"


def test_another_function_is_another_key() -> None:
    assert signature(TEXT) != signature(TEXT.replace("cart_pay", "cart_add")) != ""


@pytest.mark.parametrize("text", ["assert failed: x", "abort() was called at PC 0x400d1234 on core 0\nok"])
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "esp-idf")


@pytest.mark.parametrize("text", [TEXT, ASSERT, ASSERT.partition("\n")[0], TEXT.partition("\n")[0]])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "esp-idf")

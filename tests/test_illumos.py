"""Panics of kernels of illumos and Solaris, written by hand in their forms."""

from __future__ import annotations

import pytest

from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
panic[cpu3]/thread=ffffff00fef55c53: 
BAD TRAP: type=e (#pf Page fault) rp=ffffff00a5e6462f addr=18 occurred in module "shop" due to a NULL pointer

shopd: 
#pf Page fault
Bad kernel fault at addr=0x18
pid=30519, pc=0xfffffffffe22f79c, sp=0xffffff008f7972f9, eflags=0x10282

ffffff0095a5fd59 unix:die+df ()
ffffff00f22bd53e unix:trap+df3 ()
ffffff00a3548d58 unix:cmntrap+e6 ()
ffffff00ee18982b shop:pay_cart+203 ()
ffffff006929131c shop:run_shop+16e (ffffff0095a5fd59, 3)
ffffff008c1f669d unix:thread_start+8 ()"""  # noqa: W291
ASSERTED = """\
panic[cpu0]/thread=ffffff00fef55c53: assertion failed: sum > 0, file: ../../shop/cart.c, line: 31

ffffff0095a5fd59 genunix:assfail+7e ()
ffffff00ee18982b shop:pay_cart+203 ()"""


def test_a_fault() -> None:
    found = surrounded(TEXT, "illumos-panic")
    assert functions(found)[3:5] == ["pay_cart", "run_shop"]
    report = found.report
    assert (report.error_type, report.signal, report.fault_address) == ("Page fault", "SIGSEGV", 0x18)
    assert report.traces[0].frames[3].module == "shop"


def test_a_message_on_the_first_line() -> None:
    report = one(ASSERTED, "illumos-panic").report
    assert (report.kind, (report.error_value or "")[:25]) == ("assertion", "assertion failed: sum > 0")


def test_how_the_kernel_fails_is_not_what_failed() -> None:
    slid = TEXT.replace("ffffff00", "fffffe01").replace("+203", "+21c").replace("pid=30519", "pid=7")
    assert signature(slid) == signature(TEXT) != ""
    assert signature(TEXT) != signature(TEXT.replace("pay_cart", "add_cart"))
    assert signature(ASSERTED) != signature(ASSERTED.replace("pay_cart", "add_cart")) != ""


@pytest.mark.parametrize(
    "text", ["panic[cpu0]/thread=ffffff00fef55c53: x", "panic[cpu0]: x\nffffff0095a5fd59 unix:die+df ()", "panic[cpu"]
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "illumos-panic")


def test_time_grows_with_the_text() -> None:
    scan_grows(TEXT, "illumos-panic")

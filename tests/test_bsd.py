"""Panics of BSD kernels, written by hand in the forms of FreeBSD 11 to 14 and NetBSD 9."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
panic: shop: inode 4862 on freelist
cpuid = 6
time = 1786261979
KDB: stack backtrace:
#0 0xffffffff8015314a at kdb_backtrace+0x65
#1 0xffffffff80437299 at vpanic+0x152
#2 0xffffffff800078a9 at panic+0x43
#3 0xffffffff82d0be28 at shop_pay+0xacd
#4 0xffffffff82105720 at shop_ioctl+0x90f
#5 0xffffffff80b7fdc6 at amd64_syscall+0x10c
Uptime: 9h44m23s"""
TRAP = """\
Fatal trap 12: page fault while in kernel mode
cpuid = 3; apic id = 03
fault virtual address\t= 0x10
fault code\t\t= supervisor read data, page not present
current process\t\t= 0 (em0 taskq)
panic: page fault
cpuid = 3
KDB: stack backtrace:
db_trace_self_wrapper() at db_trace_self_wrapper+0x2b/frame 0xfffffe0075a4e4d0
vpanic() at vpanic+0x182/frame 0xfffffe0075a4e520
trap_pfault() at trap_pfault+0x49/frame 0xfffffe0075a4e620
--- trap 0xc, rip = 0xffffffff80c0ad45, rsp = 0xfffffe0075a4e7f0, rbp = 0xfffffe0075a4e830 ---
shop_pay() at shop_pay+0x1d/frame 0xfffffe0075a4e830
shop_ioctl() at shop_ioctl+0x9f/frame 0xfffffe0075a4e850"""


def test_a_panic_with_its_stack() -> None:
    found = surrounded(TEXT, "bsd-panic")
    assert (found.report.error_type, found.report.error_value) == ("panic", "shop: inode 4862 on freelist")
    assert functions(found)[2:5] == ["panic", "shop_pay", "shop_ioctl"]
    assert triage.loads(TEXT).events()["culprit"].tolist() == ["shop_pay"]


def test_a_trap() -> None:
    report = surrounded(TRAP, "bsd-panic").report
    assert (report.error_type, report.signal, report.fault_address) == ("page fault", "SIGSEGV", 0x10)
    assert triage.loads(TRAP).events()["culprit"].tolist() == ["shop_pay"]


def test_rows_of_netbsd() -> None:
    text = (
        "panic: pay\ncpu0: Begin traceback...\nvpanic() at netbsd:vpanic+0x160\nshop_pay(1,2) at netbsd:shop_pay+0x1d"
    )
    assert functions(one(text, "bsd-panic")) == ["vpanic", "shop_pay"]


def test_another_function_is_another_key() -> None:
    assert signature(TEXT) != signature(TEXT.replace("shop_pay", "shop_add")) != ""


@pytest.mark.parametrize(
    "text", ["panic: x\n\ngoroutine 1 [running]:", "KDB: stack backtrace:\n#0 0x1 at f+0x1", "Stack backtrace:"]
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "bsd-panic")


@pytest.mark.parametrize(
    "text", [TEXT, TRAP, "Fatal trap 12: page fault while in kernel mode", "KDB: stack backtrace:"]
)
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "bsd-panic")


DDB = """\
uvm_fault(0xffffffff83e57c84, 0xec, 0, 1) -> e
kernel: page fault trap, code=0
Stopped at      shop_pay+0x3ea:    movq    0x10(%rax),%rcx
    TID    PID    UID     PRFLAGS     PFLAGS  CPU  COMMAND
*722279  11572      0         0x3          0    1  shop
shop_pay(ffff8000eca2be8e,0) at shop_pay+0x3ea
shop_ioctl(ffff8000d320d3ed) at shop_ioctl+0x10c
syscall(ffff8000ddca4b8b) at syscall+0x5f4
Xsyscall() at Xsyscall+0x128
end of kernel
end trace frame: 0x785bf0219b0f, count: 10
https://www.openbsd.org/ddb.html describes the minimum info required in bug"""


def test_where_the_debugger_of_openbsd_stopped() -> None:
    found = surrounded(DDB, "bsd-panic")
    assert (found.report.error_type, found.report.signal) == ("page fault", "SIGSEGV")
    assert functions(found) == ["shop_pay", "shop_ioctl", "syscall", "Xsyscall"]
    slid = DDB.replace("ffff8000", "ffff9000").replace("0x3ea", "0x3fa").replace("11572", "7")
    assert signature(slid) == signature(DDB) != signature(DDB.replace("shop_pay", "shop_add"))


def test_a_panic_enters_the_debugger() -> None:
    text = (
        "panic: pay: no cart\nStopped at      db_enter+0x10:  popq    %rbp\n"
        "db_enter() at db_enter+0x10\npanic(ffffffff820b3f2b) at panic+0xbf\nshop_pay(1) at shop_pay+0x3ea"
    )
    found = surrounded(text, "bsd-panic")
    assert (found.report.error_type, found.report.error_value) == ("panic", "pay: no cart")
    assert triage.loads(text).events()["culprit"].tolist() == ["shop_pay"]
    for other in ("Stopped at the shop", "Stopped at      db_enter+0x10:  popq    %rbp", "Stopped at x+0x1: y\nf at g"):
        assert not reports(other, "bsd-panic")

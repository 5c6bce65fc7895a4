"""Stacks of the crash utility, written by hand in the forms of crash 7 and 8."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, one, reports, scan_grows
from triage.stacks import signature

OOPS = """\
BUG: kernel NULL pointer dereference, address: 0000000000000008
#PF: supervisor read access in kernel mode
Oops: 0000 [#1] SMP PTI
CPU: 1 PID: 412 Comm: modprobe Tainted: G           OE     5.15.0-91-generic #101-Ubuntu
RIP: 0010:cart_total+0x1c/0x40 [shop]
RSP: 0018:ffffb1c5c0a0bc18 EFLAGS: 00010286
Call Trace:
 <TASK>
 cart_pay+0x12/0x30 [shop]
 cart_ioctl+0x2f/0x60 [shop]
 __x64_sys_ioctl+0x8b/0xc0
 </TASK>
---[ end trace 1234567890abcdef ]---
"""
STACK = """\
PID: 412      TASK: ffff9b0012345678  CPU: 1    COMMAND: "modprobe"
 #0 [ffffb1c5c0a0b9a0] machine_kexec at ffffffff9c06c001
 #1 [ffffb1c5c0a0b9f0] __crash_kexec at ffffffff9c13c112
 #2 [ffffb1c5c0a0bab0] oops_end at ffffffff9c02d334
 #3 [ffffb1c5c0a0bad0] page_fault_oops at ffffffff9c07d445
 #4 [ffffb1c5c0a0bb50] asm_exc_page_fault at ffffffff9cc00b67
    [exception RIP: cart_total+28]
    RIP: ffffffffc0a0b01c  RSP: ffffb1c5c0a0bc18  RFLAGS: 00010286
    RAX: 0000000000000000  RBX: ffff9b0000000000  RCX: 0000000000000027
    ORIG_RAX: ffffffffffffffff  CS: 0010  SS: 0018
 #5 [ffffb1c5c0a0bc20] cart_pay at ffffffffc0a0b112 [shop]
    /usr/src/shop/cart.c: 31
 #6 [ffffb1c5c0a0bc60] cart_ioctl at ffffffffc0a0b22f [shop]
 #7 [ffffb1c5c0a0bcf0] __x64_sys_ioctl at ffffffff9c3e8bab
    RIP: 00007f1a2b3c4d5e  RSP: 00007ffd12345678  RFLAGS: 00000246
"""
SYS = """\
     RELEASE: 5.15.0-91-generic
       PANIC: "BUG: kernel NULL pointer dereference, address: 0000000000000008"
         PID: 412
     COMMAND: "modprobe"
        TASK: ffff9b0012345678  [THREAD_INFO: ffff9b0012345678]
         CPU: 1
       STATE: TASK_RUNNING (PANIC)

crash> bt
"""
WAITS = """\
PID: 7        TASK: ffff9b0087654321  CPU: 0    COMMAND: "kworker/0:1"
 #0 [ffffb1c5c0a0c9a0] __schedule at ffffffff9cb0c001
 #1 [ffffb1c5c0a0c9f0] schedule at ffffffff9cb0c112
 #2 [ffffb1c5c0a0ca20] cart_wait at ffffffffc0a0b3f2 [shop]
"""
PHONE = """\
PID: 9      TASK: ffffffc012345678  CPU: 2   COMMAND: "init"
 #0 [ffffffc01a2a3800] machine_kexec at ffffffc0100a0001
 #1 [ffffffc01a2a3850] die at ffffffc0100b0112
 #2 [ffffffc01a2a3870] el1_da at ffffffc0100c0223
     PC: ffffffc008a0b01c  [cart_total+28]
     LR: ffffffc008a0b112  [cart_pay+18]
     SP: ffffffc01a2a3b40  PSTATE: 60400005
    X29: ffffffc01a2a3b40  X28: ffffff8012345678
 #3 [ffffffc01a2a3b40] cart_pay at ffffffc008a0b10e [shop]
 #4 [ffffffc01a2a3b80] cart_ioctl at ffffffc008a0b22b [shop]
"""


def test_the_stack_of_an_oops() -> None:
    report = one(STACK, "crash-utility").report
    assert (report.kind, report.error_type, report.process, report.process_id) == (
        "crash",
        "page fault",
        "modprobe",
        412,
    )
    (trace,) = report.traces
    rows = [(frame.function, frame.module, frame.line) for frame in trace.frames if frame.frame_kind == "frame"]
    assert rows[5:7] == [("cart_total", None, None), ("cart_pay", "shop", 31)]
    assert triage.loads(STACK).events()["culprit"].tolist() == ["cart_total"]


def test_the_kernel_itself_says_the_same() -> None:
    assert signature(STACK) == signature(OOPS) == signature(SYS + STACK) == signature(PHONE) != ""
    assert signature(STACK.replace("cart_total", "cart_count")) not in {"", signature(OOPS)}


def test_what_sys_says_of_the_panic() -> None:
    report = one(SYS + STACK, "crash-utility").report
    assert (report.error_type, report.fault_address) == ("kernel NULL pointer dereference", 8)
    panic = STACK.replace("page_fault_oops", "panic").replace("asm_exc_page_fault", "cart_check")
    panic = "\n".join(line for line in panic.split("\n") if "exception RIP" not in line)
    assert one(panic, "crash-utility").report.error_type == "Kernel panic"
    assert triage.loads(panic).events()["culprit"].tolist() == ["cart_check"]


def test_tasks_that_wait_are_threads() -> None:
    found = one(f"{WAITS}\n{STACK}\n{WAITS}", "crash-utility")
    assert [trace.role for trace in found.report.traces] == ["crash", "thread", "thread"]
    assert signature(f"{WAITS}\n{STACK}") == signature(STACK)
    alone = one(WAITS, "crash-utility")
    assert (alone.report.kind, functions(alone)[-1]) == ("dump", "cart_wait")
    stopped = WAITS.replace("__schedule", "crash_nmi_callback")
    assert [trace.role for trace in one(f"{stopped}\n{STACK}", "crash-utility").report.traces] == ["crash", "thread"]


def test_a_stack_that_was_looked_up_is_the_same() -> None:
    looked = OOPS.replace("cart_total+0x1c/0x40 [shop]", "cart_total (drivers/shop/cart.c:31) shop")
    looked = looked.replace("cart_pay+0x12/0x30 [shop]", "cart_pay (drivers/shop/cart.c:44 (discriminator 1)) shop")
    looked = looked.replace("cart_ioctl+0x2f/0x60 [shop]", "cart_ioctl (drivers/shop/cart.c:60) shop")
    assert signature(looked) == signature(OOPS)
    other = looked.replace("cart_total", "cart_count")
    assert signature(other) not in {"", signature(OOPS)}


@pytest.mark.parametrize(
    "text",
    [
        STACK.split("\n", maxsplit=1)[0],
        SYS,
        "TASK: ffff9b0012345678",
        'PID: 412 TASK: ffff9b0012345678 CPU: 1 COMMAND: "x"\nhello',
    ],
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "crash-utility")


@pytest.mark.parametrize("text", [STACK, WAITS, "TASK: ", STACK.split("\n", maxsplit=1)[0]])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "crash-utility")

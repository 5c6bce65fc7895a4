"""Stacks of eu-stack, written by hand in the forms of elfutils 0.158 to 0.192."""

from __future__ import annotations

import pytest

from tests.scanned import functions, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
PID 4042 - core
TID 4042:
#0  0x000055d64f618c5b     shop::Cart::pay(int)
    /srv/shop/cart.cc:31:26
#1  0x000055d64f65acdb - 1 main
    /srv/shop/main.cc:12:6
#2  0x00007f09bdf36062 - 1 __libc_start_main - /usr/lib64/libc.so.6
TID 4043:
#0  0x00007f09bdf00000     __poll
eu-stack: dwfl_thread_getframes tid 4043 at 0x7f09bdf00001 in <unknown>: No DWARF information found"""
GDB = """\
Thread 1 (Thread 0x7f09bdf36062 (LWP 4042) "shop"):
#0  shop::Cart::pay (this=0x7ffc3f183c40, id=3) at /srv/shop/cart.cc:31
#1  0x000055d64f65acdb in main (argc=1, argv=0x7ffc3f1a8c10) at /srv/shop/main.cc:12"""


def test_the_threads_of_a_core_file() -> None:
    found = surrounded(TEXT, "eu-stack")
    assert functions(found) == ["shop::Cart::pay", "main", "__libc_start_main"]
    crash, other = found.report.traces
    assert (crash.thread_id, crash.role, other.thread_id, other.role) == (4042, "crash", 4043, "thread")
    first, _, last = crash.frames
    assert (first.args, first.file, first.line, first.column) == ("int", "/srv/shop/cart.cc", 31, 26)
    assert last.module == "/usr/lib64/libc.so.6"
    assert found.report.process_id == 4042


def test_gdb_on_the_same_core_has_the_same_key() -> None:
    assert signature(TEXT) == signature(GDB) != signature(TEXT.replace("Cart::pay", "Cart::add"))


def test_a_core_file_is_that_of_a_crash_and_a_process_may_live() -> None:
    kinds = [surrounded(text, "eu-stack").report for text in (TEXT, TEXT.replace(" - core", " - process"))]
    assert [(one.error_type, one.traces[0].error_type, one.traces[1].error_type) for one in kinds] == [
        ("core dump", "core dump", None),
        (None, None, None),
    ]
    signalled = f"Program terminated with signal SIGSEGV, Segmentation fault.\n{GDB}"
    assert signature(TEXT) == signature(signalled)


@pytest.mark.parametrize("text", ["TID 12: started", "TID 12:\nrunning", "PID 12 - process\nTID 12:"])
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "eu-stack")


@pytest.mark.parametrize("text", [TEXT, "TID 12:", "TID 12:\n#0  0x000055d64f618c5b     f(" + "a - " * 300])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "eu-stack")

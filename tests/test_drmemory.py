"""Errors of Dr. Memory, written by hand in the forms of Dr. Memory 2."""

from __future__ import annotations

import pytest

import triage
from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """\
Error #1: UNADDRESSABLE ACCESS of freed memory: writing 0x0040ffd8-0x0040ffdc 4 byte(s)
# 0 replace_memcpy               [d:\\drmemory_package\\drmemory\\replace.c:249]
# 1 shop.exe!Cart::pay(int)      [d:\\src\\cart.cc:31]
# 2 shop.exe!main                [d:\\src\\main.cc:8]
# 3 KERNEL32.dll!BaseThreadInitThunk  +0x23     (0x7d4e7d42 <KERNEL32.dll+0x17d42>)
# 4 <not in a module>                 (0x7d4e7d42)
Note: @0:00:00.772 in thread 3908
Note: next higher malloc: 0x0040fff0-0x00410010
Note: 0x0040ffd8-0x0040ffdc overlaps memory 0x0040ffd8-0x0040fff0 that was freed here:
Note: # 0 replace_free            [d:\\drmemory_package\\common\\alloc_replace.c:2503]
Note: # 1 shop.exe!Cart::drop     [d:\\src\\cart.cc:88]
Note: instruction: mov    %eax -> (%ebx)"""


def test_an_error_with_its_notes() -> None:
    found = surrounded(TEXT, "drmemory")
    report = found.report
    assert (report.error_type, report.access, report.access_size, report.thread_id) == (
        "UNADDRESSABLE ACCESS of freed memory",
        "WRITE",
        4,
        3908,
    )
    assert functions(found) == ["replace_memcpy", "Cart::pay", "main", "BaseThreadInitThunk", None]
    assert functions(found, 1) == ["replace_free", "Cart::drop"]
    assert [trace.role for trace in report.traces] == ["crash", "free"]
    frame = report.traces[0].frames[1]
    assert (frame.module, frame.args, frame.file, frame.line) == ("shop.exe", "int", "d:\\src\\cart.cc", 31)


def test_its_own_prefix_and_that_of_a_container_are_off() -> None:
    own = "\n".join(f"~~Dr.M~~ {line}" for line in TEXT.split("\n"))
    assert signature(own) == signature(TEXT) == signature(own.replace("~~Dr.M~~", "~~4242~~"))
    prefixed(TEXT, "drmemory")


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("UNINITIALIZED READ: reading register eax", "crash"),
        ("INVALID HEAP ARGUMENT: allocated with malloc, freed with operator delete", "crash"),
        ("GDI USAGE ERROR: free of selected object", "crash"),
        ("LEAK 120 direct bytes 0x0040-0x0041 + 17 indirect bytes", "leak"),
        ("POSSIBLE LEAK 33 direct bytes 0x0040-0x0041 + 17 indirect bytes", "leak"),
        ("HANDLE LEAK: KERNEL handle 0x00000110 and 1 similar handle(s) were opened but not closed:", "leak"),
    ],
)
def test_the_other_findings(words: str, kind: str) -> None:
    found = one(f"Error #7: {words}\n# 0 system call NtUserFoo parameter #1\n# 1 pay [a.c:3]\n\nx", "drmemory")
    assert (found.report.kind, functions(found)) == (kind, ["NtUserFoo", "pay"])


def test_a_system_call_is_not_to_blame() -> None:
    text = (
        "Error #1: UNINITIALIZED READ: reading register eax\n# 0 system call NtWriteFile parameter #5\n# 1 pay [a.c:3]"
    )
    assert triage.loads(text).events()["culprit"].tolist() == ["pay (a.c:3)"]


def test_errors_that_follow_each_other_are_each_one() -> None:
    assert len(reports(f"{TEXT}\n{TEXT.replace('#1:', '#2:')}", "drmemory")) == 2


def test_what_counts() -> None:
    moved = TEXT.replace("0x0040ffd8", "0x0051aad8").replace(":31]", ":40]").replace("d:\\src", "e:\\work")
    assert signature(TEXT) == signature(moved) != signature(TEXT.replace("Cart::pay", "Cart::add"))


def test_another_tool_that_saw_the_same_access_has_the_same_key() -> None:
    valgrind = (
        "==4242== Invalid write of size 4\n==4242==    at 0x109171: Cart::pay(int) (cart.cc:31)\n"
        "==4242==    by 0x109180: main (main.cc:8)"
    )
    assert signature(valgrind) == signature(TEXT)


@pytest.mark.parametrize(
    "text", ["Error #1: UNINITIALIZED READ: of the day", "Error #3: LEAK in the roof\n# a list", "x: LEAK 1\n# 0 f"]
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "drmemory")


@pytest.mark.parametrize("text", [TEXT, "Error #1: LEAK 1", "# 0 f" + " " * 600, f"{TEXT}\n# 1 f" + " +0x1" * 300])
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "drmemory")

"""Reports of apport, written by hand in the forms of apport 2.20 and of the bugs that it files."""

from __future__ import annotations

import pytest

from tests.growth import grows_evenly
from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.formats.traces.scanning import scan
from triage.stacks import signature

TEXT = """\
ProblemType: Crash
Architecture: amd64
Date: Wed Feb 25 03:53:54 2026
DistroRelease: Ubuntu 22.04
ExecutablePath: /usr/bin/shop
Package: shop 1.2-0ubuntu1
ProcCmdline: /usr/bin/shop --page=1
Signal: 11
StacktraceTop:
 pay_cart (cart=0x602006733bcc, sum=31) at ../src/cart.c:202
 run_shop () at ../src/shop.c:395
 ?? () from /usr/lib/x86_64-linux-gnu/libgtk-3.so.0
 g_closure_invoke () from /usr/lib/x86_64-linux-gnu/libgobject-2.0.so.0
 g_signal_emit_valist () from /usr/lib/x86_64-linux-gnu/libgobject-2.0.so.0
Title: shop crashed with SIGSEGV in pay_cart()"""
GDB = """\
Program received signal SIGSEGV, Segmentation fault.
#0  pay_cart (cart=0x55500673, sum=7) at /build/src/cart.c:209
#1  0x0000555555 in run_shop () at /build/src/shop.c:399
#2  0x00007f12ab in ?? () from /usr/lib/x86_64-linux-gnu/libgtk-3.so.0
#3  0x00007f12ac in g_closure_invoke () from /usr/lib/x86_64-linux-gnu/libgobject-2.0.so.0"""


def test_the_top_of_a_stack() -> None:
    found = surrounded(TEXT, "apport")
    assert functions(found) == ["pay_cart", "run_shop", None, "g_closure_invoke", "g_signal_emit_valist"]
    report = found.report
    assert (report.signal, report.process, report.release) == ("SIGSEGV", "/usr/bin/shop", "shop 1.2-0ubuntu1")
    assert report.traces[0].frames[0].line == 202


def test_gdb_saw_the_same_crash() -> None:
    assert signature(TEXT) == signature(GDB) != ""
    assert signature(TEXT) != signature(TEXT.replace("pay_cart", "add_cart"))


def test_without_a_title_the_number_of_the_signal_counts() -> None:
    text = TEXT.partition("\nTitle")[0]
    assert one(text, "apport").report.signal == "SIGSEGV"
    assert signature(text) == signature(TEXT)
    assert one(text.replace("Signal: 11", "Signal: x"), "apport").report.signal is None


def test_an_assertion() -> None:
    said = "shop: cart.c:9: pay: Assertion `sum > 0' failed."
    report = one(TEXT.replace("Architecture", f"AssertionMessage: {said}\nArchitecture"), "apport").report
    assert (report.kind, report.error_value) == ("assertion", said)


@pytest.mark.parametrize(
    "text",
    [
        "StacktraceTop:",
        "StacktraceTop:\nTitle: x",
        "StacktraceTop: none\n f () at a.c:3",
        "StacktraceTop:\n some words",
    ],
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "apport")


def test_time_grows_with_the_text() -> None:
    scan_grows(TEXT, "apport")


def test_blanks_in_a_line_take_time_in_proportion() -> None:
    def make(size: int) -> list[str]:
        return TEXT.replace("at ", "at" + " " * size, 1).split("\n")

    grows_evenly(lambda lines: list(scan(enumerate(lines), only="apport")), make, 4_000, enlarged=1)

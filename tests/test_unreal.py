"""Unreal Engine's logs of crashes, failed checks and ensures, written by hand in the forms of UE 4 and 5."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests.scanned import functions, one, reports, scan_grows, surrounded, text_lines

LOG = "[2026.01.26-01.25.59:123][ 42]LogWindows: Error: "
BODY = """=== Critical error: ===

Unhandled Exception: EXCEPTION_ACCESS_VIOLATION reading address 0x0000000000000008

[Callstack] 0x00007ff6a1b2c3d4 Shop-Win64-Shipping.exe!ACart::Pay() [C:\\build\\Cart.cpp:120]
[Callstack] 0x00007ff6a1b2c3d5 Shop-Win64-Shipping.exe!UnknownFunction []
[Callstack] 0x00007ffb11112222 KERNEL32.DLL!BaseThreadInitThunk() []"""
TEXT = "\n".join(LOG + line for line in BODY.split("\n"))
ENSURE = """=== Handled ensure: ===

Ensure condition failed: Cart != nullptr  [File:D:\\build\\Cart.cpp] [Line: 120]

Stack:
[Callstack] 0x00007ff6a1b2c3d4 UnrealEditor-Shop.dll!ACart::Pay() [D:\\build\\Cart.cpp:120]"""
LINUX = """Signal 11 caught.
[2026.01.26-01.25.59:123][ 42]LogCore: === Critical error: ===
Unhandled Exception: SIGSEGV: invalid attempt to read memory at address 0x0000000000000008

[2026.01.26-01.25.59:123][ 42]LogCore: Fatal error!

0x00000000050a1b2c Shop!TArray<int, FDefault>::operator[](int) [/build/Cart.cpp:120]
0x00007f12345678 libc.so.6!UnknownFunction(0x23e9f)"""


@pytest.mark.parametrize("text", [BODY, TEXT, BODY.replace("[Callstack] ", "")])
def test_an_access_violation(text):
    found = one(f"LogInit: ready\n{text}\nLogExit: Exiting.", "unreal")
    report = found.report
    assert (report.kind, report.error_type, report.fault_address, report.access) == (
        "crash", "EXCEPTION_ACCESS_VIOLATION", 8, "READ")  # fmt: skip
    assert functions(found) == ["ACart::Pay()", None, "BaseThreadInitThunk()"]
    frame = report.traces[0].frames[0]
    assert (frame.module, frame.file, frame.line, frame.address) == (
        "Shop-Win64-Shipping.exe", "C:\\build\\Cart.cpp", 120, 0x7FF6A1B2C3D4)  # fmt: skip
    assert (found.first, found.last, text_lines(found)[0]) == (2, 8, 6)


def test_the_time_of_the_log_is_in_utc():
    (event,) = triage.loads(TEXT).events().to_dict("records")
    assert (str(event["ts"]), event["culprit"]) == ("2026-01-26 01:25:59.123000+00:00", "ACart::Pay (Cart.cpp:120)")


def test_an_ensure_does_not_end_the_program():
    report = surrounded(ENSURE, "unreal").report
    assert (report.kind, report.level, report.handled, report.error_value) == (
        "assertion", "error", True, "Cart != nullptr")  # fmt: skip


def test_a_check_is_told_twice_and_is_one():
    said = "appError called: Assertion failed: Rate > 0 [File:D:\\build\\Rates.cpp] [Line: 12]\n"
    text = said + BODY.replace("Unhandled Exception: EXCEPTION_ACCESS_VIOLATION reading address 0x0000000000000008",
                               "Assertion failed: Rate > 0 [File:D:\\build\\Rates.cpp] [Line: 12]")  # fmt: skip
    report = one(text, "unreal").report
    assert (report.kind, report.error_type, report.error_value) == ("assertion", "Assertion failed", "Rate > 0")


def test_a_fatal_error_says_why_below():
    report = one(
        "Fatal error: [File:D:\\build\\Rates.cpp] [Line: 12] \nno rate\n\nShop.exe!A::F() [D:\\a.cpp:1]", "unreal"
    ).report
    assert (report.kind, report.error_value, len(report.traces[0].frames)) == ("abort", "no rate", 1)
    alone = one("Fatal error: [File:D:\\build\\Rates.cpp] [Line: 12]\nno rate", "unreal").report
    assert [(frame.file, frame.line) for frame in alone.traces[0].frames] == [("D:\\build\\Rates.cpp", 12)]


def test_linux_and_mac():
    found = one(LINUX, "unreal")
    assert (found.report.signal, found.report.fault_address) == ("SIGSEGV", 8)
    assert functions(found) == ["TArray<int, FDefault>::operator[](int)", None]
    assert found.report.traces[0].frames[1].module_offset == 0x23E9F


@pytest.mark.parametrize("text", [
    "=== Critical error: ===", "Assertion failed: x", "LogInit: Fatal error: none", "[Callstack] none", "Fatal error!",
])  # fmt: skip
def test_what_is_no_report(text):
    assert not reports(text, "unreal")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([*[*TEXT.split("\n"), *ENSURE.split("\n"), *LINUX.split("\n")], "", "x"])
        | st.text(max_size=60),
        max_size=40,
    )
)
def test_lines_in_any_order_are_scanned(lines):
    lines = [line.replace("\n", " ") for line in lines]
    last = 0
    for found in reports("\n".join(lines), "unreal"):
        assert last < found.first <= found.last <= len(lines)
        last = found.last


@pytest.mark.parametrize(
    "text",
    [TEXT, ENSURE, LINUX, "=== Critical error: ===", "Assertion failed: x", "[Callstack] 0x00007ff6a1b2c3d4 a!b [c:1]"],
)
def test_time_is_linear(text):
    scan_grows(text, "unreal")

"""Swift's fatal errors and backtraces, written by hand in the forms of Swift 3 to 6."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage.stacks
from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded, text_lines

FATAL = "main/main.swift:12: Fatal error: Unexpectedly found nil while unwrapping an Optional value"

CRASH = """*** Program crashed: Illegal instruction at 0x00007f0011223344 ***

Platform: x86_64 Linux (Ubuntu 22.04.4 LTS)

Thread 0 "crash" crashed:

0 [inlined] 0x0000000104a2f3d0 reallyCrashMe() in crash at /tmp/crash.swift:16:15
1 0x0000000104a2f3d0 crashMe(_:with:) + 52 in crash at /tmp/crash.swift:14:15

    12│ func crashMe() {
    14│   ptr.pointee = 42
      │               ▲
    15│ }

2 [ra] 0x0000000104a2f400 main + 8 in crash at /tmp/crash.swift:3:3
…
9 [ra] [system] 0x00007f00 <unknown> in libc.so.6

Thread 1:

0 0x00007f11 __futex_wait + 12 in libc.so.6


Registers:

rax 0x0000000000000000  0
rcx 0x00007ff811223344  f0 0d 00 00
rip 0x0000000104a2f3d0  0f 0b 66
rflags 0x0000000000010246  ZF PF

cs 0x002b  fs 0x0000  gs 0x0000


Images (3 omitted):

0x0000000104a2c000-0x0000000104a30000 e5b1c0f2a3d4 crash     /tmp/crash
0x00007f0000000000-0x00007f0000200000 <no build ID> libc.so.6  /lib/x86_64-linux-gnu/libc.so.6

Backtrace took 0.20s
"""

OLD = """Fatal error: Index out of range: file Swift/ContiguousArrayBuffer.swift, line 600
Current stack trace:
0    libswiftCore.so                    0x00007fca56d0a6b0 swift_reportError + 50
1    shop                               0x0000564a <unavailable> + 1234
"""


def test_backtrace_between_log_lines():
    found = surrounded(CRASH, "swift")
    report = found.report
    assert (report.signal, report.fault_address, report.arch, report.follows) == (
        "SIGILL",
        0x7F0011223344,
        "x86_64",
        True,
    )
    assert [(trace.role, trace.thread_id, trace.thread_name) for trace in report.traces] == [
        ("crash", 0, "crash"),
        ("thread", 1, None),
    ]
    assert [(f.function, f.args, f.inline_depth, f.line, f.column) for f in report.traces[0].frames[:3]] == [
        ("reallyCrashMe", None, 1, 16, 15),
        ("crashMe", "_:with:", 0, 14, 15),
        ("main", None, 0, 3, 3),
    ]
    assert (text_lines(found)[0], len(report.modules), dict(report.facts)) == (9, 2, {"images_omitted": "3"})
    assert '"rip":"0x0000000104a2f3d0"' in (report.traces[0].registers or "")


def test_the_error_leads_to_the_backtrace():
    report = surrounded(f"{FATAL}\n\n{CRASH}", "swift").report
    assert (report.error_type, report.signal) == ("Fatal error", "SIGILL")
    assert report.traces[0].frames[0].function == "reallyCrashMe"


def test_the_stack_of_older_runtimes():
    found = surrounded(OLD, "swift")
    assert (found.report.error_value, functions(found)) == ("Index out of range", ["swift_reportError", None])
    assert prefixed(OLD, "swift").report.traces[0].frames[0].symbol_offset == 50


@pytest.mark.parametrize(
    ("text", "kind", "error"),
    [
        (FATAL, "crash", "Fatal error"),
        ("App[1234:5678] Fatal error: x: file App/a.swift, line 3", "crash", "Fatal error"),
        ("a.swift:3: Precondition failed: no rate", "assertion", "Precondition failed"),
        ("Assertion failed: file a.swift, line 3", "assertion", "Assertion failed"),
        ("fatal error: unexpectedly found nil while unwrapping an Optional value", "crash", "Fatal error"),
        ("Could not cast value of type 'NSNull' (0x7fff) to 'NSString' (0x7ffe).", "crash", "invalid cast"),
    ],
)
def test_fatal_errors(text, kind, error):
    report = surrounded(text, "swift").report
    assert (report.kind, report.error_type, report.leads) == (kind, error, True)


def test_damaged_backtraces_and_other_tools():
    cut = one("\n".join(CRASH.split("\n")[:7]), "swift").report
    assert len(cut.traces[0].frames) == 1
    lost = one("\n".join(CRASH.split("\n")[4:]), "swift").report
    assert (lost.complete, lost.traces[0].crashed) == (False, True)
    text = (
        "clang: fatal error: linker\nFatal error: something\nCI Crash: all builds fail\nAssertion failed: (x), file a.c"
    )
    assert not reports(text, "swift")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*(FATAL + CRASH + OLD).splitlines(), "", "x"]), max_size=60))
def test_lines_in_any_order_are_scanned(lines):
    for found in reports("\n".join(lines), "swift"):
        assert 1 <= found.first <= found.last <= len(lines)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_scanned(text):
    reports(CRASH + text + "\nThread 0 crashed:\n" + text, "swift")


@pytest.mark.parametrize(
    "line",
    [
        "a.swift:1: Fatal error: x",
        "Current stack trace:\n0 lib 0x1 f + 1",
        "Thread 0 crashed:",
        "Crash: Aborted at 0x1",
    ],
)
def test_time_is_linear(line):
    scan_grows(line, "swift")


def test_a_fatal_error_and_the_trap_that_names_no_signal_are_one_report():
    text = """Menu/Store.swift:41: Fatal error: Index out of range
*** Signal 4: Backtracing from 0x7f3e158c10... done ***

Thread 0 "menu" crashed:

0 [inlined] [system] Swift runtime failure: Index out of range in menu at //<compiler-generated>
1 Store.price(of:) + 10 in menu at /w/Menu/Store.swift:41:17
2 static Main.main() + 200 in menu at /w/Menu/Main.swift:9:5
"""
    crash = one(text, "swift").report
    assert (crash.error_type, crash.signal) == ("Fatal error", "SIGILL")
    failure, price, _ = crash.traces[0].frames
    assert (failure.module, failure.in_app, price.in_app) == ("menu", False, None)
    key = triage.stacks.signature(text)
    assert key != triage.stacks.signature(text.replace("Store.price", "Store.stock"))
    assert key == triage.stacks.signature(text.replace("Index out of range", "Division by zero"))


def test_frames_whose_attributes_are_set_in_a_column():
    text = """*** Program crashed: Illegal instruction at 0x00007f1cc9a3f2c2 ***

Thread 0 "Deck" crashed:

0               0x00007f1cc9a3f2c2 _ContiguousArrayBuffer._check(_:) + 146 in libswiftCore.so
1 [ra]          0x000055a1d0c2b7e1 Deck.draw() + 97 in Deck at /src/Deck.swift:31:22
2 [ra] [system] 0x00007f1cc8e29d90 __libc_start_call_main + 128 in libc.so.6
"""
    assert functions(one(text, "swift"))[:2] == ["_ContiguousArrayBuffer._check", "Deck.draw"]

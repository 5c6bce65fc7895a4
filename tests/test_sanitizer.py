"""Sanitizer reports. All texts here are made by hand after real ones; the corpus holds those that fuzzers collected."""

# ruff: noqa: E501 - lines of reports are as long as their tools make them
from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import triage
from tests.growth import grows_evenly
from tests.scanned import scan_grows
from triage.formats.traces import sanitizer_frames, sanitizer_kinds
from triage.formats.traces.scanning import Found, scan
from triage.stacks import signature

STACKS = Path(__file__).parents[2] / "shared" / "corpus" / "stacks"

USE_AFTER_FREE = """\
=================================================================
==378==ERROR: AddressSanitizer: heap-use-after-free on address 0x603000000010 at pc 0x0000004f1a2b bp 0x7ffc01 sp 0x7ffc00
READ of size 8 at 0x603000000010 thread T2 (worker)
SCARINESS: 51 (8-byte-read-heap-use-after-free)
    #0 0x4f1a2a in std::vector<int, std::allocator<int> >::at(unsigned long) const /usr/include/c++/9/vector:12:3
    #1 0x4f1a2a in ns::Reader::next(int (*)(char)) /src/app/reader.cc:40
    #2 0x4f2b3c in ns::Reader::next(int (*)(char)) /src/app/reader.cc:44:9
    #4 0x7f0010 in start_thread (/lib/x86_64-linux-gnu/libpthread.so.0+0x76b9) (BuildId: 0123456789abcdef0123)

0x603000000010 is located 0 bytes inside of 24-byte region [0x603000000010,0x603000000028)
freed by thread T0 here:
    #0 0x4b1 in operator delete(void*) (/src/app/a.out+0x4b1)
previously allocated by thread T0 here:
    #0 0x4b0 in operator new(unsigned long) (/src/app/a.out+0x4b0)
Thread T2 (worker) created by T0 here:
    #0 0x4a0 in pthread_create (/src/app/a.out+0x4a0)

SUMMARY: AddressSanitizer: heap-use-after-free /src/app/reader.cc:40 in ns::Reader::next(int (*)(char))
Shadow bytes around the buggy address:
  0x0c067fff7fb0: 00 00 00 00 00 00 00 00
=>0x0c067fff8000: fa fa[fd]fd fd fa fa fa
Shadow byte legend (one shadow byte represents 8 application bytes):
  Addressable:           00
  Freed heap region:       fd
==378==ABORTING
"""
SIGNAL = """\
AddressSanitizer:DEADLYSIGNAL
AddressSanitizer:DEADLYSIGNAL
=================================================================
==7==ERROR: AddressSanitizer: SEGV on unknown address 0x000000000018 (pc 0x0000004f1a2b bp 0x7ffc01 sp 0x7ffc00 T3)
==7==The signal is caused by a WRITE memory access.
==7==Hint: address points to the zero page.
    #0 0x4f1a2b in f(int) src/a.c:1:1
==7==Register values:
rax = 0x0000000000000018  rbx = 0x00007e7fdb53ae00
 r8 = 0x0000000000000000
AddressSanitizer can not provide additional info.
SUMMARY: AddressSanitizer: SEGV src/a.c:1:1 in f(int)
==7==ABORTING
"""
RACE = """\
==================
WARNING: ThreadSanitizer: data race (pid=18457)
  Write of size 4 at 0x7b0400000004 by thread T1 (mutexes: write M9):
    #0 bump(Counter&) /src/count.cc:5:3 (a.out+0x4a0)
    #1 run /src/count.cc:9 (a.out+0x4b0) (BuildId: 00112233)

  Previous atomic read of size 4 at 0x7b0400000004 by main thread:
    [failed to restore the stack]

  Location is heap block of size 40 at 0x7b0400000000 allocated by main thread:
    #0 malloc <null> (a.out+0x10)

  Mutex M9 (0x7b08) created at:
    #0 pthread_mutex_init <null> (a.out+0x11)

  Thread T1 'io worker' (tid=18459, running) created by main thread at:
    #0 pthread_create <null> (a.out+0x12)
    #1 main /src/count.cc:20 (a.out+0x4c0)

SUMMARY: ThreadSanitizer: data race /src/count.cc:5:3 in bump(Counter&)
==================
"""
DEADLOCK = """\
WARNING: ThreadSanitizer: lock-order-inversion (potential deadlock) (pid=4)
  Cycle in lock order graph: M0 (0x7b10) => M1 (0x7b14) => M0

  Mutex M1 acquired here while holding mutex M0 in thread T1:
    #0 pthread_mutex_lock <null> (a.out+0x1)
    #1 second() /src/l.cc:8 (a.out+0x2)

    Hint: use TSAN_OPTIONS=second_deadlock_stack=1 to get more informative warning message

  Mutex M0 acquired here while holding mutex M1 in main thread:
    #0 pthread_mutex_lock <null> (a.out+0x1)

SUMMARY: ThreadSanitizer: lock-order-inversion (potential deadlock) /src/l.cc:8 in second()
==================
"""
UNINITIALISED = """\
Uninitialized bytes in __interceptor_write at offset 4 inside [0x701000000000, 8)
==20==WARNING: MemorySanitizer: use-of-uninitialized-value
    #0 0x4a3f3e in main /tmp/u.cc:6:7

  Uninitialized value was stored to memory at
    #0 0x4a3d0a in set(int*) /tmp/u.cc:2:5

  Uninitialized value was created by an allocation of 'a' in the stack frame
    #0 0x4a3d4e in main /tmp/u.cc:5:3

SUMMARY: MemorySanitizer: use-of-uninitialized-value /tmp/u.cc:6:7 in main
Exiting
"""
LEAKS = """\
=================================================================
==77==ERROR: LeakSanitizer: detected memory leaks

Direct leak of 7 byte(s) in 1 object(s) allocated from:
    #0 0x7f01 in __interceptor_malloc ../../../../src/libsanitizer/asan/asan_malloc_linux.cpp:145
    #1 0x5502 in open_it /tmp/a.c:4

Indirect leak of 17 byte(s) in 2 object(s) allocated from:
    #0 0x7f01 in malloc (/usr/lib/libasan.so.6+0x4)
    #1 0x5503 in fill /tmp/a.c:9

SUMMARY: AddressSanitizer: 24 byte(s) leaked in 3 allocation(s).
"""
TAGGED = """\
==8135==ERROR: HWAddressSanitizer: tag-mismatch on address 0x003400000040 at pc 0x00556b3d0a3c
READ of size 1 at 0x003400000040 tags: 5b/e8 (ptr/mem) in thread T0
    #0 0x556b3d0a3c  (/data/local/tmp/a.out+0x10a3c) (BuildId: 0123456789abcdef)

Cause: use-after-free
0x003400000040 is located 0 bytes inside a 20-byte region [0x003400000040,0x003400000054)
freed by thread T0 here:
    #0 0x7b5a3d0 in __sanitizer_free hwasan_interceptors.cpp:41:3
Memory tags around the buggy address (one tag corresponds to 16 bytes):
=>0x003400000040:[e8] e8  00  00
Registers where the failure occurred (pc 0x00556b3d0a3c):
    x0  5b00003400000040  x1  0000007fd0a1b2c8
SUMMARY: HWAddressSanitizer: tag-mismatch (/data/local/tmp/a.out+0x10a3c)
"""
GUARDED = """\
*** GWP-ASan detected a memory error ***
Use After Free at 0x7feccab26000 (0 bytes into a 41-byte allocation at 0x7feccab26000) by thread 31027 here:
  #0 ./test(+0x45) [0x55585c0afa55]
  #1 ./test(main+0x9f7) [0x55585c0af1e7]

0x7feccab26000 was deallocated by thread 31027 here:
  #0 ./test(_ZdlPv+0x13) [0x55585c0a1b01]

*** End GWP-ASan report ***
"""


def reports(text: str, only: str = "sanitizer") -> list[Found]:
    return list(scan(enumerate(text.split("\n")), only=only))


def one(text: str) -> Any:
    (found,) = reports(text)
    return found.report


def functions(trace: Any) -> list[str | None]:
    return [frame.function for frame in trace.frames]


def test_a_use_after_free_gives_all_stacks_and_what_it_says_of_the_access():
    report = one(USE_AFTER_FREE)
    assert (report.kind, report.error_type, report.access, report.access_size) == (
        "crash",
        "heap-use-after-free",
        "READ",
        8,
    )
    assert (report.fault_address, report.process_id, report.thread_id, report.complete) == (
        0x603000000010,
        378,
        2,
        True,
    )
    assert [trace.role for trace in report.traces] == ["crash", "free", "alloc", "thread"]
    crash = report.traces[0]
    assert (crash.thread_id, crash.thread_name, crash.crashed) == (2, "worker", True)
    assert json.loads(crash.registers)["pc"] == "0x4f1a2b"
    facts = dict(report.facts)
    assert facts["shadow_byte"] == "fd"
    assert facts["scariness"].startswith("51 ")
    assert report.modules == ({"name": "libpthread.so.0", "path": "/lib/x86_64-linux-gnu/libpthread.so.0",
                               "code_id": "0123456789abcdef0123"},)  # fmt: skip


def test_rows_of_one_address_are_inlined_and_missing_numbers_are_seen():
    frames = one(USE_AFTER_FREE).traces[0].frames
    assert [(frame.function, frame.inline_depth, frame.frame_kind) for frame in frames] == [
        ("std::vector<int, std::allocator<int> >::at", 1, "frame"),
        ("ns::Reader::next", 0, "frame"),
        ("ns::Reader::next", 0, "frame"),
        (None, 0, "elided"),
        ("start_thread", 0, "frame"),
    ]
    assert (frames[0].args, frames[0].file, frames[0].line, frames[0].column) == (
        "unsigned long", "/usr/include/c++/9/vector", 12, 3)  # fmt: skip
    assert (frames[4].module, frames[4].module_offset) == ("/lib/x86_64-linux-gnu/libpthread.so.0", 0x76B9)
    assert [frame.text_line for frame in frames] == [5, 6, 7, 8, 8]


def test_a_deadly_signal_with_registers():
    report = one(SIGNAL)
    assert (report.error_type, report.signal, report.access, report.fault_address) == ("SEGV", "SIGSEGV", "WRITE", 0x18)
    assert report.error_value == "SEGV on unknown address 0x000000000018"
    assert json.loads(report.traces[0].registers) == {"rax": "0x18", "rbx": "0x7e7fdb53ae00", "r8": "0x0"}
    assert dict(report.facts)["hint"] == "address points to the zero page."
    assert reports(SIGNAL)[0].first == 1


@pytest.mark.parametrize(
    ("word", "signal", "code", "follows"),
    [
        ("ABRT", "SIGABRT", None, True),
        ("BUS", "SIGBUS", None, False),
        ("FPE", "SIGFPE", None, False),
        ("ILL", "SIGILL", None, True),
        ("TRAP", "SIGTRAP", None, True),
        ("access-violation", None, 0xC0000005, False),
        ("breakpoint", None, 0x80000003, True),
    ],
)
def test_words_for_signals_and_exception_codes(word, signal, code, follows):
    report = one(
        f"==1==ERROR: AddressSanitizer: {word} on unknown address 0x0539000001ac (pc 0x1 bp 0x2 sp 0x3 T0)\n#0 0x1 in f a.c:1"
    )
    assert (report.error_type, report.signal, report.error_code, report.follows) == (word, signal, code, follows)
    # the kernel says who sent an abort where others have the address
    assert (report.fault_address is None) == (word == "ABRT")


def test_a_race_has_both_accesses_the_heap_block_and_the_thread():
    report = one(RACE)
    assert (report.kind, report.error_type, report.access, report.access_size) == ("race", "data race", "WRITE", 4)
    assert (report.process_id, report.level, report.complete) == (18457, "error", True)
    assert report.error_value.startswith("Write of size 4 at")
    # the other access has no stack to give
    assert [(t.role, t.thread_id, t.thread_name, t.state) for t in report.traces] == [
        ("crash", 1, None, None), ("alloc", 0, "main", None), ("other", None, None, None), ("thread", 1, "io worker", "running"),
    ]  # fmt: skip
    first = report.traces[0].frames[0]
    assert (first.function, first.args, first.file, first.line, first.module, first.module_offset) == (
        "bump", "Counter&", "/src/count.cc", 5, "a.out", 0x4A0)  # fmt: skip


def test_a_deadlock_is_a_hang_with_the_stacks_of_both_mutexes():
    report = one(DEADLOCK)
    assert (report.kind, report.error_type) == ("hang", "lock-order-inversion")
    assert [(t.role, t.thread_id) for t in report.traces] == [("crash", 1), ("access", 0)]
    assert dict(report.facts)["cycle"] == "M0 (0x7b10) => M1 (0x7b14) => M0"


def test_origins_of_an_uninitialised_value():
    (found,) = reports(UNINITIALISED + "the log goes on\n")
    assert (found.first, found.last) == (1, 12)
    assert [t.role for t in found.report.traces] == ["crash", "other", "alloc"]
    assert found.report.traces[1].error_value == "Uninitialized value was stored to memory at"
    assert dict(found.report.facts)["uninitialized"].startswith("Uninitialized bytes in __interceptor_write")


def test_every_direct_leak_is_an_event():
    first, second = reports(LEAKS.replace("Indirect", "Direct"))
    assert (first.report.kind, first.report.error_type, first.report.process_id) == ("leak", "direct-leak", 77)
    assert (first.first, first.last, second.first, second.last) == (1, 6, 8, 12)
    assert functions(second.report.traces[0]) == ["malloc", "fill"]
    assert (second.report.error_type, second.report.access_size) == ("direct-leak", 17)
    assert dict(second.report.facts)["summary"].startswith("24 byte(s) leaked")


def test_what_is_lost_with_a_leak_is_no_event():
    (found,) = reports(LEAKS)
    assert (found.first, found.last, found.report.access_size) == (1, LEAKS.count("\n"), 7)
    assert [(trace.role, functions(trace)[-1]) for trace in found.report.traces] == [
        ("crash", "open_it"), ("other", "fill"),
    ]  # fmt: skip
    (alone,) = reports(LEAKS.replace("Direct", "Indirect"))
    assert alone.report.error_type == "indirect-leak"


ODR = """\
==31==ERROR: AddressSanitizer: odr-violation (0x7f0b2a1a52a0):
  [1] size=4 'shop::limit' src/shop.cc:8:5 in /app/libshop.so
  [2] size=8 'shop::limit' src/cart.cc:9:5 in /app/libcart.so
These globals were registered at these points:
  [1]:
    #0 0x5503 in __asan_register_globals /src/compiler-rt/lib/asan/asan_globals.cpp:355:3
    #1 0x7f0e in asan.module_ctor (/app/libshop.so+0x3310)

  [2]:
    #0 0x5503 in __asan_register_globals /src/compiler-rt/lib/asan/asan_globals.cpp:355:3
    #1 0x7f00 in asan.module_ctor (/app/libcart.so+0x3350)

==31==HINT: if you don't care about these errors you may set ASAN_OPTIONS=detect_odr_violation=0
SUMMARY: AddressSanitizer: odr-violation: global 'shop::limit' at src/shop.cc:8:5 in /app/libshop.so
==31==ABORTING
"""


def test_a_variable_that_is_defined_twice_is_to_blame_itself():
    report = one(ODR)
    assert [(frame.function, frame.line) for frame in report.traces[0].frames] == [
        ("shop::limit", 8),
        ("shop::limit", 9),
    ]
    assert [trace.role for trace in report.traces] == ["crash", "other", "other"]
    assert signature(ODR) == signature(ODR.replace("cc:8:5", "cc:18:5")) != signature(ODR.replace("limit", "rate"))
    bare = one(ODR.replace(" in /app/libshop.so", "").replace(" in /app/libcart.so", ""))
    assert bare.traces[0].frames[0].file == "src/shop.cc"


def test_hardware_assisted_and_guarded_reports():
    report = one(TAGGED)
    assert (report.error_type, report.access, report.thread_id) == ("tag-mismatch", "READ", 0)
    assert json.loads(report.traces[0].registers)["x0"] == "0x5b00003400000040"
    assert dict(report.facts)["cause"] == "use-after-free"
    (found,) = reports("before\n" + GUARDED + "after\n")
    assert (found.first, found.last) == (2, 10)
    assert (found.report.error_type, found.report.fault_address, found.report.thread_id) == (
        "use-after-free",
        0x7FECCAB26000,
        31027,
    )
    assert functions(found.report.traces[0]) == [None, "main"]
    assert [t.role for t in found.report.traces] == ["crash", "free"]


@pytest.mark.parametrize(
    ("header", "error", "kind"),
    [
        ("==4==ERROR: AddressSanitizer: attempting double-free on 0x602000000010 in thread T3 (w):", "double-free", "crash"),
        ("==4==ERROR: AddressSanitizer: attempting free on address which was not malloc()-ed: 0x0a5742f0 in thread T0",
         "bad-free", "crash"),
        ("==1==ERROR: AddressSanitizer: alloc-dealloc-mismatch (malloc vs operator delete) on 0x602000000010",
         "alloc-dealloc-mismatch", "crash"),
        ("==2==ERROR: AddressSanitizer: new-delete-type-mismatch on 0x602000000030 in thread T0:", "new-delete-type-mismatch", "crash"),
        ("==3==ERROR: AddressSanitizer: negative-size-param: (size=-1)", "negative-size-param", "crash"),
        ("==3==ERROR: AddressSanitizer: odr-violation (0x000000c2f860):", "odr-violation", "crash"),
        ("==3==ERROR: AddressSanitizer: memcpy-param-overlap: memory ranges [0x1,0x9) and [0x4, 0xc) overlap",
         "memcpy-param-overlap", "crash"),
        ("==5==ERROR: AddressSanitizer: requested allocation size 0xffff exceeds maximum supported size of 0x100 (thread T0)",
         "allocation-size-too-big", "oom"),
        ("==6==ERROR: AddressSanitizer failed to allocate 0xdfff0001000 (15392894357504) bytes at 2008fff7000 (errno: 12)",
         "out-of-memory", "oom"),
        ("==9==AddressSanitizer: hard rss limit exhausted (2560Mb vs 2672Mb)", "rss-limit-exceeded", "oom"),
        ('==7==AddressSanitizer: CHECK failed: asan_thread.cpp:367 "((a)) != (0)" (0x0, 0x0) (tid=77)', "CHECK failed", "assertion"),
        ('==8==AddressSanitizer CHECK failed: ../../src/asan_x.cc:12 "((0)) != (0)" (0x0, 0x0)', "CHECK failed", "assertion"),
        ("==12==ERROR: RealtimeSanitizer: unsafe-library-call", "unsafe-library-call", "crash"),
        ("WARNING: ThreadSanitizer: thread leak (pid=9)", "thread leak", "leak"),
        ("WARNING: ThreadSanitizer: signal-unsafe call inside of a signal (pid=9)", "signal-unsafe call inside of a signal", "crash"),
        ("Scudo ERROR: corrupted chunk header at address 0x7f00", "corrupted chunk header at address", "crash"),
    ],
)  # fmt: skip
def test_headers_and_their_names(header, error, kind):
    report = one(header + "\n    #0 0x4 in f /a.c:3:1 (/a.out+0x4)")
    assert (report.error_type, report.kind) == (error, kind)


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("load of null pointer of type 'int'", "null-pointer"),
        ("upcast of null pointer of type 'A'", "upcast-of-null-pointer"),
        ("applying non-zero offset 8 to null pointer", "pointer-overflow"),
        ("signed integer overflow: 2147483647 + 1 cannot be represented in type 'int'", "signed-integer-overflow"),
        ("left shift of negative value -1", "undefined-shift"),
        ("division by zero", "divide-by-zero"),
        ("index 5 out of bounds for type 'int [4]'", "index-out-of-bounds"),
        ("load of value 7, which is not a valid value for type 'E'", "invalid-enum-value"),
        ("load of misaligned address 0x7ffd for type 'int', which requires 4 byte alignment", "misaligned-address"),
        ("member call on address 0x7ffe which does not point to an object of type 'A'", "bad-cast"),
        ("1e+30 is outside the range of representable values of type 'int'", "float-cast-overflow"),
        (
            "call to function f through pointer to incorrect function type 'void (*)()'",
            "incorrect-function-pointer-type",
        ),
        ("null pointer passed as argument 2, which is declared to never be null", "invalid-null-argument"),
    ],
)
def test_undefined_behaviour_without_a_stack_has_its_place_as_frame(message, error):
    report = one(f"noise\nsrc/a b.c:5:7: runtime error: {message}\nmore noise")
    (frame,) = report.traces[0].frames
    assert (report.error_type, report.error_value, report.complete) == (error, message, True)
    assert (frame.file, frame.line, frame.column) == ("src/a b.c", 5, 7)


def test_an_object_of_another_type_is_shown_above_the_stack():
    text = """\
src/a.cc:5:9: runtime error: member call on address 0x60d0 which does not point to an object of type 'Cart'
0x60d0: note: object is of type 'Base'
 1d 75 06 60 de 85 67 3f
              ^~~~~~~~~~~~~~~~~~~~~~~
              vptr for 'Base'
    #0 0x5504 in Cart::total(int) src/a.cc:5:9
    #1 0x5505 in main src/a.cc:9:1

SUMMARY: UndefinedBehaviorSanitizer: undefined-behavior src/a.cc:5:9
"""
    report = one(text)
    assert (report.error_type, functions(report.traces[0])) == ("bad-cast", ["Cart::total", "main"])
    report = one(
        text.replace("object is of type 'Base'", "object has invalid vptr").replace("vptr for 'Base'", "invalid vptr")
    )
    assert functions(report.traces[0]) == ["Cart::total", "main"]


def test_notes_and_stacks_of_undefined_behaviour():
    text = """\
a.cpp:12:3: runtime error: control flow integrity check for type 'B' failed during cast to unrelated type (vtable address 0x10)
0x000000000010: note: vtable is of type 'A'
 00 00 00 00  c0 c4 41 00 00 00 00 00
              ^
(/tmp/a.out+0x4012): runtime error: division by zero
b.c:3: runtime error: something that no handler of today says
    #0 0x1 in f /src/b.c:3
SUMMARY: UndefinedBehaviorSanitizer: undefined-behavior b.c:3 in
"""
    cast, zero, unknown = reports(text)
    assert (cast.report.error_type, dict(cast.report.facts)["note"], cast.last) == (
        "bad-cast",
        "vtable is of type 'A'",
        4,
    )
    assert (zero.report.traces[0].frames[0].module, zero.report.traces[0].frames[0].module_offset) == (
        "/tmp/a.out",
        0x4012,
    )
    assert (unknown.report.error_type, unknown.last, functions(unknown.report.traces[0])) == (
        "undefined-behavior",
        8,
        ["f"],
    )


@pytest.mark.parametrize(
    "text",
    [
        "panic: runtime error: index out of range [5] with length 3",
        "script.nut:12: runtime error: the index 'x' does not exist",
        "AddressSanitizer: a fast memory error detector",
        "// CHECK: ERROR: AddressSanitizer: heap-use-after-free on address",
        "ERROR: AddressSanitizer: see the manual\nfor more",
        'assert "==1==ERROR: AddressSanitizer: SEGV on unknown address 0x0" in err',
        "Fixed a Direct leak of file handles",
        "==18457==WARNING: AddressSanitizer failed to allocate 0xff bytes",
        "ThreadSanitizer: reported 3 warnings",
        "SUMMARY: 3 tests failed in Sanitizer: x",
        "#0  0x10 in f (p=0x0) at a.c:3",
    ],
)
def test_other_texts_are_no_reports(text):
    assert reports(text) == []


def test_a_report_whose_header_is_lost():
    text = "\n".join(["tail of a log", *USE_AFTER_FREE.split("\n")[6:]])
    (found,) = reports(text)
    assert (found.report.error_type, found.report.complete, found.first) == ("heap-use-after-free", False, 2)
    # the numbers say that two frames are missing
    assert [(frame.function, frame.repeat) for frame in found.report.traces[0].frames[:2]] == [
        (None, 2),
        ("ns::Reader::next", 1),
    ]


@pytest.mark.parametrize("lines", range(2, 26, 3))
def test_cut_reports_give_what_is_there(lines):
    text = "\n".join(USE_AFTER_FREE.split("\n")[:lines])
    (found,) = reports(text[:-3])
    assert found.report.error_type == "heap-use-after-free"
    assert found.report.complete == (lines > 18)


def test_a_report_in_a_log_of_another_kind():
    noise = [f"2026-01-02T03:04:{second:02}Z INFO request {second}" for second in range(5)]
    inside = [f"2026-01-02T03:05:00Z {line}\r" for line in USE_AFTER_FREE.split("\n")[:-1]]
    (found,) = reports("\n".join(noise + inside + noise))
    assert (found.first, found.last) == (6, 5 + len(inside))
    assert len(found.report.traces) == 4
    assert found.ts is not None


def test_blank_lines_quotes_and_interleaved_words():
    lines = USE_AFTER_FREE.split("\n")
    spread = "\n\n".join(lines[:9]) + "\nsymbolizer: cannot read\n" + "\n".join(lines[9:])
    assert [len(t.frames) for t in one(spread).traces] == [5, 1, 1, 1]
    quoted = "\n".join(f"> {line}" for line in lines)
    assert [len(t.frames) for t in one(quoted).traces] == [5, 1, 1, 1]


def test_two_runs_of_one_process_id_are_two_events():
    second = SIGNAL.replace("SEGV", "ABRT")
    assert [found.report.error_type for found in reports(USE_AFTER_FREE.replace("378", "7") + second)] == [
        "heap-use-after-free",
        "ABRT",
    ]


def test_what_leads_to_an_abort_that_the_system_reports():
    def logged(text: str, tag: str) -> str:
        return "\n".join(f"01-26 01:25:59.123  1200  1234 F {tag}: {line}" for line in text.split("\n")[:-1])

    (found,) = reports(logged(USE_AFTER_FREE, "wrap.sh"))
    assert found.report.leads
    assert not one(USE_AFTER_FREE).leads
    assert one(USE_AFTER_FREE + "\n*** *** *** *** *** *** *** *** *** *** *** *** *** *** *** ***\n").leads


def test_a_signal_right_below_another_report_follows_from_it():
    assert not one("\nlog\n\n" + SIGNAL).follows
    assert not one("\n\n" + SIGNAL).follows
    first, second = reports(LEAKS + "\n" + SIGNAL)
    assert (first.report.leads, second.report.follows) == (False, True)


def test_words_of_a_log_do_not_bring_a_cut_report_back():
    cut = "\n".join(USE_AFTER_FREE.split("\n")[:7])
    (found,) = reports(cut + "\nserver restarted\nNote: all is well\n")
    assert found.last == 7


def test_a_printed_twice_report_is_one_event():
    plain = SIGNAL.replace("SEGV", "ABRT").replace("in f(int) src/a.c:1:1", " (/a.out+0x2b)")
    text = (
        SIGNAL.replace("SEGV", "ABRT")
        + "+-----------Release Build Unsymbolized Stacktrace (diff)-----------+\n"
        + plain
    )
    (found,) = reports(text)
    assert [trace.role for trace in found.report.traces] == ["crash", "signal"]


def test_maps_of_modules():
    maps = "==7==ABORTING\nProcess module map:\n0x10c0a4000-0x10c0a8fff \t/tmp/a.out (x86_64) <8C05C6B0-1A1B-3F5A-9C6B-0123456789AB>\nEnd of module map.\n"
    (row,) = one(SIGNAL.replace("==7==ABORTING\n", "").replace("SUMMARY", maps + "SUMMARY")).modules
    assert row == {"name": "a.out", "path": "/tmp/a.out", "base": 0x10C0A4000, "size": 0x4FFF,
                   "debug_id": "8C05C6B01A1B3F5A9C6B0123456789AB"}  # fmt: skip
    fuchsia = "dso: id=2531e2d2f5d7322c base=0x000071dc390a7000 name=/pkg/bin/toy\nERROR: AddressSanitizer: SEGV on unknown address 0x1\n"
    report = one(fuchsia + "   #0    0x000071dc39153f4c in f(int) ../../toy.cc:12 <<application>>+0xacf4c\n")
    assert report.modules[0]["code_id"] == "2531e2d2f5d7322c"
    assert report.traces[0].frames[0].module == "<application>"


def test_tables_of_a_pasted_report():
    case = triage.loads("hello\n" + USE_AFTER_FREE, name="pasted")
    event = case.events().iloc[0]
    assert (event["format"], event["error_type"], event["fault_address"]) == (
        "sanitizer",
        "heap-use-after-free",
        0x603000000010,
    )
    assert list(case.stacks()["role"]) == ["crash", "free", "alloc", "thread"]
    assert case.stacks()["text_lines"].iloc[0][0] == 6


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (r"#1 0x1 in v8::`anonymous namespace'::Invoke C:\b\src\execution.cc:145",
         ("v8::`anonymous namespace'::Invoke", r"C:\b\src\execution.cc", 145)),
        (r"#2 0x7f in f<B>(int (*)(int)) const C:\Program Files (x86)\x y\a.cc:12:3", ("f<B>", r"C:\Program Files (x86)\x y\a.cc", 12)),
        ("#0 0x1 in A::operator<(A const&) const src/x.h:3:4", ("A::operator<", "src/x.h", 3)),
        ("#0 0x1 in operator new(unsigned long)", ("operator new", None, None)),
        ("#0 0x1 in -[Foo bar:baz:] Foo.m:12", ("-[Foo bar:baz:]", "Foo.m", 12)),
        ("#5 0x4 in <T as core::iter::Iterator>::next::h01 /rustc/ab/x.rs:12:9", ("<T as core::iter::Iterator>::next::h01", "/rustc/ab/x.rs", 12)),
        ("#3 0x4 in __invoke<(lambda at ../../a/d.h:301:9), int &> ../../b/e.h:43:23", ("__invoke<(lambda at ../../a/d.h:301:9), int &>", "../../b/e.h", 43)),
        (r"#0 0x43 in fn C:\x\a.cc(12,4)", ("fn", r"C:\x\a.cc", 12)),
        ("#0 0x333 in", (None, None, None)),
        ("#0 0x7ce39", (None, None, None)),
    ],
)  # fmt: skip
def test_functions_and_files_are_told_apart(line, expected):
    frame = sanitizer_frames.read(line, 0).frame
    assert (frame.function, frame.file, frame.line) == expected


def test_offsets_and_images_of_frames():
    frame = sanitizer_frames.read(
        r"#54 0x77487c03 in BaseThreadInitThunk+0x23 (C:\windows\SYSTEM32\KERNEL32.DLL+0x17c03)", 0
    ).frame
    assert (frame.function, frame.symbol_offset, frame.module_offset) == ("BaseThreadInitThunk", 0x23, 0x17C03)
    frame = sanitizer_frames.read("#1 0x7f in start (/x/Helper (GPU).app/libdyld.dylib:x86_64+0x1a3d4)", 0).frame
    assert frame.module == "/x/Helper (GPU).app/libdyld.dylib"
    assert sanitizer_frames.read("#0 0x56db0c75ad86 <unknown>", 0) is None
    assert sanitizer_frames.read("#2\tINITED cov: 7", 0, bare=True) is None


def test_the_minimal_runtime_gives_a_name_and_an_address():
    report = one("x\nubsan: add-overflow by 0x00c0ffee\nubsan: installed")
    assert (report.error_type, report.traces[0].frames[0].address) == ("add-overflow", 0xC0FFEE)


def test_names_of_undefined_behaviour_that_is_none():
    assert sanitizer_kinds.undefined("the index 'x' does not exist") is None


# Names of ClusterFuzz's types, to those that the tools print.
TYPES = {
    "abrt": {"ABRT"}, "bad-cast": {"bad-cast"}, "floating-point-exception": {"FPE"}, "ill": {"ILL"}, "invalid-free": {"bad-free"},
    "null-dereference": {"SEGV", "access-violation", "null-pointer", "unknown-crash"},
    "unknown": {"SEGV", "access-violation", "unknown-crash", "undefined-behavior"},
}  # fmt: skip
OURS = re.compile(
    r"abrt|bad-cast|floating-point|ill$|invalid-|null-deref|unknown|heap-|stack-|container-|use-of-|data race|direct-leak|breakpoint"
    r"|object-size|upcast|unsigned-integer|non-positive",
    re.IGNORECASE,
)


def labelled() -> list[dict[str, str]]:
    """The labels of the files that hold a sanitizer's report which is not the end of something that another tool reported."""
    path = STACKS / "labels.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    wanted = [row for row in rows if OURS.match(row.get("type") or "") and (STACKS / row["file"]).exists()]
    texts = {row["file"]: (STACKS / row["file"]).read_text("utf-8", "replace") for row in wanted}
    lead = re.compile(r"^ChildEBP|\*\*\* \*\*\*|exceeded: ", re.MULTILINE)
    return [
        row
        for row in wanted
        if re.search(r"Sanitizer|runtime error:", texts[row["file"]]) and not lead.search(texts[row["file"]])
    ]


def plain(name: str) -> str:
    """A name without what stands in angle brackets, and without the words for anonymous namespaces."""
    for _ in range(20):
        name, count = re.subn(r"<[^<>]*>", "", name)
        if not count:
            break
    return name.replace("(anonymous namespace)::", "").replace("`anonymous namespace'::", "")


@pytest.mark.parametrize("row", labelled() or [None], ids=lambda row: row["file"] if row else "none")
def test_types_and_frames_of_real_reports(row):
    if row is None:
        pytest.skip("no ../shared/corpus beside this checkout: real crash files that cannot be published")
    found = reports((STACKS / row["file"]).read_text("utf-8", "replace"))
    report = found[0].report
    name, _, access = row["type"].partition("\n")
    first = name.lower().removesuffix(" read").removesuffix(" write")
    assert report.error_type.lower() == first or report.error_type in TYPES.get(first, set())
    access = access or name.partition(" ")[2]
    if access.startswith(("READ", "WRITE")):
        kind, _, size = access.partition(" ")
        assert (report.access, str(report.access_size or "")) == (kind, size or str(report.access_size or ""))
    frames = [frame for trace in report.traces for frame in trace.frames]
    seen = [f"{plain(frame.function_raw or frame.function or '')} {frame.module} {frame.file}" for frame in frames]
    wanted = [plain(line).split("<")[0] for line in row["state"].split("\n") if line]
    if not row["state"].startswith("Bad-cast"):
        rest = iter(seen)
        assert all(any(line in text for text in rest) for line in wanted), (wanted, seen[:12])


@given(st.lists(st.sampled_from([*(USE_AFTER_FREE + SIGNAL + RACE + LEAKS + UNINITIALISED + TAGGED + GUARDED).split("\n"),
                                 "a.c:1:2: runtime error: division by zero", "x", "#0 0x", "#1 0x1 in <(", "==1==", "{{{bt:0:0x1}}}"]), max_size=60))  # fmt: skip
def test_any_order_of_lines_is_read_without_an_error(lines):
    last = 0
    for found in reports("\n".join(lines)):
        assert last < found.first <= found.last <= len(lines)
        last = found.last


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text):
    for head in (
        "==1==ERROR: AddressSanitizer: ",
        "a.c:1:2: runtime error: ",
        "SUMMARY: AddressSanitizer: ",
        "#0 0x1 in ",
        "Scudo ERROR: ",
    ):
        reports(f"{head}{text}\n#0 0x1 in {text}\n{text}")


@pytest.mark.parametrize(
    "unit",
    [
        USE_AFTER_FREE,
        "SUMMARY: AddressSanitizer: x y\n    #0 0x1 in f a.c:1\n",
        "AddressSanitizer:DEADLYSIGNAL\n",
        "a/b.c:3:4: runtime error: foo\n",
        "Direct leak of 1 byte(s) in 1 object(s) allocated from:\n    #0 0x1 in f a.c:3\n\n",
    ],
)
def test_time_grows_with_the_text(unit):
    scan_grows(unit.removesuffix("\n"), "sanitizer")


@pytest.mark.parametrize(
    "make",
    [
        lambda size: (
            f"==1==ERROR: AddressSanitizer: SEGV on 0x1\n#0 0x1 in {'<(' * size}\n#1 0x1 in {' (/' * size}+0x1)"
        ),
        lambda size: "==1==ERROR: " * size + "AddressSanitizer: x",
        lambda size: "a:" * size + "3: runtime error: division by zero",
    ],
    ids=["names", "heads", "places"],
)
def test_hostile_lines_cost_no_more_than_their_length(make):
    grows_evenly(reports, make, 1_000)


@given(
    st.sampled_from(["", "    ", "\t"]),
    st.integers(0, 12),
    st.sampled_from([" 0x4a", "  0x7f10", "", " 0x", " 0x4a9"]),
    st.sampled_from(
        [
            " in f(int) /src/a b/x.cc:3:5",
            "  (/lib/libc.so.6+0x20) (BuildId: 0123abcd)",
            "",
            " in",
            " in f () at a.c:3",
            "x",
        ]
    ),
)
def test_a_frame_of_a_number_is_the_same_without_its_address(indent, number, address, rest):
    line = f"{indent}#{number}{address}{rest}"
    short, whole = sanitizer_frames.plain(line, number), sanitizer_frames.read(line, 7)
    assert sanitizer_frames.plain(line, number + 1) is None
    if short is not None:
        assert whole is not None
        assert short == (replace(whole.frame, address=None, text_line=None), whole.build_id)
    elif whole is not None:
        assert whole.frame.frame_kind == "note"

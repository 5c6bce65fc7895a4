"""Failed checks of native programs: texts made by hand in the forms of each writer; the corpus is real."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading import CORPUS
from tests.scanned import scan_grows
from triage.formats.traces import check_heads
from triage.formats.traces.check_frames import form
from triage.formats.traces.scanning import Found, scan
from triage.stacks import signature


def found(text: str) -> list[Found]:
    return list(scan(enumerate(text.split("\n")), only="check"))


def only(text: str) -> Found:
    (one,) = found(text)
    return one


def functions(one: Found, stack: int = 0) -> list[str | None]:
    return [frame.function for frame in one.report.traces[stack].frames]


CHROMIUM = """\
[844:845:0908/072006.405:ERROR:bus.cc(408)] Failed to connect
[844:846:0908/072011.896438:FATAL:ui/tree/formatter.cc:143] Check failed: child. It is
gone
#0 0x5a175cd89ab8 base::debug::CollectStackTrace() [base/debug/stack_trace_posix.cc:1052:7]
#1 0x5a175cbe018d logging::LogMessage::Flush()
#2 0x5a1761bbb146 ui::Formatter::Build(int) [ui/tree/formatter.cc:143:5]
#3 0x7a38220a9083 <unknown>
#4 0x55a4c0000000 (/opt/chrome/chrome+0x5a3b6e3)

Task trace:
#0 0x5a175649e26b content::Host::Handle() [content/host.cc:77:7]
Crash keys:
  "url" = "file:///a"
  "switch-1" = "--x"

Received signal 6
#0 0x5a175cd89ab8 base::debug::CollectStackTrace()
#1 0x7fe09defec37 gsignal
  r8: 0000000000000001  r9: 0000000000000002 r10: 0000000000000003 r11: 0000000000000004
  ip: 0000000000000001 efl: 0000000000010206 cgf: 002b000000000033 erf: 0000000000000004
[end of stack trace]
Calling _exit(1). Core file will not be generated.
the log goes on
"""


def test_chromium_s_check_with_its_stacks_keys_and_the_signal_that_it_raised():
    one = only(CHROMIUM)
    report = one.report
    assert (one.first, one.last) == (2, 22)
    assert (report.kind, report.error_type, report.error_value) == (
        "assertion",
        "Check failed",
        "child. It is\ngone",
    )
    assert (report.process_id, report.thread_id, report.signal) == (844, 846, "SIGABRT")
    assert [(t.role, t.state, len(t.frames)) for t in report.traces] == [
        ("crash", None, 5),
        ("other", "task trace", 1),
        ("signal", None, 2),
    ]
    third, last = report.traces[0].frames[2], report.traces[0].frames[4]
    assert (third.function, third.args, third.file, third.line, third.column, third.text_line) == (
        "ui::Formatter::Build",
        "int",
        "ui/tree/formatter.cc",
        143,
        5,
        6,
    )
    assert (last.function, last.module, last.module_offset) == (None, "/opt/chrome/chrome", 0x5A3B6E3)
    facts = dict(report.facts)
    assert (facts["url"], facts["file"], facts["line"]) == ("file:///a", "ui/tree/formatter.cc", "143")
    assert json.loads(report.traces[2].registers or "")["efl"] == "0x10206"
    assert report.leads


def test_a_check_that_was_cut_in_its_stack_is_kept_as_far_as_it_goes():
    one = only("\n".join(CHROMIUM.split("\n")[1:5])[:-40])
    assert (one.report.error_type, functions(one)[0]) == ("Check failed", "base::debug::CollectStackTrace")


def test_an_error_of_the_log_that_speaks_of_a_check_is_none_without_a_stack():
    line = "[1:2:0101/000000.1:ERROR:foo.cc(12)] Check failed: x"
    assert found(f"{line}\n[1:2:0101/000000.1:ERROR:foo.cc(12)] next") == []
    report = only(f"{line}\n#0 0x5a175cd89ab8 a()\n#1 0x5a175cd89ab9 b()").report
    assert (report.level, report.leads) == ("error", False)


def test_prefixes_of_a_container_s_log_are_off_and_its_other_lines_not_taken():
    lines = [
        "ready",
        "[0908/073950.845878:FATAL:content/x.cc:40] Check failed: y",
        "#0 0x5a882c10d286 foo()",
        "#1 0x5a882c10d287 bar()",
        "restarting",
    ]
    one = only("\n".join(f"2020-01-01T00:00:0{n}Z stderr F {line}" for n, line in enumerate(lines)))
    assert (one.first, one.last, functions(one)) == (2, 4, ["foo", "bar"])
    assert one.ts is not None
    logcat = "08-13 00:29:27.123  1234  1234 F chromium: "
    one = only(f"{logcat}[FATAL:foo.cc(12)] Check failed: z\n{logcat}#00 0xb4a1e2f3 /data/libchrome.so+0x01234")
    assert (one.report.error_value, one.report.traces[0].frames[0].module) == ("z", "/data/libchrome.so")


WINDOWS = """\
[104:3220:0803/071419.059:FATAL:v8_initializer.cc(716)] V8 error: Empty MaybeLocal.
Backtrace:
\tbase::debug::CollectStackTrace [0x00007FFE913FFCF2+18] (base\\debug\\stack_trace_win.cc:329)
\tblink::`anonymous namespace'::Create [0x00007FFEA0A75644+1456] (C:\\b\\s\\a.cc:3)
\t(No symbol) [0x00007FFE3FED01BC]
"""
MAC = """\
[15121:3079:0603/143054:1870512625538198:FATAL:fling.cc(48)] Check failed: v > 0 (0 vs. 0)
0   Content Shell Framework             0x000000010a99b743 _ZN4base5debug10StackTraceC1Ev + 19
1   Content Shell Framework             0x000000010a9dd9e8 ui::Fling::Fling(gfx::Vector2d) + 392
2   ???                                 0x00000001221063c7 0x0 + 4866466759
"""


def test_the_stacks_of_chromium_on_windows_and_macos():
    windows = only(WINDOWS).report
    assert (windows.error_type, windows.error_value) == ("V8 error", "Empty MaybeLocal.")
    frame = windows.traces[0].frames[1]
    assert (frame.function, frame.symbol_offset, frame.file, frame.line) == (
        "blink::`anonymous namespace'::Create",
        1456,
        "C:\\b\\s\\a.cc",
        3,
    )
    assert windows.traces[0].frames[2].address == 0x7FFE3FED01BC
    mac = only(MAC)
    frame = mac.report.traces[0].frames[1]
    assert (frame.function, frame.module, frame.symbol_offset) == ("ui::Fling::Fling", "Content Shell Framework", 392)
    assert functions(mac)[2] is None


GLOG = """\
I0813 00:29:27.775753  3842 a.cc:1] fine
F20230813 00:29:27.775753  3842 file.cc:130] Check failed: a == b (1 vs. 2) more
*** Check failure stack trace: ***
    @     0x7f6b1a2b3c40  google::LogMessage::Fail()
    @     0x7f6b1a2b3c50  (unknown)
    @     0x7f6b1a2b3c60  main
I0813 00:29:27.775753  3842 a.cc:1] fine
"""
SIGNALLED = """\
*** Aborted at 1602172468 (unix time) try "date -d @1602172468" if you are using GNU date ***
PC: @     0x7f8f3a000000 gsignal
*** SIGSEGV (@0x10) received by PID 3445 (TID 0x7f8f3a) from PID 16; stack trace: ***
    @     0x7f8f3b000000 (unknown)
    @     0x7f8f3c000000 ns::foo(int)
"""
FOLLY = """\
*** Aborted at 1602172468 (Unix time, try 'date -d @1602172468') ***
*** Signal 6 (SIGABRT) (0x8) received by PID 3445 (pthread TID 0x7f8f) (linux TID 3446), stack trace: ***
    @ 0000000000acd13e folly::signalHandler(int, siginfo_t*, void*)
                       ./folly/SignalHandler.cpp:453
    @ 0000000000acd13f main
                       ./a.cpp:3
"""


def test_glog_absl_and_folly():
    one = only(GLOG)
    assert (one.first, one.last, functions(one)) == (2, 6, ["google::LogMessage::Fail", None, "main"])
    assert (one.report.error_value, one.report.thread_id) == ("a == b (1 vs. 2) more", 3842)
    signalled = only(SIGNALLED).report
    assert (signalled.signal, signalled.fault_address, signalled.process_id) == ("SIGSEGV", 16, 3445)
    assert (signalled.ts, signalled.follows) == (1_602_172_468_000_000, False)
    folly = only(FOLLY).report
    assert (folly.signal, folly.follows, folly.thread_id) == ("SIGABRT", True, 3446)
    assert [(f.file, f.line) for f in folly.traces[0].frames] == [("./folly/SignalHandler.cpp", 453), ("./a.cpp", 3)]


def test_a_check_that_somebody_moved_to_the_right():
    moved = "".join(f"    {line}\n" for line in GLOG.split("\n")[1:6])
    assert only(moved).report.error_value == only(GLOG).report.error_value
    assert signature(moved) == signature(GLOG)


TORCH = """\
terminate called after throwing an instance of 'c10::Error'
  what():  CUDA error: an illegal memory access was encountered
Exception raised from c10_cuda_check at ../c10/cuda/CUDAException.cpp:43 (most recent call first):
frame #0: c10::Error::Error(c10::SourceLocation, std::string) + 0x57 (0x7f1e4a5b5617 in /usr/lib/libc10.so)
frame #1: shop::pay(int) + 0x13b (0x7f1e4a6fbf2b in /usr/lib/libshop.so)
frame #2: main + 0x29d90 (0x7f1e97a29d90 in /usr/bin/shop)
"""


def test_what_pytorch_throws_shows_where():
    one = only(TORCH)
    assert (one.first, one.last, functions(one)) == (1, 6, ["c10::Error::Error", "shop::pay", "main"])
    assert one.report.error_value == "CUDA error: an illegal memory access was encountered"


V8 = """\
#
# Fatal error in ../../src/foo/bar.cc, line 123
# Debug check failed: a == b (1 vs. 2).
#
#
#
#FailureMessage Object: 0x7ffe1234AddressSanitizer:DEADLYSIGNAL
==== C stack trace ===============================

    /b/d8(v8::base::debug::StackTrace::StackTrace()+0x13) [0x7f5544332211]
    /b/libv8.so(+0x25213) [0x7f59ac220213]
    [0x7f597f904204]
Received signal 4 ILL_ILLOPN 7f59ac21d40c
"""
NODE = """\
#
# Fatal error in , line 0
# unreachable code
#
#
#
#FailureMessage Object: 0x7ffe1fd0
----- Native stack trace -----

 1: 0xcc51d7  [node]
 2: 0x1e3a6d4 V8_Fatal(char const*, ...) [node]

----- JavaScript stack trace -----

1: internalBinding (node:internal/boot:12:3)
2: foo (/a/b.js:1:2)

bye
"""
SCRIPT = """\
abort: CSA_ASSERT failed: IsFast(array) [../../src/assembler.cc:1567]


==== JS stack trace =========================================

    0: ExitFrame [pc: 0x7f2893ca6608]
Security context: 0x7e9b3a61aef1 <JSObject>#0#
    1: sort [0x7e9b3a603799](this=0x7ea84150b091 <JSArray[101]>#1#)
    2: /* anonymous */ [0x7e9b3a620931] [/in/case.js:16] [bytecode=0x7e9b3a6206e9 offset=489](this=0x7ea841501231)

==== Details ================================================

[0]: ExitFrame [pc: 0x7f2893ca6608]
[1]: sort [0x7e9b3a603799](this=0x7ea84150b091 <JSArray[101]>#1#) {
--------- s o u r c e   c o d e ---------
<No Source>
-----------------------------------------
}
=====================

the shell again
"""


def test_v8_s_fatal_errors_and_its_stacks_of_script():
    one = only(V8)
    assert (one.first, one.last) == (1, 13)
    assert (one.report.error_type, one.report.error_value) == ("Debug check failed", "a == b (1 vs. 2).")
    assert one.report.signal == "SIGILL"
    assert functions(one) == ["v8::base::debug::StackTrace::StackTrace", None, None]
    node = only(NODE)
    assert (node.last, node.report.error_type) == (16, "unreachable code")
    assert functions(node) == [None, "V8_Fatal"]
    assert [f.file for f in node.report.traces[1].frames] == ["node:internal/boot", "/a/b.js"]
    script = only(SCRIPT)
    assert (script.last, script.report.error_type, dict(script.report.facts)["line"]) == (
        19,
        "CSA_ASSERT failed",
        "1567",
    )
    assert functions(script) == [None, "sort", "<anonymous>"]
    assert (script.report.traces[0].frames[2].file, script.report.traces[0].frames[2].line) == ("/in/case.js", 16)


HEAP = """\
working
*** Error in `./prog': double free or corruption (fasttop): 0x0000000001a2c010 ***
======= Backtrace: =========
/lib/x86_64-linux-gnu/libc.so.6(+0x777e5)[0x7f3f12345678]
./prog(main+0x12)[0x400597]
./prog[0x400599]
======= Memory map: ========
00400000-00401000 r-xp 00000000 08:01 1234                               /home/u/prog
00600000-00601000 r--p 00000000 08:01 1234                               /home/u/prog
7f3f00000000-7f3f00020000 rw-p 00000000 00:00 0
Aborted
"""


def test_glibc_s_backtrace_and_memory_map():
    one = only(HEAP)
    assert (one.first, one.last, functions(one)) == (2, 10, [None, "main", None])
    assert (one.report.error_type, one.report.fault_address, one.report.process) == (
        "heap corruption",
        0x1A2C010,
        "./prog",
    )
    (image,) = one.report.modules
    assert (image["name"], image["base"], image["size"]) == ("prog", 0x400000, 0x201000)


# One line or two of each writer: text, type, message, file, line, function.
HEADS = [
    ("p: main.c:12: main: Assertion `x == 1' failed.", "Assertion failed", "x == 1", "main.c", "12", "main"),
    (
        "node[12]: ../src/a.cc:550:int node::F(): Assertion `(x) == (y)' failed.",
        "Assertion failed",
        "(x) == (y)",
        "../src/a.cc",
        "550",
        "int node::F()",
    ),
    (
        "/usr/c++/12/stl_vector.h:1123: std::vector<_Tp>::f(size_t) [with _Tp = int]: Assertion '__n < size()' failed.",
        "Assertion failed",
        "__n < size()",
        "/usr/c++/12/stl_vector.h",
        "1123",
        "std::vector<_Tp>::f(size_t) [with _Tp = int]",
    ),
    (
        "Assertion failed: (x != NULL), function foo, file a.c, line 12.",
        "Assertion failed",
        "x != NULL",
        "a.c",
        "12",
        "foo",
    ),
    (
        "Assertion failed: x > 0, file C:\\src dir\\a.c, line 12",
        "Assertion failed",
        "x > 0",
        "C:\\src dir\\a.c",
        "12",
        None,
    ),
    ("Assertion failed: x > 0 (a.c: main: 12)", "Assertion failed", "x > 0", "a.c", "12", "main"),
    (
        'assertion "x" failed: file "a.c", line 12, function: main',
        "Assertion failed",
        "x",
        "a.c",
        "12",
        "main",
    ),
    ('e/a.cpp:12: void foo(int): assertion "x" failed', "Assertion failed", "x", "e/a.cpp", "12", "void foo(int)"),
    (
        "/b/c++/v1/vector:14: assertion __n < size() failed: vector[] index out of bounds",
        "Assertion failed",
        "__n < size()\nvector[] index out of bounds",
        "/b/c++/v1/vector",
        "14",
        None,
    ),
    (
        "GLib:ERROR:../g/parser.c:709:get_pattern: assertion failed: (j < i)\nBail out! GLib:ERROR:../g/parser.c:709",
        "assertion failed",
        "(j < i)",
        "../g/parser.c",
        "709",
        "get_pattern",
    ),
    (
        "ERROR:foo.c:123:main: assertion failed (x == y): (1 == 2)",
        "assertion failed",
        "(x == y): (1 == 2)",
        "foo.c",
        "123",
        "main",
    ),
    ('ASSERT: "i < size()" in file /q/qlist.h, line 12', "ASSERT", "i < size()", "/q/qlist.h", "12", None),
    (
        'App: ASSERT failure in QVector<T>::at: "index out of range", file ../qvector.h, line 437',
        "ASSERT",
        "index out of range",
        "../qvector.h",
        "437",
        "QVector<T>::at",
    ),
    (
        "ASSERTION FAILED: m_foo\n../W/a.cpp(123) : void WebCore::foo()",
        "ASSERTION FAILED",
        "m_foo",
        "../W/a.cpp",
        "123",
        "void WebCore::foo()",
    ),
    (
        "Assertion failure: !mFoo (we should), at /b/a.cpp:123",
        "Assertion failure",
        "!mFoo (we should)",
        "/b/a.cpp",
        "123",
        None,
    ),
    ("Hit MOZ_CRASH(oops) at /a/b.rs:12", "MOZ_CRASH", "oops", "/a/b.rs", "12", None),
    ('../src/SkX.cpp:123: fatal error: "assert(x > 1)"', "fatal error", "assert(x > 1)", "../src/SkX.cpp", "123", None),
    (
        "[2023.01.01-00.00.00:123][  0]LogWindows: Error: Assertion failed: I >= 0 [File:D:\\b\\X.cpp] [Line: 12] Bad",
        "Assertion failed",
        "I >= 0\nBad",
        "D:\\b\\X.cpp",
        "12",
        None,
    ),
    (
        "media/Extractor.cpp:3600 CHECK(f->find(kKey, &l)) failed.",
        "Check failed",
        "CHECK(f->find(kKey, &l)) failed.",
        "media/Extractor.cpp",
        "3600",
        None,
    ),
    (
        "[2018-09-20 01:00:45.516][1][critical][assert] s/c/m.cc:259] panic: not reached",
        "panic",
        "not reached",
        "s/c/m.cc",
        "259",
        None,
    ),
    (
        "2020-01-01 00:00:00.123456: F tensorflow/core/foo.cc:123] Check failed: x",
        "Check failed",
        "x",
        "tensorflow/core/foo.cc",
        "123",
        None,
    ),
    ('TRAP: failed Assert("x > 0"), File: "h.c", Line: 12, PID: 3', "failed Assert", "x > 0", "h.c", "12", None),
    ("UNREACHABLE executed at /l/a.cpp:12!", "UNREACHABLE", "UNREACHABLE executed", "/l/a.cpp", "12", None),
    (
        "Debug Assertion Failed!\n\nProgram: C:\\a b\\x.exe\nFile: m\\x.cpp\nLine: 12\n\nExpression: out of range",
        "Assertion failed",
        "out of range",
        "m\\x.cpp",
        "12",
        None,
    ),
    (
        "terminate called after throwing an instance of 'std::length_error'\n  what():  vector",
        "std::length_error",
        "vector",
        None,
        None,
        None,
    ),
    (
        "libc++abi: terminating due to uncaught exception of type a::B: bad: thing",
        "a::B",
        "bad: thing",
        None,
        None,
        None,
    ),
    ("*** stack smashing detected ***: terminated", "stack smashing", "stack smashing", None, None, None),
    (
        "free(): double free detected in tcache 2",
        "heap corruption",
        "free(): double free detected in tcache 2",
        None,
        None,
        None,
    ),
    (
        "corrupted size vs. prev_size while consolidating",
        "heap corruption",
        "corrupted size vs. prev_size while consolidating",
        None,
        None,
        None,
    ),
    ("munmap_chunk(): invalid pointer", "heap corruption", "munmap_chunk(): invalid pointer", None, None, None),
    (
        "Fatal glibc error: ../x/p.c:450 (p_foo): assertion failed: e != ESRCH",
        "Fatal glibc error",
        "e != ESRCH",
        "../x/p.c",
        "450",
        "p_foo",
    ),
]


@pytest.mark.parametrize(("text", "error_type", "value", "file", "line", "function"), HEADS)
def test_the_messages_of_each_writer(text, error_type, value, file, line, function):
    for wrapped in (text, f"started\n{text}\nAborted (core dumped)", text.replace("\n", "\r\n")):
        report = only(wrapped).report
        facts = dict(report.facts)
        assert (report.error_type, report.error_value) == (error_type, value)
        assert (facts.get("file"), facts.get("line"), facts.get("function")) == (file, line, function)
        assert (report.level, report.leads) == ("fatal", True)


@pytest.mark.parametrize(
    "text",
    [
        "I think the assertion failed: maybe because the Check failed: x",
        "thread 'main' panicked at src/main.rs:1:1:\nassertion `left == right` failed\n  left: 1\n right: 2",
        "AssertionError: x\njava.lang.AssertionError: y",
        "(gedit:12): Gtk-WARNING **: cannot open display",
        "Received signal 15; shutting down",
        "Received signal 15",
        "job failed\nCHECK(x) failed in the build",
        '    EXPECT_DEATH(f(), "Assertion failed: ");',
        "we saw free(): invalid pointer in production yesterday",
        "abort: repository default not found!",
        "FATAL: password authentication failed for user",
        "ERROR:root:code should not be reached",
        "Stack dump of the router\n 1: none",
    ],
)
def test_prose_source_and_other_logs_are_none(text):
    assert found(text) == []


def test_a_warning_of_glib_that_is_an_assertion_does_not_end_the_program():
    report = only("(g:12): Gtk-CRITICAL **: 12:00:01.234: show: assertion 'GTK_IS_WIDGET (w)' failed").report
    assert (report.level, report.leads, report.process, report.process_id) == ("error", False, "g", 12)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("    @     0x7f5000       1232  absl::Write()", ("absl::Write", None, None, None)),
        ("x.cc:361:     @     0x7f5000  (unknown)  (unknown)", (None, None, None, None)),
        (" #5 0x0000000001a2 clang::F::g(int) /s/a.cpp:12:3", ("clang::F::g", None, "/s/a.cpp", 12)),
        (" 1: 00007FF7E7F3F1AF node::Foo+113567", ("node::Foo", None, None, None)),
        ("2   0x7f12345678 /l/libjsc.so(WTFCrash+0x12) [0x7f12345678]", ("WTFCrash", "/l/libjsc.so", None, None)),
        ("#01: mozilla::f(a) [/p/l.so +0x123]", ("mozilla::f", "/p/l.so", None, None)),
        ("#03: main (/p/a.cpp:12)", ("main", None, "/p/a.cpp", 12)),
        (" 0# foo(int) at /a/b.cpp:12", ("foo", None, "/a/b.cpp", 12)),
        (" 1# 0x0000557 in ./prog", (None, "./prog", None, None)),
        (
            "[Callstack] 0x00007ffd Core.dll!FDebug::A() [d:\\b\\x.cpp:123]",
            ("FDebug::A", "Core.dll", "d:\\b\\x.cpp", 123),
        ),
        ("#0: Envoy::S::h() [0x55d]", ("Envoy::S::h", None, None, None)),
        ("  [bt] (0) /l/libx.so(dmlc::F(int)+0x12) [0x7f12]", ("dmlc::F", "/l/libx.so", None, None)),
        ("0x4005d6: (main+0x12)", ("main", None, None, None)),
    ],
)
def test_the_ways_to_print_a_frame(line, expected):
    made = form(line)
    assert made is not None
    frame = made[1].frame
    assert (frame.function, frame.module, frame.file, frame.line) == expected


@pytest.mark.parametrize("line", ["    #0 0x4b in f a.c:3", "hello [0x12]", "error (foo) [0x12]", "", "a: b"])
def test_lines_that_are_no_frames(line):
    assert form(line) is None


@pytest.mark.parametrize("text", [CHROMIUM, WINDOWS, MAC, GLOG, SIGNALLED, FOLLY, V8, NODE, HEAP])
def test_blank_lines_quotes_colours_and_line_ends_change_nothing(text):
    def names(changed: str) -> list[list[list[str | None]]]:
        return [[[frame.function for frame in t.frames] for t in one.report.traces] for one in found(changed)]

    expected = names(text)
    lines = text.split("\n")
    for changed in (
        "\n\n".join(lines),
        "\r\n".join(lines),
        "\n".join(f"> {line}" for line in lines),
        text.expandtabs(),
    ):
        assert names(changed) == expected
    assert names("\n".join(f"\x1b[31m{line}\x1b[0m" for line in lines)) == expected


def labels() -> list[tuple[str, str, str]]:
    path = CORPUS / "stacks" / "labels.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    kinds = {"CHECK failure", "Security CHECK failure", "V8 API error", "Unreachable code", "Fatal error"}
    return [(row["file"], row["type"], row["state"]) for row in rows if row.get("type") in kinds]


@pytest.mark.parametrize(("file", "kind", "state"), labels() or [("none", "none", "none")])
def test_the_corpus_by_its_labels(file, kind, state):
    if kind == "none":
        pytest.skip("no ../shared/corpus beside this checkout")
    text = (CORPUS / "stacks" / file).read_text(errors="replace")
    reports = [one.report for one in found(text) if one.report.error_type]
    if not reports:
        # another tool quotes the message
        assert "Abort message: " in text or kind == "Fatal error"
        return
    said, *frames = state.strip("\n").split("\n")
    report = reports[0]
    words = re.findall(r"[A-Za-z_]{4,}", said.rpartition(" in ")[0] or said)[:-1]
    heard = f"{report.error_type} {report.error_value} {report.facts}"
    assert [word for word in words if word not in heard and word not in {"NUMBER", "ADDRESS"}] == []
    names = [frame.function for frame in report.traces[0].frames if frame.function] if report.traces else []
    if any(name.startswith("_Z") for name in names) or not any("::" in name for name in names):
        return
    # labels leave out return types and what templates and anonymous namespaces add
    heads = [name.rpartition("::")[2].partition("<")[0] for name in frames if "::" in name]
    assert [head for head in heads if not any(head in name for name in names)] == []


def test_no_other_format_of_the_corpus_is_taken():
    folder = CORPUS / "stacks" / "cf"
    if not folder.is_dir():
        pytest.skip("no ../shared/corpus beside this checkout")
    for path in folder.iterdir():
        for one in found(path.read_text(errors="replace")):
            assert one.report.error_type, path.name


@given(st.text(alphabet=st.sampled_from("#@[]():x0F 1aE\n\t'`=*:.\"+-/"), max_size=300), st.integers(0, 200))
def test_any_text_is_read(text, place):
    anchors = [anchor for rule in check_heads.rules() for anchor in rule.anchors]
    whole = CHROMIUM[:place] + text + anchors[place % len(anchors)] + text + GLOG[place:] + SCRIPT[place:]
    for one in found(whole):
        assert 1 <= one.first <= one.last


@pytest.mark.parametrize(
    "line",
    [
        "[0908/073950.845878:FATAL:x.cc:40] Check failed: y",
        "#0 0x5a882c10d286 foo()",
        "==== JS stack trace =====",
        "Assertion failed: x, function , function , file , file , line ",
        "    @     0x7f8f3b000000 (unknown)",
        "*** Aborted at 1602172468 (unix time)",
        "# Fatal error in x",
        "[end of stack trace]",
    ],
)
def test_the_time_grows_as_the_text_does(line):
    scan_grows(line, "check")


def test_an_offset_may_have_zeros_in_front():
    assert form("base::Run [0x00007ff6+03]")[1].frame.symbol_offset == 3


def test_envoy_says_its_version_between_title_and_stack():
    said = "[2024-03-05 10:11:12.202][12][critical][backtrace] [./source/server/backtrace.h:96] "
    lines = [
        "Caught Segmentation fault, suspect faulting address 0x18",
        "Backtrace (use tools/stack_decode.py to get line numbers):",
        "Envoy version: ca3a/1.28.0/Clean/RELEASE/BoringSSL",
        "#0: shop::Price::parse() [0x558dcddf8d14]",
        "#1: shop::Cart::total() [0x558dcddf01d8]",
    ]
    (found,) = scan(enumerate(said + line for line in lines), only="check")
    assert [frame.function for frame in found.report.traces[0].frames] == ["shop::Price::parse", "shop::Cart::total"]

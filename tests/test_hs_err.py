"""Fatal error logs of the JVM; all texts are made by hand after what HotSpot writes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading import CORPUS
from tests.scanned import scan_grows
from triage import formats
from triage.formats.traces.hs_err_frames import frame
from triage.formats.traces.scanning import scan

LOG = """\
#
# A fatal error has been detected by the Java Runtime Environment:
#
#  SIGSEGV (0xb) at pc=0x00007f2a1c0d1e20, pid=12345, tid=12346
#
# JRE version: OpenJDK Runtime Environment (17.0.9+9) (build 17.0.9+9)
# Java VM: OpenJDK 64-Bit Server VM (17.0.9+9, mixed mode, sharing, tiered, compressed oops, compressed class ptrs, g1 gc, linux-amd64)
# Problematic frame:
# C  [libfoo.so+0x1e20]  Java_com_example_Native_crash+0x10
#
# Core dump will be written. Default location: core
#
# If you would like to submit a bug report, please visit:
#   https://bugreport.java.com/bugreport/crash.jsp
#

---------------  S U M M A R Y ------------

Command Line: -Xmx1g com.example.Main

Host: AMD EPYC, 8 cores, 15G, Debian GNU/Linux 12
Time: Mon Jan 26 01:25:59 2026 UTC elapsed time: 1.23 seconds (0d 0h 0m 1s)

---------------  T H R E A D  ---------------

Current thread (0x00007f2a14012340):  JavaThread "main" [_thread_in_native, id=12346, stack(0x00007f2a1b0d1000,0x00007f2a1b1d2000)]

Stack: [0x00007f2a1b0d1000,0x00007f2a1b1d2000],  sp=0x00007f2a1b1d0a10,  free space=1022k
Native frames: (J=compiled Java code, j=interpreted, Vv=VM code, C=native code)
C  [libfoo.so+0x1e20]  Java_com_example_Native_crash+0x10
V  [libjvm.so+0x8d4]  JNIHandles::resolve(_jobject*)+0x14
J 1234 c2 com.example.Work.run(ILjava/lang/String;)V (45 bytes) @ 0x00007f2a10 [0x00007f2a00+0x0000000000000010]
C  0x00007f2a1c
...<more frames>...

Java frames: (J=compiled Java code, j=interpreted, Vv=VM code)
j  com.example.Native.crash()V+0
j  com.example.Main.main([Ljava/lang/String;)V+3 java.base@17.0.9
v  ~StubRoutines::call_stub

siginfo: si_signo: 11 (SIGSEGV), si_code: 1 (SEGV_MAPERR), si_addr: 0x0000000000000010

Registers:
RAX=0x0000000000000010, RBX=0x00007f2a14012340, RCX=0x0000000000000000, RDX=0x0000000000000001
R8 =0x0000000000000000, R9 =0x0000000000000001


Register to memory mapping:

RAX=0x10 is an unknown value

---------------  P R O C E S S  ---------------

Java Threads: ( => current thread )
  0x00007f2a140f0 JavaThread "Reference Handler" daemon [_thread_blocked, id=12350, stack(0x1,0x2)]
=>0x00007f2a14012340 JavaThread "main" [_thread_in_native, id=12346, stack(0x1,0x2)]

Dynamic libraries:
55d0c0000000-55d0c0001000 r--p 00000000 08:01 123                        /usr/bin/java
55d0c0001000-55d0c0002000 r-xp 00001000 08:01 123                        /usr/bin/java
7f2a1c0d0000-7f2a1c0d3000 r-xp 00000000 08:01 124                        /tmp/libfoo.so

---------------  S Y S T E M  ---------------

OS:
PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
uname: Linux 6.1.0
END.
"""  # noqa: E501 - as HotSpot prints it

SHORT = LOG[: LOG.index("---------------  S U M M A R Y")].rstrip() + "\n"

MEMORY = """\
#
# There is insufficient memory for the Java Runtime Environment to continue.
# Native memory allocation (mmap) failed to map 65536 bytes for committing reserved memory.
# An error report file with more information is saved as:
# /tmp/hs_err_pid1.log
"""

WINDOWS = """\
#
# A fatal error has been detected by the Java Runtime Environment:
#
#  EXCEPTION_ACCESS_VIOLATION (0xc0000005) at pc=0x00007ffb3c3a1b2c, pid=8524, tid=0x0000000000001f04
#
# Problematic frame:
# V  [jvm.dll+0x1e20]
#
"""

ASSERTION = """\
#
# A fatal error has been detected by the Java Runtime Environment:
#
#  Internal Error (sharedRuntime.cpp:553), pid=1, tid=2
#  guarantee(cb != NULL) failed: must be
#
"""


def found(text):
    return list(scan(enumerate(text.split("\n")), only="hs_err"))


def test_whole_log():
    (one,) = found("2026-01-01 10:00:00 INFO start\n" + LOG + "2026-01-01 10:00:01 INFO after\n")
    assert (one.first, one.last) == (2, LOG.count("\n") + 1)
    report = one.report
    assert (report.kind, report.error_type, report.signal, report.error_code) == ("crash", "SIGSEGV", "SIGSEGV", 11)
    assert (report.process_id, report.thread_id, report.fault_address) == (12345, 12346, 0x10)
    assert (report.os_name, report.os_version, report.arch) == (
        "Linux",
        "Debian GNU/Linux 12 (bookworm)",
        "x86_64",
    )
    assert report.ts == 1_769_390_759_000_000
    assert report.complete
    assert dict(report.facts)["jre_version"].startswith("OpenJDK Runtime Environment (17.0.9+9)")
    assert [(m["name"], m["size"]) for m in report.modules] == [("java", 0x2000), ("libfoo.so", 0x3000)]


def test_stacks_and_threads():
    crash, java, waiting = found(LOG)[0].report.traces
    assert (crash.role, crash.thread_name, crash.state, crash.crashed) == ("crash", "main", "_thread_in_native", True)
    assert [(f.function, f.module, f.module_offset, f.trust) for f in crash.frames] == [
        ("Java_com_example_Native_crash", "libfoo.so", 0x1E20, "text"),
        ("JNIHandles::resolve", "libjvm.so", 0x8D4, "text"),
        ("com.example.Work.run", None, None, "compiled"),
        (None, None, None, "text"),
        (None, None, None, None),
    ]
    assert json.loads(crash.registers or "{}")["rbx"] == "0x00007f2a14012340"
    assert [f.function for f in java.frames] == [
        "com.example.Native.crash",
        "com.example.Main.main",
        "StubRoutines::call_stub",
    ]
    assert (waiting.role, waiting.thread_name, waiting.thread_id) == ("thread", "Reference Handler", 12350)
    assert [f.text_line for f in crash.frames] == list(range(LOG[: LOG.index("Native frames")].count("\n") + 2, 35))


def test_short_form_on_the_console():
    (one,) = found("x\n" + SHORT + "\nAborted (core dumped)\n")
    assert (one.first, one.last, one.report.complete) == (2, SHORT.count("\n") + 1, True)
    assert one.report.traces[0].frames[0].function == "Java_com_example_Native_crash"


def test_memory_windows_and_assertion():
    (one,) = found(MEMORY + "shell goes on\n")
    assert (one.first, one.last, one.report.kind, one.report.error_type) == (1, 5, "oom", "Out of Memory Error")
    (one,) = found(WINDOWS)
    assert (one.report.error_code, one.report.error_code_name) == (0xC0000005, "EXCEPTION_ACCESS_VIOLATION")
    assert (one.report.thread_id, one.report.traces[0].frames[0].module) == (0x1F04, "jvm.dll")
    (one,) = found(ASSERTION)
    assert (one.report.kind, one.report.error_value) == ("assertion", "guarantee(cb != NULL) failed: must be")


def test_damaged():
    lines = LOG.split("\n")
    (one,) = found("\n".join(lines[:33]))
    assert (one.last, one.report.complete, len(one.report.traces[0].frames)) == (33, False, 4)
    (tail,) = found("\n".join(lines[28:40]))
    assert tail.report.traces[0].frames[0].function == "Java_com_example_Native_crash"


@pytest.mark.parametrize(
    ("line", "function", "module", "offset"),
    [
        ("V  [libjvm.so+0x8d4abc]", None, "libjvm.so", 0x8D4ABC),
        ("C  [libc.so.6+0x1881b2]  __memmove_avx+0x2", "__memmove_avx", "libc.so.6", 0x1881B2),
        ("j  java.lang.Object.wait(J)V+0 java.base@17", "java.lang.Object.wait", "java.base", None),
        ("J 9 c1 a.B.c()V (5 bytes) @ 0x00007f2a10 [0x00007f2a00+0x10]", "a.B.c", None, None),
        ("J 123% c2 a.B.c(I)V java.base@17 (5 bytes) @ 0x00007f2a10 [0x00007f2a00+0x10]", "a.B.c", "java.base", None),
        ("v  ~StubRoutines::call_stub", "StubRoutines::call_stub", None, None),
    ],
)
def test_forms_of_frames(line, function, module, offset):
    read = frame(line)
    assert read is not None
    assert (read.function, read.module, read.module_offset) == (function, module, offset)


@pytest.mark.parametrize(
    "text",
    [
        "# A heading",
        "A fatal error has been detected by the Java Runtime Environment, they said",
        "# Problematic frame:\n# x",
    ],
)
def test_what_is_no_report(text):
    assert found(text) == []


@pytest.mark.skipif(not CORPUS.exists(), reason="no ../shared/corpus beside this checkout")
def test_reports_of_other_tools_are_left_to_them():
    for path in (CORPUS / "stacks").glob("*/*.txt"):
        assert found(path.read_text(errors="replace")) == []


def test_is_a_format():
    assert "hs_err" in formats.traces.modules()


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from([*(LOG + MEMORY + WINDOWS + ASSERTION).split("\n"), "x"]), max_size=40))
def test_lines_in_any_order_are_read(lines):
    for one in found("\n".join(lines)):
        assert 1 <= one.first <= one.last <= len(lines)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_scanned(text):
    found(f"# A fatal error has been detected by the Java Runtime Environment:\n# {text}\nNative frames: (J=\n{text}")


@pytest.mark.parametrize("line", ["# Problematic frame:", "Native frames: (J=compiled", WINDOWS, LOG])
def test_time_grows_with_the_text(line):
    scan_grows(line, "hs_err")

"""minidump-stackwalk's text in both forms; every report here was made by hand after the layouts of the two tools."""

# ruff: noqa: E501 - lines of reports are as long as their tools make them

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from tests.reading import CORPUS
from tests.scanned import scan_grows
from triage.formats.traces import stackwalk_lines
from triage.formats.traces.scanning import Found, scan

RUST = """Operating system: Windows NT
                  10.0.19043
CPU: amd64
     family 6 model 60 stepping 3
     8 CPUs

Crash reason:  EXCEPTION_ACCESS_VIOLATION_WRITE
Crash address: 0x0000000000000045
Crashing instruction: `mov dword [rax], 0x1`
Memory accessed by instruction:
  0. Address: 0x0000000000000045
     Size: 4
Process uptime: 12 seconds

Thread 3 CrBrowserMain (crashed) - tid: 3060
 0  shop.exe!ns::Cart::add [cart.cc : 92]
    Found by: inlining
 1  shop.exe!`anonymous namespace'::pay(int) [hg:hg.example.org/shop:src/pay.cc:524df7136a1f : 58 + 0x3]
     rax = 0x0000000000000045    rdx = 0x0000000000000003
     rsp = 0x00000099ae2ff8b0    rip = 0x00007ff689767a4b
    Found by: given as instruction pointer in context
 2  shop.exe!main + 0x1c
     rsp = 0x00000099ae2ff8e0    rip = 0x00007ff689767a7e
    Found by: call frame info
 3  kernel32.dll + 0x16fd6
     rip = 0x00007ff8c0431a0e
    Found by: stack scanning
 4  0x7fff35dec788
    Found by: previous frame's frame pointer

Thread 1
 0  ntdll.dll!NtWait + 0xc
    Found by: given as instruction pointer in context
Thread 2 worker
    <no frames>

Loaded modules:
0x7ff689760000 - 0x7ff689790fff  shop.exe  1.2.3.4  (main)
0x7ff8c0430000 - 0x7ff8c04fffff  kernel32.dll  10.0.1  (WARNING: No symbols, kernel32.pdb, 327430F7B1A837627E77A182B6CC2E530)
0x7ff8d0430000 - 0x7ff8d04fffff  no version.dll  ???

Unloaded modules:
0x7ff8e0430000 - 0x7ff8e04fffff  gone.dll

Unimplemented streams encountered:
Stream 0x00000000 UnusedStream (Official) @ 0x00000000
"""

BREAKPAD = """Operating system: Linux
                  0.0.0 Linux 5.4.0-72-generic #80-Ubuntu SMP x86_64
CPU: arm64
     4 CPUs

GPU: UNKNOWN

Crash reason:  SIGSEGV /SEGV_MAPERR
Crash address: 0x10
Process uptime: not available

Thread 0 (crashed)
 0  libshop.so!pay(char const*) [pay.cpp : 18 + 0x0]
     x0 = 0x0000000000000000    x1 = 0x0000007ffb82b550
     lr = 0x0000005571710668    sp = 0x0000007ffb82b540
     pc = 0x00000055717105c4
    Found by: given as instruction pointer in context
 1  libc.so.6 + 0x20d4c
     pc = 0x0000007fb68f3d50
    Found by: call frame info

Loaded modules:
0x5571710000 - 0x5571733fff  shop  ???  (main)
"""

PIPES = """OS|Linux|0.0.0 Linux 5.4.0
CPU|amd64|family 6 model 60|4
GPU|||
Crash|SIGSEGV /SEGV_MAPERR|0x10|1
Module|shop||shop|ABCDEF0123456789ABCDEF01234567890|0x00400000|0x0042cfff|1
Module|libc.so.6||libc.so.6|327430F7B1A837627E77A182B6CC2E530|0x7f0000000000|0x7f00001fffff|0

0|0|libc.so.6|poll|||0x4f
1|0|shop|ns::pay(int)|pay.cc|12|0x3
1|1|shop|main|main.cc|30|0xb
1|2|libc.so.6||||0x21c87
"""


def found(text: str) -> list[Found]:
    return list(scan(enumerate(text.split("\n"))))


def test_the_form_for_people():
    (one,) = found("starting\n" + RUST + "stopped\n")
    report = one.report
    assert (one.module.NAME, one.first, one.last) == ("stackwalk", 2, RUST.count("\n") + 1)
    assert (report.kind, report.error_type, report.error_code_name, report.access) == (
        "crash",
        "EXCEPTION_ACCESS_VIOLATION",
        "EXCEPTION_ACCESS_VIOLATION / WRITE",
        "WRITE",
    )
    assert (report.fault_address, report.os_name, report.os_version, report.arch) == (
        0x45,
        "Windows",
        "10.0.19043",
        "x86_64",
    )
    assert (report.process, report.thread_id, report.complete) == ("shop.exe", 3060, True)
    crash, other, empty = report.traces
    assert (crash.role, crash.thread_name, crash.crashed) == ("crash", "CrBrowserMain", True)
    assert json.loads(crash.registers or "") == {
        "rax": "0x45",
        "rdx": "0x3",
        "rsp": "0x99ae2ff8b0",
        "rip": "0x7ff689767a4b",
    }
    assert (other.thread_id, other.frames[0].function, other.role) == (1, "NtWait", "thread")
    assert (empty.thread_name, empty.frames) == ("worker", ())
    assert dict(report.facts)["Process uptime"] == "12 seconds"


def test_frames():
    frames = found(RUST)[0].report.traces[0].frames
    assert [(f.function, f.module, f.file, f.line, f.trust, f.inline_depth) for f in frames] == [
        ("ns::Cart::add", "shop.exe", "cart.cc", 92, "inline", 1),
        ("`anonymous namespace'::pay", "shop.exe", "src/pay.cc", 58, "context", 0),
        ("main", "shop.exe", None, None, "cfi", 0),
        (None, "kernel32.dll", None, None, "scan", 0),
        (None, None, None, None, "frame_pointer", 0),
    ]
    assert (frames[1].args, frames[1].address, frames[2].symbol_offset) == ("int", 0x7FF689767A4B, 0x1C)
    assert (frames[3].module_offset, frames[4].address) == (0x16FD6, 0x7FFF35DEC788)
    assert [f.text_line for f in frames] == [16, 18, 22, 25, 28]


def test_modules():
    modules = found(RUST)[0].report.modules
    assert [(m["name"], m["version"], m["debug_id"], m["unloaded"]) for m in modules] == [
        ("shop.exe", "1.2.3.4", None, False),
        ("kernel32.dll", "10.0.1", "327430F7B1A837627E77A182B6CC2E530", False),
        ("no version.dll", None, None, False),
        ("gone.dll", None, None, True),
    ]
    assert (modules[0]["base"], modules[0]["size"]) == (0x7FF689760000, 0x31000)


def test_breakpads_form():
    (one,) = found(BREAKPAD)
    report = one.report
    assert (report.error_type, report.error_code_name, report.signal) == ("SIGSEGV", "SIGSEGV / SEGV_MAPERR", "SIGSEGV")
    assert (report.os_version, report.arch, report.fault_address) == (
        "0.0.0 Linux 5.4.0-72-generic #80-Ubuntu SMP x86_64",
        "arm64",
        0x10,
    )
    assert [(f.function, f.module, f.address) for f in report.traces[0].frames] == [
        ("pay", "libshop.so", 0x55717105C4),
        (None, "libc.so.6", 0x7FB68F3D50),
    ]


def test_the_form_with_pipes():
    (one,) = found("x\n" + PIPES + "\nbye\n")
    report = one.report
    assert (one.first, one.last, report.error_type, report.fault_address) == (2, 12, "SIGSEGV", 0x10)
    assert (report.os_name, report.arch, report.process, report.thread_id) == ("Linux", "x86_64", "shop", 1)
    crash, other = report.traces
    assert [(f.function, f.args, f.module, f.file, f.line) for f in crash.frames] == [
        ("ns::pay", "int", "shop", "pay.cc", 12),
        ("main", None, "shop", "main.cc", 30),
        (None, None, "libc.so.6", None, None),
    ]
    assert (crash.crashed, crash.frames[2].module_offset, other.frames[0].symbol_offset) == (True, 0x21C87, 0x4F)
    assert report.modules[1]["debug_id"] == "327430F7B1A837627E77A182B6CC2E530"


def test_a_dump_without_a_crash():
    text = RUST.replace(
        "Crash reason:  EXCEPTION_ACCESS_VIOLATION_WRITE\nCrash address: 0x0000000000000045", "No crash"
    )
    text = text.replace("(crashed)", "(requested dump, did not crash)")
    (one,) = found(text)
    assert (one.report.kind, one.report.error_type, one.report.traces[0].crashed) == ("dump", None, False)


@pytest.mark.parametrize("text", [RUST, BREAKPAD, PIPES])
def test_cut_reports_give_what_can_be_read(text):
    lines = text.split("\n")
    for end in range(len(lines)):
        for one in found("\n".join(lines[:end])):
            assert one.module.NAME == "stackwalk"
    (one,) = found("\n".join(lines[: len(lines) - 4]))
    assert one.report.error_type
    assert one.report.traces[0].frames


def test_a_report_without_its_beginning():
    (one,) = found(RUST[RUST.index(" 2  shop.exe!main") :])
    assert (one.report.complete, one.first) == (False, 1)
    assert one.report.traces == () or one.report.traces[0].frames


@pytest.mark.parametrize("prefix", ["> ", "2026-02-10 10:00:00,123 INFO ", "[stderr] "])
def test_in_a_log_with_prefixes(prefix):
    lines = ["starting the shop", *BREAKPAD.rstrip().split("\n"), "stopped"]
    (one,) = found("\r\n".join(prefix + line for line in lines))
    assert (one.first, one.last) == (2, len(lines) - 1)
    assert [f.function for f in one.report.traces[0].frames] == ["pay", None]


def test_the_whole_way():
    case = triage.loads(RUST)
    (event,) = case.events().to_dict("records")
    assert (event["format"], event["error_type"], event["parse_status"]) == (
        "stackwalk",
        "EXCEPTION_ACCESS_VIOLATION",
        "ok",
    )
    assert len(case.modules()) == 4


@pytest.mark.parametrize(
    "text",
    [
        "Operating system: Linux\nEditor: vi",
        "It was Found by: a user\nand 1  two!three",
        "POS|a|b\nOS|x\ny",
        "case 'Crash|': return 0|0|a;",
        "Thread 1 (crashed)\nand nothing more",
        "| a | b |\n|0|1|",
    ],
)
def test_what_only_looks_like_it(text):
    assert [one for one in found(text) if one.module.NAME == "stackwalk"] == []


def test_nothing_of_the_corpus_is_taken():
    if not CORPUS.is_dir():
        pytest.skip("no corpus of real crash files")
    for path in sorted((CORPUS / "stacks").glob("*/*.txt")):
        lines = path.read_text("utf-8", "replace").split("\n")
        assert list(scan(enumerate(lines), only="stackwalk")) == [], path.name


@given(st.lists(st.sampled_from([*RUST.split("\n"), *BREAKPAD.split("\n"), *PIPES.split("\n")]), max_size=60))
def test_lines_in_any_order_never_raise(lines):
    list(scan(enumerate(lines), only="stackwalk"))


@given(st.text(max_size=300), st.sampled_from(["Crash reason:  ", "Crash|", "0|0|a|", " 0  a!b", "Thread 0 (crashed)"]))
def test_any_text_never_raises(text, anchor):
    list(scan(enumerate([anchor + text, *text.split("\n"), "    Found by: call frame info"]), only="stackwalk"))


@pytest.mark.parametrize(
    "lines",
    [
        ["Thread 0 (crashed)"],
        ["    Found by: call frame info"],
        ["Thread 0 (crashed)", " 0  a!b", "    Found by: call frame info", "x"],
        ["Crash reason:  SIGSEGV", "Operating system: Linux"],
        ["Crash|a|0x1|0"],
        ["0|0|a|b|c|1|0x1"],
        [" 0  a!b [" + "x : " * 900],
    ],
)
def test_work_grows_as_the_text(lines):
    scan_grows("\n".join(lines), "stackwalk")


def test_an_offset_behind_the_place():
    number, read = stackwalk_lines.frame(" 7  libg.so!Slot::take(int) [/src/Slot.cpp : 152] + 0xc")
    assert (number, read.function, read.file, read.line) == (7, "Slot::take", "/src/Slot.cpp", 152)

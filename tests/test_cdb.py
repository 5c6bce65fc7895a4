"""cdb and WinDbg: sessions made by hand in the debugger's forms; the corpus is real."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from tests.reading import CORPUS
from tests.scanned import scan_grows
from triage.formats.traces.cdb_frames import called, row
from triage.formats.traces.scanning import Found, scan
from triage.stacks import signature

SESSION = """\
starting the run
(1b2c.3d4): Access violation - code c0000005 (!!! second chance !!!)
rax=0000000000000000 rbx=000000c4b1575dcc rcx=00010000ffffffff
rip=00007ff8c02ed674 rsp=000000bcaeaaa440 rbp=000000bcaeaaa5e0
iopl=0         nv up ei ng nz na pe nc
app!crash+0x7f:
00007ff8`c02ed674 8b00            mov     eax,dword ptr [rax] ds:00000000`00000000=????????
0:000> kn
 # Child-SP          RetAddr               Call Site
00 (Inline Function) --------`--------     app!inner+0x5 [C:\\src dir\\a.cpp @ 10]
01 000000bc`aeaaa440 00007ff8`c045e70d     app!crash(int x = 0n1, char *p = 0x0)+0x7f [C:\\src dir\\a.cpp @ 12]
WARNING: Frame IP not in any known module. Following frames may be wrong.
02 000000bc`aeaaa490 00007ff8`d31c54e4     0x00007ff8`c045e70d
03 000000bc`aeaafc00 00000000`00000000     ntdll!RtlUserThreadStart+0x34
the run is over
"""
ANALYSIS = """\
*******************************************************************************
*                        Exception Analysis                                   *
*******************************************************************************

FAULTING_IP:
app!crash+1e
00fd13de a100000000      mov     eax,dword ptr ds:[00000000h]

EXCEPTION_RECORD:  ffffffffffffffff -- (.exr 0xffffffffffffffff)
ExceptionAddress: 00fd13de (app!crash+0x0000001e)
   ExceptionCode: c0000005 (Access violation)
  ExceptionFlags: 00000000
NumberParameters: 2
   Parameter[0]: 00000001
   Parameter[1]: 00000045
Attempt to write to address 00000045

FAULTING_THREAD:  00000c04

PROCESS_NAME:  app.exe

STACK_TEXT:
002df7e4 00fd1423 00fd1078 00fd1078 7f956000 app!crash+0x1e
002df908 00fd1b5d 002df924 766b7c04 7f956000 application_of_test!__tmainCRTStart
up+0x199
002df97c 00000000 00fd1078 7f956000 00000000 ntdll!_RtlUserThreadStart+0x1b

SYMBOL_NAME:  app!crash+1e

FAILURE_BUCKET_ID:  NULL_POINTER_WRITE_c0000005_app.exe!crash

Followup: MachineOwner
"""
BUGCHECK = """\
*                        Bugcheck Analysis                                    *

SYSTEM_SERVICE_EXCEPTION (3b)
Arguments:
Arg1: 00000000c0000005, Exception code that caused the bugcheck

PROCESS_NAME:  foo.exe

STACK_TEXT:
ffffd000`12345678 fffff803`12345678     : 00000000`00000000 00000000`00000001 00000000`00000002 : nt!KeBugCheckEx
ffffd000`12345688 fffff803`12345679     : 00000000`00000000 00000000`00000001 00000000`00000002 : drv!Foo+0x12
"""
THREADS = """\
.  0  Id: 14a8.c04 Suspend: 1 Teb: 7ffdf000 Unfrozen "main"
ChildEBP RetAddr
002df7e4 00fd1423 app!crash+0x1e
002df8b8 00000000 app!wmain+0x23

   1  Id: 14a8.c08 Suspend: 1 Teb: 7ffde000 Unfrozen
ChildEBP RetAddr  Args to Child
012df7e4 00fd1423 00000001 00000002 00000003 ntdll!ZwWait+0xc (FPO: [5,0,0])
012df8b8 00000000 00000001 00000002 00000003 app+0x1234
"""


def found(text: str) -> list[Found]:
    return list(scan(enumerate(text.split("\n")), only="cdb"))


def only(text: str) -> Found:
    (one,) = found(text)
    return one


def test_a_stop_with_registers_and_a_stack_with_inlined_calls():
    one = only(SESSION)
    report = one.report
    assert (one.first, one.last) == (2, 14)
    assert (report.error_type, report.error_code, report.process_id, report.thread_id) == (
        "EXCEPTION_ACCESS_VIOLATION",
        0xC0000005,
        0x1B2C,
        0x3D4,
    )
    (trace,) = report.traces
    assert [(f.function, f.inline_depth, f.trust) for f in trace.frames if f.frame_kind == "frame"] == [
        ("inner", 1, "text"),
        ("crash", 0, "text"),
        (None, 0, "unreliable"),
        ("RtlUserThreadStart", 0, "unreliable"),
    ]
    crash = trace.frames[1]
    assert (crash.args, crash.module, crash.symbol_offset, crash.file, crash.line, crash.text_line) == (
        "int x = 0n1, char *p = 0x0",
        "app",
        0x7F,
        "C:\\src dir\\a.cpp",
        12,
        11,
    )
    assert json.loads(trace.registers or "")["rip"] == "0x7ff8c02ed674"


@pytest.mark.parametrize(
    ("line", "instruction", "address"),
    [
        ("00007ff8`c02ed674 f7f9            idiv    eax,ecx", "idiv    eax,ecx", None),
        ("00411a3c 8b01            mov     eax,dword ptr [ecx]  ds:002b:dddddddd=????????",
         "mov     eax,dword ptr [ecx]", 0xDDDDDDDD),
        ("00007ff6`1d4c10f2 8b4108          mov     eax,dword ptr [rcx+8] ds:00000000`00000008=????????",
         "mov     eax,dword ptr [rcx+8]", 8),
        ("00411a3c 8b01            mov     eax,dword ptr [ecx]  ds:002b:00d41298=00000001",
         "mov     eax,dword ptr [ecx]  ds:002b:00d41298=00000001", None),
        ("0133f8b4 00411c20 00d41298 00000000 00b8f000 depot!Depot::Count+0x1c", "push    ebp", None),
        ("0133f8b4 00411c20 deadbeef 00000000 00b8f000 depot!Depot::Count+0x1c", "push    ebp", None),
    ],
)  # fmt: skip
def test_the_instruction_at_which_it_stopped_and_what_could_not_be_read(line, instruction, address):
    text = (
        "(1a2c.2f10): Access violation - code c0000005 (first chance)\neax=dddddddd ebx=00b8f000 ecx=dddddddd\n"
        f"depot!Depot::Count+0x1c:\n{line}\n0:000> ub\ndepot!Depot::Count+0x10:\n00411a30 55  push    ebp\n"
        "0:000> kb\nChildEBP RetAddr  Args to Child\n"
        "0133f8b4 00411c20 00d41298 00000000 00b8f000 depot!Depot::Count+0x1c\n"
        "0133f8c8 00411d90 00000001 00d3f1a0 00d41298 depot!Report::Print+0x40\n"
    )
    report = only(text).report
    assert dict(report.facts)["instruction"] == instruction
    assert report.fault_address == address


def test_an_analysis_with_its_record_keys_and_a_wrapped_row():
    one = only("log\n\n" + ANALYSIS + "\n\n\nnext job")
    report = one.report
    assert (one.first, one.last) == (3, 34)
    assert (report.error_value, report.access, report.fault_address) == ("write to address 0x45", "WRITE", 0x45)
    assert (report.process, report.thread_id) == ("app.exe", 0xC04)
    assert dict(report.facts)["failure_bucket_id"] == "NULL_POINTER_WRITE_c0000005_app.exe!crash"
    frames = report.traces[0].frames
    assert [f.function for f in frames] == ["crash", "__tmainCRTStartup", "_RtlUserThreadStart"]
    assert (frames[0].address, frames[1].address, frames[1].symbol_offset) == (0xFD13DE, 0xFD1423, 0x199)


def test_two_sessions_are_two_reports():
    first, second = found(SESSION + SESSION)
    assert (first.last, second.first) == (14, 17)
    first, second = found(THREADS + "quit:\n" + THREADS)
    assert (first.last, second.first) == (10, 11)


def test_a_bug_check():
    report = only(BUGCHECK).report
    assert (report.error_type, report.error_code, report.process) == ("SYSTEM_SERVICE_EXCEPTION", 0x3B, "foo.exe")
    assert [f.function for f in report.traces[0].frames] == ["KeBugCheckEx", "Foo"]


def test_the_stacks_of_all_threads():
    report = only(THREADS).report
    assert [(t.role, t.thread_id, t.thread_name) for t in report.traces] == [
        ("crash", 0xC04, "main"),
        ("thread", 0xC08, None),
    ]
    waiting, other = report.traces[1].frames
    assert (waiting.function, waiting.args) == ("ZwWait", "00000001 00000002 00000003")
    assert (other.function, other.module, other.module_offset) == (None, "app", 0x1234)


def test_a_session_that_was_cut_keeps_what_is_there():
    report = only(ANALYSIS[: ANALYSIS.index("PROCESS_NAME")]).report
    assert (report.error_type, report.complete, report.traces) == ("EXCEPTION_ACCESS_VIOLATION", False, ())
    report = only(ANALYSIS[ANALYSIS.index("STACK_TEXT") :]).report
    assert report.traces[0].frames[0].function == "crash"


@pytest.mark.parametrize(
    "text",
    [
        "(1b2c.3d4): C++ EH exception - code e06d7363 (first chance)\njust a debug log",
        "see the ChildEBP column of the stack",
        "status - code 12345678 (first chance)",
        "BugCheck 1E, {0, 0, 0, 0}\nis what the manual says",
        "STACK_TEXT: none",
    ],
)
def test_what_is_no_crash(text):
    assert found(text) == []


def test_rows_of_other_columns():
    frame, back, inlined = (
        row("0a 002df7e4 00fd1423 app!ns::f<int>+0x1e (CONV: cdecl) [c:\\a.cpp @ 8 + 0x3]") or (None,) * 3
    )
    assert frame is not None
    assert (frame.function, frame.file, frame.line, back, inlined) == ("ns::f<int>", "c:\\a.cpp", 8, 0xFD1423, False)
    assert row("00000000`04f13f70 000007fe`ef2eba34 and a text without a module") is None


def labels() -> list[tuple[str, str]]:
    path = CORPUS / "stacks" / "labels.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [(row["file"], row["state"]) for row in rows if row["file"].startswith("cf/cdb")]


@pytest.mark.parametrize(("file", "state"), labels() or [("none", "")])
def test_the_corpus_by_its_labels(file, state):
    if file == "none":
        pytest.skip("no ../shared/corpus beside this checkout")
    report = only((CORPUS / "stacks" / file).read_text(errors="replace")).report
    names = [frame.function for frame in report.traces[0].frames]
    assert (report.error_type or "").startswith("EXCEPTION_")
    assert [name for name in state.strip().split("\n") if name not in names] == []


def test_no_other_format_of_the_corpus_is_taken():
    folder = CORPUS / "stacks" / "cf"
    if not folder.is_dir():
        pytest.skip("no ../shared/corpus beside this checkout")
    taken = {path.name[:4] for path in folder.iterdir() if found(path.read_text(errors="replace"))}
    assert taken == {"cdb_"}


@given(st.text(max_size=200), st.integers(0, len(ANALYSIS)), st.integers(0, len(SESSION)))
def test_any_text_is_read(text, place, other):
    for one in found(ANALYSIS[:place] + text + SESSION[other:] + "\n" + text + ANALYSIS[place:]):
        assert 1 <= one.first <= one.last


@pytest.mark.parametrize(
    "line",
    [
        "(1b2c.3d4): C++ EH exception - code e06d7363 (first chance)",
        "002df7e4 00fd1423 app!crash+0x1e",
        "ChildEBP RetAddr",
        "STACK_TEXT:",
        "FAULTING_IP:",
        "BugCheck 1E, {0, 0, 0, 0}",
    ],
)
def test_the_time_grows_as_the_text_does(line):
    scan_grows(line, "cdb")


ADDRESSES = st.from_regex(r"\A(?:[0-9a-f]{8}|[0-9a-f]{8}`[0-9a-f]{8}|[0-9A-F]{16}|-{8}|\(Inline\))\Z")


@given(
    st.sampled_from(["", "00 ", "0a ", " # ", "00 4c ", "    "]),
    ADDRESSES,
    ADDRESSES,
    st.sampled_from(
        ["", ": 0badf00d 00000000 : ", "00000001 -------- ", "00000001  00000002 00000003 00000004 ", ": "]
    ),
    st.sampled_from(
        ["app!crash+0x1e [c:\\a.cpp @ 8]", "0x7f10", "app+0x10", "ntdll!f(int) (FPO: [0,0,0])", "", ":", "a b", "!"]
    ),
)
def test_a_row_is_the_same_frame_without_its_addresses(number, stack, back, words, callee):
    line = f"{number}{stack} {back} {words}{callee}"
    whole, short = row(line), called(line)
    assert (whole is None) == (short is None)
    if whole is not None and short is not None:
        assert whole[2] == short[1]
        for name in ("function", "module", "module_offset", "symbol_offset", "file", "line", "frame_kind", "trust"):
            assert getattr(whole[0], name) == getattr(short[0], name)


def test_the_driver_is_to_blame_for_a_bug_check():
    rows = [
        "nt!KeBugCheckEx",
        "nt!KiBugCheckDispatch+0x69",
        "nt!KiPageFault+0x463",
        "shop!Read+0x8b9",
        "shop!Go+0x2",
        "nt!IofCallDriver+0x55",
    ]
    words = "00000000`0000000a ffffffff`826d0aae 00000000`00000002 00000000`00000000"
    stack = "\n".join(f"ffffbbc5`00005330 fffff807`6c1a9145     : {words} : {row}" for row in rows)
    text = f"DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)\n\nSTACK_TEXT:  \n{stack}\n"
    assert triage.loads(text).events()["culprit"].tolist() == ["Read"]
    assert signature(text) != signature(text.replace("shop!Read", "shop!Write"))

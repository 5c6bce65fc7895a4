"""lldb: sessions made by hand in the forms that it prints by default."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading import CORPUS
from tests.scanned import scan_grows
from triage.formats.traces.scanning import Found, scan

SESSION = """\
build done
(lldb) r
Process 1234 launched: '/tmp/a.out' (x86_64)
Process 1234 stopped
* thread #1, queue = 'com.apple.main-thread', stop reason = EXC_BAD_ACCESS (code=1, address=0x10)
    frame #0: 0x0000000100000f70 a.out`foo(p=0x0000000000000010) at a.c:3:6
   1   \tint foo(int *p) {
   2   \t  int x;
-> 3   \t  *p = 1;
Target 0: (a.out) stopped.
(lldb) bt
* thread #1, queue = 'com.apple.main-thread', stop reason = EXC_BAD_ACCESS (code=1, address=0x10)
  * frame #0: 0x0000000100000f70 a.out`foo(p=0x0000000000000010) at a.c:3:6
    frame #1: 0x0000000100000f80 a.out`main [inlined] ns::bar(std::vector<int> const&) at b.cpp:4:1 [opt]
    frame #2: 0x0000000100000f80 a.out`main at b.cpp:9:3 [opt]
    frame #3: 0x00007fff20341f3d libdyld.dylib`start + 1
(lldb) register read
General Purpose Registers:
       rax = 0x0000000000000000
       rip = 0x0000000100000f70  a.out`foo + 16 at a.c:3:6
(lldb) quit
the next build
"""
ALL = """\
* thread #1: tid = 12345, 0x00000001 a.out`abort, name = 'main', stop reason = signal SIGABRT
  * frame #0: 0x00007fff00000001 libsystem_kernel.dylib`__pthread_kill + 10
    frame #1: 0x0000000000001234 a.out`std::function<void (int)>::operator()(int) const(this=0x1, x=2) at x.cpp:12
  thread #2: tid = 12346, 0x0 libsystem_kernel.dylib`wait, name = 'worker'
    frame #0: 0x00007fff00000002 libsystem_kernel.dylib`__psynch_cvwait + 10
    frame #2: 0x00007fff00000003
"""


def found(text: str) -> list[Found]:
    return list(scan(enumerate(text.split("\n")), only="lldb"))


def only(text: str) -> Found:
    (one,) = found(text)
    return one


def test_a_session_is_one_report_with_one_stack():
    one = only(SESSION)
    report = one.report
    assert (one.first, one.last) == (2, 21)
    assert (report.error_type, report.signal, report.fault_address) == ("EXC_BAD_ACCESS", "SIGSEGV", 16)
    assert (report.process, report.process_id, report.follows) == ("/tmp/a.out", 1234, False)
    (trace,) = report.traces
    assert [(f.function, f.inline_depth, f.file, f.line, f.column, f.text_line) for f in trace.frames] == [
        ("foo", 0, "a.c", 3, 6, 13),
        ("ns::bar", 1, "b.cpp", 4, 1, 14),
        ("main", 0, "b.cpp", 9, 3, 15),
        ("start", 0, None, None, None, 16),
    ]
    assert (trace.thread_name, trace.frames[0].args, trace.frames[3].symbol_offset) == (
        "com.apple.main-thread",
        "p=0x0000000000000010",
        1,
    )
    assert json.loads(trace.registers or "") == {"rax": "0x0", "rip": "0x100000f70"}


def test_all_threads_the_stopped_one_first():
    report = only(ALL).report
    assert (report.signal, report.thread_id, report.follows) == ("SIGABRT", 12345, True)
    assert [(t.role, t.thread_id, t.thread_name) for t in report.traces] == [
        ("crash", 12345, "main"),
        ("thread", 12346, "worker"),
    ]
    assert report.traces[0].frames[1].function == "std::function<void (int)>::operator()"
    assert [f.frame_kind for f in report.traces[1].frames] == ["frame", "elided", "frame"]


def test_in_a_log_with_prefixes_only_its_own_lines_are_taken():
    lines = ["ready", *ALL.rstrip("\n").split("\n"), "over"]
    one = only("\n".join(f"2026-01-26 01:25:{n:02} INFO {line}" for n, line in enumerate(lines)))
    assert (one.first, one.last) == (2, 7)


def test_what_was_cut_is_read_as_far_as_it_goes():
    report = only(SESSION[SESSION.index("    frame #1") : SESSION.index("dylib`start")]).report
    assert (report.kind, report.error_type) == ("dump", None)
    assert [f.function for f in report.traces[0].frames if f.frame_kind == "frame"] == ["ns::bar", "main", "libdyld."]


@pytest.mark.parametrize(
    "text",
    ["frame #3: not one; stop reason = unknown; (lldb) is nice", "(lldb) help", "animation frame #0: 0x1f drawn"],
)
def test_what_is_none(text):
    assert found(text) == []


def test_a_breakpoint_is_no_crash():
    report = only(ALL.replace("signal SIGABRT", "breakpoint 1.1")).report
    assert (report.kind, report.level, report.error_type) == ("dump", "error", None)


def test_no_other_format_of_the_corpus_is_taken():
    folder = CORPUS / "stacks" / "cf"
    if not folder.is_dir():
        pytest.skip("no ../shared/corpus beside this checkout")
    assert [path.name for path in folder.iterdir() if found(path.read_text(errors="replace"))] == []


@given(st.text(max_size=200), st.integers(0, len(SESSION)), st.integers(0, len(ALL)))
def test_any_text_is_read(text, place, other):
    for one in found(SESSION[:place] + text + ALL[other:] + text + SESSION[place:]):
        assert 1 <= one.first <= one.last


@pytest.mark.parametrize("line", ["  * frame #0: 0x0000000100000f70 a`f", "* thread #1, stop reason = x", "(lldb) bt"])
def test_the_time_grows_as_the_text_does(line):
    scan_grows(line, "lldb")

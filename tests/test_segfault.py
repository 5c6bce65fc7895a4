"""Programs that a signal ended, in the kernel's log; the lines are made by hand in the forms of several kernels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.formats.traces.scanning import scan
from triage.records import Frame

LINES = {
    "foo[123]: segfault at 10 ip 00007f1200001234 sp 00007ffc00 error 6 in libfoo.so[7f1200000000+21000] likely": (
        "SIGSEGV",
        "foo",
        0x10,
        "WRITE",
        "libfoo.so",
        0x1234,
    ),
    "Web Content[9]: segfault at 0 ip (null) sp 0": None,
    "Web Content[9]: segfault at 0 ip 0000000000000000 sp 00007ffc00 error 14": (
        "SIGSEGV",
        "Web Content",
        0,
        "EXECUTE",
        None,
        None,
    ),
    "traps: foo bar[124] trap invalid opcode ip:55d sp:7f error:0 in foo[5,550+1000]": (
        "SIGILL",
        "foo bar",
        None,
        None,
        "foo",
        5,
    ),
    "traps: chrome[7] general protection fault ip:7f10 sp:7f error:0 in libc.so.6[7f00+100]": (
        "SIGSEGV",
        "chrome",
        None,
        None,
        "libc.so.6",
        0x10,
    ),
    "app[5]: unhandled signal 11 code 0x1 at 0x0000000000000008 in libc.so[7f1000+1000]": (
        "SIGSEGV",
        "app",
        8,
        None,
        "libc.so",
        None,
    ),
    "the segfault at 10 was seen": None,
    "traps: none": None,
}


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_the_log(line):
    log = ["[    1.000000] usb", f"[    2.000000] {line}", "[    2.000001] Code: 48 8b", "[    3.000000] eth0: up"]
    reports = list(scan(enumerate(log), only="segfault"))
    if LINES[line] is None:
        assert reports == []
        return
    (found,) = reports
    report = found.report
    assert (found.first, found.last) == (2, 3)
    row = report.traces[0].frames[0] if report.traces[0].frames else Frame()
    assert LINES[line] == (
        report.signal,
        report.process,
        report.fault_address,
        report.access,
        row.module,
        row.module_offset,
    )


@given(st.lists(st.one_of(st.sampled_from([*LINES, "Code: 1", ""]), st.text(max_size=60)), max_size=20))
def test_no_text_raises(lines):
    list(scan(enumerate(lines), only="segfault"))

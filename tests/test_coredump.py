"""systemd-coredump: messages and `coredumpctl info` made by hand in their forms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading import CORPUS
from tests.scanned import scan_grows
from triage.formats.traces.scanning import Found, scan
from triage.stacks import signature

INDENT = " " * 45
JOURNAL = f"""\
Jan 01 00:00:01 host kernel: usb 1-1: new device
Jan 01 00:00:02 host systemd-coredump[1234]: [🡕] Process 1200 (prog) of user 1000 dumped core.
{INDENT}
{INDENT}Module libfoo.so.1 with build-id abcdef0123
{INDENT}Module linux-vdso.so.1 without build-id.
{INDENT}Stack trace of thread 1200:
{INDENT}#0  0x00007f1234567890 raise (libc.so.6 + 0x38d22)
{INDENT}#1  0x00007f1234567891 ns::f(int) (/usr/lib/libfoo.so.1 + 0x22862)
{INDENT}#2  0x0000000000000000 n/a (n/a + 0x0)

{INDENT}Stack trace of thread 1201:
{INDENT}#0  0x00007f1234567894 __poll (libc.so.6)
{INDENT}ELF object binary architecture: AMD x86-64
Jan 01 00:00:03 host systemd[1]: foo.service: Main process exited
"""
INFO = """\
           PID: 1234 (prog)
           UID: 1000 (user)
        Signal: 11 (SEGV)
     Timestamp: Mon 2021-01-04 12:00:00 UTC (1min ago)
  Command Line: ./prog --x
    Executable: /usr/bin/prog
       Storage: /var/lib/systemd/coredump/core.prog.zst (present)
       Message: Process 1234 (prog) of user 1000 dumped core.

                Found module linux-vdso.so.1 with build-id: abcdef
                Stack trace of thread 1234:
                #0  0x000055d4c5d4d139 main (prog + 0x1139)
                #1  0x00007f1f2c3b2152 __libc_start_main (libc.so.6 + 0x28152)
"""
FOLDED = (
    "Jan  1 00:00:02 host systemd-coredump[12]: Process 1200 (prog) of user 0 dumped core.#012#012"
    "Stack trace of thread 1200:#012#0  0x00007f12 raise (libc.so.6 + 0x38d22)#012"
    "#1  0x00007f13 abort (libc.so.6 + 0x1)"
)


def found(text: str) -> list[Found]:
    return list(scan(enumerate(text.split("\n")), only="coredump"))


def only(text: str) -> Found:
    (one,) = found(text)
    return one


def test_the_journal_s_message_among_others():
    one = only(JOURNAL)
    report = one.report
    assert (one.first, one.last) == (2, 13)
    assert (report.process, report.process_id, report.arch) == ("prog", 1200, "AMD x86-64")
    assert (report.error_type, report.follows) == ("core dump", True)
    assert [(t.role, t.thread_id, t.crashed, len(t.frames)) for t in report.traces] == [
        ("crash", 1200, True, 3),
        ("thread", 1201, False, 1),
    ]
    frame = report.traces[0].frames[1]
    assert (frame.function, frame.args, frame.module, frame.module_offset, frame.text_line) == (
        "ns::f",
        "int",
        "/usr/lib/libfoo.so.1",
        0x22862,
        8,
    )
    unknown = report.traces[0].frames[2]
    assert (unknown.function, unknown.module, unknown.address) == (None, None, 0)
    assert [(m["name"], m["code_id"]) for m in report.modules] == [
        ("libfoo.so.1", "abcdef0123"),
        ("linux-vdso.so.1", None),
    ]


def test_coredumpctl_info_and_the_next_core_behind_it():
    first, second = found(INFO + "\n" + INFO.replace("1234", "1235").replace("11 (SEGV)", "6 (ABRT)") + "$ ls\n")
    report = first.report
    assert (first.first, first.last, second.first, second.last) == (1, 13, 15, 27)
    assert (report.signal, report.error_code, report.process, report.follows) == ("SIGSEGV", 11, "/usr/bin/prog", False)
    assert report.ts == 1_609_761_600_000_000
    assert dict(report.facts)["command_line"] == "./prog --x"
    assert (second.report.signal, second.report.process_id, second.report.follows) == ("SIGABRT", 1235, True)


def test_what_the_kernel_and_the_service_manager_say_of_one_process_is_one_report():
    whole = JOURNAL.replace("raise", "f").replace("1200", "51064")
    kernel = "Jan 01 00:00:02 host kernel: prog[51064]: segfault at 18 ip 7f18 sp 7f17 error 4 in prog[55d0+1000]\n"
    ended = "Jan 01 00:00:03 host systemd[1]: foo.service: Main process exited, code=dumped, status=11/SEGV\n"
    for text in (kernel + whole, kernel + whole + ended, whole + ended):
        (report,) = [one.report for one in scan(enumerate(text.split("\n")))]
        assert (report.signal, report.process_id) == ("SIGSEGV", 51064)
        assert report.traces[0].frames[0].function == "f"
    assert signature(kernel + whole) == signature(kernel + whole + ended) == signature(whole + ended)
    assert signature(kernel.replace("51064", "51065") + whole) != signature(kernel + whole)


def test_modules_of_packages_stand_between_what_is_said_and_the_stack():
    one, line = INFO.partition("Stack trace of thread")[0], "Module libfoo.so.1 from rpm foo-1.2-3.fc39.x86_64\n"
    indent = one.rpartition("\n")[2]
    [only] = found(INFO.replace(one, one.removesuffix(indent) + indent + line + indent, 1))
    assert any(module["name"] == "libfoo.so.1" for module in only.report.modules)
    assert only.report.traces[0].frames


def test_a_message_that_syslog_folded_into_one_line():
    one = only(f"a\n{FOLDED}\nb")
    assert (one.first, one.last) == (2, 2)
    assert [f.function for f in one.report.traces[0].frames] == ["raise", "abort"]


def test_a_message_that_was_cut():
    report = only(JOURNAL[: JOURNAL.index("Stack trace")]).report
    assert (report.process_id, report.complete, report.traces) == (1200, False, ())
    stack = only(JOURNAL[JOURNAL.index("Stack trace of thread 1200") :]).report
    assert [t.thread_id for t in stack.traces] == [1200, 1201]
    early = only("Process 12 (p) of user 1000 terminated abnormally with signal 11/SEGV, processing...").report
    assert (early.signal, early.process_id) == ("SIGSEGV", 12)


@pytest.mark.parametrize(
    "text",
    ["server PID: 1234 (main)\nstarted", "Stack trace of thread pool:\n#0 a", "it dumped core.", "PID: 12 (a)\nTTY: 3"],
)
def test_what_is_none(text):
    assert found(text) == []


def test_no_other_format_of_the_corpus_is_taken():
    folder = CORPUS / "stacks" / "cf"
    if not folder.is_dir():
        pytest.skip("no ../shared/corpus beside this checkout")
    assert [path.name for path in folder.iterdir() if found(path.read_text(errors="replace"))] == []


@given(st.text(max_size=200), st.integers(0, len(JOURNAL)), st.integers(0, len(INFO)))
def test_any_text_is_read(text, place, other):
    for one in found(JOURNAL[:place] + text + INFO[other:] + FOLDED[place:] + text + JOURNAL[place:]):
        assert 1 <= one.first <= one.last


@pytest.mark.parametrize(
    "line",
    [
        "Stack trace of thread 12:",
        "#0  0x00007f1234567890 raise (libc.so.6 + 0x38d22)",
        "           PID: 1 (a)",
        FOLDED,
    ],
)
def test_the_time_grows_as_the_text_does(line):
    scan_grows(line, "coredump")

"""Tests of `triage.formats.traces.quoting`."""

from __future__ import annotations

import pytest

import triage
from triage.formats.traces.quoting import quoted
from triage.formats.traces.window import Text
from triage.stacks import signature

GDB = """\
Program terminated with signal SIGSEGV, Segmentation fault.
#0  0x0000555555555139 in ns::Reader::next (this=0x7ffc0, n=3) at src/reader.cc:31
31\t  return table_[n];
(gdb) bt
#0  0x0000555555555139 in ns::Reader::next (this=0x7ffc0, n=3) at src/reader.cc:31
#1  0x000055555555519a in ns::load (path=0x7ffe1 "x") at src/load.cc:12
#2  0x00005555555551c2 in main (argc=2, argv=0x7ffe8) at src/main.cc:9"""
CDB = """\
0:000> k
 # Child-SP          RetAddr               Call Site
00 00000031`35980000 00007ff6`035ffb37     App!ns::Reader::next+0xb37 [C:\\src\\reader.cpp @ 31]
01 00000031`35980060 00007ff6`03633814     App!ns::load+0x814 [C:\\src\\load.cpp @ 12]
02 00000031`359800c0 00007ffb`000199de     App!main+0x14 [C:\\src\\main.cpp @ 9]"""
LLDB = """\
* thread #1, name = 'app', stop reason = signal SIGSEGV: invalid address (fault address: 0x180)
  * frame #0: 0x000055d5551a0ea2 app`ns::Reader::next(this=0x7ffc1, n=3) at reader.cc:31:7
    frame #1: 0x000055d555164e09 app`ns::load(path=0x7ffc2) at load.cc:12:17
    frame #2: 0x000055d55513fe96 app`main(argc=2, argv=0x7ffc3) at main.cc:9:12"""
JAVA = """\
org.acme.LoadException: could not load
\tat org.acme.Reader.next(Reader.java:31)
\tat org.acme.Main.main(Main.java:9)
Caused by: java.io.IOException: short read
\tat org.acme.Source.read(Source.java:7)
\t... 1 more"""


@pytest.mark.parametrize("report", [GDB, CDB, LLDB, JAVA], ids=["gdb", "cdb", "lldb", "java"])
@pytest.mark.parametrize("indent", ["    ", "\t", "            "], ids=["four", "tab", "twelve"])
def test_quoted_report_is_read_as_one_at_the_margin(report: str, indent: str) -> None:
    block = "\n".join(f"{indent}{line}" for line in report.split("\n"))
    text = f"[12:00:01] INFO  up\n[12:00:02] ERROR child 12 died:\n{block}\n[12:00:03] INFO  restarted\n"
    alone, within = triage.loads(report), triage.loads(text)
    assert signature(text) == signature(report) != ""
    assert len(within.events()) == 1
    assert within.frames()["function"].tolist() == alone.frames()["function"].tolist()
    assert within.stacks()["role"].tolist() == alone.stacks()["role"].tolist()


def test_what_stands_around_a_quotation_is_no_part_of_it() -> None:
    text = Text(enumerate(["#1  x", "died:", "    #0  a", "", "    #1  b", "#2  c", "    #3  d"]))
    block = quoted(text, 4)
    assert block is not None
    assert [block[index] for index in range(-3, 4)] == [None, "#0  a", "", "#1  b", None, None, None]


def test_lines_of_two_records_are_two_quotations() -> None:
    text = Text(enumerate(["    a", "2026-01-26T01:25:59Z x", "    b"]))
    block = quoted(text, 2)
    assert block is not None
    assert block[-1] is None
    assert block[0] == "b"


@pytest.mark.parametrize("line", ["a", " a", ""])
def test_a_line_at_the_margin_is_not_quoted(line: str) -> None:
    assert quoted(Text(enumerate(["x", line])), 1) is None


def test_the_indentation_of_a_grammar_stays() -> None:
    text = 'Traceback (most recent call last):\n  File "a.py", line 3, in f\n    g()\nValueError: x'
    assert triage.loads(text).events()["error_type"].tolist() == ["ValueError"]
    group = (
        '  + Exception Group Traceback (most recent call last):\n  |   File "a.py", line 3, in <module>\n'
        "  |     run()\n  | ExceptionGroup: several (1 sub-exception)\n  +-+---------------- 1 ----------------\n"
        '    | Traceback (most recent call last):\n    |   File "b.py", line 4, in {}\n    |     raise KeyError\n'
        "    | KeyError: 'a'\n    +------------------------------------"
    )
    assert signature(group.format("f")) != signature(group.format("g"))


def test_a_suppressed_cause_stays_one() -> None:
    text = JAVA.replace("Caused by", "\tSuppressed: a.B: c\n\t\tat a.D.e(D.java:1)\n\tCaused by")
    assert triage.loads(text).stacks()["role"].tolist() == ["crash", "suppressed", "suppressed"]

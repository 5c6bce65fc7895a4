"""Tests of `triage.formats.traces.quoting`."""

from __future__ import annotations

import pytest

import triage
from triage.formats.traces.quoting import carried, quoted
from triage.formats.traces.scanning import scan
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


LOGCAT = """\
01-26 01:25:59.123  1200  1234 E AndroidRuntime: FATAL EXCEPTION: main
01-26 01:25:59.123  1200  1234 E AndroidRuntime: Process: org.acme, PID: 1200
01-26 01:25:59.123  1200  1234 E AndroidRuntime: org.acme.LoadException: could not load
01-26 01:25:59.123  1200  1234 E AndroidRuntime: \tat org.acme.Reader.next(Reader.java:31)
01-26 01:25:59.123  1200  1234 E AndroidRuntime: \tat org.acme.Main.main(Main.java:9)"""
BRIEF = "\n".join("E/AndroidRuntime( 1200): " + line.partition(": ")[2] for line in LOGCAT.split("\n"))
WSGI = "\n".join(
    "[Mon Jan 26 01:25:59.123456 2026] [wsgi:error] [pid 7:tid 140] " + line
    for line in (
        "Traceback (most recent call last):",
        '  File "/srv/acme/load.py", line 31, in next',
        "    return table[n]",
        "KeyError: 3",
    )
)
PGSQL = """\
2026-01-26 01:25:59.123 UTC [4242] ERROR:  division by zero
2026-01-26 01:25:59.123 UTC [4242] CONTEXT:  PL/pgSQL function rate(integer) line 3 at RETURN
\tPL/pgSQL function total(integer) line 5 at assignment
2026-01-26 01:25:59.123 UTC [4242] STATEMENT:  SELECT total(3);"""
CHAIN = """\
Traceback (most recent call last):
  File "/srv/acme/load.py", line 31, in next
    return table[n]
KeyError: 3

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/acme/main.py", line 9, in main
    load()
RuntimeError: could not load"""
QUOTES = {
    "mail": "> ",
    "four": "    ",
    "tab": "\t",
    "compose": "web-1  | ",
    "runner": "2026-01-26T01:25:59.1234567Z ",
    "syslog": "Jan 26 01:25:59 host acme[7]: ",
}


@pytest.mark.parametrize("report", [LOGCAT, BRIEF, WSGI, PGSQL, CHAIN], ids=["logcat", "brief", "wsgi", "sql", "chain"])
@pytest.mark.parametrize("quote", QUOTES.values(), ids=QUOTES.keys())
def test_quoted_log_is_read_as_one_at_the_margin(report: str, quote: str) -> None:
    block = "\n".join((quote + line).rstrip() for line in report.split("\n"))
    text = f"It died:\n\n{block}\n\nAny idea?\n"
    alone, within = triage.loads(report), triage.loads(text)
    assert signature(text) == signature(report) != ""
    assert within.frames()["function"].tolist() == alone.frames()["function"].tolist()
    rows = within.frames()["function"].tolist()
    assert rows, text


def test_lines_of_a_quoted_log_keep_their_places() -> None:
    text = "died:\n" + "\n".join(f"    {line}" for line in LOGCAT.split("\n")) + "\nbye\n"
    (found,) = (found for found in scan(zip(offsets(text), text.split("\n"), strict=True)))
    assert (found.first, found.last) == (2, 6)
    assert text[found.offset : found.end_offset] == text[text.index("    01") : text.index("bye")]
    assert [frame.text_line for frame in found.report.traces[0].frames] == [5, 6]


def test_another_process_in_a_quoted_log_is_no_part_of_it() -> None:
    other = "01-26 01:25:59.123  1300  1300 E AndroidRuntime: \tat org.other.Other.run(Other.java:5)"
    lines = LOGCAT.split("\n")
    text = "died:\n" + "\n".join(f"    {line}" for line in [*lines[:4], other, *lines[4:]])
    assert signature(text) == signature(LOGCAT)


def test_a_block_whose_anchor_has_no_prefix_is_no_log() -> None:
    text = Text(enumerate(["died:", "    E/app ( 7): a", "    b"]))
    block = quoted(text, 2)
    assert block is not None
    assert carried(text, 2, block) is None
    inner = carried(text, 1, block := quoted(text, 1) or block)
    assert inner is not None
    assert [inner.raw(number) for number in (1, 2, 3)] == ["E/app ( 7): a", "b", None]


def offsets(text: str) -> list[int]:
    """Where each line begins."""
    found = [0]
    for line in text.split("\n")[:-1]:
        found.append(found[-1] + len(line) + 1)
    return found

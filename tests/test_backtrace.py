"""Backtraces that programs print themselves: texts made by hand in the forms of each library."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from tests.reading import CORPUS
from tests.scanned import scan_grows
from triage.formats.traces.scanning import Found, scan
from triage.stacks import signature

GLIBC = """\
starting
Error: signal 11:
./prog(handler+0x19)[0x400911]
/lib64/tls/libc.so.6[0x3a9b92e380]
./prog(_Z3bazv+0x14) [0x400962]
bye
"""
MPI = """\
[node1:12345] *** Process received signal ***
[node1:12345] Signal: Segmentation fault (11)
[node1:12345] Signal code: Address not mapped (1)
[node1:12345] Failing at address: 0x10
[node1:12345] [ 0] /lib/libpthread.so.0(+0x12980)[0x7f8bb0000000]
[node1:12345] [ 1] ./a.out(main+0x12)[0x55d0000000]
[node1:12345] *** End of error message ***
mpirun noticed that process rank 0 exited
"""
XORG = """\
(EE) Backtrace:
(EE) 0: /usr/lib/xorg/Xorg (OsLookupColor+0x139) [0x5581d2a0e1d9]
(EE) 1: /lib/x86_64-linux-gnu/libpthread.so.0 (funlockfile+0x60) [0x7f1c2c3b2152]
(EE) x
"""
MYSQL = """\
12:00:00 UTC - mysqld got signal 6 ;
This could be because you hit a bug.
stack_bottom = 7f0 thread_stack 0x40000
/usr/sbin/mysqld(my_print_stacktrace+0x3d) [0x55d4c5d4d139]
/usr/sbin/mysqld(Item::f(int)+0x31b) [0x55d4c5d4d140]
Query (7f0): SELECT 1
"""
BOOST = """\
 0# ns::f(int) at /a/b.cpp:12
 1# main in ./prog
 2# 0x00007F1C2C3B2152 in /lib/libc.so.6
"""
BACKWARD = """\
Stack trace (most recent call last):
#2    Object "./prog", at 0x55d0000000, in _start
#1    Source "/t/a.cpp", line 9, in main [0x55d0000100]
          8: int main() {
      >   9:   foo(1);
#0    Source "/t/a.cpp", line 4, in foo(int) [0x55d0000200]
Segmentation fault (Address not mapped to object [0x10])
after
"""


def found(text: str) -> list[Found]:
    return list(scan(enumerate(text.split("\n")), only="backtrace"))


def only(text: str) -> Found:
    (one,) = found(text)
    return one


@pytest.mark.parametrize(
    ("text", "lines", "signal", "functions"),
    [
        (GLIBC, (2, 5), "SIGSEGV", ["handler", "<signal handler called>", "_Z3bazv"]),
        (MPI, (1, 7), "SIGSEGV", [None, "main"]),
        (XORG, (1, 3), None, ["OsLookupColor", "funlockfile"]),
        (MYSQL, (1, 5), "SIGABRT", ["my_print_stacktrace", "Item::f"]),
        (BOOST, (1, 3), None, ["ns::f", "main", None]),
        (BACKWARD, (1, 7), "SIGSEGV", ["foo", "main", "_start"]),
    ],
)
def test_the_forms(text, lines, signal, functions):
    one = only(text)
    assert (one.first, one.last) == lines
    assert (one.report.signal, one.report.kind) == (signal, "crash" if signal else "dump")
    assert [frame.function for frame in one.report.traces[0].frames] == functions


def test_what_the_head_says():
    report = only(MPI).report
    assert (report.fault_address, report.process_id) == (16, 12345)
    frame = only(BACKWARD).report.traces[0].frames[0]
    assert (frame.args, frame.file, frame.line, frame.address, frame.text_line) == (
        "int",
        "/t/a.cpp",
        4,
        0x55D0000200,
        6,
    )


def test_behind_prefixes_and_cut():
    lines = GLIBC.rstrip("\n").split("\n")
    one = only("\n".join(f"2026-01-01T00:00:0{n}Z stderr F {line}" for n, line in enumerate(lines)))
    assert (one.first, one.last) == (2, 5)
    assert len(only(MPI[: MPI.index("[node1:12345] ***", 20)]).report.traces[0].frames) == 2


def test_the_head_may_be_the_first_line_of_a_record():
    stamp = "2026-01-01T00:00:00Z "
    logged = GLIBC.replace("Error:", f"{stamp}ERROR worker: caught").replace("bye", f"{stamp}bye")
    one = only(logged)
    assert (one.first, one.last, one.report.signal) == (2, 5, "SIGSEGV")
    other = logged.replace("./prog(handler", f"{stamp}state:\n./prog(handler")
    assert (only(other).first, only(other).report.signal) == (4, None)


@pytest.mark.parametrize(
    "text",
    [
        "./prog(main+0x12)[0x400911]\nalone",
        "f(x) [0x12]\ng(y) [0x13]",
        "Segmentation fault",
        "#0  0x00007ff1 in f () from a\n#1  0x2 in g ()",
        "# 0# a list\n# 1# of words",
    ],
)
def test_what_is_none(text):
    assert found(text) == []


def test_no_format_of_the_corpus_is_taken_that_has_a_head_of_its_own():
    folder = CORPUS / "stacks" / "cf"
    if not folder.is_dir():
        pytest.skip("no ../shared/corpus beside this checkout")
    taken = [path for path in folder.iterdir() if found(path.read_text(errors="replace"))]
    assert all("==== C stack trace" in path.read_text(errors="replace") for path in taken)


@given(st.text(max_size=200), st.integers(0, len(MPI)), st.integers(0, len(BACKWARD)))
def test_any_text_is_read(text, place, other):
    for one in found(MPI[:place] + text + BACKWARD[other:] + XORG[place:] + text + GLIBC[place:]):
        assert 1 <= one.first <= one.last


@pytest.mark.parametrize(
    "line", ["./prog(main+0x12)[0x400911]", " 0# f in g", "x) [0x1", "*** Process received signal ***"]
)
def test_the_time_grows_as_the_text_does(line):
    scan_grows(line, "backtrace")


def test_servers_that_show_in_their_name_what_they_do():
    text = """TRAP: failed Assert("page->n <= MAX"), File: "idx.c", Line: 233, PID: 71120
postgres: app shop 10.0.0.4(51122) INSERT(ExceptionalCondition+0x7c) [0x55f0a8e1c2fc]
/usr/lib/postgresql/16/lib/idx.so(idx_insert+0x3f1) [0x7f3b5a0a44e1]
postgres: walwriter (PostmasterMain+0xe3b) [0x55f0a8c4c1cb]
/usr/sbin/mysqld(Iter<false>::Read(THD*, bool)+0x1f1) [0x5581a6498bd1]
"""
    frames = [f for found in scan(enumerate(text.split("\n"))) for t in found.report.traces for f in t.frames]
    assert [(frame.module, frame.function) for frame in frames][-4:] == [
        ("postgres", "ExceptionalCondition"),
        ("/usr/lib/postgresql/16/lib/idx.so", "idx_insert"),
        ("postgres", "PostmasterMain"),
        ("/usr/sbin/mysqld", "Iter<false>::Read"),
    ]


def test_redis_shows_the_place_and_then_the_stack():
    text = """12:M 26 Nov 2026 06:31:22.123 # Redis 7.0.11 crashed by signal: 11, si_code: 1
12:M 26 Nov 2026 06:31:22.123 # Accessing address: (nil)

------ STACK TRACE ------
EIP:
redis-server *:6379(listTypePush+0x3a)[0x55d0c812a1b2]

Backtrace:
/lib/x86_64-linux-gnu/libpthread.so.0(+0x13140)[0x7f1a2b3c4140]
redis-server *:6379(listTypePush+0x3a)[0x55d0c812a1b2]
redis-server *:6379(call+0xb1)[0x55d0c80f1a2b]
"""
    (found,) = scan(enumerate(text.split("\n")), only="backtrace")
    assert (found.report.signal, found.report.kind) == ("SIGSEGV", "crash")
    assert [frame.function for frame in found.report.traces[0].frames] == [None, "listTypePush", "call"]


@pytest.mark.parametrize(
    "row",
    [
        "0x55010b912b54: ({}+0x817)",
        "#{n}  0x000055010b912b54 {} + 0x1d",
        "#{n} 0x55010b912b54 in {}+0x1d",
        "[{n}] 0x55010b912b54 {}+0x1d",
        "[0x55010b912b54] {}+0x1d",
        "  0x55010b912b54 - {} + 0x1d",
        "{}+0x1d [0x55010b912b54]",
        "#{n}: {}+0x1d [0x55010b912b54]",
        "frame #{n}: {} + 0x1d (0x55010b912b54 in /lib/libshop.so)",
        "{n}   shop     0x000000010b912b54 {} + 817",
        "0x55010b912b54 <{}+0x1d> at /usr/local/bin/shop",
        "0x55010b912b54 <{}+29> at /usr/local/bin/shop",
    ],
)
def test_stacks_that_programs_walk_themselves(row):
    rows = [row.format(name, n=n) for n, name in enumerate(["ns::pay(int)", "ns::{lambda()#1}::operator()", "main"])]
    one = only("\n".join(["starting", "caught signal 11, backtrace:", *rows, "bye"]))
    assert (one.first, one.last, one.report.signal) == (2, 5, "SIGSEGV")
    assert one.report.traces[0].frames[0].function == "ns::pay"
    assert one.report.traces[0].frames[2].function == "main"
    moved = [line.replace("b912b54", "c0ffe50").replace("x817", "x21").replace("x1d", "x2f") for line in rows]
    text = "caught signal 11, backtrace:\n"
    assert signature(text + "\n".join(rows)) == signature(text + "\n".join(moved))
    assert signature(text + "\n".join(rows)) != signature(text + "\n".join(rows).replace("pay", "add"))


def test_stacks_without_offsets_or_without_addresses():
    text = "0: PrintStack - 0x7FF6C0A11B20\n1: Shop::pay - 0x7FF6C0A11C40\n2: main - 0x7FF6C0A11D90"
    assert [frame.function for frame in only(text).report.traces[0].frames] == ["PrintStack", "Shop::pay", "main"]
    rows = ["/opt/shop:on_segv+0x1c", "/lib/libc.so.1:__sighndlr+0x15", "/opt/shop:pay+0x1c", "/opt/shop:main+0x2"]
    assert triage.loads("\n".join(["caught signal 11", *rows])).events()["culprit"].tolist() == ["pay"]
    uwsgi = (
        "!!! uWSGI process 12 got Segmentation Fault !!!\n*** backtrace of 12 ***\n"
        "uwsgi(uwsgi_backtrace+0x2e) [0x55d0c812a1b2]\n/lib/libc.so.6(+0x42520) [0x7f1a2b3c4140]\n"
        "/opt/shop.so(pay+0x12) [0x55d0c812a1b2]\n*** end of backtrace ***"
    )
    one = only(uwsgi)
    assert (one.first, one.last, one.report.signal) == (1, 6, "SIGSEGV")


@pytest.mark.parametrize(
    "text",
    [
        "range: a - 0x7FF6C0A11B20\nrange: b - 0x7FF6C0A11B20",
        "0x10 <x at /a\n0x11 <y at /b",
        "register 0x55010b912b54: (offset+0x817)",
        "0x55010b912b54: wait for it + 0x12\n0x55010b912b58: and for that + 0x12",
        "backtrace:\nnone was made\nof it",
        "#0 0x000055010b912b54 in f() file.cc:3 <lib.so>+0x12\n#1 0x000055010b912b54 in g() file.cc:3 <lib.so>+0x12",
        "[  3.1] RIP: 0010:f+0x12/0x30\n[  3.1] RAX: 0x55010b912b54",
    ],
)
def test_rows_that_are_none(text):
    assert found(text) == []


HANDLED = """\
Error: signal 11:
./shop(on_fatal+0x2b) [0x5501ae7afd39]
/lib/x86_64-linux-gnu/libc.so.6(+0x42520) [0x7f022e5a5035]
./shop(pay+0x303) [0x5501ae83eabd]
./shop(main+0x69) [0x5501ae7d4b11]
/lib/x86_64-linux-gnu/libc.so.6(+0x29d90) [0x7f022e600d5e]
/lib/x86_64-linux-gnu/libc.so.6(__libc_start_main+0x80) [0x7f022e600d5e]"""


def test_where_the_handler_of_a_signal_ends():
    assert triage.loads(HANDLED).events()["culprit"].tolist() == ["pay"]
    assert signature(HANDLED) == signature(HANDLED.replace("on_fatal", "my_dump"))
    # a function that failed in the C library itself
    copied = HANDLED.replace(
        "\n./shop(pay", "\n/lib/x86_64-linux-gnu/libc.so.6(+0x1a0b35) [0x7f022e6a5035]\n./shop(pay"
    )
    assert triage.loads(copied).events()["culprit"].tolist() == ["pay"]


def test_what_the_c_library_calls_back_is_no_handler():
    sorts = HANDLED.replace(
        "libc.so.6(+0x42520) [0x7f022e5a5035]",
        "libc.so.6(+0x3f5d2) [0x7f022e5a5035]\n/lib/x86_64-linux-gnu/libc.so.6(qsort_r+0x9f) [0x7f022e5a5100]",
    )
    assert triage.loads(sorts).events()["culprit"].tolist() == ["on_fatal"]
    first = HANDLED.replace("./shop(on_fatal+0x2b) [0x5501ae7afd39]\n", "").replace("libc.so.6(+0x42520)", "libc.so.6")
    assert triage.loads(first).events()["culprit"].tolist() == ["pay"]
    begins = "\n".join(line for line in HANDLED.split("\n") if "on_fatal" not in line and "+0x42520" not in line)
    assert triage.loads(begins).events()["culprit"].tolist() == ["pay"]

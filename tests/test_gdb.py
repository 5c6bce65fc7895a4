"""gdb's stacks: real ones of the corpus, of a program made to crash for this test, and the forms of older versions."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading import SAMPLES, corpus
from triage.formats.traces import gdb
from triage.formats.traces import parse as parse_any
from triage.formats.traces.scanning import Found, scan
from triage.records import Frame, Trace
from triage.stacks import signature

# gdb 13 on a C++ program with a thread, inlined lambdas and an operator, shortened: `bt`, `thread apply all bt`,
# `bt full 2`.
THREADS = """\
[Thread debugging using libthread_db enabled]
Using host libthread_db library "/lib/x86_64-linux-gnu/libthread_db.so.1".
[New Thread 0x7ffff7a1d6c0 (LWP 28681)]

Thread 1 "t" received signal SIGSEGV, Segmentation fault.
Mob::operator< (this=0x7fffffffe6cc, o=...) at t.cpp:18
18\tbool Mob::operator<(const Mob &o) const { Visitor v{nullptr}; return visit(m, v) + o.id < id; }
#0  Mob::operator< (this=0x7fffffffe6cc, o=...) at t.cpp:18
#1  0x0000555555556777 in operator() (x=3, __closure=<optimized out>) at t.cpp:24
#2  std::__invoke_impl<int, main()::<lambda(int)>&, int> (__f=...) at /usr/include/c++/12/bits/invoke.h:61
#3  std::_Function_handler<int(int), main()::<lambda(int)> >::_M_invoke(const std::_Any_data &, int &&) (\
__functor=..., __args#0=<optimized out>) at /usr/include/c++/12/bits/std_function.h:290
#4  0x0000555555556353 in std::function<int (int)>::operator()(int) const (__args#0=<optimized out>, \
this=0x7fffffffe650) at /usr/include/c++/12/bits/std_function.h:591
#5  call(std::function<int (int)>) (f=...) at t.cpp:19
#6  0x0000555555556409 in main () at t.cpp:24

Thread 2 (Thread 0x7ffff7a1d6c0 (LWP 28681) "zone worker"):
#0  0x00007ffff7aed545 in __GI___clock_nanosleep (clock_id=clock_id@entry=0, flags=flags@entry=0, \
req=req@entry=0x7ffff7a1ce70, rem=rem@entry=0x7ffff7a1ce70) at ../sysdeps/unix/sysv/linux/clock_nanosleep.c:48
#1  0x00007ffff7cd44a3 in ?? () from /lib/x86_64-linux-gnu/libstdc++.so.6
#2  0x00007ffff7b278ec in clone3 () at ../sysdeps/unix/sysv/linux/x86_64/clone3.S:81

Thread 1 (Thread 0x7ffff7eb2740 (LWP 28676) "t"):
#0  Mob::operator< (this=0x7fffffffe6cc, o=...) at t.cpp:18
#1  0x0000555555556777 in operator() (x=3, __closure=<optimized out>) at t.cpp:24
#2  std::__invoke_impl<int, main()::<lambda(int)>&, int> (__f=...) at /usr/include/c++/12/bits/invoke.h:61
#3  std::_Function_handler<int(int), main()::<lambda(int)> >::_M_invoke(const std::_Any_data &, int &&) (\
__functor=..., __args#0=<optimized out>) at /usr/include/c++/12/bits/std_function.h:290
#4  0x0000555555556353 in std::function<int (int)>::operator()(int) const (__args#0=<optimized out>, \
this=0x7fffffffe650) at /usr/include/c++/12/bits/std_function.h:591
#5  call(std::function<int (int)>) (f=...) at t.cpp:19
#6  0x0000555555556409 in main () at t.cpp:24
#0  Mob::operator< (this=0x7fffffffe6cc, o=...) at t.cpp:18
        v = <optimized out>
        m = std::map with 1 element = {["rat (large) at pier"] = std::vector of length 3, capacity 3 = {1, 2, 3}}
#1  0x0000555555556777 in operator() (x=3, __closure=<optimized out>) at t.cpp:24
No locals.
(More stack frames follow...)
"""


def one(line: str) -> Frame:
    [trace] = gdb.parse(line)
    [frame] = [frame for frame in trace.frames if frame.frame_kind != "elided"]
    return frame


def functions(trace: Trace) -> list[str | None]:
    return [frame.function for frame in trace.frames]


def test_a_segmentation_fault_of_the_corpus():
    [trace] = gdb.parse(corpus("stacks", "casr-gdb", "crash-254f411aa187e4121abf69e12e01ed8c245b8567.txt").read_text())
    assert (trace.error_type, trace.error_value, trace.role, trace.crashed) == (
        "SIGSEGV",
        "Segmentation fault",
        "crash",
        True,
    )
    assert len(trace.frames) == 9
    top, second, last = trace.frames[0], trace.frames[1], trace.frames[-1]
    string = "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >"
    assert top.function == f"{string}::basic_string"
    assert top.function_raw == f"{string}::basic_string({string} const&)"
    assert (top.args, top.module, top.file, top.address) == (
        None,
        "/lib/x86_64-linux-gnu/libstdc++.so.6",
        None,
        0x7FFFF7ED1EB8,
    )
    assert second.function == "xlnt::detail::xlsx_consumer::read_office_document"
    assert (second.args, second.line) == ("this=0x7fffffffd8f0, content_type=", 2044)
    assert second.file == "/xlnt/source/detail/serialization/xlsx_consumer.cpp"
    assert (last.function, last.line) == ("main", 39)
    assert {frame.inline_depth for frame in trace.frames} == {0}


def test_an_abort_of_the_corpus_with_strings_and_namespaces():
    [trace] = gdb.parse(corpus("stacks", "casr-gdb", "crash-a04315b661e020c8a4e0cc566c75a765268270cb.txt").read_text())
    assert (trace.error_type, trace.error_value, len(trace.frames)) == ("SIGABRT", "Aborted", 23)
    assert functions(trace)[:4] == ["__GI_raise", "__GI_abort", "__libc_message", "malloc_printerr"]
    assert trace.frames[3].args == 'str=str@entry=0x7ffff7be51e0 "munmap_chunk(): invalid pointer"'
    assert trace.frames[16].function == "(anonymous namespace)::decrypt_xlsx"
    assert trace.frames[16].args is not None
    assert trace.frames[16].args.endswith('password=u"VelvetSweatshop"')
    assert trace.frames[21].args is not None
    assert "<incomplete sequence \\341>" in trace.frames[21].args
    assert trace.frames[0].address is None
    assert trace.frames[0].in_app is None


def test_a_trap_and_the_stack_of_another_tool_behind_it():
    [trace] = gdb.parse(corpus("stacks", "cf", "gdb_sigtrap_and_libfuzzer.txt").read_text())
    assert (trace.error_type, trace.error_value) == ("SIGTRAP", "Trace/breakpoint trap")
    assert functions(trace) == [
        "__aeabi_memcpy",
        "memcpy",
        "xymodem_trnasfer",
        "LoadImageFromUsb30",
        "LoadBL1FromUsb30",
        "Main",
        "GPIO_SetPudBits",
    ]
    assert (trace.frames[2].file, trace.frames[2].line, trace.frames[0].file) == (
        "usbdev/protocol_xymodem.c",
        362,
        None,
    )


def test_only_gdb_s_texts_of_the_corpus_are_taken():
    folder = corpus("stacks", "cf")
    taken = sorted(path.name for path in folder.iterdir() if gdb.probe(path.read_text(errors="replace")))
    assert taken == ["gdb_sigtrap.txt", "gdb_sigtrap_and_libfuzzer.txt"]
    assert not gdb.probe("#0      main (package:app/main.dart:3:4)\n#1 /srv/a.php(12): f()\n#2 {main}\n")


def test_threads_are_stacks_and_the_current_one_comes_first():
    traces = gdb.parse(THREADS)
    assert [(t.role, t.crashed, t.thread_id, t.thread_name) for t in traces] == [
        ("crash", True, 28676, "t"),
        ("thread", False, 28681, "zone worker"),
        ("thread", True, 28676, None),
    ]
    crash, worker, again = traces
    assert (crash.error_type, crash.error_value) == ("SIGSEGV", "Segmentation fault")
    assert worker.error_type is None
    assert functions(crash) == [
        "Mob::operator<",
        "main::<lambda()>::operator()",
        "std::__invoke_impl<int, main()::<lambda(int)>&, int>",
        "std::_Function_handler<int(int), main()::<lambda(int)> >::_M_invoke",
        "std::function<int (int)>::operator()",
        "call",
        "main",
    ]
    assert crash.frames[4].function_raw == "std::function<int (int)>::operator()(int) const"
    assert crash.frames[5].function_raw == "call(std::function<int (int)>)"
    # gdb leaves the address out where the next inner frame was inlined.
    assert [frame.inline_depth for frame in crash.frames] == [0, 2, 1, 0, 1, 0, 0]
    unknown = worker.frames[1]
    assert (unknown.function, unknown.function_raw, unknown.module) == (
        None,
        "??",
        "/lib/x86_64-linux-gnu/libstdc++.so.6",
    )
    assert json.loads(again.frames[0].variables or "") == {
        "v": "<optimized out>",
        "m": 'std::map with 1 element = {["rat (large) at pier"] = std::vector of length 3, capacity 3 = {1, 2, 3}}',
    }
    assert again.frames[1].variables is None
    assert (again.frames[2].frame_kind, again.frames[2].function_raw) == ("elided", "(More stack frames follow...)")


def test_the_current_thread_is_the_crashed_one():
    text = (
        "[Current thread is 1 (Thread 0x7f01 (LWP 41))]\n"
        'Thread 2 (Thread 0x7f02 (LWP 42) "idle"):\n#0  0x10 in poll () from /lib/libc.so.6\n'
        "Thread 1 (Thread 0x7f01 (LWP 41)):\n#0  0x20 in f (p=0x0) at f.c:1\n"
    )
    traces = gdb.parse(text)
    assert [(t.role, t.thread_id, functions(t)) for t in traces] == [("crash", 41, ["f"]), ("thread", 42, ["poll"])]


def test_without_a_word_of_gdb_the_interrupted_thread_is_the_crashed_one_else_the_first():
    idle = "Thread 2 (LWP 42):\n#0  0x10 in poll () from /lib/libc.so.6\n"
    caught = "Thread 1 (LWP 41):\n#0  0x20 in wait4 ()\n#1  <signal handler called>\n#2  0x30 in f () at f.c:1\n"
    assert [t.thread_id for t in gdb.parse(idle + caught)] == [41, 42]
    assert [t.thread_id for t in gdb.parse(idle + idle.replace("2", "3"))] == [42, 43]


def test_drkonqi_leaves_out_the_frames_of_kde_s_handler():
    text = (
        "Application: Files (files), signal: Segmentation fault\n\n[KCrash Handler]\n"
        "#4  0x00007fc07f098fe5 in FileModel::sort (this=0x0) at /src/model.cpp:31\n"
        "#5  0x0000554d8fa57185 in main (argc=1) at /src/main.cpp:9\n[Inferior 1 (process 53) detached]\n"
    )
    [trace] = gdb.parse(text)
    rows = [(f.frame_kind, f.function) for f in trace.frames]
    assert rows == [("signal", None), ("frame", "FileModel::sort"), ("frame", "main")]
    [found] = [one for one in scan(enumerate(text.splitlines())) if isinstance(one, Found)]
    assert [found.first, found.last] == [3, 6]
    other = "Thread 2 (Thread 0x7f LWP 9):\n#0  0x10 in poll () from /lib/libc.so.6\n#1  0x20 in loop () at l.c:1\n"
    threads = gdb.parse("Thread 1 (Thread 0x7e LWP 8):\n" + text.partition("\n\n")[2] + other)
    assert [(t.thread_id, functions(t)) for t in threads] == [
        (8, [None, "FileModel::sort", "main"]),
        (9, ["poll", "loop"]),
    ]


def test_the_rows_of_a_handler_stay_in_order():
    text = (
        "#0  0x00007ff1 in __waitpid (pid=7) at waitpid.c:30\n#1  0x0000551 in print_trace () at crash.cpp:154\n"
        "#2  <signal handler called>\n#3  0x00005562 in Mob::GetOwner (this=0x0) at mob.cpp:3244\n"
    )
    [trace] = gdb.parse(text)
    assert [(f.frame_kind, f.function, f.in_app) for f in trace.frames] == [
        ("frame", "__waitpid", None),
        ("frame", "print_trace", None),
        ("signal", "<signal handler called>", None),
        ("frame", "Mob::GetOwner", None),
    ]


@pytest.mark.parametrize(
    ("line", "function", "args", "file", "number"),
    [
        ("#0  main () at a.c:3", "main", None, "a.c", 3),
        ("#1  0x5 in f (a=1, b=2) at /x y (copy)/c++/a.c:12", "f", "a=1, b=2", "/x y (copy)/c++/a.c", 12),
        ('#1  0x5 in f (s=0x6 "a) at b.c:1") at c.c:2', "f", 's=0x6 "a) at b.c:1"', "c.c", 2),
        ("#1  0x5 in f (c=41 ')') at c.c:2", "f", "c=41 ')'", "c.c", 2),
        ('#1  0x5 in f (s="\\"(") at c.c:2', "f", 's="\\"("', "c.c", 2),
        ("#1  0x5 in A::operator() (this=0x0) at a.cpp:7", "A::operator()", "this=0x0", "a.cpp", 7),
        ("#1  0x5 in A::operator bool (this=0x0) at a.cpp:7", "A::operator bool", "this=0x0", "a.cpp", 7),
        ("#1  0x5 in operator<< (o=...) at a.cpp:7", "operator<<", "o=...", "a.cpp", 7),
        ("#1  0x5 in g(int, char) const [clone .cold] () at a.cpp:7", "g", None, "a.cpp", 7),
        ("#1  0x5 in main.(*Srv).Run (s=0xc0) at /go/m.go:9", "main.(*Srv).Run", "s=0xc0", "/go/m.go", 9),
        ("#1  0x5 in f (s=0x6 at a.c:1", "f", "s=0x6 at a.c:1", None, None),
        ("#1  0x5 in Only::name", "Only::name", None, None, None),
        ("#1  0x5 in f (x=1) at a.c", "f", "x=1", "a.c", None),
        ("#7  0x5 in ?? ()", None, None, None, None),
    ],
)
def test_forms_of_a_frame(line, function, args, file, number):
    frame = one(line)
    assert (frame.function, frame.args, frame.file, frame.line) == (function, args, file, number)


def test_a_frame_wrapped_over_lines():
    text = (
        "#0  0x00000000004005d4 in crunch (\n    first=0x7fffffffe0b0,\n    second=12)\n"
        "    at /src/long/path/crunch.c:44\n"
        "#1  0x0000000000400609 in main ()\n    at /src/main.c:9\n"
    )
    [trace] = gdb.parse(text)
    assert [(f.function, f.args, f.file, f.line) for f in trace.frames] == [
        ("crunch", "first=0x7fffffffe0b0, second=12", "/src/long/path/crunch.c", 44),
        ("main", None, "/src/main.c", 9),
    ]


def test_older_words_for_signals_threads_and_the_pager():
    text = (
        "Program terminated with signal 11, Segmentation fault.\n"
        "#0  0x10 in f () at a.c:1\n---Type <return> to continue, or q <return> to quit---#1  0x20 in g () at a.c:2\n"
        "Backtrace stopped: previous frame inner to this frame (corrupt stack?)\n"
    )
    [trace] = gdb.parse(text)
    assert (trace.error_type, functions(trace)[:2]) == ("SIGSEGV", ["f", "g"])
    assert (trace.frames[2].frame_kind, trace.frames[2].function_raw) == (
        "note",
        "Backtrace stopped: previous frame inner to this frame (corrupt stack?)",
    )


def test_missing_numbers_are_a_row():
    [trace] = gdb.parse("#2  <signal handler called>\n#3  0x5 in f () at a.c:1\n#9  0x6 in main () at a.c:8\n")
    assert [(f.frame_kind, f.repeat) for f in trace.frames] == [
        ("elided", 2),
        ("signal", 1),
        ("frame", 1),
        ("elided", 5),
        ("frame", 1),
    ]


def test_a_signal_alone_is_a_stack_without_frames():
    [trace] = gdb.parse("Program received signal SIGABRT, Aborted.\n")
    assert (trace.error_type, trace.frames) == ("SIGABRT", ())


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("f", ("f", None)),
        ("f(int)", ("f", "int")),
        ("A::operator()", ("A::operator()", None)),
        ("A::operator()(int) const", ("A::operator()", "int")),
        ("(anonymous namespace)", ("(anonymous namespace)", None)),
        ("f(void (*)(int)) const &", ("f", "void (*)(int)")),
        ("f)", ("f)", None)),
        ("()", ("()", None)),
    ],
)
def test_names_and_parameters(name, parts):
    assert gdb.call(name) == parts


PIECES = st.sampled_from([
    "#0", "#1 ", " ", "  ", "0x1f", " in ", "f", "(", ")", " (", ") at ", " from ", '"', "'", "\\", "<", ">", "\n",
    "\n    ", "operator()", "Thread 1 (", "LWP 3", "):", "Program received signal SIGSEGV, x", "-", "Type <RET>",
    "a = ", "at ",
])  # fmt: skip


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_any_text(text):
    gdb.probe(text)
    gdb.call(text)
    for trace in gdb.parse(text):
        assert trace.frames or trace.error_type
        assert all(frame.repeat >= 1 for frame in trace.frames)


def test_the_text_is_known_for_gdb_s_among_all_languages():
    assert [trace.thread_id for trace in parse_any(THREADS)] == [28676, 28681, 28676]


def test_every_prefix_of_a_real_text():
    text = (
        (SAMPLES / "eqemu" / "crash_world_2211_linux.log")
        .read_text()
        .replace("[01-28-2026 19:47:03] [World] [Crash] ", "")
    )
    last = 0
    for end in range(0, len(text) + 1, 3):
        rows = sum(len(trace.frames) for trace in gdb.parse(text[:end]))
        assert last <= rows <= 7
        last = rows
    assert functions(gdb.parse(text)[0])[3] == "Client::GetInstanceVersion"


CORE = """\
a log
Core was generated by `./prog --x'.
Program terminated with signal SIGSEGV, Segmentation fault.
#0  0x00007ffff7a4e859 in foo (x=1) at a.c:3
3\t  *p = 1;
[Current thread is 1 (Thread 0x7f01 (LWP 12))]
(gdb) bt
#0  0x00007ffff7a4e859 in foo (x=1) at a.c:3
#1  0x00007ffff7a4e860 in bar (a_long_name=0x0,
    another=1) at b.c:4
#2  main () at c.c:5
(gdb) info registers
rax            0x0                 0
rip            0x7ffff7a4e859      0x7ffff7a4e859 <foo+12>
(gdb) quit
the log goes on
"""


def found(text: str) -> list[Found]:
    return list(scan(enumerate(text.split("\n")), only="gdb"))


def test_a_core_in_a_log_is_one_report():
    (one,) = found(CORE)
    report = one.report
    assert (one.first, one.last) == (2, 15)
    assert (report.signal, report.process, report.thread_id) == ("SIGSEGV", "./prog --x", 12)
    (trace,) = report.traces
    assert [(f.function, f.line, f.text_line) for f in trace.frames] == [("foo", 3, 8), ("bar", 4, 9), ("main", 5, 11)]
    assert json.loads(trace.registers or "") == {"rax": "0x0", "rip": "0x7ffff7a4e859"}


def test_the_place_of_a_stop_without_a_stack_is_its_frame():
    (one,) = found(
        "Program received signal SIGABRT, Aborted.\n0x00007ffff7a4e859 in raise () from /lib/libc.so.6\nnext"
    )
    assert (one.last, one.report.follows) == (2, True)
    (frame,) = one.report.traces[0].frames
    assert (frame.function, frame.module, frame.text_line) == ("raise", "/lib/libc.so.6", 2)


def test_a_stack_behind_prefixes_and_one_whose_beginning_is_lost():
    lines = ["ready", "#0  0x00007ff1 in ?? ()", "#1  0x00007fe1 in bar () from /lib/x.so", "going on"]
    (one,) = found("\n".join(f"2026-01-01T00:00:0{n}Z stderr F {line}" for n, line in enumerate(lines)))
    assert (one.first, one.last, one.report.error_type) == (2, 3, None)
    (cut,) = found(CORE[CORE.index("#1  0x") :])
    assert [f.frame_kind for f in cut.report.traces[0].frames] == ["elided", "frame", "frame"]
    assert not cut.report.complete


def test_the_frames_of_others_are_not_gdb_s():
    for text in (
        "#0      main (package:app/main.dart:3:4)\n#1      _foo (dart:core/x.dart:1:1)",
        "    #0 0x4b3520 in __sanitizer_print_stack_trace (/f+0x4b3520)\n    #1 0x45e158 in fuzzer::P() (/x)",
        "#0 /srv/a.php(12): f()\n#1  {main}",
        "#0  0x00007f1c2c3b2152 __poll (libc.so.6 + 0x123)\n#1  0x00007f1c2c3b2152 n/a (n/a + 0x12)",
        "#0    0x000051f8 in f(unsigned char const*, unsigned long) ../a.cc:12 <<application>>+0xacf4c",
    ):
        assert found(text) == []


def test_reports_of_the_corpus_and_nobody_else_s():
    folder = corpus("stacks", "cf")
    taken = sorted(path.name for path in folder.iterdir() if found(path.read_text(errors="replace")))
    assert taken == sorted(path.name for path in folder.iterdir() if gdb.probe(path.read_text(errors="replace")))
    for path in corpus("stacks", "casr-gdb").iterdir():
        (one,) = found(path.read_text(errors="replace"))
        assert one.report.signal


@given(st.text(max_size=200), st.integers(0, len(CORE)), st.integers(0, len(THREADS)))
def test_any_text_around_a_report_is_read(text, place, other):
    for one in found(CORE[:place] + text + THREADS[other:] + text + CORE[place:]):
        assert 1 <= one.first <= one.last


ASSERTED = """Core was generated by `./prog'.
Program terminated with signal SIGABRT, Aborted.
#0  __pthread_kill_implementation (no_tid=0) at ./nptl/pthread_kill.c:44

Thread 1 (Thread 0x7ffff7eb2740 (LWP 12105)):
#0  __pthread_kill_implementation (no_tid=0) at ./nptl/pthread_kill.c:44
#1  0x00007ffff7a44472 in __GI_abort () at ./stdlib/abort.c:79
#2  0x00007ffff7a44395 in __assert_fail_base (fmt=0x7f "%s", assertion=0x55 "n < 10 && \\"few\\"") at a.c:94
#3  0x0000555555557948 in inv::check (n=40) at bugs.cc:35
#4  0x000055555555778a in main () at bugs.cc:90
"""


def test_the_only_thread_of_a_core_is_read_whole_and_says_what_did_not_hold():
    (found,) = scan(enumerate(ASSERTED.split("\n")), only="gdb")
    report = found.report
    assert (report.kind, report.error_type, report.error_value) == ("assertion", "Assertion failed", 'n < 10 && "few"')
    assert [len(trace.frames) for trace in report.traces] == [5]


def test_of_all_threads_the_one_that_stopped_or_aborted_is_the_crash():
    waiting = "Thread 2 (Thread 0x7f (LWP 2)):\n#0  poll (n=1) at poll.c:29\n#1  0x01 in idle () at idle.c:3\n\n"
    aborted = "Thread 1 (Thread 0x7e (LWP 1)):\n#0  0x02 in raise () from /l/libc.so.6\n#1  0x03 in work () at w.c:3\n"
    assert functions(gdb.parse(waiting + aborted)[0]) == ["raise", "work"]
    stopped = "Program received signal SIGSEGV, Segmentation fault.\nread_one (n=3) at w.c:7\n7\tx\n"
    crashed = aborted.replace("0x02 in raise () from /l/libc.so.6", "read_one (n=3) at w.c:7")
    assert functions(gdb.parse(stopped + waiting + crashed)[0]) == ["read_one", "work"]
    assert functions(gdb.parse(waiting + crashed)[0]) == ["poll", "idle"]


SESSION = """\
GNU gdb (GDB) 13.2
Reading symbols from ./relay...
(gdb) run
Starting program: /srv/relay

Thread 3 "pump" received signal SIGSEGV, Segmentation fault.
[Switching to Thread 0x7f03 (LWP 73)]
0x0000555555555b2a in Pump::drain (this=0x0) at pump.cpp:31
31\t    return tank_->level();
(gdb) bt
#0  0x0000555555555b2a in Pump::drain (this=0x0) at pump.cpp:31
#1  0x0000555555555e01 in Relay::turn (this=0x7f00) at relay.cpp:9
#2  0x00007ffff7894ac3 in start_thread (arg=<optimized out>) at ./nptl/pthread_create.c:442
(gdb) info threads
  Id   Target Id                                   Frame
  1    Thread 0x7f01 (LWP 71) "relay"   0x00007ffff7891117 in poll () from /lib/libc.so.6
* 3    Thread 0x7f03 (LWP 73) "pump"    0x0000555555555b2a in Pump::drain (this=0x0) at pump.cpp:31
(gdb) p *this
Cannot access memory at address 0x0
(gdb) p tank
$1 = {
  level = 3,

  name = "Exception in thread main"
}
(gdb) up
#1  0x0000555555555e01 in Relay::turn (this=0x7f00) at relay.cpp:9
9\t  pump_->drain();
(gdb) thread apply all bt

Thread 3 (Thread 0x7f03 (LWP 73) "pump"):
#0  0x0000555555555b2a in Pump::drain (this=0x0) at pump.cpp:31
#1  0x0000555555555e01 in Relay::turn (this=0x7f00) at relay.cpp:9

Thread 1 (Thread 0x7f01 (LWP 71) "relay"):
#0  0x00007ffff7891117 in poll () from /lib/libc.so.6
#1  0x0000555555556321 in main () at main.cpp:33
(gdb) quit
"""


@pytest.mark.parametrize("prompts", [True, False])
def test_a_session_is_one_report_however_much_was_asked(prompts):
    lines = SESSION.split("\n")
    if not prompts:  # `gdb -batch` prints no prompt; nobody can tell there what `p` printed
        first, end = lines.index("(gdb) p *this"), lines.index("(gdb) thread apply all bt")
        lines = [line for line in lines[:first] + lines[end:] if not line.startswith("(gdb)")]
    [found] = scan(iter(enumerate(lines)))
    assert (found.report.signal, found.report.thread_id) == ("SIGSEGV", 73)
    assert [(t.role, t.thread_id, functions(t)) for t in found.report.traces] == [
        ("crash", 73, ["Pump::drain", "Relay::turn", "start_thread"]),
        ("thread", 71, ["poll", "main"]),
    ]


def test_what_the_program_prints_in_a_session_is_its_own():
    lines = SESSION.replace("(gdb) p tank", "(gdb) continue").split("\n")
    found = next(iter(scan(iter(enumerate(lines)))))
    assert found.last <= lines.index("$1 = {")  # counted from 1


def test_the_star_of_the_list_tells_the_current_thread():
    text = SESSION[SESSION.index("  Id ") : SESSION.index("(gdb) p *this")] + "Thread 1 (Thread 0x7f01 (LWP 71)):\n"
    text += "#0  0x10 in poll () at a.c:1\nThread 3 (Thread 0x7f03 (LWP 73)):\n#0  0x20 in f () at f.c:1\n"
    assert [(t.thread_id, t.crashed) for t in gdb.parse(text)] == [(73, True), (71, False)]


def test_a_core_file_shows_its_first_frame_and_then_all_of_them():
    text = """Core was generated by `cam'.
Program terminated with signal SIGSEGV, Segmentation fault.
#0  cam::Encoder::Push (this=0x55, a=<optimized out>) at /src/encoder.cpp:201
[Current thread is 1 (Thread 0x7f38 (LWP 8259))]
(gdb) thread apply all bt full

Thread 2 (Thread 0x7f37 (LWP 8261)):
#0  __GI___poll (fds=0x7f, nfds=2) at ../sysdeps/unix/sysv/linux/poll.c:29

Thread 1 (Thread 0x7f38 (LWP 8259)):
#0  cam::Encoder::Push (this=0x55, a=...) at /src/encoder.cpp:201
        k = 3
#1  0x00005534d32073a7 in cam::Pipeline::OnFrame (this=0x56) at /src/pipeline.cpp:144
"""
    assert [len(trace.frames) for trace in gdb.parse(text)] == [2, 1]


def test_where_it_stopped_is_the_first_frame_though_one_names_a_clone():
    text = """\
Program terminated with signal SIGFPE, Arithmetic exception.
#0  bucket_width (ctx=0x574279850679) at /w/statd/src/hist.c:58
(gdb) bt
#0  bucket_width.constprop.0 (ctx=0x574279850679) at /w/statd/src/hist.c:58
#1  0x0000574279554bb3 in from_samples.part.0 (fd=7) at /w/statd/src/hist.c:120
#2  0x0000574279bdebee in main (argc=1) at /w/statd/src/main.c:90
"""
    plain = text.replace(".constprop.0", "").replace(".part.0", "")
    (trace,) = parse_any(text)
    assert [frame.function for frame in trace.frames] == ["bucket_width.constprop.0", "from_samples.part.0", "main"]
    assert signature(text) == signature(plain) != ""


CRASHED = (
    "#0  shop::Cart::pay (this=0x7ffc3f183c40) at /src/cart.cc:31\n#1  0x000055d6 in shop::run () at /src/run.cc:9\n"
    "#2  0x000055d7 in main (argc=1) at /src/main.cc:12\n"
)
ROWS = "ProblemType: Crash\nArchitecture: amd64\nProcCmdline: /usr/bin/shop\n"


@pytest.mark.parametrize(
    "above",
    [
        f"{ROWS}Signal: 11\nStacktrace:\n",
        f"{ROWS}SignalName: SIGSEGV\nSourcePackage: shop\nStacktrace:\n",
        "Application: Shop (shop), signal: Segmentation fault\n\n",
        "Application: Shop 2 (shop), signal: Segmentation fault\n",
    ],
)
def test_a_reporter_names_the_signal_above_the_stack(above):
    [found] = [one for one in scan(enumerate((above + CRASHED).splitlines())) if isinstance(one, Found)]
    report = found.report
    assert (report.signal, report.error_type, report.traces[0].error_type) == ("SIGSEGV", "SIGSEGV", "SIGSEGV")
    told = f"Program received signal SIGSEGV, Segmentation fault.\n{CRASHED}"
    assert signature(above + CRASHED) == signature(told) != ""
    aborted = above.replace("11", "6").replace("SIGSEGV", "SIGABRT").replace("Segmentation fault", "Aborted")
    assert signature(aborted + CRASHED) not in {"", signature(told)}


@pytest.mark.parametrize(
    "above",
    [
        "Signal: 11\n\nStacktrace:\n",
        "Signal: none\nStacktrace:\n",
        "Signal: 11\nthe stack of it\n",
        "Application: Shop (shop), signal: lost\n",
        "Application: Shop, signal: Segmentation fault\nIt printed this:\n",
    ],
)
def test_other_words_above_a_stack_name_no_signal(above):
    [found] = [one for one in scan(enumerate((above + CRASHED).splitlines())) if isinstance(one, Found)]
    assert (found.report.signal, found.report.error_type) == (None, None)


def test_a_stack_of_which_nobody_says_the_signal_is_that_of_a_fault():
    told = f"Program received signal SIGSEGV, Segmentation fault.\n{CRASHED}"
    assert signature(CRASHED) == signature(told)
    raised = "#0  0x00007f01 in raise () from /lib/libc.so.6\n#1  0x00007f02 in abort () from /lib/libc.so.6\n"
    rest = CRASHED.replace("#2", "#4").replace("#1", "#3").replace("#0  ", "#2  0x000055d5 in ")
    aborted = signature(raised + rest)
    assert aborted == signature(f"Program received signal SIGABRT, Aborted.\n{raised}{rest}") != signature(CRASHED)

"""Python stacks.

`CHAIN`, `GROUP`, `SYNTAX` and `FAULT` are real output of CPython 3.11, `LONG` and `TERSE` of pytest 8, `NOTEBOOK` of
IPython 9, `DRAWN` of rich 14, with the folder renamed; the other texts are made by hand after the same tools.
"""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading import CORPUS, corpus
from tests.scanned import scan_grows
from triage.formats.traces import parse as parse_any
from triage.formats.traces import python
from triage.formats.traces.scanning import scan
from triage.records import Trace

CHAIN = r"""Traceback (most recent call last):
  File "/srv/app/real.py", line 8, in middle
    inner(6)
  File "/srv/app/real.py", line 5, in inner
    return inner(n - 1)
           ^^^^^^^^^^^^
  File "/srv/app/real.py", line 5, in inner
    return inner(n - 1)
           ^^^^^^^^^^^^
  File "/srv/app/real.py", line 5, in inner
    return inner(n - 1)
           ^^^^^^^^^^^^
  [Previous line repeated 3 more times]
  File "/srv/app/real.py", line 4, in inner
    return {}["missing"]
           ~~^^^^^^^^^^^
KeyError: 'missing'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/app/real.py", line 13, in outer
    middle()
  File "/srv/app/real.py", line 10, in middle
    raise ValueError("order 7\nis broken") from error
ValueError: order 7
is broken

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/app/real.py", line 17, in <module>
    outer()
  File "/srv/app/real.py", line 15, in outer
    raise RuntimeError("cannot serve")
RuntimeError: cannot serve
"""

GROUP = r"""Traceback (most recent call last):
  File "/srv/app/real.py", line 28, in group
    try: {}["k"]
         ~~^^^^^
KeyError: 'k'

The above exception was the direct cause of the following exception:

  + Exception Group Traceback (most recent call last):
  |   File "/srv/app/real.py", line 31, in <module>
  |     try: group()
  |          ^^^^^^^
  |   File "/srv/app/real.py", line 30, in group
  |     raise ExceptionGroup("several", [*errors, ExceptionGroup("inner", [OSError(2, "no file")])]) from e
  | ExceptionGroup: several (3 sub-exceptions)
  | a note
  | of two lines
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/srv/app/real.py", line 26, in group
    |     try: boom(kind)
    |          ^^^^^^^^^^
    |   File "/srv/app/real.py", line 22, in boom
    |     raise kind("sub")
    | ValueError: sub
    +---------------- 2 ----------------
    | Traceback (most recent call last):
    |   File "/srv/app/real.py", line 26, in group
    |     try: boom(kind)
    |          ^^^^^^^^^^
    |   File "/srv/app/real.py", line 22, in boom
    |     raise kind("sub")
    | TypeError: sub
    +---------------- 3 ----------------
    | ExceptionGroup: inner (1 sub-exception)
    +-+---------------- 1 ----------------
      | FileNotFoundError: [Errno 2] no file
      +------------------------------------
"""

SYNTAX = r"""Traceback (most recent call last):
  File "/srv/app/real.py", line 36, in <module>
    try: compile("x = = 3\n", "bad.py", "exec")
         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "bad.py", line 1
    x = = 3
        ^
SyntaxError: invalid syntax
"""

FAULT = r"""Fatal Python error: Segmentation fault

Thread 0x00007f93cf79c6c0 (most recent call first):
  File "/srv/app/fault.py", line 3 in wait
  File "/usr/lib/python3.11/threading.py", line 982 in run
  File "/usr/lib/python3.11/threading.py", line 1045 in _bootstrap_inner
  File "/usr/lib/python3.11/threading.py", line 1002 in _bootstrap

Current thread 0x00007f93d05e0b80 (most recent call first):
  File "/srv/app/fault.py", line 6 in crash
  File "/srv/app/fault.py", line 5 in work
  File "/srv/app/fault.py", line 8 in <module>
"""

SHORT = """ValueError: order 48213 failed
second line of it
  File /app/gen.py, line 23, in <module>
  File /app/a, line 5, in b.py, line 22, in outer
Caused by:
KeyError: missing_key_7
  File /app/gen.py, line 21, in outer
  File /app/gen.py, line 19, in inner"""

LINES = [*(CHAIN + GROUP + FAULT + SHORT + SYNTAX).splitlines(), "", "x", "  |", "+-+---"]


LONG = """\
=================================== FAILURES ===================================
__________________________________ test_chain __________________________________

x = 3

    def f(x):
        try:
>           g(x)

app.py:7: 
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ 

x = 3, flag = None

    def g(x, flag=None):
        y = {"a": x}
>       return y["missing"]
               ^^^^^^^^^^^^
E       KeyError: 'missing'

app.py:3: KeyError

The above exception was the direct cause of the following exception:

    def test_chain():
>       f(3)

test_m.py:10: 
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ 

x = 3

    def f(x):
        try:
            g(x)
        except KeyError as e:
>           raise ValueError("bad order\\nnumber two") from e
E           ValueError: bad order
E           number two

app.py:9: ValueError
=========================== short test summary info ============================
FAILED test_m.py::test_chain - ValueError: bad order
"""  # noqa: W291 - as pytest printed it

TERSE = """\
_______________________________ TestX.test_long ________________________________
test_m.py:8: in test_long
    helper(b)
test_m.py:4: in helper
    assert a == 2, "must be two"
E   AssertionError: must be two
E   assert 1 == 2
=========================== short test summary info ============================
"""

NOTEBOOK = """\
---------------------------------------------------------------------------
KeyError                                  Traceback (most recent call last)
File /srv/app.py:7, in f(x)
      6 try:
----> 7     g(x)
      8 except KeyError as e:

File /srv/app.py:3, in g(x, flag)
      2 y = {"a": x}
----> 3 return y["missing"]

KeyError: 'missing'

The above exception was the direct cause of the following exception:

ValueError                                Traceback (most recent call last)
Cell In[1], line 2
      1 from app import f
----> 2 f(3)

File /srv/app.py:9, in f(x)
      7     g(x)
      8 except KeyError as e:
----> 9     raise ValueError("bad order")

ValueError: bad order
number two
"""

DRAWN = """\
╭───────────────────── Traceback (most recent call last) ──────────────────────╮
│ /srv/app.py:7 in f                                                           │
│                                                                              │
│ ❱  7 │   │   g(x)                                                            │
│    8 │   except KeyError as e:                                               │
│                                                                              │
│ /srv/app.py:3 in g                                                           │
│                                                                              │
│ ❱  3 │   return y["missing"]                                                 │
╰──────────────────────────────────────────────────────────────────────────────╯
KeyError: 'missing'

The above exception was the direct cause of the following exception:

╭───────────────────── Traceback (most recent call last) ──────────────────────╮
│ in <module>:4                                                                │
│                                                                              │
│ /srv/app.py:9 in f                                                           │
│ ❱  9 │   │   raise ValueError("bad order") from e                            │
╰──────────────────────────────────────────────────────────────────────────────╯
ValueError: bad order
"""

FUZZED = """\
INFO: Seed: 1973845593
 === Uncaught Python exception: ===
ValueError: not enough values
  and a second line
Traceback (most recent call last):
  File "fuzz.py", line 24, in TestOneInput
  File "mime.py", line 54, in parse
INFO: Instrumenting mime
==102299== ERROR: libFuzzer: fuzz target exited
"""

SANITIZED = """\
=================================================================
===BUG DETECTED: PySecSan: Arbitrary file open ===
[PYSECSAN] opened a file by a fuzzed name
[PYSECSAN] Stacktrace:
  File "fuzz.py", line 31, in test_one_input
  File "pysecsan/sanlib.py", line 76, in abort_with_issue
[PYSECSAN] Exiting
done
"""


def functions(trace: Trace) -> list[str | None]:
    return [frame.function for frame in trace.frames]


def heads(traces: list[Trace]) -> list[tuple[str, int, str | None, str | None]]:
    return [(trace.role, trace.chain_no, trace.error_type, trace.error_value) for trace in traces]


def test_chain_is_turned_so_that_what_surfaced_comes_first():
    traces = python.parse(CHAIN)
    assert heads(traces) == [
        ("crash", 0, "RuntimeError", "cannot serve"),
        ("cause", 1, "ValueError", "order 7\nis broken"),
        ("cause", 2, "KeyError", "'missing'"),
    ]
    assert functions(traces[0]) == ["outer", "<module>"]
    first = traces[0].frames[0]
    assert (first.file, first.line, first.context_line) == (
        "/srv/app/real.py",
        15,
        'raise RuntimeError("cannot serve")',
    )


def test_repeats_are_one_row_that_stands_for_many():
    frames = python.parse(CHAIN)[2].frames
    assert [(frame.frame_kind, frame.repeat, frame.line) for frame in frames] == [
        ("frame", 1, 4),
        ("repeated", 3, 5),
        ("frame", 1, 5),
        ("frame", 1, 5),
        ("frame", 1, 5),
        ("frame", 1, 8),
    ]


def test_exception_groups_keep_their_members_and_their_cause():
    traces = python.parse(GROUP)
    assert heads(traces) == [
        ("crash", 0, "ExceptionGroup", "several (3 sub-exceptions)\na note\nof two lines"),
        ("cause", 1, "KeyError", "'k'"),
        ("member", 2, "ValueError", "sub"),
        ("member", 3, "TypeError", "sub"),
        ("member", 4, "ExceptionGroup", "inner (1 sub-exception)"),
        ("member", 5, "FileNotFoundError", "[Errno 2] no file"),
    ]
    assert functions(traces[2]) == ["boom", "group"]
    assert traces[4].frames == ()


def test_syntax_error_points_at_the_source_that_does_not_compile():
    (crash,) = python.parse(SYNTAX)
    assert (crash.error_type, crash.error_value) == ("SyntaxError", "invalid syntax")
    assert (crash.frames[0].file, crash.frames[0].line, crash.frames[0].context_line) == ("bad.py", 1, "x = = 3")


def test_faulthandler_prints_innermost_first_and_the_current_thread_is_the_crash():
    crash, other = python.parse(FAULT)
    assert (crash.role, crash.crashed, crash.error_type, crash.error_value) == (
        "crash",
        True,
        "Fatal Python error",
        "Segmentation fault",
    )
    assert functions(crash) == ["crash", "work", "<module>"]
    assert (other.role, functions(other)[0], other.frames[-1].line) == ("thread", "wait", 1002)
    assert crash.thread_id == int(FAULT.partition("Current thread ")[2].split()[0], 16)


def test_faulthandler_cut_stack_and_named_thread():
    head = "Timeout (0:00:01)!\nThread 0x00000001 [MainThread] (most recent call first):\n"
    text = head + '  File "a.py", line ??? in f\n  ...\n'
    (crash,) = python.parse(text)
    assert (crash.error_type, crash.error_value, crash.thread_name) == ("Timeout", "0:00:01", "MainThread")
    assert [(frame.frame_kind, frame.line) for frame in crash.frames] == [("frame", None), ("elided", None)]


def test_short_form_prints_the_cause_last():
    crash, cause = python.parse(SHORT)
    assert (crash.error_type, crash.error_value) == ("ValueError", "order 48213 failed\nsecond line of it")
    assert [(frame.function, frame.file, frame.line) for frame in crash.frames] == [
        ("outer", "/app/a, line 5, in b.py", 22),
        ("<module>", "/app/gen.py", 23),
    ]
    assert (cause.role, cause.error_type, functions(cause)) == ("cause", "KeyError", ["inner", "outer"])


def test_thread_name_stands_above_its_traceback():
    text = (
        'Exception in thread Thread-1 (run):\nTraceback (most recent call last):\n  File "a.py", line 1, in f\nE: x\n'
    )
    assert python.parse(text)[0].thread_name == "Thread-1 (run)"


def test_unrelated_tracebacks_are_not_causes():
    one = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nE: x\n\n'
    assert [trace.role for trace in python.parse(one + one)] == ["crash", "other"]


def test_crlf_and_log_around_it_do_no_harm():
    text = "starting\n\n" + CHAIN.replace("\n", "\r\n") + "\r\nstopped"
    assert heads(python.parse(text)) == heads(python.parse(CHAIN))
    moved = [(frame.function, frame.line, frame.text_line) for frame in python.parse(text)[0].frames]
    assert moved == [
        (frame.function, frame.line, (frame.text_line or 0) + 2) for frame in python.parse(CHAIN)[0].frames
    ]


def test_message_goes_on_to_the_blank_line():
    assert python.parse(CHAIN + "after the message\n\nnot of it")[0].error_value == "cannot serve\nafter the message"


def test_real_fuzzer_logs():
    with_hook = python.parse(corpus("stacks", "cf", "python_exception_with_fuzz_target_exited.txt").read_text())
    assert heads(with_hook) == [("crash", 0, "ValueError", "not enough values to unpack (expected 2, got 1)")]
    assert functions(with_hook[0])[:3] == ["parse_mime_type", "parse_media_range", "<listcomp>"]
    plain = python.parse(corpus("stacks", "cf", "python_unhandled_exception.txt").read_text())
    assert (plain[0].error_type, functions(plain[0])[:3], len(plain[0].frames)) == (
        "EOFError",
        ["_read_exact", "_read_gzip_header", "read"],
        13,
    )


def test_language_or_looks_choose_this_parser():
    assert parse_any(SHORT, "python")[0].error_type == "ValueError"
    assert parse_any(CHAIN)[0].error_type == "RuntimeError"
    assert not python.probe("Error: x\n    at f (a.js:1:2)")


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from([*(CHAIN + GROUP + FAULT + SHORT + SYNTAX).splitlines(), "", "x", "  |", "+-+---"]), max_size=40
    )
)
def test_lines_in_any_order_never_raise(lines):
    for trace in python.parse("\n".join(lines)):
        assert isinstance(trace, Trace)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_never_raises(text):
    python.probe(text)
    python.parse(text)
    python.parse("Traceback (most recent call last):\n" + text)


def found(text: str):
    return list(scan(enumerate(text.split("\n")), only="python"))


def reports(text: str):
    return [(one.first, one.last, one.report.kind, one.report.error_type) for one in found(text)]


def test_tracebacks_are_found_in_a_log_and_nothing_around_them():
    log = "2026-01-26 01:25:59,123 ERROR root: failed\n" + CHAIN + "2026-01-26 01:26:00,001 INFO root: up\nplain\n"
    (one,) = found(log)
    assert (one.first, one.last, one.report.error_type) == (2, 37, "RuntimeError")
    assert [trace.role for trace in one.report.traces] == ["crash", "cause", "cause"]
    assert [frame.text_line for frame in one.report.traces[0].frames] == [35, 33]
    assert one.report.complete


@pytest.mark.parametrize(
    "prefix",
    [
        "2026-01-26T01:25:59.123456Z ",
        "web_1  | ",
        "Jan 26 01:25:59 host app[12]: ",
        "> ",
    ],
)
def test_prefixes_on_every_line(prefix):
    lines = [prefix + line if line or "|" in prefix else line for line in CHAIN.rstrip("\n").split("\n")]
    ones = found("\n".join(["before", *lines, "", "after"]))
    assert [one.report.error_type for one in ones][:1] == ["RuntimeError"]
    assert len(ones[0].report.traces) == 3


def test_crlf_blank_lines_and_colours():
    spread = "\r\n".join(line for part in SYNTAX.split("\n") for line in ([part, ""] if "line" in part else [part]))
    assert reports(spread)[0][2:] == ("exception", "SyntaxError")
    coloured = SYNTAX.replace('"bad.py"', '\x1b[35m"bad.py"\x1b[0m')
    assert reports(coloured)[0][2:] == ("exception", "SyntaxError")


def test_groups_are_one_report():
    (one,) = found("x\n" + GROUP + "log goes on\n")
    assert (one.first, one.last) == (2, GROUP.count("\n") + 1)
    assert [trace.role for trace in one.report.traces] == ["crash", "cause", "member", "member", "member", "member"]


def test_syntax_error_without_header_and_traceback_without_its_beginning():
    text = '  File "bad.py", line 1\n    x = = 3\n        ^\nSyntaxError: invalid syntax\n'
    assert reports("$ python bad.py\n" + text) == [(2, 5, "exception", "SyntaxError")]
    (cut,) = found(CHAIN.partition("\n")[2])
    assert cut.report.error_type == "RuntimeError"
    assert not cut.report.complete


def test_indentation_that_is_lost_and_errors_that_come_first():
    flat = "\n".join(line.strip() for line in CHAIN.split("\n") if "~" not in line and "^^" not in line)
    (one,) = found(flat)
    assert [trace.error_type for trace in one.report.traces] == ["RuntimeError", "ValueError", "KeyError"]
    assert one.report.traces[0].frames[0].context_line == 'raise RuntimeError("cannot serve")'
    cloud = '[ERROR] ValueError: x\nTraceback (most recent call last):\n  File "a.py", line 1, in f\n    g()\n\nEND\n'
    (one,) = found(cloud)
    assert (one.first, one.last, one.report.error_type, one.report.error_value) == (1, 4, "ValueError", "x")
    (one,) = found("\n".join(f"2026-01-26T01:25:59.123Z {line}" for line in cloud.split("\n")))
    assert (one.first, one.last, one.report.error_type, one.report.error_value) == (1, 4, "ValueError", "x")


def test_traceback_that_is_cut():
    (one,) = found("\n".join(CHAIN.split("\n")[:6]) + "\n\nrestarting\n")
    assert (one.first, one.last, one.report.error_type, one.report.complete) == (1, 6, None, False)


def test_thread_and_ignored_exceptions():
    body = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    g()\nE.x.Y: z\n'
    (one,) = found("Exception in thread Thread-1 (run):\n" + body)
    assert (one.first, one.report.traces[0].thread_name) == (1, "Thread-1 (run)")
    (one,) = found("Exception ignored in: <function A.__del__ at 0x7f>\n" + body)
    assert (one.first, one.report.handled) == (1, True)


def test_stack_that_was_logged_is_a_dump():
    text = 'WARNING:root:slow\nStack (most recent call last):\n  File "a.py", line 1, in f\n    g()\nnext\n'
    assert reports(text) == [(2, 4, "dump", None)]


def test_faulthandler_in_a_log():
    text = "start\n" + FAULT + "\nExtension modules: numpy.core, a.b (total: 2)\nSegmentation fault (core dumped)\n"
    (one,) = found(text)
    assert (one.first, one.last, one.report.kind, one.report.signal) == (2, 15, "crash", "SIGSEGV")
    assert dict(one.report.facts)["extension_modules"] == "numpy.core, a.b"
    assert [(t.role, t.crashed) for t in one.report.traces] == [("crash", True), ("thread", False)]
    (one,) = found("Windows fatal exception: access violation\n\n" + FAULT.partition("\n\n")[2])
    assert (one.report.error_code, one.report.error_code_name) == (0xC0000005, "EXCEPTION_ACCESS_VIOLATION")


def test_c_stack_of_a_dump():
    text = (
        FAULT
        + "\nCurrent thread's C stack trace (most recent call first):\n"
        + '  Binary file "/usr/bin/python3", at _Py_DumpStack+0x31 [0x55d0]\n'
        + '  Binary file "/lib/libc.so.6", at +0x42 [0x7f]\n'
    )
    native = found(text)[0].report.traces[-1]
    assert [(f.function, f.module, f.symbol_offset, f.module_offset) for f in native.frames] == [
        ("_Py_DumpStack", "/usr/bin/python3", 0x31, None),
        (None, "/lib/libc.so.6", None, 0x42),
    ]


def test_pytest():
    (one,) = found(LONG)
    assert (one.first, one.last, one.report.error_type) == (2, 41, "ValueError")
    assert one.report.error_value == "bad order\nnumber two"
    assert [functions(trace) for trace in one.report.traces] == [["f", "test_chain"], ["g", "f"]]
    assert [frame.line for frame in one.report.traces[0].frames] == [9, 10]
    (one,) = found("collected 3 items\n" + TERSE)
    assert (one.first, one.last, one.report.error_type) == (2, 8, "AssertionError")
    assert functions(one.report.traces[0]) == ["helper", "test_long"]
    assert dict(one.report.facts) == {"test": "TestX.test_long"}
    (one,) = found(TERSE.partition("\n")[2])
    assert (one.first, one.report.complete) == (1, False)


def test_notebook():
    (one,) = found("In [1]: f(3)\n" + NOTEBOOK + "\nIn [2]: exit\n")
    assert (one.first, one.last, one.report.error_value) == (2, 28, "bad order\nnumber two")
    assert [functions(trace) for trace in one.report.traces] == [["f", None], ["g", "f"]]
    assert [(f.file, f.line, f.args) for f in one.report.traces[0].frames] == [
        ("/srv/app.py", 9, "x"),
        ("In[1]", 2, None),
    ]
    old = (
        "ZeroDivisionError                         Traceback (most recent call last)\n"
        "<ipython-input-3-05c9758a9c21> in f(a)\n      1 def f(a):\n----> 2     1/0\n\n"
        "~/lib/site.py in g(self)\n     11 x\n---> 12     y()\n\nZeroDivisionError: division by zero\n"
    )
    frames = found(old)[0].report.traces[0].frames
    assert [(f.function, f.file, f.line) for f in frames] == [
        ("g", "~/lib/site.py", 12),
        ("f", "<ipython-input-3-05c9758a9c21>", 2),
    ]
    cell = "  Cell In[1], line 1\n    x = = 3\n        ^\nSyntaxError: invalid syntax\n"
    assert reports(cell) == [(1, 4, "exception", "SyntaxError")]


def test_rich():
    (one,) = found("x\n" + DRAWN + "\ny\n")
    assert (one.first, one.last, one.report.error_type) == (2, 22, "ValueError")
    assert [functions(trace) for trace in one.report.traces] == [["f", "<module>"], ["g", "f"]]


def test_fuzzers():
    (one,) = found(FUZZED)
    assert (one.first, one.last, one.report.error_type) == (2, 7, "ValueError")
    assert (one.report.leads, functions(one.report.traces[0])) == (True, ["parse", "TestOneInput"])
    (one,) = found(SANITIZED)
    assert (one.first, one.last, one.report.error_type) == (1, 7, "PySecSan: Arbitrary file open")
    assert one.report.error_value == "opened a file by a fuzzed name"


@pytest.mark.parametrize(
    "text",
    [
        "see the Traceback (most recent call last) above",
        ">>> f()\nTraceback (most recent call last):\n    ...\nValueError: x\n",
        'print("Traceback (most recent call last):")',
        'config: File "a.py", line 3, in f is wrong',
        "E   x\nE   y",
        "____ title ____\ntext\n",
        "at line 3\nFatal Python error: is what it says",
    ],
)
def test_what_is_no_report(text):
    assert found(text) == [] or found(text)[0].report.kind == "abort"


def labels():
    path = CORPUS / "stacks" / "labels.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [row for row in rows if row["file"].startswith(("cf/python_", "cf/pysecsan_"))]


@pytest.mark.parametrize("label", labels(), ids=lambda label: label["file"])
def test_corpus(label):
    (one,) = found(corpus("stacks", label["file"]).read_text(errors="replace"))
    names = iter(functions(one.report.traces[0]))
    assert all(name in names for name in label["state"].split())
    if label["type"] == "Uncaught exception":
        assert one.report.kind == "exception"
    else:
        assert label["type"] in (one.report.error_type or "")


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from([*LINES, *(LONG + TERSE + NOTEBOOK + DRAWN + FUZZED + SANITIZED).split("\n")]), max_size=40
    )
)
def test_lines_in_any_order_are_read(lines):
    for one in found("\n".join(lines)):
        assert 1 <= one.first <= one.last <= len(lines)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.sampled_from(LINES))
def test_any_text_is_scanned(text, line):
    found(f"{line}\n{text}\nTraceback (most recent call last):\n{text}\n{line}")


@pytest.mark.parametrize(
    "line", ["E   x", "____ x ____", "Traceback (most recent call last):", '  File "a", line 1, in f']
)
def test_time_grows_with_the_text(line):
    scan_grows(line, "python")


def test_an_arrow_that_is_set_off_from_its_number():
    text = NOTEBOOK.replace("----> 7", "--->  7").replace("----> 3", "--->  3")
    assert _known(text) == _known(NOTEBOOK)


def _known(text):
    (found,) = scan(enumerate(text.split("\n")), only="python")
    return [[(frame.function, frame.line) for frame in trace.frames] for trace in found.report.traces]

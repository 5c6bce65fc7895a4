"""Python stacks. `CHAIN`, `GROUP`, `SYNTAX` and `FAULT` are real output of CPython 3.11, with the folder renamed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading import corpus
from triage.formats.traces import parse as parse_any
from triage.formats.traces import python
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
    assert python.parse(text)[0].frames == python.parse(CHAIN)[0].frames


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

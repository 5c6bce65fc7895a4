"""Go stacks: panics of fuzzers' logs (real, from the corpus) and the other forms, written by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading import corpus
from triage.formats.traces import go
from triage.formats.traces import parse as parse_any
from triage.records import Trace

PANIC = """2026/02/10 09:00:00 starting
panic: no rate for "XTS" [recovered]
\tpanic: cannot pay
of two lines

[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x5da137]

goroutine 34 gp=0xc000007 m=0 [running]:
panic({0x102, 0xc0?})
\t/usr/local/go/src/runtime/panic.go:884 +0x212
main.(*Shop).pay(0xc000012345, {0x4b, 0x3}, 0x7)
\t/srv/shop/main.go:23 +0x1d fp=0xc0001 sp=0xc0002 pc=0x45f
main.Map[go.shape.int].func1(...)
\t/srv/shop/map.go:7
...3 frames elided...
created by example.com/shop/work.Start in goroutine 1
\t/srv/shop/work/work.go:55 +0x9f

goroutine 1 [chan receive, 2 minutes]:
main.main()
\t/srv/shop/main.go:9 +0x2b
exit status 2
"""

WRAPPED = """no rate for XTS
main.convert
\t/srv/shop/rates.go:12
main.main
\t/srv/shop/main.go:9
runtime.main
\t/usr/local/go/src/runtime/proc.go:250
cannot pay
main.main
\t/srv/shop/main.go:10
"""

RECOVERED = """runtime error: integer divide by zero
/srv/shop/main.go:23 (0x45f)
\t(*Shop).pay: return total / count
/srv/shop/main.go:9 (0x2b0)
"""


def test_panics_goroutines_and_their_state():
    crash, cause, other = go.parse(PANIC)
    assert (crash.role, crash.error_type, crash.error_value) == ("crash", "panic", "cannot pay\nof two lines")
    assert (crash.thread_id, crash.thread_name, crash.state, crash.crashed) == (34, "goroutine 34", "running", True)
    assert (cause.role, cause.chain_no, cause.error_value, cause.frames) == ("cause", 1, 'no rate for "XTS"', ())
    assert (other.role, other.state, other.frames[0].function) == ("goroutine", "chan receive, 2 minutes", "main.main")


def test_frames_of_a_goroutine():
    frames = go.parse(PANIC)[0].frames
    assert [(frame.frame_kind, frame.function, frame.args, frame.module, frame.line) for frame in frames] == [
        ("frame", "panic", "{0x102, 0xc0?}", None, 884),
        ("frame", "main.(*Shop).pay", "0xc000012345, {0x4b, 0x3}, 0x7", "main", 23),
        ("frame", "main.Map[go.shape.int].func1", "...", "main", 7),
        ("elided", None, None, None, None),
        ("async_gap", "example.com/shop/work.Start", None, "example.com/shop/work", 55),
    ]
    assert (frames[1].symbol_offset, frames[1].address, frames[3].repeat) == (0x1D, 0x45F, 3)


def test_wrapped_errors_are_turned_around():
    crash, cause = go.parse(WRAPPED)
    assert (crash.error_value, [frame.function for frame in crash.frames]) == ("cannot pay", ["main.main"])
    assert (cause.role, cause.error_value) == ("cause", "no rate for XTS")
    assert [frame.function for frame in cause.frames] == ["main.convert", "main.main", "runtime.main"]


def test_places_with_addresses():
    (crash,) = go.parse(RECOVERED)
    assert (crash.error_type, crash.error_value) == ("panic", "runtime error: integer divide by zero")
    assert [(frame.function, frame.line, frame.address, frame.context_line) for frame in crash.frames] == [
        ("(*Shop).pay", 23, 0x45F, "return total / count"),
        (None, 9, 0x2B0, None),
    ]


def test_stack_without_a_panic_names_no_error():
    (trace,) = go.parse("goroutine 7 [running]:\nruntime/debug.Stack()\n\t/usr/go/stack.go:24 +0x65\n")
    assert (trace.error_type, trace.crashed, trace.frames[0].function) == (None, None, "runtime/debug.Stack")


def test_panic_of_the_http_server():
    text = "2026/02/10 http: panic serving [::1]:5000: no rate\ngoroutine 7 [running]:\nmain.f()\n\t/a.go:2 +0x1\n"
    assert go.parse(text)[0].error_value == "no rate"


@pytest.mark.parametrize(
    ("name", "error", "value", "functions"),
    [
        ("asan_panic", "panic", "asn1: string not valid UTF-8", ["github.com/dvyukov/go-fuzz-corpus/asn1.Fuzz"]),
        (
            "generic_fatal_error_and_asan_abrt",
            "fatal error",
            "error message here",
            ["encoding/json.(*decodeState).unquoteBytes"],
        ),
        (
            "sigsegv_panic",
            "panic",
            "runtime error: invalid memory address or nil pointer dereference",
            ["math.glob..func1"],
        ),
        (
            "panic_with_type_assertions_in_frames",
            "panic",
            "index > windowEnd",
            ["compress/flate.(*compressor).deflate", "compress/flate.(*compressor).syncFlush"],
        ),
        (
            "not_ubsan",
            "panic",
            "runtime error: index out of range [-1]",
            ["github.com/test/project/runtime/vm.(*VM).execute.f2", "panic"],
        ),
        (
            "panic_runtime_error_slice_bounds_with_log_header",
            "panic",
            "runtime error: slice bounds out of range [:-1]",
            [None],
        ),
    ],
)
def test_real_panics(name, error, value, functions):
    crash = go.parse(corpus("stacks", "cf", f"golang_{name}.txt").read_text())[0]
    assert (crash.error_type, crash.error_value) == (error, value)
    assert [frame.function for frame in crash.frames][: len(functions)] == functions


def test_the_sanitizer_below_a_panic_is_no_goroutine():
    traces = go.parse(corpus("stacks", "cf", "golang_asan_panic.txt").read_text())
    assert [len(trace.frames) for trace in traces] == [3]


def test_language_or_looks_choose_this_parser():
    assert parse_any(WRAPPED, "golang")[0].error_value == "cannot pay"
    assert parse_any(PANIC)[0].thread_id == 34
    assert not go.probe("Error: x\n    at f (a.js:1:2)")


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from([*(PANIC + WRAPPED + RECOVERED).splitlines(), "", "x"]), max_size=40))
def test_lines_in_any_order_never_raise(lines):
    for trace in go.parse("\n".join(lines)):
        assert isinstance(trace, Trace)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_never_raises(text):
    go.probe(text)
    go.parse("goroutine 1 [running]:\n" + text + "\nmain.f()\n\t/a.go:2\n" + text)

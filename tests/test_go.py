"""Go stacks: panics of fuzzers' logs (real, from the corpus) and the other forms, written by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading import corpus
from tests.scanned import functions, labelled, one, prefixed, reports, scan_grows, surrounded, text_lines
from triage.formats.traces import go
from triage.formats.traces import parse as parse_any
from triage.records import Trace
from triage.stacks import signature

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
    assert (crash.error_type, crash.error_value) == ("runtime error", "integer divide by zero")
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
            "runtime error",
            "invalid memory address or nil pointer dereference",
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
            "runtime error",
            "index out of range [-1]",
            ["github.com/test/project/runtime/vm.(*VM).execute.f2", "panic"],
        ),
        (
            "panic_runtime_error_slice_bounds_with_log_header",
            "runtime error",
            "slice bounds out of range [:-1]",
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


def test_panic_between_log_lines():
    text = PANIC.partition("\n")[2]
    found = surrounded(text, "go")
    report = found.report
    assert (report.kind, report.error_type, report.error_value) == ("exception", "panic", "cannot pay\nof two lines")
    assert (report.signal, report.fault_address, report.error_code, report.leads) == ("SIGSEGV", 0, 1, True)
    assert dict(report.facts)["exit_status"] == "2"
    assert text_lines(found)[:2] == [10, 12]


def test_a_deadlock_hangs_and_a_test_times_out():
    text = (
        "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive]:\nmain.main()\n\t/a.go:9 +0x2"
    )
    assert (one(text, "go").report.kind, surrounded(text, "go").report.error_type) == ("hang", "fatal error")
    text = (
        "--- FAIL: TestPay (0.00s)\npanic: test timed out after 1s\n\ngoroutine 6 [running]:\nmain.f()\n\t/a.go:9 +0x2"
    )
    found = one(text, "go")
    assert (found.first, found.report.kind, dict(found.report.facts)["test"]) == (1, "timeout", "TestPay")


RACE = """==================
WARNING: DATA RACE
Write at 0x00c0000b4010 by goroutine 7:
  main.main.func1()
      /srv/shop/a.go:10 +0x44

Previous read at 0x00c0000b4010 by main goroutine:
  main.main()
      /srv/shop/a.go:13 +0x84

Goroutine 7 (running) created at:
  main.main()
      /srv/shop/a.go:8 +0x7a
==================
"""


def test_data_race():
    found = surrounded(RACE, "go")
    report = found.report
    assert (report.kind, report.error_type, report.access, report.fault_address) == (
        "race",
        "data race",
        "WRITE",
        0xC0000B4010,
    )
    assert [(trace.role, trace.thread_name) for trace in report.traces] == [
        ("crash", "goroutine 7"),
        ("access", "main goroutine"),
        ("goroutine", "goroutine 7"),
    ]
    cut = one("\n".join(RACE.split("\n")[:5]), "go").report
    assert (cut.complete, [len(trace.frames) for trace in cut.traces]) == (False, [1])
    assert not reports("WARNING: DATA RACE\nof words", "go")


def test_stack_overflow_and_signal_in_c_code():
    text = (
        "runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow\n\nruntime stack:\n"
        "runtime.throw({0x4, 0x0})\n\t/go/src/runtime/panic.go:1077 +0x5c\n\ngoroutine 1 [running]:\n"
        "main.f(0x1?)\n\t/a.go:4 +0x3c\n...additional frames elided...\n"
    )
    report = one(text, "go").report
    assert [(trace.role, trace.thread_name) for trace in report.traces] == [
        ("crash", "goroutine 1"),
        ("other", "runtime stack"),
    ]
    text = "SIGSEGV: segmentation violation\nPC=0x45ad31 m=0 sigcode=1 addr=0x8\nsignal arrived during cgo execution\n"
    text += "\ngoroutine 1 [syscall]:\nmain._Cfunc_crash()\n\t_cgo_gotypes.go:39 +0x3f\n\nrax    0x0\nrip    0x45ad31\n"
    found = surrounded(text, "go")
    assert (found.report.signal, found.report.fault_address) == ("SIGSEGV", 8)
    assert found.report.traces[0].registers == '{"rax":"0x0","rip":"0x45ad31"}'


def test_recovered_panics_and_wrapped_errors():
    text = "http: panic serving [::1]:5000: no rate\ngoroutine 7 [running]:\nmain.f()\n\t/a.go:2 +0x1"
    report = surrounded(text, "go").report
    assert (report.error_value, report.handled, report.level, report.leads) == ("no rate", True, "error", False)
    text = "runtime error: integer divide by zero\n/srv/a.go:23 (0x45f)\n\tpay: return a / b\n/srv/a.go:9 (0x2b0)"
    assert surrounded(text, "go").report.error_value == "integer divide by zero"
    null = "invalid memory address or nil pointer dereference"
    report = surrounded(text.replace("integer divide by zero", null), "go").report
    assert (report.kind, report.signal, report.handled) == ("crash", "SIGSEGV", True)
    wrapped = one("\n".join(WRAPPED.split("\n")[:7]), "go")
    assert (wrapped.report.error_value, functions(wrapped)[0]) == ("no rate for XTS", "main.convert")


def test_lines_with_prefixes_and_other_streams():
    text = "panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/a.go:3 +0x1"
    assert functions(prefixed(text, "go")) == ["main.main"]


def test_damaged_panics():
    text = PANIC.partition("\n")[2]
    assert one("\n".join(text.split("\n")[:8]), "go").report.traces[0].thread_id == 34
    lost = one("\n".join(text.split("\n")[6:]), "go").report
    assert (lost.kind, lost.error_type, len(lost.traces[0].frames)) == ("dump", None, 5)
    cut = one("panic: no rate\n\tpanic: worse\n", "go").report
    assert (cut.complete, cut.error_value) == (False, "worse")


def test_other_fatal_errors_are_none():
    text = "clang: fatal error: no input files\nfatal error: 'a.h' file not found\npanic: this is prose\na.go:12: x"
    assert not reports(text, "go")


def cf_type(report):
    value = report.error_value or ""
    head = value.partition(" [")[0].partition(" or nil")[0]
    known = {"runtime error": head.capitalize(), "panic": "ASSERT", "fatal error": "Fatal error"}
    return known[report.error_type or "panic"]


@pytest.mark.parametrize("label", labelled("/go"), ids=lambda label: label["file"])
def test_corpus_types_and_frames(label):
    if "golang" not in label["file"] and "/go_" not in label["file"]:
        pytest.skip("no Go")
    text = corpus("stacks", *label["file"].split("/")).read_text(errors="replace")
    found = reports(text, "go")[-1]
    assert cf_type(found.report) == label["type"]
    if any(word in text for word in ("libFuzzer: timeout",)):
        pytest.skip("the stack that counts is the fuzzer's")
    state = label["state"].strip().split("\n")
    plain = [(name or "").rpartition("/")[2] for name in functions(found)]
    wanted = state[1:] if found.report.error_type != "runtime error" else state
    assert [name for name in wanted if name not in plain] == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*(PANIC + WRAPPED + RECOVERED + RACE).splitlines(), "", "x"]), max_size=60))
def test_lines_in_any_order_are_scanned(lines):
    for found in reports("\n".join(lines), "go"):
        assert 1 <= found.first <= found.last <= len(lines)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_scanned(text):
    reports("goroutine 1 [running]:\n" + text + "\nmain.f()\n\t/a.go:2\nWARNING: DATA RACE\n" + text, "go")


@pytest.mark.parametrize(
    "line",
    ["panic: x", "goroutine 1 [running]:", "  goroutine 1 [running]:", "main.f()\n\t/a.go:1 +0x1", "/a.go:1 (0x1)"],
)
def test_time_is_linear(line):
    scan_grows(line, "go")


def test_a_nil_pointer_is_a_signal_though_a_server_that_recovers_does_not_say_so():
    text = (
        "2026/11/25 20:25:09 http: panic serving 127.0.0.1:52314: runtime error: invalid memory address or nil pointer "
        "dereference\ngoroutine 34 [running]:\nexample.com/shop.(*Ledger).Take(0x0)\n\t/app/ledger.go:31 +0x21\n"
    )
    found = one(text, "go")
    assert (found.report.error_type, found.report.signal, found.report.handled) == ("runtime error", "SIGSEGV", True)


CAUGHT = """\
fuzz: elapsed: 0s, gathering baseline coverage: 0/3 completed
--- FAIL: FuzzCart (0.34s)
    --- FAIL: FuzzCart/seed (0.00s)
        testing.go:1504: panic: runtime error: index out of range [8] with length 4
            goroutine 31 [running]:
            runtime/debug.Stack()
            \t/usr/local/go/src/runtime/debug/stack.go:24 +0x9e
            testing.tRunner.func1()
            \t/usr/local/go/src/testing/testing.go:1504 +0x1ee
            panic({0x5a0, 0xc00})
            \t/usr/local/go/src/runtime/panic.go:884 +0x212
            shop/cart.(*Cart).total(0xc00213b368)
            \t/src/shop/cart.go:13 +0x63b

    Failing input written to testdata/fuzz/FuzzCart/1748f86e7e78eae1
FAIL
"""


def test_a_panic_that_a_test_caught_stands_further_to_the_right():
    (found,) = reports(CAUGHT, "go")
    report = found.report
    assert (report.error_type, report.level, found.first) == ("runtime error", "fatal", 2)
    assert report.error_value == "index out of range [8] with length 4"
    assert functions(found)[-1] == "shop/cart.(*Cart).total"
    assert dict(report.facts)["test"] == "FuzzCart/seed"
    assert signature(CAUGHT) == signature(CAUGHT.replace("go:13", "go:17")) != signature(CAUGHT.replace("total", "sum"))


def test_a_stack_that_a_test_logged_is_no_panic():
    (found,) = reports(CAUGHT.replace("testing.go:1504: panic: runtime error: ", "cart_test.go:9: "), "go")
    assert (found.report.kind, found.report.error_type, found.report.level) == ("dump", None, "error")


def test_words_to_the_right_are_no_goroutine():
    assert reports("    goroutine 3 [running]:\nmain.f()\n\t/a.go:1 +0x1\n", "go") == []


def test_what_recovered_from_a_panic_is_no_place_of_it_but_what_panicked_again_is():
    calls = "shop.total(...)\n\t/srv/cart.go:12 +0x3\nshop.pay(...)\n\t/srv/cart.go:20 +0x4\n"
    deferred = "main.{}.func1()\n\t/srv/shop.go:9 +0x1\npanic({{0x1, 0x2}})\n\t/go/runtime/panic.go:884 +0x2\n"
    logged = "goroutine 7 [running]:\nruntime/debug.Stack()\n\t/go/runtime/debug/stack.go:24 +0x5\n" + deferred + calls
    again = "panic: no rate [recovered, repanicked]\n\ngoroutine 7 [running]:\n" + deferred + calls
    assert signature(logged.format("serve")) == signature(logged.format("work")) != ""
    assert signature(logged.format("serve")) != signature(logged.format("serve").replace("shop.total", "shop.count"))
    assert signature(again.format("serve")) != signature(again.format("work"))

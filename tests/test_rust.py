"""Rust panics and backtraces: what rustc 1.95 printed, the forms before it, and damage."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading import corpus
from tests.scanned import functions, labelled, one, prefixed, reports, scan_grows, surrounded, text_lines
from triage.formats import traces
from triage.formats.traces import rust
from triage.stacks import signature

STD = "/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library"

# Three panics of one process, two of them without the note that only the first prints.
PANICS = """\
thread 'w-1' (20832) panicked at src/main.rs:6:65:
two
lines
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace

thread '<unnamed>' (20833) panicked at src/main.rs:7:31:
assertion `left == right` failed: sums
  left: 2
 right: 3

thread 'main' (20831) panicked at src/main.rs:2:42:
index out of bounds: the len is 2 but the index is 7
shutting down
"""

SHORT = f"""\
thread 'main' (20828) panicked at src/main.rs:2:42:
index out of bounds: the len is 2 but the index is 7
stack backtrace:
   0: __rustc::rust_begin_unwind
             at {STD}/std/src/panicking.rs:689:5
   1: core::panicking::panic_fmt
             at {STD}/core/src/panicking.rs:80:14
   2: a::inner
             at ./src/main.rs:2:42
   3: <a::Shape as core::fmt::Display>::fmt
             at C:\\work dir\\src\\main.rs:8:2
      [... omitted 14 frames ...]
note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.
"""

FULL = f"""\
thread 'main' panicked at src/main.rs:2:42:
index out of bounds: the len is 2 but the index is 7
stack backtrace:
  16:     0x5620775b54bc - core[c1f1a4ba060b9bfa]::panicking::panic_bounds_check
                               at {STD}/core/src/panicking.rs:271:5
  17:     0x562077574b73 - a::inner::h3946ff5d84503b63
                               at /build/app/src/main.rs:2:42
  18:     0x562077574b73 - a::middle::h5cf7bc78a84a6765
                               at /build/app/src/main.rs:3:25
  19:     0x562077574a45 - a::main::h1854dee5fd9945b4
                               at /build/app/src/main.rs:8:2
  20:     0x562077577b0e - main
  21:     0x7f071b6d28ec - clone3
                               at ./misc/../sysdeps/unix/sysv/linux/x86_64/clone3.S:81:0
  22:                0x0 - <unknown>
"""


def test_panics_of_one_process_are_told_apart():
    traces_ = rust.parse(PANICS)
    assert [(trace.thread_name, trace.thread_id, trace.error_value) for trace in traces_] == [
        ("w-1", 20832, "two\nlines"),
        ("<unnamed>", 20833, "assertion `left == right` failed: sums\n  left: 2\n right: 3"),
        ("main", 20831, "index out of bounds: the len is 2 but the index is 7"),
    ]
    assert {(trace.role, trace.chain_no, trace.error_type, trace.crashed) for trace in traces_} == {
        ("crash", 0, "panic", True)
    }
    only = traces_[0].frames[0]
    assert (only.file, only.line, only.column, only.trust) == ("src/main.rs", 6, 65, "location")


def test_short_backtrace():
    (trace,) = rust.parse(SHORT)
    rows = [(f.function, f.file, f.line, f.column) for f in trace.frames if f.frame_kind == "frame"]
    assert rows == [
        ("__rustc::rust_begin_unwind", f"{STD}/std/src/panicking.rs", 689, 5),
        ("core::panicking::panic_fmt", f"{STD}/core/src/panicking.rs", 80, 14),
        ("a::inner", "./src/main.rs", 2, 42),
        ("<a::Shape as core::fmt::Display>::fmt", "C:\\work dir\\src\\main.rs", 8, 2),
    ]
    assert (trace.frames[-1].frame_kind, trace.frames[-1].repeat) == ("elided", 14)
    assert trace.error_value == "index out of bounds: the len is 2 but the index is 7"


def test_full_backtrace_has_addresses_inlines_and_no_hashes():
    (trace,) = rust.parse(FULL)
    rows = [(f.function, f.inline_depth, f.address, f.line) for f in trace.frames]
    assert rows == [
        ("core::panicking::panic_bounds_check", 0, 0x5620775B54BC, 271),
        ("a::inner", 1, 0x562077574B73, 2),
        ("a::middle", 0, 0x562077574B73, 3),
        ("a::main", 0, 0x562077574A45, 8),
        ("main", 0, 0x562077577B0E, None),
        ("clone3", 0, 0x7F071B6D28EC, 81),
        (None, 0, 0, None),
    ]
    assert trace.frames[1].function_raw == "a::inner::h3946ff5d84503b63"
    assert trace.frames[0].function_raw == "core[c1f1a4ba060b9bfa]::panicking::panic_bounds_check"
    assert trace.frames[-1].function_raw == "<unknown>"
    assert (trace.frames[5].column, trace.frames[5].language, trace.frames[3].language) == (None, None, "rust")


def test_recursion_at_one_address_is_not_inlining():
    text = "stack backtrace:\n" + "".join(f"   {n}:     0x10 - a::down\n" for n in range(3))
    assert [frame.inline_depth for frame in rust.parse(text)[0].frames] == [0, 0, 0]


def test_symbols_without_number_are_inlined():
    text = "   0: a::inner\n             at a.rs:1:2\n      a::outer\n             at a.rs:5:6\n   1: main\n"
    rows = [(f.function, f.inline_depth, f.line) for f in rust.parse(text)[0].frames]
    assert rows == [("a::inner", 1, 1), ("a::outer", 0, 5), ("main", 0, None)]


def test_panic_before_rust_1_73():
    text = (
        "thread 'main' panicked at 'first 'quoted', line\nsecond', /build/src/lib.rs:10:5\nstack backtrace:\n   0: f\n"
    )
    (trace,) = rust.parse(text)
    assert trace.error_value == "first 'quoted', line\nsecond"
    assert [frame.function for frame in trace.frames] == ["f"]
    (bare,) = rust.parse("thread 'main' panicked at 'no end\nnote: run with\n")
    assert bare.error_value == "no end"


def test_panic_inside_a_log_line():
    text = "2026-01-26T01:25:59Z ERROR thread 'io-3' panicked at src/io.rs:9:1:\nboom\n2026-01-26T01:26:00Z INFO bye\n"
    (trace,) = rust.parse(text)
    assert (trace.thread_name, trace.error_value) == ("io-3", "boom")


def test_stack_overflow():
    (trace,) = rust.parse("\nthread 'main' has overflowed its stack\nfatal runtime error: stack overflow\n")
    assert (trace.error_type, trace.thread_name) == ("stack overflow", "main")


def test_anyhow_chain():
    text = """\
Error: cannot start

Caused by:
    0: cannot read the settings
    1: No such file or directory (os error 2)

Stack backtrace:
   0: anyhow::error::<impl anyhow::Error>::msg
             at /cargo/anyhow/src/backtrace.rs:27:14
   1: shell::main
             at ./src/main.rs:4:9
"""
    crash, first, second = rust.parse(text)
    assert (crash.error_type, crash.error_value, crash.chain_no) == ("Error", "cannot start", 0)
    assert [frame.function for frame in crash.frames] == ["anyhow::error::<impl anyhow::Error>::msg", "shell::main"]
    assert (first.role, first.chain_no, first.error_value) == ("cause", 1, "cannot read the settings")
    assert (second.chain_no, second.error_value) == (2, "No such file or directory (os error 2)")


def test_single_cause_and_eyre():
    assert [trace.error_value for trace in rust.parse("Error: a\n\nCaused by:\n    b\n      more\n")] == [
        "a",
        "b\nmore",
    ]
    text = """\
Error:
   0: top
   1: below

  \u2501\u2501\u2501\u2501\u2501 BACKTRACE \u2501\u2501\u2501\u2501\u2501
                 \u22ee 6 frames hidden \u22ee
   7: shell::main::h2d1c7a6b5e4f3021
      at /build/src/main.rs:5
"""
    crash, cause = rust.parse(text)
    assert (crash.error_value, cause.error_value) == ("top", "below")
    assert [(f.frame_kind, f.repeat, f.function, f.line) for f in crash.frames] == [
        ("elided", 6, None, None),
        ("frame", 1, "shell::main", 5),
    ]


def test_debug_form_on_one_line():
    text = 'Backtrace [{ fn: "a::main", file: "./a.rs", line: 5 }, { fn: "<T as \\"x\\">::y" }, { fn: "_start" }]'
    rows = [(frame.function, frame.file, frame.line) for frame in rust.parse(text)[0].frames]
    assert rows == [("a::main", "./a.rs", 5), ('<T as "x">::y', None, None), ("_start", None, None)]


def test_what_stands_between_frames_is_kept_as_a_note():
    frames = rust.parse("   0: a\n             at a.rs:1:2\n### noise\n   1: b\n")[0].frames
    assert [(f.frame_kind, f.function or f.function_raw) for f in frames] == [
        ("frame", "a"),
        ("note", "### noise"),
        ("frame", "b"),
    ]


def test_legacy_names_are_plain():
    raw = "_$LT$std..sys..Print$u20$as$u20$core..fmt..Display$GT$::fmt::h50f7b755f1835a1b"
    assert rust.plain_name(raw) == "<std::sys::Print as core::fmt::Display>::fmt"
    assert rust.plain_name("toy::_$u7b$$u7b$closure$u7d$$u7d$::hf265b39b77351b6e") == "toy::{{closure}}"
    assert rust.plain_name("f::<[u8; 4]>") == "f::<[u8; 4]>"


def test_corpus():
    trace = rust.parse(corpus("stacks", "cf", "rust_assert.txt").read_text())[0]
    assert (trace.error_value, trace.frames[0].file, trace.frames[0].line) == (
        "Error: could not find an available port",
        "config/src/utils.rs",
        27,
    )
    fuchsia = rust.parse(corpus("stacks", "cf", "rust_panic_fuchsia.txt").read_text())[0]
    assert (fuchsia.error_type, fuchsia.error_value) == ("panic", "it works!")


def test_probe_and_choice_by_content():
    assert rust.probe(PANICS)
    assert rust.probe(SHORT)
    assert rust.probe("   3: a::b\n             at /x/a.rs:1:2\n")
    assert not rust.probe("12: 30\nat noon\n")
    assert traces.parse(SHORT)[0].error_type == "panic"
    assert traces.parse(SHORT.partition("stack backtrace:\n")[2])[0].frames[2].function == "a::inner"


@settings(max_examples=100, deadline=None)
@given(st.text() | st.lists(st.sampled_from((PANICS + SHORT + FULL).splitlines()), max_size=30).map("\n".join))
def test_any_text(text):
    rust.probe(text)
    assert all(trace.frames or trace.error_type or trace.error_value for trace in rust.parse(text))


def test_every_cut():
    whole = PANICS + SHORT + FULL
    for end in range(0, len(whole), 7):
        rust.parse(whole[:end])


def test_panic_between_log_lines():
    found = surrounded(SHORT, "rust")
    report = found.report
    assert (report.kind, report.error_type, report.thread_id, report.leads) == ("exception", "panic", 20828, True)
    assert text_lines(found)[:2] == [6, 8]
    assert functions(prefixed(SHORT, "rust"))[2:] == ["a::inner", "<a::Shape as core::fmt::Display>::fmt"]


def test_panics_of_one_log_are_reports_of_their_own():
    found = reports(PANICS, "rust")
    assert [(f.first, f.last, f.report.kind) for f in found] == [
        (1, 4, "exception"),
        (6, 9, "assertion"),
        (11, 12, "exception"),
    ]


def test_a_panic_while_another_is_unwound_joins_it():
    second = "thread 'main' panicked at src/main.rs:5:5:\npanic in a destructor during cleanup\n"
    text = SHORT + second + "thread caused non-unwinding panic. aborting."
    found = surrounded(text, "rust")
    assert found.report.traces[0].role == "crash"
    assert (found.report.error_value or "").startswith("index out of bounds")


@pytest.mark.parametrize(
    ("text", "kind", "error"),
    [
        (
            "thread 'main' has overflowed its stack\nfatal runtime error: stack overflow, aborting",
            "crash",
            "stack overflow",
        ),
        ("memory allocation of 1234567 bytes failed", "oom", "memory allocation failed"),
        ("fatal runtime error: Rust cannot catch foreign exceptions", "abort", "fatal runtime error"),
        ("Error: cannot start\n\nCaused by:\n    0: no settings\n    1: no file", "exception", "Error"),
        ("error: failed to parse manifest\n\nCaused by:\n  could not parse", "exception", "Error"),
        ("The application panicked (crashed).\nMessage:  boom\nLocation: src/main.rs:4", "exception", "panic"),
    ],
)
def test_other_ends_of_a_program(text, kind, error):
    report = surrounded(text, "rust").report
    assert (report.kind, report.error_type) == (kind, error)


EYRE = """Error:
   0: top
   1: below

Location:
   src/main.rs:9

  \u2501\u2501\u2501 SPANTRACE \u2501\u2501\u2501

   0: shell::load
      at src/main.rs:9

  \u2501\u2501\u2501 BACKTRACE \u2501\u2501\u2501
                 \u22ee 6 frames hidden \u22ee
   7: shell::main::h2d1c7a6b5e4f3021
      at /build/src/main.rs:5

Run with COLORBT_SHOW_HIDDEN=1 environment variable to disable frame filtering.
"""


def test_eyre_with_spans():
    report = surrounded(EYRE, "rust").report
    assert [(trace.role, trace.error_value) for trace in report.traces] == [
        ("crash", "top"),
        ("cause", "below"),
        ("other", None),
    ]


def test_damaged_backtraces():
    cut = one("\n".join(SHORT.split("\n")[:3]), "rust").report
    assert (cut.complete, cut.error_type) == (False, "panic")
    lost = one("\n".join(SHORT.split("\n")[2:]), "rust").report
    assert (lost.kind, lost.error_type, lost.traces[0].frames[2].function) == ("dump", None, "a::inner")


def test_what_only_speaks_of_panics_is_none():
    text = (
        "the cat panicked at the sight\nCaused by: java.lang.E: x\nprintln!(\"thread 'a' panicked at 'b', c.rs:1:2\")"
    )
    assert not reports(text, "rust")


@pytest.mark.parametrize("label", labelled("/rust_"), ids=lambda label: label["file"])
def test_corpus_types_and_frames(label):
    found = reports(corpus("stacks", *label["file"].split("/")).read_text(), "rust")[0]
    message, *frames = label["state"].strip().split("\n")
    assert (found.report.error_type, label["type"], found.report.error_value) == ("panic", "ASSERT", message)
    raw = [frame.function_raw or frame.function or "" for frame in found.report.traces[0].frames]
    if len(raw) > 1:
        assert all(any(name.startswith(wanted) for name in raw) for wanted in frames)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*(PANICS + SHORT + FULL + EYRE).splitlines(), "", "x"]), max_size=60))
def test_lines_in_any_order_are_scanned(lines):
    for found in reports("\n".join(lines), "rust"):
        assert 1 <= found.first <= found.last <= len(lines)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_scanned(text):
    reports("thread 'a' panicked at a.rs:1:2:\n" + text + "\nstack backtrace:\n" + text, "rust")


@pytest.mark.parametrize(
    "line",
    ["thread 'x' panicked at a.rs:1:1:", "stack backtrace:", "Error: x\n\nCaused by:\n    y", "   0: f\n  at a.rs:1"],
)
def test_time_is_linear(line):
    scan_grows(line, "rust")


@pytest.mark.parametrize("text", [
    ("Error: no\n\nCaused by:\n    0: a\n    1: error while executing at wasm backtrace:\n"
    "           0: 0x1bfe5 - shop.wasm!shop::cart::pay\n    2: wasm trap: unreachable"),
    ("The application panicked (crashed).\nMessage:  boom\nLocation: src/main.rs:4\n\n  ━━━ BACKTRACE ━━━\n"
    "   7: shop::cart::pay\n      at /w/src/cart.rs:4"),
])  # fmt: skip
def test_what_stands_to_the_right_as_a_whole_is_the_same(text):
    moved = "\n".join(f"    {line}" for line in ["INFO starting", *text.split("\n"), "INFO done"])
    assert signature(moved) == signature(text) != signature(text.replace("pay", "add"))


def test_frames_among_the_causes_that_wasmtime_tells():
    text = (
        "Error: failed to run main module `shop.wasm`\n\nCaused by:\n    0: failed to invoke command default\n"
        "    1: error while executing at wasm backtrace:\n"
        "           0: 0x1bfe5 - shop.wasm!shop::cart::pay::h88bbc943df547e4a\n"
        "           1:   0x586 - shop.wasm!_start\n    2: wasm trap: wasm `unreachable` instruction executed"
    )
    crash, *causes = rust.parse(text)
    assert [(frame.function, frame.module) for frame in crash.frames] == [
        ("shop::cart::pay", "shop.wasm"),
        ("_start", "shop.wasm"),
    ]
    assert [cause.error_value for cause in causes][-1] == "wasm trap: wasm `unreachable` instruction executed"

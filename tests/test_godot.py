"""Godot's errors and crashes, written by hand in the forms of 3 and 4."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded

SCRIPT = """SCRIPT ERROR: Invalid call. Nonexistent function 'pay' in base 'Nil'.
          at: _on_pay (res://shop/cart.gd:12)
          GDScript backtrace (most recent call first):
              [0] _on_pay (res://shop/cart.gd:12)
              [1] _ready (res://main.gd:3)"""
ENGINE = """ERROR: Condition "!is_inside_tree()" is true. Returning: Transform3D()
   at: get_global_transform (scene/3d/node_3d.cpp:343)"""
OLD = """SCRIPT ERROR: _on_pay: Invalid get index 'rate' (on base: 'Nil').
   At: res://shop/cart.gd:12:_on_pay()"""
COPIED = """E 0:00:01:0432   _on_pay: Invalid call. Nonexistent function 'pay' in base 'Nil'.
  <C++ Error>    Condition "x" is true.
  <C++ Source>   scene/3d/node_3d.cpp:343 @ get_global_transform()
  <Stack Trace>  cart.gd:12 @ _on_pay()
                 main.gd:3 @ _ready()"""
CRASH = """handle_crash: Program crashed with signal 11
Engine version: Godot Engine v4.2.1.stable.official (b09f793f)
Dumping the backtrace. Please include this when reporting the bug to the project developer.
[1] /lib/x86_64-linux-gnu/libc.so.6(+0x42520) [0x7f8a4a442520] (??:0)
[2] Node3D::get_global_transform() const (/src/scene/3d/node_3d.cpp:343)
[3] /usr/bin/godot(main+0x34) [0x55d0c0ffee00] (/src/main.cpp:3)
[4] 1   dyld            0x00007fff6d0b15fd start + 29
[5] <couldn't map PC to fn name>
-- END OF BACKTRACE --"""


@pytest.mark.parametrize(("text", "error", "places"), [
    (SCRIPT, "Script error", [("_on_pay", 12), ("_ready", 3)]),
    (ENGINE, "Error", [("get_global_transform", 343)]),
    (OLD, "Script error", [("_on_pay", 12)]),
    (COPIED, "Error", [("_on_pay", 12), ("_ready", 3)]),
])  # fmt: skip
def test_an_error(text, error, places):
    report = surrounded(text, "godot").report
    assert (report.kind, report.level, report.error_type) == ("exception", "error", error)
    assert [(frame.function, frame.line) for frame in report.traces[0].frames] == places
    assert functions(prefixed(text, "godot")) == [name for name, _ in places]


def test_an_error_of_the_engine_behind_a_time():
    lines = ENGINE.split("\n")
    report = one("\n".join(f"2026-01-26T01:25:59Z {line}" for line in lines), "godot").report
    assert (report.error_type, report.traces) == ("Error", one(ENGINE, "godot").report.traces)
    assert not reports("\n".join(f"2026-01-26T01:25:59Z {line.removeprefix('ERROR: ')}" for line in lines), "godot")


def test_a_crash_of_the_engine():
    found = surrounded(CRASH, "godot")
    assert (found.report.kind, found.report.signal) == ("crash", "SIGSEGV")
    assert functions(found) == [None, "Node3D::get_global_transform() const", "main", "start", None]
    frames = found.report.traces[0].frames
    assert (frames[0].module, frames[0].module_offset, frames[1].line, frames[2].symbol_offset) == (
        "libc.so.6", 0x42520, 343, 0x34)  # fmt: skip
    (event,) = triage.loads(f"{CRASH}\nAborted (core dumped)").events().to_dict("records")
    assert event["culprit"] == "Node3D::get_global_transform (node_3d.cpp:343)"
    windows = one(
        CRASH.replace("handle_crash: Program crashed with signal 11", "CrashHandlerException: Program crashed"), "godot"
    )
    assert (windows.report.error_type, windows.report.signal) == ("crash", None)


def test_a_script_that_was_running_is_another_stack():
    rows = "-- GDSCRIPT BACKTRACE --\n" + "\n".join(SCRIPT.split("\n")[2:]) + "\n-- END OF GDSCRIPT BACKTRACE --"
    report = surrounded(f"{CRASH}\n{rows}", "godot").report
    assert [(trace.role, len(trace.frames)) for trace in report.traces] == [("crash", 5), ("other", 2)]


def test_errors_below_each_other():
    assert [found.report.error_type for found in reports(f"{SCRIPT}\n{ENGINE}\n{OLD}", "godot")] == [
        "Script error", "Error", "Script error"]  # fmt: skip


@pytest.mark.parametrize("text", [
    "SCRIPT ERROR: x", "   at: f (res://a.gd:1)", "WARNING: x\n   at: f (a.cpp:1)", "  <Stack Trace> a.gd:1 @ f()",
])  # fmt: skip
def test_what_is_no_report(text):
    assert not reports(text, "godot")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [*[line for text in (SCRIPT, ENGINE, OLD, COPIED, CRASH) for line in text.split("\n")], "", "x"]
        )
        | st.text(max_size=60),
        max_size=40,
    )
)
def test_lines_in_any_order_are_scanned(lines):
    lines = [line.replace("\n", " ") for line in lines]
    last = 0
    for found in reports("\n".join(lines), "godot"):
        assert last < found.first <= found.last <= len(lines)
        last = found.last


@pytest.mark.parametrize(
    "text",
    [
        SCRIPT,
        ENGINE,
        OLD,
        COPIED,
        CRASH,
        "SCRIPT ERROR: x",
        "   at: f (a:1)",
        "handle_crash: Program crashed with signal 11",
    ],
)
def test_time_is_linear(text):
    scan_grows(text, "godot")

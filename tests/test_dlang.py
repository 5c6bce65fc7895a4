"""D's uncaught errors, written by hand in the forms of druntime on several systems."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scanned import functions, one, prefixed, reports, scan_grows, surrounded
from triage.stacks import signature

TEXT = """core.exception.RangeError@src/queue.d(61): Range violation
----------------
??:? _d_arraybounds [0x55e0c3d1a0f2]
src/queue.d:61 pure @safe const(char)[] queue.Queue!(int, long).Queue.take(ulong) const [0x55e0c3d02a11]
src/pump.d:44 bool pump.drain(queue.Queue!(int, long).Queue).__lambda2(int) [0x55e0c3d03190]
src/app.d:29 _Dmain [0x55e0c3d0102b]"""

OTHER_BUILD = """core.exception.RangeError@src/queue.d(72): Range violation
----------------
??:? _d_arraybounds [0x55e0c3d9a0f2]
src/queue.d:72 @safe pure const(char)[] queue.Queue!(int, long).Queue.take(ulong) const [0x55e0c3d82a11]
src/pump.d:49 bool pump.drain(queue.Queue!(int, long).Queue).__lambda7(int) [0x55e0c3d83190]
src/app.d:31 _Dmain [0x55e0c3d8102b]"""


def test_error_between_log_lines():
    found = surrounded(TEXT, "dlang")
    assert (found.report.error_type, found.report.error_value) == ("core.exception.RangeError", "Range violation")
    assert functions(found) == ["_d_arraybounds", "queue.Queue.Queue.take", "pump.drain.__lambda2", "_Dmain"]
    assert (found.report.traces[0].frames[1].args, found.report.traces[0].frames[1].line) == ("ulong", 61)
    assert functions(prefixed(TEXT, "dlang"))[1] == "queue.Queue.Queue.take"


def test_two_builds_are_one_and_another_function_is_another():
    assert signature(TEXT) == signature(OTHER_BUILD) != ""
    assert signature(TEXT) != signature(TEXT.replace("Queue.take(", "Queue.peek("))


@pytest.mark.parametrize(
    ("frames", "names"),
    [
        ("./app(_Dmain+0x5d) [0x55d4]\n./app(main+0x1f) [0x55d5]", ["_Dmain", "main"]),
        ("0x00402025 in void app.load() at C:\\src\\app.d(12)\n0x0040AABB", ["app.load", None]),
        ("4   app   0x0000000104f2 _D3app4mainFZv + 32", ["_D3app4mainFZv"]),
        ("src/a.d:3 void a.run!(a.X).run(int, char[]) [0x1]", ["a.run.run"]),
    ],
)
def test_frames_of_other_systems(frames, names):
    assert functions(one(f"object.Exception@app.d(5): boom\n----------------\n{frames}\n", "dlang")) == names


def test_chained_errors_and_messages_of_several_lines():
    text = (
        f"app.LoadError@src/app.d(9): cannot load\nx.toml\n----------------\nsrc/app.d:9 void app.f() [0x1]\n\n{TEXT}"
    )
    report = one(text, "dlang").report
    assert (report.error_value, len(report.traces), report.traces[1].role) == ("cannot load\nx.toml", 2, "cause")


def test_without_symbols_the_place_is_the_frame():
    report = one("object.Exception@src/app.d(5): boom\n----------------\n", "dlang").report
    assert (report.traces[0].frames[0].file, report.traces[0].frames[0].line) == ("src/app.d", 5)


@pytest.mark.parametrize("text", ["see src/app.d(5): why", "a.b@c.d(5): x", "x@src/app.d(5)\n----------------"])
def test_what_is_none(text):
    assert not reports(text, "dlang")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*TEXT.splitlines(), "", "x"]), max_size=40), st.text(max_size=80))
def test_any_text_is_scanned(lines, text):
    for found in reports("\n".join([*lines, text]), "dlang"):
        assert 1 <= found.first <= found.last <= len(lines) + 1 + text.count("\n")


@pytest.mark.parametrize("line", [TEXT, TEXT.splitlines()[0], "a.b@x.d(1)" + "(" * 300])
def test_time_is_linear(line):
    scan_grows(line, "dlang")

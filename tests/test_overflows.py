"""Stacks that overflowed, as the runtimes write them: one incident wherever the stack was when it was full."""

from __future__ import annotations

import json

import pytest

import triage
from triage.stacks import signature

NAMES = ["parse", "walk", "visit", "fold"]


def _rows(form, many, start, period):
    return "".join(form.format(f=NAMES[(row + start) % period], n=row, m=row % period + 3) for row in range(many))


def _v8(start, period):
    return "RangeError: Maximum call stack size exceeded\n" + _rows("    at {f} (/w/a.js:{m}:3)\n", 10, start, period)


def _jsc(start, period):
    return "RangeError: Maximum call stack size exceeded.\n" + _rows(
        "{f}@https://a.example/m.js:1:3\n", 40, start, period
    )


def _gecko(start, period):
    return "InternalError: too much recursion\n" + _rows("{f}@https://a.example/m.js:1:3\n", 40, start, period)


def _hermes(start, period):
    said = "RangeError: Maximum call stack size exceeded (native stack depth)\n"
    return said + _rows("    at {f} (address at index.android.bundle:1:3{n})\n", 50, start, period)


def _go(start, period):
    said = "runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow\n\n"
    said += "goroutine 1 [running]:\n"
    row = "main.{f}(0x{n})\n\t/w/m.go:{m} +0x1d\n"
    return said + _rows(row, 50, start, period) + "...4000 frames elided...\n" + _rows(row, 50, start + 1, period)


def _php(start, period):
    said = "Maximum call stack size of 8339456 bytes (zend.max_allowed_stack_size) reached. Infinite recursion?"
    rows = _rows("#{n} /srv/a.php({m}): {f}()\n", 40, start, period)
    head = f"PHP Fatal error:  Uncaught Error: {said} in /srv/a.php:3\nStack trace:\n"
    return f"{head}{rows}#40 {{main}}\n  thrown in /srv/a.php on line 3\n"


def _lua(start, period):
    row = "\ta.lua:{m}: in function '{f}'\n"
    skipped = "\t...\t(skipping 199 levels)\n"
    rows = _rows(row, 10, start, period) + skipped + _rows(row, 11, start, period)
    return f"lua: a.lua:3: stack overflow\nstack traceback:\n{rows}\t[C]: in ?\n"


def _julia(start, period):
    rows = _rows(" [{n}] {f}(x::Int64)\n   @ Main ~/a.jl:{m}\n", period, start, period)
    said = f"   --- the above {period} lines are repeated 39990 more times ---\n"
    return f"ERROR: LoadError: StackOverflowError:\nStacktrace:\n{rows}{said} [9] main()\n   @ Main ~/a.jl:30\n"


def _python2(start, period):
    rows = _rows('  File "a.py", line {m}, in {f}\n', 60, start, period)
    said = "RuntimeError: maximum recursion depth exceeded in cmp"
    return f"Traceback (most recent call last):\n{rows}{said}\n"


def _nim(start, period):
    said = "Error: call depth limit reached in a debug build (2000 function calls). You can change it\n"
    return "Traceback (most recent call last)\n" + _rows("/w/x.nim({m}) {f}\n", 40, start, period) + said


def _framework(start, period):
    return "Process is terminated due to StackOverflowException.\n" + _rows("   at A.{f}()\n", 40, start, period)


def _net(start, period):
    rule = "-" * 32
    rows = _rows("   at A.{f}(Int32)\n", period, start, period)
    return f"Stack overflow.\nRepeat 24099 times:\n{rule}\n{rows}{rule}\n   at A.Main()\n"


def _crystal(start, period):
    said = "Stack overflow (e.g., infinite or very deep recursion)\n"
    return said + _rows("[0x559d3e2d00{n:02}] *{f}<Int32>:Int32 +{n}\n", 40, start, period)


def _kernel(start, period):
    said = "BUG: TASK stack guard page was hit at ffffc90000000001 (stack is ffffc90000000000..ffffc90000003fff)\n"
    return said + "Call Trace:\n" + _rows(" {f}+0x1{n}/0x30\n", 40, start, period)


def _octave(start, period):
    said = "error: max_recursion_depth exceeded\nerror: called from\n"
    return said + _rows("    {f} at line {m} column 3\n", 30, start, period)


def _sentry(start, period):
    frames = [{"function": NAMES[(row + start) % period], "filename": "app:///m.js", "lineno": 3} for row in range(50)]
    said = {"type": "RangeError", "value": "Maximum call stack size exceeded", "stacktrace": {"frames": frames}}
    return json.dumps({"event_id": f"{start:032x}", "platform": "javascript", "exception": {"values": [said]}})


RUNTIMES = [
    _v8, _jsc, _gecko, _hermes, _go, _php, _lua, _julia, _python2, _nim, _framework, _net, _crystal, _kernel, _octave,
    _sentry,
]  # fmt: skip


@pytest.mark.parametrize("period", [2, 3, 4])
@pytest.mark.parametrize("runtime", RUNTIMES, ids=lambda runtime: runtime.__name__)
def test_it_goes_by_its_cycle_wherever_it_was(runtime, period):
    texts = [runtime(start, period) for start in range(period)]
    (key,) = {signature(text) for text in texts}
    case = triage.loads("\n\n".join(texts)) if runtime is not _sentry else triage.loads(texts[0])
    assert set(case.incidents()["group_key"]) == {key}
    told = case.explain(case.incidents()["incident_id"][0])
    assert told.key["value"].tolist()[0] == "stack overflow"
    assert len(told.key) == 1 + period
    other = texts[0].replace("walk", "step")
    assert signature(other) not in {key, ""}


def test_what_is_folded_is_written_as_rounds_and_a_row_for_the_rest():
    frames = triage.loads(_net(0, 2)).frames()
    rows = frames[["function", "frame_kind", "repeat"]].values.tolist()
    assert rows[:2] == rows[2:4] == rows[4:6] == [["A.parse", "frame", 1], ["A.walk", "frame", 1]]
    assert rows[6:] == [["A.parse", "repeated", 24096 * 2], ["A.Main", "frame", 1]]


def test_another_error_of_the_same_type_is_no_overflow():
    texts = [_v8(start, 2).replace("Maximum call stack size exceeded", "Invalid array length") for start in (0, 1)]
    assert len({signature(text) for text in texts}) == 2
    said = [
        _v8(0, 2).replace("Maximum call", "no Maximum call"),
        _gecko(0, 2).replace("recursion", "recursion of types"),
    ]
    assert [triage.loads(text).incidents()["title"][0].partition(" ")[0] for text in said] == [
        "RangeError",
        "InternalError",
    ]
    assert len({signature(said[0]), signature(said[0].replace("at parse", "at other", 1))}) == 2


def test_a_redacted_overflow_groups_with_its_original():
    case = triage.loads(_php(0, 3))
    assert case.redact().incidents()["group_key"].tolist() == case.incidents()["group_key"].tolist()


def test_the_stack_view_shows_the_cycle():
    from triage.share.redacted import RedactedCase
    from triage.share.stack_pages import StackPages

    case = triage.loads(_v8(1, 2))
    frames = StackPages(RedactedCase.lazy(case))
    head = frames.head()
    assert any("part of the cycle of 2" in cell.why for cell in frames.frames(head.event_id, 0))

r"""Bats: tests of shell scripts that failed, with the functions that were called.

Facts: general knowledge of bats 0.4 and bats-core 1. Grammar, one line each; in TAP each begins with "# "::

    report = [ " ✗ " name | "not ok " n " " name ] "   (" row* "in test file " path ", line " n ")" [ failed ]
    failed = "     `" command "' failed" [ " with status " n ]
    row    = [ "from function `" name "' in " ] ( "file " | "test file " ) path ", line " n ","
"""

from __future__ import annotations

import re
from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "bats"
TITLE: Final = "Failed test of bats"
PLATFORM: Final = "shell"
ANCHORS: Final = ("(from function `", "(in test file ", "(in file ")

_TEST: Final = lazy(r"(?: ?✗|not ok \d{1,6}) (?P<name>\S.{0,400}?)\s*$")
_ROW: Final = lazy(
    r"(?:# )?\s{0,4}(?P<opened>\()?(?:from function `(?P<name>.{1,300}?)' )?in (?:test )?file (?P<file>.{1,600}),"
    r" line (?P<line>\d{1,9})(?P<ended>\))?,?\s*$"
)
_FAILED: Final = lazy(r"(?:# )?\s{0,8}`(?P<text>.{1,1000})' failed(?: with status (?P<status>\d{1,3}))?")
_MOST: Final = 2_000


def read(window: Window) -> Report | None:
    """The failure of whose stack the anchor line is the first."""
    row = _ROW.match(window[0] or "")
    if row is None or not row["opened"]:
        return None
    block = Block(window)
    frames = [_frame(row, 0)]
    end = 1
    while not row["ended"] and end < _MOST:
        row = _ROW.match(block[end] or "")
        if row is None or row["opened"]:
            return None
        frames.append(_frame(row, end))
        end += 1
    failed = _FAILED.match(block[end] or "")
    test = _TEST.match(window[-1] or "")
    value = f"`{failed['text']}' failed" if failed else None
    return Report(
        first=-1 if test else 0,
        end=end + bool(failed),
        kind="assertion",
        level="error",
        traces=(Trace(frames=tuple(frames), error_type="test failed", error_value=value),),
        error_type="test failed",
        error_value=value,
        error_code=int(failed["status"]) if failed and failed["status"] else None,
        facts=(("test", test["name"]),) if test else (),
    )


def _frame(row: re.Match[str], at: int) -> Frame:
    """The frame of a row; that of the test has no function."""
    return Frame(
        function=row["name"], file=row["file"], line=int(row["line"]), language="shell", trust="text", text_line=at
    )

r"""Starlark: tracebacks of Bazel, and of what is written in Go: Tilt, Buck2, Drone.

Facts: general knowledge of Bazel 3 to 8 and of go.starlark.net. Grammar, one line each::

    report = "Traceback (most recent call last):" row+ error
    row    = tab 'File "' path '", line ' n [ ", column " n ] ", in " name  [ tab tab source ]      of Bazel
           | "  " path ":" n ":" n ": in " name                                                     of Go
    error  = "Error" [ " in " builtin ] ": " message line*

Rows come outermost first.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "starlark"
TITLE: Final = "Starlark traceback"
PLATFORM: Final = "starlark"
ANCHORS: Final = (
    '.bzl", line ',
    '/BUILD", line ',
    '/BUILD.bazel", line ',
    '/WORKSPACE", line ',
    '/MODULE.bazel", line ',
    '.star", line ',
    ": in <toplevel>",
)

_HEAD: Final = "Traceback (most recent call last):"
_BAZEL: Final = lazy(
    r"\s{1,8}File \"(?P<file>[^\"]{1,600})\", line (?P<line>\d{1,9})(?:, column (?P<column>\d{1,9}))?, "
    r"in (?P<name>\S.{0,200}?)\s*$"
)
_GO: Final = lazy(
    r"\s{1,4}(?P<file>[^\s:][^:]{0,600}):(?P<line>\d{1,9}):(?P<column>\d{1,9}): in (?P<name>\S.{0,200}?)\s*$"
)
_ERROR: Final = lazy(r"Error(?: in (?P<builtin>[\w.]{1,100}))?: (?P<text>.*)$")
# The context of the rule that failed, which Bazel writes above.
_ABOVE: Final = lazy(r"ERROR: \S.{0,600}:\d{1,9}:\d{1,9}: |\S.{0,600}:\d{1,9}:\d{1,9}: in .{0,400}: ?$")
_BACK, _MOST = 4, 2_000


def read(window: Window) -> Report | None:
    """The traceback whose first rows are around the anchor line."""
    if not _row(window[0] or "", 0):
        return None
    first = -1
    while first > -_BACK and (line := window[first]) is not None and not line.rstrip().endswith(_HEAD):
        first -= 1
    if not (window[first] or "").rstrip().endswith(_HEAD):
        return None
    block = Block(window)
    frames: list[Frame] = []
    at = first + 1
    while len(frames) < _MOST and (line := block.at(at)) is not None:
        frame = _row(line, at)
        if frame is not None:
            frames.append(frame)
        elif not (frames and line.startswith(("\t\t", "    "))):
            break
        at += 1
    error = _ERROR.match(block.at(at) or "")
    if not any(frame.column for frame in frames) and not (error and error["builtin"]):
        return None  # a traceback of Python's
    at += error is not None
    above = window.error_line(first - 1)
    named = f"Error in {error['builtin']}" if error and error["builtin"] else "Error"
    value = error["text"].strip() or None if error else None
    return Report(
        first=first - 1 if above and _ABOVE.match(above) and first - 1 > -_BACK else first,
        end=at,
        kind="exception",
        level="error",
        traces=(Trace(frames=tuple(reversed(frames)), error_type=named, error_value=value),),
        error_type=named,
        error_value=value,
        complete=error is not None,
    )


def _row(line: str, at: int) -> Frame | None:
    """The frame of a row."""
    found = _BAZEL.match(line) or _GO.match(line)
    if found is None:
        return None
    return Frame(
        function=found["name"],
        file=found["file"],
        line=int(found["line"]),
        column=int(found["column"]) if found["column"] else None,
        language="starlark",
        trust="text",
        text_line=at,
    )

r"""Racket: errors with the context in which they were raised.

Facts: general knowledge of Racket 6 to 8, BC and CS. Grammar, one line each::

    report  = head detail* "  context...:" row+
    head    = [ place ": " ] who ": " message | message
    detail  = "  " key ": " value | "   " value
    row     = "   " ( place ": " name | place | 'body of "' file '"' | name | "..." | "[repeats " n " more times]" )
    place   = file ":" line ":" column
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block, rows
from triage.formats.traces.patterns import IN_PATH, lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "racket"
TITLE: Final = "Racket error"
PLATFORM: Final = "racket"
ANCHORS: Final = ("  context...:",)

_PLACED: Final = lazy(
    rf" {{3}}(?P<file>(?:[A-Za-z]:)?[^\s:]{IN_PATH}{{0,600}}):(?P<line>\d{{1,9}}):(?P<column>\d{{1,9}})"
    r"(?:: (?P<name>\S.{0,300}?))?\s*$"
)
_BODY: Final = lazy(r" {3}body of \"?(?P<file>[^\"]{1,600}?)\"?\s*$")
_ELIDED: Final = lazy(r" {3}(?:\.\.\.|\[repeats (?P<times>\d{1,9}) more times?\])\s*$")
_NAMED: Final = lazy(r" {3}(?P<name>[^\s:\"]{1,300})\s*$")
_BACK: Final = 40


def read(window: Window) -> Report | None:
    """The error whose context begins at the anchor line."""
    if (window[0] or "").rstrip() != "  context...:":
        return None
    block = Block(window)
    frames, end = rows(block, 1, _frame)
    if not any(frame.function for frame in frames):
        return None
    first = -1
    while first > -_BACK and (line := window[first]) is not None and line.startswith("  "):
        first -= 1
    head = window[first]
    if head is None or not head.strip() or head[0].isspace():
        return None
    said = head.removeprefix("uncaught exception: ").strip()
    value = "\n".join([said, *(line.strip() for line in window.slice(first + 1, 0))])
    return Report(
        first=first,
        end=end,
        kind="exception",
        level="error",
        handled=False,
        traces=(Trace(frames=tuple(frames), error_type="error", error_value=value, crashed=True),),
        error_type="error",
        error_value=value,
    )


def _frame(line: str, at: int) -> Frame | None:
    """The frame of a row, or the row for frames that were left out."""
    if elided := _ELIDED.match(line):
        mark = line.strip()
        times = int(elided["times"] or 1)
        return Frame(frame_kind="elided", repeat=times, function_raw=mark, language="racket", text_line=at)
    found = _PLACED.match(line) or _BODY.match(line) or _NAMED.match(line)
    if found is None:
        return None
    said = found.groupdict()
    body = not said.get("name") and not said.get("line")
    return Frame(
        function="<module>" if body else said.get("name"),
        file=said.get("file"),
        line=int(said["line"]) if said.get("line") else None,
        column=int(said["column"]) if said.get("column") else None,
        language="racket",
        trust="text",
        text_line=at,
    )

r"""ActionScript: errors of Flash Player and of AIR.

Facts: general knowledge of ActionScript 3. Grammar, one line each::

    report = head line* frame+
    head   = type ": " [ "Error #" n ": " ] message
    frame  = tab "at " [ package "::" ] name [ "$" ] [ "/" [ namespace "::" | "get " | "set " ] name ] "()"
             [ "[" file ":" line "]" ]
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block, rows
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "actionscript"
TITLE: Final = "ActionScript error"
PLATFORM: Final = "flash"
ANCHORS: Final = (": Error #", "()[")

_FRAME: Final = lazy(
    r"\s{1,8}at (?P<name>[\w$.:<>/ -]{1,400})\(\)(?:\[(?P<file>[^\[\]]{1,600}?)(?::(?P<line>\d{1,9}))?\])?\s*$"
)
# What JavaScript does not write: a class and its method.
_SURE: Final = lazy(r"\s{1,8}at [\w$.:<>/ -]{0,400}(?:::|/)[\w$.:<>/ -]{0,400}\(\)")
_HEAD: Final = lazy(
    r"(?:.{0,80}? )??(?P<type>(?:[\w.]{1,80}::)?[A-Z]\w{0,80}(?:Error|Exception)|Error)(?:: (?P<text>.*))?$"
)
_BACK, _LINES = 6, 4


def read(window: Window) -> Report | None:
    """The error at the anchor line, or of which this is a frame."""
    block = Block(window)
    first = 0
    while first > -_BACK and (line := window[first]) is not None and _FRAME.match(line):
        first -= 1
    head = _HEAD.match((window[first] or "")[:4_000])
    start = next((at for at in range(first + 1, first + _LINES) if _FRAME.match(block.at(at) or "")), None)
    if head is None or start is None:
        return None
    frames, end = rows(block, start, _frame)
    if end <= 0 or not any(_SURE.match(block.at(at) or "") for at in range(start, min(end, start + _BACK))):
        return None
    value = " ".join([head["text"] or "", *block.lines(first + 1, start)]).strip() or None
    return Report(
        first=first,
        end=end,
        kind="exception",
        level="error",
        traces=(Trace(frames=tuple(frames), error_type=head["type"], error_value=value, crashed=True),),
        error_type=head["type"],
        error_value=value,
    )


def _frame(line: str, at: int) -> Frame | None:
    """The frame of a row: the class and its method, as one name with dots."""
    found = _FRAME.match(line)
    if found is None:
        return None
    said = found["name"]
    place, _, method = said.partition("/")
    method = method.rpartition("::")[2]
    name = place.replace("::", ".").replace("$", "") + (f".{method.replace('/', '.')}" if method else "")
    return Frame(
        function=name,
        function_raw=said if said != name else None,
        file=found["file"],
        line=int(found["line"]) if found["line"] else None,
        language="actionscript",
        trust="text",
        text_line=at,
    )

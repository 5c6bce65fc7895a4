r"""Jsonnet: errors of its C++ and its Go implementation, and of the tools built on them: Tanka, Grafonnet, Kubecfg.

Facts: general knowledge of Jsonnet 0.10 to 0.21. Grammar, one line each::

    report = "RUNTIME ERROR: " message row+
    row    = tab place [ tab what ]
    place  = [ file ":" ] n ":" n [ "-" n ] | file ":(" n ":" n ")-(" n ":" n ")" | "<" words ">"
    what   = ( "function" | "thunk" | "object" | "builtin function" ) " <" name ">" | "thunk from <" … ">" | "$" | ""
    last   = tab "During " ( "manifestation" | "evaluation" )

The innermost place comes first.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block, rows
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "jsonnet"
TITLE: Final = "Jsonnet error"
PLATFORM: Final = "jsonnet"
ANCHORS: Final = ("RUNTIME ERROR: ",)

_HEAD: Final = lazy(r".{0,400}?RUNTIME ERROR: (?P<text>.*)$")
_ROW: Final = lazy(
    r"\t(?:(?P<file>[^\t\n]{1,600}?):)?(?:(?P<line>\d{1,9}):\d{1,9}(?:-\d{1,9})?"
    r"|\((?P<from>\d{1,9}):\d{1,9}\)-\(\d{1,9}:\d{1,9}\)|<[\w ]{1,60}>)\t?"
    r"(?:(?P<kind>builtin function|function|thunk|object) <(?P<name>[^<>\t\n]{1,300})>|[^\t\n]{0,400})\s*$"
)
_LAST: Final = lazy(r"\tDuring (?:manifestation|evaluation)\s*$")
_MESSAGE: Final = 20


def read(window: Window) -> Report | None:
    """The error that the anchor line names."""
    head = _HEAD.match(window[0] or "")
    if head is None:
        return None
    block = Block(window)
    start = next((at for at in range(1, _MESSAGE) if _ROW.match(block[at] or "")), None)
    if start is None:
        return None
    value = "\n".join([head["text"], *block.lines(1, start)]).strip() or None
    frames, end = rows(block, start, _frame)
    end += _LAST.match(block[end] or "") is not None
    return Report(
        end=end,
        kind="exception",
        level="error",
        traces=(Trace(frames=tuple(frames), error_type="RUNTIME ERROR", error_value=value, crashed=True),),
        error_type="RUNTIME ERROR",
        error_value=value,
    )


def _frame(line: str, at: int) -> Frame | None:
    """The frame of a row."""
    found = _ROW.match(line)
    if found is None:
        return None
    number = found["line"] or found["from"]
    return Frame(
        function=found["name"],
        file=found["file"],
        line=int(number) if number else None,
        language="jsonnet",
        trust="text",
        text_line=at,
    )

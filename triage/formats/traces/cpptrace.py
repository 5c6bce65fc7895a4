r"""Stacks that cpptrace prints, a library of C++ with which programs tell of themselves.

Facts: general knowledge of cpptrace 0.2 to 1.0. Grammar, one line each::

    report = [ said ] "Stack trace (most recent call first):" ( row source line* )+
    said   = "terminate called after throwing an instance of " type ": " message | "Stack trace to reach " words
    row    = "#" n " " ( "0x" A | "(inlined)" ) [ " in " function ] [ " at " file [ ":" n [ ":" n ] ] ]

The innermost function comes first.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.gdb_frames import call
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "cpptrace"
TITLE: Final = "Stack of cpptrace"
PLATFORM: Final = "native"
ANCHORS: Final = ("(most recent call first):",)

_HEAD: Final = lazy(r"(?:.{0,200}[:\s])?(?:Stack trace|Stack|Backtrace)? ?\(most recent call first\):\s*$")
_ROW: Final = lazy(
    r"\s{0,8}#(?P<nth>\d{1,6}) {1,6}(?:0x(?P<address>[0-9a-f]{4,16})|\(inlined\)) {0,16}"
    r"(?:in (?P<name>\S.{0,8000}?))?(?: ?at (?P<file>\S.{0,600}?)(?::(?P<line>\d{1,9})(?::(?P<column>\d{1,9}))?)?)?$"
)
_THROWN: Final = lazy(
    r".{0,200}?terminate called after throwing an instance of '?(?P<type>[\w:<>, ]{1,300}?)'?(?:: (?P<text>.*))?$"
)
# Lines of the source that it shows below a row.
_SOURCE: Final = lazy(r"\s{2,12}(?:> {0,8})?\d{1,7}[:|]|\s{6,40}\^|\s*$")
_LINES, _MOST = 12, 20_000


def read(window: Window) -> Report | None:
    """The stack below the anchor line."""
    if not _HEAD.match(window[0] or "") or not _ROW.match((window[1] or "").rstrip()):
        return None
    block = Block(window)
    frames: list[Frame] = []
    at = end = 1
    while len(frames) < _MOST and at - end < _LINES and (line := block[at]) is not None:
        row = _ROW.match(line.rstrip())
        if row is not None and int(row["nth"]) == len(frames):
            function, args = call(row["name"]) if row["name"] else (None, None)
            frames.append(
                Frame(
                    function=function,
                    function_raw=row["name"] if function != row["name"] else None,
                    args=args or None,
                    address=int(row["address"], 16) if row["address"] else None,
                    file=row["file"],
                    line=int(row["line"]) if row["line"] else None,
                    column=int(row["column"]) if row["column"] else None,
                    trust="text",
                    text_line=at,
                )
            )
            end = at + 1
        elif row is not None or not _SOURCE.match(line):
            break
        at += 1
    if not frames:
        return None
    said = window.error_line(-1)
    thrown = _THROWN.match(said) if said else None
    error, value = (thrown["type"], thrown["text"]) if thrown else (None, None)
    return Report(
        first=-1 if thrown else 0,
        end=end,
        kind="exception" if thrown else "dump",
        level="fatal" if thrown else "error",
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=value, crashed=True, unwinder="text"),),
        error_type=error,
        error_value=value,
    )

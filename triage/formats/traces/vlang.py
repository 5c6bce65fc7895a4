r"""V: panics with the calls that led to them.

Facts: general knowledge of V 0.2 to 0.4. Grammar, one line each::

    report = "V panic: " message other* row+
    other  = ( "v hash" | "pid" | "tid" ) ": " words | "  " key ": " words
    row    = file ":" line ": " ( "at " function ": Backtrace" | "by " function )

A function is named by its module, two underscores and its own name.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block, rows
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "vlang"
TITLE: Final = "V panic"
PLATFORM: Final = "v"
ANCHORS: Final = ("V panic: ",)

_PANIC: Final = lazy(r"V panic: (?P<text>\S.{0,4000})$")
_ROW: Final = lazy(
    r"\s{0,8}(?P<file>[^\s:][^:]{0,600}|[A-Z]:[^:]{1,600}):(?P<line>\d{1,9}): (?:at|by) (?P<name>[A-Za-z_]\w{0,300})"
    r"(?:: Backtrace)?\s*$"
)
_OTHER: Final = lazy(r"(?:v hash|pid|tid|\s{1,12}(?:function|message|file|path|hash)): ?\S")
_AHEAD: Final = 16


def read(window: Window) -> Report | None:
    """The panic of the anchor line, with its calls where they follow."""
    panic = _PANIC.match(window[0] or "")
    if panic is None:
        return None
    block = Block(window)
    start = 1
    while start < _AHEAD and _OTHER.match(block[start] or ""):
        start += 1
    frames, end = rows(block, start, _frame)
    value = panic["text"].strip()
    return Report(
        end=end,
        kind="exception",
        traces=(Trace(frames=tuple(frames), error_type="panic", error_value=value, crashed=True),),
        error_type="panic",
        error_value=value,
        complete=bool(frames),
    )


def _frame(line: str, at: int) -> Frame | None:
    """The frame of a row."""
    row = _ROW.match(line)
    if row is None:
        return None
    return Frame(
        function=row["name"].replace("__", ".") if not row["name"].startswith("_") else row["name"],
        function_raw=row["name"],
        file=row["file"],
        line=int(row["line"]),
        language="v",
        trust="text",
        text_line=at,
    )

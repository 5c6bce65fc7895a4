r"""Emacs Lisp: what the debugger shows of an error, and what Emacs prints in batch mode.

Facts: general knowledge of Emacs 24 to 30. Grammar, one line each::

    report = head row+
    head   = "Debugger entered--Lisp error: (" condition words ")" | "Debugger entered--" words
             | "Error: " condition " (" words ")"
    row    = ( "  " | "* " ) ( name "(" words ")" | "#f(" words ")" "(" words ")" | "(" form ")" ) continued*

The words of a condition and of arguments may go over several lines.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "emacs"
TITLE: Final = "Emacs Lisp backtrace"
PLATFORM: Final = "emacs"
ANCHORS: Final = ("Debugger entered--", "debug-early-backtrace()")

_DEBUGGER: Final = lazy(
    r"Debugger entered--(?:Lisp error: (?:\((?P<type>[^\s()]{1,200})(?: (?P<text>.*?))?\)?"
    r"|(?P<bare>\S.*))|(?P<why>\S.*))$"
)
_BATCH: Final = lazy(r"Error: (?P<type>[^\s()]{1,200}) \((?P<text>.*)\)\s*$")
_CALL: Final = lazy(r"[ *] (?P<name>[^\s()\"#'`\[][^\s()\"]{0,200})\(")
_OTHER: Final = lazy(r"[ *] (?P<text>[(#\[].{0,4000})$")
_BODY: Final = lazy(r"\((?:lambda|closure)\b|#f\(|#\[|#<(?:subr|compiled|bytecode)")
_BACK, _LINES, _MOST = 4, 40, 10_000


def read(window: Window) -> Report | None:
    """The error that the anchor line announces, or of whose stack it is the first row."""
    first = 0
    head = _DEBUGGER.match((window[0] or "").rstrip())
    if head is None:
        while first > -_BACK and not (head := _BATCH.match(window[first] or "")):
            first -= 1
    if head is None:
        return None
    block = Block(window)
    start = first + 1
    while start < first + _LINES and (line := block.at(start)) is not None and not _CALL.match(line):
        if not line.startswith(" "):
            return None
        start += 1
    frames, end = _rows(block, start)
    if not frames:
        return None
    said = head.groupdict()
    error = said["type"] or ("quit" if said.get("bare") == "quit" else "error")
    value = (said.get("text") or said.get("bare") or said.get("why") or "").strip() or None
    return Report(
        first=first,
        end=end,
        kind="exception",
        level="error",
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=value, crashed=True),),
        error_type=error,
        error_value=value,
    )


def _rows(block: Block, start: int) -> tuple[list[Frame], int]:
    """The frames from a line on, and where they end (exclusive)."""
    frames: list[Frame] = []
    at = end = start
    while len(frames) < _MOST and at - end < _LINES and (line := block.at(at)) is not None:
        found = _CALL.match(line)
        if found or _OTHER.match(line):
            name = found["name"] if found else "<lambda>" if _BODY.match(line, 2) else "<form>"
            frames.append(Frame(function=name, language="emacs-lisp", trust="text", text_line=at))
            end = at + 1
        elif not line.startswith("   "):
            break
        at += 1
    return frames, end

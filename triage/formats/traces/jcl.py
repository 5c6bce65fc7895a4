r"""Delphi: stacks that programs write with the JEDI Code Library.

Facts: general knowledge of JclDebug's `JclLastExceptStackListToStrings`. Grammar, one line each::

    report = [ head ] "Stack list, generated " time  row+
    head   = [ words " " ] type ": " message
    row    = [ "(" A "){" image spaces "} " ] "[" A "]" [ " " name [ " (Line " n ', "' file '"' [ " + " lines ] ")" ]
             [ " + $" offset ] ]
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block, rows
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "jcl"
TITLE: Final = "Delphi stack of the JEDI Code Library"
PLATFORM: Final = "native"
ANCHORS: Final = ("Stack list, generated ",)

_TITLE: Final = lazy(r"(?:Exception stack )?Stack list, generated \d.{4,40}$|Stack list, generated \d.{4,40}$")
_HEAD: Final = lazy(r"(?:.{0,80}?[\s:\]])??(?P<type>E[A-Z]\w{1,80}|Exception)(?: with message)?: (?P<text>\S.*)$")
_ROW: Final = lazy(
    r"\s{0,8}(?:\([0-9A-F]{8,16}\)\{(?P<image>[^{}]{1,120})\} ?)?\[(?P<address>[0-9A-F]{8,16})\]"
    r"(?: (?P<name>[^\s(+][^(+]{0,300}?))?(?: \(Line (?P<line>\d{1,9}), \"(?P<file>[^\"]{1,300})\"(?: \+ \d{1,9})?\))?"
    r"(?: \+ \$(?P<offset>[0-9A-F]{1,8}))?\s*$"
)
_BACK: Final = 3


def read(window: Window) -> Report | None:
    """The stack below the anchor line, with what stands right above it."""
    if not _TITLE.match((window[0] or "").strip()):
        return None
    block = Block(window)
    frames, end = rows(block, 1, _frame)
    if not any(frame.function for frame in frames):
        return None
    found, first = None, 0
    for index in range(-1, -_BACK, -1):
        found = _HEAD.match(((window.raw(index) if window.is_record(index) else window[index]) or "")[:2_000])
        if found:
            first = index
            break
        if (window[index] or "").strip():
            break
    error, value = (found["type"], found["text"].strip()) if found else (None, None)
    return Report(
        first=first,
        end=end,
        kind="exception",
        level="error",
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=value, crashed=True),),
        error_type=error,
        error_value=value,
        complete=error is not None,
    )


def _frame(line: str, at: int) -> Frame | None:
    """The frame of a row."""
    found = _ROW.match(line)
    if found is None:
        return None
    return Frame(
        function=found["name"],
        module=(found["image"] or "").strip() or None,
        file=found["file"],
        line=int(found["line"]) if found["line"] else None,
        address=int(found["address"], 16),
        symbol_offset=int(found["offset"], 16) if found["offset"] else None,
        language="pascal",
        trust="text",
        text_line=at,
    )

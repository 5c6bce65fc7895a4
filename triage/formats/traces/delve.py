r"""Stacks that Delve, the debugger of Go, prints: its commands `stack` and `bt`.

Facts: general knowledge of Delve 1.0 to 1.25. Grammar, one line each::

    report = row+ [ "(truncated)" ]
    row    = n "  0x" A " in " function  "   at " file ":" n  value line*

The innermost function comes first, behind those of the runtime that raise a panic.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from triage.formats.traces.block import Block
from triage.formats.traces.go_parse import RAISED, bare
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "delve"
TITLE: Final = "Stack of Delve"
PLATFORM: Final = "go"
ANCHORS: Final = ("0  0x",)

_ROW: Final = lazy(r" {0,6}(?P<nth>\d{1,6}) {1,4}0x(?P<address>[0-9a-f]{4,16}) in (?P<name>\S.{0,2000}?)\s*$")
_PLACE: Final = lazy(r"\s{2,12}at (?P<file>\S.{0,600}?):(?P<line>\d{1,9})\s*$")
_VALUE: Final = lazy(r"\s{4,40}[\w.~]{1,200} = ")
_CUT: Final = "(truncated)"
_DIED: Final = frozenset({RAISED, "runtime.fatalpanic", "runtime.throw", "runtime.fatalthrow"})
_MOST: Final = 20_000


def read(window: Window) -> Report | None:
    """The stack whose first row the anchor line is."""
    block = Block(window)
    frames: list[Frame] = []
    at = 0
    while len(frames) < _MOST and (row := _ROW.match(block[at] or "")) and int(row["nth"]) == len(frames):
        place = _PLACE.match(block[at + 1] or "")
        if place is None:
            break
        found = bare(row["name"], f"\t{place['file']}:{place['line']}", at)
        frame = found or Frame(
            function=row["name"], file=place["file"], line=int(place["line"]), language="go", text_line=at
        )
        frames.append(replace(frame, address=int(row["address"], 16), trust="text"))
        at += 2
        while _VALUE.match(block[at] or ""):
            at += 1
    if len(frames) < 1 or not any((frame.file or "").endswith((".go", ".s")) for frame in frames):
        return None
    died = any(frame.function in _DIED for frame in frames)
    return Report(
        end=at + ((block[at] or "").strip() == _CUT),
        kind="exception" if died else "dump",
        level="fatal" if died else "error",
        traces=(Trace(frames=tuple(frames), error_type="panic" if died else None, crashed=died or None),),
        error_type="panic" if died else None,
    )

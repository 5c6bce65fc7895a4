r"""GCC: its internal errors, with the stack that it prints of itself.

Facts: general knowledge of GCC 5 to 15. Grammar, one line each::

    report = [ "during " kind " pass: " name | place ": In function " words ]* head source* frame+ plea*
    head   = place ": internal compiler error: " message [ ", at " file ":" line ]
    place  = file [ ":" line [ ":" column ] ] | program
    frame  = "0x" A " " ( name | "???" )  [ tab file ":" line ]
    plea   = "Please submit a full bug report" … | "Please include the complete backtrace" … | "See <" …
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

NAME: Final = "gcc"
TITLE: Final = "Internal error of GCC"
PLATFORM: Final = "native"
ANCHORS: Final = (": internal compiler error: ",)

_HEAD: Final = lazy(r"\S.{0,600}?: internal compiler error: (?P<text>\S.{0,2000}?)(?P<at>, at \S{1,400}:\d{1,9})?\s*$")
_DURING: Final = lazy(r"during (?:\w{1,10} )?pass: \S{1,60}\s*$")
_FRAME: Final = lazy(r"0x(?P<address>[0-9a-f]{4,16}) (?P<name>\S.{0,4000})$")
_PLACE: Final = lazy(r"\t(?P<file>\S.{0,600}?):(?P<line>\d{1,9})\s*$")
_PLEA: Final = lazy(r"Please (?:submit|include|provide|use) |See <\S{1,200}>|with preprocessed source")
# Lines of source that stand between the head and the stack.
_AHEAD: Final = 12
_MOST: Final = 2_000


def read(window: Window) -> Report | None:
    """The internal error at the anchor line."""
    head = _HEAD.match(window[0] or "")
    if head is None:
        return None
    block = Block(window)
    start = next((at for at in range(1, _AHEAD) if _FRAME.match((block[at] or "").rstrip())), None)
    frames, end = _frames(block, start) if start else ([], 1)
    while (line := block[end]) is not None and _PLEA.match(line):
        end += 1
    if end == 1:
        return None
    value = head["text"]
    return Report(
        first=-1 if _DURING.match(block.at(-1) or "") else 0,
        end=end,
        kind="abort",
        traces=(Trace(frames=tuple(frames), error_type="internal compiler error", error_value=value, crashed=True),)
        if frames
        else (),
        error_type="internal compiler error",
        error_value=value,
        complete=bool(frames),
        leads=True,
    )


def _frames(block: Block, start: int) -> tuple[list[Frame], int]:
    """The frames from a line on, each with its place below it, and where they end (exclusive)."""
    frames: list[Frame] = []
    at = start
    while len(frames) < _MOST and (found := _FRAME.match((block[at] or "").rstrip())):
        place = _PLACE.match(block[at + 1] or "")
        function, args = call(found["name"]) if found["name"] != "???" else (None, None)
        frames.append(
            Frame(
                function=function,
                args=args or None,
                file=place["file"] if place else None,
                line=int(place["line"]) if place else None,
                address=int(found["address"], 16),
                trust="text",
                text_line=at,
            )
        )
        at += 2 if place else 1
    return frames, at

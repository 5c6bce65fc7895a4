r"""SWI-Prolog: uncaught errors with the goals that led to them.

Facts: general knowledge of SWI-Prolog 7 to 9. Each line begins with "ERROR: " or "Warning: ". Grammar behind that::

    report = message line* "In:" row+ [ "" ] ( "Note: " words )*
    row    = "  [" n "] " goal [ " at " file ":" line ]
    goal   = [ module ":" ] name [ "(" terms ")" ] | "<" words ">"

Goals are numbered from the outermost, and printed innermost first.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block, rows
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "prolog"
TITLE: Final = "Prolog error"
PLATFORM: Final = "prolog"
ANCHORS: Final = ("ERROR: In:", "Warning: In:")

_IN: Final = lazy(r"(?:(?:ERROR|Warning): )?In:\s*$")
_SAID: Final = lazy(r"(?:(?:ERROR|Warning): )?(?:-g \S{1,200}: )?(?P<text>\S.*)$")
_PLACE: Final = lazy(r"(?:ERROR: |Warning: )?\S.{0,600}:\d{1,9}:(?:\d{1,9}:?)?\s*$")
_ROW: Final = lazy(
    r"(?:(?:ERROR|Warning): )?\s{1,8}\[(?P<number>\d{1,9})\] (?P<goal><[a-z -]{1,40}>|[^\s<].{0,4000}?)"
    r"(?: at (?P<file>[^\s()]{1,600}):(?P<line>\d{1,9}))?$"
)
_NAME: Final = lazy(r"(?P<name>(?:[a-z]\w{0,200}:)?(?:[a-z]\w{0,300}|'[^']{1,300}'|[^\w\s(]{1,12}))(?=\(|$)")
_NOTE: Final = lazy(r"(?:(?:ERROR|Warning): ?)?\s*(?:$|Note: |Re-run your program )")
_KINDS: Final = ("evaluation error", "type error", "existence error", "domain error", "instantiation error")
_NOTES: Final = 4


def read(window: Window) -> Report | None:
    """The error whose goals stand below the anchor line."""
    if not _IN.match(window[0] or ""):
        return None
    block = Block(window)
    frames, end = rows(block, 1, _row)
    said = _SAID.match(window[-1] or "")
    if not any(frame.function for frame in frames) or said is None:
        return None
    for _ in range(_NOTES):
        line = block[end]
        end += bool(line and line.strip() and _NOTE.match(line))
    value = said["text"].strip()
    error = next((kind for kind in _KINDS if kind in value.lower()), "error")
    return Report(
        first=-1 - bool(_PLACE.match(window[-2] or "")),
        end=end,
        kind="exception",
        level="error",
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=value),),
        error_type=error,
        error_value=value,
    )


def _row(line: str, at: int) -> Frame | None:
    """The frame of a goal; its terms are left as arguments."""
    row = _ROW.match(line.rstrip())
    if row is None:
        return None
    goal = row["goal"]
    named = _NAME.match(goal)
    return Frame(
        function=named["name"] if named else None,
        function_raw=goal if not named else None,
        args=goal[named.end() :][1:-1] or None if named else None,
        file=row["file"],
        line=int(row["line"]) if row["line"] else None,
        language="prolog",
        trust="text",
        text_line=at,
    )

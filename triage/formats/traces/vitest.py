r"""Vitest: errors of tests, whose frames stand behind an arrow.

Facts: general knowledge of Vitest 0.30 to 3. Grammar, one line each::

    report = [ " FAIL  " file " > " words ] class ": " message line* ( frame | source | "" )+
    frame  = " " arrow " " [ function " " ] file ":" line ":" column
    source = spaces [ n ] "|" words
    arrow  = U+276F
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.javascript_frames import error_head
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "vitest"
TITLE: Final = "Error of a test that Vitest ran"
PLATFORM: Final = "javascript"
ANCHORS: Final = (" \u276f ",)

_FRAME: Final = lazy(
    r"\s{0,8}\u276f (?:(?P<name>(?:async |new )?[^\s:/\\][^\s/\\]{0,300}) )?(?P<file>(?:[A-Za-z]:[\\/])?[^:\n]{1,600})"
    r":(?P<line>\d{1,9}):(?P<column>\d{1,9})\s*$"
)
_SOURCE: Final = lazy(r"\s{0,12}\d{0,7}\|")
_TITLE: Final = lazy(r"\s{0,4}FAIL\s{1,4}(?P<test>\S.{0,600})$")
_BACK, _MOST = 40, 4_000


def read(window: Window) -> Report | None:
    """The error above the first arrow, which is on the anchor line."""
    if not _FRAME.match(window[0] or ""):
        return None
    first = next((at for at in range(-1, -_BACK, -1) if _begins(window, at)), 0)
    named = error_head(window[first] or "") if first else None
    if named is None:
        return None
    frames, end = _frames(Block(window))
    error, value = named
    title = _TITLE.match(window[first - 1] or "")
    return Report(
        first=first - bool(title),
        end=end,
        kind="assertion" if error == "AssertionError" else "exception",
        level="error",
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=value),),
        error_type=error,
        error_value=value,
        facts=(("test", title["test"].strip()),) if title else (),
    )


def _begins(window: Window, at: int) -> bool:
    """Whether an error, or a test that failed, begins on a line above."""
    line = window[at]
    return line is None or window.is_record(at) or error_head(line) is not None or _TITLE.match(line) is not None


def _frames(block: Block) -> tuple[list[Frame], int]:
    """The frames from the anchor on, without the source that stands between them, and where they end (exclusive)."""
    frames: list[Frame] = []
    at = end = 0
    while at < _MOST and (line := block.at(at)) is not None:
        if row := _FRAME.match(line):
            frames.append(
                Frame(
                    function=row["name"],
                    file=row["file"],
                    line=int(row["line"]),
                    column=int(row["column"]),
                    language="javascript",
                    text_line=at,
                )
            )
            end = at + 1
        elif line.strip() and not _SOURCE.match(line):
            break
        at += 1
    return frames, end

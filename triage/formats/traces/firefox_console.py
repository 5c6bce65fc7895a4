r"""Firefox: errors as its console gives them to who copies a message, each row a function and a place.

Facts: general knowledge of Firefox 60 to 140. Grammar, one line each::

    report = "Uncaught " [ "(in promise) " ] class ": " message row+
    row    = spaces [ function " " ] url ":" line [ ":" column ] | spaces "(Async: " words ")"
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from triage.formats.traces.block import Block, rows
from triage.formats.traces.javascript_frames import error_head, frame
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read", "refuses")

NAME: Final = "firefox-console"
TITLE: Final = "JavaScript error that Firefox' console shows"
PLATFORM: Final = "javascript"
ANCHORS: Final = ("Uncaught ",)

_ROW: Final = lazy(
    r"\s{2,8}(?:(?P<name>[^\s@()][^\s@]{0,300}) )?"
    r"(?P<where>(?:https?|file|resource|chrome|moz-extension|webpack(?:-internal)?)://[^\s]{1,1000}?:\d{1,9}(?::\d{1,9})?)\s*$"
)
_ASYNC: Final = lazy(r"\s{2,8}\((?:Async|async): .{1,100}\)\s*$")


def refuses(line: str | None) -> bool:
    """Whether a line is none that a console begins an error with."""
    return not (line or "").startswith("Uncaught ")


def read(window: Window) -> Report | None:
    """The error that begins at the anchor line."""
    line = window[0] or ""
    if refuses(line) or not _ROW.match(window[1] or ""):
        return None
    named = error_head(line)
    if named is None:
        return None
    frames, end = rows(Block(window), 1, _row)
    error, value = named
    return Report(
        end=end,
        kind="exception",
        handled=False,
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=value, unwinder="text"),),
        error_type=error,
        error_value=value,
        leads=not window.anchor.stream,
    )


def _row(line: str, at: int) -> Frame | None:
    """The frame of a row, told as Gecko's own stacks are: `function@place`."""
    if _ASYNC.match(line):
        return Frame(frame_kind="async_gap", function_raw=line.strip(), language="javascript", text_line=at)
    row = _ROW.match(line)
    found = frame(f"{row['name'] or ''}@{row['where']}") if row else None
    return None if found is None else replace(found, text_line=at)

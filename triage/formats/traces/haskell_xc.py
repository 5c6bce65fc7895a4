r"""GHC: exceptions that programs built for profiling report by `+RTS -xc`, with the cost centres around them.

Facts: general knowledge of GHC 7.4 to 9. Grammar, one line each::

    report = "*** Exception (reporting due to +RTS -xc): (" words "), stack trace:" row+ [ program ": " message ]
    row    = spaces [ "called from " | "--> evaluated by: " ] module "." name [ "," ]
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block, rows
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "haskell-xc"
TITLE: Final = "Haskell exception with its cost centres"
PLATFORM: Final = "haskell"
ANCHORS: Final = ("*** Exception (reporting due to +RTS -xc)",)

_TITLE: Final = lazy(r"\*\*\* Exception \(reporting due to \+RTS -xc\): .{0,100}?, stack trace:\s*$")
_ROW: Final = lazy(r"\s{1,12}(?:called from |--> evaluated by: )?(?P<name>[A-Z][\w.']{0,300}\.[^\s,]{1,300}),?\s*$")
_SAID: Final = lazy(r"(?P<program>[\w./+-]{1,80}): (?P<text>\S.{0,2000})$")


def read(window: Window) -> Report | None:
    """The exception whose cost centres stand below the anchor line; what it says comes behind them."""
    if not _TITLE.match(window[0] or ""):
        return None
    block = Block(window)
    frames, end = rows(block, 1, _row)
    if not frames:
        return None
    said = _SAID.match(block[end] or "")
    value = said["text"].strip() if said else None
    return Report(
        end=end + bool(said),
        kind="exception",
        level="error",
        traces=(Trace(frames=tuple(frames), error_type="error", error_value=value),),
        error_type="error",
        error_value=value,
        process=said["program"] if said else None,
        complete=value is not None,
    )


def _row(line: str, at: int) -> Frame | None:
    """The frame of a cost centre; what is evaluated once has no caller."""
    row = _ROW.match(line)
    if row is None:
        return None
    return Frame(function=row["name"], language="haskell", trust="text", text_line=at)

r"""Julia: signals that end it, with the stack that its runtime prints, which is C's and Julia's.

Facts: general knowledge of Julia 0.6 to 1.11. Grammar, one line each::

    report  = signal "in expression starting at " place frame+ [ "Allocations: " words ]
    signal  = [ "[" pid "] " ] "signal " ( "(" n [ "." n ] ")" | n " (" n ")" ) ": " words
            | "Exception: " EXCEPTION " at 0x" hex " -- " frame
    frame   = function " at " ( file ":" line [ " [inlined]" ] | image " (unknown line)" )
            | "unknown function (ip: 0x" hex ")" [ " at " image ]
"""

from __future__ import annotations

import re
from typing import Final

from triage.formats.traces.block import Block, rows
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.signal_names import numbered
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "julia-signal"
TITLE: Final = "Signal that ended Julia"
PLATFORM: Final = "julia"
ANCHORS: Final = ("in expression starting at ",)

_STARTING: Final = lazy(r"in expression starting at \S")
_SIGNAL: Final = lazy(
    r"(?:\[(?P<pid>\d{1,9})\] )?signal (?:\((?P<number>\d{1,3})(?:\.\d{1,3})?\)|(?P<plain>\d{1,3}) \(\d{1,3}\))"
    r": (?P<text>\S.{0,200})$"
)
_WINDOWS: Final = lazy(r"Exception: (?P<type>EXCEPTION_[A-Z_]{3,60}) at 0x[0-9a-f]{1,16} -- (?P<frame>\S.{0,4000})$")
_FRAME: Final = lazy(
    r"(?P<name>\S.{0,2000}?) at (?:(?P<file>\S.{0,1000}?):(?P<line>\d{1,9})(?P<inlined> \[inlined\])?"
    r"|(?P<image>\S.{0,600}?) \(unknown line\))$"
)
_UNKNOWN: Final = lazy(r"unknown function \(ip: 0x(?P<address>[0-9a-f]{1,16})\)(?: at (?P<image>\S.{0,600}?))?$")
_ALLOCATED: Final = lazy(r"Allocations: \d")


def read(window: Window) -> Report | None:
    """The signal above the anchor line, which tells what was run, and the stack below it."""
    above = window[-1] or ""
    signal, windows = _SIGNAL.match(above), _WINDOWS.match(above)
    if not _STARTING.match(window[0] or "") or not (signal or windows):
        return None
    block = Block(window)
    frames, end = rows(block, 1, _frame)
    if windows and (inner := _frame(windows["frame"], -1)):
        frames.insert(0, inner)
    if not frames:
        return None
    end += bool(_ALLOCATED.match(block[end] or ""))
    return _report(signal, windows, frames, end)


def _report(signal: re.Match[str] | None, windows: re.Match[str] | None, frames: list[Frame], end: int) -> Report:
    """The report of what the head says."""
    name = numbered(int(signal["number"] or signal["plain"])) if signal else None
    error = windows["type"] if windows else name
    value = signal["text"].strip() if signal else None
    return Report(
        first=-1,
        end=end,
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=value, crashed=True, unwinder="text"),),
        error_type=error,
        error_value=value,
        error_code_name=windows["type"] if windows else None,
        signal=name,
        process_id=int(signal["pid"]) if signal and signal["pid"] else None,
    )


def _frame(line: str, at: int) -> Frame | None:
    """The frame of a row, of C where its source is none of Julia's."""
    line = line.rstrip()
    if unknown := _UNKNOWN.match(line):
        return Frame(
            address=int(unknown["address"], 16), module=unknown["image"], language="c", trust="text", text_line=at
        )
    row = _FRAME.match(line)
    if row is None:
        return None
    # the runtime's functions for C have an `i` in front of them in what is built for release
    own = (row["file"] or "").endswith(".jl")
    return Frame(
        function=row["name"],
        module=row["image"],
        file=row["file"],
        line=int(row["line"]) if row["line"] else None,
        language="julia" if own else "c",
        trust="text",
        text_line=at,
    )

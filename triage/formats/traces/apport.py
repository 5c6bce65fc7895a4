r"""Crashes that apport collects (Ubuntu, Debian): the rows of its report with the top of the stack.

Facts: general knowledge of apport 2 and of the bugs that it files. Grammar, one line each, the rows in any order::

    report = row+                        one is "StacktraceTop:" with its frames below it
    row    = key ":" [ " " value ] ( " " words )*
    frame  = " " name " (" arguments ")" ( " at " file ":" line | " from " image )      as gdb prints it, without number
    signal = "Signal: " n
    title  = "Title: " program " crashed with " SIGNAL " in " name "()"
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from triage.formats.traces.block import Block, rows
from triage.formats.traces.gdb_frames import frame
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.signal_names import numbered
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "apport"
TITLE: Final = "Apport crash report"
PLATFORM: Final = "native"
ANCHORS: Final = ("StacktraceTop:",)

_TOP: Final = lazy(r"StacktraceTop:\s*$")
_FRAME: Final = lazy(
    r" {1,4}(?P<call>(?:0x[0-9a-f]{1,16} in )?[^\s#(].{0,2000}\)(?: (?:at|from) \S.{0,600})?|\?\? \(\).{0,600})$"
)
_ROW: Final = lazy(r"(?P<key>[A-Za-z][\w.-]{1,60}):(?:\s{1,4}(?P<value>\S.{0,1000}))?$")
_TITLED: Final = lazy(r".{0,300}? crashed with (?P<signal>SIG[A-Z]{2,6})\b")
_BACK, _AHEAD, _LONG = 60, 40, 1_000


def read(window: Window) -> Report | None:
    """The report whose top of the stack stands below the anchor line."""
    if not _TOP.match(window[0] or ""):
        return None
    block = Block(window)
    frames, end = rows(block, 1, _frame)
    if not any(found.function or found.module for found in frames):
        return None
    said: dict[str, str] = {}
    first = 0
    for index in range(-1, -_BACK, -1):
        line = window[index]
        if line is None or window.is_record(index) or not _told(line, said):
            break
        first = index if line[:1] != " " else first
    stop = end
    for index in range(end, end + _AHEAD):
        line = block[index]
        if line is None or not _told(line, said):
            break
        stop = index + 1
    return _report(said, frames, first, stop)


def _told(line: str, said: dict[str, str]) -> bool:
    """Whether a line is of a report; the value of its row is kept."""
    if line[:1] == " ":
        return len(line) <= _LONG
    row = _ROW.match(line.rstrip())
    if row is not None:
        said.setdefault(row["key"], (row["value"] or "").strip())
    return row is not None


def _report(said: dict[str, str], frames: list[Frame], first: int, end: int) -> Report:
    """The report of what the rows say."""
    titled = _TITLED.match(said.get("Title", ""))
    at = said.get("Signal", "")
    signal = (
        titled["signal"] if titled else numbered(int(at)) if at.isdecimal() and len(at) < 4 else said.get("SignalName")
    )
    asserted = said.get("AssertionMessage")
    error = "Assertion failed" if asserted else signal
    return Report(
        first=first,
        end=end,
        kind="assertion" if asserted else "crash",
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=asserted, crashed=True, unwinder="text"),),
        error_type=error,
        error_value=asserted,
        signal=signal,
        process=said.get("ExecutablePath"),
        release=said.get("Package") or said.get("SourcePackage"),
        os_name="Linux",
        os_version=said.get("DistroRelease"),
        arch=said.get("Architecture"),
    )


def _frame(line: str, at: int) -> Frame | None:
    """The frame of a row below the title."""
    row = _FRAME.match(line.rstrip())
    return None if row is None else replace(frame(row["call"]), text_line=at)

"""Zig: panics, segmentation faults, errors that `main` returns, failed tests and leaks, with the stack that std prints.

Facts: general knowledge of Zig 0.9 to 0.15. Grammar, one line each::

    report = head [ blank ] frame*
    head   = [ "thread " id " " ] "panic: " message
           | ( "Segmentation fault" | "Bus error" | "Illegal instruction" | ... ) " at address 0x" A
           | "error: " name                                              main returned it
           | ... "FAIL (" name ")" | "error: '" test "' failed: " ...    of a test
           | "error(gpa): memory address 0x" A " leaked:" ...
    frame  = ( file | "???" ) ":" ( n | "?" ) ":" ( column | "?" ) ": 0x" A " in " function " (" module ")"
             [ line of the source, and "^" below it ]

Frames come innermost first; the line of the source goes with the frame.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.signal_names import spoken
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "zig"
TITLE: Final = "Zig panic or error"
PLATFORM: Final = "zig"
ANCHORS: Final = (".zig:", "???:?:?: 0x")

_FRAME: Final = lazy(
    r"(?P<file>\?\?\?|\S.{0,600}?):(?P<line>\d{1,9}|\?):(?P<column>\d{1,9}|\?): 0x(?P<address>[0-9a-f]{1,16})"
    r" in (?P<function>\S.{0,400}?) \((?P<module>[^()]{1,200})\)\s*$"
)
_PANIC: Final = lazy(r"(?:thread (?P<thread>\d{1,12}) )?panic: (?P<text>.*)$")
_FAULT: Final = lazy(
    r"(?P<what>Segmentation fault|Bus error|Illegal instruction|Arithmetic exception|General protection exception)"
    r"(?: at address (?P<address>0x[0-9a-f]{1,16})| \(no address available\))"
)
_ERROR: Final = lazy(r"(?:\[\w{1,20}\] )?error: (?P<name>[A-Za-z_]\w{0,100})\s*$")
_TEST: Final = lazy(r"(?:.{0,300}[. ])?FAIL \((?P<name>[A-Za-z_]\w{0,100})\)\s*$")
_TESTED: Final = lazy(r"error: '(?P<test>[^'\n]{1,200})' failed:?(?: (?P<text>.*))?$")
_LEAK: Final = lazy(
    r"(?:\[gpa\] \(err\)|error\((?:gpa|\w{1,40})\)|\(gpa\): error): (?P<text>memory address 0x[0-9a-f]{1,16} leaked):"
)
_BACK, _SOURCE = 24, 3


class _Head(NamedTuple):
    """What the line above a stack says of it."""

    kind: str
    error: str
    value: str | None
    level: str = "fatal"
    thread: int | None = None
    signal: str | None = None
    address: int | None = None


def read(window: Window) -> Report | None:
    """The report whose stack the anchor line is of."""
    if not _FRAME.match(window[0] or ""):
        return None
    first, head = _above(window)
    if head is None:
        return None
    block = Block(window)
    frames, end = list[Frame](), 0
    index, blank = first + 1, 0
    while (line := block[index] if index > 0 else window[index]) is not None:
        if found := _FRAME.match(line):
            frames.append(_frame(found, window[index + 1], window[index + 2], index))
            end, blank = index + 1, 0
        elif frames and frames[-1].context_line and index - end < _SOURCE - 1:
            end = index + 1
        elif line.strip() or blank or not frames:
            if frames or index - first > _SOURCE:
                break
        else:
            blank += 1
        index += 1
    trace = Trace(
        frames=tuple(frames),
        error_type=head.error,
        error_value=head.value,
        thread_id=head.thread,
        crashed=True if head.level == "fatal" else None,
        unwinder="text",
    )
    return Report(
        first=first,
        end=max(end, 1),
        kind=head.kind,
        level=head.level,
        traces=(trace,),
        error_type=head.error,
        error_value=head.value,
        signal=head.signal,
        fault_address=head.address,
        thread_id=head.thread,
        leads=head.level == "fatal",
    )


def _above(window: Window) -> tuple[int, _Head | None]:
    """The head above the anchor, with nothing but frames and lines of their source between."""
    for index in range(-1, -_BACK, -1):
        line = window[index]
        if line is None or (window.is_record(index + 1) and index < -1):
            break
        if head := _head(line.rstrip()):
            return index, head
    return 0, None


def _head(line: str) -> _Head | None:
    """What a line announces."""
    if found := _PANIC.match(line):
        thread = int(found["thread"]) if found["thread"] else None
        return _Head("exception", "panic", found["text"].strip() or None, thread=thread)
    if found := _FAULT.match(line):
        address = int(found["address"], 16) if found["address"] else None
        signal = spoken(found["what"])
        return _Head("crash", signal or found["what"], line.strip(), signal=signal, address=address)
    if found := _TEST.match(line):
        return _Head("assertion" if found["name"].startswith("Test") else "exception", found["name"], None, "error")
    if found := _TESTED.match(line):
        return _Head("assertion", "test failed", found["text"] or found["test"], "error")
    if found := _LEAK.match(line):
        return _Head("leak", "memory leak", found["text"], "error")
    if found := _ERROR.match(line):
        return _Head("exception", f"error.{found['name']}", None)
    return None


def _frame(found: re.Match[str], source: str | None, mark: str | None, at: int) -> Frame:
    """One frame, with the line of its source where the mark below that is there."""
    known = found["file"] != "???"
    return Frame(
        function=None if found["function"] == "???" else found["function"],
        module=None if found["module"] == "???" else found["module"],
        file=found["file"] if known else None,
        line=int(found["line"]) if known and found["line"] != "?" else None,
        column=int(found["column"]) if known and found["column"] != "?" else None,
        language="zig",
        trust="text",
        context_line=source.strip() or None if source and mark and mark.strip().strip("~") == "^" else None,
        address=int(found["address"], 16),
        text_line=at,
    )

r"""Visual Studio's window of the call stack, as people copy it, with the exception that the debugger told of.

Facts: general knowledge of Visual Studio 2008 to 2022. Grammar, one line each; the columns are parted by tabs::

    report = [ head blank* ] row+
    head   = how " at 0x" A [ " (" image ")" ] " in " image ": "
             ( "0x" code ": " message | "Microsoft C++ exception: " type " at memory location 0x" A )
    how    = "Exception thrown" | "Unhandled exception" | "First-chance exception"
    row    = [ ">" ] tab [ "[Inline Frame] " ] image "!" ( function [ "(" arguments ")" ] | A "()" )
             [ " Line " n ] [ " + 0x" offset " bytes" ] tab language
           | [ ">" ] tab "[External Code]" | "[Frames below may be incorrect ..."
"""

from __future__ import annotations

import re
from typing import Final

from triage.formats.exception_codes import name as code_name
from triage.formats.traces.block import Block, rows
from triage.formats.traces.gdb_frames import call
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "visual-studio"
TITLE: Final = "Visual Studio call stack"
PLATFORM: Final = "native"
ANCHORS: Final = (
    "xception thrown at 0x",
    "nhandled exception at 0x",
    "hance exception at 0x",
    "\tC++",
    "\tC#",
    "\tBasic",
)

_HEAD: Final = lazy(
    r"\s{0,8}(?:Exception thrown|Unhandled exception|First-chance exception) at 0x(?P<address>[0-9A-Fa-f]{1,16})"
    r"(?: \((?P<image>[^()]{1,120})\))? in (?P<process>[^:\n]{1,120}): "
    r"(?:0x(?P<code>[0-9A-Fa-f]{8}): (?P<text>.*)"
    r"|Microsoft C\+\+ exception: (?P<type>.{1,400}?) at memory location 0x.*)$"
)
_ROW: Final = lazy(
    r"[ >]{0,3}[\t ]{1,8}(?P<inlined>\[Inline Frame\] )?(?P<image>[^\s!()]{1,160})!(?P<name>\S.{0,2000}?)"
    r"(?: Line (?P<line>\d{1,9}))?(?: \+ 0x[0-9a-fA-F]{1,8} bytes)? {0,8}\t(?:[A-Z]\S{0,24})?\s{0,8}$"
)
_NOTE: Final = lazy(
    r"[ >]{0,3}[\t ]{1,8}\[(?:External Code|Frames below may be|Managed to Native|Native to Managed|Lightweight).*$"
)
_RAW: Final = lazy(r"(?P<address>[0-9a-fA-F]{8,16})\(\)?$")
_LOCATION: Final = lazy(
    r"Access violation (?P<access>reading|writing|executing) location 0x(?P<address>[0-9A-Fa-f]{1,16})"
)
_ACCESS: Final = {"reading": "READ", "writing": "WRITE", "executing": "EXECUTE"}
_BACK, _BLANK = 20, 3


def read(window: Window) -> Report | None:
    """The call stack in which the anchor line lies, with what stands above it."""
    first = 0
    head = _HEAD.match(window[0] or "")
    while not head and first > -_BACK and (above := window[first - 1]) is not None and not window.is_record(first):
        if not (_row(above) or not above.strip() or (head := _HEAD.match(above))):
            break
        first -= 1
    if head is None and not _row(window[0] or ""):
        return None
    while not (window[first] or "").strip():
        first += 1
    block = Block(window)
    index = first + (head is not None)
    for _ in range(_BLANK if head else 0):
        index += (block.at(index) or "").strip() == ""
    frames, end = rows(block, index, _frame)
    if not any(frame.function for frame in frames):
        return None
    return _report(head, frames, first, end)


def _row(line: str) -> bool:
    """Whether a line is a row of the stack."""
    return bool(_ROW.match(line) or _NOTE.match(line))


def _frame(line: str, at: int) -> Frame | None:
    """The frame of a row."""
    found = _ROW.match(line)
    if found is None:
        return Frame(frame_kind="note", function_raw=line.strip(), text_line=at) if _NOTE.match(line) else None
    name = found["name"].strip()
    raw = _RAW.match(name)
    function, args = (None, None) if raw else call(name)
    return Frame(
        function=function,
        function_raw=name if function != name and not raw else None,
        args=args or None,
        module=found["image"],
        line=int(found["line"]) if found["line"] else None,
        address=int(raw["address"], 16) if raw else None,
        inline_depth=1 if found["inlined"] else 0,
        trust="text",
        text_line=at,
    )


def _report(head: re.Match[str] | None, frames: list[Frame], first: int, end: int) -> Report:
    """The report of the head and the rows; without a head nobody knows why the program stood there."""
    code = int(head["code"], 16) if head and head["code"] else None
    named = code_name("windows", code) if code is not None else None
    error = (head["type"] or named or f"0x{code:08x}") if head else None
    value = head["text"].strip() or None if head and head["text"] else None
    place = _LOCATION.search(value or "")
    trace = Trace(frames=tuple(frames), error_type=error, error_value=value, crashed=True if head else None)
    return Report(
        first=first,
        end=end,
        kind="dump" if head is None else "crash" if code is not None else "exception",
        level="fatal" if head else "error",
        traces=(trace,),
        error_type=error,
        error_value=value,
        error_code=code,
        error_code_name=named,
        fault_address=int(place["address"], 16) if place else None,
        access=_ACCESS[place["access"]] if place else None,
        process=head["process"] if head else None,
        os_name="Windows",
        leads=head is not None,
    )

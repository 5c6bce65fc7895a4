r"""Pascal: exceptions that nobody caught in programs of Free Pascal, and madExcept's reports of Delphi's.

Facts: general knowledge of Free Pascal 2.6 to 3.3 and of madExcept 3 to 5. Grammar, one line each::

    fpc    = "An unhandled exception occurred at $" A ":" type ": " message row+ | "Runtime error " n " at $" A row+
    row    = "  $" A [ "  " function "," ] [ "  line " n " of " file ]
    mad    = ( key " : " value )+ blank ( thread call* blank )+
    thread = "main thread ($" n "):" | "thread $" n [ " (" name ")" ] ":"
    call   = A " +" offset " " image [ " " unit ] [ " " line " +" lines ] " " function
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.block import Block, rows
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read", "reported")

NAME: Final = "pascal"
TITLE: Final = "Pascal exception"
PLATFORM: Final = "native"
ANCHORS: Final = ("An unhandled exception occurred at $", "Runtime error ", "exception class ")

_HEAD: Final = lazy(r"An unhandled exception occurred at \$[0-9A-F]{4,16} ?:\s*$")
_ERROR: Final = lazy(r"(?P<type>[A-Za-z_]\w{0,100}) ?: ?(?P<text>.*)$")
_RUNTIME: Final = lazy(r"Runtime error (?P<number>\d{1,3}) at \$[0-9A-F]{4,16}\s*$")
_ROW: Final = lazy(
    r"\s{1,4}\$(?P<address>[0-9A-F]{4,16})(?: {1,4}(?P<name>[^\s,]{1,400}),?)?"
    r"(?: {1,4}line (?P<line>\d{1,9}) of (?P<file>\S.{0,400}?))?\s*$"
)
_KEY: Final = lazy(r"(?P<key>[a-z][a-z/ .()#0-9]{1,40}?) {0,30}: ?(?P<value>.*)$")
_CLASS: Final = lazy(r"exception class {1,10}: (?P<type>\w{1,100})\s*$")
_THREAD: Final = lazy(
    r"(?:main |exception )?thread \(?\$(?P<id>[0-9a-fA-F]{1,8})\)?(?: \((?P<name>[^()]{1,100})\))?:\s*$"
)
_CALL: Final = lazy(
    r"(?P<address>[0-9a-f]{8,16}) \+(?P<offset>[0-9a-f]{1,8}) (?P<image>\S{1,120}) {1,40}"
    r"(?:(?P<unit>[\w.]{1,120}) {1,40}(?:(?P<line>\d{1,9}) {1,8}\+\d{1,9} )?)?(?P<name>\S.{0,300}?)\s*$"
)
_RUNTIMES: Final = {
    200: "EDivByZero",
    201: "ERangeError",
    202: "EStackOverflow",
    203: "EOutOfMemory",
    216: "EAccessViolation",
}
_BACK, _KEYS, _THREADS = 40, 60, 400


def read(window: Window) -> Report | None:
    """The exception at the anchor line."""
    line = window[0] or ""
    block = Block(window)
    if _CLASS.match(line):
        return _mad(window, block)
    if runtime := _RUNTIME.match(line):
        number = int(runtime["number"])
        error, value, start = _RUNTIMES.get(number, f"Runtime error {number}"), line.partition(" at ")[0], 1
    elif _HEAD.match(line) and (said := _ERROR.match(block[1] or "")):
        error, value, start = said["type"], said["text"].strip(), 2
    else:
        return None
    frames, end = rows(block, start, _frame)
    if not frames and _RUNTIME.match(line):
        return None
    return reported([(None, None, frames)], error, value or None, 0, end)


def _mad(window: Window, block: Block) -> Report | None:
    """A report of madExcept's, of whose keys the anchor line is one."""
    first = 0
    while first > -_BACK and _KEY.match(window[first - 1] or "") and not window.is_record(first - 1):
        first -= 1
    keys: dict[str, str] = {}
    at = first
    while at < _KEYS and (found := _KEY.match(block.at(at) or "")):
        keys[found["key"].strip()] = found["value"].strip()
        at += 1
    stacks: list[tuple[int | None, str | None, list[Frame]]] = []
    end = at
    while len(stacks) < _THREADS:
        at = block.skip_blank(end)
        thread = _THREAD.match(block[at] or "")
        if thread is None:
            break
        frames, end = rows(block, at + 1, _call)
        stacks.append((int(thread["id"], 16), thread["name"], frames))
    if not stacks:
        return None
    report = reported(stacks, keys.get("exception class"), keys.get("exception message"), first, end)
    return replace(report, process=keys.get("executable"), release=keys.get("version"))


def reported(
    stacks: list[tuple[int | None, str | None, list[Frame]]], error: str | None, value: str | None, first: int, end: int
) -> Report:
    """The report of stacks, each with the number and the name of its thread; the first is that of the exception."""
    return Report(
        first=first,
        end=end,
        kind="exception",
        handled=False,
        traces=tuple(
            Trace(
                frames=tuple(frames),
                role="thread" if place else "crash",
                error_type=None if place else error,
                error_value=None if place else value,
                thread_id=number,
                thread_name=name,
                crashed=not place,
            )
            for place, (number, name, frames) in enumerate(stacks)
        ),
        error_type=error,
        error_value=value,
        thread_id=stacks[0][0],
        leads=True,
    )


def _frame(line: str, at: int) -> Frame | None:
    """The frame of a row of Free Pascal's."""
    found = _ROW.match(line)
    return found and _made(found, at, None)


def _call(line: str, at: int) -> Frame | None:
    """The frame of a row of madExcept's."""
    found = _CALL.match(line)
    return found and _made(found, at, found["image"])


def _made(found: re.Match[str], at: int, image: str | None) -> Frame:
    """The frame of a row of either."""
    said = found.groupdict()
    return Frame(
        function=said["name"],
        module=image,
        file=said.get("file") or said.get("unit"),
        line=int(said["line"]) if said["line"] else None,
        address=int(said["address"], 16),
        symbol_offset=int(said["offset"], 16) if said.get("offset") else None,
        language="pascal",
        trust="text",
        text_line=at,
    )

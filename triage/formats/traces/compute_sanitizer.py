r"""Errors that NVIDIA's compute-sanitizer and cuda-memcheck find in kernels of CUDA.

Facts: general knowledge of cuda-memcheck 8 to 11 and of compute-sanitizer 2021 to 2024. Grammar, one line each behind
"========= "::

    report = what [ "    at " place ] other* ( host [ "                in " image ] )*
    host   = "    Host Frame:" [ call ] " [0x" A "]"
    what   = "Invalid " words " of size " n [ " bytes" ] | "Program hit " words | "Uninitialized " words
           | "Error: Race reported " words
    place  = [ "0x" A " in " ] function [ "+0x" offset ] [ " in " file ":" line ]
           | "0x" A " in " file ":" line ":" function
    call   = function [ " in " file ":" line ] | file ":" line ":" function
    other  = "    by thread (" words | "    Address 0x" A " is " words | "    Saved host backtrace " words

The function of the device comes first, then those of the host that launched it.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from triage.formats.traces.block import Block
from triage.formats.traces.gdb_frames import call
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "compute-sanitizer"
TITLE: Final = "Error of NVIDIA's compute-sanitizer"
PLATFORM: Final = "native"
ANCHORS: Final = (
    "========= Invalid ",
    "========= Program hit ",
    "========= Uninitialized ",
    "========= Error: Race ",
)

_MARK: Final = "========= "
_WHAT: Final = lazy(
    r"(?P<type>Invalid [\w ]{1,60}?|Program hit \w{1,80}|Uninitialized [\w ]{1,60}?|Error: Race reported.{0,200})"
    r"(?: of size (?P<size>\d{1,9})(?: bytes)?)?(?: \(error.{0,200}| due to .{0,400}| on CUDA.{0,200})?\s*$"
)
_AT: Final = lazy(
    r" {4,8}at (?:0x(?P<address>[0-9a-f]{1,16}) in )?"
    r"(?:(?P<source>[^\s:]{1,400}):(?P<row>\d{1,9}):)?(?P<name>\S.{0,2000}?)"
    r"(?:\+0x(?P<offset>[0-9a-f]{1,16}))?(?: in (?P<file>\S.{0,400}):(?P<line>\d{1,9}))?\s*$"
)
_HOST: Final = lazy(
    r" {4,8}Host Frame: ?(?:(?P<source>[^\s:\[]{1,400}):(?P<row>\d{1,9}):)?(?P<name>(?!\[)\S.{0,2000}?)?"
    r"(?: in (?P<file>\S.{0,400}?):(?P<line>\d{1,9}))? ?\[0x(?P<address>[0-9a-f]{1,16})\]\s*$"
)
_IMAGE: Final = lazy(r" {8,24}in (?P<image>\S.{0,400}?)\s*$")
_ADDRESS: Final = lazy(r" {4,8}Address 0x(?P<address>[0-9a-f]{1,16}) is ")
_MOST: Final = 4_000


def read(window: Window) -> Report | None:
    """The error at the anchor line."""
    what = _WHAT.match((window[0] or "").removeprefix(_MARK))
    if what is None or not (window[0] or "").startswith(_MARK):
        return None
    block, frames, at, fault = Block(window), list[Frame](), 1, None
    while at < _MOST and (line := block[at]) is not None and line.startswith(f"{_MARK}    "):
        text = line[len(_MARK) :]
        if frame := _frame(text, at):
            frames.append(frame)
        elif (image := _IMAGE.match(text)) and frames:
            frames[-1] = replace(frames[-1], module=image["image"])
        elif found := _ADDRESS.match(text):
            fault = int(found["address"], 16)
        at += 1
    if at == 1:
        return None
    words = what["type"].split()
    access = next((word.upper() for word in words if word in {"read", "write"}), None)
    value = (window[0] or "").removeprefix(_MARK).strip()
    error = "race" if words[0] == "Error:" else what["type"]
    return Report(
        end=at,
        kind="race" if error == "race" else "crash",
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=value, crashed=True, unwinder="text"),),
        error_type=error,
        error_value=value,
        fault_address=fault,
        access=access,
        access_size=int(what["size"]) if what["size"] else None,
    )


def _frame(text: str, at: int) -> Frame | None:
    """The frame of a line, of the device or of the host."""
    found = _HOST.match(text) or _AT.match(text)
    if found is None:
        return None
    said = found.groupdict()
    name = said["name"]
    function, args = call(name) if name else (None, None)
    number = said["line"] or said.get("row")
    return Frame(
        function=function,
        function_raw=name if name != function else None,
        args=args or None,
        file=said["file"] or said.get("source"),
        line=int(number) if number else None,
        module_offset=int(said["address"], 16) if said["address"] else None,
        symbol_offset=int(said["offset"], 16) if said.get("offset") else None,
        trust="text",
        text_line=at,
    )

"""Fortran: runtime errors and signals with the stacks of gfortran's libgfortran and of Intel's runtime.

Facts: general knowledge of GCC 4.8 to 14 and of ifort and ifx. Grammar, one line each::

    gnu    = head* ( "Backtrace for this error:" | "Error termination. Backtrace:" ) row*
    head   = "Program received signal " SIGNAL ": " words | "At line " n " of file " file [ " (unit = ..." ]
           | "Fortran runtime error: " message | "ERROR STOP" [ " " code ]
    row    = "#" n "  0x" A " in " ( function | "???" ) [ " at " file ":" n ]   or the place on a line of its own
    intel  = "forrtl: " ( "severe" | "error" ) " (" n "): " message
             [ "Image  PC  Routine  Line  Source" ] ( image "  " A "  " routine "  " n "  " file )*

Compilers mark names: `pay_`, `__cart_MOD_pay` and `cart_mp_pay_` are shown without; clones (`.constprop.0`) are kept.
"""

from __future__ import annotations

import re
from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "fortran"
TITLE: Final = "Fortran runtime error"
PLATFORM: Final = "fortran"
ANCHORS: Final = (
    "Backtrace for this error:",
    "Error termination. Backtrace",
    "Fortran runtime error: ",
    "Program received signal ",
    "ERROR STOP",
    "forrtl: severe (",
    "forrtl: error (",
)

_SIGNAL: Final = lazy(r"\s{0,4}Program received signal (?P<signal>SIG[A-Z]{2,6})(?:: |, )(?P<text>.*)$")
_PLACE: Final = lazy(r"At line (?P<line>\d{1,9}) of file (?P<file>\S.{0,400}?)(?: \(unit = .{0,200})?$")
_ERROR: Final = lazy(r"Fortran runtime error: (?P<text>.*)$")
_STOP: Final = lazy(r"ERROR STOP(?: (?P<text>.{0,400}))?$")
_BACKTRACE: Final = lazy(r"(?:Backtrace for this error|Error termination\. Backtrace):?\s*$")
_ROW: Final = lazy(
    r"\s{0,2}#(?P<number>\d{1,6}) {1,4}0x(?P<address>[0-9a-fA-F]{1,16})(?: in (?:\?\?\?|(?P<function>\S.{0,300}?)))?"
    r"(?:\s{1,4}at (?P<file>\S.{0,400}):(?P<line>\d{1,9}))?\s*$"
)
_AT: Final = lazy(r"\s{1,8}at (?P<file>\S.{0,400}):(?P<line>\d{1,9})\s*$")
_INTEL: Final = lazy(r"forrtl: (?P<how>severe|error) \((?P<number>\d{1,4})\): (?P<text>.*)$")
_TABLE: Final = lazy(r"Image {1,40}PC {1,40}Routine {1,60}Line {1,40}Source\s*$")
_CELL: Final = lazy(
    r"(?P<image>\S{1,200}) {1,60}(?P<address>[0-9A-F]{8,16}) {1,8}(?P<function>\S{1,200}) {1,80}"
    r"(?P<line>\d{1,9}|Unknown) {1,20}(?P<file>\S.{0,400}?)\s*$"
)
_SIGNALLED: Final = lazy(r"SIG[A-Z]{2,6}")
_MODULE: Final = lazy(r"_{0,2}(?P<module>[a-z]\w{0,80}?)_(?:MOD|mp)_(?P<name>\w{1,120}?)_?$")
_HEADS, _GAP = 8, 4


def read(window: Window) -> Report | None:
    """The error around the anchor line."""
    line = (window[0] or "").rstrip()
    if found := _INTEL.match(line):
        return _intel(window, found)
    if not any(form.match(line) for form in (_BACKTRACE, _ERROR, _SIGNAL, _STOP)):
        return None
    return _gnu(window)


def _gnu(window: Window) -> Report | None:
    """An error of gfortran's runtime, from its first line."""
    said: dict[str, re.Match[str]] = {}
    forms = {"signal": _SIGNAL, "place": _PLACE, "error": _ERROR, "stop": _STOP, "backtrace": _BACKTRACE}

    def take(text: str) -> bool:
        for name, form in forms.items():
            if name not in said and (found := form.match(text)):
                said[name] = found
                return True
        return False

    take((window[0] or "").rstrip())
    first = end = 0
    for index in range(-1, -_HEADS, -1):
        above = window[index]
        if above is None or window.is_record(index + 1):
            break
        if above.strip() and not take(above.rstrip()):
            break
        first = index if above.strip() else first
    block = Block(window)
    index = end = 1
    while "backtrace" not in said and index - end <= _GAP and (below := block[index]) is not None:
        if below.strip() and not take(below.rstrip()):
            break
        index += 1
        end = index if below.strip() else end
    frames: list[Frame] = []
    index = end
    while "backtrace" in said and (row := block[index]) is not None and (found := _ROW.match(row)):
        place = found if found["file"] else _AT.match(block[index + 1] or "")
        frames.append(_frame(found["function"], place, int(found["address"], 16), index))
        index += 1 if place is found or place is None else 2
        end = index
    if "error" not in said and "signal" not in said and not frames:
        return None
    if "signal" in said and "backtrace" not in said:
        return None
    return _told(said, frames, first, end)


def _told(said: dict[str, re.Match[str]], frames: list[Frame], first: int, end: int) -> Report:
    """The report of what the lines of gfortran's runtime say."""
    signal = said["signal"]["signal"] if "signal" in said else None
    where = said.get("place")
    stopped = said.get("stop")
    value = next((said[name]["text"] for name in ("error", "signal", "stop") if name in said), None)
    value = value.rstrip().removesuffix(".") or None if value else None
    error = signal or ("ERROR STOP" if stopped and "error" not in said else "Fortran runtime error")
    if where and not any(frame.function for frame in frames):
        spot = Frame(file=where["file"], line=int(where["line"]), language="fortran", trust="text", text_line=first)
        frames = [spot, *frames]
    return Report(
        first=first,
        end=end,
        kind="crash" if signal else "exception",
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=value, crashed=True, unwinder="text"),),
        error_type=error,
        error_value=value,
        signal=signal,
        leads=True,
    )


def _intel(window: Window, found: re.Match[str]) -> Report:
    """An error of Intel's runtime, with the table of its stack."""
    block = Block(window)
    index = end = 1
    frames: list[Frame] = []
    while index - end <= _GAP and (line := block[index]) is not None:
        cell = _CELL.match(line)
        if cell:
            frames.append(_cell(cell, index))
        elif line.strip() and (frames or not _TABLE.match(line)):
            break
        index += 1
        end = index if line.strip() else end
    text = found["text"].strip()
    signal = named[0] if (named := _SIGNALLED.search(text)) else None
    error = signal or f"forrtl {found['number']}"
    return Report(
        end=end,
        kind="crash" if signal else "exception",
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=text, crashed=True, unwinder="text"),),
        error_type=error,
        error_value=text,
        error_code=int(found["number"]),
        signal=signal,
        leads=True,
    )


def _frame(function: str | None, place: re.Match[str] | None, address: int, at: int) -> Frame:
    """A row of gfortran's runtime."""
    name = _plain(function)
    return Frame(
        function=name,
        function_raw=function if name != function else None,
        file=place["file"] if place else None,
        line=int(place["line"]) if place else None,
        language="fortran",
        trust="text",
        address=address,
        text_line=at,
    )


def _cell(cell: re.Match[str], at: int) -> Frame:
    """A row of Intel's table."""
    function = None if cell["function"] == "Unknown" else cell["function"]
    name = _plain(function)
    return Frame(
        function=name,
        function_raw=function if name != function else None,
        module=cell["image"],
        file=None if cell["file"] == "Unknown" else cell["file"],
        line=None if cell["line"] == "Unknown" else int(cell["line"]),
        language="fortran",
        trust="text",
        address=int(cell["address"], 16),
        text_line=at,
    )


def _plain(function: str | None) -> str | None:
    """A name without the marks of the compiler."""
    if function is None:
        return None
    name, dot, clone = function.partition(".")
    if found := _MODULE.match(name):
        return f"{found['module']}::{found['name']}{dot}{clone}"
    return function.removesuffix("_") if not function.startswith("_") and not function.endswith("__") else function

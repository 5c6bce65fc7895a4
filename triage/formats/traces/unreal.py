"""Unreal Engine: what its log says of a crash, of a failed check and of an ensure, and the context of a crash report.

Facts: general knowledge of Unreal Engine 4 and 5. A line of its log begins with a time, the number of the frame, a
category and a level. Grammar of what stands behind these::

    report = head* frame*
    head   = "=== Critical error: ===" | "=== Handled ensure: ===" | "Fatal error!" | "appError called: " text
           | "Assertion failed: " text | "Ensure condition failed: " text [ " [File:" file "] [Line: " n "]" ]
           | "Fatal error: [File:" file "] [Line: " n "]" | "Unhandled Exception: " name [ " " access " address 0x" A ]
           | "Signal " n " caught." | "Caught signal " n | "Exception was " quoted
    frame  = [ "[Callstack] " ] "0x" A " " ( module "!" function "()" | module "(+0x" offset ")" | function )
             " [" ( file ":" n | "UnknownFile" | ) "]"
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.signal_names import numbered
from triage.formats.traces.window import Window
from triage.records import Frame, Trace
from triage.times import iso

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "call", "head_of", "read")

NAME: Final = "unreal"
TITLE: Final = "Unreal Engine crash"
PLATFORM: Final = "native"
ANCHORS: Final = (
    "=== Critical error: ===",
    "=== Handled ensure: ===",
    "Ensure condition failed: ",
    "[Callstack] ",
    "Fatal error: [File:",
    "Unhandled Exception: EXCEPTION_",
    "appError called: ",
    "Assertion failed: ",
)

_PREFIX: Final = lazy(
    r"(?:\[(?P<time>\d{4}\.\d\d\.\d\d-\d\d\.\d\d\.\d\d:\d{3})\]\[ {0,6}\d{1,9}\])?"
    r"(?:(?P<category>Log\w{1,40}|\w{1,40}Log): ?)?"
    r"(?:(?P<level>Fatal|Error|Warning|Display|Log|Verbose): ?)?"
)
_TITLE: Final = lazy(
    r"={3,} (?P<what>Critical error|Handled ensure|Hang detected|GPU crash)[^=\n]{0,40}={3,}|Fatal error!\s*$"
)
_SAID: Final = lazy(
    r"(?P<what>Assertion failed|Ensure condition failed|Fatal error|appError called|LowLevelFatalError): ?(?P<text>.*)$"
)
_PLACE: Final = lazy(r"\s{0,4}\[File: ?(?P<file>[^\]\n]{1,600})\] {0,4}\[Line: ?(?P<line>\d{1,9})\]")
_EXCEPTION: Final = lazy(
    r"(?:Unhandled Exception: (?P<name>[A-Z][A-Z_0-9]{3,60}|0x[0-9a-fA-F]{8})"
    r"(?::? (?P<attempt>invalid attempt to )?(?P<access>read|writ|execut)(?:e|ing)?(?: memory at)? address"
    r" (?P<address>0x[0-9a-fA-F]{1,16}))?"
    r"|(?:Caught signal|Signal) (?P<number>\d{1,2})\b(?:.{0,40}?(?P<signal>SIG[A-Z]{2,6}))?"
    r"|Exception was \"(?P<signalled>SIG[A-Z]{2,6})(?:: (?P<meaning>[^\"\n]{0,200}))?\")(?P<rest>.{0,200})$"
)
_CALL: Final = lazy(
    r"\s{0,8}(?:\[Callstack\] {1,4})?(?:(?:\d{1,4} {1,4})?0x(?P<address>[0-9a-fA-F]{8,16}) (?P<body>\S.{0,4000})"
    r"|(?P<bare>[\w.-]{1,120}![^!\n]{1,2000} \[[^\]\n]{0,600}\])\s{0,8})$"
)
_SPOT: Final = lazy(r"(?P<file>[^\]\n]{0,600}?)(?::(?P<line>\d{1,9}))?\]$")
_OFFSET: Final = lazy(r"(?P<module>[^\s()]{1,200})\(\+?(?P<offset>0x[0-9a-fA-F]{1,16})\)$")
_MODULED: Final = lazy(r"(?P<module>\S{1,200}\.(?:exe|dll|so|dylib))$", re.IGNORECASE)
_UNKNOWN: Final = frozenset({"UnknownFile", "UnknownFunction", "Unknown", "???", ""})
_ACCESS: Final = {"read": "READ", "writ": "WRITE", "execut": "EXECUTE"}
_GAP, _MOST, _HEADS, _BACK, _LONGEST = 6, 4_000, 16, 24, 4_000


class Head(NamedTuple):
    """What a line says of the crash; `rank` tells which of several lines counts."""

    rank: int
    kind: str
    error: str
    value: str | None = None
    level: str = "fatal"
    frame: Frame | None = None
    signal: str | None = None
    address: int | None = None
    access: str | None = None


_UNTOLD: Final = Head(0, "crash", "Critical error")


def read(window: Window) -> Report | None:
    """The report that begins in the anchor line, or in the lines of the same log above it."""
    line = _bare(window[0] or "")
    if head_of(line) is None and call(line, 0) is None:
        return None
    if head_of(line) is None and "[Callstack]" not in line:
        return None
    return _read(window)


def _read(window: Window) -> Report | None:
    """Take the heads and the frames around an anchor."""
    first = _begin(window)
    heads, frames, end = _taken(window, first)
    if not frames and not any(one.rank for one in heads):
        return None
    lines = [window[at] or "" for at in range(first, min(end, first + _BACK))]
    sure = any("[Callstack]" in line or "[File:" in line for line in lines)
    titled = any(one.rank == 0 for one in heads)
    if not sure and not titled and not (frames and heads):
        return None
    best = max(heads, key=lambda one: (one.rank, one.address is not None), default=_UNTOLD)
    ensure = any(one.level == "error" for one in heads)
    shown = frames or ([best.frame] if best.frame else [])
    trace = Trace(
        frames=tuple(shown), error_type=best.error, error_value=best.value, crashed=not ensure, unwinder="text"
    )
    moment = _moment(window[first] or "")
    return Report(
        first=first,
        end=max(end, 1),
        kind=best.kind,
        level="error" if ensure else "fatal",
        handled=ensure,
        traces=(trace,),
        error_type=best.error,
        error_value=best.value,
        signal=best.signal,
        fault_address=best.address,
        access=best.access,
        ts=moment if moment is not None else _moment(window[0] or ""),
        complete=bool(heads),
        leads=not ensure,
    )


def _begin(window: Window) -> int:
    """The first head above the anchor with nothing between."""
    first = 0
    for index in range(-1, -_BACK, -1):
        above = window[index]
        if above is None:
            break
        text = _bare(above)
        if head_of(text):
            first = index
        elif text.strip():
            break
    return first


def _taken(window: Window, first: int) -> tuple[list[Head], list[Frame], int]:
    """The heads and the frames from a line on, and where they end."""
    heads, frames = list[Head](), list[Frame]()
    index = end = first
    while index - end <= _GAP and len(frames) < _MOST and len(heads) < _HEADS and (line := window[index]) is not None:
        text = _bare(line)
        if frame := call(text, index):
            frames.append(frame)
            end = index + 1
        elif found := head_of(text):
            if frames:
                break
            heads.append(found._replace(frame=found.frame and _at(found.frame, index)))
            end = index + 1
        elif text.strip():
            if frames:
                break
            if heads and index == end and heads[-1].rank == 1 and heads[-1].value is None:
                # what a fatal error says stands below the place where it was raised
                heads[-1] = heads[-1]._replace(value=text.strip())
                end = index + 1
        index += 1
    return heads, frames, end


def _moment(line: str) -> int | None:
    """The time that the log writes before a line, which is in UTC."""
    found = _PREFIX.match(line)
    if found is None or not found["time"]:
        return None
    day, _, clock = found["time"].partition("-")
    return iso(f"{day.replace('.', '-')}T{clock[:8].replace('.', ':')}.{clock[9:]}Z")


def _at(frame: Frame, index: int) -> Frame:
    return Frame(file=frame.file, line=frame.line, language="c++", trust="text", text_line=index)


def _bare(line: str) -> str:
    """A line without the time, the category and the level of the log."""
    found = _PREFIX.match(line)
    return line[found.end() :] if found else line


def head_of(text: str) -> Head | None:
    """What a line says of a crash, None where it says nothing.

    Examples
    --------
    >>> head_of("Unhandled Exception: EXCEPTION_ACCESS_VIOLATION reading address 0x00000010").address
    16
    """
    if title := _TITLE.match(text.strip()):
        ensure = title["what"] == "Handled ensure"
        hang = title["what"] == "Hang detected"
        return Head(0, "hang" if hang else "crash", "Critical error", level="error" if ensure else "fatal")
    if said := _SAID.match(text):
        what, rest = said["what"], said["text"]
        place = _PLACE.search(rest, 0, 4_000)
        frame = Frame(file=place["file"], line=int(place["line"]), language="c++", trust="text") if place else None
        if what == "Fatal error" and frame is None:
            return None
        value = (rest[: place.start()] + rest[place.end() :] if place else rest).strip() or None
        asserted = what in {"Assertion failed", "Ensure condition failed"}
        level = "error" if what == "Ensure condition failed" else "fatal"
        return Head(3 if asserted else 1, "assertion" if asserted else "abort", what, value, level, frame)
    if found := _EXCEPTION.match(text):
        signal = found["signal"] or found["signalled"] or numbered(int(found["number"] or 0))
        if found["name"] is None and signal is None:
            return None
        name, access = found["name"] or signal or "crash", _ACCESS.get(found["access"] or "")
        signal = name if name.startswith("SIG") else signal
        value = found["meaning"] or (f"{access.lower()} of address {found['address']}" if access else None)
        address = int(found["address"], 16) if access else None
        return Head(2, "crash", name, value, signal=signal, address=address, access=access)
    return None


def call(text: str, at: int) -> Frame | None:
    """A frame of a call stack.

    Examples
    --------
    >>> frame = call(r"[Callstack] 0x00007ff6a1b2c3d4 Shop.exe!ACart::Pay() [C:\\src\\Cart.cpp:12]", 0)
    >>> frame.module, frame.function, frame.line
    ('Shop.exe', 'ACart::Pay()', 12)
    """
    found = _CALL.match(text)
    if found is None:
        return None
    return frame_of(found["body"] or found["bare"], int(found["address"], 16) if found["address"] else None, at)


def frame_of(text: str, address: int | None, at: int) -> Frame | None:
    """The frame that stands behind an address, or alone in the context of a report."""
    text, spot = text.strip(), None
    if text.endswith("]") and (parts := text.rpartition(" ["))[1]:
        spot = _SPOT.match(parts[2])
        text = parts[0] if spot else text
    before, bang, behind = text.partition("!")
    named = bool(bang and before) and "::" not in before and "(" not in before
    module, name = (before, behind.strip()) if named else (None, text)
    if not name or len(text) > _LONGEST:
        return None
    offset = None
    if (placed := _OFFSET.match(name)) and (module is None or placed["module"] in _UNKNOWN):
        module, name, offset = module or placed["module"], "", int(placed["offset"], 16)
    elif module is None and (alone := _MODULED.match(name)):
        module, name = alone["module"], ""
    file = spot["file"] if spot and spot["file"] not in _UNKNOWN else None
    return Frame(
        function=None if name.removesuffix("()") in _UNKNOWN else name,
        module=module.rpartition("\\")[2].rpartition("/")[2] if module else None,
        module_offset=offset,
        file=file,
        line=int(spot["line"]) if spot and spot["line"] and file else None,
        language="c++",
        trust="text",
        address=address,
        text_line=at,
    )

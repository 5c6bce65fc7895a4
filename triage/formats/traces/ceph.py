r"""Ceph: what its daemons write when a signal ends them or an assertion of theirs fails.

Facts: general knowledge of Ceph 12 to 19. Grammar, one line each::

    signal = "*** Caught signal (" words ") **"  " in thread " A [ " thread_name:" name ]  blank*
             [ " ceph version " version words ]  frame+  [ " NOTE: a copy of the executable, …" ]
    failed = file ": In function '" name "' thread " A " time " time
             file ": " line ": FAILED " ( "ceph_assert" | "assert" ) "(" expression ")"  [ version ] frame+ [ note ]
    frame  = " " n ": " ( image "(+0x" offset ")" | [ image ] "(" name "+0x" offset ")" ) " [0x" A "]"
             | " " n ": " name "()"
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from triage.formats.traces.block import Block, rows
from triage.formats.traces.gdb_frames import call
from triage.formats.traces.patterns import lazy, opening, remembered
from triage.formats.traces.reports import Report
from triage.formats.traces.signal_names import spoken
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "ceph"
TITLE: Final = "Ceph daemon crash"
PLATFORM: Final = "native"
ANCHORS: Final = ("*** Caught signal (", ": FAILED ceph_assert(", ": FAILED assert(")

_SIGNAL: Final = lazy(r"\*\*\* Caught signal \((?P<words>[A-Z][\w /]{1,40})\) \*\*\s*$")
_FAILED: Final = lazy(r"(?P<file>[^\s:]{1,400}): (?P<line>\d{1,9}): FAILED (?:ceph_)?assert\((?P<text>.*)\)\s*$")
_FUNCTION: Final = lazy(r"[^\s:]{1,400}: In function '.{1,2000}' thread [0-9a-f]{1,16} time ")
_THREAD: Final = lazy(r" in thread (?P<id>[0-9a-f]{1,16})(?: thread_name:(?P<name>\S{1,60}))?\s*$")
_VERSION: Final = lazy(r" ceph version (?P<version>\S{1,80}) ")
_ROW: Final = lazy(r"\s{1,3}\d{1,4}: (?P<text>\S.*?)(?: \[0x(?P<address>[0-9a-f]{1,16})\])?$")
_OFFSET: Final = lazy(r"(?P<name>.*)\+0x(?P<offset>[0-9a-f]{1,8})$")
_NOTE: Final = " NOTE: a copy of the executable"
_AHEAD: Final = 8


def read(window: Window) -> Report | None:
    """The end of a daemon that begins at the anchor line."""
    line = window[0] or ""
    signal, failed = _SIGNAL.match(line), _FAILED.match(line)
    if signal is None and failed is None:
        return None
    block = Block(window)
    told: dict[str, str] = {}
    start = 1
    while start < _AHEAD and (below := block[start]) is not None and not _ROW.match(below.rstrip()):
        for pattern in (_THREAD, _VERSION):
            if found := pattern.match(below):
                told |= {key: value for key, value in found.groupdict().items() if value}
        start += 1
    frames, end = rows(block, start, _frame)
    if not frames:
        return None
    if (block[end] or "").startswith(_NOTE):
        end += 1
    error = "Assertion failed" if failed else (signal and spoken(signal["words"])) or line.strip("* ")
    value = failed["text"] if failed else None
    named = error if error.startswith("SIG") else None
    above = block.at(-1) if failed else None
    return Report(
        first=-1 if above and _FUNCTION.match(above) else 0,
        end=end,
        kind="assertion" if failed else "crash",
        traces=(
            Trace(
                frames=tuple(frames), error_type=error, error_value=value, crashed=True, thread_name=told.get("name")
            ),
        ),
        error_type=error,
        error_value=value,
        signal=named,
        release=told.get("version"),
        leads=True,
        follows=named == "SIGABRT",
    )


def _frame(line: str, at: int) -> Frame | None:
    """The frame of a row."""
    frame = _said(line)
    return frame and replace(frame, text_line=at)


@remembered
def _said(line: str) -> Frame | None:
    """The frame of a row, without its line."""
    found = _ROW.match(line.rstrip()) if len(line) <= 16_384 else None
    if found is None or not found["text"].endswith(")"):
        return None
    text = found["text"]
    at = opening(text)
    image, name, offset = text[:at] or None, text[at + 1 : -1], None
    if moved := _OFFSET.match(name):
        name, offset = moved["name"], int(moved["offset"], 16)
    elif not name and image and "/" not in image:
        name, image = image, None
    function, args = call(name) if name else (None, None)
    return Frame(
        function=function,
        args=args or None,
        module=image,
        module_offset=None if name else offset,
        symbol_offset=offset if name else None,
        address=int(found["address"], 16) if found["address"] else None,
        trust="text",
    )

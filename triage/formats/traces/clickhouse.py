r"""ClickHouse: the stack that the server writes to its log when a signal ends it, and those of its exceptions.

Facts: general knowledge of ClickHouse 20 to 25. Grammar, one line each; `said` is what its log writes before a line::

    said   = [ date " " clock " " ] "[ " thread " ] {" query "} <Fatal> " logger ": "
    crash  = ( said "####…" | said "(version " … ")" [ … "Received signal " words [ " (" n ")" ] ] | said frame
             | said words )+
    thrown = [ "Code: " n ". " ] type ": " message "Stack trace (when copying this message, …):" blank frame+
    frame  = n [ "." n ] ". " [ "inlined from " ] [ file ":" line ": " ] ( name | "?" ) [ " @ 0x" A " in " image ]
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from triage.formats.exception_codes import name as code_name
from triage.formats.traces.block import Block, rows
from triage.formats.traces.gdb_frames import call
from triage.formats.traces.patterns import lazy, remembered
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "clickhouse"
TITLE: Final = "ClickHouse crash or exception"
PLATFORM: Final = "native"
ANCHORS: Final = ("} <Fatal> BaseDaemon: ", "Stack trace (when copying this message")

_SAID: Final = lazy(
    r"(?:\d{4}[.-]\d\d[.-]\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? )?\[ (?P<thread>\d{1,10}) \] \{[^{}]{0,100}\} "
    r"<Fatal> BaseDaemon: ?(?P<text>.*)$"
)
_SIGNAL: Final = lazy(r".{0,400}?Received signal (?:(?P<words>[A-Za-z][\w /]{1,40}) \()?(?P<number>\d{1,2})\b")
_VERSION: Final = lazy(r"\(version (?P<version>[\w.-]{1,60})")
_ADDRESS: Final = lazy(r"Address: (?P<address>0x[0-9a-fA-F]{1,16})\b")
_FRAME: Final = lazy(
    r"\d{1,4}(?:\.\d{1,4})?\. (?:inlined from )?(?P<text>\S.*?)"
    r"(?: @ (?:0x(?P<address>[0-9a-fA-F]{1,16}))?(?: in (?P<image>\S.{0,300}))?)?$"
)
_PLACE: Final = lazy(
    r"(?P<file>(?:\./|/)[^:]{1,600}|[^\s:()]{1,400}\.(?:cpp|h|cc|c|hpp)):"
    r"(?P<line>\d{1,9})(?:: (?P<name>\S.*))?$"
)
_THROWN: Final = lazy(
    r"(?:.{0,200}?Code: \d{1,6}[.,] )?(?:e\.displayText\(\) = )?"
    r"(?P<type>(?:\w{1,60}::){0,4}\w{0,60}Exception): (?P<text>.*?)"
    r"[,.]? ?Stack trace \(when copying this message"
)
_MOST: Final = 2_000


def read(window: Window) -> Report | None:
    """What the server says of the crash or the exception at the anchor line."""
    said = _SAID.match(window[0] or "")
    return _crash(window, said["thread"]) if said else _thrown(window)


def _crash(window: Window, thread: str) -> Report | None:
    """The lines that one thread wrote of a signal."""
    frames: list[Frame] = []
    told: dict[str, str] = {}
    at = 0
    while at < _MOST and (said := _SAID.match(window[at] or "")) and said["thread"] == thread:
        text = said["text"]
        if frame := _frame(text):
            frames.append(replace(frame, text_line=at))
        else:
            for pattern in (_SIGNAL, _VERSION, _ADDRESS):
                if found := pattern.match(text):
                    told |= {key: value for key, value in found.groupdict().items() if value}
        at += 1
    if not frames and "number" not in told:
        return None
    signal = code_name("linux", int(told["number"])) if "number" in told else None
    return Report(
        end=at,
        kind="crash",
        traces=(Trace(frames=tuple(frames), error_type=signal, crashed=True, thread_id=int(thread)),) if frames else (),
        error_type=signal,
        signal=signal,
        fault_address=int(told["address"], 16) if "address" in told else None,
        thread_id=int(thread),
        release=told.get("version"),
        complete=bool(frames),
        leads=True,
    )


def _thrown(window: Window) -> Report | None:
    """An exception with its stack below."""
    head = _THROWN.match((window[0] or "")[:16_384])
    if head is None:
        return None
    block = Block(window)
    frames, end = rows(block, block.skip_blank(1), _row)
    if not frames:
        return None
    return Report(
        end=end,
        kind="exception",
        level="error",
        traces=(Trace(frames=tuple(frames), error_type=head["type"], error_value=head["text"] or None),),
        error_type=head["type"],
        error_value=head["text"] or None,
    )


def _row(line: str, at: int) -> Frame | None:
    """The frame of a line of an exception."""
    frame = _frame(line)
    return frame and replace(frame, text_line=at)


@remembered
def _frame(text: str) -> Frame | None:
    """The frame of a numbered line."""
    found = _FRAME.match(text.rstrip()) if len(text) <= 16_384 else None
    if found is None:
        return None
    place = _PLACE.match(found["text"])
    if place is None and found["image"] is None:
        return None
    name = place["name"] if place else found["text"]
    function, args = call(name) if name and name != "?" else (None, None)
    return Frame(
        function=function,
        args=args or None,
        module=found["image"],
        file=place["file"] if place else None,
        line=int(place["line"]) if place else None,
        address=int(found["address"], 16) if found["address"] else None,
        trust="text",
    )

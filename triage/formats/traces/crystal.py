"""Crystal: exceptions that nobody caught and invalid memory accesses, with the stack that the runtime prints.

Facts: general knowledge of Crystal 0.2x to 1. Grammar, one line each::

    report = head frame*  ( "Caused by: " message " (" type ")" frame* )*
    head   = "Unhandled exception" [ " in spawn" ] ": " message " (" type ")"
           | "Invalid memory access (signal " n ") at address 0x" A | "Stack overflow (e.g., ..."
    frame  = "  from " file ":" n ":" column " in '" function "'"
           | "  from " image " in '" function "'" | "  from ???"
           | "[0x" A "] " function ( " at " file ":" n [ ":" column ] | [ " +" offset ] [ " in " image ] )
             [ " (" n " times)" ]
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.rounds import more as again
from triage.formats.traces.signal_names import numbered
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "crystal"
TITLE: Final = "Crystal exception"
PLATFORM: Final = "crystal"
ANCHORS: Final = (
    ".cr:",
    "Unhandled exception: ",
    "Unhandled exception in spawn",
    "Invalid memory access (signal ",
    "Stack overflow (e.g., ",
)

_HEAD: Final = lazy(r"(?:.{0,80}?)Unhandled exception(?: in spawn)?(?:\(name: [^)\n]{0,100}\))?: (?P<text>.*)$")
_FAULT: Final = lazy(r"Invalid memory access \(signal (?P<number>\d{1,2})\) at address (?P<address>0x[0-9a-f]{1,16})")
_OVERFLOW: Final = lazy(r"Stack overflow \(e\.g\.,")
_CAUSE: Final = lazy(r"Caused by: (?P<text>.*)$")
_TYPED: Final = lazy(r"(?P<text>.*) \((?P<type>[A-Z][\w:(), |]{0,300})\)$")
_FROM: Final = lazy(
    r"\s{1,8}from (?:\?\?\?$|(?P<file>\S.{0,400}?):(?P<line>\d{1,9}):(?P<column>\d{1,9}) in '(?P<function>.{1,400})'$"
    r"|(?P<image>\S.{0,400}?) in '(?P<other>.{1,400})'$)"
)
_RAW: Final = lazy(
    r"\[0x(?P<address>[0-9a-f]{1,16})\] (?:\?\?\?|(?P<function>\S.{0,400}?))"
    r"(?: at (?P<file>\S.{0,300}?):(?P<line>\d{1,9})(?::(?P<column>\d{1,9}))?(?: in '.{1,300}')?"
    r"| \+(?P<offset>\d{1,12}))?"
    r"(?: in (?P<image>\S.{0,300}?))?(?: \((?P<times>\d{1,9}) times\))?$"
)
_TIMES: Final = lazy(r" \((\d{1,9}) times\)$")
_MESSAGE: Final = 12


def read(window: Window) -> Report | None:
    """The exception at the anchor line, or above the frame that it is."""
    start = 0
    line = window[0] or ""
    if _FROM.match(line):
        start = next((at for at in range(-1, -_MESSAGE, -1) if _begins(window[at])), 0)
        if not start:
            return None
    if not _begins(window[start]):
        return None
    block = Block(window)
    text, error, frames, end = _stack(window, block, start)
    if not frames:
        return None
    head = window[start] or ""
    fault = _FAULT.match(head)
    signal = numbered(int(fault["number"])) if fault else None
    if signal or _OVERFLOW.match(head):
        error, text = signal or "stack overflow", head.strip()
    traces = [Trace(frames=tuple(frames), error_type=error, error_value=text, crashed=True)]
    while (cause := _CAUSE.match(block[end] or "")) is not None:
        said, kind, inner, last = _stack(window, block, end)
        if not inner or not cause["text"]:
            break
        number = len(traces)
        traces.append(Trace(frames=tuple(inner), role="cause", chain_no=number, error_type=kind, error_value=said))
        end = last
    return Report(
        first=start,
        end=end,
        kind="crash" if signal or error == "stack overflow" else "exception",
        traces=tuple(traces),
        handled=False,
        error_type=error,
        error_value=text,
        signal=signal,
        fault_address=int(fault["address"], 16) if fault else None,
        leads=True,
    )


def _begins(line: str | None) -> bool:
    """Whether a line begins a report."""
    return line is not None and bool(_HEAD.match(line) or _FAULT.match(line) or _OVERFLOW.match(line))


def _stack(window: Window, block: Block, start: int) -> tuple[str | None, str | None, list[Frame], int]:
    """What an exception says, its type, its frames, and where they end."""

    def at(index: int) -> str | None:
        return block[index] if index > 0 else window[index]

    line = at(start) or ""
    found = _HEAD.match(line) or _CAUSE.match(line)
    lines = [found["text"] if found else line]
    index = start + 1
    while index - start < _MESSAGE and (more := at(index)) is not None and not (_FROM.match(more) or _RAW.match(more)):
        if not more.strip() and len(lines) > 1:
            break
        lines.append(more)
        index += 1
    frames: list[Frame] = []
    while (more := at(index)) is not None and (frame := _frame(more, index)):
        frames.append(frame)
        if times := _TIMES.search(more[-40:]):
            frames += again([frame], int(times[1]) - 1, index)
        index += 1
    text = "\n".join(lines).strip()
    typed = _TYPED.match(text.replace("\n", "\x00"))
    if typed is None:
        return text or None, "Exception" if found else None, frames, index
    return typed["text"].replace("\x00", "\n"), typed["type"], frames, index


def _frame(line: str, at: int) -> Frame | None:
    """One frame of either form."""
    found = _FROM.match(line)
    if found:
        name = found["function"] or found["other"]
        address = None
    elif found := _RAW.match(line):
        name = (found["function"] or "").removeprefix("*").partition(":")[0] if found["function"] else None
        name = found["function"].removeprefix("*") if found["function"] and "::" in found["function"] else name
        address = int(found["address"], 16)
    else:
        return None
    said = found.groupdict()
    return Frame(
        function=name,
        module=(said["image"] or "").rpartition("/")[2] or None,
        symbol_offset=int(said["offset"]) if said.get("offset") else None,
        file=said["file"],
        line=int(said["line"]) if said["line"] else None,
        column=int(said["column"]) if said["column"] else None,
        language="crystal",
        trust="text",
        address=address,
        text_line=at,
    )

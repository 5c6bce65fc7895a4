r"""Panics of the kernels of FreeBSD, NetBSD, OpenBSD and DragonFly, with the stack that their debuggers print.

Facts: general knowledge of FreeBSD 8 to 14, NetBSD 7 to 10 and OpenBSD 5 to 7. Grammar, one line each::

    report = [ trap ] "panic: " words other* title row+ [ "Uptime: " words ]
    title  = "KDB: stack backtrace:" | "Stack backtrace:" | "Begin traceback..." | "Starting stack trace..."
    trap   = "Fatal trap " n ": " words " while in kernel mode" key*
    ddb    = ( "panic: " words | trapped )* "Stopped at" spaces function "+0x" offset ":" words other* row+
    trapped = "uvm_fault(" words | "kernel: " words " trap, code=" n
    row    = "#" n " 0x" A " at " function "+0x" offset
           | function "(" arguments ")" " at " [ "netbsd:" ] function "+0x" offset [ "/frame 0x" A ]
           | "--- " words " ---"
    other  = "cpuid = " n | "time = " n | key " = " value
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block, rows
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "bsd-panic"
TITLE: Final = "Panic of a BSD kernel"
PLATFORM: Final = "native"
ANCHORS: Final = (
    "KDB: stack backtrace",
    "Fatal trap ",
    "Begin traceback...",
    "Stack backtrace:",
    "Starting stack trace",
    "Stopped at ",
)

_TRAP: Final = lazy(r"Fatal trap (?P<number>\d{1,3}): (?P<text>.{1,200}?) while in (?:kernel|user|vm86) mode\s*$")
_PANIC: Final = lazy(r"panic(?:\[\w{1,20}\])?: (?P<text>\S.*)$")
_TITLE: Final = lazy(
    r"(?:cpu\d{1,3}: )?(?:KDB: stack backtrace|Stack backtrace|Begin traceback\.\.\.|Starting stack trace\.\.\.):?\s*$"
)
_NUMBERED: Final = lazy(
    r"#\d{1,4} 0x(?P<address>[0-9a-f]{8,16}) at (?P<name>[\w.$]{1,200})\+0x(?P<offset>[0-9a-f]{1,8})\s*$"
)
_CALLED: Final = lazy(
    r"(?P<name>[\w.$]{1,200})\((?P<args>[^()]{0,400})\) at (?:netbsd:)?[\w.$]{1,200}\+0x(?P<offset>[0-9a-f]{1,8})"
    r"(?:/frame 0x[0-9a-f]{8,16})?\s*$"
)
_BETWEEN: Final = lazy(r"--- .{1,300} ---\s*$")
_OTHER: Final = lazy(
    r"[a-z][\w ]{1,30}\s{1,8}= ?.{0,200}$|\s{4,20}= .{0,200}$|cpu\d{1,3}: |\s*$|KDB: |WARNING: |vpanic\(\)"
)
# OpenBSD's debugger: where it stopped, the list of threads, and what it says below the rows.
_STOPPED: Final = lazy(r"Stopped at\s{1,16}(?P<name>[\w.$]{1,200})\+0x[0-9a-f]{1,8}:")
_TRAPPED: Final = lazy(r"uvm_fault\(|kernel: (?P<type>[a-z ]{3,60}) trap, code=\d")
_THREADS: Final = lazy(
    r"\s{1,8}TID\s{1,8}PID\s|[ *]\s{0,8}\d{1,9}\s{1,8}\d{1,9}\s|ddb(?:\{\d{1,4}\})?> (?:t|tr|trace|bt)\s*$"
)
_FOLLOWING: Final = lazy(r"end of kernel\s*$|end trace frame: 0x|https?://www\.openbsd\.org/ddb\.html ")
_ADDRESS: Final = lazy(r"fault virtual address\s{1,8}= 0x(?P<address>[0-9a-f]{1,16})")
_AFTER: Final = lazy(r"Uptime: \S|KDB: enter: |cpu\d{1,3}: End traceback|End of stack trace")
_AHEAD, _ABOVE = 40, 6
_NAMES: Final = {"page fault": "SIGSEGV", "integer divide fault": "SIGFPE"}


def read(window: Window) -> Report | None:
    """The panic around the anchor line."""
    line = window[0] or ""
    if _STOPPED.match(line):
        return _stopped(window)
    trap = _TRAP.match(line)
    if not (trap or _TITLE.match(line)):
        return None
    block = Block(window)
    first, panic, address = 0, None, None
    if trap is None:
        for index in range(-1, -_AHEAD, -1):
            above = window[index]
            if above is None or window.is_record(index + 1) or panic:
                break
            panic = _PANIC.match(above)
            first = index if panic else first
            if not (panic or _OTHER.match(above)):
                break
        if panic is None:
            return None
    title = 0
    while title < _AHEAD and not _TITLE.match(text := block.at(title) or ""):
        panic, address = panic or _PANIC.match(text), address or _ADDRESS.match(text)
        if title and block[title] is None:
            break
        title += 1
    frames, end = rows(block, title + 1, _frame) if _TITLE.match(block.at(title) or "") else ([], 1)
    if not frames:
        return None
    end += bool(_AFTER.match(block.at(end) or ""))
    told = panic or trap
    said = told["text"].strip() if told else None
    error = trap["text"] if trap else "panic"
    return Report(
        first=first,
        end=end,
        kind="crash",
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=said, crashed=True, unwinder="text"),),
        error_type=error,
        error_value=said,
        signal=_NAMES.get(error),
        fault_address=int(address["address"], 16) if address else None,
        process="kernel",
    )


def _stopped(window: Window) -> Report | None:
    """What made OpenBSD's debugger stop, with the calls that led there."""
    block = Block(window)
    start = 1
    while start < _AHEAD and _THREADS.match(block[start] or ""):
        start += 1
    frames, end = rows(block, start, _frame)
    if not frames:
        return None
    while _FOLLOWING.match(block[end] or ""):
        end += 1
    first, error, value = 0, None, None
    for index in range(-1, -_ABOVE, -1):
        line = window[index] or ""
        panic, trapped = _PANIC.match(line), _TRAPPED.match(line)
        if window.is_record(index) or not (panic or trapped):
            break
        first = index
        if panic:
            error, value = "panic", panic["text"].strip()
        elif error is None and trapped and trapped["type"]:
            error, value = trapped["type"], line.strip()
    return Report(
        first=first,
        end=end,
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=value, crashed=True, unwinder="text"),),
        error_type=error,
        error_value=value,
        signal=_NAMES.get(error or ""),
        process="kernel",
    )


def _frame(line: str, at: int) -> Frame | None:
    """The frame of a row; a trap stands between the frames of its handler and those that it came upon."""
    if _BETWEEN.match(line):
        return Frame(frame_kind="note", function_raw=line.strip(), text_line=at)
    found = _NUMBERED.match(line) or _CALLED.match(line)
    if found is None:
        return None
    said = found.groupdict()
    return Frame(
        function=found["name"],
        args=said.get("args") or None,
        address=int(said["address"], 16) if said.get("address") else None,
        symbol_offset=int(found["offset"], 16),
        language="c",
        trust="text",
        text_line=at,
    )

r"""Wine's crashes: what winedbg prints of a program that it was started for, and the line of Wine's own before it.

Facts: general knowledge of Wine 1.4 to 10. Grammar, one line each::

    report    = [ wine ] "Unhandled exception: " words " in " n "-bit code (0x" A ")." other* "Backtrace:" row+ tail*
    wine      = "wine: Unhandled " words " at address " A " (thread " n "), starting debugger..."
    row       = ( "=>" | "  " ) n " 0x" A [ " " function "+0x" offset ] [ "(" arguments ")" ] [ " [" file ":" line "]" ]
                [ " in " image ] [ " (+0x" offset ")" ] [ " (0x" frame ")" ]
    other     = "Register dump:" | "Stack dump:" and their rows
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block, rows
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "winedbg"
TITLE: Final = "Wine crash"
PLATFORM: Final = "native"
ANCHORS: Final = ("wine: Unhandled ", "Unhandled exception: ")

_WINE: Final = lazy(
    r"wine: Unhandled (?P<text>.{1,300}?) at address (?:0x)?[0-9A-Fa-f:]{4,20} \(thread (?P<thread>[0-9a-f]{1,8})\)"
)
_HEAD: Final = lazy(r"Unhandled exception: (?P<text>.{1,400}?) in (?:\d\d-bit|wow64 \d\d-bit) code \(")
_TITLE: Final = lazy(r"Backtrace:\s{0,8}$")
_ROW: Final = lazy(
    r"(?:=>| {1,4})\d{1,6} 0x(?P<address>[0-9a-fA-F]{8,16})"
    r"(?: (?!in )(?P<name>\S.{0,400}?)\+0x(?P<offset>[0-9a-fA-F]{1,16})(?P<args>\(.{0,1000}?\))?)?"
    r"(?: \[(?P<file>[^\[\]]{1,400}):(?P<line>\d{1,9})\])?(?: in (?P<image>\S.{0,200}?))?"
    r"(?: \(\+0x[0-9a-fA-F]{1,16}\))?(?: \((?:0x)?[0-9a-fA-F]{4,16}\))?\s{0,8}$"
)
_OTHER: Final = lazy(
    r"\s*$|Register dump:|Stack dump:|\s{1,4}(?:[A-Z]{2,6}|[A-Z]\d\d?|[re]ip|[re]flags|[re][a-d]x|[re][sd]i|[re][sb]p"
    r"|r\d{1,2})\b\s?:|0x[0-9a-fA-F]{8,16}:?  ?[0-9a-fA-F]{8}|\s{1,2}[CDESFG]S:"
)
_ADDRESS: Final = lazy(r"(?P<access>read|write|execute) access to 0x(?P<address>[0-9a-fA-F]{1,16})")
_NAMES: Final = {
    "page fault": "EXCEPTION_ACCESS_VIOLATION",
    "divide by zero": "EXCEPTION_INT_DIVIDE_BY_ZERO",
    "stack overflow": "EXCEPTION_STACK_OVERFLOW",
    "illegal instruction": "EXCEPTION_ILLEGAL_INSTRUCTION",
    "privileged instruction": "EXCEPTION_PRIV_INSTRUCTION",
    "breakpoint": "EXCEPTION_BREAKPOINT",
    "assertion failed": "STATUS_ASSERTION_FAILURE",
}
_WAIT, _DUMP = 8, 60


def read(window: Window) -> Report | None:
    """The crash that begins at the anchor line."""
    block = Block(window)
    line = window[0] or ""
    head = _HEAD.match(line)
    wine = None if head else _WINE.match(line)
    if not (head or wine):
        return None
    at = 0
    if wine:
        at = next((index for index in range(1, _WAIT) if _HEAD.match(block[index] or "")), 0)
        head = _HEAD.match(block[at] or "") if at else None
    frames, end = list[Frame](), at + 1
    title = at + 1
    while head and title - at < _DUMP and _OTHER.match(block[title] or ""):
        title += 1
    if head and _TITLE.match(block[title] or ""):
        frames, end = rows(block, title + 1, _frame)
    told = head or wine
    text = told["text"].strip() if told else ""
    place = _ADDRESS.search(text)
    error = next((name for words, name in _NAMES.items() if text.startswith(words)), text.partition(" (")[0])
    return Report(
        end=end,
        kind="crash",
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=text, crashed=True, unwinder="text"),),
        error_type=error,
        error_value=text,
        fault_address=int(place["address"], 16) if place else None,
        access=place["access"].upper() if place else None,
        thread_id=int(wine["thread"], 16) if wine else None,
        os_name="Windows",
        complete=bool(frames),
        leads=True,
    )


def _frame(line: str, at: int) -> Frame | None:
    """The frame of a row."""
    found = _ROW.match(line)
    if found is None:
        return None
    known = found["name"] and found["name"] != "EntryPoint"
    return Frame(
        function=found["name"] if known else None,
        args=found["args"][1:-1] or None if found["args"] else None,
        module=found["image"],
        address=int(found["address"], 16),
        symbol_offset=int(found["offset"], 16) if known else None,
        file=found["file"],
        line=int(found["line"]) if found["line"] else None,
        trust="text",
        text_line=at,
    )

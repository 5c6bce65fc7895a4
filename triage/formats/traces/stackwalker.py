r"""Stacks that StackWalker prints on Windows: EQEmu's servers, Unity's players, node-segfault-handler and many others.

Facts: `OnSymInit`, `OnLoadModule`, `OnCallstackEntry` and `OnDbgHelpErr` of StackWalker.cpp, and Unity's own form.

Grammar, one line each; a line may be cut at 1,023 bytes, the size of StackWalker's buffer::

    symbols = "SymInit: Symbol-SearchPath: '" path "', symOptions: " number ", UserName: '" name "'"
    system  = "OS-Version: " a.b.c [" (" [service pack] ") 0x" suite "-0x" product]
    image   = path ":" name " (" hex "), size: " n " (result: " n "), SymType: '" type "', PDB: '" path "'"
              [", fileVersion: " a.b.c.d]
    A       = ["0x"] hex " (" module "): " file ": " function       an address, no line
    L       = file " (" line "): " function                         a line, no address
    U       = "0x" hex " (" module ") " ["[" file ":" line "] "] function
    error   = "ERROR: " API ", GetLastError: " (number | "'" words "'") " (Address: " hex ")"
    thread  = "Call Stack for Thread " id ":"

A is tried before L, which is a form that other programs print too: it counts only where another line says that this is
StackWalker's. ``(module-name not available)`` and its like are nulls. An error stands before the frame that it is
about, as a row ``unwind_error`` with the API as `function_raw` and the error as `args`. Rows are innermost first, as
printed.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.stackwalker_lines import (
    Image,
    Symbols,
    System,
    address_frame,
    image,
    line_frame,
    symbols,
    system,
)
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = (
    "ANCHORS",
    "NAME",
    "PLATFORM",
    "TITLE",
    "Image",
    "Symbols",
    "System",
    "address_frame",
    "image",
    "line_frame",
    "parse",
    "probe",
    "read",
    "symbols",
    "system",
)

NAME: Final = "stackwalker"
TITLE: Final = "StackWalker stack of a Windows program"
PLATFORM: Final = "native"
ANCHORS: Final = (
    "SymInit: Symbol-SearchPath: ",
    ", SymType: '",
    "(function-name not available)",
    "(filename not available): ",
    "(module-name not available)",
    ", GetLastError: ",
    "(UnityPlayer) ",
    "(Mono JIT Code) ",
    "OUTPUTTING STACK TRACE",
    "Call Stack for Thread ",
)

_THREAD: Final = lazy(r"Call Stack for Thread (\d{1,10}):")
_PROBE: Final = lazy(
    r"^[ \t]{0,4}(?:SymInit: Symbol-SearchPath: |ERROR: \w{1,64}, GetLastError: "
    r"|(?:0x)?[0-9A-Fa-f]{8,16} \([^\n]{1,300}?\): |0x[0-9A-Fa-f]{8,16} \([^)\n]{0,300}\) \S)",
    re.MULTILINE,
)
_HEADING: Final = lazy(
    r"=+ (?:OUTPUTTING STACK TRACE|OUTPUTING STACK TRACE|END OF STACKTRACE) =+$|Crash!!!$|Stack Trace of Crashed Thread"
)
_EXCEPTION: Final = lazy(r"(EXCEPTION_[A-Z_]{2,48}|Unknown Exception)\s*$")
_BACK: Final = 60
_AHEAD: Final = 64


def probe(text: str) -> bool:
    """Whether a line of the text is one that only StackWalker prints."""
    return bool(_PROBE.search(text))


def parse(text: str) -> list[Trace]:
    """Read every stack in the text, the first as the crashed one.

    Examples
    --------
    >>> [trace] = parse("00007FF6A2F1C0B8 (zone): (filename not available): EQ::Timer::Start\\nz.cpp (12): main")
    >>> [(frame.function, frame.module, frame.file, frame.line) for frame in trace.frames]
    [('EQ::Timer::Start', 'zone', None, None), ('main', None, 'z.cpp', 12)]
    """
    if not probe(text):
        return []
    stacks: list[tuple[int | None, list[Frame]]] = [(None, [])]
    for line in text.split("\n"):
        body = line.strip()
        thread = _THREAD.match(body)
        if thread:
            stacks.append((int(thread[1]), []))
        elif body.startswith("SymInit: ") and stacks[-1][1]:
            stacks.append((None, []))
        elif body and image(body) is None:
            frame = address_frame(body) or line_frame(body)
            if frame:
                stacks[-1][1].append(frame)
    found = [(thread_id, frames) for thread_id, frames in stacks if frames]
    return [
        Trace(
            frames=tuple(frames),
            role="thread" if number else "crash",
            thread_id=thread_id,
            crashed=not number,
            unwinder="text",
        )
        for number, (thread_id, frames) in enumerate(found)
    ]


def read(window: Window) -> Report | None:
    """The stacks around an anchor, with the images and the system that are named above them."""
    if not any(_solid(_body(window[index] or "")) for index in range(_AHEAD)):
        return None
    first = 0
    for index in range(0, -_BACK, -1):
        line = window[index]
        if line is None or (index and window.is_record(index)):
            break
        if _belongs(_body(line), sure=False) or _EXCEPTION.match(_body(line)):
            first = index
        elif line.strip():
            break
    found = _Reading()
    at = end = first
    while (line := window[at]) is not None and not (at > 0 and window.is_record(at)) and at - end < 3:
        body = _body(line)
        if found.take(body, at):
            end = at + 1
        elif body:
            break
        at += 1
    if end < 1 or not (found.frames or found.system or found.images):
        return None
    return found.report(first, end)


class _Reading:
    """The stacks of one report in the making."""

    def __init__(self) -> None:
        self.stacks: list[tuple[int | None, list[Frame]]] = [(None, [])]
        self.images: list[Image] = []
        self.system: System | None = None
        self.error: str | None = None
        self.sure = False

    @property
    def frames(self) -> int:
        """How many rows there are."""
        return sum(len(frames) for _, frames in self.stacks)

    def take(self, body: str, at: int) -> bool:
        """Take a line, if it belongs here."""
        thread = _THREAD.match(body)
        if thread:
            self.stacks.append((int(thread[1]), []))
        elif named := _EXCEPTION.match(body):
            if self.error or self.frames:
                return False
            self.error = named[1]
        elif loaded := image(body):
            self.images.append(loaded)
        elif os := system(body):
            self.system = os
        elif frame := address_frame(body) or (line_frame(body) if self.sure else None):
            self.stacks[-1][1].append(replace(frame, text_line=at))
        elif not (_HEADING.match(body) or symbols(body)):
            return False
        self.sure = True
        return True

    def report(self, first: int, end: int) -> Report:
        """What was taken, as a report."""
        kept = [(thread_id, frames) for thread_id, frames in self.stacks if frames]
        known = self.error if self.error and self.error.startswith("EXCEPTION_") else None
        return Report(
            first=first,
            end=end,
            traces=tuple(
                Trace(
                    frames=tuple(frames),
                    role="thread" if number else "crash",
                    error_type=None if number else self.error,
                    thread_id=thread_id,
                    crashed=not number,
                    unwinder="text",
                )
                for number, (thread_id, frames) in enumerate(kept)
            ),
            error_type=self.error,
            error_code_name=known,
            thread_id=kept[0][0] if kept else None,
            os_name="Windows",
            os_version=self.system.version if self.system else None,
            modules=tuple(_module(loaded) for loaded in self.images),
            complete=bool(kept),
        )


def _body(line: str) -> str:
    """The line without what the log of the program wrote before it."""
    return line.rpartition("[Crash] ")[2].strip()


def _solid(body: str) -> bool:
    """Whether a line alone makes a report: a frame, an image, the system."""
    return bool(address_frame(body) or image(body) or system(body))


def _belongs(body: str, *, sure: bool) -> bool:
    """Whether a line is StackWalker's; one of the form L only where that is known."""
    return bool(
        _THREAD.match(body)
        or _HEADING.match(body)
        or image(body)
        or system(body)
        or symbols(body)
        or address_frame(body)
        or (sure and line_frame(body))
    )


def _module(loaded: Image) -> dict[str, object]:
    """An image as a row of `modules`."""
    return {
        "name": loaded.name,
        "path": loaded.path,
        "base": loaded.base,
        "size": loaded.size,
        "version": loaded.version,
        "debug_file": loaded.debug_file,
        "symbol_type": loaded.symbol_type,
    }

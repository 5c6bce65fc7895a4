""".NET stacks: exceptions of the runtime in all languages it speaks, of Mono and Unity, fail-fast, PowerShell's errors.

Facts: general knowledge of .NET Framework 2 to 4.8, .NET 5 to 9, Mono 4 to 6, Unity, PowerShell 5 and 7. Grammar, one
line each; the word "at" may be one of another language::

    report    = [ unhandled ] error ( " ---> " error )* part* [ report ] | fatal part* | event | powershell
    unhandled = "Unhandled exception. " | "Unhandled Exception: " | "[ERROR] FATAL UNHANDLED EXCEPTION: "
    error     = type [ " (0x" hex ")" ] [ ": " message lines ]
    part      = frame | "--- End of inner exception stack trace ---"
              | "--- End of stack trace from previous location ---"
              | "---> (Inner Exception #" n ") " error part* "<---" | "Repeat " n " times:" rule frame* rule
    frame     = "   at " type "." method "(" arguments ")" [ " in " file ":line " n ]
              | "  at " type "." method " (" arguments ") [0x" hex "] in " ( file | "<" hash ">" ) ":" n
              | type ( "." | ":" ) method " (" arguments ") (at " file ":" n ")"
    fatal     = "Process terminated. " text | "Fatal error. " error | "Stack overflow."
    event     = "Application: " name ( key ": " value )* "Exception Info: " error part*

Inner exceptions are printed before the frames of the outer ones; the one that surfaced comes first here, those inside
it after it as its causes.
"""

from __future__ import annotations

from typing import Final

from triage.formats.exception_codes import name as code_name
from triage.formats.traces import dotnet_powershell
from triage.formats.traces.dotnet_frames import AT, frame
from triage.formats.traces.dotnet_parts import EVENT, FATAL, UNHANDLED, Said, Stacks, error_of, is_part
from triage.formats.traces.log_lines import is_log
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.formats.traces.windows_faults import dated

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "dotnet"
TITLE: Final = ".NET exception"
PLATFORM: Final = "dotnet"
ANCHORS: Final = (
    *(f"  {word} " for word in AT),
    "] in <",
    " (at Assets/",
    " (at <",
    "Unhandled exception. ",
    "Unhandled Exception:",
    "Exception Info: ",
    "FATAL UNHANDLED EXCEPTION:",
    "Process terminated. ",
    "Fatal error. ",
    "Stack overflow.",
    "inner exception stack trace ---",
    *dotnet_powershell.ANCHORS,
)

_LINE_CHARS: Final = 8_000
_MESSAGE_LINES: Final = 40
_GAP: Final = 2
_SURE: Final = 64
_WORDS: Final = frozenset({"Process terminated", "Fatal error", "Stack overflow"})
_LOGGED: Final = lazy(r"\[ERROR\] FATAL UNHANDLED EXCEPTION: (\S.{0,4000})")
_OOM: Final = "System.OutOfMemoryException"


def read(window: Window) -> Report | None:
    """The exception with those inside it around a frame, or below a line that announces one."""
    line = window[0] or ""
    if len(line) > _LINE_CHARS:
        return None
    raw = window.raw(0) or ""
    if any(anchor in raw for anchor in dotnet_powershell.ANCHORS) and (found := dotnet_powershell.report(window)):
        return found
    if FATAL.match(line.strip()) or UNHANDLED.match(line):
        head: int | None = 0
        place = _first_part(window)
    elif is_part(line):
        place = 0
        head = _head(window)
    else:
        return None
    if place is None:
        return _alone(window)
    return _stack(window, head, place)


def _stack(window: Window, head: int | None, place: int) -> Report | None:
    """The exception whose head and first frame are known."""
    first, event = _event(window, head if head is not None else place)
    stacks = Stacks()
    if head is not None:
        for index in range(head, place):
            stacks.said(window[index] or "", index)
    end = index = place
    blanks = 0
    while (line := window[index]) is not None and not (index > place and window.is_record(index)):
        if not line.strip():
            blanks += 1
        elif stacks.feed(line, index):
            blanks = 0
        else:
            break
        index += 1
        end = index if not blanks else end
        if blanks > _GAP or (index - place > _SURE and not stacks.frames):
            break
    end = _again(window, stacks, end)
    if stacks.frames < 1 or (head is None and stacks.frames < 2 and not stacks.placed):
        return None
    return _report(window, stacks, min(first, place if head is None else head), end, event)


def _again(window: Window, stacks: Stacks, end: int) -> int:
    """Where a report ends that Mono prints twice: as what nobody handled, then for its log."""
    found = _LOGGED.search(window.raw(end) or "") if stacks.said_first.unhandled else None
    if found is None or not found[1].startswith(stacks.said_first.error or found[1]):
        return end
    again = Stacks()
    again.said(f"Unhandled Exception: {found[1]}", end)
    at = end + 1
    while (line := window[at]) is not None and not window.is_record(at):
        if not again.feed(line, at):
            if again.frames or at >= end + _MESSAGE_LINES or not line.strip():
                break
            again.said(line, at)
        at += 1
    return at if again.frames and _named(again) == _named(stacks) else end


def _named(stacks: Stacks) -> list[tuple[str | None, ...]]:
    """The functions of each exception of a report."""
    return [tuple(frame.function for frame in trace.frames) for trace in stacks.traces()]


def _report(window: Window, stacks: Stacks, first: int, end: int, event: dict[str, str]) -> Report:
    """An exception as a report."""
    traces = stacks.traces()
    crash, said = traces[0], stacks.said_first
    code = said.code
    report = Report(
        first=first,
        end=end,
        kind=_kind(said),
        level="fatal" if said.unhandled or event else "error",
        handled=False if said.unhandled or event else None,
        traces=traces,
        error_type=crash.error_type,
        error_value=crash.error_value,
        error_code=code,
        error_code_name=code_name("windows", code) if code is not None else None,
        process=event.get("application"),
        facts=tuple((key, value) for key, value in event.items() if key != "application"),
        complete=crash.error_type is not None,
        leads=said.unhandled and not window.anchor.stream,
    )
    return dated(window, report, "", first) if event else report


def _kind(said: Said) -> str:
    """What happened, by how it was announced."""
    if said.error == _OOM:
        return "oom"
    if said.fatal:
        value = said.text()
        if value.startswith("Assertion failed"):
            return "assertion"
        return "abort" if said.error == "Process terminated" else "crash"
    return "exception"


def _alone(window: Window) -> Report | None:
    """An exception that ended the program and shows no stack."""
    said = error_of(window[0] or "")
    if said is None or not said.unhandled or (said.fatal and said.error in _WORDS):
        return None
    if "." not in (said.error or "") and said.code is None:
        # words in prose, or another runtime's
        return None
    stacks = Stacks()
    stacks.said(window[0] or "", 0)
    first, event = _event(window, 0)
    return _report(window, stacks, first, 1, event) if stacks.open else None


def _first_part(window: Window) -> int | None:
    """The first frame below the head; only message lines may stand between."""
    for index in range(1, _MESSAGE_LINES):
        line = window[index]
        if line is None or window.is_record(index) or (is_log(line) and not line.startswith("---")):
            return None
        if is_part(line):
            return index
        if UNHANDLED.match(line) and index > 1:
            return None
    return None


def _head(window: Window) -> int | None:
    """The line above a first frame that names the exception, None where none does."""
    weak: int | None = None
    for index in range(-1, -_MESSAGE_LINES, -1):
        line = window[index]
        if line is None or len(line) > _LINE_CHARS or frame(line):
            break
        said = error_of(line)
        if said is not None and not said.inner:
            if said.unhandled and said.error is None:
                return index
            before = window[index - 1] or ""
            bare = UNHANDLED.match(before)
            return index - 1 if bare and not before[bare.end() :].strip() else index
        if said is not None:
            # an inner exception: what holds it stands above, on the same line or one before
            weak = index
        if window.is_record(index) or is_log(line):
            break
    return weak


def _event(window: Window, head: int) -> tuple[int, dict[str, str]]:
    """The lines that Windows' event log writes above an exception: keys and values."""
    found: dict[str, str] = {}
    first = head
    for index in range(head, head - 8, -1):
        if index == head and not (window[index] or "").lstrip().startswith("Exception Info:"):
            break
        line = (window[index] or "").strip()
        match = EVENT.match(line)
        if index < head and match is None:
            break
        if match:
            key = match[1].lower().replace(" ", "_").replace(".", "")
            if key != "exception_info":
                found[key] = match[2].strip()
        first = index
    return first, found

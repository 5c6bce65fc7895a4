"""Swift: fatal errors, failed preconditions and assertions, and the backtraces that the runtime prints since Swift 5.9.

Facts: general knowledge of the Swift runtime on Linux, macOS and Windows. Grammar, one line each::

    fatal     = file ":" line ": " kind [ ": " message ] | kind [ ": " message ] ": file " file ", line " n
    kind      = "Fatal error" | "Precondition failed" | "Assertion failed" | "Swift runtime failure" | "fatal error"
    cast      = "Could not cast value of type '" type "' (0x" hex ") to '" type "' (0x" hex ")."
    access    = "Simultaneous accesses to 0x" hex ", but modification requires exclusive access."
    old       = "Current stack trace:" ( n image "0x" address symbol [ " + " offset ] )*
    crash     = mark ( "Program crashed: " | "Crash: " ) what " at 0x" hex
    thread    = "Thread " n [ ' "' name '"' ] [ " crashed" ] ":" frame*
    frame     = n ( " [" attribute "]" )* " 0x" address " " function [ " + " offset ] " in " image [ " at " place ]
    then      = "Registers:" ( name " 0x" hex ... )*
                "Images" [ " (" n " omitted)" ] ":" ( "0x" start "-0x" end build-id name path )*

A fatal error leads to the trap that a backtrace or another tool reports.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from triage.formats.exception_codes import name as code_name
from triage.formats.traces.block import AHEAD, Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.signal_names import spoken
from triage.formats.traces.swift_backtrace import Backtrace, old_row
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "swift"
TITLE: Final = "Swift fatal error or backtrace"
PLATFORM: Final = "swift"
ANCHORS: Final = (
    "Fatal error",
    "fatal error: ",
    "Precondition failed",
    "Assertion failed: ",
    "Swift runtime failure: ",
    "Could not cast value of type '",
    "Simultaneous accesses to 0x",
    "Program crashed: ",
    "Crash: ",
    "Current stack trace:",
    "crashed:",
)

_KINDS: Final = r"(?P<kind>Fatal error|fatal error|Precondition failed|Assertion failed|Swift runtime failure)"
_BEFORE: Final = lazy(r"[\w. -]{1,80}\[\d{1,9}(?::\w{1,16})?\] |Thread \d{1,6}: ")
_FIRST: Final = lazy(rf"(?P<file>[^\s:][^:]{{0,400}}\.swift):(?P<line>\d{{1,9}}): {_KINDS}(?:: (?P<text>.*))?$")
_LAST: Final = lazy(rf"{_KINDS}(?:: (?P<text>.*))?$")
_PLACE: Final = lazy(r"(?:^|: )file ([^,\n]{1,400}), line (\d{1,9})$")
_CAST: Final = lazy(r"Could not cast value of type '[^'\n]{1,1000}' \(0x[0-9a-fA-F]{1,16}\) to '[^'\n]{1,1000}'")
_ACCESS: Final = lazy(r"Simultaneous accesses to 0x([0-9a-fA-F]{1,16}), but modification requires exclusive access")
_PREVIOUS: Final = lazy(
    r"(?:Previous|Current) access \(a (read|modification)\) started at|Fatal access conflict detected"
)
_CRASH: Final = lazy(r"(?:[^\w\s]{1,4} ?)?(?:Program crashed|Crash): (?P<what>[A-Z].{2,200}?)(?: \*\*\*)?$")
_TRACED: Final = lazy(r"\*\*\* Signal (\d{1,3}): Backtracing from ")
_ABOVE: Final = 6
_FAULT: Final = lazy(r".* at 0x([0-9a-fA-F]{1,16})$")
# What the runtime of Swift 3 and 4 says without naming a place.
_OLD: Final = (
    "unexpectedly found nil",
    "Unexpectedly found nil",
    "Index out of range",
    "Array index out of range",
    "Negative Array index",
    "Not enough bits to represent",
    "Double value cannot be converted",
    "Can't form Range",
    "Can't unsafeBitCast",
    "Division by zero",
    "'try!' expression unexpectedly raised",
    "Error raised at top level",
    "Duplicate keys of type",
    "Dictionary literal contains duplicate keys",
    "Call of deleted method",
    "Attempted to read an unowned reference",
    "Duplicate values for key",
    "Use of unimplemented initializer",
)


def read(window: Window) -> Report | None:
    """The fatal error or the backtrace that the anchor line begins."""
    block = Block(window)
    line = (block[0] or "").strip()
    line = line[found.end() :] if (found := _BEFORE.match(line)) else line
    if found := _CRASH.match(line):
        return _crash(block, found["what"])
    if line.endswith("crashed:") and Backtrace.is_thread(line):
        return _crash(block, None)
    if line == "Current stack trace:":
        return _old(block, None)
    return _old(block, _fatal(line))


def _fatal(line: str) -> Report | None:
    """The error that a line tells."""
    if found := _FIRST.match(line):
        return _error(found["kind"], found["text"], found["file"], int(found["line"]))
    if found := _LAST.match(line):
        text = found["text"] or ""
        place = _PLACE.search(text[-440:])
        if place and place[1].endswith(".swift"):
            said = text[: len(text) - len(place[0])]
            return _error(found["kind"], said, place[1], int(place[2]))
        if found["kind"] in {"Fatal error", "fatal error"} and text.startswith(_OLD):
            return _error(found["kind"], text, None, None)
    if _CAST.match(line):
        return _error("invalid cast", line, None, None)
    if access := _ACCESS.match(line):
        report = _error("exclusive access violation", line, None, None)
        return replace(report, fault_address=int(access[1], 16), kind="race")
    return None


def _error(kind: str, text: str | None, file: str | None, line: int | None) -> Report:
    """A fatal error with its place as the only frame."""
    value = (text or "").strip() or None
    error = kind[0].upper() + kind[1:] if kind == "fatal error" else kind
    spot = (Frame(file=file, line=line, language="swift", trust="location", text_line=0),) if file else ()
    return Report(
        kind="assertion" if kind in {"Assertion failed", "Precondition failed"} else "crash",
        traces=(Trace(frames=spot, error_type=error, error_value=value),),
        error_type=error,
        error_value=value,
        leads=True,
    )


def _old(block: Block, said: Report | None) -> Report | None:
    """A fatal error, or the stack that the runtime printed below it before Swift 5.9, or both."""
    index = 0 if said is None else block.skip_blank(1, 1)
    if said is not None and said.kind == "race":
        index = 1
        while (line := block[index]) is not None and (_PREVIOUS.match(line) or old_row(line, 0) or not line.strip()):
            if index > AHEAD and not line.strip():
                break
            index += 1
        return replace(said, end=_back(block, index))
    if (block[index] or "").strip() != "Current stack trace:":
        return said
    end = index + 1
    frames: list[Frame] = []
    while (line := block[end]) is not None and (frame := old_row(line, end)):
        frames.append(frame)
        end += 1
    if not frames:
        return said
    if said is None:
        return Report(end=end, kind="dump", traces=(Trace(frames=tuple(frames)),), complete=False)
    trace = Trace(frames=tuple(frames), error_type=said.error_type, error_value=said.error_value, crashed=True)
    return replace(said, end=end, traces=(trace,))


def _back(block: Block, end: int) -> int:
    """The end of what is not blank."""
    while end > 1 and not (block[end - 1] or "").strip():
        end -= 1
    return end


def _trapped(block: Block, what: str | None) -> str | None:
    """The signal by which the runtime began to trace back, where it does not say what crashed."""
    for at in range(-1, -_ABOVE, -1) if what is None else ():
        if found := _TRACED.match(block.window[at] or ""):
            return code_name("linux", int(found[1]))
    return None


def _crash(block: Block, what: str | None) -> Report | None:
    """The report of the runtime's own backtracer."""
    backtrace = Backtrace()
    end = backtrace.read(block, 0 if what is None else 1)
    called = None if what is None else what.partition(" at 0x")[0]
    if what is None and not backtrace.stacks:
        return None
    if what is not None and end == 1 and not spoken(called):
        return None
    signal = spoken(called) or _trapped(block, what)
    fault = _FAULT.match(what or "")
    traces = backtrace.traces(called, what)
    arch, system = backtrace.platform
    return Report(
        end=end,
        kind="crash",
        traces=traces,
        error_type=called,
        error_value=what,
        signal=signal,
        fault_address=int(fault[1], 16) if fault else None,
        thread_id=next((trace.thread_id for trace in traces if trace.crashed), None),
        arch=arch,
        os_name=system,
        modules=tuple(backtrace.images),
        facts=(("images_omitted", backtrace.omitted),) if backtrace.omitted else (),
        complete=bool(traces) and bool(traces[0].frames) and what is not None,
        follows=signal in {"SIGILL", "SIGTRAP", "SIGABRT"},
    )

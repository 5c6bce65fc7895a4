r"""Apple's crash reports in text: `.crash` files, hang and sample reports, kernel panics, NSException logs.

Facts: general knowledge of ReportCrash, symbolicatecrash, PLCrashReporter, spindump, sample and XNU, held against
reports that people paste into issues. Grammar of a crash report::

    report    = header* section*
    header    = key ": " value          the keys of `KEYS`, in any order, blank lines between
    section   = thread frame* | exception frame* | exception "(0x" address … ")" | state registers* | "Binary Images:"
                image* | "Application Specific Information:" words | table | json
    thread    = "Thread " n [" name: " name] | "Thread " n [" Crashed"] ":" [": " name] ["Dispatch queue: " queue]
    exception = "Last Exception Backtrace:" | "Application Specific Backtrace " n ":" | "Exception Backtrace:"
    state     = "Thread " n " crashed with " processor " Thread State" [" (64-bit)"] ":"

Where the exception that nobody caught has a stack of its own, it is the crash; that of the thread which then aborted
has the role ``signal``. The other kinds are read by `apple_logs`, `apple_samples` and `apple_crashlytics`.
"""

from __future__ import annotations

import re
from typing import Final

from triage.formats.exception_codes import describe
from triage.formats.traces import apple_frames as lines
from triage.formats.traces.apple_crashlytics import crashlytics
from triage.formats.traces.apple_logs import exception_log, panic, terminated
from triage.formats.traces.apple_samples import sampled
from triage.formats.traces.apple_sections import (
    BACKTRACE,
    CRASHED,
    HEX,
    KEY,
    KEYS,
    RAW_STACK,
    RULE,
    STATE,
    Sections,
)
from triage.formats.traces.check_heads import asserted
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import BACK, Window
from triage.records import Trace, json_text
from triage.times import iso

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "apple"
TITLE: Final = "Apple crash report"
PLATFORM: Final = "native"
ANCHORS: Final = (
    "Incident Identifier:",
    "Process:  ",
    "Exception Type:  ",
    "Triggered by Thread:",
    "Crashed Thread:",
    "Last Exception Backtrace:",
    " Crashed:",
    " crashed with ",
    "Crashed: ",
    "Fatal Exception: ",
    "Terminating app due to uncaught exception",
    "First throw call stack:",
    "panic(cpu ",
    "Heaviest stack for the ",
    "Call graph:",
    "Analysis of sampling ",
)

_AHEAD: Final = 64
_STRONG: Final = frozenset(("Exception Type", "Crashed Thread", "Triggered by Thread", "Termination Reason"))
_SIGNAL: Final = lazy(r"\b(SIG[A-Z]{2,6})\b")
_ACCESSES: Final = frozenset(("EXC_BAD_ACCESS", "SIGSEGV", "SIGBUS"))
_AT: Final = lazy(r"\bat (?:address )?0x([0-9a-fA-F]{1,16})")
_PID: Final = lazy(r"(.{1,200}?) \[(\d{1,9})\]", re.DOTALL)


def read(window: Window) -> Report | None:
    """The report in which the anchor line lies, whichever of the kinds it is."""
    line = window[0] or ""
    if line.lstrip(" \t>").startswith(("Crashed: ", "Fatal Exception: ")):
        return crashlytics(window)
    if "panic(cpu " in line:
        return panic(window)
    if "Terminating app due to uncaught exception" in line or "First throw call stack:" in line:
        return exception_log(window)
    if "Heaviest stack for the " in line or line.startswith(("Call graph:", "Analysis of sampling ")):
        return sampled(window)
    if not _anchored(line):
        return None
    first = _begin(window)
    return _crash(window, first) if _sure(window, first) else None


def _anchored(line: str) -> bool:
    """Whether the line is one that a crash report has, cheap."""
    key = KEY.match(line)
    if key is not None and key[1].strip() in KEYS:
        return True
    return bool(CRASHED.match(line) or BACKTRACE.match(line) or STATE.match(line))


def _begin(window: Window) -> int:
    """The first line of the header, at most `BACK` lines above the anchor."""
    first, blanks = 0, 0
    for index in range(-1, -BACK, -1):
        line = window[index]
        if line is None or window.is_record(index) or blanks > 3:
            break
        key = KEY.match(line)
        if key is not None and key[1].strip() in KEYS:
            first, blanks = index, 0
        elif RULE.match(line.strip()) and line.strip():
            blanks += 1
            if first == index + 1:
                first = index
        else:
            blanks += 1
    return first


def _sure(window: Window, first: int) -> bool:
    """Whether a header or the heading of a stack stands here, and a frame, an exception or registers below it."""
    known, strong, proof = set[str](), False, False
    for index in range(first, _AHEAD):
        line = window[index]
        if line is None or (index > 0 and window.is_record(index)):
            break
        key = KEY.match(line)
        if key is not None and key[1].strip() in KEYS:
            known.add(key[1].strip())
            strong = strong or key[1].strip() in _STRONG
            proof = proof or (key[1].strip() == "Exception Type" and ("EXC_" in line or "SIG" in line))
        elif CRASHED.match(line) or BACKTRACE.match(line) or STATE.match(line):
            strong = True
        elif strong and (lines.frame(line) or RAW_STACK.match(line) or len(lines.registers(line)) > 1):
            proof = True
        if strong and proof and (len(known) > 1 or index > first):
            return True
    return False


def _crash(window: Window, first: int) -> Report:
    """Read on while lines belong to the report."""
    crash = Sections()
    end = index = first
    doubt = 0
    while doubt < 12 and (line := window[index]) is not None and not (index > 0 and window.is_record(index)):
        taken = crash.feed(index, line)
        if taken is False:
            break
        index += 1
        doubt = 0 if taken else doubt + 1
        end = index if taken else end
    return _report(crash, first, max(end, 1))


def _report(crash: Sections, first: int, end: int) -> Report:
    """The report from what its sections held."""
    keys = crash.keys
    kind, words = _exception(keys)
    said = "\n".join(crash.said).strip() or None
    thrown = terminated(said or "") or terminated(keys.get("Exception Reason", ""))
    process = _PID.match(keys.get("Process", ""))
    os_name, os_version = lines.system(keys.get("OS Version", ""))
    arch = lines.arch(keys.get("Code Type") or keys.get("Architecture") or "")
    number = lines.code_of(kind)
    detail = f"{keys.get('Exception Subtype', '')} {keys.get('Exception Codes', '')}"
    flags = [int(match[1], 16) for match in HEX.finditer(keys.get("Exception Codes", ""))][:2]
    is_access = kind in _ACCESSES or "KERN_" in detail or "SEGV_" in detail
    address = _AT.search(detail) if is_access else None
    fault = int(address[1], 16) if address else flags[1] if kind == "EXC_BAD_ACCESS" and len(flags) > 1 else None
    described = describe("macos", number, flags=flags[0] if flags else 0, arch=arch) if number else None
    named = re.search(r"\b(?:KERN|EXC_ARM|EXC_I386)_[A-Z_]{2,40}\b", detail)
    failed = None if thrown else asserted(said or "")
    value = thrown[1] if thrown else failed[1] if failed else said or keys.get("Exception Message") or _reason(keys)
    traces = _traces(crash, thrown[0] if thrown else kind, value)
    reason = f"{keys.get('Termination Reason', '')} {keys.get('Termination Description', '')} {detail}".upper()
    return Report(
        first=first,
        end=end,
        kind="exception" if thrown else "assertion" if failed else _kind(kind, reason),
        traces=traces,
        handled=False,
        error_type=thrown[0] if thrown else kind,
        error_value=value,
        error_code=number,
        error_code_name=f"{kind} / {named[0]}" if named and number else described.code_name if described else None,
        signal=_signal(words) or (described.signal if described else None),
        fault_address=fault,
        thread_id=traces[0].thread_id if traces else None,
        process=process[1] if process else keys.get("Process") or None,
        process_id=int(process[2]) if process else None,
        release=keys.get("Version") or None,
        os_name=os_name,
        os_version=os_version,
        arch=arch,
        device=keys.get("Hardware Model"),
        ts=iso(_zoned(keys.get("Date/Time", ""))),
        facts=tuple((key, text) for key, text in keys.items() if text and key not in _COLUMNS)
        + ((("Application Specific Information", said),) if failed and said else ())
        + ((("Thread State", crash.flavor),) if crash.flavor else ()),
        modules=tuple(crash.images),
        complete=bool(kind) and any(trace.frames for trace in traces),
    )


# These keys fill columns.
_COLUMNS: Final = frozenset(("Process", "Version", "Hardware Model", "Date/Time", "OS Version", "Code Type"))


def _exception(keys: dict[str, str]) -> tuple[str | None, str]:
    """The name of the exception, and all words of its line."""
    words = keys.get("Exception Type", "")
    return words.partition(" (")[0].partition(" - ")[0].strip() or None, words


def _signal(words: str) -> str | None:
    found = _SIGNAL.search(words)
    return found[1] if found else None


def _kind(name: str | None, reason: str) -> str:
    """What kind of event it is: a watchdog that ended the process, memory, or a crash."""
    if "8BADF00D" in reason or "WATCHDOG" in reason or "SCENE-" in reason:
        return "hang"
    return "oom" if "JETSAM" in reason or (name == "EXC_RESOURCE" and "MEMORY" in reason) else "crash"


def _reason(keys: dict[str, str]) -> str | None:
    """What else the report says of why."""
    for key in ("Termination Description", "Exception Subtype", "Termination Reason", "Termination Signal"):
        if keys.get(key):
            return keys[key]
    return None


def _zoned(text: str) -> str:
    """A printed time as ISO text: `2026-07-08 18:09:21.9265 -0400`."""
    parts = text.split()
    return f"{parts[0]}T{parts[1]}{parts[2] if len(parts) > 2 else ''}" if len(parts) > 1 else ""


def _traces(crash: Sections, error_type: str | None, value: str | None) -> tuple[Trace, ...]:
    """All stacks: that of the exception, or of the crashed thread, first."""
    images = lines.Images(crash.images)
    numbers = [
        crash.keys.get(key, "").partition(" ")[0].rstrip(",") for key in ("Crashed Thread", "Triggered by Thread")
    ]
    known = next((int(number) for number in numbers if number.isdecimal() and len(number) < 7), crash.state_of)
    thrown = next((stack for stack in crash.stacks if stack.role == "exception" and stack.frames), None)
    dead = next((s for s in crash.stacks if s.crashed), None) or next(
        (s for s in crash.stacks if s.role == "thread" and s.number == known is not None), None
    )
    ordered = [stack for stack in (thrown, dead) if stack]
    ordered += [stack for stack in crash.stacks if stack not in (thrown, dead) and (stack.frames or stack.number)]
    traces = []
    for stack in ordered:
        number = stack.number if stack.role == "thread" else dead.number if dead else known
        role = (
            "crash"
            if stack is ordered[0]
            else "signal"
            if stack is dead
            else "thread"
            if number is not None
            else "other"
        )
        traces.append(
            Trace(
                frames=tuple(lines.inlined([images.place(frame) for frame in stack.frames])),
                role="other" if stack.role == "exception" and stack is not thrown else role,
                error_type=error_type if stack is ordered[0] else None,
                error_value=value if stack is ordered[0] else None,
                thread_id=number,
                thread_name=stack.name or (crash.names.get(number) if number is not None else None) or None,
                crashed=stack in (dead, thrown),
                registers=json_text(crash.registers) if stack is (dead or thrown) and crash.registers else None,
                unwinder="text",
            )
        )
    return tuple(traces)

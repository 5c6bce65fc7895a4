r"""Java and Kotlin crashes as Android logs them: uncaught exceptions, violations of StrictMode, `Log.wtf`.

Facts: general knowledge of RuntimeInit, StrictMode and Log of Android 4 to 15. The stack is that of `java`. Grammar,
one line each::

    report  = ( fatal [ process ] | strict | terrible ) stack
    fatal   = "FATAL EXCEPTION: " thread | "*** FATAL EXCEPTION IN SYSTEM PROCESS: " thread
    process = "Process: " name ", PID: " n | "PID: " n
    strict  = "StrictMode policy violation" [ "; ~duration=" n " ms" ] ": " class …                the process goes on
    terrible = "android.util.Log$TerribleFailure: " message                                       the process goes on
    stack   = class [ ": " message lines ] ( "at " … | "Caused by: " … | "... " n " more" )*       see java

Lines in logcat carry a prefix each, often of the tag AndroidRuntime; it was taken off before.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from triage.formats.traces import hermes, java
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report, shifted
from triage.formats.traces.window import Window
from triage.records import Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "logcat"
TITLE: Final = "Android crash (logcat)"
PLATFORM: Final = "java"
ANCHORS: Final = ("FATAL EXCEPTION", "StrictMode policy violation", "android.util.Log$TerribleFailure")

_MESSAGE_LINES: Final = 40
_FATAL: Final = lazy(r"(?:\*\*\* )?FATAL EXCEPTION(?: IN SYSTEM PROCESS)?: (?P<thread>.{1,200})$")
_PROCESS: Final = lazy(r"(?:Process: (?P<process>[\w.:$-]{1,200}))?(?:, )?(?:PID: (?P<pid>\d{1,9}))?$")
_STRICT: Final = lazy(r"StrictMode policy violation(?:; ~duration=(?P<ms>\d{1,9}) ms)?: (?P<rest>\S.{0,2000})$")
_CLASS: Final = lazy(r"(?:[^\W\d][\w$]*\.){1,20}[^\W\d][\w$]*(?::|$)")
_NAMED: Final = lazy(r"((?:[^\W\d][\w$]*\.){1,20}[^\W\d][\w$]*)(?:: ?(.*))?$", re.DOTALL)
_FRAME: Final = lazy(r"\s*at [^\s(]{1,1000} ?\(.{0,400}\)|\s*\.\.\. \d{1,9} (?:more|common frames)")
_SECTION: Final = lazy(r"\s*(?:Caused by|Suppressed|Wrapped by|\[CIRCULAR REFERENCE):? ?\S")


def read(window: Window) -> Report | None:
    """The crash that the line announces."""
    text = (window[0] or "").strip()
    fatal = _FATAL.match(text)
    if fatal is not None:
        return _crash(window, fatal["thread"].strip())
    strict = _STRICT.match(text)
    if strict is not None:
        end = _end(window, 1)
        found = _java(window, 1, end, strict["rest"])
        facts = (("duration_ms", strict["ms"]),) if strict["ms"] else ()
        return _logged(found, end, facts) if end > 1 else None
    if text.startswith("android.util.Log$TerribleFailure"):
        end = _end(window, 1)
        return _logged(_java(window, 0, end), end, ()) if end > 1 else None
    return None


def _crash(window: Window, thread: str) -> Report | None:
    """An uncaught exception of a thread."""
    process: str | None = None
    pid: int | None = None
    start = 1
    while start < 3 and (found := _PROCESS.match((window[start] or "-").strip())) is not None and found[0]:
        process, pid = found["process"] or process, int(found["pid"]) if found["pid"] else pid
        start += 1
    stream = window.anchor.stream
    if pid is None and stream[:1] == ("logcat",):
        told = stream[1] if len(stream) == 4 else stream[2] if len(stream) == 3 else ""
        pid = int(told) if told.isdigit() else None
    end = _end(window, start)
    traces = _java(window, start, end)
    if not traces and end == start and pid is None:
        return None
    traces = tuple(
        replace(trace, thread_name=thread, crashed=True) if place == 0 else trace for place, trace in enumerate(traces)
    )
    crash = traces[0] if traces else Trace(thread_name=thread, crashed=True)
    if (crash.error_type or "").endswith(".JavascriptException") and (
        script := hermes.wrapped(crash.error_value or "", start)
    ):
        # the bridge throws on what happened in JavaScript
        crash = replace(script, thread_name=thread, crashed=True)
        traces = (crash, *(replace(trace, role="other", crashed=None) for trace in traces))
    return Report(
        end=max(end, start),
        kind="exception",
        traces=traces or (crash,),
        handled=False,
        error_type=crash.error_type,
        error_value=crash.error_value,
        process_id=pid,
        process=process,
        os_name="Android",
        complete=bool(crash.frames),
    )


def _logged(traces: tuple[Trace, ...], end: int, facts: tuple[tuple[str, str], ...]) -> Report | None:
    """An exception that is logged and does not end the process."""
    if not traces:
        return None
    return Report(
        end=end,
        kind="assertion",
        level="warning",
        handled=True,
        traces=traces,
        error_type=traces[0].error_type,
        error_value=traces[0].error_value,
        os_name="Android",
        facts=facts,
        complete=bool(traces[0].frames),
    )


def _end(window: Window, start: int) -> int:
    """Behind the last frame or section; message lines may stand between them, and before the first."""
    end = index = start
    message = 0
    framed = False
    while message <= _MESSAGE_LINES and (line := window[index]) is not None and not window.is_record(index):
        if _FRAME.match(line):
            end, message, framed = index + 1, 0, True
        elif _SECTION.match(line) or (index == start and _CLASS.match(line.strip())):
            end, message = index + 1, 1
        elif framed and not message:
            break
        else:
            message += 1
        index += 1
    return end


def _java(window: Window, start: int, end: int, before: str | None = None) -> tuple[Trace, ...]:
    """The stack of these lines; its head may stand on another."""
    lines = window.slice(start, end)
    if before is not None:
        lines.insert(0, before)
    # older versions and Play write a space before the bracket
    text = "\n".join(re.sub(r"^(\s*at [^\s(]{1,1000}) \(", r"\1(", line) for line in lines)
    if not text.strip():
        return ()
    traces = java.parse(text)
    named = _NAMED.match(text) if not traces else None
    if named is not None:
        # cut before its first frame
        return (Trace(error_type=named[1], error_value=named[2] or None),)
    return shifted(traces, start - (before is not None))

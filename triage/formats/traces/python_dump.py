"""What faulthandler prints: a fatal error or a timeout, the stacks of all threads, since 3.14 also the stack of C."""

from __future__ import annotations

import re
from typing import Final

from triage.formats.exception_codes import name as code_name
from triage.formats.traces.log_lines import is_log
from triage.formats.traces.patterns import lazy
from triage.formats.traces.python_traceback import FRAME, frame
from triage.formats.traces.reports import Report, shifted
from triage.formats.traces.signal_names import spoken
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("CALLED_FIRST", "FATAL", "dumped", "report")

CALLED_FIRST: Final = "(most recent call first)"
FATAL: Final = lazy(r"(Fatal Python error|Windows fatal exception): ?(.*)$|(Timeout) \(([^)\n]{0,40})\)!", re.MULTILINE)
_THREAD: Final = lazy(r"(Current thread|Thread) 0x([0-9a-fA-F]{1,16})(?: \[([^\]]*)\])? ?\(most recent call first\)")
_C_STACK: Final = lazy(r"(?:Current thread's C stack trace|C stack trace) \(most recent call first\)")
_BINARY: Final = lazy(
    r'\s*Binary file "([^"]*)"(?:, at ([^\s+]{0,400})(?:\+0x([0-9a-fA-F]{1,16}))?)? ?(?:\[0x([0-9a-fA-F]{1,16})\])?\s*$'
)
_EXTENSIONS: Final = lazy(r"Extension modules: (.*?)(?: \(total: \d+\))?$")
_STATE: Final = lazy(r"Python runtime state: (.*)$")
_WINDOWS: Final = {
    "access violation": 0xC0000005,
    "stack overflow": 0xC00000FD,
    "int divide by zero": 0xC0000094,
    "int overflow": 0xC0000095,
    "float divide by zero": 0xC000008E,
    "float overflow": 0xC0000091,
    "page error": 0xC0000006,
}
_CODE: Final = lazy(r"code 0x([0-9a-fA-F]{1,8})$")
_GAP: Final = 3
# Where a first frame must have come, below an error and below a thread alone.
_LOOK: Final = 64
_NEAR: Final = 8


def dumped(text: str) -> list[Trace]:
    """The threads of a faulthandler dump, the current one first."""
    fatal = FATAL.search(text)
    error, message = ((fatal[1] or fatal[3]), (fatal[2] or fatal[4])) if fatal else (None, None)
    threads: list[tuple[re.Match[str] | None, list[Frame]]] = []
    native: list[Frame] = []
    frames: list[Frame] | None = None
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
        if CALLED_FIRST in line:
            frames = native if _C_STACK.match(line.strip()) else []
            if frames is not native:
                threads.append((_THREAD.search(line), frames))
        elif frames is not None and (read := _called(line, number)):
            frames.append(read)
        elif frames is not None and line.strip() and not line.startswith("  "):
            frames = None
    current = next((index for index, (head, _) in enumerate(threads) if head and head[1] == "Current thread"), 0)
    out: list[Trace] = []
    for index, (head, held) in enumerate(threads):
        crashed = index == current
        trace = Trace(
            frames=tuple(held),
            role="crash" if crashed else "thread",
            error_type=error if crashed else None,
            error_value=message if crashed else None,
            thread_id=int(head[2], 16) if head else None,
            thread_name=head[3] if head else None,
            crashed=crashed if fatal else None,
        )
        out.insert(0 if crashed else len(out), trace)
    if native:
        out.append(Trace(frames=tuple(native), role="other", thread_id=out[0].thread_id if out else None))
    return out


def _called(line: str, number: int) -> Frame | None:
    """A frame of a dump, of Python or of C."""
    if found := FRAME.match(line):
        return frame(found, number)
    mark = line.strip()
    if found := _BINARY.match(line):
        symbol, offset = found[2] or None, int(found[3], 16) if found[3] else None
        return Frame(
            function=symbol,
            module=found[1],
            symbol_offset=offset if symbol else None,
            module_offset=None if symbol else offset,
            address=int(found[4], 16) if found[4] else None,
            trust="text",
            text_line=number,
        )
    if mark == "..." or mark.startswith("<truncated rest of calls"):
        return Frame(function_raw=mark, frame_kind="elided", language="python", text_line=number)
    if line[:1].isspace() and (mark in {"<no Python frame>", "Garbage-collecting"} or mark.startswith("<cannot get ")):
        return Frame(function_raw=mark, frame_kind="note", language="python", text_line=number)
    return None


def report(window: Window) -> Report | None:
    """The dump that begins at the anchor, or in whose beginning it lies."""
    head = window[0] or ""
    fatal = FATAL.match(head)
    if (
        fatal is None
        and not _THREAD.search(head)
        and not head.strip().startswith(("Stack (most", "Current thread's C"))
    ):
        return None
    end = _end(window, fatal=fatal is not None)
    lines = window.slice(0, end)
    traces = shifted(dumped("\n".join(lines)), 0)
    if fatal is None and not any(trace.frames for trace in traces):
        return None
    error = (fatal[1] or fatal[3]) if fatal else None
    said = (fatal[2] or fatal[4] or "") if fatal else ""
    code = _WINDOWS.get(said) or (int(found[1], 16) if (found := _CODE.match(said)) else None)
    signal = spoken(said)
    if not traces and error:
        traces = (Trace(error_type=error, error_value=said or None, crashed=True),)
    return Report(
        end=end,
        kind="dump" if error is None else "timeout" if error == "Timeout" else "crash" if signal or code else "abort",
        level="fatal" if error else "info",
        handled=None if error is None or error == "Timeout" else False,
        traces=traces,
        error_type=error,
        error_value=said or None,
        error_code=code,
        error_code_name=code_name("windows", code) if code else None,
        signal=signal,
        thread_id=traces[0].thread_id if traces else None,
        facts=tuple(_facts(lines)),
        complete=fatal is not None,
        leads=error is not None and error != "Timeout",
    )


def _end(window: Window, *, fatal: bool) -> int:
    """Where the dump ends: behind the last line of its grammar."""
    index = end = 1
    listed = CALLED_FIRST in (window[0] or "")
    framed = False
    while (line := window[index]) is not None and not window.is_record(index) and index - end <= _GAP:
        index += 1
        mark = line.strip()
        called = _called(line, 0) is not None
        framed = framed or called
        known = called or CALLED_FIRST in line or mark.startswith(("Extension modules:", "Python runtime "))
        if known or (mark.startswith("<") and index <= _GAP):
            end, listed = index, listed or CALLED_FIRST in line
        elif mark and (listed or is_log(line)):
            # between the error and the first thread the interpreter may print what is pending
            break
        if not framed and index > (_LOOK if fatal else _NEAR):
            break
    return end


def _facts(lines: list[str]) -> list[tuple[str, str]]:
    """The extension modules that are loaded, and what the interpreter was doing."""
    found = []
    for line in lines:
        if extensions := _EXTENSIONS.match(line.rstrip()):
            found.append(("extension_modules", extensions[1]))
        elif state := _STATE.match(line):
            found.append(("runtime_state", state[1]))
    return found

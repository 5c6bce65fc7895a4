"""Python stacks: tracebacks of the interpreter, of IPython, rich, pytest and fuzzers, and faulthandler's dumps.

Facts: run with CPython 3.11, and the shapes of 2.7 to 3.14 as its documentation prints them; DebugBundle's form as its
Python SDK 2.0.1 writes it; fuzzers' forms held against reports that they collected. Grammar, one line each, `|` and `+`
margins around exception groups taken off first::

    traceback  = [ "Exception in thread " name ":" ] [ prefix ] "Traceback (most recent call last):" frame* error
    frame      = '  File "' path '", line ' n [ ", in " function ] [ source line [ markers of ~ and ^ ] ]
               | "  [Previous line repeated " n " more times]"
    error      = type [ ": " message lines up to a blank line ]
    chain      = traceback "During handling of ..." | "The above exception was the direct cause ..." traceback
    dump       = [ fatal ] ( "Current thread 0x" hex | "Thread 0x" hex ) " (most recent call first):" called*
    called     = '  File "' path '", line ' n " in " function | "  ..."
    short      = type ": " message lines ( "  File " path ", line " n ", in " function )* [ "Caused by:" short ]
    fuzzed     = "=== Uncaught Python exception: ===" error traceback
    sanitized  = "===BUG DETECTED: PySecSan: " type " ===" text* "[PYSECSAN] Stacktrace:" frame* "[PYSECSAN] Exiting"

Tracebacks and the short form print the oldest call first, dumps the innermost. Tracebacks print causes first, the short
form last. A traceback whose head is lost is read from its first frame on. What Sentry mails: see `sentry_text`.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from triage.formats.traces import python_dump, python_notebook, python_pytest, sentry_text
from triage.formats.traces.patterns import lazy
from triage.formats.traces.python_dump import CALLED_FIRST, dumped
from triage.formats.traces.python_traceback import ERROR, FRAME, HEADER, extent, is_error, tracebacks
from triage.formats.traces.reports import Report, shifted
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "parse", "probe", "read")

NAME: Final = "python"
TITLE: Final = "Python traceback"
PLATFORM: Final = "python"
ANCHORS: Final = (
    HEADER,
    CALLED_FIRST,
    "Uncaught Python exception",
    "Fatal Python error: ",
    "Windows fatal exception: ",
    "BUG DETECTED: PySecSan",
    '", line ',
    "Timeout (",
    "____ ",
    "E   ",
    "Cell In[",
)

_PROBE: Final = lazy(r'^[ \t|+]*File (?:"[^"\n]*"|[^"\s][^\n]*), line (?:\d|\?\?\?)', re.MULTILINE)
_ANSI: Final = lazy(r"\x1b\[[0-9;]{0,24}m")
_SHORT: Final = lazy(r"\s+File (.+), line (\d{1,9})(?:, in (.*))?$")
_DETECTED: Final = lazy(r"=*BUG DETECTED: (PySecSan: .*?) ?=*$")
# What the line above a traceback says of it, whether somebody handled it, and the name of a thread in it.
_ABOVE: Final = lazy(
    r"(?P<ignored>Exception ignored (?:in|on|while)\b|Error in sys\.excepthook:|Error in atexit\.)"
    r"|Exception in thread (?P<thread>.{1,200}):$|Process (?P<process>[\w-]{1,80}):$|future: <"
    r"|Exception in threading\.excepthook:"
)
_LOOK: Final = 64
_MEMORY: Final = frozenset({"MemoryError", "numpy.core._exceptions._ArrayMemoryError"})


def probe(text: str) -> bool:
    """Whether the text holds a Python frame line or the head of a traceback."""
    return f"{HEADER}:" in text or f"{CALLED_FIRST}:" in text or _PROBE.search(text) is not None


def parse(text: str) -> list[Trace]:
    """Read a Python stack, innermost frames first.

    Examples
    --------
    >>> text = "ValueError: b\\n  File /a.py, line 2, in f\\nCaused by:\\nKeyError: a\\n  File /a.py, line 1, in g"
    >>> crash, cause = parse(text)
    >>> crash.error_type, crash.frames[0].function, cause.role, cause.error_value
    ('ValueError', 'f', 'cause', 'a')
    """
    text = _ANSI.sub("", text) if "\x1b" in text else text
    if CALLED_FIRST in text:
        found = dumped(text)
        return tracebacks(text) + found if HEADER in text else found
    if HEADER in text or 'File "' in text:
        return tracebacks(text)
    return _short(text)


def read(window: Window) -> Report | None:
    """The traceback, dump or failure at the anchor."""
    line = window[0] or ""
    if len(line) > 10_000:
        return None
    if "Uncaught Python exception" in line:
        return _fuzzed(window)
    if detected := _DETECTED.match(line.strip()):
        return _sanitized(window, detected[1])
    if line.startswith(sentry_text.BEGINS):
        return sentry_text.report(window, NAME)
    if CALLED_FIRST in line or python_dump.FATAL.match(line):
        return python_dump.report(window)
    if HEADER in line:
        return _headed(window, line)
    if FRAME.match(line):
        return _headless(window)
    if "Cell In[" in line:
        cell = python_notebook.unread(window)
        return _report(window, 0, cell[0], cell[1], complete=True) if cell else None
    if found := python_pytest.failure(window):
        first, end, traces, title = found
        facts = (("test", title),) if title else ()
        return _report(window, first, end, traces, complete=title is not None, facts=facts)
    return None


def _headed(window: Window, line: str) -> Report | None:
    """The traceback below its header."""
    mark = line.strip(" \t|+│─╭╮-")
    if (
        line.lstrip()[:1] in {"╭", "┌", "+"}
        and mark == f"Traceback {HEADER}"
        and (box := python_notebook.drawn(window))
    ):
        return _report(window, 0, box[0], box[1], complete=box[2])
    if not mark.endswith((HEADER, f"{HEADER}:")):
        return None
    if "Traceback" not in mark:
        return _shown(window, mark)
    if found := (python_notebook.notebook(window) if not line[:1].isspace() else None):
        return _report(window, found[0], found[1], found[2], complete=found[3])
    if not mark.endswith(":"):
        return None
    end, frames, errors = extent(window, 1)
    if not frames:
        # examples in documentation leave the frames out
        return None
    first, above = _above(window)
    traces = shifted(tracebacks("\n".join(window.slice(0, end))), 0)
    if above is not None and above["thread"] and traces:
        traces = (replace(traces[0], thread_name=above["thread"]), *traces[1:])
    if not errors and (said := _announced(window)):
        first, errors = -1, 1
        traces = (replace(traces[0], error_type=said[1], error_value=said[2] or None), *traces[1:])
    ignored = above is not None and above["ignored"] is not None
    facts = (("context", window[first] or ""),) if above is not None else ()
    return _report(window, first, end, traces, complete=errors > 0, handled=True if ignored else None, facts=facts)


def _announced(window: Window) -> re.Match[str] | None:
    """The error in the line above a header, where a runtime in the cloud logs it before the traceback."""
    text = window[-1] or ""
    named = f"[ERROR] {text}" in (window.raw(-1) or "") and is_error(text)
    return ERROR.match(text) if named else None


def _above(window: Window) -> tuple[int, re.Match[str] | None]:
    """The line above a header that belongs to it: the name of the thread or process, or why nobody raised it."""
    for index in (-1, -2):
        line = window[index]
        if line is None or line[:1].isspace():
            break
        if found := _ABOVE.match(line):
            return (index - 1 if (window[index - 1] or "").endswith("was never retrieved") else index), found
    return 0, None


def _headless(window: Window) -> Report | None:
    """A traceback whose header is lost, or a syntax error that has none."""
    end, frames, errors = extent(window, 0, headed=False)
    traces = shifted(tracebacks("\n".join(window.slice(0, end))), 0)
    if not traces or not frames or (not errors and frames < 2):
        return None
    whole = errors > 0 and (traces[0].error_type or "").endswith(("SyntaxError", "IndentationError", "TabError"))
    return _report(window, 0, end, traces, complete=whole)


def _shown(window: Window, mark: str) -> Report | None:
    """A stack that was printed without an error: where a record was logged, where an object was made."""
    end, frames, _ = extent(window, 1)
    if not frames:
        return None
    while end > 1 and not (window[end - 1] or " ")[:1].isspace():
        end -= 1
    traces = shifted(tracebacks("\n".join(window.slice(0, end))), 0)
    traces = tuple(replace(t, role="other", error_type=None, error_value=None) for t in traces if t.frames)
    return Report(end=end, kind="dump", level="info", traces=traces, facts=(("context", mark),))


def _fuzzed(window: Window) -> Report | None:
    """What a fuzzer's hook prints: the error, then the traceback."""
    head = next(
        (i for i in range(1, _LOOK) if (line := window[i]) is None or HEADER in line or FRAME.match(line)), _LOOK
    )
    error, value, end = None, None, 1
    said = [line for line in window.slice(1, min(head, _LOOK)) if line.strip()]
    headed = window[head] is not None and HEADER in (window[head] or "")
    if window[head] is None or head == _LOOK:
        if not said or not (found := ERROR.match(said[0])):
            return None
        return _report(
            window, 0, 2, [Trace(error_type=found[1], error_value=found[2] or None)], complete=False, fuzzed=True
        )
    inner = (window[head] or "").partition("Traceback ")[0].strip().rstrip(":")
    if said and (found := ERROR.match("\n".join(said))):
        error, value = found[1], found[2] or None
    end, frames, _ = extent(window, head + headed, headed=headed, announced=said[0] if said else None)
    traces = shifted(tracebacks("\n".join(window.slice(0, end))), 0)
    if not frames or not traces:
        return None
    if error is not None:
        traces = (replace(traces[0], error_type=error, error_value=value), *traces[1:])
    facts = (("raised_as", inner),) if inner else ()
    return _report(window, 0, end, traces, complete=traces[0].error_type is not None, facts=facts, fuzzed=True)


def _sanitized(window: Window, kind: str) -> Report | None:
    """A finding of PySecSan."""
    said: list[str] = []
    frames: list[Frame] = []
    index = end = 1
    while (line := window[index]) is not None and index - end < _LOOK:
        mark = line.strip()
        if found := FRAME.match(line):
            frames.append(
                Frame(
                    function=found[3],
                    file=found[1],
                    line=int(found[2]) if found[2].isdigit() else None,
                    language="python",
                    trust="text",
                    text_line=index,
                )
            )
        elif mark.startswith("[PYSECSAN]") or not frames:
            said.append(mark.removeprefix("[PYSECSAN]").strip())
        elif not line[:1].isspace() or not mark:
            break
        index += 1
        end = index if mark and (frames or mark.startswith("[PYSECSAN]")) else end
        if mark == "[PYSECSAN] Exiting":
            break
    value = "\n".join(text for text in said[: end - 1] if text and text not in {"Stacktrace:", "Exiting"}) or None
    trace = Trace(frames=tuple(reversed(frames)), error_type=kind, error_value=value)
    first = -1 if (window[-1] or "").startswith("=====") else 0
    return Report(
        first=first,
        end=end,
        kind="crash",
        handled=False,
        traces=(trace,),
        error_type=kind,
        error_value=value,
        complete=bool(frames),
        leads=True,
    )


def _report(
    window: Window,
    first: int,
    end: int,
    traces: list[Trace] | tuple[Trace, ...],
    *,
    complete: bool,
    handled: bool | None = None,
    facts: tuple[tuple[str, str], ...] = (),
    fuzzed: bool = False,
) -> Report:
    """An exception as a report; what a log record holds did not end the program, as far as one can tell."""
    crash = traces[0]
    logged = bool(window.anchor.stream)
    return Report(
        first=first,
        end=end,
        kind="oom" if crash.error_type in _MEMORY else "exception",
        level="fatal" if fuzzed else "error",
        handled=False if fuzzed else handled,
        traces=tuple(traces),
        error_type=crash.error_type,
        error_value=crash.error_value,
        facts=facts,
        complete=complete,
        leads=fuzzed or not (logged or handled),
    )


def _short(text: str) -> list[Trace]:
    """The short form: the exception that surfaced, then its causes, each oldest call first."""
    out: list[Trace] = []
    head: list[str] = []
    frames: list[Frame] = []

    def close() -> None:
        error = ERROR.match("\n".join(head).strip())
        if frames or error:
            trace = Trace(
                frames=tuple(reversed(frames)),
                role="cause" if out else "crash",
                chain_no=len(out),
                error_type=error[1] if error else None,
                error_value=(error[2] or None) if error else "\n".join(head).strip() or None,
            )
            out.append(trace)
        head.clear()
        frames.clear()

    for line in text.replace("\r\n", "\n").split("\n"):
        if frames and line.strip() == "Caused by:":
            close()
        elif found := _SHORT.match(line):
            frames.append(Frame(function=found[3], file=found[1], line=int(found[2]), language="python", trust="text"))
        elif not frames:
            head.append(line)
        elif line.strip():
            frames.append(Frame(function_raw=line.strip(), frame_kind="note", language="python"))
    close()
    return out

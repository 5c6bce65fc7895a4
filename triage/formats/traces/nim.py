"""Nim: exceptions that nobody caught and signals, with the stack that the runtime prints.

Facts: general knowledge of Nim 1 and 2. Grammar, one line each::

    report = [ "Traceback (most recent call last)" ] row*  end
    row    = file "(" n ")" blanks function | "[[reraised from:" | "]]" | "(" n " calls omitted) ..."
    end    = "Error: unhandled exception: " message " [" type "]" | "SIGSEGV: Illegal storage access. ..."
           | "Error: call depth limit reached in a debug build ..."

The last call stands last, so the rows are turned round.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "nim"
TITLE: Final = "Nim exception"
PLATFORM: Final = "nim"
ANCHORS: Final = (".nim(", "Error: unhandled exception: ", "SIGSEGV: Illegal storage access")

_ROW: Final = lazy(
    r"(?!Error: )(?P<file>\S.{0,600}?\.nims?)\((?P<line>\d{1,9})(?:, \d{1,9})?\) {1,40}(?P<function>\S.{0,300})$"
)
_OMITTED: Final = lazy(r"\s{0,8}\((?P<count>\d{1,9}) calls omitted\)")
_OTHER: Final = lazy(r"\[\[reraised from:|\]\]$|Traceback \(most recent call last")
_ERROR: Final = lazy(r"(?:\S{1,200}\(\d{1,9}(?:, \d{1,9})?\) )?Error: unhandled exception: (?P<text>.*)$")
_DEEP: Final = lazy(r"Error: (?P<text>call depth limit reached in a debug build \(.*)$")
_TYPED: Final = lazy(r"[A-Za-z_]\w{0,100}\]$")
_SIGNAL: Final = lazy(r"(?P<signal>SIGSEGV|SIGABRT|SIGFPE|SIGILL|SIGBUS|SIGINT): (?P<text>\S.{0,300})$")
_MOST, _BACK, _MESSAGE = 20_000, 60, 12


def read(window: Window) -> Report | None:
    """The exception below the rows of which the anchor line is one, or at the anchor line."""
    line = window[0] or ""
    block = Block(window)
    if not (_ROW.match(line) or _ERROR.match(line) or _SIGNAL.match(line)):
        return None
    first = 0
    while first > -_BACK and (above := window[first - 1]) is not None and not window.is_record(first):
        if not (_ROW.match(above) or _OMITTED.match(above) or _OTHER.match(above)):
            break
        first -= 1
    index, rows = first, list[Frame]()
    while index - first < _MOST and (row := block[index] if index > 0 else window[index]) is not None:
        if found := _ROW.match(row):
            name = found["function"].strip()
            file, number = found["file"], int(found["line"])
            rows.append(Frame(function=name, file=file, line=number, language="nim", trust="text", text_line=index))
        elif omitted := _OMITTED.match(row):
            count = int(omitted["count"])
            rows.append(
                Frame(frame_kind="elided", repeat=count, function_raw=row.strip(), language="nim", text_line=index)
            )
        elif not _OTHER.match(row):
            break
        index += 1
    return _report(block, first, index, rows)


def _report(block: Block, first: int, end: int, rows: list[Frame]) -> Report | None:
    """The report of the rows and of what stands below them."""
    line = block[end] or "" if end >= 0 else ""
    error, signal, deep = _ERROR.match(line), _SIGNAL.match(line), _DEEP.match(line)
    kind, name, value = "exception", None, None
    if error:
        lines, at = [error["text"]], end + 1
        # a message may have lines; the last of them names the type
        while (typed := _typed(lines[-1])) is None and at - end < _MESSAGE and (more := block[at]) is not None:
            if not more.strip() or block.window.is_record(at):
                break
            lines.append(more)
            at += 1
        if typed is None:
            value, name = error["text"].strip() or None, "Exception"
        else:
            value, name = "\n".join([*lines[:-1], typed[0]]), typed[1]
            end += len(lines) - 1
    elif signal:
        kind, name, value = "crash", signal["signal"], signal["text"]
    elif deep and rows:
        kind, name, value = "crash", "stack overflow", deep["text"]
    elif len(rows) < 2:
        return None
    assertion = name in {"AssertionDefect", "AssertionError"}
    frames = tuple(reversed(rows))
    told = name is not None
    return Report(
        first=first,
        end=end + told,
        kind="assertion" if assertion else kind if told else "dump",
        level="fatal" if told else "error",
        handled=False if told else None,
        traces=(Trace(frames=frames, error_type=name, error_value=value, crashed=True if told else None),),
        error_type=name,
        error_value=value,
        signal=name if signal else None,
        complete=told,
    )


def _typed(line: str) -> tuple[str, str] | None:
    """The end of a message and the type behind it."""
    text, _, kind = line.rstrip().rpartition(" [")
    return (text, kind[:-1]) if _TYPED.match(kind) else None

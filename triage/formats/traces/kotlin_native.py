r"""Kotlin/Native: what nobody caught, with its stack of native frames.

Facts: general knowledge of Kotlin/Native 1.3 to 2.1 on Linux, macOS and Windows. Grammar, one line each::

    report = [ "Uncaught Kotlin exception: " ] type [ ": " message lines ] frame+ ( "Caused by: " type ... frame+ )*
    frame  = spaces "at " n [ image ] "0x" hex symbol [ " + " offset ] [ " (" file ":" line ":" column ")" ]
    symbol = "kfun:" package "." class "#" name "(" types "){}" type | "kfun:" package "#" name ... | native
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "kotlin-native"
TITLE: Final = "Kotlin/Native exception"
PLATFORM: Final = "native"
ANCHORS: Final = ("Uncaught Kotlin exception: ",)

_HEAD: Final = lazy(r"(?:.{0,40}Uncaught Kotlin exception|Caused by): (?P<type>[\w.$]{1,300})(?:: (?P<text>.*))?$")
_FRAME: Final = lazy(
    r"\s{0,8}at \d{1,5}\s{1,8}(?:(?P<module>\S.{0,120}?)\s{1,60})?(?:0x)?(?P<address>[0-9a-fA-F]{6,16})\s{1,16}"
    r"(?P<name>\S.{0,2000}?)(?: \+ (?P<offset>\d{1,9}))?"
    r"(?: \((?P<file>[^()]{1,400}?):(?:\[inlined:\])?(?P<line>\d{1,9})(?::\d{1,9})?\))?\s*$"
)
_MESSAGE: Final = 24
_CHAINED: Final = 12
# The constructors of the error itself.
_MADE: Final = ("kfun:kotlin.Throwable#<init>", "kfun:kotlin.Exception#<init>", "kfun:kotlin.Error#<init>")


def read(window: Window) -> Report | None:
    """The exception that begins at the anchor line, with its causes."""
    block = Block(window)
    traces: list[Trace] = []
    end = 0
    while len(traces) < _CHAINED and (head := _HEAD.match((block[end] or "").rstrip())):
        start = next((at for at in range(end + 1, end + _MESSAGE) if _FRAME.match(block[at] or "")), None)
        if start is None:
            break
        said = "\n".join([head["text"] or "", *(block[at] or "" for at in range(end + 1, start))]).strip()
        frames: list[Frame] = []
        end = start
        while frame := _frame(block[end] or "", end):
            frames.append(frame)
            end += 1
        role = "cause" if traces else "crash"
        traces.append(
            Trace(
                frames=tuple(frames),
                role=role,
                chain_no=len(traces),
                error_type=head["type"],
                error_value=said or None,
            )
        )
    if not traces:
        return None
    return Report(
        end=end,
        kind="exception",
        handled=False,
        traces=tuple(traces),
        error_type=traces[0].error_type,
        error_value=traces[0].error_value,
        leads=True,
    )


def _frame(line: str, at: int) -> Frame | None:
    """The frame that a line holds; a Kotlin function is named as the JVM would name it."""
    found = _FRAME.match(line)
    if found is None:
        return None
    raw = found["name"]
    name = raw
    if raw.startswith("kfun:"):
        name = raw.removeprefix("kfun:").partition("(")[0].partition("{")[0].replace("#", ".").lstrip(".")
    own = not (raw.startswith(_MADE) or "Exception#<init>" in raw or "Error#<init>" in raw)
    return Frame(
        function=name or None,
        function_raw=raw if raw != name else None,
        module=found["module"],
        address=int(found["address"], 16),
        symbol_offset=int(found["offset"]) if found["offset"] else None,
        file=found["file"],
        line=int(found["line"]) if found["line"] else None,
        language="java" if raw.startswith("kfun:") else "native",
        in_app=None if own else False,
        trust="text",
        text_line=at,
    )

r"""Clojure: exceptions as `clojure.stacktrace` prints them.

Facts: general knowledge of Clojure 1.5 to 1.12. Grammar, one line each::

    report = part ( "Caused by: " part )*
    part   = class ": " message [ data ]  " at " frame  ( ( " at " | "    " ) frame )*
    frame  = name " (" ( ( file | "NO_SOURCE_FILE" | "REPL" ) [ ":" line ] | "Native Method" | "Unknown Source" ) ")"

What the JVM prints itself has a tab and no blank before the bracket; that is `triage.formats.traces.java`'s.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.formats.traces.wrappers import unwrapped
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "clojure"
TITLE: Final = "Clojure stack trace"
PLATFORM: Final = "jvm"
ANCHORS: Final = (".invokeStatic (", ".invoke (", ".doInvoke (", ".applyTo (", ".applyToHelper (")

_FRAME: Final = lazy(
    r"(?P<begin> at |    )(?P<name>(?:[\w$<>?!*+=/'&%-]{1,200}\.){1,20}[\w$<>?!*+=/'&%-]{1,200}) "
    r"\((?P<file>[^\s():]{1,200}|Native Method|Unknown Source)?(?::(?P<line>-?\d{1,9}))?\)\s*$"
)
_HEAD: Final = lazy(
    r"(?P<cause>Caused by: )?(?P<type>(?:[a-z_][\w$-]{0,60}\.){1,12}[A-Z][\w$]{1,120})(?:: (?P<text>.*))?$"
)
_CAUSE: Final = "Caused by: "
_NOWHERE: Final = frozenset({"Native Method", "Unknown Source", "NO_SOURCE_FILE"})
_BACK, _DATA, _MOST, _CAUSES = 16, 20, 10_000, 50


def read(window: Window) -> Report | None:
    """The exception of which the anchor line is a frame."""
    if not _FRAME.match(window[0] or ""):
        return None
    block = Block(window)
    first = -1
    while first > -_BACK and (line := window[first]) is not None and not _HEAD.match(line):
        first -= 1
    if not _HEAD.match(window[first] or ""):
        return None
    traces: list[Trace] = []
    at = end = first
    while len(traces) < _CAUSES and (head := _HEAD.match(block.at(at) or "")):
        if bool(head["cause"]) != bool(traces):
            break
        part = _part(block, at, head["type"], head["text"], len(traces))
        if part is None:
            break
        trace, at = part
        end = at
        traces.append(trace)
    if end <= 0:
        return None
    whole = unwrapped(traces, "java")
    return Report(
        first=first,
        end=end,
        kind="exception",
        level="error",
        traces=whole,
        error_type=whole[0].error_type,
        error_value=whole[0].error_value,
    )


def _part(block: Block, at: int, error: str, text: str | None, depth: int) -> tuple[Trace, int] | None:
    """One exception of a chain and where it ends (exclusive); None where no frame follows its head."""
    said = [text or ""]
    at += 1
    for _ in range(_DATA):
        line = block.at(at)
        if line is None or _HEAD.match(line):
            return None
        if (found := _FRAME.match(line)) and found["begin"] == " at ":
            break
        said.append(line.strip())
        at += 1
    frames: list[Frame] = []
    while len(frames) < _MOST and (found := _FRAME.match(block.at(at) or "")):
        digits = found["line"]
        frames.append(
            Frame(
                function=found["name"],
                file=None if found["file"] in _NOWHERE else found["file"],
                line=int(digits) if digits and digits.isdecimal() else None,
                language="java",
                trust="text",
                text_line=at,
            )
        )
        at += 1
    if not frames:
        return None
    value = "\n".join(said).strip() or None
    role = "cause" if depth else "crash"
    return Trace(frames=tuple(frames), role=role, chain_no=depth, error_type=error, error_value=value), at

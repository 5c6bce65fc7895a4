r"""Apex: exceptions of Salesforce, in debug logs, mails and consoles.

Facts: general knowledge of the platform. Grammar, one line each::

    report = part ( "Caused by: " part )*
    part   = [ "FATAL_ERROR|" ] type ": " message line* blank* row+
    row    = [ "(" namespace ") " ] place ": line " n ", column " n | "(" namespace ")" | "External entry point"
    place  = "Class." name | "Trigger." name | "AnonymousBlock"
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "apex"
TITLE: Final = "Apex exception"
PLATFORM: Final = "apex"
ANCHORS: Final = ("Class.", "Trigger.", "AnonymousBlock: line ")

_ROW: Final = lazy(
    r"\s{0,8}(?:\(\w{1,40}\) )?(?:(?P<kind>Class|Trigger)\.(?P<name>[\w.<>]{1,300})|AnonymousBlock): "
    r"line (?P<line>\d{1,9}), column (?P<column>\d{1,9})\s*$"
)
_HIDDEN: Final = lazy(r"\s{0,8}(?:\(\w{1,40}\)|\(System Code\)|External entry point)\s*$")
_HEAD: Final = lazy(
    r"(?:.{0,80}?\bFATAL_ERROR\|)?(?P<cause>[Cc]aused by: )?"
    r"(?P<type>(?:\w{1,80}\.){0,4}\w{0,80}Exception): (?P<text>.*)$"
)
_BACK, _MOST, _CAUSES = 12, 2_000, 20


def read(window: Window) -> Report | None:
    """The exception of which the anchor line is a row."""
    if not _ROW.match(window[0] or ""):
        return None
    first = -1
    while first > -_BACK and (line := window[first]) is not None and not _HEAD.match(line):
        first -= 1
    block = Block(window)
    traces: list[Trace] = []
    at, end = first, 1
    if not _HEAD.match(window[first] or ""):
        first = at = 0
    while len(traces) < _CAUSES:
        head = _HEAD.match(block.at(at) or "")
        if traces and not (head and head["cause"]):
            break
        frames, after = _rows(block, _body(block, at + 1) if head else at)
        if not frames and traces:
            break
        error, value = (head["type"], head["text"].strip() or None) if head else (None, None)
        role = "cause" if traces else "crash"
        traces.append(Trace(frames=tuple(frames), role=role, chain_no=len(traces), error_type=error, error_value=value))
        end = after
        at = block.skip_blank(after)
    if end <= 0:
        return None
    return Report(
        first=first,
        end=end,
        kind="exception",
        level="error",
        traces=tuple(traces),
        error_type=traces[0].error_type,
        error_value=traces[0].error_value,
        complete=traces[0].error_type is not None,
    )


def _body(block: Block, at: int) -> int:
    """The first row below the message of an exception."""
    for index in range(at, at + _BACK):
        line = block.at(index)
        if line is None or (index > at and _HEAD.match(line)):
            break
        if _ROW.match(line) or _HIDDEN.match(line):
            return index
    return at


def _rows(block: Block, at: int) -> tuple[list[Frame], int]:
    """The frames of the rows from one on, and where they end (exclusive)."""
    frames: list[Frame] = []
    while len(frames) < _MOST and (line := block.at(at)) is not None:
        found = _ROW.match(line)
        if found:
            name = found["name"] if found["kind"] == "Class" else f"Trigger.{found['name']}" if found["kind"] else None
            frames.append(
                Frame(
                    function=name or "<anonymous>",
                    line=int(found["line"]),
                    column=int(found["column"]),
                    language="apex",
                    trust="text",
                    text_line=at,
                )
            )
        elif not _HIDDEN.match(line):
            break
        at += 1
    return frames, at

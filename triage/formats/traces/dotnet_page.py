r"""Errors of ASP.NET as its error page shows them, and what is copied from there: no word stands before a frame.

Facts: general knowledge of ASP.NET 1.1 to 4.8. Grammar, one line each::

    report = part ( blank part )*
    part   = "[" type [ " (0x" hex ")" ] [ ": " message line* ] "]" frame*
    frame  = "   " type "." method "(" arguments ")" ( " in " file ":" n | " +" offset )

What was thrown first comes first, what surfaced last; types stand without their namespace.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from triage.formats.traces.block import Block, rows
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.formats.traces.wrappers import unwrapped
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "dotnet-page"
TITLE: Final = "Error page of ASP.NET"
PLATFORM: Final = "dotnet"
ANCHORS: Final = ("Exception: ", "Exception (0x", "Exception]")

_HEAD: Final = lazy(
    r"\[(?P<type>[A-Za-z_][\w.`+]{0,200}Exception)(?: \((?P<code>0x[0-9a-fA-F]{8})\))?(?:: (?P<text>.*))?$"
)
_FRAME: Final = lazy(
    r" {2,8}(?P<name>[^\W\d][^\s(]{0,1500}?)\((?P<args>[^()]{0,2000}(?:\([^()]{0,200}\)[^()]{0,400}){0,8})\)"
    r"(?: in (?P<file>\S.{0,600}?):(?P<line>\d{1,9})| \+(?P<offset>\d{1,9}))\s*$"
)
_MESSAGE, _CHAIN = 20, 20


def read(window: Window) -> Report | None:
    """The errors of which the anchor line names the first."""
    if not (window[0] or "").startswith("["):
        return None
    block = Block(window)
    parts: list[Trace] = []
    at = end = 0
    while len(parts) < _CHAIN and (part := _part(block, at)):
        trace, end = part
        parts.append(trace)
        at = block.skip_blank(end)
    if not parts or not any(trace.frames for trace in parts):
        return None
    chain = tuple(
        replace(trace, role="cause" if place else "crash", chain_no=place)
        for place, trace in enumerate(reversed(parts))
    )
    whole = unwrapped(chain, "dotnet")
    return Report(
        end=end,
        kind="exception",
        level="error",
        traces=whole,
        error_type=whole[0].error_type,
        error_value=whole[0].error_value,
    )


def _part(block: Block, start: int) -> tuple[Trace, int] | None:
    """One error, and where it ends; None where no line names one."""
    head = _HEAD.match((block[start] or "").rstrip().removesuffix("]"))
    if head is None:
        return None
    said, at = [head["text"] or ""], start
    while not (block[at] or "").rstrip().endswith("]"):
        at += 1
        if at - start > _MESSAGE or block[at] is None:
            return None
        said.append((block[at] or "").rstrip().removesuffix("]"))
    frames, end = rows(block, at + 1, _frame)
    value = "\n".join(said).strip() or None
    return Trace(frames=tuple(frames), error_type=head["type"], error_value=value), end


def _frame(line: str, at: int) -> Frame | None:
    """The frame of a row."""
    found = _FRAME.match(line)
    if found is None:
        return None
    return Frame(
        function=found["name"],
        args=found["args"].strip() or None,
        file=found["file"],
        line=int(found["line"]) if found["line"] else None,
        language="csharp",
        trust="text",
        text_line=at,
    )

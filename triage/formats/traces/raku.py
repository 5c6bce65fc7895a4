r"""Raku: exceptions with the backtrace that Rakudo prints.

Facts: general knowledge of Rakudo 2015.12 to 2024. Grammar, one line each::

    report = message line* call+ [ blank title call* ]
    call   = "  in " [ kind " " ] ( name | "<" words ">" ) " at " file [ " (" package ")" ] " line " n
    kind   = "sub" | "method" | "submethod" | "block" | "regex" | "token" | "rule" | "code" | "macro" | …
    title  = "Actually thrown at:" | "Died with the exception:" | "Unhandled exception in code scheduled on thread " n

Calls with the innermost first. A failure shows first where it was made, then where somebody used it.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block, rows
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "raku"
TITLE: Final = "Raku error"
PLATFORM: Final = "raku"
_KINDS: Final = (
    "sub", "method", "submethod", "block", "regex", "token", "rule", "code", "macro", "whatevercode", "any"
)  # fmt: skip
ANCHORS: Final = tuple(f"  in {kind} " for kind in _KINDS)

_CALL: Final = lazy(
    rf"\s{{2,8}}in (?:(?P<kind>{'|'.join(_KINDS)}) )?(?P<name><[^<>]{{1,80}}>|[^\s]{{1,300}})? ?"
    r"at (?P<file>\S.{0,1000}?)(?: \((?P<package>[^()]{1,300})\))? line (?P<line>\d{1,9})\s*$"
)
_THROWN: Final = "Actually thrown at:"
_BEFORE: Final = lazy(r"Unhandled exception in code scheduled on thread \d{1,9}\s*$")
# What awaited something shows where, then what that died of, to the right.
_DIED: Final = "Died with the exception:"
_MESSAGE: Final = 12
_WHOLE: Final = "<unit>"


def read(window: Window) -> Report | None:
    """The error of which the anchor line is the first call."""
    block = Block(window)
    frames, end = rows(block, 0, _call)
    if not frames:
        return None
    first, value = _message(window)
    if value is None and len(frames) < 2:
        return None
    used = list[Frame]()
    below = block.skip_blank(end)
    if (block[below] or "").strip() == _THROWN:
        used, end = rows(block, below + 1, _call)
    elif (block[below] or "").strip() == _DIED:
        inner = _inner(block, below + 1)
        if inner is not None:
            (frames, used), (value, end) = (inner[0], frames), inner[1:]
    error = "error" if value else None
    crash = Trace(frames=tuple(frames), error_type=error, error_value=value, crashed=True)
    others = (Trace(frames=tuple(used), role="other"),) if used else ()
    return Report(
        first=first,
        end=end,
        kind="exception" if value else "dump",
        level="error",
        traces=(crash, *others),
        error_type=error,
        error_value=value,
        complete=value is not None,
    )


def _inner(block: Block, start: int) -> tuple[list[Frame], str, int] | None:
    """The calls and the message of what somebody awaited, and where they end (exclusive)."""
    at = start
    while at < start + _MESSAGE and (line := block[at]) is not None and not _call(line, at):
        at += 1
    frames, end = rows(block, at, _call)
    value = "\n".join(line.strip() for line in block.lines(start, at))
    return (frames, value, end) if frames and value else None


def _message(window: Window) -> tuple[int, str | None]:
    """Where the message above the calls begins, and what it says: one line, and those that are indented below it."""
    said: list[str] = []
    first = 0
    for index in range(-1, -_MESSAGE, -1):
        line = window[index]
        # a logger puts its prefix before the first line of a record only
        if line is None or not line.strip():
            break
        first = index
        said.append(line.strip())
        if not line[0].isspace() or window.is_record(index):
            break
    if said and _BEFORE.match((window[first - 1] or "").strip()):
        first -= 1
    return first, "\n".join(reversed(said)) or None


def _call(line: str, at: int) -> Frame | None:
    """The frame of a call."""
    found = _CALL.match(line)
    if found is None or not (found["kind"] or found["name"]):
        return None
    name = found["name"]
    if name == _WHOLE:
        name = "<module>"
    package = found["package"]
    return Frame(
        function=name or f"<{found['kind']}>",
        module=package if package and not package.startswith("EVAL") else None,
        file=found["file"],
        line=int(found["line"]),
        language="raku",
        trust="text",
        text_line=at,
    )

"""Julia: uncaught errors and logged exceptions with their stack.

Facts: general knowledge of Julia 1.0 to 1.11. Grammar, one line each::

    report = "ERROR: " [ "LoadError: " ] [ class ": " ] message lines  "Stacktrace:" frame*
             [ "in expression starting at " place ]
             [ "caused by: " ... "Stacktrace:" frame* ]
    frame  = " [" n "] " function [ "(" arguments ")" ] ( " at " place | newline "   @ " module " " place )
    place  = file ":" line
    elided = " ... (repeats " n " times)"
           | "--- the " ( "above" | "last" ) " " n " lines are repeated " n " more times ---"

Frames are printed innermost first.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.rounds import more
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "julia"
TITLE: Final = "Julia error"
PLATFORM: Final = "julia"
ANCHORS: Final = ("Stacktrace:",)

_FRAME: Final = lazy(r"\s*(?:[\u2502|] +)?\[(\d{1,6})\] (\S.*)$")
_AT: Final = lazy(r"(?P<call>\S.{0,4000}?) at (?P<file>\S.{0,1000}?):(?P<line>\d{1,9})(?: \[inlined\])?$")
_BELOW: Final = lazy(
    r"\s*(?:[\u2502|] +)?@ (?:(?P<module>[\w.]{1,200}) )?"
    r"(?P<file>\S.{0,1000}?)(?::(?P<line>\d{1,9}))?(?: \[inlined\])?$"
)
_REPEATS: Final = lazy(
    r"\s*(?:[\u2502|] +)?(?:\.\.\.|---|\u2504) ?.{0,100}?(?:repeats|repeated) (\d{1,9}) (?:more )?times"
)
_LAST: Final = lazy(r".{0,60}?\b(?:above|last) (\d{1,6}) lines? ")
_HEAD: Final = lazy(r"(?:.{0,80}?\bERROR: |caused by: |\s{1,12}nested task error: )(?:LoadError: )?(?P<text>.*)$")
_CLASS: Final = lazy(
    r"(?P<error>[A-Z]\w{2,80}(?:Error|Exception))(?::(?: (?P<text>.*))?|(?P<call>(?:\(| with ).*))?$", re.DOTALL
)
_TITLE: Final = lazy(r"\s*(?:[\u2502|] +)?Stacktrace:\s*$")
_MESSAGE: Final = 24


def read(window: Window) -> Report | None:
    """The error above the title of its stack, which is the anchor line, with its causes below."""
    block = Block(window)
    if not _TITLE.match(block[0] or "") or not _FRAME.match(block[1] or ""):
        return None
    frames, end = _frames(block, 1)
    first = next((at for at in range(-1, -_MESSAGE, -1) if _HEAD.match(window.error_line(at) or "")), 0)
    head = [line for at in range(first, min(first + 1, 0)) if (line := window.error_line(at)) is not None]
    error, value = _named([*head, *window.slice(first + 1, 0)])
    traces = [Trace(frames=frames, error_type=error, error_value=value)]
    while (start := _cause(block, end)) is not None:
        lines = block.lines(block.skip_blank(end), start)
        causes, end = _frames(block, start + 1)
        kind, said = _named(lines)
        traces.append(Trace(frames=causes, role="cause", chain_no=len(traces), error_type=kind, error_value=said))
    if block[end] is not None and _TITLE.match(block[end] or ""):
        # where the task was waited for
        waited, end = _frames(block, end + 1)
        traces.append(Trace(frames=waited, role="other", chain_no=len(traces)))
    return Report(
        first=first,
        end=end,
        kind="exception" if error else "dump",
        level="error",
        traces=tuple(traces),
        error_type=error,
        error_value=value,
        complete=error is not None,
    )


def _cause(block: Block, index: int) -> int | None:
    """The title of the stack of a cause that begins there."""
    start = block.skip_blank(index)
    if not (block[start] or "").startswith("caused by: "):
        return None
    for at in range(start + 1, start + _MESSAGE):
        line = block[at]
        if line is None:
            break
        if _TITLE.match(line) and _FRAME.match(block[at + 1] or ""):
            return at
    return None


def _named(lines: list[str]) -> tuple[str | None, str | None]:
    """Type and message of the lines above a title."""
    head = _HEAD.match(lines[0]) if lines else None
    if head is None:
        return None, None
    text = "\n".join([head["text"], *lines[1:]]).strip()
    named = _CLASS.match(text)
    if named is None:
        return "ErrorException", text or None
    return named["error"], (named["text"] or named["call"] or "").strip() or None


def _frames(block: Block, index: int) -> tuple[tuple[Frame, ...], int]:
    """The frames from there on and where they end (exclusive)."""
    frames: list[Frame] = []
    # Since the last that were repeated.
    fresh = 0
    while (line := block[index]) is not None:
        if found := _FRAME.match(line):
            frames.append(_frame(found[2].rstrip(), index))
        elif frames and (place := _BELOW.match(line)):
            number = int(place["line"]) if place["line"] else None
            # what the system image holds is told by a path of its own
            module = place["module"] or ("Base" if place["file"].startswith("./") else None)
            frames[-1] = replace(frames[-1], module=module, file=place["file"], line=number)
        elif frames and (repeats := _REPEATS.match(line)):
            frames += more(_round(frames[fresh:], line), int(repeats[1]), index, line.strip())
            fresh = len(frames)
        elif line.startswith("in expression starting at "):
            index += 1
            break
        else:
            break
        index += 1
    return tuple(frames), index


def _round(frames: list[Frame], line: str) -> list[Frame]:
    """Those of some frames that a line says are repeated: the last, or as many as it counts."""
    many = _LAST.match(line)
    return frames[-int(many[1]) :] if many and 0 < int(many[1]) <= len(frames) else frames[-1:]


def _frame(text: str, text_line: int) -> Frame:
    """A frame; older versions print its place on the same line."""
    place = _AT.match(text)
    call = place["call"] if place else text
    name, bracket, args = call.partition("(")
    is_call = bool(name and bracket)
    return Frame(
        function=(name if is_call else call).strip(),
        function_raw=call if is_call else None,
        args=args.rpartition(")")[0] or None if is_call else None,
        file=place["file"] if place else None,
        line=int(place["line"]) if place else None,
        language="julia",
        trust="text",
        text_line=text_line,
    )

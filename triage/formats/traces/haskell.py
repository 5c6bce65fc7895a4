"""Haskell: errors with the call stack that GHC prints, and the cost-centre stack of programs built for profiling.

Facts: general knowledge of GHC 8 to 9. Grammar, one line each::

    report   = [ program ": " ] message lines  "CallStack (from HasCallStack):" call*
               [ "CallStack (from -prof):" centre* ]
    call     = function ", called at " file ":" line ":" column " in " package ":" module
    centre   = function " (" file ":" place ")"

Frames are printed innermost first. A call names a function and the place that calls it. The frames here hold a function
and the place inside it, as those of other languages do: the place of a call goes to the function of the next one. What
called the last is named by the innermost cost centre around that place, if there are any.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "haskell"
TITLE: Final = "Haskell error"
PLATFORM: Final = "haskell"
ANCHORS: Final = ("CallStack (from HasCallStack)", "HasCallStack backtrace:", "CallStack (from -prof):")

_TITLE: Final = lazy(r"\s*(?:CallStack \(from (?:HasCallStack|-prof)\)|HasCallStack backtrace):\s*$")
_CALL: Final = lazy(
    r"\s+(?P<name>\S{1,400}), called at (?P<file>[^\s:]{1,400}):(?P<line>\d{1,9}):(?P<column>\d{1,9})"
    r"(?: in (?P<package>[^\s:]{1,200}):(?P<module>\S{1,200}))?$"
)
_CENTRE: Final = lazy(
    r"\s+(?P<name>[\w.'$]{1,400}) \((?P<file>[^\s:()]{1,400}):"
    r"\(?(?P<line>\d{1,9})(?:,\d{1,9}\)-\((?P<end>\d{1,9}),)?.{0,60}\)$"
)
_PROGRAM: Final = lazy(r"(?P<program>[\w./+-]{1,80}): (?P<text>.*)$")
_MESSAGE: Final = 8


def read(window: Window) -> Report | None:
    """The error above the title of its stack, which is the anchor line."""
    block = Block(window)
    if not _TITLE.match(block[0] or ""):
        return None
    stacks: list[list[Frame]] = [[]]
    called = False
    end = index = 1
    while (line := block[index]) is not None:
        if frame := _frame(line, index):
            stacks[-1].append(frame)
            called = called or " called at " in line
        elif _TITLE.match(line) and stacks[-1]:
            stacks.append([])
        else:
            break
        index = end = index + 1
    if not stacks[0]:
        return None
    first, lines = 0, list[str]()
    for at in range(-1, -_MESSAGE, -1):
        above = window[at]
        if above is None or not above.strip():
            break
        first = at
        lines.insert(0, above)
        if _PROGRAM.match(above):
            break
    named = _PROGRAM.match(lines[0]) if lines else None
    value = "\n".join([named["text"], *lines[1:]] if named else lines).strip() or None
    error = stacks[0][0].function if value and stacks[0][0].function in {"error", "undefined"} else "error"
    if called:
        stacks[0] = _inside(stacks[0])
        stacks[0][-1] = _within(stacks[0][-1], [block[frame.text_line or 0] or "" for frame in stacks[-1]])
    traces = tuple(
        Trace(
            frames=tuple(frames),
            role="other" if place else "crash",
            error_type=None if place else error,
            error_value=None if place else value,
        )
        for place, frames in enumerate(stacks)
        if frames
    )
    return Report(
        first=first,
        end=end,
        kind="exception",
        level="error",
        traces=traces,
        error_type=error,
        error_value=value,
        process=named["program"] if named else None,
        complete=value is not None,
    )


def _inside(calls: list[Frame]) -> list[Frame]:
    """Each function with the place inside it; what calls the last has a place alone."""
    nowhere = Frame(language="haskell", trust="text")
    return [
        replace(call, function=name, text_line=at)
        for call, name, at in zip(
            [nowhere, *calls],
            [*(call.function for call in calls), None],
            [*(call.text_line for call in calls), calls[-1].text_line],
            strict=True,
        )
    ]


def _within(place: Frame, lines: list[str]) -> Frame:
    """A place without a function with that of the innermost cost centre around it."""
    for centre in map(_CENTRE.match, lines):
        if centre and place.line and centre["file"] == place.file:
            first = int(centre["line"])
            if first <= place.line <= int(centre["end"] or first):
                return replace(place, function=centre["name"].removeprefix(f"{place.module}."))
    return place


def _frame(line: str, text_line: int) -> Frame | None:
    """A row of either stack."""
    call = _CALL.match(line)
    found = call or _CENTRE.match(line)
    if found is None:
        return None
    return Frame(
        function=found["name"],
        module=call["module"] if call else None,
        file=found["file"],
        line=int(found["line"]) if found["line"] else None,
        column=int(call["column"]) if call else None,
        language="haskell",
        trust="text",
        text_line=text_line,
    )

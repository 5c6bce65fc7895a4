"""Perl: `confess`, `cluck` and `longmess` of Carp, as uncaught errors and warnings print them.

Facts: general knowledge of Perl 5. Grammar, one line each::

    report = message " at " file " line " n [ ", <" handle "> line " n ] "."  call*
    call   = tab ( function "(" arguments ")" | "eval {...}" | "require " file ) " called at " file " line " n
    elided = tab "..." | tab "... caught at " ...

A call names a function and the place that calls it. The frames here hold a function and the place inside it: the place
of a call goes to the function of the next one, and the place of the message to the first.
"""

from __future__ import annotations

import re
from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "perl"
TITLE: Final = "Perl error"
PLATFORM: Final = "perl"
ANCHORS: Final = (" called at ",)

_CALL: Final = lazy(r"\s+(?P<call>\S.{0,4000}?) called at (?P<file>\S.{0,1000}?) line (?P<line>\d{1,9})\.?$")
_SAID: Final = lazy(
    r"(?P<text>.*) at (?P<file>\S.{0,1000}?) line (?P<line>\d{1,9})(?:, <[^>\n]{1,80}> (?:line|chunk) \d{1,12})?\.?$"
)
_NAME: Final = lazy(
    r"(?P<name>[A-Za-z_][\w:']{0,400}|eval \{\.\.\.\}|eval '.{0,200}|require \S{1,400})(?:\((?P<args>.*)\))?$"
)
_MESSAGE: Final = 12


def read(window: Window) -> Report | None:
    """The error above the calls of which the anchor line is the first."""
    block = Block(window)
    if not _call(block[0] or ""):
        return None
    end = 1
    while (line := block[end]) is not None and _call(line):
        end += 1
    first, said = 0, None
    for index in range(-1, -_MESSAGE, -1):
        line = window[index]
        if line is None or not line.strip():
            break
        if said := _SAID.match(line):
            first = index
            break
    if said is None and end < 2:
        return None
    text = said["text"] if said else None
    trace = Trace(frames=_frames(block, end, said, first), error_type="die" if said else None, error_value=text)
    return Report(
        first=first,
        end=end,
        kind="exception" if said else "dump",
        level="error",
        traces=(trace,),
        error_type=trace.error_type,
        error_value=text,
        complete=said is not None,
    )


def _call(line: str) -> re.Match[str] | None:
    """A call line, None where it is none."""
    found = _CALL.match(line)
    return found if found and _NAME.match(found["call"]) else None


def _frames(block: Block, end: int, said: re.Match[str] | None, first: int) -> tuple[Frame, ...]:
    """Each function with the place inside it; what calls the last has a place alone."""
    frames: list[Frame] = []
    file, line = (said["file"], int(said["line"])) if said else (None, None)
    text_line = first
    for index in range(end):
        call = _call(block[index] or "")
        named = _NAME.match(call["call"]) if call else None
        if call is None or named is None:
            continue
        frames.append(_row(named["name"], named["args"] or None, file, line, index))
        file, line, text_line = call["file"], int(call["line"]), index
    frames.append(_row(None, None, file, line, text_line))
    return tuple(frames)


def _row(name: str | None, args: str | None, file: str | None, line: int | None, text_line: int) -> Frame:
    return Frame(function=name, args=args, file=file, line=line, language="perl", trust="text", text_line=text_line)

r"""Tcl: errors with `errorInfo`, the commands and procedures in which they came about.

Facts: general knowledge of Tcl 8.4 to 9.0. Grammar, one line each::

    report = message line*  "    while executing" command  ( place | "    invoked from within" command )*
    command= '"' words [ "..." ] '"'                     over several lines too
    place  = '    (procedure "' name '" line ' n ")" | '    (file "' path '" line ' n ")" | "    (" words " line " n ")"
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "tcl"
TITLE: Final = "Tcl error"
PLATFORM: Final = "tcl"
ANCHORS: Final = ("while executing",)

_WHILE: Final = lazy(r"\s{2,8}while executing\s*$")
_WITHIN: Final = lazy(r"\s{2,8}(?:invoked from within|while executing|while compiling)\s*$")
_PROCEDURE: Final = lazy(
    r"\s{2,8}\((?:procedure|method|constructor|class) \"(?P<name>.{1,300})\" .{0,200}?line (?P<line>\d{1,9})\)\s*$"
)
_FILE: Final = lazy(r"\s{2,8}\(file \"(?P<file>.{1,600})\" line (?P<line>\d{1,9})\)\s*$")
_PLACE: Final = lazy(r"\s{2,8}\(.{1,400}\)\s*$")
_COMMAND, _MOST = 60, 20_000


def read(window: Window) -> Report | None:
    """The error whose first command stands below the anchor line."""
    said = window[-1]
    if not _WHILE.match(window[0] or "") or said is None or not said.strip():
        return None
    block = Block(window)
    frames: list[Frame] = []
    at = 0
    while at < _MOST and (line := block.at(at)) is not None:
        if _WITHIN.match(line) and (end := _command(block, at + 1)):
            at = end
            continue
        found = _PROCEDURE.match(line) or _FILE.match(line)
        if found:
            named = found.groupdict()
            frames.append(
                Frame(
                    function=named.get("name"),
                    file=named.get("file"),
                    line=int(found["line"]),
                    language="tcl",
                    trust="text",
                    text_line=at,
                )
            )
        elif not _PLACE.match(line):
            break
        at += 1
    if not at:
        return None
    return Report(
        first=-1,
        end=at,
        kind="exception",
        level="error",
        traces=(Trace(frames=tuple(frames), error_type="error", error_value=said.strip()),),
        error_type="error",
        error_value=said.strip(),
    )


def _command(block: Block, start: int) -> int:
    """Where a command in quotes ends (exclusive); 0 where none stands."""
    if not (block[start] or "").startswith('"'):
        return 0
    for at in range(start, start + _COMMAND):
        line = block[at]
        if line is None:
            return 0
        if line.rstrip().endswith('"') and (at > start or len(line.rstrip()) > 1):
            return at + 1
    return 0

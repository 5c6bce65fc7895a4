r"""Haxe: exceptions that nobody caught, as its native targets print them.

Facts: general knowledge of Haxe 3 and 4 on HashLink, Neko, hxcpp and its interpreter. Grammar, one line each::

    report = head line* row+
    head   = [ "Uncaught exception" [ " " ] ":" ] message | "Error : " message
    row    = "Called from " ( name " (" file " line " n [ " column " n ] ")" | file " line " n | what )
    what   = "a C function" | "local function #" n [ " (" file " line " n ")" ] | "module " name
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block, rows
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "haxe"
TITLE: Final = "Haxe exception"
PLATFORM: Final = "haxe"
ANCHORS: Final = ("Called from ",)

_ROW: Final = lazy(
    r"\s{0,8}Called from (?:(?P<name>[\w$.:~]{1,300}|local function #\d{1,6}) ?\((?P<file>[^()]{1,400}?)"
    r"(?: line |:)(?P<line>\d{1,9})(?: column \d{1,9})?\)|(?P<alone>[^\s()]{1,400}\.hx) line (?P<at>\d{1,9})"
    r"|a C function|module (?P<module>[\w.]{1,200}))\s*$"
)
_HEAD: Final = lazy(r"(?:Uncaught exception ?:? ?|Error : ?)(?P<text>.*)$")
_PLACED: Final = lazy(r"\S{1,400}\.hx:\d{1,9}: (?:characters? [\d-]{1,20} : ?|lines [\d-]{1,20} : ?)?(?P<text>\S.*)$")
_BACK: Final = 8


def read(window: Window) -> Report | None:
    """The exception of whose stack the anchor line is the first row."""
    if not _ROW.match(window[0] or "") or _ROW.match(window[-1] or ""):
        return None
    block = Block(window)
    frames, end = rows(block, 0, _frame)
    first, text = 0, None
    for index in range(-1, -_BACK, -1):
        line = window[index]
        if line is None or not line.strip():
            break
        if found := _HEAD.match(line) or _PLACED.match(line):
            first, text = index, "\n".join([found["text"], *window.slice(index + 1, 0)]).strip()
            break
    if not any(frame.file and frame.file.endswith(".hx") for frame in frames):
        return None
    return Report(
        first=first,
        end=end,
        kind="exception",
        handled=False,
        traces=(Trace(frames=tuple(frames), error_type="Uncaught exception", error_value=text or None, crashed=True),),
        error_type="Uncaught exception",
        error_value=text or None,
        complete=first < 0,
        leads=True,
    )


def _frame(line: str, at: int) -> Frame | None:
    """The frame of a row."""
    found = _ROW.match(line)
    if found is None:
        return None
    local = (found["name"] or "").startswith("local function")
    number = found["line"] or found["at"]
    return Frame(
        function="<anonymous>" if local else (found["name"] or "").replace("::", ".") or None,
        function_raw=found["name"] if local or "::" in (found["name"] or "") else None,
        module=found["module"],
        file=found["file"] or found["alone"],
        line=int(number) if number else None,
        language="haxe",
        trust="text",
        text_line=at,
    )

r"""Smalltalk: errors with the stack of their contexts, as Pharo, Squeak and Cuis write them.

Facts: general knowledge of Pharo 3 to 12 and of Squeak. Grammar, one line each::

    report = head detail* row+
    head   = error ": " message | error
    row    = [ "[" words "] in " ] class [ "(" holder ")" ] [ " class" ] ">>" selector  detail*
    detail = tab words

Rows come innermost first.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "smalltalk"
TITLE: Final = "Smalltalk error"
PLATFORM: Final = "smalltalk"
ANCHORS: Final = (")>>", "UndefinedObject>>", "BlockClosure>>", " class>>")

_ROW: Final = lazy(
    r"\s{0,4}(?P<block>\[.{0,400}\] in )?(?P<class>[A-Z]\w{0,200}(?: class)?)"
    r"(?:\((?P<holder>[A-Z]\w{0,200}(?: class)?)\))?>>#?"
    r"(?P<name>(?:\w{1,200}(?::\w{0,200}){0,30}:?|[-+*/\\<>=~@%&?,|!]{1,4}))"
    r"(?:: ?\S.{0,400})?\s*$"
)
_HEAD: Final = lazy(r"(?P<type>[A-Z]\w{2,200})(?:: (?P<text>.*))?$")
_BACK, _DETAILS, _MOST = 16, 400, 20_000


def read(window: Window) -> Report | None:
    """The error of whose stack the anchor line is a row."""
    if not _ROW.match(window[0] or ""):
        return None
    first = -1
    while first > -_BACK and (line := window[first]) is not None and (_ROW.match(line) or line.startswith("\t")):
        first -= 1
    head = _HEAD.match((window[first] or "")[:4_000])
    block = Block(window)
    frames: list[Frame] = []
    at = end = first + 1
    while len(frames) < _MOST and at - end < _DETAILS and (line := block.at(at)) is not None:
        if found := _ROW.match(line):
            owner = found["holder"] or found["class"]
            frames.append(
                Frame(
                    function=f"{owner}>>{found['name']}",
                    function_raw=line.strip(),
                    language="smalltalk",
                    trust="text",
                    text_line=at,
                )
            )
            end = at + 1
        elif not line.startswith("\t"):
            break
        at += 1
    if len(frames) < 2 or end <= 0:
        return None
    error, value = (head["type"], (head["text"] or "").strip() or None) if head else (None, None)
    return Report(
        first=first if head else first + 1,
        end=end,
        kind="exception",
        level="error",
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=value, crashed=True),),
        error_type=error,
        error_value=value,
        complete=head is not None,
    )

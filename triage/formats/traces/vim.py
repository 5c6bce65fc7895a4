r"""Vim and Neovim: errors in functions and scripts.

Facts: general knowledge of Vim 7 to 9 and Neovim. Grammar, one line each::

    report = head  [ "line " spaces n ":" ]  ( "E" n ": " message )+
    head   = ( "Error detected while processing " | "Error in " ) chain ":"
    chain  = call ( ".." call )*
    call   = [ "function " | "script " ] name [ "[" line "]" ] | "command line" | event " Autocommands for " words

Calls come outermost first; the line below is that of the last.
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

NAME: Final = "vim"
TITLE: Final = "Vim script error"
PLATFORM: Final = "vim"
ANCHORS: Final = ("Error detected while processing ", "Error in function ", "Error in script ")

_HEAD: Final = lazy(r"Error (?:detected while processing|in) (?P<chain>\S.{0,16000}):\s*$")
_LINE: Final = lazy(r"line {1,6}(?P<line>\d{1,9}):\s*$")
_ERROR: Final = lazy(r"(?:Vim\([\w ]{1,40}\):)?(?P<code>E\d{1,5}): ?(?P<text>.*)$")
_CALL: Final = lazy(r"(?P<kind>function |script )?(?P<name>\S.{0,600}?)(?:\[(?P<line>\d{1,9})\])?$")
_SCRIPT: Final = lazy(r"<SNR>\d{1,6}_")
_NUMBERED: Final = lazy(r"(?:<lambda>)?\d{1,9}$")
_EVENT: Final = lazy(r"\w{3,40} Autocommands for ")
_ERRORS: Final = 8


def read(window: Window) -> Report | None:
    """The errors that the anchor line announces."""
    head = _HEAD.match(window[0] or "")
    if head is None:
        return None
    block = Block(window)
    placed = _LINE.match(block[1] or "")
    at = 2 if placed else 1
    found = _ERROR.match(block[at] or "")
    if found is None:
        return None
    error, value = found["code"], found["text"].strip() or None
    start = at
    while at < start + _ERRORS and _ERROR.match(block[at] or ""):
        at += 1
    frames = _frames(head["chain"], int(placed["line"]) if placed else None)
    return Report(
        end=at,
        kind="exception",
        level="error",
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=value, crashed=True),),
        error_type=error,
        error_value=value,
    )


def _frames(chain: str, line: int | None) -> list[Frame]:
    """The calls of a chain, innermost first; functions keep the script that they are local to apart from its number."""
    frames: list[Frame] = []
    kind = "script "
    for text in chain.split(".."):
        found = _CALL.match(text)
        if found is None:
            continue
        kind = found["kind"] or ("function " if kind == "function " else "script ")
        name, event = found["name"], _EVENT.match(found["name"])
        is_script = kind == "script " and not event
        function = _SCRIPT.sub("s:", name)
        function = "<anonymous>" if _NUMBERED.match(function) else function
        frames.append(
            Frame(
                function="<script>" if is_script else "<autocommand>" if event else function,
                function_raw=name if function != name else None,
                file=name if is_script and ("/" in name or "\\" in name) else None,
                line=int(found["line"]) if found["line"] else None,
                language="vim",
                trust="text",
                text_line=0,
            )
        )
    if frames and line is not None:
        frames[-1] = replace(frames[-1], line=line)
    return frames[::-1]

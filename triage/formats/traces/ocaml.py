"""OCaml: exceptions that nobody caught, and backtraces that programs print, also those of Base and Lwt.

Facts: general knowledge of OCaml 4 and 5 and of Base. Grammar, one line each::

    report   = [ head ] place*
    head     = "Fatal error: exception " exception | "Fatal error: " ... "exception " exception
             | "Uncaught exception:"  blank  "  " exception
             | "Exception: " exception "."                                of the toplevel
    place    = ( "Raised at " | "Raised by primitive operation at " | "Re-raised at " | "Called from " )
               ( [ function " in " ] "file " quoted [ " (inlined)" ] ", line" [ "s" ] " " n [ "-" n ]
                 ", character" [ "s" ] " " n [ "-" n ] | "unknown location" )

A place names the function and where in it: frames are those of every other language, innermost first. A re-raise tells
where an exception passed a handler: it is left out of the calls.
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

NAME: Final = "ocaml"
TITLE: Final = "OCaml exception"
PLATFORM: Final = "ocaml"
ANCHORS: Final = (
    "Fatal error: exception ",
    "Fatal error in ",
    "Raised at ",
    "Raised by primitive operation at ",
    "Re-raised at ",
    "Called from ",
)

_PLACE: Final = lazy(
    r"\s{0,24}(?P<how>Raised at|Raised by primitive operation at|Re-raised at|Called from) "
    r"(?:(?:(?P<function>[^\"\s]{1,400}) in )?file \"(?P<file>[^\"\n]{1,400})\"(?P<inlined> \(inlined\))?,"
    r" lines? (?P<line>\d{1,9})(?:-\d{1,9})?, characters? (?P<column>\d{1,9})(?:-\d{1,9})?"
    r"|unknown location(?: \(inlined\))?)\.?\s*$"
)
_FATAL: Final = lazy(r"(?:.{0,200}?: )?(?:Fatal error(?: in \w{1,40})?: |Uncaught )exception:? ?(?P<text>.*)$")
_TOPLEVEL: Final = lazy(r"Exception: (?P<text>\S.*)$")
_EXCEPTION: Final = lazy(r"\(?(?P<type>(?:[A-Z][\w']{0,100}\.){0,8}[A-Z][\w']{0,200})(?P<rest>[\s(\"].*|)$", re.DOTALL)
_FAILED: Final = lazy(r'File "(?P<file>[^"\n]{1,400})", lines? (?P<line>\d{1,9})[^:]{0,80}: (?P<text>.{1,200})$')
_MESSAGE: Final = 16


def read(window: Window) -> Report | None:
    """The exception of which the anchor line is the head or the first place."""
    block = Block(window)
    line = block[0] or ""
    if _PLACE.match(line):
        first, text, fatal = _above(window)
        place: int | None = 0
    elif found := _FATAL.match(line):
        first, fatal = 0, True
        place = _below(block)
        lines = [found["text"], *(block[index] or "" for index in range(1, place or 1))]
        text = "\n".join(lines).strip()
    else:
        return None
    frames, end = _frames(block, place) if place is not None else ([], 1)
    if text is None and len(frames) < 2:
        return None
    error, value, where = _exception(text or "")
    if not frames and where is None and error is None:
        return None
    shown = [where, *frames] if where and not frames else frames
    kind = "assertion" if error == "Assert_failure" else "exception" if error else "dump"
    trace = Trace(frames=tuple(shown), error_type=error, error_value=value)
    return Report(
        first=first,
        end=end,
        kind=kind,
        level="fatal" if fatal else "error",
        handled=False if fatal else None,
        traces=(trace,),
        error_type=error,
        error_value=value,
        complete=text is not None,
    )


def _above(window: Window) -> tuple[int, str | None, bool]:
    """Where the exception above a place begins, what it says, and whether it ended the program."""
    lines: list[str] = []
    for index in range(-1, -_MESSAGE, -1):
        line = window[index]
        if line is None or window.is_record(index) or _PLACE.match(line):
            break
        if found := _FATAL.match(line):
            return index, "\n".join([found["text"], *lines]).strip(), True
        if found := _TOPLEVEL.match(line):
            return index, found["text"].rstrip().removesuffix("."), False
        lines.insert(0, line)
    near = window[-1] or ""
    if _EXCEPTION.match(near.strip()) and not window.is_record(-1):
        return -1, near.strip(), False
    return 0, None, False


def _below(block: Block) -> int | None:
    """The first place below a head."""
    for index in range(1, _MESSAGE):
        line = block[index]
        if line is None:
            return None
        if _PLACE.match(line):
            return index
    return None


def _frames(block: Block, place: int) -> tuple[list[Frame], int]:
    """The places from one on, and where they end."""
    frames: list[Frame] = []
    index = place
    while (line := block[index]) is not None and (found := _PLACE.match(line)):
        if found["how"] != "Re-raised at":
            frames.append(
                Frame(
                    function=found["function"],
                    file=found["file"],
                    line=int(found["line"]) if found["line"] else None,
                    column=int(found["column"]) + 1 if found["column"] else None,
                    language="ocaml",
                    trust="text",
                    inline_depth=1 if found["inlined"] else 0,
                    text_line=index,
                )
            )
        index += 1
    return frames, index


def _exception(text: str) -> tuple[str | None, str | None, Frame | None]:
    """The name of an exception, what it carries, and where it says that it failed."""
    text = text.strip()
    if failed := _FAILED.match(text):
        kind = "Assert_failure" if "ssertion" in failed["text"] else "Match_failure"
        frame = Frame(file=failed["file"], line=int(failed["line"]), language="ocaml", trust="text", text_line=0)
        return kind, failed["text"], frame
    found = _EXCEPTION.match(text)
    if found is None:
        return None, text or None, None
    rest = found["rest"].strip()
    if text.startswith("(") and rest.endswith(")"):
        rest = rest[:-1]
    if rest.startswith("(") and rest.endswith(")"):
        rest = rest[1:-1]
    if rest[:1] == rest[-1:] == '"' and len(rest) > 1:
        rest = rest[1:-1]
    return found["type"].removeprefix("Stdlib."), rest or None, None

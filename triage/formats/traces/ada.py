r"""Ada: exceptions that nobody caught in programs of GNAT, with the stack where the binder was asked for it.

Facts: general knowledge of GNAT 5 to 14. Grammar, one line each::

    report = [ "Execution of " program " terminated by unhandled exception" ] raised [ "Load address: 0x" A ]
             [ [ "Call stack traceback locations:" ] row+ ]
    raised = "raised " NAME [ " : " message ] | "Exception name: " NAME [ "Message: " message ]
    row    = "0x" A " " function ( " at " file ":" line | " in " image ) | ( "0x" A )+ | "[" image "]"

What a handler prints (`Exception_Information`), and a binder that was asked for names, has no line above its rows.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "ada"
TITLE: Final = "Ada exception"
PLATFORM: Final = "native"
ANCHORS: Final = ("terminated by unhandled exception", "Call stack traceback locations:", ".adb:", ".ads:")

_EXECUTION: Final = lazy(r"Execution of (?P<program>\S.{0,400}?) terminated by unhandled exception\s*$")
_RAISED: Final = lazy(r"raised (?P<type>[A-Z][\w.]{1,200})(?: : (?P<text>.*))?\s*$")
_NAMED: Final = lazy(r"Exception name: (?P<type>[A-Z][\w.]{1,200})\s*$")
_MESSAGE: Final = lazy(r"Message: (?P<text>.*)$")
_LOAD: Final = lazy(r"Load address: 0x[0-9a-f]{1,16}\s*$")
_TITLE: Final = lazy(r"Call stack traceback locations:\s*$")
_ROW: Final = lazy(
    r"0x(?P<address>[0-9a-f]{1,16}) (?:in )?(?P<name>(?!0x)\S.{0,400}?)"
    r"(?: at (?P<file>\S.{0,400}?):(?P<line>\d{1,9})| in (?P<image>\S.{0,400}?))?\s*$"
)
_RAW: Final = lazy(r"(?:0x[0-9a-f]{1,16}\s{1,4}){0,400}0x[0-9a-f]{1,16}\s*$")
_HEX: Final = lazy(r"0x([0-9a-f]{1,16})")
_IMAGE: Final = lazy(r"\[.{1,400}\]\s*$")
_BACK, _MOST = 6, 20_000


def read(window: Window) -> Report | None:
    """The exception around the anchor line."""
    line = window[0] or ""
    first = _first(window, line)
    if first is None:
        return None
    block = Block(window)
    program, at = _EXECUTION.match(line), first + bool(_EXECUTION.match(line))
    raised = _RAISED.match(block.at(at) or "") or _NAMED.match(block.at(at) or "")
    if raised is None:
        return None
    told = _MESSAGE.match(block.at(at + 1) or "")
    at += 2 if told else 1
    while at < _BACK and ((text := block.at(at)) is not None and (_LOAD.match(text) or not text.strip())):
        at += 1
    frames: list[Frame] = []
    end = at if not (block.at(at - 1) or "").isspace() else at - 1
    if _TITLE.match(block.at(at) or "") or _begins(block.at(at)):
        end = at + bool(_TITLE.match(block.at(at) or ""))
        while len(frames) < _MOST and (row := block.at(end)) is not None and (found := _frames(row, end)) is not None:
            frames += found
            end += 1
    value = (told or raised)["text"] if told or raised.re.groups > 1 else None
    return Report(
        first=first,
        end=max(end, 1),
        kind="exception",
        handled=False,
        traces=(Trace(frames=tuple(frames), error_type=raised["type"], error_value=value, crashed=True),),
        error_type=raised["type"],
        error_value=value,
        process=program["program"] if program else None,
        leads=True,
    )


def _first(window: Window, line: str) -> int | None:
    """Where the report begins that the anchor line is of, None where it is of none."""
    if _EXECUTION.match(line):
        return 0
    if _RAISED.match(line):
        below = window[1]
        return 0 if _begins(below) or (_LOAD.match(below or "") and _begins(window[2])) else None
    if _TITLE.match(line) or _begins(line):
        return next((at for at in range(-1, -_BACK, -1) if _raises(window[at])), None)
    return None


def _begins(line: str | None) -> bool:
    """Whether a line is the first below what was raised, where no title stands between: an image, or a place."""
    if line is None:
        return False
    row = _ROW.match(line)
    return row["file"] is not None if row else _IMAGE.match(line) is not None


def _raises(line: str | None) -> bool:
    """Whether a line names the exception."""
    return line is not None and bool(_RAISED.match(line) or _NAMED.match(line))


def _frames(line: str, at: int) -> list[Frame] | None:
    """The frames of a row: one with a name, or addresses alone."""
    if found := _ROW.match(line):
        known = found["name"] != "???"
        return [
            Frame(
                function=found["name"] if known else None,
                module=found["image"],
                file=found["file"],
                line=int(found["line"]) if found["line"] else None,
                address=int(found["address"], 16),
                language="ada",
                trust="text",
                text_line=at,
            )
        ]
    if _RAW.match(line):
        return [
            Frame(address=int(hexed, 16), language="ada", trust="text", text_line=at) for hexed in _HEX.findall(line)
        ]
    return [] if _IMAGE.match(line) else None

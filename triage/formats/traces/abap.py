r"""ABAP: short dumps of SAP's transaction ST22, with the calls that were active.

Facts: general knowledge of SAP NetWeaver 7.0 to 7.5. A printed dump is framed by rules and `|`. Grammar behind that::

    report = ( key spaces value )* other* "Active Calls/Events" titles ( call name )+
    key    = "Runtime Errors" | "Except." | "Exception" | "ABAP Program" | "Date and Time" | words
    call   = n " " kind spaces program spaces include spaces line
    name   = spaces function                         CLASS "=>" METHOD of a method
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "abap"
TITLE: Final = "Short dump of ABAP"
PLATFORM: Final = "abap"
ANCHORS: Final = ("Active Calls/Events",)

_CALL: Final = lazy(
    r"\|?\s{0,8}(?P<number>\d{1,5}) (?P<kind>[A-Z][A-Z ()]{2,30}?)\s{1,24}(?P<program>[^\s|]{1,60})\s{1,60}"
    r"(?P<include>[^\s|]{1,60})\s{1,60}(?P<line>\d{1,9})\s*\|?\s*$"
)
_NAME: Final = lazy(r"\|?\s{4,12}(?P<name>[^\s|-][^\s|]{0,200})\s*\|?\s*$")
_KEY: Final = lazy(
    r"\|?\s{0,4}(?P<key>Runtime Errors|Except\.|Exception|ABAP Program|ABAP Runtime Error)"
    r"\s{1,40}(?P<value>[^\s|]{1,100})"
)
_SKIPPED: Final = lazy(r"\|?\s*(?:No\.\s|Name(?:\s|$)|-{20,200}|\||$)")
_BACK, _TITLES, _MOST = 62, 8, 2_000


def read(window: Window) -> Report | None:
    """The dump whose active calls stand below the anchor line."""
    if (window[0] or "").strip("| ") != "Active Calls/Events":
        return None
    frames, end = _calls(Block(window))
    if not frames:
        return None
    said: dict[str, str] = {}
    first = 0
    for index in range(-1, -_BACK, -1):
        line = window[index]
        if line is None or window.is_record(index):
            break
        if key := _KEY.match(line):
            said[key["key"]] = key["value"]
            first = index
    error = said.get("Runtime Errors") or said.get("ABAP Runtime Error")
    value = said.get("Except.") or said.get("Exception")
    return Report(
        first=first,
        end=end,
        kind="exception",
        level="error",
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=value),),
        error_type=error,
        error_value=value,
        process=said.get("ABAP Program"),
        complete=error is not None,
    )


def _calls(block: Block) -> tuple[list[Frame], int]:
    """The calls below the titles of their columns, and where they end (exclusive)."""
    frames: list[Frame] = []
    at = end = 1
    while len(frames) < _MOST and at - end < _TITLES and (line := block[at]) is not None:
        call = _CALL.match(line)
        name = _NAME.match(block[at + 1] or "") if call else None
        if call and name:
            frames.append(
                Frame(
                    function=name["name"],
                    module=call["program"].partition("==")[0],
                    file=call["include"],
                    line=int(call["line"]),
                    language="abap",
                    trust="text",
                    text_line=at,
                )
            )
            at = end = at + 2
        elif _SKIPPED.match(line):
            at += 1
        else:
            break
    return frames, end

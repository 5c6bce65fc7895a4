r"""Exceptions of programs on the ESP8266 and the ESP32, as the decoders of Arduino's tools look up their stacks.

Facts: general knowledge of EspExceptionDecoder and of PlatformIO's filter. Grammar, one line each::

    report = [ "Exception " n ": " name [ ": " words ] ] key* "Decoding stack results" row+
    key    = "PC: " ( row | "0x" A ) | "EXCVADDR: " ( row | "0x" A ) | ""
    row    = "0x" A ": " function [ "(" types ")" ] " at " file ( " line " | ":" ) line
"""

from __future__ import annotations

import re
from typing import Final

from triage.formats.traces.block import Block, rows
from triage.formats.traces.esp_idf import SIGNALS
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "esp8266"
TITLE: Final = "Exception of an ESP chip, decoded"
PLATFORM: Final = "native"
ANCHORS: Final = ("Decoding stack results",)

_TITLE: Final = lazy(r"Decoding stack results\s*$")
_ROW: Final = lazy(
    r"(?:PC: )?0x(?P<address>[0-9a-f]{8}): (?P<name>[A-Za-z_~].{0,600}?)"
    r" at (?P<file>\S.{0,400}?)(?: line |:)(?P<line>\d{1,9})\s*$"
)
_HEAD: Final = lazy(r"Exception (?P<code>\d{1,3}): (?P<type>[A-Za-z][A-Za-z ]{1,60})(?:: (?P<text>\S.{0,400}))?$")
_KEY: Final = lazy(r"(?:PC|EXCVADDR|EXCCAUSE): ?0x(?P<address>[0-9a-f]{1,8})\b")
_BACK: Final = 12


def read(window: Window) -> Report | None:
    """The exception whose stack stands below the anchor line."""
    if not _TITLE.match(window[0] or ""):
        return None
    frames, end = rows(Block(window), 1, _row)
    head: re.Match[str] | None = None
    first, address = 0, None
    for index in range(-1, -_BACK, -1):
        line = window[index]
        if line is None or not (not line.strip() or _KEY.match(line) or (head := _HEAD.match(line))):
            break
        first = index if line.strip() else first
        if line.startswith("EXCVADDR") and (key := _KEY.match(line)):
            address = int(key["address"], 16)
        if line.startswith("PC") and (row := _row(line, index)) and [row.address] != [f.address for f in frames[:1]]:
            frames.insert(0, row)
        if head:
            break
    if not frames:
        return None
    # the exceptions of Xtensa are called so with a word for cause behind it, or without
    error = head["type"].removesuffix("Cause") if head else None
    value = head["text"] if head else None
    return Report(
        first=first,
        end=end,
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=value, crashed=True, unwinder="text"),),
        error_type=error,
        error_value=value,
        signal=SIGNALS.get(error or ""),
        fault_address=address,
    )


def _row(line: str, at: int) -> Frame | None:
    """The frame of a row, or of the line that tells where the program was."""
    row = _ROW.match(line)
    if row is None:
        return None
    return Frame(
        function=row["name"].partition("(")[0],
        function_raw=row["name"],
        address=int(row["address"], 16),
        file=row["file"],
        line=int(row["line"]),
        language="c",
        trust="text",
        text_line=at,
    )

"""Values of directories that are in base64 behind two colons (RFC 2849), among the others of their entry.

    cn:: SsO8cmdlbiBNw7xsbGVy
    mail: jm@example.com

They are read in their place, behind their names: what stands around tells whose they are.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from typing import Final

from triage.redact.decoding.origins import Piece, View, build
from triage.redact.text import Span, line_of

__all__ = ("CODED", "decoded_entries")

CODED: Final = r"::[ ](?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?(?:[\r\n]|\z)"
"""An expression of such a value, from its colons to the end of the line."""
_SIGN: Final = b":: "
_NAME: Final = re.compile(rb"(?:\A|[\n\r])[ \t]{0,8}[A-Za-z][\w;.-]{1,60}\Z")
_BESIDE: Final = re.compile(rb"[A-Za-z][\w;.-]{1,60}::? \S")
_AROUND: Final = 12
_LONGEST: Final = 400
_MOST: Final = 4_096


def decoded_entries(data: bytes, encoded: Iterable[Span]) -> Iterator[View]:
    """The entries that hold such values, as text."""
    pieces: list[Piece] = []
    reach = 0
    for start, end in encoded:
        if data.startswith(_SIGN, start) and (text := _text_of(data, start, end)):
            value = start + len(_SIGN)
            stop = value + len(data[value:end].rstrip())
            pieces += [(at, at, b"") for at in _lines_before(data, start, reach)]
            pieces += [(start + 1, value, b" "), (value, stop, text)]
            if end > reach:
                behind = _lines_behind(data, end)
                pieces += [(at, at, b"") for at in behind]
                reach = max(behind, default=stop)
    if view := build(data, sorted(set(pieces))):
        yield view


def _text_of(data: bytes, start: int, end: int) -> bytes | None:
    """What a value stands for, if that prints."""
    if end - start > _MOST or not _NAME.search(data, max(start - 72, 0), start):
        return None
    try:
        text = base64.b64decode(data[start + len(_SIGN) : end].rstrip(), validate=True)
        return text if text.decode().isprintable() else None
    except ValueError:
        return None


def _lines_before(data: bytes, at: int, least: int) -> list[int]:
    """Where the lines of an entry begin before one, from the first on."""
    found: list[int] = []
    line = line_of(data, at, most=_LONGEST)[0]
    while len(found) < _AROUND and line > least:
        line = line_of(data, line - 1, most=_LONGEST)[0]
        if line < least or not _BESIDE.match(data, line):
            break
        found.append(line)
    return found[::-1]


def _lines_behind(data: bytes, at: int) -> list[int]:
    """Where the lines of an entry begin behind one."""
    found: list[int] = []
    line = line_of(data, at - 1, most=_LONGEST)[1] + 1
    while len(found) < _AROUND and line < len(data) and _BESIDE.match(data, line):
        found.append(line)
        line = line_of(data, line, most=_LONGEST)[1] + 1
    return found

"""Tables in XML: sheets of Excel and OpenDocument, and grids of rows whose first one or whose `columns` have the names.

Row for row the elements that hold no others are the cells. What they are called differs by the format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named.cells import column
from triage.redact.named.headings import is_title, meanings
from triage.redact.text import Allowance, Found, Span

__all__ = ("LEADS",)

_OPENED: Final = re.compile(rb"<((?:[\w-]{1,20}:)?[\w-]{1,30})(?:\s[^<>]{0,400})?(?<!/)>")
_LEAF: Final = re.compile(
    rb"<((?:[\w-]{1,20}:)?[\w-]{1,30})(?:\s[^<>]{0,400})?(?:/>|>(?:<!\[CDATA\[([^<>]{0,4000})\]\]>|([^<>]{0,4000}))</\1>)"
)
_REPEATED: Final = re.compile(rb'number-columns-repeated="([0-9]{1,3})"')
_NEXT_ROW: Final = re.compile(
    rb"(?i)(?:\s|\\{1,4}[nrt]){0,80}(?:</(?:[\w-]{1,20}:)?(?:columns|headers?|fields|thead|table-header-rows)>(?:\s|\\{1,4}[nrt]){0,80})?"
    rb"(?:<(?:[\w-]{1,20}:)?(?:rows|data|tbody|records|values|items|table-rows)(?:\s[^<>]{0,200})?>(?:\s|\\{1,4}[nrt]){0,80})?"
)
_ROW: Final = re.compile(rb"(?i)<(?:[\w-]{1,20}:)?(?:row|table-row|tr|r|record|item|entry|values)[\s>]")
_FEWEST: Final = 2
_LONGEST: Final = 1 << 16
_read: Final = Allowance(150)


def _cells(data: bytes, at: int) -> tuple[list[Span], int]:
    """The cells of the element that begins at a place, and where it ends."""
    opened = _OPENED.match(data, at)
    close = b"</" + opened[1] + b">" if opened else b""
    end = data.find(close, at, at + _LONGEST) if opened else -1
    if opened is None or end < 0:
        _read.spend(8)
        return [], at + 1
    cells = list[Span]()
    for leaf in _LEAF.finditer(data, opened.end(), end):
        span = leaf.span(2) if leaf[2] is not None else leaf.span(3) if leaf[3] is not None else (leaf.start(),) * 2
        repeated = _REPEATED.search(data, leaf.start(), leaf.end()) if leaf[3] is None else None
        cells += [span] * (int(repeated[1]) if repeated else 1)
    _read.spend(1 + len(cells) + (end - at) // 64)
    return cells, end + len(close)


def _rows(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """What stands in the sensitive columns below a row, or beside an element, that names them."""
    if not _read.left(data) or at < _read.reached:
        return
    header, end = _cells(data, at)
    names = [data[slice(*cell)].strip() for cell in header]
    senses = meanings(names) if len(names) >= _FEWEST and all(map(is_title, names)) else []
    if not any(senses):
        return
    rows = list[list[Span]]()
    while _read.left(data):
        following = _NEXT_ROW.match(data, end)
        begin = following.end() if following else end
        if not _ROW.match(data, begin):
            break
        row, end = _cells(data, begin)
        if len(row) == len(names):
            rows.append(row)
        _read.reached = end
    for number, meaning in enumerate(senses):
        if meaning is not None:
            yield from column(data, [row[number] for row in rows], meaning)


LEADS: Final = (
    (
        (
            "<row>",
            "<row ",
            "<ss:row",
            "<table:table-row",
            "<columns>",
            "<columns ",
            "<headers>",
            "<header>",
            "<fields>",
            "<headings>",
            "<thead>",
        ),
        _rows,
    ),
)
"""What such a table begins with, in small letters, and what reads it."""

"""Memory as tools print it: offsets, bytes in hexadecimal, and the characters beside them, line under line.

`hexdump -C`, `xxd`, tcpdump, debuggers. Both columns are read, each over the lines of a block put together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from triage.redact.decoding.origins import Piece, View, build
from triage.redact.text import HEX_DIGITS, Span, line_of

__all__ = ("columns",)

_OFFSET: Final = re.compile(
    rb"(?<![\w.])(?:0x)?[0-9A-Fa-f]{4,8}(?:`?[0-9A-Fa-f]{4,8})?:?[ \t]{1,4}(?=[0-9A-Fa-f]{2}[ 0-9A-Fa-f])"
)
_GROUP: Final = re.compile(rb"((?:[0-9A-Fa-f]{2}){1,4})(?:-|[ \t]{1,3}|(?=[\r\n|]|\Z))")
_BLANKS: Final = re.compile(rb"[ \t]{0,80}")
_MOST_BYTES: Final = 32
_USUAL: Final = 16
_MOST_LINES: Final = 65_536
_LONGEST: Final = 400
_FEWEST: Final = 4


class _Row(NamedTuple):
    """A line of a dump: where its bytes stand in hexadecimal, and where as characters."""

    begin: int
    bytes: list[int]
    characters: Span | None
    end: int


def columns(data: bytes, encoded: Iterable[Span]) -> Iterator[View]:
    """The columns of each dump that holds one of the places at which bytes are written out."""
    done = 0
    for start, _ in encoded:
        if start < done or data[start] not in HEX_DIGITS:
            continue
        rows = [*_block(data, line_of(data, start, most=_LONGEST)[0], max(done - 1, 0))]
        if not rows:
            continue
        done = rows[-1].end + 1
        for pieces in (_of_bytes(data, rows), _of_characters(data, rows)):
            view = build(data, pieces)
            if view is not None:
                yield view


def _block(data: bytes, at: int, least: int) -> Iterator[_Row]:
    """The lines of a dump around one."""
    while at > least and _row(data, before := line_of(data, at - 1, most=_LONGEST)[0]) and before < at:
        at = before
    last: _Row | None = None
    for _ in range(_MOST_LINES):
        row = _row(data, at) or (_rest(data, at, last) if last else None)
        if row is None:
            return
        yield row
        last, at = row, row.end + 1
        if at >= len(data):
            return


def _rest(data: bytes, at: int, before: _Row) -> _Row | None:
    """The last line of a dump with the few bytes that are left, if its offset says that it goes on there."""
    offsets = _OFFSET.match(data, before.begin), _OFFSET.search(data, *line_of(data, at, most=_LONGEST))
    first, following = (int(offset[0].strip(b": \t").replace(b"`", b""), 16) if offset else 0 for offset in offsets)
    return _row(data, at, fewest=1) if following and following - first == len(before.bytes) else None


def _row(data: bytes, at: int, *, fewest: int = _FEWEST) -> _Row | None:
    """What a line of a dump holds."""
    end = line_of(data, at, most=_LONGEST)[1]
    offset = _OFFSET.search(data, at, end)
    if offset is None:
        return None
    places: list[int] = []
    place, size = offset.end(), 0
    while len(places) < _MOST_BYTES and (group := _GROUP.match(data, place, end)):
        width = len(group[1])
        if size and width > size:
            break
        size = size or width
        places += range(group.start(), group.start() + width, 2)
        place = group.end()
        if len(places) == _USUAL and data[place : place + 1] != b" " and size > 2:
            break
        if data[place : place + 1] == b" " or (len(places) == _USUAL and not _is_longer(data, place, end)):
            break
    if len(places) < fewest:
        return None
    blanks = _BLANKS.match(data, place, end)
    begin = blanks.end() if blanks else place
    stop = end - (data[end - 1 : end] == b"\r")
    if data[begin : begin + 1] == b"|":
        begin, stop = begin + 1, max(data.rfind(b"|", begin, stop), begin + 1)
    return _Row(offset.start(), places, (begin, stop) if stop - begin == len(places) else None, end)


def _is_longer(data: bytes, place: int, end: int) -> bool:
    """Whether sixteen more bytes stand behind the first ones of a line."""
    return len([*_GROUP.finditer(data, place, end)]) >= _USUAL


def _of_bytes(data: bytes, rows: list[_Row]) -> Iterator[Piece]:
    """What is written in hexadecimal, without all that stands between."""
    last = rows[0].begin
    for row in rows:
        for place in row.bytes:
            if last < place:
                yield last, place, b""
            yield place, place + 2, bytes.fromhex(data[place : place + 2].decode())
            last = place + 2
    if last < rows[-1].end:
        yield last, rows[-1].end, b""


def _of_characters(data: bytes, rows: list[_Row]) -> Iterator[Piece]:
    """The characters of the lines, each as the byte that it stands for, without all that stands between."""
    last = -1
    for row in rows:
        if row.characters:
            yield last if last >= 0 else row.begin, row.characters[0], b""
            for place, character in zip(row.bytes, range(*row.characters), strict=True):
                yield character, character + 1, bytes.fromhex(data[place : place + 2].decode())
            last = row.characters[1]
    if 0 <= last < rows[-1].end:
        yield last, rows[-1].end, b""

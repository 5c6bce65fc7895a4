"""Tables in text: what stands in the columns that a header names as secrets or people.

Comma, semicolon, tab and bar separated, Markdown and the boxes of database clients, and columns set with blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import values
from triage.redact.named.cells import FEWEST, LONGEST, QUOTES, aligned, cells_of, column, line_at, valued
from triage.redact.named.headings import CELL, NAMED, PERSONAL, VALUES, is_title, leads, meaning_of, meanings
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense, sense
from triage.redact.named.listings import listed
from triage.redact.named.records import holds
from triage.redact.pii.forms import plain
from triage.redact.text import Allowance, Found, Span, digits_in, line_of

__all__ = ("collided", "columns", "copied", "settings")

_LIKE_A_VALUE: Final = 12
_FEW_DIGITS: Final = 2
_READ_OTHERWISE: Final = frozenset({"entropy", "query", "header", "cookies"})
_PEOPLE: Final = PERSONAL | {"user"}
# A line has so many bytes at least, and may be read below more than one header.
_read: Final = Allowance(250)
# What a table begins behind that is all of a value: of a form, of JSON.
_NESTED: Final = re.compile(
    rb"""[^\n]{0,200}(?:=|"[ ]?:[ ]?\\{0,3}"|<(?:pre|code|textarea|td|p|div|samp)(?:[ ][^<>\n]{0,80})?>)"""
)
_RULE: Final = re.compile(rb"[\s|+:=-]*")
_MARKS: Final = (b"\t", b"|", b";", b",")
_COPIED: Final = re.compile(rb"""[\w.\"]{1,80} ?\(([^()\n]{1,400})\) from stdin[^\n]{0,60}\r?\n""", re.IGNORECASE)
_COLLIDED: Final = re.compile(rb"([^()\n]{1,200})\)=\(([^\n]{1,400}?)\)(?=[ .\n\"\\]|\Z)")


def columns(data: bytes, at: int) -> Iterator[Found]:
    """What stands in the sensitive columns of a table whose header holds a place, if it is the first of them."""
    start, end = line_at(data, at, LONGEST)
    if (nested := _NESTED.match(data, start, at)) is not None:
        start = nested.end()
    header = data[start:end]
    if len(header) >= LONGEST or b"=" in header or b"{" in header:
        return
    mark = next((mark for mark in _MARKS if mark in header), b"  ")
    cells = cells_of(header, mark)
    if len(cells) == FEWEST and mark == b"|" and holds(data, start):
        return  # each row is read as a name and its value
    if len(cells) == FEWEST and mark == b"|" and (rows := listed(data, at, start, end, cells)) is not None:
        yield from rows
        return
    senses = meanings([header[slice(*cell)] for cell in cells])
    asked = [number for number, meaning in enumerate(senses) if meaning is not None]
    sentence = mark == b"," and len(cells) == FEWEST and any(b" " in header[slice(*cell)] for cell in cells)
    if (
        sum(begin < stop for begin, stop in cells) < FEWEST
        or sentence
        or not asked
        or not all(is_title(header[slice(*cell)]) for cell in cells)
    ):
        return
    # It is read once: from the first column that leads here, whatever it holds.
    leading = [number for number, cell in enumerate(cells) if leads(header[slice(*cell)])]
    if not leading or not cells[leading[0]][0] <= at - start <= cells[leading[0]][1]:
        return
    if not _read.left(data) or start < _read.reached:  # a row of another table
        return
    yield from _alternating(data, start, cells, senses)
    if any(values.looks_random(header[slice(*cell)], least=_LIKE_A_VALUE) for cell in cells):
        return  # a row of names and values
    below = [*_rows(data, end, header, cells, mark, senses)]
    _read.reached = below[-1][-1][1] if below else end
    for number in asked:
        meaning = senses[number]
        if meaning is not None:
            yield from column(data, [row[number] for row in below], meaning)


def _rows(
    data: bytes, end: int, header: bytes, cells: list[Span], mark: bytes, senses: list[Sense | None]
) -> Iterator[list[Span]]:
    """Where the cells stand of the rows below a header."""
    for first, last in _below(data, end):
        line = data[first:last]
        if _RULE.fullmatch(line):
            continue
        row = _row(line, header, cells, mark)
        if len(row) != len(cells) or _repeats(line, row, header, cells, senses):
            return
        yield [(first + cell[0], first + cell[1]) for cell in row]


def _row(line: bytes, header: bytes, cells: list[Span], mark: bytes) -> list[Span]:
    """The cells of a line below a header."""
    if mark != b"  ":
        return cells_of(line, mark)
    if header[:1] == b" " and line[:1].isdigit():
        # pandas sets columns to the right, and prints the index of a row without a name for it
        row = cells_of(line, mark)
        if len(row) == len(cells) + 1:
            return row[1:]
    return aligned(line, cells)


def _below(data: bytes, end: int) -> Iterator[Span]:
    """The lines below one that ends at a place, up to an empty one."""
    while _read.left(data):
        _read.spend()
        step = 1 + (data[end : end + 1] == b"\\")  # of an end that is written out
        start, end = line_at(data, end + step, 2 * LONGEST) if end + step < len(data) else (end, end)
        if not data[start:end].strip():
            return
        yield start, end


def copied(size: int, data: bytes, at: int) -> Iterator[Found]:
    """What stands in the sensitive columns of the rows that a dump of PostgreSQL copies."""
    header = _COPIED.match(data, at + size)
    if header is None:
        return
    names = [name.strip(QUOTES).lower() for name in header[1].split(b",")]
    senses = meanings(names)
    named = next((number for number, name in enumerate(names) if name in NAMED), -1)
    told = next((number for number, name in enumerate(names) if name in VALUES), -1)
    start = header.end()
    while (any(senses) or min(named, told) >= 0) and _read.left(data):
        _read.spend()
        end = line_of(data, start, most=10 * LONGEST)[1]
        row = data[start:end].split(b"\t")
        if len(row) != len(senses):
            return
        own = sense(row[named].decode("latin-1")) if min(named, told) >= 0 else None
        own = own if own is not None and own.weak not in _READ_OTHERWISE else None
        for number, cell in enumerate(row):
            meaning = own if number == told else senses[number]
            if meaning is not None and cell != b"\\N":
                yield from valued(data, (start, start + len(cell.rstrip(b"\r"))), meaning)
            start += len(cell) + 1


def settings(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The secrets of a table of names and values, whose header ends at a place and those two columns at its end."""
    start, end = line_at(data, at, LONGEST)
    start = nested.end() if (nested := _NESTED.match(data, start, at)) else start
    header = data[start:end]
    mark = next((mark for mark in _MARKS if mark in header[at - start : at - start + size]), b"")
    cells = cells_of(header, mark) if mark and len(header) < LONGEST else []
    places = [start + stop for _, stop in cells]
    if at + size not in places or not all(is_title(header[slice(*cell)]) for cell in cells):
        return
    column = places.index(at + size)
    for first, last in _below(data, end):
        line = data[first:last]
        row = cells_of(line, mark)
        if _RULE.fullmatch(line):
            continue
        if len(row) != len(cells):
            return
        name = line[slice(*row[column - 1])]
        if name.lower() == header[slice(*cells[column - 1])].lower():  # a header again, that reads what is below it
            return
        meaning = sense(plain(name)) if CELL.fullmatch(name) else None
        if meaning is not None and meaning.weak != "entropy":
            span = first + row[column][0], first + row[column][1]
            yield from judged(data, span, meaning, in_quotes=True, assigned=True, name=(first, first))


def collided(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The values of the columns that PostgreSQL says are there already: `Key (email, phone)=(..., ...)`."""
    match = _COLLIDED.match(data, at + size)
    if match is None:
        return
    start = match.start(2)
    columns, row = match[1].split(b","), match[2].split(b", ")
    for cell, meaning in zip(row, meanings([name.strip(QUOTES) for name in columns]), strict=False):
        if meaning is not None and len(row) == len(columns):
            yield from valued(data, (start, start + len(cell)), meaning)
        start += len(cell) + len(b", ")


def _alternating(data: bytes, start: int, cells: list[Span], meanings: list[Sense | None]) -> Iterator[Found]:
    """The secrets of a line on which names and values take turns."""
    if len(cells) % 2 or len(cells) < 4 or any(meanings[1::2]):
        return
    for number in range(0, len(cells), 2):
        span = start + cells[number + 1][0], start + cells[number + 1][1]
        value, meaning = data[slice(*span)], meanings[number]
        if meaning and not meaning.weak and digits_in(value) > 1 and values.mixed(value, least=8):
            yield from judged(data, span, meaning, in_quotes=False, assigned=True, name=(start, start))


def _repeats(line: bytes, row: list[Span], header: bytes, cells: list[Span], senses: list[Sense | None]) -> bool:
    """Whether a row is a header again: another one, whose cells name such columns themselves.

    A number elsewhere makes it one of many: `1,token,user0,hunter2` is a row.
    """
    texts = [line[slice(*cell)] for cell in row]
    own = [header[slice(*cell)].lower() for cell in cells]
    if any(text.lower() == name for text, name in zip(texts, own, strict=True) if name):
        return True
    names = [bool(text) and _is_name(text) for text in texts]
    if any(digits_in(text) for text, name in zip(texts, names, strict=True) if not name):
        return False
    secret = any(name and sense and sense.weak not in _PEOPLE for name, sense in zip(names, senses, strict=True))
    return secret or sum(names) > 1


def _is_name(text: bytes) -> bool:
    """Whether a cell names a column; a value may hold a word by chance."""
    meaning = meaning_of(text)
    few = _FEW_DIGITS if meaning is not None and meaning.weak in {"", "long"} else 0
    return meaning is not None and digits_in(text) <= few and not values.is_shuffled(text)

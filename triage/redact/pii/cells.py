"""Rows of tables without the names of their columns, as databases refuse them: each value tells by its form alone.

`Failing row contains (7, 12 Harbour Lane, open)`, `The duplicate key value is (Ana Cruz, 1979-03-05)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from triage.redact.pii import people, rows
from triage.redact.pii.given import is_name_of_somebody
from triage.redact.pii.persons import is_person
from triage.redact.text import Found, Span, line_of

__all__ = ("READERS",)

_REACH: Final = 2_000
_MOST: Final = 64
_LONGEST: Final = 120
_END: Final = re.compile(rb"\)(?=[.\s\"'\\]|\Z)")
_CELL: Final = re.compile(rb"[ ]?([^,]*)(?:,|\Z)")
_WORD: Final = re.compile(rb"[A-Z\x80-\xff][A-Za-z\x80-\xff'-]{1,30}")
_PERSONAL: Final = re.compile(rb"@[\w.-]{3,80}|(?<![\w.])\+[0-9][0-9 ()-]{7,18}(?![\w.])")


def _row(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The streets, people and days of birth of a row."""
    start = at + size
    end = max((found.start() for found in _END.finditer(data, start, line_of(data, start, most=_REACH)[1])), default=-1)
    if end < 0:
        return
    cells = [match.span(1) for _, match in zip(range(_MOST), _CELL.finditer(data, start, end), strict=False)]
    cells = [(begin, stop) for begin, stop in cells if 1 < stop - begin <= _LONGEST]
    streets = [cell for cell in cells if people.is_street(data[slice(*cell)])]
    days = [cell for cell in cells if rows.DAY.fullmatch(data, *cell)]
    yield from ((*cell, "street_address", "row") for cell in streets)
    told = bool(streets or days or _PERSONAL.search(data, start, end))
    persons = [*_people(data, cells, told=told)]
    yield from ((*cell, "person", "row") for cell in persons)
    if persons:
        yield from ((*cell, "birth_date", "row") for cell in days)


def _people(data: bytes, cells: list[Span], *, told: bool) -> Iterator[Span]:
    """The full names of a row, and those in two cells where something else of somebody stands in it."""
    for cell in cells:
        if is_name_of_somebody(data[slice(*cell)]) and is_person(data[slice(*cell)]):
            yield cell
    for one, other in pairwise(cells) if told else ():
        first, last = data[slice(*one)], data[slice(*other)]
        words = _WORD.fullmatch(first) and _WORD.fullmatch(last)
        if words and is_name_of_somebody(first + b" " + last) and is_person(first) and is_person(last):
            yield from (one, other)


READERS: Final = {"rows": _row}
"""What reads the values behind the words of leads.toml, by their lists."""

"""Tables of two columns without a header: a name and its value on every line, a bar between them."""

from __future__ import annotations

import re
from typing import Final

from triage.redact.named import values
from triage.redact.named.cells import AROUND, FEWEST, LONGEST, cells_of, line_at, valued
from triage.redact.named.headings import leads, meanings
from triage.redact.named.keys import Sense
from triage.redact.pii import persons
from triage.redact.pii.people import full_name
from triage.redact.text import Allowance, Found, Span

__all__ = ("listed",)

_ROWS: Final = 20_000
_MOST_LISTED: Final = 24
_LEAST: Final = 8
_RULED: Final = re.compile(rb"[ ]?-{2,200}\+-{2,200}\r?")
_paired: Final = Allowance(100)
"""The rows of tables of two columns that were read, from every name in them."""


def listed(data: bytes, at: int, start: int, end: int, own: list[Span]) -> list[Found] | None:
    """What stands beside its name in a table of two columns, one of names and one of values; None in another.

    It is read once: from the name of the first row that leads here.
    """
    named = own[0][0] <= at - start <= own[0][1]
    if not _paired.left(data):
        return []
    if named and start > 2 and _leads_in_pair(data[slice(*line_at(data, start - 2, LONGEST))]):
        return []
    rows: list[tuple[Span, Span]] = []
    first = start
    for _ in range(_MOST_LISTED if named else 1):
        if first < 2 or not (row := _pair(data, *line_at(data, first - 2, LONGEST))):
            break
        if named and leads(data[slice(*row[0])]):
            _paired.spend(len(rows))
            return []
        rows.insert(0, row)
        first = line_at(data, first - 2, LONGEST)[0]
    for _ in range(_ROWS if named else 2):
        if not (row := _pair(data, start, end)):
            break
        rows.append(row)
        start, end = line_at(data, end + 1, LONGEST) if end + 1 < len(data) else (end, end)
    _paired.spend(len(rows))
    senses = meanings([data[slice(*name)] for name, _ in rows])
    if sum(meaning is not None for meaning in senses) < FEWEST:
        framed = named and (_is_framed(data, at) or _is_ruled(data, first))
        return _alone(data, rows, senses) if framed else None
    if not named:
        return []
    told = zip(rows, senses, strict=True)
    found = [one for (_, value), meaning in told if meaning for one in valued(data, value, meaning)]
    sure = any(kind != "person" for _, _, kind, _ in found)
    return [
        one
        for one in found
        if one[2] != "person"
        or (persons.is_person(data[one[0] : one[1]]) and (sure or full_name(data[one[0] : one[1]])))
    ]


def _is_framed(data: bytes, at: int) -> bool:
    """Whether the line of a place begins and ends with a bar."""
    line = data[slice(*line_at(data, at, LONGEST))].strip()
    return line.startswith(b"|") and line.endswith(b"|")


def _is_ruled(data: bytes, first: int) -> bool:
    """Whether a rule stands above the first row, as psql draws it."""
    return first > 1 and _RULED.fullmatch(data[slice(*line_at(data, first - 2, LONGEST))]) is not None


def _alone(data: bytes, rows: list[tuple[Span, Span]], senses: list[Sense | None]) -> list[Found] | None:
    """The one secret in a frame of names and values, where it looks like one; None where it does not."""
    told = [(value, meaning) for (_, value), meaning in zip(rows, senses, strict=True) if meaning is not None]
    if len(rows) < FEWEST or len(told) != 1:
        return None
    value, meaning = told[0]
    if meaning.weak not in {"", "long"} or not values.mixed(data[slice(*value)], least=_LEAST):
        return None
    return [*valued(data, value, meaning)]


def _leads_in_pair(line: bytes) -> bool:
    """Whether a line has two cells with a bar between, of which the first is a name that leads to a table."""
    name, bar, rest = line.strip(b"| \t\r").partition(b"|")
    return bool(bar) and b"|" not in rest and leads(name.strip(AROUND))


def _pair(data: bytes, start: int, end: int) -> tuple[Span, Span] | None:
    """The two cells of a line with a bar between."""
    line = data[start:end]
    cells = cells_of(line, b"|") if b"|" in line else []
    if len(cells) != FEWEST:
        return None
    (one, two), (three, four) = cells
    return (start + one, start + two), (start + three, start + four)

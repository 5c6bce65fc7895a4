"""People in rows without a header: a cell beside an address of e-mail that holds somebody's name.

`Cruz,Ana,ana.cruz@...`, `| Ana Cruz | acruz@... |`, `(7, 'Ana Cruz', 'cruz.a@...', '1979-03-05')`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.pii.forms import plain
from triage.redact.pii.given import is_name_of_somebody
from triage.redact.pii.persons import is_person
from triage.redact.text import Found, Span

__all__ = ("DAY", "beside_address")

_REACH: Final = 96
_CELLS: Final = 4
_WORD: Final = rb"[A-Z\x80-\xff](?:[A-Za-z\x80-\xff.-]|'(?=[A-Za-z\x80-\xff])){1,30}"
_NAME: Final = _WORD + rb"(?:[ ](?:(?:d[aeiou]|del|de[ ]la|van|von|van[ ]der?|bin|al)[ ])?" + _WORD + rb"){0,3}"
_MARKS: Final = rb"(?:[,;|\t]|\\t)"
_BEFORE: Final = re.compile(
    rb"(?:\A|\n|\\n|[,;|\t(\[:=])[ ]{0,40}[\"']?("
    + _NAME
    + rb"(?:,[ ]?"
    + _NAME
    + rb")?)[\"']?[ ]{0,40}"
    + _MARKS
    + rb"[ ]{0,40}[\"']?\Z"
)
_BEHIND: Final = re.compile(
    rb"[\"']?[ ]{0,40}" + _MARKS + rb"[ ]{0,40}[\"']?(" + _NAME + rb")(?=[\"']?[ ]{0,40}(?:[,;|\t)\r\n]|\\[tn]|\Z))"
)
_MARK_BEFORE: Final = re.compile(_MARKS + rb"[ ]{0,40}[\"']?\Z")
# A cell, and a day in one on which somebody of age may have been born.
_CELL: Final = re.compile(rb"[\"']?[ ]{0,40}" + _MARKS + rb"[ ]{0,40}[\"']?([^,;|\t\r\n\"'()\\]{0,60})")
DAY: Final = re.compile(
    rb"(?:19[2-9][0-9]|200[0-9])[-./][0-9]{2}[-./][0-9]{2}|[0-9]{2}[-./][0-9]{2}[-./](?:19[2-9][0-9]|200[0-9])"
)
_LETTERS: Final = re.compile(r"[a-z]+")
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
# So many letters of a name tell it inside of an account, and so many a part of one.
_INSIDE: Final = 4
_PART: Final = 3


def beside_address(data: bytes, start: int, end: int) -> Iterator[Found]:
    """The names in the cells beside an address, and the day of birth behind it."""
    account = data[start : data.find(b"@", start, end)].decode("utf-8", "replace").lower()
    first = max(start - _REACH, 0)
    named = False
    if _MARK_BEFORE.search(data, max(start - 44, 0), start):
        for one in _names_before(data, first, start, account):
            named = True
            yield one
    place = end
    while place < end + _REACH and (behind := _BEHIND.match(data, place)) and _is_told(behind[1], account):
        named, place = True, behind.end()
        yield *behind.span(1), "person", "row"
    if named:
        place = end
        for _ in range(_CELLS):
            cell = _CELL.match(data, place)
            if cell is None:
                return
            if DAY.fullmatch(cell[1]):
                yield *cell.span(1), "birth_date", "row"
                return
            place = cell.end()


def _names_before(data: bytes, first: int, start: int, account: str) -> Iterator[Found]:
    """The names in the cells before an address: one that it is made of, and the other half of it."""
    cells: list[Span] = []
    stop = start
    while len(cells) < 2 and (before := _BEFORE.search(data, first, stop)):
        cells.append(before.span(1))
        stop = before.start(1)
        while stop > first and data[stop - 1] in b" \"'":
            stop -= 1
    known = [_is_told(data[slice(*cell)], account) for cell in cells]
    alone = [b" " not in data[slice(*cell)] for cell in cells]
    for cell, sure in zip(cells, known, strict=True):
        if is_person(data[slice(*cell)]) and (sure or (any(known) and all(alone))):
            yield *cell, "person", "row"


def _is_told(name: bytes, account: str) -> bool:
    """Whether a name is that of an address's owner: it is made of the name, or a given name says that somebody is."""
    return _is_of(name, account) or (is_name_of_somebody(name) and is_person(name))


def _is_of(name: bytes, account: str) -> bool:
    """Whether an account is made of a part of a name."""
    told = _LETTERS.findall(account)
    spelt = name.decode("utf-8", "replace").lower()
    words = {*_LETTERS.findall(plain(name).lower()), *_LETTERS.findall(plain(spelt.translate(_UMLAUTS).encode()))}
    return any(
        (len(word) >= _INSIDE and word in account) or (len(word) >= _PART and word in told) for word in words
    ) and is_person(name)

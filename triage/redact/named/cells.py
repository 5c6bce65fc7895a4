"""The lines of tables in text and the cells of each, and what a cell holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from triage.redact.named import values
from triage.redact.named.headings import CODE, FULL
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense
from triage.redact.pii import persons
from triage.redact.pii.people import full_name
from triage.redact.text import Found, Span, line_of

__all__ = (
    "AROUND",
    "FEWEST",
    "LONGEST",
    "QUOTES",
    "aligned",
    "bare",
    "cells_of",
    "column",
    "crosses",
    "cut",
    "line_at",
    "ruled",
    "valued",
)

FEWEST: Final = 2
# A word among secrets is one of them, from so many letters on.
_LEAST: Final = 4
LONGEST: Final = 400
_WRITTEN_END: Final = b"\\n"
# The next string of a list, as notebooks keep lines.
_NEXT_STRING: Final = re.compile(rb'\\n"[ ]?,\s{0,40}"')
_OPENED: Final = re.compile(rb'\s{1,80}"')
# What a mail writes before the lines that it answers.
_CITED: Final = re.compile(rb"(?:> ?){1,6}")
QUOTES: Final = b" \t\"'`*\r"
AROUND: Final = QUOTES + b"\\"
# A code that is sent to somebody, under the name of a token; in a column of them each is as long as the others.
_CODE: Final = re.compile(rb"[0-9]{4,8}|[0-9]{3}[ -][0-9]{3}|[A-Z]-[0-9]{6}")
_DEGREES: Final = re.compile(rb"[+-]?(?:1[0-7][0-9]|[1-9]?[0-9])\.[0-9]{4,17}")
_TOKEN: Final = Sense("token")
_GAP: Final = re.compile(rb" {2,}")
_WORD: Final = re.compile(rb"[^\s]+")
# The line below a header that is ruled with signs.
_RULED: Final = re.compile(
    rb"\r?\n([ \t]{0,16}(?:={2,400}|-{2,400})(?:[ ]{1,200}(?:={2,400}|-{2,400})){1,100})[ \t\r]{0,200}(?:\n|\Z)"
)
_QUOTED: Final = re.compile(rb'"[^"]*"')


def line_at(data: bytes, at: int, most: int) -> Span:
    """The line of a place, also one of those that are written out inside of a string."""
    start, end = line_of(data, at, most=most)
    before, behind = data.rfind(_WRITTEN_END, start, at), data.find(_WRITTEN_END, at, end)
    if before >= 0:
        following = _NEXT_STRING.match(data, before, at)
        start = following.end() if following else before + len(_WRITTEN_END)
    elif behind >= 0 and (opened := _OPENED.match(data, start, at)):
        start = opened.end()
    elif cited := _CITED.match(data, start, end):
        start = cited.end()
    return start, behind if behind >= 0 else end


def cells_of(line: bytes, mark: bytes) -> list[Span]:
    """The cells of a line without what frames them."""
    plain = _QUOTED.sub(lambda match: b'"' * len(match.group()), line)
    ends = [match.span() for match in re.finditer(_GAP if mark == b"  " else re.escape(mark), plain)]
    found = [(start, end) for (_, start), (end, _) in pairwise([(0, 0), *ends, (len(line), 0)])]
    if mark in {b"|", b"||", b"  "}:
        found = found[not line[slice(*found[0])].strip() : len(found) - (not line[slice(*found[-1])].strip())]
    return [bare(line, *cell) for cell in found]


def ruled(data: bytes, end: int) -> tuple[int, ...]:
    """Where the columns begin that a line of signs below one that ends at a place draws; nowhere if none does."""
    below = _RULED.match(data, end)
    return tuple(match.start() for match in _WORD.finditer(below[1])) if below else ()


def cut(line: bytes, starts: tuple[int, ...]) -> list[Span]:
    """The cells of a line whose columns begin at such places; a number that stands to the right begins before one."""
    size = len(line)
    begins = [
        line.rfind(b" ", 0, start) + 1 if start < size and line[start - 1 : start].strip() else min(start, size)
        for start in starts
    ]
    return [bare(line, start, end) for start, end in pairwise([*begins, size])]


def crosses(line: bytes, starts: tuple[int, ...]) -> bool:
    """Whether a sentence runs over the gaps of a table: most columns begin within a word, as by chance."""
    met = [start for start in starts[1:] if start < len(line)]
    return 2 * sum(_is_within(line, start) and _is_within(line, start - 1) for start in met) > len(met)


def aligned(line: bytes, cells: list[Span]) -> list[Span]:
    """The cells of a line under those of a header set with blanks, to the left or to the right."""
    starts, ends = [start for start, _ in cells], [end for _, end in cells]
    if any(line[start - 1 : start].strip() for start in starts[1:]) or _is_within(line, starts[0]):
        words = [match.span() for match in _WORD.finditer(line)]
        if len(words) == len(cells):
            return words
        if any(_is_within(line, end) for end in ends):
            return []
        return [bare(line, max(start, line.rfind(b"  ", start, end)), end) for start, end in pairwise([0, *ends])]
    return [bare(line, start, end) for start, end in pairwise([*starts, len(line)]) if start < len(line)]


def _is_within(line: bytes, at: int) -> bool:
    """Whether a word goes on at a place of a line."""
    return at > 0 and line[at - 1 : at].strip() != b"" and line[at : at + 1].strip() != b""


def bare(line: bytes, start: int, end: int) -> Span:
    """A cell without blanks and quotes."""
    text = line[start:end]
    left = start + len(text) - len(text.lstrip(AROUND))
    return left, max(left, end - len(text) + len(text.rstrip(AROUND)))


def column(data: bytes, cells: list[Span], meaning: Sense) -> Iterator[Found]:
    """The values of a column: those that look so, and of secrets all words where most of them do."""
    filled = [data[slice(*cell)] for cell in cells if cell[0] < cell[1]]
    codes = meaning.weak == CODE and _are_codes(filled)
    meaning = _TOKEN if meaning.weak == CODE else meaning
    found = [[*valued(data, cell, meaning)] for cell in cells]
    most = not meaning.weak and 2 * sum(map(bool, found)) > len(filled) > 1
    for cell, told in zip(cells, found, strict=True):
        value = data[slice(*cell)]
        if codes and _CODE.fullmatch(value):
            yield *cell, meaning.kind, "column"
        elif told or not most:
            yield from told
        elif len(value) >= _LEAST and len(value.split()) == 1 and not values.placeholder(value):
            yield *cell, meaning.kind, "column"


def _are_codes(filled: list[bytes]) -> bool:
    """Whether the numbers of a column are codes: all of one length, and none counted on from another."""
    codes = [value for value in filled if _CODE.fullmatch(value)]
    numbers = {int(code.translate(None, b" -ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for code in codes}
    apart = not any(number + 1 in numbers for number in numbers)
    return len({*map(len, codes)}) == 1 and apart and 2 * len(codes) >= len(filled)


def valued(data: bytes, span: Span, meaning: Sense) -> Iterator[Found]:
    """The value of a cell: no plain word, as the types and words of a description are."""
    value = data[slice(*span)]
    if meaning.weak == CODE:
        if _CODE.fullmatch(value):
            yield *span, meaning.kind, "column"
            return
        meaning = _TOKEN
    if value.count(b"(") != value.count(b")"):  # of code
        return
    if meaning.weak == "degrees":
        if _DEGREES.fullmatch(value):
            yield *span, meaning.kind, "column"
    elif meaning.weak == FULL:
        if full_name(value) and persons.is_person(value):
            yield *span, "person", "column"
    elif (
        meaning.weak
        or values.mixed(value, least=4)
        or (values.is_shuffled(value) and value.isalnum())
        or (meaning.kind == "password" and values.is_joined(value))
    ):
        yield from judged(data, span, meaning, in_quotes=True, assigned=True, name=(span[0], span[0]))

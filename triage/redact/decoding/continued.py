"""Cells of printed tables that go on in the rows below: `| token | eyJhbGci |` over `|       | OiJIUzI1 |`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from triage.redact.decoding.origins import Piece, View, build
from triage.redact.text import Span, line_of

__all__ = ("rejoined_cells",)

_BAR: Final = ord("|")
_NEWLINE: Final = ord("\n")
_LONGEST: Final = 2_000
# The bars of one cell.
_OF_ONE: Final = 2


def rejoined_cells(data: bytes, encoded: Iterable[Span]) -> Iterator[View]:
    """The rows at such places with what their cells hold joined to the cells above."""
    if view := build(data, _pieces(data, encoded)):
        yield view


def _pieces(data: bytes, encoded: Iterable[Span]) -> Iterator[Piece]:
    """What stands between the parts of a cell."""
    for start, _ in encoded:
        if data[start] != _NEWLINE:
            continue
        above, below = line_of(data, start - 1, most=_LONGEST), line_of(data, start + 1, most=_LONGEST)
        bars, others = _bars(data, below), _bars(data, above)
        # The last one may stand apart where it is not filled up.
        if len(bars) <= _OF_ONE or len(bars) != len(others) or bars[:-1] != others[:-1]:
            continue
        both = [
            (_cell(data, above, over), _cell(data, below, cell))
            for over, cell in zip(*map(pairwise, (others, bars)), strict=True)
        ]
        filled = [(first, second) for first, second in both if second]
        if len(filled) == 1 and (first := filled[0][0]):
            yield first[1], filled[0][1][0], b""


def _bars(data: bytes, line: Span) -> list[int]:
    """The columns in which the bars of a row stand."""
    return [at for at, byte in enumerate(data[slice(*line)]) if byte == _BAR]


def _cell(data: bytes, line: Span, column: Span) -> Span | None:
    """Where the one word in a cell stands; None where there is none, or more."""
    begin, end = line[0] + column[0] + 1, line[0] + column[1]
    text = data[begin:end]
    word = text.strip(b" \t")
    if not word or b" " in word:
        return None
    start = begin + len(text) - len(text.lstrip(b" \t"))
    return start, start + len(word)

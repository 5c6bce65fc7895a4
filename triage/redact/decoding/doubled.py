"""Cells of tables whose quotes are doubled: `"{""password"": ""hunter2""}"` is read as what it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from triage.redact.decoding.origins import Piece, View, build
from triage.redact.text import Span, line_of

__all__ = ("undoubled",)

_QUOTES: Final = b'""'
_QUOTE: Final = ord('"')
_LONGEST: Final = 65_536


def undoubled(data: bytes, encoded: Iterable[Span]) -> Iterator[View]:
    """The lines that hold one of the places at which a name stands in doubled quotes, with each of these once."""
    if view := build(data, _pieces(data, encoded)):
        yield view


def _pieces(data: bytes, encoded: Iterable[Span]) -> Iterator[Piece]:
    """The doubled quotes of such lines."""
    done = 0
    for start, _ in encoded:
        if start < done or data[start] != _QUOTE:
            continue
        at, done = line_of(data, start, most=_LONGEST)
        while (at := data.find(_QUOTES, at, done)) >= 0:
            yield at, at + len(_QUOTES), b'"'
            at += len(_QUOTES)

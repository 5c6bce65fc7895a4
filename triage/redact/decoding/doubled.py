"""Cells of tables whose quotes are doubled: `"{""password"": ""hunter2""}"` is read as what it holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.decoding.views import Piece, View, build
from triage.redact.text import line_of

__all__ = ("undoubled",)

_QUOTES: Final = b'""'
_BEHIND_A_NAME: Final = b'"":'
_NAME: Final = re.compile(rb'""[A-Za-z_][\w. -]{0,60}"":')
_LONGEST: Final = 65_536


def undoubled(data: bytes) -> Iterator[View]:
    """The lines of a text that hold names in doubled quotes, with each of these once."""
    if _BEHIND_A_NAME in data and (view := build(data, _pieces(data))):
        yield view


def _pieces(data: bytes) -> Iterator[Piece]:
    """The doubled quotes of such lines."""
    done = 0
    for name in _NAME.finditer(data):
        if name.start() < done:
            continue
        line, done = line_of(data, name.start(), most=_LONGEST)
        at = line
        while (at := data.find(_QUOTES, at, done)) >= 0:
            yield at, at + len(_QUOTES), b'"'
            at += len(_QUOTES)

"""Where somebody is: pairs of degrees as maps, phones and browsers write them, to ten metres or nearer.

`geo:52.52,13.40`, `LatLng(...)`, `Location[gps ...]`, `?ll=...`, points of GeoJSON, sentences of NMEA, and one degree
behind its word: `latitude 52.5200`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.text import Found

__all__ = ("angle", "pair")

_DEGREES: Final = rb"[+-]?(?:1[0-7][0-9]|[1-9]?[0-9])\.[0-9]{4,17}"
_PAIR: Final = re.compile(
    rb"""(?:[\s"'`\\:=(\[{<@/]|\w{1,12}(?=[ :=(\[])){0,8}?(?<![\w.-])([+<-]?"""
    + _DEGREES[5:]
    + rb""")["'\\]{0,3}(?:\s{0,8}(?:[,;/|]|%2[cC])|[ ]|(?=[+-]))[\s"'\\]{0,12}("""
    + _DEGREES
    + rb""")(?!\w|\.\w|\s?[,;]\s?[-+]?[0-9.]{2})"""
)
_SENTENCE: Final = re.compile(rb"[0-9.]{5,10},(?:[AV],)?([0-9]{4}\.[0-9]{2,7},[NS],[0-9]{5}\.[0-9]{2,7},[EW])(?=,)")
# Degrees behind the word for one of the two; what counts seconds has a unit behind it.
_ANGLE: Final = re.compile(
    rb"(?:is |was |of |at |approx\.? |~)?(" + _DEGREES + rb")(?!\w|\.\w|[ ]?(?:[mun\xc2]?s|ms)\b)"
)
_OTHER: Final = re.compile(rb"[ ,;]{1,3}(?:and )?(?:lon|lng|long)[ :=]{1,2}(" + _DEGREES + rb")(?!\w|\.\w)")


def angle(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The degrees behind the word for them; a short word needs the other beside it."""
    if match := _ANGLE.match(data, at + size):
        other = _OTHER.match(data, match.end())
        if other or data[at + size - 2 : at + size - 1] == b"e":
            yield *match.span(1), "coordinates", "place"
        if other:
            yield *other.span(1), "coordinates", "place"


def pair(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The place on earth behind a lead."""
    if match := _SENTENCE.match(data, at + size):
        yield *match.span(1), "coordinates", "place"
    elif match := _PAIR.match(data, at + size):
        start = match.start(1) + data[match.start(1) : match.start(1) + 1].count(b"<")
        yield start, match.end(1), "coordinates", "place"
        yield *match.span(2), "coordinates", "place"

"""Where somebody is: pairs of degrees as maps, phones and browsers write them, to ten metres or nearer.

`geo:52.52,13.40`, `LatLng(...)`, `Location[gps ...]`, `?ll=...`, points of GeoJSON, sentences of NMEA, and one degree
behind its word: `latitude 52.5200`. Under its name one alone is a place to a metre: `"lng": "13.404954"`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.text import Found, Span

__all__ = ("angle", "both", "degree", "pair")

_DEGREES: Final = rb"[+-]?(?:1[0-7][0-9]|[1-9]?[0-9])\.[0-9]{4,17}"
_PAIR: Final = re.compile(
    rb"""(?:[\s"'`\\:=(\[{<>@/]|0x[0-9a-f]{1,16}|\w{1,12}(?=[ :=(\[])){0,8}?(?<![\w.-])([+<-]?"""
    + _DEGREES[5:]
    + rb""")["'\\]{0,3}(?:\s{0,8}(?:[,;/|]|%2[cC])|[ ]|(?=[+-]))[\s"'\\]{0,12}("""
    + _DEGREES
    + rb""")(?!\w|\.\w|\s?[,;]\s?[-+]?[0-9.]{2})"""
)
_BOTH: Final = re.compile(_DEGREES + rb"(?:[ ]?[,;/|][ ]?|[ ])" + _DEGREES + rb"(?![\w.]|[ ]?[,;][ ]?[-+]?[0-9.]{2})")
_SENTENCE: Final = re.compile(rb"[0-9.]{5,10},(?:[AV],)?([0-9]{4}\.[0-9]{2,7},[NS],[0-9]{5}\.[0-9]{2,7},[EW])(?=,)")
# Degrees behind the word for one of the two; what counts seconds has a unit behind it.
_ANGLE: Final = re.compile(
    rb"(?:is |was |of |at |approx\.? |~|[ \t]?(?:[:=]|\xef\xbc\x9a)[ \t]?)?[\"']?("
    + _DEGREES
    + rb")(?!\w|\.\w|[ ]?(?:[mun\xc2]?s|ms)\b)"
)
_OTHER: Final = re.compile(rb"[ ,;]{1,3}(?:and )?(?:lon|lng|long)[ :=]{1,2}(" + _DEGREES + rb")(?!\w|\.\w)")
_DEGREE: Final = re.compile(_DEGREES + rb"(?:(?=[NSEW](?!\w))|(?![\w.]))")
_TO_DEGREES: Final = (
    rb"[a-z]{0,7}\\{0,7}[\"']?(?: ?[:=]>? ?|</?[^<>]{0,40}>|%3D)\\{0,7}[\"']?" + _DEGREES + rb"(?![\w.])"
)
_LATITUDE: Final = re.compile(rb"lat" + _TO_DEGREES, re.IGNORECASE)
_LONGITUDE: Final = re.compile(rb"lo?ng?" + _TO_DEGREES, re.IGNORECASE)
# Of one alone: five places behind the point or more, of which three say something, and no measure of anything.
_TO_A_METRE: Final = re.compile(
    rb"(?P<sign>[+-])?(?P<whole>[0-9]{1,3})\.(?=[0-9]{5})(?P<rest>[0-9]{2,16}?[1-9])0{0,16}(?![0-9])"
    rb"(?!\\{0,7}[\"']?[ ]?(?:%|[mun\xc2]?s\b|\xc2?\xb5s\b|m?secs?\b|(?:milli|micro|nano)?seconds?\b|[kKMG]?i?[bB]\b))"
)
_LEAST_VARIED: Final = 2
_SHORT: Final = frozenset({b"lat", b"lon"})
_MARKS: Final = b" \t\"'`-,:="
_MOST_NORTH, _MOST_EAST = 90, 180
# What stands beside how long something took.
_LATENCIES: Final = re.compile(
    rb"(?i)(?:\b|_)(?:p[0-9]{2,4}|[mnu]secs?|avg|average|mean|median|min|max|stddev|stdev|mdev|variance|percentiles?|iops"
    rb"|tps|rps|qps|bw|throughput|jitter|[cs]lat|rtt|latency|latencies|samples?|iterations?)(?:\b|_)"
)
_NEAR: Final = 80
_QUERIED: Final = frozenset({b"?", b"&", b";"})


def both(data: bytes, start: int) -> Span | None:
    """Both degrees of a place that a name announces, with what parts them."""
    match = _BOTH.match(data, start)
    return match.span() if match else None


def degree(data: bytes, start: int, name: Span) -> Span | None:
    """A latitude beside a longitude, or the other way round, or one alone that is a place to a metre.

    A short name alone may be one for how long something took.
    """
    match = _DEGREE.match(data, start)
    if match is None:
        return None
    around = data[max(start - 200, 0) : match.end() + 160]
    if _LATITUDE.search(around) and _LONGITUDE.search(around):
        return match.span()
    alone = _TO_A_METRE.match(data, start)
    label = data[slice(*name)].lower().strip(_MARKS)
    most = _MOST_NORTH if b"lat" in label else _MOST_EAST
    if alone is None or len(set(alone["rest"])) < _LEAST_VARIED or int(alone["whole"]) >= most:
        return None
    return None if label in _SHORT and _is_latency(data, alone, name[0]) else match.span()


def _is_latency(data: bytes, number: re.Match[bytes], at: int) -> bool:
    """Whether a number under a short name may be how long something took: no parameter of a query, and not negative."""
    start, end = number.span()
    if number["sign"] == b"-" or data[at - 1 : at] in _QUERIED:
        return False
    return int(number["whole"]) < 1 or _LATENCIES.search(data, max(start - _NEAR, 0), end + _NEAR) is not None


def angle(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The degrees behind the word for them; a short word that is no option needs the other beside it."""
    if match := _ANGLE.match(data, at + size):
        other = _OTHER.match(data, match.end())
        lead = data[at : at + size].lower()
        short = lead.endswith((b"lat ", b"lon "))
        alone = _TO_A_METRE.match(data, match.start(1)) if short and lead.startswith(b"-") else None
        if other or not short or (alone and int(alone["whole"]) > 0):
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

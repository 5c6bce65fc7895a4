"""A postal code with its city, as it stands at the end of an address: `12345 Musterstadt`, `Exampleton EX1 2AB`."""

from __future__ import annotations

import re
from typing import Final

__all__ = ("NUMBER", "PARTICLE", "TOWN", "WORD", "has_town", "is_whole")

NUMBER: Final = rb"[0-9]{1,5}(?: ?(?:bis|ter|[A-Za-z])(?![\w\x80-\xff]))?(?:[/-][0-9]{1,4}[A-Za-z]?)?"
"""The number of a house."""
WORD: Final = rb"(?:[dlDL]'|[dlDL]\xe2\x80\x99)?[A-Z\x80-\xff][\w.'\x80-\xff-]{0,30}"
PARTICLE: Final = (
    rb"(?:d[aeiou]|des|im|in|ob|bei|unter"
    rb"|del|della|dell[oe]|dei|dos|das|la|las|los|le|les|el|am|an|der|den|dem|van|y|e|of|on)"
)
_CITY: Final = WORD + rb"(?:[ ](?:" + PARTICLE + rb"[ ]){0,2}" + WORD + rb"){0,3}"
_FIRST: Final = (
    rb"(?:[A-Z]{1,2}[0-9][A-Z0-9]?[ ]?[0-9][A-Z]{2}|[A-Z][0-9][A-Z][ ]?[0-9][A-Z][0-9]"
    rb"|(?:[A-Z]{1,3}-)?(?:[0-9]{5}(?:-[0-9]{3,4})?|[0-9]{6}|[0-9]{2}-[0-9]{3}|[0-9]{3}[ ][0-9]{2}|[0-9]{4}[ ]?[A-Z]{2}"
    rb"|[0-9]{4}(?:-[0-9]{3})?))(?![\w-])"
)
_LAST: Final = (
    rb"(?:[A-Z]{1,2}[0-9][A-Z0-9]?[ ]?[0-9][A-Z]{2}|[A-Z][0-9][A-Z][ ]?[0-9][A-Z][0-9]|[0-9]{5}(?:-[0-9]{4})?"
    rb"|[A-Z][0-9][0-9W][ ]?[0-9A-Z]{4}|[0-9]{4}|[0-9]{6}"
    rb"|(?:(?<=Dublin )|(?<=Praha )|(?<=Wien ))(?:[1-9]|1[0-9]|2[0-4])W?)(?![\w-])"  # a district
)
# A postal code with its city, in the order of most countries, or that of the English-speaking ones.
TOWN: Final = (
    rb"(?:(?P<code>" + _FIRST + rb")[ ](?P<city>" + _CITY + rb")"
    rb"|(?P<town>" + _CITY + rb"),?[ ](?:[A-Z]{2,3},?[ ])?(?P<zip>" + _LAST + rb"))(?![\w\x80-\xff=(])"
)
_NUMBERED: Final = re.compile(rb"[A-Z\x80-\xff][^\n,0-9]{2,50}[ ][0-9]{1,4}(?:[ ]?[a-zA-Z])?,")
_AT_END: Final = re.compile(
    rb"(?=[^\n]{0,60}[0-9] ?[A-Za-z\x80-\xff])[^\n,]{3,60}(?:,[^\n,]{1,40}){0,2}?,[ ]?" + TOWN + rb"(?:,[^\n,]{2,30})?"
)


def has_town(text: bytes) -> bool:
    """Whether a line ends with a postal code and its city behind a comma, and has a number before.

    Examples
    --------
    >>> has_town(b"9 Queensgate, Exampleton EX1 2AB"), has_town(b"9 items, 12345 Total=3")
    (True, False)
    """
    return _AT_END.fullmatch(text) is not None and text[:1].isdigit()


def is_whole(text: bytes) -> bool:
    """Whether a line is a street with its number, whatever it is called, a postal code and its city.

    Examples
    --------
    >>> is_whole("Am Weiher 12, 12345 Musterstadt".encode()), is_whole(b"Ruhestand, 12345 Musterstadt")
    (True, False)
    """
    return _AT_END.fullmatch(text) is not None and _NUMBERED.match(text) is not None

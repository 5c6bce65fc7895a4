"""Devices that are called by their owner: `Anna's iPhone`, `iPhone von Anna`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.pii.given import owns
from triage.redact.pii.word_lists import places
from triage.redact.text import Found

__all__ = ("called", "owned")

_OWNER: Final = re.compile(
    rb"([A-Z\x80-\xff][A-Za-z\x80-\xff-]{1,30}(?: [A-Z\x80-\xff][A-Za-z\x80-\xff-]{1,30})?)"
    rb"(?:'|\xe2\x80\x99|\\u2019|&#39;|%27)s(?: |%20|\+)\Z"
)
# The same without an apostrophe.
_OWNER_ALONE: Final = re.compile(rb"(?<![\w\x80-\xff])([A-Z\x80-\xff][A-Za-z\x80-\xff-]{1,30}[sxz])(?: |%20|\+)\Z")
# What of a device's name stands behind the word for what it is.
_MORE: Final = re.compile(
    rb"(?:(?: |%20|\+)(?:(?i:pro|air|max|plus|mini|ultra|se|studio|note|tab|fold|flip|book|watch|laptop|go|edge|lite)"
    rb"\d{0,2}"
    rb"|[A-Z]{0,2}[0-9]{1,4}[a-z+]{0,6}|X[SR]?(?!\w)|\([0-9]{1,2}\)))+"
)
_WORDS_OF_DEVICES: Final = (
    rb"(?:(?: |%20|\+)(?:i?[A-Z0-9][\w+.\"-]{0,20}"
    rb"|(?i:mini|pro|air|plus|max|ultra|phone|laptop|tablet|watch|computer))){1,5}"
)
_CALLED: Final = re.compile(
    rb"[A-Z\x80-\xff][\w\x80-\xff-]{1,30}(?: [A-Z\x80-\xff][\w\x80-\xff-]{1,30})?(?:'|\xe2\x80\x99|\\u2019|&#39;|%27)s"
    + _WORDS_OF_DEVICES
    + rb"|[A-Z][\w+-]{1,20}(?: [A-Z0-9][\w+-]{0,20}){0,3} (?:von|de|di|van|av|af|da)"
    rb" [A-Z\x80-\xff][A-Za-z\x80-\xff-]{1,30}"
)
_CALLED_ALONE: Final = re.compile(rb"([A-Z\x80-\xff][A-Za-z\x80-\xff-]{1,30}[sxz])" + _WORDS_OF_DEVICES)
_OF_AN_OWNER: Final = re.compile(
    rb"(?: (?:Pro|Air|Max|Plus|mini))? (?:von|de|di|van|av|af|da) [A-Z\x80-\xff][A-Za-z\x80-\xff-]{1,30}"
)


def owned(data: bytes, start: int, end: int) -> Iterator[Found]:
    """A device that is called by its owner: `Anna's iPhone`, `iPhone von Anna`."""
    before = _OWNER.search(data, max(start - 48, 0), start)
    if before is None and (alone := _OWNER_ALONE.search(data, max(start - 48, 0), start)) and owns(alone[1]):
        before = alone
    if before and before[1].lower() not in places().teams | places().makers:
        more = _MORE.match(data, end)
        yield before.start(1), more.end() if more else end, "hostname", "owner"
    elif behind := _OF_AN_OWNER.match(data, end):
        yield start, behind.end(), "hostname", "owner"


def called(text: bytes, *, in_quotes: bool) -> tuple[int, int] | None:
    """The name of a device that a text begins with, or is where it stood in quotes, if it has its owner's in it.

    Examples
    --------
    >>> called(b"Ana's Tab S9", in_quotes=True), called(b"Tab S9", in_quotes=True)
    ((0, 12), None)
    """
    match = (_CALLED.fullmatch if in_quotes else _CALLED.match)(text)
    if match is None:
        match = (_CALLED_ALONE.fullmatch if in_quotes else _CALLED_ALONE.match)(text)
        match = match if match and owns(match[1]) else None
    first = text.partition(b"'")[0].partition(b" ")[0].lower()
    return match.span() if match and first not in places().teams | places().makers else None

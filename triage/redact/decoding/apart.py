"""Lines that are records of their own: rows of a table, messages of a log that say the same again.

As wide as one another they look as if somebody had wrapped them, and what one ends with as if it went on in the next.
"""

from __future__ import annotations

import re
from typing import Final

from triage.redact.named.keys import sense
from triage.redact.text import letters_in

__all__ = ("is_message", "is_row")

_MARKS: Final = (b",", b";", b"\t", b"|")
_BLANK: Final = b" \t\r"
_LONGEST: Final = 2_000
# Words that stand before every message of a log, in small letters too.
_LEVELS: Final = frozenset(
    b"info warn warning error err debug trace fatal notice crit critical alert emerg verbose stdout stderr".split()
)
_SCHEMES: Final = frozenset({b"bearer", b"basic"})
_WORD: Final = re.compile(rb"([A-Za-z][\w.-]{0,60})[\"']?[ \t]{0,4}(:?)[ \t\"']{0,8}\Z")
_ASSIGNED: Final = re.compile(rb"=[ \t]?[\"']?\Z")
_VENDOR: Final = re.compile(rb"[A-Za-z][A-Za-z0-9]{1,11}[_-]")


def is_row(data: bytes, start: int, end: int) -> bool:
    """Whether the lines before and behind a line end are rows of one table, by their marks and those of a third.

    A row closes the quotes that it opens, and marks within these part nothing.
    """
    above = _line_before(data, start)
    if above is None or not any(mark in above for mark in _MARKS):
        return False
    below = _line_behind(data, end)
    if below is None:
        return False
    before, behind = _line_before(data, start - len(above) - 1), _line_behind(data, end + len(below) + 1)
    if above.count(b'"') % 2 or below.count(b'"') % 2:
        return False
    above, below = _bare(above), _bare(below)
    marks = [mark for mark in _MARKS if above.count(mark) == below.count(mark) > 0]
    if not marks:
        return False
    thirds = [_bare(third) for third in (before, behind) if third is not None]
    return any(third.count(mark) == above.count(mark) for mark in marks for third in thirds)


def _bare(row: bytes) -> bytes:
    """A row without what stands in its quotes, and the blanks around it."""
    return b"".join(row.split(b'"')[::2]).strip(_BLANK)


def _line_before(data: bytes, stop: int) -> bytes | None:
    """The line that ends at a place; None for a long one."""
    if stop <= 0:
        return None
    start = data.rfind(b"\n", max(stop - _LONGEST, 0), stop) + 1
    return data[start:stop] if start or stop < _LONGEST else None


def _line_behind(data: bytes, start: int) -> bytes | None:
    """The line that begins at a place; None for a long one."""
    if start >= len(data):
        return None
    stop = data.find(b"\n", start, start + _LONGEST)
    if stop < 0:
        return data[start:] if len(data) - start < _LONGEST else None
    return data[start:stop]


def is_message(before: bytes, value: bytes, again: bytes) -> bool:
    """Whether what all of two lines begins with is said of a value: the next line says the same of another.

    What a logger writes before each line says nothing of it. Values with one vendor's prefix are two values.
    """
    if _ASSIGNED.search(before):
        return True
    vendor = _VENDOR.match(value)
    if vendor and again.startswith(vendor.group()):
        return True
    word = _WORD.search(before)
    if word is None:
        return False
    small = word[1].lower()
    if small in _SCHEMES or sense(word[1].decode("latin-1")) is not None:
        return True
    return not word[2] and word[1].islower() and letters_in(small) == len(small) and small not in _LEVELS

"""Hits: places in a text with what was found there, and how those that overlap become one.

A hit holds the value that it stands for: it lives no longer than the scan of one text, and its repr does not tell it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Final

import msgspec

from triage.redact import masks

__all__ = (
    "DECODED",
    "FORM",
    "GENERIC",
    "KEY",
    "KNOWN",
    "PERSONAL",
    "VENDOR",
    "Hit",
    "joined",
    "outside_masks",
    "union",
    "whole_characters",
)

_START: Final = attrgetter("start")
_RANK: Final = attrgetter("rank")
# What is surer of its kind has the higher rank: it names the kind where two overlap.
FORM: Final = 6
KEY: Final = 5
VENDOR: Final = 4
PERSONAL: Final = 3
GENERIC: Final = 2
KNOWN: Final = 1
# The rule of what is found in a run that is decoded: it stands for the run as a whole.
DECODED: Final = "decoded"
# What is left of a value beside a mask says something from so many letters and digits on.
_TELLING: Final = 4
# Bytes of a character of UTF-8 behind its first.
_BEHIND_THE_FIRST: Final = 3

UNREAD: Final = b""
"""The value of a hit that was put together from others, until somebody reads it."""


class Hit(msgspec.Struct, frozen=True, gc=False):
    """One place: what it is, by which rule, and the value there as decoded; never leaves the engine.

    The collector does not look at them: a megabyte may hold ten thousand.
    """

    start: int
    end: int
    kind: str
    rule: str
    rank: int
    value: bytes
    exact: bool = False

    def but(self, **changes: int | bytes | bool) -> Hit:
        """The hit with these fields changed."""
        return msgspec.structs.replace(self, **changes)

    def __repr__(self) -> str:
        """Where and what, never the value."""
        return f"<Hit {self.kind} {self.start}-{self.end}>"


def union(one: Hit, other: Hit) -> Hit:
    """Two overlapping hits as one: the kind of the stronger, the value of the longer; `UNREAD` where neither is all."""
    start, end = min(one.start, other.start), max(one.end, other.end)
    best = other if other.rank > one.rank else one
    for hit in (best, one, other):
        if hit.start == start and hit.end == end:
            return Hit(start, end, best.kind, best.rule, best.rank, hit.value, best.exact and hit is best)
    return Hit(start, end, best.kind, best.rule, best.rank, UNREAD)


def joined(hits: Iterable[Hit], more: Iterable[Hit]) -> list[Hit]:
    """Two lists of disjoint hits as one; those that overlap are joined under the kind and value of the stronger."""
    both = [*hits, *more]
    both.sort(key=_RANK, reverse=True)
    both.sort(key=_START)
    out: list[Hit] = []
    end = 0
    for hit in both:
        if hit.start < end:
            last = out[-1]
            best = hit if hit.rank > last.rank else last
            out[-1] = best.but(start=last.start, end=max(end, hit.end))
        else:
            out.append(hit)
        end = out[-1].end
    return out


def whole_characters(data: bytes, hit: Hit) -> Hit:
    """A hit made so large that it cuts no character of UTF-8: expressions look at bytes."""
    start, end = hit.start, hit.end
    if (end == len(data) or data[end] & 0xC0 != 0x80) and data[start] & 0xC0 != 0x80:
        return hit
    while end < len(data) and data[end] & 0xC0 == 0x80 and end - hit.end < _BEHIND_THE_FIRST:
        end += 1
    while start and data[start] & 0xC0 == 0x80 and hit.start - start < _BEHIND_THE_FIRST:
        start -= 1
    return hit.but(start=start, end=end)


def outside_masks(data: bytes, hit: Hit) -> list[Hit]:
    """A hit without the masks in it; what is left between them counts if it could say anything."""
    inside = masks.within(data, hit.start, hit.end)
    return [*_between(data, hit, inside)] if inside else [hit]


def _between(data: bytes, hit: Hit, inside: list[tuple[int, int]]) -> Iterator[Hit]:
    """What is left of a hit between these masks."""
    at = hit.start
    for start, end in [*inside, (hit.end, hit.end)]:
        text = data[at:start] if start > at else b""
        if sum(chr(byte).isalnum() for byte in text) >= _TELLING:
            yield hit.but(start=at, end=start, value=text, exact=False)
        at = max(at, end)

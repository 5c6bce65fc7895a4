"""Members of JSON objects whose names have become equal under their masks, told apart so that none of them is lost.

Two spellings of one value have one mask: `{"ada@example.com": 1, "ADA@example.com": 2}`. The second such name is told
by a number behind it, as names of files are: `[email:1:8-15]-2`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from triage.redact.masks import MASK
from triage.redact.text import Span, line_of
from triage.sources.returns import ended_bytes

__all__ = ("told_apart",)

_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"|[{}\[\]]', re.DOTALL)
_MEMBER: Final = re.compile(rb"[ \t\r\n]*+:")
# What may follow a mask in the name of a member; names are short.
_REST_OF_NAME: Final = re.compile(rb'(?:[^"\\\n]|\\.){0,512}+"[ \t\r\n]{0,64}+:')
_OPENING: Final = frozenset({b"{", b"["})
_CLOSING: Final = frozenset({b"}", b"]"})

Place = tuple[int, int, int]
"""A mask in a text: the number of its edit, where it begins, its length."""


def told_apart(data: bytes, places: Sequence[Place], *, whole: bool) -> tuple[bytes, list[Place]]:
    """The text with such names told apart, and where its masks stand then.

    Parameters
    ----------
    data
        A text with masks.
    places
        Those that were put there, in order.
    whole
        Whether the text is one document; objects end with their lines elsewhere.

    Examples
    --------
    >>> told_apart(b'{"[pin:1:4-7]": 1, "[pin:1:4-7]": 2}', [(0, 2, 11), (1, 20, 11)], whole=True)[0]
    b'{"[pin:1:4-7]": 1, "[pin:1:4-7]-2": 2}'
    """
    ends: list[tuple[int, bytes]] = []
    done = 0
    lines = data if whole else ended_bytes(data)
    for _, start, length in places:
        if start >= done and _REST_OF_NAME.match(lines, start + length):
            begin, end = (0, len(data)) if whole else line_of(lines, start, most=len(data))
            ends += _equal(data, (begin, end))
            done = end
    return _put(data, ends, places) if ends else (data, [*places])


def _equal(data: bytes, region: Span) -> Iterator[tuple[int, bytes]]:
    """Where masked names end that their object has already, and what tells them apart."""
    objects: list[dict[bytes, int] | None] = []
    for match in _TOKEN.finditer(data, *region):
        token = match.group()
        if token in _OPENING:
            objects.append({} if token == b"{" else None)
        elif token in _CLOSING:
            if objects:
                objects.pop()
        elif objects and (names := objects[-1]) is not None and _MEMBER.match(data, match.end()):
            name = token[1:-1]
            count = names.get(name, 0)
            if count and MASK.search(name):
                while b"%s-%d" % (name, count + 1) in names:
                    count += 1
                names[b"%s-%d" % (name, count + 1)] = 1
                yield match.end() - 1, b"-%d" % (count + 1)
            names[name] = count + 1


def _put(data: bytes, ends: list[tuple[int, bytes]], places: Sequence[Place]) -> tuple[bytes, list[Place]]:
    """The text with these pieces put in, in order, and where its masks stand then."""
    out: list[bytes] = []
    moved: list[Place] = []
    at = shift = 0
    waiting = iter(places)
    place = next(waiting, None)
    for end, piece in [*ends, (len(data), b"")]:
        while place is not None and place[1] < end:
            moved.append((place[0], place[1] + shift, place[2]))
            place = next(waiting, None)
        out += (data[at:end], piece)
        shift += len(piece)
        at = end
    return b"".join(out), moved

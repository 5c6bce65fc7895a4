"""Values in a list that stands under a sensitive name: in brackets, or on the lines below as YAML has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import credentials, extents, values
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense
from triage.redact.text import Allowance, Found, line_of

__all__ = ("below", "entries", "items")

_LISTED: Final = re.compile(rb"[ \t]*\r?\n[ \t]*-[ \t]+(?=\S)")
_BLANKS: Final = re.compile(rb"[\s,]*")
_ENTRY: Final = re.compile(rb"""\s{0,40}\\{0,15}["'][\w./ -]{1,80}\\{0,15}["']\s{0,4}(?::|=>)\s{0,4}""")
# The value of a property of Android.
_PROPERTY: Final = re.compile(rb"[^\]\s,]{4,60}(?=\])")
_OF_DEVICES: Final = frozenset({"device", "made device", "digits", "phone", "mac"})
# What a line of a log begins with in brackets.
_TIME: Final = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}:[0-9]{2}:[0-9]{2}")
_MOST: Final = 64


_listed: Final = Allowance(200)
"""The items of lists of YAML that were read, from every name that stands above some."""


def below(data: bytes, at: int, meaning: Sense) -> Iterator[Found]:
    """The items of a list of YAML that stands under a name."""
    for _ in range(_MOST):
        item = _LISTED.match(data, at) if _listed.left(data) else None
        if item is None:
            return
        _listed.spend()
        opened = extents.quoted(data, item.end())
        span = opened[0] if opened else extents.bare(data, item.end())
        value = data[slice(*span)] if span else b""
        sure = opened or (values.mixed(value, least=6) and b"://" not in value)
        if span and sure and data[span[1] : span[1] + 1] != b":":
            yield from judged(data, span, meaning, in_quotes=opened is not None, assigned=True, name=(at, at))
        at = line_of(data, item.end())[1]


def items(data: bytes, at: int, meaning: Sense) -> Iterator[Found]:
    """The items of a list that stands under a name, up to its end."""
    limit = data.find(b"]", at, at + 4_096)
    limit = limit if limit >= 0 else min(at + 4_096, len(data))
    if meaning.weak == "header" and data[at : at + 1] not in b"\"'\\":
        yield from credentials.header(data, None, at)
        return
    while at < limit:
        blanks = _BLANKS.match(data, at)
        at = blanks.end() if blanks else at
        opened = extents.quoted(data, at)
        if opened is None:
            if meaning.weak in _OF_DEVICES and (prop := _PROPERTY.match(data, at)):
                yield from judged(data, prop.span(), meaning, in_quotes=True, assigned=True, name=(at, at))
                return
            bare = extents.bare(data, at)
            if bare and not meaning.weak and values.looks_random(data[slice(*bare)]) and not _TIME.match(data, at):
                yield *bare, meaning.kind, "key"
            return
        span, at = opened
        if meaning.weak == "header":
            yield from credentials.header(data, span, span[0])
        elif meaning.weak == "cookies":
            yield from credentials.cookies(data, span)
        elif not values.placeholder(data[span[0] : span[1]]):
            yield from judged(data, span, meaning, in_quotes=True, assigned=True, name=(span[0], span[0]))


def entries(data: bytes, at: int, meaning: Sense) -> Iterator[Found]:
    """The strings of an object that holds one under each of its names."""
    for _ in range(_MOST):
        name = _ENTRY.match(data, at)
        opened = extents.quoted(data, name.end()) if name else None
        if name is None or opened is None:
            return
        span, at = opened
        if values.mixed(data[slice(*span)], least=6) and b"://" not in data[slice(*span)]:
            yield from judged(data, span, meaning, in_quotes=True, assigned=True, name=name.span())
        if data[at : at + 1] != b",":
            return
        at += 1

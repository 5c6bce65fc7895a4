"""Values in a list that stands under a sensitive name: in brackets, or on the lines below as YAML has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import credentials, extents, values
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense
from triage.redact.text import Allowance, Found, Span, line_of

__all__ = ("below", "entries", "items", "mapped")

# Lines that are empty or hold a comment may stand between.
_LISTED: Final = re.compile(rb"[ \t]*(?:#[^\n]{0,400})?\r?\n(?:[ \t]*(?:#[^\n]{0,400}|\r)?\n){0,8}[ \t]*-[ \t]+(?=\S)")
_MAPPED: Final = re.compile(rb"""[ \t]*\r?\n([ \t]+)["']?([\w./@-]{1,80})["']?:[ \t]+(?=[^\s|>&*#!{\[])""")
_BLANKS: Final = re.compile(rb"[\s,]*(?:(?<=[\s,])(?:#|//)[^\n]{0,400}\n[\s,]*){0,8}")
_ENTRY: Final = re.compile(rb"""\s{0,40}\\{0,15}["'][\w./ -]{1,80}\\{0,15}["']\s{0,4}(?::|=>)\s{0,4}""")
# The value of a property of Android.
_PROPERTY: Final = re.compile(rb"[^\]\s,]{4,60}(?=\])")
_OF_DEVICES: Final = frozenset({"device", "made device", "digits", "phone", "mac", "serial"})
# What a line of a log begins with in brackets.
_TIME: Final = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}:[0-9]{2}:[0-9]{2}")
# A value that is none by its own form is one among others that are: so many letters, and no blank.
_LEAST: Final = 6

_listed: Final = Allowance(300)
"""The items of lists and objects that were read, from every name that stands before some."""

# Where a value stands, whether in quotes, whether its form alone says what it is, and where its own name stands.
_Item = tuple[Span, bool, bool, Span]


def below(data: bytes, at: int, meaning: Sense) -> Iterator[Found]:
    """The items of a list of YAML that stands under a name."""
    yield from _judged_together(data, [*_below(data, at, meaning)], meaning)


def _below(data: bytes, at: int, meaning: Sense) -> Iterator[_Item]:
    """The items of a list of YAML."""
    name = at, at
    while _listed.left(data) and (item := _LISTED.match(data, at)):
        _listed.spend()
        opened = extents.quoted(data, item.end())
        line = meaning.weak == "name"
        span = opened[0] if opened else (extents.to_line_end(data, item.end(), words=True) if line else None)
        span = span or extents.bare(data, item.end())
        value = data[slice(*span)] if span else b""
        if span and data[span[1] : span[1] + 1] != b":":
            personal = meaning.weak not in {"", "long"}
            sure = opened is not None or personal or (values.mixed(value, least=_LEAST) and b"://" not in value)
            yield span, opened is not None, sure, name
        at = line_of(data, item.end())[1]


def mapped(data: bytes, at: int, meaning: Sense) -> Iterator[Found]:
    """The values of a map of YAML that stands under a name of several secrets."""
    yield from _judged_together(data, [*_mapped(data, at)], meaning)


def _mapped(data: bytes, at: int) -> Iterator[_Item]:
    """The words and strings behind the names on lines that are indented alike."""
    depth = b""
    while _listed.left(data) and (entry := _MAPPED.match(data, at)) and entry[1] == (depth or entry[1]):
        _listed.spend()
        depth = entry[1]
        opened = extents.quoted(data, entry.end())
        span = opened[0] if opened else extents.bare(data, entry.end())
        if span:
            value = data[slice(*span)]
            yield span, opened is not None, values.mixed(value, least=_LEAST) and b"://" not in value, entry.span(2)
        at = line_of(data, entry.end())[1]


def _judged_together(data: bytes, items: list[_Item], meaning: Sense) -> Iterator[Found]:
    """The items that are values: those that look so, and all words among them where most do."""
    most = 2 * sum(sure for _, _, sure, _ in items) > len(items)
    for span, in_quotes, sure, name in items:
        if sure:
            yield from judged(data, span, meaning, in_quotes=in_quotes, assigned=True, name=name)
        elif most and _is_word(data[slice(*span)]):
            yield *span, meaning.kind, "key"


def _is_word(value: bytes) -> bool:
    """Whether a value among others like it may be one too."""
    return len(value) >= _LEAST and len(value.split()) == 1 and b"://" not in value and not values.placeholder(value)


def items(data: bytes, at: int, meaning: Sense) -> Iterator[Found]:
    """The items of a list that stands under a name, up to its end."""
    if meaning.weak == "header" and data[at : at + 1] not in b"\"'\\":
        yield from credentials.header(data, None, at)
        return
    if _ENTRY.match(data, at):  # of PHP, under names
        yield from entries(data, at, meaning)
        return
    while _listed.left(data):
        _listed.spend()
        blanks = _BLANKS.match(data, at)
        at = blanks.end() if blanks else at
        opened = extents.quoted(data, at)
        if opened is None:
            if data[at : at + 1] == b"]":
                return
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
    yield from _judged_together(data, [*_entries(data, at)], meaning)


def _entries(data: bytes, at: int) -> Iterator[_Item]:
    """The strings of an object."""
    while _listed.left(data):
        _listed.spend()
        name = _ENTRY.match(data, at)
        opened = extents.quoted(data, name.end()) if name else None
        if name is None or opened is None:
            return
        span, at = opened
        value = data[slice(*span)]
        yield span, True, values.mixed(value, least=_LEAST) and b"://" not in value, name.span()
        if data[at : at + 1] != b",":
            return
        at += 1

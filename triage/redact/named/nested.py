"""Secrets that are nested under a sensitive name: in objects, lists and mappings of any depth, a section, an element.

`trees` reads what stands there; each scalar is judged as a value of the name, by the key that it stands under. A key
that speaks for itself finds its own, what tells of a value ("type", "path") is none, and behind any other key, which
may be that of a user or of a system, only what looks like a secret is one, or what stands among such.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from triage.redact.named import trees, values
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense, parts, sense, vocabulary
from triage.redact.text import Found, Span, line_of

__all__ = ("nested",)

_FILE: Final = Path(__file__).with_name("nested.toml")
_HINTS: Final = frozenset({"", "long"})
# The form of these tells, so that a column of them does: `"phone": {"0": ..., "1": ...}`.
_BY_FORM: Final = frozenset({"date", "phone", "digits", "id", "nir"})
_OPENS: Final = re.compile(
    rb"(?:[ \t]|\\{1,7}[nrt]|\r?\n[ \t]*(?=[\[{])){0,16}+(?:&[\w-]{1,60}[ \t]+|!![a-z]{1,10}[ \t]+)?"
    rb"(?:\[(?![\w]{1,60}:[0-9])|array\(|\{(?=(?:\s|\\{1,7}[nrt])*+"
    rb"(?:[\"'\\#}]|//|:?[\w.$@/-]{1,80}[\"']?[ \t]{0,16}(?::|=))))"
)
_BELOW: Final = re.compile(rb"[ \t]*+(?:[&!][^\s,\[\]{}]{1,80}[ \t]*+){0,2}(?:#[^\n]{0,400})?\r?(?=\n)")
_HEAD: Final = re.compile(rb"\]{1,2}[ \t]*+(?:[#;][^\n]{0,200})?\r?(?=\n)")
_KEY_BEFORE: Final = re.compile(rb"""[ \t]*+(?:-[ \t]+)*+["']?""")
_TAG_BEFORE: Final = re.compile(rb"<(?:[\w.-]{1,60}:)?\Z")
_ELEMENT: Final = re.compile(rb"\s{0,200}<(?:[A-Za-z_]|!--|!\[CDATA\[)")
_SECTION_BEFORE: Final = re.compile(rb"[ \t]{0,8}\[{1,2}[ \t]{0,4}[\"']?\Z")
# Colours, measures, dates, addresses, files, folders, media types and selectors have digits and are no secrets.
_ORDINARY: Final = re.compile(
    rb"""(?xi) \#[0-9a-f]{3,8} | [-+]?[0-9.]{1,20}(?:[a-z]{1,3}|%|/[a-z]{1,8}) | (?:[0-9]{1,6}[smhdwy]|ms){1,6}
    | P(?:[0-9.]{1,6}[YMWD])*+(?:T(?:[0-9.]{1,6}[HMS])*+)? | [0-9]{1,4}(?:[-/.:x][0-9]{1,4}){1,7}(?:[T ].{0,30})?
    | (?:[0-9a-f]{0,4}:){2,8}[0-9a-f]{0,4}(?:/[0-9]{1,3})? | (?:[\w-]{1,63}\.){1,8}[a-z][a-z0-9]{1,23}(?::[0-9]{1,5})?
    | [^@\s]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24} | (?-i:[.\#][a-z][a-z0-9_-]*+)
    | (?:\.{1,2}|~|@)?/.* | --?[a-z].* | (?-i:[a-z0-9._-]{1,24}(?:[/:@][a-z0-9._-]{1,24}){1,8})
    | .*(?:\(\?|\[\^?(?:a-z|0-9|\\)|\\[dws]|\{[0-9]{1,3},).* | [%$:]\w{1,40} | <.{1,200}> | [\w.]{1,60}\(.*
    """
)
_TYPED: Final = re.compile(rb"([a-z]{3,8})[-_]?[0-9]{1,5}(?:[-_/+:(,].{0,24})?", re.IGNORECASE)
_LEAST: Final = 6
_LEAST_RANDOM: Final = 8
_LONG: Final = 20
_FEW: Final = 2


class _Words(NamedTuple):
    """What nested.toml says."""

    beside: frozenset[str]
    values: frozenset[str]
    methods: frozenset[bytes]


@cache
def _words() -> _Words:
    """Read nested.toml, once."""
    data = tomllib.loads(_FILE.read_text("utf-8"))
    methods = frozenset(word.encode() for word in data["methods"])
    return _Words(frozenset(data["beside"]), frozenset(data["values"]), methods)


def nested(data: bytes, name: Span, at: int, meaning: Sense) -> Iterator[Found]:
    """The secrets in what opens behind a name and what joins it to that, which ends at a place."""
    if meaning.weak in _HINTS:
        yield from _together(data, _scalars(data, name, at), meaning)
    elif meaning.weak in _BY_FORM and data[at - 1 : at] == b":":
        opening = _OPENS.match(data, at)
        scalars = trees.brackets(data, opening.end() - 1, _owns)[0] if opening and opening.group()[-1:] == b"{" else []
        for one in scalars:
            if one.key == trees.NO_KEY and not one.masked:
                yield from judged(data, one.span, meaning, in_quotes=True, assigned=True, name=_nowhere(one))


def _nowhere(one: trees.Scalar) -> Span:
    """The place of a name that is not there."""
    return one.span[0], one.span[0]


def _scalars(data: bytes, name: Span, at: int) -> list[trees.Scalar]:
    """What is nested behind a name."""
    last = data[at - 1 : at]
    if last == b"\n":
        head = _HEAD.match(data, name[1]) if data[name[1] : name[1] + 1] == b"]" else None
        start = line_of(data, name[0], most=200)[0]
        return (
            [*trees.section(data, head.end(), _owns)]
            if head and _SECTION_BEFORE.fullmatch(data, start, name[0])
            else []
        )
    if last == b">" and data[at - 2 : at - 1] not in {b"=", b"-"}:
        tagged = _TAG_BEFORE.search(data, max(name[0] - 64, 0), name[0]) and _ELEMENT.match(data, at)
        return trees.elements(data, at, _owns) if tagged else []
    if last not in {b":", b"=", b">"}:
        return []
    if opening := _OPENS.match(data, at):
        start = opening.end() - (6 if data[opening.end() - 1 : opening.end()] == b"(" else 1)
        return trees.brackets(data, start, _owns)[0]
    below = _BELOW.match(data, at) if last == b":" else None
    if below is None:
        return []
    line = line_of(data, name[0], most=200)[0]
    before = _KEY_BEFORE.fullmatch(data, line, name[0])
    column = name[0] - line - (data[name[0] - 1 : name[0]] in {b'"', b"'"} and name[0] > line)
    return [*trees.lines(data, below.end(), column, _owns)] if before else []


def _owns(key: bytes) -> bool:
    """Whether what opens under a key is found by that key."""
    meaning = sense(key.decode("latin-1"))
    return meaning is not None and meaning.weak in _HINTS


def _together(data: bytes, scalars: list[trees.Scalar], meaning: Sense) -> Iterator[Found]:
    """The scalars that are values: those that look so, and words among them where most do."""
    told = [(one, one.masked or _is_value(data, one, meaning)) for one in scalars]
    told = [(one, sure) for one, sure in told if sure is not None]
    sures = sum(sure for _, sure in told if sure)
    most = sures >= _FEW and 2 * sures > len(told)
    for one, sure in told:
        if one.masked:
            continue
        if sure:
            name = _nowhere(one) if one.key == trees.NO_KEY else one.key
            yield from judged(data, one.span, meaning, in_quotes=one.in_quotes, assigned=True, name=name)
        elif most and _is_word(data[slice(*one.span)]):
            yield *one.span, meaning.kind, "key"


def _is_value(data: bytes, one: trees.Scalar, meaning: Sense) -> bool | None:
    """Whether a scalar looks like a value of a name; None where its key says that it is none."""
    value, spelt = data[slice(*one.span)], data[slice(*one.key)].decode("latin-1")
    key = spelt.lower()
    if not value or (not one.in_quotes and value.lstrip(b"-+").replace(b".", b"").isdigit()):
        return None
    if not key:
        if one.in_quotes and b" " not in value:
            return True
        plain = meaning.kind != "password" and value.islower() and values.is_slug(value)
        return not plain and _is_likely(value, meaning, listed=True)
    if key in _words().values:
        return not _is_ordinary(value) and (one.in_quotes or values.mixed(value, least=_LEAST))
    return None if _speaks(spelt) else _is_likely(value, meaning, listed=False)


def _speaks(key: str) -> bool:
    """Whether a key finds what stands under it itself, or says that it is no secret."""
    own = sense(key)
    if own is not None and own.weak != "entropy":
        return True
    last = [key.lower(), *parts(key)[-1:]]
    return not vocabulary().about.isdisjoint(last) or not _words().beside.isdisjoint(last)


def _is_likely(value: bytes, meaning: Sense, *, listed: bool) -> bool:
    """Whether a value looks like a secret, whatever it is called."""
    if b" " in value or _is_ordinary(value):
        return False
    if values.is_slug(value) and not listed and (meaning.kind != "password" or value.islower() or value.isupper()):
        return False
    if meaning.kind == "password" or listed:
        return values.mixed(value, least=_LEAST) or (meaning.kind == "password" and values.is_joined(value))
    return values.looks_random(value, least=_LEAST_RANDOM) or (len(value) >= _LONG and values.is_shuffled(value))


def _is_ordinary(value: bytes) -> bool:
    """Whether a value is of a kind that has a form of its own and is no secret."""
    if b"://" in value or _ORDINARY.fullmatch(value) or values.placeholder(value) or values.is_plain(value):
        return True
    typed = _TYPED.fullmatch(value)
    return typed is not None and typed[1].lower() in _words().methods


def _is_word(value: bytes) -> bool:
    """Whether a value among others like it may be one too."""
    return len(value) >= _LEAST and len(value.split()) == 1 and not _is_ordinary(value)

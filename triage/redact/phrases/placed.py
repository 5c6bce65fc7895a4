"""Who and what stands at a fixed place of a line, as programs and people write it: `Queued on "x" by "account"`.

The words that such a line holds, what stands to either side of them, and whose place is where in it are in placed.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from triage.redact.named import users, values
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense, sense, vocabulary
from triage.redact.pii import given, hosts, people
from triage.redact.pii.persons import is_person
from triage.redact.pii.signs import FILE_ENDINGS
from triage.redact.pii.word_lists import places
from triage.redact.text import Found, Span, letters_in

__all__ = ("LEADS",)

_FILE: Final = Path(__file__).with_name("placed.toml")
_REACH: Final = 200
_NEAR: Final = 400
_LETTERS: Final = 3
_LEAST: Final = 16
_ACCOUNT: Final = Sense("username", "user")
_JOINED: Final = bytes.maketrans(b"_-", b"  ")
_COMPOUND: Final = (b"vertrag", b"ung", b"zeugnis", b"schreiben", b"vorlage", b"muster", b"konto", b"heit", b"keit")


class _Place(NamedTuple):
    """What stands before such a word, how far that is, and behind it, and what has to stand near."""

    before: re.Pattern[bytes] | None
    behind: re.Pattern[bytes] | None
    near: tuple[bytes, ...]
    reach: int


def _user(data: bytes, span: Span) -> Iterator[Found]:
    """The account at a place, unless it is nobody's."""
    small = data[slice(*span)].lower()
    if small not in vocabulary().nobody and small not in places().homes:
        yield from judged(data, span, _ACCOUNT, in_quotes=True, assigned=True, name=(span[0], span[0]))


def _host(data: bytes, span: Span) -> Iterator[Found]:
    """The machine at a place, by more than a word."""
    if hosts.in_words(data[slice(*span)]):
        yield *span, "hostname", "placed"


def _machine(data: bytes, span: Span) -> Iterator[Found]:
    """The machine at a place where nothing else stands."""
    name = data[slice(*span)]
    if hosts.is_host(name, named=True) and name.lower() not in vocabulary().nobody | vocabulary().words:
        yield *span, "hostname", "placed"


def _relay(data: bytes, span: Span) -> Iterator[Found]:
    """A machine before its domain, whose own name says that it is one."""
    if hosts.is_own(data[slice(*span)]):
        yield *span, "hostname", "placed"


def _handle(data: bytes, span: Span) -> Iterator[Found]:
    """What somebody is called on a service."""
    if users.handle(data, *span, in_quotes=True):
        yield *span, "username", "placed"


def _of_domain(data: bytes, span: Span) -> Iterator[Found]:
    """The account behind the domain of a company, that is written in capitals: no file, no folder, no service."""
    name = data[slice(*span)]
    small = name.lower()
    domain = data[max(span[0] - 20, 0) : span[0]].rstrip(b"\\")
    free = users.is_free(name) and letters_in(name) >= _LETTERS and small.rpartition(b".")[2] not in FILE_ENDINGS
    if domain[-2:].isupper() and free and small not in vocabulary().things | vocabulary().words:
        yield *span, "username", "placed"


def _degrees(_: bytes, span: Span) -> Iterator[Found]:
    """Where somebody is."""
    yield *span, "coordinates", "placed"


def _person(data: bytes, span: Span) -> Iterator[Found]:
    """A full name of no word that stands in its place; one whose words no blanks part has a given name in it."""
    text = data[slice(*span)]
    if b" " not in text:
        yield from _somebody(data, span)
    elif people.full_name(text) and is_person(text) and _NO_FAMILY.isdisjoint(_small(text).split()):
        yield *span, "person", "placed"


def _somebody(data: bytes, span: Span) -> Iterator[Found]:
    """A full name that begins or ends with a given name, whose words an underscore or a hyphen may part."""
    text = data[slice(*span)].translate(_JOINED)
    words = text.split()
    told = people.full_name(text) and (given.is_given_name(words[0]) or given.is_given_name(words[-1]))
    if told and is_person(text) and _NO_FAMILY.isdisjoint(_small(text).split()):
        yield *span, "person", "placed"


def _small(text: bytes) -> bytes:
    """A text in small letters, those beyond ASCII too."""
    return text.decode("utf-8", "replace").lower().encode()


def _name(data: bytes, span: Span) -> Iterator[Found]:
    """A part of a name, or all of it in capitals."""
    if is_person(data[slice(*span)].replace(b"/", b" ")):
        yield *span, "person", "placed"


def _family(data: bytes, span: Span) -> Iterator[Found]:
    """A name alone that is none of the words which stand in its place."""
    small = _small(data[slice(*span)])
    known = vocabulary()
    told = small in _NO_FAMILY or small.endswith(_COMPOUND) or small in known.things | known.words
    if not told and is_person(data[slice(*span)]):
        yield *span, "person", "placed"


def _device(_: bytes, span: Span) -> Iterator[Found]:
    """The number of a device."""
    yield *span, "device_id", "placed"


def _code(data: bytes, span: Span) -> Iterator[Found]:
    """The digits of a code that are not all the same."""
    if len({*data[slice(*span)]}) > 1:
        yield *span, "pin", "placed"


def _password(data: bytes, span: Span) -> Iterator[Found]:
    """What is no mask of a password."""
    value = data[slice(*span)]
    if not values.placeholder(value) and value.lower() not in vocabulary().words:
        yield *span, "password", "placed"


def _token(data: bytes, span: Span) -> Iterator[Found]:
    """What no word is."""
    value = data[slice(*span)]
    if values.looks_random(value, least=_LEAST) and not values.is_slug(value):
        yield *span, "secret", "placed"


_KINDS: Final[dict[str, Callable[[bytes, Span], Iterator[Found]]]] = {
    "user": _user,
    "host": _host,
    "person": _person,
    "somebody": _somebody,
    "machine": _machine,
    "relay": _relay,
    "handle": _handle,
    "domain": _of_domain,
    "degrees": _degrees,
    "name": _name,
    "family": _family,
    "device": _device,
    "code": _code,
    "token": _token,
    "password": _password,
}


def _placed(place: _Place, size: int, data: bytes, at: int) -> Iterator[Found]:
    """What stands at the places of a line around one of its words."""
    sides = []
    if place.behind:
        sides.append(place.behind.match(data, at + size))
    if place.before and (not sides or sides[0]):
        sides.append(place.before.search(data, max(at - place.reach, 0), at))
    if None in sides or (place.near and not _is_near(place.near, data, at)):
        return
    groups = {group: side.span(group) for side in sides if side for group in side.re.groupindex if side[group]}
    key = groups.pop("key", None)
    for group, span in groups.items():
        if group == "value" and key:
            yield from _valued(data, span, key)
        else:
            yield from _KINDS[group.partition("_")[0]](data, span)


def _valued(data: bytes, span: Span, key: Span) -> Iterator[Found]:
    """The value at a place, by the name that stands elsewhere on its line."""
    meaning = sense(data[slice(*key)].decode("latin-1"))
    if meaning is not None:
        yield from judged(data, span, meaning, in_quotes=True, assigned=True, name=key)


def _is_near(words: tuple[bytes, ...], data: bytes, at: int) -> bool:
    """Whether one of some words stands within a few lines."""
    around = data[max(at - _NEAR, 0) : at + _NEAR]
    return any(word in around for word in words)


def _expression(text: str | None) -> re.Pattern[bytes] | None:
    """An expression over bytes, where one is given; letters beyond ASCII are as UTF-8 has them."""
    return re.compile(text.encode()) if text else None


_Sized = Callable[[int, bytes, int], Iterator[Found]]


def _leads(data: Mapping[str, Any]) -> Iterator[tuple[list[str], _Sized]]:
    """The words of each kind of line, and what reads it."""
    for entry in data["place"]:
        place = _Place(
            _expression(entry.get("before")),
            _expression(entry.get("behind")),
            tuple(word.encode() for word in entry.get("near", ())),
            entry.get("reach", _REACH),
        )
        yield entry["starts"], partial(_placed, place)


_DATA: Final = tomllib.loads(_FILE.read_text("utf-8"))
_NO_FAMILY: Final = frozenset(word.encode() for word in _DATA["words"]["no_family"])
LEADS: Final = tuple(_leads(_DATA))
"""What such a line holds, in small letters, and what reads it."""

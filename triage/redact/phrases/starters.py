"""What leads begin with, and what reads the value behind each: the words of leads.toml and of some formats, once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from triage.redact.named import grids, headings, marked, markups, records, schemas, sequences, sheets
from triage.redact.phrases import (
    actors,
    answers,
    arguments,
    bound,
    fields,
    holders,
    leads,
    logins,
    outputs,
    owners,
    placed,
    pointers,
    privileges,
    rosters,
    shells,
    stores,
)
from triage.redact.phrases.leads import Reader, Sized
from triage.redact.pii import (
    addresses,
    cells,
    clients,
    clinical,
    contacts,
    correspondence,
    couples,
    devices,
    identities,
    papers,
    registers,
    roles,
    segments,
    short_names,
    wireless,
)
from triage.redact.text import Found
from triage.redact.tokens import web_keys

__all__ = ("FIRST", "IN_NAMES", "IN_WORDS", "STARTERS")

_FILE: Final = Path(__file__).with_name("leads.toml")
_LISTS: Final[dict[str, Sized]] = leads.READERS | {
    "terminals": answers.switched,
    "listings": answers.listed,
    "sections": answers.sectioned,
    "behind": answers.named_behind,
    "links": answers.linked,
    "queried": answers.queried,
    "tellers": outputs.told,
    "asked": outputs.asked,
    "functions": outputs.selected,
    "users": rosters.members,
    "dialled": rosters.dialled,
    "enrolled": answers.enrolled,
    "grouped": answers.grouped,
    "protocols": actors.greeted,
    "audited": actors.audited,
    "bound": bound.values_of,
}
_WRITTEN: Final = {
    way: reader
    for room in (
        correspondence,
        contacts,
        addresses,
        holders,
        logins,
        owners,
        couples,
        cells,
        devices,
        identities,
        wireless,
        fields,
        privileges,
        shells,
        stores,
        clients,
        clinical,
        papers,
        registers,
        roles,
        short_names,
    )
    for way, reader in room.READERS.items()
}
_SPELT: Final = {
    way: spelt
    for room in (addresses, holders, couples, shells, stores, clients, papers, roles, short_names)
    for way, spelt in room.SPELT.items()
}


def _both(one: Reader, other: Reader, data: bytes, at: int) -> Iterator[Found]:
    """What two leads of the same letters find, one of which has capitals."""
    yield from one(data, at)
    yield from other(data, at)


def _put(found: dict[bytes, Reader], text: bytes, reader: Reader) -> None:
    """Add a reader to those of what a lead begins with."""
    other = found.get(text)
    found[text] = partial(_both, other, reader) if other else reader


def _put_all(found: dict[bytes, Reader], names: Iterable[str], reader: Sized) -> None:
    """Put a reader that is told how long its lead is under several; only letters of ASCII are read in either case."""
    for text in {spelt for name in names for spelt in (name.lower().encode(), name.encode().lower())}:
        _put(found, text, partial(reader, len(text)))


def _combined(data: Mapping[str, Any]) -> Iterator[tuple[Iterable[str], Sized]]:
    """Leads of several words, and those that formats have, with what reads them."""
    yield [f"{word}{sign}codes" for word in data["headings"] for sign in " -_"], answers.listed
    yield [f"{store} {verb} " for store in data["stores"] for verb in data["storing"]], leads.READERS["stored"]
    yield data["setters"], leads.READERS["stored"]
    yield [f"{verb} {name}\n" for verb in data["printing"] for name in data["printed"]], leads.READERS["answered"]
    yield (leads.CHARACTERS,), leads.READERS["characters"]
    yield leads.USINGS, leads.READERS["usings"]
    yield ("forkey:",), answers.keyed_behind
    yield marked.LISTS, marked.listed
    yield ("<th>", "<th "), marked.tabled
    yield ("<table>", "<table ", "<tbody>"), marked.untitled
    yield ("copy ",), grids.copied
    yield headings.SETTINGS, grids.settings
    yield ("key (",), grids.collided
    yield records.LEADS, records.recorded
    yield sequences.LEADS_OF_MAPS, sequences.mapped
    yield sequences.LEADS_OF_REPLIES, sequences.replied
    yield sequences.LEADS_OF_PIPES, sequences.piped
    yield ("binding parameter ",), bound.numbered
    yield pointers.LEADS, pointers.pointed_at
    yield from placed.LEADS
    yield from markups.LEADS
    yield from schemas.LEADS
    yield from sheets.LEADS
    yield [name.decode() for name in short_names.LEADS[0]], short_names.LEADS[1]
    for kind, names in data["given"].items():
        yield names, partial(answers.given, kind)
    for way, names in data["written"].items():
        spelt = _SPELT.get(way, (("", ""),))
        yield [before + name + behind for name in names for before, behind in spelt], _WRITTEN[way]
    for number, names in data["arguments"].items():
        yield names, partial(arguments.given, int(number))
    for tag, segment in segments.LEADS.items():
        yield (tag,), segment


def _starters(data: Mapping[str, Any]) -> dict[bytes, Reader]:
    """The leads, under what they begin with in small letters."""
    found: dict[bytes, Reader] = {}
    for lead in data["lead"]:
        for text, reader in leads.behind(lead):
            _put(found, text, reader)
    for name, sized in _LISTS.items():
        _put_all(found, data.get(name, ()), sized)
    for names, sized in _combined(data):
        _put_all(found, names, sized)
    for text in web_keys.KEY_TYPES:
        _put(found, text, web_keys.private_numbers)
    for column in headings.NAMES:
        _put(found, column.encode(), grids.columns)
    return found


_DATA: Final = tomllib.loads(_FILE.read_text("utf-8"))
STARTERS: Final = _starters(_DATA)
"""What leads begin with, in small letters, and what reads them."""
IN_WORDS: Final = {name: STARTERS[name] for name in (one.encode() for one in _DATA["written"]["compounds"])}
"""Those that end a word, and what reads them there."""
FIRST: Final = frozenset(
    name.encode() for way in ("ways", "greetings", "plates", "services") for name in _DATA["written"][way]
)
"""Those that are too usual within longer words to be looked for there."""
IN_NAMES: Final = frozenset(short_names.LEADS[0]) | {
    (name + behind).encode()
    for name in _DATA["written"]["short_ids"]
    for before, behind in short_names.SPELT["short_ids"]
    if not before
}
"""Those that may also begin with a capital or behind an underscore within a name, `applicantSin=`."""

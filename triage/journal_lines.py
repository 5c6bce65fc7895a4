"""One line of the journal: what a decision says, read with mistrust and written so that a diff shows what it says.

A line may come from anybody who can write to the repository, with a digest that fits: every field is looked at before
anything is made of it. What does not print (control characters, marks that turn the direction of text, line ends of
Unicode) is written as `\\uXXXX`, so that no line of a diff looks like another.
"""

from __future__ import annotations

import hashlib
import heapq
import re
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import msgspec

from triage.times import iso

__all__ = (
    "LONGEST",
    "MARK",
    "WAYS",
    "Damaged",
    "Entry",
    "Side",
    "Subject",
    "digest",
    "line",
    "ordered",
    "parse",
    "sealed",
)

MARK: Final = "triage_journal"
VERSION: Final = 1
WAYS: Final = ("variant", "frame", "file", "service", "message_slot")
LONGEST: Final = 4 << 20
FOREIGN: Final = "no entry of a journal"
_KINDS: Final = ("merge", "split", "pin", "resolve", "reopen", "ignore", "note", "revoke")
_ID: Final = re.compile(r"inc_[0-9A-Za-z_]{1,64}")
_ENTRY: Final = re.compile(r"dec_[0-9A-Za-z_]{1,64}")
_SALT: Final = re.compile(r"[0-9a-f]{0,64}")
# More variable parts and frames than a message or a stack is looked at for.
_SLOTS: Final = 1 << 16
_MOST: Final = 1 << 48
_CONFLICTS: Final = (b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>")


class Subject(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An incident as it was when somebody decided about it: its keys of the day, and some of its events as anchors.

    `made_by` is the entry that made it, where no keys did; `count` how many events it had, 0 where that is not known.
    """

    incident_id: str
    service: str = ""
    group_key: str = ""
    algo_version: int = 0
    made_by: str = ""
    events: tuple[str, ...] = ()
    count: int = 0


class Side(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One side of a split: its incident, digests of the values that lead there, and some of its events as anchors."""

    incident_id: str
    label: str = ""
    values: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


class Entry(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One decision.

    Attributes
    ----------
    id
        Digest of all the rest of the line.
    into
        merge: the id that the incidents have from then on; pin: where the events go.
    events
        pin: the events; split by events: those that go.
    by, slot, sides
        split: by what (variant, frame, file, service, message_slot, events), which frame, file or slot, and where it
        leads.
    around
        split by message_slot: digests of what may stand around the variable part, `*` for anything; none in older
        entries.
    salt
        split: what the digests were made with, so that they fit no digest of another entry.
    carve
        split: what is on none of the sides stays where it was.
    known
        resolve: events that were there, although their time is later.
    of
        revoke: the entry that does not hold any more.
    """

    id: str = ""
    parents: tuple[str, ...] = ()
    who: str = ""
    when: str = ""
    what: str = ""
    why: str = ""
    subjects: tuple[Subject, ...] = ()
    into: str = ""
    events: tuple[str, ...] = ()
    by: str = ""
    slot: int = 0
    sides: tuple[Side, ...] = ()
    around: tuple[str, ...] = ()
    salt: str = ""
    carve: bool = False
    known: tuple[str, ...] = ()
    of: str = ""

    @property
    def micros(self) -> int:
        """The time in microseconds since 1970."""
        return iso(self.when) or 0


class Damaged(NamedTuple):
    """A line that could not be taken: its number, from 1, and why."""

    line: int
    reason: str


def parse(line: bytes) -> Entry | str:
    """Read one line: the entry, or why it is none; never raises.

    Examples
    --------
    >>> parse(b'{"triage_journal":1,"id":"dec_0","what":"no')
    'torn or no JSON'
    """
    if len(line) > LONGEST:
        return f"longer than {LONGEST:,} bytes"
    if line.startswith(_CONFLICTS):
        return "a mark of a conflict that git left; take the line out"
    try:
        raw = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return "torn or no JSON"
    if not isinstance(raw, dict) or MARK not in raw:
        return FOREIGN
    try:
        entry = msgspec.convert(raw, Entry)
        own = digest(raw)
    except (msgspec.ValidationError, ValueError, RecursionError):
        return "not in the form of an entry"
    return _amiss(entry, own) or entry


def _amiss(entry: Entry, own: str) -> str:
    """What is wrong with an entry whose fields have their types; "" where nothing is."""
    if entry.id != own:
        return "its id is not the digest of what it says: it was changed by hand"
    if iso(entry.when) is None:
        return "no time"
    if entry.what not in _KINDS or (entry.what == "split" and entry.by not in {*WAYS, "events"}):
        return "a kind of decision that this version of triage does not know"
    named = [subject.incident_id for subject in entry.subjects] + [side.incident_id for side in entry.sides]
    if entry.what in {"merge", "pin"}:
        named.append(entry.into)
    about = _ENTRY.fullmatch(entry.of) if entry.what == "revoke" else entry.subjects
    if not about or not all(map(_ID.fullmatch, named)):
        return "does not say what it is about"
    if any(not 0 <= each.count < _MOST for each in entry.subjects):
        return "tells of a number of events that there cannot be"
    if not 0 <= entry.slot < _SLOTS or not _SALT.fullmatch(entry.salt):
        return "says by a frame, a slot or a salt that there cannot be"
    return ""


def ordered(entries: Iterable[Entry]) -> list[Entry]:
    """The entries, each once: after their parents, else by time, else by id."""
    by_id = {entry.id: entry for entry in entries}
    waits = {name: {parent for parent in entry.parents if parent in by_id} for name, entry in by_id.items()}
    children: dict[str, list[str]] = {}
    for name, parents in waits.items():
        for parent in parents:
            children.setdefault(parent, []).append(name)
    left = {name: len(parents) for name, parents in waits.items()}
    ready = [(by_id[name].micros, name) for name, count in left.items() if not count]
    heapq.heapify(ready)
    found = []
    while ready:
        _, name = heapq.heappop(ready)
        found.append(by_id[name])
        for child in children.get(name, ()):
            left[child] -= 1
            if not left[child]:
                heapq.heappush(ready, (by_id[child].micros, child))
    return found


def _raw(entry: Entry) -> dict[str, Any]:
    raw = {MARK: VERSION, "id": entry.id} | msgspec.to_builtins(entry)
    return {name: value for name, value in raw.items() if value not in ("", [], ())}


def digest(raw: dict[str, Any]) -> str:
    """The id that belongs to what a line says."""
    said = {name: value for name, value in raw.items() if name != "id"}
    return "dec_" + hashlib.blake2b(msgspec.json.encode(said, order="deterministic"), digest_size=10).hexdigest()


def sealed(fields: dict[str, Any]) -> Entry:
    """The entry of these fields, with its id."""
    entry = Entry(**fields)
    return msgspec.structs.replace(entry, id=digest(_raw(entry)))


def line(entry: Entry) -> bytes:
    """An entry as it stands in the file, with its line end."""
    text = msgspec.json.encode(_raw(entry)).decode()
    if not text.isprintable():
        text = "".join(each if each.isprintable() else _escaped(each) for each in text)
    return text.encode() + b"\n"


def _escaped(character: str) -> str:
    """A character as JSON can write it in ASCII."""
    units = character.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))

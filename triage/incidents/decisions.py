"""What people decided, replayed on the events of a case: who belongs where, and what state an incident is in.

Every event starts in the incident of its service and group key. The entries of the journal then move events, in their
order; because all of them are replayed whenever incidents are asked for, they hold for events that came later too.

- An entry finds its incidents by their ids. One that became another (merged, or split by somebody who did not know)
  stands for the incidents that hold its events now. One that is not there, for a newer version of the grouping gave
  other keys, is the incident that most of its anchor events are in.
- A merge gives all of them one id. A split parts one by a value of each event (`triage.incidents.predicates`), where
  the anchors of a side vouch for values that are told differently here: masked, or made by another version. A pin
  moves named events. What comes later in the order of the journal wins.
- The last of resolve, reopen and ignore gives the state; merged incidents share the last, the sides of a split inherit.
  A resolved incident is regressed by an event whose time is after the resolution, unless it was known by then: one that
  arrives late but happened before does not count, nor does one without a time.
- A revoked entry is not replayed, and what named an incident that it made does not hold either.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.incidents import predicates

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from triage.journal import Entry, Subject

__all__ = ("TOKEN", "Decider", "Decisions", "Effect", "Replayed", "State", "token")

Rows = npt.NDArray[np.int64]
TOKEN: Final = "hid_"  # noqa: S105 - it says so of an id
_UNDONE: Final = "about an incident that was taken back"
_STATUS: Final = {"resolve": "resolved", "reopen": "open", "ignore": "ignored"}


def token(text: str) -> str:
    """What stands in the journal for an event id that must not.

    Examples
    --------
    >>> token("ada@example.org-1")
    'hid_b730a4a619258c2c'
    """
    return TOKEN + hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


class State(NamedTuple):
    """One decision about the state of an incident: its place in the journal, and the events that were known."""

    order: int
    status: str
    micros: int
    known: frozenset[str] = frozenset()


class Effect(NamedTuple):
    """What became of an entry: applied, overridden or waiting; why; the incidents that it is about now."""

    word: str
    told: str = ""
    incidents: tuple[str, ...] = ()


class Replayed(NamedTuple):
    """What the entries made of the events of a case.

    Attributes
    ----------
    codes, ids
        The number of the incident of each event, and the id of each incident.
    states
        The decisions about the state of each incident, in their order.
    effects
        What became of each entry.
    made
        The entry that made an incident, where none of the keys did.
    became
        The incidents that have the events of one that is there no more.
    """

    codes: Rows
    ids: list[str]
    states: dict[str, tuple[State, ...]]
    effects: dict[str, Effect]
    made: dict[str, str]
    became: dict[str, list[str]]


class Decider(Protocol):
    """What changes which events make an incident."""

    def replay(self, tables: dict[str, pa.Table], events: pa.Table, codes: Rows, ids: list[str]) -> Replayed:
        """Decide about the events of a case, given the incidents that their keys make."""
        ...


class Decisions:
    """The entries of a journal, in their order."""

    def __init__(self, entries: Sequence[Entry] = ()) -> None:
        self.entries = tuple(entries)

    def replay(self, tables: dict[str, pa.Table], events: pa.Table, codes: Rows, ids: list[str]) -> Replayed:
        """Replay them on the events of a case.

        Parameters
        ----------
        tables
            The annotated tables of the case.
        events, codes, ids
            The events that make incidents, the number of the incident of each, and their ids, by the keys alone.
        """
        if not self.entries:
            return Replayed(codes, ids, {}, {}, {}, {})
        return _Replay(tables, events, codes, ids, self.entries).run()


class _Replay:
    """One run over the entries.

    Incidents have numbers. `owner` is the number of the incident of each event; `rows` the events of an incident, or
    those that it had last where it has none any more.
    """

    def __init__(
        self, tables: dict[str, pa.Table], events: pa.Table, codes: Rows, ids: list[str], entries: Sequence[Entry]
    ) -> None:
        self._tables = tables
        self._events = events
        self._entries = entries
        self._revoked = _revoked(entries)
        self._names = list(ids)
        self._number = {name: at for at, name in enumerate(ids)}
        self._owner = codes.copy()
        order = np.argsort(codes, kind="stable")
        parts = np.split(order, np.searchsorted(codes[order], np.arange(1, len(ids)))) if ids else []
        self._rows: dict[int, Rows] = dict(enumerate(parts))
        self._live = set(self._rows)
        self._states: dict[int, tuple[State, ...]] = {}
        self._made: dict[str, str] = {}
        self._named = _named(events["event_id"], entries)
        self._pinned = np.zeros(len(codes), bool)
        # Per entry that moved events: the groups of rows that it put together or apart, to be looked at in the end.
        self._moved: dict[str, list[Rows]] = {}
        self._effects: dict[str, Effect] = {}

    def run(self) -> Replayed:
        """Replay every entry, then see what is left of it."""
        take = {"merge": self._merge, "split": self._split, "pin": self._pin, "note": self._note}
        for order, entry in enumerate(self._entries):
            if entry.id in self._revoked:
                told = f"taken back by {self._revoked[entry.id]}"
                self._effects[entry.id] = Effect("overridden", told)
            elif entry.what == "revoke":
                self._effects[entry.id] = Effect("applied", f"takes back {entry.of}")
            elif entry.what in _STATUS:
                self._state(entry, order)
            else:
                take[entry.what](entry)
        self._judge()
        numbers, codes = np.unique(self._owner, return_inverse=True)
        ids = [self._names[number] for number in numbers.tolist()]
        states = {self._names[number]: self._states.get(number, ()) for number in numbers.tolist()}
        gone = set(self._rows) - self._live
        became = {self._names[number]: [self._names[now] for now in self._now(number)] for number in sorted(gone)}
        return Replayed(codes.astype(np.int64), ids, states, self._effects, self._made, became)

    def _find(self, entry: Entry) -> list[list[int]]:
        """The incidents that each subject is now; where there is none the effect says why."""
        found = [each for each in map(self._incidents, entry.subjects) if each]
        if not found:
            undone = any(map(self._is_undone, entry.subjects))
            told = Effect("overridden", _UNDONE) if undone else Effect("waiting", "its incident is not in this case")
            self._effects[entry.id] = told
        return found

    def _incidents(self, subject: Subject) -> list[int]:
        number = self._number.get(subject.incident_id)
        if number is not None:
            return self._now(number)
        return [] if self._is_undone(subject) else self._most(subject.events)

    def _is_undone(self, subject: Subject) -> bool:
        """Whether an entry made this incident that does not hold any more."""
        return subject.made_by in self._revoked and subject.incident_id not in self._number

    def _now(self, number: int) -> list[int]:
        """The incident itself, or those that have its events now."""
        if number in self._live:
            return [number]
        now: list[int] = np.unique(self._owner[self._rows[number]]).tolist()
        return now

    def _most(self, events: Iterable[str]) -> list[int]:
        """The incident that most of these events are in, the smallest id among equals."""
        rows = self._rows_of(events)
        counts = Counter(self._owner[rows].tolist())
        return [min(counts, key=lambda number: (-counts[number], self._names[number]))] if counts else []

    def _rows_of(self, events: Iterable[str]) -> Rows:
        found = {self._named[event] for event in events if event in self._named}
        return np.array(sorted(found), np.int64)

    def _move(self, rows: Rows, name: str) -> int:
        """Give events to an incident, which is made where there is none of that name."""
        number = self._number.setdefault(name, len(self._names))
        if number == len(self._names):
            self._names.append(name)
        owners = self._owner[rows]
        leaving = np.zeros(len(self._owner), bool)
        leaving[rows] = True
        for owner in np.unique(owners).tolist():
            if owner != number:
                left = self._rows[owner][~leaving[self._rows[owner]]]
                if len(left):
                    self._rows[owner] = left
                else:
                    self._live.discard(owner)
        self._owner[rows] = number
        held = self._rows[number] if number in self._live else rows[:0]
        self._rows[number] = np.union1d(held, rows)
        self._live.add(number)
        return number

    def _share(self, number: int, states: Iterable[State]) -> None:
        """Add decisions about the state to those of an incident."""
        self._states[number] = tuple(sorted({*self._states.get(number, ()), *states}, key=lambda each: each.order))

    def _state(self, entry: Entry, order: int) -> None:
        known = frozenset(self._told(self._rows_of(entry.known)))
        for number in (number for found in self._find(entry) for number in found):
            self._share(number, [State(order, _STATUS[entry.what], entry.micros, known)])
            self._moved.setdefault(entry.id, []).append(self._rows[number])

    def _told(self, rows: Rows) -> list[str]:
        ids: list[str] = self._events["event_id"].take(pa.array(rows)).to_pylist()
        return ids

    def _note(self, entry: Entry) -> None:
        if found := self._find(entry):
            self._moved[entry.id] = [self._rows[number] for numbers in found for number in numbers]

    def _merge(self, entry: Entry) -> None:
        found = self._find(entry)
        if not found:
            return
        numbers = sorted({number for each in found for number in each})
        if len(numbers) == 1 and any(map(self._is_undone, entry.subjects)):
            self._effects[entry.id] = Effect("overridden", _UNDONE)
            return
        self._moved[entry.id] = [self._rows[number] for number in numbers]
        there = self._number.get(entry.into, -1)
        involved = {*numbers, there} & self._live
        states = [state for number in involved for state in self._states.get(number, ())]
        into = self._move(np.concatenate(self._moved[entry.id]), entry.into)
        self._states.pop(into, None)
        self._share(into, states)

    def _split(self, entry: Entry) -> None:
        number = self._number.get(entry.subjects[0].incident_id)
        if number is None:
            found = self._find(entry)
            if not found:
                return
            number = found[0][0]
        rows, states = self._rows[number], self._states.get(number, ())
        if number not in self._live:
            rows = rows[~self._pinned[rows]]  # who did not know of another split did not know of those pins either
        parts = self._named_sides(entry) if entry.by == "events" else self._told_sides(entry, rows)
        if not parts:
            self._effects[entry.id] = Effect("waiting", "none of the events that it names is in this case")
        rest = np.setdiff1d(rows, np.concatenate([rows[:0], *parts.values()]))
        self._moved[entry.id] = [part for part in (*parts.values(), rest) if len(part)] if parts else []
        for name, side in sorted(parts.items()):
            self._made[name] = entry.id
            self._share(self._move(side, name), states)
        if number not in self._live:
            self._rows[number] = np.union1d(rows, self._rows[number])  # all that it had, not what left it last

    def _named_sides(self, entry: Entry) -> dict[str, Rows]:
        rows = self._rows_of(entry.events)
        return {entry.sides[0].incident_id: rows} if len(rows) and entry.sides else {}

    def _told_sides(self, entry: Entry, rows: Rows) -> dict[str, Rows]:
        """The events of an incident by the side that their value leads to; the others of a carved one stay."""
        told = predicates.values(self._tables, self._events.take(pa.array(rows)), entry.by, entry.slot)
        listed = {value: side.incident_id for side in entry.sides for value in side.values}
        place = np.full(len(self._owner), -1)
        place[rows] = np.arange(len(rows))
        votes: dict[int, Counter[str]] = {}
        for side in entry.sides:
            for at in place[self._rows_of(side.events)].tolist():
                if at >= 0:
                    votes.setdefault(int(told.codes[at]), Counter())[side.incident_id] += 1
        parts: dict[str, list[Rows]] = {}
        for code, value in enumerate(told.distinct):
            digest = predicates.value_digest(entry.by, entry.slot, value)
            name = listed.get(digest)
            if name is None and code in votes:
                counts = votes[code]
                name = min(counts, key=lambda each: (-counts[each], each))
            if name is None and not entry.carve:
                name = predicates.side_id(entry.subjects[0].incident_id, digest)
            if name is not None:
                parts.setdefault(name, []).append(rows[told.codes == code])
        return {name: np.concatenate(found) for name, found in parts.items()}

    def _pin(self, entry: Entry) -> None:
        rows = self._rows_of(entry.events)
        if not len(rows):
            self._effects[entry.id] = Effect("waiting", "none of the events that it names is in this case")
            return
        if self._is_undone(entry.subjects[0]):
            self._effects[entry.id] = Effect("overridden", _UNDONE)
            return
        found = self._incidents(entry.subjects[0])
        most = min(found, key=lambda number: (-len(self._rows[number]), self._names[number]), default=None)
        self._moved[entry.id] = [rows]
        self._effects[entry.id] = Effect("applied", incidents=(entry.into if most is None else self._names[most],))
        self._move(rows, self._effects[entry.id].incidents[0])
        self._pinned[rows] = True

    def _judge(self) -> None:
        """Say of each entry what is left of it, and which incidents it is about now."""
        last = {number: states[-1].order for number, states in self._states.items() if states}
        for order, entry in enumerate(self._entries):
            groups = self._moved.get(entry.id)
            if not groups:
                now = sorted({self._names[number] for each in entry.subjects for number in self._incidents(each)})
                self._effects[entry.id] = self._effects[entry.id]._replace(incidents=tuple(now))
                continue
            owners = [set(self._owner[rows].tolist()) for rows in groups]
            numbers = sorted(set().union(*owners))
            names = tuple(sorted(self._names[number] for number in numbers))
            word, told = "applied", ""
            if entry.what in _STATUS and not any(last.get(number) == order for number in numbers):
                word, told = "overridden", "a later decision holds"
            elif entry.what == "merge" and not set.intersection(*owners):
                word, told = "overridden", "split again later"
            elif entry.what == "split" and len(owners) > 1 and len(numbers) == 1:
                word, told = "overridden", "merged again later"
            elif entry.what == "pin":
                into = self._now(self._number[self._effects[entry.id].incidents[0]])
                if not set(into) & set(numbers):
                    word, told = "overridden", "moved on later"
            if entry.what == "merge" and word == "applied" and len(groups) == 1 < len(entry.subjects):
                told = "only one of its incidents is in this case"
            self._effects[entry.id] = Effect(word, told, names)


def _revoked(entries: Sequence[Entry]) -> dict[str, str]:
    """The entries that were taken back, and by which; a revocation can be taken back as well."""
    order = {entry.id: at for at, entry in enumerate(entries)}
    found: dict[str, str] = {}
    for at in range(len(entries) - 1, -1, -1):
        entry = entries[at]
        if entry.what == "revoke" and entry.id not in found and order.get(entry.of, at) < at:
            found.setdefault(entry.of, entry.id)
    return found


def _named(column: Any, entries: Sequence[Entry]) -> Mapping[str, int]:
    """The row of each event that an entry names and that is here."""
    wanted: set[str] = set()
    for entry in entries:
        wanted.update(entry.events, entry.known)
        for events in [each.events for each in entry.subjects] + [each.events for each in entry.sides]:
            wanted.update(events)
    if not wanted:
        return {}
    listed = sorted(wanted)
    place = pc.index_in(column, value_set=pa.array(listed, pa.string()))
    rows = np.flatnonzero(pc.is_valid(place).to_numpy(zero_copy_only=False))
    found = {listed[place[row].as_py()]: row for row in rows.tolist()}
    if any(name.startswith(TOKEN) for name in wanted):
        tokens = {token(name): row for row, name in enumerate(column.to_pylist())}
        found.update((name, tokens[name]) for name in wanted if name in tokens)
    return found

"""What people decided, replayed on the events of a case: who belongs where, and what state an incident is in.

Every event starts in the incident of its service and group key. The entries of the journal then move events, in their
order; because all of them are replayed whenever incidents are asked for, they hold for events that came later too.

- An entry finds its incidents by their ids, and by the events that it names where the grouping gives others now
  (`triage.incidents.anchors`). One that became another (merged, or split by somebody who did not know) stands for the
  incidents that hold its events now; but not for what its author knew to be parted or pinned away from it.
- A merge gives all of them one id. A split parts one by a value of each event (`triage.incidents.predicates`), where
  the anchors of a side vouch for values that are told differently here (`triage.incidents.leading`). A pin moves named
  events. What comes later in the order of the journal wins.
- The last of resolve, reopen and ignore gives the state; merged incidents share the last, the sides of a split inherit.
  A resolved incident is regressed by an event whose time is after the resolution, unless it was known by then: one that
  arrives late but happened before does not count, nor does one without a time.
- A revoked entry is not replayed, and what named an incident that it made does not hold either.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from triage.incidents.anchors import Anchors, Found
from triage.incidents.leading import Leading
from triage.incidents.lineage import Ways, revoked
from triage.incidents.replayed import Effect, Parting, Replayed, State
from triage.share.printable import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from triage.journal import Entry, Subject

__all__ = ("TOKEN", "Decider", "Decisions", "Effect", "Replayed", "State", "token")

Rows = npt.NDArray[np.int64]
TOKEN: Final = "hid_"  # noqa: S105 - it says so of an id
_NAMED: Final = 3
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
        self._revoked = revoked(entries)
        self._names = list(ids)
        self._number = {name: at for at, name in enumerate(ids)}
        self._owner = codes.copy()
        order = np.argsort(codes, kind="stable")
        parts = np.split(order, np.searchsorted(codes[order], np.arange(1, len(ids)))) if ids else []
        self._rows: dict[int, Rows] = dict(enumerate(parts))
        self._live = set(self._rows)
        self._states: dict[int, tuple[State, ...]] = {}
        self._made: dict[str, str] = {}
        self._anchors = Anchors(events, codes, entries, self._revoked, token)
        self._pinned, self._touched = np.zeros(len(codes), bool), np.zeros(len(codes), bool)
        self._ways = Ways(entries, len(codes))
        # Per entry that moved events: the groups of rows that it put together or apart, to be looked at in the end.
        self._moved: dict[str, list[Rows]] = {}
        self._effects: dict[str, Effect] = {}
        self._remarks: dict[str, list[str]] = {}
        self._parted: dict[str, Parting] = {}
        self._who = {entry.id: entry.who for entry in entries}

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
                take[entry.what](entry, order)
        self._judge()
        numbers, codes = np.unique(self._owner, return_inverse=True)
        ids = [self._names[number] for number in numbers.tolist()]
        states = {self._names[number]: self._states.get(number, ()) for number in numbers.tolist()}
        gone = set(self._rows) - self._live
        became = {self._names[number]: [self._names[now] for now in self._now(number)] for number in sorted(gone)}
        return Replayed(codes.astype(np.int64), ids, states, self._effects, self._made, became, self._parted)

    def _find(self, entry: Entry, order: int) -> list[Found]:
        """What each subject is now; where there is nothing the effect says why."""
        found = [each for each in (self._incidents(entry, order, one) for one in entry.subjects) if each]
        if not found:
            undone = any(map(self._is_undone, entry.subjects))
            told = Effect("overridden", _UNDONE) if undone else Effect("waiting", "its incident is not in this case")
            self._effects[entry.id] = told
        if parts := sum(each.parts for each in found):
            self._remark(entry, f"the grouping has changed: {plural(parts, 'incident')} found by events that it names")
        return found

    def _incidents(self, entry: Entry, order: int, subject: Subject) -> Found:
        number = self._number.get(subject.incident_id)
        if number is None and self._is_undone(subject):
            return Found([], self._anchors.rows(()))
        own = self._most(subject.events) if number is None else self._now(number, order)
        rows, undone = self._anchors.elsewhere(entry, order, subject, own, self._touched)
        more, strays = self._anchors.parts(entry, subject, rows, self._rows)
        return Found([*own, *more], strays, len(more) + (len(own) if number is None else 0), undone)

    def _strayed(self, entry: Entry, found: Iterable[Found], told: str) -> Rows:
        """The events that an entry names and that are in other incidents now, which is told of."""
        rows = np.unique(np.concatenate([self._anchors.rows(()), *(each.strays for each in found)]))
        if len(rows):
            names = ", ".join(sorted({self._names[number] for number in self._owner[rows].tolist()})[:_NAMED])
            self._remark(entry, told.format(names, f"{plural(len(rows), 'event')} that it names"))
        return rows

    def _remark(self, entry: Entry, told: str) -> None:
        self._remarks.setdefault(entry.id, []).append(told)

    def _is_undone(self, subject: Subject) -> bool:
        """Whether an entry made this incident that does not hold any more."""
        return subject.made_by in self._revoked and subject.incident_id not in self._number

    def _now(self, number: int, order: int | None = None) -> list[int]:
        """The incident itself, or those that have its events now, as far as an entry there may mean these."""
        if number in self._live:
            return [number]
        now: list[int] = np.unique(self._owner[self._meant(number, order)]).tolist()
        return now

    def _meant(self, number: int, order: int | None) -> Rows:
        """The events that an incident had last, less those of which the author of an entry knew that they left it."""
        rows = self._rows[number]
        return rows if order is None else rows[~self._ways.known(number, rows, order)]

    def _most(self, events: Iterable[str]) -> list[int]:
        """The incident that most of these events are in, the smallest id among equals."""
        rows = self._anchors.rows(events)
        counts = Counter(self._owner[rows].tolist())
        return [min(counts, key=lambda number: (-counts[number], self._names[number]))] if counts else []

    def _move(self, rows: Rows, name: str, order: int) -> int:
        """Give events to an incident, which is made where there is none of that name, by the entry there."""
        number = self._number.setdefault(name, len(self._names))
        if number == len(self._names):
            self._names.append(name)
        owners = self._owner[rows]
        self._touched[rows] = True
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
        self._ways.came(number, rows, order)
        held = self._rows[number] if number in self._live else rows[:0]
        self._rows[number] = np.union1d(held, rows)
        self._live.add(number)
        return number

    def _share(self, number: int, states: Iterable[State]) -> None:
        """Add decisions about the state to those of an incident."""
        self._states[number] = tuple(sorted({*self._states.get(number, ()), *states}, key=lambda each: each.order))

    def _state(self, entry: Entry, order: int) -> None:
        known = frozenset(self._told(self._anchors.rows(entry.known)))
        found = self._find(entry, order)
        for number in dict.fromkeys(number for each in found for number in each.numbers):
            self._share(number, [State(order, _STATUS[entry.what], entry.micros, known)])
            self._moved.setdefault(entry.id, []).append(self._rows[number])
        self._strayed(entry, found, "not applied to {}, which has taken in {}")
        undone = np.concatenate([self._anchors.rows(()), *(each.undone for each in found)])
        if alone := set(self._owner[undone].tolist()) - {number for each in found for number in each.numbers}:
            names = ", ".join(sorted(self._names[number] for number in alone)[:_NAMED])
            self._remark(entry, f"not applied to {names}: part of it only by a merge or pin that was taken back")

    def _told(self, rows: Rows) -> list[str]:
        ids: list[str] = self._events["event_id"].take(pa.array(rows)).to_pylist()
        return ids

    def _note(self, entry: Entry, order: int) -> None:
        if found := self._find(entry, order):
            self._moved[entry.id] = [self._rows[number] for each in found for number in each.numbers]
            self._strayed(entry, found, "{} has taken in {}")

    def _merge(self, entry: Entry, order: int) -> None:
        found = self._find(entry, order)
        if not found:
            return
        numbers = sorted({number for each in found for number in each.numbers})
        if len(numbers) == 1 and any(map(self._is_undone, entry.subjects)):
            self._effects[entry.id] = Effect("overridden", _UNDONE)
            return
        if len(numbers) == 1 < len(entry.subjects):
            one = len(found) == 1
            self._remark(entry, "only one of its incidents is in this case" if one else "they were one already")
        strays = self._strayed(entry, found, "out of {} taken back {}")
        self._moved[entry.id] = [self._rows[number] for number in numbers]
        there = self._number.get(entry.into, -1)
        involved = {*numbers, there} & self._live
        states = [state for number in involved for state in self._states.get(number, ())]
        rows = np.unique(np.concatenate([*self._moved[entry.id], strays]))
        into = self._move(rows, entry.into, order)
        for number in {self._number.get(subject.incident_id, into) for subject in entry.subjects} - {into}:
            self._ways.came(number, rows, order)  # what is one with them again belongs to each of them
        self._states.pop(into, None)
        self._share(into, states)

    def _split(self, entry: Entry, order: int) -> None:
        subject = entry.subjects[0]
        found = self._find(entry, order)
        number = self._number.get(subject.incident_id)
        if number is None and not found:
            return
        rows, states = self._whole(number, order, found[0] if found else None)
        if found:
            strays = self._strayed(entry, found[:1], "out of {} taken back {}")
            rows = np.union1d(rows, strays)
        parts = self._named_sides(entry) if entry.by == "events" else self._told_sides(entry, rows)
        if not parts:
            told = self._remarks.get(entry.id, ["none of the events that it names is in this case"])
            self._effects[entry.id] = Effect("waiting", "; ".join(told))
        rest = np.setdiff1d(rows, np.concatenate([rows[:0], *parts.values()]))
        self._moved[entry.id] = [part for part in (*parts.values(), rest) if len(part)] if parts else []
        for name, side in sorted(parts.items()):
            self._made[name] = entry.id
            self._ways.left(side, order)
            self._share(self._move(side, name, order), states)
        self._touched[rows] = True
        if number is not None and number not in self._live:
            self._rows[number] = np.union1d(rows, self._rows[number])  # all that it had, not what left it last

    def _whole(self, number: int | None, order: int, found: Found | None) -> tuple[Rows, tuple[State, ...]]:
        """The events of an incident that is split, and its states."""
        own = [] if number is None else [number]
        if number is not None and number not in self._live:
            rows = self._meant(number, order)  # who did not know of another split did not know of pins since either
            parts, states = [rows[~self._pinned[rows]]], self._states.get(number, ())
            others = found.numbers[len(self._now(number, order)) :] if found else []
        else:
            others = [each for each in (found.numbers if found else []) if each not in own]
            parts = [self._rows[each] for each in own]
            states = self._states.get((own or others)[0], ())
        return np.unique(np.concatenate([*parts, *(self._rows[each] for each in others)])), states

    def _named_sides(self, entry: Entry) -> dict[str, Rows]:
        rows = self._anchors.rows(entry.events)
        return {entry.sides[0].incident_id: rows} if len(rows) and entry.sides else {}

    def _told_sides(self, entry: Entry, rows: Rows) -> dict[str, Rows]:
        """The events of an incident by the side that their value leads to."""
        subject = entry.subjects[0]
        place = np.full(len(self._owner), -1)
        place[rows] = np.arange(len(rows))
        here = [place[self._anchors.rows(names)] for names in (*(side.events for side in entry.sides), subject.events)]
        *own, sample = (each[each >= 0] for each in here)
        events = self._events.take(pa.array(rows))
        found, remarks = Leading(self._tables, events, entry, own, sample, self._anchors.home[rows]).sides()
        for remark in remarks:
            self._remark(entry, remark)
        return {name: rows[side] for name, side in found.items()}

    def _pin(self, entry: Entry, order: int) -> None:
        rows = self._anchors.rows(entry.events)
        if not len(rows):
            self._effects[entry.id] = Effect("waiting", "none of the events that it names is in this case")
            return
        subject = entry.subjects[0]
        if self._is_undone(subject):
            self._effects[entry.id] = Effect("overridden", _UNDONE)
            return
        number = self._number.get(subject.incident_id)
        found = self._most(subject.events) if number is None else self._now(number, order)
        most = min(found, key=lambda number: (-len(self._rows[number]), self._names[number]), default=None)
        self._moved[entry.id] = [rows]
        self._effects[entry.id] = Effect("applied", incidents=(entry.into if most is None else self._names[most],))
        self._ways.left(rows, order)
        self._move(rows, self._effects[entry.id].incidents[0], order)
        self._pinned[rows] = True

    def _judge(self) -> None:
        """Say of each entry what is left of it, and which incidents it is about now."""
        last = {number: states[-1].order for number, states in self._states.items() if states}
        for order, entry in enumerate(self._entries):
            groups = self._moved.get(entry.id)
            if not groups:
                found = [self._incidents(entry, order, each).numbers for each in entry.subjects]
                now = sorted({self._names[number] for numbers in found for number in numbers})
                self._effects[entry.id] = self._effects[entry.id]._replace(incidents=tuple(now))
                if entry.what == "merge" and entry.id in self._revoked and len(found) == 2:
                    sides = tuple(tuple(self._names[number] for number in numbers) for numbers in found)
                    self._part(self._revoked[entry.id], "took back their merge", sides)
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
            if entry.what == "split":
                sides = tuple(tuple(sorted(self._names[number] for number in each)) for each in owners)
                self._part(entry.id, f"split them by {entry.by}", sides)
            if word == "applied":
                told = "; ".join(self._remarks.get(entry.id, ()))
            self._effects[entry.id] = Effect(word, told, names)

    def _part(self, entry: str, how: str, sides: tuple[tuple[str, ...], ...]) -> None:
        self._parted[entry] = Parting(f"{self._who[entry] or 'somebody'} {how}", sides)

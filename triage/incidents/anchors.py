"""Where the events that an entry names are now: what holds a decision where the grouping gives other keys than before.

An incident goes into an entry with some of its events, its anchors. Those that no decision has moved and that are not
in the incident itself were put elsewhere by the grouping: another version of it, or a rule that is new.

- The incident that they are in is a part of the one that was decided about, where these events make up at least half of
  what was in it by then (as far as can be told from a sample): it is meant as a whole, with what comes later.
- Else it is another incident, which has taken some of them in: of that one only these events are meant.
- An incident whose id is gone is in any case the one that most of its anchors are in.

An id that two events have tells of neither. What an entry took for one incident only because of a merge or pin that
was taken back later is not meant: nobody decided about it alone.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from triage.journal import Entry, Subject

__all__ = ("SAMPLE", "Anchors", "Found")

Rows = npt.NDArray[np.int64]
# Events of an incident that go into an entry.
SAMPLE: Final = 24


class Found(NamedTuple):
    """What a subject is now: the numbers of its incidents, and events of it that are in other ones.

    `parts` counts the incidents that it was found in by its events; `undone` are events of it that were in it only by a
    merge or pin that was taken back.
    """

    numbers: list[int]
    strays: Rows
    parts: int = 0
    undone: Rows = np.array([], np.int64)

    def __bool__(self) -> bool:
        return bool(self.numbers)


class _Window(NamedTuple):
    """From when to when a merge or pin held that was taken back, and the incidents and events that it was about."""

    begin: int
    end: int
    homes: frozenset[int]
    events: frozenset[int]


class Anchors:
    """The events of a case that entries name.

    Parameters
    ----------
    events, codes
        The events that make incidents, and the number of the incident of each by the keys alone.
    entries, revoked
        The entries in their order, and by which other each one that does not hold was taken back.
    token
        What stands in a journal for an id that must not.
    """

    def __init__(
        self,
        events: pa.Table,
        codes: Rows,
        entries: Sequence[Entry],
        revoked: Mapping[str, str],
        token: Callable[[str], str],
    ) -> None:
        self.home = codes
        self._times = pc.fill_null(events["ts"].cast(pa.int64()), np.iinfo(np.int64).min)
        self._row, self._double = _named(events["event_id"], entries, token)
        self._windows = list(self._taken_back(entries, revoked))

    def rows(self, events: Iterable[str]) -> Rows:
        """The rows of the events that are here."""
        found = {self._row[event] for event in events if event in self._row}
        return np.array(sorted(found), np.int64)

    def elsewhere(
        self, entry: Entry, order: int, subject: Subject, own: Iterable[int], touched: Any
    ) -> tuple[Rows, Rows]:
        """The anchors of a subject that the grouping alone has put outside its own incidents, and those of taken back.

        Parameters
        ----------
        entry, order
            The entry, and its place in the journal.
        subject
            The incident that it names.
        own
            The numbers of the incidents that it is by its id.
        touched
            bool, one per event: whether a decision has moved it or said that it stays.
        """
        sides = entry.sides if entry.what == "split" else ()
        rows: Rows = self.rows([*subject.events, *(event for side in sides for event in side.events)])
        rows = rows[~touched[rows] & ~np.isin(self.home[rows], list(own))]
        rows = rows[~np.isin(rows, self._double)]
        undone = np.zeros(len(rows), bool)
        for window in self._windows if len(rows) else ():
            if window.begin < order < window.end:
                undone |= np.isin(self.home[rows], list(window.homes)) | np.isin(rows, list(window.events))
        return rows[~undone], rows[undone]

    def parts(self, entry: Entry, subject: Subject, rows: Rows, held: Mapping[int, Rows]) -> tuple[list[int], Rows]:
        """The incidents that are parts of a subject whose anchors `rows` they hold, the fullest first; and the strays.

        `held` gives the rows of an incident by its number.
        """
        counts = Counter(self.home[rows].tolist())
        times = self._times
        meant = []
        # How many events of the incident one anchor stands for; not known of a sample that does not say.
        each = (
            subject.count / max(len(subject.events), 1)
            if subject.count
            else 1
            if len(subject.events) < SAMPLE
            else np.inf
        )
        for number in sorted(counts, key=lambda one: (-counts[one], one)):
            then = times.take(pa.array(held[number])).to_numpy(zero_copy_only=False) <= entry.micros
            if 2 * counts[number] * each >= np.count_nonzero(then):
                meant.append(number)
        return meant, rows[~np.isin(self.home[rows], meant)]

    def _taken_back(self, entries: Sequence[Entry], revoked: Mapping[str, str]) -> Iterable[_Window]:
        order = {entry.id: at for at, entry in enumerate(entries)}
        for entry in entries:
            if entry.id not in revoked or entry.what not in {"merge", "pin"}:
                continue
            events = self.rows(entry.events)
            subjects = entry.subjects if entry.what == "merge" else ()
            # Each of them on its own: what was another incident than the one that kept the name.
            homes = {each.incident_id: set(self.home[self.rows(each.events)].tolist()) for each in subjects}
            homes.pop(entry.into, None)
            yield _Window(
                order[entry.id],
                order[revoked[entry.id]],
                frozenset(set().union(*homes.values())),
                frozenset(events.tolist()),
            )


def _named(column: Any, entries: Sequence[Entry], token: Callable[[str], str]) -> tuple[Mapping[str, int], list[int]]:
    """The row of each event that an entry names and that is here; and of ids that two events have the rows."""
    wanted: set[str] = set()
    for entry in entries:
        wanted.update(entry.events, entry.known)
        for events in [each.events for each in entry.subjects] + [each.events for each in entry.sides]:
            wanted.update(events)
    if not wanted:
        return {}, []
    listed = sorted(wanted)
    place = pc.index_in(column, value_set=pa.array(listed, pa.string()))
    rows = np.flatnonzero(pc.is_valid(place).to_numpy(zero_copy_only=False))
    names = [listed[at] for at in place.take(pa.array(rows)).to_pylist()]
    found = dict(zip(names, rows.tolist(), strict=True))
    often = Counter(names)
    double = [row for name, row in zip(names, rows.tolist(), strict=True) if often[name] > 1]
    begin = token("")[:4]
    if any(name.startswith(begin) for name in wanted):
        tokens = {token(name): row for row, name in enumerate(column.to_pylist())}
        found.update((name, tokens[name]) for name in wanted if name in tokens)
    return found, double

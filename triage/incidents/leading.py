"""Where a split leads each event: to the side that its value tells, now that values may be told differently.

The anchors of a side (`triage.incidents.anchors`) are on it, whatever is read of them now, and vouch for the values
that they have now: masked, made by another version of the grouping or under other rules.

- A split by a frame or a variable part goes by a place. Where the anchors do not have there what they had, the place is
  looked for at which they do, else the first at which no value is one of two sides.
- A value for which two sides vouch, or one that led to a side for which another vouches, tells nothing. Its events go
  where the anchors are with which the grouping puts them, if all of these are of one side. Else they stay.
- An event stays, too, whose value is hidden by a mask for which nobody vouches, and one whose message is of a wording
  in which the variable part is not found. What stays is told of, but for what a carved side is parted from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from triage.incidents import predicates, wordings
from triage.share.printable import plural

if TYPE_CHECKING:
    from triage.journal import Entry

__all__ = ("Leading",)

Rows = npt.NDArray[np.int64]
_PLACED: Final = ("frame", "file", "message_slot")
_REST: Final = -1
# Codes of events whose message is of another wording, and of anchors.
_UNTOLD, _NAMED = -1, -2
# Events that are looked at where there is no anchor.
_LOOKED: Final = 256
_STAYS: Final = "left where the grouping has them"


class Leading:
    """The events of an incident that is split.

    Parameters
    ----------
    tables, events
        The annotated tables of the case, and the events.
    entry
        The split.
    own
        The anchors of each side, as places in `events`.
    sample
        The anchors of the incident as it was, some of them on sides.
    home
        The number of the incident of each event by its keys alone.
    """

    def __init__(
        self, tables: dict[str, pa.Table], events: pa.Table, entry: Entry, own: list[Rows], sample: Rows, home: Rows
    ) -> None:
        self._tables, self._events, self._entry = tables, events, entry
        self._home = home
        self._own = own
        self._rest = np.setdiff1d(sample, np.concatenate([sample[:0], *own])) if entry.carve else sample[:0]
        self._listed = {value: number for number, side in enumerate(entry.sides) for value in side.values}
        self._names = [side.incident_id for side in entry.sides]

    def sides(self) -> tuple[dict[str, Rows], list[str]]:
        """The places of the events on each side, and what is to be told."""
        slot, known = self._place()
        told = predicates.values(self._tables, self._events, self._entry.by, slot, known)
        found: dict[str, list[Rows]] = {}
        for number, rows in enumerate(self._own):
            found.setdefault(self._names[number], []).append(rows)
        codes = told.codes.copy()
        codes[np.concatenate([codes[:0], *self._own])] = _NAMED
        votes = self._votes(told.codes)
        broken = _is_broken(votes)
        order = np.argsort(codes, kind="stable")
        ends = np.searchsorted(codes[order], np.arange(len(told.distinct) + 1))
        stays, hidden = [order[:0]], 0
        for code, value in enumerate(told.distinct):
            rows = order[ends[code] : ends[code + 1]]
            name = self._side(value, votes.get(code, set()), broken=broken) if len(rows) else ""
            if name is None:
                stays.append(rows)
            elif name:
                found.setdefault(name, []).append(rows)
            elif predicates.is_hidden(value):
                hidden += len(rows)
        left = self._beside(np.concatenate(stays), found)
        counts = (
            ("masks hide the value of {}", hidden),
            ("nothing tells the side of {}", left),
            ("the message has another wording in {}", int(np.count_nonzero(codes == _UNTOLD))),
        )
        by, place = self._entry.by.replace("_", " "), (slot // 2 if self._entry.by == "file" else slot) + 1
        remarks = [f"told by {by} {place} now"] if slot != self._entry.slot else []
        remarks += [f"{text.format(plural(count, 'event'))}, {_STAYS}" for text, count in counts if count]
        parts = {name: np.unique(np.concatenate(rows)) for name, rows in found.items()}
        return {name: rows for name, rows in parts.items() if len(rows)}, remarks

    def _side(self, value: str, votes: set[int], *, broken: bool) -> str | None:
        """The side to which a value leads, "" for none, None where it does not tell."""
        digest = self._digest(value)
        listed = self._listed.get(digest)
        if self._entry.carve and listed is not None:
            return self._names[listed]
        claims = votes if listed is None else votes | {listed}
        if len(claims) > 1 or (broken and listed is None):
            return None
        if claims:
            return self._names[min(claims)]
        if predicates.is_hidden(value) or self._entry.carve:
            return ""
        return predicates.side_id(self._entry.subjects[0].incident_id, digest)

    def _beside(self, stays: Rows, found: dict[str, list[Rows]]) -> int:
        """Add the events that the grouping puts together with anchors of one side alone; gives how many are left."""
        if self._entry.carve or not len(stays):
            return len(stays)
        meant: dict[int, set[int]] = {}
        for number, rows in enumerate(self._own):
            for home in self._home[rows].tolist():
                meant.setdefault(home, set()).add(number)
        homes, of = np.unique(self._home[stays], return_inverse=True)
        sides = [meant.get(home, set()) for home in homes.tolist()]
        side = np.array([min(each) if len(each) == 1 else -1 for each in sides], np.int64)[of]
        for number in np.unique(side[side >= 0]).tolist():
            found.setdefault(self._names[number], []).append(stays[side == number])
        return int(np.count_nonzero(side < 0))

    def _place(self) -> tuple[int, wordings.Known | None]:
        """Which frame or slot tells the sides now, and what may stand around it."""
        entry, by = self._entry, self._entry.by
        anchors = np.unique(np.concatenate([self._rest, *self._own]))
        written = wordings.Known(entry.around, entry.salt) if entry.around else None
        if by not in _PLACED:
            return entry.slot, written
        if not any(map(len, self._own)):
            return self._listing(), written
        events = self._events.take(pa.array(anchors))
        own = [np.searchsorted(anchors, rows) for rows in self._own]
        rest = np.searchsorted(anchors, self._rest)
        said = events["error_value"].to_pylist() if by == "message_slot" else []
        about = [wordings.around(message) for message in said]
        best, chosen = 0, (entry.slot, written)
        parting = None
        first = () if said and written is None else (-1,)
        for slot in (*first, entry.slot, *predicates.places(self._tables, events, by)):
            known = written
            place = entry.slot if slot < 0 else slot
            if slot >= 0 and said:
                there = (wordings.at(about[row], slot) for rows in own for row in rows.tolist())
                known = wordings.Known(entry.around, entry.salt, there)
            told = predicates.values(self._tables, events, by, place, known)
            agree = self._agreeing(told, own)
            if agree > best:
                best, chosen = agree, (place, known)
            if best == sum(map(len, own)):
                break
            if parting is None and _parts(told.codes, own, rest):
                parting = place, known
        return chosen if best or parting is None else parting

    def _listing(self) -> int:
        """The frame that tells the sides where no anchor is here: the only one at which every event has a known value.

        Where the one of the entry has any this holds; of a variable part the words around it tell.
        """
        entry = self._entry
        events = self._events.slice(0, _LOOKED)
        if entry.by not in {"frame", "file"}:
            return entry.slot
        fitting = []
        for slot in (entry.slot, *predicates.places(self._tables, events, entry.by)):
            known = {self._digest(value) in self._listed for value in self._values(events, slot)}
            if slot == entry.slot and True in known:
                return slot
            if known == {True}:
                fitting.append(slot)
        return fitting[0] if len(fitting) == 1 else entry.slot

    def _values(self, events: pa.Table, slot: int) -> list[str]:
        return predicates.values(self._tables, events, self._entry.by, slot).distinct

    def _agreeing(self, told: predicates.Values, own: list[Rows]) -> int:
        """How many anchors have a value that leads to their side."""
        leads = [self._listed.get(self._digest(value), -1) for value in told.distinct] + [-1]
        return sum(leads[code] == number for number, rows in enumerate(own) for code in told.codes[rows].tolist())

    def _digest(self, value: str) -> str:
        return predicates.value_digest(self._entry.by, self._entry.slot, value, self._entry.salt)

    def _votes(self, codes: Rows) -> dict[int, set[int]]:
        """The sides that vouch for each value, the rest among them where it has none of its own."""
        votes: dict[int, set[int]] = {}
        for number, rows in enumerate(self._own):
            for code in set(codes[rows].tolist()) - {-1}:
                votes.setdefault(code, set()).add(number)
        rest = set(codes[self._rest].tolist()) - {-1}
        # Else those of the rest that have a value of the side are of the side, which has more events than anchors.
        if rest <= votes.keys():
            for code in rest:
                votes[code].add(_REST)
        return votes


def _is_broken(votes: dict[int, set[int]]) -> bool:
    """Whether there are anchors of two sides, and no value that is one side's alone."""
    return bool(votes) and all(len(sides) > 1 for sides in votes.values())


def _parts(codes: Rows, own: list[Rows], rest: Rows) -> bool:
    """Whether each value is of one side only, and not all of the rest have one of a carved side."""
    values = [set(codes[rows].tolist()) - {-1} for rows in own]
    once = set().union(*values)
    others = set(codes[rest].tolist()) - {-1}
    return bool(once) and len(once) == sum(map(len, values)) and not (others and others <= once)

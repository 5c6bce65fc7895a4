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
    from collections.abc import Iterable

    from triage.journal import Entry

__all__ = ("Leading",)

Rows = npt.NDArray[np.int64]
_PLACED: Final = ("frame", "message_slot")
_REST: Final = -1
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
        votes = self._votes(told.codes)
        named = np.full(len(told.codes), -1)
        for number, rows in enumerate(self._own):
            named[rows] = number
        found: dict[str, list[Rows]] = {}
        for number in np.unique(named[named >= 0]).tolist():
            found.setdefault(self._names[number], []).append(np.flatnonzero(named == number))
        remarks = [f"told by {self._entry.by.replace('_', ' ')} {slot + 1} now"] if slot != self._entry.slot else []
        left = np.where(named < 0, told.codes, -2)
        stays, hidden = np.flatnonzero(left == -1)[:0], 0
        for code, value in enumerate(told.distinct):
            rows = np.flatnonzero(left == code)
            name = self._side(value, votes.get(code, set()), broken=_is_broken(votes))
            if not len(rows):
                continue
            if name is None:
                stays = np.r_[stays, rows]
            elif name:
                found.setdefault(name, []).append(rows)
            elif predicates.is_hidden(value):
                hidden += len(rows)
        for name, rows in self._beside(stays):
            found.setdefault(name, []).append(rows)
            stays = np.setdiff1d(stays, rows)
        counts = (
            ("masks hide the value of {}", hidden),
            ("nothing tells the side of {}", len(stays)),
            ("the message has another wording in {}", int(np.count_nonzero(left == -1))),
        )
        remarks += [f"{text.format(plural(count, 'event'))}, {_STAYS}" for text, count in counts if count]
        return {name: np.sort(np.concatenate(parts)) for name, parts in found.items()}, remarks

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

    def _beside(self, stays: Rows) -> Iterable[tuple[str, Rows]]:
        """The events that the grouping puts together with the anchors of one side, and of no other."""
        if self._entry.carve or not len(stays):
            return
        meant: dict[int, set[int]] = {}
        for number, rows in enumerate(self._own):
            for home in set(self._home[rows].tolist()):
                meant.setdefault(home, set()).add(number)
        for home, numbers in sorted(meant.items()):
            rows = stays[self._home[stays] == home]
            if len(numbers) == 1 and len(rows):
                yield self._names[min(numbers)], rows

    def _place(self) -> tuple[int, wordings.Known | None]:
        """Which frame or slot tells the sides now, and what may stand around it."""
        entry, by = self._entry, self._entry.by
        anchors = np.unique(np.concatenate([self._rest, *self._own]))
        written = wordings.Known(entry.around, entry.salt) if entry.around else None
        if by not in _PLACED or not len(anchors):
            return entry.slot, written
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

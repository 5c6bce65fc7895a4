"""Entries of the journal in the making: what is decided now, told so that it is found again later.

An incident goes into an entry with its keys and some of its events; a side of a split with the digests of its values,
some of its events and a label that tells no value which could be personal (`triage.incidents.labels`). Event ids,
services and values that hold something secret or personal do not go in as they are.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from triage.errors import JournalError, demand, is_one_of, no_incident
from triage.incidents import labels, predicates, wordings
from triage.incidents.anchors import SAMPLE
from triage.incidents.decisions import token
from triage.journal import WAYS, Side, Subject
from triage.redact import spans
from triage.share.printable import plural
from triage.stacks.keys import ALGO_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from triage.incidents.groups import Grouped
    from triage.redact.policy import Policy

__all__ = ("Maker",)

_SIDE_ANCHORS: Final = 8
_SIDES: Final = 200
_KNOWN: Final = 500
_LABEL: Final = 80
# More wordings tell that the message says anything: its variable part is known by its place alone.
_AROUND: Final = 64


class _Way(NamedTuple):
    """By what an incident is split: the frame or slot, the salt of the digests, and the value of each event."""

    by: str
    slot: int
    salt: str
    told: predicates.Values


class Maker:
    """Makes the parts of entries, of the incidents as they are now.

    Parameters
    ----------
    tables
        The annotated tables of the case.
    found
        Its events and their incidents.
    policy
        What must not stand in the journal.
    """

    def __init__(self, tables: dict[str, pa.Table], found: Grouped, policy: Policy) -> None:
        self._tables = tables
        self._found = found
        self._policy = policy

    def rows(self, incident: str) -> npt.NDArray[np.int64]:
        """The rows of the events of an incident."""
        replayed = self._found.replayed
        if not is_one_of(incident, replayed.ids):
            raise JournalError(no_incident(incident, replayed.ids, replayed.became))
        return np.flatnonzero(replayed.codes == replayed.ids.index(incident))

    def first_seen(self, incident: str) -> int:
        """When an incident was first seen, in microseconds since 1970; as late as can be where no event has a time."""
        times = self._found.events["ts"].take(pa.array(self.rows(incident))).cast(pa.int64())
        first = pc.min(times).as_py()
        return np.iinfo(np.int64).max if first is None else int(first)

    def after(self, incident: str, moment: int) -> tuple[str, ...]:
        """The events of an incident whose time is later."""
        mine = self._found.events.take(pa.array(self.rows(incident)))
        late = mine.filter(pc.fill_null(pc.greater(mine["ts"].cast(pa.int64()), moment), fill_value=False))
        return self.tokens(sorted(late["event_id"].to_pylist())[:_KNOWN])

    def subject(self, incident: str) -> Subject:
        """An incident as it is now."""
        rows = self.rows(incident)
        newest = self._found.events.slice(int(rows[_order(self._found.events, rows)[-1]]), 1).to_pylist()[0]
        # Both are for people; an archive may bring any text as a key.
        service, key = (
            "" if len(text) > _LABEL or spans(text, policy=self._policy) else text
            for text in (newest["service"] or "", newest["group_key"])
        )
        return Subject(
            incident_id=incident,
            service=service,
            group_key=key,
            algo_version=ALGO_VERSION,
            made_by=self._found.replayed.made.get(incident, ""),
            events=self.tokens(_anchors(self._found.events, rows, SAMPLE)),
            count=len(rows),
        )

    def tokens(self, events: Iterable[str]) -> tuple[str, ...]:
        """Event ids as the journal may hold them."""
        policy = self._policy
        return tuple(token(event) if spans(event, policy=policy) else event for event in dict.fromkeys(events))

    def places(self, events: list[str], within: npt.NDArray[np.int64] | None = None) -> npt.NDArray[np.int64]:
        """The rows of named events; all of them must be there."""
        if not events:
            raise JournalError("no event is named; case.events(incident_id)['event_id'] lists them")
        for event in events:
            demand(event, str, "an event is named by its id, a text")
        mask = pc.is_in(self._found.events["event_id"], value_set=pa.array(events, pa.string()))
        rows = np.flatnonzero(mask.to_numpy().astype(bool))
        if within is not None:
            rows = np.intersect1d(rows, within)
        missing = set(events) - set(self._found.events["event_id"].take(pa.array(rows)).to_pylist())
        if missing:
            where = "makes an incident here" if within is None else "is in that incident"
            raise JournalError(
                f"no event {where} with the id {min(missing)!r}; case.events(incident_id)['event_id'] lists them"
            )
        return rows

    def parting(
        self,
        incident: str,
        rows: npt.NDArray[np.int64],
        by: str | None,
        chosen: npt.NDArray[np.int64] | None,
    ) -> dict[str, Any]:
        """How a split parts an incident, as fields of its entry."""
        events = self._found.events.take(pa.array(rows))
        salt = secrets.token_hex(16)
        if chosen is None:
            if by is None:
                raise JournalError(f"say by what: by one of {', '.join(WAYS)}, or events=[...]")
            slot, told = self._telling(events, by)
            if len(told.distinct) == 1:
                raise JournalError(f"nothing tells these events apart by {by}; name those that part: events=[...]")
            if len(told.distinct) > _SIDES:
                raise JournalError(f"that would make {len(told.distinct):,} incidents; split by something else")
            parts = [[code] for code in range(len(told.distinct))]
            sides = self._sides(incident, events, _Way(by, slot, salt, told), parts)
            return {"by": by, "slot": slot, "sides": sides, "salt": salt, "around": _around(events, by, slot, salt)}
        inside = np.isin(rows, chosen)
        if inside.all():
            raise JournalError("all events of the incident are named: there is nothing to part them from; name fewer")
        ways = WAYS if by is None else (by,)
        for way, slot in [(each, at) for each in ways for at in predicates.places(self._tables, events, each)]:
            told = predicates.values(self._tables, events, way, slot)
            here = set(told.codes[inside].tolist())
            if not here & set(told.codes[~inside].tolist()) and not any(map(predicates.is_hidden, told.distinct)):
                made = self._sides(incident, events, _Way(way, slot, salt, told), [sorted(here)])
                about = _around(events, way, slot, salt)
                return {"by": way, "slot": slot, "sides": made, "salt": salt, "around": about, "carve": True}
        names = sorted(events["event_id"].filter(pa.array(inside)).to_pylist())
        own = predicates.side_id(incident, "\0".join(names))
        side = Side(incident_id=own, label=f"{plural(len(names), 'event')} that nothing tells from the others")
        return {"by": "events", "sides": (side,), "events": self.tokens(names)}

    def _telling(self, events: pa.Table, by: str) -> tuple[int, predicates.Values]:
        """The first frame or slot that tells events apart, and whose values say something in other archives too."""
        if found := predicates.telling(self._tables, events, by):
            return found
        raise JournalError(
            f"what differs by {by} stands behind masks here, and the number of a mask is another value in another "
            "archive; split where the values are read, by something else, or name the events that part: events=[...]"
        )

    def _sides(self, incident: str, events: pa.Table, way: _Way, parts: list[list[int]]) -> tuple[Side, ...]:
        """The sides with their anchors, of which the id of each is made: two people's same split has the same sides."""
        chosen = [np.flatnonzero(np.isin(way.told.codes, codes)) for codes in parts]
        names = labels.labels(
            self._tables, [events.take(pa.array(rows)) for rows in chosen], way.by, way.slot, policy=self._policy
        )
        made = []
        for codes, rows, label in zip(parts, chosen, names, strict=True):
            digests = [predicates.value_digest(way.by, way.slot, way.told.distinct[code], way.salt) for code in codes]
            anchors = _anchors(events, rows, _SIDE_ANCHORS)
            made.append(
                Side(
                    incident_id=predicates.side_id(incident, way.by, str(way.slot), *anchors),
                    label=label,
                    values=tuple(digests),
                    events=self.tokens(anchors),
                )
            )
        return tuple(made)


def _around(events: pa.Table, by: str, slot: int, salt: str) -> tuple[str, ...]:
    """Digests of what stands around the variable part by which events are split."""
    if by != "message_slot":
        return ()
    told = {wordings.at(wordings.around(text), slot) for text in events["error_value"].unique().to_pylist()}
    return (
        tuple(sorted(wordings.Known.digest(one, salt) for one in told))
        if len(told) <= _AROUND
        else (wordings.ANYTHING,)
    )


def _order(events: pa.Table, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The places in `rows` by time, then id; those without a time first."""
    mine = events.select(["ts", "event_id"]).take(pa.array(rows))
    times = pc.fill_null(mine["ts"].cast(pa.int64()), np.iinfo(np.int64).min).to_numpy()
    return np.lexsort((mine["event_id"].to_numpy(zero_copy_only=False).astype(str), times))


def _anchors(events: pa.Table, rows: npt.NDArray[np.int64], most: int) -> list[str]:
    """Some events of an incident: the first, the last, and some between them."""
    ids: list[str] = events["event_id"].take(pa.array(rows[_order(events, rows)])).to_pylist()
    places = np.linspace(0, len(ids) - 1, min(most, len(ids))).astype(int)
    return sorted(ids[place] for place in places.tolist())

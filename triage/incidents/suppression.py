"""Occurrences that an SDK counted instead of sending, given back to the incidents that they belong to.

In a storm DebugBundle's SDKs send three equal events in half a minute and count the others: an event
`error_suppressed` tells how many, under a hash of the SDK's own making, which is not the fingerprint of an incident.
The hash of an event that it did send can be made again (`triage.incidents.suppression_keys`); where the two are equal,
the occurrences are of its incident. Where none is (another SDK, a hook that changed the event before it was stored, a
masked message, too many keys at once) they stay without: `suppressed_unattributed` in `Case.summary`. Masks of our own
hide no hash: a redacted case, and its archive, are told which event each report was given to (`told`).

What they are taken for was known at the time of the report, so that what comes later changes nothing in what was said
before: the release is that of the newest event of that hash, or of the oldest after it. Who they happened to nobody
tells; only where the events that were sent last are of one client are they that client's, who tried again.
"""

from __future__ import annotations

import hashlib
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.incidents import suppression_keys
from triage.records import MOST_OCCURRENCES
from triage.stacks.joining import isin
from triage.times import iso

__all__ = ("ALONE", "TOLD", "Given", "given", "reports", "told", "unattributed")

Ints = npt.NDArray[np.int64]
# A service and a hash.
_Key = tuple[str | None, str]

# Equal events that an SDK sends before it counts.
_SENT: Final = 3
# Scopes of annotations of no event: the key is the id of a report, the value that of the event that it is given to; by
# the second they are its client's alone.
TOLD: Final = "given"
ALONE: Final = "given_alone"


class Given(NamedTuple):
    """Counts that have found an incident: by row of the events that make incidents, when, and how many.

    `alone` says whether all are of the client of that row; of the others nobody knows whose they are.
    """

    rows: Ints
    times: Ints
    counts: Ints
    alone: npt.NDArray[np.bool_]


def given(tables: dict[str, pa.Table], events: pa.Table, as_of: int | None = None) -> Given:
    """The suppressed occurrences whose event is known.

    Parameters
    ----------
    tables
        The tables of a case.
    events
        The events that make incidents.
    as_of
        Microseconds since 1970: what is told later does not count.
    """
    found = [(*each.event, each.at, each.number) for each in _placed(tables, events, as_of) if each.event is not None]
    rows, alone, times, counts = np.array(found, np.int64).reshape(-1, 4).T
    return Given(rows, times, counts, alone.astype(bool))


def unattributed(tables: dict[str, pa.Table], events: pa.Table, as_of: int | None = None) -> dict[str, int]:
    """How many suppressed occurrences have found no incident, by format; see `given`."""
    found: dict[str, int] = {}
    for each in _placed(tables, events, as_of):
        if each.event is None:
            found[each.format] = found.get(each.format, 0) + each.number
    return found


def told(tables: dict[str, pa.Table]) -> dict[str, tuple[str, bool]]:
    """By the id of each report that is given to an event: the id of that event, and whether it is one client's."""
    ids = tables["events"]["event_id"]
    found = [each for each in _placed(tables, tables["events"], None) if each.event is not None]
    return {each.id: (ids[each.event[0]].as_py(), each.event[1]) for each in found if each.event is not None}


def reports(tables: dict[str, pa.Table], events: list[str]) -> list[str]:
    """The ids of the reports that are given to some events."""
    wanted = set(events)
    return [report for report, (event, _) in told(tables).items() if event in wanted]


class _Placed(NamedTuple):
    """What one report tells: its id, its event and whether it is one client's, when it was, how many, its format."""

    id: str
    event: tuple[int, bool] | None
    at: int | None
    number: int
    format: str


def _placed(tables: dict[str, pa.Table], events: pa.Table, as_of: int | None) -> list[_Placed]:
    """All that is told of suppressed occurrences up to a time."""
    every = _reports(tables["events"], as_of)
    if not every.num_rows:
        return []
    said, last = _said(tables, events), _last_seen(tables, every)
    unsaid = pc.invert(pc.is_in(every["event_id"], value_set=pa.array(list(said), pa.string())))
    known = _known(tables, events, every.filter(unsaid))
    columns = (every[name] for name in ("event_id", "service", "native_fingerprint", "suppressed_count", "format"))
    times = every["ts"].cast(pa.int64()).to_pylist()
    found = []
    for event, service, key, count, name, ts in zip(*(column.to_pylist() for column in columns), times, strict=True):
        seen = last.get(event, ts)
        when = seen if ts is None else ts
        if when is not None and as_of is not None and when > as_of:
            continue
        alike = known.get((service, key))
        row = alike.at(when) if alike is not None and when is not None else None
        row = said.get(event, row)
        # Nothing is told before it happens, whatever a clock says.
        at = None if when is None else min(seen, when)
        found.append(_Placed(event, row, at, min(count, MOST_OCCURRENCES), name))
    return found


class _Alike(NamedTuple):
    """The events of one hash in order of time: when, their rows, and who each happened to (-1: nobody knows)."""

    times: Ints
    rows: Ints
    clients: Ints

    def at(self, moment: int) -> tuple[int, bool]:
        """The newest event at a time, or the oldest after it; and whether one client has those that were sent last."""
        known = int(np.searchsorted(self.times, moment, side="right"))
        sent = self.clients[known - _SENT : known] if known >= _SENT else np.full(1, -1)
        return int(self.rows[max(known - 1, 0)]), bool(sent[0] >= 0 and (sent == sent[0]).all())


def _said(tables: dict[str, pa.Table], events: pa.Table) -> dict[str, tuple[int, bool] | None]:
    """The rows that reports were given to before masks were laid over these tables; None where it is not there."""
    notes = isin(tables["annotations"], "scope", [TOLD, ALONE])
    notes = notes.filter(pc.is_null(notes["event_id"]))
    rows = pc.index_in(notes["value"], value_set=events["event_id"].combine_chunks()).to_pylist()
    pairs = zip(notes["key"].to_pylist(), rows, notes["scope"].to_pylist(), strict=True)
    return {report: None if row is None else (row, scope == ALONE) for report, row, scope in pairs}


def _reports(events: pa.Table, as_of: int | None) -> pa.Table:
    """The events that tell of suppressed occurrences."""
    chosen = pc.and_(pc.equal(events["event_kind"], "error_suppressed"), pc.greater(events["suppressed_count"], 0))
    if as_of is not None:
        early = pc.less_equal(events["ts"].cast(pa.int64()), as_of)
        chosen = pc.and_(chosen, pc.fill_null(early, fill_value=True))
    return events.filter(pc.fill_null(chosen, fill_value=False))


def _last_seen(tables: dict[str, pa.Table], told: pa.Table) -> dict[str, int]:
    """When the last of the occurrences was, by the event that tells of them."""
    notes = isin(tables["annotations"], "event_id", told["event_id"].to_pylist())
    notes = notes.filter(pc.and_(pc.equal(notes["scope"], "suppressed"), pc.equal(notes["key"], "last_seen")))
    pairs = zip(notes["event_id"].to_pylist(), notes["value"].to_pylist(), strict=True)
    return {event: micros for event, text in pairs if (micros := iso(text)) is not None}


def _known(tables: dict[str, pa.Table], events: pa.Table, told: pa.Table) -> dict[_Key, _Alike]:
    """The events of each service and hash that is asked for."""
    wanted = set(zip(told["service"].to_pylist(), told["native_fingerprint"].to_pylist(), strict=True))
    services = pa.array(sorted({service for service, _ in wanted if service is not None}), pa.string())
    chosen = pc.is_in(events["service"], value_set=services)
    for column, values in (("event_kind", suppression_keys.KINDS), ("platform", suppression_keys.PLATFORMS)):
        chosen = pc.and_(chosen, pc.is_in(events[column], value_set=pa.array(values)))
    places = np.flatnonzero(pc.fill_null(chosen, fill_value=False).to_numpy().astype(bool))
    few = events.take(pa.array(places))
    alike = suppression_keys.alike(tables, few)
    one_of_each = few.take(pa.array(np.unique(alike, return_index=True)[1]))
    owners, keys = one_of_each["service"].to_pylist(), suppression_keys.made(tables, one_of_each)
    asked: dict[_Key, set[int]] = {}
    for number, (owner, own) in enumerate(zip(owners, keys, strict=True)):
        for key in own:
            made = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
            if (owner, made) in wanted:
                asked.setdefault((owner, made), set()).add(number)
    held = np.flatnonzero(np.isin(alike, sorted(set().union(*asked.values()))))
    held = held[_in_time(few.take(pa.array(held)))]
    times, numbers = _times(few)[held], alike[held]
    clients = pc.coalesce(few["user_hash"], few["session_id"]).combine_chunks().dictionary_encode().indices
    clients = pc.fill_null(clients, -1).to_numpy().astype(np.int64)[held]
    grouped = np.argsort(numbers, kind="stable")
    ends = np.cumsum(np.bincount(numbers, minlength=len(keys)))
    found = {}
    for asked_for, having in asked.items():
        parts = [grouped[ends[number - 1] if number else 0 : ends[number]] for number in having]
        at = np.sort(np.concatenate(parts))
        found[asked_for] = _Alike(times[at], places[held][at], clients[at])
    return found


def _times(events: pa.Table) -> Ints:
    """Microseconds since 1970, what has no time first."""
    found: Ints = pc.fill_null(events["ts"].cast(pa.int64()), np.iinfo(np.int64).min).to_numpy()
    return found


def _in_time(events: pa.Table) -> Ints:
    """The places of events in order of time and id."""
    table = pa.table({"time": _times(events), "id": events["event_id"]})
    found: Ints = pc.sort_indices(table, sort_keys=[("time", "ascending"), ("id", "ascending")]).to_numpy()
    return found.astype(np.int64)

"""Occurrences that an SDK counted instead of sending, given back to the incidents that they belong to.

In a storm DebugBundle's SDKs send three equal events in half a minute and count the others: an event
`error_suppressed` tells how many, under a hash of the SDK's own making, which is not the fingerprint of an incident.
The hash of an event that it did send can be made again (`triage.incidents.suppression_keys`); where the two are equal,
the occurrences are of its incident. Where none is (another SDK, a hook that changed the event before it was stored, a
masked message, too many keys at once) they stay without: `suppressed_unattributed` in `Case.summary`.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.incidents import suppression_keys
from triage.stacks.joining import isin
from triage.times import iso

__all__ = ("Given", "given", "unattributed")

Ints = npt.NDArray[np.int64]

# More than this is no count.
_MOST: Final = 1 << 40


class Given(NamedTuple):
    """Counts that have found an incident: by row of the events that make incidents, when, and how many."""

    rows: Ints
    times: Ints
    counts: Ints


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
    told = _told(tables["events"], as_of)
    if not told.num_rows:
        return Given(*(np.zeros(0, np.int64) for _ in Given._fields))
    rows = _rows(tables, events, told)
    last = _last_seen(tables, told)
    found = [
        (row, last.get(event, ts), count)
        for event, service, key, ts, count in _listed(told)
        if (row := rows.get((service, key))) is not None and last.get(event, ts) is not None
    ]
    return Given(*np.array(found, np.int64).reshape(-1, 3).T)


def unattributed(tables: dict[str, pa.Table], events: pa.Table, as_of: int | None = None) -> dict[str, int]:
    """How many suppressed occurrences have found no incident, by format; see `given`."""
    told = _told(tables["events"], as_of)
    rows = _rows(tables, events, told) if told.num_rows else {}
    found: dict[str, int] = {}
    for (_, service, key, _, count), name in zip(_listed(told), told["format"].to_pylist(), strict=True):
        if (service, key) not in rows:
            found[name] = found.get(name, 0) + count
    return found


def _told(events: pa.Table, as_of: int | None) -> pa.Table:
    """The events that tell of suppressed occurrences."""
    chosen = pc.and_(pc.equal(events["event_kind"], "error_suppressed"), pc.greater(events["suppressed_count"], 0))
    if as_of is not None:
        chosen = pc.and_(chosen, pc.less_equal(events["ts"].cast(pa.int64()), as_of))
    return events.filter(pc.fill_null(chosen, fill_value=False))


def _listed(told: pa.Table) -> list[tuple[Any, ...]]:
    """Event, service, hash, time and count of each."""
    columns = [told[name].to_pylist() for name in ("event_id", "service", "native_fingerprint")]
    times, counts = told["ts"].cast(pa.int64()).to_pylist(), told["suppressed_count"].to_pylist()
    return list(zip(*columns, times, [min(count, _MOST) for count in counts], strict=True))


def _last_seen(tables: dict[str, pa.Table], told: pa.Table) -> dict[str, int]:
    """When the last of the occurrences was, by the event that tells of them."""
    notes = isin(tables["annotations"], "event_id", told["event_id"].to_pylist())
    notes = notes.filter(pc.and_(pc.equal(notes["scope"], "suppressed"), pc.equal(notes["key"], "last_seen")))
    pairs = zip(notes["event_id"].to_pylist(), notes["value"].to_pylist(), strict=True)
    return {event: micros for event, text in pairs if (micros := iso(text)) is not None}


def _rows(tables: dict[str, pa.Table], events: pa.Table, told: pa.Table) -> dict[tuple[str | None, str], int]:
    """The newest row of each service and hash that is asked for."""
    wanted = set(zip(told["service"].to_pylist(), told["native_fingerprint"].to_pylist(), strict=True))
    services = pa.array(sorted({service for service, _ in wanted if service is not None}), pa.string())
    chosen = pc.is_in(events["service"], value_set=services)
    for column, values in (("event_kind", suppression_keys.KINDS), ("platform", suppression_keys.PLATFORMS)):
        chosen = pc.and_(chosen, pc.is_in(events[column], value_set=pa.array(values)))
    places = np.flatnonzero(pc.fill_null(chosen, fill_value=False).to_numpy().astype(bool))
    few = events.take(pa.array(places))
    chosen = suppression_keys.newest_alike(tables, few)
    places, few = places[chosen], few.take(pa.array(chosen))
    owners, keys = few["service"].to_pylist(), suppression_keys.made(tables, few)
    found: dict[tuple[str | None, str], int] = {}
    for place, owner, own in zip(places.tolist(), owners, keys, strict=True):
        for key in own:
            made = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
            if (owner, made) in wanted:
                found[owner, made] = place
    return found

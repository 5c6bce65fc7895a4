"""Incidents: the incident-signal events that share a group key within one service.

Everything is anchored at `as_of`, by default the newest event of the case and never the clock, so that the same input
gives the same incidents tomorrow. The window counters and the spike flag are those of `triage.incidents.counters`.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from triage.identity import incident_id
from triage.incidents import counters, states, suppression
from triage.incidents.decisions import Decider, Decisions, Replayed
from triage.incidents.spikes_streams import Streams, present
from triage.incidents.titles import title
from triage.stacks.keys import ALGO_VERSION
from triage.stacks.numbering import constant, whole
from triage.tables import TABLES

__all__ = ("Grouped", "Members", "build", "grouped", "members", "titles", "until")

# What the newest event of an incident says of it: its title's columns, and those that are the incident's own.
_TOLD: Final = (
    "error_type", "error_value", "event_kind", "culprit", "http_method", "http_status", "route", "group_key",
    "family_key",
)  # fmt: skip
_LEVELS: Final = ("trace", "debug", "info", "warning", "error", "fatal")

Codes = npt.NDArray[np.int64]
# The events that make incidents, the incident number of each, and the id of each incident.
Members = tuple[pa.Table, Codes, list[str]]

# The time of what has none.
_NEVER: Final = np.iinfo(np.int64).max
# What was grouped last by what somebody decided: every verb of a case asks for the same, while the journal stands.
_HELD: Final[WeakKeyDictionary[Decider, tuple[dict[str, pa.Table], Grouped]]] = WeakKeyDictionary()


class Grouped(NamedTuple):
    """The events that make incidents, and what their keys and people's decisions made of them."""

    events: pa.Table
    replayed: Replayed


def grouped(tables: dict[str, pa.Table], decider: Decider | None = None) -> Grouped:
    """Group by service and group key, then as people decided."""
    held = _HELD.get(decider) if decider is not None else None
    if held is not None and all(tables.get(name) is table for name, table in held[0].items()):
        return held[1]
    events = _signals(tables["events"])
    services, service = _encoded(pc.fill_null(events["service"], ""))
    keys, key = _encoded(events["group_key"])
    codes, distinct = pd.factorize(service * max(len(keys), 1) + key)
    of_service, of_key = services.to_pylist(), keys.to_pylist()
    ids = [incident_id(of_service[at // len(keys)], of_key[at % len(keys)]) for at in distinct.tolist()]
    replayed = (decider or Decisions()).replay(tables, events, codes.astype(np.int64), ids)
    found = Grouped(events, replayed)
    replayed.codes.setflags(write=False)
    if decider is not None:
        _HELD[decider] = dict(tables), found
    return found


def _encoded(column: pa.ChunkedArray) -> tuple[pa.Array, Codes]:
    """The distinct values of a column, and which of them each row has, -1 for none."""
    values = whole(column)
    if len(values) and not values.null_count and constant(values):
        return values[:1], np.zeros(len(values), np.int64)
    encoded = values.dictionary_encode()
    return encoded.dictionary, pc.fill_null(encoded.indices, -1).to_numpy().astype(np.int64)


def members(tables: dict[str, pa.Table], *, as_of: int | None = None, decider: Decider | None = None) -> Members:
    """Give the events that make incidents, the incident number of each, and the id of each incident."""
    events, replayed = grouped(tables, decider)
    return _until(as_of, events, replayed.codes, replayed.ids)


def _until(as_of: int | None, events: pa.Table, codes: Codes, ids: list[str]) -> Members:
    """Only the events up to a time, and their incidents."""
    if as_of is None:
        return events, codes, ids
    kept = pc.invert(_late(as_of, events))
    numbers, codes = np.unique(codes[kept.to_numpy().astype(bool)], return_inverse=True)
    return events.filter(kept), codes.astype(np.int64), [ids[number] for number in numbers.tolist()]


def until(as_of: int | None, events: pa.Table) -> pa.Table:
    """The events up to a time, in microseconds since 1970, and those without one."""
    return events if as_of is None else events.filter(pc.invert(_late(as_of, events)))


def _late(as_of: int, events: pa.Table) -> pa.ChunkedArray:
    return pc.fill_null(pc.greater(events["ts"].cast(pa.int64()), as_of), fill_value=False)


def _signals(events: pa.Table) -> pa.Table:
    """The events that make incidents."""
    chosen = pc.and_(pc.equal(events["event_class"], "incident_signal"), pc.is_valid(events["group_key"]))
    known = pc.equal(events["event_kind"], "incident_state")
    if pc.any(known).as_py():
        # A bundle beside the store that it was made from tells of events that are there: it is not one more of them.
        told = pa.array(
            ["bnd_" + name for name in events.filter(known)["native_id"].drop_null().to_pylist()], pa.string()
        )
        repeats = pc.and_(
            pc.equal(events["event_kind"], "incident_bundle"), pc.is_in(events["native_id"], value_set=told)
        )
        chosen = pc.and_(chosen, pc.invert(repeats))
    chosen = pc.fill_null(chosen, fill_value=False)
    return events if pc.all(chosen).as_py() else events.filter(chosen)


def build(
    tables: dict[str, pa.Table],
    *,
    as_of: int | None = None,
    decider: Decider | None = None,
    spiking: bool = True,
) -> pa.Table:
    """Build the table `incidents`, newest last_seen first; those without a time last, as they stand in their files.

    Parameters
    ----------
    tables
        The annotated tables of a case.
    as_of
        Microseconds since 1970; events and decisions about states after it do not count. Default: the newest event,
        and every decision.
    decider
        What people decided; see `triage.incidents.decisions`.
    spiking
        Whether to test which incidents are in a spike, which takes longest; else those columns are NA.
    """
    everything, replayed = grouped(tables, decider)
    events, codes, ids = _until(as_of, everything, replayed.codes, replayed.ids)
    if not ids:
        return TABLES["incidents"].schema.empty_table()
    # What has no time comes last.
    ts = pc.fill_null(events["ts"].cast(pa.int64()), _NEVER).to_numpy()
    newest = _newest(events, codes)
    moment = as_of if as_of is not None else pc.max(tables["events"]["ts"]).cast(pa.int64()).as_py()
    columns: dict[str, Any] = {
        "incident_id": ids,
        "title": [title(event) for event in newest],
        "algo_version": [ALGO_VERSION] * len(ids),
    }
    for name in ("group_key", "family_key", "error_type", "culprit"):
        columns[name] = [event[name] for event in newest]
    more = suppression.given(tables, events, as_of)
    columns |= _counts(events, codes, len(ids), ts, moment)
    columns |= _given(columns, codes, more)
    with ThreadPoolExecutor(1) as beside:  # Arrow and numpy work without Python's lock, the spikes' rule with it
        sets = beside.submit(_sets, events, codes, len(ids), ts)
        if spiking and moment is not None:
            columns |= present(Streams(events, codes, len(ids), more), len(ids), moment)
        columns |= sets.result()
    told = states.written(tables, events, codes, len(ids))
    columns["native_ids"] = told.native_ids
    columns |= states.decided([replayed.states.get(name, ()) for name in ids], told, events, codes, as_of)
    schema = TABLES["incidents"].schema
    table = pa.table([pa.array(columns.get(f.name) or [None] * len(ids), f.type) for f in schema], schema=schema)
    ordered = table.append_column("place", pa.array(_places(events, codes, columns["last_seen"])))
    keys = [("last_seen", "descending"), ("place", "ascending"), ("incident_id", "ascending")]
    return ordered.sort_by(keys).drop_columns(["place"])


def _places(events: pa.Table, codes: Codes, last_seen: list[int | None]) -> Codes:
    """Which in its file each incident without a time is, from 0; masking moves offsets, but not this."""
    places = np.zeros(len(last_seen), np.int64)
    timeless = np.array([moment is None for moment in last_seen])
    rows = np.flatnonzero(timeless[codes])
    if not len(rows):
        return places
    few = events.select(["source_id", "offset"]).take(pa.array(rows))
    sources, offsets = _encoded(few["source_id"])[1], pc.fill_null(few["offset"].cast(pa.int64()), 0).to_numpy()
    order = np.lexsort((offsets, sources))
    begins = np.r_[True, np.diff(sources[order]) != 0]
    ordinal = np.cumsum(begins | np.r_[True, np.diff(offsets[order]) != 0])
    ordinal -= np.maximum.accumulate(np.where(begins, ordinal, 0))
    places[timeless] = len(order)
    np.minimum.at(places, codes[rows][order], ordinal)
    return places


def _newest(events: pa.Table, codes: Codes) -> list[dict[str, Any]]:
    """The newest event of each incident."""
    ts = pc.fill_null(events["ts"].cast(pa.int64()), np.iinfo(np.int64).min).to_numpy()
    best = np.full(int(codes.max(initial=-1)) + 1, np.iinfo(np.int64).min)
    np.maximum.at(best, codes, ts)
    few = np.flatnonzero(ts == best[codes])
    names = events["event_id"].take(pa.array(few)).to_numpy(zero_copy_only=False).astype(str)
    order = few[np.lexsort((names, codes[few]))]
    last = order[np.r_[codes[order][1:] != codes[order][:-1], np.ones(min(len(order), 1), bool)]]
    rows: list[dict[str, Any]] = events.select(_TOLD).take(pa.array(last, pa.int64())).to_pylist()
    return rows


def titles(events: pa.Table, codes: Codes) -> list[str]:
    """The title of each incident, by its newest event."""
    return [title(event) for event in _newest(events, codes)]


def _counts(events: pa.Table, codes: Codes, size: int, ts: Codes, moment: int | None) -> dict[str, Any]:
    """Counts, first and last times, window counters and the worst level."""
    extra = pc.fill_null(events["suppressed_count"], 0).to_numpy(zero_copy_only=False)
    bundle = pc.fill_null(pc.equal(events["event_kind"], "incident_bundle"), fill_value=False)
    bundle = bundle.to_numpy(zero_copy_only=False).astype(bool)
    stored = np.bincount(codes[~bundle], minlength=size)
    suppressed = np.bincount(codes[~bundle], weights=extra[~bundle], minlength=size)
    # A bundle tells of occurrences that may lie beside it: it counts for those that do not.
    told = np.bincount(codes[bundle], weights=extra[bundle] + 1, minlength=size)
    alone = (told > 0) & (stored == 0)
    stored = stored + alone
    suppressed = (suppressed + np.maximum(told - stored - suppressed, 0)).astype(np.int64)
    counted = ~bundle | alone[codes]
    timed = ts != _NEVER
    first, last = np.full(size, _NEVER), np.full(size, -_NEVER)
    np.minimum.at(first, codes, ts)
    np.maximum.at(last, codes[timed], ts[timed])
    levels = pc.index_in(events["level"], value_set=pa.array(_LEVELS))
    worst = np.full(size, -1)
    np.maximum.at(worst, codes, pc.fill_null(levels, -1).to_numpy(zero_copy_only=False))
    columns: dict[str, Any] = {
        "stored": stored.tolist(),
        "suppressed": suppressed.tolist(),
        "count": (stored + suppressed).tolist(),
        "first_seen": [None if value == _NEVER else value for value in first.tolist()],
        "last_seen": [None if value == -_NEVER else value for value in last.tolist()],
        "level": [_LEVELS[index] if index >= 0 else None for index in worst],
    }
    if moment is None:
        return columns
    return columns | counters.at(moment, ts, codes, size, counted=counted & timed)


def _given(columns: dict[str, Any], codes: Codes, more: suppression.Given) -> dict[str, Any]:
    """Counts and last times with what an SDK counted instead of sending; the window counters are DebugBundle's."""
    size = len(columns["count"])
    found = np.bincount(codes[more.rows], weights=more.counts, minlength=size).astype(np.int64)
    last = list(columns["last_seen"])
    for code, at in zip(codes[more.rows].tolist(), more.times.tolist(), strict=True):
        last[code] = at if last[code] is None else max(last[code], at)
    counts = {name: (np.array(columns[name]) + found).tolist() for name in ("suppressed", "count")}
    return {**counts, "last_seen": last}


def _pairs(numbers: Codes, codes: Codes) -> tuple[Codes, Codes]:
    """Which incidents have which numbers, each pair once, in the order of the rows; -1 is no number."""
    there = numbers >= 0
    if not there.all():
        numbers, codes = numbers[there], codes[there]
    size = int(numbers.max(initial=0)) + 1
    pairs = pd.unique(codes * size + numbers)
    return pairs // size, pairs % size


def _distinct(values: pa.Array, numbers: Codes, codes: Codes, size: int) -> list[list[str]]:
    """The distinct values of each incident, in the order of the rows."""
    said = values.to_pylist()
    incidents, numbers = _pairs(numbers, codes)
    out: list[list[str]] = [[] for _ in range(size)]
    for incident, number in zip(incidents.tolist(), numbers.tolist(), strict=True):
        out[incident].append(said[number])
    return out


def _sets(events: pa.Table, codes: Codes, size: int, ts: Codes) -> dict[str, Any]:
    """The distinct releases (by first sight), environments, services, platforms, formats and users."""
    order = np.argsort(ts, kind="stable")
    codes = codes[order]
    values, numbers = _encoded(events["release"])
    numbers = numbers[order]
    releases, said = _distinct(values, numbers, codes, size), values.to_pylist()
    newest = np.full(size, -1)
    # of several that are put in one place the last stays
    newest[codes[numbers >= 0]] = numbers[numbers >= 0]
    _, users = _encoded(events["user_hash"])
    users = np.bincount(_pairs(users[order], codes)[0], minlength=size)
    columns: dict[str, Any] = {
        "releases": releases,
        "first_release": [found[0] if found else None for found in releases],
        "last_release": [said[number] if number >= 0 else None for number in newest.tolist()],
        "users": [count or None for count in users.tolist()],
    }
    for plural, name in (
        ("environments", "environment"),
        ("services", "service"),
        ("platforms", "platform"),
        ("formats", "format"),
    ):
        values, numbers = _encoded(events[name])
        columns[plural] = [sorted(found) for found in _distinct(values, numbers[order], codes, size)]
    return columns

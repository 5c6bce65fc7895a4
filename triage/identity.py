"""Ids: from the numbers that readers use to `event_id`, and from events to `incident_id`.

`event_id` is the native id where there is one, else a digest of the record and its ordinal among equals; never of the
path, so that it survives a move, another order of inputs and a second load. An event that repeats the native id and
kind of an earlier one is the same event: it is counted once, and its place goes to quarantine.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from triage.tables import TABLES

__all__ = ("incident_id", "resolve")

# What says where a record lay or was derived from it, as opposed to what it is.
_PLACE_AND_IDS: Final = frozenset({"event_id", "source_id", "offset", "length", "stack_key", "_event"})
_DERIVED: Final = frozenset({"variant_key", "group_key", "family_key", "culprit"})
_CHILDREN: Final = ("stacks", "logs", "metrics", "modules", "annotations", "feedback")


def incident_id(service: str | None, group_key: str) -> str:
    """The id of an incident: blake2b-64 of its service and group key, as `inc_` and 16 hex digits.

    Examples
    --------
    >>> incident_id("checkout", "5f0c") == incident_id("checkout", "5f0c")
    True
    """
    text = f"{service or ''}\0{group_key}"
    return "inc_" + hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


def resolve(raw: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Give every table with `event_id` for the readers' numbers: repeats dropped, stacks numbered."""
    events = raw["events"].sort_by("_event")
    stacks = _numbered(raw["stacks"])
    first = stacks.filter(pc.equal(stacks["stack_no"], 0))
    position = pc.index_in(events["_event"], value_set=first["_event"].combine_chunks())
    events = _with(events, "stack_key", first["stack_key"].combine_chunks().take(position))
    ids, repeated = _event_ids(events, stacks)
    events = _with(events, "event_id", ids)
    numbers = events["_event"].combine_chunks()
    out = dict(raw) | {"stacks": stacks, "events": events.filter(pc.invert(repeated))}
    for name in _CHILDREN:
        place = pc.index_in(out[name]["_event"], value_set=numbers)
        dropped = pc.fill_null(repeated.take(place), fill_value=False)
        out[name] = _with(out[name], "event_id", ids.take(place)).filter(pc.invert(dropped))
    out["quarantine"] = pa.concat_tables([raw["quarantine"], _repeats(events.filter(repeated))])
    return {name: out[name].select(TABLES[name].names) for name in TABLES}


def _with(table: pa.Table, name: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    """The table with one column replaced."""
    index = table.schema.get_field_index(name)
    return table.set_column(index, table.schema.field(index), values)


def _numbered(stacks: pa.Table) -> pa.Table:
    """Number the stacks of each event, the crashing one first and the others as they were read."""
    events = stacks["_event"].to_numpy()
    crash = pc.equal(stacks["role"], "crash").to_numpy(zero_copy_only=False).astype(bool)
    crashed = pc.fill_null(stacks["crashed"], fill_value=False).to_numpy(zero_copy_only=False).astype(bool)
    chained = pc.fill_null(stacks["chain_no"], 0).to_numpy()
    rank = np.where(crash, np.minimum(chained, 1) * 2 + ~crashed, 4 + ~crashed)
    order = np.lexsort((np.arange(len(events)), rank, events))
    ordered = events[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else np.empty(0, np.int64)
    number = np.arange(len(ordered)) - np.repeat(starts, np.diff(np.r_[starts, len(ordered)]))
    return _with(stacks.take(pa.array(order)), "stack_no", pa.array(number, pa.int64()))


def _event_ids(events: pa.Table, stacks: pa.Table) -> tuple[pa.Array, pa.Array]:
    """The id of each event, and whether it repeats an earlier one."""
    natives = events["native_id"].to_pylist()
    kinds = events["event_kind"].to_pylist()
    nameless = pc.is_null(events["native_id"])
    digests = iter(_digests(events.filter(nameless), stacks))
    ordinals: Counter[str] = Counter()
    seen: dict[str, str | None] = {}
    ids, repeated = [], []
    for native, kind in zip(natives, kinds, strict=True):
        if native is None:
            digest = next(digests)
            ids.append(f"{digest}-{ordinals[digest]}")
            ordinals[digest] += 1
            repeated.append(False)
            continue
        identity = native if seen.setdefault(native, kind) == kind else f"{native}-{kind}"
        repeat = identity in seen and identity in ordinals
        ordinals[identity] += 1
        ids.append(identity)
        repeated.append(repeat)
    return pa.array(ids, pa.string()), pa.array(repeated, pa.bool_())


def _digests(events: pa.Table, stacks: pa.Table) -> Iterator[str]:
    """Digest the content of each event: its columns that are not null, and the keys of its stacks in order."""
    names = [name for name in events.schema.names if name not in _PLACE_AND_IDS | _DERIVED]
    keys: dict[int, list[Any]] = {number: [] for number in events["_event"].to_pylist()}
    for number, key in zip(stacks["_event"].to_pylist(), stacks["stack_key"].to_pylist(), strict=True):
        if number in keys:
            keys[number].append(key)
    for batch in events.to_batches(max_chunksize=4096):
        for row in batch.to_pylist():
            content = [(name, str(row[name])) for name in names if row[name] is not None]
            text = msgspec.json.encode((content, keys[row["_event"]]))
            yield "evt_" + hashlib.blake2b(text, digest_size=8).hexdigest()


def _repeats(events: pa.Table) -> pa.Table:
    """Quarantine rows for the events that repeat an earlier one."""
    rows = events.select(["source_id", "offset", "length"])
    columns = {
        "source_id": rows["source_id"],
        "offset": rows["offset"],
        "length": rows["length"],
        "line": pa.nulls(rows.num_rows, pa.int64()),
        "reason": pa.array(["repeats the id of an earlier event; counted once"] * rows.num_rows, pa.string()),
    }
    return pa.table(columns, schema=TABLES["quarantine"].schema)

"""Ids: from the numbers that readers use to `event_id`, and from events to `incident_id`.

`event_id` is the native id where there is one, else a digest of the record and its ordinal among equals; never of the
path, so that it survives a move, another order of inputs and a second load. Of a minidump the bytes are the record: its
stacks are what the symbols of the day make of them. An event that repeats the native id and
kind of an earlier one is the same event and counts once: its file says so, and where it says something else it goes to
quarantine.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.claims import Claims, claimed, follow
from triage.store import DEFERRED
from triage.tables import TABLES

if TYPE_CHECKING:
    from triage.seen import Seen

__all__ = ("BY_EVENT", "digests", "in_order", "in_other_words", "incident_id", "resolve", "tell_of_repeats")

# What says where a record lay or was derived from it, as opposed to what it is.
_PLACE_AND_IDS: Final = frozenset({"event_id", "source_id", "offset", "length", "format", "stack_key", "_event"})
_DERIVED: Final = frozenset({"variant_key", "group_key", "family_key", "culprit"})
# The format whose stacks are unwound by the symbols that are there.
_UNWOUND: Final = "minidump"
# The tables whose rows hang on an event by the readers' number.
BY_EVENT: Final = frozenset({"events", "stacks", "logs", "metrics", "modules", "annotations", "feedback"})


class _Said(NamedTuple):
    """What events say beside their columns: the stacks, and of files whose bytes count their digests by their ids."""

    stacks: pa.Table
    whole: Mapping[str, str]


def incident_id(service: str | None, group_key: str) -> str:
    """The id of an incident: blake2b-64 of its service and group key, as `inc_` and 16 hex digits.

    Examples
    --------
    >>> incident_id("checkout", "5f0c") == incident_id("checkout", "5f0c")
    True
    """
    text = f"{service or ''}\0{group_key}"
    return "inc_" + hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


def resolve(raw: dict[str, pa.Table], claims: Claims | None = None, seen: Seen | None = None) -> dict[str, pa.Table]:
    """Give every table with `event_id` for the readers' numbers: repeats dropped, stacks numbered, claims followed.

    Where parts are resolved, `seen` keeps what is to be told of repeats.
    """
    events = _ordered(raw["events"])
    stacks = _numbered(raw["stacks"])
    first = stacks.select(["_event", "stack_key"]).filter(pc.equal(stacks["stack_no"], 0))
    place = _places(first["_event"].to_numpy(), events["_event"])
    events = _with(events, "stack_key", first["stack_key"].combine_chunks().take(place))
    files = raw.pop("files").sort_by("_order")
    ordinals = Counter() if seen is None else seen.ordinals
    said = _Said(stacks, _unwound(events, files))
    ids, repeated = _event_ids(events, said, last=claimed(claims or {}, files), ordinals=ordinals)
    if seen is not None:
        ids, repeated = seen.judge(events, ids, repeated)
    if claims:
        ids, repeated, keys, told = follow(claims, files, events, ids, repeated)
        events, files = _with(events, "group_key", keys), _tell(files, told)
    events = _with(events, "event_id", ids)
    numbers = events["_event"].combine_chunks()
    again = pc.any(repeated).as_py()
    out = dict(raw) | {
        "stacks": stacks,
        "events": events.filter(pc.invert(repeated)) if again else events,
        "files": files,
    }
    # Those of an odd row come behind those of the block that it stands in, wherever the block ends.
    out["annotations"] = _ordered(out["annotations"])
    raw.clear()
    for name in sorted((BY_EVENT | {DEFERRED}) & out.keys() - {"events"}):
        # What a person said of a crash may come in another file than the crash: it stays, once.
        gone = numbers.filter(repeated) if again and name != "feedback" else numbers.slice(0, 0)
        out[name] = _named(out.pop(name), numbers, ids, gone)
    out["feedback"] = _distinct(out["feedback"])
    if again and seen is not None:
        seen.keep(events.filter(repeated), stacks)
    elif again:
        # Rows that were taken before may still need theirs; here nothing else does.
        out["frames"] = _needed(out["frames"], out["stacks"])
        out["files"], differing = _tell_repeats(files, events, repeated, stacks)
        out["quarantine"] = pa.concat_tables([out["quarantine"], in_other_words(events.filter(differing))])
    deferred = {name: table for name, table in out.items() if name not in TABLES}
    return {name: out[name].select(TABLES[name].names) for name in TABLES} | deferred


def _ordered(events: pa.Table) -> pa.Table:
    """The events by their numbers; a million that are so already are not copied."""
    numbers = events["_event"].to_numpy()
    return events if np.all(numbers[1:] >= numbers[:-1]) else events.sort_by("_event")


def in_order(table: pa.Table) -> pa.Table:
    """The rows by the numbers of their events, those of one as they came; what is of none stays where it is."""
    numbers = pc.fill_null(table["_event"], -1).to_numpy()
    order = np.argsort(np.where(numbers < 0, np.maximum.accumulate(numbers), numbers), kind="stable")
    return table.take(pa.array(order)) if (np.diff(order) != 1).any() else table


def _with(table: pa.Table, name: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    """The table with one column replaced."""
    index = table.schema.get_field_index(name)
    return table.set_column(index, table.schema.field(index), values)


def _named(table: pa.Table, numbers: pa.Array, ids: pa.Array, gone: pa.Array) -> pa.Table:
    """The table with the ids of its events in place of their numbers, without the rows of those that are gone.

    Batch by batch, each old one let go: nothing as large as the table is made beside it.
    """
    schema = table.schema.remove(table.schema.get_field_index("_event"))
    batches = table.to_batches()
    del table
    known = numbers.to_numpy()
    for at, batch in enumerate(batches):
        place = _places(known, batch["_event"])
        columns = [ids.take(place) if name == "event_id" else batch[name] for name in schema.names]
        named = pa.RecordBatch.from_arrays(columns, schema=schema)
        batches[at] = named.filter(pc.invert(pc.is_in(batch["_event"], value_set=gone))) if len(gone) else named
    return pa.Table.from_batches(batches, schema=schema)


def _needed(frames: pa.Table, stacks: pa.Table) -> pa.Table:
    """The frames of stacks that there are: those of a repeated event that says something else went with it."""
    there = pc.is_in(frames["stack_key"], value_set=stacks["stack_key"].combine_chunks())
    return frames if pc.all(there).as_py() else frames.filter(there)


def _places(known: npt.NDArray[np.int64], numbers: pa.Array) -> pa.Array:
    """Where numbers stand among known ones, which are in order; null where they do not."""
    wanted = pc.fill_null(numbers, -1).to_numpy()
    at = np.searchsorted(known, wanted)
    found = np.minimum(at, max(len(known) - 1, 0))
    missing = known[found] != wanted if len(known) else np.ones(len(wanted), np.bool_)
    return pa.array(found, mask=missing)


def _distinct(table: pa.Table) -> pa.Table:
    """The rows without exact repeats."""
    seen: set[str] = set()
    keep = []
    for row in table.to_pylist():
        text = repr(row)
        keep.append(text not in seen)
        seen.add(text)
    return table.filter(pa.array(keep, pa.bool_()))


def _numbered(stacks: pa.Table) -> pa.Table:
    """Number the stacks of each event, the crashing one first and the others as they were read."""
    events = stacks["_event"].to_numpy()
    if np.all(events[1:] > events[:-1]):
        return _with(stacks, "stack_no", pa.array(np.zeros(len(events), np.int64)))
    crash = pc.equal(stacks["role"], "crash").to_numpy(zero_copy_only=False).astype(bool)
    crashed = pc.fill_null(stacks["crashed"], fill_value=False).to_numpy(zero_copy_only=False).astype(bool)
    chained = pc.fill_null(stacks["chain_no"], 0).to_numpy()
    rank = np.where(crash, np.minimum(chained, 1) * 2 + ~crashed, 4 + ~crashed)
    order = np.lexsort((np.arange(len(events)), rank, events))
    ordered = events[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else np.empty(0, np.int64)
    number = np.arange(len(ordered)) - np.repeat(starts, np.diff(np.r_[starts, len(ordered)]))
    return _with(stacks.take(pa.array(order)), "stack_no", pa.array(number, pa.int64()))


def _event_ids(
    events: pa.Table, said: _Said, *, last: Collection[str], ordinals: Counter[str]
) -> tuple[pa.Array, pa.Array]:
    """The id of each event, and whether it repeats an earlier one.

    Of events of one content those of the files in `last` are counted last: they claim ids, and take none from others.
    """
    named = events["native_id"]
    if not named.null_count and pc.count_distinct(named).as_py() == len(named):
        return named.combine_chunks(), pa.repeat(pa.scalar(value=False), len(named))
    natives = named.to_pylist()
    kinds = events["event_kind"].to_pylist()
    counted = _counted(events, said, last, ordinals)
    seen: dict[str, str | None] = {}
    known: set[str] = set()
    ids, repeated = [], []
    for at, (native, kind) in enumerate(zip(natives, kinds, strict=True)):
        if native is None:
            ids.append(counted[at])
            repeated.append(False)
            continue
        identity = native if seen.setdefault(native, kind) == kind else f"{native}-{kind}"
        ids.append(identity)
        repeated.append(identity in known)
        known.add(identity)
    return pa.array(ids, pa.string()), pa.array(repeated, pa.bool_())


def _counted(events: pa.Table, said: _Said, last: Collection[str], ordinals: Counter[str]) -> dict[int, str]:
    """The ids of the events that have none of their own, by their place: the digest of the content and a number."""
    nameless = pc.is_null(events["native_id"])
    places = np.flatnonzero(nameless.to_numpy(zero_copy_only=False)).tolist()
    told = dict(zip(places, digests(events.filter(nameless), said.stacks, said.whole), strict=True))
    sources = events["source_id"].to_pylist()
    counted = {}
    for at in sorted(places, key=lambda at: sources[at] in last) if last else places:
        counted[at] = f"{told[at]}-{ordinals[told[at]]}"
        ordinals[told[at]] += 1
    return counted


def _unwound(events: pa.Table, files: pa.Table) -> dict[str, str]:
    """The digests of the files, by their ids, whose stacks depend on the symbols that are there."""
    sources = set(events["source_id"].filter(pc.equal(events["format"], _UNWOUND)).to_pylist())
    if not sources:
        return {}
    told = zip(files["source_id"].to_pylist(), files["sha256"].to_pylist(), strict=True)
    return {source: digest for source, digest in told if source in sources and digest}


def digests(events: pa.Table, stacks: pa.Table, whole: Mapping[str, str] | None = None) -> Iterator[str]:
    """Digest the content of each event: its columns that are not null, and the keys of its stacks in order.

    Of the files in `whole` the digest that is there stands for the stacks.
    """
    names = [name for name in events.schema.names if name not in _PLACE_AND_IDS | _DERIVED]
    keys: dict[int, list[Any]] = {number: [] for number in events["_event"].to_pylist()}
    for number, key in zip(stacks["_event"].to_pylist(), stacks["stack_key"].to_pylist(), strict=True):
        if number in keys:
            keys[number].append(key)
    for batch in events.to_batches(max_chunksize=4096):
        for row in batch.to_pylist():
            content = [(name, str(row[name])) for name in names if row[name] is not None]
            bytes_ = whole.get(row["source_id"]) if whole and row["format"] == _UNWOUND else None
            text = msgspec.json.encode((content, keys[row["_event"]] if bytes_ is None else [bytes_]))
            yield "evt_" + hashlib.blake2b(text, digest_size=8).hexdigest()


def _tell_repeats(files: pa.Table, events: pa.Table, repeated: pa.Array, stacks: pa.Table) -> tuple[pa.Table, pa.Array]:
    """Say in `files` how many events of a file repeat others, and give those whose content differs from the first."""
    involved = events.filter(
        pc.is_in(events["event_id"], value_set=events["event_id"].filter(repeated).combine_chunks())
    )
    first: dict[str, str] = {}
    said = list(digests(involved, stacks))
    for event, digest in zip(involved["event_id"].to_pylist(), said, strict=True):
        first.setdefault(event, digest)
    same = {
        number
        for number, event, digest in zip(
            involved["_event"].to_pylist(), involved["event_id"].to_pylist(), said, strict=True
        )
        if first[event] == digest
    }
    differing = [
        again and number not in same
        for again, number in zip(repeated.to_pylist(), events["_event"].to_pylist(), strict=True)
    ]
    differs = pa.array(differing, pa.bool_())
    counts = Counter(events.filter(pc.and_not(repeated, differs))["source_id"].to_pylist())
    return tell_of_repeats(files, counts), differs


def tell_of_repeats(files: pa.Table, counts: Mapping[str, int]) -> pa.Table:
    """Say in `files` how many events of a file, by its id, repeat others."""
    return _tell(files, {source: _told(count) for source, count in counts.items()}) if counts else files


def _tell(files: pa.Table, told: Mapping[str, str]) -> pa.Table:
    """The files with something added to their reasons."""
    reasons = [
        "; ".join(filter(None, (reason, told.get(source)))) or None
        for source, reason in zip(files["source_id"].to_pylist(), files["reason"].to_pylist(), strict=True)
    ]
    return _with(files, "reason", pa.array(reasons, pa.string()))


def _told(count: int) -> str:
    return f"{count:,} event{'s' * (count > 1)} stand{'s' * (count == 1)} in another place too; counted once"


def in_other_words(events: pa.Table) -> pa.Table:
    """Quarantine rows for the events that have the id of an earlier one and say something else."""
    rows = events.select(["source_id", "offset", "length"])
    reason = "has the id of an earlier event but other content; the earlier one counts"
    columns = {
        "source_id": rows["source_id"].cast(pa.string()),
        "offset": rows["offset"],
        "length": rows["length"],
        "line": pa.nulls(rows.num_rows, pa.int64()),
        "reason": pa.array([reason] * rows.num_rows, pa.string()),
    }
    return pa.table(columns, schema=TABLES["quarantine"].schema)

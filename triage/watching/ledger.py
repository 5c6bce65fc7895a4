"""The events that a watch looks back on: each once, with what the rules of incidents ask of it and no more.

Of events that make incidents the whole row is kept, their stacks (each distinct one once) and few annotations; of the
others only those that tell of a release for the first time, of deploys or of suppressed occurrences. Ids are those of
`triage.identity`: a native id counts once, equal records without one are numbered in the order in which they come.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.stacks import keys
from triage.stacks.joining import isin
from triage.tables import TABLES, empty

if TYPE_CHECKING:
    from triage.stacks.settings import Rules
    from triage.watching.pieces import Read
    from triage.watching.state import State

__all__ = ("KEPT", "Ledger")

# Events that make incidents; where there are more, the oldest quarter goes.
KEPT: Final = 600_000
# Batches in the state that are joined, and how small they are.
_MANY: Final = 64
_SMALL: Final = 20_000
_HELD: Final = ("events", "stacks", "frames", "annotations")
# What the rules do not look at.
_LEFT_OUT: Final = {
    "events": ("source_id", "offset", "length", "notes"),
    "stacks": ("addresses", "text_lines", "registers", "thread_name", "state"),
}
_SCOPES: Final = ("deploy", "incident", "suppressed")
_TELLING: Final = ("deploy", "error_suppressed", "incident_state")
_COUNTED: Final = re.compile(r"evt_[0-9a-f]{16}-\d+")
Mask = npt.NDArray[np.bool_]


class Ledger:
    """The events, in memory and in the state.

    Parameters
    ----------
    state
        Where they are kept; what is admitted goes there in the transaction that is open.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._tables: dict[str, list[pa.Table]] | None = None
        self._stacks: set[str] = set()
        # The events that tell something of all incidents; and the group keys of the events that are fresh.
        self._marks: pa.Table = empty("events")
        self._keys: set[str | None] = set()
        self._shifted = True

    def admit(self, read: Read) -> None:
        """Take in what is new of some files."""
        events = read.tables["events"]
        ids = self._ids(events, read)
        named = [name is not None for name in ids]
        chosen = np.array(named, bool)
        if not chosen.any():
            return
        new = {str(old): name for old, name in zip(events["event_id"].to_pylist(), ids, strict=True) if name}
        kept = events.set_column(0, events.schema.field(0), pa.array(ids, pa.string())).filter(pa.array(chosen))
        kept = _reduced(kept)
        batch = {"events": kept, **self._hanging(read.tables, kept, new)}
        batch = {name: _slim(name, table) for name, table in batch.items()}
        self._keep(batch)
        assert self._tables is not None
        for name, table in batch.items():
            self._tables[name].append(table)
        self._mark(batch["events"])
        fresh = msgspec.msgpack.encode(kept["event_id"].to_pylist())
        self._state.do("INSERT INTO fresh (ids) VALUES (?)", [(fresh,)])

    def fresh(self) -> set[str]:
        """The ids of the events that were admitted and not looked at yet."""
        found: set[str] = set()
        for (blob,) in self._state.rows("SELECT ids FROM fresh"):
            found.update(msgspec.msgpack.decode(blob, type=list[str]))
        return found

    def looked_at(self) -> None:
        """Say that all events were looked at; in the transaction that is open."""
        self._state.do("DELETE FROM fresh", [()])
        self._keys.clear()
        self._shifted = False

    @property
    def shifted(self) -> bool:
        """Whether what is fresh may change what is said of incidents that have no fresh events."""
        return self._shifted

    def tables(self) -> dict[str, pa.Table]:
        """All that is kept, as the tables of a case."""
        if self._tables is None:
            self._load()
        assert self._tables is not None
        for name, parts in self._tables.items():
            whole = pa.concat_tables([empty(name), *parts])
            self._tables[name] = [whole.combine_chunks() if whole[0].num_chunks > _MANY else whole]
        if self._tables["events"][0].num_rows > KEPT * 4 // 3:
            self._shortened(self._tables["events"][0])
        found = {name: parts[0] for name, parts in self._tables.items()}
        return {name: found.get(name, empty(name)) for name in TABLES}

    def about(self) -> dict[str, pa.Table]:
        """The tables with only the events of the incidents that have fresh ones, and those that tell of releases."""
        tables = self.tables()
        events = tables["events"]
        mine = pa.array(sorted(key for key in self._keys if key is not None), pa.string())
        some = events.filter(pc.is_in(events["group_key"], value_set=mine))
        rest = self._marks.filter(
            pc.invert(pc.is_in(self._marks["event_id"], value_set=some["event_id"].combine_chunks()))
        )
        return tables | {"events": pa.concat_tables([some, rest])}

    def rekey(self, rules: Rules) -> None:
        """Make the keys of all events anew; in the transaction that is open."""
        tables = self.tables()
        events = tables["events"]
        for name in ("variant_key", "group_key", "family_key"):
            at = events.schema.get_field_index(name)
            events = events.set_column(at, events.schema.field(at), pa.nulls(events.num_rows, pa.string()))
        made = keys.annotate(tables | {"events": events}, rules)
        self._replace({name: made[name] for name in _HELD})

    def tidy(self) -> None:
        """Join the small batches at the end of the state into one; in the transaction that is open."""
        rows = self._state.rows("SELECT n, rows FROM batches ORDER BY n DESC LIMIT ?", 4 * _MANY)
        last: list[int] = []
        for number, count in rows:
            if count >= _SMALL:
                break
            last.append(number)
        if len(last) < _MANY:
            return
        held = self._state.rows("SELECT tables FROM batches WHERE n >= ? ORDER BY n", min(last))
        parts = [_unpacked(blob) for (blob,) in held]
        joined = {
            name: pa.concat_tables([empty(name), *(part[name] for part in parts if name in part)]) for name in _HELD
        }
        self._state.do("DELETE FROM batches WHERE n >= ?", [(min(last),)])
        self._keep(joined | {"events": _reduced(_latest(joined["events"]))})

    def _keep(self, batch: dict[str, pa.Table]) -> None:
        rows = max(table.num_rows for table in batch.values())
        self._state.do("INSERT INTO batches (rows, tables) VALUES (?, ?)", [(rows, _packed(batch))])

    def _load(self) -> None:
        self._tables = {name: [] for name in _HELD}
        for (number,) in self._state.rows("SELECT n FROM batches ORDER BY n"):
            [(blob,)] = self._state.rows("SELECT tables FROM batches WHERE n = ?", number)
            for name, table in _unpacked(blob).items():
                self._tables[name].append(table)
        for table in self._tables["frames"]:
            self._stacks.update(table["stack_key"].unique().to_pylist())
        self._tables["events"] = [_latest(pa.concat_tables([empty("events"), *self._tables["events"]]))]
        self._mark(self._tables["events"][0])
        self._shifted = bool(self._state.rows("SELECT 1 FROM fresh LIMIT 1"))

    def _mark(self, events: pa.Table) -> None:
        """Take fresh events into what tells of all incidents."""
        self._keys.update(events["group_key"].unique().to_pylist())
        before = self._marks.num_rows
        told = pc.is_in(events["event_kind"], value_set=pa.array(_TELLING))
        if pc.any(told).as_py():
            self._shifted = True
            assert self._tables is not None
            self._tables["events"] = [_latest(pa.concat_tables(self._tables["events"]))]
        old = self._marks
        marks = _latest(pa.concat_tables([old, events.filter(pa.array(_telling(events) | _witnesses(events)))]))
        self._marks = marks.filter(pa.array(_telling(marks) | _witnesses(marks)))
        if before and _firsts(self._marks) != _firsts(old):
            self._shifted = True

    def _shortened(self, events: pa.Table) -> None:
        """Let the oldest events go, but for those that first tell of a release; in memory and in the state."""
        times = pc.fill_null(events["ts"].cast(pa.int64()), 0).to_numpy()
        old = np.ones(events.num_rows, bool)
        old[np.argsort(times, kind="stable")[-KEPT:]] = False
        events = events.filter(pa.array(~old | _witnesses(events)))
        assert self._tables is not None
        stacks = isin(self._tables["stacks"][0], "event_id", events["event_id"].to_pylist())
        frames = isin(self._tables["frames"][0], "stack_key", stacks["stack_key"].drop_null().unique().to_pylist())
        notes = isin(self._tables["annotations"][0], "event_id", events["event_id"].to_pylist())
        kept = {"events": events, "stacks": stacks, "frames": frames, "annotations": notes}
        with self._state.changes():
            self._replace(kept)

    def _replace(self, tables: dict[str, pa.Table]) -> None:
        """Keep these and nothing else."""
        self._tables = {name: [table] for name, table in tables.items()}
        self._stacks = set(tables["frames"]["stack_key"].unique().to_pylist())
        self._state.do("DELETE FROM batches", [()])
        for name, table in tables.items():
            for at in range(0, table.num_rows, 10 * _SMALL):
                self._keep({name: table.slice(at, 10 * _SMALL)})

    def _hanging(self, tables: dict[str, pa.Table], kept: pa.Table, new: dict[str, str]) -> dict[str, pa.Table]:
        """The stacks, frames and annotations of the events that are kept."""
        signals = kept.filter(pc.fill_null(pc.equal(kept["event_class"], "incident_signal"), fill_value=False))
        old = pa.array(list(new), pa.string())
        names = pa.array(list(new.values()), pa.string())
        found = {}
        for name, owners in (("stacks", signals), ("annotations", kept)):
            table = tables[name]
            if name == "annotations":
                table = isin(table, "scope", list(_SCOPES))
            place = pc.index_in(table["event_id"], value_set=old).combine_chunks()
            at = table.schema.get_field_index("event_id")
            table = table.set_column(at, table.schema.field(at), names.take(place))
            table = table.filter(pc.is_in(table["event_id"], value_set=owners["event_id"].combine_chunks()))
            found[name] = table
        wanted = found["stacks"]["stack_key"].drop_null().unique().to_pylist()
        if self._tables is None:
            self._load()
        unknown = [key for key in wanted if key not in self._stacks]
        self._stacks.update(unknown)
        found["frames"] = isin(tables["frames"], "stack_key", unknown)
        return found

    def _ids(self, events: pa.Table, read: Read) -> list[str | None]:
        """The id of each event, None for those that are there already or are not to be taken."""
        ids, natives = events["event_id"].to_pylist(), events["native_id"].to_pylist()
        kinds = [str(kind) for kind in events["event_kind"].to_pylist()]
        counted = [
            native is None and _COUNTED.fullmatch(own) is not None for native, own in zip(natives, ids, strict=True)
        ]
        chosen: list[str | None] = [None] * len(ids)
        rows = np.flatnonzero(read.taken).tolist()
        self._number(chosen, [(row, ids[row].rpartition("-")[0]) for row in rows if counted[row]], read)
        self._name(chosen, [(row, natives[row] or ids[row], kinds[row]) for row in rows if not counted[row]])
        return chosen

    def _name(self, chosen: list[str | None], rows: list[tuple[int, str, str]]) -> None:
        """Native ids, each once; one that another kind of event has already is told apart by its own."""
        numbers = {name: _number(name) for _, name, _ in rows}
        numbers |= {full: _number(full) for _, name, kind in rows if (full := f"{name}-{kind}")}
        seen = self._state.among("events", "id", "kind", set(numbers.values()))
        more: dict[int, int] = {}
        for row, name, kind in rows:
            told = _number(kind)
            first = seen.get(numbers[name])
            if first is None or first == told:
                own, number = name, numbers[name]
            else:
                own = f"{name}-{kind}"
                number = numbers[own]
            if number not in seen:
                seen[number] = more[number] = told
                chosen[row] = own
            elif kind == "incident_state":
                chosen[row] = own  # what its writer's bookkeeping says now
        self._state.do("INSERT INTO events VALUES (?, ?)", more.items())

    def _number(self, chosen: list[str | None], rows: list[tuple[int, str]], read: Read) -> None:
        """Number the records that have no id; of a file that was read again as a whole only those that it has more."""
        digests = {digest: _number(digest) for _, digest in rows}
        next_ = self._state.among("ordinals", "digest", "count", set(digests.values()))
        jobs = [int(read.job[row]) for row, _ in rows]
        before = {job: self._before(read.jobs[job].record.n) for job in set(jobs) if read.jobs[job].data is None}
        here: Counter[tuple[int, int]] = Counter()
        for (row, digest), job in zip(rows, jobs, strict=True):
            number = digests[digest]
            if job in before:
                here[job, number] += 1
                if here[job, number] <= before[job].get(number, 0):
                    continue
            ordinal = next_.get(number, 0)
            next_[number] = ordinal + 1
            chosen[row] = f"{digest}-{ordinal}"
        self._state.do("INSERT OR REPLACE INTO ordinals VALUES (?, ?)", next_.items())
        counts = (
            (read.jobs[job].record.n, number, max(count, before[job].get(number, 0)))
            for (job, number), count in here.items()
        )
        self._state.do("INSERT OR REPLACE INTO counts VALUES (?, ?, ?)", counts)

    def _before(self, n: int) -> dict[int, int]:
        return dict(self._state.rows("SELECT digest, count FROM counts WHERE n = ?", n))


def _number(text: str) -> int:
    """A digest as a number that SQLite takes."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), signed=True)


def _latest(events: pa.Table) -> pa.Table:
    """Of rows of one id the last: what a writer's bookkeeping says is read again."""
    encoded = events["event_id"].combine_chunks().dictionary_encode()
    if len(encoded.dictionary) == events.num_rows:
        return events
    codes = encoded.indices.to_numpy()
    last = np.full(len(encoded.dictionary), -1)
    last[codes] = np.arange(len(codes))
    return events.take(pa.array(np.sort(last)))


def _reduced(events: pa.Table) -> pa.Table:
    """The events that make incidents or tell something, and of the others those that are the first of something."""
    kept = pc.fill_null(pc.equal(events["event_class"], "incident_signal"), fill_value=False)
    mask = kept.to_numpy(zero_copy_only=False).astype(bool) | _telling(events)
    if mask.all():
        return events
    return events.filter(pa.array(mask | _witnesses(events)))


def _telling(events: pa.Table) -> Mask:
    """The events that tell something of others."""
    told = pc.is_in(events["event_kind"], value_set=pa.array(_TELLING))
    mask: Mask = told.to_numpy(zero_copy_only=False).astype(bool)
    return mask


def _firsts(events: pa.Table) -> set[tuple[Any, ...]]:
    """When each release was first seen in a service and environment."""
    few = events.select(["service", "environment", "release"]).to_pandas().fillna("")
    few["told"] = pc.fill_null(pc.equal(events["event_kind"], "deploy"), fill_value=False).to_numpy()
    few["ts"] = events["ts"].cast(pa.int64()).to_numpy(zero_copy_only=False).astype(np.float64)
    found = few.groupby(["service", "environment", "release", "told"])["ts"].min()
    return set(found.dropna().items())


def _witnesses(events: pa.Table) -> Mask:
    """The first event of each release in a service and environment, and the newest of all."""
    few = events.select(["service", "environment", "release"]).to_pandas().fillna("")
    few["told"] = pc.fill_null(pc.equal(events["event_kind"], "deploy"), fill_value=False).to_numpy()
    few["ts"] = events["ts"].cast(pa.int64()).to_numpy(zero_copy_only=False).astype(np.float64)
    found = np.zeros(len(few), bool)
    timed = few.dropna(subset="ts")
    if len(timed):
        found[timed.groupby(["service", "environment", "release", "told"])["ts"].idxmin().to_numpy()] = True
        found[timed["ts"].idxmax()] = True
    return found


def _slim(name: str, table: pa.Table) -> pa.Table:
    """The table without what nobody looks at."""
    for column in _LEFT_OUT.get(name, ()):
        at = table.schema.get_field_index(column)
        field = table.schema.field(at)
        table = table.set_column(at, field, pa.nulls(table.num_rows, field.type))
    return table


def _packed(batch: dict[str, pa.Table]) -> bytes:
    options = pa.ipc.IpcWriteOptions(compression="zstd" if pa.Codec.is_available("zstd") else None)
    found: dict[str, Any] = {}
    for name, table in batch.items():
        if table.num_rows:
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
                writer.write_table(table.combine_chunks())
            found[name] = sink.getvalue().to_pybytes()
    return msgspec.msgpack.encode(found)


def _unpacked(blob: bytes) -> dict[str, pa.Table]:
    return {
        name: pa.ipc.open_stream(data).read_all()
        for name, data in msgspec.msgpack.decode(blob, type=dict[str, bytes]).items()
    }

"""A large event file read once: the second time its rows come from the cache, as long as it is the same file."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from triage.formats import debugbundle_events
from triage.records import Records
from triage.store.cache import Identity, settled

if TYPE_CHECKING:
    from triage.formats import Format
    from triage.sources.source import Source
    from triage.store.cache import Cache

__all__ = ("of_stacks", "read", "with_frames")


def read(source: Source, reader: Format, cache: Cache | None) -> None:
    """Read a file by its reader, or take from the cache what that gave before."""
    origin = source.origin
    if origin is None or cache is None:
        _read(source, reader)
        return
    identity, kind = Identity.of(origin.status), f"file {reader.NAME} {source.limits.line_bytes}"
    entry = cache.get(kind, origin.path)
    if entry is not None and entry.meta.get("identity") == msgspec.to_builtins(identity):
        tables = entry.tables()
        if tables is not None:
            _take(source, tables, entry.meta)
            return
    started, outer, own = time.time_ns(), source.records, Records(spill=source.records.spill)
    source.records = own
    try:
        _read(source, reader)
    finally:
        source.records = outer
        tables, numbers = own.partial()
        outer.absorb(tables, outer.reserve(numbers))
    source.drain()
    if settled(identity, started) and source.taken == identity.size:
        meta = {"identity": msgspec.to_builtins(identity), "numbers": numbers, "file": source.told()}
        cache.put(kind, origin.path, with_frames(tables, outer), meta)


def _read(source: Source, reader: Format) -> None:
    """Read a file here, or in partitions where there is a client for them."""
    client = source.context.client
    lines = source.encoding == "utf-8" and debugbundle_events.in_lines(source.head)
    if client is None or source.address is None or source.size is None or not lines:
        reader.read(source)
        return
    from triage.store import partitions

    partitions.read(source, source.address, source.size, client)


def _take(source: Source, tables: dict[str, pa.Table], meta: dict[str, Any]) -> None:
    """Give the records what was cached, under the id that the file has here."""
    for name, table in tables.items():
        if "source_id" in table.column_names:
            ids = pa.repeat(pa.scalar(source.source_id), table.num_rows)
            tables[name] = table.set_column(table.schema.get_field_index("source_id"), "source_id", ids)
    source.records.absorb(tables, source.records.reserve(meta["numbers"]))
    source.retell(meta["file"])


def with_frames(tables: dict[str, pa.Table], records: Records) -> dict[str, pa.Table]:
    """The tables that have rows, with the frames of every stack in them: some were known before these were read."""
    frames = of_stacks(records.rows("frames"), tables["stacks"])
    return {name: table for name, table in tables.items() if table.num_rows} | {
        "frames": frames,
        "stacks": tables["stacks"],
    }


def of_stacks(frames: pa.Table, stacks: pa.Table) -> pa.Table:
    """The frames of these stacks."""
    keys = stacks["stack_key"].unique().drop_null()
    return frames.filter(pc.is_in(frames["stack_key"], value_set=keys))

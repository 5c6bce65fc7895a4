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
    from triage.store.cache import Cache, Entry

__all__ = ("named", "of_stacks", "read", "to_be_parted", "with_frames")


def read(source: Source, reader: Format, cache: Cache | None) -> None:
    """Read a file by its reader, or take from the cache what that gave before."""
    origin = source.origin
    if origin is None or cache is None:
        _read(source, reader)
        return
    entry, tables = _entry(source, cache), None
    if entry is not None and (tables := entry.tables()) is not None:
        _take(source, tables, entry.meta)
        return
    identity = Identity.of(origin.status)
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
        cache.put(_kind(source), origin.path, with_frames(tables, outer), meta)


def to_be_parted(source: Source, cache: Cache | None) -> tuple[str, int] | None:
    """Address and size of a file of events that can be read in partitions and is not in the cache."""
    lines = source.encoding == "utf-8" and debugbundle_events.in_lines(source.head)
    if not lines or source.address is None or source.size is None or (cache and _entry(source, cache)):
        return None
    return source.address, source.size


def named(tables: dict[str, pa.Table], source_id: str) -> dict[str, pa.Table]:
    """Tables of one file under the id that it has in this case."""
    return {
        name: table.set_column(at, "source_id", pa.repeat(pa.scalar(source_id), table.num_rows))
        if (at := table.schema.get_field_index("source_id")) >= 0
        else table
        for name, table in tables.items()
    }


def _entry(source: Source, cache: Cache) -> Entry | None:
    """What is cached of the file as it is now."""
    if source.origin is None:
        return None
    entry = cache.get(_kind(source), source.origin.path)
    known = entry and entry.meta.get("identity") == msgspec.to_builtins(Identity.of(source.origin.status))
    return entry if known else None


def _kind(source: Source) -> str:
    """What an entry depends on beside the file."""
    return f"file {debugbundle_events.NAME} {source.limits.line_bytes}"


def _read(source: Source, reader: Format) -> None:
    """Read a file here, or in partitions where there are workers for them."""
    workers, parted = source.context.workers, to_be_parted(source, None)
    if workers is None or parted is None:
        reader.read(source)
        return
    from triage.store import partitions

    partitions.read(source, *parted, workers)


def _take(source: Source, tables: dict[str, pa.Table], meta: dict[str, Any]) -> None:
    """Give the records what was cached, under the id that the file has here."""
    source.records.absorb(named(tables, source.source_id), source.records.reserve(meta["numbers"]))
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

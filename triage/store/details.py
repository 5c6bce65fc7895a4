"""What is left where it lies of an event store: annotations and log lines, read when somebody asks for them.

Of a million events few are looked at one by one, and their annotations would take more memory than all else. The
readers of many events (`triage.formats.debugbundle_bulk`) make none; the places of the events are known, and from
there the reader of single envelopes gives them as it would have at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from triage.errors import SourceError
from triage.formats.debugbundle_events import read_piece
from triage.records import Records
from triage.sources import archives
from triage.sources.context import Context
from triage.sources.source import OverLimitError
from triage.stacks.joining import isin
from triage.store import DEFERRED, TABLES_LEFT

if TYPE_CHECKING:
    from collections.abc import Collection

    from triage.sources.inputs import Inputs
    from triage.sources.limits import Limits
    from triage.sources.source import Source

__all__ = ("completed", "whole")

# Place, length and id of each event of a file.
_Places = list[tuple[int, int, str]]


def completed(
    name: str, tables: dict[str, pa.Table], ids: Collection[str] | None, *, inputs: Inputs, limits: Limits
) -> pa.Table:
    """A table of `triage.store.TABLES_LEFT` with the rows that were left where they lie.

    Parameters
    ----------
    ids
        The events whose rows are wanted; None for all rows.

    Raises
    ------
    SourceError
        The input has moved, or was a stream that cannot be read twice.
    """
    table = tables[name]
    if ids is not None:
        table = isin(table, "event_id", list(ids))
    left = tables.get(DEFERRED)
    if left is None:
        return table
    events = isin(tables["events"], "event_id", left["event_id"].to_pylist())
    if ids is not None:
        events = isin(events, "event_id", list(ids))
    if not events.num_rows:
        return table
    made = _read(name, events, tables["files"], inputs, limits)
    kept = table.filter(pc.invert(pc.is_in(table["event_id"], value_set=events["event_id"].combine_chunks())))
    both = pa.concat_tables([kept, made.select(table.column_names).cast(table.schema)])
    place = pc.index_in(both["event_id"], value_set=tables["events"]["event_id"].combine_chunks())
    return both.take(pc.array_sort_indices(pc.fill_null(place, -1)))


def whole(tables: dict[str, pa.Table], ids: Collection[str], *, inputs: Inputs, limits: Limits) -> dict[str, pa.Table]:
    """The tables with everything of these events in them, and of the others nothing in those of `TABLES_LEFT`.

    Raises
    ------
    SourceError
        The input has moved, or was a stream that cannot be read twice.
    """
    if DEFERRED not in tables:
        return tables
    made = {name: completed(name, tables, ids, inputs=inputs, limits=limits) for name in sorted(TABLES_LEFT)}
    return {name: table for name, table in tables.items() if name != DEFERRED} | made


def _read(name: str, events: pa.Table, files: pa.Table, inputs: Inputs, limits: Limits) -> pa.Table:
    """Read the events again, file by file."""
    wanted: dict[str, _Places] = {}
    columns = (events[column].to_pylist() for column in ("source_id", "offset", "length", "event_id"))
    for source_id, offset, length, event in zip(*columns, strict=True):
        wanted.setdefault(source_id, []).append((offset, length, event))
    records = Records()
    again = _Again(wanted, _containers(files, wanted))
    context = Context(records=records, limits=limits, read=again, bulk_bytes=None)
    try:
        for source in inputs.walk(context):
            again(source)
    except OverLimitError as error:
        raise SourceError(f"the events cannot be read again: {error}") from None
    if again.wanted:
        raise SourceError("the events cannot be read again: their files have moved; load them from where they are")
    table = records.rows(name)
    owners = pa.array(again.owners, pa.string()).take(table["_event"].combine_chunks())
    return table.drop_columns(["_event"]).set_column(
        table.schema.get_field_index("event_id"), table.schema.field("event_id"), owners
    )


def _containers(files: pa.Table, wanted: Collection[str]) -> frozenset[str]:
    """The archives that hold the files."""
    parents = dict(zip(files["source_id"].to_pylist(), files["container_id"].to_pylist(), strict=True))
    found: set[str] = set()
    for source in wanted:
        above = parents.get(source)
        while above is not None and above not in found:
            found.add(above)
            above = parents.get(above)
    return frozenset(found)


@dataclass(slots=True)
class _Again:
    """Reads the wanted events of the sources that come by."""

    wanted: dict[str, _Places]
    containers: frozenset[str]
    # the ids of the events, by their numbers
    owners: list[str] = field(default_factory=list)

    def __call__(self, source: Source) -> None:
        places = self.wanted.pop(source.source_id, None)
        if places is not None:
            self._events(source, places)
        elif source.source_id in self.containers:
            archives.read(source)
        source.close()

    def _events(self, source: Source, places: _Places) -> None:
        try:
            data = source.data()
        except OverLimitError:
            data = None
        if data is not None:
            for offset, length, event in places:
                self._event(source, bytes(data[offset : offset + length]), offset, event)
            return
        held = {offset: event for offset, _, event in places}
        for offset, line in source.lines():
            if offset in held:
                self._event(source, line, offset, held[offset])

    def _event(self, source: Source, text: bytes, offset: int, event: str) -> None:
        before = len(self.owners)
        if read_piece(source, text, offset):
            self.owners.append(event)
        elif len(self.owners) == before:
            raise SourceError("the events cannot be read again: a file is not what it was; load it again")

"""The frames of some stacks, each with its event, its stack number, its absolute address and its line in the file."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from triage.tables import TABLES

__all__ = ("in_order", "isin", "joined")


def isin(table: pa.Table, column: str, values: list[str]) -> pa.Table:
    """The rows whose cell is one of the values."""
    return table.filter(pc.is_in(table[column], value_set=pa.array(values, pa.string())))


def joined(stacks: pa.Table, frames: pa.Table) -> pa.Table:
    """The frames of some rows of `stacks`, in their order, their event, stack number, address and line in front."""
    frames = isin(frames, "stack_key", stacks["stack_key"].drop_null().unique().to_pylist())
    place = stacks.select(["event_id", "stack_no", "stack_key"]).append_column(
        "row", pa.array(range(stacks.num_rows), pa.int64())
    )
    found = place.join(frames, "stack_key", join_type="inner").sort_by([("row", "ascending"), ("idx", "ascending")])
    for name, source in (("address", "addresses"), ("text_line", "text_lines")):
        found = found.append_column(name, _cells(stacks[source], found))
    return found.select(["event_id", "stack_no", "address", "text_line", *TABLES["frames"].names])


def in_order(frames: pa.Table, stacks: pa.Table) -> pa.Table:
    """The frames in the order in which stacks first have them, however many events were read at once."""
    keys = stacks["stack_key"].drop_null().unique()
    place = pc.index_in(frames["stack_key"], value_set=keys)
    place = pc.fill_null(place, len(keys)).to_numpy()
    if (place[1:] >= place[:-1]).all():
        return frames
    return frames.take(pa.array(np.argsort(place, kind="stable")))


def _cells(lists: pa.ChunkedArray, found: pa.Table) -> pa.Array:
    """Of a column of lists, one per stack, the cell of each frame row; null where the list is null."""
    column = lists.combine_chunks()
    starts = column.offsets.to_numpy()[:-1] if len(column) else []
    absent = pc.is_null(column).to_numpy(zero_copy_only=False)
    index = [
        None if absent[row] else int(starts[row]) + idx
        for row, idx in zip(found["row"].to_pylist(), found["idx"].to_pylist(), strict=True)
    ]
    return column.values.take(pa.array(index, pa.int64()))

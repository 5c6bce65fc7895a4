"""The frames of some stacks, each with its event, its stack number and its absolute address."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from triage.tables import TABLES

__all__ = ("isin", "joined")


def isin(table: pa.Table, column: str, values: list[str]) -> pa.Table:
    """The rows whose cell is one of the values."""
    return table.filter(pc.is_in(table[column], value_set=pa.array(values, pa.string())))


def joined(stacks: pa.Table, frames: pa.Table) -> pa.Table:
    """The frames of some rows of `stacks`, in their order, with `event_id`, `stack_no` and `address` in front."""
    frames = isin(frames, "stack_key", stacks["stack_key"].drop_null().unique().to_pylist())
    place = stacks.select(["event_id", "stack_no", "stack_key"]).append_column(
        "row", pa.array(range(stacks.num_rows), pa.int64())
    )
    found = place.join(frames, "stack_key", join_type="inner").sort_by([("row", "ascending"), ("idx", "ascending")])
    addresses = stacks["addresses"].combine_chunks()
    starts = addresses.offsets.to_numpy()[:-1] if len(addresses) else []
    absent = pc.is_null(addresses).to_numpy(zero_copy_only=False)
    values = addresses.values
    index = [
        None if absent[row] else int(starts[row]) + idx
        for row, idx in zip(found["row"].to_pylist(), found["idx"].to_pylist(), strict=True)
    ]
    found = found.append_column("address", values.take(pa.array(index, pa.int64())))
    return found.select(["event_id", "stack_no", "address", *TABLES["frames"].names])

"""Which frames of a stack count: the innermost ones that tell where the crash is, and why the others do not.

Application frames count where there are any, else those of libraries; frames found by a scan only where nothing else
was. What lies inside of the outermost sentinel handles the crash, and what repeats the frames above it says nothing
new. All stacks are gone through at once, as columns.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.stacks.cycles import repeats, rotated
from triage.stacks.names import basename

__all__ = ("TOP_FRAMES", "VARIANT_FRAMES", "Signature", "count")

TOP_FRAMES: Final = 3
VARIANT_FRAMES: Final = 8


class Signature(NamedTuple):
    """What the keys take of one stack: the names that count, innermost first, where the first is, and a cycle."""

    names: tuple[str, ...]
    culprit: str
    cycle: tuple[str, ...] = ()


def count(frames: pa.Table, names: pa.Array) -> tuple[pa.Table, dict[str, Signature]]:
    """Mark the frames that count for the group, and give the signature of each stack that has any.

    Parameters
    ----------
    frames
        The table of frames, roles filled, the frames of a stack together.
    names
        The name of each frame for keys.
    """
    frames = _inside_handlers(frames)
    starts, stack = _stacks(frames)
    again, cycles = repeats(_numbers(names, pc.equal(frames["frame_kind"], "frame")), stack)
    frames = _said(frames, again, {"rule": "repeats the frames above"})
    role = frames["role"].to_numpy(zero_copy_only=False)
    scan = pc.fill_null(pc.equal(frames["trust"], "scan"), fill_value=False)
    scanned = scan.to_numpy(zero_copy_only=False).astype(bool)
    telling = np.select([(role == "application"), (role == "library")], [2, 1], 0)
    strength = np.where((telling > 0) & ~again, telling + 2 * ~scanned, 0)
    best = np.zeros(len(starts), np.int64)
    np.maximum.at(best, stack, strength)
    eligible = (strength == best[stack]) & (strength > 0)
    rank = np.cumsum(eligible)
    place = rank - (rank[starts] - eligible[starts])[stack] if len(starts) else rank
    counted = pa.array(eligible & (place <= TOP_FRAMES), pa.bool_())
    at = frames.schema.get_field_index("counted")
    frames = frames.set_column(at, frames.schema.field(at), counted)
    return frames, _signatures(frames, names, eligible & (place <= VARIANT_FRAMES), cycles)


def _signatures(
    frames: pa.Table, names: pa.Array, chosen: npt.NDArray[np.bool_], cycles: dict[int, list[int]]
) -> dict[str, Signature]:
    """The signature of each stack."""
    found: dict[str, tuple[list[str], str]] = {}
    mask = pa.array(chosen)
    rows = frames.select(["stack_key", "file", "line", "function"]).filter(mask).to_pylist()
    for row, name in zip(rows, names.filter(mask).to_pylist(), strict=True):
        if row["stack_key"] not in found:
            found[row["stack_key"]] = ([], _culprit(name, row))
        found[row["stack_key"]][0].append(name)
    rounds: dict[str, tuple[str, ...]] = {}
    for first in cycles.values():
        key = frames["stack_key"][first[0]].as_py()
        rounds[key] = tuple(rotated([names[row].as_py() for row in first]))
    return {key: Signature(tuple(top), culprit, rounds.get(key, ())) for key, (top, culprit) in found.items()}


def _numbers(names: pa.Array, are_calls: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """A number for each distinct name, and one of its own for each frame without any."""
    encoded = names.dictionary_encode() if len(names) else None
    if encoded is None:
        return np.empty(0, np.int64)
    numbers: npt.NDArray[np.int64] = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    # Frames of which nothing is known are not the same frame, and rows that are no call repeat none.
    same = pc.and_(pc.not_equal(names, ""), are_calls.combine_chunks())
    unknown = np.flatnonzero(~same.to_numpy(zero_copy_only=False))
    numbers[unknown] = -1 - unknown
    return numbers


def _stacks(frames: pa.Table) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Where each stack starts, and the number of the stack of each row."""
    keys = frames["stack_key"].to_numpy(zero_copy_only=False)
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.empty(0, np.int64)
    return starts, np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(keys)]))


def _inside_handlers(frames: pa.Table) -> pa.Table:
    """What lies inside of the outermost sentinel handles the crash, whoever wrote it: a hook, a signal handler."""
    role = frames["role"].to_numpy(zero_copy_only=False)
    starts, stack = _stacks(frames)
    position = np.arange(len(role))
    outermost = np.full(len(starts), -1)
    np.maximum.at(outermost, stack, np.where(role == "sentinel", position, -1))
    inside = (position < outermost[stack]) & (role != "sentinel")
    return _said(frames, inside, {"role": "noise", "in_app": False, "rule": "inside of a crash handler"})


def _said(frames: pa.Table, rows: npt.NDArray[np.bool_], columns: dict[str, Any]) -> pa.Table:
    """Give some rows other values."""
    mask = pa.array(rows, pa.bool_())
    for name, value in columns.items():
        at = frames.schema.get_field_index(name)
        field = frames.schema.field(at)
        frames = frames.set_column(at, field, pc.if_else(mask, pa.scalar(value, field.type), frames[name]))
    return frames


def _culprit(name: str, row: dict[str, Any]) -> str:
    """`function (file:line)`, as far as known."""
    where = basename(row["file"]) if row["file"] else ""
    if where and row["line"] is not None:
        where = f"{where}:{row['line']}"
    return f"{name} ({where})" if where and row["function"] else name

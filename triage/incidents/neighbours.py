"""The incidents nearest to one: the same crash in another service, the same family, frames in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.share.printable import plural
from triage.stacks.explanation import names_of

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ("Near", "nearest")

_NAMED: Final = ("function", "module", "module_offset", "file")


class Near(NamedTuple):
    """An incident that is near: its number, what the two have in common, and how many frames of the key."""

    number: int
    same_group: bool
    same_family: bool
    shared: int

    @property
    def why(self) -> str:
        """Why it is near, in words."""
        if self.same_group:
            return "the same key"
        words = ["the same family"] if self.same_family else []
        if self.shared:
            words.append(f"{plural(self.shared, 'frame')} of the key in common")
        return ", ".join(words)


def nearest(
    events: pa.Table, ids: list[str], frames: pa.Table, number: int, counted: Collection[str], top: int = 5
) -> list[Near]:
    """The nearest incidents: those with the same key first, then with the same family, then with most frames shared.

    Parameters
    ----------
    events
        The event that stands for each incident, in the order of `ids`.
    ids
        The id of each incident.
    frames
        The table of frames of the case.
    number, counted
        The number of the incident, and the names of the frames in its key.
    top
        How many at most.
    """
    mine = events.slice(number, 1).to_pylist()[0]
    group = _equal(events["group_key"], mine["group_key"])
    family = _equal(events["family_key"], mine["family_key"])
    shared = _shared(events["stack_key"], frames, counted)
    near = group | family | (shared > 0)
    near[number] = False
    found = [Near(at, bool(group[at]), bool(family[at]), int(shared[at])) for at in np.flatnonzero(near).tolist()]
    return sorted(found, key=lambda one: (not one.same_group, not one.same_family, -one.shared, ids[one.number]))[:top]


def _equal(column: pa.ChunkedArray, value: str | None) -> npt.NDArray[np.bool_]:
    same = pc.fill_null(pc.equal(column, pa.scalar(value, pa.string())), fill_value=False)
    found: npt.NDArray[np.bool_] = same.to_numpy().astype(bool)
    return found


def _shared(stacks: pa.ChunkedArray, frames: pa.Table, counted: Collection[str]) -> npt.NDArray[np.int64]:
    """How many of the names the frames in the key of each stack share."""
    wanted = set(counted)
    out = np.zeros(len(stacks), np.int64)
    if not wanted:
        return out
    chosen = frames.filter(pc.fill_null(frames["counted"], fill_value=False)).select(["stack_key", *_NAMED])
    chosen = chosen.filter(pc.is_in(chosen["stack_key"], value_set=stacks.drop_null().unique()))
    # Every distinct frame is named once.
    distinct = chosen.group_by([*_NAMED, "stack_key"]).aggregate([])
    shares: dict[str, set[str]] = {}
    columns: dict[str, list[Any]] = distinct.to_pydict()
    for stack, name in zip(columns["stack_key"], names_of(columns), strict=True):
        if name in wanted:
            shares.setdefault(stack, set()).add(name)
    for at, stack in enumerate(stacks.to_pylist()):
        out[at] = len(shares.get(stack, ()))
    return out

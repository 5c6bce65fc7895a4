"""The incidents nearest to one: the same crash in another service, the same family, frames in common."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.share.printable import plural
from triage.stacks.explanation import key_names, names_of

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ("Near", "nearest")

_NAMED: Final = ("function", "module", "module_offset", "file", "language")


class Near(NamedTuple):
    """An incident that is near: its number, what the two have in common, and which frames of the key, from 0."""

    number: int
    same_group: bool
    same_family: bool
    shared: tuple[int, ...]

    def why(self, counted: Sequence[str]) -> str:
        """Why it is near, in words; `counted` are the names of the frames in the key, raw or masked."""
        if self.same_group:
            return "the same key"
        words = ["the same family"] if self.same_family else []
        if self.shared:
            names = ", ".join(counted[at] for at in self.shared)
            words.append(f"{plural(len(self.shared), 'frame')} of the key in common ({names})")
        return ", ".join(words)


def nearest(
    events: pa.Table, ids: list[str], frames: pa.Table, number: int, counted: Sequence[str], top: int = 5
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
    near = group | family | np.isin(np.arange(len(ids)), list(shared))
    near[number] = False
    found = [Near(at, bool(group[at]), bool(family[at]), shared.get(at, ())) for at in np.flatnonzero(near).tolist()]
    return sorted(found, key=lambda one: (not one.same_group, not one.same_family, -len(one.shared), ids[one.number]))[
        :top
    ]


def _equal(column: pa.ChunkedArray, value: str | None) -> npt.NDArray[np.bool_]:
    same = pc.fill_null(pc.equal(column, pa.scalar(value, pa.string())), fill_value=False)
    found: npt.NDArray[np.bool_] = same.to_numpy().astype(bool)
    return found


def _shared(stacks: pa.ChunkedArray, frames: pa.Table, counted: Sequence[str]) -> dict[int, tuple[int, ...]]:
    """Of each incident whose key shares names with this one: which of its frames they are."""
    if not counted:
        return {}
    chosen = frames.filter(pc.fill_null(frames["counted"], fill_value=False)).select(["stack_key", *_NAMED])
    chosen = chosen.filter(pc.is_in(chosen["stack_key"], value_set=stacks.drop_null().unique()))
    columns: dict[str, list[Any]] = chosen.to_pydict()
    found: dict[str, set[int]] = {}
    place = {name: at for at, name in reversed(list(enumerate(counted)))}
    names, keys = names_of(columns), columns["stack_key"]
    for stack, rows in groupby(range(len(keys)), keys.__getitem__):
        shared = {place[name] for name in key_names(columns, names, [*rows]) if name in place}
        if shared:
            found.setdefault(stack, set()).update(shared)
    return {at: tuple(sorted(found[stack])) for at, stack in enumerate(stacks.to_pylist()) if stack in found}

"""In which files a frame of an incident's key is, where these are several: the key takes no file of most functions.

Two functions that are called alike in two files make one incident until somebody parts them (`split(by="file")`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow.compute as pc

from triage.incidents.predicates import ends
from triage.stacks.counting import TOP_FRAMES
from triage.stacks.numbering import starts, whole

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ("Spot", "spots")


class Spot(NamedTuple):
    """A file of a frame of the key, counted from 1: its name, with its folder where the names are the same."""

    frame: int
    file: str
    events: int


def spots(events: pa.Table, frames: pa.Table) -> list[Spot]:
    """The files of the first frame of the key that is in several, that with the most events first; none for one.

    Parameters
    ----------
    events
        The events of an incident.
    frames
        The annotated frames of its case.
    """
    often = events["stack_key"].drop_null().value_counts()
    counts = dict(zip(*(often.field(name).to_pylist() for name in ("values", "counts")), strict=True))
    wanted = pc.and_(
        pc.fill_null(frames["counted"], fill_value=False),
        pc.is_in(frames["stack_key"], value_set=often.field("values")),
    )
    chosen = frames.select(["stack_key", "file"]).filter(wanted)
    begins = starts(whole(chosen["stack_key"]))
    lengths = np.diff(np.r_[begins, chosen.num_rows])
    depth = np.arange(chosen.num_rows) - np.repeat(begins, lengths)
    for place in range(TOP_FRAMES):
        rows = chosen.filter(depth == place)
        stacks, files = rows["stack_key"].to_pylist(), whole(rows["file"]).dictionary_encode()
        known = [ends(file) for file in files.dictionary.to_pylist()]
        for form in (0, 1):
            sums: dict[str, int] = {}
            for stack, code in zip(stacks, files.indices.to_pylist(), strict=True):
                if code is not None and (file := known[code][form]):
                    sums[file] = sums.get(file, 0) + counts[stack]
            if len(sums) > 1:
                return [Spot(place + 1, *one) for one in sorted(sums.items(), key=lambda one: (-one[1], one[0]))]
    return []

"""Which incidents somebody has parted: a person, by a decision that holds, or a rule of `triage.toml`.

A person has parted two incidents that are on different sides of one split, or whose merge was taken back. A rule has
parted an incident whose key it made from every other one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from triage.stacks.fingerprints import taken

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    import pyarrow as pa

    from triage.incidents.replayed import Parting
    from triage.stacks.fingerprints import Fingerprint
    from triage.stacks.similarity import Ints

__all__ = ("Apart", "ruled")


class Apart:
    """Who has parted what.

    Parameters
    ----------
    parted
        As in `triage.incidents.replayed.Replayed`.
    ruled
        The incidents whose keys a rule made.
    """

    def __init__(self, parted: Mapping[str, Parting], ruled: Collection[str] = ()) -> None:
        self.parted = dict(parted)
        self._ruled = frozenset(ruled)
        self._sides: dict[str, dict[str, set[int]]] = {}
        for entry, parting in self.parted.items():
            for number, side in enumerate(parting.sides):
                for incident in side:
                    self._sides.setdefault(incident, {}).setdefault(entry, set()).add(number)

    def why(self, one: str, other: str) -> str:
        """Who has parted two incidents, "" where nobody has."""
        here, there = self._sides.get(one, {}), self._sides.get(other, {})
        for entry, sides in here.items():
            if entry in there and len(sides | there[entry]) > 1:
                return self.parted[entry].why
        return "a fingerprint of triage.toml has parted them" if {one, other} & self._ruled else ""


def ruled(
    tables: dict[str, pa.Table], members: tuple[pa.Table, Ints, list[str]], rules: Iterable[Fingerprint]
) -> set[str]:
    """The incidents with an event whose key a rule made."""
    rules = tuple(rules)
    if not rules:
        return set()
    events, codes, ids = members
    _, fits = taken(rules, events, tables["frames"], np.zeros(events.num_rows, np.uint64))
    return {ids[code] for code in np.unique(codes[fits]).tolist()}

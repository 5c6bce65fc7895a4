"""The order of a journal: what was taken back by what, what the author of an entry knew of, and where events went."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage.journal import Entry

__all__ = ("Ways", "revoked")

Rows = npt.NDArray[np.int64]


def revoked(entries: Sequence[Entry]) -> dict[str, str]:
    """The entries that were taken back, and by which; a revocation can be taken back as well."""
    order = {entry.id: at for at, entry in enumerate(entries)}
    found: dict[str, str] = {}
    for at in range(len(entries) - 1, -1, -1):
        entry = entries[at]
        if entry.what == "revoke" and entry.id not in found and order.get(entry.of, at) < at:
            found.setdefault(entry.of, entry.id)
    return found


class Ways:
    """Which entries parted or pinned events away, and which brought them into an incident.

    Entries are told by their places in the journal, in whose order they come, incidents by their numbers, and events by
    their rows, of which there are `size`.
    """

    def __init__(self, entries: Sequence[Entry], size: int) -> None:
        self._size = size
        self._known_to = _ancestors(entries)
        self._left: list[tuple[int, Rows]] = []
        self._came: dict[int, list[tuple[int, Rows]]] = {}

    def left(self, rows: Rows, order: int) -> None:
        """A split or pin took these events out of the incidents that they were in."""
        self._left.append((order, rows))

    def came(self, number: int, rows: Rows, order: int) -> None:
        """An entry brought these events into an incident."""
        self._came.setdefault(number, []).append((order, rows))

    def known(self, number: int, rows: Rows, order: int) -> npt.NDArray[np.bool_]:
        """Whether the author of an entry knew of each event that it had left an incident and not come back since.

        Where it went on from there does not count: merged into a third one it is still none of this incident.
        """
        came, left = np.full(self._size, -1), np.full(self._size, -1)
        for at, brought in self._came.get(number, ()):
            came[brought] = at
        for at, parted in self._left:
            if self._known_to[order] >> at & 1:
                left[parted] = at
        return came[rows] < left[rows]


def _ancestors(entries: Sequence[Entry]) -> list[int]:
    """Of each entry the places of those that its author knew of, as the bits of a number."""
    place = {entry.id: at for at, entry in enumerate(entries)}
    found: list[int] = []
    for at, entry in enumerate(entries):
        known = 0
        for parent in entry.parents:
            before = place.get(parent, at)
            known |= 0 if before >= at else found[before] | 1 << before
        found.append(known)
    return found

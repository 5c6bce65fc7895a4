"""The order of a journal: what was taken back by what, and what the author of an entry knew of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage.journal import Entry

__all__ = ("ancestors", "revoked")


def revoked(entries: Sequence[Entry]) -> dict[str, str]:
    """The entries that were taken back, and by which; a revocation can be taken back as well."""
    order = {entry.id: at for at, entry in enumerate(entries)}
    found: dict[str, str] = {}
    for at in range(len(entries) - 1, -1, -1):
        entry = entries[at]
        if entry.what == "revoke" and entry.id not in found and order.get(entry.of, at) < at:
            found.setdefault(entry.of, entry.id)
    return found


def ancestors(entries: Sequence[Entry]) -> list[int]:
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

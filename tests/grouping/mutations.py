"""Mutations of the text of a trace: what may not change its key (STAY), what must (SPLIT), and what is told only.

Nothing of triage is used. `rebuild` is all that may not matter at once.
"""

from __future__ import annotations

from typing import Final

from tests.grouping.builds import addresses, checkout, clones, generated, lines, pids
from tests.grouping.cuts import inline_any, inline_deep, inline_second, replaced, tail, tail_strict
from tests.grouping.editing import Mutation, changed

__all__ = ("SPLIT", "STAY", "TOLD", "Mutation", "rebuild", "rebuild_strict", "replaced")


def _all(text: str, seed: int, *, last: Mutation) -> str | None:
    new = text
    for mutation in (inline_deep, last, generated, lines, checkout, addresses, pids):
        new = mutation(new, seed) or new
    return changed(text, new)


def rebuild(text: str, seed: int) -> str | None:
    """All at once: another build on another machine, with less of the stack."""
    return _all(text, seed, last=tail)


def rebuild_strict(text: str, seed: int) -> str | None:
    """All at once, with the tail cut whatever is left."""
    return _all(text, seed, last=tail_strict)


STAY: Final[dict[str, Mutation]] = {
    "addresses": addresses,
    "pids": pids,
    "lines": lines,
    "checkout": checkout,
    "generated": generated,
    "clones": clones,
    "inline deep": inline_deep,
    "tail": tail,
    "rebuild": rebuild,
}
TOLD: Final[dict[str, Mutation]] = {
    "inline second": inline_second,
    "inline any": inline_any,
    "tail strict": tail_strict,
    "rebuild strict": rebuild_strict,
}
SPLIT: Final[dict[str, Mutation]] = {"replaced": replaced}

"""How a program ended, by the frames that handled the crash and by how often its stack repeats itself.

ASan names a double free, gdb the SIGABRT that the allocator raised when it saw it: the frames between the two say so.
What is found stands beside the error type when the class of the crash is looked for (`triage.stacks.classes`).
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ("DEEP", "deep", "ending", "told")

DEEP: Final = "deep recursion"
# A stack that overflowed has thousands of frames, of which a report may show few: this is more than most recursions go.
_FRAMES: Final = 24
_ROUNDS: Final = 6
# What the recursion called last stands above it.
_ABOVE: Final = 12


@cache
def _endings() -> tuple[dict[str, str], tuple[tuple[str, str], ...], tuple[str, ...]]:
    """What whole names say, what beginnings of names do, and these beginnings alone."""
    table = tomllib.loads(files("triage.stacks").joinpath("endings.toml").read_text("utf-8"))
    named = [(name, entry["says"]) for entry in table["ending"] for name in entry["function"]]
    begun = tuple((name.rstrip("*"), says) for name, says in named if name.endswith(("*", "::")))
    whole = {name: says for name, says in named if not name.endswith(("*", "::"))}
    return whole, begun, tuple(start for start, _ in begun)


def ending(name: str) -> str:
    """What a frame says of how the program ended; "" where it says nothing.

    Examples
    --------
    >>> ending("malloc_printerr"), ending("parse")
    ('heap corruption', '')
    """
    whole, begun, starts = _endings()
    said = whole.get(name, "")
    if not said and name.startswith(starts):
        said = next(says for start, says in begun if name.startswith(start))
    return said


def deep(first: int, period: int, again: int) -> bool:
    """Whether a stack looks like one that overflowed.

    Parameters
    ----------
    first, period
        The row that its cycle begins at, and how many frames that has; 0 where there is none.
    again
        How many frames of the stack repeat others.
    """
    return 0 < period * (_ROUNDS - 1) <= again and again + period >= _FRAMES and first <= _ABOVE


def told(said: Iterable[str], *, recursion: bool) -> str:
    """What a stack says of how the program ended.

    Parameters
    ----------
    said
        The `ending` of each frame inside of the first that counts, innermost first: the outermost decides, for the
        others handle what it began.
    recursion
        Whether the stack is `deep`.

    Examples
    --------
    >>> told(["", "heap corruption", ""], recursion=True), told(["", ""], recursion=True)
    ('heap corruption', 'deep recursion')
    """
    found = ""
    for each in said:
        found = each or found
    return found or (DEEP if recursion else "")

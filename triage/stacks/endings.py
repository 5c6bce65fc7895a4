"""How a program ended, by what its runtime says, by the frames that handled the crash, by how its stack repeats itself.

ASan names a double free, gdb the SIGABRT that the allocator raised when it saw it: the frames between the two say so.
V8 has no class of errors for a stack that overflowed, but words. What is found stands beside the error type when the
class of the crash is looked for (`triage.stacks.classes`).
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ("DEEP", "deep", "ending", "likely", "stated", "told")

DEEP: Final = "deep recursion"
# A stack that overflowed has thousands of frames, of which a report may show few: this is more than most recursions go.
_FRAMES: Final = 24
_ROUNDS: Final = 6
# What the recursion called last stands above it.
_ABOVE: Final = 12
# So much of a message says what ended the program.
_CHARS: Final = 300
_NAME: Final = r"\s{0,20}(?:uncaught )?(?:[\w.$]{1,100}: )?"


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("triage.stacks").joinpath("endings.toml").read_text("utf-8"))


@cache
def _messages() -> tuple[tuple[re.Pattern[str], re.Pattern[str], str], ...]:
    """Patterns of the error type and of the message, and what both say."""
    return tuple(
        (re.compile(row.get("type", "")), re.compile(f"{_NAME}(?:{row['text']})"), row["says"])
        for row in _data()["message"]
    )


@cache
def likely() -> str:
    """An expression for RE2 too that is found in every message in which `stated` finds something.

    Examples
    --------
    >>> bool(re.search(likely(), "Too much recursion"))
    True
    """
    return f"(?im){'|'.join(row['text'] for row in _data()['message'])}"


@lru_cache(maxsize=4_096)
def stated(error_type: str | None, error_value: str | None) -> str:
    """How an event says that the program ended, where its error type says nothing of it; "" where it does not.

    Examples
    --------
    >>> stated("RangeError", "Maximum call stack size exceeded"), stated("RangeError", "Invalid array length")
    ('stack overflow', '')
    """
    if not error_value:
        return ""
    said = error_value[:_CHARS].lower().partition("\n")[0]
    for type_, text, says in _messages():
        if text.match(said) and type_.search((error_type or "").lower()):
            return says
    return ""


@cache
def _endings() -> tuple[dict[str, str], tuple[tuple[str, str], ...], tuple[str, ...]]:
    """What whole names say, what beginnings of names do, and these beginnings alone."""
    named = [(name, entry["says"]) for entry in _data()["ending"] for name in entry["function"]]
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

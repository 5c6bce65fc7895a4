"""The error tree: one root, one child per phase of the work.

Content never raises (it becomes rows); these are for a missing path, a wrong call, or a limit that a single top-level
input met. Messages say what happened, where, and what to do next; they never quote content.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

__all__ = (
    "LISTED",
    "FormatError",
    "JournalError",
    "LimitError",
    "ModelError",
    "RedactionError",
    "SourceError",
    "TriageError",
    "demand",
    "is_one_of",
    "no_incident",
    "nothing_named",
)

LISTED: Final = "case.incidents()['incident_id'] lists them"
_NAMED: Final = 3


class TriageError(Exception):
    """Root of every error that triage raises on purpose."""


class SourceError(TriageError):
    """An input cannot be opened: it is missing, unreadable or of a kind that `load` does not take."""


class FormatError(TriageError):
    """A format was named that does not exist."""


class LimitError(TriageError):
    """A single top-level input met one of the `Limits`; the message names it and how to raise it."""


class RedactionError(TriageError):
    """Something secret would have left."""


class JournalError(TriageError):
    """The journal of an investigation cannot be read or written."""


class ModelError(TriageError):
    """A model did not give a usable answer."""


def nothing_named(what: str, name: object, names: Iterable[str]) -> str:
    """The message where a name is none of those that there are: the nearest first, where one is near.

    Examples
    --------
    >>> nothing_named("table", "frame", ["events", "frames"])
    "there is no table 'frame'; did you mean 'frames'? there are events, frames"
    """
    known = list(names)
    close = get_close_matches(str(name).lower(), known, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    return f"there is no {what} {name!r}; {hint}there are {', '.join(known)}"


def demand(given: object, kind: type | tuple[type, ...], told: str) -> None:
    """Raise where something is of another type than a call takes; it is not quoted.

    Raises
    ------
    TriageError
        `told`, which says what is taken, and the type that was given.

    Examples
    --------
    >>> demand(3, str, "a statement is a text")
    Traceback (most recent call last):
    triage.errors.TriageError: a statement is a text, and this is of the type int
    """
    if not isinstance(given, kind):
        raise TriageError(f"{told}, and this is of the type {type(given).__name__}")


def is_one_of(given: object, ids: Container[str]) -> bool:
    """Whether something is one of these ids; a row or a list is none, and no error."""
    return isinstance(given, str) and given in ids


def no_incident(given: object, ids: Iterable[str], became: Mapping[str, Sequence[str]] | None = None) -> str:
    """The message where no incident has an id: what it became, which ones begin so, or where the ids are listed.

    Examples
    --------
    >>> no_incident("inc_4f", ["inc_4f21", "inc_9a03"])
    "no incident has the id 'inc_4f'; one begins so: 'inc_4f21'"
    """
    if not isinstance(given, str):
        return f"an incident is named by its id, a text, and this is a {type(given).__name__}; {LISTED}"
    if now := (became or {}).get(given):
        told = f"{', '.join(map(repr, now[:_NAMED]))}{' ...' if len(now) > _NAMED else ''}"
        return f"{given!r} was merged or split, and its events are in {told} now; case.journal() says why"
    begun = [one for one in ids if given and one.startswith((given, f"inc_{given}"))]
    if 0 < len(begun) <= _NAMED:
        told = ", ".join(map(repr, begun))
        return f"no incident has the id {given!r}; {'one begins' if len(begun) == 1 else 'these begin'} so: {told}"
    return f"no incident has the id {given!r}; {LISTED}"

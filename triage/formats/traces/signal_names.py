"""Signals by what programs call them, and by number where the system is not known; the words are data."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

from triage.formats.exception_codes import name

__all__ = ("number", "numbered", "spoken", "words")

# The one number that those who crash get on BSD and macOS and that means another thing on Linux, where nobody crashes
# with it.
_BSD_BUS: Final = 10


@cache
def words() -> dict[str, str]:
    """The signal that each phrase means, the phrases in lower case."""
    text = files("triage.formats.traces").joinpath("signal_names.toml").read_text("utf-8")
    found: dict[str, str] = tomllib.loads(text)["words"]
    return found


def spoken(said: str | None) -> str | None:
    """The signal that is called so, whatever the case; None where it is none.

    Examples
    --------
    >>> spoken("Segmentation fault"), spoken("Floating-point exception"), spoken("Out of paper")
    ('SIGSEGV', 'SIGFPE', None)
    """
    return words().get(said.lower().replace("-", " ")) if said else None


def numbered(at: int) -> str | None:
    """The name of a signal that ended a program, by its number on an unknown system; None where it has none.

    Examples
    --------
    >>> numbered(11), numbered(7), numbered(10), numbered(200)
    ('SIGSEGV', 'SIGBUS', 'SIGBUS', None)
    """
    return "SIGBUS" if at == _BSD_BUS else name("linux", at)


def number(signal: str | None) -> int | None:
    """The number of a signal on Linux.

    Examples
    --------
    >>> number("SIGSEGV"), number("SIGNONE")
    (11, None)
    """
    return next((at for at in range(1, 32) if name("linux", at) == signal), None)

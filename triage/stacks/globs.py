"""The patterns that people write in `triage.toml`: `*` for anything, `?` for one character, all else as it stands."""

from __future__ import annotations

from typing import Any

import re2

from triage.errors import TriageError

__all__ = ("glob", "is_glob")


def is_glob(text: str) -> bool:
    """Whether a text holds a `*` or a `?`."""
    return "*" in text or "?" in text


def glob(pattern: str, *, more: str = "", case: bool = False) -> Any:
    """A pattern for RE2, which is linear in what it reads.

    Parameters
    ----------
    pattern
        What was written.
    more
        An expression that may follow it.
    case
        Whether capitals matter.

    Raises
    ------
    TriageError
        The pattern is too long.

    Examples
    --------
    >>> found = glob("*timeout?")
    >>> found.fullmatch("ReadTimeouts") is not None, found.fullmatch("ReadTimeout") is not None
    (True, False)
    """
    options = re2.Options()
    options.case_sensitive = case
    options.dot_nl = True
    options.log_errors = False
    pieces = [".*" if char == "*" else "." if char == "?" else re2.escape(char) for char in pattern]
    try:
        return re2.compile("".join(pieces) + more, options)
    except re2.error:
        raise TriageError(f"a pattern of {len(pattern):,} characters is too long; shorten it with *") from None

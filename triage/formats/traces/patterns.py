"""Regular expressions that are compiled when they are first used.

A text is read by two or three of some forty trace modules; to compile the expressions of all takes most of a second.
"""

from __future__ import annotations

import re
from typing import Any, cast

__all__ = ("lazy",)


class _Lazy:
    """Stands for a compiled pattern; the first attribute that is asked for compiles it."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._given = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(*self._given)
        # Attributes of the instance are found before this is called again.
        self.match, self.search, self.fullmatch = compiled.match, compiled.search, compiled.fullmatch
        self.finditer, self.findall, self.sub, self.split = (
            compiled.finditer,
            compiled.findall,
            compiled.sub,
            compiled.split,
        )
        self.pattern, self.flags = compiled.pattern, compiled.flags
        return getattr(compiled, name)


def lazy(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern as `re.compile` gives it, compiled at its first use.

    Examples
    --------
    >>> word = lazy(r"[a-z]+", re.IGNORECASE)
    >>> word.match("Trace 7")[0]
    'Trace'
    """
    return cast("re.Pattern[str]", _Lazy(pattern, flags))

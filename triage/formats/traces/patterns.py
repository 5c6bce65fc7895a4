"""Regular expressions that are compiled when they are first used.

A text is read by two or three of some forty trace modules; to compile the expressions of all takes most of a second.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Final, TypeVar, cast

__all__ = ("IN_PATH", "either", "integer", "lazy", "opening", "remembered")

T = TypeVar("T")

IN_PATH: Final = r"(?:[^:\n]|\[[a-z][a-z0-9_]{0,40}:\w{1,40}:[\d-]{1,20}\])"
"""A character of a path that a colon ends; the colons of a mask in it end nothing."""

# Lines that are remembered of each function, and how long they may be.
_MOST, _LONGEST = 1 << 14, 1_024
_NAMED: Final = re.compile(r"\(\?P<\w+>")


class _Lazy:
    """Stands for a compiled pattern; the first attribute that is asked for compiles it."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._given = (pattern, flags)

    @property
    def text(self) -> str:
        """The pattern, not compiled."""
        return self._given[0]

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


def remembered(read: Callable[[str], T]) -> Callable[[str], T]:
    """What a function says of a line, worked out once while it is remembered: crashes of one build print the same ones.

    The function must look at nothing but the line, and what it gives must not change. Some thousand lines are held,
    none of them long.

    Examples
    --------
    >>> remembered(str.upper)("main")
    'MAIN'
    """
    known: dict[str, T] = {}

    @wraps(read)
    def recalled(line: str) -> T:
        try:
            return known[line]
        except KeyError:
            found = read(line)
        if len(line) <= _LONGEST:
            if len(known) >= _MOST:
                known.clear()
            known[line] = found
        return found

    return recalled


def either(patterns: Iterable[re.Pattern[str]]) -> re.Pattern[str]:
    """A pattern that matches where any of some lazy ones does: one look tells that a line is none of many kinds.

    Examples
    --------
    >>> known = either([lazy(r"(?P<name>[a-z]+):"), lazy(r"#(?P<name>\\d+)")])
    >>> bool(known.match("#7")), bool(known.match("7"))
    (True, False)
    """
    texts = [cast("_Lazy", pattern).text for pattern in patterns]
    return lazy("|".join(f"(?:{_NAMED.sub('(?:', text)})" for text in texts))


def integer(text: str) -> int:
    """A number in hexadecimal behind `0x`, else in decimal, whatever zeros stand in front.

    Examples
    --------
    >>> integer("0x1f"), integer("031")
    (31, 31)
    """
    return int(text, 16 if text[:2] in {"0x", "0X"} else 10)


def opening(text: str) -> int:
    """Where the round bracket opens that the last character closes; the end of the text where nothing does.

    Examples
    --------
    >>> opening("f(int (*)(char))"), opening("f")
    (1, 1)
    """
    depth = 0
    for at in range(len(text) - 1, -1, -1) if text.endswith(")") else ():
        depth += (text[at] == ")") - (text[at] == "(")
        if not depth:
            return at
    return len(text)

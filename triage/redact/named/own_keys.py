"""What stands under the keys of a policy in JSON: all of it, in objects and lists of any depth, however short.

A person named these keys, so that nothing of the value has to look like a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact import masks
from triage.redact.named.keys import Names, is_own, parts
from triage.redact.text import Expression, Found, Span

__all__ = ("OwnKeys",)

_TOKEN: Final = re.compile(rb'"(?:[^"\\\n]|\\.)*+"?|[\[\]{}]|[^\s\[\]{}:,"]+', re.DOTALL)
_NAMES: Final = re.compile(rb"\s{0,16}:")
_LITERALS: Final = frozenset({b"null", b"true", b"false", b"none", b""})
_OPENING: Final = frozenset({b"{", b"["})
_CLOSING: Final = frozenset({b"}", b"]"})
_REACH: Final = 1 << 16
_QUOTE: Final = b'"'


class OwnKeys:
    """Finds what stands under some names."""

    __slots__ = ("_expression", "_names")

    def __init__(self, names: Names) -> None:
        self._names = names
        spelt = "|".join("[^A-Za-z0-9]?".join(map(re.escape, parts(name))) for name in names if parts(name))
        self._expression = Expression(rf'(?i)"([\w .-]{{0,60}}(?:{spelt})[\w .-]{{0,60}})"\s{{0,16}}:\s{{0,16}}')

    def found(self, data: bytes) -> Iterator[Found]:
        """Every scalar under one of the names."""
        done = 0
        for whole, name in self._expression.groups(data):
            if whole[0] >= done and is_own(data[slice(*name)].decode("latin-1"), self._names):
                scalars, done = _scalars(data, whole[1])
                for start, end in scalars:
                    value = data[start:end]
                    if value.lower() not in _LITERALS and not masks.FOREIGN.fullmatch(value.lower()):
                        yield start, end, "secret", "key"

    def __repr__(self) -> str:
        """Their number."""
        return f"<{len(self._names)} own keys>"


def _scalars(data: bytes, at: int) -> tuple[list[Span], int]:
    """The strings and literals of the value that begins at a place, without the names in it; and where it ends."""
    depth, end, limit = 0, at, min(at + _REACH, len(data))
    found: list[Span] = []
    for token in _TOKEN.finditer(data, at, limit):
        start, end = token.span()
        if end == limit < len(data):
            break
        text = data[start : start + 1]
        if text in _OPENING:
            depth += 1
        elif text in _CLOSING:
            depth -= 1
        elif text != _QUOTE:
            found.append((start, end))
        elif not (depth and _NAMES.match(data, end)):
            found.append((start + 1, max(end - data.endswith(_QUOTE, start + 1, end), start + 1)))
        if depth <= 0:
            break
    return found, end

"""Small tools for changing texts: numbers that stand for parts, and places cut out and rewritten."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

Mutation = Callable[[str, int], str | None]


def number(*parts: object) -> int:
    """A number of 48 bits that stands for some parts."""
    return int.from_bytes(hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=6).digest(), "big")


def changed(text: str, new: str) -> str | None:
    """The new text, or None where it is the old one."""
    return None if new == text else new


def cut(text: str, pieces: Iterable[tuple[int, int, str]]) -> str:
    """The text with some places (start, end, replacement) rewritten; overlapping ones are left out."""
    out, at = [], 0
    for start, end, new in sorted(set(pieces)):
        if start >= at:
            out += [text[at:start], new]
            at = end
    return "".join(out) + text[at:]

"""What is said of a password where it would stand, in other languages than English: "не задан", "8文字以上".

A demand, a negation with plain words behind it, a count of characters, or words for how it is with one.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

__all__ = ("is_remark",)

_FILE: Final = Path(__file__).with_name("remarks.toml")
_LONGEST: Final = 200
# A passphrase may begin with such a word as well, but few are as short.
_MOST_WORDS: Final = 3
_ENDS: Final = " \t.,!?:;()\u2026\u3002\uff01\uff1f\u3001"
_BETWEEN: Final = re.compile(r"[ ,.;:!?()/-]+")
# A word with letters of ASCII and digits is a value, whatever is said of it.
_VALUE: Final = re.compile(r"(?=[A-Za-z]{0,40}[0-9])(?=[0-9]{0,40}[A-Za-z])[A-Za-z0-9]{5}")
_LEAST: Final = 4


class _Remarks(NamedTuple):
    """What remarks.toml says."""

    counted: re.Pattern[str]
    openings: tuple[str, ...]
    known: frozenset[str]
    states: frozenset[str]
    starts: tuple[str, ...]
    fragments: tuple[str, ...]


@cache
def _remarks() -> _Remarks:
    """Read remarks.toml, once."""
    data = tomllib.loads(_FILE.read_text("utf-8"))
    units = "|".join(sorted(map(re.escape, data["units"]), reverse=True))
    phrases = [*data["openings"], *data["states"]]
    return _Remarks(
        re.compile(rf"[0-9]{{1,3}}[ \u00a0-]?(?:{units})(?![A-Za-z0-9])"),
        tuple(f"{opening} " for opening in data["openings"]),
        frozenset(word for phrase in phrases for word in phrase.split()),
        frozenset(data["states"]),
        tuple(data["starts"]),
        tuple(data["fragments"]),
    )


def is_remark(value: bytes) -> bool:
    """Whether a text says how a password has to be, or that there is none."""
    if not _LEAST <= len(value) <= _LONGEST:
        return False
    known = _remarks()
    text = value.decode("utf-8", "replace").strip(_ENDS).lower()
    if text.isascii() and " " not in text:
        return text in known.states
    if _VALUE.search(text):
        return False
    if known.counted.search(text) or text.startswith(known.starts) or any(part in text for part in known.fragments):
        return True
    words = [word for word in _BETWEEN.split(text) if word]
    if all(word in known.known for word in words):
        return True
    plain = all(word.isalpha() or (word.isdigit() and len(word) < _LEAST) for word in words)
    if not plain or len(words) < 2 or not text.startswith(known.openings):
        return False
    short = words[0].isascii() and len(words[0]) < _LEAST
    if any(" " in opening[:-1] and text.startswith(opening) for opening in known.openings):
        return True
    return (not short and len(words) <= _MOST_WORDS) or any(word in known.states for word in words)

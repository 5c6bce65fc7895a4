"""Words of the trade: a person may be called like one, and most places where it stands are about something else.

They are all that is written in the lists of words here, whatever the lists are for; names of people are in none of
these.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

__all__ = ("is_plain_word",)

_LISTS: Final = ("named/keys", "named/joints", "named/remarks", "phrases/leads", "pii/personal", "plain_words")
_WORD: Final = re.compile(r"[a-z]{3,}")


def is_plain_word(word: bytes) -> bool:
    """Whether a word is one of the trade, in any case.

    Examples
    --------
    >>> is_plain_word(b"Release"), is_plain_word(b"mdupont")
    (True, False)
    """
    return word.lower() in _plain_words()


@cache
def _plain_words() -> frozenset[bytes]:
    """Read the lists, once."""
    folder = Path(__file__).parent
    tables = (tomllib.loads(folder.joinpath(f"{name}.toml").read_text("utf-8")) for name in _LISTS)
    return frozenset(word.encode() for table in tables for word in _words(table))


def _words(entry: Any) -> Iterator[str]:
    """Every word in an entry of a list."""
    if isinstance(entry, str):
        yield from _WORD.findall(entry.lower())
        return
    if isinstance(entry, dict):
        entry = [*entry, *entry.values()]
    if isinstance(entry, list):
        for each in entry:
            yield from _words(each)

"""Keys of normalised text: a 64-bit word for each distinct text, and words chained to keys, one or a column at once.

A word is BLAKE2b-64 of the text. A chain mixes each word into the last result by the finaliser of SplitMix64 (Steele,
Lea and Flood, OOPSLA 2014), which is a bijection of 64 bits, so that a million keys cost a few passes over columns. No
word and no key depends on the machine, the run or the order of the input.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ("NONE", "Words", "chain", "chained", "hexed", "word", "words")

Words = npt.NDArray[np.uint64]

# Stands where there is no text: a chain passes over it.
NONE: Final = 0
_MASK: Final = (1 << 64) - 1
_GOLDEN: Final = 0x9E3779B97F4A7C15
_FIRST: Final = 0xBF58476D1CE4E5B9
_SECOND: Final = 0x94D049BB133111EB


@lru_cache(maxsize=262_144)
def word(text: str) -> int:
    """The word of a text; never `NONE`.

    Examples
    --------
    >>> f"{word('parse'):016x}"
    '178c03685456255a'
    """
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") or 1


def words(texts: list[str]) -> Words:
    """The words of some texts."""
    return np.fromiter(map(word, texts), np.uint64, len(texts))


def chain(*parts: int) -> int:
    """Chain words to a key.

    Examples
    --------
    >>> chain(word("a"), word("b")) != chain(word("b"), word("a"))
    True
    """
    value = 0
    for part in parts:
        if part != NONE:
            value = (value + _GOLDEN & _MASK) ^ part
            value = (value ^ value >> 30) * _FIRST & _MASK
            value = (value ^ value >> 27) * _SECOND & _MASK
            value ^= value >> 31
    return value


def chained(rows: int, *columns: Words | int) -> Words:
    """Chain columns of words to a column of keys: `chain` of each row.

    Parameters
    ----------
    rows
        How many.
    columns
        uint64, one per row, or one word for all.
    """
    value = np.zeros(rows, np.uint64)
    for column in columns:
        part = np.asarray(column, np.uint64)
        if part.ndim == 0 and part == NONE:
            continue
        mixed = (value + np.uint64(_GOLDEN)) ^ part
        mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(_FIRST)
        mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(_SECOND)
        mixed ^= mixed >> np.uint64(31)
        none = part == NONE
        value = np.where(none, value, mixed) if np.any(none) else mixed
    return value


# The two digits of each byte.
_HEX: Final = np.frombuffer(b"".join(b"%02x" % byte for byte in range(256)), np.uint16)


def hexed(keys: Words) -> pa.Array:
    """Keys as 16 hex digits, null where `NONE`."""
    digits = pa.py_buffer(_HEX[keys.astype(">u8").view(np.uint8)])
    offsets = pa.py_buffer(np.arange(0, 16 * len(keys) + 1, 16, dtype=np.int32))
    text: Any = pa.StringArray.from_buffers(len(keys), offsets, digits)
    known = keys != NONE
    return text if known.all() else pc.if_else(pa.array(known), text, pa.scalar(None, pa.string()))

"""Where values may begin in a text: by the first bytes of them, up to eight.

An automaton finds the beginnings of a few values. Those of many are looked for with arrays in a large text: its tables
would take longer to make than to use, and it makes an object of every place. The first four bytes at every place are
looked up in a table of bits that as good as only beginnings pass; then as many as a beginning has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import ahocorasick_rs
import numpy as np
import numpy.typing as npt

from triage.redact.text import Span

__all__ = ("HEAD", "Heads")

HEAD: Final = 8
"""How many bytes of a value are looked at."""
# Fewer beginnings than this are cheaper to find by an automaton, whatever the text; and any in a smaller text.
_MANY: Final = 384
_LARGE: Final = 16_384
_LEAST: Final = 4
# So many places at a time, whose arrays stay in the cache of a processor.
_CHUNK: Final = 32_768
_BITS: Final = 16
_LONG_BITS: Final = 18
# Odd numbers whose products spread over the upper bits.
_SHORT: Final = np.uint32(0x9E3779B1)
_LONG: Final = np.uint64(0x9E3779B97F4A7C15)
_Flags = npt.NDArray[np.bool_]
_Numbers = npt.NDArray[np.uint64]


class Heads:
    """The beginnings of some values, each of them once."""

    __slots__ = ("_automaton", "_heads", "_lengths", "_short")

    def __init__(self, heads: list[bytes]) -> None:
        self._heads = heads
        self._automaton: ahocorasick_rs.BytesAhoCorasick | None = None
        self._short: _Flags | None = None
        self._lengths: list[tuple[int, _Flags]] = []

    def places(self, data: bytes) -> Iterable[Span]:
        """Where one stands or, rarely, none: by their ends, of those that end together the longest first."""
        many = len(self._heads) >= _MANY
        if many and len(data) >= _LARGE and min(map(len, self._heads)) >= _LEAST:
            return self._by_arrays(data)
        if self._automaton is None:
            kinds = ahocorasick_rs.Implementation
            self._automaton = ahocorasick_rs.BytesAhoCorasick(
                self._heads,
                matchkind=ahocorasick_rs.MatchKind.Standard,
                implementation=kinds.ContiguousNFA if many else kinds.DFA,
            )
        return [found[1:] for found in self._automaton.find_matches_as_indexes(data, overlapping=True)]

    def _by_arrays(self, data: bytes) -> Iterable[Span]:
        """The places in a large text."""
        if self._short is None:
            self._short = self._make_tables()
        whole = len(data) - HEAD + 1
        found = [
            (place + at, length)
            for at in range(0, whole, _CHUNK)
            for place, length in self._search(data[at : at + _CHUNK + HEAD - 1], self._short)
        ]
        # Behind the last place that has eight bytes.
        behind = self._search(data[whole:] + bytes(HEAD - 1), self._short)
        found += [(place[place + length < HEAD] + whole, length) for place, length in behind]
        starts = np.concatenate([place for place, _ in found])
        ends = np.concatenate([place + length for place, length in found])
        order = np.lexsort((starts, ends))
        return zip(starts[order].tolist(), ends[order].tolist(), strict=True)

    def _search(self, data: bytes, short: _Flags) -> Iterator[tuple[npt.NDArray[np.int64], int]]:
        """The places in a text where a beginning has eight bytes, by its length."""
        size = (len(data) - HEAD + 1,)
        four: npt.NDArray[np.uint32] = np.ndarray(size, "<u4", data, 0, (1,))
        likely = np.flatnonzero(short.take((four * _SHORT) >> np.uint32(32 - _BITS)))
        eight: _Numbers = np.ndarray(size, "<u8", data, 0, (1,))[likely]
        for length, table in self._lengths:
            yield likely[table.take(_hashed(eight & _mask(length)))], length

    def _make_tables(self) -> _Flags:
        """Make the tables of bits: that of the first four bytes, and those of as many as a beginning has."""
        padded = b"".join(head.ljust(HEAD, b"\0") for head in self._heads)
        eight: _Numbers = np.frombuffer(padded, "<u8")
        sizes = np.array([*map(len, self._heads)])
        short = np.zeros(1 << _BITS, np.bool_)
        short[(eight.astype(np.uint32) * _SHORT) >> np.uint32(32 - _BITS)] = True
        for length in range(_LEAST, HEAD + 1):
            if len(alike := eight[sizes == length]):
                table = np.zeros(1 << _LONG_BITS, np.bool_)
                table[_hashed(alike)] = True
                self._lengths.append((length, table))
        return short

    def __repr__(self) -> str:
        """Their number only."""
        return f"<{len(self._heads):,} heads>"


def _hashed(numbers: _Numbers) -> _Numbers:
    """Where numbers are in a table."""
    return (numbers * _LONG) >> np.uint64(64 - _LONG_BITS)


def _mask(length: int) -> np.uint64:
    """The bits of the first bytes of eight."""
    return np.uint64((1 << 8 * length) - 1)

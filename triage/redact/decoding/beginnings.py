"""Where a run of base64 or hexadecimal begins that reads as text, for all runs of a text in one pass of arrays.

The many that are digests and identifiers are told from it by their first letters: tables give the byte that each pair
of letters makes, and whether text can begin with bytes of such kinds.
"""

from __future__ import annotations

import string
from functools import cache
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ("LEAST", "likely")

LEAST: Final = 16
"""How many letters a run has at least."""

_Bytes = npt.NDArray[np.uint8]
_Flags = npt.NDArray[np.bool_]
_Pairs = npt.NDArray[np.uint16]
_Places = npt.NDArray[np.int64]
_EIGHT: Final = np.uint64(0x0101010101010101)
_JOINTS: Final = np.isin(np.arange(256), [*b"/_-"])
_LETTERS: Final = string.ascii_uppercase + string.ascii_lowercase + string.digits
# Of every byte, which row of `_kinds` its two letters are looked up in, and where they stand.
_IN_BASE64: Final = [(place % 4, place) for place in range(12) if place % 4 < 3]
_IN_HEX: Final = [(3, place) for place in range(0, LEAST, 2)]
# What a byte can be: it prints (the NULs of UTF-16 too), it goes on or begins a letter of two to four bytes in UTF-8,
# or it is none of these.
_PRINTS, _FOLLOWS, _LEADS, _STRANGE = 0, 1, (2, 3, 4), 5
_KINDS: Final = 6
# How gzip and zlib begin in base64.
_GZIP: Final = np.frombuffer(b"H4sI1f8b1F8B", "<u2").reshape(-1, 2)
_ZLIB: Final = np.frombuffer(b"eAeJeNeF", "<u2")


def likely(data: bytes, table: bytes) -> list[int]:
    """Where a run begins whose first letters decode to text, as base64 or as hexadecimal, or to packed bytes.

    `table` has a one for each byte that is of a run. One may also begin behind a slash, underscore or hyphen: a path or
    a name ran into it.
    """
    raw = np.frombuffer(data, np.uint8)
    starts = _starts(np.frombuffer(table, np.bool_), raw)
    if not len(starts):
        return []
    pairs = np.ndarray((len(raw) - 1,), "<u2", raw.data, strides=(1,))  # those that begin at every byte
    one, two, three = (pairs[starts + at] for at in range(3))
    packed = starts[_begins_packed(one, three)]
    # The first four letters tell most of them: three bytes of base64, or two of hexadecimal.
    (first, second, third, digits), (of_two, of_three) = _kinds(), _opens()
    opens = of_three[(first[one] * _KINDS + second[two]) * _KINDS + third[three]]
    starts = starts[opens | of_two[digits[one] * _KINDS + digits[three]]]
    text = np.zeros(len(starts), np.bool_)
    for places in (_IN_BASE64, _IN_HEX):
        text |= _reads(np.stack([_kinds()[row][pairs[starts + at]] for row, at in places]))
    found: list[int] = np.unique(np.concatenate([packed, starts[text]])).tolist()
    return found


def _starts(inside: _Flags, raw: _Bytes) -> _Places:
    """Where a run may begin that is long enough."""
    # A run of sixteen holds eight in a row that begin at a multiple of eight: compared as one number.
    words = np.flatnonzero(inside[: len(inside) & ~7].view(np.uint64) == _EIGHT)
    begins = words[np.diff(words, prepend=-2) > 1] * 8
    for _ in range(7):
        begins -= (begins > 0) & inside[begins - 1]
    prefixed = begins[(raw[begins] == ord("0")) & (raw[begins + 1] == ord("x"))] + 2
    escaped = begins[raw[begins] == ord("x")] + 1  # Postgres and Python write \x before
    before = words[words > 0] - 1
    cells = np.flatnonzero(_JOINTS.take(raw[: len(raw) & ~7].view(np.uint64)[before].view(np.uint8)))
    joints = before[cells >> 3] * 8 + (cells & 7) + 1
    starts = np.concatenate([begins, prefixed, escaped, joints])
    starts = starts[starts + LEAST <= len(inside)]
    whole: _Places = starts[inside[starts + LEAST - 1] & inside[starts + 8]]
    return whole


def _begins_packed(one: _Pairs, three: _Pairs) -> _Flags:
    """Whether runs of which these are the first and the second two letters begin as gzip or zlib do in base64."""
    flags: _Flags = np.isin(one, _ZLIB)
    for first, second in _GZIP:
        flags |= (one == first) & (three == second)
    return flags


def _reads(kinds: _Bytes) -> _Flags:
    """Whether columns of bytes read as text: UTF-8, or all but one print."""
    flags: _Flags = _is_utf8(kinds) | (np.count_nonzero(kinds == _PRINTS, axis=0) >= len(kinds) - 1)
    return flags


def _is_utf8(kinds: _Bytes) -> _Flags:
    """Whether columns of bytes are UTF-8 that prints; the last letter may be cut."""
    awaited = np.zeros(kinds.shape, np.bool_)
    for back, lead in enumerate(_LEADS, 1):
        awaited[back:] |= (kinds[:-back] >= lead) & (kinds[:-back] < _STRANGE)
    flags: _Flags = ((kinds == _FOLLOWS) == awaited).all(0) & (kinds < _STRANGE).all(0)
    return flags


@cache
def _kinds() -> _Bytes:
    """The kind of byte that every two letters make: as the first, the middle and the last two of four of base64.

    The fourth row has those that are digits of hexadecimal.
    """
    of_byte = np.full(256, _STRANGE, np.uint8)
    of_byte[[0, *b"\t\n\r", *range(32, 127)]] = _PRINTS
    of_byte[0x80:0xC0] = _FOLLOWS
    for lead, (begin, end) in zip(_LEADS, ((0xC2, 0xE0), (0xE0, 0xF0), (0xF0, 0xF5)), strict=True):
        of_byte[begin:end] = lead
    pair = np.arange(1 << 16, dtype="<u2").view(np.uint8).reshape(-1, 2)
    letters = np.zeros(256, np.uint8)
    for alphabet in (f"{_LETTERS}-_", f"{_LETTERS}+/"):
        letters[[*alphabet.encode()]] = range(64)
    one, two = letters[pair].T
    octets = np.stack([one << 2 | two >> 4, (one & 15) << 4 | two >> 2, (one & 3) << 6 | two])
    digits = np.full(256, 16, np.uint8)
    for alphabet in ("0123456789ABCDEF", "0123456789abcdef"):
        digits[[*alphabet.encode()]] = range(16)
    high, low = digits[pair].T
    in_hex = np.where((high < 16) & (low < 16), of_byte[(high & 15) << 4 | low & 15], _STRANGE)
    return np.concatenate([of_byte[octets], in_hex[None].astype(np.uint8)])


@cache
def _opens() -> tuple[_Flags, _Flags]:
    """Whether text can begin with two and with three bytes of every kind."""
    two, three = (_is_utf8(np.array([*product(range(_KINDS), repeat=size)], np.uint8).T) for size in (2, 3))
    return two, three

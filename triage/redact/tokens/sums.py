"""Sums that secrets carry in themselves: recovery keys of BitLocker, keys of wallets.

A recovery key is eight numbers of six digits below 720,896, each a multiple of eleven; a key in base 58 ends in four
bytes of the digest of its digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final

__all__ = ("SUMS",)

_BASE58: Final = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES: Final = {code: value for value, code in enumerate(_BASE58)}
_ELEVEN: Final = 11
_MOST: Final = 720_896
_DIGITS: Final = 6
_CHECKED: Final = 4
# What the first byte of a private key is at least: addresses have smaller ones.
_PRIVATE: Final = 0x80
_SIZES: Final = frozenset({33, 34, 78})
_EXTENDED: Final = 78


def _of_elevens(value: bytes) -> bool:
    """Whether every number of a recovery key is what BitLocker makes."""
    digits = value.replace(b"-", b"")
    numbers = [int(digits[at : at + _DIGITS]) for at in range(0, len(digits), _DIGITS)]
    return all(number % _ELEVEN == 0 and number < _MOST for number in numbers) and any(numbers)


def _in_base58(value: bytes) -> bool:
    """Whether a word is a private key with its sum."""
    number = 0
    for code in value:
        number = number * 58 + _VALUES[code]
    size = (number.bit_length() + 7) // 8
    raw = number.to_bytes(size, "big")
    key, check = raw[:-_CHECKED], raw[-_CHECKED:]
    if len(key) not in _SIZES or (key[0] < _PRIVATE and len(key) != _EXTENDED):
        return False
    return hashlib.sha256(hashlib.sha256(key).digest()).digest()[:_CHECKED] == check


SUMS: Final[dict[str, Callable[[bytes], bool]]] = {"elevens": _of_elevens, "base58": _in_base58}
"""By the names that rules have for them."""

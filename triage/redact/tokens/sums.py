"""Sums that secrets carry in themselves: recovery keys of BitLocker, keys and addresses of wallets.

A recovery key is eight numbers of six digits below 720,896, each a multiple of eleven; a key or an address in base 58
ends in four bytes of the digest of its digest.
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
# The version, the digest of a key or a script, and the sum.
_ADDRESS: Final = 25


def _of_elevens(value: bytes) -> bool:
    """Whether every number of a recovery key is what BitLocker makes."""
    digits = value.replace(b"-", b"")
    numbers = [int(digits[at : at + _DIGITS]) for at in range(0, len(digits), _DIGITS)]
    return all(number % _ELEVEN == 0 and number < _MOST for number in numbers) and any(numbers)


def _read(value: bytes) -> int:
    """The number that a word in base 58 writes."""
    number = 0
    for code in value:
        number = number * 58 + _VALUES[code]
    return number


def _holds(raw: bytes) -> bool:
    """Whether bytes end in the sum of those before."""
    return hashlib.sha256(hashlib.sha256(raw[:-_CHECKED]).digest()).digest()[:_CHECKED] == raw[-_CHECKED:]


def _is_key(value: bytes) -> bool:
    """Whether a word is a private key with its sum."""
    number = _read(value)
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    size = len(raw) - _CHECKED
    return size in _SIZES and (raw[0] >= _PRIVATE or size == _EXTENDED) and _holds(raw)


def _is_address(value: bytes) -> bool:
    """Whether a word is the address of a wallet with its sum."""
    number = _read(value)
    return number.bit_length() <= 8 * _ADDRESS and _holds(number.to_bytes(_ADDRESS, "big"))


SUMS: Final[dict[str, Callable[[bytes], bool]]] = {"elevens": _of_elevens, "base58": _is_key, "address": _is_address}
"""By the names that rules have for them."""

"""What secrets carry in themselves: sums of recovery keys of BitLocker, of keys and addresses of wallets; signs.

A recovery key is eight numbers of six digits below 720,896, each a multiple of eleven; a key or an address in base 58
ends in four bytes of the digest of its digest; one in bech32 ends in six letters that make its remainder one of two.
"""

from __future__ import annotations

import hashlib
import re
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

_BECH32: Final = {code: value for value, code in enumerate(b"qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
_GENERATORS: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_REMAINDERS: Final = frozenset({1, 0x2BC830A3})
# Signs that a word of other words seldom holds, how many at least, and what joins pairs.
_SIGNS: Final = frozenset(b"!@#$%^*()+")
_LEAST_SIGNS: Final = 3
_PARAMETER: Final = re.compile(rb"&[a-z_-]{1,40}=")
_LOW_BITS: Final = 0x1FFFFFF


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


def _has_signs(value: bytes) -> bool:
    """Whether signs that join nothing stand in a word, as where each letter of it is drawn by lot."""
    return len(_SIGNS.intersection(value)) >= _LEAST_SIGNS and not _PARAMETER.search(value)


def _is_bech32(value: bytes) -> bool:
    """Whether a word of bech32 or bech32m holds its sum."""
    prefix, _, data = value.lower().rpartition(b"1")
    remainder = 1
    for five in (
        *(code >> 5 for code in prefix),
        0,
        *(code & 31 for code in prefix),
        *(_BECH32.get(c, 0) for c in data),
    ):
        top = remainder >> 25
        remainder = (remainder & _LOW_BITS) << 5 ^ five
        for bit, generator in enumerate(_GENERATORS):
            remainder ^= generator if top >> bit & 1 else 0
    return remainder in _REMAINDERS


SUMS: Final[dict[str, Callable[[bytes], bool]]] = {
    "elevens": _of_elevens,
    "base58": _is_key,
    "address": _is_address,
    "bech32": _is_bech32,
    "signs": _has_signs,
}
"""By the names that rules have for them."""

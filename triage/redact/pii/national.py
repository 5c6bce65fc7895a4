"""Numbers of people under names that are words too: `sin` of Canada, `fin` of Singapore, `tz` of Israel.

Such a name says nothing of most values. Each country's number has a form and mostly a checksum, which has to hold.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from triage.redact.text import DIGITS, Span

__all__ = ("HINTS", "NAMES", "part")

_FILE: Final = Path(__file__).with_name("national.toml")
_HINT: Final = "number of "
_BEHIND: Final = frozenset(b"_-+" + DIGITS + b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_SAME: Final = 2
_TEN: Final = 10
_NRIC: Final = (2, 7, 6, 5, 4, 3, 2)
_NRIC_LETTERS: Final = {
    "S": (0, "JZIHGFEDCBA"),
    "T": (4, "JZIHGFEDCBA"),
    "F": (0, "XWUTRQPNMLK"),
    "G": (4, "XWUTRQPNMLK"),
    "M": (3, "KLJNPQRTUWX"),
}
_CHINESE: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class _Number(NamedTuple):
    """What a number looks like, and whether its text sums up."""

    form: re.Pattern[bytes]
    holds: Callable[[str], bool]


def _digits(text: str) -> list[int]:
    """The digits of a text."""
    return [int(letter) for letter in text if letter.isdigit()]


def _luhn(text: str) -> bool:
    """Whether the digits add up as those of cards do."""
    total = 0
    for place, digit in enumerate(reversed(_digits(text))):
        value = digit * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % _TEN == 0


def _nric(text: str) -> bool:
    """Whether the last letter of an identity card of Singapore is that of its digits."""
    added, letters = _NRIC_LETTERS[text[0].upper()]
    total = added + sum(weight * digit for weight, digit in zip(_NRIC, _digits(text), strict=True))
    return letters[total % 11] == text[-1].upper()


def _rut(text: str) -> bool:
    """Whether the last sign of a number of Chile is that of its digits."""
    total = sum(digit * (2 + place % 6) for place, digit in enumerate(reversed(_digits(text[:-1]))))
    return "0K987654321"[total % 11] == text[-1].upper()


def _turkish(text: str) -> bool:
    """Whether the two last digits of a Turkish number are those of the others."""
    digits = _digits(text)
    return (7 * sum(digits[:9:2]) - sum(digits[1:8:2])) % _TEN == digits[9] and sum(digits[:10]) % _TEN == digits[10]


def _chinese(text: str) -> bool:
    """Whether the last sign of a Chinese number is that of its digits."""
    total = sum(weight * digit for weight, digit in zip(_CHINESE, _digits(text[:-1]), strict=True))
    return "10X98765432"[total % 11] == text[-1].upper()


def _dea(text: str) -> bool:
    """Whether the last digit of what a prescriber is registered under is that of the others."""
    digits = _digits(text[2:])
    return (sum(digits[:5:2]) + 2 * sum(digits[1:6:2])) % _TEN == digits[6]


_SUMS: Final[dict[str, Callable[[str], bool]]] = {
    "": lambda _: True,
    "luhn": _luhn,
    "luhn of ten": lambda text: _luhn("".join(map(str, _digits(text)[-10:]))),
    "npi": lambda text: _luhn(f"80840{text}"),
    "nric": _nric,
    "rut": _rut,
    "turkish": _turkish,
    "chinese": _chinese,
    "dea": _dea,
    "eleven": lambda text: int("".join(map(str, _digits(text)))) % 11 == 0,
}


def _weighed(weights: list[int], modulus: int, ten: int | None, *, turned: bool) -> Callable[[str], bool]:
    """What tells whether the digit behind those with weights is the rest of their sum."""

    def holds(text: str) -> bool:
        digits = _digits(text)
        digits = [0] * (len(weights) + 1 - len(digits)) + digits
        rest = sum(weight * digit for weight, digit in zip(weights, digits, strict=False)) % modulus
        rest = -rest % modulus if turned else rest
        return digits[len(weights)] == (ten if rest == _TEN else rest)

    return holds


def _read() -> Iterator[tuple[list[str], _Number]]:
    """The numbers of national.toml, with what each is called."""
    for entry in tomllib.loads(_FILE.read_text("utf-8"))["number"]:
        weights = entry.get("weights")
        holds = (
            _weighed(weights, entry["modulus"], entry.get("ten"), turned=entry.get("turned", False))
            if weights
            else _SUMS[entry.get("sum", "")]
        )
        yield entry["names"], _Number(re.compile(entry["form"].encode()), holds)


_NUMBERS: Final = tuple(_read())
NAMES: Final = {name: f"{_HINT}{names[0]}" for names, _ in _NUMBERS for name in names}
"""What each is called, in words, and the hint of it."""
_BY_HINT: Final = {f"{_HINT}{names[0]}": number for names, number in _NUMBERS}
HINTS: Final = frozenset(_BY_HINT)
"""The hints of names that are read here."""


def part(data: bytes, start: int, end: int, hint: str) -> Span | None:
    """The number that a text begins with, of the kind that its name says.

    Examples
    --------
    >>> part(b"sin=046 454 286", 4, 15, "number of sin"), part(b"sin=046 454 287", 4, 15, "number of sin")
    ((4, 15), None)
    """
    form, holds = _BY_HINT[hint]
    match = form.match(data, start, end)
    if match is None or (match.end() < len(data) and data[match.end()] in _BEHIND):
        return None
    text = match.group()
    return match.span() if len(set(text) & set(DIGITS)) > _SAME and holds(text.decode("ascii")) else None

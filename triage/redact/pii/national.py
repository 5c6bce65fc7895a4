"""Numbers of people under names that are words too: `sin` of Canada, `fin` of Singapore, `tz` of Israel.

Such a name says nothing of most values. Each country's number has a form and mostly a checksum, which has to hold.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from triage.redact.text import DIGITS, Span

__all__ = ("HINTS", "KINDS", "LEADS", "NAMES", "part")

_FILE: Final = Path(__file__).with_name("national.toml")
_HINT: Final = "number of "
_BEHIND: Final = frozenset(b"_-+" + DIGITS + b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_SAME: Final = 2
# Of so many different signs a number has few digits: that on the plates of a car.
_VARIED: Final = 4
_TEN: Final = 10
_NRIC: Final = (2, 7, 6, 5, 4, 3, 2)
_NRIC_LETTERS: Final = {
    "S": (0, "JZIHGFEDCBA"),
    "T": (4, "JZIHGFEDCBA"),
    "F": (0, "XWUTRQPNMLK"),
    "G": (4, "XWUTRQPNMLK"),
    "M": (3, "KLJNPQRTUWX"),
}
# The numbers of the letters that begin a number of Taiwan, in the order of the alphabet.
_TAIWANESE: Final = (
    10,
    11,
    12,
    13,
    14,
    15,
    16,
    17,
    34,
    18,
    19,
    20,
    21,
    22,
    35,
    23,
    24,
    25,
    26,
    27,
    28,
    29,
    32,
    30,
    31,
    33,
)
_BELARUSIAN: Final = (7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1, 7)
_BETWEEN: Final = ("_", "-", ".", " ", "")
_CHINESE: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class _Number(NamedTuple):
    """What a number looks like, and whether its text sums up."""

    kind: str
    form: bytes
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


def _taiwanese(text: str) -> bool:
    """Whether the last digit of a number of Taiwan is that of the others; the second sign of old ones is a letter."""
    first = _TAIWANESE[ord(text[0]) - 65]
    digits = [
        first // 10,
        first % 10,
        *(_TAIWANESE[ord(one) - 65] % 10 if one.isalpha() else int(one) for one in text[1:]),
    ]
    return (
        sum(weight * digit for weight, digit in zip((1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), digits, strict=True)) % _TEN == 0
    )


def _of_hong_kong(text: str) -> bool:
    """Whether the last sign of a number of Hong Kong is that of the others."""
    signs = [36, *(int(sign, 36) for sign in text if sign.isalnum())][-9:]
    return sum(weight * sign for weight, sign in zip(range(9, 0, -1), signs, strict=True)) % 11 == 0


def _iranian(text: str) -> bool:
    """Whether the last digit of an Iranian number is that of the others."""
    *digits, last = _digits(text)
    rest = sum((_TEN - place) * digit for place, digit in enumerate(digits)) % 11
    return last == (rest if rest < _SAME else 11 - rest)


def _belgian(text: str) -> bool:
    """Whether the two last digits of a Belgian number are those of the others, in either century."""
    plain = "".join(map(str, _digits(text)))
    return any(97 - int(century + plain[:9]) % 97 == int(plain[9:]) for century in ("", "2"))


def _dutch(text: str) -> bool:
    """Whether the digits of a Dutch number pass the test of eleven."""
    digits = [0, *_digits(text)][-9:]
    return sum(weight * digit for weight, digit in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), digits, strict=True)) % 11 == 0


def _belarusian(text: str) -> bool:
    """Whether the last digit of a number of Belarus is that of the other signs."""
    signs = [int(sign, 36) for sign in text]
    return sum(weight * sign for weight, sign in zip(_BELARUSIAN, signs[:-1], strict=True)) % _TEN == signs[-1]


def _brazilian(text: str) -> bool:
    """Whether the two last digits of a number of Brazil are those of the others."""
    digits = _digits(text)
    sums = (sum(digit * (place + 1 - at) for at, digit in enumerate(digits[:place])) for place in (9, 10))
    return [total * _TEN % 11 % _TEN for total in sums] == digits[9:]


_SUMS: Final[dict[str, Callable[[str], bool]]] = {
    "": lambda _: True,
    "luhn": _luhn,
    "brazilian": _brazilian,
    "luhn of ten": lambda text: _luhn("".join(map(str, _digits(text)[-10:]))),
    "npi": lambda text: _luhn(f"80840{text}"),
    "nric": _nric,
    "rut": _rut,
    "turkish": _turkish,
    "chinese": _chinese,
    "dea": _dea,
    "taiwanese": _taiwanese,
    "hong kong": _of_hong_kong,
    "iranian": _iranian,
    "belgian": _belgian,
    "dutch": _dutch,
    "belarusian": _belarusian,
    "eleven": lambda text: int("".join(map(str, _digits(text)))) % 11 == 0,
}


def _weighed(entry: Mapping[str, Any]) -> Callable[[str], bool]:
    """What tells whether the digit behind those with weights is the rest of their sum."""
    weights: list[int] = entry["weights"]
    modulus: int = entry["modulus"]
    turned, tens = entry.get("turned", False), entry.get("tens", False)
    ten: int | None = entry.get("ten")

    def holds(text: str) -> bool:
        digits = _digits(text)
        digits = [0] * (len(weights) + 1 - len(digits)) + digits
        rest = sum(weight * digit for weight, digit in zip(weights, digits, strict=False)) % modulus
        if tens:
            rest = (modulus - rest) % _TEN
        elif turned:
            rest = -rest % modulus
        return digits[len(weights)] == (ten if rest == _TEN and not tens else rest)

    return holds


def _number(entry: Mapping[str, Any]) -> _Number:
    """The number that an entry of national.toml tells of."""
    holds = _weighed(entry) if "weights" in entry else _SUMS[entry.get("sum", "")]
    return _Number(entry.get("kind", "national_id"), entry["form"].encode("latin-1"), holds)


def _leads(entry: Mapping[str, Any]) -> list[str]:
    """The names of an entry that lead by themselves, in words."""
    return [*entry.get("leads", ()), *(f"{land} id" for land in entry.get("of", ()))]


def _spelt(name: str) -> set[str]:
    """The ways to write a name of several words, in other letters than ours as words only, and with capitals."""
    if name.isascii():
        return {between.join(name.split(" ")) for between in _BETWEEN}
    return {name, name.upper(), name[:1].upper() + name[1:]}


def _read() -> tuple[dict[str, tuple[_Number, ...]], dict[str, str]]:
    """The numbers of national.toml by what each is called, and the names that lead by themselves, with their hints."""
    entries = tomllib.loads(_FILE.read_text("utf-8"))["number"]
    numbers: dict[str, tuple[_Number, ...]] = {}
    leads: dict[str, str] = {}
    for entry in entries:
        known = [numbers[name][0] for name in entry["any"]] if "any" in entry else [_number(entry)]
        leading = _leads(entry)
        for name in dict.fromkeys((*entry["names"], *leading, *(name.replace(" ", "") for name in leading))):
            numbers[name] = (*numbers.get(name, ()), *known)
        leads |= {spelt: f"{_HINT}{name}" for name in leading for spelt in _spelt(name)}
    return numbers, leads


_NUMBERS, _LEADS = _read()
NAMES: Final = {name: f"{_HINT}{name}" for name in _NUMBERS}
"""What each is called, in words, and the hint of it."""
LEADS: Final = {text.encode().lower(): hint for text, hint in _LEADS.items()}
"""The names that lead to a number by themselves, as they are written in small letters, and their hints."""
_BY_HINT: Final = {f"{_HINT}{name}": numbers for name, numbers in _NUMBERS.items()}
KINDS: Final = {f"{_HINT}{name}": number[0].kind for name, number in _NUMBERS.items()}
"""The kind of what each hint tells of."""
HINTS: Final = frozenset(_BY_HINT)
"""The hints of names that are read here."""


@cache
def _compiled(form: bytes) -> re.Pattern[bytes]:
    """An expression, made where it is needed first: there are many, and a text has few."""
    return re.compile(form)


def part(data: bytes, start: int, end: int, hint: str) -> Span | None:
    """The number that a text begins with, of the kind that its name says.

    Examples
    --------
    >>> part(b"sin=046 454 286", 4, 15, "number of sin"), part(b"sin=046 454 287", 4, 15, "number of sin")
    ((4, 15), None)
    """
    for _, form, holds in _BY_HINT[hint]:
        match = _compiled(form).match(data, start, end)
        if match is None or (match.end() < len(data) and data[match.end()] in _BEHIND):
            continue
        text = match.group()
        varied = len(set(text) & set(DIGITS)) > _SAME or len(set(text)) > _VARIED
        if varied and holds(text.decode("latin-1")):
            return match.span()
    return None

"""Numbers of people by form and checksum: cards, bank accounts, phones, US social security numbers.

Cards by Luhn and the lengths of their network (ISO/IEC 7812), IBAN by mod 97 and the length of its country (ISO 13616),
phones by ITU-T E.164 or the North American plan, social security numbers by the ranges that are given out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from triage.redact.pii import display, papers
from triage.redact.text import DIGITS, HEX_DIGITS, WORD, Found, digits_in, touches

__all__ = ("iban_end", "is_card", "number")

_FILE: Final = Path(__file__).with_name("personal.toml")
_GROUPED: Final = re.compile(
    rb"[0-9]{4}([ +-])(?:[0-9]{4}\1[0-9]{4}\1[0-9]{4}|[0-9]{6}\1[0-9]{4,5})(?![0-9])|[0-9]{13,19}"
)
_IBAN: Final = re.compile(rb"[A-Za-z]{2}[0-9]{2}(?: ?[A-Za-z0-9]){11,30}")
_PHONE_PLUS: Final = re.compile(rb"\+[1-9][0-9 ()./-]{6,22}[0-9]")
# With one dot alone it is the number of a clause.
_PHONE_US: Final = re.compile(
    rb"(?:\([2-9][0-9]{2}\)[ .-]?[2-9][0-9]{2}[ .-]|[2-9][0-9]{2}(?:\.[2-9][0-9]{2}\.|[ -][2-9][0-9]{2}[ -]))[0-9]{4}"
)
# Of a country there are three digits at most before the dot of a domain's owner, `+49.170...`.
# What parts the digits of a number, and how many of one kind at its end nobody is given.
_PARTING: Final = b"+ ()-./\t"
_REPEATED: Final = 8
_DECIMAL: Final = re.compile(rb"\+[0-9]{4,12}\.[0-9]{1,12}")
_PHONE_00: Final = re.compile(rb"00[1-9][0-9]{0,2}[ -][0-9]{2,4}[ -][0-9]{5,9}")
_EXTENSION: Final = re.compile(rb"(?i) ?(\()?(?:x|ext\.?|extension) ?[0-9]{1,6}(?(1)\)|\b)")
_SSN: Final = re.compile(rb"([0-9]{3})-([0-9]{2})-([0-9]{4})")
# What says that a number is one of a thing.
_OF_A_PART: Final = re.compile(
    rb"(?i)(?:\b|_)(?:pn|p/n|mpn|nsn|sku|dwg|(?:part|item|model|drawing|catalog(?:ue)?|article|art|lot|batch|stock|spare)"
    rb"[ _.-]{0,2}(?:no|nr|num|number|id)?)[.:=# ]{1,3}\Z"
)
# A register with what it holds in hexadecimal, as debuggers list them before the same in digits; what is counted by
# programs alone.
_OF_MACHINES: Final = re.compile(
    rb"(?i:\b(?:query|plan|statement|stmt|trace|span|request|req|message|msg|event|thread|task|job|run|build|node|block|tweet"
    rb"|snowflake|guild|channel|inode|commit)[_ -]?(?:id|hash)[\"']?[ ]?[:=]?[ ]?[\"']?"
    rb"|_(?:ns|us|nanos|micros|nsec|usec|ticks|cycles|bytes|offset)[\"']?[ ]?[:=][ ]?[\"']?)\Z"
    rb"|(?:\A|\n|\\n|[ \t>~\"])(?:[re]?(?:[abcd]x|[sd]i|[sb]p|ip)|r[0-9]{1,2}[dwb]?|[xwvstak][0-9]{1,2}|[lp][rc]"
    rb"|[sfgtz]p|ra|zero|[re]?flags|[cdefgs]s(?:_base)?|[cx]psr|fp[cs]r|orig_[re]ax|k_gs_base|mxcsr)"
    rb"[ \t]{1,24}0x[0-9a-f]{1,16}[ \t]{1,24}\Z"
)
_WORD_OR_MARK: Final = frozenset(WORD + b".-")
_NOT_BEFORE_A_PHONE: Final = frozenset(WORD + b".-/@")
_BLANK: Final = 0x20
_STRIPE: Final = b"%B"  # the first track of a magnetic stripe


@dataclass(frozen=True, slots=True)
class _Network:
    """A network of cards: the range that its numbers begin in, and how long they are."""

    digits: int
    first: int
    last: int
    lengths: tuple[int, ...]


@cache
def _networks() -> tuple[_Network, ...]:
    """Read the networks of cards, once."""
    cards = tomllib.loads(_FILE.read_text("utf-8"))["card"]
    return tuple(_Network(card["digits"], card["first"], card["last"], tuple(card["lengths"])) for card in cards)


@cache
def _networks_with(length: int) -> tuple[_Network, ...]:
    """The networks that have cards of a length."""
    return tuple(network for network in _networks() if length in network.lengths)


@cache
def _iban_lengths() -> dict[bytes, int]:
    """Read the length of an IBAN by country, once."""
    return {country.encode(): length for country, length in tomllib.loads(_FILE.read_text("utf-8"))["iban"].items()}


def number(data: bytes, start: int, end: int) -> Iterator[Found]:
    """A phone, a social security number or a card, if the candidate is one."""
    if _PHONE_00.fullmatch(data, start, end):
        yield start, _with_extension(data, end), "phone", "phone"
    elif data[start] in b"+(" or _PHONE_US.fullmatch(data, start, end):
        yield from _phone(data, start, end)
    elif ssn := _SSN.fullmatch(data, start, end):
        area, group, serial = map(int, ssn.groups())
        given = area not in {0, 666} and area < 900 and group and serial and not touches(data, start, end, b"-.")
        if given and not _OF_A_PART.search(data, max(start - 24, 0), start):
            yield start, end, "ssn", "ssn"
    elif data[start + 1] == _BLANK and papers.is_nir(data[start:end]) and not touches(data, start, end, WORD):
        yield start, end, "national_id", "papers"
    else:
        yield from _cards(data, start, end)


def iban_end(data: bytes, start: int, end: int) -> int:
    """Where an IBAN ends, by the length of its country and its checksum; 0 where none stands there."""
    match = _IBAN.match(data, start, min(end + 8, len(data)))
    wanted = _iban_lengths().get(data[start : start + 2].upper()) if match else None
    if match is None or wanted is None:
        return 0
    at, letters = start, b""
    while at < match.end() and len(letters) < wanted:
        letters += data[at : at + 1].strip()
        at += 1
    return at if len(letters) == wanted and _sums_up(letters) and not touches(data, start, at, WORD) else 0


def _sums_up(letters: bytes) -> bool:
    """Whether an IBAN without its blanks is 1 modulo 97 with its head moved to the end and letters as numbers."""
    turned = (letters[4:] + letters[:4]).decode("ascii")
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def _phone(data: bytes, start: int, end: int) -> Iterator[Found]:
    """A phone number in E.164 or in the form of the North American plan."""
    if start and data[start - 1] in _NOT_BEFORE_A_PHONE:
        return
    if data[start] == 0x2B:
        match = _PHONE_PLUS.match(data, start, min(end + 2, len(data)))
        if match is None or not 8 <= digits_in(match.group()) <= 15 or touches(data, start, match.end(), HEX_DIGITS):
            return
        if data[match.end() : match.end() + 1] == b":" and data[match.end() + 1 : match.end() + 2].isdigit():
            return  # the offset of a time zone
        digits = match.group().translate(None, _PARTING)
        if _DECIMAL.fullmatch(match.group()) or len(set(digits[-_REPEATED:])) == 1:  # a count
            return
        yield start, _with_extension(data, match.end()), "phone", "phone"
        yield from display.before_number(data, start)
        return
    match = _PHONE_US.match(data, start)
    if match and not touches(data, start, match.end(), DIGITS + b".-_"):
        yield start, _with_extension(data, match.end()), "phone", "phone"


def _with_extension(data: bytes, end: int) -> int:
    """Where a phone number ends with its extension."""
    match = _EXTENSION.match(data, end)
    return match.end() if match else end


def _cards(data: bytes, start: int, end: int) -> Iterator[Found]:
    """Card numbers: digits of a network's length that pass Luhn, in one piece or grouped by one sign."""
    for match in _GROUPED.finditer(data, start, end):
        first, last = match.span()
        if first and data[first - 1] in _WORD_OR_MARK and data[first - 2 : first] != _STRIPE:
            continue
        decimals = data[last : last + 1] != b"." or data[last + 1 : last + 2].isdigit()
        if last < len(data) and data[last] in _WORD_OR_MARK and decimals:
            continue
        if is_card(match.group().translate(None, b" +-")) and not _OF_MACHINES.search(data, max(first - 60, 0), first):
            yield first, last, "card", "card"


def is_card(digits: bytes) -> bool:
    """Whether digits are a card number by network, length and checksum (ISO/IEC 7812, Luhn).

    Examples
    --------
    >>> is_card(b"4111111111111111"), is_card(b"4111111111111112")
    (True, False)
    """
    known = any(
        network.first <= int(digits[: network.digits]) <= network.last for network in _networks_with(len(digits))
    )
    if not known or len(set(digits)) < 2:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = (digit - 48) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0

"""What an address or a register tells by its value alone: null, near null, non-canonical, a poison pattern."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final, Literal

__all__ = ("NEAR", "Poison", "Zone", "fits", "poison_of", "registers_of", "stack_pointer", "zone_of")

Zone = Literal["null", "near null", "non-canonical", "poison", "near the stack pointer", "other"]

NEAR: Final = 0x10000
"""The first 64 KiB are never mapped: Windows reserves them, and Linux and CASR draw the line there."""

_TOP: Final = 1 << 64
_UNTAGGED: Final = (1 << 56) - 1
_STACK_POINTERS: Final = ("rsp", "esp", "sp")
_HALF: Final = 0xFFFFFFFF
# Where addresses have 48 bits and a hole in the middle.
_HOLED: Final = frozenset({"x86_64", "amd64", "x64", "x86-64"})


@dataclass(frozen=True, slots=True)
class Poison:
    """A pattern, what it says of the memory (freed, uninitialised, guard, input), and who writes it.

    `half` says whether a value of 32 bits counts, where programs are not loaded there.
    """

    value: int
    meaning: str
    by: str
    half: bool = True


@cache
def _patterns() -> tuple[Poison, ...]:
    """The patterns of `checks_addresses.toml`."""
    table = tomllib.loads(files("triage.hypotheses").joinpath("checks_addresses.toml").read_text("utf-8"))
    return tuple(Poison(**entry) for entry in table["pattern"])


def poison_of(value: int) -> Poison | None:
    """The pattern that a value is, give or take an offset.

    Examples
    --------
    >>> poison_of(0x6B6B6B6B6B6B6B83).meaning, poison_of(0xFEEEFEEE).by, poison_of(0x7FFE2C7F0476)
    ('freed', "Windows' heap", None)
    """
    for pattern in _patterns():
        whole = pattern.value << 32 | pattern.value
        if abs(value - whole) < NEAR or (pattern.half and value <= _HALF and abs(value - pattern.value) < NEAR):
            return pattern
    return None


def zone_of(value: int, *, arch: str | None = None, stack: int | None = None) -> Zone:
    """Say where an address lies.

    Parameters
    ----------
    value
        The address, of at most 64 bits.
    arch
        As in `events`; where it is not known, only what is impossible on every 64-bit machine is non-canonical.
    stack
        The stack pointer, where known.

    Examples
    --------
    >>> zone_of(0), zone_of(0x18), zone_of(2**64 - 32), zone_of(0x4141414141414141), zone_of(0x7FFE00001000)
    ('null', 'near null', 'near null', 'poison', 'other')
    >>> zone_of(0x00AB_5555_0000_1000, arch="x86_64"), zone_of(0xB400_0000_1234_5678, arch="arm64")
    ('non-canonical', 'other')
    """
    if value == 0:
        return "null"
    if value < NEAR or _TOP - 4096 <= value < _TOP:
        return "near null"
    if poison_of(value):
        return "poison"
    if stack is not None and abs(value - stack) < NEAR:
        return "near the stack pointer"
    # Pointers of ARM may hold a tag in their top byte; the same is granted where the machine is not known.
    holed = (arch or "").lower() in _HOLED
    bits, low = (47, value) if holed else (52, value & _UNTAGGED)
    return "non-canonical" if low >= 1 << bits and value < _TOP - (1 << bits) else "other"


def fits(zone: Zone, wanted: Zone) -> bool:
    """Whether an address of that zone is what was predicted: null is near null, and some patterns are non-canonical."""
    return zone == wanted or (wanted == "near null" and zone == "null")


@lru_cache(maxsize=1024)
def registers_of(written: str) -> dict[str, int]:
    """The registers of a stack by name, lower case; what is not a number is left out.

    Examples
    --------
    >>> registers_of('{"RIP": "0x10", "flags": "none"}')
    {'rip': 16}
    """
    try:
        found: Any = json.loads(written)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    kept = {}
    for name, value in found.items():
        number = _number(value)
        if number is not None:
            kept[name.lower()] = number
    return kept


def _number(value: object) -> int | None:
    """A register's value, where it is one of 64 bits."""
    if isinstance(value, str):
        try:
            value = int(value[:40], 0)
        except ValueError:
            return None
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _TOP else None


def stack_pointer(registers: dict[str, int]) -> int | None:
    """The stack pointer among some registers."""
    return next((registers[name] for name in _STACK_POINTERS if name in registers), None)

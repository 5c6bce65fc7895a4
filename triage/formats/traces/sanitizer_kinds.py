"""What the sanitizers' messages are called: `error_type`, the kind of event, signals, exception codes of Windows.

The names stand in `sanitizer_kinds.toml`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

from triage.formats.traces.patterns import lazy

__all__ = ("Named", "Undefined", "named", "on_purpose", "undefined")

# Errors that a program raises on purpose, after it said why.
_PURPOSE: Final = frozenset({"ABRT", "ILL", "TRAP", "breakpoint"})
# Addresses that programs write to when they want to die.
_POISON: Final = frozenset({0xBBADBEEF, 0xFBADBEEF, 0xDEADBEEF, 0xABADBABE, 0xDEADDEAD})
_END: Final = lazy(r" on (?:unknown )?(?:address |0x)| \(|: | 0x| in thread | detected | \[|[,;]")


class Named(NamedTuple):
    """What a header is called."""

    type: str
    kind: str
    signal: str | None = None
    code: int | None = None
    code_name: str | None = None


class Undefined(NamedTuple):
    """What a finding of UndefinedBehaviorSanitizer is called."""

    type: str
    access: str | None = None


def named(text: str) -> Named:
    """Name an error by the words behind the tool's name in its header.

    Examples
    --------
    >>> named("attempting double-free on 0x602000000010 in thread T0:").type
    'double-free'
    >>> named("SEGV on unknown address 0x000000000018 (pc 0x7f T0)").signal
    'SIGSEGV'
    """
    table = _table()
    error = None
    if text.startswith(_starts()):
        error = next(str(entry["type"]) for entry in table["phrase"] if text.startswith(entry["start"]))
    if error is None:
        end = _END.search(text[:400])
        error = text[: end.start() if end else 200].strip() or "unknown"
    windows = table["windows"].get(error, {})
    kind = table["kinds"].get(error, "race" if error.startswith("data race") else "crash")
    return Named(error, kind, table["signals"].get(error), windows.get("code"), windows.get("name"))


def on_purpose(error: str, address: int | None) -> bool:
    """Whether an error is how a program ends itself."""
    return error in _PURPOSE or address in _POISON


def undefined(message: str) -> Undefined | None:
    """Name a finding of UndefinedBehaviorSanitizer; None where the message is none of its own.

    Examples
    --------
    >>> undefined("load of null pointer of type 'int'")
    Undefined(type='null-pointer', access='READ')
    """
    for entry in _table()["undefined"]:
        if _holds(message, entry["words"], start=entry.get("start", False)):
            return Undefined(entry["type"], entry.get("access"))
    return None


def _holds(message: str, words: list[str], *, start: bool) -> bool:
    """Whether words stand in a message one after the other."""
    if start and not message.startswith(words[0]):
        return False
    at = 0
    for word in words:
        at = message.find(word, at)
        if at < 0:
            return False
        at += len(word)
    return True


@cache
def _starts() -> tuple[str, ...]:
    """What the phrases begin with."""
    return tuple(entry["start"] for entry in _table()["phrase"])


@cache
def _table() -> dict[str, Any]:
    """The names."""
    return tomllib.loads(files("triage.formats.traces").joinpath("sanitizer_kinds.toml").read_text("utf-8"))

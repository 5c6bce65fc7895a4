"""A line of JSON that a logger wrote.

Facts: the documented fields of pino, bunyan, winston, zap, slog, logrus, logstash, ECS, structlog, Serilog, GELF and
python-json-logger, .NET's console and Google's error logs. They name the same few things differently; which key stands
for what is a row of `log_json.toml`, dots for the members of members. The rest are `fields`. An error that is written
in another way than as text is looked for by `held_error` in records that tell of one.
"""

from __future__ import annotations

import tomllib
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any, Final, NamedTuple

import msgspec

from triage.formats import held_error
from triage.formats.debugbundle_json import DAMAGED, decode
from triage.formats.log_heads import Said, level_of, severity
from triage.records import json_text
from triage.times import iso, stamp

__all__ = ("CALM", "decoded", "may_carry", "read", "said")

_strict: Final = msgspec.json.Decoder().decode
# pino, bunyan: 10 to 60
_TENS: Final = ("trace", "trace", "debug", "info", "warning", "error", "fatal")
# Levels at which nobody writes an error.
CALM: Final = frozenset({"trace", "debug", "info"})
# What stores and clouds put around a record.
_AROUND: Final = ("_source", "jsonPayload")


@cache
def _table() -> dict[str, Any]:
    """The rows of `log_json.toml`."""
    return tomllib.loads(files("triage.formats").joinpath("log_json.toml").read_text("utf-8"))


@cache
def _keys() -> dict[str, list[str]]:
    """The keys of each meaning."""
    return {name: list(keys) for name, keys in _table().items() if name != "carrier"}


class _Carrier(NamedTuple):
    """What makes a record of each line: the members that tell it, the line, and whose it is."""

    has: tuple[str, ...]
    line: str
    whose: tuple[str, ...]


@cache
def _carriers() -> tuple[_Carrier, ...]:
    """What makes a record of each line."""
    return tuple(_Carrier(tuple(row["has"]), row["line"], tuple(row["whose"])) for row in _table()["carrier"])


def _carrier(value: dict[str, Any]) -> _Carrier | None:
    """What made a record of one line, None where an object is none such."""
    for carrier in _carriers():
        if all(name in value for name in carrier.has) and isinstance(value[carrier.line], str):
            return carrier
    return None


def may_carry(text: str) -> bool:
    """Whether a text holds the keys of what makes a record of each line.

    Examples
    --------
    >>> may_carry('[{"insertId": "a", "textPayload": "started"'), may_carry('[{"text": "a"')
    (True, False)
    """
    return any(all(f'"{name}"' in text for name in carrier.has) for carrier in _carriers())


def _whose(value: dict[str, Any], carrier: _Carrier) -> str:
    """Whose line it is, as a name of a container is written."""
    told = [str(held) for name in carrier.whose if (held := _member(value, name)) is not None]
    return "of-" + blake2b("\0".join(told).encode("utf-8", "replace"), digest_size=6).hexdigest()


def _member(value: dict[str, Any], name: str) -> Any:
    """A member of an object, or of its members by dots; None for none."""
    held: Any = value
    for part in name.split("."):
        held = held.get(part) if isinstance(held, dict) else None
    return held


def read(line: str) -> Said | str | None:
    """The record of a line, why it is damaged, or None where it is no record of a logger.

    Examples
    --------
    >>> said = read('{"level":50,"time":1769390759123,"name":"shop","msg":"no rate"}')
    >>> said.level, said.ts, said.logger, said.message
    ('error', 1769390759123000, 'shop', 'no rate')
    """
    value = _value(line)
    if value is DAMAGED:
        return "damaged JSON"
    # nothing else can be a stack
    stacked = "\\n" in line or "[" in line or "at " in line
    return said(value, stacked=stacked) if isinstance(value, dict) else None


def _value(line: str) -> Any:
    """What a line of JSON stands for, `DAMAGED` where it is none."""
    data = line.strip().encode("utf-8", "replace")
    try:
        return _strict(data)
    except (ValueError, RecursionError):
        return decode(data)[0]


def decoded(line: str) -> dict[str, Any]:
    """The object that a text is, empty where it is none.

    Examples
    --------
    >>> decoded('{"a": 1}'), decoded("{a}")
    ({'a': 1}, {})
    """
    value = _value(line)
    return value if isinstance(value, dict) else {}


def said(value: dict[str, Any], *, stacked: bool = True) -> Said | None:
    """What an object says, None where it has neither a message with a level or a time, nor an error.

    Whoever knows that no member of it is `stacked` text or a list spares the search for a stack.

    Examples
    --------
    >>> said({"jsonPayload": {"message": "no rate"}, "severity": "ERROR"}).message
    'no rate'
    >>> said({"message": "no rate"}) is None
    True
    """
    for name in _AROUND:
        if isinstance(value.get(name), dict):
            value = {key: item for key, item in value.items() if key != name} | value[name]
    value = _unpacked(value)
    taken: set[str] = set()
    carrier = _carrier(value)
    message = value[carrier.line] if carrier else _text(_first(value, "message", taken))
    taken.update((carrier.line,) if carrier else ())
    when, level = _first(value, "time", taken), _level(_first(value, "level", taken))
    stack, error_type = _text(_first(value, "stack", taken)), _text(_first(value, "error_type", taken))
    error_value = _text(_first(value, "error_value", taken))
    if carrier and level in CALM and message and "\n" in message and held_error.likely(message):
        level = None  # that of the output, not of what was written
    verbose = value.get("errorVerbose")
    if isinstance(verbose, str) and held_error.likely(verbose):
        stack = verbose  # where the error came from, not where it was logged
    if stacked and level not in CALM:
        held = held_error.find(value) if not stack or not _lined(stack) else None
        if held:
            stack, error_type, error_value = held.stack, error_type or held.type, error_value or held.value
        elif not stack and message and ("\n" in message if carrier else _lined(message)):
            stack = message
    bare = when is None and level is None
    if (message is None and stack is None) or (bare and not (stack and _lined(stack))):
        return None
    ts = _moment(when)
    kept = {key: item for key, item in value.items() if key not in taken and item is not None}
    # what has neither a level nor a time is the error itself, and its name no logger's
    logger = None if bare else _text(_first(value, "logger", taken))
    return Said(
        message if message is not None else error_value or "",
        when if isinstance(when, str) and ts is None else None,
        level,
        logger,
        _text(_first(value, "thread", taken)),
        _text(_first(value, "service", taken)),
        {key: item for key, item in kept.items() if key not in taken} or None,
        ts,
        stack,
        error_type,
        error_value,
        carried=_whose(value, carrier) if carrier and not stack and "\n" not in value[carrier.line] else None,
    )


def _unpacked(value: dict[str, Any]) -> dict[str, Any]:
    """A record of loguru out of what it stands in, with the text of its error."""
    record, text = value.get("record"), value.get("text")
    if not isinstance(record, dict) or not isinstance(text, str) or not isinstance(record.get("level"), dict):
        return value
    when, level = record.get("time"), record["level"].get("name")
    stamp = when.get("timestamp") if isinstance(when, dict) else None
    found = {**record, "level": level, "time": stamp}
    if isinstance(record.get("exception"), dict):
        found["exception"] = text
    return found


def _lined(text: str) -> bool:
    """Whether a text has lines, as stacks have."""
    return "\n" in text or text.lstrip().startswith("at ")


def _first(value: dict[str, Any], what: str, taken: set[str]) -> Any:
    """The first of the keys of a meaning that is there and not null; members of members are left with the fields."""
    for key in _keys()[what]:
        held: Any = value.get(key)
        if held is None and "." in key:
            held = _member(value, key)
        elif held is not None and not isinstance(held, dict):
            taken.add(key)
        if held is not None and not isinstance(held, (dict, list)):
            return held
    return None


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json_text(value)


def _level(value: Any) -> str | None:
    """A word, a number of pino (10 to 60) or one of syslog (0 to 7)."""
    if isinstance(value, str):
        return level_of(value) or (_level(int(value)) if value.isdecimal() and len(value) < 4 else None)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if value < 8:
        return severity(int(value)) if value >= 0 else None
    return _TENS[min(int(value) // 10, 6)]


def _moment(value: Any) -> int | None:
    """Microseconds of ISO text with a zone, or of seconds since 1970 or parts of them, by their size."""
    if isinstance(value, str) and value.startswith("/Date("):
        value = value[6:].partition(")")[0]  # ConvertTo-Json of PowerShell 5
    if isinstance(value, str) and value.isdecimal() and len(value) < 20:
        value = int(value)  # journalctl -o json
    if isinstance(value, str):
        zoned = value[-1:] in {"Z", "z"} or "+" in value[10:] or "-" in value[10:]
        return iso(value) if zoned else None
    return stamp(value)

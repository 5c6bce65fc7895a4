"""The JSON that Sentry's clients write, read with patience: decoding, repair, flattening, scalars.

Three tries, each linear: strict JSON; JSON with what is not quite JSON (`broken_json.lenient`), values that are nested
too deeply left out; the longest prefix that can be closed, where the text was cut or is broken in the middle.
Flattening follows the desktop crash reporter: dots between keys, ``[i]`` for the items of an array that holds objects
or arrays, and an array of scalars joined by ``", "``. The protocol's own oddities are met here too: addresses and
numbers as text, lists that may be wrapped in ``{"values": [...]}``, times as ISO text or as seconds.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from triage.formats.broken_json import TOKEN, lenient, shallow
from triage.records import json_text
from triage.times import epoch, iso

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = (
    "Decoded",
    "decode",
    "event_id",
    "flatten",
    "items",
    "level",
    "mapping",
    "moment",
    "number",
    "pairs",
    "text",
)

# A deeper value, or one under a longer path, becomes one row of JSON: rows stay linear in the input.
MAX_DEPTH: Final = 24
MAX_PATH: Final = 200
_LEVELS: Final = {"warn": "warning", "critical": "fatal", "log": "info", "sample": "info", "verbose": "trace"}
_KNOWN_LEVELS: Final = frozenset({"trace", "debug", "info", "warning", "error", "fatal"})
_HEX32: Final = re.compile(r"[0-9a-f]{32}")
_UINT64: Final = 1 << 64


class Decoded(NamedTuple):
    """A document: its value (None where nothing could be had), what was wrong, from which byte, whether it is whole."""

    value: Any
    problem: str | None = None
    offset: int = 0
    whole: bool = True


def decode(data: memoryview | bytes) -> Decoded:
    """Decode one JSON document, of a damaged one what can be had.

    Examples
    --------
    >>> decode(b'{"a": [1, 2], "b": {"c": "cut he').value
    {'a': [1, 2], 'b': {}}
    """
    try:
        return Decoded(msgspec.json.decode(data))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    written = bytes(data).decode("utf-8", "replace").removeprefix("\ufeff")
    content = shallow(written)
    whole = content == written
    problem = "not strict JSON; repaired" if whole else "JSON nested too deeply; the depths are left out"
    try:
        return Decoded(lenient(content), problem, whole=whole)
    except json.JSONDecodeError as error:
        end = error.pos
    except (ValueError, RecursionError):
        return Decoded(None, "not JSON", whole=False)
    offset = len(content[:end].encode("utf-8", "replace"))
    try:
        return Decoded(lenient(_closed(content[:end])), "JSON is cut or broken", offset, whole=False)
    except (ValueError, RecursionError):
        return Decoded(None, "not JSON", offset, whole=False)


def _closed(content: str) -> str:
    """Cut after the last complete value and close what is open; the text is a valid beginning of JSON."""
    closers: list[str] = []
    end, depth = 0, 0
    for token in TOKEN.finditer(content):
        mark = token.group()
        if mark in "{[":
            closers.append("}" if mark == "{" else "]")
            end, depth = token.end(), len(closers)
        elif mark in "}]":
            if not closers:
                break
            closers.pop()
            end, depth = token.end(), len(closers)
            if not depth:
                break
        elif mark == ",":
            end, depth = token.start(), len(closers)
    return content[:end] + "".join(reversed(closers[:depth]))


def flatten(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Walk to the scalars of a value, in its order, each with its path.

    Examples
    --------
    >>> list(flatten({"os": {"name": "Linux"}, "flags": ["a", 1, True], "lines": [{"n": 1}, {"n": 2}]}))
    [('os.name', 'Linux'), ('flags', 'a, 1, true'), ('lines[0].n', 1), ('lines[1].n', 2)]
    """
    waiting = [(prefix, value, 0)]
    while waiting:
        path, node, depth = waiting.pop()
        if isinstance(node, dict):
            if depth >= MAX_DEPTH or len(path) > MAX_PATH:
                yield path, json_text(node)
                continue
            steps = [(f"{path}.{key}" if path else key, child, depth + 1) for key, child in node.items()]
            waiting.extend(reversed(steps))
        elif isinstance(node, list):
            if not any(isinstance(child, (dict, list)) for child in node):
                yield path, ", ".join(child if isinstance(child, str) else json_text(child) for child in node)
            elif depth >= MAX_DEPTH or len(path) > MAX_PATH:
                yield path, json_text(node)
            else:
                steps = [(f"{path}[{number}]", child, depth + 1) for number, child in enumerate(node)]
                waiting.extend(reversed(steps))
        else:
            yield path, node


def mapping(value: Any) -> dict[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[dict[str, Any]]:
    """The objects of an interface: a list, a list under `values`, or a single object."""
    if isinstance(value, dict):
        inner = value.get("values")
        value = inner if isinstance(inner, list) else [] if "values" in value else [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def pairs(value: Any) -> Iterator[tuple[str, Any]]:
    """Keys and values of a mapping, of a list of pairs, or of a list of objects with `key` and `value`."""
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, list) and len(item) == 2 and isinstance(item[0], str):
                yield item[0], item[1]
            elif isinstance(item, dict) and isinstance(item.get("key"), str):
                yield item["key"], item.get("value")


def text(value: Any) -> str | None:
    """A scalar as text, None for an empty or nested one."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return str(value)


def number(value: Any) -> int | None:
    """A whole number, also as decimal or 0x text: thread ids, addresses, sizes.

    Examples
    --------
    >>> number("0x7ff6"), number("42"), number(7), number("main")
    (32758, 42, 7, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and value.isascii() and len(value) <= 24:
        digits = value.strip().lower()
        try:
            value = int(digits, 16 if digits.startswith("0x") else 10)
        except ValueError:
            return None
    return value if isinstance(value, int) and -_UINT64 < value < _UINT64 else None


def moment(value: Any) -> int | None:
    """Microseconds since 1970 of ISO text, or of seconds as number or digits."""
    if isinstance(value, str):
        return iso(value) if "-" in value[1:] else epoch(value) if len(value) <= 32 else None
    return epoch(value) if isinstance(value, (int, float)) else None


def level(value: Any) -> str | None:
    """A level of the schema for one of Sentry's, None for any other word."""
    word = value.lower() if isinstance(value, str) else ""
    word = _LEVELS.get(word, word)
    return word if word in _KNOWN_LEVELS else None


def event_id(value: Any) -> str | None:
    """An id without dashes in lower case; one that is no UUID stays as it is.

    Examples
    --------
    >>> event_id("6C5EA451-7c26-4e7f-c3b5-ad503d497976")
    '6c5ea4517c264e7fc3b5ad503d497976'
    """
    written = text(value)
    plain = (written or "").replace("-", "").lower()
    return plain if _HEX32.fullmatch(plain) else written

"""JSON as it really lies in event stores: pieces with their places, lenient where a strict reader stops.

`decode` reads one value, and reads again leniently what the strict decoder refuses (control characters in strings,
lone surrogates, NaN, bytes that are not UTF-8, a trailing comma, brackets too deep). `elements` gives the values of
an array, of a single object or of objects one after another, each with its byte offset and length; where the whole
does not parse, a scanner goes from one likely start to the next, so that a damaged value costs only itself. Everything
is linear in the input.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from triage.formats.broken_json import lenient, shallow

__all__ = (
    "DAMAGED",
    "EVENT_LINE",
    "EVENT_START",
    "FIRST_KEY",
    "TOO_DEEP",
    "Piece",
    "cut",
    "decode",
    "elements",
    "salvage",
)

DAMAGED: Final = object()
# The note of a value of which something was left out; the others only say that it was read otherwise than written.
TOO_DEEP: Final = "nested too deeply; the depths were left out"
# Where another envelope may begin: an object behind a bracket, brace or comma whose first key is one of the envelope's.
FIRST_KEY: Final = (
    rb'"(?:schema_version|event_id|event_type|occurred_at|sdk_name|sdk_version|sdk_language|project_id'
    rb'|project_token|service|correlation|payload|context)"\s*:'
)
EVENT_START: Final = re.compile(rb"(?<=[\[\],}])\s*(\{)\s*" + FIRST_KEY)
# A line that begins as an envelope does.
EVENT_LINE: Final = re.compile(rb"\{[ \t]*" + FIRST_KEY)
_OPENING: Final = re.compile(rb"[\s\[,\x00]*")
_GAP: Final = re.compile(rb"[\s,]*")
_CLOSERS: Final = re.compile(rb"[\s,\]}\x00]*")
# A string that does not end takes the rest: tried again at each quote in it, it would cost the square of its length.
_PARTS: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[{}\[\],]', re.DOTALL)
_TOKEN: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[{}\[\]]', re.DOTALL)
_TRAILING: Final = b" \t\r\n,[]\0"
# How many likely starts a value that does not end before the first of them may reach over.
_REACH: Final = 3
_BOM: Final = b"\xef\xbb\xbf"

_strict = msgspec.json.Decoder().decode
_pieces = msgspec.json.Decoder(list[msgspec.Raw]).decode


class Piece(NamedTuple):
    """One value: where it lies, what it is (`DAMAGED` where it cannot be read) and what was done to read it."""

    offset: int
    length: int
    value: Any
    note: str | None


def decode(raw: bytes | memoryview | msgspec.Raw) -> tuple[Any, str | None]:
    """Read one JSON value, leniently where it must be, and say so; `DAMAGED` where it is none.

    Examples
    --------
    >>> decode(b'{"a": 1}')
    ({'a': 1}, None)
    >>> decode(b'{"a": NaN},')
    ({'a': None}, 'not strict JSON; read leniently')
    """
    try:
        return _strict(raw), None
    except (ValueError, RecursionError):
        return _lenient(bytes(raw))


def elements(data: bytes | memoryview, likely: re.Pattern[bytes] | None = None) -> Iterator[Piece]:
    """Every value of an array, or of objects that follow each other; `likely` is for `salvage` where it is damaged.

    Examples
    --------
    >>> [(piece.offset, piece.length, piece.value) for piece in elements(b'[{"a": 1}, 2]')]
    [(1, 8, {'a': 1}), (11, 1, 2)]
    """
    base = len(_BOM) if bytes(data[:3]) == _BOM else 0
    body = data[base:]
    start = _end(_OPENING, body, 0)
    try:
        pieces = _pieces(body)
    except (ValueError, RecursionError):
        if b"[" not in bytes(body[:start]):
            length = len(bytes(body[start:]).rstrip(_TRAILING))
            value, note = decode(body[start : start + length])
            if value is not DAMAGED:
                yield Piece(base + start, length, value, note)
                return
        yield from salvage(data, base + start, len(data), likely or EVENT_START)
        return
    at = _end(_GAP, body, bytes(body[:start]).find(b"[") + 1)
    for raw in pieces:
        length = memoryview(raw).nbytes
        yield Piece(base + at, length, *decode(raw))
        at = _end(_GAP, body, at + length)


def salvage(data: bytes | memoryview, start: int, end: int, likely: re.Pattern[bytes]) -> Iterator[Piece]:
    """Values from `start` to `end`, each up to the next likely start; what does not parse is given as damaged.

    A match of `likely` begins where the value before it is over; its first group is where the next one begins.
    """
    bounds = _Bounds(data, start, end, likely)
    at = start
    while at < end:
        over, stop = bounds.after(at)
        length = len(bytes(data[at:over]).rstrip(_TRAILING))
        if not length:
            at = stop
            continue
        value, note = decode(data[at : at + length])
        if value is not DAMAGED:
            yield Piece(at, length, value, note)
            at = stop
            continue
        reached = at
        for piece in _several(data, at, stop, bounds.reach()):
            yield piece
            reached = _end(_CLOSERS, data, piece.offset + piece.length)
        rest = len(bytes(data[reached:over]).rstrip(_TRAILING)) if reached < over else 0
        if rest:
            yield Piece(reached, rest, DAMAGED, None)
        at = max(reached, stop)


class _Bounds:
    """The likely starts ahead, found once, a few at a time."""

    def __init__(self, data: bytes | memoryview, start: int, end: int, likely: re.Pattern[bytes]) -> None:
        self._found = likely.finditer(data, start, end)
        self._end = end
        self._ahead: deque[tuple[int, int]] = deque()

    def after(self, at: int) -> tuple[int, int]:
        """Where the value at `at` is over at the latest, and where the next one may begin."""
        while self._ahead and self._ahead[0][1] <= at:
            self._ahead.popleft()
        while len(self._ahead) <= _REACH and (found := next(self._found, None)) is not None:
            if found.start(1) > at:
                self._ahead.append((found.start(), found.start(1)))
        return self._ahead[0] if self._ahead else (self._end, self._end)

    def reach(self) -> int:
        """How far a value may reach that seems to go on behind the next likely start."""
        return self._ahead[_REACH][0] if len(self._ahead) > _REACH else self._end


def _several(data: bytes | memoryview, at: int, stop: int, reach: int) -> Iterator[Piece]:
    """The whole values from `at` on, until one does not end before `reach` or does not parse."""
    while at < stop:
        closing = _closing(data, at, reach)
        if closing is None:
            return
        value, note = decode(data[at:closing])
        if value is DAMAGED:
            return
        yield Piece(at, closing - at, value, note)
        at = _end(_CLOSERS, data, closing)


def _end(pattern: re.Pattern[bytes], data: bytes | memoryview, start: int) -> int:
    """The end of what may be empty."""
    found = pattern.match(data, start)
    return found.end() if found else start


def cut(raw: bytes) -> tuple[Any, str | None]:
    """Read a document whose end is missing: up to its last whole member, the open brackets closed.

    Examples
    --------
    >>> cut(b'{"a": [1, 2, {"b": "x')
    ({'a': [1, 2]}, 'the end is missing; read up to the last whole member')
    """
    open_brackets = bytearray()
    place, depth = 0, 0
    for token in _PARTS.finditer(raw):
        mark = token.group()[:1]
        if mark in b"{[":
            open_brackets += b"}" if mark == b"{" else b"]"
        elif mark in b"}]":
            if not open_brackets:
                break
            open_brackets.pop()
            place, depth = token.end(), len(open_brackets)
        elif mark == b",":
            place, depth = token.start(), len(open_brackets)
    if not place:
        return DAMAGED, None
    value, _ = decode(raw[:place] + bytes(reversed(open_brackets[:depth])))
    return value, "the end is missing; read up to the last whole member"


def _closing(data: bytes | memoryview, start: int, end: int) -> int | None:
    """Where the object or array that begins at `start` ends, None where it does not."""
    depth = 0
    for token in _TOKEN.finditer(data, start, end):
        mark = token.group()[:1]
        if mark in b"{[":
            depth += 1
        elif mark in b"}]":
            depth -= 1
            if depth <= 0:
                return token.end()
    return None


def _lenient(raw: bytes) -> tuple[Any, str | None]:
    """Read what the strict decoder refused."""
    text = raw.decode("utf-8", "replace").strip(" \t\r\n,\0\ufeff")
    if text[:1] not in {"{", "["}:
        return DAMAGED, None
    content = shallow(text)
    note = "not strict JSON; read leniently"
    if content != text:
        note = TOO_DEEP
    elif "\ufffd" in text:
        note = "bytes that are not UTF-8 were replaced"
    try:
        return lenient(content), note
    except (ValueError, RecursionError):
        return DAMAGED, None

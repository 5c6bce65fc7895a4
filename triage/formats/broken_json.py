r"""JSON that something broke on its way: log lines and documents, read as far as they go.

Facts are from the 0xGen shell, whose redactor works on the text of a line and not on its values:

- the rule for quoted values leaves the closing quote and adds one: ``"token":"[REDACTED]""``;
- the rules for unquoted values run up to the next blank, comma or semicolon, and take quotes and brackets with them:
  ``"message":"bad token=[REDACTED],"target":"net"``;
- the rule for `Authorization` may run to the end of the line: ``{"fields":{"message":"authorization: [REDACTED]``.

`decode` tries, in this order: the text as it is; with what is not quite JSON (`lenient`); with the doubled quote taken
out; with quotes and brackets put back after masks; closed where it was cut. Each step is one pass, so a line costs a
small multiple of its length. Values nested too deeply to be decoded are left out first (`shallow`).
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

__all__ = ("MASKS", "TOKEN", "Masks", "decode", "lenient", "shallow")

MASKS: Final = ("[REDACTED]", "[REDACTED_EMAIL]", "[REDACTED_SECRET]")

# A string (the second quote is missing where it is cut), a bracket or a comma.
TOKEN: Final = re.compile(r'"(?:[^"\\]++|\\.)*+("?)|[{}\[\],]', re.DOTALL)
# How deep values are decoded; what lies deeper becomes null.
_DEPTH: Final = 128
_MASK: Final = r"\[REDACTED(?:_EMAIL|_SECRET)?\]"
_DOUBLED: Final = re.compile(rf'({_MASK}")"')
_SWALLOWED: Final = re.compile(rf'({_MASK})(\}}*),(?:"([A-Za-z_][\w.]{{0,80}})":|\{{")')
_SWALLOWED_LAST: Final = re.compile(rf"({_MASK})(\}}+)\s*$")
_HALF_ESCAPE: Final = re.compile(r"\\u[0-9a-fA-F]{0,3}$")
_ROOT_KEYS: Final = frozenset({"target", "span", "spans", "level", "threadName", "threadId", "filename", "line_number"})


class Masks:
    """Counts the values that a writer had masked before we saw them."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def count(self, data: bytes) -> None:
        """Add what is in these bytes."""
        if b"[REDACTED" in data:
            for mask in MASKS:
                found = data.count(mask.encode())
                if found:
                    self.counts[mask] += found

    def through(self, lines: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
        """The lines as they come, counted on the way."""
        for place in lines:
            if b"[REDACTED" in place[1]:
                self.count(place[1])
            yield place

    @property
    def total(self) -> int:
        """How many there were."""
        return self.counts.total()

    def __str__(self) -> str:
        return ", ".join(f"{count:,} {mask}" for mask, count in sorted(self.counts.items()))


def decode(data: bytes) -> tuple[Any, str]:
    """Decode JSON as far as it goes, and say how: ok, repaired, partial (cut and closed) or raw (with None).

    Examples
    --------
    >>> decode(b'{"token":"[REDACTED]"","n":1}')
    ({'token': '[REDACTED]', 'n': 1}, 'repaired')
    >>> decode(b'{"message":"authorization: [REDACTED]')
    ({'message': 'authorization: [REDACTED]'}, 'partial')
    """
    try:
        return _decode(data), "ok"
    except (ValueError, RecursionError):
        written = data.decode("utf-8", "replace")
    for text, status in _readings(written):
        try:
            return lenient(text), status
        except (ValueError, RecursionError):
            continue
    return None, "raw"


def _readings(written: str) -> Iterator[tuple[str, str]]:
    """What the text may have been, the nearest to it first, and what that makes of it."""
    text = shallow(written)
    status = "repaired" if text == written else "partial"
    yield text, status
    for repair in (_undoubled, _reopened):
        text = repair(text)
        yield text, status
    for closed in _closed(text):
        yield closed, "partial"


def lenient(text: str) -> Any:
    """Decode with what json allows beyond the standard, as values that can be encoded again.

    NaN and numbers out of range become null, lone surrogates a question mark; strings may hold control characters.

    Raises
    ------
    ValueError, RecursionError
        It is not JSON even so (`json.JSONDecodeError`, which says where it breaks), or nested too deeply.

    Examples
    --------
    >>> lenient('{"load": NaN, "name": "a\\ud800"}')
    {'load': None, 'name': 'a?'}
    """
    return _decode(json.dumps(_loose(text), ensure_ascii=False).encode("utf-8", "replace"))


def _float(digits: str) -> float | None:
    value = float(digits)
    return value if math.isfinite(value) else None


def _int(digits: str) -> int | None:
    return int(digits) if len(digits) <= 300 else None


def shallow(text: str) -> str:
    """Put null in the place of every value that lies deeper than 128 brackets.

    Examples
    --------
    >>> shallow('{"a": ' + "[" * 1000 + "]" * 1000 + "}").count("[")
    127
    """
    if text.count("{") + text.count("[") <= _DEPTH:
        return text
    kept: list[str] = []
    depth = start = 0
    for token in TOKEN.finditer(text):
        mark = token.group()[0]
        if mark in "{[":
            depth += 1
            if depth == _DEPTH + 1:
                kept.append(text[start : token.start()] + "null")
        elif mark in "}]":
            if depth == _DEPTH + 1:
                start = token.end()
            depth = max(0, depth - 1)
    return "".join(kept) + (text[start:] if depth <= _DEPTH else "") if kept else text


def _undoubled(text: str) -> str:
    """Take out the quote that the rule for quoted values adds."""
    return _DOUBLED.sub(r"\1", text)


def _reopened(text: str) -> str:
    """Put back the quote that a rule for unquoted values took, and the bracket where the next key is of the root."""
    return _SWALLOWED_LAST.sub(r'\1"\2', _SWALLOWED.sub(_restored, text))


def _restored(match: re.Match[str]) -> str:
    mask, brackets, key = match.groups()
    if key is None:
        return "".join((mask, '"', brackets or "}", ',{"'))
    return "".join((mask, '"', brackets or ("}" if key in _ROOT_KEYS else ""), f',"{key}":'))


def _closed(text: str) -> list[str]:
    """What the text may have been: cut after its value, closed at its end, or closed after its last whole value."""
    stack: list[str] = []
    safe, depth, end, is_open = 0, 0, len(text), False
    for token in TOKEN.finditer(text):
        mark = token.group()[0]
        if mark == '"':
            is_open = not token[1]
            end = token.end() if is_open else end
        elif mark in "{[":
            stack.append("}" if mark == "{" else "]")
            safe, depth = token.end(), len(stack)
        elif mark == ",":
            safe, depth = token.start(), len(stack)
        elif not stack or stack[-1] != mark:
            text = text[: token.start()]
            break
        else:
            stack.pop()
            safe, depth = token.end(), len(stack)
            if not stack:
                return [text[: token.end()]]
    if not stack:
        return []
    closing, quote = "".join(reversed(stack)), '"' if is_open else ""
    tail = text[end - 6 : end] if is_open and end >= 6 else ""
    cuts = [end, end - 6 + len(_HALF_ESCAPE.sub("", tail))] if _HALF_ESCAPE.search(tail) else [min(end, len(text))]
    return [text[:cut] + quote + closing for cut in cuts] + [text[:safe] + "".join(reversed(stack[:depth]))]


_decode = msgspec.json.Decoder().decode
_loose = json.JSONDecoder(parse_float=_float, parse_int=_int, parse_constant=lambda _: None, strict=False).decode

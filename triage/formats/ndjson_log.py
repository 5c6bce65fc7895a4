r"""JSON that something broke on its way: log lines and documents, read as far as they go.

Facts are from the 0xGen shell, whose redactor works on the text of a line and not on its values:

- the rule for quoted values leaves the closing quote and adds one: ``"token":"[REDACTED]""``;
- the rules for unquoted values run up to the next blank, comma or semicolon, and take quotes and brackets with them:
  ``"message":"bad token=[REDACTED],"target":"net"``;
- the rule for `Authorization` may run to the end of the line: ``{"fields":{"message":"authorization: [REDACTED]``.

`decode` tries, in this order: the text as it is; with the doubled quote taken out; with quotes and brackets put back
after masks; closed where it was cut. Each step is one pass, so a line costs a small multiple of its length.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

__all__ = ("MASKS", "Masks", "decode")

MASKS: Final = ("[REDACTED]", "[REDACTED_EMAIL]", "[REDACTED_SECRET]")

# What a value may have for its brackets; deeper text is kept raw.
_DEPTH: Final = 128
_TOKEN: Final = re.compile(r'"(?:[^"\\]++|\\.)*+("?)|[{}\[\],]', re.DOTALL)
_MASK: Final = r"\[REDACTED(?:_EMAIL|_SECRET)?\]"
_DOUBLED: Final = re.compile(rf'({_MASK}")"')
_SWALLOWED: Final = re.compile(rf'({_MASK}),(?:"([A-Za-z_][\w.]{{0,80}})":|\{{")')
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
    value, is_json = _attempt(data)
    if is_json:
        return value, "ok"
    text = data.decode("utf-8", "replace")
    for repair in (_undoubled, _reopened):
        text = repair(text)
        value, is_json = _attempt(text.encode())
        if is_json:
            return value, "repaired"
    for candidate in _closed(text):
        value, is_json = _attempt(candidate.encode())
        if is_json:
            return value, "partial"
    return None, "raw"


def _attempt(data: bytes) -> tuple[Any, bool]:
    try:
        return _decode(data), True
    except (ValueError, RecursionError):
        return None, False


def _undoubled(text: str) -> str:
    """Take out the quote that the rule for quoted values adds."""
    return _DOUBLED.sub(r"\1", text)


def _reopened(text: str) -> str:
    """Put back the quote that a rule for unquoted values took, and the bracket where the next key is of the root."""
    return _SWALLOWED.sub(_restored, text)


def _restored(match: re.Match[str]) -> str:
    if match[2] is None:
        return f'{match[1]}"}},{{"'
    closing = '"}' if match[2] in _ROOT_KEYS else '"'
    return f'{match[1]}{closing},"{match[2]}":'


def _closed(text: str) -> list[str]:
    """What the text may have been: cut after its value, closed at its end, or closed after its last whole value."""
    stack: list[str] = []
    safe, depth, end, is_open = 0, 0, len(text), False
    for token in _TOKEN.finditer(text):
        mark = token.group()[0]
        if mark == '"':
            is_open = not token[1]
            end = token.end() if is_open else end
        elif mark in "{[":
            stack.append("}" if mark == "{" else "]")
            if len(stack) > _DEPTH:
                return []
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

"""Values on the lines below what opens their string: triple quotes, backticks, what a shell calls a here-document.

What stands on one line is judged as any string; of several lines those that look like a part of a secret, so that
texts, queries and programs in such strings stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import values
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense
from triage.redact.text import Allowance, Found, Span, line_of

__all__ = ("below",)

_OPENING: Final = re.compile(
    rb"""[ \t]{0,16}(?:\([ \t]{0,4})?(?:[A-Za-z_][\w.:]{0,60}\(?)?"""
    rb"""(\\{0,15})(\"\"\"|'''|`)\\{0,2}[ \t\r]{0,16}(?:\n|\\{1,7}n)"""
)
_DOCUMENT: Final = re.compile(
    rb"""[ \t]{0,16}["']?(?:\$\([ \t]?cat[ \t]{0,4})?<<[-~]?[ \t]?\\?["']?([A-Za-z_]\w{0,40})["']?[ \t]*+\r?\n"""
)
_PADDING: Final = re.compile(rb"(?:[ \t\r\n]|\\{1,7}[nrt])*+")
_END: Final = re.compile(rb"(?:[ \t\r\n]|\\{1,7}[nrt]|\\(?=\r?\n|\Z))*+\Z")
_MOST: Final = 4_096
_LINES: Final = 64
_LEAST: Final = 6
_HINTS: Final = frozenset({"", "long", "word"})
_read: Final = Allowance(60)
"""The lines that were read, from every string that opens behind a name."""


def below(data: bytes, name: Span, at: int, meaning: Sense) -> Iterator[Found]:
    """The value in a string that opens behind a name and a sign, and begins on the next line."""
    if data[at - 1 : at] not in {b"=", b":"} or meaning.weak not in _HINTS or not _read.left(data):
        return
    _read.spend()
    opening = _OPENING.match(data, at)
    if opening:
        start, limit = opening.end(), min(opening.end() + _MOST, len(data))
        stop = data.find(opening[1] + opening[2], start, limit)
        _read.spend(1 + (max(stop, start) - start) // 64)
    elif document := _DOCUMENT.match(data, at):
        start = document.end()
        stop = _its_end(data, start, document[1])
    else:
        return
    if stop >= 0:
        yield from _inside(data, (start, stop), name, meaning)


def _its_end(data: bytes, start: int, word: bytes) -> int:
    """Where the line begins that ends a here-document; -1 if it is far."""
    at = start
    for _ in range(_LINES):
        begin, end = line_of(data, at)
        _read.spend()
        if data[begin:end].strip() == word:
            return begin
        at = end + 1
        if at > len(data):
            break
    return -1


def _inside(data: bytes, span: Span, name: Span, meaning: Sense) -> Iterator[Found]:
    """The one line of a string, or those of several that look like parts of a secret."""
    parts = [*_parts(data, span)]
    if len(parts) == 1:
        if b" " in data[slice(*parts[0])] and (meaning.kind != "password" or data[parts[0][1] - 1] in b";{}):,"):
            return
        yield from judged(data, parts[0], meaning, in_quotes=True, assigned=True, name=name)
        return
    texts = [data[slice(*part)] for part in parts]
    if not any(map(_is_part, texts)) or any(len(text.split()) > 1 for text in texts):
        return
    for part, text in zip(parts, texts, strict=True):
        if not values.placeholder(text):
            yield *part, meaning.kind, "key"


def _parts(data: bytes, span: Span) -> Iterator[Span]:
    """The lines of a string that are not empty, without the blanks and the backslashes around them."""
    at, limit = span
    for _ in range(_LINES):
        padding = _PADDING.match(data, at, limit)
        start = padding.end() if padding else at
        if start >= limit:
            return
        stop = data.find(b"\n", start, limit)
        stop = stop if stop >= 0 else limit
        text = data[start:stop]
        escaped = text.find(b"\\n")
        stop = start + escaped if escaped >= 0 else stop
        end = _END.search(data, start, stop)
        yield start, end.start() if end else stop
        at = stop


def _is_part(text: bytes) -> bool:
    """Whether a line mixes letters with digits as secrets do, and is no code."""
    return values.mixed(text, least=_LEAST) and not values.in_code(text) and b"://" not in text

"""Keys whose lines a log wrote one by one: what it put before and behind each is taken out.

    2026-06-04 10:12:41 web-1 | -----BEGIN RSA PRIVATE KEY-----
    2026-06-04 10:12:41 web-1 | MIIEpAIBAAKCAQEA ...

The first line tells what stands around the lines; the numbers in it may differ from one to the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.decoding.origins import Piece, View, build
from triage.redact.text import line_of

__all__ = ("unprefixed",)

# What a key begins with, all of that line, and its last one.
_BEGINNINGS: Final = (b"-----BEGIN ", b"PuTTY-User-Key-File-")
_HEAD: Final = re.compile(rb"-----BEGIN [ -~]{1,80}?-----|PuTTY-User-Key-File-[0-9]: [\w-]{1,40}")
_TAIL: Final = re.compile(rb"-----END [ -~]{1,80}?-----|Private-MAC: [0-9A-Fa-f]{1,128}")
# A number, which may be longer or shorter in another line; all of one, or two could share its digits in many ways.
_DIGITS: Final = rb"[ \t]{0,40}+[0-9]{1,400}+"
_NUMBER: Final = re.compile(_DIGITS)
# What the rules for keys read over by themselves.
_READ_OVER: Final = b" \t\r>|\"',+"
_LONGEST: Final = 400
_CONTENT: Final = rb"([A-Za-z0-9+/=]{0,200}?|[A-Za-z-]{2,20}: [ -~]{1,120}?|-----END [ -~]{1,80}?-----)"
_MOST_LINES: Final = 400
# Each key has an expression of its own, which takes longer to make than to use.
_MOST_KEYS: Final = 256


def unprefixed(data: bytes) -> Iterator[View]:
    """The keys of a text without what stands before and behind each of their lines."""
    for beginning in _BEGINNINGS:
        at = -1
        for _ in range(_MOST_KEYS):
            at = data.find(beginning, at + 1)
            if at < 0:
                break
            pieces = [*_around(data, at)]
            if pieces and (view := build(data, pieces)):
                at = pieces[-1][1]
                yield view


def _around(data: bytes, begin: int) -> Iterator[Piece]:
    """What stands between the lines of a key, a line end in its stead; nothing where that is blank."""
    head = _HEAD.match(data, begin)
    line, end = line_of(data, begin, most=_LONGEST)
    if head is None or not (data[line:begin] + data[head.end() : end]).strip(_READ_OVER):
        return
    behind = _of(data[head.end() : end].rstrip(b"\r"))
    form = re.compile(_of(data[line:begin]) + _CONTENT + b"(?:" + behind + rb")?\r?(?:\n|\Z)")
    last = head.end()
    for _ in range(_MOST_LINES):
        match = form.match(data, end + 1)
        if match is None:
            return
        yield last, match.start(1), b"\r\n"
        last, end = match.end(1), match.end() - 1
        if _TAIL.fullmatch(match[1]):
            return


def _of(text: bytes) -> bytes:
    """An expression of a text with whatever numbers."""
    return _DIGITS.join(map(re.escape, _NUMBER.split(text)))

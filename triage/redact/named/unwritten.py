"""What a string of JSON writes out, in as many bytes: places in it are those in the text."""

from __future__ import annotations

import re
from typing import Final

from triage.redact.text import line_of

__all__ = ("unwritten",)

# What is read of a string at most.
_FAR: Final = 1 << 16
# What a string of JSON writes out; two signs of LaTeX are four.
_ESCAPE: Final = re.compile(rb"\\n\"[ ]?,\s{0,40}\"|\\\\\\\\|\\[nrt\"\\/]|\\u25[0-9a-fA-F]{2}")
_ESCAPES: Final = {b"n": b"\n", b"r": b" ", b"t": b" ", b'"': b"'"}
_SHORT: Final = 2


def unwritten(data: bytes, at: int, end: int) -> tuple[bytes, int]:
    """The text from the line of a place on, and where that is; of a string what it writes out, as long as it was.

    Examples
    --------
    >>> unwritten(b'{"a": "x: |\\\\ny"}', 7, 8)
    (b'x: | \\ny', 7)
    """
    first, last = line_of(data, at, end, most=_FAR)
    if b"\\n" not in data[at:last]:
        return data[first : at + _FAR], first
    opened = data.rfind(b'"', first, at) + 1
    first = max(first, opened)
    text = _ESCAPE.sub(_plain, data[first : at + _FAR])
    closed = text.find(b'"', end - first) if opened else -1
    return text[:closed] if closed >= 0 else text, first


def _plain(escape: re.Match[bytes]) -> bytes:
    """What an escape of a string stands for, beside as many blanks as it is longer; of a list the next string too."""
    text = escape.group()
    blanks = b" " * (len(text) - 1)
    if text[1:2] == b"u":
        return blanks[2:] + bytes.fromhex(text[2:].decode()).decode("utf-16-be").encode()
    if len(text) > _SHORT and text[1:2] == b"n":
        return b"\n" + blanks
    if len(text) > _SHORT:
        return b"  \\\\"
    return blanks + _ESCAPES.get(text[1:2], text[1:2])

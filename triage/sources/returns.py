"""Carriage returns that end lines by themselves: files of old Macs, and logs in which several programs mix ends.

A return right before a line feed, or before others that lead to one, belongs to that. Any other one ends a line as a
line feed does, and takes as many bytes, so that all places stay.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ("RETURNS", "are_ends", "ended", "ended_bytes", "ended_text", "wide_end")

RETURNS: Final = "carriage returns end lines"

# How JSON begins, and no line of a log or of a debugger that begins with a bracket.
_OBJECT: Final = rb'\{\s*+(?:["}]|\Z)'
_JSON: Final = re.compile(rb"[\xef\xbb\xbf\s]*+(?:" + _OBJECT + rb'|\[[\[\s,]*+(?:["\]]|\Z|' + _OBJECT + rb"))")
_LONE: Final = re.compile(rb"\r(?!\r{0,4}\n)")
_LONE_TEXT: Final = re.compile(r"\r(?!\r{0,4}\n)")
# So many returns at the end of a piece may lead to a line feed in the next one.
_MOST: Final = 5


def are_ends(head: bytes, encoding: str = "utf-8", *, whole: bool) -> bool:
    r"""Whether the beginning of a text has such a return; in JSON it is a blank, and UTF-16 has one kind of end.

    Examples
    --------
    >>> are_ends(b"a\rb", whole=True), are_ends(b"a\r\nb\r\r\n", whole=True), are_ends(b'{"a":\r1}', whole=True)
    (True, False, False)
    >>> are_ends(b"[New Thread 1]\rab", whole=True), are_ends(b'[{"a":\r1}]', whole=True)
    (True, False)
    """
    if encoding != "utf-8":
        return wide_end(head, encoding) != "\n".encode(encoding)
    if b"\r" not in head or b"\0" in head or _JSON.match(head):
        return False
    return _LONE.search(head if whole else head.rstrip(b"\r")) is not None


def wide_end(head: bytes, encoding: str) -> bytes:
    """What ends the lines of a text in UTF-16."""
    feed, back = "\n".encode(encoding), "\r".encode(encoding)
    return back if back in head and feed not in head else feed


def ended(chunks: Iterable[bytes]) -> Iterator[bytes]:
    r"""The pieces of a file, each such return a line feed.

    Examples
    --------
    >>> list(ended([b"a\rb\r", b"\nc\r\r"]))
    [b'a\nb', b'\r\nc', b'\n\n']
    """
    held = b""
    for chunk in chunks:
        piece = held + chunk
        kept = piece.rstrip(b"\r")
        count = min(len(piece) - len(kept), _MOST)
        held = piece[len(piece) - count :]
        if count < len(piece):
            yield _LONE.sub(b"\n", piece)[: len(piece) - count]
    if held:
        yield held.replace(b"\r", b"\n")


def ended_bytes(data: bytes) -> bytes:
    r"""As `ended_text`, of bytes, every byte in its place; what has no such return is given back as it is.

    Examples
    --------
    >>> ended_bytes(b"a\rb\r\nc\r")
    b'a\nb\r\nc\n'
    """
    if b"\r" not in data or data.count(b"\r") == data.count(b"\r\n"):
        return data
    return _LONE.sub(b"\n", data)


def ended_text(text: str) -> str:
    r"""A text, each such return a line feed.

    Examples
    --------
    >>> ended_text("a\rb\r\nc\r")
    'a\nb\r\nc\n'
    """
    return _LONE_TEXT.sub("\n", text) if "\r" in text else text

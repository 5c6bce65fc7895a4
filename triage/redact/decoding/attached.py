"""Files that are written out in base64 within a text: pictures, archives, documents, programs.

What they hold is packed or drawn, so that it cannot be looked into. Their printable strings are read as those of any
binary file are; the rest may hold anything.
"""

from __future__ import annotations

import base64
import binascii
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from triage.redact.decoding.runs import Run
from triage.redact.text import Expression, Span

__all__ = ("ATTACHMENT", "attached", "places", "what_begins")

ATTACHMENT: Final = "attachment"
"""The kind of what is written out and cannot be looked into."""

_FILE: Final = Path(__file__).with_name("attachments.toml")
# So many letters are more than a name or a digest.
_LEAST: Final = 64
_CAP: Final = 1 << 20
_HEAD: Final = 64
_LETTER: Final = r"(?:[A-Za-z0-9+/_-]|\\/)"
_WRITTEN_END: Final = r"(?:\\r)?\\n"
_NEWLINE: Final = rf"(?:{_WRITTEN_END}|\r?\n[ \t]{{0,16}})"
# A line of base64 goes on with one as wide, and with a shorter one if that has a padding or lies in the same string.
_LAST: Final = rf"{_NEWLINE}{_LETTER}{{1,100}}={{1,2}}|{_WRITTEN_END}{_LETTER}{{1,100}}"
_RUN: Final = rf"{_LETTER}{{40,}}(?:{_NEWLINE}{_LETTER}{{60,}})*(?:={{1,2}}|{_LAST})?"
_ADDRESS: Final = r"data:[A-Za-z]{1,20}/[\w.+-]{1,80}(?:;[\w.=+-]{1,60}){0,3};base64,"
_COMMA: Final = b","
_FROM_URLSAFE: Final = bytes.maketrans(b"-_", b"+/")
_PRINTED: Final = bytes(range(32, 127)) + b"\t\r\n"
_STRINGS: Final = Expression(r"(?:[\t\x20-\x7e]\x00){8,}|(?:[\t\x20-\x7e]|[\xc2-\xf4][\x80-\xbf]{1,3}){8,}")


def places(data: bytes) -> list[Span]:
    """Where files are written out."""
    return [*_places(data)]


def _places(data: bytes) -> Iterator[Span]:
    for begin, end in _attached().spans(data):
        start = data.find(_COMMA, begin, end) + 1 if data.startswith(b"data:", begin) else begin
        if end - start >= _LEAST and (start == begin or not _is_text(data[start : start + _HEAD])):
            yield start, end


def attached(data: bytes, found: Iterable[Span]) -> Iterator[Run]:
    """The `places` where files are written out, and the printable strings of each, a line for each."""
    for start, end in found:
        content = _decoded(data[start:end])
        strings = [content[first:last] for first, last in _STRINGS.spans(content)]
        strings = [one[::2] if one[1:2] == b"\0" else one for one in strings]
        if strings:
            yield start, end, b"\n".join(strings)


def what_begins(head: bytes) -> str:
    """What a file is that begins so, if it is packed and cannot be looked into; "" for any other.

    Examples
    --------
    >>> what_begins(b"%PDF-1.7"), what_begins(b"a log")
    ('a document', '')
    """
    return next((what for what, begins, packed in _kinds() if packed and head.startswith(begins)), "")


@cache
def _kinds() -> tuple[tuple[str, tuple[bytes, ...], bool], ...]:
    """Read the file, once: what begins how, and whether it is packed."""
    kinds = tomllib.loads(_FILE.read_text("utf-8"))["kind"]
    return tuple((one["what"], tuple(map(bytes.fromhex, one["begins"])), one.get("packed", False)) for one in kinds)


@cache
def _attached() -> Expression:
    """The expression: an address of data with what it holds, or what begins like a file."""
    heads = [base64.b64encode(begin)[: len(begin) * 8 // 6] for _, begins, _ in _kinds() for begin in begins]
    begun = "|".join(sorted({head.decode().replace("+", r"\+").replace("/", r"\\?/") for head in heads}))
    return Expression(rf"{_ADDRESS}{_RUN}|\b(?:{begun}){_RUN}|\\?/9j/{_RUN}")


def _decoded(run: bytes) -> bytes:
    """The bytes of a run, as far as they can be read."""
    plain = run[: 2 * _CAP].replace(b"\\n", b"").replace(b"\\r", b"").translate(_FROM_URLSAFE, b"\\ \t\r\n=")
    plain = plain[: len(plain) // 4 * 4][:_CAP]
    try:
        return base64.b64decode(plain, validate=True)
    except binascii.Error:
        return b""


def _is_text(head: bytes) -> bool:
    """Whether what an address of data begins with is text, which is read as such."""
    return not _decoded(head).translate(None, _PRINTED)

"""Bytes that are written out one by one: pairs of hexadecimal with colons or blanks between, lists of numbers.

Like runs of base64 they have no map back: what is found in them masks all of them. Only bytes that print count, so
that addresses, digests and code in hexadecimal cost nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from triage.redact.decoding.listed import OPENINGS
from triage.redact.text import HEX_DIGITS, Span, expression

__all__ = ("OCTETS", "written_out")

_LEAST: Final = 8
_CAP: Final = 1 << 20
# A byte that prints, the ends of lines among them, and what stands behind each but the last.
_FORMS: Final = (
    (r"[2-7][0-9a-f]", r"0[9ad]", r":"),
    (r"[2-7][0-9a-f]", r"0[9ad]", r" "),
    (r"[2-7][0-9a-f]", r"0[9ad]", r"="),
    (r"[2-7][0-9a-f][2-7][0-9a-f]", r"0[9ad]", r" "),
    (r"(?:3[2-9]|[4-9][0-9]|1[01][0-9]|12[0-6])", r"9|10|13", r", ?(?:0, ?)?"),
    (r"0x[2-7][0-9a-f]", r"0x0[9ad]", r"(?:, ?| )(?:0x00(?:, ?| ))?"),
    # UTF-16
    (r"[2-7][0-9a-f]", r"0[9ad]", r"[, :]00[, :]"),
)
# A value of the registry of Windows as it is exported, over lines too.
_REGISTRY: Final = (
    rf"hex(?:\([0-9a-f]\))?:(?:[0-9a-f]{{2}},(?:\\\r?\n[ \t]{{1,8}})?){{{_LEAST - 1}}}"
    r"(?:[0-9a-f]{2},(?:\\\r?\n[ \t]{1,8})?)*[0-9a-f]{2}\b"
)
OCTETS: Final = (
    "|".join(
        rf"\b(?i:{_LEAST * (byte + joint)}(?:(?:{byte}|{end}){joint})*(?:{byte}\b)?)" for byte, end, joint in _FORMS
    )
    + rf"|\b(?i:{_REGISTRY})"
)
"""An expression of eight such bytes and more."""
_NAMED: Final = re.compile(rb'"([^"\\\r\n]{1,60})"=\Z')
_BEFORE_BYTES: Final = re.compile(rb"(?i)hex(?:\([0-9a-f]\))?:")
_NUMBER: Final = re.compile(rb"(?:0x)?[0-9a-fA-F]+", re.IGNORECASE)
_IN_HEX: Final = re.compile(rb"(?i)x|[0-9]?[a-f]|\b00\b")
_DECIMAL: Final = 10
_X: Final = frozenset({b"x", b"X"})
_PRINTED: Final = bytes(range(32, 127)) + b"\t\r\n"


def written_out(data: bytes, encoded: Iterable[Span]) -> Iterator[tuple[int, int, bytes]]:
    """Where bytes are written out among what is encoded, and the text that they are."""
    for start, end in encoded:
        if data[start] in OPENINGS:
            yield from written_out(data, expression(OCTETS).spans(data, start + 1, end))
            continue
        opening = _BEFORE_BYTES.match(data, start)
        if opening:
            yield opening.end(), end, _in_registry(data, start, opening.end(), end)
        elif end - start >= _LEAST * len(r"\x20") and data.startswith(b"\\x", start):
            yield start, end, bytes.fromhex(data[start : min(end, start + _CAP)].replace(b"\\x", b"").decode())
        elif data[start] in HEX_DIGITS:
            written = data[start : min(end, start + _CAP)]
            base = 10 if b"," in written and not _IN_HEX.search(written) else 16
            yield start, end, _text_of(written, base)


def _text_of(written: bytes, base: int) -> bytes:
    """The text that numbers are, without the NULs of UTF-16."""
    numbers = _NUMBER.findall(written)
    if base != _DECIMAL:  # two digits are a byte, also where two bytes stand together
        numbers = [part for number in numbers for part in (number[-4:-2], number[-2:]) if part and part[1:] not in _X]
    text = bytes(int(number, base) for number in numbers)
    return text.replace(b"\0", b"") if text.count(0) * 3 >= len(text) else text


def _in_registry(data: bytes, before: int, start: int, end: int) -> bytes:
    """A value of the registry under its name, as text or, where it is none, as the digits that it is written with."""
    written = data[start : min(end, start + _CAP)]
    text = _text_of(written, 16)
    if len(text.translate(None, _PRINTED)) * 4 > len(text):
        text = written.translate(None, b",\\ \t\r\n")
    name = _NAMED.search(data, max(before - 64, 0), before)
    return name[1] + b"=" + text if name else text

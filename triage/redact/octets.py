"""Bytes that are written out one by one: pairs of hexadecimal with colons or blanks between, lists of numbers.

Like runs of base64 they have no map back: what is found in them masks all of them. Only bytes that print count, so
that addresses, digests and code in hexadecimal cost nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from triage.redact.text import HEX_DIGITS, Span

__all__ = ("OCTETS", "written_out")

_LEAST: Final = 8
_CAP: Final = 1 << 20
# A byte that prints, the ends of lines among them, and what stands behind each but the last.
_FORMS: Final = (
    (r"[2-7][0-9a-f]", r"0[9ad]", r":"),
    (r"[2-7][0-9a-f]", r"0[9ad]", r" "),
    (r"(?:3[2-9]|[4-9][0-9]|1[01][0-9]|12[0-6])", r"9|10|13", r", ?"),
    (r"0x[2-7][0-9a-f]", r"0x0[9ad]", r"(?:, ?| )"),
)
OCTETS: Final = "|".join(
    rf"\b(?i:{_LEAST * (byte + joint)}(?:(?:{byte}|{end}){joint})*(?:{byte}\b)?)" for byte, end, joint in _FORMS
)
"""An expression of eight such bytes and more."""
_NUMBER: Final = re.compile(rb"(?:0x)?[0-9a-fA-F]+", re.IGNORECASE)


def written_out(data: bytes, encoded: Iterable[Span]) -> Iterator[tuple[int, int, bytes]]:
    """Where bytes are written out among what is encoded, and the text that they are."""
    for start, end in encoded:
        if data[start] not in HEX_DIGITS:
            continue
        written = data[start : min(end, start + _CAP)]
        base = 10 if b"," in written and b"x" not in written.lower() else 16
        yield start, end, bytes(int(number, base) for number in _NUMBER.findall(written))

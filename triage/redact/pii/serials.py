"""Serial numbers of devices under their names: those of makers, and what an owner has on its things."""

from __future__ import annotations

import re
from typing import Final

from triage.redact.text import Span

__all__ = ("SERIAL", "SIGNED", "part")

SERIAL: Final = re.compile(rb"(?=[A-Z]{0,9}[0-9])(?=[0-9A-F]{0,15}[G-Z])[A-Z0-9]{8,16}(?![\w.-])")
"""More than hexadecimal: no number of a certificate."""
# A digit that ends a word only counts it.
_IN_WORD: Final = re.compile(rb"[A-Z]{0,9}[0-9][A-Z0-9]")
SIGNED: Final = re.compile(rb"(?i)\s{1,20}(?:signature algorithm|issuer)")
"""What follows the number of a certificate."""
# What a maker gives a device, between slashes here and there, and no number of a certificate or a zone.
_MADE: Final = re.compile(
    rb"/?((?=[A-Z./-]{0,20}[0-9])[A-Z0-9]{2,24}(?:[./-][A-Z0-9]{1,20}){0,4}"
    rb"|(?=[a-f]{0,15}[0-9])(?=[0-9]{0,15}[a-f])[0-9a-f]{8,32})(?![\w:]|[ ]?\(0x|[.-]\w)"
)
_SIGNER: Final = re.compile(rb"(?i)(?:\bca|cert(?:ificate)?s?|crl|soa|zone|issuer|signer)(?:'s)?[ _-]{0,2}serial")
_LEAST: Final = 6
# Digits that are written out to fill a place.
_ROW: Final = b"01234567890"


def part(data: bytes, start: int, name: int, *, lone: bool) -> Span | None:
    """The serial number at a place, whose name begins at another; one of a `lone` word is of more than hexadecimal.

    Examples
    --------
    >>> part(b"serial number: /QYLU7/CN42/", 15, 0, lone=False), part(b"ca serial number: 00C48C8D", 18, 3, lone=False)
    ((16, 26), None)
    """
    if lone:
        match = SERIAL.match(data, start)
        return match.span() if match and _IN_WORD.match(data, start) else None
    match = _MADE.match(data, start)
    if match is None or SIGNED.match(data, match.end()) or _SIGNER.search(data, max(name - 24, 0), start):
        return None
    text = match[1]
    varied = len(text) >= _LEAST and len(set(text)) > _LEAST // 2 and text not in _ROW
    return match.span(1) if varied else None

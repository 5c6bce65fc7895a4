"""The ways in which a value may be written that no view gives back, as parts of longer runs too.

Views decode what says that it is encoded, and runs of base64 and hexadecimal that are text as a whole. A short value
makes too short a run, and one among other bytes none that is text: it is looked for as it is written there.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple
from urllib.parse import quote, unquote_to_bytes

import msgspec

from triage.redact.text import DIGITS, HEX_DIGITS, LETTERS

__all__ = ("Encoded", "encoded", "held", "spellings", "unescaped")

_JSON_LEVELS: Final = 3
_PLAIN: Final = bytes(code for code in range(0x20, 0x7F) if code not in b'"\\')
_AS_IT_IS: Final = _PLAIN.replace(b"%", b"")
_OF_BASE64: Final = frozenset(LETTERS + DIGITS + b"+=")
_OF_HEX: Final = frozenset(HEX_DIGITS)
_TO_URLSAFE: Final = bytes.maketrans(b"+/", b"-_")
_FROM_URLSAFE: Final = bytes.maketrans(b"-_", b"+/")
_TEXT: Final = bytes(range(0x20, 0x7F))
_LONGEST_HELD: Final = 4_096
# How many letters of base64 depend on so many bytes before a value, and on so many that are left of its last three.
_BEFORE: Final = (0, 2, 3)
_BEHIND: Final = (0, 1, 1)
# Fewer letters of either are in other runs by chance.
_LEAST: Final = 6
_LEAST_IN_HEX: Final = 10


class Encoded(NamedTuple):
    """How a value is written in a run, whether in letters of any case, and what the run is made of."""

    text: bytes
    caseless: bool
    run: frozenset[int]


def unescaped(value: bytes) -> bytes | None:
    """What a value with escapes of JSON reads without them; None where it has none."""
    if b"\\" not in value:
        return None
    try:
        plain = msgspec.json.decode(b'"' + value + b'"', type=str)
    except (ValueError, UnicodeDecodeError):
        return None
    return plain.encode("utf-8", "surrogatepass") if plain else None


def spellings(value: bytes) -> Collection[bytes]:
    """The ways of writing a value that no view gives back: JSON inside of JSON, percent signs of its own."""
    if not value.translate(None, _AS_IT_IS):
        return (value,)
    plain = unescaped(value) or value
    found = {value, plain}
    escaped = plain
    for _ in range(_JSON_LEVELS if plain.translate(None, _PLAIN) or b"\\" in plain or b'"' in plain else 0):
        escaped = msgspec.json.encode(escaped.decode("utf-8", "replace"))[1:-1]
        found.add(escaped)
    if b"%" in plain:
        once = quote(plain, safe="").encode()
        found |= {once, quote(once, safe="").encode(), unquote_to_bytes(plain)}
    return found


def held(value: bytes) -> Iterator[bytes]:
    """The text that a value holds which is base64 or hexadecimal as a whole; of a name and a password the latter too.

    Examples
    --------
    >>> [*held(b"a1dxNy1acDJ4XzlM")], [*held(b"kWq7-Zp2x_9L")]
    ([b'kWq7-Zp2x_9L'], [])
    """
    text = _decoded(value)
    if text is None or len(text) < _LEAST or text.translate(None, _TEXT):
        return
    yield text
    _, colon, password = text.partition(b":")
    if colon and password:
        yield password


def _decoded(value: bytes) -> bytes | None:
    """What whole hexadecimal or base64 stands for; None for anything else."""
    if len(value) > _LONGEST_HELD:
        return None
    try:
        if not value.translate(None, HEX_DIGITS):
            return bytes.fromhex(value.decode())
        run = value.translate(_FROM_URLSAFE)
        text = base64.b64decode(run + b"=" * (-len(run) % 4), validate=True)
    except ValueError:
        return None
    return text if base64.b64encode(text).rstrip(b"=") == run.rstrip(b"=") else None


def encoded(value: bytes, *, wide: bool) -> Iterator[Encoded]:
    """A value in hexadecimal, and in base64 behind any bytes and before any; where `wide`, in UTF-16 too.

    Examples
    --------
    >>> [one.text.decode() for one in encoded(b"mfern", wide=False)]
    ['6d6665726e', 'bWZlcm', '1mZXJu', 'tZmVyb']
    """
    for text in (value, value.decode("utf-8", "replace").encode("utf-16-le")) if wide else (value,):
        if 2 * len(text) >= _LEAST_IN_HEX:
            yield Encoded(text.hex().encode(), caseless=True, run=_OF_HEX)
        for before, dependent in enumerate(_BEFORE):
            run = base64.b64encode(bytes(before) + text).rstrip(b"=")
            run = run[dependent : len(run) - _BEHIND[(before + len(text)) % 3]]
            if len(run) >= _LEAST:
                yield from (
                    Encoded(one, caseless=False, run=_OF_BASE64)
                    for one in dict.fromkeys((run, run.translate(_TO_URLSAFE)))
                )

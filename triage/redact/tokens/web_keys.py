"""The private numbers of JSON Web Keys: those of a pair of keys but the public ones, and a shared one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.text import Found

__all__ = ("KEY_TYPES", "private_numbers")

KEY_TYPES: Final = (b'"kty":', b'"kty" :', b"'kty':", b'kty\\":')
_KEY_REACH: Final = 8_192
_TYPE: Final = 5
_PRIVATE_NUMBER: Final = re.compile(
    rb"""\\{0,15}["'](?:d|p|q|dp|dq|qi|k)\\{0,15}["']\s{0,8}:\s{0,8}\\{0,15}["']([A-Za-z0-9_+/=-]{16,4096})"""
)


def private_numbers(data: bytes, at: int) -> Iterator[Found]:
    """The numbers of a JSON Web Key that are private: those of a pair of keys but the public ones, a shared one."""
    begin = max(data.rfind(b"{", max(at - _KEY_REACH, 0), at), 0)
    # A key names its type once: from another on it is another's.
    end = data.find(b"}", at, at + _KEY_REACH)
    again = data.find(b"kty", at + _TYPE, end if end >= 0 else at + _KEY_REACH)
    end = again if again >= 0 else end
    begin = max(begin, data.rfind(b"kty", begin, at))
    for match in _PRIVATE_NUMBER.finditer(data, begin, end if end >= 0 else min(at + _KEY_REACH, len(data))):
        yield *match.span(1), "private_key", "lead"

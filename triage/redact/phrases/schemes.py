"""Credentials behind the word of a scheme of authorization: `Bearer ...`, `basic user:password`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import extents, values
from triage.redact.text import Found

__all__ = ("credentials",)

# The name of a field whose value is the word of a scheme.
_TYPE_BEFORE: Final = re.compile(rb"(?i)token[_.-]?type\\{0,3}[\"']?(?:[ ]?(?:[:=]|=>)[ ]?|[ ])\\{0,3}[\"']?\Z")
_PAIR: Final = re.compile(rb"[\w.@-]{1,60}:([^\s:]{4,200})")


def credentials(data: bytes, start: int, end: int) -> Iterator[Found]:
    """The credentials behind the word of an authorization scheme."""
    small = data[start:end].lower()
    span = extents.bare(data, end)
    if span is None or values.is_setting(data[slice(*span)]):
        return
    value = data[slice(*span)]
    if (b"=" in value.strip(b"=") and small.startswith(b"bearer")) or _is_type(data, start, small):
        return
    if values.names_user_and_password(value) or (small.startswith(b"bearer") and values.looks_random(value, least=12)):
        yield *span, "authorization", "prose"
    elif small.startswith(b"basic") and (pair := _PAIR.fullmatch(value)) and values.mixed(pair[1], least=5):
        yield span[0] + pair.start(1), span[1], "password", "prose"


def _is_type(data: bytes, start: int, scheme: bytes) -> bool:
    """Whether the word of a scheme is itself a value, what a token is said to be: a setting, a cell of a row."""
    if scheme.endswith(b"\t") and data[start - 1 : start] == b"\t":
        return True
    return _TYPE_BEFORE.search(data, max(start - 48, 0), start) is not None

"""Quoted-printable: characters written as `=40`, and lines that go on behind a sign of assignment.

Such a sign is more often something else: one of a setting, the padding of base64, the number of a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.decoding import soft_breaks
from triage.redact.decoding.origins import Piece
from triage.redact.text import Expression, Span, line_of

__all__ = ("decoded", "decoded_all")

# All that quoted-printable writes out, where its sign of assignment is.
_PRINTABLE: Final = Expression(r"=(?:2[0-9A-F]|3[A-F]|40|5[B-F]|60|7[B-E]|[C-F][0-9A-F]=[89AB][0-9A-F]|\r?\n)")

# And in a part of a mail that says so, letters and digits too.
_DECLARED: Final = Expression(r"(?i)transfer-encoding:[ \t]*\"?quoted-printable")
_ALL_PRINTABLE: Final = Expression(r"=(?:[2-6][0-9A-F]|7[0-9A-E]|[C-F][0-9A-F]=[89AB][0-9A-F]|\r?\n)")

# Behind a sign of assignment, whose first digits say nothing.
_DIGEST: Final = re.compile(rb"(?:[0-9a-f]{128}|[0-9a-f]{96}|[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9A-Za-z])")
# How long lines are that quoted-printable breaks, where no sign of assignment stands as it is.
_BROKEN: Final = range(60, 78)
# Before a sign with nothing to go on with, and one that stands for itself.
_NO_VALUE: Final = frozenset({b"=", b"\n", b""})
_SIGN: Final = re.compile(rb"=(?![0-9A-F]{2})")
# The name of a parameter of a URL.
_PARAMETER: Final = re.compile(rb"[?&][\w.\[\]-]{1,40}\Z")


def decoded_all(data: bytes) -> Iterator[Piece] | None:
    """Every character of a text that says that it is quoted-printable, or shows it; None for any other."""
    declared = _DECLARED.first(data, 0)
    if declared is None and b"=3D" not in data:
        return None
    spans = (_ALL_PRINTABLE if declared else _PRINTABLE).spans(data)
    return (piece for span in spans if (piece := decoded(data, *span, sure=True)) is not None)


def decoded(data: bytes, start: int, end: int, *, sure: bool = False) -> Piece | None:
    """Quoted-printable: a character, or a line that goes on; two signs end base64.

    So does one behind base64 that reads as text, unless the text is `sure` to be quoted-printable.
    """
    code = data[start + 1 : end]
    if code[:1] not in b"\r\n":
        if code != b"3D" and _PARAMETER.search(data, max(start - 48, 0), start):
            return None  # the number of a page
        if _DIGEST.match(data, start + 1):
            return None
        return start, end, bytes.fromhex(code.replace(b"=", b"").decode())
    line = line_of(data, start)[0]
    full = start + 1 - line in _BROKEN
    if data[start - 1 : start] in _NO_VALUE or soft_breaks.is_own(data, start, end, full=full):
        return None
    return (start, end, b"") if sure or _is_broken(data, (line, start), end, full=full) else None


def _is_broken(data: bytes, line: Span, end: int, *, full: bool) -> bool:
    """Whether a line is broken at a sign of assignment as quoted-printable is, in a text that does not say so.

    There no such sign stands for itself, and lines are broken where they are full.
    """
    sign = line[1] + 1
    if soft_breaks.is_base64(data, sign):
        return False
    is_whole = full and not _SIGN.search(data, *line) and not soft_breaks.is_padded(data, sign)
    return is_whole or soft_breaks.is_rest(data, end)

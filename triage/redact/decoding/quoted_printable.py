"""Quoted-printable: characters written as `=40`, and lines that go on behind a sign of assignment.

Such a sign is more often something else: one of a setting, the padding of base64, the number of a page.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

from triage.redact.decoding.origins import Piece
from triage.redact.text import DIGITS, LETTERS, Expression, line_of

__all__ = ("OWN_LINE", "decoded", "decoded_all", "is_padded")

# All that quoted-printable writes out, where its sign of assignment is.
_PRINTABLE: Final = Expression(r"=(?:2[0-9A-F]|3[A-F]|40|5[B-F]|60|7[B-E]|[C-F][0-9A-F]=[89AB][0-9A-F]|\r?\n)")

# And in a part of a mail that says so, letters and digits too.
_DECLARED: Final = Expression(r"(?i)transfer-encoding:[ \t]*\"?quoted-printable")
_ALL_PRINTABLE: Final = Expression(r"=(?:[2-6][0-9A-F]|7[0-9A-E]|[C-F][0-9A-F]=[89AB][0-9A-F]|\r?\n)")

_ASSIGNED: Final = rb"(?:export[ ])?[A-Za-z_][\w.-]{0,80}=(?![0-9A-F]{2}|[=\s&),;\]}]|[\"'](?!\w)|\Z)"
OWN_LINE: Final = re.compile(
    _ASSIGNED + rb"|(?:X-)?[A-Z][a-z]{2,20}(?:-[A-Z][a-z]{1,20}){0,5}:[ \t]"
    rb"|(?:[0-9]{4}-)?[0-9]{2}-[0-9]{2}[T ][0-9]{2}:|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]|[A-Z]:[ \\]|\*\*\w"
    rb"|[0-9]{2}:[0-9]{2}:[0-9]{2}|[VDIWEF]/[\w.$-]{1,60} ?\( ?[0-9]|---|\["
)
"""What a line begins with that says something of its own, and does not go on with the one before: a setting, a header,
the time of a log. What ends a token, its padding and the mark behind it, is none of these."""
# Behind a sign of assignment, whose first digits say nothing.
_DIGEST: Final = re.compile(rb"(?:[0-9a-f]{128}|[0-9a-f]{96}|[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![0-9A-Za-z])")
# How long lines are that quoted-printable breaks, where no sign of assignment stands as it is.
_BROKEN: Final = range(60, 78)
# And where a key ends that is padded: of a line that was broken no word more would have fitted.
_FILLED: Final = range(70, 78)
# What a key in base64 is made of, how long it is with its padding, and what begins with a name of its own below it, or
# with words.
_OF_KEYS: Final = bytes(0x61 if code in LETTERS + DIGITS + b"+/_-" else 0x20 for code in range(256))
_KEYS: Final = range(20, 512, 4)
_LONGEST: Final = 4_096
_FROM_URLSAFE: Final = bytes.maketrans(b"-_", b"+/")
_PRINTED: Final = bytes(range(32, 127)) + b"\t\r\n"
_NAMED_LINE: Final = re.compile(
    rb"(?:[>|#][ ]?)?[A-Za-z][\w.-]{1,40}(?: [A-Za-z][\w.-]{1,40}){0,3}(?:[ \t]{0,4}(?::|=(?!\r?\n))| [a-z]{1,20} )"
    rb"|0x[0-9a-f]{4,16}(?![\w+/=])"
)
_WORD_BELOW: Final = re.compile(rb"[A-Za-z][a-z]{2,20}(?=[ \t:,(]|\Z)")
_OWN_SETTING: Final = re.compile(_ASSIGNED)
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
    if data[start - 1 : start] == b"=" or (
        (_NAMED_LINE.match(data, end) or OWN_LINE.match(data, end)) and is_padded(data, start + 1)
    ):
        return None
    if not sure and _ends_text(data, start + 1):
        return None
    if not sure and start + 1 - line not in _FILLED and _WORD_BELOW.match(data, end) and is_padded(data, start + 1):
        return None  # no line of quoted-printable is broken there
    own = _OWN_SETTING if start + 1 - line in _BROKEN else OWN_LINE
    return None if own.match(data, end) else (start, end, b"")


def is_padded(data: bytes, end: int) -> bool:
    """Whether base64 that is padded ends at a place: nothing of it is below."""
    if data[end - 1 : end] != b"=":
        return False
    return len(_run_before(data, end, _KEYS.stop)) in _KEYS


def _run_before(data: bytes, end: int, most: int) -> bytes:
    """The run of base64 with its padding that ends at a place; from a text that is longer, its last part."""
    around = data[max(end - most, 0) : end]
    return around[around.rstrip(b"=").translate(_OF_KEYS).rfind(b" ") + 1 :]


def _ends_text(data: bytes, end: int) -> bool:
    """Whether base64 ends at a place with its padding that is text, and whose last letter has no bits too many."""
    run = _run_before(data, end, _LONGEST)
    if len(run) % 4 or len(run) not in range(_KEYS.start, _LONGEST):
        return False
    run = run.translate(_FROM_URLSAFE)
    try:
        text = base64.b64decode(run, validate=True)
    except binascii.Error:
        return False
    return not text.translate(None, _PRINTED) and base64.b64encode(text) == run

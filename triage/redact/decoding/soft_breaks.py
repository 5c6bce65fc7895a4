"""Line ends that a sign before them makes none: a backslash, quoted-printable's sign of assignment.

Both signs end values too, base64 with its padding and folders of Windows, and then what is below is another record: a
line is joined with the next one only where that goes on with it.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from triage.redact.decoding.apart import is_row
from triage.redact.text import DIGITS, LETTERS, digits_in, letters_in, line_of

__all__ = ("OWN_LINE", "is_base64", "is_own", "is_padded", "is_path", "is_rest")

_ASSIGNED: Final = rb"(?:export[ ])?[A-Za-z_][\w.-]{0,80}=(?![0-9A-F]{2}|[=\s&),;\]}]|[\"'](?!\w)|\Z)"
OWN_LINE: Final = re.compile(
    _ASSIGNED + rb"|(?:X-)?[A-Z][a-z]{2,20}(?:-[A-Z][a-z]{1,20}){0,5}:[ \t]"
    rb"|(?:[0-9]{4}-)?[0-9]{2}-[0-9]{2}[T ][0-9]{2}:|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]|[A-Z]:[ \\]|\*\*\w"
    rb"|[0-9]{2}:[0-9]{2}:[0-9]{2}|[VDIWEF]/[\w.$-]{1,60} ?\( ?[0-9]|---|\["
)
"""What a line begins with that says something of its own, and does not go on with the one before: a setting, a header,
the time of a log. What ends a token, its padding and the mark behind it, is none of these."""
# How the records of logs begin: with a time in one of the usual forms, who asked a server, the tag of Android, a level.
_RECORD: Final = (
    rb"[\[<(]?(?:[0-9]{4}[-/.][0-9]{2}[-/.][0-9]{2}[T ,][0-9]|[0-9]{2}:[0-9]{2}:[0-9]{2}\b|[0-9]{2}-[0-9]{2} [0-9]{2}:"
    rb"|(?:[A-Z][a-z]{2},? )?(?:[A-Z][a-z]{2} [ 0-9][0-9]|[0-9]{1,2}[ /][A-Z][a-z]{2}[ /][0-9]{2,4})[ :,]"
    rb"|[0-9]{1,3}(?:\.[0-9]{1,3}){3} \S{1,40} \S{1,60} \[|[VDIWEFA]/[\w.$-]{1,60}[ :(]|<[0-9]{1,3}>)"
    rb"|[\[<(]?(?i:trace|debug|info|notice|warn(?:ing)?|error|err|crit(?:ical)?|fatal|severe|panic)"
    rb"[\])>]?(?:[ \t:|]|\r?\n|\Z)"
)
# A name with its sign, and nothing of a token's padding.
_NAMED: Final = (
    rb"(?:[>|#-][ ]?)?[A-Za-z_][\w.-]{0,60}(?: [A-Za-z][\w.-]{1,40}){0,3}[ \t]{0,4}"
    rb"(?::(?=[ \t\r\n]|\Z)|=(?!=|\r?\n|\Z))"
)
_OWN: Final = re.compile(rb"(?:%b)|(?:%b)|(?:%b)" % (_RECORD, _NAMED, OWN_LINE.pattern))
_OWN_BELOW_FULL: Final = re.compile(rb"(?:%b)|(?:%b)" % (_RECORD, _ASSIGNED))
_TOKEN: Final = re.compile(rb"[^\s\"'<>]{1,400}")
_CLOSING: Final = frozenset({b"", b"\r", b"\n", b'"', b"'", b"<", b"\\"})
_SHORTEST: Final = 3
# How much two lines of one log begin alike at the least, but for their digits.
_ALIKE: Final = 8
_SAME_DIGIT: Final = bytes(0x30 if code in DIGITS else code for code in range(256))
# A word that holds a backslash before the one at its end is a folder.
_FOLDER: Final = re.compile(rb"(?:[A-Za-z]:|\\)\\{1,4}[^\n\"'<>|*?]{0,200}\Z|[\w.$%-]{1,80}\\{1,4}[\w.$% -]{1,80}\Z")
# What a key in base64 is made of, how long it is with its padding.
_OF_KEYS: Final = bytes(0x61 if code in LETTERS + DIGITS + b"+/_-" else 0x20 for code in range(256))
_KEYS: Final = range(20, 512, 4)
_LEAST_KEY: Final = 8
_LONGEST: Final = 4_096
_FROM_URLSAFE: Final = bytes.maketrans(b"-_", b"+/")


def is_own(data: bytes, start: int, end: int, *, full: bool = False) -> bool:
    """Whether the line behind a line end says something of its own: a record, a setting, a row as the one above.

    Where the line above is `full`, a word with a colon goes on with its sentence.

    Examples
    --------
    >>> is_own(b"token=Qx7mPa9L=\\nERROR boom", 15, 16), is_own(b"token=Qx7mPa9L=\\nkT2v", 15, 16)
    (True, False)
    """
    if (_OWN_BELOW_FULL if full else _OWN).match(data, end):
        return True
    line = line_of(data, start)[0]
    above, below = data[line : line + _ALIKE], data[end : end + _ALIKE]
    if len(above) == _ALIKE and above.translate(_SAME_DIGIT) == below.translate(_SAME_DIGIT) and digits_in(above):
        return True
    return is_row(data, start, data.find(b"\n", start) + 1)


def is_rest(data: bytes, at: int) -> bool:
    """Whether a line begins with what may be the rest of a value: no word, or one that is all of its line."""
    token = _TOKEN.match(data, at)
    if token is None:
        return False
    word = token.group()
    if data[token.end() : token.end() + 1] in _CLOSING:
        return not (word.isalpha() and (word.islower() or word.istitle()))
    return len(word) >= _SHORTEST and digits_in(word) > 0 and letters_in(word) > 0


def is_path(data: bytes, start: int) -> bool:
    """Whether a backslash at a place ends the path of a folder."""
    return _FOLDER.search(data, max(start - 240, line_of(data, start)[0]), start) is not None


def is_padded(data: bytes, end: int) -> bool:
    """Whether base64 that is padded ends at a place, by its length: nothing of it is below."""
    return data[end - 1 : end] == b"=" and len(_run_before(data, end)) in _KEYS


def is_base64(data: bytes, end: int) -> bool:
    """Whether base64 that is padded ends at a place, and its last letter has no bits too many."""
    run = _run_before(data, end).translate(_FROM_URLSAFE)
    if len(run) < _LEAST_KEY or len(run) % 4:
        return False
    try:
        return base64.b64encode(base64.b64decode(run, validate=True)) == run
    except binascii.Error:
        return False


def _run_before(data: bytes, end: int) -> bytes:
    """The run of base64 with its padding that ends at a place; from a text that is longer, its last part."""
    around = data[max(end - _LONGEST, 0) : end]
    return around[around.rstrip(b"=").translate(_OF_KEYS).rfind(b" ") + 1 :]

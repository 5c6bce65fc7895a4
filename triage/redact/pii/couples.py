"""The two halves of somebody's name under words that say so only together: `first=Ana&last=Cruz`, `"first":"Ana"`.

`first` and `last` are also those of a page or a week: a given name tells, or a field of a person beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote_to_bytes

from triage.redact.pii.given import is_name_of_somebody
from triage.redact.pii.persons import is_person
from triage.redact.text import Found

__all__ = ("READERS", "SPELT")

_LETTER: Final = rb"A-Za-z\x80-\xff'.-"
# Of several words where something closes it.
_HALF: Final = (
    rb"((?:[A-Z\x80-\xff]|%[CDE][0-9A-F]|\\u0[0-9a-fA-F]{3})(?:[+" + _LETTER + rb"]|%[0-9A-F]{2}|\\u0[0-9a-fA-F]{3})"
    rb"{0,30}(?:(?:[ ][" + _LETTER + rb"]{1,24}){1,3}(?=\\{0,3}[\"'<]))?)"
)
_CLOSING: Final = rb"\\{0,3}[\"']?(?:</[\w:.]{1,20}>)?[&;,]?\s{0,24}"
_OPENING: Final = rb"<?\\{0,3}[\"']?[\w.\[-]{0,24}?"
_SIGN: Final = rb"\\{0,3}[\"']?\]?(?:>|[ ]?[:=][ ]?)\\{0,3}[\"']?"
_LAST: Final = rb"(?i:last|family|sur)(?i:_?name)?" + _SIGN + _HALF
_MIDDLE: Final = rb"(?:<?\\{0,3}[\"']?[\w.\[-]{1,24}" + _SIGN + rb"[^\"'<>&;\\\r\n]{0,30}" + _CLOSING + rb")?"
_BEHIND: Final = re.compile(_HALF + _CLOSING + _MIDDLE + _OPENING + _LAST)
_BEFORE: Final = re.compile(_LAST + _CLOSING + _MIDDLE + _OPENING + rb"\Z")
_ALONE: Final = re.compile(_HALF)
# A field of a person beside them.
_FIELD: Final = re.compile(
    rb"(?i)(?:\A|[\s\"'&?,<{.])(?:dob|birth_?(?:date|day)?|date_of_birth|e-?mail|phone|mobile|ssn|passport|postcode|zip|street"
    rb"|gender)\\{0,3}[\"']?[ ]?[:=>]"
)
_REACH: Final = 120
_OF_CALENDARS: Final = frozenset(
    b"monday tuesday wednesday thursday friday saturday sunday january february march april may june july august"
    b" september october november december mon tue wed thu fri sat sun jan feb mar apr jun jul aug sep oct nov"
    b" dec".split()
)


def _halves(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Both halves of a name, of which the first stands behind its word and the last behind it or before."""
    value = at + size
    if both := _BEHIND.match(data, value):
        spans = (both.span(1), both.span(2))
    elif (one := _ALONE.match(data, value)) and (other := _BEFORE.search(data, max(at - _REACH, 0), at)):
        spans = (one.span(1), other.span(1))
    else:
        return
    first, last = (_read(data[slice(*span)]) for span in spans)
    if {first.lower(), last.lower()} & _OF_CALENDARS or not (is_person(first) and is_person(last)):
        return
    near = data[max(at - _REACH, 0) : value + 2 * _REACH]
    if is_name_of_somebody(first + b" " + last) or _FIELD.search(near):
        for span in spans:
            yield *span, "person", "halves"


def _read(half: bytes) -> bytes:
    """A half of a name without the escapes of its document."""
    return unquote_to_bytes(half.replace(b"+", b" ")) if b"\\" not in half else half.decode("unicode_escape").encode()


SPELT: Final = {
    "halves": tuple(("", sign) for sign in ("=", "]=", '":"', '": "', '\\":\\"', '\\": \\"', ">", ": ", "='", '="'))
}
"""What stands before and behind the words of such a list, where they lead to something."""
READERS: Final = {"halves": _halves}
"""What reads the values behind the words of leads.toml, by their lists."""

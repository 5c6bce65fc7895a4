"""Masks: `[kind:N:length]`, what replaces a value that must not leave.

``kind`` is the word of the rule, ``N`` an ordinal or, under a user's key, a pseudonym of 13 base32 characters (65 bits
of HMAC-SHA256 over the kind and the value), so that bundles can be linked without a hash that could be guessed. The
length is exact where the kind fixes it anyway and a power-of-two bucket elsewhere. A mask needs no escaping in JSON, in
Prometheus text or in XML, and no rule matches one again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator
from typing import Final

from triage import marks

__all__ = ("FOREIGN", "MASK", "MASKS", "MASK_TEXT", "bucket", "kind_of", "label", "numbered", "pseudonym", "within")

_MOST_BITS: Final = 29
# The power-of-two ranges, all of which have nine digits at most.
_BUCKETS: Final = "|".join(f"{1 << bits}-{(2 << bits) - 1}" for bits in range(1, _MOST_BITS))
_FORM: Final = rf"\[[a-z][a-z0-9_]{{1,39}}:(?:[0-9]{{1,9}}|[A-Z2-7]{{13}}):(?:[0-9]{{1,9}}|{_BUCKETS})\]"
MASKS: Final = _FORM
"""The expression of a mask, to be part of a larger one."""
MASK: Final = re.compile(_FORM.encode())
MASK_TEXT: Final = re.compile(_FORM)
_LONGEST: Final = 80
# What other tools leave in place of a value, whole values of it: nothing is left there to hide. Beside the marks that
# messages know as well, those that are one as a whole value; beyond ASCII, what is drawn as dots, stars and blocks.
FOREIGN: Final = re.compile(
    rb"""(?ix)
    \\{0,7}["']?
    (?: """
    + marks.pattern().encode()
    + rb"""
      | \{ (?:redacted|masked|scrubbed|filtered|hidden|removed|censored|omitted|saniti[sz]ed)[\w \-:]{0,40} \}
      | (?:\(|-{1,3}|_{1,3}|\#{1,3}|~)? (?:redacted|filtered|masked|hidden) (?:\)|-{1,3}|_{1,3}|\#{1,3}|~)?
      | [*\#=~_-]{1,6}[ ]? (?:[a-z][a-z'-]{1,16}[ _-]){0,3}
        (?:redacted|filtered|masked|hidden|removed|withheld|stripped|omitted|saniti[sz]ed|scrubbed|censored|obscured)
        (?:[ _-][a-z]{2,14}){0,2}[ ]? [*\#=~_-]{1,6}
      | [*]{2,16}[a-z]{3,12}[*]{2,16}
      | [*x\#.\-\xe2\x80\xa2]{2,64}
      | (?:\xe2(?:\x80[\xa2\xa6]|\x88\x97|\x8b\x86|\x96[\x80-\xbf]|\x97[\x8b-\x8f])|\xef\xbc\x8a|\xc2\xb7){1,64}
    ) \\{0,7}["']?"""
)


def label(kind: str, number: str, length: int, *, exact: bool) -> str:
    """The mask of a value.

    Examples
    --------
    >>> label("password", "3", 11, exact=False), label("github_pat", "1", 40, exact=True)
    ('[password:3:8-15]', '[github_pat:1:40]')
    """
    return f"[{kind}:{number}:{length if exact else bucket(length)}]"


def bucket(length: int) -> str:
    """The power-of-two range that a length lies in.

    Examples
    --------
    >>> bucket(3), bucket(8), bucket(1)
    ('2-3', '8-15', '1')
    """
    low = 1 << max(length, 1).bit_length() - 1
    return f"{low}-{2 * low - 1}" if low > 1 else "1"


def kind_of(rule: str) -> str:
    """The kind that a rule id stands for: a letter first, then letters, digits and underscores, 40 at most.

    Examples
    --------
    >>> kind_of("github-pat"), kind_of("1password-secret-key")
    ('github_pat', 'k1password_secret_key')
    """
    kind = re.sub(r"[^a-z0-9]+", "_", rule.lower()).strip("_")[:38]
    return kind if kind[:1].isalpha() else f"k{kind}"


def pseudonym(key: bytes, value: bytes) -> str:
    """Thirteen base32 characters of HMAC-SHA256(key, value): 65 bits, the same for the same key and value.

    The kind has no part in it: what is an address in one bundle may be an account in another.
    """
    digest = hmac.new(key, value, hashlib.sha256).digest()
    return base64.b32encode(digest[:10]).decode()[:13]


def numbered(data: bytes) -> Iterator[tuple[str, int]]:
    """The kinds and ordinals of the masks in a text."""
    for match in MASK.finditer(data):
        kind, number, _ = match.group()[1:-1].decode().split(":")
        if number.isdigit():
            yield kind, int(number)


def within(data: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """The masks that overlap a range, in order; a mask that begins before it counts too."""
    if data.find(b"[", max(start - _LONGEST, 0), end) < 0:
        return []
    begin = data.rfind(b"[", max(start - _LONGEST, 0), start)
    found = []
    for match in MASK.finditer(data, begin if begin >= 0 else start, min(end + _LONGEST, len(data))):
        if match.start() >= end:
            break
        if match.end() > start:
            found.append(match.span())
    return found

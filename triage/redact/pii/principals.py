r"""Accounts of Windows by their security identifiers: `S-1-5-21-...-1104`, and whose name stands beside one.

The last number tells: below a thousand are those that every machine and domain has. `CORP\account S-1-5-21-...` is how
whoami, wmic and events write both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named.keys import vocabulary
from triage.redact.pii.hosts import in_words
from triage.redact.text import Found

__all__ = ("CANDIDATE", "account", "begins")

CANDIDATE: Final = r"\bs-1-(?:5-21|12-1)(?:-[0-9]+){4}"
"""Of a domain or a machine, and of Entra ID, as an expression without regard to capitals."""
_OF_A_DOMAIN: Final = re.compile(rb"(?i)s-1-5-21(?:-[0-9]{1,10}){3}-([0-9]{1,10})(?![0-9])")
_OF_A_TENANT: Final = re.compile(rb"(?i)s-1-12-1(?:-[0-9]{1,10}){4}(?![0-9])")
_FIRST: Final = 1_000
_NAME: Final = rb"([A-Za-z][\w.-]{2,40})"
# What stands between a name behind its domain, or one that begins a line, and its identifier.
_BEFORE: Final = re.compile(
    rb"(?:(?:\A|[^\w.-])([A-Za-z][\w.-]{0,62})\\{1,4}|(?:\A|\n|\\n)[ \t]{0,8})"
    + _NAME
    + rb"[\"']?(?:[ \t]{1,60}|[ \t]{0,4}[,;|][ \t\"']{0,60})"
    rb"(?:\(?SID[:=]?[ \t]{0,4})?[(\[\"']?\Z"
)
_BEHIND: Final = re.compile(rb"[)\]\"']?[ \t:,=>-]{1,8}[(\[\"']?([A-Za-z][\w.-]{0,30})\\{1,4}" + _NAME + rb"(?![\w\\])")
_REACH: Final = 140


def begins(text: bytes) -> bool:
    """Whether a candidate is a security identifier."""
    return text[:4].lower() == b"s-1-"


def account(data: bytes, start: int) -> Iterator[Found]:
    """The identifier of an account that begins at a place, and the name beside it."""
    match = _OF_A_DOMAIN.match(data, start) or _OF_A_TENANT.match(data, start)
    if match is None or (match.lastindex and int(match[1]) < _FIRST):
        return
    yield *match.span(), "windows_sid", "sid"
    for beside in (_BEFORE.search(data, max(start - _REACH, 0), start), _BEHIND.match(data, match.end())):
        if beside and not _is_nobodys(beside[2]):
            yield *beside.span(2), "username", "sid"
        if beside and beside[1] and in_words(beside[1]):
            yield *beside.span(1), "hostname", "sid"


def _is_nobodys(name: bytes) -> bool:
    """Whether a name is that of a service, or what says that an identifier follows."""
    small, known = name.lower().rstrip(b".-"), vocabulary()
    named = small in _LABELS or small.endswith((b"sid", b"id"))
    return named or small in known.services or small in known.nobody or small in known.things


_LABELS: Final = frozenset(
    b"user account name owner group machine domain principal object value key profile member".split()
)

"""Whose something is, told beside it: whose password follows, who connects, who writes in a chat."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from triage.redact.named import extents, users, values
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense, sense
from triage.redact.plain_words import is_plain_word
from triage.redact.text import Found, Span

__all__ = ("READERS",)

_ACCOUNT: Final = Sense("username", "user")
_WHOSE: Final = re.compile(
    rb"(?:user |account )?\\{0,3}[\"']?([a-z0-9][\w.-]{2,40})\\{0,3}[\"']?"
    rb"(?:[ \t]?(?:[:=]|([-=]>|\xe2\x86\x92))[ \t]|[ \t]+(?:is|was|set to|changed to|reset to)[ \t])"
)
_CONNECTS: Final = re.compile(rb"[ ]?=?[ ]?([^;\"'\s\\]{2,64});")
_PASSWORD: Final = re.compile(rb"(?i)(?:password|pwd)[ ]?=")
_NEAR: Final = 200
_MANAGED: Final = re.compile(rb"(?:\busername |\badd name=)([A-Za-z][\w.-]{2,40})(?: privilege [0-9]{1,2})?\Z")
_DUMPED: Final = re.compile(rb"(?:\A|[\s\"'\\])([A-Za-z][\w.-]{1,40}):[0-9]{3,10}\Z")
_ENDS_DIGEST: Final = frozenset(bytes([byte]) for byte in b"0123456789abcdefABCDEF*")
_DUMPED_WHOLE: Final = re.compile(
    rb"(?:\A|[\s\"'\\])([A-Za-z][\w.-]{1,40}):[0-9]{3,10}:(?:[0-9a-fA-F]{32}|\*{0,32}|NO PASSWORD\*{0,21})"
    rb":(?:[0-9a-fA-F]{32}|\*{0,32})\Z"
)
_FIELD: Final = re.compile(rb"(?:\A|\n)([\w.]{1,80})\r?\n[ ]{1,4}[^\r\n]{1,300}\[type=[\w.]{1,60}, \Z")
_FAR: Final = 480
_TIME: Final = re.compile(rb"\[(?:[0-9-]{8,10}[ T])?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?\Z")
_NICK: Final = re.compile(rb"[@+%~ ]?([A-Za-z][\w.\[\]|^`{}-]{1,30})> ")
# One word at the end of a line or of a part of a sentence.
_NAMED_LAST: Final = re.compile(
    rb"([a-z][a-z0-9]{3,23}|[a-z]{1,20}[._-][a-z]{2,20}[0-9]{0,4})"
    rb"(?=[.,;!]?(?:\r?\n|\\n|[\"']|\Z)|[.,;]? (?:from|on|via|at) [0-9\w.-]*[0-9.]|[ ]\()"
)


def _is_account(data: bytes, span: Span, *, role: bool = False) -> Iterator[Found]:
    """The account at a place, if no word in it is one for a thing, or it may be one of a role."""
    if users.is_free(data[slice(*span)]) or (role and users.is_role(data[slice(*span)])):
        yield from judged(data, span, _ACCOUNT, in_quotes=True, assigned=True, name=(span[0], span[0]))


def _whose(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The account whose password follows."""
    match = _WHOSE.match(data, at + size)
    value = extents.after(data, match.end()) if match and match[2] else None
    mixed = value is not None and values.mixed(data[slice(*value)], least=6)
    if match and (mixed or not match[2]):
        yield from _is_account(data, match.span(1))
    if value and mixed and not values.placeholder(data[slice(*value)]):  # what an arrow leads to
        yield *value, "password", "prose"


def _barred(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Who is refused something, if that is no thing which somebody else is refused."""
    match = _NAMED_LAST.match(data, at + size)
    if match and not is_plain_word(match[1]) and b"_" not in match[1]:
        yield from _is_account(data, match.span(1))


def _connects(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Who connects, in a string that holds the password too."""
    match = _CONNECTS.match(data, at + size)
    if match and _PASSWORD.search(data, max(at - _NEAR, 0), match.end() + _NEAR):
        yield from _is_account(data, match.span(1), role=True)


def _nick(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Who writes in a chat, behind the time."""
    match = _NICK.match(data, at + size) if _TIME.search(data, max(at - 24, 0), at) else None
    if match:
        yield from _is_account(data, match.span(1))


def _managed(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """The account of a router that is set: `username x secret 9 ...`, `add name=x password=...`."""
    if match := _MANAGED.search(data, max(at - 80, 0), at):
        yield from _is_account(data, match.span(1))


def _dumped(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """The account in a dump of the accounts of Windows, before its number and the digests of its password."""
    if match := _DUMPED.search(data, max(at - 80, 0), at):
        yield from _is_account(data, match.span(1))


def _hashed(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """The same before the empty fields that such a line ends with, whatever the first digest is."""
    if data[at - 1 : at] in _ENDS_DIGEST and (match := _DUMPED_WHOLE.search(data, max(at - 160, 0), at)):
        yield from _is_account(data, match.span(1))


def _refused(size: int, data: bytes, at: int) -> Iterator[Found]:
    """What pydantic refuses: the name of the field stands on the line above, the value behind what was wrong."""
    named = _FIELD.search(data, max(at - _FAR, 0), at)
    meaning = sense(named[1].rpartition(b".")[2].decode("latin-1")) if named else None
    value = extents.quoted(data, at + size)
    if named and meaning is not None and value and meaning.weak != "entropy":
        yield from judged(data, value[0], meaning, in_quotes=True, assigned=True, name=named.span(1))


READERS: Final[dict[str, Callable[[int, bytes, int], Iterator[Found]]]] = {
    "whose": _whose,
    "connects": _connects,
    "nicks": _nick,
    "managed": _managed,
    "dumped": _dumped,
    "hashed": _hashed,
    "refused": _refused,
    "barred": _barred,
}
"""What reads the values at the words of leads.toml, by their lists."""

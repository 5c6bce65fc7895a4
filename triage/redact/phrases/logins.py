"""Accounts that sentences name beside their passwords, in other languages than English: `Benutzer x, Kennwort y`.

The words for an account lead to one; the word for a password has to follow on the line, with what looks like one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from triage.redact.named import users, values
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense
from triage.redact.text import Found, alternatives, expression, line_of

__all__ = ("READERS",)

_FILE: Final = Path(__file__).with_name("logins.toml")
_ACCOUNT: Final = Sense("username", "user")
# Capitals and letters beyond ASCII belong to a longer word, but for signs of full width.
_INSIDE: Final = re.compile(rb"(?:[\w.-]|[\xc3-\xdf][\x80-\xbf])\Z")
_OPENS: Final = rb"(?:\\{0,3}[\"'`<(\[]|\xc2\xab[ ]?|\xe2\x80[\x98\x9c\x9e\x9a]|\xe3\x80[\x8c\x8e])?"
_NAMED: Final = re.compile(
    rb"(?:[ \t]{1,2}|[ \t]{0,2}(?:[:=]|\xef\xbc[\x9a\x9d]|->|=>)[ \t]{0,2})"
    + _OPENS
    + rb"([A-Za-z][\w.@+-]{2,40})(?![\w(=])"
)
_TOKEN: Final = re.compile(rb"[^\s\"'`<>(){}\[\],;\xe3\xef\xc2\xe2]{5,80}")
# What parts an account from the words behind it, and what a word for a password has behind it where it is told.
_PARTED: Final = re.compile(
    rb"[ \t]?(?:[,;)/|&]|\\{0,3}[\"'`>\]]|\xc2\xbb|\xe3\x80[\x81\x8d\x8f]|\xe2\x80[\x9c\x9d\x98\x99]|\xef\xbc)"
)
_GIVEN: Final = re.compile(rb"\w{0,4}[ \t]?(?:[:=]|\xef\xbc[\x9a\x9d]|\\{0,3}[\"'`]|\xc2\xab|\xe2\x80[\x9c\x9e])")
_REACH: Final = 140
_BEHIND: Final = 80
_MOST: Final = 3
_BLANKS: Final = b" \t"
_MARKS: Final = b".,;:!?"


def _words(name: str) -> frozenset[bytes]:
    """The words of a list of logins.toml."""
    return frozenset(word.encode() for word in _DATA[name])


_DATA: Final = tomllib.loads(_FILE.read_text("utf-8"))
_NO_ACCOUNT: Final = _words("no_account")
_JOINERS: Final = _words("joiners")
_PASSWORD: Final = expression(rf"(?i)(?:{alternatives(_words('passwords'))})")


def _said(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The account behind a word for one, if its password follows on the line."""
    found = _NAMED.match(data, at + size)
    if found is None or _INSIDE.search(data, max(at - 2, 0), at):
        return
    name = found[1].rstrip(b".-")
    if name.lower() in _NO_ACCOUNT:
        return
    begin = found.start(1) + len(name)
    rest = data[begin : line_of(data, begin, most=_REACH)[1]]
    word = _PASSWORD.search(rest)
    if word is None:
        return
    end = word[0][1]
    joined = rest[: word[0][0]].strip().lower() in _JOINERS
    told = not name.isalpha() or data[found.start(1) - 1] not in _BLANKS or _PARTED.match(rest)
    if not (told or joined or _GIVEN.match(rest, end)):  # what somebody does with a password
        return
    tokens = _TOKEN.findall(rest, end, end + _BEHIND)[: _MOST if told else 1]
    secret = any(values.mixed(token.strip(b":=").rstrip(_MARKS), least=5) for token in tokens)
    if secret and users.is_free(name):
        span = found.start(1), begin
        yield from judged(data, span, _ACCOUNT, in_quotes=True, assigned=True, name=(at, at + size))


READERS: Final[dict[str, Callable[[int, bytes, int], Iterator[Found]]]] = {"logins_said": _said}
"""What reads the accounts behind the words of leads.toml, by their lists."""

"""Names of people that stand before their address or number: `Ana Cruz <ana@...>`, `"Ana Cruz" +49 ...`.

Headers of mail and SIP, lists of contacts, bridges of chats. A name in an encoded word (RFC 2047) is masked as it is
written, with its character set.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import Final

from triage.redact.pii.given import is_of_the_east
from triage.redact.pii.people import full_name
from triage.redact.pii.persons import is_person
from triage.redact.pii.word_lists import places
from triage.redact.text import Found, letters_in

__all__ = ("before_address", "before_number")

_REACH: Final = 100
_SHORTEST: Final = 4
_WORD: Final = rb"[A-Z\x80-\xff][\w.'\x80-\xff-]{0,30}"
_HOUR: Final = re.compile(rb"[AP]M,? ")
_DISPLAYED: Final = re.compile(
    rb"""(?:\A|[\s"':=(\[,;>]|\\[nrt])(""" + _WORD + rb""",?(?: """ + _WORD + rb"""){1,3})\\{0,3}["']? ?\\{0,3}\Z"""
)
# One that no blank parts.
_EASTERN: Final = re.compile(rb"""(?:\A|[\s"':=(\[,;>]|\\[nrt])((?:[\xe3-\xed][\x80-\xbf]{2}){2,5})["']? ?\Z""")
# In quotes of any kind, or before a number in brackets.
_QUOTED: Final = re.compile(
    rb"""(?:["'\xab]|\xe2\x80[\x98-\x9f]|\xc2\xab)[ ]?("""
    + _WORD
    + rb",?(?: "
    + _WORD
    + rb"""){1,3})[ ]?\\{0,3}(?:["']|\xe2\x80[\x98-\x9f]|\xc2\xbb)[ ]?[<(\[]?(?:tel:|sips?:)?\Z"""
)
_BRACKETED: Final = re.compile(
    rb"(?:\A|[\s:=,;>\"']|\\[nrt])(" + _WORD + rb",?(?: " + _WORD + rb"){1,3}) [<(\[](?:tel:|sips?:)?\Z"
)
_ENCODED: Final = re.compile(
    rb"=\?[\w-]{2,20}\?([bBqQ])\?([^?\s]{2,300})\?=(?:\r?\n)?[ \t\"]{0,4}(?==\?|<)(?=.{0,400}<\Z)", re.DOTALL
)
_ENCODED_REACH: Final = 400
_MARK: Final = b"?="


def before_address(data: bytes, at: int) -> Iterator[Found]:
    """The name of a person before `<account@domain>` or `(account@domain)`, whose bracket stands at a place."""
    encoded = data.rfind(_MARK, max(at - 6, 0), at)
    if encoded >= 0:
        yield from _in_words(data, max(at - _ENCODED_REACH, 0), at)
        return
    name = _DISPLAYED.search(data, max(at - _REACH, 0), at)
    if name is None and (eastern := _EASTERN.search(data, max(at - _REACH, 0), at)) and is_of_the_east(eastern[1]):
        name = eastern
    if data[at : at + 1] == b"<" or (name and full_name(name[1]) and is_person(name[1])):
        yield from _named(name)


def before_number(data: bytes, at: int) -> Iterator[Found]:
    """The name of a person before a telephone number that begins at a place."""
    first = max(at - _REACH, 0)
    name = _QUOTED.search(data, first, at) or _BRACKETED.search(data, first, at)
    if name and full_name(name[1]) and is_person(name[1]):
        yield from _named(name)


def _named(name: re.Match[bytes] | None) -> Iterator[Found]:
    """A name that was found, unless a team is called so."""
    words = name[1].lower().replace(b",", b"").split() if name else []
    if name and letters_in(name[1]) >= _SHORTEST and places().teams.isdisjoint(words):
        hour = _HOUR.match(name[1])
        yield name.start(1) + (hour.end() if hour else 0), name.end(1), "person", "email"


def _in_words(data: bytes, first: int, at: int) -> Iterator[Found]:
    """The encoded words right before an address that are the name of a person together."""
    line = max(data.rfind(b":", first, at), data.rfind(b">,", first, at), first)
    words = [*_ENCODED.finditer(data, line, at + 1)]
    text = b"".join(_decoded(word[1], word[2]) for word in words)
    if letters_in(text) >= _SHORTEST and places().teams.isdisjoint(text.lower().replace(b",", b" ").split()):
        for word in words:
            yield word.start(), word.end(2) + len(_MARK), "person", "email"


def _decoded(how: bytes, text: bytes) -> bytes:
    """What an encoded word says."""
    try:
        if how in b"bB":
            return binascii.a2b_base64(text)
        return binascii.a2b_qp(text, header=True)
    except ValueError:
        return b""

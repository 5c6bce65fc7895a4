"""People in rows and lists that say of none of their parts what it is: a full name beside a phone number or a street.

`VALUES(3, 'Ana Cruz', '+34 ...', NULL, 'Calle Mayor 5')`, `(("Ana Cruz" NIL "ana" "example.com"))`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from triage.redact.named import users
from triage.redact.pii import people
from triage.redact.pii.neighbours import fields_of_people
from triage.redact.pii.persons import is_person
from triage.redact.pii.word_lists import places
from triage.redact.text import Found, Span, digits_in, line_of

__all__ = ("READERS", "in_row")

_PHONE: Final = re.compile(
    rb"(?:\+|00)[1-9][0-9 ()./-]{6,20}[0-9]|\([0-9]{2,5}\)[0-9 ./-]{5,16}[0-9]|0[0-9]{2,4}[ /-][0-9 ./-]{5,14}[0-9]"
)
_FEWEST_DIGITS: Final = 8
_MAIL: Final = re.compile(rb"[^\s@]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_LONGEST: Final = 80
# A name, a route that nobody has, the account and the machine of a mailbox: RFC 9051.
_MAILBOX: Final = re.compile(
    rb"\((?:\\{0,3}\"((?:[^\"\\\n]|\\[^\"\n]){2,80}?)\\{0,3}\"|NIL) NIL "
    rb"\\{0,3}\"([^\"\\\n]{1,64})\\{0,3}\" \\{0,3}\"([^\"\\\n]{1,120})\\{0,3}\"\)"
)
_ENVELOPE: Final = re.compile(rb"(?i)envelope ?\(")
_REACH: Final = 4_000


def in_row(data: bytes, texts: Sequence[Span]) -> Iterator[tuple[int, int, str]]:
    """The names and the streets among the texts of a row, if one of each tells of the other, or a number or an address.

    Examples
    --------
    >>> row = b"Ana Cruz|+34 612 998 877|12 Harbour Lane"
    >>> [row[start:end] for start, end, _ in in_row(row, [(0, 8), (9, 24), (25, 40)])]
    [b'Ana Cruz', b'12 Harbour Lane']
    """
    short = [text for text in texts if text[1] - text[0] <= _LONGEST]
    houses = [text for text in short if people.is_street(data[slice(*text)])]
    reached = any(_is_reached(data[slice(*text)]) for text in short)
    if not (houses or reached):
        return
    names = [text for text in short if text not in houses and _is_name(data[slice(*text)])]
    yield from ((*text, "person") for text in names)
    if names or reached:
        yield from ((*text, "street_address") for text in houses)


def _is_reached(text: bytes) -> bool:
    """Whether a text is a number of a telephone as it is written for people, or an address of e-mail."""
    number = _PHONE.fullmatch(text) is not None and digits_in(text) >= _FEWEST_DIGITS
    return number or _MAIL.fullmatch(text) is not None


def _is_name(text: bytes) -> bool:
    """Whether a text is the full name of a person, and of no thing."""
    words = text.lower().replace(b",", b" ").split()
    return people.full_name(text) and is_person(text) and fields_of_people().things.isdisjoint(words)


def _enveloped(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Who writes to whom, as a server for mail lists it: names, and mailboxes that are somebody's."""
    stop = line_of(data, at + size, most=_REACH)[1]
    if following := _ENVELOPE.search(data, at + size, stop):
        stop = following.start()
    for mailbox in _MAILBOX.finditer(data, at + size, stop):
        if mailbox[1] and people.full_name(mailbox[1]) and is_person(mailbox[1]):
            yield *mailbox.span(1), "person", "envelope"
        account = mailbox[2]
        if users.is_free(account) and account.lower() not in places().teams:
            yield *mailbox.span(2), "email", "envelope"


READERS: Final[dict[str, Callable[[int, bytes, int], Iterator[Found]]]] = {"envelopes": _enveloped}
"""What reads the values behind the words of leads.toml, by their lists."""

"""Formats that hold nothing but people: vCards, lines of a password file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense
from triage.redact.pii import given, people
from triage.redact.text import Found, Span, line_of

__all__ = ("READERS", "card_at", "of_account", "phone")

_ACCOUNT_LINE: Final = re.compile(
    rb"([ \t]{0,40}[^:\s]{1,32}:[^:\n]{0,120}:[0-9]{1,10}:[0-9]{1,10}:)([^:\n]{2,100}):[^:\n]{0,100}:[^:\n]{0,100}\Z"
)
_CARD_LINE: Final = re.compile(
    rb"(?im)^(?:item[0-9]{1,2}\.)?(fn|n|adr|label|bday|nickname|anniversary"
    rb"|tel)((?:;[^:\r\n]{0,120})?):([^\r\n]{1,300})"
)
_ACCOUNT: Final = Sense("username", "user")
_MOST: Final = 8_192
# Other lines of a vCard; those of its beginning and end are read from there.
_PROPERTY: Final = re.compile(
    rb"(?:item[0-9]{1,2}\.)?(?:N|ORG|TEL|EMAIL|ADR|TITLE|ROLE|URL|BDAY|VERSION|PRODID|UID|REV|NOTE|PHOTO|NICKNAME|KIND"
    rb"|GENDER|LANG|CATEGORIES|IMPP)(?:;[^:\n]{0,120})?:[^\s]"
)
_VALUE: Final = re.compile(rb"[^\r\n]{2,120}")
_FULL_NAMES: Final = (b"FN:", b"FN;", b"\nFN:", b"\nFN;")
_LINE: Final = 400
_MOST_LINES: Final = 8
_ENDS: Final = (b"END:VCARD", b"end:vcard", b"BEGIN:VCARD", b"begin:vcard")


def phone(data: bytes, _match: re.Match[bytes] | None, span: Span) -> Iterator[Found]:
    """A telephone number under a name beyond ASCII."""
    return judged(data, span, Sense("phone", "phone"), in_quotes=True, assigned=True, name=(span[0], span[0]))


def of_account(data: bytes, start: int, end: int) -> Iterator[Found]:
    """The full name of an account in a password file, and the account of who has one."""
    line, stop = line_of(data, start, most=400)
    # A line as it is written inside of a string.
    before, ended = data.rfind(b"\\n", line, start), data.find(b"\\n", start, stop)
    line = before + len(b"\\n") if before >= 0 else line
    stop = ended if ended >= 0 else stop
    match = _ACCOUNT_LINE.match(data, line, stop - (data[stop - 1 : stop] == b"\r"))
    if match is None or match.end(1) != end:
        return
    text = match[2].partition(b",")[0]
    if people.full_name(text):
        begin = match.start(1) + len(match[1]) - len(match[1].lstrip())
        account = begin, data.index(b":", begin)
        yield from judged(data, account, _ACCOUNT, in_quotes=True, assigned=True, name=(begin, begin))
        yield match.start(2), match.start(2) + len(match[2].rstrip(b",")), "person", "passwd"


def card_at(data: bytes, start: int, end: int) -> Iterator[Found] | None:
    """The person of a vCard, of which a candidate is the first or the last line or a full name; None of another."""
    head = data[start : start + 5].lower()
    if head == b"begin":
        return _card(data, end)
    if head == b"end:v":
        return _card_before(data, start)
    if data.startswith(_FULL_NAMES, start):
        return _card_around(data, start + (data[start : start + 1] == b"\n"), end)
    return None


def _card(data: bytes, at: int) -> Iterator[Found]:
    """The names, addresses and days of a vCard."""
    stop = min((place for mark in _ENDS if (place := data.find(mark, at, at + _MOST)) >= 0), default=-1)
    yield from _lines(data, at, stop if stop >= 0 else min(at + _MOST, len(data)))


def _card_before(data: bytes, at: int) -> Iterator[Found]:
    """The same of a vCard that ends at a place and whose first line was cut off."""
    begin = max(at - _MOST, 0)
    last = max((data.rfind(mark, begin, at), mark) for mark in _ENDS)
    if last[0] < 0 or last[1].lower().startswith(b"end"):
        yield from _lines(data, max(last[0], begin), at)


def _card_around(data: bytes, at: int, end: int) -> Iterator[Found]:
    """The same of the lines around one of a full name, if others of a vCard stand beside it or it is somebody's."""
    line, stop = line_of(data, at, most=_LINE)
    behind = stop + 1
    for _ in range(_MOST_LINES):
        if not _PROPERTY.match(data, behind):
            break
        behind = line_of(data, behind, most=_LINE)[1] + 1
    begin = line
    for _ in range(_MOST_LINES):
        before = line_of(data, max(begin - 1, 0), most=_LINE)[0]
        if before >= begin or not _PROPERTY.match(data, before):
            break
        begin = before
    name = _VALUE.match(data, end)
    full = name.group().rstrip() if name else b""
    if people.full_name(full) and (begin < line or behind > stop + 1 or given.is_name_of_somebody(full)):
        yield from _lines(data, begin, min(behind, len(data)))


def _lines(data: bytes, begin: int, stop: int) -> Iterator[Found]:
    """What the lines of a vCard in a range hold of its person."""
    for match in _CARD_LINE.finditer(data, begin, stop):
        kind = match[1].lower()
        start, end = match.span(3)
        if data[start : start + 1] == b"[" or not any(chr(byte).isalnum() for byte in match[3]):
            continue
        if kind in {b"fn", b"nickname", b"label"}:
            yield start, end, "street_address" if kind == b"label" else "person", "vcard"
        elif kind == b"tel":
            yield from phone(data, match, (start, end))
        elif kind in {b"bday", b"anniversary"}:
            yield start, end, "birth_date", "vcard"
        else:
            yield from _of_card(start, match[3], kind)


def _alone(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """The address or the number in a line of a vCard of which nothing else is there."""
    if data[at - 1 : at].strip(b"\n\"' \t>|") and data[at - 2 : at] not in {b"\\n", b"\\r"}:
        return
    line = _LINE_ALONE.match(data, at)
    if line is None:
        return
    if line[1].lower() == b"tel":
        yield from phone(data, line, line.span(2))
    elif line[2].count(b";") >= _FEWEST_PARTS and not _OF_TYPES.search(line[2]):
        yield from _of_card(line.start(2), line[2], b"adr")


_LINE_ALONE: Final = re.compile(
    rb"(?i)(?:item[0-9]{1,2}\.)?(adr|tel)(?:;[\w=,\"-]{1,60}){0,6}:(?:tel:|uri:tel:)?((?:[^\\\r\n\"]|\\[,;]){3,200})"
)
_OF_TYPES: Final = re.compile(rb"(?i)://|type=|value=")
_FEWEST_PARTS: Final = 3
READERS: Final = {"contact_lines": _alone}
"""What reads the values behind the words of leads.toml, by their lists."""
# Of an address in a vCard what tells where a house is: box, more, street, code; not the city, the region, the country.
_OF_ADDRESSES: Final = {0: "street_address", 1: "street_address", 2: "street_address", 5: "postal_code"}


def _of_card(at: int, text: bytes, kind: bytes) -> Iterator[Found]:
    """The parts of a name or an address of a vCard."""
    for number, piece in enumerate(text.split(b";")):
        found = "person" if kind == b"n" else _OF_ADDRESSES.get(number)
        if found and len(piece.strip()) > 1 and not piece.startswith(b"["):
            yield at, at + len(piece), found, "vcard"
        at += len(piece) + 1

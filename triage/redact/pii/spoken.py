"""Numbers and days that a sentence names: the phone to call, the card that was declined, when somebody was born."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense
from triage.redact.pii import given
from triage.redact.text import Found, Span, digits_in, line_of

__all__ = ("PHRASES", "born", "dialled")

_NUMBERED: Final = (
    r"born(?: on)?|date of birth|d\.?o\.?b\.?|birthda(?:y|te)|(?:bank |checking |savings )?(?:account|acct"
    r"|a/c)\.? (?:no|nr|num|number)\.?|konto(?:nummer)?|phone|telephone|tel|fax|mobile|cell|call|callback|dial"
    r"|sms|whatsapp|msisdn|imei|imsi|iccid|meid|iban|ssn|card|cvv2?|cvc2?|cvn2?|csc|cv2"
    "|(?:card )?security code|card (?:verification )?code"
)
_KINDS: Final = {
    b"imei": "imei",
    **dict.fromkeys((b"imsi", b"iccid", b"meid"), "imei"),
    b"ssn": "ssn",
    b"passport": "passport",
    **dict.fromkeys((b"cvv", b"cvc", b"cvn", b"csc", b"cv2", b"code"), "pin"),
    b"card": "card",
    **dict.fromkeys((b"iban", b"acc", b"a/c", b"konto"), "bank_account"),
    **dict.fromkeys((b"born", b"birth", b"d.o.b", b"dob"), "birth_date"),
}
_BEHIND: Final = re.compile(
    rb"(?<=[\"'])(?=[+(]?[0-9])|"
    rb"(?:[ \t]?\\n)?(?:[ \t]{1,3}[a-z\xc3\xa0-\xbf']{1,12}){0,5}[ \t:.]{1,3}(?=[+(]?[+(]?[0-9])"
)
# Who ends a message with the number to call, and what verbs of German leave behind it.
_SIGNED: Final = re.compile(
    rb"(?: (?:an|zur\xc3\xbcck|back|please|bitte|terug|op))?(?:,|\.| -| \xe2\x80[\x93\x94])[ ]?"
    rb"([A-Z\x80-\xff][\w'\x80-\xff-]{1,24}(?: [A-Z\x80-\xff][\w'\x80-\xff-]{1,24}){1,2})[ \t]{0,4}"
    rb"(?=\.?[\r\n\"]|\.?\Z|\\n)"
)
_OF_NUMBERS: Final = frozenset(b" 0(")
_DAY: Final = re.compile(
    rb"(?:[ \t]{0,2}(?:is|was|on|the|le|el|am|den|dne|dnia|:))?[ \t]{0,3}[\"'(]?(?=[0-9]|[A-Z][a-z]{2,8}\.? [0-9])()"
)
# A place in a program with the function there, and the bytes of an instruction before it.
_SYMBOL: Final = re.compile(rb"(?:[0-9]{4,8}[ ]<|[0-9]{9,16}[ ]<[\w.$?:~*-]{0,160}[@+])[\w.$@?+:~*-]{1,200}>")
_CODE: Final = re.compile(rb"[0-9a-f]{1,16}:[ \t]{1,8}(?:[0-9a-f]{2} ){2,15}[ \t]{0,40}\Z")
# A full name right before what says when its person was born.
_NAME_BEFORE: Final = re.compile(
    rb"(?:\A|[\s\"'(>:*])([A-Z\x80-\xff][\w'\x80-\xff-]{1,24}(?: [A-Z\x80-\xff][\w'\x80-\xff-]{0,24}){1,4})"
    rb"(?:,? [(\[*]?|,)(?:was |is |wurde |est )?\Z"
)
_LONGEST_NAME: Final = 110
# Of a telephone as its own country writes it: in groups, or with the code of a place in brackets.
_NATIONAL: Final = re.compile(
    rb"(?:0[1-9][0-9]{0,4}[ /-]|\(0?[1-9][0-9]{1,4}\)[ -]?)[0-9]{2,8}(?:[ -][0-9]{2,8}){0,4}(?![\w/.:-])"
)
_FEWEST: Final = 9
_MOST: Final = 12
_ROW: Final = 96
# Too few digits for a number that nothing parts.
_UNGROUPED: Final = re.compile(rb"[0-9]{1,8}(?![0-9]|[ /.-]{1,3}[0-9])")


def _number(data: bytes, start: int, end: int) -> Iterator[Found]:
    """The number behind its name: a phone's, a card's."""
    small = data[start:end].lower()
    at = end - 1
    while data[at - 1 : at] in {b"+", b"("}:
        at -= 1
    kind = next((kind for word, kind in _KINDS.items() if word in small), "phone")
    meaning = Sense(kind, {"phone": "phone", "birth_date": "date"}.get(kind, "digits"))
    stop = line_of(data, at, most=64)[1]
    if kind == "phone" and (_SYMBOL.match(data, at) or _CODE.search(data, max(at - _ROW, 0), start)):
        return
    if kind != "phone" and not digits_in(data[at : at + 6]):
        return
    yield from judged(data, (at, stop), meaning, in_quotes=False, assigned=True, name=(at, at))


def dialled(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The number that somebody is to be called at, a few words behind."""
    begin = at + size
    while data[begin - 1] in _OF_NUMBERS:
        begin -= 1
    match = _BEHIND.match(data, begin)
    if match is None or _UNGROUPED.match(data, match.end()):
        return
    span = match.end(), line_of(data, match.end(), most=64)[1]
    for found in judged(data, span, Sense("phone", "phone"), in_quotes=False, assigned=True, name=(at, at)):
        yield found
        name = _SIGNED.match(data, found[1])
        if name and given.is_name_of_somebody(name[1]):
            yield *name.span(1), "person", "said"


def born(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The day on which somebody was born."""
    place = _DAY.match(data, at + size)
    if place:
        span = place.start(1), line_of(data, place.start(1), most=64)[1]
        found = [*judged(data, span, Sense("birth_date", "date"), in_quotes=False, assigned=True, name=(at, at))]
        yield from found
        name = _NAME_BEFORE.search(data, max(at - _LONGEST_NAME, 0), at) if found else None
        if name and (somebody := _somebody(data, *name.span(1))):
            yield *somebody, "person", "said"


def _somebody(data: bytes, start: int, end: int) -> Span | None:
    """The last words of some with capitals that are a full name: what begins a sentence may stand before it."""
    while b" " in data[start:end]:
        if given.is_name_of_somebody(data[start:end]):
            return start, end
        start = data.index(b" ", start) + 1
    return None


def _contacted(data: bytes, _start: int, end: int) -> Iterator[Found]:
    """The number of a telephone under a word for whom to reach, by the form of a country's own."""
    number = _NATIONAL.match(data, end - 1)
    if number and _FEWEST <= digits_in(number.group()) <= _MOST:
        yield *number.span(), "phone", "said"


_CONTACTS: Final = "contact|kontakt|contacto|contato|contatto|reach (?:me|him|her|them|us)|ansprechpartner"
PHRASES: Final[tuple[tuple[str, Callable[[bytes, int, int], Iterator[Found]]], ...]] = (
    (
        (
            rf"\b((?:{_NUMBERED})(?:[ \t]+(?:to|from|number|no|is|was)){{0,2}}[ \t.:#]+\+?\(?[0-9]"
            r"|passport(?:[ \t]+(?:number|no|is)){0,2}[ \t.:#]+(?-i:[A-Z0-9]))"
        ),
        _number,
    ),
    (
        (
            rf"\b((?:{_CONTACTS})(?:\\{{0,3}}[\"'])?[ \t]{{0,2}}(?:[:=#]|at|under|on|unter)?[ \t]{{0,2}}"
            r"(?:\\{0,3}[\"'])?[(0])"
        ),
        _contacted,
    ),
)
"""What leads to a value, in the one group of its expression, and what reads it."""

"""Messages of hospitals, insurers, banks, trade: segments of HL7, X12, EDIFACT, parties of SWIFT, FHIR, claims of SAML.

Which field of a segment holds what is fixed by its format.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from triage.redact.named import lists
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense
from triage.redact.pii import given, people
from triage.redact.pii.neighbours import BEGINS_NAMES, fields_of_people
from triage.redact.text import Found, digits_in, letters_in, line_of

__all__ = ("HL7", "LEADS", "segment")

_MOST: Final = 2_000
_PERSON: Final = "person"
_HOUSE: Final = "street_address"
_BORN: Final = "birth_date"
_ID: Final = "national_id"
_PHONE: Final = "phone"
_NAME: Final = Sense(_PERSON, "name")
# HL7 2: patients, next of kin, insured persons, guarantors, doctors.
HL7: Final[dict[bytes, dict[int, str]]] = {
    b"pid": {
        2: _ID, 3: _ID, 4: _ID, 5: _PERSON, 6: _PERSON, 7: _BORN, 9: _PERSON, 11: _HOUSE, 13: _PHONE, 14: _PHONE,
        18: _ID, 19: "ssn", 20: _ID,
    },
    b"nk1": {2: _PERSON, 4: _HOUSE, 5: _PHONE, 6: _PHONE, 16: _BORN, 30: _PERSON, 31: _PHONE, 32: _HOUSE, 37: "ssn"},
    b"in1": {2: _ID, 16: _PERSON, 18: _BORN, 19: _HOUSE, 36: _ID, 49: _ID},
    b"gt1": {3: _PERSON, 5: _HOUSE, 6: _PHONE, 7: _PHONE, 8: _BORN, 12: "ssn"},
    b"pv1": {7: _PERSON, 8: _PERSON, 9: _PERSON, 17: _PERSON, 19: _ID, 52: _PERSON},
}  # fmt: skip
# ASC X12: the fields of a person's name, of an address, of a day of birth, of whom to call.
_X12: Final = {
    b"nm1": {3: _PERSON, 4: _PERSON, 5: _PERSON, 9: _ID},
    b"n3": {1: _HOUSE, 2: _HOUSE},
    b"dmg": {2: _BORN},
    b"per": {2: _PERSON, 4: _PHONE, 6: _PHONE, 8: _PHONE},
}
_A_PERSON: Final = re.compile(rb"(?i)nm1\*[A-Z0-9]{2}\*1\*")
_PARTY: Final = re.compile(
    rb"(?:[ \t]*/[^\n]{1,60}|[ \t]*[1-8]/[^\n]{1,60})?(?P<end>\r?\n|\\n)|"
    rb"(?=[A-Z])"
)
_LINE: Final = re.compile(rb"(?:[1-8]/)?([A-Z0-9\x80-\xff][^\r\n\\:{}]{2,34})(\r?\n|\\r\\n|\\n|\Z|(?=[:}\-]))")
# No line of a party but one of a log.
_TIMED: Final = re.compile(
    rb"[IWEFD][0-9]{3,4}[ ][0-9]{2}:|\[?(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}:[0-9]{2}:[0-9]{2})|:[0-9]{2}[A-Z]?:"
)
# What somebody counts in a sentence.
_COUNTED: Final = re.compile(rb"[0-9] [a-z]{4}|[0-9](?:ms|s|m|h|kb|mb|gb)\b|=[0-9]")
_MOST_LINES: Final = 4
# In a party of EDIFACT the last field of its name, before that of the street, and that of the postal code.
_PARTY_NAMED: Final = 4
_PARTY_CODED: Final = 8
_VALUE: Final = re.compile(rb"""[^{}\[\]]{0,80}?"value"\s{0,4}:\s{0,4}"([^"\n]{5,40})\"""")
_VALUE_BEFORE: Final = re.compile(rb""""value"\s{0,4}:\s{0,4}"([^"\n]{5,40})"[^{}\[\]]{0,80}\Z""")
_OF_ADDRESS: Final = re.compile(rb'(?i)"(?:city|postal_?code|country|district|state)"\s{0,4}:')
_TEXT: Final = re.compile(rb"""[^<>]{0,200}>\s{0,40}<[\w:]{0,20}AttributeValue(?:\s[^<>]{0,160})?>([^<>]{2,100})<""")


def segment(data: bytes, start: int) -> Iterator[Found]:
    """The fields of people in a segment of HL7; none begins where a field does."""
    if data[start - 1 : start] == b"|":
        return
    fields = HL7[data[start : start + 3].lower()]
    for begin, end, kind, rule in _fields(data, start, fields, b"|", people.line_end(data, start, most=_MOST), "hl7"):
        if kind != _ID:
            yield begin, end, kind, rule
            continue
        at = begin
        for text in data[begin:end].split(b"~"):  # numbers, each with who gave it out behind it
            number = text.partition(b"^")[0]
            if number.strip():
                yield at, at + len(number), kind, rule
            at += len(text) + 1


def _fields(data: bytes, at: int, fields: dict[int, str], mark: bytes, stop: int, rule: str) -> Iterator[Found]:
    """Those fields of a segment that hold what is somebody's."""
    for number, text in enumerate(data[at:stop].rstrip(b"\r").split(mark)):
        held = letters_in(text) + digits_in(text)
        if number in fields and held > 1 and not text.startswith(b"["):
            yield at, at + len(text), fields[number], rule
        at += len(text) + len(mark)


def _interchanged(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The fields of a segment of X12."""
    tag = data[at : at + size - 1]
    name = tag.lower()
    last = line_of(data, at, most=_MOST)[1]
    alone = not data[at - 1 : at].isalnum() or data[at - 2 : at] in {b"\\n", b"\\r"}
    if not (alone and tag.isupper() and b"~" in data[at:last]) or (name == b"nm1" and not _A_PERSON.match(data, at)):
        return
    ends = [place for place in (data.find(b"~", at, last), data.find(b"\\n", at, last)) if place >= 0]
    yield from _fields(data, at, _X12[name], b"*", min(ends, default=last), "x12")


def _is_somebody(text: bytes, *, contact: bool) -> bool:
    """Whether a name is that of a person: a party is more often a company, a contact is none."""
    own = fields_of_people()
    plain = (own.nobody | own.things).isdisjoint(text.lower().split())
    return plain and (given.is_name_of_somebody(text) or (contact and people.full_name(text)))


def _traded(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """The name and the street of a person that a segment of EDIFACT tells of: of a party, of whom to contact."""
    text = people.line_end(data, at, most=_MOST)
    stop = min((place for mark in (b"'", b"\n") if (place := data.find(mark, at, text)) >= 0), default=text)
    fields = data[at:stop].split(b"+")
    if not (data[at : at + 3].isupper() and fields[1].isalnum()) or data[at - 1 : at].isalnum():
        return
    place = at + sum(len(field) + 1 for field in fields[:2])
    somebody = False
    for number, field in enumerate(fields[2:], 2):
        for part, piece in enumerate(field.split(b":")):
            named = number <= _PARTY_NAMED and _is_somebody(piece, contact=data[at : at + 3] == b"CTA")
            house = somebody and data[at : at + 3] == b"NAD" and number == _PARTY_NAMED + 1 and part == 0
            somebody = somebody or named
            if named or (house and digits_in(piece)):
                yield place, place + len(piece), _PERSON if named else _HOUSE, "edifact"
            elif somebody and number == _PARTY_CODED and digits_in(piece):
                yield place, place + len(piece), "postal_code", "edifact"
            place += len(piece) + 1


def _party(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The name and the address of a customer in a message of SWIFT, on the lines behind the account."""
    begin = _PARTY.match(data, at + size)
    place = begin.end() if begin else len(data)
    for number in range(_MOST_LINES):
        line = _LINE.match(data, place)
        if line is None:
            return
        if _TIMED.match(data, line.start(1)):
            return
        house = number > 0 and digits_in(line[1]) and (people.is_street(line[1]) or not _COUNTED.search(line[1]))
        if number == 0 or house:
            yield *line.span(1), _HOUSE if house else _PERSON, "swift"
        place = line.end()


def _first_party(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The same of a field that a text or a string begins with."""
    if not data[max(at - 1, 0) : at].strip(b"\"' \t{>|"):
        yield from _party(size - 1, data, at)


def _telecom(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The number in a contact of FHIR, before or behind what says that it is one of a phone."""
    match = _VALUE.match(data, at + size) or _VALUE_BEFORE.search(data, max(at - 160, 0), at)
    if match:
        sense = Sense(_PHONE, _PHONE)
        yield from judged(data, match.span(1), sense, in_quotes=True, assigned=True, name=(at, at))


def _given(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The given names in a list of them."""
    if data[at + size : at + size + 1] == b"[":
        for found in lists.items(data, at + size + 1, _NAME):
            if data[found[0]] in BEGINS_NAMES:
                yield found


def _lines(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The lines of an address, beside its city or its code."""
    if data[at + size : at + size + 1] == b"[" and _OF_ADDRESS.search(data, max(at - 300, 0), at + 400):
        yield from lists.items(data, at + size + 1, Sense(_HOUSE, "street"))


def _claimed(sense: Sense, size: int, data: bytes, at: int) -> Iterator[Found]:
    """What an assertion of SAML says of a person."""
    if text := _TEXT.match(data, at + size):
        yield from judged(data, text.span(1), sense, in_quotes=True, assigned=True, name=(at, at))


LEADS: Final[dict[str, Callable[[int, bytes, int], Iterator[Found]]]] = {
    **dict.fromkeys(("nm1*", "n3*", "dmg*", "per*"), _interchanged),
    **dict.fromkeys(("nad+", "cta+"), _traded),
    **dict.fromkeys(
        (end + tag for end in ("\n", "\\n") for tag in (":50k:", ":50f:", ":50a:", ":59:", ":59f:", ":59a:")), _party
    ),
    **dict.fromkeys((":50k:/", ":50f:/", ":50a:/", ":59:/", ":59f:/", ":59a:/"), _first_party),
    **dict.fromkeys(
        (f'"system":{blank}"{kind}"' for blank in ("", " ") for kind in ("phone", "sms", "fax", "pager")), _telecom
    ),
    **dict.fromkeys(('"given":', '"given": '), _given),
    **dict.fromkeys(('"line":', '"line": '), _lines),
    **dict.fromkeys(
        (
            'name="sn"', 'name="cn"', 'name="displayname"', "urn:oid:2.5.4.42", 'urn:oid:2.5.4.4"', 'urn:oid:2.5.4.3"',
            "claims/givenname", "claims/surname", 'claims/name"', "claims/displayname",
            "urn:oid:2.16.840.1.113730.3.1.241",
        ),
        partial(_claimed, _NAME),
    ),
    **dict.fromkeys(
        ("claims/homephone", "claims/mobilephone", "claims/otherphone", "urn:oid:2.5.4.20"),
        partial(_claimed, Sense(_PHONE, _PHONE)),
    ),
    "claims/dateofbirth": partial(_claimed, Sense(_BORN, "date")),
    "claims/streetaddress": partial(_claimed, Sense(_HOUSE, "street")),
    "claims/postalcode": partial(_claimed, Sense("postal_code", "postal")),
}  # fmt: skip
"""What such a place begins with, in small letters, and what reads it."""

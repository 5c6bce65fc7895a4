"""Patients in what systems of hospitals write: attributes of DICOM by their tags, names in parts, identifiers of FHIR.

`(0010,0010) PN [DOE^JANE]`, `"00100020":{"vr":"LO","Value":["..."]}`, `PatientName=DOE^JANE`,
`"identifier":[{"system":"urn:mrn","value":"..."}]`. Which attribute holds what is fixed by PS3.6 of DICOM.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from triage.redact.named import values
from triage.redact.text import Found, Span, digits_in, letters_in

__all__ = ("READERS",)

_PERSON: Final = "person"
_ID: Final = "national_id"
_KINDS: Final[dict[bytes, str]] = {
    **dict.fromkeys(
        (
            b"00080090", b"00081048", b"00081050", b"00081060", b"00081070", b"0008009c", b"00100010", b"00101001",
            b"00101005", b"00101060", b"00102297", b"00321032", b"0040a075", b"00400006", b"00401010", b"00402008",
        ),
        _PERSON,
    ),
    **dict.fromkeys((b"00100020", b"00101000", b"00380010", b"00101090"), _ID),
    b"00100030": "birth_date",
    **dict.fromkeys((b"00101040", b"00080092"), "street_address"),
    **dict.fromkeys((b"00102154", b"00080094"), "phone"),
}  # fmt: skip
# What stands between a tag and its value: what it is called, its type, its length and how many there are.
_TAGGED: Final = re.compile(
    rb"(?i)([0-9a-f]{4}),[ ]?([0-9a-f]{4})\)[ \t:=]{0,4}(?:(?-i:[A-Z])[a-z' ]{3,60}?(?:[ \t]{1,40}|[ ]?[:=][ ]?))?"
    rb"(?:[a-z]{2}\b[ \t]{0,4}[:=]?[ \t]{0,40})?(?:\#[ ]?[0-9]{1,5}[ ])?(?:\*[0-9]{1,3}[ ])?[ \t]{0,8}"
    rb"(?:\[([^\]\r\n]{1,100})\]|'([^'\r\n]{1,100})'|\"([^\"\r\n]{1,100})\")"
)
# The same as an object of JSON or an element of XML.
_KEYED: Final = re.compile(
    rb"(?i)([0-9a-f]{8})\\{0,3}\"(?:\s{0,4}:\s{0,4}\{[^{}\[\]]{0,80}\\{0,3}\"Value\\{0,3}\"\s{0,4}:\s{0,4}\[\s{0,8}"
    rb"(?:\{\s{0,8}\\{0,3}\"Alphabetic\\{0,3}\"\s{0,4}:\s{0,4})?\\{0,3}\"([^\"\\\r\n]{1,100})"
    rb"|[^<>\n]{0,120}>\s{0,20}<Value[^<>\n]{0,40}>([^<>\r\n]{1,100})<)"
)
_NOBODY: Final = re.compile(rb"(?i)[\W_]*(?:anon\w*|unknown|none|null|n/?a|test|redacted|removed|de-?identified)[\W_]*")
# Parts of a name with the sign that DICOM and HL7 put between them.
_PART: Final = rb"[A-Z\x80-\xff](?:[A-Za-z\x80-\xff'.-]|[ ](?=[A-Za-z])){1,40}"
_NAME: Final = re.compile(
    rb"\\{0,3}[\"']?\]?[ \t]{0,4}(?:[:=>|]{1,2}|\bis\b|[ ](?=[A-Z]))[ \t]{0,4}\\{0,3}[\"'\[]{0,2}"
    rb"(" + _PART + rb"(?:\^[A-Za-z\x80-\xff'. -]{0,40}){1,4})(?<![ .])"
)
_IDENTIFIER: Final = re.compile(
    rb"\\{0,3}\"system\\{0,3}\"\s{0,4}:\s{0,4}\\{0,3}\"([^\"\\\n]{1,160})\\{0,3}\"[^{}\[\]]{0,160}?"
    rb"\\{0,3}\"value\\{0,3}\"\s{0,4}:\s{0,4}\\{0,3}\"([^\"\\\n]{3,60})"
    rb"|\"value\\{0,3}\"\s{0,4}:\s{0,4}\\{0,3}\"([^\"\\\n]{3,60})\\{0,3}\"[^{}\[\]]{0,160}?"
    rb"\\{0,3}\"system\\{0,3}\"\s{0,4}:\s{0,4}\\{0,3}\"([^\"\\\n]{1,160})"
    rb"|<system value=\"([^\"<>\n]{1,160})\"/>\s{0,80}<value value=\"([^\"<>\n]{3,60})"
)
# Registers of people, as the systems of identifiers name them; and resources that are people.
_OF_PEOPLE: Final = re.compile(
    rb"(?i)(?:\b|[-_/:])(?:mrn|mr|pid|patients?|person|subject|medical-?records?|nhs(?:-number)?|chi|ssn|us-ssn|us-medicare|us-dl"
    rb"|medicare|medicaid|passport|ppn|insurance|member(?:id)?|kvid|kvnr|gkv|nino|bsn|cpf|ihi|hci|dva|aadhaar|abha"
    rb"|national-?id(?:entifier)?|tax|licen[cs]e|npi|us-npi|social)(?:\b|[-_/:])"
)
_RESOURCE: Final = re.compile(
    rb"\"resourceType\\{0,3}\"\s{0,4}:\s{0,4}\\{0,3}\"(?:Patient|Person|RelatedPerson|Practitioner|Coverage)\\{0,3}\""
    rb"|<(?:Patient|Person|RelatedPerson|Practitioner|Coverage)[ >]"
)
_OTHER_ELEMENT: Final = re.compile(
    rb"(?:\\{0,3}\"|<)(?:name|telecom|address|gender|birthDate|contact|active|status|subject|link)\b"
)
_REACH: Final = 800
_BEFORE: Final = 1_500
_FEWEST: Final = 3


def _is_somebody(text: bytes, kind: str) -> bool:
    """Whether the value of an attribute tells of one patient."""
    if _NOBODY.fullmatch(text) or values.placeholder(text):
        return False
    return letters_in(text) > 1 if kind == _PERSON else digits_in(text) + letters_in(text) > _FEWEST


def _attribute(tag: bytes, data: bytes, span: Span) -> Iterator[Found]:
    """The value of an attribute, if it is one of a person."""
    kind = _KINDS.get(tag.lower())
    start, end = span[0], span[0] + len(data[slice(*span)].rstrip(b" "))
    if kind and _is_somebody(data[start:end], kind):
        yield start, end, kind, "dicom"


def _tagged(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """The value behind the tag of an attribute in parentheses."""
    if match := _TAGGED.match(data, at + 1):
        yield from _attribute(match[1] + match[2], data, match.span(match.lastindex or 0))


def _keyed(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """The value of an attribute whose tag is the name of an object or an element."""
    if match := _KEYED.match(data, data.index(b'"', at) + 1):
        yield from _attribute(match[1], data, match.span(match.lastindex or 0))


def _in_carets(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The name of somebody in parts behind the word for who it is."""
    match = _NAME.match(data, at + size)
    if match is None:
        return
    start, end = match.span(1)
    if data[end : end + 1] in {b"=", b":"} or data[end : end + 1].isalnum():  # the name of the next field
        end = max(data.rfind(b" ", start, end), start)
    name = data[start:end]
    if b"^" in name.rstrip(b"^") and _is_somebody(name, _PERSON):
        yield start, end, _PERSON, "dicom"


def _identified(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The numbers of somebody in the identifiers of a resource of FHIR."""
    other = _OTHER_ELEMENT.search(data, at + size, at + size + _REACH)
    end = other.start() if other else min(at + size + _REACH, len(data))
    of_person: bool | None = None
    for match in _IDENTIFIER.finditer(data, at + size, end):
        system, value = next((one, other) for one, other in ((1, 2), (4, 3), (5, 6)) if match[other] is not None)
        told = _OF_PEOPLE.search(match[system]) is not None
        if not told and of_person is None:
            of_person = _RESOURCE.search(data, max(at - _BEFORE, 0), end + _REACH) is not None
        if (told or of_person) and digits_in(match[value]) >= _FEWEST and b"://" not in match[value]:
            yield *match.span(value), _ID, "fhir"


READERS: Final[dict[str, Callable[[int, bytes, int], Iterator[Found]]]] = {
    "tags": _tagged,
    "tag_keys": _keyed,
    "carets": _in_carets,
    "identifiers": _identified,
}
"""What reads the values at the words of leads.toml, by their lists."""

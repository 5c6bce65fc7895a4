"""Values of people's fields by their form: names, dates of birth, streets, postal codes, numbers of papers.

A field says what stands in it, and the form whether it does: `firstName: string`, `street: null` and
`birthDate: required` are none of somebody. Every expression is one class repeated, or bounded.
"""

from __future__ import annotations

import base64
import re
from typing import Final

from triage.redact.named.keys import parts, sense, vocabulary
from triage.redact.pii import national, towns
from triage.redact.pii.neighbours import fields_of_people
from triage.redact.text import DIGITS, Span, digits_in, letters_in

__all__ = (
    "FORMS",
    "TOLD",
    "coded",
    "full_name",
    "house_behind",
    "is_date",
    "is_numbered",
    "is_street",
    "line_end",
    "part",
)

FORMS: Final = (
    frozenset({"name", "date", "street", "postal", "city", "id", "nir", "vin", "plate", "licence"}) | national.HINTS
)
"""The hints of keys.toml that are read here."""
TOLD: Final = FORMS - {"name", "street", "city"} | {"phone", "digits"}
"""The hints of what is told by its form, wherever it stands beside its name."""
_REACH: Final = 160
_PARTICLES: Final = frozenset(
    b"von van de da der den la le al bin ibn dos das du di del el y e i zu zur ten ter af av bint".split()
)
_LETTER: Final = rb"[A-Za-z\x80-\xff]"
_WORD: Final = rb"(?:(?:[A-Z\x80-\xff]|=[CDEF][0-9A-F]=[0-9A-F]{2})(?:[A-Za-z\x80-\xff'.-]|=[89A-F][0-9A-F]){0,30})"
_CAPITALISED: Final = re.compile(
    _WORD + rb"(?:,?[ +](?:" + _WORD + rb"|(?:" + b"|".join(sorted(_PARTICLES)) + rb")(?=[ +]))){0,5}"
)
_IN_QUOTES: Final = re.compile(
    _LETTER
    + (
        rb"(?:[A-Za-z\x80-\xff .,'`+()-]|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|%[0-9A-Fa-f]{2}"
        rb"|=[0-9A-F]{2}){0,80}"
    )
)
_QUERIED: Final = re.compile(rb"[?&][\w.%\[\]-]{1,60}=\Z")
_IN_QUERY: Final = re.compile(_LETTER + rb"(?:[A-Za-z\x80-\xff.'+-]|%[0-9A-Fa-f]{2}){1,60}")
_MONTH: Final = rb"[A-Za-z\x80-\xff]{3,10}"
_DATE: Final = re.compile(
    rb"(?:[0-9]{1,2}(?P<sign>[-./ +]|\\?/)[0-9]{1,2}(?P=sign)(?:[0-9]{4}|[0-9]{2}(?![0-9]))"
    rb"|[0-9]{4}(?:(?P<other>[-./]|\\?/)[0-9]{1,2}(?P=other)[0-9]{1,2}|-[0-9]{3}(?![0-9])|[0-9]{4})"
    rb"|[0-9]{1,2}(?:st|nd|rd|th|\.|er)?[ +-](?:(?:de|of)[ +])?" + _MONTH + rb"\.?(?:[ +]de)?,?[ +-][0-9]{2,4}"
    rb"|" + _MONTH + rb"\.?[ +][0-9]{1,2}(?:st|nd|rd|th)?,?[ +][0-9]{4}"
    rb"|(?:datetime\.)?date\([0-9]{4}, ?[0-9]{1,2}, ?[0-9]{1,2}\)"
    rb"|[0-9]{4}\xe5\xb9\xb4 ?[0-9]{1,2}\xe6\x9c\x88 ?[0-9]{1,2}\xe6\x97\xa5|-?[0-9]{8,13}|/Date\([0-9-]{5,15}\)/)"
    rb"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?:Z|[ ]?[+-][0-9]{2}:?[0-9]{2})?)?(?![0-9])"
)
# What a day is made of in a shell, a query or a program, where it stands in quotes.
_WRAPPED: Final = re.compile(
    rb"""(?:new[ ]{1,3})?[A-Za-z][\w.:]{0,40}(?<=[Dd]ate|DATE|.[Dd]ay|tamp|TAMP|time|Time|arse|TIME)"""
    rb"""\([ ]?u?\\{0,3}["']"""
    rb"""|(?i:date|timestamp)[ ]{0,3}\\{0,3}["']"""
)
_POSTAL: Final = re.compile(
    rb"(?:[A-Z]{1,3}-)?(?:[A-Z]{1,2}[0-9][A-Z0-9]?[ +]?[0-9][A-Z]{2}|[A-Z][0-9][A-Z][ +-]?[0-9][A-Z][0-9]"
    rb"|[0-9]{4}[ +]?[A-Z]{2}|[0-9]{2}-[0-9]{3}|[0-9]{3}[ +][0-9]{2}|[0-9]{5}-[0-9]{3,4}"
    rb"|[0-9]{3}-[0-9]{4}|[0-9]{4,7})"
    rb"(?![\w.-])",
    re.IGNORECASE,
)
# Letters and digits in groups each of which has a digit, or two capitals at most.
_GROUP: Final = rb"(?:[A-Z0-9]{0,6}[0-9][A-Z0-9]{0,20}|[A-Z]{1,6}(?=[ ./+-]?[0-9])|[A-Z](?![A-Za-z]))"
_ID: Final = re.compile(
    rb"(?:[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z]|"
    + _GROUP
    + rb"(?:[ ./+-]{1,2}"
    + _GROUP
    + rb"){0,7})(?:\([0-9A-Z]\))?(?![A-Za-z0-9_])"
)
_NIR: Final = re.compile(
    rb"[1-4378][ .]?[0-9]{2}[ .]?[0-9]{2}[ .]?(?:[0-9]{2}|2[AB])[ .]?[0-9]{3}"
    rb"[ .]?[0-9]{3}(?:[ ./-]{0,3}[0-9]{2})?(?![\w.])"
)
# The number of a vehicle by its maker, and that on its plates.
_VIN: Final = re.compile(rb"[A-HJ-NPR-Z0-9]{17}(?![\w-])", re.IGNORECASE)
_PLATE: Final = re.compile(
    rb"(?=(?:[ -]?[A-Z0-9\xc3\x84\x96\x9c]){5,10}(?![A-Z0-9]))"
    rb"[A-Z0-9\xc3\x84\x96\x9c]{1,8}(?:[ -]{1,2}[A-Z0-9]{1,4}){0,3}(?![\w-])"
)
# A fraction is no number of a paper.
_FRACTION: Final = re.compile(rb"[0-9]{1,3}\.[0-9]{4,20}")
_FEWEST_DIGITS: Final = 5
# Numbers of passports have fewer, if they are of letters too.
_MIXED: Final = re.compile(rb"(?=[A-Z]{0,10}[0-9][A-Z]{0,10}[0-9])[A-Z0-9]{7,12}")
# Of German papers, whose numbers may have no digits, and no vowels.
_OF_CONSONANTS: Final = re.compile(
    rb"(?=[A-Z0-9]{9})[CFGHJKLMNPRTVWXYZ][0-9CFGHJKLMNPRTVWXYZ]{8}[0-9]?(?![A-Za-z0-9_.-])"
)
_SAME: Final = 3
_LINE_OF_ADDRESS: Final = re.compile(rb"""[^\r\n"<>{}|=\\;&\t\x00]{3,120}""")
_ADDRESS_IN_QUOTES: Final = re.compile(rb"""[^\r\n<>{}|=\x00]{3,160}""")
_NO_ADDRESS: Final = re.compile(
    rb"(?i)0x[0-9a-f]+|[/\\~$%&*#@(\[].*|.*(?:://|@|::|\(\)|->|\.(?:c|h|py|js|go|rs|dll|so"
    rb"|exe)\b).*|[0-9a-f:.]+(?:/[0-9]{1,3})?"
    rb"|.*\b(?:required|invalid|must|cannot|missing|failed|error|already|unknown|undefined|null"
    rb"|none|please|enter|not)\b.*"
)
# A port in a structure that Go prints, and its next field.
_NEXT_FIELD: Final = re.compile(rb"[0-9.:]{1,24} [A-Z]\w{1,40}:\S")
_REQUEST: Final = re.compile(rb" HTTP/[0-9]")
_STREETS: Final = re.compile(
    rb"(?i)\b(?:street|st|avenue|ave|av|road|rd|lane|ln|drive|dr|court|ct|boulevard|blvd|bd|way"
    rb"|place|pl|square|sq|terrace"
    rb"|crescent|close|highway|hwy|parkway|pkwy|circle|cir|trail|alley|row|mews|gardens|grove|hill"
    rb"|apt|suite|unit|p\.?o\.? box"
    rb"|rue|chemin|all\xc3\xa9e|impasse|quai|cours|calle|c/|avenida|avda|paseo|plaza|carrer|camino|rua|travessa|largo"
    rb"|via|viale|piazza|corso|vicolo|ul|ulica|al|aleja|os|pl|ulitsa|prospekt|nagar|marg|chome|ku"
    rb"|caddesi|cad|soka(?:k|\xc4\x9f\xc4\xb1)|sok|bulvar\xc4\xb1|mahallesi|mah"
    rb"|[a-z]{2,20}-(?:daero|ro|gil|dong)|[a-z]{2,20}(?:machi|cho|dori))\b"
    rb"|(?:stra(?:\xc3\x9f|ss)e|weg|platz|gasse|allee|ring|damm|ufer|steig|straat|laan|gracht"
    rb"|kade|plein|gade|vej"
    rb"|gata|gatan|v\xc3\xa4gen|veien|katu|tie|utca)\b|str\.|\xe4\xb8\x81\xe7\x9b\xae|\xe5\x8c\xba"
    rb"|\xe5\x8c\xba|\xe8\xb7\xaf"
)
_NUMBERED: Final = re.compile(
    rb"[0-9]{1,5}[A-Za-z]?(?:[/-][0-9]{1,4})?,? [A-Za-z\x80-\xff].{2,}"
    rb"|.{0,40}[A-Za-z\x80-\xff.]{2,},? (?:(?i:no|nr|n\xc2\xba)[.:]{0,2} ?)?[0-9]{1,5}(?:[ ]?[A-Za-z])?\b.*"
)
# From a province or a city to the number of a house, as China, Japan and Korea write it.
_OF_THE_EAST: Final = re.compile(
    rb"(?:[\xe3-\xed][\x80-\xbf]{2}){1,12}?(?:\xe7\x9c\x81|\xe5\xb8\x82|\xe5\x8c\xba|\xe5\x8e\xbf|\xe7\x9c\x8c|\xe9\x83\xbd"
    rb"|\xe5\xba\x9c|\xe9\x81\x93|\xec\x8b\x9c|\xeb\x8f\x84|\xea\xb5\xac) ?(?:[\xe3-\xed][\x80-\xbf]{2}){1,16}?"
    rb"(?: (?:[\xe3-\xed][\x80-\xbf]{2}){1,12}){0,3} ?[0-9][0-9-]{0,10}"
    rb"(?:[0-9 -]|[\xe3-\xed][\x80-\xbf]{2}){0,24}"
)
# The end of a line or a string as it is written inside of one.
_END_OF_LINE: Final = re.compile(rb'\\{1,8}[nrt"]')
# What stands behind the name of a family of fonts.
_FONT: Final = re.compile(rb"[ ;,]{1,2}(?:font-?)?(?:size|weight|style|pt)\b")
_SHORTEST: Final = 2
_CODED: Final = re.compile(rb"[A-Za-z0-9+/_-]{6,400}(?:={0,2}|(?:=3D){0,2})(?![\w+/=-])")
_HEXADECIMAL: Final = re.compile(rb"(?:[2-7][0-9A-Fa-f]|[cC][2-9a-fA-F]|[dD][0-9a-fA-F]|[89a-bA-B][0-9a-fA-F]){4,200}")
_FROM_URLS: Final = bytes.maketrans(b"-_", b"+/")
_LAYERS: Final = 3
_FEWEST_CODED: Final = 3
# Types and words of forms that stand under such names in schemas and texts of an interface.
_NOBODY: Final = frozenset(
    b"string str text varchar char character required optional label placeholder field input value default "
    b"name first last full given family surname unknown anonymous none null test user admin guest invalid "
    b"type types format description notes length address phone email e-mail "
    b"missing yes no true false any object number integer int boolean date datetime array column title "
    b"hidden readonly first_name last_name asc desc firstname lastname fullname nvarchar nchar "
    b"nome nombre nom naam navn namn nimi imie vorname nachname prenom cognome apellido apellidos apelido sobrenome "
    b"nvidia geforce radeon quadro amd intel microsoft qualcomm adreno realtek vmware virtualbox parallels "
    b"display graphics "
    b"voornaam achternaam fornavn etternavn fornamn efternamn etunimi sukunimi nazwisko soyad".split()
)


def part(data: bytes, span: Span, hint: str, *, in_quotes: bool) -> Span | None:
    """The part of a value that is what a field of a person says that it is.

    Examples
    --------
    >>> part(b"dob: 7 April 1974", (5, 8), "date", in_quotes=False)
    (5, 17)
    """
    start, end = span
    stop = end if in_quotes else line_end(data, start)
    if hint in {"name", "city"}:
        return _quoted_name(data, start, end) if in_quotes else _bare_name(data, start, stop)
    if hint == "street":
        return _street(data, start, stop, in_quotes=in_quotes)
    if hint in national.HINTS:
        return national.part(data, start, stop, hint)
    if hint == "licence":
        number = part(data, span, "id", in_quotes=in_quotes)
        return number or part(data, span, "plate", in_quotes=in_quotes)
    if hint == "date" and (wrapped := _WRAPPED.match(data, start, stop)):
        start = wrapped.end()
    form = {"date": _DATE, "postal": _POSTAL, "id": _ID, "nir": _NIR, "vin": _VIN, "plate": _PLATE}[hint]
    if hint == "id" and (request := _REQUEST.search(data, start, stop)):
        stop = request.start()  # the end of the line of a request
    match = form.match(data, start, stop)
    if hint == "id" and (serial := _OF_CONSONANTS.match(data, start, stop)):
        return serial.span() if len(set(serial.group())) > _SAME else None
    if match is None:
        return None
    text = match.group()
    if hint == "id":
        if _FRACTION.fullmatch(text):
            return None
        varied = len(set(text) - set(b" -./+")) > _SHORTEST
        enough = digits_in(text) >= _FEWEST_DIGITS or _MIXED.fullmatch(text)
        return match.span() if varied and enough else None
    if hint in {"vin", "plate"}:
        return match.span() if digits_in(text) and letters_in(text) else None
    return match.span() if hint in {"postal", "nir"} or is_date(text) else None


def coded(data: bytes, at: int) -> tuple[Span, bytes] | None:
    """What stands at a place in base64 or hexadecimal, once or more, and the text that it is; None where it is none.

    Examples
    --------
    >>> coded(b"phone=MDMwLzQ0NTMxNzY=", 6)
    ((6, 22), b'030/4453176')
    """
    match = _CODED.match(data, at)
    if match is None:
        return None
    text, found = match.group(), b""
    for _ in range(_LAYERS):
        inner = _decoded(text)
        if inner is None:
            break
        text = found = inner
    return (match.span(), found) if found else None


def _decoded(text: bytes) -> bytes | None:
    """What a run of hexadecimal or base64 stands for, if that prints."""
    if not _CODED.fullmatch(text):
        return None
    try:
        raw = bytes.fromhex(text.decode()) if _HEXADECIMAL.fullmatch(text) else _from_base64(text)
        shown = raw.decode()
    except ValueError:
        return None
    return raw.strip() if shown.strip().isprintable() and len(shown) >= _FEWEST_CODED else None


def _from_base64(text: bytes) -> bytes:
    """What a run of either alphabet stands for, with its padding or without."""
    plain = text.translate(_FROM_URLS).rstrip(b"=")
    return base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)


def is_date(text: bytes) -> bool:
    """Whether a text of digits and signs may be a day: not one digit again and again, and no long number of its own.

    Examples
    --------
    >>> is_date(b"1974-04-07"), is_date(b"0000-00-00")
    (True, False)
    """
    return len(set(text) & set(DIGITS)) > 1


def full_name(text: bytes) -> bool:
    """Whether a text is two to six words with capitals, as names of people are.

    Examples
    --------
    >>> full_name(b"Ana de la Cruz"), full_name(b"main thread"), full_name(b"Foo.dll")
    (True, False, False)
    """
    words = text.replace(b",", b" ").split()
    return len(words) >= _SHORTEST and _CAPITALISED.fullmatch(text) is not None and not _says_no_name(text)


def is_street(text: bytes) -> bool:
    """Whether a text is an address of a house by itself: a number and words, one of which is that of a street.

    Examples
    --------
    >>> is_street(b"12 Harbour Lane"), is_street(b"0x7fff5fbff8a0"), is_street(b"Address already in use")
    (True, False, False)
    """
    if not digits_in(text) or letters_in(text) < _SHORTEST or _NO_ADDRESS.fullmatch(text):
        return False
    if _OF_THE_EAST.fullmatch(text.strip()):
        return True
    return _NUMBERED.fullmatch(text.strip()) is not None and _STREETS.search(text) is not None


def is_numbered(text: bytes) -> bool:
    """Whether a text is a number and words, as an address of a house is."""
    return _NO_ADDRESS.fullmatch(text) is None and _NUMBERED.fullmatch(text.strip()) is not None


def house_behind(data: bytes, at: int, stop: int) -> Span | None:
    """The address of a house that a comma parts from the name before it.

    Examples
    --------
    >>> house_behind(b"Ana Cruz, 12 Harbour Lane; x", 8, 28)
    (10, 25)
    """
    if data[at : at + 2] != b", ":
        return None
    text = re.split(rb"[;|<\t\"]", data[at + 2 : stop], maxsplit=1)[0].rstrip()
    return (at + 2, at + 2 + len(text)) if is_street(text) or towns.is_whole(text) else None


def line_end(data: bytes, at: int, *, most: int = _REACH) -> int:
    """Where the line of a place ends, or the string that it stands in."""
    limit = min(at + most, len(data))
    ends = [found for mark in (b"\n", b"\r", b"\\n", b"\\r", b"\x00") if (found := data.find(mark, at, limit)) >= 0]
    return min(ends, default=limit)


def _quoted_name(data: bytes, start: int, end: int) -> Span | None:
    """A name in quotes: letters and what joins them."""
    value = data[start:end].strip(b" \t\r\n%")
    if len(value) < _SHORTEST or not _IN_QUOTES.fullmatch(value) or _says_no_name(value):
        return None
    words = value.split()
    if len(words) > 1 and not _CAPITALISED.fullmatch(value) and (len(words) > 3 or b"%" in value or value[-1:] in b"."):
        return None
    begin = data.index(value, start)
    return begin, begin + len(value)


def _bare_name(data: bytes, start: int, stop: int) -> Span | None:
    """A name without quotes: words with capitals, or one word in a query."""
    if _QUERIED.search(data, max(start - 64, 0), start):
        match = _IN_QUERY.match(data, start, stop)
        return match.span() if match and not _says_no_name(match.group()) else None
    match = _CAPITALISED.match(data, start, stop)
    if match is None:
        return None
    text = match.group().rstrip(b" ,-+'")
    end = start + len(text)
    if _FONT.match(data, end):
        return None
    joined = data[end : end + 1]
    ended = _END_OF_LINE.match(data, end)
    if not ended and (
        (joined and joined in b"=:(/_@\\") or joined.isdigit()
    ):  # the last word is a name of a field, or of code
        text = text.rpartition(b" ")[0].rstrip(b",")
        end = start + len(text)
    text = text.rstrip(b".") if b" " not in text else text
    if len(text) < _SHORTEST or _says_no_name(text):
        return None
    return start, start + len(text)


def _street(data: bytes, start: int, stop: int, *, in_quotes: bool) -> Span | None:
    """A street with its number, or what stands in its place."""
    match = (_ADDRESS_IN_QUOTES if in_quotes else _LINE_OF_ADDRESS).match(data, start, stop)
    if match is None or _NEXT_FIELD.match(data, start):
        return None
    text = match.group().rstrip(b" ,.'")
    if not in_quotes and b")" in text and b"(" not in text:
        text = text.partition(b")")[0]
    if (
        not in_quotes
        and data[match.end() : match.end() + 1] == b"="
        and not _QUERIED.search(data, max(start - 64, 0), start)
    ):
        text = text.rpartition(b" ")[0].rstrip(b" ,;")  # the last word is the name of the next field
    queried = _QUERIED.search(data, max(start - 64, 0), start)
    shown = text.replace(b"+", b" ") if queried else text
    if (
        letters_in(shown) < 3
        or _NO_ADDRESS.fullmatch(shown)
        or shown.lower() in vocabulary().empty
        or _says_no_name(shown)
    ):
        return None
    if not (
        in_quotes or queried or shown[:1].isdigit() or shown[:1].isupper() or shown[0] >= 0x80 or _STREETS.search(shown)
    ):
        return None
    if b" " not in shown and (shown.islower() or not digits_in(shown)) and not _STREETS.search(shown):
        return None  # a word
    return start, start + len(text)


def _says_no_name(value: bytes) -> bool:
    """Whether a value is a type, the word of a form, or the name of another field."""
    small = value.lower().strip(b" .")
    known = vocabulary()
    if (
        small in known.empty
        or small in _NOBODY
        or small in fields_of_people().names
        or (b" " not in small and small in known.words)
    ):
        return True
    words = small.split()
    if (
        any(word in _NOBODY or word in {b"name", b"names", b"is", b"must", b"your"} for word in words)
        and len(words) > 1
    ):
        return True
    meaning = sense(value.decode("latin-1"))
    if meaning is None:
        return False
    if len(parts(value.decode("latin-1"))) == 1:
        return value.isupper()
    return b" " not in small or meaning.kind == "person"

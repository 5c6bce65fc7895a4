"""Tables in text: what stands in the columns that a header names as secrets or people.

Comma, semicolon, tab and bar separated, Markdown and the boxes of database clients, and columns set with blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Final

from triage.redact.named import values
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense, parts, sense
from triage.redact.pii import persons
from triage.redact.pii.forms import plain
from triage.redact.pii.neighbours import fields_of_people
from triage.redact.pii.people import FORMS, full_name
from triage.redact.text import Found, Span, digits_in, line_of

__all__ = ("NAMES", "PERSONAL", "SETTINGS", "collided", "columns", "copied", "meanings", "settings")

_HEADER: Final = 400
_FEWEST: Final = 2
_LIKE_A_VALUE: Final = 12
_ROWS: Final = 20_000
_MOST_LISTED: Final = 24
_CELL: Final = re.compile(rb"[A-Za-z_#\x80-\xff][\w./#\x80-\xff-]{0,40}(?: [\w./#()\x80-\xff-]{1,20}){0,2}")
# What a table begins behind that is all of a value: of a form, of JSON.
_NESTED: Final = re.compile(
    rb"""[^\n]{0,200}(?:=|"[ ]?:[ ]?\\{0,3}"|<(?:pre|code|textarea|td|p|div|samp)(?:[ ][^<>\n]{0,80})?>)"""
)
_WRITTEN_END: Final = b"\\n"
# What a mail writes before the lines that it answers.
_CITED: Final = re.compile(rb"(?:> ?){1,6}")
_RULE: Final = re.compile(rb"[\s|+:=-]*")
_QUOTES: Final = b" \t\"'`*\r"
_AROUND: Final = _QUOTES + b"\\"
_MARKS: Final = (b"\t", b"|", b";", b",")
_GAP: Final = re.compile(rb" {2,}")
_WORD: Final = re.compile(rb"[^\s]+")
_QUOTED: Final = re.compile(rb'"[^"\n]*"')
PERSONAL: Final = FORMS | {"phone", "digits"}
"""The hints of columns whose values are personal by their form."""
_TAKEN: Final = PERSONAL | {"", "long", "user", "host", "numbered", "word"}
_KINDS: Final = frozenset(
    {
        "person",
        "birth_date",
        "street_address",
        "postal_code",
        "national_id",
        "ssn",
        "passport",
        "phone",
        "card",
        "bank_account",
    }
)
_COPIED: Final = re.compile(rb"""[\w.\"]{1,80} ?\(([^()\n]{1,400})\) from stdin[^\n]{0,60}\r?\n""", re.IGNORECASE)
_COLLIDED: Final = re.compile(rb"([^()\n]{1,200})\)=\(([^\n]{1,400}?)\)(?=[ .\n\"\\]|\Z)")
_WORDS: Final = (
    "assword", "passwd", "passwort", "pwd", "secret", "token", "api_key", "apikey", "api key", "_key", "_token",
    "_secret", "_hash", "credential", "credentials", "username", "hostname", "node",
)  # fmt: skip
_OF_PEOPLE: Final = (
    "first_name", "firstname", "first name", "last_name", "lastname", "last name", "full_name", "fullname",
    "full name", "surname",
    "birth_date", "birthdate", "date_of_birth", "date of birth", "dob", "birthday", "phone", "phone_number",
    "mobile", "telefon", "telefono",
    "telefone", "telephone", "telefoon", "email", "e-mail", "email_address", "email address", "iban", "ssn",
    "passport", "passport_number", "street", "address",
    "adresse", "vorname", "nachname", "geburtsdatum", "prenom", "apellidos", "nombre", "cognome", "national_id",
    "card_number", "postal_code", "postcode", "zip_code", "plz",
    "customer_name", "contact_name", "patient_name", "employee_name", "host_name", "user_name", "holder_name",
    "tax_id", "_mobile", "_phone", "nome", "nom", "naam", "navn", "namn", "nimi", "imie", "nazwisko", "jmeno",
    "prijmeni", "soyad", "apellido", "apelido", "sobrenome", "nascimento", "nacimiento", "nascita", "naissance",
    "geburt", "geboortedatum", "urodzenia", "telemovel", "celular", "cellulare", "movil", "handy", "morada",
    "endereco", "direccion", "domicilio", "indirizzo", "adres", "anschrift", "straat", "voornaam", "achternaam",
    "fornavn", "etternavn", "fornamn", "efternamn", "cpf", "dni", "nif", "nino",
    "aadhaar", "aadhar", "pesel", "bsn", "nir", "curp",
    "fiscale", "personnummer",
    "burgerservicenummer", "steuernummer", "ausweisnummer", "passnummer", "telefonnummer", "nummer", "host", "fqdn",
    "user_id", "userid", "user id", "customer_id", "customer id", "employee_id", "employee id", "member_id",
    "patient_id", "student_id",
    "last_login", "last login", "last_seen", "last seen", "gender", "hire_date", "hire date",
)  # fmt: skip
_SIDES: Final = (",", ";", "\t", "|", " |", "  ", '",', '";', '"\t', '"\n', "\n", "\r")
NAMES: Final = tuple(dict.fromkeys(word + side for word in _WORDS + _OF_PEOPLE for side in _SIDES))
"""What a header holds that names such a column, in small letters, with what stands beside it there."""
SETTINGS: Final = tuple(
    f"{name}{mark}{value}"
    for name in ("name", "key", "setting", "variable", "parameter", "property", "option", "field", "attribute")
    for mark in (",", ";", "\t", "|", " | ", '","')
    for value in ("value", "val", "content")
)
"""How a header ends that names a column of names and one of values beside it, in small letters."""
_ENDINGS: Final = tuple(word.encode() for word in _WORDS + _OF_PEOPLE)


# A name is that of a person beside such columns if it is a full one.
_FULL: Final = "full name"
_NAME: Final = Sense("person", "name")
_NO_MAIL: Final = frozenset(
    ["enabled", "verified", "confirmed", "sent", "count", "template", "body", "subject", "id", "opt", "status", "type"]
)
_OF_PERSONS: Final = (
    ["hire", "date"], ["hired"], ["salary"], ["gender"], ["sex"], ["nationality"], ["blood", "type"], ["job", "title"],
    ["allergies"], ["diagnosis"], ["marital", "status"],
)  # fmt: skip
_OF_ACCOUNTS: Final = (
    ["last", "login"], ["last", "login", "at"], ["last", "seen"], ["last", "seen", "at"], ["last", "sign", "in"],
    ["ip"], ["mac"], ["ip", "address"], ["client", "ip"], ["login", "ip"], ["signup", "ip"], ["signed", "up"],
    ["signup", "date"], ["joined"], ["joined", "at"], ["username"], ["login"], ["age"], ["userid"], ["avatar"],
    ["department"], ["manager"], ["ip", "addr"], ["mac", "address"],
)  # fmt: skip


def columns(data: bytes, at: int) -> Iterator[Found]:
    """What stands in the sensitive columns of a table whose header holds a place, if it is the first of them."""
    start, end = _line(data, at, _HEADER)
    if (nested := _NESTED.match(data, start, at)) is not None:
        start = nested.end()
    header = data[start:end]
    if len(header) >= _HEADER or b"=" in header or b"{" in header:
        return
    mark = next((mark for mark in _MARKS if mark in header), b"  ")
    cells = _cells(header, mark)
    if len(cells) == _FEWEST and mark == b"|" and (rows := _listed(data, at, start, end, cells)) is not None:
        yield from rows
        return
    senses = meanings([header[slice(*cell)] for cell in cells])
    asked = [number for number, meaning in enumerate(senses) if meaning is not None]
    sentence = mark == b"," and len(cells) == _FEWEST and any(b" " in header[slice(*cell)] for cell in cells)
    if (
        sum(begin < stop for begin, stop in cells) < _FEWEST
        or sentence
        or not asked
        or not all(_is_title(header[slice(*cell)]) for cell in cells)
    ):
        return
    # It is read once: from the first column that leads here, whatever it holds.
    leading = [number for number, cell in enumerate(cells) if _leads(header[slice(*cell)])]
    if not leading or not cells[leading[0]][0] <= at - start <= cells[leading[0]][1]:
        return
    yield from _alternating(data, start, cells, senses)
    if any(values.looks_random(header[slice(*cell)], least=_LIKE_A_VALUE) for cell in cells):
        return  # a row of names and values
    for first, last in _below(data, end):
        line = data[first:last]
        if _RULE.fullmatch(line):
            continue
        row = _aligned(line, cells) if mark == b"  " else _cells(line, mark)
        if len(row) != len(cells) or _repeats(line, row, header, cells):
            return
        for number in asked:
            meaning = senses[number]
            if meaning is not None:
                yield from _valued(data, (first + row[number][0], first + row[number][1]), meaning)


def _below(data: bytes, end: int) -> Iterator[Span]:
    """The lines below one that ends at a place, up to an empty one."""
    for _ in range(_ROWS):
        step = 1 + (data[end : end + 1] == b"\\")  # of an end that is written out
        start, end = _line(data, end + step, 2 * _HEADER) if end + step < len(data) else (end, end)
        if not data[start:end].strip():
            return
        yield start, end


def _listed(data: bytes, at: int, start: int, end: int, own: list[Span]) -> list[Found] | None:
    """What stands beside its name in a table of two columns, one of names and one of values; None in another.

    It is read once: from the name of the first row that leads here.
    """
    named = own[0][0] <= at - start <= own[0][1]
    if named and start > 2 and _leads_in_pair(data[slice(*_line(data, start - 2, _HEADER))]):
        return []
    rows: list[tuple[Span, Span]] = []
    first = start
    for _ in range(_MOST_LISTED if named else 1):
        if first < 2 or not (row := _pair(data, *_line(data, first - 2, _HEADER))):
            break
        if named and _leads(data[slice(*row[0])]):
            return []
        rows.insert(0, row)
        first = _line(data, first - 2, _HEADER)[0]
    for _ in range(_ROWS if named else 2):
        if not (row := _pair(data, start, end)):
            break
        rows.append(row)
        start, end = _line(data, end + 1, _HEADER) if end + 1 < len(data) else (end, end)
    senses = meanings([data[slice(*name)] for name, _ in rows])
    if sum(meaning is not None for meaning in senses) < _FEWEST:
        return None
    if not named:
        return []
    told = zip(rows, senses, strict=True)
    found = [one for (_, value), meaning in told if meaning for one in _valued(data, value, meaning)]
    sure = any(kind != "person" for _, _, kind, _ in found)
    return [
        one
        for one in found
        if one[2] != "person"
        or (persons.is_person(data[one[0] : one[1]]) and (sure or full_name(data[one[0] : one[1]])))
    ]


def _leads_in_pair(line: bytes) -> bool:
    """Whether a line has two cells with a bar between, of which the first is a name that leads to a table."""
    name, bar, rest = line.strip(b"| \t\r").partition(b"|")
    return bool(bar) and b"|" not in rest and _leads(name.strip(_AROUND))


def _pair(data: bytes, start: int, end: int) -> tuple[Span, Span] | None:
    """The two cells of a line with a bar between."""
    line = data[start:end]
    cells = _cells(line, b"|") if b"|" in line else []
    if len(cells) != _FEWEST:
        return None
    (one, two), (three, four) = cells
    return (start + one, start + two), (start + three, start + four)


def _line(data: bytes, at: int, most: int) -> Span:
    """The line of a place, also one of those that are written out inside of a string."""
    start, end = line_of(data, at, most=most)
    before, behind = data.rfind(_WRITTEN_END, start, at), data.find(_WRITTEN_END, at, end)
    if before >= 0:
        start = before + len(_WRITTEN_END)
    elif cited := _CITED.match(data, start, end):
        start = cited.end()
    return start, behind if behind >= 0 else end


def copied(size: int, data: bytes, at: int) -> Iterator[Found]:
    """What stands in the sensitive columns of the rows that a dump of PostgreSQL copies."""
    header = _COPIED.match(data, at + size)
    if header is None:
        return
    senses = meanings([name.strip(_QUOTES) for name in header[1].split(b",")])
    start = header.end()
    for _ in range(_ROWS):
        end = line_of(data, start, most=10 * _HEADER)[1]
        row = data[start:end].split(b"\t")
        if not any(senses) or len(row) != len(senses):
            return
        for cell, meaning in zip(row, senses, strict=True):
            if meaning is not None and cell != b"\\N":
                yield from _valued(data, (start, start + len(cell.rstrip(b"\r"))), meaning)
            start += len(cell) + 1


def settings(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The secrets of a table of names and values, whose header ends at a place and those two columns at its end."""
    start, end = _line(data, at, _HEADER)
    start = nested.end() if (nested := _NESTED.match(data, start, at)) else start
    header = data[start:end]
    mark = next((mark for mark in _MARKS if mark in header[at - start : at - start + size]), b"")
    cells = _cells(header, mark) if mark and len(header) < _HEADER else []
    places = [start + stop for _, stop in cells]
    if at + size not in places or not all(_is_title(header[slice(*cell)]) for cell in cells):
        return
    column = places.index(at + size)
    for first, last in _below(data, end):
        line = data[first:last]
        row = _cells(line, mark)
        if _RULE.fullmatch(line):
            continue
        if len(row) != len(cells):
            return
        name = line[slice(*row[column - 1])]
        if name.lower() == header[slice(*cells[column - 1])].lower():  # a header again, that reads what is below it
            return
        meaning = sense(plain(name)) if _CELL.fullmatch(name) else None
        if meaning is not None and meaning.weak != "entropy":
            span = first + row[column][0], first + row[column][1]
            yield from judged(data, span, meaning, in_quotes=True, assigned=True, name=(first, first))


def collided(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The values of the columns that PostgreSQL says are there already: `Key (email, phone)=(..., ...)`."""
    match = _COLLIDED.match(data, at + size)
    if match is None:
        return
    start = match.start(2)
    columns, row = match[1].split(b","), match[2].split(b", ")
    for cell, meaning in zip(row, meanings([name.strip(_QUOTES) for name in columns]), strict=False):
        if meaning is not None and len(row) == len(columns):
            yield from _valued(data, (start, start + len(cell)), meaning)
        start += len(cell) + len(b", ")


def _alternating(data: bytes, start: int, cells: list[Span], meanings: list[Sense | None]) -> Iterator[Found]:
    """The secrets of a line on which names and values take turns."""
    if len(cells) % 2 or len(cells) < 4 or any(meanings[1::2]):
        return
    for number in range(0, len(cells), 2):
        span = start + cells[number + 1][0], start + cells[number + 1][1]
        value, meaning = data[slice(*span)], meanings[number]
        if meaning and not meaning.weak and digits_in(value) > 1 and values.mixed(value, least=8):
            yield from judged(data, span, meaning, in_quotes=False, assigned=True, name=(start, start))


def _cells(line: bytes, mark: bytes) -> list[Span]:
    """The cells of a line without what frames them."""
    plain = _QUOTED.sub(lambda match: b'"' * len(match.group()), line)
    ends = [match.span() for match in re.finditer(_GAP if mark == b"  " else re.escape(mark), plain)]
    found = [(start, end) for (_, start), (end, _) in pairwise([(0, 0), *ends, (len(line), 0)])]
    if mark in {b"|", b"  "}:
        found = found[not line[slice(*found[0])].strip() : len(found) - (not line[slice(*found[-1])].strip())]
    return [_bare(line, *cell) for cell in found]


def _aligned(line: bytes, cells: list[Span]) -> list[Span]:
    """The cells of a line under those of a header set with blanks."""
    starts = [start for start, _ in cells]
    if any(line[start - 1 : start].strip() for start in starts[1:]):
        words = [match.span() for match in _WORD.finditer(line)]
        return words if len(words) == len(cells) else []
    return [_bare(line, start, end) for start, end in pairwise([*starts, len(line)]) if start < len(line)]


def _bare(line: bytes, start: int, end: int) -> Span:
    """A cell without blanks and quotes."""
    text = line[start:end]
    left = start + len(text) - len(text.lstrip(_AROUND))
    return left, max(left, end - len(text) + len(text.rstrip(_AROUND)))


def _is_title(cell: bytes) -> bool:
    """Whether a cell can be the name of a column."""
    return not cell or _CELL.fullmatch(cell) is not None


def _leads(cell: bytes) -> bool:
    """Whether a column is one of those that a table is found by."""
    return cell.lower().endswith(_ENDINGS)


def _repeats(line: bytes, row: list[Span], header: bytes, cells: list[Span]) -> bool:
    """Whether a row is a header again: another one, whose cells name such columns themselves."""
    texts = [line[slice(*cell)] for cell in row]
    own = [header[slice(*cell)].lower() for cell in cells]
    if any(text.lower() == name for text, name in zip(texts, own, strict=True) if name):
        return True
    found = [meaning.weak in PERSONAL for text in texts if (meaning := _meaning(text))]
    return len(found) > 1 or False in found


def meanings(names: list[bytes]) -> list[Sense | None]:
    """What the names of columns say, those that only say it beside others too."""
    found = [_meaning(name) for name in names]
    people = sum(meaning is not None and meaning.kind in _KINDS for meaning in found)
    people += sum(_is_of_mail(name.lower()) for name in names)
    if not people:
        full = Sense("person", _FULL) if sum(map(_of_accounts, names)) > 1 else None
        return [
            meaning or (full if persons.meaning_beside(plain(name).lower()) == _NAME else None)
            for meaning, name in zip(found, names, strict=True)
        ]
    return [meaning or persons.meaning_beside(plain(name).lower()) for meaning, name in zip(found, names, strict=True)]


def _is_of_mail(name: bytes) -> bool:
    """Whether a column holds addresses of e-mail: `E-mail`, `user_email`, `contactMail`."""
    words = parts(name.replace(b"-", b"").decode("latin-1"))
    return (words[:1] == ["mail"] or "email" in words or words[-1:] == ["mail"]) and words[-1] not in _NO_MAIL


def _of_accounts(name: bytes) -> int:
    """How much a column says that each row is somebody's: `user_id` and `ip` a little, `hire_date` enough."""
    words = parts(name.decode("latin-1"))
    numbered = len(words) > 1 and words[-1] in {"id", "no", "nr", "number"} and words[-2].encode() in _accounts()
    return int(numbered or words in _OF_ACCOUNTS) + 2 * (words in _OF_PERSONS)


@cache
def _accounts() -> frozenset[bytes]:
    """The roles of people whose names are not those of other things too."""
    return fields_of_people().roles - {
        b"to",
        b"from",
        b"owner",
        b"profile",
        b"billing",
        b"shipping",
        b"driver",
        b"lead",
    }


def _meaning(cell: bytes) -> Sense | None:
    """What the name of a column says; None for one that a value has to confirm in other ways."""
    meaning = sense(plain(cell)) if _CELL.fullmatch(cell) else None
    return meaning if meaning is not None and meaning.weak in _TAKEN else None


def _valued(data: bytes, span: Span, meaning: Sense) -> Iterator[Found]:
    """The value of a cell: no plain word, as the types and words of a description are."""
    value = data[slice(*span)]
    if value.count(b"(") != value.count(b")"):  # of code
        return
    if meaning.weak == _FULL:
        if full_name(value) and persons.is_person(value):
            yield *span, "person", "column"
    elif (
        meaning.weak
        or values.mixed(value, least=4)
        or (values.is_shuffled(value) and value.isalnum())
        or (meaning.kind == "password" and values.is_joined(value))
    ):
        yield from judged(data, span, meaning, in_quotes=True, assigned=True, name=(span[0], span[0]))

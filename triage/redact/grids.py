"""Tables in text: what stands in the columns that a header names as secrets or people.

Comma, semicolon, tab and bar separated, Markdown and the boxes of database clients, and columns set with blanks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from triage.redact import persons, values
from triage.redact.judging import judged
from triage.redact.keys import Sense, sense
from triage.redact.people import FORMS
from triage.redact.text import Found, Span, digits_in, line_of

__all__ = ("NAMES", "PERSONAL", "columns", "copied", "meanings")

_HEADER: Final = 400
_FEWEST: Final = 2
_ROWS: Final = 20_000
_CELL: Final = re.compile(rb"[A-Za-z_#\x80-\xff][\w./#\x80-\xff-]{0,40}(?: [\w./#()\x80-\xff-]{1,20}){0,2}")
# What a table begins behind that is all of a value: of a form, of JSON.
_NESTED: Final = re.compile(
    rb"""[^\n]{0,200}(?:=|"[ ]?:[ ]?\\{0,3}"|<(?:pre|code|textarea|td|p|div|samp)(?:[ ][^<>\n]{0,80})?>)"""
)
_WRITTEN_END: Final = b"\\n"
_RULE: Final = re.compile(rb"[\s|+:=-]*")
_QUOTES: Final = b" \t\"'`*\r"
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
    "fornavn", "etternavn", "fornamn", "efternamn", "cpf", "dni", "nif", "nino", "pesel", "bsn", "nir", "curp",
    "fiscale", "personnummer", "nummer", "host", "fqdn",
)  # fmt: skip
_SIDES: Final = (",", ";", "\t", "|", " |", "  ", '",', '";', '"\n', "\n", "\r")
NAMES: Final = tuple(dict.fromkeys(word + side for word in _WORDS + _OF_PEOPLE for side in _SIDES))
"""What a header holds that names such a column, in small letters, with what stands beside it there."""
_ENDINGS: Final = tuple(word.encode() for word in _WORDS + _OF_PEOPLE)


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
    for _ in range(_ROWS):
        step = 1 + (data[end : end + 1] == b"\\")  # of an end that is written out
        start, end = _line(data, end + step, 2 * _HEADER) if end + step < len(data) else (end, end)
        line = data[start:end]
        if not line.strip():
            return
        if _RULE.fullmatch(line):
            continue
        row = _aligned(line, cells) if mark == b"  " else _cells(line, mark)
        if len(row) != len(cells) or _repeats(line, row, header, cells):
            return
        for number in asked:
            meaning = senses[number]
            if meaning is not None:
                yield from _valued(data, (start + row[number][0], start + row[number][1]), meaning)


def _line(data: bytes, at: int, most: int) -> Span:
    """The line of a place, also one of those that are written out inside of a string."""
    start, end = line_of(data, at, most=most)
    before, behind = data.rfind(_WRITTEN_END, start, at), data.find(_WRITTEN_END, at, end)
    return before + len(_WRITTEN_END) if before >= 0 else start, behind if behind >= 0 else end


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
    left = start + len(text) - len(text.lstrip(_QUOTES))
    return left, max(left, end - len(text) + len(text.rstrip(_QUOTES)))


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
    people += sum(name.lower().replace(b"-", b"").startswith((b"email", b"mail")) for name in names)
    if not people:
        return found
    return [meaning or persons.meaning_beside(_plain(name).lower()) for meaning, name in zip(found, names, strict=True)]


def _plain(name: bytes) -> str:
    """The name of a column in ASCII."""
    text = name.decode("utf-8", "replace")
    if text.isascii():
        return text
    return unicodedata.normalize("NFKD", text.replace("\u00df", "ss")).encode("ascii", "ignore").decode()


def _meaning(cell: bytes) -> Sense | None:
    """What the name of a column says; None for one that a value has to confirm in other ways."""
    meaning = sense(_plain(cell)) if _CELL.fullmatch(cell) else None
    return meaning if meaning is not None and meaning.weak in _TAKEN else None


def _valued(data: bytes, span: Span, meaning: Sense) -> Iterator[Found]:
    """The value of a cell: no plain word, as the types and words of a description are."""
    value = data[slice(*span)]
    if value.count(b"(") != value.count(b")"):  # of code
        return
    if meaning.weak or values.mixed(value, least=4):
        yield from judged(data, span, meaning, in_quotes=True, assigned=True, name=(span[0], span[0]))

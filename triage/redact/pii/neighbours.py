"""Whether a field stands among those of a person: in its object, its element, its lines, or under the role of one.

Asked in this order: the word before it, the brackets that it stands in, the lines around.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from triage.redact.text import Expression, Span, expression, line_of

__all__ = ("BEGINS_NAMES", "LINES", "Fields", "beside", "fields_of_people", "starts_line")

_FILE: Final = Path(__file__).with_name("personal.toml")
_REACH: Final = 600
LINES: Final = 500
"""How far the lines around a field are looked at, in bytes."""
BEGINS_NAMES: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ=" + bytes(range(0x80, 0x100)))
"""What the value of a name begins with."""
_EMAIL_KEYS: Final = r"e?-?mail(?:[ _-]?addr(?:ess)?)?|correo|courriel|mailto"
_PHONE_KEYS: Final = (
    r"(?:tele?)?phone(?:[ _-]?(?:no|nr|num|number))?|tel|telefon\w{0,6}|t(?:e|\xc3\xa9)l\xc3\xa9\w{1,8}|telf[12]|mobile"
    r"|mobil|m\xc3\xb3vil|handy|fax|cell|gsm|rufnummer|telephonenumber"
)
_PERSONAL_KEYS: Final = (
    r"dob|bday|birth[ _-]?(?:date|day|dt)?|(?:date|data|fecha)[ _-](?:of[ _-]|de[ _-]"
    r"|di[ _-])?(?:birth|naissance|nacimiento|nascita|nascimento)"
    r"|geburtsdatum|geburtstag|geboren(?: am)?|ssn|passport(?:[ _-]?(?:no|nr|number))?|(?:first"
    r"|last|given|family|middle)[ _-]?names?|surname"
    r"|vorname|nachname|pr\xc3\xa9nom|prenom|apellidos?|cognome|gender|nationality"
    r"|street(?:[ _-]?address)?|strasse|stra\xc3\x9fe"
    r"|postal[ _-]?code|zip[ _-]?code|post[ _-]?code|plz|iban|nino|cpf|dni|bsn|pesel"
    r"|national[ _-]?id|address_?line_?[0-9]"
    r"|(?:home)?postaladdress|card[ _-]?number|pan|sn|homephone|marital[ _-]?status|username|ip_address|given"
    r"|primeiro[ _-]?nome|apelido|sobrenome|morada|endereco|(?:data|dt)[ _-]?nas[ct]\w{0,8}|fecha[ _-]?nac\w{0,8}"
    r"|nif|nir|num[ _-]?secu|(?:date[ _-]?(?:de[ _-])?)?naissance|voornaam|achternaam|geboortedatum|fornavn|etternavn"
    r"|efternavn|f\w{1,3}rnamn|efternamn|fodselsdato|etunimi|sukunimi|imi\w|imie|nazwisko|data[ _-]?urodzenia|prijmeni"
    r"|priezvisko|rodne[ _-]?cislo|datum[ _-]?(?:naro|roden|rojst)\w{2,5}|soyad\w{0,2}|dogum[ _-]?tarihi"
    r"|szuletesi[ _-]?datum|(?:vezetek|kereszt)[ _-]?nev|prenume|prezime|priimek|tanggal[ _-]?lahir"
    r"|stras|pstlz|cv[cvn]2?|bic|codice[ _-]?fiscale|indirizzo|direccion|domicilio"
)
_VALUE: Final = r"[*_]*\\*[\"'`]?\]?\s*(?:::?|=>|[=>|]|</(?:td|th|dt)>\s*<(?:td|dd)>)[*_]*\s*\\*[\"'`]?"
# The address of a house, by its number: `address` alone is also that of a machine or of a byte.
_HOUSE: Final = r"(?-i:[0-9]{1,4}[a-z]? [A-Z][a-z]|[A-Z][A-Za-z'. -]{3,40} [0-9]{1,4}[a-z]?\b)"
_MORE: Final = (
    rf"(?:(?:{_EMAIL_KEYS}){_VALUE}(?:<?[^\s\"'<>,;:]+(?:@|%40|=40)|mailto:|\[email:)"
    rf"|(?:{_PHONE_KEYS}){_VALUE}(?:[(+]*[0-9]|\[phone:|%2B|\+)|(?:{_PERSONAL_KEYS}){_VALUE}[^\s,;|}}]"
    rf"|(?:addr(?:ess)?|adresse?|anschrift|street|endere\xc3\xa7o|direcci\xc3\xb3n|domicilio){_VALUE}{_HOUSE}"
    rf"|(?:number|data1?){_VALUE}(?:\+[0-9][0-9 ()-]{{5}}|0[0-9](?:[ .][0-9]{{2}}){{4}}|0[0-9]{{2,4}}[ /-][0-9]{{5}}"
    rf"|[6-9][0-9]{{2}}(?:[ .][0-9]{{2}}){{3}}))"
)
_IN_OBJECT: Final = rf"(?i)(?:^|[\s\"'`{{,;(<>&?*:]|[a-z0-9][_.-]|\\[nrt]){_MORE}"
_AT_LINES: Final = rf"(?im)(?:^|\\[nrt])[ \t]*(?:[-*#>|+]+[ \t]*)?(?:[a-z]+[ _.-])?[\"'`*_]*{_MORE}"
_BRACES: Final = re.compile(rb"[{}]")
_PARENTHESES: Final = re.compile(rb"[()]")
_PARENT: Final = re.compile(
    rb"([A-Za-z][\w-]{1,40})\\{0,15}[\"']?\s{0,8}(?::|=>?)?\s{0,8}(?:\[\s{0,40}|[A-Z]\w{1,30})?\Z"
)
_QUALIFIER: Final = re.compile(rb"(?:\A|[^\w.-])(?:[\w-]{1,30}\.)*([A-Za-z]{2,30})(?:[._-]|\[|%5[bB])\Z")
_ELEMENT: Final = re.compile(rb"<(?:\w{1,20}:)?([A-Za-z]\w{1,40})(?:\s[^<>]{0,120})?>\s{0,40}\Z")
_LINE_START: Final = re.compile(rb"[ \t]*(?:[-*#>|+]{1,6}[ \t]*|[&?]?[\w.-]{1,20}=)?(?:[\"'`*_]{0,3})\Z")
# Ends of lines and tabs as strings write them out.
_WRITTEN_ENDS: Final = (b"\\n", b"\\r", b"\\t")
_BULLET: Final = re.compile(rb"[ \t]*-[ \t]+")
_UPPER_LINE: Final = re.compile(rb"([ \t]*)(?:- )?[\"']?([A-Za-z][\w-]{1,40})[\"']?:[ \t\r]*")


@dataclass(frozen=True, slots=True)
class Fields:
    """The lists of personal.toml: names of fields, roles, and words of which no name is made."""

    names: frozenset[bytes]
    addresses: frozenset[bytes]
    zips: frozenset[bytes]
    cities: frozenset[bytes]
    numbers: frozenset[bytes]
    phones: frozenset[bytes]
    births: frozenset[bytes]
    houses: frozenset[bytes]
    users: frozenset[bytes]
    surely: frozenset[bytes]
    roles: frozenset[bytes]
    nobody: frozenset[bytes]
    things: frozenset[bytes]


@cache
def fields_of_people() -> Fields:
    """Read them, once."""
    data = tomllib.loads(_FILE.read_text("utf-8"))["people"]
    return Fields(**{name: frozenset(_spellings(words)) for name, words in data.items()})


def _spellings(words: Iterable[str]) -> Iterator[bytes]:
    """Words as they stand, and those with letters beyond ASCII also with capitals: no expression knows theirs."""
    for word in words:
        yield word.encode()
        if not word.isascii():
            yield from (spelt.encode() for spelt in (word.upper(), word[:1].upper() + word[1:]))


def beside(data: bytes, name: Span) -> bool:
    """Whether a field of this name stands among those of a person, or under the role of one."""
    start, end = name
    qualified = _QUALIFIER.search(data, max(start - 64, 0), start)
    if qualified:
        return qualified[1].lower() in fields_of_people().roles
    if data[start - 1 : start] == b"<" or (b"<" in data[max(start - 20, 0) : start] and b">" in data[end - 3 : end]):
        return _in_element(data, start, end)
    first, last = max(start - _REACH, 0), min(end + _REACH, len(data))
    begin = _opening(data, first, start, _BRACES)
    if begin >= 0:
        return _in_scope(data, begin, _closing(data, end, last, _BRACES), _IN_OBJECT)
    if starts_line(data, start) and (data[start - 1 : start] != b"=" or b":" in data[start:end]):
        return _in_lines(data, start, end)
    begin = _opening(data, max(first, line_of(data, start)[0]), start, _PARENTHESES)
    if begin >= 0:
        return _in_scope(data, begin, _closing(data, end, last, _PARENTHESES), _IN_OBJECT)
    line, stop = line_of(data, start, end, most=_REACH)
    spaced = data[start - 1 : start] in {b" ", b"\t"} and data[start - 2 : start - 1].isalpha()
    plain = spaced and b"=" not in data[start:end]
    return not plain and _matches(_IN_OBJECT, data, line, stop)


def _in_scope(data: bytes, begin: int, end: int, pattern: str) -> bool:
    """Whether an object from one bracket to another is a person's: by its fields, or by its name."""
    parent = _PARENT.search(data, max(begin - 120, 0), begin)
    return (parent is not None and parent[1].lower() in fields_of_people().roles) or _matches(pattern, data, begin, end)


def _opening(data: bytes, first: int, at: int, brackets: re.Pattern[bytes]) -> int:
    """Where the bracket opens that a place stands in; -1 where none does."""
    depth = 0
    for match in reversed([*brackets.finditer(data, first, at)]):
        if match.group() in b"})":
            depth += 1
        elif depth == 0:
            return match.start()
        else:
            depth -= 1
    return -1


def _closing(data: bytes, at: int, last: int, brackets: re.Pattern[bytes]) -> int:
    """Where the bracket closes that a place stands in."""
    depth = 0
    for match in brackets.finditer(data, at, last):
        if match.group() in b"{(":
            depth += 1
        elif depth == 0:
            return match.start()
        else:
            depth -= 1
    return last


def _in_element(data: bytes, start: int, end: int) -> bool:
    """Whether an element of XML stands in one of a role, or beside those of a person."""
    opened = data.rfind(b"<", max(start - 24, 0), start + 1)
    parent = _ELEMENT.search(data, max(opened - 160, 0), opened)
    if parent and parent[1].lower() in fields_of_people().roles:
        return True
    before = data.rfind(b"\n\n", max(start - _REACH, 0), start)
    return _matches(_IN_OBJECT, data, max(before, start - _REACH, 0), min(end + _REACH, len(data)))


def starts_line(data: bytes, start: int) -> bool:
    """Whether a name begins its line, behind a bullet or a quote at most."""
    line = line_of(data, start, most=60)[0]
    written = max(data.rfind(end, line, start) for end in _WRITTEN_ENDS)
    return _LINE_START.match(data, written + 2 if written >= 0 else line, start) is not None


def _in_lines(data: bytes, start: int, end: int) -> bool:
    """Whether one of the lines around is a field of a person, or the one above that they belong to is a role."""
    first = max(data.rfind(b"\n\n", max(start - LINES, 0), start), start - LINES, 0)
    last = data.find(b"\n\n", end, end + LINES)
    line = line_of(data, start, most=60)[0]
    bullet = _BULLET.match(data, line, start)
    if bullet:  # an item of a list, up to the next
        first = line
        following = data.find(b"\n" + bullet.group(), end, end + LINES)
        last = min((place for place in (following, last) if place >= 0), default=-1)
    if _matches(_AT_LINES, data, first, last if last >= 0 else min(end + LINES, len(data))):
        return True
    indent = start - line
    for _ in range(12):
        upper = data.rfind(b"\n", max(line - 200, 0), max(line - 1, 0)) + 1
        if upper >= line or line == 0:
            return False
        match = _UPPER_LINE.fullmatch(data, upper, line - 1)
        if match and len(match[1]) < indent:
            return match[2].lower() in fields_of_people().roles
        line = upper
    return False


def _matches(pattern: str, data: bytes, start: int, end: int) -> bool:
    """Whether an expression matches in a part of a text."""
    compiled: Expression = expression(pattern)
    return compiled.first(data[start:end], 0) is not None

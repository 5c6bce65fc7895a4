"""Rows of SQL: the values of columns with a sensitive name in an INSERT, named by it or by the CREATE TABLE above it.

`INSERT INTO users (..., password) VALUES (...)`, `CREATE TABLE users (... dob TEXT); INSERT INTO users VALUES (...)`,
and rows of the cookies that browsers keep, which have a form of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from triage.redact.named import credentials, headings, users, values
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense, sense
from triage.redact.pii import contacts
from triage.redact.pii.given import is_name_of_somebody
from triage.redact.text import Allowance, Found, Span, digits_in

__all__ = ("bare", "created", "inserted", "table_at")

# Values with what stands in quotes, which may hold parentheses, and calls.
_VALUES: Final = rb"((?:[^()'\"]{1,200}|'(?:[^'\\]|\\.){0,2000}+'|\"[^\"\n]{0,500}\"|\([^()'\"]{0,80}\)){1,400}+)"
_ROW_OF: Final = rb"\((?:" + _VALUES + rb"\)|([^()]{1,2000})\))"
_INTO: Final = rb"(?i)(?:insert|replace)[ \t]+(?:or[ \t]+\w{5,8}[ \t]+)?into[ \t]+([^\s(]{1,80})\s{0,8}"
_VERB: Final = re.compile(rb"(?i)(?:insert|replace)(?:[ \t]+or[ \t]+\w{5,8})?\Z")
_INSERT: Final = re.compile(_INTO + rb"\(([^()]{1,600})\)\s{0,8}values[\s>|]{0,8}" + _ROW_OF)
_UNNAMED: Final = re.compile(_INTO + rb"values[\s>|]{0,8}" + _ROW_OF)
_ROW: Final = re.compile(rb"\s{0,8},[\s>|]{0,8}" + _ROW_OF)
_ARGUMENT: Final = re.compile(rb"""\s*(?:N?'((?:[^'\\]|\\.|'')*)'|\\{0,3}"([^"\\]*)\\{0,3}"|([^,]*))\s*(?:,|$)""")
# What a table is called, and the columns of it with their types, which may hold parentheses and strings.
_CREATE: Final = re.compile(
    rb"(?i)create[ \t]+table[ \t]+(?:if[ \t]+not[ \t]+exists[ \t]+)?([^\s(]{1,80})\s{0,8}"
    rb"\(((?:[^()']{1,2000}|'[^'\n]{0,200}'|\((?:[^()]{0,300}|[^()]{0,100}\([^()]{0,100}\)){1,4}+\)){1,200}+)\)"
)
_PARENTHESES: Final = re.compile(rb"\((?:[^()]|\([^()]*\))*\)|'[^'\n]{0,200}'|--[^\n]{0,200}")
_OF_TABLES: Final = frozenset(
    b"constraint primary unique key foreign check index fulltext spatial exclude period like".split()
)
# A column that is called as an index is.
_KEY_OF_TEXTS: Final = re.compile(rb"(?i)\s*key\s+(?:text|citext|string|name|n?(?:var)?char2?|character)\b")
_ACCOUNT: Final = Sense("username", "user")
_QUOTES: Final = b' \t\r\n"`[]\\'
# A row has so many bytes at least, and may be read with its statement, and below its table.
_read = Allowance(400)
# How far behind a table, or the last row of it, the next one is looked for.
_APART: Final = 16_384
# What is told by no string, and what a string by its form beside its name where columns are not named.
# What tells itself by its form where it is a text.
_IN_QUOTES: Final = frozenset({"user", "device", "place", "word"})
_READ_OTHERWISE: Final = frozenset({"entropy", "query", "header", "cookies"})
_BY_FORM: Final = frozenset(
    {"id", "date", "phone", "digits", "nir", "vin", "plate", "licence", "device", "made device", "serial"}
)
# How the digest of a password begins, before which its account stands.
_DIGEST: Final = re.compile(
    rb"\$(?:2[abxy]?|1|5|6|7|y|gy|P|H|apr1|argon2(?:id|i|d)?|pbkdf2[\w-]{0,16}|scrypt|bcrypt-sha256)\$"
    rb"|(?:pbkdf2|bcrypt|argon2|scrypt|sha1|md5)[\w:-]{0,16}\$|\{(?:S?SHA(?:256|512)?|S?MD5|CRYPT|BCRYPT)\}|\*[0-9A-F]{40}'"
)
_LONGEST_NAME: Final = 60
_FEWEST: Final = 4
_MIXED: Final = 8
_COOKIES: Final = re.compile(rb"(?i)(?:\w{1,20}_)?cookies?")
_HOST: Final = re.compile(rb"\.?[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}")
_PATH: Final = re.compile(rb"/[^\s']{0,200}")


def inserted(data: bytes, at: int) -> Iterator[Found]:
    """The values of columns with a sensitive name in an INSERT, or the values of cookies in one without names."""
    match = _INSERT.match(data, at)
    if match is not None:
        columns = match[2].split(b",")
        yield from _rows(data, match, _meanings(columns))
        yield from _named(data, match, [column.strip(_QUOTES).lower() for column in columns])
    elif match := _UNNAMED.match(data, at):
        read = _cookie if _COOKIES.fullmatch(bare(match[1])) else _unnamed
        for row in _spans(data, match):
            yield from read(data, row)


def created(data: bytes, at: int) -> Iterator[Found]:
    """The values of columns with a sensitive name in the INSERTs below a CREATE TABLE, which name none."""
    table = table_at(data, at)
    if table is None:
        return
    meanings = _meanings(_columns(table[2]))
    place = table.end()
    wanted, again = _statements(table[1]), data[table.start() : table.end(1)]
    while _read.left(data):
        verb = _next(data, place, wanted, again)
        begun = _VERB.search(data, max(verb - 24, 0), verb) if verb >= 0 else None
        match = _UNNAMED.match(data, begun.start()) if begun else None
        if match is None:
            return
        place = match.end()
        yield from _rows(data, match, meanings)
        yield from _named(data, match, [column.strip(_QUOTES).lower() for column in _columns(table[2])])


def table_at(data: bytes, at: int) -> re.Match[bytes] | None:
    """The table that is made at a place, its name the first group; None for one without sensitive columns."""
    table = _CREATE.match(data, at)
    return table if table is not None and any(_meanings(_columns(table[2]))) else None


def _statements(name: bytes) -> tuple[bytes, ...]:
    """How statements may go on that add rows to a table, as `bytes.find` looks for them."""
    bare = name.rpartition(b".")[2].strip(_QUOTES)
    names = {name, bare, b'"' + bare + b'"', b"`" + bare + b"`", b"[" + bare + b"]"}
    return tuple(b" " + verb + b" " + one + b" " for one in names for verb in (b"INTO", b"into"))


def _next(data: bytes, at: int, wanted: tuple[bytes, ...], again: bytes) -> int:
    """Where the next of such statements stands before its table is made again; -1 for none."""
    stop, found = min(at + _APART, len(data)), -1
    for text in wanted:
        place = data.find(text, at, stop)
        if place >= 0:
            found, stop = place, place
    return -1 if data.find(again, at, stop) >= 0 else found


def _columns(body: bytes) -> Iterator[bytes]:
    """The names of the columns of a table."""
    for definition in _PARENTHESES.sub(b"", body).split(b","):
        words = definition.split(None, 1)
        if words and (words[0].lower() not in _OF_TABLES or _KEY_OF_TEXTS.match(definition)):
            yield words[0]


def _meanings(columns: Iterable[bytes]) -> list[Sense | None]:
    """What the names of columns say; a name beside a password is that of an account."""
    names = [name.strip(_QUOTES) for name in columns]
    found = headings.meanings(names)
    if any(meaning and meaning.kind == "password" for meaning in found):
        return [_ACCOUNT if name.lower() == b"name" else one for name, one in zip(names, found, strict=True)]
    return found


def bare(name: bytes) -> bytes:
    """The name of a table without what it belongs to."""
    return name.rpartition(b".")[2].strip(_QUOTES).lower()


def _spans(data: bytes, match: re.Match[bytes]) -> Iterator[Span]:
    """The rows of a statement, the first of which it ends with."""
    row: re.Match[bytes] | None = match
    while row is not None and _read.left(data):
        _read.spend()
        yield row.span(row.lastindex or 0)
        row = _ROW.match(data, row.end())


def _rows(data: bytes, match: re.Match[bytes], meanings: list[Sense | None]) -> Iterator[Found]:
    """The sensitive values of the rows of a statement."""
    for row in _spans(data, match):
        yield from _row(data, row, meanings)


def _row(data: bytes, span: Span, meanings: list[Sense | None]) -> Iterator[Found]:
    """The sensitive values of one row of an INSERT."""
    place = span[0]
    for meaning in meanings:
        argument = _ARGUMENT.match(data, place, span[1])
        if argument is None:
            return
        group = next((number for number in (1, 2, 3) if argument[number] is not None), 3)
        if meaning and meaning.weak in {"", "long"} and group < 3 and not values.placeholder(argument[group]):
            yield *argument.span(group), meaning.kind, "sql"
        elif meaning and (
            meaning.weak in headings.PERSONAL
            or (meaning.weak in _IN_QUOTES and group < 3)
            or (meaning is _ACCOUNT and is_name_of_somebody(argument[group].strip()))
        ):
            told = judged(data, argument.span(group), meaning, in_quotes=True, assigned=True, name=(place, place))
            yield from ((*found[:3], "sql") for found in told)
        place = argument.end()


def _named(data: bytes, match: re.Match[bytes], columns: list[bytes]) -> Iterator[Found]:
    """What a statement holds that adds names with their values: `(name, value) VALUES ('smtp_password', '...')`."""
    named = next((number for number, column in enumerate(columns) if column in headings.NAMED), -1)
    told = next((number for number, column in enumerate(columns) if column in headings.VALUES), -1)
    if named < 0 or told < 0:
        return
    for row in _spans(data, match):
        texts = _texts(data, row)
        if max(named, told) < len(texts) and (name := texts[named]) and (value := texts[told]):
            meaning = sense(data[slice(*name)].decode("latin-1"))
            if meaning is not None and meaning.weak not in _READ_OTHERWISE:
                found = judged(data, value, meaning, in_quotes=True, assigned=True, name=name)
                yield from ((*one[:3], "sql") for one in found)


def _beside(data: bytes, row: Span) -> Iterator[Found]:
    """What stands behind its name in a row without names of columns, if its form tells it too."""
    for name, value in pairwise(_texts(data, row)):
        if name and value and _DIGEST.match(data, value[0]) and users.is_free(data[slice(*name)]):
            found = judged(data, name, _ACCOUNT, in_quotes=True, assigned=True, name=name)
            yield from ((*one[:3], "sql") for one in found)
        if name is None or value is None or name[1] - name[0] > _LONGEST_NAME or name[0] == name[1]:
            continue
        meaning, text = sense(data[slice(*name)].decode("latin-1")), data[slice(*value)]
        if meaning is None or sense(text.decode("latin-1")[:_LONGEST_NAME]) is not None:
            continue
        secret = meaning.weak in {"", "long", "word"} and values.mixed(text, least=_MIXED)
        if secret or (meaning.weak in _BY_FORM and digits_in(text) >= _FEWEST):
            found = judged(data, value, meaning, in_quotes=True, assigned=True, name=name)
            yield from ((*one[:3], "sql") for one in found)


def _unnamed(data: bytes, row: Span) -> Iterator[Found]:
    """What a row without names of columns tells by itself."""
    yield from _beside(data, row)
    texts = [text for text in _texts(data, row) if text is not None and text[0] < text[1]]
    yield from ((*found, "sql") for found in contacts.in_row(data, texts))


def _texts(data: bytes, row: Span) -> list[Span | None]:
    """The strings of a row, None where something else stands."""
    place, found = row[0], list[Span | None]()
    while place < row[1] and (argument := _ARGUMENT.match(data, place, row[1])):
        group = next((number for number in (1, 2) if argument[number] is not None), 0)
        found.append(argument.span(group) if group else None)
        place = argument.end()
    return found


def _cookie(data: bytes, span: Span) -> Iterator[Found]:
    """The value of a cookie in a row: its strings are host, name, value and path in some order."""
    place, texts = span[0], list[Span]()
    while place < span[1] and (argument := _ARGUMENT.match(data, place, span[1])):
        if argument[1] is not None:
            texts.append(argument.span(1))
        place = argument.end()
    path = next((n for n, text in enumerate(texts) if _PATH.fullmatch(data, *text)), 0)
    told = [text for text in texts[:path] if text[0] < text[1]]
    hosts = [n for n, text in enumerate(told) if b"." in data[slice(*text)] and _HOST.fullmatch(data, *text)]
    # The host stands first, or, as Firefox writes it, last.
    first = hosts[:1] == [0]
    named = told[1:] if first else told[:2]
    if len(named) >= 2 and hosts:
        name, value = named[-2:] if first else named
        yield from credentials.cookie(data, name, value)

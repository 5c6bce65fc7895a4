"""What a statement of SQL was bound to, as drivers and databases log it: `SET password = ? ... Parameters: ["x", 7]`.

The statement stands before its values; which column a value is of is told by its place, or by the number before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense, sense
from triage.redact.phrases.arguments import arguments
from triage.redact.text import Found, Span, line_of

__all__ = ("numbered", "values_of")

_REACH: Final = 1_200
_MOST: Final = 40
_BEGINS: Final = (
    b"insert ",
    b"replace ",
    b"merge ",
    b"update ",
    b"select ",
    b"delete ",
    b"call ",
    b"exec ",
    b"execute ",
)
# Before such a word it begins no statement, and in parentheses one in another.
_NO_BEGIN: Final = (b"key ", b"do ", b"for ", b"-", b"_", b".", b"/")
_INNER: Final = 8
_MARK: Final = re.compile(rb"\$([0-9]{1,3})(?![0-9])|\?(?:([0-9]{1,3})(?![0-9]))?|(?<!%)%s|[:@][A-Za-z_]\w{0,40}")
_COLUMN: Final = re.compile(
    rb"(?i)([\w.]{1,80})[\"`\]\\]{0,3}\s{0,4}(?:=|<>|!=|>=?|<=?|\b(?:not )?i?like\b)\s{0,4}(?:\w{1,30}\(\s{0,4})?\Z"
)
_NAMES: Final = re.compile(rb"(?i)\(([^()]{1,800})\)\s{0,8}(?:output[^()]{1,80})?values\s{0,8}\(")
# What opens the values behind their word, and what one of them stands behind or is written in.
_OPENING: Final = re.compile(rb"[^\[\](){}\n]{0,40}\]\s{0,2}[(\[]|\s{0,2}(?:array|list|dict)?[\[({]{1,2}(?![\[({])")
_NUMBER: Final = re.compile(rb"""\s{0,20}\\{0,3}["']?\$?([0-9]{1,3})\\{0,3}["']?\s{0,2}(?::|=>|=)\s{0,2}""")
_STRING: Final = re.compile(rb"""\s{0,20}[bBuUNrR]?\\{0,3}(["'])([^"'\n]{1,400}?)\\{0,3}\1(?:::\w{1,30})?\s{0,20}\Z""")
_BARE: Final = re.compile(rb"\s{0,20}([^\s\"'()\[\]{}]{3,200})\s{0,20}\Z")
_GIVEN: Final = re.compile(rb"\$([0-9]{1,3}) = '((?:[^'\n]|''){1,400})'")
# Values with their types behind them, as MyBatis writes them.
_TYPED: Final = re.compile(rb"(?:, )?(?:null|([^\n]{1,400}?)\([A-Z][A-Za-z]{2,20}\))(?=, |[ \t\r]*(?:\n|\Z))")
# The number of a value of Hibernate, and the value.
_OF_ONE: Final = re.compile(rb"[\[(]([0-9]{1,3})[\]:][^\n\[]{0,40}?(?:as \[[\w ]{1,30}\] - |<- )\[([^\]\n]{1,400})\]")
_CALL: Final = re.compile(rb"\([^()]*\)")
_BEHIND: Final = b"STATEMENT: "
_OF_ACCOUNTS: Final = frozenset({b"name", b"nick", b"nickname", b"handle"})
_WITH_PASSWORD: Final = re.compile(
    rb"(?i)[\s,(\"`\[.](?:pass(?:word|wd)?|pwd|pass_?hash|password_(?:hash|digest))[\s,)\"`\]=]"
)
_LEFT_OUT: Final = frozenset({"entropy", "query", "docker", "header", "cookies"})


def values_of(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The values behind the word for them, by the columns that the statement before compares or sets them with."""
    columns = _columns(data, at)
    if not columns:
        return
    opened = _OPENING.match(data, at + size)
    for number, span, in_quotes in _listed(data, opened.end()) if opened else _told(data, at + size):
        meaning = columns.get(number)
        if meaning is not None:
            yield from judged(data, span, meaning, in_quotes=in_quotes, assigned=True, name=(at, at))


def numbered(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The one value that a line gives with its number."""
    one = _OF_ONE.match(data, at + size)
    meaning = _columns(data, at).get(int(one[1])) if one else None
    if one and meaning:
        yield from judged(data, one.span(2), meaning, in_quotes=True, assigned=True, name=(at, at))


def _told(data: bytes, begin: int) -> Iterator[tuple[int, Span, bool]]:
    """Where values stand with a number before each or a type behind it, and their numbers from 1 on."""
    stop = line_of(data, begin, most=_REACH)[1]
    for given in _GIVEN.finditer(data, begin, stop):
        yield int(given[1]), given.span(2), True
    number = 0
    while (typed := _TYPED.match(data, begin, stop + 1)) and typed.end() > begin and number < _MOST:
        number, begin = number + 1, typed.end()
        if typed[1]:
            yield number, typed.span(1), True


def _listed(data: bytes, begin: int) -> Iterator[tuple[int, Span, bool]]:
    """Where the values of a list stand, their numbers from 1 on, and whether they are strings."""
    first = 1
    for place, (start, stop) in enumerate(islice(arguments(data, begin), _MOST)):
        key = _NUMBER.match(data, start, stop)
        if key and place == 0:
            first = int(key[1])
        number = int(key[1]) + (first == 0) if key else place + 1
        at = key.end() if key else start
        if string := _STRING.match(data, at, stop):
            yield number, string.span(2), True
        elif bare := _BARE.match(data, at, stop):
            yield number, bare.span(1), False


def _columns(data: bytes, at: int) -> dict[int, Sense]:
    """What the columns mean that the marks of the statement before a place stand for, by their numbers from 1 on."""
    window = _statement(data, at)
    listed = _NAMES.search(window) if window else None
    names = listed[1].split(b",") if listed else []
    found: dict[int, Sense] = {}
    for place, mark in enumerate(islice(_MARK.finditer(window), _MOST)):
        row = _place(window[listed.end() : mark.start()]) if listed and mark.start() >= listed.end() else len(names)
        column = None if row < len(names) else _COLUMN.search(window, max(mark.start() - 120, 0), mark.start())
        name = names[row] if row < len(names) else column[1] if column else b""
        meaning = _meaning(name, window) if name else None
        if meaning is not None and meaning.weak not in _LEFT_OUT:
            found.setdefault(int(mark[1] or mark[2] or place + 1), meaning)
    return found


def _meaning(name: bytes, statement: bytes) -> Sense | None:
    """What the name of a column means; a name alone is that of an account beside a password."""
    plain = name.strip(b" \t\r\n\"`[]\\'").rpartition(b".")[2]
    if plain.lower() in _OF_ACCOUNTS and _WITH_PASSWORD.search(statement):
        return Sense("username", "user")
    return sense(plain.decode("latin-1"))


def _place(before: bytes) -> int:
    """Which one of a list of values something is that stands behind others; far beyond where the list is closed."""
    before = _CALL.sub(b"", before)
    return _MOST if before.count(b")") > before.count(b"(") else before.count(b",")


def _statement(data: bytes, at: int) -> bytes:
    """The statement of which a place gives the values, from its first word on.

    PostgreSQL writes it behind them where it tells of an error.
    """
    window = data[max(at - _REACH, 0) : at]
    small = window.lower()
    first, limit = -1, len(small)
    for _ in range(_INNER):
        begin = max(small.rfind(word, 0, limit) for word in _BEGINS)
        if begin < 0:
            break
        limit = begin
        before = small[:begin]
        if before[-1:].isalnum() or before.endswith(_NO_BEGIN):
            continue
        first = begin
        if not before.rstrip().endswith(b"("):
            break
    if first >= 0:
        return window[first:]
    behind = data.find(_BEHIND, at, at + _REACH)
    return data[behind : behind + _REACH] if behind >= 0 else b""

"""The words of a command line: of a shell, of a list of arguments on one line or on many, of an audit record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from triage.redact.text import line_of

__all__ = ("QUOTES", "Word", "below", "inner", "read_to", "stripped", "words")

# A word, where a quote may stand that shells take as part of it: `'it'\''s'`.
_WORD: Final = re.compile(
    rb"""[^\s"'\\]*(?:\\{0,3}"[^"]{0,400}"(?:'"'"[^\s"'][^"]{0,400}"){0,4}|'[^']{0,400}'(?:(?:\\'|"'")'[^\s'"][^']{0,400}'){0,4})"""
    rb"""|[^\s"']+"""
)
_AN_ITEM: Final = rb"""\\{0,3}"([^"\\\n]{0,400})\\{0,3}"|'([^'\n]{0,400})'"""
_ITEM: Final = re.compile(_AN_ITEM)
# What stands between two: the end of a line and an indent among it, and as debuggers have it a place and a number.
_BETWEEN: Final = (
    rb"(?:,\s{0,40}|\r?\n[ \t]{0,40}(?=\(char|\[[0-9]|\w{1,8}\[[0-9]))(?:\([\w *]{4,20}\)[ ])?"
    rb"(?:\w{0,8}\[[0-9]{1,3}\][ ]?[=:][ ]?|\[)?(?:0x[0-9a-f]{1,16}[ ])?| a[0-9]{1,3}="
)
_BETWEEN_ITEMS: Final = re.compile(_BETWEEN)
_IN_LINES: Final = re.compile(
    rb"""[\w.+-]{1,60}["'](?=,?[ \t]{0,8}\r?\n)(?:(?:""" + _BETWEEN + rb")(?:" + _AN_ITEM + rb")){1,256}"
)
# Arguments on lines of their own without quotes: of YAML, of property lists, with their numbers.
_FIRST_BELOW: Final = re.compile(rb"\s{0,80}<(?:array|list)>|[ ]?[:=](?=[ ])")
_BELOW: Final = re.compile(
    rb"(?:[ \t\r\n]{0,80}(?:- [\"']?|<(?:string|arg|argument)>|(?:argv|args?)\[[1-9][0-9]{0,2}\][ ]?[:=][ ]?[\"']?)"
    rb"|[ ])"
    rb"([^\s\"'<>][^\"'<>\r\n]{0,400}?)(?:[\"']|</\w{3,8}>)?[ \t]*(?=\r?\n|\Z)"
)
_MOST_BELOW: Final = 48
# Those with their numbers on one line.
_NUMBERED: Final = re.compile(rb"[\"']?[ ,]{1,4}(?:argv|args?)\[1\]")
_NUMBERED_ITEM: Final = re.compile(rb"(?:argv|args?)\[[0-9]{1,3}\][ ]?[:=][ ]?([^\s,]{1,400})")
# Between two arguments as the kernel keeps them, and as it is shown.
_APART: Final = re.compile(rb"(?:\x00|\^@)")
_UNPARTED: Final = (b"\0", b"^@")
_LISTED: Final = re.compile(rb"[^,\]})\n]{1,400}")
_STRING_END: Final = re.compile(rb'(?<!\\)"[ ]?[,}\]]')
_NAME: Final = re.compile(rb"[\w.+-]{1,60}")
# The quote that opened before the path of a program ends behind its name.
_QUOTED_PATH: Final = re.compile(rb"[\"'](?=[ \t])")
_CLOSING_TAG: Final = re.compile(rb"</([A-Za-z][\w:-]{0,40})>")
QUOTES: Final = b"\"'\\"
_OPENING: Final = re.compile(rb"""[ \t]*(?:\\{0,3}["']|&(?:quot|apos|#0?3[49]|#x2[27]);)*""")
# How far a line is read from the name of a program on, in bytes.
_COMMAND_REACH: Final = 2_048


class Word(NamedTuple):
    """A word of a command line without the quotes around it, and where it begins."""

    start: int
    text: bytes


def read_to(data: bytes, at: int) -> int:
    """Where the line of a program ends, or the list of arguments that it begins on lines of their own."""
    listed = _IN_LINES.match(data, at, at + _COMMAND_REACH)
    return listed.end() if listed else line_of(data, at, most=_COMMAND_REACH)[1]


def below(data: bytes, at: int) -> list[Word]:
    """The arguments on the lines behind a place, which are all of them."""
    first = _FIRST_BELOW.match(data, at)
    place = first.end() if first else at
    found: list[Word] = []
    while len(found) < _MOST_BELOW and (item := _BELOW.match(data, place)):
        found.append(Word(item.start(1), item[1].rstrip()))
        place = item.end()
    return found


def words(line: bytes) -> list[Word]:
    """The words of a line: of a shell, or of a list of arguments, whose first one begins the line."""
    name = _NAME.match(line)
    if name is None:
        return []
    after = line[name.end() : name.end() + 5]
    if after.startswith(_UNPARTED):
        return [*_parted(line)]
    if after[:2] in {b'",', b"',", b'"\n', b'"\r'} or after == b'" a1=':
        return [Word(0, name.group()), *_items(line, name.end() + 1)]
    if _NUMBERED.match(line, name.end()):
        numbered = _NUMBERED_ITEM.finditer(line, name.end())
        return [Word(0, name.group()), *(stripped(*match.span(1), line) for match in numbered)]
    if after[:3] == b", -":
        listed = line[: _end_of_list(line)]
        return [stripped(*match.span(), listed) for match in _LISTED.finditer(listed)]
    line = line[: min(_end_of_string(line), _end_of_element(line))]
    if _QUOTED_PATH.match(line, name.end()):
        return [
            Word(0, name.group()),
            *(stripped(*match.span(), line) for match in _WORD.finditer(line, name.end() + 1)),
        ]
    return [stripped(*match.span(), line) for match in _WORD.finditer(line)]


def _parted(line: bytes) -> Iterator[Word]:
    """The arguments of a program between which NULs stand."""
    at = 0
    for start, end in [*(mark.span() for mark in _APART.finditer(line)), (len(line.rstrip()), 0)]:
        word = Word(at, line[at:start])
        # In a view blanks stand for those NULs that no flag follows.
        yield from (Word(at + one.start, one.text) for one in inner(word)) if word.text[:1] == b"-" else (word,)
        at = end


def _end_of_string(line: bytes) -> int:
    """Where the string ends that a command line stands in, as one of JSON does."""
    for match in _STRING_END.finditer(line):
        before = line[: match.start()]
        if (before.count(b'"') - before.count(b'\\"')) % 2 == 0:
            return match.start()
    return len(line)


def _end_of_element(line: bytes) -> int:
    """Where the element ends that a command line stands in, as one of an event's does: its tag did not begin there."""
    for tag in _CLOSING_TAG.finditer(line):
        if line.find(b"<" + tag[1], 0, tag.start()) < 0:
            return tag.start()
    return len(line)


def _end_of_list(line: bytes) -> int:
    """Where a list without quotes ends."""
    ends = [at for at in map(line.find, (b"]", b"}", b")")) if at >= 0]
    return min(ends, default=len(line))


def _items(line: bytes, at: int) -> Iterator[Word]:
    """The strings of a list of arguments, or of an audit record."""
    while between := _BETWEEN_ITEMS.match(line, at):
        item = _ITEM.match(line, between.end())
        if item is None:
            return
        group = 1 if item[1] is not None else 2
        yield Word(item.start(group), item[group])
        at = item.end()


def stripped(start: int, end: int, line: bytes) -> Word:
    """A word without blanks and quotes around it."""
    text = line[start:end]
    quotes = _OPENING.match(text)
    begin = quotes.end() if quotes else 0
    return Word(start + begin, text[begin:].rstrip(b" \t" + QUOTES))


def inner(word: Word) -> list[Word]:
    """The words of one that a quote held together."""
    return [stripped(*match.span(), word.text) for match in _WORD.finditer(word.text)]

"""The values of a name that a person gave, whole: those of a line, a block, a section, an element, a column.

Nothing is judged here; the spans are those of scalars, without the names, quotes and comments around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.text import Span, line_of

__all__ = ("Spread", "below", "is_alone", "section", "value")

_REACH: Final = 1 << 16
_QUOTE: Final = b'"'
_TOKEN: Final = re.compile(
    rb"""("(?:[^"\\\n]|\\.)*+"?|'[^'\n]*+'?)|[\[\]{}]|[^\s\[\]{}:,"'=](?:[^\n\[\]{}:,"'=]|:(?=[^\s"'])|=(?![\s"']))*+""",
    re.DOTALL,
)
_NAMES: Final = re.compile(rb"\s{0,16}(?::|=>?)")
_OPENING: Final = frozenset({b"{", b"["})
_CLOSING: Final = frozenset({b"}", b"]"})
_STRING: Final = re.compile(rb"""("(?:[^"\\\n]|\\.)*+"?|'[^'\n]*+'?)""", re.DOTALL)
_WORD: Final = re.compile(rb"""[^\s,;&"'<>(){}\[\]|]+""")
# What stands before a name that begins its line: nothing, the dash of a list, a word of a shell.
_ALONE: Final = re.compile(
    rb"[ \t]*(?:- +|export +|set +|setx +|declare +(?:-x +)?|\$env:|\$)*\\{0,3}[\"']?\Z", re.IGNORECASE
)
# A comment behind a value, and another setting of the same line.
_COMMENT: Final = re.compile(rb"(?<![ \t])[ \t]++[#;](?:[ \t]|\Z)")
_SETTING: Final = re.compile(rb"(?<![ \t,;])[ \t,;]++[A-Za-z_][\w.-]{0,60}=")
_BLOCK: Final = re.compile(rb"[|>][-+0-9]{0,2}[ \t]*\Z")
_ITEM: Final = re.compile(
    rb"[ \t]*(?:- +)*(?:(?:\"[^\"\n]{1,80}\"|'[^'\n]{1,80}'|[\w.-][\w .-]{0,80}):(?=\s|\Z))?[ \t]*-?[ \t]*"
)
_PAIR: Final = re.compile(rb"""[ \t]*[\w."' -]{1,80}?[ \t]*[=:][ \t]*""")
_TEXT: Final = re.compile(rb">\s*+([^<>]*[^<>\s])\s*<|<!\[CDATA\[([^\]]+)\]\]>|=\"([^\"<>]+)\"|='([^'<>]+)'")
_LONGEST_HEADING: Final = 4_096
_MARKS: Final = (b",", b";", b"\t", b"|")
_QUOTES: Final = frozenset({b'"', b"'"})
_BLANK: Final = b" \t\r"
# What the rules of drawn tables are made of.
_OF_RULES: Final = b"-=:+ "


def is_alone(before: bytes) -> bool:
    """Whether a name begins its line, by what of the line stands before it."""
    return _ALONE.fullmatch(before) is not None


def value(data: bytes, at: int, *, alone: bool) -> Iterator[Span]:
    """The value at a place: a string, the scalars of an object or a list, a word, or its line where it is `alone`."""
    if data[at : at + 1] in _OPENING:
        yield from _scalars(data, at)
    elif string := _STRING.match(data, at):
        yield _bare(data, *string.span())
    elif not alone:
        word = _WORD.match(data, at)
        yield from [word.span()] if word else ()
    else:
        stop = line_of(data, at, most=_REACH)[1]
        line = data[at:stop]
        if not _BLOCK.fullmatch(line.rstrip()):
            yield from _rest(data, at, stop)


def _rest(data: bytes, at: int, stop: int) -> Iterator[Span]:
    """What a line holds from a place on, without a comment and without another setting."""
    line = data[at:stop]
    ends = [found.start() for found in (_COMMENT.search(line), _SETTING.search(line)) if found]
    text = line[: min(ends, default=len(line))].rstrip()
    if text:
        yield at, at + len(text)


def below(data: bytes, at: int, indent: int) -> Iterator[Span]:
    """The scalars of the block of YAML below a name, where that is all of its line or opens a text of more lines."""
    start, stop = at, line_of(data, at, most=_REACH)[1]
    opened = data[start:stop].strip()
    text = _BLOCK.fullmatch(opened) is not None
    if opened and not text:
        return
    while stop + 1 < len(data) and stop - at < _REACH:
        start, stop = line_of(data, stop + 1, most=_REACH)
        line = data[start:stop]
        depth = len(line) - len(line.lstrip(b" "))
        if line.strip() and depth <= indent and not (depth == indent and line.lstrip().startswith(b"- ")):
            return
        item = None if text else _ITEM.match(line)
        begin = start + (item.end() if item else depth)
        if data[begin:stop].strip():
            yield from value(data, begin, alone=True)


def section(data: bytes, at: int) -> Iterator[Span]:
    """The values of the settings of a section of TOML or INI, from its heading to the next."""
    stop = line_of(data, at, most=_REACH)[1]
    while stop + 1 < len(data) and stop - at < _REACH:
        start, stop = line_of(data, stop + 1, most=_REACH)
        if data[start:stop].lstrip().startswith(b"["):
            return
        pair = _PAIR.match(data, start, stop)
        if pair:
            yield from value(data, pair.end(), alone=True)


class Spread:
    """The elements and columns of one text, which lie over many lines: no line is looked through twice for one name."""

    __slots__ = ("_data", "_table", "_unclosed")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._table = (0, 0)
        # Up to where no element of a name ends.
        self._unclosed: dict[bytes, int] = {}

    def element(self, name: Span) -> Iterator[Span]:
        """The texts and attributes of an element of XML, and of all within it."""
        data, stop = self._data, name[1]
        opened = data.find(b">", stop, stop + _REACH) + 1
        end = opened if data[opened - 2 : opened] == b"/>" else self._close(data[slice(*name)], stop) or opened
        for text in _TEXT.finditer(data, stop, end):
            yield next(text.span(group) for group in range(1, 5) if text.start(group) >= 0)

    def _close(self, name: bytes, at: int) -> int:
        """Where an element ends that begins at a place; 0 where it does not."""
        limit = min(at + _REACH, len(self._data))
        begin = max(self._unclosed.get(name, at), at)
        close = re.compile(rb"</(?:[\w-]{1,20}:)?" + re.escape(name) + rb"\s*>").search(self._data, begin, limit)
        if close is None:
            self._unclosed[name] = max(begin, limit - len(name) - 32)
        return close.end() if close else 0

    def column(self, name: Span) -> Iterator[Span]:
        """The cells below a name in the heading of a table whose cells are parted by one mark."""
        data = self._data
        if self._table[0] <= name[0] < self._table[1]:
            return
        start, stop = line_of(data, name[0], most=_REACH)
        heading = data[start:stop]
        for mark in _MARKS if name[1] - name[0] < stop - start < _LONGEST_HEADING else ():
            cells = _cells(heading, mark)
            at = next((at for at, cell in enumerate(cells) if heading[slice(*cell)] == data[slice(*name)]), None)
            if len(cells) > 1 and at is not None:
                self._table = stop, stop
                for end, cell in _rows(data, stop, mark, at, len(cells)):
                    self._table = stop, end
                    yield from [cell] if cell else ()
                return


def _rows(data: bytes, stop: int, mark: bytes, at: int, count: int) -> Iterator[tuple[int, Span | None]]:
    """The rows below a line by their ends, and what each holds in a column; a row with other cells ends the table."""
    while stop + 1 < len(data):
        start, stop = line_of(data, stop + 1, most=_REACH)
        cells = _cells(data[start:stop], mark)
        if len(cells) != count:
            return
        begin, end = (start + place for place in cells[at])
        yield stop, (begin, end) if data[begin:end].strip(_OF_RULES) else None


def _cells(row: bytes, mark: bytes) -> list[Span]:
    """The cells of a row; marks in quotes part nothing."""
    found: list[Span] = []
    begin, end, quoted = 0, -1, False
    for piece in row.split(mark):
        end += 1 + len(piece)
        quoted ^= piece.count(_QUOTE) % 2 == 1
        if not quoted:
            found.append(_bare(row, begin, end))
            begin = end + 1
    return found


def _bare(data: bytes, start: int, end: int) -> Span:
    """A range without the blanks around it, and without its quotes."""
    text = data[start:end]
    start, end = start + len(text) - len(text.lstrip(_BLANK)), start + len(text.rstrip(_BLANK))
    quote = data[start : start + 1]
    if quote in _QUOTES and start < end:
        start += 1
        end -= end > start and data[end - 1 : end] == quote
    return start, max(start, end)


def _scalars(data: bytes, at: int) -> Iterator[Span]:
    """The strings and literals of the object or list at a place, without the names in it.

    The last span is empty: where it ends.
    """
    depth, end, limit = 0, at, min(at + _REACH, len(data))
    for token in _TOKEN.finditer(data, at, limit):
        start, end = token.span()
        if end == limit < len(data):
            break
        text = token.group()
        if text in _OPENING:
            depth += 1
        elif text in _CLOSING:
            depth -= 1
        elif not _NAMES.match(data, end):
            yield _bare(data, start, end)
        if depth <= 0:
            break
    yield end, end

"""Tables in text: what stands in the columns that a header names as secrets or people.

Comma, semicolon, tab and bar separated, Markdown and the boxes of database clients, and columns set with blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import values
from triage.redact.named.cells import (
    FEWEST,
    LONGEST,
    QUOTES,
    aligned,
    cells_of,
    column,
    crosses,
    cut,
    line_at,
    ruled,
    valued,
)
from triage.redact.named.headings import CELL, NAMED, PERSONAL, VALUES, is_title, leads, meaning_of, meanings
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense, sense
from triage.redact.named.listings import listed
from triage.redact.named.records import holds
from triage.redact.pii.forms import plain
from triage.redact.text import Allowance, Found, Span, digits_in, line_of

__all__ = ("collided", "columns", "copied", "settings")

_LIKE_A_VALUE: Final = 12
_FEW_DIGITS: Final = 2
_READ_OTHERWISE: Final = frozenset({"entropy", "query", "header", "cookies"})
_PEOPLE: Final = PERSONAL | {"user"}
# A line has so many bytes at least, and may be read below more than one header.
_read: Final = Allowance(250)
# To read a header takes as long as so many rows.
_OF_A_HEADER: Final = 8
# What a table begins behind that is all of a value: of a form, of JSON.
_NESTED: Final = re.compile(
    rb"""(?:=|"[ ]?:[ ]?\[?[ ]?\\{0,3}"|(?<=[ ]{2})"(?=[ ]{2})"""
    rb"""|<(?:pre|code|textarea|td|p|div|samp)(?:[ ][^<>\n]{0,80})?>)"""
)
_LONGEST_HEADER: Final = 4_096
# A sign of those that boxes are drawn with, written out.
_DRAWN: Final = b"\\u25"
_LONGEST_ROW: Final = 1 << 16
_MOST_LINES: Final = 64
# So many lines in a row may be no rows of the table that goes on below.
_HASH: Final = ord("#")
_NOTHING: Final = frozenset({b"", b"\xef\xbb\xbf"})
_MISFITS: Final = 3
_WRITTEN_END: Final = b"\\n"
_CLOSED: Final = re.compile(rb'(?<!\\)"(?=\s{0,40}(?:[\]}]|,\s{0,40}"[\w.$-]{1,60}"\s{0,4}:))')
_NEXT_STRING: Final = re.compile(rb'\\n"[ ]?,\s{0,40}"')
_CITED: Final = re.compile(rb"(?:> ?){1,6}")
_OPENED: Final = re.compile(rb'(?:^|[,;\t])[ ]?"', re.MULTILINE)
_QUOTING: Final = frozenset({b",", b";", b"\t"})
_WORD: Final = re.compile(rb"[^\s]+")
_NUMBERED: Final = re.compile(rb"[A-Za-z]{2,20}(?:_[A-Za-z]{2,20}){0,4}_[0-9]{1,4}")
# A column of what was compared.
_MADE_TITLE: Final = re.compile(rb"[\w.-]{1,40}=[\w.-]{0,40}")
# A line between rows, and what stands for those that are left out.
_RULE: Final = re.compile(rb"[\s|+:=-]*|[ ]*\.{2,3}[ .]*")
_MARKDOWN_RULE: Final = re.compile(rb"[ \t]*\|?(?:[ ]?:?-{2,200}:?[ ]?\|){1,60}(?:[ ]?:?-{2,200}:?)?[ \t\r]*")
# What ends a block of Markdown.
_FENCE: Final = re.compile(rb"(?:`{3,9}|~{3,9})[ \t\r]*")
_MOST_ABOVE: Final = 64
_OF_ROWS: Final = frozenset(b"| \t:-")
_JIRA: Final = b"||"
_MARKS: Final = (b"\t", b"|", b";", b",")
_COPIED: Final = re.compile(rb"""[\w.\"]{1,80} ?\(([^()\n]{1,400})\) from stdin[^\n]{0,60}\r?\n""", re.IGNORECASE)
_COLLIDED: Final = re.compile(rb"([^()\n]{1,200})\)=\(([^\n]{1,400}?)\)(?=[ .\n\"\\]|\Z)")


def columns(data: bytes, at: int) -> Iterator[Found]:
    """What stands in the sensitive columns of a table whose header holds a place, if it is the first of them."""
    if not _read.left(data) or at < _read.reached:
        return
    start, end = _header_at(data, at)
    header = data[start:end]
    _read.spend(_OF_A_HEADER + len(header) // LONGEST)
    items = b'", "' in header and header.rstrip().endswith(b",")  # of a list that goes on below
    if len(header) >= _LONGEST_HEADER or items or b"{" in header or _DRAWN in header:
        return
    mark = next((mark for mark in _MARKS if mark in header), b"  ")
    starts = ruled(data, end) if mark == b"  " else ()
    cells = cut(header, starts) if starts else cells_of(header, _JIRA if header[:2] == _JIRA else mark)
    if mark == b"|" and ((len(cells) == FEWEST and holds(data, start)) or _is_below_rule(data, start)):
        return  # each row is read as a name and its value, or is one of values
    if len(cells) == FEWEST and mark == b"|" and (rows := listed(data, at, start, end, cells)) is not None:
        yield from rows
        return
    senses = meanings([header[slice(*cell)] for cell in cells])
    asked = [number for number, meaning in enumerate(senses) if meaning is not None]
    if len(cells) == 1:
        yield from _alone(data, (start, end), senses[0])
        return
    sentence = mark == b"," and len(cells) == FEWEST and any(b" " in header[slice(*cell)] for cell in cells)
    if (
        sum(begin < stop for begin, stop in cells) < FEWEST
        or sentence
        or not asked
        or not all(is_title(header[slice(*cell)]) or _MADE_TITLE.fullmatch(header, *cell) for cell in cells)
        or header.count(b"=") * FEWEST >= len(cells)
    ):
        return
    # It is read once: from the first column that leads here, whatever it holds.
    leading = [number for number, cell in enumerate(cells) if leads(header[slice(*cell)])]
    if not leading or not cells[leading[0]][0] <= at - start <= cells[leading[0]][1]:
        return
    yield from _alternating(data, start, cells, senses)
    if any(
        values.looks_random(header[slice(*cell)], least=_LIKE_A_VALUE) and not _NUMBERED.fullmatch(header, *cell)
        for cell in cells
    ):
        return  # a row of names and values
    below = [*_rows(data, end, header, cells, starts or mark, senses)]
    _read.reached = below[-1][-1][1] if below else end
    for number in asked:
        meaning = senses[number]
        if meaning is not None:
            yield from column(data, [row[number] for row in below], meaning)


def _is_below_rule(data: bytes, start: int) -> bool:
    """Whether a line is a row of a table of Markdown, whose header stands above a rule."""
    for _ in range(_MOST_ABOVE):
        end = start - 1
        start = data.rfind(b"\n", max(end - LONGEST, 0), max(end, 0)) + 1
        if end <= start or data[start] not in _OF_ROWS or not _read.left(data):
            return False
        _read.spend()
        if _MARKDOWN_RULE.fullmatch(data, start, end):
            return True
    return False


def _rows(
    data: bytes, end: int, header: bytes, cells: list[Span], mark: bytes | tuple[int, ...], senses: list[Sense | None]
) -> Iterator[list[Span]]:
    """Where the cells stand of the rows below a header, by the mark between them or by where each begins."""
    # Columns that blanks set apart have no lines without any: below an empty one is what comes next.
    apart, misfits, ragged = isinstance(mark, bytes) and mark != b"  ", 0, list[list[Span]]()
    begun = False
    for first, last in _below(data, end, apart=apart, quoted=mark in _QUOTING):
        line = data[first:last]
        if line.strip() and _RULE.fullmatch(line):
            continue
        if line.strip().startswith(b"```"):  # the end of the block that the table stands in
            return
        row = _row(line, header, cells, mark)
        if len(row) != len(cells):
            misfits += 1
            if not begun or not apart or misfits > _MISFITS:
                return
            if len(row) > len(cells):  # a cell too many may stand on either side
                ragged += [
                    _placed(part, first)
                    for part in (row[: len(cells)], row[-len(cells) :])
                    if any(
                        meaning and not meaning.weak and values.mixed(line[slice(*cell)], least=4)
                        for cell, meaning in zip(part, senses, strict=True)
                    )
                ]
            continue
        if _repeats(line, row, header, cells, senses):
            return
        yield from ragged
        begun, misfits, ragged = True, 0, []
        yield _placed(row, first)


def _alone(data: bytes, header: Span, meaning: Sense | None) -> Iterator[Found]:
    """The values of a table of one column: all of a text, or below a name as pandas prints it, with their numbers."""
    numbered = data[header[0] : header[0] + 2] == b"  "
    if (
        meaning is None
        or meaning.weak not in {"", "long"}
        or not (numbered or data[: header[0]] in _NOTHING)
        or data[header[0]] == _HASH
    ):
        return
    rows = list[Span]()
    for number, (first, last) in enumerate(_below(data, header[1])):
        row = [(first + word.start(), first + word.end()) for word in _WORD.finditer(data[first:last])]
        if len(row) != 1 + numbered or (numbered and data[slice(*row[0])] != b"%d" % number):
            if not numbered:
                return
            break
        rows.append(row[-1])
    if rows and 2 * sum(values.mixed(data[slice(*row)], least=4) for row in rows) > len(rows):
        _read.reached = rows[-1][1]
        yield from column(data, rows, meaning)


def _placed(row: list[Span], first: int) -> list[Span]:
    """The cells of a line that begins at a place."""
    return [(first + start, first + end) for start, end in row]


def _row(line: bytes, header: bytes, cells: list[Span], mark: bytes | tuple[int, ...]) -> list[Span]:
    """The cells of a line below a header."""
    if isinstance(mark, tuple):
        return [] if _FENCE.fullmatch(line) or crosses(line, mark) else cut(line, mark)
    if mark != b"  ":
        return cells_of(line, mark)
    if header[:1] == b" " and line[:1].isdigit():
        # pandas sets columns to the right, and prints the index of a row without a name for it
        row = cells_of(line, mark)
        if len(row) == len(cells):
            row = [match.span() for match in _WORD.finditer(line)]
        if len(row) == len(cells) + 1:
            return row[1:]
    return aligned(line, cells)


def _below(data: bytes, end: int, *, apart: bool = False, quoted: bool = False) -> Iterator[Span]:
    """The lines below one that ends at a place, up to an empty one; `apart` gives those between them too.

    A line goes on below where a cell in quotes does.
    """
    written = data[end : end + 1] == b"\\"  # an end that is written out
    mark = _WRITTEN_END if written else data[end : end + 1] if data[end : end + 2] != b"\r\n" else b"\n"
    while _read.left(data):
        start = _begins(data, end, written=written)
        if start >= len(data) or (written and data[end : end + 1] == b'"'):
            return
        end = _ends(data, start, mark)
        if written and (closed := _CLOSED.search(data, start, end + LONGEST)):
            end = min(closed.start(), end)
        if quoted and not written and data.count(b'"', start, end) % 2 and _OPENED.search(data, start, end):
            end = _closed(data, start, end, mark)
        _read.spend(1 + (end - start) // _LONGEST_HEADER)
        if not data[start:end].strip() and not apart:
            return
        yield start, end


def _begins(data: bytes, end: int, *, written: bool) -> int:
    """Where the line begins below one that ends at a place; a string of a list holds it in notebooks."""
    if written:
        if following := _NEXT_STRING.match(data, end):
            return following.end()
        return end + len(_WRITTEN_END)
    cited = _CITED.match(data, end + 1)
    return cited.end() if cited else end + 1


def _ends(data: bytes, start: int, mark: bytes) -> int:
    """Where a line ends."""
    most = min(start + _LONGEST_ROW, len(data))
    stop = data.find(b"\n", start, most)
    stop = most if stop < 0 else stop
    end = data.find(mark, start, stop)
    return end if end >= 0 else stop


def _closed(data: bytes, start: int, end: int, mark: bytes) -> int:
    """Where the line ends on which a cell in quotes does that is open on another; there too if none closes it."""
    last, quotes = end, 1
    for _ in range(_MOST_LINES):
        if last >= len(data) or last - start > _LONGEST_ROW:
            break
        before, last = last, _ends(data, last + 1, mark)
        quotes += data.count(b'"', before, last)
        if not quotes % 2:
            return last
    return end


def _header_at(data: bytes, at: int) -> Span:
    """The line of a header, without what it is nested in."""
    start, end = line_at(data, at, _LONGEST_HEADER)
    if b"\r" in data[start : end - 1]:  # the only end that lines have
        start, end = data.rfind(b"\r", start, at) + 1 or start, data.find(b"\r", at, end)
        end = len(data) if end < 0 else end
    inner = start
    for nested in _NESTED.finditer(data, max(start, at - LONGEST), at):
        inner = nested.end()
    if inner > start and data[inner - 1 : inner] == b"=" and data[end : end + 1] == b"\n":
        below = data[end + 1 : _ends(data, end + 1, b"\n")]
        mark = next((mark for mark in _MARKS if mark in data[inner:end]), b"")
        if mark and data.count(mark, start, end) == below.count(mark):
            return start, end
    return inner, end


def copied(size: int, data: bytes, at: int) -> Iterator[Found]:
    """What stands in the sensitive columns of the rows that a dump of PostgreSQL copies."""
    header = _COPIED.match(data, at + size)
    if header is None:
        return
    names = [name.strip(QUOTES).lower() for name in header[1].split(b",")]
    senses = meanings(names)
    named = next((number for number, name in enumerate(names) if name in NAMED), -1)
    told = next((number for number, name in enumerate(names) if name in VALUES), -1)
    start = header.end()
    while (any(senses) or min(named, told) >= 0) and _read.left(data):
        _read.spend()
        end = line_of(data, start, most=10 * LONGEST)[1]
        row = data[start:end].split(b"\t")
        if len(row) != len(senses):
            return
        own = sense(row[named].decode("latin-1")) if min(named, told) >= 0 else None
        own = own if own is not None and own.weak not in _READ_OTHERWISE else None
        for number, cell in enumerate(row):
            meaning = own if number == told else senses[number]
            if meaning is not None and cell != b"\\N":
                yield from valued(data, (start, start + len(cell.rstrip(b"\r"))), meaning)
            start += len(cell) + 1


def settings(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The secrets of a table of names and values, whose header ends at a place and those two columns at its end."""
    start, end = line_at(data, at, LONGEST)
    start = _header_at(data, at)[0] if start < at else start
    header = data[start:end]
    mark = next((mark for mark in _MARKS if mark in header[at - start : at - start + size]), b"")
    cells = cells_of(header, mark) if mark and len(header) < LONGEST else []
    places = [start + stop for _, stop in cells]
    if at + size not in places or not all(is_title(header[slice(*cell)]) for cell in cells):
        return
    column = places.index(at + size)
    for first, last in _below(data, end):
        line = data[first:last]
        row = cells_of(line, mark)
        if _RULE.fullmatch(line):
            continue
        if len(row) != len(cells):
            return
        name = line[slice(*row[column - 1])]
        if name.lower() == header[slice(*cells[column - 1])].lower():  # a header again, that reads what is below it
            return
        meaning = sense(plain(name)) if CELL.fullmatch(name) else None
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
    for cell, meaning in zip(row, meanings([name.strip(QUOTES) for name in columns]), strict=False):
        if meaning is not None and len(row) == len(columns):
            yield from valued(data, (start, start + len(cell)), meaning)
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


def _repeats(line: bytes, row: list[Span], header: bytes, cells: list[Span], senses: list[Sense | None]) -> bool:
    """Whether a row is a header again: another one, whose cells name such columns themselves.

    A number elsewhere makes it one of many: `1,token,user0,hunter2` is a row.
    """
    texts = [line[slice(*cell)] for cell in row]
    own = [header[slice(*cell)].lower() for cell in cells]
    if any(text.lower() == name for text, name in zip(texts, own, strict=True) if name):
        return True
    names = [bool(text) and _is_name(text) for text in texts]
    if any(digits_in(text) for text, name in zip(texts, names, strict=True) if not name):
        return False
    secret = any(name and sense and sense.weak not in _PEOPLE for name, sense in zip(names, senses, strict=True))
    return secret or sum(names) > 1


def _is_name(text: bytes) -> bool:
    """Whether a cell names a column; a value may hold a word by chance."""
    meaning = meaning_of(text)
    few = _FEW_DIGITS if meaning is not None and meaning.weak in {"", "long"} else 0
    return meaning is not None and digits_in(text) <= few and not values.is_shuffled(text)

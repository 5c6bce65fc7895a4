r"""Tables in markup that a sign or a command opens: LaTeX, wikis, AsciiDoc, reStructuredText.

`\begin{tabular}`, `{|`, `|===`, `^ user ^ password ^`, `|_. user |`, `.. list-table::`. Each becomes rows of cells, of
which the first names the columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

from triage.redact.named.cells import FEWEST, bare, column
from triage.redact.named.headings import is_title, meanings
from triage.redact.named.unwritten import unwritten
from triage.redact.text import Allowance, Found, Span

__all__ = ("LEADS",)

_Rows = list[list[Span]]

# What is read of a table at most, and what a table without an end is cut off at.
_FAR: Final = 1 << 16
_MOST_CELLS: Final = 4_096
_read: Final = Allowance(150)
# To read what opens a table takes as long as so many cells.
_OF_AN_OPENING: Final = 48
_LINE: Final = re.compile(rb"[^\n]*\n?")
_STYLED: Final = re.compile(
    rb"(?:\s{0,40}(?:\\(?:hline|toprule|midrule|bottomrule|endhead|endfirsthead|endfoot|endlastfoot|bfseries|itshape|ttfamily|small)\b"
    rb"|\\(?:cline|cmidrule|rowcolor|cellcolor|caption|label|multicolumn\{[0-9]{1,2}\}\{[^{}\n]{0,20}\})(?:\([lr]{1,2}\))?\{[^{}\n]{0,80}\}))*"
    rb"\s{0,40}(?:\\[a-z]{2,12}\{)?"
)
_APART: Final = re.compile(rb"(?<!\\)&|\\\\(?:\[[^\]\n]{0,20}\])?|\\tabularnewline\b|\\tn\b")
_ENDS_ROW: Final = (b"\\\\", b"\\t")
_OF_LATEX: Final = re.compile(rb"(?:\{[^{}\n]{0,40}\}|\[[^\]\n]{0,40}\]){0,2}\{(?:[^{}\n]|\{[^{}\n]{0,80}\}){0,200}\}")
_ATTRIBUTES: Final = re.compile(
    rb"(?:[ \t]*+[\w-]{1,20}+=[ ]?(?:\"[^\"\n|]{0,120}+\"|'[^'\n|]{0,120}+'|[^\s|\"']{1,60}+))++[ \t]*+\|(?!\|)"
)
_OF_WIKI: Final = re.compile(rb"[^\n|{}]{0,300}\n[ \t]*(?:[!|])")
_BETWEEN: Final = re.compile(rb"!!|\|\|")
_SPECIFIER: Final = re.compile(rb"(?:^|(?<=[\s]))(?:[0-9.]{1,5}[+*])?[<^>.]{0,4}[aehlmsvd]?\|(?!=)", re.MULTILINE)
_LISTED: Final = re.compile(rb"[ \t]*(?:(\*)[ \t]+)?-[ \t]+([^\n]*)\n?")
_OPTION: Final = re.compile(rb"[ \t]*:[a-z-]{2,20}:[^\n]*\n?|[ \t\r]*\n")
# Lines of boxes, and those that stand between cells.
_DRAWN: Final = re.compile(rb"\xe2(?:\x94[\x80-\xbf]|\x95[\x80-\xbf])")
_UPRIGHT: Final = re.compile(rb"\xe2(?:\x94[\x82\x83\x86\x87\x8a\x8b]|\x95\x91)")
_NAMED: Final = re.compile(rb"Name: ([\w .-]{1,60})(?:, Length: [0-9]{1,12})?\Z")
_NUMBERED: Final = re.compile(
    rb"(?:\A|(?<=[\s\"])|(?<=\\n))[^\s\"\\]{1,60}[ ]{2,60}([^\s\"\\]{1,120})[ ]{0,60}"
    rb"(?:\r?\n|\\n(?:\"[ ]?,\s{0,40}\")?)\Z"
)
_NAME_REACH: Final = 200
_STYLE: Final = b" \t\r\n\"'`*_=|{}"


def _told(data: bytes, rows: _Rows) -> Iterator[Found]:
    """The values of the sensitive columns of a table whose first row names them."""
    if len(rows) < FEWEST or len(rows[0]) < 1:
        return
    names = [data[slice(*cell)].replace(b" \\_", b"_").replace(b"\\_", b"_") for cell in rows[0]]
    senses = meanings(names)
    if not any(senses) or not all(map(is_title, names)):
        return
    below = [row for row in rows[1:] if len(row) == len(names)]
    for number, meaning in enumerate(senses):
        if meaning is not None:
            yield from column(data, [row[number] for row in below], meaning)


def _cell(data: bytes, start: int, end: int) -> Span:
    """A cell without blanks and what sets it off."""
    text = data[start:end]
    left = start + len(text) - len(text.lstrip(_STYLE))
    return left, max(left, end - len(text) + len(text.rstrip(_STYLE)))


def _latex(data: bytes, at: int, stop: int) -> _Rows:
    """The rows of a tabular: cells that `&` parts, lines that two backslashes end."""
    spec = _OF_LATEX.match(data, at)
    rows, row = _Rows(), list[Span]()
    place = spec.end() if spec else at
    end = data.find(b"\\end{", place, stop)
    end = end if end >= 0 else stop
    for mark in _APART.finditer(data, place, end):
        styled = _STYLED.match(data, place, mark.start())
        row.append(_cell(data, styled.end() if styled else place, mark.start()))
        place = mark.end()
        if mark.group().startswith(_ENDS_ROW):
            rows.append(row)
            row = []
    return [*rows, row]


def _wiki(data: bytes, at: int, stop: int) -> _Rows:
    """The rows of MediaWiki: `!` and `|` begin cells, `|-` a row."""
    rows, row = _Rows(), list[Span]()
    if not _OF_WIKI.match(data, at):
        return []
    end = data.find(b"\n|}", at, stop)
    for line in _LINE.finditer(data, data.find(b"\n", at) + 1, end if end >= 0 else stop):
        text = line.group().lstrip(b" \t")
        start = line.end() - len(text)
        if text.startswith((b"|-", b"|+")):
            rows += [row] if row else []
            row = []
        elif text[:1] in {b"!", b"|"}:
            row += _wiki_cells(data, start + 1, line.end())
        if line.end() == line.start():
            break
    return [*rows, row]


def _wiki_cells(data: bytes, start: int, end: int) -> Iterator[Span]:
    """The cells of a line, without their attributes."""
    for mark in [*_BETWEEN.finditer(data, start, end), None]:
        stop = mark.start() if mark else end
        attributes = _ATTRIBUTES.match(data, start, stop)
        yield _cell(data, attributes.end() if attributes else start, stop)
        start = mark.end() if mark else end


def _asciidoc(data: bytes, at: int, stop: int) -> _Rows:
    """The rows of AsciiDoc: as many cells as the first line has, or as there are before the first empty one."""
    end = data.find(b"\n|===", at, stop)
    end = end if end >= 0 else stop
    marks = [mark.span() for mark in _SPECIFIER.finditer(data, at, end)][:_MOST_CELLS]
    if not marks:
        return []
    first = data.find(b"\n", marks[0][0], end)
    size = sum(start < first for start, _ in marks)
    if size < FEWEST:
        empty = re.compile(rb"\n[ \t\r]*\n").search(data, marks[0][0], end)
        size = sum(start < empty.start() for start, _ in marks) if empty else 0
    cells = [
        _cell(data, begin, until)
        for (_, begin), until in zip(marks, [*(start for start, _ in marks[1:]), end], strict=True)
    ]
    return [cells[number : number + size] for number in range(0, len(cells), size)] if size else []


def _list_table(data: bytes, at: int, stop: int) -> _Rows:
    """The rows of a table of reStructuredText that is written as a list of lists."""
    rows = _Rows()
    at = data.find(b"\n", at, stop) + 1 or stop
    while at < stop:
        if option := _OPTION.match(data, at, stop):
            at = option.end()
            continue
        item = _LISTED.match(data, at, stop)
        if item is None or (not rows and not item[1]):
            break
        if item[1]:
            rows.append([])
        rows[-1].append(_cell(data, *item.span(2)))
        at = item.end()
    return rows


def _csv_table(data: bytes, at: int, stop: int) -> _Rows:
    """The rows of a table of reStructuredText with commas, and a header among its options."""
    rows = _Rows()
    at = data.find(b"\n", at, stop) + 1 or stop
    while at < stop:
        line = _LINE.match(data, at, stop)
        if line is None or not (text := line.group().strip()):
            if rows[1:] or line is None or not line.group():
                break
            at = line.end()
            continue
        start = data.find(b":header:", at, line.end())
        if start >= 0 or text[:1] != b":":
            if line.group()[:1] not in b" \t":
                break
            rows.append(_split(data, start + len(b":header:") if start >= 0 else at, line.end(), b","))
        at = line.end()
    return rows


def _boxed(data: bytes, at: int, stop: int) -> _Rows:
    """The rows of a box whose lines are drawn."""
    rows = _Rows()
    for line in _LINE.finditer(data, data.find(b"\n", at, stop) + 1 or stop, stop):
        text = line.group()
        first = _DRAWN.search(text)
        if first is None or text[: first.start()].strip(b' ",['):
            break
        marks = [*_UPRIGHT.finditer(text)]
        if marks:
            rows.append(
                [_cell(data, line.start() + one.end(), line.start() + two.start()) for one, two in pairwise(marks)]
            )
    return rows


def _split(data: bytes, start: int, end: int, mark: bytes) -> list[Span]:
    """The cells of a line that a mark parts."""
    cells = list[Span]()
    for text in data[start:end].split(mark):
        cells.append(_cell(data, start, start + len(text)))
        start += len(text) + len(mark)
    return cells


def _headed(mark: bytes) -> Callable[[bytes, int, int], _Rows]:
    """What reads the rows below a line of headings each of which such a mark opens: `^`, `|=`, `|_.`."""

    def rows(data: bytes, at: int, stop: int) -> _Rows:
        at = data.rfind(b"\n", max(at - 8, 0), at) + 1 or at
        found = _Rows()
        for line in _LINE.finditer(data, at, stop):
            text = line.group().strip()
            opens = text.startswith(b"|") if found else text.startswith(mark) and text[:3] != b"|=="
            if not opens:
                break
            sign = b"|" if found or mark in {b"|=", b"|_."} else mark
            inner = data.find(text, line.start())
            cells = _split(data, inner, inner + len(text.rstrip(b"|^")), sign)[1:]
            found.append([bare(data, *_unmarked(data, cell)) for cell in cells])
        return found

    return rows


def _unmarked(data: bytes, cell: Span) -> Span:
    """A cell without the sign of a heading."""
    start, end = cell
    while start < end and data[start : start + 1] in b"_.= ":
        start += 1
    return start, end


def _reader(rows: Callable[[bytes, int, int], _Rows]) -> Callable[[int, bytes, int], Iterator[Found]]:
    """What finds the values of a table whose opening stands at a place."""

    def read(size: int, data: bytes, at: int) -> Iterator[Found]:
        if not _read.left(data) or at < _read.reached:
            return
        _read.spend(_OF_AN_OPENING)
        text, first = unwritten(data, at, at + size)
        found = [
            [(start + first, end + first) for start, end in row] for row in rows(text, at + size - first, len(text))
        ]
        _read.spend(1 + sum(map(len, found)) + len(text) // 64)
        told = [*_told(data, found)]
        if told and found[-1]:
            _read.reached = found[-1][-1][1]
        yield from told

    return read


def _series(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """The values of a column that pandas prints alone, above its name."""
    name = _NAMED.search(data, max(at - _NAME_REACH, 0), at)
    meaning = meanings([name[1]])[0] if name else None
    if name is None or meaning is None or not _read.left(data):
        return
    cells = list[Span]()
    end = name.start()
    while line := _NUMBERED.search(data, max(end - _NAME_REACH, 0), end):
        _read.spend()
        cells.append(line.span(1))
        end = line.start()
    yield from column(data, cells[::-1], meaning)


_TABLES: Final = (
    "tabular",
    "tabular*",
    "tabularx",
    "tabulary",
    "longtable",
    "tblr",
    "longtblr",
    "supertabular",
    "xltabular",
    "array",
    "NiceTabular",
)
LEADS: Final = (
    (tuple(f"\\begin{{{name}}}" for name in _TABLES), _reader(_latex)),
    (("{|\n", "{|\\n", "{| ", "{|class", "{|style", "{|border"), _reader(_wiki)),
    (("|===\n", "|===\r\n", "|===\\n", "|===\\r"), _reader(_asciidoc)),
    (("list-table::",), _reader(_list_table)),
    (("csv-table::",), _reader(_csv_table)),
    (("\n^ ", "\\n^ "), _reader(_headed(b"^"))),
    (("\n||", "\\n||"), _reader(_headed(b"||"))),
    (("\n|=", "\\n|="), _reader(_headed(b"|="))),
    (
        (
            "\u250c\u2500",
            "\u250f\u2501",
            "\u2554\u2550",
            "\u256d\u2500",
            "\u2552\u2550",
            "\\u250c\\u2500",
            "\\u250f\\u2501",
            "\\u2554\\u2550",
            "\\u256d\\u2500",
        ),
        _reader(_boxed),
    ),
    ((", dtype: ",), _series),
    (("|_.",), _reader(_headed(b"|_."))),
)
"""What opens such a table, in small letters, and what reads it."""

"""Tables in JSON and HTML: a row of names and rows of values, as pandas and databases write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import values
from triage.redact.named.cells import column
from triage.redact.named.headings import meanings
from triage.redact.named.keys import Sense, sense
from triage.redact.plain_words import is_plain_word
from triage.redact.text import Allowance, Found, Span

__all__ = ("LISTS", "listed", "tabled", "untitled")

LISTS: Final = (
    *(f'"{name}":{blank}[' for name in ("columns", "headers", "header", "fields") for blank in ("", " ")),
    '[["', '"]\n[',
)  # fmt: skip
"""What rows of names in JSON begin with, or end with."""
_FAR: Final = 16_384
_STRING: Final = rb'"((?:[^"\\\n]|\\.){0,200})"'
_NAMES: Final = re.compile(rb"\[\s{0,40}" + _STRING + rb"(?:\s{0,40},\s{0,40}" + _STRING + rb"){0,400}\s{0,40}\]")
_OBJECTS: Final = re.compile(rb"\[\s{0,40}+(?:\{[^{}\[\]]{1,400}+\}(?:\s{0,40}+,)?+\s{0,40}+){1,400}+\]")
_NAME: Final = re.compile(rb'"(?:name|field|title)"\s{0,8}:\s{0,8}' + _STRING)
_TEXT: Final = re.compile(_STRING)
_ROWS: Final = re.compile(rb'"(?:data|rows|values|datarows|results)"\s{0,8}:\s{0,8}\[')
# Before the columns of a frame of Grafana.
_OPENS: Final = re.compile(rb'"data"\s{0,8}:\s{0,8}\{\s{0,40}\Z')
_ITEM: Final = re.compile(rb'\s*(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^\s",\[\]{}]+))\s*([,\]])')
_OPEN: Final = re.compile(rb"[\s,]*\[")
_CELL: Final = re.compile(rb"<(t[hd])(?: [^<>]{0,200})?>((?:[^<]|<(?!/t[hd]>)){0,4000})</t[hd]>")
_PAIR: Final = 2
_MIXED: Final = 12
_OF_REQUESTS: Final = re.compile(rb"[A-Za-z][A-Za-z0-9]{0,30}(?:-[A-Za-z0-9]{1,30}){1,8}")
_WORDS: Final = b" \t\r\n:"
_STYLE: Final = re.compile(rb"</?(?:b|strong|em|i|span|font|p)(?: [^<>]{0,200})?>")
_TITLE: Final = re.compile(rb"[A-Za-z#][A-Za-z_ ./#-]{0,39}")
_LETTERS: Final = re.compile(rb"[A-Za-z]{3,40}")
_FEWEST: Final = 3
# A cell has so many bytes at least.
_read: Final = Allowance(150)


def listed(size: int, data: bytes, at: int) -> Iterator[Found]:
    """What stands in the sensitive columns of a list of rows in JSON."""
    if not _read.left(data) or at < _read.reached:
        return
    above = data[at : at + 2] == b'"]'
    start = data.rfind(b"\n", max(at - _FAR, 0), at) + 1 if above else data.find(b"[", at, at + size)
    start += data.startswith(b"[[", start)
    names = _NAMES.match(data, start) or _OBJECTS.match(data, start)
    _read.spend()
    if names is None:
        return
    _read.spend((names.end() - start) // 64)
    found = (_TEXT if names.re is _NAMES else _NAME).findall(data, *names.span())
    senses = meanings(found)
    if not any(senses) or len(senses) < 1 + above or _are_pairs(found):
        return
    end = names.end()
    if not above and data[at : at + 2] != b"[[":
        begun = _ROWS.search(data, end)
        _read.spend(((begun.start() if begun else len(data)) - end) // 64)
        if begun is None or (begun.group().startswith(b'"values"') and _OPENS.search(data, end, begun.start())):
            return  # there are none, or columns
        end = begun.end()
    rows = [*_arrays(data, end, len(senses))]
    if len(senses) != _PAIR or not _are_settings(data, rows):
        yield from _told(data, rows, senses)


def _are_pairs(names: list[bytes]) -> bool:
    """Whether two strings that begin a list are no names of columns, but a header of a request with its value."""
    if len(names) != _PAIR:
        return False
    return _OF_REQUESTS.fullmatch(names[0]) is not None or values.mixed(names[1], least=_MIXED)


def _are_settings(data: bytes, rows: list[list[Span]]) -> bool:
    """Whether rows of two are names with their values, as Sentry keeps tags: the first of most is a name itself."""
    firsts = [data[slice(*row[0])] for row in rows]
    named = sum(sense(first.decode("latin-1")) is not None or _is_of_trade(_LETTERS.findall(first)) for first in firsts)
    return named > 1 and 2 * named >= len(firsts)


def _is_of_trade(words: list[bytes]) -> bool:
    """Whether words are all of the trade."""
    return bool(words) and all(map(is_plain_word, words))


def _arrays(data: bytes, at: int, size: int) -> Iterator[list[Span]]:
    """The rows of values from a place on, each as long as the names are."""
    while _read.left(data) and (opened := _OPEN.match(data, at)):
        row, at = list[Span](), opened.end()
        while item := _ITEM.match(data, at):
            _read.spend()
            row.append(item.span(1) if item[1] is not None else (item.start(2), item.start(2)))
            at = item.end()
            if item[3] == b"]":
                break
        else:
            return
        if len(row) == size:
            yield row


def tabled(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """What stands in the columns of a table of HTML below the names in its header, or beside them."""
    if not _read.left(data) or at < _read.reached:
        return
    kinds, header, end = _row(data, at)
    _read.reached = end
    senses = meanings(_names(data, header))
    if kinds != [b"th", b"td"]:
        yield from _below(data, senses, end)
    elif senses[0] is not None and data[slice(*header[0])].rstrip().endswith(b":"):
        yield from column(data, header[1:], senses[0])


def untitled(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """As `tabled`, of a table whose first row is one of names too, but not marked as such.

    A row of two may be a name and its value; of more, none is a value where all read as names do.
    """
    if not _read.left(data) or at < _read.reached:
        return
    kinds, header, end = _row(data, at)
    names = _names(data, header)
    if kinds == [b"td"] * len(kinds) and len(kinds) >= _FEWEST and all(map(_TITLE.fullmatch, names)):
        _read.reached = end
        yield from _below(data, meanings(names), end)


def _names(data: bytes, header: list[Span]) -> list[bytes]:
    """What the cells of a header say, without what sets their type."""
    return [_STYLE.sub(b"", data[slice(*cell)]).strip(_WORDS) for cell in header]


def _below(data: bytes, senses: list[Sense | None], at: int) -> Iterator[Found]:
    """The values of the sensitive columns of the rows from a place on."""
    rows = list[list[Span]]()
    while any(senses) and _read.left(data):
        _, row, at = _row(data, at)
        if len(row) != len(senses):
            break
        rows.append(row)
        _read.reached = at
    yield from _told(data, rows, senses)


def _row(data: bytes, at: int) -> tuple[list[bytes], list[Span], int]:
    """The kinds of the cells of a row of HTML, where they stand, and where it ends."""
    end = data.find(b"</tr", at, at + _FAR)
    if end < 0 or data.find(b"</table", at, end) >= 0:
        _read.spend(8)
        return [], [], at + 1
    cells = [*_CELL.finditer(data, at, end)]
    _read.spend(1 + len(cells) + (end - at) // 64)
    return [cell[1] for cell in cells], [cell.span(2) for cell in cells], end + 4


def _told(data: bytes, rows: list[list[Span]], senses: list[Sense | None]) -> Iterator[Found]:
    """The values of the sensitive columns of rows."""
    for number, meaning in enumerate(senses):
        if meaning is not None:
            yield from column(data, [row[number] for row in rows], meaning)

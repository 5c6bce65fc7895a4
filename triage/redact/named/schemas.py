"""Tables in JSON whose columns a schema names beside the rows, as query services answer.

BigQuery and Google's charts wrap each cell in an object and each row, Athena and spreadsheets have the names in their
first row, Grafana and Splunk keep columns instead of rows, Metabase writes the names behind the rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named.cells import column
from triage.redact.named.headings import is_title, meanings
from triage.redact.named.keys import Sense
from triage.redact.text import Allowance, Found, Span

__all__ = ("LEADS",)

_Node = Span | list["_Node"] | dict[bytes, "_Node"] | None
"""A string or a word by its place, a list, an object; None for what is cut off."""

_TOKEN: Final = re.compile(rb'[\s,:]*(?:("(?:[^"\\]|\\.)*+")|([\[\]{}])|([^\s,:"\[\]{}]+))', re.DOTALL)
_ROWS: Final = re.compile(
    rb'(?i)"(rows|data|values|records|data_array|datarows|results|result|columns|datapoints|tuples)"\s{0,8}:\s{0,40}\['
)
_NAMES: Final = ("columns", "fields", "rowtype", "meta", "cols", "columnmetadata", "columninfo", "headers", "header")
_FIRST: Final = ("rows", "values", "data_array", "table")
# What a column is called under in its description, the surest first.
_CALLED: Final = (b"name", b"columnname", b"label", b"field", b"title", b"display_name", b"id")
_FAR: Final = 1 << 22
# How far the rows begin behind the names, and how many bytes are looked through in the time of a token.
_NEAR: Final = 1 << 16
_OF_A_STEP: Final = 16
_DEEPEST: Final = 12
_MOST_TRIES: Final = 4
_FEWEST: Final = 2
_LONGEST: Final = 8_192
_read: Final = Allowance(400)


def _parsed(data: bytes, at: int, end: int) -> tuple[_Node, int]:
    """The value of JSON that begins at a place, and where it ends; of a list that does not end what there is of it."""
    stack = list[tuple[list[_Node], bool]]()
    while token := _TOKEN.match(data, at, end):
        at = token.end()
        _read.spend()
        mark = token[2]
        node: _Node
        if mark in {b"[", b"{"}:
            if len(stack) >= _DEEPEST or not _read.left(data):
                break
            stack.append(([], mark == b"{"))
            continue
        if mark:
            if not stack:
                break
            items, named = stack.pop()
            node = _object(data, items) if named else items
        else:
            node = (token.start(1) + 1, token.end(1) - 1) if token[1] is not None else (token.end(3), token.end(3))
        if not stack:
            return node, at
        stack[-1][0].append(node)
    while len(stack) > 1:  # what is cut off has the rows before
        items, named = stack.pop()
        stack[-1][0].append(_object(data, items) if named else items)
    return stack[0][0] if stack and not stack[0][1] else None, at


def _object(data: bytes, items: list[_Node]) -> _Node:
    """An object, of its names and values in turns."""
    pairs = zip(items[::2], items[1::2], strict=False)
    return {data[slice(*name)].lower(): value for name, value in pairs if isinstance(name, tuple)}


def _cell(node: _Node) -> Span | None:
    """A cell: a string or a word, or an object around one."""
    if isinstance(node, dict):
        held = [value for value in node.values() if isinstance(value, tuple)]
        return held[0] if len(node) <= _FEWEST and held else None
    return node if isinstance(node, tuple) else None


def _row(node: _Node) -> list[Span]:
    """The cells of a row: of a list, or of the only list in an object."""
    if isinstance(node, dict):
        lists = [value for value in node.values() if isinstance(value, list)]
        node = lists[0] if lists else None
    cells = [_cell(item) for item in node] if isinstance(node, list) else []
    whole = [cell for cell in cells if cell is not None]
    return whole if len(whole) == len(cells) else []


def _named(data: bytes, nodes: _Node) -> list[bytes]:
    """What the columns are called of which these are the names or the descriptions; nothing where one has no name."""
    names = list[bytes]()
    for node in nodes if isinstance(nodes, list) else []:
        held = node
        if isinstance(node, dict):
            held = next((one for key in _CALLED if isinstance(one := node.get(key), tuple) and one[0] < one[1]), None)
        if not isinstance(held, tuple) or not is_title(data[slice(*held)]):
            return []
        names.append(data[slice(*held)])
    return names


def _columns(node: _Node, size: int, *, turned: bool) -> list[list[Span]]:
    """The columns of a table that is a list of rows, or of as many columns as there are names."""
    lists = [_row(item) for item in node] if isinstance(node, list) else []
    if turned and len(lists) == size and len({*map(len, lists)}) == 1:
        return lists
    rows = [row for row in lists if len(row) == size]
    return [[row[number] for row in rows] for number in range(size)] if rows else []


def _told(data: bytes, columns: list[list[Span]], senses: list[Sense | None]) -> Iterator[Found]:
    """The values of the sensitive columns."""
    for cells, meaning in zip(columns, senses, strict=True):
        if meaning is not None:
            yield from column(data, cells, meaning)


def _described(size: int, data: bytes, at: int) -> Iterator[Found]:
    """What stands in the sensitive columns of a table whose columns a list names."""
    if not _read.left(data):
        return
    nodes, end = _parsed(data, at + size - 1, at + _LONGEST)
    names = _named(data, nodes)
    senses = meanings(names) if names else []
    if not any(senses):
        return
    place = end
    for _ in range(_MOST_TRIES):
        rows = _ROWS.search(data, place, end + _NEAR)
        _read.spend(((rows.start() if rows else min(end + _NEAR, len(data))) - place) // _OF_A_STEP)
        if rows is None or not _read.left(data):
            break
        place = rows.end()
        found, _ = _parsed(data, place - 1, end + _FAR)
        around = data[max(rows.start() - 40, 0) : rows.start()]
        turned = rows[1].lower() == b"columns" or (rows[1] == b"values" and around.rstrip(b" \n\r\t").endswith(b"{"))
        if columns := _columns(found, len(names), turned=turned):
            yield from _told(data, columns, senses)
            return
    before = data.rfind(b'"rows"', max(at - _FAR, 0), at) if _read.left(data) else -1
    _read.spend((at - max(before, at - _FAR, 0)) // _OF_A_STEP)
    above = _ROWS.match(data, before) if before >= 0 else None
    if above is not None:
        found, _ = _parsed(data, above.end() - 1, at)
        if columns := _columns(found, len(names), turned=False):
            yield from _told(data, columns, senses)


def _headed(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The same of a table whose first row names its columns."""
    if not _read.left(data):
        return
    first, _ = _parsed(data, at + size, at + _LONGEST)
    header = _row(first)
    names = [data[slice(*cell)] for cell in header]
    senses = meanings(names) if len(names) >= _FEWEST and all(map(is_title, names)) else []
    if not any(senses):
        return
    nodes, _ = _parsed(data, at + size - 1, at + _FAR)
    columns = _columns(nodes, len(names), turned=False)
    yield from _told(data, [cells[1:] for cells in columns], senses if columns else [])


LEADS: Final = (
    (tuple(f'"{name}":{blank}[' for name in _NAMES for blank in ("", " ")), _described),
    (tuple(f'"{name}":{blank}[' for name in _FIRST for blank in ("", " ")), _headed),
)
"""What such tables hold, in small letters, and what reads them."""

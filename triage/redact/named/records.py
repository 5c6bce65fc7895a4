"""Records that clients of databases write over many lines: on each a column and its value.

psql's `-[ RECORD 1 ]---`, the `1. row` of MySQL between stars, cqlsh's `@ Row 1`. Every row is a name with its value,
and the next row is none of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import values
from triage.redact.named.headings import CELL, NAMED, VALUES, meanings
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense, sense
from triage.redact.pii.forms import plain
from triage.redact.pii.persons import is_person
from triage.redact.text import Allowance, Found, Span

__all__ = ("LEADS", "holds", "recorded", "told")

LEADS: Final = (
    "-[ record ", "\u2500[ record ", "* record ", "-[ datensatz ", "-[ registro ", "-[ enregistrement ", "-[ rekord ",
    "-[ post ", ". row ***", "@ row ",
)  # fmt: skip
"""How the heads of such records begin, in small letters."""
_HEAD: Final = re.compile(
    rb"(?i)(?:\+?(?:-|\xe2\x94\x80)\[ [a-z]{3,16} [0-9]{1,9} \](?:[-+]|\xe2[\x94\x95][\x80-\xbf]){0,400}"
    rb"|\* record [0-9]{1,9}|\*{3,80} [0-9]{1,9}\. row \*{3,80}|@ row [0-9]{1,9})[ \t]*\r?\n"
)
_FAR: Final = 8_192
_MOST: Final = 400
_BAR: Final = rb"(?:\||\xe2\x94\x82)"
# A rule, as cqlsh draws one below the head; a name and its value.
_RULE: Final = re.compile(rb"[-+]{3,400}[ \t]*\r?\n")
_ROW: Final = re.compile(
    rb"(?:" + _BAR + rb")?[ \t]{0,64}([^\s|:][^|:\n\t]{0,80}?)(?:[ \t]{0,64}" + _BAR + rb"|:(?=[ \r\n]))[ \t]?"
    rb"([^\n]{0,65536})(?:\n|\Z)"
)
_SET_APART: Final = re.compile(rb"([A-Za-z_]\w{0,62})[ ]{1,64}()([^\n]{0,65536})(?:\n|\Z)")
# The next line of a value.
_GOES_ON: Final = re.compile(rb"(?:" + _BAR + rb")?[ \t]{2,80}" + _BAR + rb"[ \t]?([^\n]{0,4096})(?:\n|\Z)")
_NO_VALUES: Final = frozenset({b"", b"t", b"f", b"\\N", b"(null)"})
_READ_OTHERWISE: Final = frozenset({"entropy", "query", "header", "cookies"})
_read: Final = Allowance(60)


def recorded(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """What stands under the sensitive names of a record whose head holds a place."""
    start = data.rfind(b"\n", max(at - 100, 0), at) + 1
    head = _HEAD.match(data, start)
    if head is None:
        return
    rows = [*_rows(data, head.end(), bare=data[start : start + 8].lower() == b"* record")]
    yield from told(data, rows, [data[slice(*name)] for name, _ in rows])


def told(data: bytes, rows: list[tuple[Span, list[Span]]], names: list[bytes]) -> Iterator[Found]:
    """What stands under the sensitive ones of names; in `rows` is where each stands, with the lines of its value."""
    for (name, parts), meaning in zip(rows, _senses(data, rows, names), strict=True):
        if meaning is not None:
            yield from _held(data, name, parts, meaning)


def holds(data: bytes, at: int) -> bool:
    """Whether the line that begins at a place is a row of a record of psql's."""
    start = data.rfind(b"[ ", max(at - _FAR, 0), at)
    if start < 0 or data.find(b"\n\n", start, at) >= 0:
        return False
    return _HEAD.match(data, data.rfind(b"\n", max(start - 8, 0), start) + 1) is not None


def _rows(data: bytes, at: int, *, bare: bool) -> Iterator[tuple[Span, list[Span]]]:
    """The names of a record, each with the lines of its value."""
    if rule := _RULE.match(data, at):
        at = rule.end()
    for _ in range(_MOST):
        row = (_SET_APART if bare else _ROW).match(data, at) if _read.left(data) else None
        if row is None:
            return
        _read.spend()
        parts = [_trimmed(data, row.span(row.lastindex or 0))]
        at = row.end()
        while not bare and (more := _GOES_ON.match(data, at)) and _read.left(data):
            _read.spend()
            parts.append(_trimmed(data, more.span(1)))
            at = more.end()
        if len(parts) > 1:  # a sign says that a line goes on
            parts = [(begin, end - data.endswith(b"+", begin, end)) for begin, end in parts]
            parts = [(begin, begin + len(data[begin:end].rstrip())) for begin, end in parts]
        yield row.span(1), parts


def _trimmed(data: bytes, span: Span) -> Span:
    """A value without the blanks around it, and the bar that closes its row."""
    start, end = span
    text = data[start:end].rstrip(b" \t\r")
    for bar in (b"|", b"\xe2\x94\x82"):
        if data[start - 1 : start] != b":" and text.endswith(b" " + bar):
            text = text.removesuffix(bar).rstrip(b" \t")
    left = len(text) - len(text.lstrip(b" \t"))
    return start + left, start + len(text)


def _senses(data: bytes, rows: list[tuple[Span, list[Span]]], names: list[bytes]) -> Iterator[Sense | None]:
    """What the names say; a value below a name that is one itself is told by that."""
    small = [name.strip().lower() for name in names]
    named = next((number for number, name in enumerate(small) if name in NAMED), -1)
    own = sense(data[slice(*rows[named][1][0])].decode("latin-1")) if named >= 0 else None
    for name, meaning in zip(small, meanings(names), strict=True):
        said = meaning or (sense(plain(name)) if CELL.fullmatch(name) else None)
        said = own if own is not None and name in VALUES else said
        yield said if said is not None and said.weak not in _READ_OTHERWISE else None


def _held(data: bytes, name: Span, parts: list[Span], meaning: Sense) -> Iterator[Found]:
    """What a value holds, or each line of a secret that has several."""
    if len(parts) > 1 and not meaning.weak:
        yield from ((*part, meaning.kind, "record") for part in parts if part[0] < part[1])
        return
    span = parts[0]
    value = data[slice(*span)]
    if value in _NO_VALUES or (not meaning.weak and values.is_name(value)):
        return
    for found in judged(data, span, meaning, in_quotes=True, assigned=True, name=name):
        if meaning.kind != "person" or is_person(data[found[0] : found[1]]):
            yield (*found[:3], "record") if found[2] else found

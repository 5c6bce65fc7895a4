"""Values that stand beside their names: the text of an XML element, the next cell of a table or item of a list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import credentials, extents, values
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense
from triage.redact.pii.people import TOLD
from triage.redact.text import BACKSLASH, Found, Span, line_of

__all__ = ("INNER_ELEMENT", "SKIP", "XML_END", "cell", "element", "neighbour", "pair")

SKIP: Final = re.compile(rb"""[ \t]{0,64}(?:\r?\n[ \t]{1,64}(?=\\{0,15}["']|string\([0-9]))?(?:![\w!-]{2,40} )?""")
INNER_ELEMENT: Final = re.compile(rb"\s{0,40}<[\w:]{0,20}value[^<>]{0,60}>", re.IGNORECASE)
XML_END: Final = re.compile(
    rb"\s{0,80}[^<\n]{1,4096}(?:(?<=\\)\r?\n[^<\n]{1,1024}){0,3}"
    rb"(?:\r?\n[ \t]{0,40}[\w+/=.~-]{1,1024}(?=[\r\n<])){0,64}\s{0,80}(?=</)|<!\[CDATA\[[^\]]{1,4096}"
)
_BLANKS: Final = re.compile(rb"[ \t]{0,64}")
_SHORTEST_CODE: Final = 4
_CDATA: Final = b"<![CDATA["
# What ends a cell, a term or a label that a value stands beside, and what stands around a pair in a row of them.
_CELL_END: Final = re.compile(rb"(?:\\?[\"']\])?(?:&nbsp;)?[ :=]{0,3}</(?:t[hd]|dt|b|strong|label|span|code|pre)>")
# The rest of a word in the next row of a table, where the cell of the name is empty.
# Below the header of a table as clients of databases draw it.
_RULE_BELOW: Final = re.compile(rb"\r?\n[ \t]{0,8}[|+]?-{2,400}\+-[-+|]{0,400}[ \t]*(?:\r?\n|\Z)")
_ROW_BELOW: Final = re.compile(
    rb"[ \t]{0,80}\|?[ \t]{0,8}\r?\n[ \t]{0,16}\|[ \t]{2,80}\|[ \t]{1,8}([\w+/=.~-]{2,400})"
    rb"(?=[ \t]{0,80}(?:\||\r?\n|\Z))"
)
_MARKED_CELL: Final = re.compile(rb"(\*\*|__|\*)?(?:`(?=`))?")
_ROW_MARKS: Final = frozenset({b"'", b'"', b":", b"b"})
_LINE_ENDS: Final = frozenset({b"", b"\n", b"\r", b"\\"})
_FLAG: Final = re.compile(rb"--?[A-Za-z][a-z]{0,20}(?:-[a-z]{1,20}){0,4}")
_CALL: Final = re.compile(rb"\w!?\(\Z")


def element(data: bytes, name: Span, end: int, meaning: Sense) -> Iterator[Found]:
    """The text of an XML element that is closed again."""
    opened = data.rfind(b"<", max(name[0] - 60, 0), name[0])
    if opened < 0 or b">" in data[opened : name[0]] or b" " in data[opened : name[0]]:
        return
    inner = INNER_ELEMENT.match(data, end)
    match = XML_END.match(data, inner.end() if inner else end)
    if match is None:
        return
    start, stop = match.span()
    if data.startswith(_CDATA, start):
        start += len(_CDATA)
    text = data[start:stop]
    start += len(text) - len(text.lstrip())
    stop -= len(text) - len(text.rstrip())
    if start < stop:
        yield from judged(data, (start, stop), meaning, in_quotes=True, assigned=True, name=name)


def cell(data: bytes, name: Span, at: int, meaning: Sense) -> Iterator[Found]:
    """The next cell of a table drawn with bars or dots."""
    blanks = _BLANKS.match(data, at)
    marks = _MARKED_CELL.match(data, blanks.end() if blanks else at)
    span = extents.after(data, marks.end()) if marks else None
    if marks and span and marks[1] and data[: span[1]].endswith(marks[1], span[0] + 1):
        span = span[0], span[1] - len(marks[1])
    if span and _RULE_BELOW.match(data, line_of(data, span[1], most=400)[1]):
        return
    if marks and meaning.kind == "secret":
        span = values.mnemonic(data, marks.end()) or span
    value = data[slice(*span)] if span else b""
    code = value.isdigit() and len(value) >= _SHORTEST_CODE and meaning.kind in {"pin", "token"}
    if span and (meaning.weak or code or values.mixed(value, least=4) or values.is_passphrase(value) or b" " in value):
        yield from _on_rows(data, [*judged(data, span, meaning, in_quotes=False, assigned=False, name=name)])


def _on_rows(data: bytes, found: list[Found]) -> Iterator[Found]:
    """What a cell holds, and the rest of it in the rows below whose name is empty."""
    for one in found:
        yield one
        end = one[1]
        while row := _ROW_BELOW.match(data, end):
            yield *row.span(1), *one[2:]
            end = row.end(1)


def pair(data: bytes, begin: int, end: int, meaning: Sense) -> Iterator[Found]:
    """The second of two items of a list: a header as a pair, a flag before its value."""
    opening = max(data.rfind(quote, max(begin - 4, 0), begin) for quote in (b'"', b"'", data[end - 1 : end]))
    flag = data[begin - 1 : begin] == b"-"
    slashes = 0
    while data[end - 2 - slashes] == BACKSLASH:
        slashes += 1
    stop = extents.closing(data, end, slashes, data[end - 1 : end])
    if stop is None:
        return
    behind = data[stop + slashes + 1 : stop + slashes + 9]
    before = data[max(opening - 9 - slashes, 0) : max(opening - slashes, 0)]
    if before[-1:] == b"b":  # bytes of Python
        before = before[:-1]
    value = data[end:stop]
    if flag and _FLAG.fullmatch(value):  # the flag before is given nothing
        return
    called = _CALL.search(before.rstrip()) is not None and values.mixed(value, least=5)
    alone = (
        before.rstrip().endswith((b"[", b"("))
        and behind.lstrip().startswith((b"]", b")"))
        and not (_CALL.search(before.rstrip()) and value.isalpha())
    )
    in_row = _is_row(before, behind, first=opening - slashes) and _mixed(value)
    if not flag and not called and not alone and not in_row:
        return
    if meaning.weak == "header":
        yield from credentials.header(data, (end, stop), end)
    elif meaning.weak == "cookies":
        yield from credentials.cookies(data, (end, stop))
    else:
        yield from judged(data, (end, stop), meaning, in_quotes=True, assigned=True, name=(begin, begin + 1))


def _mixed(value: bytes) -> bool:
    """Whether a word that stands beside a name is no other name."""
    return values.mixed(value.rpartition(b" ")[2], least=8) and not values.is_name(value)


def _is_row(before: bytes, behind: bytes, *, first: int) -> bool:
    """Whether a name and its value are all of a line, or stand between other such pairs without a comma."""
    _, newline, rest = before.rpartition(b"\n")
    if not rest.strip() and (newline or first <= len(before)):
        return behind[:1] in _LINE_ENDS
    return before[-1:] == b" " and rest.rstrip()[-1:] in _ROW_MARKS and behind.lstrip()[:1] in _ROW_MARKS - {b":"}


def neighbour(data: bytes, name: Span, end: int, meaning: Sense) -> Iterator[Found]:
    """The text of the element behind that of its name: a value, the next cell of a table, what a term means."""
    text = XML_END.match(data, end)
    if text is None:
        return
    value = data[slice(*text.span())].strip()
    sure = meaning.weak in TOLD or (b" " not in value and values.mixed(value, least=6))
    if not _CELL_END.match(data, name[1]) or sure:
        yield from judged(data, text.span(), meaning, in_quotes=True, assigned=True, name=name)

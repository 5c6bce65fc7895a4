"""What is nested under a name, as its scalars with their keys: brackets, lines of YAML, a section, elements of XML.

Only as much of each language is followed as tells keys from values and where all of it ends. Whatever reads on from a
name takes its steps from one allowance for the text, so that names that lie in one another cost no more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from triage.redact import masks
from triage.redact.named import extents
from triage.redact.text import Allowance, Span, line_of

__all__ = ("NO_KEY", "Owns", "Scalar", "brackets", "elements", "lines", "section")

NO_KEY: Final = (0, 0)
Owns = Callable[[bytes], bool]
"""Says whether what stands under a key is found by that key."""
_walked: Final = Allowance(300)

# Blanks, also those that a string writes out, commas, and comments behind a blank.
_SKIPPED: Final = re.compile(
    rb"(?:[\s,]|\\{1,7}[nrt]|(?<=[\s,\[{])(?:#|//)[^\n]{0,400}(?=\n)|(?<=[\s,\[{])/\*[^*]{0,400}\*/)*+"
)
_SEPARATES: Final = re.compile(rb"[,\n]|\\n")
_SIGN: Final = re.compile(rb"\s{0,16}(?:=>|[:=](?!=))(?!//)")
_BARE_KEY: Final = re.compile(rb":?([\w.$@/-]{1,80})[ \t]{0,16}(?:=>|:(?=[\s\"'\\\[{])|=(?![=~>]))")
_BARE: Final = re.compile(rb"""[^\s,\[\]{}"'`;\\<>]{1,4096}""")
_TO_END: Final = re.compile(rb"""[^\n,\[\]{}"'`;\\<>#]{1,400}""")
_ARRAY: Final = re.compile(rb"(?:array|dict|hash)\(")
_OPENING: Final = frozenset({b"{", b"["})
_CLOSING: Final = frozenset({b"}", b"]", b")"})

_INDENT: Final = re.compile(rb"[ \t]*+")
_DASHES: Final = re.compile(rb"(?:-[ \t]+)*+(?:-(?=\r?(?:\n|\Z)))?")
_LINE_KEY: Final = re.compile(
    rb"""(?:"([^"\\\n]{0,120})"|'([^'\\\n]{0,120})'|([^\s"'#\[\]{},&*!|>%@`-][^\n:#]{0,119}?|-[\w.-]{1,80}))"""
    rb"""[ \t]{0,16}:(?=[ \t\r\n]|\Z)"""
)
_TAGS: Final = re.compile(rb"[ \t]*+(?:[&!][^\s,\[\]{}]{0,80}(?:[ \t]+|(?=\r?\n)))*+")
_BLOCK: Final = re.compile(rb"[|>][-+0-9]{0,2}[ \t\r]*+(?=\n)")
_NOTHING: Final = re.compile(rb"[ \t\r]*+(?:#|\n|\Z)")
_DOCUMENT: Final = re.compile(rb"(?:---|\.\.\.)[ \t\r]*+(?=\n|\Z)")

_ENTRY: Final = re.compile(rb"""[ \t]*+["']?([\w./@$ -]{1,80}?)["']?[ \t]*+(?:=>?|:(?=[ \t]))[ \t]*+""")
_COMMENT: Final = frozenset({b"#", b";", b"", b"\r"})

_TAG: Final = re.compile(
    rb"""<!--[^>]{0,400}-->|<!\[CDATA\[([^\]]{0,4096})\]\]>|</(?:[\w.-]{1,60}:)?([\w.-]{1,80})\s{0,8}>"""
    rb"""|<(?:[\w.-]{1,60}:)?([A-Za-z_][\w.-]{0,79})((?:\s[^<>"']{0,100}(?:"[^"<>]{0,400}"|'[^'<>]{0,400}')){0,12})\s{0,80}(/?)>"""
    rb"""|([^<]{1,4096})"""
)
_ATTRIBUTE: Final = re.compile(rb"""\s(?:(key|name|id)|(value))\s{0,4}=\s{0,4}(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)


class Scalar(NamedTuple):
    """Where a scalar stands, the nearest key above it that is no number, whether in quotes; or a mask in its place."""

    span: Span
    key: Span
    in_quotes: bool
    masked: bool = False


class _Level(NamedTuple):
    """What is open: in which column or how, under which key, and whether that key finds what is in it."""

    mark: int
    key: Span
    owned: bool


def _under(data: bytes, level: _Level, key: Span | None, mark: int, owns: Owns) -> _Level:
    """What opens under a key of a level: a number is none."""
    if key is None or data[slice(*key)].isdigit():
        return _Level(mark, level.key, level.owned)
    return _Level(mark, key, level.owned or owns(data[slice(*key)]))


def brackets(data: bytes, at: int, owns: Owns) -> tuple[list[Scalar], int]:
    """What stands in the brackets that open at a place, and where they close."""
    found: list[Scalar] = []
    array = _ARRAY.match(data, at)
    levels = [_Level(0x5B if array else data[at], NO_KEY, owned=False)]
    at = array.end() if array else at + 1
    key: Span | None = None
    separated = True
    while levels and _walked.left(data):
        _walked.spend()
        blanks = _SKIPPED.match(data, at)
        stop = blanks.end() if blanks else at
        separated = separated or _SEPARATES.search(data, at, stop) is not None
        at, first, level = stop, data[stop : stop + 1], levels[-1]
        mask = masks.MASK.match(data, at) if first == b"[" else None
        opened = extents.quoted(data, at) if first in b"\"'\\`bBuUrR" and first else None
        if mask:
            found.append(Scalar(mask.span(), _under(data, level, key, 0, owns).key, in_quotes=False, masked=True))
            key, at, separated = None, mask.end(), False
        elif first in _OPENING or (array := _ARRAY.match(data, at)):
            levels.append(_under(data, level, key, first[0] if first in _OPENING else 0x5B, owns))
            key, separated = None, True
            at = at + 1 if first in _OPENING or array is None else array.end()
        elif first in _CLOSING:
            levels.pop()
            key, at, separated = None, at + 1, False
        elif opened and key is None and (sign := _SIGN.match(data, opened[1])):
            key, at = opened[0], sign.end()
        elif opened:
            mine = _under(data, level, key, 0, owns)
            if (key is not None or separated) and not mine.owned:
                found.append(Scalar(opened[0], mine.key, in_quotes=True))
            key, at, separated = None, max(opened[1], at + 1), False
        elif key is None and separated and (named := _BARE_KEY.match(data, at)):
            key, at = named.span(1), named.end()
        elif bare := (_TO_END if key is not None and data[key[1] : key[1] + 1] == b":" else _BARE).match(data, at):
            span = bare.start(), bare.start() + len(bare.group().rstrip())
            mine = _under(data, level, key, 0, owns)
            # Behind a sign of equality a word is code.
            told = data[slice(*_sign(data, key))].strip() != b"=" if key else level.mark == 0x5B and separated
            if told and not mine.owned:
                found.append(Scalar(span, mine.key, in_quotes=False))
            key, at, separated = None, bare.end(), False
        else:
            break
    return found, at


def _sign(data: bytes, key: Span) -> Span:
    """What stands behind a key, without the quote that closes it."""
    start = key[1] + (data[key[1] : key[1] + 1] in {b'"', b"'"})
    sign = _SIGN.match(data, start)
    return sign.span() if sign else (start, start)


def lines(data: bytes, at: int, column: int, owns: Owns) -> Iterator[Scalar]:
    """What stands on the lines of YAML below a key that begins in a column, from the end of its line on."""
    levels = [_Level(column, NO_KEY, owned=False)]
    while data[at : at + 1] == b"\n" and _walked.left(data):
        _walked.spend()
        start = at + 1
        indent = _INDENT.match(data, start)
        first = indent.end() if indent else start
        at = line_of(data, first)[1]
        if _NOTHING.match(data, first):
            continue
        dashes = _DASHES.match(data, first)
        begin = dashes.end() if dashes else first
        depth, is_item = begin - start, begin > first
        if first - start < column or (first - start == column and not is_item) or _DOCUMENT.match(data, start):
            return
        while len(levels) > 1 and levels[-1].mark >= depth:
            levels.pop()
        level = levels[-1]
        named = _LINE_KEY.match(data, begin)
        key = named.span(named.lastindex or 0) if named else None
        level = _under(data, level, key, depth, owns)
        if key is not None:
            levels.append(level)
        elif not is_item:
            continue
        if level.owned and not named:
            continue
        tags = _TAGS.match(data, named.end() if named else begin)
        found, at = _on_line(data, tags.end() if tags else begin, at, level, owns)
        yield from found
        if data[at : at + 1] != b"\n":
            at = line_of(data, at)[1]


def _on_line(data: bytes, begin: int, end: int, level: _Level, owns: Owns) -> tuple[list[Scalar], int]:
    """The value that begins at a place of a line, and a place on the line where it ends."""
    first = data[begin : begin + 1]
    if begin >= end or _NOTHING.match(data, begin) or first in {b"*", b"!"}:
        return [], end
    if _BLOCK.match(data, begin):
        texts, end = _texts(data, end, level.mark)
        return ([] if level.owned else [Scalar(text, level.key, in_quotes=True) for text in texts]), end
    if first == b"[" and (mask := masks.MASK.match(data, begin)):
        return [Scalar(mask.span(), level.key, in_quotes=False, masked=True)], end
    if first in _OPENING:
        found, stop = brackets(data, begin, owns)
        if level.owned:
            return [], stop
        return [one if one.key != NO_KEY else one._replace(key=level.key) for one in found], stop
    if level.owned:
        return [], end
    if opened := extents.quoted(data, begin):
        mask = masks.MASK.fullmatch(data, *opened[0])
        return [Scalar(opened[0], level.key, in_quotes=True, masked=mask is not None)], end
    span = extents.to_line_end(data, begin, words=True)
    return ([Scalar(span, level.key, in_quotes=False)] if span else []), end


def _texts(data: bytes, at: int, column: int) -> tuple[list[Span], int]:
    """The lines of a block of text below a key in a column, and where the last one ends."""
    found: list[Span] = []
    while data[at : at + 1] == b"\n" and _walked.left(data):
        _walked.spend()
        start, end = line_of(data, at + 1)
        text = data[start:end]
        depth = len(text) - len(text.lstrip(b" \t"))
        if text.strip() and depth <= column:
            break
        if text.strip():
            found.append((start + depth, start + len(text.rstrip())))
        at = end
    return found, at


def section(data: bytes, at: int, owns: Owns) -> Iterator[Scalar]:
    """What stands in a section of TOML or of a settings file, from the end of its head on to the next one."""
    while data[at : at + 1] == b"\n" and _walked.left(data):
        _walked.spend()
        start = at + 1
        indent = _INDENT.match(data, start)
        first = indent.end() if indent else start
        at = line_of(data, first)[1]
        if data[first : first + 1] in _COMMENT or first >= at:
            continue
        entry = _ENTRY.match(data, start) if data[first : first + 1] != b"[" else None
        if entry is None:
            return
        key = entry.span(1)
        level = _under(data, _Level(0, NO_KEY, owned=False), key, 0, owns)
        found, at = _on_line(data, entry.end(), at, level, owns)
        yield from found
        if data[at : at + 1] != b"\n":
            at = line_of(data, at)[1]


def elements(data: bytes, at: int, owns: Owns) -> list[Scalar]:
    """What stands in the element of XML whose tag ends at a place; nothing where tags do not close one another."""
    found: list[Scalar] = []
    levels: list[_Level] = [_Level(0, NO_KEY, owned=False)]
    while levels and _walked.left(data):
        _walked.spend()
        tag = _TAG.match(data, at)
        if tag is None:
            break
        at = tag.end()
        group, level = tag.lastindex, levels[-1]
        if group in {1, 6}:
            text = tag[group]
            begin = tag.start(group) + len(text) - len(text.lstrip())
            if text.strip() and not level.owned:
                span = begin, begin + len(text.strip())
                masked = masks.MASK.fullmatch(data, *span) is not None
                found.append(Scalar(span, level.key, in_quotes=True, masked=masked))
        elif group == 2:
            if len(levels) > 1 and data[slice(*level.key)] != tag[2]:
                return []
            levels.pop()
        elif tag[3] is not None:
            opened = _Level(1, tag.span(3), owned=level.owned or owns(tag[3]))
            found += [] if opened.owned else _attributes(data, tag.span(4), opened.key)
            if not tag[5]:
                levels.append(opened)
    return found


def _attributes(data: bytes, place: Span, key: Span) -> list[Scalar]:
    """The value among the attributes of an element, under the name that another one gives."""
    values: list[Span] = []
    for one in _ATTRIBUTE.finditer(data, *place):
        span = one.span(3 if one[3] is not None else 4)
        if one[1]:
            key = span
        else:
            values.append(span)
    return [Scalar(span, key, in_quotes=True) for span in values]

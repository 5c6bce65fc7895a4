"""Masks put in place so that a document stays one: JSON, NDJSON, YAML and Prometheus text parse, XML stays as it was.

A mask never cuts an escape, never takes a quote or bracket with it, and stands in quotes where a number stood. Strings
of JSON do not reach over lines, so that each line that holds a mask is looked at by itself. A line of Prometheus text
whose name or value had to be masked becomes a comment. A value of YAML stays the text that it was.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from triage.redact.members import told_apart
from triage.redact.scalars import Scalar, is_yaml, plain
from triage.redact.text import Span, line_of
from triage.sources.returns import ended_bytes

__all__ = ("Edit", "apply", "kind_of")

_STRING: Final = re.compile(rb'"(?:[^"\\\n]|\\.)*+"?', re.DOTALL)
_ESCAPE: Final = re.compile(rb"\\(?:u[0-9a-fA-F]{4}|.)", re.DOTALL)
_LITERAL: Final = re.compile(rb"[^\s,:{}\[\]\"]+")
_JOINED: Final = re.compile(rb"""(\\{0,15}["'])[ \t]{0,8}:[ \t]{0,8}\Z""")
_LITERAL_END: Final = re.compile(rb"[ \t]{0,8}(?:[,}\]]|\\{0,4}[nr]|\r?\n|\Z)")
_SAMPLE: Final = re.compile(
    rb"(?m)^(?:# (?:HELP|TYPE) [a-zA-Z_:]"
    rb"|[a-zA-Z_:][a-zA-Z0-9_:]*(?:\{[^\n]*\})?[ \t]+(?:[-+]?\.?[0-9][^\s]*|NaN|[-+]?Inf)(?:[ \t]+-?[0-9]+)?[ \t]*\r?$)"
)
_ELEMENT: Final = re.compile(rb"<(?:[?!]|[A-Za-z][\w:.-]*[\s>/])")
# What may close between the end of a scalar and that of its line.
_CLOSED: Final = b" \t\r]},"
_TICK: Final = re.compile(rb"'")
_QUOTE: Final = ord('"')
_OPENING: Final = frozenset({b"{", b"["})
_BEGINNINGS: Final = _OPENING | {b'"'}
_JSON: Final = frozenset({"json", "ndjson"})
_OF_LINES: Final = _JSON | {"prometheus"}
_YAML: Final = (".yaml", ".yml")
_LOOKED_AT: Final = 4_096
_BEFORE_TEXT: Final = b"\xef\xbb\xbf \t\r\n"


class Edit(msgspec.Struct, frozen=True, gc=False):
    """A range that is replaced, and what by."""

    start: int
    end: int
    mask: bytes


def kind_of(data: bytes, name: str = "") -> str | None:
    """What a text is, for `apply`: ``json``, ``ndjson``, ``prometheus``, ``xml``, ``yaml`` or None.

    YAML says so in its first line or by the `name` of its file.

    Examples
    --------
    >>> kind_of(b'{"a": 1}'), kind_of(b"up 1\\n"), kind_of(b"a line"), kind_of(b"a: line", "a.yml")
    ('json', 'prometheus', None, 'yaml')
    """
    kind = _kind_of(data)
    if kind not in _JSON and (
        name.lower().endswith(_YAML) or (kind is None and is_yaml(ended_bytes(data[:_LOOKED_AT])))
    ):
        return "yaml"
    return kind


def _kind_of(data: bytes) -> str | None:
    """What a text is that is none of YAML."""
    raw = data[:_LOOKED_AT].lstrip(_BEFORE_TEXT)
    head = ended_bytes(raw)
    if head[:1] in _OPENING:
        first, _, rest = head.partition(b"\n")
        if (more := rest.strip()[:1]) and _is_json(first):
            return "ndjson" if more in _OPENING else None  # a log, of which some lines are JSON
        return (
            "json"
            if head[1:64].lstrip()[:1] in {b'"', b"{", b"[", b"}", b"]"} or _is_json(data.lstrip(_BEFORE_TEXT))
            else None
        )
    if _ELEMENT.match(head):
        return "xml"
    # Samples end with line feeds, and their labels may hold returns.
    lines = [line for line in (raw if b"\n" in raw else head).split(b"\n")[:40] if line.strip()]
    samples = sum(bool(_SAMPLE.match(line)) for line in lines)
    return "prometheus" if samples and samples * 10 >= len(lines) * 8 else None


class _Part(NamedTuple):
    """What is put in place of a range: for which edit (-1 for none), and how much of it goes around the mask."""

    number: int
    start: int
    end: int
    text: bytes
    around: int = 0


def apply(data: bytes, edits: Sequence[Edit], media: str | None) -> tuple[bytes, list[tuple[int, int, int]]]:
    """The text with its edits made, and for each mask that stands in it: its edit, where it begins, its length."""
    if not edits:
        return data, []
    out: list[bytes] = []
    places = []
    at = size = 0
    # Within a document of JSON a return is a blank, and the strings around it go on, as labels of Prometheus do.
    lines = data if media == "json" or (media == "prometheus" and b"\n" in data) else ended_bytes(data)
    for index, start, end, text, around in sorted(_parts(lines, edits, media), key=lambda part: part[1:3]):
        if end <= at and start < at:  # the part before grew over it
            continue
        begin = max(start, at)
        out += (data[at:begin], text)
        size += begin - at
        if index >= 0:
            places.append((index, size + around, len(text) - 2 * around))
        size += len(text)
        at = end
    out.append(data[at:])
    return told_apart(b"".join(out), places, whole=media == "json")


def _parts(data: bytes, edits: Sequence[Edit], media: str | None) -> Iterator[_Part]:
    """The parts of each edit, as the line that it stands in asks for."""
    if media == "yaml":
        yield from _in_yaml(data, edits)
        return
    line = (-1, -1)
    strings: list[Span] | None = None
    commented = False
    kind = media
    for index, given in _by_lines(data, edits, media):
        edit = given
        if not line[0] <= edit.start <= line[1]:
            line = line_of(data, edit.start, most=len(data))
            kind = _kind_of_line(data, line, media)
            strings = _strings(data, line, kind)
            commented = False
        if strings is None:
            if kind == "prometheus" and edit.start == line[0]:
                yield _Part(-1, line[0], line[0], b"# ")
            yield _in_text(data, index, edit)
            continue
        if kind == "prometheus" and (edit := _in_braces(data, given, strings)).start == edit.end:
            continue
        if kind == "prometheus" and not commented and not _is_inside(edit, strings, len(data)):
            commented = True
            yield _Part(-1, line[0], line[0], b"# ")
        if edit.end > line[1]:
            yield _in_text(data, index, edit)
        else:
            yield from _in_strings(data, index, edit, strings, literals=kind != "prometheus")


def _in_yaml(data: bytes, given: Sequence[Edit]) -> Iterator[_Part]:
    """The parts in YAML: a plain scalar that a mask begins, or that has one inside of brackets, in single quotes."""
    scalars = [*plain(data)]
    numbered = [*_by_scalars(data, given, scalars)]
    yield from (_Part(index, edit.start, edit.end, edit.mask) for index, edit in numbered)
    edits = [edit for _, edit in numbered]
    starts, first = [edit.start for edit in edits], 0
    for scalar in scalars:
        while first < len(edits) and edits[first].end <= scalar.start:
            first += 1
        last = bisect_right(starts, scalar.end - 1, first)
        if first == last or (edits[first].start > scalar.start and not scalar.in_brackets):
            continue
        at, end = min(scalar.start, starts[first]), max(scalar.end, edits[last - 1].end)
        yield _Part(-1, at, at, b"'")
        for edit in (*edits[first:last], Edit(end, end, b"")):
            yield from (_Part(-1, found.start(), found.start(), b"'") for found in _TICK.finditer(data, at, edit.start))
            at = edit.end
        yield _Part(-1, end, end, b"'")


def _by_scalars(data: bytes, edits: Sequence[Edit], scalars: Sequence[Scalar]) -> Iterator[tuple[int, Edit]]:
    """The edits with their numbers; one that goes on behind the line in which a plain scalar ends is made in both."""
    ends = [scalar.end for scalar in scalars]
    for index, edit in enumerate(edits):
        start = edit.start
        for end in ends[bisect_right(ends, start) : bisect_right(ends, edit.end - 1)]:
            newline = data.find(b"\n", end, edit.end)
            if start < end <= newline and not data[end:newline].strip(_CLOSED):
                yield index, Edit(start, end, edit.mask)
                start = edit.end - len(data[newline : edit.end].lstrip())
        if start < edit.end:
            yield index, Edit(start, edit.end, edit.mask)


def _by_lines(data: bytes, edits: Sequence[Edit], media: str | None) -> Iterator[tuple[int, Edit]]:
    """The edits with their numbers; in a document of lines one that reaches over several is made in each of them."""
    for index, edit in enumerate(edits):
        start = edit.start
        while media in _OF_LINES and (newline := data.find(b"\n", start, edit.end)) >= 0:
            if newline > start:
                yield index, Edit(start, newline, edit.mask)
            start = newline + 1
            if media == "prometheus" and _SAMPLE.match(data, start):
                start = edit.end  # no label goes on with a sample
        if start < edit.end:
            yield index, Edit(start, edit.end, edit.mask)


def _kind_of_line(data: bytes, line: Span, media: str | None) -> str | None:
    """What a line is: JSON wherever it stands; a line of text among those of JSON is text."""
    if media == "ndjson":
        # What a text begins with may be the rest of a line.
        return media if not line[0] or data[slice(*line)].lstrip()[:1] in _BEGINNINGS else None
    return "json" if media != "json" and _holds_json(data[slice(*line)]) else media


def _holds_json(line: bytes) -> bool:
    """Whether a line of any text is JSON."""
    text = line.strip()
    return text[:1] in _BEGINNINGS and _is_json(text)


def _strings(data: bytes, line: Span, media: str | None) -> list[Span] | None:
    """The insides of the strings of a line of JSON or Prometheus text; None for any other line."""
    start, end = line
    if media == "prometheus":
        if data[start : start + 1] == b"#":
            return None
    elif media not in _JSON:
        return None
    spans = [match.span() for match in _STRING.finditer(data, start, end)]
    return [(first + 1, last - (data[last - 1] == _QUOTE)) for first, last in spans]


def _in_text(data: bytes, index: int, edit: Edit) -> _Part:
    """In running text: in quotes like those of its name where a bare value of JSON stood."""
    if data[edit.start - 1 : edit.start] in {b":", b" ", b"\t"}:
        joined = _JOINED.search(data, max(edit.start - 40, 0), edit.start)
        if joined and _LITERAL_END.match(data, edit.end):
            quote = joined[1]
            return _Part(index, edit.start, edit.end, quote + edit.mask + quote, len(quote))
    return _Part(index, edit.start, edit.end, edit.mask)


def _in_strings(data: bytes, index: int, edit: Edit, strings: list[Span], *, literals: bool) -> Iterator[_Part]:
    """The parts of an edit inside of strings, whole escapes; of literals outside, whole and in quotes."""
    at = edit.start
    while at < edit.end:
        place = bisect_right(strings, (at, len(data) + 1)) - 1
        if place >= 0 and strings[place][0] <= at < strings[place][1]:
            begin, limit = strings[place]
            start, end = _whole_escapes(data, begin, limit, at, min(edit.end, limit))
            yield _Part(index, start, end, edit.mask)
            at = max(end, limit + 1) if edit.end > limit else edit.end
            continue
        upto = strings[place + 1][0] if place + 1 < len(strings) else len(data)
        match = _LITERAL.search(data, at, min(edit.end, upto))
        if match is None:
            at = upto
        elif literals:
            start, end = _whole_literal(data, *match.span())
            yield _Part(index, start, end, b'"' + edit.mask + b'"', 1)
            at = max(end, match.end())
        else:
            yield _Part(index, *match.span(), edit.mask)
            at = match.end()


def _whole_literal(data: bytes, start: int, end: int) -> Span:
    """A range made so large that it cuts no number or word of JSON."""
    while start and _LITERAL.match(data, start - 1, start):
        start -= 1
    whole = _LITERAL.match(data, start)
    return start, whole.end() if whole else end


def _in_braces(data: bytes, edit: Edit, strings: list[Span]) -> Edit:
    """A range up to the brace that ends the labels: what is behind it is a sample and goes on with none of them."""
    at = edit.start
    while (at := data.find(b"}", at, edit.end)) >= 0:
        place = bisect_right(strings, (at, len(data) + 1)) - 1
        if place < 0 or at >= strings[place][1]:
            break
        at += 1
    end = at if at >= 0 else edit.end
    place = bisect_right(strings, (edit.start, len(data) + 1)) - 1
    if place >= 0 and data[strings[place][1] : end] == b'"':  # that of the label is none of the value
        end -= 1
    return Edit(edit.start, max(edit.start, end), edit.mask)


def _is_inside(edit: Edit, strings: list[Span], size: int) -> bool:
    """Whether an edit stands in one string: in Prometheus text, in the value of a label."""
    place = bisect_right(strings, (edit.start, size + 1)) - 1
    return place >= 0 and strings[place][0] <= edit.start and edit.end <= strings[place][1]


def _whole_escapes(data: bytes, begin: int, limit: int, start: int, end: int) -> Span:
    """A range of a string made so large that it cuts no escape."""
    if b"\\" not in data[begin:limit]:
        return start, end
    first, last = start, end
    for match in _ESCAPE.finditer(data, begin, limit):
        if match.start() >= end:
            break
        if match.start() < start < match.end():
            first = match.start()
        if match.start() < end < match.end():
            last = min(match.end(), limit)
    return first, last


def _is_json(text: bytes) -> bool:
    """Whether a text is one document of JSON; halves of surrogate pairs, which one of the parsers refuses, are some."""
    for decode in (msgspec.json.decode, json.loads):
        try:
            decode(text)
        except (ValueError, RecursionError):
            continue
        return True
    return False

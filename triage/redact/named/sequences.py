"""Names and values that stand one behind the other, with no sign between: replies of Redis, maps of Clojure.

`1) "password"` above `2) "x"`, the same without numbers as a pipe gets it, `{:db/password "x" :account-number 12}`,
`(:user "x" :password "y")`. EDN is read by its grammar: what stands under a keyword in a map is its value, whatever it
is; elsewhere a string or a number is that of the keyword right before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import records
from triage.redact.named.headings import meaning_of
from triage.redact.text import Allowance, Found, Span

__all__ = ("LEADS_OF_MAPS", "LEADS_OF_PIPES", "LEADS_OF_REPLIES", "mapped", "piped", "replied")

LEADS_OF_MAPS: Final = tuple(bracket + letter for bracket in ("{:", "(:") for letter in "abcdefghijklmnopqrstuvwxyz:*")
LEADS_OF_REPLIES: Final = ('1) "', '1) \\"')
LEADS_OF_PIPES: Final = ("hgetall ", "config get ")
"""What such begin with."""
_MOST: Final = 2_000
_LINE_REACH: Final = 200
# Up to the list in a line are the numbers of those that it lies in.
_BEFORE: Final = re.compile(rb"[ \t]{0,20}(?:[0-9]{1,6}\)[ ]){0,3}")
_REPLY: Final = re.compile(
    rb"[ \t]{0,20}(?:[0-9]{1,6}\)[ ]){0,3}([0-9]{1,6})\)[ ](?:\"((?:[^\"\\\n]|\\[^\n]){0,4096}+)\""
    rb"|\([^()\n]{1,40}\)(?:[ ][^\n]{1,60})?)"
    rb"[ \t\r]{0,8}(?:\n|\Z)"
)
# Commands that are answered with members or names and not with pairs.
_OF_ITEMS: Final = re.compile(
    rb"(?i)(?:^|[\s>\"])(?:keys|h(?:keys|vals|mget)|s(?:members|randmember|pop|inter|union|diff|ort|can)"
    rb"|[lz](?:range|pop)\w{0,12}|mget|acl[ ](?:list|users|cat)|command|pubsub|client|module)\b"
)
_PIPED: Final = re.compile(rb"[^\s\"']{1,200}[\"']?[ \t\r]{0,8}\n")
_LINE: Final = re.compile(rb"(?:\"([^\"\n]{0,4096})\"|([^\s\"][^\n]{0,4096}?)?)[ \t\r]{0,8}(?:\n|\Z)")
_NAME: Final = re.compile(rb"[A-Za-z_][\w.:-]{1,60}")

# What a map of EDN begins with: no pair of Ruby's, no tuple, no format of Python's.
_OPENED: Final = re.compile(rb"[{(](?::{1,2}[A-Za-z*][\w.*+!?/&$%-]{0,80}[\s,]{1,80}(?=[^\s=,)}]))")
_TOKEN: Final = re.compile(
    rb"(?:[\s,]|;[^\n]{0,400}\n){0,400}+(?:(:{1,2}[A-Za-z*][\w.*+!?/&$%#'-]{0,120})|\"((?:[^\"\\]|\\[\s\S]){0,8192}+)\""
    rb"|(#?[{(\[]|#:{1,2}[\w.*/-]{0,80}\{)|([)\]}])|(#[A-Za-z][\w./-]{0,80})|([^\s,;\"()\[\]{}:=\\][^\s,;\"()\[\]{}=]{0,200}))"
)
_KEYWORD, _STRING, _OPENING, _CLOSING, _TAG, _WORD = range(1, 7)
_NUMBER: Final = re.compile(rb"[+-]?[0-9][0-9./eEMN+-]{0,40}")
# Tags of values that stand elsewhere, under the name that follows.
_PLACES: Final = frozenset(b"#env #envf #ref #include #read #resource #prop #or #join #profile #var #config".split())
# The key of a map that says nothing, a number or a list.
_NO_NAME: Final = (0, 0)
_DEEPEST: Final = 64
_read: Final = Allowance(120)
_read_maps: Final = Allowance(200)


def replied(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """What stands under the names of a reply of Redis that is a list of names and values, from its first line on."""
    line = data.rfind(b"\n", max(at - _LINE_REACH, 0), at) + 1
    asked = data.rfind(b"\n", max(line - _LINE_REACH, 0), max(line - 1, 0)) + 1
    if not _BEFORE.fullmatch(data, line, at) or _OF_ITEMS.search(data, asked, line):
        return
    given: list[Span] = []
    place = line
    while len(given) < _MOST and _read.left(data) and (row := _REPLY.match(data, place)):
        if int(row[1]) != len(given) + 1:
            break
        _read.spend()
        given.append(row.span(2))
        place = row.end()
    yield from _paired(data, given)


def piped(size: int, data: bytes, at: int) -> Iterator[Found]:
    """What stands under the names of such a reply without numbers, below the command that asked for it."""
    key = _PIPED.match(data, at + size)
    place = key.end() if key else len(data)
    given: list[Span] = []
    while len(given) < _MOST and _read.left(data) and (line := _LINE.match(data, place)) and line.end() > place:
        span = line.span(line.lastindex or 0)
        if len(given) % 2 == 0 and not _NAME.fullmatch(data, *span):
            break
        _read.spend()
        given.append(span)
        place = line.end()
    yield from _paired(data, given)


def _paired(data: bytes, given: list[Span]) -> Iterator[Found]:
    """What is told by the names among items, of which every other one is a value."""
    rows = [(name, [value]) for name, value in zip(given[::2], given[1::2], strict=False) if value[0] >= 0]
    if all(_NAME.fullmatch(data, *name) for name, _ in rows):
        yield from records.told(data, rows, [data[slice(*name)] for name, _ in rows])


def mapped(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """What stands under the keywords of a map or list and of those in it; once for each."""
    if not _read_maps.left(data) or at < _read_maps.reached or not _OPENED.match(data, at):
        return
    rows: list[tuple[Span, list[Span]]] = []
    _read_maps.reached = max(at, _walk(data, at, rows))
    names = [_named(data[slice(*name)]) for name, _ in rows]
    yield from records.told(data, rows, names)


def _walk(data: bytes, at: int, rows: list[tuple[Span, list[Span]]]) -> int:
    """Read a map to its end, or to what is no EDN, and note its keywords with what is a value that stands there."""
    # For each bracket that is open whether it is a map's, and the key whose value is due.
    opened: list[tuple[bool, Span | None]] = []
    elsewhere = False
    while _read_maps.left(data) and (token := _TOKEN.match(data, at)):
        _read_maps.spend()
        at, form = token.end(), token.lastindex or 0
        if form == _CLOSING:
            opened.pop()
        elif form == _TAG:
            elsewhere = token[form] in _PLACES
        elif opened:
            is_map, key = opened[-1]
            span = token.span(form)
            named = form == _KEYWORD or (form == _STRING and is_map)
            told = form == _STRING or (form == _WORD and _NUMBER.fullmatch(data, *span) is not None)
            if key and key != _NO_NAME and told and not elsewhere:
                rows.append((key, [span]))
            due = key is None if is_map else named
            opened[-1] = is_map, (span if named else _NO_NAME) if due else None
        elsewhere = elsewhere and form == _TAG
        if form == _OPENING:
            opened.append((token[form].endswith(b"{") and token[form] != b"#{", None))
        if not 0 < len(opened) < _DEEPEST:
            break
    return at


def _named(name: bytes) -> bytes:
    """A keyword as a name, with what it belongs to where it says nothing alone: `:account/number`."""
    name = name.lstrip(b":")
    last = name.rpartition(b"/")[2]
    return last if meaning_of(last) is not None else name.replace(b"/", b"_")

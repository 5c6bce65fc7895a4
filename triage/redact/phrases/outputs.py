"""What a command prints that is asked for a secret, alone on the line below it.

`kubectl get secret db -o jsonpath='{.data.password}'`, `vault kv get -field=password`, `terraform output -raw token`.
The commands stand in leads.toml: those of stores and generators, and those that are told a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import values
from triage.redact.named.keys import sense
from triage.redact.text import Found, Span, line_of

__all__ = ("asked", "selected", "told")

_LONGEST: Final = 400
_LEAST: Final = 6
_SHUFFLED: Final = 16
_SURE: Final = frozenset({"", "word", "long"})
# What is asked of a secret and is none: when it was made, whose it is, its name.
_ABOUT: Final = re.compile(
    rb"(?i)metadata|creationtimestamp|annotations|labels|\b(?:ttl|uid|arn|username|user|login|email|host|hostname|port|url|uri|title"
    rb"|status|state|lease_id|version_?id|lastmodified\w{0,8}|enabled|region|endpoint)\b[\"'}\])]{0,4}(?:[ \t|]|\Z)"
    rb"|\.(?:type|kind|name)\b|-o[ =]?(?:name|wide)\b"
)
# What prints one value of a secret of a cluster, and not a table of them.
_ONE: Final = re.compile(rb"jsonpath|template|custom-columns|\bjq\b|\byq\b|base64 (?:-d|-D|--d)")
_OF_CLUSTERS: Final = b" get secret"
# A name behind the flags, without its folder and its ending.
_NAME: Final = re.compile(rb"""(?:-{1,2}[\w=-]{1,40}[ \t]+){0,6}["']?(?:[\w.~$-]{0,60}/){0,12}\.?([\w.:-]{2,80})""")
_ENDING: Final = re.compile(rb"\.(?:txt|conf|cfg|dat|out|asc|json)\Z")
_LINE: Final = re.compile(rb"\r?\n([\"']?)([^\s\"']{6,400})\1[ \t\r]*(?:\n|\Z)")
# A column as an argument of a function, the lines that frame what a query gives, and a row of one value or several.
_COLUMN: Final = re.compile(rb"[ ]?(?:\w{1,30}\.)?[`\"]?(\w{2,60})[`\"]?(?:,[ ]?'\w{1,10}')?\)")
_RULE: Final = re.compile(rb"[ \t+|=*-]*(?:1\. row[ *]*)?\r?")
_CELL: Final = re.compile(rb"(?<![^\s|])(?:0x|\\x)?([0-9A-Za-z+/]{12,2048}={0,2})(?=[ \t]*(?:[|\r\n]|\Z))")
_BESIDE: Final = re.compile(rb":[ ](?=[A-Za-z+/]{0,40}[0-9])([0-9A-Za-z+/]{12,2048}={0,2})(?=[ \t\r]*(?:\n|\Z))")
_MOST_ROWS: Final = 64
_MOST_COLUMNS: Final = 8
_MOST_FRAMES: Final = 2
_PROMPT: Final = (b"$", b"#", b">", b":", b"%")


def told(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The answer of a store of secrets or of what makes one, if it is asked for the secret itself."""
    stop = line_of(data, at, most=_LONGEST)[1]
    answer = _answer(data, stop)
    if answer is None:
        return
    command = data[at + size : stop]
    one = data[at : at + size].lower() != _OF_CLUSTERS or _ONE.search(command)
    if one and not _ABOUT.search(command):
        yield *answer, "secret", "output"


def asked(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The answer to the name of a secret, or what a file of such a name holds."""
    stop = line_of(data, at, most=_LONGEST)[1]
    answer = _answer(data, stop)
    name = _NAME.match(data, at + size, stop) if answer else None
    meaning = sense(_ENDING.sub(b"", name[1]).decode("latin-1")) if name else None
    if answer and meaning and meaning.weak in _SURE:
        yield *answer, meaning.kind, "output"


def selected(size: int, data: bytes, at: int) -> Iterator[Found]:
    """What a query gives for a secret that it wants in hexadecimal or base64, on the lines below."""
    column = _COLUMN.match(data, at + size)
    meaning = sense(column[1].decode("latin-1")) if column else None
    if meaning is None or meaning.weak not in _SURE:
        return
    if column and (beside := _BESIDE.match(data, column.end())):  # a field of a row that is written downwards
        yield *beside.span(1), meaning.kind, "output"
        return
    line, stop = line_of(data, at, most=_LONGEST)
    if data.count(b"(", line, at) > _MOST_COLUMNS:
        return
    function = data[at : at + size].lower().rpartition(b" ")[2].rstrip(b"(")
    headed = True
    for number in range(_MOST_ROWS):
        start, stop = line_of(data, stop + 1, most=_LONGEST) if stop + 1 < len(data) else (stop, stop)
        row = data[start:stop]
        if row and (_RULE.fullmatch(row) or (headed and function in row.lower())):
            headed = headed and number < _MOST_FRAMES
            continue
        cells = [*_CELL.finditer(data, start, stop)]
        if not cells:
            return
        headed = False
        yield from ((*cell.span(1), meaning.kind, "output") for cell in cells if values.looks_random(cell[1], least=12))


def _answer(data: bytes, at: int) -> Span | None:
    """The word that is all of the line below the one that ends at a place, if it is no prompt and no word."""
    line = _LINE.match(data, at - (data[at - 1 : at] == b"\r"))
    if line is None:
        return None
    value = line[2]
    if value.endswith(_PROMPT) or values.placeholder(value) or values.in_code(value) or values.is_plain(value):
        return None
    told = b"://" not in value and (values.mixed(value, least=_LEAST) or _is_key(value))
    return line.span(2) if told else None


def _is_key(value: bytes) -> bool:
    """Whether letters alone are those of a key."""
    return len(value) >= _SHUFFLED and values.is_shuffled(value)

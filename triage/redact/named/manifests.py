"""What a Secret of Kubernetes holds, whatever its entries are called, in YAML and in JSON."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import values
from triage.redact.named.keys import sense
from triage.redact.text import Allowance, Found, Span

__all__ = ("WORDS", "entries")

WORDS: Final = (b"kind: secret", b'kind: "secret"', b'"kind":"secret"', b'"kind": "secret"')
"""What says that a document is one, in small letters."""
_NO_SECRETS: Final = frozenset({"user", "host", "numbered"})
_ORDINARY: Final = frozenset(
    b"crt ca port database dbname db namespace region bucket name type engine scheme description expiration".split()
)
# How far the parts of a document are from its kind, which kubectl writes behind its data; and how far while many are.
_REACH, _NEAR = 1 << 18, 4_096
_KIB: Final = 10
_far: Final = Allowance(50)
"""The KiB that were looked at beyond what is near, from every kind."""
_read: Final = Allowance(200)
_PARTS: Final = (b"\n---", b"\nkind: ")
_BLOCK: Final = re.compile(rb"\n([ \t]*)(?:data|stringData):[ \t]*\r?(?=\n)")
_ENTRY: Final = re.compile(
    rb"\n([ \t]*)([\w./-]{1,120}):[ \t]+([\"']?)([^\s\"'#|>{][^\s\"']{3,8192})\3[ \t\r]*(?=\n|\Z)"
)
_NUMBER: Final = re.compile(rb"[0-9]{1,3}\s?")
_KIND: Final = re.compile(rb'(?i)"?kind"?: ?"?secret"?(?=[\s,}]|\Z)')
_CLOSING: Final = ord("}")
_BRACE: Final = re.compile(rb"[{}]")
_OBJECT: Final = re.compile(rb'"(?:data|stringData)"\s{0,4}:\s{0,4}\{')
_PAIR: Final = re.compile(rb'\s{0,40}"([\w./-]{1,120})"\s{0,4}:\s{0,4}"([^"\\\n]{4,8192})"\s{0,40},?')


def entries(data: bytes, at: int) -> Iterator[Found]:
    """The values of the Secret whose kind stands at a place."""
    if not _KIND.match(data, at):
        return
    in_json = data[at : at + 1] == b'"'
    first, last = (_object if in_json else _document)(data, at)
    for start in [match.end() for match in (_OBJECT if in_json else _BLOCK).finditer(data, first, last)]:
        spans = _pairs(data, start) if in_json else _lines(data, start)
        for span in spans:
            if not values.placeholder(data[slice(*span)]) and not _counts(data[slice(*span)]):
                yield *span, "secret", "manifest"


def _counts(value: bytes) -> bool:
    """Whether a value is a small number, once it is decoded."""
    try:
        return _NUMBER.fullmatch(base64.b64decode(value, validate=True)) is not None
    except ValueError:
        return False


def _is_told(name: bytes) -> bool:
    """Whether the name of an entry says that it is no secret: an account, a machine, a certificate."""
    meaning = sense(name.decode("latin-1"))
    return (meaning is not None and meaning.weak in _NO_SECRETS) or name.lower().rpartition(b".")[2] in _ORDINARY


def _around(data: bytes, at: int) -> Span:
    """What is looked at around a kind."""
    reach = _REACH if _far.left(data) else _NEAR
    first, last = max(at - reach, 0), min(at + reach, len(data))
    _far.spend((last - first) >> _KIB)
    return first, last


def _document(data: bytes, at: int) -> Span:
    """The document of YAML around a place."""
    first, last = _around(data, at)
    begins = [found for part in _PARTS if (found := data.rfind(part, first, at)) >= 0]
    ends = [found for part in _PARTS if (found := data.find(part, at, last)) >= 0]
    # A line end is the first thing of an entry.
    begin = data.find(b"\n", max(begins) + 1, at) if begins else first
    return (begin if begin >= 0 else first), min(ends, default=last)


def _object(data: bytes, at: int) -> Span:
    """The object of JSON around a place."""
    first = last = at
    depth = 1
    least, most = _around(data, at)
    while depth:
        first = max(data.rfind(b"{", least, first), data.rfind(b"}", least, first))
        if first < 0:
            return at, at
        depth += 1 if data[first] == _CLOSING else -1
    depth = 1
    while depth and (brace := _BRACE.search(data, last, most)):
        last = brace.end()
        depth += -1 if brace.group() == b"}" else 1
    return first, last


def _lines(data: bytes, at: int) -> Iterator[Span]:
    """The values of lines that are indented alike."""
    depth = -1
    while _read.left(data):
        _read.spend()
        entry = _ENTRY.match(data, at)
        if entry is None or (depth >= 0 and len(entry[1]) != depth) or not entry[1]:
            return
        depth = len(entry[1])
        if not _is_told(entry[2]):
            yield entry.span(4)
        at = entry.end()


def _pairs(data: bytes, at: int) -> Iterator[Span]:
    """The strings of an object."""
    while _read.left(data):
        _read.spend()
        pair = _PAIR.match(data, at)
        if pair is None:
            return
        if not _is_told(pair[1]):
            yield pair.span(2)
        at = pair.end()

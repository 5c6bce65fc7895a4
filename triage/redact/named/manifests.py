"""What a Secret of Kubernetes holds, whatever its entries are called, in YAML and in JSON."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Final

from triage.redact.named import values
from triage.redact.named.keys import sense
from triage.redact.named.unwritten import unwritten
from triage.redact.plain_words import is_plain_word
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
# To look around a kind takes as long as so many lines.
_OF_A_KIND: Final = 24
_LONGEST_KIND: Final = 24
# A line of a file in a Secret that says more than a bracket.
_LEAST: Final = 4
_PARTS: Final = (b"\n---", b"\nkind: ")
_BLOCK: Final = re.compile(rb"\n([ \t]*(?:- {1,4})?)(?:data|stringData):[ \t]*\r?(?=\n)")
_ENTRY: Final = re.compile(
    rb"(?:\n[ \t\r]*(?=\n))*\n([ \t]*)[\"']?([\w./-]{1,120})[\"']?:[ \t]*([^\n]{0,8192})(?=\n|\Z)"
)
_VALUE: Final = re.compile(
    rb"(?:!!binary[ ])?(?:\"((?:[^\"\\]|\\.){4,})\"|'([^']{4,})'|([^\"'#|>{\[*&!%@`\s].{2,}?[^\s]))(?:[ \t]+#.*)?"
)
_FLOW: Final = re.compile(rb"\n([ \t]*(?:- {1,4})?)(?:data|stringData):[ \t]*\{([^{}\n]{4,4000})\}")
_IN_FLOW: Final = re.compile(rb"[\"']?([\w./-]{1,120})[\"']?:[ ]+[\"']?([^\s,\"']{4,})")
_SCALAR: Final = re.compile(rb"(?:!!binary[ ])?[|>][+-]?[0-9]?[ \t\r]*")
_LINE: Final = re.compile(rb"\n([ \t]*)([^\n]*)")
_ITEM: Final = re.compile(rb"(?:- {1,4}){1,2}")
_NUMBER: Final = re.compile(rb"[0-9]{1,3}\s?")
_KIND: Final = re.compile(rb'(?i)"?kind"?: ?"?secret(list)?"?(?=[\s,}]|\\n|\Z)')
# Lines of a list whose kind stands behind them, at most.
_MOST_LINES: Final = 4_096
# What many programs are told: where to listen, how much to log, a zone, a locale, a region, a size or a time.
_SETTING: Final = re.compile(
    rb"(?i:localhost|debug|info|warn(?:ing)?|error|fatal|trace|verbose|production|staging|development|testing)"
    rb"|(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc)/[A-Za-z_/+-]{2,40}[0-9]{0,2}"
    rb"|[a-z]{2,3}_[A-Z]{2}(?:\.(?i:utf-?8))?|[a-z]{2}-[a-z]{4,9}-[1-9]|[0-9]{1,6}(?:ms|[smhdkMG]i?[bB]?|%)?"
)
_CLOSING: Final = ord("}")
_BRACE: Final = re.compile(rb"[{}]")
_OBJECT: Final = re.compile(rb'"(?:data|stringData)"\s{0,4}:\s{0,4}\{')
_PAIR: Final = re.compile(rb'\s{0,40}"([\w./-]{1,120})"\s{0,4}:\s{0,4}"([^"\\\n]{4,8192})"\s{0,40},?')


def entries(data: bytes, at: int) -> Iterator[Found]:
    """The values of the Secret whose kind stands at a place."""
    kind = _KIND.match(data, at)
    if kind is None:
        return
    in_json = data[at : at + 1] == b'"'
    whole, start = data, 0
    if in_json:
        first, last = _object(data, at)
        whole, start = data[first:last].replace(b"\\n", b"  "), first
        found = [span for match in _OBJECT.finditer(whole) for span in _pairs(whole, match.end())]
    else:
        if data.find(b"\\n", at, at + _LONGEST_KIND) >= 0:
            whole, start = unwritten(data, at, at + 1)
            at -= start
        found = _in_yaml(whole, at, listed=kind[1] is not None)
    for begin, end in found:
        value = whole[begin:end]
        if not values.placeholder(value) and not _counts(value):
            yield begin + start, end + start, "secret", "manifest"


def _in_yaml(data: bytes, at: int, *, listed: bool) -> list[Span]:
    """The values of the Secret whose kind stands at a place, or of all in its list."""
    _read.spend(_OF_A_KIND)
    if not _read.left(data):
        return []
    first, last = _document(data, at)
    deep = at - (data.rfind(b"\n", first, at) + 1 or first)
    if deep and not listed:
        first, last = _mapping(data, first, at, last, deep)
    found = list[Span]()
    for block in _BLOCK.finditer(data, first, last):
        if listed or len(block[1]) == deep:
            found += _lines(data, block.end())
    for flow in _FLOW.finditer(data, first, last):
        if listed or len(flow[1]) == deep:
            found += [one.span(2) for one in _IN_FLOW.finditer(data, *flow.span(2)) if not _is_told(one[1], one[2])]
    return found


def _mapping(data: bytes, first: int, at: int, last: int, deep: int) -> Span:
    """The lines around a place that are indented as deep, as those of an item of a list or of what a key holds."""
    end = at
    while (line := _LINE.match(data, data.find(b"\n", end, last))) and _read.left(data):
        _read.spend()
        if line[2].strip() and len(line[1]) < deep:
            last = line.start()
            break
        end = line.end()
    begin = data.rfind(b"\n", first, at)
    for _ in range(_MOST_LINES):
        line = _LINE.match(data, begin) if begin >= 0 else None
        if line is None or not _read.left(data):
            break
        _read.spend()
        if line[2].strip() and len(line[1]) < deep:
            item = _ITEM.match(line[2])
            begin = begin if item and len(line[1]) + item.end() == deep else line.end()
            break
        begin = data.rfind(b"\n", first, begin)
    return max(begin, first), last


def _counts(value: bytes) -> bool:
    """Whether a value is a small number, once it is decoded."""
    try:
        return _NUMBER.fullmatch(base64.b64decode(value, validate=True)) is not None
    except ValueError:
        return False


def _is_told(name: bytes, value: bytes = b"") -> bool:
    """Whether an entry is no secret by its name: an account, a machine, a certificate; or a setting like any other."""
    meaning = sense(name.decode("latin-1"))
    if (meaning is None or meaning.weak) and value and _SETTING.fullmatch(value):
        return True
    if meaning is None and value.isalpha() and is_plain_word(value):
        return True
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
    """The values of lines that are indented alike, and the lines of those that go on below."""
    depth = -1
    while _read.left(data):
        _read.spend()
        entry = _ENTRY.match(data, at)
        if entry is None or (depth >= 0 and len(entry[1]) != depth) or not entry[1]:
            return
        depth = len(entry[1])
        at = entry.end()
        told = _is_told(entry[2])
        if _SCALAR.fullmatch(entry[3]):
            while (line := _LINE.match(data, at)) and (len(line[1]) > depth or not line[2].strip()):
                _read.spend()
                text = line[2].rstrip()
                if len(text) >= _LEAST and not told:
                    yield line.start(2), line.start(2) + len(text)
                at = line.end()
        elif not told and (value := _VALUE.fullmatch(data, entry.start(3), entry.start(3) + len(entry[3].rstrip()))):
            start, end = value.span(value.lastindex or 0)
            text = data[start:end]
            if not _is_told(entry[2], text.strip()):
                yield end - len(text.lstrip()), start + len(text.rstrip())


def _pairs(data: bytes, at: int) -> Iterator[Span]:
    """The strings of an object."""
    while _read.left(data):
        _read.spend()
        pair = _PAIR.match(data, at)
        if pair is None:
            return
        if not _is_told(pair[1], pair[2]):
            yield pair.span(2)
        at = pair.end()

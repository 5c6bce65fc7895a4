"""What stores and settings are told to keep, and messages say of it: `"SET" "cfg:passwd" "x"`, `api_key (value 'x')`.

Stores of keys and values: Redis as its MONITOR, its slow log, its clients and its protocol write a command, memcached,
ZooKeeper. The words that lead to each are in leads.toml; the key that stands before a value says what it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Final

from triage.redact.named import extents, records, values
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense, sense
from triage.redact.text import Found, Span, line_of

__all__ = ("READERS", "SPELT")

_MOST: Final = 24
# Of a command that takes a key and a value, with a time between them.
_FEW: Final = 3
_IS_SIMPLE: Final = re.compile(rb"p?setex|set|setnx|getset|append")
_REACH: Final = 4_000
# The next argument in quotes: behind a blank, a comma, or the number of a line; it ends with what it opened with.
_QUOTED: Final = re.compile(
    rb"""(?:[ \t]{1,4}|,\s{0,4}b?|\r?\n[ \t]{0,20}[0-9]{1,3}\)[ ])(\\{0,3})(["'])([^\n]{0,2000}?)(?<!\\)\1\2"""
)
# Of a client's prompt: one word, or a string.
_WORD: Final = re.compile(rb"""[ \t]{0,4}(?:(["'])([^"'\n]{0,2000})\1|([^\s"']{1,2000}))(?=[ \t\r\n"']|\Z)""")
# What goes over the wire, with the length of each argument before it.
_SENT: Final = re.compile(
    rb"(?:\r?\n|(?:\\r)?\\n)?\$[0-9]{1,7}(?:\r?\n|(?:\\r)?\\n)([^\r\n\\]{1,2000})(?:\r?\n|(?:\\r)?\\n)"
)
_BLOCK: Final = re.compile(
    rb"([^\s\\]{1,250}) [0-9]{1,10} -?[0-9]{1,10} [0-9]{1,8}(?: noreply)?(?:\r?\n|(?:\\r)?\\n)([^\r\n\\]{1,2000})"
)
_COMMAND: Final = re.compile(rb"(?i)\b(set|append|[a-z]?(?:push|add)|h?m?setn?x?|p?setex|getset)\b")
# Between the key of a command and its value: a time, or nothing.
_TIMED: Final = frozenset({b"setex", b"psetex", b"zadd"})
_OF_FIELDS: Final = frozenset({b"hset", b"hmset", b"hsetnx"})
_OF_KEYS: Final = frozenset({b"mset", b"msetnx"})
_PARTS: Final = re.compile(rb"[\w.-]{1,80}")
_LEFT_OUT: Final = frozenset({"query", "docker", "header", "cookies"})
_HINTS: Final = frozenset({"entropy", "long"})
# A key that ends in whose it is: `otp:ana@example.com`, `session:8f3a`, `reset:token:41`.
_OWNED: Final = re.compile(rb"((?:[\w-]{1,40}:){0,4}[\w-]{1,40}):([\w.@+-]{1,120})")
_OF_OWNERS: Final = frozenset({"token", "session_id", "secret", "password", "pin", "api_key"})
_CODE: Final = re.compile(rb"[0-9]{4,8}|[0-9]{3}-[0-9]{3}")
_CODES: Final = (b"otp", b"totp", b"hotp", b"code", b"pin", b"2fa", b"mfa", b"passcode")
_RANDOM: Final = 16
_DOCUMENT: Final = frozenset({b"{", b"[", b"<"})
_NUMBERED: Final = re.compile(rb"(?i)[0-9]{1,20}|[0-9a-f-]{8,64}")

# Before the words for a value: the name of the setting, in quotes or not.
_SETTING: Final = re.compile(rb"-{0,2}([A-Za-z][\w.:-]{1,80})")
_AROUND: Final = bytes(0x20 if code in b"\t\r\n\"'`([{,/>" else code for code in range(256))
_NAME_REACH: Final = 84
_OPENED: Final = re.compile(
    rb"""(?![A-Za-z])[ \t]{0,3}(?:[:=]|is|of)?[ \t]{0,3}(?:\\{0,3}["'`]|\xc2\xab[ ]?|\xe2\x80[\x98\x9c\x9e])?"""
)
# A call with a name and a value.
_CALL: Final = re.compile(
    rb"""\s{0,8}(\\?["'])([\w.-]{2,80})\1\s{0,4},\s{0,8}(\\?["'])([^"'\\\n]{2,400})\3\s{0,8}[,)]"""
)
_CLOSED: Final = re.compile(rb"[ ]?(?:\xc2\xbb|\xe2\x80[\x98-\x9d])")
_LEAST: Final = 6


def _told(data: bytes, key: bytes, span: Span, *, in_quotes: bool = True) -> Iterator[Found]:
    """The value at a place, under a key whose last part says what it is, unless that is a number of somebody."""
    if (owner := _OWNED.fullmatch(key)) and (kind := _owned(owner, data[slice(*span)])):
        yield *span, kind, "store"
        return
    found = _PARTS.findall(key)
    named = [part for part in found if not _NUMBERED.fullmatch(part)]
    meaning = sense(named[-1].lstrip(b"-").decode("latin-1")) if named else None
    value = data[slice(*span)]
    if meaning is None or meaning.weak in _LEFT_OUT or not value or value[:1] in _DOCUMENT:
        return
    if meaning.weak in _HINTS:
        if not values.looks_random(value, least=12) or values.is_slug(value):
            return
        meaning = Sense("api_key")
    elif meaning.weak and named[-1] is not found[-1]:
        return
    yield from judged(data, span, meaning, in_quotes=in_quotes, assigned=True, name=(span[0], span[0]))


def _owned(owner: re.Match[bytes], value: bytes) -> str:
    """The kind of a code or token that a part of its key names whose last part is whose it is; "" if it is none."""
    name = owner[1].rpartition(b":")[2].lower()
    meaning = sense(name.decode("latin-1"))
    if meaning is None or meaning.kind not in _OF_OWNERS or meaning.weak not in {"", "long", "word"}:
        return ""
    if _CODE.fullmatch(value) and name.endswith(_CODES):
        return meaning.kind
    random = values.looks_random(value, least=_RANDOM) and not value.isdigit() and not values.is_slug(value)
    return meaning.kind if random else ""


def _pairs(command: bytes, given: list[Span], data: bytes) -> Iterator[tuple[bytes, Span]]:
    """The names and values among the arguments of a command."""
    texts = [data[slice(*span)] for span in given]
    if command in _OF_FIELDS or command in _OF_KEYS:
        for at in range(int(command in _OF_FIELDS), len(given) - 1, 2):
            yield texts[at], given[at + 1]
        return
    if not given:
        return
    several = command.endswith((b"push", b"add"))
    first = 2 if command in _TIMED else 1
    for span in given[first : None if several else first + 1]:
        yield texts[0], span


def _arguments(form: re.Pattern[bytes], data: bytes, at: int) -> Iterator[Span]:
    """Where the arguments of a command stand that are written in such a form, one behind the other."""
    stop = min(at + _REACH, len(data))
    while found := form.match(data, at, stop):
        yield found.span(found.lastindex or 0)
        at = found.end()


def _kept(form: re.Pattern[bytes], size: int, data: bytes, at: int) -> Iterator[Found]:
    """The values that a store is told to keep under keys that say what they are."""
    command = _COMMAND.search(data, at, at + size)
    if command is None:
        return
    begin = at + size - (form is _SENT)
    most = _FEW if _IS_SIMPLE.fullmatch(command[1].lower()) else _MOST
    given = [*islice(_arguments(form, data, begin), most)]
    listed = data[at + size : at + size + 1] == b","
    if command[1].lower() in _OF_FIELDS and form is _QUOTED:
        rows = [(name, [span]) for name, span in zip(given[1::2], given[2::2], strict=False)]
        yield from records.told(data, rows, [data[slice(*name)] for name, _ in rows])
    for name, span in _pairs(command[1].lower(), given, data):
        value = data[slice(*span)]
        plain = form is _WORD and data[span[0] - 1 : span[0]] not in {b'"', b"'"}
        if not (listed or plain) or values.mixed(value, least=_LEAST) or _CODE.fullmatch(value):
            yield from _told(data, name, span)


def _stored(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The block of data below a command of memcached."""
    block = _BLOCK.match(data, at + size)
    if block:
        yield from _told(data, block[1], block.span(2))


def _said(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The value of a setting that a message gives in parentheses or behind a word for it."""
    before = data[max(at - _NAME_REACH, 0) : at].translate(_AROUND).rstrip(b" \\")
    setting = _SETTING.fullmatch(before, before.rfind(b" ") + 1)
    opened = _OPENED.match(data, at + size) if setting and sense(setting[1].decode("latin-1")) else None
    if setting is None or opened is None:
        return
    start = opened.end()
    mark = data[start - 1 : start]
    if opened.group().rstrip(b" ")[-1:] >= b"\x80":
        closed = _CLOSED.search(data, start, line_of(data, start, most=_REACH)[1])
        span = (start, closed.start()) if closed else None
    else:
        span = extents.after(data, start, mark if mark in {b'"', b"'", b"`"} else b"")
    if span is None:
        return
    if mark in {b'"', b"'", b"`"} and data[span[1] - 1 : span[1]] == b"\\":
        span = span[0], span[0] + len(data[slice(*span)].rstrip(b"\\"))
    bare = span[0] == start and mark in {b" ", b"=", b":", b"s", b"f"}
    value = data[slice(*span)]
    if not bare or (values.mixed(value, least=_LEAST) and not values.in_code(value)):
        yield from _told(data, setting[1], span, in_quotes=not bare)


def _defined(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The value of a constant or a variable that a call gives with its name."""
    call = _CALL.match(data, at + size)
    if call:
        yield from _told(data, call[2], call.span(4))


_Sized = Callable[[int, bytes, int], Iterator[Found]]


READERS: Final[dict[str, _Sized]] = {
    "monitored": partial(_kept, _QUOTED),
    "sent_to_stores": partial(_kept, _SENT),
    "typed_to_stores": partial(_kept, _WORD),
    "written_to_stores": partial(_kept, _WORD),
    "blocks_of_stores": _stored,
    "valued": _said,
    "told": _said,
    "defined": _defined,
}
"""What reads the values at the words of leads.toml, by their lists."""
SPELT: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "monitored": (('"', '"'), ("'", "'"), ('\\"', '\\"')),
    "sent_to_stores": (("\n", "\r\n$"), ("\\n", "\\r\\n$"), ("\n", "\n$")),
    "typed_to_stores": (("> ", " "), ("] ", " /")),
    "blocks_of_stores": (("\n", " "), ("> ", " "), ("\\n", " ")),
    "defined": (("", "("),),
    "valued": ((" (", ""), (" [", "")),
}  # fmt: skip
"""What stands around those words, by their lists."""

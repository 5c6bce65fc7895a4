"""What stands on the lines below a word or behind one that a format sets: rows of a query, an account of OpenVPN.

`sqlite> select key, value from settings;` over `wifi_psk|...`; `<auth-user-pass>` over two lines; a field with its
encoding behind its name (`PASSWORD;ENCODING=QUOTED-PRINTABLE:...`); an e-mail in the name of a unit of systemd; a
passphrase of plain words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from triage.redact.named import values
from triage.redact.named.cells import cells_of, valued
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense, sense, vocabulary
from triage.redact.named.remarks import is_remark
from triage.redact.text import Found, Span, line_of

__all__ = ("READERS", "SPELT")

_ACCOUNT: Final = Sense("username", "user")
_LONGEST: Final = 400
_MOST_ROWS: Final = 200
_SURE: Final = frozenset({"", "word", "long"})
# An account on a line of its own and its password below, with the line ends written out or not.
_END: Final = rb"(?:[ \t\r]*\n|\\r\\n|\\n)[ \t]*"
_LOGIN: Final = re.compile(
    rb"(?:" + _END + rb"){1,3}(?:[#;][^\n\\]{0,120}" + _END + rb"){0,2}([^\s\\<]{1,80})" + _END + rb"([^\s<]{3,200}?)"
    rb"(?=[ \t\r]*\n|\\r\\n|\\n|[ \t]*</|\Z)"
)
# A query for names and their values; and what frames its rows.
_COLUMNS: Final = re.compile(
    rb"(?i)\bselect[ ]+(?:distinct[ ]+)?[\w.]{0,30}[`\"\[]?\w{0,20}(?:key|name|k|setting|param|parameter|option"
    rb"|property|variable|attribute|field)[`\"\]]?[ ]?,[ ]?[\w.]{0,30}[`\"\[]?\w{0,20}\Z"
)
_WHOLE: Final = re.compile(rb"(?i)(?:\*|[\w.`\"\[\], ]{1,160})[ ]from[ ]")
_RULE: Final = re.compile(rb"[ \t+|=*-]*")
_MARKS: Final = (b"|", b"\t")
_PAIR: Final = 2
_NAME: Final = re.compile(rb"[A-Za-z][\w.:-]{1,80}")
_MOST_FRAMES: Final = 4
# The name of a field before what is said of its value.
_FIELD: Final = re.compile(rb"(?:\A|[\s\"'.])([A-Za-z][\w-]{1,40})(?:;[A-Za-z-]{2,16}=[\w\"-]{1,24}){0,3};\Z")
_OF_FIELD: Final = re.compile(rb"(?:[!-~\x80-\xff]|=\r?\n(?=\S)){3,400}")
# The parts of the name of a unit, in which marks are written out and a hyphen stands for a slash.
_LOCAL: Final = re.compile(rb"(?:[A-Za-z0-9._+]|\\x2[bBdD]){1,64}\Z")
_DOMAIN: Final = re.compile(
    rb"((?:(?:[A-Za-z0-9]|\\x2[dD]){1,63}\.){1,6}?[A-Za-z]{2,24})"
    rb"(?:-[\w.\\@-]{0,80})?\.(?:service|scope|slice|socket|timer|mount|automount|swap|path|target|device)\b"
)
_ESCAPED: Final = 120
_PHRASE: Final = re.compile(
    rb"""(?i)(?:[ ](?:is|was|ist|war|est|es|era|lautet|now|set to|\xc3[\xa8\xa9])){0,2}"""
    rb"""(?:[ \t]{0,4}(?:[:=]|->|=>|\xe2\x86\x92|\xe2\x80[\x93\x94])[ \t]{0,4}["'`]?|[ \t]{1,4}["'`])"""
    rb"""([A-Za-z]{3,12}(?:[ -][A-Za-z]{3,12}){2,23})(?:["'`.]|[ \t\r]*(?:\n|\Z|\\n))"""
)
# A description of a field, whose value stands before it or behind it in the same object.
_CAPTION: Final = re.compile(rb"(?:[ ][A-Za-z]{1,12})?[ ]?[:*]{0,2}\\{0,3}\"")
_CAPTIONED: Final = re.compile(
    rb"(?i)\"(?:description|label|placeholder|caption|title|prompt|hint|displayname|display_name|aria-?label)\\{0,3}\"\s?\Z"
)
_MEMBER: Final = rb"\\{0,3}\"[\w.-]{1,30}\\{0,3}\"\s?:\s?(?:\\{0,3}\"[^\"\\\n]{0,80}\\{0,3}\"|[\w.-]{1,20})"
_VALUE: Final = rb"\\{0,3}\"value\\{0,3}\"\s?:\s?\\{0,3}\"([^\"\\\n]{4,200})\\{0,3}\""
_VALUE_BEFORE: Final = re.compile(_VALUE + rb"\s?,\s{0,40}(?:" + _MEMBER + rb"\s?,\s{0,40}){0,4}\\{0,3}\Z")
_VALUE_BEHIND: Final = re.compile(rb"(?:\s?,\s{0,40}" + _MEMBER + rb"){0,4}\s?,\s{0,40}" + _VALUE)
_REACH: Final = 400
_OF_WORDS: Final = re.compile(rb"[ -]")


def _logged_in(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The account and the password on the two lines of such an element."""
    found = _LOGIN.match(data, at + size)
    if found and data[at - 1 : at] != b"/" and not values.placeholder(found[2]):
        yield *found.span(2), "password", "below"
        if b"@" not in found[1]:
            yield from judged(data, found.span(1), _ACCOUNT, in_quotes=True, assigned=True, name=(at, at))


def _asked(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """The values of the rows of a query for names and values, which the word for the second column ends."""
    if _COLUMNS.search(data, max(at - 160, 0), at):
        yield from _rows(data, line_of(data, at, most=_LONGEST)[1])


def _prompted(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The values of the rows of any query that was typed to a client, where they are pairs."""
    if _WHOLE.match(data, at + size):
        yield from _rows(data, line_of(data, at, most=_LONGEST)[1])


def _rows(data: bytes, at: int) -> Iterator[Found]:
    """The values of secrets in the rows of names and values below a place."""
    frames = 0
    for _ in range(_MOST_ROWS):
        if at + 1 >= len(data):
            return
        start, at = line_of(data, at + 1, most=_LONGEST)
        if _RULE.fullmatch(data[start:at].rstrip(b"\r")) and frames < _MOST_FRAMES:
            frames += 1
            continue
        pair = _pair(data, start, at)
        if pair is None:
            return
        name, value = pair
        meaning = sense(data[slice(*name)].decode("latin-1"))
        if meaning is not None and meaning.weak in _SURE:
            yield from valued(data, value, meaning)


def _pair(data: bytes, start: int, end: int) -> tuple[Span, Span] | None:
    """The name and the value that are the two cells of a row."""
    line = data[start:end]
    for mark in _MARKS:
        cells = cells_of(line, mark) if mark in line else []
        if len(cells) == _PAIR and _NAME.fullmatch(line, *cells[0]):
            (one, two), (three, four) = cells
            return (start + one, start + two), (start + three, start + four)
    return None


def _encoded(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The value of a field whose encoding or characters stand between its name and the sign."""
    name = _FIELD.search(data, max(at - 120, 0), at)
    meaning = sense(name[1].decode("latin-1")) if name else None
    found = _OF_FIELD.match(data, at + size) if meaning else None
    if name and meaning and found and meaning.weak in _SURE and values.mixed(found.group(), least=5):
        yield from judged(data, found.span(), meaning, in_quotes=True, assigned=True, name=name.span(1))


def _of_a_unit(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The e-mail in the name of a unit, whose sign is written out."""
    behind = _DOMAIN.match(data, at + size)
    before = _LOCAL.search(data, max(at - _ESCAPED, 0), at) if behind else None
    if before and behind:
        yield before.start(), behind.end(1), "email", "email"


def _worded(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The words of a passphrase behind a sentence about it: few of them are those of sentences."""
    found = _PHRASE.match(data, at + size)
    if found is None or is_remark(found[1]):
        return
    words = _OF_WORDS.split(found[1])
    said = vocabulary().things
    if 4 * sum(word.lower() in said for word in words) < len(words):
        yield *found.span(1), "password", "prose"


def _captioned(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The value beside the description of its field: `{"value": "x", "description": "Password:"}`."""
    ends = _CAPTION.match(data, at + size)
    name = _CAPTIONED.search(data, max(at - 40, 0), at) if ends else None
    if ends is None or name is None:
        return
    found = _VALUE_BEFORE.search(data, max(name.start() - _REACH, 0), name.start())
    found = found or _VALUE_BEHIND.match(data, ends.end(), ends.end() + _REACH)
    start = at + len(data[at : at + size]) - len(data[at : at + size].lstrip(b': \\"'))
    word = data[start : at + size]
    meaning = sense(word.decode("latin-1")) if word.isascii() else Sense("password")
    if found is None or meaning is None or meaning.weak not in _SURE:
        return
    value = found[1]
    if meaning.kind == "password":
        sure = values.mixed(value, least=6) and word.lower() not in value.lower()
    else:
        sure = values.looks_random(value, least=12) and not values.is_slug(value)
    if sure:
        yield from judged(data, found.span(1), meaning, in_quotes=True, assigned=True, name=(start, at + size))


_Sized = Callable[[int, bytes, int], Iterator[Found]]


READERS: Final[dict[str, _Sized]] = {
    "logged_in": _logged_in,
    "queried": _asked,
    "typed_queries": _prompted,
    "encodings": _encoded,
    "units": _of_a_unit,
    "worded": _worded,
    "captions": _captioned,
}
"""What reads the values at the words of leads.toml, by their lists."""
SPELT: Final[dict[str, tuple[tuple[str, str], ...]]] = {"captions": ((':"', ""), (': "', ""), (':\\"', ""))}
"""What stands around those words, by their lists."""

"""Values that are known: found once, or given by a policy, and to be found wherever they stand.

The only place that holds values beyond one text. Its repr is constant, and it is neither pickled nor copied.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Final, NamedTuple, NoReturn

from triage.redact.decoding.attached import ATTACHMENT
from triage.redact.heads import HEAD, Heads
from triage.redact.hits import KNOWN, Hit
from triage.redact.named.keys import sense, vocabulary
from triage.redact.pii.given import is_given_name
from triage.redact.plain_words import is_plain_word
from triage.redact.spellings import encoded, held, spellings
from triage.redact.text import DIGITS, LETTERS, WORD, Expression, Span, digits_in, letters_in
from triage.sources.returns import ended_bytes

__all__ = ("Known", "worth_finding")

# Where a terminal or a mail wrapped a value.
_WRAP: Final = r"(?:\r?\n[ \t>|]{0,16})?"
# A word between these is a part of a path, a name or a call.
_JOINS: Final = frozenset(b"/.-_(\\$")
# Who is called like no word of the trade is named in paths and names too; before these it is a variable or a call.
_OF_PEOPLE: Final = frozenset({"username", "person"})
_VARIABLE: Final = frozenset(b"$")
_CALL: Final = frozenset(b"(")
_WORD: Final = frozenset(WORD)
_WORD_OR_JOIN: Final = _WORD | _JOINS
_LETTERS_AND_DIGITS: Final = frozenset(LETTERS + DIGITS)
_NOTHING: Final = frozenset[int]()
_NOWHERE: Final[Mapping[int, int]] = MappingProxyType({})
_BLANK: Final = 0x20
_UNDERSCORE: Final = ord("_")
# Kinds whose values are also words; they are looked for where they are long enough to be told from one.
_WORDLIKE: Final = frozenset({"username", "person", "hostname", "pin", "birth_date", "passport", "serial"})

# Accounts that clients and servers are told are often those of programs, which are called by a word of their trade.
_OF_PROGRAMS: Final = frozenset({"flag", "statement", "sql"})

# In a text these may stand before a value without being of its word: what ends a line or a cell and is written out.
_ESCAPED: Final = frozenset({b"\\n", b"\\t", b"\\r", b"\\f", b"\\v", b"\\b", b"\\0"})
_BEFORE_FLAGS: Final = frozenset({b"", b" ", b"\t", b"\n", b'"', b"'", b"=", b",", b"["})
# So many bytes make a run of base64 that is decoded as text, and so many are told apart in any case.
_DECODED: Final = 12
_LEAST_CASELESS: Final = 8
_LONGEST_RUN: Final = 4_096
# What is longer makes too large an expression.
_LONGEST_WRAPPED: Final = 4_096
# What a field or a variable is called: words, of which one may be numbered or an algorithm's. With more digits or other
# signs it is a value, whatever its words say: `Secret-Garden-77`.
_CALLED: Final = re.compile(
    rb"[a-z]+[0-9]?(?:[_.-][a-z]+[0-9]?)*(?:[_.-][0-9])?|[A-Z]+[0-9]?(?:[_-][A-Z]+[0-9]?)*(?:_[0-9])?|[A-Za-z]+[0-9]?"
    rb"|[A-Z][a-z]*(?:-[A-Z][a-z]*)*"
)
_ALGORITHMS: Final = re.compile(
    rb"(?i)(?<![a-z])(?:sha|aes|rsa|md|ed|x|rs|hs|es|ps|base|utf|oauth|crc)-?[0-9]{1,5}(?![0-9])"
)
# Shorter words are looked for where they stand alone, and only if they are mixed or the name of somebody.
_LEAST_IN_NAMES: Final = 5


class _Spelling(NamedTuple):
    """A way of writing a value: its kind, the value, what it must not touch on either side, and what its run is of.

    One that is `named` names a person, and no field that begins with an underscore.
    """

    kind: str
    value: bytes
    before: frozenset[int]
    behind: frozenset[int]
    run: frozenset[int]
    named: bool = False


def worth_finding(kind: str, value: bytes, rule: str = "") -> bool:
    """Whether a value is so much its own that every other occurrence of it is the same secret."""
    if (
        kind == ATTACHMENT
        or not _is_long_enough(kind, value)
        or (rule in _OF_PROGRAMS and kind == "username" and value.isalpha())
    ):
        return False
    small = value.lower()
    words = vocabulary()
    if small in words.words or small in words.services or small in words.empty:
        return False
    return not letters_in(value) or not _is_called_so(value) or sense(value.decode("latin-1")) is None


def _is_called_so(value: bytes) -> bool:
    """Whether a value may be what a field is called: words, numbers of algorithms among them."""
    return _CALLED.fullmatch(_ALGORITHMS.sub(b"x", value)) is not None


def _is_long_enough(kind: str, value: bytes) -> bool:
    """Whether a value is as long as one of its kind has to be to be its own."""
    if kind in _WORDLIKE:
        return (
            len(value) >= _LEAST_IN_NAMES
            or (len(value) >= 4 and _is_mixed(value))
            or (kind in _OF_PEOPLE and len(value) >= 3 and is_given_name(value) and not is_plain_word(value))
        )
    if len(value) >= 8:
        return True
    return not value.isdigit() and ((len(value) >= 6 and _is_mixed(value)) or (len(value) >= 7 and not value.islower()))


def _is_mixed(value: bytes) -> bool:
    """Whether a value has letters and digits."""
    return digits_in(value) > 0 and letters_in(value) > 0


def _as_word(text: bytes, kind: str, value: bytes, *, given: bool) -> _Spelling:
    """A way of writing a value that was found: no part of a longer word or, where it may be a word, of a path or name.

    What is given may be a part of those, and who is called like no word of the trade.
    """
    before = behind = _LETTERS_AND_DIGITS
    named = kind in _OF_PEOPLE and not given and len(text) >= _LEAST_IN_NAMES and not is_plain_word(text)
    if named:
        before, behind = before | _VARIABLE, behind | _CALL
    elif kind in _WORDLIKE and not given:
        before = behind = _WORD_OR_JOIN if text.isalpha() else _WORD
    before = before if text[0] in _WORD else _NOTHING
    return _Spelling(kind, value, before, behind if text[-1] in _WORD else _NOTHING, _NOTHING, named)


class Known:
    """A set of values with their kinds, and where they begin in a text; those of another set are found with them.

    Those that are `given` name a person or a machine that somebody knows of: they are found in any case and in parts
    of names and paths too, unless they are also ordinary words.
    """

    __slots__ = ("_anyhow", "_beside", "_exactly", "_heads", "_lengths", "_wrapped")

    def __init__(
        self,
        values: Iterable[tuple[str, bytes]],
        given: Iterable[tuple[str, bytes]] = (),
        *,
        beside: Known | None = None,
    ) -> None:
        self._beside = beside
        # What stands at the places where a value may begin is looked up by its length, the longest first.
        self._exactly: dict[bytes, _Spelling] = {}
        self._anyhow: dict[bytes, _Spelling] = {}
        self._wrapped: list[tuple[str, bytes, Expression]] = []
        for kind, value in given:
            for ended in dict.fromkeys((value, ended_bytes(value))):
                self._add_given(kind, ended)
        for kind, value in values:
            self._add(kind, value)
        lengths: dict[bytes, tuple[int, ...]] = {}
        for text in chain(map(bytes.lower, self._exactly), self._anyhow):
            head, size = text[:HEAD], len(text)
            known = lengths.get(head)
            if known is None:
                lengths[head] = (size,)
            elif size not in known:
                lengths[head] = tuple(sorted({*known, size}, reverse=True))
        self._lengths = lengths
        self._heads = Heads([*lengths])

    def _add(self, kind: str, value: bytes) -> None:
        """Look for a value that was found."""
        for text in spellings(value):
            if text not in self._exactly:
                self._exactly[text] = _as_word(text, kind, value, given=False)
        for plain in held(value):
            # Settings that are no secret lie among the data of a secret too.
            if worth_finding(kind, plain) and (kind != "secret" or _is_mixed(plain)):
                for text in spellings(plain):
                    self._exactly.setdefault(text, _as_word(text, kind, value, given=False))
        if kind in _WORDLIKE or not _is_mixed(value):
            return
        if len(value) >= _LEAST_CASELESS:
            self._anyhow.setdefault(value.lower(), _as_word(value, kind, value, given=False))
        if len(value) < _DECODED:
            self._add_encoded(kind, value, wide=False)

    def _add_given(self, kind: str, value: bytes) -> None:
        """Look for a value that was given."""
        own = worth_finding(kind, value)
        for text in spellings(value):
            self._exactly.setdefault(text, _as_word(text, kind, value, given=own))
            if own:
                self._anyhow.setdefault(text.lower(), _as_word(text, kind, value, given=True))
        if own:
            self._add_encoded(kind, value, wide=True)
        if own and len(value) <= _LONGEST_WRAPPED:
            letters = (re.escape(bytes([code])).decode("latin-1") for code in value)
            self._wrapped.append((kind, value, Expression(rf"(?i)\b{_WRAP.join(letters)}\b")))

    def _add_encoded(self, kind: str, value: bytes, *, wide: bool) -> None:
        """Look for a value in runs of base64 and hexadecimal."""
        for text, caseless, run in encoded(value, wide=wide):
            into = self._anyhow if caseless else self._exactly
            into.setdefault(text, _Spelling(kind, value, _NOTHING, _NOTHING, run))

    def __bool__(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self._exactly) or bool(self._beside)

    def hits(self, data: bytes, places: Mapping[int, int] = _NOWHERE) -> list[Hit]:
        """Where the values stand by themselves, however they are written; not as a part of a longer word.

        What stands at `places`, the ends under the starts, is not given.
        """
        found: list[Hit] = self._beside.hits(data, places) if self._beside else []
        if not self._exactly:
            return found
        lengths, exactly, anyhow, size, done = self._lengths, self._exactly, self._anyhow, len(data), 0
        small = data.lower()
        for start, stop in self._heads.places(small):
            if start < done:
                continue
            for length in lengths.get(small[start:stop], ()):
                if (end := start + length) > size:
                    continue
                spelling = exactly.get(data[start:end])
                if spelling is None or not _stands(data, start, end, spelling):
                    spelling = anyhow.get(small[start:end])
                    if spelling is None or not _stands(data, start, end, spelling):
                        continue
                begin, end = _whole(data, start, end, spelling.run) if spelling.run else (start, end)
                if places.get(begin) != end:
                    found.append(Hit(begin, end, spelling.kind, "known", KNOWN, spelling.value))
                done = end
                break
        for kind, value, wrapped in self._wrapped if b"\n" in data else ():
            found += [
                Hit(*span, kind, "known", KNOWN, value) for span in wrapped.spans(data) if data.find(b"\n", *span) >= 0
            ]
        return found

    def __repr__(self) -> str:
        """Constant: what is known is not shown."""
        return "<Known values>"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied."""
        raise TypeError("known values hold secrets and are neither pickled nor copied; make them where they are used")


def _stands(data: bytes, start: int, end: int, spelling: _Spelling) -> bool:
    """Whether a value stands there by itself."""
    if end < len(data) and data[end] in spelling.behind:
        return False
    if start == 0 or (data[start - 1] not in spelling.before and not (spelling.named and _is_marked(data, start))):
        return True
    return _is_led(data, start)


def _is_marked(data: bytes, start: int) -> bool:
    """Whether an underscore marks the word behind it, as it does in the rows of a file, and joins no two."""
    return data[start - 1] == _UNDERSCORE and (start == 1 or data[start - 2] not in _LETTERS_AND_DIGITS)


def _is_led(data: bytes, start: int) -> bool:
    """Whether a flag or an end that is written out stands right before a value."""
    led = data[start - 2 : start] if start >= len(b"-u") else b""
    if led in _ESCAPED:
        return True
    return led[:1] == b"-" and led[1:].isalpha() and data[max(start - 3, 0) : start - 2] in _BEFORE_FLAGS


def _whole(data: bytes, start: int, end: int, run: frozenset[int]) -> Span:
    """The run that an encoded value lies in."""
    first, last = max(start - _LONGEST_RUN, 0), min(end + _LONGEST_RUN, len(data))
    while start > first and data[start - 1] in run:
        start -= 1
    while end < last and data[end] in run:
        end += 1
    return start, end

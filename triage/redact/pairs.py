r"""Names with their values that stand again and again: each is judged once for a text, by itself.

A megabyte of a structured log holds `"user":"admin"` thousands of times. Such a pair is cut out with as much beside it
as judging reads, where its form says how much that is: a string up to its quote, a word up to a blank, a short line.
What is found in the cutting is found wherever it stands again. Everything else is judged where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from triage.redact.joints import assignment
from triage.redact.keys import Names, Sense, sense
from triage.redact.lines import Lines
from triage.redact.structure import NAME_ENDINGS, NAME_KEY, NAME_TABLE, NAME_WORDS, assigned, meaning_of, named_value
from triage.redact.text import LETTERS, WORD, Found, Span

__all__ = ("assignments",)

# So many are remembered; then all are forgotten.
_MOST: Final = 16_384
_NAME_REACH: Final = 62
_BESIDE_ITEMS: Final = 9
_VALUE_REACH: Final = 160
_LINE_REACH: Final = 100
_SIGNS: Final = frozenset(b':="')
_SIGN_ALONE: Final = frozenset({b":", b"=", b","})
_COLON: Final = ord(":")
_QUOTE: Final = ord('"')
_BLANK: Final = ord(" ")
_NAME: Final = rb"[A-Za-z0-9_](?:[\w-]|\.(?!\.)){0,58}"
# Before a name without quotes: where a word stands there, all of it.
_BESIDE: Final = rb"(?:[{,(\n]|[^A-Za-z][A-Za-z]{0,20}[ ])"
# Such that the name begins no line, with which a setting reads on to its end.
_INSIDE: Final = rb"(?:[{,]|(?!-[xX][ ])[^A-Za-z\s][A-Za-z]{1,20}[ ]|[^A-Za-z\s+>#|*~-][ ])"
# Nothing that changes a value follows: no arrow, no "to".
_STRING: Final = rb'"[^"\\\r\n\x00]+"(?:[,}\])\n][\s\S]?|[ ][^\s=t-])'
# Two letters, or a number such as 0x1f, may be what opens a string.
_WORDLIKE: Final = rb"(?!0x)[\w/.:+%-]{2,80}[\w/+%-](?:[,}\n][\s\S]?|[ ][^<])"
_LITERAL: Final = rb"[\w.+-]{0,40}[\w+-][,}][\s\S]?"
_REST: Final = rb"""(?!0x|string\(|std::|[bBuUrRfFN]{1,2}\n)[^\s"'`\\{}\[\]|<>!&*$@,;:=][^\r\n\x00]*(?<![\s(])\n"""
_SENTENCE: Final = rb'"[^"\\\r\n\x00]+",?\n'

_STRINGS: Final = re.compile(
    rb'(?:[\s\S]{0,2}"(' + _NAME + rb')"[ ]?:[ ]?|' + _BESIDE + rb"(" + _NAME + rb")=)" + _STRING
)
_WORDS: Final = re.compile(
    rb'(?:(?:[{,][ ]?|.[{,])"('
    + _NAME
    + rb')"[ ]?:[ ]?(?='
    + _LITERAL
    + rb")|"
    + _INSIDE
    + rb"("
    + _NAME
    + rb")=(?="
    + _WORDLIKE
    + rb"))[\s\S]+"
)
_LINES: Final = re.compile(
    rb'\n[ \t]*(?:-[ \t]+|export[ ])?(?:"('
    + _NAME
    + rb')"|('
    + _NAME
    + rb"))[ ]?[:=][ ]?(?:"
    + _REST
    + rb"|"
    + _SENTENCE
    + rb")"
)
_NAMED: Final = re.compile(
    rb'(?:"(' + _NAME + rb')"[ ]?(?::|,\s{0,4}")|' + _BESIDE + rb"(" + _NAME + rb')(?:[=:]|"[ ]?,\s{0,4}"))'
)
# Two items of a list, with what tells whether it holds more.
_ITEMS: Final = re.compile(rb'[\s\S]{0,9}"(' + _NAME + rb')"[ ]?,[ ]?"[^"\\\r\n\x00]+"[\s\S]{0,9}')
_BESIDE_ITEM: Final = re.compile(rb'[\w.-]+",')
_BY_ENTROPY: Final = re.compile(rb"(?i)key|encrypt|access|api|licen|authentic")
_BEFORE_VALUES: Final = (b":", b": ")
_OF_NAMES: Final = frozenset(WORD + b".-")
_WORD_BEFORE: Final = re.compile(rb"[^A-Za-z][A-Za-z]{0,20} \Z")
_LETTERS: Final = frozenset(LETTERS)
_WORD_REACH: Final = 22
_BARE: Final = re.compile(rb"[\w/.:+%-]{1,80}")
# A word where a number of somebody would stand, such as `caller=main.go:12`.
_NO_NUMBER: Final = re.compile(rb"=(?!std::)[A-Za-z][\w/.:+%-]{2,80}[ ,\n]")
# What stands under these is read over the end of a word, or by a reader of its own.
_READ_ON: Final = frozenset({"phone", "digits", "name"})
_OF_THEIR_OWN: Final = frozenset({"header", "cookies"})
_PHRASES: Final = (b"phrase", b"mnemonic")
# A name behind this is none; see `structure`.
_ARN: Final = b"arn:"
_ARN_REACH: Final = 200

# Of a name that has not been read, of one that names another, and of one that cannot be told by itself.
_NEW: Final = Sense("new")
_LISTED: Final = Sense("listed")
_UNCLEAR: Final = Sense("unclear")

_Confirmed = Callable[[bytes, int, int], bool]
_Cutting = tuple[int, bytes, re.Pattern[bytes]]
"""Where a pair was cut out, what, and the form that such a cutting must have."""


def assignments(data: bytes, extra: Names, lines: Lines, confirmed: _Confirmed) -> Iterator[Found]:
    """As `structure.assignments`; `confirmed` says whether the generic rule finds anything at a name."""
    pairs = _Pairs(data, extra, confirmed)
    for place in lines.spans(assignment(extra)):
        found = pairs.read(place)
        if found:
            yield from found


class _Pairs:
    """The pairs of one text: they hold values, and are forgotten with it."""

    __slots__ = ("_confirmed", "_data", "_extra", "_found", "_meanings")

    def __init__(self, data: bytes, extra: Names, confirmed: _Confirmed) -> None:
        self._data = data
        self._extra = extra
        self._confirmed = confirmed
        self._meanings: dict[bytes, Sense | None] = {}
        self._found: dict[tuple[bytes, int], tuple[Found, ...] | None] = {}

    def read(self, place: Span) -> Iterable[Found]:
        """What stands under a name that is joined to something."""
        data = self._data
        start, end = place
        last = data[end - 1]
        item = last == _QUOTE and _BESIDE_ITEM.match(data, start, end) is not None
        if start and data[start - 1] == _QUOTE and last in _SIGNS:
            before, begin = start - 1, start
        elif item and self._ends_a_sentence(start, end):
            return ()
        else:
            before, begin = self._before(start) if last in _SIGNS else (-1, 0)
        if before < 0:
            return assigned(data, place, self._extra)
        name = data[before:end]
        meaning = self._meanings.get(name, _NEW)
        if meaning is _NEW:
            meaning = self._noted(name, start - before)
        if meaning is None:
            return ()
        if meaning is _LISTED:
            return named_value(data, begin, self._extra)
        if meaning.weak == "phone" and _NO_NUMBER.match(data, end - 1):
            return ()
        if item and self._is_value(before, begin) and meaning is not _UNCLEAR and meaning.weak != "entropy":
            return ()
        cutting = self._cut(before, end, quoted=before == begin - 1 and data[before] == _QUOTE)
        if cutting is None:
            return assigned(data, place, self._extra)
        at, text, form = cutting
        asked = (text, end - at)
        found = self._found[asked] if asked in self._found else self._learned(asked, start - at, form, meaning)
        if found is None or (found and _ARN in data[max(start - _ARN_REACH, 0) : start]):
            return assigned(data, place, self._extra)
        return [(begin + at, stop + at, kind, rule) for begin, stop, kind, rule in found] if found else ()

    def _is_value(self, before: int, begin: int) -> bool:
        """Whether a string that another follows is the value of a pair."""
        quoted = before == begin - 1 and self._data[before] == _QUOTE
        return quoted and self._data[max(before - 2, 0) : before].endswith(_BEFORE_VALUES)

    def _ends_a_sentence(self, start: int, end: int) -> bool:
        """Whether a word ends an item of a list without being all of it, no flag and nothing for the generic rule."""
        data, begin = self._data, start
        first = start - _NAME_REACH if start > _NAME_REACH else 0
        while begin > first and data[begin - 1] in _OF_NAMES:
            begin -= 1
        if begin == first or data.find(b'"', max(begin - 4, 0), begin) >= 0 or data[begin] in b"-.":
            return False
        return not _BY_ENTROPY.search(data, begin, end)

    def _before(self, start: int) -> Span:
        """Where the mark stands before a name, or the one before the word that stands there, and where the name does.

        The mark is nowhere, at -1, where that is not clear.
        """
        first = start - _NAME_REACH if start > _NAME_REACH else 0
        begin = first + self._data[first:start].translate(NAME_TABLE).rfind(b" ") + 1
        if begin == first:
            return -1, begin
        if self._data[begin - 1] != _BLANK:
            return begin - 1, begin
        if self._data[begin - 2] not in _LETTERS:
            return begin - 2, begin
        word = _WORD_BEFORE.search(self._data, max(begin - _WORD_REACH, 0), begin)
        return (word.start() if word else -1), begin

    def _cut(self, before: int, end: int, *, quoted: bool) -> _Cutting | None:
        """A pair with as much beside it as is read."""
        data = self._data
        sign = data[end - 1]
        if sign == _QUOTE:
            stop = data.find(b'"', end, end + _VALUE_REACH)
            place = max(before - _BESIDE_ITEMS, 0)
            return (place, data[place : stop + 1 + _BESIDE_ITEMS], _ITEMS) if quoted and stop >= 0 else None
        at = end + (data[end : end + 1] == b" ")
        place = before if not quoted else before - 2 if before > 2 else 0
        if data[at : at + 1] == b'"' and (quoted or sign != _COLON):
            stop = data.find(b'"', at + 1, at + _VALUE_REACH)
            return (place, data[place : stop + 3], _STRINGS) if stop >= 0 else None
        line = data.rfind(b"\n", max(before - _LINE_REACH, 0), before + 1)
        if line >= 0 and not data[line + 1 : before].strip(b" \t-"):
            stop = data.find(b"\n", end, end + _VALUE_REACH)
            if stop >= 0:
                return line, data[line : stop + 1], _LINES
        word = _BARE.match(data, at)
        return (place, data[place : word.end() + 2], _WORDS) if word else None

    def _noted(self, name: bytes, start: int) -> Sense | None:
        """What a name says with what stands before it and its sign, from now on: None only if it is always nothing."""
        if len(self._meanings) >= _MOST:
            self._meanings.clear()
        meaning: Sense | None = _UNCLEAR
        named = _NAMED.fullmatch(name)
        if named and start >= named.start(named.lastindex or 0):
            meaning = meaning_of(name, start, self._extra)[2]
            small = named[named.lastindex or 0].lower()
            if meaning is None and (small in NAME_WORDS or small.endswith(NAME_ENDINGS)):
                meaning = _LISTED
        self._meanings[name] = meaning
        return meaning

    def _learned(
        self, asked: tuple[bytes, int], start: int, form: re.Pattern[bytes], meaning: Sense
    ) -> tuple[Found, ...] | None:
        """What is found in a cutting, from now on; None if it has to be judged where it stands."""
        if len(self._found) >= _MOST:
            self._found.clear()
        alone = self._stands_alone(*asked, start, form, meaning)
        found = self._found[asked] = self._alone(*asked, start) if alone else None
        return found

    def _stands_alone(self, text: bytes, end: int, start: int, form: re.Pattern[bytes], known: Sense) -> bool:
        """Whether nothing but a cutting is read to judge it."""
        match = form.fullmatch(text)
        if match is None:
            return False
        begin, stop = match.span(match.lastindex or 0)
        if not begin <= start < stop or text[stop:end].strip(b'" ') not in _SIGN_ALONE:
            return False
        meaning = meaning_of(text, start, self._extra)[2] if known is _UNCLEAR else known
        listed = NAME_KEY.match(text, begin)
        if listed and sense(listed[1].decode("latin-1"), self._extra) is not None:
            return False
        if meaning is None:
            return True
        on = meaning.weak in _READ_ON and not (meaning.weak == "phone" and text[end : end + 1].isalpha())
        on = form is _WORDS and (on or text[begin:stop].lower().endswith(_PHRASES))
        return not on and meaning.weak not in _OF_THEIR_OWN

    def _alone(self, text: bytes, end: int, start: int) -> tuple[Found, ...] | None:
        """What is found in a cutting by itself; None where the generic rule has to see the line."""
        found = []
        for one in assigned(text, (start, end), self._extra):
            if one[2]:
                found.append(one)
            elif self._confirmed(text, one[0], one[1]):
                return None
        return tuple(found)

    def __repr__(self) -> str:
        """Sizes only."""
        return f"<{len(self._found):,} pairs>"

r"""Names with their values that stand again and again: each is judged once for a text, by itself.

A megabyte of a structured log holds `"user":"admin"` thousands of times. Such a pair is cut out with as much beside it
as judging reads, where its form says how much that is: a string up to its quote, a word up to a blank, a short line.
What is found in the cutting is found wherever it stands again. Everything else is judged where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

import ahocorasick_rs

from triage.redact.lines import Lines
from triage.redact.masks import MASK
from triage.redact.named.behind import value_behind
from triage.redact.named.joints import assignment, pairing
from triage.redact.named.judging import judged
from triage.redact.named.keys import Names, Sense, sense
from triage.redact.named.pair_forms import ITEMS, LINES, NAMED, STRINGS, WORDS
from triage.redact.named.structure import (
    NAME_ENDINGS,
    NAME_KEY,
    NAME_TABLE,
    NAME_WORDS,
    assigned,
    meaning_of,
    named_value,
)
from triage.redact.pii.people import FORMS
from triage.redact.text import LETTERS, WORD, Found, Span, at_edges

__all__ = ("assignments",)

# So many are remembered; then all are forgotten.
_MOST: Final = 16_384
_NAME_REACH: Final = 62
_KIND_REACH: Final = 40
_BESIDE_ITEMS: Final = 9
_VALUE_REACH: Final = 160
_LINE_REACH: Final = 100
_SIGNS: Final = frozenset(b':="')
_SIGN_ALONE: Final = frozenset({b":", b"=", b","})
_COLON: Final = ord(":")
_QUOTE: Final = ord('"')
_BLANK: Final = ord(" ")
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
_READ_ON: Final = FORMS | {"phone", "digits"}
_OF_THEIR_OWN: Final = frozenset({"header", "cookies"})
_READ_OTHERWISE: Final = _OF_THEIR_OWN | {"entropy"}
_PHRASES: Final = (b"phrase", b"mnemonic")
# A name behind this is none; see `structure`.
_ARN: Final = b"arn:"
_ARN_REACH: Final = 200
# In a large text this finds it ten times as fast as `in` does.
_ARNS: Final = ahocorasick_rs.BytesAhoCorasick([_ARN])

# Of a name that has not been read, or once, of one that names another, and of one that cannot be told by itself.
_NEW: Final = Sense("new")
_ONCE: Final = Sense("once")
_LISTED: Final = Sense("listed")
_UNCLEAR: Final = Sense("unclear")

# A name in quotes that says nothing; one of whose value a cutting tells; a string that says nothing where it is itself
# a value; a name that is read step by step; and one whose value is judged alone, if it is a string.
_SILENT: Final = 0
_PAIR: Final = 1
_VALUE: Final = 2
_UNSURE: Final = 3
_JUDGED: Final = 4
_BEHIND_STRINGS: Final = frozenset({b",", b"}"})

_Confirmed = Callable[[bytes, int, int], bool]
_Cutting = tuple[int, bytes, re.Pattern[bytes]]
"""Where a pair was cut out, what, and the form that such a cutting must have."""


def assignments(data: bytes, extra: Names, lines: Lines, confirmed: _Confirmed) -> list[Found]:
    """As `structure.assignments`; `confirmed` says whether the generic rule finds anything at a name."""
    places = lines.spans(pairing(extra))
    return _Pairs(data, extra, confirmed).read_all(places) if places else []


class _Pairs:
    """The pairs of one text: they hold values, and are forgotten with it."""

    __slots__ = ("_confirmed", "_data", "_extra", "_forms", "_found", "_meanings", "_resources", "_wholes")

    def __init__(self, data: bytes, extra: Names, confirmed: _Confirmed) -> None:
        self._data = data
        self._extra = extra
        self._confirmed = confirmed
        self._meanings: dict[bytes, Sense | None] = {}
        self._found: dict[tuple[bytes, int], tuple[Found, ...] | None] = {}
        # How a name in quotes is read that was seen before, with its sign.
        self._forms: dict[bytes, int] = {}
        # What matches gave that tell it alone, by them and what stands before, from their names' quotes on.
        self._wholes: dict[bytes, list[Found]] = {}
        self._resources: bool | None = None

    def read_all(self, places: list[Span]) -> list[Found]:
        """What stands under every name; what is told by a match and its name alone is told again at sight."""
        data, wholes = self._data, self._wholes
        found: list[Found] = []
        for start, end in at_edges(data, places):
            before = data.rfind(b'"', start - _NAME_REACH if start > _NAME_REACH else 0, start)
            told = wholes.get(data[before - 2 : end]) if before > 2 else None
            if told is None:
                found += self._at_first_sight(start, end, before)
            elif told:
                for begin, stop, kind, rule in told:
                    found.append((before + begin, before + stop, kind, rule))
        return found

    def _at_first_sight(self, start: int, end: int, before: int) -> list[Found]:
        """What a match gives, remembered where it and the name that it is in tell it alone."""
        data = self._data
        if self._in_mask(start, end):
            return []
        colon = data.find(b'":', start, end - 1) + 2
        if colon > 1 and data[end - 2 : end] == b"=>":  # PHP has who may see a property before its arrow
            colon = 0
        first = colon if colon > 1 else end
        string = self._in_string(before, first) if before > 2 and colon > 1 else None
        found = string if string is not None else [*self._read((start, first))]
        sure = before > 2 and (string is not None or self._is_told((start, first), end))
        if first < end:
            # What is joined in the value too, or to what follows it.
            text = data[start:end]
            for place in assignment(self._extra).spans(text, first - start):
                inner = (place[0] + start, place[1] + start)
                told = [*self._read(inner)]
                sure = sure and self._is_told(inner, end)
                found += told
        if sure and not (found and self._in_resources()):
            if len(self._wholes) >= _MOST:
                self._wholes.clear()
            self._wholes[data[before - 2 : end]] = [
                (begin - before, stop - before, kind, rule) for begin, stop, kind, rule in found
            ]
        return found

    def _in_mask(self, start: int, end: int) -> bool:
        """Whether a name is the kind of a mask."""
        data = self._data
        bracket = data.rfind(b"[", start - _KIND_REACH if start > _KIND_REACH else 0, start)
        if bracket < 0 or data[end - 1] != _COLON or not MASK.match(data, bracket):
            return False
        kind = data[bracket + 1 : end - 1]
        return b":" not in kind and kind not in NAME_WORDS

    def _in_resources(self) -> bool:
        """Whether the text names resources, of whose names what follows is a part."""
        if self._resources is None:
            self._resources = bool(_ARNS.find_matches_as_indexes(self._data))
        return self._resources

    def _in_string(self, before: int, end: int) -> list[Found] | None:
        """What a string under a name in quotes is, as `_read` says it but in fewer steps; None if that has to."""
        data = self._data
        name = data[before:end]
        if self._forms.get(name) != _JUDGED:
            return None
        at = end + 1 + (data[end : end + 1] == b" ")
        stop = data.find(b'"', at, at + _VALUE_REACH - 1)
        if stop < 0 or data[at - 1] != _QUOTE or data[stop + 1 : stop + 2] not in _BEHIND_STRINGS:
            return None
        meaning = self._meanings[name]
        place = before - 2
        text = data[place : stop + 3]
        span, named = (at - place, stop - place), (3, end - place - 2)
        found = [*judged(text, span, meaning, in_quotes=True, assigned=False, name=named)] if meaning else []
        in_resource = found and _ARN in data[max(before - _ARN_REACH, 0) : before]
        if in_resource or not all(kind for _, _, kind, _ in found):
            return None
        return [(begin + place, stop + place, kind, rule) for begin, stop, kind, rule in found]

    def _is_told(self, place: Span, limit: int) -> bool:
        """Whether nothing is read to judge a name but what stands between the quote before it and a place."""
        data = self._data
        start, end = place
        before = data.rfind(b'"', max(start - _NAME_REACH, 0), start)
        form = self._forms.get(data[before:end])
        if form in {_PAIR, _JUDGED}:
            at = end + (data[end : end + 1] == b" ")
            stop = data.find(b'"', at + 1, at + _VALUE_REACH)
            if stop < 0 or stop + 3 > limit or data[at : at + 1] != b'"':
                return False
            told = self._found.get((data[before - 2 : stop + 3], end - before + 2))
            return told == () or (told is not None and not self._in_resources())
        return form == _SILENT or (form == _VALUE and self._is_value(before, before + 1))

    def _read(self, place: Span) -> Iterable[Found]:
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
        meaning = self._meaning(name, start - before)
        if meaning is _ONCE:
            return assigned(data, place, self._extra)
        if data[before] == _QUOTE and (not item or before == start - 1):
            self._forms[name] = _form_of(name, meaning, item=item)
        if meaning is None:
            return ()
        if meaning is _LISTED:
            return named_value(data, begin, self._extra)
        if meaning.weak == "phone" and _NO_NUMBER.match(data, end - 1):
            return ()
        if item and self._is_value(before, begin) and meaning is not _UNCLEAR and meaning.weak != "entropy":
            return ()
        told = self._in_object(before, end, meaning) if meaning.weak == "user" else None
        return told if told is not None else self._by_cutting(place, before, begin, meaning)

    def _by_cutting(self, place: Span, before: int, begin: int, meaning: Sense) -> Iterable[Found]:
        """What stands under a name with such a meaning, by a cutting that tells it alone or where it stands."""
        data = self._data
        start, end = place
        cutting = self._cut(before, end, quoted=before == begin - 1 and data[before] == _QUOTE)
        if cutting is None:
            return assigned(data, place, self._extra)
        at, text, form = cutting
        asked = (text, end - at)
        found = self._found[asked] if asked in self._found else self._learned(asked, start - at, form, meaning)
        if found is None or (found and _ARN in data[max(start - _ARN_REACH, 0) : start]):
            return assigned(data, place, self._extra)
        return [(begin + at, stop + at, kind, rule) for begin, stop, kind, rule in found] if found else ()

    def _in_object(self, before: int, end: int, meaning: Sense) -> list[Found] | None:
        """What stands under a name in quotes whose value is an object, as `assigned` says it; None if that has to."""
        data, begin, stop = self._data, before + 1, end - 2
        named = data[before] == _QUOTE and data[stop:end] == b'":' and data[end : end + 2].lstrip(b" ")[:1] == b"{"
        if not named or data[begin:stop].lower().endswith(NAME_ENDINGS) or _ARN in data[max(begin - 120, 0) : begin]:
            return None
        return [*value_behind(data, (begin, stop), end, meaning), *named_value(data, begin, self._extra)]

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
            return (place, data[place : stop + 1 + _BESIDE_ITEMS], ITEMS) if quoted and stop >= 0 else None
        at = end + (data[end : end + 1] == b" ")
        place = before if not quoted else before - 2 if before > 2 else 0
        if data[at : at + 1] == b'"' and (quoted or sign != _COLON):
            stop = data.find(b'"', at + 1, at + _VALUE_REACH)
            return (place, data[place : stop + 3], STRINGS) if stop >= 0 else None
        line = data.rfind(b"\n", max(before - _LINE_REACH, 0), before + 1)
        if line >= 0 and not data[line + 1 : before].strip(b" \t-"):
            stop = data.find(b"\n", end, end + _VALUE_REACH)
            if stop >= 0:
                return line, data[line : stop + 1], LINES
        word = _BARE.match(data, at)
        return (place, data[place : word.end() + 2], WORDS) if word else None

    def _meaning(self, name: bytes, start: int) -> Sense | None:
        """As `_noted`, from the second time on: most names of a text stand there once, and nothing is worth keeping."""
        meaning = self._meanings.get(name, _NEW)
        if meaning is _NEW:
            if len(self._meanings) >= _MOST:
                self._meanings.clear()
                self._forms.clear()
            self._meanings[name] = _ONCE
            return _ONCE
        return self._noted(name, start) if meaning is _ONCE else meaning

    def _noted(self, name: bytes, start: int) -> Sense | None:
        """What a name says with what stands before it and its sign, from now on: None only if it is always nothing."""
        meaning: Sense | None = _UNCLEAR
        named = NAMED.fullmatch(name)
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
        on = form is WORDS and (on or text[begin:stop].lower().endswith(_PHRASES))
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


def _form_of(name: bytes, meaning: Sense | None, *, item: bool) -> int:
    """How a name in quotes with such a meaning is read, or a string before another."""
    if meaning is None:
        return _SILENT
    if meaning is _LISTED or meaning.weak == "phone":
        return _UNSURE
    if item or name.endswith(b'"'):
        return _VALUE if item and meaning is not _UNCLEAR and meaning.weak != "entropy" else _UNSURE
    plain = name.endswith(b'":') and name[-3:-2] != b"." and name[1:-2].lower() not in NAME_WORDS
    return _JUDGED if plain and meaning is not _UNCLEAR and meaning.weak not in _READ_OTHERWISE else _PAIR

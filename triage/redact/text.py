"""Untrusted text as bytes: RE2 expressions over it, its lines and its characters.

This is the one place where RE2 compiles an expression. Expressions of `re` elsewhere are bounded or one class repeated.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

import re2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = (
    "BACKSLASH",
    "DIGITS",
    "HEX_DIGITS",
    "LETTERS",
    "WORD",
    "WORD_START",
    "Allowance",
    "Beginnings",
    "Expression",
    "Found",
    "Headed",
    "Part",
    "Span",
    "alternatives",
    "anywhere",
    "at_edges",
    "branches",
    "digits_in",
    "expression",
    "is_word",
    "letters_in",
    "line_of",
    "touches",
)

Place = TypeVar("Place", bound=tuple[int, ...])
Span = tuple[int, int]
Part = tuple[int, int, int, int, int]
"""Where an expression matches, the number of its one group that takes part, and where that matches."""
Found = tuple[int, int, str, str]
"""Start, end, kind and rule of a value; a kind of "" asks gitleaks' generic rule, from the start on."""

BACKSLASH: Final = 0x5C
DIGITS: Final = b"0123456789"
HEX_DIGITS: Final = DIGITS + b"abcdefABCDEF"
LETTERS: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
WORD: Final = DIGITS + LETTERS + b"_"

WORD_START: Final = r"(?:\b|\\[nrt])"
"""Where a word begins, be it behind a line end or a tab that a string writes out."""

# One large alternation runs as an automaton only if its states fit.
_MEMORY: Final = 64 << 20
_GROUP: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\\\]])*\]|(\()(?!\?)", re.DOTALL)
_FIRST_GROUP: Final = re.compile(r"^((?:\(\?i\))?)\\b\((?!\?)")
_LARGE: Final = 1 << 14
_MOST: Final = 4_096
# Names that follow each other at once are a row from so many on, of which so many at either end are read.
_ROW: Final = 32
_EDGE: Final = 8
_APART: Final = 2
_FEW_STEPS: Final = 1_024
_SIGNS: Final = frozenset({b"=", b":"})
_BEYOND_ASCII: Final = bytes(range(0x80, 0x100))
_BEFORE_LETTERS: Final = bytes(range(0x41))
_ANYWHERE: Final = re2._re2.RE2.Anchor.UNANCHORED  # noqa: SLF001
_HERE: Final = re2._re2.RE2.Anchor.ANCHOR_START  # noqa: SLF001


class Expression:
    """A compiled RE2 expression over bytes; linear in the text whatever the text is."""

    __slots__ = ("_compiled", "_match", "group_count", "pattern")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self._compiled: Any = re2.compile(pattern.encode("latin-1", "backslashreplace"), _options())
        self.group_count: int = self._compiled.groups
        self._match: Callable[[Any, bytes, int, int], list[Span]] = self._compiled._regexp.Match  # noqa: SLF001

    def spans(self, data: bytes, start: int = 0, end: int | None = None) -> list[Span]:
        """Where it matches, from the left."""
        endpos = len(data) if end is None else min(end, len(data))
        match, kind, pos = self._match, _ANYWHERE, start
        found: list[Span] = []
        while pos <= endpos:
            span = match(kind, data, pos, endpos)[0]
            stop = span[1]
            if stop < 0:
                break
            found.append(span)
            pos = stop if stop != pos else stop + 1
        return found

    def first(self, data: bytes, pos: int) -> Span | None:
        """Where it matches first from a place on."""
        endpos = len(data)
        if pos > endpos:
            return None
        spans = self._match(_ANYWHERE, data, pos, endpos)
        return spans[0] if spans[0][0] >= 0 else None

    def groups(self, data: bytes, start: int = 0, end: int | None = None) -> Iterator[list[Span]]:
        """Where it and its groups match; (-1, -1) for a group that does not take part."""
        return self._every(data, start, end)

    def parts(self, data: bytes) -> list[Part]:
        """Where it matches, the number of the one group that takes part, and where that matches."""
        if len(data) < _LARGE:
            return [(*spans[0], *_taking_part(spans)) for spans in self._every(data, 0, None)]
        # Groups cost RE2 several times the match. They are asked for once for each text that matches with the byte to
        # either side, on which they depend alone: no expression looks further than its match and `\b`.
        known: dict[bytes, tuple[int, int, int]] = {}
        found: list[Part] = []
        for start, end in expression(_GROUP.sub(_ungrouped, self.pattern)).spans(data):
            beside = data[start - 1 : end + 1] if start else b""
            part = known.get(beside)
            if part is None:
                number, begin, stop = _taking_part(self._match(_HERE, data, start, len(data)))
                part = (number, begin - start, stop - start)
                if start and end < len(data) and len(known) < _MOST:
                    known[beside] = part
            found.append((start, end, part[0], part[1] + start, part[2] + start))
        return found

    def _every(self, data: bytes, pos: int, end: int | None) -> Iterator[list[Span]]:
        """As `finditer` of the module, without an object for each match: there are ten thousand in a megabyte."""
        endpos = len(data) if end is None else min(end, len(data))
        match, kind = self._match, _ANYWHERE
        while pos <= endpos:
            spans = match(kind, data, pos, endpos)
            start, stop = spans[0]
            if start < 0:
                return
            yield spans
            pos = stop + (stop == pos)

    def search(self, data: bytes, start: int = 0, end: int | None = None) -> list[Span] | None:
        """Where it and its groups match first."""
        return next(self.groups(data, start, end), None)

    def match(self, data: bytes, pos: int, end: int) -> list[Span] | None:
        """Where it and its groups match right at a place."""
        endpos = min(end, len(data))
        if pos > endpos:
            return None
        spans = self._match(_HERE, data, pos, endpos)
        return spans if spans[0][0] >= 0 else None

    def fullmatch(self, data: bytes) -> bool:
        """Whether it matches the whole."""
        return self._compiled.fullmatch(data) is not None


class Headed(Expression):
    """An expression that matches only where its head does, which is looked for alone.

    RE2 makes each step of an automaton when it is first taken. Those of many beginnings with all that may follow them
    are as many as both multiplied; those from one beginning on are few.
    """

    __slots__ = ("head",)

    def __init__(self, head: Expression, pattern: str) -> None:
        super().__init__(pattern)
        self.head = head

    def spans(self, data: bytes, start: int = 0, end: int | None = None) -> list[Span]:
        """Where it matches, from the left."""
        endpos = len(data) if end is None else min(end, len(data))
        head, match = self.head._match, self._match  # noqa: SLF001
        found: list[Span] = []
        pos = start
        while pos <= endpos:
            pos = head(_ANYWHERE, data, pos, endpos)[0][0]
            if pos < 0:
                break
            span = match(_HERE, data, pos, endpos)[0]
            pos += 1
            if span[1] >= 0:
                found.append(span)
                pos = max(pos, span[1])
        return found

    def first(self, data: bytes, pos: int) -> Span | None:
        """Where it matches first from a place on."""
        head, endpos = self.head._match, len(data)  # noqa: SLF001
        while pos <= endpos and (pos := head(_ANYWHERE, data, pos, endpos)[0][0]) >= 0:
            span = self._match(_HERE, data, pos, endpos)[0]
            if span[1] >= 0:
                return span
            pos += 1
        return None


def _taking_part(spans: list[Span]) -> tuple[int, int, int]:
    """The number of the one group that takes part in a match, and where it is."""
    number = next(number for number in range(1, len(spans)) if spans[number][0] >= 0)
    return number, *spans[number]


def _ungrouped(part: re.Match[str]) -> str:
    """A group that captures nothing."""
    return "(?:" if part[1] else part[0]


class Beginnings:
    """Expressions that say together which of them match where a text begins."""

    __slots__ = ("_set",)

    def __init__(self, patterns: Iterable[str]) -> None:
        self._set: Any = re2.Set.MatchSet(_options())
        for pattern in patterns:
            self._set.Add(pattern.encode("latin-1", "backslashreplace"))
        self._set.Compile()

    def of(self, text: bytes) -> list[int]:
        """The numbers of the expressions, in order."""
        return sorted(self._set.Match(text) or ())


def _options() -> Any:
    """How every expression is compiled: for bytes, and quietly."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = _MEMORY
    options.log_errors = False
    return options


@lru_cache(maxsize=1_024)
def expression(pattern: str) -> Expression:
    """The compiled expression.

    Raises
    ------
    re2.error
        It is not an RE2 expression.
    """
    return Expression(pattern)


def alternatives(words: Iterable[bytes]) -> str:
    """One of some words, the longer ones of a beginning first; a letter of ASCII begins one only where no word runs."""
    return "|".join(
        (r"\b" if word[:1].isascii() else "") + re.escape(word).decode("latin-1")
        for word in sorted(words, reverse=True)
    )


def branches(words: Iterable[Iterable[str]]) -> str:
    """One of some words, each of steps that are expressions, the longer one of a beginning first.

    Words share their beginnings: RE2 sees those of letters, not of steps that may be nothing.
    """
    tree: dict[str, Any] = {}
    for word in words:
        node = tree
        for step in word:
            node = node.setdefault(step, {})
        node[""] = {}
    return _branch(tree)


def _branch(tree: dict[str, Any]) -> str:
    """The expression of what goes on with one of these steps."""
    told = [step + _branch(tree[step]) for step in sorted(tree, reverse=True)]
    return "".join(told) if len(told) <= 1 else f"(?:{'|'.join(told)})"


def anywhere(pattern: str) -> str:
    """An expression whose group begins a word, which may also stand behind a line end or a tab that is written out."""
    return _FIRST_GROUP.sub(lambda first: f"{first[1]}{WORD_START}(", pattern)


def line_of(data: bytes, at: int, end: int | None = None, *, most: int = 8_192) -> Span:
    """The line around a place, or around a range, at most `most` bytes to either side."""
    stop = at if end is None else end
    first = at - most if at > most else 0
    start = data.rfind(b"\n", first, at) + 1 or first
    newline = data.find(b"\n", stop, stop + most)
    return start, (min(stop + most, len(data)) if newline < 0 else newline)


class Allowance:
    """How much of a text may be looked at again and again: so many steps for a thousand bytes of it, and a few more.

    `reached` is for who reads on: up to where the text was read that was asked about last.
    """

    __slots__ = ("_data", "_left", "_steps", "reached")
    _every: ClassVar[list[Allowance]] = []

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._data = b""
        self._left = self.reached = 0
        self._every.append(self)

    def left(self, data: bytes) -> bool:
        """Whether there are any steps left in a text."""
        if self._data is not data:
            self._data, self._left = data, _FEW_STEPS + len(data) * self._steps // 1_000
            self.reached = 0
        return self._left > 0

    def spend(self, steps: int = 1) -> None:
        """Take some in the text that was asked about last."""
        self._left -= steps

    @classmethod
    def forget(cls) -> None:
        """Keep no text in any."""
        for one in cls._every:
            one._data = b""  # noqa: SLF001 - of this class

    def __repr__(self) -> str:
        """Sizes only."""
        return f"<{self._left:,} steps left in {len(self._data):,} bytes>"


def _opens(between: bytes) -> bool:
    """Whether there is a quote in what stands between two names."""
    return not between.isalnum() and (b'"' in between or b"'" in between)


def at_edges(data: bytes, places: Sequence[Place]) -> Sequence[Place]:
    """Places, each with its start and end last, without the inner ones of long rows of names with their signs.

    Behind a name in such a row stands a name, and no value or one of two bytes. Nobody writes one, and each would be
    looked at for nothing.
    """
    if len(places) <= _ROW:
        return places
    kept: list[Place] = []
    row: list[Place] = []
    last = -3
    for place in places:
        start = place[-2]
        if start - last > _APART or data[last - 2 : last].rstrip(b" ")[-1:] not in _SIGNS or _opens(data[last:start]):
            kept += row if len(row) <= _ROW else row[:_EDGE] + row[-_EDGE:]
            row = []
        row.append(place)
        last = place[-1]
    return kept + (row if len(row) <= _ROW else row[:_EDGE] + row[-_EDGE:])


def touches(data: bytes, start: int, end: int, characters: bytes) -> bool:
    """Whether one of these characters stands right before or behind a range: it is part of something longer."""
    return (start > 0 and data[start - 1] in characters) or (end < len(data) and data[end] in characters)


def digits_in(text: bytes) -> int:
    """How many digits a text has."""
    return len(text) - len(text.translate(None, DIGITS))


def is_word(text: bytes) -> bool:
    """Whether letters are those of a word: all small, all capitals, or the first one only."""
    letters = text.translate(None, _BEYOND_ASCII)
    return letters.isalpha() and (letters.islower() or letters.isupper() or letters.istitle())


def letters_in(text: bytes) -> int:
    """How many letters a text has; what ASCII has between and behind them counts too, as does anything beyond ASCII."""
    return len(text.translate(None, _BEFORE_LETTERS))

"""Messages without what changes from one occurrence to the next: numbers, ids, addresses, paths become named slots.

The patterns, with an example of each kind, are rows of `messages.toml`. A message is cut into tokens by one alternation
that is tried only where a token begins, so that its cost is linear and words cost next to nothing. A message is its
first two lines, and ends after 1,000 characters in which every slot counts as two, and slots with nothing but
punctuation between them as one slot: how long a value is moves no end. Marks of redaction, of any tool, are slots as
well: a redacted message has the key of its original (`triage.marks`), and a mark that names a kind is a slot of that
kind. Words, names of types, error codes and the text of assertions are none: they tell bugs apart.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from triage import marks

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ("Slot", "key_text", "kinds", "parameterise", "slots")

_MAX: Final = 1_000
# So much of a message is looked at, this far back from there for a blank; and of slots without end so many are told.
_LOOKED_AT: Final = 65_536
_BACK: Final = 512
_SPACE: Final = 2
_SLOTS: Final = 500
_MASK: Final = "mask"
_LINES: Final = 2
_OWN: Final = re.compile(r"\{([a-z]{2,10})\}")
_MARK: Final = re.compile(r"\[([a-z][a-z0-9_]{1,39}):")
_KIND: Final = re.compile(r"[a-z]{2,10}")
_SLOT: Final = re.compile(r"\{[a-z]{2,10}\}")
# Slots with nothing but punctuation between them: a list of two numbers is a list of three, a phone number is one mask.
_BETWEEN: Final = r"[\s,;:|/._+#&\\-]{0,3}"
_RUN: Final = re.compile(rf"\{{\}}(?:{_BETWEEN}\{{\}})+")
_GAP: Final = re.compile(_BETWEEN)
_BLANKS: Final = re.compile(r"\s+")
_PLAIN: Final = re.compile(r"(?:(?![Xx]{4}|REDACTED|FILTERED|MASKED)[A-Za-z ,;!?])*")


# A letter of a script that parts no words by blanks, as the patterns read it; and so many characters are remembered.
_JOINED: Final = "\x9f"
_KNOWN: Final = 65_536


@dataclass(frozen=True, slots=True)
class Slot:
    """A variable part of a message: its kind, its value, and where it stands in the message as given."""

    kind: str
    value: str = field(repr=False)
    start: int
    end: int


@cache
def kinds() -> frozenset[str]:
    """The kinds of slots that there are.

    Examples
    --------
    >>> "uuid" in kinds()
    True
    """
    return frozenset(row.name for row in _rows() if not row.keep)


@lru_cache(maxsize=65_536)
def parameterise(message: str) -> str:
    """Give the first two lines of a message with its variable parts as ``{kind}``.

    Examples
    --------
    >>> parameterise("order 48213 for user bob@example.com failed after 1.5 s")
    'order {number} for user {email} failed after {duration}'
    >>> parameterise("GET failed with status 503 after 3 retries")
    'GET failed with status 503 after {number} retries'
    """
    return slots(message)[0]


def slots(message: str) -> tuple[str, tuple[Slot, ...]]:
    """Give the parameterised message and its slots in order.

    Parameters
    ----------
    message
        Any text.

    Returns
    -------
    tuple
        The text that `parameterise` gives, and a `Slot` for each ``{kind}`` in it. The values are raw content: they
        are in no repr, and are not for showing.

    Examples
    --------
    >>> text, found = slots("order 48213 failed")
    >>> text, found[0].kind, found[0].value, found[0].start
    ('order {number} failed', 'number', '48213', 6)
    """
    parts: list[str] = []
    found: list[Slot] = []
    lines = _lines(message)
    room = _Room() if sum(len(line) for _, line in lines) * 2 > _MAX else None
    for start, line in lines:
        if parts:
            parts.append(" " if room is None else room.text(" "))
        if len(line) <= _MAX and _PLAIN.fullmatch(line):
            parts.append(line if room is None else room.text(line))
        else:
            _cut(line, start, parts, found, room)
    return " ".join("".join(parts).split()), tuple(found)


def key_text(message: str) -> str:
    """Give a message as keys take it: every slot the same, so that a mask stands where an address stood.

    Examples
    --------
    >>> key_text("no mail for bob@example.com") == key_text("no mail for [email:1:8-15]")
    True
    >>> key_text("rows [1, 2, 3]") == key_text("rows [4, 5]")
    True
    """
    return _RUN.sub("{}", _SLOT.sub("{}", parameterise(message)))


def _lines(message: str) -> list[tuple[int, str]]:
    """The first two lines that are not blank, stripped, with their places."""
    lines: list[tuple[int, str]] = []
    for end in (_MAX, _LOOKED_AT):
        begin, at = _begin(message, end), 0
        lines.clear()
        for line in begin.splitlines(keepends=True):
            if text := line.strip():
                lines.append((at + line.index(text), text))
            at += len(line)
            if len(lines) == _LINES:
                break
        if len(message) <= end or (len(lines) == _LINES and at < len(begin)):
            break
    return lines


def _begin(message: str, end: int) -> str:
    """A message up to there, where it is longer up to the last blank, so that no value is cut."""
    if len(message) <= end:
        return message
    blank = max(message.rfind(mark, end - _BACK, end) for mark in " \n\t")
    return message[: blank + 1] if blank > 0 else message[:end]


class _Room:
    """How much of a message is left to its key, where slots of any length are the same, and so are blanks."""

    def __init__(self) -> None:
        self.left, self.slots, self._behind = _MAX, _SLOTS, False

    def text(self, text: str) -> str:
        """What of a text that is no slot has room."""
        text = _BLANKS.sub(" ", text)[: self.left]
        self.left -= len(text)
        return text

    def slot(self, before: str) -> str | None:
        """What of the text before a slot has room; None where all of it has and the slot too."""
        if not self._behind or not _GAP.fullmatch(_BLANKS.sub(" ", before)):
            kept = self.text(before)
            if self.left < _SPACE:
                return kept
            self.left -= _SPACE
        self._behind = True
        self.slots -= 1
        return None if self.slots >= 0 else ""


def _cut(line: str, offset: int, parts: list[str], found: list[Slot], room: _Room | None) -> None:
    """Append a line in parts, its slots as their kinds, and the slots, as far as there is room."""
    pattern, names = _compiled()
    done, far = 0, _MAX
    for match in pattern.finditer(line if line.isascii() else line.translate(_reading())):
        known = names.get(match.lastindex or 0)
        if known is None:
            if match.end() - done > far and room is not None:
                if len(_BLANKS.sub(" ", line[done : match.end()])) > room.left:
                    break
                far *= 2
            continue
        kind, values = known
        start, end = match.span()
        for value in values:
            if match.start(value) >= 0:
                start, end = match.span(value)
        text = line[start:end]
        own = _OWN.fullmatch(text)
        if own and own[1] in kinds():
            kind = own[1]
        if kind == _MASK:
            kind = _told(text)
        if room is not None and (last := room.slot(line[done:start])) is not None:
            parts.append(last)
            room.left = 0
            return
        parts += (line[done:start], "{", kind, "}")
        found.append(Slot(kind, text, offset + start, offset + end))
        done = end
    parts.append(line[done:] if room is None else room.text(line[done:]))


class _Reading(dict[int, str]):
    """What the patterns read for a character: one character again, so that places stay."""

    def __init__(self, scripts: tuple[str, ...], stars: str) -> None:
        super().__init__((ord(star), "*") for star in stars)
        self._scripts = scripts

    def __missing__(self, code: int) -> str:
        char = self._read(chr(code))
        if len(self) < _KNOWN:
            self[code] = char
        return char

    def _read(self, char: str) -> str:
        if char.isdecimal():
            return str(unicodedata.decimal(char))
        if "\uff01" <= char <= "\uff5e":  # the full-width forms of ASCII
            return chr(ord(char) - 0xFEE0)
        joined = char.isalnum() and unicodedata.name(char, "").startswith(self._scripts)
        return _JOINED if joined else char


@cache
def _reading() -> _Reading:
    parts = _data()["parts"]
    return _Reading(tuple(parts["joined"].split()), parts["stars"])


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("triage.stacks").joinpath("messages.toml").read_text("utf-8"))


@lru_cache(maxsize=4_096)
def _told(mark: str) -> str:
    """What a mark of redaction says of its value: the kind, where it is one of ours and has a word for it."""
    found = _MARK.match(mark)
    if found is None:
        return _MASK
    kind, words = found[1], _masks()
    return words.get(kind) or (kind if _KIND.fullmatch(kind) else words.get(kind.rpartition("_")[2], _MASK))


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the data file: a kind of slot, or what looks like one and stays."""

    name: str
    pattern: str
    examples: tuple[str, ...]
    keep: bool = False


@cache
def _masks() -> dict[str, str]:
    """The kind of slot for a kind of mark, or for the last word of one."""
    return {word: kind for kind, words in _data()["masks"].items() for word in words}


@cache
def _rows() -> tuple[_Row, ...]:
    """The rows in the order in which they are tried, the marks of redaction put in."""
    data = _data()
    mask: str = data["parts"]["mask"].replace("@marks@", marks.pattern())
    leads = _prefixes(word for row in data["pattern"] for word in row.get("leads", "").split())
    return tuple(
        _Row(
            row["name"],
            (f"(?=[{row['first']}])(?:{row['pattern']})" if "first" in row else row["pattern"])
            .replace("@mask@", mask)
            .replace("@leads@", leads),
            tuple(row["examples"]),
            row.get("keep", False),
        )
        for row in data["pattern"]
    )


def _prefixes(words: Iterable[str]) -> str:
    """A pattern for these words without regard to case, which fails at the first letter where it can."""
    by_letter: dict[str, list[str]] = {}
    for word in sorted({word.lower() for word in words}):
        by_letter.setdefault(word[0], []).append(word[1:])
    return "|".join(f"[{letter}{letter.upper()}](?i:{'|'.join(rest)})" for letter, rest in by_letter.items())


@cache
def _compiled() -> tuple[re.Pattern[str], dict[int, tuple[str, tuple[int, ...]]]]:
    """The alternation, and for the group of each kind of slot its kind and the groups of the value alone."""
    branches = []
    values: dict[str, list[str]] = {}
    for number, row in enumerate(_rows()):
        pattern, values[f"row{number}"] = _named(row.pattern, "value", number)
        pattern, opened = _named(pattern, "open", number)
        for name in opened:
            pattern = pattern.replace("(?(open)", f"(?({name})")
        branches.append(f"(?P<row{number}>{pattern})")
    # What is no slot is passed over as a whole, so that no pattern is tried inside of a token.
    branches.append(r"(?P<rest>[^\W_]++)")
    compiled = re.compile("|".join(branches), re.VERBOSE)
    numbers = compiled.groupindex
    return compiled, {
        numbers[f"row{number}"]: (row.name, tuple(numbers[name] for name in values[f"row{number}"]))
        for number, row in enumerate(_rows())
        if not row.keep
    }


def _named(pattern: str, name: str, number: int) -> tuple[str, list[str]]:
    """A pattern whose groups of a name have names of their own in the alternation, and these names."""
    first, *rest = pattern.split(f"(?P<{name}>")
    made = [f"{name}{number}_{at}" for at in range(len(rest))]
    return first + "".join(f"(?P<{new}>{piece}" for new, piece in zip(made, rest, strict=True)), made

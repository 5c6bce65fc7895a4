"""The level of a console line, and the boxes that the Dart package `logger` draws.

Facts: `PrettyPrinter` of that package, and fdemon's rules for levels: emoji first, then words as in ``error:``, then
words as in ``[error]``; the rows of a stack never speak for a level.

Grammar::

    box   = "┌" rule, {"│ " text | "├" rule}, "└" rule
    text  = error or message | "#" number frame | time
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from triage.formats.traces import dart

__all__ = ("MAX_BOX_LINES", "Box", "BoxLine", "level_of", "worst")

# A box that is longer is given up: its lines stand for themselves.
MAX_BOX_LINES: Final = 256

_ORDER: Final = {"trace": 0, "debug": 1, "info": 2, "warning": 3, "error": 4, "fatal": 5}
_EMOJI: Final = (("🔥💀⛔❌🚫", "error"), ("⚠⚡", "warning"), ("💡\u2139", "info"), ("🐛🔍", "debug"))
_EMOJI_SET: Final = frozenset("".join(chars for chars, _ in _EMOJI))
_WORDS: Final = {
    "fatal": "fatal", "severe": "error", "error": "error", "exception": "error", "warning": "warning",
    "warn": "warning", "info": "info", "debug": "debug", "fine": "debug", "trace": "trace", "verbose": "trace",
}  # fmt: skip
_COLON: Final = re.compile(
    r"(?:\b((?i:fatal|severe|error|exception|warning|warn|info|debug|trace|verbose))|[a-z](Error|Exception)):"
)
_BRACKET: Final = re.compile(r"\[(fatal|severe|error|warning|warn|info|debug|fine|trace|verbose)\]", re.IGNORECASE)
# Words are looked for where writers put them: at the front.
_FRONT_CHARS: Final = 512


def level_of(text: str) -> str | None:
    """The level that a line names, None where it names none.

    Examples
    --------
    >>> level_of("⛔ price feed down"), level_of("FormatException: bad price"), level_of("[debug] tile"), level_of("ok")
    ('error', 'error', 'debug', None)
    """
    front = text[:_FRONT_CHARS]
    if not front.isascii() and not _EMOJI_SET.isdisjoint(front):
        return next(level for chars, level in _EMOJI if any(char in front for char in chars))
    if ":" in front and (match := _COLON.search(front)):
        return _WORDS[(match.group(1) or match.group(2)).lower()]
    if "[" in front and (match := _BRACKET.search(front)):
        return _WORDS[match.group(1).lower()]
    return None


def worst(first: str | None, second: str | None) -> str | None:
    """The graver of two levels, of which either may be unknown.

    Examples
    --------
    >>> worst("info", "error"), worst(None, "debug")
    ('error', 'debug')
    """
    if first is None or second is None:
        return first or second
    return first if _ORDER[first] >= _ORDER[second] else second


@dataclass(slots=True)
class BoxLine:
    """One line of a box: its row of `logs` to be, and where it ends."""

    text: str
    row: dict[str, Any]
    end: int


@dataclass(slots=True)
class Box:
    """The lines of one box, until it closes.

    Examples
    --------
    >>> box = Box()
    >>> for text in ("┌───", "│ FormatException: 12,5O", "├┄┄┄", "│ #0   f (package:app/a.dart:3:1)", "└───"):
    ...     box.add(text, {}, 0)
    >>> box.closed, box.level, box.stack, box.sections[0]
    (True, 'error', '#0   f (package:app/a.dart:3:1)', 'FormatException: 12,5O')
    """

    lines: list[BoxLine] = field(default_factory=list)
    level: str | None = None
    closed: bool = False

    @staticmethod
    def opens(text: str) -> bool:
        """Whether a box begins there."""
        return text.lstrip()[:1] == "┌"

    @staticmethod
    def holds(text: str) -> bool:
        """Whether the line is drawn as one of a box."""
        return text.lstrip()[:1] in {"│", "├", "└"}

    @property
    def is_full(self) -> bool:
        """Whether the box is longer than boxes are."""
        return len(self.lines) >= MAX_BOX_LINES

    def add(self, text: str, row: dict[str, Any], end: int) -> None:
        """Take a line; frames say nothing of the level."""
        self.lines.append(BoxLine(text, row, end))
        self.closed = text.lstrip()[:1] == "└"
        inner = _inner(text)
        if inner and not dart.is_row(inner):
            self.level = worst(self.level, level_of(inner))

    @property
    def sections(self) -> list[str]:
        """The texts between the rules, without those that are stacks."""
        parts: list[list[str]] = [[]]
        for line in self.lines:
            inner = _inner(line.text)
            if inner is None:
                parts.append([])
            elif not dart.is_row(inner):
                parts[-1].append(inner)
        return ["\n".join(part).strip() for part in parts if "".join(part).strip()]

    @property
    def stack(self) -> str:
        """The rows of the stack in the box, "" where it shows none."""
        rows = [inner for line in self.lines if (inner := _inner(line.text)) and dart.is_row(inner)]
        return "\n".join(rows)


def _inner(text: str) -> str | None:
    """What a line of a box holds, None for a rule."""
    start = text.lstrip()
    return start[1:].strip() if start[:1] == "│" else None

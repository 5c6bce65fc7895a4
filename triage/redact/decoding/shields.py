"""Masks taken out of a text where something goes on behind them: `pin=[redacted]4711` reads `pin=4711`.

A mask, ours or another tool's, says that a value stood there, and so that nothing is left to hide. What goes on right
behind it would be hidden by it from every rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from triage.redact import masks
from triage.redact.decoding.origins import Piece, View, build
from triage.redact.lines import Lines
from triage.redact.text import DIGITS, LETTERS, Expression

__all__ = ("unshielded",)

_WORDS: Final = "redacted|filtered|masked|hidden|removed|sanitized|scrubbed|secret|omitted|private"
_REST: Final = r"[\w \-:]{0,40}"
_MARK: Final = (
    rf"\[(?i:{_WORDS}){_REST}\]|<(?i:{_WORDS}){_REST}>|\{{(?i:redacted|masked){_REST}\}}|\((?i:redacted|masked)\)"
)
_SHIELD: Final = Expression(rf"(?:{masks.MASKS}|{_MARK})+")
_GOES_ON: Final = frozenset(LETTERS + DIGITS + b"_!$*^" + bytes(range(0x80, 0x100)))


def unshielded(data: bytes, lines: Lines) -> View | None:
    """The lines of a text in which a value goes on behind a mask, without those masks; None where there are none.

    Only `lines` that hold more are looked at: a mask alone names nothing that a rule could find behind it.
    """
    return build(data, _shields(data, lines))


def _shields(data: bytes, lines: Lines) -> Iterator[Piece]:
    """The masks behind which something goes on."""
    for start, end in lines.spans(_SHIELD):
        if end < len(data) and data[end] in _GOES_ON:
            yield start, end, b""

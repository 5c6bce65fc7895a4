"""The lines of a log as they wait to be read, and the records that are made of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from triage.formats.traces.prefixes import split
from triage.records import json_text

if TYPE_CHECKING:
    from triage.formats.log_heads import Said

__all__ = ("HELD_BY_DOCKER", "WRAPPED", "Record", "Row", "seen", "unwrapped")

# A message is joined from so many lines and characters; those behind it are counted.
_LINES, _CHARS = 400, 65_536
HELD_BY_DOCKER: Final = '{"log":'
# Prefixes of containers' lines, which all lines of a record have.
WRAPPED: Final = (("compose",), ("cri",), ("pod",), ("stream",), ("docker",))
# What of them stands in brackets begins so.
_BRACKETED: Final = frozenset("psS")


@dataclass(slots=True)
class Row:
    """One line as it waits: its place, its text, what its head says, why it is damaged.

    `line` is what the trace modules see of it; `end` is where it ends, where that is not where the next begins.
    """

    number: int
    offset: int
    text: str
    said: Said | None
    damage: str | None
    line: str = ""
    end: int | None = None


@dataclass(slots=True)
class Record:
    """A record in the making."""

    said: Said
    row: Row
    # what introduced it, where the program has a logger of its own and a daemon or a runner writes each of its lines
    by: Record | None = None
    below: list[str] = field(default_factory=list)
    chars: int = 0
    left: int = 0
    event: int | None = None

    def add(self, text: str) -> None:
        """Take a line below the head."""
        if len(self.below) < _LINES and self.chars + len(text) <= _CHARS:
            self.below.append(text)
            self.chars += len(text)
        elif text.strip():
            self.left += 1

    @property
    def message(self) -> str:
        """All lines of the message."""
        return "\n".join([self.said.message, *self.below]).rstrip()


def seen(row: Row) -> str:
    """What the trace modules see of a line: of a record in JSON the program's line that it was made of, or nothing."""
    said, text = row.said, row.text
    if said is None or not (said.json or (text[:1] == "{" and not text.startswith(HELD_BY_DOCKER))):
        return text
    if not said.carried:
        return ""
    moment = "" if said.ts is None else datetime.fromtimestamp(0, UTC) + timedelta(microseconds=said.ts)
    return json_text({"log": said.message, "stream": said.carried, "time": str(moment)})


def unwrapped(text: str) -> tuple[tuple[str, ...], str]:
    """The container that a line is of, () where none wrapped it, and the line without what was put before it.

    Examples
    --------
    >>> unwrapped("web_1  | #0 {main}"), unwrapped("#0 {main}")
    ((('web_1',), '#0 {main}'), ((), '#0 {main}'))
    """
    bare = text[:1] in {" ", "\t", ""} or (text[0] == "[" and text[1:2] not in _BRACKETED)
    line = None if bare else split(text)
    return (line.stream[1:2], line.text) if line is not None and line.stream[:1] in WRAPPED else ((), text)

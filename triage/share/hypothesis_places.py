"""Where evidence and checks lead to: the lines of what would be sent, found by the rows that they tell of."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from triage.errors import TriageError
from triage.share.hypothesis_rows import Reading

if TYPE_CHECKING:
    import pandas as pd

    from triage.hypotheses.extract import Extract
    from triage.share.hypothesis_rows import KeyedRow, Place
    from triage.share.redacted import RedactedCase

__all__ = ("Places",)

_SHORT: Final = 160
# The tables that can give the rows of one event.
_OF_EVENTS: Final = frozenset({"stacks", "frames", "modules", "logs", "metrics", "annotations", "feedback"})


class Places:
    """The lines of an extract, by the rows that they tell of."""

    def __init__(self, case: RedactedCase, extract: Extract) -> None:
        self._case = case
        self._extract = extract
        self._tables: dict[str, pd.DataFrame | None] = {}

    def reading(self) -> Reading:
        """All lines, and which of them are of the report."""
        return Reading(tuple(text for text, _ in self._lines), tuple(row is not None for _, row in self._lines))

    def of(self, place: Place, text: str) -> int:
        """The line of a row; of several, the one that holds a text. -1: it is not in what would be sent."""
        found = self._places.get((place.section, place.table, place.row, place.source_id), [])
        wanted = _plain(text)
        return next((number for number in found if wanted in _plain(self._lines[number][0])), found[0] if found else -1)

    def of_key(self, row: KeyedRow) -> int:
        """The line of a row that is told by its key, -1 where it is not in what would be sent."""
        if row.table in {"events", "incidents"}:
            return 0
        return self._rows.get((row.table, self._position(row.table, row.key)), -1)

    def line(self, number: int) -> str:
        """The text of a line, shortened."""
        text = self._lines[number][0].strip()
        return text if len(text) <= _SHORT else f"{text[:_SHORT]}…"

    @cached_property
    def _lines(self) -> list[tuple[str, tuple[str, str, int, str] | None]]:
        """The lines of what would be sent, each with its section, table, row and file where it is data."""
        made: list[tuple[str, tuple[str, str, int, str] | None]] = []
        for section in self._extract.sections:
            for text, line in section.written():
                made.append((text, line and (section.name, line.table, line.row, line.source_id)))
            made.append(("", None))
        return made[:-1]

    @cached_property
    def _places(self) -> dict[tuple[str, str, int, str], list[int]]:
        """The lines in which each row stands."""
        places: dict[tuple[str, str, int, str], list[int]] = {}
        for number, (_, key) in enumerate(self._lines):
            if key is not None:
                places.setdefault(key, []).append(number)
        return places

    @cached_property
    def _rows(self) -> dict[tuple[str, int], int]:
        """The first line of each row of a table."""
        rows: dict[tuple[str, int], int] = {}
        for number, (_, key) in enumerate(self._lines):
            if key is not None:
                rows.setdefault((key[1], key[2]), number)
        return rows

    def _position(self, table: str, key: dict[str, str | int]) -> int:
        """The place of a row among those of the event that would be sent, -2 where it is not among them."""
        frame = self._of_event(table)
        if frame is None or not key or not key.keys() <= set(frame.columns):
            return -2
        try:
            for name, value in key.items():
                frame = frame[(frame[name] == value).fillna(False).astype(bool)]
        except OverflowError:  # a number that no column can hold
            return -2
        return int(frame.index[0]) if len(frame) else -2

    def _of_event(self, table: str) -> pd.DataFrame | None:
        """The rows of a table of the event that would be sent."""
        if table not in self._tables:
            made = getattr(self._case, table, None) if table in _OF_EVENTS else None
            try:
                self._tables[table] = None if made is None else made(event=self._extract.event_id)
            except TriageError:  # of a large case a working copy of the event is sent, which has its own id
                self._tables[table] = None
        return self._tables[table]


def _plain(text: str) -> str:
    """A text without what evidence may differ in from the line that it was copied from."""
    return " ".join(text.casefold().split())

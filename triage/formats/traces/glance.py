"""A text as a form in brief sees it: the lines from an anchor on, cut off when they are asked for, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage.formats.traces.prefixes import led, split

if TYPE_CHECKING:
    from ahocorasick_rs import BytesAhoCorasick

__all__ = ("Behind", "Glance")


class Behind:
    """Whether any of some words stands behind a place of a text, which is gone through once.

    Examples
    --------
    >>> from ahocorasick_rs import BytesAhoCorasick
    >>> behind = Behind("ü: a, b", BytesAhoCorasick([b"a"]))
    >>> behind(2), behind(4)
    (True, False)
    """

    __slots__ = ("_from", "_last", "_text", "words")

    def __init__(self, text: str, words: BytesAhoCorasick) -> None:
        self._text, self.words = text, words
        self._from: int | None = None
        self._last = -1

    def __call__(self, place: int) -> bool:
        """Whether one does."""
        if self._from is None or place < self._from:
            data = self._text[place:].encode("utf-8", "replace")
            last = max(
                (start for _, start, _ in self.words.find_matches_as_indexes(data, overlapping=True)), default=-1
            )
            if last >= 0 and len(data) > len(self._text) - place:
                last = len(data[:last].decode("utf-8"))
            self._from, self._last = place, place + last if last >= 0 else -1
        return self._last >= place


class Glance:
    """The lines of a text from a place on, as a `Window` at an anchor without a prefix shows them.

    They are cut off one by one when they are asked for.

    Examples
    --------
    >>> lines = Glance("x\\na.E: b\\n2026-01-26T01:25:59Z c", 2)
    >>> lines[0], lines[1], lines[2], lines.is_record(1)
    ('a.E: b', 'c', None, True)
    """

    __slots__ = ("_ends", "_lines", "_records", "_start", "_text", "anchors", "behind", "held")

    def __init__(self, text: str, place: int) -> None:
        self._text, self._start = text, place
        self._lines: list[str] = []
        self._ends: list[int] = []
        self._records: set[int] = set()
        # whether a report waits that this may belong to, and what was asked of the rest of the text
        self.held = False
        self.behind: dict[int, Behind] = {}
        self.anchors: BytesAhoCorasick | None = None

    def __getitem__(self, index: int) -> str | None:
        lines, text = self._lines, self._text
        while index >= len(lines):
            start = self._ends[-1] + 1 if lines else self._start
            if start > len(text):
                return None
            end = text.find("\n", start)
            if end < 0:
                end = len(text)
            self._ends.append(end)
            raw = text[start:end]
            if led(raw) and (line := split(raw)).stream:
                self._records.add(len(lines))
                raw = line.text
            lines.append(raw)
        return lines[index]

    def is_record(self, index: int) -> bool:
        """Whether the line has a log prefix of its own."""
        return self[index] is not None and index in self._records

    def holds(self, words: BytesAhoCorasick, place: int) -> bool:
        """Whether any of some words stands behind a place of the text."""
        found = self.behind.get(id(words))
        if found is None:
            found = self.behind[id(words)] = Behind(self._text, words)
        return found(place)

    def quiet(self, place: int) -> bool:
        """Whether no report can begin behind a place of the text, for all that is known."""
        return self.anchors is not None and not self.holds(self.anchors, place)

    def place(self, index: int) -> int | None:
        """Where a line begins in the text; None where the text ends before it."""
        if index > 0 and self[index - 1] is None:
            return None
        at = self._start if index == 0 else self._ends[index - 1] + 1
        return at if at < len(self._text) else None

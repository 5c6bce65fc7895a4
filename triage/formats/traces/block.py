"""The lines around an anchor as the grammars of language runtimes read them: they end where the log goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from triage.formats.traces.window import Window
    from triage.records import Frame

__all__ = ("AHEAD", "LINE_CHARS", "Block", "Get", "Indented", "rows")

# How far a module looks before it is sure.
AHEAD: Final = 64
# More frames than any runtime keeps.
_MOST: Final = 20_000
# A longer line is none of any runtime's grammar.
LINE_CHARS: Final = 65_536

# What only quotes lines, or says whose they are, begins no record.
_QUOTING: Final = frozenset({"quote", "compose"})
Get = Callable[[int], str | None]


class Block:
    """`block[i]` is `window[i]`, None from where a new log record begins.

    A logger writes its prefix before each line (a container's, logcat's) or before the first line of a record only. The
    line after the anchor tells which: where it has none, any later line with one begins a new record.

    Examples
    --------
    >>> from triage.formats.traces.window import Text, Window
    >>> lines = ["2026-01-26 01:25:59 panic: a", "b", "2026-01-26 01:26:00 next"]
    >>> block = Block(Window(Text(enumerate(lines)), 0))
    >>> block[0], block[1], block[2]
    ('panic: a', 'b', None)
    """

    def __init__(self, window: Window) -> None:
        self.window = window
        self.is_each = bool(window.stream(0) and window.stream(1))
        self._ended: int | None = None
        self._lines, self._at, self._low = window.plain or ([], 0, 0)
        self._end = len(self._lines)

    def __getitem__(self, index: int) -> str | None:
        if self._end:
            at = self._at + index
            if not self._low <= at < self._end:
                return None
            line = self._lines[at]
            return line if len(line) <= LINE_CHARS else line[:LINE_CHARS]
        if self._ended is not None and index >= self._ended:
            return None
        found = self.window[index]
        if found is None:
            return None
        if index > 0 and (
            self.window.is_record(index)
            if self.is_each
            else (stream := self.window.stream(index)) and stream[0] not in _QUOTING
        ):
            self._ended = index
            return None
        return found if len(found) <= LINE_CHARS else found[:LINE_CHARS]

    def at(self, index: int) -> str | None:
        """A line; one above the anchor as the window shows it."""
        return self[index] if index > 0 else self.window[index]

    def lines(self, first: int, end: int) -> list[str]:
        """The lines from first to end (exclusive), as far as they are there."""
        return [line if line is not None else "" for line in (self[index] for index in range(first, end))]

    def head(self, first: int = 0, count: int = AHEAD) -> list[str]:
        """At most so many lines from there on, up to the end of the record."""
        found: list[str] = []
        for index in range(first, first + count):
            line = self[index]
            if line is None:
                break
            found.append(line)
        return found

    def skip_blank(self, index: int, most: int = 2) -> int:
        """The next line that is not blank, `index` itself where too many are."""
        for step in range(most + 1):
            line = self[index + step]
            if line is None:
                break
            if line.strip():
                return index + step
        return index


def rows(block: Block, start: int, form: Callable[[str, int], Frame | None]) -> tuple[list[Frame], int]:
    """The frames of the lines from one on, as far as a form reads them, and where they end (exclusive).

    Examples
    --------
    >>> from triage.formats.traces.window import Text, Window
    >>> from triage.records import Frame
    >>> block = Block(Window(Text(enumerate(["a", "b", ""])), 0))
    >>> frames, end = rows(block, 0, lambda line, at: Frame(function=line, text_line=at) if line else None)
    >>> [frame.function for frame in frames], end
    (['a', 'b'], 2)
    """
    frames: list[Frame] = []
    while len(frames) < _MOST and (line := block.at(start + len(frames))) is not None:
        frame = form(line, start + len(frames))
        if frame is None:
            break
        frames.append(frame)
    return frames, start + len(frames)


class Indented(Block):
    """A block whose lines stand so far to the right, as what quotes a report writes it; it ends where they do not.

    Examples
    --------
    >>> from triage.formats.traces.window import Text, Window
    >>> block = Indented(Window(Text(enumerate(["a", "    b", "      c", "d"])), 1), "    ")
    >>> block[-1], block[0], block[1], block[2]
    ('a', 'b', '  c', None)
    """

    def __init__(self, window: Window, indent: str) -> None:
        super().__init__(window)
        self._indent = indent

    def __getitem__(self, index: int) -> str | None:
        found = super().__getitem__(index)
        if found is None or index < 0:
            return found and found.lstrip()
        if found.startswith(self._indent):
            return found[len(self._indent) :]
        return None if found.strip() else ""

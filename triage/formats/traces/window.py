"""A text as trace modules see it: lines around an anchor, prefixes off, lines of other streams left out.

`Text` holds as many lines as the report that is being read needs: it takes more from its source when somebody looks
ahead, and lets go of what was read. So a log of any size is read in the memory of its longest report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

from triage.formats.traces.prefixes import Line, split

if TYPE_CHECKING:
    from triage.formats.traces.reports import Report

    Settled = Callable[[Report], bool]

__all__ = ("Text", "Window")

# How many lines of other streams may stand between two lines of one.
_FOREIGN: Final = 200
# How many lines of a stream are looked at together.
_CHUNK: Final = 15
# How far back a report may reach from its anchor.
BACK: Final = 64


class Text:
    """The lines of a file by number, from 0; those before `start` are gone.

    They come with the offset of each, or are a list, and their offsets are not known.
    """

    def __init__(self, lines: Iterator[tuple[int, str]] | list[str], *, start: int = 0) -> None:
        self._source = lines
        self._lines: list[str] = []
        self._offsets: list[int] = []
        # the lines without their prefixes, as far as somebody looked
        self._split: list[Line | None] = []
        self.start = start
        # No report may reach back to before this line: what is before was taken by another.
        self.free = start
        self.ended = False

    @property
    def end(self) -> int:
        """The number of the first line that is not here yet."""
        return self.start + len(self._lines)

    def pull(self, count: int) -> list[str]:
        """Take more lines from the source; those that came."""
        if isinstance(self._source, list):
            taken = self._source[self.end : self.end + count]
        else:
            pairs = list(islice(self._source, count))
            taken = [line for _, line in pairs]
            self._offsets += [offset for offset, _ in pairs]
        self.ended = self.ended or len(taken) < count
        self._lines += taken
        self._split += [None] * len(taken)
        return taken

    def raw(self, number: int) -> str | None:
        """A line as it stands in the file, None before the free ones and behind the end."""
        if number < self.free:
            return None
        while number >= self.start + len(self._lines):
            if self.ended:
                return None
            self.pull(256)
        return self._lines[number - self.start]

    def raws(self, first: int, end: int) -> list[str]:
        """The lines from first to end (exclusive) as they stand in the file; they must be here."""
        return self._lines[first - self.start : end - self.start]

    def line(self, number: int) -> Line | None:
        """A line without its prefix."""
        raw = self.raw(number)
        if raw is None:
            return None
        at = number - self.start
        found = self._split[at]
        if found is None:
            found = self._split[at] = split(raw)
        return found

    def follow(self, number: int, stream: tuple[str, ...], numbers: list[int], lines: list[Line]) -> bool:
        """Add the lines of a stream behind a number, at least one and of those that are here some; False at its end."""
        for step in range(1, _FOREIGN + 1):
            line = self.line(number + step)
            if line is None:
                return False
            if not line.stream or not stream or line.stream == stream:
                break
        else:
            return False
        numbers.append(number + step)
        lines.append(line)
        # What stands next to it was asked for by almost everybody, and costs little now.
        at = number + step + 1 - self.start
        for place, raw in enumerate(self._lines[at : at + _CHUNK], at):
            near = self._split[place]
            if near is None:
                near = self._split[place] = split(raw)
            if near.stream and stream and near.stream != stream:
                break
            numbers.append(place + self.start)
            lines.append(near)
        return True

    def offset(self, number: int) -> int:
        """Where a line begins in the file, in bytes."""
        return self._offsets[number - self.start] if self._offsets else 0

    def drop(self, number: int) -> None:
        """Let go of the lines before a number."""
        count = min(number, self.end) - self.start
        if count > 0:
            del self._lines[:count], self._offsets[:count], self._split[:count]
            self.start += count
            self.free = max(self.free, self.start)


class Window:
    """The lines of one stream around an anchor: `window[0]` is the anchor, `window[-1]` the line of its stream before.

    Behind the end, before the beginning and in what another report took it gives None. Lines without any prefix belong
    to whatever stream is being read; lines of another process, container or tag are left out.

    Examples
    --------
    >>> lines = ["x", "web_1  | panic: a", "db_1   | ready", "web_1  | b"]
    >>> window = Window(Text(iter((0, line) for line in lines)), 1)
    >>> window[0], window[1], window[2], window.number(1)
    ('panic: a', 'b', None, 3)
    """

    def __init__(self, text: Text, anchor: int, *, settled: Settled | None = None) -> None:
        self._text = text
        # tells of which reports nothing is wanted but what their key needs, not even their end
        self.settled = settled
        first = text.line(anchor)
        self._ahead = [anchor]
        self._lines = [first or Line("")]
        self._behind: list[int] = []
        self._stream = first.stream if first else ()
        self._ended = first is None
        self._begun = False

    @property
    def anchor(self) -> Line:
        """The anchor line with what its prefix says: its time, its level."""
        return self._lines[0]

    def __getitem__(self, index: int) -> str | None:
        line = self.line(index)
        return None if line is None else line.text

    def line(self, index: int) -> Line | None:
        """The line with what its prefix said."""
        lines = self._lines
        if index >= 0:
            while index >= len(lines):
                if self._ended:
                    return None
                self._ended = not self._text.follow(self._ahead[-1], self._stream, self._ahead, lines)
            return lines[index]
        number = self.number(index)
        return None if number is None else self._text.line(number)

    def raw(self, index: int) -> str | None:
        """The line with its prefix, as it stands in the file."""
        number = self.number(index)
        return None if number is None else self._text.raw(number)

    def below(self, count: int) -> list[str] | None:
        """The lines below the anchor as they stand in the file; None where it has a prefix: some may be of others."""
        if self._stream:
            return None
        first = self._ahead[0] + 1
        self._text.raw(first + count)
        return self._text.raws(first, min(first + count, self._text.end))

    def is_record(self, index: int) -> bool:
        """Whether the line has a log prefix of its own, which the anchor has not: the log went on there."""
        return not self._stream and (line := self.line(index)) is not None and bool(line.stream)

    def number(self, index: int) -> int | None:
        """The number of the line in the file, from 0."""
        if index >= 0:
            while index >= len(self._ahead) and not self._ended:
                self._ended = not self._text.follow(self._ahead[-1], self._stream, self._ahead, self._lines)
            return self._ahead[index] if index < len(self._ahead) else None
        index = -index - 1
        while index >= len(self._behind) and not self._begun and index < BACK:
            self._look_behind()
        return self._behind[index] if index < len(self._behind) else None

    def slice(self, first: int, end: int) -> list[str]:
        """The lines from first to end (exclusive), as far as they are there."""
        found = (self[index] for index in range(first, end))
        return [line for line in found if line is not None]

    def _look_behind(self) -> None:
        """Find the line of this stream before, or its beginning."""
        number = self._behind[-1] if self._behind else self._ahead[0]
        for _ in range(_FOREIGN):
            number -= 1
            line = self._text.line(number)
            if line is None:
                break
            if not line.stream or not self._stream or line.stream == self._stream:
                self._behind.append(number)
                return
        self._begun = True

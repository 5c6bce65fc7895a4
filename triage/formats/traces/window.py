"""A text as trace modules see it: lines around an anchor, prefixes off, lines of other streams left out.

`Text` holds as many lines as the report that is being read needs: it takes more from its source when somebody looks
ahead, and lets go of what was read. So a log of any size is read in the memory of its longest report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

from triage.formats.traces.prefixes import Line, prefixed, prefixes, same

if TYPE_CHECKING:
    from triage.formats.traces.reports import Report

    Settled = Callable[[Report], bool]

__all__ = ("Text", "Window")

# How many lines of other streams may stand between two lines of one.
_FOREIGN: Final = 200
# How many lines are looked at together: as many as before, within bounds.
_LEAST, _MOST = 16, 64
# How far back a report may reach from its anchor.
BACK: Final = 64


class Text:
    """The lines of a file by number, from 0; those before `start` are gone.

    They come with the offset of each, or are a list, and their offsets are not known. Where it is said that the lines
    are `clean`, none holds a colour or a carriage return, and where they are not `marked`, none is as
    `prefixes.is_marked` says.
    """

    def __init__(
        self,
        lines: Iterator[tuple[int, str]] | list[str],
        *,
        start: int = 0,
        clean: bool = False,
        marked: bool = True,
    ) -> None:
        self._source = lines
        self.clean, self._marked = clean, marked
        self._lines: list[str] = []
        self._offsets: list[int] = []
        # The lines without their prefixes, which are known from `low` to `looked`; of those that had one what it said.
        self.shown: list[str] = []
        self.low = self.looked = start
        self.odd: dict[int, Line] = {}
        self.start = start
        # No report may reach back to before this line: what is before was taken by another.
        self.free = start
        self.ended = False
        # whether all lines are here and were looked at
        self.complete = False

    @classmethod
    def of(cls, text: str) -> Text:
        """All lines of a text that is not long, without colours and carriage returns; they are looked at at once.

        Examples
        --------
        >>> lines = Text.of("a\\n2026-01-26T01:25:59Z b")
        >>> lines.shown, lines.stream(1)
        (['a', 'b'], ('time',))
        """
        lines = text.split("\n")
        made = cls([], clean=True)
        made._lines, made.ended, made.complete, made.looked = lines, True, True, len(lines)
        made.odd = prefixes(text, lines)
        made.shown = lines
        if made.odd:
            made.shown = lines.copy()
            for number, line in made.odd.items():
                made.shown[number] = line.text
        return made

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

    def look(self, number: int) -> bool:
        """Take the prefixes off the lines up to a number, and some more; False where no such line is there."""
        if self.low <= number < self.looked and self.free <= number:
            return True
        if self.raw(number) is None:
            return False
        if not self.low <= number < self.looked:
            self._look(number)
        return True

    def _look(self, number: int) -> None:
        """Look at lines around a number, next to those that are known where it is not far from them."""
        if number > self.looked + BACK or number < self.low - BACK:
            self.low = self.looked = number
        # What stands next to it was asked for by almost everybody, and costs little now.
        more = min(max(_LEAST, self.looked - self.low), _MOST)
        first, end = (self.looked, number + more) if number >= self.looked else (number + 1 - more, self.low)
        first = max(first, self.start)
        lines = self._lines[first - self.start : end - self.start]
        around = (self._lines[first - self.start - 1] if first > self.start else "", self.raw(end) or "")
        for at, line in prefixed(lines, clean=self.clean, marked=self._marked, around=around):
            self.odd[first + at] = line
            lines[at] = line.text
        known = len(self.shown) + self.start
        if known < first:
            self.shown += self._lines[known - self.start : first - self.start]
        self.shown[first - self.start : first - self.start + len(lines)] = lines
        self.low, self.looked = min(self.low, first), max(self.looked, first + len(lines))

    def line(self, number: int) -> Line | None:
        """A line without its prefix."""
        if not self.look(number):
            return None
        return self.odd.get(number) or Line(self.shown[number - self.start])

    def stream(self, number: int) -> tuple[str, ...]:
        """The stream of a line that was looked at, () where it has no prefix."""
        line = self.odd.get(number)
        return line.stream if line else ()

    def follow(self, number: int, stream: tuple[str, ...], numbers: list[int]) -> bool:
        """Add the lines of a stream behind a number, at least one and of those that are here some; False at its end."""
        for step in range(1, _FOREIGN + 1):
            if not self.look(number + step):
                return False
            found = self.stream(number + step)
            if same(found, stream):
                break
        else:
            return False
        numbers.append(number + step)
        for near in range(number + step + 1, min(self.looked, number + step + _MOST)):
            found = self.stream(near)
            if not same(found, stream):
                break
            numbers.append(near)
        return True

    def offset(self, number: int) -> int:
        """Where a line begins in the file, in bytes."""
        return self._offsets[number - self.start] if self._offsets else 0

    def drop(self, number: int) -> None:
        """Let go of the lines before a number."""
        count = min(number, self.end) - self.start
        if count > 0:
            del self._lines[:count], self._offsets[:count], self.shown[:count]
            self.start += count
            self.free = max(self.free, self.start)
            self.low, self.looked = max(self.low, self.start), max(self.looked, self.start)
            self.odd = {at: line for at, line in self.odd.items() if at >= self.start}


class Window:
    """The lines of one stream around an anchor: `window[0]` is the anchor, `window[-1]` the line of its stream before.

    Behind the end, before the beginning and in what another report took it gives None. Lines without any prefix belong
    to whatever stream is being read, and where the anchor has none all lines do; lines of another process, container or
    tag are left out.

    Examples
    --------
    >>> lines = ["x", "web_1  | panic: a", "db_1   | ready", "web_1  | b"]
    >>> window = Window(Text(iter((0, line) for line in lines)), 1)
    >>> window[0], window[1], window[2], window.number(1)
    ('panic: a', 'b', None, 3)
    """

    def __init__(self, text: Text, anchor: int, *, settled: Settled | None = None) -> None:
        self._text = text
        self._anchor = anchor
        # tells of which reports nothing is wanted but what their key needs, not even their end
        self.settled = settled
        # whether of all reports nothing is wanted but what their key needs, and where they end
        self.lean = False
        self._begun = self._ended = not text.look(anchor)
        self._stream = text.stream(anchor)
        self._streams = bool(self._stream) and not self._ended
        # Where the anchor stands in the lines that were looked at, and which of them are known to be of this window.
        self._shown, self._start, self._at = text.shown, text.start, anchor - text.start
        self._low = self._high = 0
        # whether there are no others
        self._closed = text.complete and not self._stream
        if self._closed:
            self._low, self._high = max(text.free, anchor - BACK), text.looked
        # the numbers of the lines of the stream, where not all are of it
        self._ahead = [anchor]
        self._behind: list[int] = []

    @property
    def anchor(self) -> Line:
        """The anchor line with what its prefix says: its time, its level."""
        return self._text.line(self._anchor) or Line("")

    def __getitem__(self, index: int) -> str | None:
        at = self._at + index
        if self._low <= at < self._high:
            return self._shown[at]
        if self._closed:
            return None
        ahead = self._ahead
        # Lines of a stream that were found were looked at.
        if self._streams and 0 <= index < len(ahead):
            return self._shown[ahead[index] - self._start]
        return self._looked(index)

    def _looked(self, index: int) -> str | None:
        """A line that was not looked at, or is not there, or of which others must be asked whose it is."""
        number, text = self.number(index), self._text
        if number is None or not text.look(number):
            return None
        if not self._stream:
            # What was looked at stays, and nothing is taken or let go of as long as somebody reads here.
            self._low = max(text.low, text.free, self._anchor - BACK) - text.start
            self._high = text.looked - text.start
        return self._shown[number - text.start]

    @property
    def plain(self) -> tuple[list[str], int, int] | None:
        """All lines of the text where none has a prefix, the place of the anchor, and that of the first that counts."""
        return (self._shown, self._at, self._low) if self._closed and not self._text.odd else None

    def line(self, index: int) -> Line | None:
        """The line with what its prefix said."""
        number = self.number(index)
        return None if number is None else self._text.line(number)

    def raw(self, index: int) -> str | None:
        """The line with its prefix, as it stands in the file."""
        number = self.number(index)
        return None if number is None else self._text.raw(number)

    def error_line(self, index: int) -> str | None:
        """The line, with the `ERROR: ` in front of it that some runtimes write as loggers do and that was taken off."""
        line, raw = self[index], self.raw(index)
        return f"ERROR: {line}" if line and raw and raw.endswith(f"ERROR: {line}") and raw != line else line

    def ahead(self, index: int) -> list[str]:
        """The lines from one on that were looked at together, none with a prefix; [] where it has one itself.

        Whoever reads many lines of one kind need not ask for each of them.
        """
        text, number = self._text, self._anchor + index
        if self._stream or index < 0 or not text.look(number):
            return []
        # No more than are looked at together: whoever reads a few may ask again and again.
        end = min(text.looked, number + _MOST)
        if text.odd:
            end = next((at for at in range(number, end) if at in text.odd), end)
        return self._shown[number - self._start : end - self._start]

    def below(self, count: int) -> list[str] | None:
        """The lines below the anchor as they stand in the file; None where it has a prefix: some may be of others."""
        if self._stream:
            return None
        first = self._anchor + 1
        self._text.raw(first + count)
        return self._text.raws(first, min(first + count, self._text.end))

    def is_record(self, index: int) -> bool:
        """Whether the line has a log prefix of its own, which the anchor has not: the log went on there."""
        text = self._text
        if not text.odd and text.low <= self._anchor + index < text.looked:
            return False
        if self._stream:
            line = self.line(index)
            return line is not None and line.inner and not self.anchor.inner
        number = self.number(index)
        return number is not None and bool(text.stream(number))

    def stream(self, index: int) -> tuple[str, ...]:
        """The stream of a line, () where it has no prefix or is not there."""
        text = self._text
        if not text.odd and text.low <= self._anchor + index < text.looked:
            return ()
        number = self.number(index)
        return () if number is None else text.stream(number)

    def number(self, index: int) -> int | None:
        """The number of the line in the file, from 0."""
        if self._closed:
            number = self._anchor + index
            return number if self._low <= number < self._high else None
        if not self._stream:
            number = self._anchor + index
            return number if index >= -BACK and self._text.look(number) else None
        if index >= 0:
            while index >= len(self._ahead) and not self._ended:
                self._ended = not self._text.follow(self._ahead[-1], self._stream, self._ahead)
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
        number = self._behind[-1] if self._behind else self._anchor
        for _ in range(_FOREIGN):
            number -= 1
            if not self._text.look(number):
                break
            stream = self._text.stream(number)
            if same(stream, self._stream):
                self._behind.append(number)
                return
        self._begun = True

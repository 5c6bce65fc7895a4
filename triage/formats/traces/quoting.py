"""Reports that stand to the right as a whole, as loggers, daemons and people write what they quote.

A report is read where it begins at the margin, or with the indentation of its own grammar. Where a block of lines is
indented as a whole, what all of them begin with is no part of the report: `Quoted` shows the block without it, and
nothing around it. Where a log was quoted, its prefixes stand behind that: such a block is a text of its own, see
`carried`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.prefixes import Line, split
from triage.formats.traces.window import BACK, Text, Window

__all__ = ("Quoted", "carried", "quoted")

# Blanks that all lines of a quotation begin with; one alone is that of a list or of a wrapped line.
_LEAST: Final = 2
# Lines from which it is told how far to the right a block stands.
_AHEAD: Final = 64


class Quoted(Window):
    """The lines of an indented block around an anchor, without the indentation; None around the block.

    `first` is the first line of the block, counted from the anchor, and `indent` what all of its lines begin with.

    Examples
    --------
    >>> window = Quoted(Text(enumerate(["died:", "    a", "      b", "", "    c", "d"])), 2, first=-1, indent="    ")
    >>> window[-2], window[-1], window[0], window[1], window[2], window[3]
    (None, 'a', '  b', '', 'c', None)
    """

    def __init__(self, text: Text, anchor: int, *, first: int, indent: str) -> None:
        super().__init__(text, anchor)
        self.first, self.indent = first, indent
        # up to where the lines are known to be of the block, and where it ends, if that is known
        self._known = 1
        self._last: int | None = None

    def __getitem__(self, index: int) -> str | None:
        if index < self.first:
            return None
        while self._known <= index and self._last is None:
            line = None if self.is_record(self._known) else super().__getitem__(self._known)
            if line is not None and (line.startswith(self.indent) or not line.strip()):
                self._known += 1
            else:
                self._last = self._known
        if self._last is not None and index >= self._last:
            return None
        line = super().__getitem__(index)
        return None if line is None else self._moved(line)

    def _moved(self, line: str) -> str:
        """A line without the indentation of the block."""
        return line[len(self.indent) :] if line.startswith(self.indent) else ""

    def line(self, index: int) -> Line | None:
        """The line with what its prefix said."""
        line = super().line(index)
        return None if line is None else replace(line, text=self._moved(line.text))

    @property
    def plain(self) -> tuple[list[str], int, int] | None:
        """Nothing: no line is shown as it stands."""
        return None

    def ahead(self, index: int) -> list[str]:  # noqa: ARG002
        """Nothing: see `plain`."""
        return []

    def below(self, count: int) -> list[str] | None:
        """The lines below the anchor, of the block."""
        return self.slice(1, count + 1)


def quoted(text: Text, anchor: int) -> Quoted | None:
    """The block in which a line stands, None where it stands at the margin.

    Examples
    --------
    >>> block = quoted(Text(enumerate(["died:", "    a", "      b"])), 2)
    >>> block and (block[-1], block[0])
    ('a', '  b')
    """
    line = text.line(anchor)
    if line is None or not _begins(line.text):
        return None
    window = Window(text, anchor)
    indent, first = _indent(line.text), 0
    for index in range(-1, -BACK, -1):
        above = window[index]
        if above is None or window.is_record(index) or (above.strip() and not _begins(above)):
            break
        if above.strip():
            indent, first = _shared(indent, above), index
    for index in range(1, _AHEAD):
        below = window[index]
        if below is None or window.is_record(index) or (below.strip() and not _begins(below)):
            break
        indent = _shared(indent, below) if below.strip() else indent
    if len(indent) < _LEAST and indent != "\t":
        return None
    return Quoted(text, anchor, first=first, indent=indent)


def carried(text: Text, anchor: int, block: Quoted) -> Text | None:
    """The block as a text whose lines have the numbers that they have here; None where the anchor has no prefix in it.

    Examples
    --------
    >>> text = Text(enumerate(["died:", "    E/app ( 7): a", "    E/app ( 7):   b"]))
    >>> inner = carried(text, 1, quoted(text, 1))
    >>> inner and (inner.line(2).text, inner.line(2).stream)
    ('  b', ('logcat', 'app', '7'))
    """
    raw = text.raw(anchor)
    # Behind a prefix that stands outside, lines of other streams may lie between those of the block.
    if raw is None or text.stream(anchor) or not split(raw.removeprefix(block.indent)).stream:
        return None
    first = anchor + block.first
    return Text(_without(text, first, block.indent), start=first, clean=text.clean)


def _without(text: Text, number: int, indent: str) -> Iterator[tuple[int, str]]:
    """The lines of a block from one on without its indentation, each with its offset."""
    while (raw := text.raw(number)) is not None and (raw.startswith(indent) or not raw.strip()):
        yield text.offset(number), raw.removeprefix(indent) if raw.strip() else ""
        number += 1


def _begins(line: str) -> bool:
    """Whether a line begins with blanks, and holds something."""
    return line[:1] in {" ", "\t"} and not line.isspace()


def _indent(line: str) -> str:
    """The blanks that a line begins with."""
    return line[: len(line) - len(line.lstrip(" \t"))]


def _shared(indent: str, line: str) -> str:
    """As much of an indentation as a line begins with too."""
    while not line.startswith(indent):
        indent = indent[:-1]
    return indent

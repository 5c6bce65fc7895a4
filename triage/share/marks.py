"""Where the masks of a file stand and where its pages begin, noted while the file is masked.

A finding of a review is a mask in what leaves: what is listed, counted and highlighted is read from the very bytes
that are saved. Eight bytes for each of offset, line and mask; no value, no text.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from triage.redact.masks import MASK
from triage.sources.returns import ended_bytes, ended_text

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ("PAGE_BYTES", "Mark", "Marks", "kind_of", "length_of")

PAGE_BYTES: Final = 65_536
_LONGEST_MASK: Final = 80


class Mark(NamedTuple):
    """One mask: its number in the file, its offset in bytes, its line (from 1) and itself."""

    number: int
    offset: int
    line: int
    mask: str


def kind_of(mask: str) -> str:
    """The kind that a mask tells.

    >>> kind_of("[password:3:8-15]"), length_of("[password:3:8-15]")
    ('password', '8-15')
    """
    return mask[1:].partition(":")[0]


def length_of(mask: str) -> str:
    """The length, or the range it lies in, that a mask tells."""
    return mask[:-1].rpartition(":")[2]


class Marks:
    """The masks and the pages of one file."""

    __slots__ = ("_lines", "_masks", "_numbers", "_offsets", "_size", "_spelled", "_starts", "_tops", "lines")

    def __init__(self) -> None:
        self._offsets, self._lines, self._numbers = array("q"), array("q"), array("q")
        self._masks: dict[bytes, int] = {}
        self._spelled: list[str] = []
        self._starts, self._tops = array("q", [0]), array("q", [1])
        self._size = 0
        self.lines = 1

    def feed(self, block: bytes) -> bytes:
        """Take the next block in, which begins and ends between masks; gives it back."""
        base, at, line = self._size, 0, self.lines
        lines = ended_bytes(block)
        for match in MASK.finditer(block):
            line += lines.count(b"\n", at, match.start())
            at = match.start()
            self._offsets.append(base + at)
            self._lines.append(line)
            mask = match[0]
            number = self._masks.get(mask)
            if number is None:
                number = self._masks[mask] = len(self._spelled)
                self._spelled.append(mask.decode())
            self._numbers.append(number)
        self._turn(lines)
        self.lines += lines.count(b"\n")
        self._size += len(block)
        return block

    def _turn(self, block: bytes) -> None:
        """Begin new pages where the last one is full: after a line, and within one only where it is too long."""
        base, line, counted = self._size, self.lines, 0
        while base + len(block) - self._starts[-1] > PAGE_BYTES:
            begun = self._starts[-1] - base
            cut = block.rfind(b"\n", max(begun, 0), begun + PAGE_BYTES) + 1
            if not cut and begun >= 0:
                cut = _between(block, begun + PAGE_BYTES)
            # Without a line end the page ends where this block begins: blocks begin at the beginning of a line.
            line += block.count(b"\n", counted, cut)
            counted = cut
            self._starts.append(base + cut)
            self._tops.append(line)

    @property
    def count(self) -> int:
        """How many masks there are."""
        return len(self._offsets)

    @property
    def pages(self) -> int:
        """How many pages there are, 1 at least."""
        return len(self._starts)

    @property
    def masks(self) -> tuple[str, ...]:
        """The distinct masks."""
        return tuple(self._spelled)

    def kinds(self) -> Counter[str]:
        """How often each kind was found."""
        found: Counter[str] = Counter()
        for mask, count in self.counts().items():
            found[kind_of(mask)] += count
        return found

    def counts(self) -> Counter[str]:
        """How often each mask stands there."""
        return Counter({self._spelled[number]: count for number, count in Counter(self._numbers).items()})

    def span(self, page: int) -> tuple[int, int, int]:
        """Where a page begins and ends, and the number of its first line."""
        end = self._starts[page + 1] if page + 1 < len(self._starts) else self._size
        return self._starts[page], end, self._tops[page]

    def page_of(self, offset: int) -> int:
        """The page that an offset lies on."""
        return bisect_right(self._starts, offset) - 1

    def line_of(self, page: int, text: str, at: int) -> int:
        """The line of a place in the text of a page."""
        return self._tops[page] + ended_text(text)[:at].count("\n")

    def between(self, start: int, count: int) -> Iterator[Mark]:
        """Some of the masks, by their numbers."""
        for number in range(max(start, 0), min(start + count, len(self._offsets))):
            yield Mark(number, self._offsets[number], self._lines[number], self._spelled[self._numbers[number]])

    def on(self, page: int) -> Iterator[Mark]:
        """The masks of a page."""
        start, end, _ = self.span(page)
        first = bisect_right(self._offsets, start - 1)
        return self.between(first, bisect_right(self._offsets, end - 1) - first)


def _between(block: bytes, at: int) -> int:
    """A place at or before there that cuts neither a character nor a mask."""
    opened = block.rfind(b"[", at - _LONGEST_MASK, at)
    mask = MASK.match(block, opened) if opened >= 0 else None
    at = opened if mask and mask.end() > at else at
    while at < len(block) and block[at] & 0xC0 == 0x80:
        at -= 1
    return at

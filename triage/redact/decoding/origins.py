"""A decoded text with a byte-exact map back to the places that it was decoded from."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from triage.redact.text import Span, line_of

__all__ = ("Piece", "View", "build")

Piece = tuple[int, int, bytes]
"""A range of the original and what stands for it in the view."""

# The end of a line in percent signs; what is left out of a view holds none.
_WRITTEN_END: Final = re.compile(rb"%(?:25){0,3}0[aA]")


@dataclass(frozen=True, slots=True)
class View:
    """A decoded text and where it came from.

    Piece i of the view begins at `outs[i]`, is `sizes[i]` long and stands for `begins[i]` to `ends[i]` of the original;
    between two pieces the text is the original's. `cuts` are places where something was left out between lines.
    """

    data: bytes
    outs: tuple[int, ...]
    sizes: tuple[int, ...]
    begins: tuple[int, ...]
    ends: tuple[int, ...]
    cuts: tuple[int, ...] = ()
    guessed: bool = False
    """Whether lines were joined that may have been apart: see `wraps.holds`."""
    last: bool = False
    """Whether another view decodes what is encoded in it."""
    apart: tuple[int, ...] = ()
    """The pieces that stand for parts of the document: what is found over one of them is found on both sides of it."""

    def back(self, start: int, end: int) -> Span | None:
        """The range of the original behind a range of the view; None where something between was left out."""
        cut = bisect_left(self.cuts, start)
        if cut < len(self.cuts) and self.cuts[cut] < end:
            return None
        first, last = self._of(start)[0], self._of(end - 1)[1]
        # A code that ends what one inside began, such as a colour, and the second byte of the last letter.
        behind, inside = bisect_left(self.outs, end), bisect_right(self.outs, start)
        if inside < behind < len(self.outs) and self.outs[behind] == end and not self.sizes[behind]:
            last = self.ends[behind]
        # And the colour that it begins with: a NUL there is of the letter before.
        before = bisect_left(self.outs, start)
        if before < inside < behind and not self.sizes[before] and self.ends[before] - self.begins[before] > 1:
            first = self.begins[before]
        return first, last

    def parts(self, start: int, end: int) -> Iterator[Span]:
        """The ranges of the original behind a range of the view: more than one where it reaches over what is apart."""
        least = 0
        for number in self.apart:
            if start < self.outs[number] < end:
                if place := self.back(start, self.outs[number]):
                    yield max(place[0], least), min(place[1], self.begins[number])
                start, least = self.outs[number], self.ends[number]
        if place := self.back(start, end):
            yield max(place[0], least), place[1]

    @property
    def gaps(self) -> list[Span]:
        """The ranges of the original that are apart from what is found around them."""
        return [(self.begins[number], self.ends[number]) for number in self.apart]

    def touches(self, start: int, end: int) -> bool:
        """Whether a range of the view holds anything decoded or joined, or borders on it."""
        return bisect_right(self.outs, end) > bisect_left(self.outs, start)

    def _of(self, at: int) -> Span:
        """The range of the original behind one byte of the view."""
        index = bisect_right(self.outs, at) - 1
        if index < 0:
            return at, at + 1
        beyond = at - self.outs[index] - self.sizes[index]
        if beyond < 0:
            return self.begins[index], self.ends[index]
        return self.ends[index] + beyond, self.ends[index] + beyond + 1


def build(data: bytes, pieces: Iterable[Piece], *, whole: bool = False) -> View | None:
    """Put together a view of the lines that hold the pieces, or of the whole."""
    kept = [*pieces]
    if not kept:
        return None
    if not whole:
        kept = [*_with_cuts(data, kept)]
    out: list[bytes] = []
    outs, cuts = [], []
    at = size = 0
    for start, end, text in kept:
        out += (data[at:start], text)
        size += start - at
        outs.append(size)
        if text == b"\n" and end - start != 1 and not _WRITTEN_END.match(data, start):
            cuts.append(size)
        size += len(text)
        at = end
    out.append(data[at:])
    begins, ends, texts = zip(*kept, strict=True)
    return View(b"".join(out), tuple(outs), tuple(map(len, texts)), begins, ends, tuple(cuts))


def _with_cuts(data: bytes, pieces: list[Piece]) -> Iterator[Piece]:
    """The pieces, and between their lines pieces that leave out what has nothing to decode."""
    shown = 0
    for start, end, text in pieces:
        if start >= shown:
            line = max(line_of(data, start)[0], shown)
            if line - shown > 2:
                yield shown, line, b"\n"
            shown = line
        shown = max(shown, min(line_of(data, end)[1], len(data)))
        yield start, end, text
    if len(data) - shown > 2:
        yield shown, len(data), b"\n"

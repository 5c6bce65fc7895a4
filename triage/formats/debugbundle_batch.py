"""Lines that are read together: their bytes one behind the other, and what is known of each, as columns."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ("BLANK", "Batch", "Block", "Line", "Mask", "Places", "joinable", "lines_of")

Places = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
# Offset and number of a first line, and whole lines.
Block = tuple[int, int, bytes | memoryview]

BLANK: Final = b" \t\r\n\0"
# Arrow's reader calls itself for each depth of what it was not told of, and a thread's stack is small.
_BRACKETS: Final = 400
_SHORT: Final = 4_096


class Line(NamedTuple):
    """One line by itself and where it stands; `owner` is the file that is taken as a whole or not at all."""

    text: bytes
    source_id: str
    offset: int
    number: int
    owner: Any = None


class Batch(NamedTuple):
    """Lines of one file or of many.

    `starts` and `lengths` are of the bytes in `data`, where each line ends in LF; `offsets` are those in the files,
    `events` the numbers that the first event of each line has, `numbers` those of the lines. `source` says which of
    `sources` a line is of; where there are `owners`, one for each source, their lines are taken together or not at all.
    """

    data: bytes
    starts: Places
    lengths: Places
    offsets: Places
    events: Places
    numbers: Places
    sources: list[str]
    source: Places
    owners: list[Any] | None = None

    def text(self, at: int) -> bytes:
        """The bytes of a line."""
        start = int(self.starts[at])
        return self.data[start : start + int(self.lengths[at])]

    def line(self, at: int) -> Line:
        """A line by itself."""
        source = int(self.source[at])
        owner = self.owners[source] if self.owners else None
        return Line(self.text(at), self.sources[source], int(self.offsets[at]), int(self.numbers[at]), owner)


def lines_of(blocks: list[Block], source_id: str, first: int) -> Batch:
    """The lines of blocks of a file; the numbers of their events begin with `first`, and grow by their bytes.

    No line holds more events than bytes.
    """
    data = b"".join([data for _, _, data in blocks])
    octets = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(octets == ord("\n"))
    starts = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else ends
    lengths = ends - starts
    lengths = lengths - ((lengths > 0) & (octets[ends - 1] == ord("\r")))
    begins = np.cumsum([0, *(len(data) for _, _, data in blocks)])[:-1]
    block = np.searchsorted(begins, starts, side="right") - 1
    offsets = starts + (np.array([offset for offset, _, _ in blocks], np.int64) - begins)[block]
    row = np.arange(len(starts))
    numbers = row + (np.array([number for _, number, _ in blocks], np.int64) - np.searchsorted(starts, begins))[block]
    return Batch(data, starts, lengths, offsets, first + starts, numbers, [source_id], np.zeros(len(starts), np.int64))


def joinable(batch: Batch) -> Mask:
    """Which lines may be read together: objects by their ends, not nested deeper than can be borne."""
    octets = np.frombuffer(batch.data, np.uint8)
    filled = batch.lengths > 1
    last = np.maximum(batch.starts + batch.lengths - 1, 0)
    found: Mask = filled & (octets[batch.starts] == ord("{")) & (octets[last] == ord("}"))
    opened = np.zeros(len(found), np.int64)
    brackets = octets == ord("[")
    if np.count_nonzero(brackets) > _BRACKETS:
        at = np.searchsorted(batch.starts, np.flatnonzero(brackets), side="right") - 1
        opened = np.bincount(at, minlength=len(found))
    # an object needs five bytes for a depth, so that short lines have few
    for line in np.flatnonzero(batch.lengths > _SHORT).tolist():
        opened[line] += batch.text(line).count(b"{")
    joined: Mask = found & (opened <= _BRACKETS)
    return joined

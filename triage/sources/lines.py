"""Chunks into lines: the one loop that every byte of every log goes through.

Linear whatever the chunks are: a line that runs over many chunks is joined once, at its end, and a line over the limit
is counted but not kept. Lines end in LF or CRLF; a lone CR stays in its line (`returns` makes an end of it).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ("Lines", "Piece", "looked_at")

_LF: Final = ord("\n")
_CRLF: Final = "CRLF line ends"
_NUL: Final = "NUL bytes in text"
_BEFORE: Final = "NUL bytes before the text of a line"


class Piece(NamedTuple):
    """A piece of a file, how many lines end in it, and whether it holds what a text file should not have."""

    data: bytes
    ends: int
    nul: bool
    returns: bool


def looked_at(chunks: Iterable[bytes]) -> Iterator[Piece]:
    """Look at pieces in the thread that made them, in whose processor's cache they are."""
    for chunk in chunks:
        # numpy counts several times as fast as bytes do, and without Python's lock
        ends = int(np.count_nonzero(np.frombuffer(chunk, np.uint8) == _LF))
        yield Piece(chunk, ends, b"\0" in chunk, b"\r" in chunk and b"\r\n" in chunk)


class Lines:
    """Cuts one file into lines; `noticed` says what was in it that a text file should not have."""

    __slots__ = ("_bom", "_held", "_length", "_limit", "_lost", "_nuls", "_number", "_offset", "noticed")

    def __init__(self, *, limit: int, bom: bytes, lost: Callable[[str, int, int, int], None]) -> None:
        self._limit = limit
        self._bom = bom
        self._lost = lost  # told of what is left out: why, offset, length, number of the line
        self._held: list[bytes] = []  # the pieces of a line that has not ended, empty when it is over the limit
        self._nuls = 0  # that the line begins with, which are not held
        self._length = 0
        self._offset = 0
        self._number = 0
        self.noticed: dict[str, None] = {}

    def blocks(self, pieces: Iterable[Piece]) -> Iterator[tuple[int, int, memoryview]]:
        """Whole lines, many at once, each with its LF: offset and number of the first, and the bytes.

        For encodings in which a line ends in the byte LF; the last line has one even where the file ends without.
        """
        for number, (data, ends, nul, returns) in enumerate(pieces):
            chunk = data[self._skip() :] if number == 0 else data
            if nul:
                self.noticed[_NUL] = None
            if returns:
                self.noticed[_CRLF] = None
            end = chunk.rfind(b"\n") + 1
            start = 0
            if end and self._length:
                start = chunk.index(b"\n") + 1
                yield from self._ended(chunk[: start - 1])
            if start < end:
                yield from self._whole(memoryview(chunk)[start:end], ends - (start > 0))
            self._hold(chunk[end:])
        if self._length:
            yield from self._ended(b"")

    def narrow(self, chunks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
        """Offset and bytes of each line, for encodings in which a line ends in the byte LF."""
        for start, _, view in self.blocks(looked_at(chunks)):
            offset, block = start, bytes(view)
            lines = block.split(b"\n")
            del lines[-1]
            returns = b"\r" in block
            for line in lines:
                yield offset, line.removesuffix(b"\r") if returns else line
                offset += len(line) + 1

    def wide(self, chunks: Iterable[bytes], newline: bytes) -> Iterator[tuple[int, bytes]]:
        """Offset and bytes of each line of UTF-16 text, its CR still there."""
        odd = b""
        for number, whole in enumerate(chunks):
            chunk = whole[self._skip() :] if number == 0 else whole
            block = odd + chunk if odd else chunk
            even = len(block) & ~1
            start = 0
            at = block.find(newline)
            while at >= 0:
                if at % 2 == 0:
                    yield from self._end(block[start:at], width=2)
                    start = at + 2
                at = block.find(newline, at + 1 if at % 2 else at + 2)
            self._hold(block[start:even], width=2)
            odd = block[even:]
        self._hold(odd, width=2)
        if self._length:
            yield from self._end(b"", width=2)

    def _skip(self) -> int:
        """Where the text begins behind the mark."""
        self._offset = len(self._bom)
        return self._offset

    def _hold(self, piece: bytes, *, width: int = 1) -> None:
        """Keep the beginning of a line that goes on; the NULs before its text are counted, but in UTF-16."""
        before, self._length = self._length, self._length + len(piece)
        if width == 1 and before == self._nuls:
            piece = piece.lstrip(b"\0")
            self._nuls = self._length - len(piece)
        if self._length - self._nuls > self._limit:
            self._held.clear()
        elif piece:
            self._held.append(piece)

    def _whole(self, block: memoryview, ends: int) -> Iterator[tuple[int, int, memoryview]]:
        """So many whole lines of one chunk; by themselves where some may be over the limit."""
        if len(block) > self._limit:
            for line in bytes(block).split(b"\n")[:-1]:
                yield from self._ended(line)
            return
        yield self._offset, self._number + 1, block
        self._number += ends
        self._offset += len(block)

    def _ended(self, piece: bytes) -> Iterator[tuple[int, int, memoryview]]:
        """The line that goes on, with its end."""
        for offset, line in self._end(piece):
            if line.endswith(b"\r"):
                self.noticed[_CRLF] = None
            yield offset, self._number, memoryview(line + b"\n")

    def _end(self, piece: bytes, *, width: int = 1) -> Iterator[tuple[int, bytes]]:
        """Finish the line that goes on; none where it is over the limit, its text alone where NULs before it are."""
        self._hold(piece, width=width)
        self._number += 1
        if self._length - self._nuls > self._limit:
            self._lost(f"a line is over the limit line_bytes={self._limit:,}", self._offset, self._length, self._number)
        elif self._length > self._limit:
            self._lost(_BEFORE, self._offset, self._nuls, self._number)
            yield self._offset + self._nuls, b"".join(self._held)
        else:
            yield self._offset, bytes(self._nuls) + b"".join(self._held)
        self._held.clear()
        self._offset += self._length + width
        self._length = self._nuls = 0

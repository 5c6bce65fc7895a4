"""Chunks into lines: the one loop that every byte of every log goes through.

Linear whatever the chunks are: a line that runs over many chunks is joined once, at its end, and a line over the limit
is counted but not kept. Lines end in LF or CRLF; a lone CR stays in its line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ("Lines",)

_CRLF: Final = "CRLF line ends"
_NUL: Final = "NUL bytes in text"


class Lines:
    """Cuts one file into lines; `noticed` says what was in it that a text file should not have."""

    __slots__ = ("_bom", "_held", "_length", "_limit", "_number", "_offset", "_overlong", "noticed")

    def __init__(self, *, limit: int, bom: bytes, overlong: Callable[[int, int, int], None]) -> None:
        self._limit = limit
        self._bom = bom
        self._overlong = overlong
        self._held: list[bytes] = []  # the pieces of a line that has not ended, empty when it is over the limit
        self._length = 0
        self._offset = 0
        self._number = 0
        self.noticed: dict[str, None] = {}

    def narrow(self, chunks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
        """Offset and bytes of each line, for encodings in which a line ends in the byte LF."""
        limit = self._limit
        for block in self._without_bom(chunks):
            parts = block.split(b"\n")
            if b"\0" in block:
                self.noticed[_NUL] = None
            if len(parts) == 1:
                self._hold(block)
                continue
            tail = parts.pop()
            if self._length:
                yield from self._end(parts[0])
                del parts[0]
            offset = self._offset
            if limit >= len(block) and b"\r" not in block:
                for line in parts:
                    yield offset, line
                    offset += len(line) + 1
            else:
                for number, line in enumerate(parts, self._number + 1):
                    if len(line) > limit:
                        self._overlong(offset, len(line), number)
                    else:
                        yield offset, self._without_cr(line)
                    offset += len(line) + 1
            self._number += len(parts)
            self._offset = offset
            self._hold(tail)
        if self._length:
            yield from self._end(b"")

    def wide(self, chunks: Iterable[bytes], newline: bytes) -> Iterator[tuple[int, bytes]]:
        """Offset and bytes of each line of UTF-16 text, its CR still there."""
        odd = b""
        for chunk in self._without_bom(chunks):
            block = odd + chunk if odd else chunk
            even = len(block) & ~1
            start = 0
            at = block.find(newline)
            while at >= 0:
                if at % 2 == 0:
                    yield from self._end(block[start:at], width=2)
                    start = at + 2
                at = block.find(newline, at + 1 if at % 2 else at + 2)
            self._hold(block[start:even])
            odd = block[even:]
        self._hold(odd)
        if self._length:
            yield from self._end(b"", width=2)

    def _without_bom(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The chunks, the mark taken off the first."""
        first = True
        for chunk in chunks:
            if first and self._bom:
                self._offset = len(self._bom)
                yield chunk[len(self._bom) :]
            else:
                yield chunk
            first = False

    def _hold(self, piece: bytes) -> None:
        """Keep the beginning of a line that goes on."""
        self._length += len(piece)
        if self._length > self._limit:
            self._held.clear()
        elif piece:
            self._held.append(piece)

    def _end(self, piece: bytes, *, width: int = 1) -> Iterator[tuple[int, bytes]]:
        """Finish the line that goes on; none where it is over the limit."""
        self._hold(piece)
        self._number += 1
        if self._length > self._limit:
            self._overlong(self._offset, self._length, self._number)
        else:
            line = b"".join(self._held)
            yield self._offset, self._without_cr(line) if width == 1 else line
        self._held.clear()
        self._offset += self._length + width
        self._length = 0

    def _without_cr(self, line: bytes) -> bytes:
        if line.endswith(b"\r"):
            self.noticed[_CRLF] = None
            return line[:-1]
        return line

"""Bytes of any kind as text to scan, with the way back to where they lay.

Text stays as it is, UTF-16 files become UTF-8, and of binary pieces (minidumps, databases, images) the printable runs
are taken, in UTF-8 and in UTF-16, each a line of its own.
"""

from __future__ import annotations

import codecs
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from triage.redact.text import expression
from triage.sources.returns import ended_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ("Piece", "pieces")

_LINES: Final = r"[\t\n\r\x20-\x7e]"
_RUNS: Final = rf"(?:{_LINES}\x00){{6,}}|(?:{_LINES}|[\xc2-\xf4][\x80-\xbf]{{1,3}}){{6,}}"
# What text does not hold but for a stray byte; escape sequences of terminals are text.
_CONTROL: Final = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x08\x1b")
_CONTROL_SHARE: Final = 0.02
_CONTINUED: Final = bytes(range(0x80, 0xC0))
_FOUR: Final = bytes(range(0xF0, 0xF8))


@dataclass(slots=True)
class Piece:
    """Text of a file: `offset` is where it lies there, `line` its first line, None where there are no lines.

    `starts` and `places` are the beginnings of its runs here and in the file, `widths` the bytes of a character there.
    """

    data: bytes
    offset: int = 0
    line: int | None = None
    starts: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    utf16: bool = False
    _counted: tuple[int, int] = (0, 0)

    def spot(self, offset: int, length: int) -> tuple[int, int]:
        """Offset and length in the file of a span of this piece."""
        if self.utf16:
            at, before = self._counted if self._counted[0] <= offset else (0, 0)
            before += _utf16_bytes(self.data[at:offset])  # findings come in order: every byte is counted once
            self._counted = (offset, before)
            return self.offset + before, _utf16_bytes(self.data[offset : offset + length])
        if not self.starts:
            return self.offset + offset, length
        run = max(bisect_right(self.starts, offset) - 1, 0)
        width = self.widths[run]
        return self.places[run] + (offset - self.starts[run]) * width, length * width


def pieces(
    chunks: Iterable[bytes], encoding: str, blocks: Callable[[Iterable[bytes]], Iterator[bytes]]
) -> Iterator[Piece]:
    """Everything that can be read as text in a file, piece by piece; `blocks` cuts it at line ends."""
    if encoding != "utf-8":
        yield from _recoded(chunks, encoding, blocks)
        return
    offset, line = 0, 1
    for block in blocks(chunks):
        if _is_binary(block):
            yield _printable(block, offset)
        else:
            yield Piece(block, offset, line)
        offset += len(block)
        line += ended_bytes(block).count(b"\n")


def _is_binary(block: bytes) -> bool:
    return len(block) - len(block.translate(None, _CONTROL)) > len(block) * _CONTROL_SHARE


def _printable(block: bytes, offset: int) -> Piece:
    """The printable runs of a binary block, a line each."""
    piece = Piece(b"", offset)
    runs: list[bytes] = []
    at = 0
    for start, end in expression(_RUNS).spans(block):
        run = block[start:end]
        wide = run[1] == 0
        runs.append(run[::2] if wide else run)
        piece.starts.append(at)
        piece.places.append(offset + start)
        piece.widths.append(2 if wide else 1)
        at += len(runs[-1]) + 1
    piece.data = b"\n".join(runs)
    return piece


def _recoded(
    chunks: Iterable[bytes], encoding: str, blocks: Callable[[Iterable[bytes]], Iterator[bytes]]
) -> Iterator[Piece]:
    """UTF-16 as UTF-8."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    offset, line = 0, 1
    for block in blocks(decoder.decode(chunk).encode("utf-8", "replace") for chunk in chunks):
        yield Piece(block, offset, line, utf16=True)
        offset += _utf16_bytes(block)
        line += ended_bytes(block).count(b"\n")


def _utf16_bytes(data: bytes) -> int:
    """How long UTF-8 text is in UTF-16: two bytes a character, four where UTF-8 takes four."""
    characters = len(data.translate(None, _CONTINUED))
    return 2 * (characters + len(data) - len(data.translate(None, _FOUR)))

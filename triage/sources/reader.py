"""Bytes from the front with a place and a look ahead: what the archive readers read from, and what members give.

A `Reader` gives pieces as they come (short reads are its way: nothing is joined that need not be) and knows where it
is. `Feed` reads the chunks of a source, `Member` counts what a member gives against the limits.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Protocol

from triage.sources.source import OverLimitError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.sources.context import Context
    from triage.sources.source import Source

__all__ = ("Feed", "Gauge", "Member", "Reader", "Tail")


class Tail(Protocol):
    """Where the bytes of a member come from."""

    @property
    def damage(self) -> str | None:
        """What was wrong, None where nothing was."""
        ...

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, b"" at the end."""
        ...


class Gauge:
    """The limits of one container while it is read; remembers the one that ended it."""

    __slots__ = ("context", "limits", "over")

    def __init__(self, source: Source) -> None:
        self.context: Context = source.context
        self.limits = source.limits
        self.over: OverLimitError | None = None

    def exceed(self, limit: str, what: str) -> OverLimitError:
        """The error to raise for a limit that ends the container, and with `archive_bytes` those around it."""
        if limit == "archive_bytes":
            self.context.inside = max(self.context.inside, self.limits.archive_bytes + 1)
        self.over = OverLimitError(limit, getattr(self.limits, limit), what)
        return self.over

    def count(self, size: int) -> None:
        """Count bytes that came out of a container, of this input as a whole."""
        self.context.inside += size
        if self.context.inside > self.limits.archive_bytes:
            raise self.exceed("archive_bytes", "what this input holds, uncompressed,")


class Reader(ABC):
    """Pieces of bytes from the front."""

    __slots__ = ("_piece", "_start", "at", "damage")

    def __init__(self) -> None:
        self._piece = b""
        self._start = 0
        self.at = 0
        self.damage: str | None = None

    @abstractmethod
    def _next(self) -> bytes:
        """The next piece, b"" at the end."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, b"" at the end."""
        piece, start = self._piece, self._start
        if start >= len(piece):
            piece = self._piece = self._next()
            start = 0
        if start or len(piece) > size:
            piece = piece[start : start + size]
        self._start = start + len(piece)
        self.at += len(piece)
        return piece

    def exactly(self, size: int) -> bytes:
        """So many bytes, fewer only at the end."""
        piece = self.read(size)
        if len(piece) in {0, size}:
            return piece
        pieces, held = [piece], len(piece)
        while held < size and (piece := self.read(size - held)):
            pieces.append(piece)
            held += len(piece)
        return b"".join(pieces)

    def push(self, data: bytes) -> None:
        """Take back bytes that were read last; without copying where they are still here, so that it costs nothing."""
        if len(data) <= self._start:
            self._start -= len(data)
        else:
            self._piece = data + self._piece[self._start :]
            self._start = 0
        self.at -= len(data)

    def rest(self) -> int:
        """Read to the end and say how many bytes there were, the first run of zeros not counted."""
        total, zeros = 0, True
        while piece := self.read(1 << 20):
            if zeros:
                piece = piece.lstrip(b"\0")
                zeros = not piece
            total += len(piece)
        return total


class Feed(Reader):
    """The chunks of a source; a limit of what is around the source ends what is in it as well."""

    __slots__ = ("_chunks", "_gauge")

    def __init__(self, chunks: Iterator[bytes], gauge: Gauge) -> None:
        super().__init__()
        self._chunks = chunks
        self._gauge = gauge

    def _next(self) -> bytes:
        try:
            return next(self._chunks, b"")
        except OverLimitError as error:
            self._gauge.over = error
            raise


class Member:
    """The bytes of one member, counted against the limits; `declared` is what its header says of its size."""

    __slots__ = ("_declared", "_gauge", "_left", "_over", "_tail")

    def __init__(self, tail: Tail, gauge: Gauge, *, declared: int = 0) -> None:
        self._tail = tail
        self._gauge = gauge
        self._declared = declared
        self._left = gauge.limits.member_bytes
        self._over = False

    @property
    def damage(self) -> str | None:
        """What was wrong with the bytes, once they have ended by themselves."""
        return None if self._over or self._gauge.over else self._tail.damage

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, b"" at the end and after a limit was met."""
        if self._over or self._gauge.over:
            return b""
        if self._declared > self._gauge.limits.member_bytes:
            raise self._exceed()
        if self._left == 0:
            if not self._tail.read(1):
                return b""
            raise self._exceed()
        chunk = self._tail.read(min(size, self._left))
        self._left -= len(chunk)
        self._gauge.count(len(chunk))
        return chunk

    def _exceed(self) -> OverLimitError:
        """The limit of one member: the container goes on."""
        self._over = True
        return OverLimitError("member_bytes", self._gauge.limits.member_bytes, "a member")

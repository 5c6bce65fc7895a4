"""The working copy of what may leave: pieces of bytes in memory, beyond some MB in a temporary file without a name.

Masked bytes are written here, and originals that a reviewer lets in. Pieces are appended and never changed, so that
what was reviewed stays what it was; closing the spool gives its memory and its disk back.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import weakref
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, Self

from triage.errors import RedactionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ("Piece", "Spool")

_MEMORY: Final = 16 << 20
_CHUNK: Final = 1 << 20


class Piece(NamedTuple):
    """Some bytes of a spool: where they begin, how many they are, and their SHA-256 in hex."""

    offset: int
    bytes: int
    sha256: str


class Spool:
    """Bytes that grow at the end and are read from anywhere.

    Examples
    --------
    >>> with Spool() as spool:
    ...     piece = spool.write([b"one ", b"two"])
    ...     spool.read(piece, 4, 3)
    b'two'
    """

    __slots__ = ("__weakref__", "_end", "_files", "_release")

    def __init__(self) -> None:
        self._files: list[Any] = [io.BytesIO()]
        self._end = 0
        self._release = weakref.finalize(self, _close, self._files)

    def write(self, chunks: Iterable[bytes]) -> Piece:
        """Append bytes as one piece; nothing else may be written while the chunks come."""
        start, digest = self._end, hashlib.sha256()
        for chunk in chunks:
            file = self._open(more=len(chunk))
            file.seek(self._end)
            file.write(chunk)
            digest.update(chunk)
            self._end += len(chunk)
        return Piece(start, self._end - start, digest.hexdigest())

    def read(self, piece: Piece, offset: int = 0, length: int | None = None) -> bytes:
        """Some bytes of a piece; all of them without a length."""
        left = max(piece.bytes - offset, 0)
        file = self._open()
        file.seek(piece.offset + offset)
        data: bytes = file.read(left if length is None else min(length, left))
        return data

    def chunks(self, piece: Piece) -> Iterator[bytes]:
        """The bytes of a piece in parts of at most 1 MiB."""
        for start in range(0, piece.bytes, _CHUNK):
            yield self.read(piece, start, _CHUNK)

    def close(self) -> None:
        """Give memory and disk back; what is asked afterwards is an error that says so."""
        self._release()

    def _open(self, *, more: int = 0) -> Any:
        """What the bytes lie in; moved to the disk when it grows too large for memory."""
        if not self._files:
            raise RedactionError("the working copy was discarded; call case.redact() again")
        file = self._files[0]
        if isinstance(file, io.BytesIO) and self._end + more > _MEMORY:
            self._files[0] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as we do
            self._files[0].write(file.getbuffer())
        return self._files[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return "<Spool>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a working copy is not pickled; save a ReviewedArchive and load it where it is needed")


def _close(files: list[Any]) -> None:
    for file in files:
        file.close()
    files.clear()

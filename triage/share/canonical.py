"""Whether a file is, byte for byte, an archive as `triage.share.packing` writes it, but for how it was compressed.

Whatever stands beside the members would be carried along unseen: a comment in a header, a second stream, a second
member of a name, bytes behind the end. Read once, in parts.
"""

from __future__ import annotations

import tarfile
import zlib
from typing import TYPE_CHECKING, Final

from triage.errors import TriageError
from triage.share.packing import BLOCK, GZIP_HEAD, ending, header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ("oddity",)

_PART: Final = 1 << 20


class _Odd(Exception):  # noqa: N818 - what is odd is no failure of ours
    """What is not as it is written."""


def oddity(chunks: Iterable[bytes]) -> str | None:
    """What of an archive is not as it is written, None where all is.

    Examples
    --------
    >>> oddity([b"no archive"])
    'the head of the file'
    """
    try:
        _members(_Parts(_unpacked(chunks)))
    except _Odd as odd:
        return str(odd)
    except (zlib.error, tarfile.TarError, TriageError, UnicodeError, ValueError):
        return "what it is packed in"
    return None


def _unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The one gzip stream, with the head that we give it and nothing behind it."""
    stream, head = zlib.decompressobj(wbits=31), b""
    for chunk in chunks:
        if len(head) < len(GZIP_HEAD):
            head += chunk[: len(GZIP_HEAD) - len(head)]
            if not GZIP_HEAD.startswith(head):
                raise _Odd("the head of the file")
        left = chunk
        while left and not stream.eof:
            yield stream.decompress(left, _PART)
            left = stream.unconsumed_tail
        if stream.eof and (left or stream.unused_data):
            raise _Odd("bytes behind its end")
    if not stream.eof:
        yield stream.flush()
        if not stream.eof:
            raise _Odd("its end")


class _Parts:
    """Bytes that come in parts, taken by the number."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._held = b""
        self.taken = 0

    def take(self, size: int) -> bytes:
        """So many bytes, or those that are left."""
        pieces, missing = [], size
        while missing:
            if not self._held:
                part = next(self._parts, None)
                if part is None:
                    break
                self._held = part
                continue
            piece, self._held = self._held[:missing], self._held[missing:]
            pieces.append(piece)
            missing -= len(piece)
        self.taken += size - missing
        return b"".join(pieces)


def _members(parts: _Parts) -> None:
    """Every header as it would be written, in the order of the names, each once; zeros between, and at the end."""
    before = ""
    while True:
        block = parts.take(BLOCK)
        if not any(block):
            break
        info = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
        if block != header(info.name, info.size):
            raise _Odd("the header of a member")
        if not {"", ".", ".."}.isdisjoint(info.name.split("/")):
            raise _Odd("the name of a member")
        if info.name <= before:
            raise _Odd("the order of its members, or a name that is there twice")
        before, left = info.name, info.size
        while left:
            left -= len(part) if (part := parts.take(min(left, _PART))) else left
        if any(parts.take(-info.size % BLOCK)):
            raise _Odd("bytes between two members")
    written = parts.taken - len(block)
    rest = block + parts.take(ending(written))
    if len(rest) != ending(written) or any(rest):
        raise _Odd("its end")

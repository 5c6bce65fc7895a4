"""What stands in the headers of archives besides the names of members: owners, links, comments, stored names.

    tar   uname, gname and link name of each header; pax records but for names, sizes and times; GNU long links
    gzip  the stored name and the comment (of the first stream)
    zip   the comments of the archive and of its members

Sources: POSIX.1-2017 `pax`, RFC 1952, PKWARE APPNOTE 6.3.10. The reading is that of `triage.sources`; this looks at the
headers as they go by.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from triage.sources.archives import Container
from triage.sources.reader import Reader
from triage.sources.tar import is_tar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from triage.sources.source import Source

__all__ = ("Header", "Told", "gzip_headers", "zip_comments")

_BLOCK: Final = 512
_PIECE: Final = 1 << 18
_END: Final = struct.Struct("<4s4H2LH")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_UNTOLD: Final = frozenset({b"path", b"size", b"mtime", b"atime", b"ctime", b"uid", b"gid", b"GNU.sparse.name"})


@dataclass(frozen=True, slots=True)
class Header:
    """One field: where it lies in the (unpacked) archive, what it is called, and what stands there."""

    offset: int
    name: str
    value: bytes


class Told(Container):
    """A container that tells of the headers of a tar as it reads them."""

    __slots__ = ("_tell",)

    def __init__(self, source: Source, tell: Callable[[Header], None]) -> None:
        super().__init__(source)
        self._tell = tell

    def read_tar(self, reader: Reader, *, packed: Reader | None = None) -> None:
        """Read the members of a tar."""
        super().read_tar(_Tap(reader, self._tell), packed=packed)


class _Tap(Reader):
    """A reader that hands on what is read as a whole: headers; the data of members comes piece by piece."""

    __slots__ = ("_inner", "_kind", "_last", "_tell")

    def __init__(self, inner: Reader, tell: Callable[[Header], None]) -> None:
        super().__init__()
        self._inner = inner
        self._tell = tell
        self._kind = b""
        self._last: dict[str, bytes] = {}

    def _next(self) -> bytes:
        return self._inner.read(_PIECE)

    def exactly(self, size: int) -> bytes:
        """So many bytes, fewer only at the end."""
        at = self.at
        data = super().exactly(size)
        if size == _BLOCK and is_tar(data):
            self._kind = data[156:157]
            fields = (("link name", 157, 257), ("uname", 265, 297), ("gname", 297, 329))
            for name, start, end in fields:
                self._field(at + start, name, data[start:end].partition(b"\0")[0])
        elif self._kind == b"K":
            self._field(at, "link name", data.partition(b"\0")[0])
        elif self._kind in {b"x", b"g", b"X"}:
            self._records(at, data)
        return data

    def _field(self, at: int, name: str, value: bytes) -> None:
        """Tell of a field, once while it stays the same from header to header."""
        if value and self._last.get(name) != value:
            self._tell(Header(at, name, value))
        self._last[name] = value

    def _records(self, at: int, data: bytes) -> None:
        """Tell of the pax records of an extended header."""
        start = 0
        while start < len(data):
            space = data.find(b" ", start, start + 20)
            digits = data[start:space] if space > start else b""
            end = start + int(digits) if digits.isdigit() else 0
            if end <= space or end > len(data):
                self._field(at + start, "pax", data[start:].strip(b"\0"))  # damaged, and still there
                return
            key, _, value = data[space + 1 : end - 1].partition(b"=")
            name = {b"uname": "uname", b"gname": "gname", b"linkpath": "link name"}.get(key)
            if name:
                self._field(at + space + 2 + len(key), name, value)
            elif key not in _UNTOLD:
                self._tell(Header(at + space + 1, "pax", data[space + 1 : end - 1]))
            start = end


def gzip_headers(head: bytes) -> Iterator[Header]:
    """The stored name and the comment of a gzip stream that begins so."""
    flags = head[3] if len(head) > 10 else 0
    at = 10
    if flags & 4:
        at += 2 + int.from_bytes(head[at : at + 2], "little")
    for flag, name in ((8, "gzip name"), (16, "gzip comment")):
        if flags & flag and at < len(head):
            value = head[at:].partition(b"\0")[0]
            yield Header(at, name, value)
            at += len(value) + 1


def zip_comments(data: memoryview) -> Iterator[Header]:
    """The comments of a zip archive and of its members."""
    tail_at = max(len(data) - _END.size - 0xFFFF, 0)
    found = bytes(data[tail_at:]).rfind(b"PK\x05\x06")
    if found < 0 or tail_at + found + _END.size > len(data):
        return
    end = tail_at + found
    *_, size, _, length = _END.unpack_from(data, end)
    if length:
        yield Header(end + _END.size, "zip comment", bytes(data[end + _END.size : end + _END.size + length]))
    at = end - size
    while 0 <= at <= end - _CENTRAL.size and bytes(data[at : at + 4]) == b"PK\x01\x02":
        names, extras, comments = _CENTRAL.unpack_from(data, at)[10:13]
        at += _CENTRAL.size + names + extras
        if comments:
            yield Header(at, "zip comment", bytes(data[at : at + comments]))
        at += comments

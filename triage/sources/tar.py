"""Tar archives from the front: ustar, pax, GNU and the old form, headers decoded by the standard library.

    archive = entry* zero-block zero-block padding
    entry   = (extended header block, its data)* header block, data padded to 512 bytes

Sources: POSIX.1-2017 `pax`, the GNU tar manual ("Basic Tar Format"). Only `tarfile.TarInfo.frombuf` is used of
`tarfile`: reading is ours, so that no header makes us hold more than a MiB and the place of every byte is known.
"""

from __future__ import annotations

import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.sources.reader import Gauge, Reader

__all__ = ("Entry", "TarData", "TarReader", "is_tar")

_BLOCK: Final = 512
_HEADER_BYTES: Final = 1 << 20
_ZEROS: Final = bytes(_BLOCK)
_REFUSED: Final = {
    tarfile.SYMTYPE: "a symbolic link, never followed",
    tarfile.LNKTYPE: "a hard link, never followed",
    tarfile.CHRTYPE: "a device",
    tarfile.BLKTYPE: "a device",
    tarfile.FIFOTYPE: "a FIFO",
    tarfile.GNUTYPE_SPARSE: "a sparse file",
    b"M": "a piece of a file that goes on from another volume",
}
# Entries of these types have no data, whatever their size says.
_EMPTY: Final = {
    tarfile.SYMTYPE,
    tarfile.LNKTYPE,
    tarfile.CHRTYPE,
    tarfile.BLKTYPE,
    tarfile.FIFOTYPE,
    tarfile.DIRTYPE,
}


def is_tar(head: bytes) -> bool:
    """Whether a tar header begins here: by its checksum, which nothing else has."""
    return _header(head[:_BLOCK]) is not None


def _header(block: bytes) -> tarfile.TarInfo | None:
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError, OverflowError):
        return None
    return info if 0 <= info.size < 1 << 62 else None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its name, how many bytes of data follow, and why it is refused if it is."""

    name: str
    size: int
    folder: bool
    refused: str | None


class TarData:
    """The data of the entry that the archive stands at."""

    __slots__ = ("_left", "_reader", "_size")

    def __init__(self, reader: Reader, size: int) -> None:
        self._reader = reader
        self._left = self._size = size

    @property
    def damage(self) -> str | None:
        """Whether the archive ended before the data did."""
        return f"cut short: {self._size - self._left:,} of {self._size:,} bytes are there" if self._left else None

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, b"" at the end."""
        chunk = self._reader.read(min(size, self._left)) if self._left else b""
        self._left -= len(chunk)
        return chunk


class TarReader:
    """The entries of one archive; between two of them whoever iterates reads as much of the data as they like."""

    __slots__ = ("_gauge", "_map_goes_on", "_reader", "damage", "damaged_at", "trailing")

    def __init__(self, reader: Reader, gauge: Gauge) -> None:
        self._reader = reader
        self._gauge = gauge
        self._map_goes_on = False
        self.damage: str | None = None
        self.damaged_at = 0
        self.trailing = 0

    def __iter__(self) -> Iterator[Entry]:
        reader = self._reader
        everywhere: dict[str, str] = {}
        here: dict[str, str] = {}
        broken: str | None = None
        while (info := self._next_header()) is not None:
            if info.type in {tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.XGLTYPE}:
                records, wrong = self._extended(info.size)
                (everywhere if info.type == tarfile.XGLTYPE else here).update(records)
                broken = broken or wrong
                continue
            if info.type in {tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK}:
                name, wrong = self._long_name(info.size)
                if info.type == tarfile.GNUTYPE_LONGNAME and name:
                    here["path"] = name
                broken = broken or wrong
                continue
            entry = _entry(info, {**everywhere, **here}, broken)
            here, broken = {}, None
            if info.type == tarfile.GNUTYPE_SPARSE:
                self._pass_sparse_map()
            start = reader.at
            yield entry
            self._pass(start + entry.size + -entry.size % _BLOCK)

    def _next_header(self) -> tarfile.TarInfo | None:
        """The next header; None at the end of the archive, or at damage."""
        if self.damage:
            return None
        at = self._reader.at
        block = self._reader.exactly(_BLOCK)
        if block == _ZEROS:
            self.trailing = self._reader.rest()
            return None
        info = _header(block) if len(block) == _BLOCK else None
        self._map_goes_on = len(block) == _BLOCK and block[482] != 0
        if info is None:
            if not block:
                self._damaged(at, "it has no end mark and may be cut short")
            elif len(block) < _BLOCK:
                self._damaged(at, "it is cut short in a header")
            else:
                self._damaged(at, "what should be a header is none")
        return info

    def _damaged(self, at: int, what: str) -> None:
        if not self.damage:
            self.damage, self.damaged_at = f"the tar archive is damaged: {what}", at

    def _pass(self, end: int) -> None:
        """Go to the end of an entry; what is passed unread counts as well."""
        while (left := end - self._reader.at) > 0:
            chunk = self._reader.read(min(left, 1 << 20))
            if not chunk:
                self._damaged(self._reader.at, "it is cut short in a member")
                return
            if left >= _BLOCK:  # less than a block is padding
                self._gauge.count(len(chunk))

    def _pass_sparse_map(self) -> None:
        """Pass the blocks that carry on the map of an old GNU sparse file; byte 504 says whether another follows."""
        while self._map_goes_on:
            block = self._reader.exactly(_BLOCK)
            self._map_goes_on = len(block) == _BLOCK and block[504] != 0

    def _data(self, size: int) -> bytes | None:
        """The data of an extended header; None where it is too long to be held or cut short."""
        end = self._reader.at + size + -size % _BLOCK
        data = self._reader.exactly(size) if size <= _HEADER_BYTES else None
        self._pass(end)
        return data if data is not None and len(data) == size else None

    def _extended(self, size: int) -> tuple[dict[str, str], str | None]:
        """The records of a pax header that matter here."""
        data = self._data(size)
        if data is None:
            return {}, f"its extended header is over {_HEADER_BYTES:,} bytes or cut short"
        return _pax_records(data)

    def _long_name(self, size: int) -> tuple[str, str | None]:
        """The name in a GNU long-name entry."""
        data = self._data(size)
        if data is None:
            return "", f"its long name is over {_HEADER_BYTES:,} bytes or cut short"
        return data.partition(b"\0")[0].decode("utf-8", "surrogateescape"), None


def _entry(info: tarfile.TarInfo, pax: dict[str, str], broken: str | None) -> Entry:
    """Put a header and what the extended headers before it said together."""
    name = pax.get("GNU.sparse.name") or pax.get("path") or info.name
    size = info.size
    refused = broken or _REFUSED.get(info.type)
    if "size" in pax:
        digits = pax["size"]
        if digits.isascii() and digits.isdigit() and len(digits) < 19:
            size = int(digits)
        else:
            refused = refused or "its extended header gives no usable size"
    if refused is None and any(key.startswith("GNU.sparse") for key in pax):
        refused = _REFUSED[tarfile.GNUTYPE_SPARSE]
    if info.type in _EMPTY:
        size = 0
    known = info.isreg() or info.isdir() or info.type in _REFUSED or info.type in {b"V", b"D"}
    if not known:
        refused = refused or "a kind of entry that is not known"
    return Entry(name=name, size=size, folder=info.isdir() or info.type in {b"V", b"D"}, refused=refused)


def _pax_records(data: bytes) -> tuple[dict[str, str], str | None]:
    """Records `length key=value LF`, the length counting all of it."""
    records: dict[str, str] = {}
    at = 0
    while at < len(data) and data[at]:
        space = data.find(b" ", at, at + 20)
        digits = data[at:space] if space > at else b""
        end = at + int(digits) if digits.isdigit() else 0
        if end <= space or end > len(data) or data[end - 1 : end] != b"\n":
            return records, "its extended header is damaged"
        key, equals, value = data[space + 1 : end - 1].partition(b"=")
        if equals and key in {b"path", b"size", b"GNU.sparse.name"}:
            records[key.decode()] = value.decode("utf-8", "surrogateescape")
        elif key.startswith(b"GNU.sparse."):
            records["GNU.sparse"] = "1"
        at = end
    return records, None

"""Zip archives: by their central directory, and by their local headers where that is gone.

    archive = (local header, data, descriptor?)* central header* zip64 records? end record

Source: PKWARE APPNOTE 6.3.10. The directory decides what is there; every entry has to lie in front of it, at a local
header, and apart from all others: files that share bytes are how a small zip holds petabytes. Sizes are declared and
then counted, checksums are checked. An archive without its end (cut short) is walked from the front.
"""

from __future__ import annotations

import re
import stat
import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from triage.sources.compression import Inflated, crc32, has_zstd
from triage.sources.reader import Feed, Reader
from triage.sources.source import HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.sources.reader import Gauge

__all__ = ("Entry", "ZipData", "entries", "unread_method")

_END: Final = struct.Struct("<4s4H2LH")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR: Final = struct.Struct("<4sLQL")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_MARK: Final = re.compile(rb"PK(?:\x01\x02|\x03\x04|\x07\x08)")
_METHODS: Final = {8: "deflate", 12: "bz2", 93: "zst", 95: "xz"}
_FULL: Final = 0xFFFFFFFF
_SLICE: Final = 1 << 20
# The comment of an archive may hold what looks like its end; few have even one such.
_END_CANDIDATES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One member as the directory (or, without one, its local header) has it; `size` and `crc` None where unknown."""

    name: str
    method: int
    header: int
    start: int
    packed: int
    size: int | None
    crc: int | None
    refused: str | None = None
    broken: str | None = None

    @property
    def folder(self) -> bool:
        """Whether this is a folder, which has no content."""
        return self.name.endswith("/") and not self.size and not self.packed


def unread_method(entry: Entry) -> str | None:
    """Why the content of an entry cannot be unpacked here, None where it can."""
    if entry.method == 93 and not has_zstd():
        return "its compression (zstandard) needs the extra: pip install 'crash-triage[zstd]'"
    if entry.method == 0 or entry.method in _METHODS:
        return None
    return f"its compression method {entry.method} is not read; unpack it and load the files"


def entries(data: memoryview, *, limit: int) -> tuple[Iterator[Entry], int | None]:
    """The entries, at most `limit`, in the order of the file, and how many bytes follow the archive.

    None instead of these where the archive has no whole directory: the entries are then those of the local headers.
    """
    directory = _directory(data, limit)
    if directory is None:
        return _by_local_headers(data), None
    found, end = directory
    return iter(_apart(found)), _behind(data[end:])


class ZipData:
    """The content of an entry, its length and checksum checked at the end."""

    __slots__ = ("_check", "_ended", "_entry", "_reader", "_taken", "damage")

    def __init__(self, data: memoryview, entry: Entry, gauge: Gauge) -> None:
        view = data[entry.start : entry.start + entry.packed]
        feed = Feed(_slices(view), gauge)
        self._reader: Reader = feed
        if entry.method:
            head = bytes(view[:HEAD_BYTES])
            self._reader = Inflated(_METHODS[entry.method], feed, gauge, head=head, single=True)
        self._entry = entry
        self._ended = False
        self._check = self._taken = 0
        self.damage: str | None = None

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, b"" at the end."""
        if self._ended:
            return b""
        if self._entry.size is not None:
            size = min(size, self._entry.size - self._taken)
        chunk = self._reader.read(size) if size else b""
        self._taken += len(chunk)
        self._check = crc32(chunk, self._check)
        if not chunk:
            self._ended = True
            self.damage = self._wrong()
        return chunk

    def _wrong(self) -> str | None:
        """Compare what came with what the entry declares."""
        size, crc = self._entry.size, self._entry.crc
        if size is None:
            return self._reader.damage
        if self._taken < size:
            return self._reader.damage or f"cut short: {self._taken:,} of {size:,} bytes are there"
        if crc is not None and crc != self._check:
            return "its checksum does not match"
        if self._reader.read(1):
            return "it holds more than its entry declares; the rest was not read"
        return None


def _slices(view: memoryview) -> Iterator[bytes]:
    for start in range(0, len(view), _SLICE):
        yield bytes(view[start : start + _SLICE])


def _behind(view: memoryview) -> int:
    """How many bytes there are, the first run of zeros not counted."""
    left = len(view)
    for piece in _slices(view):
        if stripped := piece.lstrip(b"\0"):
            return left - len(piece) + len(stripped)
        left -= len(piece)
    return 0


def _directory(data: memoryview, limit: int) -> tuple[list[Entry], int] | None:
    """The entries of the central directory and where the archive ends, None where there is no whole one."""
    tail_at = max(len(data) - _END.size - 0xFFFF, 0)
    tail = bytes(data[tail_at:])
    at = tail.rfind(b"PK\x05\x06")
    for _ in range(_END_CANDIDATES):
        if at < 0:
            break
        place = _place(data, tail_at + at)
        found = _central(data, *place, limit) if place is not None else None
        if found is not None:
            comment = int.from_bytes(tail[at + _END.size - 2 : at + _END.size], "little")
            return found, min(tail_at + at + _END.size + comment, len(data))
        at = tail.rfind(b"PK\x05\x06", 0, at)
    return None


def _place(data: memoryview, at: int) -> tuple[int, int, int] | None:
    """Where the directory begins and ends, and how many bytes stand before the archive; None where it does not fit."""
    if len(data) - at < _END.size:
        return None
    _, _, _, _, _, size, offset, _ = _END.unpack_from(data, at)
    end = at
    locator = at - _LOCATOR.size
    if locator >= 0 and bytes(data[locator : locator + 4]) == b"PK\x06\x07":
        _, _, end64, _ = _LOCATOR.unpack_from(data, locator)
        for place in (end64, locator - _END64.size):
            if 0 <= place <= locator - _END64.size and bytes(data[place : place + 4]) == b"PK\x06\x06":
                *_, size, offset = _END64.unpack_from(data, place)
                end = place
                break
    base = end - size - offset
    return (end - size, end, base) if end >= size and base >= 0 else None


def _central(data: memoryview, at: int, end: int, base: int, limit: int) -> list[Entry] | None:
    """Read the central headers from one place to another."""
    found: list[Entry] = []
    directory = at
    while at < end and len(found) < limit:
        if end - at < _CENTRAL.size or bytes(data[at : at + 4]) != b"PK\x01\x02":
            return None
        (_, _, _, flags, method, _, _, crc, packed, size, names, extras, comments, _, _, attributes, offset) = (
            _CENTRAL.unpack_from(data, at)
        )
        at += _CENTRAL.size
        name = bytes(data[at : at + names])
        extra = bytes(data[at + names : at + names + extras])
        at += names + extras + comments
        if at > end:
            return None
        if _FULL in {packed, size, offset}:
            size, packed, offset = _wide(extra, size, packed, offset)
        entry = Entry(
            name=_name(name, flags),
            method=method,
            header=base + offset,
            start=0,
            packed=packed,
            size=size,
            crc=crc,
            refused=_refused(flags, attributes >> 16, packed),
        )
        found.append(_located(data, entry, name, directory))
    return found


def _located(data: memoryview, entry: Entry, name: bytes, directory: int) -> Entry:
    """The entry with the place of its content, from its local header."""
    at = entry.header
    if at + _LOCAL.size > directory or bytes(data[at : at + 4]) != b"PK\x03\x04":
        return replace(entry, broken="its local header is not where the directory says")
    *_, names, extras = _LOCAL.unpack_from(data, at)
    start = at + _LOCAL.size + names + extras
    if start + entry.packed > directory:
        return replace(entry, start=start, broken="its content does not end before the directory")
    if data[at + _LOCAL.size : at + _LOCAL.size + names] != name:
        return replace(entry, start=start, refused="its local header has another name")
    return replace(entry, start=start)


def _apart(found: list[Entry]) -> list[Entry]:
    """In the order of the file; entries that share bytes with others are refused."""
    found.sort(key=lambda entry: entry.header)
    placed = [index for index, entry in enumerate(found) if not entry.broken]
    shared: set[int] = set()
    widest = None
    for index in placed:
        if widest is not None and found[index].header < _end(found[widest]):
            shared |= {index, widest}
        if widest is None or _end(found[index]) > _end(found[widest]):
            widest = index
    for index in shared:
        found[index] = replace(found[index], refused="it shares bytes with another entry, as zip bombs do")
    return found


def _end(entry: Entry) -> int:
    return entry.start + entry.packed


def _by_local_headers(data: memoryview) -> Iterator[Entry]:
    """Walk the local headers from the front, as far as they go; where a size is missing, to the next signature."""
    mark = _MARK.search(data)
    while mark is not None:
        at = mark.start()
        if len(data) - at < _LOCAL.size or bytes(data[at : at + 4]) != b"PK\x03\x04":
            mark = _MARK.search(data, at + 4)
            continue
        _, _, flags, method, _, _, crc, packed, size, names, extras = _LOCAL.unpack_from(data, at)
        name = bytes(data[at + _LOCAL.size : at + _LOCAL.size + names])
        start = at + _LOCAL.size + names + extras
        if start > len(data):
            return
        extra = bytes(data[start - extras : start])
        if _FULL in {packed, size}:
            size, packed, _ = _wide(extra, size, packed, 0)
        unknown = bool(flags & 8) and not packed
        if unknown:
            after = _MARK.search(data, start)
            packed = (after.start() if after else len(data)) - start
        yield Entry(
            name=_name(name, flags),
            method=method,
            header=at,
            start=start,
            packed=packed,
            size=None if unknown else size,
            crc=None if unknown else crc,
            refused=_refused(flags, 0, packed),
        )
        mark = _MARK.search(data, min(start + packed, len(data)))


def _wide(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """The 64-bit values of the zip64 extra field, in the order of those that did not fit."""
    values = [size, packed, offset]
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            field = extra[at + 4 : at + 4 + length]
            for index, value in enumerate(values):
                if value == _FULL and len(field) >= 8:
                    values[index] = int.from_bytes(field[:8], "little")
                    field = field[8:]
            break
        at += 4 + length
    return values[0], values[1], values[2]


def _name(raw: bytes, flags: int) -> str:
    """UTF-8 where the flag or the bytes say so, else the code page of DOS."""
    if flags & 0x800:
        return raw.decode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp437")


def _refused(flags: int, mode: int, packed: int) -> str | None:
    if flags & 0x2041:
        return "encrypted; unpack it with its password and load the files"
    kind = stat.S_IFMT(mode)
    if kind == stat.S_IFLNK:
        return "a symbolic link, never followed"
    if kind == stat.S_IFIFO and packed:
        return None  # what Info-ZIP was given on its standard input
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        return "a device, FIFO or socket"
    return None

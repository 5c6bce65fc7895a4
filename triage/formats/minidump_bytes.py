"""The bytes of a minidump: a struct reader that knows its bounds, and the stream directory.

Facts are those of Microsoft's minidumpapiset.h and of Breakpad's and Crashpad's public extensions. A dump is a header
of 32 bytes, a directory of 12-byte entries (type, size, offset), and streams that point at each other by file offset
(RVA). Every offset, size and count in it may lie, so that

- a read outside the file raises `BrokenError`, which the reader of that stream turns into damage, not into an end;
- the entries of a list are capped by what its stream can hold;
- what is reached by offset (strings, stacks, records) is charged against a budget of four times the file: honest dumps
  reach every byte about once, while hostile ones point a million entries at the same large piece.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeVar

__all__ = ("BrokenError", "Bytes", "Damage", "Directory", "Span", "stream_name")

_HEADER_BYTES: Final = 32
_STREAMS: Final = 1024
_BUDGET_FACTOR: Final = 4
_BUDGET_FLOOR: Final = 1 << 20
# The longest string: a Windows path has at most 32,767 characters.
_TEXT_BYTES: Final = 1 << 16
_DAMAGES: Final = 64

_STREAM_NAMES: Final = {
    0: "Unused",
    3: "ThreadList",
    4: "ModuleList",
    5: "MemoryList",
    6: "Exception",
    7: "SystemInfo",
    8: "ThreadExList",
    9: "Memory64List",
    10: "CommentA",
    11: "CommentW",
    12: "HandleData",
    13: "FunctionTable",
    14: "UnloadedModuleList",
    15: "MiscInfo",
    16: "MemoryInfoList",
    17: "ThreadInfoList",
    18: "HandleOperationList",
    19: "Token",
    20: "JavaScriptData",
    21: "SystemMemoryInfo",
    22: "ProcessVmCounters",
    23: "IptTrace",
    24: "ThreadNames",
    0x43500001: "CrashpadInfo",
    0x47670001: "BreakpadInfo",
    0x47670002: "AssertionInfo",
    0x47670003: "LinuxCpuInfo",
    0x47670004: "LinuxProcStatus",
    0x47670005: "LinuxLsbRelease",
    0x47670006: "LinuxCmdLine",
    0x47670007: "LinuxEnviron",
    0x47670008: "LinuxAuxv",
    0x47670009: "LinuxMaps",
    0x4767000A: "LinuxDsoDebug",
    0x4D7A0001: "MozMacCrashInfo",
    0x4D7A0002: "MozMacBootArgs",
    0x4D7A0003: "MozLinuxLimits",
    0x4D7A0004: "MozSoftErrors",
    0x53790001: "SentryStacks",
}

_Result = TypeVar("_Result")


class BrokenError(Exception):
    """A piece of the dump cannot be read; the message says why and quotes no content."""


class Span(NamedTuple):
    """A piece of the file, in the order in which the format writes it."""

    size: int
    rva: int


class Damage(NamedTuple):
    """What could not be read, and where it lies."""

    reason: str
    offset: int
    length: int


def stream_name(kind: int) -> str:
    """The name of a stream type, its number in hex where it has none.

    Examples
    --------
    >>> stream_name(24), stream_name(0x4B6B0002)
    ('ThreadNames', '0x4b6b0002')
    """
    return _STREAM_NAMES.get(kind, f"0x{kind:08x}")


@lru_cache(maxsize=256)
def _layout(layout: str) -> struct.Struct:
    return struct.Struct(layout)


class Bytes:
    """Bounds-checked reads; `order` is ``<``, or ``>`` for the rare big-endian dump."""

    __slots__ = ("_texts", "budget", "cut", "damages", "data", "more_damages", "order", "size")

    def __init__(self, data: memoryview, order: str = "<") -> None:
        self.data = data
        self.order = order
        self.size = len(data)
        self.budget = _BUDGET_FACTOR * self.size + _BUDGET_FLOOR
        self.damages: list[Damage] = []
        self.more_damages = 0
        # where streams begin of which the directory tells that the file ends before them
        self.cut: set[int] = set()
        self._texts: dict[tuple[int, str], str] = {}

    def damage(self, reason: str, offset: int = 0, length: int = 0) -> None:
        """Keep what could not be read; beyond 64 pieces only their number."""
        if len(self.damages) < _DAMAGES:
            self.damages.append(Damage(reason, min(offset, self.size), max(0, min(length, self.size - offset))))
        else:
            self.more_damages += 1

    def attempt(self, what: str, span: Span, read: Callable[[], _Result]) -> _Result | None:
        """Do a part of the reading; what breaks becomes damage of that span, and None."""
        try:
            return read()
        except BrokenError as error:
            if span.rva not in self.cut:
                self.damage(f"{what}: {error}", span.rva, span.size)
        return None

    def charge(self, size: int) -> None:
        """Take from the budget."""
        self.budget -= size
        if self.budget < 0:
            raise BrokenError("pieces of the dump overlap too much")

    def unpack(self, layout: str, offset: int) -> tuple[Any, ...]:
        """The values of a struct at an offset."""
        form = _layout(self.order + layout)
        if offset < 0 or offset + form.size > self.size:
            raise BrokenError("a record lies past the end of the file")
        return form.unpack_from(self.data, offset)

    def take(self, span: Span) -> memoryview:
        """The bytes of a piece, charged."""
        if span.rva < 0 or span.rva + span.size > self.size:
            raise BrokenError("a piece lies past the end of the file")
        self.charge(span.size)
        return self.data[span.rva : span.rva + span.size]

    def rows(self, what: str, layout: str, span: Span, count: int, limit: int) -> list[tuple[Any, ...]]:
        """Up to `count` structs of a list, no more than span and limit can hold; what is missing becomes damage."""
        form = _layout(self.order + layout)
        room = max(0, min(span.size, self.size - span.rva)) // form.size
        kept = min(count, room, limit)
        if kept < count:
            self.damage(f"{what} says it has {count:,} entries, {kept:,} can be read", span.rva, span.size)
        return list(form.iter_unpack(self.data[span.rva : span.rva + kept * form.size]))

    def listed(self, what: str, layout: str, span: Span, limit: int) -> list[tuple[Any, ...]]:
        """The entries of a stream that is a count and an array; some writers put four bytes of padding between them."""
        (count,) = self.unpack("I", span.rva)
        padded = span.size == 8 + count * _layout(self.order + layout).size
        head = 8 if padded else 4
        return self.rows(what, layout, Span(max(0, span.size - head), span.rva + head), count, limit)

    def wide_text(self, rva: int) -> str | None:
        """A MINIDUMP_STRING: length in bytes, then UTF-16; None at offset 0."""
        return self._text(rva, "utf-16-le" if self.order == "<" else "utf-16-be") if rva else None

    def plain_text(self, rva: int) -> str | None:
        """Crashpad's string: length in bytes, then UTF-8; None at offset 0."""
        return self._text(rva, "utf-8") if rva else None

    def _text(self, rva: int, encoding: str) -> str:
        """Decode a string once, charge it each time: every row that names it holds a copy in the end."""
        (length,) = self.unpack("I", rva)
        if length > _TEXT_BYTES:
            raise BrokenError("a string is longer than 65,536 bytes")
        raw = self.take(Span(length, rva + 4))
        text = self._texts.get((rva, encoding))
        if text is None:
            text = self._texts[rva, encoding] = bytes(raw).decode(encoding, "replace").rstrip("\0")
        return text


class Directory(NamedTuple):
    """The header and the streams by type, first come first kept."""

    timestamp: int
    flags: int
    streams: dict[int, Span]
    listing: dict[str, int]
    repeated: int

    @classmethod
    def read(cls, data: memoryview) -> tuple[Bytes, Directory]:
        """Read header and directory; what lies past the end of the file is damage."""
        order = ">" if bytes(data[:4]) == b"PMDM" else "<"
        file = Bytes(data, order)
        if file.size < _HEADER_BYTES:
            file.damage("the header is cut short", 0, file.size)
            return file, cls(0, 0, {}, {}, 0)
        count, rva, _, timestamp, flags = file.unpack("8xIIIIQ", 0)
        entries = Span(max(0, file.size - rva), rva)
        streams: dict[int, Span] = {}
        listing: dict[str, int] = {}
        repeated = 0
        for kind, size, start in file.rows("the stream directory", "III", entries, count, _STREAMS):
            if kind == 0:
                continue
            if kind in streams:
                repeated += 1
                continue
            listing[stream_name(kind)] = size
            if start + size > file.size:
                file.damage(f"stream {stream_name(kind)} lies past the end of the file", start, size)
                file.cut.add(start)
            streams[kind] = Span(size, start)
        return file, cls(timestamp, flags, streams, listing, repeated)

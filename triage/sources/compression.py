"""Compressed streams as readers: gzip, bzip2, xz, zstandard, and the raw deflate of zip.

Sources: RFC 1952 (gzip), the .xz format 1.2.1, RFC 8878 (zstandard). Deflate goes through isal where it is there, else
zlib; zstandard through Python's own module (3.14) or the one of the extra `zstd`. One output piece is at most 256 KiB
(with zstandard a few MiB), so that a bomb is stopped by the ratio before it takes memory. Streams that follow each
other in one file are one stream, as gunzip and xz have it.

Damage never raises: what came out before it stays, and `damage` says what happened. The decoders drop what they made in
the call that failed; where the stream is still within the head of its source it is decoded again byte by byte, so that
nothing of a small file is lost.
"""

from __future__ import annotations

import bz2
import importlib
import lzma
import struct
import zlib
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from triage.sources.reader import Feed, Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from triage.sources.reader import Gauge

__all__ = ("PIECE_IN", "PIECE_OUT", "Inflated", "ZlibCodec", "compression", "crc32", "has_zstd")

# Measured on 200 MB of logs: smaller pieces cost calls, larger ones the processor's cache.
PIECE_IN: Final = 64 << 10
PIECE_OUT: Final = 256 << 10
_FIRST_IN: Final = 4 << 10  # of a stream: a file may be millions of tiny streams
# What a decoder may take; xz -9 asks for 65 MiB, zstd --ultra for 128.
_MEMORY: Final = 256 << 20
_ZSTD_WINDOW: Final = 128 << 20
_ZSTD_PIECE: Final = 256  # at most 64 blocks of 128 KiB each
_SKIPPABLE: Final = range(0x184D2A50, 0x184D2A60)
_MAGIC: Final = {"gz": b"\x1f\x8b\x08", "bz2": b"BZh", "xz": b"\xfd7zXZ\0", "zst": b"\x28\xb5\x2f\xfd", "deflate": b""}
_BZ2_BLOCK: Final = (b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90")


class Codec(Protocol):
    """What the incremental decoders of the standard library have in common."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether nothing comes without more input."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What was fed beyond the end of the stream."""
        ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Decode, and give about `max_length` bytes at most."""
        ...


def _optional(*names: str) -> Any:
    for name in names:
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None


_igzip: Final = _optional("isal.igzip_lib")
_zstd: Final = _optional("compression.zstd", "zstandard")
crc32: Final[Callable[[bytes, int], int]] = getattr(_optional("isal.isal_zlib"), "crc32", zlib.crc32)


def has_zstd() -> bool:
    """Whether zstandard can be read here."""
    return _zstd is not None


def compression(head: bytes) -> str | None:
    """Which compression a file begins with: gz, bz2, xz or zst."""
    if head.startswith(_MAGIC["gz"]) and len(head) > 3 and not head[3] & 0xE0:
        return "gz"
    if head.startswith(_MAGIC["bz2"]) and head[3:4].isdigit() and head[3:4] != b"0" and head[4:10] in _BZ2_BLOCK:
        return "bz2"
    if head.startswith(_MAGIC["xz"]):
        return "xz"
    at = 0
    while len(head) >= at + 8 and int.from_bytes(head[at : at + 4], "little") in _SKIPPABLE:
        at += 8 + int.from_bytes(head[at + 4 : at + 8], "little")
    return "zst" if head[at : at + 4] == _MAGIC["zst"] else None


class ZlibCodec:
    """zlib's raw inflate with the face of the other decoders; used where isal has no wheel."""

    def __init__(self) -> None:
        self._object = zlib.decompressobj(-15)
        self._held = b""
        self._full = False

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""
        return self._object.eof

    @property
    def needs_input(self) -> bool:
        """Whether nothing comes without more input."""
        return not self._held and not self._full

    @property
    def unused_data(self) -> bytes:
        """What was fed beyond the end of the stream."""
        return self._object.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Decode, and give `max_length` bytes at most."""
        out = self._object.decompress(self._held + data if self._held else data, max(max_length, 0))
        self._held = self._object.unconsumed_tail
        self._full = 0 < max_length == len(out)
        return out


class _ZstandardCodec:
    """The decoder of the package `zstandard`, which has no bound on its output: fed in pieces that bound it."""

    def __init__(self) -> None:
        self._object = _zstd.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
        self._held = b""
        self._error: Exception | None = None

    @property
    def eof(self) -> bool:
        """Whether the frame has ended."""
        return bool(self._object.eof)

    @property
    def needs_input(self) -> bool:
        """Whether nothing comes without more input."""
        return not self._held and self._error is None

    @property
    def unused_data(self) -> bytes:
        """What was fed beyond the end of the frame."""
        return cast("bytes", self._object.unused_data) + self._held

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """Decode until about `max_length` bytes are there; an error waits until what came before it was given."""
        if self._error:
            raise self._error
        held = self._held + data
        pieces: list[bytes] = []
        at = made = 0
        while at < len(held) and not self.eof and (max_length < 0 or made < max_length):
            try:
                out = self._object.decompress(held[at : at + _ZSTD_PIECE])
            except _zstd.ZstdError as error:
                if not pieces:
                    raise
                self._error = error
                break
            at += _ZSTD_PIECE
            made += len(out)
            pieces.append(out)
        self._held = held[at:]
        return b"".join(pieces)


def _codec(kind: str) -> Codec:
    """A fresh decoder for one stream."""
    if kind in {"gz", "deflate"}:
        return cast("Codec", _igzip.IgzipDecompressor(_igzip.DECOMP_DEFLATE)) if _igzip else ZlibCodec()
    if kind == "bz2":
        return bz2.BZ2Decompressor()
    if kind == "xz":
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY)
    return _ZstandardCodec() if _zstd.__name__ == "zstandard" else cast("Codec", _zstd.ZstdDecompressor())


_ERRORS: Final[tuple[type[Exception], ...]] = tuple(
    {zlib.error, lzma.LZMAError, OSError, EOFError, ValueError}
    | ({_igzip.error} if _igzip else set())
    | ({_zstd.ZstdError} if _zstd else set())
)


class Inflated(Reader):
    """What a compressed stream holds.

    Parameters
    ----------
    kind
        gz, bz2, xz, zst, or deflate without header and trailer.
    head
        The beginning of the same bytes as `feed` gives, to go back to where the stream is damaged.
    single
        The stream ends where its first end is; else others may follow.
    """

    __slots__ = (
        "_check",
        "_codec",
        "_ended",
        "_feed",
        "_gauge",
        "_head",
        "_kind",
        "_made",
        "_piece_in",
        "_relay",
        "_single",
        "_size",
        "_streams",
        "trailing",
        "where",
    )

    def __init__(self, kind: str, feed: Reader, gauge: Gauge, *, head: bytes = b"", single: bool = False) -> None:
        super().__init__()
        self._kind = kind
        self._feed = feed
        self._gauge = gauge
        self._head = head
        self._single = single
        self._codec: Codec | None = None
        self._relay: Inflated | None = None
        self._ended = False
        self._piece_in = _FIRST_IN
        self._streams = self._made = self._size = self._check = 0
        self.trailing = 0
        self.where = 0

    def _next(self) -> bytes:
        while self._relay is None and not self._ended:
            codec = self._codec or self._begin()
            if codec is None:
                break
            self.where = self._feed.at
            data = self._feed.read(self._piece_in) if codec.needs_input else b""
            self._piece_in = PIECE_IN
            if not data and codec.needs_input:
                self._damaged("it is cut short")
                break
            try:
                out = codec.decompress(data, PIECE_OUT)
            except _ERRORS as error:
                self._fail(error)
                break
            self._count(out)
            if codec.eof:
                self._end(codec)
            if out:
                return out
        return self._relay.read(PIECE_OUT) if self._relay else b""

    def _count(self, out: bytes) -> None:
        """Count and check what came out; a bomb ends here."""
        self._made += len(out)
        limits = self._gauge.limits
        if self._made > limits.ratio_from_bytes and self._made > limits.ratio * self._feed.at:
            raise self._gauge.exceed("ratio", f"what a {self._kind} stream gives for each of its bytes")
        if self._kind == "gz":
            self._check = crc32(out, self._check)
            self._size += len(out)

    def _damaged(self, what: str) -> None:
        self._ended = True
        self.damage = self.damage or f"the {self._kind} stream is damaged: {what}"

    def _fail(self, error: Exception) -> None:
        """Note damage within the stream, and go back for what the decoder dropped if the bytes are still there."""
        if "emory" in str(error):
            self._damaged(f"reading it takes more than {_MEMORY >> 20} MiB of memory")
            return
        self._damaged(f"bad data after byte {self.where:,}")
        if self._feed.at <= len(self._head):
            relay = Inflated(self._kind, Feed(_bytewise(self._head), self._gauge), self._gauge, single=self._single)
            left = self._made
            while left and (piece := relay.read(left)):
                left -= len(piece)
            self._relay = relay

    def _begin(self) -> Codec | None:
        """Pass the head of the next stream; None at the end of the last."""
        feed = self._feed
        if self._streams and self._single:
            self._ended = True
            return None
        if self._streams:
            while piece := feed.read(PIECE_IN):
                if stripped := piece.lstrip(b"\0"):
                    feed.push(stripped)
                    break
        if self._kind == "zst":
            self._skip_frames()
        magic = _MAGIC[self._kind]
        first = feed.exactly(len(magic)) if magic else b""
        feed.push(first)
        if self._streams and (not first or first != magic):
            self._ended = True
            self.trailing = feed.rest()
            return None
        self._streams += 1
        if self._kind == "gz" and not self._gzip_header():
            self._damaged("its header is cut short")
            return None
        self._piece_in = _FIRST_IN
        self._codec = _codec(self._kind)
        return self._codec

    def _skip_frames(self) -> None:
        """Pass zstandard's skippable frames: a magic number, a length, that many bytes for somebody else."""
        while True:
            head = self._feed.exactly(8)
            if len(head) < 8 or int.from_bytes(head[:4], "little") not in _SKIPPABLE:
                self._feed.push(head)
                return
            self._pass(int.from_bytes(head[4:], "little"))

    def _gzip_header(self) -> bool:
        """Pass ten bytes and what their flags announce; the name in there is not used."""
        fixed = self._feed.exactly(10)
        if len(fixed) < 10:
            return False
        flags = fixed[3]
        if flags & 4:
            length = self._feed.exactly(2)
            if len(length) < 2 or not self._pass(int.from_bytes(length, "little")):
                return False
        for flag in (8, 16):
            if flags & flag and not self._pass_text():
                return False
        return not flags & 2 or self._pass(2)

    def _pass(self, size: int) -> bool:
        while size and (piece := self._feed.read(min(size, PIECE_IN))):
            size -= len(piece)
        return not size

    def _pass_text(self) -> bool:
        """Pass text that ends in NUL, however long it is."""
        while piece := self._feed.read(PIECE_IN):
            _, nul, rest = piece.partition(b"\0")
            if nul:
                self._feed.push(rest)
                return True
        return False

    def _end(self, codec: Codec) -> None:
        """Give back what is beyond the end of a stream, and check the trailer of gzip."""
        self._feed.push(codec.unused_data)
        self._codec = None
        if self._kind != "gz":
            return
        trailer = self._feed.exactly(8)
        if len(trailer) < 8:
            self._damaged("its checksum is cut off")
        elif struct.unpack("<II", trailer) != (self._check, self._size & 0xFFFFFFFF):
            self._damaged("its checksum does not match")
        self._check = self._size = 0


def _bytewise(data: bytes) -> Iterator[bytes]:
    for at in range(len(data)):
        yield data[at : at + 1]

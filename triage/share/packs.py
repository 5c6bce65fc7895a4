"""What an audit cannot look into, and no magic number tells: zlib, the history of git, what is packed behind a program.

Facts: RFC 1950 (a zlib stream has a checked head and no magic); git's `gitformat-loose` and `gitformat-pack` (an object
is a zlib stream of `blob 12` and a NUL, a pack begins with `PACK`, a bundle with a line of text); PKWARE APPNOTE 6.3.10
(a zip is found from its end, so that a program may stand before it). Nothing is told on a guess: a stream has to
inflate, the end of a zip has to lead to its directory.
"""

from __future__ import annotations

import re
import struct
import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ("HISTORY", "STREAM", "Behind", "history", "is_stream")

STREAM: Final = "a zlib stream: it is not unpacked; unpack it and audit what comes out"
HISTORY: Final = (
    "the history of git lies there compressed; have a scanner of histories look through it, such as gitleaks"
)
_BEHIND: Final = "something is packed behind the {}: it is not unpacked; unpack it and audit what comes out"

_TRIED: Final = 4_096
# So many bytes of a text never inflate by chance.
_LEAST: Final = 256
_OBJECT: Final = re.compile(rb"(?:blob|tree|commit|tag) [0-9]{1,12}\0")
_PACKS: Final = (b"PACK\0\0\0\x02", b"PACK\0\0\0\x03", b"# v2 git bundle\n", b"# v3 git bundle\n")
_FOLDER: Final = "/objects/"

_PROGRAMS: Final = {b"MZ": "program", b"\x7fELF": "program", b"\xcf\xfa\xed\xfe": "program", b"#!": "script"}
# How what is packed begins on a line of its own behind a script: gz, bz2, xz, zst, zip, 7z, compress.
_STREAMS: Final = re.compile(
    rb"\n(?:\x1f\x8b\x08[\0-\x1f]|BZh[1-9]1AY&SY|\xfd7zXZ\0|\x28\xb5\x2f\xfd|PK\x03\x04|7z\xbc\xaf\x27\x1c"
    rb"|\x1f\x9d\x90)"
)
_LONGEST: Final = 12
_END: Final = struct.Struct("<4s4H2LH")
_END_MAGIC: Final = b"PK\x05\x06"
_DIRECTORY: Final = b"PK\x01\x02"
_TAIL: Final = 65_535 + _END.size


def is_stream(head: bytes) -> bool:
    """Whether a file that begins so is a zlib stream.

    Examples
    --------
    >>> is_stream(zlib.compress(b"a line of a log")), is_stream(b"x^2 is a square, and no stream" * 9)
    (True, False)
    """
    return _inflated(head) is not None


def history(path: str, head: bytes) -> str | None:
    """The folder in which git keeps its history, where a file is an object or a pack of it; None for any other.

    Examples
    --------
    >>> history("shop/.git/objects/3b/18e5", zlib.compress(b"blob 5\\0hello"))
    'shop/.git'
    """
    if not head.startswith(_PACKS) and not _OBJECT.match(_inflated(head) or b""):
        return None
    return path.rpartition(_FOLDER)[0] or path


def _inflated(head: bytes) -> bytes | None:
    """What the beginning of a zlib stream inflates to, None where it is none."""
    if head[:1] != b"x" or int.from_bytes(head[:2], "big") % 31:
        return None
    stream = zlib.decompressobj()
    try:
        out = stream.decompress(head[:_TRIED], _TRIED)
    except zlib.error:
        return None
    return out if stream.eof or (out and len(head) >= _LEAST) else None


class Behind:
    """Looks, while a program or a script is read, for what is packed behind it."""

    __slots__ = ("_kept", "_packed", "_what")

    def __init__(self, head: bytes) -> None:
        self._what = next((what for magic, what in _PROGRAMS.items() if head.startswith(magic)), "")
        self._packed = False
        self._kept = b""

    def watch(self, chunks: Iterable[bytes]) -> Iterable[bytes]:
        """The chunks of the file, each looked at as it goes by."""
        return self._watched(chunks) if self._what else chunks

    def _watched(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            if self._what == "script" and not self._packed:
                self._packed = _STREAMS.search(self._kept[-_LONGEST:] + chunk) is not None
            self._kept = (self._kept + chunk)[-_TAIL:] if len(chunk) < _TAIL else chunk[-_TAIL:]
            yield chunk

    @property
    def reason(self) -> str | None:
        """Why not all of the file was looked into, once it was read; None where nothing is packed behind it."""
        return _BEHIND.format(self._what) if self._what and (self._packed or _ends_a_zip(self._kept)) else None


def _ends_a_zip(tail: bytes) -> bool:
    """Whether a file that ends so ends as a zip does, whose directory stands where its end says."""
    at = tail.rfind(_END_MAGIC)
    if at < 0 or len(tail) - at < _END.size:
        return False
    _, _, _, _, count, size, _, comment = _END.unpack_from(tail, at)
    if not count or not size or at + _END.size + comment != len(tail):
        return False
    return size > at or tail.startswith(_DIRECTORY, at - size)

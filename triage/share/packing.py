"""How an archive is packed, so that the same members give the same bytes.

A deterministic tar.gz: members sorted by name, plain ustar headers of regular files, owner 0 without a name, mode 0644,
time 0, a gzip header without name and time. A name that does not fit a ustar header is shortened by a digest. The
same members give the same bytes (of one version of zlib).
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from triage.errors import TriageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from triage.share.spool import Piece, Spool

__all__ = ("BLOCK", "GZIP_HEAD", "compressed", "ending", "fitting", "header", "tar")

_LEVEL: Final = 6
_NAME: Final = 100
_PREFIX: Final = 155
BLOCK: Final = 512
GZIP_HEAD: Final = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
"""How the gzip stream begins: no name, no time, no system."""
_MOST: Final = 8 << 30  # what the size field of a ustar header can say


def tar(members: Mapping[str, tuple[Spool, Piece]]) -> Iterator[bytes]:
    """The uncompressed tar of some pieces, in parts."""
    total = 0
    for name in sorted(members):
        spool, piece = members[name]
        yield header(name, piece.bytes)
        yield from spool.chunks(piece)
        filled = -piece.bytes % BLOCK
        if filled:
            yield bytes(filled)
        total += BLOCK + piece.bytes + filled
    yield bytes(ending(total))


def ending(size: int) -> int:
    """How many zeros end a tar whose members take so many bytes."""
    return 2 * BLOCK + -(size + 2 * BLOCK) % tarfile.RECORDSIZE


def header(name: str, size: int) -> bytes:
    """The header of a member."""
    if size >= _MOST:
        raise TriageError("a file of 8 GiB or more cannot leave in one archive; redact(incident=...) takes less of it")
    info = tarfile.TarInfo(name)
    info.size = size
    info.mode = 0o644
    return info.tobuf(format=tarfile.USTAR_FORMAT, encoding="utf-8", errors="strict")


def fitting(name: str) -> str:
    """The name where a ustar header can hold it, else a shorter one with a digest of the whole.

    Examples
    --------
    >>> fitting("case/world.log"), fitting("case/" + "x" * 120 + ".log")[-25:]
    ('case/world.log', 'xxxxxxxxxx~801bae8a9d.log')
    """
    folder, _, leaf = name.rpartition("/")
    leaf = _cut(leaf, _NAME, keep_suffix=True)
    if len(folder.encode()) > _PREFIX:
        folder = _cut(folder, _PREFIX, keep_suffix=False)
    return f"{folder}/{leaf}" if folder else leaf


def _cut(text: str, most: int, *, keep_suffix: bool) -> str:
    if len(text.encode()) <= most:
        return text
    suffix = Path(text).suffix if keep_suffix else ""
    suffix = suffix if len(suffix.encode()) <= 16 else ""
    mark = "~" + hashlib.sha256(text.encode()).hexdigest()[:10] + suffix
    head = text.encode()[: most - len(mark.encode())].decode("utf-8", "ignore")
    # A mask that is cut in two would be no mask any more.
    if head.count("[") > head.count("]"):
        head = head[: head.rindex("[")]
    return head.rstrip("/. ") + mark


class _Sink(io.RawIOBase):
    """What gzip writes into, emptied after each part."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        joined = b"".join(self.parts)
        self.parts.clear()
        return joined


def compressed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks as a gzip stream without a name and a time."""
    sink = _Sink()
    with gzip.GzipFile(filename="", mode="wb", fileobj=sink, compresslevel=_LEVEL, mtime=0) as packed:
        for chunk in chunks:
            packed.write(chunk)
            if sink.parts:
                yield sink.take()
    yield sink.take()

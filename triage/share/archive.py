"""The archive that is exactly what was reviewed: frozen bytes, and the one way to write them.

A deterministic tar.gz: members sorted by name, plain ustar headers of regular files, owner 0 without a name, mode 0644,
time 0, a gzip header without name and time. A name that does not fit a ustar header is shortened by a digest. The
same members give the same bytes (of one version of zlib).
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import os
import secrets
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from triage.errors import TriageError
from triage.locking import keep, locked
from triage.share import saving
from triage.share.printable import plural
from triage.share.saving import begins, clear
from triage.share.spool import Piece, Spool
from triage.share.verification import Verification, verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

__all__ = ("ReviewedArchive", "Verification", "fitting", "frozen", "tar", "verify")

_LEVEL: Final = 6
_NAME: Final = 100
_PREFIX: Final = 155
_BLOCK: Final = 512
_MOST: Final = 8 << 30  # what the size field of a ustar header can say


class ReviewedArchive:
    """Frozen bytes of an archive that a person approved; `RedactedCase.approve` and a review make it, nothing else.

    Attributes
    ----------
    digest : str
        SHA-256 of the bytes, in hex.
    files : tuple of str
        The members.
    review : dict
        What `REVIEW.json` says: who, when, by which policy, what was found, skipped, dropped and unmasked.

    Examples
    --------
    >>> import triage
    >>> archive = triage.loads("started\\n").redact().approve(by="Ada")
    >>> archive.files
    ('MANIFEST.json', 'REVIEW.json', 'case/pasted')
    """

    __slots__ = ("_piece", "_spool", "_was_read", "digest", "files", "review")

    def __init__(
        self,
        spool: Spool,
        piece: Piece,
        *,
        files: tuple[str, ...],
        review: Mapping[str, Any],
        was_read: Callable[[Path], bool] | None = None,
    ) -> None:
        self._spool = spool
        self._piece = piece
        self._was_read = was_read
        self.digest = piece.sha256
        self.files = files
        self.review = dict(review)

    @property
    def bytes(self) -> bytes:
        """The bytes of the archive."""
        return self._spool.read(self._piece)

    @property
    def size(self) -> int:
        """How many bytes they are."""
        return self._piece.bytes

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the archive: under another name beside its place, synced, then renamed.

        Parameters
        ----------
        path
            The file to write, readable to whom the umask lets read; an archive that is there is replaced as a whole or
            not at all.

        Returns
        -------
        Path
            The file that was written.

        Raises
        ------
        TriageError
            It cannot be written there, the name is that of an archive of another kind, or what is there is part of the
            input, a link, a device, or a file that is no tar.gz.
        """
        target = saving.target(path, self._was_read)
        try:
            _write(self._spool.chunks(self._piece), target)
        except OSError as error:
            raise TriageError(
                f"cannot write {target}: {error.strerror or 'the disk failed'}; nothing was left there, "
                "name another place"
            ) from None
        return target

    def close(self) -> None:
        """Give the memory and disk of the frozen bytes back."""
        self._spool.close()

    def __repr__(self) -> str:
        """Say how much it is; no names, no content."""
        return f"<triage.ReviewedArchive: {plural(len(self.files), 'file')}, {self.size:,} bytes, {self.digest[:12]}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a ReviewedArchive is not pickled; save() it and load the file")


def frozen(
    members: Mapping[str, tuple[Spool, Piece]],
    *,
    review: Mapping[str, Any],
    was_read: Callable[[Path], bool] | None = None,
) -> ReviewedArchive:
    """The members as a frozen archive, compressed into a spool of its own."""
    spool = Spool()
    try:
        piece = spool.write(_compressed(tar(members)))
    except BaseException:
        spool.close()
        raise
    return ReviewedArchive(spool, piece, files=tuple(sorted(members)), review=review, was_read=was_read)


def tar(members: Mapping[str, tuple[Spool, Piece]]) -> Iterator[bytes]:
    """The uncompressed tar of some pieces, in parts."""
    total = 0
    for name in sorted(members):
        spool, piece = members[name]
        yield _header(name, piece.bytes)
        yield from spool.chunks(piece)
        filled = -piece.bytes % _BLOCK
        if filled:
            yield bytes(filled)
        total += _BLOCK + piece.bytes + filled
    yield bytes(2 * _BLOCK + -(total + 2 * _BLOCK) % tarfile.RECORDSIZE)


def _header(name: str, size: int) -> bytes:
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


def _compressed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks as a gzip stream without a name and a time."""
    sink = _Sink()
    with gzip.GzipFile(filename="", mode="wb", fileobj=sink, compresslevel=_LEVEL, mtime=0) as packed:
        for chunk in chunks:
            packed.write(chunk)
            if sink.parts:
                yield sink.take()
    yield sink.take()


def _write(chunks: Iterable[bytes], target: Path) -> None:
    """Write to a temporary name in the same folder, sync, rename; take the temporary file away if anything fails."""
    clear(target)
    temporary = target.with_name(f"{begins(target)}{secrets.token_hex(6)}.part")
    try:
        with locked(temporary) as handle:
            for chunk in chunks:
                _put(handle, chunk)
            os.fsync(handle)
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    with contextlib.suppress(OSError):  # a folder cannot be synced everywhere
        keep(target.parent)


def _put(handle: int, chunk: bytes) -> None:
    """Write all of a chunk."""
    left = memoryview(chunk)
    while left:
        left = left[os.write(handle, left) :]

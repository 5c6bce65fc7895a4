"""The archive that is exactly what was reviewed: frozen bytes, and the one way to write them.

How it is packed, `triage.share.packing` says: the same members give the same bytes.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from triage.errors import TriageError
from triage.locking import keep, locked
from triage.share import saving
from triage.share.packing import compressed, fitting, tar
from triage.share.printable import plural
from triage.share.saving import begins, clear
from triage.share.spool import Piece, Spool
from triage.share.verification import Verification, verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ("ReviewedArchive", "Verification", "fitting", "frozen", "tar", "verify")


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
        piece = spool.write(compressed(tar(members)))
    except BaseException:
        spool.close()
        raise
    return ReviewedArchive(spool, piece, files=tuple(sorted(members)), review=review, was_read=was_read)


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

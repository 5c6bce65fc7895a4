"""A file to which notices are appended, each line exactly once whatever kills the writer.

Before lines are written, the state knows them byte by byte and how long the file was then. After a kill, what stands
behind that place is compared with them: a line that is there whole was written, one that was torn is gone on with, the
others are written now. Other programs may append to the file too; they are asked to use the lock.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from triage.errors import TriageError
from triage.locking import keep, locked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ("length", "write")


def length(path: Path) -> int:
    """How long the file is; 0 where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def write(path: Path, lines: Sequence[bytes], *, since: int) -> None:
    """Have these lines in the file, each once, on disk when this comes back.

    Parameters
    ----------
    path
        The file; made where it is not there.
    lines
        With their ends.
    since
        How long the file was before the first of them was written.

    Raises
    ------
    TriageError
        The file cannot be written, or another process holds its lock.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "out")
    ...     write(path, [b"one\\n"], since=0)
    ...     _ = path.write_bytes(path.read_bytes() + b"tw")
    ...     write(path, [b"one\\n", b"two\\n"], since=0)
    ...     path.read_bytes()
    b'one\\ntwo\\n'
    """
    try:
        with locked(path) as handle:
            size = os.fstat(handle).st_size
            # A file that is shorter than it was is another one.
            start = since if since <= size else 0
            before = _read(handle, max(start - 1, 0), 1 if start else 0)
            data = _missing(_read(handle, start), lines, ended=before in {b"", b"\n"})
            while data:
                data = data[os.write(handle, data) :]
            os.fsync(handle)
        if not size:
            keep(path.parent)
    except TimeoutError:
        raise TriageError(f"{path} is held by another process; end it, or name another file: --out FILE") from None
    except OSError as error:
        told = error.strerror or type(error).__name__
        raise TriageError(f"cannot write {path}: {told}; name another file: --out FILE") from None


def _missing(tail: bytes, lines: Sequence[bytes], *, ended: bool) -> bytes:
    """What is to be appended where `tail` stands behind the place; `ended`: the line before the place has its end."""
    whole, _, torn = tail.rpartition(b"\n")
    there = {line + b"\n" for line in whole.split(b"\n")} if b"\n" in tail else set()
    left = [line for line in lines if line not in there]
    if not left:
        return b""
    if torn and left[0].startswith(torn):
        return left[0][len(torn) :] + b"".join(left[1:])
    return (b"\n" if torn or (not tail and not ended) else b"") + b"".join(left)


def _read(handle: int, start: int, size: int | None = None) -> bytes:
    os.lseek(handle, start, os.SEEK_SET)
    parts = []
    left = size
    while left != 0 and (part := os.read(handle, (1 << 20) if left is None else left)):
        parts.append(part)
        left = None if left is None else left - len(part)
    return b"".join(parts)

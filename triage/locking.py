"""A file opened for appending, locked against every other process and thread that opens it so, and kept on disk."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ("keep", "locked")

_PAUSE: Final = 0.01
_FLAGS: Final = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)

if sys.platform == "win32":  # pragma: no cover - the other half runs here
    import msvcrt

    _FAR: Final = 1 << 30  # locks on Windows keep others from the bytes; there are none so far out

    def _take(handle: int) -> None:
        os.lseek(handle, _FAR, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

    def _free(handle: int) -> None:
        os.lseek(handle, _FAR, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _free(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)


@contextmanager
def locked(path: Path, *, patience: float = 10.0) -> Iterator[int]:
    """Open a file, made where there is none, and hold its lock; gives the descriptor.

    Raises
    ------
    TimeoutError
        Somebody else held the lock for `patience` seconds.
    OSError
        The file cannot be opened.
    """
    until = time.monotonic() + patience
    while True:
        handle = os.open(path, _FLAGS, 0o666)
        try:
            _wait(handle, until)
            # git and editors put a new file in the place of an old one: the lock must be on the one that is there now.
            if _is_at(handle, path):
                try:
                    yield handle
                finally:
                    _free(handle)
                return
        finally:
            os.close(handle)


def _wait(handle: int, until: float) -> None:
    while True:
        try:
            _take(handle)
        except OSError:
            if time.monotonic() >= until:
                raise TimeoutError from None
            time.sleep(_PAUSE)
        else:
            return


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def keep(folder: Path) -> None:
    """Have the name of a new file on disk as well, where folders can be synced."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

"""What lies on disk: the files under a path with their identities, and digests of pieces of them.

Nothing is followed: links, devices, sockets and FIFOs are passed over, and so is what a writer has not renamed to its
final name yet. A path may be a file, a folder or a pattern.
"""

# Paths are kept as the system gives them, and joined once per file.
# ruff: noqa: PTH100, PTH110, PTH112, PTH113, PTH116, PTH119, PTH207

from __future__ import annotations

import bz2
import glob
import gzip
import hashlib
import lzma
import os
import re
import stat
import zlib
from typing import IO, TYPE_CHECKING, Final, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = (
    "Entry",
    "Root",
    "beginning",
    "digest",
    "held",
    "is_denied",
    "is_packed",
    "last_line_end",
    "part",
    "passed",
    "piece",
    "sha256",
    "taken",
    "unpacked",
)

_UNFINISHED: Final = re.compile(r"\.tmp-[0-9a-f]{16}\Z")
_NO_FOLLOW: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_CHUNK: Final = 1 << 20
_PACKED: Final = {
    b"\x1f\x8b\x08": gzip.GzipFile,
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\0": lzma.LZMAFile,
}
_DAMAGE: Final = (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError)


class Entry(NamedTuple):
    """A file as it lies there."""

    path: str
    name: str
    """Relative to what is watched, with slashes."""
    device: int
    inode: int
    size: int
    mtime: int
    """Nanoseconds."""
    beside: bool = False
    """Whether it lies beside the one file that is watched: looked at only for what became of that."""

    @property
    def identity(self) -> tuple[int, int]:
        """What stays with a file when it gets another name."""
        return self.device, self.inode


class Root:
    """What is watched.

    Parameters
    ----------
    what
        A file, a folder, or a pattern.
    without
        Paths of our own, which may lie inside.
    """

    def __init__(self, what: str | os.PathLike[str], *, without: Iterator[str] | tuple[str, ...] = ()) -> None:
        given = os.fspath(what)
        given = given if os.path.lexists(given) else os.path.expanduser(given)  # noqa: PTH111
        self.path = os.path.abspath(given)
        self.is_pattern = not os.path.lexists(self.path) and glob.has_magic(given)
        self._without = {os.path.abspath(path) for path in without}

    def there(self) -> bool:
        """Whether there is something to begin with."""
        return self.is_pattern or os.path.exists(self.path)

    def scan(self) -> list[Entry]:
        """Every file that is there now."""
        if self.is_pattern:
            found = [self._entry(path) for path in sorted(glob.glob(self.path, recursive=True))]
            entries = [entry for entry in found if entry is not None]
            for path in (path for path in glob.glob(self.path) if os.path.isdir(path)):
                entries += self._below(path, f"{os.path.basename(path)}/")
            return list({entry.path: entry for entry in entries}.values())
        if os.path.isdir(self.path):
            return list(self._below(self.path, ""))
        return self._with_siblings()

    def _entry(self, path: str) -> Entry | None:
        try:
            status = os.stat(path, follow_symlinks=False)
        except (OSError, ValueError):
            return None
        if not stat.S_ISREG(status.st_mode) or os.path.abspath(path) in self._without:
            return None
        return _entry(path, os.path.basename(path), status)

    def _with_siblings(self) -> list[Entry]:
        """The one file, and those beside it whose names begin with its own: it may have become one of them."""
        folder, own = os.path.split(self.path)
        near = [(entry, _status(entry)) for entry in _names(folder) if entry.name.startswith(own)]
        found = [
            _entry(entry.path, entry.name, status)._replace(beside=entry.name != own)
            for entry, status in near
            if status and entry.path not in self._without
        ]
        if not any(entry.name == own for entry in found) and os.path.isfile(self.path):
            target = os.path.realpath(self.path)  # a link that was given is followed
            found.append(_entry(target, own, os.stat(target)))
        return found

    def _below(self, top: str, prefix: str) -> Iterator[Entry]:
        folders = [(top, prefix)]
        while folders:
            folder, before = folders.pop()
            for entry in _names(folder):
                if entry.is_dir(follow_symlinks=False):
                    folders.append((entry.path, f"{before}{entry.name}/"))
                elif _UNFINISHED.search(entry.name) or entry.path in self._without:
                    continue
                elif status := _status(entry):
                    yield _entry(entry.path, before + entry.name, status)


def _names(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError:
        return []


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    """What the system says of a regular file, None for anything else and for what has gone meanwhile."""
    try:
        # On Windows an entry of a folder knows no inode.
        status = os.lstat(entry.path) if os.name == "nt" else entry.stat(follow_symlinks=False)
    except OSError:
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def _entry(path: str, name: str, status: os.stat_result) -> Entry:
    return Entry(path, name, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


def opened(path: str) -> IO[bytes]:
    """A file for reading, never through a link."""
    handle = os.open(path, _FLAGS | _NO_FOLLOW)
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return os.fdopen(handle, "rb", buffering=0)
    os.close(handle)
    raise OSError("not a regular file")


def is_denied(path: str) -> bool:
    """Whether a file is there and may not be opened."""
    try:
        opened(path).close()
    except PermissionError:
        return True
    except OSError:
        pass
    return False


def held(entry: Entry) -> IO[bytes] | None:
    """The file of an entry, None where it is another one by now, or shorter than it was."""
    try:
        file = opened(entry.path)
    except OSError:
        return None
    status = os.fstat(file.fileno())
    if (status.st_dev, status.st_ino) == entry.identity and status.st_size >= entry.size:
        return file
    file.close()
    return None


def part(file: IO[bytes], start: int, end: int) -> bytes:
    """Bytes of an open file, fewer where it is shorter."""
    try:
        file.seek(start)
        return taken(file, max(end - start, 0))
    except OSError:
        return b""


def piece(path: str, start: int, end: int) -> bytes:
    """Bytes of a file, fewer where it is shorter, none where it is not there."""
    try:
        with opened(path) as file:
            return part(file, start, end)
    except OSError:
        return b""


def digest(data: bytes) -> str:
    """A digest of bytes by which they are known again; "" for none.

    >>> digest(b""), len(digest(b"a"))
    ('', 32)
    """
    return hashlib.blake2b(data, digest_size=16).hexdigest() if data else ""


def last_line_end(data: bytes) -> int:
    """Where the last whole line ends.

    >>> last_line_end(b"one\\ntwo"), last_line_end(b"one")
    (4, 0)
    """
    return data.rfind(b"\n") + 1


def unpacked(path: str) -> IO[bytes] | None:
    """What a compressed file (gz, bz2, xz) holds, as an open file; None where it is none."""
    head = piece(path, 0, 6)
    opener = next((opener for mark, opener in _PACKED.items() if head.startswith(mark)), None)
    try:
        return None if opener is None else cast("IO[bytes]", opener(path))
    except OSError:
        return None


def taken(file: IO[bytes], most: int) -> bytes:
    """So many bytes, fewer where the file ends or is damaged."""
    parts: list[bytes] = []
    left = most
    while left > 0:
        try:
            part = file.read(min(left, _CHUNK))
        except _DAMAGE:
            break
        if not part:
            break
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def passed(file: IO[bytes], most: int) -> int:
    """Go over so many bytes; how many there were."""
    left = most
    while left > 0 and (part := taken(file, min(left, _CHUNK))):
        left -= len(part)
    return most - left


def is_packed(path: str) -> bool:
    """Whether a file is compressed by gz, bz2 or xz."""
    return piece(path, 0, 6).startswith(tuple(_PACKED))


def beginning(path: str, size: int) -> bytes:
    """The first bytes of what a file holds, packed or not."""
    file = unpacked(path)
    if file is None:
        return piece(path, 0, size)
    with file:
        return taken(file, size)


def sha256(path: str) -> str:
    """The digest of a file, "" where it cannot be read."""
    try:
        with opened(path) as file:
            made = hashlib.sha256()
            while part_ := file.read(_CHUNK):
                made.update(part_)
            return made.hexdigest()
    except OSError:
        return ""

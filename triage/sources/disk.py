"""Files and directories on disk, by name and never through a link.

A file is read as far as it was long when it was opened: a log that grows meanwhile ends there, one that shrinks is
noted. Small files are read; large ones are also mapped when a reader asks for the whole, which costs no memory.
"""

# Names are kept as the system gives them, undecodable bytes and all, and joined once per file.
# ruff: noqa: PTH118

from __future__ import annotations

import mmap
import os
import re
import stat
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from triage.errors import SourceError
from triage.sources.names import decoded, on_disk
from triage.sources.source import Origin, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.sources.context import Context

__all__ = ("FLAGS", "NO_FOLLOW", "Disk", "Irregular", "Place")

# A file that is cut while it is mapped kills the process, so only what would not do in memory is mapped.
MAPPED_BYTES: Final = 64 << 20
_UNFINISHED: Final = re.compile(r"\.tmp-[0-9a-f]{16}\Z")
FLAGS: Final = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
NO_FOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)
# So many files in a folder that may be event files are read together.
_MANY: Final = 256
_EVENTS: Final = ".json"
_KINDS: Final = {
    stat.S_IFLNK: "a symbolic link, never followed",
    stat.S_IFIFO: "a FIFO, never opened",
    stat.S_IFSOCK: "a socket, never opened",
    stat.S_IFCHR: "a device, never opened",
    stat.S_IFBLK: "a device, never opened",
}


class Irregular(Exception):  # noqa: N818 - the message is the reason why a path is passed over
    """Not a file whose content is read."""


class Disk:
    """An open file: a stream of the bytes that it had when it was opened."""

    __slots__ = ("_fd", "_left", "damage", "origin", "size")

    def __init__(self, path: str, *, follow: bool) -> None:
        _regular((os.stat if follow else os.lstat)(path).st_mode)
        self._fd = os.open(path, FLAGS | (0 if follow else NO_FOLLOW))
        try:
            status = os.fstat(self._fd)
            _regular(status.st_mode)
        except BaseException:
            os.close(self._fd)
            raise
        self.origin = Origin(path, status)
        self.size = self._left = status.st_size
        self.damage: str | None = None

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes, b"" at the end."""
        try:
            chunk = os.read(self._fd, min(size, self._left)) if self._left else b""
        except OSError as error:
            self.damage = f"the disk failed after {self.size - self._left:,} bytes: {error.strerror}"
            return b""
        if self._left and not chunk:
            self.damage = f"the file was cut to {self.size - self._left:,} bytes while it was read"
        self._left -= len(chunk)
        return chunk

    def map(self) -> memoryview | None:
        """The whole file without reading it, None where that cannot be."""
        try:
            return memoryview(mmap.mmap(self._fd, self.size, access=mmap.ACCESS_READ))
        except (OSError, ValueError):
            return None

    def close(self) -> None:
        """Close the file; what is mapped stays so as long as somebody looks at it."""
        os.close(self._fd)


def _regular(mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise Irregular(_KINDS.get(stat.S_IFMT(mode), "not a regular file"))


class Place:
    """A file or a directory that the user gave; `name` is what its paths begin with."""

    __slots__ = ("_follow", "_path", "name")

    def __init__(self, path: str, name: str, *, follow: bool = True) -> None:
        self._path = path
        self._follow = follow
        self.name = on_disk(name)

    def name_of(self, path: str | os.PathLike[str]) -> str | None:
        """What a file would be called in `files`, where it is the one that was given or lies in it; else None."""
        own, other = os.path.realpath(self._path), os.path.realpath(path)
        if own == other:
            return self.name
        inner = os.path.relpath(other, own) if other.startswith(os.path.join(own, "")) else None
        return None if inner is None else "/".join(filter(None, (self.name, on_disk(inner.replace(os.sep, "/")))))

    def walk(self, context: Context, *, single: bool) -> Iterator[Source]:
        """The file, or the files in the directory, one open at a time."""
        try:
            status = (os.stat if self._follow else os.lstat)(self._path)
            if stat.S_ISDIR(status.st_mode):
                yield from self._below(context)
                return
            disk = Disk(self._path, follow=self._follow)
        except FileNotFoundError:
            raise SourceError(f"{self.name} is not there any more; load it again from where it is") from None
        except (OSError, Irregular) as error:
            if single:
                raise SourceError(f"{self.name} cannot be read: {_why(error)}; give a file, or an open one") from None
            yield _unread(context, self.name, error)
            return
        yield from _open(context, self.name, disk)

    def _below(self, context: Context) -> Iterator[Source]:
        """Every file below, by name; without recursion, for folders may lie as deep as they like."""
        folders = [(self._path, self.name, [""])]
        while folders:
            folder, prefix, names = folders[-1]
            if not names:
                folders.pop()
                continue
            if context.many is not None and (run := _run(names)):
                del names[-len(run) :]
                yield from context.many(folder, prefix, run, partial(_file, context, folder, prefix))
                continue
            item = names.pop()
            path = os.path.join(folder, item) if item else folder
            try:
                if not item or stat.S_ISDIR(os.lstat(path).st_mode):
                    name = f"{prefix}/{on_disk(item)}" if prefix and item else prefix or on_disk(item)
                    folders.append((path, name, _inside(path)))
                    continue
            except (OSError, Irregular) as error:
                yield _unread(context, f"{prefix}/{on_disk(item)}" if prefix else on_disk(item), error)
                continue
            yield from _file(context, folder, prefix, item)


def _file(
    context: Context, folder: str, prefix: str, item: str, place: tuple[str, int] | None = None
) -> Iterator[Source]:
    """A file of a folder as a source, under the place that it was given or the next one."""
    name = f"{prefix}/{on_disk(item)}" if prefix else on_disk(item)
    try:
        disk = Disk(os.path.join(folder, item), follow=False)
    except (OSError, Irregular) as error:
        yield _unread(context, name, error, place)
        return
    yield from _open(context, name, disk, unfinished=bool(_UNFINISHED.search(item)), place=place)


def _run(names: list[str]) -> list[str]:
    """The files that come next and may be event files, if they are many; names are given the last first."""
    if len(names) < _MANY or not names[-1].endswith(_EVENTS) or not names[-_MANY].endswith(_EVENTS):
        return []
    run = list(takewhile(lambda name: name.endswith(_EVENTS), reversed(names)))
    return run if len(run) >= _MANY else []


def _inside(path: str) -> list[str]:
    """The names in a folder, the last first."""
    with os.scandir(path) as found:
        return sorted((entry.name for entry in found), key=decoded, reverse=True)


def _open(
    context: Context, name: str, disk: Disk, *, unfinished: bool = False, place: tuple[str, int] | None = None
) -> Iterator[Source]:
    """An open file as a source, closed when the next is asked for; what its writer had not finished is only counted."""
    try:
        large = disk.size >= MAPPED_BYTES or disk.size > context.limits.document_bytes
        source = Source(context, name, disk, size=disk.size, mapper=disk.map if large else None, place=place)
        source.origin, source.address = disk.origin, disk.origin.path
        if unfinished:
            source.parse_status = "skipped"
            source.note("its writer had not finished it")
        yield source
    finally:
        disk.close()


def _unread(context: Context, name: str, error: OSError | Irregular, place: tuple[str, int] | None = None) -> Source:
    """A row for what is passed over, and one of quarantine where it could have been read."""
    source = Source(context, name, data=b"", place=place)
    source.parse_status = "skipped" if isinstance(error, Irregular) else "quarantined"
    source.note(_why(error))
    if isinstance(error, OSError):
        source.quarantine(_why(error))
    return source


def _why(error: OSError | Irregular) -> str:
    return (error.strerror or "it cannot be opened") if isinstance(error, OSError) else str(error)

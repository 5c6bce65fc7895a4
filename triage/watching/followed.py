"""What is known of one file, and how it is known again: by digests of its head and of the bytes before a place."""

from __future__ import annotations

from typing import IO, Final

import msgspec

from triage.watching import disk
from triage.watching.disk import Entry

__all__ = ("HEAD", "PIECE", "TAIL", "Followed", "Job", "packed_rest", "same")

HEAD: Final = 4096
TAIL: Final = 256
# What is read at once.
PIECE: Final = 16 << 20


class Followed(msgspec.Struct, gc=False, omit_defaults=True):
    """What is known of a file.

    Attributes
    ----------
    size, mtime
        As they were when it was read.
    since
        The time of its last change when it was first seen, in nanoseconds.
    start
        Where the next piece begins; before `done` by a context, in which what begins is known already.
    done
        The end of the last event that was taken.
    whole
        Up to where it was read: the end of a line.
    head, tail
        Digests of the first bytes and of those before `whole`.
    content
        Digest of all of it, where it was read as a whole.
    waiting
        Whether something of it waits until it has not changed for a while.
    """

    n: int
    path: str
    name: str
    device: int
    inode: int
    size: int = -1
    mtime: int = 0
    since: int = 0
    lines: bool = False
    single: bool = False
    reader: str = ""
    start: int = 0
    done: int = 0
    whole: int = 0
    head: str = ""
    head_size: int = 0
    tail: str = ""
    content: str = ""
    waiting: bool = False
    gone: bool = False

    def read_to(self, whole: int, head: bytes, before: bytes) -> None:
        """Remember that it was read up to there, what it begins with, and what stands before that place."""
        self.whole = whole
        self.head_size = min(whole, HEAD)
        self.head = disk.digest(head[: self.head_size])
        self.tail = disk.digest(before[-TAIL:])

    def goes_on(self, file: IO[bytes]) -> bool:
        """Whether a file begins with what was read of this one."""
        return not self.whole or (
            disk.digest(disk.part(file, 0, self.head_size)) == self.head
            and disk.digest(disk.part(file, max(self.whole - TAIL, 0), self.whole)) == self.tail
        )


class Job(msgspec.Struct):
    """One file, or a piece of one, to be read now."""

    record: Followed
    entry: Entry
    settled: bool
    start: int = 0
    data: bytes | None = None
    """The piece; None: all of the file, from disk."""
    head: bytes = b""
    """What the file begins with."""
    before: bytes = b""
    """What stands before the piece."""
    end: int = 0
    """The end of the last whole line in the piece, in the file."""
    more: bool = False
    """Whether there is more of it than the piece."""


def packed_rest(path: str, record: Followed) -> bytes | None:
    """What a packed file holds beyond what was read of the original; None where it is no copy of that."""
    file = disk.unpacked(path)
    if file is None:
        return None
    with file:
        if disk.passed(file, max(record.whole - TAIL, 0)) < record.whole - TAIL:
            return None
        if disk.digest(disk.taken(file, min(record.whole, TAIL))) != record.tail:
            return None
    file = disk.unpacked(path)
    if file is None:
        return None
    with file:
        disk.passed(file, record.start)
        return disk.taken(file, 32 * PIECE)


def same(one: IO[bytes], other: IO[bytes], most: int) -> bool:
    """Whether the first and the last of so many bytes are the same in two files."""
    return all(
        disk.part(one, start, end) == disk.part(other, start, end)
        for start, end in ((0, min(most, HEAD)), (max(most - TAIL, 0), most))
    )

"""Which files are new, grown, renamed, cut or copied, and from where on each is to be read.

A file is known by its path and by its identity on disk (device and inode), and is the one that it was if the digests
of its head and of the bytes before the last position still hold. So

- renamed by a rotation, it is followed under its new name, and the one under the old name is new;
- cut or replaced (copytruncate), it is read from its beginning; a copy of what it was is known by its content and goes
  on where the original was, packed (gz, bz2, xz) or not;
- where one file is watched, what it was between two looks is read beside it: what changed later than the first of its
  generations that was seen;
- no order of names or times matters: whatever size and time are not those that were seen is looked at.

A file that is read as a whole, and the end of one that is read by lines, wait until nothing has changed for a while.
"""

from __future__ import annotations

import os
import time
from typing import IO, TYPE_CHECKING, Final

import msgspec

from triage.watching import disk
from triage.watching.followed import HEAD, PIECE, TAIL, Followed, Job, packed_rest, same
from triage.watching.forms import HEAD_BYTES, PACKED, Form, form_of, stem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from triage.watching.disk import Entry

__all__ = ("Follower",)

# Files that are read at once.
_FILES: Final = 4096
# Records of files that are not there any more, kept to know them again.
_GONE: Final = 10_000


class Follower:
    """The files of a watch.

    Parameters
    ----------
    records
        What is known of them.
    settle
        Seconds without a change after which a file is taken for whole.
    """

    def __init__(self, records: Iterable[Followed] = (), *, settle: float = 1.0) -> None:
        self._records = {record.n: record for record in records}
        self._by_path = {record.path: record for record in self._records.values() if not record.gone}
        self._next = max(self._records, default=0) + 1
        self._settle = settle
        self._since: dict[str, tuple[int, int, float]] = {}
        self._entries: dict[str, Entry] = {}
        # Where a copy is looked for: logs by the stem of their name, those that are gone, and documents by their size.
        self._stems: dict[str, list[Followed]] = {}
        self._logs: list[Followed] = []
        self._sizes: dict[int, list[Followed]] = {}
        self._strange: dict[str, tuple[int, int]] = {}
        self._shadows: dict[str, tuple[int, int, int]] = {}
        self.changed: set[int] = set()
        self.forgotten: set[int] = set()

    def see(self, entries: list[Entry]) -> None:
        """Take in what lies on disk now: what was renamed, replaced or is not there any more."""
        now = time.monotonic()
        self._entries = {entry.path: entry for entry in entries}
        fresh = {}
        for entry in entries:
            known = self._since.get(entry.path)
            same = known is not None and known[:2] == (entry.size, entry.mtime)
            fresh[entry.path] = known if known and same else (entry.size, entry.mtime, now)
        self._since = fresh
        at = {(record.device, record.inode): record for record in self._by_path.values()}
        moved = []
        for entry in entries:
            record, there = at.get(entry.identity), self._by_path.get(entry.path)
            if record is None or record is there or not entry.inode:
                continue
            old = self._entries.get(record.path)
            if (old is None or old.identity != entry.identity) and self._is(record, entry):
                moved.append((record, entry))
        for record, _ in moved:
            del self._by_path[record.path]
        for record, entry in moved:
            self._lose(entry.path)
            record.path, record.name = entry.path, entry.name
            self._by_path[entry.path] = record
            self.changed.add(record.n)
        for path in [path for path in self._by_path if path not in self._entries]:
            self._lose(path)
        self._forget()

    def _index(self) -> None:
        """Put in order what a new file may be a copy of."""
        self._stems, self._logs, self._sizes = {}, [], {}
        for record in self._records.values():
            if record.lines and record.whole:
                self._stems.setdefault(stem(record.name), []).append(record)
                self._logs.append(record)
            elif record.content and (record.gone or record.name.endswith(PACKED)):
                self._sizes.setdefault(record.size, []).append(record)

    def ready(self, *, packed: bool, most: int = PIECE) -> list[Job]:
        """What can be read now, up to so many bytes; the packed files, or the others.

        A file that has to wait is in `waits`.
        """
        due = [entry for path, entry in self._entries.items() if self._is_due(entry, self._by_path.get(path))]
        jobs: list[Job] = []
        if not due:
            return jobs
        self._index()
        left, done, begun = most, set[str](), set[str]()
        for entry in sorted(due, key=lambda entry: (entry.mtime, entry.name)):
            if left <= 0 or len(jobs) >= _FILES:
                break
            # What became of it meanwhile: it may have been read with its bundle, or be gone.
            record = self._by_path.get(entry.path)
            if entry.path in done or (record is None and disk.is_packed(entry.path) != packed):
                continue
            # One of two new files may be a copy of the other: that shows when the first was read.
            if record is None and stem(entry.name) in begun:
                continue
            new = self._jobs(entry, record)
            if new:
                begun.add(stem(entry.name))
            for job in new:
                if job.entry.path not in done:
                    jobs.append(job)
                    done.add(job.entry.path)
                    left -= job.entry.size if job.data is None else len(job.data)
        return jobs

    @property
    def waits(self) -> bool:
        """Whether a file that is there waits until it has not changed for a while."""
        return any(self._is_due(entry, self._by_path.get(path), soon=True) for path, entry in self._entries.items())

    def records(self, numbers: Iterable[int]) -> list[Followed]:
        """Some of the records."""
        return [self._records[n] for n in sorted(numbers) if n in self._records]

    def _is(self, record: Followed, entry: Entry) -> bool:
        """Whether a file of the identity of another is that one, and not a new one in its place."""
        if record.lines:
            file = disk.held(entry)
            if file is None:
                return False
            with file:
                return record.goes_on(file)
        return (record.size, record.mtime) == (entry.size, entry.mtime)

    def _lose(self, path: str) -> None:
        """The file of a path is not there any more."""
        record = self._by_path.pop(path, None)
        if record is not None:
            record.gone = True
            self.changed.add(record.n)

    def _forget(self) -> None:
        gone = [n for n, record in self._records.items() if record.gone]
        for n in gone[: max(len(gone) - _GONE, 0)]:
            del self._records[n]
            self.changed.discard(n)
            self.forgotten.add(n)

    def _is_due(self, entry: Entry, record: Followed | None, *, soon: bool = False) -> bool:
        """Whether there is something to read; or will be soon, when it has settled."""
        if record is None:
            strange = self._strange.get(entry.path) == (entry.size, entry.mtime)
            return entry.size > 0 and not strange and not self._is_shadow(entry)
        if (record.size, record.mtime) != (entry.size, entry.mtime):
            return True
        return record.waiting and (soon or self._is_settled(entry))

    def _is_shadow(self, entry: Entry) -> bool:
        """Whether a file is the copy of one that is still there."""
        size, mtime, n = self._shadows.get(entry.path, (-1, 0, 0))
        original = self._records.get(n)
        return (size, mtime) == (entry.size, entry.mtime) and original is not None and not original.gone

    def _is_settled(self, entry: Entry) -> bool:
        seen = self._since.get(entry.path)
        age = time.time() - entry.mtime / 1e9
        return age >= self._settle or (seen is not None and time.monotonic() - seen[2] >= self._settle)

    def _jobs(self, entry: Entry, record: Followed | None) -> list[Job]:
        """What to read because of one file: a piece of it, all of it, or all of its bundle; nothing while it waits."""
        file = disk.held(entry)
        if file is None:
            # It changes at this moment, or cannot be opened: what nobody can open is said by its reader.
            return self._unreadable(entry, record) if entry.size else []
        with file:
            if record is not None and record.lines:
                if record.goes_on(file):
                    record.device, record.inode = entry.identity
                    return self._on(file, entry, record)
                self._lose(entry.path)
                self._index()
                record = None
            if not entry.size:
                return []
            if record is None:
                if disk.is_packed(entry.path) and not self._is_settled(entry):
                    return []
                if (copied := self._copied(file, entry)) is not None:
                    return copied
                if entry.beside and not self._is_later(entry):
                    self._strange[entry.path] = (entry.size, entry.mtime)
                    return []
            return self._begun(file, entry, record)

    def _is_later(self, entry: Entry) -> bool:
        """Whether a file beside the one that is watched was that one between two looks: a later generation of it."""
        akin = self._stems.get(stem(entry.name), ())
        return entry.mtime > min((record.since for record in akin), default=entry.mtime)

    def _begun(self, file: IO[bytes], entry: Entry, record: Followed | None) -> list[Job]:
        """What to read of a file that is new, or a document that has changed."""
        head = disk.part(file, 0, min(HEAD_BYTES, entry.size))
        settled = self._is_settled(entry)
        # Neither the form of a first line nor the end of a document is there for sure before it has settled.
        if not settled and b"\n" not in head:
            return []
        form = form_of(head, entry.name, entry.size)
        if form.lines:
            if record is None:
                record = self._made(entry, form)
            else:
                record.lines, record.single, record.reader = True, form.single, form.reader
                # It was one document, and others came after it.
                record.done = record.size if entry.size > record.size else 0
            return self._on(file, entry, record)
        if not settled:
            return []
        together = self._unit(entry, form) if form.unit else [entry]
        if not all(self._is_settled(each) for each in together):
            return []
        return [Job(self._by_path.get(each.path) or self._made(each, form), each, settled=True) for each in together]

    def _unreadable(self, entry: Entry, record: Followed | None) -> list[Job]:
        """A file that may not be opened; nothing where it is only another one by now."""
        if not self._is_settled(entry) or not disk.is_denied(entry.path):
            return []
        return [Job(record or self._made(entry, Form(lines=False)), entry, settled=True)]

    def _made(self, entry: Entry, form: Form) -> Followed:
        """A record for a file that is new."""
        record = Followed(self._next, entry.path, entry.name, *entry.identity, since=entry.mtime)
        record.lines, record.single, record.reader = form.lines, form.single, form.reader
        self._next += 1
        self._records[record.n] = self._by_path[entry.path] = record
        return record

    def _unit(self, entry: Entry, form: Form) -> list[Entry]:
        """The files that are read together with one."""
        folder, _, leaf = entry.path.replace("\\", "/").rpartition("/")
        if form.unit == "folder" and folder.endswith("/crash"):
            folder = folder.removesuffix("/crash")
            if f"{folder}/feedback.json" not in {path.replace("\\", "/") for path in self._entries}:
                folder += "/crash"
        begins = leaf.partition(".")[0][:36]
        found = []
        for path, each in self._entries.items():
            there, _, name = path.replace("\\", "/").rpartition("/")
            inside = there == folder or (form.unit == "folder" and there.startswith(f"{folder}/"))
            if each.size and inside and (form.unit == "folder" or name.startswith(begins)):
                found.append(each)
        return sorted(found, key=lambda each: each.name)

    def _on(self, file: IO[bytes], entry: Entry, record: Followed) -> list[Job]:
        """The next piece of a file that is read by lines."""
        settled = self._is_settled(entry)
        data = disk.part(file, record.start, min(entry.size, record.start + PIECE))
        more = record.start + len(data) < entry.size
        cut = disk.last_line_end(data)
        if more and not cut:
            cut = len(data)  # a line longer than any may be
        end = record.start + cut
        if end <= record.whole and not (settled and not more):
            record.size, record.mtime, record.waiting = entry.size, entry.mtime, True
            self.changed.add(record.n)
            return []
        if more or not settled:
            data = data[:cut]
        head = disk.part(file, 0, min(HEAD, entry.size))
        before = disk.part(file, max(record.start - TAIL, 0), record.start)
        if not record.goes_on(file) or not data.startswith(
            disk.part(file, record.start, record.start + TAIL)[: len(data)]
        ):
            return []  # cut while it was read
        return [Job(record, entry, settled and not more, record.start, data, head, before, end, more)]

    def _copied(self, file: IO[bytes], entry: Entry) -> list[Job] | None:
        """Know a new file for a copy of one that is followed, and go on where that one was; None where it is none."""
        packed = disk.is_packed(entry.path)
        akin = self._stems.get(stem(entry.name), [])
        near = self._logs if packed else [*akin, *(record for record in self._logs if record.gone)]
        head = disk.beginning(entry.path, HEAD) if near else b""
        # Of several generations of one log the one that went furthest.
        for record in sorted(near, key=lambda record: (-record.whole, record.n)):
            begins = disk.digest(head[: record.head_size]) == record.head
            if not record.gone and (begins or not packed) and self._shadowed(file, entry, record, packed=packed):
                self._shadows[entry.path] = (entry.size, entry.mtime, record.n)
                return []
            if not begins:
                continue
            if packed and (rest := packed_rest(entry.path, record)) is not None:
                return self._taken_over(entry, record, rest)
            if not packed and record.goes_on(file):
                return self._on(file, entry, self._heir(entry, record))
        alike = self._sizes.get(entry.size, [])
        content = disk.sha256(entry.path) if alike and self._is_settled(entry) else ""
        for record in alike:
            if content and record.content == content and (packed or record.gone):
                return self._heard(entry, record)
        return None

    def _shadowed(self, file: IO[bytes], entry: Entry, record: Followed, *, packed: bool) -> bool:
        """Whether a file is a copy, perhaps not whole yet, of one that is still there: that one is read."""
        original = self._entries.get(record.path)
        source = None if original is None or original.path == entry.path else disk.held(original)
        if source is None or original is None:
            return False
        with source:
            if not record.goes_on(source):
                return False
            if packed:
                return packed_rest(entry.path, record) is not None
            # A copy is never longer than what is there: only then all of it can be compared.
            return os.fstat(source.fileno()).st_size >= entry.size and same(file, source, entry.size)

    def _heard(self, entry: Entry, record: Followed) -> list[Job]:
        """A document that lay elsewhere: there is nothing to read."""
        heir = self._heir(entry, record)
        heir.size, heir.mtime, heir.waiting = entry.size, entry.mtime, False
        return []

    def _taken_over(self, entry: Entry, record: Followed, rest: bytes) -> list[Job]:
        """The rest of a packed copy as the last piece of its original."""
        heir = self._heir(entry, record)
        heir.lines, heir.waiting, heir.content = False, False, disk.sha256(entry.path)
        return [Job(heir, entry, True, record.start, rest, end=record.start + len(rest))]

    def _heir(self, entry: Entry, record: Followed) -> Followed:
        """The record of a copy; that of the original itself where it is not there any more."""
        if record.gone:
            heir = record
            heir.gone = False
        else:
            heir = msgspec.structs.replace(record, n=self._next)
            self._next += 1
            self._records[heir.n] = heir
        heir.path, heir.name, (heir.device, heir.inode) = entry.path, entry.name, entry.identity
        self._by_path[entry.path] = heir
        self.changed.add(heir.n)
        return heir

"""Folders of event files, a hundred thousand small ones: opened once each, and their events read in blocks.

An event file that its writer finished is an array of envelopes. Such a file is taken as it lies, without a `Source`
of its own; whatever is otherwise (no array, a damaged element, an event that is not the usual one, a link, a large
file) is read by the reader that it is detected for, under the place that it has among the files.
"""

# Names are kept as the system gives them, undecodable bytes and all, and joined once per file.
# ruff: noqa: PTH118

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from triage.formats import debugbundle_events as reader
from triage.sources.disk import FLAGS, NO_FOLLOW
from triage.sources.names import printable
from triage.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from triage.formats.debugbundle_bulk import Bulk, Line
    from triage.sources.source import Context

__all__ = ("EventFiles",)

# Larger files are not many, and read as what they are.
_LARGEST: Final = 1 << 20
_elements = msgspec.json.Decoder(list[msgspec.Raw]).decode


class _File(NamedTuple):
    """A file as it was read: where it stands among the others, and its bytes."""

    name: str
    place: tuple[str, int]
    data: bytes
    events: int


class EventFiles:
    """Reads event files by the folder; `finish` makes what is still waiting."""

    def __init__(self, context: Context, read: Callable[[Source], None]) -> None:
        self._context = context
        self._read = read
        self._bulk: Bulk | None = None
        self._taken: dict[str, _File] = {}
        self.bytes = 0

    def read(
        self, folder: str, prefix: str, names: list[str], other: Callable[[str], Iterator[Source]]
    ) -> Iterator[Source]:
        """Take the event files of a folder; gives a source for each that must be read by itself, opened by `other`."""
        if self._bulk is None:
            self._bulk = self._opened()
        for item in names:
            data = _contents(os.path.join(folder, item))
            if data is None:
                yield from other(item)
                continue
            name = f"{prefix}/{printable(item)}" if prefix else printable(item)
            self._take(name, data)
        self._rows()

    def _opened(self) -> Bulk:
        from triage.formats.debugbundle_bulk import Bulk, stems

        return Bulk(self._context.records, reader.NAME, stems(self._context), self._alone)

    def _take(self, name: str, data: bytes) -> None:
        """Take the elements of a file, or what is none as a whole: it is read by itself then."""
        from triage.formats.debugbundle_bulk import Line

        context = self._context
        context.sources += 1
        place = (context.source_id(None, name), context.sources)
        pieces = list(_pieces(data))
        file = _File(name, place, data, len(pieces))
        self._taken[place[0]] = file
        self.bytes += len(data)
        lines = [Line(text, place[0], offset, len(text), None, file) for offset, text in pieces]
        if self._bulk is not None:
            self._bulk.add(*(lines or [Line(data, place[0], 0, len(data), None, file)]))

    def _alone(self, line: Line) -> None:
        """Read a file by itself, of which something was not usual."""
        file: _File = line.owner
        if self._taken.pop(file.place[0], None) is not None:
            self._read(Source(self._context, file.name, data=file.data, place=file.place))

    def finish(self) -> None:
        """Read what is waiting, and write the rows of `files` of what was taken."""
        if self._bulk is not None:
            self._bulk.finish()
            self._bulk.pool.shutdown()
        self._rows(keep=False)

    def _rows(self, *, keep: bool = True) -> None:
        """Write the rows of the files whose events have all been read."""
        waiting = self._bulk.owners() if keep and self._bulk is not None else set()
        done = [file for source_id, file in self._taken.items() if source_id not in waiting]
        if not done:
            return
        columns: dict[str, Any] = {
            "source_id": [file.place[0] for file in done],
            "path": [file.name for file in done],
            "bytes": [len(file.data) for file in done],
            "sha256": [hashlib.sha256(file.data).hexdigest() for file in done],
            "description": [reader.described(file.events) for file in done],
        }
        same = {"depth": 0, "media": "application/json", "role": "events", "parse_status": "ok"}
        self._context.records.file_rows(columns | same, [file.place[1] for file in done])
        for file in done:
            del self._taken[file.place[0]]


def _contents(path: str) -> bytes | None:
    """The bytes of a small regular file that is no link; None for anything else, and where it cannot be read."""
    try:
        descriptor = os.open(path, FLAGS | NO_FOLLOW)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or not 2 <= status.st_size <= _LARGEST:
            return None
        data = os.read(descriptor, status.st_size)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return data if len(data) == status.st_size else None


def _pieces(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Offset and bytes of the elements of an array; nothing where it is none."""
    if data[:1] != b"[":
        return
    try:
        found = _elements(data)
    except (ValueError, RecursionError):
        return
    at = 1
    for raw in found:
        text = bytes(raw)
        at = data.find(text, at)
        yield at, text
        at += len(text)

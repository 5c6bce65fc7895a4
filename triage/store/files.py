"""Folders of event files, a hundred thousand small ones: opened once each, and their events read in blocks.

An event file is an array of envelopes, or one envelope in one line. Such a file is taken as it lies, without a `Source`
of its own; whatever is otherwise (another kind of JSON, a damaged element, an event that is not the usual one, a link,
a large file) is read by the reader that it is detected for, under the place that it has among the files.
"""

# Names are kept as the system gives them, undecodable bytes and all, and joined once per file.
# ruff: noqa: PTH118

from __future__ import annotations

import hashlib
import os
import re
import stat
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from triage.formats import debugbundle_events as reader
from triage.formats.debugbundle_batch import Batch
from triage.formats.debugbundle_bulk import Bulk, known
from triage.formats.debugbundle_json import EVENT_LINE
from triage.records import Records
from triage.sources.disk import FLAGS, NO_FOLLOW
from triage.sources.names import on_disk
from triage.sources.source import HEAD_BYTES, Source
from triage.store.cache import Identity, settled
from triage.store.cached import of_stacks, with_frames

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from triage.formats.debugbundle_batch import Line
    from triage.sources.context import Context
    from triage.store.cache import Cache

__all__ = ("EventFiles",)

# Bytes of a batch; where rows are let go of as they come, of a smaller one, and of those that are read together.
_BYTES: Final = 16 << 20
_FEWER: Final = 3 << 20
_PART: Final = 32 << 20
# Larger files are not many, and read as what they are.
_LARGEST: Final = 1 << 20
_BEGIN: Final = re.compile(rb"\[[ \t\r\n]{0,64}(?:\]|" + EVENT_LINE.pattern + rb")|" + EVENT_LINE.pattern)
_elements = msgspec.json.Decoder(list[msgspec.Raw]).decode


# Numbers of events in a file, which has no more than bytes.
_BITS: Final = 32
_MASK: Final = (1 << _BITS) - 1
_KIND: Final = f"folder {reader.NAME}"

# How a file is called, its id, and its number among the files.
_Place = tuple[str, str, int]


class _File(NamedTuple):
    """A file of a folder: its name there, its place among all files, and what it was when it was read."""

    item: str
    name: str
    source_id: str
    order: int
    identity: Identity
    sha256: str
    events: int
    media: str


class _Read(NamedTuple):
    """A folder that was read: its names, what the cache had of them, and its first number; when that began."""

    folder: str
    names: list[str]
    known: dict[str, _File]
    tables: dict[str, pa.Table]
    first: int
    started: int


class EventFiles:
    """Reads event files by the folder; of files that it has in the cache, only what is new."""

    def __init__(self, context: Context, read: Callable[[Source], None]) -> None:
        self._context = context
        self._read = read
        # the folder that was read last is decoded while the next one is read
        self._last: Callable[[], None] | None = None

    def settle(self) -> None:
        """Append what was read last."""
        last, self._last = self._last, None
        if last is not None:
            last()

    def read(
        self, folder: str, prefix: str, names: list[str], other: Callable[[str, tuple[str, int]], Iterator[Source]]
    ) -> Iterator[Source]:
        """Take the event files of a folder; gives a source for each that must be read by itself, opened by `other`."""
        # an event's number begins with the number of its file, whatever was read before
        first = self._context.records.reserve(len(names) << _BITS)
        places = []
        for item in names:
            self._context.sources += 1
            name = f"{prefix}/{on_disk(item)}" if prefix else on_disk(item)
            places.append((name, self._context.source_id(None, name), self._context.sources))
        known, tables = self._cached(folder, names, places)
        of = _Read(folder, names, known, tables, first, time.time_ns())
        records, number = self._context.records, 0
        while number < len(names):
            with records.together():
                number = yield from self._some(of, number, places, other)
                if records.whole:
                    self.settle()
            records.rest()

    def _some(
        self, of: _Read, start: int, places: list[_Place], other: Callable[[str, tuple[str, int]], Iterator[Source]]
    ) -> Generator[Source, None, int]:
        """Take files from one on: all, but where rows are let go of as they come; gives how far it came."""
        reading = _Folder(self._context, self._read, of.first)
        most = _PART if self._context.records.whole else None
        for number in range(start, len(of.names)):
            item = of.names[number]
            if item in of.known:
                continue
            if most is not None and reading.bytes >= most:
                break
            held = _contents(os.path.join(of.folder, item))
            if held is None or not _BEGIN.match(held[0]):
                with self._context.records.numbered(of.first + (number << _BITS)):
                    yield from other(item, places[number][1:])
            else:
                reading.take(number, item, places[number], *held)
        else:
            number = len(of.names)
        reading.send()
        self.settle()
        self._last = partial(self._append, of, reading)
        return number

    def _append(self, of: _Read, reading: _Folder) -> None:
        """Append the rows of a folder, and put what is new of it into the cache."""
        made = reading.finish()
        files = [*(of.known[item] for item in of.names if item in of.known), *reading.taken.values()]
        self._rows(files)
        for part in (of.tables, made):
            self._context.records.absorb(part, of.first)
        if self._context.cache is not None and reading.taken:
            lasting = [file for file in files if settled(file.identity, of.started)]
            self._put(self._context.cache, of.folder, lasting, _joined(of.tables, made), of.names)

    def _cached(
        self, folder: str, names: list[str], places: list[_Place]
    ) -> tuple[dict[str, _File], dict[str, pa.Table]]:
        """The files that are what they were when they were put into the cache, and the rows of their events."""
        entry = None if self._context.cache is None else self._context.cache.get(_KIND, folder)
        tables = None if entry is None else entry.tables()
        if tables is None:
            return {}, {}
        files = tables.pop("files")
        known: dict[str, _File] = {}
        moved = np.full(files.num_rows, -1, np.int64)
        numbers = {name: number for number, name in enumerate(names)}
        for at, (item, sha256, events, media, *identity) in enumerate(zip(*files.to_pydict().values(), strict=True)):
            number = numbers.get(item)
            if number is not None and _identity(os.path.join(folder, item)) == Identity(*identity):
                known[item] = _File(item, *places[number], Identity(*identity), sha256, events, media)
                moved[at] = number
        ids = pa.array([place[1] for place in places], pa.string())
        kept = {name: _moved(table, moved, ids) for name, table in tables.items()}
        return known, kept | {"frames": of_stacks(kept["frames"], kept["stacks"])}

    def _rows(self, files: list[_File]) -> None:
        """The rows of `files`."""
        if not files:
            return
        columns: dict[str, Any] = {
            "source_id": [file.source_id for file in files],
            "path": [file.name for file in files],
            "bytes": [file.identity.size for file in files],
            "sha256": [file.sha256 for file in files],
            "description": [reader.described(file.events) for file in files],
            "media": [file.media for file in files],
        }
        same = {"depth": 0, "role": "events", "parse_status": "ok"}
        self._context.records.file_rows(columns | same, [file.order for file in files])

    def _put(
        self, cache: Cache, folder: str, files: list[_File], tables: dict[str, pa.Table], names: list[str]
    ) -> None:
        """Put what was read of these files into the cache, in the place of what was there."""
        numbers = {name: number for number, name in enumerate(names)}
        moved = np.full(len(names), -1, np.int64)
        moved[[numbers[file.item] for file in files]] = np.arange(len(files))
        ids = pa.array([file.source_id for file in files], pa.string())
        whole = with_frames(tables, self._context.records)
        kept = {name: table if name == "frames" else _moved(table, moved, ids) for name, table in whole.items()}
        columns = {
            "item": [file.item for file in files],
            "sha256": [file.sha256 for file in files],
            "events": [file.events for file in files],
            "media": [file.media for file in files],
            **{name: [getattr(file.identity, name) for file in files] for name in Identity.__struct_fields__},
        }
        try:
            kept["files"] = pa.table(columns)
        except UnicodeEncodeError:  # a name that is no text
            return
        cache.put(_KIND, folder, kept, {})


# Stands for what is to be read by itself.
_ODD: Final = b"?"


class _Elements(NamedTuple):
    """A file with its number and bytes, and where its elements begin and end; one without any is taken as odd."""

    number: int
    file: _File
    data: bytes
    spans: list[tuple[int, int]]


def _batch(taken: list[_Elements]) -> Batch:
    """The elements of files as lines, those of one line each."""
    spans = [one.spans or [(0, 0)] for one in taken]
    pieces = [
        piece if piece[:1] == b"{" and b"\n" not in piece else _ODD
        for one, own in zip(taken, spans, strict=True)
        for piece in [one.data[start:end] for start, end in own]
    ]
    counts = np.array([len(one) for one in spans], np.int64)
    source = np.repeat(np.arange(len(taken)), counts)
    at = np.arange(len(source)) - np.repeat(np.cumsum(counts) - counts, counts)
    number = np.array([one.number for one in taken], np.int64)[source]
    lengths = np.array([len(piece) for piece in pieces], np.int64)
    offsets = np.array([start for one in spans for start, _ in one], np.int64)
    return Batch(
        data=b"\n".join([*pieces, b""]),
        starts=np.cumsum(lengths + 1) - lengths - 1,
        lengths=lengths,
        offsets=offsets,
        events=(number << _BITS) + at,
        numbers=number,
        sources=[one.file.source_id for one in taken],
        source=source,
        owners=taken,
    )


class _Folder:
    """The event files of one folder that are being read."""

    def __init__(self, context: Context, read: Callable[[Source], None], first: int) -> None:
        self._context = context
        self._read = read
        self._first = first
        self._records = Records(spill=context.records.spill, whole=context.records.whole)
        self._bulk = Bulk(self._records, reader.NAME, known(context), self._alone)
        self._waiting: list[_Elements] = []
        self._bytes = 0
        # what was taken in all
        self.bytes = 0
        self.taken: dict[str, _File] = {}

    def take(self, number: int, item: str, place: _Place, data: bytes, identity: Identity) -> None:
        """Take the elements of a file, or what is none as a whole: it is read by itself then."""
        spans = list(_spans(data))
        media = (
            reader.LINES if data[:1] == b"{" and (data[-1:] == b"\n" or len(data) >= HEAD_BYTES) else reader.DOCUMENT
        )
        file = _File(item, *place, identity, hashlib.sha256(data).hexdigest(), len(spans), media)
        self.taken[file.source_id] = file
        self._waiting.append(_Elements(number, file, data, spans))
        self._bytes += len(data)
        self.bytes += len(data)
        if self._bytes >= (_FEWER if self._records.whole else _BYTES):
            self.send()

    def send(self) -> None:
        """Have what is waiting decoded."""
        if self._waiting:
            self._bulk.send(partial(_batch, self._waiting))
            self._waiting, self._bytes = [], 0

    def _alone(self, line: Line) -> None:
        """Read a file by itself, of which something was not usual."""
        owner: _Elements = line.owner
        file = owner.file
        if self.taken.pop(file.source_id, None) is not None:
            with self._context.records.numbered(self._first + (line.number << _BITS)):
                self._read(Source(self._context, file.name, data=owner.data, place=(file.source_id, file.order)))

    def finish(self) -> dict[str, pa.Table]:
        """Read what was taken, and give the rows."""
        with self._bulk.pool:
            self.send()
            self._bulk.finish()
        return self._records.partial()[0]


def _joined(one: dict[str, pa.Table], other: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """The rows of both."""
    return {
        name: pa.concat_tables([one[name].select(table.column_names).cast(table.schema), table])
        if name in one
        else table
        for name, table in other.items()
    }


def _moved(table: pa.Table, numbers: npt.NDArray[np.int64], ids: pa.Array) -> pa.Table:
    """The rows of files that have new numbers, under these and the ids that go with them; -1 is for files that go."""
    if "_event" not in table.column_names:
        return table
    events = table["_event"].to_numpy()
    file = numbers[events >> _BITS]
    kept = pa.array(file >= 0)
    moved = pa.array((file << _BITS | events & _MASK)[file >= 0])
    table = table.filter(kept).set_column(table.schema.get_field_index("_event"), "_event", moved)
    if "source_id" in table.column_names:
        own = ids.take(pa.array(file[file >= 0]))
        table = table.set_column(table.schema.get_field_index("source_id"), "source_id", own)
    return table


def _identity(path: str) -> Identity | None:
    """What a file is now; None where it is none."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return Identity.of(status) if stat.S_ISREG(status.st_mode) else None


def _contents(path: str) -> tuple[bytes, Identity] | None:
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
    return (data, Identity.of(status)) if len(data) == status.st_size else None


def _spans(data: bytes) -> Iterator[tuple[int, int]]:
    """Where the elements of an array begin and end, or the one line of an object; nothing where it is neither."""
    if data[:1] == b"{":
        line = data.removesuffix(b"\n")
        if b"\n" not in line and line[-1:] != b"\r":
            yield 0, len(line)
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
        yield at, at + len(text)
        at += len(text)

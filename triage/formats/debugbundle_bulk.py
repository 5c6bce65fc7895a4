"""Many envelopes at once: lines gathered to blocks, blocks decoded beside each other, their rows appended in order.

What may not be taken in a block is read envelope by envelope, under the number that it has in the order of the
lines, so that the tables come out as if every line had been read so. The annotations and log lines of what is taken
are not made here: they are read from the places of the events when somebody asks for them (`triage.store.details`),
but for the paths that DebugBundle's own fingerprints need.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.formats.debugbundle_blocks import decode, may_join
from triage.formats.debugbundle_columns import columns, languages, written
from triage.formats.debugbundle_stems import NOTHING, Found, Stems, Texts, find_all, stack_columns, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from triage.records import Records
    from triage.sources.source import Context, Source

__all__ = ("Bulk", "Line", "bulk", "stems")

# Arrow is quick from some thousand rows on, and a block of which nothing may be taken is read line by line.
_ROWS: Final = 8_192
_BYTES: Final = 24 << 20
_THREADS: Final = 2
# Scope, key and value of the path of an event as it was written.
_WRITTEN: Final = ("written scope", "written key", "written value")


class Line(NamedTuple):
    """One envelope and where it stands; `number` is that of its line.

    Where a file has several that are taken together or not at all, it is the `owner`, and `first` the number of the
    first event.
    """

    text: bytes
    source_id: str
    offset: int
    length: int
    number: int | None
    owner: Any = None
    first: int = 0


class _Prepared(NamedTuple):
    """What is made of a block before its turn comes: columns of `events` and `_WRITTEN`, and its stack texts."""

    usual: npt.NDArray[np.bool_]
    # the places of the rows among the joined lines
    rows: npt.NDArray[np.int64]
    columns: dict[str, pa.Array]
    texts: Texts


def _prepare(lines: list[bytes]) -> _Prepared | None:
    """Decode joined lines; None where all must be read by themselves. Arrow works without Python's lock."""
    decoded = decode(lines)
    if decoded is None:
        return None
    made = columns(decoded.fields)
    made |= dict(zip(_WRITTEN, written(decoded.fields, made["route"]), strict=True))
    stacks = texts(decoded, languages(decoded.fields))
    return _Prepared(decoded.usual, decoded.rows, made | {"ts": decoded.ts}, stacks)


class _Block(NamedTuple):
    """Lines that are being decoded: the number of the first event of each, and which were joined."""

    lines: list[Line]
    numbers: npt.NDArray[np.int64]
    joined: npt.NDArray[np.bool_]
    prepared: Future[_Prepared | None]


def _whole(block: _Block, usual: npt.NDArray[np.bool_], places: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which rows have an owner all of whose lines are usual; those without an owner are their own."""
    if block.lines[0].owner is None:
        return usual
    good = np.zeros(len(block.lines), np.bool_)
    good[places[usual]] = True
    odd = {line.source_id for line, well in zip(block.lines, good.tolist(), strict=True) if not well}
    return np.array([block.lines[at].source_id not in odd for at in places.tolist()], np.bool_)


@contextmanager
def bulk(source: Source, reader: str, alone: Callable[[Line], None]) -> Iterator[Bulk]:
    """Read lines of a source, or of many sources of its records, in blocks; all are read when the context ends."""
    taken = Bulk(source.records, reader, stems(source.context), alone)
    with taken.pool:
        try:
            yield taken
        finally:  # what was taken before a limit was met stays
            taken.finish()


def stems(context: Context) -> Stems:
    """What is known of stack texts in one reading."""
    known: Stems = context.kept.setdefault("debugbundle stems", Stems())
    return known


class Bulk:
    """Takes lines, reads them in blocks; `alone` reads a line by itself, under the numbers that are its own."""

    def __init__(self, records: Records, reader: str, stems: Stems, alone: Callable[[Line], None]) -> None:
        self._records = records
        self._reader = reader
        self._stems = stems
        self._alone = alone
        self._lines: list[Line] = []
        self._bytes = 0
        self.pool = ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1))
        self._waiting: deque[_Block] = deque()

    def add(self, *lines: Line) -> None:
        """Take lines; those that one owner has come together, and are taken together or read alone as one."""
        self._lines += lines
        self._bytes += sum([len(line.text) for line in lines])
        if len(self._lines) >= _ROWS or self._bytes >= _BYTES:
            self._send()

    def finish(self) -> None:
        """Read what was taken and not yet read."""
        self._send()
        while self._waiting:
            self._receive()

    def _send(self) -> None:
        """Have a block decoded; the events of its lines have their numbers from now on."""
        if not self._lines:
            return
        # a line holds no more events than bytes
        sizes = np.array([len(line.text) for line in self._lines], np.int64)
        first = self._records.reserve(int(sizes.sum()))
        numbers = (
            np.array([line.first for line in self._lines]) if self._lines[0].owner else first + np.cumsum(sizes) - sizes
        )
        joined = [may_join(line.text) for line in self._lines]
        future = self.pool.submit(_prepare, [line.text for line, join in zip(self._lines, joined, strict=True) if join])
        self._waiting.append(_Block(self._lines, numbers, np.array(joined, np.bool_), future))
        self._lines, self._bytes = [], 0
        while len(self._waiting) > _THREADS + 1:
            self._receive()

    def _receive(self) -> None:
        """Append the rows of the oldest block, and read by themselves the lines that it did not give."""
        block = self._waiting.popleft()
        prepared = block.prepared.result()
        taken = np.zeros(len(block.lines), np.bool_)
        if prepared is not None:
            taken[self._append(block, prepared)] = True
        for at in np.flatnonzero(~taken).tolist():
            with self._records.numbered(int(block.numbers[at])):
                self._alone(block.lines[at])

    def _append(self, block: _Block, prepared: _Prepared) -> npt.NDArray[np.int64]:
        """Append the usual rows of a block; gives the places of their lines."""
        places = np.flatnonzero(block.joined)[prepared.rows]
        found = find_all(self._stems, self._records, prepared.texts)
        usual = prepared.usual & np.array([one is not None for one in found], np.bool_)
        usual &= _whole(block, usual, places)
        rows = np.flatnonzero(usual)
        if len(rows):
            made = prepared.columns
            if len(rows) < len(usual):
                made = {name: column.take(pa.array(rows)) for name, column in made.items()}
            chosen = places[rows]
            lines = [block.lines[at] for at in chosen.tolist()]
            self._rows(lines, block.numbers[chosen], made, [found[at] or NOTHING for at in rows.tolist()])
        return places[rows]

    def _rows(
        self, lines: list[Line], numbers: npt.NDArray[np.int64], made: dict[str, pa.Array], found: list[Found]
    ) -> None:
        """Append events, stacks and paths."""
        records, events = self._records, pa.array(numbers)
        scope, key, value = (made.pop(name) for name in _WRITTEN)
        sources = {line.source_id for line in lines}
        places: dict[str, Any] = {
            "source_id": sources.pop() if len(sources) == 1 else [line.source_id for line in lines],
            "offset": [line.offset for line in lines],
            "length": [line.length for line in lines],
        }
        same = {"format": self._reader, "ts_source": "event", "parse_status": "ok"}
        records.extend("events", {**made, **places, **same}, events)
        stacks, event = stack_columns(found, made["error_type"], made["error_value"])
        if len(event):
            records.extend("stacks", stacks, events.take(pa.array(event)))
        told = pc.is_valid(value)
        if pc.any(told).as_py():
            noted = {"scope": scope.filter(told), "key": key.filter(told), "value": value.filter(told)}
            records.extend("annotations", noted, events.filter(told))
        records.defer(events)

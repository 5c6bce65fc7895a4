"""Many envelopes at once: lines gathered to batches, batches decoded beside each other, their rows appended in order.

What may not be taken so is read envelope by envelope, under the number that it has in the order of the lines, so that
the tables come out as if every line had been read so. The annotations and log lines of what is taken are not made
here: they are read from the places of the events when somebody asks for them (`triage.store.details`), but for the
paths that DebugBundle's own fingerprints need. Only records that are to be `whole` get them at once.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from triage.formats.debugbundle_batch import BLANK, Batch, Block, Line, Mask, Places, lines_of
from triage.formats.debugbundle_blocks import decode
from triage.formats.debugbundle_columns import columns, languages, written
from triage.formats.debugbundle_notes import Notes
from triage.formats.debugbundle_stems import Stems
from triage.formats.debugbundle_texts import Texts, find_all, stack_columns, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from triage.formats.debugbundle_notes import Noted
    from triage.formats.debugbundle_texts import Stacks
    from triage.records import Records
    from triage.sources.context import Context

__all__ = ("Bulk", "Known", "Lines", "known")

# Arrow is quick from some thousand rows on, and a batch of which nothing may be taken is read line by line.
_BYTES: Final = 12 << 20
# Where rows are let go of as they come, little more than them should be in memory.
_FEWER: Final = 3 << 20
_THREADS: Final = 2
# Batches that are decoded ahead: the first of a store are those whose stacks are new and take long to be read.
_AHEAD: Final = 16
_FEW: Final = 2
# Scope, key and value of the path of an event as it was written.
_WRITTEN: Final = ("written scope", "written key", "written value")


class _Prepared(NamedTuple):
    """What is made of a batch before its turn comes: columns of `events` and `_WRITTEN`, and its stack texts."""

    batch: Batch
    # the lines that are not blank
    filled: Places
    # the lines of the rows, and which of these may be taken
    rows: Places
    usual: Mask
    columns: dict[str, pa.Array]
    texts: Texts | None
    correlated: bool = False


def _prepare(make: Callable[[], Batch]) -> _Prepared:
    """Decode the lines of a batch that may be joined. Arrow and numpy work without Python's lock."""
    batch = make()
    filled = _filled(batch)
    decoded = decode(batch)
    if decoded is None:
        return _Prepared(batch, filled, np.zeros(0, np.int64), np.zeros(0, np.bool_), {}, None)
    made = columns(decoded.fields)
    made |= dict(zip(_WRITTEN, written(decoded.fields, made["route"]), strict=True))
    stacks = texts(decoded, languages(decoded.fields))
    made["ts"] = decoded.ts
    return _Prepared(batch, filled, decoded.rows, decoded.usual, made, stacks, decoded.correlated)


def _filled(batch: Batch) -> Places:
    """The lines that hold more than blanks, if only NULs."""
    octets = np.frombuffer(batch.data, np.uint8)
    filled = octets[batch.starts] == ord("{")
    for at in np.flatnonzero(~filled).tolist():
        filled[at] = bool(batch.text(at).strip(BLANK.strip(b"\0")))
    return np.flatnonzero(filled)


class Known(NamedTuple):
    """What is known in one reading of stack texts, and of the other parts of envelopes."""

    stems: Stems
    notes: Notes


def known(context: Context) -> Known:
    """What is known until now."""
    made: Known = context.kept.setdefault("debugbundle", Known(Stems(), Notes()))
    return made


class Lines:
    """Gathers the lines of one source."""

    def __init__(self, bulk: Bulk, source_id: str) -> None:
        self._bulk = bulk
        self._source_id = source_id
        self._blocks: list[Block] = []
        self._bytes = 0
        self._most = _FEWER if bulk.records.whole else _BYTES

    def add(self, block: Block) -> None:
        """Take whole lines."""
        self._blocks.append(block)
        self._bytes += len(block[2])
        if self._bytes >= self._most:
            self._send()

    def finish(self) -> None:
        """Read what was taken and not yet read."""
        if self._blocks:
            self._send()
        self._bulk.finish()

    def _send(self) -> None:
        first = self._bulk.records.reserve(self._bytes)
        self._bulk.send(partial(lines_of, self._blocks, self._source_id, first))
        self._blocks, self._bytes = [], 0


class Bulk:
    """Reads batches; `alone` reads a line by itself, under the numbers that are its own. `events` counts the taken."""

    def __init__(self, records: Records, reader: str, known: Known, alone: Callable[[Line], None]) -> None:
        self.records = records
        self.events = 0
        self._reader = reader
        self._stems, self._notes = known
        self._alone = alone
        self.pool = ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1))
        self._waiting: deque[Future[_Prepared]] = deque()

    def send(self, make: Callable[[], Batch]) -> None:
        """Have a batch made and decoded; the numbers of its events are reserved."""
        self._waiting.append(self.pool.submit(_prepare, make))
        while len(self._waiting) > (_FEW if self.records.whole else _AHEAD):
            self._receive()

    def finish(self) -> None:
        """Read what was sent and not yet read."""
        while self._waiting:
            self._receive()

    def _receive(self) -> None:
        """Append the rows of the oldest batch, and read by themselves the lines that it did not give."""
        prepared = self._waiting.popleft().result()
        batch = prepared.batch
        taken = np.zeros(len(batch.starts), np.bool_)
        if prepared.texts is not None:
            taken[self._append(prepared, prepared.texts)] = True
        for at in prepared.filled[~taken[prepared.filled]].tolist():
            with self.records.numbered(int(batch.events[at])):
                self._alone(batch.line(at))
        self.records.rest()

    def _append(self, prepared: _Prepared, texts: Texts) -> Places:
        """Append the usual rows of a batch; gives the places of their lines."""
        stacks = find_all(self._stems, self.records, texts)
        usual = prepared.usual & (stacks.form >= 0)
        noted = None
        if self.records.whole:
            noted = self._notes.read(prepared.batch, prepared.rows, usual, correlated=prepared.correlated)
            usual &= noted.readable
        usual = _whole(prepared.batch, usual, prepared.rows)
        chosen = np.flatnonzero(usual)
        lines = prepared.rows[chosen]
        if len(chosen):
            made = prepared.columns
            if len(chosen) < len(usual):
                made = {name: column.take(pa.array(chosen)) for name, column in made.items()}
            events = pa.array(prepared.batch.events[lines])
            notes = tuple(made.pop(name) for name in _WRITTEN)
            self._rows(prepared.batch, lines, made, stacks.take(chosen))
            if noted is None:
                self._paths(events, *notes)
            else:
                self._said(prepared.batch, lines, made, noted.take(chosen))
            self.events += len(chosen)
        return lines

    def _rows(self, batch: Batch, lines: Places, made: dict[str, pa.Array], stacks: Stacks) -> None:
        """Append events and stacks."""
        records, events = self.records, pa.array(batch.events[lines])
        names = pa.array(batch.sources, pa.string())
        places: dict[str, Any] = {
            "source_id": batch.sources[0] if len(batch.sources) == 1 else names.take(pa.array(batch.source[lines])),
            "offset": pa.array(batch.offsets[lines]),
            "length": pa.array(batch.lengths[lines]),
        }
        same = {"format": self._reader, "ts_source": "event", "parse_status": "ok"}
        records.extend("events", {**made, **places, **same}, events)
        rows, event = stack_columns(self._stems, stacks, made["error_type"], made["error_value"])
        if len(event):
            records.extend("stacks", rows, events.take(pa.array(event)))

    def _paths(self, events: pa.Array, scope: pa.Array, key: pa.Array, value: pa.Array) -> None:
        """Append the paths that fingerprints need; all else that is noted stays where it lies."""
        told = pc.is_valid(value)
        if pc.any(told).as_py():
            noted = {"scope": scope.filter(told), "key": key.filter(told), "value": value.filter(told)}
            self.records.extend("annotations", noted, events.filter(told))
        self.records.defer(events)

    def _said(self, batch: Batch, lines: Places, made: dict[str, pa.Array], noted: Noted) -> None:
        """Append all that is noted, and the log lines."""
        columns, line = self._notes.columns(noted)
        self.records.extend("annotations", columns, pa.array(batch.events[lines[line]]))
        for at, told in noted.told():
            place = int(lines[at])
            log = {**told, "source_id": batch.sources[int(batch.source[place])], "offset": int(batch.offsets[place])}
            if told["origin"] == "log":
                log |= {"ts": made["ts"][at].value, "message": made["error_value"][at].as_py() or ""}
            self.records.log(int(batch.events[place]), **log)


def _whole(batch: Batch, usual: Mask, rows: Places) -> Mask:
    """Which rows have an owner all of whose lines are usual; those without an owner are their own."""
    if batch.owners is None:
        return usual
    good = np.zeros(len(batch.starts), np.bool_)
    good[rows[usual]] = True
    odd = np.zeros(len(batch.owners), np.bool_)
    odd[batch.source[~good]] = True
    whole: Mask = ~odd[batch.source[rows]]
    return whole

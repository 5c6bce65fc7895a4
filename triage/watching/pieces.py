"""Pieces of files as one input, through the same readers as `triage.load`, and which file each row is from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from triage import formats, loading
from triage.sources.disk import Place
from triage.sources.inputs import Inputs
from triage.sources.limits import Limits
from triage.sources.source import Source
from triage.stacks import keys
from triage.watching.followed import TAIL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import tzinfo

    import pyarrow as pa

    from triage.sources.context import Context
    from triage.stacks.settings import Rules
    from triage.watching.followed import Job

__all__ = ("Read", "read")

# What is read again before a position, in which a trace may have begun.
_CONTEXT: Final = 16 << 10
# An event is over when so many lines have followed it.
_AFTER: Final = 10
_LIMITS: Final = Limits()


class _Pieces(Inputs):
    """The pieces of some jobs, in their order."""

    __slots__ = ("_jobs", "of")

    def __init__(self, jobs: Sequence[Job]) -> None:
        super().__init__(b"")
        self.single = False
        self._jobs = jobs
        self.of: dict[str, int] = {}

    def walk(self, context: Context) -> Iterator[Source]:
        for number, job in enumerate(self._jobs):
            if job.data is not None:
                source = Source(context, job.record.name, data=job.data)
                self.of[source.source_id] = number
                yield source
                continue
            for source in Place(job.entry.path, job.record.name).walk(context, single=False):
                self.of[source.source_id] = number
                yield source


class Read:
    """What came out of some jobs that one reader read.

    Attributes
    ----------
    tables
        Annotated, as in a case.
    job
        For each event the number of its job.
    taken
        Which events are new by their place: not read before, and over.
    unread
        The numbers of the files of which a piece could not be read.
    """

    def __init__(self, jobs: Sequence[Job], tables: dict[str, pa.Table], of: dict[str, int]) -> None:
        self.jobs = jobs
        self.tables = tables
        files = tables["files"]
        ids, around = files["source_id"].to_pylist(), files["container_id"].to_pylist()
        owner: dict[str, int] = {}
        for source, container in zip(ids, around, strict=True):
            owner[source] = of[source] if container is None else owner[container]
        events = tables["events"]
        sources = events["source_id"].to_pylist()
        self.job: npt.NDArray[np.int64] = np.array([owner[source] for source in sources], np.int64)
        self.taken = np.ones(events.num_rows, bool)
        bad = set(tables["quarantine"]["source_id"].to_pylist())
        self.unread = {jobs[owner[source]].record.n for source in bad if source in owner}
        offsets = pc.fill_null(events["offset"], -1).to_numpy()
        ends = offsets + pc.fill_null(events["length"], 0).to_numpy()
        contents = dict(zip(ids, files["sha256"].to_pylist(), strict=True))
        told = {number: contents[source] for source, number in of.items() if source in contents}
        for number, job in enumerate(jobs):
            if job.data is None:
                _whole(job, told.get(number, ""))
            else:
                rows = np.flatnonzero(self.job == number)
                self.taken[rows] = _placed(job, offsets[rows], ends[rows])


def read(jobs: Sequence[Job], rules: Rules, zone: tzinfo | None = None) -> list[Read]:
    """Read some jobs, and put their records where the next ones begin; `zone` is that of times without one."""
    found = []
    for name in sorted({job.record.reader for job in jobs}):
        some = [job for job in jobs if job.record.reader == name]
        pieces = _Pieces(some)
        reader = formats.by_name(name) if name else None
        tables = loading.read_tables(pieces, reader=reader, limits=_LIMITS, zone=zone)
        found.append(Read(some, keys.annotate(tables, rules), pieces.of))
    return found


def _whole(job: Job, content: str) -> None:
    """A file was read from its beginning to its end."""
    record, entry = job.record, job.entry
    record.size, record.mtime, record.content, record.waiting = entry.size, entry.mtime, content, False
    record.device, record.inode = entry.identity


def _placed(job: Job, offsets: npt.NDArray[np.int64], ends: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which events of a piece are to be taken; the record goes on behind them."""
    record, entry, data = job.record, job.entry, job.data or b""
    first, last = offsets + job.start, ends + job.start
    taken = first >= record.done
    over = np.ones(len(first), bool)
    if not record.single and not job.settled:
        over = last <= job.start + _closed(data)
        if job.more and not over.all() and first[~over].min() <= job.start:
            over[:] = True  # one that is longer than a piece
    held = taken & ~over
    taken &= over
    if taken.any():
        record.done = max(record.done, int(last[taken].max()))
    if record.lines:
        whole = max(job.end, record.done if job.settled else 0)
        read = data[: whole - job.start]
        record.read_to(whole, job.head, read if len(read) >= TAIL else job.before + read)
        start = whole
        if not record.single:
            # From a line on that begins before the last ones, or with what is not over.
            at = len(read) - _CONTEXT
            start = job.start + (read.find(b"\n", at) + 1 if at > 0 else 0)
            start = min([start, *first[held].tolist()])
        record.waiting = bool(held.any()) or (not job.settled and not job.more and job.end < entry.size)
        record.start = max(start, job.start)
    full = (entry.size, entry.mtime)
    record.size, record.mtime = (job.end, 0) if job.more else full
    return taken


def _closed(data: bytes) -> int:
    """The place before the last lines: what ends there is over."""
    at = len(data)
    for _ in range(_AFTER):
        at = len(data[:at].rstrip())
        at = data.rfind(b"\n", 0, at) + 1
    return at

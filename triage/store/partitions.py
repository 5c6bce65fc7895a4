"""Event files in partitions: read beside each other, on one machine or many, and combined to the same tables.

`partition` is a pure function of a range of bytes of one file, so that whoever runs it may run it anywhere and again:
a plain loop, or the client of a Dask cluster (extra `cluster`), which gives what a lost worker had to another one.
`combine` is associative, and the order of its sides is that of the bytes. The file may be a path that every worker
sees, or an address that fsspec opens (extra `remote`). Of many files the ranges of the next ones are begun while one is
combined, so that a cluster has work whatever the files' size.
"""

from __future__ import annotations

from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from triage.formats.debugbundle_events import EventLines, describe
from triage.records import Records
from triage.sources.context import Context
from triage.sources.limits import Limits
from triage.sources.source import Source
from triage.store.cached import named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ("Client", "Partial", "Range", "Workers", "combine", "partition", "ranges", "read")

_RANGE_BYTES: Final = 64 << 20
# So many ranges are begun ahead of the file that is combined, or one file: what is not fetched yet lies with workers.
_AHEAD: Final = 64
_STEP: Final = 1 << 20
_BOM: Final = b"\xef\xbb\xbf"


class Client(Protocol):
    """What of a Dask client is used; anything with these two methods will do."""

    def map(self, function: Callable[[Range], Partial], units: list[Range], /) -> Any:
        """Run the function on each, somewhere."""
        ...

    def gather(self, futures: Any, /) -> Any:
        """The results, in their order."""
        ...


class Range(NamedTuple):
    """The lines of a file that begin in a range of its bytes."""

    address: str
    start: int
    stop: int
    line_bytes: int
    last: bool = True


class Partial(NamedTuple):
    """What was read of a range: tables with the events' numbers, how many of these, lines, and what to say of it.

    Nothing in it tells which file it is of: see `triage.store.cached.named`.
    """

    tables: dict[str, pa.Table]
    numbers: int
    lines: int
    events: int
    lost: int
    reasons: tuple[str, ...]


class Workers:
    """A client that is busy with the next files while one is combined.

    Parameters
    ----------
    client
        Who runs `partition`.
    coming
        Address and size of each file that will be asked for, in that order; taken as far as there is work to give.
    line_bytes
        See `Limits.line_bytes`.
    """

    def __init__(self, client: Client, coming: Iterator[tuple[str, int]], line_bytes: int) -> None:
        self._client, self._coming, self._line_bytes = client, coming, line_bytes
        self._begun: dict[tuple[str, int], tuple[Any, int]] = {}

    def partials(self, address: str, size: int) -> Iterable[Partial]:
        """What was read of each range of a file, in their order."""
        while sum(count for _, count in self._begun.values()) < _AHEAD and (file := next(self._coming, None)):
            self._begin(*file)
        if (address, size) not in self._begun:
            self._begin(address, size)
        futures, _ = self._begun.pop((address, size))
        gathered: Iterable[Partial] = self._client.gather(futures)
        return gathered

    def _begin(self, address: str, size: int) -> None:
        units = ranges(address, size, self._line_bytes)
        self._begun[address, size] = (self._client.map(partition, units), len(units))


def ranges(address: str, size: int, line_bytes: int, *, step: int | None = None) -> list[Range]:
    """A file of that size in ranges of `step` bytes, 64 MiB if not given.

    Examples
    --------
    >>> [(unit.start, unit.stop) for unit in ranges("a.ndjson", 10, 100, step=4)]
    [(0, 4), (4, 8), (8, 10)]
    """
    step = step or _RANGE_BYTES
    starts = range(0, size, step)
    return [Range(address, at, min(at + step, size), line_bytes, at + step >= size) for at in starts]


def partition(unit: Range) -> Partial:
    """Read the lines of a range; those that begin in it, up to their ends."""
    base, data = _lines(unit)
    # within a file the mark that begins one is nothing to be taken off
    led = base > 0 and data.startswith(_BOM)
    if led:
        base, data = base - 1, b"\n" + data
    records = Records()
    limits = Limits(line_bytes=unit.line_bytes)
    context = Context(records=records, limits=limits, read=lambda _: None, bulk_bytes=0)
    source = Source(context, unit.address, data=data, place=("", 1))
    lines = EventLines(source, base=base)
    if data:
        lines.read()
    tables, numbers = records.partial()
    count = data.count(b"\n") + (not data.endswith(b"\n")) - led if data else 0
    quarantine = _moved_lines(tables["quarantine"], -int(led))
    reasons = tuple(source.told()["reasons"])
    return Partial(tables | {"quarantine": quarantine}, numbers, count, lines.events, lines.lost, reasons)


def combine(one: Partial, other: Partial) -> Partial:
    """What was read of two ranges, the second behind the first; each distinct stack once.

    Examples
    --------
    >>> import os
    >>> nothing = partition(Range(os.devnull, 0, 0, 100))
    >>> combine(nothing, combine(nothing, nothing)).events
    0
    """
    tables = {}
    for name, first in one.tables.items():
        second = other.tables[name]
        if name == "frames":
            known = first["stack_key"].unique()
            second = second.filter(pc.invert(pc.is_in(second["stack_key"], value_set=known)))
        elif name == "quarantine":
            second = _moved_lines(second, one.lines)
        elif "_event" in first.column_names:
            at = second.schema.get_field_index("_event")
            second = second.set_column(at, second.schema.field(at), pc.add(second["_event"], one.numbers))
        tables[name] = pa.concat_tables([first, second])
    lines = one.lines + other.lines
    reasons = tuple(dict.fromkeys((*one.reasons, *other.reasons)))
    sums = (one.numbers + other.numbers, lines, one.events + other.events, one.lost + other.lost)
    return Partial(tables, *sums, reasons)


def read(source: Source, address: str, size: int, workers: Workers) -> None:
    """Read a file of lines in partitions into the records of its source."""
    whole = reduce(combine, workers.partials(address, size))
    source.records.absorb(named(whole.tables, source.source_id), source.records.reserve(whole.numbers))
    source.role, source.media = "events", "application/x-ndjson"
    for reason in whole.reasons:
        source.note(reason)
    if whole.tables["quarantine"].num_rows:
        source.parse_status = "partial"
    describe(source, whole.events, whole.lost)


def _moved_lines(quarantine: pa.Table, by: int) -> pa.Table:
    """The places with their line numbers moved."""
    at = quarantine.schema.get_field_index("line")
    field = quarantine.schema.field(at)
    moved = pc.add(quarantine["line"], by)
    return quarantine.set_column(at, field, moved)


def _lines(unit: Range) -> tuple[int, bytes]:
    """Where the first line that begins in the range lies, and the bytes from there to the end of the last one."""
    with _opened(unit.address) as file:
        start = _behind_line(file, unit.start - 1) if unit.start else 0
        if start >= unit.stop:
            return start, b""
        end = unit.stop if unit.last else _behind_line(file, unit.stop - 1)
        file.seek(start)
        return start, file.read(end - start)


def _behind_line(file: BinaryIO, place: int) -> int:
    """Where the line ends that holds a place, its end included."""
    file.seek(place)
    while chunk := file.read(_STEP):
        at = chunk.find(b"\n")
        if at >= 0:
            return place + at + 1
        place += len(chunk)
    return place


def _opened(address: str) -> BinaryIO:
    """A file by its path, or by an address that fsspec knows.

    Raises
    ------
    TriageError
        The extra `remote` is not installed.
    """
    if "://" not in address:
        return Path(address).open("rb")
    from triage.sources.remote import opened

    return opened(address)

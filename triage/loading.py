"""From inputs to tables: open, detect, read, finish; and back from a place to its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from triage import formats
from triage.errors import LimitError, SourceError
from triage.formats import trace_text
from triage.formats.head import Head
from triage.records import Records
from triage.sources import archives
from triage.sources.context import BULK_BYTES, Context
from triage.sources.inputs import Inputs
from triage.sources.limits import Limits
from triage.sources.source import OverLimitError, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import tzinfo

    import pyarrow as pa

    from triage.formats import Detection, Format
    from triage.store.cache import Cache
    from triage.store.files import EventFiles
    from triage.store.partitions import Client
    from triage.store.spill import Spill
    from triage.symbols.folder import SymbolFolder

__all__ = ("detections", "read_back", "read_tables")

_EVENTS: Final = "debugbundle-events"


def read_tables(inputs: Inputs, *, limits: Limits, cache: Cache | None = None, **more: Any) -> dict[str, pa.Table]:
    """Read every input into the tables of the schema; the options are those of `read_into`."""
    records = Records(spill=_spill(limits, cache))
    read_into(records, inputs, limits=limits, cache=cache, **more)
    return records.finish()


def read_into(  # noqa: PLR0913 - what is shared by all sources of one reading
    records: Records,
    inputs: Inputs,
    *,
    reader: Format | None = None,
    limits: Limits,
    strict: bool = False,
    progress: Callable[[str, int], None] | None = None,
    symbols: SymbolFolder | None = None,
    bulk_bytes: int | None = BULK_BYTES,
    cache: Cache | None = None,
    client: Client | None = None,
    zone: tzinfo | None = None,
) -> None:
    """Read every input into records; files from `bulk_bytes` on in batches, see `triage.store`."""
    dispatch = _Dispatch(reader=reader, single=inputs.single, strict=strict, progress=progress)
    context = Context(
        records=records,
        limits=limits,
        read=dispatch,
        symbols=symbols,
        bulk_bytes=bulk_bytes,
        cache=cache,
        zone=zone,
    )
    if client is not None:
        from triage.store.partitions import Workers

        context.workers = Workers(client, _coming(inputs, context, reader), limits.line_bytes)
    many = _Folders(context, dispatch)
    if bulk_bytes is not None and reader is None:
        context.many = many.read
    for source in inputs.walk(context):
        dispatch(source)
        records.rest()
    many.settle()


def _coming(inputs: Inputs, context: Context, reader: Format | None) -> Iterator[tuple[str, int]]:
    """The event files of an input that will be read in partitions; of each no more than its head is looked at."""
    from triage.store import cached

    glance = Context(
        records=Records(),
        limits=context.limits,
        read=lambda _: None,
        bulk_bytes=context.bulk_bytes,
        many=lambda *_: iter(()),
    )
    for source in inputs.walk(glance):
        if source.bulky and source.parse_status is None and (parted := cached.to_be_parted(source, context.cache)):
            ranked = formats.rank(_head(source)) if reader is None else [(None, reader)]
            if ranked and ranked[0][1].NAME == _EVENTS:
                yield parted


def _spill(limits: Limits, cache: Cache | None) -> Spill:
    """Where tables go that outgrow memory."""
    from triage.store.spill import Spill, default_bytes

    most = default_bytes() if limits.memory_bytes is None else limits.memory_bytes
    return Spill(most, None if cache is None else cache.folder.parent)


class _Folders:
    """Folders of event files, read together by `triage.store.files`, which is imported for the first."""

    def __init__(self, context: Context, dispatch: _Dispatch) -> None:
        self._given = context, dispatch
        self._files: EventFiles | None = None

    def read(self, *folder: Any) -> Iterator[Source]:
        """Read one; gives the files that must be read by themselves."""
        if self._files is None:
            from triage.store.files import EventFiles

            self._files = EventFiles(*self._given)
        return self._files.read(*folder)

    def settle(self) -> None:
        """Append what was read last."""
        if self._files is not None:
            self._files.settle()


@dataclass(slots=True)
class _Dispatch:
    """Reads a source by the surest reader, a container by its members."""

    reader: Format | None
    single: bool
    strict: bool
    progress: Callable[[str, int], None] | None = None
    total: int = 0

    def __call__(self, source: Source) -> None:
        try:
            if source.parse_status is None and not archives.read(source):
                _read_document(source, self.reader)
            source.drain()
        except OverLimitError as error:
            if self.strict or (self.single and source.depth == 0):
                raise LimitError(f"{source.path}: {error}") from None
            source.parse_status = "quarantined"
            source.note(str(error))
            source.quarantine(str(error), offset=0, length=source.size)
        source.close()
        if self.progress and source.depth == 0:
            self.total += source.size or 0
            self.progress(source.path, self.total)


def _head(source: Source) -> Head:
    return Head(source.head, path=source.path, size=source.size, encoding=source.encoding)


def _read_document(source: Source, reader: Format | None) -> None:
    """Read by the named reader, else by the surest; what nobody knows is a row that says so."""
    if reader is None:
        head = _head(source)
        ranked = formats.rank(head)
        if not ranked:
            if head.is_text and not head.is_whole:
                trace_text.search(source)  # a log whose first trace stands behind its head
                return
            source.parse_status = "unknown"
            source.note("no reader recognises this content" if source.head else "empty file")
            return
        reader = ranked[0][1]
    if source.bulky and reader.NAME == _EVENTS:
        from triage.store import cached

        cached.read(source, reader, source.context.cache)
    else:
        reader.read(source)


def detections(what: Any) -> list[Detection]:
    """List which readers may read each file of an input."""
    found: list[Detection] = []
    shown: dict[str, str] = {}

    def look(source: Source) -> None:
        inside = shown.get(source.container_id or "")
        path = shown[source.source_id] = f"{inside}!/{source.path}" if inside else source.path
        try:
            if source.parse_status is None and not archives.read(source):
                for match, reader in formats.rank(_head(source)):
                    found.append(formats.Detection(path, reader.NAME, reader.TITLE, match.score, match.reason))
        except OverLimitError as error:
            source.note(str(error))
        source.close()

    context = Context(records=Records(), limits=Limits(), read=look)
    for source in Inputs(what).walk(context):
        look(source)
    return found


class _Found(Exception):  # noqa: N818 - not an error: it ends the walk
    """The place was reached."""


@dataclass(slots=True)
class _Retriever:
    """Walks down to one source and keeps a range of its bytes."""

    wanted: str
    ancestors: frozenset[str]
    offset: int
    length: int
    data: bytes = b""

    def __call__(self, source: Source) -> None:
        if source.source_id == self.wanted:
            self.data = source.piece(self.offset, self.length)
            raise _Found
        if source.source_id in self.ancestors and not archives.read(source):
            _read_document(source, None)
        source.close()


def read_back(inputs: Inputs, chain: tuple[str, ...], *, offset: int, length: int, limits: Limits) -> bytes:
    """Read a range of bytes of a file again; `chain` holds the source ids from the input down to the file.

    Raises
    ------
    SourceError
        The input is not there any more, or was a stream that cannot be read twice.
    """
    retriever = _Retriever(chain[-1], frozenset(chain[:-1]), offset, length)
    context = Context(records=Records(), limits=limits, read=retriever)
    try:
        for source in inputs.walk(context):
            retriever(source)
    except _Found:
        return retriever.data
    except OverLimitError as error:
        raise SourceError(f"the file cannot be read again: {error}") from None
    raise SourceError(
        "the file cannot be read again: its input has moved or was a stream; load it again from where it is"
    )

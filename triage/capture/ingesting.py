"""Logs into an event store: whatever `triage` reads, as DebugBundle's event files, streamed.

The readers are those of `triage.load`. They append to `Stream`, which lets go of an event as soon as the next ones
come: an event file is written each 2,000 events or 4 MiB. The cuts, the names and the ids hang on nothing but the log,
so that a log that is read again, after a kill or just so, gives the same files; the store then holds nothing twice.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from triage import formats
from triage.capture.envelopes import Event
from triage.capture.event_files import Written, folder_of
from triage.capture.event_writer import Names, Writer
from triage.errors import LimitError
from triage.formats import trace_text
from triage.formats.head import Head
from triage.formats.log_times import zone_named
from triage.records import Records, Trace, json_text
from triage.sources import archives
from triage.sources.context import Context
from triage.sources.inputs import Inputs
from triage.sources.limits import Limits
from triage.sources.source import OverLimitError, Source

if TYPE_CHECKING:
    from triage.formats import Format
    from triage.redact.redactor import Redactor

__all__ = ("Ingested", "ingest")

# So many events wait for what hangs on them.
_WAITING: Final = 256
# What DebugBundle makes of events and keeps in files of its own.
_MADE: Final = frozenset(("incident_state", "incident_bundle", "reproduction"))
_LIMITS: Final = Limits()


@dataclass(slots=True)
class Ingested:
    """What became of the logs.

    Attributes
    ----------
    files
        The event files, in the order in which they were on disk.
    events, lines, quarantined
        Events written; log lines that were read and are no events; pieces that could not be read.
    unread
        The files that no reader recognises, by their paths as `files` has them.
    left
        What DebugBundle had made of events, how many by `event_kind`: the states of incidents (`incident_state`),
        bundles (`incident_bundle`) and reproductions. They are no events, and event files have no place for them.
    """

    files: list[Written] = field(default_factory=list)
    events: int = 0
    lines: int = 0
    quarantined: int = 0
    unread: list[str] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)


def ingest(  # noqa: PLR0913 - by keyword, one for each thing that a log does not tell
    path: Any,
    store: str | os.PathLike[str],
    *,
    service: str | None = None,
    environment: str = "unknown",
    host: str | None = None,
    format: str | None = None,
    lines: bool = False,
    redact: bool = False,
    zone: str | None = None,
    limits: Limits = _LIMITS,
    told: Callable[[Written], None] | None = None,
) -> Ingested:
    """Read logs, or anything else that `triage.load` takes, into a DebugBundle-compatible store.

    `triage.load(store)` then tells of the same incidents as `triage.load(path)`; both together count each event twice.
    What is written is raw: it holds what the logs hold, secrets included, unless `redact` is set. An envelope of
    DebugBundle's own is written as it came; what DebugBundle made of it, such as which incidents are resolved, does not
    go along (see `Ingested.left`).

    Parameters
    ----------
    path
        As for `triage.load`.
    store
        The folder of the store, or of its events; made where there is none.
    service, environment
        What events are of whose log names none. Without a service that is the first word of the file's name in the
        store, and no service at all when `triage` reads it.
    host
        The machine that the logs are of. It is noted with each event as `log` / `host`, and makes equal lines of two
        machines two events, whichever way they come; without it equal lines of logs that are read in two calls are one
        event read twice. Envelopes of DebugBundle's own have ids of their own, and stay as they are.
    format
        Read by this reader instead of by detection.
    lines
        Write the lines that are no events too, as `log_event` of their level; those of errors make incidents.
    redact
        Mask secrets and personal data as `triage.redact.mask` does, file by file; in the names of the files too.
    zone
        What local times are of that name no zone, as Apache's all do: a name of the IANA database or an offset.
        Default: UTC.
    told
        Called with each file once it is on disk, name and all.

    Returns
    -------
    Ingested
        The files, and how much they hold.

    Raises
    ------
    SourceError
        There is nothing at the path, or the store cannot be written.
    TriageError
        There is no such zone.
    LimitError
        A single input is over one of the limits.

    Examples
    --------
    >>> import tempfile, triage
    >>> log = b"2026-01-26 01:25:59 ERROR shop: no rate\\nTraceback (most recent call last):\\n" \\
    ...       b'  File "a.py", line 1, in f\\nValueError: x\\n'
    >>> with tempfile.TemporaryDirectory() as store:
    ...     done = ingest(log, store)
    ...     done.events, triage.load(store).incidents()["title"].tolist()
    (1, ['ValueError in f'])
    """
    inputs = Inputs(path)
    reader = formats.by_name(format) if format else None
    names = Names(service, environment, host)
    writer = Writer(folder_of(store), names, told=told, redactor=_redactor() if redact else None)
    records = Stream(writer, lines=lines)
    dispatch = _Dispatch(records, reader, single=inputs.single)
    # events are taken one by one, whole
    context = Context(records=records, limits=limits, read=dispatch, bulk_bytes=None, zone=zone_named(zone))
    for source in inputs.walk(context):
        dispatch(source)
        records.let_go()
        writer.flush()
    records.end()
    writer.flush()
    return Ingested(
        writer.files, writer.events, records.lines, records.quarantined, dispatch.unread, dict(records.left)
    )


def _redactor() -> Redactor:
    from triage.redact.redactor import Redactor

    return Redactor()


@dataclass(slots=True)
class _Dispatch:
    """Reads a source by the surest reader, a container by its members."""

    records: Stream
    reader: Format | None
    single: bool
    unread: list[str] = field(default_factory=list)

    def __call__(self, source: Source) -> None:
        self.records.path = source.path
        try:
            if source.parse_status is None and not archives.read(source):
                self._document(source)
            source.drain()
        except OverLimitError as error:
            if self.single and source.depth == 0:
                raise LimitError(f"{source.path}: {error}") from None
            source.quarantine(str(error), offset=0, length=source.size)
        source.close()

    def _document(self, source: Source) -> None:
        if self.reader is not None:
            self.reader.read(source)
            return
        head = Head(source.head, path=source.path, size=source.size, encoding=source.encoding)
        ranked = formats.rank(head)
        if ranked:
            ranked[0][1].read(source)
        elif head.is_text and not head.is_whole:
            trace_text.search(source)
        elif source.head:
            self.unread.append(source.path)


class Stream(Records):
    """Records that are let go of: an event is written once others have come after it."""

    def __init__(self, writer: Writer, *, lines: bool) -> None:
        super().__init__()
        self.path = ""
        self.lines = self.quarantined = 0
        self.left: Counter[str] = Counter()
        self._writer = writer
        self._with_lines = lines
        self._waiting: dict[int, Event] = {}
        self._own: tuple[dict[str, Any], bool] | None = None

    def envelope(self, item: dict[str, Any], *, is_strict: bool) -> None:
        """Keep the envelope that the next event is."""
        self._own = item, is_strict

    def event(self, **columns: Any) -> int:
        """Take an event; an older one goes."""
        number = self._events
        self._events += 1
        (own, is_strict), self._own = self._own or (None, True), None
        self._waiting[number] = Event(columns, path=self.path, own=own, is_strict=is_strict)
        if len(self._waiting) > 2 * _WAITING:
            self.let_go(_WAITING)
        return number

    def let_go(self, keep: int = 0) -> None:
        """Write the oldest events but so many; those whose parts lie in several files wait for the end."""
        ready = [number for number, event in self._waiting.items() if not event.is_draft]
        for number in ready[: len(ready) - keep] if keep else ready:
            event = self._waiting.pop(number)
            kind = event.columns.get("event_kind")
            if kind in _MADE:
                self.left[kind] += 1
            else:
                self._writer.add(event)

    def end(self) -> None:
        """Write everything."""
        for draft in self._drafts.values():
            columns, traces = draft.row()
            if columns or traces:
                event = self._of(draft.event)
                event.columns, event.is_draft = columns, False
                event.traces += traces
        self._drafts.clear()
        self._waiting = {number: event for number, event in self._waiting.items() if not event.is_draft}
        self.let_go()

    def _of(self, number: int) -> Event:
        """The event of a number; one that is not there yet is a draft."""
        return self._waiting.setdefault(number, Event({}, path=self.path, is_draft=True))

    def stacks(self, event: int, traces: Iterable[Trace]) -> None:
        """Add stacks to an event."""
        self._of(event).traces.extend(traces)

    def annotation(self, event: int | None, scope: str, key: str, value: Any) -> None:
        """Add an annotation to an event."""
        if event is not None and value is not None:
            text = value if isinstance(value, str) else json_text(value)
            self._of(event).annotations.append((scope, key, text))

    def log(self, event: int | None = None, **columns: Any) -> None:
        """Count a line; make it an event where that is wanted."""
        if event is not None:
            return
        if not self._with_lines:
            self.lines += 1
            return
        level = columns.get("level") or "info"
        signal = level in {"error", "fatal"}
        number = self.event(
            source_id=columns.get("source_id"),
            offset=columns.get("offset"),
            format="log",
            event_class="incident_signal" if signal else "context",
            event_kind="log",
            ts=columns.get("ts"),
            level=level,
            error_value=columns.get("message"),
        )
        self.annotation(number, "log", "logger", columns.get("logger"))
        self.annotation(number, "log", "thread", columns.get("thread"))

    def quarantine(self, *, source_id: str, reason: str, **columns: Any) -> None:  # noqa: ARG002
        """Count a piece that could not be read."""
        self.quarantined += 1

    def metric(self, event: int | None = None, **columns: Any) -> None:
        """An envelope has no place for it."""

    def module(self, event: int | None = None, **columns: Any) -> None:
        """An envelope has no place for it."""

    def feedback(self, event: int | None = None, **columns: Any) -> None:
        """An envelope has no place for it."""

    def file(self, *, order: int, **columns: Any) -> None:
        """The store does not list its logs."""

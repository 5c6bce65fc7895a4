"""A log as rows: its records become rows of `logs`, the stack traces among its lines events.

A record is a line with a head, of whichever form (`log_line`), and the lines below it that have none.
Traces are found by the trace modules in the whole text, as in any other; each takes its lines out of the record that
introduces it and gets the time, the level, the logger and the thread of that. The level of the line holds where it is
a warning or worse; a trace in a warning is context, as a warning is. What ended the program stays fatal.

Lines of JSON that are damaged go to quarantine one by one, and so do lines before the first head but in the logs of
programs, which begin as they like. Everything streams: no more lines are held than a trace may reach back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from triage.formats import log_line, log_times
from triage.formats.held_text import report as held_report
from triage.formats.log_heads import Said, level_of
from triage.formats.log_rows import HELD_BY_DOCKER, WRAPPED, Record, Row, seen, unwrapped
from triage.formats.trace_text import add
from triage.formats.traces.go_head import thrown
from triage.formats.traces.go_parse import RAISED
from triage.formats.traces.prefixes import docker, same, split
from triage.formats.traces.scanning import Found, along
from triage.records import json_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from triage.formats.php_entries import Entries
    from triage.formats.traces.reports import Report
    from triage.sources.source import Source

__all__ = ("Reading", "source_of")

# The last records of so many programs are remembered.
_PROGRAMS: Final = 64
# What a report in a field says beside its error.
_REPORTED: Final = (
    "signal", "handled", "error_code", "error_code_name", "fault_address", "release", "os_name", "os_version",
)  # fmt: skip
# What a file that was cut while it was written, or put together of others, has before a line.
_NULS: Final = "\0\ufeff"
_LOST: Final = frozenset(_NULS)
_GRAVE: Final = frozenset({"warning", "error", "fatal"})


class Reading:
    """Reads one log.

    Parameters
    ----------
    source
        Where the lines come from and the rows go to.
    name
        The format that the rows of `events` tell.
    php
        Where PHP's own messages go, which are events of their own.
    preamble
        Whether text before the first record is one too, as programs print when they start; else it is quarantined.
    """

    def __init__(
        self,
        source: Source,
        name: str,
        php: type[Entries] | None = None,
        *,
        preamble: bool = False,
    ) -> None:
        self.source = source
        self.name = name
        self.dated = log_times.named_date(source.path)
        self.records = self.events = self.lost = 0
        self._numbered = source.encoding == "utf-8"
        self._preamble = preamble
        self._rows: deque[Row] = deque()
        self._php = php(self) if php else None
        self._current: Record | None = None
        self._told: dict[tuple[str | None, ...], Record] = {}
        self._order = log_times.Order()

    def read(self, rows: Iterable[Row] | None = None) -> None:
        """Read to the end and say what was found; `rows`, numbered from 1, are read in place of the file's lines."""
        source = self.source
        for item in along(self._lines(self._own() if rows is None else rows), source.size):
            if isinstance(item, int):
                self._settle(item)
            else:
                self._settle(item.first - 1)
                self._report(item)
        self._settle(None)
        self._close()
        if self._php:
            self._php.close()
        self.tell()

    def tell(self) -> None:
        """Say of the file what was found."""
        source = self.source
        source.role = source.role or "log"
        source.media = source.media or "text/plain"
        told = [f"{self.records:,} record{'s' * (self.records != 1)}"]
        told += [f"{self.events:,} event{'s' * (self.events != 1)}"] if self.events else []
        source.description = f"log: {', '.join(told)}"
        if self.lost:
            source.parse_status = "partial"
            source.note(f"{self.lost:,} line{'s are' if self.lost > 1 else ' is'} in quarantine")

    def take(self, said: Said, offset: int, end: int) -> None:
        """Append a record that is no line, which lies between two places, and the error that it holds."""
        self._heard(said)
        record = Record(said, Row(0, offset, "", said, None))
        if said.stack or said.error_type:
            self._held(record, end)
        self.append(record)

    def _lines(self, rows: Iterable[Row]) -> Iterator[tuple[int, str]]:
        """The lines for the trace modules; a record that is one object of JSON is none of theirs."""
        for row in rows:
            if row.said is not None:
                self._heard(row.said)
            self._rows.append(row)
            row.line = seen(row)
            yield row.offset, row.line

    def _own(self) -> Iterator[Row]:
        """The lines of the file."""
        end = -1
        for number, (place, line) in enumerate(self.source.text_lines(), 1):
            offset, text = place, line
            # an overlong line is left out by the source: from there on the numbers are not known
            self._numbered = self._numbered and not 0 <= end < offset - 2
            end = offset + len(text if text.isascii() else text.encode()) if "\ufffd" not in text else -1
            if text[:1] in _LOST:
                offset, text = self._cut(number, offset, text)
            said = log_line.read(text)
            damage = said if isinstance(said, str) else None
            yield Row(number, offset, text, None if isinstance(said, str) else said, damage)

    def _heard(self, said: Said) -> None:
        """Note where the head stands in the order of the log, in which events are not told: a trace ends later."""
        zone = self.source.context.zone_of(self.source)
        # Clocks change in zones only; the end of a stamp, with the year of some behind it, names one.
        ending = (said.time or "")[-8:]
        if zone is not None or ending.upper() != ending.lower():
            said.again = self._order.again(log_times.placed(said.moment(self.dated), zone))

    def _moment(self, said: Said) -> log_times.Moment:
        """When a record was written."""
        moment = log_times.here(said.moment(self.dated), self.source)
        return moment._replace(micros=moment.again) if said.again else moment

    def _cut(self, number: int, offset: int, text: str) -> tuple[int, str]:
        """A line and its place without what was lost before it, which goes to quarantine."""
        rest = text.lstrip(_NULS)
        size = len(text[: len(text) - len(rest)].encode())
        self.lost += 1
        reason = (
            "NUL bytes before the text of a line" if "\0" in text[:size] else "a byte order mark inside of the file"
        )
        self.source.quarantine(reason, offset=offset, length=size, line=number if self._numbered else None)
        return offset + size, rest

    def _settle(self, end: int | None) -> None:
        """Read the lines before a number, counted from 0, that no trace takes any more; all without one."""
        rows = self._rows
        while rows and (end is None or rows[0].number <= end):
            row = rows.popleft()
            self._line(row, self._end() if row.end is None else row.end)

    def _end(self) -> int:
        """Where the line ends that waits no more, its newline included."""
        if self._rows:
            return self._rows[0].offset
        return self.source.size if self.source.size is not None else self.source.taken

    def _line(self, row: Row, end: int) -> None:
        """One line that is of no trace; `end` is where the next one begins."""
        held = row.text.startswith(HELD_BY_DOCKER)
        if self._php and (held or row.said or row.text[:1] != "{") and self._php.take(row, end):
            self._close()
        elif row.text[:1] == "{" and row.said is None and (self._current is None or self._current.row.text[:1] == "{"):
            if held and (inner := docker(row.text)).stream:
                self._bare(row, inner.text, end)
            else:
                self._quarantine(row, end, row.damage or "JSON that is no record of a log")
        elif row.said is not None:
            self._close()
            self._current = Record(row.said, row)
            if row.said.program is not None:
                self._told.pop(row.said.program, None)
                self._told[row.said.program] = self._current
                if len(self._told) > _PROGRAMS:
                    del self._told[next(iter(self._told))]
            if row.said.stack or row.said.error_type:
                self._held(self._current, end)
        else:
            self._bare(row, row.text, end)

    def _bare(self, row: Row, text: str, end: int) -> None:
        """A line without a head; before the first one it is what a program prints at its start, or none of the log."""
        if self._current is not None:
            self._continued(self._current, text)
        elif not text.strip():
            return
        elif self._preamble:
            self._current = Record(Said(text), row)
        else:
            self._quarantine(row, end, "text before the first record of the log")

    def _continued(self, record: Record, text: str) -> None:
        """A line below a head; `java.util.logging` has the level there."""
        said = record.said
        if not said.message and not said.level and not record.below:
            word, colon, rest = text.partition(": ")
            if colon and (level := level_of(word)):
                said.level, said.message = level, rest
                return
        record.add(unwrapped(text)[1])

    def _quarantine(self, row: Row, end: int, reason: str) -> None:
        """A line that cannot be read."""
        self.lost += 1
        number = row.number if self._numbered else None
        self.source.quarantine(reason, offset=row.offset, length=max(end - row.offset, 0), line=number)

    def _report(self, found: Found) -> None:
        """A trace, the lines of which are the next that wait."""
        rows = [self._rows.popleft() for _ in range(min(found.last - found.first + 1, len(self._rows)))]
        first, ends = rows[0], [row.offset for row in rows[1:]] + [self._end()]
        if first.end is not None:
            ends = [row.end or 0 for row in rows]
            found = found._replace(offset=min(row.offset for row in rows), end_offset=max(ends))
        if self._php and self._php.owns(first, found):
            for row, end in zip(rows, ends, strict=True):
                self._line(row, end)
            return
        stream = split(first.line).stream
        if first.said is not None:
            self._close()
            self._current = Record(first.said, first, self._introduced(first.said))
        elif self._current is not None and stream[:1] in WRAPPED and stream[1:2] != self._stream()[1:2]:
            self._close()
        if not self._rows:
            # the size of a stream is known at its end only
            found = found._replace(end_offset=max(found.end_offset, self._end()))
        event = add(self.source, found, **self.columns(self._current, found))
        self.annotate(event, self._current)
        self.events += 1
        if self._current is not None:
            self._current.event = event if self._current.event is None else self._current.event
        for row, end in zip(rows[1:], ends[1:], strict=True):
            # lines of others stand between those of the trace
            theirs = split(row.line).stream
            if not same(theirs, stream):
                self._line(row, end)

    def _introduced(self, said: Said) -> Record | None:
        """The record right before of the same program, where its logger wrote that one and not this line."""
        before = self._told.pop(said.program, None) if said.program else None
        return before if before is not None and before.said.inner and not said.inner else None

    def _stream(self) -> tuple[str, ...]:
        """Where the record came from that is open."""
        return split(self._current.row.line).stream if self._current is not None else ()

    def columns(self, record: Record | None, found: Found | None) -> dict[str, Any]:
        """What the record that introduces a trace says of it."""
        if record is None:
            return {}
        moment = self._moment(said := record.by.said if record.by is not None else record.said)
        columns: dict[str, Any] = {}
        own = found.report if found else None
        if moment.micros is not None and (own is None or own.ts is None):
            columns |= {"ts": moment.micros, "ts_source": source_of(moment)}
        if moment.note and "ts" in columns:
            columns["remarks"] = [moment.note]
        if said.service:
            columns["service"] = said.service
        if said.level in _GRAVE and (own is None or own.level != "fatal"):
            columns["level"] = said.level
            if said.level == "warning":
                columns["event_class"] = "context"
        return columns

    def annotate(self, event: int, record: Record | None) -> None:
        """Logger, thread and message of the record beside an event."""
        if record is not None:
            record = record.by or record
            annotation = self.source.records.annotation
            annotation(event, "log", "logger", record.said.logger)
            annotation(event, "log", "thread", record.said.thread)
            annotation(event, "log", "message", record.message or None)

    def _held(self, record: Record, end: int) -> None:
        """An error that a field of the record holds."""
        said, source = record.said, self.source
        report = _caught(held_report(said.stack)) if said.stack else None
        columns = self.columns(record, None)
        columns["notes"] = columns.pop("remarks", None)
        grave = said.level in {"error", "fatal", None}
        if report is None and not (said.error_type and grave):
            return
        columns = {
            "source_id": source.source_id,
            "offset": record.row.offset,
            "length": max(end - record.row.offset, 0),
            "format": self.name,
            "event_class": "incident_signal" if grave else "context",
            "event_kind": report.kind if report else "exception",
            "level": said.level or "error",
            "error_type": (report and report.error_type) or said.error_type,
            "error_value": (report and report.error_value) or said.error_value or said.message or None,
            "parse_status": "ok",
            **columns,
        }
        if report:
            columns |= {name: getattr(report, name) for name in _REPORTED}
            columns["platform"] = _language(report.traces)
        if columns.get("platform") == "go" and (panic := thrown(columns["error_value"])):
            columns |= {"event_kind": panic.kind, "error_type": panic.error_type, "error_value": panic.error_value}
            columns["signal"] = columns["signal"] or panic.signal
        elif columns.get("platform") == "go" and columns["event_kind"] == "exception" and said.error_value:
            columns["error_type"] = columns["error_type"] or "error"  # as where its text stands above the stack
        record.event = source.records.event(**columns)
        if report:
            source.records.stacks(record.event, report.traces)
        self.annotate(record.event, record)
        self.events += 1

    def _close(self) -> None:
        """Append the row of the record that has ended."""
        record, self._current = self._current, None
        if record is not None:
            self.append(record)

    def append(self, record: Record) -> None:
        """Append the row of a record."""
        said, moment = record.said, self._moment(record.said)
        fields = said.fields
        if moment.note:
            self.source.note(moment.note)
        if record.left:
            fields = {**(fields or {}), "lines.left_out": record.left}
        self.records += 1
        status = "partial" if record.left or (moment.micros is None and said.time) else "ok"
        self.source.records.log(
            self.source.event if record.event is None else record.event,
            source_id=self.source.source_id,
            offset=record.row.offset,
            ts=moment.micros,
            level=said.level,
            logger=said.logger,
            message=record.message,
            fields=json_text(fields) if fields else None,
            thread=said.thread,
            origin="log",
            parse_status="raw" if not said.time and not said.level and said.ts is None else status,
        )


def source_of(moment: log_times.Moment) -> str:
    """What `ts_source` says of a time of a line."""
    return "log line without zone" if moment.note and log_times.NO_ZONE in moment.note else "log line"


def _caught(report: Report | None) -> Report | None:
    """What a field holds; the stack of a goroutine that panicked tells of the panic, which the program caught."""
    if report is None or report.kind != "dump" or report.error_type:
        return report
    raised = any(frame.function == RAISED for trace in report.traces[:1] for frame in trace.frames)
    return replace(report, kind="exception", error_type="panic", handled=True) if raised else report


def _language(traces: tuple[Any, ...]) -> str | None:
    return next((frame.language for trace in traces for frame in trace.frames if frame.language), None)

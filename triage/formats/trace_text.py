"""Stack traces and crash reports in plain text: pasted alone, or among the lines of a log of any size.

Each module of `triage.formats.traces` is a format of its own (``java``, ``sanitizer``, ``gdb`` ...). Whichever is named
or detected first, all of them read the text, so that a log with traces of several languages gives every one; a module
that was asked for by `format=` reads alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from triage.formats import Match, traces
from triage.formats.log_times import NO_ZONE, Moment, here

if TYPE_CHECKING:
    from collections.abc import Iterable

    from triage.formats.head import Head
    from triage.formats.traces.scanning import Found
    from triage.sources.source import Source

__all__ = ("TraceReader", "add", "readers", "search")

# Below every format that knows more of its file; the module of the first report above those of later ones.
_FIRST, _LATER = 45, 35


class TraceReader:
    """One module of `triage.formats.traces` as a format."""

    def __init__(self, module: traces.TraceModule, *, alone: bool = False) -> None:
        self.NAME, self.TITLE = module.NAME, module.TITLE
        self._only = module.NAME if alone else None

    def sniff(self, head: Head) -> Match | None:
        """Whether a report of this kind stands in the head, and on which line."""
        for place, found in enumerate(head.reports):
            if found.module.NAME == self.NAME:
                return Match(_LATER if place else _FIRST, f"{self.TITLE}, line {found.first}")
        return None

    def read(self, source: Source) -> None:
        """Give an event for each report."""
        search(source, only=self._only)


def readers(*, alone: bool = False) -> dict[str, TraceReader]:
    """A reader for every trace module."""
    return {name: TraceReader(module, alone=alone) for name, module in traces.modules().items()}


def search(source: Source, *, only: str | None = None) -> None:
    """Give an event for each report in a text, wherever it stands; a text without any stays unknown."""
    from triage.formats.traces.scanning import scan

    count, names = 0, dict[str, None]()
    for found in scan(source.text_lines(), source.size, only=only):
        count += 1
        names[found.module.TITLE] = None
        add(source, found)
    if not count:
        source.parse_status = "unknown"
        source.note(
            "no reader recognises this content" if only is None else f"no trace of the format {only} is in here"
        )
        return
    source.role = "stack trace"
    source.description = f"{', '.join(list(names)[:5])} ({count:,} in all)" if count > 1 else next(iter(names))


def _placed(ts: int | None, notes: list[str], source: Source) -> int | None:
    """The time of a report, in the zone of its file where it names none; the notes say so."""
    if NO_ZONE not in notes:
        return ts
    moment = here(Moment(ts, NO_ZONE), source)
    notes[notes.index(NO_ZONE)] = moment.note or NO_ZONE
    return moment.micros


def add(source: Source, found: Found, *, remarks: Iterable[str] = (), **said: Any) -> int:
    """Append one report as rows and give its event; what a log says of it stands in the place of the report's own."""
    report, records = found.report, source.records
    has_frames = any(trace.frames for trace in report.traces)
    notes = [*report.notes, *remarks]
    if not report.complete:
        notes.append("the report is cut or damaged")
    local = found.local and said.get("ts") is None
    if local:
        notes.append(NO_ZONE)
    ts = _placed(found.ts, notes, source)
    columns = {
        "source_id": source.source_id,
        "offset": found.offset,
        "length": found.end_offset - found.offset,
        "format": found.module.NAME,
        "event_class": "incident_signal",
        "event_kind": report.kind,
        "ts": ts,
        "ts_source": None
        if ts is None
        else "report"
        if report.ts is not None
        else "log line without zone"
        if local and source.context.zone_of(source) is None
        else "log line",
        "level": report.level,
        "handled": report.handled,
        "platform": found.module.PLATFORM,
        "release": report.release,
        "os_name": report.os_name,
        "os_version": report.os_version,
        "arch": report.arch,
        "device": report.device,
        "error_type": report.error_type,
        "error_value": report.error_value,
        "error_code": report.error_code,
        "error_code_name": report.error_code_name,
        "signal": report.signal,
        "fault_address": report.fault_address,
        "thread_id": report.thread_id,
        "parse_status": "ok" if report.complete and (has_frames or report.error_type) else "partial",
        "notes": notes or None,
    }
    event = records.event(**columns | said)
    records.stacks(event, report.traces)
    facts = {
        "access": report.access,
        "access_size": report.access_size,
        "process_id": report.process_id,
        "process": report.process,
        **dict(report.facts),
        "lines": f"{found.first}-{found.last}",
    }
    for key, value in facts.items():
        records.annotation(event, "report", key, value)
    for module in report.modules:
        records.module(event, **module)
    return event

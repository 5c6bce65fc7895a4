"""Events of the Windows event log as XML: what Event Viewer exports, `wevtutil qe`, `Get-WinEvent` and `ToXml` print.

Facts: the documented schema of events. A document holds one event, some below each other, or `Events` around them, in
one line or many. Crashes and hangs (Application Error, Windows Error Reporting, Application Hang, .NET Runtime) become
events by the message in their rendering, else by the message that their data stand in for; all become rows of `logs`.
Nothing is resolved that XML could refer to: the text is looked through, never parsed as a document.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any, Final

from triage.formats import Match
from triage.formats.held_text import report as held_report
from triage.records import json_text
from triage.times import iso

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.formats.head import Head
    from triage.formats.traces.reports import Report
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "read", "sniff")

NAME: Final = "windows-events"
TITLE: Final = "Windows event log as XML"

_SCHEMA: Final = "schemas.microsoft.com/win/2004/08/events/event"
_OPEN: Final = re.compile(r"<Event(?=[\s>])[^<>]{0,400}>")
_DATA: Final = re.compile(r"<Data(?P<named>[^<>]{0,200}?)(?:/>|>(?P<text>[^<]*)</Data>)")
_NAMED: Final = re.compile(r"""Name=['"]([^'"]{1,100})['"]""")
# What Event Viewer copies: the message, and behind it the event as XML, which says it all.
_COPIED: Final = re.compile(
    r"[^:\n]{3,40}: {1,16}(?:Application|System|Setup|Security|Microsoft-Windows-[^\n]{1,100})\s*\n"
)
_LEVELS: Final = {"1": "fatal", "2": "error", "3": "warning", "4": "info", "5": "debug", "0": "info"}
# A longer event is none of those that tell of crashes.
_LONGEST: Final = 400_000
_ERROR: Final = (
    "Faulting application name: {0}, version: {1}, time stamp: 0x{2}",
    "Faulting module name: {3}, version: {4}, time stamp: 0x{5}",
    "Exception code: 0x{6}",
    "Fault offset: 0x{7}",
    "Faulting process id: 0x{8}",
    "Faulting application start time: 0x{9}",
    "Faulting application path: {10}",
    "Faulting module path: {11}",
    "Report Id: {12}",
)
_HANG: Final = (
    "The program {0} version {1} stopped interacting with Windows and was closed.", "Process ID: {2}",
    "Start Time: {3}", "Termination Time: {4}", "Application Path: {5}", "Report Id: {6}",
)  # fmt: skip


def sniff(head: Head) -> Match | None:
    """By the name space of the schema in an element `Event`.

    Examples
    --------
    >>> from triage.formats.head import Head
    >>> text = b"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System/></Event>"
    >>> sniff(Head(text)).score
    94
    """
    start = head.text.lstrip()
    if not head.is_text or _SCHEMA not in start or not (start[:1] == "<" or _COPIED.match(start)):
        return None
    return Match(94, "an element Event of the Windows event log")


def read(source: Source) -> None:
    """Read every event; one that is cut goes to quarantine."""
    source.role, source.media = "log", "application/xml"
    text = source.text()
    count = events = 0
    offset = place = 0
    for start, end in _events(text):
        # bytes are counted along the way
        offset += len(text[place:start].encode("utf-8", "replace"))
        place = start
        if end is None:
            source.parse_status = "partial"
            source.quarantine("an event without an end", offset=offset, length=None)
            break
        piece = text[start:end]
        length = len(piece.encode("utf-8", "replace"))
        count += 1
        events += _event(source, piece, offset, length)
    source.description = f"{TITLE}: {count:,} events, {events:,} of a crash or a hang"


def _events(text: str) -> Iterator[tuple[int, int | None]]:
    """Where each event begins and ends."""
    at = 0
    while (found := _OPEN.search(text, at)) is not None:
        end = text.find("</Event>", found.end())
        if end < 0:
            yield found.start(), None
            return
        yield found.start(), end + len("</Event>")
        at = end


def _event(source: Source, piece: str, offset: int, length: int) -> int:
    """Append one event as rows; the number of crashes."""
    piece = piece[:_LONGEST]
    provider, number = _attribute(piece, "Provider", "Name"), _element(piece, "EventID")
    when = _attribute(piece, "TimeCreated", "SystemTime")
    level = _LEVELS.get(_element(piece, "Level") or "")
    data = [
        (name[1] if (name := _NAMED.search(row["named"])) else None, html.unescape(row["text"] or "").strip())
        for row in _DATA.finditer(piece)
    ]
    rendered = _element(piece, "Message")
    message = rendered or _message(provider, [value for _, value in data])
    ts = iso(when) if when else None
    report = held_report(message) if message and level in {"fatal", "error", "info", "warning", None} else None
    event = None
    if report is not None:
        event = _row(source, report, (offset, length), {"ts": ts, "ts_source": "record" if ts is not None else None})
        annotation = source.records.annotation
        for key in ("Provider", "EventID", "Channel", "EventRecordID"):
            annotation(event, "log", key.lower(), provider if key == "Provider" else _element(piece, key))
    fields: dict[str, Any] = {name or str(at): value for at, (name, value) in enumerate(data) if value}
    source.records.log(
        event,
        source_id=source.source_id,
        offset=offset,
        ts=ts,
        level=level,
        logger=provider,
        message=message or f"event {number or '?'}",
        fields=json_text({"event_id": number, **fields}),
        origin="log",
        parse_status="ok" if when else "partial",
    )
    return event is not None


def _row(source: Source, report: Report, place: tuple[int, int], said: dict[str, Any]) -> int:
    """Append the event of a crash."""
    event = source.records.event(
        source_id=source.source_id,
        offset=place[0],
        length=place[1],
        format=NAME,
        event_class="incident_signal",
        event_kind=report.kind,
        level=report.level,
        handled=report.handled,
        platform=next((f.language for trace in report.traces for f in trace.frames if f.language), "native"),
        release=report.release,
        os_name="Windows",
        os_version=report.os_version,
        error_type=report.error_type,
        error_value=report.error_value,
        error_code=report.error_code,
        error_code_name=report.error_code_name,
        parse_status="ok",
        **said,
    )
    source.records.stacks(event, report.traces)
    facts = {"process": report.process, "process_id": report.process_id, **dict(report.facts)}
    for key, value in facts.items():
        source.records.annotation(event, "report", key, value)
    for module in report.modules:
        source.records.module(event, **module)
    return event


def _message(provider: str | None, data: list[str]) -> str | None:
    """The message that the data of an event stand in for."""
    if provider == "Application Error" and len(data) >= 8:
        bare = [value.removeprefix("0x") if at in {2, 5, 6, 7, 8, 9} else value for at, value in enumerate(data)]
        return _filled(_ERROR, bare)
    if provider == "Application Hang" and len(data) >= 2:
        return _filled(_HANG, data)
    if provider == "Windows Error Reporting" and len(data) >= 9:
        rows = [f"P{at}: {value}" for at, value in enumerate(data[5:15], 1)]
        head = [f"Fault bucket {data[0]}, type {data[1]}", f"Event Name: {data[2]}", "", "Problem signature:"]
        return "\n".join([*head, *rows])
    return "\n".join(value for value in data if value) or None


def _filled(rows: tuple[str, ...], data: list[str]) -> str:
    """The rows for which there are data, one line each."""
    flat = [" ".join(value.split()) for value in data]
    padded = [*flat, *[""] * 16]
    made = (row.format(*padded) for row in rows)
    return "\n".join(line for at, line in enumerate(made) if at == 0 or not line.endswith((": ", ": 0x")))


def _element(piece: str, name: str) -> str | None:
    """The text of the first element of a name."""
    found = re.search(rf"<{name}(?:\s[^<>]{{0,200}})?>([^<]*)</{name}>", piece)
    return html.unescape(found[1]).strip() or None if found else None


def _attribute(piece: str, name: str, key: str) -> str | None:
    """An attribute of the first element of a name."""
    found = re.search(rf"<{name}\s[^<>]{{0,400}}?\b{key}=(?:'([^'<>]{{0,300}})'|\"([^\"<>]{{0,300}})\")", piece)
    return html.unescape(found[1] or found[2] or "") or None if found else None

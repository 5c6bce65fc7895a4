"""OpenTelemetry: spans and log records as OTLP/JSON, and what console exporters print as JSON.

Facts: the OTLP/JSON mapping, the semantic conventions for exceptions, general knowledge of the file exporter of the
collector and of the console exporters of Python and Go. A file is one document, or documents one after another, each on
one line or on several. Layout::

    traces  {"resourceSpans": [{"resource", "scopeSpans": [{"scope", "spans": [span]}]}]}
    logs    {"resourceLogs": [{"resource", "scopeLogs": [{"scope", "logRecords": [record]}]}]}
    span    {"traceId", "spanId", "name", "startTimeUnixNano", "attributes", "status",
             "events": [{"name": "exception", "attributes"}]}
    record  {"timeUnixNano", "severityNumber", "body", "attributes", "traceId", ...}
    console span | record, with "resource" inside; "context" or "SpanContext" holds the ids

Each exception of a span or of a record is an event (an incident signal). A span that ended in an error without one is a
row of context. Log records are rows of `logs`; the other events of a span with an exception are too. Spans without an
error are counted, not stored. Words and wrappers are undone by `otel_parts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from triage.formats import Match
from triage.formats import otel_parts as parts
from triage.formats.held_text import report as held_report
from triage.formats.sentry_json import decode, flatten, text
from triage.records import Trace, json_text
from triage.sources.source import HEAD_BYTES

if TYPE_CHECKING:
    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "read", "sniff")

NAME: Final = "otel"
TITLE: Final = "OpenTelemetry spans or logs (OTLP or console JSON)"

_ROOTS: Final = frozenset(("resourcespans", "resourcelogs", "resourcemetrics"))
_BRACKET: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[{}\[\]]')
_LONGEST: Final = 64_000
_SPAN_SIGNS: Final = frozenset(
    ("context", "spancontext", "parentid", "starttime", "endtime", "spanid", "starttimeunixnano")
)
_LOG_SIGNS: Final = frozenset(("severitynumber", "severitytext", "body", "observedtimestamp", "observedtimeunixnano"))
_STACK: Final = "exception.stacktrace"
_ELIXIR: Final = "Elixir."


def sniff(head: Head) -> Match | None:
    """By the roots of OTLP, or the keys of a span or a record that an exporter printed."""
    if head.text.lstrip()[:1] not in {"{", "["}:
        return None
    keys = {key.replace("_", "").lower() for key in head.keys}
    if keys & _ROOTS:
        return Match(95, f"JSON with {min(keys & _ROOTS)} of OTLP")
    if "resource" in keys and ("status" in keys or "events" in keys) and len(keys & _SPAN_SIGNS) >= 2:
        return Match(88, "JSON of a span that an exporter printed")
    if len(keys & _LOG_SIGNS) >= 2 and keys & {"resource", "traceid", "spanid", "attributes"}:
        return Match(80, "JSON of a log record of OpenTelemetry")
    return None


def read(source: Source) -> None:
    """Read every document of the file."""
    reading = _Reading(source)
    for offset, length, data in _documents(source):
        decoded = decode(data)
        if decoded.problem:
            source.note(decoded.problem)
            if not decoded.whole:
                source.parse_status = "partial"
                source.quarantine(f"document: {decoded.problem}", offset=offset, length=length)
        status = "ok" if not decoded.problem else "repaired" if decoded.whole else "partial"
        for document in decoded.value if isinstance(decoded.value, list) else [decoded.value]:
            reading.document(document, {"offset": offset, "length": length, "parse_status": status})
    reading.finish()


def _documents(source: Source) -> Iterator[tuple[int, int, bytes]]:
    """Offset, length and bytes of each JSON document; lines between two that are no JSON are left out."""
    held: list[bytes] = []
    start = depth = size = skipped = 0
    for offset, line in _lines(source):
        if not depth and line.lstrip()[:1] not in {b"{", b"["}:
            skipped += bool(line.strip())
            continue
        if not depth:
            held, start, size = [], offset, 0
        held.append(line)
        size += len(line) + 1
        depth = _depth(line, depth)
        if size > source.limits.document_bytes:
            source.quarantine("a document is over the limit document_bytes", offset=start, length=size)
            held, depth = [], 0
        elif not depth and held:
            yield start, size, b"\n".join(held)
            held = []
    if held:
        yield start, size, b"\n".join(held)
    if skipped:
        source.note(f"{skipped:,} lines between the documents are no JSON")


def _lines(source: Source) -> Iterator[tuple[int, bytes]]:
    """The lines; a document on one line may be longer than the line of a log may."""
    head = source.head
    is_short = len(head) < HEAD_BYTES or b"\n" in head or (source.size or 0) <= source.limits.line_bytes
    if is_short or source.encoding != "utf-8":
        yield from source.lines()
    else:
        offset = 0
        for line in bytes(source.data()).split(b"\n"):
            yield offset, line.removeprefix(b"\xef\xbb\xbf") if not offset else line
            offset += len(line) + 1


def _depth(line: bytes, depth: int) -> int:
    """How many brackets are open behind a line."""
    for token in _BRACKET.finditer(line):
        mark = token.group()
        depth += (mark in {b"{", b"["}) - (mark in {b"}", b"]"})
        if depth <= 0 and mark[:1] != b'"':
            depth = 0
    return depth


class _Reading:
    """The reading of one file: every span and record of its documents."""

    def __init__(self, source: Source) -> None:
        self.source, self.records = source, source.records
        self.spans = self.errors = self.exceptions = self.logs = self.metrics = self.others = 0

    def document(self, document: Any, place: dict[str, Any]) -> None:
        """One document: OTLP, or a span or a record by itself."""
        held = parts.same(document)
        if not held:
            self.others += 1
            return
        if held.keys() & _ROOTS:
            for root, scopes, items, read_one in (
                ("resourcespans", ("scopespans", "instrumentationlibraryspans"), "spans", self._span),
                ("resourcelogs", ("scopelogs", "instrumentationlibrarylogs"), "logrecords", self._record),
            ):
                for resource, scope, item in _items(held.get(root), scopes, items):
                    read_one(parts.same(item), resource, scope, place)
            self.metrics += len(held["resourcemetrics"]) if isinstance(held.get("resourcemetrics"), list) else 0
            return
        resource = parts.attributes(held.get("resource"))
        scope = parts.same(held.get("instrumentationscope") or held.get("instrumentationlibrary") or held.get("scope"))
        if held.keys() & _LOG_SIGNS and "endtime" not in held:
            self._record(held, resource, scope, place)
        elif "name" in held and held.keys() & _SPAN_SIGNS:
            self._span(held, resource, scope, place)
        else:
            self.others += 1

    def _span(
        self, span: dict[str, Any], resource: dict[str, Any], scope: dict[str, Any], place: dict[str, Any]
    ) -> None:
        """A span: a row for each exception, or one where it ended in an error without any."""
        self.spans += 1
        held = span.get("events")
        events = [parts.same(event) for event in held] if isinstance(held, list) else []
        status = parts.same(span.get("status"))
        failed = _failed(status)
        own = parts.attributes(span.get("attributes"))
        raised = [event for event in events if _is_exception(event)]
        if not raised and not failed:
            return
        start = parts.moment(span.get("starttimeunixnano") or span.get("starttime"))
        end = parts.moment(span.get("endtimeunixnano") or span.get("endtime"))
        ids = parts.same(span.get("context") or span.get("spancontext"))
        facts = {
            "span_id": parts.identity(span.get("spanid") or ids.get("spanid")),
            "parent_span_id": parts.identity(span.get("parentspanid") or span.get("parentid") or _parent(span)),
            "name": text(span.get("name")),
            "kind": text(span.get("kind")) or text(span.get("spankind")),
            "scope": text(scope.get("name")),
            "status": text(status.get("message")) or text(status.get("description")),
        }
        columns = parts.columns(resource, own) | {
            "duration_ms": (end - start) / 1000 if start is not None and end is not None and end >= start else None,
            "trace_id": parts.identity(span.get("traceid") or ids.get("traceid")),
        }
        notes = {"span": facts, "attribute": own, "resource": resource}
        if not raised:
            self.errors += 1
            said = facts["status"] or text(own.get("error.type"))
            columns |= {"ts": end if end is not None else start, "error_value": said, "level": "error"}
            self._event(
                columns, place, notes, event_class="context", event_kind="span", error_type=text(own.get("error.type"))
            )
            return
        for event in raised:
            number = self._exception(columns, parts.attributes(event.get("attributes")), event, place, notes)
            for other in events:
                if not _is_exception(other):
                    self._crumb(number, other)

    def _exception(
        self,
        columns: dict[str, Any],
        said: dict[str, Any],
        event: dict[str, Any],
        place: dict[str, Any],
        notes: dict[str, dict[str, Any]],
    ) -> int:
        """One exception as an event."""
        self.exceptions += 1
        language = parts.language(notes["resource"])
        words, named = text(said.get(_STACK)) or "", text(said.get("exception.type"))
        if named and named.startswith(_ELIXIR):
            named = named.removeprefix(_ELIXIR)
            words = _headed(words, named, text(said.get("exception.message")))
        traces = (
            list(self.records.parsed(f"otel {language}", words, lambda text: _stacks(text, language))) if words else []
        )
        first = traces[0] if traces else Trace()
        value = text(said.get("exception.message"))
        traces[:1] = [replace(first, error_type=first.error_type or named, error_value=first.error_value or value)]
        escaped = said.get("exception.escaped")
        moment = parts.moment(event.get("timeunixnano") or event.get("timestamp") or event.get("time"))
        unread = bool(words) and not any(trace.frames for trace in traces)
        rest = {key: item for key, item in said.items() if key != _STACK or unread}
        number = self._event(
            columns | {"ts": moment if moment is not None else columns.get("ts")},
            place,
            notes | {"exception": rest},
            event_class="incident_signal",
            event_kind="exception",
            error_type=named or first.error_type,
            error_value=value or first.error_value,
            level=columns.get("level") or "error",
            handled=False if escaped is True or text(escaped) in {"true", "True"} else None,
            notes=["the stack is of no kind that is known"] if unread else None,
        )
        self.records.stacks(number, traces)
        return number

    def _event(
        self, columns: dict[str, Any], place: dict[str, Any], said: dict[str, dict[str, Any]], **more: Any
    ) -> int:
        """Write an event and its annotations."""
        merged = columns | place | more
        number = self.records.event(
            source_id=self.source.source_id,
            format=NAME,
            ts_source=None if merged.get("ts") is None else "event",
            **merged,
        )
        for scope, held in said.items():
            for path, leaf in flatten(parts.flat(held)):
                self.records.annotation(number, scope, path, leaf[:_LONGEST] if isinstance(leaf, str) else leaf)
        return number

    def _crumb(self, number: int, event: dict[str, Any]) -> None:
        """Another event of a span, as a row of `logs`."""
        said = parts.attributes(event.get("attributes"))
        self.records.log(
            number,
            source_id=self.source.source_id,
            ts=parts.moment(event.get("timeunixnano") or event.get("timestamp") or event.get("time")),
            message=text(event.get("name")),
            fields=json_text(said) if said else None,
            origin="span event",
            parse_status="ok",
        )

    def _record(
        self, record: dict[str, Any], resource: dict[str, Any], scope: dict[str, Any], place: dict[str, Any]
    ) -> None:
        """A log record; an event too where it tells of an exception."""
        self.logs += 1
        own = parts.attributes(record.get("attributes"))
        severity = parts.level(record.get("severitynumber"), record.get("severitytext"))
        ts = next(
            (
                moment
                for key in ("timeunixnano", "timestamp", "observedtimeunixnano", "observedtimestamp")
                if (moment := parts.moment(record.get(key))) is not None
            ),
            None,
        )
        body = parts.plain(record.get("body"))
        message = text(body) or (json_text(body) if body else None)
        number: int | None = None
        if any(key in own for key in ("exception.type", "exception.message", _STACK)):
            facts = {
                "span_id": parts.identity(record.get("spanid")),
                "scope": text(scope.get("name")),
                "body": message,
                "event": text(record.get("eventname")),
            }
            columns = parts.columns(resource, own) | {"ts": ts, "level": severity}
            columns["trace_id"] = parts.identity(record.get("traceid"))
            said = {key: item for key, item in own.items() if key.startswith("exception.")}
            rest = {key: item for key, item in own.items() if key not in said}
            notes = {"record": facts, "attribute": rest, "resource": resource}
            number = self._exception(columns, said, {}, place, notes)
        self.records.log(
            number,
            source_id=self.source.source_id,
            offset=place["offset"],
            ts=ts,
            level=severity,
            logger=text(scope.get("name")) or text(own.get("logger.name")),
            message=message,
            fields=json_text({key: item for key, item in own.items() if key != _STACK}) if own else None,
            thread=text(own.get("thread.name")) or text(own.get("thread.id")),
            origin="log",
            parse_status=place["parse_status"],
        )

    def finish(self) -> None:
        """Say what was in the file, and what of it has no rows."""
        source = self.source
        source.role = source.role or "telemetry"
        source.media = source.media or "application/json"
        counts = (
            (self.spans, "spans"),
            (self.exceptions, "exceptions"),
            (self.errors, "spans that failed without one"),
            (self.logs, "log records"),
        )
        source.description = "OpenTelemetry: " + (
            ", ".join(f"{count:,} {what}" for count, what in counts if count) or "nothing that has a row"
        )
        if self.metrics:
            source.note("metrics of OTLP are not read")
        if self.others:
            source.note(f"{self.others:,} documents are neither a span nor a log record")
        if not (self.spans or self.logs or self.metrics):
            source.parse_status = "partial"
            source.quarantine("no span and no log record", offset=0, length=source.size or 0)


def _items(value: Any, scopes: tuple[str, ...], items: str) -> Iterator[tuple[dict[str, Any], dict[str, Any], Any]]:
    """Resource, scope and item of everything under one root."""
    for block in value if isinstance(value, list) else []:
        held = parts.same(block)
        resource = parts.attributes(held.get("resource"))
        for group in next((held[name] for name in scopes if isinstance(held.get(name), list)), []):
            inner = parts.same(group)
            scope = parts.same(inner.get("scope") or inner.get("instrumentationlibrary"))
            for item in inner.get(items) or () if isinstance(inner.get(items), list) else ():
                yield resource, scope, item


def _is_exception(event: dict[str, Any]) -> bool:
    """Whether an event of a span is an exception."""
    if text(event.get("name")) == "exception":
        return True
    return "exception.type" in parts.attributes(event.get("attributes"))


def _failed(status: dict[str, Any]) -> bool:
    """Whether the status of a span says that it ended in an error."""
    code = status.get("code", status.get("statuscode"))
    return code == 2 or (text(code) or "").rpartition(".")[2].upper() in {"ERROR", "STATUS_CODE_ERROR", "2"}


def _parent(span: dict[str, Any]) -> Any:
    """The id of the parent as Go's exporter writes it."""
    return parts.same(span.get("parent")).get("spanid")


def _headed(words: str, named: str, value: str | None) -> str:
    """The frames of Elixir below the line that its runtime prints above them."""
    return words if "** (" in words or not words.strip() else f"** ({named}) {value or ''}\n{words}"


def _stacks(words: str, language: str | None) -> tuple[Trace, ...]:
    """The stacks of a text."""
    found = held_report(words, language=language)
    return found.traces if found else ()

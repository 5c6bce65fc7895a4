"""The small items of a Sentry envelope: sessions, client reports, structured logs and metrics.

Facts: Sentry's session, client report, log and metric protocols. A session is a context event (``event_kind``
session), also where its status is crashed: the crash itself is the event beside it, linked by `session_id`. A client
report is an operational event; `suppressed_count` is the sum of what the client says it discarded. Log items become
`logs`, metric items `metrics`; they hang on the event of their envelope where there is one. The user's id of a
session (``did``) is hashed for `user_hash`, and stays readable among the annotations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from triage.columns import real
from triage.formats.sentry_event import digest
from triage.formats.sentry_json import decode, event_id, flatten, items, level, mapping, moment, number, text
from triage.records import json_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from triage.sources.source import Source

__all__ = ("READERS", "object_of", "session_id")

_OF_SESSION: Final = frozenset({"sid", "started", "duration", "timestamp"})
_KINDS: Final = frozenset({"counter", "gauge", "histogram", "summary"})


def object_of(member: Source) -> dict[str, Any]:
    """The JSON object that an item holds, empty where it holds none; says of the member what was wrong."""
    decoded = decode(member.data())
    if decoded.problem or not isinstance(decoded.value, dict):
        problem = decoded.problem or "not a JSON object"
        member.note(problem)
        if not decoded.whole or not isinstance(decoded.value, dict):
            member.parse_status = "partial"
            length = member.size or 0
            at = min(decoded.offset, length)
            member.quarantine(f"item: {problem}", offset=at, length=length - at)
    return mapping(decoded.value)


def session_id(payload: dict[str, Any]) -> str | None:
    """The id of a session, without dashes."""
    return event_id(payload.get("sid"))


def _row(member: Source, form: str, **columns: Any) -> int:
    """Append the event of an item."""
    status = "partial" if member.parse_status == "partial" else "ok"
    place = {"source_id": member.source_id, "offset": 0, "length": member.size}
    return member.records.event(format=form, parse_status=status, **place, **columns)


def _session(member: Source, form: str, _event: int | None) -> None:
    """One session, or the counts of many."""
    payload = object_of(member)
    attributes, user = mapping(payload.get("attrs")), text(payload.get("did"))
    seconds = real(payload.get("duration"))
    started = moment(payload.get("started"))
    row = _row(
        member,
        form,
        event_class="context",
        event_kind="session",
        ts=started if started is not None else moment(payload.get("timestamp")),
        ts_source="session",
        release=text(attributes.get("release")),
        environment=text(attributes.get("environment")),
        session_id=session_id(payload),
        duration_ms=None if seconds is None else seconds * 1000.0,
        user_hash=digest(user) if user else None,
    )
    for path, value in flatten({key: value for key, value in payload.items() if key not in _OF_SESSION}):
        member.records.annotation(row, "session", path, value)


def _client_report(member: Source, form: str, _event: int | None) -> None:
    """What a client discarded before sending."""
    payload = object_of(member)
    discarded = [part for key, part in payload.items() if key.endswith("_events")]
    counts = [number(item.get("quantity")) or 0 for part in discarded for item in items(part)]
    ts = moment(payload.get("timestamp"))
    row = _row(
        member,
        form,
        event_class="operational",
        event_kind="client_report",
        ts=ts,
        ts_source="client report" if ts is not None else None,
        suppressed_count=sum(counts),
    )
    for path, value in flatten({key: value for key, value in payload.items() if key != "timestamp"}):
        member.records.annotation(row, "client_report", path, value)


def _log(member: Source, _form: str, event: int | None) -> None:
    """A batch of structured logs."""
    for item in items(object_of(member).get("items")):
        fields = _attributes(item)
        member.records.log(
            event,
            source_id=member.source_id,
            offset=0,
            ts=moment(item.get("timestamp")),
            level=level(item.get("level")),
            logger=text(fields.get("logger.name")),
            message=text(item.get("body")),
            fields=json_text(fields) if fields else None,
            origin="log",
            parse_status="ok",
        )


def _metric(member: Source, _form: str, event: int | None) -> None:
    """A batch of metric samples."""
    for item in items(object_of(member).get("items")):
        value = item.get("value")
        labels = _attributes(item) | {key: item[key] for key in ("unit",) if item.get(key) is not None}
        kind = text(item.get("type"))
        member.records.metric(
            event,
            source_id=member.source_id,
            ts=moment(item.get("timestamp")),
            name=text(item.get("name")),
            labels=json_text(labels) if labels else None,
            type=kind if kind in _KINDS else "unknown",
            value=float(value) if isinstance(value, (int, float)) and abs(value) < 1e300 else None,
        )


def _attributes(item: dict[str, Any]) -> dict[str, Any]:
    """The attributes without their type tags, and the trace that they belong to."""
    fields = {key: item[key] for key in ("trace_id", "span_id") if item.get(key) is not None}
    for key, value in mapping(item.get("attributes")).items():
        fields[key] = value["value"] if isinstance(value, dict) and "value" in value else value
    return fields


# Items that become rows of their own, by type.
READERS: Final[dict[str, Callable[[Source, str, int | None], None]]] = {
    "session": _session,
    "sessions": _session,
    "client_report": _client_report,
    "log": _log,
    "trace_metric": _metric,
}

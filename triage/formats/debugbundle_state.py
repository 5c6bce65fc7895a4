"""DebugBundle's `state.json`, and the two small files that a store has beside it.

The state is `{version, last_processed_event_file, incidents: {id: incident}}`; each incident carries its source
events as whole envelopes, so that a state alone still has every signal. They are read as events (a store that is
loaded whole counts them once, because ids repeat). Each incident is also one operational row, `event_kind`
incident_state, whose `incident` annotations hold what the product knows of it: native_id, status, fingerprint, title,
counts, paths, source_event_id. Of a state of another version than 1 the status is shown (`written_status`), and no
incident has it. An incident that cannot be read goes to quarantine alone, where the product throws away the whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from triage.formats import Match
from triage.formats.debugbundle_envelope import Row, level_of, platform_of
from triage.formats.debugbundle_json import DAMAGED, Piece, decode, elements, salvage
from triage.formats.debugbundle_payload import add_event
from triage.times import iso

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "read", "sniff")

NAME: Final = "debugbundle-state"
TITLE: Final = "DebugBundle state"

_INCIDENT_START: Final = re.compile(rb'(?<=[{},])\s*"inc_[^"\\]{1,200}"\s*:\s*(\{)')
_CORE: Final = frozenset(("incident_id", "fingerprint", "title", "status", "severity", "source_events"))
_MODES: Final = ("local-only", "connected")
_VERSION: Final = 1
_SMALL: Final = {"profile.json": "profile", "connection.json": "connection"}


class _State(msgspec.Struct):
    """The state's frame; the incidents stay bytes until they are read one by one."""

    incidents: dict[str, msgspec.Raw]
    version: Any = None
    last_processed_event_file: Any = None


_frame = msgspec.json.Decoder(_State).decode
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def sniff(head: Head) -> Match | None:
    """Tell the state by its keys, the files beside it by theirs."""
    if "incidents" in head.keys:
        if "last_processed_event_file" in head.keys:
            return Match(96, "JSON with last_processed_event_file and incidents")
        if '"source_events"' in head.text and '"fingerprint_version"' in head.text:
            return Match(75, "JSON with incidents that have source events")
    if head.name == "state.json" and (_in_store(head.path) or {"version", "incidents"} <= head.keys):
        return Match(58, "a file named state.json of a .debugbundle store, or with version and incidents")
    if _small(head.name, head.path, head.document):
        return Match(45, "a small file of a .debugbundle store")
    return None


def _small(name: str, path: str, document: Any) -> str | None:
    """The role of a small file: connection by its mode, both by their place in a store."""
    if not isinstance(document, dict):
        return None
    if document.get("mode") in _MODES and "version" in document:
        return "connection"
    return _SMALL.get(name) if _in_store(path) else None


def _in_store(path: str) -> bool:
    return ".debugbundle/" in path.replace("\\", "/")


def read(source: Source) -> None:
    """Read every incident of the state with its events."""
    source.media = "application/json"
    data = bytes(source.data()) if source.encoding == "utf-8" else source.text().encode("utf-8", "replace")
    body = data.removeprefix(b"\xef\xbb\xbf")
    base = len(data) - len(body)
    if len(body) < 65_536 and b'"incidents"' not in body:
        role = _small(source.name, source.path, decode(body)[0])
        if role:
            source.role, source.description = role, f"DebugBundle {role}: listed, not applied"
            return
    source.role = "state"
    known = lost = 0
    foreign = False
    for offset, raw, version in _incidents(source, body):
        foreign = version is not None and version != _VERSION
        reason = _incident(source, raw, base + offset, foreign=foreign)
        known += reason is None
        lost += reason is not None
        if reason:
            source.quarantine(reason, offset=base + offset, length=len(raw))
    source.description = f"DebugBundle state: incidents {known:,}"
    if foreign:
        source.parse_status = "partial"
        source.note("the state is of another version than 1; what it says of their status is shown, not applied")
    if lost:
        source.parse_status = "partial"
        source.note(f"{lost:,} of {known + lost:,} incidents are in quarantine")


def _incidents(source: Source, body: bytes) -> Iterator[tuple[int, bytes, Any]]:
    """Place and bytes of each incident, and the version of the state; those of a damaged state one by one."""
    try:
        state = _frame(body)
    except (ValueError, RecursionError):
        source.parse_status = "partial"
        source.note("the state does not parse as a whole; its incidents were read one by one")
        start = _INCIDENT_START.search(body)
        first = start.start(1) if start else len(body) - len(body.lstrip())
        for piece in salvage(body, first, len(body), _INCIDENT_START):
            yield piece.offset, body[piece.offset : piece.offset + piece.length], None
        return
    for key in ("version", "last_processed_event_file"):
        source.records.annotation(None, "state", key, getattr(state, key))
    cursor = 0
    for held in state.incidents.values():
        raw = bytes(held)
        found = body.find(raw, cursor)
        yield max(found, 0), raw, state.version
        cursor = max(cursor, found + len(raw))


def _incident(source: Source, raw: bytes, offset: int, *, foreign: bool) -> str | None:
    """One row for the incident, and its source events; why not, where it is none."""
    fields, events, note = _opened(raw)
    if fields is None:
        return "an incident that is no object, or damaged"
    native = fields.get("incident_id")
    if not isinstance(native, str) or not native:
        return "an incident without incident_id"
    if len(_CORE & fields.keys()) < 2:
        return "an incident that has none of its fields"
    row = Row(source, format=NAME, offset=offset, length=len(raw))
    row.read_as(note)
    if foreign and "status" in fields:
        fields["written_status"] = fields.pop("status")
    _fill(row, fields, native)
    row.seal()
    for piece in events:
        at, reason = offset + piece.offset, "damaged JSON"
        if piece.value is not DAMAGED:
            reason = add_event(source, piece.value, reader=NAME, offset=at, length=piece.length, note=piece.note) or ""
        if reason:
            source.quarantine(f"in the source events of an incident: {reason}", offset=at, length=piece.length)
    return None


def _fill(row: Row, fields: dict[str, Any], native: str) -> None:
    """Columns and annotations of an incident."""
    ts = iso(fields.get("last_seen_at"))
    if ts is None:
        row.partial("no time of the last occurrence")
    if fields.get("status", fields.get("written_status")) not in ("open", "resolved"):
        row.partial("a status that is neither open nor resolved")
    row.columns |= {
        "event_class": "operational",
        "event_kind": "incident_state",
        "native_id": native,
        "ts": ts,
        "ts_source": None if ts is None else "state",
        "level": level_of(fields.get("severity")),
        "platform": platform_of(fields.get("service_runtime")),
        "service": row.text(fields, "service_name", "incident"),
        "environment": row.text(fields, "environment", "incident"),
        "native_fingerprint": row.text(fields, "fingerprint", "incident"),
    }
    row.annotate("incident", "native_id", native)
    row.flat("incident", {key: value for key, value in fields.items() if key != "incident_id"})


def _opened(raw: bytes) -> tuple[dict[str, Any] | None, list[Piece], str | None]:
    """The fields of an incident without its events, and the events with their places in it."""
    try:
        members = _fields(raw)
    except (ValueError, RecursionError):
        value, note = decode(raw)
        if not isinstance(value, dict):
            return None, [], None
        held = value.pop("source_events", None)
        whole = [Piece(0, len(raw), event, note) for event in held] if isinstance(held, list) else []
        return value, whole, note
    source_events = members.pop("source_events", None)
    fields: dict[str, Any] = {}
    note = None
    for key, member in members.items():
        value, lenient = decode(bytes(member))
        fields[key] = None if value is DAMAGED else value
        note = lenient or note
    if source_events is None or bytes(source_events)[:1] != b"[":
        return fields, [], note
    text = bytes(source_events)
    at = max(raw.find(text), 0)
    return fields, [piece._replace(offset=at + piece.offset) for piece in elements(text)], note

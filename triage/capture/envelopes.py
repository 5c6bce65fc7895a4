"""Events as DebugBundle's envelopes: what the schema 2026-03-01 has a place for, and the rest in `context`.

Facts: specs of the event store, section 1. An error becomes a `backend_exception`, a request a `request_event`,
everything else a `log_event` of its true level. What the schema asks for and a log does not tell is what the product
itself puts there: method UNKNOWN, path `/`, status 0. The envelope is read again by the reader of envelopes; where that
would tell something else than the log did, `context.triage` carries it (see `formats.debugbundle_carried`).

What was an envelope already is written as it came. Where DebugBundle refuses its head (an id that is no UUID, a time
with an offset, keys of another schema), only that is made anew; its type, its payload and its context stay.

The id of an event is a UUID of its content and its number among equals, never of its place: the same log under another
name, or read twice, gives the same ids.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from triage.formats import debugbundle_carried as carried
from triage.formats.debugbundle_envelope import SCHEMA
from triage.formats.debugbundle_payload import add_event
from triage.records import Frame, Trace
from triage.times import iso

__all__ = ("Envelope", "Event", "Identities", "envelope", "is_valid")

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SIGNALS: Final = {"error": "error", "fatal": "fatal"}
# Text beyond so many characters is for the log itself.
_STACK_FRAMES, _MESSAGE_CHARS = 256, 65_536
# What of a frame says nothing of where it was.
_ASIDE: Final = frozenset({"written", "text_line", "trust"})
_encode: Final = msgspec.json.Encoder(order="deterministic").encode


@dataclass(slots=True)
class Event:
    """One event as a reader gave it: columns, stacks, annotations by scope and key."""

    columns: dict[str, Any]
    traces: list[Trace] = field(default_factory=list)
    annotations: list[tuple[str, str, str]] = field(default_factory=list)
    path: str = ""
    is_draft: bool = False
    # the whole envelope, where it was one, and whether it stood there as strict JSON
    own: dict[str, Any] | None = None
    is_strict: bool = True


class Identities:
    """Ids by content: each digest so far, and how many events had it."""

    def __init__(self) -> None:
        self._seen: Counter[bytes] = Counter()

    def of(self, content: bytes) -> str:
        """The id of one more event of that content.

        Examples
        --------
        >>> ids = Identities()
        >>> first, second = ids.of(b"a"), ids.of(b"a")
        >>> first == Identities().of(b"a"), first == second, uuid.UUID(first).version
        (True, False, 5)
        """
        digest = hashlib.blake2b(content, digest_size=12).digest()
        number = self._seen[digest]
        self._seen[digest] = number + 1
        made = hashlib.blake2b(digest + number.to_bytes(8, "big"), digest_size=16).digest()
        return str(uuid.UUID(bytes=made, version=5))


class Envelope(msgspec.Struct, kw_only=True):
    """An envelope, its keys in the order in which readers look for them."""

    schema_version: str = SCHEMA
    event_id: str = ""
    event_type: str
    sdk_name: str = "triage-ingest"
    sdk_version: str = "1"
    service: dict[str, Any]
    occurred_at: str
    payload: dict[str, Any]
    correlation: dict[str, Any]
    context: dict[str, Any]
    project_id: str | msgspec.UnsetType = msgspec.UNSET
    project_token: str | msgspec.UnsetType = msgspec.UNSET


# The product moves the language of an SDK into the context before it looks at the keys.
_KEYS: Final = frozenset((*Envelope.__struct_fields__, "sdk_language"))
_NAMES: Final = ("name", "environment")
_SDK: Final = ("sdk_name", "sdk_version")
_PROJECT: Final = ("project_id", "project_token")


def envelope(event: Event, identities: Identities, *, service: str, environment: str) -> Envelope:
    """The envelope of an event.

    Parameters
    ----------
    service, environment
        What stands where the event names none.

    Examples
    --------
    >>> event = Event({"event_kind": "log", "event_class": "context", "level": "warning", "error_value": "slow"})
    >>> made = envelope(event, Identities(), service="shop", environment="unknown")
    >>> made.event_type, made.payload["level"], made.service["name"]
    ('log_event', 'warning', 'shop')
    """
    columns, own = event.columns, event.own
    kind, payload = (own["event_type"], own["payload"]) if own else _payload(event)
    made = Envelope(
        event_type=kind,
        service={
            "name": columns.get("service") or service,
            "environment": columns.get("environment") or environment,
            "runtime": columns.get("platform"),
            "framework": None,
        },
        occurred_at=_stamp(columns.get("ts")),
        payload=payload,
        correlation={
            "request_id": columns.get("request_id"),
            "trace_id": columns.get("trace_id"),
            "session_id": columns.get("session_id"),
            "user_id_hash": columns.get("user_hash"),
        },
        context={} if own else _context(event),
    )
    if own:
        _keep(made, own, event)
    told = _told(event, made)
    if told:
        made.context[carried.KEY] = told
    native = columns.get("native_id")
    made.event_id = str(native) if _is_uuid(native) else identities.of(_encode(made))
    # where it stands in the log is no part of what it is
    place = {"path": event.path, "offset": columns.get("offset"), "length": columns.get("length")}
    _note(made, {key: value for key, value in place.items() if value is not None})
    return made


def _note(made: Envelope, told: dict[str, Any]) -> None:
    """Say something of the log, unless the envelope has another use for the word."""
    log = made.context.get("log", {})
    if type(log) is dict:
        made.context["log"] = {**log, **told}


def is_valid(own: dict[str, Any]) -> bool:
    """Whether an envelope that was read as one can stand in an event file as it is.

    Examples
    --------
    >>> is_valid({"event_id": "1"})
    False
    """
    service = own.get("service")
    return (
        set(own) <= _KEYS
        and own.get("schema_version") == SCHEMA
        and _is_uuid(own.get("event_id"))
        and isinstance(service, dict)
        and all(_is_text(service.get(key)) for key in _NAMES)
        and _is_moment(own.get("occurred_at"))
        and all(_is_text(own.get(key)) for key in _SDK)
        and all(own.get(key) is None or type(own[key]) is dict for key in ("correlation", "context"))
        and all(own.get(key) is None or isinstance(own[key], str) for key in _PROJECT)
    )


def _keep(made: Envelope, own: dict[str, Any], event: Event) -> None:
    """Keep what an envelope says beside its columns; what its schema has no place for goes to the context."""
    left = dict(own)
    carried.taken(left)
    context = left.get("context")
    made.context = dict(context) if type(context) is dict else {} if context is None else {"context": context}
    made.service["runtime"] = None
    for told, held in ((made.service, own.get("service")), (made.correlation, own.get("correlation"))):
        for key, value in held.items() if type(held) is dict else ():
            if key not in told or _is_text(value) or (value is None and key not in _NAMES):
                told[key] = value
    for key in (*_SDK, *_PROJECT):
        if _is_text(own.get(key)):
            setattr(made, key, own[key])
    refused = {"schema_version"} if own.get("schema_version") != SCHEMA else set()
    refused |= {"event_id"} if not _is_uuid(own.get("event_id")) else set()
    refused |= {"occurred_at"} if not _is_moment(own.get("occurred_at")) else set()
    made.context |= {key: value for key, value in own.items() if key in refused or key not in _KEYS}
    _note(made, {key: value for scope, key, value in event.annotations if (scope, key) == ("log", "host")})


def _is_moment(text: Any) -> bool:
    """Whether a time is written as the schema has it."""
    return isinstance(text, str) and text.endswith("Z") and iso(text) is not None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_uuid(text: Any) -> bool:
    try:
        return isinstance(text, str) and str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def _stamp(micros: int | None) -> str:
    """ISO text in UTC."""
    moment = _EPOCH + timedelta(microseconds=micros or 0)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _payload(event: Event) -> tuple[str, dict[str, Any]]:
    """The type of an event and its payload."""
    columns = event.columns
    message = (columns.get("error_value") or "")[:_MESSAGE_CHARS]
    kind, signal = columns.get("event_kind"), columns.get("event_class") == "incident_signal"
    method, route = columns.get("http_method") or "UNKNOWN", columns.get("route") or "/"
    status = columns.get("http_status") or 0
    if kind == "request":
        asked: dict[str, Any] = {"method": method, "path": route, "query": {}, "headers": {}, "response_status": status}
        return "request_event", asked | {"duration_ms": columns.get("duration_ms") or 0}
    stack = _stack(event)
    if signal and kind != "log":
        return "backend_exception", {
            "name": columns.get("error_type") or kind or "Error",
            "message": message,
            "stack": stack,
            "handled": bool(columns.get("handled")),
            "request": {"method": method, "path": route, "query": {}, "headers": {}},
            "response": {"status_code": status},
            "runtime": {"version": "unknown"},
        }
    level = columns.get("level") or "info"
    attributes: dict[str, Any] = {"error_type": columns.get("error_type")} if columns.get("error_type") else {}
    if stack:
        attributes["stack"] = stack
    logger = next((value for scope, key, value in event.annotations if (scope, key) == ("log", "logger")), None)
    if logger:
        attributes["logger"] = logger
    word = _SIGNALS.get(level, "error") if signal else "warning" if level in _SIGNALS else level
    return "log_event", {"level": word, "message": message, "attributes": attributes}


def _context(event: Event) -> dict[str, Any]:
    """What else is known, by scope: facts of the report, words of the log; the release where it is known."""
    context: dict[str, Any] = {"format": event.columns.get("format")}
    if event.columns.get("release"):
        context["release"] = event.columns["release"]
    for scope, key, value in event.annotations:
        if scope in {"report", "log", "request"} and (scope, key) != ("report", "lines"):
            context.setdefault("http" if scope == "request" else scope, {})[key] = value
    return context


def _stack(event: Event) -> str:
    """The stacks as a text that DebugBundle takes frames from: Python's in the form of its SDK, others by `at`."""
    parts: list[str] = []
    short = event.columns.get("platform") == "python"
    for trace in event.traces:
        if trace.role not in {"crash", "cause"}:
            continue
        head = ": ".join(part for part in (trace.error_type, trace.error_value) if part)
        frames = [frame for frame in trace.frames[:_STACK_FRAMES] if frame.frame_kind == "frame"]
        lines = [_python(frame) for frame in reversed(frames)] if short else [_at(frame) for frame in frames]
        lead = ["Caused by:"] if parts and short else []
        caused = "Caused by: " if parts and not short else ""
        parts.append("\n".join([*lead, caused + (head or "Error"), *lines]))
    return "\n".join(parts)


def _at(frame: Frame) -> str:
    name = frame.function or frame.module or "<unknown>"
    place = ":".join(str(part) for part in (frame.file, frame.line, frame.column) if part is not None)
    return f"    at {name} ({place})" if place else f"    at {name}"


def _python(frame: Frame) -> str:
    where = f"  File {frame.file or '<unknown>'}, line {frame.line or 0}"
    return f"{where}, in {frame.function}" if frame.function else where


def _told(event: Event, made: Envelope) -> dict[str, Any]:
    """What the envelope alone would tell otherwise."""
    read = _Read()
    add_event(read, msgspec.json.decode(_encode(made)), reader="", offset=None, length=None, note=None)  # type: ignore[arg-type]
    columns = {
        name: event.columns.get(name) for name in carried.COLUMNS if read.columns.get(name) != event.columns.get(name)
    }
    told: dict[str, Any] = {"columns": columns} if columns else {}
    if _plain(event.traces) != _plain(read.traces):
        told["stacks"] = msgspec.to_builtins([_placeless(trace) for trace in event.traces])
    if event.columns.get("notes"):
        told["notes"] = event.columns["notes"]
    if event.columns.get("parse_status") not in {None, "ok"}:
        told["parse_status"] = event.columns["parse_status"]
    return {"version": carried.VERSION, **told} if told or read.columns.get("notes") else {}


def _plain(traces: list[Trace]) -> list[Any]:
    """The stacks as far as they tell where it was."""
    plain = []
    for trace in traces:
        row = msgspec.to_builtins(trace)
        row["frames"] = [{k: v for k, v in frame.items() if k not in _ASIDE} for frame in row["frames"]]
        plain.append({key: value for key, value in row.items() if key != "unwinder" and value is not None})
    return plain


def _placeless(trace: Trace) -> Trace:
    """A stack without the lines of the log that it was read from, which the store has not."""
    frames = (msgspec.structs.replace(frame, text_line=None) for frame in trace.frames)
    return msgspec.structs.replace(trace, frames=tuple(frames))


class _Read:
    """Stands for a source and its records, and keeps the one event that is read."""

    source_id: Final = ""

    def __init__(self) -> None:
        self.columns: dict[str, Any] = {}
        self.traces: list[Trace] = []

    @property
    def records(self) -> _Read:
        """Itself."""
        return self

    def event(self, **columns: Any) -> int:
        """Keep the columns."""
        self.columns = columns
        return 0

    def stacks(self, _: int, traces: Any) -> None:
        """Keep the stacks."""
        self.traces = list(traces)

    def parsed(self, _: str, text: str, parse: Any) -> tuple[Trace, ...]:
        """Parse a stack text."""
        return tuple(parse(text))

    def log(self, *_: Any, **__: Any) -> None:
        """Nothing of it counts."""

    def annotation(self, *_: Any) -> None:
        """Nothing of it counts."""

    def envelope(self, *_: Any, **__: Any) -> None:
        """It is the one that was given."""

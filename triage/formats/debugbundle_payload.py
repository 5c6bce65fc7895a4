"""DebugBundle's payloads: what each event type says, and the one function that readers call with a decoded envelope.

Columns take what they can hold; everything else is an annotation, in the scope of the map that it came from
(`request`, `response`, `runtime`, `browser`, `device`, `probe`, `attributes` ...), with dotted keys, never null.
Breadcrumbs and log messages are also rows of `logs`.

Class, by the minimal preset: exceptions are incident signals; log events are where their level is exactly error,
fatal or critical, unless they are a line of a Java stack that went to the standard error; requests are from status
500 on. Breadcrumbs and deploys are context; suppressed errors are operational, probes with an activation too, else
context.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from triage.formats import debugbundle_carried as carried
from triage.formats import platforms
from triage.formats.debugbundle_envelope import Row, fill_head, level_of, os_of
from triage.formats.debugbundle_java import continues_stack
from triage.formats.debugbundle_route import normal_route
from triage.records import Frame, Trace, json_text
from triage.times import iso, stamp

if TYPE_CHECKING:
    from triage.sources.source import Source

__all__ = (
    "add_event",
    "breadcrumb",
    "probes",
    "read_payload",
    "request_columns",
    "request_message",
    "runtime_columns",
)

_REQUEST: Final[tuple[str, ...]] = ("method", "path", "query", "headers", "body", "attributes")
_SAYING: Final = ("message", "text", "url", "target", "to", "selector", "action", "label")


def add_event(
    source: Source, item: Any, *, reader: str, offset: int | None, length: int | None, note: str | None
) -> str | None:
    """Append the event of one envelope; gives the reason where it is none, and then appends nothing."""
    if type(item) is not dict:
        return "not an object"
    kind, payload = item.get("event_type"), item.get("payload")
    if type(kind) is not str or not kind:
        return "an object without event_type"
    if type(payload) is not dict:
        return "an event whose payload is no object"
    row = Row(source, format=reader, offset=offset, length=length)
    row.read_as(note)
    whole = dict(item)  # what is carried is taken out of the other
    told = carried.taken(item)
    fill_head(row, item)
    if reason := read_payload(row, kind, payload):
        return reason
    if told is not None:
        carried.restore(row, told)
    source.records.envelope(whole, is_strict=note is None)
    row.seal()
    return None


def read_payload(row: Row, kind: str, payload: dict[str, Any]) -> str | None:
    """Take what the payload of an event of that type says; gives the reason where it is no event."""
    if kind not in _READERS:
        row.columns |= {"event_kind": kind, "event_class": "context"}
        row.partial("an event type that is not known")
        row.flat("payload", payload)
        return None
    read, known = _READERS[kind]
    if reason := read(row, payload):
        return reason
    if not known.issuperset(payload):
        _surplus(row, payload, known)
    return None


def _surplus(row: Row, payload: dict[str, Any], known: frozenset[str]) -> None:
    """Keys that the payload does not have by its schema move into the context, as the product has it."""
    for key, value in payload.items():
        if key == "context" and type(value) is dict:
            row.flat("context", value)
            release = value.get("release")
            if isinstance(release, str) and not row.columns.get("release"):
                row.columns["release"] = release
        elif key not in known:
            row.annotate("context", key, value)


def _exception(row: Row, payload: dict[str, Any]) -> str | None:
    """What both exception types share; gives the reason where the message is not text."""
    message = payload.get("message")
    if message is not None and type(message) is not str:
        return "an event whose message is not text"
    name = row.text(payload, "name", "payload")
    row.columns |= {"event_class": "incident_signal", "event_kind": "exception", "level": "error"}
    row.columns |= {"error_type": name, "error_value": message or None}
    row.stack(row.text(payload, "stack", "payload"), name, message)
    probes(row, payload)
    return None


def _backend_exception(row: Row, payload: dict[str, Any]) -> str | None:
    if reason := _exception(row, payload):
        return reason
    row.columns["handled"] = row.flag(payload, "handled", "payload")
    if "request" in payload:
        request_columns(row, row.mapping(payload, "request", "payload") or {"method": "UNKNOWN", "path": "/"})
    response = row.mapping(payload, "response", "payload")
    if response:
        row.columns["http_status"] = row.whole(response, "status_code", "response")
        row.flat("response", {key: value for key, value in response.items() if key != "status_code"})
    runtime_columns(row, row.mapping(payload, "runtime", "payload"))
    return None


def request_columns(row: Row, request: dict[str, Any], template: str | None = None) -> None:
    """Method and route of a request; the rest as annotations, its `attributes` as context."""
    row.columns["http_method"] = row.text(request, "method", "request")
    path = row.text(request, "path", "request")
    row.columns["route"] = template or (normal_route(path) if path else None)
    if path and path != row.columns["route"]:
        row.annotations.append(("request", "path", path))
    attributes = request.get("attributes")
    if type(attributes) is dict:
        row.flat("context", attributes)
    for key, value in request.items():
        if key not in {"method", "path", "attributes"} or (key == "attributes" and type(value) is not dict):
            row.annotate("request", key, value)


def request_message(row: Row) -> str:
    """What the product calls a failed request: its events and its bundle group by it."""
    return f"request {row.columns['http_method'] or 'UNKNOWN'} {row.columns['route'] or '/'}"


def runtime_columns(row: Row, runtime: dict[str, Any]) -> None:
    """System, architecture and thread of a runtime block; all of it as annotations."""
    if not runtime:
        return
    columns = row.columns
    columns["os_name"] = os_of(runtime.get("platform"))
    arch = runtime.get("arch")
    columns["arch"] = platforms.architecture(arch.lower()) if isinstance(arch, str) else None
    thread = runtime.get("thread_id")
    columns["thread_id"] = thread if type(thread) is int else None
    row.flat("runtime", runtime)


def probes(row: Row, payload: dict[str, Any]) -> None:
    """The probe values that came with an exception."""
    items = row.mapping(payload, "probe_data", "payload").get("items")
    for item in items if isinstance(items, list) else ():
        if type(item) is not dict:
            row.annotate("probe", "item", item)
            continue
        label = item.get("label")
        label = label if isinstance(label, str) and label else "item"
        for key, value in item.items():
            if key != "label":
                row.annotate("probe", f"{label}.{key}", value)


def _frontend_exception(row: Row, payload: dict[str, Any]) -> str | None:
    device = payload.get("device")
    if row.language is None and not device:
        row.language = "javascript"
        row.columns["platform"] = "javascript"
    if reason := _exception(row, payload):
        return reason
    _page(row, payload)
    browser = row.mapping(payload, "browser", "payload")
    if browser:
        said = [value for key in ("name", "version") if isinstance(value := browser.get(key), str) and value]
        row.columns["device"] = " ".join(said) or None
        row.flat("browser", browser)
    _device(row, payload)
    crumbs = payload.get("breadcrumbs")
    for crumb in crumbs if isinstance(crumbs, list) else ():
        row.logs.append(breadcrumb(crumb, None))
    event = row.mapping(payload, "browser_event", "payload")
    row.flat("browser_event", event)
    if event and not row.traces:
        row.traces = _place(event)
    row.annotate("error", "rejection_reason", payload.get("rejection_reason"))
    row.annotate("dom", "context", payload.get("dom_context"))
    return None


def _place(event: dict[str, Any]) -> tuple[Trace, ...]:
    """The one frame that a window error without a stack still tells."""
    file, line, column = (event.get(key) for key in ("file_name", "line_number", "column_number"))
    if not isinstance(file, str) or not file:
        return ()
    numbers = [value if type(value) is int and value > 0 else None for value in (line, column)]
    frame = Frame(file=file, line=numbers[0], column=numbers[1], language="javascript", trust="event")
    return (Trace(frames=(frame,), unwinder="event"),)


def _page(row: Row, payload: dict[str, Any]) -> None:
    """The route of a page."""
    route = row.text(payload, "route", "payload")
    if route:
        row.columns["route"] = normal_route(route)
        if row.columns["route"] != route:
            row.annotations.append(("page", "route", route))


def _device(row: Row, payload: dict[str, Any]) -> None:
    """Model and system of a device block; all of it as annotations."""
    device = payload.get("device")
    if isinstance(device, str):
        row.columns["device"] = device or None
    elif device:
        values = row.mapping(payload, "device", "payload")
        columns = row.columns
        columns["device"] = _first(values, "model", "name", "device_model") or columns.get("device")
        columns["os_name"] = os_of(_first(values, "os_name", "os", "platform", "system")) or columns.get("os_name")
        columns["os_version"] = _first(values, "os_version", "osVersion", "system_version") or columns.get("os_version")
        row.flat("device", values)


def _first(values: dict[str, Any], *keys: str) -> str | None:
    """The first of these keys that holds text."""
    return next((value for key in keys if isinstance(value := values.get(key), str) and value), None)


def _request_event(row: Row, payload: dict[str, Any]) -> str | None:
    columns = row.columns
    status = columns["http_status"] = row.whole(payload, "response_status", "payload")
    columns["duration_ms"] = row.real(payload, "duration_ms", "payload")
    template = row.text(payload, "route_template", "payload")
    request = {key: payload[key] for key in _REQUEST if key in payload}
    request_columns(row, request, template)
    failed = status is not None and status >= 500
    columns["event_kind"] = "request"
    columns["event_class"] = "incident_signal" if failed else "context"
    columns["level"] = "error" if failed else "warning" if status is not None and status >= 400 else "info"
    columns["error_value"] = request_message(row)
    row.annotate("response", "headers", payload.get("response_headers"))
    row.annotate("response", "body", payload.get("response_body"))
    _device(row, payload)
    return None


def _log_event(row: Row, payload: dict[str, Any]) -> str | None:
    message, level = payload.get("message"), payload.get("level")
    if type(message) is not str:
        return "an event whose message is not text"
    known = level_of(level)
    if known is None and level is not None:
        row.partial("a level that is not known")
        row.annotate("log", "level", level)
    attributes = row.mapping(payload, "attributes", "payload")
    signal = level in ("error", "fatal", "critical") and not (
        row.columns.get("platform") == "java" and continues_stack(message, attributes)
    )
    row.columns |= {"event_kind": "log", "event_class": "incident_signal" if signal else "context"}
    row.columns |= {"level": known, "error_value": message or None}
    row.flat("attributes", attributes)
    stack = _first(attributes, "stack", "stack_trace", "exc_info", "exception.stacktrace")
    if stack:
        _logged(row, stack, attributes)
    row.logs.append(
        {
            "ts": row.columns.get("ts"),
            "level": known,
            "logger": _first(attributes, "logger", "logger_name"),
            "message": message,
            "fields": json_text(attributes) if attributes else None,
            "thread": _first(attributes, "thread", "thread_name"),
            "origin": "log",
            "parse_status": row.status,
        }
    )
    _device(row, payload)
    return None


def _logged(row: Row, stack: str, attributes: dict[str, Any]) -> None:
    """The exception that a logger put into the attributes."""
    row.stack(stack, _first(attributes, "error_type", "exception.type", "error_name"), None)
    if row.traces:
        row.columns["error_type"] = row.traces[0].error_type


def _frontend_breadcrumb(row: Row, payload: dict[str, Any]) -> str | None:
    log = breadcrumb(payload, row.columns.get("ts"))
    row.columns |= {"event_kind": "breadcrumb", "event_class": "context", "level": log["level"]}
    if row.language is None and not payload.get("device"):
        row.columns["platform"] = "javascript"
    _page(row, payload)
    row.annotate("breadcrumb", "type", payload.get("breadcrumb_type"))
    row.annotate("breadcrumb", "data", payload.get("data"))
    row.logs.append(log)
    _device(row, payload)
    return None


def breadcrumb(item: Any, ts: int | None) -> dict[str, Any]:
    """A row of `logs` for one breadcrumb, whatever its shape."""
    if type(item) is not dict:
        return {
            "ts": ts,
            "level": "info",
            "message": json_text(item),
            "origin": "breadcrumb",
            "parse_status": "partial",
        }
    data = item.get("data")
    data = data if type(data) is dict else {} if data is None else {"data": data}
    when = item.get("occurred_at", item.get("timestamp", item.get("ts")))
    moment = stamp(when) if (text := iso(when)) is None else text
    rest = {key: value for key, value in item.items() if key in {"route", "category"} and value is not None}
    fields = {**rest, **data}
    kind = _first(item, "breadcrumb_type", "type", "category")
    return {
        "ts": ts if moment is None else moment,
        "level": level_of(item.get("level")) or level_of(data.get("level")) or "info",
        "logger": kind,
        "message": _first(item, "message") or _first(data, *_SAYING) or _first(item, "route") or kind,
        "fields": json_text(fields) if fields else None,
        "origin": "breadcrumb",
        "parse_status": "ok",
    }


def _deploy_metadata(row: Row, payload: dict[str, Any]) -> str | None:
    version = row.text(payload, "version", "payload")
    row.columns |= {"event_kind": "deploy", "event_class": "context", "level": "info"}
    # What has no version is told apart by its commit.
    row.columns["release"] = version or row.columns.get("release") or _first(payload, "commit_sha")
    # Where it was deployed to; the envelope tells where whoever says so runs.
    row.columns["environment"] = _first(payload, "environment") or row.columns.get("environment")
    row.flat("deploy", {key: payload[key] for key in payload if key in _DEPLOY})
    return None


def _error_suppressed(row: Row, payload: dict[str, Any]) -> str | None:
    row.columns |= {"event_kind": "error_suppressed", "event_class": "operational", "level": "warning"}
    row.columns["suppressed_count"] = row.occurrences(payload, "suppressed_count", "payload")
    # a hash of the SDK's own making: it counts equal errors, it is not the fingerprint of an incident
    row.columns["native_fingerprint"] = row.text(payload, "fingerprint", "payload")
    row.flat(
        "suppressed", {key: payload[key] for key in ("window_seconds", "first_seen", "last_seen") if key in payload}
    )
    _device(row, payload)
    return None


def _probe_event(row: Row, payload: dict[str, Any]) -> str | None:
    activated = payload.get("activation_id") is not None
    row.columns |= {"event_kind": "probe", "event_class": "operational" if activated else "context", "level": "info"}
    row.flat(
        "probe", {key: payload[key] for key in ("label", "activation_id", "probe_label_pattern") if key in payload}
    )
    row.annotate("probe", "data", payload.get("data"))
    _device(row, payload)
    return None


_DEPLOY: Final = frozenset(("commit_sha", "version", "branch", "environment", "deployed_at"))


def _known(names: str) -> frozenset[str]:
    return frozenset(names.split())


_READERS: Final[dict[str, tuple[Callable[[Row, dict[str, Any]], str | None], frozenset[str]]]] = {
    "backend_exception": (
        _backend_exception,
        _known("name message stack handled request response runtime probe_data"),
    ),
    "frontend_exception": (
        _frontend_exception,
        _known(
            "name message stack route browser breadcrumbs device browser_event rejection_reason dom_context probe_data"
        ),
    ),
    "request_event": (
        _request_event,
        _known(
            "method path query headers body attributes response_status duration_ms route_template response_headers"
            " response_body device"
        ),
    ),
    "log_event": (_log_event, _known("level message attributes device")),
    "frontend_breadcrumb": (_frontend_breadcrumb, _known("breadcrumb_type route data device")),
    "deploy_metadata": (_deploy_metadata, _DEPLOY),
    "error_suppressed": (
        _error_suppressed,
        _known("fingerprint suppressed_count window_seconds first_seen last_seen device"),
    ),
    "probe_event": (_probe_event, _known("label data activation_id probe_label_pattern device")),
}

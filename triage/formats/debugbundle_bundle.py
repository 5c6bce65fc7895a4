"""DebugBundle's incident bundles (`<incident>.bundle.json`) and reproductions (`<incident>.reproduction.json`).

A bundle is one incident as the product explains it. It becomes one row, `event_kind` incident_bundle, an incident
signal, so that a bundle that is opened alone shows its crash: stack, error, request, times. The row stands for all
occurrences that the bundle counts (`suppressed_count` is the count less one); where the store's own events are loaded
as well, the `incident` annotation `native_id` tells whose bundle it is, so that it is not counted twice. A
reproduction is an operational row with `reproduction` annotations. Both are shown, never run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from triage.formats import Match
from triage.formats.debugbundle_envelope import Row, level_of, platform_of
from triage.formats.debugbundle_json import DAMAGED, cut, decode
from triage.formats.debugbundle_payload import breadcrumb, probes, request_columns, request_message, runtime_columns
from triage.times import iso

if TYPE_CHECKING:
    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "read", "sniff")

NAME: Final = "debugbundle-bundle"
TITLE: Final = "DebugBundle incident bundle or reproduction"

_REPRODUCTION: Final = frozenset(("possible", "confidence", "reason"))
# Blocks of the context that are annotations as they are.
_BLOCKS: Final = ("environment", "git", "dependencies", "device")
_LISTS: Final = ("entries", "items", "logs", "events", "records", "breadcrumbs")


def sniff(head: Head) -> Match | None:
    """Tell by the keys of a bundle or of a reproduction."""
    keys = head.keys
    if "bundle_version" in keys and keys & {"bundle_id", "bundle_type", "signal"}:
        return Match(96, "JSON with bundle_version and bundle_id")
    if keys >= {"bundle_id", "signal", "summary"}:
        return Match(85, "JSON with bundle_id, signal and summary")
    if keys >= _REPRODUCTION and keys & {"artifacts", "incident_id", "curl", "json_spec", "httpie"}:
        return Match(88, "JSON with possible, confidence, reason and artifacts of a reproduction")
    return None


def read(source: Source) -> None:
    """Read a bundle or a reproduction."""
    source.media = "application/json"
    data = bytes(source.data()) if source.encoding == "utf-8" else source.text().encode("utf-8", "replace")
    body = data.removeprefix(b"\xef\xbb\xbf").strip()
    value, note = decode(body)
    damaged = value is DAMAGED
    if damaged:
        value, note = cut(body)
    if not isinstance(value, dict):
        source.parse_status = "partial"
        source.quarantine("a bundle that is no JSON object, or damaged", offset=0, length=len(data))
        return
    if damaged:
        source.parse_status = "partial"
        source.note(note or "damaged")
    row = Row(source, format=NAME, offset=0, length=len(data))
    if damaged and note:
        row.partial(note)
    else:
        row.read_as(note)
    if value.keys() >= _REPRODUCTION and "signal" not in value:
        _fill_reproduction(row, value)
    else:
        _fill_bundle(row, value)
    row.seal()


def _fill_reproduction(row: Row, value: dict[str, Any]) -> None:
    """A reproduction on its own."""
    row.source.role = "reproduction"
    row.source.description = "how to repeat the request of an incident; shown, never run"
    row.columns |= {"event_class": "operational", "event_kind": "reproduction"}
    native = row.text(value, "incident_id", "reproduction")
    if native:
        row.columns["native_id"] = f"{native}.reproduction"
        row.annotate("incident", "native_id", native)
    _artifacts(row, value)


def _artifacts(row: Row, value: dict[str, Any]) -> None:
    """What a reproduction says; the method and the route are columns too where nothing else gave them."""
    row.flat("reproduction", {key: item for key, item in value.items() if key != "incident_id"})
    held = value.get("artifacts")
    spec = (held if isinstance(held, dict) else value).get("json_spec")
    if isinstance(spec, dict) and not row.columns.get("http_method"):
        method = spec.get("method")
        row.columns["http_method"] = method if isinstance(method, str) else None


def _fill_bundle(row: Row, value: dict[str, Any]) -> None:
    """A bundle: its signal, its summary and every block of its context."""
    row.source.role = "bundle"
    kind = value.get("bundle_type")
    row.source.description = (
        f"DebugBundle {kind} bundle" if kind in ("failure", "improvement") else "DebugBundle bundle"
    )
    native = row.text(value, "bundle_id", "bundle")
    row.columns |= {"event_class": "incident_signal", "event_kind": "incident_bundle", "native_id": native}
    if native:
        row.annotate("incident", "native_id", native.removeprefix("bnd_"))
    _service(row, row.mapping(value, "service", "bundle"), row.mapping(value, "project", "bundle"))
    summary = row.mapping(value, "summary", "bundle")
    _signal(row, row.mapping(value, "signal", "bundle"), summary, value)
    context = row.mapping(value, "context", "bundle")
    _error(row, row.mapping(context, "error", "context"), summary)
    _request(row, context)
    if row.columns["error_type"] is None and row.columns["error_value"] is None:
        failed = row.columns.get("http_method") is not None
        row.columns["error_value"] = request_message(row) if failed else row.text(summary, "title", "summary")
    _rest(row, context)
    row.flat("summary", summary)
    _artifacts(row, row.mapping(value, "reproduction", "bundle"))
    for scope in ("sdk", "verification", "redaction"):
        row.flat(scope, row.mapping(value, scope, "bundle"))
    done = {"service", "project", "summary", "signal", "context", "reproduction", "bundle_id", "sdk"}
    done |= {"verification", "redaction"}
    row.flat("bundle", {key: item for key, item in value.items() if key not in done})


def _service(row: Row, service: dict[str, Any], project: dict[str, Any]) -> None:
    """Service, environment, platform; the version of the service is the release unless a deploy says otherwise."""
    columns = row.columns
    runtime = row.text(service, "runtime", "service")
    row.language = runtime.lower() if runtime else None
    columns["service"] = row.text(service, "name", "service")
    columns["platform"] = platform_of(runtime)
    columns["release"] = row.text(service, "version", "service")
    columns["environment"] = row.text(project, "environment", "project")
    row.flat("service", {key: value for key, value in service.items() if key not in {"name", "version"}})
    row.flat("project", {key: value for key, value in project.items() if key != "environment"})


def _signal(row: Row, signal: dict[str, Any], summary: dict[str, Any], value: dict[str, Any]) -> None:
    """Times, severity, fingerprint and count."""
    columns = row.columns
    last, captured = iso(signal.get("last_seen_at")), iso(value.get("captured_at"))
    columns["ts"] = captured if last is None else last
    columns["ts_source"] = None if columns["ts"] is None else "bundle"
    if columns["ts"] is None:
        row.partial("no time of the last occurrence")
    columns["level"] = level_of(signal.get("severity")) or level_of(summary.get("severity"))
    columns["native_fingerprint"] = row.text(signal, "fingerprint", "signal")
    if count := row.occurrences(signal, "occurrence_count", "signal"):
        columns["suppressed_count"] = count - 1
    row.flat("incident", {key: item for key, item in signal.items() if key != "fingerprint"})


def _error(row: Row, error: dict[str, Any], summary: dict[str, Any]) -> None:
    """What failed, with its stack, or with the frames that the bundle kept of it."""
    columns = row.columns
    name = row.text(error, "name", "error") or row.text(summary, "error_type", "summary")
    message = row.text(error, "message", "error") or row.text(summary, "error_message", "summary")
    columns |= {"error_type": name, "error_value": message, "handled": row.flag(error, "handled", "error")}
    frames = error.get("top_frames")
    stack = row.text(error, "stack", "error")
    if stack is None and isinstance(frames, list):
        stack = "\n".join(frame for frame in frames if isinstance(frame, str))
    row.stack(stack, name, message)
    row.annotate("error", "top_frames", frames)


def _request(row: Row, context: dict[str, Any]) -> None:
    """Request, response and the runtime that served it."""
    request = _block(row, context, "request")
    if request:
        request_columns(row, request, row.text(request, "route_template", "request"))
    response = _block(row, context, "response")
    row.columns["http_status"] = row.whole(response, "status_code", "response")
    row.flat("response", {key: value for key, value in response.items() if key != "status_code"})
    runtime_columns(row, _block(row, context, "runtime"))


def _rest(row: Row, context: dict[str, Any]) -> None:
    """Deploy, logs, frontend, probes and the blocks that are annotations as they are."""
    deploy = _block(row, context, "deploy")
    release = next(
        (value for key in ("release", "version") if isinstance(value := deploy.get(key), str) and value), None
    )
    row.columns["release"] = release or row.columns.get("release")
    row.flat("deploy", deploy)
    for name in _BLOCKS:
        row.flat(name, _block(row, context, name))
    for name, origin in (("logs", "log"), ("frontend", "breadcrumb")):
        block = context.get(name)
        lists = block if isinstance(block, dict) else {"entries": block}
        for key, items in lists.items():
            if key in _LISTS and isinstance(items, list):
                row.logs.extend(breadcrumb(item, None) | {"origin": origin} for item in items)
            elif key != "version":
                row.annotate(name, key, items)
    probes(row, context)
    known = {"error", "request", "response", "runtime", "deploy", "logs", "frontend", "probe_data", *_BLOCKS}
    row.flat("context", {key: value for key, value in context.items() if key not in known})


def _block(row: Row, context: dict[str, Any], name: str) -> dict[str, Any]:
    """A block of the context without its layout's version number."""
    block = row.mapping(context, name, "context")
    return {key: value for key, value in block.items() if key != "version" or not isinstance(value, int)}

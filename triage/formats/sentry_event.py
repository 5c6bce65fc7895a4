"""Sentry events: one JSON object for an error, a message, a transaction or feedback, alone in a file or in an envelope.

Facts: Sentry's event payload protocol, the desktop crash reporter's way of showing it, and events written by
sentry-native and sentry-python. A file is one event, or one event per line.

What goes where: the surfaced exception, operating system, device, request and the like fill columns of `events`;
`tags`, `contexts`, `extra`, `sdk`, `user`, `request`, `modules` (scope ``package``), the mechanism and every key
without a column become annotations, flattened as the reporter does; breadcrumbs become `logs`; `debug_meta.images`
`modules`; stacks are those of `triage.formats.sentry_stacks`. `user_hash` is a digest of `user.id` where there is
one, never the id itself (which stays readable among the annotations, as the tables are raw).
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, Final

from triage.formats import Match, platforms
from triage.formats import sentry_feedback as feedback
from triage.formats.sentry_json import (
    Decoded,
    decode,
    event_id,
    flatten,
    items,
    level,
    mapping,
    moment,
    number,
    pairs,
    text,
)
from triage.formats.sentry_names import fault, is_managed, is_native
from triage.formats.sentry_stacks import Images, chain, language, traces
from triage.records import json_text
from triage.sources.source import HEAD_BYTES

if TYPE_CHECKING:
    from triage.formats.head import Head
    from triage.records import Draft, Records
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "digest", "fill", "read", "read_into", "sniff")

NAME: Final = "sentry-event"
TITLE: Final = "Sentry event JSON"

RANK: Final = 2
# A line that is not blank, whatever blanks stand before it.
_LINE: Final = re.compile(rb"\s*([^\n]+)")
_OWN: Final = frozenset({"exception", "threads", "debug_meta", "breadcrumbs", "contexts", "logentry", "message"})
_SIGNS: Final = _OWN | {
    "sdk",
    "platform",
    "release",
    "tags",
    "extra",
    "user",
    "request",
    "modules",
    "level",
    "timestamp",
}
_LEGACY: Final = {
    "sentry.interfaces.Exception": "exception",
    "sentry.interfaces.Http": "request",
    "sentry.interfaces.Message": "logentry",
    "sentry.interfaces.Stacktrace": "stacktrace",
    "sentry.interfaces.User": "user",
    "sentry.interfaces.Breadcrumbs": "breadcrumbs",
}
_SCOPES: Final = {
    "tags": "tag",
    "extra": "extra",
    "sdk": "sdk",
    "user": "user",
    "request": "request",
    "modules": "package",
}
# Keys that have their own tables or columns, or are too many for annotations; every other key becomes one.
# fmt: off
_NO_ANNOTATION: Final = frozenset({
    "event_id", "timestamp", "start_timestamp", "platform", "level", "release", "environment", "transaction",
    "fingerprint", "exception", "threads", "stacktrace", "breadcrumbs", "debug_meta", "contexts", "spans",
    "measurements", "type",
}).union(_SCOPES)
# fmt: on


def sniff(head: Head) -> Match | None:
    """Sentry's own keys at the top of a JSON object."""
    if not head.text.lstrip().startswith("{"):
        return None
    document = head.document if head.document is not None else head.first_line
    keys = head.keys
    if "schema_version" in keys or "event_type" in keys:
        return None
    sdk = text(mapping(mapping(document).get("sdk")).get("name")) or ""
    stacked = [mapping(error.get("stacktrace")) for error in items(mapping(document).get("exception"))]
    if sdk.startswith("sentry.") and keys & _OWN:
        return Match(90, "an event of a Sentry client")
    if any("frames" in stack for stack in stacked) or any(name in keys for name in _LEGACY):
        return Match(85, "exceptions with frames, as Sentry writes them")
    if "event_id" in keys and keys & _OWN and len(keys & _SIGNS) >= 2:
        return Match(75, "event_id beside other keys of a Sentry event")
    return None


def read(source: Source) -> None:
    """Read a file of one event, or of one event per line."""
    if _is_lines(source):
        _read_lines(source)
        return
    draft = source.records.draft(NAME, source.source_id)
    if source.encoding == "utf-8":
        event = read_into(source, draft)
    else:
        source.note(f"{source.encoding} text decoded")
        decoded = decode(source.text().encode("utf-8", "replace"))
        event = _put(source, draft, decoded, place=(0, source.size or 0))
    if feedback.is_feedback(event):
        feedback.put_event(source.records, draft.event, event)


def _is_lines(source: Source) -> bool:
    """Whether one of the first two lines is an object of its own and more follows."""
    start: memoryview | bytes = source.head
    if len(start) == HEAD_BYTES and b"\n" not in source.head:
        if (source.size or 0) > source.limits.document_bytes:
            return True
        start = source.data()
    first = _LINE.match(start)
    second = _LINE.match(start, first.end()) if first else None
    if first is None or second is None:
        return False
    return any(decoded.problem is None and mapping(decoded.value) for decoded in (decode(first[1]), decode(second[1])))


def _read_lines(source: Source) -> None:
    """Read one event per line; a line that is no object goes to quarantine."""
    for nth, (offset, line) in enumerate(source.lines(), 1):
        if not line.strip():
            continue
        decoded = decode(line)
        if not mapping(decoded.value):
            source.quarantine("line: not a JSON object", offset=offset, length=len(line), line=nth)
            continue
        draft = source.records.draft(NAME, source.source_id, str(offset))
        event = _put(source, draft, decoded, place=(offset, len(line)))
        if feedback.is_feedback(event):
            feedback.put_event(source.records, draft.event, event)


def read_into(source: Source, draft: Draft, *, form: str = NAME) -> dict[str, Any]:
    """Read a source that holds one event into a draft; gives the event, empty where nothing could be had.

    The row of `feedback` of a feedback event is left to the caller, who knows where it belongs.

    Parameters
    ----------
    form
        What `events.format` says.
    """
    data = source.data()
    return _put(source, draft, decode(data), place=(0, len(data)), form=form)


def _put(source: Source, draft: Draft, decoded: Decoded, *, place: tuple[int, int], form: str = NAME) -> dict[str, Any]:
    """Fill a draft from a decoded event; says of the source and of the event what was wrong."""
    event = mapping(decoded.value)
    status = "ok"
    if decoded.problem or not isinstance(decoded.value, dict):
        problem = decoded.problem or "not a JSON object"
        status = "repaired" if event and decoded.whole else "partial"
        draft.note(f"event JSON: {problem}")
        source.note(problem)
        if status == "partial":
            source.parse_status = "partial"
            at = min(decoded.offset, place[1])
            source.quarantine(f"event: {problem}", offset=place[0] + at, length=place[1] - at)
    draft.fill(
        rank=RANK, format=form, source_id=source.source_id, offset=place[0], length=place[1], parse_status=status
    )
    if not event:
        draft.fill(rank=0, event_class="incident_signal", event_kind="exception")
        return event
    event = {_LEGACY.get(key, key): value for key, value in event.items()}
    fill(source.records, draft, event)
    return event


def fill(records: Records, draft: Draft, event: dict[str, Any]) -> None:
    """Put a decoded event into a draft and the tables."""
    links = chain(event)
    images = Images(event.get("debug_meta"))
    stacks = traces(event, links, images)
    _fill_what(draft, event, links.main)
    _fill_where(draft, event)
    _fill_request(draft, event)
    _fill_mechanism(draft, links.thrown)
    crash = next((trace for trace in stacks if trace.role == "crash"), None)
    if crash:
        draft.fill(rank=RANK, thread_id=crash.thread_id)
    draft.stacks(stacks, rank=RANK if crash and crash.frames else 0)
    for image in images.rows:
        records.module(draft.event, **image)
    _annotate(records, draft.event, event, links.main)
    _breadcrumbs(records, draft, event)


def _fill_what(draft: Draft, event: dict[str, Any], main: dict[str, Any]) -> None:
    """Class, kind, names, level and time."""
    severity = level(event.get("level"))
    crashed = any(thread.get("crashed") is True for thread in items(event.get("threads")))
    is_transaction = event.get("type") == "transaction" or ("spans" in event and "start_timestamp" in event)
    is_context = is_transaction or feedback.is_feedback(event)
    platform = language(event.get("platform"))
    is_signal = not is_context and bool(main or crashed or severity in {None, "error", "fatal"})
    if is_context:
        kind = "transaction" if is_transaction else "feedback"
    elif is_native(main) or ((severity == "fatal" or crashed) and not is_managed(main, platform)):
        kind = "crash"
    else:
        kind = "exception" if main else "log"
    trap = fault(text(main.get("type")), text(main.get("value")))
    kind = trap.kind or kind if trap and is_signal else kind
    start, ts = moment(event.get("start_timestamp")), moment(event.get("timestamp"))
    own = event.get("fingerprint")
    fingerprint = ", ".join(part for part in own if isinstance(part, str)) if isinstance(own, list) else text(own)
    draft.fill(
        rank=RANK,
        native_id=event_id(event.get("event_id")),
        ts=ts if ts is not None else moment(event.get("received")),
        ts_source="event" if ts is not None else None,
        level=severity,
        platform=platform,
        error_type=text(main.get("type")),
        error_value=text(main.get("value")),
        duration_ms=(ts - start) / 1000 if is_transaction and ts is not None and start is not None else None,
        native_fingerprint=None if fingerprint in {"", "{{ default }}", "{{default}}"} else fingerprint,
    )
    # A mere message may stand beside a minidump, which knows better what it was.
    rank = 0 if kind == "log" else RANK
    draft.fill(rank=rank, event_kind=kind, event_class="incident_signal" if is_signal else "context")
    draft.fill(rank=0, error_value=_message(event), level="error" if is_signal else None)


def _message(event: dict[str, Any]) -> str | None:
    """The message of an event, with its parameters filled in where the writer did so."""
    for value in (event.get("logentry"), event.get("message")):
        holder = value if isinstance(value, dict) else {"message": value}
        if found := text(holder.get("formatted")) or text(holder.get("message")):
            return found
    return None


def _fill_where(draft: Draft, event: dict[str, Any]) -> None:
    """Release, system, device, trace and user."""
    contexts = mapping(event.get("contexts"))
    system, device, browser = (mapping(contexts.get(name)) for name in ("os", "device", "browser"))
    app, trace = mapping(contexts.get("app")), mapping(contexts.get("trace"))
    archs = device.get("archs")
    arch = (
        text(device.get("arch"))
        or text(app.get("app_arch"))
        or (archs[0] if isinstance(archs, list) and archs else None)
    )
    arch = arch.lower() if isinstance(arch, str) else None
    named = " ".join(part for part in (text(browser.get("name")), text(browser.get("version"))) if part)
    user = text(mapping(event.get("user")).get("id"))
    draft.fill(
        rank=RANK,
        release=text(event.get("release")),
        environment=text(event.get("environment")),
        os_name=text(system.get("name")),
        os_version=text(system.get("version")),
        arch=platforms.architecture(arch),
        device=text(device.get("model")) or named or None,
        trace_id=event_id(trace.get("trace_id")),
        user_hash=digest(user) if user else None,
    )


def digest(identity: str) -> str:
    """What stands for a user in the raw tables: blake2b-64 of the id, without a key; what leaves has a mask for it."""
    return hashlib.blake2b(identity.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _fill_request(draft: Draft, event: dict[str, Any]) -> None:
    """Method, route, status and request id."""
    request = mapping(event.get("request"))
    headers = {name.lower(): text(value) for name, value in pairs(request.get("headers"))}
    url = text(request.get("url")) or ""
    path = url.partition("://")[2].partition("/")[2] if "://" in url else url.removeprefix("/")
    path = path.partition("?")[0].partition("#")[0]
    status = number(mapping(mapping(event.get("contexts")).get("response")).get("status_code"))
    draft.fill(
        rank=RANK,
        http_method=text(request.get("method")),
        route=text(event.get("transaction")) or (f"/{path}" if url else None),
        http_status=status,
        request_id=headers.get("x-request-id"),
    )


def _fill_mechanism(draft: Draft, main: dict[str, Any]) -> None:
    """Whether it was handled, and the codes of the operating system."""
    mechanism = mapping(main.get("mechanism"))
    meta, data = mapping(mechanism.get("meta")), mapping(mechanism.get("data"))
    signal, mach = mapping(meta.get("signal")), mapping(meta.get("mach_exception"))
    errno, error = mapping(meta.get("errno")), mapping(meta.get("ns_error"))
    handled = mechanism.get("handled")
    trap = fault(text(main.get("type")), text(main.get("value")))
    draft.fill(
        rank=RANK,
        handled=handled if isinstance(handled, bool) else None,
        signal=text(signal.get("name")) or _signal(main.get("type")) or (trap.signal if trap else None),
        fault_address=number(data.get("relevant_address")),
    )
    for code, name in (
        (number(mach.get("exception")), text(mach.get("name"))),
        (number(signal.get("number")), text(signal.get("name"))),
        (number(errno.get("number")), text(errno.get("name"))),
        (number(error.get("code")), text(error.get("domain"))),
    ):
        if code is not None and code >= 0:
            draft.fill(rank=RANK, error_code=code, error_code_name=name)
            break


def _signal(name: Any) -> str | None:
    """The type of a native exception, where it is the name of a signal."""
    found = (
        isinstance(name, str) and name.startswith("SIG") and 5 <= len(name) <= 9 and name.isalnum() and name.isupper()
    )
    return name if found else None


def _annotate(records: Records, event: int, payload: dict[str, Any], main: dict[str, Any]) -> None:
    """What has no column, flattened."""
    for key, value in pairs(payload.get("tags")):
        records.annotation(event, "tag", key, value)
    contexts = {name: value for name, value in mapping(payload.get("contexts")).items() if name != "feedback"}
    for path, value in flatten(contexts):
        records.annotation(event, "context", path, value)
    for name, scope in _SCOPES.items():
        if name != "tags":
            _flat(records, event, scope, _paired(payload.get(name)) if name == "request" else payload.get(name))
    error = {key: value for key, value in main.items() if key in {"module", "mechanism"}}
    _flat(records, event, "exception", error)
    _flat(records, event, "event", {key: value for key, value in payload.items() if key not in _NO_ANNOTATION})


def _paired(request: Any) -> Any:
    """A request whose headers, cookies and the like are mappings, also where they are written as pairs."""
    names = ("headers", "cookies", "query_string", "env")
    lists = {
        name: dict(pairs(mapping(request).get(name))) for name in names if isinstance(mapping(request).get(name), list)
    }
    return {**request, **lists} if lists else request


def _flat(records: Records, event: int, scope: str, value: Any) -> None:
    if isinstance(value, (dict, list)):
        for path, leaf in flatten(value):
            records.annotation(event, scope, path, leaf)


def _breadcrumbs(records: Records, draft: Draft, event: dict[str, Any]) -> None:
    """Breadcrumbs as log lines; the kind of a breadcrumb stands in its fields."""
    status = draft.get("parse_status")
    for crumb in items(event.get("breadcrumbs")):
        data = crumb.get("data")
        fields = dict(data) if isinstance(data, dict) else {} if data is None else {"data": data}
        kind = text(crumb.get("type"))
        if kind and kind != "default":
            fields = {"breadcrumb_type" if "type" in fields else "type": kind, **fields}
        records.log(
            draft.event,
            source_id=draft.get("source_id"),
            offset=draft.get("offset"),
            ts=moment(crumb.get("timestamp")),
            level=level(crumb.get("level")),
            logger=text(crumb.get("category")),
            message=text(crumb.get("message")),
            fields=json_text(fields) if fields else None,
            origin="breadcrumb",
            parse_status="ok" if status == "ok" else "repaired",
        )

r"""0xGen: the crash and feedback archives of its desktop shell, and the folders that they are made from.

Facts are from the shell's own code (crash.rs, feedback.rs, diagnostics.rs). A crash is a folder
``<tmp>/0xgen-crashes/<id>/``, saved as ``.tar.gz`` with the root ``crash/``; feedback is an archive with the root
``feedback/``, which may hold a whole crash in ``feedback/crash/``. JSON is camelCase, a key whose value is null is left
out, times are RFC 3339 in UTC.

=================  ====================================================================================================
manifest.json      version, os, arch, createdAt, baseUrl, processId, reason{kind, message, stack?, location?}
minidump.json      reason, capturedAt, backtrace? (the same as reason.stack); no memory dump, whatever its name says
diagnostics.json   capturedAt, version, os, osVersion?, kernelVersion?, architecture, uptimeSeconds, logicalCpus, ...
logs.ndjson        see `oxgen_logs`; absent where there is no line
metrics.prom       Prometheus text; absent where the shell's API did not answer
feedback.json      id, createdAt, category, message, contact?, contactHash?, include*, crashBundle?{id, reason, ...}
=================  ====================================================================================================

What a file is shows in its keys, and in its name only where they are cut. The files of one folder come in any order
and make one event by `records.draft`; where two say the same, the manifest counts more than the minidump, and that more
than the feedback. No file of a crash holds its id, so it is made again the way the shell makes it: ``crash-`` and
`createdAt` to the millisecond. That is the name of the folder, and of the archive as the shell proposes it, but does
not depend on them: a renamed archive keeps its id. Only where `createdAt` is lost the folder is asked.

Feedback is an event of its own (``event_kind="feedback"``); its row in `feedback` hangs on the crash that it came with,
else on that event. What the redactor of the shell had masked is counted, per file, as annotations of scope `redaction`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec

from triage.formats import Match, oxgen_logs, platforms, prometheus, traces
from triage.formats.broken_json import Masks, decode
from triage.formats.head import Head
from triage.formats.traces import javascript, rust
from triage.records import Draft, Frame, Trace
from triage.sources.source import Source
from triage.times import iso

__all__ = ("NAME", "TITLE", "crash_id", "read", "sniff")

NAME: Final = "0xgen"
TITLE: Final = "0xGen crash or feedback bundle"


class _Kind(NamedTuple):
    """A file of a bundle: its usual name, what `files` says of it, the keys that tell it, and all that it may have."""

    name: str
    role: str
    media: str
    description: str
    keys: frozenset[str]
    all_keys: frozenset[str]


_JSON: Final = "application/json"
_KINDS: Final = tuple(
    _Kind(name, role, media, description, frozenset(keys.split()), frozenset(f"{keys} {others}".split()))
    for name, role, media, description, keys, others in (
        ("manifest.json", "manifest", _JSON, "Crash manifest: version, system, process and reason of the crash",
         "createdAt baseUrl processId reason", "version os arch"),
        ("feedback.json", "feedback", _JSON, "What the user wrote, and what was sent along",
         "createdAt category message includeLogs includeCrash",
         "id contact contactHash includeDiagnostics crashBundle"),
        ("diagnostics.json", "diagnostics", _JSON, "Diagnostics of the machine, without names",
         "capturedAt uptimeSeconds logicalCpus timezoneOffsetMinutes",
         ("version os osVersion kernelVersion architecture physicalCpus totalMemoryBytes availableMemoryBytes "
          "hostnameHash apiHostname")),
        ("minidump.json", "stack", _JSON, "Stack of the crash as text", "reason capturedAt", "backtrace"),
        ("logs.ndjson", "logs", "application/x-ndjson", "Log lines of the shell, masked by it", "", ""),
        ("metrics.prom", "metrics", prometheus.MEDIA, "Metrics of the shell's API at the time of the crash", "", ""),
    )
)  # fmt: skip
_BY_NAME: Final = {kind.name: kind for kind in _KINDS}
_STACKS: Final = {
    "rust-panic": "Backtrace of the Rust panic",
    "renderer-error": "Stack of the JavaScript error in the window",
}
_PLAIN: Final = str.maketrans("", "", "-:.")
_MEMORY: Final = ("totalMemoryBytes", "availableMemoryBytes")
_MEMORY_NOTE: Final = "memory figures are probably 1024 times too high: the shell multiplies bytes as if they were KiB"
_FOLDER: Final = re.compile(r"(?:^|/)((?:crash|feedback)-\d{8}T\d{9}Z)(?=/|$)")

# Who counts more where two files fill the same column.
_MANIFEST, _MINIDUMP, _DIAGNOSTICS, _FEEDBACK = 20, 10, 5, 1


def sniff(head: Head) -> Match | None:
    """By the keys of a document, by the form of log lines, by metrics under the name that the shell gives them."""
    kind, score = _kind(head)
    return Match(score, f"{kind.name} of a 0xGen bundle by its content") if kind else None


def read(source: Source) -> None:
    """Read one file of a bundle; the event is shared with the other files of its folder."""
    kind, _ = _kind(Head(source.head, path=source.path, size=source.size, encoding=source.encoding))
    kind = kind or _BY_NAME.get(source.name)
    if kind is None:
        source.parse_status = "partial"
        source.quarantine("not a file of a 0xGen bundle", offset=0, length=source.size)
        return
    source.role = source.role or kind.role
    source.media = source.media or kind.media
    source.description = source.description or kind.description
    draft, masks = source.records.draft(NAME, source.scope), Masks()
    if kind.role == "logs":
        oxgen_logs.read_lines(source, masks.through(source.lines()), draft.event)
    elif kind.role == "metrics":
        prometheus.read_lines(source, masks.through(source.lines()), draft.event)
    else:
        draft = _document(source, kind, draft, masks)
    if masks.total:
        source.note(f"masked by its writer: {masks}")
        source.records.annotation(draft.event, "redaction", kind.name, str(masks.total))


def crash_id(created: Any, prefix: str = "crash") -> str | None:
    """The id that the shell gives: `crash-YYYYMMDDTHHMMSSmmmZ`, from the time in the manifest.

    Examples
    --------
    >>> crash_id("2026-01-26T01:25:59.123456789Z")
    'crash-20260126T012559123Z'
    """
    micros = iso(created)
    if micros is None:
        return None
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
    stamp = moment.replace(tzinfo=None).isoformat(timespec="milliseconds")
    return f"{prefix}-{stamp.translate(_PLAIN)}Z"


def _kind(head: Head) -> tuple[_Kind | None, int]:
    """Which file of a bundle this is, and how sure that is."""
    text = head.text.lstrip()
    if not text.startswith("{"):
        is_metrics = head.name == "metrics.prom" and prometheus.looks_like(head)
        return (_BY_NAME["metrics.prom"], 80) if is_metrics else (None, 0)
    if oxgen_logs.looks_like(head):
        return _BY_NAME["logs.ndjson"], 85
    keys = head.keys
    for kind in _KINDS:
        if kind.keys and kind.keys <= keys and (len(kind.keys) > 2 or keys <= kind.all_keys):
            return kind, 93
    named = _BY_NAME.get(head.name)
    if named and len(keys) >= 2 and keys <= named.all_keys:
        return named, 60
    return None, 0


def _document(source: Source, kind: _Kind, draft: Draft, masks: Masks) -> Draft:
    """Read a JSON document; gives the event that it belongs to."""
    data = source.text().encode("utf-8", "replace")
    masks.count(data)
    value, status = decode(data)
    if not isinstance(value, dict):
        source.parse_status = "partial"
        source.quarantine("not a JSON object", offset=0, length=source.size)
        return draft
    if status == "repaired":
        source.note("not strict JSON; repaired")
        draft.fill(rank=99, parse_status=status)
    elif status != "ok":
        source.parse_status = "partial"
        source.note("damaged JSON, read as far as it goes")
        draft.fill(rank=100, parse_status="partial")
    if kind.role == "manifest":
        return _manifest(source, draft, value)
    {"stack": _minidump, "diagnostics": _diagnostics, "feedback": _feedback}[kind.role](source, draft, value)
    return draft


def _manifest(source: Source, draft: Draft, value: dict[str, Any]) -> Draft:
    """Fill the event from manifest.json; a second manifest of one folder is a second crash."""
    native = crash_id(value.get("createdAt")) or _from_folder(source)
    if draft.get("ts_source") == "manifest.json" and draft.get("native_id") != native:
        draft = source.records.draft(NAME, source.scope, native or source.source_id)
    arch = _text(value.get("arch"))
    draft.fill(
        rank=_MANIFEST,
        native_id=native,
        ts=iso(value.get("createdAt")),
        ts_source="manifest.json",
        release=_text(value.get("version")),
        os_name=platforms.system(_text(value.get("os"))),
        arch=platforms.architecture(arch),
    )
    _place(source, draft, _MANIFEST)
    note = source.records.annotation
    note(draft.event, "process", "baseUrl", value.get("baseUrl"))
    note(draft.event, "process", "processId", value.get("processId"))
    reason = _object(value.get("reason"))
    for key in ("kind", "message", "location"):
        note(draft.event, "reason", key, reason.get(key))
    held = _read_stacks(draft)
    own = _crash(source, draft, reason, _MANIFEST)
    draft.stacks([*own, *_others(held, own)] if own else [], rank=_MANIFEST)
    _note_difference(draft)
    location = _text(reason.get("location"))
    if not own and location:
        draft.stacks([_located(location, draft)], rank=0)
    return draft


def _minidump(source: Source, draft: Draft, value: dict[str, Any]) -> None:
    """Fill the event from minidump.json: the same reason again, and its stack a second time."""
    reason = _object(value.get("reason"))
    kind = _text(reason.get("kind")) or ""
    source.description = _STACKS.get(kind, source.description)
    draft.fill(
        rank=_MINIDUMP,
        native_id=crash_id(value.get("capturedAt")),
        ts=iso(value.get("capturedAt")),
        ts_source="minidump.json",
    )
    _place(source, draft, _MINIDUMP)
    held = _read_stacks(draft) if draft.get("ts_source") == "manifest.json" else []
    own = _crash(source, draft, reason, _MINIDUMP)
    backtrace = _text(value.get("backtrace"))
    if backtrace and backtrace != reason.get("stack"):
        again = _stacks(source, {**reason, "stack": backtrace})
        own = [*own, *_others(again, own)] if own else again
    if held:
        draft.stacks(_others(own, held), rank=_MANIFEST)
    else:
        draft.stacks(own, rank=_MINIDUMP)
    _note_difference(draft)


def _diagnostics(source: Source, draft: Draft, value: dict[str, Any]) -> None:
    """Diagnostics become annotations of scope `device`, and fill what the manifest leaves open."""
    arch = _text(value.get("architecture"))
    draft.fill(
        rank=_DIAGNOSTICS,
        ts=iso(value.get("capturedAt")),
        ts_source="diagnostics.json",
        release=_text(value.get("version")),
        os_name=platforms.system(_text(value.get("os"))),
        os_version=_text(value.get("osVersion")),
        arch=platforms.architecture(arch),
    )
    draft.fill(rank=-1, event_class="context", event_kind="diagnostics")
    _place(source, draft, _DIAGNOSTICS)
    for key, item in value.items():
        source.records.annotation(draft.event, "device", key, item)
        if key in _MEMORY and isinstance(item, int):
            source.records.annotation(draft.event, "device", f"{key}.probably", item // 1024)
            draft.note(_MEMORY_NOTE)


def _feedback(source: Source, draft: Draft, value: dict[str, Any]) -> None:
    """Feedback is an event of context; its words hang on the crash that was sent along."""
    native = _text(value.get("id")) or crash_id(value.get("createdAt"), "feedback") or _from_folder(source)
    ts = iso(value.get("createdAt"))
    draft.fill(rank=_MANIFEST, native_id=native, ts=ts, ts_source="feedback.json")
    draft.fill(rank=2, event_class="context", event_kind="feedback", level="info")
    _place(source, draft, _MANIFEST)
    note = source.records.annotation
    for key, item in value.items():
        if key not in {"crashBundle", "contact"}:
            note(draft.event, "feedback", key, item)
    event, bundle = draft.event, value.get("crashBundle")
    if isinstance(bundle, dict):
        crash = _nested(source, bundle)
        event = crash.event
        for key in ("id", "createdAt", "fileCount"):
            note(draft.event, "feedback", f"crashBundle.{key}", bundle.get(key))
        note(crash.event, "feedback", "id", native)
    source.records.feedback(
        event,
        ts=ts,
        contact_masked=_masked(value.get("contact")),
        message=_text(value.get("message")),
        origin=NAME,
    )


def _nested(source: Source, bundle: dict[str, Any]) -> Draft:
    """The crash that a feedback archive holds: its files lie in `crash/` beside feedback.json."""
    folder = f"{source.folder}/crash" if source.folder else "crash"
    draft = source.records.draft(NAME, f"{source.container_id or ''}\0{folder}")
    native = _text(bundle.get("id")) or crash_id(bundle.get("createdAt"))
    draft.fill(rank=_FEEDBACK, native_id=native, ts=iso(bundle.get("createdAt")), ts_source="feedback.json")
    _place(source, draft, _FEEDBACK)
    draft.stacks(_crash(source, draft, _object(bundle.get("reason")), _FEEDBACK), rank=_FEEDBACK)
    return draft


def _place(source: Source, draft: Draft, rank: int) -> None:
    """Where the event was read, and that it could be."""
    draft.fill(rank=rank, source_id=source.source_id, offset=0, length=source.size)
    draft.fill(format=NAME, parse_status="ok")


def _crash(source: Source, draft: Draft, reason: dict[str, Any], rank: int) -> list[Trace]:
    """Fill what the reason says of the crash; gives its stacks."""
    kind = _text(reason.get("kind"))
    stacks = _stacks(source, reason)
    error_type, error_value = stacks[0].error_type if stacks else None, _text(reason.get("message"))
    if kind == "renderer-error":
        named = javascript.error_head((error_value or "").partition("\n")[0])
        error_type = error_type or (named[0] if named else "Error")
        error_value = (error_value or "").removeprefix("Uncaught ").removeprefix(f"{error_type}: ") or None
    draft.fill(
        rank=rank,
        event_class="incident_signal",
        event_kind="crash",
        level="fatal" if kind == "rust-panic" else "error",
        handled=False,
        platform={"rust-panic": "rust", "renderer-error": "javascript"}.get(kind or ""),
        error_type="panic" if kind == "rust-panic" else error_type or kind,
        error_value=error_value,
    )
    columns, _ = draft.row()
    own = {"error_type": columns.get("error_type"), "error_value": columns.get("error_value")}
    return [msgspec.structs.replace(stacks[0], **own, crashed=True), *stacks[1:]] if stacks else []


def _stacks(source: Source, reason: dict[str, Any]) -> list[Trace]:
    """The stacks in the text of a reason, by its kind; a text that has no frame gives none."""
    text = _text(reason.get("stack"))
    if not text:
        return []
    modules = {"rust-panic": rust, "renderer-error": javascript}
    module = modules.get(_text(reason.get("kind")) or "")
    found: tuple[Trace, ...] = ()
    if module is not None:
        found = source.records.parsed(module.__name__, text, module.parse)
    if not any(trace.frames for trace in found):
        found = source.records.parsed("any", text, traces.parse)
    return list(found) if any(trace.frames for trace in found) else []


def _others(offered: list[Trace], held: list[Trace]) -> list[Trace]:
    """The stacks that are not among those held, as further ones beside the crash."""
    known = {trace.frames for trace in held}
    return [
        msgspec.structs.replace(trace, role="thread", chain_no=0, crashed=None)
        for trace in offered
        if trace.frames and trace.frames not in known
    ]


def _read_stacks(draft: Draft) -> list[Trace]:
    """The stacks that the event has now, but for the one that stands in for a stack."""
    return [trace for trace in draft.row()[1] if trace.frames and trace.frames[0].trust != "location"]


def _note_difference(draft: Draft) -> None:
    if any(trace.role == "thread" for trace in draft.row()[1]):
        draft.note("its files hold different stacks of this crash; all are kept")


def _located(location: str, draft: Draft) -> Trace:
    """A stack of one frame, from the place of the panic, where there is no other."""
    file, line, column = rust.place(location)
    frame = Frame(file=file, line=line, column=column, language="rust", trust="location")
    value = draft.get("error_value")
    return Trace(frames=(frame,), error_type=draft.get("error_type"), error_value=value, crashed=True, unwinder="text")


def _from_folder(source: Source) -> str | None:
    """The id in a folder's name; the last of them."""
    found = _FOLDER.findall(source.folder)
    return found[-1] if found else None


def _masked(value: Any) -> str | None:
    """The contact as the shell masked it; masked here where it did not."""
    contact = _text(value)
    if not contact or "*" in contact or "[REDACTED" in contact:
        return contact
    return f"{contact[0]}***"


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None

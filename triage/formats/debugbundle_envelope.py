"""DebugBundle's event envelope: one decoded object to one event row with its stacks, log lines and annotations.

Facts: specs of the envelope (schema 2026-03-01) and of the compatibility pass that the product runs before it
validates. Ours validates less: what can be read stays, with `parse_status` and notes; only what is no object, names
no event type, has no payload object, or carries a message that is not text goes to quarantine.

============== ==========================================================================================
of an envelope becomes
============== ==========================================================================================
event_id       native_id, as spelled
occurred_at    ts; offsets are accepted and noted
service        service, environment, platform (of the runtime); framework and the rest as `service` annotations
correlation    request_id, trace_id, session_id, user_hash; scalars become text, the rest `correlation` annotations
context        `context` annotations, and `release`; sdk_language, payload.context, request.attributes and unknown
               payload keys join it
sdk_*, project `sdk`, `project` and `envelope` annotations; of a project token only that there is one
payload        see `debugbundle_payload`
============== ==========================================================================================

"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from triage.columns import real
from triage.formats import platforms, traces
from triage.formats.debugbundle_json import TOO_DEEP
from triage.formats.debugbundle_lines import at_lines
from triage.records import MOST_OCCURRENCES
from triage.times import iso, stamp

if TYPE_CHECKING:
    from triage.records import Trace
    from triage.sources.source import Source

__all__ = ("SCHEMA", "Row", "fill_head", "level_of", "os_of", "parser", "platform_of", "stem", "unescaped")

SCHEMA: Final = "2026-03-01"
# Nested maps are annotations with dotted keys down to here; below that they are JSON.
_DEPTH: Final = 6

_LEVELS: Final = {
    "trace": "trace",
    "verbose": "trace",
    "debug": "debug",
    "info": "info",
    "information": "info",
    "log": "info",
    "notice": "info",
    "low": "info",
    "warn": "warning",
    "warning": "warning",
    "medium": "warning",
    "err": "error",
    "error": "error",
    "high": "error",
    "severe": "error",
    "alert": "fatal",
    "critical": "fatal",
    "emergency": "fatal",
    "fatal": "fatal",
    "panic": "fatal",
}
_PLATFORMS: Final = {
    "browser": "javascript",
    "bun": "javascript",
    "deno": "javascript",
    "dotnet": "csharp",
    ".net": "csharp",
    "flutter": "dart",
    "golang": "go",
    "jvm": "java",
    "kotlin": "java",
    "node": "javascript",
    "node.js": "javascript",
    "nodejs": "javascript",
    "typescript": "javascript",
}


def level_of(value: Any) -> str | None:
    """The level that a word for a level or a severity stands for, None where it is none."""
    return _LEVELS.get(value.lower()) if isinstance(value, str) else None


def platform_of(runtime: Any) -> str | None:
    """The platform of a runtime name."""
    return _PLATFORMS.get(runtime.lower(), runtime.lower()) if isinstance(runtime, str) and runtime else None


def os_of(value: Any) -> str | None:
    """The usual name of an operating system."""
    return platforms.system(value) if isinstance(value, str) else None


class Row:
    """One event in the making: buffered, so that a payload that turns out to be invalid leaves nothing behind."""

    __slots__ = ("annotations", "columns", "language", "logs", "notes", "source", "status", "traces")

    def __init__(self, source: Source, **columns: Any) -> None:
        self.source = source
        self.columns = columns
        self.language: str | None = None
        self.annotations: list[tuple[str, str, Any]] = []
        self.logs: list[dict[str, Any]] = []
        self.notes: list[str] = []
        self.status = "ok"
        self.traces: tuple[Trace, ...] = ()

    def repaired(self, note: str) -> None:
        """Say that something was read otherwise than it was written."""
        self.notes.append(note)
        if self.status == "ok":
            self.status = "repaired"

    def read_as(self, note: str | None) -> None:
        """Say how the JSON was decoded, where that was not as it stands."""
        if note:
            (self.partial if note == TOO_DEEP else self.repaired)(note)

    def partial(self, note: str) -> None:
        """Say that something could not be read."""
        self.notes.append(note)
        self.status = "partial"

    def annotate(self, scope: str, key: str, value: Any) -> None:
        """Add an annotation: a map with dotted keys, anything else as it is; nothing for null and empty."""
        if isinstance(value, dict):
            self.flat(scope, value, f"{key}.")
        elif value is not None and value not in ("", []):
            self.annotations.append((scope, key, value))

    def flat(self, scope: str, values: dict[str, Any], prefix: str = "", depth: int = 1) -> None:
        """Add the leaves of a map as annotations with dotted keys."""
        for key, value in values.items():
            if value is None or value in ("", [], {}):
                continue
            if key == "project_token":
                self.annotations.append((scope, prefix + key, "present"))
            elif type(value) is dict and depth < _DEPTH:
                self.flat(scope, value, f"{prefix}{key}.", depth + 1)
            else:
                self.annotations.append((scope, prefix + key, value))

    def text(self, values: dict[str, Any], key: str, where: str) -> str | None:
        """A field that should be text; noted where it is something else."""
        value = values.get(key)
        if value is None or type(value) is str:
            return value or None
        self.partial(f"{where}.{key} is not text")
        self.annotate(where, key, value)
        return None

    def number(self, values: dict[str, Any], key: str, where: str) -> float | int | None:
        """A field that should be a number; digits in text are taken."""
        value = values.get(key)
        if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
            return value
        if isinstance(value, str) and len(value) < 32:
            try:
                number = float(value)
            except ValueError:
                number = float("nan")
            if number - number == 0:
                self.repaired(f"{where}.{key} is a number in text")
                return int(number) if number.is_integer() else number
        self.partial(f"{where}.{key} is not a number")
        self.annotate(where, key, value)
        return None

    def whole(self, values: dict[str, Any], key: str, where: str) -> int | None:
        """A field that should be a whole number that a column can hold."""
        value = self.number(values, key, where)
        if value is None or abs(value) < 1 << 63:
            return None if value is None else int(value)
        self.partial(f"{where}.{key} is out of range")
        self.annotate(where, key, values[key])
        return None

    def real(self, values: dict[str, Any], key: str, where: str) -> float | None:
        """A field that should be a number that a column of doubles can hold."""
        value = self.number(values, key, where)
        found = real(value)
        if value is not None and found is None:
            self.partial(f"{where}.{key} is out of range")
            self.annotate(where, key, values[key])
        return found

    def occurrences(self, values: dict[str, Any], key: str, where: str) -> int | None:
        """A field that counts occurrences; an absurd count is cut, and noted."""
        value = self.number(values, key, where)
        if value is None or 0 <= value <= MOST_OCCURRENCES:
            return None if value is None else int(value)
        is_many = value > MOST_OCCURRENCES
        self.partial(f"{where}.{key} counts as {MOST_OCCURRENCES:,}" if is_many else f"{where}.{key} is no count")
        self.annotate(where, key, values[key])
        return MOST_OCCURRENCES if is_many else None

    def flag(self, values: dict[str, Any], key: str, where: str) -> bool | None:
        """A field that should be true or false; noted where it is something else."""
        value = values.get(key)
        if value is None or isinstance(value, bool):
            return value
        self.partial(f"{where}.{key} is neither true nor false")
        self.annotate(where, key, value)
        return None

    def mapping(self, values: dict[str, Any], key: str, where: str) -> dict[str, Any]:
        """A field that should be a map; anything else is kept as an annotation and noted."""
        value = values.get(key)
        if type(value) is dict:
            return value
        if value not in (None, "", []):
            self.partial(f"{where}.{key} is not a map")
            self.annotate(where, key, value)
        return {}

    def stack(self, text: str | None, error: str | None, message: str | None) -> None:
        """Read a stack text; equal stacks are parsed once, whatever the message above them says."""
        if not text or not text.strip():
            return
        raw, text = text, unescaped(text)
        rest, headed = stem(text, error, message)
        if not rest.strip():
            return
        language = self.language or ""
        found = self.source.records.parsed(f"stack {language}", f"{error}{rest}" if headed else text, parser(language))
        if not any(trace.frames for trace in found):
            self.annotate("error", "stack", raw)
            self.partial("the stack text has no form that is known")
        elif raw is not text and at_lines(raw) != at_lines(text):
            self.annotate("error", "stack", raw)  # read with its tabs, which its writer did not
        if headed and found:
            found = (replace(found[0], error_type=error, error_value=message), *found[1:])
        self.traces = found

    def seal(self) -> int:
        """Append the event and all that hangs on it."""
        records, source_id = self.source.records, self.source.source_id
        columns = self.columns
        event = records.event(source_id=source_id, parse_status=self.status, notes=self.notes or None, **columns)
        if self.traces:
            records.stacks(event, self.traces)
        offset = columns.get("offset")
        for log in self.logs:
            records.log(event, source_id=source_id, offset=offset, **log)
        annotation = records.annotation
        for scope, key, value in self.annotations:
            annotation(event, scope, key, value)
        return event


def unescaped(text: str) -> str:
    """A stack text with its lines apart, where a writer spelled their ends out."""
    if "\n" in text or "\\n" not in text:
        return text
    return text.replace("\\r\\n", "\n").replace("\\n", "\n").replace("\\t", "\t")


def stem(text: str, error: str | None, message: str | None) -> tuple[str, bool]:
    """A stack text without the error and the message that it begins with, and whether it did."""
    head = f"{error}: {message}"
    headed = (
        bool(error and message)
        and text.startswith(head)
        and text[len(head) : len(head) + 1] in {"", "\r", "\n"}
        and not at_lines(message or "")
    )
    return (text[len(head) :] if headed else text), headed


@cache
def parser(language: str) -> partial[list[Trace]]:
    """The parser of stack texts for a language."""
    return partial(_parse, language=language or None)


def _parse(text: str, *, language: str | None) -> list[Trace]:
    """Parse a stack text; what the product's fingerprint takes of it stays with the first frame."""
    found = traces.parse(text, language=language)
    lines = at_lines(text)
    at = next((at for at, trace in enumerate(found) if trace.frames), None)
    if lines and at is not None:
        first, *rest = found[at].frames
        found[at] = replace(found[at], frames=(replace(first, written="\n".join(lines)), *rest))
    return found


_HEAD: Final = frozenset(
    {
        "schema_version",
        "event_id",
        "event_type",
        "sdk_name",
        "sdk_version",
        "sdk_language",
        "service",
        "occurred_at",
        "payload",
        "project_token",
        "project_id",
        "correlation",
        "context",
    }
)
_SERVICE: Final = frozenset(("name", "environment", "runtime"))
_CORRELATION: Final = {
    "request_id": "request_id",
    "trace_id": "trace_id",
    "session_id": "session_id",
    "user_id_hash": "user_hash",
}


def fill_head(row: Row, item: dict[str, Any]) -> None:
    """Everything of an envelope but its payload."""
    columns = row.columns
    _identity(row, item)
    columns["ts"] = _moment(row, item.get("occurred_at"))
    columns["ts_source"] = None if columns["ts"] is None else "event"
    _service(row, item)
    correlation = row.mapping(item, "correlation", "envelope")
    for key, value in correlation.items():
        if value is None:
            continue
        column = _CORRELATION.get(key)
        if column is None or isinstance(value, (dict, list)):
            row.annotate("correlation", key, value)
        elif type(value) is str:
            columns[column] = value or None
        else:
            columns[column] = str(value).lower() if isinstance(value, bool) else str(value)
            row.repaired(f"correlation.{key} was not text")
    context = row.mapping(item, "context", "envelope")
    if context:
        row.flat("context", context)
        release = context.get("release")
        columns["release"] = release if isinstance(release, str) else None
    if not _HEAD.issuperset(item):
        row.repaired("keys that the envelope does not have were kept as context")
        row.flat("context", {key: value for key, value in item.items() if key not in _HEAD})
    row.annotate("context", "sdk_language", item.get("sdk_language"))


def _identity(row: Row, item: dict[str, Any]) -> None:
    """Event id, schema, SDK and project."""
    native = item.get("event_id")
    if isinstance(native, str) and native:
        row.columns["native_id"] = native
        if len(native) != 36 or not native[8] == native[13] == native[18] == native[23] == "-":
            row.partial("event_id is not a UUID")
    elif isinstance(native, int):
        row.columns["native_id"] = str(native)
        row.partial("event_id is not a UUID")
    else:
        row.partial("no event_id")
    schema = item.get("schema_version")
    if schema != SCHEMA:
        row.repaired("the schema version is another than 2026-03-01" if schema else "no schema_version")
    annotations = row.annotations
    for scope, key, name in (
        ("envelope", "schema_version", "schema_version"),
        ("sdk", "name", "sdk_name"),
        ("sdk", "version", "sdk_version"),
        ("project", "id", "project_id"),
    ):
        value = item.get(name)
        if value is not None:
            annotations.append((scope, key, value))
    if item.get("project_token") is not None:
        annotations.append(("project", "token", "present"))


def _service(row: Row, item: dict[str, Any]) -> None:
    """Service, environment and platform."""
    service = item.get("service")
    if type(service) is not dict:
        if isinstance(service, str) and service:
            row.columns["service"] = service
            row.repaired("service is a name, not a map")
        else:
            row.partial("no service")
        return
    row.columns["service"] = row.text(service, "name", "service")
    row.columns["environment"] = row.text(service, "environment", "service")
    runtime = row.text(service, "runtime", "service")
    if runtime:
        row.language = runtime.lower()
        row.columns["platform"] = platform_of(runtime)
        row.annotations.append(("service", "runtime", runtime))
    if len(service) > 2:
        for key, value in service.items():
            if key not in _SERVICE and value is not None:
                row.annotate("service", key, value)


def _moment(row: Row, value: Any) -> int | None:
    """The instant of `occurred_at`."""
    ts = iso(value)
    if ts is not None:
        if value[-1] not in "Zz":
            text = value.strip()
            zoned = "+" in text[10:] or "-" in text[10:]
            row.repaired("occurred_at has an offset" if zoned else "occurred_at has no zone; taken as UTC")
        return ts
    ts = stamp(value)
    if ts is None:
        row.partial("occurred_at is no time" if value is not None else "no occurred_at")
    else:
        row.repaired("occurred_at is a number")
    return ts

"""Stacks of a minidump as JSON: rust-minidump's and Breakpad's, Socorro's crashes, and Mozilla's crash pings.

Facts: rust-minidump's page on its schema; general knowledge of Socorro's processed and raw crashes, of the annotation
`StackTraces` and of the ping. Layout::

    stackwalk  {"crash_info": {"type", "address", "crashing_thread", "assertion"}, "system_info",
               "crashing_thread", "threads": [{"frames": [{"module", "function", "file", "line", "offset", "trust"}]}],
               "modules", ...}
    processed  {"uuid", "signature", "product", "version", "json_dump": stackwalk | text, "java_exception", ...}
    raw        {"ProductName", "Version", "StackTraces": text | traces, "JavaException", "JavaStackTrace", ...}
    ping       {"type": "crash", "payload": {"crashId", "stackTraces": traces, "metadata": raw}, "application", ...}
    traces     {"status", "crash_info", "main_module", "modules", "threads": [{"frames": [{"ip", "module_index"}]}]}

A file is one of them, an array, or one on each line. Stacks are made by `stackwalk_json_stacks`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from triage.formats import Match, platforms
from triage.formats.held_text import report as held_report
from triage.formats.sentry_json import Decoded, decode, flatten, mapping, moment, number, text
from triage.formats.stackwalk_json_stacks import java, modules, subject, traces
from triage.formats.traces.stackwalk_lines import access, reason
from triage.times import iso

if TYPE_CHECKING:
    from triage.formats.head import Head
    from triage.records import Trace
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "read", "sniff")

NAME: Final = "stackwalk-json"
TITLE: Final = "Minidump stacks as JSON (rust-minidump, Socorro, crash ping)"

_SYSTEMS: Final = {"Windows NT": "Windows", "Mac OS X": "macOS", "Mac OS": "macOS"}
_LONGEST: Final = 64_000
# Keys that have their own columns or tables, or repeat others.
_DONE: Final = frozenset(
    (
        "threads", "crashing_thread", "modules", "unloaded_modules", "json_dump", "java_exception", "java_stack_trace",
        "java_stack_trace_raw", "JavaException", "JavaStackTrace", "StackTraces", "stackTraces", "crash_info", "status",
        "thread_count", "main_module", "modules_contains_cert_info", "uuid", "payload", "upload_file_minidump",
    )
)  # fmt: skip


def sniff(head: Head) -> Match | None:
    """By the keys of one of the four."""
    if head.text.lstrip()[:1] not in {"{", "["}:
        return None
    keys = head.keys
    if "crash_info" in keys and keys & {"threads", "system_info", "modules", "crashing_thread", "main_module"}:
        return Match(93, "JSON with crash_info and threads of minidump-stackwalk")
    if keys >= {"crashing_thread", "threads", "modules"} or keys >= {"system_info", "threads", "modules"}:
        return Match(85, "JSON with threads and modules of minidump-stackwalk")
    if "json_dump" in keys or (
        keys >= {"uuid", "signature"} and keys & {"product", "date_processed", "crashing_thread"}
    ):
        return Match(92, "JSON with json_dump or signature of a crash of Socorro")
    if "ProductName" in keys and keys & {"StackTraces", "CrashTime", "BuildID", "Version", "JavaStackTrace"}:
        return Match(85, "JSON with ProductName and other annotations of a crash")
    if keys >= {"type", "payload"} and '"crash"' in head.text[:4_000] and _is_ping(head):
        return Match(85, "JSON of a crash ping")
    return None


def _is_ping(head: Head) -> bool:
    """Whether the head holds what only crash pings do."""
    return any(f'"{key}"' in head.text for key in ("crashId", "stackTraces", "crashDate", "processType"))


def read(source: Source) -> None:
    """Read one crash, an array of them, or one on each line."""
    source.role = source.role or "report"
    source.description = source.description or TITLE
    data = bytes(source.data()) if source.encoding == "utf-8" else source.text().encode("utf-8", "replace")
    data = data.removeprefix(b"\xef\xbb\xbf")
    decoded = decode(data)
    if decoded.problem and _read_lines(source, data):
        return
    source.media = source.media or "application/json"
    found = 0
    for document in decoded.value if isinstance(decoded.value, list) else [decoded.value]:
        if mapping(document):
            found += 1
            _Crash(source, document, decoded, offset=0, length=len(data)).run()
    if not found or decoded.problem:
        problem = decoded.problem or "no crash in this document"
        source.note(problem)
        if not found or not decoded.whole:
            source.parse_status = "partial"
            source.quarantine(problem, offset=decoded.offset, length=max(len(data) - decoded.offset, 0))


def _read_lines(source: Source, data: bytes) -> bool:
    """Read one crash per line; False where the first line that is not blank is no object."""
    lines = data.split(b"\n")
    filled = [line for line in lines[:100] if line.strip()]
    if len(filled) < 2:
        return False
    try:
        if not isinstance(msgspec.json.decode(filled[0]), dict):
            return False
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    source.media = "application/x-ndjson"
    offset = 0
    for nth, line in enumerate(lines, 1):
        if line.strip():
            decoded = decode(line)
            if mapping(decoded.value):
                _Crash(source, decoded.value, decoded, offset=offset, length=len(line)).run()
            else:
                source.quarantine("line: not a JSON object", offset=offset, length=len(line), line=nth)
        offset += len(line) + 1
    return True


class _Crash:
    """The reading of one crash: which layers it has, then columns and rows from them."""

    def __init__(self, source: Source, document: dict[str, Any], decoded: Decoded, *, offset: int, length: int) -> None:
        self.source, self.document = source, document
        self.notes: list[str] = [f"JSON: {decoded.problem}"] if decoded.problem else []
        payload = mapping(document.get("payload"))
        self.ping = document if payload and text(document.get("type")) == "crash" else {}
        self.meta = mapping(payload.get("metadata")) if self.ping else {}
        inner = _held(document.get("json_dump")) or _held(document.get("StackTraces"))
        if self.ping:
            inner = _held(payload.get("stackTraces")) or _held(payload.get("minidumpStackTraces"))
        self.dump: dict[str, Any] = inner or (document if "crash_info" in document or "threads" in document else {})
        self.columns: dict[str, Any] = {
            "source_id": source.source_id,
            "offset": offset,
            "length": length,
            "format": NAME,
            "event_class": "incident_signal",
            "platform": "native",
            "parse_status": "ok" if not decoded.problem else "repaired" if decoded.whole else "partial",
        }

    def any(self, *names: str) -> str | None:
        """The first text that the crash, its annotations or its ping have under one of the names."""
        places = (self.document, self.meta, mapping(self.ping.get("payload")), mapping(self.ping.get("application")))
        return next((found for name in names for place in places if (found := text(place.get(name)))), None)

    def run(self) -> None:
        """Write the event with all that belongs to it."""
        self._where()
        stacks = self._what()
        records = self.source.records
        event = records.event(**self.columns, notes=self.notes or None)
        records.stacks(event, stacks)
        for row in modules(self.dump):
            records.module(event, **row)
        self._annotate(event)

    def _where(self) -> None:
        """Program, system and time."""
        system = mapping(self.dump.get("system_info"))
        env = mapping(mapping(mapping(self.ping.get("environment")).get("system")).get("os"))
        name = text(system.get("os")) or self.any("os_name", "os_pretty_version") or text(env.get("name"))
        arch = text(system.get("cpu_arch")) or self.any("cpu_arch", "cpu_name", "architecture", "Android_CPU_ABI")
        when = self._moment()
        release, build = self.any("version", "Version"), self.any("build", "BuildID", "build_id", "buildId")
        main = number(self.dump.get("main_module"))
        rows = self.dump.get("modules")
        program = rows[main] if isinstance(rows, list) and main is not None and 0 <= main < len(rows) else None
        self.columns |= {
            "native_id": self.any("uuid", "crash_id", "crashId") or text(self.ping.get("id")),
            "ts": when,
            "ts_source": None if when is None else "crash",
            "service": self.any("product", "ProductName", "name") or text(mapping(program).get("filename")),
            "release": f"{release} {build}" if release and build else release or build,
            "environment": self.any("release_channel", "ReleaseChannel", "channel"),
            "os_name": platforms.system(_SYSTEMS.get(name or "", name)),
            "os_version": text(system.get("os_ver")) or self.any("os_version") or text(env.get("version")),
            "arch": platforms.architecture(arch),
            "device": self.any("Android_Model", "android_model"),
            "native_fingerprint": self.any("signature"),
        }

    def _moment(self) -> int | None:
        """When it crashed, else when the crash was processed or sent."""
        for key in ("crash_time", "CrashTime", "client_crash_date", "crashTime", "crashDate", "date_processed",
                    "submitted_timestamp", "creationDate", "timestamp"):  # fmt: skip
            value = self.any(key)
            found = (
                None
                if value is None
                else (moment(value) if not value[:4].isdigit() or "-" not in value else iso(value))
            )
            found = moment(number(value)) if found is None and value and value.isdigit() else found
            if found is not None:
                return found
        return None

    def _what(self) -> list[Trace]:
        """What happened, and the stacks."""
        info = mapping(self.dump.get("crash_info"))
        words = text(info.get("type")) or self.any("reason") or ""
        error_type, code_name, signal = reason(words)
        address = number(info.get("address"))
        address = number(self.any("address")) if address is None else address
        said = text(info.get("assertion")) or self.any(
            "moz_crash_reason", "MozCrashReason", "abort_message", "AbortMessage"
        )
        mac = _mac_words(self.dump.get("mac_crash_info"))
        fault = address if address is not None and address >= 0 else None
        value = said or mac or (f"access to address 0x{fault:x}" if fault is not None and error_type else None)
        raised = java(self.document) or self._java()
        index = subject(self.dump, self.document)
        stacks = traces(self.dump, index, error_type, value)
        is_hang = "shutdownhang" in (self.any("signature") or "") or self.any("Hang", "hang_type") == "1"
        asked = error_type in {"DUMP_REQUESTED", "Simulated Exception"}
        kind = "dump" if asked or not (error_type or raised or self.dump) else "crash"
        if raised:
            kind, error_type, value = "exception", raised[0].error_type, raised[0].error_value
            stacks = [
                *raised,
                *(msgspec.structs.replace(t, role="other" if t.role == "crash" else t.role) for t in stacks),
            ]
        self.columns |= {
            "event_kind": "hang" if is_hang else "assertion" if text(info.get("assertion")) else kind,
            "level": "fatal" if kind != "dump" else "info",
            "handled": False if kind != "dump" else None,
            "platform": "java" if raised else "native",
            "error_type": error_type,
            "error_value": value,
            "error_code_name": None if raised else code_name,
            "signal": None if raised else signal,
            "fault_address": fault,
            "thread_id": stacks[0].thread_id if stacks else None,
        }
        self.facts = {"access": access(words), "reason": words or None}
        if not any(trace.frames for trace in stacks) and self.columns["parse_status"] == "ok":
            self.columns["parse_status"] = "partial"
            self.notes.append("no stack in the crash")
        return stacks

    def _java(self) -> list[Trace]:
        """A Java exception that is given as text."""
        words = self.any("java_stack_trace", "java_stack_trace_raw", "JavaStackTrace", "JavaException")
        found = held_report(words, language="java") if words else None
        return list(found.traces) if found and found.error_type else []

    def _annotate(self, event: int) -> None:
        """Every key that has no column."""
        records = self.source.records
        for key, value in self.facts.items():
            records.annotation(event, "crash", key, value)
        scopes: list[tuple[str, dict[str, Any]]] = [("crash", mapping(self.dump.get("crash_info")))]
        if self.dump is not self.document:
            scopes.append(("dump", {key: value for key, value in self.dump.items() if key not in _DONE}))
        scopes.append(("report", {key: value for key, value in self.document.items() if key not in _DONE}))
        payload = mapping(self.document.get("payload"))
        scopes.append(("payload", {key: value for key, value in payload.items() if key not in _DONE}))
        for scope, held in scopes:
            for path, leaf in flatten(held):
                if path or leaf:
                    records.annotation(event, scope, path, leaf[:_LONGEST] if isinstance(leaf, str) else leaf)


def _held(value: Any) -> dict[str, Any]:
    """An object, also where it is written as text."""
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        value = decode(value.encode("utf-8", "replace")).value
    return mapping(value)


def _mac_words(value: Any) -> str | None:
    """What the libraries of macOS said before the end."""
    records = mapping(value).get("records")
    found = []
    for record in records if isinstance(records, list) else []:
        found += [word for key in ("message", "message2") if (word := text(mapping(record).get(key)))]
    return "\n".join(found) or None

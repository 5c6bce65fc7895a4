"""Apple's `.ips` reports: a line of JSON about the report, then the report as a JSON document.

Facts: general knowledge of the format, Apple's page on reading the JSON of a crash report, and reports that people
paste into issues. Layout::

    header   {"app_name", "timestamp", "app_version", "bug_type", "os_version", "incident_id", "name" ...}
    309      a crash: {"exception", "termination", "faultingThread", "threads", "lastExceptionBacktrace", "usedImages"}
    288      the stacks of all processes: {"processByPid": {pid: {"threadById": {id: {"userFrames": [[image,
             offset]]}}}}, "binaryImages": [[uuid, base, kind]]}
    298      memory ran out: {"memoryStatus", "largestProcess", "processes": [{"name", "pid", "rpages", "reason"}]}
    210      the kernel panicked: {"panicString", "product", "build"}

What a body says counts more than `bug_type`. A body that is no JSON is a text report, and is read as such. Where the
file is cut, everything up to there is read. Stacks and images are made by `apple_ips_stacks`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from triage.formats import Match
from triage.formats import exception_codes as codes
from triage.formats.apple_ips_stacks import Images, crash_traces, shot_traces
from triage.formats.held_text import report as held_report
from triage.formats.sentry_json import Decoded, decode, flatten, items, mapping, number, text
from triage.formats.trace_text import search
from triage.formats.traces import apple_frames as apple
from triage.formats.traces.apple_logs import terminated
from triage.formats.traces.check_heads import asserted
from triage.records import json_text
from triage.times import iso

if TYPE_CHECKING:
    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "read", "sniff")

NAME: Final = "apple-ips"
TITLE: Final = "Apple .ips report"

_HEADER: Final = frozenset(("incident_id", "os_version", "timestamp", "app_name", "name", "slice_uuid", "app_version"))
_BODY: Final = frozenset(
    (
        "usedImages", "faultingThread", "captureTime", "procName", "crashReporterKey", "panicString", "processByPid",
        "memoryStatus", "largestProcess", "vmSummary", "sharedCache", "lastExceptionBacktrace", "legacyInfo",
    )
)  # fmt: skip
# Keys of a body that have their own columns or tables.
_DONE: Final = frozenset(
    (
        "threads", "usedImages", "lastExceptionBacktrace", "asiBacktraces", "processes", "processByPid", "binaryImages",
        "captureTime", "procName", "modelCode", "cpuType", "osVersion", "incident", "panicString", "sharedCache",
    )
)  # fmt: skip
_LONGEST: Final = 64_000


def sniff(head: Head) -> Match | None:
    """By `bug_type` in the first line, or by the keys of a body."""
    if head.text.lstrip()[:1] != "{":
        return None
    first = mapping(head.first_line)
    if "bug_type" in first and first.keys() & _HEADER:
        return Match(97, f"first line with bug_type {text(first['bug_type']) or '?'} of an Apple report")
    if "bug_type" in first and any(line.startswith("{") for line in head.lines[1:4]):
        return Match(75, "first line with bug_type before a JSON document")
    keys = head.keys
    if "bug_type" in keys and (keys & _HEADER or '"panicString"' in head.text or '"usedImages"' in head.text):
        return Match(90, "JSON with bug_type of an Apple report")
    if len(keys & _BODY) >= 3 or keys >= {"usedImages", "threads"}:
        return Match(92, "JSON with the keys of an Apple report")
    return None


def read(source: Source) -> None:
    """Read one report."""
    source.role, source.description = source.role or "report", TITLE
    written = source.text()
    start = len(written) - len(written.lstrip())
    line, _, rest = written[start:].partition("\n")
    header, decoded = decode(line.encode("utf-8", "replace")), Decoded({})
    if rest.strip() and mapping(header.value) and header.problem is None and "threads" not in header.value:
        body = rest.lstrip()
        if body[:1] != "{":
            _read_text(source, mapping(header.value))
            return
        decoded = decode(body.encode("utf-8", "replace"))
    else:
        decoded = decode(written.encode("utf-8", "replace"))
        header = decoded
    source.media = "application/x-ndjson" if header is not decoded else "application/json"
    report = mapping(decoded.value)
    if not report and not mapping(header.value):
        source.parse_status = "partial"
        source.quarantine("not an Apple report, or damaged beyond reading", offset=0, length=source.size or 0)
        return
    _Reading(source, mapping(header.value), report, decoded).run()


def _read_text(source: Source, header: dict[str, Any]) -> None:
    """A header line before a report in text, as older systems write it."""
    search(source)
    if source.parse_status == "unknown":
        source.parse_status = None
        event = source.records.event(
            source_id=source.source_id,
            offset=0,
            length=source.size,
            format=NAME,
            event_class="operational",
            event_kind="report",
            native_id=text(header.get("incident_id")),
            service=text(header.get("name")) or text(header.get("app_name")),
            ts=moment(header.get("timestamp")),
            parse_status="partial",
            notes=["the body is no JSON and no report in text that is known"],
        )
        _flat(source, event, "header", header)


def moment(value: Any) -> int | None:
    """A printed time with its zone: `2026-03-17 22:50:41.6409 -0700`.

    Examples
    --------
    >>> moment("2026-03-17 22:50:41.5 -0700")
    1773813041500000
    """
    parts = value.split()[:3] if isinstance(value, str) else []
    return iso(f"{parts[0]}T{''.join(parts[1:])}") if len(parts) > 1 else iso(value)


def _flat(source: Source, event: int, scope: str, value: Any) -> None:
    """Rows of annotations for every value."""
    for path, leaf in flatten(value):
        source.records.annotation(event, scope, path, leaf[:_LONGEST] if isinstance(leaf, str) else leaf)


class _Reading:
    """The reading of one report that was decoded."""

    def __init__(self, source: Source, header: dict[str, Any], body: dict[str, Any], decoded: Decoded) -> None:
        self.source, self.header, self.body = source, header, body
        self.notes: list[str] = []
        status = "ok"
        if decoded.problem:
            status = "repaired" if decoded.whole else "partial"
            self.notes.append(f"report JSON: {decoded.problem}")
            source.note(decoded.problem)
            if status == "partial":
                source.parse_status = "partial"
                source.quarantine(f"report: {decoded.problem}", offset=0, length=source.size or 0)
        self.columns: dict[str, Any] = {
            "source_id": source.source_id,
            "offset": 0,
            "length": source.size,
            "format": NAME,
            "event_class": "incident_signal",
            "platform": "native",
            "parse_status": status,
        }

    def run(self) -> None:
        """Read what the report is about, then what all reports have in common."""
        body, kind = self.body, text(self.header.get("bug_type")) or text(self.body.get("bug_type"))
        self._common()
        if "panicString" in body or (kind == "210" and "string" in body):
            event = self._panic()
        elif "processByPid" in body:
            event = self._shot()
        elif "memoryStatus" in body or "largestProcess" in body or kind in {"298", "198"}:
            event = self._memory()
        elif "exception" in body or "threads" in body or kind in {"309", "308", "109"}:
            event = self._crash()
        else:
            self.columns |= {"event_class": "operational", "event_kind": "report", "platform": None}
            event = self._seal()
        _flat(self.source, event, "header", self.header if self.header is not body else {})
        _flat(self.source, event, "report", {key: value for key, value in body.items() if key not in _DONE})

    def _common(self) -> None:
        """Who, where and when."""
        body, header = self.body, self.header
        version, bundle = mapping(body.get("osVersion")), mapping(body.get("bundleInfo"))
        train = text(version.get("train")) or text(header.get("os_version")) or text(body.get("build")) or ""
        os_name, os_version = apple.system(f"{train} ({version['build']})" if text(version.get("build")) else train)
        when = body.get("captureTime") or body.get("date") or header.get("timestamp") or body.get("timestamp")
        self.columns |= {
            "native_id": text(body.get("incident")) or text(header.get("incident_id")),
            "ts": moment(when),
            "ts_source": None if moment(when) is None else "report",
            "service": text(body.get("procName")) or text(header.get("name")) or text(header.get("app_name")),
            "release": text(bundle.get("CFBundleShortVersionString"))
            or text(header.get("app_version"))
            or text(bundle.get("CFBundleVersion")),
            "os_name": os_name,
            "os_version": os_version,
            "device": text(body.get("modelCode")) or text(body.get("product")),
            "arch": apple.arch(text(body.get("cpuType")) or ""),
        }

    def _seal(self, traces: Any = (), modules: Any = ()) -> int:
        """Write the event, its stacks and its images."""
        records = self.source.records
        event = records.event(**self.columns, notes=self.notes or None)
        records.stacks(event, traces)
        for module in modules:
            records.module(event, **module)
        return event

    def _crash(self) -> int:
        """A crash: the exception that nobody caught, else the Mach exception."""
        body = self.body
        exception, termination = mapping(body.get("exception")), mapping(body.get("termination"))
        named, words = text(exception.get("type")), self._said()
        thrown = self._thrown(words)
        raw = (
            [number(value) or 0 for value in exception.get("rawCodes") or ()] if _listed(exception, "rawCodes") else []
        )
        printed = [number(value.strip()) or 0 for value in (text(exception.get("codes")) or "").split(",")]
        raw = [value & 0xFFFFFFFFFFFFFFFF for value in (raw or printed)]
        detail = text(exception.get("subtype")) or ""
        code = apple.code_of(named)
        described = (
            codes.describe("macos", code, flags=raw[0] if raw else 0, arch=self.columns["arch"]) if code else None
        )
        at = number(detail.rpartition(" at ")[2]) if " at 0x" in detail else None
        fault = at if at is not None else raw[1] if named == "EXC_BAD_ACCESS" and len(raw) > 1 else None
        error_type = thrown[0] if thrown else named or text(termination.get("namespace"))
        failed = None if thrown else asserted(words or "")
        error_value = (
            (thrown[1] if thrown else failed[1] if failed else None) or words or self._reason(exception, termination)
        )
        images = Images(body.get("usedImages"))
        traces = crash_traces(body, images, error_type, error_value)
        self.columns |= {
            "event_kind": "exception" if thrown else "assertion" if failed else self._kind(named, detail, termination),
            "level": "fatal",
            "handled": False,
            "error_type": error_type,
            "error_value": error_value,
            "error_code": code,
            "error_code_name": described.code_name if described else None,
            "signal": text(exception.get("signal")) or (described.signal if described else None),
            "fault_address": fault,
            "thread_id": traces[0].thread_id if traces else None,
        }
        if not any(trace.frames for trace in traces) and self.columns["parse_status"] == "ok":
            self.columns["parse_status"] = "partial"
            self.notes.append("no stack in the report")
        return self._seal(traces, images.rows)

    def _said(self) -> str | None:
        """The application specific information: what the libraries said before the end."""
        found = []
        for value in mapping(self.body.get("asi")).values():
            found += [
                item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str) and item
            ]
        return "\n".join(found) or None

    def _thrown(self, words: str | None) -> tuple[str, str | None] | None:
        """Name and message of the Objective-C exception that nobody caught."""
        reason = mapping(self.body.get("exceptionReason"))
        name = text(reason.get("name")) or text(reason.get("class"))
        if name:
            return name, text(reason.get("composed_message")) or text(reason.get("format_string"))
        return terminated(words or "")

    @staticmethod
    def _reason(exception: dict[str, Any], termination: dict[str, Any]) -> str | None:
        """What else the report says of why."""
        for value in (exception.get("message"), exception.get("subtype"), termination.get("details"),
                      termination.get("reasons"), termination.get("indicator")):  # fmt: skip
            if isinstance(value, list):
                value = "\n".join(item for item in value if isinstance(item, str))  # noqa: PLW2901 - one text of a list
            if found := text(value):
                return found
        return None

    @staticmethod
    def _kind(named: str | None, detail: str, termination: dict[str, Any]) -> str:
        """What kind of event it is: a watchdog that ended the program, memory, or a crash."""
        words = json_text(termination).upper()
        if "8BADF00D" in words or number(termination.get("code")) == 0x8BADF00D or "WATCHDOG" in words:
            return "hang"
        if "JETSAM" in words or (named == "EXC_RESOURCE" and "MEMORY" in detail.upper()):
            return "oom"
        return "crash"

    def _panic(self) -> int:
        """A panic of the kernel: its text is read as one of a log."""
        words = text(self.body.get("panicString")) or text(self.body.get("string")) or ""
        found = held_report(words, only="apple")
        self.columns |= {"event_kind": "crash", "level": "fatal", "handled": False, "error_type": "panic"}
        if found is None:
            self.columns["error_value"] = words.partition("\n")[0] or None
            event = self._seal()
        else:
            for name in ("error_value", "arch", "device", "os_version"):
                self.columns[name] = (
                    getattr(found, name) if name == "error_value" else (self.columns.get(name) or getattr(found, name))
                )
            self.columns["service"] = self.columns["service"] or found.process
            event = self._seal(found.traces, found.modules)
            for key, value in (*found.facts, ("process", found.process), ("process_id", found.process_id)):
                self.source.records.annotation(event, "panic", key, value)
        self.source.records.annotation(event, "report", "panicString", words[:_LONGEST] or None)
        return event

    def _memory(self) -> int:
        """Memory ran out: the process that was ended is the one with a reason, else the largest."""
        processes = items(self.body.get("processes"))
        ended = next((process for process in processes if text(process.get("reason"))), {})
        largest = text(self.body.get("largestProcess"))
        self.columns |= {
            "event_kind": "oom",
            "level": "fatal",
            "handled": False,
            "error_type": "jetsam",
            "error_value": text(ended.get("reason")) or text(self.body.get("reason")),
            "service": text(ended.get("name")) or largest,
            "platform": "native",
        }
        event = self._seal()
        for process in processes:
            key = f"process {text(process.get('pid')) or '?'} {text(process.get('name')) or ''}".strip()
            self.source.records.annotation(event, "process", key, process)
        return event

    def _shot(self) -> int:
        """The stacks of all processes at one moment."""
        images = Images(self.body.get("binaryImages"))
        traces, name = shot_traces(self.body, images)
        self.columns |= {
            "event_kind": "hang",
            "level": "error",
            "error_type": "stackshot",
            "error_value": text(self.body.get("reason")) or text(self.header.get("reason")),
            "service": self.columns["service"] or name,
            "thread_id": traces[0].thread_id if traces else None,
        }
        return self._seal(traces, images.rows)


def _listed(value: dict[str, Any], key: str) -> bool:
    return isinstance(value.get(key), list)

"""Reports of CASR (`.casrep`): one JSON object for a crash that a fuzzer found, in any of its languages.

Facts: general knowledge of CASR's report, and the reports in its tests. Layout::

    {"Date", "Uname", "OS", "OSRelease", "Architecture", "ExecutablePath", "ProcEnviron": [text], "ProcCmdline",
     "Stdin", "ProcStatus": [text], "ProcMaps": [text], "CrashSeverity": {"Type", "ShortDescription", "Description",
     "Explanation"}, "Stacktrace": [text], "Registers": {name: number}, "Disassembly": [text], "Package",
     "PackageVersion", "CrashLine", "Source": [text],
     "AsanReport" | "UbsanReport" | "PythonReport" | "JavaReport" | ...: [text]}

The text of the tool (`AsanReport` and its kin) says more than the lines of `Stacktrace`, and is read by the trace
module whose text it is; the lines are read where it is missing or not understood: those of gdb, of a sanitizer, or of
the language of the report. An array of reports and one report per line are read too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import replace

from triage.formats import Match, platforms
from triage.formats.held_text import report as held_report
from triage.formats.held_text import stacks as held_stacks
from triage.formats.sentry_json import Decoded, decode, flatten, mapping, number, text
from triage.formats.traces import parser
from triage.formats.traces.gdb import call
from triage.records import Frame, Trace, json_text
from triage.times import iso

if TYPE_CHECKING:
    from triage.formats.head import Head
    from triage.formats.traces.reports import Report
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "read", "sniff")

NAME: Final = "casrep"
TITLE: Final = "CASR crash report"

_KEYS: Final = frozenset(
    (
        "Date", "Uname", "OS", "OSRelease", "Architecture", "ExecutablePath", "ProcEnviron", "ProcCmdline",
        "ProcStatus",
        "ProcMaps", "ProcFiles", "NetworkConnections", "CrashSeverity", "Stacktrace", "Registers", "Disassembly",
        "CrashLine",
    )
)  # fmt: skip
# The texts of tools, the language of each, and the platform of its events.
_REPORTS: Final = {
    "AsanReport": (None, "native"),
    "MsanReport": (None, "native"),
    "TsanReport": (None, "native"),
    "UbsanReport": (None, "native"),
    "SanReport": (None, "native"),
    "LibsanReport": (None, "native"),
    "PythonReport": ("python", "python"),
    "JavaReport": ("java", "java"),
    "GoReport": ("go", "go"),
    "RustReport": ("rust", "rust"),
    "JsReport": ("javascript", "javascript"),
    "CSharpReport": ("csharp", "dotnet"),
    "CsharpReport": ("csharp", "dotnet"),
    "LuaReport": ("lua", "lua"),
}
# Keys that have their own columns or tables.
_DONE: Final = frozenset(
    (
        "Date", "OS", "OSRelease", "Architecture", "ProcEnviron", "ProcStatus", "ProcMaps", "CrashSeverity",
        "Stacktrace",
        "Registers", "Prstatus", "timestamp", "Disassembly", "Source", "PackageVersion", *_REPORTS,
    )
)  # fmt: skip
# What a word of the severity says of the signal; the rest are errors that a sanitizer named.
_SIGNALS: Final = (
    ("SegFault", "SIGSEGV"), ("AccessViolation", "SIGSEGV"), ("AbortSignal", "SIGABRT"), ("TrapSignal", "SIGTRAP"),
    ("BadInstruction", "SIGILL"), ("FPE", "SIGFPE"), ("SafeFunctionCheck", "SIGABRT"), ("StackGuard", "SIGABRT"),
    ("HeapError", "SIGABRT"), ("StackOverflow", "SIGSEGV"), ("BusError", "SIGBUS"),
)  # fmt: skip
_VIOLATION: Final = re.compile(r"(?:Dest|Source|Branch|Call|Return|BlockMove|Pc)Av(?:NearNull|Tainted|NotNearNull)?$")
_ACCESS: Final = re.compile(r"([\w -]{1,80})\((read|write|exec)\)$")
_SANITIZER: Final = re.compile(
    r"[ \t]{0,8}#(\d{1,6})[ \t]{1,4}0x([0-9a-fA-F]{1,16})(?:[ \t]{1,4}(?:in )?(\S.{0,8000}))?$", re.DOTALL
)
_OFFSET: Final = re.compile(r"\(([^()\n]{1,600})\+0x([0-9a-fA-F]{1,16})\)(?: \(BuildId: [0-9a-fA-F]{1,64}\))?$")
_PLACE: Final = re.compile(r"[ \t]((?:/|[A-Za-z]:|\.{1,2}/|<)?[^\s()]{1,1000}?):(\d{1,9})(?::(\d{1,9}))?$")
_BARE: Final = re.compile(r"[ \t](/[^\s()]{1,1000})$")
_MAP: Final = re.compile(
    r"[ \t]{0,20}0x([0-9a-fA-F]{1,16})[ \t]{1,20}0x([0-9a-fA-F]{1,16})(?:[ \t]{1,20}0x[0-9a-fA-F]{1,16}){2}"
    r"[ \t]{1,20}(?:[r-][w-][x-][ps]?[ \t]{1,20})?(/.{1,4000}?)[ \t]{0,8}$",
    re.DOTALL,
)
_LONGEST: Final = 64_000


def sniff(head: Head) -> Match | None:
    """By the keys of a report."""
    if head.text.lstrip()[:1] not in {"{", "["}:
        return None
    known = len(head.keys & _KEYS)
    if known >= 4 and head.keys & {"CrashSeverity", "Stacktrace", "ProcCmdline", "ExecutablePath"}:
        return Match(94, f"{known} keys of a CASR report")
    if head.keys >= {"CrashSeverity", "Stacktrace"}:
        return Match(90, "CrashSeverity and Stacktrace of a CASR report")
    return None


def read(source: Source) -> None:
    """Read one report, an array of them, or one on each line."""
    source.role = source.role or "report"
    source.media, source.description = source.media or "application/json", source.description or TITLE
    data = bytes(source.data()) if source.encoding == "utf-8" else source.text().encode("utf-8", "replace")
    data = data.removeprefix(b"\xef\xbb\xbf")
    decoded = decode(data)
    if decoded.problem and _read_lines(source, data):
        return
    found = 0
    for document in decoded.value if isinstance(decoded.value, list) else [decoded.value]:
        if mapping(document):
            found += 1
            _put(source, document, decoded, offset=0, length=len(data))
    if not found or decoded.problem:
        problem = decoded.problem or "no report in this document"
        source.note(problem)
        if not found or not decoded.whole:
            source.parse_status = "partial"
            source.quarantine(problem, offset=decoded.offset, length=max(len(data) - decoded.offset, 0))


def _read_lines(source: Source, data: bytes) -> bool:
    """Read one report per line; False where the first line that is not blank is no object."""
    lines = data.split(b"\n")
    first = next((line for line in lines if line.strip()), b"")
    try:
        if not isinstance(msgspec.json.decode(first), dict):
            return False
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    source.media, offset = "application/x-ndjson", 0
    for nth, line in enumerate(lines, 1):
        if line.strip():
            decoded = decode(line)
            if mapping(decoded.value):
                _put(source, decoded.value, decoded, offset=offset, length=len(line))
            else:
                source.quarantine("line: not a JSON object", offset=offset, length=len(line), line=nth)
        offset += len(line) + 1
    return True


def _put(source: Source, document: dict[str, Any], decoded: Decoded, *, offset: int, length: int) -> None:
    """One report as rows."""
    records = source.records
    notes = [f"report JSON: {decoded.problem}"] if decoded.problem else []
    status = "ok" if not decoded.problem else "repaired" if decoded.whole else "partial"
    key, written = _written(document)
    language, platform = _REPORTS.get(key, (None, "native"))
    report = held_report(written, language=language) if written else None
    traces = _stacks(document, key, language, report)
    if not any(trace.frames for trace in traces) and status == "ok":
        status = "partial"
        notes.append("no stack in the report")
    status_of = _pairs(document.get("ProcStatus"), ":")
    event = records.event(
        source_id=source.source_id,
        offset=offset,
        length=length,
        format=NAME,
        event_class="incident_signal",
        platform=platform,
        parse_status=status,
        notes=notes or None,
        **_where(document),
        **_what(document, report, traces, managed=language is not None),
    )
    records.stacks(event, traces)
    for module in (*_modules(document.get("ProcMaps")), *(report.modules if report else ())):
        records.module(event, **module)
    severity = mapping(document.get("CrashSeverity"))
    records.annotation(event, "report", "access", _access(report, text(severity.get("ShortDescription")) or ""))
    scopes: dict[str, Any] = {
        "severity": severity,
        "environ": _pairs(document.get("ProcEnviron"), "="),
        "process": status_of,
        "report": {name: value for name, value in document.items() if name not in _DONE}
        | {name: _lines(document.get(name)) or None for name in ("Disassembly", "Source")},
    }
    for name, value in report.facts if report else ():
        records.annotation(event, key, name, value)
    for scope, value in scopes.items():
        for path, leaf in flatten(value):
            records.annotation(event, scope, path, leaf[:_LONGEST] if isinstance(leaf, str) else leaf)
    if written:
        records.annotation(event, "report", key, written[:_LONGEST])


def _lines(value: Any) -> str:
    """A text that is written as a list of lines, or as it is."""
    if isinstance(value, list):
        return "\n".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, str) else ""


def _written(document: dict[str, Any]) -> tuple[str, str]:
    """The text of the tool and its key; of several the one of a language, else the first."""
    found = [(key, _lines(document.get(key))) for key in _REPORTS]
    found += [(key, _lines(value)) for key, value in document.items() if key.endswith("Report") and key not in _REPORTS]
    found = [(key, written) for key, written in found if written.strip()]
    found.sort(key=lambda item: _REPORTS.get(item[0], (None, ""))[0] is None)
    return found[0] if found else ("", "")


def _pairs(value: Any, separator: str) -> dict[str, str]:
    """Lines of names and values."""
    found: dict[str, str] = {}
    for line in value if isinstance(value, list) else []:
        name, between, rest = line.partition(separator) if isinstance(line, str) else ("", "", "")
        if between and name.strip():
            found.setdefault(name.strip(), rest.strip())
    return found


def _access(report: Report | None, words: str) -> str | None:
    """Whether it was reading, writing or executing."""
    if report and report.access:
        return report.access
    found = _ACCESS.match(words)
    by_name = {"Dest": "WRITE", "Sour": "READ", "read": "READ", "writ": "WRITE", "exec": "EXECUTE"}
    return by_name.get((found[2] if found else words)[:4])


def _where(document: dict[str, Any]) -> dict[str, Any]:
    """Program, system and time."""
    system, uname = text(document.get("OS")), text(document.get("Uname")) or ""
    kernel = platforms.system(uname.partition(" ")[0] or None)
    release = text(document.get("OSRelease"))
    stamp, date = number(document.get("timestamp")), iso(document.get("Date"))
    ts = date if date is not None else stamp // 1_000 if stamp and stamp > 0 else None
    path = text(document.get("ExecutablePath")) or (text(document.get("ProcCmdline")) or "").partition(" ")[0]
    arch = text(document.get("Architecture"))
    return {
        "ts": ts,
        "ts_source": None if ts is None else "report",
        "service": path.replace("\\", "/").rstrip("/").rpartition("/")[2] or None,
        "release": text(document.get("PackageVersion")),
        "os_name": kernel or ("Linux" if system else None),
        "os_version": " ".join(part for part in (system, release) if part) or None,
        "arch": platforms.architecture(arch.lower() if arch else None),
    }


def _what(document: dict[str, Any], report: Report | None, traces: list[Trace], *, managed: bool) -> dict[str, Any]:
    """What happened: as the tool said, else as the severity names it."""
    severity = mapping(document.get("CrashSeverity"))
    words = text(severity.get("ShortDescription")) or text(severity.get("short_description")) or ""
    accessed = _ACCESS.match(words)
    signal = report.signal if report else None
    if signal is None and not managed:
        signal = (
            "SIGSEGV" if _VIOLATION.match(words) else next((name for word, name in _SIGNALS if word in words), None)
        )
    first = traces[0] if traces else Trace()
    named = report.error_type if report and report.error_type else first.error_type
    pid = number(_pairs(document.get("ProcStatus"), ":").get("Pid"))
    return {
        "event_kind": report.kind if report else "exception" if managed else "crash",
        "level": "error" if managed else "fatal",
        "handled": False,
        "error_type": named or (accessed[1] if accessed else words) or None,
        "error_value": (report.error_value if report else None)
        or first.error_value
        or text(severity.get("Description"))
        or text(severity.get("description")),
        "error_code": report.error_code if report else None,
        "error_code_name": report.error_code_name if report else None,
        "signal": signal,
        "fault_address": report.fault_address if report else None,
        "thread_id": report.thread_id if report and report.thread_id is not None else first.thread_id or pid,
    }


def _stacks(document: dict[str, Any], key: str, language: str | None, report: Report | None) -> list[Trace]:
    """The stacks: those of the tool's text, else the lines of the report's own."""
    registers = mapping(document.get("Registers")) or mapping(mapping(document.get("Prstatus")).get("registers"))
    values = {name: number(value) for name, value in registers.items()}
    held = {name: f"0x{value & 0xFFFFFFFFFFFFFFFF:x}" for name, value in values.items() if value is not None}
    found = list(report.traces) if report else []
    if not any(trace.frames for trace in found):
        said = found[0] if found else Trace(error_type=report.error_type if report else None)
        lines = document.get("Stacktrace")
        lines = [line for line in lines if isinstance(line, str)] if isinstance(lines, list) else []
        found = _listed(lines, key, language)
        if found and said.error_type and not found[0].error_type:
            found[0] = replace(found[0], error_type=said.error_type, error_value=said.error_value)
    if found and held:
        found[0] = replace(found[0], registers=json_text(held))
    return found


def _listed(lines: list[str], key: str, language: str | None) -> list[Trace]:
    """The lines of `Stacktrace`."""
    written = "\n".join(lines)
    if not written.strip():
        return []
    sanitized = [_sanitizer_frame(line) for line in lines if line.strip()]
    at_gdb = language is None and parser("gdb").probe(written) and not key
    found: list[Trace] = []
    if at_gdb:
        found = list(parser("gdb").parse(written))
    elif language is None and sanitized and all(sanitized):
        found = [Trace(frames=tuple(frame for frame in sanitized if frame), unwinder="text")]
    elif language is None and written.lstrip().startswith("#"):
        found = list(parser("gdb").parse(written))
    else:
        held = held_report(written, language=language)
        found = list(held.traces) if held else list(held_stacks(written, language))
    if not any(trace.frames for trace in found):
        notes = tuple(Frame(frame_kind="note", function_raw=line.strip()) for line in lines if line.strip())
        found = [Trace(frames=notes, unwinder="text")]
    frames = tuple(f if f.text_line is None else replace(f, text_line=None) for f in found[0].frames)
    return [replace(found[0], frames=frames, role="crash"), *found[1:]]


def _sanitizer_frame(line: str) -> Frame | None:
    """A frame as sanitizers print it: `#0 0xADDR in name file:line:column` or `… (image+0xOFFSET)`."""
    found = _SANITIZER.match(line.rstrip())
    if found is None:
        return None
    rest, address = found[3] or "", int(found[2], 16)
    module: str | None = None
    offset: int | None = None
    file: str | None = None
    row: int | None = None
    column: int | None = None
    if image := _OFFSET.search(rest):
        module, offset, rest = image[1], int(image[2], 16), rest[: image.start()].rstrip()
    elif place := _PLACE.search(rest):
        file, row, rest = place[1], int(place[2]), rest[: place.start()].rstrip()
        column = int(place[3]) if place[3] else None
    elif bare := _BARE.search(rest):
        file, rest = bare[1], rest[: bare.start()].rstrip()
    elif " at " in rest or rest.endswith(")"):
        return None  # gdb's
    function, args = call(rest)
    return Frame(
        function=function or None,
        function_raw=rest if rest != function else None,
        args=args or None,
        module=module,
        module_offset=offset,
        file=file,
        line=row,
        column=column,
        trust="text",
        address=address,
    )


def _modules(value: Any) -> list[dict[str, object]]:
    """The files that were mapped, one row each."""
    spans: dict[str, tuple[int, int]] = {}
    for line in value if isinstance(value, list) else []:
        found = _MAP.match(line) if isinstance(line, str) else None
        if found is not None:
            base, end = int(found[1], 16), int(found[2], 16)
            held = spans.get(found[3], (base, end))
            spans[found[3]] = (min(base, held[0]), max(end, held[1]))
    return [
        {"name": path.rpartition("/")[2], "path": path, "base": base, "size": max(end - base, 0), "unloaded": False}
        for path, (base, end) in spans.items()
    ]

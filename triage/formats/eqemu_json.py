"""Crash reports of EQEmu servers as JSON: what a server posts to Spire, and what a crash-review webhook takes.

Facts: `SendCrashReport` of EQEmu/Server common/crash.cpp (the keys of the report), and the bodies of a crash-review
webhook.

Layout::

    Spire    {"crash_report": text, "platform_name", "server_version", "compile_date", "compile_time", "server_name",
              "server_short_name", "uptime", "os_machine", "os_release", "os_version", "os_sysname", "process_id",
              "rss_memory" (MiB), "cpus", "origination_info"}
    webhook  {"crashReportText": text, ...} | {"crash": {"stacktrace": text, "exception", "process", ...}, ...}

An array of such objects and one object per line are read too. The text of Spire begins at SymInit: the exception is not
in it, and is not guessed. Keys other than the text become annotations. Where the JSON is cut, the text is read up to
there; line ends that stand bare in a string are taken as they are.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from triage.formats import Match, platforms
from triage.formats.broken_json import lenient, shallow
from triage.formats.eqemu_report import Report, reports
from triage.formats.traces import gdb, stackwalker
from triage.records import json_text
from triage.times import iso, stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "read", "sniff")

NAME: Final = "eqemu-json"
TITLE: Final = "EQEmu crash report (Spire or webhook JSON)"

_SPIRE: Final = frozenset(
    (
        "platform_name", "server_version", "compile_date", "compile_time", "server_name", "server_short_name", "uptime",
        "os_machine", "os_release", "os_sysname", "process_id", "rss_memory", "origination_info",
    )
)  # fmt: skip
_TEXTS: Final = ("crash_report", "crashReportText")
_NESTED: Final = "stacktrace"
_TIMES: Final = ("receivedAt", "received_at", "createdAt", "created_at", "timestamp", "ts", "time")
_SERVICES: Final = ("platform_name", "process", "processName", "process_name")
_RELEASES: Final = ("server_version", "serverVersion", "version")
_EXCEPTIONS: Final = ("exception", "exceptionName", "exception_name")
_ANCHORS: Final = ("SymInit: Symbol-SearchPath", "(filename not available): ", "EXCEPTION_", "<signal handler called>")
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+("?)|[{}\[\],]', re.DOTALL)
_HALF_ESCAPE: Final = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?$")
_CODE: Final = re.compile(r"(EXCEPTION_[A-Z_]{2,48})\b")
# Levels that are walked, and rows of annotations that one report may have.
_DEPTH: Final = 12
_NOTES: Final = {
    "partial": "the JSON is cut, broken or nested too deeply; read as far as it goes",
    "repaired": "not strict JSON; repaired",
}


def sniff(head: Head) -> Match | None:
    """By the keys: those of Spire, `crashReportText`, or a crash whose stack trace is StackWalker's or gdb's."""
    if not head.is_json:
        return None
    keys = head.keys
    if "crash_report" in keys:
        known = len(keys & _SPIRE)
        if known:
            return Match(90, f"crash_report and {known} more keys of a report to Spire")
        return Match(60, "a key crash_report")
    if "crashReportText" in keys:
        return Match(90, "a key crashReportText")
    if "crash" in keys and f'"{_NESTED}"' in head.text:
        document = head.document if isinstance(head.document, dict) else head.first_line
        crash = document.get("crash") if isinstance(document, dict) else None
        trace = crash.get(_NESTED) if isinstance(crash, dict) else None
        if isinstance(trace, str) and (stackwalker.probe(trace) or gdb.probe(trace)):
            return Match(85, "crash.stacktrace as StackWalker or gdb prints it")
        if any(anchor in head.text for anchor in _ANCHORS):
            return Match(65, "crash.stacktrace beside words of EQEmu's crash handler")
    if any(f'"{key}"' in head.text for key in _TEXTS) and any(anchor in head.text for anchor in _ANCHORS):
        return Match(50, "the text of a crash report inside of another object")
    return None


def read(source: Source) -> None:
    """Read one report, an array of them, or one on each line."""
    source.role = source.role or "report"
    source.media = source.media or "application/json"
    source.description = source.description or TITLE
    text = source.text()
    size = len(source.data())
    try:
        value, status = msgspec.json.decode(text.encode("utf-8", "replace")), "ok"
    except (msgspec.DecodeError, RecursionError):
        if _read_lines(source):
            return
        value, status = _repaired(text)
    found = 0
    for document in value if isinstance(value, list) else [value]:
        found += _document(source, document, offset=0, length=size, status=status)
    if not found:
        source.quarantine(
            "no crash report in this document" if value is not None else "not JSON", offset=0, length=size
        )
    if status != "ok":
        source.parse_status = "partial" if status == "partial" or not found else source.parse_status
        source.note(_NOTES[status])


def _read_lines(source: Source) -> bool:
    """Read one report per line; False where the first line is no object."""
    data = bytes(source.data()).removeprefix(b"\xef\xbb\xbf")
    lines = [(0, line) for line in source.text().encode("utf-8", "replace").split(b"\n")]
    placed = source.encoding == "utf-8"
    if placed:
        offset, lines = len(source.data()) - len(data), []
        for line in data.split(b"\n"):
            lines.append((offset, line))
            offset += len(line) + 1
    filled = [line for _, line in lines if line.strip()]
    if len(filled) < 2 or not isinstance(_decoded(filled[0].decode("utf-8", "replace"))[0], dict):
        return False
    for number, (offset, line) in enumerate(lines, 1):
        if not line.strip():
            continue
        place = {"offset": offset, "length": len(line)} if placed else {"offset": None, "length": None}
        document, status = _decoded(line.decode("utf-8", "replace"))
        if document is None:
            source.parse_status = "partial"
            source.quarantine("not JSON", line=number, **place)
        elif not _document(source, document, status=status, **place):
            source.quarantine("no crash report in this line", line=number, **place)
    return True


def _decoded(text: str) -> tuple[Any, str]:
    """Decode with patience for bare line ends in strings, NaN, lone surrogates and depth; None where it is no JSON."""
    try:
        return msgspec.json.decode(text.encode("utf-8", "replace")), "ok"
    except (msgspec.DecodeError, RecursionError):
        content = shallow(text)
    try:
        return lenient(content), "repaired" if content == text else "partial"
    except (ValueError, RecursionError):
        return None, "partial"


def _repaired(text: str) -> tuple[Any, str]:
    """Decode what is not strict JSON: as it is, else closed where it is cut, else up to where it is broken."""
    value, status = _decoded(text)
    if value is not None:
        return value, status
    content = shallow(text)
    for cut in _closed(content):
        value, _ = _decoded(cut)
        if value is not None:
            return value, "partial"
    try:
        lenient(content)
    except json.JSONDecodeError as error:
        for cut in _closed(content[: error.pos]):
            value, _ = _decoded(cut)
            if value is not None:
                return value, "partial"
    except (ValueError, RecursionError):
        pass
    return None, "partial"


def _closed(text: str) -> list[str]:
    """Ways to close a text that was cut: at its end, in its last string, behind its last whole value.

    Examples
    --------
    >>> _closed('{"a": [1, "tw')[0]
    '{"a": [1, "tw"]}'
    """
    closers: list[str] = []
    end = 0
    open_string: re.Match[str] | None = None
    for token in _TOKEN.finditer(text):
        mark = token.group()
        if mark[0] == '"':
            open_string = None if token[1] else token
        elif mark in "{[":
            closers.append("}" if mark == "{" else "]")
            end = token.end()
        elif mark == ",":
            end = token.start()
        else:
            del closers[-1:]
            end = token.end()
    tail = "".join(reversed(closers))
    ways = [text[:end] + tail]
    if open_string is None:
        return [text + tail, *ways]
    inside = open_string.group()
    half = _HALF_ESCAPE.sub("", inside)
    return [f'{text[: open_string.start()]}{part}"{tail}' for part in (inside, half)] + ways


def _document(source: Source, document: Any, *, offset: int | None, length: int | None, status: str) -> int:
    """Read one object; gives how many crashes it held."""
    held = _holder(document)
    if held is None:
        return 0
    holder, key = held
    value = holder[key]
    text = "\n".join(str(line) for line in value) if isinstance(value, list) else value
    facts = _facts(document, holder)
    found = reports(text) if isinstance(text, str) else [Report(trusted=True)]
    notes = [_NOTES[status]] if status in _NOTES else []
    for number, report in enumerate(found):
        ts, named = facts["ts"]
        columns = {name: item for name, item in facts.items() if name != "ts"}
        if number:  # a text of several crashes: what the object says of the exception and the id is of the first
            columns |= {"native_id": None, "error_type": None}
        elif report.error_type not in {None, columns["error_type"]}:
            columns["error_type"] = None
        event = report.write(
            source.records,
            format=NAME,
            source_id=source.source_id,
            offset=offset,
            length=length,
            ts=ts if ts is not None else report.ts,
            ts_source=named if ts is not None else "log line, zone unknown" if report.ts is not None else None,
            notes=notes,
            parse_status=status,
            **columns,
        )
        _annotate(source, event, document, skip=(holder, key))
    return len(found)


def _holder(document: Any, depth: int = 3) -> tuple[dict[str, Any], str] | None:
    """The object that holds the text of the report, and under which key; wrappers are looked into."""
    if not isinstance(document, dict):
        return None
    for key in _TEXTS:
        if isinstance(document.get(key), (str, list)):
            return document, key
    crash = document.get("crash")
    if isinstance(crash, dict) and isinstance(crash.get(_NESTED), (str, list)):
        return crash, _NESTED
    for value in document.values() if depth else ():
        found = _holder(value, depth - 1)
        if found:
            return found
    return None


def _facts(document: Any, holder: dict[str, Any]) -> dict[str, Any]:
    """The columns that the object fills."""
    places = [holder, document]
    server = document.get("server")
    places += [server] if isinstance(server, dict) else []
    service = _first(places, _SERVICES)
    arch = _first(places, ("os_machine",))
    exception = _first(places, _EXCEPTIONS)
    code = _CODE.match(exception) if exception else None
    native = document.get("id")
    return {
        "ts": _moment(places),
        "native_id": native if isinstance(native, str) and native else None,
        "service": service.lower().removesuffix(".exe") if service else None,
        "release": _first(places, _RELEASES),
        "os_name": platforms.system(_first(places, ("os_sysname",))),
        "os_version": _first(places, ("os_release", "os_version")),
        "arch": platforms.architecture(arch.lower() if arch else None),
        "error_type": code[1] if code else exception,
    }


def _first(places: list[dict[str, Any]], keys: tuple[str, ...]) -> str | None:
    """The first text under one of the keys."""
    for place in places:
        for key in keys:
            value = place.get(key)
            if isinstance(value, str) and value.strip():
                return value.strip()
    return None


def _moment(places: list[dict[str, Any]]) -> tuple[int | None, str | None]:
    """When the report came in, and under which key that stands."""
    for place in places:
        for key in _TIMES:
            value = place.get(key)
            ts = stamp(value) if isinstance(value, (int, float)) else iso(value)
            if ts is not None:
                return ts, key
    return None, None


def _annotate(source: Source, event: int, document: Any, *, skip: tuple[dict[str, Any], str]) -> None:
    """Every key but the text itself, by its dotted path."""
    for path, value in _leaves(document, skip):
        source.records.annotation(event, "report", path, value)


def _leaves(document: dict[str, Any], skip: tuple[dict[str, Any], str]) -> Iterator[tuple[str, Any]]:
    """Walk without recursion; what lies deeper than `_DEPTH` is one row of JSON."""
    waiting: list[tuple[str, Any, int]] = [("", document, 0)]
    while waiting:
        path, value, depth = waiting.pop()
        if isinstance(value, dict) and value and depth < _DEPTH:
            children = [
                (f"{path}.{key}" if path else str(key), item, depth + 1)
                for key, item in value.items()
                if not (value is skip[0] and key == skip[1])
            ]
            waiting += reversed(children)
        elif value is not None and path:
            yield path, str(value).lower() if isinstance(value, bool) else value if value != {} else json_text(value)

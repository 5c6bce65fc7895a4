"""`logs.ndjson` of the 0xGen shell: the JSON lines of Rust's tracing-subscriber, after a redactor that breaks some.

One line is ``{timestamp, level, fields{message, ...}, target, span?, spans?}``, with `threadName`, `threadId`,
`filename` and `line_number` where the subscriber is set up so, the fields at the root where they are flattened. Each
becomes one row of `logs`: target -> logger, fields.message -> message, everything else -> fields. A line that is
broken is repaired by `broken_json.decode`; one that cannot be is kept as it is, with ``parse_status="raw"``, and so is
one whose message is lost when it is closed (``partial``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from triage.formats import broken_json
from triage.formats.head import Head
from triage.records import json_text
from triage.sources.source import Source
from triage.times import iso

__all__ = ("looks_like", "read_lines")

_LEVELS: Final = {"TRACE": "trace", "DEBUG": "debug", "INFO": "info", "WARN": "warning", "ERROR": "error"}
_OWN: Final = frozenset({"timestamp", "level", "target", "message", "fields", "threadName", "threadId"})
_STAMP: Final = re.compile(r'"timestamp":"([^"]{1,40})"')
_LEVEL: Final = re.compile(r'"level":"([A-Za-z]{1,10})"')


class _Line(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A line of the usual form; anything else is decoded as a plain object."""

    timestamp: str
    level: str
    fields: dict[str, Any]
    target: str
    span: dict[str, Any] | None = None
    spans: list[Any] | None = None


_line = msgspec.json.Decoder(_Line).decode
_encode = msgspec.json.Encoder().encode


def looks_like(head: Head) -> bool:
    """Whether one of the first lines is of this form, sound or broken, and none holds a stack."""
    if any('backtrace":"' in line for line in head.lines[:20]):
        return False
    for line in head.lines[:20]:
        if line.startswith('{"timestamp":"') and '"level":"' in line[:200]:
            return '"fields":{' in line[:300] or '"target":"' in line
    return False


def read_lines(source: Source, lines: Iterable[tuple[int, bytes]], event: int | None) -> None:
    """Append a row of `logs` for each line."""
    statuses: Counter[str] = Counter()
    log, clock, source_id = source.records.log, _Clock(), source.source_id
    for offset, data in lines:
        try:
            line = _line(data)
        except (ValueError, RecursionError):
            if data.strip():
                statuses[_odd(source, event, offset, data)] += 1
            continue
        fields = line.fields
        message = fields.pop("message", None)
        if line.span is not None or line.spans is not None:
            _add(fields, {"span": line.span, "spans": line.spans})
        log(
            event,
            source_id=source_id,
            offset=offset,
            ts=clock.read(line.timestamp),
            level=_LEVELS.get(line.level) or line.level.lower(),
            logger=line.target,
            message=message if message is None or isinstance(message, str) else json_text(message),
            fields=_encode(fields).decode() if fields else None,
            origin="log",
            parse_status="ok",
        )
    _tell(source, statuses)


class _Clock:
    """Reads times; lines of the same second share the work."""

    __slots__ = ("_second", "_start")

    def __init__(self) -> None:
        self._second = ""
        self._start: int | None = None

    def read(self, text: str) -> int | None:
        """Microseconds since 1970 of `2026-01-26T01:25:59.123456Z`, or of any other form by `times.iso`."""
        fraction = text[20:-1]
        if len(text) != 27 or text[19] != "." or text[26] != "Z" or not (fraction.isascii() and fraction.isdigit()):
            return iso(text)
        if text[:19] != self._second:
            self._second, self._start = text[:19], iso(text[:19] + "Z")
        return None if self._start is None else self._start + int(fraction)


def _odd(source: Source, event: int | None, offset: int, data: bytes) -> str:
    """Append the row of a line that is not of the usual form; how it could be read."""
    value, status = broken_json.decode(data)
    if not isinstance(value, dict):
        _raw(source, event, offset, data)
        return "raw"
    inner = value.get("fields")
    fields = dict(inner) if isinstance(inner, dict) else {}
    message = fields.pop("message", None)
    message = value.get("message") if message is None else message
    _add(fields, {key: item for key, item in value.items() if key not in _OWN})
    if inner is not None and not isinstance(inner, dict):
        fields["fields"] = inner
    if message is None and status == "partial":
        message = data.decode("utf-8", "replace")
    level = value.get("level")
    thread = value.get("threadName", value.get("threadId"))
    source.records.log(
        event,
        source_id=source.source_id,
        offset=offset,
        ts=iso(value.get("timestamp")),
        level=_level(level),
        logger=_text(value.get("target")),
        message=_text(message),
        fields=json_text(fields) if fields else None,
        thread=_text(thread),
        origin="log",
        parse_status=status,
    )
    return status


def _raw(source: Source, event: int | None, offset: int, data: bytes) -> None:
    """Append the row of a line that is no object: the line as it is, with the time and level that it begins with."""
    text = data.decode("utf-8", "replace")
    stamp, level = _STAMP.search(text, 0, 200), _LEVEL.search(text, 0, 200)
    source.records.log(
        event,
        source_id=source.source_id,
        offset=offset,
        ts=iso(stamp[1]) if stamp else None,
        level=_level(level[1]) if level else None,
        message=text,
        origin="log",
        parse_status="raw",
    )


def _add(fields: dict[str, Any], more: dict[str, Any]) -> None:
    """Put what stands beside the fields among them; the fields of the event keep their names."""
    for key, value in more.items():
        if value is not None:
            fields[f"line.{key}" if key in fields else key] = value


def _level(value: Any) -> str | None:
    return (_LEVELS.get(value.upper()) or value.lower()) if isinstance(value, str) else None


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json_text(value)


def _tell(source: Source, statuses: Counter[str]) -> None:
    """Say in `files` how many lines were broken."""
    words = {"repaired": "repaired", "partial": "cut and closed", "raw": "kept as they are"}
    told = [f"{statuses[status]:,} {text}" for status, text in words.items() if statuses[status]]
    if told:
        source.note("broken lines: " + ", ".join(told))
    if statuses["partial"] or statuses["raw"]:
        source.parse_status = "partial"

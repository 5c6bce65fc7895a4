"""Events of the Dart VM service: structured errors of Flutter, log records, what the program wrote.

Facts: the VM service protocol (streams Extension, Logging, Stdout and Stderr) and the inspector's `structuredErrors`:
with these on, exceptions reach this stream and not the console. One JSON document, an array, or one message per line;
bare events, `{"streamId", "event"}`, or whole `streamNotify` messages.

Grammar::

    message = {"method": "streamNotify", "params": {"streamId", "event": event}} | {"streamId", "event": event} | event
    event   = {"kind": "Extension", "extensionKind": "Flutter.Error", "extensionData": error, "timestamp": ms, …}
    error   = {"description", "renderedErrorText"?, "errorsSinceReload", "library"?, "stackTrace"?, "properties"?}
    node    = {"type", "level", "name"?, "description", "properties"?: [node], "children"?: [node]}

Only the first error since a reload carries `renderedErrorText`; the others are told by their nodes.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
from typing import TYPE_CHECKING, Any, Final

from triage.formats import Match
from triage.formats.flutter_block import BlockParser, header_of
from triage.formats.flutter_console import Console
from triage.formats.flutter_event import append_block, append_exception, error_type
from triage.formats.flutter_exception import ExceptionBlock
from triage.formats.flutter_json import decode
from triage.formats.flutter_lines import read_line
from triage.sources.source import HEAD_BYTES
from triage.times import epoch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "read", "sniff")

NAME: Final = "flutter-vm-service"
TITLE: Final = "Dart VM service events (Flutter.Error)"

_KINDS: Final = frozenset(
    {"Extension", "Logging", "WriteEvent", "IsolateStart", "IsolateRunnable", "IsolateExit", "IsolateUpdate"}
    | {"IsolateReload", "ServiceExtensionAdded", "PauseStart", "PauseExit", "PauseException", "Resume", "GC"}
)
# package:logging: SEVERE is 1000, WARNING 900, INFO 800, CONFIG 700, FINE 500; dart:developer's log has 0 by default.
_LEVELS: Final = ((1200, "fatal"), (1000, "error"), (900, "warning"), (800, "info"), (500, "debug"))
_NODES: Final = 2_000
_CAUGHT: Final = "Exception caught by "
_MS_LIMIT: Final = 10**16


def sniff(head: Head) -> Match | None:
    """Say how sure this reader is: by an event of the VM service's streams.

    Examples
    --------
    >>> from triage.formats.head import Head
    >>> sniff(Head(b'{"kind":"Extension","extensionKind":"Flutter.Error","extensionData":{}}')).score
    95
    """
    text = head.text
    if not head.is_json:
        return None
    if '"Flutter.Error"' in text and '"extensionData"' in text and ('"extensionKind"' in text):
        return Match(95, "a Flutter.Error event of the VM service")
    first = head.document if head.document is not None else head.first_line
    event = next(_events(first), None) if first is not None else None
    kind = event.get("kind") if event else None
    if event and isinstance(kind, str) and kind in _KINDS and ("isolate" in event or event.get("type") == "Event"):
        return Match(86, "an event of the Dart VM service")
    return None


def read(source: Source) -> None:
    """Read one document, or one message per line."""
    source.media = "application/json"
    reader = _Events(source)
    head = source.head.removeprefix(b"\xef\xbb\xbf").lstrip()
    first, newline, _ = head.partition(b"\n")
    fills_head = not newline and len(source.head) >= HEAD_BYTES
    if source.encoding == "utf-8" and (fills_head or decode(first.strip())[0] is not None):
        _read_lines(source, reader)
    else:
        text = source.text()
        value = _decoded(source, text.encode("utf-8", "replace"))
        if value is None:
            source.parse_status = "partial"
            source.quarantine("not valid JSON", offset=0, length=source.size)
        else:
            reader.take(value, 0, source.size or len(source.data()))
    reader.close()


def _read_lines(source: Source, reader: _Events) -> None:
    source.media = "application/x-ndjson"
    for number, (offset, line) in enumerate(source.lines(), 1):
        if not line.strip():
            continue
        value = _decoded(source, line)
        if value is None:
            source.quarantine("a line is not valid JSON", offset=offset, length=len(line), line=number)
        else:
            reader.take(value, offset, offset + len(line))


def _decoded(source: Source, data: bytes) -> Any:
    """The JSON value, None where it is none; how it was decoded is noted."""
    value, note = decode(data)
    if note:
        source.note(note)
    return value


def _events(value: Any) -> Iterator[dict[str, Any]]:
    """The events in a message, or in an array of messages."""
    for message in value if isinstance(value, list) else [value]:
        if not isinstance(message, dict):
            continue
        params = message.get("params")
        inner = params if isinstance(params, dict) else message
        event = inner.get("event")
        yield event if isinstance(event, dict) else message


class _Events:
    """Turns events into records."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._console = Console(source, NAME)

    def take(self, value: Any, offset: int, end: int) -> None:
        """All events of one document or line."""
        for event in _events(value):
            kind = event.get("kind")
            data = event.get("extensionData")
            if event.get("extensionKind") == "Flutter.Error" and isinstance(data, dict):
                self._error(event, data, offset, end)
            elif kind == "Logging" and isinstance(event.get("logRecord"), dict):
                self._record(event, event["logRecord"], offset, end)
            elif kind == "WriteEvent" and isinstance(event.get("bytes"), str):
                self._written(event, offset, end)
            else:
                self._other(event, offset)

    def close(self) -> None:
        """End the console."""
        self._console.close()

    def _error(self, event: dict[str, Any], data: dict[str, Any], offset: int, end: int) -> None:
        """A structured error."""
        nodes = list(_nodes(data))
        stack = _stack(data, nodes)
        columns = _columns(event, offset, end)
        rendered = data.get("renderedErrorText")
        library = _library(data)
        if isinstance(rendered, str) and rendered.strip():
            number = append_block(self._source, _rendered(library, rendered), stack=stack, **columns)
        else:
            summary = next((text for node in nodes if node.get("level") == "summary" and (text := _said(node))), None)
            message = summary or _text(data.get("exception")) or _text(data.get("description"))
            columns["error_type"] = _thrown(nodes) or error_type(message or "") or "FlutterError"
            columns["notes"] = ["told by its summary: no rendered text"]
            number = append_exception(self._source, message, stack=stack, **columns)
            self._source.records.annotation(number, "context", "library", library)
        for key in ("errorsSinceReload", "level"):
            self._source.records.annotation(number, "context", key, data.get(key))
        self._source.records.annotation(number, "context", "isolate", _isolate(event))

    def _record(self, event: dict[str, Any], record: dict[str, Any], offset: int, end: int) -> None:
        """A record of dart:developer's log; with an error it is an exception."""
        message, error, stack = (_said(record.get(key)) for key in ("message", "error", "stackTrace"))
        ts = _millis(record.get("time")) or _millis(event.get("timestamp"))
        level = _level(record.get("level"))
        if error and error != "null":
            trace = stack if stack and stack != "null" else ""
            columns = {**_columns(event, offset, end), "ts": ts, "handled": True}
            number = append_exception(self._source, error, stack=trace, **columns)
            self._source.records.annotation(number, "context", "message", message)
        self._source.records.log(
            source_id=self._source.source_id,
            offset=offset,
            ts=ts,
            level=level,
            logger=_said(record.get("loggerName")) or "dart:developer",
            message=message,
            origin="vm-service",
            parse_status="ok",
        )

    def _written(self, event: dict[str, Any], offset: int, end: int) -> None:
        """What the program wrote to standard output or error, in base64."""
        try:
            text = base64.b64decode(event["bytes"], validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            self._source.quarantine("bytes of a WriteEvent are not base64", offset=offset, length=end - offset)
            return
        for line in text.removesuffix("\n").split("\n"):
            self._console.feed(line.rstrip("\r"), offset, end, ts=_millis(event.get("timestamp")))

    def _other(self, event: dict[str, Any], offset: int) -> None:
        """Any other event, as one row of `logs`."""
        kind = _text(event.get("extensionKind")) or _text(event.get("kind"))
        if kind is None:
            return
        self._source.records.log(
            source_id=self._source.source_id,
            offset=offset,
            ts=_millis(event.get("timestamp")),
            level="debug",
            logger="vm-service",
            message=kind,
            origin="vm-service",
            parse_status="ok",
        )


def _rendered(library: str | None, text: str) -> ExceptionBlock:
    """The text as a block; it is given its header where the writer left that out."""
    parser = BlockParser()
    lines = [line.rstrip("\r") for line in text.strip("\n").rstrip().split("\n")]
    headed = any(header_of(read_line(line).text) for line in lines[:3])
    if not headed:
        parser.feed_line(f"══╡ {_CAUGHT.upper()}{(library or '')[:256].upper()} ╞══")
    for line in lines:
        block = parser.feed_line(line).block
        if block is not None and block.kind == "block":
            return block
    flushed = parser.flush()
    if flushed is None:
        return ExceptionBlock(kind="block", library=library, description=text)
    return flushed if headed else dataclasses.replace(flushed, complete=True)


def _columns(event: dict[str, Any], offset: int, end: int) -> dict[str, Any]:
    """The columns that every exception of the stream has."""
    ts = _millis(event.get("timestamp"))
    return {
        "format": NAME,
        "offset": offset,
        "length": end - offset,
        "ts": ts,
        "ts_source": "event" if ts is not None else None,
    }


def _nodes(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The nodes of a structured error in the order they are shown; so many at most."""
    waiting = [data]
    for _ in range(_NODES):
        if not waiting:
            return
        node = waiting.pop()
        yield node
        for key in ("children", "properties"):
            inner = node.get(key)
            if isinstance(inner, list):
                waiting.extend(child for child in reversed(inner[:_NODES]) if isinstance(child, dict))


def _stack(data: dict[str, Any], nodes: list[dict[str, Any]]) -> str:
    """The stack as text: its own key, else the rows under the node that holds it."""
    for key in ("stackTrace", "stack"):
        if isinstance(data.get(key), str) and data[key].strip():
            return str(data[key])
    for node in nodes:
        rows = node.get("properties")
        if node.get("type") == "DiagnosticsStackTrace" and isinstance(rows, list):
            said = [text for row in rows[:_NODES] if isinstance(row, dict) and (text := _said(row))]
            if said:
                return "\n".join(said)
    return ""


def _thrown(nodes: list[dict[str, Any]]) -> str | None:
    """The class that a node's `The following X was thrown` names."""
    for node in nodes:
        text = _said(node)
        if text and text.startswith("The following "):
            return ExceptionBlock(kind="block", description=text).thrown
    return None


def _library(data: dict[str, Any]) -> str | None:
    """Who caught it: its own key, else what follows `Exception caught by`."""
    library = _text(data.get("library"))
    description = _text(data.get("description")) or ""
    if library is None and _CAUGHT in description:
        library = description.partition(_CAUGHT)[2].strip("═= ") or None
    return library


def _isolate(event: dict[str, Any]) -> str | None:
    isolate = event.get("isolate")
    return _text(isolate.get("name")) or _text(isolate.get("id")) if isinstance(isolate, dict) else None


def _said(value: Any) -> str | None:
    """The text of a node, of an instance of the VM (`valueAsString`), or a text itself."""
    if isinstance(value, dict):
        value = value.get("valueAsString", value.get("description"))
    return value if isinstance(value, str) and value else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _millis(value: Any) -> int | None:
    """Microseconds of milliseconds since 1970."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < _MS_LIMIT:
        return None
    return epoch(value, per_second=1_000)


def _level(value: Any) -> str | None:
    """The level of package:logging's number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return next((name for least, name in _LEVELS if value >= least), "trace")

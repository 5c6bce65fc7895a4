"""From an exception of Dart or Flutter to an event: its class, its message, its stack and what the AOT head says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from triage.formats import platforms
from triage.formats.traces import dart
from triage.formats.traces.dart_errors import error_type, said

if TYPE_CHECKING:
    from triage.formats.flutter_exception import ExceptionBlock
    from triage.sources.source import Source

__all__ = ("append_block", "append_exception", "error_type")

_HEAD_EVENT: Final = frozenset({"tid", "os", "arch"})


def append_exception(
    source: Source,
    message: str | None,
    *,
    stack: str = "",
    annotations: dict[str, Any] | None = None,
    notes: list[str] | None = None,
    **columns: Any,
) -> int:
    """Append an exception with its stack; `columns` are those of events, `offset` and `length` among them."""
    records = source.records
    head = dart.header(stack)
    traces = list(records.parsed("dart", stack, dart.parse)) if stack else []
    kind = columns.pop("error_type", None) or (error_type(message) if message else None)
    message = said(message, kind)
    if traces:
        traces[0] = msgspec.structs.replace(traces[0], error_type=kind, error_value=message)
    row = {
        "source_id": source.source_id,
        "event_class": "incident_signal",
        "event_kind": "exception",
        "level": "error",
        "platform": "dart",
        "parse_status": "ok",
        "error_type": kind,
        "error_value": message,
        "thread_id": traces[0].thread_id if traces else None,
        "os_name": platforms.system(head.get("os")),
        "arch": platforms.architecture(head.get("arch")),
        "notes": notes or None,
    }
    event = records.event(**{**row, **{name: value for name, value in columns.items() if value is not None}})
    for key, value in (annotations or {}).items():
        records.annotation(event, "context", key, value)
    for key, value in head.items():
        if key not in _HEAD_EVENT:
            records.annotation(event, "context", f"aot.{key}", value)
    records.stacks(event, traces)
    return event


def append_block(
    source: Source, block: ExceptionBlock, *, stack: str = "", repeated: ExceptionBlock | None = None, **columns: Any
) -> int:
    """Append an exception block or a one-line repeat of `repeated`; `stack` stands in where the block shows none."""
    notes = []
    if block.kind == "one_liner":
        notes.append("one-line repeat")
        if repeated is not None:
            notes.append("its message and its stack are those of the block before that says the same")
            kind = repeated.thrown or error_type(repeated.message) or "FlutterError"
            columns = {"error_type": kind, **columns}
            return append_exception(source, repeated.message or None, stack=repeated.stack_text, notes=notes, **columns)
        return append_exception(
            source,
            block.description,
            error_type=error_type(block.description) or "FlutterError",
            notes=notes,
            **columns,
        )
    if not block.complete:
        notes.append("the block ends without its closing rule")
        columns["parse_status"] = "partial"
    message = block.message
    kind = block.thrown or error_type(message) or "FlutterError"
    annotations = {
        "library": block.library,
        "widget": block.widget,
        "widget_location": block.widget_location,
        "description": block.description if block.description != message else None,
        "details": block.details or None,
    }
    return append_exception(
        source,
        message or None,
        stack=block.stack_text or stack,
        annotations=annotations,
        notes=notes,
        **{"error_type": kind, **columns},
    )

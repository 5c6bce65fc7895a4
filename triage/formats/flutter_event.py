"""From an exception of Dart or Flutter to an event: its class, its message, its stack and what the AOT head says.

Facts: the messages of the Dart SDK's core errors (`toString` of each), whose text does not always begin with the class.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from triage.formats import platforms
from triage.formats.traces import dart

if TYPE_CHECKING:
    from triage.formats.flutter_exception import ExceptionBlock
    from triage.sources.source import Source

__all__ = ("append_block", "append_exception", "error_type")

_NAMED: Final = re.compile(r"([A-Za-z_$][\w$.]{0,120}(?:Error|Exception)_?)(?=[\s:(\[<]|$)")
_WORD: Final = re.compile(r"([A-Z_$][\w$.]{0,120}): ")
_INSTANCE: Final = re.compile(r"Instance of '([^']{1,200})'")
_UNHANDLED: Final = re.compile(r"unhandled exception:\s{0,8}", re.IGNORECASE)
_CALLED: Final = re.compile(r"([A-Z]\w{0,120})\(")
# Messages of the SDK that do not name their class.
_MESSAGES: Final = (
    ("Null check operator used on a null value", "_TypeError"),
    ("type '", "_TypeError"),
    ("Bad state: ", "StateError"),
    ("Invalid argument", "ArgumentError"),
    ("Concurrent modification during iteration", "ConcurrentModificationError"),
    ("Unsupported operation: ", "UnsupportedError"),
    ("Stack Overflow", "StackOverflowError"),
    ("Out of Memory", "OutOfMemoryError"),
)
_HEAD_EVENT: Final = frozenset({"tid", "os", "arch"})


def error_type(message: str) -> str | None:
    """The class of an exception by what it says, None where that tells nothing.

    Examples
    --------
    >>> error_type("SocketException: Connection refused"), error_type("Bad state: No element"), error_type("no")
    ('SocketException', 'StateError', None)
    """
    text = message.lstrip()
    if match := _UNHANDLED.match(text):
        text = text[match.end() :]
    if match := _NAMED.match(text):
        return match.group(1)
    for start, name in _MESSAGES:
        if text.startswith(start):
            return name
    if "Failed assertion: line " in text[:2_000]:
        return "AssertionError"
    match = _INSTANCE.match(text) or _WORD.match(text) or _CALLED.match(text)
    return match.group(1) if match else None


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
    if message and kind and message.startswith(f"{kind}: "):
        message = message[len(kind) + 2 :].strip() or None
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

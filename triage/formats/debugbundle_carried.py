"""What `triage ingest` knew of an event beyond what DebugBundle's envelope can say: `context.triage` of its own files.

An envelope has no place for the kind of a crash, a signal, a level beside an exception, the frames of a native stack,
or for not knowing a service. `triage.capture` writes what its envelope would tell otherwise ::

    {"version": 1, "columns": {column: value or null}, "stacks"?: [stack with frames]}

and it is put back here, so that a store tells the same of an event as the log that it was made from. Only columns that
say what happened are taken: never ids, places or keys, which are computed again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec.structs import replace

from triage.records import Trace

if TYPE_CHECKING:
    from triage.formats.debugbundle_envelope import Row

__all__ = ("COLUMNS", "KEY", "VERSION", "restore", "taken")

KEY: Final = "triage"
VERSION: Final = 1
_STATUSES: Final = frozenset(("repaired", "partial", "raw"))
COLUMNS: Final = (
    "event_class", "event_kind", "ts", "ts_source", "level", "handled", "platform", "service", "release", "environment",
    "os_name", "os_version", "arch", "device", "error_type", "error_value", "error_code", "error_code_name", "signal",
    "fault_address", "thread_id", "native_fingerprint", "http_method", "route", "http_status", "duration_ms",
    "request_id", "trace_id", "session_id", "user_hash", "suppressed_count",
)  # fmt: skip


def taken(item: dict[str, Any]) -> dict[str, Any] | None:
    """Take what is carried out of the context of an envelope.

    Examples
    --------
    >>> item = {"context": {"release": "1", "triage": {"version": 1, "columns": {"signal": "SIGSEGV"}}}}
    >>> taken(item)["columns"], item
    ({'signal': 'SIGSEGV'}, {'context': {'release': '1'}})
    """
    context = item.get("context")
    if type(context) is not dict:
        return None
    told = context.get(KEY)
    if type(told) is not dict or told.get("version") != VERSION:
        return None
    item["context"] = {key: value for key, value in context.items() if key != KEY}
    return told


def restore(row: Row, told: dict[str, Any]) -> None:
    """Put what is carried in the place of what the envelope said."""
    notes = told.get("notes")
    row.notes = [note for note in notes if isinstance(note, str)] if isinstance(notes, list) else []
    status = told.get("parse_status")
    row.status = status if isinstance(status, str) and status in _STATUSES else "ok"
    columns = told.get("columns")
    if type(columns) is dict:
        before = row.columns.get("ts")
        row.columns |= {name: columns[name] for name in COLUMNS if name in columns}
        _retime(row, before)
    stacks = told.get("stacks")
    if stacks is not None:
        try:
            row.traces = _with_written(msgspec.convert(stacks, tuple[Trace, ...]), row.traces)
        except msgspec.ValidationError:
            row.partial("the stacks in context.triage are none")


def _retime(row: Row, before: int | None) -> None:
    """Give the log lines of an envelope the time that is carried, or none: it had to say one."""
    now = row.columns.get("ts")
    for log in row.logs if now != before else ():
        if log.get("ts") == before:
            log.update({"ts": now} if now is not None else {"ts": None, "parse_status": "partial"})


def _with_written(traces: tuple[Trace, ...], read: tuple[Trace, ...]) -> tuple[Trace, ...]:
    """The stacks, with the lines that DebugBundle's fingerprint takes of the text beside them."""
    lines = next((frame.written for trace in read for frame in trace.frames if frame.written), None)
    at = next((at for at, trace in enumerate(traces) if trace.frames), None)
    if lines is None or at is None:
        return traces
    first, *rest = traces[at].frames
    kept = replace(traces[at], frames=(replace(first, written=lines), *rest))
    return (*traces[:at], kept, *traces[at + 1 :])

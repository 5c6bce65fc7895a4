"""DebugBundle's envelopes in a Parquet file, as data lakes keep them: a row is an event.

The columns are the keys of the envelope, nested as structs or maps, or written as JSON; or there is one column that
holds whole envelopes, as text or as its bytes, dictionary-encoded or not. A null is a key that is not there. Rows have
no place in the bytes of the file: what is no event goes to quarantine under the number of its row. Tables that
`to_parquet` wrote are opened by their folder.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from triage.formats import Match
from triage.formats.debugbundle_events import NAME as EVENTS
from triage.formats.debugbundle_events import describe
from triage.formats.debugbundle_json import DAMAGED, decode
from triage.formats.debugbundle_payload import add_event
from triage.sources.source import OverLimitError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyarrow import parquet

    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "read", "sniff")

NAME: Final = "debugbundle-parquet"
TITLE: Final = "DebugBundle events in Parquet"

_MARK: Final = b"PAR1"
_ROWS: Final = 1_000
_NEEDED: Final = frozenset({"event_type", "payload"})
# Keys of the envelope that are objects.
_OBJECTS: Final = ("payload", "service", "correlation", "context", "probe_data")
_PAIR: Final = 2


def sniff(head: Head) -> Match | None:
    """By the mark that Parquet begins with; what its columns are stands at its end."""
    return Match(60, "the mark of Parquet") if head.data.startswith(_MARK) else None


def read(source: Source) -> None:
    """Read every row."""
    import pyarrow as pa
    from pyarrow import parquet

    source.media = "application/vnd.apache.parquet"
    events = lost = 0
    try:
        with parquet.ParquetFile(pa.BufferReader(source.data())) as file:
            if not _holds_envelopes(file):
                source.parse_status = "unknown"
                source.note(
                    "Parquet without the columns event_type and payload, or one of JSON; tables that triage wrote are "
                    "opened by their folder"
                )
                return
            _within(source, file)
            source.role = "events"
            source.note("its events have no places")
            for number, row in enumerate(_rows(file), 1):
                reason = _event(source, row)
                events += reason is None
                lost += reason is not None
                if reason:
                    source.quarantine(reason, line=number)
                source.records.rest()
    except (pa.ArrowException, OSError, ValueError):
        lost += 1
        source.quarantine("Parquet that is damaged: what could be read before stays", offset=0, length=source.size)
        if not events:
            source.parse_status = "partial"
            source.note("Parquet that is damaged")
            return
    describe(source, events, lost)


def _holds_envelopes(file: parquet.ParquetFile) -> bool:
    """Whether the columns are those of an envelope, or one of text or bytes."""
    schema = file.schema_arrow
    return set(schema.names) >= _NEEDED or (len(schema) == 1 and _is_text(schema.types[0]))


def _is_text(kind: Any) -> bool:
    """Whether what a column holds is text or bytes, however it is encoded."""
    import pyarrow as pa

    if isinstance(kind, pa.BaseExtensionType):
        return _is_text(kind.storage_type)
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    tests = ("string", "large_string", "string_view", "binary", "large_binary", "binary_view")
    return any(getattr(pa.types, f"is_{name}")(kind) for name in tests)


def _within(source: Source, file: parquet.ParquetFile) -> None:
    """Refuse what grows beyond the limit when it is unpacked, before it does."""
    groups = range(file.metadata.num_row_groups)
    unpacked = sum(file.metadata.row_group(group).total_byte_size for group in groups)
    if unpacked > source.limits.ratio * max(source.size or len(source.data()), 1 << 20):
        raise OverLimitError("ratio", source.limits.ratio, "a Parquet file when it is unpacked")


def _rows(file: parquet.ParquetFile) -> Iterator[dict[str, Any]]:
    """Each row by the names of its columns; some at a time are in memory."""
    for batch in file.iter_batches(batch_size=_ROWS):
        yield from batch.to_pylist()


def _event(source: Source, row: dict[str, Any]) -> str | None:
    """Append one event; why not, where it is none."""
    item: Any = row
    if not row.keys() >= _NEEDED:
        held = next(iter(row.values()))
        item, _ = decode(held if isinstance(held, bytes) else str(held).encode("utf-8", "replace"))
        return (
            "damaged JSON"
            if item is DAMAGED
            else add_event(source, item, reader=EVENTS, offset=None, length=None, note=None)
        )
    try:
        item = _plain(row)
    except RecursionError:
        return "a row that is nested too deeply"
    for key in _OBJECTS:
        if isinstance(item.get(key), str):
            value, _ = decode(item[key].encode("utf-8", "replace"))
            item[key] = item[key] if value is DAMAGED else value
    return add_event(source, item, reader=EVENTS, offset=None, length=None, note=None)


def _plain(value: Any) -> Any:
    """A value as JSON would have it: no nulls in objects, times and UUIDs as text, maps as objects."""
    if isinstance(value, dict):
        return {key: _plain(held) for key, held in value.items() if held is not None}
    if isinstance(value, list):
        if value and all(isinstance(held, tuple) and len(held) == _PAIR for held in value):
            return {str(key): _plain(held) for key, held in value if held is not None}
        return [_plain(held) for held in value]
    if isinstance(value, datetime):
        return f"{(value.astimezone(UTC) if value.tzinfo else value).replace(tzinfo=None).isoformat()}Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID | time):
        return str(value)
    if isinstance(value, Decimal):
        return float(value)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value

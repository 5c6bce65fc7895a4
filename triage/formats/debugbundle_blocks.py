"""Lines of envelopes decoded at once into Arrow columns: what a million events are read with.

Arrow's JSON reader neither keeps lines apart nor says what is wrong with one, and takes what JSON is not (NaN, bytes
that are no UTF-8). So a batch is decoded only where nothing of that can be in it, and its rows are taken only where
they are the usual ones: whatever the reader of single envelopes (`debugbundle_payload`) would have to note, or knows
better, is left to it. There is one meaning of a line and two ways to it; tests hold the two together.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from triage.formats.debugbundle_batch import Batch, Mask, Places, joinable
from triage.formats.debugbundle_carried import KEY as CARRIED
from triage.formats.debugbundle_envelope import SCHEMA, level_of, platform_of

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("Decoded", "decode", "mapped", "truth")

_TEXT: Final = pa.string()
_SHAPE: Final = pa.schema(
    {
        "schema_version": _TEXT,
        "event_id": _TEXT,
        "event_type": _TEXT,
        "occurred_at": _TEXT,
        "sdk_name": _TEXT,
        "sdk_version": _TEXT,
        "service": pa.struct({"name": _TEXT, "environment": _TEXT, "runtime": _TEXT}),
        "correlation": pa.struct({"request_id": _TEXT, "trace_id": _TEXT, "session_id": _TEXT, "user_id_hash": _TEXT}),
        "context": pa.struct({"release": _TEXT}),
        "payload": pa.struct(
            {
                "name": _TEXT,
                "message": _TEXT,
                "stack": _TEXT,
                "handled": pa.bool_(),
                "request": pa.struct({"method": _TEXT, "path": _TEXT}),
                "response": pa.struct({"status_code": pa.int64()}),
                "runtime": pa.struct({"platform": _TEXT, "arch": _TEXT, "thread_id": pa.int64()}),
                "route": _TEXT,
                "browser": pa.struct({"name": _TEXT, "version": _TEXT}),
                "method": _TEXT,
                "path": _TEXT,
                "response_status": pa.int64(),
                "duration_ms": pa.float64(),
                "route_template": _TEXT,
                "level": _TEXT,
            }
        ),
    }
)
# What an envelope may have beside: it becomes annotations, whatever it is.
_BESIDE: Final = frozenset({*_SHAPE.names, "sdk_language", "project_token", "project_id"})
# Maps that are noted where they are something else; kinds of event with one of the others are not the usual ones.
_MAPS: Final = ("probe_data", "attributes")
_UNUSUAL: Final = ("device", "browser_event", "context")
# Where a logger puts the stack of an exception.
_STACKED: Final = ("stack", "stack_trace", "exc_info", "exception.stacktrace")
_KINDS: Final = ("backend_exception", "frontend_exception", "request_event", "log_event")
# Lines of a batch that are left out one after the other before it is given up.
_TRIES: Final = 9
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_ROW: Final = re.compile(r" in row (\d{1,9})")
# A request that is null or empty means another thing than none.
_EMPTY_REQUEST: Final = re.compile(rb'"request"[ \t\r]*:[ \t\r]*(?:null|\{[ \t\r]*\})')
# Of the years 1 to 9999: Arrow has a year 0, and no other reader.
_TIME: Final = r"^(?:[1-9]\d{3}|0[1-9]\d{2}|00[1-9]\d|000[1-9])-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?Z$"
_UUID_DASHES: Final = "^.{8}-.{4}-.{4}-.{4}-.{12}$"
_INSTANT: Final = pa.timestamp("us", "UTC")


class Decoded(NamedTuple):
    """The rows of a batch: fields by dotted names, instants, which may be taken, and the lines that they are of."""

    fields: dict[str, pa.Array]
    ts: pa.Array
    usual: Mask
    rows: Places
    # whether some correlation holds more than the ids that are fields
    correlated: bool


def decode(batch: Batch) -> Decoded | None:
    """Decode the lines of a batch that may be joined; None where all must be read by themselves.

    A line begins with a brace, ends with one, and no object can go on behind a closing brace with an opening one: so
    where the lines parse, every one holds whole objects, and where there are as many as lines, one each. A line that
    does not parse is left out, and the others are tried again.
    """
    rows = np.flatnonzero(joinable(batch))
    if not _is_text(batch.data):
        rows = np.array([row for row in rows.tolist() if _is_text(batch.text(row))], np.int64)
    for _ in range(_TRIES):
        if not len(rows):
            break
        whole = len(rows) == len(batch.starts)
        try:
            return _decoded(
                batch.data if whole else b"\n".join([batch.text(row) for row in rows.tolist()]), batch, rows
            )
        except pa.ArrowInvalid as error:
            told = _ROW.search(str(error))
            if told is None or int(told[1]) >= len(rows):
                break
            rows = np.delete(rows, int(told[1]))
    return None


def _decoded(block: bytes, batch: Batch, rows: Places) -> Decoded | None:
    """Decode bytes that hold these lines of a batch."""
    table = pa.json.read_json(
        pa.BufferReader(block),
        read_options=pa.json.ReadOptions(use_threads=False, block_size=len(block) + 1),
        parse_options=pa.json.ParseOptions(explicit_schema=_SHAPE, unexpected_field_behavior="infer"),
    )
    unknown = sorted({*table.column_names} - _BESIDE)
    if table.num_rows != len(rows) or not _finite(table) or not _are_plain(unknown, block):
        return None
    try:
        decoded = _usual(_flat(table), table, rows)
    except pa.ArrowException:  # a time that there is not
        return None
    if decoded is None:
        return None
    return decoded._replace(usual=decoded.usual & ~_emptied(decoded, batch) & ~_named(unknown, batch, rows))


def _are_plain(names: list[str], block: bytes) -> bool:
    """Whether names of keys can be found in lines as they are: nothing in them, and nothing at all, is escaped."""
    return not names or (b"\\u" not in block and all(_PLAIN.fullmatch(name) for name in names))


def _named(names: list[str], batch: Batch, rows: Places) -> Mask:
    """The rows whose lines hold one of these keys, if only as a text: what is null in a column may be there or not."""
    keys = [f'"{name}"'.encode() for name in names]
    if not keys:
        return np.zeros(len(rows), np.bool_)
    return np.array([any(key in text for key in keys) for text in map(batch.text, rows.tolist())], np.bool_)


def _emptied(decoded: Decoded, batch: Batch) -> Mask:
    """The failures whose request is null or empty: their lines tell, as the decoded rows say the same of no request."""
    asked = [pc.is_valid(decoded.fields[f"payload.request.{name}"]) for name in ("method", "path")]
    failed = truth(pc.equal(decoded.fields["event_type"], "backend_exception"))
    found = np.zeros(len(failed), np.bool_)
    for at in np.flatnonzero(decoded.usual & failed & ~truth(pc.or_(*asked))).tolist():
        found[at] = _EMPTY_REQUEST.search(batch.text(int(decoded.rows[at]))) is not None
    return found


def _is_text(block: bytes) -> bool:
    """Whether a block is UTF-8, and without a byte order mark."""
    if block.isascii():
        return True
    try:
        return "\ufeff" not in block.decode()
    except UnicodeDecodeError:
        return False


def _finite(table: pa.Table) -> bool:
    """Whether no number is one that JSON does not have: Arrow's reader takes NaN, and makes too large ones infinite."""
    held = [column_of(column) for column in table.columns]
    while held:
        column = held.pop()
        if pa.types.is_floating(column.type):
            if pc.all(pc.is_finite(column)).as_py() is False:
                return False
        elif pa.types.is_struct(column.type) or pa.types.is_list(column.type):
            held += column.flatten() if pa.types.is_struct(column.type) else [column.flatten()]
    return True


def _flat(table: pa.Table) -> dict[str, pa.Array]:
    """The fields that are known of, by dotted names; a field of a null map is null."""
    fields: dict[str, pa.Array] = {}
    held = [("", name, column_of(table[name])) for name in _SHAPE.names]
    while held:
        prefix, name, column = held.pop()
        path = f"{prefix}{name}"
        fields[path] = column
        if pa.types.is_struct(column.type):
            known = _known(path)
            parts = dict(zip((field.name for field in column.type), column.flatten(), strict=True))
            held += [(f"{path}.", part, parts[part]) for part in known]
    return fields


def _known(path: str) -> list[str]:
    """The names of the fields in a map that is known of."""
    kind: Any = None
    for part in path.split("."):
        kind = _SHAPE.field(part).type if kind is None else kind.field(part).type
    return [field.name for field in kind]


def column_of(column: pa.ChunkedArray) -> pa.Array:
    """The one array of a column."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _usual(fields: dict[str, pa.Array], table: pa.Table, rows: Places) -> Decoded | None:
    """Tell the usual rows from the others."""
    payload = column_of(table["payload"])
    extra = {field.name: at for at, field in enumerate(payload.type)}
    for name in _MAPS:
        if name in extra and not _is_map(payload.type.field(extra[name]).type):
            return None
    kind = fields["event_type"]
    usual = truth(pc.is_in(kind, value_set=pa.array(_KINDS)))
    usual &= truth(pc.equal(fields["schema_version"], SCHEMA))
    usual &= truth(pc.match_substring_regex(fields["event_id"], _UUID_DASHES))
    usual &= truth(pc.match_substring_regex(fields["occurred_at"], _TIME))
    usual &= truth(pc.is_valid(fields["service"])) & truth(pc.is_valid(fields["payload"]))
    for name in _UNUSUAL:
        if name in extra:
            usual &= ~truth(pc.is_valid(payload.field(extra[name])))
    context = column_of(table["context"])
    if (carried := context.type.get_field_index(CARRIED)) >= 0:
        usual &= ~truth(pc.is_valid(context.field(carried)))
    usual &= _logs(fields, payload, extra)
    instants = pc.if_else(pa.array(usual), fields["occurred_at"], pa.scalar(None, _TEXT))
    correlated = table.schema.field("correlation").type.num_fields > _SHAPE.field("correlation").type.num_fields
    return Decoded(fields, instants.cast(_INSTANT), usual, rows, correlated)


def _logs(fields: dict[str, pa.Array], payload: pa.StructArray, extra: dict[str, int]) -> Mask:
    """False for log events that are not the usual ones: without a message, with a stack or of a logger of Java's."""
    log = truth(pc.equal(fields["event_type"], "log_event"))
    if not log.any():
        return ~log
    level = fields["payload.level"]
    unknown = truth(pc.is_valid(level)) & ~truth(pc.is_valid(mapped(level, level_of)))
    odd = ~truth(pc.is_valid(fields["payload.message"])) | unknown
    if "attributes" in extra:
        attributes = payload.field(extra["attributes"])
        if pa.types.is_struct(attributes.type):
            java = truth(pc.equal(mapped(fields["service.runtime"], platform_of), "java"))
            for at, field in enumerate(attributes.type):
                if field.name in _STACKED or field.name == "logger":
                    odd |= truth(pc.is_valid(attributes.field(at))) & (java | (field.name != "logger"))
    return ~(log & odd)


def mapped(column: pa.Array, function: Callable[[str], str | None]) -> pa.Array:
    """A function of each value, asked once for each distinct one; null of null."""
    encoded = column.dictionary_encode()
    made = pa.array([function(value) for value in encoded.dictionary.to_pylist()], _TEXT)
    return made.take(encoded.indices)


def _is_map(kind: pa.DataType) -> bool:
    return bool(pa.types.is_struct(kind) or pa.types.is_null(kind))


def truth(column: pa.Array) -> Mask:
    """A column of truth values as numpy's, null as false."""
    filled = pc.fill_null(column, fill_value=False)
    made: Mask = filled.to_numpy(zero_copy_only=False).astype(np.bool_, copy=False)
    return made

"""A table in the making: sparse Python columns that become Arrow in batches.

Only the columns that a row sets are touched, so a wide table costs what is in it. A value that does not fit the type
of its column becomes a null: content never raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from triage.times import LEAST, MOST

__all__ = ("ColumnBuilder",)

# Thousands of small arrays that stay: Arrow's own pool left half as much again unused around them.
_POOL: Final = pa.system_memory_pool()


class ColumnBuilder:
    """Rows of one table, appended one by one, turned into Arrow every `batch_rows`."""

    __slots__ = ("_batch_rows", "_batches", "_columns", "_rows", "schema")

    def __init__(self, schema: pa.Schema, *, extra: Mapping[str, pa.DataType], batch_rows: int) -> None:
        self.schema = pa.schema([*schema, *(pa.field(name, kind) for name, kind in extra.items())])
        self._batch_rows = batch_rows
        self._batches: list[pa.RecordBatch] = []
        self._columns: dict[str, list[Any]] = {name: [] for name in self.schema.names}
        self._rows = 0

    def append(self, row: Mapping[str, Any], **more: Any) -> None:
        """Append one row; columns that it does not name are null. An unknown column is a KeyError."""
        rows = self._rows
        for part in (row, more):
            for name, value in part.items():
                if value is None:
                    continue
                column = self._columns[name]
                if len(column) < rows:
                    column.extend([None] * (rows - len(column)))
                column.append(value)
        self._rows = rows + 1
        if self._rows >= self._batch_rows:
            self._flush()

    def table(self) -> pa.Table:
        """Everything appended so far."""
        self._flush()
        return pa.Table.from_batches(self._batches, schema=self.schema)

    def _flush(self) -> None:
        if not self._rows:
            return
        arrays = []
        for field in self.schema:
            values = self._columns[field.name]
            if len(values) < self._rows:
                values.extend([None] * (self._rows - len(values)))
            arrays.append(_array(values, field.type))
            self._columns[field.name] = []
        self._batches.append(pa.RecordBatch.from_arrays(arrays, schema=self.schema))
        self._rows = 0


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Convert at once where all fits, else value by value."""
    try:
        return _in_calendar(pa.array(values, kind, memory_pool=_POOL))
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeEncodeError, TypeError, ValueError):
        return _in_calendar(pa.array([_fitting(value, kind) for value in values], kind, memory_pool=_POOL))


def _in_calendar(array: pa.Array) -> pa.Array:
    """Make times null that are outside of the years 1 to 9999, which no datetime can hold."""
    if not pa.types.is_timestamp(array.type) or array.null_count == len(array):
        return array
    micros = array.cast(pa.int64())
    inside = pc.and_(pc.greater_equal(micros, LEAST), pc.less_equal(micros, MOST))
    if pc.all(inside).as_py():
        return array
    return pc.if_else(inside, array, pa.scalar(None, array.type), memory_pool=_POOL)


def _fitting(value: Any, kind: pa.DataType) -> Any:
    """The value if its column can hold it, text with its lone surrogates replaced, else None."""
    if pa.types.is_list(kind) and isinstance(value, (list, tuple)):
        return [_fitting(item, kind.value_type) for item in value]
    if pa.types.is_string(kind) and isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    try:
        pa.array([value], kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeEncodeError, TypeError, ValueError):
        return None
    return value

"""A table in the making: sparse Python columns that become Arrow in batches.

Only the columns that a row sets are touched, so a wide table costs what is in it. A value that does not fit the type
of its column becomes a null: content never raises.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from triage.times import LEAST, MOST

if TYPE_CHECKING:
    from triage.store.spill import Spill

__all__ = ("ColumnBuilder", "array", "real")

# Thousands of small arrays that stay: Arrow's own pool left half as much again unused around them.
_POOL: Final = pa.system_memory_pool()
# Text that is held as Python values before it becomes Arrow, whatever the number of rows.
_BATCH_CHARS: Final = 16 << 20
# What a row of Python values takes beside its characters.
_ROW: Final = 64
# So many rows are no small batch.
_LARGE: Final = 8_192
# Small batches are joined by so many, so that what stays lies in a few large pieces.
_JOINED: Final = 16
# An Arrow string of this kind of column holds less than 2 GiB.
_MOST_CHARS: Final = 1 << 29


class ColumnBuilder:
    """Rows of one table, appended one by one, turned into Arrow every `batch_rows` or 16 Mi characters."""

    __slots__ = (
        "_batch_rows",
        "_batches",
        "_chars",
        "_columns",
        "_held",
        "_on_disk",
        "_rows",
        "_small",
        "_spill",
        "_texts",
        "schema",
    )

    def __init__(
        self, schema: pa.Schema, *, extra: Mapping[str, pa.DataType], batch_rows: int, spill: Spill | None = None
    ) -> None:
        self.schema = pa.schema([*schema, *(pa.field(name, kind) for name, kind in extra.items())])
        self._batch_rows = batch_rows
        self._batches: list[pa.RecordBatch] = []
        self._small: list[pa.RecordBatch] = []
        self._spill = spill
        self._on_disk = 0
        self._held = 0
        self._chars = 0
        self._columns: dict[str, list[Any]] = {name: [] for name in self.schema.names}
        self._texts = frozenset(field.name for field in self.schema if pa.types.is_string(field.type))
        self._rows = 0

    @property
    def held(self) -> int:
        """About how many bytes are held."""
        return self._held + self._chars + self._rows * _ROW

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
                if type(value) is str:
                    self._chars += len(value)
        self._rows = rows + 1
        if self._rows >= self._batch_rows or self._chars >= _BATCH_CHARS:
            self._flush()

    def append_many(self, columns: Mapping[str, Sequence[Any]], rows: int) -> None:
        """Append some rows, a sequence of values for each column; columns that are not named are null."""
        before = self._rows
        for name, values in columns.items():
            if values.count(None) == rows:
                continue
            column = self._columns[name]
            if len(column) < before:
                column.extend([None] * (before - len(column)))
            column.extend(values)
            if name in self._texts:
                self._chars += sum(map(len, filter(None, values)))
        self._rows = before + rows
        if self._rows >= self._batch_rows or self._chars >= _BATCH_CHARS:
            self._flush()

    def extend(self, columns: Mapping[str, Any], rows: int, **more: Any) -> None:
        """Append many rows at once; a column is a list or array of values, or one value that all of them have."""
        self._flush()
        given = {**columns, **more}
        arrays = []
        for field in self.schema:
            value = given.pop(field.name, None)
            if isinstance(value, pa.Array):
                arrays.append(_in_calendar(value))
            elif isinstance(value, list):
                arrays.append(array(value, field.type))
            elif value is None:
                arrays.append(pa.nulls(rows, field.type))
            else:
                arrays.append(pa.repeat(pa.scalar(value, field.type), rows))
        if given:
            raise KeyError(f"no column {', '.join(sorted(given))}")
        self._keep(pa.RecordBatch.from_arrays(arrays, schema=self.schema))

    def absorb(self, table: pa.Table) -> None:
        """Append a table that has these columns."""
        self._flush()
        batches = table.select(self.schema.names).cast(self.schema).to_batches()
        self._batches += [*self._small, *batches]
        self._held += sum(batch.nbytes for batch in batches)
        self._small.clear()

    def table(self) -> pa.Table:
        """Everything appended so far."""
        self._flush()
        return pa.Table.from_batches([*self._batches, *self._small], schema=self.schema)

    def take(self) -> pa.Table:
        """Everything appended so far, and begin anew."""
        table = self.table()
        self._batches, self._small, self._on_disk, self._held = [], [], 0, 0
        return table

    def _flush(self) -> None:
        if not self._rows:
            return
        arrays = []
        for field in self.schema:
            values = self._columns[field.name]
            if len(values) < self._rows:
                values.extend([None] * (self._rows - len(values)))
            arrays.append(array(values, field.type))
            self._columns[field.name] = []
        self._rows = self._chars = 0
        self._keep(pa.RecordBatch.from_arrays(arrays, schema=self.schema))

    def _keep(self, batch: pa.RecordBatch) -> None:
        """Hold a batch, small ones joined by so many."""
        self._small.append(batch)
        self._held += batch.nbytes
        if batch.num_rows >= _LARGE:
            self._batches += self._small
            self._small.clear()
        if len(self._small) >= _JOINED:
            joined = pa.Table.from_batches(self._small, schema=self.schema).combine_chunks(memory_pool=_POOL)
            self._batches += joined.to_batches()
            self._small.clear()
        if self._spill is not None and self._spill.hold(batch.nbytes):
            self._bring_to_disk(self._spill)

    def _bring_to_disk(self, spill: Spill) -> None:
        """Have the batches in memory lie on disk, where they are many enough for a file."""
        held = [*self._batches[self._on_disk :], *self._small]
        if sum(batch.nbytes for batch in held) >= max(spill.least_bytes, 1):
            self._batches[self._on_disk :] = spill.moved(held)
            self._small.clear()
            self._on_disk = len(self._batches)


def array(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Convert at once where all fits, else value by value."""
    try:
        return _in_calendar(pa.array(values, kind, memory_pool=_POOL))
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeEncodeError, TypeError, ValueError):
        return _in_calendar(pa.array([_fitting(value, kind) for value in values], kind, memory_pool=_POOL))


def real(value: Any) -> float | None:
    """A number as a column of doubles holds it; None where it is none, or larger than any of them.

    Examples
    --------
    >>> real(2**63), real(True), real(10**400)
    (9.223372036854776e+18, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


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
        return value.encode("utf-8", "replace").decode() if len(value) < _MOST_CHARS else None
    if pa.types.is_floating(kind) and isinstance(value, int):
        return real(value)
    try:
        pa.array([value], kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, UnicodeEncodeError, TypeError, ValueError):
        return None
    return value

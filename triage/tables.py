"""The schema of every table of a case, and the one way from Arrow to pandas.

Each table exists for every case, empty if need be, with the same columns in the same order and Arrow-backed dtypes.
The columns are declared in `tables.toml`, one to a line as ``name: type | unit | meaning``. `python -m triage.tables`
prints the page `triage/TABLES.md` from them; a test holds the two equal.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa

__all__ = ("SCHEMA_VERSION", "TABLES", "TYPES", "Column", "Table", "empty", "markdown", "to_pandas")

SCHEMA_VERSION: Final = 3

TYPES: Final[dict[str, pa.DataType]] = {
    "string": pa.string(),
    "int64": pa.int64(),
    "uint64": pa.uint64(),
    "double": pa.float64(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "list<string>": pa.list_(pa.string()),
    "list<uint64>": pa.list_(pa.uint64()),
    "list<int64>": pa.list_(pa.int64()),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, a key of `TYPES`, its unit ("" where it has none) and what it means."""

    name: str
    type: str
    unit: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its name, what one row is, and its columns in order."""

    name: str
    row: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema: the columns in order, every one nullable."""
        return pa.schema([(column.name, TYPES[column.type]) for column in self.columns])

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(column.name for column in self.columns)


def _table(name: str, row: str, columns: str) -> Table:
    """Read the one-line-per-column declaration of a table."""
    read = []
    for line in columns.strip().splitlines():
        head, unit, meaning = (part.strip() for part in line.split("|", 2))
        column, _, kind = (part.strip() for part in head.partition(":"))
        read.append(Column(column, kind, unit, meaning))
    return Table(name, row, tuple(read))


TABLES: Final[dict[str, Table]] = {
    name: _table(name, **said)
    for name, said in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")).items()
}


@cache
def empty(name: str) -> pa.Table:
    """The table of that name without rows."""
    return TABLES[name].schema.empty_table()


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """Give an Arrow table as a DataFrame with Arrow-backed dtypes and a RangeIndex.

    Examples
    --------
    >>> str(to_pandas(empty("files"))["bytes"].dtype)
    'int64[pyarrow]'
    """
    names = table.column_names
    # pyarrow looks for the type of a column by its name, which in SQL two may have
    apart = table.rename_columns([str(at) for at in range(len(names))]) if len(set(names)) < len(names) else table
    frame: pd.DataFrame = apart.to_pandas(types_mapper=pd.ArrowDtype)
    return frame if apart is table else frame.set_axis(names, axis="columns")


def markdown() -> str:
    """The page `triage/TABLES.md`."""
    lines = [
        "# The tables of a case",
        "",
        f"Schema version {SCHEMA_VERSION}. Made by `python -m triage.tables > triage/TABLES.md`; do not edit by hand.",
        "Every dtype is Arrow-backed (`string[pyarrow]` and so on). Every table exists for every case.",
    ]
    for table in TABLES.values():
        lines += ["", f"## {table.name}", "", f"One row is {table.row}.", "", "| column | dtype | unit | meaning |"]
        lines.append("|---|---|---|---|")
        for column in table.columns:
            dtype = str(TYPES[column.type]).replace("item: ", "")
            lines.append(f"| {column.name} | `{dtype}` | {column.unit} | {column.meaning} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(markdown(), end="")  # noqa: T201 - this is what the module prints when run

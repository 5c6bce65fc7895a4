"""A folder of tables that `to_parquet` wrote, of a case or of a store, read back as they are, with no reader.

The rows of `files` and `quarantine` are those of the inputs that the tables were made from. These inputs are not here:
what is asked of their bytes is refused, and what leaves a redacted case leaves as rows. Incidents, links and runs of
hypotheses are made anew (by the journal and the rules of today), so their files are not read.

What is damaged is a row: a table that is not what the manifest vouches for is left out, and says so in `files` and
`quarantine`. Columns that this version does not know are passed over, those that are missing are null.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from triage.errors import LimitError
from triage.exporting import MANIFEST, VERSION, manifest
from triage.sources.inputs import Inputs
from triage.tables import SCHEMA_VERSION, TABLES, empty
from triage.times import LEAST, MOST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from triage.sources.context import Context
    from triage.sources.limits import Limits
    from triage.sources.source import Source

__all__ = ("MADE", "held")

# Made of the other tables whenever they are asked for.
MADE: Final = frozenset({"incidents", "related", "hypotheses"})
# Without these a row is none.
_NEEDED: Final = {
    "events": ("event_id",),
    "stacks": ("event_id", "stack_no", "role"),
    "frames": ("stack_key", "idx", "inline_depth", "frame_kind", "repeat"),
    "annotations": ("scope", "key", "value"),
    "files": ("source_id", "depth", "path", "bytes", "parse_status"),
    "quarantine": ("source_id", "reason"),
}
# Of rows that are the same in these only the first is one.
_KEYS: Final = {
    "events": ("event_id",),
    "stacks": ("event_id", "stack_no"),
    "frames": ("stack_key", "idx"),
    "files": ("source_id",),
}
# What `triage.stacks.keys.annotate` fills, and fills anew by the rules of today.
_ANNOTATED: Final = {"frames": ("role", "rule", "counted", "in_app"), "events": ("variant_key", "family_key")}
_WRITTEN: Final = {"the writer says: in-app": True, "the writer says: not in-app": False}


class _Absent(Inputs):
    """The folder as an input that has no files to read again."""

    __slots__ = ()

    def walk(self, context: Context) -> Iterator[Source]:  # noqa: ARG002 - there is nothing to walk
        """No file."""
        return iter(())


class _Damaged(Exception):  # noqa: N818 - a table is left out, nothing is raised
    """A table cannot be taken, and why."""


def held(inputs: Inputs, limits: Limits) -> tuple[dict[str, pa.Table], Inputs] | None:
    """The tables of a folder that triage wrote; None where the input is something else.

    Raises
    ------
    LimitError
        The tables are larger than `limits.archive_bytes`.
    """
    folder = Path(inputs.location) if inputs.location and "\n" not in inputs.location else None
    told = manifest(folder) if folder is not None and folder.is_dir() else None
    if folder is None or told is None:
        return None
    tables: dict[str, pa.Table] = {}
    amiss: list[tuple[Path, str, str]] = []
    known = told["triage_tables"] == VERSION
    if not known:
        amiss.append((folder / MANIFEST, "quarantined", f"it is of another kind; {VERSION} is read"))
    elif told.get("schema") != SCHEMA_VERSION:
        amiss.append((folder / MANIFEST, "partial", f"its tables are of another schema; {SCHEMA_VERSION} is read"))
    left = limits.archive_bytes
    for name in TABLES:
        tables[name] = empty(name)
        if not known or name in MADE:
            continue
        path = folder / f"{name}.parquet"
        try:
            tables[name] = _whole(name, _read(path, name, told["tables"].get(name), left))
            left -= tables[name].nbytes
        except _Damaged as error:
            amiss.append((path, "quarantined", str(error)))
    tables = _unannotated(_fitting(tables))
    for path, status, reason in amiss:
        tables = _said(tables, path, status, reason)
    return tables, _Absent(inputs.location)


def _read(path: Path, name: str, told: Any, left: int) -> pa.Table:
    """One table, with the columns of today."""
    from pyarrow import parquet

    schema = TABLES[name].schema
    try:
        if path.is_symlink() or not path.is_file():
            raise _Damaged("the file is not there")
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if not isinstance(told, dict) or told.get("sha256") != digest:
            raise _Damaged("the file is not the one that the manifest tells of")
        with parquet.ParquetFile(path) as file:
            columns = [column for column in schema.names if column in file.schema_arrow.names]
            batches, size = [], 0
            for batch in file.iter_batches(batch_size=16_384, columns=columns):
                size += batch.nbytes
                if size > left:
                    raise LimitError(
                        f"the tables are over the limit archive_bytes; raise it by limits=triage.Limits(archive_bytes="
                        f"...), the table {name} alone needs more than {left:,}"
                    )
                batches.append(batch)
            table = pa.Table.from_batches(batches, file.schema_arrow if not columns else None) if batches else None
        made = {each: _column(table, each, kind.type) for each, kind in zip(schema.names, schema, strict=True)}
        found = empty(name) if table is None else pa.table(made, schema=schema)
        found.validate(full=True)
    except (pa.ArrowException, OSError, ValueError, OverflowError, NotImplementedError):
        raise _Damaged("the file is damaged, or its columns have other types") from None
    return found


def _column(table: pa.Table | None, name: str, kind: pa.DataType) -> pa.ChunkedArray:
    """A column in its type, null where there is none; times that no calendar has are null."""
    if table is None or name not in table.column_names:
        return pa.chunked_array([pa.nulls(0 if table is None else table.num_rows, kind)])
    column = table[name].cast(kind)
    if not pa.types.is_timestamp(kind):
        return column
    micros = column.cast(pa.int64())
    inside = pc.and_(pc.greater_equal(micros, LEAST), pc.less_equal(micros, MOST))
    return pc.if_else(inside, column, pa.scalar(None, kind))


def _whole(name: str, table: pa.Table) -> pa.Table:
    """The table, where each row has what every row has, and is there once."""
    for column in _NEEDED.get(name, ()):
        if table[column].null_count:
            raise _Damaged(f"rows without {column}")
    if name == "frames" and (pc.min(table["idx"]).as_py() or 0) < 0:
        raise _Damaged("rows with a negative idx")
    keys = _KEYS.get(name)
    if keys and table.group_by(list(keys)).aggregate([]).num_rows < table.num_rows:
        raise _Damaged(f"rows with the same {' and '.join(keys)}")
    return table


def _fitting(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """The tables as the rest relies on them.

    The frames of a stack stand together in their order, no list of addresses or lines is shorter than the stack that it
    is of, and the container of a file is there, a step less deep.
    """
    stacks, frames, files = tables["stacks"], tables["frames"], tables["files"]
    codes = pc.index_in(frames["stack_key"], value_set=frames["stack_key"].unique())
    order = np.lexsort((frames["idx"].to_numpy(), codes.to_numpy()))
    if (np.diff(order) != 1).any():
        frames = frames.take(pa.array(order))
    place = pc.index_in(files["container_id"], value_set=files["source_id"].combine_chunks())
    around = pc.equal(pc.add(files["depth"].take(place), 1), files["depth"])
    at, field = files.schema.get_field_index("container_id"), files.schema.field("container_id")
    known = pc.if_else(pc.fill_null(around, fill_value=False), files["container_id"], pa.scalar(None, field.type))
    files = files.set_column(at, field, known)
    deepest = frames.group_by("stack_key").aggregate([("idx", "max")])
    place = pc.index_in(stacks["stack_key"], value_set=deepest["stack_key"].combine_chunks())
    need = pc.add(pc.fill_null(deepest["idx_max"].take(place), -1), 1)
    for name in ("addresses", "text_lines"):
        at, field = stacks.schema.get_field_index(name), stacks.schema.field(name)
        enough = pc.greater_equal(pc.list_value_length(stacks[name]).cast(pa.int64()), need)
        stacks = stacks.set_column(at, field, pc.if_else(enough, stacks[name], pa.scalar(None, field.type)))
    return tables | {"stacks": stacks, "frames": frames, "files": files}


def _unannotated(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """The tables without what is filled in after reading; of `in_app` what the writer said stays."""
    frames = tables["frames"]
    said = pc.index_in(frames["rule"], value_set=pa.array(list(_WRITTEN)))
    told = pa.chunked_array([pa.array(list(_WRITTEN.values())).take(pc.cast(said, pa.int64()).combine_chunks())])
    # what has no role has not been filled in
    in_app = pc.if_else(pc.is_null(frames["role"]), frames["in_app"], told)
    names = {name: list(columns) for name, columns in _ANNOTATED.items()}
    if not pc.any(pc.equal(tables["files"]["role"], "manifest")).as_py():
        names["events"].append("group_key")  # a reviewed archive brings the keys of what it was made from
    out = dict(tables)
    for name, columns in names.items():
        for column in columns:
            at = out[name].schema.get_field_index(column)
            field = out[name].schema.field(at)
            values = in_app if column == "in_app" else pa.nulls(out[name].num_rows, field.type)
            out[name] = out[name].set_column(at, field, values)
    return out


def _said(tables: dict[str, pa.Table], path: Path, status: str, reason: str) -> dict[str, pa.Table]:
    """The tables with a row of `files` and one of `quarantine` about a file that is not read as it is."""
    source = hashlib.blake2b(f"\0{path.name}".encode(), digest_size=6).hexdigest()
    size = path.stat().st_size if path.is_file() else 0
    file = {"source_id": source, "depth": 0, "path": path.name, "bytes": size, "parse_status": status}
    file |= {"role": "table", "description": "a table that triage wrote", "reason": reason}
    rows = {"files": file, "quarantine": {"source_id": source, "offset": 0, "length": size, "reason": reason}}
    more = {name: pa.Table.from_pylist([row], tables[name].schema) for name, row in rows.items()}
    return tables | {name: pa.concat_tables([tables[name], added]) for name, added in more.items()}

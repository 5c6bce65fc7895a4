"""Event stores of any size to a folder of tables, part by part: `triage.to_parquet`.

What `load` holds until the end is taken here as it comes: some megabytes of rows are resolved, written and let go of.
Large event files and folders with many are read in blocks, as `load` reads them, but for the annotations and log lines:
nothing is left where it lies. What must be known of all events (which ids there were, which stacks) is some twenty
bytes for each; see `triage.seen`. The folder is the one that `Case.to_parquet` writes, without what `load` makes of it
anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from triage.exported import MADE
from triage.exporting import ROWS, filled
from triage.identity import resolve, tell_of_repeats
from triage.records import Records
from triage.seen import Seen
from triage.sources.inputs import Inputs
from triage.sources.limits import Limits
from triage.tables import TABLES

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable
    from types import TracebackType

    import pyarrow as pa
    from pyarrow import parquet

__all__ = ("to_parquet",)

_LIMITS: Final = Limits()
_WRITTEN: Final = tuple(name for name in TABLES if name not in MADE)


def to_parquet(
    path: Any,
    folder: str | os.PathLike[str],
    *,
    overwrite: bool = False,
    limits: Limits = _LIMITS,
    progress: Callable[[str, int], None] | None = None,
) -> Path:
    """Read crash files and event stores into a folder of Parquet tables, within little memory whatever their size.

    `triage.load` of the folder gives the case. Other than `load(path).to_parquet(folder)`, nothing is held but the
    events that are being read: event stores are written in parts of some ten thousand events, other files one by one.

    Parameters
    ----------
    path
        What `triage.load` takes.
    folder
        Where to; its parent must be there. It appears whole or not at all.
    overwrite
        Whether to write into a folder that holds something else.
    limits, progress
        As for `triage.load`.

    Returns
    -------
    Path
        The folder. What could not be read is in the tables `files` and `quarantine`, and so is what repeats the id of
        an earlier event.

    Raises
    ------
    SourceError, LimitError
        As `triage.load`.
    TriageError
        The folder holds something that triage did not write, or cannot be written.

    Examples
    --------
    >>> import tempfile, triage
    >>> trace = b"Traceback (most recent call last):\\n  File \\"a.py\\", line 1, in f\\nValueError: x\\n"
    >>> with tempfile.TemporaryDirectory() as place:
    ...     made = triage.to_parquet(trace, place + "/tables")
    ...     triage.load(made).incidents()["title"].tolist()
    ['ValueError in f']
    """
    from triage.loading import read_into

    with filled(Path(folder), overwrite=overwrite) as made, _Parts(made) as parts:
        records = Records(full=lambda: parts.take(records.take(), records.rows("files")), whole=True)
        read_into(records, Inputs(path), limits=limits, progress=progress)
        parts.finish(records.finish(parts.seen))
    return Path(folder)


class _Parts:
    """Writes tables part by part."""

    def __init__(self, folder: Path) -> None:
        self.seen = Seen()
        self._folder = folder
        self._writers: dict[str, parquet.ParquetWriter] = {}
        # where the row groups of each part end
        self._ends: dict[str, list[int]] = {name: [0] for name in ("events", "stacks")}

    def __enter__(self) -> Self:
        from pyarrow import parquet

        for name in _WRITTEN:
            schema = TABLES[name].schema
            self._writers[name] = parquet.ParquetWriter(self._folder / f"{name}.parquet", schema, compression="zstd")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers.values():
            writer.close()

    def take(self, raw: dict[str, pa.Table], files: pa.Table) -> None:
        """Write the rows of some events; files are written when all is read."""
        empty = {name: TABLES[name].schema.empty_table() for name in TABLES if name not in raw}
        self._write(resolve(empty | raw | {"files": files.slice(0, 0)}, seen=self.seen))

    def finish(self, tables: dict[str, pa.Table]) -> None:
        """Write the last resolved tables, and what is told of events that repeat others."""
        self._write({name: table for name, table in tables.items() if name != "files"})
        for name in self._ends:
            self._writers[name].close()
        counts, others = self.seen.repeats(
            _Part(self._folder, self._ends, at) for at in range(len(self._ends["events"]) - 1)
        )
        self._write({"files": tell_of_repeats(tables["files"], counts), "quarantine": others})

    def _write(self, tables: dict[str, pa.Table]) -> None:
        """Write the rows of resolved tables."""
        for name, writer in self._writers.items():
            table = tables.get(name)
            if table is not None and table.num_rows:
                writer.write_table(table, row_group_size=ROWS)
        for name, ends in self._ends.items():
            if name in tables:
                ends.append(ends[-1] + -(-tables[name].num_rows // ROWS))


class _Part(NamedTuple):
    """What was written together; see `triage.seen.Part`."""

    folder: Path
    ends: dict[str, list[int]]
    number: int

    def read(self, name: str, columns: Iterable[str] | None = None) -> pa.Table:
        """Some columns of a table, or all."""
        from pyarrow import parquet

        groups = range(*self.ends[name][self.number : self.number + 2])
        with parquet.ParquetFile(self.folder / f"{name}.parquet") as file:
            return file.read_row_groups(list(groups), columns=None if columns is None else list(columns))

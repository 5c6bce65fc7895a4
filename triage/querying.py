"""The verbs of a case that hand its tables on: to SQL, and to files.

SQL is duckdb's (extra `store`), in memory and shut off: it sees the tables of the case and nothing else, no file, no
network, no extension, no variable of Python, and none of its settings can be changed. The tables are read where they
lie, as Arrow, without a copy.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from triage.errors import TriageError, demand, nothing_named
from triage.sql_answers import arrow
from triage.tables import TABLES, to_pandas
from triage.tabling import named, selected
from triage.trending import Trending

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import duckdb
    import pandas as pd

__all__ = ("Querying", "run")

_CLOSED: Final = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
}
_READS: Final = frozenset({"SELECT", "EXPLAIN", "MULTI"})
# Errors whose first line names tables and columns; others can quote a value that they met.
_TOLD: Final = ("Parser", "Binder", "Catalog", "Permission")
_MISSING: Final = re.compile(r"Table with name (\S{1,80}) does not exist")
_TEXTS: Final = re.compile(r"'[^'\n]{0,4000}'")
_LONGEST: Final = 300


class Querying(Trending):
    """What `Case` inherits: its tables for other tools."""

    def table(self, name: str, columns: Iterable[str] | None = None, *, incident: str | None = None) -> pd.DataFrame:
        """A table by its name.

        Parameters
        ----------
        name
            One of `triage.tables.TABLES`.
        columns
            Only these columns, in this order.
        incident
            Only the rows of this incident; of `frames`, those of its stacks.

        Raises
        ------
        TriageError
            There is no such table, column or incident, or the rows of the table belong to no incident.

        Examples
        --------
        >>> import triage
        >>> triage.loads("started").table("files", ["path", "bytes"]).to_dict("records")
        [{'path': 'pasted', 'bytes': 7}]
        """
        return selected(named(self, name, incident), name, columns)

    def sql(self, statement: str) -> pd.DataFrame:
        """Ask the tables in SQL; they have the names and columns of `triage/TABLES.md`, times are in UTC.

        The answer is raw, as the plain tables are: nothing in it is masked.

        Parameters
        ----------
        statement
            One statement of duckdb's SQL that reads. It sees the tables and nothing else: no file, no network.

        Returns
        -------
        DataFrame
            With Arrow-backed dtypes; an INTERVAL is a `duration[us]`.

        Raises
        ------
        TriageError
            The statement is wrong or does not only read, its answer holds what pandas has no form for (a UNION,
            infinity, an interval of months ...), or the extra `store` is not installed.

        Examples
        --------
        >>> import triage
        >>> triage.loads("started\\n").sql("select path, bytes from files").to_dict("records")
        [{'path': 'pasted', 'bytes': 8}]
        """
        demand(statement, str, "a statement of SQL is a text")
        return to_pandas(run(statement, _Tables(self)))

    def to_parquet(self, folder: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Write every table as Parquet (zstd) into a folder, one file per table; `triage.load(folder)` reads it back.

        The files are raw, as the plain tables are: nothing in them is masked. They are for you; to hand something on,
        take `redact()`. A new folder is readable by you alone. It appears whole or not at all. Read back, the case has
        the same tables, but the inputs are not in it: their bytes cannot be read, and incidents, links and runs of
        hypotheses are made anew, by the journal that is found then.

        Parameters
        ----------
        folder
            A new folder, or an empty one, or one that holds nothing but what this wrote, which is replaced.
        overwrite
            Write into a folder that holds something else as well: files of the same names are replaced one by one, and
            others stay.

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        TriageError
            The folder holds something else, or cannot be written.

        Examples
        --------
        >>> import tempfile, triage
        >>> case = triage.loads("started\\n")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = case.to_parquet(folder + "/tables")
        ...     triage.load(folder + "/tables").files().equals(case.files())
        True
        """
        from triage import exporting

        demand(folder, (str, os.PathLike), "a folder is a path")
        tables = _Tables(self)
        return exporting.write(((name, tables[name]) for name in TABLES), Path(folder), overwrite=overwrite)


class _Tables:
    """The tables of a case as Arrow, each made when it is asked for."""

    def __init__(self, case: Querying) -> None:
        self._case = case

    def __getitem__(self, name: str) -> pa.Table:
        frame = self._case.table(name)
        columns = [pa.chunked_array(frame[column].array.__arrow_array__()) for column in frame.columns]
        return pa.table(columns, schema=TABLES[name].schema)


def run(statement: str, tables: Mapping[str, pa.Table] | _Tables) -> pa.Table:
    """Run one statement over tables; see `Case.sql`.

    Parameters
    ----------
    statement
        Of duckdb's SQL.
    tables
        By the names of `triage.tables.TABLES`; asked for those only that the statement may mean.

    Raises
    ------
    TriageError
        As `Case.sql`.
    """
    try:
        import duckdb
    except ImportError:
        raise TriageError("sql() needs duckdb: pip install 'crash-triage[store]'") from None
    with duckdb.connect(":memory:", config=dict(_CLOSED)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET lock_configuration = true")
        try:
            _check(connection, statement)
            said = statement.lower()
            for name in TABLES:
                if name in said or "show" in said:
                    connection.register(name, tables[name])
            return arrow(connection.sql(statement))
        except duckdb.Error as error:
            raise TriageError(_words(error)) from None


def _check(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    """Whether it is one statement, and one that reads."""
    found: list[Any] = connection.extract_statements(statement)
    if len(found) != 1 or found[0].type.name not in _READS:
        raise TriageError("sql() takes one statement that reads, such as SELECT, FROM, DESCRIBE or SUMMARIZE")


def _words(error: Exception) -> str:
    """What is wrong with a statement, without a value: the first line where it names tables, columns or words of it."""
    kind = type(error).__name__.removesuffix("Exception").removesuffix("Error")
    if kind not in _TOLD:
        return f"the statement failed while it ran ({kind or 'error'}); cast or filter the values that it meets"
    lines = [line for line in str(error).split("\n") if line.strip() and not line.startswith("LINE ")]
    told = " ".join(line.strip() for line in lines[:2] if "^" not in line)
    if missing := _MISSING.search(told):
        return nothing_named("table", missing[1], sorted(TABLES))
    told = _TEXTS.sub("'...'", told)
    return f"the statement is wrong: {told[:_LONGEST]}; case.sql('describe events') lists columns"

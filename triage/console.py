"""What all commands have in common: loading with progress, and writing lines, tables and errors.

Data is never taken for markup or terminal codes. Tables are drawn on a terminal and are tab-separated lines anywhere
else. What the encoding of an output lacks is written as its number behind a backslash, and JSON in ASCII where that
encoding is not UTF-8, which readers of JSON expect.
"""

from __future__ import annotations

import codecs
import io
import json
import os
import re
import sys
from contextlib import contextmanager
from datetime import datetime
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from triage.errors import LISTED, JournalError, SourceError, TriageError
from triage.share.printable import plural, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from triage.case import Case

__all__ = (
    "ERR",
    "OUT",
    "Exit",
    "Input",
    "JournalFile",
    "Printed",
    "Reader",
    "Style",
    "Symbols",
    "Zone",
    "complain",
    "full_id",
    "load",
    "print_frame",
    "print_json",
    "print_rows",
    "progress",
    "say",
    "sink_failed",
    "source",
    "worded",
    "write_anything",
)

OUT: Final = Console(highlight=False, soft_wrap=True)
ERR: Final = Console(stderr=True, highlight=False, soft_wrap=True)
_WORD: Final = 24  # a longer word may be broken to make a table fit
_GAP: Final = 2
# How outputs refuse characters unless somebody asked for another way (`PYTHONIOENCODING=cp1252:replace`).
_REFUSE: Final = frozenset({"strict", "surrogateescape"})
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]+")
# What an error says to whoever wrote Python, and what it says to whoever typed a command.
_WORDS: Final = (
    (LISTED, "`triage incidents PATH` lists them"),
    ("case.events(incident_id)['event_id'] lists them", "`triage table events PATH --incident ID` lists them"),
    ("case.events()['event_id'] lists them", "`triage table events PATH` lists them"),
    ("case.files()['source_id'] lists them", "`triage table files PATH` lists them"),
    ("case.journal()['entry_id'] lists them", "`triage journal` lists them"),
    ("case.journal() tells", "`triage journal` tells"),
    ("events=[...]", "--event EVENT"),
    ("Journal(PATH, who=NAME)", "--who NAME"),
    ("case.journal() says why", "`triage journal --of PATH` says why"),
    ("case.quarantine() says", "`triage table quarantine PATH` says"),
    ("triage.load(..., journal=PATH)", "--journal PATH"),
    ("journal=PATH", "--journal PATH"),
    ("overwrite=True", "--overwrite"),
    ("would be sent: dry_run", "would be sent: --dry-run"),
    ("where= is", "--where is"),
    ("redact(incident=...) takes", "--incident ID takes"),
    ("raise it by limits=", "raise it in Python by limits="),
)


class Exit(IntEnum):
    """How a command ends; 0 is fine, 1 internal, 2 a wrong call."""

    not_found = 3
    bad_input = 4
    secrets = 5


Input = Annotated[
    str, typer.Argument(help="A file, directory, archive or glob pattern; - is standard input.", metavar="PATH")
]
Reader = Annotated[
    str | None, typer.Option("--as", help="Read by this reader instead of by detection; see `triage formats`.")
]
Symbols = Annotated[
    str | None,
    typer.Option("--symbols", help="A folder of symbol files, ProGuard mappings or source maps.", metavar="DIR"),
]

Zone = Annotated[
    str | None,
    typer.Option("--zone", help="What local times are of that name no zone, as Europe/Berlin; default: UTC."),
]
JournalFile = Annotated[
    str | None,
    typer.Option(
        "--journal",
        help="The journal, or the folder of an investigation (one that is new ends in a slash); default: found upward.",
        metavar="FILE",
    ),
]


class Style(StrEnum):
    """How a table is printed."""

    table = "table"
    json = "json"
    ndjson = "ndjson"
    csv = "csv"


Printed = Annotated[Style, typer.Option("--format", help="How to print.")]


def write_anything() -> None:
    """Let no character that an output has no code for end a command."""
    for output in (sys.stdout, sys.stderr):
        if isinstance(output, io.TextIOWrapper) and output.errors in _REFUSE:
            output.reconfigure(errors="backslashreplace")


def say(text: str, style: str = "") -> None:
    """Print one line; data is never taken for console markup."""
    OUT.print(Text(printable(text), style=style))


def complain(text: str) -> None:
    """Print one line of an error."""
    ERR.print(Text(printable(text), style="red"))


def worded(text: str) -> str:
    """An error with the options of the command line in place of those of Python.

    Examples
    --------
    >>> worded("there is something else; say overwrite=True")
    'there is something else; say --overwrite'
    """
    for told, typed in _WORDS:
        text = text.replace(told, typed)
    return text


def load(
    path: str,
    reader: str | None = None,
    symbols: str | None = None,
    journal: str | None = None,
    zone: str | None = None,
    *,
    reads_only: bool = True,
) -> Case:
    """Load with a progress line on a terminal, without one anywhere else; what only reads needs its journal.

    Raises
    ------
    JournalError
        There is no journal of that name.
    """
    import triage
    from triage.journal import Journal

    if journal is not None and reads_only and Journal(journal).awaited:
        raise JournalError(f"there is no journal at {journal}; check the name, or leave --journal out")

    with progress() as advance:
        case = triage.load(source(path), format=reader, symbols=symbols, journal=journal, zone=zone, progress=advance)
    complain_of_journal(case.journal_unread)
    return case


def complain_of_journal(unread: int) -> None:
    """Say that lines of the journal could not be read, where there are any: what they decided looks undecided."""
    if unread:
        complain(
            f"{plural(unread, 'line')} of the journal cannot be read, and nothing decided there is applied; "
            "`triage journal` tells which and why"
        )


def source(path: str) -> Any:
    """What a path on the command line stands for.

    Raises
    ------
    SourceError
        It is a pipe, as a shell makes one of `<(command)`.
    """
    if path == "-":
        return sys.stdin.buffer
    try:
        is_pipe = Path(path).is_fifo()
    except (OSError, ValueError):
        is_pipe = False  # opening it says what is wrong
    if is_pipe:
        raise SourceError(f"{path} is a pipe, which is never opened by its name; name standard input: command | ... -")
    return path


def sink_failed(error: OSError) -> None:
    """Say that standard output took no more, and let nothing try to write the rest of it when the program ends."""
    complain(f"cannot write to standard output: {error.strerror or 'it failed'}; write to another place")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


@contextmanager
def progress() -> Iterator[Callable[[str, int], None] | None]:
    """A line that shows the last file read and the megabytes so far; None where nobody would see it."""
    if not ERR.is_terminal:
        yield None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=ERR, transient=True) as shown:
        task = shown.add_task("reading", total=None)

        def advance(path: str, total: int) -> None:
            shown.update(task, description=f"{total / 1e6:,.1f} MB read, {printable(path)[-60:]}")

        yield advance


def print_frame(frame: pd.DataFrame, style: Style, columns: list[str] | None) -> None:
    """Print a DataFrame for people or for programs."""
    if style is Style.table:
        chosen = frame if columns is None else frame[columns]
        cell = _short if OUT.is_terminal else _cell
        rows = [[cell(value) for value in row] for row in chosen.itertuples(index=False)]
        print_rows([str(name) for name in chosen.columns], rows)
        return
    if style is Style.csv:
        lists = [name for name, dtype in frame.dtypes.items() if str(dtype).startswith("list")]
        text = frame.assign(**{str(name): frame[name].map(_cell) for name in lists}).to_csv(
            index=False, lineterminator="\n"
        )
        sys.stdout.write(printable(text) if sys.stdout.isatty() else text)
        return
    import msgspec
    import pyarrow as pa

    rows = pa.Table.from_pandas(frame, preserve_index=False).to_pylist()
    encode = msgspec.json.Encoder().encode
    if style is Style.ndjson:
        for row in rows:
            print_json(encode(row).decode())
    else:
        print_json(msgspec.json.format(encode(rows), indent=2).decode())


def print_json(text: str) -> None:
    """Print a document of JSON, in ASCII where the output is not in UTF-8."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    if codecs.lookup(encoding).name != "utf-8":
        # Beyond ASCII stand the characters of strings alone, which JSON writes as units of UTF-16.
        text = _BEYOND_ASCII.sub(lambda match: json.dumps(match.group())[1:-1], text)
    sys.stdout.write(text + "\n")


def print_rows(header: list[str], rows: list[Any]) -> None:
    """Print a table on a terminal, record by record where it is too narrow for one; tab-separated lines when piped."""
    if not OUT.is_terminal:
        for row in [header, *rows]:
            sys.stdout.write("\t".join(printable(cell).replace("\t", " ").replace("\n", "⏎") for cell in row) + "\n")
        return
    cells = [[printable(cell) for cell in row] for row in rows]
    columns = [[name, *(row[at] for row in cells)] for at, name in enumerate(header)]
    if not _fits(columns):
        columns = [column for column in columns if any(column[1:])] or columns
    if cells and not _fits(columns):
        _print_records(columns)
        return
    drawn = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        drawn.add_column(column[0], min_width=_least(column), overflow="fold")
    for row in zip(*(column[1:] for column in columns), strict=True):
        drawn.add_row(*map(Text, row))
    OUT.print(drawn, soft_wrap=False)


def _least(column: list[str]) -> int:
    """The width that a column needs for an id or a name not to be broken."""
    return min(_WORD, max(cell_len(word) for text in column for word in text.split() or [""]))


def _fits(columns: list[list[str]]) -> bool:
    """Whether a table of these columns can be read on this terminal."""
    return sum(map(_least, columns)) + _GAP * (len(columns) - 1) <= OUT.width


def _print_records(columns: list[list[str]]) -> None:
    """Print each row as a block of lines, one for each cell that holds something."""
    width = max(len(column[0]) for column in columns)
    for at in range(1, len(columns[0])):
        if at > 1:
            say("")
        for column in columns:
            if column[at]:
                say(f"{column[0]:<{width}}  " + column[at].replace("\n", "\n" + " " * (width + 2)))


def _cell(value: Any) -> str:
    """A cell as text: lists joined, nulls empty."""
    import pandas as pd

    if not isinstance(value, str) and hasattr(value, "__iter__"):
        return ", ".join(str(item) for item in value)
    return "" if pd.isna(value) else str(value)


def _short(value: Any) -> str:
    """A cell for a terminal: a time to its second, in UTC as all times are."""
    return value.strftime("%Y-%m-%d %H:%M:%SZ") if isinstance(value, datetime) and str(value) != "NaT" else _cell(value)


def full_id(ids: list[str], prefix: str, what: str = "incident") -> str:
    """The one id that begins so, with or without `inc_`; of an entry of the journal, `dec_`."""
    if prefix in ids:
        return prefix
    begin, listed = ("inc_", "incidents PATH") if what == "incident" else ("dec_", "journal")
    found = [one for one in ids if prefix and one.startswith((prefix, f"{begin}{prefix}"))]
    if len(found) == 1:
        return found[0]
    if found:
        many = "incidents" if what == "incident" else "entries"
        raise TriageError(f"{len(found)} {many} have ids that begin with {prefix!r}; give more of it")
    raise TriageError(f"no {what} has an id that begins with {prefix!r}; `triage {listed}` lists them")

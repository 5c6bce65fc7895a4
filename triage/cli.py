"""The command line: `triage show`, `incidents`, `table`, `open`, `formats`.

Exit codes are those of the field: 0 fine, 1 internal, 3 not found, 4 bad input. What is printed for people goes through
`triage.share.view`; `incidents` and `table` give data as it is.
"""

from __future__ import annotations

import signal
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from triage.errors import SourceError, TriageError
from triage.share.printable import plural, printable

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from triage.case import Case
    from triage.share.view import View

__all__ = ("app", "main")

NOT_FOUND: Final = 3
BAD_INPUT: Final = 4

app = typer.Typer(
    name="triage", help="Open what crashed.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
_out = Console(highlight=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, soft_wrap=True)

Input = Annotated[
    str, typer.Argument(help="A file, directory, archive or glob pattern; - is standard input.", metavar="PATH")
]
Reader = Annotated[
    str | None, typer.Option("--as", help="Read by this reader instead of by detection; see `triage formats`.")
]


class Style(StrEnum):
    """How a table is printed."""

    table = "table"
    json = "json"
    ndjson = "ndjson"
    csv = "csv"


Printed = Annotated[Style, typer.Option("--format", help="How to print.")]


@app.command()
def show(
    path: Input, reader: Reader = None, frames: Annotated[int, typer.Option(help="Frames to print.")] = 12
) -> None:
    """Say what crashed and where, with the stack and the files."""
    from triage.share.view import shown

    case = _load(path, reader)
    _print_view(shown(case), frames)
    _say(repr(case), style="dim")


@app.command()
def incidents(path: Input, reader: Reader = None, style: Printed = Style.table) -> None:
    """List the incidents, newest first."""
    frame = _load(path, reader).incidents()
    columns = ["incident_id", "title", "status", "count", "first_seen", "last_seen", "first_release", "culprit"]
    _print_frame(frame, style, columns)


@app.command()
def table(
    name: Annotated[str, typer.Argument(help="events, stacks, frames, logs, files, quarantine ...", metavar="NAME")],
    path: Input,
    reader: Reader = None,
    style: Printed = Style.table,
) -> None:
    """Print one table of the case."""
    _print_frame(_load(path, reader).table(name), style, None)


@app.command(name="open")
def open_(
    path: Input,
    to: Annotated[
        Path | None, typer.Option("--to", help="The notebook to write; default: <name>.triage.ipynb here.")
    ] = None,
    lab: Annotated[bool, typer.Option(help="Start JupyterLab on it.")] = True,
) -> None:
    """Write a notebook that opens the file, and start JupyterLab on it."""
    from triage import notebook

    written = notebook.write(path, to)
    _say(f"notebook: {written}")
    if lab:
        notebook.start(written)


@app.command()
def formats(path: Annotated[str | None, typer.Argument(help="Say what this file may be, and why.")] = None) -> None:
    """List the formats that can be read, or those that a file may be."""
    from triage import formats as readers

    if path is None:
        rows = [(reader.NAME, reader.TITLE) for _, reader in sorted(readers.registry().items())]
        _print_rows(["format", "what it is"], rows)
        return
    found = readers.detect(path)
    if not found:
        _say("no reader recognises this content; `triage table files PATH` lists what is there")
    else:
        _print_rows(
            ["file", "format", "score", "why"], [(hit.path, hit.format, str(hit.score), hit.reason) for hit in found]
        )


def main() -> None:
    """Run the command line and end with its exit code."""
    if hasattr(signal, "SIGPIPE"):  # `triage ... | head` ends quietly, as other filters do
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        app()
    except SourceError as error:
        _err.print(Text(printable(str(error)), style="red"))
        sys.exit(NOT_FOUND)
    except TriageError as error:
        _err.print(Text(printable(str(error)), style="red"))
        sys.exit(BAD_INPUT)


def _load(path: str, reader: str | None) -> Case:
    """Load with a progress line on a terminal, without one anywhere else."""
    import triage

    what: Any = sys.stdin.buffer if path == "-" else path
    if not _err.is_terminal:
        return triage.load(what, format=reader)
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_err, transient=True) as progress:
        task = progress.add_task("reading", total=None)
        return triage.load(what, format=reader, progress=_advance(progress, task))


def _advance(progress: Progress, task: Any) -> Callable[[str, int], None]:
    """Show the last file read and the megabytes so far."""

    def advance(path: str, total: int) -> None:
        progress.update(task, description=f"{total / 1e6:,.1f} MB read, {printable(path)[-60:]}")

    return advance


def _say(text: str, style: str = "") -> None:
    """Print one line; data is never taken for console markup."""
    _out.print(Text(printable(text), style=style))


def _print_view(view: View, frames: int) -> None:
    """Print the first page of a case."""
    _say(view.title, style="bold")
    if view.crash_id:
        _say(f"event {view.crash_id}  incident {view.incident_id}", style="dim")
    width = max((len(label) for label, _ in view.facts), default=0)
    for label, value in view.facts:
        _say(f"  {label:<{width}}  {value}")
    if view.frames:
        _say(f"\n{view.stack_title}", style="bold")
    _print_frames(view, frames)
    for note in view.notes:
        _say(f"  note: {note}")
    if view.incidents_in_all > 1:
        _say(f"\n{plural(view.incidents_in_all, 'incident')}", style="bold")
        for row in view.incidents:
            _say(f"  {row.incident_id}  {row.count:>6,}  {row.status:<9} {row.last_seen}  {row.title}")
    _say(f"\n{plural(view.files_in_all, 'file')}", style="bold")
    for file in view.files:
        remark = f"  ({file.status}: {file.reason})" if file.status != "ok" else ""
        _say(f"  {'  ' * file.depth}{file.path}  {file.size}  {file.description}{remark}")
    if view.quarantined:
        _say(f"{plural(view.quarantined, 'piece')} could not be read: triage table quarantine PATH")


def _print_frames(view: View, limit: int) -> None:
    """Print the crashing stack from where crash handling ends."""
    handling = next((at for at, frame in enumerate(view.frames) if frame.role not in {"noise", "crash handling"}), 0)
    if handling:
        _say(f"  ... {handling} frames of crash handling", style="dim")
    for frame in view.frames[handling : handling + limit]:
        mark = frame.role if frame.kind == "frame" else frame.kind.replace("_", " ")
        told = "" if mark == "application" else f"  [{mark}]"
        where = f"  {frame.where}" if frame.where else ""
        _say(f"  #{frame.number:<3} {frame.function}{where}{told}", style="dim" if told else "")
    left = view.frames_in_all - handling - limit
    if left > 0:
        _say(f"  ... {left:,} more frames: triage table frames PATH", style="dim")


def _print_frame(frame: pd.DataFrame, style: Style, columns: list[str] | None) -> None:
    """Print a DataFrame for people or for programs."""
    if style is Style.table:
        chosen = frame if columns is None else frame[columns]
        rows = [[_cell(value) for value in row] for row in chosen.itertuples(index=False)]
        _print_rows([str(name) for name in chosen.columns], rows)
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
            sys.stdout.write(encode(row).decode() + "\n")
    else:
        sys.stdout.write(msgspec.json.format(encode(rows), indent=2).decode() + "\n")


def _print_rows(header: list[str], rows: list[Any]) -> None:
    """Print a table on a terminal, tab-separated lines when piped."""
    if not _out.is_terminal:
        for row in [header, *rows]:
            sys.stdout.write("\t".join(printable(cell).replace("\t", " ").replace("\n", "⏎") for cell in row) + "\n")
        return
    drawn = Table(*header, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        drawn.add_row(*(Text(printable(cell), overflow="fold") for cell in row))
    _out.print(drawn)


def _cell(value: Any) -> str:
    """A cell as text: lists joined, nulls empty."""
    import pandas as pd

    if not isinstance(value, str) and hasattr(value, "__iter__"):
        return ", ".join(str(item) for item in value)
    return "" if pd.isna(value) else str(value)


if __name__ == "__main__":
    main()

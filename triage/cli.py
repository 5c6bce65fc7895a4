"""The command line: `triage show`, `incidents`, `table`, `open`, `formats`.

What explains is in `triage.cli_explain`, what asks for causes in `triage.cli_hypotheses`, what decides in
`triage.cli_journal`, what shares in `triage.cli_share`, what fills event stores in `triage.cli_store`, what follows
them in `triage.cli_watch`, what is kept of them in `triage.cli_cache`.

Exit codes: 0 fine, 1 internal, 2 a wrong call, 3 not found, 4 bad input (also: nothing was approved, an archive does
not verify, something could not be looked into), 5 something secret was found. What `show` prints is masked; `incidents`
and `table` give data as it is.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from triage import cli_cache, cli_explain, cli_hypotheses, cli_journal, cli_share, cli_store, cli_watch
from triage.cli_share import PolicyFile, chosen_policy
from triage.console import (
    ERR,
    Exit,
    Input,
    JournalFile,
    Printed,
    Reader,
    Style,
    Symbols,
    Zone,
    complain,
    full_id,
    load,
    print_frame,
    print_rows,
    say,
    sink_failed,
    source,
    worded,
    write_anything,
)
from triage.errors import RedactionError, SourceError, TriageError
from triage.share.printable import plural
from triage.tables import TABLES
from triage.tabling import checked

if TYPE_CHECKING:
    from triage.share.view import View

__all__ = ("app", "main")

app = typer.Typer(
    name="triage", help="Open what crashed.", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


def _version(wanted: bool) -> None:
    if wanted:
        import triage

        say(f"triage {triage.__version__}")
        raise typer.Exit


@app.callback()
def _first(
    _: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """Open what crashed."""


@app.command()
def show(  # noqa: PLR0917 - typer takes them by name
    path: Input,
    reader: Reader = None,
    symbols: Symbols = None,
    zone: Zone = None,
    frames: Annotated[int, typer.Option(help="Frames to print.", min=0)] = 12,
    policy: PolicyFile = None,
    journal: JournalFile = None,
) -> None:
    """Say what crashed and where, with the stack and the files; secrets and personal data are masked."""
    from triage.share.redacted import RedactedCase
    from triage.share.view import shown

    chosen = chosen_policy(policy, [path])
    case = load(path, reader, symbols, journal, zone)
    _print_view(shown(RedactedCase.lazy(case, chosen)), frames)
    say(repr(case), style="dim")


@app.command()
def incidents(
    path: Input,
    reader: Reader = None,
    symbols: Symbols = None,
    zone: Zone = None,
    style: Printed = Style.table,
    journal: JournalFile = None,
) -> None:
    """List the incidents, newest first. Raw: titles may hold what the files hold, secrets included."""
    frame = load(path, reader, symbols, journal, zone).incidents()
    columns = ["incident_id", "title", "status", "count", "first_seen", "last_seen", "first_release", "culprit"]
    print_frame(frame, style, columns)


@app.command()
def table(  # noqa: PLR0913, PLR0917 - typer takes them by name
    name: Annotated[str, typer.Argument(help=", ".join(TABLES), metavar="NAME")],
    path: Input,
    reader: Reader = None,
    symbols: Symbols = None,
    zone: Zone = None,
    style: Printed = Style.table,
    columns: Annotated[
        list[str] | None, typer.Option(help="Only these columns, in this order: A,B or one by one.", metavar="NAMES")
    ] = None,
    incident: Annotated[
        str | None, typer.Option(help="Only the rows of this incident, or of the one whose id begins so.", metavar="ID")
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Only so many rows.", min=0)] = None,
    journal: JournalFile = None,
) -> None:
    """Print one table of the case. Raw: it holds what the files hold, secrets included."""
    checked(name, incident)  # before anything is read: perhaps it is the path, and the name comes behind it
    case = load(path, reader, symbols, journal, zone)
    if incident is not None:
        incident = full_id(case.incidents()["incident_id"].tolist(), incident)
    wanted = [one.strip() for given in columns for one in given.split(",") if one.strip()] if columns else None
    frame = case.table(name, wanted, incident=incident)
    print_frame(frame if limit is None else frame.head(limit), style, None)
    if limit is not None and limit < len(frame):
        ERR.print(f"{limit:,} of {plural(len(frame), 'row')}", style="dim", markup=False)


@app.command(name="open")
def open_(
    path: Annotated[str, typer.Argument(help="A file, directory or archive.", metavar="PATH")],
    to: Annotated[
        Path | None, typer.Option("--to", help="The notebook to write; default: <name>.triage.ipynb here.")
    ] = None,
    lab: Annotated[bool, typer.Option(help="Start JupyterLab on it.")] = True,
) -> None:
    """Write a notebook that opens the file, and start JupyterLab on it."""
    from triage import notebook

    written = notebook.write(path, to)
    say(f"notebook: {written}")
    if lab:
        notebook.start(written)


@app.command()
def formats(
    path: Annotated[
        str | None, typer.Argument(help="Say what this file may be, and why; - is standard input.", metavar="PATH")
    ] = None,
) -> None:
    """List the formats that can be read, or those that a file may be."""
    from triage import formats as readers

    if path is None:
        rows = [(reader.NAME, reader.TITLE) for _, reader in sorted(readers.registry().items())]
        print_rows(["format", "what it is"], rows)
        return
    found = readers.detect(source(path))
    if not found:
        say("no reader recognises this content; `triage table files PATH` lists what is there")
    else:
        print_rows(
            ["file", "format", "score", "why"], [(hit.path, hit.format, str(hit.score), hit.reason) for hit in found]
        )


app.add_typer(cli_explain.app)
app.add_typer(cli_hypotheses.app)
app.add_typer(cli_share.app)
app.add_typer(cli_journal.app)
app.add_typer(cli_store.app)
app.add_typer(cli_watch.app)
app.add_typer(cli_cache.app)


def main() -> None:
    """Run the command line and end with its exit code."""
    if hasattr(signal, "SIGPIPE"):  # `triage ... | head` ends quietly, as other filters do
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if sys.stdout is None:  # closed by the caller: what would be printed goes nowhere
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    write_anything()
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except TriageError as error:
        complain(worded(str(error)))
        code = Exit.not_found if isinstance(error, SourceError) else Exit.bad_input
        sys.exit(Exit.secrets if isinstance(error, RedactionError) else code)
    except OSError as error:
        if isinstance(error, PermissionError) and error.filename is not None:
            complain(f"cannot use {os.fsdecode(error.filename)}: {error.strerror}; name another place")
            sys.exit(Exit.not_found)
        if error.errno not in {errno.ENOSPC, errno.EDQUOT} or error.filename is not None:
            raise
        sink_failed(error)
        sys.exit(1)


def _print_view(view: View, frames: int) -> None:
    """Print the first page of a case."""
    say(view.title, style="bold")
    if view.crash_id:
        say(f"event {view.crash_id}  incident {view.incident_id}", style="dim")
    width = max((len(label) for label, _ in view.facts), default=0)
    for label, value in view.facts:
        say(f"  {label:<{width}}  {value}")
    if view.frames:
        say(f"\n{view.stack_title}", style="bold")
    _print_frames(view, frames)
    for note in view.notes:
        say(f"  note: {note}")
    if view.incidents_in_all > 1:
        say(f"\n{plural(view.incidents_in_all, 'incident')}", style="bold")
        for row in view.incidents:
            say(f"  {row.incident_id}  {row.count:>6,}  {row.status:<9} {row.last_seen}  {row.title}")
    say(f"\n{plural(view.files_in_all, 'file')}", style="bold")
    for file in view.files:
        remark = f"  ({file.status}: {file.reason})" if file.status != "ok" else ""
        say(f"  {'  ' * file.depth}{file.path}  {file.size}  {file.description}{remark}")
    if view.quarantined:
        say(f"{plural(view.quarantined, 'piece')} could not be read: triage table quarantine PATH")


def _print_frames(view: View, limit: int) -> None:
    """Print the crashing stack from where crash handling ends."""
    handling = next((at for at, frame in enumerate(view.frames) if frame.role not in {"noise", "crash handling"}), 0)
    if handling:
        say(f"  ... {handling} frames of crash handling", style="dim")
    for frame in view.frames[handling : handling + limit]:
        mark = frame.role if frame.kind == "frame" else frame.kind.replace("_", " ")
        told = "" if mark == "application" else f"  [{mark}]"
        where = f"  {frame.where}" if frame.where else ""
        say(f"  #{frame.number:<3} {frame.function}{where}{told}", style="dim" if told else "")
    left = view.frames_in_all - handling - limit
    if left > 0:
        say(f"  ... {left:,} more frames: triage table frames PATH", style="dim")


if __name__ == "__main__":
    main()

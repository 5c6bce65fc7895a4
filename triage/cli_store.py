"""The commands that fill event stores: `triage ingest`. Exit codes are those of `triage.cli`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from triage.console import Exit, Reader, Zone, complain, say, source
from triage.share.printable import plural, printable

if TYPE_CHECKING:
    from triage.capture.event_files import Written

__all__ = ("app",)

app = typer.Typer()
# So many files are named that were not read.
_NAMED = 3
# What DebugBundle makes of events, and what one of it is called.
_MADE = {"incident_state": "incident state", "incident_bundle": "bundle", "reproduction": "reproduction"}


@app.command()
def ingest(  # noqa: PLR0913, PLR0917 - typer takes them by name
    logs: Annotated[
        list[str],
        typer.Argument(help="Logs, directories, archives or glob patterns; - is standard input.", metavar="LOG..."),
    ],
    to: Annotated[Path, typer.Option("--to", help="The store, or the folder of its events; made if need be.")],
    service: Annotated[str | None, typer.Option(help="The service of events whose log names none.")] = None,
    environment: Annotated[str, typer.Option(help="The environment of events whose log names none.")] = "unknown",
    host: Annotated[
        str | None, typer.Option(help="The machine of the logs: equal lines of two machines are two events.")
    ] = None,
    reader: Reader = None,
    lines: Annotated[
        bool, typer.Option("--lines", help="Write plain lines too; those of errors make incidents.")
    ] = False,
    redact: Annotated[
        bool, typer.Option("--redact", help="Mask secrets and personal data in what is written.")
    ] = False,
    zone: Zone = None,
) -> None:
    """Read logs into an event store, as DebugBundle's event files.

    DebugBundle's own envelopes are written as they came. What is written is raw: it holds what the logs hold, secrets
    included, but for --redact. Each file is named once it is on disk under its name; reading the same log again makes
    the same files.
    """
    from triage.capture.ingesting import ingest as run

    given = [source(log) for log in logs]
    done = run(
        given[0] if len(given) == 1 else given,
        to,
        service=service,
        environment=environment,
        host=host,
        format=reader,
        lines=lines,
        redact=redact,
        zone=zone,
        told=_tell,
    )
    told = [f"{plural(done.events, 'event')} in {plural(len(done.files), 'file')}"]
    told += [f"{plural(done.lines, 'line')} that {'is' if done.lines == 1 else 'are'} no event"] if done.lines else []
    say(", ".join(told), style="dim")
    if done.quarantined:
        complain(f"{plural(done.quarantined, 'piece')} could not be read: triage table quarantine LOG")
    if done.left:
        complain(_left(done.left))
    if done.unread:
        more = f" and {len(done.unread) - _NAMED:,} more" if len(done.unread) > _NAMED else ""
        named = ", ".join(printable(path) for path in done.unread[:_NAMED])
        complain(f"no reader recognises {named}{more}; name one by --as, see `triage formats`")
    if (done.unread or done.left) and not done.events and not done.lines:
        raise typer.Exit(Exit.bad_input)


@app.command("to-parquet")
def to_parquet(
    paths: Annotated[
        list[str],
        typer.Argument(
            help="Stores, files, directories, archives or glob patterns; - is standard input.", metavar="STORE..."
        ),
    ],
    to: Annotated[Path, typer.Option("--to", help="A new folder for the tables; its parent must be there.")],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Write into a folder that holds something else.")
    ] = False,
) -> None:
    """Write what is read to a folder of Parquet tables, within little memory; triage opens that folder as the case."""
    from triage.converting import to_parquet as run

    given = [source(path) for path in paths]
    folder = run(given[0] if len(given) == 1 else given, to, overwrite=overwrite)
    say(f"written  {folder}", style="dim")


def _left(left: dict[str, int]) -> str:
    """Say what did not go along."""
    named = ", ".join(plural(left[kind], word) for kind, word in _MADE.items() if kind in left)
    it, its = ("it", "its file") if sum(left.values()) == 1 else ("them", "their files")
    return f"left out: {named}; event files have no place for {it}: open {its} beside the store to have {it}"


def _tell(written: Written) -> None:
    """Acknowledge a file: it is on disk, name and all."""
    say(f"{'written' if written.is_new else 'kept'}  {written.path.name}  {plural(written.events, 'event')}")
    sys.stdout.flush()

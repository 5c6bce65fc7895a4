"""The command that follows what grows: `triage watch`. What it prints is masked."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from triage.console import JournalFile, Zone, complain, complain_of_journal, print_json, say
from triage.share.printable import plural

if TYPE_CHECKING:
    from triage.watching import Notice, Watcher

__all__ = ("app",)

app = typer.Typer()


@app.command()
def watch(  # noqa: PLR0913, PLR0917 - typer takes them by name
    path: Annotated[str, typer.Argument(help="A file, a folder or a glob pattern; it may grow.", metavar="PATH")],
    state: Annotated[
        Path | None, typer.Option("--state", help="What remembers; default: one for PATH in your folder for state.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Append each notice to this file too, exactly once, as NDJSON.")
    ] = None,
    interval: Annotated[float, typer.Option(min=0.0, help="Seconds between two looks.")] = 2.0,
    settle: Annotated[
        float, typer.Option(min=0.0, help="Seconds without a change after which a file, or its last line, is whole.")
    ] = 1.0,
    once: Annotated[bool, typer.Option("--once", help="Look once and end, for cron.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print NDJSON.")] = False,
    skip_existing: Annotated[
        bool, typer.Option("--skip-existing", help="Do not tell what is there at the very first look.")
    ] = False,
    journal: JournalFile = None,
    zone: Zone = None,
) -> None:
    """Follow files and folders, and print new incidents, spikes and regressions as they happen; masked.

    Ended or killed at any moment, the next run goes on where this one was. A notice that was printed, but not noted as
    printed, is printed once more and marked `again`; in the file of --out each stands exactly once.
    """
    from triage.watching import Watcher

    with Watcher(path, state=state, out=out, settle=settle, journal=journal, zone=zone) as watcher:
        try:
            _tell(watcher, json=json)
            lost = 0
            while True:
                _look(watcher, once=once, skip=skip_existing)
                if watcher.journal_unread != lost:
                    lost = watcher.journal_unread
                    complain_of_journal(lost)
                _tell(watcher, json=json)
                if once:
                    return
                time.sleep(interval)
        except KeyboardInterrupt:
            raise typer.Exit(130) from None


def _look(watcher: Watcher, *, once: bool, skip: bool) -> None:
    unread = watcher.unread
    if once:
        watcher.once()
    else:
        watcher.round()
    if skip:
        watcher.skip()
    watcher.begin()
    if watcher.unread > unread:
        complain(
            f"of {plural(watcher.unread - unread, 'file')} something could not be read: triage table quarantine PATH"
        )


def _tell(watcher: Watcher, *, json: bool) -> None:
    """Print what waits; each is on its way out before it is noted."""
    for notice in watcher.notices():
        _print(notice, json=json)


def _print(notice: Notice, *, json: bool) -> None:
    if json:
        print_json(notice.line.decode().rstrip("\n"))
    else:
        say(notice.text)
    sys.stdout.flush()

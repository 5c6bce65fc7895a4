"""The commands that say why: `triage explain`, `compare`. What they print is masked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from triage.cli_share import PolicyFile, chosen_policy
from triage.console import Input, JournalFile, Reader, Symbols, Zone, full_id, load, say
from triage.errors import TriageError

if TYPE_CHECKING:
    from pathlib import Path

    from triage.share.redacted import RedactedCase

__all__ = ("app",)

app = typer.Typer()


@app.command()
def explain(  # noqa: PLR0917 - typer takes them by name
    path: Input,
    incident: Annotated[
        str | None, typer.Argument(help="An incident, or how its id begins; default: the newest.", metavar="INCIDENT")
    ] = None,
    reader: Reader = None,
    symbols: Symbols = None,
    zone: Zone = None,
    policy: PolicyFile = None,
    journal: JournalFile = None,
) -> None:
    """Say why the events of an incident are one: frames, key, variants, and the nearest others; masked."""
    case, ids = _opened(path, reader, symbols, policy, journal, zone)
    say(case.explain(_named(ids, incident or ids[0])).text.rstrip("\n"))


@app.command()
def compare(  # noqa: PLR0917 - typer takes them by name
    path: Input,
    first: Annotated[str, typer.Argument(help="An incident, or how its id begins.", metavar="A")],
    second: Annotated[str, typer.Argument(help="Another one.", metavar="B")],
    reader: Reader = None,
    symbols: Symbols = None,
    zone: Zone = None,
    policy: PolicyFile = None,
    journal: JournalFile = None,
) -> None:
    """Lay two incidents side by side: what they share, and what splits them; masked."""
    case, ids = _opened(path, reader, symbols, policy, journal, zone)
    say(case.compare(_named(ids, first), _named(ids, second)).text.rstrip("\n"))


def _named(ids: list[str], given: str) -> str:
    """The id that begins so; a whole one as it is, for it may have been merged."""
    return given if given.startswith("inc_") and len(given) == len(ids[0]) else full_id(ids, given)


def _opened(
    path: str, reader: str | None, symbols: str | None, policy: Path | None, journal: str | None, zone: str | None
) -> tuple[RedactedCase, list[str]]:
    """The case as it may be shown, and the ids of its incidents, newest first."""
    from triage.share.redacted import RedactedCase

    chosen = chosen_policy(policy, [path])
    case = load(path, reader, symbols, journal, zone)
    ids: list[str] = case.incidents()["incident_id"].tolist()
    if not ids:
        raise TriageError("there is no incident in it; `triage show PATH` says what there is")
    return RedactedCase.lazy(case, chosen), ids

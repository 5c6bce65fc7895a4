"""The commands by which people decide: `triage journal`, and one for each verb of `triage.deciding`.

Each writes one entry into the journal of the investigation folder and prints the incidents that there are now. Exit
codes are those of `triage.cli`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from triage.console import (
    Input,
    JournalFile,
    Printed,
    Reader,
    Style,
    Symbols,
    Zone,
    complain,
    complain_of_journal,
    full_id,
    print_frame,
    progress,
    say,
    source,
)
from triage.errors import SourceError
from triage.share.printable import plural
from triage.upward import is_there

if TYPE_CHECKING:
    from triage.case import Case

__all__ = ("app", "opened")

app = typer.Typer()

Incident = Annotated[str, typer.Argument(help="An incident; ids: `triage incidents PATH`.", metavar="ID")]
Incidents = Annotated[list[str], typer.Argument(help="Incidents; ids: `triage incidents PATH`.", metavar="ID...")]
Reason = Annotated[str, typer.Option("--reason", "-m", help="Why; it stands in the journal, without secrets.")]
Who = Annotated[str | None, typer.Option(help="Who decides; default: the user name of git, else of the login.")]


# How each of them opens its input: as those that only look do, so that what these print is found. By the names that
# `opened` takes.
_OPENING: Final[dict[str, Any]] = {
    "path": Input, "at": JournalFile, "who": Who, "reader": Reader, "symbols": Symbols, "zone": Zone,
}  # fmt: skip


def _deciding(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the options of `_OPENING` in place of the case that it takes first."""

    def opening(**given: Any) -> None:
        case = opened(**{name: given.pop(name) for name in _OPENING})
        complain_of_journal(case.journal_unread)
        command(case, **given)

    own = list(inspect.signature(command, locals={"Case": Any}, eval_str=True).parameters.values())[1:]
    shared = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, annotation=of, default=own[0].empty if name == "path" else None
        )
        for name, of in _OPENING.items()
    ]
    taken = [shared[0], *(each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own), *shared[1:]]
    opening.__name__, opening.__doc__, opening.__module__ = command.__name__, command.__doc__, command.__module__
    opening.__annotations__ = {each.name: each.annotation for each in taken}
    vars(opening)["__signature__"] = inspect.Signature(taken)
    return opening


@app.command()
def journal(
    path: Annotated[
        Path | None, typer.Argument(help="A journal or the folder of an investigation; default: found upward.")
    ] = None,
    of: Annotated[
        str | None, typer.Option("--of", help="Say too what became of each decision on this input.", metavar="PATH")
    ] = None,
    reader: Reader = None,
    symbols: Symbols = None,
    zone: Zone = None,
    style: Printed = Style.table,
) -> None:
    """List what was decided, in the order in which it holds; with --of as the other options have it read."""
    if path is not None and not is_there(path):
        raise SourceError(f"there is no {path}; name a journal, or the folder that holds .triage")
    at = None if path is None else str(path)
    case = opened(b"", at) if of is None else opened(of, at, reader=reader, symbols=symbols, zone=zone)
    frame = case.journal()
    if frame.empty:
        where = "found upward from here" if path is None else f"in {path}"
        complain(f"no decision: there is no journal {where}, or nothing stands in it; the first decision makes one")
    if of is None:
        # Nothing was loaded that a decision could have an effect on.
        unread = frame["effect"] == "unreadable"
        frame = frame.assign(effect=frame["effect"].where(unread), told=frame["told"].where(unread))
        frame = frame.drop(columns=["incident_ids"])
    columns = ["entry_id", "when", "who", "what", "subjects", "by", "sides", "events", "why", "effect", "told"]
    print_frame(frame, style, columns)


def _known(case: Case, ids: list[str]) -> list[str]:
    """The ids that begin so; what no incident has now may be one that was merged, and is taken as it is."""
    known = case.incidents()["incident_id"].tolist()
    return [full_id(known, each) if any(each in one for one in known) else each for each in ids]


def _one(case: Case, beginning: str) -> str:
    return _known(case, [beginning])[0]


@app.command()
@_deciding
def resolve(
    case: Case,
    ids: Incidents,
    reason: Reason = "",
) -> None:
    """Say that incidents are fixed; an event that happens later makes them regressed."""
    _print([case.resolve(each, reason) for each in _known(case, ids)], case)


@app.command()
@_deciding
def reopen(
    case: Case,
    ids: Incidents,
    reason: Reason = "",
) -> None:
    """Say that resolved or ignored incidents are open."""
    _print([case.reopen(each, reason) for each in _known(case, ids)], case)


@app.command()
@_deciding
def ignore(
    case: Case,
    ids: Incidents,
    reason: Reason = "",
) -> None:
    """Say that incidents are not worth anybody's time."""
    _print([case.ignore(each, reason) for each in _known(case, ids)], case)


@app.command()
@_deciding
def note(
    case: Case,
    incident: Incident,
    text: Annotated[str, typer.Argument(help="What to write down.", metavar="TEXT")] = "",
    reason: Annotated[str, typer.Option("--reason", "-m", help="The same, as the other decisions take it.")] = "",
) -> None:
    """Write something down about an incident."""
    if bool(text) == bool(reason):
        raise typer.BadParameter("say what to write down, once: triage note PATH INCIDENT TEXT")
    _print([case.note(_one(case, incident), text or reason)], case)


@app.command()
@_deciding
def merge(
    case: Case,
    ids: Incidents,
    reason: Reason = "",
) -> None:
    """Make one incident of several."""
    _print([case.merge(_known(case, ids), reason)], case)


@app.command()
@_deciding
def split(
    case: Case,
    incident: Incident,
    by: Annotated[str | None, typer.Option(help="variant, frame, file, service or message_slot.")] = None,
    event: Annotated[list[str] | None, typer.Option(help="Only this event parts, and those like it.")] = None,
    reason: Reason = "",
) -> None:
    """Make several incidents of one, by what tells its events apart; later events go the same ways."""
    _print(case.split(_one(case, incident), by, reason, events=event or None), case)


@app.command()
@_deciding
def pin(
    case: Case,
    events: Annotated[list[str], typer.Argument(help="Events; ids: `triage table events PATH`.", metavar="EVENT...")],
    to: Annotated[str, typer.Option("--to", help="The incident that they belong to.", metavar="ID")],
    reason: Reason = "",
) -> None:
    """Say that events belong to an incident, whatever their keys say."""
    _print([case.pin(events, _one(case, to), reason)], case)


@app.command()
@_deciding
def undo(
    case: Case,
    entry: Annotated[str, typer.Argument(help="A decision; ids: `triage journal`.", metavar="ENTRY")],
    reason: Reason = "",
) -> None:
    """Take a decision back."""
    _print(case.undo(full_id(case.journal()["entry_id"].dropna().tolist(), entry, "entry"), reason), case)


def opened(
    path: str | bytes,
    at: str | None = None,
    who: str | None = None,
    reader: str | None = None,
    *,
    symbols: str | None = None,
    zone: str | None = None,
) -> Case:
    """Load with the journal that was named, else the one found upward; one inside the input is told of."""
    import triage
    from triage import upward
    from triage.journal import FOLDER, NAME, Journal

    places = [path] if isinstance(path, str) and path != "-" else []
    if at is None and (passed := upward.inside(f"{FOLDER}/{NAME}", places)):
        complain(f"{passed.parent} lies inside the input and was not applied")
    given = Journal.found(places) if at is None else Journal(at)
    decided = Journal(given.path, who=who, missing=given.missing)
    with progress() as advance:
        what = path if isinstance(path, bytes) else source(path)
        return triage.load(what, format=reader, symbols=symbols, journal=decided, zone=zone, progress=advance)


def _print(ids: list[str], case: Case) -> None:
    """The incidents that the decision made or left, with their state."""
    frame = case.incidents()
    told = frame[frame["incident_id"].isin(ids)]
    # The titles stay away: they may hold what the files hold.
    for row in told.to_dict("records"):
        say(f"{row['incident_id']}  {row['status']}  {plural(row['count'], 'event')}")

"""The command that asks what may be the cause: `triage hypothesize`, and forwards the answer. All of it is masked."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from triage.cli_share import PolicyFile, chosen_policy
from triage.console import ERR, Exit, Input, JournalFile, Reader, Symbols, Zone, full_id, load, print_json, say
from triage.errors import TriageError

__all__ = ("app",)

app = typer.Typer()


class Engine(StrEnum):
    """Who is asked."""

    gemini = "gemini"
    rules = "rules"


class SendTo(StrEnum):
    """Where an answer goes."""

    discord = "discord"
    slack = "slack"
    webhook = "webhook"


@app.command()
@app.command("hypotheses", hidden=True)
def hypothesize(  # noqa: PLR0913, PLR0917 - one option each for what can be chosen
    path: Input,
    incident: Annotated[
        str | None, typer.Argument(help="An incident, or how its id begins; default: the newest.", metavar="INCIDENT")
    ] = None,
    chosen_incident: Annotated[
        str | None, typer.Option("--incident", help="The same as the argument.", metavar="INCIDENT")
    ] = None,
    engine: Annotated[Engine, typer.Option(help="gemini reads its key from GEMINI_API_KEY; rules ask nobody.")] = (
        Engine.gemini
    ),
    model: Annotated[str | None, typer.Option(help="Default: gemini-2.5-pro.")] = None,
    base_url: Annotated[str | None, typer.Option(help="Of a proxy.", metavar="URL")] = None,
    show_extract: Annotated[
        bool, typer.Option("--show-extract", help="Print what would be sent; send nothing.")
    ] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ask again, though it was answered before.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the run as JSON.")] = False,
    send: Annotated[
        SendTo | None,
        typer.Option(help="Forward the answer; TRIAGE_DISCORD_WEBHOOK, TRIAGE_SLACK_WEBHOOK, TRIAGE_WEBHOOK_URL."),
    ] = None,
    where: Annotated[str, typer.Option(help="Where the rest can be read, for --send.", metavar="URL")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what --send would send; send nothing.")] = False,
    reader: Reader = None,
    symbols: Symbols = None,
    zone: Zone = None,
    policy: PolicyFile = None,
    journal: JournalFile = None,
) -> None:
    """Ask a model, or rules, for the likely cause of an incident; hypotheses are unverified."""
    from triage.hypotheses.asking import start
    from triage.hypotheses.gemini import MODEL, GeminiClient
    from triage.hypotheses.words import lines
    from triage.share.notify import forward
    from triage.share.redacted import RedactedCase

    chosen = chosen_policy(policy, [path])
    case = load(path, reader, symbols, journal, zone, reads_only=False)  # the run is kept beside it
    ids: list[str] = case.incidents()["incident_id"].tolist()
    if not ids:
        raise TriageError("there is no incident in it; `triage show PATH` says what there is")
    redacted = RedactedCase.lazy(case, chosen)
    wanted = full_id(ids, chosen_incident or incident or ids[0])
    if show_extract:
        found = redacted.extract(wanted)
        say(found.text.rstrip("\n"))
        for told in found.cuts:
            ERR.print(told, style="dim", markup=False)
        return
    client = GeminiClient(model or MODEL, base_url=base_url)
    run = start(redacted, wanted, engine=engine.value, client=client, fresh=fresh).result()
    if send is not None and dry_run and not run.error:
        print_json(forward(run, send.value, redacted.policy, where=where, dry_run=True).text)
        return
    if json:
        import msgspec

        print_json(msgspec.json.format(msgspec.json.encode(run), indent=2).decode())
    else:
        say("\n".join(lines(run)))
    if run.error:
        raise typer.Exit(Exit.bad_input)
    if send is not None:
        forward(run, send.value, redacted.policy, where=where)
        ERR.print(f"forwarded to {send.value}", markup=False)

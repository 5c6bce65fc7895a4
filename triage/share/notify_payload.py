"""What is forwarded of an answer: a message for Discord or Slack, or JSON for a webhook.

A message holds what the crash-review plan names: the summary, one to three hypotheses with what became of their
predictions and evidence, three to six next steps, and where the rest is, in at most 1,500 characters. Texts come out of
a report and a model, so they are masked once more, and what a chat would make of them (mentions, links, headings, code)
is taken from them: they stay text. All of it is looked through before it leaves, and nothing leaves where something
secret is left.

Facts: Discord's and Slack's public documentation of incoming webhooks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import msgspec

from triage.errors import TriageError
from triage.hypotheses import findings as said
from triage.hypotheses.extract import rescan
from triage.hypotheses.rules_severity import Level
from triage.hypotheses.runs import SUCCESS
from triage.hypotheses.words import UNVERIFIED
from triage.redact import mask
from triage.share.hypothesis_rows import engine_name
from triage.share.notify_checks import Standings
from triage.share.printable import plural, printable

if TYPE_CHECKING:
    from triage.hypotheses.findings import Findings
    from triage.hypotheses.runs import Run
    from triage.redact.policy import Policy

__all__ = ("MOST", "TARGETS", "Target", "payload")

Target = Literal["discord", "slack", "webhook"]
TARGETS: Final[tuple[Target, ...]] = get_args(Target)
MOST: Final = 1_500
"""Characters of a message; Discord itself takes 2,000, and relays less."""

_NAMES: Final = ("run_id", "incident_id", "engine", "model", "created")
_HYPOTHESES: Final = (3, 1)
_STEPS: Final = (6, 3)
# Each text is cut to the first of these lengths with which the message fits: summary, title, step.
_LENGTHS: Final = ((600, 200, 160), (400, 140, 110), (250, 90, 70), (120, 50, 40), (60, 25, 20))
_MARKUP: Final = re.compile(r"(^[-+]|[\\*_~`|>#\[\]()<])")
_SUPPRESS_EMBEDS: Final = 4
# Between two characters it keeps them from being a link or a mention, and is not seen.
_APART: Final = "\u200b"
_WHERE: Final = re.compile(r"https://[^\s<>()\[\]@\"'`|]{1,300}|[\w .,:;-]{1,200}")


def payload(run: Run, to: Target, policy: Policy, *, where: str = "") -> dict[str, Any]:
    """What would be forwarded of a run.

    Parameters
    ----------
    run
        One that has answered.
    to
        discord, slack or webhook.
    policy
        What must not be in it.
    where
        Where the rest can be read, a URL or a few words; default: the id of the run.

    Raises
    ------
    TriageError
        The run has no answer, `to` is none of the three, or `where` is neither a URL nor words.
    RedactionError
        Something that must be masked is left.

    Examples
    --------
    >>> import triage
    >>> case = triage.loads('Traceback (most recent call last):\\n  File "a.py", line 1, in f\\nKeyError: 1\\n')
    >>> run = case.hypothesize(case.incidents()["incident_id"][0], engine="rules")
    >>> payload(run, "discord", case.redact().policy)["allowed_mentions"]
    {'parse': []}
    """
    if to not in TARGETS:
        raise TriageError(f"nothing is forwarded to {to!r}; there are {', '.join(TARGETS)}")
    if run.status != SUCCESS or run.answer is None:
        raise TriageError(f"only an answer is forwarded, and this run is {run.status}; ask again first")
    if where and not _WHERE.fullmatch(where):
        raise TriageError("where= is neither an https:// address nor a few words; write one of them")

    def clean(text: str) -> str:
        return printable(mask(text, policy=policy))

    found = _findings(run).mapped(clean)
    stand = Standings(run, found)
    run = run.changed(**{name: clean(getattr(run, name)) for name in _NAMES})
    if to == "webhook":
        made = {**_told(run, found, where), "checks": stand.written(clean), "doubtful": stand.doubtful()}
    elif to == "discord":
        text = _message(run, found, stand, where, _plain)
        made = {"content": text, "allowed_mentions": {"parse": []}, "flags": _SUPPRESS_EMBEDS}
    else:
        text = _message(run, found, stand, where, _escaped)
        made = {"text": text, "mrkdwn": False, "parse": "none", "unfurl_links": False, "unfurl_media": False}
    # As people will read it, for what shows only without the marks; and as it is sent.
    rescan("\n".join(_texts(made)).replace(_APART, "").replace("\\", ""), policy)
    rescan(msgspec.json.encode(made).decode(), policy)
    return made


def _findings(run: Run) -> Findings:
    """The findings of a run, whose file anybody may have written."""
    try:
        return said.read((run.answer or {})["findings"])
    except (KeyError, TypeError, TriageError):
        raise TriageError("the file of this run is damaged; ask again") from None


def _told(run: Run, found: Findings, where: str) -> dict[str, Any]:
    """The whole answer, for a program."""
    graded = (run.answer or {}).get("severity")
    level = graded.get("level") if isinstance(graded, dict) else None
    return {
        "event": "hypothesis.answered",
        "unverified": True,
        "runId": run.run_id,
        "incidentId": run.incident_id,
        "engine": run.engine,
        "created": run.created,
        "telemetry": run.telemetry,
        "severity": level if level in get_args(Level) else None,
        "findings": found.written(),
        "where": where or None,
    }


def _message(run: Run, found: Findings, stand: Standings, where: str, neutral: Callable[[str], str]) -> str:
    """The message, with as much of each text as there is room for."""
    text = ""
    for lengths in _LENGTHS:
        for hypotheses in range(_HYPOTHESES[0], _HYPOTHESES[1] - 1, -1):
            for steps in range(_STEPS[0], _STEPS[1] - 1, -1):
                text = "\n".join(_lines(run, found, stand, where, neutral, (*lengths, hypotheses, steps)))
                if len(text) <= MOST:
                    return text
    return text[:MOST]  # an address that is longer than all the rest


def _lines(
    run: Run,
    found: Findings,
    stand: Standings,
    where: str,
    neutral: Callable[[str], str],
    most: tuple[int, int, int, int, int],
) -> list[str]:
    """The lines of a message."""

    def cut(text: str, length: int) -> str:
        line = " ".join(text.split())
        return neutral(line if len(line) <= length else line[: length - 1].rstrip() + "…")

    summary, title, step, hypotheses, steps = most
    lines = [f"{UNVERIFIED} ({cut(engine_name(run.engine, run.model), 60)})", cut(found.summary, summary)]
    for number, each in enumerate(found.hypotheses[:hypotheses], 1):
        lines.append(f"{number}. {cut(each.title, title)} ({each.confidence:.0%}; {stand.words(number - 1)})")
    if stand.doubtful():
        lines.append(
            f"Doubtful: {plural(stand.doubtful(), 'file or line', 'files or lines')} that the report does not name"
        )
    if found.recommended_next_steps:
        lines += ["Next:", *(f"• {cut(text, step)}" for text in found.recommended_next_steps[:steps])]
    return [*lines, f"The rest: {where or cut(f'{run.incident_id}, {run.run_id}', 150)}"]


def _apart(text: str) -> str:
    """A text in which nothing is a mention or a link."""
    return text.replace("@", f"@{_APART}").replace("://", f":{_APART}//").replace("www.", f"www{_APART}.")


def _plain(text: str) -> str:
    """A text in which Discord's markup is only characters."""
    return _apart(_MARKUP.sub(r"\\\1", text))


def _escaped(text: str) -> str:
    """A text in which Slack's control characters are only characters."""
    return _apart(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def _texts(value: Any) -> list[str]:
    """Every text in JSON."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in _texts(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _texts(item)]
    return [value] if isinstance(value, str) else []

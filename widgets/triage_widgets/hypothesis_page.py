"""The static page of an incident's hypotheses: what an untrusted or exported notebook shows in place of the widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from triage.hypotheses.words import UNVERIFIED
from triage.share.printable import plural
from triage_widgets.figure import Figure
from triage_widgets.html import Markup, element, table

if TYPE_CHECKING:
    from triage.share.hypothesis_pages import HypothesisPages
    from triage.share.hypothesis_rows import HypothesisCard, RunPage, RunRow, Sent

__all__ = ("hypothesis_figure",)

_RUNS: Final = 20


def hypothesis_figure(pages: HypothesisPages) -> Figure:
    """The newest answer, the runs, and as the data what would be sent."""
    sent, runs = pages.sent(), pages.runs()
    parts = [element("p", element("strong", pages.title), " ", element("em", f"({UNVERIFIED})"))]
    shown = next((run for run in runs if run.status == "answered"), runs[0] if runs else None)
    parts += _run(pages.run(shown.run_id)) if shown else [element("p", "Nobody was asked yet.")]
    if len(runs) > 1:
        parts.append(_runs(runs))
    parts.append(element("p", sent.error or _told(sent)))
    about = plural(len(runs), "run")
    caption = f"hypotheses about {pages.title}, unverified; its data: what would be sent"
    alt = f"{about} about {pages.title}, {UNVERIFIED}"
    return Figure(alt=alt, caption=caption, data=_sections(sent), body=element("div", *parts))


def _told(sent: Sent) -> str:
    cut = [section.name for section in sent.sections if section.chars_cut]
    told = f"cut: {', '.join(cut)}" if cut else "nothing cut"
    return f"What would be sent: {plural(sent.chars, 'character')}, masked, {told}. case.extract() has its text."


def _run(page: RunPage) -> list[Markup]:
    """A run, with its hypotheses."""
    run = page.run
    level = f"Severity: {page.severity}" if page.severity else ""
    told = "goes on" if run.status == "pending" else run.status
    made = [element("p", f"{run.name}, {run.created}: {told}")]
    made += [element("p", text) for text in (page.error, *page.remarks, page.summary, level) if text]
    made += [_card(number, card) for number, card in enumerate(page.hypotheses, 1)]
    for name, texts in (("Missing", page.missing), ("Next steps", page.steps)):
        if texts:
            made += [element("p", element("strong", name)), _list(texts)]
    if page.flags:
        flags = [f"{text}: {why}" for text, why in page.flags]
        made += [element("p", element("strong", "Named in the answer, but not in the report")), _list(flags)]
    return made


def _card(number: int, card: HypothesisCard) -> Markup:
    """One hypothesis; its title stays, the rest opens."""
    evidence = [f"{one.text} ({one.found or 'not found in the report'})" for one in card.evidence]
    inside = [element("summary", f"{number}. {card.title} ({card.confidence:.0%}, {UNVERIFIED})")]
    if evidence:
        inside += [element("p", "Evidence"), _list(evidence)]
    if card.checks:
        rows = [[check.predicts, check.verdict, check.why] for check in card.checks]
        inside.append(table("Checks on the data", ["prediction", "verdict", "why"], rows))
    if card.next_steps:
        inside += [element("p", "Next steps"), _list(card.next_steps)]
    return element("details", *inside)


def _list(texts: list[str] | tuple[str, ...]) -> Markup:
    return element("ul", *(element("li", text) for text in texts))


def _runs(runs: list[RunRow]) -> Markup:
    """The runs, newest first."""
    rows = [[run.created, run.name, run.status, run.about] for run in runs[:_RUNS]]
    beyond = f"{_RUNS} of " if len(runs) > _RUNS else ""
    return table(f"{beyond}{plural(len(runs), 'run')}", ["begun", "asked", "status", "likeliest"], rows)


def _sections(sent: Sent) -> pd.DataFrame:
    """What would be sent, by section."""
    rows = [(one.name, one.title, one.lines, one.lines_cut, one.chars, one.chars_cut) for one in sent.sections]
    return pd.DataFrame(rows, columns=["section", "what", "lines", "lines cut", "characters", "characters cut"])

"""A run in words, for a terminal or a file: what was answered, what of it was found and checked, what was sent.

It is text from beginning to end, and says first that it is a hypothesis and unverified.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from triage.hypotheses.runs import PENDING, SUCCESS
from triage.share.printable import plural, printable

if TYPE_CHECKING:
    from triage.hypotheses.runs import Run

__all__ = ("UNVERIFIED", "lines")

UNVERIFIED = "hypothesis, unverified"


def lines(run: Run) -> list[str]:
    """The lines of a run.

    Examples
    --------
    >>> from triage.hypotheses.runs import FAILED, Run
    >>> failed = Run(run_id="run_1", incident_id="inc_1", engine="gemini", status=FAILED, error="no answer; ask again")
    >>> lines(failed)[0]
    'gemini: FAILED (no answer; ask again)'
    """
    who = f"{run.engine} {run.model}".strip()
    if run.status != SUCCESS or run.answer is None:
        return [printable(f"{who}: {run.status}" + (f" ({run.error})" if run.error else "")), *_cost(run)]
    try:
        told = list(_answer(run))
    except (AttributeError, KeyError, TypeError, ValueError):  # a file that somebody wrote by hand
        told = ["the file of this run is damaged; ask again"]
    return [printable(line) for line in [f"{UNVERIFIED} ({who})", *told, *_cost(run)]]


def _answer(run: Run) -> Iterator[str]:
    answer = run.answer or {}
    found = answer["findings"]
    if run.note:
        yield f"note: {run.note}"
    yield found["summary"]
    if level := answer.get("severity"):
        yield f"severity: {level['level']}: {'; '.join(level['reasons'])}"
    parts = zip(found["hypotheses"], answer["grounds"]["evidence"], answer["checks"], strict=True)
    for number, (each, evidence, checks) in enumerate(parts, 1):
        yield ""
        yield f"{number}. {each['title']} ({each['confidence']:.0%})"
        for piece in evidence:
            yield f"   evidence: {piece['text']}  [{_where(piece)}]"
        for asked, check in zip(each["checks"], checks, strict=True):
            yield f"   check: {_asked(asked)}: {check['verdict']}, {check['why']}"
        yield from (f"   next: {step}" for step in each["nextSteps"])
    for title, texts in (("missing", found["missingInfo"]), ("next steps", found["recommendedNextSteps"])):
        if texts:
            yield ""
            yield f"{title}:"
            yield from (f" - {text}" for text in texts)
    for flag in answer["grounds"]["flags"]:
        yield f"doubtful: {flag['text']} in {flag['where']}: {flag['why']}"
    yield ""


def _where(piece: dict[str, Any]) -> str:
    """Where evidence was found."""
    first = next(iter(piece["places"]), None)
    if first is None:
        return str(piece["found"])
    row = f" row {first['row']}" if first["row"] >= 0 else ""
    more = f", and {len(piece['places']) - 1} more" if len(piece["places"]) > 1 else ""
    return f"{first['table']}{row}{more}"


def _asked(check: dict[str, Any]) -> str:
    """A prediction in one line."""
    told = ", ".join(f"{key} {value}" for key, value in check.items() if key != "kind")
    return f"{str(check.get('kind', '?')).replace('_', ' ')} ({told})" if told else str(check.get("kind", "?"))


def _cost(run: Run) -> Iterator[str]:
    """What was sent and what it took."""
    if run.status == PENDING:
        return
    took = f"{run.duration_ms / 1_000:.1f} s" if run.duration_ms is not None else "unknown time"
    parts = [took]
    if run.input_chars:
        parts += [
            f"{plural(run.input_chars, 'character')} sent",
            f"{run.output_chars:,} received",
            plural(run.attempts, "attempt"),
        ]
        total = run.usage.get("total")
        parts += [plural(total, "token")] if total else []
    yield f"{run.run_id}: {', '.join(parts)}{', answered before' if run.cached else ''}"

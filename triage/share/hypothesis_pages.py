"""What a case shows of the hypotheses about an incident: what would be sent, who can be asked, runs, and their answers.

Like `triage.share.view` it takes a `RedactedCase` and reads nothing else of the case. Runs are read from their files as
anything is that others can write: what is no answer is told as such, and every text is masked once more.
"""

from __future__ import annotations

import importlib.util
import os
import re
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakValueDictionary

import msgspec

from triage.errors import ModelError, TriageError, is_one_of, no_incident
from triage.hypotheses import findings as said
from triage.hypotheses.asking import Asking, sendable, start
from triage.hypotheses.gemini import BASE_URL, KEY, has_key
from triage.hypotheses.runs import PENDING, SUCCESS
from triage.hypotheses.words import lines
from triage.redact import mask
from triage.share.hypothesis_places import Places
from triage.share.hypothesis_rows import (
    CheckRow,
    Engine,
    EvidenceRow,
    HypothesisCard,
    KeyedRow,
    Place,
    PlaceRow,
    Reading,
    RunPage,
    RunRow,
    SectionRow,
    Sent,
    Stored,
    engine_name,
    key_words,
    mapped,
    predicted,
    status_word,
)
from triage.share.printable import plural, printable
from triage.share.redacted import RedactedCase

if TYPE_CHECKING:
    from triage.hypotheses.extract import Extract
    from triage.hypotheses.runs import Run

__all__ = ("HypothesisPages",)

RUNS: Final = 100
PLACES: Final = 10
_HOW: Final = {"exact": "found word for word", "normalised": "found, but for case and spacing"}
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_UNREADABLE: Final = "the file of this run holds no answer that can be read; ask again"
_CHANGED: Final = "What would be sent now differs from what this run was asked about, so its rows are not linked."
# Runs that go on in this process, whichever view began them.
_LIVE: Final[WeakValueDictionary[str, Asking]] = WeakValueDictionary()


class HypothesisPages:
    """The pages of the hypotheses about one incident of a redacted case.

    Raises
    ------
    TypeError
        This is a raw case.
    TriageError
        No incident has that id, or there is none.
    """

    def __init__(self, case: RedactedCase, incident: str | None = None) -> None:
        if not isinstance(case, RedactedCase):
            raise TypeError("only a RedactedCase is shown: RedactedCase.lazy(case)")
        self._case = case
        found = case.incidents()
        if incident is not None:
            ids = found["incident_id"].tolist()
            if not is_one_of(incident, ids):
                raise TriageError(no_incident(incident, ids))
            found = found[found["incident_id"] == incident]
        if found.empty:
            raise TriageError("there is no incident here; case.quarantine() says what could not be read")
        self.incident_id = str(found["incident_id"].iloc[0])
        self.title = str(found["title"].iloc[0])
        self._kept = case.runs  # a settings file that is wrong raises here, not in the page

    def sent(self) -> Sent:
        """What would be sent, by section; or why nothing can be."""
        try:
            found = self._extract
        except TriageError as error:
            return Sent(0, (), str(error))
        rows, line = [], 0
        for each in found.sections:
            numbers = (len(each.lines), each.lines_cut, each.chars, each.chars_cut)
            rows.append(SectionRow(each.name, each.title, *numbers, line))
            line += len(each.written()) + 1
        return Sent(len(found.text), tuple(rows), "")

    def reading(self) -> Reading:
        """The text that would be sent, line by line.

        Raises
        ------
        RedactionError
            Something that must be masked is still in it.
        """
        return self._places.reading()

    def engines(self) -> list[Engine]:
        """Who can be asked, the rules first where no model can be."""
        error = self.sent().error
        where = f"the address in {BASE_URL}" if os.environ.get(BASE_URL) else "Google"
        told = f"The text above goes to {where}, with the instructions of triage and what its rules found."
        gemini = Engine("gemini", "Gemini, a model", told, error or _gemini_lacks())
        rules = Engine("rules", "Rules, no model", "Nothing leaves this machine: triage looks for known signs.", error)
        return [rules, gemini] if gemini.why else [gemini, rules]

    def runs(self) -> list[RunRow]:
        """The runs about the incident, newest first."""
        return [self._row(run) for run in self._runs()[:RUNS]]

    def standing(self, run_ids: list[str]) -> list[RunRow]:
        """How some runs stand; those that go on in this process are told without reading a file."""
        live = {run_id: asking.run for run_id in run_ids if (asking := _LIVE.get(run_id)) is not None}
        read = {} if len(live) == len(set(run_ids)) else {run.run_id: run for run in self._runs()}
        found = [live.get(run_id) or read.get(run_id) for run_id in run_ids]
        return [self._row(run) for run in found if run is not None and run.incident_id == self.incident_id]

    def run(self, run_id: str) -> RunPage:
        """A run with all that became of it.

        Raises
        ------
        TriageError
            No run about this incident has that id.
        """
        run = self._run(run_id)
        row = self._row(run)
        facts = tuple((label, value) for label, value in _took(run) if value)
        remarks = [self._clean(run.note)[:1].upper() + self._clean(run.note)[1:] + "."] if run.note else []
        error = self._clean(run.error)
        read = self._stored(run)
        if read is None:
            error = error or (_UNREADABLE if run.status == SUCCESS else "")
            return RunPage(row, facts, tuple(remarks), error, "", "", "", (), (), (), ())
        found, stored = read
        linked = self._linked(run)
        if not linked and found.hypotheses:
            remarks.append(_CHANGED)
        mark, level = found.signature, stored.severity
        return RunPage(
            run=row,
            facts=facts,
            remarks=tuple(remarks),
            error=error,
            summary=self._clean(found.summary),
            signature=self._clean(" in ".join(filter(None, (mark.exception, mark.top_frame)))) if mark else "",
            severity=self._clean(f"{level.level}: {'; '.join(level.reasons)}") if level else "",
            hypotheses=tuple(self._card(found, stored, number, linked) for number in range(len(found.hypotheses))),
            flags=tuple((self._clean(flag.text), self._clean(flag.why)) for flag in stored.grounds.flags),
            missing=tuple(map(self._clean, found.missing_info)),
            steps=tuple(map(self._clean, found.recommended_next_steps)),
        )

    def text(self, run_id: str) -> str:
        """A run as plain text, to copy."""
        told = [self.title, *map(self._clean, lines(self._run(run_id)))]
        return "\n".join(told).rstrip() + "\n"

    def file(self, run_id: str) -> str:
        """A run as JSON, to keep: what was asked, what it took, the answer and what became of it."""
        run = self._run(run_id)
        sent = {name: run.sent.get(name) for name in ("sha256", "digest")}
        told = {
            "unverified": True,
            "runId": run.run_id,
            "incidentId": run.incident_id,
            "engine": self._clean(run.engine),
            "status": self._clean(run.status),
            "created": self._clean(run.created),
            "telemetry": mapped(run.telemetry, self._clean),
            "sent": {name: value for name, value in sent.items() if _DIGEST.fullmatch(str(value))},
            "answer": mapped(run.answer, self._clean),
            "error": self._clean(run.error),
            "note": self._clean(run.note),
        }
        return msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n"

    def ask(self, engine: str, model: str = "", *, fresh: bool = False) -> tuple[str, bool]:
        """Begin a run, which goes on in a thread; its id, and whether its answer was there already.

        Raises
        ------
        TriageError
            There is no such engine or model, something secret would be sent, or runs cannot be written.
        """
        options: dict[str, Any] = {"model": model.strip() or None} if engine == "gemini" else {}
        asking = start(self._case, self.incident_id, engine=engine, fresh=fresh, **options)
        _LIVE[asking.run.run_id] = asking
        return asking.run.run_id, asking.run.cached

    def cancel(self, run_id: str) -> None:
        """Hang up.

        Raises
        ------
        TriageError
            The run does not go on in this kernel.
        """
        asking = _LIVE.get(run_id)
        if asking is None:
            raise TriageError("this run goes on in another kernel or program, and can only be cancelled there")
        asking.cancel()

    @cached_property
    def _extract(self) -> Extract:
        return sendable(self._case, self.incident_id, self._case.hypothesis_settings)

    @cached_property
    def _places(self) -> Places:
        return Places(self._case, self._extract)

    def _linked(self, run: Run) -> bool:
        """Whether a run was asked about what would be sent now."""
        return not self.sent().error and run.sent.get("digest") == self._extract.digest

    def _runs(self) -> list[Run]:
        found = [run for run in self._kept.all() if run.incident_id == self.incident_id]
        return sorted(found, key=lambda run: run.run_id, reverse=True)

    def _run(self, run_id: str) -> Run:
        found = next((run for run in self._runs() if run.run_id == run_id), None)
        if found is None:
            raise TriageError("that run is not there any more; what is older than the settings allow is deleted")
        return found

    def _row(self, run: Run) -> RunRow:
        pending = run.status == PENDING
        read = None if pending else self._stored(run)
        if pending:
            about = ""
        elif read is None:
            about = self._clean(run.error) or _UNREADABLE
        else:
            first = read[0].hypotheses[:1]
            about = self._clean(first[0].title) if first else "no hypothesis"
        return RunRow(
            run_id=run.run_id,
            name=self._clean(engine_name(run.engine, run.model)),
            status=status_word(run.status),
            created=_moment(run.created),
            took=None if run.duration_ms is None else run.duration_ms / 1_000,
            elapsed=_since(run.created) if pending else None,
            mine=pending and run.run_id in _LIVE,
            about=about,
        )

    def _stored(self, run: Run) -> tuple[said.Findings, Stored] | None:
        """The answer of a run, None where there is none that can be read."""
        if run.answer is None:
            return None
        try:
            stored = msgspec.convert(run.answer, Stored)
            return said.read(stored.findings), stored
        except (ModelError, msgspec.ValidationError):
            return None

    def _card(self, found: said.Findings, stored: Stored, number: int, linked: bool) -> HypothesisCard:
        each = found.hypotheses[number]
        grounds = stored.grounds.evidence[number] if number < len(stored.grounds.evidence) else ()
        verdicts = stored.checks[number] if number < len(stored.checks) else ()
        evidence = []
        for place, text in enumerate(each.evidence):
            one = grounds[place] if place < len(grounds) and grounds[place].text == text else None
            places = one.places[:PLACES] if one else ()
            shown = tuple(self._stands(p, text, linked) for p in places)
            evidence.append(EvidenceRow(self._clean(text), _HOW.get(one.found, "") if one and shown else "", shown))
        checks = []
        for place, check in enumerate(each.checks):
            verdict = verdicts[place] if place < len(verdicts) else None
            rows = verdict.rows[:PLACES] if verdict else ()
            known = verdict and verdict.verdict in {"supported", "refuted"}
            checks.append(
                CheckRow(
                    predicts=self._clean(predicted(check)),
                    verdict=verdict.verdict if verdict and known else "cannot tell",
                    why=self._clean(verdict.why) if verdict else "it was not checked",
                    rows=tuple(self._rests(row, linked) for row in rows),
                )
            )
        steps = tuple(map(self._clean, each.next_steps))
        return HypothesisCard(self._clean(each.title), each.confidence, tuple(evidence), tuple(checks), steps)

    def _stands(self, place: Place, text: str, linked: bool) -> PlaceRow:
        """A row that evidence stands in."""
        named = place.table if place.table == place.section else f"{place.section}, {place.table}"
        told = f"{named} row {place.row + 1}" if place.row >= 0 else place.section
        return self._linking(told, self._places.of(place, text) if linked else -1)

    def _rests(self, row: KeyedRow, linked: bool) -> PlaceRow:
        """A row that a check rests on."""
        return self._linking(key_words(row.table, row.key), self._places.of_key(row) if linked else -1)

    def _linking(self, told: str, line: int) -> PlaceRow:
        return PlaceRow(self._clean(told), self._places.line(line) if line >= 0 else "", line)

    def _clean(self, text: str) -> str:
        """A text of a run as it is shown."""
        return printable(mask(text, policy=self._case.policy)) if text else ""


def _gemini_lacks() -> str:
    """Why Gemini cannot be asked, "" where it can."""
    try:
        there = importlib.util.find_spec("google.genai") is not None
    except ModuleNotFoundError:
        there = False
    if not there:
        return "Its SDK is not installed here: pip install 'crash-triage[llm]', then restart the kernel."
    if not has_key():
        return f"No key is set: set {KEY} in the environment of the kernel, then run the cell again."
    return ""


def _took(run: Run) -> list[tuple[str, str]]:
    """What a run took, in words."""
    usage = [f"{name} {count:,}" for name, count in run.usage.items() if isinstance(count, int)]
    return [
        ("Sent", plural(run.input_chars, "character") if run.input_chars else ""),
        ("Answer", plural(run.output_chars, "character") if run.output_chars else ""),
        ("Took", f"{run.duration_ms / 1_000:,.1f} s" if run.duration_ms is not None else ""),
        ("Attempts", f"{run.attempts}" if run.attempts > 1 else ""),
        ("Tokens", ", ".join(usage)),
    ]


def _since(created: str) -> float | None:
    """Seconds since a run began."""
    try:
        return max((datetime.now(UTC) - datetime.fromisoformat(created)).total_seconds(), 0.0)
    except (ValueError, TypeError, OverflowError):
        return None


def _moment(created: str) -> str:
    """When a run began, to the second."""
    try:
        return f"{datetime.fromisoformat(created).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, OverflowError):
        return ""

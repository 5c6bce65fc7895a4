"""Hypotheses without a model: what the signs of a crash speak for, said as a model says it, and labelled as rules.

The signs stand in `rules.toml`, what is said of each class in `rules_classes.toml`, the sorts of exceptions in
`rules_exceptions.toml`. A confidence is the chance that at least one of the signs that speak for a class is right; a
class that another one explains (an abort by an assertion) is put back. Where nothing speaks clearly the rules say so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import prod
from typing import Any, Final, TypeAlias

import msgspec

from triage.hypotheses import vocabulary as v
from triage.hypotheses.checks import Checked, evaluate
from triage.hypotheses.checks_scene import Scene, Tables
from triage.hypotheses.findings import Findings, Hypothesis, Signature
from triage.hypotheses.rules_crash import Crash, Evidence, one_line
from triage.hypotheses.rules_detectors import Sort, detected, offset_of, sort_of
from triage.hypotheses.rules_predictions import predictions
from triage.hypotheses.rules_severity import Severity, severity
from triage.hypotheses.rules_signs import Seen, data, signs

_Class: TypeAlias = tuple[str, float, tuple[Evidence, ...]]

__all__ = ("ENGINE", "Judged", "Opinion", "hypothesize", "ranked")

ENGINE: Final = "rules"

_MOST: Final = 5
_EVIDENCE: Final = 8
_SURE: Final = 0.97
# Below this a class is not named; below the next the rules say that they do not know.
_LEAST: Final = 0.2
_CLEAR: Final = 0.35
# And of an exception that is none of the usual sorts: what it means is the program's own affair.
_UNSORTED: Final = 0.7
# What is left of a class that a likelier one explains.
_EXPLAINED: Final = 0.3


@dataclass(frozen=True, slots=True)
class Judged:
    """What stands behind one hypothesis: its class, the evidence with its rows, the predictions and their verdicts."""

    name: str
    evidence: tuple[Evidence, ...]
    predictions: tuple[v.Prediction, ...]
    checked: tuple[Checked, ...]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the rules say of an incident.

    Attributes
    ----------
    findings : Findings
        In the form of a model's answer.
    severity : Severity
        The level and its reasons.
    judged : tuple of Judged
        One for each hypothesis of the findings, in their order.
    event_id : str
        The event that was looked at, the newest of the incident.
    engine : str
        Always "rules".
    """

    findings: Findings
    severity: Severity
    judged: tuple[Judged, ...]
    event_id: str
    engine: str = ENGINE

    @property
    def name(self) -> str:
        """The class of the likeliest cause, "" where the rules do not know one."""
        told = data("rules_classes")
        return next((each.name for each in self.judged if not told[each.name].get("context")), "")

    def written(self) -> dict[str, Any]:
        """The opinion as JSON: the findings, the engine, the severity, and of each hypothesis what it rests on."""
        return {
            **self.findings.written(),
            "engine": self.engine,
            "severity": msgspec.to_builtins(self.severity),
            "basis": [
                {
                    "class": each.name,
                    "evidence": [
                        {"text": one.text, "says": one.says, "rows": msgspec.to_builtins(one.rows)}
                        for one in each.evidence
                    ],
                    "checks": [msgspec.to_builtins(one) for one in each.checked],
                }
                for each in self.judged
            ],
        }


def ranked(seen: Iterable[Seen]) -> list[_Class]:
    """The classes that some signs speak for, the likeliest first: name, confidence, evidence.

    What is about the report and not about the crash comes last, whatever its confidence.
    """
    by_class: dict[str, list[Seen]] = defaultdict(list)
    for each in seen:
        by_class[each.name].append(each)
    chance = {name: min(1 - prod(1 - each.weight for each in held), _SURE) for name, held in by_class.items()}
    told = data("rules_classes")
    weighed = dict(chance)
    for name, sure in chance.items():
        for other in told[name].get("over", ()):
            # Two that explain each other: the likelier one does.
            if sure >= 0.5 and other in chance and not (name in told[other].get("over", ()) and chance[other] > sure):
                weighed[other] = min(weighed[other], chance[other] * _EXPLAINED)
    found = [
        (name, round(weighed[name], 2), _first(sorted(held, key=lambda each: -each.weight)))
        for name, held in by_class.items()
    ]
    return sorted(found, key=lambda each: (told[each[0]].get("context", False), -each[1], each[0]))


def _first(held: list[Seen]) -> tuple[Evidence, ...]:
    """The evidence of some signs, each text once."""
    kept = {each.evidence.text: each.evidence for each in reversed(held)}
    return tuple(kept[text] for text in dict.fromkeys(each.evidence.text for each in held))[:_EVIDENCE]


def hypothesize(case: Tables, incident_id: str) -> Opinion:
    """Say what the rules think of an incident.

    Parameters
    ----------
    case
        A case, or a redacted case: then only what may leave is looked at and said.
    incident_id
        As in `incidents()`; the newest event of it is looked at.

    Raises
    ------
    TriageError
        No incident has that id.

    Examples
    --------
    >>> import triage
    >>> case = triage.loads('Traceback (most recent call last):\\n  File "a.py", line 1, in parse\\nKeyError: 1\\n')
    >>> said = hypothesize(case, case.incidents()["incident_id"][0])
    >>> said.engine, said.findings.hypotheses[0].title, said.severity.level
    ('rules', 'A key is not there (KeyError) in parse', 'probably not exploitable')
    """
    return opinion(Crash(Scene(case, incident_id)))


def opinion(crash: Crash) -> Opinion:
    """Say what the rules think of a crash."""
    classes = [each for each in ranked([*signs(crash), *detected(crash)]) if each[1] >= _LEAST]
    about = [each for each in classes if data("rules_classes")[each[0]].get("context")]
    causes = [each for each in classes if each not in about][: _MOST - min(len(about), 2)]
    if causes and causes[0][1] < _CLEAR:
        causes = []
    sort = sort_of(crash) if any(name == "exception" for name, _, _ in causes) else None
    causes = _sorted(causes, sort)
    judged: list[Judged] = []
    hypotheses: list[Hypothesis] = []
    for name, confidence, evidence in [*causes, *about[:2]]:
        asked = predictions(crash, name, sort, first=not judged)
        judged.append(Judged(name, evidence, asked, tuple(evaluate(crash.scene, one) for one in asked)))
        hypotheses.append(
            Hypothesis(
                title=_title(crash, name, evidence, sort),
                confidence=confidence,
                evidence=tuple(one.text for one in evidence),
                next_steps=tuple(_steps(crash, name, evidence, sort)),
                checks=tuple(v.written(one) for one in asked),
            )
        )
    level = severity(crash, [name for name, _, _ in causes])
    found = Findings(
        summary=_summary(crash, hypotheses[: len(causes)], causes, level),
        signature=_signature(crash),
        hypotheses=tuple(hypotheses),
        missing_info=tuple(_missing(crash, causes)),
        recommended_next_steps=tuple(_recommended(hypotheses)),
    )
    return Opinion(found, level, tuple(judged), crash.event_id)


def _sorted(classes: list[_Class], sort: Sort | None) -> list[_Class]:
    """The classes, that of an exception by its sort: with the link of the chain that decides, or less sure without."""
    found = []
    for name, confidence, evidence in classes:
        if name != "exception":
            found.append((name, confidence, evidence))
        elif sort is None:
            found.append((name, round(confidence * _UNSORTED, 2), evidence))
        else:
            found.append((name, confidence, (sort.evidence, *evidence)))
    return sorted((each for each in found if each[1] >= _LEAST), key=lambda each: -each[1])


def _words(crash: Crash, name: str, evidence: tuple[Evidence, ...], sort: Sort | None) -> dict[str, str]:
    """What stands in the braces of the texts of a class."""
    kind = one_line(crash.text("error_type"), 80)
    title = kind or "An exception is not handled"
    if sort is not None:
        behind = f", behind {kind}" if kind and sort.type != kind else ""
        title = f"{sort.title} ({sort.type}{behind})" if sort.type else sort.title
    cycle = next((one.text for one in evidence if "repeats" in one.says), "")
    return {
        "where": sort.where if sort is not None and name == "exception" else crash.where,
        "sort": title,
        "cycle": f" of {cycle}" if cycle and name == "stack overflow" else "",
        "offset": offset_of(crash),
        "what": evidence[0].says if evidence else "",
    }


def _filled(text: str, words: dict[str, str]) -> str:
    """A text of ours with its braces filled; names of functions may hold braces themselves."""
    if not words["where"]:
        text = text.replace(", in {where}", "").replace(" in {where}", "").replace(", {where} among them", "")
        text = text.replace("{where}", "the program")
    for name, value in words.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _title(crash: Crash, name: str, evidence: tuple[Evidence, ...], sort: Sort | None) -> str:
    title = _filled(data("rules_classes")[name]["title"], _words(crash, name, evidence, sort))
    return title[:300]


def _steps(crash: Crash, name: str, evidence: tuple[Evidence, ...], sort: Sort | None) -> list[str]:
    told = data("rules_classes")[name]["steps"] or (
        sort.steps if sort else ["Read the message, and see who calls {where}."]
    )
    words = _words(crash, name, evidence, sort)
    return [_filled(step, words) for step in told]


def _summary(crash: Crash, hypotheses: list[Hypothesis], causes: list[Any], level: Severity) -> str:
    """What happened, in two to four sentences; that rules say it stands first."""
    kind = one_line(crash.text("event_kind"), 40) or "event"
    named = one_line(crash.text("error_type") or crash.text("signal"), 120)
    what = f"By rules, without a model: {'an' if kind[0] in 'aeiou' else 'a'} {kind}"
    what += (f" ({named})" if named else "") + (f" in {crash.where}." if crash.where else ".")
    if not hypotheses:
        return f"{what} The rules do not know this kind; nothing in it speaks clearly for one cause."
    first = f"Likeliest ({causes[0][1]:.0%}): {hypotheses[0].title}."
    says = f"It rests on this: {causes[0][2][0].says}."
    return f"{what} {first} {says} As a weakness: {level.level}, because {level.reasons[0]}."


def _signature(crash: Crash) -> Signature | None:
    kind = one_line(crash.text("error_type") or crash.text("signal"), 200)
    top = one_line(crash.place["function"], 200) if crash.place else ""
    return Signature(kind, top) if kind or top else None


def _missing(crash: Crash, causes: list[Any]) -> Iterable[str]:
    """What would decide and is not in the report."""
    told = data("rules_classes")
    for name, _, _ in causes[:2]:
        if lacks := told[name].get("missing"):
            answered = {
                "use after free": "free" in crash.roles,
                "out of bounds": crash.note("location") is not None,
                "wild access": crash.address is not None and bool(crash.access),
                "data race": "access" in crash.roles,
                "assertion": bool(crash.text("error_value")),
                "exception": any(frame.get("variables") for frame in crash.frames),
            }
            if not answered.get(name, False):
                yield _filled(lacks, {"where": crash.where})
    if not crash.frames:
        yield "a stack: the report has none"
    if not crash.text("release"):
        yield "the release"
    if not crash.scene.logs.num_rows:
        yield "log lines from before the crash"


def _recommended(hypotheses: list[Hypothesis]) -> list[str]:
    """Three to six steps: those of the first hypothesis, then one of each other."""
    steps = (
        [*hypotheses[0].next_steps] if hypotheses else ["Read the stack from the innermost frame of the application."]
    )
    steps += [each.next_steps[0] for each in hypotheses[1:] if each.next_steps]
    return list(dict.fromkeys(steps))[:6]

"""Checks: what became of the predictions of a hypothesis, evaluated on the tables of an incident.

A check is deterministic, asks nobody, runs nothing that a model wrote, and gives one of three verdicts with one
sentence and the rows that it rests on. "Cannot tell" is what a check says of data that are not there: a report without
log lines refutes no line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from triage.hypotheses import checks_counts, checks_facts, checks_stacks
from triage.hypotheses import vocabulary as v
from triage.hypotheses.checks_scene import Checked, Row, Scene, Tables, Verdict

__all__ = ("Checked", "Row", "Scene", "Tables", "Verdict", "check", "evaluate")

_CHECKS: Final[dict[type, Callable[[Scene, Any], Checked]]] = {
    v.FramePresent: checks_stacks.frame,
    v.TopFrame: checks_stacks.top,
    v.ThreadState: checks_stacks.state,
    v.Recursion: checks_stacks.recursion,
    v.ExceptionInChain: checks_stacks.chain,
    v.FaultAddress: checks_stacks.address,
    v.RegisterValue: checks_stacks.register,
    v.LogBefore: checks_facts.log,
    v.MetricValue: checks_facts.metric,
    v.MemoryNearLimit: checks_facts.memory,
    v.ModuleVersion: checks_facts.module_version,
    v.ModuleState: checks_facts.module_state,
    v.SeveralVersions: checks_facts.several_versions,
    v.Annotation: checks_facts.annotation,
    v.FirstSeen: checks_counts.first_seen,
    v.CountChange: checks_counts.change,
    v.SeenWhere: checks_counts.where,
}
_OPPOSITE: Final[dict[Verdict, Verdict]] = {
    "supported": "refuted",
    "refuted": "supported",
    "cannot tell": "cannot tell",
}


def evaluate(scene: Scene, prediction: object) -> Checked:
    """Check one prediction against the tables of an incident. Never raises on content.

    Parameters
    ----------
    scene
        The tables; make one for all predictions of an incident.
    prediction
        Of `triage.hypotheses.vocabulary`, or whatever a model wrote in the place of one.

    Examples
    --------
    >>> import triage
    >>> case = triage.loads('Traceback (most recent call last):\\n  File "a.py", line 1, in parse\\nKeyError: 1\\n')
    >>> scene = Scene(case, case.incidents()["incident_id"][0])
    >>> found = evaluate(scene, {"kind": "top_frame", "function": "parse"})
    >>> found.verdict, found.why
    ('supported', 'the innermost frame is the function: in 1 of 1 event that can tell')
    >>> evaluate(scene, {"kind": "shell", "run": "..."})
    Checked(verdict='cannot tell', why='not understood: there is no such kind of prediction', rows=())
    """
    understood = v.understand(prediction)
    if isinstance(understood, v.NotUnderstood):
        return Checked("cannot tell", f"not understood: {understood.reason}")
    found = _CHECKS[type(understood)](scene, understood)
    return found if understood.expected else msgspec.structs.replace(found, verdict=_OPPOSITE[found.verdict])


def check(case: Tables, incident_id: str, predictions: Iterable[object]) -> list[Checked]:
    """Check predictions on one incident of a case or a redacted case; one result for each, in their order.

    Raises
    ------
    TriageError
        No incident has that id.

    Examples
    --------
    >>> import triage
    >>> case = triage.loads('Traceback (most recent call last):\\n  File "a.py", line 1, in parse\\nKeyError: 1\\n')
    >>> one = case.incidents()["incident_id"][0]
    >>> asked = [{"kind": "log_before", "text": "x"}, {"kind": "exception_in_chain", "type": "KeyError"}]
    >>> [found.verdict for found in check(case, one, asked)]
    ['cannot tell', 'supported']
    """
    scene = Scene(case, incident_id)
    return [evaluate(scene, prediction) for prediction in predictions]

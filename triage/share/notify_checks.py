"""What became of the hypotheses of an answer when they were held against the data, as it is forwarded with them.

Read from the file of a run, which anybody may have written: what cannot be read counts as not checked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import msgspec

from triage.hypotheses.grounding import NOT_FOUND
from triage.share.hypothesis_rows import Stored
from triage.share.printable import plural

if TYPE_CHECKING:
    from triage.hypotheses.findings import Findings
    from triage.hypotheses.runs import Run

__all__ = ("Standings",)

_Verdict = Literal["supported", "refuted", "cannot tell"]
_VERDICTS: Final[tuple[_Verdict, ...]] = get_args(_Verdict)
_FOUND: Final = frozenset({"exact", "normalised", NOT_FOUND})


class Standings:
    """How each hypothesis of a run stands, by its number from 0.

    Examples
    --------
    >>> import triage
    >>> from triage.hypotheses.findings import read
    >>> case = triage.loads('Traceback (most recent call last):\\n  File "a.py", line 1, in f\\nKeyError: 1\\n')
    >>> run = case.hypothesize(case.incidents()["incident_id"][0], engine="rules")
    >>> Standings(run, read(run.answer["findings"])).words(0)
    '2 predictions supported'
    """

    def __init__(self, run: Run, found: Findings) -> None:
        self._found = found
        try:
            self._stored = msgspec.convert(run.answer, Stored)
        except msgspec.ValidationError:
            self._stored = Stored({})

    def words(self, number: int) -> str:
        """How one stands, in a few words: its predictions by verdict, and evidence that is not in the report."""
        verdicts = self._verdicts(number)
        told = [
            f"{plural(count, 'prediction')} {verdict}" if verdict != "cannot tell" else f"{count} that cannot be told"
            for verdict in _VERDICTS
            if (count := verdicts.count(verdict))
        ]
        missing = sum(found == NOT_FOUND for found in self._evidence(number))
        if missing:
            told.append(f"{missing} of {plural(len(self._evidence(number)), 'quote')} {NOT_FOUND}")
        return ", ".join(told) or "not checked"

    def doubtful(self) -> int:
        """How many files or lines the answer names that the report does not."""
        return len(self._stored.grounds.flags)

    def written(self, clean: Callable[[str], str]) -> list[dict[str, Any]]:
        """All of it, hypothesis by hypothesis, for a program."""
        return [
            {
                "predictions": [
                    {"verdict": verdict, "why": clean(why)}
                    for verdict, why in zip(self._verdicts(number), self._reasons(number), strict=True)
                ],
                "evidence": self._evidence(number),
            }
            for number in range(len(self._found.hypotheses))
        ]

    def _verdicts(self, number: int) -> list[str]:
        """The verdict of each prediction that was checked."""
        told = self._stored.checks[number] if number < len(self._stored.checks) else ()
        return [each.verdict if each.verdict in _VERDICTS else "cannot tell" for each in told]

    def _reasons(self, number: int) -> list[str]:
        return [each.why for each in self._stored.checks[number]] if number < len(self._stored.checks) else []

    def _evidence(self, number: int) -> list[str]:
        """How each piece of evidence was found."""
        told = self._stored.grounds.evidence[number] if number < len(self._stored.grounds.evidence) else ()
        return [each.found if each.found in _FOUND else NOT_FOUND for each in told]

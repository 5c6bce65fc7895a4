"""A run in words: unverified first, evidence with its place, doubts said, nothing that moves a terminal."""

import pytest

from triage.hypotheses.runs import FAILED, PENDING, SUCCESS, Run
from triage.hypotheses.words import lines

ANSWER = {
    "findings": {
        "summary": "It \x1b[2Jcrashed.",
        "hypotheses": [
            {
                "title": "A stale mob",
                "confidence": 0.615,
                "evidence": ["#4 Scan", "Free()"],
                "nextSteps": ["Look."],
                "checks": [{"kind": "top_frame", "function": "Scan"}],
            }
        ],
        "missingInfo": ["The address."],
        "recommendedNextSteps": ["Run it again."],
    },
    "grounds": {
        "evidence": [
            [
                {"text": "#4 Scan", "found": "exact", "places": [{"table": "frames", "row": 4}, {"table": "files"}]},
                {"text": "Free()", "found": "not found in the report", "places": []},
            ]
        ],
        "flags": [{"where": "summary", "text": "mob.cpp", "why": "a file that the report does not name"}],
    },
    "checks": [[{"verdict": "supported", "why": "it is", "rows": []}]],
}


def run(**fields):
    given = {"run_id": "run_1", "incident_id": "inc_1", "engine": "gemini", "model": "m", "status": SUCCESS}
    return Run(**given | fields)


def test_all_of_an_answer_is_told():
    usage = {"total": 1_320}
    told = lines(run(answer=ANSWER, duration_ms=1_500.0, attempts=2, input_chars=9, output_chars=3, usage=usage))
    assert told == [
        "hypothesis, unverified (gemini m)",
        "It ␛[2Jcrashed.",
        "",
        "1. A stale mob (62%)",
        "   evidence: #4 Scan  [frames row 4, and 1 more]",
        "   evidence: Free()  [not found in the report]",
        "   check: top frame (function Scan): supported, it is",
        "   next: Look.",
        "",
        "missing:",
        " - The address.",
        "",
        "next steps:",
        " - Run it again.",
        "doubtful: mob.cpp in summary: a file that the report does not name",
        "",
        "run_1: 1.5 s, 9 characters sent, 3 received, 2 attempts, 1,320 tokens",
    ]


def test_what_rules_say_says_so():
    told = lines(
        run(engine="rules", model="", note="no key", answer=ANSWER | {"severity": {"level": "high", "reasons": ["a"]}})
    )
    assert told[:4] == ["hypothesis, unverified (rules)", "note: no key", "It ␛[2Jcrashed.", "severity: high: a"]


def test_what_is_pending_or_failed_says_so():
    assert lines(run(status=PENDING)) == ["gemini m: PENDING_REVIEW"]
    failed = lines(run(status=FAILED, error="no answer; ask again", duration_ms=2.0))
    assert failed == ["gemini m: FAILED (no answer; ask again)", "run_1: 0.0 s"]


@pytest.mark.parametrize("answer", [{}, {"findings": 1}, ANSWER | {"checks": []}, ANSWER | {"grounds": {}}])
def test_a_file_that_somebody_changed_is_told_and_does_not_raise(answer):
    assert "the file of this run is damaged; ask again" in lines(run(answer=answer))

"""Real reports of the corpus through `triage.load`, and which module claims what: bars of tests.benchmarks.traces."""

from __future__ import annotations

import pytest

from tests.benchmarks import traces
from tests.reading import corpus
from triage.formats import trace_text


@pytest.fixture(scope="module")
def confusion():
    return traces.confusion()


def test_types_and_state_frames_are_those_that_the_reports_own_projects_expect():
    corpus("stacks", "labels.jsonl")
    tallies, wrong = traces.corpus()
    files, states = sum(t.files for t in tallies.values()), sum(t.with_state for t in tallies.values())
    failures = "\n".join(line for tally in tallies.values() for line in tally.failures)
    assert sum(t.typed for t in tallies.values()) >= 0.97 * files, failures
    assert sum(t.stated for t in tallies.values()) >= 0.97 * states, failures
    assert wrong == []


def test_no_sample_of_a_trace_is_claimed_by_another_module(confusion):
    assert confusion["sample traces"]["-"] == 0
    assert set(confusion["sample traces"]) <= set(trace_text.readers())


def test_no_file_of_another_format_is_claimed_by_a_trace_module(confusion):
    ours = set(trace_text.readers())
    for family, claims in confusion.items():
        if family.startswith("sample ") and family not in {"sample traces", "sample grouping"}:
            assert not ours & set(claims), family


def test_plain_texts_claim_nothing(confusion):
    assert set(confusion["plain text"]) == {"-"}

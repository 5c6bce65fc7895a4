"""Findings: a whole answer is read, and every way in which one can be broken is told by its place, never quoted."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import ModelError
from triage.hypotheses import findings, vocabulary

ANSWER = {
    "summary": "The zone process read through a mob that was gone.",
    "signature": {"exception": "EXCEPTION_ACCESS_VIOLATION", "topFrame": "EntityList::ScanCloseMobs"},
    "hypotheses": [
        {
            "title": "A stale pointer in the list of close mobs",
            "confidence": 0.6,
            "evidence": ["#4 EntityList::ScanCloseMobs"],
            "nextSteps": ["Look at who removes mobs while the list is walked."],
            "checks": [{"kind": "top_frame", "function": "*ScanCloseMobs", "of": "application"}],
        },
    ],
    "missingInfo": ["The fault address."],
    "recommendedNextSteps": ["Run with a page heap."],
}


def broken(change):
    value = json.loads(json.dumps(ANSWER))
    change(value)
    return json.dumps(value)


def first(**fields):
    return broken(lambda value: value["hypotheses"][0].update(fields))


def test_a_whole_answer_is_read_and_written_as_it_was():
    found = findings.parse(json.dumps(ANSWER))
    assert found.hypotheses[0].confidence == 0.6
    assert found.signature.top_frame == "EntityList::ScanCloseMobs"
    assert found.written() == ANSWER
    assert findings.read(found.written()) == found


def test_what_the_plan_has_beside_the_findings_is_read_over():
    with_more = broken(lambda value: value.update(hash="0", rawModelNotes="none", signature=None))
    assert findings.parse(with_more).signature is None


@pytest.mark.parametrize("cut", range(1, len(json.dumps(ANSWER)) - 1, 37))
def test_an_answer_that_breaks_off_is_told_as_such(cut):
    with pytest.raises(ModelError, match="breaks off"):
        findings.parse(json.dumps(ANSWER)[:cut])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("The cause is a null pointer.", "no JSON"),
        ("```json\n{}\n```", "no JSON"),
        ("[" * 100_000, "no JSON|breaks off"),
        ("[]", "the answer is no object"),
        ("null", "the answer is no object"),
        ("{}", "has no summary"),
        (broken(lambda value: value.pop("missingInfo")), "has no missingInfo"),
        (broken(lambda value: value.update(summary="  ")), "summary is empty"),
        (broken(lambda value: value.update(summary=["x"])), "summary is no text"),
        (broken(lambda value: value.update(summary="x" * 4_001)), "summary is longer"),
        (broken(lambda value: value.update(shell="rm")), "a key that is not in the schema"),
        (broken(lambda value: value.update(hypotheses={})), "hypotheses is no list"),
        (broken(lambda value: value.update(hypotheses=value["hypotheses"] * 11)), "hypotheses has more than 10"),
        (broken(lambda value: value.update(signature="x")), "signature is no object"),
        (broken(lambda value: value.update(missingInfo=[1])), r"missingInfo\[0\] is no text"),
        (first(confidence=7), r"hypotheses\[0\]\.confidence is no number from 0 to 1"),
        (first(confidence=True), "confidence is no number"),
        (first(confidence="0.5"), "confidence is no number"),
        (first(evidence="x"), "evidence is no list"),
        (first(evidence=["a", ""]), r"evidence\[1\] is empty"),
        (first(checks=["run"]), r"checks\[0\] is no object"),
        (first(checks=[{"kind": "x" * 3_000}]), r"checks\[0\] is no object of the vocabulary"),
        (first(title=None), "title is no text"),
    ],
)
def test_each_breach_is_told_by_its_place(text, told):
    with pytest.raises(ModelError, match=told) as error:
        findings.parse(text)
    assert str(error.value).endswith(("ask again", "or another model", "or allow more output"))


def test_a_breach_is_not_quoted():
    with pytest.raises(ModelError) as error:
        findings.parse(broken(lambda value: value.update({"quartz-otter-77": "quartz-otter-77"})))
    assert "quartz" not in str(error.value)
    assert error.value.__cause__ is None


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists))
def test_whatever_stands_there_it_is_read_or_told(value):
    for name in ANSWER:
        text = json.dumps(ANSWER | {name: value})
        with contextlib.suppress(ModelError):
            assert findings.parse(text).written().keys() == ANSWER.keys()


def test_the_schema_holds_the_closed_vocabulary_and_no_words_that_providers_refuse():
    form = findings.schema()
    check = form["properties"]["hypotheses"]["items"]["properties"]["checks"]["items"]
    kinds = {part["properties"]["kind"]["enum"][0] for part in check["anyOf"]}
    assert kinds == set(vocabulary.KINDS)
    known = {"type", "properties", "required", "additionalProperties", "items", "description", "anyOf", "enum"}

    def words(schema):
        for key, value in schema.items():
            yield key
            if key == "properties":
                for part in value.values():
                    yield from words(part)
            elif isinstance(value, dict):
                yield from words(value)
            elif key == "anyOf":
                for part in value:
                    yield from words(part)

    assert set(words(form)) <= known | {"minimum", "maximum"}


def test_a_change_of_texts_reaches_all_of_them():
    found = findings.parse(json.dumps(ANSWER)).mapped(lambda text: text.replace("ScanCloseMobs", "X"))
    assert "ScanCloseMobs" not in json.dumps(found.written())

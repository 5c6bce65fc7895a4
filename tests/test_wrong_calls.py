"""Wrong calls: an error of triage that says what is taken, from the raw case and from what is shown alike."""

import pytest

import triage
from tests.reading import SAMPLES
from triage.errors import TriageError, demand
from triage.share.redacted import RedactedCase

STORE = SAMPLES / "debugbundle" / "store"


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return triage.load(STORE, journal=tmp_path_factory.mktemp("investigation"))


@pytest.fixture(scope="module")
def one(case):
    return case.incidents()["incident_id"].iloc[0]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"limits": 3}, "limits are a triage.Limits.*of the type int"),
        ({"limits": {"members": 3}}, "of the type dict"),
        ({"symbols": 3}, "symbols= is a path"),
        ({"config": 3}, "config= is a path"),
        ({"journal": 3}, "journal= is a path"),
        ({"cache": 3}, "cache= is a path"),
        ({"progress": 3}, "progress= is a function"),
        ({"format": 3}, "there is no format 3"),
    ],
)
def test_what_opens_says_what_it_takes(options, words):
    with pytest.raises(TriageError, match=words):
        triage.load(b"x", **options)


def test_the_name_of_a_pasted_text_is_a_text():
    with pytest.raises(TriageError, match="is a text"):
        triage.loads("x", name=3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda case, _: case.sql(3), "a statement of SQL is a text"),
        (lambda case, _: case.sql(None), "of the type NoneType"),
        (lambda case, _: case.to_parquet(3), "a folder is a path"),
        (lambda case, one: case.resolve(one, 3), "a note or a reason is a text"),
        (lambda case, one: case.reopen(one, ["x"]), "a note or a reason is a text"),
        (lambda case, one: case.ignore(one, b"x"), "a note or a reason is a text"),
        (lambda case, one: case.note(one, 3), "a note or a reason is a text"),
        (lambda case, _: case.merge(3, "x"), "a list of ids"),
        (lambda case, one: case.pin(3, one), "a list of events"),
        (lambda case, one: case.split(one, None, "x", events=3), "a list of ids"),
        (lambda case, _: case.forward(3, "slack"), "no such run"),
        (lambda case, _: case.redact(key="x"), "a key is bytes"),
        (lambda case, _: case.read(case.files()["source_id"][0], length="x"), "length= is a number of bytes"),
        (lambda case, _: case.redact().approve(by=3), "who reviewed it is a text"),
        (lambda case, _: case.redact().approve(by="A", skip=3), "skip= is a list of files"),
        (lambda case, _: case.redact().approve(by="A", unmask=["x"]), "unmask= is a mapping to reasons"),
        (lambda case, _: case.redact().approve(by="A", when=3), "when is no time"),
    ],
)
def test_what_decides_and_what_leaves_says_what_it_takes(case, one, call, words):
    with pytest.raises(TriageError, match=words):
        call(case, one)
    assert case.journal().empty


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda case, _: case.events(event_class="nope"),
            "there is no event class 'nope'; there are incident_signal",
        ),
        (lambda case, _: case.events(event_class="contxt"), "did you mean 'context'"),
        (lambda case, one: case.events(one, event_class=["context"]), "there is no event class"),
        (lambda case, _: case.events(event_kind=3), "the kind of an event is a text"),
        (lambda case, _: case.stacks(event=3), "no event has the id 3"),
        (lambda case, _: case.frames(event=["x"]), "no event has the id"),
        (lambda case, _: case.frames(columns=3), "columns are a list of names"),
        (lambda case, _: case.anomalies(preset=["x"]), "there is no preset"),
        (lambda case, _: case.improvements(sensitivity=["x"]), "there is no sensitivity"),
        (lambda case, one: case.similar(one, limit="x"), "limit= is a number"),
        (lambda case, _: case.text(case.files()["source_id"][0], offset="x"), "offset= is a number of bytes"),
    ],
)
def test_what_asks_says_what_it_takes_raw_and_masked_alike(case, one, call, words):
    for asked in (case, RedactedCase.lazy(case)):
        with pytest.raises(TriageError, match=words):
            call(asked, one)


def test_what_is_shown_of_one_event_or_page_says_so_too(case):
    lazy = RedactedCase.lazy(case)
    with pytest.raises(TriageError, match="no event has the id"):
        lazy.event("gone")
    with pytest.raises(TriageError, match="page= is the number"):
        lazy.preview(case.files()["source_id"][0], "x")


@pytest.mark.parametrize("name", ["hypothesize", "series"])
def test_an_option_that_there_is_not_is_told_by_the_verb_that_was_called(case, one, name):
    for asked in (case, RedactedCase.lazy(case)):
        with pytest.raises(TypeError, match=rf"{name}\(\) got an unexpected keyword argument 'enigne'"):
            getattr(asked, name)(one, enigne="rules")


def test_a_class_that_no_event_has_is_empty_and_no_mistake(case):
    assert triage.loads("x").events(event_class="operational").empty
    assert triage.loads("x").events(event_kind="crash").empty


def test_what_is_given_is_not_quoted():
    with pytest.raises(TriageError) as told:
        demand(b"quartz", str, "a text")
    assert "quartz" not in str(told.value)

"""A table by its name: all rows or one incident's, all columns or some; the raw and the redacted case alike."""

import pytest

import triage
from tests.reading import SAMPLES
from triage.errors import TriageError
from triage.share.redacted import RedactedCase
from triage.tables import TABLES

STORE = SAMPLES / "debugbundle" / "store"


@pytest.fixture(scope="module")
def case():
    return triage.load(STORE)


@pytest.mark.parametrize("name", [name for name in TABLES if name not in {"files", "quarantine"}])
def test_the_rows_of_one_incident_are_those_of_the_method(case, name):
    one = case.incidents()["incident_id"].iloc[0]
    got = case.table(name, incident=one)
    if name in {"incidents", "hypotheses"}:
        assert got["incident_id"].tolist() == [one] * len(got)
        assert len(got) == (name == "incidents")
    else:
        assert got.equals(getattr(case, name)(one))
    lazy = RedactedCase.lazy(case)
    assert lazy.table(name, incident=one).columns.tolist() == got.columns.tolist()
    assert len(lazy.table(name, incident=one)) == len(got)


def test_columns_stand_in_the_order_in_which_they_are_asked_for(case):
    for one in (case, RedactedCase.lazy(case)):
        assert one.table("files", ["path", "bytes"]).columns.tolist() == ["path", "bytes"]
        assert one.table("events", "level").columns.tolist() == ["level"]


def test_mistakes_are_named(case):
    for one in (case, RedactedCase.lazy(case)):
        for ask, words in (
            ({"name": "event"}, "did you mean 'events'"),
            ({"name": 3}, "there is no table 3"),
            ({"name": "files", "incident": "inc_0"}, "belong to no incident"),
            ({"name": "incidents", "incident": "inc_0"}, "no incident has the id"),
            ({"name": "events", "columns": ["nope"]}, "events has no column nope"),
            ({"name": "events", "columns": [3]}, "events has no column 3"),
        ):
            with pytest.raises(TriageError, match=words):
                one.table(**ask)

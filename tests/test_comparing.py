"""Two incidents side by side: what is shared, and what splits them."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

import triage
from tests.explained import Page, case, held, planted, trace
from tests.reading import SAMPLES
from triage.share.redacted import RedactedCase


@pytest.fixture(scope="module")
def everything():
    return triage.load(SAMPLES)


def compared(first, second):
    """Two traces of their own incidents, compared in this order."""
    found = case(first, second)
    ids = {one: found.explain(one) for one in found.incidents()["incident_id"]}
    assert len(ids) == 2
    alone = [case(text).incidents()["incident_id"][0] for text in (first, second)]
    return found.compare(*alone)


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (
            trace("parse", "read", "main"),
            trace("scan", "read", "main"),
            "frame 1 is parse.parse in A instead of scan in B; of 3 frames of the key 2 are in both.",
        ),
        (
            trace("parse", "read"),
            trace("parse", "read", "main"),
            "frame 3 is main in B, and there is none in A; of 3 frames of the key 2 are in both.",
        ),
        (
            trace("parse", error="KeyError"),
            trace("parse", error="OSError"),
            "the type is KeyError in A and OSError in B; every frame of the key is in both.",
        ),
        (
            trace("parse", error="RecursionError"),
            trace("parse"),
            "the class is stack overflow in A and exception in B; every frame of the key is in both.",
        ),
        (
            trace("parse"),
            trace("scan"),
            "frame 1 is parse.parse in A instead of scan in B; no frame of the key is in both.",
        ),
    ],
)
def test_verdicts(first, second, verdict):
    why = compared(first, second)
    assert why.text.splitlines()[0] == f"Two incidents, because {verdict}"


def test_long_messages_are_told_where_they_part():
    words = ", ".join(f"column_{number}x" for number in range(60))
    one, other = (f"OSError: cannot insert ({words}) {end}\n    at <anonymous>\n" for end in ("now", "at the replica"))
    why = compared(one, other)
    first = why.text.splitlines()[0]
    assert "column_58x, column_59x) now in A and …" in first
    assert "column_58x, column_59x) at the replica in B; " in first
    assert len(first) < 250
    assert max(map(len, why.text.splitlines())) < 230
    assert words in why.facts.set_index("what").loc["message", "A"]


def test_frames_stand_beside_each_other():
    why = compared(trace("parse", "read", "run", "main"), trace("scan", "skip", "read", "main"))
    assert why.frame[["name_a", "relation", "name_b"]].fillna("").to_numpy().tolist() == [
        ["parse.parse", "different", "scan"],
        ["", "only in B", "skip"],
        ["read", "same", "read"],
        ["run", "only in A", ""],
        ["main", "same", "main"],
    ]
    assert why.frame["in_key_a"].tolist()[:1] == [True]
    assert all(isinstance(dtype, pd.ArrowDtype) for dtype in [*why.frame.dtypes, *why.facts.dtypes])


def test_facts_say_what_differs_and_what_of_it_splits():
    why = compared(trace("parse", message="bad token"), trace("scan", message="bad line"))
    facts = why.facts.set_index("what")
    assert facts["relation"].to_dict() == {
        "class": "same", "type": "same", "message": "different", "frames of the key": "different",
    }  # fmt: skip
    assert facts["splits"].to_dict() == {
        "class": False, "type": False, "message": False, "frames of the key": True,
    }  # fmt: skip


def test_two_services_have_one_crash(everything):
    found = everything
    rows = found.incidents()
    one, two = rows.loc[rows["title"] == "PaymentError in convert", "incident_id"].iloc[:2]
    why = found.compare(one, two)
    assert why.text.startswith("Two incidents, because the service is ")
    assert "; every frame of the key is in both.\n" in why.text
    assert (why.frame["relation"] == "same").any()


def test_a_stack_and_none_are_split_by_that(everything):
    found = everything
    rows = found.incidents().set_index("title")["incident_id"]
    why = found.compare(rows["GET /search 504"], rows["RecursionError in count_down"])
    assert "  frames count in B, and the message does in A\n" in why.text


def test_any_two_incidents_compare_either_way_round(everything):
    found = everything
    ids = sorted(found.incidents()["incident_id"])
    for one, two in itertools.pairwise(ids):
        there, back = found.compare(one, two), found.compare(two, one)
        assert there.text.startswith("Two incidents, because ")
        assert there.facts["relation"].tolist() == back.facts["relation"].tolist()
        assert there.facts["A"].tolist() == back.facts["B"].tolist()
        for shown in Page(there._repr_html_()).tables:
            assert shown["caption"]
            assert all(len(row) == len(shown["columns"]) and row[0] for row in shown["rows"])


def test_an_incident_is_the_same_as_itself():
    found = case(trace("parse", "main"))
    one = found.incidents()["incident_id"][0]
    assert found.compare(one, one).text.startswith("The same incident.\n")


@pytest.mark.parametrize("large", [False, True], ids=["learned whole", "learned by view"])
def test_what_shows_itself_holds_no_secret_while_the_frames_of_the_raw_case_do(large):
    found = planted(large=large)
    ids = found.incidents()["incident_id"].tolist()
    why = found.compare(*ids)
    assert {"type", "function"} <= set(held(why.facts.to_csv()))
    assert held(why.text + str(why) + repr(why) + why._repr_html_()) == []
    masked = RedactedCase.lazy(found).compare(*ids)
    assert held(masked.frame.to_csv() + masked.facts.to_csv() + masked.text + masked._repr_html_()) == []
    assert masked.text == why.text
    assert masked.frame["relation"].tolist() == why.frame["relation"].tolist()


def test_hostile_names_stay_text():
    hostile = "<script>alert(1)</script>"
    why = compared(trace("f").replace("in f\n", f"in {hostile}\n"), trace("g", message=hostile))
    page = Page(why._repr_html_())
    assert "script" not in page.tags
    assert page.attributes <= {"scope"}
    assert "<script>alert in A" in page.text  # a name ends where its arguments begin


def test_reprs_and_errors_name_ids_only():
    found = case(trace("parse", "main"))
    one = found.incidents()["incident_id"][0]
    assert repr(found.compare(one, one)) == f"<triage.Comparison of {one} and {one}>"
    for pair in ((one, "inc_0"), ("inc_0", one)):
        with pytest.raises(triage.TriageError, match="no incident has the id 'inc_0'"):
            found.compare(*pair)

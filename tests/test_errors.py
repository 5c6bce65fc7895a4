from types import SimpleNamespace

import pytest

import triage
from triage.errors import is_one_of, no_incident, nothing_named

TRACE = 'Traceback (most recent call last):\n  File "a.py", line 1, in {}\n{}: x\n'


@pytest.fixture
def case(tmp_path):
    return triage.load(
        [TRACE.format("f", "KeyError").encode(), TRACE.format("g", "TypeError").encode()], journal=tmp_path
    )


def test_the_nearest_name_comes_first():
    assert nothing_named("table", "Frame", ["events", "frames"]).startswith(
        "there is no table 'Frame'; did you mean 'frames'? there are events"
    )
    assert "mean" not in nothing_named("table", "zzz", ["events", "frames"])
    with pytest.raises(triage.FormatError, match="did you mean 'python'"):
        triage.load(b"x", format="pyhton")
    with pytest.raises(triage.TriageError, match="did you mean 'frames'"):
        triage.load(b"x").table("frame")


def test_the_beginning_of_an_id_gives_the_id(case):
    one = case.incidents()["incident_id"][0]
    for begun in (one[:9], one.removeprefix("inc_")[:7]):
        with pytest.raises(triage.TriageError, match=f"one begins so: '{one}'"):
            case.explain(begun)
    many = [f"inc_0{at}" for at in range(9)]
    assert "begin" not in no_incident("inc_0", many)
    assert no_incident("inc_0", many[:2]) == "no incident has the id 'inc_0'; these begin so: 'inc_00', 'inc_01'"
    assert "begin" not in no_incident("", many[:1])


@pytest.mark.parametrize("verb", ["events", "frames", "explain", "similar", "variants", "resolve", "related"])
def test_a_row_of_incidents_is_no_id(case, verb):
    row = case.incidents().iloc[0]
    with pytest.raises(triage.TriageError, match="an incident is named by its id, a text, and this is a Series"):
        getattr(case, verb)(row)
    assert not is_one_of(row, ["inc_1"])


@pytest.mark.parametrize("verb", ["events", "frames", "explain", "resolve", "call_tree"])
def test_an_incident_that_was_merged_says_where_its_events_are(case, verb):
    ids = case.incidents()["incident_id"].tolist()
    into = case.merge(ids, "one bug")
    (gone,) = set(ids) - {into}
    with pytest.raises(triage.TriageError, match=f"'{gone}' was merged or split, and its events are in '{into}' now"):
        getattr(case, verb)(gone)
    case.undo(case.journal()["entry_id"][0])
    getattr(case, verb)(gone)


@pytest.mark.parametrize("verb", ["incidents", "summary", "spikes", "active", "series"])
@pytest.mark.parametrize("wrong", ["not a time", 5, "2026-99-99", float("nan")])
def test_what_is_no_time_is_named(case, verb, wrong):
    with pytest.raises(triage.TriageError, match="is no time; give a datetime, or text such as"):
        getattr(case, verb)(wrong)


def test_wrong_calls_say_what_is_taken(case, tmp_path):
    with pytest.raises(triage.SourceError, match="a int is no text"):
        triage.loads(3)
    with pytest.raises(triage.TriageError, match=r"a policy is a triage\.Policy"):
        case.redact(case.incidents()["incident_id"][0])
    with pytest.raises(triage.TriageError, match="each of paths is a status and a path"):
        case.under("balanced", paths=["/orders"])
    with pytest.raises(triage.TriageError, match=r"name it crash\.tar\.gz"):
        case.redact().approve(by="Ada").save(tmp_path / "crash.zip")
    assert not list(tmp_path.glob("crash*"))


def test_one_column_may_be_named_alone(case):
    assert case.frames(columns="function").columns.tolist() == ["function"]
    assert repr(case.series()) == "<triage.Series: 0 incidents, 0 events>"  # they have no time


@pytest.mark.parametrize("call", [triage.stacks.signature, triage.redact.mask, triage.redact.spans])
def test_bytes_are_no_text(call):
    with pytest.raises(triage.TriageError, match="decode bytes first, and this is of the type bytes") as told:
        call(b"password=hunter2-not-real")
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda case: case.under("balanced", statuses=404), r"statuses=\[422\]"),
        (lambda case: case.under("balanced", statuses=["404"]), r"statuses=\[422\]"),
        (lambda case: case.under("balanced", paths=5), "paths are some rules"),
        (lambda case: case.under("balanced", paths=[(404, 5)]), "a status and a path"),
        (lambda case: case.under("balanced", paths=[(404, "/*", "GET")]), "the methods are a list, even of one"),
        (lambda case: case.under("balanced", paths=[(404, "/*", None)]), "the methods are a list, even of one"),
        (lambda case: case.under("balanced", paths=[(404, "/*", ["GET POST"])]), "the methods of a path are names"),
        (lambda case: case.under("balanced", paths=[(404, "/*", ["GET"] * 13)]), "12 methods at most"),
        (lambda case: case.under("balanced", paths=[(404, "x")]), "a path begins with a slash"),
        (
            lambda _: triage.load(b"", client=SimpleNamespace(map=print, gather=print, status="closed")),
            "client is closed",
        ),
        (lambda _: triage.load(b"", cache=None), "cache= is True, False or a folder"),
        (lambda case: case.improvements("verbose"), "sensitivity='verbose'"),
        (lambda case: case.sql("select * from frame"), "did you mean .frames"),
    ],
)
def test_a_wrong_call_says_what_is_right(call, told):
    with pytest.raises(triage.TriageError, match=told):
        call(triage.load(b""))

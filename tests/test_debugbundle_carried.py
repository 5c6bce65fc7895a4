"""What envelopes of `triage ingest` carry: it is put back, and nothing else is."""

import pytest

import triage
from tests.envelopes import envelope, exception, lines
from tests.reading import read
from triage.formats.debugbundle_carried import taken


def carrying(told, **more):
    return exception(1, context={"release": "1.4.2", "triage": told}) | more


def test_columns_and_stacks_are_put_back():
    told = {
        "version": 1,
        "columns": {"signal": "SIGSEGV", "event_kind": "crash", "service": None, "http_status": None},
        "stacks": [{"frames": [{"function": "main", "file": "a.c", "line": 3}], "role": "crash"}],
        "notes": ["a note"],
    }
    rows = read(lines([carrying(told)]))
    (event,) = rows["events"]
    assert (event["signal"], event["event_kind"], event["service"], event["http_status"]) == (
        "SIGSEGV",
        "crash",
        None,
        None,
    )
    assert (event["notes"], event["release"]) == (["a note"], "1.4.2")
    assert [(row["function"], row["line"]) for row in rows["frames"]] == [("main", 3)]
    assert not [row for row in rows["annotations"] if row["key"].startswith("triage")]


def test_ids_places_and_keys_are_never_taken():
    forged = {"event_id": "x", "native_id": "y", "offset": 7, "group_key": "k", "source_id": "z", "notes": "n"}
    plain = triage.load(lines([exception(1)])).events()
    made = triage.load(lines([carrying({"version": 1, "columns": forged})])).events()
    for name in ("event_id", "native_id", "group_key", "source_id", "offset"):
        assert made[name].tolist() == plain[name].tolist()


@pytest.mark.parametrize(
    "told",
    [
        {"version": 1, "columns": [], "stacks": 7, "notes": 7},
        {"version": 1, "columns": {"ts": "text", "handled": 7, "level": {}}, "stacks": [{"frames": [{"line": "x"}]}]},
        {"version": 1, "stacks": [None]},
        {"version": 2, "columns": {"signal": "x"}},
        "text",
        None,
        [],
    ],
)
def test_what_is_not_in_the_form_raises_nothing(told):
    (event,) = read(lines([carrying(told)]))["events"]
    assert event["error_type"] == "ValueError"
    assert event["signal"] is None


def test_envelopes_of_others_are_left_alone():
    item = envelope("log_event", {"level": "info", "message": "x"})
    before = dict(item)
    assert taken(item) is None
    assert item == before

"""The table `related`: on a real store, and on events written by hand."""

import random

import pandas as pd
import pytest

import triage
from tests.growth import grows_evenly
from tests.reading import SAMPLES
from triage.incidents import groups, links
from triage.incidents.links import Relations
from triage.records import Frame, Records, Trace
from triage.stacks import keys
from triage.tables import TABLES, TYPES, to_pandas

STORE = SAMPLES / "debugbundle" / "store"


def frames(*names):
    return tuple(Frame(function=name, file="app.c") for name in names)


def build(*events):
    """The links of events given as (columns, traces), kind `similar` left out."""
    records = Records()
    for number, (columns, traces) in enumerate(events):
        given = {"event_class": "incident_signal", "event_kind": "exception", "native_id": f"e{number}"} | columns
        records.stacks(records.event(**given), traces)
    made = keys.annotate(records.finish())
    members = groups.members(made)
    place = {
        event: members[2][code] for event, code in zip(members[0]["native_id"].to_pylist(), members[1], strict=True)
    }
    return to_pandas(links.build(made, members)).to_dict("records"), place


def crash(name, **columns):
    return {"error_type": "E", **columns}, [Trace(frames=frames(f"{name}_a", f"{name}_b", f"{name}_c"))]


def test_incidents_of_one_request_are_linked_once_by_the_smaller_id():
    rows, at = build(
        crash("one", request_id="r1"),
        crash("two", request_id="r1"),
        crash("two", request_id="r2"),
        crash("one", request_id="r2"),
        crash("one", request_id="r3"),
        crash("three", request_id="r9"),
        crash("four"),
        crash("five", request_id=""),
        crash("six", request_id=""),
    )
    (row,) = rows
    assert [row["incident_id"], row["other_id"]] == sorted([at["e0"], at["e1"]])
    assert (row["kind"], row["score"]) == ("same request", 1.0)
    assert row["why"] == "2 requests in common, r1 for one"


@pytest.mark.parametrize("column", ["request_id", "trace_id"])
@pytest.mark.parametrize(
    "placeholder",
    ["", " ", "-", "--", "0", "0" * 32, "00000000-0000-0000-0000-000000000000", "null", "None", '"undefined"', "n/a"],
)
def test_an_id_that_stands_for_none_links_nothing(column, placeholder):
    assert build(crash("one", **{column: placeholder}), crash("two", **{column: placeholder}))[0] == []


@pytest.mark.parametrize("own", ["10", "0a0", "null-7", "nonesuch", "f" * 32])
def test_an_id_that_holds_such_a_word_links(own):
    assert len(build(crash("one", trace_id=own), crash("two", trace_id=own))[0]) == 1


def test_the_score_is_the_share_of_the_one_with_fewer():
    rows, _ = build(
        *(crash("one", request_id=f"r{n}") for n in range(5)), *(crash("two", request_id=f"r{n}") for n in range(4, 8))
    )
    assert [(row["score"], row["why"]) for row in rows] == [(0.25, "one request in common, r4")]


def test_backend_and_frontend_of_one_trace_are_named_so():
    rows, at = build(
        crash("page", trace_id="t1", platform="javascript", device="Chrome 120"),
        crash("server", trace_id="t1", platform="python"),
    )
    (row,) = rows
    assert (row["incident_id"], row["other_id"]) == (at["e1"], at["e0"])
    assert row["kind"] == "same trace"
    assert row["why"] == "backend and frontend of one trace: one trace in common, t1"


def test_a_log_line_is_no_backend():
    rows, _ = build(
        crash("page", trace_id="t1", platform="javascript", device="Chrome 120"),
        crash("line", trace_id="t1", platform="python", event_kind="log"),
    )
    assert [(row["kind"], row["why"]) for row in rows] == [("same trace", "one trace in common, t1")]


@pytest.mark.parametrize("column", ["request_id", "trace_id"])
def test_what_thousands_share_links_to_the_first_only(column):
    crowd = [crash(f"f{n}", ts=1_000_000 * (n + 5), **{column: "all"}) for n in range(links.SHARED + 1)]
    rows, at = build(*crowd[1:], crowd[0])
    first = at[f"e{links.SHARED}"]
    assert len(rows) == links.SHARED
    assert all(first in (row["incident_id"], row["other_id"]) for row in rows)
    assert all(f"{links.SHARED + 1} incidents share it, linked to the first" in row["why"] for row in rows)
    rows, _ = build(*crowd[1:])
    assert len(rows) == links.SHARED * (links.SHARED - 1) // 2
    assert not any("linked to the first" in row["why"] for row in rows)


def test_a_cause_that_is_the_crash_of_another():
    stack = frames("connect", "query", "fetch")
    wrapper = Trace(frames=frames("render", "serve"), error_type="PageError")
    rows, at = build(
        ({"error_type": "DbError"}, [Trace(frames=stack, error_type="DbError")]),
        (
            {"error_type": "PageError"},
            [wrapper, Trace(frames=stack, role="cause", chain_no=1, error_type="DbError")],
        ),
    )
    (row,) = rows
    assert (row["incident_id"], row["other_id"], row["kind"], row["score"]) == (at["e1"], at["e0"], "cause", 1.0)
    assert row["why"] == "the stack of a cause in one event is that of the other"


@pytest.mark.parametrize(("kind", "score"), [("DbError", 0.9), ("OtherError", None)])
def test_a_cause_with_the_frames_that_count_of_another(kind, score):
    wrapper = Trace(frames=frames("render", "serve"), error_type="PageError")
    deeper = frames("connect", "query", "fetch", "then", "main")
    rows, _ = build(
        ({"error_type": "DbError"}, [Trace(frames=frames("connect", "query", "fetch"), error_type="DbError")]),
        ({"error_type": "PageError"}, [wrapper, Trace(frames=deeper, role="cause", chain_no=1, error_type=kind)]),
    )
    assert [row["score"] for row in rows] == ([score] if score else [])


def test_a_cause_is_of_the_same_service():
    stack = frames("connect", "query", "fetch")
    cause = Trace(frames=stack, role="cause", chain_no=1, error_type="DbError")
    wrapper = Trace(frames=frames("render", "serve"))
    rows, _ = build(
        ({"error_type": "DbError", "service": "db"}, [Trace(frames=stack, error_type="DbError")]),
        ({"error_type": "PageError", "service": "web"}, [wrapper, cause]),
    )
    assert rows == []


def test_a_real_store_has_its_requests_and_its_traces():
    case = triage.load(STORE)
    table = case.related()
    assert list(table.columns) == list(TABLES["related"].names)
    assert [table[column.name].dtype for column in TABLES["related"].columns] == [
        pd.ArrowDtype(TYPES[column.type]) for column in TABLES["related"].columns
    ]
    assert isinstance(table.index, pd.RangeIndex)
    pd.testing.assert_frame_equal(case.table("related"), table)
    assert {"same request", "same trace"} <= set(table["kind"])
    assert table["why"].str.startswith("backend and frontend of one trace").any()
    known = set(case.incidents()["incident_id"])
    assert set(table["incident_id"]) | set(table["other_id"]) <= known
    assert (table["incident_id"] != table["other_id"]).all()
    assert not table.duplicated(["incident_id", "other_id", "kind"]).any()
    one = table["other_id"].iloc[0]
    mine = case.related(one)
    assert len(mine) == ((table["incident_id"] == one) | (table["other_id"] == one)).sum() > 0
    assert isinstance(mine.index, pd.RangeIndex)
    with pytest.raises(triage.TriageError, match="no incident has the id 'inc_0'"):
        case.related("inc_0")


def test_the_order_of_the_input_changes_nothing():
    files = [path for path in sorted(SAMPLES.joinpath("traces").rglob("*")) if path.is_file()][:60]
    told = []
    for seed in range(3):
        random.Random(seed).shuffle(files)
        told.append(triage.load(files).related())
    assert len(told[0])
    for other in told[1:]:
        pd.testing.assert_frame_equal(told[0], other)


def crowd(size):
    """Tables of events of which all share one trace, and each ten a request."""
    records = Records()
    for number in range(size):
        event = records.event(
            event_class="incident_signal", event_kind="exception", error_type=f"E{number % 997}", trace_id="t",
            request_id=f"r{number // 10}", native_id=f"e{number}",
        )  # fmt: skip
        records.stacks(event, [Trace(frames=frames("a", "b", f"f{number % 97}"))])
    return keys.annotate(records.finish())


def test_four_times_the_events_take_about_four_times_as_long():
    def make(size):
        made = crowd(size)
        return made, groups.members(made)

    def work(given):
        made, members = given
        # Ten incidents of a request are 45 links; the trace of all links each to the first.
        assert links.build(made, members).num_rows <= 45 * made["events"].num_rows // 10 + len(members[2])

    grows_evenly(work, make, 2_500)


def test_relations_are_made_when_asked_for():
    made = crowd(50)
    relations = Relations(made, groups.members(made))
    assert "table" not in vars(relations)
    assert relations.table is relations.table

import random

from triage.identity import incident_id
from triage.records import Frame, Records, Trace


def load(events, order=None):
    """Events as (columns, frames), in an order; the ids of each by its message."""
    records = Records()
    for index in order or range(len(events)):
        columns, function = events[index]
        number = records.event(source_id=f"file{index}", offset=index, **columns)
        if function:
            records.stacks(number, [Trace(frames=(Frame(function=function),))])
        records.log(number, message=f"log of {columns.get('error_value')}")
    return {name: table.to_pylist() for name, table in records.finish().items()}


EVENTS = [
    ({"event_kind": "crash", "error_type": "A", "error_value": "one"}, "f"),
    ({"event_kind": "crash", "error_type": "A", "error_value": "two"}, "f"),
    ({"event_kind": "crash", "error_type": "A", "error_value": "two"}, "g"),
    ({"event_kind": "crash", "error_type": "A", "error_value": "three", "native_id": "n-1"}, None),
]


def test_ids_do_not_depend_on_place_or_order():
    first = {(row["error_value"], row["stack_key"]): row["event_id"] for row in load(EVENTS)["events"]}
    order = list(range(len(EVENTS)))
    random.Random(3).shuffle(order)
    assert {(row["error_value"], row["stack_key"]): row["event_id"] for row in load(EVENTS, order)["events"]} == first


def test_the_native_id_is_the_id():
    assert "n-1" in {row["event_id"] for row in load(EVENTS)["events"]}


def test_equal_records_without_an_id_are_told_apart_by_an_ordinal():
    ids = [row["event_id"] for row in load([EVENTS[0], EVENTS[0]])["events"]]
    assert ids[0].rpartition("-")[0] == ids[1].rpartition("-")[0]
    assert sorted(found.rpartition("-")[2] for found in ids) == ["0", "1"]


def test_a_repeated_event_counts_once_and_its_file_says_so():
    records = Records()
    for order, source in enumerate(("first", "second")):
        event = records.event(native_id="n-1", event_kind="crash", error_value="same", source_id=source, offset=order)
        records.log(event, message="line")
        records.file(order=order, source_id=source)
    tables = records.finish()
    assert tables["events"]["source_id"].to_pylist() == ["first"]
    assert tables["logs"].num_rows == 1
    assert tables["quarantine"].num_rows == 0
    assert tables["files"]["reason"].to_pylist() == [None, "1 event stands in another place too; counted once"]


def test_an_event_with_a_known_id_and_other_content_is_quarantined():
    tables = load([EVENTS[3], (EVENTS[3][0] | {"error_value": "four"}, None)])
    assert [row["error_value"] for row in tables["events"]] == ["three"]
    assert [row["message"] for row in tables["logs"]] == ["log of three"]
    (row,) = tables["quarantine"]
    assert (row["source_id"], row["offset"]) == ("file1", 1)
    assert "other content" in row["reason"]


def test_feedback_on_a_repeated_event_stays_once():
    records = Records()
    for source in ("crash", "feedback", "feedback again"):
        event = records.event(event_kind="crash", native_id="n-1", source_id=source)
        if source != "crash":
            records.feedback(event, message="it broke")
    tables = records.finish()
    assert tables["events"].num_rows == 1
    assert [(row["event_id"], row["message"]) for row in tables["feedback"].to_pylist()] == [("n-1", "it broke")]


def test_two_kinds_with_one_native_id_are_two_events():
    other = ({"event_kind": "session", "native_id": "n-1"}, None)
    for events in ([EVENTS[3], other], [EVENTS[3], other, other, EVENTS[3]]):
        assert sorted(row["event_id"] for row in load(events)["events"]) == ["n-1", "n-1-session"]


def test_the_crashing_stack_is_number_zero():
    records = Records()
    event = records.event(event_kind="crash")
    records.stacks(
        event,
        [
            Trace(frames=(Frame(function="worker"),), role="thread"),
            Trace(frames=(Frame(function="cause"),), role="cause", chain_no=1),
            Trace(frames=(Frame(function="boom"),), role="crash", crashed=True),
        ],
    )
    tables = records.finish()
    functions = dict(
        zip(tables["frames"]["stack_key"].to_pylist(), tables["frames"]["function"].to_pylist(), strict=True)
    )
    assert [functions[row["stack_key"]] for row in tables["stacks"].to_pylist()] == ["boom", "worker", "cause"]
    assert tables["stacks"]["stack_no"].to_pylist() == [0, 1, 2]
    assert functions[tables["events"]["stack_key"][0].as_py()] == "boom"


def test_incident_ids_are_golden():
    assert incident_id("checkout", "5f0c") == "inc_ac8780ccb3f23ac3"
    assert incident_id(None, "5f0c") == incident_id("", "5f0c") != incident_id("checkout", "5f0c")

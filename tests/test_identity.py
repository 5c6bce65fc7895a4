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


def test_a_repeated_native_id_counts_once_and_its_place_is_kept():
    tables = load([EVENTS[3], EVENTS[3]])
    assert len(tables["events"]) == 1
    assert [row["message"] for row in tables["logs"]] == ["log of three"]
    (repeat,) = tables["quarantine"]
    assert (repeat["source_id"], repeat["offset"]) == ("file1", 1)
    assert "repeats" in repeat["reason"]


def test_two_kinds_with_one_native_id_are_two_events():
    other = ({"event_kind": "session", "native_id": "n-1"}, None)
    assert sorted(row["event_id"] for row in load([EVENTS[3], other])["events"]) == ["n-1", "n-1-session"]


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

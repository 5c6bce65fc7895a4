"""Stacks with their frames."""

import pyarrow as pa

import triage
from tests.benchmarks import store_events
from tests.reading import SAMPLES
from triage.loading import read_tables
from triage.sources.inputs import Inputs
from triage.sources.limits import Limits
from triage.stacks.joining import in_order, isin, joined


def test_frames_come_with_their_event_stack_and_address():
    tables = triage.load(SAMPLES / "minidump" / "windows-access-violation.dmp").raw.tables
    found = joined(tables["stacks"], tables["frames"]).to_pylist()
    for stack in tables["stacks"].to_pylist():
        mine = [row for row in found if row["stack_no"] == stack["stack_no"]]
        assert [row["address"] for row in mine] == stack["addresses"]
        assert [row["idx"] for row in mine] == list(range(len(mine)))


def test_no_stacks_give_no_frames():
    tables = triage.load(b"").raw.tables
    assert joined(tables["stacks"], tables["frames"]).num_rows == 0


def test_rows_are_chosen_by_the_values_of_a_column():
    assert isin(pa.table({"a": ["x", "y", None]}), "a", ["y"]).to_pylist() == [{"a": "y"}]


def test_frames_stand_in_the_order_of_their_stacks_however_many_events_were_read_at_once(tmp_path):
    lines = [bytes(line) for line in store_events.lines(400)]
    (tmp_path / "parts").mkdir()
    for number in range(10):
        (tmp_path / "parts" / f"{number}.ndjson").write_bytes(b"\n".join(lines[number * 40 : number * 40 + 40]))
    made = [read_tables(Inputs(tmp_path / "parts"), limits=Limits(), bulk_bytes=size) for size in (0, None)]
    assert not made[0]["frames"]["stack_key"].equals(made[1]["frames"]["stack_key"])
    quick, slow = (in_order(tables["frames"], tables["stacks"]) for tables in made)
    assert quick.equals(slow)
    assert slow["stack_key"].unique().equals(made[1]["stacks"]["stack_key"].unique())

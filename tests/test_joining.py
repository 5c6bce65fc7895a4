"""Stacks with their frames."""

import pyarrow as pa

import triage
from tests.reading import SAMPLES
from triage.stacks.joining import isin, joined


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

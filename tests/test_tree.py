"""The merged call tree: every event counted once at each depth, nothing dropped in silence, the same in any order."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

import triage
from tests.growth import grows_evenly
from triage.stacks.tree import Segment, folded, merged
from triage.tables import TABLES, to_pandas

SCHEMA = TABLES["frames"].schema


def frames(stacks: dict[str, list[Any]]) -> pa.Table:
    """A table of frames; a stack is its function names, innermost first, each alone or with columns of its own."""
    rows = []
    for key, names in stacks.items():
        for idx, name in enumerate(names):
            own = name if isinstance(name, dict) else {"function": name}
            rows.append({"stack_key": key, "idx": idx, "frame_kind": "frame", "role": "application"} | own)
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def tree(stacks: dict[str, list[Any]], weights: dict[str, int], **options: Any) -> list[dict[str, Any]]:
    return merged(frames(stacks), weights, **options).to_pylist()


def shape(rows: list[dict[str, Any]]) -> list[tuple[int, str, int, int]]:
    return [(row["depth"], row["name"] or row["kind"], row["events"], row["ends"]) for row in rows]


def test_stacks_share_the_calls_that_they_begin_with() -> None:
    rows = tree({"a": ["f", "run", "main"], "b": ["g", "run", "main"], "c": ["run", "main"]}, {"a": 5, "b": 3, "c": 1})
    assert shape(rows) == [(0, "main", 9, 0), (1, "run", 9, 1), (2, "f", 5, 5), (2, "g", 3, 3)]
    assert [row["stacks"] for row in rows] == [3, 3, 1, 1]
    assert [row["parent"] for row in rows] == [None, 0, 1, 1]
    assert [round(row["share"], 3) for row in rows] == [1, 1, 0.556, 0.333]


def test_rare_wide_and_deep_ones_are_told_together() -> None:
    stacks = {f"s{number}": [f"f{number}", "main"] for number in range(8)}
    weights = {"s0": 90, "s1": 6} | {f"s{number}": 1 for number in range(2, 8)}
    rare = tree(stacks, weights, share=0.02)
    assert shape(rare) == [(0, "main", 102, 0), (1, "f0", 90, 90), (1, "f1", 6, 6), (1, "others", 6, 0)]
    assert rare[-1]["stacks"] == 6
    wide = tree(stacks, weights, share=0, width=1)
    assert shape(wide) == [(0, "main", 102, 0), (1, "f0", 90, 90), (1, "others", 12, 0)]
    deep = tree({"a": ["c", "b", "main"], "b": ["main"]}, {"a": 2, "b": 1}, depth=1)
    assert shape(deep) == [(0, "main", 3, 1), (1, "deeper", 2, 0)]


def test_recursion_and_rows_that_are_no_calls_part_nothing() -> None:
    again = {"function": "walk", "rule": "repeats the frames above"}
    elided = {"function": None, "frame_kind": "elided"}
    rows = tree({"a": ["leaf", "walk", again, again, elided, "main"], "b": ["leaf", "walk", "main"]}, {"a": 1, "b": 1})
    assert shape(rows) == [(0, "main", 2, 0), (1, "walk", 2, 0), (2, "leaf", 2, 2)]


def test_recursion_of_a_real_trace_is_folded(samples: Path) -> None:
    case = triage.load(samples / "traces" / "python-deep.txt")
    names = case.call_tree(case.incidents()["incident_id"].iloc[0])["name"].tolist()
    assert len(names) == len(set(names)) < len(case.frames())


def test_names_are_those_of_any_build_and_places_where_there_are_none() -> None:
    stacks = {
        "a": [{"function": "shop::total(int) [clone .cold.3]"}, {"function": None, "module": "/usr/lib/libshop.so"}],
        "b": [{"function": "shop::total(int)"}, {"function": None, "module": "libshop.so"}],
        "c": [{"function": None}],
    }
    assert shape(tree(stacks, dict.fromkeys(stacks, 1))) == [
        (0, "libshop.so", 2, 0),
        (1, "shop::total", 2, 2),
        (0, "?", 1, 1),
    ]


def test_a_node_says_whether_it_counts_and_whose_it_is() -> None:
    stacks = {"a": [{"function": "f", "counted": True, "role": "noise"}], "b": [{"function": "f", "role": "library"}]}
    row = tree(stacks, {"a": 1, "b": 1})[0]
    assert (row["counted"], row["role"]) == (True, "library")


def test_stacks_that_are_not_there_and_none_at_all() -> None:
    assert tree({"a": ["main"]}, {"gone": 3}) == []
    assert tree({}, {}) == []
    assert folded(to_pandas(merged(frames({}), {}))) == []


def told(segments: list[Segment]) -> list[Any]:
    return [(one.names, one.name, one.events, one.ends, told(one.children)) for one in segments]


def test_calls_in_which_nothing_parts_are_one_segment() -> None:
    own = {"function": "f", "counted": True}
    stacks = {"a": ["memcpy", own, "run", "main"], "b": ["g", "other", "main"], "c": ["main"]}
    table = to_pandas(merged(frames(stacks), {"a": 2, "b": 2, "c": 1}))
    assert told(folded(table)) == [
        (["main"], "main", 5, 1, [(["other", "g"], "g", 2, 2, []), (["run", "f", "memcpy"], "f", 2, 2, [])])
    ]


STACKS = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3), st.lists(st.sampled_from("abcd"), max_size=6), max_size=8
)


@given(STACKS, st.data())
def test_every_event_is_counted_once_whatever_the_order(stacks: dict[str, list[Any]], data: st.DataObject) -> None:
    weights = {key: data.draw(st.integers(1, 9)) for key in stacks}
    share = data.draw(st.sampled_from([0, 0.1, 0.5]))
    rows = tree(stacks, weights, share=share, depth=4, width=3)
    total = sum(weight for key, weight in weights.items() if stacks[key])
    assert sum(row["events"] for row in rows if row["parent"] is None) == total
    for row in rows:
        inside = sum(other["events"] for other in rows if other["parent"] == row["node"])
        if row["kind"] == "call":
            assert row["events"] == row["ends"] + inside
            assert row["share"] >= share
        else:
            assert inside == row["ends"] == 0
    for row in rows:
        children = [other for other in rows if other["parent"] == row["node"]]
        assert len(children) <= 3 + 1
        assert len({(other["name"], other["kind"]) for other in children}) == len(children)
    turned = dict(reversed(stacks.items()))
    assert tree(turned, dict(reversed(weights.items())), share=share, depth=4, width=3) == rows


@given(STACKS)
def test_folding_loses_no_call_and_parts_wherever_it_goes_on(stacks: dict[str, list[Any]]) -> None:
    table = to_pandas(merged(frames(stacks), dict.fromkeys(stacks, 1), share=0))
    segments = folded(table)
    seen = []
    while segments:
        one = segments.pop()
        seen += one.names
        segments += one.children
        assert len(one.children) != 1 or one.ends > 0
        assert one.name in one.names
    assert sorted(seen) == sorted(table["name"])


def test_distinct_stacks_are_merged_in_linear_time() -> None:
    def make(many: int) -> tuple[pa.Table, dict[str, int]]:
        # The same shape for both sizes: a call more per stack, as in a service with many entry points.
        rng = random.Random(7)
        stacks = {f"{n:08x}": [f"f{rng.randrange(300)}" for _ in range(30)] + ["run", "main"] for n in range(many)}
        return frames(stacks), dict.fromkeys(stacks, 100)

    def work(given: tuple[pa.Table, dict[str, int]]) -> None:
        assert merged(*given)["events"][0].as_py() == 100 * len(given[1])

    grows_evenly(work, make, 1_250)

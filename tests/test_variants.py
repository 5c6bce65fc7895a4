"""The variants of an incident, and in what they differ."""

from __future__ import annotations

import random

import pandas as pd
import pyarrow as pa
import pytest

from tests.explained import case, trace
from triage.incidents.sides import EVENT
from triage.incidents.variants import Apart, apart, in_words, variants
from triage.tables import TABLES


def test_they_are_counted_whatever_the_order_of_events():
    rows = [
        {"event_id": f"e{at}", "variant_key": key, "error_type": kind, "ts": stamp and pd.Timestamp(stamp, tz="UTC")}
        for at, (key, kind, stamp) in enumerate(
            [("v1", "A", "2026-02-10"), ("v2", "B", None), ("v2", None, "2026-02-11"), ("v3", "C", "2026-02-12"),
             ("v1", "A", None), (None, "D", None)]
        )
    ]  # fmt: skip
    for seed in range(3):
        random.Random(seed).shuffle(rows)
        table = pa.Table.from_pylist(rows, schema=TABLES["events"].schema)
        found = variants(table)
        assert [(one.key, one.error_type, one.events) for one in found] == [
            ("v2", None, 2), ("v1", "A", 2), ("v3", "C", 1), ("", "D", 1),
        ]  # fmt: skip
        chosen = table.select(EVENT).take(pa.array([one.row for one in found]))
        assert chosen["event_id"].to_pylist() == ["e2", "e0", "e3", "e5"]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (trace("a", "b", "c", "e"), "frame 4 of those that count is e instead of d"),
        (trace("a", "b", "c"), "frame 4 of those that count, d, is missing"),
        (trace("a", "b", "c", "d", "e"), "frame 5 of those that count, e, is there too"),
        (trace("a", "b", "c", "c", "d"), ""),  # a recursion makes no variant
    ],
)
def test_they_say_in_what_they_differ(other, words):
    found = case(*[trace("a", "b", "c", "d")] * 2, other)
    (one,) = found.incidents()["incident_id"]
    told = found.explain(one).variants["differs"].fillna("").tolist()
    assert told == (["", words] if words else [""])


def test_a_type_is_named():
    found = case(trace("a"))
    side = found.explain(found.incidents()["incident_id"][0])._facts.side
    other = type(side)(
        side.incident_id, side.kind, side.event | {"error_type": None}, side.frames, side.names, side.used, side.cycle
    )
    assert apart(side, other) == Apart(typed=True)
    assert in_words(Apart(typed=True), side, other) == "the type is unknown"
    assert apart(side, side) == Apart(typed=False)

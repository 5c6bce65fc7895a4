"""The event and the stack that stand for an incident, raw and masked, and what parts two."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import triage
from tests.explained import SECRETS, planted
from triage.incidents import groups
from triage.incidents.sides import EVENT, Difference, Side, differences, in_words, masked, newest, side_of
from triage.share.redacted import RedactedCase
from triage.share.stack_pages import StackPages
from triage.stacks.explanation import COLUMNS
from triage.tables import TABLES


def side(kind="memory", names="f g", *, cycle=False, **event):
    """A side whose frames are all in the key."""
    calls = names.split()
    values = {"function": calls, "frame_kind": ["frame"] * len(calls), "counted": [True] * len(calls)}
    frames = {name: values.get(name, [None] * len(calls)) for name in ("idx", *COLUMNS)}
    rows = tuple(range(len(calls)))
    return Side("inc_x", kind, dict.fromkeys(EVENT) | event, frames, calls, rows, rows if cycle else ())


@pytest.mark.parametrize(
    ("left", "right", "found", "words"),
    [
        (side(), side(), [], []),
        (side(service="a"), side(), [Difference("service")], ["the service is a here and unknown there"]),
        (side(), side("abort"), [Difference("class")], ["the class is memory here and abort there"]),
        (
            side(error_type="SEGV"),
            side(error_type="SIGSEGV"),
            [Difference("type", splits=False)],
            ["the type is SEGV here and SIGSEGV there"],
        ),
        (side(names="f g"), side(names="f h"), [Difference("frame", 1)], ["frame 2 is g here instead of h there"]),
        (side(names="f g"), side(names="f"), [Difference("frame", 1)], ["frame 2 is g here, and there is none there"]),
        (
            side("stack overflow", "f", cycle=True),
            side("stack overflow", "g", cycle=True),
            [Difference("frame", 0)],
            ["frame of the cycle 1 is f here instead of g there"],
        ),
        (side(names=""), side(), [Difference("stack")], ["frames count there, and the message does here"]),
        (
            side("assertion", error_value="a < 7"),
            side("assertion", error_value="b < 7"),
            [Difference("message")],
            ["the message is a < {number} here and b < {number} there"],
        ),
        (
            side(error_value="a"),
            side(error_value="b"),
            [Difference("message", splits=False)],
            ["the message is a here and b there"],
        ),
    ],
)
def test_differences(left, right, found, words):
    assert differences(left, right) == found
    assert [in_words(one, left, right) for one in found] == words


def test_masked_sides_have_the_same_rows_and_other_words():
    case = planted()
    tables = case.raw.tables
    events, codes, ids = groups.members(tables)
    rows = events.select(EVENT).take(pa.array(newest(events, codes, len(ids)))).to_pylist()
    raw = [side_of(one, row, tables) for one, row in zip(ids, rows, strict=True)]
    shown = masked(raw, case._masked.masked)
    assert [(one.incident_id, one.used, one.frames["role"]) for one in shown] == [
        (one.incident_id, one.used, one.frames["role"]) for one in raw
    ]
    assert {one.names[0].split()[-1] for one in raw} == {"pay", "scan"}
    assert all(one.names[0].startswith("[email:") for one in shown)
    assert all(one.names[0].split()[1] in {"pay", "scan"} for one in shown)
    assert SECRETS["type"] in raw[0].title
    assert SECRETS["type"] not in shown[0].title
    # One value has one mask in all of them.
    assert len({one.names[0].split()[0] for one in shown}) == 1


def test_a_class_that_is_only_what_the_event_calls_itself_is_masked():
    odd = side("kind of ada@example.org", event_kind="kind of ada@example.org")
    (shown,) = masked([odd], lambda _, frame: frame.map(lambda _: "masked"))
    assert shown.kind == "masked"
    (known,) = masked([side("memory", event_kind="crash")], lambda _, frame: frame.map(lambda _: "masked"))
    assert known.kind == "memory"


def test_the_newest_event_stands_for_an_incident_whatever_the_order():
    stamps = [None, 5, 5, 9, None, None]
    rows = [
        {"event_id": f"e{at}", "ts": None if ts is None else pd.Timestamp(ts, unit="s", tz="UTC")}
        for at, ts in enumerate(stamps)
    ]
    codes = np.array([0, 0, 0, 1, 2, 2])
    for order in ([0, 1, 2, 3, 4, 5], [5, 2, 0, 1, 3, 4]):
        table = pa.Table.from_pylist([rows[at] for at in order], schema=TABLES["events"].schema)
        found = newest(table, codes[order], 3)
        assert table["event_id"].take(pa.array(found)).to_pylist() == ["e2", "e3", "e5"]


def test_the_root_of_a_chain_parts_incidents_and_is_masked():
    text = (
        'Traceback (most recent call last):\n  File "/srv/a.py", line 1, in {inner}\n    x()\nKeyError: 1\n\n'
        "The above exception was the direct cause of the following exception:\n\n"
        'Traceback (most recent call last):\n  File "/srv/b.py", line 9, in outer\n    y()\nRuntimeError: failed\n'
    )
    case = triage.load([text.format(inner=name).encode() for name in ("price", "total")])
    tables = case.raw.tables
    events, codes, ids = groups.members(tables)
    rows = events.select(EVENT).take(pa.array(newest(events, codes, len(ids)))).to_pylist()
    left, right = (side_of(one, row, tables) for one, row in zip(ids, rows, strict=True))
    assert {left.cause, right.cause} == {("KeyError", "price"), ("KeyError", "total")}
    assert left.exact
    assert [one.what for one in differences(left, right)] == ["root cause"]
    assert "the root cause is KeyError in" in in_words(differences(left, right)[0], left, right)
    (shown,) = masked([left], lambda _, frame: frame.map(lambda _: "masked"))
    assert shown.cause == ("masked", "masked")


def test_what_counts_of_a_chain_is_told_as_the_key_takes_it():
    names = ("price", "total", "cart"), ("pay", "checkout", "serve")
    inner, outer = (
        "".join(f'  File "/srv/a.py", line 1, in {name}\n    x()\n' for name in reversed(one)) for one in names
    )
    text = (
        f"Traceback (most recent call last):\n{inner}KeyError: 1\n\n"
        "The above exception was the direct cause of the following exception:\n\n"
        f"Traceback (most recent call last):\n{outer}RuntimeError: failed\n"
    )
    case = triage.loads(text.encode())
    (incident,) = case.incidents()["incident_id"]
    told = case.explain(incident).frame
    assert told["name"].tolist() == [*names[1]]
    assert told["in_key"].tolist() == [True, False, False]
    assert told["reason"].tolist()[1].startswith("would count, but two frames of the root cause do")
    key = dict(case.explain(incident).key.itertuples(index=False))
    assert (key["cause"], key["cause frame"], key["frame 1"]) == ("KeyError", "price | total", "pay")
    pages = StackPages(RedactedCase.lazy(case))
    head = pages.head(incident)
    counts = [[cell.counted for cell in pages.frames(head.event_id, stack.number)] for stack in head.stacks]
    assert counts == [[True, False, False], [True, True, False]]
    why = [cell.why for cell in pages.frames(head.event_id, 1)]
    assert why[:2] == [f"counts: frame {at} of what the error came from" for at in (1, 2)]

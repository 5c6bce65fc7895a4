"""Which incidents are near, and in which order."""

from __future__ import annotations

import pyarrow as pa

from triage.incidents.neighbours import Near, nearest
from triage.tables import TABLES


def frames(**stacks):
    rows = [
        {"stack_key": key, "idx": at, "function": name, "counted": True}
        for key, names in stacks.items()
        for at, name in enumerate(names.split())
    ]
    return pa.Table.from_pylist(rows, schema=TABLES["frames"].schema)


def events(*rows):
    columns = ("group_key", "family_key", "stack_key")
    return pa.Table.from_pylist([dict(zip(columns, row, strict=True)) for row in rows], schema=TABLES["events"].schema)


EVENTS = events(("g1", "f1", "s1"), ("g2", "f1", "s2"), ("g3", "f3", "s3"), ("g1", "f1", "s1"), ("g4", "f4", None))
FRAMES = frames(s1="parse read main", s2="parse scan", s3="read main")
IDS = ["inc_0", "inc_1", "inc_2", "inc_3", "inc_4"]


def test_the_same_key_comes_first_then_the_family_then_frames_in_common():
    found = nearest(EVENTS, IDS, FRAMES, 0, ["parse", "read", "main"])
    assert found == [Near(3, True, True, (0, 1, 2)), Near(1, False, True, (0,)), Near(2, False, False, (1, 2))]
    assert [one.why(["parse", "[mask]", "main"]) for one in found] == [
        "the same key",
        "the same family, 1 frame of the key in common (parse)",
        "2 frames of the key in common ([mask], main)",
    ]


def test_an_incident_without_anything_in_common_has_none_near():
    assert nearest(EVENTS, IDS, FRAMES, 4, []) == []


def test_only_so_many_and_the_same_ones_in_any_order():
    many = events(*((f"g{n}", "f", None) for n in range(20)))
    ids = [f"inc_{n:02}" for n in range(20)]
    found = nearest(many, ids, FRAMES, 7, [], top=3)
    assert [ids[one.number] for one in found] == ["inc_00", "inc_01", "inc_02"]


def test_missing_keys_are_not_equal():
    none = events((None, None, None), (None, None, None))
    assert nearest(none, ["inc_0", "inc_1"], FRAMES, 0, []) == []

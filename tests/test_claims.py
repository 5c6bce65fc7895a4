"""Ids that an archive brings along."""

import pyarrow as pa

from triage.claims import follow

FILES = pa.table({"source_id": ["s1", "s2"], "container_id": ["c", None], "path": ["a", "a"]})


def events(*sources):
    return pa.table({"source_id": list(sources)})


def followed(claims, sources, ids, repeated=None):
    marks = pa.array(repeated or [False] * len(ids), pa.bool_())
    return follow(claims, FILES, events(*sources), pa.array(ids), marks)


def test_a_claim_names_the_events_of_its_member_in_order():
    named = followed({("c", "a"): [("x", "k"), (None, None)]}, ["s1", "s2", "s1"], ["1", "2", "3"])
    assert named.ids.to_pylist() == ["x", "2", "3"]
    assert named.keys.to_pylist() == ["k", None, None]
    assert named.repeated.to_pylist() == [False] * 3


def test_repeats_are_not_counted_and_follow_their_first():
    named = followed({("c", "a"): [("x", None)]}, ["s1", "s1", "s2"], ["1", "1", "1"], [False, True, True])
    assert named.ids.to_pylist() == ["x", "x", "x"]
    assert named.repeated.to_pylist() == [False, True, True]


def test_events_that_get_one_id_are_one_event():
    named = followed({("c", "a"): [("2", None)]}, ["s2", "s1"], ["2", "1"])
    assert named.ids.to_pylist() == ["2", "2"]
    assert named.repeated.to_pylist() == [False, True]


def test_another_number_of_events_is_told_and_nothing_followed():
    named = followed({("c", "a"): [("x", None)] * 3}, ["s1"], ["1"])
    assert named.ids.to_pylist() == ["1"]
    assert named.told == {
        "s1": "the manifest of its archive tells the ids of 3 events, 1 were read; they have other ids here"
    }

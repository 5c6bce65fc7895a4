"""Decisions hold where another version of the grouping or other rules part and join what they were about."""

import re

import pytest

import triage
from tests.deciding import (
    EVENTS,
    Desk,
    aged,
    clock,
    event,
    held,
    incident_of,
    load,
    name,
    numbers,
    regrouped,
    store,
    write,
)
from triage import journal as journals
from triage.journal import Journal, Subject


def test_a_new_version_of_the_grouping_finds_the_incidents_by_their_events(desk):
    desk.case.merge([desk.of(1), desk.of(3)])
    desk.case.ignore(desk.of(4))
    write(desk.journal.path, map(aged, Journal(desk.journal.path).entries()))
    case = desk.again([*EVENTS, event(5, function="render")])
    assert numbers(case) == [[1, 2, 3, 5], [4]]
    assert desk.status(4) == "ignored"
    assert set(case.journal()["effect"]) == {"applied"}
    # The merged incident keeps the name that it was given.
    assert desk.of(1).startswith("inc_00000000")


def test_a_split_of_another_version_is_told_by_the_anchors_of_its_sides(tmp_path):
    here = [event(number, message=f"order {number % 2} lost") for number in range(1, 7)]
    desk = Desk(tmp_path, here)
    desk.case.split(desk.of(1), "message_slot")
    write(desk.journal.path, map(aged, Journal(desk.journal.path).entries()))
    case = desk.again([*here, event(7, message="order 1 lost"), event(8, message="order 8 lost")])
    assert numbers(case) == [[1, 3, 5, 7], [2, 4, 6], [8]]
    assert all(incident_of(case, number).startswith("inc_00000000") for number in (1, 2))


def test_a_decision_holds_in_every_part_of_an_incident_that_the_grouping_has_parted(desk):
    subject = Subject(incident_id="inc_gone", algo_version=1, events=(name(1), name(2), name(3)))
    write(desk.journal.path, [journals._sealed({"what": "resolve", "when": "2026-03-01", "subjects": (subject,)})])
    case = desk.again()
    assert (desk.status(1), desk.status(3), desk.status(4)) == ("resolved", "resolved", "open")
    assert case.journal()["told"].tolist() == ["the grouping has changed: 2 incidents found by events that it names"]


PARTED = [
    *(event(number, message=f"order {number}") for number in range(1, 5)),
    *(event(number, function="render", message=f"order {number}") for number in range(5, 8)),
]


FIRST = {"function": "parse", "message": "*order 1*"}


REST = {"function": "parse"}


@pytest.mark.parametrize("rules", [[FIRST], [FIRST, REST], [{"function": "parse", "message": "*order 2*"}]])
def test_a_merge_keeps_what_it_names_where_the_grouping_parts_it(tmp_path, rules):
    desk = Desk(tmp_path, PARTED)
    merged = desk.case.merge([desk.of(1), desk.of(5)], "one bug")
    case = regrouped(desk, *rules)
    assert held(case) == {merged: [1, 2, 3, 4, 5, 6, 7]}
    (row,) = case.journal().to_dict("records")
    assert (row["effect"], list(row["incident_ids"])) == ("applied", [merged])
    assert row["told"].startswith("the grouping has changed: ")
    # What comes later with the new key follows.
    later = event(8, message="order 1", at="2026-04-01T00:00:00Z")
    store(tmp_path / "in", [*PARTED, later])
    assert list(held(regrouped(desk, *rules)).values()) == [[1, 2, 3, 4, 5, 6, 7, 8]]


@pytest.mark.parametrize("rules", [[FIRST], [FIRST, REST]])
def test_a_state_a_note_and_a_split_hold_where_the_grouping_parts_the_incident(tmp_path, rules):
    desk = Desk(tmp_path, PARTED)
    desk.case.ignore(desk.of(1))
    desk.case.note(desk.of(1), "noise")
    case = regrouped(desk, *rules)
    assert [desk.status(number) for number in (1, 2, 5)] == ["ignored", "ignored", "open"]
    assert [len(ids) for ids in case.journal()["incident_ids"]] == [2, 2]
    desk.journal.path.unlink()
    desk.case = load(desk.store, desk.journal)
    desk.case.split(desk.of(1), events=[name(1), name(2)])
    together = desk.of(1)
    assert held(regrouped(desk, *rules))[together] == [1, 2]


def test_of_another_incident_that_took_some_events_in_only_these_are_meant(tmp_path):
    desk = Desk(tmp_path, [*PARTED, *(event(number, function="paint", message="order 9") for number in range(8, 12))])
    one, other, third = desk.of(1), desk.of(5), desk.of(8)
    desk.case.ignore(one)
    merged = desk.case.merge([one, other])
    (desk.folder / "other.toml").write_text(
        '[[stacks.fingerprint]]\nwhen = { message = "*order 1" }\nfingerprint = ["both"]\n'
        '[[stacks.fingerprint]]\nwhen = { message = "*order 9" }\nfingerprint = ["both"]\n'
    )
    case = triage.load(desk.store, journal=desk.journal, config=desk.folder / "other.toml")
    assert third not in held(case)
    found = held(case)
    assert found.pop(merged) == [1, 2, 3, 4, 5, 6, 7]
    assert list(found.values()) == [[8, 9, 10, 11]]
    desk.case = case
    assert (desk.status(1), desk.status(8)) == ("ignored", "open")
    told = case.journal()["told"].tolist()
    assert re.fullmatch("not applied to inc_[0-9a-f]+, which has taken in 1 event that it names", told[0])
    assert re.fullmatch("out of inc_[0-9a-f]+ taken back 1 event that it names", told[1])


def test_what_was_one_only_by_a_merge_that_was_taken_back_is_not_looked_for(tmp_path):
    desk = Desk(tmp_path, PARTED)
    merged = desk.case.merge([desk.of(1), desk.of(5)])
    desk.case.resolve(merged)
    desk.case.undo(desk.case.journal()["entry_id"].iloc[0])
    assert sorted((desk.status(1), desk.status(5))) == ["open", "resolved"]
    assert sorted(numbers(desk.case)) == [[1, 2, 3, 4], [5, 6, 7]]
    (other,) = {desk.of(1), desk.of(5)} - {merged}
    told = desk.case.journal().set_index("what").loc["resolve"]
    assert told["effect"] == "applied"
    assert told["told"] == f"not applied to {other}: part of it only by a merge or pin that was taken back"


def test_the_second_of_two_same_merges_says_that_they_were_one(desk):
    ids = [desk.of(1), desk.of(3)]
    bob = Journal(desk.folder / "bob", who="Bob", when=clock(30))
    triage.load(desk.store, journal=bob).merge(ids)
    desk.case.merge(ids)
    desk.journal.path.write_bytes(bob.path.read_bytes() + desk.journal.path.read_bytes())
    told = desk.again().journal()
    assert told["effect"].tolist() == ["applied", "applied"]
    assert told["told"].fillna("").tolist() == ["", "they were one already"]


def test_what_is_not_in_the_case_waits(desk):
    desk.case.resolve(desk.of(4))
    desk.case.pin([name(4)], desk.of(3))
    case = desk.again([event(1)], "elsewhere")
    assert case.journal()[["effect"]].to_numpy().tolist() == [["waiting"], ["waiting"]]
    assert numbers(case) == [[1]]


def test_what_was_said_of_an_incident_that_was_taken_back_does_not_hold(tmp_path):
    desk = Desk(tmp_path, [event(1, message="order 1"), event(2, message="order 2")])
    one = desk.of(1)
    desk.case.split(one, "message_slot")
    desk.case.resolve(desk.of(2))
    assert (desk.status(1), desk.status(2)) == ("open", "resolved")
    assert desk.case.undo(desk.case.journal()["entry_id"].iloc[0]) == [one]
    assert desk.status(1) == "open"
    assert desk.case.journal()["effect"].tolist() == ["overridden", "overridden", "applied"]


WAYS_IN = [event(n, function=("web", "batch")[n % 2], inner=["run", "total", "log"]) for n in range(1, 11)]
LATER = [event(n, function=("web", "batch")[n % 2], inner=["run", "total", "log"]) for n in range(11, 21)]
EVEN, ODD = list(range(2, 21, 2)), list(range(1, 21, 2))


def ruled(desk, text, events):
    """The case of these events under settings."""
    (desk.folder / "other.toml").write_text(text)
    store(desk.folder / "in", events)
    desk.case = triage.load(desk.store, journal=desk.journal, config=desk.folder / "other.toml")
    return desk.case


@pytest.mark.parametrize("ignored", ["log", "total"])
def test_a_split_by_frame_is_told_by_the_frame_that_its_anchors_have_now(tmp_path, ignored):
    desk = Desk(tmp_path, WAYS_IN)
    desk.case.split(desk.of(1), "frame")
    web = desk.of(2)
    desk.case.ignore(web)
    case = ruled(desk, f'[stacks]\nignore = ["{ignored}"]\n', [*WAYS_IN, *LATER])
    assert numbers(case) == [ODD, EVEN]
    assert (desk.of(12), desk.status(12), desk.status(11)) == (web, "ignored", "open")
    assert case.journal()["told"].iloc[0].endswith("told by frame 3 now")


def test_what_no_value_tells_goes_where_the_grouping_has_it_or_stays_and_is_told_of(tmp_path):
    desk = Desk(tmp_path, WAYS_IN)
    desk.case.split(desk.of(1), "frame")
    desk.case.ignore(desk.of(2))
    # No name is left by which the two are told apart; nothing but their anchors says on which side events are.
    case = ruled(desk, '[stacks]\nignore = ["web", "batch"]\n', [*WAYS_IN, *LATER])
    assert numbers(case) == [[1, 3, 5, 7, 9], [2, 4, 6, 8, 10], list(range(11, 21))]
    assert [desk.status(number) for number in (1, 2, 11, 12)] == ["open", "ignored", "open", "open"]
    told = case.journal()["told"].iloc[0]
    assert told == "nothing tells the side of 10 events, left where the grouping has them"
    # Where the keys part what the names no longer do, they go with the anchors.
    lines = ['[stacks]\nignore = ["web", "batch"]\n']
    lines += [
        f'[[stacks.fingerprint]]\nwhen = {{ function = "{each}" }}\nfingerprint = ["{each}"]\n'
        for each in ("web", "batch")
    ]
    assert numbers(ruled(desk, "".join(lines), [*WAYS_IN, *LATER])) == [ODD, EVEN]


def test_a_side_that_was_carved_takes_nothing_that_its_value_no_longer_tells(tmp_path):
    desk = Desk(tmp_path, WAYS_IN)
    desk.case.split(desk.of(1), "frame", events=[name(number) for number in EVEN[:5]])
    desk.case.ignore(desk.of(2))
    case = ruled(desk, '[stacks]\nignore = ["log"]\n', [*WAYS_IN, *LATER])
    assert numbers(case) == [ODD, EVEN]
    case = ruled(desk, '[stacks]\nignore = ["web", "batch"]\n', [*WAYS_IN, *LATER])
    assert numbers(case) == [sorted({*ODD, *range(11, 21)}), EVEN[:5]]
    assert "nothing tells the side of " in case.journal()["told"].iloc[0]


DEEP = [event(n, function=("web", "batch")[n % 2], inner=["go", "run", "total", "log"]) for n in range(1, 11)]


def test_without_its_anchors_a_split_by_frame_is_told_by_the_values_that_it_lists(tmp_path):
    desk = Desk(tmp_path, DEEP)
    desk.case.split(desk.of(1), "frame")
    web = desk.of(2)
    desk.case.ignore(web)
    later = [event(n, function=("web", "batch")[n % 2], inner=["go", "run", "total", "log"]) for n in range(11, 21)]
    # What is ignored lies behind the frames of the key, and before the one that tells.
    case = ruled(desk, '[stacks]\nignore = ["go"]\n', later)
    assert numbers(case) == [ODD[5:], EVEN[5:]]
    assert (desk.of(12), desk.status(12), desk.status(11)) == (web, "ignored", "open")


SHARDS = [event(number, message=f"shard {number % 2} is away") for number in range(1, 9)]


def test_a_variable_part_is_known_by_the_words_around_it(tmp_path):
    desk = Desk(tmp_path, SHARDS)
    desk.case.split(desk.of(1), "message_slot")
    reworded = [event(n, message=f"attempt {n}: shard {n % 2} is away") for n in range(9, 21)]
    case = desk.again([*SHARDS, *reworded])
    assert numbers(case) == [ODD, EVEN]
    assert case.journal()["told"].isna().all()
    case = desk.again([*SHARDS, *reworded, event(21, message="shard 7 is away")])
    assert numbers(case) == [ODD, EVEN, [21]]


def test_messages_of_another_wording_stay_and_are_told_of(tmp_path):
    desk = Desk(tmp_path, SHARDS)
    one = desk.of(1)
    desk.case.split(one, "message_slot")
    others = [event(n, message=f"replica {n} of the cluster is gone") for n in range(9, 21)]
    case = desk.again([*SHARDS, *others])
    assert held(case)[one] == list(range(9, 21))
    told = case.journal()["told"].tolist()
    assert told == ["the message has another wording in 12 events, left where the grouping has them"]
    # What an older version wrote says nothing of the words; the anchors do.
    write(desk.journal.path, [journals._sealed(plain(entry)) for entry in Journal(desk.journal.path).entries()])
    assert held(desk.again())[one] == list(range(9, 21))


def plain(entry):
    fields = {key: getattr(entry, key) for key in entry.__struct_fields__}
    return fields | {"around": (), "id": "", "parents": ()}


def test_where_everything_stands_around_a_part_its_place_alone_tells(tmp_path):
    letters = [chr(97 + n // 26) + chr(97 + n % 26) for n in range(80)]
    many = [event(n, message=f"{word} {n % 2} lost") for n, word in enumerate(letters, 1)]
    desk = Desk(tmp_path, many)
    desk.case.split(desk.of(1), "message_slot")
    (entry,) = desk.journal.entries()
    assert entry.around == ("*",)
    case = desk.again([*many, event(81, message="zz 1 lost"), event(82, message="zz 0 lost")])
    assert numbers(case) == [list(range(1, 82, 2)), list(range(2, 83, 2))]

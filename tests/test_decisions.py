"""Decisions on the events of cases: they win, they last, and they say the same in any order."""

import json
import re
import shutil

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import triage
from tests.deciding import EVENTS, Desk, clock, event, held, incident_of, journal, load, name, store
from triage import journal as journals
from triage import journal_lines
from triage.errors import JournalError, TriageError
from triage.incidents import groups, predicates
from triage.incidents.anchors import Anchors
from triage.incidents.decisions import TOKEN, Decisions, token
from triage.journal import Entry, Journal, Side, Subject
from triage.share.redacted import RedactedCase
from triage.stacks.keys import ALGO_VERSION
from triage.tables import to_pandas


@pytest.fixture
def desk(tmp_path):
    """A store of three incidents (1 and 2; 3; 4) and its journal."""
    return Desk(tmp_path)


def numbers(case):
    return sorted(held(case).values())


def test_a_merge_holds_at_once_and_after_loading_again_and_later_events_follow(desk):
    first, other = desk.of(1), desk.of(3)
    assert desk.case.merge([other, first], "one bug") == first
    assert held(desk.case)[first] == [1, 2, 3]
    row = desk.case.incidents().set_index("incident_id").loc[first]
    assert (row["count"], row["first_seen"].isoformat()) == (3, "2026-02-10T09:00:00+00:00")
    later = [*EVENTS, event(5, function="render", at="2026-02-11T09:00:00Z")]
    assert held(desk.again(later))[first] == [1, 2, 3, 5]
    assert desk.case.journal()[["what", "why", "effect"]].to_numpy().tolist() == [["merge", "one bug", "applied"]]
    assert len(desk.case.events(first)) == len(desk.case.stacks(first)) == 4


def test_a_merge_holds_where_only_one_of_its_incidents_is(desk):
    first = desk.case.merge([desk.of(1), desk.of(3)])
    case = desk.again([event(7, function="render")], "elsewhere")
    assert held(case) == {first: [7]}
    assert case.journal()["told"].tolist() == ["only one of its incidents is in this case"]


def test_the_id_of_a_merge_does_not_depend_on_the_order_of_its_incidents(tmp_path):
    found = []
    for place, turn in (("a", 1), ("b", -1)):
        desk = Desk(tmp_path / place)
        found.append(desk.case.merge([desk.of(1), desk.of(3), desk.of(4)][::turn]))
    assert found[0] == found[1]


def test_decisions_last_in_a_moved_input(desk):
    first = desk.case.merge([desk.of(1), desk.of(3)])
    desk.case.resolve(first)
    shutil.move(desk.store, desk.folder / "moved")
    assert held(desk.again(folder="moved"))[first] == [1, 2, 3]
    assert desk.status(1) == "resolved"


def test_a_merge_is_taken_back_and_that_lasts(desk):
    before = held(desk.case)
    desk.case.merge([desk.of(1), desk.of(3)])
    (entry,) = desk.case.journal()["entry_id"]
    assert desk.case.undo(entry, "two bugs") == sorted([desk.of(1), desk.of(3)])
    assert held(desk.case) == before
    assert numbers(desk.again([*EVENTS, event(5, function="render")])) == [[1, 2], [3, 5], [4]]
    assert desk.effects() == {"merge": "overridden", "revoke": "applied"}
    # And the undoing is undone.
    assert desk.case.undo(desk.case.journal()["entry_id"].iloc[-1]) == [desk.of(1)]
    assert numbers(desk.case) == [[1, 2, 3, 5], [4]]
    assert desk.case.journal()["effect"].tolist() == ["applied", "overridden", "applied"]


def test_a_merge_is_taken_back_by_a_split_and_that_lasts(desk):
    merged = desk.case.merge([desk.of(1), desk.of(3)])
    sides = desk.case.split(merged, "variant", "two bugs")
    assert sides == sorted([desk.of(1), desk.of(3)])
    assert merged not in sides
    assert numbers(desk.again([*EVENTS, event(5, function="render")])) == [[1, 2], [3, 5], [4]]
    assert sorted([desk.of(1), desk.of(5)]) == sides
    assert desk.effects() == {"merge": "overridden", "split": "applied"}


@pytest.mark.parametrize(
    ("by", "here", "later"),
    [
        (
            "message_slot",
            [event(1, message="order 1 lost"), event(2, message="order 2 lost"), event(3, message="order 1 lost")],
            [event(4, message="order 2 lost"), event(5, message="order 3 lost"), event(6, message="order 1 lost")],
        ),
        (
            "service",
            [event(1), event(2, service="web"), event(3)],
            [event(4, service="web"), event(5, service="batch"), event(6)],
        ),
        (
            "frame",
            [event(1, inner=list("abc")), event(2, function="render", inner=list("abc")), event(3, inner=list("abc"))],
            [
                event(4, function="render", inner=list("abc")),
                event(5, function="paint", inner=list("abc")),
                event(6, inner=list("abc")),
            ],
        ),
        (
            "variant",
            [event(1, inner=list("abc")), event(2, function="render", inner=list("abc")), event(3, inner=list("abc"))],
            [
                event(4, function="render", inner=list("abc")),
                event(5, function="paint", inner=list("abc")),
                event(6, inner=list("abc")),
            ],
        ),
    ],
)
def test_later_events_obey_a_split(tmp_path, by, here, later):
    desk = Desk(tmp_path, here)
    one = desk.of(1)
    if by == "service":
        one = desk.case.merge([desk.of(1), desk.of(2)])
    assert held(desk.case) == {one: [1, 2, 3]}
    sides = desk.case.split(one, by)
    assert numbers(desk.case) == [[1, 3], [2]]
    assert sides == sorted(held(desk.case))
    if by == "service":  # an event of a third service was never part of it
        later = [later[0], later[2]]
    case = desk.again([*here, *later])
    found = {incident_of(case, number): None for number in (1, 2)}
    assert sorted(found) == sides
    assert incident_of(case, 1) == incident_of(case, 6)
    assert incident_of(case, 2) == incident_of(case, 4)
    if by != "service":
        assert held(case)[incident_of(case, 5)] == [5]
    # The side of a value is the same incident wherever it turns up.
    fresh = desk.again([later[0] if by != "service" else event(8, service="web")], "fresh")
    assert list(held(fresh)) == [incident_of(case, 2)]


def test_where_nothing_tells_the_sides_apart_the_events_named_are_pinned_and_the_entry_says_so(desk):
    one = desk.of(1)
    with pytest.raises(JournalError, match=r"nothing tells .* apart by variant; name those that part: events="):
        desk.case.split(one, "variant")
    left, right = desk.case.split(one, events=[name(2)], reason="another user"), held(desk.case)
    assert sorted(left) == sorted([one, desk.of(2)])
    assert right[one] == [1]
    (entry,) = Journal(desk.journal.path).entries()
    assert (entry.what, entry.by, entry.events) == ("split", "events", (name(2),))
    assert entry.sides[0].label == "1 event that nothing tells from the others"
    case = desk.again([*EVENTS, event(5)])
    assert held(case)[one] == [1, 5]


def test_named_events_part_by_what_tells_them_from_the_others(tmp_path):
    messages = {1: "order 1 of 7 lost", 2: "order 2 of 7 lost", 3: "order 2 of 8 lost", 4: "order 1 of 8 lost"}
    desk = Desk(tmp_path, [event(number, message=text) for number, text in messages.items()])
    one = desk.of(1)
    desk.case.split(one, events=[name(3), name(4)])
    (entry,) = Journal(desk.journal.path).entries()
    assert (entry.by, entry.slot, entry.carve, entry.sides[0].label) == ("message_slot", 1, True, "8")
    later = [event(5, message="order 9 of 8 lost"), event(6, message="order 9 of 9 lost")]
    case = desk.again([*(event(number, message=text) for number, text in messages.items()), *later])
    assert held(case)[one] == [1, 2, 6]
    assert numbers(case) == [[1, 2, 6], [3, 4, 5]]


def test_a_pin_wins_over_keys_and_over_a_split(tmp_path):
    here = [event(1, message="order 1 lost"), event(2, message="order 2 lost"), event(3, message="order 2 lost")]
    desk = Desk(tmp_path, [*here, event(4, function="render")])
    desk.case.split(desk.of(1), "message_slot")
    one = desk.of(1)
    assert desk.case.pin([name(2), name(4)], one, "the same after all") == one
    assert numbers(desk.case) == [[1, 2, 4], [3]]
    case = desk.again([*here, event(4, function="render"), event(5, function="render"), event(6, message="order 2 x")])
    assert held(case)[one] == [1, 2, 4]
    assert desk.effects() == {"split": "applied", "pin": "applied"}
    # Whatever becomes of the incident that it was taken from.
    case.merge([incident_of(case, 3), incident_of(case, 5)])
    assert held(case)[one] == [1, 2, 4]


def test_states_and_their_effects(desk):
    one = desk.of(1)
    assert desk.case.resolve(one, "fixed in 1.2") == one
    assert desk.status(1) == "resolved"
    assert desk.case.reopen(one) == one
    assert desk.status(1) == "open"
    assert desk.case.ignore(one, "a test machine") == one
    assert desk.case.note(one, "seen in March too") == one
    assert desk.status(1) == "ignored"
    assert desk.status(3) == "open"
    effects = desk.case.journal()["effect"].tolist()
    assert effects == ["overridden", "overridden", "applied", "applied"]
    desk.again([*EVENTS, event(5, at="2026-05-01T00:00:00Z")])
    assert desk.status(5) == "ignored"


def test_an_event_after_the_resolution_makes_it_regressed_and_old_ones_that_come_late_do_not(desk):
    desk.case.resolve(desk.of(1))  # at noon of 2026-03-01
    late = [event(5, at="2026-02-28T23:00:00Z"), event(6, at="2025-12-31T00:00:00Z")]
    desk.again([*EVENTS, *late])
    assert desk.status(5) == "resolved"
    new = [event(7, at="2026-03-03T08:00:00Z"), event(8, at="2026-03-02T08:00:00Z")]
    case = desk.again([*EVENTS, *late, *new])
    row = case.incidents().set_index("incident_id").loc[desk.of(7)]
    assert (row["status"], row["regressed_at"].isoformat()) == ("regressed", "2026-03-02T08:00:00+00:00")
    assert case.incidents()["regressed_at"].notna().sum() == 1
    # As of a time before the new event it was resolved, and before the resolution open.
    states = {
        as_of: case.incidents(as_of=as_of).set_index("incident_id").loc[desk.of(7), "status"]
        for as_of in ("2026-02-11", "2026-03-01T18:00:00Z", "2026-03-02T09:00:00Z")
    }
    assert list(states.values()) == ["open", "resolved", "regressed"]


def test_an_event_of_the_future_that_was_known_does_not_regress(tmp_path):
    wrong_clock = [event(1), event(2, at="2038-01-19T00:00:00Z")]
    desk = Desk(tmp_path, wrong_clock)
    desk.case.resolve(desk.of(1))
    assert desk.status(1) == "resolved"
    desk.again([*wrong_clock, event(3, at="2026-04-01T00:00:00Z")])
    assert desk.status(1) == "regressed"
    assert desk.case.incidents()["regressed_at"].iloc[0].isoformat() == "2026-04-01T00:00:00+00:00"
    desk.case.resolve(desk.of(1))
    assert desk.status(1) == "resolved"


def test_merged_incidents_share_the_last_state_and_sides_inherit_it(desk):
    desk.case.resolve(desk.of(3))
    merged = desk.case.merge([desk.of(1), desk.of(3)])
    assert desk.status(1) == "resolved"
    desk.case.split(merged, "variant")
    assert (desk.status(1), desk.status(3), desk.status(4)) == ("resolved", "resolved", "open")
    desk.case.reopen(desk.of(3))
    assert (desk.status(1), desk.status(3)) == ("resolved", "open")


def test_people_win_over_the_writers_own_state(samples):
    case = triage.load(samples / "debugbundle" / "store", journal=Journal(None))
    written = case.incidents().set_index("incident_id")["status"]
    resolved = written[written == "resolved"].index[0]
    entry = Entry(id="dec_1", what="reopen", when="2026-03-01T12:00:00Z", subjects=(Subject(incident_id=resolved),))
    frame = to_pandas(groups.build(case.raw.tables, decider=Decisions([entry]))).set_index("incident_id")
    assert frame.loc[resolved, "status"] == "open"
    assert (frame["status"] == "resolved").sum() == (written == "resolved").sum() - 1


def aged(entry, version=1):
    """An entry as an earlier version of the grouping would have left it: other keys, other ids, the same anchors."""

    def old(incident):
        return f"inc_{'0' * 8}{incident[-8:]}"

    subjects = tuple(
        Subject(incident_id=old(each.incident_id), group_key="0" * 16, algo_version=version, events=each.events)
        for each in entry.subjects
    )
    sides = tuple(
        Side(incident_id=old(each.incident_id), values=("val_0" + each.values[0][-8:],), events=each.events)
        for each in entry.sides
    )
    fields = {key: getattr(entry, key) for key in entry.__struct_fields__} | {"subjects": subjects, "sides": sides}
    fields |= {"into": old(entry.into) if entry.into else "", "id": "", "parents": ()}
    return journals._sealed(fields)


def write(path, entries):
    path.write_bytes(b"".join(journals._line(entry) for entry in entries))


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


def regrouped(desk, *rules):
    """The case loaded with other keys: what another version of the grouping would give."""
    lines = []
    for number, when in enumerate(rules):
        fields = ", ".join(f"{field} = {json.dumps(pattern)}" for field, pattern in when.items())
        lines += ["[[stacks.fingerprint]]", f"when = {{ {fields} }}", f'fingerprint = ["other {number}"]']
    (desk.folder / "other.toml").write_text("\n".join(lines))
    desk.case = triage.load(desk.store, journal=desk.journal, config=desk.folder / "other.toml")
    return desk.case


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
    assert (desk.status(1), desk.status(5)) == ("resolved", "open")
    assert numbers(desk.case) == [[1, 2, 3, 4], [5, 6, 7]]


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


def test_decisions_hold_in_what_is_shown_redacted_and_reviewed(desk):
    merged = desk.case.merge([desk.of(1), desk.of(3)], "one bug")
    desk.case.split(merged, "variant")
    desk.case.resolve(desk.of(3), "fixed in 1.2")
    wanted = held(desk.case), desk.case.incidents()[["incident_id", "status"]].to_numpy().tolist()
    redacted = desk.case.redact()
    for masked in (redacted, RedactedCase.lazy(desk.case)):
        assert (held(masked), masked.incidents()[["incident_id", "status"]].to_numpy().tolist()) == wanted
        assert masked.journal()[["what", "effect"]].equals(desk.case.journal()[["what", "effect"]])
    archive = redacted.approve(by="Ada", when="2026-03-01").bytes
    again = triage.load(archive, journal=desk.journal.path)
    assert (held(again), again.incidents()[["incident_id", "status"]].to_numpy().tolist()) == wanted
    # A masked copy stays as it was reviewed.
    desk.case.reopen(desk.of(3))
    assert redacted.incidents()[["incident_id", "status"]].to_numpy().tolist() == wanted[1]
    redacted.close()


def test_decisions_hold_where_the_masks_change_what_tells_the_sides_apart(tmp_path):
    users = {1: "ada@example.org", 2: "bob@example.org", 3: "ada@example.org"}
    desk = Desk(tmp_path, [event(number, message=f"no mail for {user}") for number, user in users.items()])
    sides = desk.case.split(desk.of(1), "message_slot")
    wanted = held(desk.case)
    assert sorted(wanted.values()) == [[1, 3], [2]]
    redacted = desk.case.redact()
    assert held(redacted) == wanted
    again = triage.load(redacted.approve(by="Ada", when="2026-03-01").bytes, journal=desk.journal.path)
    assert "ada@example.org" not in again.events()["error_value"].str.cat()
    assert held(again) == wanted
    assert sides == sorted(wanted)
    redacted.close()


def test_one_incident_redacted_is_the_merged_one(desk):
    merged = desk.case.merge([desk.of(1), desk.of(3)])
    redacted = desk.case.redact(incident=merged)
    assert held(redacted) == {merged: [1, 2, 3]}
    redacted.close()


SECRET = "AKIA" + "QYLPMN5HHHFPZAM2"


@pytest.mark.parametrize(
    ("decide", "kind"),
    [
        (lambda case, ids: case.resolve(ids[0], "mail ada@example.org"), "email at characters 6 to 20"),
        (lambda case, ids: case.note(ids[0], f"key {SECRET}"), "at characters 5 to 24"),
        (lambda case, ids: case.merge(ids, "password=hunter2-not-real"), "password at characters 10 to 25"),
        (lambda case, ids: case.pin([name(1)], ids[0], "see 10.1.2.3"), "ipv4"),
        (lambda case, ids: case.split(ids[0], events=[name(1)], reason="ada@example.org"), "email"),
        (lambda case, _: case.undo("dec_none", "x"), "no entry 'dec_none'"),
    ],
)
def test_secrets_are_refused_by_kind_and_place(desk, decide, kind):
    ids = [desk.of(1), desk.of(3)]
    with pytest.raises(JournalError, match=kind) as caught:
        decide(desk.case, ids)
    assert not any(value in str(caught.value) for value in ("ada@", SECRET, "hunter2", "10.1.2.3"))
    assert not desk.journal.path.exists()


def test_no_value_of_the_events_stands_in_the_journal(tmp_path):
    users = {1: "ada@example.org", 2: "bob@example.org"}
    desk = Desk(tmp_path, [event(number, message=f"no mail for {user}") for number, user in users.items()])
    desk.case.split(desk.of(1), "message_slot")
    text = desk.journal.path.read_text("utf-8")
    assert not any(user in text for user in users.values())
    (entry,) = Journal(desk.journal.path).entries()
    assert [side.label for side in entry.sides] == ["email 1", "email 2"]


def test_event_ids_and_services_that_must_not_be_told_are_digests(tmp_path):
    secret = [event(1, service="ada@example.org"), event(2)]
    secret[0]["event_id"] = "ada@example.org/1"
    desk = Desk(tmp_path, secret)
    events = desk.case.events()["event_id"].tolist()
    assert "ada@example.org/1" in events
    one = next(each for each in desk.case.incidents()["incident_id"] if "ada" in desk.case.events(each)["event_id"][0])
    desk.case.resolve(one)
    text = desk.journal.path.read_text("utf-8")
    assert "ada@" not in text
    (entry,) = Journal(desk.journal.path).entries()
    assert entry.subjects[0].events == (token("ada@example.org/1"),)
    assert entry.subjects[0].events[0].startswith(TOKEN)
    write(desk.journal.path, [aged(entry)])
    desk.again()
    assert desk.case.incidents().set_index("incident_id").loc[one, "status"] == "resolved"


@pytest.mark.parametrize(
    ("decide", "words"),
    [
        (lambda case: case.resolve("inc_none"), "no incident has the id 'inc_none'; case.incidents"),
        (lambda case: case.merge([case.incidents()["incident_id"][0]]), "two incidents or more"),
        (lambda case: case.merge(["inc_none", case.incidents()["incident_id"][0]]), "no incident has the id"),
        (lambda case: case.pin(["e9"], case.incidents()["incident_id"][0]), "no event makes an incident here .* 'e9'"),
        (lambda case: case.pin([], case.incidents()["incident_id"][0]), "no event is named"),
        (lambda case: case.split(incident_of(case, 1), "colour"), "variant, frame, service, message_slot"),
        (lambda case: case.split(incident_of(case, 1)), "say by what"),
        (lambda case: case.split(incident_of(case, 1), events=[name(3)]), "no event is in that incident"),
        (lambda case: case.split(incident_of(case, 1), events=[name(1), name(2)]), "all events"),
        (lambda case: case.note(incident_of(case, 1), "  "), "the note is empty"),
    ],
)
def test_wrong_calls_say_what_to_do_and_write_nothing(desk, decide, words):
    with pytest.raises(JournalError, match=words):
        decide(desk.case)
    assert not desk.journal.path.exists()


def test_a_split_into_hundreds_is_refused(tmp_path):
    desk = Desk(tmp_path, [event(number, message=f"order {number} lost") for number in range(1, 203)])
    with pytest.raises(JournalError, match="would make 202 incidents"):
        desk.case.split(desk.of(1), "message_slot")


def test_two_branches_that_decided_about_one_incident(desk):
    """Ada merges 1 with 3 and resolves; Bob, who does not know, merges 3 with 4 and notes: all three are one."""
    base = desk.journal.path
    ids = {number: desk.of(number) for number in (1, 3, 4)}
    mine, theirs = base.with_name("a"), base.with_name("b")
    ada = triage.load(desk.store, journal=Journal(mine, who="Ada", when=clock(0)))
    ada.resolve(ada.merge([ids[1], ids[3]]))
    bob = triage.load(desk.store, journal=Journal(theirs, who="Bob", when=clock(30)))
    bob.note(bob.merge([ids[3], ids[4]]), "seen by Bob")
    found = []
    for first, second in ((mine, theirs), (theirs, mine)):
        base.write_bytes(first.read_bytes() + second.read_bytes() + first.read_bytes())
        case = desk.again()
        found.append((held(case), case.incidents()["status"].tolist(), case.journal()["effect"].tolist()))
    assert found[0] == found[1]
    assert found[0] == ({ids[3]: [1, 2, 3, 4]}, ["resolved"], ["applied"] * 4)


def test_a_split_and_a_merge_that_did_not_know_of_each_other(tmp_path):
    """Of two that cannot both hold the later one does; part of an incident that went stays away."""
    here = [event(1, message="order 1"), event(2, message="order 2"), event(3, function="render", message="order 3")]
    desk = Desk(tmp_path, here)
    ids = {number: desk.of(number) for number in (1, 3)}

    def whole(case):
        case.split(ids[1], "message_slot")

    def part(case):
        case.split(ids[1], events=[name(2)])

    def merge(case):
        case.merge([ids[1], ids[3]])

    for first, second, wanted in (
        (whole, merge, [[1, 2, 3]]),
        (merge, whole, [[1], [2], [3]]),
        (part, merge, [[1, 3], [2]]),
        (merge, part, [[1, 3], [2]]),
    ):
        files = []
        for place, decide, start in (("a", first, 0), ("b", second, 5)):
            made = Journal(tmp_path / place, who=place, when=clock(start))
            decide(triage.load(desk.store, journal=made))
            files.append(made.path.read_bytes())
            made.path.unlink()
        desk.journal.path.write_bytes(files[1] + files[0])
        assert numbers(desk.again()) == wanted


KINDS = ("merge", "split", "pin", "resolve", "reopen", "ignore", "note", "undo")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 99), st.integers(0, 99)), max_size=8),
    st.lists(st.booleans(), min_size=8, max_size=8),
    st.randoms(use_true_random=False),
)
def test_any_decisions_say_the_same_in_any_order_of_lines_and_events(tmp_path_factory, steps, branches, random):
    folder = tmp_path_factory.mktemp("any")
    events = [
        event(number, message=f"order {number % 3} lost", function=("parse", "render")[number % 2], at=at)
        for number, at in enumerate(["2026-02-10T09:00:00Z", "2026-03-01T12:03:30Z"] * 4)
    ]
    store(folder / "in", events)
    journals_of = [Journal(folder / place, who=place, when=clock(start)) for place, start in (("a", 0), ("b", 3))]
    cases = [triage.load(folder / "in", journal=each) for each in journals_of]
    for (what, first, second), branch in zip(steps, branches, strict=False):
        decide(cases[branch], what, first, second)
    lines = [line for each in journals_of if each.path.exists() for line in each.path.read_bytes().splitlines()]
    told = []
    for _ in range(2):
        random.shuffle(lines)
        random.shuffle(events)
        store(folder / "in", events)
        (folder / "union").write_bytes(b"".join(line + b"\n" for line in lines + lines[:2]))
        case = triage.load(folder / "in", journal=folder / "union")
        frame = case.incidents()
        told.append((held(case), frame.to_csv(), case.journal().to_csv()))
        assert sorted(number for each in held(case).values() for number in each) == list(range(8))
        assert frame["count"].sum() == 8
    assert told[0] == told[1]


def decide(case, what, first, second):
    """One decision, whatever there is to decide about."""
    ids = sorted(case.incidents()["incident_id"])
    one, other = ids[first % len(ids)], ids[second % len(ids)]
    try:
        if what == "merge":
            case.merge([one, other])
        elif what == "split":
            case.split(one, ("variant", "frame", "service", "message_slot")[second % 4])
        elif what == "pin":
            case.pin([name(second % 8)], one)
        elif what == "undo":
            entries = case.journal()["entry_id"].tolist()
            case.undo(entries[first % len(entries)] if entries else "dec_none")
        elif what == "note":
            case.note(one, "noted")
        else:
            getattr(case, what)(one)
    except JournalError:
        pass


def test_without_decisions_nothing_changes(samples):
    for place in ("debugbundle/store", "0xgen", "sentry"):
        case = triage.load(samples / place, journal=Journal(None))
        plain = groups.build(case.raw.tables)
        assert plain.equals(groups.build(case.raw.tables, decider=Decisions([])))


def test_the_journal_is_json_that_others_can_read(desk):
    first, other = desk.of(1), desk.of(3)
    desk.case.merge([first, other], "one bug")
    raw = json.loads(desk.journal.path.read_text("utf-8"))
    assert list(raw)[:2] == ["triage_journal", "id"]
    assert {each["incident_id"]: each["events"] for each in raw["subjects"]} == {
        first: [name(1), name(2)],
        other: [name(3)],
    }
    assert {each["algo_version"] for each in raw["subjects"]} == {ALGO_VERSION}


def test_a_pin_stays_where_another_made_the_same_split_without_knowing(tmp_path):
    desk = Desk(tmp_path, [event(1, message="order 1"), event(2, message="order 2")])
    one = desk.of(1)
    other = Journal(tmp_path / "bob", who="Bob", when=clock(30))
    triage.load(desk.store, journal=other).split(one, "message_slot")
    desk.case.split(one, "message_slot")
    pinned = desk.case.pin([name(2)], desk.of(1))
    desk.journal.path.write_bytes(other.path.read_bytes() + desk.journal.path.read_bytes())
    assert held(desk.again()) == {pinned: [1, 2]}
    assert desk.case.journal()["what"].tolist() == ["split", "pin", "split"]


def test_a_merge_with_the_side_of_a_split_that_was_taken_back_does_not_hold(tmp_path):
    desk = Desk(tmp_path, [event(1, message="order 1"), event(2, message="order 2"), event(3, function="render")])
    desk.case.split(desk.of(1), "message_slot")
    desk.case.merge([desk.of(2), desk.of(3)])
    assert desk.of(2) == desk.of(3) != desk.of(1)
    desk.case.undo(desk.case.journal()["entry_id"].iloc[0])
    assert numbers(desk.case) == [[1, 2], [3]]
    assert desk.of(3) != desk.of(2)
    assert desk.case.journal()["effect"].tolist() == ["overridden", "overridden", "applied"]


def test_what_was_grouped_is_shared_while_the_journal_stands_and_never_stale(tmp_path):
    events = [event(1), event(2, function="other"), event(3, at="2026-02-11T09:00:00Z")]
    place = store(tmp_path / "input", events)
    case, other = (load(place, journal(tmp_path, start=at)) for at in (0, 30))
    first = case._grouped()
    case.incidents(), case.spikes(), case.related(), case.summary()
    assert case._grouped() is first
    assert len(case.incidents(as_of="2026-02-10T12:00:00Z")) == 2
    assert case._grouped() is first
    ids = case.incidents()["incident_id"].tolist()
    masked = case.redact()
    other.merge(ids, "one cause")
    assert len(case.incidents()) == 1  # somebody else wrote it
    assert len(case.related()) == 0
    assert len(masked.incidents()) == 2
    case.undo(case.journal()["entry_id"][0])
    assert sorted(case.incidents()["incident_id"]) == sorted(ids)
    assert sorted(other.incidents()["incident_id"]) == sorted(ids)
    with pytest.raises(ValueError, match="read-only"):
        case.members()[1][0] = 7


SLOTS = {1: "ada@example.org", 2: "bob@example.org", 3: "ada@example.org"}


def archived(folder, users, *, key=None):
    """A reviewed archive of events that name users."""
    made = [event(number, message=f"no mail for {user}") for number, user in users.items()]
    redacted = triage.load(store(folder / "raw", made), journal=Journal(None)).redact(key=key)
    try:
        return redacted.approve(by="Ada", when="2026-03-01").bytes
    finally:
        redacted.close()


def test_a_split_by_what_masks_hide_is_refused_and_by_pseudonyms_holds_across_archives(tmp_path):
    first = archived(tmp_path / "a", {1: "ada@example.org", 2: "bob@example.org"})
    case = triage.load(first, journal=tmp_path / "j.ndjson")
    one = incident_of(case, 1)
    with pytest.raises(JournalError, match=r"stands behind masks here.*another archive; .*events=\[\.\.\.\]"):
        case.split(one, "message_slot")
    case.split(one, events=[name(2)])
    assert Journal(tmp_path / "j.ndjson").entries()[0].by == "events"
    secret = b"0123456789abcdef"
    first = archived(tmp_path / "b", {1: "ada@example.org", 2: "bob@example.org"}, key=secret)
    second = archived(tmp_path / "c", {3: "bob@example.org", 4: "ada@example.org"}, key=secret)
    triage.load(first, journal=tmp_path / "k.ndjson").split(one, "message_slot")
    assert numbers(triage.load([first, second], journal=tmp_path / "k.ndjson")) == [[1, 4], [2, 3]]


def test_events_whose_value_a_mask_hides_stay_where_they_are_and_that_is_told(tmp_path):
    desk = Desk(tmp_path, [event(number, message=f"no mail for {user}") for number, user in SLOTS.items()])
    one = desk.of(1)
    desk.case.split(one, "message_slot")
    # The first mask of this archive is Cid, and no event in it tells whose is which.
    case = triage.load(archived(tmp_path / "c", {4: "cid@example.org", 5: "ada@example.org"}), journal=desk.journal)
    assert held(case) == {one: [4, 5]}
    assert case.journal()["told"].tolist() == ["masks hide the value of 2 events, left where the grouping has them"]
    # Beside an archive in which anchors vouch for the same mask: the mask is another value there.
    both = [archived(tmp_path / "a", SLOTS), archived(tmp_path / "d", {4: "cid@example.org"})]
    assert numbers(triage.load(both, journal=desk.journal)) == [[1, 3], [2], [4]]


def test_no_value_that_could_be_personal_stands_in_a_label_and_digests_are_salted(tmp_path):
    made = [event(n, message=f"pin {n}234 of 'Mary{n} Jones' at {n}") for n in (1, 2)]
    desk = Desk(tmp_path, made)
    desk.case.split(desk.of(1), "message_slot")
    text = desk.journal.path.read_text("utf-8")
    assert not any(value in text for value in ("1234", "2234", "Mary"))
    (entry,) = desk.journal.entries()
    assert [side.label for side in entry.sides] == ["number 1", "number 2"]
    assert re.fullmatch("[0-9a-f]{32}", entry.salt)
    unsalted = predicates.value_digest("message_slot", entry.slot, "1234")
    assert unsalted not in text
    assert predicates.side_id(desk.of(1), unsalted) not in text
    # An entry without a salt, as older ones are, holds.
    fields = {key: getattr(entry, key) for key in entry.__struct_fields__} | {"id": "", "salt": ""}
    one = entry.subjects[0].incident_id
    sides = tuple(
        Side(incident_id=predicates.side_id(one, digest), values=(digest,))
        for digest in (predicates.value_digest("message_slot", entry.slot, f"{n}234") for n in (1, 2))
    )
    write(desk.journal.path, [journals._sealed(fields | {"sides": sides})])
    assert held(desk.again()) == {sides[0].incident_id: [1], sides[1].incident_id: [2]}


def test_the_sides_of_a_split_by_variant_have_names(tmp_path):
    here = [event(1, inner=list("abc")), event(2, function="render", inner=list("abc"))]
    desk = Desk(tmp_path, here)
    desk.case.split(desk.of(1), "variant")
    (entry,) = desk.journal.entries()
    assert sorted(side.label for side in entry.sides) == ["ValueError in parse", "ValueError in render"]


def test_what_is_taken_back_is_not_taken_back_again(desk):
    desk.case.merge([desk.of(1), desk.of(3)])
    (entry,) = desk.case.journal()["entry_id"]
    desk.case.undo(entry)
    before = desk.journal.path.read_bytes()
    by = desk.case.journal()["entry_id"].iloc[-1]
    with pytest.raises(JournalError, match=f"{entry} was already taken back by {by}; take that back to have it hold"):
        desk.case.undo(entry)
    assert desk.journal.path.read_bytes() == before


@pytest.mark.parametrize(
    ("decide", "words"),
    [
        (lambda case, one: case.note(one, "\u200b \u3164\n"), "the note is empty"),
        (lambda case, one: case.note(one, "x" * 10_001), "10,001 characters, and 10,000 is the most"),
        (lambda case, one: case.resolve(one, "red \x1b[31m"), "control character at character 5"),
        (lambda case, one: case.pin([5], one), "an event is named by its id, a text.* type int"),
        (lambda case, one: case.split(one, events=[b"x"]), "an event is named by its id"),
        (lambda case, _: case.undo(["dec_1"]), "no entry"),
    ],
)
def test_texts_and_ids_that_are_none_are_refused(desk, decide, words):
    with pytest.raises(TriageError, match=words):
        decide(desk.case, desk.of(1))
    assert not desk.journal.path.exists()


@pytest.mark.parametrize("who", [SECRET, "Ada\nBob", "Ada\x1b[31m", "Ada\u202e", "x" * 201, 5])
def test_who_decides_is_looked_through_as_notes_are(desk, who):
    case = triage.load(desk.store, journal=Journal(desk.journal.path, who=who))
    with pytest.raises(TriageError, match=r"who decides") as caught:
        case.resolve(desk.of(1))
    assert str(who) not in str(caught.value) or who == 5
    assert not desk.journal.path.exists()
    Journal(desk.journal.path, who="ada@example.org").append("note", subjects=[Subject(incident_id=desk.of(1))])


def test_one_event_is_named_by_its_id_alone(desk):
    desk.case.split(desk.of(1), events=name(2))
    assert numbers(desk.case) == [[1], [2], [3], [4]]


def test_the_journal_shows_by_what_was_split_and_which_events_were_pinned(tmp_path):
    desk = Desk(tmp_path, [event(number, message=f"order {number} lost") for number in (1, 2)])
    desk.case.split(desk.of(1), "message_slot")
    desk.case.pin([name(2)], desk.of(1))
    for case in (desk.case, RedactedCase.lazy(desk.case), desk.case.redact()):
        first, second = case.journal().to_dict("records")
        assert (first["by"], first["slot"], second["by"]) == ("message_slot", 0, None)
        assert [text.split(" ", 1)[1] for text in first["sides"]] == ["1", "2"]
        assert list(second["events"]) == [name(2)]


def alike(case):
    """What is suggested, marked as such, and told as a merge to consider."""
    ids = case.incidents()["incident_id"].tolist()
    marked = [row["why"] for one in ids for row in case.similar(one).to_dict("records") if row["suggested"]]
    return len(case.suggestions()), len(marked), sum("a merge to consider" in why for why in case.related()["why"])


def test_what_somebody_has_parted_is_not_suggested_again(tmp_path):
    deep = {"inner": list("abcdef")}
    here = [event(1, message="order 1 lost", **deep), event(2, message="order 2 lost", **deep)]
    desk = Desk(tmp_path, here)
    one = desk.of(1)
    desk.case.split(one, "message_slot")
    assert alike(desk.case) == (0, 0, 0)
    why = desk.case.similar(desk.of(1))["why"].tolist()
    assert [each.rpartition("; ")[2] for each in why] == ["no merge: Ada split them by message_slot"]
    with pytest.raises(TriageError, match="was merged or split, and its events are in"):
        desk.case.similar(one)
    # Merged all the same, and that taken back.
    desk.case.undo(desk.case.journal()["entry_id"].iloc[0])
    assert alike(desk.case) == (0, 0, 0)
    desk.journal.path.unlink()
    case = regrouped(desk, {"message": "*order 1*"})
    assert alike(case) == (0, 0, 0)
    assert "a fingerprint of triage.toml has parted them" in case.similar(incident_of(case, 1))["why"].iloc[0]


def test_two_whose_merge_was_taken_back_are_not_suggested(tmp_path):
    here = [event(1, inner=list("abcdef")), event(2, inner=[*"abcdef", "new_top"])]
    desk = Desk(tmp_path, here)
    assert alike(desk.case) == (1, 2, 1)
    desk.case.merge([desk.of(1), desk.of(2)])
    desk.case.undo(desk.case.journal()["entry_id"].iloc[0], "two bugs")
    assert alike(desk.case) == (0, 0, 0)
    assert "no merge: Ada took back their merge" in desk.case.similar(desk.of(1))["why"].iloc[0]


ODD = [
    None,
    True,
    -5,
    1 << 63,
    1 << 64,
    1e308,
    0.5,
    "",
    "x" * 100_000,
    "\u0000\u202e",
    [],
    {},
    [[]],
    [None],
    ["x"],
    [5],
]


def odd_lines():
    """Lines of each verb with each field replaced by something odd, under a digest that fits."""
    one = {"incident_id": "inc_1", "service": "api", "group_key": "0", "algo_version": 1, "made_by": "dec_1"}
    one |= {"events": [name(1)], "count": 1}
    side = {"incident_id": "inc_2", "label": "x", "values": ["val_1"], "events": [name(1)]}
    raw = {"triage_journal": 1, "parents": [], "who": "Ada", "when": "2026-03-01", "why": "x", "subjects": [one]}
    raw |= {"into": "inc_1", "events": [name(1)], "by": "frame", "slot": 0, "sides": [side], "salt": "00"}
    raw |= {"carve": False, "known": [name(1)], "of": "dec_1"}
    for what in ("merge", "split", "pin", "resolve", "reopen", "ignore", "note", "revoke"):
        for by in ("frame", "message_slot", "variant", "service", "events") if what == "split" else ("",):
            entry = raw | {"what": what, "by": by}
            yield entry
            for odd in ODD:
                yield from (entry | {field: odd} for field in entry)
                yield from (entry | {"subjects": [one | {field: odd}]} for field in one)
                yield from (entry | {"sides": [side | {field: odd}]} for field in side)


def test_no_line_whatever_it_holds_takes_the_case_down(tmp_path):
    desk = Desk(tmp_path, EVENTS[:2])
    one = desk.of(1)
    lines = []
    for raw in odd_lines():
        text = json.dumps(raw).replace("inc_1", one)
        try:
            said = journal_lines.digest(json.loads(text))
        except (OverflowError, ValueError):
            said = "dec_0"
        lines.append(json.dumps(json.loads(text) | {"id": said}).encode())
    for at in range(0, len(lines), 150):
        desk.journal.path.write_bytes(b"\n".join(lines[at : at + 150]))
        case = load(desk.store, Journal(desk.journal.path))
        assert sorted(number for each in held(case).values() for number in each) == [1, 2]
        assert len(case.journal()) <= len(lines)
        assert "unreadable" in repr(case)
        case.suggestions(), case.related(), repr(case.redact())


def test_a_split_by_a_slot_that_cannot_be_is_told_of(desk):
    subject = Subject(incident_id=desk.of(1))
    for by, slot in (("frame", -5), ("message_slot", -1), ("frame", 1 << 63)):
        entry = {"what": "split", "when": "2026-03-01", "by": by, "slot": slot, "subjects": (subject,)}
        write(desk.journal.path, [journals._sealed(entry)])
        case = desk.again()
        assert numbers(case) == [[1, 2], [3], [4]]
        assert case.journal()["effect"].tolist() == ["unreadable"]


def test_an_event_id_that_two_events_have_tells_of_neither():
    entry = Entry(id="dec_1", what="resolve", subjects=(Subject(incident_id="inc_0", events=("a", "b")),))
    columns = {"event_id": ["a", "b", "b"], "ts": pa.array([1, 2, 3], pa.timestamp("us", "UTC"))}
    anchors = Anchors(pa.table(columns), np.array([0, 1, 2]), [entry], {}, token)
    still = np.zeros(3, bool)
    assert anchors.elsewhere(entry, 0, entry.subjects[0], [0], still).tolist() == []
    assert anchors.elsewhere(entry, 0, entry.subjects[0], [1, 2], still).tolist() == [0]

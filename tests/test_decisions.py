"""Decisions on the events of cases: they win, they last, and later events follow."""

import json
import shutil

import numpy as np
import pyarrow as pa
import pytest

import triage
from tests.deciding import EVENTS, Desk, event, held, incident_of, journal, load, name, numbers, regrouped, store, write
from triage import journal as journals
from triage.errors import JournalError, TriageError
from triage.incidents import groups
from triage.incidents.anchors import Anchors
from triage.incidents.decisions import Decisions, token
from triage.journal import Entry, Journal, Subject
from triage.share.redacted import RedactedCase
from triage.stacks.keys import ALGO_VERSION
from triage.tables import to_pandas


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
    assert anchors.elsewhere(entry, 0, entry.subjects[0], [0], still)[0].tolist() == []
    assert anchors.elsewhere(entry, 0, entry.subjects[0], [1, 2], still)[0].tolist() == [0]

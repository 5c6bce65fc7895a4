"""Decisions made beside each other, and lines of any kind: the same in any order, and nothing raises."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import triage
from tests.deciding import EVENTS, Desk, clock, event, held, load, name, numbers, store
from triage import journal_lines
from triage.errors import JournalError
from triage.journal import Journal


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

"""What was parted or pinned away stays so: decisions about what is left do not take hold of it anywhere."""

import pytest

from tests.deciding import EVENTS, Desk, event, name


@pytest.mark.parametrize("verb", ["ignore", "resolve", "merge"])
def test_a_decision_about_what_is_left_does_not_take_hold_of_what_was_parted(verb, tmp_path):
    tail = ("q", "r", "s")
    noise, bug = {"function": "p", "inner": tail}, {"function": "z", "inner": tail}
    desk = Desk(tmp_path, [event(1, **noise), event(2, **noise), event(3, **bug), event(9, function="other")])
    desk.case.split(desk.of(1), None, "another bug", events=[name(3)])
    parted = desk.of(3)
    if verb == "merge":
        desk.case.merge([desk.of(1), desk.of(9)], "the same")
    else:
        getattr(desk.case, verb)(desk.of(1), "noise")
    late = {"at": "2026-02-11T09:00:00Z"}
    desk.again([event(11, **bug, **late), event(12, function="other", **late)], "day2")
    assert desk.of(11) == parted != desk.of(12)
    assert desk.status(11) == desk.status(12) == "open"
    told = desk.case.journal()["told"].iloc[-1]
    assert told == (
        "only one of its incidents is in this case" if verb == "merge" else "its incident is not in this case"
    )


def test_a_decision_about_what_is_left_does_not_take_hold_of_what_was_pinned_elsewhere(desk):
    left, other = desk.of(1), desk.of(3)
    desk.case.pin([name(2)], other, "really that one")
    desk.case.ignore(left, "noise")
    desk.again(EVENTS[1:], "rest")
    assert desk.of(2) == desk.of(3) == other
    assert desk.status(2) == "open"
    assert desk.case.journal()["effect"].tolist() == ["applied", "waiting"]


@pytest.mark.parametrize("then", ["merged", "parted again", "pinned"])
def test_what_was_parted_stays_parted_whatever_happens_to_it_afterwards(then, tmp_path):
    tail = ("q", "r", "s")
    noise, bug = {"function": "p", "inner": tail}, {"function": "z", "inner": tail}
    bugs = [event(3, **bug), event(5, **bug)]
    desk = Desk(tmp_path, [event(1, **noise), event(2, **noise), *bugs, event(9, function="other")])
    desk.case.split(desk.of(1), None, "another bug", events=[name(3), name(5)])
    if then == "merged":
        desk.case.merge([desk.of(3), desk.of(9)], "the same")
    elif then == "pinned":
        desk.case.pin([name(3)], desk.of(9), "the same")
    else:
        desk.case.split(desk.of(3), None, "two of them", events=[name(3)])
    desk.case.ignore(desk.of(1), "noise")
    desk.again([*bugs, event(9, function="other")], "rest")
    assert desk.status(3) == desk.status(5) == desk.status(9) == "open"
    assert desk.case.journal()["effect"].tolist()[-1] == "waiting"


def test_what_came_back_is_meant_again(tmp_path):
    """Parted, merged back by name, and the whole merged on by somebody whom the author of the last did not know."""
    tail = ("q", "r", "s")
    noise, bug = {"function": "p", "inner": tail}, {"function": "z", "inner": tail}
    desk = Desk(tmp_path, [event(1, **noise), event(3, **bug), event(9, function="other", at="2026-01-01T00:00:00Z")])
    whole = desk.of(1)
    desk.case.split(whole, None, "another bug", events=[name(3)])
    assert desk.case.merge([whole, desk.of(3)], "no, the same") in {whole, desk.of(3)}
    desk.case.merge([desk.of(1), desk.of(9)], "and that one")
    mine = desk.of(1)
    desk.case.ignore(mine, "noise")
    desk.again([event(3, **bug)], "rest")
    assert desk.status(3) == "ignored"

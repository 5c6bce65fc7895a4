"""What was parted or pinned away stays so: decisions about what is left do not take hold of it anywhere."""

import pytest

from tests.deciding import EVENTS, Desk, event, name


@pytest.fixture
def desk(tmp_path):
    """A store of three incidents (1 and 2; 3; 4) and its journal."""
    return Desk(tmp_path)


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

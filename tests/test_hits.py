import pytest

from triage.redact.hits import KEY, PERSONAL, UNREAD, Hit, joined, outside_masks, union, whole_characters

DATA = b"a mail bob@example.org [email:1:8-15] end"


def hit(start, end, kind="email", rank=PERSONAL, **more):
    return Hit(start, end, kind, "rule", rank, DATA[start:end], **more)


def test_a_hit_does_not_tell_its_value():
    assert repr(hit(7, 22)) == "<Hit email 7-22>"
    assert "bob" not in repr([hit(7, 22)])


def test_two_that_overlap_are_one_of_the_stronger_kind_and_the_longer_value():
    one, other = hit(7, 22), hit(11, 22, "password", KEY, exact=True)
    assert union(one, other) == hit(7, 22, "password", KEY).but(rule="rule")
    apart = union(hit(2, 10), hit(7, 22, "password", KEY))
    assert (apart.start, apart.end, apart.kind, apart.value) == (2, 22, "password", UNREAD)
    assert union(hit(7, 22, exact=True), hit(7, 20)).exact


def test_lists_of_hits_are_joined_in_order():
    found = joined([hit(7, 22)], [hit(2, 6), hit(20, 24, "password", KEY)])
    assert [(one.start, one.end, one.kind) for one in found] == [(2, 6, "email"), (7, 24, "password")]
    assert joined([], []) == []


def test_a_mask_is_no_part_of_a_hit():
    inside = [*outside_masks(DATA, hit(2, 41))]
    assert [one.value for one in inside] == [b"mail bob@example.org "]
    assert [*outside_masks(DATA, hit(23, 37))] == []
    assert [*outside_masks(DATA, hit(7, 22))] == [hit(7, 22)]


@pytest.mark.parametrize(
    ("start", "end", "text"), [(0, 1, "n"), (0, 2, "né"), (0, 4, "né€"), (2, 5, "é€"), (3, 6, "€")]
)
def test_a_hit_cuts_no_character(start, end, text):
    data = "né€x".encode()
    whole = whole_characters(data, Hit(start, end, "email", "", KEY, b""))
    assert data[whole.start : whole.end].decode() == text

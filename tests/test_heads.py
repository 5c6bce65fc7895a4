import random

import pytest

from triage.redact import heads
from triage.redact.heads import Heads

LETTERS = b"abcdeABCDE0123._-@ \x00\xff"


def made(seed, count, shortest=4):
    chance = random.Random(seed)
    return [*{bytes(chance.choices(LETTERS, k=chance.randint(shortest, 8))): None for _ in range(count)}]


def by_hand(found, data):
    """Every place, by its end, and of those that end together the longest first."""
    places = [
        (at, at + len(head))
        for head in found
        for at in range(len(data) - len(head) + 1)
        if data[at : at + len(head)] == head
    ]
    return sorted(places, key=lambda place: (place[1], place[0]))


def true(found, data):
    """The places that are given and hold one: arrays may give a few more."""
    known = set(found)
    return [(start, end) for start, end in Heads(found).places(data) if data[start:end] in known]


@pytest.mark.parametrize("count", [1, 3, 40, 900])
@pytest.mark.parametrize("size", [0, 5, 300, 70_000])
def test_every_beginning_is_given_in_the_order_of_ends(count, size):
    found = made(count, count)
    chance = random.Random(size)
    data = b"".join(chance.choice([*found, b" ", b"ab"]) for _ in range(size // 5))
    few = found if size < 1_000 else found[:40]
    assert [place for place in true(found, data) if data[slice(*place)] in few] == by_hand(few, data)


@pytest.mark.parametrize("shortest", [1, 4])
def test_arrays_and_the_automaton_give_the_same(shortest, monkeypatch):
    found = made(7, 800, shortest)
    chance = random.Random(1)
    data = b"".join(chance.choice(found) for _ in range(9_000)) + found[0]
    arrays = true(found, data)
    monkeypatch.setattr(heads, "_LARGE", 1 << 40)
    assert arrays == true(found, data)
    assert len(arrays) > 9_000


def test_what_ends_with_the_text_is_found_and_nothing_beyond_it():
    found = [*made(3, 800), b"end.", b"end.\0\0\0\0"]
    data = b" " * 40_000 + b"end."
    assert true(found, data) == [(40_000, 40_004)]


def test_a_repr_tells_no_value():
    assert repr(Heads([b"hunter2-"])) == "<1 heads>"

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.stacks.cycles import PERIODS, repeats, rotated


def found(names, stack=None):
    numbers = np.array([ord(name) for name in names], np.int64)
    again, cycles = repeats(numbers, np.array(stack or [0] * len(names), np.int64))
    left = "".join(name for name, gone in zip(names, again, strict=True) if not gone)
    return left, {number: "".join(names[row] for row in rows) for number, rows in cycles.items()}


@pytest.mark.parametrize(
    ("names", "left", "cycle"),
    [
        ("abc", "abc", ""),
        ("aab", "ab", ""),
        ("aaaab", "ab", "a"),
        ("xabababy", "xaby", "ab"),
        ("xababy", "xaby", "ab"),
        ("xababyzwvustr", "xabyzwvustr", ""),
        ("abcdabcdab", "abcdab", "abcd"),
        ("aabcdefgh", "abcdefgh", ""),
        ("aa", "a", ""),
        ("abcabcabcab", "abcab", "abc"),
        ("abcdefghijabcdefghijabcdefghij", "abcdefghij", "abcdefghij"),
        ("", "", ""),
        ("a", "a", ""),
    ],
)
def test_what_repeats_is_left_out(names, left, cycle):
    assert found(names) == (left, {0: cycle} if cycle else {})


def test_a_stack_does_not_repeat_another():
    assert found("ababab", [0, 0, 1, 1, 2, 2]) == ("ababab", {})
    assert found("aaaxbbb", [0, 0, 0, 0, 1, 1, 1]) == ("axb", {0: "a", 1: "b"})


def test_of_two_cycles_the_longer_counts():
    assert found("aaa" + "bc" * 9)[1] == {0: "bc"}


def test_any_rotation_is_one():
    cycle = list("dbca")
    assert {tuple(rotated(cycle[at:] + cycle[:at])) for at in range(4)} == {("a", "d", "b", "c")}
    assert rotated([]) == []


@given(st.text("abc", max_size=60), st.integers(1, PERIODS), st.integers(2, 9))
def test_more_rounds_leave_the_same(prefix, period, rounds):
    cycle = "defghijklm"[:period]
    assert found(prefix + cycle * rounds)[0] == found(prefix + cycle * 2)[0]


@given(st.text("ab", max_size=200))
def test_nothing_immediately_repeats_in_what_is_left(names):
    left, _ = found(names)
    assert all(one != other for one, other in itertools.pairwise(left))

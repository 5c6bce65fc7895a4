"""The measure of growth: the square fails, what is in proportion passes, and no more runs are made than it takes."""

import pytest

from tests.growth import FLOOR_SECONDS, LOOKS, grows_evenly, seconds


def counted(work):
    """The work, and a list of what it was given."""
    given = []

    def noted(size):
        given.append(size)
        work(size)

    return noted, given


def linear(size):
    return sum(number * number for number in range(size))


def square(size):
    return sum(number for _ in range(size) for number in range(size))


def same(size):
    return size


def test_work_in_proportion_passes_and_takes_two_runs():
    work, given = counted(linear)
    grows_evenly(work, same, 500_000)
    assert given == [2_000_000, 500_000]


def test_sorting_passes():
    def work(numbers):
        return [sorted(numbers) for _ in range(20)]

    grows_evenly(work, lambda size: [number * 7_919 % 100_003 for number in range(size)], 5_000)


def test_what_grows_with_the_square_fails_and_is_told_with_its_times():
    work, given = counted(square)
    with pytest.raises(AssertionError, match=r"^0\.\d{4} s for 500 and \d\.\d{4} s for 2,000: \d+\.\d times as long"):
        grows_evenly(work, same, 500)
    assert len(given) == len({*given}) == 2 * LOOKS


def test_what_is_too_quick_to_tell_is_enlarged_until_it_tells():
    work, given = counted(square)
    with pytest.raises(AssertionError, match="times as long"):
        grows_evenly(work, same, 20)
    assert given[:2] == [80, 400]
    assert seconds(square, given[-2]) > FLOOR_SECONDS / 2


def test_what_stays_too_quick_is_let_be():
    work, given = counted(same)
    grows_evenly(work, same, 1)
    assert given == [4, 20, 100, 500]


def test_what_is_done_only_once_is_no_growth():
    made = []

    def work(size):
        if not made:
            made.append(linear(1_000_000))
        linear(size)

    grows_evenly(work, same, 100_000)


def test_what_remembers_is_seen_all_the_same():
    known = {}

    def work(size):
        if size not in known:
            known[size] = square(size)

    with pytest.raises(AssertionError, match="times as long"):
        grows_evenly(work, same, 100)

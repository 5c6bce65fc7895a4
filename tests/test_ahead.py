"""Pieces that are made ahead are those that are made in turn."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from triage.sources.ahead import ahead

if TYPE_CHECKING:
    from collections.abc import Iterator


def _numbers(total: int, made: list[int]) -> Iterator[int]:
    for number in range(total):
        made.append(number)
        yield number


@pytest.mark.parametrize("total", [0, 1, 3, 4, 50])
@pytest.mark.parametrize("after", [0, 3])
def test_all_come_in_order(total: int, after: int) -> None:
    assert list(ahead(_numbers(total, []), after=after, most=4)) == list(range(total))


def test_what_is_small_needs_no_thread() -> None:
    before, seen = threading.active_count(), set()
    for _ in ahead(_numbers(3, []), after=3, most=4):
        seen.add(threading.active_count())
    assert seen == {before}


def test_an_error_comes_where_its_piece_would() -> None:
    def failing() -> Iterator[int]:
        yield from range(5)
        raise ValueError("no more")

    got: list[int] = []
    with pytest.raises(ValueError, match="no more"):
        got.extend(ahead(failing(), after=1, most=8))
    assert got == [0, 1, 2, 3, 4]


def test_no_more_are_made_than_asked_for_and_none_after_the_end() -> None:
    made: list[int] = []
    pieces = ahead(_numbers(1_000, made), after=2, most=4)
    assert [next(pieces) for _ in range(10)] == list(range(10))
    assert len(made) <= 10 + 4
    before = threading.active_count()
    pieces.close()
    assert threading.active_count() == before - 1
    assert len(made) <= 10 + 4

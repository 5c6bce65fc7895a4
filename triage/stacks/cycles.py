"""Repeated calls in stacks: recursion of period 1 to 10, found in all stacks at once and in linear time.

A run of frames that repeats the run before it says nothing new: how deep a recursion went is the input's affair. The
cycle of a stack that overflowed is its key, rotated so that it does not matter where the stack ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from triage.stacks.numbering import Numbers

__all__ = ("PERIODS", "repeated", "repeats", "rotated")

PERIODS: Final = 10
_MANY: Final = 48
# So often a run must repeat to be the cycle of an overflow, the first time counted.
_TIMES: Final = 3
# Twice is enough where that is a third of what is shown: V8 shows ten frames, Lua the ends. One call of itself is none.
_SHARE: Final = 3


def repeats(names: Numbers, stack: Numbers) -> tuple[npt.NDArray[np.bool_], dict[int, list[int]]]:
    """Say which frames repeat those before them, and which frames are the cycle of a stack.

    Parameters
    ----------
    names, stack : integers, one per frame
        The number of the frame's name, and that of its stack; the frames of a stack stand together, stacks ascend.

    Returns
    -------
    bool per frame, dict
        Whether the frame is a repetition; for stacks with a cycle of three rounds or more, or of two that are a third
        of the stack, the rows of its first round. Of several the one that covers most frames.

    Examples
    --------
    >>> again, cycles = repeats(np.array([7, 1, 2, 1, 2, 1, 2, 9]), np.zeros(8, np.int64))
    >>> again.tolist(), cycles
    ([False, False, False, True, True, True, True, False], {0: [1, 2]})
    """
    again = np.zeros(len(names), np.bool_)
    cycles: dict[int, list[int]] = {}
    covered: dict[int, int] = {}
    rows = _in_doubt(names, stack)
    sizes = np.bincount(stack[rows]) if len(rows) else rows
    marks, stack = names[rows], stack[rows]
    for period in range(1, PERIODS + 1):
        hits = np.flatnonzero(marks[:-period] == marks[period:]) if len(marks) > period else rows[:0]
        # No run reaches from one stack into the next.
        hits = hits[stack[hits] == stack[hits + period]]
        if not len(hits):
            continue
        edges = np.flatnonzero(np.diff(hits) > 1)
        starts = hits[np.r_[0, edges + 1]]
        ends = hits[np.r_[edges, len(hits) - 1]] + period
        lengths = (ends + 1 - period - starts) // period * period
        starts, ends, lengths = starts[lengths > 0], ends[lengths > 0], lengths[lengths > 0]
        if not len(starts):
            continue
        most = (rows[ends] + 1 - rows[starts]) * _SHARE >= sizes[stack[starts]]
        often = np.flatnonzero((lengths >= (_TIMES - 1) * period) | (most & (period > 1)))
        for start, length in zip(starts[often].tolist(), lengths[often].tolist(), strict=True):
            number = int(stack[start])
            if length > covered.get(number, 0):
                covered[number] = length
                cycles[number] = rows[start : start + period].tolist()
        # The rows of each run: its start behind the first round, counted up.
        firsts = np.repeat(starts + period - np.r_[0, np.cumsum(lengths)[:-1]], lengths)
        gone = firsts + np.arange(lengths.sum())
        again[rows[gone]] = True
        left = np.ones(len(rows), np.bool_)
        left[gone] = False
        rows, marks, stack = rows[left], marks[left], stack[left]
    return again, cycles


def _in_doubt(names: Numbers, stack: Numbers) -> Numbers:
    """The rows of stacks in which a name comes again within the longest period: of most programs few have one."""
    busy = np.zeros(int(stack[-1]) + 1 if len(stack) else 0, np.bool_)
    for period in range(1, min(PERIODS, len(names) - 1) + 1):
        hits = np.flatnonzero(names[:-period] == names[period:])
        busy[stack[hits[stack[hits] == stack[hits + period]]]] = True
    return np.flatnonzero(busy[stack]) if busy.any() else np.empty(0, np.int64)


def repeated(names: list[int]) -> tuple[set[int], list[int]]:
    """Say which frames of one stack repeat those before them, and which are its cycle; see `repeats`.

    Examples
    --------
    >>> again, cycle = repeated([7, 1, 2, 1, 2, 1, 2, 9])
    >>> sorted(again), cycle
    ([3, 4, 5, 6], [1, 2])
    """
    again: set[int] = set()
    cycle: list[int] = []
    covered = 0
    rows, marks = list(range(len(names))), names
    near = _near(marks)
    for period in range(1, PERIODS + 1):
        gone: list[int] = []
        for start, length in _runs(near[period]):
            whole = length // period * period
            last = start + length + period - 1
            most = period > 1 and whole and (rows[last] + 1 - rows[start]) * _SHARE >= len(names)
            if (most or whole >= (_TIMES - 1) * period) and whole > covered:
                covered, cycle = whole, rows[start : start + period]
            gone += range(start + period, start + period + whole)
        if gone:
            again.update(rows[row] for row in gone)
            left = sorted(set(range(len(rows))).difference(gone))
            rows, marks = [rows[row] for row in left], [marks[row] for row in left]
            near = _near(marks)
    return again, cycle


class _Lazily(dict[int, list[int]]):
    """`_near` of many names, worked out for each period when it is asked for: most are gone after the first."""

    def __init__(self, names: list[int]) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, period: int) -> list[int]:
        pairs = zip(self._names, self._names[period:], strict=False)
        return [row for row, (one, other) in enumerate(pairs) if one == other]


def _near(names: list[int]) -> dict[int, list[int]]:
    """Where the same name stands again so many frames further on, by that number up to the longest period."""
    if len(names) > _MANY:
        return _Lazily(names)
    places: dict[int, list[int]] = {}
    for row, name in enumerate(names):
        places.setdefault(name, []).append(row)
    near: dict[int, list[int]] = {period: [] for period in range(1, PERIODS + 1)}
    for found in places.values():
        for at, row in enumerate(found[:-1], 1):
            for other in found[at : at + PERIODS]:
                if other - row > PERIODS:
                    break
                near[other - row].append(row)
    for found in near.values():
        found.sort()
    return near


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Runs of numbers that follow one another: the first of each, and how many."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number == found[-1][0] + found[-1][1]:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((number, 1))
    return found


def rotated(cycle: list[str]) -> list[str]:
    """Give the rotation of a cycle that comes first in order, wherever the stack ended.

    Examples
    --------
    >>> rotated(["parse", "expr", "term"]) == rotated(["term", "parse", "expr"])
    True
    """
    return min((cycle[start:] + cycle[:start] for start in range(len(cycle))), default=[])

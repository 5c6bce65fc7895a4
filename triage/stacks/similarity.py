"""How alike stacks are: FaST's alignment of two stacks in linear time, over flat arrays.

The measure is that of FaST (Rodrigues, Aloise and Fernandes, 2022) with the weights of TraceSim (Vasiliev and others,
2020): a frame weighs ``position ** -alpha * exp(-100 * beta * df / N)``, so that what is near the crash and what is
rare says most. Two stacks are joined by the numbers of their frames; a frame of both counts the more the nearer its two
positions are, a frame of one alone counts against them. The score is scaled to 0 (nothing in common) to 1 (the same).

A word is a name and how often it stood in the stack before, so that each word stands in a stack once: recursion
through other functions needs no case of its own. Words are numbered in the order of the caller's names; who numbers
names by their text gets the same scores, to the last bit, whatever the order of the stacks.

Numba compiles the alignment where it is installed (extra `fast`) and enough is asked to be worth its first call, about
a second; it is not kept on disk. Numpy gives the same numbers, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
import numpy.typing as npt

__all__ = ("MAX_FRAMES", "Stacks", "build", "scores")

ALPHA: Final = 1.0
BETA: Final = 0.02
GAMMA: Final = 0.05
# Stacks beside which the frequency of a frame begins to tell something; a case of five says nothing of what is common.
PRIOR: Final = 500
# Frames of a stack that are compared: beyond, the weights are next to nothing and a bound is worth more.
MAX_FRAMES: Final = 256
# Pairs that are worth the compilation.
_WORTH: Final = 200_000
_BLOCK: Final = 8_192

Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stacks:
    """Stacks in flat arrays, the words of each in ascending order.

    Attributes
    ----------
    offsets : int64, one per stack and one
        Where the words of each stack begin.
    words : int32
    positions : int16
        From 0, the innermost.
    weights : float32
    totals : float64, one per stack
        The sum of its weights.
    names : int32, one per word
        The name that the word is.
    df : int64, one per word
        How many stacks have it.
    """

    offsets: Ints
    words: npt.NDArray[np.int32]
    positions: npt.NDArray[np.int16]
    weights: npt.NDArray[np.float32]
    totals: Reals
    names: npt.NDArray[np.int32]
    df: Ints

    def __len__(self) -> int:
        return len(self.totals)


def build(
    stack: Ints,
    name: Ints,
    factor: Reals | None = None,
    *,
    size: int | None = None,
    alpha: float = ALPHA,
    beta: float = BETA,
) -> Stacks:
    """Give stacks in the form in which they are compared.

    Parameters
    ----------
    stack, name : int64, one per frame
        The number of the stack, ascending, and of the frame's name; the frames of a stack innermost first.
    factor : float64, one per frame
        What the frame weighs beside others at its place: 1 for the application's, less for a library's.
    size
        How many stacks there are; default: up to the last one with a frame.

    Examples
    --------
    >>> stacks = build(np.array([0, 0, 1, 1, 1]), np.array([4, 5, 4, 5, 5]))
    >>> len(stacks), stacks.words.tolist(), stacks.names.tolist()
    (2, [0, 1, 0, 1, 2], [4, 5, 5])
    """
    size = int(stack[-1]) + 1 if size is None and len(stack) else size or 0
    place = _within(stack)
    kept = place < MAX_FRAMES
    stack, name, place = stack[kept], name[kept], place[kept]
    order = np.lexsort((place, name, stack))
    stack, name, place = stack[order], name[order], place[order]
    words, word = np.unique(name * MAX_FRAMES + _within(stack, name), return_inverse=True)
    df = np.bincount(word, minlength=len(words)).astype(np.int64)
    weights = (place + 1.0) ** -alpha * np.exp(-100 * beta * df[word] / (size + PRIOR))
    if factor is not None:
        weights *= factor[kept][order]
    weights = weights.astype(np.float32)
    return Stacks(
        offsets=np.searchsorted(stack, np.arange(size + 1)).astype(np.int64),
        words=word.astype(np.int32),
        positions=place.astype(np.int16),
        weights=weights,
        totals=np.asarray(np.bincount(stack, weights=weights, minlength=size), np.float64),
        names=(words // MAX_FRAMES).astype(np.int32),
        df=df,
    )


def _within(*columns: Ints) -> Ints:
    """The place of each row in its run of equal rows."""
    size = len(columns[0])
    starts = np.zeros(size, np.bool_)
    starts[:1] = True
    for column in columns:
        starts[1:] |= column[1:] != column[:-1]
    rows = np.arange(size)
    return rows - np.maximum.accumulate(np.where(starts, rows, 0))


def scores(stacks: Stacks, left: Ints, right: Ints, *, gamma: float = GAMMA, engine: str | None = None) -> Reals:
    """Give the likeness of pairs of stacks, 0 to 1.

    Parameters
    ----------
    stacks
        As `build` makes them.
    left, right : int64, one per pair
        The numbers of the two stacks.
    gamma
        How much less a frame counts for each place that it is moved: ``exp(-gamma * places)``.
    engine
        "numba" or "numpy"; default: numba where it is installed and there is enough to do. The numbers are the same.

    Returns
    -------
    float64, one per pair
        0 where a stack has no frame.

    Examples
    --------
    >>> stacks = build(np.array([0, 0, 1, 1, 2]), np.array([4, 5, 4, 5, 9]))
    >>> scores(stacks, np.array([0, 0]), np.array([1, 2])).tolist()
    [1.0, 0.0]
    """
    left, right = np.ascontiguousarray(left, np.int64), np.ascontiguousarray(right, np.int64)
    decay = 1 + np.exp(-gamma * np.arange(MAX_FRAMES))
    if engine is None:
        engine = "numba" if (len(left) >= _WORTH or _compiled.cache_info().currsize) and find_spec("numba") else "numpy"
    shared = (_merged if engine == "numba" else _joined)(stacks, left, right, decay)
    both = 2 * (stacks.totals[left] + stacks.totals[right])
    return np.divide(shared, both, out=np.zeros(len(left)), where=both > 0)


def _merged(stacks: Stacks, left: Ints, right: Ints, decay: Reals) -> Reals:
    """What the pairs share, one pair after the other, compiled."""
    parts = (stacks.offsets, stacks.words, stacks.positions, stacks.weights)
    shared: Reals = _compiled()(parts, len(stacks.df), decay, left, right)
    return shared


@cache
def _compiled() -> Callable[..., Reals]:
    """The alignment, compiled."""
    import numba

    compiled: Callable[..., Reals] = numba.njit(nogil=True)(_align)
    return compiled


def _align(parts: Any, size: Any, decay: Any, left: Any, right: Any) -> Any:
    """Look the words of each right stack up in the left one; what numba compiles.

    `places` says for each word where it stands in the left stack, -1 where it does not. It is filled once for a run of
    pairs with the same left stack, which is three times as quick as two pointers that wait for each other. Unsigned
    indices spare numba the test for negative ones.
    """
    offsets, words, positions, weights = parts
    places = np.full(size, -1, np.int32)
    shared = np.empty(left.shape[0], np.float64)
    last = np.int64(-1)
    for pair in range(left.shape[0]):
        one, other = left[pair], right[pair]
        if one != last:
            if last >= 0:
                for at in range(np.uint64(offsets[last]), np.uint64(offsets[last + 1])):
                    places[np.uint64(words[at])] = -1
            for at in range(np.uint64(offsets[one]), np.uint64(offsets[one + 1])):
                places[np.uint64(words[at])] = np.int32(at)
            last = one
        found = 0.0
        for there in range(np.uint64(offsets[other]), np.uint64(offsets[other + 1])):
            place = places[np.uint64(words[there])]
            if place >= 0:
                here = np.uint64(place)
                moved = np.uint64(abs(np.int64(positions[here]) - np.int64(positions[there])))
                found += (np.float64(weights[here]) + np.float64(weights[there])) * decay[moved]
        shared[pair] = found
    return shared


def _joined(stacks: Stacks, left: Ints, right: Ints, decay: Reals) -> Reals:
    """What the pairs share, block by block: the words of both sides, keyed by their pair, are joined at once."""
    shared = np.empty(len(left), np.float64)
    for start in range(0, len(left), _BLOCK):
        block = slice(start, start + _BLOCK)
        shared[block] = _join(stacks, left[block], right[block], decay)
    return shared


def _join(stacks: Stacks, left: Ints, right: Ints, decay: Reals) -> Reals:
    """What the pairs of one block share."""
    span = len(stacks.df) + 1
    pair_of, at = rows(stacks.offsets, left)
    other_of, there = rows(stacks.offsets, right)
    keys = pair_of * span + stacks.words[at]
    others = other_of * span + stacks.words[there]
    found = np.searchsorted(others, keys)
    found[found == len(others)] = 0
    hit = np.flatnonzero(others[found] == keys) if len(others) else np.empty(0, np.int64)
    at, there = at[hit], there[found[hit]]
    moved = np.abs(stacks.positions[at].astype(np.int64) - stacks.positions[there])
    weights = (stacks.weights[at].astype(np.float64) + stacks.weights[there]) * decay[moved]
    return np.asarray(np.bincount(pair_of[hit], weights=weights, minlength=len(left)), np.float64)


def rows(offsets: Ints, chosen: Ints) -> tuple[Ints, Ints]:
    """Of lists in a flat array the items of those chosen: which of the chosen each is of, and where it stands."""
    starts, lengths = offsets[chosen], offsets[chosen + 1] - offsets[chosen]
    of = np.repeat(np.arange(len(chosen)), lengths)
    return of, np.arange(len(of)) + np.repeat(starts - np.r_[0, np.cumsum(lengths)[:-1]], lengths)

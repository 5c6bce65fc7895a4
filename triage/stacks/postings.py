"""Which stacks are worth comparing: those that share one of the rarest of the frames near the crash.

Comparing all pairs is hopeless from some ten thousand stacks on. Each stack is posted under its top twelve frames, and
looks for others under the four rarest of its own: those that say most about it. Two are compared where one of them
looks for the other, whichever was asked about. A frame that one stack alone has leads
nowhere and takes no place among the four. For the pairs of a whole case, frames of more stacks than `COMMON` lead
nowhere either, so that the work stays linear in the number of stacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from triage.stacks.similarity import Ints, Reals, Stacks, rows, scores

__all__ = ("COMMON", "Postings", "pairs", "post", "query")

TOP: Final = 12
RAREST: Final = 4
COMMON: Final = 256
# Candidates that are compared at once.
_BLOCK: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Postings:
    """Where stacks are found.

    Attributes
    ----------
    offsets : int64, one per word and one
        Where the stacks of each word begin.
    stacks : int32
        The stacks that have the word among their top frames, ascending.
    rare_offsets : int64, one per stack and one
        Where the rarest words of each stack begin.
    rare : int32
        These words, the rarest first.
    asking_offsets : int64, one per word and one
        Where the stacks begin that look under each word.
    asking : int32
        These stacks, ascending.
    """

    offsets: Ints
    stacks: npt.NDArray[np.int32]
    rare_offsets: Ints
    rare: npt.NDArray[np.int32]
    asking_offsets: Ints
    asking: npt.NDArray[np.int32]


def post(stacks: Stacks) -> Postings:
    """Post stacks under their frames.

    Examples
    --------
    >>> from triage.stacks.similarity import build
    >>> posted = post(build(np.array([0, 0, 1, 1, 2]), np.array([4, 5, 4, 6, 9])))
    >>> posted.stacks.tolist(), posted.rare.tolist()
    ([0, 1, 0, 1, 2], [0, 0])
    """
    of = np.repeat(np.arange(len(stacks)), np.diff(stacks.offsets))
    top = stacks.positions < TOP
    word, owner, place = stacks.words[top], of[top], stacks.positions[top]
    by_word = np.argsort(word, kind="stable")
    counts = np.bincount(word, minlength=len(stacks.df))
    # A word that stands near the top of one stack only may still stand deeper in another: it leads to the first.
    leads = stacks.df[word] > 1
    word, owner, place, by_owner = word[leads], owner[leads], place[leads], owner[by_word]
    order = np.lexsort((place, stacks.df[word], owner))
    word, owner = word[order], owner[order]
    first = np.searchsorted(owner, owner)
    rare = np.arange(len(owner)) - first < RAREST
    asked, asker = word[rare], owner[rare]
    return Postings(
        offsets=np.r_[0, np.cumsum(counts)].astype(np.int64),
        stacks=by_owner.astype(np.int32),
        rare_offsets=np.searchsorted(asker, np.arange(len(stacks) + 1)).astype(np.int64),
        rare=asked,
        asking_offsets=np.r_[0, np.cumsum(np.bincount(asked, minlength=len(stacks.df)))].astype(np.int64),
        asking=asker[np.argsort(asked, kind="stable")].astype(np.int32),
    )


def query(stacks: Stacks, posted: Postings, stack: int) -> tuple[Ints, Reals]:
    """Give the stacks that are worth comparing with one, and how alike they are, the most alike first.

    Examples
    --------
    >>> from triage.stacks.similarity import build
    >>> stacks = build(np.array([0, 0, 1, 1, 2]), np.array([4, 5, 4, 5, 9]))
    >>> query(stacks, post(stacks), 0)
    (array([1]), array([1.]))
    """
    words = posted.rare[posted.rare_offsets[stack] : posted.rare_offsets[stack + 1]].astype(np.int64)
    own = slice(stacks.offsets[stack], stacks.offsets[stack + 1])
    under = stacks.words[own][stacks.positions[own] < TOP].astype(np.int64)
    sought = posted.stacks[rows(posted.offsets, words)[1]], posted.asking[rows(posted.asking_offsets, under)[1]]
    others = _distinct(np.concatenate(sought).astype(np.int64))
    others = others[others != stack]
    found = scores(stacks, np.full(len(others), stack), others)
    order = np.lexsort((others, -found))
    return others[order], found[order]


def pairs(stacks: Stacks, posted: Postings, *, least: float, common: int = COMMON) -> tuple[Ints, Ints, Reals]:
    """Give every pair of stacks that is found and at least so much alike, the smaller number left, in ascending order.

    Parameters
    ----------
    least
        The score from which a pair is given.
    common
        Frames of more stacks than this lead to no pair.
    """
    size = len(stacks)
    kept: list[Ints] = [np.empty(0, np.int64)]
    likeness: list[Reals] = [np.empty(0, np.float64)]
    for left, right in _candidates(posted, size, common):
        found = scores(stacks, left, right)
        good = found >= least
        kept.append(np.minimum(left, right)[good] * size + np.maximum(left, right)[good])
        likeness.append(found[good])
    # Where both ends look for each other a pair is found twice, with the same score.
    keys, first = np.unique(np.concatenate(kept), return_index=True)
    return keys // max(size, 1), keys % max(size, 1), np.concatenate(likeness)[first]


def _candidates(posted: Postings, size: int, common: int) -> Iterator[tuple[Ints, Ints]]:
    """The pairs that share a rare word, in blocks."""
    spread = np.diff(posted.offsets)[posted.rare]
    usable = np.where(spread <= common, spread, 0)
    work = np.r_[0, np.cumsum(usable)][posted.rare_offsets]
    start = 0
    while start < size:
        end = max(start + 1, int(np.searchsorted(work, work[start] + _BLOCK, side="right")) - 1)
        owner, at = rows(posted.rare_offsets, np.arange(start, end))
        owner, at = owner[usable[at] > 0] + start, at[usable[at] > 0]
        asked, place = rows(posted.offsets, posted.rare[at].astype(np.int64))
        keys = _distinct(owner[asked] * size + posted.stacks[place])
        left, right = keys // size, keys % size
        yield left[left != right], right[left != right]
        start = end


def _distinct(values: Ints) -> Ints:
    """The distinct values, ascending; numpy's `unique` hashes, which takes several times as long."""
    values.sort()
    return values[np.r_[True, values[1:] != values[:-1]]] if len(values) else values

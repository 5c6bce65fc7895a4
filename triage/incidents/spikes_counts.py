"""How many events lie in the windows that end at each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from triage.incidents.spikes_expected import Window

__all__ = ("counted", "steady", "trimmed")

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def counted(times: Ints, width: int) -> Ints:
    """How many lie in the window that ends at each."""
    return np.searchsorted(times, times, side="right") - np.searchsorted(times, times - width, side="right")


def trimmed(times: Ints, window: Window) -> Floats:
    """How many lie in the window that ends at each, its densest part taken as the mean of the others."""
    last = np.searchsorted(times, times, side="right")
    first = np.searchsorted(times, times - window.width, side="right")
    densest = _greatest(counted(times, window.part), first, last)
    share = window.width / (window.width - window.part)
    found: Floats = np.minimum((last - first - densest).clip(min=0) * share, last - first)
    return found


def steady(times: Ints, weights: Ints, window: Window) -> float:
    """How many occurrences one window holds, its densest part taken as the mean of the others."""
    sums = np.r_[0, np.cumsum(weights)]
    parts = sums[1:] - sums[np.searchsorted(times, times - window.part, side="right")]
    # What is of one time is in the part that ends there, all of it: the last of them says so.
    rest = (sums[-1] - parts.max(initial=0)) * (window.width / (window.width - window.part))
    return float(min(rest, sums[-1]))


def _greatest(values: Ints, first: Ints, last: Ints) -> Ints:
    """The greatest value of each range of rows, none of which is empty.

    That of two overlapping runs whose length is a power of two; pandas' rolling windows take three times as long.
    """
    found = np.empty_like(first)
    level = np.log2(last - first).astype(np.int64)
    runs = values
    for power in range(int(level.max(initial=0)) + 1):
        rows = np.flatnonzero(level == power)
        found[rows] = np.maximum(runs[first[rows]], runs[last[rows] - (1 << power)])
        step = 1 << power
        runs = np.maximum(runs[:-step], runs[step:]) if len(runs) > step else runs
    return found

"""What a stream of events was like before a time: how many, in how much time that counts, and how unevenly.

All of it is asked for many times at once, and looks backwards only.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ("History", "mask_of")

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Pseudo-events by which few events say little about how uneven they are.
_PRIOR: Final = 4.0
# Alarms of a week from which on they are what the incident is like.
_OFTEN: Final = 3
HOUR: Final = 3_600_000_000


class History:
    """The events of a stream that count, in microseconds and sorted, less those of intervals that were alarms.

    Weights are how many occurrences each of them stands for.
    """

    def __init__(self, times: Ints, mask: Ints | None = None, weights: Ints | None = None) -> None:
        self._edges = np.zeros(0, np.int64) if mask is None else mask.ravel()
        inside = np.searchsorted(self._edges, times, side="left") % 2 == 1
        self.times = times[~inside]
        self._weights = None if weights is None else weights[~inside]
        self._sums = None if self._weights is None else np.r_[0, np.cumsum(self._weights)]
        self._whole = None if mask is None else History(times, weights=weights)
        # Alarms an hour or more apart are different ones.
        ended = np.r_[self._edges[:1] - HOUR, self._edges[1:-1:2]] if len(self._edges) else self._edges
        self._alarms = self._edges[::2][self._edges[::2] - ended >= HOUR]
        self._masked = np.cumsum(np.diff(self._edges, prepend=0) * (np.arange(len(self._edges)) % 2))
        self._bins: dict[int, tuple[Ints, Floats]] = {}

    def count(self, after: Ints, until: Ints) -> Floats:
        """How many lie in (after, until]."""
        low, high = (np.searchsorted(self.times, each, side="right") for each in (after, until))
        found = high - low if self._sums is None else self._sums[high] - self._sums[low]
        return found.astype(np.float64)

    def count_all(self, after: Ints, until: Ints) -> Floats:
        """The same with those of the intervals that were alarms."""
        return (self._whole or self).count(after, until)

    def exposure(self, after: Ints, until: Ints) -> Floats:
        """How much of (after, until] counts, in microseconds."""
        return (until - after - self._hidden(until) + self._hidden(after)).astype(np.float64)

    def _hidden(self, at: Ints) -> Ints:
        """How much time before a time does not count."""
        if not len(self._edges):
            return np.zeros(len(at), np.int64)
        place = np.searchsorted(self._edges, at, side="right")
        ended = np.where(place > 0, self._masked[place - 1], 0)
        return ended + np.where(place % 2 == 1, at - self._edges[place - 1], 0)

    def dispersion(self, width: int, after: Ints, until: Ints) -> tuple[Floats, Floats, Floats]:
        """Mean, variance and number of the counts of bins of a width that lie wholly in (after, until].

        The variance is that of differences of neighbours, so that neither a slow rhythm nor a trend is in it. Where
        there were several alarms, what raises them is usual: then they are in it.
        """
        found = self._spread(width, after, until)
        if self._whole is None:
            return found
        usual = np.searchsorted(self._alarms, until) - np.searchsorted(self._alarms, after) >= _OFTEN
        whole = self._whole.dispersion(width, after, until)
        mean, variance, size = (np.where(usual, *each) for each in zip(whole, found, strict=True))
        return mean, variance, size

    def _spread(self, width: int, after: Ints, until: Ints) -> tuple[Floats, Floats, Floats]:
        first, last = -(-after // width), until // width
        numbers, sums = self._bins_of(width, first, last)
        low, high = np.searchsorted(numbers, first), np.searchsorted(numbers, last)
        size = np.maximum(last - first, 1).astype(np.float64)
        total, uneven = (sums[:, high] - sums[:, low]).clip(min=0.0)
        return total / size, (uneven + _PRIOR) / (total + _PRIOR) * total / size, size

    def _bins_of(self, width: int, first: Ints, last: Ints) -> tuple[Ints, Floats]:
        """The bins of a width: all of them, or those that one interval needs, whose width may never come again."""
        if len(first) == 1 and width not in self._bins:
            low, high = np.searchsorted(self.times, [first[0] * width, last[0] * width]).tolist()
            # The first step is from the last bin before that holds anything.
            begin = np.searchsorted(self.times, self.times[low - 1] // width * width) if low else 0
            return self._binned(width, slice(int(begin), max(high, int(begin))))
        if width not in self._bins:
            self._bins[width] = self._binned(width, slice(None))
        return self._bins[width]

    def _binned(self, width: int, rows: slice) -> tuple[Ints, Floats]:
        """The bins that hold anything, and running sums: of counts, and of half the squares of steps up to there."""
        bins = self.times[rows] // width
        begins = np.flatnonzero(np.diff(bins, prepend=bins[:1] - 1))
        numbers = bins[begins]
        weights = np.ones(len(bins), np.int64) if self._weights is None else self._weights[rows]
        counts = (np.add.reduceat(weights, begins) if len(begins) else begins).astype(np.float64)
        steps = np.zeros(len(counts))
        # Where there is nothing in between, the count fell to nothing and rose again.
        apart = np.where(np.diff(numbers) == 1, 0.0, 2 * counts[1:] * counts[:-1])
        steps[1:] = (np.diff(counts) ** 2 + apart) / 2
        sums = np.zeros((2, len(counts) + 1))
        sums[0, 1:], sums[1, 1:] = np.cumsum(counts), np.cumsum(steps)
        return numbers, sums


def mask_of(ends: Ints, width: int) -> Ints:
    """The union of (end - width, end] for sorted ends: rows of (start, end)."""
    if not len(ends):
        return np.zeros((0, 2), np.int64)
    apart = np.flatnonzero(np.diff(ends) > width)
    starts = np.r_[ends[0], ends[apart + 1]] - width
    return np.column_stack([starts, np.r_[ends[apart], ends[-1]]])

"""What the history of an incident lets expect of each bucket of a chart, by the rule that finds its spikes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from triage.incidents.spikes import ALPHA
from triage.incidents.spikes_expected import DAY, Found, Window, judged
from triage.incidents.spikes_history import History

if TYPE_CHECKING:
    from triage.incidents.spikes_streams import Stream

__all__ = ("band",)

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_STEPS: Final = 18
# Occurrences that one event stands for at most, as where spikes are looked for.
_MOST: Final = 1_000
_MOST_TOGETHER: Final = 4_000_000


def band(stream: Stream, starts: Ints, width: int) -> tuple[Floats, Floats]:
    """The count to expect in each bucket, and the count from which on it would be improbable enough for an alarm.

    Parameters
    ----------
    stream
        The events of one incident. Those of its spikes are no part of its history.
    starts, width
        The buckets, in microseconds.

    Returns
    -------
    tuple of arrays
        NaN where there is less than a day of history, or where a bucket is longer than a day.
    """
    mean, upper = np.full(len(starts), np.nan), np.full(len(starts), np.nan)
    if not len(stream.times) or width > DAY:
        return mean, upper
    first = int(stream.times[0])
    rows = np.flatnonzero(starts - first >= DAY)
    if not len(rows):
        return mean, upper
    most = max(1, min(_MOST, _MOST_TOGETHER // len(stream.times)))
    history = History(np.repeat(stream.times, np.minimum(stream.weights, most)), _spikes(stream))
    window, ends = Window(0, width, max(width // 12, 1), DAY, 0, ""), starts[rows] + width - 1
    found, high = _alarming(ends, history, first, window)
    mean[rows], upper[rows] = found.expected, high
    return mean, upper


def _alarming(ends: Ints, history: History, first: int, window: Window) -> tuple[Found, Floats]:
    """The least counts that are improbable enough, to a hundredth, and what was expected."""

    def tested(count: Floats) -> Found:
        return judged(ends, count, history, first, window, least=0.0)

    low = tested(np.ones(len(ends))).expected
    high = low + 10.0
    for _ in range(_STEPS):
        few = tested(high).logp > np.log(ALPHA)
        if not few.any():
            break
        high = np.where(few, 2 * high, high)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        enough = tested(middle).logp <= np.log(ALPHA)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return tested(high), high


def _spikes(stream: Stream) -> Ints | None:
    """Where its spikes are: rows of start and end that do not overlap."""
    spans: list[list[int]] = []
    for each in stream.episodes():
        if spans and each.began <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], each.end)
        else:
            spans.append([each.began, each.end])
    return np.array(spans, np.int64) if spans else None

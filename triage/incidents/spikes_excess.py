"""Whether more events lie in an interval than the history before it lets expect, for one interval after another."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from triage.incidents.spikes_counts import steady
from triage.incidents.spikes_expected import DAY, Window, judged, judged_by
from triage.incidents.spikes_history import History

__all__ = ("HISTORY", "LEAST_P", "Intervals")

Ints = npt.NDArray[np.int64]

# What an incident shows what is usual in before anything can be too much.
HISTORY: Final = DAY
LEAST_P: Final = 1e-300


class Intervals:
    """The events of one incident, any interval of which may be tested; see `triage.incidents.spikes.excess`.

    Parameters
    ----------
    micros
        Microseconds since 1970 of the events, in any order.
    weights
        How many occurrences each stands for, itself included; default: itself.

    Examples
    --------
    >>> hour = 3_600_000_000
    >>> events, expected, p, why = Intervals(np.r_[np.arange(48), 48 + np.arange(40) / 10] * hour).excess(
    ...     48 * hour, 52 * hour
    ... )
    >>> events, round(expected, 1), p < 1e-6, why
    (39, 4.1, True, 'the 24 hours before')
    """

    def __init__(self, micros: Ints, weights: Ints | None = None) -> None:
        order = np.argsort(micros, kind="stable")
        self._times = np.asarray(micros, np.int64)[order]
        self._weights = np.ones(len(order), np.int64) if weights is None else np.asarray(weights, np.int64)[order]
        # It looks backwards only, so that one answers for every interval, whatever comes after that.
        self._history = History(self._times, weights=self._weights)

    def excess(self, began: int, until: int) -> tuple[int, float, float, str] | None:
        """Test (began, until]: the occurrences, the expected, the p-value, by what it is judged; None for too early."""
        low, high = np.searchsorted(self._times, [began, until], side="right").tolist()
        width = until - began
        if not high or began - self._times[0] < HISTORY or width <= 0:
            return None
        window = Window(0, width, width // 12, DAY, 0, "")
        held = self._weights[low:high]
        count = np.array([steady(self._times[low:high], held, window)])
        found = judged(np.array([until]), count, self._history, int(self._times[0]), window, least=0.0)
        p = max(float(np.exp(found.logp[0])), LEAST_P)
        return int(held.sum()), float(found.expected[0]), p, judged_by(int(found.basis[0]), window)

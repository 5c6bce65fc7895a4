"""What an incident lets expect of a window, and how improbable it is that so many events are in it.

The expectations are those that `triage.incidents.spikes` names; a count must be improbable under each, so of several
p-values the largest counts, and with it what it was judged by.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from triage.incidents.spikes_history import History
from triage.incidents.spikes_tails import log_tail

__all__ = ("DAY", "HOUR", "MINUTE", "TIMES", "Found", "Window", "above_level", "judged", "judged_by")

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MINUTE: Final = 60_000_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

# How many times the expected it must be at least.
TIMES: Final = 2.0
# A rate is never better known than this: the square of its relative error.
_KNOWN: Final = 0.03
# How long the bins are in which a rate is seen to wander.
_SCALES: Final = (15 * MINUTE, HOUR)
# Added to the number of days that an expectation rests on where they are days of the week.
_WEEKLY: Final = 100


class Window(NamedTuple):
    """How long it is, its densest part, how long before it is its level taken, the least count, what it is called."""

    number: int
    width: int
    part: int
    before: int
    floor: int
    name: str


class Found(NamedTuple):
    """The times at which a window holds too many, and what it says of each."""

    time: Ints
    window: Ints
    logp: Floats
    expected: Floats
    basis: Ints


def judged(at: Ints, count: Floats, history: History, first: int, window: Window, *, least: float = TIMES) -> Found:
    """Test one window at some times; with `least` only where the count is so many times the expected."""
    near, level = above_level(at, count, history, first, window, least=least)
    at, count = at[near], count[near]
    if not len(at):
        return Found(at, at, count, count, at)
    means, sizes, bases = _expected(at, level, history, window, first)
    near = np.flatnonzero(_is_near(count, means.max(axis=0), least))
    at, count, means, sizes, bases = at[near], count[near], means[:, near], sizes[:, near], bases[:, near]
    burst, wander, usual = _unevenness(history, window, at - window.width)
    phi = 1 + (burst - 1) * np.clip(means / usual, 1.0, 10.0)
    inverse = (phi - 1) / means + phi / sizes + wander + _KNOWN
    logp = log_tail(np.tile(count, len(means)), means.ravel(), 1 / inverse.ravel()).reshape(means.shape)
    logp[bases < 0] = -np.inf
    worst, columns = logp.argmax(axis=0), np.arange(len(at))
    number = np.full(len(at), window.number)
    return Found(at, number, logp[worst, columns], means[worst, columns], bases[worst, columns])


def above_level(
    at: Ints, count: Floats, history: History, first: int, window: Window, *, least: float = TIMES
) -> tuple[Ints, tuple[Floats, Floats]]:
    """The rows at which a window may hold too many by its level just before, and the level and what it rests on."""
    level = _rate(history, np.maximum(at - window.width - window.before, first), at - window.width, window)
    near = np.flatnonzero(_is_near(count, level[0], least))
    return near, (level[0][near], level[1][near])


def _is_near(count: Floats, mean: Floats, least: float) -> npt.NDArray[np.bool_]:
    """Whether a count is so many times the mean, and further from it than a Poisson count often is."""
    found: npt.NDArray[np.bool_] = count >= least * np.maximum(mean, (mean + 2.5 * np.sqrt(mean)) / TIMES)
    return found


def _expected(
    at: Ints, level: tuple[Floats, Floats], history: History, window: Window, first: int
) -> tuple[Floats, Floats, Ints]:
    """What to expect in the window, a row per basis: means, sizes of their gammas, and the basis (-1: none)."""
    began = at - window.width
    day = _rate(history, np.maximum(began - DAY, first), began, window)
    season, lags, usual = _season(at, history, window, first)
    # An incident that was silent for a day, where it usually is not, is not what it was before.
    silent = day[0] * 10 < usual * window.width / DAY
    rhythm = (lags % _WEEKLY >= 2) & ~silent
    bases = np.stack([np.zeros(len(at), np.int64), np.where(rhythm, -1, 1), np.where(rhythm, lags, -1)])
    means = np.stack([level[0], np.where(rhythm, 0.0, day[0]), np.where(rhythm, season[0], 0.0)])
    return np.maximum(means, 1e-9), np.stack([level[1], day[1], season[1]]), bases


def _rate(history: History, after: Ints, until: Ints, window: Window) -> tuple[Floats, Floats]:
    """The mean of a window at the rate of an interval, and the events that it rests on."""
    events = history.count(after, until) + 0.5
    return events * window.width / np.maximum(history.exposure(after, until), window.width), events


def _season(at: Ints, history: History, window: Window, first: int) -> tuple[tuple[Floats, Floats], Ints, Floats]:
    """The same for the same time on days before, of the week where two weeks are known.

    Also how many days these are, and how many events the whole days before them had.
    """
    wide = max(30 * MINUTE, window.width // 2)
    weekly = at - first >= 14 * DAY + window.width
    lag = np.where(weekly, 7 * DAY, DAY)
    events, exposed, days = np.full(len(at), 0.5), np.zeros(len(at)), np.zeros(len(at), np.int64)
    usual = np.zeros(len(at))
    for step in range(1, 8):
        middle = at - step * lag
        after = middle - window.width - wide
        until = np.minimum(middle + wide, at - window.width)
        there = (after >= first) & ~(weekly & (step > 4))
        # What looks like a spike on Mondays only is how the rhythm of the week begins.
        held = np.where(weekly, history.count_all(after, until), history.count(after, until))
        time = np.where(weekly, until - after, history.exposure(after, until))
        events += np.where(there, held, 0.0)
        exposed += np.where(there, time, 0.0)
        usual += np.where(there, history.count(middle - DAY, middle), 0.0)
        days += there
    mean = events * window.width / np.maximum(exposed, window.width)
    return (mean, events), np.where(weekly, days + _WEEKLY, days), usual / np.maximum(days, 1)


def _unevenness(history: History, window: Window, began: Ints) -> tuple[Floats, Floats, Floats]:
    """Variance over mean of counts, the square of how far the rate wanders beside, and the mean of that window."""
    after = began - 7 * DAY
    after = np.maximum(after, history.times[0] if len(history.times) else 0)
    mean, variance, _ = history.dispersion(min(window.width, HOUR), after, began)
    usual = mean * (window.width / min(window.width, HOUR))
    phi = np.maximum(variance / np.maximum(mean, 1e-9), 1.0)
    wander = np.zeros(len(began))
    for scale in _SCALES:
        mean, variance, bins = history.dispersion(scale, after, began)
        extra = variance - phi * mean * (1 + np.sqrt(2 / bins))
        wander = np.maximum(wander, extra / np.maximum(mean, 1e-9) ** 2)
    return phi, wander, np.maximum(usual, 1e-9)


def judged_by(code: int, window: Window) -> str:
    """What an expectation rests on, in words."""
    if code == 0:
        return f"the {window.before // HOUR} hours before"
    if code == 1:
        return "the day before"
    if code >= _WEEKLY:
        return f"the same time in the {code - _WEEKLY} weeks before"
    return f"the same time on the {code} days before"

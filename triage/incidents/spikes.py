"""The tested spike rule: more events than the history of their incident lets expect, with a p-value and a reason.

At every event the counts of the last five minutes, hour and four hours are tested against a negative binomial, a
Poisson count whose rate is known only as well as the history tells it (Gamma-Poisson). What is expected is

- the level just before, and
- the same time of day on up to seven days before; from two weeks on, the same time of the week;
- or the mean of the day before, while there is not history enough for a rhythm,

and a count must be improbable under each. How uneven the incident usually is widens the tail: the variance of counts
of neighbouring bins, once in proportion to the mean (events that come in bursts) and once to its square (a rate that
wanders). Beside that

- retries count once: where clients are given, repeats of one within a minute. In any case each count is taken twice:
  with the densest part of the window as the mean of the rest, so that one burst, however high, is no spike until it
  lasts; and with all events within a minute of the first as one, which is what tells few from many on a bursty ground;
- there is a floor of events, and of how many times the expected;
- an incident has a day to show what is usual; before that it is new, which is a message of its own;
- an episode is one alarm. Its events are no part of the history of the next, unless such alarms are usual.

What is found at a time depends on the events up to that time only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from triage.errors import TriageError
from triage.incidents.spikes_counts import counted, trimmed
from triage.incidents.spikes_excess import HISTORY, LEAST_P, Intervals
from triage.incidents.spikes_expected import HOUR, MINUTE, Found, Window, above_level, judged, judged_by
from triage.incidents.spikes_history import History, mask_of

__all__ = ("ALPHA", "HISTORY", "WINDOWS", "Episode", "collapsed", "detect", "episodes", "excess")

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# An alarm begins below this p-value, and goes on below the other.
ALPHA: Final = 1e-4
_ON: Final = 3e-3
# Alarming events at most this far apart are one episode, and another may begin only this long after its end.
_APART: Final = HOUR
_COOL: Final = 3 * HOUR
# Repeats of one client within this time are retries.
_RETRY: Final = MINUTE

WINDOWS: Final = (
    Window(0, 5 * MINUTE, MINUTE, 3 * HOUR, 5, "5 minutes"),
    Window(1, HOUR, 5 * MINUTE, 12 * HOUR, 6, "hour"),
    Window(2, 4 * HOUR, 30 * MINUTE, 24 * HOUR, 10, "4 hours"),
)
# How far back events lie that count in a window, and those that its level is taken from.
_WIDEST: Final = max(window.width + window.part for window in WINDOWS)
_FURTHEST: Final = max(window.width + window.before for window in WINDOWS)


class Episode(NamedTuple):
    """One spike. Times are in microseconds since 1970."""

    began: int
    """Where the window begins that raised the alarm, or that of the peak where this is earlier."""
    start: int
    """The event at which the alarm was raised."""
    end: int
    """The last event of the spike, not before the alarm: at it the count was still far above the expected."""
    peak: int
    """The event from the alarm to the end at which it was least probable."""
    window: int
    """How long the window is that ends there."""
    events: int
    """The events in that window."""
    expected: float
    """How many were expected in it."""
    p: float
    """How probable so many were, retries counted once."""
    total: int
    """The events after `began`, up to the end."""
    why: str
    """All that in one sentence."""


class _Stream(NamedTuple):
    """One way to count: times, sorted; the last of them, and how many each window holds that ends at one of these."""

    times: Ints
    at: Ints
    counts: list[Floats]


def detect(timestamps_ns: npt.ArrayLike) -> list[tuple[int, int, float]]:
    """Find the spikes of one incident.

    Parameters
    ----------
    timestamps_ns
        Whole nanoseconds since 1970 of its events, or dates with times (a column `ts`; those without a time do not
        count), in any order.

    Returns
    -------
    list of (start_ns, end_ns, score)
        One per spike: the event at which the alarm was raised, the last event of the spike (the same one where the
        alarm was raised no sooner; `Episode.began` says where its window begins), and -log10 of the p-value at the
        peak between them, at most 300.

    Raises
    ------
    TriageError
        It is neither.

    Examples
    --------
    >>> minute = 60 * 10**9
    >>> quiet = [at * 10 * minute for at in range(400)]
    >>> burst = [3_000 * minute + at * 10**10 for at in range(60)]
    >>> [(start // minute, end // minute) for start, end, _ in detect(quiet + burst)]
    [(3001, 3010)]
    >>> detect(quiet)
    []
    """
    ns = np.sort(_nanoseconds(timestamps_ns))
    micros = ns // 1_000
    out = []
    for each in episodes(micros):
        start, end = (int(ns[np.searchsorted(micros, at, side="right") - 1]) for at in (each.start, each.end))
        out.append((start, end, float(-np.log10(each.p))))
    return out


def _nanoseconds(given: Any) -> Ints:
    """Whole nanoseconds, or those of dates with times."""
    told = "detect() takes nanoseconds since 1970 or dates with times, one for each event"
    if given is None or isinstance(given, Mapping) or np.isscalar(given):
        raise TriageError(told)
    try:
        column: Any = pd.Series(given)
        kind = column.dtype.kind
        # a column that knows gaps may have them; among plain numbers nan is a wrong one
        if kind == "M" or (kind in "iuf" and not isinstance(column.dtype, np.dtype)):
            column = column.dropna()
        if kind == "M":
            column = column.astype("datetime64[ns, UTC]" if column.dt.tz else "datetime64[ns]")
        elif len(column) and not _are_whole(column, kind):
            raise TriageError(told)
        return np.asarray(column.to_numpy(np.int64), np.int64)
    except (TypeError, ValueError, OverflowError, NotImplementedError):
        raise TriageError(told) from None


def _are_whole(column: pd.Series, kind: str) -> bool:
    """Whether all values are whole numbers of nanoseconds, of which none is cut or turns negative."""
    if kind == "f":
        values = column.to_numpy(np.float64)
        return bool((np.abs(values) < 2.0**63).all() and (values == np.floor(values)).all())
    whole = kind in "iu" or all(isinstance(each, (int, np.integer)) and not isinstance(each, bool) for each in column)
    return bool(whole and column.min() >= -(1 << 63) and column.max() < 1 << 63)


def episodes(
    micros: Ints,
    clients: npt.ArrayLike | None = None,
    weights: Ints | None = None,
    *,
    alpha: float = ALPHA,
    since: int | None = None,
) -> list[Episode]:
    """Find the spikes of one incident, and say why each is one.

    Parameters
    ----------
    micros
        Microseconds since 1970 of its events, in any order.
    clients
        Who each event happened to, NA where nobody knows, or numbers, -1 where nobody knows: repeats of one within a
        minute count once.
    weights
        How many occurrences each event stands for, itself included.
    alpha
        The p-value below which an alarm is raised.
    since
        Where no spike can have lasted until then there need be no answer, and none is sought.

    Examples
    --------
    >>> minute = 60_000_000
    >>> quiet = np.arange(400) * 10 * minute
    >>> burst = 3_000 * minute + np.arange(60) * 10_000_000
    >>> episodes(np.r_[quiet, burst])[0].why[:45]
    '30 events in 5 minutes where 0.5 were expecte'
    """
    order = np.argsort(micros, kind="stable")
    times = np.asarray(micros, np.int64)[order]
    if clients is not None:
        kept = collapsed(times, np.asarray(clients)[order])
        times, order = times[kept], order[kept]
    if weights is not None:
        times = np.repeat(times, np.asarray(weights, np.int64)[order])
    first = int(times[0]) if len(times) else 0
    looked = [times[_looked_at(times, counted(times, window.width), window, first)][-1:] for window in WINDOWS]
    if not any(len(last) and (since is None or last[0] >= since) for last in looked):
        return []
    thin = times[_apart(times, _RETRY)]
    if since is not None and not _may_last(times, thin, since, alpha):
        return []
    streams = _streams(times, thin)
    found = _found(streams, None)
    alarms = np.unique(found.time[found.logp < np.log(alpha)])
    if len(alarms):
        found = _found(streams, mask_of(alarms, WINDOWS[0].width))
    return _episodes(times, found, np.log(alpha))


def excess(micros: Ints, began: int, until: int, weights: Ints | None = None) -> tuple[int, float, float, str] | None:
    """Test whether more events lie in (began, until] than the history before lets expect.

    Parameters
    ----------
    micros
        Microseconds since 1970 of the events of one incident, in any order; those after `until` do not matter.
    began, until
        The interval, in microseconds.
    weights
        How many occurrences each event stands for, itself included; default: itself.

    Returns
    -------
    tuple
        The occurrences in it, how many were expected, the p-value, and by what that is judged; None where the history
        is shorter than a day.

    Examples
    --------
    >>> hour = 3_600_000_000
    >>> events, expected, p, why = excess(np.r_[np.arange(48), 48 + np.arange(40) / 10] * hour, 48 * hour, 52 * hour)
    >>> events, round(expected, 1), p < 1e-6, why
    (39, 4.1, True, 'the 24 hours before')
    """
    return Intervals(micros, weights).excess(began, until)


def collapsed(times: Ints, clients: npt.NDArray[Any]) -> Ints:
    """The rows that are no retries: of one client within a minute of the first, only the first; times are sorted.

    Examples
    --------
    >>> collapsed(np.array([0, 10, 20, 70]) * 1_000_000, np.array(["a", "a", "b", "a"], object)).tolist()
    [0, 2, 3]
    """
    codes = pd.factorize(clients)[0]
    if clients.dtype.kind == "i":
        codes[clients < 0] = -1
    order = np.lexsort((times, codes))
    sorted_codes, at = codes[order], times[order]
    known = int(np.searchsorted(sorted_codes, 0))
    # One number line for all clients, each beyond reach of the one before.
    room = int(times[-1] - times[0]) + _RETRY if len(times) else 0
    kept = _apart(sorted_codes[known:] * room + (at[known:] - times[:1]), _RETRY)
    return np.sort(np.r_[order[:known], order[known + kept]])


def _apart(times: Ints, least: int) -> Ints:
    """The rows of sorted times that are at least so far from the row kept before them."""
    # what is so far from the row before it is kept whatever was kept there
    kept = np.diff(times, prepend=times[:1] - least) >= least
    begins = np.flatnonzero(kept)
    ends = np.r_[begins[1:], len(times)]
    crowded = ends - begins > 1
    if crowded.any():
        after = np.searchsorted(times, times + least).tolist()
        for begin, end in zip(begins[crowded].tolist(), ends[crowded].tolist(), strict=True):
            row = after[begin]
            while row < end:
                kept[row] = True
                row = after[row]
    return np.flatnonzero(kept)


def _looked_at(times: Ints, count: npt.NDArray[Any], window: Window, first: int) -> Ints:
    """The rows at which a window holds enough, and has enough before it, to be an alarm at all."""
    return np.flatnonzero((count >= window.floor) & (times - window.width - first >= HISTORY))


def _streams(times: Ints, thin: Ints, since: int | None = None) -> list[_Stream]:
    """Both ways to count at each event, or at those from a time on: with the densest part thinned, and all thinned."""
    made = []
    for every, trims in ((times, True), (thin, False)):
        near = every if since is None else every[np.searchsorted(every, since - _WIDEST) :]
        rows = slice(0 if since is None else int(np.searchsorted(near, since)), None)
        counts = (trimmed(near, window) if trims else counted(near, window.width) for window in WINDOWS)
        made.append(_Stream(every, near[rows], [count[rows].astype(np.float64) for count in counts]))
    return made


def _may_last(times: Ints, thin: Ints, since: int, alpha: float) -> bool:
    """Whether a spike can have lasted until a time.

    Something must be above its level then. That level is the same whatever was alarming before what it is taken from.
    """
    streams = _streams(times, thin, since - _FURTHEST)
    for every, at, counts in streams:
        history = History(every)
        for window, count in zip(WINDOWS, counts, strict=True):
            rows = _looked_at(at, count, window, int(every[0]))
            rows = rows[at[rows] >= since]
            if len(above_level(at[rows], count[rows], history, int(every[0]), window)[0]):
                return True
    return bool(np.any(_found(streams, None).logp < np.log(alpha)))


def _found(streams: list[_Stream], mask: Ints | None) -> Found:
    """The times at which a window of a stream holds far more than expected, less what lies in masked intervals."""
    parts = []
    for times, at, counts in streams:
        history = History(times, mask)
        for window, count in zip(WINDOWS, counts, strict=True):
            rows = _looked_at(at, count, window, int(times[0]))
            # All events of one time say the same: the last stands for them.
            rows = rows[np.r_[at[rows][1:] != at[rows][:-1], np.ones(min(len(rows), 1), bool)]]
            parts.append(judged(at[rows], count[rows], history, int(times[0]), window))
    return Found(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _episodes(times: Ints, found: Found, alpha: float) -> list[Episode]:
    """Make one of all alarms that are near each other."""
    order = np.lexsort((found.window, found.logp, found.time))
    on = order[found.logp[order] < np.log(_ON)]
    spans: list[list[int]] = []
    end = None
    at = found.time[on].tolist()
    for place, (time, alarming) in enumerate(zip(at, (found.logp[on] < alpha).tolist(), strict=True)):
        if end is not None and time - end <= (_COOL if alarming else _APART):
            spans[-1][1], end = place, time
        elif alarming:
            spans.append([place, place])
            end = time
    return [_episode(times, found, on[first : last + 1]) for first, last in spans]


def _episode(times: Ints, found: Found, chosen: Ints) -> Episode:
    """One spike from all that was found in it."""
    start, end = int(found.time[chosen[0]]), _end(times, found, chosen)
    # Later windows hold what came before the end still, and what is usual beside it.
    inside = chosen[found.time[chosen] <= end]
    best = inside[np.argmin(found.logp[inside])]
    peak, window, expected = int(found.time[best]), WINDOWS[int(found.window[best])], float(found.expected[best])
    began = min(start - WINDOWS[int(found.window[chosen[0]])].width, peak - window.width)
    events, total = (
        int(np.searchsorted(times, until, side="right") - np.searchsorted(times, after, side="right"))
        for after, until in ((peak - window.width, peak), (began, end))
    )
    p = max(float(np.exp(found.logp[best])), LEAST_P)
    why = f"{events:,} events in {_article(window.name)} {_said(expected, p, int(found.basis[best]), window)}"
    return Episode(began, start, end, peak, window.width, events, expected, p, total, why)


def _end(times: Ints, found: Found, chosen: Ints) -> int:
    """The last event of a spike.

    A window stays full for its own length: the shortest that was full tells best when it ended. Where a longer one is
    full for longer than that, the spike has gone on, more evenly, at least until the last of these begins.
    """
    windows, at = found.window[chosen], found.time[chosen]
    end = int(at[windows == windows.min()][-1])
    for number in np.unique(windows)[1:].tolist():
        before = int(at[windows == number][-1]) - WINDOWS[number].width
        if before > end:
            end = int(times[np.searchsorted(times, before, side="right") - 1])
    return end


def _said(expected: float, p: float, basis: int, window: Window) -> str:
    """What was expected, how improbable that makes what was found, and by what this is judged."""
    return f"where {_rounded(expected)} were expected (p = {p:.0e}), judged by {judged_by(basis, window)}"


def _article(name: str) -> str:
    return name if name[0].isdigit() else f"an {name}"


def _rounded(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value >= 0.1 else "less than 0.1"

"""Window counters of incidents, at one time or at every event, and DebugBundle's spike flag.

Windows are half-open, (t - W, t], in whole seconds: an event counts by the second that it happened in, so all events of
one second see the same counts, and the order in which events come does not matter. A repeated event id counts once;
what an SDK suppressed does not count, for nobody tells when each was.
The flag is exact: `is_spiking` = count_1h >= 12 and count_5m / max(count_1h / 12, 1) >= 3.0. It flags quiet incidents
easily; `triage.incidents.spikes` is the tested rule beside it. Facts: specs of the event store, section 3.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ("SUFFICIENT", "THRESHOLD", "WINDOWS", "at", "at_every", "flag", "since")

WINDOWS: Final = {"count_1m": 60, "count_5m": 300, "count_1h": 3_600, "count_24h": 86_400}
# Occurrences in the hour that make a baseline, and the ratio from which it spikes.
SUFFICIENT: Final = 12
THRESHOLD: Final = 3.0
_SECOND: Final = 1_000_000

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def flag(count_5m: Ints, count_1h: Ints) -> tuple[Floats, Flags]:
    """The ratio of five minutes to the hour, and whether that is a spike.

    Examples
    --------
    >>> ratio, spiking = flag(np.array([12, 11, 5]), np.array([12, 11, 60]))
    >>> ratio.tolist(), spiking.tolist()
    ([12.0, 11.0, 1.0], [True, False, False])
    """
    ratio = count_5m / np.maximum(count_1h / 12, 1)
    return ratio, (count_1h >= SUFFICIENT) & (ratio >= THRESHOLD)


def at(moment: int, ts: Ints, codes: Ints, size: int, *, counted: Flags) -> dict[str, Any]:
    """The counters of each incident at one time: columns of the table `incidents`.

    Parameters
    ----------
    moment
        Microseconds since 1970.
    ts
        The same of each event.
    codes, size
        The number of the incident of each event, and how many incidents there are.
    counted
        The events that count; none without a time does.
    """
    ages = moment // _SECOND - ts // _SECOND
    windows = {
        name: np.bincount(codes[counted & (ages >= 0) & (ages < span)], minlength=size)
        for name, span in WINDOWS.items()
    }
    ratio, spiking = flag(windows["count_5m"], windows["count_1h"])
    columns: dict[str, Any] = {name: counts.tolist() for name, counts in windows.items()}
    return columns | {"ratio_5m_1h": ratio.tolist(), "is_spiking": spiking.tolist()}


def at_every(micros: Ints, codes: Ints | None = None, ids: npt.ArrayLike | None = None) -> pd.DataFrame:
    """The counters of its incident at each event, in order of incident, time and place in the input.

    Parameters
    ----------
    micros
        Microseconds since 1970, in any order.
    codes
        The number of the incident of each event, not negative. Default: all are of one.
    ids
        The id of each event; of events of an incident that have the same, the earliest counts.

    Returns
    -------
    DataFrame
        row (int64: the place of the event in the input), code, second (int64, since 1970), count_1m, count_5m, count_1h
        and count_24h (int64), ratio_5m_1h (float64), is_spiking (bool). No row for a repeated id.

    Examples
    --------
    >>> at_every(np.array([90, 0, 30]) * 1_000_000)[["row", "second", "count_1m"]].to_numpy().tolist()
    [[1, 0, 1], [2, 30, 2], [0, 90, 1]]
    """
    seconds = np.floor_divide(micros, _SECOND)
    codes = np.zeros(len(seconds), np.int64) if codes is None else codes
    # One number per incident and second, with room for the longest window between incidents.
    least, most = (int(seconds.min()), int(seconds.max())) if len(seconds) else (0, 0)
    room = most - least + WINDOWS["count_24h"] + 1
    rows = _ordered(codes, _ordered(seconds - least)) if ids is None else _once(micros, codes, np.asarray(ids))
    there, second = codes[rows], seconds[rows]
    keys = there * room + (second - least)
    gaps = np.diff(keys)
    until = _run_ends(gaps)[: len(keys)]
    columns: dict[str, Any] = {"row": rows, "code": there, "second": second}
    for name, span in WINDOWS.items():
        columns[name] = until - _begins(keys, gaps, span)
    ratio, spiking = flag(columns["count_5m"], columns["count_1h"])
    return pd.DataFrame(columns | {"ratio_5m_1h": ratio, "is_spiking": spiking}, copy=False)


def _ordered(values: Ints, rows: Ints | None = None) -> Ints:
    """As a stable argsort of values that are not negative, of rows that are in some order already.

    It goes by sixteen bits at a time, for which numpy counts instead of comparing.
    """
    rows = np.arange(len(values)) if rows is None else rows
    values = values[rows]
    if bool((values[1:] >= values[:-1]).all()):
        return rows
    for shift in range(0, int(values.max()).bit_length(), 16):
        order = np.argsort((values >> shift).astype(np.uint16), kind="stable")
        rows, values = rows[order], values[order]
    return rows


def _once(micros: Ints, codes: Ints, ids: npt.NDArray[Any]) -> Ints:
    """The rows in order of incident and time, of those of an incident that have the same id the earliest."""
    rows = np.lexsort((micros, codes))
    if pd.Index(ids).is_unique:
        return rows
    pairs = pd.DataFrame({"code": codes[rows], "id": ids[rows]})
    kept: Ints = rows[~pairs.duplicated().to_numpy()]
    return kept


def _run_ends(gaps: Ints) -> Ints:
    """For each of sorted keys the place after the last that equals it, by what lies between neighbours."""
    ends = np.r_[np.flatnonzero(gaps) + 1, len(gaps) + 1]
    found: Ints = np.repeat(ends, np.diff(ends, prepend=0))
    return found


def _begins(keys: Ints, gaps: Ints, span: int) -> Ints:
    """For each of sorted keys the first place in the window that ends with it."""
    begins = np.arange(len(keys))
    # Where the one before is out already, the window begins here: most of them, and a search costs more than a look.
    rows = np.flatnonzero(gaps < span) + 1
    begins[rows] = np.searchsorted(keys, keys[rows] - span, side="right")
    return begins


def since(counters: pd.DataFrame) -> pd.DataFrame:
    """The episodes of the flag: runs of events of an incident at which it holds, less than five minutes apart.

    Parameters
    ----------
    counters
        As `at_every` gives them.

    Returns
    -------
    DataFrame
        code, start, end (int64, seconds since 1970), first and last (int64: rows of `counters`), peak (int64: the most
        in five minutes), in order of incident and time.

    Examples
    --------
    >>> found = since(at_every(np.arange(20) * 1_000_000))
    >>> found[["start", "end", "peak"]].to_numpy().tolist()
    [[11, 19, 20]]
    """
    spiking = counters["is_spiking"].to_numpy()
    code, second = counters["code"].to_numpy(), counters["second"].to_numpy()
    rows = np.flatnonzero(spiking)
    broken = np.diff(rows) != 1
    broken |= np.diff(code[rows]) != 0
    broken |= np.diff(second[rows]) >= WINDOWS["count_5m"]
    starts = np.flatnonzero(np.r_[np.ones(min(len(rows), 1), bool), broken])
    ends = np.r_[starts[1:], [len(rows)] * min(len(rows), 1)].astype(np.int64) - 1
    peaks = np.maximum.reduceat(counters["count_5m"].to_numpy()[rows], starts) if len(rows) else rows
    first, last = rows[starts], rows[ends]
    found = {"code": code[first], "start": second[first], "end": second[last], "first": first, "last": last}
    return pd.DataFrame(found | {"peak": peaks})

"""Spikes as rows: every episode of every incident, by the tested rule or by DebugBundle's.

The tested rule counts what happened, what an SDK suppressed too. DebugBundle's counts as DebugBundle does, and as the
column `is_spiking` of `incidents` does: each event once, whatever it says of others that were not sent (specs of the
event store, section 3). It is looked at where an event is: the column is true at the first and at the last event of an
episode, and at none outside of episodes; between events, as the windows move on, it may change by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.errors import TriageError
from triage.incidents import counters, groups, suppression
from triage.incidents.layout import typed
from triage.incidents.spikes_expected import MINUTE
from triage.incidents.spikes_streams import Stream, Streams

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

__all__ = ("RULES", "Titled", "releases_of", "rows", "titled")

Ints = npt.NDArray[np.int64]

# The tested rule, and DebugBundle's.
RULES: Final = ("tested", "5m/1h")
_COLUMNS: Final = {
    "incident_id": "string",
    "title": "string",
    "began": "timestamp",
    "start": "timestamp",
    "end": "timestamp",
    "peak": "timestamp",
    "minutes": "int64",
    "count": "int64",
    "expected": "double",
    "p": "double",
    "total": "int64",
    "release": "string",
    "rule": "string",
    "why": "string",
}

Titled = list[tuple[str, str]]


def rows(
    tables: dict[str, pa.Table], members: groups.Members, rule: str = "tested", *, as_of: int | None = None
) -> pd.DataFrame:
    """One row per episode; see `Case.spikes`.

    Parameters
    ----------
    tables
        The annotated tables of the case.
    members
        The events that make incidents, the number of the incident of each, and their ids.
    rule
        One of `RULES`, or `all`.
    as_of
        Microseconds since 1970: `members` are those of that time.
    """
    if rule not in (*RULES, "all"):
        raise TriageError(f"there is no rule {rule!r}; there are {', '.join(RULES)} and all")
    events, codes, ids = members
    releases = releases_of(events)
    names = titled(members)
    found: list[tuple[Any, ...]] = []
    if rule != "5m/1h":
        streams = Streams(events, codes, len(ids), suppression.given(tables, events, as_of))
        for code, named in enumerate(names):
            stream = streams[code]
            found += [(*named, *each) for each in _by_test(stream, releases[stream.rows])]
    if rule != "tested":
        found += [(*names[code], *each) for code, *each in _by_ratio(events, codes, releases)]
    frame = typed(_COLUMNS, found)
    return frame.sort_values(["start", "incident_id", "rule"], ascending=[False, True, False], ignore_index=True)


def titled(members: groups.Members) -> Titled:
    """The id and title of each incident."""
    events, codes, ids = members
    return list(zip(ids, groups.titles(events, codes), strict=True))


def releases_of(events: pa.Table) -> npt.NDArray[np.object_]:
    """The release of each event, None where it tells none."""
    found: npt.NDArray[np.object_] = events["release"].to_pandas().to_numpy(dtype=object, na_value=None)
    return found


def _by_test(stream: Stream, releases: npt.NDArray[np.object_]) -> list[tuple[Any, ...]]:
    """The episodes of one incident by the tested rule."""
    found = []
    for each in stream.episodes():
        release = _new_release(stream.times, releases, each.began, each.end)
        why = each.why if release is None else f"{each.why}; it is the first with release {release}"
        times = (each.began, each.start, each.end, each.peak)
        found.append(
            (*times, each.window // MINUTE, each.events, each.expected, each.p, each.total, release, "tested", why)
        )
    return found


def _by_ratio(events: pa.Table, codes: Ints, releases: npt.NDArray[np.object_]) -> Iterator[tuple[Any, ...]]:
    """The episodes of all incidents by DebugBundle's rule, each behind the number of its incident."""
    rows = _counted(events, codes)
    micros = pc.fill_null(events["ts"].cast(pa.int64()), 0).to_numpy()
    rows = rows[np.lexsort((micros[rows], codes[rows]))]
    times, owners, names = micros[rows], codes[rows], releases[rows]
    every = counters.at_every(times, owners)
    five, hour, second = (every[name].to_numpy() for name in ("count_5m", "count_1h", "second"))
    for code, first, last in counters.since(every)[["code", "first", "last"]].to_numpy().tolist():
        best = _end(second, first + int(np.argmax(five[first : last + 1])), last)
        count, expected = int(five[best]), max(float(hour[best]) / 12, 1.0)
        start = _begin(five, hour, first, _end(second, first, last))
        start, end, peak = (int(times[row]) for row in (start, last, best))
        began = start - 5 * MINUTE
        own = slice(*np.searchsorted(owners, [code, code + 1]).tolist())
        total = int(np.searchsorted(times[own], end, "right") - np.searchsorted(times[own], began, "right"))
        why = (
            f"{count:,} events in 5 minutes are {count / expected:.1f} times a twelfth of those of the hour, at least 1"
        )
        release = _new_release(times[own], names[own], began, end)
        yield code, began, start, end, peak, 5, count, expected, None, total, release, "5m/1h", why


def _counted(events: pa.Table, codes: Ints) -> Ints:
    """The rows that the counters of `incidents` count: bundles only where their incident has nothing else."""
    bundle = pc.fill_null(pc.equal(events["event_kind"], "incident_bundle"), fill_value=False).to_numpy().astype(bool)
    alone = np.bincount(codes[~bundle], minlength=int(codes.max(initial=-1)) + 1) == 0
    there = pc.is_valid(events["ts"]).to_numpy().astype(bool)
    return np.flatnonzero(there & (~bundle | alone[codes]))


def _end(second: Ints, row: int, last: int) -> int:
    """The last row of a second, up to a row."""
    return row + int(np.searchsorted(second[row : last + 1], second[row], "right")) - 1


def _begin(five: Ints, hour: Ints, first: int, last: int) -> int:
    """The row of a second from which on the flag holds: its counts are those of its end, less what came later."""
    missing = np.arange(last - first, -1, -1)
    _, holds = counters.flag(five[first : last + 1] - missing, hour[first : last + 1] - missing)
    return first + int(np.argmax(holds))


def _new_release(times: Ints, releases: npt.NDArray[np.object_], after: int, until: int) -> str | None:
    """Of the releases that the incident carries for the first time in an interval the one with the most events."""
    low, high = np.searchsorted(times, [after, until], side="right").tolist()
    before = set(releases[:low].tolist())
    names = [name for name in releases[low:high].tolist() if name is not None and name not in before]
    # What it is called by from the first event on is no change.
    if not names or not any(name is not None for name in before):
        return None
    return str(min(set(names), key=lambda name: (-names.count(name), name)))

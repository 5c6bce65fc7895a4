"""Spikes as rows: every episode of every incident, by the tested rule or by DebugBundle's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from triage.errors import TriageError
from triage.incidents import counters, groups, suppression
from triage.incidents.layout import typed
from triage.incidents.spikes_expected import MINUTE
from triage.incidents.spikes_streams import Stream, Streams

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ("RULES", "Titled", "releases_of", "rows", "titled")

# The tested rule, and DebugBundle's.
RULES: Final = ("tested", "5m/1h")
_COLUMNS: Final = {
    "incident_id": "string",
    "title": "string",
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
    streams = Streams(events, codes, len(ids), suppression.given(tables, events, as_of))
    releases = releases_of(events)
    found: list[tuple[Any, ...]] = []
    for code, (name, title) in enumerate(titled(members)):
        stream = streams[code]
        if rule != "5m/1h":
            found += [(name, title, *each) for each in _by_test(stream, releases[stream.rows])]
        if rule != "tested":
            found += [(name, title, *each) for each in _by_ratio(stream, releases[stream.rows])]
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
    for each in stream.episodes:
        release = _new_release(stream, releases, each.start - each.window, each.end)
        why = each.why if release is None else f"{each.why}; it is the first with release {release}"
        times = (each.start, each.end, each.peak)
        found.append(
            (*times, each.window // MINUTE, each.events, each.expected, each.p, each.total, release, "tested", why)
        )
    return found


def _by_ratio(stream: Stream, releases: npt.NDArray[np.object_]) -> list[tuple[Any, ...]]:
    """The episodes of one incident by DebugBundle's rule."""
    every = counters.at_every(stream.times)
    five, hour = every["count_5m"].to_numpy(), every["count_1h"].to_numpy()
    found = []
    for first, last in counters.since(every)[["first", "last"]].to_numpy().tolist():
        best = first + int(np.argmax(five[first : last + 1]))
        count, expected = int(five[best]), max(float(hour[best]) / 12, 1.0)
        start, end, peak = (int(stream.times[row]) for row in (first, last, best))
        began = start - 5 * MINUTE
        total = int(np.searchsorted(stream.times, end, "right") - np.searchsorted(stream.times, began, "right"))
        why = (
            f"{count:,} events in 5 minutes are {count / expected:.1f} times a twelfth of those of the hour, at least 1"
        )
        release = _new_release(stream, releases, began, end)
        found.append((start, end, peak, 5, count, expected, None, total, release, "5m/1h", why))
    return found


def _new_release(stream: Stream, releases: npt.NDArray[np.object_], after: int, until: int) -> str | None:
    """Of the releases that the incident carries for the first time in an interval the one with the most events."""
    low, high = np.searchsorted(stream.times, [after, until], side="right").tolist()
    before = set(releases[:low].tolist())
    names = [name for name in releases[low:high].tolist() if name is not None and name not in before]
    # What it is called by from the first event on is no change.
    if not names or not any(name is not None for name in before):
        return None
    return str(min(set(names), key=lambda name: (-names.count(name), name)))

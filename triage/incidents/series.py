"""Events over time, as a chart shows them: counts in buckets, by incident, what was to be expected, and the deploys.

All that a chart needs is made here, with columns and few rows; what is drawn is not. Buckets are as long as the span
asks for, so that there are at most some 400; a bucket without events is a zero. The incidents with the most events have
a lane of their own, the others share one. Events without a time are in no bucket: they are counted and said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from triage.incidents import groups, outlying, regressions, suppression
from triage.incidents.layout import typed
from triage.incidents.series_expected import band
from triage.incidents.spikes_streams import Streams
from triage.share.printable import plural
from triage.times import LEAST, MOST

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from triage.incidents.decisions import Decider

    Mask = Callable[[str, pd.DataFrame], pd.DataFrame]

__all__ = ("BUCKETS", "OTHERS", "Series", "Span", "active", "bucket", "made")

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

BUCKETS: Final = 400
OTHERS: Final = "others"
_LANES: Final = 5
_SECOND: Final = 1_000_000
_DAY: Final = 86_400
# Lengths that people know, in seconds; beyond them whole years.
_LENGTHS: Final = (
    *(1, 5, 10, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200),
    *(_DAY, 2 * _DAY, 7 * _DAY, 14 * _DAY, 30 * _DAY, 91 * _DAY, 365 * _DAY),
)
_LANE_COLUMNS: Final = {"lane": "int64", "incident_id": "string", "title": "string", "events": "int64"}
_COUNT_COLUMNS: Final = {
    "lane": "int64",
    "start": "timestamp",
    "end": "timestamp",
    "count": "int64",
    "expected": "double",
    "upper": "double",
}
_RELEASE_OF: Final = ["service", "release", "ts"]
_DEPLOY_COLUMNS: Final = {"at": "timestamp", "release": "string", "service": "string", "environment": "string"}
_RELEASE_COLUMNS: Final = {
    "service": "string",
    "release": "string",
    "first_seen": "timestamp",
    "last_seen": "timestamp",
    "events": "int64",
    "incidents": "int64",
    "new": "int64",
}


@dataclass(frozen=True, slots=True)
class Span:
    """The time that is drawn: whole buckets, in microseconds since 1970; no bucket where nothing has a time."""

    start: int
    width: int
    buckets: int

    @property
    def edges(self) -> Ints:
        """Where the buckets begin, and where the last one ends."""
        found: Ints = self.start + np.arange(self.buckets + 1, dtype=np.int64) * self.width
        return found


@dataclass(frozen=True, slots=True, repr=False)
class Series:
    """What a chart shows.

    `lanes` has a row for each row of the chart (lane, incident_id, title, events; the last may be the others, without
    an id), `counts` one for each bucket of each lane (lane, start, end, count, and where asked expected and upper: the
    count that would be an alarm), `deploys` at, release, service and environment, `releases` what each service said of
    each release (first_seen, last_seen, and the events, incidents and new incidents in it). `incidents` and `events`
    are how many there are, `timeless` how many events have no time and are not shown; `remarks` is what is to be said
    of the time that it ends with.
    """

    span: Span
    lanes: pd.DataFrame
    counts: pd.DataFrame
    deploys: pd.DataFrame
    releases: pd.DataFrame
    incidents: int
    events: int
    timeless: int
    remarks: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<triage.Series: {plural(self.incidents, 'incident')}, {plural(self.events, 'event')}>"

    def masked(self, mask: Mask) -> Series:
        """The same in masked words."""
        return replace(
            self,
            lanes=mask("incidents", self.lanes),
            deploys=mask("events", self.deploys),
            releases=mask("events", self.releases),
        )


def bucket(span: int, most: int = BUCKETS) -> int:
    """How long a bucket is, in microseconds, for a span of microseconds.

    Examples
    --------
    >>> bucket(3_600_000_000) // 1_000_000, bucket(7 * 86_400_000_000) // 1_000_000
    (10, 1800)
    """
    least = span / _SECOND / max(most - 1, 1)
    for seconds in _LENGTHS:
        if seconds >= least:
            return seconds * _SECOND
    return int(np.ceil(least / _LENGTHS[-1])) * _LENGTHS[-1] * _SECOND


def made(
    tables: dict[str, pa.Table],
    decider: Decider | None = None,
    *,
    since: int | None = None,
    until: int | None = None,
    chosen: Sequence[str] | None = None,
    expected: bool = False,
    lanes: int | None = None,
) -> Series:
    """Count the events of incidents in buckets of time.

    Parameters
    ----------
    tables
        Of a case.
    decider
        What changes which events make an incident.
    since, until
        Microseconds since 1970; default: the first and the last event. What comes after `until` is not known.
    chosen
        Ids of the incidents that have a lane, in this order, and no others; default: those with the most events.
    expected
        Whether to say what the history lets expect.
    lanes
        How many lanes there are at most; default: 5.

    Examples
    --------
    >>> import triage
    >>> case = triage.loads('{"timestamp": "2026-01-26T01:25:59Z", "level": "error", "message": "no"}')
    >>> made(case.raw.tables).span.buckets
    0
    """
    events, codes, ids = groups.members(tables, as_of=until, decider=decider)
    streams = Streams(events, codes, len(ids), suppression.given(tables, events, until))
    kept = streams.times >= (LEAST if since is None else since)
    rows, times = streams.rows[kept], streams.times[kept]
    weights = streams.weights[kept]
    span = _span(times, since, until)
    totals = np.bincount(codes[rows], weights=weights, minlength=len(ids)).astype(np.int64)
    which = _chosen(ids, totals, chosen, _LANES if lanes is None else lanes)
    lane_of, shared = _laned(which, totals, others=chosen is None)
    table = _counts(times, lane_of[codes[rows]], weights, span, len(which) + shared)
    bands = [_band(streams, code, span) if expected else None for code in which] + [None] * shared
    titles = groups.titles(events, codes)
    named: list[tuple[Any, ...]] = [(at, ids[code], titles[code], int(totals[code])) for at, code in enumerate(which)]
    if shared:
        named.append((len(which), None, OTHERS, int(totals.sum() - totals[which].sum())))
    return Series(
        span=span,
        lanes=typed(_LANE_COLUMNS, named),
        counts=_framed(table, bands, span),
        deploys=_deploys(tables, span, until),
        releases=_releases(
            groups.until(until, tables["events"]),
            events.select(_RELEASE_OF).take(pa.array(rows)),
            codes[rows],
            weights,
            span,
        ),
        incidents=int((totals > 0).sum()),
        events=int(totals.sum()),
        timeless=events["ts"].null_count,
        remarks=tuple(outlying.remarks(tables, "until")) if until is None else (),
    )


def _span(times: Ints, since: int | None, until: int | None) -> Span:
    """Whole buckets over the time that was asked for, or else over that of the events."""
    if not len(times):
        return Span(since or until or 0, _SECOND, 0)
    first = int(times.min()) if since is None else since
    last = int(times.max()) if until is None else max(until, int(times.max()))
    width = bucket(last - first)
    start = max(first // width * width, LEAST)
    return Span(start, width, int((last - start) // width) + 1)


def _chosen(ids: list[str], totals: Ints, chosen: Sequence[str] | None, lanes: int) -> list[int]:
    """The numbers of the incidents that have a lane, the most frequent first."""
    if chosen is not None:
        known = {name: code for code, name in enumerate(ids)}
        return [known[name] for name in chosen if name in known][:lanes]
    order = sorted(np.flatnonzero(totals).tolist(), key=lambda code: (-totals[code], ids[code]))
    # Where only one would be among the others, it has the lane.
    return order[: lanes if len(order) <= lanes else lanes - 1]


def _laned(which: list[int], totals: Ints, *, others: bool) -> tuple[Ints, int]:
    """The lane of each incident, -1 for none, and whether there is one for the others."""
    shared = int(others and int((totals > 0).sum()) > len(which))
    lane_of = np.full(len(totals), len(which) if shared else -1, np.int64)
    lane_of[which] = np.arange(len(which))
    return lane_of, shared


def _counts(times: Ints, lanes: Ints, weights: Ints, span: Span, size: int) -> Ints:
    """How many events lie in each bucket of each lane."""
    if not span.buckets or not size:
        return np.zeros((size, span.buckets), np.int64)
    at = (times - span.start) // span.width
    there = np.flatnonzero((lanes >= 0) & (at >= 0) & (at < span.buckets))
    keys = lanes[there] * span.buckets + at[there]
    found = np.bincount(keys, weights=weights[there], minlength=size * span.buckets)
    return found.astype(np.int64).reshape(size, span.buckets)


def _band(streams: Streams, code: int, span: Span) -> tuple[Floats, Floats]:
    """What the history of an incident lets expect of each bucket, and from where on that is an alarm."""
    return band(streams[code], span.edges[:-1], span.width)


def _framed(table: Ints, bands: list[tuple[Floats, Floats] | None], span: Span) -> pd.DataFrame:
    """The buckets of all lanes as rows."""
    size, buckets = table.shape
    nothing = (np.full(buckets, np.nan), np.full(buckets, np.nan))
    known = [nothing if each is None else each for each in bands]
    mean, upper = (np.concatenate([each[side] for each in known] or [np.zeros(0)]) for side in (0, 1))
    edges = span.edges
    ends = np.minimum(edges[1:], MOST)  # the calendar may end before the last bucket does
    columns: list[Any] = [np.repeat(np.arange(size), buckets), np.tile(edges[:-1], size), np.tile(ends, size)]
    columns += [table.ravel(), pa.array(mean, from_pandas=True), pa.array(upper, from_pandas=True)]
    return _table(_COUNT_COLUMNS, columns)


def _table(schema: dict[str, str], columns: list[Any]) -> pd.DataFrame:
    """A DataFrame of columns."""
    empty = typed(schema, [])
    made = {
        name: pd.array(pa.array(values).cast(empty[name].dtype.pyarrow_dtype), dtype=empty[name].dtype)  # type: ignore[union-attr]
        for name, values in zip(schema, columns, strict=True)
    }
    return pd.DataFrame(made)


def _deploys(tables: dict[str, pa.Table], span: Span, until: int | None) -> pd.DataFrame:
    """The deploys in the time that is drawn."""
    if not span.buckets:
        return typed(_DEPLOY_COLUMNS, [])
    end = int(span.edges[-1]) - 1 if until is None else until
    found = [each for each in regressions.deploys(tables, as_of=end) if span.start <= each.at]
    return typed(
        _DEPLOY_COLUMNS,
        sorted((each.at, each.release, each.service or None, each.environment or None) for each in found),
    )


def _releases(every: pa.Table, events: pa.Table, codes: Ints, weights: Ints, span: Span) -> pd.DataFrame:
    """What each service said of each release: when it was seen, and what of incidents was."""
    if not span.buckets:
        return typed(_RELEASE_COLUMNS, [])
    micros = pc.fill_null(every["ts"].cast(pa.int64()), np.iinfo(np.int64).min).to_numpy()
    inside = (micros >= span.start) & (micros < int(span.edges[-1]))
    seen = _by_release(every, micros)[inside & pc.is_valid(every["release"]).to_numpy()]
    first = seen.groupby(["service", "release"])["at"].agg(["min", "max"])
    own = _by_release(events, events["ts"].cast(pa.int64()).to_numpy())
    own["code"], own["events"] = codes, weights
    new = own.sort_values("at", kind="stable").drop_duplicates("code").groupby(["service", "release"]).size()
    held = own.groupby(["service", "release"]).agg(events=("events", "sum"), incidents=("code", "nunique"))
    joined = first.join(held, how="left").join(new.rename("new"), how="left").fillna(0).astype("int64").reset_index()
    joined = joined.sort_values(["min", "service", "release"], ignore_index=True)
    joined["service"] = joined["service"].where(joined["service"] != "", None)
    return _table(_RELEASE_COLUMNS, [joined[name] for name in joined.columns])


def _by_release(events: pa.Table, micros: Ints) -> pd.DataFrame:
    """Service, release and time of events, the texts as categories: a million of them are compared as numbers."""
    columns = {}
    for name in ("service", "release"):
        column = events[name].combine_chunks()
        encoded = (pc.fill_null(column, "") if name == "service" else column).dictionary_encode()
        encoded = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
        columns[name] = encoded.to_pandas()
    return pd.DataFrame({**columns, "at": micros})


def active(
    tables: dict[str, pa.Table], decider: Decider | None = None, *, since: int | None = None, until: int | None = None
) -> pd.DataFrame:
    """The incidents with events in a time: incident_id, title, and how many events; the most frequent first.

    Parameters
    ----------
    tables, decider
        As for `made`.
    since, until
        Microseconds since 1970; both count.
    """
    events, codes, ids = groups.members(tables, decider=decider)
    streams = Streams(events, codes, len(ids), suppression.given(tables, events))
    low, high = LEAST if since is None else since, MOST if until is None else until
    kept = (streams.times >= low) & (streams.times <= high)
    weights = streams.weights[kept]
    totals = np.bincount(codes[streams.rows[kept]], weights=weights, minlength=len(ids)).astype(np.int64)
    titles = groups.titles(events, codes)
    order = sorted(np.flatnonzero(totals).tolist(), key=lambda code: (-totals[code], ids[code]))
    named = [(ids[code], titles[code], int(totals[code])) for code in order]
    return typed({name: kind for name, kind in _LANE_COLUMNS.items() if name != "lane"}, named)

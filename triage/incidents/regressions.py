"""Regressions: incidents that came back after they were resolved, began with a deploy, or got worse with one.

A deploy is what a service in an environment tells of by an event of the kind `deploy`, or else the first event of a
release there; the release that a service is first seen with is no deploy. It was when that event says (`deployed_at`);
where it says nothing, or a zero that was never set, at its time. A release may be deployed again, and an older one come
back; hosts that tell of one release within an hour tell of one deploy. It answers for a day, or until the next; what is
new with it can be told only where there are events of before.
Whether an incident happens more often after a deploy than before is tested as `triage.incidents.spikes` tests, over
the first hour and over the whole time that the deploy answers for. What an SDK counted instead of sending is counted,
here and in the rates, as if it had been sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.incidents import groups, spikes, suppression
from triage.incidents.layout import typed
from triage.incidents.spikes_excess import Intervals
from triage.incidents.spikes_expected import DAY, HOUR, MINUTE
from triage.incidents.spikes_streams import Streams
from triage.records import MOST_OCCURRENCES
from triage.stacks.joining import isin
from triage.times import iso

if TYPE_CHECKING:
    import pandas as pd

    from triage.incidents.decisions import Decider

__all__ = ("KINDS", "Deploy", "deploys", "rows")

KINDS: Final = ("seen again", "new", "more often")
# More often: so many times as often, with so many events at least.
_TIMES: Final = 2.0
_FLOOR: Final = 5
_COLUMNS: Final = {
    "incident_id": "string",
    "title": "string",
    "kind": "string",
    "at": "timestamp",
    "release": "string",
    "deployed_at": "timestamp",
    "minutes_since_deploy": "double",
    "before": "double",
    "after": "double",
    "ratio": "double",
    "p": "double",
    "why": "string",
}
# Hosts that get a release one after another: what tells of it again within so long tells of the same deploy.
_ROLLING: Final = HOUR
_PLACE: Final = ("service", "environment")
Ints = npt.NDArray[np.int64]
# A service and an environment.
_Place = tuple[str, str]


class Deploy(NamedTuple):
    """A release that came to a service in an environment, and until when it answers for what happens there."""

    service: str
    environment: str
    release: str
    at: int
    until: int
    told: bool
    """Whether an event of the kind `deploy` tells of it."""
    seen: bool
    """Whether there are events of the place from before."""


@dataclass(frozen=True, repr=False)
class _Incident:
    """The events of an incident in one service and environment, in order, and how many occurrences each stands for."""

    name: str
    title: str
    times: Ints
    weights: Ints
    releases: npt.NDArray[np.object_]
    first: int
    """The first event of the incident anywhere."""

    @cached_property
    def sums(self) -> Ints:
        """Of the weights before each, and of all."""
        return np.cumsum(np.r_[0, self.weights])

    @cached_property
    def intervals(self) -> Intervals:
        """The same events, to be tested."""
        return Intervals(self.times, self.weights)

    def held(self, low: int, high: int) -> int:
        """How many occurrences the events between two places stand for."""
        return int(self.sums[high] - self.sums[low])


class _Deploys:
    """The deploys to a service in an environment, in order: they answer for one stretch of time after another."""

    def __init__(self, found: list[Deploy]) -> None:
        self.found = found
        self._at = np.array([deploy.at for deploy in found], np.int64)
        self._until = np.array([deploy.until for deploy in found], np.int64)

    def last(self, at: int) -> Deploy | None:
        """The last at a time or before it."""
        number = int(np.searchsorted(self._at, at, side="right"))
        return self.found[number - 1] if number else None

    def met(self, incident: _Incident) -> list[tuple[Deploy, int, int]]:
        """Those that events lie in the stretch of, both ends with it, and from which event to which.

        They are looked up by the events: of a thousand deploys an incident that is seen twice meets two.
        """
        low = np.searchsorted(self._until, incident.times, side="left")
        high = np.searchsorted(self._at, incident.times, side="right")
        # What an event meets of what the one before it met is there already.
        low = np.maximum(low, np.r_[0, high[:-1]])
        many = np.maximum(high - low, 0)
        numbers = np.arange(many.sum()) + np.repeat(low - (np.cumsum(many) - many), many)
        begins = np.searchsorted(incident.times, self._at[numbers], side="left")
        ends = np.searchsorted(incident.times, self._until[numbers], side="right")
        rows = zip(numbers.tolist(), begins.tolist(), ends.tolist(), strict=True)
        return [(self.found[number], begin, end) for number, begin, end in rows]


def deploys(tables: dict[str, pa.Table], *, as_of: int) -> list[Deploy]:
    """The deploys that are known at a time, by service, environment and time.

    Parameters
    ----------
    tables
        The tables of a case.
    as_of
        Microseconds since 1970.
    """
    events = tables["events"].select(["event_id", *_PLACE, "release", "event_kind", "ts"])
    events = events.filter(pc.less_equal(events["ts"].cast(pa.int64()), as_of))
    is_deploy = pc.fill_null(pc.equal(events["event_kind"], "deploy"), fill_value=False)
    first = _first_seen(events.filter(pc.invert(is_deploy)))
    told = _told(events.filter(is_deploy), tables["annotations"])
    found = []
    for place in sorted(first.keys() | told.keys()):
        begun = min(first.get(place, {}).values(), default=None)
        came = _came(first.get(place, {}), told.get(place, []))
        # What happens at the very time is known then: where no other follows, the time itself belongs to the last.
        ends = [at for _, at, _ in came[1:]] + [as_of + 1]
        for number, ((release, at, is_told), end) in enumerate(zip(came, ends, strict=False)):
            if number or is_told:
                seen = begun is not None and begun < at
                found.append(Deploy(*place, release, at, min(end, at + DAY), is_told, seen))
    return found


def _first_seen(events: pa.Table) -> dict[_Place, dict[str | None, int]]:
    """When each release is first seen in each place; None stands for what names none."""
    first = events.group_by([*_PLACE, "release"]).aggregate([("ts", "min")])
    columns = (first[name].to_pylist() for name in (*_PLACE, "release"))
    found: dict[_Place, dict[str | None, int]] = {}
    for service, environment, release, at in zip(*columns, first["ts_min"].cast(pa.int64()).to_pylist(), strict=True):
        there = found.setdefault((service or "", environment or ""), {})
        there[release] = min(there.get(release, at), at)
    return found


def _told(events: pa.Table, notes: pa.Table) -> dict[_Place, list[tuple[int, str]]]:
    """The deploys that events tell of: when they were, by what is told or else when it is, and the release."""
    notes = isin(notes, "event_id", events["event_id"].to_pylist())
    notes = notes.filter(pc.and_(pc.equal(notes["scope"], "deploy"), pc.equal(notes["key"], "deployed_at")))
    said = dict(zip(notes["event_id"].to_pylist(), map(iso, notes["value"].to_pylist()), strict=True))
    columns = (events[name].to_pylist() for name in ("event_id", *_PLACE, "release"))
    found: dict[_Place, list[tuple[int, str]]] = {}
    for name, *place, release, at in zip(*columns, events["ts"].cast(pa.int64()).to_pylist(), strict=True):
        if release is not None:
            deployed = said.get(name)
            # None is told of before it happens.
            # A zero stands where a field or a clock was never set.
            when = at if deployed is None or deployed <= 0 else min(at, deployed)
            found.setdefault((place[0] or "", place[1] or ""), []).append((when, release))
    return found


def _came(first: dict[str | None, int], told: list[tuple[int, str]]) -> list[tuple[str, int, bool]]:
    """The releases that came to a place, in order of time, each with whether an event tells of the deploy."""
    every = [(at, release, True) for at, release in told]
    every += [(at, release, False) for release, at in first.items() if release is not None]
    found: list[tuple[str, int, bool]] = []
    known: set[str] = set()
    for at, release, is_told in sorted(every):
        if not is_told and release in known:
            continue
        if found and found[-1][0] == release and at - found[-1][1] < _ROLLING:
            found[-1] = (release, found[-1][1], True)
            continue
        known.add(release)
        found.append((release, at, is_told))
    return found


def rows(tables: dict[str, pa.Table], *, as_of: int | None = None, decider: Decider | None = None) -> pd.DataFrame:
    """One row per regression; see `Case.regressions`."""
    incidents = groups.build(tables, as_of=as_of, decider=decider, spiking=False)
    newest = pc.max(tables["events"]["ts"]).cast(pa.int64()).as_py() if incidents.num_rows else None
    moment = newest if as_of is None else as_of
    if moment is None:
        return typed(_COLUMNS, [])
    by_place = {
        place: _Deploys([*found]) for place, found in groupby(deploys(tables, as_of=moment), lambda deploy: deploy[:2])
    }
    none = _Deploys([])
    events, codes, ids = groups.members(tables, as_of=as_of, decider=decider)
    titles = dict(zip(incidents["incident_id"].to_pylist(), incidents["title"].to_pylist(), strict=True))
    regressed = dict(
        zip(incidents["incident_id"].to_pylist(), incidents["regressed_at"].cast(pa.int64()).to_pylist(), strict=True)
    )
    found: list[tuple[Any, ...]] = []
    for name, place, incident in _incidents(events, codes, ids, suppression.given(tables, events, as_of), titles):
        there = by_place.get(place, none)
        again = regressed[name]
        if again is not None and again in incident.times:
            found.append(_again(incident, again, there))
            regressed[name] = None
        for deploy, low, high in there.met(incident):
            row = _more(incident, deploy, low, high) if low else _new(incident, deploy, high)
            if row is not None:
                found.append(row)
    frame = typed(_COLUMNS, found)
    return frame.sort_values(["at", "incident_id", "kind"], ascending=[False, True, True], ignore_index=True)


def _incidents(
    events: pa.Table, codes: Ints, ids: list[str], more: suppression.Given, titles: dict[str, str]
) -> list[tuple[str, tuple[str, str], _Incident]]:
    """Each incident in each service and environment that it is seen in."""
    streams = Streams(events, codes, len(ids), more)
    owners, weights = codes[streams.rows], np.minimum(streams.weights, MOST_OCCURRENCES)
    few = events.select(["service", "environment"]).take(pa.array(streams.rows)).to_pandas().fillna("")
    place, names = few.groupby(["service", "environment"]), [*few.drop_duplicates().itertuples(index=False, name=None)]
    names.sort()
    where = place.ngroup().to_numpy()
    releases = events["release"].take(pa.array(streams.rows)).to_pandas().to_numpy(dtype=object, na_value=None)
    order = np.lexsort((where, owners))
    cuts = np.flatnonzero((np.diff(owners[order]) != 0) | (np.diff(where[order]) != 0)) + 1
    firsts = dict(zip(*(column.tolist() for column in (owners[::-1], streams.times[::-1])), strict=True))
    found = []
    for rows in np.split(order, cuts) if len(order) else []:
        code = int(owners[rows[0]])
        name = ids[code]
        one = _Incident(name, titles[name], streams.times[rows], weights[rows], releases[rows], firsts[code])
        found.append((name, names[where[rows[0]]], one))
    return found


def _again(incident: _Incident, at: int, there: _Deploys) -> tuple[Any, ...]:
    """An incident that was resolved and is seen again."""
    row = int(np.searchsorted(incident.times, at))
    deploy = there.last(at)
    release = incident.releases[row] or (deploy.release if deploy else None)
    why = "seen again after it was resolved" + (f", with release {release}" if release else "")
    return _row(incident, "seen again", at, deploy, why, release=release)


def _new(incident: _Incident, deploy: Deploy, high: int) -> tuple[Any, ...] | None:
    """An incident that is first seen after a deploy, with so many events until that no longer answers."""
    at, release = int(incident.times[0]), incident.releases[0]
    if at != incident.first or at >= max(deploy.until, deploy.at + 1):
        return None
    if not deploy.seen or release not in {None, deploy.release}:
        return None
    rate = incident.held(0, high) / max((deploy.until - deploy.at) / HOUR, 1.0)
    why = f"first seen {_after(at - deploy.at)} after {_called(deploy)}"
    return _row(incident, "new", at, deploy, why, before=0.0, after=rate)


def _more(incident: _Incident, deploy: Deploy, low: int, high: int) -> tuple[Any, ...] | None:
    """An incident that happens more often after a deploy than before, from one event to another."""
    if incident.held(low, high) < _FLOOR or incident.times[0] > deploy.at - DAY:
        return None
    if deploy.until == deploy.at:  # another came at the same time, and it is that one's
        return None
    day = incident.held(int(np.searchsorted(incident.times, deploy.at - 1 - DAY, side="right")), low)
    tested = []
    for width in {min(HOUR, deploy.until - deploy.at), deploy.until - deploy.at}:
        until = int(np.searchsorted(incident.times, deploy.at + width, side="right"))
        if incident.held(low, until) < max(_FLOOR, _TIMES * day * width / DAY):
            continue
        found = incident.intervals.excess(deploy.at - 1, deploy.at + width)
        if found is not None and found[0] >= max(_FLOOR, _TIMES * found[1]):
            tested.append((min(2 * found[2], 1.0), width, *found))
    if not tested or min(tested)[0] >= spikes.ALPHA:
        return None
    p, width, count, expected, _, basis = min(tested)
    before, after = expected * HOUR / width, count * HOUR / width
    why = (
        f"{count:,} events in the first {_after(width)} after {_called(deploy)} where {expected:,.1f} were expected "
        f"(p = {p:.0e}), judged by {basis}"
    )
    return _row(incident, "more often", int(incident.times[low]), deploy, why, before=before, after=after, p=p)


def _row(
    incident: _Incident,
    kind: str,
    at: int,
    deploy: Deploy | None,
    why: str,
    *,
    release: str | None = None,
    **more: float,
) -> tuple[Any, ...]:
    before, after = more.get("before"), more.get("after")
    ratio = after / before if before and after else None
    deployed, minutes = (deploy.at, (at - deploy.at) / MINUTE) if deploy else (None, None)
    release = release or (deploy.release if deploy else None)
    name, title = incident.name, incident.title
    return (name, title, kind, at, release, deployed, minutes, before, after, ratio, more.get("p"), why)


def _called(deploy: Deploy) -> str:
    return f"the deploy of {deploy.release}" if deploy.told else f"release {deploy.release} was first seen"


def _after(micros: int) -> str:
    """A length of time in words."""
    minutes = micros // MINUTE
    if minutes >= 120:
        return f"{micros / HOUR:.0f} hours"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"

"""Checks of predictions on when and where an incident happens: releases, counts before and after, environments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from triage import times
from triage.hypotheses.checks_scene import Checked, Scene, matches, rows_of

if TYPE_CHECKING:
    from triage.hypotheses import vocabulary as v

__all__ = ("change", "first_seen", "where")

_HOUR: Final = 3_600_000_000
# So many events at least before more, fewer or the same can be told from chance; that some came where there were none
# is told from three.
_ENOUGH: Final = 6
_SOME: Final = 3


def where(scene: Scene, asked: v.SeenWhere) -> Checked:
    """The incident happens where a field has a value."""
    events = scene.events.filter(pc.is_valid(scene.events[asked.field]))
    if not events.num_rows:
        return Checked("cannot tell", f"no event of the incident has a value of {asked.field}")
    fits = matches(events[asked.field], asked.value)
    hits, others = events.filter(fits), events.filter(pc.invert(fits))
    said = f"{hits.num_rows:,} of {events.num_rows:,} events have that {asked.field}"
    if asked.only:
        whole = hits.num_rows > 0 and not others.num_rows
        return Checked("supported" if whole else "refuted", said, rows_of("events", hits if whole else others))
    return Checked(
        "supported" if hits.num_rows else "refuted", said, rows_of("events", hits if hits.num_rows else others)
    )


def first_seen(scene: Scene, asked: v.FirstSeen) -> Checked:
    """The incident came with a release."""
    events = scene.events.filter(pc.and_(pc.is_valid(scene.events["release"]), pc.is_valid(scene.events["ts"])))
    if not events.num_rows:
        return Checked("cannot tell", "no event of the incident has both a time and a release")
    first = events.slice(0, 1)
    row = rows_of("events", first)
    if not pc.all(matches(first["release"], asked.release)).as_py():
        return Checked("refuted", "the oldest event of the incident is of another release", row)
    start = first["ts"].cast(pa.int64())[0].as_py()
    rest = scene.everything.filter(pc.is_valid(scene.everything["release"]))
    rest = rest.filter(pc.fill_null(pc.less(rest["ts"].cast(pa.int64()), start), fill_value=False))
    earlier = rest.filter(pc.invert(matches(rest["release"], asked.release)))
    if not earlier.num_rows:
        return Checked("cannot tell", "it was first seen with that release, but no earlier release is in the data", row)
    seen = len(earlier["release"].unique())
    told = f"it was first seen with that release, and not with {seen} earlier {'one' if seen == 1 else 'ones'}"
    return Checked("supported", f"{told} in the data", (*row, *rows_of("events", earlier.slice(0, 1))))


def change(scene: Scene, asked: v.CountChange) -> Checked:
    """The incident happens more or less often after a release or a time."""
    stamps = scene.everything["ts"].drop_null().cast(pa.int64())
    if not len(stamps):
        return Checked("cannot tell", "no event has a time")
    low, high = pc.min(stamps).as_py(), pc.max(stamps).as_py()
    turn = _turn(scene, asked)
    if turn is None:
        return Checked("cannot tell", "no event with a time has that release" if asked.release else "the time is none")
    window = int(min(asked.hours * _HOUR, turn - low, high + 1 - turn))
    if window <= 0:
        return Checked("cannot tell", "the data does not reach to both sides of that time")
    events = scene.events.filter(pc.is_valid(scene.events["ts"]))
    at = events["ts"].cast(pa.int64())
    before = events.filter(pc.and_(pc.greater_equal(at, turn - window), pc.less(at, turn)))
    after = events.filter(pc.and_(pc.greater_equal(at, turn), pc.less(at, turn + window)))
    counts = [_count(part) for part in (before, after)]
    said = f"{counts[0]:,} before and {counts[1]:,} after, in {window / _HOUR:,.3g} hours each"
    verdict = _judged(asked.to, *counts)
    rows = (*rows_of("events", before)[:3], *rows_of("events", after)[:3])
    return Checked("cannot tell" if verdict is None else "supported" if verdict else "refuted", said, rows)


def _turn(scene: Scene, asked: v.CountChange) -> int | None:
    """Microseconds since 1970 of the time that parts before from after."""
    if asked.at is not None:
        return times.iso(asked.at)
    every = scene.everything.filter(matches(scene.everything["release"], asked.release or ""))
    first: int | None = pc.min(every["ts"].cast(pa.int64())).as_py()
    return first


def _count(events: pa.Table) -> int:
    """How often: events, and those that they stand for."""
    suppressed: int | None = pc.sum(events["suppressed_count"]).as_py()
    return int(events.num_rows) + (suppressed or 0)


def _judged(to: str, before: int, after: int) -> bool | None:
    """Whether the counts changed so; None where there are too few to say."""
    if to == "appears":
        return False if before else (True if after >= _SOME else None)
    if to == "disappears":
        return False if after else (True if before >= _SOME else None)
    if before + after < _ENOUGH:
        return None
    more, fewer = after >= 2 * before, before >= 2 * after
    return {"more": more, "fewer": fewer, "about the same": not more and not fewer}[to]

"""Links between incidents that are no merges: the table `related`.

kind            incident_id, other_id                       score
same request    the smaller id first                        requests in common, of the requests of the one with fewer
same trace      backend and frontend, else the smaller id   traces in common, of the traces of the one with fewer
cause           what surfaced, and what caused it           1: the same stack, 0.9: the same frames that count
similar         the smaller id first                        how alike the stacks are

An id that stands for none (``-``, ``null``, zeros: `placeholders.toml`) links nothing.

Each link is one row, whichever way it is looked at. A request or trace that more than `SHARED` incidents share tells
little of any two of them: they are linked to the first one only, and the row says so. The work is linear in the events.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from triage.incidents.apart import Apart
from triage.incidents.prototypes import prototypes
from triage.incidents.similar import FEW, MERGE, Likeness
from triage.stacks.joining import isin
from triage.stacks.similarity import Ints
from triage.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from triage.incidents.replayed import Parting

__all__ = ("SHARED", "Relations", "build")

# Incidents of one request or trace that are all linked to each other.
SHARED: Final = 12
# The most alike of an incident that are told.
_BEST: Final = 10
_SAME_FRAMES: Final = 0.9
_KINDS: Final = ("same request", "same trace", "cause", "similar")

Row = dict[str, Any]
Members = tuple[pa.Table, Ints, list[str]]


class Relations:
    """The incidents of a case as they are at one time, and what links them; everything is made when it is asked for."""

    def __init__(self, tables: dict[str, pa.Table], members: Members, apart: Apart | None = None) -> None:
        self._tables = tables
        self._members = members
        self._apart = apart or Apart({})

    def is_of(self, members: Members, parted: Mapping[str, Parting] | None = None) -> bool:
        """Whether these are the incidents still: no event has moved, none is new, and the same ones were parted."""
        same = self._members[2] == members[2] and np.array_equal(self._members[1], members[1])
        return same and self._apart.parted == (parted or {})

    @cached_property
    def likeness(self) -> Likeness:
        """What compares them."""
        return Likeness(prototypes(self._tables, self._members), self._apart.why)

    @cached_property
    def table(self) -> pa.Table:
        """The table `related`."""
        return build(self._tables, self._members, self.likeness)


def build(tables: dict[str, pa.Table], members: Members, likeness: Likeness | None = None) -> pa.Table:
    """Build the table `related`, sorted by kind, then by incident.

    Parameters
    ----------
    tables
        The annotated tables of a case.
    members
        As `triage.incidents.groups.members` gives them.
    likeness
        For the links of kind `similar`; without it there are none.
    """
    rows = [
        *_shared(members, "request_id", "request"),
        *_shared(members, "trace_id", "trace"),
        *_causes(tables, members),
        *(_similar(likeness) if likeness else ()),
    ]
    rows.sort(key=lambda row: (_KINDS.index(row["kind"]), row["incident_id"], row["other_id"]))
    return pa.Table.from_pylist(rows, TABLES["related"].schema)


def _shared(members: Members, column: str, what: str) -> Iterator[Row]:
    """Incidents with events of one request or one trace."""
    events, codes, ids = members
    rank = np.argsort(np.argsort(np.array(ids, object))) if ids else np.empty(0, np.int64)
    frame = pd.DataFrame({"value": events[column].to_pandas(), "code": codes, "ts": events["ts"].cast(pa.int64())})
    frame = frame[frame["value"].notna() & ~_placeholders(frame["value"])]
    # The first of many is the one that happened first, of as many the smaller id.
    frame = frame.assign(rank=rank[frame["code"].to_numpy()]).sort_values(["value", "ts", "rank"], na_position="last")
    frame = frame.drop_duplicates(["value", "code"])
    having = frame.groupby("code")["value"].size().to_dict()
    frame["others"] = frame.groupby("value")["code"].transform("size")
    few = frame[(frame["others"] > 1) & (frame["others"] <= SHARED)]
    pairs = few.merge(few, on="value")
    pairs = pairs[pairs["rank_x"] < pairs["rank_y"]]
    many = frame[frame["others"] > SHARED]
    firsts = many.drop_duplicates("value")
    stars = firsts.merge(many, on="value")
    stars = stars[stars["code_x"] != stars["code_y"]]
    sides = _sides(events, codes) if what == "trace" else {}
    linked: dict[tuple[int, int], tuple[int, str, int]] = {}
    for found in (pairs, stars):
        columns = (found[name].tolist() for name in ("code_x", "code_y", "value", "others_x"))
        for one, other, value, others in zip(*columns, strict=True):
            pair = (one, other) if ids[one] < ids[other] else (other, one)
            count, example, least = linked.get(pair, (0, value, others))
            linked[pair] = (count + 1, min(example, value), min(least, others))
    for (one, other), (count, example, others) in linked.items():
        told = f"{count} {what}s in common" if count > 1 else f"one {what} in common"
        why = f"{told}, {example if count == 1 else f'{example} for one'}"
        first, second = one, other
        if {sides.get(one), sides.get(other)} == {"frontend", "backend"}:
            first, second = (one, other) if sides[one] == "backend" else (other, one)
            why = f"backend and frontend of one trace: {why}"
        if others > SHARED:
            why += f"; {others} incidents share it, linked to the first of them only"
        score = count / min(having[one], having[other])
        yield _row(ids[first], ids[second], f"same {what}", score, why)


def _placeholders(values: pd.Series[str]) -> pd.Series[bool]:
    """Which ids stand for none."""
    words, signs = _none()
    distinct = pd.Series(values.unique()).dropna()
    plain = distinct.str.strip().str.strip("\"'").str.lower()
    return values.isin(distinct[plain.isin(words) | (plain.str.strip(signs) == "")])


@cache
def _none() -> tuple[frozenset[str], str]:
    """The words that stand for no id, and the signs of which none is made."""
    data = tomllib.loads(files("triage.incidents").joinpath("placeholders.toml").read_text("utf-8"))
    return frozenset(data["words"]), data["signs"]


def _sides(events: pa.Table, codes: Ints) -> dict[int, str]:
    """Whether an incident is of clients or of servers: clients tell of a device, which a browser is too.

    One of log lines or requests is no side: they tell what went on, not where it broke.
    """
    events_of = np.bincount(codes)
    others = pc.fill_null(pc.is_in(events["event_kind"], value_set=pa.array(["log", "request"])), fill_value=False)
    of_others = np.bincount(codes, weights=others.to_numpy(zero_copy_only=False))
    of_clients = np.bincount(codes, weights=pc.is_valid(events["device"]).to_numpy(zero_copy_only=False))
    known = [of_others > 0, of_clients == 0, of_clients == events_of]
    sides = np.select(known, ["", "backend", "frontend"], "")
    return dict(enumerate(sides.tolist()))


def _causes(tables: dict[str, pa.Table], members: Members) -> Iterator[Row]:
    """Incidents in whose chain of causes another incident's crash stands."""
    events, codes, ids = members
    chain = isin(tables["stacks"], "role", ["cause"])
    chain = isin(chain, "event_id", events["event_id"].to_pylist())
    if not chain.num_rows:
        return
    signature = _signatures(tables["frames"])
    by_stack: dict[str, set[int]] = defaultdict(set)
    by_frames: dict[Any, set[int]] = defaultdict(set)
    service: dict[int, str] = {}
    code_of: dict[str, int] = {}
    columns = (events[name].to_pylist() for name in ("event_id", "stack_key", "error_type", "service"))
    for code, event, stack, kind, of in zip(codes.tolist(), *columns, strict=True):
        code_of[event] = code
        service[code] = of or ""
        if stack:
            by_stack[stack].add(code)
        if signature.get(stack):
            by_frames[kind, signature[stack]].add(code)
    found: dict[tuple[int, int], tuple[float, set[str]]] = {}
    columns = (chain[name].to_pylist() for name in ("event_id", "stack_key", "error_type"))
    for event, stack, kind in zip(*columns, strict=True):
        one = code_of[event]
        exact = by_stack.get(stack, set())
        for other in exact | (by_frames.get((kind, signature[stack]), set()) if signature.get(stack) else set()):
            if other == one or (service[one] and service[other] and service[one] != service[other]):
                continue
            score, seen = found.get((one, other), (0.0, set()))
            found[one, other] = (max(score, 1.0 if other in exact else _SAME_FRAMES), seen | {event})
    for (one, other), (score, seen) in found.items():
        what = "the stack" if score == 1 else "the frames that count"
        where = "one event" if len(seen) == 1 else f"{len(seen)} events"
        yield _row(ids[one], ids[other], "cause", score, f"{what} of a cause in {where} is that of the other")


def _signatures(frames: pa.Table) -> dict[str | None, tuple[str, ...]]:
    """The functions of each stack that count for its key."""
    counted = frames.filter(pc.fill_null(pc.and_(frames["counted"], pc.is_valid(frames["function"])), fill_value=False))
    found: dict[str | None, tuple[str, ...]] = {}
    for key, name in zip(counted["stack_key"].to_pylist(), counted["function"].to_pylist(), strict=True):
        found[key] = (*found.get(key, ()), name)
    return found


def _similar(likeness: Likeness) -> Iterator[Row]:
    """Incidents with stacks that are alike, the best of each."""
    told: dict[int, int] = defaultdict(int)
    ids = likeness.known.ids
    for score, one, other in likeness.alike:
        if told[one] >= _BEST or told[other] >= _BEST:
            continue
        pair = likeness.pair(one, other)
        if len(pair.shared) < FEW and pair.only_here + pair.only_there:
            continue
        told[one] += 1
        told[other] += 1
        merge = "a merge to consider: " if score >= MERGE and not pair.against else ""
        yield _row(ids[one], ids[other], "similar", score, merge + pair.why)


def _row(incident: str, other: str, kind: str, score: float, why: str) -> Row:
    return {"incident_id": incident, "other_id": other, "kind": kind, "score": round(score, 6), "why": why}

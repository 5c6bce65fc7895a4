"""The state of each incident: what its writer's own bookkeeping says, and what people decided, which wins.

A resolved incident is regressed by an event that happens after that: after the decision, where a person resolved it;
after the last event that the bookkeeping knows, where the writer did, for it does not tell when (before that event it
was open still). The writer resolves it in one environment: where it is seen in another that the bookkeeping does not
know, it is open. DebugBundle itself makes a resolved one open again and forgets that it had been resolved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.times import iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage.incidents.decisions import State

__all__ = ("Written", "decided", "written")

Codes = npt.NDArray[np.int64]


class Written(NamedTuple):
    """What the writer's own bookkeeping says of each incident.

    `native_ids` are its ids there; `status` is resolved where all of them are; `known` is when the last event was that
    the bookkeeping knows, by environment, in microseconds since 1970.
    """

    native_ids: list[list[str]]
    status: list[str]
    known: list[dict[str | None, int]]


def written(tables: dict[str, pa.Table], events: pa.Table, codes: Codes, size: int) -> Written:
    """What the writer's own bookkeeping says of each incident.

    Readers hang annotations of scope `incident` on the row that tells of a native incident: `native_id`, `status`,
    `last_seen_at`, and the `source_event_id` by which it is found here. There is one for each service and environment.
    """
    native: list[list[str]] = [[] for _ in range(size)]
    statuses: list[set[str]] = [set() for _ in range(size)]
    known: list[dict[str | None, int]] = [{} for _ in range(size)]
    notes = tables["annotations"]
    notes = notes.filter(pc.fill_null(pc.equal(notes["scope"], "incident"), fill_value=False))
    row_of = {event: row for row, event in enumerate(events["event_id"].to_pylist())} if notes.num_rows else {}
    told: dict[str, dict[str, str]] = {}
    for event, key, value in zip(*(notes[name].to_pylist() for name in ("event_id", "key", "value")), strict=True):
        told.setdefault(event, {})[key] = value
    for event, facts in told.items():
        row = row_of.get(facts.get("source_event_id", ""), row_of.get(event))
        if row is None or "native_id" not in facts:
            continue
        code, where = int(codes[row]), events["environment"][row].as_py()
        native[code].append(facts["native_id"])
        statuses[code].add(facts.get("status", "open"))
        if (seen := iso(facts.get("last_seen_at"))) is not None:
            known[code][where] = max(known[code].get(where, seen), seen)
    status = ["resolved" if found == {"resolved"} else "open" for found in statuses]
    return Written([sorted(set(names)) for names in native], status, known)


def decided(
    states: Sequence[Sequence[State]], told: Written, events: pa.Table, codes: Codes, as_of: int | None
) -> dict[str, Any]:
    """What people decided of each incident, else what was written; a resolved one is regressed by a later event.

    Parameters
    ----------
    states
        The decisions about each incident, in their order.
    told
        What holds where nobody decided.
    events, codes
        The events that make incidents, and the number of the incident of each.
    as_of
        Microseconds since 1970: later decisions do not count, nor does what was written after an event of later on.
    """
    found = list(told.status)
    regressed: list[int | None] = [None] * len(found)
    never = np.iinfo(np.int64)
    limit = np.full(len(found), never.max)
    known: dict[int, frozenset[str]] = {}
    places: dict[int, dict[str | None, int]] = {}
    for number, each in enumerate(states):
        counting = [state for state in each if as_of is None or state.micros <= as_of]
        if counting:
            found[number] = counting[-1].status
            if counting[-1].status == "resolved":
                limit[number], known[number] = counting[-1].micros, counting[-1].known
        elif found[number] == "resolved" and told.known[number]:
            if as_of is not None and as_of < max(told.known[number].values()):
                found[number] = "open"
                continue
            limit[number] = min(told.known[number].values())
            places[number] = told.known[number]
    for number in _elsewhere(places, events, codes):
        found[number] = "open"
    if known or places:
        times = pc.fill_null(events["ts"].cast(pa.int64()), never.min).to_numpy()
        late = np.flatnonzero(times > limit[codes])
        columns = [events[name].take(pa.array(late)).to_pylist() for name in ("event_id", "environment")]
        for time, number, name, where in zip(times[late].tolist(), codes[late].tolist(), *columns, strict=True):
            own = places.get(number)
            if name in known.get(number, ()) or (own and not _is_later(time, where, own)):
                continue
            found[number] = "regressed"
            regressed[number] = min(never.max if regressed[number] is None else regressed[number], time)
    return {"status": found, "regressed_at": regressed}


def _is_later(time: int, where: str | None, own: dict[str | None, int]) -> bool:
    """Whether an event is later than what the writer knew of its environment, or of all where it names none."""
    return time > own.get(where, max(own.values())) if where is None or where in own else False


def _elsewhere(places: dict[int, dict[str | None, int]], events: pa.Table, codes: Codes) -> set[int]:
    """Those of some incidents that are seen in an environment that is not among theirs."""
    if not places:
        return set()
    rows = np.flatnonzero(np.isin(codes, list(places)))
    there = set(zip(codes[rows].tolist(), events["environment"].take(pa.array(rows)).to_pylist(), strict=True))
    return {number for number, where in there if where is not None and where not in places[number]}

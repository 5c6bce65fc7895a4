"""The state of each incident: what its writer's own bookkeeping says, and what people decided, which wins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage.incidents.decisions import State

__all__ = ("decided", "written")

Codes = npt.NDArray[np.int64]


def written(tables: dict[str, pa.Table], events: pa.ChunkedArray, codes: Codes, size: int) -> dict[str, Any]:
    """What the writer's own bookkeeping says of each incident: its ids there, and resolved where all of them are.

    Readers hang annotations of scope `incident` on the row that tells of a native incident: `native_id`, `status` and
    the `source_event_id` by which it is found here.
    """
    code_of = dict(zip(events.to_pylist(), codes.tolist(), strict=True))
    notes = tables["annotations"]
    notes = notes.filter(pc.fill_null(pc.equal(notes["scope"], "incident"), fill_value=False))
    told: dict[str, dict[str, str]] = {}
    for event, key, value in zip(*(notes[name].to_pylist() for name in ("event_id", "key", "value")), strict=True):
        told.setdefault(event, {})[key] = value
    native: list[list[str]] = [[] for _ in range(size)]
    statuses: list[set[str]] = [set() for _ in range(size)]
    for event, facts in told.items():
        code = code_of.get(facts.get("source_event_id", ""), code_of.get(event))
        if code is None or "native_id" not in facts:
            continue
        native[code].append(facts["native_id"])
        statuses[code].add(facts.get("status", "open"))
    return {
        "native_ids": [sorted(set(names)) for names in native],
        "status": ["resolved" if found == {"resolved"} else "open" for found in statuses],
    }


def decided(
    states: Sequence[Sequence[State]], status: Sequence[str], events: pa.Table, codes: Codes, as_of: int | None
) -> dict[str, Any]:
    """What people decided of each incident; a resolved one is regressed by an event that happened after that.

    Parameters
    ----------
    states
        The decisions about each incident, in their order.
    status
        What holds where nobody decided.
    events, codes
        The events that make incidents, and the number of the incident of each.
    as_of
        Microseconds since 1970: later decisions do not count.
    """
    found = list(status)
    regressed: list[int | None] = [None] * len(found)
    never = np.iinfo(np.int64)
    limit = np.full(len(found), never.max)
    known: dict[int, frozenset[str]] = {}
    for number, each in enumerate(states):
        counting = [state for state in each if as_of is None or state.micros <= as_of]
        if counting:
            found[number] = counting[-1].status
            if counting[-1].status == "resolved":
                limit[number], known[number] = counting[-1].micros, counting[-1].known
    if known:
        times = pc.fill_null(events["ts"].cast(pa.int64()), never.min).to_numpy()
        late = np.flatnonzero(times > limit[codes])
        names = events["event_id"].take(pa.array(late)).to_pylist()
        for row, number, name in zip(late.tolist(), codes[late].tolist(), names, strict=True):
            if name not in known[number]:
                found[number] = "regressed"
                regressed[number] = min(regressed[number] or never.max, int(times[row]))
    return {"status": found, "regressed_at": regressed}

"""Improvement opportunities: what is no crash, or no new one, and still worth somebody's time.

======================= ===============================================================================================
warning_hotspot         one warning of one service, logged again and again
slow_request            requests of one route that take long
request_failure_pattern requests of one route that fail with one status; what scanners ask for is left out
recurring_incident      an incident that comes back: in stretches an hour or more apart, or after it was resolved
post_deploy_regression  an incident that is new or more frequent since a deploy
======================= ===============================================================================================

Thresholds, confidence and severity are DebugBundle's (specs of the event store, section 4; `improvements.toml`). What
its documentation does not tell, the stretches of a recurring incident, is ours. Each row names the events that it rests
on.
"""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from triage.errors import TriageError, is_one_of
from triage.incidents import groups, regressions, scanners, suppression
from triage.incidents.layout import typed
from triage.incidents.spikes_expected import HOUR
from triage.incidents.spikes_streams import Streams
from triage.records import MOST_OCCURRENCES
from triage.stacks.messages import parameterise
from triage.times import micros

if TYPE_CHECKING:
    import pandas as pd

    from triage.incidents.decisions import Decider

__all__ = ("Sensitivity", "confidence", "rows", "sensitivities")

# Events that a row names at most, the newest.
_NAMED: Final = 1_000
_COLUMNS: Final = {
    "improvement_id": "string",
    "kind": "string",
    "title": "string",
    "service": "string",
    "environment": "string",
    "severity": "string",
    "confidence": "double",
    "count": "int64",
    "first_seen": "timestamp",
    "last_seen": "timestamp",
    "incident_ids": "list<string>",
    "event_ids": "list<string>",
    "why": "string",
}


class Sensitivity(NamedTuple):
    """How often something must have happened, and from how many milliseconds on a request is slow."""

    occurrences: int
    slow_ms: float


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("triage.incidents").joinpath("improvements.toml").read_text("utf-8"))


def sensitivities() -> dict[str, Sensitivity]:
    """Each sensitivity by its name.

    Examples
    --------
    >>> sensitivities()["balanced"]
    Sensitivity(occurrences=5, slow_ms=1500)
    """
    return {name: Sensitivity(**values) for name, values in _data()["sensitivity"].items()}


def confidence(count: int, occurrences: int) -> float:
    """How sure a row is, from 0.55 to 0.9, by how often it happened and how often it must have.

    Examples
    --------
    >>> confidence(10, 10), confidence(20, 10), confidence(500, 10)
    (0.73, 0.9, 0.9)
    """
    # Half up, as JavaScript rounds.
    return int((0.55 + 0.35 * min(1.0, count / (2 * occurrences))) * 100 + 0.5 + 1e-9) / 100


def rows(
    tables: dict[str, pa.Table],
    sensitivity: str = "high_confidence",
    *,
    as_of: int | None = None,
    decider: Decider | None = None,
) -> pd.DataFrame:
    """One row per opportunity; see `Case.improvements`."""
    known = sensitivities()
    if not is_one_of(sensitivity, known):
        raise TriageError(f"there is no sensitivity {sensitivity!r}; there are {', '.join(known)}")
    level = known[sensitivity]
    members = groups.members(tables, as_of=as_of, decider=decider)
    incident_of = {
        event: members[2][code]
        for event, code in zip(members[0]["event_id"].to_pylist(), members[1].tolist(), strict=True)
    }
    events = groups.until(as_of, tables["events"])
    found = [*_warnings(events, level), *_requests(events, level, scanners.probes(events, tables["annotations"]))]
    rows = [row for each in found if (row := each.row(level, incident_of)) is not None]
    rows += _incidents(tables, members, level, as_of, decider)
    frame = typed(_COLUMNS, rows)
    keys = ["severity", "confidence", "count", "improvement_id"]
    return frame.sort_values(keys, ascending=[True, False, False, True], ignore_index=True)


class _Pattern(NamedTuple):
    """Events that are alike: rows of a frame with event_id and ts."""

    kind: str
    title: str
    key: tuple[Any, ...]
    """Service, environment, and what the events share."""
    events: pd.DataFrame
    high: bool
    """Whether it is severe however often it happens."""
    why: str

    def row(self, level: Sensitivity, incident_of: dict[str, str]) -> tuple[Any, ...] | None:
        """The row of the table, where it has happened often enough."""
        count = len(self.events)
        if count < level.occurrences:
            return None
        named = self.events.sort_values(["ts", "event_id"], na_position="first")["event_id"].tolist()[-_NAMED:]
        ids = sorted({incident_of[event] for event in named if event in incident_of})
        times = self.events["ts"].dropna().tolist()
        first, last = min(times, default=None), max(times, default=None)
        text = f"{self.title}: {count:,} times {self.why}; at least {level.occurrences} make it worth a look"
        head = (_id(self.kind, *self.key), self.kind, self.title, self.key[0] or None, self.key[1] or None)
        severity = "high" if self.high or count >= 10 else "medium"
        return (*head, severity, confidence(count, level.occurrences), count, first, last, ids, named, text)


def _id(*parts: Any) -> str:
    text = "\0".join(str(part) for part in parts)
    return "imp_" + hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _frame(events: pa.Table, chosen: pa.ChunkedArray, *names: str) -> pd.DataFrame:
    """Some columns of the events chosen, with service and environment as text and times in microseconds."""
    table = events.filter(pc.fill_null(chosen, fill_value=False))
    frame: pd.DataFrame = table.select(["event_id", "service", "environment", *names]).to_pandas()
    frame["ts"] = table["ts"].cast(pa.int64()).to_pandas().astype("Int64")
    frame[["service", "environment"]] = frame[["service", "environment"]].fillna("")
    return frame


def _warnings(events: pa.Table, level: Sensitivity) -> list[_Pattern]:
    """Warnings by their message."""
    chosen = pc.and_(pc.equal(events["event_kind"], "log"), pc.equal(events["level"], "warning"))
    frame = _frame(events, chosen, "error_value").dropna(subset="error_value")
    told = {text: parameterise(text) for text in frame["error_value"].unique()}
    frame["message"] = frame["error_value"].map(told)
    found = []
    for key, there in frame.groupby(["service", "environment", "message"]):
        if len(there) >= level.occurrences:
            found.append(_Pattern("warning_hotspot", str(key[2]), key, there, high=False, why="as a warning"))
    return found


def _requests(events: pa.Table, level: Sensitivity, probes: set[str]) -> list[_Pattern]:
    """Requests that are slow, and requests that fail."""
    frame = _frame(
        events, pc.equal(events["event_kind"], "request"), "http_method", "route", "http_status", "duration_ms"
    )
    frame[["http_method", "route"]] = frame[["http_method", "route"]].fillna({"http_method": "UNKNOWN", "route": "/"})
    places = ["service", "environment", "http_method", "route"]
    found = []
    for key, there in frame[frame["duration_ms"] >= level.slow_ms].groupby(places):
        if len(there) >= level.occurrences:
            worst = float(there["duration_ms"].max())
            why = f"slower than {level.slow_ms:,.0f} ms, the slowest {worst:,.0f} ms"
            title = f"slow {key[2]} {key[3]}"
            found.append(_Pattern("slow_request", title, key, there, high=worst >= 2 * level.slow_ms, why=why))
    failed = frame[(frame["http_status"] >= 400) & ~frame["event_id"].isin(probes)]
    alike: Any = failed.astype({"http_status": "int64"}).groupby([*places, "http_status"])
    for (*place, code), there in alike:
        if len(there) >= level.occurrences:
            title, why = f"{place[2]} {place[3]} {code}", f"with status {code}"
            found.append(_Pattern("request_failure_pattern", title, (*place, code), there, high=code >= 500, why=why))
    return found


def _incidents(
    tables: dict[str, pa.Table],
    members: groups.Members,
    level: Sensitivity,
    as_of: int | None,
    decider: Decider | None,
) -> list[tuple[Any, ...]]:
    """Incidents that come back, and incidents that a deploy brought."""
    events, codes, ids = members
    streams = Streams(events, codes, len(ids), suppression.given(tables, events, as_of))
    regressed = regressions.rows(tables, as_of=as_of, decider=decider)
    again = dict(regressed[regressed["kind"] == "seen again"].groupby("incident_id").size())
    brought = regressed[regressed["kind"] != "seen again"].drop_duplicates("incident_id", keep="last")
    columns = (brought[name].tolist() for name in ("incident_id", "deployed_at", "why"))
    deployed = {name: (at, why) for name, at, why in zip(*columns, strict=True)}
    names, services, environments = (events[name].to_pylist() for name in ("event_id", "service", "environment"))
    found = []
    for code, (name, title) in enumerate(zip(ids, groups.titles(events, codes), strict=True)):
        stream = streams[code]
        if not len(stream.times):
            continue
        place = (services[stream.rows[-1]], environments[stream.rows[-1]])
        stretches = 1 + int((np.diff(stream.times) >= HOUR).sum())
        back = [f"in {stretches:,} stretches an hour or more apart"] if stretches > 1 else []
        back += ["after it was resolved"] if name in again else []
        told: list[tuple[str, Any, str]] = []
        if back:
            told.append(("recurring_incident", None, f"seen {' and '.join(back)}"))
        if name in deployed:
            told.append(("post_deploy_regression", *deployed[name]))
        for kind, since, why in told:
            low = 0 if since is None else int(np.searchsorted(stream.times, micros(since) or 0))
            count = int(np.minimum(stream.weights[low:], MOST_OCCURRENCES).sum())
            if count < level.occurrences:
                continue
            named = [names[row] for row in dict.fromkeys(stream.rows[low:].tolist())][-_NAMED:]
            times = (int(stream.times[low]), int(stream.times[-1]))
            text = f"{title}: {count:,} times, {why}; at least {level.occurrences} make it worth a look"
            severity = "high" if count >= 10 else "medium"
            head = (_id(kind, name), kind, title, *place, severity, confidence(count, level.occurrences), count)
            found.append((*head, *times, [name], named, text))
    return found

"""Event classes, severities and request anomalies by DebugBundle's capture presets.

Readers give events the class that the preset `minimal` gives them, which is DebugBundle's default. Another preset takes
more requests that were refused (4xx) for incidents, and sees an anomaly in others that come far more often than in the
hour. A capture policy adds statuses and paths to that; `Case.under` gives a case as such a policy sees it. Facts: specs
of the event store, sections 2, 3 and 7; the numbers are rows of `classes.toml`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from numbers import Integral
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.errors import TriageError, is_one_of
from triage.incidents import counters
from triage.incidents.layout import typed
from triage.incidents.titles import native_title
from triage.tables import to_pandas

if TYPE_CHECKING:
    import pandas as pd

__all__ = (
    "PRESETS",
    "Capture",
    "PathRule",
    "Preset",
    "Threshold",
    "anomalies",
    "classify",
    "preset",
    "rows",
    "severities",
)

_TYPES: Final = {
    "exception": "backend_exception",
    "frontend": "frontend_exception",
    "request": "request_event",
    "log": "log_event",
}
PRESETS: Final = ("minimal", "balanced", "investigative")
_MOST_STATUSES: Final = 12
_MOST_PATHS: Final = 25
_MOST_METHODS: Final = 12
_LONGEST_PATH: Final = 1_000
_LONGEST_METHOD: Final = 32
_KEY: Final = ["service", "environment", "http_method", "route", "http_status"]
_COLUMNS: Final = {
    "service": "string",
    "environment": "string",
    "http_method": "string",
    "route": "string",
    "http_status": "int64",
    "start": "timestamp",
    "end": "timestamp",
    "peak": "timestamp",
    "count": "int64",
    "ratio": "double",
    "holds": "bool",
    "severity": "string",
    "why": "string",
}


class Threshold(NamedTuple):
    """From when on refusals are an anomaly: how many in five minutes, and their ratio to a twelfth of the hour."""

    events: int
    ratio: float


class Preset(NamedTuple):
    """Statuses below 500 that make an incident at once, and the thresholds of others."""

    immediate: tuple[int, ...]
    anomalies: dict[int, Threshold]


@cache
def _presets() -> dict[str, Preset]:
    data = tomllib.loads(files("triage.incidents").joinpath("classes.toml").read_text("utf-8"))
    return {
        name: Preset(
            tuple(values["immediate"]),
            {
                status: Threshold(row["events"], row["ratio"])
                for row in values["anomalies"]
                for status in row["statuses"]
            },
        )
        for name, values in data.items()
    }


def preset(name: str) -> Preset:
    """A preset by its name.

    Raises
    ------
    TriageError
        There is none of that name.

    Examples
    --------
    >>> preset("balanced").immediate
    (408, 423, 424, 425, 429)
    """
    if not is_one_of(name, _presets()):
        raise TriageError(f"there is no preset {name!r}; there are {', '.join(PRESETS)}")
    return _presets()[name]


class PathRule(NamedTuple):
    """A path at which one refusal makes an incident: with a star at its end all that begin so, by any method or some.

    Examples
    --------
    >>> PathRule(404, "/orders/*", ("GET",)).holds("/orders/7?x=1", "get")
    True
    """

    status: int
    path: str
    methods: tuple[str, ...] = ()

    @property
    def is_path(self) -> bool:
        """Whether there is a path that it could hold of: one begins with a slash, or is a star."""
        return (self.path.startswith("/") or self.path == "*") and len(self.path) <= _LONGEST_PATH

    def holds(self, path: str, method: str | None) -> bool:
        """Whether a request to a path is one of them; its status is looked at elsewhere."""
        if self.methods and (method or "").upper() not in {each.upper() for each in self.methods}:
            return False
        path = path.partition("?")[0].partition("#")[0] or "/"
        return path.startswith(self.path[:-1]) if self.path.endswith("*") else path == self.path


@dataclass(frozen=True, slots=True)
class Capture:
    """A capture policy: a preset, and what makes an incident at once beside it.

    Raises
    ------
    TriageError
        There is no such preset, a status is none of a refusal (400 to 499), or there are more statuses (12) or paths
        (25) than DebugBundle takes.
    """

    preset: str = "minimal"
    statuses: tuple[int, ...] = ()
    paths: tuple[PathRule, ...] = ()

    def __post_init__(self) -> None:
        preset(self.preset)
        told = [*self.statuses, *(rule.status for rule in self.paths)]
        if not all(isinstance(status, Integral) and not isinstance(status, bool) for status in told):
            raise TriageError("a status is a whole number from 400 to 499, as statuses=[422]")
        if not all(isinstance(text, str) for rule in self.paths for text in (rule.path, *rule.methods)):
            raise TriageError("each of paths is a status and a path, and maybe methods: (404, '/orders/*', ['GET'])")
        if not all(rule.is_path for rule in self.paths):
            raise TriageError(
                f"a path begins with a slash, as '/orders/*', and has at most {_LONGEST_PATH:,} characters"
            )
        if any(not method.isalpha() or len(method) > _LONGEST_METHOD for rule in self.paths for method in rule.methods):
            raise TriageError("the methods of a path are names, as (404, '/orders/*', ['GET'])")
        if any(len(rule.methods) > _MOST_METHODS for rule in self.paths):
            raise TriageError(f"a path has {_MOST_METHODS} methods at most; name none for all")
        if len(set(self.statuses)) > _MOST_STATUSES or len(self.paths) > _MOST_PATHS:
            raise TriageError(f"a policy has {_MOST_STATUSES} statuses and {_MOST_PATHS} paths at most; name fewer")
        wrong = [status for status in told if status // 100 != 4]
        if wrong:
            raise TriageError(f"{wrong[0]} is no status of a refused request; name some from 400 to 499")


def classify(
    events: pa.Table,
    name: str = "minimal",
    *,
    statuses: tuple[int, ...] = (),
    paths: tuple[PathRule, ...] = (),
    notes: pa.Table | None = None,
) -> pa.ChunkedArray:
    """The class of each event by a capture policy: `incident_signal`, `context` or `operational`.

    Parameters
    ----------
    events
        The table `events`, with the classes that readers give.
    name
        One of `PRESETS`.
    statuses, paths
        More requests that make an incident.
    notes
        The table `annotations`, in which paths stand as they were asked for; without it their routes are compared.

    Examples
    --------
    >>> events = pa.table({"event_kind": ["request"] * 2, "event_class": ["context"] * 2, "http_status": [404, 429]})
    >>> classify(events, "balanced").to_pylist()
    ['context', 'incident_signal']
    """
    chosen = pa.array([*preset(name).immediate, *statuses], pa.int64())
    requests = pc.equal(events["event_kind"], "request")
    refused = pc.fill_null(pc.and_(requests, pc.is_in(events["http_status"], value_set=chosen)), fill_value=False)
    if paths:
        refused = pc.or_(refused, pa.chunked_array([pa.array(_by_path(events, paths, notes))]))
    return pc.if_else(refused, "incident_signal", events["event_class"])


def _by_path(events: pa.Table, paths: tuple[PathRule, ...], notes: pa.Table | None) -> npt.NDArray[np.bool_]:
    """Which events are requests that a path makes an incident."""
    found = np.zeros(events.num_rows, bool)
    wanted = pa.array({rule.status for rule in paths}, pa.int64())
    few = pc.and_(pc.equal(events["event_kind"], "request"), pc.is_in(events["http_status"], value_set=wanted))
    rows = np.flatnonzero(pc.fill_null(few, fill_value=False).to_numpy())
    asked = events.select(["event_id", "http_status", "http_method", "route"]).take(pa.array(rows))
    told: dict[str, str] = {}
    if notes is not None:
        notes = notes.filter(pc.and_(pc.equal(notes["scope"], "request"), pc.equal(notes["key"], "path")))
        told = dict(zip(notes["event_id"].to_pylist(), notes["value"].to_pylist(), strict=True))
    for row, event, status, method, route in zip(rows.tolist(), *asked.to_pydict().values(), strict=True):
        path = told.get(event) or route or "/"
        found[row] = any(rule.status == status and rule.holds(path, method) for rule in paths)
    return found


def severities(events: pa.Table, name: str = "minimal", notes: pa.Table | None = None) -> pa.ChunkedArray:
    """The severity that DebugBundle gives an event, whatever its level says: `high`, `medium` or `low`.

    Exceptions, and requests that make an incident, are high; suppressed errors are medium, as are the anomalies that
    `anomalies` finds; the rest is low, error logs too. An error of a browser that tells nothing of itself (opaque) is
    medium where a resource did not load, else low; only the table `annotations`, as `notes`, says which is.

    Examples
    --------
    >>> events = pa.table({"event_kind": ["exception", "log"], "event_class": ["incident_signal"] * 2})
    >>> severities(events.append_column("http_status", pa.array([500, None], pa.int64()))).to_pylist()
    ['high', 'low']
    """
    kind = events["event_kind"]
    request = pc.and_(pc.equal(kind, "request"), pc.equal(classify(events, name), "incident_signal"))
    high = pc.fill_null(pc.or_(pc.equal(kind, "exception"), request), fill_value=False)
    medium = pc.fill_null(pc.equal(kind, "error_suppressed"), fill_value=False)
    if notes is not None:
        told = notes.filter(pc.equal(notes["scope"], "browser_event"))
        opaque, resource = (
            pc.is_in(events["event_id"], value_set=told.filter(chosen)["event_id"].combine_chunks())
            for chosen in (
                pc.and_(pc.equal(told["key"], "opaque"), pc.equal(told["value"], "true")),
                pc.and_(pc.equal(told["key"], "kind"), pc.equal(told["value"], "resource_error")),
            )
        )
        high, medium = pc.and_(high, pc.invert(opaque)), pc.or_(medium, pc.and_(opaque, resource))
    return pc.if_else(high, "high", pc.if_else(medium, "medium", "low"))


def rows(tables: dict[str, pa.Table]) -> pd.DataFrame:
    """One row per event; see `Case.classes`."""
    events = tables["events"]
    made = pc.equal(events["event_class"], "incident_signal")
    told = events.select(["event_kind", "handled", "http_method", "error_value"]).filter(made)
    in_browser = pc.and_(pc.is_null(told["handled"]), pc.is_null(told["http_method"]))
    front = pc.and_(pc.equal(told["event_kind"], "exception"), in_browser)
    kinds = pc.if_else(front, "frontend", told["event_kind"]).to_pylist()
    said = dict.fromkeys(zip(kinds, told["error_value"].to_pylist(), strict=True), "")
    for kind, message in said:
        said[kind, message] = native_title(_TYPES.get(kind, kind or "event"), message)
    found = pa.array([None] * events.num_rows, pa.string())
    named = pa.array([said[pair] for pair in zip(kinds, told["error_value"].to_pylist(), strict=True)], pa.string())
    found = pc.replace_with_mask(found, pc.fill_null(made, fill_value=False).combine_chunks(), named)
    names = ["event_id", "event_class", "severity", "title"]
    severity = severities(events, notes=tables["annotations"])
    return to_pandas(pa.table([events["event_id"], events["event_class"], severity, found], names=names))


def anomalies(events: pa.Table, name: str = "balanced", *, as_of: int | None = None) -> pd.DataFrame:
    """Requests that are refused far more often than in the hour; see `Case.anomalies`."""
    least = preset(name).anomalies
    chosen = pc.and_(
        pc.and_(_of_context(events), pc.is_valid(events["ts"])),
        pc.is_in(events["http_status"], value_set=pa.array(list(least), pa.int64())),
    )
    if as_of is not None:
        chosen = pc.and_(chosen, pc.less_equal(events["ts"].cast(pa.int64()), as_of))
    table = events.filter(pc.fill_null(chosen, fill_value=False))
    if not table.num_rows:
        return typed(_COLUMNS, [])
    frame = table.select(_KEY).to_pandas()
    codes, distinct = frame.groupby(_KEY, dropna=False, sort=True).ngroup().to_numpy(), frame.drop_duplicates()
    keys = dict(zip(codes[distinct.index].tolist(), distinct.itertuples(index=False, name=None), strict=True))
    micros = table["ts"].cast(pa.int64()).to_numpy()
    every = counters.at_every(micros, codes.astype(np.int64))
    every["micros"] = micros[every["row"].to_numpy()]
    found = [
        row for code, there in every.groupby("code") if (row := _row(keys[int(str(code))], there, least)) is not None
    ]
    result = typed(_COLUMNS, found)
    return result.sort_values(["end", *_KEY], ascending=[False] + [True] * len(_KEY), ignore_index=True)


def _of_context(events: pa.Table) -> pa.ChunkedArray:
    """The requests that make no incident by themselves."""
    return pc.and_(pc.equal(events["event_kind"], "request"), pc.equal(events["event_class"], "context"))


def _row(key: tuple[Any, ...], there: pd.DataFrame, least: dict[int, Threshold]) -> tuple[Any, ...] | None:
    """The refusals of one route, where they are an anomaly at any of them."""
    *place, status = key
    threshold = least[int(status)]
    counts, ratios, micros = (there[name].to_numpy() for name in ("count_5m", "ratio_5m_1h", "micros"))
    holds = (counts >= threshold.events) & (ratios >= threshold.ratio)
    if not holds.any():
        return None
    on = np.flatnonzero(holds)
    best = on[np.argmax(counts[on])]
    count, ratio = int(counts[best]), float(ratios[best])
    why = (
        f"{count:,} times status {int(status)} in 5 minutes, {ratio:.1f} times a twelfth of the hour; from "
        f"{threshold.events} and {threshold.ratio:g} times on it is an anomaly"
    )
    times = [int(micros[at]) for at in (on[0], on[-1], best)]
    named = [None if value is None or value != value else value for value in place]  # noqa: PLR0124 - NaN is not itself
    return (*named, int(status), *times, count, ratio, bool(holds[-1]), "medium", why)

"""Event classes, severities and request anomalies by DebugBundle's capture presets.

Readers give events the class that the preset `minimal` gives them, which is DebugBundle's default. Another preset takes
more requests that were refused (4xx) for incidents, and sees an anomaly in others that come far more often than in the
hour. Facts: specs of the event store, sections 2, 3 and 7; the numbers are rows of `classes.toml`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from triage.errors import TriageError
from triage.incidents import counters
from triage.incidents.layout import typed

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

__all__ = ("PRESETS", "Preset", "Threshold", "anomalies", "classify", "preset", "severities")

PRESETS: Final = ("minimal", "balanced", "investigative")
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
            {int(status): Threshold(**least) for status, least in values["anomalies"].items()},
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
    if name not in _presets():
        raise TriageError(f"there is no preset {name!r}; there are {', '.join(PRESETS)}")
    return _presets()[name]


def classify(events: pa.Table, name: str = "minimal", *, statuses: Iterable[int] = ()) -> pa.ChunkedArray:
    """The class of each event by a preset: `incident_signal`, `context` or `operational`.

    Parameters
    ----------
    events
        The table `events`, with the classes that readers give.
    name
        One of `PRESETS`.
    statuses
        More statuses of requests that make an incident.

    Examples
    --------
    >>> events = pa.table({"event_kind": ["request"] * 2, "event_class": ["context"] * 2, "http_status": [404, 429]})
    >>> classify(events, "balanced").to_pylist()
    ['context', 'incident_signal']
    """
    chosen = pa.array([*preset(name).immediate, *statuses], pa.int64())
    refused = pc.and_(pc.equal(events["event_kind"], "request"), pc.is_in(events["http_status"], value_set=chosen))
    return pc.if_else(pc.fill_null(refused, fill_value=False), "incident_signal", events["event_class"])


def severities(events: pa.Table, name: str = "minimal") -> pa.ChunkedArray:
    """The severity that DebugBundle gives an event, whatever its level says: `high`, `medium` or `low`.

    Exceptions, and requests that make an incident, are high; suppressed errors are medium, as are the anomalies that
    `anomalies` finds; the rest is low, error logs too.

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
    return pc.if_else(high, "high", pc.if_else(medium, "medium", "low"))


def anomalies(events: pa.Table, name: str = "balanced", *, as_of: int | None = None) -> pd.DataFrame:
    """Requests that are refused far more often than in the hour; see `Case.anomalies`."""
    least = preset(name).anomalies
    chosen = pc.and_(
        pc.and_(pc.equal(events["event_kind"], "request"), pc.is_valid(events["ts"])),
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

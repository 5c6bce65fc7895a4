"""The chart of regressions: each at the event that shows it, beside the deploy that it came with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from triage.share.printable import plural
from triage_widgets.charts import words
from triage_widgets.charts.drawing import Drawing, buckets, notes, nothing, put, releases, table
from triage_widgets.charts.layers import Mark, Scale, deploy_lane, lane, milli, stacked

if TYPE_CHECKING:
    import pandas as pd

    from triage.incidents.series import Series

__all__ = ("drawing", "lanes")

_COLUMNS = [
    "#",
    "incident",
    "kind",
    "at (UTC)",
    "release",
    "deployed (UTC)",
    "per hour before",
    "per hour after",
    "why",
]
_SHAPES = {"seen again": "circle", "new": "diamond", "more often": "triangle-up"}


def lanes(regressions: pd.DataFrame) -> list[str]:
    """The incidents with a regression, the newest first."""
    return list(dict.fromkeys(regressions["incident_id"]))


def drawing(series: Series, regressions: pd.DataFrame) -> Drawing:
    """The chart of the regressions in the time that is drawn; the rows are as `case.regressions()` gives them."""
    numbered = regressions.sort_values(["at", "incident_id", "kind"], ignore_index=True)
    rows = [
        (
            *(str(at + 1), each["title"], each["kind"], words.when(each["at"]), each["release"]),
            *(_told(each["deployed_at"], words.when), _told(each["before"], words.number)),
            *(_told(each["after"], words.number), each["why"]),
        )
        for at, each in enumerate(words.rows(numbered))
    ]
    data = table(rows, _COLUMNS) if rows else buckets(series)
    if not series.span.buckets:
        return nothing(series, data, "Regressions")
    scale = Scale(series)
    views, omitted = deploy_lane(series, scale)
    for at, incident in enumerate(series.lanes["incident_id"]):
        marks = _marks(numbered, incident)
        views.append(lane(series, scale, at, marks, last=at == len(series.lanes) - 1))
    return Drawing(stacked(views), _said(series, numbered), _caption(series, numbered, omitted), data)


def _told(value: Any, say: Any) -> str:
    return "" if words.missing(value) else str(say(value))


def _marks(regressions: pd.DataFrame, incident: Any) -> list[Mark]:
    if words.missing(incident):
        return []
    found = []
    for number, each in enumerate(words.rows(regressions)):
        if each["incident_id"] != incident:
            continue
        text = f"#{number + 1} {each['kind']}"
        if not words.missing(each["ratio"]):
            text += f", {words.number(each['ratio'])} times"
        if not words.missing(each["release"]):
            text += f" · {words.cut(str(each['release']), 24)}"
        at = milli(each["at"])
        found.append(
            Mark(
                at,
                at,
                at,
                _SHAPES.get(each["kind"], "square"),
                (text, f"#{number + 1} {each['kind']}", f"#{number + 1}"),
            )
        )
    return found


def _said(series: Series, regressions: pd.DataFrame) -> str:
    if not len(regressions):
        time = words.span(series.counts["start"].min(), series.counts["end"].max())
        head = f"No regression in {plural(series.incidents, 'incident')} with {plural(series.events, 'event')}, {time}."
        return put(head, releases(series), notes(series))
    incidents = regressions["incident_id"].nunique()
    kinds = [f"{count} {kind}" for kind, count in regressions["kind"].value_counts(sort=False).items()]
    last = words.rows(regressions.tail(1))[0]
    head = f"{plural(len(regressions), 'regression')} in {plural(incidents, 'incident')} ({words.listed(kinds)})"
    which = "it is" if len(regressions) == 1 else "the last is"
    told = f"{which} {last['title']} at {words.when(last['at'])} UTC, {last['why']}"
    shown = int(series.lanes["incident_id"].isin(regressions["incident_id"]).sum())
    rest = "" if shown >= incidents else f"Drawn are {shown} of these {incidents} incidents."
    return put(f"{head}; {told}.", releases(series), rest, notes(series))


def _caption(series: Series, regressions: pd.DataFrame, omitted: int) -> str:
    parts = [f"Regressions. Events in {words.length(series.span.width)} each"]
    shapes = {"seen again": "a circle", "new": "a diamond", "more often": "a triangle"}
    there = [f"{shape}: {kind}" for kind, shape in shapes.items() if (regressions["kind"] == kind).any()]
    if there:
        parts.append(", ".join(there) + ", by its number in the data")
    if len(series.deploys):
        parts.append("dashed rule: a deploy")
    if omitted:
        parts.append(f"{omitted} of them without room for their name")
    return "; ".join(parts)

"""The chart of spikes: each with its bracket and symbol over the counts, and what the history let expect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from triage.share.printable import plural
from triage_widgets.charts import words
from triage_widgets.charts.drawing import Drawing, buckets, drawn_of, notes, nothing, put, releases, table
from triage_widgets.charts.layers import Mark, Scale, deploy_lane, lane, milli, stacked

if TYPE_CHECKING:
    import pandas as pd

    from triage.incidents.series import Series

__all__ = ("drawing", "lanes")

_COLUMNS = ["#", "incident", "from (UTC)", "alarm (UTC)", "end (UTC)", "events", "within"]
_COLUMNS += ["expected", "p", "release", "rule", "why"]


def lanes(spikes: pd.DataFrame) -> list[str]:
    """The incidents with a spike, that of the least probable first."""
    ranked = spikes.sort_values(["p", "count", "incident_id"], ascending=[True, False, True], na_position="last")
    return list(dict.fromkeys(ranked["incident_id"]))


def drawing(series: Series, spikes: pd.DataFrame) -> Drawing:
    """The chart of the spikes that begin in the time that is drawn; the rows are as `case.spikes()` gives them."""
    numbered = spikes.sort_values(["start", "incident_id"], ignore_index=True)
    rows = [
        (
            *(str(at + 1), each["title"], *(words.when(each[name]) for name in ("began", "start", "end"))),
            *(f"{each['count']:,}", words.length(each["minutes"] * 60_000_000), words.number(each["expected"])),
            *(_p(each["p"]), each["release"], each["rule"], each["why"]),
        )
        for at, each in enumerate(words.rows(numbered))
    ]
    data = table(rows, _COLUMNS) if rows else buckets(series)
    if not series.span.buckets:
        return nothing(series, data, "Spikes")
    scale = Scale(series)
    views, omitted = deploy_lane(series, scale)
    for at, incident in enumerate(series.lanes["incident_id"]):
        marks = _marks(numbered, incident)
        views.append(lane(series, scale, at, marks, last=at == len(series.lanes) - 1))
    return Drawing(stacked(views), _said(series, numbered), _caption(series, omitted), data)


def _p(value: Any) -> str:
    return "" if words.missing(value) else f"{value:.0e}"


def _marks(spikes: pd.DataFrame, incident: Any) -> list[Mark]:
    """The spikes of an incident, the least probable first: it has its words before the others."""
    if words.missing(incident):
        return []
    found, several = [], len(spikes["rule"].unique()) > 1
    own = [(at, each) for at, each in enumerate(words.rows(spikes)) if each["incident_id"] == incident]
    for at, each in sorted(own, key=lambda pair: (words.missing(pair[1]["p"]), pair[1]["p"], pair[0])):
        rule = f" by {each['rule']}" if several else ""
        count = f"#{at + 1}{rule}: {each['count']:,}"
        expected = f", expected {words.number(each['expected'])}"
        full = f"{count} in {words.length(each['minutes'] * 60_000_000)}{expected}"
        if not words.missing(each["release"]):
            full += f" · {words.cut(str(each['release']), 24)}"
        texts = (full, count + expected, count, f"#{at + 1}")
        found.append(Mark(milli(each["began"]), milli(each["end"]), milli(each["peak"]), "triangle-down", texts))
    return found


def _said(series: Series, spikes: pd.DataFrame) -> str:
    if not len(spikes):
        time = words.span(series.counts["start"].min(), series.counts["end"].max())
        head = f"No spike in {plural(series.incidents, 'incident')} with {plural(series.events, 'event')}, {time}."
        return put(head, releases(series), drawn_of(series), notes(series))
    ranked = spikes.assign(times=spikes["count"] / spikes["expected"].clip(lower=0.1))
    ranked = ranked.sort_values(["p", "times"], ascending=[True, False], na_position="last")
    best = words.rows(ranked.head(1))[0]
    incidents = spikes["incident_id"].nunique()
    head = f"{plural(len(spikes), 'spike')} in {plural(incidents, 'incident')}"
    told = (
        f"from {words.span(best['start'], best['end'])}, {plural(best['count'], 'event')} in "
        f"{words.length(int(best['minutes']) * 60_000_000)} where {words.number(best['expected'])} were expected"
    )
    if not words.missing(best["release"]):
        told += f", first with release {best['release']}"
    which = "the spike is" if len(spikes) == 1 else "the least expected is"
    shown = int(series.lanes["incident_id"].isin(spikes["incident_id"]).sum())
    rest = "" if shown >= incidents else f"Drawn are {shown} of the {incidents} incidents with a spike."
    return put(f"{head}; {which} in {best['title']}, {told}.", releases(series), rest, notes(series))


def _caption(series: Series, omitted: int) -> str:
    parts = [
        f"Spikes. Events in {words.length(series.span.width)} each",
        "a bracket with a triangle: a spike, by its number in the data",
    ]
    if series.counts["expected"].notna().any():
        parts.append("dashed line: what history lets expect, shaded above it: up to what would be an alarm")
    if len(series.deploys):
        parts.append("dashed rule: a deploy")
    if omitted:
        parts.append(f"{omitted} of them without room for their name")
    return "; ".join(parts)

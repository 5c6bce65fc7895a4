"""The chart of all incidents over time: those with the most events in a lane of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage.share.printable import plural
from triage_widgets.charts import words
from triage_widgets.charts.drawing import Drawing, buckets, notes, nothing, put, releases
from triage_widgets.charts.layers import Scale, deploy_lane, lane, stacked

if TYPE_CHECKING:
    from triage.incidents.series import Series

__all__ = ("drawing",)


def drawing(series: Series) -> Drawing:
    """The chart of the events of all incidents."""
    data = buckets(series)
    if not series.span.buckets:
        return nothing(series, data, "Incidents over time")
    scale = Scale(series)
    views, omitted = deploy_lane(series, scale)
    views += [lane(series, scale, at, [], last=at == len(series.lanes) - 1) for at in range(len(series.lanes))]
    caption = [
        f"Incidents over time. Events in {words.length(series.span.width)} each, each incident by its own measure"
    ]
    if len(series.deploys):
        caption.append("dashed rule: a deploy")
    if omitted:
        caption.append(f"{omitted} of them without room for their name")
    return Drawing(stacked(views), _said(series), "; ".join(caption), data)


def _said(series: Series) -> str:
    sums = series.counts.groupby("start")["count"].sum()
    busiest = sums[sums == sums.max()].index[0]
    time = words.span(series.counts["start"].min(), series.counts["end"].max())
    first = words.rows(series.lanes)[0]
    head = f"{plural(series.events, 'event')} of {plural(series.incidents, 'incident')}, {time}"
    most = f"the most, {sums.max():,}, in {words.length(series.span.width)} from {words.when(busiest)}"
    often = f"The most frequent is {first['title']} with {plural(first['events'], 'event')}."
    return put(f"{head}; {most}.", often if series.incidents > 1 else "", releases(series), notes(series))

"""The chart of releases: how long each was seen, how many events of incidents it had, and how many were new with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from triage.share.printable import plural
from triage_widgets.charts import words
from triage_widgets.charts.drawing import Drawing, notes, nothing, put, table
from triage_widgets.charts.layers import AXIS, Scale, milli, stacked
from triage_widgets.charts.palette import LIGHT

if TYPE_CHECKING:
    import pandas as pd

    from triage.incidents.series import Series

__all__ = ("drawing",)

_MOST = 14
_STEP = 34
# A bold character at its widest: the page may have another font than the one that the picture was laid out with.
_CHARACTER = 8.0
_COLUMNS = ["release", "service", "first seen (UTC)", "last seen (UTC)", "events", "incidents", "first seen in it"]


def drawing(series: Series) -> Drawing:
    """The chart of the releases that are seen in the time that is drawn, the newest below."""
    rows = [
        (
            *(each["release"], each["service"], words.when(each["first_seen"]), words.when(each["last_seen"])),
            *(f"{each['events']:,}", f"{each['incidents']:,}", f"{each['new']:,}"),
        )
        for each in words.rows(series.releases)
    ]
    data = table(rows, _COLUMNS)
    if not series.span.buckets:
        return nothing(series, data, "Releases")
    if not rows:
        return Drawing(None, put("No event tells its release.", notes(series)), "Releases", data)
    shown = series.releases.tail(_MOST)
    caption = "Releases. Bar: from its first event to its last; diamond: its first event"
    if len(shown) < len(rows):
        caption += f"; the newest {len(shown)} of {len(rows)}"
    return Drawing(stacked([_view(series, shown)]), _said(series), caption, data)


def _view(series: Series, shown: pd.DataFrame) -> Any:
    scale = Scale(series)
    several = len(shown["service"].dropna().unique()) > 1
    rows: list[dict[str, Any]] = []
    for at, each in enumerate(words.rows(shown)):
        name = words.cut(str(each["release"]), 28)
        if several and not words.missing(each["service"]):
            name = f"{words.cut(str(each['service']), 20)} {name}"
        start, end = milli(each["first_seen"]), milli(each["last_seen"])
        late = scale.pixel(start) > AXIS * 0.55
        rows.append(
            {"x": start, "x2": max(end, scale.widened(start, end)[1]), "l": at, "n": name, "t": _told(each)}
            | {"a": "right" if late else "left", "at": max(end, start) if late else start}
        )
    x, y = (
        scale.x(labels=True),
        alt.Y("l:Q", scale=alt.Scale(domain=[len(rows) - 0.5, -0.6], nice=False, zero=False), axis=None),
    )
    data = alt.InlineData(values=rows)
    base = alt.Chart(data)
    room = -12 - _CHARACTER * max(len(row["n"]) for row in rows)
    layers = [
        base.mark_point(size=0, opacity=0).encode(x=alt.value(room), y=y),
        base.mark_rule(stroke=LIGHT.bar, strokeWidth=8).encode(x=x, x2="x2:T", y=y),
        base.mark_point(shape="diamond", size=70, filled=True, fill=LIGHT.ink, opacity=1).encode(x=x, y=y),
        base.mark_text(align="right", dx=-12, fill=LIGHT.ink, fontWeight=600).encode(x=alt.value(0), y=y, text="n:N"),
    ]
    for side in ("left", "right"):
        there = [row | {"x": row["at"]} for row in rows if row["a"] == side]
        if there:
            text = alt.Chart(alt.InlineData(values=there)).mark_text(align=side, dy=-13, fill=LIGHT.ink)
            layers.append(text.encode(x=x, y=y, text="t:N"))
    return alt.layer(*layers).properties(width=AXIS, height=_STEP * len(rows))


def _told(each: dict[str, Any]) -> str:
    if not each["events"]:
        return "no event of an incident"
    told = f"{plural(each['events'], 'event')}, {plural(each['incidents'], 'incident')}"
    return f"{told}, {each['new']} first seen here" if each["new"] else told


def _said(series: Series) -> str:
    found = series.releases
    last = words.rows(found.tail(1))[0]
    most = max(words.rows(found), key=lambda row: row["events"])
    head = (
        f"{plural(len(found), 'release')}; the newest, {_named(last)}, first seen {words.when(last['first_seen'])} UTC"
    )
    new = "" if not last["events"] else f" ({last['new']} first seen in it)"
    told = f"{plural(last['events'], 'event')} of {plural(last['incidents'], 'incident')}{new}"
    often = f"The most events, {most['events']:,}, are of {_named(most)}." if len(found) > 1 and most["events"] else ""
    return put(f"{head}, has {told}.", often, notes(series))


def _named(row: dict[str, Any]) -> str:
    return str(row["release"]) if words.missing(row["service"]) else f"{row['release']} of {row['service']}"

"""What the charts are put together from: lanes of buckets over one time axis, rules for deploys, marks with words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import altair as alt

from triage_widgets.charts.palette import LIGHT, config
from triage_widgets.charts.words import cut, missing
from triage_widgets.charts.words import rows as rows_of

if TYPE_CHECKING:
    import pandas as pd

    from triage.incidents.series import Series

__all__ = ("AXIS", "Mark", "Scale", "deploy_lane", "lane", "marked", "milli", "stacked")

AXIS: Final = 680
_HEIGHT: Final = 66
# What is kept free above the counts for marks and their words.
_HEAD: Final = 20
_LABEL_ROW: Final = 14
_LABEL_ROWS: Final = 3
_CHARACTER: Final = 6.4
_NARROWEST: Final = 8.0
_TIMES: Final = {"hours": "%H:%M", "minutes": "%H:%M", "date": "%a %d", "week": "%b %d"}


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to point out in a lane: an interval or a time, a symbol, and words, the longest first."""

    start: int
    end: int
    at: int
    shape: str
    texts: tuple[str, ...]


class Scale:
    """The time axis: milliseconds since 1970 and where they are drawn."""

    def __init__(self, series: Series) -> None:
        edges = series.span.edges
        self.start, self.end = int(edges[0]) // 1_000, int(edges[-1]) // 1_000

    def pixel(self, at: int) -> float:
        """Where a time is on the axis."""
        return (at - self.start) / (self.end - self.start) * AXIS

    def widened(self, start: int, end: int) -> tuple[int, int]:
        """An interval that is wide enough to be seen."""
        least = round(_NARROWEST / AXIS * (self.end - self.start))
        more = max(least - (end - start), 0) // 2
        return max(start - more, self.start), min(end + more, self.end)

    def x(self, *, labels: bool | None) -> alt.X:
        """The channel; its labels stand under the lowest lane only. None: it has no axis."""
        axis = (
            None
            if labels is None
            else alt.Axis(
                labels=labels,
                ticks=labels,
                title="UTC" if labels else None,
                grid=True,
                tickCount=8,
                labelFlush=True,
                format=_TIMES,
            )
        )
        return alt.X("x:T", scale=alt.Scale(type="utc", domain=[self.start, self.end], nice=False), axis=axis)


def milli(moment: pd.Timestamp) -> int:
    """Milliseconds since 1970."""
    return round(moment.timestamp() * 1_000)


def lane(series: Series, scale: Scale, number: int, marks: list[Mark], *, last: bool) -> Any:
    """One row: the counts of an incident, what was expected, the deploys, and marks."""
    counts = series.counts[series.counts["lane"] == number]
    values = [float(count) for count in counts["count"]]
    bounds: list[float] = counts["upper"].dropna().tolist()
    top = max([*values, 1.0])
    # The band is drawn as far as the counts reach, and half as far again.
    top = max(top, min(max(bounds, default=0.0), 1.5 * top))
    y = alt.Y(
        "y:Q",
        scale=alt.Scale(domain=[0, top * _HEIGHT / (_HEIGHT - _HEAD)], nice=False),
        axis=alt.Axis(values=[0, max(int(top), 1)], format=",d", title=None, domain=False, ticks=False, labelPadding=5),
    )
    x = scale.x(labels=last)
    starts = [milli(at) for at in counts["start"]]
    layers: list[Any] = []
    band = [
        {"x": at, "y": float(low), "y2": min(float(high), top)}
        for at, low, high in zip(starts, counts["expected"], counts["upper"], strict=True)
        if not missing(low) and low <= top
    ]
    if band:
        band.append(band[-1] | {"x": scale.end})
        shape = {"interpolate": "step-after", "fill": LIGHT.band, "opacity": 1}
        layers.append(_chart(band).mark_area(**shape).encode(x=x, y=y, y2="y2:Q"))
    bars = [{"x": at, "y": value} for at, value in zip(starts, values, strict=True)]
    bars.append({"x": scale.end, "y": values[-1] if values else 0.0})
    layers.append(_chart(_bent(bars)).mark_area(interpolate="step-after", fill=LIGHT.bar, opacity=1).encode(x=x, y=y))
    if band:
        dashes = {"interpolate": "step-after", "stroke": LIGHT.edge, "strokeWidth": 1.5, "strokeDash": [5, 2]}
        layers.append(_chart(_bent(band)).mark_line(**dashes).encode(x=x, y=y))
    layers += _rules(series, scale, x)
    layers += marked(scale, marks, x)
    title = _title(series, number)
    return alt.layer(*layers).properties(width=AXIS, height=_HEIGHT, title=alt.TitleParams(title, limit=AXIS))


def _title(series: Series, number: int) -> str:
    row = rows_of(series.lanes)[number]
    if missing(row["incident_id"]):
        rest = series.incidents - len(series.lanes) + 1
        return f"{rest:,} others · {row['events']:,} events"
    return f"{cut(str(row['title']), 84)} · {row['events']:,} event{'' if row['events'] == 1 else 's'}"


def _bent(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The points at which a line of steps bends: the others say nothing."""
    kept = points[:1]
    for before, point in pairwise(points):
        if point["y"] != before["y"] or point is points[-1]:
            kept.append(point)
    return kept


def deploy_lane(series: Series, scale: Scale) -> tuple[list[Any], int]:
    """The names of the releases above the lanes, and for how many there was no room."""
    several = len(series.deploys["service"].dropna().unique()) > 1
    rows: list[dict[str, Any]] = []
    ends = [-1.0] * _LABEL_ROWS
    omitted = 0
    for each in rows_of(series.deploys):
        name = cut(str(each["release"]), 28)
        if several and not missing(each["service"]):
            name = f"{cut(str(each['service']), 20)} {name}"
        at = scale.pixel(milli(each["at"]))
        wide = len(name) * _CHARACTER + 12
        left = at if at + wide <= AXIS else at - wide
        level = next((row for row, end in enumerate(ends) if end <= left), None)
        if level is None:
            omitted += 1
            continue
        ends[level] = max(at, left + wide)
        rows.append({"x": milli(each["at"]), "t": name, "l": level, "a": "left" if left == at else "right"})
    if not rows:
        return [], omitted
    height = _LABEL_ROW * (1 + max(row["l"] for row in rows))
    x = scale.x(labels=None)
    layers = [
        _chart(rows)
        .mark_point(shape="diamond", size=34, filled=True, fill=LIGHT.ink, opacity=1)
        .encode(x=x, y=_level(height))
    ]
    for side, shift in (("left", 7), ("right", -7)):
        there = [row for row in rows if row["a"] == side]
        if there:
            layers.append(
                _chart(there).mark_text(align=side, dx=shift, fill=LIGHT.ink).encode(x=x, y=_level(height), text="t:N")
            )
    return [alt.layer(*layers).properties(width=AXIS, height=height)], omitted


def _level(height: int) -> alt.Y:
    rows = height // _LABEL_ROW
    return alt.Y("l:Q", scale=alt.Scale(domain=[rows - 0.5, -0.5], nice=False, zero=False), axis=None)


def _rules(series: Series, scale: Scale, x: alt.X) -> list[Any]:
    rows = [{"x": milli(at)} for at in series.deploys["at"]]
    kept = list({round(scale.pixel(row["x"])): row for row in rows}.values())
    if not kept:
        return []
    return [_chart(kept).mark_rule(stroke=LIGHT.quiet, strokeDash=[3, 3], strokeWidth=1).encode(x=x)]


def marked(scale: Scale, marks: list[Mark], x: alt.X) -> list[Any]:
    """Brackets, symbols and words at the head of a lane; words only where there is room."""
    layers: list[Any] = []
    spans = []
    for mark in marks:
        start, end = scale.widened(mark.start, mark.end)
        if mark.shape == "triangle-down":
            spans += [{"x": start, "x2": end}]
            layers += [
                _chart([{"x": at}]).mark_rule(**_ALARM).encode(x=x, y=alt.value(13), y2=alt.value(18))
                for at in (start, end)
            ]
    if spans:
        layers.insert(0, _chart(spans).mark_rule(**_ALARM).encode(x=x, x2="x2:T", y=alt.value(13)))
    for shape in sorted({mark.shape for mark in marks}):
        rows = [{"x": mark.at} for mark in marks if mark.shape == shape]
        symbol = {"shape": shape, "size": 62, "filled": True, "fill": LIGHT.alarm, "opacity": 1}
        layers.append(_chart(rows).mark_point(**symbol).encode(x=x, y=alt.value(6)))
    for side, rows in _labels(scale, marks).items():
        # On a ground of their own, so that no rule goes through them.
        around = {"stroke": LIGHT.ground, "strokeWidth": 5, "strokeJoin": "round"}
        for more in (around, {}):
            text = _chart(rows).mark_text(align=side, fill=LIGHT.alarm, fontWeight=600, **more)
            layers.append(text.encode(x=x, y=alt.value(6), text="t:N"))
    return layers


_ALARM: Final[dict[str, Any]] = {"stroke": LIGHT.alarm, "strokeWidth": 2}


def _labels(scale: Scale, marks: list[Mark]) -> dict[Any, list[dict[str, Any]]]:
    """The longest words beside each symbol for which there is room on a side, or none."""
    found: dict[Any, list[dict[str, Any]]] = {}
    taken = [(scale.pixel(mark.at) - 6, scale.pixel(mark.at) + 6) for mark in marks]
    for mark in marks:
        at = scale.pixel(mark.at)
        for text in mark.texts:
            wide = len(text) * _CHARACTER + 2
            sides = (("left", at + 8, at + 8 + wide, 8), ("right", at - 8 - wide, at - 8, -8))
            free = next(
                (side for side in sides if side[1] >= 0 and side[2] <= AXIS and _is_free(taken, side[1], side[2])), None
            )
            if free is not None:
                taken.append((free[1], free[2]))
                moved = scale.start + round((at + free[3]) / AXIS * (scale.end - scale.start))
                found.setdefault(free[0], []).append({"x": moved, "t": text})
                break
    return found


def _is_free(taken: list[tuple[float, float]], left: float, right: float) -> bool:
    return all(end <= left or start >= right for start, end in taken)


def stacked(views: list[Any]) -> dict[str, Any]:
    """The chart of some views over each other, as Vega-Lite that depends on what is drawn only."""
    spec: dict[str, Any] = alt.vconcat(*views).to_dict(validate=False)
    return spec | {"config": config()}


def _chart(rows: list[dict[str, Any]]) -> Any:
    return alt.Chart(alt.InlineData(values=rows))

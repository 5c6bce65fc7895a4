"""The interactive form of a chart: a time and incidents, chosen by pointer or keyboard, as values in Python.

It shows the same picture as the static form, so it needs neither a chart library in the page nor a network.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import traitlets

from triage.errors import TriageError
from triage.share.printable import plural
from triage_widgets.charts import words
from triage_widgets.charts.drawing import Drawing, figure
from triage_widgets.widget import Widget

if TYPE_CHECKING:
    from triage.incidents.series import Series
    from triage.share.redacted import RedactedCase
    from triage_widgets.figure import Figure

__all__ = ("Brush", "Selection")

_STATIC: Final = Path(__file__).parents[1] / "static"
_LISTED: Final = 50


@dataclass(frozen=True, slots=True)
class Selection:
    """What is chosen: a time in UTC, None for no bound, and the ids of the incidents that have events in it."""

    since: pd.Timestamp | None = None
    until: pd.Timestamp | None = None
    incidents: tuple[str, ...] = ()


class Brush(Widget):
    """The widget that `.interactive()` of a chart gives.

    `selection` is what is chosen; `brush.observe(function, "selection")` calls a function at each change. `selected()`
    gives the incidents as rows, masked. Calls of the page: `chart()` gives the picture and where its time axis is,
    `incidents(since, until)` the incidents to choose from, and `select(since, until, incidents)` chooses.
    """

    _esm = _STATIC / "chart.js"
    _css = _STATIC / "chart.css"
    kind = traitlets.Unicode("chart").tag(sync=True)
    selection = traitlets.Instance(Selection, args=())

    def __init__(self, case: RedactedCase, series: Series, drawing: Drawing, **kwargs: Any) -> None:
        self._case = case
        self._series = series
        self._drawing = drawing
        super().__init__(**kwargs)

    def calls(self) -> Mapping[str, Callable[..., Any]]:
        """What the page may ask for."""
        return {"chart": self._chart, "incidents": self._incidents, "select": self._select}

    def figure(self) -> Figure:
        """The static form."""
        return figure(self._drawing)

    def selected(self) -> pd.DataFrame:
        """The rows of `incidents()` of what is chosen, masked."""
        rows = self._case.incidents()
        return rows[rows["incident_id"].isin(self.selection.incidents)].reset_index(drop=True)

    def __repr__(self) -> str:
        """Say what is chosen."""
        chosen = self.selection
        if chosen.since is chosen.until is None:
            return f"<triage.Brush: {plural(len(chosen.incidents), 'incident')}>"
        return f"<triage.Brush: {_time(chosen)}, {plural(len(chosen.incidents), 'incident')}>"

    def _chart(self) -> dict[str, Any]:
        picture = self._drawing.picture()
        edges = self._series.span.edges
        shown: dict[str, Any] | None = None
        if picture is not None:
            shown = {"svg": "data:image/svg+xml;base64," + base64.b64encode(picture.svg).decode()}
            shown |= {"width": picture.width, "height": picture.height, "left": picture.left, "axis": picture.axis}
        said = {"alt": self._drawing.alt, "caption": self._drawing.caption, "picture": shown}
        return said | {"start": int(edges[0]) // 1_000, "end": int(edges[-1]) // 1_000}

    def _incidents(self, since: str = "", until: str = "") -> dict[str, Any]:
        rows = self._case.active(*_bounds(since, until))
        shown = [
            {"id": each["incident_id"], "title": each["title"], "events": each["events"]}
            for each in words.rows(rows.head(_LISTED))
        ]
        return {"rows": shown, "in_all": len(rows)}

    def _select(self, since: str = "", until: str = "", incidents: list[str] | None = None) -> str:
        low, high = _bounds(since, until)
        rows = self._case.active(low, high)
        if incidents:
            rows = rows[rows["incident_id"].isin(incidents)]
        self.selection = Selection(low, high, tuple(rows["incident_id"]))
        events = int(rows["events"].sum())
        chosen = f"{plural(len(rows), 'incident')} with {plural(events, 'event')}"
        return f"Selected: {chosen}, {_time(self.selection)}."


def _time(chosen: Selection) -> str:
    if chosen.since is not None and chosen.until is not None:
        return words.span(chosen.since, chosen.until)
    if chosen.since is not None:
        return f"from {words.when(chosen.since)} UTC"
    return f"until {words.when(chosen.until)} UTC" if chosen.until is not None else "at any time"


def _bounds(since: str, until: str) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    low, high = _moment(since, "From"), _moment(until, "To")
    if low is not None and high is not None and low > high:
        raise TriageError("From is later than To: exchange them")
    return low, high


def _moment(text: str, name: str) -> pd.Timestamp | None:
    """A time that a person wrote; without a zone it is UTC."""
    if not text.strip():
        return None
    try:
        moment = pd.Timestamp(text.strip())
    except (ValueError, OverflowError):
        moment = None
    if moment is None or pd.isna(moment):
        raise TriageError(f"{name} is no time: write it as 2026-01-31 14:05, in UTC")
    return moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")

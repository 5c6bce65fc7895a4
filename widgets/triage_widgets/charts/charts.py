"""The charts of a case by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from triage_widgets.charts import regressions, releases, spikes, timeline
from triage_widgets.charts.drawing import Drawing, figure

if TYPE_CHECKING:
    from triage.incidents.series import Series
    from triage.share.redacted import RedactedCase
    from triage_widgets.figure import Figure

__all__ = ("Charts",)

Moment = datetime | str | None
_QUIET = 3


class Charts:
    """What `case.charts` gives: figures, masked, each with a text, a caption and its data.

    Every chart takes `since` and `until`, times or their ISO texts; default: the first and the last event of the
    case. What comes after `until` is not known to it. A figure shows without a kernel, a script or a network; its
    `.interactive()` is a widget in which a time and incidents are chosen.

    Examples
    --------
    >>> import triage
    >>> triage.load(b"").charts.timeline()
    Figure: Incidents over time. No event of an incident has a time in this span, so there is nothing to draw.
    """

    __slots__ = ("_case",)

    def __init__(self, case: RedactedCase) -> None:
        self._case = case

    def spikes(self, since: Moment = None, until: Moment = None, *, rule: str = "tested") -> Figure:
        """Spikes over the counts of their incidents, with what was expected; `rule` as in `case.spikes`."""
        found = _within(self._case.spikes(until, rule=rule), "end", since)
        chosen = spikes.lanes(found)
        series = self._series(since, until, chosen)
        return self._figure(series, spikes.drawing(series, found))

    def regressions(self, since: Moment = None, until: Moment = None) -> Figure:
        """Regressions at the events that show them, with the deploys."""
        found = _within(self._case.regressions(until), "at", since)
        series = self._series(since, until, regressions.lanes(found), expected=False)
        return self._figure(series, regressions.drawing(series, found))

    def timeline(self, since: Moment = None, until: Moment = None) -> Figure:
        """All incidents over time: those with the most events each in a lane, the others in one."""
        series = self._case.series(since, until)
        return self._figure(series, timeline.drawing(series))

    def releases(self, since: Moment = None, until: Moment = None) -> Figure:
        """Releases over time, with the events of incidents and the new incidents of each."""
        series = self._case.series(since, until)
        return self._figure(series, releases.drawing(series))

    def __repr__(self) -> str:
        """Say what charts there are."""
        return "<triage.Charts: spikes(), regressions(), timeline(), releases()>"

    def _series(self, since: Moment, until: Moment, chosen: list[str], *, expected: bool = True) -> Series:
        """The counts of some incidents, or of the most frequent where none is to be pointed out."""
        if chosen:
            return self._case.series(since, until, chosen=chosen, expected=expected)
        return self._case.series(since, until, expected=expected, lanes=_QUIET)

    def _figure(self, series: Series, drawing: Drawing) -> Figure:
        drawing = replace(drawing, caption="; ".join([drawing.caption, *series.remarks]))
        return figure(drawing, partial(self._brush, series, drawing))

    def _brush(self, series: Series, drawing: Drawing) -> Any:
        from triage_widgets.charts.brush import Brush

        return Brush(self._case, series, drawing)


def _within(rows: pd.DataFrame, column: str, since: Moment) -> pd.DataFrame:
    """The rows that are not over before a time."""
    if since is None:
        return rows
    moment = pd.Timestamp(since)
    moment = moment.tz_localize("UTC") if moment.tzinfo is None else moment
    return rows[rows[column] >= moment].reset_index(drop=True)

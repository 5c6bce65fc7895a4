"""What a chart is before it is a picture: its lanes, its words and its rows; and the figure made of that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from triage.share.printable import plural
from triage_widgets.charts import words
from triage_widgets.charts.layers import AXIS
from triage_widgets.charts.picture import Picture, drawn
from triage_widgets.figure import Figure
from triage_widgets.html import Markup, element

if TYPE_CHECKING:
    from triage.incidents.series import Series

__all__ = ("Drawing", "buckets", "drawn_of", "figure", "notes", "put", "releases", "table")

_NOTHING = "No event of an incident has a time in this span, so there is nothing to draw."
_NO_PICTURE = "For the picture: pip install 'crash-triage[lab]'."


@dataclass(frozen=True, slots=True, repr=False)
class Drawing:
    """A chart: its Vega-Lite (None where nothing has a time), what it says, a line below it, and the rows drawn."""

    spec: dict[str, Any] | None
    alt: str
    caption: str
    data: pd.DataFrame

    def picture(self) -> Picture | None:
        """The SVG, where it can be drawn."""
        return None if self.spec is None else drawn(self.spec, AXIS)


def figure(drawing: Drawing, interactive: Any = None) -> Figure:
    """The static form."""
    picture = drawing.picture()
    said: Markup | None = None
    if picture is None:
        said = element("p", drawing.alt if drawing.spec is None else f"{drawing.alt} {_NO_PICTURE}")
    return Figure(
        alt=drawing.alt,
        caption=drawing.caption,
        data=drawing.data,
        svg=None if picture is None else picture.svg,
        body=said,
        interactive=interactive,
    )


def nothing(series: Series, data: pd.DataFrame, caption: str) -> Drawing:
    """The drawing of a case in which nothing has a time."""
    return Drawing(None, put(_NOTHING, notes(series)), caption, data)


def put(*sentences: str) -> str:
    """Sentences, less the empty ones."""
    return " ".join(sentence for sentence in sentences if sentence)


def notes(series: Series) -> str:
    """What is not drawn."""
    if not series.timeless:
        return ""
    return f"{plural(series.timeless, 'event')} without a time {'is' if series.timeless == 1 else 'are'} not drawn."


def drawn_of(series: Series) -> str:
    """Which incidents have a lane, where not all have."""
    own = int(series.lanes["incident_id"].notna().sum())
    if own >= series.incidents:
        return ""
    have = "has a row of its own" if own == 1 else "have rows of their own"
    return f"{own} of {plural(series.incidents, 'incident')} {have}."


def releases(series: Series) -> str:
    """The deploys in words, the newest three by name."""
    count = len(series.deploys)
    if not count:
        return ""
    several = len(series.deploys["service"].dropna().unique()) > 1
    named = []
    for row in words.rows(series.deploys.tail(3)):
        of = f" of {row['service']}" if several and not words.missing(row["service"]) else ""
        named.append(f"{row['release']}{of} at {words.when(row['at'])}")
    begun = f"{plural(count, 'deploy')}" if count <= 3 else f"{plural(count, 'deploy')}, the last three"
    return f"{begun}: {words.listed(named)} UTC."


def table(rows: list[tuple[Any, ...]], columns: list[str]) -> pd.DataFrame:
    """The rows drawn, as words."""
    return pd.DataFrame(rows, columns=columns)


def buckets(series: Series) -> pd.DataFrame:
    """The counts of every bucket that is not empty, as words."""
    names = [f"{at + 1}. {words.cut(title, 60)}" for at, title in enumerate(series.lanes["title"])]
    fine = series.span.width % 60_000_000 > 0
    wide = series.counts.pivot_table(index="start", columns="lane", values="count", aggfunc="sum")
    full = wide[wide.sum(axis=1) > 0]
    rows = [
        (words.when(at, seconds=fine), *(f"{int(count):,}" for count in row))
        for at, row in zip(full.index, full.to_numpy(), strict=True)
    ]
    return table(rows, ["from (UTC)", *names])

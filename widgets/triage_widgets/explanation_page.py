"""The static pages of an explanation and of a comparison: tables that say everything in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage.incidents.layout import cell
from triage.incidents.plain import (
    BESIDE_HEADER,
    FRAME_HEADER,
    VARIANT_HEADER,
    beside_rows,
    frame_rows,
    message_lines,
    more,
    spot_advice,
    spot_lines,
    spot_title,
    variant_rows,
)
from triage_widgets.html import Markup, element, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from triage.incidents.comparing import Compared
    from triage.incidents.explaining import Story

__all__ = ("comparison_page", "explanation_page")

# A name as written may be as long as its templates; the DataFrame holds it whole.
_CHARS = 300


def explanation_page(story: Story) -> Markup:
    """The HTML of an explanation."""
    frames, left = frame_rows(story.frames)
    variants, beyond = variant_rows(story.variants)
    parts = [
        element("p", element("strong", story.title)),
        element("p", f"Incident {story.incident_id}. {story.which}"),
        _frame(story.made, story.key),
    ]
    if frames:
        parts += [_table("Frames, innermost first", FRAME_HEADER, frames), *_more(left, "frame")]
    if len(story.spots):
        files = [element("li", line.strip()) for line in spot_lines(story)]
        parts += [element("p", f"{spot_title(story)}:"), element("ul", *files), element("p", spot_advice(story))]
    if len(story.messages):
        lines = [element("li", line) for line in message_lines(story)]
        parts += [element("p", "Messages without what changes:"), element("ul", *lines)]
    parts += [_table("Variants, the commonest first", VARIANT_HEADER, variants), *_more(beyond, "variant")]
    if len(story.nearest):
        parts.append(_frame("Nearest other incidents", story.nearest))
    else:
        parts.append(element("p", "No other incident shares its key, its family or a frame of its key."))
    if len(story.decisions):
        parts.append(_frame("Decisions", story.decisions))
    return element("section", *parts)


def comparison_page(story: Compared) -> Markup:
    """The HTML of a comparison."""
    rows, left = beside_rows(story.frames)
    titles = [
        element("li", f"{letter}: incident {incident}, {title}")
        for letter, incident, title in zip("AB", story.incident_ids, story.titles, strict=True)
    ]
    parts = [element("p", element("strong", story.verdict)), element("ul", *titles)]
    if story.causes:
        causes = [element("li", cause) for cause in story.causes]
        parts += [element("p", "What splits them:"), element("ul", *causes)]
    parts.append(_frame("What they are", story.facts))
    if rows:
        parts += [_table("Frames side by side, innermost first", BESIDE_HEADER, rows), *_more(left, "row")]
    if len(story.decisions):
        parts.append(_frame("Decisions", story.decisions))
    return element("section", *parts)


def _frame(caption: str, frame: pd.DataFrame) -> Markup:
    """A table of a DataFrame, its columns named in words."""
    header = [str(name).replace("_", " ") for name in frame.columns]
    return _table(caption, header, (list(map(cell, row)) for row in frame.itertuples(index=False)))


def _table(caption: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    """A table of texts that are not too long; the header of a row says something in any case."""
    short = ([text if len(text) <= _CHARS else text[: _CHARS - 1] + "…" for text in row] for row in rows)
    return table(caption, header, ([first or "unknown", *others] for first, *others in short))


def _more(count: int, word: str) -> list[Markup]:
    return [element("p", line.strip()) for line in more(count, word)]

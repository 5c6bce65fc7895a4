"""The static page of an incident's stacks: what an untrusted or exported notebook shows in place of the widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from triage.share.printable import plural
from triage_widgets.figure import Figure
from triage_widgets.html import Markup, element, table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from triage.share.stack_pages import StackPages
    from triage.share.stack_rows import CallRow, FrameCell, Stacks

__all__ = ("stack_figure",)

# What one page holds; the widget shows the rest.
_STACKS: Final = 20
_ROWS: Final = 200


def stack_figure(pages: StackPages, incident: str) -> Figure:
    """The stacks of an incident as a figure; its data table is the merged call tree."""
    head = pages.head(incident or None)
    parts = [element("p", element("strong", head.title))]
    if head.facts:
        pairs = [element(tag, text) for pair in head.facts for tag, text in zip(("dt", "dd"), pair, strict=True)]
        parts.append(element("dl", *pairs))
    parts += _stacks(pages, head)
    if head.variants_in_all > 1:
        parts.append(_variants(head))
    rows = pages.tree(head.incident_id) if head.incident_id else []
    caption = f"the call tree of {head.title}, outermost call first"
    return Figure(alt=head.title, caption=caption, data=_calls(rows), body=element("div", *parts))


def _stacks(pages: StackPages, head: Stacks) -> list[Markup]:
    """The first stack: the frames that stand out, all of them behind a disclosure; the other stacks behind theirs."""
    made = []
    for place, stack in enumerate(head.stacks[:_STACKS]):
        if not stack.frames:
            continue
        cells = pages.frames(head.event_id, stack.number)
        name = f"{stack.title} ({stack.about})"
        if place == 0:
            made += [element("p", element("strong", name)), _frames(head.cells)]
            name = f"All {plural(stack.frames, 'frame')}"
        inside = [element("summary", name), _frames(cells)]
        if stack.frames > len(cells):
            inside.append(element("p", f"{plural(stack.frames - len(cells), 'further frame')} in case.frames()."))
        made.append(element("details", *inside))
    if head.stacks_in_all > _STACKS:
        made.append(element("p", f"{plural(head.stacks_in_all - _STACKS, 'further stack')} in case.stacks()."))
    return made


def _frames(cells: Iterable[FrameCell]) -> Markup:
    """Frames as a list, each with its role and whether it counts in words."""
    items = []
    for cell in cells:
        mark = cell.role if cell.kind == "frame" else cell.kind.replace("_", " ")
        where = f" {cell.where}" if cell.where else ""
        told = element("em", f"({mark}, counts for the key)" if cell.counted else f"({mark})")
        items.append(element("li", f"#{cell.number} ", element("code", cell.function), where, " ", told))
    return element("ul", *items)


def _variants(head: Stacks) -> Markup:
    """The variants side by side, a row for each frame from the innermost on."""
    longest = max((len(variant.frames) for variant in head.variants), default=0)
    names = [f"variant {variant.number}: {plural(variant.events, 'event')}" for variant in head.variants]
    rows = []
    for place in range(longest):
        cells = [variant.frames[place] if place < len(variant.frames) else None for variant in head.variants]
        told = ["" if cell is None else cell[0] if cell[2] else f"{cell[0]} (differs)" for cell in cells]
        rows.append([f"frame {place + 1}", *told])
    beyond = f"{len(head.variants)} of " if head.variants_in_all > len(head.variants) else ""
    return table(f"{beyond}{plural(head.variants_in_all, 'variant')} side by side", ["place", *names], rows)


def _calls(rows: list[CallRow]) -> pd.DataFrame:
    """The call tree as a table; its depth is in dots, so that it needs no style."""
    told = []
    for row in rows[:_ROWS]:
        name = {"others": f"others, {plural(row.stacks, 'stack')}", "deeper": "deeper calls"}.get(row.kind, _run(row))
        through = f"{len(row.names)} calls" if len(row.names) > 1 else ""
        told.append(
            (
                "· " * (row.level - 1) + name,
                f"{row.share:.0%}",
                row.events,
                row.ends,
                row.role,
                through,
                "yes" if row.counted else "",
            )
        )
    return pd.DataFrame(told, columns=["call", "share", "events", "end here", "role", "run of", "counts"])


def _run(row: CallRow) -> str:
    """A run of calls: where it begins, and what it is known by."""
    return row.name if row.names[0] == row.name else f"{row.names[0]} → {row.name}"

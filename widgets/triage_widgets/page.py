"""The static page of a case: what a saved, untrusted or exported notebook shows in place of the widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from triage.share.printable import plural
from triage_widgets.figure import Figure
from triage_widgets.html import Markup, element, table

if TYPE_CHECKING:
    from triage.share.view import FrameRow, View

__all__ = ("case_figure", "case_page")

_FIRST_FRAMES = 3


def case_page(view: View) -> Markup:
    """The HTML of a case: facts, crashing stack, incidents and files."""
    return case_figure(view).html()


def case_figure(view: View) -> Figure:
    """The case as a figure; its data table is the list of files."""
    # No headings: JupyterLab would list them in the contents of the notebook, at a level that may not fit there.
    parts = [_strong(view.title)]
    if view.facts:
        pairs = [element(tag, text) for pair in view.facts for tag, text in zip(("dt", "dd"), pair, strict=True)]
        parts.append(element("dl", *pairs))
    if view.frames:
        parts.append(_stack(view))
    if view.incidents_in_all > 1:
        parts.append(_incidents(view))
    if view.notes:
        notes = element("ul", *(element("li", note) for note in view.notes))
        parts.append(element("details", element("summary", f"{plural(len(view.notes), 'note')} of the reader"), notes))
    if view.quarantined:
        pieces = plural(view.quarantined, "piece")
        parts.append(element("p", f"{pieces} could not be read: case.quarantine() says where and why."))
    files = pd.DataFrame(
        [("· " * file.depth + file.path, file.size, file.description, file.status, file.reason) for file in view.files],
        columns=["file", "size", "what it is", "read", "remarks"],
    )
    shown = f"{len(view.files)} of " if view.files_in_all > len(view.files) else ""
    caption = f"{shown}{plural(view.files_in_all, 'file')} in this case"
    return Figure(alt=view.title, caption=caption, data=files, body=element("div", *parts))


def _stack(view: View) -> Markup:
    """The crashing stack: three frames, from the first of the application on; all of them behind a disclosure."""
    own = next((n for n, frame in enumerate(view.frames) if (frame.kind, frame.role) == ("frame", "application")), 0)
    begin = 0 if own < _FIRST_FRAMES else own
    parts = [_strong(view.stack_title), _frames(view.frames[begin : begin + _FIRST_FRAMES])]
    if len(view.frames) > _FIRST_FRAMES:
        beyond = view.frames_in_all - len(view.frames)
        every = [element("summary", f"All {plural(len(view.frames), 'frame')}"), _frames(view.frames)]
        if beyond:
            every.append(element("p", f"{plural(beyond, 'further frame')} in case.frames()."))
        parts.append(element("details", *every))
    return element("section", *parts)


def _frames(frames: tuple[FrameRow, ...]) -> Markup:
    items = []
    for frame in frames:
        where = f" {frame.where}" if frame.where else ""
        mark = frame.role if frame.kind == "frame" else frame.kind.replace("_", " ")
        items.append(
            element("li", f"#{frame.number} ", element("code", frame.function), where, " ", element("em", f"({mark})"))
        )
    return element("ul", *items)


def _incidents(view: View) -> Markup:
    rows = [(row.title, row.status, f"{row.count:,}", row.first_seen, row.last_seen) for row in view.incidents]
    shown = f"{len(rows)} of {view.incidents_in_all:,}" if view.incidents_in_all > len(rows) else f"{len(rows)}"
    return table(f"{shown} incidents, newest first", ["incident", "status", "events", "first seen", "last seen"], rows)


def _strong(text: str) -> Markup:
    return element("p", element("strong", text))

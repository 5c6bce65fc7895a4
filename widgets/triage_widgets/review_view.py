"""The review on screen: what would leave and what was masked in it, until a person approves, saves or discards it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import traitlets

from triage.errors import TriageError
from triage.share.printable import plural
from triage_widgets.figure import Figure
from triage_widgets.html import element
from triage_widgets.widget import Widget

if TYPE_CHECKING:
    from triage.share.review import Review

__all__ = ("ReviewView", "review_figure")

_STATIC: Final = Path(__file__).parent / "static"
_VERBS: Final = (
    *("summary", "page", "findings", "search"),
    *("unmask", "mask", "drop", "keep", "skip", "include_original", "exclude_original"),
    *("approve", "save", "discard"),
)
_STATES: Final = {
    "open": "Nothing has left: this was not approved when the page was made.",
    "approved": "Approved and frozen, not saved when the page was made.",
    "saved": "Approved and saved.",
    "discarded": "Discarded: nothing of it was left behind.",
}
# What one page holds; a person reviews in the dialog, not here.
_FILES: Final = 200
_ABSENT: Final = 10


class ReviewView(Widget):
    """The widget that `case.review()` gives.

    Calls of the page: the methods of `triage.share.review.Review` by their names, and `path()`, the path of the input
    for copying. No original is among their answers.
    """

    # A bundle of its own: every widget on a page carries a copy of what it loads.
    _esm = _STATIC / "review.js"
    _css = _STATIC / "review.css"
    kind = traitlets.Unicode("review").tag(sync=True)

    def __init__(self, review: Review, **kwargs: Any) -> None:
        self._review = review
        super().__init__(**kwargs)

    def calls(self) -> Mapping[str, Callable[..., Any]]:
        """What the page may ask for."""
        return {name: partial(self._ask, name) for name in _VERBS} | {"path": self._where}

    def figure(self) -> Figure:
        """The static page of the review."""
        return review_figure(self._ask("summary"))

    def __repr__(self) -> str:
        """Say how the review stands, by counts."""
        summary = self._ask("summary")
        files = plural(len(summary["files"]), "file")
        findings = plural(sum(summary["totals"].values()), "finding")
        return f"<triage.ReviewView: {files}, {findings}, {summary['state']}>"

    def _ask(self, name: str, **arguments: Any) -> Any:
        return getattr(self._review, name)(**arguments)

    def _where(self) -> str:
        if not self._review.path:
            raise TriageError("the input lies nowhere on disk: it was given as bytes, text or a stream")
        return self._review.path


def review_figure(summary: Mapping[str, Any]) -> Figure:
    """What would leave, as a figure: its data table is the list of files with their sizes and findings by kind."""
    files = summary["files"]
    totals = summary["totals"]
    leaving = sum(file["state"] != "dropped" for file in files)
    title = f"Review before sharing: {summary['title']}" if summary["title"] else "Review before sharing"
    said = f"{plural(leaving, 'file')} would leave, {plural(sum(totals.values()), 'finding')} in them"
    parts = [
        element("p", element("strong", title)),
        element("p", f"{said}{': ' if totals else ''}{_by_kind(totals)}."),
        element("p", _STATES[summary["state"]]),
    ]
    if summary["digest"]:
        parts.append(element("p", "SHA-256 ", element("code", summary["digest"])))
    if count := summary["absent_count"]:
        told = [f"{each['path']}: {each['reason']}" for each in summary["absent"][:_ABSENT]]
        told += ["..."] if count > _ABSENT else []
        parts.append(element("p", f"{plural(count, 'file')} not in here: {'; '.join(told)}"))
    rows = [
        (file["path"], file["size"], file["description"], _by_kind(file["findings"]), _state(file))
        for file in files[:_FILES]
    ]
    data = pd.DataFrame(rows, columns=["file", "size", "what it is", "findings", "state"])
    shown = f"{_FILES} of " if len(files) > _FILES else ""
    caption = f"{shown}{plural(len(files), 'file')} under review"
    return Figure(alt=said, caption=caption, data=data, body=element("div", *parts))


def _by_kind(counts: Mapping[str, int]) -> str:
    """`3 email, 1 github pat`."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{count:,} {kind.replace('_', ' ')}" for kind, count in ordered)


def _state(file: Mapping[str, Any]) -> str:
    words = "not opened" if file["state"] == "unseen" else str(file["state"])
    if file["state"] == "opened" and file["seen"] < file["pages"]:
        words += f", {file['seen']:,} of {file['pages']:,} pages"
    return f"{words}, with its original" if file["original"] else words

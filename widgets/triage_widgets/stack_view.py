"""The stacks of an incident on screen: what counted and why, all threads, variants, the call tree, and decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import traitlets

from triage.errors import TriageError
from triage.share.printable import plural
from triage.share.stack_pages import StackPages
from triage_widgets.stack_page import stack_figure
from triage_widgets.widget import Widget

if TYPE_CHECKING:
    import pandas as pd

    from triage.share.redacted import RedactedCase
    from triage_widgets.figure import Figure

__all__ = ("Decides", "StackView")

_STATIC: Final = Path(__file__).parent / "static"
_WRITTEN: Final = "The decision and your reason are in the journal."


class Decides(Protocol):
    """The verbs of a case that decide what belongs together; each is written to the journal."""

    def events(self, incident: str) -> pd.DataFrame:
        """The events of an incident as it is now."""

    def merge(self, ids: Sequence[str], reason: str) -> str:
        """Make several incidents one; its id."""

    def split(self, incident_id: str, by: str, reason: str) -> list[str]:
        """Make one incident several; their ids."""

    def pin(self, event_ids: Sequence[str], id: str, reason: str) -> str:
        """Say that events belong to an incident; its id."""


class StackView(Widget):
    """The widget that `case.stack_view()` gives.

    Calls of the page: `head(incident, event)` gives the first page of an incident, `frames(event, stack, start)` a page
    of the frames of one stack, `tree()` the merged call tree, `others(text)` the incidents to choose from,
    `splits()` the ways to split, and `merge`, `split` and `pin` write a decision, with its reason, to the journal.
    """

    # A bundle of its own: every widget on a page carries a copy of what it loads.
    _esm = _STATIC / "stack_view.js"
    _css = _STATIC / "stack_view.css"
    kind = traitlets.Unicode("stacks").tag(sync=True)

    def __init__(
        self, case: RedactedCase, incident: str | None = None, *, decides: Decides | None = None, **kwargs: Any
    ) -> None:
        self._case = case
        self._pages = StackPages(case)
        # A wrong id raises here, where the person called, not in the page.
        self._incident = self._pages.head(incident).incident_id
        self._decides = decides
        super().__init__(**kwargs)

    def calls(self) -> Mapping[str, Callable[..., Any]]:
        """What the page may ask for."""
        asks: dict[str, Callable[..., Any]] = {
            "head": self._head,
            "frames": self._frames,
            "tree": self._tree,
            "others": self._others,
        }
        if self._decides is None:
            return asks
        return asks | {"splits": self._splits, "merge": self._merge, "split": self._split, "pin": self._pin}

    def figure(self) -> Figure:
        """The static page of the incident."""
        return stack_figure(self._pages, self._shown)

    def __repr__(self) -> str:
        """Say what is shown, by counts."""
        head = self._pages.head(self._shown)
        return f"<triage.StackView: {plural(head.stacks_in_all, 'stack')}, {plural(head.variants_in_all, 'variant')}>"

    @property
    def _shown(self) -> str:
        """The incident, or what it became by a decision made elsewhere, to be looked at before anything is decided."""
        self._incident = next(iter(self._case.became(self._incident)), self._incident)
        return self._incident

    def _head(self, event: str | None = None) -> dict[str, Any]:
        return asdict(self._pages.head(self._shown, event)) | {"decides": self._decides is not None}

    def _frames(self, event: str, stack: int, start: int = 0) -> list[dict[str, Any]]:
        return [asdict(cell) for cell in self._pages.frames(event, int(stack), int(start))]

    def _tree(self) -> list[dict[str, Any]]:
        return [asdict(row) for row in self._pages.tree(self._shown)]

    def _others(self, text: str = "") -> dict[str, Any]:
        rows, in_all = self._pages.others(self._shown, text)
        return {"rows": [asdict(row) for row in rows], "in_all": in_all}

    def _splits(self) -> list[dict[str, Any]]:
        return [asdict(way) for way in self._pages.splits(self._shown)]

    def _merge(self, ids: list[str], reason: str) -> str:
        if not ids:
            raise TriageError("nothing is chosen: choose at least one other incident")
        self._incident = self._deciding.merge([self._incident, *ids], _said(reason))
        return f"Merged {plural(len(ids) + 1, 'incident')} into this one. {_WRITTEN}"

    def _split(self, by: str, reason: str) -> str:
        event = self._newest()
        sides = self._deciding.split(self._incident, by, _said(reason))
        self._incident = next(one for one in sides if (self._deciding.events(one)["event_id"] == event).any())
        return f"Split into {plural(len(sides), 'incident')}; shown is the one with the newest event. {_WRITTEN}"

    def _pin(self, event: str, incident: str, reason: str) -> str:
        self._incident = self._deciding.pin([self._case.own(event)], incident, _said(reason))
        return f"Pinned the event; shown is the incident that it belongs to now. {_WRITTEN}"

    @property
    def _deciding(self) -> Decides:
        if self._decides is None:
            raise TriageError("this view only shows: call case.stack_view() on the case itself to decide")
        return self._decides

    def _newest(self) -> str:
        events = self._deciding.events(self._incident).sort_values(["ts", "event_id"], na_position="first")
        return str(events["event_id"].iloc[-1])


def _said(reason: str) -> str:
    if not reason.strip():
        raise TriageError("a reason is missing: say in a few words why, for whoever reads the journal later")
    return reason.strip()

"""Hypotheses about an incident on screen: what would be sent, who is asked, the run, and what became of its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import traitlets

from triage.hypotheses.gemini import MODEL
from triage.share.hypothesis_pages import HypothesisPages
from triage.share.printable import plural
from triage_widgets.hypothesis_page import hypothesis_figure
from triage_widgets.widget import Widget

if TYPE_CHECKING:
    from triage.share.redacted import RedactedCase
    from triage_widgets.figure import Figure

__all__ = ("HypothesisPanel",)

_STATIC: Final = Path(__file__).parent / "static"


class HypothesisPanel(Widget):
    """The widget that `case.hypothesis_panel()` gives.

    Calls of the page: `head()` says what would be sent, who can be asked and which runs there are, `reading()` gives
    the text that would be sent, `ask(engine, model, fresh)` begins a run, `cancel(run)` hangs up, `standing(runs)` says
    how some stand, `runs()` lists all, `run(run)` gives one with all that became of it, `text(run)` and `file(run)` the
    same to take away.
    """

    _esm = _STATIC / "hypothesis_panel.js"
    _css = _STATIC / "hypothesis_panel.css"
    kind = traitlets.Unicode("hypotheses").tag(sync=True)

    def __init__(
        self, case: RedactedCase, incident: str | None = None, *, model: str | None = None, **kwargs: Any
    ) -> None:
        # A wrong id raises here, where the person called, not in the page.
        self._pages = HypothesisPages(case, incident)
        self._model = model or MODEL
        super().__init__(**kwargs)

    def calls(self) -> Mapping[str, Callable[..., Any]]:
        """What the page may ask for."""
        return {
            "head": self._head,
            "reading": lambda: asdict(self._pages.reading()),
            "ask": self._ask,
            "cancel": lambda run: self._pages.cancel(str(run)),
            "runs": self._runs,
            "standing": self._standing,
            "run": lambda run: asdict(self._pages.run(str(run))),
            "text": lambda run: self._pages.text(str(run)),
            "file": lambda run: self._pages.file(str(run)),
        }

    def figure(self) -> Figure:
        """The static page of the incident's hypotheses."""
        return hypothesis_figure(self._pages)

    def __repr__(self) -> str:
        """Say what is shown, by counts."""
        return f"<triage.HypothesisPanel: {plural(len(self._pages.runs()), 'run')}, unverified>"

    def _head(self) -> dict[str, Any]:
        return {
            "title": self._pages.title,
            "sent": asdict(self._pages.sent()),
            "engines": [asdict(engine) for engine in self._pages.engines()],
            "model": self._model,
            "runs": self._runs(),
        }

    def _runs(self) -> list[dict[str, Any]]:
        return [asdict(row) for row in self._pages.runs()]

    def _standing(self, runs: list[str]) -> list[dict[str, Any]]:
        return [asdict(row) for row in self._pages.standing([str(run) for run in runs])]

    def _ask(self, engine: str, model: str = "", fresh: bool = False) -> dict[str, Any]:
        run, cached = self._pages.ask(str(engine), str(model), fresh=bool(fresh))
        return {"run": run, "cached": cached, "runs": self._runs()}

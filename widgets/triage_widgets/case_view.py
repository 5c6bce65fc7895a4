"""The case on screen: what crashed and where, the crashing stack, the incidents, and the files with their text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import traitlets

from triage.errors import TriageError
from triage.share import view
from triage_widgets.page import case_figure
from triage_widgets.widget import Widget

if TYPE_CHECKING:
    from triage.share.redacted import RedactedCase
    from triage_widgets.figure import Figure

__all__ = ("CaseView",)


class CaseView(Widget):
    """The widget that `case.show()` gives.

    Calls of the page: `view(incident)` gives the first page of the case or of one incident, `files(start)` a page of
    the list of files, `preview(source_id, page)` a page of the text of one, `path()` the path of the input for copying.
    """

    kind = traitlets.Unicode("case").tag(sync=True)

    def __init__(self, case: RedactedCase, **kwargs: Any) -> None:
        self._case = case
        super().__init__(**kwargs)

    def calls(self) -> Mapping[str, Callable[..., Any]]:
        """What the page may ask for."""
        return {"view": self._view, "files": self._files, "preview": self._preview, "path": self._path}

    def figure(self) -> Figure:
        """The static page of the case."""
        return case_figure(view.shown(self._case))

    def __repr__(self) -> str:
        """Say what is shown, by the counts of the case."""
        return f"<triage.CaseView of {self._case!r}>"

    def _view(self, incident: str | None = None) -> dict[str, Any]:
        return asdict(view.shown(self._case, incident))

    def _files(self, start: int = 0) -> list[dict[str, Any]]:
        return [asdict(row) for row in view.file_rows(self._case, max(int(start), 0))]

    def _preview(self, source_id: str, page: int = 0) -> dict[str, Any]:
        return asdict(self._case.preview(source_id, int(page)))

    def _path(self) -> str:
        if not self._case.path:
            raise TriageError("the input lies nowhere on disk: it was given as bytes, text or a stream")
        return self._case.path

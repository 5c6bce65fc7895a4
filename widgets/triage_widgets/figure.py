"""The base of everything that is drawn: a static figure that stands anywhere, and the interactive form beside it.

The static form is a `<figure>` with a picture or a body, a text alternative, a caption and the data as a table. It
shows in untrusted notebooks, in nbconvert pages and offline, and is the same bytes each time.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pandas as pd

from triage_widgets.html import Markup, element, table

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ("Figure",)


class Figure:
    """Something drawn.

    Parameters
    ----------
    alt
        What the figure says, in words; also its plain text.
    caption
        One line below it.
    data
        The rows that were drawn, shown as a table that opens on demand.
    svg
        The picture, or None where `body` is the figure.
    body
        HTML made by `triage_widgets.html`.
    interactive
        Makes the interactive form; called by `Figure.interactive`.

    Examples
    --------
    >>> import pandas as pd
    >>> figure = Figure(alt="2 of 3", caption="a share", data=pd.DataFrame({"n": [2, 3]}))
    >>> figure
    Figure: a share. 2 of 3
    """

    def __init__(
        self,
        *,
        alt: str,
        caption: str,
        data: pd.DataFrame,
        svg: bytes | None = None,
        body: Markup | None = None,
        interactive: Callable[[], Any] | None = None,
    ) -> None:
        self.alt = alt
        self.caption = caption
        self.data = data
        self._svg = svg
        self._body = body
        self._interactive = interactive

    def html(self) -> Markup:
        """The static form."""
        parts: list[Markup] = []
        if self._svg is not None:
            source = "data:image/svg+xml;base64," + base64.b64encode(self._svg).decode()
            parts.append(element("img", alt=self.alt, src=source))
        if self._body is not None:
            parts.append(self._body)
        parts.append(element("figcaption", self.caption))
        if len(self.data):
            rows = [[_cell(value) for value in row] for row in self.data.itertuples(index=False)]
            shown = table(self.caption, [str(name) for name in self.data.columns], rows)
            parts.append(element("details", element("summary", "Data"), shown))
        return element("figure", *parts)

    def interactive(self) -> Any:
        """The interactive form, where there is one, else this figure."""
        return self._interactive() if self._interactive else self

    def __repr__(self) -> str:
        """Say what the figure says."""
        return f"Figure: {self.caption}. {self.alt}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self.html()}


def _cell(value: Any) -> str:
    return str(value) if isinstance(value, str) or not pd.isna(value) else ""

"""Static HTML from an allow-list of tags and attributes, everything escaped: data can never become markup.

The tags are those that JupyterLab keeps in untrusted notebooks and nbconvert keeps in pages.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import Final

from triage.share.printable import printable

__all__ = ("Markup", "element", "table")

_BLOCKS: Final = {"details", "div", "figcaption", "figure", "p", "pre", "section", "summary"}
_LISTS: Final = {"dd", "dl", "dt", "li", "ol", "ul"}
_TABLES: Final = {"caption", "table", "tbody", "td", "th", "thead", "tr"}
_TAGS: Final = frozenset(_BLOCKS | _LISTS | _TABLES | {"code", "em", "img", "span", "strong"})
_ATTRIBUTES: Final = frozenset({"alt", "scope", "src", "title"})
_VOID: Final = frozenset({"img"})
# The only URLs that a page holds are pictures drawn by ourselves.
_PICTURE: Final = "data:image/svg+xml;base64,"


class Markup(str):
    """Text that is HTML already; only this module makes it."""

    __slots__ = ()


def element(tag: str, *children: str | Markup, **attributes: str) -> Markup:
    """One element; children that are not `Markup` are escaped.

    Examples
    --------
    >>> element("p", "1 < 2")
    '<p>1 &lt; 2</p>'

    Raises
    ------
    ValueError
        The tag, an attribute or a picture's address is not on the allow-list.
    """
    if tag not in _TAGS or not attributes.keys() <= _ATTRIBUTES:
        raise ValueError(f"<{tag}> with {sorted(attributes)} is not on the allow-list of triage_widgets.html")
    if not attributes.get("src", _PICTURE).startswith(_PICTURE):
        raise ValueError("a picture must be an SVG data address")
    inside = "".join(child if isinstance(child, Markup) else _escape(child) for child in children)
    shown = "".join(f' {name}="{_escape(value)}"' for name, value in attributes.items())
    return Markup(f"<{tag}{shown}>" if tag in _VOID else f"<{tag}{shown}>{inside}</{tag}>")


def table(caption: str, header: Sequence[str], rows: Iterable[Sequence[str | Markup]]) -> Markup:
    """A table with a caption, column headers and a row header in the first column."""
    head = element("tr", *(element("th", name, scope="col") for name in header))
    body = [
        element(
            "tr", *(element("th", cell, scope="row") if i == 0 else element("td", cell) for i, cell in enumerate(row))
        )
        for row in rows
    ]
    return element("table", element("caption", caption), element("thead", head), element("tbody", *body))


def _escape(text: str) -> str:
    """Escape markup, after control and direction characters became symbols."""
    return html.escape(printable(text), quote=True)

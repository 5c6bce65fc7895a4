"""The colours of the charts: one set for light pages and one for dark ones.

A picture stands in an `<img>`, where it inherits nothing from the page, and where no forced colours reach it. So it has
a ground of its own, and a style that follows the scheme that the browser says it is in; each colour is one role, and is
found by its light value.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final

__all__ = ("DARK", "LIGHT", "Palette", "config", "contrast", "style")

_FONT: Final = "Helvetica, Arial, Liberation Sans, sans-serif"


@dataclass(frozen=True, slots=True)
class Palette:
    """A colour for each role; no two are equal, so that each can be found again in a picture."""

    ground: str
    ink: str
    quiet: str
    grid: str
    bar: str
    band: str
    edge: str
    alarm: str


LIGHT: Final = Palette("#fffffe", "#1b1f24", "#57606a", "#d8dee4", "#2f6f9f", "#e9e1f5", "#6f52a3", "#b3261e")
DARK: Final = Palette("#14171a", "#e6e8ea", "#a8b0b8", "#343b43", "#6cb0e0", "#35294e", "#b39ddb", "#ff8a80")


def config() -> dict[str, Any]:
    """How all charts look; no theme of the notebook changes it."""
    label = {"labelColor": LIGHT.quiet, "labelFont": _FONT, "labelFontSize": 11}
    line = {"domainColor": LIGHT.quiet, "tickColor": LIGHT.quiet, "gridColor": LIGHT.grid, "grid": False}
    return {
        "aria": False,  # what stands in an <img> has one text, its alt
        "background": LIGHT.ground,
        "padding": 10,
        "view": {"stroke": None},
        "axis": label | line | {"titleColor": LIGHT.quiet, "titleFont": _FONT, "titleFontSize": 11},
        "title": {
            "color": LIGHT.ink,
            "font": _FONT,
            "fontSize": 12,
            "fontWeight": 600,
            "anchor": "start",
            "frame": "group",
            "offset": 5,
        },
        "text": {"font": _FONT, "fontSize": 11, "color": LIGHT.ink},
        "concat": {"spacing": 12},
    }


def style() -> str:
    """CSS for a picture in light colours: the dark ones where the browser asks for them."""
    rules = []
    for field in fields(Palette):
        light, dark = getattr(LIGHT, field.name), getattr(DARK, field.name)
        rules += [f'[{what}="{light}"]{{{what}:{dark}}}' for what in ("fill", "stroke")]
    return f"@media (prefers-color-scheme:dark){{{''.join(rules)}}}"


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21, as WCAG 2 has it.

    Examples
    --------
    >>> round(contrast("#000000", "#ffffff"), 1)
    21.0
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

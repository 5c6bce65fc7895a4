"""A chart as an SVG picture, drawn on this machine by vl-convert, without a network and without a browser."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from triage_widgets.charts.palette import style

__all__ = ("Picture", "drawn", "installed")

# Each view is as wide as the time axis; its place is that of the first group.
_ORIGIN: Final = re.compile(r'<g [^>]*transform="translate\((-?[\d.]+),')
_SIZE: Final = re.compile(r'<svg [^>]*width="([\d.]+)" height="([\d.]+)"')


@dataclass(frozen=True, slots=True, repr=False)
class Picture:
    """An SVG, its size, and where its time axis begins and how long that is, in pixels."""

    svg: bytes
    width: float
    height: float
    left: float
    axis: float


def installed() -> bool:
    """Whether pictures can be drawn here."""
    return importlib.util.find_spec("vl_convert") is not None


def drawn(spec: dict[str, Any], axis: float) -> Picture | None:
    """Draw a Vega-Lite chart whose time axis is so long; None where vl-convert is not installed."""
    if not installed():
        return None
    import vl_convert

    svg = vl_convert.vegalite_to_svg(spec, vl_version=_version())
    size, origin = _SIZE.search(svg), _ORIGIN.search(svg)
    if size is None or origin is None:
        raise ValueError("vl-convert drew what is no picture")
    head = svg.index(">") + 1
    svg = f"{svg[:head]}<style>{style()}</style>{svg[head:]}"
    width, height = float(size[1]), float(size[2])
    return Picture(svg.encode(), width, height, float(origin[1]), axis)


@cache
def _version() -> str:
    """The version of Vega-Lite that altair writes."""
    from altair import SCHEMA_VERSION

    return ".".join(SCHEMA_VERSION.removeprefix("v").split(".")[:2])

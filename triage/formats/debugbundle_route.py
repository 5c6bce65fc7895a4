"""Routes by DebugBundle's rules: paths without query and fragment, segments that look like ids as `{param}`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

__all__ = ("normal_route",)

_SEGMENT: Final = re.compile(r"\d+|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[A-Za-z0-9_-]{24,}", re.ASCII)


@lru_cache(maxsize=16_384)
def normal_route(path: str) -> str:
    """A path without query and fragment, with `{param}` for segments that look like ids.

    Examples
    --------
    >>> normal_route("/orders/48213?x=1")
    '/orders/{param}'
    """
    plain = path.partition("#")[0].partition("?")[0]
    return "/".join("{param}" if _is_param(segment) else segment for segment in plain.split("/")) or "/"


def _is_param(segment: str) -> bool:
    """Whether a segment is digits, a UUID, a long token, holds an encoded slash, or decodes to one of these."""
    if _SEGMENT.fullmatch(segment):
        return True
    if "%" not in segment:
        return False
    decoded = unquote(segment)
    return "/" in decoded or _SEGMENT.fullmatch(decoded) is not None

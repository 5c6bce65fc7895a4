"""Values that no writer means and any file may hold, put at every place of a document."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

__all__ = ("VALUES", "spoiled")

VALUES: tuple[Any, ...] = (
    10**400,
    -(10**400),
    2**63,
    -(2**63) - 1,
    1e308,
    [["a"], {"b": [1]}],
    {"a": {"b": [1]}},
    True,
    None,
    "",
    "0000-01-01T00:00:00Z",
)


def spoiled(document: Any, value: Any, items: int = 2) -> Iterator[Any]:
    """The document again and again, each time with the value at another place; of a list the first items count."""
    for path in list(_places(document, items)):
        changed = copy.deepcopy(document)
        *above, last = path
        place = changed
        for key in above:
            place = place[key]
        place[last] = value
        yield changed


def _places(value: Any, items: int, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all that is in a document."""
    steps = value.items() if isinstance(value, dict) else enumerate(value[:items]) if isinstance(value, list) else ()
    for key, inner in steps:
        yield (*path, key)
        yield from _places(inner, items, (*path, key))

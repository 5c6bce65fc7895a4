"""Crash triage in Jupyter: open what crashed, as typed pandas frames and on screen.

>>> import triage
>>> case = triage.loads("Traceback (most recent call last):\\n  File \\"a.py\\", line 1, in f\\nValueError: x\\n")
>>> case.incidents()["title"].tolist()
['ValueError in f']
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from triage import formats, incidents, stacks
    from triage.case import Case, load, loads
    from triage.errors import FormatError, LimitError, SourceError, TriageError
    from triage.sources.limits import Limits

__all__ = (
    "Case",
    "FormatError",
    "LimitError",
    "Limits",
    "SourceError",
    "TriageError",
    "__version__",
    "formats",
    "incidents",
    "load",
    "loads",
    "stacks",
)

__version__ = "0.1.0"

# Where each public name lives; it is imported when somebody uses it.
_HOMES: Final = {
    "Case": "triage.case",
    "FormatError": "triage.errors",
    "LimitError": "triage.errors",
    "Limits": "triage.sources.limits",
    "SourceError": "triage.errors",
    "TriageError": "triage.errors",
    "load": "triage.case",
    "loads": "triage.case",
}


def __getattr__(name: str) -> Any:
    """Import a public name, or a room of the house, at its first use."""
    if name in _HOMES:
        value = getattr(importlib.import_module(_HOMES[name]), name)
    elif name in {"formats", "incidents", "stacks"}:
        value = importlib.import_module(f"triage.{name}")
    else:
        raise AttributeError(f"module 'triage' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)

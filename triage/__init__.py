"""Crash triage in Jupyter: open what crashed, as typed pandas frames and on screen.

>>> import triage
>>> case = triage.loads("Traceback (most recent call last):\\n  File \\"a.py\\", line 1, in f\\nValueError: x\\n")
>>> len(case.files())
1
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from triage.case import Case, load, loads
from triage.errors import FormatError, LimitError, SourceError, TriageError
from triage.sources.limits import Limits

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ("Case", "FormatError", "Limits", "LimitError", "SourceError", "TriageError", "__version__", "formats", "load", "loads", "stacks")

__version__ = "0.1.0"


def __getattr__(name: str) -> ModuleType | Any:
    """Import the rooms of the house when somebody enters them."""
    if name in {"formats", "incidents", "stacks"}:
        import importlib

        return importlib.import_module(f"triage.{name}")
    raise AttributeError(f"module 'triage' has no attribute {name!r}")

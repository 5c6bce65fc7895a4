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
    from triage import formats, incidents, redact, stacks
    from triage.case import Case
    from triage.converting import to_parquet
    from triage.errors import FormatError, JournalError, LimitError, RedactionError, SourceError, TriageError
    from triage.opening import load, loads
    from triage.redact.policy import Policy
    from triage.share.audit import audit
    from triage.sources.limits import Limits
    from triage.watching import watch

__all__ = (
    "Case",
    "FormatError",
    "JournalError",
    "LimitError",
    "Limits",
    "Policy",
    "RedactionError",
    "SourceError",
    "TriageError",
    "__version__",
    "audit",
    "formats",
    "incidents",
    "load",
    "loads",
    "redact",
    "stacks",
    "to_parquet",
    "watch",
)

__version__ = "0.1.0"

# Where each public name lives; it is imported when somebody uses it.
_HOMES: Final = {
    "Case": "triage.case",
    "FormatError": "triage.errors",
    "JournalError": "triage.errors",
    "LimitError": "triage.errors",
    "Limits": "triage.sources.limits",
    "Policy": "triage.redact.policy",
    "RedactionError": "triage.errors",
    "SourceError": "triage.errors",
    "TriageError": "triage.errors",
    "audit": "triage.share.audit",
    "load": "triage.opening",
    "loads": "triage.opening",
    "to_parquet": "triage.converting",
    "watch": "triage.watching",
}


def __getattr__(name: str) -> Any:
    """Import a public name, or a room of the house, at its first use."""
    if name in _HOMES:
        value = getattr(importlib.import_module(_HOMES[name]), name)
    elif name in {"formats", "incidents", "redact", "stacks"}:
        value = importlib.import_module(f"triage.{name}")
    else:
        raise AttributeError(f"module 'triage' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)

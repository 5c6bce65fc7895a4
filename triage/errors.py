"""The error tree: one root, one child per phase of the work.

Content never raises (it becomes rows); these are for a missing path, a wrong call, or a limit that a single top-level
input met. Messages say what happened, where, and what to do next; they never quote content.
"""

from __future__ import annotations

__all__ = (
    "FormatError",
    "JournalError",
    "LimitError",
    "ModelError",
    "RedactionError",
    "SourceError",
    "TriageError",
)


class TriageError(Exception):
    """Root of every error that triage raises on purpose."""


class SourceError(TriageError):
    """An input cannot be opened: it is missing, unreadable or of a kind that `load` does not take."""


class FormatError(TriageError):
    """A format was named that does not exist."""


class LimitError(TriageError):
    """A single top-level input met one of the `Limits`; the message names it and how to raise it."""


class RedactionError(TriageError):
    """Something secret would have left."""


class JournalError(TriageError):
    """The journal of an investigation cannot be read or written."""


class ModelError(TriageError):
    """A model did not give a usable answer."""

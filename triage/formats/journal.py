"""A journal of triage inside an input: what somebody else decided, shown and never applied.

Each entry is an annotation of no event, scope ``journal``, its key the id of the entry and its value the line; the
verb `case.journal()` lists them beside those that hold. See `triage.journal`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from triage.formats import Match
from triage.journal import MARK, Entry, parse

if TYPE_CHECKING:
    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "read", "sniff")

NAME: Final = "triage-journal"
TITLE: Final = "Journal of decisions that triage wrote; shown, not applied"


def sniff(head: Head) -> Match | None:
    """By the mark in the first line, which is a name of ours."""
    return Match(97, "entries of a triage journal") if MARK in head.keys else None


def read(source: Source) -> None:
    """Show every entry; a line that is none goes to quarantine."""
    source.media = "application/x-ndjson"
    source.role, source.description = "journal", "What people decided about incidents; shown, not applied"
    seen = set()
    for offset, line in source.lines():
        found = parse(line.strip()) if line.strip() else None
        if isinstance(found, Entry):
            if found.id not in seen:
                seen.add(found.id)
                source.records.annotation(None, "journal", found.id, line.decode("utf-8", "replace").strip())
        elif found is not None:
            source.parse_status = "partial"
            source.quarantine(found, offset=offset, length=len(line))
    source.note("a journal inside an input is not applied")

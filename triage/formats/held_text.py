"""Stack traces in a text that a field of a document holds: read by whichever trace module knows them.

`report` finds the reports in the text as in any log, and gives the first one whole; where no module finds one, `traces`
of the language that the document names are read. The lines of frames are left out: they are those of the field, and
nobody could look them up.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from triage.formats.traces import parse
from triage.formats.traces.reports import Report
from triage.records import Trace
from triage.sources.returns import ended_text

__all__ = ("report", "stacks", "unplaced")

# Longer texts are read up to here: a field is not a log.
_MOST: Final = 4_000_000


def report(text: str, *, language: str | None = None, only: str | None = None) -> Report | None:
    """The report in a text: the first that a trace module finds, the stacks of the others behind its own.

    Parameters
    ----------
    language
        What the document says of the text: a language, or a name of a trace module.
    only
        The name of the one trace module to ask.

    Examples
    --------
    >>> report("a.E: b\\n\\tat c.D.e(D.java:1)", language="java").error_type
    'a.E'
    >>> report("nothing of the kind") is None
    True
    """
    from triage.formats.traces.scanning import scan

    text = ended_text(text[:_MOST])
    if language:
        traces = stacks(text, language)
        if any(trace.frames for trace in traces):
            return Report(
                kind="exception",
                traces=traces,
                error_type=traces[0].error_type,
                error_value=traces[0].error_value,
                thread_id=traces[0].thread_id,
            )
    found = [one.report for one in scan(enumerate(text.replace("\r\n", "\n").split("\n")), only=only)]
    if not found:
        return None
    first = max(found, key=lambda one: any(trace.frames for trace in one.traces))
    others = [trace for one in found if one is not first for trace in one.traces if trace.frames]
    rest = [replace(trace, role="other" if trace.role == "crash" else trace.role) for trace in others]
    return replace(first, traces=unplaced([*first.traces, *rest]))


def stacks(text: str, language: str | None) -> tuple[Trace, ...]:
    """The stacks of a text that holds nothing else, in a language."""
    return unplaced(parse(text[:_MOST], language))


def unplaced(traces: Iterable[Trace]) -> tuple[Trace, ...]:
    """Without the lines of the text."""
    return tuple(
        replace(trace, frames=tuple(f if f.text_line is None else replace(f, text_line=None) for f in trace.frames))
        for trace in traces
    )

"""A stack trace alone in a file, as people paste them: `triage.loads(text)`.

The text has to begin with the trace, in the words of one of the languages of `triage.formats.traces`; a log that holds
traces among other lines is not claimed. Each exception that surfaced is an event, its causes and other threads are its
stacks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from triage.formats import Match, traces

if TYPE_CHECKING:
    from collections.abc import Iterable

    from triage.formats.head import Head
    from triage.records import Trace
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "read", "sniff")

NAME: Final = "stack-text"
TITLE: Final = "Stack trace alone in a text"

# How many lines may stand before the first frame: a head with a message of several lines.
_LEAD_LINES: Final = 6
# The module of `traces` and the platform that its stacks are of, the stricter probes first.
_PLATFORMS: Final = {
    "dart": "dart",
    "python": "python",
    "java": "java",
    "go": "go",
    "rust": "rust",
    "php": "php",
    "ruby": "ruby",
    "stackwalker": "native",
    "gdb": "native",
    "javascript": "javascript",
}


def sniff(head: Head) -> Match | None:
    """Whether the first lines are a trace; below every format that knows more of its file."""
    if not head.is_whole or not head.is_text:
        return None
    language = _language(head.lines)
    return Match(40, f"begins like a stack trace of {language}") if language else None


def read(source: Source) -> None:
    """Give an event for each exception that surfaced."""
    text = source.text()
    language = _language(text.split("\n", 400)[:400])
    found = traces.parser(language).parse(text) if language else []
    if not any(trace.frames or trace.error_type for trace in found):
        source.parse_status = "unknown"
        source.note("no stack trace could be read here")
        return
    source.role = "stack trace"
    for group in _by_exception(found):
        first = group[0]
        event = source.records.event(
            source_id=source.source_id,
            offset=0,
            length=source.size,
            format=NAME,
            event_class="incident_signal",
            event_kind="exception",
            level="error",
            platform=_PLATFORMS[language or ""],
            error_type=first.error_type,
            error_value=first.error_value,
            thread_id=first.thread_id,
            parse_status="ok" if first.frames else "partial",
            notes=None if first.frames else ["no frame of the stack could be read"],
        )
        source.records.stacks(event, group)


def _language(lines: list[str]) -> str | None:
    """The language whose trace the first lines are."""
    lead = "\n".join([line for line in lines if line.strip()][:_LEAD_LINES])
    return next((name for name in _PLATFORMS if traces.parser(name).probe(lead)), None)


def _by_exception(found: Iterable[Trace]) -> list[list[Trace]]:
    """Each surfaced exception with the causes and threads that follow it."""
    groups: list[list[Trace]] = []
    for trace in found:
        if not groups or (trace.role == "crash" and trace.chain_no == 0):
            groups.append([])
        groups[-1].append(trace)
    return groups

"""Application logs: lines of text or of JSON with a time, a level, a logger; stack traces among them.

Python's logging, log4j, logback, Spring, java.util.logging, Monolog, Ruby's Logger, Go's log, zap, klog, logfmt, pino,
bunyan, nginx, PostgreSQL, syslog (RFC 3164 and 5424), journalctl, containers' logs. The forms are rows of
`log_heads.toml` and `log_json.toml`; how a log is read is told in `log_records`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from triage.formats import Match, log_heads, log_json
from triage.formats.log_heads import Said
from triage.formats.log_records import Reading
from triage.formats.php_entries import Entries
from triage.formats.traces.prefixes import split

if TYPE_CHECKING:
    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "heads", "read", "sniff")

NAME: Final = "app-log"
TITLE: Final = "Application or system log, of text or JSON lines"

# Lines that are tried, and how many of them may be long.
_TRIED, _CHARS = 60, 16_384


def sniff(head: Head) -> Match | None:
    """By the first lines: records with a level or a logger beside the time, or at least times.

    Examples
    --------
    >>> from triage.formats.head import Head
    >>> sniff(Head(b"2026-01-26 01:25:59,123 ERROR shop.pay: no rate\\n")).score
    62
    """
    if not head.is_text or (head.document is not None and isinstance(head.document, list)):
        return None
    lines = [line[:_CHARS] for line in head.lines if line.strip()][:_TRIED]
    found = [said for line in lines if isinstance(said := heads(line), Said)]
    strong = sum(said.is_strong for said in found)
    first = heads(lines[0]) if strong else None
    begins = isinstance(first, Said) and first.is_strong
    # a program may say other things when it starts
    if begins or (strong >= 3 and 6 * strong >= len(lines)):
        return Match(62, f"lines with a time and a level or a logger: {strong} of the first {len(lines)}")
    if len(found) >= 2 and 2 * len(found) >= len(lines) and heads(lines[0]) is not None:
        return Match(48, f"lines that begin with a time or a level: {len(found)} of the first {len(lines)}")
    return None


def heads(line: str) -> Said | str | None:
    """What the head of a line says."""
    if line[:1] != "{":
        return _wrapped(line) if line.rstrip()[-1:] == "}" and '{"' in line else log_heads.read(line)
    if line.startswith('{"log":'):
        return _docker(line)
    return log_json.read(line) if line[1:2] in {'"', " "} else None


def _wrapped(line: str) -> Said | None:
    """A line that may be an object of JSON behind what a container's runtime or a daemon put before it."""
    text, outer = split(line).text.lstrip(), log_heads.read(line)
    if text[:2] != '{"' and outer is not None:
        text = outer.message
    said = log_json.read(text) if text[:2] == '{"' else None
    if not isinstance(said, Said):
        return outer
    said.json = True
    if outer is not None:
        said.service, said.program = said.service or outer.service, outer.program
        if said.time is None and said.ts is None:
            said.time, said.ts = outer.time, outer.ts
    elif said.time is None and said.ts is None:
        said.ts = split(line).ts
    return said


def _docker(line: str) -> Said | None:
    """What Docker's json-file driver wrapped; its own time counts where the line has none."""
    inner = split(line)
    said = log_json.read(inner.text) if inner.text[:1] == "{" else log_heads.read(inner.text)
    if not isinstance(said, Said):
        return None
    said.json = inner.text[:1] == "{"
    if said.time is None and said.ts is None:
        said.ts = inner.ts
    return said


def read(source: Source) -> None:
    """Read every line: records to `logs`, traces to events."""
    Reading(source, NAME, heads, Entries, preamble=True).read()

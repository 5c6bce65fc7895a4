"""Application logs: lines of text or of JSON with a time, a level, a logger; stack traces among them.

Python's logging, log4j, logback, Spring, java.util.logging, Monolog, Ruby's Logger, Go's log, zap, klog, logfmt, pino,
bunyan, nginx, PostgreSQL, syslog (RFC 3164 and 5424), journalctl, containers' logs. The forms are rows of
`log_heads.toml` and `log_json.toml`; how a log is read is told in `log_records`. Records of PHP and Apache among them
are read as `php_log` and `apache_log` do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from triage.formats import Match, log_line, php_log
from triage.formats.log_heads import Said
from triage.formats.log_records import Reading
from triage.formats.php_entries import Entries
from triage.formats.traces import mongodb

if TYPE_CHECKING:
    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "read", "sniff")

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
    said = [log_line.read(line) for line in lines]
    found = [one for one in said if isinstance(one, Said) and _is_own(one)]
    strong = sum(one.is_strong for one in found)
    begins = strong > 0 and isinstance(said[0], Said) and said[0].is_strong and _is_own(said[0])
    # a program may say other things when it starts
    if begins or (strong >= 3 and 6 * strong >= len(lines)):
        return Match(62, f"lines with a time and a level or a logger: {strong} of the first {len(lines)}")
    if len(found) >= 2 and 2 * len(found) >= len(lines) and said[0] is not None:
        return Match(48, f"lines that begin with a time or a level: {len(found)} of the first {len(lines)}")
    # MongoDB writes each frame of a stack as a record of its own.
    if any(
        isinstance(one, Said) and one.stack and (one.json or line[0] == "{")
        for one, line in zip(said, lines, strict=True)
    ) and not any(anchor in line.replace("\\", "") for line in lines for anchor in mongodb.ANCHORS):
        return Match(46, "a line of JSON that holds an error with its stack")
    return None


def _is_own(said: Said) -> bool:
    """Whether a record has no reader of its own; programs write the stamp of PHP's error log too, with a level."""
    return said.form is None or (said.form == php_log.NAME and said.level is not None)


def read(source: Source) -> None:
    """Read every line: records to `logs`, traces to events."""
    Reading(source, NAME, Entries, preamble=True).read()

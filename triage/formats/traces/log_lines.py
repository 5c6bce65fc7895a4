"""Where the message of an exception ends and the log goes on: what the trace modules of managed languages share.

A message may have lines of its own, and nothing marks its last one. What certainly is no message: a line with a log
prefix that the report's own lines have not, one that begins a record in any form that readers of logs know
(`log_heads`), one that was written a second after the line before it, the lines that fuzzers and shells write, and the
fence of Markdown that closes the block that the report stands in.
"""

from __future__ import annotations

from typing import Final

from triage.formats import log_heads
from triage.formats.traces.patterns import lazy, remembered
from triage.formats.traces.prefixes import same
from triage.formats.traces.window import BACK, Window

__all__ = ("Tail", "closes", "is_fence", "is_log")

# Prefixes that say that a record begins; all others only say where a line came from.
_RECORDS: Final = frozenset(
    {"time", "clock", "level", "nested level", "thread", "kernel", "syslog", "celery", "runner"}
)
_LOG: Final = lazy(
    r"==\d{1,9}==|={3,}|-{10,}$|(?:INFO|WARN|WARNING|ERROR|DEBUG|TRACE|FATAL|CRITICAL|NOTICE|NOTE|SUMMARY|SEVERE)"
    r"(?:: |\s|$)"
    r"|\[(?:INFO|WARN|WARNING|ERROR|DEBUG|TRACE|FATAL|\+|-|\*)\]|[IWEF]\d{4} \d\d:|MS: \d|artifact_prefix="
    r"|Base64: |#\d{1,12}[\t ]"
    r"|(?:Aborted|Killed|Terminated|Segmentation fault|Bus error|Illegal instruction|Trace/breakpoint trap)"
    r"(?: \(core dumped\))?$"
    r"|\w*Sanitizer:|stat::|Running: |Executed |DEDUP_TOKEN|0x[0-9a-f]{2},|\$ |npm (?:ERR!|error)|== libFuzzer|\+-{10,}"
    r"|make(?:\[\d+\])?: \*\*\*|Command exited with|Process finished with|\[\d{4}-\d\d-\d\d"
    r"|\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:"
)
# A program writes all lines of an error at once: later than this, in microseconds, it writes something else.
_LATER: Final = 1_000_000
_FENCE: Final = lazy(r"\s{0,12}(`{3,40}|~{3,40})")


@remembered
def is_log(line: str) -> bool:
    """Whether a line, its prefix taken off, is one that tools write and no message.

    Examples
    --------
    >>> [is_log(line) for line in ("==14== ERROR: libFuzzer: x", 'level=error msg="no rate"', "is not paid")]
    [True, True, False]
    """
    return _LOG.match(line) is not None or log_heads.read(line) is not None


def is_fence(line: str) -> bool:
    """Whether a line opens or closes a block of Markdown.

    Examples
    --------
    >>> is_fence("```text"), is_fence("``` is no fence where words follow")
    (True, False)
    """
    found = _FENCE.match(line)
    return found is not None and len(line[found.end() :].split()) <= 1


def closes(window: Window, index: int, start: int) -> bool:
    """Whether a line is the fence of Markdown that closes a block which was opened above a report's start."""
    line = window[index]
    if line is None or line.strip(" ")[:3] not in {"```", "~~~"}:
        return False
    found = _FENCE.match(line)
    if found is None or line[found.end() :].strip():
        return False
    for above in range(start, start - BACK, -1):
        opened = _FENCE.match(window[above] or "")
        if opened:
            return line.strip().startswith(opened[1])
    return False


class Tail:
    """Tells whether the log goes on in a line, by how the lines of the report itself begin."""

    def __init__(self, window: Window, index: int) -> None:
        self._window = window
        self._start = index
        self._stream = window.stream(index)
        self._records = not _RECORDS.isdisjoint(self._stream)

    def ended(self, index: int, *, strict: bool = True) -> bool:
        """Whether the line is of the log, or there is none.

        `strict` leaves unindented lines out that are of a stream of records, or were written later.
        """
        line = self._window[index]
        if line is None:
            return True
        stream = self._window.stream(index)
        if stream and (self._window.is_record(index) if same(stream, self._stream) else self._begins(index, stream)):
            return True
        if stream and strict and not line[:1].isspace() and (self._records or self._is_later(index)):
            return True
        return is_log(line) or (("```" in line or "~~~" in line) and closes(self._window, index, self._start))

    def _is_later(self, index: int) -> bool:
        """Whether the line was written a second after the one before it or later, where whoever wrapped it says so."""
        here, before = self._window.line(index), self._window.line(index - 1)
        if here is None or before is None or here.ts is None or before.ts is None:
            return False
        return here.ts - before.ts >= _LATER

    def _begins(self, index: int, stream: tuple[str, ...]) -> bool:
        """Whether a line with a prefix, among those of a report without, begins a record."""
        return not _RECORDS.isdisjoint(stream) or log_heads.read(self._window.raw(index) or "") is not None

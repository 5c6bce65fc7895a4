"""Logs of EQEmu servers: `logs/crashes/crash_<process>_<pid>.log`, the logs of zones and world, and pasted reports.

Facts: EQEmu/Server common/eqemu_logsys.cpp and common/crash.cpp; the grammar of a line stands in `eqemu_report`. Each
line ends in a space, for the server turns line ends into spaces. A file may hold nothing but the line of the exception,
or many crashes, or crashes of several processes; a line that is of no crash becomes a row of `logs`. The server writes
its local time without a zone: it is taken as UTC, and `ts_source` says so. StackWalker's text without the prefix of the
server is read as well, in whatever log it stands (Unity's players and Node's segfault-handler print it).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from triage.formats import Match
from triage.formats.eqemu_report import CRASH, PROCESSES, UNKNOWN, Line, Piece, Report, piece, prefix
from triage.formats.traces import stackwalker
from triage.records import json_text

if TYPE_CHECKING:
    from triage.formats.head import Head
    from triage.sources.source import Source

__all__ = ("NAME", "TITLE", "read", "sniff")

NAME: Final = "eqemu-log"
TITLE: Final = "EQEmu server log, or StackWalker text in a log"

TS_SOURCE: Final = "log line, zone unknown"
# RFC 5424 categories and the server's own that say how bad a line is.
_LEVELS: Final = {
    "Emergency": "fatal", "Alert": "fatal", "Critical": "fatal", "Crash": "fatal", "Error": "error",
    "MySQL Error": "error", "Warning": "warning", "Notice": "info", "Info": "info", "Status": "info",
    "Normal": "info", "Debug": "debug",
}  # fmt: skip
_FILE: Final = re.compile(r"crash_([A-Za-z_]{1,40})_(\d{1,10})(?!\d)")
# A source file in a line without prefix: an absolute path of Windows, or one word; not the words of a log message.
_SOURCE: Final = re.compile(r"(?:[A-Za-z]:[\\/]|\\\\).*|[^\s:\"]+", re.DOTALL)
_SYMINIT: Final = re.compile(r"^[ \t]{0,8}SymInit: Symbol-SearchPath: '", re.MULTILINE)
# Lines of no crash after which a crash without prefixes is over, and lines that wait for what follows them.
_GAP: Final = 8
_PENDING: Final = 64
# Processes whose crashes may be open at once in one log.
_OPEN: Final = 32


def sniff(head: Head) -> Match | None:
    """By the prefix of the server's log lines, and by the lines that StackWalker prints."""
    if not head.is_text:
        return None
    frames = images = logged = bare = 0
    for text in head.lines:
        line = text.strip()
        found = prefix(line) if line.startswith(("[", "\x1b")) else None
        if found and found.category == CRASH:
            return Match(92, f"a line of the category {CRASH} in the log of a server")
        if found and found.process in PROCESSES:
            logged += 1
            bare += found.ts is None
        elif line and not found:
            images += stackwalker.image(line) is not None
            frames += stackwalker.address_frame(line) is not None
    if _SYMINIT.search(head.text):
        return Match(90, "the line with which StackWalker begins")
    if images and frames:
        return Match(75, "modules and frames as StackWalker prints them")
    if frames > 1 or images > 1:
        return Match(60, "frames or modules as StackWalker prints them")
    if logged > bare or bare > 1:
        return Match(65 if logged > bare else 45, "lines of the log of an EQEmu server")
    first = next((line.strip() for line in head.lines if line.strip()), "")
    found_first = piece(first)
    if found_first and found_first.kind == "exception" and first != UNKNOWN and head.is_whole:
        return Match(50, "the name of a Windows exception, alone on its line")
    return None


def read(source: Source) -> None:
    """Read crashes and log lines, one after the other."""
    source.role = source.role or "log"
    source.media = source.media or "text/plain"
    source.description = source.description or TITLE
    log = _Log(source)
    for offset, line in source.text_lines():
        log.feed(offset, line)
    log.close()


def _plausible(found: Piece) -> bool:
    """Whether a line without prefix may be StackWalker's: a frame without an address has to name a file."""
    return found.kind != "source" or bool(_SOURCE.fullmatch(found.value.file or ""))


class _Open:
    """A crash that is being read, and where it lies."""

    __slots__ = ("end", "gap", "process", "report", "start")

    def __init__(self, report: Report, start: int, process: str | None) -> None:
        self.report = report
        self.start = start
        self.end: int | None = None
        self.gap = 0
        self.process = process


class _Log:
    """Which crash a line belongs to: one may be open for each process, and one without prefix."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._records = source.records
        named = _FILE.match(source.name)
        self._process = named[1].lower() if named else None
        self._pid = named[2] if named else None
        self._open: dict[str | None, _Open] = {}
        self._last: _Open | None = None
        self._pending: list[tuple[int, str, Piece]] = []

    def feed(self, offset: int, line: str) -> None:
        """Take one line of the file."""
        if self._last is not None:
            self._last.end = offset
            self._last = None
        head = prefix(line)
        if head is None:
            self._bare(offset, line)
            return
        self._give_up()
        if head.category == CRASH:
            self._crash(offset, head)
        else:
            self._log(offset, head.body, head)
            self._pass_by()

    def close(self) -> None:
        """The file is at its end."""
        if self._last is not None:
            self._last.end = self._source.size or self._source.taken
        self._give_up()
        for crash in list(self._open.values()):
            self._write(crash)
        self._open.clear()

    def _crash(self, offset: int, head: Line) -> None:
        """A line that the server itself says is of a crash."""
        found = piece(head.body)
        crash = self._open.get(head.process)
        if crash is None or crash.report.starts(found, head.body):
            crash = self._begin(offset, head.process, trusted=True)
        crash.report.add(found, head.body, ts=head.ts, offset=offset)
        self._last = crash

    def _bare(self, offset: int, line: str) -> None:
        """A line without prefix: of a crash only by what it is."""
        found = piece(line) if line.strip() else None
        crash = self._open.get(None)
        if found is None or found.kind in {"gdb", "process"} or not _plausible(found):
            self._give_up()
            self._other(offset, line)
            return
        placed = crash is not None and not self._pending and (crash.report.anchored or crash.report.error_type)
        if found.value == UNKNOWN or (found.kind == "source" and not placed):
            self._pending.append((offset, line, found))
            if len(self._pending) > _PENDING:
                self._give_up()
            return
        if crash is None or crash.report.starts(found, line):
            crash = self._begin(self._pending[0][0] if self._pending else offset, None, trusted=False)
        self._take_pending(crash.report)
        crash.report.add(found, line, offset=offset)
        crash.gap, self._last = 0, crash

    def _begin(self, start: int, process: str | None, *, trusted: bool) -> _Open:
        """Open a crash; what was open for that process is over, and the oldest where too many are open."""
        before = self._open.pop(process, None) or (
            self._open.pop(next(iter(self._open))) if len(self._open) >= _OPEN else None
        )
        if before is not None:
            self._write(before)
        crash = self._open[process] = _Open(Report(trusted=trusted), start, process)
        return crash

    def _take_pending(self, report: Report) -> None:
        """Frames that stand before the first line that is surely StackWalker's are of its crash."""
        pending, self._pending = self._pending, []
        for offset, line, found in pending:
            report.add(found, line, offset=offset, sure=True)

    def _give_up(self) -> None:
        """What was waiting is of no crash."""
        pending, self._pending = self._pending, []
        for offset, line, _ in pending:
            self._other(offset, line)

    def _other(self, offset: int, line: str) -> None:
        """A line of no crash, without prefix."""
        if line.strip():
            self._log(offset, line, None)
            self._pass_by()

    def _pass_by(self) -> None:
        """A line has gone by that is not of the crash without prefix; after some of them that is over."""
        crash = self._open.get(None)
        if crash is not None:
            crash.gap += 1
            if crash.gap > _GAP:
                self._write(self._open.pop(None))

    def _log(self, offset: int, message: str, head: Line | None) -> None:
        self._records.log(
            None,
            source_id=self._source.source_id,
            offset=offset,
            ts=head.ts if head else None,
            level=_LEVELS.get(head.category) if head else None,
            logger=head.category if head else None,
            message=message.rstrip(),
            fields=json_text({"process": head.process, "place": head.place}) if head and head.place else None,
            origin="log",
            parse_status="ok" if head else "raw",
        )

    def _write(self, crash: _Open) -> None:
        """Append a crash that is over."""
        report = crash.report
        event = report.write(
            self._records,
            format=NAME,
            source_id=self._source.source_id,
            offset=crash.start,
            length=crash.end - crash.start if crash.end is not None else None,
            ts=report.ts,
            ts_source=TS_SOURCE if report.ts is not None else None,
            service=crash.process or self._process,
        )
        # The number in the name of the file is that of the process that wrote it.
        if self._pid and not report.names_process:
            self._records.annotation(event, "report", "process_id", self._pid)

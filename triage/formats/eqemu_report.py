"""One crash of an EQEmu server, put together line by line: what the log reader and the JSON reader share.

Facts: EQEmu/Server common/crash.cpp (the twenty exceptions it names, the gdb call of its signal handler, the fields of
the report to Spire) and eqemu_logsys.cpp (the prefix of a log line)::

    line   = ["[" MM-DD-YYYY [" ::"] " " HH:MM:SS "] "] "[" process "] [" category "] " [place] body
    place  = "[" file "::" function ":" line "] "
    body   = exception | StackWalker (see traces/stackwalker.py) | gdb (see traces/gdb.py)
           | "stack trace for " program " pid=" number

The exception is named in a log line of its own, which is not part of what goes to Spire: a report without that line has
no `error_type`, and its first line is never taken for one. A stack overflow prints the name and nothing else. On Linux
gdb is called from the handler, and the signal is not named.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import Any, Final, NamedTuple

import msgspec

from triage.formats.exception_codes import name as code_name
from triage.formats.traces import gdb, stackwalker
from triage.records import Frame, Records, Trace
from triage.times import iso

__all__ = ("CRASH", "PROCESSES", "Line", "Piece", "Report", "piece", "prefix", "reports")

CRASH: Final = "Crash"
# GetPlatformName of the server, lower case; without a time only these make a line one of the server's log.
PROCESSES: Final = frozenset(
    ("zone", "world", "ucs", "login", "qs", "sharedmem", "import", "export", "launch", "hc", "tests")
)
UNKNOWN: Final = "Unknown Exception"
# Rows of one kind that one crash may have; what is over is counted.
MAX_ROWS: Final = 20_000
_CODES: Final = (
    0xC0000005, 0xC000008C, 0x80000003, 0x80000002, 0xC000008D, 0xC000008E, 0xC000008F, 0xC0000090, 0xC0000091,
    0xC0000092, 0xC0000093, 0xC000001D, 0xC0000006, 0xC0000094, 0xC0000095, 0xC0000026, 0xC0000025, 0xC0000096,
    0x80000004, 0xC00000FD,
)  # fmt: skip
_CODE_OF: Final = {code_name("windows", code): code for code in _CODES}
_SIGNAL_OF: Final = {code_name("linux", number): number for number in range(1, 32)}
_EXCEPTION: Final = re.compile(r"EXCEPTION_[A-Z_]{2,48}$")
_PREFIX: Final = re.compile(
    r"(?:\[(\d\d)-(\d\d)-(\d{4})(?: ::)? (\d\d:\d\d:\d\d)\] )?\[([A-Za-z]{0,16})\] \[([^\[\]]{1,48})\](?: |$)"
)
_PLACE: Final = re.compile(r"\[([\w.+-]{1,80}::[^\[\]]{1,200}:\d{1,9})\] ?")
_ANSI: Final = re.compile(r"\x1b\[[0-9;]{0,16}m")
_PROCESS: Final = re.compile(r"stack trace for (.{1,1024}) pid=(\d{1,10})$")
_NO_GDB: Final = ("[Error] GDB is not installed", "[Error] Current user does not have passwordless sudo")
_GDB_STARTS: Final = ("[New LWP ", "[Thread debugging using ")
_BUFFER: Final = (1_023, 1_024)


class Line(NamedTuple):
    """A log line: its time in microseconds, process, category, place in the source, and the rest."""

    ts: int | None
    process: str
    category: str
    place: str | None
    body: str


class Piece(NamedTuple):
    """What a line of a crash is: exception, process, symbols, system, image, frame, source or gdb; and its value."""

    kind: str
    value: Any


def prefix(line: str) -> Line | None:
    """Part a line of the server's log, None where it is none.

    Examples
    --------
    >>> prefix("[01-26-2026 22:14:05] [Zone] [Crash] EXCEPTION_BREAKPOINT ")[1:]
    ('zone', 'Crash', None, 'EXCEPTION_BREAKPOINT ')
    """
    if "\x1b" in line:
        line = _ANSI.sub("", line)
    head = _PREFIX.match(line)
    if not head:
        return None
    process = head[5].lower()
    if head[1] is None and process not in PROCESSES:
        return None
    ts = _moment(f"{head[3]}-{head[1]}-{head[2]}T{head[4]}") if head[1] else None
    place = _PLACE.match(line, head.end())
    return Line(ts, process, head[6], place[1] if place else None, line[place.end() if place else head.end() :])


@lru_cache(maxsize=1_024)
def _moment(text: str) -> int | None:
    """Many lines are of the same second."""
    return iso(text)


def piece(body: str) -> Piece | None:
    """Say what a line of a crash is, None where it is not of its stack; a `source` line needs others about it."""
    text = body.strip()
    if text == UNKNOWN or _EXCEPTION.match(text):
        return Piece("exception", text)
    if text.startswith("SymInit: "):
        symbols = stackwalker.symbols(text)
        return Piece("symbols", symbols) if symbols else None
    if text.startswith("OS-Version: "):
        system = stackwalker.system(text)
        return Piece("system", system) if system else None
    frame = stackwalker.address_frame(text)
    if frame:
        return Piece("frame", frame)
    image = stackwalker.image(text)
    if image:
        return Piece("image", image)
    if gdb.belongs(body):
        return Piece("gdb", body)
    process = _PROCESS.match(text)
    if process:
        return Piece("process", (process[1], process[2]))
    frame = stackwalker.line_frame(text)
    return Piece("source", frame) if frame else None


class Report:
    """One crash in the making.

    Attributes
    ----------
    trusted
        Whether the transport says that every line is of a crash; else lines count only by what they are.
    loose
        Time and body of the lines that are not of the stack: for `logs`.
    """

    def __init__(self, *, trusted: bool) -> None:
        self.trusted = trusted
        self.ts: int | None = None
        self.loose: list[tuple[int | None, int | None, str]] = []
        self.error_type: str | None = None
        self._frames: list[Frame] = []
        self._images: list[stackwalker.Image] = []
        self._gdb: list[str] = []
        self._facts: list[tuple[str, str, str | int]] = []
        self._notes: dict[str, None] = {}
        self._symbols = False
        self._cut = 0
        self._over = 0

    @property
    def anchored(self) -> bool:
        """Whether there is a line that only StackWalker prints."""
        return bool(self._symbols or self._images or self._frames)

    @property
    def names_process(self) -> bool:
        """Whether the text gives the number of the process."""
        return any(key == "process_id" for _, key, _ in self._facts)

    @property
    def empty(self) -> bool:
        """Whether no line was of a crash, loose ones apart."""
        return not (self.error_type or self.anchored or self._gdb or self._facts)

    def starts(self, found: Piece | None, body: str) -> bool:
        """Whether a line is the first of another crash."""
        if found is None:
            return (bool(self._gdb) and body.startswith(_GDB_STARTS)) or (bool(self.loose) and body.startswith(_NO_GDB))
        match found.kind:
            case "exception" | "process":
                return not self.empty
            case "symbols":
                return self.anchored or bool(self._gdb)
            case "gdb":
                if self.anchored:
                    return True
                again = body.lstrip().startswith("#0 ") and not (self._gdb and self._gdb[-1].startswith("Thread "))
                return again and any(line.lstrip().startswith("#") for line in self._gdb)
        return bool(self._gdb) and found.kind != "source"

    def add(
        self, found: Piece | None, body: str, *, ts: int | None = None, offset: int | None = None, sure: bool = False
    ) -> bool:
        """Take a line; False where it is not of the stack (it is kept in `loose` where the transport is trusted)."""
        sure = sure or self.trusted or self.anchored or self.error_type is not None
        self.ts = self.ts if self.ts is not None else ts
        if found is None and self._gdb and body[:1] in {" ", "\t"}:
            found = Piece("gdb", body)  # a frame that was wrapped
        if found is None or (found.kind == "source" and (self._gdb or not sure)):
            if self.trusted and body.strip():
                self.aside(body, ts=ts, offset=offset)
            return False
        value = found.value
        if self._is_cut(found, body):
            self._cut += 1
        match found.kind:
            case "exception":
                self.error_type = value
            case "process":
                self._facts += [("report", "program", value[0]), ("report", "process_id", value[1])]
            case "symbols":
                self._symbols = True
                pairs = (
                    ("search_path", value.search_path),
                    ("options", value.options),
                    ("user_name", value.user_name),
                )
                self._facts += [("symbols", key, item) for key, item in pairs if item is not None]
            case "system":
                self._symbols = True
                self._facts += [("os", key, item) for key, item in value._asdict().items() if item is not None]
            case "image":
                self._keep(self._images, value)
            case "gdb":
                self._keep(self._gdb, body)
            case _:
                self._keep(self._frames, value)
        return True

    def aside(self, body: str, *, ts: int | None, offset: int | None) -> None:
        """Keep a line that is not of the stack for `logs`."""
        self._keep(self.loose, (ts, offset, body.strip()))
        if body.startswith(_NO_GDB):
            self._notes["gdb could not be called, so there is no stack"] = None

    def write(self, records: Records, **columns: Any) -> int:
        """Append the crash; the columns of the transport stand before those of the report."""
        traces = self._traces()
        given = {name: value for name, value in columns.items() if value is not None}
        row = {**self._columns(traces), **given}
        row["error_code"] = _CODE_OF.get(row.get("error_type")) or _SIGNAL_OF.get(row.get("error_type"))
        row["error_code_name"] = row["error_type"] if row["error_code"] is not None else None
        row["signal"] = row["error_type"] if (row.get("error_type") or "").startswith("SIG") else None
        notes = [*self._said(row), *given.get("notes", ())]
        row["notes"] = notes or None
        if row.get("parse_status") in {None, "ok"}:
            row["parse_status"] = self._status(row)
        event = records.event(**row)
        records.stacks(event, traces)
        for image in self._images:
            records.module(
                event,
                name=image.name,
                path=image.path,
                base=image.base,
                size=image.size,
                version=image.version,
                debug_file=image.debug_file,
                symbol_type=image.symbol_type,
            )
        for scope, key, value in self._facts:
            records.annotation(event, scope, key, value)
        for ts, offset, message in self.loose:
            records.log(
                event,
                source_id=row.get("source_id"),
                offset=offset,
                ts=ts,
                level="fatal",
                logger=CRASH,
                message=message,
                origin="log",
                parse_status="ok",
            )
        return event

    def _columns(self, traces: list[Trace]) -> dict[str, Any]:
        """What the text itself says of the event."""
        crash = traces[0] if traces else None
        windows = self.anchored or (self.error_type or "").startswith("EXCEPTION_")
        linux = any("linux" in line for line in self._gdb) or any("linux" in line for _, _, line in self.loose)
        version = next((value for scope, key, value in self._facts if (scope, key) == ("os", "version")), None)
        program = next((value for scope, key, value in self._facts if (scope, key) == ("report", "program")), None)
        main = next((image.name for image in self._images if image.name.lower().endswith(".exe")), program)
        service = str(main).replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe") if main else None
        return {
            "event_class": "incident_signal",
            "event_kind": "crash",
            "level": "fatal",
            "handled": False,
            "platform": "native",
            "error_type": self.error_type or (crash.error_type if crash else None),
            "error_value": crash.error_value if crash else None,
            "service": service,
            "os_name": "Windows" if windows else "Linux" if linux else None,
            "os_version": version,
            "thread_id": crash.thread_id if crash else None,
        }

    def _traces(self) -> list[Trace]:
        """The stacks, their frames placed in the images."""
        traces = []
        if self._frames:
            frames = _placed(self._frames, self._images)
            traces.append(Trace(frames=tuple(frames), crashed=True, error_type=self.error_type, unwinder="text"))
        if self._gdb:
            found = gdb.parse("\n".join(self._gdb))
            traces += found if not traces else [msgspec.structs.replace(trace, role="thread") for trace in found]
        return traces

    def _said(self, row: dict[str, Any]) -> list[str]:
        """The notes of the event."""
        notes = list(self._notes)
        if row.get("error_type") is None:
            exception = "the report does not name the exception: the server logs it apart from the stack"
            notes.append("the report does not name the signal" if self._gdb else exception)
        if self._cut:
            lines = "1 line ends" if self._cut == 1 else f"{self._cut:,} lines end"
            notes.append(f"{lines} early: cut by the writer's buffer of 1,024 bytes, or with the text")
        if self._over:
            notes.append(f"{self._over:,} lines over the {MAX_ROWS:,} of one kind that a crash may have were left out")
        return notes

    def _status(self, row: dict[str, Any]) -> str:
        if self._cut or self._over:
            return "partial"
        return "ok" if row.get("error_type") or self.anchored or self._gdb else "raw"

    def _is_cut(self, found: Piece, body: str) -> bool:
        """Whether the writer cut the line: its end is missing, or it is as long as the buffer."""
        if found.kind in {"symbols", "image"}:
            return bool(found.value.cut)
        if found.kind not in {"frame", "source"} or len(body) < _BUFFER[0] // 4:
            return False
        least, most = len(body.rstrip().encode("utf-8", "replace")), len(body.encode("utf-8", "replace"))
        return any(least <= size <= most for size in _BUFFER)

    def _keep(self, rows: list[Any], row: Any) -> None:
        if len(rows) < MAX_ROWS:
            rows.append(row)
        else:
            self._over += 1


def reports(text: str) -> list[Report]:
    """Read the text of a report, with or without the prefixes of a log: one or more crashes.

    Examples
    --------
    >>> [report.error_type for report in reports("EXCEPTION_BREAKPOINT \\nSymInit: Symbol-SearchPath: '.'\\n")]
    ['EXCEPTION_BREAKPOINT']
    """
    found = [Report(trusted=True)]
    for line in text.split("\n"):
        head = prefix(line)
        if head and head.category != CRASH:
            found[-1].aside(line, ts=head.ts, offset=None)
            continue
        body = head.body if head else line.rstrip("\r")
        item = piece(body)
        if found[-1].starts(item, body):
            found.append(Report(trusted=True))
        found[-1].add(item, body, ts=head.ts if head else None)
    return found


def _placed(frames: list[Frame], images: list[stackwalker.Image]) -> list[Frame]:
    """Give frames with an address and a module their offset in the image."""
    ordered = sorted(images, key=lambda image: image.base)
    bases = [image.base for image in ordered]
    placed = []
    for frame in frames:
        at = bisect_right(bases, frame.address) - 1 if frame.address is not None and frame.module else -1
        if at >= 0 and frame.address is not None and frame.address - bases[at] < ordered[at].size:
            frame = msgspec.structs.replace(frame, module_offset=frame.address - bases[at])  # noqa: PLW2901
        placed.append(frame)
    return placed

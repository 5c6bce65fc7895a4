r"""Crashes as cdb and WinDbg show them: `!analyze -v`, exception records, stacks, registers, bug checks.

Facts: general knowledge of Microsoft's debuggers, held against reports that fuzzers collected. Grammar, one line each::

    stop     = "(" pid "." tid "): " words " - code " hex (" (first chance)" | " (!!! second chance !!!)")
    banner   = "***" …                                       headings, warnings about symbols
    record   = "ExceptionAddress: " A " (" symbol ")" | "ExceptionCode: " hex " (" words ")" | "Parameter[" n "]: " hex
             | "Attempt to " ("read from" | "write to" | "execute …") " address " A
    key      = NAME ":" value, or the value on the lines below
    bugcheck = NAME " (" hex ")" | "BugCheck " hex ", {" hex* "}" | "BUGCHECK_CODE: " hex
    stack    = (header | "STACK_TEXT:") row*                 see `cdb_frames`
    thread   = ("." | "#" | " ") n " Id: " pid "." tid " Suspend: " …  [" \"" name "\""]
    register = (name "=" hex)*
    image    = "ModLoad: " from " " to " " path

The stack that `k` prints and STACK_TEXT are mostly the same: the longer one stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from triage.formats.exception_codes import describe
from triage.formats.traces import cdb_lines
from triage.formats.traces.cdb_frames import Rows, called, header, number, row, warning
from triage.formats.traces.patterns import either, lazy, remembered
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace, json_text

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "cdb"
TITLE: Final = "cdb or WinDbg session"
PLATFORM: Final = "native"
ANCHORS: Final = (
    " - code ",
    "FAULTING_IP:",
    "EXCEPTION_RECORD:",
    "ExceptionAddress: ",
    "STACK_TEXT:",
    "ChildEBP",
    "Child-SP",
    "FAILURE_BUCKET_ID:",
    "LAST_CONTROL_TRANSFER:",
    "BUGCHECK_CODE:",
    "Exception Analysis",
    "Bugcheck Analysis",
    "BugCheck ",
)

_BACK: Final = 60
_GAP: Final = 6
_AHEAD: Final = 64
_VALUE: Final = lazy(rf"({cdb_lines.ADDRESS}|[0-9a-fA-F]{{1,16}})(?=\s|$)")
_STOP: Final = lazy(
    r"\(([0-9a-f]{1,8})\.([0-9a-f]{1,8})\): (.{1,200}?) - code ([0-9a-f]{8})(?: \((?:first chance"
    r"|(!!! second chance !!!)|first/second chance not available)\))?"
)
_RECORD: Final = lazy(
    r"\s{0,4}(ExceptionAddress|ExceptionCode|ExceptionFlags|NumberParameters|Parameter\[\d{1,2}\]): (\S.*)$"
)
_CODED: Final = lazy(
    r"\s{0,4}ExceptionCode: [0-9a-fA-F]{8}\b|EXCEPTION_CODE: \(NTSTATUS\) 0x|BUGCHECK_CODE:\s{1,4}[0-9a-f]"
)
_ATTEMPT: Final = lazy(rf"Attempt to (read|write|execute)\b.{{0,60}}address ({cdb_lines.ADDRESS})")
_KEY: Final = lazy(r"(?!ERROR:|WARNING:|NOTE:)([A-Z][A-Z0-9_]{2,60}):(?:\s+(\S.*)|\s*)$")
_SYMBOL: Final = lazy(r"[\w.<>-]{1,80}![^\s].{0,2000}[+:]")
_CODE: Final = lazy(rf"({cdb_lines.ADDRESS}) [0-9a-f?]{{2,32}}\s{{1,30}}(\S.{{0,400}})")
_OPERATION: Final = lazy(r"(?![0-9a-f]{8})[a-z][a-z0-9]{1,15}(?=\s|$)")
# What an instruction accesses where nothing can be read: the place is followed by question marks in place of a value.
_UNREADABLE: Final = lazy(rf"(.{{0,200}}?)\s{{1,30}}[c-gs]s:(?:[0-9a-f]{{4}}:)?({cdb_lines.ADDRESS})=\?+$")
_KNOWN: Final = either((_STOP, _RECORD, _KEY, _CODE, *cdb_lines.EVERY))
_TEXT_KEYS: Final = frozenset(
    {"STACK_TEXT", "FAULTING_IP", "FOLLOWUP_IP", "EXCEPTION_RECORD", "CONTEXT", "TRAP_FRAME", "FAULTING_SOURCE_CODE"}
)
_ACCESS: Final = {"read": "READ", "write": "WRITE", "execute": "EXECUTE"}
_PARAMETER: Final = {0: "READ", 1: "WRITE", 8: "EXECUTE"}
_ADDRESSES: Final = {"READ_ADDRESS": "READ", "WRITE_ADDRESS": "WRITE"}


def read(window: Window) -> Report | None:
    """The session around the anchor."""
    if not _sure(window):
        return None
    first = 0
    for index in range(-1, -_BACK, -1):
        line = window[index]
        if line is None or window.is_record(index):
            break
        if _known(line):
            first = index
        elif line.strip() and first - index > _GAP:
            break
    session = _Session(lean=window.lean)
    at = end = first
    idle = 0
    while (line := window[at]) is not None and not (at > 0 and window.is_record(at)) and idle <= _GAP:
        if taken := session.alike(window, line, at):
            at += taken
            end, idle = at, 0
            continue
        if at > 0 and session.over(line):
            break
        if session.take(line.rstrip(), at):
            end, idle = at + 1, 0
        elif line.strip():
            idle += 1
        elif at - end > 12:
            break
        at += 1
    return session.report(first, max(end, 1))


def _sure(window: Window) -> bool:
    """Whether the anchor is of a debugger: some of its words stand in other texts too."""
    line = window[0] or ""
    if (stop := _STOP.match(line)) is not None:
        return stop[5] is not None or any(_strong(window[index] or "") for index in range(1, 64))
    if header(line) or line.startswith("STACK_TEXT:"):
        return any(row(window[index] or "") for index in range(1, 6))
    if line.startswith("*") or _KEY.match(line) or _RECORD.match(line) or cdb_lines.BUGCHECKED.match(line):
        return any(_strong(window[index] or "") for index in range(_AHEAD))
    return False


def _strong(line: str) -> bool:
    """Whether only a debugger writes such a line, and it tells of a crash."""
    return bool(_CODED.match(line)) or row(line) is not None


@remembered
def _known(line: str) -> bool:
    """Whether a line belongs to a session, wherever it stands."""
    return bool(_KNOWN.match(line) or header(line) or row(line))


@dataclass(slots=True)
class _Session:
    """A session in the making."""

    stop: re.Match[str] | None = None
    record: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    key: str = ""
    stacks: list[Rows] = field(default_factory=list)
    rows: Rows | None = None
    text: Rows | None = None
    thread: tuple[int, str | None] | None = None
    current: int | None = None
    registers: dict[str, str] = field(default_factory=dict)
    instruction: str | None = None
    images: dict[str, dict[str, object]] = field(default_factory=dict)
    bugcheck: tuple[str | None, int] | None = None
    arguments: dict[str, str] = field(default_factory=dict)
    access: str | None = None
    accessed: int | None = None
    width: int = 0
    left: bool = False
    # whether nothing is wanted but what a key needs
    lean: bool = False

    def over(self, line: str) -> bool:
        """Whether another session begins: the debugger was left, or the next program stops for good."""
        if self.left:
            return True
        self.left = line.startswith("quit:")
        stop = _STOP.match(line) if line[:1] == "(" else None
        return stop is not None and stop[5] is not None and any(rows.frames for rows in self.stacks)

    def take(self, line: str, at: int) -> bool:
        """Take a line; whether it belongs."""
        if "> " in line[:12]:
            line = re.sub(r"^\d{1,3}:\d{3}(?::x86)?> (?=.*(?:ChildEBP|Child-SP))", "", line)
        if not line.strip():
            self.key = "" if self.facts.get(self.key) or self.key not in _TEXT_KEYS else self.key
            self.width = 0
            return False
        if (header(line) or line.startswith("STACK_TEXT:")) and not (
            self.rows and not self.rows.frames and self.rows is self.text
        ):
            return self._begin(line)
        if (self.rows is not None or self.stop or self.record) and self.row(line, at):
            return True
        if self.rows is not None and self.rows.frames and not _known(line):
            if self.width >= 72 and self.rows.wrapped(line.strip()):
                return True
            self.rows = None
        if warning(line) and self.rows is not None:
            self.rows.note(line, at)
            return True
        return header(line) or self._told(line)

    def alike(self, window: Window, line: str, at: int) -> int:
        """Take a line, and those that go on from it, where most others are alike; how many."""
        if self.left:
            return 0
        return 1 + self.more(window, at + 1) if self.plain(line.rstrip(), at) else int(cdb_lines.banner(line))

    def plain(self, line: str, at: int) -> bool:
        """Take a row below others, or an image of which nothing is wanted."""
        if self.rows is not None and self.row(line, at):
            return True
        return self.lean and line.startswith("ModLoad: ") and cdb_lines.IMAGE.match(line) is not None

    def more(self, window: Window, at: int) -> int:
        """Take the rows that go on from a line, where only their frames are wanted; how many."""
        count = 0
        rows = self.rows
        for line in window.ahead(at) if self.lean and rows is not None else ():
            call = called(text := line.rstrip())
            if call is None or rows is None:
                break
            self.width = len(text)
            rows.call(call[0])
            count += 1
        return count

    def row(self, line: str, at: int) -> bool:
        """Take a row of a stack."""
        if self.lean:
            call = called(line)
            if call is not None:
                self.width = len(line)
                self._rows().call(call[0])
            return call is not None
        found = row(line)
        if found is not None:
            self.width = len(line)
            self._rows().add(found, at)
        return found is not None

    def _begin(self, line: str) -> bool:
        """A heading of a stack."""
        start = _address(self.record.get("ExceptionAddress", ""))
        if self.stacks and not self.stacks[-1].frames:
            # A heading without rows is none: all stacks are gone through at each stop.
            self.stacks.pop()
        self.rows = Rows(self.thread, None if self.text or self.stacks else start)
        self.thread = None
        if line.startswith("STACK_TEXT:"):
            self.text = self.rows
        else:
            self.stacks.append(self.rows)
        self.key = ""
        return True

    def _rows(self) -> Rows:
        """The stack that a row goes to; one without a heading begins its own."""
        if self.rows is None:
            self._begin("")
        assert self.rows is not None
        return self.rows

    def _told(self, line: str) -> bool:
        """A line that is not of a stack."""
        begin = line[:1]
        if begin == "*":
            # no key, no record, no registers
            return self._kept(line)
        if stop := _STOP.match(line) if begin == "(" else None:
            if self.stop is None or stop[5] or not (self.stop[5] or self.record):
                self.stop = stop
        elif record := _RECORD.match(line):
            self.record.setdefault(record[1], record[2].strip())
        elif attempt := _ATTEMPT.match(line) if begin == "A" else None:
            self.access, self.accessed = _ACCESS[attempt[1]], number(attempt[2])
        elif key := _KEY.match(line):
            self._keyed(key[1], (key[2] or "").strip())
        elif thread := cdb_lines.THREAD.match(line) if begin in {".", "#", " "} else None:
            self.thread = (int(thread[3], 16), thread[4])
            self.current = self.thread[0] if thread[1] == "." or self.current is None else self.current
        else:
            return self._noted(line)
        return True

    def _noted(self, line: str) -> bool:
        """A line of a bug check, an image, registers, or what else a session holds."""
        if bugcheck := cdb_lines.BUGCHECK.match(line):
            self.bugcheck = (bugcheck[1], int(bugcheck[2], 16))
        elif checked := cdb_lines.BUGCHECKED.match(line) if line.startswith("BugCheck ") else None:
            self.bugcheck = self.bugcheck or (None, int(checked[1], 16))
        elif argument := cdb_lines.ARGUMENT.match(line) if line.startswith("Arg") else None:
            self.arguments[f"argument_{argument[1]}"] = argument[2]
        elif image := cdb_lines.IMAGE.match(line) if line.startswith("ModLoad: ") else None:
            low, high, path = number(image[1]), number(image[2]), image[3].strip()
            name = path.replace("\\", "/").rpartition("/")[2]
            self.images[path] = {"name": name, "path": path, "base": low, "size": max(high - low, 0)}
        elif cdb_lines.REGISTERS.match(line):
            for name, value in cdb_lines.REGISTER.findall(line):
                self.registers.setdefault(name, f"0x{number(value):x}")
        elif self.instruction is None and (code := _CODE.match(line)) and _OPERATION.match(code[2]):
            self._stopped(code[2].strip())
        else:
            return self._kept(line)
        return True

    def _kept(self, line: str) -> bool:
        """A line that may go on with the value of a key."""
        if self.key and not (cdb_lines.BANNER.match(line) or cdb_lines.OTHER.match(line)):
            return self._valued(line.strip())
        return _known(line)

    def _stopped(self, instruction: str) -> None:
        """The instruction at which the program stopped: the first that a session shows."""
        unreadable = _UNREADABLE.match(instruction)
        self.instruction = unreadable[1] if unreadable else instruction
        if unreadable and self.accessed is None:
            self.accessed = number(unreadable[2])

    def _keyed(self, key: str, value: str) -> None:
        """A key of `!analyze -v`."""
        self.key = key
        if value and key not in _TEXT_KEYS:
            self.facts.setdefault(key, value)
        if key in _ADDRESSES and (accessed := _address(value)) is not None:
            self.access, self.accessed = _ADDRESSES[key], accessed

    def _valued(self, text: str) -> bool:
        """The value of a key on the lines below it, or the rest of one that was wrapped."""
        key = self.key
        if key in _TEXT_KEYS:
            return True
        held = self.facts.get(key)
        self.facts[key] = text if held is None else f"{held}{'' if len(held) > 50 else ' '}{text}"[:2_000]
        return True

    def _chosen(self) -> list[Rows]:
        """The stacks, the crashed one first; STACK_TEXT and `k` are mostly the same."""
        stacks = [rows for rows in self.stacks if rows.frames]
        if self.current is not None:
            stacks.sort(key=lambda rows: rows.thread is None or rows.thread[0] != self.current)
        if self.text and self.text.frames:
            if not stacks or stacks[0].thread is not None or len(stacks[0].frames) < len(self.text.frames):
                stacks.insert(0, self.text)
            else:
                stacks.insert(1, self.text)
        if len(stacks) > 1:
            mine, other = ([(f.module, f.function) for f in rows.frames] for rows in stacks[:2])
            if mine[: len(other)] == other:
                del stacks[1]
        return stacks

    def report(self, first: int, end: int) -> Report | None:
        """What was taken, as a report."""
        stacks = self._chosen()
        code = self._code()
        if code is None and self.bugcheck is None and not stacks and end - first <= _AHEAD:
            return None
        given = (_address(value) for name, value in self.record.items() if name.startswith("Parameter["))
        parameters = tuple(value for value in given if value is not None)
        said = describe("windows", code, parameters=parameters) if code is not None else None
        error_type, error_value = (said.type, said.value) if said else (None, None)
        if self.bugcheck and (code is None or self.bugcheck[0]):
            name = self.bugcheck[0] or self.facts.get("BUGCHECK_STR") or f"BugCheck 0x{self.bugcheck[1]:X}"
            error_type, error_value, code = name, self.facts.get("BUGCHECK_STR"), self.bugcheck[1]
        words = self.stop[3] if self.stop else None
        thread_id = int(self.stop[2], 16) if self.stop else self._faulting() or self.current
        if code in {0xC0000005, 0xC0000006} and parameters:
            self.access = _PARAMETER.get(parameters[0], self.access)
        accessed = said.fault_address if said and said.fault_address is not None else self.accessed
        skipped = {"PROCESS_NAME", "FAULTING_THREAD", "READ_ADDRESS", "WRITE_ADDRESS"}
        facts = [(name.lower(), value) for name, value in self.facts.items() if name not in skipped]
        facts += [("instruction", self.instruction)] if self.instruction else []
        return Report(
            first=first,
            end=end,
            kind="crash" if error_type else "dump",
            level="fatal" if error_type else "error",
            traces=tuple(
                self._trace(rows, place, error_type, error_value, thread_id) for place, rows in enumerate(stacks)
            ),
            error_type=error_type,
            error_value=error_value or words,
            error_code=code,
            error_code_name=said.code_name if said else None,
            access=self.access,
            fault_address=accessed,
            thread_id=thread_id,
            process_id=int(self.stop[1], 16) if self.stop else None,
            process=self.facts.get("PROCESS_NAME"),
            os_name="Windows",
            os_version=self.facts.get("OS_VERSION"),
            facts=(*facts, *self.arguments.items()),
            modules=tuple(self.images.values()),
            complete=bool(stacks),
        )

    def _trace(self, rows: Rows, place: int, error_type: str | None, value: str | None, thread_id: int | None) -> Trace:
        """One stack; the first is that of the crash."""
        frames: tuple[Frame, ...] = tuple(rows.frames)
        return Trace(
            frames=frames,
            role="crash" if not place else "thread" if rows.thread else "other",
            error_type=None if place else error_type,
            error_value=None if place else value,
            thread_id=rows.thread[0] if rows.thread else None if place else thread_id,
            thread_name=rows.thread[1] if rows.thread else None,
            crashed=not place,
            registers=json_text(self.registers) if self.registers and not place else None,
            unwinder="text",
        )

    def _code(self) -> int | None:
        """The exception code, by what says most."""
        said = self.record.get("ExceptionCode", "").split()
        for text in (said[0] if said else "", self.stop[4] if self.stop else ""):
            if re.match(r"(?:0x)?[0-9a-fA-F]{1,8}$", text):
                return int(text.removeprefix("0x"), 16)
        found = re.match(r"(?:\(NTSTATUS\) )?0x([0-9a-fA-F]{1,8})\b", self.facts.get("EXCEPTION_CODE", ""))
        return int(found[1], 16) if found else None

    def _faulting(self) -> int | None:
        """The thread that `!analyze` names; in a kernel dump it is an address."""
        text = self.facts.get("FAULTING_THREAD", "")
        value = int(text, 16) if re.match(r"[0-9a-fA-F]{1,16}$", text) else None
        return value if value is not None and value < 1 << 32 else None


def _address(text: str) -> int | None:
    """The number that a value begins with."""
    found = _VALUE.match(text)
    return number(found[1]) if found else None

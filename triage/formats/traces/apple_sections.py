r"""The sections of a crash report of Apple's in text: line by line, which section it is in, and what that holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from triage.formats.traces import apple_frames as lines
from triage.formats.traces.patterns import lazy
from triage.records import Frame

__all__ = ("BACKTRACE", "CRASHED", "HEX", "KEY", "KEYS", "RAW_STACK", "RULE", "STATE", "Sections", "Stack")

KEY: Final = lazy(r"[ \t>]{0,16}([A-Z][\w./ ()-]{1,40}?):(?:[ \t]+(.{0,4000})|$)", re.DOTALL)
KEYS: Final = frozenset(
    (
        "Incident Identifier", "CrashReporter Key", "Crash Reporter Key", "Hardware Model", "Process", "Path",
        "Identifier", "Version", "AppStoreTools", "AppVariant", "Beta Identifier", "Beta", "Code Type", "Role",
        "Parent Process",
        "Responsible", "Responsible Process", "Coalition", "User ID", "Date/Time", "Launch Time", "OS Version",
        "Release Type", "Baseband Version", "Report Version", "Anonymous UUID", "Sleep/Wake UUID", "Bridge OS Version",
        "Time Awake Since Boot", "Time Since Wake", "System Integrity Protection", "Notes", "Build Info", "App Item ID",
        "App External ID", "Crashed Thread", "Triggered by Thread", "Exception Type", "Exception Codes",
        "Exception Subtype", "Exception Note", "Exception Message", "Exception Reason", "Termination Signal",
        "Termination Reason", "Termination Description", "Terminating Process", "Highlighted by Thread", "PlugIn Path",
        "PlugIn Identifier", "PlugIn Version", "Store Info", "Deployment Target", "SDK Version", "Architecture",
        "VM Region Info", "Logical CPU", "Error Code", "Trap Number", "Kernel Triage", "Performance Info",
    )
)  # fmt: skip
# Those that follow the stacks, that stand once, and whose value goes on over lines up to a blank one.
_TAIL_KEYS: Final = frozenset(("Logical CPU", "Error Code", "Trap Number", "VM Region Info", "Kernel Triage", "Notes"))
_FIRST_KEYS: Final = frozenset(("Incident Identifier", "Process", "Exception Type"))
_LONG: Final = frozenset(("VM Region Info", "Termination Reason", "Termination Description", "Kernel Triage"))
_ASI: Final = ("Application Specific Information", "Application Specific Signatures", "Dyld Error Message")
_THREAD: Final = lazy(
    r"[ \t>]{0,16}Thread (\d{1,6})(?: Crashed| Highlighted| \(Crashed\))?:(?::|$|[ \t])(.{0,400})", re.DOTALL
)
_NAME: Final = lazy(r"[ \t>]{0,16}Thread (\d{1,6}) name:(.{0,400})", re.DOTALL)
CRASHED: Final = lazy(r"[ \t>]{0,16}Thread \d{1,6} (?:Crashed|\(Crashed\)):")
STATE: Final = lazy(
    r"[ \t>]{0,16}(?:Unknown thread|Thread (\d{1,6})) crashed with (\S.{0,60}? Thread State[^:]{0,20}):", re.DOTALL
)
BACKTRACE: Final = lazy(
    r"[ \t>]{0,16}(Last Exception Backtrace|Exception Backtrace|Application Specific Backtrace \d{1,3}):"
)
_NUMBERED: Final = lazy(r"[ \t>]{0,8}(\d{1,5})[ \t]{2,60}\S")
RAW_STACK: Final = lazy(r"[ \t>]{0,16}\(?(?:[ \t]{0,4}0x[0-9a-fA-F]{1,16}){1,600}[ \t]{0,4}\)?[ \t]{0,8}$")
HEX: Final = lazy(r"0x([0-9a-fA-F]{1,16})(?![0-9a-fA-F])")
_QUEUE: Final = lazy(r"[ \t,]{0,8}Dispatch queue: ", re.IGNORECASE)
_TABLES: Final = ("VM Region Summary", "External Modification Summary", "External Modification Warnings", "VM Regions")
_TABLE_LINE: Final = lazy(r"[ \t]+\S|REGION TYPE|=====|TOTAL|[A-Za-z_][^\n]{2,60} {2,}[\d.]{1,12}[KMGT]?\b")
RULE: Final = lazy(r"-{5,120}$|Translated Report|Full Report$|Backtrace not available|EOF$|No thread state")


@dataclass(slots=True)
class Stack:
    """One stack in the making."""

    role: str = "thread"
    number: int | None = None
    name: str | None = None
    crashed: bool = False
    frames: list[Frame] = field(default_factory=list)
    # the number that the next frame has
    next: int = 0

    def add(self, number: int, frame: Frame) -> None:
        """Append a frame, and before it a row for those that are left out."""
        if number > self.next:
            gap = Frame(frame_kind="elided", repeat=number - self.next, text_line=frame.text_line)
            self.frames.append(gap)
        self.frames.append(frame)
        self.next = number + 1


class Sections:
    """The reading of one crash report: line by line, which section it is in and what that holds."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}
        self.stacks: list[Stack] = []
        self.names: dict[int, str] = {}
        self.images: list[dict[str, object]] = []
        self.registers: dict[str, str] = {}
        self.flavor: str | None = None
        self.state_of: int | None = None
        self.said: list[str] = []
        self.section = "head"
        self.last_key = ""

    def feed(self, index: int, line: str) -> bool | None:
        """Take a line: True if it belongs to the report, None if it may, False if the report ended before it."""
        if not line.strip(" \t>"):
            over = (self.section == "said" and self.said) or (self.section == "head" and self.last_key in _LONG)
            self.section, self.last_key = "head" if over else self.section, "" if over else self.last_key
            return None
        heading = self._heading(line)
        if heading is not None:
            return heading
        if self.section == "stack":
            return self._framed(index, line)
        if self.section == "state" and (found := lines.registers(line)):
            self.registers |= found
            return True
        if self.section == "images":
            return self._imaged(line)
        if self.section == "said" and len(self.said) < 400:
            self.said.append(line.rstrip())
            return True
        return self._other(line)

    def _heading(self, line: str) -> bool | None:
        """Whether the line begins a section or is one of the header; False where that is another report's."""
        if (found := _NAME.match(line)) is not None:
            self.names[int(found[1])] = _titled(found[2]) or ""
            self.section = "threads"
        elif (found := STATE.match(line)) is not None:
            self.section, self.flavor = "state", found[2]
            self.state_of = int(found[1]) if found[1] else None
        elif (found := _THREAD.match(line)) is not None:
            if self.images:
                return False
            crashed = CRASHED.match(line) is not None
            self.stacks.append(Stack("thread", int(found[1]), _titled(found[2]), crashed))
            self.section = "stack"
        elif (found := BACKTRACE.match(line)) is not None:
            self.stacks.append(Stack("exception"))
            self.section = "stack"
        elif line.lstrip(" \t>").startswith("Binary Images"):
            self.section = "images"
        else:
            return self._keyed(line)
        return True

    def _keyed(self, line: str) -> bool | None:
        """A line of the header, or of the few keys that follow the registers."""
        found = KEY.match(line)
        if found is None:
            return None
        key, value = found[1].strip(), (found[2] or "").strip()
        if key in _ASI:
            self.section = "said"
            self.said += [value] if value else []
            return True
        if key in _TABLES:
            self.section = "table"
            return True
        if key not in KEYS:
            return None
        if (self.stacks and key not in _TAIL_KEYS) or (key in _FIRST_KEYS and key in self.keys):
            return False
        self.keys.setdefault(key, value)
        self.last_key = key
        self.section = "head"
        return True

    def _framed(self, index: int, line: str) -> bool | None:
        """A line below the heading of a stack."""
        stack = self.stacks[-1]
        if RAW_STACK.match(line):
            stack.frames += [Frame(address=int(m[1], 16), trust="text", text_line=index) for m in HEX.finditer(line)]
            return True
        found = lines.frame(line)
        if found is not None and found[0] >= stack.next:
            stack.add(found[0], replace(found[1], text_line=index))
            return True
        if line.strip(" \t>()") == "" or RULE.match(line.strip()):
            return True
        numbered = _NUMBERED.match(line)
        if numbered is not None and int(numbered[1]) == stack.next:
            stack.add(stack.next, Frame(frame_kind="note", function_raw=line.strip(), text_line=index))
            return True
        self.section = "threads"
        return self._other(line)

    def _imaged(self, line: str) -> bool | None:
        """A line of `Binary Images:`."""
        found = lines.image(line)
        if found is not None:
            self.images.append(found)
            return True
        self.section = "tail"
        return self._other(line)

    def _other(self, line: str) -> bool | None:
        """A line that continues what is before it, or none of the report."""
        text = line.strip(" \t>")
        if RULE.match(text):
            return True
        if self.section == "json":
            return text[:1] in {"{", "}", "]", '"'} or line[:1] == " "
        if text.startswith("{") and self._ended_text():
            self.section = "json"
            return True
        if self.section == "table" and _TABLE_LINE.match(line):
            return True
        if self.section == "head" and self.last_key in _LONG:
            if len(self.keys[self.last_key]) < 4_000:
                self.keys[self.last_key] += "\n" + text
            return True
        if text.startswith("Thread ") and ("instruction stream" in text or "last branch" in text):
            self.section = "table"
            return True
        return None

    def _ended_text(self) -> bool:
        """Whether what may follow is the report once more, as JSON."""
        return bool(self.stacks) and self.section in {"tail", "table", "head", "threads", "images"}


def _titled(text: str) -> str | None:
    """The name of a thread, else that of its queue."""
    name, *queue = _QUEUE.split(text.strip().lstrip(":").strip(), maxsplit=1)
    return name.strip() or (queue[0].strip() if queue else None) or None

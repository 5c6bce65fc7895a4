"""One tombstone in the making: what its lines say, and the stacks that stand in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.check_heads import asserted
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.tombstone_frames import frame, image, looked_up
from triage.records import Frame, Trace, json_text
from triage.times import iso

__all__ = ("KNOWN", "SENT", "SKIP", "STOP", "TRAPS", "UNKNOWN", "Reader", "fingerprint", "group")

# What a line was to the report: part of it, no part but others may follow, of somebody else in between, its end.
KNOWN, UNKNOWN, SKIP, STOP = range(4)

_GROUP: Final = lazy(r"--------- (?P<tag>[\w.:/-]{1,60}) \( {0,5}(?P<pid>\d{1,9})\):\s*$")
_LOG: Final = lazy(r"--------- (?:tail end of |switch to )?(?:log |beginning of )\w{1,20}")
_STARS: Final = lazy(r"(?:\*\*\* ){5,40}\*\*\*$|\*{5,20} Crash dump: ")
_SPLIT: Final = lazy(r"(?:--- ){5,40}---$")
_WHO: Final = lazy(
    r"pid: (?P<pid>\d{1,9}), tid: (?P<tid>\d{1,9})(?:, name: (?P<name>.{0,200}?))? {0,4}>>> (?P<process>.{0,400}?)"
    r"(?: <<<|$)"
)
_SIGNAL: Final = lazy(
    r"signal (?P<number>\d{1,3}) \((?P<name>[\w+-]{1,24})\)(?:, code (?P<code>-?\d{1,9})(?: \("
    r"(?P<code_name>\w{1,32})(?: from pid (?P<sender>-?\d{1,9})"
    r", uid (?P<uid>-?\d{1,9}))?\))?)?,? ?(?:fault addr (?P<address>0x[0-9a-f]{1,16}|[0-9a-f]{8,16}|-{8}|-{16}))?"
    r"(?: \((?P<access>read|write)\))?"
)
_ABORT: Final = lazy(r"Abort message: (?P<text>.*)$", re.DOTALL)
_CAUSE: Final = lazy(r"Cause: (?:\[(?P<tool>[\w-]{1,20})\]: )?(?P<text>.{1,400})$")
_REGISTERS: Final = lazy(r"(?:[a-z][a-z0-9]{1,4} {1,3}[0-9a-f]{8,16} {0,4}){1,6}$")
_REGISTER: Final = lazy(r"([a-z][a-z0-9]{1,4}) {1,3}([0-9a-f]{8,16})")
_FLOATS: Final = lazy(r"(?:d\d{1,2} {1,2}[0-9a-f]{16} {0,4}){1,4}$|scr [0-9a-f]{8}$")
_STACK: Final = lazy(r"(?:(?P<what>allocated|deallocated) by thread (?P<tid>-?\d{1,9})[^:]{0,60}|[Bb]acktrace):$")
_SECTION: Final = lazy(
    r"(?P<stack>stack|memory near \S{1,8}(?: \(.{0,300}\))?|code around \S{1,8}(?: \(.{0,300}\))?"
    r"|Memory tags around the fault address.{0,40}):$"
    r"|(?P<map>memory map.{0,80}|linker map.{0,40}):?$|(?P<files>open files):"
)
_MEMORY: Final = lazy(
    r"(?:#\d{1,3} {1,3})?(?:0x|=>0x)?[0-9a-f]{6,16}[: ]|\.{4,}|={0,2}>?\s{0,4}0x|\(?no stack|Learn more"
)
_MAPPING: Final = lazy(
    r"(?:--->)?(?P<start>[0-9a-f]{4,8}'?[0-9a-f]{4,8})-"
    r"(?P<end>[0-9a-f]{4,8}'?[0-9a-f]{4,8}) [r-][w-][xs-]\S{0,2} {1,10}(?:[0-9a-f]{1,16} {1,10}[0-9a-f]{1,16} {0,4})?"
    r"(?P<path>/\S.{0,400}?)?(?: \(BuildId: (?P<build>[0-9a-f]{2,64})\).{0,100}| \(load bias .{0,40})?$"
)
_NOTE: Final = lazy(
    r"N(?:OTE|ote): |Native Crash (?:TIME|REPORT)|\d{1,4} total frames$"
    r"|AM write failed|AM data write failed|Tombstone written to"
    r"|Crash dump is completed|--->"
    r"|debuggerd: |Fault address falls|\(mapped file\)|This frame is|\d{1,9} entries|Learn more about|\(\.\.\.\)"
)
_KEY: Final = lazy(
    r"(?P<key>[A-Z][A-Za-z]{1,24}(?: [a-z]{1,20}){0,2}|uid|esr|tagged_addr_ctrl|pac_enabled_keys): ?"
    r"(?P<value>.{0,600})$"
)
_KEYS: Final = frozenset(
    [
        "Build fingerprint",
        "Revision",
        "Bootloader",
        "ABI",
        "Timestamp",
        "Process uptime",
        "Cmdline",
        "ZygotePid",
        "Executable",
        "Kernel Release",
        "Guest architecture",
        "uid",
        "esr",
        "tagged_addr_ctrl",
        "pac_enabled_keys",
        "Softversion",
        "Page size",
        "Process name",
        "Build type",
        "Software version",
    ]
)
_FINGERPRINT: Final = lazy(r"[^/\s]{1,60}/([^/\s]{1,60})/([^/:\s]{1,60}):([^/\s]{1,20})/([^/\s]{1,60})/")
_MOST_MODULES: Final = 2_000
_MESSAGE_LINES: Final = 40
# Signals that a program raises on itself, and the codes of those that somebody sent.
TRAPS: Final = frozenset({"SIGABRT", "SIGTRAP", "SIGILL"})
SENT: Final = frozenset({"SI_TKILL", "SI_USER", "SI_QUEUE", "SI_TIMER"})


def group(line: str) -> tuple[str, str] | None:
    """Tag and process of a line that says whose the next lines are.

    Examples
    --------
    >>> group("--------- DEBUG (1239):")
    ('DEBUG', '1239')
    """
    found = _GROUP.match(line)
    return (found["tag"], found["pid"]) if found else None


def fingerprint(text: str) -> tuple[str | None, str | None]:
    """Version and device of a build fingerprint.

    Examples
    --------
    >>> fingerprint("google/razor/flo:6.0/MRA37C/2145366:userdebug/dev-keys")
    ('6.0', 'flo')
    """
    found = _FINGERPRINT.match(text)
    return (found[3], found[2]) if found else (None, None)


@dataclass(slots=True)
class _Stack:
    """One stack as it is read."""

    role: str
    frames: list[Frame] = field(default_factory=list)
    thread_id: int | None = None
    thread_name: str | None = None
    registers: dict[str, str] = field(default_factory=dict)
    # stands among the stacks of the report
    kept: bool = False


# Abort messages that say what was asserted: those of Chromium, glog, libbase and libc.
_ASSERTED: Final = lazy(r"\b(Check failed)\b|\[(FATAL):[\w./-]{1,200}\(\d{1,7}\)\]|\b(assertion) \"", re.IGNORECASE)
# What libc++abi says of an exception that nobody caught.
_THROWN: Final = lazy(
    r"terminating (?:due to|with) uncaught exception of type (?P<type>[^:\s](?:[^:\n]|::){0,200})(?:: (?P<text>.*))?$",
    re.DOTALL,
)


class Reader:
    """Line by line: which thread, which part of it, and what it says."""

    def __init__(self, own: tuple[str, str] | None) -> None:
        self.in_log = False
        self._own = own
        self._foreign = False
        self._threads = [_Stack("crash")]
        self._stacks: list[_Stack] = []
        self._stack: _Stack | None = None
        self._section = ""
        self._who: re.Match[str] | None = None
        self._signal: re.Match[str] | None = None
        self._cause: re.Match[str] | None = None
        self._message: list[str] | None = None
        self._open = self._crashed = False
        self._facts: dict[str, str] = {}
        self._modules: dict[str, dict[str, object]] = {}

    def feed(self, line: str, index: int) -> int:
        """Take one line; what it was."""
        text = line.strip()
        if text[:1] == "#" and not (self._foreign or self.in_log or self._open) and self._section != "memory":
            row = frame(text)
            if row is not None:
                return self._framed(row, text, index)
        tag = group(line)
        if tag is not None and (self._own is None or tag != self._own):
            self._foreign = self._own is not None
            return SKIP if self._foreign else STOP
        if tag is not None:
            self._foreign = False
            return SKIP
        if self._foreign:
            return SKIP
        if _LOG.match(text):
            self.in_log = True
            return SKIP
        if _SPLIT.match(text):
            self.in_log, self._section, self._stack, self._open = False, "", None, False
            self._threads.append(_Stack("thread"))
            return KNOWN
        if self.in_log:
            return SKIP
        if not text:
            return UNKNOWN
        if _STARS.match(text):
            self._crashed = True
            return STOP if self._who or self._stacks else KNOWN
        return self._said(line, text, index)

    def report(self, first: int, end: int) -> Report:
        """Everything that was read."""
        who, signal, cause = self._who, self._signal, self._cause
        name = signal["name"] if signal else None
        name = None if name in {"?", "--"} else name
        code_name = signal["code_name"] if signal else None
        address = (
            signal["address"] if signal and code_name not in SENT and "-" not in (signal["address"] or "-") else None
        )
        message = "\n".join(self._message).strip() if self._message else None
        message = message.strip("'") if message else None
        asked = name in {"SIGQUIT", "SIGSTOP"} or not (name or message or who or self._crashed)
        kind = "abort" if name == "SIGABRT" else "dump" if asked else "crash"
        error_type, value = name, message
        if cause and cause["tool"]:
            error_type, value, kind = cause["text"].partition(",")[0], cause["text"], "crash"
        elif cause and not message:
            value = cause["text"]
        elif name is None and not message and kind == "crash":
            error_type = "crash"  # ndk-stack leaves the signal out
        elif message and (said := _ASSERTED.search(message)):
            kind, error_type = "assertion", next(filter(None, said.groups()))
            value = told[1] if (told := asserted(message)) else message
        elif message and (thrown := _THROWN.match(message)):
            kind, error_type, value = "exception", thrown["type"], thrown["text"] or message
        if not value and address and name in {"SIGSEGV", "SIGBUS"}:
            value = f"access to address 0x{int(address, 16):x}"
        version, device = fingerprint(self._facts.get("build_fingerprint", "").strip("'"))
        crash, *others = self._traces(error_type, value)
        return Report(
            first=first,
            end=end,
            kind=kind,
            traces=(crash, *others),
            level="info" if kind == "dump" else "fatal",
            error_type=error_type or ("abort" if message else None),
            error_value=value,
            error_code=int(signal["number"]) if signal else None,
            error_code_name=" / ".join(part for part in (name, code_name) if part) or None,
            signal=name,
            fault_address=int(address, 16) if address else None,
            access={"read": "READ", "write": "WRITE"}.get((signal["access"] if signal else None) or ""),
            thread_id=int(who["tid"]) if who else None,
            process_id=int(who["pid"]) if who else None,
            process=who["process"] or None if who else None,
            os_name="Android",
            os_version=version,
            arch=self._facts.get("abi", "").strip("'") or None,
            device=device,
            ts=iso(self._facts.get("timestamp", "").replace(" ", "T", 1)) if "timestamp" in self._facts else None,
            facts=tuple(self._facts.items()),
            modules=tuple(self._modules.values()),
            complete=who is not None and bool(crash.frames),
            follows=True,
        )

    def _traces(self, error_type: str | None, value: str | None) -> tuple[Trace, ...]:
        """The stacks, that of the crash first."""
        kept = [stack for stack in self._stacks if stack.frames]
        crash = next((stack for stack in kept if stack.role == "crash"), self._threads[0])
        if not crash.registers:
            crash.registers = self._threads[0].registers
        ordered = [crash, *(stack for stack in kept if stack is not crash)]
        return tuple(
            Trace(
                frames=tuple(stack.frames),
                role=stack.role,
                error_type=error_type if stack is crash else None,
                error_value=value if stack is crash else None,
                thread_id=stack.thread_id,
                thread_name=stack.thread_name,
                crashed=True if stack is crash else None,
                registers=json_text(stack.registers) if stack.registers else None,
                unwinder="text",
            )
            for stack in ordered
        )

    def _said(self, line: str, text: str, index: int) -> int:
        """A line that is neither blank nor of somebody else."""
        if (found := _WHO.match(text)) is not None:
            return self._thread(found)
        if self._open and self._message is not None:
            return self._continued(line, text, index)
        row = frame(text) if text.startswith("#") and self._section != "memory" else None
        if row is not None:
            return self._framed(row, text, index)
        if _FLOATS.match(text):
            return KNOWN
        if _REGISTERS.match(text) and not self._section:
            self._threads[-1].registers.update((key, hex(int(value, 16))) for key, value in _REGISTER.findall(text))
            return KNOWN
        if (found := _STACK.match(text)) is not None:
            if self._who is None and not found["what"] and self._stacks:
                return STOP
            self._section = ""
            self._begin({"allocated": "alloc", "deallocated": "free"}.get(found["what"] or "", ""), found["tid"])
            return KNOWN
        if (found := _SECTION.match(text)) is not None:
            self._section = "memory" if found["stack"] else "map" if found["map"] else "files"
            return KNOWN
        if self._section and self._in_section(text):
            return KNOWN
        return self._headed(text)

    def _framed(self, row: Frame, text: str, index: int) -> int:
        """A frame of the open stack, or the first of one without a heading."""
        if self._stack is None:
            self._begin("", None)
        assert self._stack is not None
        self._open = False
        self._stack.frames.append(replace(row, text_line=index))
        found = image(text)
        if found is not None:
            known = self._modules.setdefault(found.path + "!" + found.name, {"name": found.name, "path": found.path})
            if found.build_id:
                known["code_id"] = found.build_id
        return KNOWN

    def _begin(self, role: str, tid: str | None) -> None:
        """A new stack: that of the thread that is being read, or of an allocation."""
        thread = self._threads[-1]
        if role:
            stack = _Stack(role, thread_id=int(tid) if tid else None)
        elif thread.kept:
            stack = _Stack("other", thread_id=thread.thread_id, thread_name=thread.thread_name)
        else:
            stack = thread
        if not stack.kept:
            stack.kept = True
            self._stacks.append(stack)
        self._stack, self._open = stack, False

    def _thread(self, found: re.Match[str]) -> int:
        """The line of a thread: the crashed one comes first."""
        if self._who is not None and len(self._threads) == 1:
            return STOP
        if self._who is None:
            self._who = found
        thread = self._threads[-1]
        thread.thread_id, thread.thread_name = int(found["tid"]), (found["name"] or "").strip() or None
        self._section, self._open = "", False
        return KNOWN

    def _headed(self, text: str) -> int:
        """What stands above the stack, and below it."""
        if (found := _SIGNAL.match(text)) is not None:
            self._signal = self._signal or found
        elif (found := _ABORT.match(text)) is not None:
            if self._message is None:
                self._message = [found["text"]]
                quoted = found["text"].startswith("'")
                self._open = quoted and not (len(found["text"]) > 1 and found["text"].endswith("'"))
        elif (found := _CAUSE.match(text)) is not None:
            self._cause = self._cause or found
            self._facts.setdefault("cause", text.partition(": ")[2])
        elif (found := _KEY.match(text)) is not None and found["key"] in _KEYS:
            key = found["key"].lower().replace(" ", "_")
            self._facts.setdefault(key, found["value"].strip().strip("'"))
        elif self._stack is not None and self._stack.frames and self._section == "" and self._named(text):
            pass
        elif not _NOTE.match(text):
            return UNKNOWN
        return KNOWN

    def _named(self, text: str) -> bool:
        """What ndk-stack says of the frame above: its function, then its place."""
        assert self._stack is not None
        row = looked_up(self._stack.frames[-1], text)
        if row is not None:
            self._stack.frames[-1] = row
        return row is not None

    def _continued(self, line: str, text: str, index: int) -> int:
        """A further line of the abort message, up to its closing quote."""
        assert self._message is not None
        ends = _REGISTERS.match(text) or _STACK.match(text) or len(self._message) > _MESSAGE_LINES
        if ends:
            self._open = False
            return self._said(line, text, index)
        self._message.append(line.rstrip())
        self._open = not text.endswith("'")
        return KNOWN

    def _in_section(self, text: str) -> bool:
        """Words of memory, which are not kept, and mappings, which are modules."""
        if self._section == "memory":
            return _MEMORY.match(text) is not None
        if self._section == "files":
            return text.startswith("fd ")
        found = _MAPPING.match(text)
        if found is None:
            return _NOTE.match(text) is not None
        path = (found["path"] or "").strip()
        if path and len(self._modules) < _MOST_MODULES:
            start, end = (int(found[key].replace("'", ""), 16) for key in ("start", "end"))
            name = path.rpartition("/")[2]
            known = self._modules.setdefault(f"{path}!{name}", {"name": name, "path": path})
            base = known.setdefault("base", start)
            if isinstance(base, int):
                known["base"], known["size"] = min(base, start), max(end - min(base, start), 0)
            if found["build"]:
                known["code_id"] = found["build"]
        return True

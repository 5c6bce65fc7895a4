"""One report of the Linux kernel in the making: what its lines say, and the stacks that stand in it."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from triage.formats.traces import kernel_heads
from triage.formats.traces.kernel_frames import caller, frame, has_registers, marker, plain, registers, symbol
from triage.formats.traces.kernel_heads import Head, Heading
from triage.formats.traces.kernel_stacks import Stack, accessed, architecture, fault, same
from triage.formats.traces.patterns import either, lazy
from triage.formats.traces.reports import Report
from triage.records import Frame

__all__ = ("END", "KNOWN", "STOP", "UNKNOWN", "WEAK", "Reader")

# What a line was to the report: part of it, its last, part of it if the line above is, no part but others may follow,
# a blank, the beginning of another.
KNOWN, END, WEAK, UNKNOWN, BLANK, STOP = range(6)

# Which copy of a function the compiler made, and how far in it: scripts that decode traces leave that out of the head.
_OFFSET: Final = lazy(
    r"(?:\.(?:constprop|isra|part|cold|llvm)(?:\.\d{1,20})?){0,4}(?:\+0x[0-9a-f]{1,12}/0x[0-9a-f]{1,12})?$"
)
_CPU: Final = lazy(
    r"CPU: (?P<cpu>\d{1,5})(?: UID: \d{1,10})?(?: PID: (?P<pid>\d{1,9}) Comm: (?P<comm>.{1,40}?))?(?: Kdump: loaded)? +"
    r"(?:Not tainted|Tainted: (?P<taint>[A-Z() ]{1,60}?)) {1,8}\(?(?P<version>\d[^\s()]{1,120})(?: "
    r"(?P<build>#\d.{0,120}))?"
)
_OLD_CPU: Final = lazy(
    r"Pid: (?P<pid>\d{1,9}), comm: (?P<comm>.{1,40}?) {1,12}(?:Not tainted|Tainted: (?P<taint>[A-Z() ]{1,60}?)) {1,8}"
    r"\(?(?P<version>\d[^\s()]{1,120})(?P<build> #\d.{0,120})?"
)
_THREAD: Final = lazy(
    r"task:(?P<comm>\S{1,40}) {0,20}state:(?P<state>\S)(?: .{0,80}?)? pid: ?(?P<pid>\d{1,9})|(?:NMI backtrace for"
    r"|Task dump for) [Cc][Pp][Uu] ?(?P<cpu>\d{1,5})"
    r"|(?P<old>[\w/:.-]{1,24}) {1,20}(?P<oldstate>[RSDTZX]) .{0,60} (?P<oldpid>\d{1,9}) {1,6}\d{1,9} 0x[0-9a-f]{8}"
)
_ACCESS: Final = lazy(
    r"(?P<access>Read|Write|Free) of (?:size (?P<size>\d{1,9})|addr (?P<freed>[0-9a-f]{1,16}))(?: at addr "
    r"(?P<address>[0-9a-f]{1,16}))?"
    r"(?: by (?:task|thread) (?P<comm>.{1,40})/(?P<pid>\d{1,9}))?"
)
_PROCESS: Final = lazy(r"Process (?P<comm>.{1,40}?) ?\(pid: (?P<pid>\d{1,9})")
_LEAKED: Final = lazy(r'comm "(?P<comm>.{1,40})", pid (?P<pid>\d{1,9})')
_FAULT: Final = lazy(r"#PF: \w{4,10} (?P<access>read|write|instruction fetch) access")
_X86_PC: Final = lazy(r"(?:RIP|EIP|IP)(?P<mark> is at|: ?| {1,3})(?:(?P<segment>[0-9a-f]{4}):)?(?P<rest>.{0,400})$")
_PC: Final = lazy(
    r"(?:PC is at|e?pc {1,4}:|era:|(?P<above>NIP|Krnl PSW : [0-9a-f]{16} [0-9a-f]{16} \()) ?(?P<rest>\S.{0,400})$"
)
_LINK: Final = lazy(r"(?:LR is at|lr :|ra {1,4}:|LR) ?(?P<rest>\S.{0,400})$")
_PLACES: Final = either((_X86_PC, _PC, _LINK))
# What they begin with, and what markers do.
_POINTERS: Final = frozenset("REIPNKLpelr")
_MARKED: Final = frozenset("<=")
_POSIX_HOST: Final = lazy(r"\S{1,200}: \S{0,200}posix-host\.c:\d{1,6}: void panic\(void\): Assertion ")
_RULE: Final = lazy(r"={20,}$")
_MODULE: Final = lazy(r"([\w-]{1,64})(?:\([A-Z+-]{1,10}\))?")
_KASAN_RANGE: Final = lazy(r"KASAN: ([\w -]{3,60}) in range \[")
_FACTS: Final = (
    ("Hardware name: ", "hardware"),
    ("Workqueue: ", "workqueue"),
    ("Code: ", "code"),
    ("Kernel Offset: ", "kernel_offset"),
)
_STARTS: Final = ("Modules linked in:", *(start for start, _ in _FACTS))
_TELLS: Final = either((_CPU, _OLD_CPU, _ACCESS, _PROCESS, _LEAKED, _FAULT, _KASAN_RANGE, _THREAD))
# Errors of which the code says what was done with an address.
_ADDRESSED: Final = lazy(r"page|pointer|paging")
_MOST_MODULES: Final = 400


class Reader:
    """Line by line: to which stack it belongs, and what it says of the report."""

    def __init__(self, head: Head | None, message: str = "", *, lean: bool = False) -> None:
        self.head = head
        # whether nothing is wanted of where a frame lies and stands
        self._lean = lean
        self._value = message or None
        self._stacks: list[Stack] = []
        self._stack: Stack | None = None
        self._thread: tuple[int | None, str | None, str | None] | None = None
        self._pcs: list[Frame] = []
        self._registers: dict[str, str] = {}
        self._facts: dict[str, str] = {}
        self._modules: list[str] = []
        self._ended = self._above = self._library = self._user = self._x86 = self._described = False
        self._die: Head | None = head if head and head.die else None
        self._arch: str | None = None
        self._access, self._size = (head.access, head.size) if head else (None, None)
        self._address = head.address if head else None
        self._pid, self._process = (head.pid, head.process) if head else (None, None)
        self._version: str | None = None

    def feed(self, text: str, index: int) -> int:
        """Take one line without its indentation; what it was."""
        if not text:
            return BLANK
        if self._ended:
            return self._behind(text)
        if self._lean and text[0] in "[#" and (stack := self._stack) is not None and stack.last is None:
            row = plain(text)
            if row is not None:
                stack.frames.append(row)
                return KNOWN
        if text.startswith("---[ end "):
            self._ended = True
            return KNOWN
        if _RULE.match(text):
            return END if self.head and self.head.tool and self._stacks else UNKNOWN
        if self._framed(text, index) or self._placed(text, index) or self._told(text):
            return KNOWN
        below = kernel_heads.heading(text)
        if below is not None:
            self._open(below)
            self._library = self._library or text.startswith("Linux Kernel Library")
            if below.rest:
                self._framed(below.rest, index)
            return KNOWN
        return self._other(text)

    def report(self, first: int, end: int, *, panics: bool) -> Report:
        """Everything that was read; `panics` says that the kernel panics soon behind it."""
        if not any(stack.role == "crash" for stack in self._stacks) and (self._pcs or self._registers):
            self._stacks.insert(0, Stack("crash", pcs=self._pcs, registers=self._registers))
        if self.head is None and not (self._x86 or self._registers or any(stack.registers for stack in self._stacks)):
            for stack in self._stacks:
                stack.role = "thread" if stack.role == "crash" else stack.role
        stacks = sorted(self._stacks, key=lambda stack: stack.role != "crash")
        traces = tuple(stack.trace(above=self._x86 or self._above) for stack in stacks)
        traces = tuple(trace for place, trace in enumerate(traces) if trace.frames or place == 0)
        head = self.head or Head(
            text="",
            kind="crash" if any(stack.role == "crash" for stack in self._stacks) else "dump",
            type="",
            level="error",
        )
        if traces and head.type:
            crash = traces[0]
            traces = (
                replace(
                    crash,
                    error_type=head.type,
                    error_value=self._said(head),
                    thread_id=crash.thread_id if crash.thread_id is not None else self._pid,
                    thread_name=crash.thread_name or self._process,
                ),
                *traces[1:],
            )
        code = head.code if head.code is not None else self._die.code if self._die else None
        taint = self._facts.get("tainted", "")
        panic = head.type == "Kernel panic"
        return Report(
            first=first,
            end=end,
            kind=head.kind,
            level=head.level,
            traces=traces,
            error_type=head.type or None,
            error_value=self._said(head),
            error_code=code,
            error_code_name=fault(code) if code is not None and self._arch == "arm" else None,
            fault_address=self._address,
            access=self._access or (accessed(code, self._arch) if _ADDRESSED.search(head.type) else None),
            access_size=self._size,
            thread_id=self._pid,
            # the kernel as a library has processes of its own in that of the system
            process_id=None if self._library else self._pid,
            process=self._process,
            release=self._version,
            os_name="Linux",
            os_version=self._version,
            arch=self._arch,
            device=self._facts.get("hardware"),
            facts=tuple(self._facts.items()),
            modules=tuple({"name": name} for name in self._modules),
            complete=self.head is not None and (any(trace.frames for trace in traces) or head.sure),
            leads=panics or panic or bool(head.tool) or head.die or head.kind == "crash" or head.type == "kernel BUG",
            follows=panic or (self._die is not None and ((self._die.count or 0) > 1 or bool({"B", "D"} & set(taint)))),
        )

    def _said(self, head: Head) -> str | None:
        """The message: what stands in the head, or around it."""
        if head.type == "WARNING":
            return _OFFSET.sub("", self._value or head.value or "") or None
        if head.tool and not head.value:
            return head.text.removeprefix("BUG: ")
        if self._described:
            return self._value
        text = head.text.removeprefix("BUG: ")
        return (head.value or "").lstrip(": ") or (text if text != head.type else None) or None

    def _behind(self, text: str) -> int:
        """Behind the end mark: x86 prints where it was once more."""
        found = _X86_PC.match(text)
        if found:
            self._trailer(found["rest"])
            return KNOWN
        if _POSIX_HOST.match(text):
            return END
        if registers(text) is not None or text.startswith("RSP ") or kernel_heads.after(text):
            return KNOWN
        return STOP

    def _framed(self, text: str, index: int) -> bool:
        """A frame, or the name of the stack that the next frames are of."""
        if text.startswith("([<") and text.endswith(")"):
            text = text[1:-1]
        rest = marker(text) if text[:1] in _MARKED else None
        if rest is not None:
            text = rest
            if not text:
                return True
        row, outer = frame(text), caller(text) if " from " in text else None
        if row is None or (self._stack is None and row.symbol_offset is None and outer is None):
            return False
        if self._stack is None:
            self._open(Heading(""))
        assert self._stack is not None
        known = self._stack.last
        if known is not None and row.symbol_offset is None and row.function == known.function:
            # newer ARM says where a function was only on the line of what it called
            row = known
        self._stack.frames.append(row if self._lean else replace(row, text_line=index))
        self._stack.last = _at(outer, index)
        return True

    def _placed(self, text: str, index: int) -> bool:
        """Where the processor was, and its registers."""
        valued = has_registers(text)
        if not valued and not (text[0] in _POINTERS and _PLACES.match(text)):
            return False
        found = _X86_PC.match(text)
        if found and (found["segment"] or found["mark"] != ": " or "+0x" in found["rest"] or "[<" in found["rest"]):
            self._x86 = True
            if found["segment"] and int(found["segment"], 16) & 3 == 3 and not found["segment"].startswith("e030"):
                self._user = True
                return True
            self._arch = self._arch or (
                "x86_64" if text.startswith("RIP") else "x86" if text.startswith("EIP") else None
            )
            self._pointed(found["rest"], index, within=found["segment"] is not None)
            return True
        if found := _PC.match(text):
            self._point(_at(symbol(found["rest"], trust="context"), index))
            self._above = self._above or found["above"] is not None
            self._arch = self._arch or ("ppc64" if text.startswith("NIP") else "s390x" if found["above"] else None)
        else:
            found = _LINK.match(text)
        if not valued:
            return found is not None
        if self._lean and self._arch and (self._registers or self._stack is not None or self._user):
            # which values they have is not wanted, but for what they tell of the processor
            return True
        values = registers(text) or {}
        self._arch = self._arch or architecture(values)
        if self._stack is None and not self._user:
            self._registers.update((name, value) for name, value in values.items() if name not in self._registers)
        return True

    def _pointed(self, rest: str, index: int, *, within: bool) -> None:
        """The instruction pointer: of the crash before its stack, of what an interrupt found inside of it, or again."""
        row = _at(symbol(rest, trust="context"), index)
        if self._stack is None or not self._stack.frames:
            self._point(row)
        elif row is not None and within and not same(row, self._stack.frames[-1:]):
            self._stack.frames.append(row)
        else:
            self._trailer(rest)

    def _point(self, row: Frame | None) -> None:
        """Where the processor was: behind an inlined function comes the one that holds it."""
        if row is not None:
            self._pcs = [*self._pcs, row] if self._pcs and self._pcs[-1].inline_depth else [row]

    def _trailer(self, rest: str) -> None:
        """The instruction pointer printed again, now perhaps with its place."""
        row = symbol(rest, trust="context")
        for stack in self._stacks:
            pc = stack.pcs[-1] if stack.pcs else None
            if row and row.file and pc and pc.function == row.function and not pc.file:
                stack.pcs[-1] = replace(pc, file=row.file, line=row.line, column=row.column)

    def _told(self, text: str) -> bool:
        """Who it was, on what, and what was done."""
        if not text.startswith(_STARTS) and not _TELLS.match(text):
            return False
        if (found := _CPU.match(text) or _OLD_CPU.match(text)) is not None:
            self._who(found.groupdict())
        elif (found := _ACCESS.match(text)) is not None:
            self._access = self._access or {"Read": "READ", "Write": "WRITE"}.get(found["access"])
            self._size = self._size or int(found["size"] or 0) or None
            address = found["address"] or found["freed"]
            self._address = int(address, 16) if address else self._address
            self._name(found["pid"], found["comm"])
        elif (found := _PROCESS.match(text) or _LEAKED.match(text)) is not None:
            self._name(found["pid"], found["comm"])
        elif (found := _FAULT.match(text)) is not None:
            self._access = {"read": "READ", "write": "WRITE"}.get(found["access"], "EXECUTE")
        elif (found := _KASAN_RANGE.match(text)) is not None:
            self._facts.setdefault("kasan", found[1])
        elif (found := _THREAD.match(text)) is not None:
            self._stack = None
            pid = found["pid"] or found["oldpid"]
            self._thread = (
                int(pid) if pid else None,
                found["comm"] or found["old"],
                found["state"] or found["oldstate"],
            )
        elif text.startswith("Modules linked in:"):
            self._loaded(text.partition(":")[2])
        else:
            key = next((key for start, key in _FACTS if text.startswith(start)), None)
            if key is None:
                return False
            if key != "code" or not self._user:
                self._facts.setdefault(key, text.partition(": ")[2].strip()[:400])
        return True

    def _who(self, parts: dict[str, str | None]) -> None:
        """The line of the processor: of the report, or of another one that prints its stack too."""
        if self._thread is not None or any(stack.frames for stack in self._stacks):
            self._stack, self._user = None, False
            self._registers, self._pcs = {}, []
            self._thread = (int(parts["pid"]) if parts["pid"] else None, parts["comm"], None)
        if self._version is not None:
            return
        self._version = parts["version"]
        if parts.get("taint"):
            self._facts["tainted"] = " ".join((parts["taint"] or "").split())
        if parts.get("build"):
            self._facts["build"] = (parts["build"] or "").strip()
        if parts.get("cpu"):
            self._facts["cpu"] = parts["cpu"] or ""
        self._name(parts["pid"], parts["comm"])

    def _name(self, pid: str | None, comm: str | None) -> None:
        """The process, where it is not known yet."""
        if self._pid is None and pid:
            self._pid = int(pid)
            self._process = comm or self._process
        elif self._process is None and (not pid or int(pid) == self._pid):
            self._process = comm

    def _loaded(self, text: str) -> None:
        """The modules that were loaded, without their marks."""
        if self._modules or self._lean:
            return
        names = text.partition("[last unloaded")[0].split()[:_MOST_MODULES]
        self._modules = [found[1] for name in names if (found := _MODULE.fullmatch(name))]

    def _open(self, heading: Heading) -> None:
        """A new stack; its role is said by its heading, or by whether the crash has one already."""
        role, crashed = heading.role, any(stack.role == "crash" for stack in self._stacks)
        if self._stack is not None and not self._stack.frames and role == "" and self._stack.role == "crash":
            return
        if role in {"", "access"}:
            role = role or ("thread" if self._thread else "other") if crashed else "crash"
        stack = Stack(role, thread_id=heading.task)
        if heading.address is not None and role == "crash":
            self._address, self._size = heading.address, heading.size or self._size
            self._access = heading.access or self._access
            self._pid = self._pid if self._pid is not None else heading.task
        if role in {"crash", "thread", "other"} and heading.role == "":
            if self._thread is not None:
                stack.thread_id, stack.thread_name, stack.state = self._thread
            stack.pcs, stack.registers = self._pcs, self._registers
            self._thread, self._pcs, self._registers = None, [], {}
        self._stacks.append(stack)
        self._stack = stack

    def _other(self, text: str) -> int:
        """A line that is of no stack: a further head, one known, or one of somebody else."""
        new = kernel_heads.head(text)
        if new is not None:
            frames = any(stack.frames for stack in self._stacks)
            if new.die and not frames and self._die is None:
                self._die = new
                self._facts["oops"] = text[:300]
                self._value = self._value or new.value
                return KNOWN
            if self.head and self.head.kind == "oom" and new.type == "Out of memory":
                self._pid, self._process = new.pid, new.process
                self._facts["killed"] = new.value or ""
                return KNOWN
            return STOP
        if "[ cut here ]" in text:
            return STOP if self._stacks else KNOWN
        if self.head and self.head.tool == "UBSAN" and not self._stacks and not self._described:
            self._value, self._described = text[:1000], True
            return KNOWN
        return WEAK if kernel_heads.known(text) else UNKNOWN


def _at(row: Frame | None, index: int) -> Frame | None:
    """The frame on its line."""
    return None if row is None else replace(row, text_line=index)

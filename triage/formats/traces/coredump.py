r"""Core dumps as systemd-coredump reports them: its message in the journal or syslog, and `coredumpctl info`.

Facts: general knowledge of systemd-coredump's message, of coredumpctl's output, and of syslog's way with line ends.
Grammar, one line each; all but the first line are indented::

    message = "Process " pid " (" name ") of user " uid " dumped core." lines
    ended   = "Process " pid " (" name ") of user " uid " terminated abnormally with signal " n "/" name …
    lines   = ( "Module " path " with build-id " id | "Found module " path " with build-id: " id
              | "Module " path " from rpm " package | "Metadata for module " … )*
              stack*
              ["ELF object binary architecture: " words]
    stack   = "Stack trace of thread " id ":" frame*
    frame   = "#" n "  0x" A " " (name | "n/a") " (" (image | "n/a") [" + 0x" offset] ")"
    info    = ( key ": " value )*                  PID, Signal, Timestamp, Command Line, Executable, Message ...

The thread that crashed comes first. A syslog daemon writes the message as one line, `#012` for each line end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from triage.formats.exception_codes import name as code_name
from triage.formats.traces.gdb_frames import call
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace
from triage.times import iso

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "coredump"
TITLE: Final = "systemd-coredump report"
PLATFORM: Final = "native"
ANCHORS: Final = (
    "Stack trace of thread ",
    " dumped core.",
    " terminated abnormally with",
    " terminated abnormally without",
    "PID: ",
    "Message: Process ",
)

_BACK: Final = 40
_GAP: Final = 4

_MESSAGE: Final = lazy(
    r"(?:\[\S{1,4}\] )?(?:Message: )?Process (\d{1,9}) \((.{0,200}?)\) of user (\d{1,10}) (dumped core\."
    r"|terminated abnormally"
    r"(?: with signal (\d{1,3})/(\w{2,8}))?.{0,100}|died.{0,40})"
)
_STACK: Final = lazy(r"Stack trace of thread (\d{1,10}):")
_FRAME: Final = lazy(r"#(\d{1,4})\s{1,4}0x([0-9a-fA-F]{4,16})\s(\S.*)$")
_MODULE: Final = lazy(
    r"(?:Found module|Module) (\S.{0,400}?) (?:with build-id:? ([0-9a-f]{4,64})|without build-id|from \S)"
)
_NOTED: Final = lazy(
    r"Metadata for module |ELF object binary architecture: (.*)|Failed to |Stack trace of thread |Coredump "
)
_PID: Final = lazy(r"\s{0,24}PID: (\d{1,9}) \((.{0,200})\)\s*$")
_KEY: Final = lazy(r"\s{0,24}([A-Z][A-Za-z-]{1,20}(?: [A-Za-z]{1,10}){0,3}|build-id): (\S.*)$")
_SIGNAL: Final = lazy(r"(\d{1,3}) \((\w{2,8})\)")
_UTC: Final = lazy(r"[A-Z][a-z]{2} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC")
_RAISED: Final = frozenset({"SIGABRT", "SIGTRAP", "SIGILL"})
_ABORTING: Final = frozenset(
    {"raise", "__GI_raise", "abort", "__pthread_kill_implementation", "pthread_kill", "gsignal"}
)
_NAMED: Final = frozenset({"PID", "Signal", "Message", "Executable"})


@dataclass(slots=True)
class _Dump:
    """A report in the making."""

    process_id: int | None = None
    process: str | None = None
    number: int | None = None
    signal: str | None = None
    ts: int | None = None
    arch: str | None = None
    told: bool = False
    stacks: list[tuple[int, list[Frame]]] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    modules: list[dict[str, object]] = field(default_factory=list)

    def take(self, line: str, at: int) -> bool:
        """Take a line; whether it belongs."""
        text = line.strip()
        if message := _MESSAGE.match(text):
            if self.process_id is not None and self.process_id != int(message[1]):
                return False
            self.process_id, self.process = int(message[1]), self.process or message[2]
            self.told = True
            if message[5]:
                self._signalled(int(message[5]), message[6])
        elif stack := _STACK.match(text):
            self.stacks.append((int(stack[1]), []))
            self.told = True
        elif (found := _FRAME.match(text)) and self.stacks:
            self.stacks[-1][1].append(_frame(found, at))
        elif module := _MODULE.match(text):
            path = module[1]
            name = path.rpartition("/")[2]
            self.modules.append({"name": name, "path": path if name != path else None, "code_id": module[2]})
        elif (noted := _NOTED.match(text)) is not None:
            self.arch = noted[1] or self.arch
        elif not self.told and (key := _KEY.match(line)):
            self._keyed(key[1], key[2].strip())
        else:
            return False
        return True

    def _signalled(self, number: int, short: str) -> None:
        """The signal, by number and by its name without SIG."""
        self.number, self.signal = number, code_name("linux", number) or f"SIG{short.removeprefix('SIG')}"

    def _keyed(self, key: str, value: str) -> None:
        """A row of `coredumpctl info`."""
        if key == "PID":
            number, _, name = value.partition(" ")
            self.process_id, self.process = int(number) if number.isdigit() else None, name.strip("()") or None
        elif key == "Signal" and (signal := _SIGNAL.match(value)):
            self._signalled(int(signal[1]), signal[2])
        elif key == "Executable":
            self.process = value
        if key == "Timestamp" and (moment := _UTC.match(value)):
            self.ts = iso(f"{moment[1]}T{moment[2]}Z")
        if key not in _NAMED:
            self.facts.append((key.lower().replace(" ", "_").replace("-", "_"), value))

    def report(self, first: int, end: int) -> Report | None:
        """What was taken, as a report."""
        stacks = [(thread, frames) for thread, frames in self.stacks if frames]
        if not self.told and self.signal is None:
            return None
        informed = not stacks and bool(self.signal and self.process)
        if informed:
            # Summaries leave the stack out; they are whole nevertheless.
            program = (self.process or "").rpartition("/")[2] or self.process
            stacks = [(self.process_id or 0, [Frame(module=program, trust="text", text_line=max(first, 0))])]
        aborted = bool(stacks) and any(frame.function in _ABORTING for frame in stacks[0][1][:3])
        error_type = self.signal or "core dump"
        return Report(
            first=first,
            end=end,
            traces=tuple(
                Trace(
                    frames=tuple(frames),
                    role="thread" if place else "crash",
                    error_type=None if place else error_type,
                    thread_id=None if informed else thread,
                    crashed=not place,
                    unwinder="text",
                )
                for place, (thread, frames) in enumerate(stacks)
            ),
            error_type=error_type,
            error_code=self.number,
            signal=self.signal,
            thread_id=stacks[0][0] if stacks and not informed else None,
            process_id=self.process_id,
            process=self.process,
            os_name="Linux",
            arch=self.arch,
            ts=self.ts,
            facts=tuple(self.facts),
            modules=tuple(self.modules),
            complete=bool(stacks),
            leads=self.signal is None,  # of which the service manager tells below
            follows=self.signal in _RAISED or (self.signal is None and aborted),
        )


def read(window: Window) -> Report | None:
    """What systemd-coredump or coredumpctl says around the anchor."""
    line = window[0] or ""
    if "#012" in line:
        return _folded(line)
    if not (_MESSAGE.match(line.strip()) or _STACK.match(line.strip()) or (_PID.match(line) and _informed(window))):
        return None
    first = _begin(window)
    dump = _Dump()
    at = end = first
    while (line_ := window[at]) is not None and not (at > 0 and window.is_record(at)) and at - end <= _GAP:
        at += 1
        if line_.strip() and _foreign(dump, line_):
            break
        if dump.take(line_, at - 1):
            end = at
        elif line_.strip():
            break
    return dump.report(first, end) if end > 0 else None


def _informed(window: Window) -> bool:
    """Whether the rows below a PID are those of coredumpctl."""
    rows = [(window[index] or "").lstrip() for index in range(1, 5)]
    return any(row.startswith(("UID: ", "GID: ", "Signal: ")) for row in rows)


def _foreign(dump: _Dump, line: str) -> bool:
    """Whether another report begins: a second message, or the rows of the next core."""
    text = line.strip()
    return dump.told and (_PID.match(line) is not None or (bool(dump.stacks) and _MESSAGE.match(text) is not None))


def _begin(window: Window) -> int:
    """The first row above the anchor: those of coredumpctl, or the message above a stack."""
    first = 0
    for index in range(-1, -_BACK, -1):
        line = window[index]
        if line is None or window.is_record(index):
            break
        text = line.strip()
        if _MESSAGE.match(text) or _PID.match(line):
            return index
        if _STACK.match(text):
            first = index
        elif text and not (_MODULE.match(text) or _NOTED.match(text) or _FRAME.match(text) or _KEY.match(line)):
            break
    return first


def _folded(line: str) -> Report | None:
    """A message in one line, as syslog daemons write it."""
    dump = _Dump()
    for piece in line.split("#012")[:4_096]:
        dump.take(piece, 0)
    return dump.report(0, 1) if dump.told else None


def _frame(found: re.Match[str], at: int) -> Frame:
    """One frame."""
    raw, _, place = found[3].rpartition(" (")
    image, _, offset = place.strip().removesuffix(")").partition(" + 0x")
    raw = raw.strip() or (found[3].strip() if not place else "")
    function, args = call(raw) if raw not in {"n/a", "??", ""} else (None, None)
    known = re.fullmatch(r"[0-9a-fA-F]{1,16}", offset)
    return Frame(
        function=function,
        function_raw=raw if function is not None and raw != function else None,
        args=args or None,
        module=None if image in {"n/a", ""} else image,
        module_offset=int(offset, 16) if known and image != "n/a" else None,
        trust="text",
        address=int(found[2], 16),
        text_line=at,
    )

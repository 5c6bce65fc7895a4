r"""Stacks as lldb prints them: where a process stopped, `bt`, `bt all`, `thread backtrace`, registers.

Facts: general knowledge of lldb's default formats for threads and frames. Grammar, one line each::

    process = "Process " pid " stopped" | "(lldb) target create --core " … | "Process " pid " launched: " path
    thread  = ["*"] "thread #" n [": tid = " id ", " …] [", name = '" name "'"] [", queue = '" queue "'"]
              [", stop reason = " reason]
    reason  = "EXC_" name " (code=" code [", address=0x" A] ")" | "signal " name [": " words] | words
    frame   = ["*"] "frame #" n ": 0x" A " " [image "`"] call [" + " offset] [" at " file ":" line [":" column]]
              [" [opt]" | " [inlined]" …]
    call    = name ["(" arguments ")"]
    source  = ("->" | "  ") n tab text                       and disassembly: "->  0x…: …"
    register= name " = 0x" value

Frames of calls that were inlined hold the mark `[inlined]` and stand above the physical frame, with its address. The
`*` marks the thread and the frame that the debugger has selected: the one that stopped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from triage.formats.exception_codes import name as code_name
from triage.formats.traces.check_frames import placed
from triage.formats.traces.gdb_frames import call
from triage.formats.traces.patterns import integer, lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace, json_text

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "lldb"
TITLE: Final = "lldb stack"
PLATFORM: Final = "native"
ANCHORS: Final = ("frame #", "stop reason = ", "(lldb) ")

_BACK: Final = 60
_GAP: Final = 2
_AHEAD: Final = 12
_FRAME: Final = lazy(r"\s{0,4}(\*?)\s{0,4}frame #(\d{1,6}): (0x[0-9a-fA-F]{1,16})(?: (\S.*))?$")
_THREAD: Final = lazy(r"\s{0,4}(\*?)\s{0,4}thread #(\d{1,6})(?=[,:]|\s*$)(.*)$")
_TID: Final = lazy(r"\btid = (0x[0-9a-fA-F]{1,16}|\d{1,18})")
_NAME: Final = lazy(r"\bname = '([^'\n]{1,200})'")
_QUEUE: Final = lazy(r"\bqueue = '([^'\n]{1,200})'")
_REASON: Final = lazy(r"\bstop reason = (.*)$")
_MACH: Final = lazy(r"(EXC_\w{1,30}) \((?:code=([\w-]{1,40}))?(?:, (?:address|subcode)=(0x[0-9a-fA-F]{1,16}))?")
_SIGNAL: Final = lazy(r"signal (SIG[A-Z0-9]{2,8})(?:: (.*))?")
_FAULT: Final = lazy(r"fault address[:=]\s?(0x[0-9a-fA-F]{1,16})")
_STOPPED: Final = lazy(r"Process (\d{1,9}) (?:stopped|launched: '?(.{1,400}?)'?(?: \(\w{1,20}\))?$)")
_REGISTER: Final = lazy(r"\s{4,12}([a-z][a-z0-9_]{1,7}) = (0x[0-9a-fA-F]{1,16})(?:\s{1,4}\S.{0,200})?$")
_OTHER: Final = lazy(
    r"\(lldb\)|\s{0,4}(?:->)?\s{1,6}\d{1,7}\s{0,4}\t|\s{0,4}(?:->)?\s{1,6}\d{1,7}\s{2,8}\S"
    r"|\s{0,2}(?:->)?\s{1,6}0x[0-9a-fA-F]{1,16} ?(?:<\+\d{1,8}>)?:"
    r"|[^\s`]{1,200}`.{1,1000}:\s*$|Target \d{1,4}: |General Purpose Registers:|Floating Point Registers:|Core file '"
    r"|Current executable set to "
    r"|Process \d{1,9} |\s{4,8}\^|Executable module set|Architecture set to|warning: |Likely cause: "
    r"|[^\s]{1,200} was compiled with optimization"
)
_TAGS: Final = (" [opt]", " [artificial]", " [inlined]")
_RAISED: Final = frozenset({"SIGABRT", "SIGTRAP", "SIGILL"})
_SIGNALS: Final = {
    "EXC_BAD_ACCESS": "SIGSEGV",
    "EXC_BAD_INSTRUCTION": "SIGILL",
    "EXC_ARITHMETIC": "SIGFPE",
    "EXC_BREAKPOINT": "SIGTRAP",
}


@dataclass(slots=True)
class _Thread:
    """One thread in the making."""

    number: int | None = None
    thread_id: int | None = None
    name: str | None = None
    queue: str | None = None
    reason: str | None = None
    selected: bool = False
    frames: list[Frame] = field(default_factory=list)
    last: int = -1


def read(window: Window) -> Report | None:
    """What lldb printed around the anchor."""
    if not any(_sure(window[index] or "") for index in range(_AHEAD)):
        return None
    first = 0
    for index in range(-1, -_BACK, -1):
        line = window[index]
        if line is None or window.is_record(index):
            break
        if _belongs(line):
            first = index
        elif line.strip():
            break
    session = _Session()
    at = end = first
    while (line := window[at]) is not None and not (at > 0 and window.is_record(at)) and at - end <= _GAP:
        at += 1
        if session.take(line.rstrip(), at - 1):
            end = at
        elif line.strip():
            break
    return session.report(first, end) if end > 0 else None


def _sure(line: str) -> bool:
    """Whether a line is lldb's and of nobody else."""
    return bool(_FRAME.match(line) or ((thread := _THREAD.match(line)) and "stop reason = " in thread[3]))


def _belongs(line: str) -> bool:
    """Whether a line can stand in what lldb prints."""
    return bool(
        _sure(line) or _THREAD.match(line) or _OTHER.match(line) or _STOPPED.match(line) or _REGISTER.match(line)
    )


class _Session:
    """The threads of one report."""

    def __init__(self) -> None:
        self.threads: list[_Thread] = [_Thread()]
        self.registers: dict[str, str] = {}
        self.process_id: int | None = None
        self.process: str | None = None

    def take(self, line: str, at: int) -> bool:
        """Take a line; whether it belongs."""
        if found := _FRAME.match(line):
            self._framed(found, at)
        elif thread := _THREAD.match(line):
            self._begin(thread)
        elif stopped := _STOPPED.match(line):
            self.process_id = int(stopped[1])
            self.process = stopped[2] or self.process
        elif register := _REGISTER.match(line):
            self.registers.setdefault(register[1], f"0x{int(register[2], 16):x}")
        else:
            return bool(_OTHER.match(line))
        return True

    def _begin(self, found: re.Match[str]) -> None:
        """A thread's heading; lldb says the one that stopped again when asked for its stack."""
        rest = found[3]
        tid, name, queue, reason = (pattern.search(rest) for pattern in (_TID, _NAME, _QUEUE, _REASON))
        self.threads.append(
            _Thread(
                number=int(found[2]),
                thread_id=integer(tid[1]) if tid else None,
                name=name[1] if name else None,
                queue=queue[1] if queue else None,
                reason=reason[1].strip() if reason else None,
                selected=found[1] == "*",
            )
        )

    def _framed(self, found: re.Match[str], at: int) -> None:
        """A frame; a number that does not go up begins another stack of the same thread."""
        thread = self.threads[-1]
        number = int(found[2])
        if thread.frames and number <= thread.last:
            again = _again(thread)
            self.threads.append(again)
            thread = again
        if number > thread.last + 1:
            thread.frames.append(Frame(frame_kind="elided", repeat=number - thread.last - 1, text_line=at))
        thread.last = number
        thread.frames.append(_frame(int(found[3], 16), (found[4] or "").strip(), at))

    def _kept(self) -> list[_Thread]:
        """Each thread once, with its longest stack; the one that stopped first."""
        kept: dict[object, _Thread] = {}
        for place, thread in enumerate(self.threads):
            if not thread.frames and not thread.reason:
                continue
            key = thread.number if thread.number is not None else ("alone", place)
            held = kept.get(key)
            if held is not None:
                thread.reason = thread.reason or held.reason
                thread.selected = thread.selected or held.selected
                thread.name, thread.thread_id = thread.name or held.name, thread.thread_id or held.thread_id
            if held is None or len(thread.frames) >= len(held.frames):
                kept[key] = thread
            else:
                held.reason, held.selected = thread.reason, thread.selected
        return sorted(
            kept.values(), key=lambda thread: (not thread.reason or thread.reason == "trace", not thread.selected)
        )

    def report(self, first: int, end: int) -> Report | None:
        """What was taken, as a report."""
        threads = self._kept()
        if not threads:
            return None
        crash = threads[0]
        error_type, value, signal, address, code = _stopped(crash.reason)
        return Report(
            first=first,
            end=end,
            kind="crash" if error_type else "dump",
            level="fatal" if error_type else "error",
            traces=tuple(
                Trace(
                    frames=tuple(_inlined(thread.frames)),
                    role="thread" if place else "crash",
                    error_type=None if place else error_type,
                    error_value=None if place else value,
                    thread_id=thread.thread_id,
                    thread_name=thread.name or thread.queue,
                    crashed=not place,
                    registers=json_text(self.registers) if self.registers and not place else None,
                    unwinder="text",
                )
                for place, thread in enumerate(threads)
            ),
            error_type=error_type,
            error_value=value,
            error_code_name=code,
            signal=signal,
            fault_address=address,
            thread_id=crash.thread_id,
            process_id=self.process_id,
            process=self.process,
            facts=(("stop_reason", crash.reason),) if crash.reason else (),
            complete=bool(crash.frames),
            leads=error_type is not None,
            follows=signal in _RAISED,
        )


def _again(thread: _Thread) -> _Thread:
    """The same thread, with another stack."""
    return _Thread(thread.number, thread.thread_id, thread.name, thread.queue, thread.reason, thread.selected)


def _stopped(reason: str | None) -> tuple[str | None, str | None, str | None, int | None, str | None]:
    """Type, message, signal, address and code of a stop reason; a breakpoint or a step is no crash."""
    if reason is None:
        return None, None, None, None, None
    if mach := _MACH.match(reason):
        code = f"{mach[1]} / {mach[2]}" if mach[2] else mach[1]
        # only this exception has an address as its second code
        address = int(mach[3], 16) if mach[3] and mach[1] == "EXC_BAD_ACCESS" else None
        return mach[1], reason, _SIGNALS.get(mach[1]), address, code
    if sent := _SIGNAL.match(reason):
        fault = _FAULT.search(reason)
        return sent[1], (sent[2] or "").strip() or None, sent[1], int(fault[1], 16) if fault else None, None
    if reason.isdigit():
        named = code_name("linux", int(reason))
        return named, None, named, None, None
    if reason.startswith(("breakpoint", "step", "instruction step", "trace", "watchpoint", "thread plan", "exec")):
        return None, None, None, None, None
    if reason.startswith("Exception 0x"):
        words = reason.split()
        return words[1], reason, None, None, None
    return reason.partition(":")[0], reason, None, None, None


def _frame(address: int, text: str, at: int) -> Frame:
    """One frame behind its address."""
    inlined = " [inlined] " in text
    depth = 1 if inlined or text.endswith(" [inlined]") else 0
    while tag := next((tag for tag in _TAGS if text.endswith(tag)), None):
        text = text[: -len(tag)].rstrip()
    module, named, rest = text.partition("`")
    if not named:
        module, rest = "", text
    head, found, place = rest.rpartition(" at ")
    file, line, column = placed(place) if found and ":" in place else (None, None, None)
    name = head if file and line is not None else rest
    if line is None:
        file, column = None, None
    name = name.replace(" [inlined] ", " ", 1) if not named else name.partition(" [inlined] ")[2] or name
    name, offset = _offset(name.strip())
    function, args = call(name) if name and not name.startswith("___lldb_unnamed_symbol") else (None, None)
    if function and args is not None and function.endswith((")", " const")):
        function, _ = call(function)  # the values of the arguments stood behind a whole signature
    return Frame(
        function=function,
        function_raw=name if name and function != name else None,
        args=args or None,
        module=module or None,
        symbol_offset=offset,
        file=file,
        line=line,
        column=column,
        trust="text",
        address=address,
        inline_depth=depth,
        text_line=at,
    )


def _offset(name: str) -> tuple[str, int | None]:
    """Part a name from ` + 12` at its end."""
    head, found, digits = name.rpartition(" + ")
    if found and digits.isascii() and digits.isdigit() and len(digits) < 19:
        return head, int(digits)
    return name, None


def _inlined(frames: list[Frame]) -> list[Frame]:
    """Count how deep each marked frame was inlined into the physical one below it."""
    depth, out = 0, []
    for frame in reversed(frames):
        depth = depth + 1 if frame.inline_depth else 0
        out.append(replace(frame, inline_depth=depth) if frame.inline_depth else frame)
    out.reverse()
    return out

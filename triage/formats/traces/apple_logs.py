r"""What Apple's runtimes and kernel print into logs: exceptions that nobody caught, and kernel panics.

Facts: general knowledge of CoreFoundation, libc++abi and XNU. Grammar::

    exception = "*** Terminating app due to uncaught exception '" name "', reason: '" words "'"
                "*** First throw call stack:" "(" frame* ")" | "(0x" address … ")"
                [ "libc++abi: terminating " words ]
    panic     = "panic(cpu " n [" caller 0x" hex] "): " words line*
    line      = key ": " value | "lr: 0x" hex " fp: 0x" hex | "0x" frame " : 0x" return [ name ]
              | "Kernel Extensions in backtrace:" (kext "(" version ")[" uuid "]@0x" base "->0x" end)*
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from triage.formats.traces import apple_frames as lines
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import BACK, Window
from triage.records import Frame, Trace
from triage.times import epoch

__all__ = ("exception_log", "panic", "terminated")

_THROWN: Final = lazy(
    r"(?<![\"\w\\/])(?:\*{3} )?Terminating app due to uncaught exception (?:of class )?'([\w.$<>: -]{1,200})'",
    re.DOTALL,
)
_REASON: Final = lazy(r"[ \t]{0,8}, reason: ")
_STACK: Final = lazy(r"[ \t>]{0,16}(?:\*{3} )?(?:First throw call stack|Call stack at first throw|Stack):")
_RAW: Final = lazy(r"[ \t>]{0,16}\(?(?:[ \t]{0,4}0x[0-9a-fA-F]{1,16}){2,600}[ \t]{0,4}\)?[ \t]{0,8}$")
_HEX: Final = lazy(r"0x([0-9a-fA-F]{1,16})(?![0-9a-fA-F])")
_AFTER: Final = lazy(r"[ \t>]{0,16}(?:libc\+\+abi(?:\.dylib)?: |terminat(?:e called|ing) )")
# Lines that a reason may have.
_REASON_LINES: Final = 60

_PANIC: Final = lazy(r"panic\(cpu (\d{1,4})(?: caller 0x([0-9a-fA-F]{1,16}))?\): (.*)", re.DOTALL)
_PLACE: Final = lazy(r"@(/?[\w.+/-]{1,300}):(\d{1,7})[ \t]{0,8}$")
_ARM: Final = lazy(r"[ \t]{0,16}lr:[ \t]{1,4}0x([0-9a-fA-F]{1,16})[ \t]{1,4}fp:[ \t]{1,4}0x[0-9a-fA-F]{1,16}")
_INTEL: Final = lazy(r"[ \t]{0,16}0x[0-9a-fA-F]{6,16} : 0x([0-9a-fA-F]{1,16})(?:[ \t]{1,8}(.{0,400}))?$", re.DOTALL)
_KEXT: Final = lazy(
    r"[ \t]{1,40}([a-zA-Z][\w.-]{3,120})\(([\w.~-]{1,60})\)\[([0-9A-Fa-f-]{32,36})\]"
    r"@0x([0-9a-fA-F]{1,16})->0x([0-9a-fA-F]{1,16})"
)
_DEPENDENCY: Final = lazy(r"[ \t]{4,60}dependency: ")
_TASK: Final = lazy(r"Panicked task 0x[0-9a-fA-F]{1,16}: .{0,120}?pid (\d{1,9}): (.{1,200})", re.DOTALL)
_KEY: Final = lazy(r"[ \t]{0,8}([A-Za-z_][\w /?().,]{1,100}):(?:[ \t]{1,20}(.{0,2000})|$)", re.DOTALL)
_KEYS: Final = (
    "Debugger message", "Memory ID", "OS release type", "OS version", "Mac OS version", "Kernel version",
    "KernelCache", "Kernel UUID", "iBoot version", "iBoot Stage", "secure boot?", "roots installed", "Paniclog version",
    "Kernel slide", "Kernel text", "__HIB text base", "mach_absolute_time", "Boot args", "BSD process name",
    "Process name corresponding", "System model name", "System uptime", "System shutdown begun", "Panic diags file",
    "Hibernation exit count", "last started kext", "last stopped kext", "last loaded kext", "last unloaded kext",
    "Boot session UUID", "Fileset Kernelcache UUID", "Compressor Info", "Total cpu_usage", "Zone info", "Zone Map",
    "Panicked thread", "Boot", "Sleep", "Wake", "Calendar", "Epoch Time", "Exception Vector Base",
    "Kernel Extensions in",
    "loaded kexts", "Backtrace (CPU", "CORE ", "TPIDRx_ELy", "SOCID", "Exception class", "Hardware Model",
)  # fmt: skip
_MORE: Final = lazy(
    r"[ \t]{1,20}(?:Boot|Sleep|Wake|Calendar|CORE|TPIDR|x\d|lr|fp|Zone|VM |GEN\d|Metadata|Bitmap|Pages|Kext|com\.)"
    r"|[\w.]{4,100}[ \t]\d[\w.]{0,20}$|\*\* .{1,60} \*\*|CORE \d|mach_kernel|Thread task pri|0x[0-9a-fA-F]{8,16} \S"
)
_WORD: Final = lazy(r"0x[0-9a-fA-F]{1,12}")
_DEVICE: Final = lazy(r"\w[\w,-]{1,40}")


def terminated(text: str) -> tuple[str, str | None] | None:
    """Name and reason of the exception that such a sentence tells of.

    Examples
    --------
    >>> terminated("*** Terminating app due to uncaught exception 'E', reason: 'it's gone'")
    ('E', "it's gone")
    """
    found = _THROWN.search(text) if "Terminating app" in text else None
    if found is None:
        return None
    reason = _REASON.match(text, found.end())
    if reason is None:
        return found[1], None
    words = text[reason.end() :].rstrip()
    end = len(words) if words.endswith("'") else words.rfind("'\n") + 1 or len(words)
    return found[1], words[:end].removeprefix("'").removesuffix("'") or None


def exception_log(window: Window) -> Report | None:
    """The exception that nobody caught, with its first throw call stack."""
    line = window[0] or ""
    if '{"' in line or '\\"' in line or "\\n" in line:
        return None  # inside of a JSON text, or of source code
    said: list[str] = []
    at = 0
    if terminated(line) is not None:
        below = _stack(window, said)
        if below is None:
            return _without(window, said)
        at = below
    elif not _STACK.match(line):
        return None
    frames, end, closed = _frames(window, at + 1)
    if not frames:
        return _without(window, said) if said else None
    thrown = terminated("\n".join(said)) or (None, None)
    if _AFTER.match(window[end] or "") and not window.is_record(end):
        end += 1
    return Report(
        end=end,
        kind="exception",
        traces=(Trace(frames=tuple(frames), error_type=thrown[0], error_value=thrown[1], unwinder="text"),),
        handled=False,
        error_type=thrown[0],
        error_value=thrown[1],
        signal="SIGABRT",
        complete=closed and thrown[0] is not None,
        leads=True,
    )


def _stack(window: Window, said: list[str]) -> int | None:
    """The line that announces the stack; the lines of the reason before it."""
    for index in range(_REASON_LINES):
        line = window[index]
        if line is None or (index and window.is_record(index) and not _STACK.match(line)):
            return None
        if _STACK.match(line):
            return index
        said.append(line)
    return None


def _without(window: Window, said: list[str]) -> Report | None:
    """An exception whose stack is not printed: its own line, if the reason ends there."""
    line = window[0] or ""
    thrown = terminated(line)
    if thrown is None or thrown[1] is None or not line.rstrip().endswith("'"):
        return None
    del said[1:]
    return Report(
        kind="exception",
        handled=False,
        error_type=thrown[0],
        error_value=thrown[1],
        signal="SIGABRT",
        complete=False,
        leads=True,
    )


def _frames(window: Window, start: int) -> tuple[list[Frame], int, bool]:
    """The frames from a line on, where they end, and whether they were closed."""
    frames: list[Frame] = []
    index = end = start
    number = 0
    while (line := window[index]) is not None and index - end < 3:
        text = line.strip(" \t>")
        found = lines.frame(line)
        if found is not None and found[0] == number:
            frames.append(replace(found[1], text_line=index))
            number += 1
        elif not frames and _RAW.match(line):
            frames = [Frame(address=int(m[1], 16), trust="text", text_line=index) for m in _HEX.finditer(line)]
            return frames, index + 1, line.rstrip().endswith(")")
        elif text == ")" and frames:
            return lines.inlined(frames), index + 1, True
        elif text not in {"", "("}:
            break
        index += 1
        end = index if text else end
    return lines.inlined(frames), end, False


class _Panic:
    """The reading of a panic."""

    def __init__(self) -> None:
        self.facts: dict[str, str] = {}
        self.frames: list[Frame] = []
        self.kexts: list[dict[str, object]] = []
        self.last = ""

    def feed(self, index: int, line: str) -> bool:
        """Take a line if it belongs to the panic."""
        if (found := _ARM.match(line)) is not None:
            if int(found[1], 16):
                self.frames.append(Frame(address=int(found[1], 16), trust="text", text_line=index))
        elif (found := _INTEL.match(line)) is not None:
            name = (found[2] or "").strip()
            held, _, name = name.partition(" : ") if " : " in name else ("", "", name)
            frame = lines.named(name, held or None, int(found[1], 16))
            self.frames.append(replace(frame, text_line=index))
        elif (found := _KEXT.match(line)) is not None:
            base, end = int(found[4], 16), int(found[5], 16)
            self.kexts.append(
                lines.module(
                    name=found[1], path=None, base=base, size=max(end - base + 1, 0), uuid=found[3], version=found[2]
                )
            )
        elif (found := _TASK.match(line.strip())) is not None:
            self.facts |= {"pid": found[1], "task": found[2].strip()}
        elif (found := _KEY.match(line)) is not None and found[1].startswith(_KEYS):
            self.last = found[1].strip()
            self.facts.setdefault(self.last, (found[2] or "").strip())
        elif self.last == "Mac OS version" and not self.facts[self.last] and line.strip():
            self.facts[self.last] = line.strip()
        else:
            return bool(_DEPENDENCY.match(line) or _MORE.match(line))
        return True


def panic(window: Window) -> Report | None:
    """A panic of Apple's kernel: its sentence must be followed by what only XNU prints."""
    line = window[0] or ""
    at = line.find("panic(cpu ")
    found = _PANIC.match(line, at)
    if found is None or '":' in line[:at]:
        return None
    message, read, end, sure, doubt = [found[3].strip()], _Panic(), 1, False, 0
    index = 1
    while (line := window[index] or "") or window[index] is not None:
        if _PANIC.match(line) or window.is_record(index) or doubt > (3 if sure else BACK) or (not sure and index > 12):
            break
        if read.feed(index, line):
            sure, doubt, end = True, 0, index + 1
        elif not sure and line.strip():
            message.append(line.strip())
        else:
            doubt += 1
        index += 1
    if not sure:
        if _PLACE.search(message[0]) is None:
            return None
        message = message[:1]
    return _panicked(found, "\n".join(message), read, end)


def _panicked(found: re.Match[str], message: str, read: _Panic, end: int) -> Report:
    """The report of a panic."""
    facts = read.facts
    place = _PLACE.search(message)
    words = (message[: place.start()] if place else message).strip().strip('"')
    images = lines.Images(read.kexts)
    frames = tuple(images.place(frame) for frame in read.frames)
    version = facts.get("OS version") or facts.get("Mac OS version")
    clock = [int(part, 16) for part in facts.get("Calendar", "").split() if _WORD.fullmatch(part)]
    kernel = facts.get("Kernel version", "")
    model = _DEVICE.match(facts.get("System model name", ""))
    task = facts.pop("task", None) or next(
        (value for key, value in facts.items() if "process name corresponding" in key.lower()), None
    )
    pid = facts.pop("pid", "")
    return Report(
        first=0,
        end=end,
        kind="crash",
        traces=(Trace(frames=frames, error_type="panic", error_value=words or None, unwinder="text"),),
        handled=False,
        error_type="panic",
        error_value=words or None,
        process=task,
        process_id=int(pid) if pid else None,
        os_name="macOS" if model or "Mac OS version" in facts else None,
        os_version=version,
        arch="arm64" if "ARM64" in kernel else "x86_64" if "X86_64" in kernel else None,
        device=model[0] if model else None,
        ts=epoch(clock[0] + clock[1] / 1_000_000) if len(clock) == 2 else None,
        facts=(
            ("cpu", found[1]),
            *((("caller", f"0x{found[2]}"),) if found[2] else ()),
            *((("place", f"{place[1]}:{place[2]}"),) if place else ()),
            *((key, value) for key, value in facts.items() if value),
        ),
        modules=tuple(read.kexts),
        complete=bool(frames),
    )

r"""What follows the message of a failed check: further lines, the program's own stacks, crash keys, registers.

Facts: general knowledge of what Chromium, V8, Node, glog, absl and glibc print there, held against reports that fuzzers
collected. Grammar, one line each; blank lines may stand between::

    tail     = [message lines] lead* stack ( task | keys | registers | map | script | end )*
    task     = "Task trace:" ["Backtrace:"] stack
    lead     = "Backtrace:" | "Stack trace:" | "*** Check failure stack trace: ***" | "==== C stack trace ====" | "#"
    keys     = "Crash keys:" ( '  "' key '" = "' value '"' )*
    registers= ( name ": " hex )*                       eight or sixteen digits, up to four on a line
    map      = "======= Memory map: ========" ( from "-" to " " rights " " offset " " device " " inode " " path )*
    end      = "[end of stack trace]" | "Calling _exit(1). Core file will not be generated."

A message goes on over lines of its own until a stack begins, at most 40; where none begins it is one line long.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from triage.formats.traces.check_frames import form, stack
from triage.formats.traces.check_script import script
from triage.formats.traces.patterns import lazy
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("Tail", "finish", "stacked")

_MESSAGE_LINES: Final = 40
_BLANKS: Final = 5
_LEADS: Final = lazy(
    r"\s*$|#\s*$|#FailureMessage Object: |\s{0,8}(?:[Bb]acktrace|BACKTRACE|[Cc]all ?[Ss]tack|Stack ?[Tt]race"
    r"|Native stack trace)"
    r"(?: returned \d{1,5} entries)?:\s*$|.{0,200}\] (?:Backtrace \(use tools/stack_decode|Envoy version: )"
    r"|\s{0,8}\*\*\* Check failure stack trace: \*\*\*"
    r"|\s{0,8}(?:={4,8} (?:C stack trace|Backtrace:) ?=|-{4,8} Native stack trace -)"
    r"|={3,8} Source Location Trace: ="
    r"|Obtained \d{1,5} stack frames|(?:.{0,160}: )?PC: @|.{0,200}=== Critical error: ===|.{0,80}Fatal error!\s*$"
    r"|\[Backtrace\]|Stack dump:|Exception raised from .{1,400} \(most recent call first\):\s*$"
)
_MORE_LEADS: Final = lazy(
    r"[\w./-]{1,400}\.\w{1,4}:\d{1,9}\s*$|\d{1,4}\.\s|(?:\[backtrace\] )?IPC message handler context: 0x"
)
_STOPS: Final = lazy(
    r"==\d{1,9}==|={40,}|\w{1,60}Sanitizer:|\[(?:\d{1,9}:){0,2}\d{4,8}[/,]\d{6}[.:]|[IWEF]\d{4,8} \d\d:\d\d:\d\d"
    r"|Received signal |SUMMARY: |#\s*$"
    r"|\*\*\* (?:Aborted at|SIG)|Program received signal|Fatal signal |AddressSanitizer:|Aborted\b|\(core dumped\)"
    r"|(?:Abort|Segmentation fault|Trace)"
)
_END: Final = ("[end of stack trace]", "Calling _exit(1). Core file will not be generated.")
_TASK: Final = lazy(r"\s{0,4}Task trace:\s*$")
_KEYS: Final = lazy(r"\s{0,4}Crash keys:\s*$")
_KEY: Final = lazy(r'\s{1,8}"([^"\n]{1,200})" = "(.*?)"?$')
_REGISTERS: Final = lazy(r"(?:\s{1,4}[a-z][a-z0-9]{1,3}: [0-9a-f]{8,16}){1,8}\s*$")
_REGISTER: Final = lazy(r"([a-z][a-z0-9]{1,3}): ([0-9a-f]{8,16})")
_MAP: Final = lazy(r"={4,8} Memory map: =")
_MAPPED: Final = lazy(
    r"([0-9a-f]{6,16})-([0-9a-f]{6,16}) [r-][w-][x-][ps] [0-9a-f]{8} [0-9a-f]{2,3}:[0-9a-f]{2,6} \d{1,20}(?:\s{1,80}"
    r"(.*))?$"
)
_SCRIPT: Final = ("==== JS stack trace ", "----- JavaScript stack trace -")


@dataclass(slots=True)
class Tail:
    """What follows a message; lines count from the anchor."""

    end: int
    message: list[str] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    others: list[Trace] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    registers: dict[str, str] = field(default_factory=dict)
    modules: dict[str, dict[str, object]] = field(default_factory=dict)
    # whether a stack was announced
    announced: bool = False


def stacked(window: Window, start: int, *, message: bool = False) -> Tail:
    """Read the stack behind a message that ends before `start`; `message` says that it may go on there."""
    found = Tail(start)
    begin = _begin(window, found, start, message=message)
    if begin is not None:
        found.frames, end = stack(window, begin)
        found.end = max(found.end, end)
    return found


def finish(window: Window, found: Tail) -> None:
    """Read what follows behind the stack."""
    while _more(window, found):
        pass


def _begin(window: Window, found: Tail, start: int, *, message: bool) -> int | None:
    """Where the stack begins; the lines before it are leads or go on with the message."""
    lines: list[str] = []
    for index in range(start, start + _MESSAGE_LINES):
        line = window[index]
        if line is None or window.is_record(index):
            break
        first = form(line)
        if first and (
            first[1].frame.address is not None or first[1].frame.file or first[1].frame.module or found.announced
        ):
            found.message = lines
            return index
        if _LEADS.match(line):
            if line.strip() and line.strip() != "#":
                found.announced, found.end, found.message = True, index + 1, list(lines)
            elif lines:
                lines.append("")
        elif found.announced and _MORE_LEADS.match(line):
            found.end = index + 1
        elif _STOPS.match(line) or line.startswith((*_SCRIPT, *_END)) or not message or found.announced:
            break
        else:
            lines.append(line.rstrip())
    return None


def _more(window: Window, found: Tail) -> bool:
    """Take one more part behind what was read; at most some blank lines or `#` before it."""
    for at in range(found.end, found.end + _BLANKS):
        line = window[at]
        if line is None or (at > 0 and window.is_record(at)):
            return False
        if line.strip() in {"", "#"}:
            continue
        if line.startswith(_END):
            found.end = at + 1
            return True
        return _part(window, found, at, line)
    return False


def _part(window: Window, found: Tail, at: int, line: str) -> bool:
    """The part that begins with this line, if any does."""
    if _TASK.match(line):
        first = next((n for n in range(at + 1, at + _BLANKS) if form(window[n] or "")), at + 1)
        between = {(window[n] or "").strip() for n in range(at + 1, first)}
        frames, end = stack(window, first) if between <= {"", "Backtrace:"} else ([], at + 1)
        if frames:
            found.others.append(Trace(frames=tuple(frames), role="other", state="task trace", unwinder="text"))
        found.end = max(end, at + 1)
    elif _KEYS.match(line):
        found.end = at + 1
        while (key := _KEY.match((window[found.end] or "").rstrip())) is not None:
            found.facts.append((key[1], key[2]))
            found.end += 1
    elif line.lstrip().startswith("IPC message handler context: "):
        found.facts.append(("ipc_message_handler_context", line.rpartition(": ")[2].strip()))
        found.end = at + 1
    elif _REGISTERS.match(line):
        found.registers.update((name, f"0x{int(value, 16):x}") for name, value in _REGISTER.findall(line))
        found.end = at + 1
    elif _MAP.match(line):
        _map(window, found, at + 1)
    elif line.startswith(_SCRIPT):
        frames, found.end = script(window, at)
        if frames:
            role = "other" if found.frames else "crash"
            found.others.append(Trace(frames=tuple(frames), role=role, unwinder="text"))
    elif not found.frames and line.startswith(
        ("==== C stack trace ", "----- Native stack trace -", "======= Backtrace: =")
    ):
        begin = _begin(window, found, at, message=False)
        if begin is None:
            # A stack that was announced and never came; going on from head to head would read all of it for nothing.
            return False
        found.frames, found.end = stack(window, begin)
    else:
        return False
    return True


def _map(window: Window, found: Tail, at: int) -> None:
    """The map of the memory that glibc prints: the images in it, each from its first mapping to its last."""
    found.end = at
    while (mapped := _MAPPED.match(window[found.end] or "")) is not None:
        found.end += 1
        path = (mapped[3] or "").strip()
        if not path.startswith("/"):
            continue
        low, high = int(mapped[1], 16), int(mapped[2], 16)
        image = found.modules.setdefault(path, {"name": path.rpartition("/")[2], "path": path, "base": low, "size": 0})
        base = image["base"]
        if isinstance(base, int) and high > base:
            image["size"] = high - base

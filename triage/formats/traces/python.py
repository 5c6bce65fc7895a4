"""Python stacks: the interpreter's own tracebacks, faulthandler's dumps, and the short form of DebugBundle's SDK.

Facts: run with CPython 3.11, and the shapes of 3.8 to 3.14 as its documentation prints them; DebugBundle's form as its
Python SDK 2.0.1 writes it. Grammar, one line each, `|` and `+` margins around exception groups taken off first::

    traceback  = [ "Exception in thread " name ":" ] [ prefix ] "Traceback (most recent call last):" frame* error
    frame      = '  File "' path '", line ' n [ ", in " function ] [ source line [ markers of ~ and ^ ] ]
               | "  [Previous line repeated " n " more times]"
    error      = type [ ": " message lines up to a blank line ]
    chain      = traceback "During handling of ..." | "The above exception was the direct cause ..." traceback
    dump       = ( "Current thread 0x" hex | "Thread 0x" hex ) " (most recent call first):" called*
    called     = '  File "' path '", line ' n " in " function | "  ..."
    short      = type ": " message lines ( "  File " path ", line " n ", in " function )* [ "Caused by:" short ]

Tracebacks and the short form print the oldest call first, dumps the innermost. Tracebacks print causes first, the short
form last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from triage.records import Frame, Trace

__all__ = ("parse", "probe")

_HEADER: Final = "Traceback (most recent call last):"
_LINKS: Final = (
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
)
_PROBE: Final = re.compile(r'^[ \t|+]*File (?:"[^"\n]*"|[^"\s][^\n]*), line (?:\d|\?\?\?)', re.MULTILINE)
_FRAME: Final = re.compile(r'\s*File "([^"]*)", line (\d{1,9}|\?\?\?)(?:,? in (.+))?$')
_SHORT: Final = re.compile(r"\s+File (.+), line (\d{1,9})(?:, in (.*))?$")
_REPEATED: Final = re.compile(r"\s*\[Previous line repeated (\d{1,9}) more times?\]\s*$")
_MARGIN: Final = re.compile(r"( *)([|+]) ?(.*)$")
_MEMBER: Final = re.compile(r"(?:-\+)?-{6,}(?: (?:\d+|\.\.\.) -{6,})?$")
_ERROR: Final = re.compile(r"([^\W\d][\w.<>]*)(?:: ?(.*))?$", re.DOTALL)
_THREAD: Final = re.compile(
    r"(Current thread|Thread) 0x([0-9a-fA-F]{1,16})(?: \[([^\]]*)\])? \(most recent call first\):"
)
_FATAL: Final = re.compile(
    r"(Fatal Python error|Windows fatal exception): ?(.*)$|(Timeout) \(([^)\n]{0,40})\)!", re.MULTILINE
)


@dataclass(slots=True)
class _Section:
    """One exception as it is read: its frames oldest first, and where it hangs."""

    level: int
    indent: int = 0
    member: int = 0
    linked: bool = False
    thread: str | None = None
    announced: bool = False
    error: str | None = None
    message: list[str] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)

    def trace(self, role: str, chain_no: int) -> Trace:
        """The exception as records know it."""
        return Trace(
            frames=tuple(reversed(self.frames)),
            role=role,
            chain_no=chain_no,
            error_type=self.error,
            error_value="\n".join(self.message) or None,
            thread_name=self.thread,
        )


def probe(text: str) -> bool:
    """Whether the text holds a Python frame line or the head of a traceback."""
    return _HEADER in text or "(most recent call first):" in text or _PROBE.search(text) is not None


def parse(text: str) -> list[Trace]:
    """Read a Python stack, innermost frames first.

    Examples
    --------
    >>> text = "ValueError: b\\n  File /a.py, line 2, in f\\nCaused by:\\nKeyError: a\\n  File /a.py, line 1, in g"
    >>> crash, cause = parse(text)
    >>> crash.error_type, crash.frames[0].function, cause.role, cause.error_value
    ('ValueError', 'f', 'cause', 'a')
    """
    if "(most recent call first):" in text:
        dumped = _dump(text)
        return _tracebacks(text) + dumped if _HEADER in text else dumped
    if _HEADER in text or 'File "' in text:
        return _tracebacks(text)
    return _short(text)


class _Reader:
    """The state machine over the lines of tracebacks."""

    def __init__(self) -> None:
        self.sections: list[_Section] = []
        self.current: _Section | None = None
        self.linked = False
        self.member = 0
        self.opened = False
        self.thread: str | None = None
        self.before = ("", "")

    def feed(self, level: int, text: str) -> None:
        """Take one line, its margin taken off."""
        mark = text.strip()
        if self.current is not None and self.current.level != level:
            self.current = None
        if mark in _LINKS:
            self.linked, self.current = True, None
        elif mark.endswith(_HEADER):
            self._open(level, text)
        elif self.current is None or not self._inside(self.current, text, mark):
            self._outside(level, text, mark)
        if mark:
            self.before = (self.before[1], mark)

    def separate(self) -> None:
        """A rule between the members of an exception group."""
        self.member += 1
        self.current, self.linked, self.opened = None, False, True

    def _open(self, level: int, text: str) -> _Section:
        section = _Section(level, len(text) - len(text.lstrip()), self.member, self.linked, self.thread)
        if "Uncaught Python exception" in self.before[0] and (error := _ERROR.match(self.before[1])):
            # a fuzzer's hook prints the error above its traceback, and nothing below
            section.error, section.message, section.announced = error[1], [error[2] or ""], True
        self.sections.append(section)
        self.current, self.linked, self.opened, self.thread = section, False, False, None
        return section

    def _inside(self, section: _Section, text: str, mark: str) -> bool:
        """Take a line of the section that is open; False where it does not belong to it."""
        if frame := _FRAME.match(text):
            if section.error and not section.announced:
                return False
            section.frames.append(_frame(frame))
        elif section.error and not section.announced:
            if not mark:
                self.current = None
            else:
                section.message.append(text[section.indent :])
        elif mark and section.frames and len(text) - len(text.lstrip()) > section.indent:
            _detail(section.frames, mark)
        elif mark and (error := _ERROR.match(mark)) and not section.announced:
            section.error, section.message = error[1], [error[2]] if error[2] else []
        elif mark:
            return False
        return True

    def _outside(self, level: int, text: str, mark: str) -> None:
        """Take a line outside of any section: a frame without a head, a member without frames, a thread's name."""
        self.current = None
        if frame := _FRAME.match(text):
            section = self._open(level, text)
            section.indent = max(0, section.indent - 2)
            section.frames.append(_frame(frame))
        elif self.opened and level and (error := _ERROR.match(mark)):
            section = self._open(level, text)
            section.error, section.message = error[1], [error[2]] if error[2] else []
        elif mark.startswith("Exception in thread ") and mark.endswith(":"):
            self.thread = mark[len("Exception in thread ") : -1]

    def traces(self) -> list[Trace]:
        """The exception that surfaced, its causes, then the members of groups and what else stood in the text."""
        chains: list[list[_Section]] = []
        latest: dict[int, list[_Section]] = {}
        for section in self.sections:
            if not section.frames and not section.error:
                continue
            home = latest.get(section.level)
            if section.linked and home and (home[-1].member == section.member or not section.level):
                home.append(section)
            else:
                latest[section.level] = [section]
                chains.append(latest[section.level])
        chains.sort(key=lambda chain: chain[0].level > 0)
        out: list[Trace] = []
        for index, chain in enumerate(chains):
            roles = ("crash", "cause") if index == 0 else ("member",) * 2 if chain[0].level else ("other",) * 2
            for depth, section in enumerate(reversed(chain)):
                out.append(section.trace(roles[depth > 0], len(out)))
        return out


def _tracebacks(text: str) -> list[Trace]:
    """Tracebacks as the interpreter prints them."""
    reader = _Reader()
    grouped = False
    for line in text.replace("\r\n", "\n").split("\n"):
        grouped = grouped or "Exception Group Traceback" in line
        margin = _MARGIN.match(line) if grouped else None
        if margin is None:
            reader.feed(0, line)
        elif margin[2] == "+" and _MEMBER.match(margin[3].rstrip()):
            reader.separate()
        else:
            reader.feed(max(0, len(margin[1]) // 2 - 1), margin[3])
    return reader.traces()


def _frame(match: re.Match[str]) -> Frame:
    """A frame of the interpreter's form."""
    line = None if match[2] == "???" else int(match[2])
    return Frame(function=match[3], file=match[1], line=line, language="python", trust="text")


def _detail(frames: list[Frame], mark: str) -> None:
    """Take what stands below a frame: a count of repeats, its source line; markers say nothing."""
    last = frames[-1]
    if repeated := _REPEATED.match(mark):
        frames.append(replace(last, frame_kind="repeated", repeat=int(repeated[1])))
    elif last.context_line is None and last.frame_kind == "frame" and mark.strip("~^ "):
        frames[-1] = replace(last, context_line=mark)


def _dump(text: str) -> list[Trace]:
    """The threads of a faulthandler dump, the current one first."""
    fatal = _FATAL.search(text)
    error, message = ((fatal[1] or fatal[3]), (fatal[2] or fatal[4])) if fatal else (None, None)
    threads: list[tuple[re.Match[str] | None, list[Frame]]] = []
    frames: list[Frame] | None = None
    for line in text.replace("\r\n", "\n").split("\n"):
        if "(most recent call first):" in line:
            frames = []
            threads.append((_THREAD.search(line), frames))
        elif frames is not None and (found := _FRAME.match(line)):
            frames.append(_frame(found))
        elif frames is not None and line.strip() == "...":
            frames.append(Frame(function_raw="...", frame_kind="elided", language="python"))
        elif frames is not None and not line.startswith("  "):
            frames = None
    current = next((index for index, (head, _) in enumerate(threads) if head and head[1] == "Current thread"), 0)
    out: list[Trace] = []
    for index, (head, held) in enumerate(threads):
        crashed = index == current
        trace = Trace(
            frames=tuple(held),
            role="crash" if crashed else "thread",
            error_type=error if crashed else None,
            error_value=message if crashed else None,
            thread_id=int(head[2], 16) if head else None,
            thread_name=head[3] if head else None,
            crashed=crashed if fatal else None,
        )
        out.insert(0 if crashed else len(out), trace)
    return out


def _short(text: str) -> list[Trace]:
    """The short form: the exception that surfaced, then its causes, each oldest call first."""
    out: list[Trace] = []
    head: list[str] = []
    frames: list[Frame] = []

    def close() -> None:
        error = _ERROR.match("\n".join(head).strip())
        if frames or error:
            trace = Trace(
                frames=tuple(reversed(frames)),
                role="cause" if out else "crash",
                chain_no=len(out),
                error_type=error[1] if error else None,
                error_value=(error[2] or None) if error else "\n".join(head).strip() or None,
            )
            out.append(trace)
        head.clear()
        frames.clear()

    for line in text.replace("\r\n", "\n").split("\n"):
        if frames and line.strip() == "Caused by:":
            close()
        elif found := _SHORT.match(line):
            frames.append(Frame(function=found[3], file=found[1], line=int(found[2]), language="python", trust="text"))
        elif not frames:
            head.append(line)
        elif line.strip():
            frames.append(Frame(function_raw=line.strip(), frame_kind="note", language="python"))
    close()
    return out

"""The interpreter's own tracebacks: how far they reach in a text, and the state machine that reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.log_lines import Tail
from triage.formats.traces.patterns import lazy
from triage.formats.traces.window import Window
from triage.records import Frame, Trace, json_text

__all__ = ("ERROR", "FRAME", "HEADER", "LINKS", "extent", "frame", "is_error", "margin", "tracebacks")

HEADER: Final = "(most recent call last)"
LINKS: Final = (
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
    # what excepthooks and older tools write between two
    "Original exception was:",
)
FRAME: Final = lazy(r'\s*File "([^"]*)", line (\d{1,9}|\?\?\?)(?:,? in (.+))?$')
ERROR: Final = lazy(r"([^\W\d][\w.<>]*)(?:: ?(.*))?$", re.DOTALL)
_REPEATED: Final = lazy(r"\s*\[Previous line repeated (\d{1,9}) more times?\]\s*$")
_MARGIN: Final = lazy(r"( *)([|+]) ?(.*)$")
_MEMBER: Final = lazy(r"(?:-\+)?-{6,}(?: (?:\d+|\.\.\.) -{6,})?$")
_TYPE: Final = lazy(r"(?:[^\W\d][\w<>]{0,100}\.){0,20}[^\W\d]\w{0,100}(?:: |:?$)")
_LOUD: Final = lazy(r"(?:Error|Exception|Exit|Interrupt|Iteration|Warning|Group)$")
_LOCAL: Final = lazy(r"([^\W\d]\w{0,100}) = (.*)$")
_NO_TYPES: Final = frozenset({"Aborted", "Killed", "Terminated", "Done", "Exiting", "Finished", "Stack", "Traceback"})
_QUOTES: Final = '"""'
# Blank lines between two parts, lines of a message, lines of source below a frame.
_GAP: Final = 3
_MESSAGE: Final = 200
_NEAR: Final = 8
_IN_THREAD: Final = lazy(r"Exception in thread (.+):$")


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
    # somebody took the indentation off
    flat: bool = False

    def trace(self, role: str, chain_no: int) -> Trace:
        """The exception as records know it."""
        return Trace(
            frames=tuple(reversed(self.frames)),
            role=role,
            chain_no=chain_no,
            error_type=self.error,
            error_value="\n".join(self.message).rstrip() or None,
            thread_name=self.thread,
        )


def frame(match: re.Match[str], number: int | None = None) -> Frame:
    """A frame of the interpreter's form."""
    line = None if match[2] == "???" else int(match[2])
    return Frame(function=match[3], file=match[1], line=line, language="python", trust="text", text_line=number)


def margin(line: str) -> str:
    """A line of an exception group without the bars before it."""
    found = _MARGIN.match(line)
    return found[3] if found else line


def is_error(mark: str) -> bool:
    """Whether a line looks like the type of an exception, with or without a message.

    Examples
    --------
    >>> [is_error(line) for line in ("a.B: c", "KeyboardInterrupt", "Aborted", "see below", "note: x")]
    [True, True, False, False, True]
    """
    found = _TYPE.match(mark)
    if not found:
        return False
    if mark[: found.end()].endswith(": "):
        return True
    return mark not in _NO_TYPES and ("." in mark or (mark[0].isupper() and not mark.isupper()) or len(mark) == 1)


def _sourced(section: _Section, mark: str) -> bool:
    """Whether a line without indentation is the source line of the last frame."""
    return section.flat and (
        (section.frames[-1].context_line is None and not is_error(mark)) or _REPEATED.match(mark) is not None
    )


class _Reader:
    """The state machine over the lines of tracebacks."""

    def __init__(self) -> None:
        self.sections: list[_Section] = []
        self.current: _Section | None = None
        self.linked = False
        self.member = 0
        self.opened = False
        self.thread: str | None = None
        self.announced: list[str] | None = None
        self.number = 0

    def feed(self, level: int, text: str) -> None:
        """Take one line, its margin taken off."""
        mark = text.strip()
        if self.current is not None and self.current.level != level:
            self.current = None
        if mark in LINKS:
            self.linked, self.current = True, None
        elif mark.endswith((HEADER + ":", HEADER)):
            self._open(level, text)
        elif "Uncaught Python exception" in mark:
            self.announced, self.current = [], None
        elif self.announced is not None and mark:
            self.announced.append(mark)
        elif self.current is None or not self._inside(self.current, text, mark):
            self._outside(level, text, mark)

    def separate(self) -> None:
        """A rule between the members of an exception group."""
        self.member += 1
        self.current, self.linked, self.opened = None, False, True

    def _open(self, level: int, text: str) -> _Section:
        section = _Section(level, len(text) - len(text.lstrip()), self.member, self.linked, self.thread)
        if self.announced and (error := ERROR.match("\n".join(self.announced))):
            # a fuzzer's hook prints the error above its traceback, and nothing below
            section.error, section.message, section.announced = error[1], [error[2] or ""], True
        self.sections.append(section)
        self.current, self.linked, self.opened, self.thread, self.announced = section, False, False, None, None
        return section

    def _inside(self, section: _Section, text: str, mark: str) -> bool:
        """Take a line of the section that is open; False where it does not belong to it."""
        if found := FRAME.match(text):
            if section.error and not section.announced:
                return False
            section.flat = section.flat or len(text) - len(text.lstrip()) <= section.indent
            section.frames.append(frame(found, self.number))
        elif section.error and not section.announced:
            if not mark:
                self.current = None
            elif mark != _QUOTES:
                section.message.append(text[section.indent :])
        elif mark and section.frames and (len(text) - len(text.lstrip()) > section.indent or _sourced(section, mark)):
            self._detail(section.frames, mark)
        elif mark and (error := ERROR.match(mark)) and not section.announced:
            section.error, section.message = error[1], [error[2]] if error[2] else []
        elif mark:
            return False
        return True

    def _detail(self, frames: list[Frame], mark: str) -> None:
        """Take what stands below a frame: a count of repeats, its source line, its variables; markers say nothing."""
        last = frames[-1]
        if repeated := _REPEATED.match(mark):
            frames.append(replace(last, frame_kind="repeated", repeat=int(repeated[1]), text_line=self.number))
        elif last.frame_kind != "frame" or not mark.strip("~^ "):
            return
        elif last.context_line is None:
            frames[-1] = replace(last, context_line=mark)
        elif found := _LOCAL.match(mark):
            shown = f"{last.variables[:-1]}," if last.variables else "{"
            pair = json_text({found[1]: found[2]})
            frames[-1] = replace(last, variables=shown + pair[1:])

    def _outside(self, level: int, text: str, mark: str) -> None:
        """Take a line outside of any section: a frame without a head, a member without frames, a thread's name."""
        self.current = None
        if found := FRAME.match(text):
            section = self._open(level, text)
            section.indent = max(0, section.indent - 2)
            section.frames.append(frame(found, self.number))
        elif self.opened and level and (error := ERROR.match(mark)):
            section = self._open(level, text)
            section.error, section.message = error[1], [error[2]] if error[2] else []
        elif named := _IN_THREAD.match(mark):
            self.thread = named[1]

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


def tracebacks(text: str) -> list[Trace]:
    """Tracebacks as the interpreter prints them."""
    reader = _Reader()
    grouped = False
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
        reader.number = number
        grouped = grouped or "Exception Group Traceback" in line
        found = _MARGIN.match(line) if grouped else None
        if found is None:
            reader.feed(0, line)
        elif found[2] == "+" and _MEMBER.match(found[3].rstrip()):
            reader.separate()
        else:
            reader.feed(max(0, len(found[1]) // 2 - 1), found[3])
    return reader.traces()


class _Extent:
    """Follows the lines of one traceback with its chain: what may stand where."""

    def __init__(self, *, headed: bool) -> None:
        self.state = "frames" if headed else "start"
        self.frames = 0
        self.errors = 0
        self.blanks = 0
        self.lines = 0
        self.indent = 0
        self.grouped = False
        self.flat = False
        self.gapped = False

    def takes(self, text: str, ended: bool) -> bool | None:
        """True: the line is of the report; None: it may be, if more follows; False: the report is over."""
        if "Exception Group Traceback" in text:
            self.grouped = True
        rule = self.grouped and (found := _MARGIN.match(text)) and found[2] == "+" and _MEMBER.match(found[3].rstrip())
        text = margin(text) if self.grouped else text
        mark = text.strip()
        if rule:
            self.state, self.blanks = "member", 0
            return True
        if not mark:
            return self._blank()
        self.gapped, self.blanks = self.blanks > 0, 0
        if mark.endswith((HEADER + ":", HEADER)) and "Stack (" not in mark:
            opens = self.state in {"link", "member"}
            self.state, self.indent = "frames", len(text) - len(text.lstrip())
            return opens
        if mark in LINKS and self.state != "start":
            self.state = "link"
            return True
        return self._inside(text, mark, ended)

    def _blank(self) -> bool | None:
        if self.state == "message":
            self.state = "after"
        self.blanks += 1
        return None if self.blanks <= _GAP else False

    def _inside(self, text: str, mark: str, ended: bool) -> bool:
        if self.state in {"frames", "start", "member"} or (self.state == "link" and not self.grouped):
            if FRAME.match(text):
                indent = len(text) - len(text.lstrip())
                self.indent = indent - 2 if self.state == "start" else self.indent
                self.flat = indent <= self.indent
                self.state, self.frames, self.lines = "frames", self.frames + 1, 0
                return True
            self.lines += 1
            if self.frames and len(text) - len(text.lstrip()) > self.indent and self.lines <= _MESSAGE and not ended:
                return True
            if self.flat and not ended and ((self.lines == 1 and not is_error(mark)) or _REPEATED.match(mark)):
                return True
            known = is_error(mark) and (not self.gapped or ":" in mark or _LOUD.search(mark) is not None)
            if self.state != "start" and not ended and known:
                self.state, self.lines = "message", 0
                self.errors += 1
                return True
            return False
        self.lines += 1
        return self.state == "message" and not ended and self.lines <= _MESSAGE


def _linked(window: Window, index: int) -> bool:
    """Whether the sentence that links two tracebacks follows soon: then what stands before it is a message."""
    for place in range(index, index + _NEAR):
        mark = (window[place] or "").strip()
        if mark in LINKS or mark.endswith(HEADER + ":"):
            return mark in LINKS
    return False


def extent(window: Window, start: int, *, headed: bool = True, announced: str | None = None) -> tuple[int, int, int]:
    """Where the traceback ends that begins below a header, or with a frame; with the frames and errors counted.

    `announced` is the error that was printed above: then none follows, or the same one once more.
    """
    follow = _Extent(headed=headed)
    head = window[start - 1] if headed else None
    if head is not None:
        follow.grouped = "Exception Group Traceback" in head
        text = margin(head) if follow.grouped else head
        follow.indent = len(text) - len(text.lstrip())
    tail = Tail(window, start)
    end = index = start
    while (line := window[index]) is not None:
        if announced is not None and line.strip() and not line[:1].isspace():
            return (index + 1 if line == announced and index == end else end), follow.frames, follow.errors + 1
        strict = follow.state == "message" and not _linked(window, index)
        taken = follow.takes(line, tail.ended(index, strict=strict))
        if taken is False:
            break
        index += 1
        if taken:
            end = index
    return end, follow.frames, follow.errors

r"""Rust: panic messages, `std::backtrace` in its short, full and debug forms, and the chains of anyhow and eyre.

Facts are from the standard library's panic hook and backtrace printer, the `backtrace` crate, and real reports::

    panic  = "thread 'NAME' [(TID)] panicked at FILE:LINE:COL:" LF message-lines      (Rust 1.73 and later)
           | "thread 'NAME' panicked at 'MESSAGE', FILE:LINE[:COL]"                   (before; MESSAGE may span lines)
    stack  = ["stack backtrace:"] (frame | at | inline | omitted)*  ["note: ..."]
    frame  = spaces N ": " [0xADDR " - "] (NAME | "<unknown>")
    inline = at least 6 spaces NAME          a further symbol of the frame above: the function that it was inlined into
    at     = spaces "at " FILE ":" LINE [":" COL]
    omitted = "[... omitted N frames ...]"   and eyre's `N frames hidden`
    debug  = "{ fn: \"NAME\", file: \"FILE\", line: N }"
    chain  = "Error: MESSAGE" ["Caused by:" ([N ":"] MESSAGE)*] ["Stack backtrace:" stack]

Each panic of a text becomes one trace with `role="crash"`; the causes of an error chain follow it with `role="cause"`.
A panic that printed no stack keeps the place of the panic as its only frame, with ``trust="location"``. Names lose the
hashes that the compiler adds (`::h` and 16 hex digits, `std[e28293b1aa0f68bd]`) and the escapes of the old mangling;
the name as written stays in `function_raw`. Every pass looks at a line once: linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from triage.records import Frame, Trace

__all__ = ("parse", "place", "plain_name", "probe")

# A longer line is no frame: names of generic code reach some thousand characters, not more.
_LINE_CHARS: Final = 65_536
# Lines between two frames that are kept as notes, and lines that a message may have.
_NOTE_LINES: Final = 16
_MESSAGE_LINES: Final = 400

_FRAME: Final = re.compile(r"[ \t]*(\d{1,5}):[ \t]+(?:0x([0-9a-fA-F]{1,16})[ \t]+-[ \t]+)?(\S.*)$")
_INLINE: Final = re.compile(r"[ \t]{6,}(?:-[ \t]+)?([^\s\[].*)$")
_AT: Final = re.compile(r"[ \t]+at (\S.*)$")
_OMITTED: Final = re.compile(r"\s*(?:\[\.\.\. omitted|\u22ee) *(\d{1,9}) frames?(?: \.\.\.\]| hidden)")
_DEBUG: Final = re.compile(r'\{ fn: "((?:[^"\\]|\\.)*+)"(?:, file: "((?:[^"\\]|\\.)*+)")?(?:, line: (\d{1,9}))?')
_THREAD: Final = re.compile(r"thread '([^'\n]{0,400})'(?: \((\d{1,18})\))?$")
_PLACE: Final = re.compile(r"(\S.*?):(\d{1,9})(?::(\d{1,9}))?:?$")
_PROBE: Final = re.compile(r"(?m)^[ \t]{0,8}\d{1,5}:[ \t]+\S[^\n]*\n[ \t]{2,}at [^\n]*:\d")
_HASH: Final = re.compile(r"::h[0-9a-f]{16}$")
_CRATE_HASH: Final = re.compile(r"(?<=\w)\[[0-9a-f]{6,16}\]")
_ESCAPE: Final = re.compile(r"\$(?:(SP|BP|RF|LT|GT|LP|RP|C)|u([0-9a-f]{1,6}))\$")
_ESCAPES: Final = {"SP": "@", "BP": "*", "RF": "&", "LT": "<", "GT": ">", "LP": "(", "RP": ")", "C": ","}
_STACK_HEADS: Final = ("stack backtrace:", "Stack backtrace:")
_NOTES: Final = ("note: ", "Note: ", "help: ")


def probe(text: str) -> bool:
    """Whether the text holds a panic or a backtrace of Rust."""
    if " panicked at " in text or text.startswith("panicked at ") or "\npanicked at " in text:
        return True
    if "' has overflowed its stack" in text or '{ fn: "' in text:
        return True
    if any(head in text for head in _STACK_HEADS):
        return any(_FRAME.match(line) for line in text.split("\n", 4000)[:4000] if len(line) <= _LINE_CHARS)
    return _PROBE.search(text) is not None


def parse(text: str) -> list[Trace]:
    r"""The panics and error chains of the text, each with its stack, in the order in which they stand.

    Examples
    --------
    >>> trace = parse("thread 'main' panicked at src/main.rs:2:5:\nno luck\nnote: run with ...")[0]
    >>> trace.error_type, trace.error_value, trace.thread_name, trace.frames[0].line
    ('panic', 'no luck', 'main', 2)
    """
    reader = _Reader()
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        at = reader.take(lines, at)
    return reader.traces()


def plain_name(name: str) -> str:
    """A symbol without the compiler's hash and with the escapes of the old mangling undone.

    Examples
    --------
    >>> plain_name("core::ops::_$LT$impl$u20$FnOnce$GT$::call::h0123456789abcdef")
    'core::ops::<impl FnOnce>::call'
    """
    name = _CRATE_HASH.sub("", _HASH.sub("", name))
    if "$" not in name:
        return name
    name = name.removeprefix("_") if name.startswith("_$") else name.replace("::_$", "::$")
    return _ESCAPE.sub(_unescape, name).replace("..", "::")


def place(text: str) -> tuple[str, int | None, int | None]:
    r"""File, line and column of `FILE:LINE[:COL]`, read from the right: a Windows path has a colon of its own.

    Examples
    --------
    >>> place("C:\\app\\main.rs:7:5")
    ('C:\\app\\main.rs', 7, 5)
    """
    head, _, last = text.rpartition(":")
    if not head or not _is_number(last):
        return text, None, None
    file, _, line = head.rpartition(":")
    if file and _is_number(line):
        return file, int(line), int(last) or None
    return head, int(last), None


@dataclass(slots=True)
class _Panic:
    """One panic or error chain in the making."""

    error_type: str | None = None
    error_value: str | None = None
    thread_name: str | None = None
    thread_id: int | None = None
    place: str | None = None
    causes: list[str] = field(default_factory=list)
    groups: list[list[Frame]] = field(default_factory=list)
    index: int = -1
    is_open: bool = False
    pending: list[str] = field(default_factory=list)

    def traces(self) -> list[Trace]:
        """The trace and those of its causes."""
        frames = tuple(frame for group in self.groups for frame in _depths(group))
        if not frames and self.place:
            file, line, column = place(self.place)
            frames = (Frame(file=file, line=line, column=column, language="rust", trust="location"),)
        if not frames and self.error_type is None:
            return []
        crash = Trace(
            frames=frames,
            error_type=self.error_type,
            error_value=self.error_value,
            thread_id=self.thread_id,
            thread_name=self.thread_name,
            crashed=True if self.thread_name is not None else None,
            unwinder="text",
        )
        causes = [
            Trace(role="cause", chain_no=number, error_value=message, unwinder="text")
            for number, message in enumerate(self.causes, 1)
        ]
        return [crash, *causes]


class _Reader:
    """Walks over the lines; every line belongs to one panic, in one of its parts."""

    def __init__(self) -> None:
        self._done: list[_Panic] = []
        self._panic = _Panic()

    def traces(self) -> list[Trace]:
        """Everything that was found."""
        panics = [*self._done, self._panic]
        telling = [panic for panic in panics if panic.groups or panic.causes or panic.error_type not in {None, "Error"}]
        return [trace for panic in telling or panics for trace in panic.traces()]

    def take(self, lines: list[str], at: int) -> int:
        """Read what begins at that line; the number of the next one."""
        line = lines[at].rstrip("\r")
        if len(line) > _LINE_CHARS:
            return at + 1
        head = _panic_head(line)
        if head is not None:
            panic, rest = head
            self._begin(panic)
            return _message(panic, lines, at, rest)
        if line.startswith("Error: "):
            self._begin(_Panic(error_type="Error", error_value=line[7:].strip() or None))
            return at + 1
        if line.rstrip() == "Error:":
            self._begin(_Panic(error_type="Error"))
            at = self._causes(lines, at + 1)
            self._panic.error_value = self._panic.causes.pop(0) if self._panic.causes else None
            return at
        if line.rstrip() == "Caused by:":
            return self._causes(lines, at + 1)
        if line.strip() in _STACK_HEADS or "\u2501 BACKTRACE \u2501" in line:
            if self._panic.groups:
                self._begin(_Panic())
            self._panic.is_open = True
            return at + 1
        self._frame_line(line)
        return at + 1

    def _begin(self, panic: _Panic) -> None:
        self._done.append(self._panic)
        self._panic = panic

    def _causes(self, lines: list[str], at: int) -> int:
        """The messages below `Caused by:`, numbered or one alone."""
        while at < len(lines) and len(self._panic.causes) < _MESSAGE_LINES:
            line = lines[at].strip()
            if not line or not lines[at][:1].isspace():
                break
            number, _, message = line.partition(": ")
            if number.isdecimal() and message:
                self._panic.causes.append(message)
            elif self._panic.causes:
                self._panic.causes[-1] += "\n" + line
            else:
                self._panic.causes.append(line)
            at += 1
        return at

    def _frame_line(self, line: str) -> None:
        """One line of a stack, or one that is none."""
        panic = self._panic
        frame = _FRAME.match(line)
        if frame is not None and (int(frame[1]) == 0 or (panic.is_open and int(frame[1]) > panic.index)):
            self._frame(int(frame[1]), frame[2], frame[3].rstrip())
            return
        omitted = _OMITTED.match(line)
        if omitted is not None:
            row = Frame(frame_kind="elided", repeat=int(omitted[1]), function_raw=line.strip(), language="rust")
            panic.groups.append([row])
            return
        if '{ fn: "' in line:
            self._debug(line)
            return
        if panic.index < 0 or line.startswith(_NOTES):
            return
        at = _AT.match(line)
        last = panic.groups[-1][-1] if panic.groups else None
        if at is not None and last is not None and last.file is None and last.frame_kind == "frame":
            file, number, column = place(at[1].strip())
            language = last.language if file.endswith(".rs") else None
            placed = msgspec.structs.replace(last, file=file, line=number, column=column, language=language)
            panic.groups[-1][-1] = placed
            return
        inline = _INLINE.match(line)
        if inline is not None and at is None and not panic.pending and _is_symbol(inline[1]):
            panic.groups[-1].append(_named(inline[1].rstrip(), panic.groups[-1][0].address))
        elif line.strip() and len(panic.pending) < _NOTE_LINES:
            panic.pending.append(line.strip())

    def _debug(self, line: str) -> None:
        """Frames as `{:?}` writes them, all on one line or one on each."""
        if "Backtrace [" in line and self._panic.groups:
            self._begin(_Panic())
        for name, file, number in _DEBUG.findall(line):
            frame = _named(_unquote(name), None, file=_unquote(file) or None, line=int(number) if number else None)
            self._panic.groups.append([frame])

    def _frame(self, index: int, address: str | None, name: str) -> None:
        """A numbered frame: the next of this stack, or the first of another."""
        if index <= self._panic.index or (index == 0 and self._panic.groups):
            self._begin(_Panic())
        panic = self._panic
        panic.groups += [[Frame(frame_kind="note", function_raw=note)] for note in panic.pending]
        panic.pending.clear()
        panic.index, panic.is_open = index, True
        named = _named(name, int(address, 16) if address else None)
        last = panic.groups[-1] if panic.groups else []
        if last and named.address is not None and _inlined(last, named):
            last.append(named)
        else:
            panic.groups.append([named])


def _panic_head(line: str) -> tuple[_Panic, str] | None:
    """The panic that a line begins, and what stands after `panicked at`."""
    overflow = line.find("' has overflowed its stack")
    at = line.find(" panicked at ")
    if at < 0 and line.startswith("panicked at "):
        return _Panic(error_type="panic"), line[12:]
    end = at if at >= 0 else overflow + 1
    start = line.rfind("thread '", 0, end) if end > 0 else -1
    thread = _THREAD.match(line[start:end]) if start >= 0 else None
    if thread is None:
        return None
    panic = _Panic(error_type="panic", thread_name=thread[1], thread_id=int(thread[2]) if thread[2] else None)
    if at < 0:
        return replace(panic, error_type="stack overflow", error_value=line[start:].strip()), ""
    return panic, line[at + 13 :]


def _message(panic: _Panic, lines: list[str], at: int, rest: str) -> int:
    """Read place and message of a panic; the number of the line after them."""
    rest = rest.rstrip()
    if panic.error_type != "panic":
        return at + 1
    if rest.startswith("'"):
        return _old_message(panic, lines, at, rest)
    panic.place = rest.removesuffix(":") if _PLACE.match(rest) else None
    if panic.place is None or not rest.endswith(":"):
        panic.error_value = None if panic.place else rest or None
        return at + 1
    end = _message_end(lines, at + 1)
    panic.error_value = "\n".join(line.rstrip("\r") for line in lines[at + 1 : end]).strip("\n") or None
    return end


def _old_message(panic: _Panic, lines: list[str], at: int, rest: str) -> int:
    """Read the form before Rust 1.73: the message in quotes, the place after the last of them."""
    parts: list[str] = []
    for number in range(at, min(len(lines), at + _MESSAGE_LINES)):
        line = rest if number == at else lines[number].rstrip()
        if number > at and (_panic_head(line) is not None or line.startswith(_NOTES) or line.strip() in _STACK_HEADS):
            break
        quote = line.rfind("', ")
        if quote >= 0 and _PLACE.match(line[quote + 3 :]):
            panic.place = line[quote + 3 :]
            panic.error_value = "\n".join([*parts, line[:quote]])[1:]
            return number + 1
        parts.append(line)
    panic.error_value = rest[1:].rstrip("'") or None
    return at + 1


def _message_end(lines: list[str], start: int) -> int:
    """Where a message ends: before its note or stack, else after its first line and what is indented."""
    last = min(len(lines), start + _MESSAGE_LINES)
    for number in range(start, last):
        line = lines[number]
        if _panic_head(line[:_LINE_CHARS]) is not None:
            break
        if line.startswith("note: run with") or line.strip() in _STACK_HEADS:
            return number
        if number > start and _FRAME.match(line[:200]) and not line.lstrip().startswith(("left", "right")):
            return number
    end = min(start + 1, last)
    while end < last and lines[end][:1] in {" ", "\t"} and lines[end].strip() and _panic_head(lines[end]) is None:
        end += 1
    return end


def _named(name: str, address: int | None, *, file: str | None = None, line: int | None = None) -> Frame:
    """A frame of that symbol; `<unknown>` is no name."""
    known = name.removeprefix("- ")
    function = None if known in {"<unknown>", "<no info>"} else plain_name(known)
    raw = known if known != function else None
    return Frame(function=function, function_raw=raw, address=address, file=file, line=line, language="rust")


def _is_symbol(text: str) -> bool:
    """Whether an unnumbered line can be the name of a function."""
    return "::" in text or "<" in text or not any(char.isspace() for char in text.strip())


def _inlined(group: list[Frame], frame: Frame) -> bool:
    """Whether a frame is what the group was inlined into: same address, and no function twice (that is recursion)."""
    if group[0].address != frame.address or group[0].frame_kind != "frame" or len(group) > 64:
        return False
    return all(other.function != frame.function for other in group)


def _depths(group: list[Frame]) -> list[Frame]:
    """Number the symbols of one physical frame: its own function is 0, the ones inlined into it count up."""
    last = len(group) - 1
    return [
        msgspec.structs.replace(frame, inline_depth=last - number) if last > number else frame
        for number, frame in enumerate(group)
    ]


def _unquote(text: str) -> str:
    return text.replace('\\"', '"').replace("\\\\", "\\")


def _unescape(match: re.Match[str]) -> str:
    if match[1]:
        return _ESCAPES[match[1]]
    code = int(match[2], 16)
    return chr(code) if code < 0xD800 or 0xDFFF < code < 0x110000 else match[0]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9

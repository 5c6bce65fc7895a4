"""The grammar of Rust's panics and backtraces. See `rust`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from triage.formats.traces.patterns import lazy
from triage.formats.traces.rust_frames import FRAME, fuchsia, is_symbol, named, omitted, place
from triage.records import Frame, Trace

__all__ = ("STACK_HEADS", "message_end", "panic_head", "parse", "probe")

# A longer line is no frame: names of generic code reach some thousand characters, not more.
_LINE_CHARS: Final = 65_536
# Lines between two frames that are kept as notes, and lines that a message may have.
_NOTE_LINES: Final = 16
_MESSAGE_LINES: Final = 400

_INLINE: Final = lazy(r"[ \t]{6,}(?:-[ \t]+)?([^\s\[].*)$")
_AT: Final = lazy(r"[ \t]+at (\S.*)$")
_DEBUG: Final = lazy(r'\{ fn: "((?:[^"\\]|\\.)*+)"(?:, file: "((?:[^"\\]|\\.)*+)")?(?:, line: (\d{1,9}))?')
_THREAD: Final = lazy(r"thread '([^'\n]{0,400})'(?: \((\d{1,18})\))?$")
_PLACE: Final = lazy(r"(\S.*?):(\d{1,9})(?::(\d{1,9}))?:?$")
_PROBE: Final = lazy(r"(?m)^[ \t]{0,8}\d{1,5}:[ \t]+\S[^\n]*\n[ \t]{2,}at [^\n]*:\d")
STACK_HEADS: Final = ("stack backtrace:", "Stack backtrace:")
# Where a message without an end of its own has ended.
_ENDS: Final = ("==", "---- ", "fatal runtime error: ", "thread caused ", "AddressSanitizer:")
_EYRE_PANIC: Final = "The application panicked (crashed)."
# Frames of a module of WebAssembly, among the causes that wasmtime tells of.
_WASM: Final = lazy(r"0x(?P<address>[0-9a-f]{1,16}) - (?P<module>[^\s!]{1,200})!(?P<name>\S.{0,1000})$")
_EYRE_FACT: Final = lazy(r"(Message|Location):\s+(\S.*)$")
_WITHOUT: Final = lazy(r"'|\S[^\s:]{0,400}\.rs:\d{1,9}:\d{1,9}:")
_NOTES: Final = ("note: ", "Note: ", "help: ")


def probe(text: str) -> bool:
    """Whether the text holds a panic or a backtrace of Rust."""
    if " panicked at " in text or text.startswith("panicked at ") or "\npanicked at " in text:
        return True
    if "' has overflowed its stack" in text or '{ fn: "' in text:
        return True
    if any(head in text for head in STACK_HEADS):
        return any(FRAME.match(line) for line in text.split("\n", 4000)[:4000] if len(line) <= _LINE_CHARS)
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


@dataclass(slots=True)
class _Panic:
    """One panic or error chain in the making."""

    error_type: str | None = None
    error_value: str | None = None
    thread_name: str | None = None
    thread_id: int | None = None
    place: str | None = None
    text_line: int | None = None
    role: str = "crash"
    causes: list[str] = field(default_factory=list)
    groups: list[list[Frame]] = field(default_factory=list)
    index: int = -1
    is_open: bool = False
    pending: list[tuple[str, int]] = field(default_factory=list)

    def traces(self) -> list[Trace]:
        """The trace and those of its causes."""
        frames = tuple(frame for group in self.groups for frame in _depths(group))
        if not frames and self.place:
            file, line, column = place(self.place)
            spot = Frame(
                file=file, line=line, column=column, language="rust", trust="location", text_line=self.text_line
            )
            frames = (spot,)
        if not frames and self.error_type is None:
            return []
        crash = Trace(
            frames=frames,
            role=self.role,
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
        self._held: _Panic | None = None
        self._at = 0

    def traces(self) -> list[Trace]:
        """Everything that was found."""
        self._resume()
        panics = [*self._done, self._panic]
        telling = [panic for panic in panics if panic.groups or panic.causes or panic.error_type not in {None, "Error"}]
        found = [trace for panic in telling or panics for trace in panic.traces()]
        return sorted(found, key=lambda trace: trace.role == "other")

    def take(self, lines: list[str], at: int) -> int:
        """Read what begins at that line; the number of the next one."""
        line = lines[at].rstrip("\r")
        self._at = at
        if len(line) > _LINE_CHARS:
            return at + 1
        head = panic_head(line)
        if head is not None:
            panic, rest = head
            panic.text_line = at
            self._begin(panic)
            return _message(panic, lines, at, rest)
        if self._eyre(line, at):
            return at + 1
        if line.rstrip() == "Error:":
            self._begin(_Panic(error_type="Error"))
            at = self._causes(lines, at + 1)
            self._panic.error_value = self._panic.causes.pop(0) if self._panic.causes else None
            return at
        if line.startswith("Error: "):
            self._begin(_Panic(error_type="Error", error_value=line[7:].strip() or None))
            return at + 1
        if line.rstrip() == "Caused by:":
            return self._causes(lines, at + 1)
        if line.strip() in STACK_HEADS or "\u2501 BACKTRACE \u2501" in line:
            self._resume()
            if self._panic.groups:
                self._begin(_Panic())
            self._panic.is_open = True
            return at + 1
        self._frame_line(line)
        return at + 1

    def _eyre(self, line: str, at: int) -> bool:
        """What color-eyre alone prints: the head of a panic and the facts below it, the title of the spans."""
        if line.strip() == _EYRE_PANIC:
            self._begin(_Panic(error_type="panic", text_line=at))
        elif "\u2501 SPANTRACE \u2501" in line and self._held is None:
            self._held, self._panic = self._panic, _Panic(role="other", is_open=True)
        elif self._panic.text_line is not None and (said := _EYRE_FACT.match(line)):
            if said[1] == "Message":
                self._panic.error_value = said[2].strip()
            else:
                self._panic.place = said[2].strip()
        else:
            return False
        return True

    def _resume(self) -> None:
        """Go back from the spans to the panic or error that they belong to."""
        if self._held is not None:
            self._done.append(self._panic)
            self._panic, self._held = self._held, None

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
            if found := _WASM.match(message.lstrip()):  # addresses stand at the right of their column
                frame = named(found["name"], int(found["address"], 16), at)
                self._panic.groups.append([msgspec.structs.replace(frame, module=found["module"])])
            elif number.isdecimal() and message:
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
        frame = FRAME.match(line)
        if frame is not None and (int(frame[1]) == 0 or (panic.is_open and int(frame[1]) > panic.index)):
            self._frame(int(frame[1]), frame[2], frame[3].rstrip())
            return
        count = omitted(line)
        if count is not None:
            row = Frame(
                frame_kind="elided", repeat=count, function_raw=line.strip(), language="rust", text_line=self._at
            )
            panic.groups.append([row])
            return
        if (panic.is_open or panic.index >= 0) and (other := fuchsia(line, self._at)):
            panic.groups.append([other])
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
        if inline is not None and at is None and not panic.pending and is_symbol(inline[1]):
            panic.groups[-1].append(named(inline[1].rstrip(), panic.groups[-1][0].address, self._at))
        elif line.strip() and len(panic.pending) < _NOTE_LINES:
            panic.pending.append((line.strip(), self._at))

    def _debug(self, line: str) -> None:
        """Frames as `{:?}` writes them, all on one line or one on each."""
        if "Backtrace [" in line and self._panic.groups:
            self._begin(_Panic())
        for name, file, number in _DEBUG.findall(line):
            frame = named(
                _unquote(name), None, self._at, file=_unquote(file) or None, line=int(number) if number else None
            )
            self._panic.groups.append([frame])

    def _frame(self, index: int, address: str | None, name: str) -> None:
        """A numbered frame: the next of this stack, or the first of another."""
        if index <= self._panic.index or (index == 0 and self._panic.groups):
            self._begin(_Panic())
        panic = self._panic
        panic.groups += [[Frame(frame_kind="note", function_raw=note, text_line=at)] for note, at in panic.pending]
        panic.pending.clear()
        panic.index, panic.is_open = index, True
        row = named(name, int(address, 16) if address else None, self._at)
        last = panic.groups[-1] if panic.groups else []
        if last and row.address is not None and _inlined(last, row):
            last.append(row)
        else:
            panic.groups.append([row])


def panic_head(line: str) -> tuple[_Panic, str] | None:
    """The panic that a line begins, and what stands after `panicked at`."""
    overflow = line.find("' has overflowed its stack")
    at = line.find(" panicked at ")
    if at < 0 and line.startswith("panicked at "):
        return _Panic(error_type="panic"), line[12:]
    end = at if at >= 0 else overflow + 1
    start = line.rfind("thread '", 0, end) if end > 0 else -1
    if start > 0 and line[start - 1] in '"`':
        # a string of a source or a quotation
        return None
    thread = _THREAD.match(line[start:end]) if start >= 0 else None
    if thread is None:
        told = (
            at >= 0
            and (line[at + 13 : at + 14] == "'" or line.rstrip().endswith(":"))
            and _WITHOUT.match(line[at + 13 :])
        )
        return (_Panic(error_type="panic"), line[at + 13 :]) if told else None
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
    end = message_end(lines, at + 1)
    panic.error_value = "\n".join(line.rstrip("\r") for line in lines[at + 1 : end]).strip("\n") or None
    return end


def _old_message(panic: _Panic, lines: list[str], at: int, rest: str) -> int:
    """Read the form before Rust 1.73: the message in quotes, the place after the last of them."""
    parts: list[str] = []
    for number in range(at, min(len(lines), at + _MESSAGE_LINES)):
        line = rest if number == at else lines[number].rstrip()
        if number > at and (panic_head(line) is not None or line.startswith(_NOTES) or line.strip() in STACK_HEADS):
            break
        quote = max(line.rfind("', "), line.rfind("': "))
        if quote >= 0 and _PLACE.match(line[quote + 3 :]):
            panic.place = line[quote + 3 :]
            panic.error_value = "\n".join([*parts, line[:quote]])[1:]
            return number + 1
        parts.append(line)
    panic.error_value = rest[1:].rstrip("'") or None
    return at + 1


def message_end(lines: list[str], start: int) -> int:
    """Where a message ends: before its note or stack, else after its first line and what is indented."""
    last = min(len(lines), start + _MESSAGE_LINES)
    for number in range(start, last):
        line = lines[number]
        if panic_head(line[:_LINE_CHARS]) is not None or line.startswith(_ENDS):
            break
        if line.startswith("note: run with") or line.strip() in STACK_HEADS:
            return number
        if number > start and FRAME.match(line[:200]) and not line.lstrip().startswith(("left", "right")):
            return number
    end = min(start + 1, last)
    while end < last and lines[end][:1] in {" ", "\t"} and lines[end].strip() and panic_head(lines[end]) is None:
        end += 1
    return end


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

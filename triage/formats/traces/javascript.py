r"""JavaScript: stacks of V8 (Node, Chrome, WebView2, Deno), JavaScriptCore (Safari, WebKit, Bun) and Gecko (Firefox).

Facts are from V8's stack trace API, Node's `util.inspect`, and real stacks of the three engines::

    stack  = [head LF] frame*
    head   = ["Uncaught " ["(in promise) "]] ["[cause]: " | "Caused by: "] NAME [" [" CODE "]"] [": " message-lines]
    V8     = spaces "at " ["async "] ( FUNCTION " (" where ")" | where ) [" {"]
    Gecko  = [[LABEL "*"] FUNCTION] "@" where               JavaScriptCore writes the same, and a bare where
    where  = FILE ":" LINE [":" COL] | "eval at " ... | "native" | "[native code]" | "<anonymous>" | "index N"
           | FILE ":wasm-function[" N "]:0x" OFFSET | "[wasm code]"
    Gecko's where may end in " line N > eval:L:C", and the file is then the one that called eval.

A head, or a blank line, between frames begins another trace. `[cause]` gives a trace with `role="cause"`, as do the
members of an AggregateError's `[errors]`. Lines are read from the right: files hold colons, blanks, brackets and `@` of
their own. `<anonymous>` and `[native code]` stay in `file` as written; the file of code that eval ran is the one that
called eval. What stands between two frames and is neither is kept as a note. Every line is looked at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from triage.records import Frame, Trace

__all__ = ("error_head", "parse", "probe")

_LINE_CHARS: Final = 65_536
_PROBE_LINES: Final = 2_000
_MESSAGE_LINES: Final = 200
_NOTE_LINES: Final = 16

_HEAD: Final = re.compile(
    r"[ \t]*(?:Uncaught +)?(?:\(in promise\) +)?(?:\[cause\]: +|Caused by: +)?(?:Uncaught +)?"
    r"([A-Za-z_$][\w$.]{0,120})(?: \[([A-Z][A-Z0-9_]{0,80})\])?(?::(?:[ \t]+(.*))?)?$"
)
_LOUD: Final = re.compile(r"(?:Error|Exception|Rejection|Violation|Panic)$")
_CAUSE: Final = re.compile(r"[ \t]*(?:\[cause\]: |Caused by: )")
_MATCHING: Final = re.compile(r"[ \t]*\.\.\. (\d{1,6}) lines matching cause stack trace \.\.\.")
_SCHEME: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]{0,40}:[/\\]|(?:node|blob|data|about|wasm|debugger|javascript|async|ng|internal):"
    r"|/|\[(?:native|wasm) code\]|<|\\\\|\.{1,2}/"
)
_ORIGIN_END: Final = re.compile(r":\d{1,9}\)")
_NUMBERED: Final = re.compile(r"[ \t]*\d{1,5}:[ \t]")
_BARE_URL: Final = re.compile(r"[a-z][a-z0-9+.-]{1,40}:/")
_HOST_ONLY: Final = re.compile(r"[a-z][a-z0-9+.-]{0,40}://[^/]*$")
# Names of Gecko and JavaScriptCore that hold blanks.
_SPACED: Final = re.compile(r"(?:^(?:get|set|bound|new) | code$|\*)")
_SPECIAL: Final = frozenset({"native", "[native code]", "[wasm code]", "native code", "<anonymous>"})
_WASM: Final = re.compile(r":(wasm-function\[\d{1,9}\]):0x([0-9a-f]{1,16})$")


def probe(text: str) -> bool:
    """Whether the text holds a frame of one of the three engines."""
    if "    at " not in text and "@" not in text and "\tat " not in text and not text.lstrip().startswith("at "):
        return False
    before = ""
    for line in text.split("\n", _PROBE_LINES)[:_PROBE_LINES]:
        # Rust writes `at FILE:LINE:COL` too, below a numbered line.
        if _frame(line) is not None and not _NUMBERED.match(before[:40]):
            return True
        before = line
    return False


def parse(text: str) -> list[Trace]:
    r"""The stacks of the text: the errors in the order in which they stand, each followed by its causes.

    Examples
    --------
    >>> trace = parse("TypeError: x is null\n    at Panel.draw (http://localhost/app.js:3:14)")[0]
    >>> trace.error_type, trace.error_value, trace.frames[0].function, trace.frames[0].line
    ('TypeError', 'x is null', 'Panel.draw', 3)
    """
    reader = _Reader()
    for line in text.split("\n"):
        reader.feed(line.rstrip("\r"))
    return reader.traces()


def error_head(line: str) -> tuple[str, str | None] | None:
    """Type and message of a line such as `Uncaught TypeError: x is null`, None where it names no error type.

    Examples
    --------
    >>> error_head("Uncaught (in promise) RangeError: too deep")
    ('RangeError', 'too deep')
    >>> error_head("Script failed")
    """
    match = _HEAD.match(line) if len(line) <= _LINE_CHARS else None
    if match is None or not _LOUD.search(match[1]):
        return None
    message = match[3] or None
    if match[2]:
        message = f"[{match[2]}] {message or ''}".rstrip()
    return match[1], message


@dataclass(slots=True)
class _Stack:
    """One trace in the making."""

    error_type: str | None = None
    error_value: str | None = None
    role: str = "crash"
    chain_no: int = 0
    frames: list[Frame] = field(default_factory=list)

    def trace(self) -> Trace:
        """The trace."""
        return Trace(
            frames=tuple(self.frames),
            role=self.role,
            chain_no=self.chain_no,
            error_type=self.error_type,
            error_value=self.error_value,
            unwinder="text",
        )


class _Reader:
    """Takes line after line; what stands before the first frame of a stack is its head."""

    def __init__(self) -> None:
        self._stacks: list[_Stack] = []
        self._pending: list[str] = []

    def traces(self) -> list[Trace]:
        """Everything that was found; a text that is only a head gives that."""
        if self._pending and (not self._stacks or _CAUSE.match(self._pending[0])):
            stack = self._begin()
            if stack.error_type is not None or stack.chain_no:
                self._stacks.append(stack)
        return [stack.trace() for stack in self._stacks]

    def feed(self, line: str) -> None:
        """Take one line."""
        frame = _frame(line)
        if frame is not None:
            self._frame(frame)
            return
        matching = _MATCHING.match(line)
        if matching is not None and self._stacks and not self._pending:
            text = line.strip()
            self._stacks[-1].frames.append(Frame(frame_kind="elided", repeat=int(matching[1]), function_raw=text))
            return
        if _CAUSE.match(line) and self._pending:
            if any(error_head(_unwrapped(pending)) for pending in self._pending):
                self._stacks.append(self._begin())
            self._pending.clear()
        if len(self._pending) >= _MESSAGE_LINES:
            del self._pending[_MESSAGE_LINES // 2]
        self._pending.append(line[:_LINE_CHARS])

    def _frame(self, frame: Frame) -> None:
        """Put a frame where it belongs: on the open stack, or on a new one."""
        if not self._stacks or self._parts():
            self._stacks.append(self._begin())
        else:
            notes = [line.strip() for line in self._pending if not _is_property(line)][:_NOTE_LINES]
            self._stacks[-1].frames += [Frame(frame_kind="note", function_raw=note) for note in notes]
        self._pending.clear()
        self._stacks[-1].frames.append(frame)

    def _parts(self) -> bool:
        """Whether the lines since the last frame part two stacks: a blank line, or the head of an error."""
        return any(not line.strip() or error_head(_unwrapped(line)) or _CAUSE.match(line) for line in self._pending)

    def _begin(self) -> _Stack:
        """A stack whose head is in the lines before its first frame."""
        lines, self._pending = self._pending, []
        stack = _Stack()
        at = _head_at(lines)
        if at is None:
            return stack
        head = _unwrapped(lines[at])
        named = error_head(head)
        if named is None:
            match = _HEAD.match(head)
            named = (match[1], match[3] or None) if match and match[3] else ("Error", head.strip())
        tail = "\n".join(lines[at + 1 :]).rstrip()
        stack.error_type = named[0]
        stack.error_value = "\n".join(part for part in (named[1], tail) if part) or None
        if self._stacks and (_CAUSE.match(lines[at]) or "[errors]: [" in lines[max(at - 1, 0)] or lines[at] != head):
            stack.role, stack.chain_no = "cause", self._stacks[-1].chain_no + 1
        elif self._stacks and self._stacks[-1].chain_no and lines[at][:1].isspace():
            stack.role, stack.chain_no = "cause", self._stacks[-1].chain_no
        return stack


def _head_at(lines: list[str]) -> int | None:
    """Which line is the head: the first if it names an error, else the last that does, else `Name: text` at the end."""
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is None:
        return None
    if error_head(_unwrapped(lines[first])):
        return first
    for number in range(len(lines) - 1, first, -1):
        if error_head(_unwrapped(lines[number])):
            return number
    last = len(lines) - 1
    match = _HEAD.match(lines[last])
    return last if match and match[3] else None


def _unwrapped(line: str) -> str:
    """The line without the opening of an `[errors]: [` list or of an array of errors."""
    start = line.find("[errors]: [")
    if start >= 0 and len(line) > start + 11:
        return line[start + 11 :].strip()
    return line


def _is_property(line: str) -> bool:
    """Whether a line is of the object that Node prints after a stack: a property, or a bracket alone."""
    text = line.strip()
    return not text or text in {"{", "}", "},", "]", "],", "}]"} or text.endswith((",", "{", "["))


def _frame(line: str) -> Frame | None:
    """The frame that a line holds, None where it holds none."""
    if len(line) > _LINE_CHARS:
        return None
    text = line.strip()
    if text.startswith("at "):
        return _v8(text)
    if "@" in text:
        return _gecko(text)
    if text == "[native code]" or (_BARE_URL.match(text) and " " not in text):
        file, number, column = _where(text)
        return _made(None, None, file, number, column) if column is not None or text in _SPECIAL else None
    return None


def _v8(text: str) -> Frame | None:
    """A frame as V8 writes it: `at fn (where)` or `at where`."""
    rest = text[3:].strip().removesuffix("{").rstrip().rstrip(",").rstrip()
    is_async = rest.startswith("async ")
    call = rest[6:].lstrip() if is_async else rest
    if call.endswith(")"):
        start = _opening(call)
        if start > 0 and call[start - 1] == " ":
            return _called(rest, call[: start - 1].strip(), call[start + 1 : -1])
    file, number, column = _where(call)
    is_place = (number is not None or _WASM.search(call)) and any(mark in call for mark in "/\\.<")
    if not is_place and call not in _SPECIAL and not call.startswith(("file://", "node:")):
        return None
    return _made(None, rest if is_async else None, file, number, column)


def _called(rest: str, name: str, inside: str) -> Frame | None:
    """`name (inside)`: the place, or where the code came from that eval ran."""
    raw = name
    alias = name.rfind(" [as ")
    function = name[:alias] if alias > 0 and name.endswith("]") else name
    inside = inside.removeprefix("address at ")
    if inside.startswith("eval at "):
        origin = inside[inside.rfind("eval at ") :].partition(" (")[2]
        end = _ORIGIN_END.search(origin)
        file, number, column = _where(origin[: end.end() - 1] if end else origin.rstrip(")"))
        return _made(function, rest, file, number, column)
    if inside.startswith("index ") and inside[6:].isdecimal():
        return Frame(function=function, function_raw=rest, args=inside, language="javascript")
    file, number, column = _where(inside)
    if number is None and inside not in _SPECIAL and not _SCHEME.match(inside) and "." not in inside:
        return None
    if rest.startswith("async "):
        raw = f"async {name}"
    return _made(function, raw, file, number, column)


def _gecko(text: str) -> Frame | None:
    """A frame as Gecko and JavaScriptCore write it: `fn@where`."""
    at = _separator(text)
    name, where = text[:at], text[at + 1 :]
    rooted = _SCHEME.match(where) is not None
    if at < 0 or (" " in name and not (rooted and _SPACED.search(name))):
        return None
    if rooted and " > " in where:
        file, _, line = where[: where.find(" > ")].rpartition(" line ")
        if file and _is_number(line):
            return _made(name.rpartition("*")[2] or None, text, file, int(line), None)
    file, number, column = _where(where)
    if number is None and file not in _SPECIAL and not _WASM.search(file):
        return None
    if not rooted and (column is None or "." not in file or " " in file):
        return None
    return _made(name.rpartition("*")[2] or None, name, file, number, column)


def _separator(text: str) -> int:
    """The `@` between function and place: the first that a scheme or a path follows, for names hold some too."""
    first = at = text.find("@")
    while at >= 0:
        if _SCHEME.match(text, at + 1):
            return at
        at = text.find("@", at + 1)
    return first


def _opening(text: str) -> int:
    """Where the bracket opens that the last character closes, -1 where nothing does."""
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        if text[at] == ")":
            depth += 1
        elif text[at] == "(":
            depth -= 1
            if depth == 0:
                return at
    return text.find(" (") + 1 or -1


def _where(text: str) -> tuple[str, int | None, int | None]:
    """File, line and column of a place, read from the right; a port is no line."""
    head, _, last = text.rpartition(":")
    if not head or not _is_number(last):
        return text, None, None
    file, _, line = head.rpartition(":")
    if file and _is_number(line):
        return file, int(line), int(last)
    if _HOST_ONLY.match(head):
        return text, None, None
    return head, int(last), None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def _made(function: str | None, raw: str | None, file: str, line: int | None, column: int | None) -> Frame:
    """A frame; the raw name is kept where it says more."""
    if function in {"<anonymous>", "?", ""}:
        function = None
    wasm = _WASM.search(file)
    if wasm is not None:
        file, function = file[: wasm.start()], function or wasm[1]
    return Frame(
        function=function,
        function_raw=raw if raw and raw != function else None,
        module_offset=int(wasm[2], 16) if wasm else None,
        file=file,
        line=line,
        column=column,
        language="javascript",
    )

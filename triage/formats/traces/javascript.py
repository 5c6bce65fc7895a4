r"""JavaScript: stacks of V8 (Node, Chrome, WebView2, Deno), JavaScriptCore (Safari, WebKit, Bun) and Gecko (Firefox).

Facts are from V8's stack trace API, Node's `util.inspect`, and real stacks of the three engines::

    stack  = [head LF] frame*
    head   = ["Uncaught " ["(in promise) "]] [ cause ] NAME [" [" CODE "]"] [": " message-lines]
    cause  = "[cause]: " | "Caused by: " | "caused by: "
    V8     = spaces "at " ["async "] ( FUNCTION " (" where ")" | where ) [" {"]
    Gecko  = [[LABEL "*"] FUNCTION] "@" where               JavaScriptCore writes the same, and a bare where
    where  = FILE ":" LINE [":" COL] | "eval at " ... | "native" | "[native code]" | "<anonymous>" | "index N"
           | FILE ":wasm-function[" N "]:0x" OFFSET | "[wasm code]"
    Gecko's where may end in " line N > eval:L:C", and the file is then the one that called eval.

A head, or a blank line, between frames begins another trace. `[cause]` gives a trace with `role="cause"`, as do the
members of an AggregateError's `[errors]`. Lines are read from the right: files hold colons, blanks, brackets and `@` of
their own. `<anonymous>` and `[native code]` stay in `file` as written; the file of code that eval ran is the one that
called eval. What stands between two frames and is neither is kept as a note. Every line is looked at once.
What Sentry mails: see `sentry_text`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from triage.formats.traces import javascript_heap, sentry_text
from triage.formats.traces.javascript_extent import EMITTED, Extent, around
from triage.formats.traces.javascript_frames import HEAD, error_head, frame
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report, shifted
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "error_head", "parse", "probe", "read")

NAME: Final = "javascript"
TITLE: Final = "JavaScript stack trace"
PLATFORM: Final = "javascript"
ANCHORS: Final = (
    "    at ",
    "\tat ",
    "@http",
    "@file:",
    "@webpack",
    "@resource:",
    "@chrome",
    "@moz-extension:",
    "@safari",
    "@[native code]",
    "@app:",
    "@/var/",
    "@/private/",
    "@/data/",
    "@/Users/",
    "@/home/",
    "bundle:",
    "Uncaught Exception: Jazzer.js",
    sentry_text.BEGINS,
    *javascript_heap.ANCHORS,
)

_LINE_CHARS: Final = 65_536
_PROBE_LINES: Final = 2_000
_MESSAGE_LINES: Final = 200
_NOTE_LINES: Final = 16

_CAUSE: Final = lazy(r"[ \t]*(?:\[cause\]: |[Cc]aused by: )")
_CARET: Final = lazy(r"\s*\^[\^~]*\s*$")
# The source around an error, each line with its number, and the mark of the line that threw.
_MARKED: Final = lazy(r"[ \t]*> {1,8}\d{1,6} \|")
_QUOTED: Final = lazy(r"[ \t]*+(?:> ?[ \t]*+)?\d{0,6} ?\|")
_MATCHING: Final = lazy(r"[ \t]*\.\.\. (\d{1,6}) lines matching cause stack trace \.\.\.")
_NUMBERED: Final = lazy(r"[ \t]*\d{1,5}:[ \t]")


def probe(text: str) -> bool:
    """Whether the text holds a frame of one of the three engines."""
    if "    at " not in text and "@" not in text and "\tat " not in text and not text.lstrip().startswith("at "):
        return False
    before = ""
    for line in text.split("\n", _PROBE_LINES)[:_PROBE_LINES]:
        # Rust writes `at FILE:LINE:COL` too, below a numbered line.
        if frame(line) is not None and not _NUMBERED.match(before[:40]):
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
    for number, line in enumerate(text.split("\n")):
        reader.feed(line.rstrip("\r"), number)
    return reader.traces()


def read(window: Window) -> Report | None:
    """The error with its causes around a frame, or what ended the engine."""
    line = window[0] or ""
    if any(anchor in line for anchor in javascript_heap.ANCHORS):
        return javascript_heap.report(window)
    if "(address at " in line:
        return None  # Hermes: see `hermes`
    if line.startswith(sentry_text.BEGINS):
        return sentry_text.report(window, NAME)
    extent = around(window)
    if extent is None:
        return None
    lines = window.slice(extent.head, extent.end)
    lines[0] = lines[0][extent.column :]
    traces = shifted(parse("\n".join(lines)), extent.head)
    if not traces or not any(trace.frames for trace in traces):
        return None
    return _report(window, extent, traces)


def _report(window: Window, extent: Extent, traces: tuple[Trace, ...]) -> Report:
    """An error as a report."""
    crash = traces[0]
    facts = dict(extent.facts)
    return Report(
        first=extent.first,
        end=extent.end,
        kind="exception",
        level="fatal" if extent.uncaught else "error",
        handled=False if extent.uncaught else None,
        traces=traces,
        error_type=crash.error_type,
        error_value=crash.error_value,
        error_code_name=facts.get("code"),
        error_code=_errno(facts.get("errno")),
        process_id=extent.process_id,
        facts=extent.facts,
        # Firefox and Safari print stacks without the error
        complete=crash.error_type is not None or "@" in (window[extent.head] or ""),
        leads=extent.uncaught and not window.anchor.stream,
    )


def _errno(text: str | None) -> int | None:
    """The number of an error of the system."""
    digits = (text or "").lstrip("-")
    return int(text or "") if digits.isdecimal() and digits.isascii() and len(digits) < 10 else None


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

    def feed(self, line: str, number: int) -> None:
        """Take one line."""
        found = frame(line)
        if found is not None:
            self._frame(replace(found, text_line=number))
            return
        if self._stacks and EMITTED.match(line):
            self._pending.clear()
            self._stacks.append(_Stack(role="other", chain_no=self._stacks[-1].chain_no + 1))
            return
        matching = _MATCHING.match(line)
        if matching is not None and self._stacks and not self._pending:
            text = line.strip()
            self._stacks[-1].frames.append(
                Frame(frame_kind="elided", repeat=int(matching[1]), function_raw=text, text_line=number)
            )
            return
        if _CAUSE.match(line) and self._pending:
            if any(error_head(_unwrapped(pending)) for pending in self._pending):
                self._stacks.append(self._begin())
            self._pending.clear()
        if len(self._pending) >= _MESSAGE_LINES:
            del self._pending[_MESSAGE_LINES // 2]
        self._pending.append(line[:_LINE_CHARS])

    def _frame(self, found: Frame) -> None:
        """Put a frame where it belongs: on the open stack, or on a new one."""
        if not self._stacks or self._parts():
            self._stacks.append(self._begin())
        elif self._pending:
            notes = [line.strip() for line in self._pending if not _is_property(line)][:_NOTE_LINES]
            self._stacks[-1].frames += [Frame(frame_kind="note", function_raw=note) for note in notes]
        self._pending.clear()
        self._stacks[-1].frames.append(found)

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
            match = HEAD.match(head)
            named = (match[1], match[3] or None) if match and match[3] else ("Error", head.strip())
        tail = "\n".join(_unquoted(lines[at + 1 :])).rstrip()
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
    match = HEAD.match(lines[last])
    return last if match and match[3] else None


def _unquoted(lines: list[str]) -> list[str]:
    """A message without the source line that some runtimes show below it, and the caret under that."""
    if any(_MARKED.match(line) for line in lines):
        lines = [line for line in lines if not _QUOTED.match(line)]
    caret = next((number for number, line in enumerate(lines) if _CARET.match(line)), 0)
    return lines[: caret - 1] + lines[caret + 1 :] if caret else lines


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

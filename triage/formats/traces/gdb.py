r"""Stacks that gdb prints: `bt`, `bt full` and `thread apply all bt`, of a program, an attached one or a core file.

Facts: gdb's own printing of frames (`print_frame` in stack.c), and the reports in the corpora of ClusterFuzz and casr.

Grammar, one row per frame, wrapped over several lines where the terminal was narrow::

    frame    = "#" number "  " ["0x" hex " in "] (call | "<signal handler called>" | "??  ()")
    call     = name " (" [arguments] ")" [" at " file ":" line | " from " image]
    thread   = "Thread " number " (Thread 0x… (LWP " id ")" [' "' name '"'] "):"
    current  = "[Current thread is " number " (… (LWP " id "))]"
    signal   = "Program received signal " name ", " words "."
    rest     = "(More stack frames follow...)" | "Backtrace stopped: " words

The name may hold brackets itself (``operator()``, ``(anonymous namespace)::f``, ``std::function<void (int)>::f``), and
the arguments may hold strings with brackets: they are the first group, outside of strings, that stands behind a
space and before the place or the end. gdb leaves the address out where the next inner frame was inlined; that gives
``inline_depth``. A stack that a program's own handler let gdb take holds the handler, ``<signal handler called>`` (a
row of the kind ``signal``) and then the crash: all rows stay in their order; stacks/ says what they are to the crash.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from triage.formats.exception_codes import name as code_name
from triage.records import Frame, Trace, json_text

__all__ = ("belongs", "call", "parse", "probe")

HANDLER: Final = "<signal handler called>"

_PROBE: Final = re.compile(
    r"^ {0,3}#\d{1,6} {1,4}(?:<signal handler called>|0x[0-9a-fA-F]{1,16} in [^\n]*\(\) *$|[^\n]*\) (?:at|from) \S)"
    r"|^Program (?:received|terminated with) signal (?:SIG|\d)",
    re.MULTILINE,
)
_FRAME: Final = re.compile(r" {0,3}#(\d{1,6})(?:\s+(.*))?$", re.DOTALL)
_ADDRESS: Final = re.compile(r"0x([0-9a-fA-F]{1,16})(?: in |$)")
_THREAD: Final = re.compile(r"Thread (\d{1,9}) \((.*)\):$")
_CURRENT: Final = re.compile(r"\[(?:Current thread is|Switching to thread) (\d{1,9}) \((.*)\)\]")
_SWITCHED: Final = re.compile(r"\[Switching to (?:Thread|LWP|process) ")
_ID: Final = re.compile(r"(?:LWP|process|Thread) (\d{1,9})(?![\dx])")
_NAMED: Final = re.compile(r'"([^"]{1,200})"')
_SIGNAL: Final = re.compile(
    r'(?:Program|Thread (\d{1,9})(?: "[^"]{0,200}")?),? (?:received|terminated with) signal (SIG\w{1,16}|\d{1,3}), (.*)'
)
_PAGER: Final = re.compile(r"-{2,3}Type <(?:RET|return)>[^-]{0,100}-{2,3}")
# One step of the walk over a call: a string, a character, a bracket. Strings that do not end run to the end.
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|\'(?:\\[^\']{1,4}|\\\'|[^\'\\])\'|[()]', re.DOTALL)
_BRACKET: Final = re.compile(r"[()]")
_LOCAL: Final = re.compile(r"([A-Za-z_][\w.$@:]{0,200}) = (.*)", re.DOTALL)
_QUALIFIERS: Final = (" const", " volatile", " noexcept", " &", " &&")
_NO_LOCALS: Final = ("No locals.", "No symbol table info available.", "No arguments.")


def probe(text: str) -> bool:
    """Whether the text holds frames as gdb prints them; those of sanitizers, PHP and Dart look alike and are none."""
    return bool(_PROBE.search(text))


def parse(text: str) -> list[Trace]:
    """Read every stack in the text, the crashed thread first.

    Examples
    --------
    >>> trace = parse("Program received signal SIGSEGV, Segmentation fault.\\n#0  0x10 in f (p=0x0) at a.c:3\\n")[0]
    >>> trace.error_type, trace.frames[0].function, trace.frames[0].args, trace.frames[0].line
    ('SIGSEGV', 'f', 'p=0x0', 3)
    """
    reader = _Reader()
    for line in text.split("\n"):
        reader.feed(line.rstrip())
    return reader.traces()


def belongs(line: str) -> bool:
    """Whether a line is one that `parse` reads, a continuation apart.

    Examples
    --------
    >>> belongs("#1  <signal handler called>"), belongs("[New LWP 12]")
    (True, False)
    """
    return bool(
        _FRAME.match(line)
        or _THREAD.match(line)
        or _SIGNAL.match(line)
        or line.startswith(("[Current thread is ", "[Switching to ", "(More stack frames", "Backtrace stopped: "))
    )


def call(name: str) -> tuple[str, str | None]:
    """Part a function name from the parameters written at its end.

    Examples
    --------
    >>> call("ns::f(std::vector<int> const&) const"), call("A::operator()"), call("A::operator()(int)")
    (('ns::f', 'std::vector<int> const&'), ('A::operator()', None), ('A::operator()', 'int'))
    """
    head = name.rstrip()
    for _ in range(6):
        end = next((tail for tail in _QUALIFIERS if head.endswith(tail)), None)
        if end:
            head = head[: -len(end)].rstrip()
        elif head.endswith("]") and " [clone " in head:
            head = head[: head.rindex(" [clone ")].rstrip()
        else:
            break
    if not head.endswith(")"):
        return name, None
    depth = 0
    for bracket in reversed(list(_BRACKET.finditer(head))):
        depth += 1 if bracket.group() == ")" else -1
        if depth == 0:
            start = bracket.start()
            before = head[:start].rstrip()
            inside = head[start + 1 : -1]
            if not before or before.endswith("::") or (before.endswith("operator") and not inside):
                return name, None
            return before, inside
    return name, None


class _Stack:
    """The frames of one thread in the making."""

    __slots__ = ("frames", "last", "name", "number", "thread_id")

    def __init__(self, number: int | None = None, thread_id: int | None = None, name: str | None = None) -> None:
        self.number = number
        self.thread_id = thread_id
        self.name = name
        self.frames: list[Frame] = []
        self.last = -1


class _Reader:
    """Line by line: which stack, which frame, and what still belongs to it."""

    def __init__(self) -> None:
        self._stacks: list[_Stack] = [_Stack()]
        self._pieces: list[str] = []  # the frame that is being read, in its lines
        self._depth = 0
        self._locals: list[str] = []
        self._number = 0
        self._current: tuple[int | None, int | None] = (None, None)
        self._signal: tuple[str, str] | None = None

    def feed(self, line: str) -> None:
        """Take one line without its end."""
        line = _PAGER.sub("", line) if "Type <" in line else line
        frame = _FRAME.match(line)
        if frame:
            self._end()
            self._begin(int(frame[1]), frame[2] or "")
        elif self._pieces and line[:1] in {" ", "\t"}:
            self._continue(line)
        elif line:
            self._end()
            self._other(line)

    def traces(self) -> list[Trace]:
        """The stacks read, the crashed one first."""
        self._end()
        stacks = [stack for stack in self._stacks if stack.frames]
        if not stacks:
            alone = _Stack()
            return [self._trace(alone, of=alone)] if self._signal else []
        self._name(stacks)
        crashed = self._crashed(stacks)
        ordered = [crashed]
        for stack in stacks:
            repeats = stack.thread_id == crashed.thread_id and stack.frames == crashed.frames
            if stack is not crashed and not repeats:
                ordered.append(stack)
        return [self._trace(stack, of=crashed) for stack in ordered]

    def _name(self, stacks: list[_Stack]) -> None:
        """A stack without the header of a thread, as `bt` prints it, is that of the current thread."""
        number, thread_id = self._current
        for stack in stacks:
            if number is not None and stack.number == number:
                thread_id = stack.thread_id if thread_id is None else thread_id
        for stack in stacks:
            if stack.number is None:
                stack.number, stack.thread_id = number, thread_id
            elif stack.name and stack.thread_id == thread_id:
                stacks[0].name = stacks[0].name or (stack.name if stacks[0].thread_id == thread_id else None)

    def _crashed(self, stacks: list[_Stack]) -> _Stack:
        """The thread that gdb calls current, else the one that a handler interrupted, else the first."""
        number, thread_id = self._current
        for stack in stacks:
            if (thread_id is not None and stack.thread_id == thread_id) or (
                number is not None and stack.number == number
            ):
                return stack
        if stacks[0].number is None:  # `bt` alone, before any header of a thread
            return stacks[0]
        interrupted = (stack for stack in stacks if any(frame.frame_kind == "signal" for frame in stack.frames))
        return next(interrupted, stacks[0])

    def _trace(self, stack: _Stack, *, of: _Stack) -> Trace:
        """A stack as a trace; `of` is that of the crash."""
        crashed = stack is of
        return Trace(
            frames=tuple(_inlined(stack.frames)),
            role="crash" if crashed else "thread",
            error_type=self._signal[0] if crashed and self._signal else None,
            error_value=self._signal[1] if crashed and self._signal else None,
            thread_id=stack.thread_id,
            thread_name=stack.name,
            crashed=crashed or stack.thread_id == of.thread_id is not None,
            unwinder="text",
        )

    def _begin(self, number: int, rest: str) -> None:
        stack = self._stacks[-1]
        if stack.frames and number <= stack.last:
            stack = _Stack()
            self._stacks.append(stack)
        if number > stack.last + 1:
            stack.frames.append(Frame(frame_kind="elided", repeat=number - stack.last - 1))
        stack.last = number
        self._number = number
        self._pieces = [rest]
        self._depth = _balance(rest)

    def _continue(self, line: str) -> None:
        """A wrapped part of the call, or the local variables of `bt full`."""
        text = line.strip()
        if not self._locals and (self._depth > 0 or text.startswith(("at ", "from "))):
            self._pieces.append(text)
            self._depth += _balance(text)
        elif text and text not in _NO_LOCALS:
            self._locals.append(line)

    def _end(self) -> None:
        if self._pieces:
            frame = _frame(" ".join(self._pieces).strip())
            if self._locals:
                frame = msgspec.structs.replace(frame, variables=_variables(self._locals))
            self._stacks[-1].frames.append(frame)
        self._pieces, self._locals, self._depth = [], [], 0

    def _other(self, line: str) -> None:
        """A line that is not of a frame."""
        thread = _THREAD.match(line)
        if thread:
            named = _NAMED.search(thread[2])
            self._stacks.append(_Stack(int(thread[1]), _thread_id(thread[2]), named[1] if named else None))
            return
        signal = _SIGNAL.match(line)
        if signal:
            name = signal[2]
            if name.isdigit():
                name = code_name("linux", int(name)) or f"signal {name}"
            self._signal = self._signal or (name, signal[3].rstrip("."))
            if signal[1]:
                self._current = (int(signal[1]), self._current[1])
            return
        current = _CURRENT.match(line)
        if current:
            self._current = (int(current[1]), _thread_id(current[2]))
        elif _SWITCHED.match(line):
            self._current = (self._current[0], _thread_id(line))
        elif self._stacks[-1].frames and line.startswith("(More stack frames follow"):
            self._stacks[-1].frames.append(Frame(frame_kind="elided", function_raw=line))
        elif self._stacks[-1].frames and line.startswith("Backtrace stopped: "):
            self._stacks[-1].frames.append(Frame(frame_kind="note", function_raw=line))


def _thread_id(text: str) -> int | None:
    """The last id that the system gives to the thread, as in `Thread 0x7f… (LWP 12)`."""
    found = [int(match[1]) for match in _ID.finditer(text)]
    return found[0] if found else None


def _balance(text: str) -> int:
    """Opened less closed brackets outside of strings."""
    return sum((token.group() == "(") - (token.group() == ")") for token in _QUOTED.finditer(text))


def _frame(text: str) -> Frame:
    """One frame without its number."""
    address = None
    found = _ADDRESS.match(text)
    if found:
        address, text = int(found[1], 16), text[found.end() :]
    if text.startswith("<") and text.endswith(">"):
        kind = "signal" if text == HANDLER else "note"
        return Frame(frame_kind=kind, function=text if kind == "signal" else None, function_raw=text, address=address)
    if not text:
        return Frame(frame_kind="frame" if address is not None else "note", address=address, trust="text")
    raw, args, place = _parts(text)
    function, _ = call(raw)
    file: str | None = None
    line: int | None = None
    module: str | None = None
    if place.startswith("at "):
        file, _, number = place[3:].rpartition(":")
        if file and number.isascii() and number.isdigit() and len(number) < 10:
            line = int(number)
        else:
            file = place[3:]
    elif place.startswith("from "):
        module = place[5:]
    known = function != "??"
    return Frame(
        function=function if known else None,
        function_raw=raw if raw != function or not known else None,
        args=(args or "").strip() or None,
        module=module,
        file=file,
        line=line,
        trust="text",
        address=address,
    )


def _parts(text: str) -> tuple[str, str | None, str]:
    """Name, arguments and place of a call; see the grammar for where the arguments begin."""
    depth, start, opened = 0, 0, -1
    for token in _QUOTED.finditer(text):
        mark = token.group()
        if mark == "(":
            if depth == 0:
                start = token.start()
                opened = start if start and text[start - 1] == " " else opened
            depth += 1
        elif mark == ")" and depth:
            depth -= 1
            after = text[token.end() : token.end() + 6]
            if depth == 0 and start and text[start - 1] == " " and (not after or after.startswith((" at ", " from "))):
                return text[:start].rstrip(), text[start + 1 : token.start()], text[token.end() :].strip()
    if depth and opened > 0:  # cut inside of the arguments
        return text[:opened].rstrip(), text[opened + 1 :], ""
    name, found, file = text.rpartition(" at ")
    return (name, None, f"at {file}") if found else (text, None, "")


def _variables(lines: list[str]) -> str | None:
    """The local variables of `bt full` as JSON: the lines indented least begin one, the others go on with it."""
    least = min(len(line) - len(line.lstrip()) for line in lines)
    found: dict[str, list[str]] = {}
    last: list[str] = []
    for line in lines:
        text = line.strip()
        local = _LOCAL.match(text) if len(line) - len(line.lstrip()) == least else None
        if local:
            last = found[local[1]] = [local[2]]
        else:
            last.append(text)
    return json_text({name: " ".join(parts) for name, parts in found.items()}) if found else None


def _inlined(frames: list[Frame]) -> list[Frame]:
    """Count how deep each frame was inlined: a frame without an address holds the one before it."""
    physical = [frame for frame in frames[1:] if frame.frame_kind == "frame"]
    if not any(frame.address is not None for frame in physical):
        return frames
    depth, out = 0, []
    for index in range(len(frames) - 1, -1, -1):
        frame = frames[index]
        outer = frames[index + 1] if index + 1 < len(frames) else None
        held = outer is not None and outer.frame_kind == frame.frame_kind == "frame" and outer.address is None
        depth = depth + 1 if held else 0
        out.append(msgspec.structs.replace(frame, inline_depth=depth) if depth else frame)
    out.reverse()
    return out

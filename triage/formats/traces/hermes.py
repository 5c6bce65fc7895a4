r"""React Native: errors of JavaScript that Hermes or JavaScriptCore ran, in the console, logcat and crash logs.

Facts: general knowledge of React Native 0.60 to 0.76, of Hermes' stack format and of the bridge's exceptions. Grammar::

    error  = [ wrap ] head [ "This error is located at:" component* ] frame* [ java ]
    wrap   = "Error: Unhandled JS Exception: " | "com.facebook.react.common.JavascriptException: "
             | "*** Terminating app due to uncaught exception 'RCTFatalException: " ... "reason: '"
             | [ level " " ] "ReactNativeJS: " | ( "ERROR" | "WARN" | "LOG" ) spaces       (Metro's console)
    head   = class ": " message lines [ ", js engine: " word ] [ ", stack:" ]
    frame  = spaces "at " function " (" [ "address at " ] place ")" | spaces "at " function " (native)"
             | [ function ] "@" place | "@[native code]"
    place  = [ file ":" ] line ":" column                                         (-1:-1 where the engine itself is)
    component = spaces ( "in " | "at " ) name [ " (" words ")" ]
    boxed  = "Call Stack" ( spaces function " (" file ":" line ":" column ")" )*     (symbolicated: LogBox, Expo)
    java   = tab "at " ...                                                        (the bridge that threw it on)

A bundle has one line or few, and the column of a frame is another in each build: what names a frame is its function.
Files that an update service named by their hash are no name either.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from triage.formats.traces.block import Block
from triage.formats.traces.javascript_frames import error_head
from triage.formats.traces.javascript_frames import frame as script_frame
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read", "wrapped")

NAME: Final = "react-native"
TITLE: Final = "React Native error"
PLATFORM: Final = "javascript"
ANCHORS: Final = (
    ", js engine: ", "(address at ", "This error is located at:", ", stack:", "Unhandled JS Exception: ",
    "common.JavascriptException: ", "@1:", "@-1:-1", "Call Stack",
)  # fmt: skip

_WRAPS: Final = lazy(
    r"[ \t]{0,16}(?:(?:ERROR|WARN|LOG) {1,4}|.{0,60}?(?:ReactNativeJS(?:\( {0,6}\d{1,9}\))?: |\[javascript\] )'?)?"
    r"(?:.{0,200}?\breason: '|\*\*\* Terminating app due to uncaught exception '.{0,400}?', reason: '|Error: )?"
    r"(?:Unhandled JS Exception: |com\.facebook\.react\.common\.JavascriptException: |RCTFatalException: ){0,3}"
)
_ENDS: Final = lazy(r"(?:, js engine: (?P<engine>\w{1,20}))?(?P<stack>, stack:)?'?\s*$")
_HERMES: Final = lazy(
    r"\s*at (?P<function>\S{1,400}(?: \[as \S{1,200}\])?) \((?:(?P<native>native)"
    r"|(?:address at )(?P<file>[^\n]{1,1000}?):(?P<line>\d{1,9}):(?P<column>\d{1,12}))\)$"
)
_SHORT: Final = lazy(
    r"(?P<function>[\w$.<>?\[\] -]{0,400}?)@(?:(?:(?P<file>[\w./-]{1,200}\.(?:js)?(?:bundle|js|hbc)):)?"
    r"(?P<line>-?\d{1,9}):(?P<column>-?\d{1,12})|\[native code\])$"
)
_COMPONENT: Final = lazy(r"\s{2,8}(?:in|at) (?P<name>[\w$.()\[\]<>]{1,200})(?: \((?P<where>[^\n]{1,1000})\))?$")
_BOXED: Final = lazy(
    r"\s{1,4}(?P<function>\S{1,200}) \((?P<file>[^()\n]{1,400}):(?P<line>\d{1,9}):(?P<column>\d{1,9})\)\s*$"
)
_JAVA: Final = lazy(r"\s+at [\w$.]{1,400}\.[\w$<>]{1,200}\([^()\n]{1,200}\)\s*$")
_HASHED: Final = lazy(r"[0-9a-f]{16,64}")
_NO_NAME: Final = lazy(r"(?:anonymous|<anonymous>|<unknown>|\?anon_\d{1,9}_?\w{0,80}|<global>|global|)$")
_MESSAGE: Final = 24


def read(window: Window) -> Report | None:
    """The error around the anchor line."""
    block = Block(window)
    first = _head(block)
    if first is None:
        return _headless(block)
    wrap = _WRAPS.match(_line(block, first) or "")
    start = wrap.end() if wrap else 0
    thrown = wrap is not None and "xception" in wrap[0]
    index, text, engine = _message(block, first, start)
    parts, index = _components(block, index)
    frames, end = _frames(block, index)
    if not frames:
        frames, end = _boxed(block, index)
    if not frames and not parts:
        return None
    told = error_head(text.split("\n")[0])
    error, value = (told[0], "\n".join([told[1] or "", *text.split("\n")[1:]]).strip()) if told else ("Error", text)
    traces = [Trace(frames=frames or parts, error_type=error, error_value=value or None)]
    if parts and frames:
        traces.append(Trace(frames=parts, role="other", thread_name="components"))
    java, end = _java(block, end)
    if java:
        traces.append(Trace(frames=java, role="other", thread_name="bridge"))
    if (_line(block, end) or "").strip() == "'":
        end += 1
    return Report(
        first=first,
        end=max(end, 1),
        kind="exception",
        level="fatal" if thrown else "error",
        handled=False if thrown else None,
        traces=tuple(traces),
        error_type=error,
        error_value=value or None,
        facts=(("engine", engine),) if engine else (),
        complete=bool(frames),
    )


def wrapped(value: str, text_line: int) -> Trace | None:
    """The error that a JavascriptException holds, by its message, whose first line stands at that line.

    Examples
    --------
    >>> found = wrapped("TypeError: x, stack:\\nconvert@1:123\\npay@1:456", 0)
    >>> found.error_type, [frame.function for frame in found.frames]
    ('TypeError', ['convert', 'pay'])
    """
    lines = value.split("\n")
    frames = [_frame(line, text_line + at) for at, line in enumerate(lines)]
    found = tuple(one for one in frames[1:] if one is not None)
    text = "\n".join(line for line, one in zip(lines, frames, strict=True) if one is None).strip()
    told = error_head(_cut(text)[0].split("\n")[0])
    if not found or told is None:
        return None
    return Trace(frames=found, error_type=told[0], error_value=told[1])


def _line(block: Block, index: int) -> str | None:
    return block[index] if index >= 0 else block.window[index]


def _is_record(block: Block, index: int) -> bool:
    """Whether the log went on there; the mark of a quoted line of source looks like that of a mail."""
    line = block.window.line(index)
    return line is not None and line.stream[:1] != ("quote",) and block.window.is_record(index)


def _behind_blank(block: Block, index: int) -> int:
    """The next line where this one is empty, else this one."""
    line = _line(block, index)
    return index + 1 if line is not None and not line.strip() else index


def _head(block: Block) -> int | None:
    """The line that names the error: the anchor itself, or one above it."""
    for index in range(0, -_MESSAGE, -1):
        line = _line(block, index)
        if line is None:
            break
        wrap = _WRAPS.match(line)
        if error_head(_cut(line[wrap.end() if wrap else 0 :])[0]) or (wrap and "xception: " in wrap[0]):
            return index
        if index < 0 and _is_record(block, index):
            break
    return None


def _cut(text: str) -> tuple[str, str | None, bool]:
    """A message without what is told behind it: the engine, and that a stack follows."""
    ends = _ENDS.search(text[-80:])
    if ends is None or not (ends["engine"] or ends["stack"]):
        return text, None, False
    return text[: len(text) - len(text[-80:]) + ends.start()], ends["engine"], bool(ends["stack"])


def _message(block: Block, first: int, start: int) -> tuple[int, str, str | None]:
    """Where the message ends, what it says, and the engine."""
    text, engine, told = _cut((_line(block, first) or "")[start:])
    lines, index = [text], first + 1
    while not told and index < first + _MESSAGE and (line := _line(block, index)) is not None:
        if not line.strip() or line.startswith(("This error is located at:", "Call Stack")) or _frame(line, 0):
            break
        text, engine, told = _cut(line)
        lines.append(text)
        index += 1
    return index, "\n".join(lines), engine


def _components(block: Block, index: int) -> tuple[tuple[Frame, ...], int]:
    """The components around the one that failed, and where the frames may begin."""
    at = _behind_blank(block, index)
    if not (_line(block, at) or "").startswith("This error is located at:"):
        return (), at if _frame(_line(block, at) or "", 0) else index
    frames: list[Frame] = []
    index = at = at + 1
    while (line := _line(block, at)) is not None:
        text, _, stacked = _cut(line)
        # of two kinds of lines that look alike the components come first, and the engine's own frames end them
        found = _COMPONENT.match(text)
        if found is None or found["where"] == "native" or found["name"] == "anonymous":
            break
        frames.append(Frame(function=found["name"], args=found["where"], language="javascript", text_line=at))
        index = at = at + 1
        if stacked:
            break
    at = _behind_blank(block, index)
    return tuple(frames), at if _frame(_line(block, at) or "", 0) else index


def _frames(block: Block, index: int) -> tuple[tuple[Frame, ...], int]:
    """The frames from there on, and where they end."""
    found: list[Frame] = []
    while (line := _line(block, index)) is not None and (one := _frame(line, index)):
        found.append(one)
        index += 1
    return tuple(found), index


def _boxed(block: Block, index: int) -> tuple[tuple[Frame, ...], int]:
    """The frames below `Call Stack`, before which the source may be quoted, and where they end."""
    for at in range(index, index + _MESSAGE):
        line = _line(block, at)
        if line is None or _is_record(block, at):
            break
        if line.strip() == "Call Stack":
            found: list[Frame] = []
            while (row := _BOXED.match(_line(block, at + 1) or "")) is not None:
                at += 1  # noqa: PLW2901 - the stack is walked to its end
                place = (row["file"], int(row["line"]), int(row["column"]))
                found.append(_made(row["function"], *place, row[0], at))
            return tuple(found), at + 1 if found else index
    return (), index


def _java(block: Block, index: int) -> tuple[tuple[Frame, ...], int]:
    """The frames of the bridge."""
    from triage.formats.traces import java

    start = at = _behind_blank(block, index)
    while (line := _line(block, at)) is not None and _JAVA.match(line):
        at += 1
    if at == start:
        return (), index
    text = "\n".join(_line(block, line) or "" for line in range(start, at))
    traces = java.parse(f"x.Bridge: x\n{text}")
    return (traces[0].frames if traces else ()), at


def _headless(block: Block) -> Report | None:
    """Frames whose head is not there: two at least, which are surely of a bundle."""
    first = 0
    while first > -_MESSAGE and (line := block.window[first - 1]) is not None and _frame(line, 0):
        first -= 1
    frames, end = _frames(block, first)
    if len(frames) < 2 or end < 1:
        return None
    trace = Trace(frames=frames)
    return Report(first=first, end=end, kind="exception", level="error", traces=(trace,), complete=False)


def _frame(line: str, text_line: int) -> Frame | None:
    """A frame, None where the line is none."""
    text = _cut(line)[0].rstrip()
    if found := _HERMES.match(text):
        if found["native"]:
            return _made(found["function"], "[native code]", None, None, text, text_line)
        return _made(found["function"], found["file"], int(found["line"]), int(found["column"]), text, text_line)
    if found := _SHORT.match(text.strip()):
        if found["line"] is None or found["line"].startswith("-"):
            return _made(found["function"], "[native code]", None, None, text, text_line)
        return _made(found["function"], found["file"], int(found["line"]), int(found["column"]), text, text_line)
    own = script_frame(text) if "://" in text else None
    return replace(own, text_line=text_line) if own else None


def _made(name: str, file: str | None, line: int | None, column: int | None, text: str, text_line: int) -> Frame:
    """A frame; without a name of its own it is known by its text alone."""
    function = None if _NO_NAME.match(name) else name
    hashed = file is not None and _HASHED.search(file.rpartition("/")[2]) is not None
    return Frame(
        function=function,
        function_raw=text.strip() if function is None else None,
        file=None if hashed and function is None else file,
        line=line,
        column=column,
        language="javascript",
        trust="text",
        text_line=text_line,
    )

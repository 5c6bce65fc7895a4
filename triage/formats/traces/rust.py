r"""Rust: panic messages, `std::backtrace` in its short, full and debug forms, and the chains of anyhow and eyre.

Facts are from the standard library's panic hook and backtrace printer, the `backtrace` crate, color-eyre and Fuchsia's
symbolizer, and real reports::

    panic  = "thread 'NAME' [(TID)] panicked at FILE:LINE:COL:" LF message-lines      (Rust 1.73 and later)
           | "thread 'NAME' panicked at 'MESSAGE', FILE:LINE[:COL]"                   (before; MESSAGE may span lines)
           | "The application panicked (crashed)." LF "Message: " ... LF "Location: " FILE:LINE         (color-eyre)
    death  = "thread 'NAME' has overflowed its stack" | "fatal runtime error: " ...
           | "memory allocation of N bytes failed"
    stack  = ["stack backtrace:"] (frame | at | inline | omitted)*  ["note: ..."]
    frame  = spaces N ": " [0xADDR " - "] (NAME | "<unknown>")
    inline = at least 6 spaces NAME          a further symbol of the frame above: the function that it was inlined into
    at     = spaces "at " FILE ":" LINE [":" COL]
    omitted = "[... omitted N frames ...]"   and eyre's `N frames hidden`
    debug  = "{ fn: \"NAME\", file: \"FILE\", line: N }"
    fuchsia = "#N[.M]" 0xADDR "in" NAME FILE:LINE "<" IMAGE ">+0x" OFFSET | "{{{bt:N:0xADDR}}}"
    chain  = "Error: MESSAGE" ["Caused by:" ([N ":"] MESSAGE)*] ["Stack backtrace:" stack]

Each panic of a text becomes one trace with `role="crash"`; the causes of an error chain follow it with `role="cause"`.
A panic that printed no stack keeps the place of the panic as its only frame, with ``trust="location"``. Names lose the
hashes that the compiler adds (`::h` and 16 hex digits, `std[e28293b1aa0f68bd]`) and the escapes of the old mangling;
the name as written stays in `function_raw`. Every pass looks at a line once: linear in the text.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report, shifted
from triage.formats.traces.rust_frames import FRAME, fuchsia, is_symbol, omitted, place, plain_name
from triage.formats.traces.rust_parse import STACK_HEADS, message_end, panic_head, parse, probe
from triage.formats.traces.window import Window
from triage.records import Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "parse", "place", "plain_name", "probe", "read")

NAME: Final = "rust"
TITLE: Final = "Rust panic or backtrace"
PLATFORM: Final = "rust"
ANCHORS: Final = (
    "panicked at ",
    "The application panicked (crashed).",
    "' has overflowed its stack",
    "fatal runtime error: ",
    "memory allocation of ",
    "stack backtrace:",
    "Stack backtrace:",
    "Caused by:",
    "\u2501 BACKTRACE \u2501",
    "\u2501 SPANTRACE \u2501",
    '{ fn: "',
)

_AT: Final = lazy(r"\s{1,200}at \S")
_ALLOCATION: Final = lazy(r"memory allocation of (\d{1,20}) bytes failed")
_ELF: Final = lazy(
    r'\s*\[\[\[ELF module #0?x?([0-9a-f]{1,4}) "([^"]{0,400})" BuildID=(\w{0,64}) 0x([0-9a-f]{1,16})\]\]\]'
)
_DEBUG: Final = lazy(r'\{ fn: "[^"\n]{1,4000}"(?: \}|, file: ")')
_EYRE: Final = "The application panicked (crashed)."
_CHAIN: Final = frozenset(("Caused by:", "Location:"))
# Lines below a panic or a stack that say how it went on.
_TRAILERS: Final = (
    "note: ", "Note: ", "help: ", "Suggestion: ", "Backtrace omitted.", "Run with RUST_BACKTRACE", "Run with COLORBT",
    "thread panicked while ", "thread caused non-unwinding panic", "fatal runtime error: ", "stack backtrace omitted",
)  # fmt: skip
# A panic that another one led to.
_SECOND: Final = ("panic in a destructor during cleanup", "panic in a function that cannot unwind")
_BACK: Final = 40


def read(window: Window) -> Report | None:
    """The panic, fatal error, error chain or backtrace in which the anchor line lies."""
    block = Block(window)
    line = block[0] or ""
    text = line.strip()
    if (head := panic_head(line)) is not None:
        if head[0].error_type != "panic":
            return _report(block, 0, _rest(block, 1))
        start = _message(block, head[1])
        return _report(block, 0, _rest(block, start))
    # What stands to the right as a whole is read where it is shown without its indentation.
    if line[:1].isspace() and (text in _CHAIN or text == _EYRE):
        return None
    if text == _EYRE:
        return _eyre(block)
    if text in STACK_HEADS or "\u2501" in text:
        return _stack(block)
    if text in _CHAIN:
        return _chain(block, 0)
    if '{ fn: "' in line and _DEBUG.search(line):
        return _debug(block)
    return _death(block, text)


def _message(block: Block, rest: str) -> int:
    """Where the message of a panic ends (exclusive)."""
    lines = block.head()
    if rest.startswith("'"):
        for index, line in enumerate(lines):
            text = rest if index == 0 else line.rstrip()
            quote = max(text.rfind("', "), text.rfind("': "))
            if quote >= 0 and place(text[quote + 3 :])[1] is not None:
                return index + 1
            if index and (panic_head(line) or line.startswith(_TRAILERS) or line.strip() in STACK_HEADS):
                break
        return 1
    return message_end(lines, 1) if rest.rstrip().endswith(":") else 1


def _rest(block: Block, start: int) -> int:
    """Where what follows a head ends (exclusive): notes, causes, places and one stack."""
    index = end = start
    number, is_open, stacks = -1, False, 0
    while (line := block[index]) is not None and index - end <= 2:
        text = line.strip()
        taken = 0
        if not text:
            index += 1
            continue
        if _is_head(text):
            if stacks and "\u2501" not in text:
                break
            number, is_open, stacks, taken = -1, True, stacks + 1, 1
        elif text.startswith(_TRAILERS) and not panic_head(line):
            taken = 1
        elif text in _CHAIN:
            taken = _indented(block, index + 1) - index
        elif is_open:
            number, taken = _row(block, index, number)
        if not taken:
            break
        index = end = index + taken
    return end


def _is_head(text: str) -> bool:
    """Whether a stack or the spans of tracing begin there."""
    return text in STACK_HEADS or "\u2501 BACKTRACE \u2501" in text or "\u2501 SPANTRACE \u2501" in text


def _row(block: Block, index: int, number: int) -> tuple[int, int]:
    """The number of the frame that a line is, else the one before, and how many lines it takes."""
    line = block[index] or ""
    found = FRAME.match(line)
    if found and int(found[1]) > number:
        return int(found[1]), 1
    if _AT.match(line) or omitted(line) is not None or '{ fn: "' in line:
        return number, 1
    if fuchsia(line, 0) or line.lstrip().startswith(("[[[ELF ", "{{{")):
        return number, 1
    if number >= 0 and line.startswith("      ") and is_symbol(line.strip()):
        return number, 1
    below = FRAME.match(block[index + 1] or "")
    # one line of somebody else between two frames is a note
    return (number, 1) if number >= 0 and below and int(below[1]) == number + 1 else (number, 0)


def _indented(block: Block, index: int) -> int:
    """Where the indented lines end (exclusive)."""
    while (line := block[index]) is not None and line[:1] in {" ", "\t"} and line.strip():
        index += 1
    return index


def _eyre(block: Block) -> Report | None:
    """A panic as color-eyre prints it."""
    index = 1
    while (line := block[index]) is not None and line.startswith(("Message:", "Location:", "  ")) and line.strip():
        index += 1
    return _report(block, 0, _rest(block, index)) if index > 1 else None


def _stack(block: Block) -> Report | None:
    """A stack whose head has no anchor: an error of anyhow or eyre above it, or nothing."""
    below = block.skip_blank(1)
    line = block[below] or ""
    is_frame = FRAME.match(line) or fuchsia(line, 0) or omitted(line) is not None or '{ fn: "' in line
    if not is_frame and not line.lstrip().startswith(("[[[ELF ", "{{{")):
        return None
    first = 0
    for index in range(-1, -_BACK, -1):
        above = block.window[index]
        if above is None:
            break
        if _is_error(above):
            first = index
            break
        if above.strip() and not above[:1].isspace() and above.strip() not in _CHAIN and index < -3:
            break
    return _report(block, first, _rest(block, 0))


def _is_error(line: str) -> bool:
    """Whether a line is the message of an error chain."""
    return line.startswith(("Error: ", "error: ")) or line.rstrip() == "Error:"


def _chain(block: Block, index: int) -> Report | None:
    """An error with its causes."""
    below = block[index + 1] or ""
    if not below[:1].isspace() or not below.strip():
        return None
    for first in range(-1, -4, -1):
        above = block.window[first]
        if above is None:
            break
        if _is_error(above) or (above.strip() and "rror: " in above):
            return _report(block, first, _rest(block, 0))
        if above.strip() and first < -2:
            break
    return None


def _debug(block: Block) -> Report | None:
    """A backtrace as `{:?}` writes it, on one line or on several."""
    end = 1
    while (line := block[end]) is not None and '{ fn: "' in line:
        end += 1
    return _report(block, 0, end)


def _death(block: Block, text: str) -> Report | None:
    """What the runtime says before it aborts without a panic."""
    if text.startswith("fatal runtime error: "):
        kind, error, value = "abort", "fatal runtime error", text[21:]
    elif found := _ALLOCATION.match(text):
        kind, error, value = "oom", "memory allocation failed", f"memory allocation of {found[1]} bytes failed"
    else:
        return None
    end = _rest(block, 1)
    stacks = shifted(parse("\n".join(block.lines(1, end))), 1)
    traces = tuple(trace for trace in stacks if trace.frames)
    return Report(end=end, kind=kind, error_type=error, error_value=value, traces=traces, leads=True)


def _report(block: Block, first: int, end: int) -> Report | None:
    """The report of these lines."""
    lines = block.lines(first, end)
    if not lines[0].startswith("Error") and "rror: " in lines[0] and panic_head(lines[0]) is None:
        # the chain of a tool or of a log line
        lines[0] = "Error: " + lines[0].partition("rror: ")[2]
    traces = shifted(parse("\n".join(lines)), first)
    if not traces:
        return None
    crash = traces[0]
    error, value = crash.error_type, crash.error_value or ""
    if not error and not crash.frames:
        return None
    is_panic = error in {"panic", "stack overflow"}
    kind = "exception" if error else "dump"
    if error == "stack overflow":
        kind = "crash"
    elif value.startswith(("assertion failed", "assertion `")):
        kind = "assertion"
    return Report(
        first=first,
        end=end,
        kind=kind,
        level="fatal" if is_panic else "error",
        traces=traces,
        error_type=error,
        error_value=crash.error_value,
        thread_id=crash.thread_id,
        modules=_modules(lines),
        complete=_is_complete(traces, lines),
        leads=is_panic,
        follows=value.startswith(_SECOND),
    )


def _is_complete(traces: tuple[Trace, ...], lines: list[str]) -> bool:
    """Whether every stack that was announced has frames, and every panic a message."""
    is_announced = any(line.strip() in STACK_HEADS for line in lines)
    crash = traces[0]
    has_stack = any(frame.trust != "location" and frame.frame_kind == "frame" for frame in crash.frames)
    return (has_stack or not is_announced) and (crash.error_type is None or crash.error_value is not None)


def _modules(lines: list[str]) -> tuple[dict[str, object], ...]:
    """The images that Fuchsia lists."""
    found = (_ELF.match(line) for line in lines if "[[[ELF" in line)
    return tuple(
        {"name": match[2] or None, "code_id": match[3] or None, "base": int(match[4], 16)} for match in found if match
    )

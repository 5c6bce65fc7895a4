"""Stacks as Sentry writes them into mails and tickets, of Python and JavaScript.

Facts: general knowledge of Sentry's templates for plain text. Grammar, one line each::

    stack  = error blank* "Stacktrace (most recent call " ( "first" | "last" ) "):" blank* ( frame [ source ] | left )*
    frame  = '  File "' file '"' [ ", line " n ] [ ", col " n ] [ ", in " function ]
    left   = "..." | "(" n " additional frame(s) were not displayed)"
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from triage.formats.traces import javascript_frames
from triage.formats.traces.block import Block
from triage.formats.traces.log_lines import is_log
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("BEGINS", "report")

BEGINS: Final = "Stacktrace (most recent call "
_TITLE: Final = lazy(r"Stacktrace \(most recent call (first|last)\):\s*$")
_ERROR: Final = lazy(r"(?P<type>[^\W\d][\w$.]{0,200})(?:: ?(?P<value>.*))?$")
_FRAME: Final = lazy(
    r'\s{0,8}File "(?P<file>[^"\n]{1,2000})"(?:, line (?P<line>\d{1,9}))?(?:, col (?P<column>\d{1,9}))?'
    r"(?:, in (?P<function>\S.{0,1000}))?\s*$"
)
_LEFT: Final = lazy(r"\s{0,8}(?:\.\.\.|\(\d{1,6} additional frames?(?:\(s\))? w(?:as|ere) not displayed\))\s*$")
_SOURCES: Final = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".mts", ".vue", ".svelte", ".bundle")
_BLANKS, _MESSAGE = 3, 12


def report(window: Window, language: str) -> Report | None:
    """The stack below its title with the error above, None where it is of another language."""
    title = _TITLE.match(window[0] or "")
    if title is None:
        return None
    block = Block(window)
    frames, end = _frames(block)
    of = "javascript" if any(_is_script(frame) for frame in frames) else "python"
    if not frames or of != language:
        return None
    first, error, value = _error(window)
    made = tuple(_scripted(frame) if of == "javascript" else frame for frame in frames)
    trace = Trace(
        frames=made if title[1] == "first" else made[::-1], error_type=error, error_value=value, unwinder="text"
    )
    return Report(
        first=first,
        end=end,
        kind="exception" if error else "dump",
        level="error",
        traces=(trace,),
        error_type=error,
        error_value=value,
        complete=error is not None,
    )


def _frames(block: Block) -> tuple[list[Frame], int]:
    """The frames below the title as they stand, and where they end."""
    frames: list[Frame] = []
    end = index = 1
    while (line := block[index]) is not None and index - end < (_BLANKS if not frames else 2):
        index += 1
        if found := _FRAME.match(line):
            number, column = (int(found[name]) if found[name] else None for name in ("line", "column"))
            frames.append(
                Frame(
                    function=found["function"],
                    file=found["file"],
                    line=number,
                    column=column,
                    language="python",
                    trust="text",
                    text_line=index - 1,
                )
            )
        elif _LEFT.match(line):
            frames.append(Frame(function_raw=line.strip(), frame_kind="elided", language="python", text_line=index - 1))
        elif frames and frames[-1].context_line is None and line[:1].isspace() and line.strip():
            frames[-1] = replace(frames[-1], context_line=line.strip())
        elif line.strip():
            break
        else:
            continue
        end = index
    return ([] if all(frame.file is None for frame in frames) else frames), end


def _error(window: Window) -> tuple[int, str | None, str | None]:
    """The line that the error above the title begins in, its type and its message."""
    last = next((at for at in range(-1, -_BLANKS - 1, -1) if (window[at] or "").strip()), 0)
    if not last or window.is_record(last + 1):
        return 0, None, None
    first = last
    while first - 1 > last - _MESSAGE and (above := window[first - 1]) and above.strip():
        if window.is_record(first) or window.stream(first - 1) != window.stream(last) or is_log(above):
            break
        first -= 1
    for at in range(first, last + 1):
        named = _ERROR.match(window[at] or "")
        if named and (named["value"] or at == last):
            said = [named["value"] or "", *(window[below] or "" for below in range(at + 1, last + 1))]
            return at, named["type"], "\n".join(said).strip() or None
    return 0, None, None


def _is_script(frame: Frame) -> bool:
    """Whether a frame is of JavaScript: only its engines tell columns."""
    file = (frame.file or "").partition("?")[0]
    return frame.column is not None or file.endswith(_SOURCES) or file.startswith("node:")


def _scripted(frame: Frame) -> Frame:
    """A frame as V8 would have written it."""
    place = ":".join(str(part) for part in (frame.file, frame.line, frame.column) if part is not None)
    name = frame.function if frame.function not in {None, "?", "<anonymous>"} else None
    found = javascript_frames.frame(f"at {name} ({place})" if name else f"at {place}") if frame.file else None
    if found is None:
        return replace(frame, language="javascript")
    return replace(found, context_line=frame.context_line, text_line=frame.text_line)

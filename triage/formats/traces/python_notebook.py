"""Python tracebacks as IPython and Jupyter print them, and as rich draws them.

Facts: general knowledge of IPython 5 to 9 and rich 10 to 14. Grammar, one line each::

    notebook = dashes type spaces "Traceback (most recent call last)" ( place listing )* error
    place    = [ "File " ] path ":" n ", in " call | [ "File " ] path " in " call
             | "Cell In[" n "], line " n [ ", in " call ]
             | ( "Input In [" n "]" | "<ipython-input-" id ">" ) [ "," ] " in " call
    listing  = ( spaces n source | "-"* "> " n source )*
    drawn    = "╭─ Traceback (most recent call last) ─╮" row* "╰─╯" error
    row      = "│ " path ":" n " in " function | "│ ❱ " n source
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.log_lines import Tail
from triage.formats.traces.patterns import lazy
from triage.formats.traces.python_traceback import ERROR, HEADER, LINKS, is_error
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("drawn", "is_place", "notebook", "unread")

_HEAD: Final = lazy(r"([^\W\d][\w.]*) +Traceback \(most recent call last\):?\s*$")
_PLACES: Final = tuple(
    lazy(pattern)
    for pattern in (
        r"(?:File )?(?P<file>[^\s:]\S{0,400}|[A-Za-z]:\\[^:]{1,400}):(?P<line>\d{1,9})(?:, in (?P<call>.+)|, in|)$",
        r"(?:(?:Cell )?In ?|Input In )\[(?P<cell>\d{1,9})\], line (?P<line>\d{1,9})(?:, in (?P<call>.+))?$",
        r"(?:File )?(?P<file><ipython-input-[\w-]{1,60}>|Input In \[\d{1,9}\],?) in (?P<call>.+)$",
        r"(?:File )?(?P<file>(?:~|/|\.|[A-Za-z]:\\)[^(]{0,400}?\.(?:py|pyx|pxi|so)) in (?P<call>.+)$",
        r'File "(?P<file>[^"]{1,400})", line (?P<line>\d{1,9})$',
    )
)
_ARROW: Final = lazy(r"-{0,8}> {0,4}(\d{1,9})(?: (.*))?$")
_LISTED: Final = lazy(r" {0,8}\d{1,9}(?: .*|)$| {4,}\S")
_SKIPPED: Final = lazy(r"\s*(?:\(\.\.\.\)|\[\.\.\. (?:skipping|skipped) (\d{1,9})? ?.*|\.\.\. \((\d{1,9}) frames .*)$")
_RULE: Final = lazy(r"-{20,}$")
_CALL: Final = lazy(r"([^(]{1,200})\((.*)\)$", re.DOTALL)
_BOX_PLACE: Final = lazy(r"(\S.{0,400}?):(\d{1,9}) in (\S.{0,200})$")
_BOX_ARROW: Final = lazy(r"[❱>] +(\d{1,9}) ?[│|]? ?(.*)$")
_BOX_HIDDEN: Final = lazy(r"\.\.\. (\d{1,9}) frames hidden \.\.\.")
_BOX_BARE: Final = lazy(r"in (\S.{0,200}?):(\d{1,9})$")
_CORNERS: Final = frozenset({"╰", "└", "+"})
_LINES: Final = 64
_SYNTAX: Final = 8
_LINKED: Final = 4
_GAP: Final = 2


def is_place(line: str) -> bool:
    """Whether a line names a file or cell and a place in it, as IPython does above a listing."""
    return _place(line, 0) is not None


def _place(line: str, number: int) -> Frame | None:
    """The frame that a line announces."""
    if line[:1].isspace() or len(line) > 1_000:
        return None
    found = next((match for match in (pattern.match(line.rstrip()) for pattern in _PLACES) if match), None)
    if found is None:
        return None
    named = found.groupdict()
    file = f"In[{named['cell']}]" if named.get("cell") else str(named["file"]).rstrip(",")
    call = _CALL.match(named.get("call") or "")
    function: str = (call[1] if call else named.get("call")) or ""
    return Frame(
        function="<module>" if function.startswith("<cell line:") else function or None,
        args=(call[2] or None) if call and not function.startswith("<") else None,
        file=file,
        line=int(named["line"]) if named.get("line") else None,
        language="python",
        trust="text",
        text_line=number,
    )


class _Notebook:
    """Takes the lines of one notebook traceback: places, listings, errors, links."""

    def __init__(self, named: str) -> None:
        self.chains: list[tuple[list[Frame], str, list[str]]] = [([], named, [])]
        self.state = "frames"

    def feed(self, line: str, number: int, ended: bool) -> bool | None:
        """True where the line is of the traceback, None where it may be, False where it is not."""
        frames, named, message = self.chains[-1]
        if not line.strip():
            self.state = "after" if self.state == "message" else self.state
            return None
        if line.strip() in LINKS:
            self.state = "link"
            return True
        if found := _HEAD.match(line):
            if self.state == "link":
                self.chains.append(([], found[1], []))
                self.state = "frames"
                return True
            return False
        if self.state == "frames":
            return self._framed(frames, named, message, line, number)
        if self.state == "message" and not ended and not is_place(line.strip()):
            message.append(line)
            return True
        return self.state == "link" and _RULE.match(line) is not None

    def _framed(self, frames: list[Frame], named: str, message: list[str], line: str, number: int) -> bool:
        arrow = _ARROW.match(line.strip()) if not line.startswith("    ") or "-> " in line[:12] else None
        if place := _place(line, number):
            frames.append(place)
        elif arrow and frames:
            last = frames[-1]
            frames[-1] = replace(last, line=last.line or int(arrow[1]), context_line=(arrow[2] or "").strip() or None)
        elif skipped := _SKIPPED.match(line):
            count = int(skipped[1] or skipped[2] or 1)
            if skipped[1] or skipped[2]:
                mark = line.strip()
                frames.append(
                    Frame(frame_kind="elided", repeat=count, function_raw=mark, language="python", text_line=number)
                )
        elif (error := ERROR.match(line)) and (named.rpartition(".")[2] == error[1].rpartition(".")[2]):
            self.chains[-1] = (frames, error[1], message)
            message += [error[2]] if error[2] else []
            self.state = "message"
        elif not _LISTED.match(line) and not line.startswith(" "):
            return False
        return True

    def traces(self) -> list[Trace]:
        """The exception that surfaced, then its causes."""
        return [
            Trace(
                frames=tuple(reversed(frames)),
                role="cause" if depth else "crash",
                chain_no=depth,
                error_type=named,
                error_value="\n".join(message).strip() or None,
            )
            for depth, (frames, named, message) in enumerate(reversed(self.chains))
        ]


def notebook(window: Window) -> tuple[int, int, list[Trace], bool] | None:
    """The notebook traceback whose head is the anchor: first and end of its lines, stacks, whether it is whole."""
    head = _HEAD.match((window[0] or "").strip())
    if head is None:
        return None
    reader, tail, end, index = _Notebook(head[1]), Tail(window, 1), 1, 1
    while (line := window[index]) is not None and index - end <= _GAP:
        taken = reader.feed(line, index, tail.ended(index))
        if taken is False:
            break
        index += 1
        end = index if taken else end
    traces = reader.traces()
    if end == 1 or not any(trace.frames or trace.error_value for trace in traces):
        return None
    first = -1 if _RULE.match((window[-1] or "").strip()) else 0
    return first, end, traces, reader.state in {"message", "after"}


def unread(window: Window) -> tuple[int, list[Trace], bool] | None:
    """A syntax error in a cell, which has a place and no head."""
    place = _place((window[0] or "").strip(), 0)
    if place is None or place.line is None:
        return None
    for index in range(1, _SYNTAX):
        line = window[index]
        if line is None or not line.strip():
            return None
        if index == 1:
            place = replace(place, context_line=line.strip())
        elif (
            (error := ERROR.match(line))
            and error[2]
            and error[1].endswith(("SyntaxError", "IndentationError", "TabError"))
        ):
            return index + 1, [Trace(frames=(place,), error_type=error[1], error_value=error[2])], True
    return None


def drawn(window: Window) -> tuple[int, list[Trace], bool] | None:
    """The tracebacks that rich drew into boxes from the anchor on: the end of their lines, stacks, whether whole."""
    start, end, chain, whole = 0, 0, list[Trace](), False
    while (line := window[start]) is not None and HEADER in line:
        frames, inside = _boxed(window, start + 1)
        if not frames:
            break
        end, error, whole = inside, None, False
        if (window[inside] or "").strip()[:1] in _CORNERS:
            error, end = _said(window, inside + 1)
            whole = error is not None
        kind, value = error or (None, None)
        chain.append(Trace(frames=tuple(reversed(frames)), error_type=kind, error_value=value))
        start = end
        while start - end < _LINKED and (line := window[start]) is not None and HEADER not in line:
            if line.strip() and line.strip() not in LINKS:
                break
            start += 1
    if not chain:
        return None
    chain.reverse()
    linked = [replace(trace, role="cause", chain_no=depth) for depth, trace in enumerate(chain) if depth]
    return end, [chain[0], *linked], whole


def _boxed(window: Window, index: int) -> tuple[list[Frame], int]:
    """The frames in a box, oldest first, and the line behind the last one of it."""
    frames: list[Frame] = []
    nested = False
    while (line := window[index]) is not None and line.strip()[:1] in {"│", "|"}:
        text = line.strip()[1:]
        text = (text[:-1] if text.endswith(("│", "|")) else text).strip()
        if text[:1] in {"╭", "╰"}:
            # the variables of a frame stand in a box of their own
            nested = text[:1] == "╭"
        elif nested:
            pass
        elif place := _BOX_PLACE.match(text):
            frames.append(_drawn_frame(place[3], place[1], int(place[2]), index))
        elif place := _BOX_BARE.match(text):
            frames.append(_drawn_frame(place[1], None, int(place[2]), index))
        elif frames and (arrow := _BOX_ARROW.match(text)):
            frames[-1] = replace(frames[-1], context_line=arrow[2].strip(" │") or None)
        elif frames and (hidden := _BOX_HIDDEN.match(text)):
            count = int(hidden[1])
            frames.append(
                Frame(frame_kind="elided", repeat=count, function_raw=text, language="python", text_line=index)
            )
        index += 1
    return frames, index


def _drawn_frame(function: str, file: str | None, line: int, index: int) -> Frame:
    return Frame(function=function, file=file, line=line, language="python", trust="text", text_line=index)


def _said(window: Window, index: int) -> tuple[tuple[str, str | None] | None, int]:
    """The error below a box and where it ends."""
    line = window[index]
    if line is None or not is_error(line.strip()) or not (found := ERROR.match(line.strip())):
        return None, index
    tail, message, end = Tail(window, index), [found[2] or ""], index + 1
    while end - index <= _LINES and not tail.ended(end) and (more := window[end]) and HEADER not in more:
        message.append(more)
        end += 1
    return (found[1], "\n".join(message) or None), end

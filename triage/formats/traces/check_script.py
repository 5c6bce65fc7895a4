r"""V8's JavaScript stacks as it prints them into a native program's report: `==== JS stack trace ====` and Node's form.

Facts: general knowledge of V8's `Isolate::PrintStack` and of Node's reports, held against reports that fuzzers
collected. Grammar, one line each::

    stack   = "==== JS stack trace ====" frame* ["==== Details ====" details] ["====" "="*]
    frame   = n ": " ( kind "Frame [pc: 0x" A "]"
                     | ["new "] name [" [0x" A "]"] [" [" file ":" line "]"] … "(this=" args ")" )
    node    = "----- JavaScript stack trace -----" ( n ": " name " (" file ":" line ":" column ")" )*

The details repeat the frames with their locals and source; they are taken and not kept.
"""

from __future__ import annotations

import re
from typing import Final

from triage.formats.traces.check_frames import placed
from triage.formats.traces.patterns import lazy
from triage.formats.traces.window import Window
from triage.records import Frame

__all__ = ("script",)

_FRAME: Final = lazy(r"\s{0,8}(\d{1,4}): (\S.*)$")
_INNER: Final = lazy(r"(\w{1,40}Frame) \[pc: 0x([0-9a-fA-F]{1,16})\]")
_PC: Final = lazy(r" \[(?:pc=)?0x[0-9a-fA-F]{1,16}\]")
_PLACE: Final = lazy(r" \[([^\]\n]{1,1000}?):~?(\d{1,9})\]")
_MARK: Final = lazy(r"#\d{1,6}#")
_BETWEEN: Final = lazy(r"\s*$|Security context: |\s{0,8}\d{1,4}: ")
_DETAILS: Final = lazy(
    r"\s*$|\[\d{1,4}\]: |\s{2,4}// |\s{2,4}(?:var|let|const) |\s{2,4}\[\d{1,6}\] : |-{9,}|\}|// optimized frame"
    r"|={4,} Key |\s#\d{1,6}# |={10,}\s*$"
    r"|\s{8}"
)
_SOURCE: Final = "--------- s o u r c e   c o d e ---------"
_NODE: Final = "----- JavaScript stack trace -"
_SOURCE_LINES: Final = 64


def script(window: Window, start: int) -> tuple[list[Frame], int]:
    """The frames of the stack whose heading stands on a line, and where it ends (exclusive)."""
    node = (window[start] or "").startswith(_NODE)
    frames: list[Frame] = []
    end = at = start + 1
    while (line := window[at]) is not None and not window.is_record(at) and at - end < 5:
        at += 1
        if found := _FRAME.match(line):
            frames.append(_frame(found[2].rstrip(), at - 1, node=node))
            end = at
        elif line.startswith("Security context: "):
            end = at
        elif line.startswith("==== Details ="):
            return frames, _details(window, at)
        elif re.match(r"={20,}\s*$", line) and frames:
            return frames, at
        elif line.strip():
            break
    return frames, end


def _frame(text: str, at: int, *, node: bool) -> Frame:
    """One frame without its number."""
    if inner := _INNER.match(text):
        return Frame(function_raw=inner[1], address=int(inner[2], 16), trust="text", text_line=at)
    if node:
        name, opened, place = text.rpartition(" (")
        file, line, column = placed(place.removesuffix(")")) if opened else placed(text)
        return Frame(
            function=name or None,
            file=file,
            line=line,
            column=column,
            language="javascript",
            trust="text",
            text_line=at,
        )
    head, opened, args = text.partition("(this=")
    where = _PLACE.search(head)
    pc = _PC.search(head)
    cut = min(found.start() for found in (where, pc) if found) if where or pc else len(head)
    name = _MARK.sub("", head[:cut]).strip()
    return Frame(
        function="<anonymous>" if name in {"/* anonymous */", ""} else name,
        function_raw=name or None,
        args=f"this={args.removesuffix(')')}" if opened else None,
        file=where[1] if where else None,
        line=int(where[2]) if where else None,
        language="javascript",
        trust="text",
        text_line=at,
    )


def _details(window: Window, start: int) -> int:
    """Where the details end: behind their last line, or the closing rule."""
    end = at = start
    source = 0
    while (line := window[at]) is not None and not window.is_record(at):
        at += 1
        if line.startswith(_SOURCE):
            source = _SOURCE_LINES
        elif source and line.startswith("---------"):
            source = 0
        elif source:
            source -= 1
            continue
        elif not _DETAILS.match(line):
            break
        if line.strip():
            end = at
        if line.startswith("=====") and " Key " not in line:
            return at
    return end

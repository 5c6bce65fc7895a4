r"""MATLAB and Octave: errors with the functions that they came through.

Facts: general knowledge of MATLAB 7 to R2024 and of Octave 4 to 9. Grammar, one line each::

    matlab = ( "Error using " name [ " (" "line " n ")" ] | nothing ) message lines blank* "Error in " frame*
    frame  = "Error in " name [ " (" "line " n ")" ] [ source line ] blank*
    octave = "error: " [ name ": " ] message "error: called from" row*
    row    = "    " name " at line " n " column " n
    name   = function | class "/" method | file ">" function | file ">@(" ")" text

The name before a message is that of the function that raised it.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.log_lines import is_fence, is_log
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "matlab"
TITLE: Final = "MATLAB or Octave error"
PLATFORM: Final = "matlab"
ANCHORS: Final = ("Error in ", "Error using ", "error: called from")

_NAME: Final = r"(?P<name>[A-Za-z]\w{0,80}(?:[./>+][\w.@(),~ ]{0,200})?)"
_FRAME: Final = lazy(rf"Error in (?:==> )?{_NAME} \(line (?P<line>\d{{1,9}})\)\s*$")
_USING: Final = lazy(r"Error using (?:==> )?(?P<name>\S[^\n(]{0,200}?)(?: \(line (?P<line>\d{1,9})\))?\s*$")
_ROW: Final = lazy(r"\s{2,12}(?P<name>\S.{0,200}?) at line (?P<line>\d{1,9}) column \d{1,9}\s*$")
_ERROR: Final = lazy(r"error: (?P<text>\S.*)$")
_CALLED: Final = lazy(r"error: called from\s*$")
_PROMPT: Final = lazy(r"(?:>>|octave(?:\.\w+)?:\d+>) ?")
_OPEN: Final = lazy(r"[A-Za-z][\w ,]{3,120}")
_SEVERAL: Final = 8
_GAP: Final = 4


def read(window: Window) -> Report | None:
    """The error to which the anchor line belongs."""
    block = Block(window)
    line = (block[0] or "").rstrip()
    if _CALLED.match(line):
        return _octave(window, block)
    if found := _USING.match(line):
        return _using(block, found["name"], found["line"])
    return _bare(window, block) if _FRAME.match(line) else None


def _using(block: Block, name: str, line: str | None) -> Report | None:
    """An error that names who raised it, and the functions below it."""
    raised = Frame(
        function=name.strip(),
        line=int(line) if line else None,
        language="matlab",
        trust="text",
        # what comes with MATLAB shows no line of its own
        in_app=None if line else False,
        text_line=0,
    )
    at = next((at for at in range(1, _SEVERAL) if not (block[at] or "").strip() or _FRAME.match(block[at] or "")), 1)
    said = "\n".join(block[index] or "" for index in range(1, at)).strip()
    frames, end = _frames(block, at)
    if not said:
        return None
    return _report(0, max(end, at), said, [raised, *frames])


def _bare(window: Window, block: Block) -> Report | None:
    """Functions below an error that names none: its message is the paragraph above."""
    at = -1
    while at > -_GAP and not (window[at] or "").strip() and window[at] is not None:
        at -= 1
    last = at
    # Among lines that a container or a daemon wrote those above may be of anybody.
    most = 1 if window.stream(0) else _SEVERAL
    while last - at < most and _is_said(window, at):
        at -= 1
    said = "\n".join(window[index] or "" for index in range(at + 1, last + 1)).strip()
    if not said or _FRAME.match(said.rpartition("\n")[2]):
        return None
    frames, end = _frames(block, 0)
    return _report(at + 1, end, said, frames)


def _is_said(window: Window, at: int) -> bool:
    """Whether a line may be of a message: what a person typed, what others logged and what opens a block is none."""
    line = window[at] or ""
    if not line.strip() or is_fence(line):
        return False
    return not (window.is_record(at) or is_log(line) or _PROMPT.match(window.raw(at) or ""))


def _octave(window: Window, block: Block) -> Report | None:
    """Octave tells the message first, then all functions."""
    frames: list[Frame] = []
    end = 1
    while found := _ROW.match(block[end] or ""):
        frames.append(_frame(found["name"], found["line"], end))
        end += 1
    first = next((at for at in range(-1, -_SEVERAL, -1) if _ERROR.match(window[at] or "")), 0)
    head = _ERROR.match(window[first] or "")
    if not frames or not first or head is None:
        return None
    return _report(first, end, "\n".join([head["text"], *(window[at] or "" for at in range(first + 1, 0))]), frames)


def _frames(block: Block, index: int) -> tuple[list[Frame], int]:
    """The functions from there on, each with the line of source below it, and where they end."""
    frames: list[Frame] = []
    end = at = index
    while (line := block[at]) is not None and at - end < _GAP:
        at += 1
        if found := _FRAME.match(line.rstrip()):
            frames.append(_frame(found["name"], found["line"], at - 1))
            end = at
        elif line.strip() and line[:1] not in {" ", "\t"}:
            break
        elif line.strip() and at == end + 1:
            end = at
    return frames, end


def _frame(name: str, line: str, at: int) -> Frame:
    """One function."""
    file, _, own = name.strip().partition(">")
    return Frame(
        function=own or file,
        file=f"{file}.m" if own else None,
        line=int(line),
        language="matlab",
        trust="text",
        text_line=at,
    )


def _report(first: int, end: int, said: str, frames: list[Frame]) -> Report:
    """An error as a report; MATLAB shows no class of it, the first words tell one from another."""
    opening = _OPEN.match(said)
    error = opening[0].strip() if opening else "error"
    return Report(
        first=first,
        end=end,
        kind="exception",
        level="error",
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=said),),
        error_type=error,
        error_value=said,
    )

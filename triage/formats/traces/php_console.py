"""Errors of commands as Symfony's console and what builds on it (Composer, Laravel, Drupal) show them.

Facts: general knowledge of Symfony 4 to 7. Grammar, one line each; what it says of a cause stands below::

    shown = "In " file " line " n ":"  blank  [ "  [" class [ " (" code ")" ] "]" ] ( "  " message )*  blank
            [ "Exception trace:"  "  at " file ":" n  ( " " function "() at " file ":" n )* ]

A row names a function and the place that *calls* it, as all of PHP's do; see `php`.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHOR", "report")

ANCHOR: Final = ".php line "
_HEAD: Final = lazy(r"In (?P<file>\S.{0,200}\.php) line (?P<line>\d{1,9}):\s*$")
_CLASS: Final = lazy(r"  \[(?P<type>[^\W\d][\w\\]{0,300}(?:@anonymous)?)(?: \((?P<code>[\w-]{1,20})\))?\]\s*$")
_PLACE: Final = r"(?P<file>\S.{0,1000}?):(?P<line>\d{1,9}|n/a)\s*$"
_THROWN: Final = lazy(rf"  at {_PLACE}")
_CALL: Final = lazy(rf" (?P<function>[^\W\d][^\s()]{{0,400}}|\S{{0,200}}{{closure[^\s()]{{0,300}})\(\) at {_PLACE}")
_TITLE: Final = "Exception trace:"
# So many lines a message may have, so many blank ones stand between two parts, so many causes a chain has.
_MESSAGE, _BLANKS, _CHAIN = 40, 3, 20


def report(window: Window) -> Report | None:
    """The error that begins at the anchor, with its causes."""
    block = Block(window)
    traces: list[Trace] = []
    end = at = 0
    while len(traces) < _CHAIN and (found := _shown(block, at, len(traces))):
        traces.append(found[0])
        end = found[1]
        at = _filled(block, end)
    if not traces:
        return None
    crash = traces[0]
    return Report(
        end=end,
        kind="exception",
        level="error",
        traces=tuple(traces),
        error_type=crash.error_type,
        error_value=crash.error_value,
        complete=crash.error_type is not None,
    )


def _shown(block: Block, start: int, chain_no: int) -> tuple[Trace, int] | None:
    """One error of a chain, and where it ends."""
    head = _HEAD.match(block[start] or "")
    blank = block[start + 1]
    if head is None or blank is None or blank.strip():
        return None
    index, error = start + 2, None
    said: list[str] = []
    while (line := block[index]) is not None and line.startswith("  ") and line.strip() and len(said) < _MESSAGE:
        named = _CLASS.match(line) if index == start + 2 else None
        if named:
            error = named["type"]
        else:
            said.append(line.strip())
        index += 1
    if not error and not said:
        return None
    file, number = head["file"], int(head["line"])
    below = _filled(block, index)
    frames: tuple[Frame, ...] = (_frame(None, file, number, start, trust="location"),)
    if (block[below] or "").strip() == _TITLE and (rows := _rows(block, below + 1)):
        frames, index = rows
    trace = Trace(
        frames=frames,
        role="cause" if chain_no else "crash",
        chain_no=chain_no,
        error_type=error,
        error_value="\n".join(said) or None,
    )
    return trace, index


def _rows(block: Block, start: int) -> tuple[tuple[Frame, ...], int] | None:
    """The rows below a title, each function with the place inside it, and where they end."""
    thrown = _THROWN.match(block[start] or "")
    if thrown is None:
        return None
    frames: list[Frame] = []
    place, index = (thrown["file"], thrown["line"]), start + 1
    while (call := _CALL.match(block[index] or "")) is not None:
        frames.append(_frame(call["function"], place[0], _number(place[1]), index))
        place = call["file"], call["line"]
        index += 1
    frames.append(_frame(None, place[0], _number(place[1]), index - 1))
    return tuple(frames), index


def _filled(block: Block, index: int) -> int:
    """The next line that is not blank, as far as one stands near."""
    for at in range(index, index + _BLANKS):
        if (block[at] or "").strip():
            return at
    return index


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _frame(name: str | None, file: str, line: int | None, text_line: int, trust: str = "text") -> Frame:
    return Frame(
        function=name,
        file=None if file == "n/a" else file,
        line=line,
        language="php",
        trust=trust,
        text_line=text_line,
    )

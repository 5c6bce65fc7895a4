r"""Scheme: errors with what Guile, CHICKEN and Gambit print of the calls that led to them.

Facts: general knowledge of Guile 2.0 to 3.0, CHICKEN 4 and 5, Gambit 4. Grammar, one line each::

    guile   = "Backtrace:" ( "In " ( file | "unknown file" | "current input" ) ":" row+ )+ [ raised message ]
    row     = [ line ":" column ] "  " n " (" name words ")" | ( line | "?" ) ": " n " [" name words "]"
            | "... " n " more ..."
    raised  = ( file ":" line ":" column | "ERROR" ) ": In procedure " name ":"
    chicken = "Error: " message line* "Call history:" ( tab place tab name [ tab "<--" ] )+
    gambit  = "*** ERROR IN " name [ ", " '"' file '"@' line "." column ] " -- " message

Guile numbers its calls, 0 is the innermost and stands last; so does CHICKEN's last, which is what it marks.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block, rows
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "scheme"
TITLE: Final = "Scheme error"
PLATFORM: Final = "scheme"
ANCHORS: Final = (".scm:", "In unknown file:", "In current input:", "Call history:", "*** ERROR IN ")

_FILE: Final = lazy(r"In (?P<file>\S[^\n]{0,1000}?):\s*$")
_ROW: Final = lazy(
    r"\s{2,12}(?:(?P<line>\d{1,9}):(?P<column>\d{1,9}))?\s{1,24}\d{1,6} "
    r"\((?P<name>[^\s()]{1,400}|#<[^<>]{1,400}>)?"
)
_OLD: Final = lazy(r"\s{1,8}(?:(?P<line>\d{1,9})|\?): {1,4}\d{1,6} \[(?P<name>[^\s\[\]]{1,400})")
_ELIDED: Final = lazy(r"\s{0,12}\.\.\. (?P<times>\d{1,9}) more ?\.\.\.\s*$")
_RAISED: Final = lazy(r"(?:(?P<file>\S[^\n:]{0,1000}):(?P<line>\d{1,9}):(?P<column>\d{1,9})|ERROR): ?(?P<text>\S.*)?$")
_IN: Final = lazy(r"In procedure (?P<name>[^\s:]{1,300}):\s*(?P<text>.*)$")
_HISTORY: Final = lazy(
    r"\t(?:(?P<file>[^\s:<>]{1,600}):(?P<line>\d{1,9}): |<(?:eval|syntax)>\s{1,4}|(?P<place>[^\s:<>]{1,600}): )?"
    r"\(?(?P<name>[^\s()]{1,300})"
)
_CHICKEN: Final = lazy(r"(?:Error|Warning): (?:\([^\s()]{1,200}\) )?(?P<text>\S.*)$")
_GAMBIT: Final = lazy(
    r"\*\*\* ERROR IN (?P<name>[^\s,]{1,300}|\(.{1,200}?\))"
    r"(?:, \"(?P<file>[^\"]{1,600})\"@(?P<line>\d{1,9})\.(?P<column>\d{1,9}))? -- (?P<text>\S.*)$"
)
_NAMELESS: Final = frozenset({"_", "#f"})
_MESSAGE, _MOST = 12, 20_000


def read(window: Window) -> Report | None:
    """The error to which the anchor line belongs."""
    line = window[0] or ""
    if gambit := _GAMBIT.match(line):
        frame = _frame(gambit["name"], 0, gambit["file"], gambit["line"], gambit["column"])
        return _report(0, 1, [frame], gambit["text"].strip())
    if line.strip() == "Call history:":
        return _chicken(window)
    return _guile(window) if _FILE.match(line) else None


def _guile(window: Window) -> Report | None:
    """The files with their calls around the anchor line, and the message behind them."""
    block = Block(window)
    first = 0
    while first > -_MESSAGE and (line := window[first - 1]) is not None and _call(line, 0, None):
        first -= 1
    frames, end = _listed(block, first)
    if not any(frame.frame_kind == "frame" for frame in frames):
        return None
    titled = (window[first - 1] or "").strip() == "Backtrace:"
    value: str | None = None
    start = block.skip_blank(end)
    # behind a time it looks as the level that a logger writes
    if raised := _RAISED.match((window.error_line(start) if block[start] else None) or ""):
        value, end = (raised["text"] or "").strip(), start + 1
        named = _IN.match(value)
        # the message stands on a line of its own below the procedure that raised it
        below = (block[end] or "").strip() if not value or (named and not named["text"]) else ""
        value, end = below.removeprefix("ERROR: ") or value, end + bool(below)
    if not (titled or value):
        return None
    return _report(first - titled, end, frames[::-1], value or None)


def _listed(block: Block, first: int) -> tuple[list[Frame], int]:
    """The calls of Guile under the names of their files, and where they end (exclusive)."""
    frames: list[Frame] = []
    file, end = None, first
    while end < _MOST and (line := block.at(end)) is not None:
        if (found := _FILE.match(line)) and _call(block.at(end + 1) or "", 0, None):
            file = None if found["file"] in {"unknown file", "current input"} else found["file"]
        elif (row := _call(line, end, file)) is not None:
            frames.append(row)
        else:
            break
        end += 1
    return frames, end


def _call(line: str, at: int, file: str | None) -> Frame | None:
    """The frame of a row of Guile, or the row for those that it left out."""
    if elided := _ELIDED.match(line):
        times = int(elided["times"])
        return Frame(frame_kind="elided", repeat=times, function_raw=line.strip(), language="scheme", text_line=at)
    if row := _ROW.match(line):
        return _frame(row["name"], at, file, row["line"], row["column"])
    row = _OLD.match(line)
    return None if row is None else _frame(row["name"], at, file, row["line"], None)


def _chicken(window: Window) -> Report | None:
    """The message above a history of calls, and the calls, of which the last one failed."""
    block = Block(window)
    start = block.skip_blank(1)
    frames, end = rows(block, start, _history)
    first, said = 0, list[str]()
    while first > -_MESSAGE and (line := window[first - 1]) is not None and not _CHICKEN.match(line):
        first -= 1
        said.append(line.strip())
    head = _CHICKEN.match(window[first - 1] or "")
    if head is None or not frames:
        return None
    value = "\n".join([head["text"].strip(), *(line for line in reversed(said) if line)])
    return _report(first - 1, end, frames[::-1], value)


def _history(line: str, at: int) -> Frame | None:
    """The frame of a row of CHICKEN's history."""
    row = _HISTORY.match(line)
    return None if row is None else _frame(row["name"], at, row["file"] or row["place"], row["line"], None)


def _frame(name: str | None, at: int, file: str | None, line: str | None, column: str | None) -> Frame:
    """A call of a procedure; one without a name stays a place."""
    known = name is not None and name not in _NAMELESS and not name.startswith("#<")
    return Frame(
        function=name if known else None,
        file=file,
        line=int(line) if line else None,
        column=int(column) if column else None,
        language="scheme",
        trust="text",
        text_line=at,
    )


def _report(first: int, end: int, frames: list[Frame], value: str | None) -> Report:
    """An error with its calls, innermost first."""
    error = "error" if value else None
    return Report(
        first=first,
        end=end,
        kind="exception" if value else "dump",
        level="error",
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=value, crashed=True),),
        error_type=error,
        error_value=value,
        complete=value is not None,
    )

r"""CMake: errors of a project's own code, with the calls that led there.

Facts: general knowledge of CMake 3.0 to 4.0. Grammar, one line each::

    report = "CMake Error at " file ":" n " (" command "):" message line* [ stack ]
    stack  = "Call Stack (most recent call first):" row+
    row    = "  " file ":" n " (" command ")"

A row names the command that stands at its place: the function around a place is the command of the row below.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "cmake"
TITLE: Final = "CMake error"
PLATFORM: Final = "cmake"
ANCHORS: Final = ("CMake Error at ",)

_HEAD: Final = lazy(
    r"CMake Error at (?P<file>\S.{0,600}?):(?P<line>\d{1,9}) \((?P<name>[A-Za-z_][\w.+-]{0,200})\):\s*$"
)
_ROW: Final = lazy(r" {2}(?P<file>\S.{0,600}?):(?P<line>\d{1,9}) \((?P<name>[A-Za-z_][\w.+-]{0,200})\)\s*$")
_STACK: Final = "Call Stack (most recent call first):"
# What takes in a file, whose code stands in no function.
_FILES: Final = frozenset({"include", "find_package", "add_subdirectory"})
_MESSAGE, _MOST = 400, 2_000


def read(window: Window) -> Report | None:
    """The error that begins at the anchor line."""
    head = _HEAD.match(window[0] or "")
    if head is None:
        return None
    block = Block(window)
    at = 1
    while at < _MESSAGE and (line := block[at]) is not None and (not line.strip() or line.startswith("  ")):
        at += 1
    while at > 1 and not (block[at - 1] or "").strip():
        at -= 1
    value = "\n".join(line.strip() for line in block.lines(1, at)).strip() or None
    below = block.skip_blank(at)
    calls = [head]
    places = [0]
    if (block[below] or "").strip() == _STACK:
        at = below + 1
        while len(calls) < _MOST and (row := _ROW.match(block[at] or "")):
            calls.append(row)
            places.append(at)
            at += 1
    names = [None if row["name"].lower() in _FILES else row["name"] for row in calls[1:]] + [None]
    frames = tuple(
        Frame(
            function=name,
            file=row["file"],
            line=int(row["line"]),
            language="cmake",
            trust="text",
            text_line=place,
        )
        for row, name, place in zip(calls, names, places, strict=True)
    )
    return Report(
        end=at,
        kind="exception",
        level="error",
        traces=(Trace(frames=frames, error_type="CMake Error", error_value=value, crashed=True),),
        error_type="CMake Error",
        error_value=value,
    )

r"""Stacks that eu-stack of elfutils prints, of a process or of a core file.

Facts: general knowledge of elfutils 0.158 to 0.192 and its options -a, -s, -m, -b, -i. Grammar, one line each::

    report = [ "PID " n " - " ( "process" | "core" ) ] ( "TID " n ":" row* note? )+
    row    = "#" n " 0x" A [ " - 1" ] [ " " function [ "(" types ")" ] ] [ " - " image ] [ place ]
    place  = "    " file ":" line [ ":" column ]                                          on a line of its own
    note   = "eu-stack: " words

A core file's first thread is the one that crashed; which signal it was nobody says.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from triage.formats.traces.block import Block
from triage.formats.traces.gdb_frames import call
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "eu-stack"
TITLE: Final = "Stacks of eu-stack"
PLATFORM: Final = "native"
ANCHORS: Final = ("TID ",)

_PROCESS: Final = lazy(r"PID (?P<id>\d{1,9}) - (?P<what>process|core)\s*$")
_THREAD: Final = lazy(r"TID (?P<id>\d{1,9}):\s*$")
_ROW: Final = lazy(
    r"#\d{1,6} {1,4}0x(?P<address>[0-9a-f]{8,16})(?:(?: - 1)?\s{1,8}(?P<name>(?!- )\S.{0,4000}?))?"
    r"(?: {1,4}(?:- 1 )?- (?P<image>/\S{1,400}|\[\w{1,20}\]))?\s{0,8}$"
)
_PLACE: Final = lazy(r"\s{2,8}(?P<file>\S.{0,400}?):(?P<line>\d{1,9})(?::(?P<column>\d{1,9}))?\s{0,8}$")
_NOTE: Final = lazy(r"(?:eu-stack|\S{0,200}/eu-stack): |\s{2,8}\[[0-9a-f]{8,64}\]@0x")
_MOST: Final = 200_000


def read(window: Window) -> Report | None:
    """The threads from the anchor line on."""
    thread = _THREAD.match(window[0] or "")
    if thread is None or not _ROW.match(window[1] or ""):
        return None
    process = _PROCESS.match(window[-1] or "")
    block = Block(window)
    found: list[tuple[int, list[Frame]]] = []
    end = 0
    while end < _MOST and (line := block.at(end)) is not None:
        if thread := _THREAD.match(line):
            found.append((int(thread["id"]), []))
        elif row := _ROW.match(line):
            name = row["name"]
            function, args = call(name) if name else (None, None)
            raw = name if function != name else None
            found[-1][1].append(
                Frame(
                    function=function,
                    function_raw=raw,
                    args=args or None,
                    module=row["image"],
                    address=int(row["address"], 16),
                    trust="text",
                    text_line=end,
                )
            )
        elif (place := _PLACE.match(line)) and found[-1][1]:
            column = int(place["column"]) if place["column"] else None
            found[-1][1][-1] = replace(found[-1][1][-1], file=place["file"], line=int(place["line"]), column=column)
        elif not _NOTE.match(line):
            break
        end += 1
    error = "core dump" if process and process["what"] == "core" else None
    return Report(
        first=-1 if process else 0,
        end=end,
        kind="crash",
        traces=tuple(
            Trace(
                frames=tuple(frames),
                role="thread" if place else "crash",
                error_type=None if place else error,
                thread_id=number,
                crashed=not place,
                unwinder="text",
            )
            for place, (number, frames) in enumerate(found)
        ),
        error_type=error,
        thread_id=found[0][0],
        process_id=int(process["id"]) if process else None,
    )

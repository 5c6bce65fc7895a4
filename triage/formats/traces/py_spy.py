r"""Stacks of a running Python program that `py-spy dump` prints.

Facts: general knowledge of py-spy 0.3 and 0.4. Grammar, one line each::

    report = "Process " n ": " command  "Python v" version [ " (" path ")" ] ( thread row* )+
    thread = "Thread " n " (" state ")" [ ': "' name '"' ]
    row    = "    " function " (" file [ ":" line ] ")" | "        " ( "Arguments:" | "Locals:" | name ": " value )

The stack that counts is that of the thread that holds the lock of the interpreter, else of the first that runs.
"""

from __future__ import annotations

import re
from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "py-spy"
TITLE: Final = "Stacks of py-spy"
PLATFORM: Final = "python"
ANCHORS: Final = ("Python v",)

_PROCESS: Final = lazy(r"Process (?P<id>\d{1,9}): (?P<command>\S.*)$")
_PYTHON: Final = lazy(r"Python v(?P<version>\d{1,2}\.\d{1,3}\S{0,20})(?: \(.{1,400}\))?\s*$")
_THREAD: Final = lazy(
    r"Thread (?P<id>0x[0-9a-fA-F]{1,16}|\d{1,20})(?:/\d{1,9})? \((?P<state>active\+gil|active|idle)\)"
    r"(?:: \"(?P<name>.{0,200})\")?\s*$"
)
_ROW: Final = lazy(r" {4}(?P<name>\S.{0,300}?) \((?P<file>[^()]{1,600}?)(?::(?P<line>\d{1,9}))?\)\s*$")
_LOCAL: Final = lazy(r" {8}|\s*$")
_MOST: Final = 200_000
_ORDER: Final = {"active+gil": 0, "active": 1, "idle": 2}


def read(window: Window) -> Report | None:
    """The dump whose second line is the anchor line."""
    process, python = _PROCESS.match(window[-1] or ""), _PYTHON.match(window[0] or "")
    if process is None or python is None:
        return None
    block = Block(window)
    found: list[tuple[re.Match[str], list[Frame]]] = []
    at = end = 1
    while at < _MOST and (line := block[at]) is not None:
        if thread := _THREAD.match(line):
            found.append((thread, []))
        elif found and (row := _ROW.match(line)):
            number = int(row["line"]) if row["line"] else None
            frame = Frame(
                function=row["name"], file=row["file"], line=number, language="python", trust="text", text_line=at
            )
            found[-1][1].append(frame)
        elif not _LOCAL.match(line):
            break
        at += 1
        end = at if line.strip() else end
    found.sort(key=lambda one: (not one[1], _ORDER[one[0]["state"]]))
    if not found or not found[0][1]:
        return None
    return Report(
        first=-1,
        end=end,
        kind="dump",
        level="error",
        traces=tuple(
            Trace(
                frames=tuple(frames),
                role="thread" if place else "crash",
                thread_id=int(thread["id"], 0),
                thread_name=thread["name"],
                state=thread["state"],
            )
            for place, (thread, frames) in enumerate(found)
        ),
        thread_id=int(found[0][0]["id"], 0),
        process_id=int(process["id"]),
        process=process["command"].strip(),
        facts=(("python", python["version"]),),
    )

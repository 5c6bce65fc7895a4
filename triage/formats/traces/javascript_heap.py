"""What V8 prints when the engine itself ends: memory is used up, or the program that embeds it made a mistake.

Facts: general knowledge of Node 8 to 23. Grammar, one line each::

    fatal  = [ "<--- Last few GCs --->" line* ] [ "<--- JS stacktrace --->" script ] "FATAL ERROR: " message
             [ "----- Native stack trace -----" ] native* [ "----- JavaScript stack trace -----" listed* ]
    native = n ": 0x" hex ( symbol | "node::f(...)" ) [ "[" image "]" ]
    script = "==== JS stack trace ====" ( n ": " function "[0x" hex "] [" file ":" n "]" ... )*
    listed = n ": " function " (" place ")"
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.gdb_frames import call
from triage.formats.traces.javascript_frames import frame as v8_frame
from triage.formats.traces.patterns import integer, lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "report")

ANCHORS: Final = ("FATAL ERROR: ", "<--- Last few GCs", "<--- JS stacktrace")

_HEAP: Final = "JavaScript heap out of memory"
_FATAL: Final = lazy(r"(?:\S{1,60} )?FATAL ERROR: (.{1,1000})$")
_NATIVE: Final = lazy(
    r" {0,4}(\d{1,4}): (?:0x)?([0-9a-fA-F]{5,16}) ?(.*?)(?: \[([^\[\]]{1,400})\](?: ?\[[^\[\]]{1,400}\])?)?$"
)
_SCRIPT: Final = lazy(
    r" {1,6}(\d{1,4}): (.{1,200}?) ?\[(?:0x([0-9a-fA-F]{1,16})|pc: (?:0x)?([0-9a-fA-F]{1,16}))\](?: \[(.{1,400}?)\])?"
)
_PLACE: Final = lazy(r"(.{1,400}?):(?:~)?(\d{1,9})(?::(\d{1,9}))?$")
_LISTED: Final = lazy(r" {0,4}(\d{1,4}): (\S.*)$")
_GC: Final = lazy(r"\[\d{1,9}:0x[0-9a-f]{1,16}\] +\d")
_PID: Final = lazy(r"\[(\d{1,9}):0x")
_OFFSET: Final = lazy(r"(.{1,400})\+(\d{1,9}|0x[0-9a-fA-F]{1,16})$")
_MEMORY: Final = lazy(r"(?:out of memory|heap limit|Allocation failed|process OOM)", re.IGNORECASE)
_LOOK: Final = 64
_GAP: Final = 2


class _Reader:
    """Takes the lines from the last collections of garbage to the stacks."""

    def __init__(self) -> None:
        self.native: list[Frame] = []
        self.script: list[Frame] = []
        self.message: str | None = None
        self.process_id: int | None = None
        self.part = "head"

    def feed(self, line: str, number: int) -> bool | None:
        """True where the line is of the report, None where it may be, False where it is not."""
        text = line.strip()
        if not text or text == "#":
            return None
        if self._titled(text):
            return True
        if found := _FATAL.match(text.lstrip("# ")):
            if self.message is not None:
                return False
            self.message, self.part = found[1], "native"
            return True
        if _GC.match(text) or text.startswith("<---"):
            pid = _PID.match(text)
            self.process_id = int(pid[1]) if pid else self.process_id
            return True
        return self._framed(line, text, number)

    def _titled(self, text: str) -> bool:
        """A line that names the part which follows."""
        if "Native stack trace" in text and text.startswith("-"):
            self.part = "native"
        elif "JavaScript stack trace" in text and text.startswith("-"):
            self.part = "listed"
        elif text.startswith("==== JS stack trace"):
            self.part = "script"
        elif not text.startswith(("Security context:", "<--- JS stacktrace")):
            return False
        return True

    def _framed(self, line: str, text: str, number: int) -> bool | None:
        if self.part == "native" and (found := _NATIVE.match(line.rstrip())):
            self.native.append(_native(found, number))
        elif self.part == "script":
            if found := _SCRIPT.match(line):
                self.script.append(_script(found, number))
        elif self.part == "listed" and (found := _LISTED.match(line)):
            read = v8_frame(f"    at {found[2]}")
            note = Frame(frame_kind="note", function_raw=text, language="javascript")
            self.script.append(_placed(read or note, number))
        else:
            return None if self.message is None and text.startswith(("#", "Mark-sweep", "Scavenge")) else False
        return True


def _placed(read: Frame, number: int) -> Frame:
    """The frame with the line that it stands on."""
    return replace(read, text_line=number)


def _native(found: re.Match[str], number: int) -> Frame:
    """A frame of the engine."""
    raw = found[3].strip()
    symbol, offset = raw, None
    if parts := _OFFSET.match(raw):
        symbol, offset = parts[1], integer(parts[2])
    name = call(symbol)[0] if symbol.endswith((")", "const")) and not symbol.startswith("(") else symbol
    return Frame(
        function=name or None,
        function_raw=raw if raw != name else None,
        module=found[4],
        symbol_offset=offset,
        address=int(found[2], 16),
        trust="text",
        text_line=number,
    )


def _script(found: re.Match[str], number: int) -> Frame:
    """A frame of the script in V8's own dump."""
    name = found[2].strip()
    place = _PLACE.match(found[5]) if found[5] else None
    internal = name in {"ExitFrame", "StubFrame", "InternalFrame", "EntryFrame", "BuiltinExitFrame"}
    return Frame(
        function=None if internal or name.startswith("/*") else name,
        function_raw=name if internal or name.startswith("/*") else None,
        file=place[1] if place else None,
        line=int(place[2]) if place else None,
        column=int(place[3]) if place and place[3] else None,
        address=int(found[3] or found[4], 16) if found[4] else None,
        language="javascript",
        trust="text",
        text_line=number,
    )


def report(window: Window) -> Report | None:
    """The end of an engine that begins at the anchor."""
    head = window[0] or ""
    if not (head.strip().startswith("<---") or _FATAL.match(head.strip().lstrip("# "))):
        return None
    reader, index, end = _Reader(), 0, 0
    while (line := window[index]) is not None and not window.is_record(index) and index - end <= _GAP:
        if index > _LOOK and reader.message is None and not reader.script and not _GC.match(line.strip()):
            break
        if reader.feed(line, index) is False:
            break
        index += 1
        end = index if line.strip(" #\r\t") else end
    memory = _MEMORY.search(reader.message or "") is not None
    frames = reader.native or reader.script
    if not end or not (memory or frames or head.startswith("<--- Last few GCs")):
        return None
    stacks = [frames, reader.script] if reader.native and reader.script else [frames]
    # The heap that is too small is an error of its own name; other fatal errors have none.
    error, value = (_HEAP if _HEAP in (reader.message or "") else "FATAL ERROR"), reader.message
    crash = Trace(frames=tuple(frames), error_type=error, error_value=value, crashed=True)
    others = (Trace(frames=tuple(held), role="other", chain_no=1) for held in stacks[1:])
    return Report(
        end=end,
        kind="oom" if memory or reader.message is None else "abort",
        handled=False,
        traces=(crash, *others),
        error_type=error,
        error_value=value,
        process_id=reader.process_id,
        complete=reader.message is not None,
        leads=True,
    )

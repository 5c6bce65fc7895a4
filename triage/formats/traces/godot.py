"""Godot: errors of scripts and of the engine as it prints them, as its editor copies them, and its crash handler.

Facts: general knowledge of Godot 3 and 4. Grammar, one line each::

    error   = ( "SCRIPT ERROR: " | "USER ERROR: " | "USER SCRIPT ERROR: " | "ERROR: " ) message
              blanks "at: " function " (" file ":" n ")"             4; in 3 "At: " file ":" n ":" function "()"
              [ "GDScript backtrace (most recent call first):" row* ]
    row     = "[" n "] " function " (" file ":" n ")"
    copied  = "E " time "   " [ function ": " ] message
              ( "<" title ">" blanks value )*              C++ Error, C++ Source, GDScript Source, Stack Trace
    crash   = "handle_crash: Program crashed with signal " n | "CrashHandlerException: Program crashed"
              lines  ( "[" n "] " frame )*  "-- END OF BACKTRACE --" [ the GDScript backtrace ]
    frame   = image "(" [ function ] "+0x" offset ") [0x" A "]" [ " (" place ")" ] | function " (" file ":" n ")"

The place of an error is the first frame. Warnings are no errors.
"""

from __future__ import annotations

import re
from typing import Final

from triage.formats.exception_codes import name as code_name
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "godot"
TITLE: Final = "Godot error or crash"
PLATFORM: Final = "native"
ANCHORS: Final = (
    "handle_crash: Program crashed",
    "CrashHandlerException: Program crashed",
    "SCRIPT ERROR: ",
    "USER ERROR: ",
    "   at: ",
    "   At: ",
    "<C++ Source>",
    "<GDScript Source>",
    "<Stack Trace>",
)

_CRASH: Final = lazy(
    r"(?:handle_crash|CrashHandlerException): Program crashed(?: with signal (?P<number>\d{1,2}))?\s*$"
)
_VERSION: Final = lazy(r"Engine version: (?:Godot Engine )?v?(?P<version>\S{1,80})")
_ERROR: Final = lazy(r"(?P<kind>(?:USER )?SCRIPT ERROR|USER ERROR|ERROR): (?P<text>.*)$")
_AT: Final = lazy(r"\s{2,16}at: (?P<function>.{1,300}?) \((?P<file>[^()\n]{1,600}):(?P<line>-?\d{1,9})\)\s*$")
_OLD: Final = lazy(
    r"\s{2,16}At: (?P<file>\S[^\n]{0,600}?):(?P<line>\d{1,9})(?::(?P<function>[\w:<>~]{1,200})\(\))?"
    r"(?: - .{0,400})?\.?\s*$"
)
_ROW: Final = lazy(r"\s{0,40}\[\d{1,5}\] (?P<function>.{1,300}?) \((?P<file>[^()\n]{1,600}):(?P<line>\d{1,9})\)\s*$")
_ROWS: Final = lazy(
    r"\s{0,24}\w{2,20} backtrace \(most recent call first\):\s*$|-- (?:END OF )?\w{2,20} BACKTRACE --\s*$"
)
_FRAME: Final = lazy(r"\s{0,8}\[\d{1,5}\] (?P<body>\S.{0,3000}?)\s*$")
_LINUX: Final = lazy(
    r"(?P<image>\S.{0,400}?)\((?P<function>[^()+]{0,1000}(?:\([^()]{0,400}\))?)\+0x(?P<offset>[0-9a-fA-F]{1,16})\)"
    r" \[0x(?P<address>[0-9a-fA-F]{1,16})\](?: \((?P<place>[^()\n]{1,600})\))?$"
)
_PLACE: Final = lazy(r"(?P<file>[^\n]{1,600}):(?P<line>\d{1,9}|\?)$")
_MAC: Final = lazy(
    r"\d{1,4} {1,40}(?P<image>\S{1,200}) {1,40}0x(?P<address>[0-9a-fA-F]{1,16}) (?P<function>\S.{0,600})"
    r" \+ (?P<offset>\d{1,9})$"
)
_COPIED: Final = lazy(
    r"E (?P<time>\d{1,3}:\d\d:\d\d[:.]\d{3,4})\s{1,8}(?:(?P<function>[\w:<>~@]{1,200}): )?(?P<text>\S.*)$"
)
_TITLE: Final = lazy(r"\s{0,8}<(?P<key>[A-Za-z+ #]{2,24})>\s{0,8}(?P<value>\S.{0,1000})$")
_SPOT: Final = lazy(r"\s{0,40}(?P<file>[^\n@]{1,600}):(?P<line>\d{1,9}) @ (?P<function>\S.{0,200}?)(?:\(\))?\s*$")
_END: Final = "-- END OF BACKTRACE --"
_MESSAGE, _BACK, _MOST = 8, 24, 2_000


def read(window: Window) -> Report | None:
    """The error or the crash that the anchor line is of."""
    line = window[0] or ""
    if crash := _CRASH.match(line.strip()):
        return _crash(window, crash)
    if found := _ERROR.match(line):
        return _error(window, 0, found)
    if _AT.match(line) or _OLD.match(line):
        for index in range(-1, -_MESSAGE, -1):
            above = window.error_line(index)
            if above is None or window.is_record(index + 1):
                break
            if found := _ERROR.match(above):
                return _error(window, index, found)
    if _TITLE.match(line):
        return _copied(window)
    return None


def _error(window: Window, first: int, found: re.Match[str]) -> Report | None:
    """An error with the place below its message."""
    lines = [found["text"]]
    index = first + 1
    place = None
    while index - first <= _MESSAGE and (line := window[index]) is not None and not window.is_record(index):
        place = _AT.match(line) or _OLD.match(line)
        if place is not None or _ERROR.match(line):
            break
        lines.append(line)
        index += 1
    if place is None:
        return None
    at = index
    spot = _frame(place["function"], place["file"], int(place["line"]), at)
    rows, end = _rows(window, at + 1)
    # the engine's own frame of an error that a script raised says less than the script's
    frames = rows if rows and (rows[0].file == spot.file or found["kind"] != "ERROR") else [spot, *rows]
    text = "\n".join(lines).strip()
    error = found["kind"].capitalize()
    return Report(
        first=first,
        end=end,
        kind="exception",
        level="error",
        traces=(Trace(frames=tuple(frames), error_type=error, error_value=text or None),),
        error_type=error,
        error_value=text or None,
    )


def _rows(window: Window, index: int) -> tuple[list[Frame], int]:
    """The rows of a script's backtrace, if it stands here, and where they end."""
    end, rows = index, list[Frame]()
    while len(rows) < _MOST and (line := window[index]) is not None and not window.is_record(index):
        if row := _ROW.match(line):
            rows.append(_frame(row["function"], row["file"], int(row["line"]), index))
        elif not _ROWS.match(line):
            break
        index += 1
        end = index
    return rows, end


def _copied(window: Window) -> Report | None:
    """An error as the editor copies it."""
    first = next((at for at in range(0, -_MESSAGE, -1) if _COPIED.match(window[at] or "")), None)
    if first is None:
        return None
    head = _COPIED.match(window[first] or "")
    said: dict[str, str] = {}
    rows: list[Frame] = []
    index = first + 1
    while (line := window[index]) is not None and len(rows) < _MOST:
        if title := _TITLE.match(line):
            key = title["key"].strip()
            said.setdefault(key, title["value"].strip())
            line = title["value"] if key in {"Stack Trace", "C++ Source", "GDScript Source", "C# Source"} else ""
        elif not _SPOT.match(line) or not line[:1].isspace():
            break
        if spot := _SPOT.match(line):
            rows.append(_frame(spot["function"], spot["file"].strip(), int(spot["line"]), index))
        index += 1
    if head is None or not said:
        return None
    # the place in the source of the engine, then the script's own calls
    scripts = [row for row in rows if (row.file or "").endswith((".gd", ".cs"))]
    text = head["text"].strip()
    return Report(
        first=first,
        end=index,
        kind="exception",
        level="error",
        traces=(Trace(frames=tuple(scripts or rows), error_type="Error", error_value=text),),
        error_type="Error",
        error_value=text,
        facts=tuple((key.lower().replace(" ", "_"), value) for key, value in said.items() if key.endswith("Error")),
    )


def _crash(window: Window, crash: re.Match[str]) -> Report:
    """A crash of the engine, with the stack that its handler prints."""
    number = int(crash["number"]) if crash["number"] else None
    signal = code_name("linux", number) if number is not None else None
    frames: list[Frame] = []
    version = None
    index = end = 1
    while index < _MOST and (line := window[index]) is not None and not window.is_record(index):
        if line.strip() == _END:
            end = index + 1
            break
        if named := _VERSION.match(line.strip()):
            version = named["version"]
        elif found := _FRAME.match(line):
            frames.append(_native(found["body"], index))
            end = index + 1
        elif (frames and line.strip()) or index - end > _MESSAGE or _CRASH.match(line.strip()):
            break
        index += 1
    scripts, last = _rows(window, end)
    if scripts:
        end = last
    error = signal or "crash"
    traces = [Trace(frames=tuple(frames), error_type=error, crashed=True, unwinder="text")]
    if scripts:
        traces.append(Trace(frames=tuple(scripts), role="other", thread_name="GDScript"))
    return Report(
        end=end,
        kind="crash",
        traces=tuple(traces),
        error_type=error,
        error_code=number,
        error_code_name=signal,
        signal=signal,
        facts=(("engine", version),) if version else (),
        complete=bool(frames),
        leads=True,
    )


def _native(body: str, at: int) -> Frame:
    """A frame of the crash handler of one of the systems."""
    if found := _LINUX.match(body):
        place = _PLACE.match(found["place"] or "")
        known = place is not None and not place["file"].startswith("?")
        return Frame(
            function=found["function"] or None,
            module=found["image"].rpartition("/")[2],
            module_offset=None if found["function"] else int(found["offset"], 16),
            symbol_offset=int(found["offset"], 16) if found["function"] else None,
            file=place["file"] if known and place else None,
            line=int(place["line"]) if known and place and place["line"] != "?" else None,
            language="c++",
            trust="text",
            address=int(found["address"], 16),
            text_line=at,
        )
    if found := _MAC.match(body):
        return Frame(
            function=found["function"],
            module=found["image"],
            symbol_offset=int(found["offset"]),
            language="c++",
            trust="text",
            address=int(found["address"], 16),
            text_line=at,
        )
    name, _, rest = body.rpartition(" (")
    place = _PLACE.match(rest.removesuffix(")")) if name and rest.endswith(")") else None
    if place is None:
        unknown = body.startswith(("<couldn't map", "error(s)", "??"))
        return Frame(function=None if unknown else body, language="c++", trust="text", text_line=at)
    file = None if place["file"].startswith("?") else place["file"]
    line = int(place["line"]) if file and place["line"] != "?" else None
    return Frame(function=name.strip(), file=file, line=line, language="c++", trust="text", text_line=at)


def _frame(function: str | None, file: str, line: int, at: int) -> Frame:
    """A place in a script or in the source of the engine."""
    script = file.startswith("res://") or file.endswith((".gd", ".gdshader"))
    return Frame(
        function=function.removesuffix("()") if function else None,
        file=file,
        line=max(line, 0),
        language="gdscript" if script else "c++",
        trust="text",
        text_line=at,
    )

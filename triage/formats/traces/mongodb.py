r"""MongoDB's servers: why they ended and their stack, each line an object of JSON.

Facts: general knowledge of the logs that mongod and mongos write since 4.4. Grammar, one object a line, `t`, `s`, `c`,
`id`, `ctx`, `msg` and `attr` its members::

    report = fatal* backtrace frame*
    fatal  = s "F", msg "Invariant failure" | "Fatal assertion" | "Writing fatal message" | ..., attr { expr, error,
             message, file, line, msgid }
    trace  = msg "BACKTRACE", attr.bt.backtrace: frame objects, which may be cut
    frame  = msg "Frame", attr.frame { a: address, b: base, o: offset, s: symbol, C: demangled, "s+": offset in it }
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from triage.formats.exception_codes import name as code_name
from triage.formats.traces.gdb_frames import call
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "mongodb"
TITLE: Final = "MongoDB server crash"
PLATFORM: Final = "native"
ANCHORS: Final = ('"msg":"Invariant failure"', '"msg":"Fatal assertion"', '"msg":"BACKTRACE"', '"msg":"Frame"')

_ABOVE: Final = 8
_LONGEST: Final = 262_144
_HEX: Final = frozenset("0123456789abcdefABCDEF")
_SIGNAL: Final = lazy(r"Got signal: (\d{1,3})\b")
# What the handler of a signal says before its stack.
_FAULT: Final = lazy(r"Invalid (access|operation) at address")
_TYPES: Final = {"Invariant failure": "assertion", "Fatal assertion": "assertion"}
_decode: Final = msgspec.json.Decoder().decode


@dataclass(slots=True)
class _Crash:
    """What the lines say."""

    kind: str = "abort"
    error_type: str | None = None
    value: str | None = None
    signal: str | None = None
    code: int | None = None
    fault: str | None = None
    listed: list[Frame] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)

    def take(self, said: dict[str, Any], at: int) -> bool:
        """Take a line; whether it belongs."""
        attr = said["attr"] if isinstance(said.get("attr"), dict) else {}
        text = str(said.get("msg", ""))
        if text == "Frame" and isinstance(attr.get("frame"), dict):
            self.frames.append(_frame(attr["frame"], at))
        elif text == "BACKTRACE":
            trace = attr.get("bt")
            rows = trace.get("backtrace") if isinstance(trace, dict) else None
            self.listed = [_frame(row, at) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        elif said.get("s") == "F":
            self._fatal(text, attr)
        else:
            return False
        return True

    def _fatal(self, text: str, attr: dict[str, Any]) -> None:
        """Why the server ends."""
        if self.error_type is None and text in _TYPES:
            self.kind, self.error_type = _TYPES[text], text
            told = next((attr[key] for key in ("expr", "error", "msgid") if attr.get(key)), text)
            self.value = told if isinstance(told, str) else msgspec.json.encode(told).decode()
        elif found := _SIGNAL.search(str(attr.get("message", text))):
            self.code = int(found[1])
            self.signal = code_name("linux", self.code)
        elif self.value is None:
            self.value = str(attr.get("message") or text).strip() or None
            found = _FAULT.match(self.value or "")
            self.fault = f"invalid {found[1]}" if found else None


def read(window: Window) -> Report | None:
    """The end of a server around the anchor line."""
    first = 0
    mine = _object(window[0])
    if mine is None or "ctx" not in mine:
        return None
    for index in range(-1, -_ABOVE, -1):
        above = _object(window[index])
        if above is None or above.get("ctx") != mine["ctx"]:
            break
        if above.get("s") == "F":
            first = index
    crash = _Crash()
    at = end = first
    while (said := _object(window[at])) is not None:
        at += 1
        if said.get("ctx") != mine["ctx"]:
            if at - end > _ABOVE:
                break
        elif crash.take(said, at - 1):
            end = at
        else:
            break
    frames = crash.frames if len(crash.frames) >= len(crash.listed) else crash.listed
    if end <= 0 or not (frames or crash.error_type):
        return None
    error_type = crash.error_type or crash.signal or crash.fault
    fault = not crash.error_type and (crash.fault or crash.signal == "SIGSEGV")
    return Report(
        first=first,
        end=end,
        kind="crash" if fault else crash.kind,
        traces=(
            Trace(
                frames=tuple(frames),
                error_type=error_type,
                error_value=crash.value,
                crashed=True,
                unwinder="text",
            ),
        ),
        error_type=error_type or "abort",
        error_value=crash.value,
        error_code=crash.code,
        signal=crash.signal,
        complete=bool(frames),
    )


def _object(line: str | None) -> dict[str, Any] | None:
    """The object that a line is."""
    if line is None or len(line) > _LONGEST or not line.startswith('{"t":'):
        return None
    try:
        found = _decode(line)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return None
    return found if isinstance(found, dict) else None


def _frame(row: dict[str, Any], at: int) -> Frame:
    """A frame; its demangled name is the better one."""
    raw = row.get("C") or row.get("s")
    function, args = call(raw) if isinstance(raw, str) and raw else (None, None)
    return Frame(
        function=function or None,
        function_raw=raw if function and raw != function else None,
        args=args or None,
        symbol_offset=_number(row.get("s+")),
        address=_number(row.get("a")),
        trust="text",
        text_line=at,
    )


def _number(text: object) -> int | None:
    """Hexadecimal digits as a number."""
    return int(text, 16) if isinstance(text, str) and 0 < len(text) <= 16 and set(text) <= _HEX else None

"""Lua: tracebacks of PUC Lua 5.1 to 5.4 and LuaJIT, OpenResty, LÖVE, Roblox and other hosts.

Facts: general knowledge of `luaL_traceback`, `lua.c`, LuaJIT, ngx_lua, LÖVE's error screen and Roblox' output window.
Grammar, one line each::

    report    = [ program ": " ] place ": " message lines  title  frame*
    title     = "stack traceback:" | "Traceback" | "Stack Begin" ... "Stack End"
    frame     = place ": in " what | "[C]: in " what | "[C]: at 0x" hex | "(...tail calls...)" | "(tail call): ?"
              | "..." [ tab "(skipping " n " levels)" ]
    what      = kind " '" name "'" | "function <" place ">" | "main chunk" | "?"
    kind      = "function" | "local" | "upvalue" | "method" | "field" | "global" | "metamethod" | "for iterator"
    place     = file ":" line | '[string "' name '"]:' line | '[love "' file '"]:' line
    openresty = "lua " ( "entry" | "user" ) " thread aborted: " kind " error: " ...  "coroutine " n ":" frame*
    roblox    = "Script '" path "', Line " n [ " - " [ "function " ] name ]

Frames are printed innermost first. A coroutine below the first is a stack of its own.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import IN_PATH, lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "lua"
TITLE: Final = "Lua traceback"
PLATFORM: Final = "lua"
ANCHORS: Final = ("stack traceback:", "Stack Begin", "in main chunk", ": in function ", "[C]: in ", "', Line ")

_PLACE: Final = r"(?:\[(?:string|love) \"[^\"]{0,400}\"\]|(?:[A-Za-z]:)?[^\s:\[\]]" + IN_PATH + r"{0,1000})"
_FRAME: Final = lazy(
    rf"\s*(?:(?P<c>\[C\]|\[builtin:[\w.]{{1,80}}\])|(?P<file>{_PLACE})(?::(?P<line>\d{{1,9}}))?): "
    r"(?:in (?P<what>\S.*)|at 0x(?P<address>[0-9a-fA-F]{1,16})|(?P<unknown>\?))$"
)
_NAMED: Final = lazy(
    r"(?P<kind>function|local|upvalue|method|field|global|metamethod|for iterator|hook|finalizer|constant)"
    r" (?:['`](?P<name>[^'\n]{1,400})'|(?P<plain><[^>\n]{1,1000}>|[\w.:]{1,400}))(?: \(.{0,400}\))?$"
)
_TAIL: Final = lazy(
    r"\s*(?:\(\.\.\.tail calls\.\.\.\)|\(tail call\): \?|\.\.\.(?:\s*\(skipping (\d{1,9}) levels?\))?)$"
)
_COROUTINE: Final = lazy(r"\s*coroutine (\d{1,6}):$")
_ROBLOX: Final = lazy(
    r"\s*(?:Script )?'(?P<file>[^'\n]{1,400})', Line (?P<line>\d{1,9})(?: - (?:function )?(?P<name>\S.{0,200}?))?$"
)
_HEAD: Final = lazy(rf"(?:(?P<program>[\w./+-]{{1,80}}): )?(?P<file>{_PLACE}):(?P<line>\d{{1,9}}): (?P<text>.*)$")
_NGINX: Final = lazy(
    r"(?:\[\w{1,10}\] )?(?:\d{1,9}#\d{1,9}: )?(?:\*\d{1,12} )?"
    r"(?P<what>lua (?:entry|user) thread aborted|failed to (?:run|load) [\w*]{1,60}): (?:(?P<kind>\w{1,20} error): )?"
)
_STUDIO: Final = lazy(r"\s{1,4}- {1,2}(?:Studio|Server|Client|Edit)(?: {1,4}- {1,2}.{0,200})?$")
# The clock that Roblox' output window shows, further to the right below the first line.
_CLOCK: Final = lazy(r"\s{0,4}\d\d:\d\d:\d\d\.\d{3} {1,4}")
_TAILS: Final = (", client: ", ", context: ")
_TITLES: Final = frozenset(("stack traceback:", "Stack Begin", "Traceback"))
# Lines of a message, and blank lines between a message and its title, as LÖVE leaves them.
_MESSAGE: Final = 10


def read(window: Window) -> Report | None:
    """The error whose traceback lies around the anchor line."""
    block = Block(window)
    title = _title(block)
    if title is None:
        return None
    rows = _Rows()
    end = rows.read(block, title)
    if not rows.count:
        return None
    first, error, value, facts, is_told = _message(block, title)
    traces = rows.traces(error if is_told else None, value)
    return Report(
        first=first,
        end=end,
        kind="exception" if is_told else "dump",
        level="error",
        traces=traces,
        error_type=error if is_told else None,
        error_value=value,
        facts=facts,
        complete=is_told,
        leads="program" in dict(facts),
    )


def _clean(line: str) -> str:
    """Without what nginx and Roblox put behind a line."""
    for tail in _TAILS:
        at = line.rfind(tail)
        if at >= 0:
            line = line[:at]
    if "  -  " not in line:
        return line
    clock = _CLOCK.match(line)
    line = line[clock.end() :] if clock else line
    return line[:-400] + _STUDIO.sub("", line[-400:])


def _title(block: Block) -> int | None:
    """The line above the first frame; None where the anchor is no part of a traceback."""
    line = _clean(block[0] or "").rstrip()
    if line.endswith("stack traceback:") or line.strip() == "Stack Begin":
        below = _clean(block[block.skip_blank(1, 1)] or "").rstrip()
        return 0 if _frame(below, 0) or _COROUTINE.match(below) else None
    if not _frame(line, 0):
        return None
    for index in (-1, -2):
        above = (block.window[index] or "").strip()
        if above in _TITLES:
            return index
        if above:
            break
    # the beginning is lost: one frame alone may be anything
    below = _clean(block[1] or "").rstrip()
    return -1 if _frame(below, 0) and (line[:1].isspace() or line.startswith("[")) else None


class _Rows:
    """Frames as they come, by coroutine."""

    def __init__(self) -> None:
        self.stacks: list[tuple[str | None, list[Frame]]] = [(None, [])]
        self.count = 0

    def read(self, block: Block, title: int) -> int:
        """Take the rows below a title; where they end (exclusive)."""
        index = end = title + 1
        while (line := block[index]) is not None and index - end <= 1:
            text = _clean(line).rstrip()
            index += 1
            if text.strip() == "Stack End":
                return index
            if found := _COROUTINE.match(text):
                self._coroutine(f"coroutine {found[1]}")
            elif frame := _frame(text, index - 1):
                self.stacks[-1][1].append(frame)
                self.count += frame.frame_kind == "frame"
            elif text:
                break
            else:
                continue
            end = index
            if len(text) < len(line.rstrip()) and any(tail in line for tail in _TAILS):
                break
        return end

    def _coroutine(self, name: str) -> None:
        if self.stacks[-1][1] or self.stacks[-1][0]:
            self.stacks.append((name, []))
        else:
            self.stacks[-1] = (name, [])

    def traces(self, error: str | None, value: str | None) -> tuple[Trace, ...]:
        """The crashed coroutine with the error, then the others."""
        return tuple(
            Trace(
                frames=tuple(frames),
                role="thread" if place else "crash",
                thread_name=name,
                error_type=None if place else error,
                error_value=None if place else value,
            )
            for place, (name, frames) in enumerate(self.stacks)
            if frames
        )


def _frame(line: str, text_line: int) -> Frame | None:
    """A row of a traceback, None where it is none."""
    if tail := _TAIL.match(line):
        count = int(tail[1]) if tail[1] else 1
        return Frame(frame_kind="elided", repeat=count, function_raw=line.strip(), language="lua", text_line=text_line)
    if roblox := _ROBLOX.match(line):
        return _row(roblox["name"], None, roblox["file"], roblox["line"], text_line)
    found = _FRAME.match(line)
    if found is None:
        return None
    name, raw = None, None
    if what := found["what"]:
        named = _NAMED.match(what)
        if named is None and what not in {"main chunk", "?"} and not what.startswith(("main chunk", "function <")):
            return None
        plain = named["plain"] if named else None
        name = (named["name"] or plain) if named else what if what != "?" else None
        if name and name.startswith(("<", "function <")):
            name, raw = "<anonymous>", what
    elif found["unknown"] and not found["c"]:
        return None
    frame = _row(name, raw, found["file"], found["line"], text_line)
    if not found["c"]:
        return frame
    return Frame(
        function=name,
        function_raw=raw,
        module=found["c"],
        address=int(found["address"], 16) if found["address"] else None,
        language="lua",
        trust="text",
        text_line=text_line,
    )


def _row(name: str | None, raw: str | None, file: str | None, line: str | None, text_line: int) -> Frame:
    return Frame(
        function=name,
        function_raw=raw,
        file=file,
        line=int(line) if line else None,
        language="lua",
        trust="text",
        text_line=text_line,
    )


def _message(block: Block, title: int) -> tuple[int, str, str | None, tuple[tuple[str, str], ...], bool]:
    """Where the report begins, type and message of the error, its place and program, and whether all that is there."""
    told = _clean(block.window[title] or "").rstrip()
    same = told[: -len("stack traceback:")].strip() if told.endswith("stack traceback:") else ""
    lines: list[str] = [same] if same else []
    index = title
    if not same and told.strip() in _TITLES:
        for at in range(title - 1, title - _MESSAGE, -1):
            line = block.window[at]
            if line is None:
                break
            text = _clean(line).strip()
            if not text:
                if lines or at < title - 3:
                    break
                continue
            lines.insert(0, text)
            index = at
            if _HEAD.match(text) or _NGINX.match(text):
                break
        else:
            lines, index = lines[-1:], title - 1
    if told.strip() not in _TITLES and not same:
        return max(title, 0), "error", None, (), False
    return index, *_said(lines)


def _said(lines: list[str]) -> tuple[str, str | None, tuple[tuple[str, str], ...], bool]:
    """Type, message and facts of the lines above a title."""
    text, error = "\n".join(lines).strip(), "error"
    facts: list[tuple[str, str]] = []
    if nginx := _NGINX.match(text):
        error, text = nginx["kind"] or "error", text[nginx.end() :]
        facts.append(("context", nginx["what"]))
    first, _, rest = text.partition("\n")
    if head := _HEAD.match(first):
        if head["program"] and not head["program"].endswith(".lua"):
            facts.append(("program", head["program"]))
        facts.append(("place", f"{head['file']}:{head['line']}"))
        text = head["text"] + ("\n" + rest if rest else "")
    return error, text.strip() or None, tuple(facts), bool(text.strip())

"""PowerShell's errors, as versions 2 to 5 and as 7 show them.

Facts: general knowledge of PowerShell. Grammar, one line each::

    old   = message lines "At " file ":" n " char:" n ( "+ " source )*
            "    + CategoryInfo          : " category ": (" target ") [" command "], " type
            "    + FullyQualifiedErrorId : " id
    new   = command ": " file ":" n ":" n  "Line |" ( n " | " source | " | " message )*
    stack = ( "at " function ", " file ": line " n )*              alone, or below an error of the old form
    list  = ( key ":" value )* "ScriptStackTrace" ":" stack         what Format-List and Get-Error give
    told  = ( old | new ) "ScriptStackTrace:" stack                 what a handler writes that prints both
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "report")

ANCHORS: Final = (" char:", "+ CategoryInfo ", "<ScriptBlock>, ", "Line |", "ScriptStackTrace ", "ScriptStackTrace:")

_AT: Final = lazy(r"At (?P<file>.{1,400}?):(?P<line>\d{1,9}) char:(?P<column>\d{1,9})\s*$")
_PLUS: Final = lazy(r"\s*\+(?: (.*))?$")
_CATEGORY: Final = lazy(r"\s*\+ CategoryInfo +: (?P<category>\w+): .{0,400}\], (?P<type>[\w.]{1,200})\s*$")
_ID: Final = lazy(r"\s*\+ FullyQualifiedErrorId : (.*)$")
_NEW: Final = lazy(r"(?P<command>[\w.-]{1,100}): (?P<file>.{1,400}?):(?P<line>\d{1,9})(?::(?P<column>\d{1,9}))?\s*$")
_BAR: Final = lazy(r"\s*(\d{1,9})? ?\|(?: (.*))?$")
_CALLED: Final = lazy(r"at (?P<function>\S.{0,200}?), (?P<file>.{1,400}): line (?P<line>\d{1,9})\s*$")
_COMMAND: Final = lazy(r"(?P<command>[\w.\\:-]{1,200}) : (?P<message>.*)$")
_LISTED: Final = lazy(r"\s{0,8}ScriptStackTrace\s{0,20}: (?P<text>at \S.*)$")
_TITLE: Final = lazy(r"\s{0,8}(?:Script ?)?[Ss]tack ?[Tt]race\s{0,20}:\s*$")
_KEY: Final = lazy(r"(?P<indent>\s{0,12})(?P<key>[A-Z]\w{2,40})\s{0,30}:(?: (?P<value>.{0,2000}))?$")
_THROWN: Final = lazy(r"(?P<type>(?:[A-Za-z_]\w{0,80}\.){1,8}\w{1,80}): (?P<text>.*)$")
_SAID: Final = lazy(r"(?P<type>(?:[A-Za-z_]\w{0,80}\.){0,8}\w{0,80}(?:Exception|Error)): (?P<text>.*)$")
_MESSAGE_LINES, _KEYS, _BLANKS = 16, 60, 4


def report(window: Window) -> Report | None:
    """The error at the anchor, None where it is none."""
    line = window[0] or ""
    if _AT.match(line):
        return _old(window)
    # which looks like the prefix of a container
    if line.strip() == "Line |" or (window.raw(0) or "").strip() == "Line |":
        return _new(window)
    if _LISTED.match(line):
        return _listed(window)
    if _TITLE.match(line) and _CALLED.match((window[_filled(window, 1)] or "").strip()):
        return _titled(window)
    return _stack(window) if _CALLED.match(line.strip()) else None


def _old(window: Window) -> Report | None:
    """An error with the category below its place."""
    at = _AT.match(window[0] or "")
    index, source, error, identity = 1, None, None, None
    end = 1
    while at and (line := window[index]) is not None and (found := _PLUS.match(line)) and not window.is_record(index):
        category, named = _CATEGORY.match(line), _ID.match(line)
        error = category["type"] if category else error
        identity = named[1].strip() if named else identity
        if source is None and not category and not named:
            source = (found[1] or "").strip() or None
        index += 1
        end = index
    if not at or end == 1:
        return None
    first, message = _message(window)
    command = _COMMAND.match(message)
    frame = Frame(
        function=command["command"] if command else None,
        file=at["file"],
        line=int(at["line"]),
        column=int(at["column"]),
        context_line=source,
        language="powershell",
        trust="text",
        text_line=0,
    )
    frames, end = _continued(window, frame, end)
    return _made(first, end, frames, error or identity, command["message"] if command else message, identity)


def _continued(window: Window, frame: Frame, end: int) -> tuple[tuple[Frame, ...], int]:
    """The frame of an error with the stack that stands below it, if that one begins at the same place."""
    below = _filled(window, end)
    if _TITLE.match(window[below] or "") and not window.is_record(below):
        below = _filled(window, below + 1)
    calls, last = ([], end) if window.is_record(below) else _calls(window, below)
    if not calls or (calls[0].file, calls[0].line) != (frame.file, frame.line):
        return (frame,), end
    return (replace(frame, function=calls[0].function), *calls[1:]), last


def _titled(window: Window) -> Report:
    """A stack under a title of its own, with what stands above it: what was thrown."""
    frames, end = _calls(window, _filled(window, 1))
    above = next((at for at in range(-1, -_BLANKS, -1) if (window[at] or "").strip()), 0)
    thrown = _SAID.match(window[above] or "") if above else None
    error, value = (thrown["type"], thrown["text"].strip()) if thrown else (None, None)
    return _made(above if thrown else 0, end, tuple(frames), error, value, None)


def _filled(window: Window, index: int) -> int:
    """The next line that is not blank, the line itself where there are too many that are."""
    return next((at for at in range(index, index + _BLANKS) if window[at] != ""), index)


def _message(window: Window) -> tuple[int, str]:
    """The lines above a place, up to a blank one."""
    lines: list[str] = []
    for index in range(-1, -_MESSAGE_LINES, -1):
        line = window[index]
        if line is None or not line.strip() or line.startswith(("PS ", "    + ")) or _PLUS.match(line):
            break
        lines.insert(0, line.strip())
        if _COMMAND.match(line) or window.is_record(index):
            break
    return -len(lines), " ".join(lines)


def _new(window: Window) -> Report | None:
    """An error with its source and message beside a bar."""
    head = _NEW.match(window[-1] or "")
    if head is None:
        return None
    index, source, message = 1, None, []
    while (line := window[index]) is not None and (bar := _BAR.match(line)) and not window.is_record(index):
        text = (bar[2] or "").strip()
        if bar[1]:
            source = text or None
        elif text.strip("~ "):
            message.append(text)
        index += 1
    if index == 1:
        return None
    frame = Frame(
        function=head["command"],
        file=head["file"],
        line=int(head["line"]),
        column=int(head["column"]) if head["column"] else None,
        context_line=source,
        language="powershell",
        trust="text",
        text_line=-1,
    )
    frames, index = _continued(window, frame, index)
    return _made(-1, index, frames, head["command"], "\n".join(message), None)


def _stack(window: Window) -> Report | None:
    """A script stack alone, as `$_.ScriptStackTrace` gives it."""
    first = 0
    while first > -_MESSAGE_LINES and _CALLED.match((window[first - 1] or "").strip()):
        first -= 1
    if _LISTED.match(window[first - 1] or ""):
        return _listed(window, first - 1)
    frames, end = _calls(window, first)
    return _made(first, end, tuple(frames), None, None, None)


def _calls(window: Window, index: int) -> tuple[list[Frame], int]:
    """The rows of a stack from one on, and where they end."""
    frames: list[Frame] = []
    while (line := window[index]) is not None:
        listed = None if frames else _LISTED.match(line)
        found = _CALLED.match(listed["text"] if listed else line.strip())
        if found is None:
            break
        hidden = found["file"].startswith("<")
        frames.append(
            Frame(
                function=found["function"],
                file=None if hidden else found["file"],
                line=int(found["line"]),
                language="powershell",
                trust="text",
                text_line=index,
            )
        )
        index += 1
    return frames, index


def _listed(window: Window, at: int = 0) -> Report | None:
    """An error whose members stand in a list, the stack among them."""
    frames, end = _calls(window, at)
    said: dict[str, str] = {}
    first, last = at, ""
    for index in range(at - 1, at - _KEYS, -1):
        line = window[index]
        if line is None or not line.strip() or window.is_record(index + 1):
            break
        row = _KEY.match(line)
        if row is None and not line[0].isspace():
            break
        if row is None:
            last = f"{line.strip()} {last}".strip()
            continue
        first = index
        said.setdefault(row["key"], f"{row['value'] or ''} {last}".strip())
        last = ""
    thrown = _THROWN.match(said.get("Exception", ""))
    error = thrown["type"] if thrown else said.get("Type")
    value = thrown["text"] if thrown else said.get("Message") or said.get("Exception")
    identity = said.get("FullyQualifiedErrorId")
    if not frames:
        return None
    return _made(first, end, tuple(frames), error or identity, value, identity)


def _made(
    first: int, end: int, frames: tuple[Frame, ...], error: str | None, value: str | None, identity: str | None
) -> Report:
    trace = Trace(frames=frames, error_type=error, error_value=value or None)
    return Report(
        first=first,
        end=end,
        kind="exception",
        level="error",
        traces=(trace,),
        error_type=error,
        error_value=value or None,
        facts=(("fully_qualified_error_id", identity),) if identity else (),
        complete=error is not None,
    )

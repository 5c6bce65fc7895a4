"""PHP stacks: `Throwable::__toString`, the fatal error in a log, `getTraceAsString`, Monolog, and Xdebug's tables.

Facts: general knowledge of PHP 7 and 8, Xdebug 2 and 3 and Monolog. Grammar, one line each::

    fatal     = [ "PHP " ] "Fatal error:  Uncaught " throwable "  thrown in " file " on line " n
    throwable = class ": " message " in " file ":" n  "Stack trace:"  call*  [ blank "Next " throwable ]
    monolog   = "[object] (" class "(code: " n "): " message " at " file ":" n ")"  "[stacktrace]"  call*
    call      = "#" n " " place ": " function [ "(" arguments ")" ] | "#" n " {main}"
    place     = file "(" n ")" | "[internal function]"
    xdebug    = ( "PHP Stack trace:" | "Call Stack:" ) row*
    row       = [ "PHP" ] [ time memory ] n ". " function "(" arguments ") " file ":" n

A call names a function and the place that *calls* it. The frames here hold a function and the place *inside* it, as in
every other language: the place of a call goes to the function of the next one, and the place of the throw to the first.
Xdebug prints the oldest call first. `Next` introduces the exception that was thrown while the one before was in flight:
the last one surfaced.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from triage.records import Frame, Trace

__all__ = ("parse", "probe")

_PROBE: Final = re.compile(
    r"^(?:PHP )?[ \t]*+#\d+ (?:\{main\}|\[internal function\]: |[^\n(]+\(\d+\): )"
    r"|^(?:PHP Stack trace:|Call Stack:)|^PHP (?:Fatal|Parse) error: ",
    re.MULTILINE,
)
_CALL: Final = re.compile(r"(?:PHP )?\s*#\d+ (?:\[internal function\]|(.+?)\((\d{1,9})\)): (.*)$")
_MAIN: Final = re.compile(r"(?:PHP )?\s*#\d+ \{main\}")
_PLACE: Final = re.compile(r"(\S.*?)(?:\((\d{1,9})\)|:(\d{1,9})| on line (\d{1,9}))\)?$")
_THROWN: Final = re.compile(r"(?:PHP )?\s*thrown in (.+) on line (\d{1,9})\s*$")
_TABLE: Final = re.compile(r"(?:PHP)?\s*(?:\d+\.\d+\s+\d+\s+)?\d{1,6}\. (.+) (\S+):(\d{1,9})\s*$")
_LEVEL: Final = re.compile(r"(?:\[[^\]]*\] )?(?:PHP )?([A-Z][a-z]+(?: [a-z]+)?(?: [a-z]+)?):\s+(.*)$", re.DOTALL)
_CLASS: Final = re.compile(r"([^\W\d][\w\\]*(?:@anonymous)?)(?:\(code: [^)]*\))?(?:: (.*))?$", re.DOTALL)
_LEVELS: Final = frozenset(
    (
        "Fatal error",
        "Parse error",
        "Warning",
        "Notice",
        "Deprecated",
        "Recoverable fatal error",
        "Catchable fatal error",
    )
)
_TITLES: Final = frozenset(("Stack trace:", "PHP Stack trace:", "Call Stack:", "[stacktrace]", ""))


@dataclass(slots=True)
class _Throwable:
    """One throwable as it is read: its calls innermost first, and where it was thrown."""

    head: list[str] = field(default_factory=list)
    calls: list[tuple[str, str | None, int | None]] = field(default_factory=list)
    table: list[Frame] = field(default_factory=list)
    ended: bool = False
    thrown: tuple[str, int] | None = None

    def trace(self, role: str, chain_no: int) -> Trace:
        """The throwable as records know it."""
        error, message, place = _named("\n".join(self.head).strip())
        return Trace(
            frames=tuple(self.table[::-1]) or self._frames(self.thrown or place),
            role=role,
            chain_no=chain_no,
            error_type=error,
            error_value=message,
        )

    def _frames(self, place: tuple[str, int] | None) -> tuple[Frame, ...]:
        """Shift the places by one: each function with the place inside it."""
        frames = []
        file, line = place or (None, None)
        for call, calling_file, calling_line in self.calls:
            name, args = _split(call)
            frames.append(_frame(name, args, file, line))
            file, line = calling_file, calling_line
        if self.calls and self.calls[-1][0] == "{main}":
            return tuple(frames)
        if file is not None:
            frames.append(_frame(None, None, file, line))
        return tuple(frames)


def probe(text: str) -> bool:
    """Whether the text holds a call line, an Xdebug table or the head of a PHP error."""
    return _PROBE.search(text) is not None


def parse(text: str) -> list[Trace]:
    """Read a PHP stack, innermost frames first, each function with the place inside it.

    Examples
    --------
    >>> (crash,) = parse("Exception: no in /a.php:9\\nStack trace:\\n#0 /a.php(3): Shop->pay(7)\\n#1 {main}")
    >>> [(frame.function, frame.args, frame.line) for frame in crash.frames]
    [('Shop->pay', '7', 9), ('{main}', None, 3)]
    """
    found: list[_Throwable] = [_Throwable()]
    for line in text.replace("\r\n", "\n").split("\n"):
        _feed(found, line)
    held = [
        item for item in found if item.calls or item.table or item.thrown or _named("\n".join(item.head).strip())[2]
    ]
    return [item.trace("cause" if number else "crash", number) for number, item in enumerate(reversed(held))]


def _feed(found: list[_Throwable], line: str) -> None:
    """Take one line."""
    current = found[-1]
    mark = line.strip()
    if mark.startswith("Next ") and current.calls:
        found.append(_Throwable([mark[5:]]))
    elif thrown := _THROWN.match(line):
        current.thrown = (thrown[1], int(thrown[2]))
    elif current.ended:
        return
    elif call := _CALL.match(line):
        current.calls.append((call[3], call[1], int(call[2]) if call[2] else None))
    elif _MAIN.match(line):
        current.calls.append(("{main}", None, None))
        current.ended = True
    elif row := _TABLE.match(line):
        name, args = _split(row[1])
        current.table.append(_frame(name, args, row[2], int(row[3])))
    elif not current.calls and not current.table and mark not in _TITLES:
        if "Uncaught " in line or "[object] (" in line or ((level := _LEVEL.match(line)) and level[1] in _LEVELS):
            current.head.clear()
        current.head.append(line)


def _named(head: str) -> tuple[str | None, str | None, tuple[str, int] | None]:
    """Class, message and place that a head tells."""
    text, error, place = head.partition("[object] (")[2] or head, None, None
    level = _LEVEL.match(text)
    if level and level[1] in _LEVELS:
        error, text = level[1], level[2]
    uncaught = error is None or text.startswith("Uncaught ")
    text = text.removeprefix("Uncaught ").rstrip()
    # the last " in " or " at " stands before the place; searched from the end, so that a long message costs nothing
    at = max(text.rfind(" in "), text.rfind(" at "))
    if at >= 0 and (found := _PLACE.match(text[at + 4 :])):
        text, place = text[:at], (found[1], int(found[2] or found[3] or found[4]))
    named = _CLASS.match(text)
    if named and uncaught:
        return named[1], named[2] or None, place
    return error, text or None, place


def _split(call: str) -> tuple[str, str | None]:
    """A call as name and arguments."""
    name, bracket, args = call.partition("(")
    if not bracket or not call.endswith(")"):
        return call, None
    return name, args[:-1] or None


def _frame(name: str | None, args: str | None, file: str | None, line: int | None) -> Frame:
    return Frame(function=name, args=args, file=file, line=line, language="php", trust="text")

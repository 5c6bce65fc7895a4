"""The grammar of PHP's stacks. See `php`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.patterns import lazy
from triage.records import Frame, Trace

__all__ = ("CALL", "LEVEL", "LEVELS", "MAIN", "OBJECT", "TABLE", "THROWN", "clean", "parse", "probe")

_PROBE: Final = lazy(
    r"^(?:PHP )?[ \t]*+#\d+ (?:\{main\}|\[internal function\]: |[^\n(]+\(\d+\): )"
    r"|^(?:PHP Stack trace:|Call Stack:)|^PHP (?:Fatal|Parse) error: ",
    re.MULTILINE,
)
CALL: Final = lazy(r"(?:PHP )?\s*#\d+ (?:\[internal function\]|(.+?)\((\d{1,9})\)): (.*)$")
MAIN: Final = lazy(r"(?:PHP )?\s*#\d+ \{main\}")
_PLACE: Final = lazy(r"(\S.*?)(?:\((\d{1,9})\)|:(\d{1,9})| on line (\d{1,9}))\)?$")
THROWN: Final = lazy(r"(?:PHP )?\s*thrown in (.+) on line (\d{1,9})\s*(?:$|\"|, referer: )")
TABLE: Final = lazy(r"(?:PHP)?\s*(?:\d+\.\d+\s+\d+\s+)?\d{1,6}\. (.+) (\S+):(\d{1,9})\s*$")
LEVEL: Final = lazy(r"(?:\[[^\]]*\] )?(?:PHP )?([A-Z][a-z]+(?: [A-Za-z]+){0,2}):\s+(.*)$", re.DOTALL)
_CLASS: Final = lazy(r"([^\W\d][\w\\]*(?:@anonymous)?)(?:\(code: [^)]*\))?(?:: (.*))?$", re.DOTALL)
# Levels of PHP as ours, in small letters: PHP itself writes some of their words with a capital, what handles its errors
# others. What a program cannot go on after is fatal, what a handler may catch an error.
LEVELS: Final = {
    "fatal error": "fatal",
    "parse error": "fatal",
    "compile error": "fatal",
    "core error": "fatal",
    "recoverable fatal error": "error",
    "catchable fatal error": "error",
    "compile warning": "warning",
    "core warning": "warning",
    "warning": "warning",
    "notice": "info",
    "deprecated": "info",
    "strict standards": "info",
}
# What PHP's own log, Apache and FastCGI put before a line.
_DATED: Final = lazy(r"\[\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d(?:\.\d{1,9})?(?: [\w/+-]{1,40})?\] ")
_BRACKETS: Final = lazy(r"(?:\[[^\]\n]{1,120}\] ){1,6}(?:AH\d{5}: )?(?:Got error ['\"])?(?=PHP )")
_TAILS: Final = (", referer: ", '" while reading ')
_CARRIERS: Final = ("PHP message: ", 'said into stderr: "')
OBJECT: Final = lazy(r" at (?:[A-Za-z]:)?[^:\n]{1,400}:\d{1,9}\)")
_ESCAPED: Final = lazy(r'\\(["\\/])')
# What PHP calls a handler of errors with: level, message, file, line, and before PHP 8 the variables.
_HANDLED: Final = lazy(r"\d{1,5}, '.{0,800}, (\d{1,9})(?:, .{0,800})?$", re.DOTALL)
# So many calls deep a handler of errors may throw.
_HANDLER: Final = 4
_PREVIOUS: Final = "[previous exception] [object] ("
_TITLES: Final = frozenset(("Stack trace:", "PHP Stack trace:", "Call Stack:", "[stacktrace]", ""))


@dataclass(slots=True)
class _Throwable:
    """One throwable as it is read: its calls innermost first, and where it was thrown."""

    head: list[str] = field(default_factory=list)
    calls: list[tuple[str, str | None, int | None, int]] = field(default_factory=list)
    line: int | None = None
    table: list[Frame] = field(default_factory=list)
    ended: bool = False
    thrown: tuple[str, int] | None = None

    def trace(self, role: str, chain_no: int) -> Trace:
        """The throwable as records know it."""
        error, message, place = _named("\n".join(self.head).strip())
        return Trace(
            frames=tuple(self.table[::-1]) or self._frames(self.thrown or place, error or ""),
            role=role,
            chain_no=chain_no,
            error_type=error,
            error_value=message,
        )

    def _frames(self, place: tuple[str, int] | None, error: str) -> tuple[Frame, ...]:
        """Shift the places by one: each function with the place inside it."""
        frames = []
        handled = self._handled(place, error)
        # a handler throws with the place of what it handles; its own is not told
        file, line = (place or (None, None)) if not handled else (None, None)
        for number, (call, calling_file, calling_line, text_line) in enumerate(self.calls):
            name, args = _split(call)
            frame = _frame(name, args, file, line, text_line)
            frames.append(replace(frame, in_app=False) if number < handled else frame)
            file, line = calling_file, calling_line
        if self.calls and self.calls[-1][0] == "{main}":
            return tuple(frames)
        if file is not None:
            spot = _frame(None, None, file, line, self.calls[-1][3] if self.calls else self.line)
            frames.append(spot if self.calls else replace(spot, trust="location"))
        return tuple(frames)

    def _handled(self, place: tuple[str, int] | None, error: str) -> int:
        """How many of the calls are of a handler that made an exception of a warning: PHP calls it from its place."""
        for number, (call, file, line, _) in enumerate(self.calls[:_HANDLER]):
            if place is not None and (file, line) == place:
                args = _HANDLED.match(_split(call)[1] or "")
                told = args is not None and int(args[1]) == line
                return number + 1 if told or error.endswith("ErrorException") else 0
        return 0


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
    if "[object] (" in text:
        # Monolog writes the exception as a JSON string
        text = _ESCAPED.sub(r"\1", text)
    found: list[_Throwable] = [_Throwable()]
    current = found[0]
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
        current = _feed(found, current, clean(line), number)
    held = [
        item for item in found if item.calls or item.table or item.thrown or _named("\n".join(item.head).strip())[2]
    ]
    return [item.trace("cause" if number else "crash", number) for number, item in enumerate(reversed(held))]


def clean(line: str) -> str:
    """A line without what PHP's log, Apache, nginx or PHP-FPM put before it.

    Examples
    --------
    >>> clean("[26-Jan-2026 01:25:59 UTC] PHP   1. {main}() /a.php:0")
    'PHP   1. {main}() /a.php:0'
    """
    if line[:1] == "[":
        found = _DATED.match(line) or _BRACKETS.match(line)
        line = line[found.end() :] if found else line
    for carrier in _CARRIERS:
        at = line.find(carrier, 0, 400)
        if at >= 0:
            line = line[at + len(carrier) :]
    for tail in _TAILS:
        at = line.rfind(tail)
        if at >= 0:
            line = line[:at]
    return line


def _feed(found: list[_Throwable], current: _Throwable, line: str, number: int) -> _Throwable:
    """Take one line; the throwable that the next one belongs to."""
    mark = line.strip()
    if mark.startswith("Next ") and current.calls:
        current = _Throwable([mark[5:]], line=number)
        found.append(current)
    elif mark.startswith(_PREVIOUS) and current.calls:
        # printed after what it caused
        current = _Throwable([mark[len("[previous exception] ") :]], line=number)
        found.insert(0, current)
    elif thrown := THROWN.match(line):
        current.thrown = (thrown[1], int(thrown[2]))
    elif current.ended:
        pass
    elif call := CALL.match(line):
        current.calls.append((call[3], call[1], int(call[2]) if call[2] else None, number))
    elif MAIN.match(line):
        current.calls.append(("{main}", None, None, number))
        current.ended = True
    elif row := TABLE.match(line):
        name, args = _split(row[1])
        current.table.append(_frame(name, args, row[2], int(row[3]), number))
    elif current.head and mark and current.head[0].rstrip().endswith(f"Uncaught {mark}"):
        pass  # Xdebug says it again above its table
    elif not current.calls and not current.table and mark not in _TITLES:
        if "Uncaught " in line or "[object] (" in line or ((level := LEVEL.match(line)) and level[1].lower() in LEVELS):
            current.head.clear()
        if not current.head:
            current.line = number
        current.head.append(line)
    return current


def _named(head: str) -> tuple[str | None, str | None, tuple[str, int] | None]:
    """Class, message and place that a head tells."""
    text, error, place = head.partition("[object] (")[2], None, None
    if text and (spot := OBJECT.search(text)):
        text = text[: spot.end()]
    text = text or head
    level = LEVEL.match(text)
    if level and level[1].lower() in LEVELS:
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


def _frame(name: str | None, args: str | None, file: str | None, line: int | None, text_line: int | None) -> Frame:
    return Frame(function=name, args=args, file=file, line=line, language="php", trust="text", text_line=text_line)

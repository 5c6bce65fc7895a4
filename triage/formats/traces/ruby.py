"""Ruby stacks: uncaught exceptions, `full_message`, backtrace arrays, Rails logs, and the interpreter's own report.

Facts: general knowledge of Ruby 2.5 to 3.4. Grammar, one line each::

    uncaught = place ": " message " (" class ")" ( tab "from " place | tab " ... " n " levels..." )* [ uncaught ]
    reversed = "Traceback (most recent call last):" ( tab n ": from " place )* place ": " message " (" class ")"
    list     = [ class ": " message | class " (" message "):" ] place*
    place    = file ":" line [ ":in " ( "`" | "'" ) label "'" ]
    crash    = file ":" n ": [BUG] " message ... "-- Ruby level backtrace information" place*     (oldest first)

A cause follows the exception that it caused, as another uncaught form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from triage.records import Frame, Trace

__all__ = ("parse", "probe")

_PROBE: Final = re.compile(r"[^\s:]:\d{1,9}:in [`'\"]|\.rb:\d{1,9}: \[BUG\]")
_PLACE: Final = re.compile(
    r"\s*(?P<nth>\d{1,9}: )?(?P<from>from )?(?P<file>[^\s\"'][^\"]*?):(?P<line>\d{1,9})"
    r"(?::in [`'](?P<label>[^'`]*)')?(?:: (?P<rest>.*))?$"
)
_SOURCES: Final = (".rb", ".erb", ".rake", ".ru", ".haml", ".slim", ".gemspec")
_ENDING: Final = re.compile(r"(.*) \(([A-Z][\w:]*)\)$")
_LEVELS: Final = re.compile(r"\s*\.\.\. (\d{1,9}) levels\.\.\.$")
_RAILS: Final = re.compile(r"([A-Z][\w:]*) \((.*)\):$")
_NAMED: Final = re.compile(r"([A-Z][\w:]*): (.*)$")
_BUG: Final = re.compile(r"(.*?):(\d{1,9}): \[BUG\] (.*)$")


@dataclass(slots=True)
class _Section:
    """One exception as it is read."""

    error: str | None = None
    message: list[str] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    open: bool = False

    def trace(self, chain_no: int) -> Trace:
        """The exception as records know it."""
        return Trace(
            frames=tuple(self.frames),
            role="cause" if chain_no else "crash",
            chain_no=chain_no,
            error_type=self.error,
            error_value="\n".join(self.message).strip() or None,
        )


def probe(text: str) -> bool:
    """Whether the text holds a place with a label: `file:line:in 'label'`."""
    return _PROBE.search(text) is not None


def parse(text: str) -> list[Trace]:
    """Read a Ruby stack, innermost frames first; `function` is the label as printed.

    Examples
    --------
    >>> (crash,) = parse("/a.rb:2:in 'Shop#pay': no rate (RateError)\\n\\tfrom /a.rb:9:in '<main>'")
    >>> crash.error_type, crash.error_value, [frame.function for frame in crash.frames]
    ('RateError', 'no rate', ['Shop#pay', '<main>'])
    """
    lines = text.replace("\r\n", "\n").split("\n")
    if "[BUG]" in text:
        return _crash(lines)
    if "(most recent call last)" in text:
        lines = _turned(lines)
    sections = [_Section()]
    for line in lines:
        _feed(sections, line)
    return [section.trace(number) for number, section in enumerate(item for item in sections if item.frames)]


def _feed(sections: list[_Section], line: str) -> None:
    """Take one line."""
    current = sections[-1]
    if levels := _LEVELS.match(line):
        current.frames.append(
            Frame(frame_kind="elided", repeat=int(levels[1]), language="ruby", function_raw=line.strip())
        )
        return
    place = _PLACE.match(line)
    # a place without a label needs something else to be told by
    told = place and (place["label"] is not None or place["from"] or place["file"].endswith(_SOURCES))
    if place and told and not current.open:
        if place["rest"] is not None and not place["from"]:
            if current.frames:
                current = _Section()
                sections.append(current)
            _named(current, place["rest"])
        current.frames.append(_frame(place))
    elif current.open and place and place["from"]:
        current.open = False
        current.frames.append(_frame(place))
    elif current.open:
        current.message.append(line)
    elif not current.frames and line.strip():
        _headed(current, line.strip())


def _named(section: _Section, rest: str) -> None:
    """Take message and class from what follows the first place."""
    ending = _ENDING.match(rest)
    if ending:
        section.error, section.message = ending[2], [ending[1]]
    else:
        section.message = [rest]
    # a message of several lines goes on until the first `from`
    section.open = True


def _headed(section: _Section, line: str) -> None:
    """Take message and class from a line above the places."""
    found = _RAILS.match(line) or _NAMED.match(line)
    if found:
        section.error, section.message = found[1], [found[2]]
    else:
        section.message.append(line)


def _turned(lines: list[str]) -> list[str]:
    """Put the form that prints the oldest call first into the order of the others."""
    start = next((index for index, line in enumerate(lines) if "(most recent call last)" in line), 0)
    calls: list[str] = []
    index = start + 1
    while index < len(lines):
        place = _PLACE.match(lines[index])
        if not (place and place["from"]) and not _LEVELS.match(lines[index]):
            break
        calls.append(lines[index])
        index += 1
    return [*lines[index:], *reversed(calls)]


def _crash(lines: list[str]) -> list[Trace]:
    """The interpreter's own report: the Ruby frames, oldest first, below their title."""
    bug = next((found for line in lines if (found := _BUG.match(line))), None)
    frames: list[Frame] = []
    inside = False
    for line in lines:
        if "-- Ruby level backtrace information" in line:
            inside = True
        elif inside and line.startswith("-- "):
            break
        elif inside and (place := _PLACE.match(line)) and place["label"] is not None:
            frames.append(_frame(place))
    if not frames and bug:
        frames.append(Frame(file=bug[1], line=int(bug[2]), language="ruby", trust="text"))
    return [Trace(frames=tuple(reversed(frames)), error_type="[BUG]", error_value=bug[3] if bug else None)]


def _frame(place: re.Match[str]) -> Frame:
    return Frame(function=place["label"], file=place["file"], line=int(place["line"]), language="ruby", trust="text")

"""The grammar of Ruby's stacks. See `ruby`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from triage.formats.traces.patterns import lazy
from triage.formats.traces.ruby_bug import parse_bug
from triage.formats.traces.ruby_frames import LEVELS, PLACE, clean, frame_of, is_place
from triage.records import Frame, Trace

__all__ = ("ENDING", "NAMED", "OF_JAVA", "RAILS", "parse", "probe")

_PROBE: Final = lazy(r"[^\s:]:\d{1,9}:in [`'\"]|\.rb:\d{1,9}: \[BUG\]")
ENDING: Final = lazy(r"(.*) \(([A-Z][\w:]*)\)$")
RAILS: Final = lazy(r"([A-Z][\w:]*) \((.*)\):$")
NAMED: Final = lazy(r"([A-Z][\w:]*): (.*)$")
OF_JAVA: Final = lazy(r"((?:[a-z][\w$]{0,100}\.){1,20}[A-Z][\w$]{0,200}): (.*)$")
_JRUBY: Final = lazy(r"\s+([^\s:]{1,200}(?: in [^\s:]{1,200})?) at (\S[^:]{0,1000}):(\d{1,9})$")


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
        return parse_bug(lines)
    numbered: Iterable[tuple[int, str]] = ((number, clean(line)) for number, line in enumerate(lines))
    if "(most recent call last)" in text:
        numbered = _turned(list(numbered))
    sections = [_Section()]
    for number, line in numbered:
        _feed(sections, line, number)
    return [section.trace(number) for number, section in enumerate(item for item in sections if item.frames)]


def _feed(sections: list[_Section], line: str, number: int) -> None:
    """Take one line."""
    current = sections[-1]
    if levels := LEVELS.match(line):
        current.frames.append(
            Frame(
                frame_kind="elided",
                repeat=int(levels[1]),
                language="ruby",
                function_raw=line.strip(),
                text_line=number,
            )
        )
        return
    jruby = _JRUBY.match(line)
    place = None if jruby else PLACE.match(line)
    is_next = bool(place and not place["from"] and place["rest"] and ENDING.match(place["rest"]))
    if place and is_place(place) and (not current.open or is_next):
        if place["rest"] is not None and not place["from"]:
            if current.frames:
                current = _Section()
                sections.append(current)
            _named(current, place["rest"])
        current.frames.append(frame_of(place, number))
    elif current.open and place and place["from"]:
        current.open = False
        current.frames.append(frame_of(place, number))
    elif current.open:
        current.message.append(line)
    elif found := _JRUBY.match(line):
        current.frames.append(_row(found, number))
    elif not current.frames and line.strip():
        _headed(current, line.strip())


def _row(found: re.Match[str], number: int) -> Frame:
    """A row of JRuby: `label at file:line`; Java's classes stand there by their files."""
    name, file = found[1], found[2]
    is_java = file.endswith(".java")
    return Frame(
        function=f"{file.removesuffix('.java').replace('/', '.')}.{name}" if is_java else name,
        file=file.rpartition("/")[2] if is_java else file,
        line=int(found[3]),
        language="java" if is_java else "ruby",
        trust="text",
        text_line=number,
    )


def _named(section: _Section, rest: str) -> None:
    """Take message and class from what follows the first place."""
    ending = ENDING.match(rest)
    if ending:
        section.error, section.message = ending[2], [ending[1]]
    else:
        section.message = [rest]
    # a message of several lines goes on until the first `from`
    section.open = True


def _headed(section: _Section, line: str) -> None:
    """Take message and class from a line above the places."""
    found = RAILS.match(line) or NAMED.match(line) or OF_JAVA.match(line)
    if line.startswith("Failure/Error: "):
        section.error, section.message = "Failure/Error", [line[15:]]
    elif found and section.error != "Failure/Error":
        section.error, section.message = found[1], [found[2]]
    elif not section.message and (ending := ENDING.match(line)):
        section.error, section.message = ending[2], [ending[1]]
    else:
        section.message.append(line)


def _turned(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Put the form that prints the oldest call first into the order of the others."""
    start = next((index for index, (_, line) in enumerate(lines) if "(most recent call last)" in line), 0)
    calls: list[tuple[int, str]] = []
    index = start + 1
    while index < len(lines):
        place = PLACE.match(lines[index][1])
        if not (place and place["from"]) and not LEVELS.match(lines[index][1]):
            break
        calls.append(lines[index])
        index += 1
    return [*lines[index:], *reversed(calls)]

"""Frames of a trace as places in its text, for mutations and for peers: written apart from the readers of triage.

Nothing of `triage` is imported here, so that a mistake in its parsers cannot hide itself. The regular expressions of
`frames.toml`, some per family of tools, say where function, file, line and module of a frame stand in a line.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

Span = tuple[int, int]

# Of so many frames that count a key of the usual kind is made.
COUNTED: Final = 3

_SOURCE: Final = r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:()<>\[\],]*[\w)])"
_AT: Final = rf"{_SOURCE}:(?P<line>\d+)(?::(?P<col>\d+))?"
_HEX: Final = r"(?:0x)?[0-9a-fA-F`]+"
_DATA: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_PATTERNS: Final = tuple(
    (row["family"], re.compile(row["pattern"].replace("@AT", _AT).replace("@HEX", _HEX))) for row in _DATA["frame"]
)
_GO: Final = re.compile(
    r"^(?P<pre>\s*(?:created by )?)(?P<fn>[\w./\-*()%~·\[\]{}$,]+?)"
    r"(?:\((?P<args>[^()]*(?:\(.*\)|\.\.\.)?[^()]*)\))?(?: in goroutine \d+)?\s*$"
)
_GO_2: Final = re.compile(r"^\s+(?P<file>\S+\.(?:go|s|c|S|h|y)):(?P<line>\d+)(?: \+0x[0-9a-f]+)?(?: .*)?\s*$")
_RUST: Final = re.compile(r"^(?P<pre>\s*)(?P<n>\d+): +(?:0x[0-9a-f]+ - )?(?P<fn>\S.*?)\s*$")
_RUST_2: Final = re.compile(r"^\s+at (?P<file>\S+?):(?P<line>\d+)(?::(?P<col>\d+))?\s*$")
_JULIA: Final = re.compile(
    r"^(?P<pre>\s*)\[(?P<n>\d+)\] (?P<fn>\S.*?)(?:\s+@ (?P<mod>\S+) (?P<file>\S+?):(?P<line>\d+))?\s*$"
)
_JULIA_2: Final = re.compile(r"^\s+@ (?P<mod>\S+) (?P<file>\S+?):(?P<line>\d+)\s*$")
_TWO: Final = {"go": _GO_2, "rust": _RUST_2, "julia": _JULIA_2}

_NOISE: Final = re.compile(rf"^(?:void )?(?:{'|'.join(_DATA['noise']['functions'])})")
_LIBRARY: Final = re.compile("|".join(_DATA["noise"]["places"]))
_CRASHED: Final = re.compile("|".join(_DATA["stack"]["crashed"]))
_LINK: Final = re.compile(rf"^(?:{'|'.join(_DATA['stack']['chain'])})")
_DUMP: Final = re.compile(r"^Full thread dump", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: its family, stack and lines, and where its parts stand, as places in the whole text."""

    family: str
    stack: int
    first: int
    last: int
    start: int
    end: int
    number: Span | None
    function: Span | None
    file: Span | None
    line: Span | None
    column: Span | None
    module: Span | None

    def part(self, text: str, name: str) -> str:
        """The text of `function`, `file`, `line`, `column`, `number` or `module`."""
        span = getattr(self, name)
        return text[span[0] : span[1]] if span else ""


def _spans(match: re.Match[str], offset: int, into: dict[str, Span]) -> None:
    for name in ("n", "fn", "file", "line", "col", "mod"):
        if name in match.re.groupindex and match.start(name) >= 0 and name not in into:
            into[name] = (match.start(name) + offset, match.end(name) + offset)


def _python_end(lines: list[str], at: int, indent: str) -> int:
    """The line after the source and the marks that follow the `File` line of Python."""
    end = at + 1
    while end < len(lines) and lines[end].startswith(indent + " ") and 'File "' not in lines[end]:
        end += 1
    return end


def _two_lines(lines: list[str], at: int, *, rust: bool) -> tuple[str, re.Match[str]] | None:
    """A frame whose place stands in the line after it."""
    after = lines[at + 1] if at + 1 < len(lines) else ""
    if _GO_2.match(after) and (match := _GO.match(lines[at])):
        return "go", match
    if (rust or _RUST_2.match(after)) and (match := _RUST.match(lines[at])):
        return "rust", match
    if (match := _JULIA.match(lines[at])) and (match["file"] or _JULIA_2.match(after)):
        return "julia", match
    return None


# Nothing without one of these is a frame.
_LIKELY: Final = re.compile(r"[\d(@\[]")


def _match(lines: list[str], at: int, *, rust: bool) -> tuple[str, re.Match[str]] | None:
    line = lines[at]
    if len(line) > 4000 or not _LIKELY.search(line):
        return None
    if found := _two_lines(lines, at, rust=rust):
        return found
    for family, pattern in _PATTERNS:
        if match := pattern.match(line):
            if family == "gecko" and not (match["line"] or match["file"] == "[native code]"):
                continue
            if family == "dotnet" and "(" not in line:
                continue
            return family, match
    return None


@lru_cache(maxsize=512)
def frames(text: str) -> tuple[Frame, ...]:
    """All frames of a text, in its order."""
    lines = text.split("\n")
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line) + 1)
    rust = "stack backtrace:" in text
    found: list[Frame] = []
    stack, before, at = 0, (-1, "", -1), 0
    while at < len(lines):
        hit = _match(lines, at, rust=rust)
        if hit is None:
            at += 1
            continue
        family, match = hit
        spans: dict[str, Span] = {}
        _spans(match, offsets[at], spans)
        end = at + 1
        if family == "python":
            end = _python_end(lines, at, match["pre"])
        elif family in _TWO and end < len(lines) and (second := _TWO[family].match(lines[end])):
            _spans(second, offsets[end], spans)
            end += 1
        number = -1
        if "n" in spans:
            number = int(text[slice(*spans["n"])], 16 if family == "cdb" else 10)
        last_line, last_family, last_number = before
        gap = lines[last_line:at] if last_line >= 0 else []
        unlike = family != last_family and {family, last_family} not in ({"sanitizer", "tsan"}, {"gdb", "sanitizer"})
        restart = (
            number >= 0 and number <= last_number and family != "r" and not (family == "rust" and number == last_number)
        )
        registers = family == "kernel" and re.search(r"(?:RIP|[Pp][Cc]) ?:", lines[last_line - 1]) and len(gap) < 40
        broken = (
            number < 0
            and not registers
            and any(
                line.strip()
                and not re.match(r"\s*\.\.\. |\s*\[Prev|\s*\| *$|\s+- (?:waiting|locked|parking|eliminated)", line)
                for line in gap
            )
        )
        if last_line >= 0 and (unlike or restart or broken or (number >= 0 and len(gap) > 40)):
            stack += 1
        place = [spans.get(name) for name in ("n", "fn", "file", "line", "col", "mod")]
        found.append(Frame(family, stack, at, end, offsets[at], offsets[end], *place))
        before, at = (end, family, number), end
    return tuple(found)


def is_noise(frame: Frame, text: str) -> bool:
    """Whether a frame is of the reporting, of the standard library, or says nothing."""
    name = frame.part(text, "function")
    # The kernel marks so what only lay about on the stack.
    if frame.family == "kernel" and frame.function and text[: frame.function[0]].endswith("? "):
        return True
    place = f"{frame.part(text, 'file')} {frame.part(text, 'module')}".strip()
    return (
        not name
        or name == "??"
        or re.search(r"\.so[.\d]*$", name) is not None
        or bool(_NOISE.match(name))
        or bool(_LIBRARY.search(place))
    )


def stacks(text: str) -> list[list[Frame]]:
    """The frames of each stack, innermost first."""
    groups: dict[int, list[Frame]] = {}
    for frame in frames(text):
        groups.setdefault(frame.stack, []).append(frame)
    found = []
    lines = text.split("\n")
    for group in groups.values():
        newest_last = group[0].family == "python" and "recent call first" not in "\n".join(
            lines[max(0, group[0].first - 3) : group[0].first]
        )
        found.append(group[::-1] if newest_last else group)
    return found


def _repeats(one: list[Frame], stack: list[Frame], text: str) -> bool:
    """Whether a frame alone is but the headline of the stack after it, as gdb prints where it stopped."""
    return len(one) == 1 < len(stack) and one[0].part(text, "function") == stack[0].part(text, "function")


def crash_stacks(text: str) -> list[list[Frame]]:
    """The stacks that say what crashed: the marked or the first one, every link of a chain, all of a thread dump."""
    found = stacks(text)
    if _DUMP.search(text) or not found:
        return found
    lines = text.split("\n")
    before = 0
    chosen: list[list[Frame]] = []
    before_stack: list[Frame] = []
    marked = False
    for stack in found:
        first = min(frame.first for frame in stack)
        between = lines[before:first]
        if chosen == [before_stack] and _repeats(before_stack, stack, text):
            chosen = []
        if not marked and any(_CRASHED.search(line) for line in between[-6:]):
            marked, chosen = True, [stack]
        elif not chosen or (
            stack[0].family == chosen[-1][0].family and any(_LINK.match(line.lstrip("| ")) for line in between)
        ):
            chosen.append(stack)
        before_stack = stack
        before = max(frame.last for frame in stack)
    return chosen

"""The reports of sanitizers in brief; see `triage.formats.traces.brief`.

Sure is: the header and the lines between it and the stack are plain; the frames stand together and are numbered from 0;
behind them nothing looks like a frame, or a heading stands right above the first that does, so that it is of another
stack; and nothing there is of what `sanitizer_collect.followed` asks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from ahocorasick_rs import BytesAhoCorasick, MatchKind
from msgspec.structs import replace

from triage.formats.traces import lambdas
from triage.formats.traces.brief import NUMBERS
from triage.formats.traces.patterns import lazy
from triage.formats.traces.prefixes import split
from triage.formats.traces.sanitizer_collect import begins
from triage.formats.traces.sanitizer_frames import read
from triage.formats.traces.sanitizer_headings import heading
from triage.records import Frame

if TYPE_CHECKING:
    from triage.formats.traces.glance import Glance

__all__ = ("Rows", "frame", "rows", "stack")

# Between header and stack: the signal, the access.
_BETWEEN: Final = lazy(
    r"(?:(?:==\d{1,10}==(?:The signal is caused by an? [A-Z]{1,12} memory access\.|Hint: [^\n]{1,400}"
    r"|\*{3} [\w ,.!:]{1,80}\*{3}"
    r"|WARNING: [\w' ,.!()/-]{1,120})"
    r"|(?:READ|WRITE) of size \d{1,20} at 0x[0-9a-f]{1,16} thread T\d{1,9}(?: \([^()\n]{0,80}\))?"
    r"|SCARINESS: [^\n]{1,200})[ \t]{0,8}\n){0,12}(?:[ \t]{0,80}\n)?"
)
_PID: Final = lazy(r"==(\d{1,10})==")
_ROWS: Final = lazy(
    r"(?:[ \t]{0,40}+#\d{1,6}+[ \t]{1,12}+0x[0-9a-fA-F]{1,16}+(?:[ \t][^\n]{0,4000}+)?+(?:\n|\Z)){1,1000}+"
)
# The number and the words of a row, where all lines are rows.
_ROW: Final = lazy(r"#(\d{1,6}+)[ \t]{1,12}+0x[0-9a-fA-F]{1,16}+[ \t]{0,200}+([^\n]*+)\n?+[ \t]{0,40}+")
_MORE: Final = lazy(r"\n\s{0,40}(?:#\d|\{\{\{bt)")
_BLANK: Final = lazy(r"\n[ \t]{0,80}\n")
_HEADED: Final = lazy(r"\s{0,40}#0\s")
# What may stand between a stack and the end of the text, of which `collect` takes every line.
_LAST: Final = lazy(
    r"(?:[ \t]{0,8}\n)?(?:[ \t]{0,8}\w{1,30}Sanitizer can not provide additional info\.\s{0,8}(?:\n|\Z))?"
    r"(?:NOTE: libFuzzer [^\n]{0,400}(?:\n|\Z))?(?: {6}Combine libFuzzer with [^\n]{0,400}(?:\n|\Z))?"
    r"(?:SUMMARY: (?:\w{1,20}Sanitizer|libFuzzer): [^\n]{0,2000}(?:\n|\Z))?"
    r"(?:==\d{1,10}==ABORTING\s{0,8}(?:\n|\Z))?\s{0,8}"
)
# A lambda whose name the frames around it tell.
_BARE: Final = f" in {lambdas.BARE}"
# Stands for frames that are not there.
_MISSING: Final = "\n"
_ELIDED: Final = Frame(frame_kind="elided")
# Of each what `followed` looks for.
_DOUBT: Final = (
    b"ERROR: libFuzzer: ", b"=== BUG FOUND!", b"*** *** *** ", b"Fatal signal 6 ", b"Received signal 6",
    b"Unsymbolized Stacktrace",
)  # fmt: skip
_DOUBTS: Final = BytesAhoCorasick(list(_DOUBT), matchkind=MatchKind.Standard)


class Rows(NamedTuple):
    """The frames of a stack, as texts behind their addresses; whether it may lead to another, and is the last."""

    frames: list[str]
    leads: bool = False
    last: bool = False


def rows(lines: Glance, text: str, place: int) -> Rows | None:
    """A stack that begins at a place and has nothing behind it that could be read."""
    found = _ROWS.match(text, place)
    if found is None or not _alone(text, found.end(), lines):
        return None
    frames = _parts(text, place, found.end())
    return Rows(frames, last=True) if frames else None


def _parts(text: str, start: int, end: int) -> list[str] | None:
    """The words behind the addresses of the rows between two places, where these are of one stack."""
    bare = text.find(_BARE, start, end) >= 0
    numbers, words = zip(*_ROW.findall(text, start, end), strict=True)
    frames = [*words]
    if numbers != NUMBERS[: len(numbers)]:
        return None if bare else _elided(numbers, frames)
    return _named(frames) if bare else frames


def _elided(numbers: tuple[str, ...], frames: list[str]) -> list[str] | None:
    """Frames with a mark where some are missing before one; None where another stack begins."""
    last, found = -1, []
    for place, (text, words) in enumerate(zip(numbers, frames, strict=True)):
        number = int(text)
        if place and not number:
            return None
        if number > last + 1:
            found.append(_MISSING)
        found.append(words)
        last = max(last, number)
    return found


def _named(words: list[str]) -> list[str] | None:
    """The words of frames, before those of lambdas the names that the frames around them tell, in a line of its own."""
    read_ones = [_alike(each) for each in words]
    frames = [found for found in read_ones if found is not None]
    if len(frames) < len(words):
        return None
    return [
        each if one is two else f"{two.function}\n{each}"
        for each, one, two in zip(words, frames, lambdas.named(frames), strict=True)
    ]


def _alone(text: str, end: int, asked: Glance | None) -> bool:
    """Whether nothing that could be read stands behind a stack but what may end its report."""
    last = _LAST.match(text, end)
    after = last.end() if last else end
    return after == len(text) or (asked is not None and asked.quiet(after) and not _MORE.search(text, end - 1))


def stack(lines: Glance, text: str, place: int, pid: int | None, *, ends: bool) -> Rows | None:
    """The stack below a header that ends before a place; `ends` where it matters that no report follows."""
    between = _BETWEEN.match(text, place)
    start = between.end() if between else place
    rows = _ROWS.match(text, start)
    if (
        rows is None
        or text.find("Sanitizer", place, start) >= 0
        or any(int(found) != pid for found in _PID.findall(text, place, start))
    ):
        return None
    end = rows.end()
    frames = _parts(text, start, end)
    if frames is None:
        return None
    if _alone(text, end, lines if ends else None):
        return Rows(frames, last=True)
    more = _MORE.search(text, end - 1)
    if more is not None and not _ended(text[end : more.start()]):
        line = text.rfind("\n", 0, more.start()) + 1
        above = text[line : more.start()]
        # what a line of this pointer says goes on to the next blank one
        prose = text.rfind("MiraclePtr", end, line)
        if text.find("egister", end, line) >= 0:
            return None  # lines of numbers, and what looks like one
        if prose >= 0 and not _BLANK.search(text, prose, line):
            return None
        if not _HEADED.match(text, more.start() + 1) or more.start() < end or not heading(above) or split(above).stream:
            return None
    return Rows(frames, lines.holds(_DOUBTS, end))


def _ended(text: str) -> bool:
    """Whether another report begins in a text."""
    return "Sanitizer" in text and any(
        begins(line) and "leak of " not in line for line in text.split("\n") if "Sanitizer" in line
    )


def frame(words: str) -> Frame | None:
    """The frame of which these words stand behind the address, or behind a name that other frames told of it."""
    if words == _MISSING:
        return _ELIDED
    name, told, rest = words.rpartition("\n")
    found = _alike(rest)
    return replace(found, function=name) if told and found is not None else found


def _alike(words: str) -> Frame | None:
    """The frame of which these words stand behind the address."""
    found = read(f"#0 0x0 {words}", 0)
    return found.frame if found is not None and found.frame.frame_kind == "frame" else None

"""Find the reports in a text: anchors by one automaton, then the modules that own them, then what belongs together.

Linear: every line goes through the automaton once; a module may look at a bounded number of lines before it is sure,
and what it took no other report may take.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Final

from ahocorasick_rs import BytesAhoCorasick, MatchKind

from triage.formats.traces import TraceModule
from triage.formats.traces.brief import Brief
from triage.formats.traces.ends import NEAR, announced, joined
from triage.formats.traces.glance import Glance
from triage.formats.traces.prefixes import HELD, is_marked, is_numbered, led, split, uncoloured
from triage.formats.traces.reading import Asked, Found, anchors, has, read
from triage.formats.traces.window import BACK, Text, Window
from triage.sources.returns import ended_text

if TYPE_CHECKING:
    from triage.formats.traces.reports import Report
    from triage.formats.traces.window import Settled

__all__ = ("OVERFLOWS", "Found", "along", "first", "scan")

# Lines that go through the automaton at once, as one string.
_FIRST, _BATCH = 256, 4_096
# Of a batch so many first, so that nothing behind a report is looked through that nobody asks for.
_STEP: Final = 12
_CHARS: Final = 1_024
# Characters of a text that is read as a whole, and how many at once.
_SHORT, _LARGEST = 1 << 18, 1 << 16
# What tells of an overflow of a stack.
OVERFLOWS: Final = (b"stack-overflow", b"STACK_OVERFLOW", b"SIGSTK", b"c00000fd", b"C00000FD")


def scan(lines: Iterable[tuple[int, str]], size: int | None = None, *, only: str | None = None) -> Iterator[Found]:
    """Give the reports of a text in the order of their lines.

    Parameters
    ----------
    lines
        Offset in bytes and text of each line.
    size
        Bytes in all, where known: the end of the last line.
    only
        The name of the one module to ask.

    Examples
    --------
    >>> (found,) = scan(enumerate(["x", "a.E: b", "\\tat c.D.e(D.java:1)"]))
    >>> found.module.NAME, found.first, found.last
    ('java', 2, 3)
    """
    for found in along(lines, size, only=only):
        if not isinstance(found, int):
            yield found


def along(
    lines: Iterable[tuple[int, str]], size: int | None = None, *, only: str | None = None
) -> Iterator[Found | int]:
    """As `scan`; between the reports the number of the line, from 0, that no later one begins before.

    So whoever reads the other lines of the text too need not hold them until the next report, which may never come.

    Examples
    --------
    >>> [found for found in along(enumerate(["x"] * 1000)) if isinstance(found, int)]
    [0, 192, 704]
    """
    text = Text(iter(lines))
    for found in _joining(_reports(text, size, only)):
        if isinstance(found, int):
            yield text.start
        elif not isinstance(found, Brief):
            yield found


def first(
    text: str, *, settled: Settled | None = None, data: bytes | None = None, overflows: bool | None = None
) -> Report | Brief | None:
    """The first report of a text that ended the program, else the first at all; no more is read than that needs.

    A line that says no more than that the program ended gives way to a report near above that names functions. The
    lines of the frames are counted from those of the report.

    Parameters
    ----------
    text
        The whole.
    settled
        Tells of a report whether another one that is joined to it can change nothing that is wanted. If given, modules
        that are sure may also say it in brief.
    data, overflows
        The text in UTF-8, and whether it holds one of the words of `OVERFLOWS`, where they are known.

    Examples
    --------
    >>> first("x\\na.E: b\\n\\tat c.D.e(D.java:1)\\ny").error_type
    'a.E'
    """
    other: Found | None = None
    if "\r" in text and (ended := ended_text(text)) != text:
        text, data = ended, None
    clean = "\r" not in text and "\x1b" not in text
    whole = text if settled and clean else None
    data = text.encode("utf-8", "replace") if data is None else data
    # A code that is added could make an overflow of the stack of what is settled.
    if _overflows().find_matches_as_indexes(data) if overflows is None else overflows:
        settled = None
    asked = Asked(whole, settled, [], {})
    if clean and len(text) <= _SHORT and text.isascii() and HELD not in text:
        found_ones = _short(text, data, asked)
    else:
        found_ones = _reports(Text(text.split("\n"), clean=clean, marked=is_marked(text)), 0, None, asked)
    for found in _joining(found_ones, asked):
        if isinstance(found, int):
            continue
        if isinstance(found, Brief):
            return found if found.level == "fatal" or other is None else other.report
        if found.report.level == "fatal" and not (other and _only_ends(other, found)):
            return found.report
        other = other or found
    return other and other.report


def _only_ends(told: Found, end: Found) -> bool:
    """Whether a line near below a report says no more than that the program ended, and the report where it was."""
    named = [any(frame.function for trace in one.report.traces for frame in trace.frames) for one in (told, end)]
    return end.report.follows and named == [True, False] and end.first - told.last <= NEAR


@cache
def _overflows() -> BytesAhoCorasick:
    """Finds `OVERFLOWS`."""
    return BytesAhoCorasick(list(OVERFLOWS), matchkind=MatchKind.LeftmostFirst)


def _joining(reports: Iterator[Found | Brief | int], asked: Asked | None = None) -> Iterator[Found | Brief | int]:
    """The reports with what belongs together as one; a line that none stands before is told where none is held."""
    settled = asked and asked.settled
    held: Found | None = None
    for found in reports:
        if isinstance(found, int):
            if held and found - held.last > NEAR:
                yield held
                held = None
            if held is None:
                yield found
        elif isinstance(found, Brief):
            said = (None if found.leads else found) if held is None else announced(held, found) if settled else None
            if said:
                yield said
                return
        else:
            both = joined(held, found) if held else None
            if held and not both:
                yield held
            held = both or found
            if not held.report.leads or (settled and settled(held.report)):
                yield held
                held = None
        if asked:
            asked.held[:] = [held] if held else []
    if held:
        yield held


def _reports(
    text: Text, size: int | None, only: str | None, asked: Asked | None = None
) -> Iterator[Found | Brief | int]:
    """Every report alone, first in brief where modules can; before each the line that no part of it stands before.

    Whoever does not want it in brief goes on.
    """
    automaton, owners = anchors(only)
    seen, batch = 0, _FIRST
    # A line of the whole text, and where it begins.
    at = place = 0
    while seen < text.end or not text.ended:
        if seen == text.end:
            text.drop(max(text.free, seen - BACK))
            yield text.start
            text.pull(batch)
            batch = min(2 * batch, _BATCH)
        first, seen, step = seen, text.end, _STEP
        while first < seen:
            for number, mine in _hits(automaton, owners, text, first, min(first + step, seen)):
                if number < text.free:
                    continue
                # Where lines of several streams alternate, a report may begin anywhere.
                if text.look(number) and not text.stream(number):
                    yield number - BACK
                    if asked and asked.whole is not None and not text.start:
                        place += sum(map(len, text.raws(at, number))) + number - at
                        at = number
                        glance = Glance(asked.whole, place)
                        willing = [module for module in mine if not _refused(module, glance[0])]
                        if short := _brief(_Lines(text), number, glance, willing, asked):
                            yield short
                found = read(text, number, mine, size, asked)
                if found is not None:
                    yield found
                    text.free = found.last
            first, step = first + step, 4 * step


def _short(text: str, data: bytes, asked: Asked) -> Iterator[Found | Brief | int]:
    """As `_reports`, of a text that is here as a whole, not long and in ASCII: a byte is a character."""
    automaton, owners = anchors(None)
    find, whole, held = automaton.find_matches_as_indexes, asked.whole, asked.held
    # Its lines are parted where they are read in full.
    lines = _Lines(text)
    begin = number = 0
    step = _CHARS
    while begin < len(data):
        if lines.parted and number < (free := lines.text.free):
            # what a report took no other one may take
            begin += sum(map(len, lines.text.raws(number, free))) + free - number
            number = free
        end = data.find(b"\n", begin + step) + 1 or len(data)
        piece = data[begin:end]
        mine: dict[int, dict[TraceModule, None]] = {}
        stops: list[int] = []
        at, index = 0, number
        for pattern, _, stop in find(piece, overlapping=True):
            index += piece.count(b"\n", at, stop)
            at = stop
            if index not in mine:
                mine[index] = {}
                stops.append(stop)
            mine[index][owners[pattern]] = None
        for (index, modules_), stop in zip(mine.items(), stops, strict=True):
            if lines.parted and index < lines.text.free:
                continue
            candidates = list(modules_)
            # Where lines of several streams alternate, a report may begin anywhere.
            glance = Glance(text, begin + piece.rfind(b"\n", 0, stop) + 1)
            parted = lines.parted or is_numbered(glance[0] or "")
            if not (parted and lines.text.stream(index)) and not glance.is_record(0):
                if held:
                    yield index - BACK
                candidates = [module for module in candidates if not _refused(module, glance[0])]
                if whole is not None and (short := _brief(lines, index, glance, candidates, asked)):
                    yield short
            found = read(lines.text, index, candidates, 0, asked) if candidates else None
            if found is not None:
                yield found
                lines.text.free = found.last
        number += piece.count(b"\n")
        begin, step = end, min(2 * step, _LARGEST)


class _Lines:
    """The lines of a clean text, parted when they are asked for."""

    __slots__ = ("_text", "parted")

    def __init__(self, text: str | Text) -> None:
        self._text = text
        self.parted = isinstance(text, Text)

    @property
    def text(self) -> Text:
        """Its lines."""
        if isinstance(self._text, str):
            self._text = Text.of(self._text)
            self.parted = True
        return self._text


def _brief(lines: _Lines, number: int, glance: Glance, candidates: list[TraceModule], asked: Asked) -> Brief | None:
    """The report in which a line without a prefix lies in brief, where it is sure."""
    able = [module for module in candidates if has(module.NAME, "brief")]
    if asked.whole is None or len(able) != 1:
        return None
    automaton, _ = anchors(None)
    glance.anchors, glance.held, glance.behind = automaton, bool(asked.held), asked.behind
    found: Brief | None = able[0].brief(glance, asked.whole)  # type: ignore[attr-defined]
    if found is None:
        return None
    if any(module.read(Window(lines.text, number)) for module in candidates if module is not able[0]):
        return None
    return found._replace(line=number + 1) if glance.held else found


def _refused(module: TraceModule, line: str | None) -> bool:
    """Whether a module tells from an anchor line without a prefix alone that it would read nothing there.

    Of a line that is indented it is asked without that too: the block may be quoted, and a log at that.
    """
    if not has(module.NAME, "refuses") or not module.refuses(line):  # type: ignore[attr-defined]
        return False
    if line is None or line[:1] not in {" ", "\t"}:
        return True
    bare = line.lstrip()
    return bool(module.refuses(bare) and (not led(bare) or module.refuses(split(bare).text)))  # type: ignore[attr-defined]


def _hits(
    automaton: BytesAhoCorasick, owners: list[TraceModule], text: Text, first: int, end: int
) -> Iterator[tuple[int, list[TraceModule]]]:
    """The lines that hold an anchor, each with the modules that it belongs to."""
    first = max(first, text.free)
    lines = text.raws(first, end)
    joined = "\n".join(lines)
    if not text.clean and "\x1b" in joined:
        lines = [uncoloured(line) for line in lines]
        joined = "\n".join(lines)
    if HELD in joined:
        # What a string of JSON holds is written there in another way.
        lines = [split(line).text.replace("\n", " ") if HELD in line else line for line in lines]
        joined = "\n".join(lines)
    data = joined.encode("utf-8", "surrogatepass")
    mine: dict[int, dict[TraceModule, None]] = {}
    index = at = 0
    # They come in the order of their ends, and none holds the end of a line.
    for pattern, _, stop in automaton.find_matches_as_indexes(data, overlapping=True):
        index += data.count(b"\n", at, stop)
        at = stop
        mine.setdefault(index, {})[owners[pattern]] = None
    for index, modules_ in mine.items():
        yield first + index, list(modules_)

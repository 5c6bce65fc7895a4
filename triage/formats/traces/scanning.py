"""Find the reports in a text: anchors by one automaton, then the modules that own them, then what belongs together.

Linear: every line goes through the automaton once; a module may look at a bounded number of lines before it is sure,
and what it took no other report may take.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, partial
from typing import TYPE_CHECKING, Final, NamedTuple

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind
from msgspec.structs import replace

from triage.formats.traces import TraceModule, modules
from triage.formats.traces.brief import Brief
from triage.formats.traces.ends import NEAR, announced, joined
from triage.formats.traces.prefixes import uncoloured
from triage.formats.traces.window import BACK, Behind, Glance, Text, Window
from triage.records import Trace

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


class Found(NamedTuple):
    """One report of a text: the module that read it, the lines and bytes that it took, and its stacks.

    `first` and `last` are line numbers from 1; the `text_line` of every frame is one too.
    """

    module: TraceModule
    report: Report
    first: int
    last: int
    offset: int
    end_offset: int
    ts: int | None


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

    The lines of its frames are counted from those of the report.

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
    other: Report | None = None
    clean = "\r" not in text and "\x1b" not in text
    whole = text if settled and clean else None
    data = text.encode("utf-8", "replace") if data is None else data
    # A code that is added could make an overflow of the stack of what is settled.
    if _overflows().find_matches_as_indexes(data) if overflows is None else overflows:
        settled = None
    asked = _Asked(whole, settled, [], {})
    if clean and len(text) <= _SHORT and text.isascii():
        found_ones = _short(text, data, asked)
    else:
        found_ones = _reports(Text(text.split("\n"), clean=clean, piped="|" in text), 0, None, asked)
    for found in _joining(found_ones, asked):
        if isinstance(found, int):
            continue
        if isinstance(found, Brief):
            return found if found.level == "fatal" else other or found
        if found.report.level == "fatal":
            return found.report
        other = other or found.report
    return other


@cache
def _overflows() -> BytesAhoCorasick:
    """Finds `OVERFLOWS`."""
    return BytesAhoCorasick(list(OVERFLOWS), matchkind=MatchKind.LeftmostFirst)


class _Asked(NamedTuple):
    """What is enough for a key: the text, where modules may say in brief what is in it, and see `first`.

    `held` is the report that the next one may be joined to, if any; `behind` what was asked of the rest of the text.
    """

    whole: str | None
    settled: Settled | None
    held: list[Found]
    behind: dict[int, Behind]


def _joining(reports: Iterator[Found | Brief | int], asked: _Asked | None = None) -> Iterator[Found | Brief | int]:
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
    text: Text, size: int | None, only: str | None, asked: _Asked | None = None
) -> Iterator[Found | Brief | int]:
    """Every report alone, first in brief where modules can; before each the line that no part of it stands before.

    Whoever does not want it in brief goes on.
    """
    automaton, owners = _anchors(only)
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
                found = _read(text, number, mine, size, asked)
                if found is not None:
                    yield found
                    text.free = found.last
            first, step = first + step, 4 * step


def _short(text: str, data: bytes, asked: _Asked) -> Iterator[Found | Brief | int]:
    """As `_reports`, of a text that is here as a whole, not long and in ASCII: a byte is a character."""
    automaton, owners = _anchors(None)
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
            if not (lines.parted and lines.text.stream(index)) and not (
                glance := Glance(text, begin + piece.rfind(b"\n", 0, stop) + 1)
            ).is_record(0):
                if held:
                    yield index - BACK
                candidates = [module for module in candidates if not _refused(module, glance[0])]
                if whole is not None and (short := _brief(lines, index, glance, candidates, asked)):
                    yield short
            found = _read(lines.text, index, candidates, 0, asked) if candidates else None
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


def _brief(lines: _Lines, number: int, glance: Glance, candidates: list[TraceModule], asked: _Asked) -> Brief | None:
    """The report in which a line without a prefix lies in brief, where it is sure."""
    able = [module for module in candidates if _has(module.NAME, "brief")]
    if asked.whole is None or len(able) != 1:
        return None
    automaton, _ = _anchors(None)
    glance.anchors, glance.held, glance.behind = automaton, bool(asked.held), asked.behind
    found: Brief | None = able[0].brief(glance, asked.whole)  # type: ignore[attr-defined]
    if found is None:
        return None
    if any(module.read(Window(lines.text, number)) for module in candidates if module is not able[0]):
        return None
    return found._replace(line=number + 1) if glance.held else found


def _refused(module: TraceModule, line: str | None) -> bool:
    """Whether a module tells from an anchor line without a prefix alone that it would read nothing there."""
    return _has(module.NAME, "refuses") and bool(module.refuses(line))  # type: ignore[attr-defined]


@cache
def _has(name: str, what: str) -> bool:
    """Whether a module has something besides: `brief`, `refuses`, or `SETTLES`."""
    return hasattr(modules()[name], what)


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


def _read(
    text: Text, number: int, candidates: list[TraceModule], size: int | None, asked: _Asked | None
) -> Found | None:
    """The report in which a line lies: of several the one that takes the most lines."""
    settled = asked and asked.settled
    made: dict[str, tuple[Report, TraceModule, Window]] = {}
    # One that asks what is settled comes last: where others have a report, it counts how many lines it takes.
    several = settled and len(candidates) > 1
    for module in sorted(candidates, key=lambda one: _has(one.NAME, "SETTLES")) if several else candidates:
        window = Window(text, number)
        window.lean = asked is not None
        if asked and settled and not made and _has(module.NAME, "SETTLES"):
            window.settled = partial(_enough, window, module, asked)
        report = module.read(window)
        if report is not None:
            if len(made) == 1 and settled:
                made = {name: _again(text, number, *other) for name, other in made.items()}
            made[module.NAME] = report, module, window
    if not made:
        return None
    found = [made[module.NAME] for module in candidates if module.NAME in made]
    report, module, window = found[0] if len(found) == 1 else max(found, key=lambda one: one[0].end - one[0].first)
    first, last = window.number(report.first), window.number(report.end - 1)
    if first is None or last is None:
        return None
    if asked is not None:
        # Nothing is wanted of where it stands but which lines it took.
        return Found(module, report, first + 1, last + 1, 0, 0, None)
    end = text.offset(last + 1) if text.raw(last + 1) is not None else size
    begins = window.line(report.first)
    return Found(
        module=module,
        report=replace(report, traces=_placed(report.traces, window)),
        first=first + 1,
        last=last + 1,
        offset=text.offset(first),
        end_offset=end if end is not None else text.offset(last),
        ts=report.ts if report.ts is not None else (begins.ts if begins else None),
    )


def _again(
    text: Text, number: int, report: Report, module: TraceModule, window: Window
) -> tuple[Report, TraceModule, Window]:
    """What was read for its key alone, where how many lines it takes counts: read to its end."""
    if window.settled is not None:
        window = Window(text, number)
        report = module.read(window) or report
    return report, module, window


def _enough(window: Window, module: TraceModule, asked: _Asked, report: Report) -> bool:
    """Whether nothing behind what was read of a report can change what is wanted, alone or joined to what led to it."""
    line = window.number(report.first)
    if asked.settled is None or line is None:
        return False
    if asked.held:
        found = Found(module, report, line + 1, line + 1, 0, 0, None)
        report = both.report if (both := joined(asked.held[0], found)) else report
    return asked.settled(report)


def _placed(traces: Iterable[Trace], window: Window) -> tuple[Trace, ...]:
    """The stacks with the lines of their frames as numbers of the file, from 1."""

    def line(index: int | None) -> int | None:
        number = None if index is None else window.number(index)
        return None if number is None else number + 1

    return tuple(
        replace(trace, frames=tuple(replace(frame, text_line=line(frame.text_line)) for frame in trace.frames))
        for trace in traces
    )


@cache
def _anchors(only: str | None) -> tuple[BytesAhoCorasick, list[TraceModule]]:
    """The automaton of all anchors, and whose each is."""
    pairs: list[tuple[str, TraceModule]] = [
        (anchor, module) for name, module in modules().items() if only in {None, name} for anchor in module.ANCHORS
    ]
    # As a whole automaton it takes a few milliseconds to make, and reads twice as fast.
    anchors = [anchor.encode() for anchor, _ in pairs]
    automaton = BytesAhoCorasick(anchors, implementation=Implementation.DFA)
    return automaton, [module for _, module in pairs]

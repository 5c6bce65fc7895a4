"""What a module reads at one line of a text, and what whoever wants a key alone asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

from ahocorasick_rs import BytesAhoCorasick, Implementation
from msgspec.structs import replace

from triage.formats.traces import TraceModule, modules
from triage.formats.traces.ends import joined
from triage.formats.traces.glance import Behind
from triage.formats.traces.quoting import Quoted, carried, quoted
from triage.formats.traces.window import Text, Window
from triage.records import Trace

if TYPE_CHECKING:
    from triage.formats.traces.reports import Report
    from triage.formats.traces.window import Settled

__all__ = ("Asked", "Found", "anchors", "has", "read")


_Made = tuple["Report", TraceModule, Window]


class Found(NamedTuple):
    """One report of a text: the module that read it, the lines and bytes that it took, and its stacks.

    `first` and `last` are line numbers from 1; the `text_line` of every frame is one too. `local` says that the time
    of the first line has no zone and was taken as UTC.
    """

    module: TraceModule
    report: Report
    first: int
    last: int
    offset: int
    end_offset: int
    ts: int | None
    local: bool = False


class Asked(NamedTuple):
    """What is enough for a key: the text, where modules may say in brief what is in it, and see `first`.

    `held` is the report that the next one may be joined to, if any; `behind` what was asked of the rest of the text.
    """

    whole: str | None
    settled: Settled | None
    held: list[Found]
    behind: dict[int, Behind]


@cache
def anchors(only: str | None) -> tuple[BytesAhoCorasick, list[TraceModule]]:
    """The automaton of all anchors, and whose each is."""
    pairs: list[tuple[str, TraceModule]] = [
        (anchor, module) for name, module in modules().items() if only in {None, name} for anchor in module.ANCHORS
    ]
    # As a whole automaton it takes a few milliseconds to make, and reads twice as fast.
    anchors = [anchor.encode() for anchor, _ in pairs]
    automaton = BytesAhoCorasick(anchors, implementation=Implementation.DFA)
    return automaton, [module for _, module in pairs]


@cache
def has(name: str, what: str) -> bool:
    """Whether a module has something besides: `brief`, `refuses`, or `SETTLES`."""
    return hasattr(modules()[name], what)


def read(text: Text, number: int, candidates: list[TraceModule], size: int | None, asked: Asked | None) -> Found | None:
    """The report in which a line lies: of several the one that takes the most lines."""
    begin = partial(Window, text, number)
    made = _made(begin, candidates, asked)
    block = quoted(text, number)
    if block is not None and (made is None or _stops(made[0], block)):
        again = _within(text, number, block)
        inner = _made(again, candidates, asked and asked._replace(settled=None))
        if inner is not None and (made is None or _held(inner[0]) > _held(_again(begin, *made)[0])):
            made = inner
    if made is None:
        return None
    report, module, window = made
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
        local=report.ts is None and begins is not None and begins.local,
    )


def _made(begin: Callable[[], Window], candidates: list[TraceModule], asked: Asked | None) -> _Made | None:
    """What the modules read in windows that begin at one line: of several reports the one that takes the most lines."""
    settled = asked and asked.settled
    made: dict[str, _Made] = {}
    # One that asks what is settled comes last: where others have a report, it counts how many lines it takes.
    several = settled and len(candidates) > 1
    for module in sorted(candidates, key=lambda one: has(one.NAME, "SETTLES")) if several else candidates:
        window = begin()
        window.lean = asked is not None
        if asked and settled and not made and has(module.NAME, "SETTLES"):
            window.settled = partial(_enough, window, module, asked)
        report = module.read(window)
        if report is not None:
            if len(made) == 1 and settled:
                made = {name: _again(begin, *other) for name, other in made.items()}
            made[module.NAME] = report, module, window
    found = [made[module.NAME] for module in candidates if module.NAME in made]
    return max(found, key=lambda one: _size(one[0])) if found else None


def _within(text: Text, number: int, block: Quoted) -> Callable[[], Window]:
    """What begins to read at a line of a block, without what the block is quoted by."""
    inner = carried(text, number, block)
    if inner is not None:
        return partial(Window, inner, number)
    return partial(Quoted, text, number, first=block.first, indent=block.indent)


def _stops(report: Report, block: Quoted) -> bool:
    """Whether a report begins or ends inside of a block: what stands at the right as a whole may be read in part."""
    return report.first >= block.first or bool((block[report.end] or "").strip())


def _held(report: Report) -> tuple[int, int]:
    """How many lines a report takes, and how many frames it found in them."""
    return _size(report), sum(len(trace.frames) for trace in report.traces)


def _size(report: Report) -> int:
    """How many lines a report takes."""
    return report.end - report.first


def _again(begin: Callable[[], Window], report: Report, module: TraceModule, window: Window) -> _Made:
    """What was read for its key alone, where how many lines it takes counts: read to its end."""
    if window.settled is not None:
        window = begin()
        report = module.read(window) or report
    return report, module, window


def _enough(window: Window, module: TraceModule, asked: Asked, report: Report) -> bool:
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

"""What a trace module gives for one report in a text: what happened, all stacks, and which lines it took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from triage.formats.traces.window import Window
from triage.records import Trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ("SETTLED", "Report", "placed", "run", "settled", "shifted")


# Kinds whose class in a key no signal changes.
SETTLED: Final = frozenset({"assertion", "exception"})


class Report(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One report.

    `first` and `end` (exclusive) are the lines that it took, counted from the anchor line, which is 0; the `text_line`
    of every frame is counted in the same way. `kind` is one of crash (a signal, a bad access), exception, assertion,
    hang, leak, race, oom, timeout, abort (the program ended itself and the report does not say why).

    `leads` says that the program ends after this report and another may show its stack (a failed CHECK, a panic);
    `follows` that this is such another: a signal raised on purpose or the exit of a fuzz target, which has no cause of
    its own. One that follows is joined to the one that leads.
    """

    first: int = 0
    end: int = 1
    kind: str = "crash"
    traces: tuple[Trace, ...] = ()
    level: str = "fatal"
    handled: bool | None = None
    error_type: str | None = None
    error_value: str | None = None
    error_code: int | None = None
    error_code_name: str | None = None
    signal: str | None = None
    fault_address: int | None = None
    thread_id: int | None = None
    # READ, WRITE or EXECUTE, and its size in bytes
    access: str | None = None
    access_size: int | None = None
    process_id: int | None = None
    process: str | None = None
    release: str | None = None
    os_name: str | None = None
    os_version: str | None = None
    arch: str | None = None
    device: str | None = None
    # microseconds since 1970, where the report itself says when
    ts: int | None = None
    # what else it says, as rows of `annotations` of scope "report"
    facts: tuple[tuple[str, str], ...] = ()
    # loaded images, as columns of `modules`
    modules: tuple[dict[str, object], ...] = ()
    notes: tuple[str, ...] = ()
    complete: bool = True
    leads: bool = False
    follows: bool = False


def settled(report: Report, kinds: frozenset[str] = SETTLED) -> bool:
    """Whether no report that follows one, and is joined to it, can change its key: it says why it died, and where.

    Only a signal and an exception code could be added, and the class of an assertion and of an exception hangs on
    neither (but for an overflow of the stack).
    """
    return (
        report.level == "fatal"
        and report.kind in kinds
        and bool(report.error_type and report.error_value)
        and any(frame.function for trace in report.traces if trace.role == "crash" for frame in trace.frames)
    )


def shifted(traces: Iterable[Trace], lines: int) -> tuple[Trace, ...]:
    """The traces with the lines of their frames moved, from those of a piece of text to those of its window."""
    if not lines:
        return tuple(traces)
    return tuple(
        replace(
            trace,
            frames=tuple(
                frame if frame.text_line is None else replace(frame, text_line=frame.text_line + lines)
                for frame in trace.frames
            ),
        )
        for trace in traces
    )


def placed(traces: Iterable[Trace], line: int) -> tuple[Trace, ...]:
    """The traces with all their frames on one line, which holds a whole text."""
    return tuple(
        replace(trace, frames=tuple(replace(frame, text_line=line) for frame in trace.frames)) for trace in traces
    )


def run(window: Window, start: int, belongs: Callable[[str], bool], *, gap: int = 0) -> int:
    """Where a run of lines that belong to a report ends (exclusive); at most `gap` others may stand between two.

    Examples
    --------
    >>> from triage.formats.traces.window import Text
    >>> window = Window(Text(enumerate(["#0 a", "", "#1 b", "x", "y", "#2 c"])), 0)
    >>> run(window, 0, lambda line: line.startswith("#"), gap=1)
    3
    """
    end = at = start
    while at - end <= gap and (line := window[at]) is not None:
        at += 1
        if belongs(line):
            end = at
    return end

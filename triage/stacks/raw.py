"""The group key of one raw trace, without the tables of a case: what `triage.load` gives, for a script or a grep."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from triage.stacks.counting import SCANNED, counted
from triage.stacks.digests import NONE
from triage.stacks.frame_table import FIRM, FrameTable, Known
from triage.stacks.keys import Evidence, crash, group_word
from triage.stacks.stack_table import cycle_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage.formats.traces.reports import Report
    from triage.records import Frame, Trace

__all__ = ("signature",)

# Texts that a reader of whole files takes, and no module for traces: found by detection, as `triage.load` does.
_DOCUMENT: Final = re.compile(r'\s*(?:\{\s*["}]|\[\s*[\[\]{"])')
_MARKS: Final = ("XCEPTION CAUGHT BY", "xception caught by", "nother exception was thrown", "nhandled Exception:",
                 "SymInit: ", "[Crash]", "# TYPE ")  # fmt: skip


def signature(text: str, table: FrameTable) -> str:
    """See `triage.stacks.signature`."""
    if not _DOCUMENT.match(text) and not any(mark in text for mark in _MARKS):
        report = _crash(text)
        return "" if report is None else f"{_group(report, table):016x}"
    return _loaded(text)


def _crash(text: str) -> Report | None:
    """The first report that ended the program, else the first at all: a log may warn before it dies."""
    from triage.formats.traces.scanning import first

    return first(text.split("\n"))


def _loaded(text: str) -> str:
    """The key by way of a whole case."""
    import triage

    events = triage.loads(text).events(event_class="incident_signal")
    fatal = events[(events["level"] == "fatal").fillna(value=False)]
    chosen = fatal if len(fatal) else events
    return str(chosen["group_key"].iloc[0]) if len(chosen) else ""


def _group(report: Report, table: FrameTable) -> int:
    """The group key of a report."""
    top: list[Known] = []
    cycle = NONE
    if report.traces:
        top, cycle = _frames(min(report.traces, key=_order).frames, table)
    evidence = Evidence.NONE if not top else Evidence.FIRM if top[0].telling == FIRM else Evidence.WEAK
    code, said = report.error_code_name, report.error_value
    event = crash(report.kind, report.error_type, report.signal, code, said, evidence)
    return group_word(event, [one.word for one in top], cycle)


def _order(trace: Trace) -> int:
    """Which stack of an event is the crashing one: see `triage.identity`."""
    if trace.role == "crash":
        return min(trace.chain_no, 1) * 2 + (not trace.crashed)
    return 4 + (not trace.crashed)


def _frames(frames: Sequence[Frame], table: FrameTable) -> tuple[list[Known], int]:
    """The frames that count, and the word of a cycle."""
    known: list[Known] = [
        table.known(
            (
                frame.frame_kind,
                frame.function,
                frame.module,
                frame.module_offset,
                frame.file,
                frame.language,
                frame.in_app,
            )
        )
        for frame in frames
    ]
    names = [
        one.word if one.word and frame.frame_kind == "frame" else -1 - row
        for row, (one, frame) in enumerate(zip(known, frames, strict=True))
    ]
    rows, cycle = counted(known, names, [frame.trust in SCANNED for frame in frames])
    return [known[row] for row in rows], cycle_words([known[row].name for row in cycle])[0] if cycle else NONE

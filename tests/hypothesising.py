"""Cases for tests of checks and rules: of samples, and of rows written by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import triage
from triage.case import Case
from triage.hypotheses.checks import Scene
from triage.records import Frame, Records, Trace
from triage.stacks import keys

if TYPE_CHECKING:
    import pyarrow as pa

START = 1_769_390_000_000_000
SECOND = 1_000_000


def trace(names: Sequence[str], *, line: int = 7, **more: Any) -> Trace:
    """A stack of functions from the innermost; `image!` in front of a name is its module."""
    frames = []
    for name in names:
        module, mark, function = name.rpartition("!")
        frames.append(Frame(function=function or None, module=module if mark else None, file="app.c", line=line))
    return Trace(frames=tuple(frames), **more)


class Made:
    """A case in the making."""

    def __init__(self) -> None:
        self.records = Records()
        self.count = 0

    def event(self, *traces: Trace, at: float = 0, **columns: Any) -> int:
        """One crash, so many seconds after the start."""
        given = {
            "event_class": "incident_signal",
            "event_kind": "crash",
            "error_type": "SIGSEGV",
            "platform": "native",
            "native_id": f"e{self.count}",
            "ts": START + int(at * SECOND),
        } | columns
        self.count += 1
        event = self.records.event(**given)
        self.records.stacks(event, traces)
        return event

    def case(self) -> Case:
        """The case of what was said."""
        return of_tables(keys.annotate(self.records.finish()))


def of_tables(tables: dict[str, pa.Table]) -> Case:
    """A case of tables."""
    return Case(tables, inputs=triage.load(b"").raw.inputs)


def scene_of(case: Case) -> Scene:
    """The scene of the newest incident."""
    return Scene(case, case.incidents()["incident_id"].iloc[0])

"""The key of a text that a reader of whole files takes: of the event that it tells of, without the tables of a case.

What the reader says is kept as it says it. Where more than that decides (a failed request, an event that names itself
like another, so many rows that they come as columns) the case itself is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from triage import loading
from triage.formats.traces import ended
from triage.formats.traces.ends import NEAR
from triage.formats.traces.reports import Report
from triage.records import Draft, Records
from triage.sources.inputs import Inputs
from triage.sources.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from triage.records import Trace
    from triage.stacks.settings import Rules

__all__ = ("loaded", "told")

_ASKED: Final = ("http_method", "route", "http_status")


def loaded(text: str, rules: Rules) -> str:
    """The group key of what a case shows of a text under some rules: its first fatal event, else its first."""
    from triage.stacks import keys

    tables = loading.read_tables(Inputs(text.encode("utf-8", "surrogatepass"), name="pasted"), limits=Limits())
    events = keys.annotate(tables, rules)["events"].select(["event_class", "level", "group_key"]).to_pylist()
    signals = [event for event in events if event["event_class"] == "incident_signal"]
    fatal = [event for event in signals if event["level"] == "fatal"]
    return (fatal or signals)[0]["group_key"] or "" if signals else ""


def told(text: str) -> Report | bool:
    """The event of a text that counts, as a report; False where there is none, True where a case must be asked."""
    records = _Told()
    try:
        loading.read_into(records, Inputs(text.encode("utf-8", "surrogatepass"), name="pasted"), limits=Limits())
        rows = records.sealed()
    except _Columns:
        return True
    names = [name for columns, _ in rows if (name := _text(columns.get("native_id")))]
    if len(set(names)) < len(names):
        return True
    signals = [row for row in rows if row[0].get("event_class") == "incident_signal"]
    if not signals:
        return False
    columns, traces = signals[_chosen(signals, text)]
    report = Report(
        kind=_text(columns.get("event_kind")) or "",
        traces=tuple(traces),
        error_type=_text(columns.get("error_type")),
        error_value=_text(columns.get("error_value")),
        error_code_name=_text(columns.get("error_code_name")),
        signal=_text(columns.get("signal")),
    )
    if any(columns.get(name) for name in _ASKED) and (report.kind == "request" or not report.error_value):
        return True
    return report


def _chosen(signals: list[tuple[dict[str, Any], list[Trace]]], text: str) -> int:
    """Which event counts: the first fatal one, else the first; one that only tells of an end gives way: see `first`."""
    at = next((at for at, (columns, _) in enumerate(signals) if columns.get("level") == "fatal"), 0)
    if not at or signals[at][0].get("format") != ended.NAME:
        return at
    told, end = signals[0], signals[at]
    named = [any(frame.function for trace in traces for frame in trace.frames) for _, traces in (told, end)]
    last, first = told[0].get("offset"), end[0].get("offset")
    if named != [True, False] or last is None or first is None:
        return at
    between = text.encode("utf-8", "surrogatepass")[last + (told[0].get("length") or 0) : first]
    return 0 if between.count(b"\n") <= NEAR else at


def _text(value: Any) -> str | None:
    """A text as a column holds it."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else None


class _Columns(Exception):  # noqa: N818 - not an error: it ends the reading
    """Rows come as columns, or were asked for."""


class _Told(Records):
    """Keeps events and stacks as they were given, and lets go of all else."""

    def __init__(self) -> None:  # the tables of `Records` are what is not wanted here
        self.spill, self.whole = None, False
        self._events, self._together = 0, 0
        self._drafts: dict[tuple[str, ...], Draft] = {}
        self._memo: dict[tuple[str, str], tuple[Trace, ...]] = {}
        self._told: dict[int, tuple[dict[str, Any], list[Trace]]] = {}

    def sealed(self) -> list[tuple[dict[str, Any], list[Trace]]]:
        """Every event and its stacks, in order."""
        for draft in self._drafts.values():
            columns, traces = draft.row()
            if columns or traces:
                self._told[draft.event] = columns, traces
        return [self._told[number] for number in sorted(self._told)]

    def event(self, **columns: Any) -> int:
        number = self._events
        self._events += 1
        self._told[number] = columns, self._told[number][1] if number in self._told else []
        return number

    def stacks(self, event: int, traces: Iterable[Trace]) -> None:
        self._told.setdefault(event, ({}, []))[1].extend(traces)

    def rest(self) -> None: ...
    def _nothing(self, *_: Any, **__: Any) -> None: ...

    def _columns(self, *_: Any, **__: Any) -> Any:
        raise _Columns

    log = metric = module = annotation = feedback = file = file_rows = claim = claim_ids = quarantine = _nothing
    extend = absorb = rows = defer = _columns

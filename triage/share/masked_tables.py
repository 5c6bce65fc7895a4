"""The tables of a case with their texts masked, as they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from triage.errors import TriageError
from triage.stacks.joining import isin
from triage.tables import to_pandas
from triage.tabling import selected

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    import pandas as pd

    from triage.case import Case
    from triage.incidents.series import Series
    from triage.share.cells import Masker

__all__ = ("MaskedTables",)


class MaskedTables:
    """What `RedactedCase` inherits: every verb of `Case` that gives rows."""

    __slots__ = ("_case", "_masker")

    _case: Case
    # None where the case holds masked tables already.
    _masker: Masker | None

    def incidents(self, as_of: datetime | str | None = None) -> pd.DataFrame:
        """One row per incident, newest last_seen first; see `Case.incidents`."""
        return self.masked("incidents", self._case.incidents(as_of))

    def events(
        self, incident: str | None = None, *, event_class: str | None = None, event_kind: str | None = None
    ) -> pd.DataFrame:
        """One row per occurrence; of one incident, class or kind where asked."""
        if incident is event_class is event_kind is None:
            return self.table("events")
        found = self._case.events(incident, event_class=event_class, event_kind=event_kind)
        return self.masked("events", found)

    def newest(self, incident: str) -> pd.DataFrame:
        """The newest event of an incident: one row, masked without masking the others."""
        found = self._case.events(incident).sort_values(["ts", "event_id"], na_position="first")
        return self.masked("events", found.tail(1).reset_index(drop=True))

    def event(self, event: str) -> pd.Series[Any]:
        """The row of one event, masked without masking the others."""
        found = self._case.raw.tables["events"]
        rows = isin(found, "event_id", [str(event)])
        if not rows.num_rows:
            raise TriageError(f"no event has the id {event!r}; case.events()['event_id'] lists them")
        return self.masked("events", to_pandas(rows)).iloc[0]

    def stacks(self, incident: str | None = None, event: str | None = None) -> pd.DataFrame:
        """One row per stack of an event."""
        return self.masked("stacks", self._case.stacks(incident, event and self.own(event)))

    def frames(
        self, incident: str | None = None, event: str | None = None, columns: Iterable[str] | None = None
    ) -> pd.DataFrame:
        """Frames, innermost first; see `Case.frames`."""
        return self.masked("frames", self._case.frames(incident, event and self.own(event), columns))

    def modules(self, incident: str | None = None, event: str | None = None) -> pd.DataFrame:
        """One row per loaded image."""
        return self.masked("modules", self._case.modules(incident, event))

    def logs(self, incident: str | None = None, event: str | None = None) -> pd.DataFrame:
        """One row per log line or breadcrumb."""
        return self.masked("logs", self._case.logs(incident, event))

    def metrics(self, incident: str | None = None, event: str | None = None) -> pd.DataFrame:
        """One row per metric sample."""
        return self.masked("metrics", self._case.metrics(incident, event))

    def annotations(self, incident: str | None = None, event: str | None = None) -> pd.DataFrame:
        """One row per key and value."""
        return self.masked("annotations", self._case.annotations(incident, event))

    def feedback(self, incident: str | None = None, event: str | None = None) -> pd.DataFrame:
        """One row per thing that a person said."""
        return self.masked("feedback", self._case.feedback(incident, event))

    def files(self) -> pd.DataFrame:
        """One row per input and per member of one."""
        return self.masked("files", self._case.files())

    def quarantine(self) -> pd.DataFrame:
        """One row per piece that could not be read."""
        return self.masked("quarantine", self._case.quarantine())

    def related(self, incident: str | None = None) -> pd.DataFrame:
        """One row per link between incidents; see `Case.related`."""
        return self.masked("related", self._case.related(incident))

    def similar(self, incident_id: str, *, limit: int = 10) -> pd.DataFrame:
        """The incidents whose stacks look most like that of one; see `Case.similar`."""
        return self.masked("similar", self._case.similar(incident_id, limit=limit))

    def suggestions(self, *, least: float | None = None) -> pd.DataFrame:
        """Merges to consider; see `Case.suggestions`."""
        return self.masked("suggestions", self._case.suggestions(least=least))

    def classes(self) -> pd.DataFrame:
        """What DebugBundle makes of each event; see `Case.classes`."""
        return self.masked("classes", self._case.classes())

    def spikes(self, as_of: datetime | str | None = None, *, rule: str = "tested") -> pd.DataFrame:
        """One row per spike of an incident, the newest first; see `Case.spikes`."""
        return self.masked("spikes", self._case.spikes(as_of, rule=rule))

    def regressions(self, as_of: datetime | str | None = None) -> pd.DataFrame:
        """One row per regression of an incident, the newest first; see `Case.regressions`."""
        return self.masked("regressions", self._case.regressions(as_of))

    def anomalies(self, as_of: datetime | str | None = None, *, preset: str = "balanced") -> pd.DataFrame:
        """One row per route and status that was refused far more often than usual; see `Case.anomalies`."""
        return self.masked("anomalies", self._case.anomalies(as_of, preset=preset))

    def improvements(
        self, as_of: datetime | str | None = None, *, sensitivity: str = "high_confidence"
    ) -> pd.DataFrame:
        """One row per improvement opportunity; see `Case.improvements`."""
        return self.masked("improvements", self._case.improvements(as_of, sensitivity=sensitivity))

    def series(
        self,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        *,
        chosen: Sequence[str] | None = None,
        expected: bool = False,
        lanes: int | None = None,
    ) -> Series:
        """Events over time, in buckets; see `Case.series`."""
        found = self._case.series(since, until, chosen=chosen, expected=expected, lanes=lanes)
        return found.masked(self.masked)

    def active(self, since: datetime | str | None = None, until: datetime | str | None = None) -> pd.DataFrame:
        """The incidents with events in a time; see `Case.active`."""
        return self.masked("incidents", self._case.active(since, until))

    def hypotheses(self) -> pd.DataFrame:
        """One row per hypothesis run."""
        return self.masked("hypotheses", self._case.hypotheses())

    def variants(self, incident: str) -> pd.DataFrame:
        """One row per variant of an incident, the most frequent first; see `Case.variants`."""
        return self.masked("variants", self._case.variants(incident))

    def call_tree(self, incident: str, *, share: float = 0.01) -> pd.DataFrame:
        """The crashing stacks of an incident merged into one tree; see `Case.call_tree`."""
        return self.masked("call_tree", self._case.call_tree(incident, share=share))

    def sides(self, incident: str) -> dict[str, int]:
        """How many incidents a split would make of one, by each way to split."""
        from triage.incidents import shapes

        raw = self._case.raw.tables
        return shapes.sides_of(raw, self._case.events(incident)["event_id"].tolist())

    def own(self, event: str) -> str:
        """The id of an event as the case has it: a native id may be shown masked, and is asked for so."""
        ids = self._case.raw.tables["events"]["event_id"]
        if self._masker is None or pc.index(ids, str(event)).as_py() >= 0:
            return event
        shown = self.masked("events", to_pandas(pa.table({"event_id": ids})))["event_id"]
        return next((own for own, masked in zip(ids.to_pylist(), shown, strict=True) if masked == event), event)

    def summary(self, as_of: datetime | str | None = None) -> pd.DataFrame:
        """One row per format: its events, incidents, first and last time; see `Case.summary`."""
        return self._case.summary(as_of)

    def table(self, name: str, columns: Iterable[str] | None = None, *, incident: str | None = None) -> pd.DataFrame:
        """A table by its name; with `columns` only these are masked, which is what makes a chart of many events quick.

        See `Case.table`.
        """
        if name == "events" and incident is None and self._masker is not None:
            found = to_pandas(self._case.raw.tables[name])  # digests of raw text are not shown, so none are made
        else:
            found = self._case.table(name, incident=incident)
        return self.masked(name, selected(found, name, columns))

    def masked(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Rows of the table of that name with their texts masked, where this masks on demand."""
        return frame if self._masker is None else self._masker.frame(name, frame)

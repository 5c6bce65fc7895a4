"""The case: every table and every verb of an investigation over one or many inputs.

`triage.load` gives a `Case`. Each table is a method that gives a plain, typed DataFrame (Arrow-backed dtypes, see
`triage/TABLES.md`); the plain tables are raw: nothing in them is masked. What the case shows of itself (`show()`, its
HTML) is that of a `RedactedCase`; what leaves is a `ReviewedArchive`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, SupportsIndex

import pandas as pd
import pyarrow as pa

from triage.errors import SourceError, TriageError, demand, is_one_of, no_incident, nothing_named
from triage.journal import Journal
from triage.querying import Querying
from triage.share.printable import plural
from triage.sources.limits import Limits
from triage.stacks.joining import in_order, isin, joined
from triage.store import DEFERRED, TABLES_LEFT
from triage.tables import to_pandas
from triage.tabling import selected
from triage.times import micros

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from triage.incidents.taken import Taken
    from triage.redact.policy import Policy
    from triage.share.passes import Raw
    from triage.share.redacted import RedactedCase
    from triage.sources.inputs import Inputs
    from triage.stacks.settings import Rules

__all__ = ("Case",)

EVENT_CLASSES: Final = ("incident_signal", "context", "operational")
_NO_JOURNAL: Final = "the journal that was named is not there yet"
_LIMITS: Final = Limits()


class Case(Querying):
    """One investigation: the tables of what was read, what can be asked of them, and what people decide about them.

    Made by `triage.load` and `triage.loads`. Every method that gives a table gives a new DataFrame with a RangeIndex,
    the columns of `triage/TABLES.md` in their order, and Arrow-backed dtypes.
    """

    def __init__(
        self,
        tables: dict[str, pa.Table],
        *,
        inputs: Inputs,
        limits: Limits = _LIMITS,
        reader: str | None = None,
        rules: Rules | None = None,
        config: str | os.PathLike[str] | None = None,
        journal: Journal | None = None,
        taken: Taken | None = None,
    ) -> None:
        self._tables = tables
        self._journal = journal or Journal(None)
        self._taken = taken
        self._inputs = inputs
        self._limits = limits
        self._reader = reader
        self._rules = rules
        self._config = config

    def incidents(self, as_of: datetime | str | None = None) -> pd.DataFrame:
        """One row per incident, newest last_seen first; those without a time last, as they stand in their files.

        Parameters
        ----------
        as_of
            A time, or its ISO text: events after it do not count, and the counters look back from it. Default: the
            newest event of the case; where that one is far after all others, `repr` and charts say what to give.

        Examples
        --------
        >>> import triage
        >>> triage.load(b"").incidents().columns[:3].tolist()
        ['incident_id', 'title', 'group_key']
        """
        from triage.incidents import groups

        return to_pandas(groups.build(self._tables, as_of=micros(as_of), decider=self.decider))

    def events(
        self, incident: str | None = None, *, event_class: str | None = None, event_kind: str | None = None
    ) -> pd.DataFrame:
        """One row per occurrence; of one incident, class or kind where asked.

        Raises
        ------
        TriageError
            No incident has that id, or there is no such class.
        """
        from triage.incidents import debugbundle

        if incident is event_class is event_kind is None:
            return to_pandas(self._fingerprinted)
        if event_class is not None and event_class not in EVENT_CLASSES:
            raise TriageError(nothing_named("event class", event_class, EVENT_CLASSES))
        demand(event_kind, (str, type(None)), "the kind of an event is a text, such as 'exception'")
        table = self._tables["events"]
        if incident is not None:
            table = isin(table, "event_id", self._events_of(incident))
        for column, value in (("event_class", event_class), ("event_kind", event_kind)):
            if value is not None:
                table = isin(table, column, [value])
        return to_pandas(debugbundle.fingerprinted(table, self._tables))

    def stacks(self, incident: str | None = None, event: str | None = None) -> pd.DataFrame:
        """One row per stack of an event; `stack_no` 0 is the crashing stack."""
        return to_pandas(self._of("stacks", incident, event))

    def frames(
        self, incident: str | None = None, event: str | None = None, columns: Iterable[str] | None = None
    ) -> pd.DataFrame:
        """Frames, innermost first.

        Parameters
        ----------
        incident, event
            Without either: one row per frame of each *distinct* stack, in the order of the table `stacks`. With one:
            the frames of its stacks, with `event_id`, `stack_no`, `address` (uint64) and `text_line` (int64, from 1)
            in front.
        columns
            Only these columns, in this order.

        Raises
        ------
        TriageError
            No incident or event has that id, or no column that name.
        """
        if incident is None and event is None:
            table = in_order(self._tables["frames"], self._tables["stacks"])
        else:
            table = joined(self._of("stacks", incident, event), self._tables["frames"])
        return selected(to_pandas(table), "frames", columns)

    def modules(self, incident: str | None = None, event: str | None = None) -> pd.DataFrame:
        """One row per loaded image."""
        return to_pandas(self._of("modules", incident, event))

    def logs(self, incident: str | None = None, event: str | None = None) -> pd.DataFrame:
        """One row per log line or breadcrumb."""
        return to_pandas(self._of("logs", incident, event))

    def metrics(self, incident: str | None = None, event: str | None = None) -> pd.DataFrame:
        """One row per metric sample."""
        return to_pandas(self._of("metrics", incident, event))

    def annotations(self, incident: str | None = None, event: str | None = None) -> pd.DataFrame:
        """One row per key and value: tags, contexts, extra, sdk, user, device ..."""
        return to_pandas(self._of("annotations", incident, event))

    def feedback(self, incident: str | None = None, event: str | None = None) -> pd.DataFrame:
        """One row per thing that a person said; contacts are masked."""
        return to_pandas(self._of("feedback", incident, event))

    def files(self) -> pd.DataFrame:
        """One row per input and per member of one, with what became of it. At depth 0 the bytes add up to the input."""
        return to_pandas(self._tables["files"])

    def quarantine(self) -> pd.DataFrame:
        """One row per piece that could not be read: where, and why."""
        return to_pandas(self._tables["quarantine"])

    @property
    def path(self) -> str:
        """Where the input lies on this machine: for copying, not for notebooks that others will read."""
        return self._inputs.location

    def summary(self, as_of: datetime | str | None = None) -> pd.DataFrame:
        """One row per format: its events, incidents, first and last time.

        Parameters
        ----------
        as_of
            As for `incidents`.

        Returns
        -------
        DataFrame
            format (string), events and incidents (int64), first_seen and last_seen (timestamp[us, UTC]),
            suppressed_unattributed (int64: occurrences that an SDK counted and did not send, and whose incident cannot
            be told; those whose incident can be are in `incidents()`).
        """
        from triage.incidents import groups, suppression

        moment = micros(as_of)
        events = to_pandas(groups.until(moment, self._tables["events"]).select(["format", "event_id", "ts"]))
        found, codes, ids = groups.members(self._tables, as_of=moment, decider=self.decider)
        incident = pd.Series([ids[code] for code in codes.tolist()], found["event_id"].to_pylist())
        events["incident"] = events["event_id"].map(incident)
        grouped = events.groupby("format", dropna=False).agg(
            events=("format", "size"),
            incidents=("incident", "nunique"),
            first_seen=("ts", "min"),
            last_seen=("ts", "max"),
        )
        left = suppression.unattributed(self._tables, found, moment)
        grouped = grouped.reset_index()
        grouped["suppressed_unattributed"] = [left.get(name, 0) for name in grouped["format"]]
        return grouped.astype(dict.fromkeys(("events", "incidents", "suppressed_unattributed"), "int64[pyarrow]"))

    @property
    def journal_told(self) -> list[str]:
        """What is to be known of the journal: that it is not there yet, that lines of it could not be read."""
        if self._origin is not None:
            return self._origin.journal_told
        damaged = self.journal_unread
        unread = [f"{plural(damaged, 'line')} of the journal unreadable: case.journal() tells"] if damaged else []
        return [_NO_JOURNAL] * self._journal.awaited + unread

    @property
    def journal_unread(self) -> int:
        """How many lines of the journal could not be read, so that what they decided is not applied."""
        return len(self._journal.damaged())

    def text(self, source_id: str, *, offset: int = 0, length: int = 65_536) -> str:
        """Read a piece of an input or member again, as text.

        Parameters
        ----------
        source_id
            As in `files()`.
        offset, length
            Bytes. Invalid UTF-8, and characters cut at the edges, are replaced.

        Raises
        ------
        SourceError
            No file has that id, or the input has moved or was a stream that cannot be read twice.
        """
        return self.read(source_id, offset=offset, length=length).decode("utf-8", "replace")

    def read(self, source_id: str, *, offset: int = 0, length: int = 65_536) -> bytes:
        """Read a piece of an input or member again, as bytes; see `text`."""
        from triage import loading

        for number, name in ((offset, "offset"), (length, "length")):
            demand(number, SupportsIndex, f"{name}= is a number of bytes")
        return loading.read_back(
            self._inputs, self._chain(source_id), offset=offset, length=length, limits=self._limits
        )

    @property
    def raw(self) -> Raw:
        """What the case was made of, unmasked: for the rooms of triage, not for the screen."""
        from triage.share.passes import Raw

        return Raw(self._tables, self._inputs, self._limits, self._reader, self._rules, self._config)

    def redact(
        self, policy: Policy | None = None, incident: str | None = None, *, key: bytes | None = None
    ) -> RedactedCase:
        """Mask every secret and personal datum in all files, into a working copy that can be reviewed and approved.

        It shows what would leave, as whoever gets the archive sees it: keys and ids are those of this case, but names
        that symbol files gave to frames are not in a text that leaves, and decisions are in the journal, not in the
        archive. `triage.load(archive, symbols=..., journal=...)` gives both back.

        Parameters
        ----------
        policy
            What to look for beside the defaults, and what to leave. What a `triage.toml` found upward from the working
            directory adds holds in any case; such a file can only add.
        incident
            Only this incident leaves, as the rows that were read of it.
        key
            Secret bytes of your own: masks then hold a pseudonym that is the same in every case masked with that key.

        Raises
        ------
        SourceError
            The input has moved, or was a stream that cannot be read twice.
        TriageError
            No incident has that id.

        Examples
        --------
        >>> import triage
        >>> redacted = triage.loads("login of ada@example.org failed").redact()
        >>> redacted.text(redacted.files()["source_id"].iloc[1])
        'login of [email:1:8-15] failed'
        """
        from triage.share.redacted import redact

        demand(key, (bytes, bytearray, type(None)), "a key is bytes, such as secrets.token_bytes(32)")
        events = None if incident is None else self._events_of(incident)
        if events is not None:
            from triage.incidents import suppression

            events += suppression.reports(self._tables, events)
        return redact(self, policy=policy, events=events, key=key)

    def masked_copy(self, tables: dict[str, pa.Table], *, inputs: Any, name: Callable[[str], str]) -> Case:
        """A case of the masked tables of this one, with the incidents that this one has now; for `redact`."""
        taken = self._held(tables["events"]["event_id"], name)
        journal = self._journal if taken else None
        settings: dict[str, Any] = {"rules": self._rules, "config": self._config}
        made = Case(tables, inputs=inputs, limits=self._limits, journal=journal, taken=taken, **settings)
        made._origin = self
        return made

    def review(self, policy: Policy | None = None, incident: str | None = None) -> Any:
        """Review in JupyterLab what would leave, file by file; approve it, and save exactly that.

        Raises
        ------
        TriageError
            The extra `lab` is not installed.
        """
        try:
            from triage_widgets.review_view import ReviewView
        except ImportError:
            raise TriageError("review() needs the widgets: pip install 'crash-triage[lab]'") from None
        from triage.share.review import Review

        return ReviewView(Review(self.redact(policy, incident)))

    def show(self) -> Any:
        """Show the case in JupyterLab, masked: what crashed and where, the stack, the files with their text.

        Raises
        ------
        TriageError
            The extra `lab` is not installed.
        """
        try:
            from triage_widgets.case_view import CaseView
        except ImportError:
            raise TriageError("show() needs the widgets: pip install 'crash-triage[lab]'") from None
        return CaseView(self._masked)

    def __repr__(self) -> str:
        """Say in one line what is in the case; no content."""
        from triage.incidents import outlying, policies

        files = self._tables["files"]
        parts = [
            plural(self._incident_count(), "incident"),
            plural(self._tables["events"].num_rows, "event"),
            plural(files.num_rows, "file") + f" in {plural(self._inputs.given, 'input')}",
        ]
        if self._tables["quarantine"].num_rows:
            parts.append(f"{self._tables['quarantine'].num_rows:,} quarantined")
        parts += [*self.journal_told, *policies.described(self._tables), *outlying.remarks(self._tables)]
        return f"<triage.Case: {', '.join(parts)}>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """Text, and static HTML that needs neither a kernel nor a script."""
        return {"text/plain": repr(self), "text/html": self._masked._repr_mimebundle_()["text/html"]}

    @cached_property
    def _masked(self) -> RedactedCase:
        """What is shown of the case."""
        from triage.share.redacted import RedactedCase

        return RedactedCase.lazy(self)

    def _mask(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Rows of a table as they are shown; the redacted case is made when something first is."""
        return self._masked.masked(name, frame)

    def _incident_count(self) -> int:
        return len(self.members()[2])

    @cached_property
    def _fingerprinted(self) -> pa.Table:
        """The table `events` with the columns that are made when they are asked for."""
        from triage.incidents import debugbundle

        return debugbundle.fingerprinted(self._tables["events"], self._tables)

    def _events_of(self, incident: str) -> list[str]:
        """The ids of the events of an incident."""
        events, codes, ids = self.members()
        if not is_one_of(incident, ids):
            raise TriageError(no_incident(incident, ids, self._grouped().replayed.became))
        chosen: list[str] = events.filter(pa.array(codes == ids.index(incident)))["event_id"].to_pylist()
        return chosen

    def _of(self, name: str, incident: str | None, event: str | None) -> pa.Table:
        """The rows of a table that hang on an incident or an event; all without either."""
        ids = None if incident is None else self._events_of(incident)
        if event is not None:
            if not isin(self._tables["events"], "event_id", [str(event)]).num_rows:
                raise TriageError(f"no event has the id {event!r}; case.events()['event_id'] lists them")
            ids = [event] if ids is None or event in ids else []
        if name in TABLES_LEFT and DEFERRED in self._tables:
            from triage.store import details

            return details.completed(name, self._tables, ids, inputs=self._inputs, limits=self._limits)
        return self._tables[name] if ids is None else isin(self._tables[name], "event_id", ids)

    def _chain(self, source_id: str) -> tuple[str, ...]:
        """The ids from the input down to a file."""
        files = self._tables["files"]
        parents = dict(zip(files["source_id"].to_pylist(), files["container_id"].to_pylist(), strict=True))
        if source_id not in parents:
            raise SourceError(f"no file has the id {source_id!r}; case.files()['source_id'] lists them")
        chain = [source_id]
        while parents[chain[-1]] is not None:
            chain.append(parents[chain[-1]])
        return tuple(reversed(chain))

"""The verbs of a case that look along time: spikes, regressions, anomalies, improvements, and the charts of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from triage.errors import TriageError
from triage.supposing import Supposing
from triage.times import micros

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd
    import pyarrow as pa

    from triage.case import Case
    from triage.incidents.series import Series
    from triage.share.redacted import RedactedCase
    from triage.sources.limits import Limits
    from triage.stacks.settings import Rules

__all__ = ("Trending",)


class Trending(Supposing):
    """What `Case` inherits: what happens when, and what has changed."""

    # The tables as readers classed them, where a capture policy gives other classes.
    _read: dict[str, pa.Table] | None = None

    if TYPE_CHECKING:  # what `Case` has of its own
        _limits: Limits
        _reader: str | None
        _rules: Rules | None

        @cached_property
        def _masked(self) -> RedactedCase: ...

    def under(
        self, preset: str, *, statuses: Iterable[int] = (), paths: Iterable[tuple[int, str] | tuple[int, str, Any]] = ()
    ) -> Case:
        """The same case as another capture policy of DebugBundle sees it: more refused requests make incidents.

        Readers go by `minimal`, its default, by which no refused request (4xx) does. Incidents, spikes, charts and all
        else of the new case go by the policy, and so does what is loaded from its archive; its repr names it. Decisions
        are shared with this case, where those about incidents that only the policy makes are `waiting`.

        Parameters
        ----------
        preset
            `minimal`, `balanced` or `investigative`; see `triage.incidents.classes`.
        statuses
            More statuses from 400 to 499, 12 at most.
        paths
            Status and path, 25 at most; a star at the end stands for all that begin so. A third thing in it names
            methods.

        Raises
        ------
        TriageError
            There is no such preset, or a status or path is none that DebugBundle takes.

        Examples
        --------
        >>> import triage
        >>> triage.load(b"").under("balanced", paths=[(404, "/orders/*", ["GET"])])
        <triage.Case: 0 incidents, 0 events, 1 file in 1 input, under the capture policy balanced with 1 path>
        """
        from triage.incidents import policies

        return self.by_policy(policies.told(self._read or self._tables, policies.asked(preset, statuses, paths)))

    def by_policy(self, read: dict[str, pa.Table] | None = None) -> Case:
        """The case of tables as they were read, default: its own, by the capture policies that these tell of."""
        from triage.case import Case
        from triage.incidents import policies

        read = self._tables if read is None else read
        tables = policies.applied(read, self._rules)
        settings: dict[str, Any] = {"rules": self._rules, "config": self._config, "journal": self._journal}
        made = Case(tables, inputs=self._inputs, limits=self._limits, reader=self._reader, **settings)
        made._read = read  # noqa: SLF001 - a case of this one's making
        return made

    def classes(self) -> pd.DataFrame:
        """What DebugBundle makes of each event, by the policy that this case is under.

        Returns
        -------
        DataFrame
            event_id, event_class, severity (`high`, `medium` or `low`, whatever the level of the event says) and title
            (of an incident by that event, NA of events that make none), all string. Our own titles and levels are in
            `incidents()`.

        Examples
        --------
        >>> import triage
        >>> triage.load(b"").classes().columns.tolist()
        ['event_id', 'event_class', 'severity', 'title']
        """
        from triage.incidents import classes

        return classes.rows(self._tables)

    def spikes(self, as_of: datetime | str | None = None, *, rule: str = "tested") -> pd.DataFrame:
        """One row per spike of an incident, the newest first.

        Parameters
        ----------
        as_of
            As for `incidents`; what is found up to a time does not change by what comes later.
        rule
            `tested` (see `triage.incidents.spikes`), `5m/1h` (DebugBundle's, which flags quiet incidents too) or `all`.

        Returns
        -------
        DataFrame
            incident_id, title; timestamp[us, UTC], in this order of time: began (where the window begins that raised
            the alarm, or that of the peak where this is earlier), start (the event at which the alarm was raised), peak
            (the event at which so many were least probable; by `5m/1h`, at which five minutes held most) and end (the
            last event of the spike: the same as start where the alarm was raised at that one); minutes (int64: how long
            the window is that ends at the peak), count (int64) and expected (double) events in it, p (double, NA by
            `5m/1h`); total (int64: the events after began up to end, count among them); release (the one that the
            incident carries in that time for the first time, NA for none), rule, why (string: one sentence).

        Raises
        ------
        TriageError
            There is no such rule.

        Examples
        --------
        >>> import triage
        >>> triage.load(b"").spikes().columns[:5].tolist()
        ['incident_id', 'title', 'began', 'start', 'end']
        """
        from triage.incidents import groups, spikes_rows

        moment = micros(as_of)
        members = groups.members(self._tables, as_of=moment, decider=self.decider)
        return spikes_rows.rows(self._tables, members, rule, as_of=moment)

    def regressions(self, as_of: datetime | str | None = None) -> pd.DataFrame:
        """One row per regression of an incident, the newest first.

        Parameters
        ----------
        as_of
            As for `incidents`.

        Returns
        -------
        DataFrame
            incident_id, title; kind: `seen again` (after it was resolved), `new` (first seen after a deploy) or `more
            often` (than before the deploy, tested); at (timestamp[us, UTC]: the first event that shows it), release
            (the one that first carries it), deployed_at (timestamp[us, UTC]), minutes_since_deploy; before and after
            (double: events per hour, expected and seen, suppressed ones too), ratio of the two, p (double, NA where
            nothing was tested), why (string: one sentence).

        Examples
        --------
        >>> import triage
        >>> triage.load(b"").regressions().columns[:5].tolist()
        ['incident_id', 'title', 'kind', 'at', 'release']
        """
        from triage.incidents import regressions

        return regressions.rows(self._tables, as_of=micros(as_of), decider=self.decider)

    def anomalies(self, as_of: datetime | str | None = None, *, preset: str = "balanced") -> pd.DataFrame:
        """One row per route and status that was refused (4xx) far more often than in the hour, the newest first.

        Parameters
        ----------
        as_of
            As for `incidents`.
        preset
            `balanced`, `investigative` or `minimal` (which has none): DebugBundle's thresholds, see
            `triage.incidents.classes`. What makes an incident by the policy of the case
            (see `under`) is no anomaly.

        Returns
        -------
        DataFrame
            service, environment, http_method, route, http_status; start, end and peak (timestamp[us, UTC]: the requests
            at which it held first, last and most); count (int64: in the five minutes up to the peak), ratio (double: of
            that to a twelfth of the hour), holds (bool: at the newest such request), severity, why (string).

        Raises
        ------
        TriageError
            There is no such preset.

        Examples
        --------
        >>> import triage
        >>> triage.load(b"").anomalies().columns[:4].tolist()
        ['service', 'environment', 'http_method', 'route']
        """
        from triage.incidents import classes

        return classes.anomalies(self._tables["events"], preset, as_of=micros(as_of))

    def improvements(
        self, as_of: datetime | str | None = None, *, sensitivity: str = "high_confidence"
    ) -> pd.DataFrame:
        """One row per improvement opportunity: what is no crash, or no new one, and still worth somebody's time.

        Parameters
        ----------
        as_of
            As for `incidents`.
        sensitivity
            `high_confidence`, `balanced` or `verbose`: how often something must have happened (10, 5, 3 times), and
            from when on a request is slow (2,500, 1,500, 1,000 ms).

        Returns
        -------
        DataFrame
            improvement_id; kind: `warning_hotspot`, `slow_request`, `request_failure_pattern`, `recurring_incident` or
            `post_deploy_regression`; title, service, environment, severity (`high` or `medium`), confidence (double,
            0.55 to 0.9), count (int64), first_seen and last_seen; incident_ids (list of string); event_ids (list of
            string: the events that it rests on, the newest 1,000), why (string). The severe and sure ones first.

        Raises
        ------
        TriageError
            There is no such sensitivity.

        Examples
        --------
        >>> import triage
        >>> triage.load(b"").improvements().columns[:4].tolist()
        ['improvement_id', 'kind', 'title', 'service']
        """
        from triage.incidents import improvements

        if isinstance(as_of, str) and as_of in improvements.sensitivities():
            raise TriageError(f"the first thing that this takes is a time; write sensitivity={as_of!r}")
        return improvements.rows(self._tables, sensitivity, as_of=micros(as_of), decider=self.decider)

    def series(
        self,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        *,
        chosen: Sequence[str] | None = None,
        expected: bool = False,
        lanes: int | None = None,
    ) -> Series:
        """Count events over time, in at most some 400 buckets for each incident: what the charts draw.

        Parameters
        ----------
        since, until
            As for `incidents`; default: the first and the last event.
        chosen
            Ids of the incidents that have a lane, in this order, and no others; default: those with the most events.
        expected
            Whether to say what the history lets expect.
        lanes
            How many lanes there are at most; default: 5.

        Examples
        --------
        >>> import triage
        >>> triage.load(b"").series().counts.columns[:4].tolist()
        ['lane', 'start', 'end', 'count']
        """
        from triage.incidents import series

        return series.made(
            self._tables,
            self.decider,
            since=micros(since),
            until=micros(until),
            chosen=chosen,
            expected=expected,
            lanes=lanes,
        )

    def active(self, since: datetime | str | None = None, until: datetime | str | None = None) -> pd.DataFrame:
        """The incidents with events in a time, the most frequent first: incident_id, title, and how many events."""
        from triage.incidents import series

        return series.active(self._tables, self.decider, since=micros(since), until=micros(until))

    @property
    def charts(self) -> Any:
        """Charts of the case, masked: `charts.spikes()`, `.regressions()`, `.timeline()` and `.releases()`.

        Raises
        ------
        TriageError
            The extra `lab` is not installed.
        """
        return self._masked.charts

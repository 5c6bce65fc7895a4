"""The verbs of a case that lay incidents side by side: why one is one, what parts two, which are alike or linked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, SupportsIndex

import pyarrow.compute as pc

from triage.deciding import Deciding
from triage.errors import demand
from triage.tables import to_pandas

if TYPE_CHECKING:
    import pandas as pd

    from triage.case import Case
    from triage.incidents.comparing import Comparison
    from triage.incidents.explaining import Explanation
    from triage.incidents.links import Relations
    from triage.stacks.settings import Rules

__all__ = ("Relating",)

# What a key may be made of that the tables of today do not make.
_REDACTED: Final = "it is made of what stood there before the redaction, by the rules and the version of triage of then"
_ELSEWHERE: Final = "it was made by another version of triage, or by other rules of a triage.toml"


class Relating(Deciding):
    """What `Case` inherits: explanations, comparisons, similarity and links."""

    _compared: Relations | None = None

    if TYPE_CHECKING:  # what `Case` has of its own
        _rules: Rules | None
        _origin: Case | None

        def incidents(self) -> pd.DataFrame: ...  # noqa: D102 - `Case.incidents` says it
        def _events_of(self, incident: str) -> list[str]: ...
        def _mask(self, name: str, frame: pd.DataFrame) -> pd.DataFrame: ...

    def explain(self, incident_id: str) -> Explanation:
        """Say why the events of an incident are one: frame by frame, with its key, variants, message and neighbours.

        The DataFrames of the explanation are raw; its text and HTML are masked.

        Raises
        ------
        TriageError
            No incident has that id.

        Examples
        --------
        >>> import triage
        >>> case = triage.loads('Traceback (most recent call last):\\n  File "a.py", line 1, in pay\\nKeyError: 1\\n')
        >>> case.explain(case.incidents()["incident_id"][0]).key["value"].tolist()
        ['exception', 'KeyError', 'pay']
        """
        from triage.incidents import explaining

        return explaining.explain(
            self._tables,
            incident_id,
            mask=self._mask,
            decider=self.decider,
            journal=self.journal(),
            entries=self._journal.entries(),
            rules=self._rules,
            brought=_REDACTED if self._is_redacted() else _ELSEWHERE,
        )

    def compare(self, first: str, second: str) -> Comparison:
        """Lay two incidents side by side: what they share, and what splits them; see `explain`.

        Raises
        ------
        TriageError
            No incident has one of the ids.

        Examples
        --------
        >>> import triage
        >>> case = triage.loads('Traceback (most recent call last):\\n  File "a.py", line 1, in pay\\nKeyError: 1\\n')
        >>> one = case.incidents()["incident_id"][0]
        >>> case.compare(one, one).frame["relation"].tolist()
        ['same']
        """
        from triage.incidents import comparing

        return comparing.compare(
            self._tables,
            first,
            second,
            mask=self._mask,
            decider=self.decider,
            journal=self.journal(),
            entries=self._journal.entries(),
            rules=self._rules,
        )

    def related(self, incident: str | None = None) -> pd.DataFrame:
        """One row per link between incidents: same request, same trace, cause, similar; each link once.

        Parameters
        ----------
        incident
            Only links of this one, on whichever side it stands.

        Raises
        ------
        TriageError
            No incident has that id.

        Examples
        --------
        >>> import triage
        >>> triage.load(b"").related().columns.tolist()
        ['incident_id', 'other_id', 'kind', 'score', 'why']
        """
        table = self._relations.table
        if incident is not None:
            self._events_of(incident)
            table = table.filter(
                pc.or_(pc.equal(table["incident_id"], incident), pc.equal(table["other_id"], incident))
            )
        return to_pandas(table)

    def similar(self, incident_id: str, *, limit: int = 10) -> pd.DataFrame:
        r"""The incidents whose stacks look most like that of one, the most alike first.

        Parameters
        ----------
        incident_id
            As in `incidents()`.
        limit
            How many at most.

        Returns
        -------
        DataFrame
            other_id and title (string), score (double, 0 to 1), suggested (bool: whether a merge is suggested), shared,
            only_here and only_there (list of the names of frames, innermost first), why (string, one sentence; of two
            that somebody has parted it says who has).

        Raises
        ------
        TriageError
            No incident has that id.

        Examples
        --------
        >>> import triage
        >>> trace = b'Traceback (most recent call last):\n  File "a.py", line 1, in parse\n'
        >>> case = triage.load([trace + b"KeyError: 1\n", trace + b"ValueError: 1\n"])
        >>> case.similar(case.incidents()["incident_id"].iloc[0])["score"].tolist()
        [1.0]
        """
        demand(limit, SupportsIndex, "limit= is a number of incidents")
        self._events_of(incident_id)
        return to_pandas(self._relations.likeness.similar(incident_id, limit=limit, titles=self._titles()))

    def suggestions(self, *, least: float | None = None) -> pd.DataFrame:
        """Merges to consider: groups of incidents that look like one crash. Nothing is merged by asking.

        What a person or a fingerprint of `triage.toml` has parted is not proposed again.

        Parameters
        ----------
        least
            The score from which two incidents are linked, from 0.5 to 1. Default: `triage.incidents.similar.MERGE`.

        Returns
        -------
        DataFrame
            incident_ids and titles (list of string), score (double, the lowest between two of the group), shared (list
            of the names of the frames that all have), why (string: the reason for a merge). The surest first.

        Raises
        ------
        TriageError
            `least` is no number from 0.5 to 1.

        Examples
        --------
        >>> import triage
        >>> triage.load(b"").suggestions().columns.tolist()
        ['incident_ids', 'titles', 'score', 'shared', 'why']
        """
        return to_pandas(self._relations.likeness.suggestions(least=least, titles=self._titles()))

    def _is_redacted(self) -> bool:
        """Whether this is a masked copy, or was loaded from a reviewed archive."""
        scopes = self._tables["annotations"]["scope"]
        return self._origin is not None or pc.index(scopes, "review").as_py() >= 0

    @property
    def _relations(self) -> Relations:
        """The incidents as they are now, to be compared; made again where a decision has changed them."""
        from triage.incidents.apart import Apart, ruled
        from triage.incidents.links import Relations

        members, parted = self.members(), self._grouped().replayed.parted
        if self._compared is None or not self._compared.is_of(members, parted):
            fingerprints = self._rules.fingerprints if self._rules else ()
            apart = Apart(parted, ruled(self._tables, members, fingerprints))
            self._compared = Relations(self._tables, members, apart)
        return self._compared

    def _titles(self) -> dict[str, str]:
        """The title of each incident."""
        from triage.incidents import groups

        events, codes, ids = self.members()
        return dict(zip(ids, groups.titles(events, codes), strict=True))

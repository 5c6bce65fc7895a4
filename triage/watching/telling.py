"""What there is to tell after new events came in, by the rules of a case, each once.

A new incident is one whose events are all new; what decisions make of events that were there is none. Spikes are told
at their alarm: one that overlaps with one that was told is the same, although late events may have moved it. Of an
incident that was resolved and is seen again only what is later than the last such notice is told, and `new` or `more
often` with a deploy once for each release. Ignored incidents are not worth anybody's time.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from triage.incidents import groups, regressions, spikes_rows
from triage.watching.notices import Notice, notice_id, text_of

if TYPE_CHECKING:
    from triage.incidents.decisions import Decider
    from triage.watching.state import State

__all__ = ("Teller",)

# Spikes so near each other are one, as in the rule.
_APART: Final = 3 * 3600 * 1_000_000
_ONCE: Final = "INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?)"


class Teller:
    """Finds what is to be told.

    Parameters
    ----------
    state
        Where stands what was told; what this finds goes there in the transaction that is open.
    tables
        The annotated tables of all events that are kept.
    decider
        What people decided.
    fresh
        The ids of the events that are new.
    whole
        Whether the tables hold all events; else all of those incidents that have new ones.
    """

    def __init__(
        self, state: State, tables: dict[str, pa.Table], decider: Decider, fresh: set[str], *, whole: bool
    ) -> None:
        self._is_whole = whole
        self._state = state
        self._tables = tables
        self._decider = decider
        self._members = groups.members(tables, decider=decider)
        built = groups.build(tables, decider=decider, spiking=False)
        self._incidents: dict[str, dict[str, Any]] = {row["incident_id"]: row for row in built.to_pylist()}
        events, codes, ids = self._members
        new = pc.is_in(events["event_id"], value_set=pa.array(sorted(fresh), pa.string()))
        self._new = new.to_numpy(zero_copy_only=False).astype(bool)
        counts = np.bincount(codes, minlength=len(ids))
        fresh_counts = np.bincount(codes[self._new], minlength=len(ids))
        self._touched = {ids[at] for at in np.flatnonzero(fresh_counts).tolist()}
        self._whole = {ids[at] for at in np.flatnonzero((fresh_counts == counts) & (counts > 0)).tolist()}
        self._ignored = {name for name, row in self._incidents.items() if row["status"] == "ignored"}

    def found(self) -> list[Notice]:
        """What is to be told, the oldest first; not masked yet."""
        found = [*self._appeared(), *self._spiked(), *self._regressed()]
        found.sort(key=lambda notice: (notice.at, notice.kind != "incident", notice.kind, notice.id))
        return found

    @cached_property
    def newest(self) -> dict[str, dict[str, Any]]:
        """The newest event of each incident."""
        events, codes, ids = self._members
        return dict(zip(ids, groups._newest(events, codes), strict=True))  # noqa: SLF001

    def _appeared(self) -> list[Notice]:
        known = {name for (name,) in self._state.rows("SELECT incident FROM known")}
        mine = self._members[2] if self._is_whole else sorted(self._touched)
        every = [name for name in mine if name not in known]
        self._state.do("INSERT INTO known VALUES (?)", [(name,) for name in every])
        chosen = [name for name in every if name in self._whole and name not in self._ignored]
        return [self._notice("incident", name, text_of(self._incidents[name]["first_seen"])) for name in chosen]

    def _spiked(self) -> list[Notice]:
        events, codes, ids = self._members
        # Suppressed occurrences that are told of elsewhere may be of any incident.
        wanted = np.array([self._is_whole or name in self._touched for name in ids], bool)
        if not wanted.any():
            return []
        mask = wanted[codes]
        numbers, few = np.unique(codes[mask], return_inverse=True)
        some = (events.filter(pa.array(mask)), few.astype(np.int64), [ids[at] for at in numbers.tolist()])
        frame = spikes_rows.rows(self._tables, some)
        found = []
        for row in frame.sort_values(["start", "incident_id"]).to_dict("records"):
            name, start, end = row["incident_id"], _micros(row["start"]), _micros(row["end"])
            told = self._state.rows("SELECT what, first, last FROM told WHERE kind = 'spike' AND incident = ?", name)
            near = [each for each in told if each[1] - _APART <= end and start <= each[2] + _APART]
            for what, first, last in near:
                self._state.do(_ONCE, [("spike", name, what, min(first, start), max(last, end))])
            if near:
                continue
            self._state.do(_ONCE, [("spike", name, str(start), start, end)])
            if name not in self._ignored:
                more = {"count": int(row["count"]), "why": row["why"], "release": text_of(row["release"])}
                found.append(self._notice("spike", name, text_of(row["start"]), str(start), **more))
        return found

    def _regressed(self) -> list[Notice]:
        frame = regressions.rows(self._tables, decider=self._decider)
        if not self._is_whole:
            frame = frame[frame["incident_id"].isin(self._touched)]
        found = []
        for row in frame.sort_values(["at", "incident_id", "kind"]).to_dict("records"):
            name, at, kind = row["incident_id"], _micros(row["at"]), row["kind"]
            what = f"{kind} {text_of(row['release'])}" if kind == "more often" else kind
            told = self._state.rows(
                "SELECT last FROM told WHERE kind = 'regression' AND incident = ? AND what = ?", name, what
            )
            if told and (kind != "seen again" or at <= told[0][0]):
                continue
            self._state.do(_ONCE, [("regression", name, what, at, at)])
            if name not in self._ignored:
                more = {"why": row["why"], "release": text_of(row["release"])}
                found.append(self._notice("regression", name, text_of(row["at"]), f"{what} {at}", **more))
        return found

    def _notice(self, kind: str, name: str, at: str, what: str = "", **more: Any) -> Notice:
        row = self._incidents[name]
        told: dict[str, Any] = {
            "release": text_of(row["first_release"]),
            "count": int(row["count"]),
            **more,
        }
        return Notice(
            id=notice_id(kind, name, what),
            kind=kind,
            at=at,
            incident_id=name,
            title=text_of(row["title"]),
            status=text_of(row["status"]),
            level=text_of(row["level"]),
            culprit=text_of(row["culprit"]),
            services=tuple(row["services"] or ()),
            environments=tuple(row["environments"] or ()),
            **told,
        )


def _micros(value: Any) -> int:
    return int(round(value.timestamp() * 1e6))  # noqa: RUF046 - the value is Any

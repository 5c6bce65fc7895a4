"""The verbs of a case by which people decide: each writes one entry of the journal and holds at once.

What goes into the journal is looked through for secrets and personal data first: a reason or note that holds one, by
its form or as what the case holds as one, is refused (`triage.remarks`); event ids that hold one and all values stand
there as digests.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from triage import remarks
from triage.config import load_policy
from triage.errors import JournalError, demand, is_one_of
from triage.incidents import groups
from triage.incidents.decisions import Decider, Decisions
from triage.incidents.entries import Maker
from triage.incidents.lineage import revoked
from triage.incidents.replayed import Effect
from triage.incidents.taken import Taken
from triage.journal import WAYS, Entry, Journal, parse
from triage.redact import spans
from triage.tables import to_pandas
from triage.times import iso

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    import pandas as pd

    from triage.journal import Subject
    from triage.redact.policy import Policy
    from triage.share.redacted import RedactedCase
    from triage.sources.inputs import Inputs

__all__ = ("Deciding",)

_LISTED: Final = "case.journal()['entry_id'] lists them"
_LATER: Final = Effect("waiting", "decided after this copy was masked")
_SHOWN: Final = pa.schema(
    {
        "entry_id": pa.string(),
        "when": pa.timestamp("us", "UTC"),
        "who": pa.string(),
        "what": pa.string(),
        "why": pa.string(),
        "effect": pa.string(),
        "told": pa.string(),
        "incident_ids": pa.list_(pa.string()),
        "subjects": pa.list_(pa.string()),
        "by": pa.string(),
        "slot": pa.int64(),
        "sides": pa.list_(pa.string()),
        "events": pa.list_(pa.string()),
        "parents": pa.list_(pa.string()),
    }
)


class Deciding:
    """What `Case` inherits: decisions and the journal that they stand in."""

    _tables: dict[str, pa.Table]
    _journal: Journal
    _taken: Taken | None
    _inputs: Inputs
    _config: str | os.PathLike[str] | None
    _decided: Decisions | None = None

    if TYPE_CHECKING:  # what `Case` has of its own

        @cached_property
        def _masked(self) -> RedactedCase: ...

    def resolve(self, id: str, note: str = "") -> str:
        """Say that an incident is fixed; an event that happens later makes it `regressed`.

        Parameters
        ----------
        id
            An incident, as in `incidents()`.
        note
            Why, or by what.

        Returns
        -------
        str
            The id of the incident.

        Raises
        ------
        JournalError
            No incident has that id, the note holds something secret, or the journal cannot be written.

        Examples
        --------
        >>> import tempfile, triage
        >>> text = 'Traceback (most recent call last):\\n  File "a.py", line 1, in f\\nValueError: x\\n'
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     case = triage.load(text.encode(), journal=folder)
        ...     _ = case.resolve(case.incidents()["incident_id"][0], "fixed in 1.2")
        ...     case.incidents()["status"].tolist(), case.journal()["effect"].tolist()
        (['resolved'], ['applied'])
        """
        return self._said("resolve", id, note)

    def reopen(self, id: str, note: str = "") -> str:
        """Say that a resolved or ignored incident is open; see `resolve`."""
        return self._said("reopen", id, note)

    def ignore(self, id: str, note: str = "") -> str:
        """Say that an incident is not worth anybody's time; later events do not change that. See `resolve`."""
        return self._said("ignore", id, note)

    def note(self, id: str, text: str) -> str:
        """Write something down about an incident; `journal()` shows it. See `resolve`."""
        demand(text, str, "a note or a reason is a text")
        if not remarks.shows(text):
            raise JournalError("the note is empty; write something")
        return self._said("note", id, text)

    def merge(self, ids: Iterable[str], reason: str = "") -> str:
        """Make one incident of several; its id is that of the one seen first.

        Returns
        -------
        str
            The id that all of them have from now on.

        Raises
        ------
        JournalError
            There are not two incidents of these ids, or as `resolve` says.
        """
        demand(ids, Iterable, "the incidents of a merge are a list of ids")
        named = list(dict.fromkeys([ids] if isinstance(ids, str) else ids))
        if len(named) < 2:
            raise JournalError("a merge takes two incidents or more; case.incidents()['incident_id'] lists them")
        maker = self._maker()
        into = min(named, key=lambda each: (maker.first_seen(each), each))
        self._write("merge", reason, subjects=[maker.subject(each) for each in sorted(named)], into=into)
        return into

    def pin(self, event_ids: Iterable[str] | str, id: str, reason: str = "") -> str:
        """Say that events belong to an incident, whatever their keys say.

        Returns
        -------
        str
            The id of the incident.

        Raises
        ------
        JournalError
            An event makes no incident here, no incident has that id, or as `resolve` says.
        """
        demand(event_ids, Iterable, "what is pinned is a list of events")
        events = [event_ids] if isinstance(event_ids, str) else list(event_ids)
        maker = self._maker()
        maker.places(events)
        subject = maker.subject(id)
        self._write("pin", reason, subjects=[subject], into=id, events=maker.tokens(events))
        return id

    def split(
        self, incident_id: str, by: str | None = None, reason: str = "", *, events: Iterable[str] | str | None = None
    ) -> list[str]:
        """Make several incidents of one, by what tells its events apart; later events go the same ways.

        Parameters
        ----------
        incident_id
            As in `incidents()`.
        by
            variant, frame, file, service or message_slot; see `triage.incidents.predicates`. With `events` the default
            is the first of them that tells those from the others.
        reason
            Why.
        events
            Only these (or this one) part from the incident, and later ones that are told by the same value. Where
            nothing tells them from the others they are pinned to an incident of their own, and the entry says so (by
            events).

        Returns
        -------
        list of str
            The ids of the incidents that there are now instead.

        Raises
        ------
        JournalError
            Nothing tells the events apart, there would be more than 200 incidents, or as `resolve` says.
        """
        if by is not None and by not in WAYS:
            raise JournalError(f"a split is by {', '.join(WAYS)}, or of named events: events=[...]")
        maker = self._maker()
        rows = maker.rows(incident_id)
        demand(events, (Iterable, type(None)), "the events that part are a list of ids")
        named = [events] if isinstance(events, str) else events
        chosen = None if named is None else maker.places(list(named), rows)
        told = maker.parting(incident_id, rows, by, chosen)
        self._write("split", reason, subjects=[maker.subject(incident_id)], **told)
        after = self._grouped().replayed
        return sorted({after.ids[code] for code in np.unique(after.codes[rows]).tolist()})

    def undo(self, entry_id: str, reason: str = "") -> list[str]:
        """Take a decision back, for good; undoing the undoing brings it back.

        Parameters
        ----------
        entry_id
            As in `journal()`.
        reason
            Why.

        Returns
        -------
        list of str
            The incidents that the decision had been about, as they are now.

        Raises
        ------
        JournalError
            The journal has no such entry, it was taken back already, or as `resolve` says.
        """
        there = self._journal.entries()
        entries = {entry.id: entry for entry in there}
        if not is_one_of(entry_id, entries):
            raise JournalError(f"the journal has no entry {entry_id!r}; {_LISTED}")
        if by := revoked(there).get(entry_id):
            raise JournalError(f"{entry_id} was already taken back by {by}; take that back to have it hold again")
        entry = entries[entry_id]
        before = self._grouped().replayed
        about = before.effects.get(entry_id, _LATER).incidents
        rows = np.flatnonzero(np.isin(before.codes, [before.ids.index(name) for name in about]))
        self._write("revoke", reason, subjects=entry.subjects, of=entry_id)
        after = self._grouped().replayed
        return sorted({after.ids[code] for code in np.unique(after.codes[rows]).tolist()})

    def journal(self) -> pd.DataFrame:
        """What was decided, in the order in which it holds, and what became of it here.

        Returns
        -------
        DataFrame
            entry_id, when, who, what, why; effect: applied, overridden (a later decision holds, or it was taken back),
            waiting (its incident is not in this case), unreadable (a line that could not be taken) or not applied (the
            journal lies inside the input); told: more about the effect; incident_ids: the incidents that it is about
            now; subjects: those that it named; by, slot and sides: what a split went by, the place of its frame or
            variable part (from 0), and the id and label of each side; events: those that a pin or a split names;
            parents.
        """
        effects = self._grouped().replayed.effects
        rows = [_shown(entry, effects.get(entry.id, _LATER)) for entry in self._journal.entries()]
        for line, reason in self._journal.damaged():
            rows.append({"effect": "unreadable", "told": f"line {line:,}: {reason}"})
        notes = self._tables["annotations"]
        notes = notes.filter(pc.fill_null(pc.equal(notes["scope"], "journal"), fill_value=False))
        for text in notes["value"].to_pylist():
            inner = parse(text.encode("utf-8", "replace"))
            if isinstance(inner, Entry):
                rows.append(_shown(inner, Effect("not applied", "its journal lies inside the input")))
        return to_pandas(pa.Table.from_pylist(rows, schema=_SHOWN))

    def became(self, id: str) -> list[str]:
        """The incidents that have the events of one now: itself, what it was merged or split into, or none.

        Parameters
        ----------
        id
            An incident, as it was once.

        Returns
        -------
        list of str
            The ids; none where no incident has or had that one here.

        Examples
        --------
        >>> import triage
        >>> case = triage.load(b"")
        >>> case.became("inc_4f21")
        []
        """
        replayed = self._grouped().replayed
        return [id] if is_one_of(id, replayed.ids) else list(replayed.became.get(id, []))

    def members(self) -> groups.Members:
        """The events that make incidents, the number of the incident of each, and the ids of the incidents."""
        return groups.members(self._tables, decider=self.decider)

    @property
    def decider(self) -> Decider:
        """What changes which events make an incident: the journal, or what held when this was masked.

        It is the same object as long as the journal says the same, and what was grouped by it is kept with it.
        """
        if self._taken is not None:
            return self._taken
        entries = tuple(self._journal.entries())
        if self._decided is None or self._decided.entries != entries:
            self._decided = Decisions(entries)
        return self._decided

    def _held(self, events: pa.ChunkedArray, name: Callable[[str], str]) -> Taken | None:
        """What was decided, for a masked copy of this case with these events; `name` masks an id."""
        found = self._grouped()
        if not self._journal.entries():
            return None
        gone = found.events.filter(pc.invert(pc.is_in(found.events["event_id"], value_set=events.combine_chunks())))
        renamed = {event: name(event) for event in gone["event_id"].to_pylist()}
        return Taken(found.events["event_id"].to_pylist(), found.replayed, renamed)

    def _maker(self) -> Maker:
        return Maker(self._tables, self._grouped(), self._policy)

    def _grouped(self) -> groups.Grouped:
        return groups.grouped(self._tables, self.decider)

    def _said(self, what: str, incident_id: str, why: str) -> str:
        """Write an entry about the state of one incident."""
        maker = self._maker()
        subject = maker.subject(incident_id)
        known = maker.after(incident_id, iso(self._journal.now()) or 0) if what == "resolve" else ()
        self._write(what, why, subjects=[subject], known=known)
        return incident_id

    def _write(self, what: str, why: str, **more: Any) -> None:
        if self._taken is not None:
            raise JournalError("this case is masked; decide on the case that it was made from")
        told = remarks.reason(why, partial(self._places, about=more["subjects"]))
        if self._journal.path is not None:
            remarks.signature(self._journal.who, self._places if self._journal.is_signed else self._own_places)
        self._journal.append(what, why=told, **more)

    def _own_places(self, text: str) -> list[remarks.Place]:
        """Where a text holds what must not stand in the journal, as it shows by itself."""
        return spans(text, policy=self._policy)

    def _places(self, text: str, about: Iterable[Subject] = ()) -> list[remarks.Place]:
        """The same, and where something stands that is known from what was read, which is looked through only then."""
        own = self._own_places(text)
        if own or self._journal.path is None:
            return own
        events, codes, ids = self.members()
        wanted = [ids.index(each.incident_id) for each in about if each.incident_id in ids]
        return self._masked.spans(text, events["event_id"].filter(pa.array(np.isin(codes, wanted))).to_pylist())

    @cached_property
    def _policy(self) -> Policy:
        """What must not stand in the journal."""
        return load_policy(self._config, outside=[place for place in self._inputs.location.split("\n") if place])


def _shown(entry: Entry, effect: Effect) -> dict[str, Any]:
    """An entry as a row of `journal()`."""
    return {
        "entry_id": entry.id,
        "when": entry.micros,
        "who": entry.who,
        "what": entry.what,
        "why": entry.why,
        "effect": effect.word,
        "told": effect.told or None,
        "incident_ids": list(effect.incidents),
        "subjects": [subject.incident_id for subject in entry.subjects],
        "by": entry.by or None,
        "slot": entry.slot if entry.by in {"frame", "file", "message_slot"} else None,
        "sides": [f"{side.incident_id} {side.label}".rstrip() for side in entry.sides],
        "events": list(entry.events),
        "parents": list(entry.parents),
    }

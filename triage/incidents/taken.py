"""What the decisions made of one case, held for its masked copy.

A masked copy has the incidents of the case that it was made from, although ids and values may be told differently in
it, and keeps them while it is reviewed, whatever is decided meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from triage.incidents.decisions import Replayed

__all__ = ("Taken",)

Rows = npt.NDArray[np.int64]


class Taken:
    """The incident of each event, by its id in the copy.

    Parameters
    ----------
    events, replayed
        The ids of the events of the case, and what was decided about them.
    renamed
        The events that have another id in the copy.
    """

    def __init__(self, events: Sequence[str], replayed: Replayed, renamed: Mapping[str, str]) -> None:
        names = [renamed.get(event, event) for event in events]
        self._incident = dict(zip(names, (replayed.ids[code] for code in replayed.codes.tolist()), strict=True))
        known = {name: frozenset(renamed.get(each, each) for each in name) for name in _knowns(replayed)}
        self._states = {
            incident: tuple(state._replace(known=known[state.known]) for state in states)
            for incident, states in replayed.states.items()
        }
        self._replayed = replayed

    def replay(self, _: dict[str, pa.Table], events: pa.Table, codes: Rows, ids: list[str]) -> Replayed:
        """The incidents that the events had in the case."""
        pairs = zip(events["event_id"].to_pylist(), codes.tolist(), strict=True)
        found = [self._incident.get(event, ids[code]) for event, code in pairs]
        names = sorted(set(found))
        number = {name: at for at, name in enumerate(names)}
        taken = np.array([number[name] for name in found], np.int64)
        return self._replayed._replace(codes=taken, ids=names, states=self._states)


def _knowns(replayed: Replayed) -> set[frozenset[str]]:
    return {state.known for states in replayed.states.values() for state in states}

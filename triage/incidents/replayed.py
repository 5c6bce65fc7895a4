"""What replaying a journal gives: who belongs where, the state of each incident, what became of each entry."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ("Effect", "Parting", "Replayed", "State")

Rows = npt.NDArray[np.int64]
_NONE: Final[Mapping[str, Parting]] = MappingProxyType({})


class State(NamedTuple):
    """One decision about the state of an incident: its place in the journal, and the events that were known."""

    order: int
    status: str
    micros: int
    known: frozenset[str] = frozenset()


class Effect(NamedTuple):
    """What became of an entry: applied, overridden or waiting; why; the incidents that it is about now."""

    word: str
    told: str = ""
    incidents: tuple[str, ...] = ()


class Parting(NamedTuple):
    """A decision that two incidents are two."""

    why: str
    sides: tuple[tuple[str, ...], ...]


class Replayed(NamedTuple):
    """What the entries made of the events of a case.

    Attributes
    ----------
    codes, ids
        The number of the incident of each event, and the id of each incident.
    states
        The decisions about the state of each incident, in their order.
    effects
        What became of each entry.
    made
        The entry that made an incident, where none of the keys did.
    became
        The incidents that have the events of one that is there no more.
    parted
        Of each entry that parted what is apart still: who wrote it and how, and the incidents of each of its sides.
    """

    codes: Rows
    ids: list[str]
    states: dict[str, tuple[State, ...]]
    effects: dict[str, Effect]
    made: dict[str, str]
    became: dict[str, list[str]]
    parted: Mapping[str, Parting] = _NONE

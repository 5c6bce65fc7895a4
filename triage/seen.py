"""What events there were, for those who take them part by part: ids that were seen, and the events that repeat one.

What is known of an event is 16 bytes, two numbers of a keyed hash whose key nobody can know; events without an id of
their own are known by their content. Of an event that repeats another one, its place and the digest of what it says
are kept. Whether the first one said the same is told in the end, from what was written of it.
"""

from __future__ import annotations

import secrets
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from triage.identity import digests, in_other_words

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ("Part", "Seen")

_Numbers = npt.NDArray[np.uint64]
_Mask = npt.NDArray[np.bool_]
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_PLACE: Final = ("source_id", "offset", "length")
_NAMED: Final = ("event_id", "native_id", "event_kind")


class Part(Protocol):
    """The rows of `events` and `stacks` that were written together."""

    def read(self, name: str, columns: Iterable[str] | None = None) -> pa.Table:
        """Some columns of one of the tables, or all."""
        ...


class _Repeats(NamedTuple):
    """Events that repeat others: numbers for their ids and for what they say, and their places."""

    ids: _Numbers
    said: _Numbers
    places: pa.Table


class _Known:
    """Numbers that were seen, in a few pieces in order, each more than twice as long as the next."""

    def __init__(self) -> None:
        self._pieces: list[_Numbers] = []

    def hold(self, numbers: _Numbers) -> _Mask:
        """Which numbers were seen."""
        found = np.zeros(len(numbers), np.bool_)
        for piece in self._pieces:
            found |= _among(numbers, piece)
        return found

    def add(self, numbers: _Numbers) -> None:
        """These are seen now."""
        piece = np.sort(numbers)
        while self._pieces and len(self._pieces[-1]) <= 2 * len(piece):
            piece = np.sort(np.concatenate((self._pieces.pop(), piece)), kind="stable")
        if len(piece):
            self._pieces.append(piece)


class Seen:
    """What events there were in rows that are resolved one part after the other."""

    def __init__(self) -> None:
        self.ordinals: Counter[str] = Counter()
        self._key = secrets.token_hex(8)
        self._natives, self._pairs = _Known(), _Known()
        self._repeats: list[_Repeats] = []

    def judge(self, events: pa.Table, ids: pa.Array, repeated: pa.Array) -> tuple[pa.Array, pa.Array]:
        """The ids and repeats of a part, in the light of what was seen; the part is seen then."""
        told = events["native_id"].is_valid().to_numpy()
        native, pair = self._hashed(events.filter(pa.array(told)))
        again = repeated.to_numpy(zero_copy_only=False).copy()
        known = self._pairs.hold(pair)
        again[told] |= known
        other = np.flatnonzero(told)[self._natives.hold(native) & ~known]
        if len(other):
            named = ids.to_pylist()
            for at in other.tolist():
                named[at] = f"{events['native_id'][at].as_py()}-{events['event_kind'][at].as_py()}"
            ids = pa.array(named, pa.string())
        self._natives.add(native)
        self._pairs.add(pair)
        return ids, pa.array(again)

    def keep(self, events: pa.Table, stacks: pa.Table) -> None:
        """Keep what is to be told of events that repeat others."""
        places = events.select(_PLACE)
        places = places.set_column(0, _PLACE[0], places[_PLACE[0]].dictionary_encode())
        self._repeats.append(_Repeats(self._ids(events), _said(events, stacks), places))

    def repeats(self, parts: Iterable[Part]) -> tuple[Counter[str], pa.Table]:
        """How many events of each file say what an earlier one of their id does, and quarantine rows for the others."""
        if not self._repeats:
            return Counter(), in_other_words(pa.schema([(name, pa.null()) for name in _PLACE]).empty_table())
        ids = np.concatenate([one.ids for one in self._repeats])
        said = np.concatenate([one.said for one in self._repeats])
        places = pa.concat_tables(
            [one.places for one in self._repeats], promote_options="permissive"
        ).unify_dictionaries()
        wanted, which = np.unique(ids, return_inverse=True)
        first, found = np.zeros(len(wanted), np.uint64), np.zeros(len(wanted), np.bool_)
        for part in parts:
            own = self._ids(part.read("events", _NAMED))
            rows = np.flatnonzero(_among(own, wanted))
            if len(rows):
                at = np.searchsorted(wanted, own[rows])
                first[at], found[at] = _written(part, rows), True
        other = found[which] & (first[which] != said)
        same = places.filter(pa.array(~other))["source_id"].value_counts()
        counts = Counter(dict(zip(same.field("values").to_pylist(), same.field("counts").to_pylist(), strict=True)))
        return counts, in_other_words(places.filter(pa.array(other)))

    def _hashed(self, events: pa.Table) -> tuple[_Numbers, _Numbers]:
        """Numbers for the ids of events, and for ids with kinds."""
        native, kind = (self._numbers(events[name]) for name in ("native_id", "event_kind"))
        return native, native ^ kind * _MIX

    def _ids(self, events: pa.Table) -> _Numbers:
        """Numbers for what makes events the same one."""
        told = events["native_id"].is_valid().to_numpy()
        ids = self._numbers(events["event_id"])
        ids[told] = self._hashed(events.filter(pa.array(told)))[1]
        return ids

    def _numbers(self, texts: pa.ChunkedArray) -> _Numbers:
        return pd.util.hash_array(texts.to_numpy(), hash_key=self._key, categorize=False)


def _written(part: Part, rows: npt.NDArray[np.int64]) -> _Numbers:
    """Numbers for what these events of a part say."""
    events = part.read("events").take(pa.array(rows))
    stacks = part.read("stacks", ("event_id", "stack_key"))
    number = pc.index_in(stacks["event_id"], value_set=events["event_id"].combine_chunks()).cast(pa.int64())
    stacks = stacks.append_column("_event", number).filter(number.is_valid())
    return _said(events.append_column("_event", pa.array(np.arange(len(rows)))), stacks)


def _said(events: pa.Table, stacks: pa.Table) -> _Numbers:
    """Numbers for what events say."""
    return np.array([int(digest.rpartition("_")[2], 16) for digest in digests(events, stacks)], np.uint64)


def _among(values: _Numbers, known: _Numbers) -> _Mask:
    """Which values are among those known, which are in order."""
    if not len(known):
        return np.zeros(len(values), np.bool_)
    found: _Mask = known[np.minimum(np.searchsorted(known, values), len(known) - 1)] == values
    return found

"""The events of each incident in order of time, and which incidents spike at present."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.incidents import spikes
from triage.incidents.spikes_expected import HOUR
from triage.incidents.suppression import Given

__all__ = ("Stream", "Streams", "present")

Ints = npt.NDArray[np.int64]

# Occurrences that one event stands for at most: an absurd count in an input is a spike, not a full memory.
_MOST: Final = 1_000
_MOST_TOGETHER: Final = 4_000_000


@dataclass(frozen=True, slots=True, repr=False)
class Stream:
    """The events of one incident that have a time, in its order; `rows` are their places in the table.

    Occurrences that are told of elsewhere are one more, with the row of the event that they are given to; clients are
    numbers, -1 where nobody knows whose they are; `retries` says of which they all are the same client's.
    """

    rows: Ints
    times: Ints
    clients: Ints | None
    weights: Ints
    retries: npt.NDArray[np.bool_]

    def episodes(self, since: int | None = None) -> list[spikes.Episode]:
        """The spikes, by the tested rule; none need be found where none can have lasted until a time."""
        most = max(1, min(_MOST, _MOST_TOGETHER // max(len(self.times), 1)))
        return spikes.episodes(
            self.times, self.clients, np.where(self.retries, 1, np.minimum(self.weights, most)), since=since
        )


class Streams:
    """The streams of all incidents: rows, times and weights are as in `Stream`, one incident after another.

    Parameters
    ----------
    events
        The events that make incidents.
    codes, size
        The number of the incident of each, and how many there are.
    more
        Occurrences that are told of elsewhere.
    """

    def __init__(self, events: pa.Table, codes: Ints, size: int, more: Given) -> None:
        told = pc.fill_null(pc.equal(events["event_kind"], "incident_bundle"), fill_value=False)
        there = pc.and_(pc.is_valid(events["ts"]), pc.invert(told)).to_numpy().astype(bool)
        rows = np.flatnonzero(there)
        micros = pc.fill_null(events["ts"].cast(pa.int64()), 0).to_numpy()
        weights = 1 + pc.fill_null(events["suppressed_count"], 0).to_numpy().clip(min=0)
        stored = len(rows)
        rows, times = np.r_[rows, more.rows], np.r_[micros[rows], more.times]
        order = _ordered(codes[rows], times)
        self.rows, self.times = rows[order], times[order]
        self.weights = np.r_[weights[rows[:stored]], more.counts][order]
        self._retries = np.r_[np.zeros(stored, bool), more.alone][order]
        self._bounds = np.searchsorted(codes[self.rows], np.arange(size + 1))
        clients = pc.coalesce(events["user_hash"], events["session_id"])
        self._clients: Ints | None = None
        if clients.null_count < len(clients):
            numbers = pc.fill_null(clients.combine_chunks().dictionary_encode().indices, -1).to_numpy()
            self._clients = np.where((order >= stored) & ~self._retries, -1, numbers[self.rows])

    def __getitem__(self, code: int) -> Stream:
        """The stream of one incident."""
        there = slice(self._bounds[code], self._bounds[code + 1])
        clients = None if self._clients is None else self._clients[there]
        return Stream(self.rows[there], self.times[there], clients, self.weights[there], self._retries[there])

    def busy(self, since: int) -> list[int]:
        """The numbers of the incidents in which a spike can have lasted until a time: enough occurred, and long after.

        Retries are counted with the others, so that it may be one or the other too many.
        """
        size = len(self._bounds) - 1
        codes = np.repeat(np.arange(size), np.diff(self._bounds))
        full = np.flatnonzero(np.diff(self._bounds))
        last, lasted = np.zeros(size, np.int64), np.zeros(size, np.int64)
        last[full] = self.times[self._bounds[full + 1] - 1]
        lasted[full] = last[full] - self.times[self._bounds[full]]
        enough = np.zeros(size, bool)
        for window in spikes.WINDOWS:
            recent = np.flatnonzero(self.times > since - window.width)
            held = np.bincount(codes[recent], weights=self.weights[recent], minlength=size)
            enough |= (held >= window.floor) & (lasted >= window.width + spikes.HISTORY)
        return np.flatnonzero(enough & (last >= since)).tolist()


def _ordered(codes: Ints, times: Ints) -> Ints:
    """The order of the incidents, and of the times in each; most stores are in that of the times."""
    if np.all(times[1:] >= times[:-1]):
        # numpy sorts the smallest integers by their digits
        few = len(codes) and codes.min() >= 0 and codes.max() <= np.iinfo(np.uint16).max
        return np.argsort(codes.astype(np.uint16) if few else codes, kind="stable")
    return np.lexsort((times, codes))


def present(streams: Streams, size: int, moment: int) -> dict[str, Any]:
    """The spike that each incident is in at a time: columns of the table `incidents`.

    Parameters
    ----------
    streams
        The incidents; no event is later than the moment.
    size
        How many incidents there are.
    moment
        Microseconds since 1970.
    """
    columns: dict[str, list[Any]] = {name: [None] * size for name in ("spike_p", "spike_expected", "spike_since")}
    for code in streams.busy(moment - HOUR):
        found = streams[code].episodes(moment - HOUR)
        if found and found[-1].end >= moment - HOUR:
            columns["spike_p"][code] = found[-1].p
            columns["spike_expected"][code] = found[-1].expected
            columns["spike_since"][code] = found[-1].start
    return columns

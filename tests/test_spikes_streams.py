"""Incidents in which no spike can have lasted until now are passed over, and no others."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tests.streams import DAY, HOUR, MINUTE
from triage.incidents import spikes
from triage.incidents.spikes_counts import counted
from triage.incidents.spikes_streams import Streams
from triage.incidents.suppression import Given

NONE = Given(*(np.zeros(0, kind) for kind in (np.int64, np.int64, np.int64, bool)))
EVENTS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 400), st.integers(1, 12), st.sampled_from([0, 0, 4, 8])), max_size=30
)


def _looked_at(times, since):
    """Whether a window that ends at or after a time holds enough to be looked at, as the rule does."""
    rows = [spikes._looked_at(times, counted(times, window.width), window, times[0]) for window in spikes.WINDOWS]
    return any(len(found) and times[found[-1]] >= since for found in rows)


def _streams(codes, times, more=0):
    rows = len(times)
    table = pa.table(
        {
            "event_kind": pa.array(["crash"] * rows),
            "ts": pa.array(times, pa.timestamp("us", "UTC")),
            "suppressed_count": pa.array(np.broadcast_to(more, rows)),
            "user_hash": pa.nulls(rows, pa.string()),
            "session_id": pa.nulls(rows, pa.string()),
        }
    )
    return Streams(table, np.array(codes, np.int64), 4, NONE)


@given(EVENTS)
def test_what_is_passed_over_has_nothing_to_look_at(events):
    rows = [
        (code, int(DAY * 1.2) + at * MINUTE + repeat * MINUTE // 4, more)
        for code, at, repeats, more in events
        for repeat in range(repeats)
    ] + [(code, 0, 0) for code in range(2)]
    codes, times, more = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    since = int(times.max()) - HOUR
    streams = _streams(codes, times, more)
    busy = streams.busy(since)
    for code in range(4):
        stream = streams[code]
        occurred = np.repeat(stream.times, stream.weights)
        assert code in busy or not len(occurred) or not _looked_at(occurred, since)


def test_only_what_is_busy_now_and_has_a_history_is_looked_at():
    now, crowd = 3 * DAY, np.arange(6) * MINUTE // 10
    codes = [0, *[0] * 6, 1, *[1] * 4, *[2] * 6, 3, *[3] * 6]
    times = np.r_[0, now - crowd, 0, now - crowd[:4], now - crowd, 0, now - 2 * HOUR - crowd]
    assert _streams(codes, times).busy(now - HOUR) == [0]
    assert _streams(codes, times, more=1).busy(now - HOUR) == [0, 1]

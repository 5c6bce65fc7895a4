"""Counts over time: buckets by span, zeros in gaps, others together, and what has no time said."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import grows_evenly
from tests.streams import DAY, HOUR, MINUTE, SECOND, START, burst, case_of, steady
from triage.incidents import regressions, series


@given(st.integers(0, 400 * 366 * DAY))
def test_a_span_has_at_most_some_400_buckets_and_no_finer_length_would_do(span):
    width = series.bucket(span)
    assert span // width + 2 <= series.BUCKETS + 1
    assert width == SECOND or span / width > series.BUCKETS / 12


def test_buckets_hold_every_event_and_gaps_are_zeros():
    case = case_of(steady(1, every=HOUR), steady(1, every=HOUR, start=3 * DAY))
    found = case.series()
    counts = found.counts
    assert counts["count"].sum() == found.events == 48
    assert (counts["count"] == 0).sum() > 0
    # No bucket is missing, and each begins where the one before ends.
    assert (counts["start"].iloc[1:].reset_index(drop=True) == counts["end"].iloc[:-1]).all()
    gap = counts[(counts["start"] > START + pd.Timedelta("25h")) & (counts["end"] < START + pd.Timedelta("71h"))]
    assert len(gap) > 0
    assert gap["count"].sum() == 0


def test_the_most_frequent_have_lanes_and_the_others_share_one():
    parts = [steady(1, every=DAY // (12 * n), function=f"f{n}") for n in range(1, 9) if n != 7]
    found = case_of(*parts).series()
    assert found.lanes["title"].tolist() == [*(f"SIGSEGV in f{n}" for n in (8, 6, 5, 4)), "others"]
    assert found.lanes["events"].tolist() == [96, 72, 60, 48, 72]
    sums = found.counts.groupby("lane")["count"].sum()
    assert sums.tolist() == found.lanes["events"].tolist()
    assert found.incidents == 7


def test_chosen_incidents_have_the_lanes_in_their_order_and_nobody_else():
    case = case_of(steady(1, function="a"), steady(1, every=HOUR, function="b"))
    ids = case.incidents().set_index("title")["incident_id"]
    names = [ids["SIGSEGV in b"], ids["SIGSEGV in a"], "inc_none"]
    found = case.series(chosen=names)
    assert found.lanes["incident_id"].tolist() == names[:2]
    assert found.counts.groupby("lane")["count"].sum().tolist() == [24, 144]


def test_events_without_a_time_are_in_no_bucket_and_counted():
    tables = case_of(steady(0.1)).raw.tables
    events = tables["events"]
    micros = events["ts"].cast(pa.int64()).to_pylist()
    micros[:2] = [None, None]
    at = events.schema.get_field_index("ts")
    odd = events.set_column(
        at, events.schema.field(at), pa.array(micros, pa.int64()).cast(events.schema.field(at).type)
    )
    found = series.made({**tables, "events": odd})
    assert (found.timeless, found.counts["count"].sum(), found.events) == (2, len(micros) - 2, len(micros) - 2)
    assert found.span.width <= HOUR


def test_suppressed_events_count():
    found = case_of([{"at": 0, "suppressed_count": 9}, {"at": MINUTE}]).series()
    assert found.counts["count"].sum() == found.events == 11


def test_since_and_until_bound_what_is_counted():
    case = case_of(steady(2, every=HOUR))
    found = case.series(START + pd.Timedelta("12h"), START + pd.Timedelta("24h"))
    assert found.counts["count"].sum() == 13
    rows = case.active(START + pd.Timedelta("12h"), START + pd.Timedelta("24h"))
    assert rows[["title", "events"]].to_numpy().tolist() == [["SIGSEGV in parse", 13]]
    assert len(case.active(START + pd.Timedelta("9D"))) == 0


def test_what_is_expected_follows_the_history_and_forgets_spikes():
    quiet, loud = steady(4), burst(2 * DAY, 60)
    band = case_of(quiet, loud).series(expected=True).counts
    plain = case_of(quiet).series(expected=True).counts
    assert band["expected"].isna().sum() > 0  # of the first day nothing can be said
    known = band.dropna(subset="expected")
    assert (known["upper"] > known["expected"]).all()
    rate = band["end"].iloc[0] - band["start"].iloc[0]
    after = known["expected"].iloc[-1]
    assert after == pytest.approx(rate / pd.Timedelta("10min"), rel=0.2)
    assert after == pytest.approx(plain["expected"].iloc[-1], rel=0.1)
    peak = band["count"].idxmax()
    assert band["count"][peak] > band["upper"][peak]


def test_deploys_and_releases_are_those_of_the_services():
    found = case_of(
        steady(1, every=HOUR, release="1.0"),
        steady(1, every=HOUR, start=DAY, release="1.1"),
        steady(0.5, every=HOUR, start=DAY, release="1.1", function="scan"),
    ).series()
    assert found.deploys[["release", "service"]].to_numpy().tolist() == [["1.1", "api"]]
    assert found.deploys["at"].tolist() == [START + pd.Timedelta("1D")]
    told = found.releases[["service", "release", "events", "incidents", "new"]].to_numpy().tolist()
    assert told == [["api", "1.0", 24, 1, 1], ["api", "1.1", 36, 2, 1]]


def test_deploys_are_those_that_regressions_are_judged_by():
    rng = np.random.default_rng(8)
    rows = [
        {"at": int(at), "release": f"1.{at // DAY}", "service": name, "environment": place, "event_kind": kind}
        for at, name, place, kind in zip(
            rng.integers(0, 5 * DAY, 300),
            rng.choice(["api", "web"], 300),
            rng.choice(["production", "test"], 300),
            rng.choice(["exception", "deploy"], 300, p=[0.95, 0.05]),
            strict=True,
        )
    ]
    case = case_of(rows)
    until = START + pd.Timedelta("4D")
    every = regressions.deploys(case.raw.tables, as_of=int(until.timestamp()) * SECOND)
    found = case.series(until=until).deploys
    assert len(found) == len(every) > 4
    assert set(found["release"]) == {each.release for each in every}
    assert sorted(found["at"].astype("int64")) == sorted(each.at for each in every)


def test_the_order_of_events_does_not_matter():
    rows = [*steady(1, release="1.0"), *burst(DAY // 2, 30, release="1.1"), *steady(0.5, every=HOUR, function="b")]
    rows = [row | {"native_id": f"n{number}"} for number, row in enumerate(rows)]
    mixed = random.Random(3).sample(rows, len(rows))
    one, other = (case_of(events).series(expected=True) for events in (rows, mixed))
    for name in ("lanes", "counts", "deploys", "releases"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


def test_nothing_gives_frames_with_their_columns():
    found = case_of().series(expected=True)
    assert found.counts.columns.tolist() == ["lane", "start", "end", "count", "expected", "upper"]
    assert [len(each) for each in (found.lanes, found.counts, found.deploys, found.releases)] == [0, 0, 0, 0]


def test_counting_takes_time_in_proportion():
    rng = np.random.default_rng(5)

    def count(times):
        span, one_each = series._span(times, None, None), np.ones(len(times), np.int64)
        # Often rather than many at once: how memory for large arrays comes would decide.
        for _ in range(400):
            assert series._counts(times, times % 6, one_each, span, 6).sum() == len(times)

    grows_evenly(count, lambda size: rng.integers(0, 30 * DAY, size), 4_000, enlarged=0)

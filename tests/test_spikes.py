import datetime as dt
import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmarks.spike_series import QUIET, REGRESSING, SPIKING, scored, series
from tests.growth import grows_evenly
from triage.errors import TriageError
from triage.incidents import spikes, spikes_tails
from triage.incidents.spikes_history import History, mask_of

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def steady(days=3, every=10 * MINUTE, start=0):
    return np.arange(start, start + days * DAY, every, dtype=np.int64)


def burst(at, count, length=20 * MINUTE):
    return at + np.linspace(0, length, count).astype(np.int64)


# --- the tail ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 3, 40])
@pytest.mark.parametrize("mean", [0.1, 2.0, 70.0])
def test_the_tail_is_the_sum_of_what_it_stands_for(mean, size):
    def mass(k):
        combos = math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1)
        return math.exp(combos + size * math.log(size / (size + mean)) + k * math.log(mean / (size + mean)))

    for count in (math.ceil(mean) + 1, math.ceil(mean) * 2 + 3, math.ceil(mean) * 4 + 10):
        found = spikes_tails.log_tail(np.array([float(count)]), np.array([mean]), np.array([float(size)]))
        wanted = sum(mass(k) for k in range(count, count + 6_000))
        assert math.exp(found[0]) == pytest.approx(wanted, rel=1e-8)


def test_the_tail_reaches_further_than_floats_do():
    (found,) = spikes_tails.log_tail(np.array([5_000.0]), np.array([2.0]), np.array([50.0]))
    assert -20_000 < found < -800


def test_the_tail_falls_with_the_count_and_grows_with_unevenness():
    ones = np.ones(50)
    by_count = spikes_tails.log_tail(np.linspace(2.5, 60, 50), 2 * ones, 5 * ones)
    assert (np.diff(by_count) < 0).all()
    by_size = spikes_tails.log_tail(20 * ones, 2 * ones, np.geomspace(0.2, 1e6, 50))
    assert (np.diff(by_size) < 0).all()


@given(st.floats(1e-3, 1e7))
def test_log_gamma_is_that_of_the_standard_library(x):
    (found,) = spikes_tails.log_gamma(np.array([x]))
    assert found == pytest.approx(math.lgamma(x), rel=1e-10, abs=1e-9)


# --- the history ---------------------------------------------------------------------------------------------------


@given(
    st.lists(st.integers(0, 400), max_size=30),
    st.lists(st.integers(0, 400), max_size=6),
    st.integers(0, 400),
    st.integers(0, 400),
)
def test_masked_time_counts_neither_as_events_nor_as_time(events, ends, one, other):
    after, until = sorted((one, other))
    mask = mask_of(np.array(sorted(ends), np.int64), 30)
    hidden = {second for end in ends for second in range(end - 29, end + 1)}
    history = History(np.array(sorted(events), np.int64), mask)
    a, b = np.array([after]), np.array([until])
    assert history.count(a, b)[0] == sum(after < at <= until and at not in hidden for at in events)
    assert history.exposure(a, b)[0] == sum(at not in hidden for at in range(after + 1, until + 1))


def test_dispersion_knows_bursts_from_a_slow_rise():
    even = History(np.arange(0, 10_000, 2))
    bursts = History(np.repeat(np.arange(0, 10_000, 200), 100))
    rising = History(np.sqrt(np.linspace(0, 1e8, 5_000)).astype(np.int64))
    after, until = np.array([0]), np.array([10_000])
    (one, two, three) = (each.dispersion(100, after, until) for each in (even, bursts, rising))
    assert one[0][0] == two[0][0] == 50
    assert one[1][0] < 1
    assert two[1][0] > 1_000
    assert three[1][0] < 10


# --- what is a spike -----------------------------------------------------------------------------------------------


def test_a_spike_is_found_once_with_what_was_expected_and_why():
    (found,) = spikes.episodes(np.r_[steady(), burst(2 * DAY, 40)])
    assert 2 * DAY < found.start <= 2 * DAY + 5 * MINUTE
    assert 2 * DAY + 15 * MINUTE < found.end <= 2 * DAY + 30 * MINUTE
    assert found.began < found.start <= found.peak <= found.end
    assert found.p < 1e-6
    assert found.expected == pytest.approx(found.window / (10 * MINUTE), rel=0.2)
    assert found.total == found.events == 40 + 6
    assert found.why.startswith(f"{found.events} events in ")
    assert "where" in found.why


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from([30, 10, 3, 1]),
    st.lists(
        st.tuples(st.integers(288, 287 + 4 * 288), st.integers(5, 90), st.integers(1, 200)), min_size=1, max_size=4
    ),
)
def test_what_is_told_of_a_spike_agrees(every, bursts):
    parts = [burst(at * 5 * MINUTE, count, minutes * MINUTE) for at, count, minutes in bursts]
    times = np.sort(np.concatenate([steady(5, every * MINUTE), *parts]))
    for each in spikes.episodes(times):
        assert each.began < each.start <= each.peak <= each.end
        assert each.began <= each.peak - each.window
        assert {each.start, each.peak, each.end} <= set(times.tolist())
        assert each.total == np.sum((times > each.began) & (times <= each.end)) >= each.events
        assert each.events == np.sum((times > each.peak - each.window) & (times <= each.peak))


def test_a_spike_that_goes_on_more_evenly_has_not_ended():
    sudden, slow = burst(2 * DAY, 12, 4 * MINUTE), burst(2 * DAY + 4 * MINUTE, 180, 10 * HOUR)
    (found,) = spikes.episodes(np.r_[steady(every=60 * MINUTE), sudden, slow])
    assert 2 * DAY + 8 * HOUR < found.end <= 2 * DAY + 11 * HOUR


def test_a_quiet_stream_has_none_though_the_ratio_rule_flags_it():
    assert spikes.episodes(steady()) == []
    assert spikes.episodes(np.zeros(0, np.int64)) == []
    assert spikes.detect([]) == []
    assert spikes.detect([7] * 500) == []


def test_dates_are_taken_as_well_as_nanoseconds():
    minute = 60 * 10**9
    ns = np.array([at * 10 * minute for at in range(400)] + [3_000 * minute + at * 10**10 for at in range(60)])
    found = spikes.detect(ns)
    assert found
    dates = pd.Series(pd.to_datetime(ns, utc=True))
    assert spikes.detect(dates) == spikes.detect(list(dates)) == spikes.detect(ns.astype(float)) == found
    arrow = pd.concat([dates.astype("timestamp[us, tz=UTC][pyarrow]"), pd.Series([pd.NA], dtype=dates.dtype)])
    assert spikes.detect(arrow) == found
    for kind in ("Int64", "int64[pyarrow]", "Float64"):
        assert spikes.detect(pd.Series([*ns.tolist(), None], dtype=kind)) == found
    assert spikes.detect(pd.Series(ns.tolist(), dtype=object)) == found
    assert spikes.detect([pd.NaT]) == spikes.detect(dates[:0]) == []


WRONG = {
    "x": "x", "words": ["a"], "lists": [[1, 2]], "2**70": [2**70], "2**63": [2**63], "true": [True], "5": 5,
    "None": None, "infinite": [float("inf")], "a map": {"a": 1}, "gaps": [None], "na": [pd.NA], "nan": [float("nan")],
    "half": [1.5], "a gap": [1, None], "a half": [10**9, 2.5], "1e300": [1e300], "a decimal": [Decimal("1.5")],
    "halves": pd.Series([1.5, None], dtype="double[pyarrow]"), "objects": pd.Series([1, None], dtype=object),
    "nothing": pd.Series([None], dtype="null[pyarrow]"), "digits": pd.Series(["5"], dtype="string"),
    "days": pd.Series([dt.date(2026, 1, 1)], dtype="date32[pyarrow]"),
}  # fmt: skip


@pytest.mark.parametrize("given", WRONG.values(), ids=WRONG)
def test_what_is_no_list_of_times_is_refused_in_words(given):
    with pytest.raises(TriageError, match="dates with times"):
        spikes.detect(given)


def test_what_is_new_is_no_spike():
    assert spikes.episodes(burst(0, 400, 20 * HOUR)) == []


def test_the_rhythm_of_the_day_is_no_spike_and_a_spike_at_night_is_one():
    days = np.concatenate([burst(day * DAY + 8 * HOUR, 800, 4 * HOUR) for day in range(6)])
    base = np.r_[steady(6), days]
    assert [each.start // DAY for each in spikes.episodes(base) if each.start > 3 * DAY] == []
    (night,) = (each for each in spikes.episodes(np.r_[base, burst(5 * DAY, 200)]) if each.start > 3 * DAY)
    assert night.start // DAY == 5


def test_mondays_are_expected_once_two_weeks_are_known():
    weekdays = [day for day in range(28) if day % 7 < 5]
    rng = np.random.default_rng(5)
    base = np.concatenate([day * DAY + rng.integers(0, DAY, 1_500) for day in weekdays])
    base = np.r_[base, rng.integers(0, 28 * DAY, 1_000)]
    assert [each for each in spikes.episodes(base) if each.start > 15 * DAY] == []
    (found,) = (each for each in spikes.episodes(np.r_[base, burst(26 * DAY, 200)]) if each.start > 15 * DAY)
    assert "weeks before" in found.why or "hours before" in found.why


def test_one_client_that_tries_again_is_no_spike():
    retries = burst(2 * DAY, 50, 40 * SECOND)
    assert spikes.episodes(np.r_[steady(), retries]) == []
    slow = burst(2 * DAY, 100, 10 * MINUTE)
    assert len(spikes.episodes(np.r_[steady(), slow])) == 1
    clients = np.r_[[None] * len(steady()), ["one"] * 50, ["two"] * 50].astype(object)
    thinned = spikes.collapsed(np.r_[steady(), slow], clients)
    assert len(thinned) == len(steady()) + 10
    assert spikes.collapsed(np.zeros(0, np.int64), np.zeros(0, object)).tolist() == []


def test_weights_are_occurrences():
    times = np.r_[steady(), burst(2 * DAY, 8)]
    weights = np.r_[np.ones(len(steady()), int), np.full(8, 30)]
    assert len(spikes.episodes(times, weights=weights)) == 1


@given(st.lists(st.integers(0, 400), max_size=60).map(sorted), st.integers(1, 40))
def test_rows_apart_are_those_that_a_walk_keeps(times, least):
    kept = []
    for at, moment in enumerate(times):
        if not kept or moment >= times[kept[-1]] + least:
            kept.append(at)
    assert spikes._apart(np.array(times, np.int64), least).tolist() == kept


@pytest.mark.parametrize(("silent", "lasting"), [(0, 1), (90, 0), (6_000, 0)])
def test_a_spike_that_lasts_until_now_is_found_though_only_such_are_sought(silent, lasting):
    times = np.r_[steady(), burst(2 * DAY, 300)]
    times = times[times <= 2 * DAY + 20 * MINUTE]
    now = int(times.max()) + silent * MINUTE
    every = spikes.episodes(times)
    assert len(every) == 1
    found = spikes.episodes(times, since=now - HOUR)
    assert [each for each in found if each.end >= now - HOUR] == every[:lasting]
    assert found == every[:lasting]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9 * 24 * 12), st.integers(3, 60), st.integers(1, 300)), max_size=6),
    st.sampled_from([3, 10, 60]),
    st.integers(0, 3 * 24 * 12),
)
def test_seeking_only_what_lasts_finds_the_same(bursts, every, back):
    parts = [burst(at * 5 * MINUTE, count, minutes * MINUTE) for at, count, minutes in bursts]
    times = np.sort(np.concatenate([steady(9, every * MINUTE), *parts]))
    times = times[times <= 9 * DAY - back * 5 * MINUTE]
    since = int(times.max()) - HOUR
    every_one, found = spikes.episodes(times), spikes.episodes(times, since=since)
    if any(each.end >= since for each in every_one):
        assert found == every_one
    else:
        assert found in ([], every_one)


def test_the_order_of_the_input_does_not_matter():
    times = np.r_[steady(), burst(2 * DAY, 40)]
    wanted = spikes.episodes(times)
    assert spikes.episodes(np.random.default_rng(1).permutation(times)) == wanted


def test_a_second_spike_is_found_behind_the_first():
    times = np.r_[steady(5), burst(2 * DAY, 300), burst(3 * DAY, 40)]
    assert [each.start // DAY for each in spikes.episodes(times)] == [2, 3]


def test_extreme_times_do_not_raise():
    ends = np.array([-62_135_596_800_000_000, 253_402_300_799_999_999])
    assert spikes.episodes(np.r_[ends, steady()]) is not None
    assert spikes.detect(np.array([np.iinfo(np.int64).min, np.iinfo(np.int64).max, *range(20)])) == []


def test_excess_tests_one_interval():
    times = np.r_[steady(), burst(2 * DAY, 40, 2 * HOUR)]
    events, expected, p, why = spikes.excess(times, 2 * DAY, 2 * DAY + 2 * HOUR)
    assert events == 40 + 12 - 1  # the interval is open where the burst begins
    assert why in {"the 24 hours before", "the day before"}
    assert expected == pytest.approx(12, rel=0.2)
    assert p < 1e-6
    assert spikes.excess(times, 2 * DAY - 3 * HOUR, 2 * DAY - HOUR)[2] > 0.05
    assert spikes.excess(times, HOUR, 2 * HOUR) is None


def test_an_event_that_stands_for_many_is_tested_as_many():
    times = np.r_[steady(), burst(2 * DAY, 40, 2 * HOUR)]
    weights = np.where(np.arange(len(times)) % 3, 1, 30)
    shuffled = np.random.default_rng(0).permutation(len(times))
    for began, until in ((2 * DAY, 2 * DAY + 2 * HOUR), (2 * DAY - 3 * HOUR, 2 * DAY - HOUR)):
        one_by_one = spikes.excess(np.repeat(times, weights), began, until)
        assert spikes.excess(times[shuffled], began, until, weights[shuffled]) == one_by_one
    huge = np.full(len(times), 1 << 40)
    assert spikes.excess(times, 2 * DAY, 2 * DAY + 2 * HOUR, huge)[0] == 51 << 40


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 15), st.integers(0, 2), st.floats(0.1, 1.0))
def test_what_is_found_at_a_time_depends_on_what_came_before_only(number, copy, share):
    kinds = SPIKING + REGRESSING + QUIET
    times = next(one for one in _streams() if one.kind == kinds[number].__name__).ns[copy::3] // 1_000
    cut = times[0] + int((times[-1] - times[0]) * share)
    whole = spikes.episodes(times)
    part = spikes.episodes(times[times <= cut])
    assert [each.start for each in part] == [each.start for each in whole if each.start <= cut]
    assert all(found.end <= cut for found in part)
    done = [each for each in whole if each.end <= cut - 4 * HOUR]
    assert part[: len(done)] == done


_made = []


def _streams():
    if not _made:
        _made.extend(series(7, 1))
    return _made


def test_it_finds_spikes_and_lets_quiet_streams_be():
    found = scored(spikes.detect, series(200, 3))[""]
    assert found.f1 >= 0.7
    assert found.per_quiet_day <= 0.05


def test_many_events_take_time_in_proportion():
    rng = np.random.default_rng(1)
    grows_evenly(spikes.episodes, lambda size: np.sort(rng.integers(0, 14 * DAY, size)), 30_000)

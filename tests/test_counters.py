import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import grows_evenly
from triage.incidents import counters

SECOND = 1_000_000


def every(seconds, **options):
    return counters.at_every(np.array([round(each * SECOND) for each in seconds], np.int64), **options)


def test_windows_are_open_at_the_far_end_and_closed_at_the_near_one():
    frame = every([0, 60, 61, 361])
    assert frame["count_1m"].tolist() == [1, 1, 2, 1]
    assert frame["count_5m"].tolist() == [1, 2, 3, 1]
    assert frame["count_1h"].tolist() == [1, 2, 3, 4]
    assert every([0, 86_399, 86_400])["count_24h"].tolist() == [1, 2, 2]


def test_events_of_one_second_see_each_other_whatever_their_fraction():
    assert every([10.9, 10.1, 69.95])["count_1m"].tolist() == [2, 2, 3]
    assert every([-0.5, 0.5])["second"].tolist() == [-1, 0]


def test_the_order_of_the_input_does_not_matter():
    seconds = np.random.default_rng(1).integers(0, 7_200, 400)
    wanted = every(np.sort(seconds)).drop(columns="row")
    pd.testing.assert_frame_equal(every(seconds).drop(columns="row"), wanted)


def test_a_repeated_id_counts_once_within_an_incident():
    frame = every([0, 5, 7, 7], ids=["a", "b", "a", "b"], codes=np.array([0, 0, 0, 1]))
    assert frame[["row", "code", "count_1m"]].to_numpy().tolist() == [[0, 0, 1], [1, 0, 2], [3, 1, 1]]


def test_incidents_do_not_see_each_other():
    frame = every([0, 1, 2, 3], codes=np.array([0, 7, 0, 7]))
    assert frame[["code", "count_1m"]].to_numpy().tolist() == [[0, 1], [0, 2], [7, 1], [7, 2]]


def test_the_flag_has_its_edges():
    five, hour = np.array([11, 12, 12, 3, 5, 15, 14]), np.array([11, 12, 12, 3, 60, 60, 60])
    ratio, spiking = counters.flag(five, hour)
    assert ratio.tolist() == [11, 12, 12, 3, 1, 3, 2.8]
    assert spiking.tolist() == [False, True, True, False, False, True, False]


def test_an_episode_is_a_run_of_spiking_events():
    quiet = list(range(0, 7_200, 60))
    burst = [8_000 + second for second in range(40)]
    again = [9_000 + second for second in range(120)]
    found = counters.since(every(quiet + burst + again))
    # The first is that of a stream that has just begun; then 12 * k >= 3 * (46 + k) holds from the 16th on.
    assert found[["start", "end"]].to_numpy().tolist() == [[660, 1_140], [8_015, 8_039], [9_022, 9_119]]
    assert found["peak"].tolist() == [5, 40, 120]
    assert counters.since(every(range(0, 7_200, 600))).empty
    assert counters.since(every([])).empty


def test_extreme_times_do_not_overflow():
    frame = every([-62_135_596_800, 253_402_300_799], codes=np.array([1_000_000, 0]))
    assert frame["count_24h"].tolist() == [1, 1]


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 200_000), st.integers(0, 12)), max_size=40),
)
def test_each_count_is_what_counting_by_hand_gives(events):
    codes = np.array([code for code, _, _ in events], np.int64)
    micros = np.array([tenth * 100_000 for _, tenth, _ in events], np.int64)
    ids = [name for _, _, name in events]
    seen, kept = set(), []
    for row in sorted(range(len(events)), key=lambda row: (codes[row], micros[row])):
        if (codes[row], ids[row]) not in seen:
            seen.add((codes[row], ids[row]))
            kept.append((codes[row], micros[row] // SECOND))
    frame = counters.at_every(micros, codes, np.array(ids, object))
    for name, span in counters.WINDOWS.items():
        wanted = [sum(code == other and second - span < at <= second for other, at in kept) for code, second in kept]
        assert frame[name].tolist() == wanted


@pytest.mark.parametrize("spread", [1, 3_000, 40_000_000])
@pytest.mark.parametrize("in_order", [True, False])
def test_many_events_dense_and_thin_are_counted_as_by_rolling_windows(spread, in_order):
    random = np.random.default_rng(spread)
    codes = random.choice([0, 1, 65_535, 65_536, 3_000_000_000], 5_000)
    micros = random.integers(0, spread * SECOND, 5_000) + 1_700_000_000 * SECOND
    micros = np.sort(micros) if in_order else micros
    frame = counters.at_every(micros, codes)
    assert frame["row"].tolist() == np.lexsort((np.arange(5_000), micros // SECOND, codes)).tolist()
    ones = pd.DataFrame({"code": frame["code"].to_numpy(), "one": 1.0}, index=pd.to_datetime(frame["second"], unit="s"))
    last = frame.groupby(["code", "second"]).tail(1).index
    for name, span in counters.WINDOWS.items():
        wanted = ones.groupby("code")["one"].rolling(f"{span}s").sum().to_numpy()
        assert frame[name].to_numpy()[last].tolist() == wanted[last].tolist()


def test_the_counters_at_a_time_are_those_of_its_newest_event():
    micros = np.random.default_rng(2).integers(0, 90_000, 500) * SECOND
    codes = np.zeros(500, np.int64)
    newest = counters.at_every(micros).iloc[-1]
    there = counters.at(int(micros.max()), micros, codes, 1, counted=np.ones(500, bool))
    assert {name: values[0] for name, values in there.items()} == {name: newest[name] for name in there}


def test_time_grows_with_the_events():
    def make(size):
        return np.sort(np.random.default_rng(3).integers(0, 7 * 86_400, size)) * SECOND, np.arange(size) % 500

    grows_evenly(lambda given: counters.at_every(*given), make, 25_000)

import pandas as pd
import pytest

import triage
from tests.streams import DAY, MINUTE, START, burst, case_of, steady
from triage.errors import TriageError
from triage.journal import Journal
from triage.share.redacted import RedactedCase


@pytest.fixture(scope="module")
def week():
    return triage.load("sample_bundles/debugbundle/week.tar.gz", journal=Journal(None))


def test_a_spike_is_a_row_with_its_reason():
    case = case_of(steady(3), burst(2 * DAY, 40))
    (row,) = case.spikes().to_dict("records")
    assert row["incident_id"] == case.incidents()["incident_id"][0]
    assert (row["title"], row["rule"]) == ("SIGSEGV in parse", "tested")
    assert START + pd.Timedelta(days=2) < row["start"] <= row["peak"] <= row["end"]
    assert row["began"] < row["start"]
    assert row["total"] >= row["count"] > 4 * row["expected"]
    assert row["p"] < 1e-4
    assert row["why"].startswith(f"{row['count']} events in ")
    assert pd.isna(row["release"])


def test_incidents_tell_the_spike_that_they_are_in():
    case = case_of(steady(3), burst(2 * DAY, 40))
    start = case.spikes()["start"][0]
    during = case.incidents(as_of=start + pd.Timedelta(minutes=2)).iloc[0]
    assert during["spike_since"] == start
    assert during["spike_p"] < 1e-4
    assert during["spike_expected"] > 0
    after = case.incidents().iloc[0]
    assert after[["spike_p", "spike_expected", "spike_since"]].isna().all()


def test_what_was_found_at_a_time_stays():
    case = case_of(steady(4), burst(2 * DAY, 40), burst(3 * DAY, 60))
    both = case.spikes()
    assert len(both) == 2
    assert case.spikes(as_of=both["start"][0] - pd.Timedelta(seconds=1))["start"].tolist() == [both["start"][1]]
    assert case.spikes(as_of=START).empty


def test_debugbundles_rule_is_told_apart():
    case = case_of(steady(3), burst(2 * DAY, 40))
    ratio = case.spikes(rule="5m/1h")
    assert set(ratio["rule"]) == {"5m/1h"}
    assert ratio["p"].isna().all()
    assert len(case.spikes(rule="all")) == len(ratio) + 1
    with pytest.raises(TriageError, match="no rule 'best'"):
        case.spikes(rule="best")


def flagged(case, moment):
    rows = case.incidents(as_of=moment).set_index("incident_id")
    return {name: tuple(row) for name, row in rows[["is_spiking", "count_5m", "ratio_5m_1h"]].T.items()}


def test_debugbundles_rule_says_what_the_column_says(week):
    episodes = week.spikes(rule="5m/1h")
    assert episodes["title"].tolist() == ["RuntimeError in take", "PaymentError in convert", "PaymentError in convert"]
    for row in episodes.to_dict("records"):
        assert flagged(week, row["start"])[row["incident_id"]][0]
        assert flagged(week, row["end"])[row["incident_id"]][0]
        assert flagged(week, row["peak"])[row["incident_id"]] == (True, row["count"], row["count"] / row["expected"])
        early = row["start"] - pd.Timedelta(1, unit="us")
        assert not flagged(week, early)[row["incident_id"]][0]
        told = [week.spikes(moment, rule="5m/1h")["start"] for moment in (early, row["start"])]
        assert [row["start"] in set(each) for each in told] == [False, True]


def test_at_every_event_the_column_is_true_in_the_episodes_of_debugbundles_rule_only(week):
    episodes = week.spikes(rule="5m/1h")
    outage = week.events(event_class="incident_signal")
    outage = outage[
        outage["ts"].between(episodes["start"].min() - pd.Timedelta("2min"), pd.Timestamp("2026-03-04 14:12Z"))
    ]
    known = []
    for moment in outage["ts"].unique()[::3]:
        inside = episodes[(episodes["start"] <= moment) & (moment <= episodes["end"])]
        flags = flagged(week, moment)
        known.append({name for name, (spiking, *_) in flags.items() if spiking})
        assert known[-1] == set(inside["incident_id"])
    assert {len(names) for names in known} == {0, 1}


@pytest.mark.parametrize("at", [0, 1, 2])
def test_an_episode_of_debugbundles_rule_begins_within_a_second_when_there_are_enough(at):
    case = case_of([{"at": MINUTE + at * 100_000 + step * 50_000} for step in range(15)])
    (row,) = case.spikes(rule="5m/1h").to_dict("records")
    assert row["start"] == START + pd.Timedelta(MINUTE + at * 100_000 + 11 * 50_000, unit="us")
    assert row["peak"] == row["end"] == START + pd.Timedelta(MINUTE + at * 100_000 + 14 * 50_000, unit="us")
    assert (row["count"], row["total"], row["expected"]) == (15, 15, 1.25)


def test_debugbundles_rule_counts_an_event_once_whatever_it_says_of_others():
    few = [event | {"suppressed_count": 30} for event in burst(2 * DAY, 8, 2 * MINUTE)]
    case = case_of(steady(3, every=30 * MINUTE), few)
    assert case.spikes(rule="5m/1h").empty
    assert not case.incidents(as_of=START + pd.Timedelta(days=2, minutes=2))["is_spiking"].any()


def test_lone_bundles_count_for_debugbundles_rule_as_for_the_column():
    bundles = [event | {"event_kind": "incident_bundle"} for event in burst(DAY, 13, MINUTE)]
    case = case_of(bundles)
    assert case.incidents()["is_spiking"].tolist() == [True]
    assert len(case.spikes(rule="5m/1h")) == 1
    beside = case_of(bundles, steady(0.5, error_type="SIGSEGV"))
    assert beside.incidents(as_of=START + pd.Timedelta(DAY + MINUTE, unit="us"))["is_spiking"].tolist() == [False]
    assert beside.spikes(rule="5m/1h").empty


def test_the_release_that_comes_with_it_is_named():
    case = case_of(steady(3, release="1.0"), burst(2 * DAY, 40, release="1.1"))
    (row,) = case.spikes().to_dict("records")
    assert row["release"] == "1.1"
    assert row["why"].endswith("it is the first with release 1.1")
    known = case_of(steady(3, release="1.0"), burst(DAY, 1, release="1.1"), burst(2 * DAY, 40, release="1.1"))
    assert known.spikes()["release"].isna().all()


def test_one_client_that_tries_again_is_no_spike():
    many = case_of(
        steady(3), [event | {"user_hash": f"u{n}"} for n, event in enumerate(burst(2 * DAY, 100, 10 * MINUTE))]
    )
    one = case_of(steady(3), [event | {"user_hash": "u"} for event in burst(2 * DAY, 30, MINUTE)])
    assert (len(many.spikes()), len(one.spikes())) == (1, 0)


def test_suppressed_occurrences_count():
    few = burst(2 * DAY, 8)
    assert case_of(steady(3), [event | {"suppressed_count": 30} for event in few]).spikes()["p"].max() < 1e-4
    absurd = [event | {"suppressed_count": 2**60} for event in few]
    assert len(case_of(steady(3), absurd).spikes()) == 1


def test_incidents_do_not_disturb_each_other_and_the_order_does_not_matter():
    other = [event | {"error_type": "KeyError"} for event in steady(3, every=MINUTE)]
    alone = case_of(steady(3), burst(2 * DAY, 40)).spikes()
    together = case_of(other[::-1], burst(2 * DAY, 40)[::-1], steady(3)[::-1]).spikes()
    pd.testing.assert_frame_equal(alone, together)


def test_masked_cases_have_them_too():
    case = case_of(steady(3, release="ada@example.org"), burst(2 * DAY, 40, release="bob@example.org"))
    masked = RedactedCase.lazy(case).spikes()
    assert len(masked) == 1
    assert "example.org" not in masked.to_csv()
    assert masked["start"].tolist() == case.spikes()["start"].tolist()


def test_nothing_is_an_empty_frame_of_the_same_types():
    empty, full = triage.load(b"").spikes(rule="all"), case_of(steady(3), burst(2 * DAY, 40)).spikes()
    assert empty.empty
    assert empty.dtypes.equals(full.dtypes)
    assert isinstance(full.index, pd.RangeIndex)


def test_the_sample_store_has_no_day_of_history():
    case = triage.load("sample_bundles/debugbundle/store")
    assert case.spikes().empty
    assert case.incidents()["spike_p"].isna().all()

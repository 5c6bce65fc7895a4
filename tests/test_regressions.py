import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import triage
from tests.growth import grows_evenly
from tests.streams import DAY, HOUR, MINUTE, NOON, START, burst, case_of, steady
from triage.incidents import groups, regressions, spikes, suppression
from triage.journal import Journal
from triage.share.redacted import RedactedCase


def deploy(at, release, **columns):
    return [
        {"at": at, "event_class": "context", "event_kind": "deploy", "error_type": None, "release": release, **columns}
    ]


def after(days):
    return START + pd.Timedelta(days=days)


def only(frame):
    (row,) = frame.to_dict("records")
    return row


def test_new_after_a_deploy_with_the_minutes_since():
    new = [{"at": 2 * DAY + 7 * MINUTE, "error_type": "KeyError", "release": "1.1"}]
    row = only(case_of(steady(3, release="1.0"), deploy(2 * DAY, "1.1"), new).regressions())
    assert (row["kind"], row["title"], row["release"]) == ("new", "KeyError in parse", "1.1")
    assert (row["at"], row["deployed_at"], row["minutes_since_deploy"]) == (
        after(2) + pd.Timedelta(minutes=7),
        after(2),
        7.0,
    )
    assert row["why"] == "first seen 7 minutes after the deploy of 1.1"
    assert row["before"] == 0
    assert pd.isna(row["p"])


def test_a_release_that_is_first_seen_is_a_deploy():
    other = steady(1, start=2 * DAY, release="1.1")
    new = [{"at": 2 * DAY + 70 * MINUTE, "error_type": "KeyError", "release": "1.1"}]
    row = only(case_of(steady(2, release="1.0"), other, new).regressions())
    assert (row["kind"], row["minutes_since_deploy"]) == ("new", 70.0)
    assert row["why"] == "first seen 70 minutes after release 1.1 was first seen"


@pytest.mark.parametrize(
    "new",
    [
        {"at": 2 * DAY - MINUTE},
        {"at": 2 * DAY + 25 * HOUR},
        {"at": 2 * DAY + MINUTE, "release": "1.0"},
        {"at": 2 * DAY + MINUTE, "service": "web"},
        {"at": 2 * DAY + MINUTE, "environment": "staging"},
    ],
)
def test_not_every_new_incident_is_the_fault_of_a_deploy(new):
    events = [steady(4, release="1.0"), deploy(2 * DAY, "1.1"), [{"error_type": "KeyError", **new}]]
    assert case_of(*events).regressions().empty


def test_the_first_release_of_a_store_is_no_deploy():
    assert case_of(steady(3, release="1.0")).regressions().empty


def test_more_often_after_a_deploy_is_tested():
    worse = steady(1, every=2 * MINUTE, start=2 * DAY, release="1.1")
    row = only(case_of(steady(2, release="1.0"), deploy(2 * DAY, "1.1"), worse).regressions())
    assert (row["kind"], row["release"], row["minutes_since_deploy"]) == ("more often", "1.1", 0.0)
    assert row["before"] == pytest.approx(6, rel=0.1)
    assert row["after"] == pytest.approx(30, rel=0.1)
    assert row["ratio"] == pytest.approx(5, rel=0.2)
    assert row["p"] < 1e-4
    assert "were expected" in row["why"]
    same = steady(1, every=9 * MINUTE, start=2 * DAY, release="1.1")
    assert case_of(steady(2, release="1.0"), deploy(2 * DAY, "1.1"), same).regressions().empty


def test_a_resolved_incident_that_is_seen_again(tmp_path):
    journal = Journal(tmp_path)
    case = case_of(steady(1, release="1.0"), journal=journal)
    case.resolve(case.incidents()["incident_id"][0], "fixed in 1.1")
    assert case.regressions().empty
    now = (pd.Timestamp.now("UTC") - START).value // 1_000
    again = case_of(
        steady(1, release="1.0"),
        deploy(now + HOUR, "1.1"),
        burst(now + 3 * HOUR, 2, release="1.1"),
        journal=Journal(tmp_path),
    )
    row = only(again.regressions())
    assert (row["kind"], row["release"], row["minutes_since_deploy"]) == ("seen again", "1.1", 120.0)
    assert row["at"] == again.incidents()["regressed_at"][0]
    assert again.regressions(as_of=START + pd.Timedelta(days=2)).empty


def test_as_of_hides_what_came_later():
    worse = steady(1, every=2 * MINUTE, start=2 * DAY, release="1.1")
    case = case_of(steady(2, release="1.0"), deploy(2 * DAY, "1.1"), worse)
    assert case.regressions(as_of=after(2)).empty
    assert case.regressions(as_of=after(2) + pd.Timedelta(hours=1))["kind"].tolist() == ["more often"]
    assert case.regressions(as_of=after(30))["at"].tolist() == case.regressions()["at"].tolist()


def test_deploys_by_place():
    case = case_of(
        steady(1, release="1.0", environment="production"),
        deploy(HOUR, "1.1", environment="staging"),
        deploy(2 * HOUR, "1.1", environment="production"),
        deploy(5 * HOUR, "1.2", environment="production"),
    )
    found = regressions.deploys(case.raw.tables, as_of=int(after(9).value // 1_000))
    told = [(each.environment, each.release, (each.until - each.at) // HOUR) for each in found]
    assert told == [("production", "1.1", 3), ("production", "1.2", 24), ("staging", "1.1", 24)]


def crash(at, **columns):
    return [{"at": at, "error_type": "KeyError", **columns}]


@pytest.mark.parametrize("many", [1, 51])
def test_what_is_new_is_known_at_its_very_time(many):
    case = case_of(steady(2, release="1.0"), deploy(2 * DAY, "2.0"), crash(2 * DAY + 7 * MINUTE, release="2.0") * many)
    assert only(case.regressions())["minutes_since_deploy"] == 7.0
    assert case.regressions(as_of=after(2) + pd.Timedelta(minutes=7)).equals(case.regressions())
    assert case.regressions(as_of=after(2) + pd.Timedelta(minutes=6.99)).empty
    assert case.improvements(sensitivity="verbose")["kind"].tolist().count("post_deploy_regression") == (many > 3)


def test_a_release_may_be_deployed_again_and_an_older_one_come_back():
    again = [steady(3, release="1.0"), deploy(DAY - HOUR, "2.0"), deploy(2 * DAY, "2.0")]
    assert only(case_of(*again, crash(2 * DAY + MINUTE)).regressions())["minutes_since_deploy"] == 1.0
    back = [steady(3, release="1.0"), deploy(2 * DAY, "2.0"), deploy(2 * DAY + HOUR, "1.0")]
    for release in (None, "1.0"):
        row = only(case_of(*back, crash(2 * DAY + HOUR + MINUTE, release=release)).regressions())
        assert (row["release"], row["deployed_at"], row["minutes_since_deploy"]) == (
            "1.0",
            after(2) + pd.Timedelta(hours=1),
            1.0,
        )


def test_hosts_that_tell_of_a_release_one_after_another_tell_of_one_deploy():
    hosts = [deploy(2 * DAY + 20 * MINUTE * number, "2.0") for number in range(5)]
    case = case_of(steady(2, release="1.0"), crash(2 * DAY + MINUTE, release="2.0", function="f"), *hosts)
    found = regressions.deploys(case.raw.tables, as_of=int(after(9).value // 1_000))
    assert [(each.release, (each.at - NOON - 2 * DAY) // MINUTE, each.told) for each in found] == [
        ("2.0", 0, True),
        ("2.0", 60, True),
    ]


@pytest.mark.parametrize(
    ("said", "minutes"), [(-10 * MINUTE, 15.0), (10 * MINUTE, 5.0), (None, 5.0)], ids=["before", "after", "no time"]
)
def test_a_deploy_was_when_it_is_said_to_have_been(said, minutes):
    moment = "yesterday" if said is None else (after(2) + pd.Timedelta(microseconds=said)).isoformat()
    told = deploy(2 * DAY, "2.0", notes={("deploy", "deployed_at"): moment})
    case = case_of(steady(2, release="1.0"), told, crash(2 * DAY + 5 * MINUTE))
    assert only(case.regressions())["minutes_since_deploy"] == minutes
    between = case_of(steady(3, release="1.0"), told, crash(2 * DAY - 5 * MINUTE))
    assert between.regressions()["minutes_since_deploy"].tolist() == ([5.0] if said == -10 * MINUTE else [])
    assert between.regressions(as_of=after(2) - pd.Timedelta(minutes=1)).empty


@pytest.mark.parametrize("zero", ["1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z"])
def test_a_time_that_was_never_set_tells_no_deploy(zero):
    told = deploy(2 * DAY, "2.0", notes={("deploy", "deployed_at"): zero})
    case = case_of(steady(2, release="1.0"), told, crash(2 * DAY + 5 * MINUTE))
    assert only(case.regressions())["minutes_since_deploy"] == 5.0


def test_masked_and_in_any_order():
    parts = [steady(2, release="1.0"), deploy(2 * DAY, "ada@example.org"), steady(1, MINUTE, 2 * DAY)]
    case = case_of(*parts)
    masked = RedactedCase.lazy(case).regressions()
    assert len(masked) == 1
    assert "example.org" not in masked.to_csv()
    turned = case_of(*(part[::-1] for part in parts[::-1])).regressions()
    pd.testing.assert_frame_equal(turned, case.regressions())


def test_what_is_new_cannot_be_told_where_nothing_is_known_of_before():
    case = triage.load("sample_bundles/debugbundle/store")
    (deployed,) = regressions.deploys(case.raw.tables, as_of=int(pd.Timestamp("2027").value // 1_000))
    assert (deployed.service, deployed.release, deployed.told, deployed.seen) == ("checkout-api", "1.4.2", True, False)
    assert case.regressions().empty
    assert triage.load(b"").regressions().dtypes.equals(case.regressions().dtypes)


def test_of_releases_that_are_first_seen_at_one_time_the_last_answers():
    many = [[{"at": 2 * DAY, "release": release}] * 8 for release in ("1.1", "1.2", "1.3")]
    found = case_of(steady(2, every=HOUR, release="1.0"), *many, burst(2 * DAY, 30, release="1.3")).regressions()
    assert found[["kind", "release"]].to_numpy().tolist() == [["more often", "1.3"]]


def walked(case):
    """What is new and what is more often, each incident held against every deploy of its place."""
    tables = case.raw.tables
    events, codes, ids = groups.members(tables)
    titles = dict.fromkeys(ids, "")
    newest = int(case.events()["ts"].max().value // 1_000)
    deployed = regressions.deploys(tables, as_of=newest)
    found = []
    for name, place, one in regressions._incidents(events, codes, ids, suppression.given(tables, events), titles):
        for deploy in (each for each in deployed if each[:2] == place):
            if brought(one, deploy):
                found.append((name, "new", deploy.release, deploy.at))
            elif risen(one, deploy):
                found.append((name, "more often", deploy.release, deploy.at))
    return sorted(found)


def brought(one, deploy):
    at, release = one.times[0], one.releases[0]
    inside = at == one.first and deploy.at <= at < max(deploy.until, deploy.at + 1)
    return inside and deploy.seen and release in {None, deploy.release}


def risen(one, deploy):
    def held(after, until):
        return int(one.weights[(one.times > after) & (one.times <= until)].sum())

    began = deploy.at - 1
    if (
        deploy.until == deploy.at
        or held(began, deploy.until) < 5
        or not (one.times <= began).any()
        or one.times[0] > deploy.at - DAY
    ):
        return False
    day, told = held(began - DAY, began), []
    for width in {min(HOUR, deploy.until - deploy.at), deploy.until - deploy.at}:
        if held(began, deploy.at + width) < max(5, 2 * day * width / DAY):
            continue
        known = one.times <= deploy.at + width
        excess = spikes.excess(one.times[known], began, deploy.at + width, one.weights[known])
        if excess is not None and excess[0] >= max(5, 2 * excess[1]):
            told.append(min(2 * excess[2], 1.0))
    return bool(told) and min(told) < spikes.ALPHA


def generated(seed, kinds, releases, step):
    """A store of ten days in which deploys, first events and ends of days fall on one another where steps are wide."""
    rng = np.random.default_rng(seed)
    events = []
    for number in range(int(rng.integers(1, 4)) * kinds):
        columns = {"error_type": f"Error{number % kinds}", "function": f"f{number % kinds}"}
        at = rng.integers(0, 10 * DAY, int(rng.choice([1, 3, 40]))) if rng.random() < 0.6 else []
        low = rng.integers(0, 10 * DAY)
        for each in [*at, *rng.integers(low, low + 2 * HOUR, int(rng.choice([0, 5, 30])))]:
            release = f"1.{int(each * releases // (11 * DAY))}" if rng.random() < 0.8 else None
            service = str(rng.choice(["api", "web"]))
            events.append({"at": int(each // step * step), "release": release, "service": service, **columns})
    for number in range(int(rng.integers(0, releases + 1))):
        events += deploy(int(rng.integers(0, 10 * DAY) // step * step), f"1.{number}")
    return case_of(events or steady(1))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 1 << 32), st.integers(1, 5), st.integers(1, 40), st.sampled_from([1, MINUTE, HOUR, 12 * HOUR]))
@example(3, 4, 30, 12 * HOUR)
def test_deploys_that_are_looked_up_are_those_that_walking_all_finds(seed, kinds, releases, step):
    case = generated(seed, kinds, releases, step)
    frame = case.regressions()
    deployed = (frame["deployed_at"].astype("int64") // 1).tolist()
    found = zip(frame["incident_id"], frame["kind"], frame["release"], deployed, strict=True)
    assert sorted(found) == walked(case)


def test_what_walking_finds_is_of_both_kinds():
    kinds = {row[1] for seed in range(12) for row in walked(generated(seed, 4, 30, HOUR))}
    assert kinds == {"new", "more often"}


def many_incidents(size):
    rng = np.random.default_rng(size)
    kinds, at = size // 16, np.sort(rng.integers(0, 30 * DAY, size))
    of = rng.integers(0, kinds, size)
    return case_of(
        [
            {"at": int(when), "error_type": f"Error{kind}", "release": f"1.{when * kinds // (30 * DAY)}"}
            for when, kind in zip(at, of, strict=True)
        ]
    )


def one_incident_in_bursts(size):
    rng = np.random.default_rng(size)
    step = 30 * DAY * 16 // size
    many = rng.choice([2, 4, 60], size // 16, p=[0.5, 0.35, 0.15])
    return case_of(
        [
            {"at": number * step + int(at), "release": f"1.{number}"}
            for number, count in enumerate(many)
            for at in np.sort(rng.integers(0, step, count))
        ]
    )


@pytest.mark.parametrize("make", [many_incidents, one_incident_in_bursts])
def test_regressions_take_time_in_proportion_to_the_events(make):
    grows_evenly(lambda case: case.regressions(), make, 3_000)

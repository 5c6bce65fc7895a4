import pandas as pd
import pytest

import triage
from tests.streams import DAY, HOUR, MINUTE, NOON, START, burst, case_of, steady
from triage.incidents import regressions
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

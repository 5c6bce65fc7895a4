"""Every verb that takes a time says what it would have said then."""

import contextlib
import json
import tarfile

import pandas as pd
import pytest

import triage
from tests.streams import DAY, HOUR, MINUTE, SECOND, START, burst, case_of, steady
from triage.journal import Journal
from triage.share.redacted import RedactedCase

CONTEXT = {"event_class": "context", "error_type": None, "environment": "production"}
VERBS = {
    "incidents": {},
    "spikes": {"rule": "all"},
    "regressions": {},
    "anomalies": {},
    "improvements": {"sensitivity": "verbose"},
    "summary": {},
}


def events():
    call = CONTEXT | {
        "event_kind": "request",
        "http_method": "GET",
        "route": "/a",
        "http_status": 404,
        "duration_ms": 3e3,
    }
    cold = CONTEXT | {"event_kind": "log", "level": "warning", "error_value": "cold"}
    told = {"event_class": "operational", "event_kind": "error_suppressed", "suppressed_count": 40, "service": "api"}
    return [
        *steady(3, release="1.0", environment="production"),
        *steady(1, 7 * MINUTE, start=int(2.4 * DAY), function="render", release="1.0", environment="production"),
        {**CONTEXT, "at": 3 * DAY, "event_kind": "deploy", "release": "1.1"},
        *burst(3 * DAY + MINUTE, 80, release="1.1", environment="production"),
        *steady(0.5, 5 * MINUTE, start=3 * DAY + HOUR, release="1.1", environment="production"),
        *burst(3 * DAY + HOUR, 20, function="checkout", release="1.1", environment="production"),
        *({**call, "at": 3 * DAY + number * 9 * SECOND, "duration_ms": 3e3} for number in range(40)),
        {**told, "at": 3 * DAY + 5 * HOUR, "native_fingerprint": "0" * 64},
        *({**cold, "at": DAY + number * HOUR} for number in range(9)),
    ]


@pytest.mark.parametrize("days", [-1, 0, 0.4, 2.5, 3, 3.002, 3.05, 3.3, 9])
@pytest.mark.parametrize("verb", VERBS)
def test_what_comes_later_changes_nothing(verb, days):
    until = round(days * DAY)
    moment = START + pd.Timedelta(until, unit="us")
    named = [each | {"native_id": f"e{number}"} for number, each in enumerate(events())]
    whole, then = case_of(named), case_of([each for each in named if each["at"] <= until])
    one, two = (getattr(case, verb)(moment, **VERBS[verb]) for case in (whole, then))
    pd.testing.assert_frame_equal(one, two)
    assert len(one) <= len(getattr(whole, verb)(**VERBS[verb])) or verb in {"spikes", "anomalies"}


@pytest.mark.parametrize("verb", VERBS)
def test_the_newest_event_is_the_time_that_is_meant_by_none(verb):
    case = case_of(events())
    newest = case.events()["ts"].max()
    pd.testing.assert_frame_equal(getattr(case, verb)(), getattr(case, verb)(newest))
    pd.testing.assert_frame_equal(getattr(case, verb)(), getattr(case, verb)(newest.isoformat()))
    assert len(getattr(RedactedCase.lazy(case), verb)(newest)) == len(getattr(case, verb)())


@pytest.fixture(scope="module")
def week():
    """The envelopes of the week sample, less the entry that is damaged, by their time."""
    envelopes = []
    with tarfile.open("sample_bundles/debugbundle/week.tar.gz") as archive:
        for member in archive:
            if member.name.endswith(".events.json"):
                with contextlib.suppress(ValueError):
                    envelopes += json.load(archive.extractfile(member))
    assert len(envelopes) > 700
    return sorted((pd.Timestamp(each["occurred_at"]), json.dumps(each)) for each in envelopes)


def read(envelopes, until=None):
    return triage.loads("\n".join(line for at, line in envelopes if until is None or at <= until))


# Within the outage, and while its last reports come in; after it; about the storm after the deploy.
MOMENTS = ["03 02:15", "04 13:45:30", "04 14:10", "04 14:19", "04 20:00", "05 09:00", "05 15:15", "06 08:32:10"]


@pytest.mark.parametrize("moment", MOMENTS)
def test_what_comes_later_changes_nothing_in_the_week(week, moment):
    moment = pd.Timestamp(f"2026-03-{moment}Z")
    whole, then = read(week), read(week, moment)
    for verb, options in VERBS.items():
        one, two = (getattr(case, verb)(moment, **options) for case in (whole, then))
        pd.testing.assert_frame_equal(one, two)
    told = then.events(event_kind="error_suppressed")["suppressed_count"].sum()
    assert told == then.incidents()["suppressed"].sum() + then.summary()["suppressed_unattributed"].sum()


def test_a_spike_whose_reports_are_all_there_stays_as_it_is(week):
    case, reported = read(week), pd.Timestamp("2026-03-04 14:19Z")
    found = case.spikes(reported)
    assert found["count"].tolist() == [438]
    for moment in (*MOMENTS[4:], "07 00:00"):
        later = case.spikes(pd.Timestamp(f"2026-03-{moment}Z"))
        pd.testing.assert_frame_equal(found, later[later["start"] < reported].reset_index(drop=True))


def test_a_decision_of_later_does_not_count(tmp_path):
    said = ["2023-11-15T12:00:00Z"]
    decisions = Journal(tmp_path, who="Ada", when=lambda: said[0])
    early = case_of(steady(0.5), journal=decisions)
    name = early.incidents()["incident_id"][0]
    early.resolve(name)
    said[0] = "2023-11-16T12:00:00Z"
    early.ignore(name)
    case = case_of(steady(3), journal=decisions)
    moments = ["2023-11-15T11:00:00Z", "2023-11-15T12:00:01Z", "2023-11-16T11:00:00Z", "2023-11-16T12:00:00Z"]
    told = pd.concat(case.incidents(as_of=moment) for moment in moments)
    assert told["status"].tolist() == ["open", "resolved", "regressed", "ignored"]
    assert told["regressed_at"].notna().tolist() == [False, False, True, False]
    assert case.incidents()["status"].tolist() == ["ignored"]

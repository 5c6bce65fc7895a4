import pandas as pd
import pytest

import triage
from tests.streams import DAY, HOUR, MINUTE, START, burst, case_of, steady
from triage.errors import TriageError
from triage.incidents import improvements
from triage.share.redacted import RedactedCase

CONTEXT = {"event_class": "context", "error_type": None, "environment": "production"}


def warnings(count, text="cache {n} is cold"):
    event = CONTEXT | {"event_kind": "log", "level": "warning"}
    return [event | {"at": n * MINUTE, "error_value": text.format(n=n + 100)} for n in range(count)]


def requests(count, status=200, duration=50.0, route="/orders/{id}", **columns):
    event = CONTEXT | {"event_kind": "request", "http_method": "GET", "route": route, "http_status": status}
    return [event | {"at": n * MINUTE, "duration_ms": duration, **columns} for n in range(count)]


def only(case, sensitivity="high_confidence", **options):
    (row,) = case.improvements(sensitivity=sensitivity, **options).to_dict("records")
    return row


@pytest.mark.parametrize(
    ("count", "occurrences", "wanted"),
    [(10, 10, 0.73), (20, 10, 0.9), (15, 10, 0.81), (5, 5, 0.73), (3, 3, 0.73), (4, 3, 0.78), (99, 3, 0.9)],
)
def test_confidence_is_the_formula_rounded_half_up(count, occurrences, wanted):
    assert improvements.confidence(count, occurrences) == wanted


@pytest.mark.parametrize(("sensitivity", "least"), [("high_confidence", 10), ("balanced", 5), ("verbose", 3)])
def test_each_sensitivity_has_its_least_count(sensitivity, least):
    assert case_of(warnings(least - 1)).improvements(sensitivity=sensitivity).empty
    assert only(case_of(warnings(least)), sensitivity)["count"] == least


def test_a_warning_hotspot_names_its_events():
    row = only(case_of(warnings(12)))
    assert (row["kind"], row["title"]) == ("warning_hotspot", "cache {number} is cold")
    assert (row["service"], row["environment"], row["severity"], row["confidence"]) == (
        "api",
        "production",
        "high",
        0.76,
    )
    assert list(row["event_ids"]) == [f"e{n}" for n in range(12)]
    assert (row["first_seen"], row["last_seen"]) == (START, START + pd.Timedelta(minutes=11))
    assert "12 times as a warning" in row["why"]
    assert only(case_of(warnings(6)), "balanced")["severity"] == "medium"


@pytest.mark.parametrize(
    ("sensitivity", "duration", "severity"),
    [
        ("balanced", 1_499.0, None),
        ("balanced", 1_500.0, "medium"),
        ("balanced", 3_000.0, "high"),
        ("verbose", 1_000.0, "medium"),
        ("high_confidence", 2_400.0, None),
    ],
)
def test_slow_requests(sensitivity, duration, severity):
    case = case_of(requests(9 if sensitivity != "high_confidence" else 30, duration=duration))
    found = case.improvements(sensitivity=sensitivity)
    assert found["severity"].tolist() == ([severity] if severity else [])
    assert set(found["kind"]) <= {"slow_request"}


@pytest.mark.parametrize(("status", "severity"), [(404, "medium"), (500, "high"), (399, None)])
def test_requests_that_fail(status, severity):
    found = case_of(requests(6, status)).improvements(sensitivity="balanced")
    assert found["severity"].tolist() == ([severity] if severity else [])
    assert found["title"].tolist() == ([f"GET /orders/{{id}} {status}"] if severity else [])


def test_a_failure_that_is_an_incident_names_it():
    case = case_of(requests(6, 503, event_class="incident_signal", error_value="request GET /orders/{id}"))
    row = only(case, "balanced")
    assert list(row["incident_ids"]) == case.incidents()["incident_id"].tolist()


@pytest.mark.parametrize("path", ["/wp-login.php", "/.env", "/favicon.ico", "/robots.txt", "/backup/db.sql"])
def test_what_scanners_ask_for_is_no_fault(path):
    assert case_of(requests(30, 404, route=path)).improvements(sensitivity="verbose").empty
    assert len(case_of(requests(30, 500, route=path)).improvements(sensitivity="verbose")) == 1
    assert len(case_of(requests(30, 404, route=path, http_method="POST")).improvements(sensitivity="verbose")) == 1


def test_incidents_that_come_back():
    often = burst(0, 6), burst(3 * HOUR, 6)
    row = only(case_of(*often))
    assert (row["kind"], row["count"]) == ("recurring_incident", 12)
    assert "in 2 stretches" in row["why"]
    assert case_of(burst(0, 30)).improvements().empty


def test_incidents_that_a_deploy_brought():
    deploy = [{**CONTEXT, "at": 2 * DAY, "event_kind": "deploy", "release": "1.1"}]
    new = burst(2 * DAY + MINUTE, 11, error_type="KeyError", release="1.1", environment="production")
    old = steady(0.2, 30 * MINUTE, release="1.0", environment="production")
    case = case_of(old, deploy, new)
    found = case.improvements()
    row = found[found["kind"] == "post_deploy_regression"].iloc[0]
    assert (row["title"], row["count"]) == ("KeyError in parse", 11)
    assert "after the deploy of 1.1" in row["why"]
    assert len(row["event_ids"]) == 11


def test_as_of_and_order():
    case = case_of(warnings(20))
    assert only(case, as_of=START + pd.Timedelta(minutes=11))["count"] == 12
    parts = [warnings(20), requests(20, 500, 4_000.0), burst(0, 9), burst(4 * HOUR, 9)]
    whole = case_of(*parts).improvements().drop(columns=["event_ids", "why"])
    turned = case_of(*(part[::-1] for part in parts[::-1])).improvements().drop(columns=["event_ids", "why"])
    pd.testing.assert_frame_equal(whole, turned)


def test_wrong_words_are_told():
    with pytest.raises(TriageError, match="high_confidence, balanced, verbose"):
        triage.load(b"").improvements(sensitivity="all")


def test_masked_cases_have_them_too():
    masked = RedactedCase.lazy(case_of(warnings(12, "mail to ada@example.org bounced"))).improvements()
    assert len(masked) == 1
    assert "example.org" not in masked.to_csv()


def test_the_sample_store():
    case = triage.load("sample_bundles/debugbundle/store")
    found = case.improvements(sensitivity="verbose")
    assert found[["kind", "title", "severity", "count"]].to_numpy().tolist() == [
        ["request_failure_pattern", "POST /orders/{id}/pay 500", "high", 5]
    ]
    assert triage.load(b"").improvements().dtypes.equals(found.dtypes)

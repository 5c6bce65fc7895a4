import json

import pandas as pd
import pyarrow as pa
import pytest

import triage
from tests.streams import SECOND, START, case_of
from triage.errors import TriageError
from triage.incidents import classes
from triage.journal import Journal
from triage.share.redacted import RedactedCase


def events(*rows):
    names = ("event_kind", "event_class", "http_status")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    types = {"event_kind": pa.string(), "event_class": pa.string(), "http_status": pa.int64()}
    return pa.table({name: pa.array(columns[name], types[name]) for name in names})


def envelope(kind, payload, number):
    return {
        "schema_version": "2026-03-01",
        "event_id": f"00000000-0000-4000-8000-{number:012d}",
        "event_type": kind,
        "sdk_name": "debugbundle-node",
        "sdk_version": "1.4.0",
        "service": {"name": "api", "environment": "production"},
        "occurred_at": f"2026-02-10T09:00:{number:02d}Z",
        "payload": payload,
    }


def refused(status, seconds, route="/login", **columns):
    base = {"event_class": "context", "event_kind": "request", "error_type": None, "http_method": "POST"}
    return [base | {"at": at * SECOND, "http_status": status, "route": route, **columns} for at in seconds]


@pytest.mark.parametrize(
    ("preset", "signals"),
    [
        ("minimal", {500, 503}),
        ("balanced", {408, 423, 424, 425, 429, 500, 503}),
        ("investigative", {408, 409, 423, 424, 425, 429, 500, 503}),
    ],
)
def test_each_preset_has_its_statuses(preset, signals):
    statuses = [200, 301, 400, 401, 403, 404, 408, 409, 422, 423, 424, 425, 429, 500, 503]
    table = events(*(("request", "incident_signal" if status >= 500 else "context", status) for status in statuses))
    found = classes.classify(table, preset).to_pylist()
    assert {status for status, said in zip(statuses, found, strict=True) if said == "incident_signal"} == signals
    chosen = classes.classify(table, preset, statuses=(422,)).to_pylist()
    assert chosen[statuses.index(422)] == "incident_signal"


def test_presets_change_requests_only():
    table = events(("log", "context", 429), ("probe", "operational", None), ("exception", "incident_signal", 409))
    assert classes.classify(table, "investigative").to_pylist() == ["context", "operational", "incident_signal"]


def test_severities():
    table = events(
        ("exception", "incident_signal", 500),
        ("request", "incident_signal", 500),
        ("request", "context", 429),
        ("log", "incident_signal", None),
        ("error_suppressed", "operational", None),
        (None, "context", None),
    )
    assert classes.severities(table).to_pylist() == ["high", "high", "low", "low", "medium", "low"]
    assert classes.severities(table, "balanced").to_pylist()[2] == "high"


@pytest.mark.parametrize(
    ("preset", "status", "count", "wanted"),
    [
        ("balanced", 404, 20, 1),
        ("balanced", 404, 19, 0),
        ("balanced", 400, 50, 1),
        ("balanced", 400, 49, 0),
        *(("balanced", status, 20, 1) for status in (401, 403, 409, 422)),
        ("balanced", 410, 49, 0),
        ("balanced", 410, 50, 1),
        ("balanced", 402, 500, 0),
        ("balanced", 429, 500, 0),
        *(("investigative", status, 8, 1) for status in (400, 401, 403, 404, 409, 410, 422)),
        ("investigative", 404, 7, 0),
        ("investigative", 429, 500, 0),
        ("minimal", 404, 500, 0),
    ],
)
def test_each_preset_has_its_thresholds(preset, status, count, wanted):
    assert len(case_of(refused(status, range(count))).anomalies(preset=preset)) == wanted


def test_the_ratio_counts_too():
    steady = refused(404, range(0, 7_200, 10))
    assert case_of(steady).anomalies(preset="balanced")["end"].max() < START + pd.Timedelta(minutes=30)
    (row,) = case_of(steady, refused(404, range(7_200, 7_500))).anomalies().to_dict("records")
    assert row["holds"]
    assert row["count"] == 300 + 30 - 30
    assert row["ratio"] == pytest.approx(300 / ((300 + 330) / 12), rel=0.01)


def test_a_route_is_a_row_with_its_times():
    case = case_of(
        refused(404, range(40)),
        refused(404, range(10), route="/other"),
        refused(404, range(5_000, 5_003)),
        refused(404, range(30), service="web"),
    )
    found = case.anomalies()
    assert found[["service", "http_method", "route", "http_status", "count"]].to_numpy().tolist() == [
        ["api", "POST", "/login", 404, 40],
        ["web", "POST", "/login", 404, 30],
    ]
    row = found.iloc[0]
    assert (row["start"], row["end"]) == (START + pd.Timedelta(seconds=19), START + pd.Timedelta(seconds=39))
    assert not row["holds"]
    assert row["severity"] == "medium"
    assert row["why"].startswith("40 times status 404 in 5 minutes, 12.0 times a twelfth of the hour")
    assert case.anomalies(as_of=START + pd.Timedelta(seconds=10)).empty
    assert case.anomalies(as_of=START + pd.Timedelta(seconds=25))["holds"].tolist() == [True, True]


def test_masked_empty_and_wrong():
    case = case_of(refused(404, range(40), route="/users/ada@example.org"))
    masked = RedactedCase.lazy(case).anomalies()
    assert len(masked) == 1
    assert "example.org" not in masked.to_csv()
    assert triage.load(b"").anomalies().dtypes.equals(case.anomalies().dtypes)
    with pytest.raises(TriageError, match="minimal, balanced, investigative"):
        case.anomalies(preset="all")


@pytest.mark.parametrize(
    ("rule", "path", "method", "holds"),
    [
        ((404, "/orders/*"), "/orders/7", "GET", True),
        ((404, "/orders/*"), "/orders/", None, True),
        ((404, "/orders/*"), "/orders", "GET", False),
        ((404, "/orders"), "/orders?x=1", "GET", True),
        ((404, "/orders"), "/orders#top", "GET", True),
        ((404, "/orders"), "/orders/7", "GET", False),
        ((404, "/orders", ("POST", "put")), "/orders", "post", True),
        ((404, "/orders", ("POST", "put")), "/orders", "PUT", True),
        ((404, "/orders", ("POST",)), "/orders", "GET", False),
        ((404, "/orders", ("POST",)), "/orders", None, False),
        ((404, "*"), "/anything", "GET", True),
        ((404, "/"), "?x=1", "GET", True),
    ],
)
def test_paths_that_make_an_incident(rule, path, method, holds):
    assert classes.PathRule(*rule).holds(path, method) is holds


def test_a_case_under_another_policy_has_the_incidents_of_that(tmp_path):
    calls = [
        *refused(404, range(3), route="/orders/{id}", notes={("request", "path"): "/orders/7?x=1"}),
        *refused(404, range(3), route="/carts/{id}", notes={("request", "path"): "/carts/7"}),
        *refused(429, range(4)),
        *refused(422, range(5)),
        *refused(503, range(2), event_class="incident_signal", function=None),
    ]
    case = case_of(calls, journal=Journal(tmp_path))

    def found(**policy):
        incidents = case.under(**policy).incidents() if policy else case.incidents()
        return dict(zip(incidents["title"], incidents["count"], strict=True))

    assert found() == found(preset="minimal") == {"POST /login 503": 2}
    assert found(preset="balanced") == {"POST /login 503": 2, "POST /login 429": 4}
    whole = found(preset="investigative", statuses=[422], paths=[(404, "/orders/*", ["POST"])])
    assert whole == {"POST /login 503": 2, "POST /login 429": 4, "POST /login 422": 5, "POST /orders/{id} 404": 3}
    balanced = case.under("balanced")
    refusal = balanced.incidents().set_index("title").loc["POST /login 429", "incident_id"]
    balanced.resolve(refusal)
    assert case.under("balanced").incidents().set_index("title").loc["POST /login 429", "status"] == "resolved"
    assert case.journal()["effect"].tolist() == ["waiting"]
    assert len(RedactedCase.lazy(balanced).incidents()) == 2
    # What is an incident already is no anomaly beside it.
    often = case_of(refused(409, range(20)))
    assert len(often.anomalies(preset="investigative")) == 1
    assert often.under("investigative").anomalies(preset="investigative").empty
    assert balanced.under("minimal").incidents()["title"].tolist() == ["POST /login 503"]


def test_a_masked_copy_keeps_the_policy():
    lines = [
        envelope("request_event", {"method": "GET", "path": "/a", "response_status": 429, "duration_ms": 3}, number)
        for number in range(3)
    ]
    case = triage.load("\n".join(json.dumps(line) for line in lines).encode()).under("balanced")
    assert case.incidents()["count"].tolist() == [3]
    assert case.redact().incidents()["count"].tolist() == [3]


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ({"preset": "loud"}, "minimal, balanced, investigative"),
        ({"preset": "minimal", "statuses": range(400, 413)}, "12 statuses and 25 paths"),
        ({"preset": "minimal", "paths": [(404, "/a")] * 26}, "12 statuses and 25 paths"),
        ({"preset": "minimal", "statuses": [500]}, "500 is no status of a refused request"),
        ({"preset": "minimal", "paths": [(200, "/a")]}, "200 is no status of a refused request"),
    ],
)
def test_a_policy_that_debugbundle_would_not_take(policy, words):
    with pytest.raises(TriageError, match=words):
        triage.load(b"").under(**policy)


def test_what_a_browser_tells_nothing_of_is_less_severe():
    browser = {"event_kind": "exception", "function": None}
    case = case_of(
        [
            {"at": 0, **browser, "notes": {("browser_event", "kind"): kind, ("browser_event", "opaque"): opaque}}
            for kind, opaque in [("resource_error", "true"), ("window_error", "true"), ("resource_error", "false")]
        ]
    )
    tables = case.raw.tables
    assert classes.severities(tables["events"], notes=tables["annotations"]).to_pylist() == ["medium", "low", "high"]
    assert classes.severities(tables["events"]).to_pylist() == ["high", "high", "high"]


REQUEST = {"method": "GET", "path": "/a", "query": {}, "headers": {}, "duration_ms": 3}
THROWN = {"name": "E", "message": "m", "stack": "E: m", "handled": True, "runtime": {"version": "1"}}
BACKEND = THROWN | {"request": REQUEST, "response": {"status_code": 500}}
SUPPRESSED = {"fingerprint": "0" * 64, "suppressed_count": 3, "window_seconds": 30}
LOG = {"message": "m", "attributes": {}}
PROBE = {"label": "cart", "data": {}, "probe_label_pattern": "cart.*"}


@pytest.mark.parametrize(
    ("kind", "payload", "wanted"),
    [
        ("backend_exception", BACKEND, "incident_signal"),
        ("frontend_exception", THROWN | {"browser": {"name": "Firefox", "version": "140"}}, "incident_signal"),
        *(
            ("log_event", {"message": "m", "level": level}, "incident_signal")
            for level in ("error", "fatal", "critical")
        ),
        *(
            ("log_event", {"message": "m", "level": level}, "context")
            for level in ("warning", "info", "debug", "Error")
        ),
        ("log_event", LOG, "context"),
        *(("request_event", REQUEST | {"response_status": status}, "incident_signal") for status in (500, 503, 599)),
        *(("request_event", REQUEST | {"response_status": status}, "context") for status in (0, 200, 404, 429, 499)),
        ("request_event", REQUEST, "context"),
        ("frontend_breadcrumb", {"breadcrumb_type": "click", "data": {}}, "context"),
        ("deploy_metadata", {"version": "1.1", "commit_sha": "abc", "environment": "production"}, "context"),
        ("error_suppressed", SUPPRESSED, "operational"),
        ("probe_event", PROBE | {"activation_id": None}, "context"),
        ("probe_event", PROBE, "context"),
        ("probe_event", PROBE | {"activation_id": "11111111-1111-4111-8111-111111111111"}, "operational"),
        ("weather_event", {"sky": "blue"}, "context"),
    ],
)
def test_each_kind_of_event_has_its_class(kind, payload, wanted):
    (found,) = triage.loads(json.dumps(envelope(kind, payload, 1)), name="a.ndjson").events().to_dict("records")
    assert found["event_class"] == wanted


def test_each_event_has_its_class_severity_and_title_as_debugbundle_gives_them():
    lines = [
        envelope("backend_exception", BACKEND | {"message": "order 4821 of ada@example.org failed"}, 1),
        envelope("frontend_exception", THROWN | {"browser": {"name": "F", "version": "1"}, "message": "[1]"}, 2),
        envelope("log_event", LOG | {"level": "error", "message": "redis: timeout"}, 3),
        envelope("request_event", REQUEST | {"response_status": 503}, 4),
        envelope("request_event", REQUEST | {"response_status": 429}, 5),
        envelope("error_suppressed", SUPPRESSED, 6),
    ]
    case = triage.load("\n".join(json.dumps(line) for line in lines).encode())
    told = case.under("balanced").classes().fillna("").to_numpy().tolist()
    assert [row[1:] for row in told] == [
        ["incident_signal", "high", "order {dynamic} of {dynamic} failed"],
        ["incident_signal", "high", "Frontend exception"],
        ["incident_signal", "low", "Redis connection timed out"],
        ["incident_signal", "high", "request GET /a"],
        ["incident_signal", "high", "request GET /a"],
        ["operational", "medium", ""],
    ]
    assert case.classes()["event_class"].tolist()[4] == "context"
    assert RedactedCase.lazy(case).classes()["title"].tolist() == case.classes()["title"].tolist()
    assert triage.load(b"").classes().dtypes.equals(case.classes().dtypes)

import pandas as pd
import pyarrow as pa
import pytest

import triage
from tests.streams import SECOND, START, case_of
from triage.errors import TriageError
from triage.incidents import classes
from triage.share.redacted import RedactedCase


def events(*rows):
    names = ("event_kind", "event_class", "http_status")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    types = {"event_kind": pa.string(), "event_class": pa.string(), "http_status": pa.int64()}
    return pa.table({name: pa.array(columns[name], types[name]) for name in names})


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
    chosen = classes.classify(table, preset, statuses=[422]).to_pylist()
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
        ("balanced", 409, 500, 0),
        ("investigative", 409, 8, 1),
        ("investigative", 409, 7, 0),
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

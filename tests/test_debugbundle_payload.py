"""What each event type becomes."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from tests.envelopes import envelope, exception, lines, log, notes
from tests.reading import read
from triage.formats import debugbundle_events


def one(event):
    rows = read(lines([event]), reader=debugbundle_events)
    assert rows["quarantine"] == []
    return rows, rows["events"][0]


def picked(event, *columns):
    return tuple(event[column] for column in columns)


def test_backend_exception():
    rows, event = one(exception(1))
    assert picked(event, "event_class", "event_kind", "level", "handled", "parse_status") == (
        "incident_signal",
        "exception",
        "error",
        True,
        "ok",
    )
    assert picked(event, "error_type", "error_value") == ("ValueError", "order 48213 failed")
    assert picked(event, "http_method", "route", "http_status") == ("POST", "/orders/{param}", 500)
    assert picked(event, "os_name", "arch", "thread_id") == ("Linux", "x86_64", 7)
    assert [(stack["role"], stack["error_type"], stack["error_value"]) for stack in rows["stacks"]] == [
        ("crash", "ValueError", "order 48213 failed"),
        ("cause", "KeyError", "missing_key_7"),
    ]
    crash = [row for row in rows["frames"] if row["stack_key"] == event["stack_key"]]
    assert [picked(row, "idx", "function", "file", "line", "language") for row in crash] == [
        (0, "outer", "/app/main.py", 22, "python"),
        (1, "<module>", "/app/main.py", 23, "python"),
    ]


def test_all_that_has_no_column_is_annotated():
    rows, _ = one(exception(1))
    assert notes(rows, "request") == {
        "path": "/orders/48213",
        "query.step": "pay",
        "headers.authorization": "[REDACTED]",
        "body.cart": "c1",
    }
    assert notes(rows, "response") == {"headers.content-type": "text/plain", "body": "no"}
    assert notes(rows, "runtime") == {
        "version": "3.11.7",
        "platform": "linux",
        "arch": "x64",
        "thread_id": "7",
        "memory.peak": "28319744",
        "framework_extras.workers": "2",
    }
    assert notes(rows, "probe") == {"cart.state.timestamp": "2026-02-10T09:26:07Z", "cart.state.data.n": "3"}
    assert notes(rows, "context") == {"tenant": "blue", "release": "1.4.2"}


@pytest.mark.parametrize(
    ("status", "event_class", "level"),
    [
        (503, "incident_signal", "error"),
        ("500", "incident_signal", "error"),
        (404, "context", "warning"),
        (200, "context", "info"),
    ],
)
def test_request_event(status, event_class, level):
    payload = {
        "method": "GET",
        "path": "/orders/48213?x=1",
        "query": {"x": "1"},
        "headers": {"accept": "*/*"},
        "response_status": status,
        "duration_ms": 812,
        "response_headers": {"content-type": "text/plain"},
    }
    rows, event = one(envelope("request_event", payload))
    assert picked(event, "event_kind", "event_class", "level", "http_status") == (
        "request",
        event_class,
        level,
        int(status),
    )
    assert picked(event, "http_method", "route", "duration_ms") == ("GET", "/orders/{param}", 812.0)
    assert event["error_value"] == "request GET /orders/{param}"
    assert notes(rows, "request") == {"path": "/orders/48213?x=1", "query.x": "1", "headers.accept": "*/*"}
    assert notes(rows, "response") == {"headers.content-type": "text/plain"}


def test_route_template_is_preferred():
    payload = {"method": "GET", "path": "/orders/48213", "response_status": 200, "route_template": "/orders/{id}"}
    assert one(envelope("request_event", payload))[1]["route"] == "/orders/{id}"


@pytest.mark.parametrize(
    ("level", "event_class", "known"),
    [
        ("error", "incident_signal", "error"),
        ("fatal", "incident_signal", "fatal"),
        ("critical", "incident_signal", "fatal"),
        ("ERROR", "context", "error"),
        ("warn", "context", "warning"),
        ("debug", "context", "debug"),
    ],
)
def test_log_event_is_an_event_and_a_log_row(level, event_class, known):
    event = log(3)
    event["payload"]["level"] = level
    event["payload"]["attributes"]["logger"] = "shop.disk"
    rows, found = one(event)
    assert picked(found, "event_kind", "event_class", "level", "error_value") == (
        "log",
        event_class,
        known,
        "disk 3 is full",
    )
    (row,) = rows["logs"]
    assert picked(row, "event_id", "level", "logger", "message", "origin") == (
        found["event_id"],
        known,
        "shop.disk",
        "disk 3 is full",
        "log",
    )
    assert row["ts"] == found["ts"]
    assert msgspec.json.decode(row["fields"]) == {"disk": 3, "logger": "shop.disk"}
    assert notes(rows, "attributes") == {"disk": "3", "logger": "shop.disk"}


def test_a_java_stack_on_the_standard_error_is_not_one_incident_per_line():
    java = {"name": "s", "runtime": "java", "environment": "production"}
    payload = {"level": "error", "message": "\tat a.B.c(B.java:3)", "attributes": {"logger": "stderr"}}
    assert one(envelope("log_event", payload, service=java))[1]["event_class"] == "context"
    assert one(envelope("log_event", payload))[1]["event_class"] == "incident_signal"
    other = payload | {"attributes": {"logger": "a.B"}}
    assert one(envelope("log_event", other, service=java))[1]["event_class"] == "incident_signal"


def test_a_stack_in_the_attributes_of_a_log():
    text = 'Traceback (most recent call last):\n  File "/app/a.py", line 3, in f\nKeyError: 7'
    payload = {"level": "error", "message": "failed", "attributes": {"exc_info": text}}
    rows, event = one(envelope("log_event", payload))
    assert (event["error_type"], rows["frames"][0]["function"]) == ("KeyError", "f")


def test_frontend_breadcrumb():
    payload = {"breadcrumb_type": "click", "route": "/cart/48213", "data": {"target": "button#pay", "level": "warn"}}
    service = {"name": "page", "runtime": None, "environment": "production"}
    rows, event = one(envelope("frontend_breadcrumb", payload, service=service))
    assert picked(event, "event_kind", "event_class", "platform", "route") == (
        "breadcrumb",
        "context",
        "javascript",
        "/cart/{param}",
    )
    (row,) = rows["logs"]
    assert picked(row, "origin", "logger", "message", "level") == ("breadcrumb", "click", "button#pay", "warning")
    assert notes(rows, "breadcrumb") == {"type": "click", "data.target": "button#pay", "data.level": "warn"}
    assert notes(rows, "page") == {"route": "/cart/48213"}


def test_frontend_exception():
    payload = {
        "name": "TypeError",
        "message": "x is undefined",
        "stack": "TypeError: x is undefined\n    at pay (https://shop.example.com/cart.js:7:12)",
        "route": "/cart",
        "browser": {"name": "Chrome", "version": "132.0"},
        "breadcrumbs": [
            {"breadcrumb_type": "route_change", "route": "/cart", "timestamp": "2026-02-10T09:26:00Z"},
            "not a map",
        ],
        "browser_event": {"kind": "window_error", "opaque": False},
        "rejection_reason": "nothing",
        "dom_context": {"node": "button"},
    }
    rows, event = one(envelope("frontend_exception", payload, service={"name": "page", "environment": "production"}))
    assert picked(event, "event_kind", "event_class", "platform", "device", "route") == (
        "exception",
        "incident_signal",
        "javascript",
        "Chrome 132.0",
        "/cart",
    )
    frame = rows["frames"][0]
    assert picked(frame, "function", "file", "line", "column") == ("pay", "https://shop.example.com/cart.js", 7, 12)
    assert [picked(row, "origin", "message", "ts") for row in rows["logs"]] == [
        ("breadcrumb", "/cart", datetime(2026, 2, 10, 9, 26, tzinfo=UTC)),
        ("breadcrumb", '"not a map"', None),
    ]
    assert notes(rows, "browser_event") == {"kind": "window_error", "opaque": "false"}
    assert notes(rows, "dom") == {"context.node": "button"}
    assert notes(rows, "error") == {"rejection_reason": "nothing"}


def test_a_window_error_without_a_stack_still_has_its_place():
    event = {"kind": "window_error", "file_name": "https://shop.example.com/a.js", "line_number": 3, "column_number": 9}
    rows, _ = one(
        envelope("frontend_exception", {"name": "Error", "message": "x", "stack": "", "browser_event": event})
    )
    assert picked(rows["frames"][0], "function", "file", "line", "column") == (
        None,
        "https://shop.example.com/a.js",
        3,
        9,
    )


def test_mobile_device():
    device = {"model": "Pixel 8", "platform": "android", "os_version": "15", "battery": 0.5}
    payload = {"name": "StateError", "message": "x", "stack": "", "device": device}
    rows, event = one(envelope("frontend_exception", payload, service={"name": "app", "environment": "production"}))
    assert picked(event, "device", "os_name", "os_version", "platform") == ("Pixel 8", "Android", "15", None)
    assert notes(rows, "device")["battery"] == "0.5"


def test_deploy_metadata():
    payload = {
        "commit_sha": "0f1e2d3c",
        "version": "1.5.0",
        "branch": "main",
        "environment": "production",
        "deployed_at": "2026-02-10T08:55:00Z",
    }
    rows, event = one(envelope("deploy_metadata", payload))
    assert picked(event, "event_kind", "event_class", "release") == ("deploy", "context", "1.5.0")
    assert notes(rows, "deploy") == payload
    _, event = one(envelope("deploy_metadata", payload | {"version": None}, context={}))
    assert event["release"] == "0f1e2d3c"


@pytest.mark.parametrize(
    ("said", "where"), [("staging", "staging"), (None, "production"), ("", "production"), (7, "production")]
)
def test_a_deploy_is_of_the_environment_that_it_went_to(said, where):
    told = envelope("deploy_metadata", {"commit_sha": "0f1e2d3c", "version": "1.5.0", "environment": said})
    _, event = one(told)
    assert event["environment"] == where


@pytest.mark.parametrize("status", [10**30, 2**63, "9" * 30, -(10**30)])
def test_a_status_that_no_column_can_hold_is_noted(status):
    payload = exception()["payload"] | {"response": {"status_code": status}}
    rows, event = one(envelope("backend_exception", payload))
    assert picked(event, "http_status", "parse_status") == (None, "partial")
    assert "response.status_code is out of range" in event["notes"]
    assert notes(rows, "response")["status_code"] == str(status)


@pytest.mark.parametrize(
    ("count", "kept", "note"),
    [
        (2**40 + 1, 2**40, "counts as 1,099,511,627,776"),
        (10**30, 2**40, "counts as 1,099,511,627,776"),
        (-5, None, "is no count"),
        (-(10**30), None, "is no count"),
    ],
)
def test_an_absurd_count_is_noted(count, kept, note):
    rows, event = one(envelope("error_suppressed", {"fingerprint": "e0ba" * 16, "suppressed_count": count}))
    assert picked(event, "suppressed_count", "parse_status") == (kept, "partial")
    assert event["notes"] == [f"payload.suppressed_count {note}"]
    assert notes(rows, "payload")["suppressed_count"] == str(count)


def test_error_suppressed_counts_what_is_not_in_the_store():
    payload = {
        "fingerprint": "e0ba" * 16,
        "suppressed_count": 37,
        "window_seconds": 30,
        "first_seen": "2026-02-10T09:26:00Z",
        "last_seen": "2026-02-10T09:26:30Z",
    }
    rows, event = one(envelope("error_suppressed", payload))
    assert picked(event, "event_kind", "event_class", "suppressed_count", "native_fingerprint") == (
        "error_suppressed",
        "operational",
        37,
        "e0ba" * 16,
    )
    assert notes(rows, "suppressed") == {
        "window_seconds": "30",
        "first_seen": "2026-02-10T09:26:00Z",
        "last_seen": "2026-02-10T09:26:30Z",
    }


@pytest.mark.parametrize(
    ("activation", "event_class"), [(None, "context"), ("11111111-1111-4111-8111-111111111111", "operational")]
)
def test_probe_event(activation, event_class):
    payload = {
        "label": "cart.state",
        "activation_id": activation,
        "probe_label_pattern": "cart.*",
        "data": {"items": 3},
    }
    rows, event = one(envelope("probe_event", payload))
    assert picked(event, "event_kind", "event_class") == ("probe", event_class)
    assert notes(rows, "probe") == {"label": "cart.state", "probe_label_pattern": "cart.*", "data.items": "3"} | (
        {"activation_id": activation} if activation else {}
    )

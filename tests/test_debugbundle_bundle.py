"""Incident bundles and reproductions."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.envelopes import exception, notes
from tests.reading import SAMPLES, read
from triage.formats import debugbundle_bundle

PAYLOAD = exception()["payload"]
NAME = "inc_local_0000000000000001"
BUNDLE = {
    "bundle_version": 1,
    "bundle_id": f"bnd_{NAME}",
    "bundle_type": "failure",
    "captured_at": "2026-02-10T09:30:00Z",
    "sdk": {"name": "debugbundle-python", "version": "2.0.1"},
    "project": {"id": "p-1", "slug": "shop", "environment": "production"},
    "service": {"id": "svc_local_1", "name": "checkout-api", "runtime": "python", "version": "1.4.1", "region": None},
    "signal": {
        "signal_id": NAME,
        "signal_type": "exception",
        "severity": "critical",
        "fingerprint": "f" * 64,
        "first_seen_at": "2026-02-10T09:00:00Z",
        "last_seen_at": "2026-02-10T09:26:07.5Z",
        "occurrence_count": 5,
    },
    "summary": {"title": "ValueError: order", "confidence": 0.55, "first_application_frame": {"file": "/app/main.py"}},
    "impact": {"estimated_users": None, "estimated_requests": 12},
    "context": {
        "error": {"version": 1} | {key: PAYLOAD[key] for key in ("name", "message", "stack", "handled")},
        "request": {"version": 1, **PAYLOAD["request"]},
        "response": {"version": 1, "status_code": 500},
        "logs": {
            "version": 1,
            "entries": [
                {"level": "error", "message": "no rate", "timestamp": "2026-02-10T09:26:00Z", "data": {"a": 1}}
            ],
        },
        "frontend": {"version": 1, "breadcrumbs": [{"breadcrumb_type": "click", "route": "/cart"}], "page": "/cart"},
        "deploy": {"version": 1, "release": "1.4.2", "branch": "main"},
        "runtime": {"version": 1, "runtime_version": "3.11.7", "platform": "linux", "arch": "arm64"},
        "dependencies": {"version": 1, "requests": "2.32.0"},
        "probe_data": PAYLOAD["probe_data"],
        "git": None,
        "weather": {"sky": "grey"},
    },
    "reproduction": {"possible": True, "confidence": 0.8, "reason": "request_context_available"},
    "redaction": {"redacted": True, "fields": ["authorization"]},
    "metadata": {"generation_number": 5},
}
TEXT = json.dumps(BUNDLE, indent=2).encode()
REPRODUCTION = {
    "version": 1,
    "incident_id": NAME,
    "possible": True,
    "confidence": 0.8,
    "reason": "request_context_available",
    "artifacts": {"curl": "curl -X POST 'https://shop.example.com'", "json_spec": {"method": "POST", "url": "u"}},
}


def test_a_bundle_alone_is_an_incident_with_its_stack():
    rows = read(TEXT)
    (event,) = rows["events"]
    assert (event["event_class"], event["event_kind"], event["native_id"]) == (
        "incident_signal",
        "incident_bundle",
        f"bnd_{NAME}",
    )
    assert (event["error_type"], event["error_value"], event["level"]) == ("ValueError", "order 48213 failed", "fatal")
    assert (event["suppressed_count"], event["native_fingerprint"], event["handled"]) == (4, "f" * 64, True)
    assert (event["release"], event["service"], event["environment"]) == ("1.4.2", "checkout-api", "production")
    assert (event["http_method"], event["route"], event["http_status"]) == ("POST", "/orders/{param}", 500)
    assert (event["os_name"], event["arch"], event["parse_status"]) == ("Linux", "arm64", "ok")
    assert event["ts"].isoformat() == "2026-02-10T09:26:07.500000+00:00"
    assert [(stack["role"], stack["error_type"]) for stack in rows["stacks"]] == [
        ("crash", "ValueError"),
        ("cause", "KeyError"),
    ]
    assert event["stack_key"] == rows["stacks"][0]["stack_key"]


def test_every_block_lands_somewhere():
    rows = read(TEXT)
    assert notes(rows, "incident")["native_id"] == NAME
    assert notes(rows, "incident")["first_seen_at"] == "2026-02-10T09:00:00Z"
    assert notes(rows, "summary")["first_application_frame.file"] == "/app/main.py"
    assert notes(rows, "reproduction") == {
        "possible": "true",
        "confidence": "0.8",
        "reason": "request_context_available",
    }
    assert notes(rows, "runtime")["runtime_version"] == "3.11.7"
    assert notes(rows, "dependencies") == {"requests": "2.32.0"}
    assert notes(rows, "context") == {"tenant": "blue", "weather.sky": "grey"}
    assert notes(rows, "frontend") == {"page": "/cart"}
    assert notes(rows, "probe")["cart.state.data.n"] == "3"
    assert notes(rows, "sdk")["name"] == "debugbundle-python"
    assert notes(rows, "bundle")["impact.estimated_requests"] == "12"
    assert [(row["origin"], row["level"], row["message"]) for row in rows["logs"]] == [
        ("log", "error", "no rate"),
        ("breadcrumb", "info", "/cart"),
    ]


def test_top_frames_stand_in_for_a_stack():
    frames = ["at pay (https://shop.example.com/a.js:7:12)", "at click (https://shop.example.com/a.js:9:1)"]
    error = {"name": "TypeError", "message": "x", "stack": None, "top_frames": frames}
    service = {"name": "page", "runtime": "browser"}
    rows = read(json.dumps(BUNDLE | {"service": service, "context": {"error": error}}).encode())
    assert [row["function"] for row in rows["frames"]] == ["pay", "click"]


@pytest.mark.parametrize("count", [None, 0, "many", -3, 1])
def test_odd_counts_are_no_suppressed_events(count):
    signal = BUNDLE["signal"] | {"occurrence_count": count}
    (event,) = read(json.dumps(BUNDLE | {"signal": signal}).encode())["events"]
    assert event["suppressed_count"] == (0 if count == 1 else None)


def test_the_bundle_of_a_failed_request_says_what_its_events_say():
    context = {"request": {"method": "GET", "path": "/orders/48213?x=1", "route_template": "/orders/{id}"}}
    bundle = BUNDLE | {"context": context, "summary": {"title": "GET /orders failed"}}
    (row,) = read(json.dumps(bundle).encode(), reader=debugbundle_bundle)["events"]
    assert (row["error_type"], row["error_value"]) == (None, "request GET /orders/{id}")
    bundle = BUNDLE | {"context": {}, "summary": {"title": "Orders fail"}}
    (row,) = read(json.dumps(bundle).encode(), reader=debugbundle_bundle)["events"]
    assert row["error_value"] == "Orders fail"


def test_a_bundle_without_an_end_gives_what_is_there():
    rows = read(TEXT[: TEXT.index(b'"deploy"') - 20])
    (event,) = rows["events"]
    assert (event["error_type"], event["parse_status"]) == ("ValueError", "partial")
    assert rows["files"][0]["parse_status"] == "partial"
    assert event["notes"] == ["the end is missing; read up to the last whole member"]


def test_a_reproduction():
    rows = read(json.dumps(REPRODUCTION).encode())
    (event,) = rows["events"]
    assert (event["event_kind"], event["event_class"], event["http_method"]) == ("reproduction", "operational", "POST")
    assert event["native_id"] == f"{NAME}.reproduction"
    assert notes(rows, "incident") == {"native_id": NAME}
    assert notes(rows, "reproduction")["artifacts.curl"].startswith("curl -X POST")
    assert rows["files"][0]["role"] == "reproduction"


def test_the_sample_bundle():
    folder = SAMPLES / "debugbundle" / "store" / ".debugbundle" / "bundles" / "local"
    (path,) = folder.glob("*.bundle.json")
    (event,) = read(path.read_bytes())["events"]
    assert (event["error_type"], event["error_value"], event["suppressed_count"]) == (
        "PaymentError",
        "no exchange rate for XTS",
        4,
    )
    (path,) = (folder / "reproductions").glob("*.json")
    assert read(path.read_bytes())["events"][0]["event_kind"] == "reproduction"


def test_truncated_anywhere_still_loads():
    for end in range(1, len(TEXT), 7):
        assert read(TEXT[:end], reader=debugbundle_bundle)["files"][0]["bytes"] == end


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(BUNDLE)),
    st.sampled_from(sorted(BUNDLE["context"])),
    st.none() | st.integers() | st.text(max_size=5) | st.just([1]) | st.just({"a": []}),
)
def test_any_value_in_any_block_never_raises(key, block, value):
    for bundle in (BUNDLE | {key: value}, BUNDLE | {"context": BUNDLE["context"] | {block: value}}):
        assert len(read(json.dumps(bundle).encode(), reader=debugbundle_bundle)["events"]) == 1


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_never_raise(data):
    assert read(data, reader=debugbundle_bundle)["files"][0]["bytes"] == len(data)

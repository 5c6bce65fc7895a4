"""Events as envelopes: valid by the schema, equal to what they were made from, ids of content."""

import json
import uuid

import msgspec
import pytest

from tests.reading import read
from triage.capture import envelopes
from triage.capture.envelopes import Event, Identities
from triage.records import Frame, Trace


def envelope(*given, **more):
    """An envelope as JSON holds it."""
    return msgspec.to_builtins(envelopes.envelope(*given, **more))


TOP = {
    "schema_version", "event_id", "event_type", "sdk_name", "sdk_version", "service", "occurred_at", "payload",
    "correlation", "context",
}  # fmt: skip
PAYLOADS = {
    "backend_exception": {"name", "message", "stack", "handled", "request", "response", "runtime"},
    "log_event": {"level", "message", "attributes"},
    "request_event": {"method", "path", "query", "headers", "response_status", "duration_ms"},
}
EVENTS = {
    "exception": Event(
        {
            "event_kind": "exception", "event_class": "incident_signal", "level": "error", "platform": "python",
            "error_type": "ValueError", "error_value": "no", "ts": 1_769_390_759_123_456, "service": "shop",
        },
        [
            Trace(
                frames=(Frame(function="f", file="/a.py", line=3, language="python"),),
                error_type="ValueError",
                error_value="no",
            )
        ],
        [("log", "logger", "shop.pay")],
    ),
    "native": Event(
        {
            "event_kind": "crash", "event_class": "incident_signal", "level": "fatal", "platform": "native",
            "error_type": "SIGSEGV", "signal": "SIGSEGV", "fault_address": (1 << 64) - 8, "error_code": 11, "ts": None,
            "notes": ["the report is cut or damaged"], "parse_status": "partial",
        },
        [Trace(frames=(Frame(function="shop::pay(int)", module="shop", module_offset=7, address=1 << 63),))],
    ),
    "notice": Event(
        {"event_kind": "log", "event_class": "context", "level": "info", "error_type": "Notice", "error_value": "n"}
    ),
    "line": Event({"event_kind": "log", "event_class": "incident_signal", "level": "fatal", "error_value": "n"}),
    "odd level": Event({"event_kind": "log", "event_class": "context", "level": "error", "error_value": "n"}),
    "request": Event(
        {
            "event_kind": "request", "event_class": "incident_signal", "http_method": "GET", "route": "/a",
            "http_status": 503, "duration_ms": 3.5, "error_value": "request GET /a", "level": "error",
            "request_id": "r",
        }
    ),
    "bare": Event({"event_kind": "abort", "event_class": "incident_signal"}),
}  # fmt: skip


@pytest.mark.parametrize("name", EVENTS)
def test_it_is_valid_and_tells_the_same(name):
    event = EVENTS[name]
    made = envelope(event, Identities(), service="fallback", environment="unknown")
    assert set(made) == TOP
    assert set(made["payload"]) == PAYLOADS[made["event_type"]]
    assert made["occurred_at"].endswith("Z")
    assert all(isinstance(made["service"][key], str) for key in ("name", "environment"))
    assert uuid.UUID(made["event_id"]).variant == uuid.RFC_4122
    rows = read(json.dumps([made]).encode(), "1-1-shop.events.json")
    (row,) = rows["events"]
    for column, value in event.columns.items():
        if column == "ts":
            assert (row["ts"] and row["ts"].timestamp()) == (value and value / 1_000_000)
        else:
            assert row[column] == value
    for column in ("service", "environment", "http_method", "http_status", "handled"):
        assert row[column] == event.columns.get(column)
    assert [row["function"] for row in rows["frames"]] == [
        frame.function for trace in event.traces for frame in trace.frames
    ]
    assert [row["addresses"] for row in rows["stacks"]] == [
        [frame.address for frame in trace.frames] if any(frame.address for frame in trace.frames) else None
        for trace in event.traces
    ]


def test_ids_are_of_content_and_number_never_of_place():
    def ids(path, offset, count=1):
        identities = Identities()
        made = []
        for _ in range(count):
            event = Event(EVENTS["exception"].columns | {"offset": offset, "length": 5}, path=path)
            made.append(envelope(event, identities, service="x", environment="y")["event_id"])
        return made

    assert ids("app.log", 0) == ids("app.log.1", 700)
    assert len(set(ids("app.log", 0, 3))) == 3
    assert ids("app.log", 0, 3)[:2] == ids("other.log", 3, 2)


def test_ids_that_are_uuids_stay():
    native = "0b6ff1c6-5f0e-4d54-9d57-0d9bb0a1c001"
    for given, stays in ((native, True), ("not-one", False), (None, False)):
        event = Event(EVENTS["notice"].columns | {"native_id": given})
        made = envelope(event, Identities(), service="x", environment="y")["event_id"]
        assert (made == native) is stays


def test_stacks_are_written_so_that_the_product_takes_their_frames():
    made = envelope(EVENTS["exception"], Identities(), service="x", environment="y")
    assert made["payload"]["stack"] == "ValueError: no\n  File /a.py, line 3, in f"
    trace = Trace(frames=(Frame(function="a.B.c", file="B.java", line=3),), error_type="a.E", error_value="x")
    cause = Trace(frames=(Frame(function="a.D.e"),), error_type="a.F", role="cause", chain_no=1)
    event = Event(EVENTS["exception"].columns | {"platform": "java"}, [trace, cause])
    made = envelope(event, Identities(), service="x", environment="y")
    assert made["payload"]["stack"] == "a.E: x\n    at a.B.c (B.java:3)\nCaused by: a.F\n    at a.D.e"

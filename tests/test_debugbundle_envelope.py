"""The head of an envelope, the compatibility pass, and what cannot be an event."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.envelopes import PROJECT, STACK, envelope, exception, lines, log, notes
from tests.reading import read
from triage.formats import debugbundle_events
from triage.formats.debugbundle_payload import _READERS


def one(event):
    rows = read(lines([event]), reader=debugbundle_events)
    return rows, (rows["events"][0] if rows["events"] else None)


def test_head():
    rows, event = one(log(7, project_id=PROJECT, project_token="not-a-real-token"))
    assert event["native_id"] == event["event_id"] == "00000000-0000-4000-8000-000000000007"
    assert event["ts"] == datetime(2026, 2, 10, 9, 26, 7, 167541, tzinfo=UTC)
    assert event["ts_source"] == "event"
    assert (event["service"], event["environment"], event["platform"], event["release"]) == (
        "checkout-api",
        "production",
        "python",
        "1.4.2",
    )
    assert (event["request_id"], event["trace_id"], event["session_id"], event["user_hash"]) == (
        "req-1",
        "t-1",
        None,
        "u-9",
    )
    assert (event["parse_status"], event["notes"]) == ("ok", None)
    assert notes(rows, "sdk") == {"name": "debugbundle-python", "version": "2.0.1"}
    assert notes(rows, "project") == {"id": PROJECT, "token": "present"}
    assert notes(rows, "envelope") == {"schema_version": "2026-03-01"}


def test_a_project_token_is_never_copied():
    event = log(
        1, project_token="not-a-real-token", context={"project_token": "not-a-real-token", "a": {"project_token": 1}}
    )
    rows, _ = one(event)
    assert "not-a-real-token" not in json.dumps(rows, default=str)
    assert notes(rows, "context") == {"project_token": "present", "a.project_token": "present"}


@pytest.mark.parametrize(
    ("text", "second", "micro", "status"),
    [
        ("2026-02-10T09:26:07Z", 7, 0, "ok"),
        ("2026-02-10T09:26:07.1Z", 7, 100_000, "ok"),
        ("2026-02-10T09:26:07.123456789Z", 7, 123_456, "ok"),
        ("2026-02-10T11:26:07.5+02:00", 7, 500_000, "repaired"),
        ("2026-02-10T09:26:07", 7, 0, "repaired"),
        (1770715567000, 7, 0, "repaired"),
        (1770715567, 7, 0, "repaired"),
    ],
)
def test_times(text, second, micro, status):
    _, event = one(log(1, occurred_at=text))
    assert event["ts"] == datetime(2026, 2, 10, 9, 26, second, micro, tzinfo=UTC)
    assert event["parse_status"] == status


@pytest.mark.parametrize(
    ("more", "status", "note"),
    [
        ({"event_id": "7"}, "partial", "event_id is not a UUID"),
        ({"event_id": ...}, "partial", "no event_id"),
        ({"occurred_at": "yesterday"}, "partial", "occurred_at is no time"),
        ({"occurred_at": ...}, "partial", "no occurred_at"),
        ({"service": ...}, "partial", "no service"),
        ({"service": "shop"}, "repaired", "service is a name, not a map"),
        ({"schema_version": "2027-01-01"}, "repaired", "the schema version is another than 2026-03-01"),
        ({"schema_version": ...}, "repaired", "no schema_version"),
        ({"correlation": [1]}, "partial", "envelope.correlation is not a map"),
        ({"flavour": "new"}, "repaired", "keys that the envelope does not have were kept as context"),
    ],
)
def test_what_is_readable_stays_and_says_so(more, status, note):
    _, event = one(log(1, **more))
    assert event["parse_status"] == status
    assert event["notes"] == [note]
    assert event["error_value"] == "disk 1 is full"


def test_compatibility_pass():
    event = exception(
        1, sdk_language="python", correlation={"request_id": 17, "trace_id": True, "session_id": 1.5, "span": 3}
    )
    event["payload"] |= {"context": {"cart": "c1"}, "mood": "bad", "response": {"status_code": "503"}}
    rows, found = one(event)
    assert (found["request_id"], found["trace_id"], found["session_id"]) == ("17", "true", "1.5")
    assert found["http_status"] == 503
    assert found["parse_status"] == "repaired"
    assert notes(rows, "context") == {
        "release": "1.4.2",
        "sdk_language": "python",
        "tenant": "blue",
        "cart": "c1",
        "mood": "bad",
    }
    assert notes(rows, "correlation") == {"span": "3"}


def test_what_no_column_can_hold_is_kept_as_it_was():
    payload = exception()["payload"] | {"handled": "yes", "response": {"status_code": "teapot"}}
    tables, row = one(envelope("backend_exception", payload))
    assert (row["handled"], row["http_status"], row["parse_status"]) == (None, None, "partial")
    assert set(row["notes"]) == {"payload.handled is neither true nor false", "response.status_code is not a number"}
    kept = {(note["scope"], note["key"]): note["value"] for note in tables["annotations"]}
    assert kept["payload", "handled"] == "yes"
    assert kept["response", "status_code"] == "teapot"


def test_release_in_the_payloads_context():
    event = log(1, context=...)
    event["payload"]["context"] = {"release": "2.0"}
    assert one(event)[1]["release"] == "2.0"


def test_null_request_is_the_unknown_request():
    event = exception(1)
    event["payload"]["request"] = None
    found = one(event)[1]
    assert (found["http_method"], found["route"]) == ("UNKNOWN", "/")


@pytest.mark.parametrize("kind", ["log_event", "backend_exception", "frontend_exception"])
def test_a_message_that_is_not_text_is_invalid(kind):
    rows, event = one(envelope(kind, {"name": "E", "message": 123, "level": "error"}))
    assert event is None
    assert rows["annotations"] == rows["logs"] == rows["stacks"] == []
    (lost,) = rows["quarantine"]
    assert (lost["line"], lost["offset"], lost["reason"]) == (1, 0, "an event whose message is not text")


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (17, "not an object"),
        (None, "not an object"),
        ({"event_type": "log_event"}, "an event whose payload is no object"),
        ({"payload": {}}, "an object without event_type"),
        ({"event_type": 1, "payload": {}}, "an object without event_type"),
    ],
)
def test_what_cannot_be_an_event(item, reason):
    rows = read(json.dumps([log(1), item]).encode(), reader=debugbundle_events)
    assert len(rows["events"]) == 1
    assert [row["reason"] for row in rows["quarantine"]] == [reason]


def test_an_unknown_type_keeps_its_payload():
    rows, event = one(envelope("analytics_event", {"page": {"views": 3}}))
    assert (event["event_kind"], event["event_class"], event["parse_status"]) == (
        "analytics_event",
        "context",
        "partial",
    )
    assert notes(rows, "payload") == {"page.views": "3"}


def test_equal_stacks_under_different_messages_are_one_stack():
    events = []
    for number in range(3):
        event = exception(number)
        message = f"order {number} failed"
        event["payload"] |= {"message": message, "stack": STACK.replace("order 48213 failed", message)}
        events.append(event)
    rows = read(lines(events), reader=debugbundle_events)
    crashes = [stack for stack in rows["stacks"] if stack["role"] == "crash"]
    assert [stack["error_value"] for stack in crashes] == ["order 0 failed", "order 1 failed", "order 2 failed"]
    assert len({stack["stack_key"] for stack in crashes}) == 1
    assert len(rows["frames"]) == 4


def test_stack_with_literal_line_ends():
    event = exception(1)
    event["payload"]["stack"] = STACK.replace("\n", "\\n")
    assert one(event)[1]["stack_key"] == one(exception(1))[1]["stack_key"]


def test_a_stack_of_no_known_form_is_kept():
    event = exception(1)
    event["payload"]["stack"] = "it went wrong\nsomewhere"
    rows, found = one(event)
    assert notes(rows, "error")["stack"] == "it went wrong\nsomewhere"
    assert found["parse_status"] == "partial"


def test_a_stack_that_is_only_its_head_is_none():
    event = exception(1)
    event["payload"]["stack"] = "ValueError: order 48213 failed\n"
    assert one(event)[1]["parse_status"] == "ok"


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_KINDS = st.sampled_from([*_READERS, "other"])
_KEYS = st.sampled_from(sorted(set().union(*(known for _, known in _READERS.values()), {"context"})))


@settings(max_examples=150, deadline=None)
@given(_KINDS, st.dictionaries(_KEYS, _VALUES, max_size=8), st.sampled_from(sorted(log())), _VALUES)
def test_any_values_in_any_place_never_raise(kind, payload, key, value):
    event = envelope(kind, payload)
    rows = read(
        json.dumps([event, log(2) | {"event_type": kind, "payload": payload} | {key: value}]).encode(),
        reader=debugbundle_events,
    )
    assert len(rows["events"]) + len(rows["quarantine"]) == 2, rows["quarantine"]

"""The state of a store: incidents as rows, their events as events, damage one by one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests.envelopes import exception, lines, log, notes
from tests.reading import SAMPLES, read, read_many
from triage.formats import debugbundle_state

STORE = SAMPLES / "debugbundle" / "store" / ".debugbundle"


def incident(number, events, **more):
    name = f"inc_local_{number:016x}"
    return {
        "incident_id": name,
        "source": "local",
        "service_name": "checkout-api",
        "service_runtime": "python",
        "environment": "production",
        "fingerprint": f"{number:064x}",
        "fingerprint_version": 2,
        "title": f"ValueError: order {number}",
        "severity": "high",
        "status": "open",
        "first_seen_at": "2026-02-10T09:00:00Z",
        "last_seen_at": "2026-02-10T09:26:01.5Z",
        "occurrence_count": len(events),
        "source_event_id": events[-1].get("event_id") if events else None,
        "matched_fields": ["error_type"],
        "bundle_path": f".debugbundle/bundles/local/{name}.bundle.json",
        "source_events": events,
    } | more


INCIDENTS = [incident(1, [exception(1), exception(2)]), incident(2, [log(3)], severity="critical", status="resolved")]
STATE = {
    "version": 1,
    "last_processed_event_file": "1770714882724-1-shop.events.json",
    "incidents": {item["incident_id"]: item for item in INCIDENTS},
}
TEXT = (json.dumps(STATE, indent=2) + "\n").encode()


def states(rows):
    return [row for row in rows["events"] if row["event_kind"] == "incident_state"]


def test_an_incident_is_an_operational_row():
    rows = read(TEXT)
    first, second = states(rows)
    assert (first["native_id"], first["event_class"], first["service"], first["environment"], first["platform"]) == (
        "inc_local_0000000000000001",
        "operational",
        "checkout-api",
        "production",
        "python",
    )
    assert (first["level"], second["level"], first["suppressed_count"]) == ("error", "fatal", None)
    assert first["native_fingerprint"] == f"{1:064x}"
    assert first["ts"].isoformat() == "2026-02-10T09:26:01.500000+00:00"
    assert json.loads(TEXT[first["offset"] : first["offset"] + first["length"]]) == INCIDENTS[0]


def test_what_the_product_knows_is_annotated():
    rows = read(TEXT)
    kept = {row["key"]: row["value"] for row in rows["annotations"] if row["event_id"] == states(rows)[1]["event_id"]}
    assert kept["native_id"] == "inc_local_0000000000000002"
    assert (kept["status"], kept["title"], kept["severity"]) == ("resolved", "ValueError: order 2", "critical")
    assert kept["source_event_id"] == log(3)["event_id"]
    assert (kept["occurrence_count"], kept["matched_fields"]) == ("1", '["error_type"]')
    assert "source_events" not in kept
    assert notes(rows, "state") == {"version": "1", "last_processed_event_file": "1770714882724-1-shop.events.json"}


def test_source_events_are_events_with_their_own_places():
    rows = read(TEXT)
    events = [row for row in rows["events"] if row["event_kind"] != "incident_state"]
    assert [row["native_id"] for row in events] == [
        exception(1)["event_id"],
        exception(2)["event_id"],
        log(3)["event_id"],
    ]
    assert {row["format"] for row in events} == {"debugbundle-state"}
    for row, event in zip(events, [exception(1), exception(2), log(3)], strict=True):
        assert json.loads(TEXT[row["offset"] : row["offset"] + row["length"]]) == event


def test_a_status_that_another_version_tells_is_shown_and_not_applied():
    for version, status in ((1, "regressed"), (2, "open"), ("1.0", "open"), ([], "open")):
        case = triage.load(json.dumps(STATE | {"version": version}).encode())
        found = case.incidents().set_index("title")["status"]
        assert sorted(found) == sorted(["open", status])
        (file,) = case.files().to_dict("records")
        assert (file["parse_status"], "another version" in str(file["reason"])) == (
            ("ok", False) if version == 1 else ("partial", True)
        )
        assert "resolved" in case.annotations()["value"].tolist()


def test_a_store_loaded_whole_counts_each_event_once():
    rows = read_many([("events/1-1-a.events.json", lines([exception(1), exception(2), log(3)])), ("state.json", TEXT)])
    assert len(rows["events"]) == 3 + 2
    assert {row["format"] for row in rows["events"]} == {"debugbundle-events", "debugbundle-state"}
    assert len(rows["logs"]) == 1


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (17, "an incident that is no object, or damaged"),
        ({}, "an incident without incident_id"),
        ({"incident_id": 5, "title": "x"}, "an incident without incident_id"),
        ({"incident_id": "inc_x"}, "an incident that has none of its fields"),
    ],
)
def test_an_invalid_incident_is_lost_alone(value, reason):
    state = STATE | {"incidents": {"inc_a": value, **STATE["incidents"]}}
    rows = read(json.dumps(state).encode())
    assert len(states(rows)) == 2
    assert [row["reason"] for row in rows["quarantine"]] == [reason]
    assert rows["files"][0]["parse_status"] == "partial"


@pytest.mark.parametrize("number", [0, 1])
def test_a_damaged_incident_is_lost_alone(number):
    mark = f'"title": "ValueError: order {number + 1}"'
    data = TEXT.replace(mark.encode(), b'"title": ', 1)
    rows = read(data)
    assert [row["native_id"] for row in states(rows)] == [INCIDENTS[1 - number]["incident_id"]]
    (lost,) = rows["quarantine"]
    start = data.index(b'{\n      "incident_id": "inc_local_000000000000000%d"' % (number + 1))
    assert lost["offset"] == start
    assert rows["files"][0]["parse_status"] == "partial"


def test_a_bad_source_event_is_lost_alone():
    state = STATE | {"incidents": {"inc_a": incident(1, [exception(1), {"event_type": "log_event"}])}}
    rows = read(json.dumps(state).encode())
    assert len(rows["events"]) == 2
    assert [row["reason"] for row in rows["quarantine"]] == [
        "in the source events of an incident: an event whose payload is no object"
    ]


def test_what_is_odd_is_kept_and_noted():
    state = STATE | {"incidents": {"inc_a": incident(1, [], status="asleep", last_seen_at=None, service_name=7)}}
    (row,) = states(read(json.dumps(state).encode()))
    assert row["parse_status"] == "partial"
    assert row["notes"] == [
        "no time of the last occurrence",
        "a status that is neither open nor resolved",
        "incident.service_name is not text",
    ]


def test_truncated_at_every_step_still_loads():
    for end in range(1, len(TEXT), 13):
        rows = read(TEXT[:end], reader=debugbundle_state)
        assert rows["files"][0]["bytes"] == end
    rows = read(TEXT[:-40])
    assert len(states(rows)) == 1


def test_small_files_of_a_store():
    rows = read_many(
        [
            (".debugbundle/profile.json", b'{"version": 1, "project": {"slug": "shop"}}'),
            (".debugbundle/local/connection.json", b'{"version": 1, "mode": "local-only"}'),
            ("other.json", b'{"version": 1, "mode": ["local-only"]}'),
        ]
    )
    assert [row["role"] for row in rows["files"]] == ["profile", "connection", None]
    assert rows["events"] == []


def test_the_sample_state():
    path = STORE / "local" / "state.json"
    rows = read(path.read_bytes(), "state.json")
    assert [row["parse_status"] for row in states(rows)] == ["ok"] * 3
    statuses = sorted(
        row["value"] for row in rows["annotations"] if (row["scope"], row["key"]) == ("incident", "status")
    )
    assert statuses == ["open", "open", "resolved"]
    assert len(rows["events"]) == 15


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(TEXT)), st.binary(max_size=20), st.integers(0, 40))
def test_damage_anywhere_never_raises(at, noise, gone):
    data = TEXT[:at] + noise + TEXT[at + gone :]
    assert read(data, reader=debugbundle_state)["files"][0]["bytes"] == len(data)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_never_raise(data):
    assert read(data, reader=debugbundle_state)["files"][0]["bytes"] == len(data)


@pytest.mark.parametrize("text", ['{"version":1,"incidents":{', "garbage", '{"version":1,"incidents":{"inc_1":{"incid'])
def test_a_state_that_is_cut_is_one_all_the_same(text, tmp_path):
    folder = tmp_path / ".debugbundle" / "local"
    folder.mkdir(parents=True)
    (folder / "state.json").write_text(text)
    case = triage.load(tmp_path)
    (row,) = case.files().to_dict("records")
    assert (row["role"], row["parse_status"]) == ("state", "partial")
    assert len(case.quarantine()) == 1

"""What DebugBundle's own processing of a local store gets wrong, each as a store in which it comes out right here."""

import json
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

import triage
from tests.deciding import event, journal, name
from tests.test_suppression import load as loaded
from tests.test_suppression import storm

DAY = "2026-02-10"


def at(seconds):
    moment = datetime(2026, 2, 10, 9, tzinfo=UTC) + timedelta(seconds=seconds)
    return moment.isoformat().replace("+00:00", "Z")


class Store:
    """A local store, file by file."""

    def __init__(self, folder):
        self.folder = folder
        self.events = folder / ".debugbundle" / "local" / "events"
        self.events.mkdir(parents=True)

    def file(self, name, *events):
        (self.events / f"{name}.events.json").write_text(json.dumps(list(events)), "utf-8")
        return self

    def state(self, last, *incidents):
        said = {"version": 1, "last_processed_event_file": last}
        said["incidents"] = {each["incident_id"]: each for each in incidents}
        (self.events.parent / "state.json").write_text(json.dumps(said, indent=2), "utf-8")
        return self

    def load(self, **options):
        return triage.load(self.folder, **options)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "input")


def native(number, status, source, **changes):
    """An incident as `state.json` tells of it."""
    return {
        "incident_id": f"inc_local_{number:016x}",
        "source": "local",
        "project_id": "5d0f8a52-77d1-4a0b-9a62-3f0c2b1a9e77",
        "service_id": "svc_local_000000000001",
        "service_name": "api",
        "environment": source["service"]["environment"],
        "fingerprint": f"{number:064x}",
        "fingerprint_version": "2",
        "title": "ValueError",
        "severity": "high",
        "status": status,
        "first_seen_at": source["occurred_at"],
        "last_seen_at": source["occurred_at"],
        "occurrence_count": 1,
        "source_event_id": source["event_id"],
        "source_occurred_at": source["occurred_at"],
        "source_event_types": ["backend_exception"],
        "matched_fields": ["error_type"],
        "bundle_path": None,
        "reproduction_path": None,
        "generation_number": 1,
        "source_events": [source],
        **changes,
    }


# --- which files are read ------------------------------------------------------------------------------------------


def test_a_file_behind_the_cursor_is_read(store):
    store.file("1770714000000-1-api", event(1, at=at(0))).file("1770713000000-1-api", event(2, at=at(-1_000)))
    store.state("1770714000000-1-api.events.json", native(1, "open", event(1, at=at(0))))
    (row,) = store.load().incidents().to_dict("records")
    assert row["count"] == 2
    assert row["first_seen"] == pd.Timestamp(at(-1_000))


def test_the_tenth_file_of_a_millisecond_comes_after_the_second_and_nothing_hangs_on_that(store, tmp_path):
    files = [event(number, at=at(number), function=f"step_{number % 3}") for number in range(1, 13)]
    for number, one in enumerate(files, start=1):
        store.file(f"1770714000000-{number}-api", one)
    names = sorted(path.name for path in store.events.iterdir())
    assert names.index("1770714000000-10-api.events.json") < names.index("1770714000000-2-api.events.json")
    other = Store(tmp_path / "other")
    for number, one in enumerate(reversed(files), start=1):
        other.file(f"1770714000000-{number}-api", one)
    one, two = (each.load().incidents() for each in (store, other))
    assert one["count"].sum() == 12
    pd.testing.assert_frame_equal(one, two)


def test_a_half_written_file_is_not_read_and_the_whole_one_is(store):
    store.file("1770714000000-1-api", event(1))
    (store.events / "1770714000000-1-api.events.json.tmp-0123456789abcdef").write_text(json.dumps([event(2)])[:90])
    assert store.load().incidents()["count"].tolist() == [1]


def test_one_malformed_event_costs_itself_only(store):
    broken = event(2)
    broken["payload"]["message"] = 123
    store.file("1770714000000-1-api", event(1), broken, "no event", event(3)).file("1770714000000-2-api", event(4))
    case = store.load()
    assert case.incidents()["count"].tolist() == [3]
    assert len(case.quarantine()) == 2


def test_an_event_without_a_project_is_read_as_any_other(store):
    # Those of the SDK of Python have none, and the original stops at the first of them.
    assert "project_id" not in event(1)
    assert len(store.file("1770714000000-1-api", event(1)).load().incidents()) == 1


def test_drift_of_an_sdk_and_times_with_an_offset_are_read_and_said(store):
    strange = event(1, at="2026-02-10T11:00:00+02:00") | {"sdk_language": "python", "novelty": {"deep": 1}}
    case = store.file("1770714000000-1-api", strange, event(2, at=at(1))).load()
    (row,) = case.incidents().to_dict("records")
    assert (row["count"], row["first_seen"]) == (2, pd.Timestamp(at(0)))


def test_a_repeated_event_counts_once_in_whichever_file(store):
    store.file("1770714000000-1-api", event(1), event(1), event(2)).file("1770714000001-1-api", event(2), event(1))
    store.state("x", native(1, "open", event(1)))
    assert store.load().incidents()["count"].tolist() == [2]


def test_times_are_compared_as_times_whatever_their_fractions(store):
    # As text 07Z comes after 07.1Z.
    early, late = "2026-02-10T09:00:07Z", "2026-02-10T09:00:07.1Z"
    assert late < early
    case = store.file("1770714000000-1-api", event(1, at=late), event(2, at=early)).load()
    (row,) = case.incidents().to_dict("records")
    assert (row["first_seen"], row["last_seen"]) == (pd.Timestamp(early), pd.Timestamp(late))


# --- states --------------------------------------------------------------------------------------------------------


def test_one_invalid_incident_does_not_make_the_others_forget_what_was_resolved(store):
    first, second = event(1), event(2, function="other")
    store.file("1770714000000-1-api", first, second)
    store.state("x", native(1, "resolved", first), native(2, "open", second) | {"incident_id": 7})
    case = store.load()
    assert sorted(case.incidents()["status"]) == ["open", "resolved"]
    assert len(case.quarantine()) == 1


def test_a_match_after_the_resolution_is_a_regression_and_not_merely_open(store):
    first = event(1, at=at(0))
    store.file("1770714000000-1-api", first, event(2, at=at(3_600))).state("x", native(1, "resolved", first))
    case = store.load()
    (row,) = case.incidents().to_dict("records")
    assert (row["status"], row["regressed_at"]) == ("regressed", pd.Timestamp(at(3_600)))
    assert case.regressions()["kind"].tolist() == ["seen again"]


def test_an_old_event_that_is_replayed_does_not_reopen(store, tmp_path):
    store.file("1770714000000-1-api", event(1, at=at(0)), event(2, at=at(60)))
    store.state("x", native(1, "resolved", event(2, at=at(60))))
    assert store.load().incidents()["status"].tolist() == ["resolved"]
    store.file("1770713000000-1-api", event(1, at=at(0)), event(3, at=at(-600)))
    assert store.load().incidents()["status"].tolist() == ["resolved"]
    decisions = journal(tmp_path)
    case = store.load(journal=decisions)
    case.resolve(case.incidents()["incident_id"][0])
    store.file("1770712000000-1-api", event(4, at=at(-1_200)))
    assert store.load(journal=decisions).incidents()["status"].tolist() == ["resolved"]
    store.file("1780000000000-1-api", event(5, at="2026-03-02T09:00:00Z"))
    assert store.load(journal=decisions).incidents()["status"].tolist() == ["regressed"]


def test_an_incident_in_two_environments_is_open_while_one_of_them_is(store):
    staging = event(2, at=at(5)) | {"service": {"name": "api", "environment": "staging", "runtime": "python"}}
    store.file("1770714000000-1-api", event(1, at=at(0)), staging)
    store.state("x", native(1, "resolved", event(1, at=at(0))), native(2, "open", staging))
    (row,) = store.load().incidents().to_dict("records")
    assert (row["status"], sorted(row["environments"])) == ("open", ["production", "staging"])
    assert list(row["native_ids"]) == ["inc_local_0000000000000001", "inc_local_0000000000000002"]


def test_each_environment_has_its_own_last_event_before_the_resolution(store):
    def of(place, number, seconds):
        return event(number, at=at(seconds)) | {"service": {"name": "api", "environment": place, "runtime": "python"}}

    first, staged = of("production", 1, 0), of("staging", 2, 600)
    store.file("1770714000000-1-api", first, of("staging", 3, 300), staged)
    store.state("x", native(1, "resolved", first), native(2, "resolved", staged))
    assert store.load().incidents()["status"].tolist() == ["resolved"]
    store.file("1770714000001-1-api", of("production", 4, 300))
    (row,) = store.load().incidents().to_dict("records")
    assert (row["status"], row["regressed_at"]) == ("regressed", pd.Timestamp(at(300)))


# --- groups --------------------------------------------------------------------------------------------------------


def test_python_stacks_group_by_their_frames(store):
    # In the original they have no frames: what is said and where it was asked for is all that tells them apart.
    store.file(
        "1770714000000-1-api",
        event(1, function="parse", message="unexpected end"),
        event(2, function="parse", message="no closing bracket"),
        event(3, function="render", message="unexpected end"),
    )
    case = store.load()
    assert sorted(case.incidents()["count"]) == [1, 2]
    assert case.events(event_kind="exception")["debugbundle_v2"].nunique() == 2
    assert set(case.incidents()["title"]) == {"ValueError in parse", "ValueError in render"}


def node(number, line, column):
    stack = f"TypeError: no cart\\n    at pay (/app/pay.js:{line}:{column})\\n    at run (/app/run.js:{line + 5}:1)"
    made = event(number, error="TypeError", message="no cart")
    made["payload"]["stack"] = stack.replace("\\n", "\n")
    return made | {"service": {"name": "api", "runtime": "node", "environment": "production"}}


def test_a_shift_of_lines_splits_no_group(store):
    case = store.file("1770714000000-1-api", node(1, 10, 3), node(2, 11, 3)).load()
    assert case.incidents()["count"].tolist() == [2]
    assert case.events()["debugbundle_v2"].nunique() == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("worker 3 is gone", "worker 7 is gone"),
        ("due 2026-01-26T01:25:59+02:00", "due 2026-03-01T11:05:09-05:00"),
        ("no route to 2001:db8::1", "no route to 2001:db8::ff:2"),
    ],
)
def test_values_that_its_normalisation_leaves_are_replaced(store, one, other):
    logs = [
        event(number) | {"event_type": "log_event", "payload": {"level": "error", "message": text, "attributes": {}}}
        for number, text in enumerate([one, other], start=1)
    ]
    case = store.file("1770714000000-1-api", *logs).load()
    assert case.events()["debugbundle_v2"].nunique() == 2
    assert case.incidents()["count"].tolist() == [2]


def test_the_incidents_of_one_request_are_linked(store):
    same = {"correlation": {"request_id": "req-1", "trace_id": "t-1", "session_id": None, "user_id_hash": None}}
    log = {"event_type": "log_event", "payload": {"level": "error", "message": "no", "attributes": {}}}
    call = {"method": "GET", "path": "/a", "query": {}, "headers": {}, "response_status": 503, "duration_ms": 9}
    request = {"event_type": "request_event", "payload": call}
    store.file("1770714000000-1-api", event(1) | same, event(2) | log | same, event(3) | request | same)
    related = store.load().related()
    assert related[related["kind"] == "same request"].shape[0] == 3


def test_a_frame_of_a_library_is_not_taken_for_the_place(store):
    made = node(1, 10, 3)
    made["payload"]["stack"] = (
        "TypeError: no cart\n    at parse (/app/node_modules/lib/parse.js:1:1)\n    at pay (/app/pay.js:10:3)"
    )
    case = store.file("1770714000000-1-api", made).load()
    assert case.incidents()["culprit"].tolist() == ["pay (pay.js:10)"]


# --- counts --------------------------------------------------------------------------------------------------------


def test_what_was_suppressed_is_counted_and_told_apart():
    (row,) = loaded(storm(40)).incidents().to_dict("records")
    assert (row["stored"], row["suppressed"], row["count"]) == (3, 37, 40)


def test_a_local_store_has_counters_and_a_spike_flag(store):
    store.file("1770714000000-1-api", *(event(number, at=at(number)) for number in range(1, 14)))
    row = store.load().incidents().iloc[0]
    assert row[["count_1m", "count_5m", "count_1h", "count_24h"]].tolist() == [13, 13, 13, 13]
    assert (row["ratio_5m_1h"], row["is_spiking"]) == (12.0, True)


def test_three_events_of_a_quiet_hour_are_no_spike(store):
    case = store.file("1770714000000-1-api", *(event(number, at=at(number * 60)) for number in range(3))).load()
    row = case.incidents().iloc[0]
    assert (row["ratio_5m_1h"], row["is_spiking"]) == (3.0, False)


def test_a_new_incident_and_a_quiet_stream_are_no_spikes_by_the_tested_rule(store):
    # The original's rule flags both: twelve events are ten times a twelfth of an hour that holds nothing else.
    new = [event(number, at=at(40 * 86_400 + number)) for number in range(1, 14)]
    quiet = [event(100 + number, at=at(number * 8_640), function="quiet") for number in range(400)]
    spurt = [event(900 + number, at=at(40 * 86_400 + number), function="quiet") for number in range(2)]
    case = store.file("1770714000000-1-api", *new, *quiet, *spurt).load()
    assert case.spikes().empty
    assert len(case.spikes(rule="5m/1h")) == 1


def test_events_out_of_order_are_counted_in_order(store):
    events = [event(number, at=at(number * 20)) for number in range(40)]
    mixed = [events[index * 7 % 40] for index in range(40)]
    for number, one in enumerate(mixed):
        store.file(f"1770714000000-{number}-api", one)
    row = store.load().incidents().iloc[0]
    assert row[["count_1m", "count_5m", "count_1h"]].tolist() == [3, 15, 40]
    then = store.load().incidents(as_of=at(400)).iloc[0]
    assert then[["count_1m", "count_5m", "count_1h"]].tolist() == [3, 15, 21]


def test_refused_requests_are_an_anomaly_whatever_the_order_of_files(store):
    def call(number):
        payload = {"method": "GET", "path": "/x", "query": {}, "headers": {}, "response_status": 404, "duration_ms": 1}
        return event(number, at=at(number * 2)) | {"event_type": "request_event", "payload": payload}

    for number in reversed(range(30)):
        store.file(f"1770714{number:06d}-1-api", call(number))
    (row,) = store.load().anomalies().to_dict("records")
    assert (row["count"], row["severity"], row["holds"]) == (30, "medium", True)


def test_both_layouts_of_the_first_fingerprint_are_told(store):
    found = store.file("1770714000000-1-api", event(1)).load().events().iloc[0]
    assert found["debugbundle_v1_7"] != found["debugbundle_v1_10"]
    assert name(1) == found["native_id"]

import json

import pandas as pd
import pytest

import triage
from tests.envelopes import exception
from triage.incidents import groups
from triage.records import Frame, Records, Trace
from triage.stacks import keys
from triage.tables import to_pandas

SECOND = 1_000_000
NOON = 1_700_000_000 * SECOND


def tables(events):
    """Annotated tables of events given as columns; `at` is seconds after noon, `function` makes a stack."""
    records = Records()
    for number, given in enumerate(events):
        columns = {"event_class": "incident_signal", "event_kind": "exception", "native_id": f"e{number}", **given}
        at, function = columns.pop("at", None), columns.pop("function", None)
        notes = columns.pop("incident", {})
        event = records.event(ts=None if at is None else NOON + round(at * SECOND), **columns)
        if function:
            records.stacks(event, [Trace(frames=(Frame(function=function, file="app.c", line=7),))])
        for key, value in notes.items():
            records.annotation(event, "incident", key, value)
    return keys.annotate(records.finish())


def build(events, as_of=None):
    return to_pandas(groups.build(tables(events), as_of=as_of))


CRASH = {"error_type": "SIGSEGV", "function": "parse"}


def test_one_row_per_group_and_service_newest_first():
    frame = build(
        [
            CRASH | {"service": "api", "at": 1},
            CRASH | {"service": "api", "at": 5},
            CRASH | {"service": "web", "at": 9},
            {"error_type": "KeyError", "error_value": "'a'", "at": 3},
        ]
    )
    assert frame[["title", "stored"]].to_numpy().tolist() == [
        ["SIGSEGV in parse", 1],
        ["SIGSEGV in parse", 2],
        ["KeyError: {quoted}", 1],
    ]
    assert frame["services"].map(list).tolist() == [["web"], ["api"], []]
    assert isinstance(frame.index, pd.RangeIndex)


def test_first_last_and_the_worst_level():
    (row,) = build([CRASH | {"at": 9, "level": "error"}, CRASH | {"at": 2, "level": "fatal"}, CRASH]).to_dict("records")
    assert (row["first_seen"].timestamp(), row["last_seen"].timestamp()) == (1_700_000_002, 1_700_000_009)
    assert (row["level"], row["count"], row["culprit"]) == ("fatal", 3, "parse (app.c:7)")


def test_events_without_a_time_still_count():
    (row,) = build([CRASH]).to_dict("records")
    assert row["count"] == 1
    assert pd.isna(row["last_seen"])
    assert pd.isna(row["count_1h"])


def test_suppressed_occurrences_are_told_apart():
    (row,) = build([CRASH | {"at": 1, "suppressed_count": 37}, CRASH | {"at": 2}]).to_dict("records")
    assert (row["stored"], row["suppressed"], row["count"]) == (2, 37, 39)


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        # 12 in the hour, all in the last five minutes: 12 / max(1, 1) is 12.
        ([0] * 12, (12, 12, 12, 12.0, True)),
        # 11 are not enough for a baseline.
        ([0] * 11, (11, 11, 11, 11.0, False)),
        # One a minute: 5 in five minutes against 60 / 12 is 1.
        (range(0, 3600, 60), (1, 5, 60, 1.0, False)),
        # The window is open at its far end: 300 seconds ago is outside of five minutes, 299 is inside.
        ([0, 299, 300, 3599, 3600], (1, 2, 4, 2.0, False)),
    ],
)
def test_counters_and_the_spike_flag(ages, expected):
    (row,) = build([CRASH | {"at": 10_000 - age} for age in ages]).to_dict("records")
    assert (row["count_1m"], row["count_5m"], row["count_1h"], row["ratio_5m_1h"], row["is_spiking"]) == expected


def test_windows_are_whole_seconds():
    (row,) = build([CRASH | {"at": 60.9}, CRASH | {"at": 1.2}, CRASH | {"at": 0.9}]).to_dict("records")
    assert row["count_1m"] == 2


def test_as_of_hides_what_came_later_and_moves_the_anchor():
    events = [CRASH | {"at": 0}, CRASH | {"at": 100}, CRASH | {"at": 200}]
    (row,) = build(events, as_of=NOON + 100 * SECOND).to_dict("records")
    assert (row["count"], row["count_1m"]) == (2, 1)
    assert build(events, as_of=NOON - 1).empty


def test_sets_releases_and_users():
    (row,) = build(
        [
            CRASH | {"at": 3, "release": "1.2", "environment": "prod", "platform": "python", "user_hash": "u1"},
            CRASH | {"at": 1, "release": "1.10", "environment": "dev", "platform": "python", "user_hash": "u1"},
            CRASH | {"at": 2, "release": "1.2", "environment": "prod", "user_hash": "u2"},
        ]
    ).to_dict("records")
    assert (row["first_release"], row["last_release"], list(row["releases"])) == ("1.10", "1.2", ["1.10", "1.2"])
    assert (list(row["environments"]), list(row["platforms"]), row["users"]) == (["dev", "prod"], ["python"], 2)


def test_users_are_not_known_where_nobody_says():
    assert pd.isna(build([CRASH | {"at": 1}])["users"].iloc[0])


def state(native, source, status):
    facts = {"native_id": native, "source_event_id": source, "status": status}
    return {"event_class": "operational", "event_kind": "incident_state", "native_id": native, "incident": facts}


def test_the_writers_bookkeeping_gives_ids_and_state():
    events = [CRASH | {"at": 1}, {"error_type": "KeyError", "at": 2}, state("inc_local_a", "e0", "resolved")]
    frame = build(events).set_index("error_type")
    assert list(frame.loc["SIGSEGV", "native_ids"]) == ["inc_local_a"]
    assert frame["status"].to_dict() == {"SIGSEGV": "resolved", "KeyError": "open"}


def test_any_open_native_incident_means_open():
    events = [CRASH, CRASH, state("inc_local_a", "e0", "resolved"), state("inc_local_b", "e1", "open")]
    (row,) = build(events).to_dict("records")
    assert (row["status"], list(row["native_ids"])) == ("open", ["inc_local_a", "inc_local_b"])


def test_a_bundle_beside_its_store_is_not_one_more():
    bundle = CRASH | {"event_kind": "incident_bundle", "native_id": "bnd_inc_local_a", "suppressed_count": 4}
    alone = build([bundle])
    assert alone["count"].tolist() == [5]
    beside = build([CRASH, state("inc_local_a", "e0", "open"), bundle])
    assert beside["count"].tolist() == [1]


def test_a_bundle_beside_events_of_its_group_counts_for_those_that_are_not_there():
    bundle = CRASH | {"event_kind": "incident_bundle", "native_id": "bnd_inc_local_a", "suppressed_count": 4, "at": 9}
    (row,) = build([CRASH | {"at": 1}, CRASH | {"at": 9}, bundle]).to_dict("records")
    assert (row["stored"], row["suppressed"], row["count"], row["count_1m"]) == (2, 3, 5, 2)
    (row,) = build([bundle]).to_dict("records")
    assert (row["stored"], row["suppressed"], row["count"], row["count_1m"]) == (1, 4, 5, 1)


def test_no_events_no_incidents_same_columns():
    frame = build([])
    assert frame.empty
    assert list(frame.columns) == list(build([CRASH]).columns)
    assert frame.dtypes.equals(build([CRASH]).dtypes)


def test_a_long_title_is_cut_and_says_so():
    (row,) = build([{"error_type": "E" * 300}]).to_dict("records")
    assert len(row["title"]) == 180
    assert row["title"].endswith("…")


@pytest.mark.parametrize(
    ("last", "status"),
    [("2023-11-14T22:13:20Z", "regressed"), ("2023-11-14T22:13:23Z", "resolved"), (None, "resolved")],
)
def test_an_event_after_all_that_the_writer_knew_of_what_it_resolved_is_a_regression(last, status):
    told = state("inc_local_a", "e0", "resolved")
    told["incident"] |= {"last_seen_at": last} if last else {}
    (row,) = build([CRASH | {"at": 0}, CRASH | {"at": 3}, told]).to_dict("records")
    assert row["status"] == status
    assert pd.isna(row["regressed_at"]) or row["regressed_at"] == pd.Timestamp("2023-11-14T22:13:23Z")
    assert pd.isna(row["regressed_at"]) == (status == "resolved")


@pytest.mark.parametrize(
    ("environment", "at", "status"),
    [
        ("production", 500, "regressed"),
        ("staging", 500, "open"),
        ("staging", 0, "open"),
        ("production", 0, "resolved"),
        (None, 500, "regressed"),
        (None, 0, "resolved"),
    ],
)
def test_what_the_writer_resolved_is_resolved_in_the_environments_that_it_knows(environment, at, status):
    told = state("inc_local_a", "e0", "resolved")
    told["incident"] |= {"last_seen_at": "2023-11-14T22:13:20Z"}
    seen = [CRASH | {"at": 0, "environment": "production"}, CRASH | {"at": at, "environment": environment}, told]
    (row,) = build(seen).to_dict("records")
    assert row["status"] == status
    both = build([*seen, CRASH | {"at": 9, "environment": "production"}]).to_dict("records")
    assert both[0]["status"] == "regressed"


def test_what_the_writer_resolved_was_open_before_an_event_that_it_knew_of():
    told = state("inc_local_a", "e0", "resolved")
    told["incident"] |= {"last_seen_at": "2023-11-14T22:17:20Z"}
    seen = [CRASH | {"at": 0}, CRASH | {"at": 240}, told]
    statuses = [build(seen, as_of=NOON + at)["status"].tolist() for at in (10 * SECOND, 239 * SECOND, 240 * SECOND)]
    assert statuses == [["open"], ["open"], ["resolved"]]
    assert build(seen)["status"].tolist() == ["resolved"]


def test_times_are_whole_microseconds_however_far_away():
    last = exception(1) | {"occurred_at": "9999-12-31T23:59:59.999999Z"}
    (row,) = triage.loads(json.dumps(last)).incidents().to_dict("records")
    assert str(row["first_seen"]) == str(row["last_seen"]) == "9999-12-31 23:59:59.999999+00:00"
    assert (row["count_1m"], row["count_1h"]) == (1, 1)


def test_incidents_without_a_time_stand_as_in_their_file():
    trace = 'Traceback (most recent call last):\n  File "a.py", line 1, in {}\n{}: x\n\n'
    names = ["Zero", "Alpha", "Mid", "Beta"]
    text = "".join(trace.format(name.lower(), f"{name}Error") for name in [*names, "Mid", "Zero"])
    wanted = [f"{name}Error in {name.lower()}" for name in names]
    case = triage.loads(text)
    assert case.incidents()["title"].tolist() == wanted
    assert case.redact().incidents()["title"].tolist() == wanted
    other = trace.format("last", "OtherError").encode()
    both = [
        triage.load(parts).incidents()["incident_id"].tolist()
        for parts in ([text.encode(), other], [other, text.encode()])
    ]
    assert both[0] == both[1]
    log = f"2026-03-01 10:00:00,000 ERROR app: no\n{trace.format('timed', 'TimedError')}"
    timed = triage.load([text.encode(), log.encode()])
    assert timed.incidents()["title"].tolist() == ["TimedError in timed", *wanted]

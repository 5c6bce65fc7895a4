import json
import uuid
from datetime import UTC, datetime
from hashlib import sha256

import pandas as pd
import pytest
from debugbundle.exception_snapshot import exception_details
from debugbundle.suppression import EventSuppressionTracker

import triage
from triage.incidents import groups, series, suppression

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp()


def envelope(kind, at, payload, service="api"):
    moment = datetime.fromtimestamp(at, tz=UTC).isoformat().replace("+00:00", "Z")
    return {
        "schema_version": "2026-03-01",
        "event_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind} {at} {service} {payload}")),
        "event_type": kind,
        "sdk_name": "debugbundle-python",
        "sdk_version": "2.0.1",
        "service": {"name": service, "runtime": "python", "framework": None, "environment": "production"},
        "occurred_at": moment,
        "payload": payload,
    }


def broken(depth):
    if depth:
        broken(depth - 1)
    try:
        {}["missing"]
    except KeyError as error:
        raise ValueError("bad coupon", depth) from error


def storm(number, *, hook=lambda event: event, service="api", depth=2, at=NOON, raising=broken):
    """Equal exceptions 40 ms apart, as the SDK keeps and counts them."""
    tracker, events = EventSuppressionTracker(), []
    try:
        raising(depth)
    except (RecursionError, ValueError) as error:
        name, message, stack = exception_details(error)
    for step in range(number):
        if tracker.should_capture(f"backend_exception:{name}:{message}:{stack}", at + step * 0.04):
            payload = {"name": name, "message": message, "stack": stack, "handled": True}
            events.append(hook(envelope("backend_exception", at + step * 0.04, payload, service)))
    found = tracker.drain_aggregates(at + 60)
    return events + [envelope(each["event_type"], at + 60, each["payload"], service) for each in found]


def load(*storms):
    return triage.load("\n".join(json.dumps(event) for events in storms for event in events).encode())


def test_what_the_sdk_counted_is_given_back_to_its_incident():
    case = load(storm(40))
    (row,) = case.incidents().to_dict("records")
    assert (row["stored"], row["suppressed"], row["count"]) == (3, 37, 40)
    assert case.summary()["suppressed_unattributed"].tolist() == [0]


def recursing(depth):
    if depth:
        recursing(depth - 1)
    raise RecursionError("too deep")


def chained(causes):
    try:
        if causes:
            chained(causes - 1)
    except ValueError as error:
        raise ValueError(causes) from error
    raise ValueError(0)


@pytest.mark.parametrize(
    ("raising", "size", "end"),
    [
        (recursing, 60, ", in recursing"),
        (recursing, 80, "additional frames omitted"),
        (chained, 6, ", in chained"),
        (chained, 7, ", in chained"),
        (chained, 8, "Caused by:"),
        (chained, 20, "Caused by:"),
    ],
)
def test_what_the_sdk_cuts_is_cut(raising, size, end):
    events = storm(40, depth=size, raising=raising)
    assert events[0]["payload"]["stack"].endswith(end)
    case = load(events)
    assert case.incidents()["suppressed"].tolist() == [37]
    assert case.summary()["suppressed_unattributed"].tolist() == [0]


def test_an_incident_is_last_seen_with_the_last_that_was_counted():
    events = storm(40)
    seen = NOON + 39 * 0.04
    assert load(events).incidents()["last_seen"].tolist() == [pd.Timestamp(round(seen * 1e6), unit="us", tz="UTC")]
    before = load(events).incidents(as_of=datetime.fromtimestamp(NOON + 30, tz=UTC))
    assert before["last_seen"][0] == pd.Timestamp(round((NOON + 0.08) * 1e6), unit="us", tz="UTC")


def test_the_counters_of_debugbundles_rule_are_those_of_what_is_stored():
    row = load(storm(40)).incidents(as_of=datetime.fromtimestamp(NOON + 61, tz=UTC)).iloc[0]
    assert (row["count_5m"], row["is_spiking"]) == (3, False)


def test_what_is_told_later_does_not_count():
    row = load(storm(40)).incidents(as_of=datetime.fromtimestamp(NOON + 30, tz=UTC)).iloc[0]
    assert (row["suppressed"], row["count"]) == (0, 3)


def changed(event):
    event["payload"]["message"] = "changed by a hook"
    return event


@pytest.mark.parametrize(
    "other", [{"hook": changed}, {"hook": lambda event: event | {"service": {"name": "web", "environment": "x"}}}]
)
def test_what_cannot_be_told_stays_without_an_incident(other):
    case = load(storm(40, **other))
    assert case.incidents()["suppressed"].tolist() == [0]
    assert case.summary()["suppressed_unattributed"].tolist() == [37]


def test_storms_are_told_apart():
    case = load(storm(20), storm(30, depth=0), storm(25, service="web"))
    incidents = case.incidents()
    found = incidents.groupby(incidents["services"].map(lambda names: names[0]))["suppressed"].sum()
    assert found.to_dict() == {"api": 17 + 27, "web": 22}
    assert case.summary()["suppressed_unattributed"].sum() == 0


def test_the_real_store_has_a_hook_that_changed_its_stacks():
    case = triage.load("sample_bundles/debugbundle/store")
    assert case.summary()["suppressed_unattributed"].sum() == 37


def test_the_hash_is_the_one_of_the_sdk():
    (told,) = (event for event in storm(40) if event["event_type"] == "error_suppressed")
    first = storm(40)[0]["payload"]
    text = f"backend_exception:{first['name']}:{first['message']}:{first['stack']}"
    assert told["payload"]["fingerprint"] == sha256(text.encode()).hexdigest()


def test_a_storm_that_lasts_is_a_spike_though_little_of_it_is_stored():
    quiet = [
        envelope("backend_exception", NOON - 3 * 86_400 + step * 7_200, storm(1)[0]["payload"]) for step in range(30)
    ]
    storms = [storm(12, at=NOON + minute * 60) for minute in range(0, 20, 2)]
    case = load(quiet, *storms)
    assert case.spikes()["release"].isna().all()
    assert case.spikes()["total"].max() > 100
    assert pd.isna(case.incidents(as_of="2026-03-02").iloc[0]["spike_p"])


def released(release, user, *, at, count=1, step=1.0):
    """Equal exceptions of a release, in turn of some users."""
    users = [user] if isinstance(user, str) else user
    (first, *_) = storm(1)
    found = []
    for number in range(count):
        event = envelope("backend_exception", at + number * step, first["payload"])
        who = {"user_id_hash": users[number % len(users)]}
        found.append(event | {"context": {"release": release}, "correlation": who})
    return found


def reported(count, *, at):
    """A report of the same exceptions."""
    return [each for each in storm(3 + count, at=at - 60) if each["event_type"] == "error_suppressed"]


def spread(case, release):
    """The occurrences of a release, given back or stored, by what charts say of it."""
    told = series.made(case.raw.tables).releases.set_index("release")
    return int(told["events"][release])


def test_what_is_given_back_has_the_release_of_the_time_of_its_report():
    old, new = released("1.0", "a", at=NOON, count=3), released("2.0", "b", at=NOON + 600, count=2)
    case = load(old, reported(20, at=NOON + 60), new)
    assert (spread(case, "1.0"), spread(case, "2.0")) == (23, 2)
    both = load(old, reported(20, at=NOON + 60), new, reported(30, at=NOON + 700))
    assert (spread(both, "1.0"), spread(both, "2.0")) == (23, 32)


def test_a_report_before_all_events_goes_to_the_oldest():
    case = load(reported(20, at=NOON - 60), released("1.0", "a", at=NOON, count=3), released("2.0", "a", at=NOON + 600))
    assert (spread(case, "1.0"), spread(case, "2.0")) == (23, 1)
    early = datetime.fromtimestamp(NOON - 30, tz=UTC)
    assert case.summary(early)["suppressed_unattributed"].tolist() == [20]
    assert case.summary()["suppressed_unattributed"].tolist() == [0]


def test_events_of_one_time_are_told_apart_by_their_ids_and_never_by_their_order():
    events = [released(f"{number}.0", "a", at=NOON) for number in range(6)]
    for number, (event,) in enumerate(events):
        event["event_id"] = str(uuid.uuid5(uuid.NAMESPACE_URL, str(number)))
    newest = max(events, key=lambda each: each[0]["event_id"])[0]["context"]["release"]
    for order in (events, events[::-1]):
        assert spread(load(reported(20, at=NOON + 60), *order), newest) == 21


def outage(users):
    """Three days of an exception now and then, then three a minute of these users, and thirty more a minute counted."""
    quiet = released("1.0", [f"u{n}" for n in range(40)], at=NOON - 3 * 86_400, count=36, step=7_200)
    parts = [
        released("1.0", users, at=NOON + minute * 60, count=3) + reported(30, at=NOON + minute * 60 + 40)
        for minute in range(12)
    ]
    return load(quiet, *parts)


def test_nobody_knows_whose_they_are_where_those_that_were_sent_are_of_several():
    (row,) = outage(["a", "b", "c"]).spikes().to_dict("records")
    assert (row["count"], row["minutes"]) == (5 * 33, 5)


def test_one_client_that_tries_again_counts_once_a_minute_though_most_of_it_was_counted():
    case = outage(["a"])
    assert case.incidents()["count"].tolist() == [36 + 12 * 33]
    assert case.spikes()["total"].tolist() == [12]


@pytest.mark.parametrize(
    ("users", "known"), [("aaa", True), ("baaa", True), ("aab", False), ("aba", False), ("aa", False), ("", False)]
)
def test_they_are_one_clients_where_the_three_events_that_were_sent_last_are(users, known):
    sent = [released("1.0", user, at=NOON + number)[0] for number, user in enumerate(users)]
    tables = load(sent, reported(20, at=NOON + 60), released("1.0", "a", at=NOON + 90, count=3)).raw.tables
    found = suppression.given(tables, groups.members(tables)[0])
    assert (found.counts.tolist(), found.alone.tolist()) == ([20], [known])


def test_nothing_is_told_before_it_happens_whatever_a_clock_says():
    events = storm(40)
    events[-1]["payload"]["last_seen"] = "2030-01-01T00:00:00Z"
    case = load(events)
    assert case.incidents()["suppressed"].tolist() == [37]
    assert series.active(case.raw.tables, until=round((NOON + 61) * 1e6))["events"].tolist() == [40]


def told(key, count, at, service="page", runtime="node"):
    payload = {"fingerprint": sha256(key.encode()).hexdigest(), "suppressed_count": count, "window_seconds": 30}
    return written("error_suppressed", at, payload, service, runtime)


def written(kind, at, payload, service="page", runtime="node"):
    event = envelope(kind, at, payload, service)
    return event | {"service": event["service"] | {"runtime": runtime}, "sdk_name": "@debugbundle/sdk-node"}


def compact(**values):
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


STACK = """TypeError: größer "x" ist 7
    at pay (/srv/app/pay.js:3:14)
    at async Cart.run (file:///srv/app/cart.mjs:9:2)
    at new Cart (/srv/app/cart.js:1:1)
    at /srv/app/anonymous.js:7:7
    at Array.map (<anonymous>)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)"""
THROWN = {"name": "TypeError", "message": 'größer "x" ist 7', "stack": STACK}
CALL = {"method": "GET", "path": "/carts/7?x=1", "query": {}, "headers": {}}


def node_exception():
    more = {"handled": False, "request": CALL, "response": {"status_code": 500}, "runtime": {"version": "22"}}
    key = compact(event_type="backend_exception", **THROWN, path="/carts/7?x=1", status=500)
    return "backend_exception", THROWN | more, key


def node_log(level="critical", attributes=None):
    payload = {"level": level, "message": "cart\tis gone", "attributes": attributes or {}}
    return "log_event", payload, compact(event_type="log_event", **payload)


def node_request(template=None):
    payload = CALL | {"response_status": 503, "duration_ms": 3} | ({"route_template": template} if template else {})
    said = {"method": "GET", "path": "/carts/7?x=1", "status": 503, "route_template": template}
    return "request_event", payload, compact(event_type="request_event", **said)


def browser_request():
    said = {"method": "GET", "path": "/carts/7?x=1", "response_status": 503}
    return (
        "request_event",
        CALL | {"response_status": 503, "duration_ms": 3},
        compact(event_type="request_event", **said),
    )


def browser_exception(**route):
    said = {"name": "TypeError", "message": 'größer "x" ist 7', "stack_frame": "at pay (/srv/app/pay.js:3:14)"}
    payload = THROWN | {"browser": {"name": "Firefox", "version": "140"}} | route
    return "frontend_exception", payload, compact(event_type="frontend_exception", **said, **route)


@pytest.mark.parametrize(
    ("kind", "payload", "key"),
    [
        node_exception(),
        node_log(),
        node_log("error", {"b": [1, {"c": "ß"}], "a": None, "logger": "x"}),
        node_request(),
        node_request("/carts/:id"),
        browser_request(),
        browser_exception(route="/cart/7"),
        browser_exception(route="/cart"),
        browser_exception(route=None),
        browser_exception(),
    ],
)
def test_the_sdks_of_javascript_count_logs_and_requests_too(kind, payload, key):
    case = load([written(kind, NOON, payload), told(key, 12, NOON + 40)], [told(key, 5, NOON + 90, service="other")])
    (row,) = case.incidents().to_dict("records")
    assert (row["stored"], row["suppressed"], row["count"]) == (1, 12, 13)
    assert case.summary()["suppressed_unattributed"].sum() == 5
    early, later = (datetime.fromtimestamp(NOON + seconds, tz=UTC) for seconds in (10, 50))
    assert case.incidents(as_of=early)["count"].tolist() == [1]
    assert case.summary(early)[["events", "suppressed_unattributed"]].to_numpy().tolist() == [[1, 0]]
    assert case.summary(later)[["events", "suppressed_unattributed"]].to_numpy().tolist() == [[2, 0]]


@pytest.mark.parametrize("key", ["suppression_state_pressure", "node-queue-pressure:buffer", compact(event_type="x")])
def test_what_was_counted_for_many_is_nobodys(key):
    kind, payload, _ = node_log()
    case = load([written(kind, NOON, payload), told(key, 12, NOON + 40)])
    assert case.incidents()["suppressed"].tolist() == [0]
    assert case.summary()["suppressed_unattributed"].tolist() == [12]


def since_deploy(storms, *, before=()):
    """The regression and the opportunities of an hour after a deploy, with some storms in it."""
    said = {"version": "2.0", "commit_sha": "abc1234"}
    hours = [*range(-40, 0), 2]
    up = [envelope("log_event", NOON + hour * 3_600, {"level": "info", "message": "up"}) for hour in hours]
    case = load(up, before, [envelope("deploy_metadata", NOON - 5, said)], *storms)
    (row,) = case.regressions().to_dict("records")
    count = case.improvements(sensitivity="verbose").set_index("kind")["count"]["post_deploy_regression"]
    return row, int(count)


def test_what_a_deploy_brought_is_counted_with_what_was_counted():
    few, count = since_deploy([storm(40, at=NOON)])
    (all_stored, same) = since_deploy([released("2.0", "a", at=NOON, count=40, step=0.04)])
    assert (few["kind"], count, few["after"]) == ("new", same, all_stored["after"])


def test_what_happens_more_often_since_a_deploy_is_tested_with_what_was_counted():
    before = [storm(1, at=NOON - hour * 3_600)[0] for hour in range(1, 30)]
    row, count = since_deploy([storm(40, at=NOON + minute * 60) for minute in range(0, 60, 3)], before=before)
    stored = [released("2.0", "a", at=NOON + minute * 60, count=40, step=0.04) for minute in range(0, 60, 3)]
    same, _ = since_deploy(stored, before=before)
    assert (row["kind"], count, row["after"]) == ("more often", 800, same["after"])
    assert row["why"].startswith("800 events in the first 60 minutes after the deploy of 2.0 where ")
    assert row["before"] == same["before"]


def secretive(_):
    raise ValueError("login of ada@example.org with password=hunter2-not-real failed")


@pytest.mark.parametrize("users", [[None], ["a"]])
def test_masks_hide_no_count(tmp_path, users):
    events = storm(40, raising=secretive)
    for number, event in enumerate(events[:3]):
        event["correlation"] = {"user_id_hash": users[number % len(users)]}
    case = load(events, storm(2, at=NOON + 600))
    masked = case.redact()
    masked.approve(by="me").save(tmp_path / "all.tar.gz")
    saved = triage.load(tmp_path / "all.tar.gz")
    assert triage.share.archive.verify(tmp_path / "all.tar.gz").ok
    again = saved.redact()
    again.approve(by="me").save(tmp_path / "again.tar.gz")
    columns = ["incident_id", "count", "stored", "suppressed", "last_seen"]
    for each in (masked, saved, again, triage.load(tmp_path / "again.tar.gz")):
        assert each.incidents()[columns].equals(case.incidents()[columns])
        assert each.summary()["suppressed_unattributed"].tolist() == [0]
        assert each.incidents(as_of="2026-03-02T12:00:30Z")["suppressed"].tolist() == [0]
    found = [suppression.given(each.raw.tables, groups.members(each.raw.tables)[0]) for each in (case, saved)]
    assert found[0].alone.tolist() == found[1].alone.tolist() == [users == ["a"]]


def test_one_incident_leaves_with_the_reports_of_it(tmp_path):
    case = load(storm(40, raising=secretive), storm(30, at=NOON + 600))
    name = case.incidents().set_index("count")["incident_id"][40]
    masked = case.redact(incident=name)
    masked.approve(by="me").save(tmp_path / "one.tar.gz")
    for each in (masked, triage.load(tmp_path / "one.tar.gz")):
        assert each.incidents()[["incident_id", "count"]].to_numpy().tolist() == [[name, 40]]
        assert each.summary()["suppressed_unattributed"].tolist() == [0]

"""DebugBundle's own fingerprints: the vector of its rules, each rule by itself, and the columns of a real store."""

import hashlib
import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from tests.growth import grows_evenly
from triage.incidents.debugbundle import Said, fingerprints, normal_path
from triage.incidents.debugbundle_messages import normal_message

COLUMNS = ["debugbundle_v1_7", "debugbundle_v1_10", "debugbundle_v2", "debugbundle_v3"]
V2 = "cf93695117e7c0e9f71e7df9f9884684de6d54d1ed13c667c85650b35a102ddd"
V1_7 = "3fa302aaeef194b69d293346d2ab518468e18ae2f5238a58f1c3d3ea04918be5"
MESSAGE = "order 48213 for user bob@example.com failed password=[REDACTED]"


def envelope(event_type, payload, **changes):
    return {
        "schema_version": "2026-03-01",
        "event_id": "a6660000-0000-4000-8000-000000000001",
        "event_type": event_type,
        "sdk_name": "debugbundle-node",
        "sdk_version": "1.4.0",
        "service": {"name": "checkout-api", "environment": "production", "runtime": "node"},
        "occurred_at": "2026-11-20T09:26:07Z",
        "payload": payload,
    } | changes


def thrown(**changes):
    return envelope(
        "backend_exception",
        {
            "name": "ValueError",
            "message": MESSAGE,
            "stack": f"ValueError: {MESSAGE}\n  File /app/gen.py, line 23, in <module>",
            "handled": True,
            "request": {"method": "POST", "path": "/orders/48213", "query": {}, "headers": {}},
            "response": {"status_code": 500},
            "runtime": {"version": "3.11.7"},
        }
        | changes,
    )


def columns(*events):
    found = triage.loads(json.dumps(list(events)), name="1-1-shop.events.json").events()
    return [tuple(None if value is pd.NA else value for value in row) for row in found[COLUMNS].itertuples(index=False)]


def canonical(**fields):
    """The hash as the rules word it, by another road than the module's."""
    names = ("error_type", "route_template", "browser_event_kind", "resource_host", "resource_path")
    usual = dict.fromkeys((*names, "http_method", "http_status"))
    whole = usual | {"top_frames": [], "environment": "production"} | fields
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_vector():
    said = Said("exception", "production", MESSAGE, "ValueError", (), "/orders/48213", None, "POST", 500)
    assert fingerprints(said) == (V1_7, V2, V2, None)
    assert "bob" not in repr(said)


def test_the_vector_through_a_file():
    assert columns(thrown()) == [(V1_7, V2, V2, None)]


def test_the_stores_own_fingerprints_come_out():
    case = triage.load("sample_bundles/debugbundle/store")
    events = case.events()
    told = case.annotations().query("scope == 'incident' and key == 'source_event_id'")
    source = dict(zip(told["event_id"], told["value"], strict=True))
    computed = dict(zip(events["native_id"], events["debugbundle_v2"], strict=True))
    states = events[events["event_kind"] == "incident_state"]
    assert len(states) == 3
    for state in states.itertuples():
        assert computed[source[state.event_id]] == state.native_fingerprint


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("a 1 b 22 c 333", "a 1 b {dynamic} c {dynamic}"),
        ("id 6f9619ff-8b86-4011-b42d-00c04fc964ff gone", "id {dynamic} gone"),
        ("at 2026-01-26T01:25:59.123Z and 10.0.0.1", "at {dynamic} and {dynamic}"),
        ("at 0xDEADBEEF or deadbeef01", "at {dynamic} or {dynamic}"),
        ("facade decades defaced", "facade decades defaced"),
        ("defacade is hex of eight letters", "{dynamic} is hex of eight letters"),
        ("key --sk_live-4eC39HqLyjWDarj-- bad", "key --{dynamic}-- bad"),
        ("a@b.com-x@y.com <ab@c.de_>", "{dynamic}{dynamic} <ab@c.de_>"),
        (".lead@example.com, über@example.com", ".{dynamic}, ü{dynamic}"),
        ("  many \u00a0\n blanks ", "many blanks"),
        ("postgres: FATAL: password authentication failed for user x", "PostgreSQL authentication failed"),
        ("MySQL server has gone away", "MySQL connection dropped"),
        ("redis Timeout after 5000", "Redis connection timed out"),
        ("mongo: something else 77", "mongo: something else {dynamic}"),
    ],
)
def test_messages(message, expected):
    assert normal_message(message) == expected


def test_the_first_version_knew_fewer_rules():
    assert normal_message("MySQL server has  gone away", "v1_7") == "MySQL server has  gone away"
    assert normal_message("abcdefghijklmnop12_x", "v1_7") == "abcdefghijklmnop12_x"


def test_timers_lose_their_dates_from_the_second_version_on():
    message = "WFLYEJB0020: Error [id=ab timedObjectId=x.y nextExpiration=Mon Jan 26 01:25:59 CET 2026]"
    assert normal_message(message).endswith("nextExpiration={dynamic}]")
    assert "Mon Jan" in normal_message(message, "v1_10")
    found = fingerprints(Said("log", "production", message))
    assert found.debugbundle_v2 == canonical(normalized_message=normal_message(message))
    assert found.debugbundle_v1_10 == canonical(normalized_message=normal_message(message, "v1_10"))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/orders/48213?x=1#y", "/orders/{param}"),
        ("//orders///pay/", "/orders/pay"),
        ("?x", "/"),
        ("", None),
        (None, None),
        ("/a%2Fb/%31%32/%zz12", "/{param}/{param}/%zz12"),
        ("/12%/abc", "/{param}/abc"),
        ("/abcdefghijklmnopqrstuvwx", "/{param}"),
    ],
)
def test_paths(path, expected):
    assert normal_path(path) == expected


def test_frames_are_the_first_five_lines_as_written():
    stack = "TypeError: no\n  at new  Cart (/app/cart.js:3:1)\n\tat x (/app/node_modules/e/i.js:1:1)\n"
    stack += " at async\tpay (b.js)\n"
    stack += "".join(f"at f{number} (/app/f.js:{number}:1)\n" for number in range(9))
    frames = [
        "at new  Cart (/app/cart.js:3:1)",
        "at async\tpay (b.js)",
        *(f"at f{i} (/app/f.js:{i}:1)" for i in range(3)),
    ]
    fields = {
        "error_type": "TypeError",
        "normalized_message": "no",
        "route_template": "/",
        "http_method": "UNKNOWN",
        "http_status": 0,
    }
    payload = {"name": "TypeError", "message": "no", "stack": stack, "handled": False, "request": None, "response": {}}
    found = columns(envelope("backend_exception", payload))
    assert found[0][2] == canonical(top_frames=frames, **fields)
    once = columns(envelope("backend_exception", payload | {"stack": stack.replace("\n", "\\n")}))
    assert once == found


def test_a_line_of_a_message_that_looks_like_a_frame_counts():
    message = "bad\n at the end"
    payload = {"name": "E", "message": message, "stack": f"E: {message}\n at f (a.js:1:1)", "handled": False}
    found = columns(envelope("backend_exception", payload | {"request": None, "response": {"status_code": 500}}))
    assert found[0][2] == canonical(
        error_type="E",
        normalized_message="bad at the end",
        top_frames=["at the end", "at f (a.js:1:1)"],
        route_template="/",
        http_method="UNKNOWN",
        http_status=500,
    )


def test_requests_take_the_template_for_the_route_and_the_path_for_the_message():
    payload = {"method": "GET", "path": "/orders/48213/x?x=1", "query": {}, "headers": {}, "response_status": 503}
    found = columns(envelope("request_event", payload | {"duration_ms": 8, "route_template": "/orders/{id}/x"}))
    assert found[0][2] == canonical(
        normalized_message="request GET /orders/{param}/x",
        route_template="/orders/{id}/x",
        http_method="GET",
        http_status=503,
    )


def test_logs_have_a_message_only():
    payload = {"message": "payment 48213 failed", "level": "error", "attributes": {"stack": "at f (x)"}}
    assert columns(envelope("log_event", payload))[0][2] == canonical(normalized_message="payment {dynamic} failed")


def browser(**event):
    target = {"source_url": "https://CDN.example/a/48213/x.js?v=1", "tag_name": "SCRIPT"}
    whole = {"kind": "resource_error", "message": "x", "opaque": True, "target": target} | event
    payload = {"name": "ResourceError", "message": "did not load", "stack": "", "route": "/cart/7"}
    return envelope(
        "frontend_exception", payload | {"browser": {"name": "Firefox", "version": "1"}, "browser_event": whole}
    )


def test_resources_of_browsers():
    first, second, third, fourth = columns(browser())[0]
    fields = {"error_type": "ResourceError", "normalized_message": "did not load", "route_template": "/cart/{param}"}
    resource = {"resource_host": "cdn.example", "resource_path": "/a/{param}/x.js"}
    assert second == third == canonical(browser_event_kind="resource_error", **fields, **resource)
    concrete = {
        "browser_event_kind": "resource_error",
        "environment": "production",
        "fingerprint_version": "v3",
        "resource_host": "cdn.example",
        "resource_path": "/a/48213/x.js",
        "resource_type": "script",
    }
    assert fourth == hashlib.sha256(json.dumps(concrete, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    assert first is not None


def test_what_a_browser_would_rewrite_is_not_guessed():
    first, second, third, fourth = columns(browser(target={"source_url": "https://ü.example/a b", "tag_name": "img"}))[
        0
    ]
    assert (second, third, fourth) == (None, None, None)
    assert first is not None


def test_other_events_have_none():
    nothing = (None, None, None, None)
    deploy = envelope("deploy_metadata", {"commit_sha": "a", "version": "1"})
    nowhere = thrown() | {"service": {"name": "x"}}
    assert columns(deploy) == columns(nowhere) == [nothing]
    assert triage.loads("Error: x\n    at f (a.js:1:1)").events()[COLUMNS].isna().all(axis=None)


def test_the_same_by_every_way_to_the_events():
    case = triage.loads(json.dumps([thrown()]), name="1-1-shop.events.json")
    incident = case.incidents()["incident_id"][0]
    assert case.events(incident)["debugbundle_v2"].tolist() == [V2]
    assert case.events(event_kind="exception")["debugbundle_v2"].tolist() == [V2]
    assert case.table("events")["debugbundle_v2"].tolist() == [V2]


def test_digests_of_raw_text_do_not_leave(tmp_path):
    secret = "pin of ada@example.com is 48"
    case = triage.loads(json.dumps([thrown(message=secret, stack=f"E: {secret}")]), name="1-1-shop.events.json")
    raw = set(case.events()[COLUMNS].iloc[0].dropna())
    assert raw
    masked = case.redact()
    shown = masked.events().astype(str).to_csv() + masked.table("events").astype(str).to_csv()
    lazy = type(masked).lazy(case)
    shown += lazy.events().astype(str).to_csv() + lazy.newest(case.incidents()["incident_id"][0]).astype(str).to_csv()
    shown += lazy.events(event_kind="exception").astype(str).to_csv()
    path = tmp_path / "out.tar.gz"
    masked.approve(by="ada").save(path)
    again = triage.load(path)
    shown += again.events().astype(str).to_csv() + again.files().astype(str).to_csv()
    assert not [digest for digest in raw if digest in shown]


def test_what_is_masked_has_no_fingerprint_and_what_is_not_keeps_its_own():
    plain = thrown(message="no cart", stack="E: no cart")
    secret = thrown(message="no cart of ada@example.com", stack="E: no cart") | {
        "event_id": plain["event_id"][:-1] + "2"
    }
    in_path = thrown(message="no cart", stack="E: no cart", request={"method": "GET", "path": "/of/ada@example.com/x"})
    events = [plain, secret, in_path | {"event_id": plain["event_id"][:-1] + "3"}]
    case = triage.loads(json.dumps(events), name="1-1-shop.events.json")
    raw = case.events().set_index("event_id")["debugbundle_v2"]
    masked = case.redact()
    for found in (masked, triage.load(masked.approve(by="ada").bytes)):
        told = found.events().set_index("event_id")["debugbundle_v2"]
        assert told[plain["event_id"]] == raw[plain["event_id"]]
        assert told.drop(plain["event_id"]).isna().all()
        assert raw.notna().all()


@given(st.text())
def test_any_message_gives_text(message):
    for version in ("v1_7", "v1_10", "v2"):
        assert isinstance(normal_message(message, version), str)


@pytest.mark.parametrize(
    "piece", ["a.", "a-", "a@", "@a.", "a@b.", "0x", "-", "1.", "WFLYEJB0020:[id=", "abc ", "a@b.cc_"]
)
def test_the_cost_is_linear(piece):
    def normal(text):
        return [normal_message(text, version) for version in ("v1_7", "v1_10", "v2")]

    grows_evenly(normal, lambda chars: (piece * chars)[:chars], 5_000)


@pytest.mark.parametrize(
    ("message", "summary"),
    [
        ("FATAL: no pg_hba.conf entry for host 10.0.0.1", "PostgreSQL access rejected by pg_hba.conf"),
        ("postgres: Password authentication failed", "PostgreSQL authentication failed"),
        ("pgsql: authentication failed for user app", "PostgreSQL authentication failed"),
        ("connection to server at db: could not translate host name", "PostgreSQL host resolution failed"),
        ("postgres getaddrinfo ENOTFOUND db", "PostgreSQL host resolution failed"),
        ("postgresql: timeout expired", "PostgreSQL connection timed out"),
        ("pgsql ETIMEDOUT", "PostgreSQL connection timed out"),
        ("postgres: remaining connection slots are reserved", "PostgreSQL connection limit reached"),
        ('postgres: database "shop" does not exist', "PostgreSQL database does not exist"),
        ("connection to server at db, port 5432 failed: Connection refused", "PostgreSQL connection refused"),
        ("Access denied for user 'app' (Connection: mysql)", "MySQL authentication failed"),
        ("mariadb: authentication failed", "MySQL authentication failed"),
        ("Can't connect to MySQL server on db", "MySQL connection refused"),
        ("MySQL server has gone away", "MySQL connection dropped"),
        ("mysql: Too many connections", "MySQL connection limit reached"),
        ("Unknown database 'shop' (mysql)", "MySQL database does not exist"),
        ("MongoServerError: Authentication failed.", "MongoDB authentication failed"),
        ("mongo: getaddrinfo ENOTFOUND db", "MongoDB host resolution failed"),
        ("MongoServerSelectionError: Server selection timed out", "MongoDB connection timed out"),
        ("mongodb: connect: connection refused", "MongoDB connection refused"),
        ("redis: WRONGPASS invalid username-password pair", "Redis authentication failed"),
        ("redis: READONLY You can't write against a replica", "Redis replica is read-only"),
        ("redis: ename not found", "Redis host resolution failed"),
        ("redis: timeout", "Redis connection timed out"),
        ("redis: connection refused", "Redis connection refused"),
        # The first family and summary that fits, in this order; what fits none is normalised as any other message.
        ("mysql behind postgres: connection refused", "PostgreSQL connection refused"),
        ("mysql behind postgres: server has gone away", "MySQL connection dropped"),
        ("postgres: connection timed out, connection refused", "PostgreSQL connection timed out"),
        ("postgres: deadlock of 12345 and 23456", "postgres: deadlock of {dynamic} and {dynamic}"),
        ("sql: connection refused", "sql: connection refused"),
    ],
)
def test_errors_of_databases_have_one_summary_each(message, summary):
    assert normal_message(message) == normal_message(message, "v1_10") == summary


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        # The order counts: a UUID is no run of hex, a time no row of numbers, an address no hex.
        ("6F9619FF-8B86-4011-B42D-00C04FC964FF", "{dynamic}"),
        ("6f9619ff-8b86-6011-b42d-00c04fc964ff", "{dynamic}-8b86-{dynamic}-b42d-{dynamic}"),
        ("sk-live-8b86-6011-b42d-7", "{dynamic}"),
        ("ab9619ff-8b86", "{dynamic}-8b86"),
        ("2026-01-26T01:25:59+02:00", "{dynamic}-{dynamic}-26T01:{dynamic}:{dynamic}+{dynamic}:{dynamic}"),
        ("10.0.0.256 1.2.3", "{dynamic} 1.2.3"),
        ("0xg 0x0 x0xff", "0xg {dynamic} x0xff"),
        ("12345678 1234567a", "{dynamic} {dynamic}"),
        ("abcdefghijklmnop abcdefghijklmno1 abcdefghijklm1", "abcdefghijklmnop {dynamic} abcdefghijklm1"),
        ("a1_ 22_ 22", "a1_ 22_ {dynamic}"),
        # Boundaries are those of ASCII: a letter beyond it is none.
        ("ß12ß é0xffé", "ß{dynamic}ß é{dynamic}é"),
        ("٤٢ 42", "٤٢ {dynamic}"),
        ("2001:db8::1", "{dynamic}:db8::1"),
        ("1 2 3", "1 2 3"),
    ],
)
def test_tokens_are_replaced_in_their_order_at_boundaries_of_ascii(message, expected):
    assert normal_message(message) == expected

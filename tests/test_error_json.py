"""Objects of JSON that hold an error, alone, in a list, in what an export wraps; made by hand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage

JS = "TypeError: no rate\n    at pay (/srv/cart.js:12:5)\n    at main (/srv/main.js:3:1)"
PYTHON = 'Traceback (most recent call last):\n  File "/srv/cart.py", line 3, in pay\n    raise\nValueError: no rate'
ERROR = {"name": "TypeError", "message": "no rate", "stack": JS}
ENTRY = {
    "insertId": "a",
    "jsonPayload": {"message": "pay failed", "stack_trace": JS},
    "severity": "ERROR",
    "timestamp": "2026-01-26T01:25:59Z",
    "resource": {"type": "k8s_container", "labels": {"container_name": "shop"}},
}
CALM = {"severity": "INFO", "timestamp": "2026-01-26T01:25:58Z", "textPayload": "ready"}


def test_an_error_alone_however_it_is_laid_out():
    events = [
        triage.loads(text).events()
        for text in (json.dumps(ERROR), json.dumps({"error": ERROR, "url": "/pay"}, indent=2), json.dumps([[ERROR]]))
    ]
    for event in (events_.iloc[0] for events_ in events):
        assert (event["format"], event["error_type"], event["error_value"]) == ("error-json", "TypeError", "no rate")
        assert event["culprit"] == "pay (cart.js:12)"
    assert len({str(one["group_key"].iloc[0]) for one in events}) == 1


def test_entries_of_a_log_view():
    case = triage.loads(json.dumps([CALM, ENTRY], indent=1))
    (event,) = case.events().to_dict("records")
    assert (event["service"], event["level"], str(event["ts"])) == ("shop", "error", "2026-01-26 01:25:59+00:00")
    assert case.logs().sort_values("ts")["message"].tolist() == ["ready", "pay failed"]


@pytest.mark.parametrize("wrapped", [
    {"took": 3, "hits": {"total": 1, "hits": [{"_id": "1", "_source": ENTRY["jsonPayload"] | {"level": "ERROR"}}]}},
    {"entries": [ENTRY]},
    {"errors": [ERROR | {"level": "error"}]},
])  # fmt: skip
def test_what_an_export_wraps(wrapped):
    assert triage.loads(json.dumps(wrapped)).events()["error_type"].tolist() == ["TypeError"]


def test_error_reporting_has_the_stack_in_the_message():
    said = {"eventTime": "2026-01-26T01:25:59Z", "serviceContext": {"service": "shop"}, "message": PYTHON}
    (event,) = triage.loads(json.dumps(said, indent=2)).events().to_dict("records")
    assert (event["service"], event["error_type"], event["culprit"]) == ("shop", "ValueError", "pay (cart.py:3)")


def test_events_of_windows_as_powershell_converts_them():
    crash = (
        "Faulting application name: shop.exe, version: 1.2.3.4, time stamp: 0x60b5f3a1\r\n"
        "Faulting module name: cart.dll, version: 1.2.0.0, time stamp: 0x60b5f3a2\r\n"
        "Exception code: 0xc0000005\r\nFault offset: 0x0000000000012345\r\nFaulting process id: 0x1a2c"
    )
    for when in ("/Date(1769390759000)/", "2026-01-26T01:25:59+00:00"):
        said = {"Message": crash, "Id": 1000, "ProviderName": "Application Error", "LevelDisplayName": "Error",
                "TimeCreated": when}  # fmt: skip
        for text in (json.dumps(said, indent=4), json.dumps([said])):
            (event,) = triage.loads(text).events().to_dict("records")
            assert (event["error_type"], event["culprit"]) == ("EXCEPTION_ACCESS_VIOLATION", "cart.dll+0x12345")
            assert (event["error_code"], event["release"], event["os_name"]) == (0xC0000005, "1.2.3.4", "Windows")
            assert (str(event["ts"]), event["level"]) == ("2026-01-26 01:25:59+00:00", "error")


def test_objects_below_each_other_of_which_one_is_damaged():
    lines = [json.dumps(ERROR), '{"name": "TypeError", "sta', json.dumps(ERROR | {"stack": JS.replace("rate", "cart")})]
    case = triage.loads("\n".join(lines))
    assert case.events()["error_value"].tolist() == ["no rate", "no cart"]
    assert case.quarantine()["reason"].tolist() == ["damaged JSON"]


@pytest.mark.parametrize("text", [
    '{"stack": "LAMP", "name": "shop"}', '{"message": "no rate"}', "[1, 2]", "{}", "[]",
    '{"stacks": [{"stack": "a\\nb"}]}',
])  # fmt: skip
def test_other_documents_stay_unknown(text):
    case = triage.loads(text)
    assert case.files()["parse_status"].tolist() == ["unknown"]
    assert case.events().empty


def test_lines_of_json_behind_what_a_container_writes():
    record = json.dumps({"level": "error", "msg": "pay failed", "err": ERROR})
    zoned = "2026-01-26T01:25:59.123456789Z"
    texts = {
        f"{zoned} {record}": "2026-01-26 01:25:59.123456+00:00",
        f"{zoned} stderr F {record}": "2026-01-26 01:25:59.123456+00:00",
        json.dumps({"log": record + "\n", "stream": "stderr", "time": zoned}): "2026-01-26 01:25:59.123456+00:00",
        f"Jan 26 01:25:59 web shop[7]: {record}": "None",
    }
    for text, when in texts.items():
        (event,) = triage.loads(text).events().to_dict("records")
        assert (event["error_type"], event["culprit"]) == ("TypeError", "pay (cart.js:12)")
        assert triage.stacks.signature(text) == event["group_key"]
        assert str(event["ts"]) == when


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([json.dumps(ERROR), json.dumps(ENTRY), "[", "]", ",", "{", "}", '"']), max_size=12))
def test_any_pieces_are_read(pieces):
    triage.loads("\n".join(['{"stack": "E: x\\n  at f (a.js:1:2)"}', *pieces]))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read(text):
    triage.loads('{"stack": "E: x\\n  at f (a.js:1:2)"}' + text, name="x")

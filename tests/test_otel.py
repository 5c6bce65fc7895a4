"""OpenTelemetry's JSON: made by hand after the OTLP mapping and what the console exporters print."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from tests.growth import grows_evenly
from tests.reading import read
from triage.formats import otel
from triage.stacks import signature

TRACE = "5b8efff798038103d269b633813fc60c"
SPAN = "eee19b7ec3c1b174"
PYTHON = (
    'Traceback (most recent call last):\n  File "/srv/shop/till.py", line 5, in pay\n    a / b\n'
    "ZeroDivisionError: by zero\n"
)
JAVA = "a.b.NoRate: XTS\n\tat a.b.Till.pay(Till.java:7)\nCaused by: a.b.Empty: none\n\tat a.b.Rates.get(Rates.java:3)"


def pairs(**values: object) -> list[dict]:
    kinds = {str: "stringValue", bool: "boolValue", int: "intValue", float: "doubleValue"}
    return [
        {"key": key.replace("__", "."), "value": {kinds[type(value)]: str(value) if type(value) is int else value}}
        for key, value in values.items()
    ]


RESOURCE = {
    "attributes": pairs(
        service__name="shop",
        service__version="1.4",
        deployment__environment="production",
        telemetry__sdk__language="python",
        os__type="linux",
        host__arch="amd64",
    )
}
EXCEPTION = {
    "timeUnixNano": "1770715800500000000",
    "name": "exception",
    "attributes": pairs(
        exception__type="ZeroDivisionError",
        exception__message="by zero",
        exception__stacktrace=PYTHON,
        exception__escaped="True",
    ),
}
FAILED = {
    "traceId": TRACE,
    "spanId": SPAN,
    "parentSpanId": "aaa19b7ec3c1b174",
    "name": "POST /orders",
    "kind": 2,
    "startTimeUnixNano": "1770715800000000000",
    "endTimeUnixNano": "1770715800750000000",
    "attributes": pairs(http__method="POST", http__target="/orders/3?x=1", http__status_code=500, user__id="u-7"),
    "events": [{"timeUnixNano": "1770715800100000000", "name": "cart read", "attributes": pairs(items=3)}, EXCEPTION],
    "status": {"code": 2, "message": "ZeroDivisionError: by zero"},
}
QUIET = {"traceId": TRACE, "spanId": "bbb19b7ec3c1b174", "name": "GET /", "status": {}}
ERROR = {
    "traceId": TRACE,
    "spanId": "ccc19b7ec3c1b174",
    "name": "SELECT",
    "endTimeUnixNano": 1770715801000000000,
    "status": {"code": "STATUS_CODE_ERROR", "message": "deadline"},
}
SPANS = {
    "resourceSpans": [
        {"resource": RESOURCE, "scopeSpans": [{"scope": {"name": "shop.till"}, "spans": [QUIET, FAILED, ERROR]}]}
    ]
}
LOGS = {
    "resourceLogs": [
        {
            "resource": {"attributes": pairs(service__name="shop", telemetry__sdk__language="java")},
            "scopeLogs": [
                {
                    "scope": {"name": "a.b.Till"},
                    "logRecords": [
                        {"timeUnixNano": "1770715800000000000", "severityNumber": 9, "body": {"stringValue": "ready"}},
                        {
                            "timeUnixNano": "1770715801000000000",
                            "severityNumber": 17,
                            "severityText": "ERROR",
                            "body": {"stringValue": "cannot pay"},
                            "traceId": TRACE,
                            "spanId": SPAN,
                            "attributes": pairs(
                                exception__type="a.b.NoRate",
                                exception__message="XTS",
                                exception__stacktrace=JAVA,
                                thread__name="main",
                            ),
                        },
                    ],
                }
            ],
        }
    ]
}
CONSOLE = {
    "name": "POST /orders",
    "context": {"trace_id": f"0x{TRACE}", "span_id": f"0x{SPAN}", "trace_state": "[]"},
    "kind": "SpanKind.SERVER",
    "parent_id": None,
    "start_time": "2026-02-10T09:30:00.000000Z",
    "end_time": "2026-02-10T09:30:00.750000Z",
    "status": {"status_code": "ERROR", "description": "ZeroDivisionError: by zero"},
    "attributes": {"http.request.method": "POST", "http.route": "/orders/{id}"},
    "events": [
        {
            "name": "exception",
            "timestamp": "2026-02-10T09:30:00.500000Z",
            "attributes": {
                "exception.type": "ZeroDivisionError",
                "exception.message": "by zero",
                "exception.stacktrace": PYTHON,
                "exception.escaped": "False",
            },
        }
    ],
    "links": [],
    "resource": {"attributes": {"telemetry.sdk.language": "python", "service.name": "shop"}, "schema_url": ""},
}
GO = {
    "Name": "pay",
    "SpanContext": {"TraceID": TRACE, "SpanID": SPAN, "TraceFlags": "01", "TraceState": "", "Remote": False},
    "Parent": {"TraceID": TRACE, "SpanID": "aaa19b7ec3c1b174"},
    "SpanKind": 1,
    "StartTime": "2026-02-10T10:30:00.123456789+01:00",
    "EndTime": "2026-02-10T10:30:00.223456789+01:00",
    "Attributes": [{"Key": "n", "Value": {"Type": "INT64", "Value": 3}}],
    "Events": [
        {
            "Name": "exception",
            "Attributes": [
                {"Key": "exception.type", "Value": {"Type": "STRING", "Value": "*errors.errorString"}},
                {"Key": "exception.message", "Value": {"Type": "STRING", "Value": "no rate"}},
            ],
            "Time": "2026-02-10T10:30:00.2+01:00",
        }
    ],
    "Status": {"Code": "Error", "Description": "no rate"},
    "Resource": [{"Key": "service.name", "Value": {"Type": "STRING", "Value": "till"}}],
    "InstrumentationScope": {"Name": "till", "Version": ""},
}


def test_an_exception_of_a_span():
    rows = read(json.dumps(SPANS).encode())
    event, failed = rows["events"]
    assert (event["format"], event["event_class"], event["event_kind"]) == ("otel", "incident_signal", "exception")
    assert (event["error_type"], event["error_value"], event["handled"]) == ("ZeroDivisionError", "by zero", False)
    assert (event["service"], event["release"], event["environment"], event["platform"]) == (
        "shop",
        "1.4",
        "production",
        "python",
    )
    assert (event["http_method"], event["route"], event["http_status"]) == ("POST", "/orders/3", 500)
    assert (event["trace_id"], event["duration_ms"], event["os_name"], event["arch"]) == (
        TRACE,
        750.0,
        "Linux",
        "x86_64",
    )
    assert event["ts"].isoformat() == "2026-02-10T09:30:00.500000+00:00"
    assert event["user_hash"] != "u-7"
    assert [(f["function"], f["file"], f["line"]) for f in rows["frames"]] == [("pay", "/srv/shop/till.py", 5)]
    notes = {
        (row["scope"], row["key"]): row["value"] for row in rows["annotations"] if row["event_id"] == event["event_id"]
    }
    assert (notes["span", "span_id"], notes["span", "name"], notes["span", "scope"]) == (
        SPAN,
        "POST /orders",
        "shop.till",
    )
    assert notes["resource", "service.version"] == "1.4"
    assert ("exception", "exception.stacktrace") not in notes
    assert [(row["message"], row["fields"], row["origin"]) for row in rows["logs"]] == [
        ("cart read", '{"items":3}', "span event")
    ]
    assert (failed["event_class"], failed["event_kind"], failed["error_value"]) == ("context", "span", "deadline")
    assert rows["files"][0]["description"] == "OpenTelemetry: 3 spans, 1 exceptions, 1 spans that failed without one"


def test_log_records():
    rows = read(json.dumps(LOGS, indent=2).encode())
    (event,) = rows["events"]
    assert (event["error_type"], event["error_value"], event["level"], event["trace_id"]) == (
        "a.b.NoRate",
        "XTS",
        "error",
        TRACE,
    )
    assert [(s["role"], s["error_type"]) for s in rows["stacks"]] == [("crash", "a.b.NoRate"), ("cause", "a.b.Empty")]
    ready, failed = rows["logs"]
    assert (ready["message"], ready["level"], ready["logger"], ready["event_id"]) == ("ready", "info", "a.b.Till", None)
    assert (failed["message"], failed["thread"], failed["event_id"]) == ("cannot pay", "main", event["event_id"])


@pytest.mark.parametrize("indent", [None, 4])
def test_spans_that_exporters_print(indent):
    text = "\n".join(json.dumps(item, indent=indent) for item in (CONSOLE, CONSOLE, GO))
    rows = read(text.encode())
    one, two, go = rows["events"]
    assert (one["error_type"], one["route"], one["trace_id"], one["handled"]) == (
        "ZeroDivisionError",
        "/orders/{id}",
        TRACE,
        None,
    )
    assert two["offset"] == len(json.dumps(CONSOLE, indent=indent)) + 1
    assert (go["error_type"], go["error_value"], go["service"]) == ("*errors.errorString", "no rate", "till")
    assert go["ts"].isoformat() == "2026-02-10T09:30:00.200000+00:00"
    assert rows["stacks"][2]["error_type"] == "*errors.errorString"


def test_lines_between_documents_and_broken_ones():
    lines = [json.dumps(SPANS), "started", json.dumps(LOGS), '{"resourceSpans": [', json.dumps(SPANS)]
    rows = read("\n".join(lines).encode())
    assert [event["event_kind"] for event in rows["events"]] == ["exception", "span", "exception"]
    assert rows["files"][0]["parse_status"] == "partial"
    assert "1 lines between the documents are no JSON" in rows["files"][0]["reason"]


def test_records_one_by_one():
    record = {
        "body": "cannot pay",
        "severity_number": 17,
        "severity_text": "ERROR",
        "attributes": {"exception.type": "ValueError", "exception.message": "x", "exception.stacktrace": PYTHON},
        "timestamp": "2026-02-10T09:30:00.500000Z",
        "trace_id": f"0x{TRACE}",
        "span_id": f"0x{SPAN}",
        "resource": {"attributes": {"service.name": "shop", "telemetry.sdk.language": "python"}},
    }
    model = {
        "Timestamp": "1770715800500000000",
        "SeverityText": "WARN",
        "Body": "slow",
        "Attributes": {},
        "Resource": {},
    }
    rows = read((json.dumps(record) + "\n" + json.dumps(model) + "\n").encode())
    assert [(row["level"], row["message"]) for row in rows["logs"]] == [("error", "cannot pay"), ("warning", "slow")]
    assert rows["events"][0]["error_type"] == "ValueError"


def test_stacks_of_languages():
    for language, words, function in (
        ("java", JAVA, "a.b.Till.pay"),
        ("nodejs", "TypeError: x\n    at pay (/srv/till.js:3:9)\n    at main (/srv/till.js:8:1)", "pay"),
        ("go", "goroutine 1 [running]:\nmain.pay(0x1)\n\t/srv/main.go:9 +0x1d\n", "main.pay"),
        ("ruby", "/srv/till.rb:3:in `pay': no rate (RuntimeError)\n\tfrom /srv/till.rb:9:in `<main>'", "pay"),
    ):
        span = json.loads(json.dumps(CONSOLE).replace('"python"', f'"{language}"'))
        span["events"][0]["attributes"]["exception.stacktrace"] = words
        rows = read(json.dumps(span).encode())
        assert rows["frames"][0]["function"] == function, language
        assert rows["events"][0]["error_type"] == "ZeroDivisionError"


@pytest.mark.parametrize("head", ["", "** (RuntimeError) no rate\n"])
def test_elixir_writes_its_frames_alone(head):
    words = "    (shop 0.3.0) lib/cart.ex:12: Shop.Cart.total/3\n    (shop 0.3.0) lib/main.ex:3: Shop.pay/1"
    said = pairs(
        exception__type="Elixir.RuntimeError", exception__message="no rate", exception__stacktrace=head + words
    )
    record = json.dumps({"timeUnixNano": "1", "severityNumber": 17, "body": {"stringValue": "x"}, "attributes": said})
    rows = read(record.encode())
    assert (rows["events"][0]["error_type"], rows["events"][0]["error_value"]) == ("RuntimeError", "no rate")
    assert signature(record) == signature(f"** (RuntimeError) no rate\n{words}\n") != ""
    assert signature(record.replace("Cart.total", "Cart.count")) not in {"", signature(record)}


def test_a_stack_that_nobody_knows_is_kept():
    span = json.loads(json.dumps(CONSOLE))
    span["events"][0]["attributes"]["exception.stacktrace"] = "somewhere, somehow"
    rows = read(json.dumps(span).encode())
    assert rows["events"][0]["notes"] == ["the stack is of no kind that is known"]
    assert any(row["key"] == "exception.stacktrace" for row in rows["annotations"])


@pytest.mark.parametrize("part", [0.5, 0.8, 0.97])
def test_cut_files_give_what_can_be_read(part):
    data = json.dumps(SPANS).encode()
    rows = read(data[: int(len(data) * part)])
    assert rows["files"][0]["parse_status"] == "partial"
    assert rows["quarantine"]
    if part > 0.9:
        assert rows["events"][0]["error_type"] == "ZeroDivisionError"


def test_old_names_and_base64_ids():
    old = {
        "resource_spans": [
            {
                "instrumentation_library_spans": [
                    {"spans": [FAILED | {"traceId": "W47/95gDgQPSabYzgT/GDA==", "spanId": "7uGbfsPBsXQ="}]}
                ]
            }
        ]
    }
    (event,) = read(json.dumps(old).encode())["events"]
    assert (event["trace_id"], event["service"]) == (TRACE, None)


def test_the_whole_way():
    case = triage.loads(json.dumps(SPANS) + "\n" + json.dumps(LOGS))
    assert sorted(case.incidents()["error_type"].tolist()) == ["ZeroDivisionError", "a.b.NoRate"]


@pytest.mark.parametrize(
    "data",
    [b"{}", b'{"name": "x", "status": "y"}', b'{"resource": {}, "events": []}', b"resourceSpans", b'{"body": "x"}'],
)
def test_what_is_none(data):
    assert all(row["format"] != "otel" for row in read(data)["events"])


def test_work_grows_as_the_text():
    piece = [json.dumps(SPANS).encode(), b'{"name":', b"x", b"}"]
    grows_evenly(lambda data: read(data, reader=otel), lambda times: b"\n".join(piece * times), 25)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "key",
                    "value",
                    "stringValue",
                    "intValue",
                    "arrayValue",
                    "values",
                    "attributes",
                    "events",
                    "name",
                    "status",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(
        st.sampled_from(sorted(set(CONSOLE) | set(GO) | set(SPANS) | set(LOGS) | {"body", "traceId"})), VALUES
    )
)
def test_odd_values_never_raise(document):
    read(json.dumps(document).encode(), reader=otel)
    read(json.dumps(CONSOLE | document).encode(), reader=otel)
    read(json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [FAILED | document]}]}]}).encode(), reader=otel)


@given(st.binary(max_size=300))
def test_any_bytes_never_raise(data):
    read(data, reader=otel)

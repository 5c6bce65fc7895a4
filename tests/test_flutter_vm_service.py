"""Events of the Dart VM service."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading import SAMPLES, read, read_many
from triage.formats import flutter_vm_service as service
from triage.formats.head import Head

STACK = "#0      Price.build (package:shop/price.dart:14:5)\n#1      main (package:shop/main.dart:3:1)"
RENDERED = f"""\
══╡ EXCEPTION CAUGHT BY WIDGETS LIBRARY ╞═══════════════════════════════════════════════════════════
The following _TypeError was thrown building Price(dirty):
Null check operator used on a null value

The relevant error-causing widget was:
  Price Price:file:///home/user/shop/lib/price.dart:72:22

When the exception was thrown, this was the stack:
{STACK}
{"═" * 100}"""
NODES = [
    {"type": "ErrorDescription", "level": "info", "description": "The following RangeError was thrown building Price:"},
    {"type": "ErrorSummary", "level": "summary", "description": "RangeError (index): Invalid value"},
    {
        "type": "DiagnosticsStackTrace",
        "name": "When the exception was thrown, this was the stack",
        "properties": [{"description": row} for row in STACK.split("\n")],
    },
]


def flutter_error(**data: object) -> dict[str, object]:
    return {
        "type": "Event",
        "kind": "Extension",
        "timestamp": 1769390760123,
        "isolate": {"id": "isolates/1", "name": "main"},
        "extensionKind": "Flutter.Error",
        "extensionData": {"description": "Exception caught by widgets library", **data},
    }


def rows_of(value: object, *, indent: int | None = None):
    return read(json.dumps(value, ensure_ascii=False, indent=indent).encode(), reader=service)


def annotations(rows):
    return {row["key"]: row["value"] for row in rows["annotations"]}


def one(rows):
    (event,) = rows["events"]
    return event


def test_the_rendered_text_is_read_as_a_block():
    rows = rows_of(flutter_error(renderedErrorText=RENDERED, errorsSinceReload=0))
    event = one(rows)
    assert (event["error_type"], event["error_value"]) == ("_TypeError", "Null check operator used on a null value")
    assert event["ts"] == datetime(2026, 1, 26, 1, 26, 0, 123000, UTC)
    assert (event["ts_source"], event["parse_status"], event["level"]) == ("event", "ok", "error")
    found = annotations(rows)
    assert (found["library"], found["widget"], found["errorsSinceReload"], found["isolate"]) == (
        "WIDGETS LIBRARY",
        "Price",
        "0",
        "main",
    )
    assert [frame["function"] for frame in rows["frames"]] == ["Price.build", "main"]


def test_rendered_text_without_its_header_and_footer():
    body = "\n".join(RENDERED.split("\n")[1:-1])
    event = one(rows_of(flutter_error(renderedErrorText=body, library="widgets library")))
    assert (event["error_type"], event["parse_status"], event["notes"]) == ("_TypeError", "ok", None)


def test_rendered_text_without_a_stack_takes_that_of_the_data():
    rows = rows_of(flutter_error(renderedErrorText="Bad state: no\n", stackTrace=STACK))
    assert one(rows)["error_type"] == "StateError"
    assert len(rows["frames"]) == 2


def test_a_repeat_is_told_by_its_nodes():
    rows = rows_of(flutter_error(errorsSinceReload=3, properties=NODES))
    event = one(rows)
    assert (event["error_type"], event["error_value"]) == ("RangeError", "RangeError (index): Invalid value")
    assert event["notes"] == ["told by its summary: no rendered text"]
    assert annotations(rows)["library"] == "widgets library"
    assert annotations(rows)["errorsSinceReload"] == "3"
    assert [frame["function"] for frame in rows["frames"]] == ["Price.build", "main"]


def test_only_a_description():
    event = one(rows_of(flutter_error()))
    assert (event["error_type"], event["error_value"]) == ("FlutterError", "Exception caught by widgets library")


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    "wrap",
    [
        lambda event: event,
        lambda event: {"streamId": "Extension", "event": event},
        lambda event: {"jsonrpc": "2.0", "method": "streamNotify", "params": {"streamId": "Extension", "event": event}},
        lambda event: [event],
    ],
)
def test_every_wrapping(wrap, indent):
    value = wrap(flutter_error(renderedErrorText=RENDERED))
    assert one(rows_of(value, indent=indent))["error_type"] == "_TypeError"
    match = service.sniff(Head(json.dumps(value, indent=indent).encode()))
    assert match is not None
    assert match.score >= 90


def test_one_message_per_line():
    good = json.dumps(flutter_error(renderedErrorText=RENDERED), ensure_ascii=False).encode()
    rows = read(good + b"\n{broken\n\n" + good + b"\n", reader=service)
    assert [(event["offset"], event["length"]) for event in rows["events"]] == [
        (0, len(good)),
        (len(good) + 10, len(good)),
    ]
    (broken,) = rows["quarantine"]
    assert (broken["line"], broken["offset"], broken["length"]) == (2, len(good) + 1, 7)


def test_a_first_line_longer_than_the_head():
    long = json.dumps(flutter_error(renderedErrorText=RENDERED, padding="x" * 70_000), ensure_ascii=False).encode()
    assert len(read(long + b"\n" + long, reader=service)["events"]) == 2


def test_the_error_count_and_repeated_errors_are_events_of_their_own():
    events = [flutter_error(errorsSinceReload=count, properties=NODES) for count in range(3)]
    rows = rows_of(events)
    assert len(rows["events"]) == 3
    assert len({event["event_id"] for event in rows["events"]}) == 3


def test_log_records():
    record = {
        "message": {"valueAsString": "price feed down"},
        "level": 900,
        "loggerName": {"valueAsString": "feed"},
        "time": 1769390760123,
    }
    (row,) = rows_of({"type": "Event", "kind": "Logging", "logRecord": record})["logs"]
    assert (row["message"], row["level"], row["logger"]) == ("price feed down", "warning", "feed")
    assert row["ts"] == datetime(2026, 1, 26, 1, 26, 0, 123000, UTC)


def test_a_log_record_with_an_error_is_an_event():
    record = {
        "message": {"valueAsString": "price feed down"},
        "error": {"valueAsString": "FormatException: bad"},
        "stackTrace": {"valueAsString": STACK},
        "level": 1000,
    }
    rows = rows_of({"type": "Event", "kind": "Logging", "logRecord": record})
    assert (one(rows)["error_type"], one(rows)["error_value"]) == ("FormatException", "bad")
    assert len(rows["frames"]) == 2
    assert rows["logs"][0]["level"] == "error"


def test_what_the_program_wrote():
    data = base64.b64encode(f"hello\n{RENDERED}\n".encode()).decode()
    rows = rows_of({"type": "Event", "kind": "WriteEvent", "bytes": data, "timestamp": 1769390760123})
    assert one(rows)["error_type"] == "_TypeError"
    assert rows["logs"][0]["message"] == "hello"
    bad = rows_of({"type": "Event", "kind": "WriteEvent", "bytes": "%%%"})
    assert bad["quarantine"][0]["reason"] == "bytes of a WriteEvent are not base64"


def test_other_events_are_log_rows():
    (row,) = rows_of({"type": "Event", "kind": "IsolateStart", "isolate": {"name": "main"}})["logs"]
    assert (row["message"], row["origin"]) == ("IsolateStart", "vm-service")


@pytest.mark.parametrize("value", [{"kind": "Extension"}, {"kind": ["Extension"]}, {"event": "x"}, [], {}, [1], "x", 3])
def test_other_json_is_not_claimed(value):
    assert service.sniff(Head(json.dumps(value).encode())) is None


def test_half_of_a_surrogate_pair_costs_nothing():
    event = json.dumps(flutter_error(exception="bad \ud83d"))
    rows = read(event.encode(), reader=service)
    assert one(rows)["error_value"] == "bad ?"
    assert rows["files"][0]["reason"] == "messages that are not strict JSON were repaired"
    deep = event.replace('"bad \\ud83d"', '"bad", "properties": ' + "[" * 10_000 + "]" * 10_000)
    rows = read(deep.encode(), reader=service)
    assert one(rows)["error_value"] == "bad"
    assert rows["files"][0]["reason"] == "messages that are nested too deeply were read without their depths"


def test_damaged_json_is_partial():
    data = json.dumps(flutter_error(renderedErrorText=RENDERED)).encode()[:-20]
    rows = read(data, reader=service)
    assert rows["files"][0]["parse_status"] == "partial"
    assert (rows["quarantine"][0]["offset"], rows["quarantine"][0]["length"]) == (0, len(data))


@pytest.mark.parametrize("when", [None, True, "x", -1, 10**30, float("1e300")])
def test_odd_times(when):
    value = flutter_error(renderedErrorText=RENDERED)
    value["timestamp"] = when
    assert one(rows_of(value))["error_type"] == "_TypeError"


def test_the_sample():
    path = SAMPLES / "flutter" / "vm-service-error.json"
    rows = read(path.read_bytes(), path.name)
    event = one(rows)
    assert (event["format"], event["error_type"]) == ("flutter-vm-service", "_TypeError")
    assert len(rows["frames"]) == 14
    assert rows["frames"][-1]["repeat"] == 3
    assert annotations(rows)["widget"] == "CheckoutSummary"
    assert rows["files"][0]["parse_status"] == "ok"


def test_every_truncation_of_the_sample_reads():
    data = (SAMPLES / "flutter" / "vm-service-error.json").read_bytes()
    ends = range(0, len(data), 3)
    rows = read_many([(str(end), data[:end]) for end in ends], reader=service)
    assert [row["bytes"] for row in rows["files"]] == list(ends)


_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["properties", "children", "description", "type", "level", "valueAsString", "name"]), inner
        ),
    ),
    max_leaves=8,
)
_KEYS = ["kind", "extensionKind", "timestamp", "isolate", "logRecord", "bytes", "event", "params"]
_DATA = st.dictionaries(
    st.sampled_from(["renderedErrorText", "properties", "stackTrace", "library", "description", "errorsSinceReload"]),
    _JSON,
)


@given(st.dictionaries(st.sampled_from(_KEYS), _JSON), _DATA)
def test_any_event_reads(event, data):
    assert rows_of({**event, "extensionKind": "Flutter.Error", "extensionData": data})["files"]
    assert rows_of(event)["files"]
    service.sniff(Head(json.dumps(event).encode()))


@given(st.binary(max_size=300))
def test_any_bytes_read(data):
    assert read(b"{" + data, reader=service)["files"][0]["bytes"] == len(data) + 1
    service.sniff(Head(b"{" + data))

"""`flutter run --machine`."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading import SAMPLES, read, read_many
from triage.formats import flutter_machine
from triage.formats.head import Head

STACK = "#0      Feed.decode (package:shop/feed.dart:27:18)\n<asynchronous suspension>\n"


def line(event: str, **params: object) -> str:
    return json.dumps([{"event": event, "params": params}], ensure_ascii=False)


def rows_of(*lines: str):
    return read("\n".join(lines).encode(), reader=flutter_machine)


def test_a_log_with_a_stack_is_an_event_and_bypasses_the_blocks():
    header = line("app.log", appId="a", log="flutter: ══╡ EXCEPTION CAUGHT BY GESTURE ╞══")
    failing = line("app.log", appId="a", log="Unhandled exception: FormatException: bad", error=True, stackTrace=STACK)
    rows = rows_of(header, failing, line("app.log", appId="a", log="flutter: " + "═" * 40))
    first, second = rows["events"]
    assert (first["error_type"], first["error_value"], first["handled"]) == ("FormatException", "bad", False)
    assert (first["session_id"], first["level"], first["format"]) == ("a", "error", "flutter-machine")
    assert [frame["frame_kind"] for frame in rows["frames"]] == ["frame", "async_gap"]
    assert second["error_type"] == "FlutterError"
    assert second["parse_status"] == "ok"


def test_two_programs_do_not_mix():
    rows = rows_of(
        line("app.log", appId="a", log="══╡ EXCEPTION CAUGHT BY A ╞══"),
        line("app.log", appId="b", log="══╡ EXCEPTION CAUGHT BY B ╞══"),
        line("app.log", appId="a", log="of a"),
        line("app.log", appId="b", log="of b"),
        line("app.log", appId="a", log="═" * 20),
        line("app.log", appId="b", log="═" * 20),
    )
    assert [(event["session_id"], event["error_value"], event["parse_status"]) for event in rows["events"]] == [
        ("a", "of a", "ok"),
        ("b", "of b", "ok"),
    ]


def test_a_block_in_one_message_of_many_lines():
    text = "══╡ EXCEPTION CAUGHT BY A ╞══\nThe following X was thrown:\nno\n" + "═" * 20 + "\nafter"
    rows = rows_of(line("app.log", appId="a", log=text))
    assert [(event["error_type"], event["error_value"]) for event in rows["events"]] == [("X", "no")]
    assert [row["message"] for row in rows["logs"]] == ["after"]


def test_an_error_without_a_stack_is_a_log_line():
    rows = rows_of(line("app.log", appId="a", log="it failed", error=True), line("app.log", appId="a", log="x"))
    assert rows["events"] == []
    assert [(row["message"], row["level"]) for row in rows["logs"]] == [("it failed", "error"), ("x", None)]


@pytest.mark.parametrize(
    ("level", "expected"),
    [("warning", "warning"), ("error", "error"), ("status", "info"), ("trace", "trace"), ("?", None)],
)
def test_the_levels_of_the_daemon(level, expected):
    (row,) = rows_of(line("daemon.logMessage", level=level, message="hello"))["logs"]
    assert (row["level"], row["message"]) == (expected, "hello")


def test_a_daemon_message_with_a_stack():
    (event,) = rows_of(line("daemon.logMessage", level="error", message="no device", stackTrace=STACK))["events"]
    assert (event["error_value"], event["event_kind"], event["event_class"]) == (
        "no device",
        "exception",
        "incident_signal",
    )
    assert event["stack_key"]


def test_the_start_of_a_program_is_context():
    start = line(
        "app.start", appId="a", deviceId="pixel", directory="/home/user/shop", supportsRestart=True, mode="run"
    )
    rows = rows_of(start, line("app.log", appId="a", log="Another exception was thrown: x"))
    context, repeat = rows["events"]
    assert (context["event_class"], context["event_kind"], context["device"]) == ("context", "app.start", "pixel")
    annotations = {row["key"]: row["value"] for row in rows["annotations"]}
    assert annotations == {
        "deviceId": "pixel",
        "directory": "/home/user/shop",
        "supportsRestart": "true",
        "mode": "run",
    }
    assert (repeat["device"], repeat["session_id"]) == ("pixel", "a")


def test_progress_answers_and_a_stop_with_an_error():
    rows = rows_of(
        line("app.progress", appId="a", id="1", message="Reloading…"),
        '[{"id":1,"result":{"code":0}},{"id":2,"error":"unknown app"}]',
        line("app.stop", appId="a", error="StateError: gone", trace=STACK),
    )
    assert [(row["logger"], row["level"], row["message"]) for row in rows["logs"]] == [
        ("app.progress", "info", "Reloading…"),
        ("response", "debug", "response to 1"),
        ("response", "error", "unknown app"),
    ]
    (event,) = rows["events"]
    assert (event["error_type"], event["error_value"]) == ("StateError", "gone")


def test_broken_lines_go_to_quarantine_and_others_are_log_lines():
    good = line("app.log", appId="a", log="x")
    rows = rows_of(good, '[{"event":"app.log","params":{', "Oops; flutter has exited", good)
    (broken,) = rows["quarantine"]
    assert (broken["line"], broken["offset"], broken["length"]) == (2, len(good) + 1, 30)
    assert broken["reason"] == "a line is not valid JSON"
    assert [row["message"] for row in rows["logs"]] == ["x", "Oops; flutter has exited", "x"]


def test_half_of_a_surrogate_pair_costs_nothing():
    rows = rows_of('[{"event":"app.log","params":{"appId":"a","log":"face \\ud83d"}}]')
    assert [row["message"] for row in rows["logs"]] == ["face ?"]
    assert rows["quarantine"] == []
    assert rows["files"][0]["reason"] == "messages that are not strict JSON were repaired"


def test_sniff():
    text = b'Downloading...\n[{"event":"daemon.connected","params":{"version":"0.6.1","pid":1}}]\n'
    match = flutter_machine.sniff(Head(text))
    assert match is not None
    assert match.score >= 90
    assert flutter_machine.sniff(Head(b'[{"event":"click"}]\n')) is None
    assert flutter_machine.sniff(Head(b'[{"event":["app."]}]\n')) is None


def test_the_sample():
    path = SAMPLES / "flutter" / "run-machine.ndjson"
    rows = read(path.read_bytes(), path.name)
    signals = [event for event in rows["events"] if event["event_class"] == "incident_signal"]
    found = {(event["error_type"], event["error_value"][:25], event["device"]) for event in signals}
    assert found == {
        ("FlutterError", "A RenderFlex overflowed b", "emulator-5554"),
        ("FormatException", "Unexpected character (at ", "emulator-5554"),
        (None, "Error connecting to the s", None),
    }
    kinds = [event["event_kind"] for event in rows["events"] if event["event_class"] == "context"]
    assert kinds == ["daemon.connected", "app.start", "app.started", "app.stop"]
    assert rows["quarantine"] == []
    assert rows["files"][0]["media"] == "application/x-ndjson"


def test_every_truncation_of_the_sample_reads():
    data = (SAMPLES / "flutter" / "run-machine.ndjson").read_bytes()
    ends = [*range(4096), *range(4096, len(data), 7)]
    rows = read_many([(str(end), data[:end]) for end in ends], reader=flutter_machine)
    assert [row["bytes"] for row in rows["files"]] == ends


_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=6,
)
_PARAMS = st.dictionaries(
    st.sampled_from(["appId", "log", "error", "stackTrace", "level", "message", "deviceId", "trace", "id"]), _JSON
)
_EVENTS = st.sampled_from(["app.log", "daemon.logMessage", "app.start", "app.stop", "app.progress", "x", None, 3])


@given(st.lists(st.tuples(_EVENTS, st.one_of(_PARAMS, _JSON)), max_size=6))
def test_any_message_reads(messages):
    lines = [json.dumps([{"event": event, "params": params}]) for event, params in messages]
    rows = rows_of(*lines)
    assert len(rows["files"]) == 1


@given(st.binary(max_size=300))
def test_any_bytes_read(data):
    assert read(b"[{" + data, reader=flutter_machine)["files"][0]["bytes"] == len(data) + 2
    flutter_machine.sniff(Head(b"[{" + data))

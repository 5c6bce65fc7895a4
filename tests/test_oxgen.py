"""0xGen bundles: the samples, the files in any order, what its redactor breaks, and damage."""

from __future__ import annotations

import itertools
import json
import random
import tarfile
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading import SAMPLES, read, read_many
from triage.formats import broken_json, oxgen
from triage.formats.head import Head

PANIC = "crash-20260126T012559123Z"
RENDERER = "crash-20260203T174210456Z"
FEEDBACK = "feedback-20260204T090000000Z"


def members(name):
    path = SAMPLES / "0xgen" / f"{name}.tar.gz"
    with tarfile.open(path) as archive:
        files = [(member.name, archive.extractfile(member)) for member in archive if member.isfile()]
        return [(member, file.read()) for member, file in files if file]


def document(**values):
    return json.dumps(values, indent=2).encode()


def manifest(created="2026-01-26T01:25:59.123456789Z", **changes):
    reason = {"kind": "rust-panic", "message": "boom", "stack": "   0: a::b\n             at a.rs:1:2\n"}
    values = {
        "version": "1.2.3",
        "os": "macos",
        "arch": "aarch64",
        "createdAt": created,
        "baseUrl": "http://127.0.0.1:1",
        "processId": 7,
        "reason": reason,
    }
    return document(**(values | changes))


def notes(tables, scope):
    return {row["key"]: row["value"] for row in tables["annotations"] if row["scope"] == scope}


def test_panic_sample():
    tables = read_many(members(PANIC))
    (event,) = tables["events"]
    wanted = {
        "event_id": PANIC,
        "native_id": PANIC,
        "format": "0xgen",
        "event_class": "incident_signal",
        "event_kind": "crash",
        "ts": datetime(2026, 1, 26, 1, 25, 59, 123000, UTC),
        "ts_source": "manifest.json",
        "level": "fatal",
        "handled": False,
        "platform": "rust",
        "release": "0.9.3",
        "os_name": "Linux",
        "os_version": "Debian GNU/Linux 12",
        "arch": "x86_64",
        "error_type": "panic",
        "error_value": "range end index 201 out of range for slice of length 2",
        "parse_status": "ok",
    }
    assert {key: event[key] for key in wanted} == wanted
    assert [note for note in event["notes"] if "1024 times" in note]
    (stack,) = tables["stacks"]
    assert (stack["role"], stack["crashed"], stack["error_type"]) == ("crash", True, "panic")
    place = tables["frames"][10]
    assert place["function"] == "oxgen_shell::app::pipeline::slice_body"
    assert (place["file"], place["line"], place["column"]) == ("/build/app/src/app/pipeline.rs", 33, 10)


def test_panic_sample_annotations_count_what_was_masked():
    tables = read_many(members(PANIC))
    assert notes(tables, "redaction") == {"logs.ndjson": "4", "metrics.prom": "1"}
    device = notes(tables, "device")
    assert (device["totalMemoryBytes"], device["totalMemoryBytes.probably"]) == ("17110310846464", "16709287936")
    assert device["hostnameHash"] == "eb0a636c5f3e47f6a528d9e3"
    assert notes(tables, "process") == {"baseUrl": "http://127.0.0.1:8713", "processId": "40511"}
    assert notes(tables, "reason")["location"] == "/build/app/src/app/pipeline.rs:33"
    assert {row["event_id"] for name in ("annotations", "logs", "metrics") for row in tables[name]} == {PANIC}


def test_panic_sample_logs_survive_the_redactor():
    rows = read_many(members(PANIC))["logs"]
    assert [row["parse_status"] for row in rows] == ["ok", "ok", "repaired", "partial", *["ok"] * 6]
    assert (rows[2]["message"], rows[2]["offset"]) == ("sign in", 299)
    assert json.loads(rows[2]["fields"]) == {"user": "ana@example.com", "token": "[REDACTED]"}
    assert rows[3]["message"] == "GET /v1/scans authorization: [REDACTED]"
    assert rows[3]["ts"] == datetime(2026, 1, 26, 1, 25, 4, 731882, UTC)
    assert (rows[5]["level"], rows[5]["logger"]) == ("warning", "oxgen_shell::net")
    assert json.loads(rows[6]["fields"])["spans"] == [{"name": "session", "id": "scan-0007"}, {"name": "parse"}]


def test_panic_sample_metrics_and_files():
    tables = read_many(members(PANIC))
    damaged = [row for row in tables["metrics"] if "token" in (row["labels"] or "")]
    assert [(row["name"], row["type"], row["value"]) for row in damaged] == [
        ("oxgen_api_requests_total", "counter", 5.0)
    ]
    assert len(tables["metrics"]) == 10
    files = {row["path"]: row for row in tables["files"]}
    assert files["crash/minidump.json"]["description"] == "Backtrace of the Rust panic"
    assert files["crash/logs.ndjson"]["media"] == "application/x-ndjson"
    assert "1 repaired, 1 cut and closed" in files["crash/logs.ndjson"]["reason"]
    assert {row["role"] for row in tables["files"]} == {"manifest", "stack", "diagnostics", "logs", "metrics"}
    assert tables["quarantine"] == []


def test_renderer_sample():
    tables = read_many(members(RENDERER))
    (event,) = tables["events"]
    assert (event["event_id"], event["platform"], event["level"]) == (RENDERER, "javascript", "error")
    assert event["error_type"] == "TypeError"
    assert event["error_value"] == "Cannot read properties of null (reading 'requests')"
    assert [(row["function"], row["line"], row["column"]) for row in tables["frames"]] == [
        ("FindingPanel.renderRow", 8, 29),
        (None, 12, 33),
        ("Array.map", None, None),
        ("FindingPanel.render", 12, 16),
        ("onOpenReport", 24, 16),
        ("bootstrap", 29, 5),
    ]


def test_feedback_sample_hangs_on_its_crash():
    tables = read_many(members(FEEDBACK))
    kinds = {row["event_id"]: (row["event_kind"], row["event_class"]) for row in tables["events"]}
    assert kinds == {FEEDBACK: ("feedback", "context"), RENDERER: ("crash", "incident_signal")}
    (row,) = tables["feedback"]
    assert (row["event_id"], row["contact_masked"], row["origin"]) == (RENDERER, "a***@example.com", "0xgen")
    assert row["message"].startswith("It crashed when I opened the second report.")
    assert row["ts"] == datetime(2026, 2, 4, 9, 0, tzinfo=UTC)
    told = {(row["event_id"], row["key"]): row["value"] for row in tables["annotations"] if row["scope"] == "feedback"}
    assert told[FEEDBACK, "crashBundle.id"] == RENDERER
    assert told[RENDERER, "id"] == FEEDBACK
    assert told[FEEDBACK, "category"] == "bug"
    # Beside the crash's own archive the crash of the feedback counts once; the words stay with the feedback.
    assert told[FEEDBACK, "message"] == row["message"]
    assert {row["event_id"] for row in tables["logs"]} == {FEEDBACK}
    assert len(tables["stacks"]) == 1


def test_feedback_without_the_files_of_its_crash_still_tells_it():
    (name, data) = next(file for file in members(FEEDBACK) if file[0].endswith("feedback.json"))
    tables = read(data, name)
    crash = next(row for row in tables["events"] if row["event_kind"] == "crash")
    assert (crash["event_id"], crash["error_type"], crash["ts_source"]) == (RENDERER, "TypeError", "feedback.json")
    assert len(tables["frames"]) == 6


@pytest.mark.parametrize("name", [PANIC, RENDERER, FEEDBACK])
def test_order_of_the_files_does_not_matter(name):
    files = members(name)
    first = None
    for order in itertools.islice(itertools.permutations(files), 0, None, 7):
        tables = read_many(order)
        found = [sorted(map(repr, tables[key])) for key in ("events", "stacks", "frames", "feedback", "annotations")]
        assert found == (first := first or found)


def test_files_alone():
    files = {name.rpartition("/")[2]: data for name, data in members(PANIC)}
    alone = read(files["minidump.json"], "whatever.json")
    assert alone["events"][0]["event_id"] == PANIC
    assert alone["events"][0]["event_kind"] == "crash"
    device = read(files["diagnostics.json"], "x.json")
    assert (device["events"][0]["event_kind"], device["events"][0]["event_class"]) == ("diagnostics", "context")
    logs = read(files["logs.ndjson"], "shell.log")
    assert (len(logs["logs"]), logs["events"], logs["logs"][0]["event_id"]) == (10, [], None)
    assert len(read(files["metrics.prom"], "metrics.prom")["metrics"]) == 10


def test_two_folders_are_two_crashes():
    files = [("a/manifest.json", manifest()), ("b/manifest.json", manifest("2026-01-27T00:00:00Z"))]
    assert [row["event_id"] for row in read_many(files)["events"]] == [PANIC, "crash-20260127T000000000Z"]
    flat = [("manifest.json", manifest()), ("manifest.json", manifest("2026-01-27T00:00:00Z"))]
    assert len(read_many(flat)["events"]) == 2


@pytest.mark.parametrize(
    ("created", "native"),
    [
        ("2026-01-26T01:25:59.123999999Z", PANIC),
        ("2026-01-26T02:25:59.123+01:00", PANIC),
        ("2026-01-26T01:25:59Z", "crash-20260126T012559000Z"),
        ("not a time", None),
        (None, None),
    ],
)
def test_id_is_made_from_the_time(created, native):
    assert oxgen.crash_id(created) == native


def test_id_from_the_folder_only_where_the_time_is_lost():
    path = "0xgen-crashes/crash-20250101T000000001Z/manifest.json"
    assert read(manifest(), path)["events"][0]["event_id"] == PANIC
    assert read(manifest(created="?"), path)["events"][0]["event_id"] == "crash-20250101T000000001Z"


def test_system_names_and_arch():
    (event,) = read(manifest(), "manifest.json")["events"]
    assert (event["os_name"], event["arch"], event["release"]) == ("macOS", "arm64", "1.2.3")


def test_place_stands_in_where_there_is_no_stack():
    reason = {"kind": "rust-panic", "message": "boom", "location": "C:\\src\\main.rs:12"}
    tables = read(manifest(reason=reason), "manifest.json")
    (frame,) = tables["frames"]
    assert (frame["file"], frame["line"], frame["trust"]) == ("C:\\src\\main.rs", 12, "location")
    both = [
        ("c/manifest.json", manifest(reason=reason)),
        ("c/minidump.json", document(reason=reason, capturedAt="2026-01-26T01:25:59.123Z", backtrace="   0: a::b\n")),
    ]
    for order in (both, both[::-1]):
        tables = read_many(order)
        assert [row["function"] for row in tables["frames"] if row["trust"] is None] == ["a::b"]
        assert [row["role"] for row in tables["stacks"]] == ["crash"]


def test_different_stacks_are_both_kept():
    reason = {"kind": "rust-panic", "message": "boom", "stack": "   0: a::b\n             at a.rs:1:2\n"}
    other = document(reason=reason, capturedAt="2026-01-26T01:25:59.123Z", backtrace="   0: c::d\n")
    files = [("c/manifest.json", manifest()), ("c/minidump.json", other)]
    for order in (files, files[::-1]):
        tables = read_many(order)
        assert [row["role"] for row in tables["stacks"]] == ["crash", "thread"]
        assert tables["events"][0]["stack_key"] == tables["stacks"][0]["stack_key"]
        functions = {row["stack_key"]: row["function"] for row in tables["frames"]}
        assert [functions[row["stack_key"]] for row in tables["stacks"]] == ["a::b", "c::d"]
        assert any("different stacks" in note for note in tables["events"][0]["notes"])


@pytest.mark.parametrize(
    ("message", "stack", "error_type", "error_value"),
    [
        ("Uncaught TypeError: x is null", None, "TypeError", "x is null"),
        ("x is null", "RangeError: x is null\n    at f (a.js:1:2)", "RangeError", "x is null"),
        ("undefined is not an object", "f@tauri://localhost/a.js:1:2", "Error", "undefined is not an object"),
        ("Script error.", None, "Error", "Script error."),
    ],
)
def test_renderer_errors_are_named(message, stack, error_type, error_value):
    reason = {"kind": "renderer-error", "message": message} | ({"stack": stack} if stack else {})
    tables = read(manifest(reason=reason), "manifest.json")
    assert (tables["events"][0]["error_type"], tables["events"][0]["error_value"]) == (error_type, error_value)
    assert notes(tables, "reason")["message"] == message
    assert len(tables["frames"]) == (stack is not None)


def test_a_contact_that_nobody_masked_is_masked():
    data = document(
        id="feedback-x", createdAt="2026-02-04T09:00:00Z", category="bug", message="m", contact="ana@example.com",
        includeLogs=False, includeCrash=False, includeDiagnostics=False,
    )  # fmt: skip
    (row,) = read(data)["feedback"]
    assert (row["contact_masked"], row["event_id"]) == ("a***", "feedback-x")


def test_all_three_masks_are_counted():
    reason = {"kind": "rust-panic", "message": "[REDACTED] [REDACTED_EMAIL] [REDACTED_SECRET] [REDACTED]"}
    tables = read(manifest(reason=reason), "manifest.json")
    assert notes(tables, "redaction") == {"manifest.json": "4"}
    assert "2 [REDACTED], 1 [REDACTED_EMAIL], 1 [REDACTED_SECRET]" in tables["files"][0]["reason"]


LINES = {
    b'{"timestamp":"2026-01-26T01:25:01Z","level":"TRACE","fields":{},"target":"t"}': ("ok", None, "t", None),
    b'{"timestamp":"2026-01-26T01:25:01.5Z","level":"WARN","fields":{"message":"bad token=[REDACTED],"target":"net"}': (
        "repaired",
        "bad token=[REDACTED]",
        "net",
        None,
    ),
    b'{"level":"INFO","fields":{"message":"a token=[REDACTED],"user":"x"},"target":"net"}': (
        "repaired",
        "a token=[REDACTED]",
        "net",
        {"user": "x"},
    ),
    b'{"level":"INFO","message":"flat","n":1,"threadName":"main"}': ("ok", "flat", None, {"n": 1}),
    b'{"level":"INFO","fields":{"message":"cut \\u00': ("partial", "cut ", None, None),
    b'{"level":"INFO","fields":{"message":"cut \\\\': ("partial", "cut \\", None, None),
    b'{"level":"INFO","fields":{"message":{"a":1},"span":2},"target":"t","span":{"name":"s"}}': (
        "ok",
        '{"a":1}',
        "t",
        {"span": 2, "line.span": {"name": "s"}},
    ),
    b'{"level":"INFO","fields":{"message":"\xff"},"target":"t"}': ("repaired", "\ufffd", "t", None),
    b"plain text": ("raw", "plain text", None, None),
    b"[1,2]": ("raw", "[1,2]", None, None),
}


@pytest.mark.parametrize(("line", "wanted"), LINES.items())
def test_log_lines(line, wanted):
    first = b'{"timestamp":"2026-01-26T01:25:00Z","level":"INFO","fields":{"message":"m"},"target":"t"}\n'
    rows = read(first + line + b"\n", "logs.ndjson")["logs"]
    row = rows[1]
    fields = json.loads(row["fields"]) if row["fields"] else None
    assert (row["parse_status"], row["message"], row["logger"], fields) == wanted
    assert row["offset"] == len(first)


def test_log_times_levels_and_threads():
    text = b"""\
{"timestamp":"2026-01-26T01:25:01.000001Z","level":"ERROR","fields":{"message":"m"},"target":"t"}
{"timestamp":"2026-01-26T01:25:01.000002Z","level":"NOTICE","fields":{"message":"m"},"target":"t","threadName":"io"}
{"timestamp":"9999999999999999999.123456Z","level":"ERROR","fields":{"message":"m"},"target":"t"}
{"timestamp":"2026-01-26T01:25:01.3Z","level":"WARN","fields": ?
"""
    rows = read(text, "logs.ndjson")["logs"]
    start = datetime(2026, 1, 26, 1, 25, 1, tzinfo=UTC)
    assert [row["ts"] and (row["ts"] - start).microseconds for row in rows] == [1, 2, None, 300000]
    assert [row["level"] for row in rows] == ["error", "notice", "error", "warning"]
    assert rows[1]["thread"] == "io"
    assert rows[3]["parse_status"] == "partial"


def test_what_is_too_deep_is_left_out():
    value, status = broken_json.decode(b'{"deep":' + b"[" * 10_000 + b"]" * 10_000 + b',"message":"kept"}')
    assert (value["message"], status) == ("kept", "partial")
    assert json.dumps(value).count("[") == 127
    assert broken_json.decode(b'{"a":' * 5000)[1] == "partial"
    assert broken_json.decode(b"") == (None, "raw")
    assert broken_json.decode(b'{"a":1}rest') == ({"a": 1}, "partial")


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (b'{"fields":{"message":"sign in password=[REDACTED]},"target":"net"}', "sign in password=[REDACTED]"),
        (
            b'{"fields":{"message":"secret=[REDACTED],token=[REDACTED]},"target":"net"}',
            "secret=[REDACTED],token=[REDACTED]",
        ),
        (b'{"target":"net","fields":{"message":"token=[REDACTED]}}', "token=[REDACTED]"),
    ],
)
def test_a_mask_that_took_the_quote_but_no_bracket(written, message):
    assert broken_json.decode(written) == ({"fields": {"message": message}, "target": "net"}, "repaired")


def test_a_line_whose_message_is_lost_is_kept_as_it_is():
    line = b'{"timestamp":"2026-01-26T01:25:01.004211Z","level":"INFO","fields":{"message":"token=[REDACTED] ,"x"},"y'
    (row,) = read(line, "logs.ndjson")["logs"]
    assert (row["level"], row["message"], row["parse_status"]) == ("info", line.decode(), "partial")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"boom"', '"boom\\ud800"'),
        ('"boom"', '"boom\0"'),
        ('"boom"', '"boom","load":NaN'),
        ('"boom"', '"boom","n":1e999'),
    ],
)
def test_a_manifest_that_is_not_quite_json_is_repaired(old, new):
    tables = read(manifest().decode().replace(old, new, 1).encode(), "crash/manifest.json")
    (event,) = tables["events"]
    assert (event["event_id"], event["error_value"][:4], event["parse_status"]) == (PANIC, "boom", "repaired")
    assert tables["files"][0]["reason"] == "not strict JSON; repaired"


def test_a_cut_manifest_is_partial():
    data = manifest()
    tables = read(data[: data.index(b'"stack"')], "crash/manifest.json")
    (event,) = tables["events"]
    assert (event["event_id"], event["parse_status"], event["error_value"]) == (PANIC, "partial", "boom")
    assert tables["files"][0]["parse_status"] == "partial"


def test_what_is_no_bundle():
    for data in (b"[]", b"{}", b"\0\1", b'{"reason": 1}', b"null"):
        assert oxgen.sniff(Head(data, path="manifest.json")) is None
    tables = read(b"\0\1", reader=oxgen)
    assert (tables["quarantine"][0]["offset"], tables["quarantine"][0]["length"]) == (0, 2)
    wrong = document(createdAt=1, baseUrl=[], processId="x", reason=[1], version={}, os=3, arch=None)
    assert read(wrong)["events"][0]["event_kind"] == "crash"


NAMES = ("manifest.json", "minidump.json", "diagnostics.json", "feedback.json", "logs.ndjson", "metrics.prom")


@settings(max_examples=100, deadline=None)
@given(st.binary() | st.text('{}[]":,\\ntrue1').map(str.encode), st.sampled_from(NAMES))
def test_any_bytes(data, name):
    tables = read(data, name, reader=oxgen)
    assert tables["files"][0]["bytes"] == len(data)
    if name == "logs.ndjson":
        # The reader splits at LF only; each line that is not blank is one row.
        assert len(tables["logs"]) + len(tables["quarantine"]) >= bool(data.strip(b"\n\r\t \0\xff\xfe\x0b\x0c"))


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["createdAt", "baseUrl", "processId", "reason", "capturedAt", "backtrace", "crashBundle", "id"]
        ),
        st.recursive(
            st.none() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner), max_leaves=4
        ),
    ),
    st.sampled_from(NAMES[:4]),
)
def test_any_values(values, name):
    assert read(json.dumps(values).encode(), name, reader=oxgen)["files"]


@pytest.mark.parametrize("name", [PANIC, RENDERER, FEEDBACK])
def test_every_cut(name):
    for path, data in members(name):
        dice = random.Random(4)
        ends = list(range(len(data))) if len(data) < 4096 else [dice.randrange(len(data)) for _ in range(500)]
        # One load for all of them, each in a folder of its own.
        tables = read_many([(f"{number}/{path}", data[:end]) for number, end in enumerate(ends)])
        assert [row["bytes"] for row in tables["files"]] == ends

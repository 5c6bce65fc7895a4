"""Sentry envelopes: every real file and sample with its values, joined drafts, feedback, damage, bytes that add up."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reading import SAMPLES, Rows, corpus, read, read_many
from triage.formats import rank, sentry_envelope
from triage.formats.head import Head
from triage.formats.sentry_event import digest
from triage.records import Records
from triage.sources.context import Context
from triage.sources.limits import Limits
from triage.sources.source import Source

ID = "9ec79c33ec9942ab8353589fcb2e04dc"
REAL = ("binary_attachment", "breakpad", "implicit_length", "inproc", "sigsegv", "two_items")


def real(name: str) -> Rows:
    return read(corpus("envelopes", f"{name}.envelope").read_bytes(), f"{name}.envelope")


def build(header: dict[str, Any], *items: tuple[dict[str, Any], Any]) -> bytes:
    parts = [json.dumps(header).encode()]
    for head, value in items:
        payload = value if isinstance(value, bytes) else json.dumps(value).encode()
        parts += [json.dumps({**head, "length": len(payload)}).encode(), payload]
    return b"\n".join(parts)


def load(header: dict[str, Any], *items: tuple[dict[str, Any], Any], name: str = "x.envelope") -> Rows:
    return read(build(header, *items), name, reader=sentry_envelope)


def has(row: dict[str, Any], **expected: Any) -> bool:
    """Whether a row holds the values; a failure shows the difference."""
    assert {name: row[name] for name in expected} == expected
    return True


def keys(tables: Rows, scope: str) -> dict[str, str]:
    return {row["key"]: row["value"] for row in tables["annotations"] if row["scope"] == scope}


def adds_up(tables: Rows) -> bool:
    """Whether the bytes of the members and the overhead of each container are its bytes."""
    members: Counter[str] = Counter()
    for row in tables["files"]:
        if row["container_id"]:
            members[row["container_id"]] += row["bytes"]
    for row in tables["files"]:
        assert (row["overhead_bytes"] is None) == (row["source_id"] not in members)
        if row["overhead_bytes"] is not None:
            assert row["overhead_bytes"] >= 0
            assert members[row["source_id"]] + row["overhead_bytes"] == row["bytes"]
    return True


# The real files.


@pytest.mark.parametrize("name", REAL)
def test_every_real_file_is_known_and_adds_up(name):
    data = corpus("envelopes", f"{name}.envelope").read_bytes()
    assert rank(Head(data[:65_536]))[0][1].NAME == "sentry-envelope"
    tables = real(name)
    assert adds_up(tables)
    assert not tables["quarantine"]
    assert {row["parse_status"] for row in tables["files"]} == {"ok"}
    depth_0 = [row for row in tables["files"] if row["depth"] == 0]
    assert [row["bytes"] for row in depth_0] == [len(data)]


@pytest.mark.parametrize(("name", "size"), [("binary_attachment", 3), ("implicit_length", 10)])
def test_an_attachment_alone(name, size):
    tables = real(name)
    assert not tables["events"]
    envelope, member = tables["files"]
    assert has(envelope, path=f"{name}.envelope", depth=0, container_id=None)
    assert has(member, path="0-attachment.bin", bytes=size, role="event.attachment", depth=1)
    assert member["container_id"] == envelope["source_id"]
    assert envelope["reason"] == "attachments only: the event that they belong to is elsewhere"
    assert keys(tables, "envelope") == {"event_id": ID}


def test_breakpad():
    tables = real("breakpad")
    event, session = tables["events"]
    assert has(
        event,
        event_id="6c5ea4517c264e7fc3b5ad503d497976",
        native_id="6c5ea4517c264e7fc3b5ad503d497976",
        format="sentry-envelope",
        event_class="incident_signal",
        event_kind="crash",
        ts=datetime(2025, 10, 15, 12, 5, 52, 469352, tzinfo=UTC),
        ts_source="event",
        level="fatal",
        platform="native",
        release="sentry-playground@1.2.3",
        environment="development",
        os_name="Windows",
        os_version="10.0.26100",
        arch="x86_64",
        error_type="EXCEPTION_ACCESS_VIOLATION",
        error_code=0xC0000005,
        thread_id=12996,
        trace_id="a9556e717a1144eeaf209418d156f810",
        session_id="eb54a67a95424a75022a7f57b69ddcb7",
        parse_status="ok",
    )
    assert has(
        session,
        event_class="context",
        event_kind="session",
        ts=datetime(2025, 10, 15, 12, 5, 46, 833863, tzinfo=UTC),
        duration_ms=5645.281,
        session_id="eb54a67a95424a75022a7f57b69ddcb7",
        user_hash=digest("nobody@example.com"),
        release="sentry-playground@1.2.3",
    )
    assert [row["thread_id"] for row in tables["stacks"]] == [12996, 12220, 29976, 31424, 26788]
    assert len(tables["modules"]) == 34
    assert has(tables["modules"][0], name="sentry_example.exe", event_id=event["event_id"])
    assert [(row["path"], row["bytes"], row["role"], row["media"]) for row in tables["files"]] == [
        ("breakpad.envelope", 79_691, None, None),
        ("0-event.json", 888, "event", "application/json"),
        ("1-session.json", 249, "session", "application/json"),
        ("2-attachment/minidump.dmp", 42412, "event.minidump", "application/x-dmp"),
        ("3-attachment/screenshot.png", 35546, "event.attachment", "image/png"),
    ]
    (crumb,) = tables["logs"]
    assert has(
        crumb,
        event_id=event["event_id"],
        level="debug",
        logger="default",
        message="[sentry-playground:14112] trigger_crash",
        fields='{"file":"sentryplayground.cpp","line":114}',
        origin="breadcrumb",
    )
    assert keys(tables, "user") == {"username": "nobody", "email": "nobody@example.com"}
    assert keys(tables, "session")["status"] == "crashed"


def test_in_process():
    tables = real("inproc")
    event, session = tables["events"]
    assert has(
        event,
        event_id="4bf326c30e574542e355035a23d438df",
        event_kind="crash",
        error_type="SIGSEGV",
        error_value="Segfault",
        error_code=11,
        error_code_name="SIGSEGV",
        signal="SIGSEGV",
        handled=False,
        os_name="Linux",
        os_version="6.14.0",
        session_id="9b417ede59a6454c8a720b70e645d165",
    )
    assert has(session, event_kind="session", duration_ms=1070.484)
    assert keys(tables, "context")["os.distribution_pretty_name"] == "Ubuntu 25.04"
    assert keys(tables, "sdk")["packages[0].name"] == "github:getsentry/sentry-native"
    assert keys(tables, "exception")["mechanism.type"] == "signalhandler"
    assert keys(tables, "tag") == {"backend": "inproc"}


def test_the_key_of_the_dsn_is_nowhere():
    tables = real("inproc")
    assert keys(tables, "envelope")["dsn"] == "http://***@127.0.0.1:8000/3"
    assert keys(tables, "envelope")["trace.public_key"] == "***"
    assert "b24ad083e8381f56eba37ed0ca79e4f0" not in repr(tables)


@pytest.mark.parametrize(
    ("dsn", "masked"),
    [
        ("https://not-a-real-key:@errors.example.com/42", "https://***@errors.example.com/42"),
        ("https://not-a-real-key:secret@h:9000/a/42?x=1", "https://***@h:9000/a/42"),
        ("https://a@b@h/1", "https://***@h/1"),
        ("not-a-real-key", "***"),
        ("https://h/1", "***"),
        (None, None),
        ({}, None),
    ],
)
def test_masking_a_dsn(dsn, masked):
    assert sentry_envelope.mask_dsn(dsn) == masked


def test_an_exception_without_anything_else():
    tables = real("sigsegv")
    (event,) = tables["events"]
    assert has(event, event_id="9f8c4b2d7e9a45e5b6c8d7a91e2f3b44", error_type="SIGSEGV", signal="SIGSEGV", ts=None)
    assert has(event, event_class="incident_signal", event_kind="crash", handled=False, offset=0, length=153)
    envelope, member = tables["files"]
    assert has(envelope, path="sigsegv.envelope", depth=0)
    assert has(member, path="0-event.json", source_id=event["source_id"], container_id=envelope["source_id"])


def test_a_message_after_a_blank_line():
    tables = real("two_items")
    (event,) = tables["events"]
    assert has(event, native_id=ID, event_kind="log", level="error", error_type=None, error_value="hello world")
    assert [(row["path"], row["bytes"]) for row in tables["files"]] == [
        ("two_items.envelope", 340),
        ("0-attachment/hello.txt", 10),
        ("1-event/application.log", 41),
    ]


# The samples.


def sample(*parts: str) -> Rows:
    path = SAMPLES.joinpath("sentry", *parts)
    return read(path.read_bytes(), path.name)


def test_sample_python():
    tables = sample("python-crash.envelope")
    (event,) = tables["events"]
    assert has(
        event,
        native_id="0f3c2d9a7b6e4c51a8d24e6f90b1c3d5",
        event_kind="exception",
        error_type="PaymentError",
        error_value="no exchange rate for XTS",
        platform="python",
        handled=True,
        release="shop@2.4.1",
    )
    assert event["user_hash"] == digest("4711")
    surfaced, cause = tables["stacks"]
    assert has(surfaced, role="crash", chain_no=0, error_type="PaymentError")
    assert has(cause, role="cause", chain_no=1, error_type="KeyError", error_value="'XTS'")
    rows = [row for row in tables["frames"] if row["stack_key"] == surfaced["stack_key"]]
    assert [row["function"] for row in rows] == ["convert", "<genexpr>", "checkout", "crash"]
    assert has(rows[0], file="shop/rates.py", module="shop.rates", in_app=True, language="python")
    assert rows[0]["context_line"].strip() == "raise PaymentError(message) from error"
    assert [(row["level"], row["logger"]) for row in tables["logs"]] == [
        ("info", "navigation"),
        ("warning", "httplib"),
        ("debug", "auth"),
        ("warning", "shop.rates"),
    ]
    assert keys(tables, "package")["shop"] == "2.4.1"
    assert keys(tables, "context")["order.flags"] == "gift, express"


def test_sample_with_attachments_of_all_kinds():
    tables = sample("session-with-attachments.envelope")
    assert adds_up(tables)
    event, session, report = tables["events"]
    assert has(event, error_type="EXCEPTION_ACCESS_VIOLATION", thread_id=7120, device="Example Book 14", arch="x86_64")
    assert has(session, event_kind="session", session_id=event["session_id"])
    assert has(report, event_class="operational", event_kind="client_report", suppressed_count=12)
    crash, main = tables["stacks"]
    assert has(
        crash,
        role="crash",
        thread_name="export",
        crashed=True,
        registers='{"rip":"0x7ff6210228d4","rsp":"0x9f1c2ff6d0"}',
    )
    assert crash["addresses"] == [0x7FF6210228D4, 0x7FF621021A40, 0x7FFD5F5E7374]
    assert has(main, role="thread", thread_name="main")
    rows = [row for row in tables["frames"] if row["stack_key"] == crash["stack_key"]]
    assert [(row["function"], row["module"], row["module_offset"]) for row in rows] == [
        ("editor::PngWriter::WriteRow", "editor.exe", 0x228D4),
        ("editor::ExportJob::Run", "editor.exe", 0x21A40),
        ("BaseThreadInitThunk", "kernel32.dll", None),
    ]
    assert [(row["path"], row["bytes"], row["role"], row["parse_status"]) for row in tables["files"][3:]] == [
        ("2-attachment/editor.log", 110, "event.attachment", "ok"),
        ("3-attachment/view-hierarchy.json", 227, "event.view_hierarchy", "ok"),
        ("4-attachment/empty.txt", 0, "event.attachment", "ok"),
        ("5-attachment.bin", 53, "event.attachment", "ok"),
        ("6-user_report.json", 130, "user_report", "ok"),
        ("7-client_report.json", 121, "client_report", "ok"),
        ("8-example_future_item.bin", 15, "example_future_item", "unknown"),
    ]
    (said,) = tables["feedback"]
    assert has(
        said, event_id=event["event_id"], name="Ana Example", contact_masked="a***@***.com", origin="user_report"
    )
    assert keys(tables, "extra")["open_documents[1].name"] == "notes.example"


def test_sample_feedback():
    tables = sample("feedback.envelope")
    (event,) = tables["events"]
    assert has(
        event, event_class="context", event_kind="feedback", native_id="3a6c0f1e2d3b4a59c1d5a7e09b3f4e2d", level=None
    )
    (said,) = tables["feedback"]
    assert has(said, event_id=event["event_id"], name="Ana Example", contact_masked="a***@***.com", origin="feedback")
    assert said["message"].startswith("I pressed Export")
    assert keys(tables, "feedback") == {"associated_event_id": "c1d5a7e09b3f4e2d8a6c0f1e2d3b4a59"}
    assert "ana@example.com" not in repr(tables)


@pytest.mark.parametrize("backwards", [False, True])
def test_sample_cache_is_one_crash_in_any_order(backwards):
    paths = sorted((SAMPLES / "sentry" / "cache").iterdir(), reverse=backwards)
    tables = read_many([(path.name, path.read_bytes()) for path in paths])
    assert adds_up(tables)
    incidents = [row for row in tables["events"] if row["event_class"] == "incident_signal"]
    assert len(incidents) == 1
    assert has(
        incidents[0],
        event_id="5b2f5e0c3f0c4f579d0f6a1c0f3f7b21",
        event_kind="crash",
        format="sentry-envelope",
        release="chromium@156.0.8078.79",
        os_name="Linux",
        os_version="6.18.44",
        session_id="9c0d1e2f3a4b4c5d8e6f708192a3b4c5",
        user_hash=digest("installation-7"),
    )
    assert incidents[0]["error_type"]
    stacks = [row for row in tables["stacks"] if row["event_id"] == incidents[0]["event_id"]]
    assert stacks[0]["role"] == "crash"
    assert {row["event_id"] for row in tables["modules"]} == {incidents[0]["event_id"]}
    assert [row["message"] for row in tables["logs"] if row["origin"] == "breadcrumb"] == [
        "service started",
        "opening session storage",
    ]


# What joins, and what does not.


def test_the_header_names_an_event_that_does_not_name_itself():
    header = {
        "event_id": ID.upper(),
        "sent_at": "2026-01-31T16:20:02Z",
        "trace": {"trace_id": "ab" * 16, "release": "r@1"},
    }
    (row,) = load(header, ({"type": "event"}, {"message": "m"}))["events"]
    assert has(row, native_id=ID, trace_id="ab" * 16, release="r@1", ts_source="envelope")
    assert row["ts"] == datetime(2026, 1, 31, 16, 20, 2, tzinfo=UTC)


def test_further_events_and_transactions_have_rows_of_their_own():
    tables = load(
        {"event_id": ID},
        ({"type": "event"}, {"event_id": ID, "message": "one"}),
        ({"type": "event"}, {"event_id": "b" * 32, "message": "two"}),
        (
            {"type": "transaction"},
            {
                "event_id": "c" * 32,
                "transaction": "/orders",
                "start_timestamp": 1.0,
                "timestamp": 1.25,
                "contexts": {"trace": {"trace_id": "d" * 32}},
                "spans": [{"op": "db"}],
            },
        ),
    )
    one, two, transaction = tables["events"]
    assert has(one, native_id=ID, error_value="one")
    assert has(two, native_id="b" * 32, error_value="two")
    assert has(
        transaction,
        event_class="context",
        event_kind="transaction",
        duration_ms=250.0,
        route="/orders",
        trace_id="d" * 32,
    )


def test_only_the_first_minidump_is_read():
    data = corpus("minidumps", "linux-mini.dmp").read_bytes()
    head = {"type": "attachment", "attachment_type": "event.minidump", "filename": "a.dmp"}
    tables = load({"event_id": ID}, (head, data), (head, data))
    (row,) = tables["events"]
    assert has(row, native_id=ID, event_kind="crash", event_class="incident_signal")
    assert [row["reason"] for row in tables["files"] if row["path"] == "1-attachment/a.dmp"] == [
        "only the first minidump of an envelope is read"
    ]


def test_a_minidump_is_known_by_its_first_bytes():
    data = corpus("minidumps", "linux-mini.dmp").read_bytes()
    (row,) = load({"event_id": ID}, ({"type": "attachment", "filename": "x"}, data))["events"]
    assert has(row, native_id=ID, event_kind="crash")


def test_frames_of_the_event_stand_above_frames_that_were_guessed():
    data = corpus("minidumps", "linux-mini.dmp").read_bytes()
    error = {"type": "SIGSEGV", "stacktrace": {"frames": [{"function": "main"}, {"function": "crash_here"}]}}
    dump = ({"type": "attachment", "attachment_type": "event.minidump"}, data)
    for items in ([dump, ({"type": "event"}, {"exception": error})], [({"type": "event"}, {"exception": error}), dump]):
        tables = load({"event_id": ID}, *items)
        assert tables["stacks"][0]["unwinder"] == "event"
        assert [row["function"] for row in tables["frames"]] == ["crash_here", "main"]
        assert tables["modules"]


def test_what_is_called_a_minidump_and_is_none_is_still_a_crash():
    tables = load({"event_id": ID}, ({"type": "attachment", "attachment_type": "event.minidump"}, b"nothing"))
    (row,) = tables["events"]
    assert has(row, native_id=ID, event_class="incident_signal", event_kind="crash", parse_status="partial")
    assert [(row["path"], row["parse_status"]) for row in tables["files"]] == [
        ("x.envelope", "ok"),
        ("0-attachment.bin", "partial"),
    ]


def test_feedback_on_an_event_elsewhere_is_an_event_that_names_it():
    report = {"event_id": "a" * 32, "name": "Ana", "email": "ana@example.com", "comments": "it broke"}
    tables = load({"event_id": "a" * 32}, ({"type": "user_report"}, report))
    (event,) = tables["events"]
    assert has(event, event_class="context", event_kind="feedback", native_id=None)
    assert has(tables["feedback"][0], event_id=event["event_id"], message="it broke", contact_masked="a***@***.com")
    assert keys(tables, "feedback") == {"associated_event_id": "a" * 32}


def test_feedback_on_the_event_of_its_envelope_hangs_on_it():
    said = {"message": "m", "contact_email": "ana@example.com", "associated_event_id": ID}
    tables = load(
        {"event_id": ID},
        ({"type": "event"}, {"event_id": ID, "level": "fatal"}),
        ({"type": "feedback"}, {"event_id": "b" * 32, "contexts": {"feedback": said}}),
    )
    assert [row["event_kind"] for row in tables["events"]] == ["crash", "feedback"]
    assert tables["feedback"][0]["event_id"] == ID


def test_logs_and_metrics_in_batches():
    logs = {
        "items": [
            {
                "timestamp": 1769771111.5,
                "trace_id": "t",
                "level": "warn",
                "body": "low disk",
                "attributes": {
                    "logger.name": {"value": "disk", "type": "string"},
                    "free": {"value": 7, "type": "integer"},
                },
            },
            {"level": "odd"},
        ]
    }
    metrics = {
        "items": [
            {"timestamp": 1.0, "name": "jobs", "type": "counter", "value": 3, "attributes": {"q": {"value": "a"}}},
            {"name": "size", "type": "distribution", "value": 2.5, "unit": "byte"},
        ]
    }
    tables = load({}, ({"type": "log", "item_count": 2}, logs), ({"type": "trace_metric"}, metrics))
    first, second = tables["logs"]
    assert has(first, level="warning", logger="disk", message="low disk", event_id=None, origin="log")
    assert first["fields"] == '{"trace_id":"t","logger.name":"disk","free":7}'
    assert has(second, level=None, message=None)
    assert [(row["name"], row["type"], row["value"], row["labels"]) for row in tables["metrics"]] == [
        ("jobs", "counter", 3.0, '{"q":"a"}'),
        ("size", "unknown", 2.5, '{"unit":"byte"}'),
    ]
    joined = load({"event_id": ID}, ({"type": "event"}, {"message": "m"}), ({"type": "log"}, logs))
    assert {row["event_id"] for row in joined["logs"]} == {ID}


def test_counts_of_sessions():
    counts = {
        "aggregates": [{"started": "2026-01-31T16:00:00Z", "exited": 5, "crashed": 1}],
        "attrs": {"release": "r@1"},
    }
    tables = load({}, ({"type": "sessions"}, counts))
    assert has(tables["events"][0], event_kind="session", release="r@1", session_id=None)
    assert keys(tables, "session")["aggregates[0].crashed"] == "1"


def test_other_items_of_the_protocol_are_files():
    tables = load(
        {}, ({"type": "check_in"}, {"status": "error"}), ({"type": "profile"}, {}), ({"type": "replay_video"}, b"x")
    )
    assert not tables["events"]
    assert [(row["path"], row["role"], row["parse_status"]) for row in tables["files"]] == [
        ("x.envelope", None, "ok"),
        ("0-check_in.json", "check_in", "ok"),
        ("1-profile.json", "profile", "ok"),
        ("2-replay_video.bin", "replay_video", "ok"),
    ]


# Damage.


def test_an_empty_file():
    tables = read(b"", "x.envelope", reader=sentry_envelope)
    assert tables["files"][0]["reason"] == "empty file: not an envelope; empty file"
    assert not tables["events"]


def test_a_cut_payload_is_partial_and_keeps_what_there_is():
    whole = build(
        {"event_id": ID},
        ({"type": "event"}, {"level": "fatal", "exception": {"type": "SIGSEGV"}, "extra": {"k": "v" * 50}}),
    )
    tables = read(whole[:-30], "x.envelope", reader=sentry_envelope)
    (row,) = tables["events"]
    assert has(row, native_id=ID, error_type="SIGSEGV", parse_status="partial")
    assert row["notes"] == ["30 of 122 bytes are missing", "event JSON: JSON is cut or broken"]
    envelope, member = tables["files"]
    assert has(envelope, path="x.envelope", parse_status="partial", reason="the file ends within an item")
    assert has(member, path="0-event.json", bytes=92, parse_status="partial", source_id=row["source_id"])
    assert tables["quarantine"][0]["source_id"] == member["source_id"]


def test_an_event_that_cannot_be_read_is_still_an_incident():
    tables = load({"event_id": ID}, ({"type": "event"}, b"\x00\x01"), ({"type": "transaction"}, b"]"))
    crash, transaction = tables["events"]
    assert has(crash, native_id=ID, event_class="incident_signal", parse_status="partial")
    assert has(transaction, event_class="context", parse_status="partial")
    assert len(tables["quarantine"]) == 2


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_read(encoding):
    data = build({"event_id": ID}, ({"type": "event"}, {"event_id": ID, "message": "grüße", "level": "error"}))
    bom = b"\xfe\xff" if encoding == "utf-16-be" else b""
    tables = read(bom + data.decode("utf-8").encode(encoding), "x.envelope")
    assert [(row["native_id"], row["error_value"]) for row in tables["events"]] == [(ID, "grüße")]
    assert tables["files"][0]["reason"].endswith("text decoded")
    assert adds_up(tables)


def test_a_damaged_item_header_is_one_quarantine_row():
    data = build({"event_id": ID}, ({"type": "event"}, {"message": "m"}), ({"type": "session"}, {"sid": "1"}))
    damaged = data.replace(b'{"type": "event"', b'{"type": "eve\x00', 1)
    tables = read(damaged, "x.envelope", reader=sentry_envelope)
    assert [row["event_kind"] for row in tables["events"]] == ["session"]
    (row,) = tables["quarantine"]
    assert has(row, offset=damaged.index(b'{"type": "eve'), reason="item header: not a JSON object")
    assert damaged[row["offset"] + row["length"] :].startswith(b'{"type": "session"')
    assert [(row["path"], row["parse_status"]) for row in tables["files"]] == [
        ("x.envelope", "partial"),
        ("0-session.json", "ok"),
    ]
    assert adds_up(tables)


def test_items_over_the_limit_go_to_quarantine():
    data = build({}, *[({"type": "check_in"}, {})] * 9)
    tables = read(data, "x.envelope", reader=sentry_envelope, limits=Limits(members=4))
    assert len(tables["files"]) == 5
    assert "members=4" in tables["quarantine"][0]["reason"]


@pytest.mark.parametrize("name", ["binary_attachment", "implicit_length", "inproc", "sigsegv", "two_items"])
def test_every_truncation_of_a_real_file_loads(name):
    data = corpus("envelopes", f"{name}.envelope").read_bytes()
    for length in range(min(len(data), 4096)):
        tables = read(data[:length], "x.envelope", reader=sentry_envelope)
        assert adds_up(tables)
        envelope, *members = tables["files"]
        assert has(envelope, path="x.envelope", bytes=length, depth=0)
        assert [row["path"].partition("-")[0] for row in members] == [str(at) for at in range(len(members))]


def test_truncations_of_a_big_real_file_load():
    data = corpus("envelopes", "breakpad.envelope").read_bytes()
    for length in random.Random(7).sample(range(len(data)), 40):
        tables = read(data[:length], "x.envelope", reader=sentry_envelope)
        assert adds_up(tables)
        assert len([row for row in tables["events"] if row["event_class"] == "incident_signal"]) <= 1


def test_every_byte_of_a_sample_may_be_damaged():
    data = (SAMPLES / "sentry" / "session-with-attachments.envelope").read_bytes()
    for at in random.Random(7).sample(range(len(data)), 200):
        assert adds_up(read(data[:at] + b"\xfe" + data[at + 1 :], "x.envelope", reader=sentry_envelope))


# How it is found and given back.


def test_sniffing():
    def score(data: bytes) -> int:
        match = sentry_envelope.sniff(Head(data))
        return match.score if match else 0

    assert score(b'{"event_id":"1"}\n{"type":"event"}\n{}') == 95
    assert score(b'\n{"dsn":"x"}\r\n\r\n{"type":"made_up","length":3}\r\nabc') == 95
    assert score(b'{}\n{"type":"session"}\n{}') == 80
    assert score(b'{"dsn":"x"}\n') == 60
    assert score(b'{"event_id":"9\n{"type":"event","length":2}\n{}') == 40
    assert score(b'{"event_id":"1","type":"a"}\n{"event_id":"2","type":"event"}') == 0
    assert score(b'{"message":"m"}\n{"type":"event"}\n{}') == 0
    assert score(b'{"type":"event"}\n{"type":"event"}') == 0
    assert score(b"text\n") == 0
    assert score(b"") == 0


def test_members_are_given_back_whole_and_read_once():
    """The loader reads a member again by calling the context: it must get its bytes, and know that it is read."""
    seen: dict[str, tuple[bytes, str | None]] = {}

    def keep(source: Source) -> None:
        seen[source.path] = b"".join(source.chunks()), source.parse_status

    data = build(
        {"event_id": ID}, ({"type": "event"}, {"message": "m"}), ({"type": "attachment", "filename": "a.txt"}, b"abc")
    )
    sentry_envelope.read(Source(Context(records=Records(), limits=Limits(), read=keep), "x.envelope", data=data))
    assert seen == {"0-event.json": (b'{"message": "m"}', "ok"), "1-attachment/a.txt": (b"abc", "ok")}


@given(st.binary(max_size=300))
def test_any_bytes(data):
    assert adds_up(read(data, "x.envelope", reader=sentry_envelope))


PIECES = [
    b'{"event_id":"9ec79c33ec9942ab8353589fcb2e04dc"}\n',
    b'{"type":"event"}\n',
    b'{"type":"session","length":9}\n',
    b'{"type":"feedback"}\n',
    b'{"type":"attachment","attachment_type":"event.minidump","length":8}\n',
    b'{"contexts":{"feedback":{"message":1}}}\n',
    b'{"exception":{"values":[{"type":"E"}]}}\n',
    b'{"sid":1}\n',
    b"MDMP\x93\xa7\x00\x00",
    b"\n",
    b"{}\n",
    b"\xff{[",
]


@given(st.lists(st.sampled_from(PIECES), max_size=10))
def test_any_pieces(pieces):
    assert adds_up(read(b"".join(pieces), f"{ID}.envelope", reader=sentry_envelope))

"""Attachments of envelopes: the lines of a log are those of the event, its traces are events, archives are opened."""

from __future__ import annotations

import gzip
import json

import pytest

import triage
from tests.test_sentry_envelope import ID, adds_up, build, has, load

EVENT = ({"type": "event"}, {"event_id": ID, "level": "fatal", "exception": {"values": [{"type": "SIGSEGV"}]}})
LOG = b"""2026-03-01 10:00:01,123 INFO  app.server: started on port 8080
2026-03-01 10:00:02,456 ERROR app.worker: job of ana@example.com failed
Traceback (most recent call last):
  File "/opt/app/compute.py", line 17, in compute
    return 1 / 0
ZeroDivisionError: division by zero
2026-03-01 10:00:03,000 INFO  app.worker: next job
"""


def attached(name: str, data: bytes, **more) -> tuple[dict[str, str], bytes]:
    return {"type": "attachment", "filename": name, **more}, data


@pytest.mark.parametrize("kind", ["event.attachment", "unreal.logs"])
def test_a_log_is_read_and_its_lines_are_those_of_the_event(kind):
    tables = load({"event_id": ID}, EVENT, attached("app.log", LOG, attachment_type=kind))
    main, raised = tables["events"]
    assert has(main, native_id=ID, error_type="SIGSEGV")
    assert has(raised, error_type="ZeroDivisionError", event_kind="exception", level="error")
    assert [(row["event_id"], row["message"]) for row in tables["logs"]] == [
        (main["event_id"], "started on port 8080"),
        (raised["event_id"], "job of ana@example.com failed"),
        (main["event_id"], "next job"),
    ]
    assert has(tables["files"][2], role=kind, parse_status="ok", description="log: 3 records, 1 event")
    assert raised["source_id"] == tables["files"][2]["source_id"]
    assert adds_up(tables)


def test_a_log_without_an_event_is_one_all_the_same():
    tables = load({"event_id": ID}, attached("app.log", LOG))
    assert [row["error_type"] for row in tables["events"]] == ["ZeroDivisionError"]
    assert [row["event_id"] is None for row in tables["logs"]] == [True, False, True]


def test_a_log_that_is_cut_is_read_and_stays_partial():
    whole = build({"event_id": ID}, EVENT, attached("app.log", LOG))
    case = triage.load(whole[:-30])
    assert len(case.logs()) == 3
    row = case.files().iloc[-1]
    assert row["parse_status"] == "partial"
    assert "bytes are missing" in row["reason"]


def test_a_compressed_log_is_opened():
    case = triage.load(build({"event_id": ID}, EVENT, attached("app.log.gz", gzip.compress(LOG, mtime=0))))
    assert sorted(case.events()["error_type"]) == ["SIGSEGV", "ZeroDivisionError"]
    assert case.files()["depth"].tolist() == [0, 1, 1, 2]
    assert case.text(case.files()["source_id"].iloc[3]) == LOG.decode()


@pytest.mark.parametrize("data", [json.dumps(EVENT[1]).encode(), build({"event_id": ID}, EVENT), b"\x89PNG\r\n", b"x"])
def test_an_event_that_is_attached_once_more_and_what_nobody_knows_stay_files(data):
    tables = load({"event_id": ID}, EVENT, attached("held", data))
    assert len(tables["events"]) == 1
    assert has(tables["files"][2], role="event.attachment", parse_status="ok", description="attachment")


def test_a_redacted_case_has_the_same_events_and_masked_lines():
    case = triage.load(build({"event_id": ID}, EVENT, attached("app.log", LOG)))
    redacted = case.redact()
    assert sorted(redacted.events()["event_id"]) == sorted(case.events()["event_id"])
    assert redacted.logs()["message"].str.startswith("job of [email").sum() == 1
    assert case.text(case.files()["source_id"].iloc[2]) == LOG.decode()

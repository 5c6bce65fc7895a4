"""No reader of JSON raises on a value that nobody means, whatever the place of it."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from typing import Any

import pytest

import triage
from tests import (
    hostile,
    test_apple_ips,
    test_casrep,
    test_error_json,
    test_flutter_vm_service,
    test_jupyter,
    test_otel,
)
from tests import test_stackwalk_json as stackwalk
from tests.reading import SAMPLES, read, read_many

DEBUGBUNDLE = SAMPLES / "debugbundle" / "store" / ".debugbundle"
Whole = Callable[[str], bytes]


def sample(path: str) -> Any:
    return json.loads((SAMPLES / path).read_bytes())


def first(path: str) -> Any:
    return json.loads((SAMPLES / path).read_text().splitlines()[0])


def member(path: str, name: str) -> Any:
    with tarfile.open(SAMPLES / path) as archive:
        data = archive.extractfile(name)
        assert data is not None
        return json.loads(io.TextIOWrapper(data).readline()) if name.endswith("ndjson") else json.load(data)


def alone(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def item(kind: str) -> Whole:
    """As an item of an envelope of Sentry's."""
    return lambda text: b"{}\n" + json.dumps({"type": kind, "length": len(alone(text))}).encode() + b"\n" + alone(text)


def between(before: Any, after: Any) -> Whole:
    """A line between others."""
    return lambda text: b"\n".join((json.dumps(before).encode(), alone(text), json.dumps(after).encode(), b""))


OXGEN = "0xgen/crash-20260126T012559123Z.tar.gz"
EVENT = json.loads((SAMPLES / "sentry/python-crash.envelope").read_text().splitlines()[2])
ITEM = {"type": "event", "length": 2}
LOGGED = {"level": 50, "time": 1769390759000, "name": "shop", "msg": "no", "err": {"type": "A", "stack": "x"}}
ECS = {"@timestamp": "2026-01-26T01:25:59Z", "log": {"level": "ERROR", "logger": "a.B"}, "message": "no"}
NDJSON = first("logs/debugbundle-errors.ndjson")
SESSION = {
    "sid": "a",
    "started": 1769390759,
    "duration": 1.5,
    "errors": 1,
    "status": "crashed",
    "attrs": {"release": "1"},
}
LINES = {"timestamp": 1769390759.1, "level": "info", "body": "x", "attributes": {"n": {"value": 3}}}
METRIC = {"timestamp": 1769390759.1, "type": "counter", "name": "x", "value": 3.5, "unit": "ms", "attributes": {}}
LOST = {"timestamp": 1769390759, "discarded_events": [{"reason": "a", "category": "error", "quantity": 3}]}
SAID = {"event_id": "a" * 32, "timestamp": 1769390759, "contexts": {"feedback": {"message": "m", "name": "n"}}}
VM = test_flutter_vm_service.flutter_error(renderedErrorText=test_flutter_vm_service.RENDERED)
STARTED = json.loads((SAMPLES / "flutter/run-machine.ndjson").read_text().splitlines()[0].strip())
STATE = json.loads((DEBUGBUNDLE / "local/state.json").read_bytes())
STATE["incidents"] = dict(list(STATE["incidents"].items())[:1])
BUNDLE = json.loads(next(DEBUGBUNDLE.rglob("*.bundle.json")).read_bytes())
CARRIED = json.loads(next(DEBUGBUNDLE.rglob("1770714303750*.json")).read_bytes())[0] | {
    "context": {
        "triage": {
            "version": 1,
            "parse_status": "repaired",
            "notes": ["a"],
            "columns": {
                "ts": 1,
                "level": "fatal",
                "event_class": "incident_signal",
                "duration_ms": 3,
                "signal": "SIGILL",
            },
            "stacks": [{"frames": [{"function": "f", "line": 3}]}],
        }
    }
}

DOCUMENTS: dict[str, tuple[str, Any, Whole]] = {
    "casrep": ("a", test_casrep.REPORT, alone),
    "casrep of Python": ("a", test_casrep.PYTHON, alone),
    "debugbundle carried": ("a", CARRIED, alone),
    "debugbundle bundle": ("a.bundle.json", BUNDLE, alone),
    "debugbundle state": ("state.json", STATE, alone),
    "debugbundle errors": ("a", NDJSON, between(NDJSON, NDJSON)),
    "eqemu": ("a", sample("eqemu/webhook.json"), alone),
    "error": ("a", test_error_json.ENTRY, alone),
    "flutter daemon": ("a", STARTED, lambda text: alone(text) + b"\n"),
    "flutter vm service": ("a", VM, alone),
    "ips": ("a", test_apple_ips.BODY, lambda text: json.dumps(test_apple_ips.HEADER).encode() + b"\n" + alone(text)),
    "jupyter": ("a", json.loads(test_jupyter.written(test_jupyter.cell(test_jupyter.ERROR))), alone),
    "log": ("a", LOGGED, between(LOGGED, LOGGED)),
    "log of Elastic": ("a", ECS, between(ECS, ECS)),
    "log with an id, then types": ("a", {"event_id": "b", "type": "info", "message": "y"},
                                  between({"event_id": "a", "message": "x"}, LOGGED)),
    "otel spans": ("a", test_otel.SPANS, alone),
    "otel logs": ("a", test_otel.LOGS, alone),
    "otel console": ("a", test_otel.CONSOLE, alone),
    "oxgen manifest": ("manifest.json", member(OXGEN, "crash/manifest.json"), alone),
    "oxgen minidump": ("minidump.json", member(OXGEN, "crash/minidump.json"), alone),
    "oxgen log": ("logs.ndjson", member(OXGEN, "crash/logs.ndjson"), alone),
    "sentry event": ("a", EVENT, item("event")),
    "sentry item": ("a", ITEM, lambda text: b'{"event_id":"a"}\n' + alone(text) + b"\n{}\n"),
    "sentry session": ("a", SESSION, item("session")),
    "sentry log": ("a", {"items": [LINES]}, item("log")),
    "sentry metric": ("a", {"items": [METRIC]}, item("trace_metric")),
    "sentry client report": ("a", LOST, item("client_report")),
    "sentry feedback": ("a", SAID, item("feedback")),
    "stackwalk": ("a", stackwalk.DUMP, alone),
    "stackwalk processed": ("a", stackwalk.PROCESSED, alone),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_value_anywhere_raises(name):
    path, document, whole = DOCUMENTS[name]
    assert any(read(whole(json.dumps(document)), path).values()), "the sample itself is not read"
    for value in hostile.VALUES:
        read_many((path, whole(json.dumps(changed))) for changed in hostile.spoiled(document, value, items=1))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_bytes_that_are_no_text_do_not_raise(name):
    path, document, whole = DOCUMENTS[name]
    for changed in hostile.spoiled(document, "\ud800", items=1):
        read(whole(json.dumps(changed, ensure_ascii=False)), path)


def test_one_such_value_costs_only_its_own_event():
    lines = [json.dumps(NDJSON), json.dumps(NDJSON | {"timestamp": 10**400}), json.dumps(NDJSON)]
    case = triage.loads("\n".join(lines))
    assert case.events()["ts"].notna().tolist() == [True, False, True]
    assert len(case.incidents()) == 1

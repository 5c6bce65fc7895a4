"""Envelopes of DebugBundle for tests, after the shape that its SDKs write; every value is made up."""

from __future__ import annotations

import json
import uuid
from typing import Any

PROJECT = "00000000-0000-4000-8000-000000000001"
STACK = """ValueError: order 48213 failed
  File /app/main.py, line 23, in <module>
  File /app/main.py, line 22, in outer
Caused by:
KeyError: missing_key_7
  File /app/main.py, line 21, in outer
  File /app/main.py, line 19, in inner"""


def envelope(kind: str, payload: Any, number: int = 1, **more: Any) -> dict[str, Any]:
    """One envelope; `more` replaces keys of it, and a value of `...` takes the key away."""
    event = {
        "schema_version": "2026-03-01",
        "event_id": str(uuid.UUID(int=(4 << 76) | (8 << 60) | number)),
        "event_type": kind,
        "occurred_at": f"2026-02-10T09:26:{number % 60:02}.167541Z",
        "sdk_name": "debugbundle-python",
        "sdk_version": "2.0.1",
        "service": {"name": "checkout-api", "runtime": "python", "framework": None, "environment": "production"},
        "correlation": {"request_id": "req-1", "trace_id": "t-1", "session_id": None, "user_id_hash": "u-9"},
        "payload": payload,
        "context": {"release": "1.4.2"},
    } | more
    return {key: value for key, value in event.items() if value is not ...}


def log(number: int = 1, **more: Any) -> dict[str, Any]:
    """A log event."""
    payload = {"level": "error", "message": f"disk {number} is full", "attributes": {"disk": number}}
    return envelope("log_event", payload, number, **more)


def exception(number: int = 1, **more: Any) -> dict[str, Any]:
    """A backend exception with all that its payload can hold."""
    payload = {
        "name": "ValueError",
        "message": "order 48213 failed",
        "stack": STACK,
        "handled": True,
        "request": {
            "method": "POST",
            "path": "/orders/48213",
            "query": {"step": "pay"},
            "headers": {"authorization": "[REDACTED]"},
            "body": {"cart": "c1"},
            "attributes": {"tenant": "blue"},
        },
        "response": {"status_code": 500, "headers": {"content-type": "text/plain"}, "body": "no"},
        "runtime": {
            "version": "3.11.7",
            "platform": "linux",
            "arch": "x64",
            "thread_id": 7,
            "memory": {"rss": None, "peak": 28319744},
            "framework_extras": {"workers": 2},
        },
        "probe_data": {
            "version": 1,
            "items": [
                {"label": "cart.state", "activation_id": None, "timestamp": "2026-02-10T09:26:07Z", "data": {"n": 3}}
            ],
        },
    }
    return envelope("backend_exception", payload, number, **more)


def lines(events: list[Any]) -> bytes:
    """The events one per line."""
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def notes(rows: dict[str, list[dict[str, Any]]], scope: str) -> dict[str, str]:
    """The annotations of one scope as a map."""
    return {row["key"]: row["value"] for row in rows["annotations"] if row["scope"] == scope}

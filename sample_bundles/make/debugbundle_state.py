"""The derived files of the DebugBundle store: profile, connection, state, one bundle, one reproduction.

Written by hand to the documented layout and formulas (see `debugbundle_store.py`); the product itself did not write them.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from common import put

PROJECT = "5d0f8a52-77d1-4a0b-9a62-3f0c2b1a9e77"

Event = dict[str, Any]


def digest(*parts: str) -> str:
    """Return the hexadecimal SHA-256 of parts joined by NUL."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def fingerprint(event: Event, message: str, route: str | None, frames: list[str]) -> tuple[str, list[str]]:
    """Return the incident fingerprint (second version) of an exception and the fields that it rests on."""
    payload = event["payload"]
    request = payload.get("request", {})
    fields = {
        "error_type": payload["name"],
        "normalized_message": message,
        "top_frames": frames,
        "route_template": route,
        "browser_event_kind": None,
        "resource_host": None,
        "resource_path": None,
        "http_method": request.get("method"),
        "http_status": payload.get("response", {}).get("status_code"),
        "environment": event["service"]["environment"],
    }
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest(), [key for key, value in fields.items() if value]


def incident(events: list[Event], message: str, route: str | None, status: str) -> Event:
    """Return one incident of the state file from its events, oldest first."""
    first, last = events[0], events[-1]
    service = first["service"]
    frames = [line.strip() for line in first["payload"]["stack"].splitlines() if line.strip().startswith("at ")][:5]
    mark, matched = fingerprint(first, message, route, frames)
    identity = "inc_local_" + digest(PROJECT, service["name"], service["environment"], mark)[:16]
    return {
        "incident_id": identity,
        "source": "local",
        "project_id": PROJECT,
        "service_id": "svc_local_" + digest(PROJECT, service["name"])[:12],
        "service_name": service["name"],
        "service_runtime": service.get("runtime"),
        "service_framework": service.get("framework"),
        "environment": service["environment"],
        "fingerprint": mark,
        "fingerprint_version": 2,
        "title": f"{first['payload']['name']}: {first['payload']['message']}",
        "severity": "high",
        "status": status,
        "first_seen_at": first["occurred_at"],
        "last_seen_at": last["occurred_at"],
        "occurrence_count": len({event["event_id"] for event in events}),
        "source_event_id": last["event_id"],
        "source_occurred_at": last["occurred_at"],
        "source_event_types": sorted({event["event_type"] for event in events}),
        "matched_fields": matched,
        "bundle_path": f".debugbundle/bundles/local/{identity}.bundle.json",
        "reproduction_path": f".debugbundle/bundles/local/reproductions/{identity}.reproduction.json",
        "generation_number": len(events),
        "source_events": events,
    }


def bundle(found: Event, event: Event) -> Event:
    """Return the failure bundle of one incident."""
    payload = event["payload"]
    request, response = payload["request"], payload["response"]
    return {
        "bundle_version": 1,
        "bundle_id": f"bnd_{found['incident_id']}",
        "bundle_type": "failure",
        "captured_at": found["last_seen_at"],
        "sdk": {"name": event["sdk_name"], "version": event["sdk_version"]},
        "project": {"id": PROJECT, "slug": "shop", "environment": found["environment"]},
        "service": {
            "id": found["service_id"],
            "name": found["service_name"],
            "runtime": "python",
            "framework": None,
            "version": "1.4.2",
            "region": None,
        },
        "signal": {
            "signal_id": found["incident_id"],
            "signal_type": "exception",
            "severity": found["severity"],
            "fingerprint": found["fingerprint"],
            "first_seen_at": found["first_seen_at"],
            "last_seen_at": found["last_seen_at"],
            "occurrence_count": found["occurrence_count"],
            "source_event_types": found["source_event_types"],
        },
        "summary": {
            "title": found["title"],
            "description": "A payment failed while its order was added up.",
            "likely_cause": "A currency without an exchange rate.",
            "confidence": 0.55,
            "recommended_action": "Look at the first application frame.",
            "severity": found["severity"],
            "error_type": payload["name"],
            "error_message": payload["message"],
            "first_application_frame": {"file": "/srv/shop/shop/rates.py", "line": 23, "function": "convert"},
            "primary_signal": "backend_exception",
            "signals": {"new_deploy": True, "regression_suspected": False, "customer_visible": True},
        },
        "impact": {"estimated_users": None, "estimated_requests": None},
        "context": {
            "error": {
                "version": 1,
                "name": payload["name"],
                "message": payload["message"],
                "stack": payload["stack"],
                "handled": payload["handled"],
                "top_frames": [],
            },
            "request": {"version": 1, **request},
            "response": {"version": 1, **response},
            "logs": None,
            "frontend": None,
            "environment": None,
            "deploy": {
                "version": 1,
                "commit_sha": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c",
                "release": "1.4.2",
                "branch": "main",
                "deployed_at": "2026-02-10T08:55:00Z",
            },
            "runtime": {**payload["runtime"], "version": 1, "runtime_version": payload["runtime"]["version"]},
            "git": None,
            "dependencies": None,
            "probe_data": payload.get("probe_data"),
            "device": None,
        },
        "reproduction": {"possible": True, "confidence": 0.8, "reason": "request_context_available"},
        "verification": {
            "verification_type": None,
            "synthetic": False,
            "local_verified": False,
            "production_verified": False,
        },
        "links": {
            "self": found["bundle_path"],
            "reproduction": found["reproduction_path"],
            "incident": None,
            "project": None,
            "docs": None,
        },
        "redaction": {"redacted": True, "fields": ["authorization", "card_number", "token"], "notes": []},
        "metadata": {
            "created_at": found["first_seen_at"],
            "updated_at": found["last_seen_at"],
            "generator_version": "1.0.0",
            "generation_number": found["generation_number"],
        },
    }


def reproduction(found: Event, event: Event) -> Event:
    """Return the reproduction of one incident; its credentials are masks, and yet it says 0.8."""
    request = event["payload"]["request"]
    url = f"https://{request['headers']['host']}{request['path']}?step=pay"
    body = json.dumps(request["body"], sort_keys=True, separators=(",", ":"))
    return {
        "version": 1,
        "incident_id": found["incident_id"],
        "possible": True,
        "confidence": 0.8,
        "reason": "request_context_available",
        "artifacts": {
            "curl": f"curl -X POST '{url}' -H 'authorization: [REDACTED]' -H 'content-type: application/json' "
            f"--data-raw '{body}'",
            "httpie": f"printf '%s' '{body}' | http POST '{url}' 'authorization:[REDACTED]' 'content-type:application/json'",
            "json_spec": {
                "method": request["method"],
                "url": url,
                "headers": {"authorization": "[REDACTED]", "content-type": "application/json"},
                "body": request["body"],
            },
        },
    }


def write_state(root: str, events: list[Event], last_file: str) -> None:
    """Write every derived file below the store's root from the events on disk."""

    def named(name: str) -> list[Event]:
        kinds = ("backend_exception", "frontend_exception")
        return [e for e in events if e["event_type"] in kinds and e["payload"]["name"] == name]

    incidents = [
        incident(named("PaymentError"), "no exchange rate for XTS", "/orders/{param}/pay", "open"),
        incident(named("RuntimeError"), "order needs 2 of lamp, stock holds 1", "/orders/{param}/pay", "resolved"),
        incident(named("TypeError"), "Cannot read properties of undefined (reading 'price')", "/cart", "open"),
    ]
    state = {
        "version": 1,
        "last_processed_event_file": last_file,
        "incidents": {found["incident_id"]: found for found in sorted(incidents, key=lambda i: i["incident_id"])},
    }
    put(f"{root}/local/state.json", json.dumps(state, indent=2, ensure_ascii=False) + "\n")
    found, event = incidents[0], named("PaymentError")[-1]
    put(f"{root}/bundles/local/{found['incident_id']}.bundle.json", json.dumps(bundle(found, event), indent=2) + "\n")
    path = f"{root}/bundles/local/reproductions/{found['incident_id']}.reproduction.json"
    put(path, json.dumps(reproduction(found, event), indent=2) + "\n")
    put(f"{root}/profile.json", json.dumps({"version": 1, "project": {"id": PROJECT, "slug": "shop"}}, indent=2) + "\n")
    put(f"{root}/local/connection.json", json.dumps({"version": 1, "mode": "local-only"}, indent=2) + "\n")

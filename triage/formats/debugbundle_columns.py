"""Decoded blocks of DebugBundle envelopes as columns of `events`; the rules are those of the single envelope."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from triage.formats import platforms
from triage.formats.debugbundle_blocks import mapped
from triage.formats.debugbundle_envelope import level_of, os_of, platform_of
from triage.formats.debugbundle_route import normal_route

__all__ = ("columns", "languages", "said", "written")

Fields = dict[str, pa.Array]
_TEXT: Final = pa.string()
_KIND: Final = {
    "backend_exception": "exception",
    "frontend_exception": "exception",
    "request_event": "request",
    "log_event": "log",
}
_SIGNAL, _CONTEXT = pa.scalar("incident_signal"), pa.scalar("context")
_NONE: Final = pa.scalar(None, _TEXT)


def columns(fields: Fields) -> dict[str, Any]:
    """The columns of `events` that these fields give; empty text is none."""
    backend = pc.equal(fields["event_type"], "backend_exception")
    frontend = pc.equal(fields["event_type"], "frontend_exception")
    request, log = pc.equal(fields["event_type"], "request_event"), pc.equal(fields["event_type"], "log_event")
    failed = pc.or_(backend, frontend)
    name, message = said(fields["payload.name"]), said(fields["payload.message"])
    platform = _platform(fields, frontend)
    made: dict[str, Any] = {
        "native_id": fields["event_id"],
        "service": said(fields["service.name"]),
        "environment": said(fields["service.environment"]),
        "platform": platform,
        "release": fields["context.release"],
        "event_kind": mapped(fields["event_type"], _KIND.get),
        "error_type": pc.if_else(failed, name, _NONE),
        "handled": pc.if_else(backend, fields["payload.handled"], pa.scalar(None, pa.bool_())),
        "os_name": pc.if_else(backend, mapped(fields["payload.runtime.platform"], os_of), _NONE),
        "arch": pc.if_else(backend, mapped(fields["payload.runtime.arch"], _architecture), _NONE),
        "thread_id": pc.if_else(backend, fields["payload.runtime.thread_id"], pa.scalar(None, pa.int64())),
        "device": _device(fields, frontend),
        "duration_ms": pc.if_else(request, fields["payload.duration_ms"], pa.scalar(None, pa.float64())),
    }
    made |= {name: said(fields[f"correlation.{name}"]) for name in ("request_id", "trace_id", "session_id")}
    made["user_hash"] = said(fields["correlation.user_id_hash"])
    made["http_method"], made["route"] = _request(fields, backend, frontend, request)
    status = pc.if_else(request, fields["payload.response_status"], pa.scalar(None, pa.int64()))
    made["http_status"] = pc.if_else(backend, fields["payload.response.status_code"], status)
    asked = pc.binary_join_element_wise(
        "request", pc.fill_null(made["http_method"], "UNKNOWN"), pc.fill_null(made["route"], "/"), " "
    )
    made["error_value"] = pc.if_else(request, asked, message)
    made["level"], made["event_class"] = _judged(fields, failed, log, status)
    return made


def said(column: pa.Array) -> pa.Array:
    """Text, where it is not empty."""
    empty = pc.equal(column, "")
    return pc.if_else(empty, _NONE, column) if pc.any(empty).as_py() else column


def languages(fields: Fields) -> pa.Array:
    """The language that the stack of each event is read by, "" for none."""
    frontend = pc.equal(fields["event_type"], "frontend_exception")
    runtime = mapped(pc.fill_null(fields["service.runtime"], ""), str.lower)
    return pc.if_else(pc.and_(frontend, pc.equal(runtime, "")), "javascript", runtime)


def written(fields: Fields, route: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Scope, key and value of the path of each event as it was written; null where its route says the same.

    DebugBundle's own fingerprints are made of it.
    """
    kind = fields["event_type"]
    frontend = pc.equal(kind, "frontend_exception")
    path = pc.if_else(pc.equal(kind, "backend_exception"), fields["payload.request.path"], _NONE)
    path = pc.if_else(pc.equal(kind, "request_event"), fields["payload.path"], path)
    path = said(pc.if_else(frontend, fields["payload.route"], path))
    other = pc.fill_null(pc.not_equal(path, route), fill_value=True)
    scope = pc.if_else(frontend, "page", "request")
    return scope, pc.if_else(frontend, "route", "path"), pc.if_else(other, path, _NONE)


def _platform(fields: Fields, frontend: pa.Array) -> pa.Array:
    runtime = said(fields["service.runtime"])
    plain = mapped(runtime, platform_of)
    return pc.if_else(pc.and_(frontend, pc.is_null(runtime)), "javascript", plain)


def _request(fields: Fields, backend: pa.Array, frontend: pa.Array, request: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Method and route."""
    method = pc.if_else(backend, fields["payload.request.method"], _NONE)
    method = said(pc.if_else(request, fields["payload.method"], method))
    path = pc.if_else(backend, fields["payload.request.path"], _NONE)
    path = pc.if_else(request, fields["payload.path"], path)
    path = said(pc.if_else(frontend, fields["payload.route"], path))
    template = pc.if_else(request, said(fields["payload.route_template"]), _NONE)
    return method, pc.coalesce(template, mapped(path, normal_route))


def _judged(fields: Fields, failed: pa.Array, log: pa.Array, status: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Level and class."""
    asked = pc.case_when(
        pa.StructArray.from_arrays(
            [pc.fill_null(pc.greater_equal(status, least), fill_value=False) for least in (500, 400)], ["5", "4"]
        ),
        pa.scalar("error"),
        pa.scalar("warning"),
        pa.scalar("info"),
    )
    level = pc.if_else(log, mapped(fields["payload.level"], level_of), asked)
    level = pc.if_else(failed, "error", level)
    signal = pc.or_(failed, pc.fill_null(pc.greater_equal(status, 500), fill_value=False))
    loud = pc.is_in(fields["payload.level"], value_set=pa.array(("error", "fatal", "critical")))
    signal = pc.or_(signal, pc.and_(log, loud))
    return level, pc.if_else(signal, _SIGNAL, _CONTEXT)


def _device(fields: Fields, frontend: pa.Array) -> pa.Array:
    """The browser, by name and version."""
    name, version = (
        said(pc.if_else(frontend, fields[f"payload.browser.{part}"], _NONE)) for part in ("name", "version")
    )
    return pc.coalesce(pc.binary_join_element_wise(name, version, " "), name, version)


@lru_cache(maxsize=1_024)
def _architecture(name: str) -> str | None:
    return platforms.architecture(name.lower())

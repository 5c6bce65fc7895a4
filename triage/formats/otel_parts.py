"""What OpenTelemetry's writers say in different words: keys, attributes, times, levels, ids, made the same.

Facts: the OTLP/JSON mapping, the semantic conventions (names of before and after their first stable release), and
general knowledge of the console exporters of Python, Go and others. Keys are looked up without case and underscores, so
that `traceId`, `trace_id` and `TraceID` are one; an attribute is a pair of a list or a key of an object, its value a
wrapped one (``{"stringValue": …}``, ``{"Type": …, "Value": …}``) or plain.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any, Final

from triage.formats import platforms
from triage.formats.sentry_event import digest
from triage.formats.sentry_json import mapping, number, text
from triage.times import LEAST, MOST, epoch, iso

__all__ = ("attributes", "columns", "flat", "identity", "language", "level", "moment", "plain", "platform", "same")

_HEX: Final = re.compile(r"[0-9a-f]{16,32}")
_DEPTH: Final = 12
_WRAPPED: Final = frozenset(("stringvalue", "intvalue", "doublevalue", "boolvalue", "bytesvalue"))
# What one level of severity is called; four numbers each.
_LEVELS: Final = ("trace", "debug", "info", "warning", "error", "fatal")
_WORDS: Final = {
    "warn": "warning",
    "critical": "fatal",
    "emergency": "fatal",
    "alert": "fatal",
    "severe": "error",
    "err": "error",
    "notice": "info",
    "information": "info",
    "verbose": "trace",
}
_PLATFORMS: Final = {
    "nodejs": "javascript",
    "webjs": "javascript",
    "cpp": "native",
    "c++": "native",
    "js": "javascript",
}
# Columns of an event, and the attributes that fill them, the newer name first.
_COLUMNS: Final = {
    "service": ("service.name",),
    "release": ("service.version",),
    "environment": ("deployment.environment.name", "deployment.environment"),
    "os_version": ("os.version", "os.description"),
    "device": ("device.model.identifier", "device.model.name", "browser.brands"),
    "http_method": ("http.request.method", "http.method"),
    "session_id": ("session.id",),
    "request_id": ("http.request.header.x-request-id", "request.id", "http.request_id"),
}
_ROUTES: Final = ("http.route", "url.path", "http.target", "url.full", "http.url")
_USERS: Final = ("user.id", "enduser.id", "user.hash")


def same(value: Any) -> dict[str, Any]:
    """An object with its keys in one spelling: lower case, no underscores.

    Examples
    --------
    >>> same({"trace_id": 1, "SpanID": 2})
    {'traceid': 1, 'spanid': 2}
    """
    return {key.replace("_", "").lower(): item for key, item in mapping(value).items()}


def plain(value: Any, depth: int = 0) -> Any:
    """A value without what it is wrapped in.

    Examples
    --------
    >>> plain({"arrayValue": {"values": [{"intValue": "3"}, {"stringValue": "a"}]}})
    [3, 'a']
    """
    if not isinstance(value, dict) or depth > _DEPTH:
        return value if not isinstance(value, dict) else None
    held = same(value)
    if len(held) == 1:
        ((kind, inner),) = held.items()
        if kind in _WRAPPED:
            return number(inner) if kind == "intvalue" else inner
        if kind == "arrayvalue":
            inner = mapping(inner).get("values")
            return [plain(item, depth + 1) for item in inner] if isinstance(inner, list) else []
        if kind == "kvlistvalue":
            return attributes(mapping(inner).get("values"), depth + 1)
    if held.keys() == {"type", "value"} and isinstance(value.get("Type"), str):
        return held["value"]
    return {key: plain(item, depth + 1) for key, item in value.items()}


def attributes(value: Any, depth: int = 0) -> dict[str, Any]:
    """Attributes by name, from a list of pairs or an object.

    Examples
    --------
    >>> attributes([{"key": "a", "value": {"stringValue": "b"}}, {"Key": "n", "Value": {"Type": "INT64", "Value": 3}}])
    {'a': 'b', 'n': 3}
    """
    if isinstance(value, dict):
        held = value.get("attributes", value.get("Attributes")) if len(value) <= 4 else None
        if isinstance(held, (dict, list)):
            return attributes(held, depth + 1) if depth < _DEPTH else {}
        return {key: plain(item, depth + 1) for key, item in value.items()}
    found: dict[str, Any] = {}
    for item in value if isinstance(value, list) else []:
        pair = same(item)
        if isinstance(pair.get("key"), str):
            found[pair["key"]] = plain(pair.get("value"), depth + 1)
    return found


def moment(value: Any) -> int | None:
    """Microseconds of a time in nanoseconds, as number or digits, or as ISO text.

    Examples
    --------
    >>> moment("1769390759123000000"), moment("2026-01-26T01:25:59.123000Z"), moment(0)
    (1769390759123000, 1769390759123000, None)
    """
    if isinstance(value, str) and not value.isdigit():
        return iso(_shortened(value))
    nanos = number(value)
    if not nanos:
        return None
    if nanos < 10**11:  # seconds
        return epoch(nanos)
    micros = nanos // 1_000 if nanos > 10**17 else nanos if nanos > 10**14 else nanos * 1_000
    return micros if LEAST <= micros <= MOST else None


def _shortened(value: str) -> str:
    """ISO text with at most six digits of a second, as Python 3.11 reads it."""
    return re.sub(r"(\.\d{6})\d{1,3}(?=\D|$)", r"\1", value[:64])


def level(value: Any, words: Any = None) -> str | None:
    """A level of the schema for a number of severity, else for its text.

    Examples
    --------
    >>> level(17), level("SEVERITY_NUMBER_WARN2"), level(None, "Critical")
    ('error', 'warning', 'fatal')
    """
    rank = number(value)
    if rank is not None and 1 <= rank <= 24:
        return _LEVELS[(rank - 1) // 4]
    for said in (value, words):
        word = (text(said) or "").rpartition(".")[2].lower().removeprefix("severity_number_").rstrip("0123456789")
        word = _WORDS.get(word, word)
        if word in _LEVELS:
            return word
    return None


def identity(value: Any) -> str | None:
    """An id of a trace or a span as lower-case hex; base64 is decoded, and an id of zeros is none.

    Examples
    --------
    >>> identity("0x5B8EFFF798038103D269B633813FC60C"), identity("W47/95gDgQPSabYzgT/GDA=="), identity("0" * 32)
    ('5b8efff798038103d269b633813fc60c', '5b8efff798038103d269b633813fc60c', None)
    """
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        value = f"{value:032x}" if value >> 64 else f"{value:016x}"
    written = (text(value) or "").strip()
    plain_id = written.lower().removeprefix("0x")
    if not _HEX.fullmatch(plain_id):
        if not written or len(written) > 24:
            return None
        try:
            raw = base64.b64decode(written, validate=True)
        except (binascii.Error, ValueError):
            return written or None
        if len(raw) not in {8, 16}:
            return written or None
        plain_id = raw.hex()
    return plain_id if plain_id.strip("0") else None


def language(resource: dict[str, Any]) -> str | None:
    """The language of the program, as its SDK names it."""
    word = text(resource.get("telemetry.sdk.language")) or text(resource.get("process.runtime.name"))
    word = (word or "").lower()
    return _PLATFORMS.get(word, word) or None


def platform(resource: dict[str, Any]) -> str | None:
    """What stands in `events.platform`."""
    return language(resource)


def columns(resource: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Columns of an event from the attributes of its resource and its own."""
    both = resource | own
    found: dict[str, Any] = {
        name: next((value for key in keys if (value := text(both.get(key)))), None) for name, keys in _COLUMNS.items()
    }
    status = next((both[key] for key in ("http.response.status_code", "http.status_code") if key in both), None)
    system = text(both.get("os.type")) or text(both.get("os.name"))
    user = next((value for key in _USERS if (value := text(both.get(key)))), None)
    return found | {
        "platform": platform(resource),
        "route": next((route for key in _ROUTES if (route := _route(text(both.get(key))))), None),
        "http_status": _small(status),
        "os_name": platforms.system(system),
        "arch": platforms.architecture((text(both.get("host.arch")) or "").lower() or None),
        "thread_id": _small(both.get("thread.id")),
        "user_hash": digest(user) if user else None,
    }


def _route(value: str | None) -> str | None:
    """The path of a target or of an address, without what was asked for."""
    if not value:
        return None
    path = value.partition("://")[2].partition("/")[2] if "://" in value else value.removeprefix("/")
    return "/" + path.partition("?")[0].partition("#")[0]


def _small(value: Any) -> int | None:
    found = number(value)
    return found if found is not None and -(1 << 63) <= found < 1 << 63 else None


def flat(value: dict[str, Any]) -> dict[str, Any]:
    """What is left of attributes for annotations: no empty ones."""
    return {key: item for key, item in value.items() if item not in (None, "", [], {})}

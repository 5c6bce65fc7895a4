"""The fingerprints that DebugBundle itself would give its events, for telling which of its incidents an event is in.

Facts: `packages/event-normalizer` of debugbundle/debugbundle at c4d2dfb (v2, v3), 8575131 (v1 of ten fields) and
00bdec2 (v1 of seven), told in specs of the event store; the summaries of database errors are in `debugbundle.toml`.
A fingerprint is the SHA-256 of compact JSON with sorted keys and Unicode as it is.

================= =====================================================================================================
v1, seven fields  environment, error_type, http_method, http_status, normalized_message, route_template, top_frames; no
                  summaries, no long tokens, blanks as they are; of browser errors only that there was one
v1, ten fields    and browser_event_kind, resource_host, resource_path
v2                the same ten; dates in WildFly's timer messages replaced first
v3                opaque errors of a concrete browser resource only: its kind, host, path, type and environment
================= =====================================================================================================

Both layouts of v1 went by one name, so hashes of v1 of two stores cannot be compared: compute both. What the rules do
not tell from the tables is NA, never a guess: events without environment or type, and URLs that a browser would rewrite
(credentials, escapes to be normalised, names beyond ASCII). Incident bundles have none either: what is in them was
redacted after it was hashed. Nor has an event of which something that a fingerprint takes is masked here.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from triage.formats.debugbundle_lines import BLANKS, at_lines
from triage.incidents.debugbundle_messages import normal_message
from triage.redact.masks import MASK_TEXT

__all__ = ("Fingerprints", "Said", "fingerprinted", "fingerprints", "normal_path")

_FORMATS: Final = pa.array(["debugbundle-events", "debugbundle-state"])
_KINDS: Final = pa.array(["exception", "log", "request"])
_encode: Final = msgspec.json.Encoder(order="sorted").encode


class Said(NamedTuple):
    """What of an event goes into its fingerprints; `browser` holds the leaves of a browser event by dotted key."""

    kind: str
    environment: str
    message: str = ""
    error_type: str | None = None
    top_frames: tuple[str, ...] = ()
    path: str | None = None
    template: str | None = None
    http_method: str | None = None
    http_status: int | None = None
    in_browser: bool = False
    browser: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"<Said: {self.kind}>"


class Fingerprints(NamedTuple):
    """The hashes, in hex; None where an event has none."""

    debugbundle_v1_7: str | None = None
    debugbundle_v1_10: str | None = None
    debugbundle_v2: str | None = None
    debugbundle_v3: str | None = None


def fingerprints(said: Said) -> Fingerprints:
    """All fingerprints of an event.

    Examples
    --------
    >>> found = fingerprints(Said("log", "production", "order 48213 failed"))
    >>> found == fingerprints(Said("log", "production", "order 7712 failed"))
    True
    >>> fingerprints(Said("log", "production", "no order of [email:1:8-15]")).debugbundle_v2 is None
    True
    """
    if _is_masked(said):
        return Fingerprints()
    route = normal_path(said.template or said.path)
    fields: dict[str, Any] = {
        "environment": said.environment,
        "error_type": said.error_type,
        "http_method": said.http_method,
        "http_status": said.http_status,
        "normalized_message": "",
        "route_template": route,
        "top_frames": said.top_frames,
    }
    if said.kind == "request":
        said_so = f"request {said.http_method} {normal_path(said.path) or '/'}"
        oldest = old = new = said_so
    else:
        oldest, old = normal_message(said.message, "v1_7"), normal_message(said.message, "v1_10")
        new = normal_message(said.message, "v2") if said.message.startswith("WFLY") else old
    if said.in_browser:
        nothing = {"error_type": None, "route_template": None, "top_frames": ()}
        first = _hash(fields | nothing | {"normalized_message": "frontend_exception"})
        event = dict(said.browser)
        resource = _resource(event)
        if resource is None:
            return Fingerprints(first, None, None, _concrete(event, said.environment))
        kind = event.get("kind")
        host, path = resource
        opaque = {"top_frames": ()} if event.get("opaque") == "true" else {}
        fields |= {"browser_event_kind": kind, "resource_host": host, "resource_path": path} | opaque
    else:
        first = _hash(fields | {"normalized_message": oldest})
        fields |= {"browser_event_kind": None, "resource_host": None, "resource_path": None}
    second = _hash(fields | {"normalized_message": old})
    third = second if old == new else _hash(fields | {"normalized_message": new})
    return Fingerprints(first, second, third, _concrete(dict(said.browser), said.environment))


def _is_masked(said: Said) -> bool:
    """Whether a mask of ours stands in what fingerprints take; they would be those of no event of DebugBundle's."""
    path = _CUT.split(said.template or said.path or "", maxsplit=1)[0]
    texts = (said.message, said.error_type or "", *said.top_frames, path, *(value for _, value in said.browser))
    return any("[" in text and MASK_TEXT.search(text) is not None for text in texts)


def _hash(fields: dict[str, Any]) -> str:
    return hashlib.sha256(_encode(fields)).hexdigest()


# --- routes and resources ------------------------------------------------------------------------------------------

_SEGMENT: Final = re.compile(r"[0-9]+|[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9_-]{24,}")
_CUT: Final = re.compile(r"[?#]")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
# A URL that a browser leaves as it is; of any other this cannot say host and path.
_URL: Final = re.compile(
    r"(?i:https?)://([A-Za-z0-9.-]*[A-Za-z][A-Za-z0-9.-]*)(?::[0-9]{1,5})?(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?(?:[?#].*)?"
)
_DOTS: Final = re.compile(r"/(?:\.|%2[eE]){1,2}(?:/|\Z)")
_TAGS: Final = frozenset(["script", "link", "img", "audio", "video", "source", "iframe", "object", "embed", "input"])


@lru_cache(maxsize=16_384)
def normal_path(path: str | None) -> str | None:
    """A path by DebugBundle's rules: no query, `{param}` for segments that look like ids, None for none.

    Examples
    --------
    >>> normal_path("/orders//48213?x=1")
    '/orders/{param}'
    """
    if not path:
        return None
    segments = [segment for segment in _CUT.split(path, maxsplit=1)[0].split("/") if segment]
    return "/" + "/".join("{param}" if _is_param(segment) else segment for segment in segments)


def _is_param(segment: str) -> bool:
    if _SEGMENT.fullmatch(segment):
        return True
    if "%" not in segment:
        return False
    decoded = unquote(segment)
    return "/" in decoded or any(_SEGMENT.fullmatch(text) for text in (decoded, decoded.replace("%", "")))


def _place(url: str) -> tuple[str, str] | None:
    """Host and path of a plain http URL."""
    found = _URL.fullmatch(url)
    if found is None or (found[2] and _DOTS.search(found[2])):
        return None
    return found[1].lower(), found[2] or "/"


def _resource(event: dict[str, str]) -> tuple[str | None, str | None] | None:
    """Host and path of a resource that did not load, both None for another event; None where they cannot be told."""
    source = event.get("target.source_url", event.get("file_name", "")).strip(BLANKS)
    if event.get("kind") != "resource_error" or not source:
        return None, None
    if source.startswith("/"):
        return None, normal_path(source)
    scheme = _SCHEME.match(source)
    if scheme is None:
        return None, normal_path(source) or source
    if scheme[1].lower() not in {"http", "https"}:
        return None, scheme[1].lower()
    place = _place(source)
    return place and (place[0], normal_path(place[1]))


def _concrete(event: dict[str, str], environment: str) -> str | None:
    """The v3 of an opaque error of a resource whose host and tag are known."""
    tag = event.get("target.tag_name", "").lower()
    if event.get("kind") != "resource_error" or event.get("opaque") != "true" or tag not in _TAGS:
        return None
    source = event.get("target.source_url", event.get("file_name", ""))
    if source.startswith("/") and not source.startswith("//"):
        page = _place(event.get("page.url", ""))
        place = page and _place(f"https://{page[0]}{source}")
    else:
        place = _place(source)
    if place is None or len(source) > 4_096 or len(place[1]) > 1_024 or len(place[0]) > 255:
        return None
    return _hash(
        {
            "browser_event_kind": "resource_error",
            "environment": environment,
            "fingerprint_version": "v3",
            "resource_host": place[0],
            "resource_path": place[1],
            "resource_type": tag,
        }
    )


# --- columns -------------------------------------------------------------------------------------------------------

_TAKEN: Final = (
    "event_id",
    "event_kind",
    "environment",
    "error_type",
    "error_value",
    "handled",
    "http_method",
    "http_status",
    "route",
)
_PLACES: Final = {("request", "path"), ("page", "route"), ("error", "stack")}


def fingerprinted(events: pa.Table, tables: dict[str, pa.Table]) -> pa.Table:
    """Give rows of `events` with their fingerprints, each distinct one made once.

    Parameters
    ----------
    events
        All or some rows of the table `events`.
    tables
        The tables of the case: stack lines are in `frames`, paths and browser events in `annotations`.
    """
    chosen = pc.and_(pc.is_in(events["format"], value_set=_FORMATS), pc.is_in(events["event_kind"], value_set=_KINDS))
    chosen = pc.fill_null(pc.and_(chosen, pc.is_valid(events["environment"])), fill_value=False)
    if not pc.any(chosen).as_py():
        return events
    rows = events.filter(chosen).select(_TAKEN)
    notes = _notes(rows["event_id"], tables["annotations"])
    written = _written(tables["stacks"], tables["frames"])
    made: dict[Said | None, Fingerprints] = {None: Fingerprints()}
    found = []
    for row in zip(*rows.to_pydict().values(), strict=True):
        said = _said(row, notes.get(row[0], {}), written.get(row[0], ""))
        hashes = made.get(said)
        if hashes is None and said is not None:
            hashes = made[said] = fingerprints(said)
        found.append(hashes)
    place = pa.array([None] * events.num_rows, pa.int64())
    place = pc.replace_with_mask(place, chosen.combine_chunks(), pa.array(range(len(found)), pa.int64()))
    for name, values in zip(Fingerprints._fields, zip(*found, strict=True), strict=True):
        index = events.schema.get_field_index(name)
        column = pa.array(values, pa.string()).take(place)
        events = events.set_column(index, events.schema.field(index), column)
    return events


def _said(row: tuple[Any, ...], notes: dict[tuple[str, str], str], written: str) -> Said | None:
    """What a row tells; None where that is not enough."""
    _, kind, environment, error_type, message, handled, method, status, route = row
    message = message or ""
    if kind == "log":
        return Said(kind, environment, message)
    path = notes.get(("request", "path"), route)
    if kind == "request":
        return Said(kind, environment, "", None, (), path, route, method, status or 0)
    if error_type is None:
        return None
    stack = notes.get(("error", "stack"))
    lines = tuple(written.split("\n")) if written else ()
    lines = lines if stack is None else tuple(at_lines(stack))
    if handled is None and method is None:
        path = notes.get(("page", "route"), route)
        browser = tuple(sorted((key, value) for (scope, key), value in notes.items() if scope == "browser_event"))
        return Said(kind, environment, message, error_type, lines, path, None, None, None, True, browser)
    return Said(kind, environment, message, error_type, lines, path or "/", None, method or "UNKNOWN", status or 0)


def _notes(ids: pa.ChunkedArray, annotations: pa.Table) -> dict[str, dict[tuple[str, str], str]]:
    """The annotations that count, by event."""
    scopes = pa.array(["request", "page", "error", "browser_event"])
    few = annotations.filter(pc.is_in(annotations["scope"], value_set=scopes))
    keys = pa.array(sorted({key for _, key in _PLACES}))
    wanted = pc.or_(pc.equal(few["scope"], "browser_event"), pc.is_in(few["key"], value_set=keys))
    few = few.filter(wanted)
    few = few.filter(pc.is_in(few["event_id"], value_set=ids.combine_chunks()))
    found: dict[str, dict[tuple[str, str], str]] = {}
    for event, scope, key, value in zip(
        *few.select(["event_id", "scope", "key", "value"]).to_pydict().values(), strict=True
    ):
        found.setdefault(event, {})[scope, key] = value
    return found


def _written(stacks: pa.Table, frames: pa.Table) -> dict[str, str]:
    """The lines that count of the stacks of each event that has any."""
    frames = frames.filter(pc.is_valid(frames["written"]))
    texts = dict(zip(frames["stack_key"].to_pylist(), frames["written"].to_pylist(), strict=True))
    stacks = stacks.filter(pc.is_in(stacks["stack_key"], value_set=pa.array(list(texts), pa.string())))
    pairs = zip(stacks["event_id"].to_pylist(), stacks["stack_key"].to_pylist(), strict=True)
    return {event: texts[key] for event, key in pairs}

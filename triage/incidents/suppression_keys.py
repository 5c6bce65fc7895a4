"""The keys under which DebugBundle's SDKs count what they do not send, made again from what was read of an event.

An event `error_suppressed` tells the SHA-256 of such a key. Where an SDK tells apart what was read as one (a value that
was null or not there), the event has several keys, of which at most one is the SDK's.

======== ==============================================================================================================
Python   exceptions: `backend_exception:<name>:<message>:<stack>`, the stack as `exception_snapshot.py` prints it: of a
         chain eight exceptions and 64 frames, of all 16,384 characters (debugbundle-python 2.0.1, `core.py`)
Node     compact JSON: of exceptions name, message, stack, path and status; of logs level, message and attributes; of
         requests method, path, status and route template (debugbundle-js, `sdk-node/src/event-support.ts` at 2d98acc)
browser  the same of logs; of exceptions name, message, first frame and route; of requests method, path and status
         (debugbundle-js, `sdk-browser`)
======== ==============================================================================================================

Other SDKs shorten stacks in ways of their own, and have none here.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from triage.stacks.joining import isin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ("KINDS", "PLATFORMS", "alike", "made")

Rows = npt.NDArray[np.int64]

PLATFORMS: Final = ("javascript", "python")
KINDS: Final = ("exception", "log", "request")
_COLUMNS: Final = (
    *("event_id", "event_kind", "platform", "error_type", "error_value", "handled", "level"),
    *("http_method", "http_status", "route"),
)
# What a reader took for one level.
_LEVELS: Final = {"fatal": ("fatal", "critical"), "warning": ("warning", "warn"), "trace": ("debug", "trace")}

# What the SDK of Python prints before a cause, and how many characters of a stack it keeps.
_CAUSED: Final = "\nCaused by:"
_STACK: Final = 16_384

Row = dict[str, Any]


def made(tables: dict[str, pa.Table], events: pa.Table) -> list[list[str]]:
    """The keys of each event, none where nobody knows.

    Parameters
    ----------
    tables
        The tables of a case.
    events
        Some rows of the table `events`.
    """
    ids = events["event_id"].to_pylist()
    paths = _cells(isin(isin(tables["annotations"], "key", ["path", "route"]), "event_id", ids), "scope", "value")
    attributes = _cells(isin(isin(tables["logs"], "origin", ["log"]), "event_id", ids), "origin", "fields")
    stacks = {name: _stacks(tables, events, name, write) for name, write in _WRITERS.items()}
    found = []
    for row in events.select(_COLUMNS).to_pylist():
        told = paths.get(row["event_id"], {})
        row["path"] = told.get("request", row["route"])
        row["page"] = told.get("page", row["route"])
        row["attributes"] = attributes.get(row["event_id"], {}).get("log") or "{}"
        row["stack"] = stacks.get(row["platform"], {}).get(row["event_id"], "")
        found.append(list(_KEYS[row["platform"]](row)) if row["platform"] in _KEYS else [])
    return found


def alike(tables: dict[str, pa.Table], events: pa.Table) -> Rows:
    """A number for each event, from 0 on, the same where events have the same keys: of a storm there are many.

    Events with a chain of exceptions stand for themselves.
    """
    of_stacks = tables["stacks"]["event_id"].value_counts()
    many = of_stacks.field("values").filter(pc.greater(of_stacks.field("counts"), 1))
    ids = events["event_id"].combine_chunks()
    alone = pc.if_else(pc.is_in(ids, value_set=many), ids, "")
    columns = [events[name].combine_chunks() for name in ("service", "stack_key", *_COLUMNS[1:])]
    found = np.zeros(events.num_rows, np.int64)
    notes = isin(isin(tables["annotations"], "key", ["path", "route"]), "scope", ["request", "page"])
    for column in (*columns, alone, _of(ids, notes, "value"), _of(ids, tables["logs"], "fields")):
        encoded = column.dictionary_encode(null_encoding="encode")
        codes = encoded.indices.to_numpy().astype(np.int64)
        found = pd.factorize(found * max(len(encoded.dictionary), 1) + codes)[0].astype(np.int64)
    return found


def _of(ids: pa.Array, table: pa.Table, column: str) -> pa.Array:
    """A cell of the row of each event in another table, null where it has none."""
    place = pc.index_in(ids, value_set=table["event_id"].combine_chunks())
    return table[column].combine_chunks().take(place)


def _python(row: Row) -> Iterator[str]:
    if row["event_kind"] == "exception":
        # The SDK ends so where there are more causes than it prints.
        for end in ("", _CAUSED) if _CAUSED in row["stack"] else ("",):
            stack = (row["stack"] + end)[:_STACK]
            yield ":".join(("backend_exception", row["error_type"] or "", row["error_value"] or "", stack))


def _javascript(row: Row) -> Iterator[str]:
    said = {"name": row["error_type"] or "", "message": row["error_value"] or ""}
    if row["event_kind"] == "log":
        for level in _LEVELS.get(row["level"], (row["level"],)):
            head = _json({"event_type": "log_event", "level": level, "message": row["error_value"] or ""})
            yield f'{head[:-1]},"attributes":{row["attributes"]}}}'
    elif row["event_kind"] == "request":
        call = {"event_type": "request_event", "method": row["http_method"], "path": row["path"] or "/"}
        for template in dict.fromkeys((None, row["route"])):
            yield _json(call | {"status": row["http_status"], "route_template": template})
        yield _json(call | {"response_status": row["http_status"]})
    elif row["handled"] is None and row["http_method"] is None:
        frame = next((line.strip() for line in row["stack"].split("\n")[1:2]), None)
        page = {"event_type": "frontend_exception", **said, "stack_frame": frame}
        yield _json(page | {"route": row["page"]})
        if row["page"] is None:
            yield _json(page)
    else:
        where = {"path": row["path"] or "/", "status": row["http_status"] or 0}
        yield _json({"event_type": "backend_exception", **said, "stack": row["stack"], **where})


_KEYS: Final[dict[str, Callable[[Row], Iterator[str]]]] = {"python": _python, "javascript": _javascript}


def _json(values: Row) -> str:
    """As JavaScript writes it."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _cells(table: pa.Table, key: str, value: str) -> dict[str, dict[str, str]]:
    """The values of each event, by the words of a column."""
    found: dict[str, dict[str, str]] = {}
    for event, name, cell in zip(*(table[column].to_pylist() for column in ("event_id", key, value)), strict=True):
        found.setdefault(event, {})[name] = cell
    return found


def _stacks(tables: dict[str, pa.Table], events: pa.Table, platform: str, write: Any) -> dict[str, str]:
    """The stacks of the exceptions of a platform as its SDK prints them, causes after what they caused."""
    events = isin(isin(events, "platform", [platform]), "event_kind", ["exception"])
    stacks = isin(tables["stacks"], "event_id", events["event_id"].to_pylist())
    stacks = stacks.sort_by([("event_id", "ascending"), ("stack_no", "ascending")])
    frames = isin(tables["frames"], "stack_key", stacks["stack_key"].drop_null().unique().to_pylist())
    frames = frames.sort_by([("stack_key", "ascending"), ("idx", "ascending" if write is _frame else "descending")])
    lines: dict[str, list[str]] = {}
    columns = (frames[name] for name in ("stack_key", "function_raw", "function", "file", "line", "column"))
    for key, raw, name, *place in zip(*(column.to_pylist() for column in columns), strict=True):
        lines.setdefault(key, []).append(write(raw or name, *place))
    parts: dict[str, list[str]] = {}
    columns = (stacks[name] for name in ("event_id", "error_type", "error_value", "stack_key"))
    for event, name, message, key in zip(*(column.to_pylist() for column in columns), strict=True):
        printed = parts.setdefault(event, [])
        if printed and write is _frame:
            continue
        if printed:
            printed.append(_CAUSED.strip())
        printed += [f"{name}: {message or ''}" if message or write is not _frame else name or "", *lines.get(key, ())]
    return {event: "\n".join(printed) for event, printed in parts.items()}


def _line(function: str | None, file: str | None, line: int | None, _: int | None) -> str:
    """A frame as the SDK of Python prints it, the oldest call first; any other line has no file."""
    if file is None:
        return f"  {function}"
    return f"  File {file}, line {line}" + (f", in {function}" if function else "")


def _frame(function: str | None, file: str | None, line: int | None, column: int | None) -> str:
    """A frame as V8 prints it, the newest call first."""
    place = ":".join(str(part) for part in (file, line, column) if part is not None)
    return f"    at {function} ({place})" if function else f"    at {place}"


_WRITERS: Final = {"python": _line, "javascript": _frame}

"""The first group key: error type and the top three application functions, else the parameterised message.

Roles, names and keys are computed once per distinct frame, stack and message, then spread over the events by codes: no
Python object per frame per event. `ALGO_VERSION` stands in every incident, so that keys of two versions are never
compared.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.stacks.messages import parameterise
from triage.stacks.names import basename, normalise
from triage.stacks.roles import Role, role_of

__all__ = ("ALGO_VERSION", "TOP_FRAMES", "annotate")

ALGO_VERSION: Final = 1
TOP_FRAMES: Final = 3
_TRAITS: Final = ("frame_kind", "function", "module", "module_offset", "file", "language", "in_app")


def annotate(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Fill role, rule, in_app and counted in `frames`, culprit and group_key in `events`."""
    frames, names = _roles(tables["frames"])
    frames, stacks = _count(frames, names)
    return tables | {"frames": frames, "events": _keys(tables["events"], stacks)}


def _codes(table: pa.Table, columns: tuple[str, ...]) -> tuple[npt.NDArray[np.int64], list[tuple[Any, ...]]]:
    """Number the distinct rows of some columns: a code per row, and the rows that the codes stand for."""
    code = np.zeros(table.num_rows, np.int64)
    for name in columns:
        encoded = table[name].combine_chunks().dictionary_encode(null_encoding="encode")
        code = code * (len(encoded.dictionary) + 1) + encoded.indices.to_numpy(zero_copy_only=False)
        _, code = np.unique(code, return_inverse=True)
    _, first, code = np.unique(code, return_index=True, return_inverse=True)
    distinct = table.select(list(columns)).take(pa.array(first)).to_pydict()
    return code, list(zip(*distinct.values(), strict=True)) if table.num_rows else []


def _spread(values: list[Any], code: npt.NDArray[np.int64], kind: pa.DataType) -> pa.Array:
    """One value per code, as one per row."""
    return pa.array(values, kind).take(pa.array(code))


def _roles(frames: pa.Table) -> tuple[pa.Table, pa.Array]:
    """The frames with their roles, and the name of each for keys."""
    code, distinct = _codes(frames, _TRAITS)
    roles: list[Role] = []
    names: list[str] = []
    for kind, function, module, offset, file, language, in_app in distinct:
        name = normalise(function) if function else ""
        roles.append(role_of(kind=kind, name=name, module=module, file=file, language=language, in_app=in_app))
        names.append(name or _image_place(module, offset) or basename(file or ""))
    in_app_column = [role.role == "application" for role in roles]
    for column, values, kind in (
        ("role", [role.role for role in roles], pa.string()),
        ("rule", [role.rule or None for role in roles], pa.string()),
        ("in_app", in_app_column, pa.bool_()),
    ):
        frames = _set(frames, column, _spread(values, code, kind))
    return frames, _spread(names, code, pa.string())


def _image_place(module: str | None, offset: int | None) -> str:
    """`module+0x1a2b`, what can be said of a frame without symbols; good within one build."""
    if not module:
        return ""
    return basename(module) if offset is None else f"{basename(module)}+0x{offset:x}"


def _stacks(frames: pa.Table) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Where each stack starts, and the number of the stack of each row."""
    keys = frames["stack_key"].to_numpy(zero_copy_only=False)
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.empty(0, np.int64)
    return starts, np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(keys)]))


def _inside_handlers(frames: pa.Table) -> pa.Table:
    """What lies inside of the outermost sentinel handles the crash, whoever wrote it: a hook, a signal handler."""
    role = frames["role"].to_numpy(zero_copy_only=False)
    starts, stack = _stacks(frames)
    position = np.arange(len(role))
    outermost = np.full(len(starts), -1)
    np.maximum.at(outermost, stack, np.where(role == "sentinel", position, -1))
    inside = pa.array((position < outermost[stack]) & (role != "sentinel"), pa.bool_())
    frames = _set(frames, "role", pc.if_else(inside, "noise", frames["role"]))
    frames = _set(frames, "in_app", pc.if_else(inside, pa.scalar(value=False), frames["in_app"]))
    return _set(frames, "rule", pc.if_else(inside, "inside of a crash handler", frames["rule"]))


def _count(frames: pa.Table, names: pa.Array) -> tuple[pa.Table, dict[str, tuple[str, str | None]]]:
    """Mark the frames that count, and give for each stack its key text and its culprit.

    Application frames count where there are any, else library frames; scanned frames only where nothing else was found.
    """
    frames = _inside_handlers(frames)
    starts, stack = _stacks(frames)
    role = frames["role"].to_numpy(zero_copy_only=False)
    scanned = (
        pc.fill_null(pc.equal(frames["trust"], "scan"), fill_value=False).to_numpy(zero_copy_only=False).astype(bool)
    )
    telling = np.select([(role == "noise") | (role == "sentinel"), role == "library"], [0, 1], 2)
    strength = np.where(telling > 0, telling + 2 * ~scanned, 0)
    best = np.zeros(len(starts), np.int64)
    np.maximum.at(best, stack, strength)
    eligible = (strength == best[stack]) & (strength > 0)
    rank = np.cumsum(eligible)
    before = rank[starts] - eligible[starts] if len(starts) else rank
    counted = eligible & (rank - before[stack] <= TOP_FRAMES) if len(starts) else eligible
    texts: dict[str, tuple[str, str | None]] = {}
    rows = frames.select(["stack_key", "file", "line", "function"]).filter(pa.array(counted)).to_pylist()
    for row, name in zip(rows, names.filter(pa.array(counted)).to_pylist(), strict=True):
        text, culprit = texts.get(row["stack_key"], ("", None))
        texts[row["stack_key"]] = (f"{text}\n{name}", culprit or _culprit(name, row))
    return _set(frames, "counted", pa.array(counted, pa.bool_())), texts


def _culprit(name: str, row: dict[str, Any]) -> str:
    """`function (file:line)`, as far as known."""
    where = basename(row["file"]) if row["file"] else ""
    if where and row["line"] is not None:
        where = f"{where}:{row['line']}"
    return f"{name} ({where})" if where and row["function"] else name


def _keys(events: pa.Table, stacks: dict[str, tuple[str, str | None]]) -> pa.Table:
    """Give every incident-signal event its culprit and its group key."""
    code, distinct = _codes(events, ("event_class", "error_type", "stack_key"))
    texts = [stacks.get(stack, ("", None)) for _, _, stack in distinct]
    events = _set(events, "culprit", _spread([culprit for _, culprit in texts], code, pa.string()))
    bare = {index for index, (text, _) in enumerate(texts) if not text}
    keys: list[str | None] = [
        _digest(error_type or "", text) if event_class == "incident_signal" and text else None
        for (event_class, error_type, _), (text, _) in zip(distinct, texts, strict=True)
    ]
    column = _spread(keys, code, pa.string())
    messages = np.isin(code, list(bare))
    if messages.any():
        column = _message_keys(events, column, messages)
    # A reviewed archive brings the keys of what it was made from: masks would change them.
    return _set(events, "group_key", pc.coalesce(events["group_key"], column))


def _message_keys(events: pa.Table, column: pa.Array, rows: npt.NDArray[np.bool_]) -> pa.Array:
    """Keys of the events without a usable stack: by error type and parameterised message, else the route or logger."""
    code, distinct = _codes(events, ("event_class", "error_type", "error_value", "http_method", "route", "http_status"))
    keys = []
    for event_class, error_type, value, method, route, status in distinct:
        text = parameterise(value) if value else f"{method or ''} {route or ''} {status or ''}".strip()
        keys.append(_digest(error_type or "", "message\n" + text) if event_class == "incident_signal" else None)
    return pc.if_else(pa.array(rows), _spread(keys, code, pa.string()), column)


def _digest(error_type: str, text: str) -> str:
    content = f"{ALGO_VERSION}\0{error_type}\0{text}".encode("utf-8", "replace")
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def _set(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    index = table.schema.get_field_index(name)
    return table.set_column(index, table.schema.field(index), values)

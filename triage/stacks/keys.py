"""The three keys of an event: which crashes are the same, exactly, by their cause, and by where they are.

- variant: the error type and the top eight frames that count;
- group, which makes incidents: the class of the crash (for exceptions their type, for assertions their text) and the
  top three frames, or the cycle of a stack that overflowed; without frames the parameterised message;
- family: the class and the first frame.

The recipe is that of specifications measured on labelled traces: no line numbers, addresses or paths (rebuilds stay
together), no exact crash type in the group (two tools agree). Everything is computed once per distinct frame, stack and
message, then spread over the events by codes. Keys are 64-bit BLAKE2b of normalised text;
`ALGO_VERSION` stands in every incident, so that keys of two versions are never compared.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.stacks.classes import crash_class
from triage.stacks.counting import TOP_FRAMES, Signature, count
from triage.stacks.messages import key_text
from triage.stacks.names import basename, normalise
from triage.stacks.roles import Role, role_of

__all__ = ("ALGO_VERSION", "annotate")

ALGO_VERSION: Final = 2
_TRAITS: Final = ("frame_kind", "function", "module", "module_offset", "file", "language", "in_app")


def annotate(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Fill role, rule, in_app and counted in `frames`, culprit and the three keys in `events`."""
    frames, names = _roles(tables["frames"])
    frames, stacks = count(frames, names)
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


_OF_A_CRASH: Final = ("event_class", "event_kind", "error_type", "signal", "error_code_name", "stack_key")
_OF_A_MESSAGE: Final = (
    "event_class",
    "event_kind",
    "error_type",
    "signal",
    "error_value",
    "http_method",
    "route",
    "http_status",
)
_KEYS: Final = ("variant_key", "group_key", "family_key")


def _keys(events: pa.Table, stacks: dict[str, Signature]) -> pa.Table:
    """Give every incident-signal event its culprit and its keys."""
    code, distinct = _codes(events, _OF_A_CRASH)
    found = [stacks.get(stack) for *_, stack in distinct]
    events = _set(events, "culprit", _spread([one.culprit if one else None for one in found], code, pa.string()))
    keys: list[tuple[str | None, ...]] = []
    by_text = set()
    for index, ((event_class, kind, error_type, signal, code_name, _), stack) in enumerate(
        zip(distinct, found, strict=True)
    ):
        name = crash_class(kind, error_type, signal, code_name)
        if event_class != "incident_signal":
            keys.append((None, None, None))
        elif stack is None or name == "assertion":
            by_text.add(index)
            keys.append((None, None, None))
        else:
            keys.append(_of_stack(name, error_type, stack, ""))
    rows = np.isin(code, list(by_text))
    columns = [_spread([key[at] for key in keys], code, pa.string()) for at in range(len(_KEYS))]
    if rows.any():
        columns = _text_keys(events, stacks, columns, rows)
    for name, column in zip(_KEYS, columns, strict=True):
        # A reviewed archive brings the keys of what it was made from.
        events = _set(events, name, pc.coalesce(events[name], column))
    return events


def _of_stack(name: str, error_type: str | None, stack: Signature, text: str) -> tuple[str, str, str]:
    """The keys of an event with frames that count."""
    detail = error_type or "" if name == "exception" else text
    group = stack.cycle if stack.cycle and name == "stack overflow" else stack.names[:TOP_FRAMES]
    return (
        _digest("variant", error_type or "", text, *stack.names),
        _digest("group", name, detail, *group),
        _digest("family", name, *group[:1]),
    )


def _text_keys(
    events: pa.Table, stacks: dict[str, Signature], columns: list[pa.Array], rows: npt.NDArray[np.bool_]
) -> list[pa.Array]:
    """Keys in which the message counts: of assertions, and of events without a usable stack."""
    code, distinct = _codes(events, (*_OF_A_MESSAGE, "stack_key"))
    keys: list[tuple[str | None, ...]] = []
    for event_class, kind, error_type, signal, value, method, route, status, key in distinct:
        name = crash_class(kind, error_type, signal)
        text = key_text(value) if value else f"{method or ''} {route or ''} {status or ''}".strip()
        if event_class != "incident_signal":
            keys.append((None, None, None))
        elif key in stacks:
            keys.append(_of_stack(name, error_type, stacks[key], text))
        else:
            said = (name, error_type or "", "message", text)
            keys.append((_digest("variant", *said), _digest("group", *said), _digest("family", name, error_type or "")))
    chosen = pa.array(rows)
    return [
        pc.if_else(chosen, _spread([key[at] for key in keys], code, pa.string()), column)
        for at, column in enumerate(columns)
    ]


def _digest(*parts: str) -> str:
    content = "\0".join((str(ALGO_VERSION), *parts)).encode("utf-8", "replace")
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def _set(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    index = table.schema.get_field_index(name)
    return table.set_column(index, table.schema.field(index), values)

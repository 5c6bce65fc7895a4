"""Mangled names into those that people read: C++ (Itanium), Rust (legacy and v0), by libraries of the extra `symbols`.

MSVC's names and Swift's have no library that pip can install on every system: they stay as they are, and the event
says so. Every distinct name is demangled once.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ("demangle", "demangle_tables", "is_mangled")

_ITANIUM: Final = ("_Z", "__Z", "___Z", "____Z")
_OTHER: Final = ("$s", "$S", "_$s", "_$S", "_T0", "?")
_MOST: Final = 4_000
EXTRA: Final = "pip install 'crash-triage[symbols]'"


def is_mangled(name: str) -> bool:
    """Whether a compiler wrote that name.

    Examples
    --------
    >>> [is_mangled(name) for name in ("_ZN4shop3payEv", "_RNvC4shop3pay", "?pay@shop@@YAXXZ", "_Read", "main")]
    [True, True, True, False, False]
    """
    if name.startswith(_ITANIUM):
        return True
    if name.startswith("_R"):
        return name[2:3].isupper() and len(name) > 4 and any(char.isdigit() for char in name)
    return name.startswith(_OTHER) and len(name) > 4


@cache
def _library(name: str) -> Any:
    """A module of the extra, None where it is not installed."""
    try:
        return import_module(name)
    except ImportError:
        return None


def demangle(name: str) -> str | None:
    """The name that people read, None where no library that is installed can tell.

    Examples
    --------
    >>> demangle("_ZN4shop4Cart3payEi")
    'shop::Cart::pay(int)'
    """
    if len(name) > _MOST:
        return None
    plain = name.lstrip("_")
    if plain.startswith("Z"):
        return (_is_rust(plain) and _rust("_" + plain)) or _itanium("_" + plain)
    return _rust(name) if name.startswith("_R") else None


def _is_rust(plain: str) -> bool:
    """Whether an Itanium name ends in the hash of legacy Rust: `17h` and 16 hex digits."""
    return "17h" in plain[-24:] and plain.startswith("ZN")


def _itanium(name: str) -> str | None:
    library = _library("cxxfilt")
    if library is None:
        return None
    # Clone suffixes are no part of a mangled name.
    head, dot, suffix = name.partition(".")
    try:
        found = str(library.demangle(head))
    except (library.InvalidName, library.InternalError, UnicodeError, ValueError):
        return None
    return None if found == head else f"{found} [clone .{suffix}]" if dot else found


def _rust(name: str) -> str | None:
    library = _library("rust_demangler")
    if library is None:
        return None
    head = name.partition(".llvm.")[0]
    try:
        found = str(library.demangle(head))
    except Exception:  # noqa: BLE001 - the library lets IndexError, ValueError and classes of its own out
        return None
    return found if found and found != head else None


def demangle_tables(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Demangle the functions of `frames`; events say how many names could not be."""
    frames = tables["frames"]
    encoded = frames["function"].combine_chunks().dictionary_encode()
    names = encoded.dictionary.to_pylist()
    mangled = [name for name in names if is_mangled(name)]
    if not mangled:
        return tables
    known = {name: found for name in mangled if (found := demangle(name))}
    split = {name: _split(found) for name, found in known.items()}
    functions = pa.array([split[name][0] if name in split else name for name in names], pa.string())
    args = pa.array([split[name][1] if name in split else None for name in names], pa.string())
    changed = pa.array([name in split for name in names], pa.bool_())
    index = encoded.indices
    new = pc.fill_null(changed.take(index), fill_value=False)
    raw = pc.if_else(pc.and_(new, pc.is_null(frames["function_raw"])), frames["function"], frames["function_raw"])
    columns = {
        "function": functions.take(index),
        "function_raw": raw,
        "args": pc.if_else(new, pc.coalesce(frames["args"].combine_chunks(), args.take(index)), frames["args"]),
    }
    left = sorted(set(mangled) - set(known))
    for name, values in columns.items():
        at = frames.schema.get_field_index(name)
        frames = frames.set_column(at, frames.schema.field(at), values)
    tables = {**tables, "frames": frames}
    return _noted(tables, left) if left else tables


def _split(name: str) -> tuple[str, str | None]:
    """A demangled name as function and arguments: the last balanced round brackets, if only qualifiers follow."""
    base = name.partition(" [clone ")[0]
    end = base.rfind(")")
    if end < 0 or base[end + 1 :].strip() not in {
        "",
        "const",
        "&",
        "&&",
        "const &",
        "const &&",
        "volatile",
        "noexcept",
    }:
        return name, None
    depth = 0
    for start in range(end, 0, -1):
        depth += (base[start] == ")") - (base[start] == "(")
        if depth == 0:
            return base[:start] + base[end + 1 :].rstrip() + name[len(base) :], base[start + 1 : end] or None
    return name, None


def _noted(tables: dict[str, pa.Table], left: list[str]) -> dict[str, pa.Table]:
    """Say in the notes of an event which of its names stay mangled, and what would help."""
    frames = tables["frames"]
    keys = frames.filter(pc.is_in(frames["function"], value_set=pa.array(left, pa.string())))["stack_key"].unique()
    stacks = tables["stacks"]
    ids = set(stacks.filter(pc.is_in(stacks["stack_key"], value_set=keys))["event_id"].to_pylist())
    missing = _library("cxxfilt") is None or _library("rust_demangler") is None
    helps = f"; {EXTRA} demangles those of C++ and Rust" if missing else ""
    return note(tables, ids, f"some function names are mangled and no library here reads them{helps}")


def note(tables: dict[str, pa.Table], event_ids: set[str], text: str) -> dict[str, pa.Table]:
    """Add a note to some events."""
    events = tables["events"]
    notes = [
        [*(old or ()), text] if event_id in event_ids else old
        for event_id, old in zip(events["event_id"].to_pylist(), events["notes"].to_pylist(), strict=True)
    ]
    at = events.schema.get_field_index("notes")
    field = events.schema.field(at)
    return {**tables, "events": events.set_column(at, field, pa.array(notes, field.type))}

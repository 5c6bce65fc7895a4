"""The merged call tree of many stacks: outermost call first, counted by events, so that it shows where stacks part.

Stacks that begin alike share their nodes. Frames that repeat those above them (recursion), and rows that are no calls,
are left out, so that the depth of a recursion parts nothing. All distinct stacks go down one level at a time, as
columns; what is too rare, too wide or too deep is told by one node for all of it, and never silently dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from triage.stacks.explanation import names_of

__all__ = ("Segment", "folded", "merged")

# What says most of a node whose frame has several roles in several stacks stands first.
_ROLES: Final = ("application", "library", "sentinel", "prefix", "noise")
# What a frame is named by. Numbers stand in front: a name may hold what joins them.
_NAMED: Final = ("module_offset", "module", "file", "language", "function")
# As `triage.stacks.counting` says of the frames of a recursion.
_REPEATS: Final = "repeats the frames above"

Numbers = npt.NDArray[np.int64]

_SCHEMA: Final = pa.schema(
    [
        ("node", pa.int64()),
        ("parent", pa.int64()),
        ("depth", pa.int64()),
        ("kind", pa.string()),
        ("name", pa.string()),
        ("role", pa.string()),
        ("counted", pa.bool_()),
        ("events", pa.int64()),
        ("stacks", pa.int64()),
        ("ends", pa.int64()),
        ("share", pa.float64()),
    ]
)


@dataclass(slots=True)
class _Level:
    """The nodes of one depth: their parent, name number and sums; `code` is -1 for others and -2 for what is deeper."""

    parent: Numbers
    code: Numbers
    events: Numbers
    stacks: Numbers
    counted: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Stacks:
    """Distinct stacks as columns: where each starts (outermost frame first), its length and its events."""

    codes: Numbers
    counted: npt.NDArray[np.bool_]
    start: Numbers
    length: Numbers
    weight: Numbers


@dataclass(slots=True)
class Segment:
    """A run of calls in which nothing parts, with the segments that it parts into.

    `name` is what it is known by: its innermost call that counts for the key, else its innermost one.
    """

    level: int
    kind: str
    names: list[str]
    name: str
    role: str
    counted: bool
    events: int
    stacks: int
    ends: int
    share: float
    children: list[Segment] = field(default_factory=list)


def merged(
    frames: pa.Table, weights: dict[str, int], *, share: float = 0.01, depth: int = 512, width: int = 24
) -> pa.Table:
    """Merge stacks into one call tree.

    Parameters
    ----------
    frames
        The table `frames`, roles filled; `idx` 0 is the innermost frame of a stack.
    weights
        The events of each stack_key.
    share
        Nodes with a smaller share of all events become one node of kind `others` under their parent.
    depth
        What lies deeper becomes one node of kind `deeper`.
    width
        So many children a node may have, the most frequent ones; the rest are `others` too.

    Returns
    -------
    Table
        One row per node in preorder, the most frequent child first: node (its row), parent (null for the outermost),
        depth, kind (call, others, deeper), name, role, counted (whether it counts for the key of any stack), events,
        stacks (distinct ones), ends (events of which it is the innermost frame) and share (of all events).

    Examples
    --------
    >>> from triage.tables import empty
    >>> merged(empty("frames"), {}).num_rows
    0
    """
    names, roles, stacks = _columns(frames, weights)
    total = int(stacks.weight.sum())
    if not total:
        return _SCHEMA.empty_table()
    levels = _levels(stacks, len(names), least=share * total, depth=depth, width=width)
    return _preorder(levels, names, roles, total)


def folded(tree: pd.DataFrame) -> list[Segment]:
    """The outermost segments of a tree: calls that always call the same one, and nothing else, are one segment.

    Parameters
    ----------
    tree
        What `merged` gave, as a DataFrame.
    """
    roots: list[Segment] = []
    of: dict[int, Segment] = {}
    children = tree["parent"].dropna().astype(int).value_counts().to_dict()
    for row in tree.to_dict("records"):
        above = None if pd.isna(row["parent"]) else of[int(row["parent"])]
        alone = above is not None and children[int(row["parent"])] == 1 and int(row["events"]) == above.events
        if above is None or not alone or row["kind"] != "call":
            made = _segment(row, above.level + 1 if above else 1)
            (above.children if above else roots).append(made)
            of[int(row["node"])] = made
            continue
        of[int(row["node"])] = above
        above.names.append(row["name"])
        above.ends = int(row["ends"])
        if row["counted"] or not above.counted:
            above.name, above.role, above.counted = row["name"], row["role"], bool(row["counted"])
    return roots


def _segment(row: dict[Any, Any], level: int) -> Segment:
    """A segment of one node."""
    return Segment(
        level=level,
        kind=row["kind"],
        names=[row["name"]],
        name=row["name"],
        role="" if pd.isna(row["role"]) else row["role"],
        counted=bool(row["counted"]),
        events=int(row["events"]),
        stacks=int(row["stacks"]),
        ends=int(row["ends"]),
        share=float(row["share"]),
    )


def _columns(frames: pa.Table, weights: dict[str, int]) -> tuple[list[str], list[str], _Stacks]:
    """The distinct names in order, the role of each, and the stacks in numbers of names."""
    known = pa.array(sorted(weights), pa.string())
    calls = pc.and_(pc.is_in(frames["stack_key"], value_set=known), pc.equal(frames["frame_kind"], "frame"))
    again = pc.fill_null(pc.equal(frames["rule"], _REPEATS), fill_value=False)
    frames = frames.filter(pc.fill_null(pc.and_(calls, pc.invert(again)), fill_value=False))
    names, codes = _names(frames)
    stack = pc.index_in(frames["stack_key"], value_set=known).to_numpy(zero_copy_only=False).astype(np.int64)
    order = np.lexsort((-frames["idx"].to_numpy(zero_copy_only=False), stack))
    stack, codes = stack[order], codes[order]
    start = np.flatnonzero(np.r_[True, stack[1:] != stack[:-1]]) if len(stack) else np.empty(0, np.int64)
    role = pc.fill_null(pc.index_in(frames["role"], value_set=pa.array(_ROLES)), len(_ROLES) - 1)
    best = np.full(len(names), len(_ROLES) - 1)
    np.minimum.at(best, codes, role.to_numpy(zero_copy_only=False)[order])
    counted = pc.fill_null(frames["counted"], fill_value=False).to_numpy(zero_copy_only=False).astype(bool)
    weight = np.array([weights[key] for key in known.to_pylist()], np.int64)
    stacks = _Stacks(codes, counted[order], start, np.diff(np.r_[start, len(stack)]), weight[stack[start]])
    return names, [_ROLES[place] for place in best], stacks


def _names(frames: pa.Table) -> tuple[list[str], Numbers]:
    """The distinct names of frames in order, and the number of each frame's name; as keys name them."""
    columns = [pc.fill_null(frames[name].cast(pa.string()), "") for name in _NAMED]
    spelled = pc.binary_join_element_wise(*columns, "\0").combine_chunks().dictionary_encode()
    parts = [text.split("\0", len(_NAMED) - 1) for text in spelled.dictionary.to_pylist()]
    told: dict[str, list[Any]] = {name: [row[at] or None for row in parts] for at, name in enumerate(_NAMED)}
    told["module_offset"] = [None if offset is None else int(offset) for offset in told["module_offset"]]
    shown = [name or "?" for name in names_of(told)]
    names = sorted(set(shown))
    number = {name: index for index, name in enumerate(names)}
    codes = np.array([number[name] for name in shown], np.int64)
    return names, codes[spelled.indices.to_numpy(zero_copy_only=False)]


def _levels(stacks: _Stacks, names: int, *, least: float, depth: int, width: int) -> list[_Level]:
    """The nodes of each depth; the parent of a node is its number among all nodes so far, those of the top have -1."""
    levels: list[_Level] = []
    made = 0
    active = np.arange(len(stacks.start))
    under = np.full(len(active), -1, np.int64)
    for level in range(depth + 1):
        inside = stacks.length[active] > level
        active, under = active[inside], under[inside]
        if not len(active):
            break
        at = stacks.start[active] + level
        code = stacks.codes[at] if level < depth else np.full(len(active), -2)
        key, place = np.unique((under + 1) * (names + 2) + code + 2, return_inverse=True)
        parent, code = key // (names + 2) - 1, key % (names + 2) - 2
        events = np.bincount(place, stacks.weight[active]).astype(np.int64)
        kept = (events >= least) & (_ranks(parent, events) < width) & (code >= 0)
        # One node for all that is not kept under a parent.
        gone = np.where(code == -2, -2, -1)
        key, joined = np.unique((parent + 1) * (names + 2) + np.where(kept, code, gone) + 2, return_inverse=True)
        place = joined[place]
        counted = np.bincount(place, stacks.counted[at]) > 0
        found = _Level(
            parent=key // (names + 2) - 1,
            code=key % (names + 2) - 2,
            events=np.bincount(place, stacks.weight[active]).astype(np.int64),
            stacks=np.bincount(place),
            counted=counted,
        )
        levels.append(found)
        goes_on = found.code[place] >= 0
        active, under = active[goes_on], (made + place)[goes_on]
        made += len(found.code)
    return levels


def _ranks(parent: Numbers, events: Numbers) -> Numbers:
    """The place of each node among the children of its parent, the most frequent first, then by name."""
    order = np.lexsort((-events, parent))
    first = np.flatnonzero(np.r_[True, parent[order][1:] != parent[order][:-1]])
    ranks = np.empty(len(parent), np.int64)
    ranks[order] = np.arange(len(parent)) - np.repeat(first, np.diff(np.r_[first, len(parent)]))
    return ranks


def _preorder(levels: list[_Level], names: list[str], roles: list[str], total: int) -> pa.Table:
    """The nodes in preorder, as a table."""
    parent = np.concatenate([level.parent for level in levels])
    code = np.concatenate([level.code for level in levels])
    events = np.concatenate([level.events for level in levels])
    depth = np.repeat(np.arange(len(levels)), [len(level.code) for level in levels])
    ends = events.copy()
    np.subtract.at(ends, parent[parent >= 0], events[parent >= 0])
    # From here on a parent's children stand together, the most frequent first, what is not shown last.
    children: dict[int, list[int]] = {}
    for node in np.lexsort((code, -events, code < 0)).tolist():
        children.setdefault(int(parent[node]), []).append(node)
    order: list[int] = []
    waiting = list(reversed(children[-1]))
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting += reversed(children.get(node, []))
    rows = np.array(order)
    number = np.empty(len(rows), np.int64)
    number[rows] = np.arange(len(rows))
    above = parent[rows]
    columns: dict[str, Any] = {
        "node": np.arange(len(rows)),
        "parent": pa.array(number[above], pa.int64(), mask=above < 0),
        "depth": depth[rows],
        "kind": [("deeper", "others", "call")[min(int(value), 0) + 2] for value in code[rows]],
        "name": [names[value] if value >= 0 else "" for value in code[rows].tolist()],
        "role": [roles[value] if value >= 0 else None for value in code[rows].tolist()],
        "counted": np.concatenate([level.counted for level in levels])[rows],
        "events": events[rows],
        "stacks": np.concatenate([level.stacks for level in levels])[rows],
        # What was cut off ends somewhere further in, not here.
        "ends": np.where(code[rows] < 0, 0, ends[rows]),
        "share": events[rows] / total,
    }
    return pa.table(columns, schema=_SCHEMA)

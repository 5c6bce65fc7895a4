"""Stacks as columns: from the table of frames to what the keys take of each stack, and the frames marked with why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from triage.stacks.counting import HANDLER, REPEATED, SCANNED, TOP_FRAMES, Counted, count
from triage.stacks.cycles import rotated
from triage.stacks.digests import NONE, Words, chain, chained, word
from triage.stacks.endings import DEEP, deep
from triage.stacks.frame_table import FIRM, TRAITS, FrameTable, Known, constant, numbered
from triage.stacks.names import basename
from triage.stacks.roles import ROLES

__all__ = ("Stacks", "cycle_words", "of", "read")

Numbers = npt.NDArray[np.int64]
_APPLICATION: Final = ROLES.index("application")


@dataclass(frozen=True, slots=True)
class Stacks:
    """What the keys take of each distinct stack.

    `keys` are the stack keys; `top` the words of the frames that count, innermost first, `NONE` behind the last
    (uint64, stacks x 8); `cycle` and `first` the word of the whole cycle of a stack that has one, and of its first
    name, else `NONE`; `culprit` says where the first of the counted frames is, null where none counts; `evidence` is 0
    where none does, 2 where those that do are named functions of the program, else 1; `said` is how the frames say that
    the program ended (`triage.stacks.endings`).
    """

    keys: pa.Array
    top: Words
    cycle: Words
    first: Words
    culprit: pa.Array
    evidence: Numbers
    said: pa.Array


def read(frames: pa.Table, table: FrameTable) -> tuple[Stacks, pa.Table]:
    """Give what the keys take of each stack, and the frames with role, rule, in_app and counted filled.

    Parameters
    ----------
    frames
        The frames of a stack together, innermost first; `stack_key` and any of the other columns of the table `frames`.
    table
        The distinct frames, and the rules by which they have roles.
    """
    view = _view(frames, table)
    found, stacks = _counted(view, frames)
    return stacks, _marked(frames, view, found)


def of(frames: pa.Table, table: FrameTable) -> Stacks:
    """Give what the keys take of each stack alone; see `read`."""
    return _counted(_view(frames, table), frames)[1]


@dataclass(frozen=True, slots=True)
class _View:
    """The rows of some frames as numbers: the distinct frame of each, and which stacks are the same throughout.

    `starts` are the rows that the stacks begin at, `kind` gives for each stack a number among the distinct ones, and
    `rows` the rows of these, each taken from the first stack of its kind; `begins` where each kind begins among them.
    """

    code: Numbers
    known: list[Known]
    calls: list[bool]
    starts: Numbers
    kind: Numbers
    rows: Numbers
    begins: Numbers


def _view(frames: pa.Table, table: FrameTable) -> _View:
    code, distinct = numbered(frames, TRAITS)
    distinct = [traits if traits[0] else ("frame", *traits[1:]) for traits in distinct]
    known = table.each(distinct)
    calls = [traits[0] == "frame" for traits in distinct]
    starts = _starts(frames["stack_key"])
    lengths = np.diff(np.r_[starts, len(code)])
    if not len(starts):
        return _View(code, known, calls, starts, starts, starts, starts)
    marks = code.astype(np.uint64) * 2 + _scanned(frames).astype(np.uint64)
    kind, first = _kinds(marks, starts, lengths)
    counts = lengths[first]
    begins = np.r_[0, np.cumsum(counts)[:-1]]
    rows = np.arange(counts.sum()) + np.repeat(starts[first] - begins, counts)
    return _View(code, known, calls, starts, kind, rows, begins)


def _kinds(marks: Words, starts: Numbers, lengths: Numbers) -> tuple[Numbers, Numbers]:
    """Number the distinct stacks: the number of each, and the first stack of each number."""
    # A sum of products with a random odd factor for each place: two stacks agree by chance once in 2^63.
    deepest = int(lengths.max())
    factors = chained(deepest, np.arange(1, deepest + 1, dtype=np.uint64)) | np.uint64(1)
    place = np.arange(len(marks)) - np.repeat(starts, lengths)
    kind, distinct = pd.factorize(np.add.reduceat((marks + np.uint64(1)) * factors[place], starts))
    first = np.empty(len(distinct), np.int64)
    first[kind[::-1]] = np.arange(len(kind) - 1, -1, -1)
    return kind.astype(np.int64), first


def _counted(view: _View, frames: pa.Table) -> tuple[Counted, Stacks]:
    """What counts of each distinct stack, and what the keys take of every stack."""
    code, known = view.code[view.rows], view.known
    # As small numbers, since there is one for each frame.
    role = np.array([one.role for one in known], np.int8)[code]
    telling = np.array([one.telling for one in known], np.int8)[code]
    found = count(role, telling, _names(code, known, view.calls), _scanned(frames)[view.rows], view.begins)
    words = np.array([one.word for one in known], np.uint64)
    top = (
        np.where(found.top >= 0, words[code[found.top]], np.uint64(NONE)) if len(code) else found.top.astype(np.uint64)
    )
    cycle, first = np.zeros(len(top), np.uint64), np.zeros(len(top), np.uint64)
    for stack, turn in found.cycles.items():
        cycle[stack], first[stack] = cycle_words([known[code[row]].name for row in turn])
    at = found.top[:, 0]
    # The line is that of each stack itself: stacks of one kind differ in it.
    rows = np.where(at[view.kind] >= 0, (at - view.begins)[view.kind] + view.starts, -1)
    keys = frames["stack_key"].combine_chunks().take(pa.array(view.starts))
    culprit = _culprits(frames, rows, view.code, known)
    evidence = np.where(at < 0, 0, 1 + (telling[at] == FIRM)) if len(code) else at
    said = _said(found, known, code, view.begins).take(pa.array(view.kind))
    return found, Stacks(keys, top[view.kind], cycle[view.kind], first[view.kind], culprit, evidence[view.kind], said)


def _said(found: Counted, known: list[Known], code: Numbers, begins: Numbers) -> pa.Array:
    """How the frames of each distinct stack say that the program ended."""
    words = ["", DEEP, *sorted({one.ending for one in known if one.ending})]
    said = np.zeros(len(begins), np.int64)
    rounds = np.add.reduceat(found.again, begins) if found.cycles else said
    for stack, turn in found.cycles.items():
        said[stack] = deep(turn[0] - int(begins[stack]), len(turn), int(rounds[stack]))
    if len(words) > 2:
        ending = np.array([words.index(one.ending) for one in known], np.int8)[code]
        rows = np.flatnonzero(ending)
        of = np.searchsorted(begins, rows, side="right") - 1
        handled = (found.top[of, 0] < 0) | (rows < found.top[of, 0])
        # Ascending, so that the outermost stays.
        said[of[handled]] = ending[rows[handled]]
    return pa.array(words).take(pa.array(said))


def cycle_words(names: list[str]) -> tuple[int, int]:
    """The word of a whole cycle, wherever it was cut, and that of its first name."""
    turned = [word(name) for name in rotated(names)]
    return chain(*turned), turned[0]


def _starts(keys: pa.ChunkedArray) -> Numbers:
    """The row that each stack begins at."""
    if not len(keys):
        return np.empty(0, np.int64)
    column = keys.combine_chunks()
    other = pc.not_equal(column.slice(1), column.slice(0, len(column) - 1))
    return np.flatnonzero(np.r_[True, other.to_numpy(zero_copy_only=False)])


def _scanned(frames: pa.Table) -> npt.NDArray[np.bool_]:
    """Whether each frame was found by a scan."""
    if "trust" not in frames.column_names:
        return np.zeros(frames.num_rows, np.bool_)
    trust = frames["trust"].combine_chunks()
    if len(trust) and constant(trust):
        return np.full(len(trust), trust[0].as_py() in SCANNED)
    scanned = pc.is_in(trust, value_set=pa.array(SCANNED))
    return np.asarray(scanned.to_numpy(zero_copy_only=False), np.bool_)


def _names(code: Numbers, known: list[Known], calls: list[bool]) -> Numbers:
    """A number for each distinct name, and one of its own for each frame without any and each row that is no call."""
    numbers: dict[str, int] = {}
    of = np.array([numbers.setdefault(one.name, len(numbers)) for one in known], np.int64)
    nameless = np.array([not (one.name and call) for one, call in zip(known, calls, strict=True)], np.bool_)
    names = of[code]
    rows = np.flatnonzero(nameless[code])
    names[rows] = len(numbers) + np.arange(len(rows))
    return names


def _culprits(frames: pa.Table, rows: Numbers, code: Numbers, known: list[Known]) -> pa.Array:
    """`function (file:line)` of one row of each stack, as far as known; null where the row is -1."""
    chosen = np.flatnonzero(rows >= 0)
    at = rows[chosen]
    names = pa.array([one.name for one in known], pa.string()).take(pa.array(code[at]))
    files, lines, functions = (_cells(frames, name, at) for name in ("file", "line", "function"))
    encoded = pc.dictionary_encode(files)
    bases = pa.array([basename(file) or None if file else None for file in encoded.dictionary.to_pylist()], pa.string())
    where = bases.take(encoded.indices)
    placed = pc.if_else(pc.is_valid(lines), pc.binary_join_element_wise(where, lines.cast(pa.string()), ":"), where)
    said = pc.binary_join_element_wise(names, pc.binary_join_element_wise(" (", placed, ")", ""), "")
    known_place = pc.and_(pc.is_valid(where), pc.not_equal(pc.fill_null(functions, ""), ""))
    told = pc.if_else(known_place, said, names)
    index = np.full(len(rows), -1)
    index[chosen] = np.arange(len(chosen))
    return told.take(pa.array(index, mask=index < 0))


def _cells(frames: pa.Table, name: str, rows: Numbers) -> pa.Array:
    """Some cells of a column; nulls where the table has no such column."""
    if name not in frames.column_names:
        return pa.nulls(len(rows), pa.int64() if name == "line" else pa.string())
    cells = frames[name].take(pa.array(rows)).combine_chunks()
    return cells.cast(pa.string()) if pa.types.is_dictionary(cells.type) else cells


def _marked(frames: pa.Table, view: _View, found: Counted) -> pa.Table:
    """The frames with what was found: role, rule, in_app, counted."""
    known = view.known
    counts = np.zeros(len(view.rows), np.bool_)
    top = found.top[:, :TOP_FRAMES]
    counts[top[top >= 0]] = True
    # Of each row the row of the distinct stack that was gone through in its place.
    lengths = np.diff(np.r_[view.starts, len(view.code)])
    same = np.arange(len(view.code)) - np.repeat(view.starts - view.begins[view.kind], lengths)
    inside, again = pa.array(found.inside[same]), pa.array(found.again[same])
    place = pa.array(view.code)
    role = pa.array([ROLES[one.role] for one in known], pa.string()).take(place)
    rule = pa.array([one.rule or None for one in known], pa.string()).take(place)
    in_app = pa.array([one.role == _APPLICATION for one in known], pa.bool_()).take(place)
    columns = {
        "role": pc.if_else(inside, "noise", role),
        "rule": pc.if_else(again, REPEATED, pc.if_else(inside, HANDLER, rule)),
        "in_app": pc.and_(in_app, pc.invert(inside)),
        "counted": pa.array(counts[same]),
    }
    for name, values in columns.items():
        index = frames.schema.get_field_index(name)
        frames = frames.set_column(index, frames.schema.field(index), values)
    return frames

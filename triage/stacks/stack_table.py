"""Stacks as columns: from the table of frames to what the keys take of each stack, and the frames marked with why."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from triage.stacks.counting import HANDLER, REPEATED, SCANNED, TOP_FRAMES, Counted, count
from triage.stacks.cycles import rotated
from triage.stacks.digests import NONE, Words, chain, word
from triage.stacks.endings import DEEP, deep
from triage.stacks.frame_table import FIRM, TRAITS, FrameTable, Known
from triage.stacks.names import basename
from triage.stacks.numbering import Numbers, constant, kinds, numbered, starts, whole
from triage.stacks.roles import ROLES

__all__ = ("Stacks", "cycle_words", "of", "read")

_APPLICATION: Final = ROLES.index("application")
# What tells stacks apart, but for their lines.
_TOLD: Final = (*TRAITS, "trust")
# Fewer frames are read before a thread has begun.
_PART: Final = 100_000


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
    """Give what the keys take of each stack alone; see `read`. Arrow and numpy work without Python's lock."""
    parts = _parts(frames)
    if len(parts) < 2:
        return _counted(_view(frames, table), frames)[1]
    with ThreadPoolExecutor(len(parts)) as pool:
        made = list(pool.map(lambda part: _counted(_view(part, table), part)[1], parts))
    columns = ([getattr(one, field.name) for one in made] for field in fields(Stacks))
    return Stacks(*(np.concatenate(c) if isinstance(c[0], np.ndarray) else pa.concat_arrays(c) for c in columns))


def _parts(frames: pa.Table) -> list[pa.Table]:
    """The frames in a part for each core, cut where a stack begins."""
    cores = min(os.cpu_count() or 1, frames.num_rows // _PART)
    cuts = {0, frames.num_rows}
    for at in range(1, cores):
        row = frames.num_rows * at // cores
        begun = starts(whole(frames["stack_key"].slice(row, _PART)))
        if len(begun) > 1:
            cuts.add(row + int(begun[1]))
    return [frames.slice(at, end - at) for at, end in pairwise(sorted(cuts))]


@dataclass(frozen=True, slots=True)
class _View:
    """The rows of some frames as numbers, those of stacks that are the same throughout but once.

    `starts` are the rows of the frames that the stacks begin at, `kind` numbers each stack among the distinct ones.
    `rows` holds the frames of these, each kind taken from its first stack, and `begins` says where each begins among
    them; `code` is the distinct frame of each of these rows, a place in `known` and `calls`.
    """

    rows: pa.Table
    code: Numbers
    known: list[Known]
    calls: list[bool]
    begins: Numbers
    starts: Numbers
    kind: Numbers


def _view(frames: pa.Table, table: FrameTable) -> _View:
    told = {name: whole(frames[name]) for name in _TOLD if name in frames.column_names}
    told = told or {"function": pa.nulls(frames.num_rows, pa.string())}
    fixed = {name for name, column in told.items() if constant(column)}
    begun = starts(whole(frames["stack_key"]))
    same = kinds([column for name, column in told.items() if name not in fixed], begun, frames.num_rows)
    kind: Numbers = np.arange(len(begun))
    begins = begun
    if same is not None:
        kind, first = same
        counts = np.diff(np.r_[begun, frames.num_rows])[first]
        begins = np.cumsum(counts) - counts
        at = pa.array(np.arange(counts.sum()) + np.repeat(begun[first] - begins, counts))
        told = {name: column[: len(at)] if name in fixed else column.take(at) for name, column in told.items()}
    rows = pa.table(told)
    code, distinct = numbered(rows, TRAITS, fixed)
    distinct = [traits if traits[0] else ("frame", *traits[1:]) for traits in distinct]
    calls = [traits[0] == "frame" for traits in distinct]
    return _View(rows, code, table.each(distinct), calls, begins, begun, kind)


def _counted(view: _View, frames: pa.Table) -> tuple[Counted, Stacks]:
    """What counts of each distinct stack, and what the keys take of every stack."""
    code, known, kind = view.code, view.known, view.kind
    # As small numbers, since there is one for each frame.
    role = np.array([one.role for one in known], np.int8)[code]
    telling = np.array([one.telling for one in known], np.int8)[code]
    found = count(role, telling, _names(code, known, view.calls), _scanned(view.rows), view.begins)
    top = _words(known, code[found.top], found.top >= 0) if len(code) else found.top.astype(np.uint64)
    cycle, first = np.zeros(len(top), np.uint64), np.zeros(len(top), np.uint64)
    for stack, turn in found.cycles.items():
        cycle[stack], first[stack] = cycle_words([known[code[row]].name for row in turn])
    at = found.top[:, 0]
    evidence = np.where(at < 0, 0, 1 + (telling[at] == FIRM)) if len(code) else at
    said = _said(found, known, code, view.begins).take(pa.array(kind))
    keys = whole(frames["stack_key"]).take(pa.array(view.starts))
    if pa.types.is_dictionary(keys.type):
        keys = keys.dictionary_decode()
    culprit = _culprits(view, at, frames)
    return found, Stacks(keys, top[kind], cycle[kind], first[kind], culprit, evidence[kind], said)


def _words(known: list[Known], top: Numbers, there: npt.NDArray[np.bool_]) -> Words:
    """The words of the frames that count, as keys take them: see `triage.stacks.frame_table.placed`."""
    words = np.array([one.word for one in known], np.uint64)
    needs = np.array([bool(one.placed) for one in known], np.bool_)
    found = np.where(there, words[top], np.uint64(NONE))
    if needs.any():
        first = top[:, 0]
        with_file = np.array([one.placed_word for one in known], np.uint64)
        found[:, 0] = np.where(needs[first] & there[:, 0], with_file[first], found[:, 0])
    return found


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


def _scanned(frames: pa.Table) -> npt.NDArray[np.bool_]:
    """Whether each frame was found by a scan."""
    if "trust" not in frames.column_names:
        return np.zeros(frames.num_rows, np.bool_)
    trust = whole(frames["trust"])
    if len(trust) and constant(trust):
        return np.full(len(trust), trust[0].as_py() in SCANNED)
    scanned = pc.is_in(trust, value_set=pa.array(SCANNED))
    return np.asarray(scanned.to_numpy(zero_copy_only=False), np.bool_)


def _names(code: Numbers, known: list[Known], calls: list[bool]) -> Numbers:
    """A number for each distinct name, and one of its own for each frame without any and each row that is no call."""
    numbers: dict[str, int] = {}
    of = np.array([numbers.setdefault(one.name, len(numbers)) for one in known], np.int32)
    nameless = np.array([not (one.name and call) for one, call in zip(known, calls, strict=True)], np.bool_)
    names = of[code]
    if nameless.any():
        rows = np.flatnonzero(nameless[code])
        names[rows] = len(numbers) + np.arange(len(rows))
    return names


def _culprits(view: _View, at: Numbers, frames: pa.Table) -> pa.Array:
    """`function (file:line)` of the first frame that counts of each stack, as far as known; null where none does."""
    chosen = np.flatnonzero(at >= 0)
    rows = at[chosen]
    names = pa.array([one.shown for one in view.known], pa.string()).take(pa.array(view.code[rows]))
    encoded = pc.dictionary_encode(_cells(view.rows, "file", rows))
    bases = pa.array([basename(file) or None if file else None for file in encoded.dictionary.to_pylist()], pa.string())
    function = pc.fill_null(_cells(view.rows, "function", rows), "")
    where = pc.if_else(pc.not_equal(function, ""), bases.take(encoded.indices), pa.scalar(None, pa.string()))
    begun = pc.binary_join_element_wise(names, where, " (")
    told = pc.coalesce(pc.binary_join_element_wise(begun, ")", ""), names)
    # The line is that of each stack itself: stacks of one kind differ in it.
    number = np.full(len(at), -1)
    number[chosen] = np.arange(len(chosen))
    place = number[view.kind]
    index = pa.array(place, mask=place < 0)
    line = _cells(frames, "line", np.where(place < 0, 0, (at - view.begins)[view.kind] + view.starts))
    if line.null_count == len(line):
        return told.take(index)
    placed = pc.binary_join_element_wise(begun.take(index), ":", line.cast(pa.string()), ")", "")
    return pc.coalesce(placed, told.take(index))


def _cells(frames: pa.Table, name: str, rows: Numbers) -> pa.Array:
    """Some cells of a column; nulls where the table has no such column."""
    if name not in frames.column_names:
        return pa.nulls(len(rows), pa.int64() if name == "line" else pa.string())
    cells = whole(frames[name]).take(pa.array(rows))
    return cells.dictionary_decode() if pa.types.is_dictionary(cells.type) else cells


def _marked(frames: pa.Table, view: _View, found: Counted) -> pa.Table:
    """The frames with what was found: role, rule, in_app, counted."""
    known = view.known
    counts = np.zeros(len(view.code), np.bool_)
    top = found.top[:, :TOP_FRAMES]
    counts[top[top >= 0]] = True
    # Of each row the row of the distinct stack that was gone through in its place.
    lengths = np.diff(np.r_[view.starts, frames.num_rows])
    same = np.arange(frames.num_rows) - np.repeat(view.starts - view.begins[view.kind], lengths)
    inside, again = pa.array(found.inside[same]), pa.array(found.again[same])
    place = pa.array(view.code[same])
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

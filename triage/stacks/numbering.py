"""Rows as numbers: columns that say one thing throughout, distinct rows, and runs of rows that are the same.

A text is hashed where it may differ and nowhere else. Of columns that hold one value Arrow's buffers are compared with
themselves; the rows of a run stand side by side in those buffers, so that a whole run is hashed as one text.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ("Numbers", "constant", "kinds", "numbered", "places", "starts", "whole")

Numbers = npt.NDArray[np.integer[Any]]

# So many numbers for each row are looked up in an array of all, more by hash.
_DENSE: Final = 4
# Rows that tell of most columns that they are not constant.
_FEW: Final = 64
_LARGEST: Final = 1 << 62
_SMALL: Final = 1 << 31
_WORD: Final = 8
# Any odd number with many bits.
_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)
# Fewer runs cost more to compare than they save, as do those of which a larger share is the only one of its kind.
_LEAST: Final = 500
_SHARE: Final = 0.6
# So many runs tell first whether it is worth while.
_SAMPLE: Final = 2_048


def whole(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece, copied only where it is in several."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def constant(column: pa.Array) -> bool:
    """Whether all values of a column are the same; cheaper than to number them.

    Examples
    --------
    >>> constant(pa.array(["ab", "ab"])), constant(pa.array(["aba", "b"])), constant(pa.array([None, 1]))
    (True, False, False)
    """
    if not len(column) or column.null_count:
        return bool(column.null_count == len(column))
    if pa.types.is_dictionary(column.type):
        column = column.indices
    if _is_text(column):
        offsets, data = _text(column)
        first, length = int(offsets[0]), int(offsets[1] - offsets[0])
        rest = int(offsets[-1]) - first - length
        # A text that repeats is its own neighbour.
        return (
            rest == length * (len(column) - 1)
            and data.slice(first, rest).equals(data.slice(first + length, rest))
            and not np.any(offsets[1:] - offsets[:-1] != length)
        )
    few = column.slice(0, _FEW)
    return all(bool(pc.all(pc.equal(part, column[0])).as_py()) for part in (few, column))


def numbered(
    table: pa.Table, columns: Iterable[str], fixed: Container[str] = ()
) -> tuple[Numbers, list[tuple[Any, ...]]]:
    """Number the distinct rows of some columns: a number per row, and the rows that the numbers stand for.

    A column that the table has not is a column of nulls; those that are `fixed` are known to be constant.

    Examples
    --------
    >>> code, rows = numbered(pa.table({"a": ["x", "y", "x"]}), ["a", "b"])
    >>> [rows[each] for each in code]
    [('x', None), ('y', None), ('x', None)]
    """
    names = list(columns)
    code: Numbers = np.zeros(table.num_rows, np.int32)
    distinct = 1
    for name in names:
        if name not in table.column_names or name in fixed or constant(column := whole(table[name])):
            continue
        indices, count = _encoded(column)
        if count < 2:
            continue
        if distinct * count >= _LARGEST:
            code, kept = pd.factorize(code)
            distinct = len(kept)
        if distinct == 1:
            code = indices
        else:
            code = np.multiply(code, count, dtype=np.int32 if distinct * count < _SMALL else np.int64) + indices
        distinct *= count
    if distinct > 1:
        code = _close(code, distinct)
    # Any row of a kind tells what it is.
    first = np.zeros(int(code.max()) + 1 if len(code) else 0, np.int32)
    first[code] = np.arange(len(code), dtype=np.int32)
    place = pa.array(first)
    lists = [
        table[name].take(place).to_pylist() if name in table.column_names else [None] * len(first) for name in names
    ]
    return code, list(zip(*lists, strict=True))


def _close(code: Numbers, distinct: int) -> Numbers:
    """Numbers below some bound without those that do not occur."""
    if distinct > _DENSE * len(code):
        return np.asarray(pd.factorize(code)[0])
    used = np.zeros(distinct, np.bool_)
    used[code] = True
    return (np.cumsum(used, dtype=np.int32) - np.int32(1))[code]


def starts(column: pa.Array) -> Numbers:
    """The rows that differ from those before them.

    Examples
    --------
    >>> starts(pa.array(["a", "a", "b", "a"])).tolist()
    [0, 2, 3]
    """
    rows = len(column)
    if not rows:
        return np.empty(0, np.int64)
    if pa.types.is_dictionary(column.type):
        column = column.indices
    words = _words(column)
    if words is None:
        other = pc.not_equal(column.slice(1), column.slice(0, rows - 1))
        found = np.flatnonzero(other.to_numpy(zero_copy_only=False))
    else:
        width = len(words) // rows
        found = np.flatnonzero(words[width:] != words[:-width]) // width
        found = found[np.diff(found, prepend=-1) > 0]
    return np.append(0, found + 1)


def kinds(columns: Iterable[pa.Array], begins: Numbers, rows: int) -> tuple[Numbers, Numbers] | None:
    """Number the distinct runs of rows: the number of each, and the first run of each number.

    Parameters
    ----------
    columns
        What tells rows apart.
    begins, rows
        The row that each run begins at, and how many there are of all.

    Returns
    -------
    pair of arrays, or None
        None where that would cost more than it saves: few runs, or most of them the only one of their kind.

    Examples
    --------
    >>> kind, first = kinds([pa.array(["x", "y", "z"] * 1000)], np.arange(0, 3000, 2), 3000)
    >>> kind[:4].tolist(), first.tolist()
    ([0, 1, 2, 0], [0, 1, 2])
    """
    if len(begins) < _LEAST:
        return None
    bounds = np.r_[begins, rows]
    columns = list(columns)
    texts = [column for column in columns if _is_text(column)]
    if texts and len(begins) > _SAMPLE:
        offsets, data = _text(texts[0])
        few = np.linspace(0, len(begins) - 1, _SAMPLE).astype(np.int64)
        again = _SAMPLE - _encoded(_pieces(data, offsets[bounds]).take(pa.array(few)))[1]
        # Of n that come equally often, k have k * k / 2n that came before.
        if 2 * again * _SHARE * len(begins) < _SAMPLE**2:
            return None
    side = [_encoded(column)[0] for column in columns if not _is_text(column)]
    side += [np.diff(_text(column)[0]).astype(np.int32, copy=False) for column in texts]
    # The data behind a null is anything.
    side += [column.is_valid().cast(pa.int32()).to_numpy() for column in texts if column.null_count]
    if not side:
        return _numbers(np.diff(bounds))
    # How long the texts are tells nearly all runs apart that differ, and costs little.
    cells = np.stack(side, axis=1)
    code, count = _of_runs(pa.py_buffer(cells), bounds * (cells.itemsize * len(side)))
    for column in texts:
        if count > _SHARE * len(begins):
            return None
        offsets, data = _text(column)
        runs, many = _of_runs(data, offsets[bounds])
        code, kept = pd.factorize(code.astype(np.int64) * many + runs)
        count = len(kept)
    return _numbers(code) if count <= _SHARE * len(begins) else None


def places(values: pa.Array, among: pa.Array) -> pa.Array:
    """The first place of each value among others, null where it is not there.

    Examples
    --------
    >>> places(pa.array(["b", "c"]), pa.array(["a", "b"])).to_pylist()
    [1, None]
    """
    if values.equals(among) and _are_distinct(among):
        return pa.array(np.arange(len(among), dtype=np.int32))
    return pc.index_in(values, value_set=among)


def _are_distinct(column: pa.Array) -> bool:
    """Whether texts are known to be all different, by a sum of products that no two have; cheaper than to look."""
    words = _words(column)
    if words is None:
        return False
    width = len(words) // len(column)
    sums = words.reshape(-1, width) @ (_FACTOR ** np.arange(1, width + 1, dtype=np.uint64))
    return len(np.unique(sums)) == len(column)


def _numbers(code: Numbers) -> tuple[Numbers, Numbers]:
    """Numbers without gaps, and the first place of each."""
    kind, distinct = pd.factorize(code)
    first = np.empty(len(distinct), np.int64)
    first[kind[::-1]] = np.arange(len(kind) - 1, -1, -1)
    return kind, first


def _of_runs(data: pa.Buffer, bounds: Numbers) -> tuple[Numbers, int]:
    """Number the pieces of a buffer between some bounds."""
    return _encoded(_pieces(data, bounds))


def _pieces(data: pa.Buffer, bounds: Numbers) -> pa.Array:
    buffers = [None, pa.py_buffer(bounds.astype(np.int64)), data]
    return pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(bounds) - 1, buffers)


def _encoded(column: pa.Array) -> tuple[Numbers, int]:
    """Number the values of a column, null among them, and say how many there are."""
    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(column, null_encoding="encode")
    indices, count = column.indices.cast(pa.int32()), len(column.dictionary)
    if indices.null_count:
        indices, count = pc.fill_null(indices, count), count + 1
    return indices.to_numpy(), count


def _is_text(column: pa.Array) -> bool:
    return bool(pa.types.is_string(column.type) or pa.types.is_large_string(column.type))


def _text(column: pa.Array) -> tuple[Numbers, pa.Buffer]:
    """Where the texts of a column begin and the last one ends, and the bytes of all."""
    kind = np.dtype(np.int32 if pa.types.is_string(column.type) else np.int64)
    _, offsets, data = column.buffers()
    return np.frombuffer(offsets, kind, len(column) + 1, column.offset * kind.itemsize), data or pa.py_buffer(b"")


def _words(column: pa.Array) -> npt.NDArray[np.uint64] | None:
    """The bytes of texts that all have one length as words; None where they have not, or it is no such length."""
    if not len(column) or not _is_text(column) or column.null_count:
        return None
    offsets, data = _text(column)
    first, length = int(offsets[0]), int(offsets[1] - offsets[0])
    if not length or length % _WORD or not np.all(offsets[1:] - offsets[:-1] == length):
        return None
    return np.frombuffer(data, np.uint64, length // _WORD * len(column), first)

"""What duckdb answers, as Arrow that pandas holds: an INTERVAL as a duration; what has no such form is said, not bent.

Facts: duckdb 2.0, pyarrow and pandas, tried. On its way to Arrow a TIME WITH TIME ZONE loses its offset, a BIT keeps
its padding, an INTERVAL of more than 292 years of hours turns negative, as a UHUGEINT of more than 127 bits does.
Infinity is the largest number there is, which pandas takes for a time of the year 294247; unions it cannot show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from triage.errors import TriageError
from triage.times import LEAST, MOST

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

__all__ = ("arrow",)

_NESTED: Final = frozenset(("list", "array", "struct", "tuple", "map"))
_FORMLESS: Final = frozenset(("union", "time with time zone", "bit", "bignum", "variant"))
_DAY: Final = 86_400_000_000
_PER_UNIT: Final = {"s": 1_000_000, "ms": 1_000, "us": 1}
_INFINITE: Final = (1 << 63) - 1


def arrow(answer: duckdb.DuckDBPyRelation) -> pa.Table:
    """The rows of an answer.

    Raises
    ------
    TriageError
        A column holds what pandas has no form for. It is named by its number: a name can be content.

    Examples
    --------
    >>> import duckdb
    >>> arrow(duckdb.sql("select interval 90 minutes as took"))["took"].to_pylist()
    [datetime.timedelta(seconds=5400)]
    """
    kinds = answer.types
    for number, kind in enumerate(kinds, 1):
        within = list(_kinds(kind))
        if formless := next((each for each in within if each in _FORMLESS), None):
            raise _refused(number, f"is of type {formless.upper()}")
        if "interval" in within[1:]:
            raise _refused(number, "has intervals within lists or structs")
    spans = [number for number, kind in enumerate(kinds, 1) if kind.id == "interval"]
    table = (_spelled(answer, spans) if spans else answer).to_arrow_table()
    for number, months in zip(spans, table.columns[len(kinds) :], strict=True):
        if _is_beyond(months, 0, 0):
            raise _refused(number, "has intervals of months or years")
    columns = []
    for number, (column, kind) in enumerate(zip(table.columns, kinds, strict=False), 1):
        if kind.id == "uhugeint" and _is_beyond(column, 0, None):
            raise _refused(number, "has numbers of more than 38 digits")
        for leaf in (leaf for chunk in column.chunks for leaf in _leaves(chunk)):
            _look(leaf, number)
        columns.append(column.cast(pa.duration("us")) if number in spans else column)
    return pa.table(columns, names=answer.columns)


def _kinds(kind: Any) -> Iterator[str]:
    """What a type is, and then what it is made of."""
    yield kind.id
    for _, inner in kind.children if kind.id in _NESTED else ():
        if hasattr(inner, "id"):  # the length of an array is a number
            yield from _kinds(inner)


def _spelled(answer: duckdb.DuckDBPyRelation, spans: list[int]) -> duckdb.DuckDBPyRelation:
    """The answer with its intervals as microseconds, a day of 24 hours; behind it how many months each of them has."""
    columns = [f"epoch_us(#{at})" if at in spans else f"#{at}" for at in range(1, len(answer.types) + 1)]
    return answer.project(
        ", ".join([*columns, *(f"12 * datepart('year', #{at}) + datepart('month', #{at})" for at in spans)])
    )


def _refused(number: int, why: str) -> TriageError:
    return TriageError(
        f"column {number} of the answer {why}, and pandas has no form for that; cast it in the statement, as in "
        "CAST(x AS VARCHAR)"
    )


def _leaves(array: pa.Array) -> Iterator[pa.Array]:
    """The arrays of plain values that an array is made of."""
    kind = array.type
    if pa.types.is_map(kind):
        inner = [array.keys, array.items]
    elif pa.types.is_struct(kind):
        inner = array.flatten()
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        inner = [array.flatten()]
    else:
        yield array
        return
    for each in inner:
        yield from _leaves(each)


def _look(array: pa.Array, number: int) -> None:
    """Refuse dates and times that a datetime cannot hold."""
    kind = array.type
    if pa.types.is_date32(kind):
        beyond = _is_beyond(array.view(pa.int32()), LEAST // _DAY, MOST // _DAY)
    elif pa.types.is_time64(kind):
        day = _DAY * 1_000 if kind.unit == "ns" else _DAY
        beyond = _is_beyond(array.view(pa.int64()), 0, day - 1)
    elif pa.types.is_timestamp(kind):
        per = _PER_UNIT.get(kind.unit)
        # of nanoseconds all are within the years but infinity
        least, most = (1 - _INFINITE, _INFINITE - 1) if per is None else (LEAST // per, MOST // per)
        beyond = _is_beyond(array.view(pa.int64()), least, most)
    else:
        return
    if beyond:
        raise _refused(number, "has times that are infinite, at 24:00, or outside of the years 1 to 9999")


def _is_beyond(values: Any, least: int, most: int | None) -> bool:
    """Whether any of the values lies outside."""
    found = pc.min_max(values)
    low, high = found["min"].as_py(), found["max"].as_py()
    return low is not None and (low < least or (most is not None and high > most))

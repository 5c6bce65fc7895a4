"""A newest event that is far from all others, as one wrong clock makes it: everything looks back from it by default.

What `as_of` means stays: which clock is wrong nobody can tell, so that it is said, with the time to give.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ("remarks",)

# Of fewer others nobody knows what is far from them.
_OTHERS: Final = 2
# So far from them, in microseconds, and further than they are from each other.
_FAR: Final = 365 * 86_400_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def remarks(tables: Mapping[str, pa.Table], name: str = "as_of") -> list[str]:
    """What is to be said of the time that a case looks back from, nothing where it is like the others.

    Parameters
    ----------
    tables
        The tables of a case.
    name
        What the parameter is called that takes another time.

    Examples
    --------
    >>> days = pa.array([20_479, 20_480, 2_932_896]).cast(pa.int32()).cast(pa.date32())
    >>> [remark] = remarks({"events": pa.table({"ts": days.cast(pa.timestamp("us", "UTC"))})})
    >>> print(remark.replace(": ", ":\\n"))
    as_of is that of one event far after all others (9999-12-31):
    as_of='2026-01-27T00:00:00+00:00' looks back from these
    """
    times = tables["events"]["ts"].cast(pa.int64()).drop_null()
    newest = pc.max(times).as_py()
    others = times.filter(pc.less(times, newest)) if newest is not None else times
    if len(others) < max(_OTHERS, len(times) - 1):
        return []
    first, last = pc.min_max(others).as_py().values()
    if newest - last < max(_FAR, last - first):
        return []
    told, usual = (_EPOCH + timedelta(microseconds=at) for at in (newest, last))
    said = f"{name} is that of one event far after all others ({told.date()})"
    return [f"{said}: {name}='{usual.isoformat()}' looks back from these"]

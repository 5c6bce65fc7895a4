"""Times: what crash writers print, as microseconds since 1970 in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

import numpy as np

from triage.errors import TriageError

__all__ = ("LEAST", "MOST", "epoch", "iso", "micros", "stamp")

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Years 1 to 9999, what a datetime can hold.
LEAST: Final = -62_135_596_800_000_000
MOST: Final = 253_402_300_799_999_999
# Beyond these sizes a number counts parts of a second, so many in one.
_PARTS: Final = ((10**17, 10**9), (10**14, 10**6), (10**11, 10**3))


def iso(text: Any) -> int | None:
    """Microseconds of an ISO 8601 or RFC 3339 time, None where it is none. A time without a zone is taken as UTC.

    Examples
    --------
    >>> iso("2026-01-26T01:25:59.123Z")
    1769390759123000
    >>> iso("2026-01-26T02:25:59.123+01:00")
    1769390759123000
    """
    if not isinstance(text, str) or not 8 <= len(text) <= 64:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        delta = moment - _EPOCH
    except (ValueError, OverflowError):
        return None
    micros = (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds
    return micros if LEAST <= micros <= MOST else None


def epoch(value: Any, *, per_second: int = 1) -> int | None:
    """Microseconds of a number of seconds since 1970 (int, float or digits); None where it is none or no such year.

    A file may give any number, of a thousand digits too: what scales one does so here, `per_second` parts to a second.

    Examples
    --------
    >>> epoch(1769390759.123), epoch(1769390759123, per_second=1_000), epoch(10**400, per_second=1_000)
    (1769390759123000, 1769390759123000, None)
    """
    if isinstance(value, bool):
        return None
    try:
        micros = round(float(value) / per_second * 1_000_000)
    except (TypeError, ValueError, OverflowError):
        return None
    return micros if LEAST <= micros <= MOST else None


def stamp(value: Any) -> int | None:
    """Microseconds of a number since 1970 whose size tells its unit: seconds, or thousandths and less of them.

    Examples
    --------
    >>> stamp(1769390759), stamp(1769390759123), stamp("1769390759"), stamp(10**400)
    (1769390759000000, 1769390759123000, None, None)
    """
    if not isinstance(value, (int, float)):
        return None
    size = abs(value)
    return epoch(value, per_second=next((parts for least, parts in _PARTS if size > least), 1))


def micros(moment: object) -> int | None:
    """Microseconds since 1970 of a time or its text; a time without a zone is UTC.

    Raises
    ------
    TriageError
        It is none: another text, or a number, of which nobody can tell the unit.

    Examples
    --------
    >>> micros("1970-01-01T00:00:01")
    1000000
    """
    if moment is None:
        return None
    import pandas as pd

    try:
        known = pd.Timestamp(moment) if isinstance(moment, (str, date, np.datetime64)) else None
    except (ValueError, OverflowError):
        known = None
    found = None if known is None or pd.isna(known) else _micros(known)
    if found is None:
        raise TriageError(f"{moment!r} is no time; give a datetime, or text such as '2026-02-10T09:05:00Z'")
    return found


def _micros(moment: Any) -> int | None:
    """Microseconds of a timestamp of pandas, which keeps its own unit; None outside of the years 1 to 9999."""
    own = int(moment.asm8.view("i8"))
    found = own // 1_000 if moment.unit == "ns" else own * {"us": 1, "ms": 1_000, "s": 1_000_000}[moment.unit]
    return found if LEAST <= found <= MOST else None

"""Times: what crash writers print, as microseconds since 1970 in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

import numpy as np

from triage.errors import TriageError

__all__ = ("LEAST", "MOST", "epoch", "iso", "micros")

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Years 1 to 9999, what a datetime can hold.
LEAST: Final = -62_135_596_800_000_000
MOST: Final = 253_402_300_799_999_999


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


def epoch(value: Any) -> int | None:
    """Microseconds of a number of seconds since 1970 (int, float or digits); None where it is none or no such year.

    Examples
    --------
    >>> epoch(1769390759.123)
    1769390759123000
    """
    if isinstance(value, bool):
        return None
    try:
        micros = round(float(value) * 1_000_000)
    except (TypeError, ValueError, OverflowError):
        return None
    return micros if LEAST <= micros <= MOST else None


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
        stamp = pd.Timestamp(moment) if isinstance(moment, (str, date, np.datetime64)) else None
    except (ValueError, OverflowError):
        stamp = None
    if stamp is None or pd.isna(stamp):
        raise TriageError(f"{moment!r} is no time; give a datetime, or text such as '2026-02-10T09:05:00Z'")
    stamp = stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp
    return int(stamp.value // 1_000)  # nanoseconds, whatever the unit of the stamp

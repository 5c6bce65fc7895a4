"""Times, counts and lengths as a chart and its text alternative say them."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from triage.share.printable import plural, printable

__all__ = ("cut", "length", "listed", "missing", "number", "rows", "span", "when")

_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def when(moment: pd.Timestamp, *, seconds: bool = False) -> str:
    """A time to the minute or second, in UTC."""
    return f"{moment:%Y-%m-%d %H:%M:%S}" if seconds else f"{moment:%Y-%m-%d %H:%M}"


def span(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """From one time to another; the day of the second only where it is another.

    Examples
    --------
    >>> span(pd.Timestamp("2026-01-02 10:05"), pd.Timestamp("2026-01-02 10:40"))
    '2026-01-02 10:05 to 10:40 UTC'
    """
    same = f"{start:%Y-%m-%d}" == f"{end:%Y-%m-%d}"
    return f"{when(start)} to {f'{end:%H:%M}' if same else when(end)} UTC"


def number(value: float) -> str:
    """A count that need not be whole.

    Examples
    --------
    >>> number(41), number(2.08), number(0.004)
    ('41', '2.1', 'less than 0.1')
    """
    if value == int(value) or value >= 10:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 0.1 else "less than 0.1"


def length(micros: int) -> str:
    """How long a bucket is.

    Examples
    --------
    >>> length(1_800_000_000), length(3_600_000_000)
    ('30 minutes', '1 hour')
    """
    seconds = micros // 1_000_000
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return plural(seconds // size, unit)


def listed(items: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table, each by the names of its columns."""
    return [dict(zip(map(str, frame.columns), row, strict=True)) for row in frame.itertuples(index=False, name=None)]


def missing(value: Any) -> bool:
    """Whether a cell says nothing."""
    return bool(pd.isna(value))


def cut(text: str, most: int) -> str:
    """A text as one line that shows, at most so long."""
    line = printable(text).replace("\n", "⏎").replace("\t", " ")
    return line if len(line) <= most else line[: most - 1] + "…"

"""Explanations as typed frames and as plain text: columns that line up in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from triage.share.printable import printable
from triage.tables import TYPES, to_pandas

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ("apart", "cell", "lined_up", "one_line", "typed")

# What a cell of the text form holds at most; frames and HTML hold it whole.
_WIDE: Final = 72
# Longer texts are told from so far before the place where they part.
_LONG, _AROUND = 200, 40


def typed(schema: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """A DataFrame of some rows; the schema gives each column a type of `triage.tables.TYPES`."""
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(values, TYPES[kind]) for values, kind in zip(columns, schema.values(), strict=True)]
    return to_pandas(pa.table(arrays, names=list(schema)))


def apart(one: str, two: str) -> tuple[str, str]:
    """Two texts as they are told beside each other: of long ones the words around the first difference."""
    if len(one) <= _LONG and len(two) <= _LONG:
        return one, two
    at = next((at for at, (left, right) in enumerate(zip(one, two, strict=False)) if left != right), None)
    at = min(len(one), len(two)) if at is None else at
    start = one.rfind(" ", 0, max(at - _AROUND, 0)) + 1
    return _part(one, start, at), _part(two, start, at)


def _part(text: str, start: int, at: int) -> str:
    """A text around a place; where it goes on, that is shown."""
    end = text.rfind(" ", at + 1, at + _LONG - _AROUND)
    end = len(text) if len(text) < at + _LONG - _AROUND else end if end > at else at + _LONG - _AROUND
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def cell(value: Any) -> str:
    """A cell in words: nothing where there is nothing, yes and no."""
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if not isinstance(value, str) and pd.isna(value):
        return ""
    return f"{value:%Y-%m-%d %H:%M:%S} UTC" if isinstance(value, pd.Timestamp) else str(value)


def lined_up(header: Sequence[str], rows: Iterable[Sequence[Any]], *, whole: str = "") -> list[str]:
    """Rows as lines whose columns line up; a long cell is cut, but for those of the column named `whole`.

    Examples
    --------
    >>> lined_up(["#", "name"], [(0, "f"), (10, "g")])
    ['  #   name', '  0   f', '  10  g']
    """
    table = [[one_line(cell(value)) for value in row] for row in (header, *rows)]
    shown = [[text if name == whole else _cut(text) for name, text in zip(header, row, strict=True)] for row in table]
    widths = [max(len(row[at]) for row in shown) for at in range(len(header))]
    return [
        ("  " + "  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True))).rstrip()
        for row in shown
    ]


def one_line(text: str) -> str:
    """A text as one line in which nothing moves the cursor."""
    return printable(text).replace("\n", "⏎").replace("\t", " ")


def _cut(text: str) -> str:
    return text if len(text) <= _WIDE else text[: _WIDE - 1] + "…"

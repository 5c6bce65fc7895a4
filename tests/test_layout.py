"""Typed frames and columns that line up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from triage.incidents.layout import cell, lined_up, typed


def test_frames_are_typed_with_rows_and_without():
    schema = {"name": "string", "count": "int64", "last": "timestamp", "shown": "bool"}
    rows = [("a", 1, pd.Timestamp("2026-02-10", tz="UTC"), True), (None, None, None, None)]
    for frame in (typed(schema, rows), typed(schema, [])):
        assert [str(dtype) for dtype in frame.dtypes] == [
            "string[pyarrow]", "int64[pyarrow]", "timestamp[us, tz=UTC][pyarrow]", "bool[pyarrow]",
        ]  # fmt: skip
    assert typed(schema, rows)["count"].tolist() == [1, pd.NA]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x", "x"), ("", ""), (None, ""), (pd.NA, ""), (float("nan"), ""), (7, "7"), (True, "yes"),
        (np.bool_(False), "no"), (pd.Timestamp("2026-02-10", tz="UTC"), "2026-02-10 00:00:00 UTC"), (pd.NaT, ""),
    ],
)  # fmt: skip
def test_cells_are_words(value, text):
    assert cell(value) == text


def test_columns_line_up_and_long_cells_are_cut():
    lines = lined_up(["a", "b"], [("x" * 90, "y" * 90), ("1", "2\n3\x1b")])
    assert lines[0] == "  a" + " " * 73 + "b"
    assert lines[1] == "  " + "x" * 71 + "…  " + "y" * 71 + "…"
    assert lines[2].split() == ["1", "2⏎3␛"]
    assert lined_up(["a", "b"], [("x", "y" * 90)], whole="b")[1].endswith("y" * 90)

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.columns import ColumnBuilder

SCHEMA = pa.schema(
    [
        ("n", pa.int64()),
        ("u", pa.uint64()),
        ("s", pa.string()),
        ("t", pa.timestamp("us", tz="UTC")),
        ("l", pa.list_(pa.string())),
    ]
)


def builder(batch_rows=4):
    return ColumnBuilder(SCHEMA, extra={"_event": pa.int64()}, batch_rows=batch_rows)


def test_rows_name_only_what_they_set():
    made = builder()
    made.append({"n": 1})
    made.append({"s": "x"}, _event=7)
    assert made.table().select(["n", "s", "_event"]).to_pylist() == [
        {"n": 1, "s": None, "_event": None},
        {"n": None, "s": "x", "_event": 7},
    ]


def test_batches_join_in_order():
    made = builder(batch_rows=3)
    for number in range(10):
        made.append({"n": number} if number % 2 else {})
    assert made.table()["n"].to_pylist() == [None, 1, None, 3, None, 5, None, 7, None, 9]


def test_many_small_batches_are_joined_and_nothing_is_lost():
    made = builder(batch_rows=1)
    for number in range(100):
        made.append({"n": number, "s": "x" * number, "l": [str(number)]})
    table = made.table()
    assert table["n"].to_pylist() == list(range(100))
    assert table["s"].to_pylist() == ["x" * number for number in range(100)]
    assert table["n"].num_chunks < 20


def test_long_text_becomes_arrow_before_the_rows_are_full():
    made = builder(batch_rows=10_000)
    for number in range(5):
        made.append({"s": str(number) * 9_000_000})
    table = made.table()
    assert [value[0].as_py()[0] for value in zip(table["s"], strict=True)] == list("01234")
    assert table["s"].num_chunks > 1


def test_what_does_not_fit_is_null_and_its_neighbours_stay():
    made = builder()
    made.append({"n": 2**70, "u": -1, "s": 5, "t": 10**30, "l": ["a", 7, None]})
    made.append({"n": 3, "u": 2**64 - 1, "s": "ok", "t": 0, "l": []})
    bad, good = made.table().to_pylist()
    assert (bad["n"], bad["u"], bad["s"], bad["t"], bad["l"]) == (None, None, None, None, ["a", None, None])
    assert (good["n"], good["u"], good["s"], good["l"]) == (3, 2**64 - 1, "ok", [])
    assert good["t"].year == 1970


def test_times_outside_of_the_calendar_are_null():
    made = builder()
    for micros in (-(2**62), -62_135_596_800_000_000, 253_402_300_800_000_000, 2**62):
        made.append({"t": micros})
    assert [value and value.year for value in made.table()["t"].to_pylist()] == [None, 1, None, None]


def test_lone_surrogates_are_replaced():
    made = builder()
    made.append({"s": "a\ud800b"})
    assert made.table()["s"].to_pylist() == ["a?b"]


def test_an_unknown_column_is_the_readers_bug():
    with pytest.raises(KeyError):
        builder().append({"nonsense": 1})


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["n", "u", "s", "t", "l"]),
            st.none() | st.integers() | st.text() | st.floats() | st.lists(st.text()),
        )
    )
)
def test_any_values_make_a_table(rows):
    made = builder(batch_rows=2)
    for row in rows:
        made.append(row)
    assert made.table().num_rows == len(rows)

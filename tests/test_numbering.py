from itertools import groupby

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from triage.stacks.numbering import constant, kinds, numbered, places, starts, whole

# Few and short, so that some are the same, and some are only where bytes alone are compared.
WORDS = st.sampled_from([None, "", "a", "b", "ab", "ba", "aab", "é", "0123456789abcdef", "0123456789abcdeg"])
TYPES = st.sampled_from([pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())])


@st.composite
def columns(draw):
    """A column of words of some type, cut out of a longer one."""
    values = draw(st.lists(WORDS if draw(st.booleans()) else st.just(draw(WORDS)), max_size=12))
    before = draw(st.integers(0, 3))
    column = pa.array(["x"] * before + values + ["yy"], pa.string())
    column = column.dictionary_encode().cast(kind) if pa.types.is_dictionary(kind := draw(TYPES)) else column.cast(kind)
    return column.slice(before, len(values))


@given(columns())
def test_a_constant_column_holds_one_value(column):
    assert constant(column) == (len(set(column.to_pylist())) < 2)


@given(columns().filter(lambda column: not column.null_count))
def test_starts_are_where_a_value_follows_another(column):
    lengths = [len(list(group)) for _, group in groupby(column.to_pylist())]
    assert starts(column).tolist() == np.cumsum([0, *lengths])[: len(lengths)].tolist()


@given(columns(), columns(), st.booleans())
def test_numbers_stand_for_the_rows(one, other, pieces):
    rows = min(len(one), len(other))
    one, other = one.slice(0, rows), other.slice(0, rows)
    parts = [one.slice(0, rows // 2), one.slice(rows // 2)] if pieces else [one]
    table = pa.table({"one": pa.chunked_array(parts, one.type), "other": other})
    code, distinct = numbered(table, ["one", "none", "other"])
    values = zip(one.to_pylist(), [None] * rows, other.to_pylist(), strict=True)
    assert [distinct[each] for each in code] == list(values)
    assert len(set(distinct)) == len(distinct)


def test_many_columns_of_many_values_have_numbers():
    rows = 3_000
    table = pa.table({str(at): np.random.default_rng(at).permutation(rows) for at in range(8)})
    code, distinct = numbered(table, table.column_names)
    assert len(set(code.tolist())) == rows
    assert distinct[code[7]] == tuple(table[name][7].as_py() for name in table.column_names)


def test_a_dictionary_with_nulls_and_small_numbers():
    column = pa.array([None, "a", "b", None]).dictionary_encode().cast(pa.dictionary(pa.int8(), pa.string()))
    code, distinct = numbered(pa.table({"a": column}), ["a"])
    assert [distinct[each] for each in code] == [(None,), ("a",), ("b",), (None,)]


@given(st.lists(st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=4), min_size=1, max_size=6))
def test_runs_of_one_number_are_the_same(runs):
    times = 600
    rows = [row for run in runs for row in run] * times
    texts, others, small = (pa.array(cells, pa.string()) for cells in zip(*rows, strict=True))
    lengths = [len(run) for run in runs] * times
    begins = np.cumsum([0, *lengths[:-1]])
    found = kinds([texts, others.cast(pa.large_string()), small.dictionary_encode()], begins, len(rows))
    assert found is not None
    kind, first = found
    numbers = dict(zip(map(tuple, runs), kind[: len(runs)].tolist(), strict=True))
    assert len(set(numbers.values())) == len(numbers) == len(first)
    assert kind.tolist() == [numbers[tuple(run)] for run in runs] * times
    assert first.tolist() == [kind.tolist().index(number) for number in range(len(first))]


def test_what_lies_behind_a_null_does_not_hide_where_texts_end():
    # Once a null covers the "a" before "b", once nothing is before "a" and the last null covers the "b".
    validity = pa.py_buffer(np.packbits([0, 1, 0, 0, 1, 0] * 400, bitorder="little"))
    offsets = np.r_[0, np.cumsum([1, 1, 0, 0, 1, 1] * 400)].astype(np.int32)
    column = pa.StringArray.from_buffers(2_400, pa.py_buffer(offsets), pa.py_buffer(b"abab" * 400), validity)
    assert column.to_pylist()[:6] == [None, "b", None, None, "a", None]
    kind, _ = kinds([column], np.arange(0, 2_400, 3), 2_400)
    assert kind.tolist() == [0, 1] * 400


@pytest.mark.parametrize("runs", [10, 5_000])
def test_runs_that_do_not_come_again_are_not_numbered(runs):
    assert kinds([pa.array([f"f{at}" for at in range(runs)])], np.arange(runs), runs) is None


@given(columns(), columns())
def test_places(values, among):
    values, among = values.cast(pa.string()), among.cast(pa.string())
    there = among.to_pylist()
    for some in (values, among):
        expected = [there.index(one) if one in there else None for one in some.to_pylist()]
        assert places(some, among).to_pylist() == expected


def test_a_column_in_one_piece_is_not_copied():
    column = pa.array(["a", "b"])
    assert whole(pa.chunked_array([column])).buffers()[2].address == column.buffers()[2].address
    assert whole(pa.chunked_array([column, column])).to_pylist() == ["a", "b", "a", "b"]
    assert whole(pa.chunked_array([], pa.string())).to_pylist() == []


def stacks(at):
    """The frames of one of some stacks: recursion, a signal, scanned frames, names that are not known."""
    names = [f"app::f{at % 7}", "memcpy", "app::g", "app::g", *["app::h", "app::i"] * (at % 5 * 3), "main"]
    return [
        {
            "function": None if at % 3 == 0 and place == 2 else name,
            "module": "libc.so.6" if name == "memcpy" else "app",
            "file": f"/srv/{name}.cc" if at % 2 else None,
            "frame_kind": "signal" if at % 4 == 0 and place == 1 else "frame",
            "trust": "scan" if at % 6 == 1 and place < 2 else "cfi",
        }
        for place, name in enumerate(names)
    ]


def test_stacks_have_the_same_keys_among_many_and_alone():
    many = [
        {"stack_key": f"{number:016x}", "line": number % 3 or None, **row}
        for number in range(1_500)
        for row in stacks(number % 60)
    ]
    among = triage.stacks.signatures(pd.DataFrame(many)).set_index("stack_key")
    # So few that no stack is held to be another.
    for begin in range(0, 1_500, 300):
        wanted = {f"{number:016x}" for number in range(begin, begin + 300)}
        few = pd.DataFrame([row for row in many if row["stack_key"] in wanted])
        alone = triage.stacks.signatures(few).set_index("stack_key")
        pd.testing.assert_frame_equal(among.loc[alone.index], alone)
    assert among["group_key"].nunique() > 20


def test_categories_and_keys_alone_are_columns_too():
    frames = pd.DataFrame({"stack_key": ["a", "a", "b"], "function": ["f", None, "g"]})
    plain = triage.stacks.signatures(frames)
    pd.testing.assert_frame_equal(triage.stacks.signatures(frames.astype("category")), plain)
    assert triage.stacks.signatures(frames[["stack_key"]])["culprit"].isna().all()


def test_many_frames_are_read_in_parts_cut_between_stacks(monkeypatch):
    chosen = np.random.default_rng(3)
    sizes = chosen.integers(1, 60, 400)
    sizes[150] = 9_000
    key = np.repeat(np.arange(400), sizes).astype(str)
    names = np.array(["parse", "run", "memcpy", "abort", "load", "save"])[chosen.integers(0, 6, len(key))]
    frames = pd.DataFrame({"stack_key": key, "function": names, "file": "a.c", "line": chosen.integers(1, 9, len(key))})
    whole = triage.stacks.signatures(frames)
    for least in (len(key) // 3, 500, 7, 1):
        monkeypatch.setattr("triage.stacks.stack_table._PART", least)
        monkeypatch.setattr("os.cpu_count", lambda: 5)
        pd.testing.assert_frame_equal(triage.stacks.signatures(frames), whole)


def test_no_frames_have_no_keys():
    assert triage.stacks.signatures(pd.DataFrame({"stack_key": [], "function": []})).empty

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from triage.stacks.digests import NONE, chain, chained, hexed, word

WORDS = st.integers(0, (1 << 64) - 1)


@given(st.lists(st.lists(WORDS, min_size=3, max_size=3), max_size=5))
def test_a_column_of_chains_is_the_chain_of_each_row(rows):
    columns = [np.array([row[at] for row in rows], np.uint64) for at in range(3)]
    assert chained(len(rows), *columns).tolist() == [chain(*row) for row in rows]


def test_order_and_number_count_and_nothing_is_passed_over():
    a, b = word("a"), word("b")
    assert len({chain(a), chain(a, a), chain(a, b), chain(b, a), chain()}) == 5
    assert chain(a, NONE, b) == chain(a, b)


def test_keys_are_16_hex_digits_and_null_where_there_is_none():
    assert hexed(np.array([0x1F, NONE], np.uint64)).to_pylist() == ["000000000000001f", None]
    assert word("") != NONE


def test_a_flipped_bit_flips_half_of_the_key():
    flips = [(chain(word("x"), 1 << bit) ^ chain(word("x"), 1 << 63)).bit_count() for bit in range(63)]
    assert 24 < sum(flips) / len(flips) < 40

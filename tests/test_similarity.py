"""Alignment and retrieval of stacks: against a plain two-pointer reference, and numba against numpy."""

import math
from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.stacks import postings, similarity

NO_NUMBA = pytest.mark.skipif(find_spec("numba") is None, reason="numba is not installed (extra `fast`)")
STACKS = st.lists(st.lists(st.integers(0, 7), max_size=9), min_size=1, max_size=12)


def made(lists, factors=None, **options):
    """Stacks of lists of names."""
    stack = np.repeat(np.arange(len(lists)), [len(names) for names in lists]).astype(np.int64)
    name = np.array([name for names in lists for name in names], np.int64)
    factor = None if factors is None else np.array(factors, np.float64)
    return similarity.build(stack, name, factor, size=len(lists), **options)


def reference(lists, left, right, *, alpha=similarity.ALPHA, beta=similarity.BETA, gamma=similarity.GAMMA):
    """FaST as its authors tell it: merge two stacks sorted by name, count matches up and gaps down; scaled to 0..1."""

    def worded(names):
        return [(name, names[:at].count(name)) for at, name in enumerate(names)]

    df = {}
    for names in lists:
        for word in set(worded(names)):
            df[word] = df.get(word, 0) + 1

    def weighed(names):
        spread = len(lists) + similarity.PRIOR
        return sorted(
            (word, at, (at + 1) ** -alpha * math.exp(-100 * beta * df[word] / spread))
            for at, word in enumerate(worded(names))
        )

    one, other = weighed(lists[left]), weighed(lists[right])
    whole = sum(weight for *_, weight in one + other)
    i = j = 0
    score = 0.0
    while i < len(one) or j < len(other):
        if i < len(one) and j < len(other) and one[i][0] == other[j][0]:
            score += (one[i][2] + other[j][2]) * math.exp(-gamma * abs(one[i][1] - other[j][1]))
            i, j = i + 1, j + 1
        elif j == len(other) or (i < len(one) and one[i][0] < other[j][0]):
            score -= one[i][2]
            i += 1
        else:
            score -= other[j][2]
            j += 1
    return (score / whole + 1) / 2 if whole else 0.0


def every_pair(size):
    left, right = np.divmod(np.arange(size * size), size)
    return left.astype(np.int64), right.astype(np.int64)


@given(STACKS)
def test_the_scores_are_those_of_the_plain_algorithm(lists):
    left, right = every_pair(len(lists))
    found = similarity.scores(made(lists), left, right, engine="numpy")
    expected = [reference(lists, a, b) for a, b in zip(left, right, strict=True)]
    assert found == pytest.approx(expected, abs=1e-6)


@NO_NUMBA
@given(STACKS)
def test_numba_and_numpy_give_the_same_bits(lists):
    stacks = made(lists)
    left, right = every_pair(len(lists))
    compiled = similarity.scores(stacks, left, right, engine="numba")
    assert compiled.tobytes() == similarity.scores(stacks, left, right, engine="numpy").tobytes()


def test_the_plain_form_of_what_is_compiled_gives_the_same_bits():
    lists = [[1, 2, 3, 2], [2, 1, 3], [9], []]
    stacks = made(lists)
    left, right = every_pair(len(lists))
    parts = (stacks.offsets, stacks.words, stacks.positions, stacks.weights)
    decay = 1 + np.exp(-similarity.GAMMA * np.arange(similarity.MAX_FRAMES))
    shared = similarity._align(parts, len(stacks.df), decay, left, right)
    assert shared.tobytes() == similarity._joined(stacks, left, right, decay).tobytes()


@given(STACKS)
def test_scores_lie_between_nothing_and_the_same_and_are_symmetric(lists):
    stacks = made(lists)
    left, right = every_pair(len(lists))
    found = similarity.scores(stacks, left, right).reshape(len(lists), -1)
    assert (found >= 0).all()
    assert (found <= 1 + 1e-9).all()
    assert found == pytest.approx(found.T, abs=1e-12)
    for at, names in enumerate(lists):
        assert found[at, at] == pytest.approx(1.0 if names else 0.0)


@given(STACKS, st.randoms(use_true_random=False))
def test_the_order_of_the_stacks_changes_no_bit(lists, chance):
    order = list(range(len(lists)))
    chance.shuffle(order)
    left, right = every_pair(len(lists))
    place = np.argsort(order)
    found = similarity.scores(made(lists), left, right)
    again = similarity.scores(made([lists[at] for at in order]), place[left], place[right])
    assert found.tobytes() == again.tobytes()


def test_near_the_crash_and_rare_say_more():
    common = [[100 + n, 1] for n in range(200)]
    stacks = made([[1, 2, 3, 4], [1, 2, 3, 9], [9, 2, 3, 4], [2, 1, 3, 4], *common])
    deep, top, swapped = similarity.scores(stacks, np.array([0, 0, 0]), np.array([1, 2, 3]))
    assert top < deep < 1
    assert top < swapped < 1
    # The same stacks among others that have frame 1 too: sharing it says less.
    alone = made([[1, 2, 3, 4], [1, 9, 8, 7]])
    among = made([[1, 2, 3, 4], [1, 9, 8, 7], *common])
    (before,) = similarity.scores(alone, np.array([0]), np.array([1]))
    (after,) = similarity.scores(among, np.array([0]), np.array([1]))
    assert after < before


def test_frames_of_less_weight_count_less():
    lists = [[1, 2], [1, 3]]
    (even,) = similarity.scores(made(lists), np.array([0]), np.array([1]))
    (less,) = similarity.scores(made(lists, factors=[0.5, 1, 0.5, 1]), np.array([0]), np.array([1]))
    assert less < even


def test_a_stack_is_cut_at_the_bound():
    long = list(range(similarity.MAX_FRAMES * 3))
    stacks = made([long, long[: similarity.MAX_FRAMES]])
    assert np.diff(stacks.offsets).tolist() == [similarity.MAX_FRAMES] * 2
    assert similarity.scores(stacks, np.array([0]), np.array([1])).tolist() == [1.0]


def test_no_stacks_and_no_pairs():
    empty = made([[]])
    assert len(similarity.build(np.empty(0, np.int64), np.empty(0, np.int64))) == 0
    assert similarity.scores(empty, np.array([0]), np.array([0])).tolist() == [0.0]
    assert similarity.scores(empty, np.array([], np.int64), np.array([], np.int64)).tolist() == []
    assert [len(part) for part in postings.pairs(empty, postings.post(empty), least=0.5)] == [0, 0, 0]


def test_retrieval_by_the_rarest_frames_finds_nearly_what_all_pairs_find():
    chance = np.random.default_rng(7)
    lists = [list(chance.integers(0, 400, 12)) for _ in range(60)]
    # Relatives: a frame gone, a frame more, the tail cut.
    for names in lists[:40]:
        lists += [names[:3] + names[4:], [999, *names], names[:8]]
    stacks = made(lists)
    left, right = every_pair(len(lists))
    found = similarity.scores(stacks, left, right)
    expected = {(a, b) for a, b, score in zip(left, right, found, strict=True) if a < b and score >= 0.5}
    a, b, score = postings.pairs(stacks, postings.post(stacks), least=0.5)
    retrieved = set(zip(a.tolist(), b.tolist(), strict=True))
    assert retrieved <= expected
    assert len(retrieved) >= 0.99 * len(expected)
    assert score.tolist() == similarity.scores(stacks, a, b).tolist()
    others, likeness = postings.query(stacks, postings.post(stacks), 0)
    assert [at for at, score in zip(others.tolist(), likeness, strict=True) if score >= 0.5] == [60, 62, 61]


def test_a_frame_of_too_many_stacks_leads_to_no_pair():
    lists = [[1, 10 + n] for n in range(postings.COMMON + 1)]
    stacks = made(lists)
    assert len(postings.pairs(stacks, postings.post(stacks), least=0.1)[0]) == 0
    fewer = made(lists[:50])
    assert len(postings.pairs(fewer, postings.post(fewer), least=0.1)[0]) == 50 * 49 // 2
    # Asked for one stack, such a frame still leads to all.
    assert len(postings.query(stacks, postings.post(stacks), 0)[0]) == postings.COMMON


def test_blocks_of_candidates_give_what_one_block_gives(monkeypatch):
    chance = np.random.default_rng(3)
    stacks = made([list(chance.integers(0, 30, 8)) for _ in range(80)])
    posted = postings.post(stacks)
    whole = postings.pairs(stacks, posted, least=0.2)
    monkeypatch.setattr(postings, "_BLOCK", 50)
    for one, other in zip(whole, postings.pairs(stacks, posted, least=0.2), strict=True):
        assert one.tolist() == other.tolist()


@given(STACKS)
def test_two_stacks_are_found_from_both_sides_or_from_none(lists):
    stacks = made(lists)
    posted = postings.post(stacks)
    found = {}
    for stack in range(len(stacks)):
        others, scores = postings.query(stacks, posted, stack)
        found |= {(stack, other): score for other, score in zip(others.tolist(), scores.tolist(), strict=True)}
    assert found == {(other, stack): score for (stack, other), score in found.items()}
    # Every pair of the case is among them.
    for left, right, score in zip(*postings.pairs(stacks, posted, least=0.0), strict=True):
        assert found[int(left), int(right)] == score

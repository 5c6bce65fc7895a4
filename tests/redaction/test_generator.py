"""The corpus is what it says: the same for the same seed, labelled where it says, complete, and harmless as source."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.redaction import generator, gitleaks_rules, logs, scoring
from tests.redaction.sample import Label, Sample, fill
from tests.redaction.values import Fake, luhn_digit

HERE = Path(__file__).parent
SOURCES = [*sorted(HERE.glob("*.py")), HERE.parent / "benchmarks" / "redaction.py"]


@pytest.fixture(scope="module")
def corpus():
    return generator.corpus(seed=11, per_class=6)


def test_the_same_seed_gives_the_same_corpus(corpus):
    again = generator.corpus(seed=11, per_class=6)
    assert corpus == again
    assert generator.corpus(seed=12, per_class=6).samples != again.samples


def test_a_class_does_not_depend_on_the_others(corpus):
    alone = generator.corpus(seed=11, per_class=6, kinds=frozenset({"iban"}))
    assert alone.samples == tuple(sample for sample in corpus.samples if sample.kind == "iban")


def test_every_class_is_there_with_labels_of_its_own(corpus):
    labelled = {label.kind for sample in corpus.samples for label in sample.labels}
    negative = {one.kind for sample in corpus.samples for one in sample.negatives}
    wanted = {one.kind for one in generator.classes() if one.group in generator.POSITIVE}
    assert wanted <= labelled
    assert {one.kind for one in generator.classes() if one.group == "negative"} <= negative
    assert {corpus.groups[kind] for kind in labelled} == generator.POSITIVE
    assert len(wanted) > 100
    assert len(negative) > 40


def test_what_is_held_out_is_complete_and_apart_from_the_rest():
    held = generator.corpus(seed=11, per_class=60, held=True)
    kinds = {one.kind for one in generator.classes(held=True)}
    seen = {one.kind for sample in held.samples for one in (*sample.labels, *sample.negatives)}
    assert kinds <= seen
    assert not kinds & {one.kind for one in generator.classes()}


def test_labels_lie_inside_the_text_and_are_apart(corpus):
    for sample in corpus.samples:
        places = sorted((one.start, one.end) for one in (*sample.labels, *sample.negatives))
        assert all(0 <= start < end <= len(sample.text) for start, end in places), sample
        assert all(first[1] <= second[0] for first, second in pairwise(places)), sample
        for label in sample.labels:
            assert all(label.start <= start < end <= label.end for start, end in label.pieces())


def test_no_field_is_left_in_a_text(corpus):
    assert not [sample for sample in corpus.samples if "«" in sample.text or "»" in sample.text]


def test_labels_lie_where_the_value_is():
    one = Fake(generator.random.Random(1))
    sample = fill('{"a":"«S!|json»","b":"«word»"} «S!»', {"S": 'x"y', "word": one.word()}.__getitem__, "k", "secret")
    assert [sample.text[label.start : label.end] for label in sample.labels] == ['x\\"y', 'x"y']
    twice = sample.escaped().around("<", ">")
    assert [twice.text[label.start : label.end] for label in twice.labels] == ['x\\\\\\"y', 'x\\"y']


def test_numbers_carry_their_check(corpus):
    for sample in corpus.samples:
        for label in sample.labels:
            text = re.sub(r"[ -]", "", sample.text[label.start : label.end])
            if label.kind in {"card", "card_separated", "imei"}:
                assert luhn_digit(text[:-1]) == text[-1]
            if label.kind in {"iban", "iban_spaced"}:
                assert int("".join(str(int(one, 36)) for one in text[4:] + text[:4])) % 97 == 1
        for negative in sample.negatives:
            text = sample.text[negative.start : negative.end].replace(" ", "")
            if negative.kind.startswith("card_failing"):
                assert luhn_digit(text[:-1]) != text[-1]


def test_json_lines_are_json(corpus):
    lines = [line for sample in corpus.samples for line in sample.text.splitlines() if line.startswith('{"timestamp"')]
    assert len(lines) > 100
    assert all(json.loads(line) for line in lines)


def test_nothing_in_these_files_looks_like_a_live_secret():
    rules = gitleaks_rules.Gitleaks()
    found = [(path.name, rule) for path in SOURCES for _, _, rule in rules.spans(path.read_text())]
    assert found == []


@pytest.mark.parametrize(("spans", "found"), [([(4, 12, "x")], 1), ([(4, 9, "x")], 1), ([(4, 8, "x")], 0), ([], 0)])
def test_four_characters_in_a_row_are_a_leak(spans, found):
    score = scoring.Score("x")
    scoring.add(score, Sample("key=abcdefgh;", (Label(4, 12, "k", "secret"),), kind="k"), spans)
    assert score.found["k"] == found
    assert score.residual == (not spans)


def test_what_is_between_the_pieces_of_a_label_is_nobodys_business():
    score = scoring.Score("x")
    sample = Sample("abcd\x1b[0mefgh!", (Label(0, 12, "k", "obfuscated", ((0, 4), (8, 12))),), kind="k")
    scoring.add(score, sample, [(0, 4, "x"), (8, 12, "x")])
    assert (score.found["k"], score.over, score.wrong.total(), score.outside) == (1, 0, 0, 1)
    scoring.add(score, sample, [(12, 13, "x")])
    assert (score.found["k"], score.over, score.wrong.total()) == (1, 1, 1)


def test_the_log_is_mostly_ordinary_and_repeats():
    text = logs.log(0.05)
    assert text == logs.log(0.05)
    assert 50_000 < len(text.encode()) < 60_000
    assert all(len(one) == 4096 for name, one in logs.hostile(4096).items() if name != "password spaces")


def test_kinds_of_text_are_the_same_each_time_and_as_large_as_asked():
    kinds = logs.kinds(0.02)
    assert kinds == logs.kinds(0.02)
    assert all(20_000 <= len(text) < 21_000 for text in kinds.values())
    assert all(
        json.loads(line)["ip"] for name in ("JSON lines", "JSON lines, people") for line in kinds[name].splitlines()
    )

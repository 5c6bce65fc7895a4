import random

import pytest

from tests.redaction import generator, logs
from triage.redact import scan
from triage.redact.decoding import views
from triage.redact.lines import Lines, any_of
from triage.redact.named import joints, structure
from triage.redact.phrases import prose
from triage.redact.text import Expression
from triage.redact.tokens import matches, rules

EXPRESSIONS = (structure.assignment(()), rules.led()[0], views.ENCODED)


def key():
    return [any_of(["key"])]


def test_a_small_text_is_read_whole_or_not_at_all():
    assert Lines(b"one\ntwo").data == b"one\ntwo"
    assert Lines(b"one\nkey", key).data == b"one\nkey"
    lines = Lines(b"one\ntwo", key)
    assert (lines.data, [*lines.spans(Expression("one"))], [*lines.parts(Expression("(one)"))]) == (b"", [], [])
    assert repr(lines) == "<Lines of 0 of 7 bytes>"


def test_lines_without_a_match_are_left_out_and_places_stay_those_of_the_text():
    data = b"plain\n" * 2_000 + b"a key\n" + b"plain\n" * 2_000 + b"last key"
    lines = Lines(data, key)
    assert len(lines.data) < 700
    found = lines.spans(Expression("a key|last key|x\nplain"))
    assert [data[slice(*span)] for span in found] == [b"a key", b"last key"]
    assert [*lines.parts(Expression("(last)|(key)"))] == [(2, 12_002, 12_005), (1, 24_006, 24_010), (2, 24_011, 24_014)]


def test_a_match_over_what_was_left_out_is_looked_for_again():
    data = b"key 1" + b"\nplain" * 2_000 + b"\nkey 2" + b"\nplain" * 2_000
    lines = Lines(data, key)
    across = Expression(r"key 1\n(?:plain\n)*\nkey 2")
    assert [*across.spans(lines.data)]
    assert [*lines.spans(across)] == []
    assert [*lines.parts(Expression(f"({across.pattern})"))] == []


def test_nothing_is_kept_where_nothing_matches():
    lines = Lines(b"plain\n" * 2_000, key)
    assert lines.data == b""
    assert [*lines.spans(Expression("plain"))] == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"(a){5}", "aa"),
        (r"a{2,9}b", "ab"),
        (r"a{0,9}b", "b"),
        (r"\{3}", "{3}"),
        (r"\\{0,5}b", "b"),
        (r"[({]{1,7}x", "({x"),
        (r"a{3}", "aaa"),
    ],
)
def test_repeats_lose_their_numbers_and_groups_their_places(pattern, text):
    loosened = any_of([pattern])
    assert loosened.group_count == 0
    assert loosened.fullmatch(text.encode())


def test_no_group_is_left_in_what_all_lines_are_asked_for():
    assert [wanted.group_count for wanted in scan._wanted(())] == [0, 0, 0]


@pytest.mark.parametrize("expression", [structure.assignment(()), joints.pairing(()), matches.places()])
def test_what_is_tried_at_its_head_matches_as_by_itself(expression):
    data = "\n".join(one.text for one in generator.corpus(5, 2, None).samples).encode()
    plain = Expression(expression.pattern)
    found = plain.spans(data)
    assert found
    assert expression.spans(data) == found
    assert expression.spans(data, 1_000, 90_000) == plain.spans(data, 1_000, 90_000)
    starts = [0, *(start + 1 for start, _ in found[:50]), len(data) + 1]
    assert [expression.first(data, at) for at in starts] == [plain.first(data, at) for at in starts]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_lines_hold_every_match_of_the_text(seed):
    chance = random.Random(seed)
    plain = logs.log(0.05, seed).splitlines()
    texts = [one.text for one in generator.corpus(seed, 2, None).samples]
    chance.shuffle(texts)
    between = ["\n", "\r\n", "", " ", *("\n" + "\n".join(chance.sample(plain, count)) + "\n" for count in range(8, 40))]
    data = "".join(text + chance.choice(between) for text in texts).encode()
    lines = Lines(data, lambda: scan._wanted(()))
    assert len(lines.data) < len(data)
    for expression in EXPRESSIONS:
        assert [*lines.spans(expression)] == [*expression.spans(data)]
    assert [*lines.parts(prose.SAID)] == [*Lines(data).parts(prose.SAID)]

import pytest

from triage.redact.text import digits_in, expression, letters_in, line_of, touches


def test_an_expression_matches_bytes_of_any_encoding():
    found = expression(r"na\xc3\xafve ([^ ]+)")
    text = "so naïve häuser und".encode()
    assert [text[slice(*whole)].decode() for whole in found.spans(text)] == ["naïve häuser"]
    assert [text[slice(*group)].decode() for _, group in found.groups(text)] == ["häuser"]
    assert found.search(b"nothing") is None
    assert found.group_count == 1


def test_a_group_that_takes_no_part_has_no_place():
    assert expression("a(b)?").search(b"xa") == [(1, 2), (-1, -1)]


def test_a_match_begins_right_at_its_place_and_ends_before_its_end():
    found = expression("[0-9]+")
    assert found.match(b"ab1234", 2, 4) == [(2, 4)]
    assert found.match(b"ab1234", 1, 6) is None
    assert found.fullmatch(b"12")
    assert not found.fullmatch(b"12a")


def test_equal_patterns_are_compiled_once():
    assert expression("a+b") is expression("a+b")


@pytest.mark.parametrize(("at", "line"), [(0, b"one"), (3, b"one"), (4, b"two"), (9, b"three")])
def test_the_line_around_a_place(at, line):
    data = b"one\ntwo\nthree"
    assert data[slice(*line_of(data, at))] == line


def test_a_line_reaches_only_so_far():
    data = b"x" * 100
    assert line_of(data, 50, most=10) == (40, 60)
    assert line_of(b"a\nbc\nd", 0, 3) == (0, 4)


def test_what_a_range_touches():
    data = b"a12b 34"
    assert touches(data, 1, 3, b"ab")
    assert touches(data, 0, 1, b"1")
    assert not touches(data, 5, 7, b"ab")


def test_digits_and_letters_are_counted():
    assert [digits_in(text) for text in (b"", b"abc", b"a1-2")] == [0, 0, 2]
    assert [letters_in(text) for text in (b"12-", b"1a_", "é".encode())] == [0, 2, 2]

import pytest

from triage.redact.named import extents


def read(data, at=0):
    found = extents.quoted(data, at)
    return None if found is None else (data[slice(*found[0])], found[1])


@pytest.mark.parametrize(
    ("data", "value", "rest"),
    [
        (b'"hunter2", 1', b"hunter2", b", 1"),
        (b"'it\"s' x", b'it"s', b" x"),
        (b'"a \\"quoted\\" word"', b'a \\"quoted\\" word', b""),
        (b'\\"inner\\"}"', b"inner", b'}"'),
        (b'\\\\\\"deep\\\\\\"', b"deep", b""),
        (b'Some("x1")', b"x1", b")"),
        (b"<str 'x1'>", b"x1", b">"),
        (b'0x7f00 @"x1"', b"x1", b""),
        (b'Secret::new("x1")', b"x1", b")"),
        (b'b"bytes"', b"bytes", b""),
        (b'string(7) "hunter2"', b"hunter2", b""),
    ],
)
def test_a_string_ends_at_its_own_quote(data, value, rest):
    found, end = read(data)
    assert (found, data[end:]) == (value, rest)


def test_a_string_that_does_not_end_ends_with_its_line():
    assert read(b'"cut off\nnext "x"') == (b"cut off", 8)


def test_values_that_lie_in_one_another_are_read_less_far():
    data = b"sid=" * 2_000
    spans = [extents.bare(data, at) for at in range(4, len(data) - 4_100, 4)]
    lengths = [end - start for start, end in spans]
    # The text is read some times over, and no further than that but for a little at each place.
    assert lengths[0] == 4_096
    assert sum(lengths) < 20 * len(data) + 130 * len(lengths)
    extents.forget()
    assert extents.bare(data, 4) == (4, 4 + 4_096)


def test_as_many_long_values_beside_each_other_are_read_whole():
    data = b" ".join(b"x7" * 1_500 for _ in range(200))
    spans = [extents.bare(data, at) for at in range(0, len(data), 3_001)]
    assert {end - start for start, end in spans} == {3_000}


def test_no_quote_no_string():
    assert read(b"bare") is None


@pytest.mark.parametrize(
    ("data", "value"), [(b"abc, d", b"abc"), (b"a.b.", b"a.b"), (b"x&y=1", b"x"), (b"x)", b"x"), (b'k"', b"k")]
)
def test_a_bare_value_ends_at_a_blank_or_mark(data, value):
    assert data[slice(*extents.bare(data, 0))] == value


@pytest.mark.parametrize("data", [b"", b" x", b"...", b'"x"'])
def test_nothing_is_no_bare_value(data):
    assert extents.bare(data, 0) is None


def test_a_sign_that_joins_pairs_is_part_of_a_value_where_no_pair_follows():
    assert extents.bare(b"ab12&cd34 x", 0) == (0, 9)
    assert extents.bare(b"ab12&name=x", 0) == (0, 4)
    assert extents.bare(b"ab12&amp;x", 0) == (0, 4)
    assert extents.bare(b"ab12 && x", 0) == (0, 4)


@pytest.mark.parametrize(
    ("data", "words", "value"),
    [
        (b"p@ss, w#rd\nnext", True, b"p@ss, w#rd"),
        (b"p@ss word # why\n", True, b"p@ss word"),
        (b"p@ss word\n", False, b"p@ss"),
        (b"one;Server=two", True, b"one"),
        (b"value;\r\n", True, b"value"),
    ],
)
def test_a_setting_reaches_to_the_end_of_its_line(data, words, value):
    assert data[slice(*extents.to_line_end(data, 0, words=words))] == value


@pytest.mark.parametrize(
    ("value", "password"),
    [
        ("plum@42@git.example.org/a@b", "plum@42"),
        ("p@ss/w0rd@git.example.org/a", "p@ss/w0rd"),
        ("plum@git.example.org:8443", "plum"),
        ("p@ss/w0rd", "p@ss/w0rd"),
        ("plum@localhost/a", "plum"),
        ("plum@db:5432/a", "plum"),
    ],
)
def test_a_password_of_an_address_ends_before_its_host(value, password):
    data = f"https://oauth2:{value}".encode()
    name, span = (8, 14), (15, len(data))
    assert data[slice(*extents.before_host(data, name, span))].decode() == password
    assert extents.before_host(b"x oauth2:plum@example.org", (2, 8), (9, 25)) == (9, 25)


def test_the_rest_of_a_setting_ends_where_another_pair_begins():
    data = b"password=plum42,ssl=True,abort=False"
    assert data[slice(*extents.to_line_end(data, 9, words=False))] == b"plum42"

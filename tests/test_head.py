import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.formats.head import Head


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('{"a": 1, "b": {"c": 2}, "d": [{"e": 3}]}', {"a", "b", "d"}),
        ('[{"a": {"x": 1}, "b": 2}, {"c": 3}]', {"a", "b"}),
        ('{"a": "a \\" : quote", "b": 1', {"a", "b"}),
        ('  {"cut": {"deep": {"er": 1', {"cut"}),
        ("plain text: yes", set()),
        ("[1, 2]", set()),
        ('[main] sent {"a": 1}', set()),
        ('[12:00] [main] {"a": 1}', set()),
        ('[1]\n{"a": 1}', {"a"}),
        ("[]" * 30_000 + ' {"a": 1}', set()),
    ],
)
def test_keys_at_the_top(text, keys):
    assert Head(text.encode()).keys == keys


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1', True),
        ("{", True),
        ("[\n  {}", True),
        ('["a"', True),
        ("[[]", True),
        ("", False),
        ("[main] a", False),
        ("[2026-01-26 01:25:59] a", False),
        ("{main} a", False),
        ("[" * 60_000 + "a", False),
    ],
)
def test_what_begins_as_json(text, expected):
    assert Head(text.encode()).is_json is expected


def test_document_first_line_and_text():
    head = Head(b'\xef\xbb\xbf{"a": 1}\r\n{"b": 2}\n')
    assert head.document is None
    assert head.first_line == {"a": 1}
    assert head.lines[1] == '{"b": 2}'
    assert Head(b'{"a": [1]}').document == {"a": [1]}


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"text\n\tand \x1b[1mcolour", True), (b"MDMP\x93\xa7\0\0", False), (bytes(range(1, 32)), False)],
)
def test_text_or_not(data, expected):
    assert Head(data).is_text is expected


@given(st.binary())
def test_any_bytes_have_a_head(data):
    head = Head(data)
    assert isinstance(head.keys, frozenset)
    assert isinstance(head.is_text, bool)
    assert head.document is None or isinstance(head.document, dict | list)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (bytes(600) + b"12:00 started\n12:01 stopped\n", True),
        (b"12:00 started\n" + bytes(300) + b"\n12:01 stopped\n", True),
        (b"12:00 started\n12:01 stopped\n\xff\xfe\x00 lost\n12:02 started\n", True),
        (bytes(600), False),
        ("12:00 started\n".encode("utf-16-le"), False),
        (b"RuntimeException: class@anonymous\0/srv/a.php:12$0 has no rate for the order\n", True),
        (b"HOME=/root\0PATH=/bin\0LANG=C\0PWD=/", False),
        (b"one line of a text that is long enough to hold one\0\0 or two\n" * 2, False),
        (b"\x01\x02 a line that is long enough to hold one\0of them, among others\n", False),
        (b"\x7fELF\x02\x01" + bytes(10) + b"one\n\0two\n\0three\n\0four\n\0", False),
    ],
)
def test_lines_that_were_lost_make_no_text_binary(data, expected):
    assert Head(data).is_text is expected

import base64
import json

import pytest

from triage.redact.decoding.origins import View, build
from triage.redact.decoding.views import views

VALUE = "hunter2-quartz"


def only(data):
    """The one view of a text."""
    (view,) = views(data)
    return view


def test_the_end_of_base64_is_no_soft_line_break():
    assert [*views(b"key=c2VjcmV0c2VjcmV0cw==\nnext")] == []


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b'{\\"a\\": \\"b\\/c\\"}', b"/c"),
        (b"p=%7B%22a%22%7D", b'{"a"}'),
        (b"p=a%3A+%22b%22+c", b'a: "b" c'),
        (b"p=%257B", b"{"),
        (b"&quot;a&#61;b&#x3e;&amp;", b'"a=b>&'),
        (b"\x1b[31mred\x1b[0m", b"red"),
        (b"\\x1b[31mred\\033[0m\\u001b[1m", b"red"),
        ("a\u200bb\u00adc\ufeff".encode(), b"abc"),
        ("wide".encode("utf-16-le"), b"wide"),
        (b"pass=3Dab=\r\ncd", b"pass=abcd"),
        (b"\\u0061\\x62\\143\\u{64}", b"abcd"),
        (b"caf\\u00e9", "café".encode()),
        ("\uff14\uff12\uff10\uff12\uff0d\uff12\uff12".encode(), b"4202-22"),
        ("٠٥٠١٢٣٤".encode(), b"0501234"),
        ("۰۹۱۲".encode(), b"0912"),
        ("१२३४".encode(), b"1234"),
        ("\U0001d7d2\U0001d7d0\U0001d7ce".encode(), b"420"),
        (b"one \\\n   two", b"one two"),
    ],
)
def test_what_is_encoded_is_decoded(data, text):
    assert text in only(data).data


@pytest.mark.parametrize(
    "data", [b"", b"plain text\nof two lines\n", b"100% of it", b"a & b", b"C:\\Windows", b"a = b"]
)
def test_a_text_without_anything_to_decode_has_no_view(data):
    assert [*views(data)] == []


WAYS = {
    "percent": lambda text: "".join(f"%{ord(character):02X}" for character in text),
    "twice percent": lambda text: "".join(f"%25{ord(character):02x}" for character in text),
    "JSON": lambda text: "".join(f"\\u{ord(character):04x}" for character in text),
    "C": lambda text: "".join(f"\\x{ord(character):02x}" for character in text),
    "octal": lambda text: "".join(f"\\{ord(character):03o}" for character in text),
    "HTML": lambda text: "".join(f"&#{ord(character)};" for character in text),
    "hexadecimal HTML": lambda text: "".join(f"&#x{ord(character):x};" for character in text),
    "terminal": lambda text: "\x1b[1m" + "\x1b[32m".join(text) + "\x1b[0m",
    "zero width": "\u200b".join,
    "UTF-16": "\0".join,
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_every_byte_of_a_view_maps_back_to_where_it_stood(way):
    encoded = [way(character).encode().removeprefix(b"\x1b[1m").removesuffix(b"\x1b[0m") for character in VALUE]
    whole = way(VALUE).encode()
    data = b"first line\nkey is '" + whole + b"' there\nlast line\n"
    view = only(data)
    at = view.data.index(VALUE.encode())
    start, end = view.back(at, at + len(VALUE))
    assert data[start:end] == whole  # with the colour that it begins with, and what ends those inside of it
    if len(encoded[0]) > 1:  # every character by itself
        at_each = [view.back(at + number, at + number + 1) for number in range(len(VALUE))]
        assert [data[slice(*place)] for place in at_each] == encoded
    assert view.touches(at, at + len(VALUE))


def test_a_view_holds_only_the_lines_that_hold_something():
    data = b"".join(b"line %d\n" % number for number in range(100)) + b"a=%41\n" + b"more\n" * 100
    view = only(data)
    assert view.data == b"\na=A\n"
    assert view.back(1, 4) == (data.index(b"a=%41"), data.index(b"a=%41") + 5)


def test_a_range_over_lines_that_were_left_out_has_no_way_back():
    data = b"a=%41\nnothing here\nb=%42\n"
    view = only(data)
    assert view.data == b"a=A\nb=B\n" or b"\n" in view.data
    start, end = view.data.index(b"A"), view.data.index(b"B") + 1
    assert view.back(start, end) is None
    assert view.back(end - 3, end) == (data.index(b"b="), data.index(b"%42") + 3)


def test_different_ways_give_different_views():
    data = b'{"u": "%41", "v": "\\u0042"}'
    assert [view.data for view in views(data)] == [b'{"u": "A", "v": "\\u0042"}', b'{"u": "%41", "v": "B"}']


def test_a_line_stays_a_line():
    data = json.dumps({"m": "one\ntwo"}).encode() + b"\\u000a%41"
    assert all(b"\n" not in view.data for view in views(data))


def test_the_end_of_a_line_in_a_body_of_percent_signs_is_one():
    data = b"a=%41%0Ab=%42"
    view = only(data)
    assert view.data == b"a=A\nb=B"
    assert view.back(4, 7) == (8, 13)


def test_a_view_is_built_of_pieces():
    view = build(b"one two three", [(3, 4, b"-"), (7, 8, b"")], whole=True)
    assert view == View(b"one-twothree", (3, 7), (1, 0), (3, 7), (4, 8), ())
    assert view.back(0, 12) == (0, 13)
    assert view.back(4, 7) == (4, 7)
    assert not view.touches(0, 2)
    assert view.touches(2, 5)
    assert build(b"x", []) is None


def test_a_nul_before_a_setting_is_not_left_out():
    (view,) = views(b"TOKEN=plum42\0LANG=C\0_=/bin/sh\0")
    assert view.data == b"TOKEN=plum42\0LANG=C\0_=/bin/sh "
    (view,) = views("TOKEN=plum42".encode("utf-16-le"))
    assert view.data == b"TOKEN=plum42"
    (view,) = views(b"TOKEN=plum42\0_ZN3foo\0\0a\0")  # one that stands alone ends a string
    assert view.data == b"TOKEN=plum42 _ZN3foo a"


def test_a_line_that_is_as_long_as_it_may_be_goes_on_unless_a_setting_follows():
    assert [view.data for view in views(b"a" * 60 + b"=\nHost: plum")] == [b"a" * 60 + b"Host: plum"]
    assert [view.data for view in views(b"a" * 60 + b"=\nKEY=3Dplum")] == [b"a" * 60 + b"KEY=plum"]
    assert [*views(b"a" * 20 + b"=\nHost: plum")] == []
    assert [*views(b"a" * 60 + b"=\nKEY=plum")] == []


@pytest.mark.parametrize("below", [b"url ?q=", b"next line", b"Error: boom", b"end"])
def test_a_line_end_behind_the_padding_of_text_in_base64_parts_lines(below):
    run = base64.b64encode(b"mail ada@example.org ok password=Quartz-orchard-9-xyz")
    assert run.endswith(b"=")
    assert not run.endswith(b"==")
    for end in (b"\n", b"\r\n"):
        assert all(run + below not in view.data for view in views(run + end + below + end))


def test_a_line_that_goes_on_is_joined_where_the_sign_is_no_padding():
    assert any(b"orchard-9-plums" in view.data for view in views(b"password is orchar=\nd-9-plums\n"))
    wrapped = b"=3D is a sign\n" + base64.b64encode(b"a text of 23 characters") + b"\nnext\n"
    assert any(view.data.endswith(b"next\n") and b"\nnext" not in view.data for view in views(wrapped))

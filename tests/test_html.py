"""Static HTML: an allow-list, everything else escaped."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_widgets.html import Markup, element, table

HOSTILE = "<script>alert(1)</script><img src=x onerror=\"alert('2')\">&amp;"


class Reader(HTMLParser):
    """The tags and the text of a page, as a browser would have them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_text_and_attributes_are_escaped() -> None:
    assert element("p", HOSTILE) == (
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;"
        "&lt;img src=x onerror=&quot;alert(&#x27;2&#x27;)&quot;&gt;&amp;amp;</p>"
    )
    assert element("td", "x", title='" onmouseover="alert(1)') == (
        '<td title="&quot; onmouseover=&quot;alert(1)">x</td>'
    )


def test_control_and_direction_characters_become_symbols() -> None:
    assert element("p", "\x1b[31m\u202egnp.exe\x00\x7f") == "<p>␛[31m\\u{202e}gnp.exe␀\\u{7f}</p>"


def test_markup_nests_without_being_escaped_again() -> None:
    assert element("ul", element("li", "a & b"), "c") == "<ul><li>a &amp; b</li>c</ul>"
    assert isinstance(element("p"), Markup)


@pytest.mark.parametrize("tag", ["script", "style", "iframe", "a", "svg", "object", "P", "p onclick=x"])
def test_other_tags_are_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="allow-list"):
        element(tag, "x")


@pytest.mark.parametrize("name", ["onclick", "href", "style", "srcdoc", "class", "id"])
def test_other_attributes_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="allow-list"):
        element("p", "x", **{name: "y"})


@pytest.mark.parametrize("src", ["https://example.com/a.svg", "javascript:alert(1)", "data:text/html,x", "", "//x"])
def test_pictures_from_elsewhere_are_refused(src: str) -> None:
    with pytest.raises(ValueError, match="SVG data address"):
        element("img", alt="x", src=src)


def test_a_table_names_its_columns_and_rows() -> None:
    assert table("two", ["a", "b"], [["1", "2"], ["<3>", element("code", "4")]]) == (
        '<table><caption>two</caption><thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead>'
        '<tbody><tr><th scope="row">1</th><td>2</td></tr>'
        '<tr><th scope="row">&lt;3&gt;</th><td><code>4</code></td></tr></tbody></table>'
    )


@given(st.text())
def test_no_text_becomes_markup(text: str) -> None:
    page = Reader(element("p", text, element("code", text, title=text)))
    assert page.tags == ["p", "code"]
    if text.isprintable():
        assert page.text == text * 2

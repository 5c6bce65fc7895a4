"""Where masks stand and pages begin."""

from hypothesis import given
from hypothesis import strategies as st

from triage.redact.masks import MASK, MASK_TEXT
from triage.share.marks import PAGE_BYTES, Marks

PIECES = st.sampled_from(
    [
        "line of text\n",
        "\n",
        "é",
        "漢字",
        "[email:1:8-15]",
        "[token:22:40]",
        "x" * 9_000,
        "[not a mask",
        "]",
        "y" * 66_000,
    ]
)


def pages(marks, data):
    return [data[start:end] for start, end, _ in map(marks.span, range(marks.pages))]


@given(st.lists(st.lists(PIECES, max_size=12), max_size=8))
def test_pages_join_to_the_whole_and_cut_neither_characters_nor_masks(blocks):
    marks = Marks()
    data = b""
    for pieces in blocks:
        block = ("".join(pieces) + "\n").encode()
        assert marks.feed(block) is block
        data += block
    shown = pages(marks, data)
    assert b"".join(shown) == data
    texts = [page.decode() for page in shown]
    assert all(len(page) <= PAGE_BYTES for page in shown)
    assert sum(len(MASK_TEXT.findall(text)) for text in texts) == marks.count == len(MASK.findall(data))
    line = 1
    for number, text in enumerate(texts):
        assert marks.span(number)[2] == line
        for mark, match in zip(marks.on(number), MASK_TEXT.finditer(text), strict=True):
            assert mark.mask == match[0]
            assert mark.line == marks.line_of(number, text, match.start())
            assert marks.page_of(mark.offset) == number
        line += text.count("\n")
    assert sum(marks.kinds().values()) == marks.count


def test_pages_end_at_line_ends_where_lines_are_shorter_than_a_page():
    marks = Marks()
    data = b"".join(b"%d a line of some length\n" % n for n in range(20_000))
    for start in range(0, len(data), 100_000):
        end = data.rfind(b"\n", 0, start + 100_000) + 1
        begin = data.rfind(b"\n", 0, start) + 1
        marks.feed(data[begin:end])
    shown = pages(marks, data)
    assert all(page.endswith(b"\n") for page in shown)
    assert min(map(len, shown[:-1])) > PAGE_BYTES - 100


def test_nothing_is_one_empty_page():
    marks = Marks()
    assert (marks.pages, marks.count, marks.span(0), list(marks.on(0))) == (1, 0, (0, 0, 1), [])

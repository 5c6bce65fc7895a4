from hypothesis import given
from hypothesis import strategies as st

from triage.share.printable import printable


def test_controls_become_symbols():
    assert printable("a\x1b[31m\x07\u202eb\r") == "a␛[31m␇\\u{202e}b␍"


def test_lines_and_plain_text_stay():
    assert printable("a\n\tb ü 漢") == "a\n\tb ü 漢"


@given(st.text())
def test_nothing_unprintable_is_left(text):
    assert all(char.isprintable() or char in "\n\t" for char in printable(text))
